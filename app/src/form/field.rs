//! One field of a form: its label, its hint, what is wrong with it, and what was typed in it.

use kvarten_domain::Fault;
use leptos::prelude::*;

use super::{FormScreen, Sentence};
use crate::{
    parts::{FieldState, error_line, fault_text, text_area},
    text::lang,
};

/// What a field holds.
enum Kind {
    /// A line of text, or whatever else an `input` of this type holds.
    Input(&'static str),
    /// So many lines of text.
    Area(u8),
    /// One of several, in groups.
    Choice(Vec<Group>),
}

/// Choices that belong together, under a label where there are several groups.
pub(crate) struct Group {
    pub(crate) label: Option<String>,
    /// Values and texts.
    pub(crate) choices: Vec<(String, String)>,
}

/// A field, to be put into a form.
pub(crate) struct Field {
    id: String,
    name: String,
    label: String,
    value: String,
    kind: Kind,
    hint: Option<String>,
    max: Option<usize>,
    min: Option<String>,
    fill: &'static str,
    is_short: bool,
    is_digits: bool,
    sentence: Option<Sentence>,
    /// The name that faults of it have, where that is another.
    fault: Option<&'static str>,
    is_shown: Option<RwSignal<bool>>,
}

impl Field {
    /// A line of text under a name.
    pub fn new(name: impl Into<String>, label: impl ToString) -> Self {
        let name = name.into();
        Self {
            id: format!("f-{name}"),
            name,
            label: label.to_string(),
            value: String::new(),
            kind: Kind::Input("text"),
            hint: None,
            max: None,
            min: None,
            fill: "off",
            is_short: false,
            is_digits: false,
            sentence: None,
            fault: None,
            is_shown: None,
        }
    }

    /// With faults that have another name than the field.
    pub fn faults(self, name: &'static str) -> Self {
        Self { fault: Some(name), ..self }
    }

    /// With an id other than the one that follows from its name.
    pub fn id(self, id: impl Into<String>) -> Self {
        Self { id: id.into(), ..self }
    }

    /// With a value.
    pub fn value(self, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..self }
    }

    /// With a hint below it.
    pub fn hint(self, hint: impl ToString) -> Self {
        Self { hint: Some(hint.to_string()), ..self }
    }

    /// Of so many characters at most.
    pub fn max(self, max: usize) -> Self {
        Self { max: Some(max), ..self }
    }

    /// A day, from `min` on where it is given.
    pub fn date(self, min: Option<String>) -> Self {
        Self { kind: Kind::Input("date"), min, ..self }
    }

    /// A few digits.
    pub fn digits(self) -> Self {
        Self { is_short: true, is_digits: true, ..self }
    }

    /// A password; `fill` is what password keepers know it by.
    pub fn password(self, fill: &'static str) -> Self {
        Self { kind: Kind::Input("password"), fill, ..self }
    }

    /// What one signs in with, as password keepers know it.
    pub fn username(self) -> Self {
        Self { fill: "username", ..self }
    }

    /// A password that can be read while the signal says so.
    pub fn shown_if(self, is_shown: RwSignal<bool>) -> Self {
        Self { is_shown: Some(is_shown), ..self }
    }

    /// So many lines of text.
    pub fn area(self, rows: u8) -> Self {
        Self { kind: Kind::Area(rows), ..self }
    }

    /// One of several: values and texts. The value of the field is the one chosen.
    pub fn choice(self, choices: Vec<(String, String)>) -> Self {
        self.groups(vec![Group { label: None, choices }])
    }

    /// One of several, in groups.
    pub fn groups(self, groups: Vec<Group>) -> Self {
        Self { kind: Kind::Choice(groups), ..self }
    }

    /// With words of its own for what is wrong with it.
    pub fn sentence(self, sentence: Sentence) -> Self {
        Self { sentence: Some(sentence), ..self }
    }

    /// The field in a form.
    pub fn view(self, form: FormScreen) -> AnyView {
        self.in_row(form, "")
    }

    /// The field in one of several forms of a call.
    pub fn in_row(self, form: FormScreen, row: &str) -> AnyView {
        let l = lang();
        let fault = form.fault_in(row, self.fault.unwrap_or(&self.name));
        let (sentence, error_id) = (self.sentence, format!("{}-fel", self.id));
        let line_id = error_id.clone();
        let said = move || {
            let words = |fault: Fault| {
                sentence.and_then(|own| own(l, fault)).unwrap_or_else(|| fault_text(l, fault))
            };
            fault.get().map(|fault| error_line(line_id.clone(), words(fault)))
        };
        let (id, label, hint_id) =
            (self.id.clone(), self.label.clone(), format!("{}-hint", self.id));
        let hint = self.hint.clone().map(|hint| {
            view! { <p class="field__hint" id=hint_id>{hint}</p> }
        });
        let control = self.control(form, row, fault, error_id);
        view! {
            <div class="field">
                <label class="field__label" for=id>{label}</label>
                {said}
                {control}
                {hint}
            </div>
        }
        .into_any()
    }

    fn control(
        self,
        form: FormScreen,
        row: &str,
        fault: Memo<Option<Fault>>,
        error_id: String,
    ) -> AnyView {
        let value = form.typed(row).text(&self.name, self.value);
        let hint_id = self.hint.is_some().then(|| format!("{}-hint", self.id));
        let described = move || {
            let error = fault.get().map(|_| error_id.clone());
            let ids: Vec<String> = error.into_iter().chain(hint_id.clone()).collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        };
        let invalid = move || fault.get().map(|_| "true");
        let is_at_fault = fault.get_untracked().is_some();
        let max = self.max.map(|max| max.to_string());
        let (fill, is_shown) = (self.fill, self.is_shown);
        match self.kind {
            Kind::Input(kind) => view! {
                <input
                    class=if self.is_short { "input input--short" } else { "input" }
                    id=self.id
                    name=self.name
                    type=move || if is_shown.is_some_and(|is| is.get()) { "text" } else { kind }
                    value=value
                    autocapitalize=(fill != "off").then_some("none")
                    spellcheck=(fill != "off").then_some("false")
                    min=self.min
                    maxlength=max
                    inputmode=self.is_digits.then_some("numeric")
                    autocomplete=fill
                    autofocus=is_at_fault
                    aria-invalid=invalid
                    aria-describedby=described
                />
            }
            .into_any(),
            Kind::Area(rows) => {
                let state = FieldState {
                    is_invalid: Box::new(move || fault.get().is_some()),
                    described_by: Box::new(described),
                    has_focus: is_at_fault,
                };
                text_area(self.id, self.name, (rows, self.max), &value, state)
            }
            Kind::Choice(groups) => {
                let option = |(code, text): (String, String)| {
                    let is_chosen = code == value;
                    view! { <option value=code selected=is_chosen>{text}</option> }
                };
                let group = |Group { label, choices }: Group| {
                    let options = choices.into_iter().map(option).collect_view();
                    match label {
                        Some(label) => {
                            view! { <optgroup label=label>{options}</optgroup> }.into_any()
                        }
                        None => options.into_any(),
                    }
                };
                let options = groups.into_iter().map(group).collect_view();
                view! {
                    <select
                        class="input"
                        id=self.id
                        name=self.name
                        autocomplete="off"
                        autofocus=is_at_fault
                        aria-invalid=invalid
                        aria-describedby=described
                    >
                        {options}
                    </select>
                }
                .into_any()
            }
        }
    }
}

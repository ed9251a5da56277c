//! What is wrong with a field, said beside it.

use kvarten_domain::{Fault, bank::Choice, overview::UnitLine};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use super::icon::{Icon, icon};
use crate::{i18n::Locale, text::tr};

/// The sentence for a fault.
pub fn fault_text(l: Locale, fault: Fault) -> String {
    match fault {
        Fault::Empty => tr!(l, fault.empty),
        Fault::TooLong => tr!(l, fault.too_long),
        Fault::TooShort => tr!(l, fault.too_short),
        Fault::Malformed => tr!(l, fault.malformed),
        Fault::Taken => tr!(l, fault.taken),
        Fault::WrongPassword => tr!(l, fault.wrong_password),
        Fault::TooCommon => tr!(l, fault.too_common),
        Fault::Invisible => tr!(l, fault.invisible),
        Fault::NotMore => tr!(l, fault.not_more),
        Fault::Retired => tr!(l, fault.retired),
        Fault::WrongDate => tr!(l, fault.wrong_date),
        Fault::PastDate => tr!(l, fault.past_date),
        Fault::EndsTooEarly => tr!(l, fault.ends_too_early),
        Fault::Changed => tr!(l, fault.changed),
        Fault::HiddenCharacters => tr!(l, fault.hidden_characters),
        Fault::MixedScripts => tr!(l, fault.mixed_scripts),
        Fault::InUse => tr!(l, fault.in_use),
        Fault::WrongPlace => tr!(l, fault.wrong_place),
        Fault::Repeated => tr!(l, fault.repeated),
        Fault::TooMany => tr!(l, fault.too_many),
        Fault::UnknownOption | Fault::Incomplete => tr!(l, fault.other),
    }
    .to_string()
}

/// A field to choose one of several in, under the name it is sent with. `all` is the choice of none.
pub fn select(
    name: &'static str,
    label: String,
    all: String,
    choices: Vec<(String, String)>,
    chosen: Option<&str>,
) -> AnyView {
    let id = format!("f-{name}");
    let option = |(code, text): (String, String)| {
        let is_chosen = chosen == Some(code.as_str());
        view! { <option value=code selected=is_chosen>{text}</option> }
    };
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>
                {label}
            </label>
            <select class="input" id=id name=name>
                <option value="">{all}</option>
                {choices.into_iter().map(option).collect_view()}
            </select>
        </div>
    }
    .into_any()
}

/// Codes and names of choices, for [`select`].
pub fn pairs(choices: &[Choice]) -> Vec<(String, String)> {
    choices.iter().map(|choice| (choice.code.clone(), choice.name.clone())).collect()
}

/// The same of units: what stands below another is moved in.
pub fn unit_pairs(units: &[UnitLine]) -> Vec<(String, String)> {
    let top = units.iter().map(|unit| unit.depth).min().unwrap_or(0);
    let pair = |unit: &UnitLine| {
        let indent = "\u{a0}\u{a0}".repeat(usize::from(unit.depth - top));
        (unit.id.to_string(), format!("{indent}{}", unit.name))
    };
    units.iter().map(pair).collect()
}

/// The line above a field that says what is wrong with it. In the browser the field is tied to it as
/// soon as it is there, and has the focus: that is where to go on.
pub fn field_error(text: String) -> AnyView {
    let line = NodeRef::<html::P>::new();
    let field = StoredValue::new(String::new());
    line.on_load(move |line| {
        let beside = line.parent_element().and_then(|parent| {
            parent.query_selector("input:not([type=hidden]), select, textarea").ok().flatten()
        });
        let Some(beside) = beside else { return };
        let id = format!("{}-fel", beside.id());
        line.set_id(&id);
        let _ = beside.set_attribute("aria-describedby", &id);
        let _ = beside.set_attribute("aria-invalid", "true");
        if let Some(focusable) = beside.dyn_ref::<web_sys::HtmlElement>() {
            let _ = focusable.focus();
        }
        field.set_value(beside.id());
    });
    on_cleanup(move || {
        let field = field.try_get_value().filter(|id| !id.is_empty());
        if let Some(beside) = field.and_then(|id| document().get_element_by_id(&id)) {
            let _ = beside.remove_attribute("aria-describedby");
            let _ = beside.remove_attribute("aria-invalid");
        }
    });
    view! { <p class="field__error" node_ref=line>{icon(Icon::Warn)} {text}</p> }.into_any()
}

/// The line above a field that says what is wrong with it, under an id.
pub fn error_line(id: String, text: String) -> AnyView {
    view! { <p class="field__error" id=id>{icon(Icon::Warn)} {text}</p> }.into_any()
}

//! The form kit: forms that work anywhere. A browser without the script posts them and is led on; a
//! page that is alive posts them itself and stays.
//!
//! What every form needs is here and nowhere else: whose page it is on, sending once, what to do
//! without contact, what went wrong and where, the focus on it, and that nothing typed is lost.

mod field;
mod owner;
mod refused;
mod send;
mod unsent;

use std::sync::Arc;

use codee::{Decoder, binary::PostcardCodec};
use kvarten_domain::Fault;
use leptos::{prelude::*, server_fn::ServerFn, task::spawn_local};
use send_wrapper::SendWrapper;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;

use crate::{
    address::use_query,
    calls::{WireError, call_name},
    i18n::Locale,
    parts::{Tone, fault_text, field_error, note_with},
    screens::{here, sign_in_address, words as usual_words},
    text::{lang, tr},
};

pub(crate) use field::{Field, Group};
#[cfg(feature = "ssr")]
pub use owner::PageOwner;
pub(crate) use owner::{form_address, page_owner};
use refused::ROW_FIELD;
#[cfg(feature = "ssr")]
pub use refused::RefusedForm;
pub(crate) use refused::Typed;
pub(crate) use send::fields;
pub(crate) use unsent::{keep, unsent_line};

/// The attribute of a control that the reader used before the page was alive. The page's first script
/// sets it.
pub(crate) const TOUCHED: &str = "data-touched";

/// What became of a form the last time it was sent.
#[derive(Clone, Debug)]
enum State {
    /// It has not been sent, or what became of it is dealt with.
    Open,
    /// An answer is awaited.
    Sending,
    /// It did its work; the answer's bytes.
    Done(Arc<[u8]>),
    /// It did not.
    Refused(WireError),
}

/// What was sent last, to send it again.
#[derive(Clone)]
struct Sent {
    form: web_sys::HtmlFormElement,
    fields: web_sys::UrlSearchParams,
}

/// Title and text for what went wrong, where a form has words of its own.
pub(crate) type Words = fn(Locale, &WireError) -> Option<(Option<String>, String)>;
/// A sentence for a fault in a field, where a field has one of its own.
pub(crate) type Sentence = fn(Locale, Fault) -> Option<String>;

fn fits<T: DeserializeOwned>(bytes: &[u8]) -> bool {
    <PostcardCodec as Decoder<T>>::decode(bytes).is_ok()
}

/// A form's call, and what became of it the last time.
#[derive(Clone, Copy)]
pub struct FormScreen {
    path: &'static str,
    /// Whether an answer of these bytes is one of this call.
    fits: fn(&[u8]) -> bool,
    /// Whether what was typed goes once it has been sent.
    is_fresh: bool,
    /// Whether it may be sent again unasked: a call with an id made before, or one that only sets.
    is_repeatable: bool,
    state: RwSignal<State>,
    /// The row that was sent last, of several forms of one call.
    row: RwSignal<String>,
    /// In the browser alone; nothing of it may be dropped on another thread.
    sent: StoredValue<Option<SendWrapper<Sent>>>,
    /// The fields that say themselves what is wrong with them.
    known: StoredValue<Vec<String>>,
    words: Option<Words>,
}

impl FormScreen {
    /// A form for a call. Where it has just been refused without the script, the address says so.
    pub fn to<Call>() -> Self
    where
        Call: ServerFn<Error = WireError>,
        Call::Output: DeserializeOwned,
    {
        let query = use_query();
        let (refused, row) = query.with_untracked(|query| {
            let is_this = query.get_str("form").is_none_or(|form| form == call_name(Call::PATH));
            let refused = query.get_str("fel").filter(|_| is_this).and_then(WireError::from_code);
            (refused, query.get("rad").unwrap_or_default())
        });
        let form = Self {
            path: Call::PATH,
            fits: fits::<Call::Output>,
            is_fresh: false,
            is_repeatable: true,
            state: RwSignal::new(refused.map_or(State::Open, State::Refused)),
            row: RwSignal::new(row),
            sent: StoredValue::new(None),
            known: StoredValue::new(Vec::new()),
            words: None,
        };
        form.focus_on_faults();
        form
    }

    /// The same, for adding one after another: what was typed goes once it has been sent.
    pub fn fresh(self) -> Self {
        Self { is_fresh: true, ..self }
    }

    /// The same, for a call that may not be sent again without the reader's doing: the answer may
    /// have been lost and not the call.
    pub fn sent_by_hand(self) -> Self {
        Self { is_repeatable: false, ..self }
    }

    /// The same, with words of its own for what went wrong.
    pub fn with_words(self, words: Words) -> Self {
        Self { words: Some(words), ..self }
    }

    /// What was typed into this form, where it was refused without the script.
    pub fn typed(self, row: &str) -> Typed {
        Typed::of(call_name(self.path), row)
    }

    /// What is wrong with a field of a row, as a line above it. `sentence` has the words where the
    /// usual ones do not fit.
    pub fn fault_line(self, row: &str, field: &str, sentence: Option<Sentence>) -> AnyView {
        let l = lang();
        let fault = self.fault_in(row, field);
        (move || {
            fault.get().map(|fault| {
                let own = sentence.and_then(|sentence| sentence(l, fault));
                field_error(own.unwrap_or_else(|| fault_text(l, fault)))
            })
        })
        .into_any()
    }

    /// The fault of a field in a row. Whoever asks for it says it beside the field.
    fn fault_in(self, row: &str, field: &str) -> Memo<Option<Fault>> {
        let (row, field) = (row.to_owned(), field.to_owned());
        self.known.update_value(|known| known.push(field.clone()));
        Memo::new(move |_| {
            let fault = self.error().and_then(|error| error.fault_of(&field));
            fault.filter(|_| self.is_row(&row))
        })
    }

    /// The form, with a class. `inside` is given what there is to say about the form as a whole,
    /// and must put it somewhere.
    pub fn view(self, class: &'static str, inside: impl FnOnce(AnyView) -> AnyView) -> AnyView {
        self.in_row(String::new(), class, inside)
    }

    /// The same, where a page has several forms of this call: `row` tells them apart.
    pub fn in_row(
        self,
        row: String,
        class: &'static str,
        inside: impl FnOnce(AnyView) -> AnyView,
    ) -> AnyView {
        let content = inside(self.problem(row.clone()));
        let hidden = (!row.is_empty())
            .then(|| view! { <input type="hidden" name=ROW_FIELD value=row.clone() /> });
        let submit = move |event: web_sys::SubmitEvent| self.submit(&event, &row);
        view! {
            <form
                class=class
                method="post"
                action=form_address(self.path)
                autocomplete="off"
                novalidate
                on:submit=submit
            >
                {hidden}
                {content}
            </form>
        }
        .into_any()
    }

    fn submit(self, event: &web_sys::SubmitEvent, row: &str) {
        let Some(fields) = fields(event) else { return };
        let form = event.current_target().and_then(|form| form.dyn_into().ok());
        let Some(form) = form else { return };
        event.prevent_default();
        if self.is_sending_untracked() {
            return;
        }
        self.row.set(row.to_owned());
        self.sent.set_value(Some(SendWrapper::new(Sent { form, fields })));
        self.send();
    }

    /// Sends what was sent last, once more.
    fn send(self) {
        let Some(Some(sent)) = self.sent.try_get_value() else { return };
        let Sent { form, fields } = sent.take();
        if self.is_sending_untracked() {
            return;
        }
        self.state.set(State::Sending);
        spawn_local(async move {
            let answer = send::send(self.path, &fields).await;
            let state = match answer {
                Ok(bytes) if (self.fits)(&bytes) => State::Done(bytes),
                Ok(_) => State::Refused(WireError::Elsewhere),
                Err(error) => State::Refused(error),
            };
            if self.is_fresh && matches!(state, State::Done(_)) {
                form.reset();
            }
            let is_unsent = self.is_repeatable
                && matches!(state, State::Refused(WireError::Offline | WireError::Elsewhere));
            if self.state.try_set(state).is_none() && is_unsent {
                send::when_in_contact(move || self.send_if_unsent());
            }
        });
    }

    fn send_if_unsent(self) {
        let is_unsent = self.state.try_with_untracked(|state| {
            matches!(state, State::Refused(WireError::Offline | WireError::Elsewhere))
        });
        if is_unsent == Some(true) {
            self.send();
        }
    }

    fn is_sending_untracked(self) -> bool {
        self.state.try_with_untracked(|state| matches!(state, State::Sending)).unwrap_or(true)
    }

    /// Whether an answer is awaited.
    pub fn is_sending(self) -> bool {
        self.state.with(|state| matches!(state, State::Sending))
    }

    /// Does something with each answer; what became of the form is dealt with then.
    pub fn on_done<T: DeserializeOwned>(self, then: impl Fn(T) + 'static) {
        Effect::new(move |_| {
            if let Some(value) = self.done::<T>() {
                self.state.set(State::Open);
                then(value);
            }
        });
    }

    /// The answer, where it did its work the last time.
    pub fn done<T: DeserializeOwned>(self) -> Option<T> {
        self.state.with(|state| match state {
            State::Done(bytes) => PostcardCodec::decode(bytes).ok(),
            _ => None,
        })
    }

    /// Forgets what became of it.
    pub fn forget(self) {
        self.state.set(State::Open);
    }

    /// What went wrong the last time.
    pub fn error(self) -> Option<WireError> {
        self.state.with(|state| match state {
            State::Refused(error) => Some(error.clone()),
            _ => None,
        })
    }

    /// The value of a field as it is being sent, or was when it was refused.
    pub fn sent_value(self, name: &str) -> Option<String> {
        self.state.with(|state| match state {
            State::Sending | State::Refused(_) => {
                self.sent.with_value(|sent| sent.as_ref()?.fields.get(name))
            }
            State::Open | State::Done(_) => None,
        })
    }

    /// Whether it was refused in a row the last time.
    pub fn is_refused(self, row: &str) -> bool {
        let is_refused = self.state.with_untracked(|state| matches!(state, State::Refused(_)));
        is_refused && self.row.with_untracked(|sent| sent == row)
    }

    /// The row that it went wrong in, of several.
    pub fn is_row(self, row: &str) -> bool {
        self.row.with(|sent| sent == row)
    }
}

impl FormScreen {
    /// What there is to say about the form as a whole: everything that went wrong and that no field
    /// says itself.
    fn problem(self, row: String) -> AnyView {
        let l = lang();
        (move || {
            let error = self.error().filter(|_| self.is_row(&row))?;
            let is_said = match &error {
                WireError::Invalid { field, .. } => {
                    self.known.with_value(|known| known.contains(field))
                }
                _ => false,
            };
            (!is_said).then(|| self.note(l, &error))
        })
        .into_any()
    }

    fn note(self, l: Locale, error: &WireError) -> AnyView {
        let own = self.words.and_then(|words| words(l, error));
        let (title, text) = own.unwrap_or_else(|| match error {
            WireError::Invalid { fault, .. } => (None, fault_text(l, *fault)),
            WireError::SignedOut => {
                (Some(usual_words(l, error).0), tr!(l, trouble.not_sent).to_string())
            }
            WireError::Offline if self.is_repeatable => {
                (Some(tr!(l, form.unsent_title).to_string()), tr!(l, form.unsent_text).to_string())
            }
            WireError::Offline => (
                Some(tr!(l, form.unsent_title).to_string()),
                tr!(l, form.unsent_by_hand).to_string(),
            ),
            error => {
                let (title, text) = usual_words(l, error);
                (Some(title), text)
            }
        });
        let link = |address: String, text: String| {
            view! { <a href=address rel="external">{text}</a> }.into_any()
        };
        let can_repeat = self.sent.with_value(Option::is_some);
        let action = match error {
            WireError::SignedOut => link(sign_in_address(), tr!(l, trouble.sign_in).to_string()),
            WireError::OtherPerson => link(here(), tr!(l, trouble.reload).to_string()),
            WireError::Offline
            | WireError::Elsewhere
            | WireError::Unavailable
            | WireError::Trouble
            | WireError::Wait { .. }
                if can_repeat =>
            {
                view! {
                    <button class="btn btn--quiet" type="button" on:click=move |_| self.send()>
                        {tr!(l, trouble.again)}
                    </button>
                }
                .into_any()
            }
            _ => ().into_any(),
        };
        note_with(Tone::Wrong, title, text, action)
    }

    /// Has the first field at fault take the focus, or where no field is, what there is to say.
    fn focus_on_faults(self) {
        Effect::new(move |_| {
            if self.error().is_some() {
                request_animation_frame(move || focus_first_fault(self.path));
            }
        });
    }

    /// A button that sends the form. It stays where it is while an answer is awaited.
    pub fn button(self, class: &'static str, text: impl IntoView + 'static) -> AnyView {
        view! {
            <button
                class=class
                aria-disabled=move || self.is_sending().then_some("true")
                aria-busy=move || self.is_sending().then_some("true")
            >
                {text}
            </button>
        }
        .into_any()
    }
}

fn focus_first_fault(path: &str) {
    let find = |selector: &str| document().query_selector(selector).ok().flatten();
    let forms = format!("form[action^=\"{path}\"] ");
    let Some(said) = find(&format!("{forms}.field__error, {forms}.note--wrong")) else { return };
    let field = said
        .closest(".field__error")
        .ok()
        .flatten()
        .and_then(|line| line.parent_element())
        .and_then(|place| place.query_selector(CONTROLS).ok().flatten());
    if let Some(target) = field.unwrap_or(said).dyn_ref::<web_sys::HtmlElement>() {
        let _ = target.focus();
    }
}

/// What can be at fault in a form.
const CONTROLS: &str = "input:not([type=hidden]), select, textarea";

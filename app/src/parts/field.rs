//! What is wrong with a field, said beside it.

use kvarten_domain::Fault;
use leptos::prelude::*;

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
        Fault::NotMore => tr!(l, fault.not_more),
        Fault::Retired => tr!(l, fault.retired),
        Fault::WrongDate => tr!(l, fault.wrong_date),
        Fault::Changed => tr!(l, fault.changed),
        Fault::UnknownOption | Fault::Incomplete | Fault::Repeated => tr!(l, fault.other),
    }
    .to_string()
}

/// The line above a field that says what is wrong with it.
pub fn error_line(id: &'static str, text: String) -> AnyView {
    view! { <p class="field__error" id=id>{icon(Icon::Warn)} {text}</p> }.into_any()
}

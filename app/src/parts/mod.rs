//! The parts screens are made of: values in, events out. A part never calls the server.

mod cards;
mod field;
mod filter;
mod frame;
mod icon;
mod ladder;
mod markup;
mod matrix;
mod note;
mod question;
mod radar;
mod signs;
mod text_area;
mod toc;
#[expect(clippy::too_many_lines, reason = "one film and everything that follows it")]
mod transcript;
mod trend;
mod unit_places;

pub use cards::{lesson_card, link_card};
pub use field::{error_line, fault_text, field_error, pairs, select, unit_pairs};
pub use filter::filter_words;
pub use frame::{Tab, bare_frame, frame};
pub use icon::{Icon, icon};
pub use ladder::rungs;
pub use markup::{Escaped, escape_html};
#[cfg(feature = "ssr")]
pub(crate) use markup::{Markup, draw};
pub use matrix::{FIRST_ROW, Look, ROW_HEIGHT, matrix_rows, matrix_totals, person_address};
pub use note::{Tone, message, note, note_with, told};
pub use question::Question;
pub use radar::radar;
pub use signs::{quarter, quarter_done, ring};
pub use text_area::{FieldState, text_area};
pub use toc::{ladder_item, step_items};
pub use transcript::Film;
pub use trend::{day_rows, told_text, trend_chart, unit_rows};
pub use unit_places::{beside_units, unit_places};

use leptos::prelude::*;
use wasm_bindgen::JsCast;

fn with_id<E: JsCast>(id: &str) -> Option<E> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Focuses the element with an id.
pub fn focus(id: &str) {
    if let Some(element) = with_id::<web_sys::HtmlElement>(id) {
        let _ = element.focus();
    }
}

/// Focuses the element with an id once it is drawn, unless the reader has moved the focus meanwhile.
pub fn focus_soon(id: &'static str) {
    let before = document().active_element();
    request_animation_frame(move || {
        let now = document().active_element();
        if now == before || now.is_none_or(|now| now.tag_name() == "BODY") {
            focus(id);
        }
    });
}

/// Empties the field with an id.
pub fn empty(id: &str) {
    if let Some(field) = with_id::<web_sys::HtmlInputElement>(id) {
        field.set_value("");
    }
}

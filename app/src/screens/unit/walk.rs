//! Walking the matrix by the keyboard. A cell is a place: its row among all that are found, drawn or
//! not, and its column. Only the cell that one stands in can be focused, so that the rows stay as
//! short as they are.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::parts::{FIRST_ROW, ROW_HEIGHT};

/// A row and a column, from 0. In the first column stands the link to the person.
pub type Place = (usize, usize);

/// Where a key leads from a cell of so many rows and columns, of which `page` rows are in sight;
/// none where it is not a key for walking.
pub fn step(
    key: &str,
    is_ctrl: bool,
    (row, column): Place,
    (rows, columns): (usize, usize),
    page: usize,
) -> Option<Place> {
    let (bottom, right) = (rows.checked_sub(1)?, columns.checked_sub(1)?);
    Some(match (key, is_ctrl) {
        ("Home", true) => (0, 0),
        ("End", true) => (bottom, right),
        (_, true) => return None,
        ("ArrowUp", _) => (row.saturating_sub(1), column),
        ("ArrowDown", _) => ((row + 1).min(bottom), column),
        ("ArrowLeft", _) => (row, column.saturating_sub(1)),
        ("ArrowRight", _) => (row, (column + 1).min(right)),
        ("Home", _) => (row, 0),
        ("End", _) => (row, right),
        ("PageUp", _) => (row.saturating_sub(page), column),
        ("PageDown", _) => ((row + page).min(bottom), column),
        _ => return None,
    })
}

/// Where a key leads from the frame around the table: an arrow to the cell `last` stood in. The other
/// keys scroll there.
pub fn enter(key: &str, is_ctrl: bool, last: Place, size: (usize, usize)) -> Option<Place> {
    match key {
        "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight" if !is_ctrl && size.0 > 0 => {
            Some(last)
        }
        "Home" | "End" if is_ctrl => step(key, true, last, size, 0),
        _ => None,
    }
}

fn find(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

fn pixels(number: i32) -> usize {
    usize::try_from(number).unwrap_or(0)
}

/// Whether the matrix is a table, as on a desk. On a phone it is a list of cards, which is not walked,
/// and the filters lie over the page. The style asks the same; to measure what it has made of it would
/// have the browser lay out the page while one types.
pub fn is_table() -> bool {
    let narrow = window().match_media("screen and (max-width: 47.99em)");
    !narrow.is_ok_and(|it| it.is_some_and(|it| it.matches()))
}

/// The first row in sight, and how many are.
pub fn sight() -> (usize, usize) {
    let head = find(".matrix thead th").map_or(0, |head| head.client_height());
    find(".matrix__scroll").map_or((0, 1), |scroll| {
        let high = pixels(scroll.client_height() - head);
        (pixels(scroll.scroll_top()).div_ceil(ROW_HEIGHT), (high / ROW_HEIGHT).max(1))
    })
}

/// The cell that an element is or stands in.
pub fn place_of(element: &Element) -> Option<Place> {
    let row = element.closest(".matrix__people tr").ok()??;
    let number = row.get_attribute("aria-rowindex")?.parse::<usize>().ok()?;
    let cell = element.closest("th, td").ok()??;
    let before = std::iter::successors(cell.previous_element_sibling(), |one| {
        one.previous_element_sibling()
    });
    Some((number.checked_sub(FIRST_ROW)?, before.count()))
}

/// The cell that has the focus.
pub fn focused() -> Option<Place> {
    place_of(&document().active_element()?)
}

/// Focuses a cell; false where it is not drawn.
pub fn focus((row, column): Place) -> bool {
    let cell = format!(
        r#".matrix__people tr[aria-rowindex="{}"] > :nth-child({})"#,
        row + FIRST_ROW,
        column + 1
    );
    let link = if column == 0 { " > a" } else { "" };
    let Some(target) = find(&format!("{cell}{link}")) else { return false };
    if let Some(last) = find(r#".matrix__people [tabindex="0"]"#) {
        let _ = last.set_attribute("tabindex", "-1");
    }
    let _ = target.set_attribute("tabindex", "0");
    target.dyn_into::<HtmlElement>().is_ok_and(|target| target.focus().is_ok())
}

/// The box of the person in a row.
pub fn box_of(row: usize) -> Option<web_sys::HtmlInputElement> {
    let row = row + FIRST_ROW;
    find(&format!(r#".matrix__people tr[aria-rowindex="{row}"] input"#))?.dyn_into().ok()
}

/// Focuses the frame around the table, where the cell that had the focus is drawn no more.
pub fn focus_frame() {
    if let Some(Ok(frame)) = find(".matrix__scroll").map(JsCast::dyn_into::<HtmlElement>) {
        let _ = frame.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lead_from_cell_to_cell() {
        for (key, is_ctrl, from, expected) in [
            ("ArrowUp", false, (5, 2), Some((4, 2))),
            ("ArrowUp", false, (0, 2), Some((0, 2))),
            ("ArrowDown", false, (5, 2), Some((6, 2))),
            ("ArrowDown", false, (99, 2), Some((99, 2))),
            ("ArrowLeft", false, (5, 2), Some((5, 1))),
            ("ArrowLeft", false, (5, 0), Some((5, 0))),
            ("ArrowRight", false, (5, 2), Some((5, 3))),
            ("ArrowRight", false, (5, 3), Some((5, 3))),
            ("Home", false, (5, 2), Some((5, 0))),
            ("End", false, (5, 2), Some((5, 3))),
            ("Home", true, (5, 2), Some((0, 0))),
            ("End", true, (5, 2), Some((99, 3))),
            ("PageUp", false, (15, 2), Some((5, 2))),
            ("PageUp", false, (5, 2), Some((0, 2))),
            ("PageDown", false, (15, 2), Some((25, 2))),
            ("PageDown", false, (95, 2), Some((99, 2))),
            ("a", false, (5, 2), None),
            ("ArrowUp", true, (5, 2), None),
        ] {
            assert_eq!(step(key, is_ctrl, from, (100, 4), 10), expected, "{key} from {from:?}");
        }
    }

    #[test]
    fn among_nobody_no_key_leads_anywhere() {
        assert_eq!(step("ArrowDown", false, (0, 0), (0, 4), 10), None);
        assert_eq!(enter("ArrowDown", false, (0, 0), (0, 4)), None);
        assert_eq!(enter("End", true, (0, 0), (0, 4)), None);
    }

    #[test]
    fn from_the_frame_arrows_lead_in_and_the_rest_scrolls() {
        for (key, is_ctrl, expected) in [
            ("ArrowLeft", false, Some((5, 2))),
            ("Home", true, Some((0, 0))),
            ("End", true, Some((99, 3))),
            ("End", false, None),
            ("PageDown", false, None),
            ("Tab", false, None),
        ] {
            assert_eq!(enter(key, is_ctrl, (5, 2), (100, 4)), expected, "{key}");
        }
    }
}

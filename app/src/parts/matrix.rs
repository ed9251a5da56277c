//! The matrix: people × systems. Its rows are written as text and set into the page whole, which is
//! what lets a filter answer within a frame; the server writes the first ones in the same way.

use std::collections::HashSet;

use kvarten_domain::{
    PersonId,
    overview::{Overview, PersonLine, Total},
};

use super::markup::{Markup, draw};
use crate::{i18n::Locale, text::tr};

/// Where a person's page is.
pub fn person_address(person: &PersonLine) -> String {
    format!("/enhet/person/{}", person.id)
}

/// A cell in words.
fn spoken(l: Locale, overview: &Overview, person: &PersonLine, at: usize) -> String {
    let system = overview.systems[at].name.clone();
    let cell = person.cells[at];
    let required = overview.required(person, at);
    let said =
        cell.said().map_or_else(|| tr!(l, knowledge.not_said).to_string(), |said| said.to_string());
    tr!(l, knowledge.spoke, system = system, required = required, said = said, shown = cell.shown())
        .to_string()
}

/// How rows are drawn, beside what they say.
#[derive(Clone, Copy, Debug)]
pub struct Look<'l> {
    /// The place of the system that is filtered by.
    pub system: Option<usize>,
    /// Who has been picked.
    pub picked: &'l HashSet<PersonId>,
    /// Whether the keys walk from cell to cell: then what can be pressed is no stop of its own.
    pub is_walked: bool,
}

fn cell(
    html: &mut Markup,
    l: Locale,
    overview: &Overview,
    person: &PersonLine,
    (at, is_chosen): (usize, bool),
) {
    let chosen = if is_chosen { " is-chosen" } else { "" };
    // One box a cell, and nothing hidden in it: how long a frame takes goes by the number of boxes.
    let Some(gap) = overview.gap(person, at) else {
        let name = &overview.systems[at].name;
        let text = tr!(l, unit.not_needed);
        draw!(html, r#"<td class="cell cell--none{chosen}" aria-label="{name}: {text}"></td>"#; chosen = chosen, name = name, text = text);
        return;
    };
    let cell = person.cells[at];
    let mark = match cell.said() {
        Some(said) if said > cell.shown() => "▴",
        Some(said) if said < cell.shown() => "▾",
        _ => "",
    };
    let sign = if gap == 0 { "✓".to_owned() } else { format!("−{gap}") };
    draw!(html, r#"<td class="cell cell--{gap}{chosen}" data-system="{}" aria-label="{}">{sign}{mark}</td>"#,
        overview.systems[at].name,
        spoken(l, overview, person, at); gap = gap, chosen = chosen, sign = sign, mark = mark);
}

/// A row for somebody; `number` is its place among all, from 0. The head and the totals stand before
/// the first.
fn row(
    html: &mut Markup,
    l: Locale,
    overview: &Overview,
    person: &PersonLine,
    (number, look): (usize, Look<'_>),
) {
    let mut place: Vec<&str> = Vec::new();
    place.extend(person.number.as_deref());
    place.extend(overview.profession_of(person).map(|choice| choice.name.as_str()));
    if overview.units.len() > 1 {
        place.extend(overview.unit_of(person).map(|unit| unit.name.as_str()));
    }
    let wanting = overview.wanting(person);
    let pick = tr!(l, unit.pick, name = person.full_name()).to_string();
    let stop = |html: &mut Markup| {
        if look.is_walked {
            html.push(r#" tabindex="-1""#);
        }
    };
    draw!(
        html,
        r#"<tr aria-rowindex="{}"><th scope="row" class="matrix__who"><label class="matrix__pick"><input type="checkbox""#,
        number + FIRST_ROW
    );
    stop(html);
    if look.picked.contains(&person.id) {
        html.push(" checked");
    }
    draw!(html, r#" aria-label="{}"></label><a href="{}""#, pick, person_address(person));
    stop(html);
    draw!(
        html,
        r#"><bdi>{}</bdi></a><span class="matrix__as">{}</span></th><td class="matrix__sum" data-label="{}">{}</td>"#,
        person.name,
        place.join(", "),
        tr!(l, unit.wanting),
        wanting
    );
    for at in 0..overview.systems.len() {
        cell(html, l, overview, person, (at, look.system == Some(at)));
    }
    html.push("</tr>");
}

/// The rows of people, the first of them with a number from 0; above and below them as much room as
/// so many rows take that are not drawn.
pub fn matrix_rows<'p>(
    l: Locale,
    overview: &Overview,
    people: impl ExactSizeIterator<Item = &'p PersonLine>,
    (above, below): (usize, usize),
    look: Look<'_>,
) -> String {
    let mut html = Markup::with_capacity(people.len() * (400 + overview.systems.len() * 200));
    let room = |html: &mut Markup, rows: usize| {
        if rows > 0 {
            draw!(
                html,
                r#"<tr class="matrix__room" aria-hidden="true"><td><svg width="1" height="{}"></svg></td></tr>"#,
                rows * ROW_HEIGHT
            );
        }
    };
    room(&mut html, above);
    for (at, person) in people.enumerate() {
        row(&mut html, l, overview, person, (above + at, look));
    }
    room(&mut html, below);
    html.into_html()
}

/// The number of the first person's row in the table, of which the head and the totals are the first
/// two.
pub const FIRST_ROW: usize = 3;

/// How high a row is, in pixels of the page; the style holds it so.
pub const ROW_HEIGHT: usize = 56;

/// The row of totals: of how many in how many something is wanting.
pub fn matrix_totals(l: Locale, totals: &[Total]) -> String {
    let mut html = Markup::with_capacity(totals.len() * 120);
    draw!(
        html,
        r#"<tr class="matrix__totals" aria-rowindex="2"><th scope="row">{}</th><td></td>"#,
        tr!(l, unit.totals)
    );
    for total in totals {
        let text = tr!(l, unit.total, wanting = total.wanting, needed = total.needed).to_string();
        draw!(html, r#"<td><span aria-hidden="true">{}/{}</span><span class="sr">{text}</span></td>"#,
            total.wanting, total.needed; text = text);
    }
    html.push("</tr>");
    html.into_html()
}

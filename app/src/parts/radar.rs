//! The radar: a drawing of what is required, said and shown, with a table beside it.
//!
//! The drawing is written as text and set into the page whole: it is the same on the server and in
//! the browser, and costs the program next to nothing. Every spoke is a link that says its figures,
//! so each can be reached with the keyboard and read by a screen reader.

use std::fmt::Write;

use kvarten_domain::{
    Height,
    knowledge::Portrait,
    radar::{FEWEST_SPOKES, Point, Spoke, point, radius},
};
use leptos::prelude::*;

use super::marked_up;
use crate::{
    i18n::Locale,
    text::{date, tr},
};

/// The radius of the outermost ring, in units of the drawing.
const SIZE: f64 = 100.0;

fn said_text(l: Locale, said: Option<Height>) -> String {
    said.map_or_else(|| tr!(l, knowledge.not_said).to_string(), |said| said.number().to_string())
}

/// A spoke in words.
fn spoken(l: Locale, spoke: &Spoke) -> String {
    let now = tr!(
        l,
        knowledge.spoke,
        system = spoke.system.name.clone(),
        required = spoke.required.number(),
        said = said_text(l, spoke.said),
        shown = spoke.shown.number()
    )
    .to_string();
    match spoke.then {
        None => now,
        Some(then) => {
            tr!(l, knowledge.spoke_then, spoke = now, shown = then.shown.number()).to_string()
        }
    }
}

fn at(spoke: usize, spokes: usize, height: Height) -> Point {
    let point = point(spoke, spokes, height);
    Point { x: point.x * SIZE, y: point.y * SIZE }
}

/// An outline through the heights there are; it is open where one is missing.
fn outline(svg: &mut String, class: &str, heights: &[Option<Height>]) {
    let count = heights.len();
    let is_whole = heights.iter().all(Option::is_some);
    let mut path = String::new();
    let mut is_drawing = false;
    // Once around, and on to the first again: a gap may lie anywhere.
    let turns = if is_whole { count } else { count + 1 };
    for step in 0..turns {
        let spoke = step % count;
        let Some(height) = heights[spoke] else {
            is_drawing = false;
            continue;
        };
        let Point { x, y } = at(spoke, count, height);
        let _ = write!(path, "{}{x:.1} {y:.1}", if is_drawing { 'L' } else { 'M' });
        is_drawing = true;
    }
    let end = if is_whole { "Z" } else { "" };
    let _ = write!(svg, r#"<path class="{class}" d="{path}{end}"/>"#);
}

/// The drawing. `base` is the address that a system's code is put behind.
fn drawing(l: Locale, spokes: &[Spoke], base: &str) -> String {
    let count = spokes.len();
    let mut svg = String::with_capacity(2_000 + 700 * count);
    let label = tr!(l, knowledge.radar_of, count = count).to_string();
    let _ = write!(
        svg,
        r#"<svg class="radar__svg" viewBox="-122 -122 244 244" role="group" aria-label="{}">"#,
        marked_up(&label)
    );
    for number in (0..=4).rev() {
        let height = Height::new(number).unwrap_or_default();
        let _ = write!(svg, r#"<circle class="radar__ring" r="{:.1}"/>"#, radius(height) * SIZE);
    }
    for spoke in 0..count {
        let (from, to) = (at(spoke, count, Height::GROUND), at(spoke, count, TOP));
        let _ = write!(
            svg,
            r#"<path class="radar__axis" d="M{:.1} {:.1}L{:.1} {:.1}"/>"#,
            from.x, from.y, to.x, to.y
        );
    }
    let then: Option<Vec<_>> =
        spokes.iter().map(|spoke| spoke.then.map(|then| Some(then.shown))).collect();
    if let Some(then) = then {
        outline(&mut svg, "radar__then", &then);
    }
    let of = |get: fn(&Spoke) -> Option<Height>| spokes.iter().map(get).collect::<Vec<_>>();
    outline(&mut svg, "radar__shown", &of(|spoke| Some(spoke.shown)));
    outline(&mut svg, "radar__required", &of(|spoke| Some(spoke.required.into())));
    outline(&mut svg, "radar__said", &of(|spoke| spoke.said));
    for number in 1..=4 {
        let height = Height::new(number).unwrap_or_default();
        let y = -radius(height) * SIZE;
        let _ = write!(
            svg,
            r#"<text class="radar__level" x="-5" y="{:.1}" aria-hidden="true">{number}</text>"#,
            y + 3.0
        );
    }
    for (place, spoke) in spokes.iter().enumerate() {
        one_spoke(&mut svg, l, (place, count), spoke, base);
    }
    svg.push_str("</svg>");
    svg
}

const TOP: Height = match Height::new(4) {
    Some(top) => top,
    None => Height::GROUND,
};

fn one_spoke(
    svg: &mut String,
    l: Locale,
    (place, count): (usize, usize),
    spoke: &Spoke,
    base: &str,
) {
    let text = marked_up(&spoken(l, spoke));
    let code = marked_up(&spoke.system.code);
    let _ = write!(
        svg,
        r#"<a class="radar__spoke" href="{base}{code}" aria-label="{text}"><title>{text}</title>"#
    );
    let tip = at(place, count, TOP);
    let _ = write!(svg, r#"<path class="radar__hit" d="M0 0L{:.1} {:.1}"/>"#, tip.x, tip.y);
    let required = at(place, count, spoke.required.into());
    let _ = write!(
        svg,
        r#"<rect class="radar__mark radar__mark--required" x="{:.1}" y="{:.1}" width="10" height="10"/>"#,
        required.x - 5.0,
        required.y - 5.0
    );
    if let Some(said) = spoke.said {
        let said = at(place, count, said);
        let _ = write!(
            svg,
            r#"<circle class="radar__mark radar__mark--said" cx="{:.1}" cy="{:.1}" r="4"/>"#,
            said.x, said.y
        );
    }
    let shown = at(place, count, spoke.shown);
    let _ = write!(
        svg,
        r#"<circle class="radar__mark radar__mark--shown" cx="{:.1}" cy="{:.1}" r="2.6"/>"#,
        shown.x, shown.y
    );
    let (x, y) = (tip.x * 1.12, tip.y * 1.12);
    let anchor = if x.abs() < 12.0 {
        "middle"
    } else if x > 0.0 {
        "start"
    } else {
        "end"
    };
    let _ = write!(
        svg,
        r#"<text class="radar__number" x="{x:.1}" y="{:.1}" text-anchor="middle" aria-hidden="true">{}</text>"#,
        y + 4.0,
        place + 1
    );
    let _ = write!(
        svg,
        r#"<text class="radar__name" x="{:.1}" y="{:.1}" text-anchor="{anchor}" aria-hidden="true">{}</text></a>"#,
        tip.x * 1.08,
        tip.y * 1.08 + 3.0,
        marked_up(&spoke.system.name)
    );
}

/// What the outlines and marks stand for.
fn legend(l: Locale, has_then: bool) -> AnyView {
    let sample = |class: &str, mark: &str| {
        format!(
            r#"<svg viewBox="0 0 32 12" aria-hidden="true"><path class="{class}" d="M0 6H32"/>{mark}</svg>"#
        )
    };
    let row = |svg: String, text: String| {
        view! {
            <li>
                <span class="radar__sample" inner_html=svg></span>
                {text}
            </li>
        }
        .into_any()
    };
    let required = sample(
        "radar__required",
        r#"<rect class="radar__mark radar__mark--required" x="11" y="1" width="10" height="10"/>"#,
    );
    let said = sample(
        "radar__said",
        r#"<circle class="radar__mark radar__mark--said" cx="16" cy="6" r="4"/>"#,
    );
    let shown = sample(
        "radar__shown",
        r#"<circle class="radar__mark radar__mark--shown" cx="16" cy="6" r="2.6"/>"#,
    );
    let then = has_then.then(|| row(sample("radar__then", ""), tr!(l, knowledge.then).to_string()));
    view! {
        <ul class="radar__legend">
            {row(required, tr!(l, knowledge.required).to_string())}
            {row(said, tr!(l, knowledge.said).to_string())}
            {row(shown, tr!(l, knowledge.shown).to_string())}
            {then}
        </ul>
    }
    .into_any()
}

fn table(l: Locale, portrait: &Portrait, base: &str) -> AnyView {
    let has_then = portrait.then.is_some();
    let then_head =
        has_then.then(|| view! { <th scope="col" class="num">{tr!(l, knowledge.then)}</th> });
    let rows = portrait.spokes.iter().enumerate().map(|(place, spoke)| {
        let then = spoke.then.map(|then| view! {
                <td class="num" data-label=tr!(l, knowledge.then)>{then.shown.number()}</td>
            });
        let said = spoke
            .said
            .map_or_else(|| "–".to_owned(), |said| said.number().to_string());
        let gap = match spoke.gap() {
            0 => view! { <span class="gap gap--0">{tr!(l, knowledge.none_wanting)}</span> }.into_any(),
            1 => view! { <span class="gap gap--1">{tr!(l, knowledge.wanting, count = 1).to_string()}</span> }.into_any(),
            count => view! {
                <span class=format!("gap gap--{count}")>
                    {tr!(l, knowledge.wanting_more, count = count).to_string()}
                </span>
            }
            .into_any(),
        };
        view! {
            <tr>
                <th scope="row">
                    <span class="radar__place" aria-hidden="true">{place + 1}</span>
                    <a href=format!("{base}{}", spoke.system.code)>{spoke.system.name.clone()}</a>
                </th>
                <td class="num" data-label=tr!(l, knowledge.required)>{spoke.required.number()}</td>
                <td class="num" data-label=tr!(l, knowledge.said_short)>{said}</td>
                <td class="num" data-label=tr!(l, knowledge.shown)>{spoke.shown.number()}</td>
                {then}
                <td>{gap}</td>
            </tr>
        }
    });
    view! {
        <div class="radar__scroll">
            <table class="table radar__table">
                <caption class="sr">{tr!(l, knowledge.table)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{tr!(l, knowledge.system)}</th>
                        <th scope="col" class="num">{tr!(l, knowledge.required)}</th>
                        <th scope="col" class="num">{tr!(l, knowledge.said)}</th>
                        <th scope="col" class="num">{tr!(l, knowledge.shown)}</th>
                        {then_head}
                        <th scope="col">{tr!(l, knowledge.gap)}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The drawing with its legend, and the table. `base` is the address that a system's code is put
/// behind.
pub fn radar(l: Locale, portrait: &Portrait, base: &str) -> AnyView {
    let figure = (portrait.spokes.len() >= FEWEST_SPOKES).then(|| {
        let then = portrait
            .then
            .map(|then| tr!(l, knowledge.then_is, date = date(l, then)).to_string())
            .map(|text| view! { <p class="small">{text}</p> });
        view! {
            <div class="radar__figure">
                <div class="radar__draw" inner_html=drawing(l, &portrait.spokes, base)></div>
                {legend(l, portrait.then.is_some())}
                {then}
            </div>
        }
    });
    view! { <div class="radar">{figure} {table(l, portrait, base)}</div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kvarten_domain::{Level, lesson::SystemName};

    fn spoke(name: &str, said: Option<u8>) -> Spoke {
        Spoke {
            system: SystemName { code: "outlook".into(), name: name.into() },
            required: Level::new(2).expect("1–4"),
            shown: Height::new(1).expect("0–4"),
            said: said.and_then(Height::new),
            then: None,
        }
    }

    #[test]
    fn every_spoke_is_a_link_that_says_its_figures() {
        let said = r#"aria-label="Outlook: krav 2, egen bedömning 3, visat 1""#;
        for count in [3, 16] {
            let spokes = vec![spoke("Outlook", Some(3)); count];
            let svg = drawing(Locale::sv, &spokes, "/kunskaper/");
            assert_eq!(
                svg.matches(r#"<a class="radar__spoke" href="/kunskaper/outlook""#).count(),
                count
            );
            assert_eq!(svg.matches(said).count(), count);
            assert!(!svg.contains("NaN"));
        }
    }

    #[test]
    fn names_are_text_and_nothing_else() {
        let svg = drawing(Locale::sv, &vec![spoke("<script>\"&", None); 3], "/kunskaper/");
        assert!(!svg.contains("<script>"));
        assert!(svg.contains("&lt;script&gt;&quot;&amp;: krav 2, egen bedömning saknas"));
    }

    #[test]
    fn an_outline_is_open_where_nothing_was_said() {
        let mut path = String::new();
        let height = Height::new(4);
        outline(&mut path, "x", &[height, None, height, height]);
        assert_eq!(path.matches('M').count(), 2, "{path}");
        assert_eq!(path.matches('L').count(), 2, "{path}");
        assert!(!path.contains('Z'));
    }
}

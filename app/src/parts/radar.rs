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

use super::markup::{Markup, draw};
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
            let required =
                then.required.map_or_else(|| "–".to_owned(), |level| level.number().to_string());
            let (said, shown) = (said_text(l, then.said), then.shown.number());
            tr!(
                l,
                knowledge.spoke_then,
                spoke = now,
                required = required,
                said = said,
                shown = shown
            )
            .to_string()
        }
    }
}

fn at(spoke: usize, spokes: usize, height: Height) -> Point {
    let point = point(spoke, spokes, height);
    Point { x: point.x * SIZE, y: point.y * SIZE }
}

/// An outline through the heights there are; it is open where one is missing.
fn outline(svg: &mut Markup, class: &str, heights: &[Option<Height>]) {
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
    draw!(svg, r#"<path class="{class}" d="{path}{end}"/>"#; class = class, path = path, end = end);
}

/// The drawing. `base` is the address that a system's code is put behind.
fn drawing(l: Locale, spokes: &[Spoke], base: &str) -> String {
    let count = spokes.len();
    let mut svg = Markup::with_capacity(2_000 + 700 * count);
    let label = tr!(l, knowledge.radar_of, count = count).to_string();
    draw!(
        svg,
        r#"<svg class="radar__svg" viewBox="-126 -126 252 252" role="group" aria-label="{}">"#,
        label
    );
    for number in (0..=4).rev() {
        let height = Height::new(number).unwrap_or_default();
        draw!(svg, r#"<circle class="radar__ring" r="{:.1}"/>"#, radius(height) * SIZE);
    }
    for spoke in 0..count {
        let (from, to) = (at(spoke, count, Height::GROUND), at(spoke, count, TOP));
        draw!(
            svg,
            r#"<path class="radar__axis" d="M{:.1} {:.1}L{:.1} {:.1}"/>"#,
            from.x,
            from.y,
            to.x,
            to.y
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
        draw!(svg, r#"<text class="radar__level" x="-5" y="{:.1}" aria-hidden="true">{number}</text>"#,
            y + 3.0; number = number);
    }
    for (place, spoke) in spokes.iter().enumerate() {
        one_spoke(&mut svg, l, (place, count), spoke, base);
    }
    svg.push("</svg>");
    svg.into_html()
}

const TOP: Height = match Height::new(4) {
    Some(top) => top,
    None => Height::GROUND,
};

fn one_spoke(
    svg: &mut Markup,
    l: Locale,
    (place, count): (usize, usize),
    spoke: &Spoke,
    base: &str,
) {
    let text = spoken(l, spoke);
    let code = &spoke.system.code;
    draw!(svg, r#"<a class="radar__spoke" href="{base}{code}" aria-label="{text}"><title>{text}</title>"#; base = base, code = code, text = text);
    let tip = at(place, count, TOP);
    draw!(svg, r#"<path class="radar__hit" d="M0 0L{:.1} {:.1}"/>"#, tip.x, tip.y);
    let required = at(place, count, spoke.required.into());
    draw!(
        svg,
        r#"<rect class="radar__mark radar__mark--required" x="{:.1}" y="{:.1}" width="10" height="10"/>"#,
        required.x - 5.0,
        required.y - 5.0
    );
    if let Some(said) = spoke.said {
        let said = at(place, count, said);
        draw!(
            svg,
            r#"<circle class="radar__mark radar__mark--said" cx="{:.1}" cy="{:.1}" r="4"/>"#,
            said.x,
            said.y
        );
    }
    let shown = at(place, count, spoke.shown);
    draw!(
        svg,
        r#"<circle class="radar__mark radar__mark--shown" cx="{:.1}" cy="{:.1}" r="2.6"/>"#,
        shown.x,
        shown.y
    );
    // Beyond a mark on the outermost ring.
    let (x, y) = (tip.x * 1.16, tip.y * 1.16);
    let anchor = if x.abs() < 12.0 {
        "middle"
    } else if x > 0.0 {
        "start"
    } else {
        "end"
    };
    draw!(svg, r#"<text class="radar__number" x="{x:.1}" y="{:.1}" text-anchor="middle" aria-hidden="true">{}</text>"#,
        y + 4.0,
        place + 1; x = x);
    draw!(svg, r#"<text class="radar__name" x="{:.1}" y="{:.1}" text-anchor="{anchor}" aria-hidden="true">{}</text></a>"#,
        tip.x * 1.12,
        tip.y * 1.14 + 3.0,
        spoke.system.name; anchor = anchor);
}

/// What the outlines and marks stand for.
fn legend(l: Locale, has_then: bool) -> AnyView {
    let sample = |class: &'static str, mark: &'static str| {
        let mut svg = Markup::default();
        draw!(
            svg,
            r#"<svg viewBox="0 0 32 12" aria-hidden="true"><path class="{}" d="M0 6H32"/>"#,
            class
        );
        svg.push(mark);
        svg.push("</svg>");
        svg.into_html()
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
        <div class="wide">
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
        let mut path = Markup::default();
        let height = Height::new(4);
        outline(&mut path, "x", &[height, None, height, height]);
        let path = path.into_html();
        assert_eq!(path.matches('M').count(), 2, "{path}");
        assert_eq!(path.matches('L').count(), 2, "{path}");
        assert!(!path.contains('Z'));
    }

    /// As many spokes, with every mark on the outermost ring.
    fn full(count: usize) -> Vec<Spoke> {
        let top = |at: usize| Spoke {
            required: Level::new(4).expect("1–4"),
            shown: TOP,
            ..spoke(&format!("System {at}"), Some(4))
        };
        (0..count).map(top).collect()
    }

    fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        rest.split_once('"').map(|(value, _)| value)
    }

    /// A number that a tag holds; 0 where it does not.
    fn number(tag: &str, name: &str) -> f64 {
        attribute(tag, name).unwrap_or("0").parse().expect("a number")
    }

    /// A text of a drawing: where it is held, by which end, and how high it is.
    #[derive(Debug)]
    struct Label<'s> {
        x: f64,
        y: f64,
        anchor: &'s str,
        size: f64,
    }

    /// The height of a class of texts, in units of the drawing, as the style has it.
    fn font_size(class: &str) -> f64 {
        let style = include_str!("../../../style/_knowledge.scss");
        let (_, rule) = style.split_once(&format!("\n.{class} {{")).expect("a rule");
        let (_, size) = rule.split_once("font-size: ").expect("a size");
        let (size, _) = size.split_once("px;").expect("in units of the drawing");
        size.parse().expect("a number")
    }

    /// The texts of a class.
    fn labels<'s>(svg: &'s str, class: &str) -> Vec<Label<'s>> {
        let start = format!(r#"text class="{class}""#);
        let label = |tag: &'s str| Label {
            x: number(tag, "x"),
            y: number(tag, "y"),
            anchor: attribute(tag, "text-anchor").unwrap_or("end"),
            size: font_size(class),
        };
        svg.split('<').filter(|tag| tag.starts_with(&start)).map(label).collect()
    }

    #[test]
    fn every_mark_and_text_lies_within_the_drawing() {
        for count in [3, 10, 16] {
            let svg = drawing(Locale::sv, &full(count), "/kunskaper/");
            let frame = attribute(&svg, "viewBox").expect("a frame").split(' ');
            let frame: Vec<f64> = frame.map(|side| side.parse().expect("a number")).collect();
            let [left, top, width, height] = frame[..] else { panic!("{frame:?}") };
            let is_inside = |x: f64, y: f64| {
                (left..=left + width).contains(&x) && (top..=top + height).contains(&y)
            };
            for class in ["radar__level", "radar__number", "radar__name"] {
                for label in labels(&svg, class) {
                    let is_whole =
                        is_inside(label.x, label.y) && is_inside(label.x, label.y - label.size);
                    assert!(is_whole, "{count} spokes: {class} {label:?}");
                }
            }
            let circles: Vec<&str> =
                svg.split('<').filter(|tag| tag.starts_with("circle ")).collect();
            assert_eq!(circles.len(), 5 + 2 * count, "rings, and two marks on every spoke");
            for tag in circles {
                let (x, y, r) = (number(tag, "cx"), number(tag, "cy"), number(tag, "r"));
                assert!(r > 0.0, "{tag}");
                assert!(is_inside(x - r, y - r) && is_inside(x + r, y + r), "{count}: {tag}");
            }
        }
    }

    #[test]
    fn no_two_texts_lie_on_each_other() {
        for count in [3, 10, 16] {
            let svg = drawing(Locale::sv, &full(count), "/kunskaper/");
            // Names where there is room for them, else numbers; the levels in any case.
            for class in ["radar__number", "radar__name"] {
                let mut all = labels(&svg, class);
                assert_eq!(all.len(), count);
                all.extend(labels(&svg, "radar__level"));
                assert_eq!(all.len(), count + 4);
                for (at, one) in all.iter().enumerate() {
                    for other in &all[at + 1..] {
                        let distance = (one.x - other.x).hypot(one.y - other.y);
                        let is_clear = distance >= one.size.max(other.size);
                        assert!(is_clear, "{count} spokes: {one:?} {other:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn names_however_long_do_not_run_into_each_other() {
        let reach = |label: &Label<'_>| match label.anchor {
            "start" => (label.x, f64::INFINITY),
            "end" => (f64::NEG_INFINITY, label.x),
            _ => (f64::NEG_INFINITY, f64::INFINITY),
        };
        for count in FEWEST_SPOKES..=16 {
            let svg = drawing(Locale::sv, &full(count), "/kunskaper/");
            let names = labels(&svg, "radar__name");
            for (at, one) in names.iter().enumerate() {
                for other in &names[at + 1..] {
                    let (from, to) =
                        (reach(one).0.max(reach(other).0), reach(one).1.min(reach(other).1));
                    let is_apart = from >= to || (one.y - other.y).abs() >= one.size;
                    assert!(is_apart, "{count} spokes: {one:?} {other:?}");
                }
            }
        }
    }
}

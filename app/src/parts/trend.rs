//! Trends: for each system a line of the share that reaches what is required, and tables of shares.
//! Written as text and set into the page whole, as the radar and the matrix are.

use std::fmt::Write;

use kvarten_domain::{
    Date,
    trends::{Figure, SystemTrend, Told, UnitStanding},
};

use super::markup::{Markup, draw};
use crate::{
    i18n::Locale,
    text::{date, tenths, tr},
};

/// The sides of what is drawn in, in units of the drawing.
const LEFT: f64 = 48.0;
const RIGHT: f64 = 306.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 118.0;

/// So many days must lie between two shares for both of them to be written beside the line.
const APART: usize = 4;

fn percent(l: Locale, number: u8) -> String {
    tr!(l, trends.percent, number = number).to_string()
}

/// What is told, in words.
pub fn told_text(l: Locale, told: Told) -> String {
    match told {
        Told::Unneeded => tr!(l, trends.unneeded).to_string(),
        Told::Withheld => tr!(l, trends.withheld).to_string(),
        Told::Figure(Figure { needed, reached, .. }) => {
            tr!(l, trends.figure, reached = reached, needed = needed).to_string()
        }
    }
}

/// The same, with the share.
fn told_share(l: Locale, told: Told) -> String {
    let text = told_text(l, told);
    match told.figure() {
        None => text,
        Some(figure) => {
            let share = percent(l, figure.percent());
            tr!(l, trends.figure_share, figure = text, share = share).to_string()
        }
    }
}

fn height(percent: u8) -> f64 {
    BOTTOM - (BOTTOM - TOP) * f64::from(percent) / 100.0
}

fn spot(day: usize, days: usize, percent: u8) -> (f64, f64) {
    let number = |number: usize| f64::from(u16::try_from(number).unwrap_or(u16::MAX));
    let last = number(days.saturating_sub(1)).max(1.0);
    (LEFT + (RIGHT - LEFT) * number(day) / last, height(percent))
}

/// The line through what is told; it is broken where nothing is.
fn line(svg: &mut Markup, shares: &[Option<u8>]) {
    let mut path = String::new();
    let mut is_drawing = false;
    for (day, share) in shares.iter().enumerate() {
        if let Some(share) = share {
            let (x, y) = spot(day, shares.len(), *share);
            let _ = write!(path, "{}{x:.1} {y:.1}", if is_drawing { 'L' } else { 'M' });
        }
        is_drawing = share.is_some();
    }
    draw!(svg, r#"<path class="trend__line" d="{path}"/>"#; path = path);
}

/// The first and the last share, beside the line.
fn ends(svg: &mut Markup, l: Locale, shares: &[Option<u8>]) {
    let mut write = |day: usize, share: u8| {
        let (x, y) = spot(day, shares.len(), share);
        let (x, anchor) = match day {
            0 => (x, "start"),
            day if day + 1 == shares.len() => (x + 6.0, "end"),
            _ => (x, "middle"),
        };
        draw!(svg, r#"<text class="trend__value" x="{x:.1}" y="{:.1}" text-anchor="{anchor}">{}</text>"#,
            y - 10.0,
            percent(l, share); x = x, anchor = anchor);
    };
    let told = |(day, share): (usize, &Option<u8>)| share.map(|share| (day, share));
    let mut all = shares.iter().enumerate().filter_map(told);
    let Some((first, share)) = all.next() else { return };
    let last = all.next_back();
    if last.is_none_or(|(last, _)| last >= first + APART) {
        write(first, share);
    }
    if let Some((day, share)) = last {
        write(day, share);
    }
}

/// The drawing of one system: the share that reaches what is required, from the first day to today.
/// `moments` are the days that its words name: a year ago, half a year ago, today.
pub fn trend_chart(l: Locale, trend: &SystemTrend, days: &[Date], moments: [usize; 3]) -> String {
    let told = |day: usize| trend.days.get(day).copied().unwrap_or(Told::Unneeded);
    let [year, half, now] = moments.map(|day| told_share(l, told(day)));
    let system = trend.system.name.clone();
    let label =
        tr!(l, trends.chart, system = system, year = year, half = half, now = now).to_string();
    let mut svg = Markup::with_capacity(3_000);
    draw!(
        svg,
        r#"<svg class="trend__svg" viewBox="0 0 320 146" role="img" aria-label="{}">"#,
        label
    );
    for share in [0, 50, 100] {
        let y = height(share);
        draw!(svg, r#"<path class="trend__grid" d="M{LEFT} {y}H{RIGHT}"/><text class="trend__text" x="{}" y="{}" text-anchor="end">{}</text>"#,
            LEFT - 6.0,
            y + 4.5,
            percent(l, share); LEFT = LEFT, y = y, RIGHT = RIGHT);
    }
    let shares: Vec<Option<u8>> =
        trend.days.iter().map(|told| told.figure().map(Figure::percent)).collect();
    line(&mut svg, &shares);
    for (day, (on, told)) in days.iter().zip(&trend.days).enumerate() {
        let Some(figure) = told.figure() else { continue };
        let (x, y) = spot(day, shares.len(), figure.percent());
        let title = tr!(l, trends.on, date = date(l, *on), told = told_share(l, *told)).to_string();
        draw!(svg, r#"<circle class="trend__mark" cx="{x:.1}" cy="{y:.1}" r="3.5"><title>{title}</title></circle>"#; x = x, y = y, title = title);
    }
    ends(&mut svg, l, &shares);
    let foot = |svg: &mut Markup, x: f64, anchor: &str, text: String| {
        let y = BOTTOM + 22.0;
        draw!(svg, r#"<text class="trend__text" x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>"#; x = x, y = y, anchor = anchor, text = text);
    };
    if let Some(first) = days.first() {
        foot(&mut svg, LEFT, "start", date(l, *first));
    }
    foot(&mut svg, RIGHT + 6.0, "end", tr!(l, trends.today).to_string());
    svg.push("</svg>");
    svg.into_html()
}

/// How a share looks: its number stands there as well.
const fn look(percent: u8) -> &'static str {
    match percent {
        100.. => "share--all",
        67.. => "share--many",
        34.. => "share--half",
        _ => "share--few",
    }
}

/// A cell of a table of shares.
fn cell(html: &mut Markup, l: Locale, told: Told, has_level: bool) {
    let mut words = told_share(l, told);
    let mean = told.figure().filter(|_| has_level).map(|figure| tenths(l, figure.level_tenths));
    if let Some(mean) = &mean {
        let _ = write!(words, ", {}", tr!(l, trends.level, level = mean.clone()));
    }
    match told {
        Told::Unneeded => {
            draw!(html, r#"<td class="share">"#);
        }
        Told::Withheld => {
            draw!(html, r#"<td class="share"><span aria-hidden="true">–</span>"#);
        }
        Told::Figure(figure) => {
            let share = figure.percent();
            draw!(
                html,
                r#"<td class="share {}"><span aria-hidden="true">{}<span class="share__of">{}/{}</span>"#,
                look(share),
                percent(l, share),
                figure.reached,
                figure.needed
            );
            if let Some(mean) = mean {
                let short = tr!(l, trends.level_short, level = mean).to_string();
                draw!(html, r#"<span class="share__of">{}</span>"#, short);
            }
            html.push("</span>");
        }
    }
    draw!(html, r#"<span class="sr">{}</span></td>"#, words);
}

/// The rows of units: for each system, the share that reaches what is required today.
pub fn unit_rows(l: Locale, units: &[UnitStanding]) -> String {
    let mut html = Markup::with_capacity(units.len() * 1_500);
    for unit in units {
        let depth = unit.unit.depth.min(4);
        let name = &unit.unit.name;
        draw!(html, r#"<tr><th scope="row" class="shares__who shares__who--{depth}">{name}</th>"#; depth = depth, name = name);
        for told in &unit.systems {
            cell(&mut html, l, *told, false);
        }
        html.push("</tr>");
    }
    html.into_html()
}

/// The rows of days, the latest first: for each system, the share that reached what was required, and
/// the mean of the levels shown.
pub fn day_rows(l: Locale, days: &[Date], systems: &[SystemTrend]) -> String {
    let mut html = Markup::with_capacity(days.len() * 1_500);
    for (day, on) in days.iter().enumerate().rev() {
        let on = date(l, *on);
        draw!(html, r#"<tr><th scope="row" class="shares__who">{on}</th>"#; on = on);
        for trend in systems {
            cell(&mut html, l, trend.days.get(day).copied().unwrap_or(Told::Unneeded), true);
        }
        html.push("</tr>");
    }
    html.into_html()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kvarten_domain::{Id, UnitId, lesson::SystemName, overview::UnitLine, unit::UnitKind};

    fn figure(reached: u32, needed: u32) -> Told {
        Told::Figure(Figure { needed, reached, level_tenths: 12 })
    }

    fn trend(name: &str, days: Vec<Told>) -> SystemTrend {
        SystemTrend { system: SystemName { code: "x".into(), name: name.into() }, days }
    }

    fn days(count: usize) -> Vec<Date> {
        (1..).take(count).map(|month| Date { year: 2026, month, day: 25 }).collect()
    }

    fn path(svg: &str) -> &str {
        let from = svg.find(r#"class="trend__line" d=""#).expect("a line") + 23;
        &svg[from..from + svg[from..].find('"').expect("its end")]
    }

    #[test]
    fn a_chart_says_its_figures() {
        let trend = trend("Outlook", vec![Told::Unneeded, Told::Withheld, figure(17, 30)]);
        let svg = trend_chart(Locale::sv, &trend, &days(3), [0, 1, 2]);
        let label = "Outlook, andel som når kravet. För ett år sedan: inget krav. För ett halvår \
                     sedan: visas inte, för att skydda enskilda personer. I dag: 17 av 30 når kravet, 57\u{a0}%.";
        assert!(svg.contains(&format!(r#"role="img" aria-label="{label}""#)), "{svg}");
        assert!(svg.contains("<title>25 mars 2026: 17 av 30 når kravet, 57\u{a0}%</title>"));
        assert_eq!(svg.matches("<circle").count(), 1);
        assert!(svg.contains(">25 januari 2026</text>"), "where it begins");
        assert!(svg.contains(">I dag</text>"), "and where it ends");
    }

    #[test]
    fn the_line_is_broken_where_nothing_is_told() {
        let told = vec![
            figure(0, 5),
            figure(5, 5),
            Told::Withheld,
            figure(4, 5),
            figure(5, 5),
            Told::Unneeded,
            figure(1, 5),
        ];
        let svg = trend_chart(Locale::sv, &trend("Teams", told), &days(7), [0, 3, 6]);
        let path = path(&svg);
        assert_eq!(path.matches('M').count(), 3, "{path}");
        assert_eq!(path.matches('L').count(), 2, "{path}");
        assert!(path.starts_with("M48.0 118.0L91.0 22.0M"), "{path}");
        assert!(path.ends_with("M306.0 98.8"), "{path}");
        assert_eq!(svg.matches("<circle").count(), 5);
        assert_eq!(svg.matches("trend__value").count(), 2);
    }

    #[test]
    fn few_days_and_none_are_drawn_too() {
        for told in [vec![], vec![figure(3, 5)], vec![Told::Withheld; 13], vec![figure(0, 0); 13]] {
            let count = told.len();
            let svg = trend_chart(Locale::en, &trend("Teams", told), &days(count.min(12)), [0; 3]);
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
            assert!(svg.ends_with("</svg>"));
        }
    }

    #[test]
    fn names_are_text_and_nothing_else() {
        let hostile = "<script>\"&";
        let trend = trend(hostile, vec![figure(1, 5)]);
        assert!(!trend_chart(Locale::sv, &trend, &days(1), [0; 3]).contains("<script>"));
        let unit = UnitLine {
            id: UnitId::from_u128(1),
            name: hostile.into(),
            kind: UnitKind::Unit,
            depth: 9,
            below: 0,
        };
        let rows = unit_rows(Locale::sv, &[UnitStanding { unit, systems: vec![] }]);
        assert_eq!(
            rows,
            r#"<tr><th scope="row" class="shares__who shares__who--4">&lt;script&gt;&quot;&amp;</th></tr>"#
        );
    }

    #[test]
    fn a_cell_is_told_by_text_and_not_by_colour_alone() {
        let systems = [Told::Withheld, Told::Unneeded, figure(5, 5), figure(1, 5)]
            .map(|told| trend("Teams", vec![told]));
        let rows = day_rows(Locale::sv, &days(1), &systems);
        let cells: Vec<&str> = rows.split("<td").skip(1).collect();
        assert!(cells[0].contains(
            r#"–</span><span class="sr">visas inte, för att skydda enskilda personer</span>"#
        ));
        assert_eq!(cells[1], r#" class="share"><span class="sr">inget krav</span></td>"#);
        assert!(cells[2].contains("share--all") && cells[2].contains("100\u{a0}%"));
        assert!(cells[3].contains("share--few") && cells[3].contains("1/5"));
        assert!(cells[3].contains(r#"<span class="sr">1 av 5 når kravet, 20"#));
    }
}

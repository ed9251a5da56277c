//! What a filter of "Min enhet" asks, in words: for files and for paper.

use kvarten_domain::overview::{Filter, Order, Overview, Said};

use crate::{i18n::Locale, text::tr};

/// The filter in words: a name and a value for each thing it asks.
pub fn filter_words(l: Locale, overview: &Overview, filter: &Filter) -> Vec<(String, String)> {
    let mut words = Vec::new();
    let mut put = |name: &str, value: Option<String>| {
        words.extend(value.map(|value| (name.to_owned(), value)));
    };
    put(tr!(l, unit.name), (!filter.name.is_empty()).then(|| filter.name.clone()));
    let unit = filter.unit.and_then(|unit| overview.units.iter().find(|line| line.id == unit));
    put(tr!(l, unit.unit), unit.map(|unit| unit.name.clone()));
    let profession = filter.profession.as_ref();
    let profession =
        profession.and_then(|code| overview.professions.iter().find(|one| one.code == *code));
    put(tr!(l, unit.profession), profession.map(|one| one.name.clone()));
    let system = filter.system.as_ref();
    let system = system.and_then(|code| overview.systems.iter().find(|one| one.code == *code));
    put(tr!(l, unit.system), system.map(|one| one.name.clone()));
    let gap = filter.gap.map(|gap| match gap {
        1 => tr!(l, unit.gap_one).to_string(),
        gap => tr!(l, unit.gap_least, count = gap).to_string(),
    });
    put(tr!(l, unit.gap), gap);
    put(
        tr!(l, unit.level),
        filter.level.map(|level| tr!(l, unit.level_least, level = level.number()).to_string()),
    );
    let said = filter.said.map(|said| match said {
        Said::Above => tr!(l, unit.said_above),
        Said::Below => tr!(l, unit.said_below),
        Said::Nothing => tr!(l, unit.said_nothing),
    });
    put(tr!(l, unit.said), said.map(str::to_owned));
    put(tr!(l, unit.idle), filter.idle.map(|days| tr!(l, unit.idle_days, days = days).to_string()));
    put(tr!(l, unit.referred), filter.is_referred.then(|| "✓".to_owned()));
    let order = (filter.order == Order::Wanting).then(|| tr!(l, unit.by_gap).to_string());
    put(tr!(l, unit.order), order);
    words
}

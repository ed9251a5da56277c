//! "Lär": go on where one stopped, and find something new.

use kvarten_domain::{
    bank::{Choice, Filter, LearnPage, Length, Nearest, Resume},
    lesson::{Place, Progress},
    level::Level,
    program::ProgramCard,
    referral::ReferralCard,
};
use leptos::prelude::*;
use leptos_router::NavigateOptions;

use super::{loaded, titled};
use crate::{
    address::{Query, use_go, use_query},
    calls,
    form::fields,
    i18n::Locale,
    page::page_data,
    parts::{Icon, Tab, icon, lesson_card, pairs, quarter, quarter_done, select},
    text::{date, lang, minutes, tr},
};

/// The screen.
#[component]
pub fn Learn() -> impl IntoView {
    let query = use_query();
    let filter = move || query.with(|query| Filter::from_query(|name| query.get_str(name)));
    let page =
        page_data(move || query.with(Query::raw), move |_| calls::learn_page(untrack(filter)));
    loaded(Tab::Learn, false, "learn", page, move |page| content(page, &untrack(filter)))
}

fn content(page: LearnPage, filter: &Filter) -> AnyView {
    let l = lang();
    let title = tr!(l, app.learn).to_string();
    let hits = page.lessons.len();
    let count = if hits == 1 {
        tr!(l, learn.hit).to_string()
    } else {
        tr!(l, learn.hits, count = hits).to_string()
    };
    let resume = match (page.resume, page.total) {
        (Some(resume), _) => resume_card(l, resume),
        (None, 0) => ().into_any(),
        (None, _) => all_done(l),
    };
    let list = if page.total == 0 {
        empty(tr!(l, learn.empty).to_string(), tr!(l, learn.empty_text).to_string(), None)
    } else if hits == 0 {
        let title = if filter.text.is_empty() {
            tr!(l, learn.nothing_filtered).to_string()
        } else {
            tr!(l, learn.nothing, text = filter.text.clone()).to_string()
        };
        let clear = tr!(l, learn.clear).to_string();
        empty(title, tr!(l, learn.nothing_text).to_string(), Some(clear))
    } else {
        view! { <ul class="cards">{page.lessons.into_iter().map(lesson_card).collect_view()}</ul> }
            .into_any()
    };
    titled(&title);
    view! {
        <h1>{title}</h1>
        {pointed_to(l, page.referrals)}
        {resume}
        {page.nearest.map(|nearest| nearest_lessons(l, nearest))}
        {programs(l, page.programs)}
        <section class="bank" aria-labelledby="bank">
            <h2 id="bank">{tr!(l, learn.bank)}</h2>
            {find(l, filter, &page.systems, &page.professions)}
            <p class="hits" role="status">
                {count}
            </p>
            {list}
        </section>
    }
    .into_any()
}

/// Programs that are not completed.
fn programs(l: Locale, cards: Vec<ProgramCard>) -> AnyView {
    if cards.is_empty() {
        return ().into_any();
    }
    let title = if cards.len() == 1 { tr!(l, learn.program) } else { tr!(l, learn.programs) };
    let rows = cards.into_iter().map(|card| {
        let (done, of) = (card.done, card.program.lessons);
        let mut meta = vec![tr!(l, learn.program_done, done = done, of = of).to_string()];
        meta.extend(
            card.next.map(|next| tr!(l, learn.program_next, title = next.title).to_string()),
        );
        view! {
            <li class="rows__item">
                <a href=format!("/program/{}", card.program.code)>{card.program.name}</a>
                <div class="rows__meta">{meta.join(" · ")}</div>
            </li>
        }
    });
    view! {
        <section class="pointed" aria-labelledby="programs">
            <h2 id="programs">{title}</h2>
            <ul class="rows">{rows.collect_view()}</ul>
        </section>
    }
    .into_any()
}

/// What one's manager points to: first of all.
fn pointed_to(l: Locale, cards: Vec<ReferralCard>) -> AnyView {
    if cards.is_empty() {
        return ().into_any();
    }
    let rows = cards.into_iter().map(|card| {
        let mut meta = vec![minutes(l, card.to.minutes())];
        meta.extend(card.wish.map(|on| tr!(l, learn.wished, date = date(l, on)).to_string()));
        meta.extend(card.from.map(|name| tr!(l, learn.from, name = name).to_string()));
        let note =
            (!card.note.is_empty()).then(|| view! { <p class="pointed__note">{card.note}</p> });
        view! {
            <li class="rows__item">
                <a href=card.to.address() lang=card.to.lang().map(str::to_owned)>
                    {card.to.title().to_owned()}
                </a>
                <div class="rows__meta">{meta.join(" · ")} {note}</div>
            </li>
        }
    });
    view! {
        <section class="pointed" aria-labelledby="pointed">
            <h2 id="pointed">{tr!(l, learn.pointed)}</h2>
            <ul class="rows">{rows.collect_view()}</ul>
        </section>
    }
    .into_any()
}

/// What leads towards the largest gap.
fn nearest_lessons(l: Locale, nearest: Nearest) -> AnyView {
    let rows = nearest.lessons.into_iter().map(|lesson| {
        view! {
            <li class="rows__item">
                <a href=format!("/lar/{}", lesson.slug) lang=lesson.lang>
                    {lesson.title}
                </a>
                <div class="rows__meta">{minutes(l, lesson.minutes)}</div>
            </li>
        }
    });
    let (system, level) = (nearest.system.name, nearest.required.number());
    view! {
        <section aria-labelledby="nearest">
            <h2 id="nearest">{tr!(l, learn.nearest)}</h2>
            <p>{tr!(l, learn.nearest_text, system = system, level = level).to_string()}</p>
            <ul class="rows">{rows.collect_view()}</ul>
        </section>
    }
    .into_any()
}

fn resume_card(l: Locale, resume: Resume) -> AnyView {
    let lesson = resume.lesson;
    let system = tr!(
        l,
        app.system_level,
        system = lesson.system.name.clone(),
        level = lesson.level.number()
    );
    let is_new = lesson.progress == Progress::New;
    let (percent, steps) = match lesson.progress {
        Progress::Begun { seen, of } => (usize::from(seen) * 92 / usize::from(of.max(1)), of),
        _ => (0, 0),
    };
    let place = match resume.place {
        Place::Step(_) if is_new => String::new(),
        Place::Step(number) => tr!(l, learn.step_of, number = number, count = steps).to_string(),
        Place::Ladder => tr!(l, learn.on_ladder).to_string(),
    };
    // Something new opens with what it is about; what is begun opens where one stopped.
    let path =
        if is_new { format!("/lar/{}", lesson.slug) } else { resume.place.path(&lesson.slug) };
    let time = minutes(l, if is_new { lesson.minutes } else { resume.minutes_left });
    let (eyebrow, go) = if is_new {
        (tr!(l, learn.begin_here).to_string(), tr!(l, learn.begin).to_string())
    } else {
        (tr!(l, learn.take).to_string(), tr!(l, learn.go_on).to_string())
    };
    let left = (!is_new).then(|| format!(" {}", tr!(l, learn.left)));
    view! {
        <section class="resume" aria-labelledby="resume">
            {quarter(percent, "resume__q")}
            <h2 class="resume__eyebrow" id="resume">
                {eyebrow}
            </h2>
            <p class="resume__left"><b>{time}</b> {left}</p>
            <p class="resume__title" lang=lesson.lang>{lesson.title}</p>
            <p class="resume__meta">{format!("{system}. {place}")}</p>
            <a class="btn btn--big" href=path>{go} {icon(Icon::Next)}</a>
        </section>
    }
    .into_any()
}

fn all_done(l: Locale) -> AnyView {
    view! {
        <section class="resume resume--done" aria-labelledby="resume">
            {quarter_done("resume__q")}
            <h2 class="resume__eyebrow" id="resume">
                {tr!(l, learn.all_done)}
            </h2>
            <p class="resume__title">{tr!(l, learn.all_done_title)}</p>
            <p class="resume__meta">{tr!(l, learn.all_done_text)}</p>
            <a class="btn btn--big" href="/kunskaper">
                {tr!(l, learn.see_knowledge)}
                {icon(Icon::Next)}
            </a>
        </section>
    }
    .into_any()
}

fn empty(title: String, text: String, clear: Option<String>) -> AnyView {
    let clear = clear.map(|text| view! { <a class="btn btn--quiet" href="/lar">{text}</a> });
    view! {
        <div class="empty">{quarter(0, "empty__q")} <h3>{title}</h3> <p>{text}</p> {clear}</div>
    }
    .into_any()
}

/// The filters that are chosen from lists.
fn selects(l: Locale, filter: &Filter, systems: &[Choice], professions: &[Choice]) -> [AnyView; 4] {
    let levels = Level::ALL.map(|level| {
        let number = level.number();
        (number.to_string(), tr!(l, learn.level_number, level = number).to_string())
    });
    let lengths = Length::ALL.map(|length| {
        let text = match length {
            Length::Short => tr!(l, learn.short),
            Length::Quarter => tr!(l, learn.quarter),
            Length::Long => tr!(l, learn.long),
        };
        (length.code().to_owned(), text.to_string())
    });
    let level = filter.level.map(|level| level.number().to_string());
    [
        select(
            "system",
            tr!(l, learn.system).to_string(),
            tr!(l, learn.all_systems).to_string(),
            pairs(systems),
            filter.system.as_deref(),
        ),
        select(
            "niva",
            tr!(l, learn.level).to_string(),
            tr!(l, learn.all_levels).to_string(),
            levels.into(),
            level.as_deref(),
        ),
        select(
            "yrke",
            tr!(l, learn.profession).to_string(),
            tr!(l, learn.all_professions).to_string(),
            pairs(professions),
            filter.profession.as_deref(),
        ),
        select(
            "tid",
            tr!(l, learn.length).to_string(),
            tr!(l, learn.all_lengths).to_string(),
            lengths.into(),
            filter.length.map(Length::code),
        ),
    ]
}

/// Search and filters: a form whose state is the address.
fn find(l: Locale, filter: &Filter, systems: &[Choice], professions: &[Choice]) -> AnyView {
    let chosen = [
        filter.system.is_some(),
        filter.level.is_some(),
        filter.profession.is_some(),
        filter.length.is_some(),
        filter.is_untaken,
    ];
    let chosen = chosen.into_iter().filter(|is_chosen| *is_chosen).count();
    let count = (chosen > 0).then(|| {
        view! { " " <b class="count">{tr!(l, learn.chosen, count = chosen).to_string()}</b> }
    });
    let selects = selects(l, filter, systems, professions);
    let navigate = use_go();
    let search = move |event: web_sys::SubmitEvent| {
        if let Some(fields) = fields(&event) {
            event.prevent_default();
            navigate(&format!("/lar?{}", fields.to_string()), NavigateOptions::default());
        }
    };
    let (text, is_untaken, is_filtered) = (filter.text.clone(), filter.is_untaken, chosen > 0);
    view! {
        <form class="find" role="search" action="/lar" on:submit=search>
            <div class="find__row">
                <label class="sr" for="search">
                    {tr!(l, learn.search)}
                </label>
                <input
                    class="input find__input"
                    id="search"
                    name="sok"
                    type="search"
                    placeholder=tr!(l, learn.placeholder)
                    value=text
                    maxlength="100"
                    enterkeyhint="search"
                />
                <button class="btn btn--icon">
                    {icon(Icon::Search)} <span class="sr">{tr!(l, learn.do_search)}</span>
                </button>
            </div>
            <details class="fold find__fold" open=is_filtered>
                <summary class="fold__sum">
                    {icon(Icon::Filter)} <span>{tr!(l, learn.filter)} {count}</span>
                </summary>
                <div class="find__grid">
                    {selects}
                    <label class="check">
                        <input type="checkbox" name="nya" value="1" checked=is_untaken />
                        <span>{tr!(l, learn.untaken)}</span>
                    </label>
                    <button class="btn btn--quiet">{tr!(l, learn.show)}</button>
                </div>
            </details>
        </form>
    }
    .into_any()
}

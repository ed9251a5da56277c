//! Pointing people to a lesson or a program, and how it goes.

use std::collections::BTreeMap;

use kvarten_domain::{
    Fault, PersonId,
    overview::Filter,
    referral::{
        LONGEST_NOTE, MOST_LINES, ReferPage, ReferralLine, Referred, Skipped, Stage, Target,
    },
    text::sorted_as,
};
use leptos::{prelude::*, wasm_split::wasm_split};
use leptos_router::{hooks::use_query_map, params::ParamsMap};

use crate::{
    calls::{self, WireError},
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, Tone, fault_text, field_error, icon, note, told},
    post::Post,
    screens::{loaded, titled, trouble::failed},
    text::{date, lang, lesson_option, tr},
};

/// Whom to refer, and to what.
#[wasm_split(chef, wasm_split_path = leptos::wasm_split, preload(load_refer), fallible)]
pub fn refer() -> Drawn {
    let query = use_query_map();
    let page = page_data(
        move || query.with(ParamsMap::to_query_string),
        move |_| {
            let (filter, people) = query.with_untracked(|query| {
                let ids = query.get("person").unwrap_or_default();
                let people: Vec<PersonId> =
                    ids.split(',').filter_map(|id| id.parse().ok()).collect();
                (Filter::from_query(|name| query.get_str(name)), people)
            });
            calls::refer_page(filter, people)
        },
    );
    let post = Post::to::<calls::Refer>();
    let refused = Memo::new(move |_| {
        query.with(|query| query.get("fel").and_then(|text| WireError::from_code(&text)))
    });
    let error = Signal::derive(move || match post.outcome() {
        Some(Err(error)) => Some(error),
        Some(Ok(())) => None,
        None => refused.get(),
    });
    // Where a form came back, it is not known whom it was to go to: whoever is to have it is ticked
    // anew, and nobody by mistake.
    let is_ticked =
        query.with_untracked(|query| query.get("fel").is_none() || query.get("person").is_some());
    Ok(loaded(Tab::Unit, false, "refer", page, move |page: ReferPage| {
        content(&page, is_ticked, post, error)
    }))
}

fn content(
    page: &ReferPage,
    is_ticked: bool,
    post: Post,
    error: Signal<Option<WireError>>,
) -> AnyView {
    let l = lang();
    let title = tr!(l, refer.title).to_string();
    titled(&title);
    let wrong = move |name: &'static str| {
        move || {
            let fault = error.get().and_then(|error| error.fault_of(name));
            fault.map(|fault| {
                let text = match (name, fault) {
                    ("people", Fault::Empty) => tr!(l, refer.nobody).to_string(),
                    ("lesson", _) => tr!(l, refer.no_lesson).to_string(),
                    _ => fault_text(l, fault),
                };
                field_error(text)
            })
        }
    };
    let people = page.people.iter().map(|(id, name, place)| {
        let (id, field) = (format!("p-{id}"), format!("p[m{id}]"));
        view! {
            <li>
                <label class="check" for=id.clone()>
                    <input type="checkbox" id=id.clone() name=field value="1" checked=is_ticked />
                    <span>
                        <bdi>{name.clone()}</bdi> <span class="rows__meta">{format!(" {place}")}</span>
                    </span>
                </label>
            </li>
        }
    });
    let others = (page.others > 0)
        .then(|| note(Tone::Info, None, tr!(l, refer.others, count = page.others).to_string()));
    let chosen = page.chosen.clone();
    let targets = target_options(l, &page.targets, chosen.as_deref());
    let other = move || {
        error
            .get()
            .filter(|error| !matches!(error, WireError::Invalid { .. }))
            .map(|error| failed(l, &error))
    };
    let fields = view! {
        <input type="hidden" name="batch" value=page.batch.to_string() />
        {other}
        <fieldset class="refer__people">
            <legend class="field__label">{tr!(l, refer.people)}</legend>
            {wrong("people")}
            {others}
            <ul class="refer__list">{people.collect_view()}</ul>
        </fieldset>
        <div class="field">
            <label class="field__label" for="r-lesson">
                {tr!(l, refer.lesson)}
            </label>
            {wrong("lesson")}
            <select class="input" id="r-lesson" name="to">
                <option value="">{tr!(l, refer.choose)}</option>
                {targets}
            </select>
        </div>
        <div class="field">
            <label class="field__label" for="r-note">
                {tr!(l, refer.note)}
            </label>
            {wrong("note")}
            <textarea class="input" id="r-note" name="note" rows="3" maxlength=LONGEST_NOTE.to_string()></textarea>
        </div>
        <div class="field">
            <label class="field__label" for="r-wish">
                {tr!(l, refer.wish)}
            </label>
            {wrong("wish")}
            <input class="input" id="r-wish" type="date" name="wish" min=page.today.iso() />
        </div>
        <div class="actions">
            <button class="btn" aria-disabled=move || post.is_pending().then_some("true")>
                {tr!(l, refer.send)}
            </button>
        </div>
    }
    .into_any();
    let form = post.form("form", fields);
    let is_done = Memo::new(move |_| post.done::<Referred>().is_some());
    view! {
        <p class="crumb">
            <a href=super::last_address()>{icon(Icon::Back)} {tr!(l, app.unit)}</a>
        </p>
        <h1>{title}</h1>
        {move || post.done::<Referred>().map(|referred| outcome(l, &referred))}
        <div hidden=move || is_done.get()>{form}</div>
        <p>
            <a href="/enhet/hanvisningar">{tr!(l, refer.all)}</a>
        </p>
    }
    .into_any()
}

/// Everything that can be pointed to, lessons and programs apart, as options of a field.
pub(super) fn target_options(l: Locale, targets: &[Target], chosen: Option<&str>) -> AnyView {
    let option = |target: &Target| {
        let text = match target {
            Target::Lesson(link) => lesson_option(l, link),
            Target::Program(program) => program.name.clone(),
        };
        let word = target.word();
        let is_chosen = chosen == Some(word.as_str());
        view! {
            <option value=word selected=is_chosen>
                {text}
            </option>
        }
    };
    let (lessons, programs): (Vec<&Target>, Vec<&Target>) =
        targets.iter().partition(|target| matches!(target, Target::Lesson(_)));
    if programs.is_empty() {
        return lessons.into_iter().map(option).collect_view().into_any();
    }
    view! {
        <optgroup label=tr!(l, refer.lessons)>
            {lessons.into_iter().map(option).collect_view()}
        </optgroup>
        <optgroup label=tr!(l, refer.programs)>
            {programs.into_iter().map(option).collect_view()}
        </optgroup>
    }
    .into_any()
}

/// To whom it was sent, and to whom not.
fn outcome(l: Locale, referred: &Referred) -> AnyView {
    let text = sent(l, referred.sent);
    let mut by_why: BTreeMap<Skipped, Vec<String>> = BTreeMap::new();
    for (name, why) in &referred.skipped {
        let name = name.clone().unwrap_or_else(|| tr!(l, refer.somebody).to_string());
        by_why.entry(*why).or_default().push(name);
    }
    let skipped = by_why.into_iter().map(|(why, mut names)| {
        names.sort_by_cached_key(|name| sorted_as(name));
        let why = match why {
            Skipped::Shown => tr!(l, refer.skipped_shown),
            Skipped::Referred => tr!(l, refer.skipped_referred),
            Skipped::Elsewhere => tr!(l, refer.skipped_elsewhere),
        };
        let names = names.into_iter().map(|name| view! { <li><bdi>{name}</bdi></li> });
        view! {
            <h3>{why.to_string()}</h3>
            <ul>{names.collect_view()}</ul>
        }
    });
    let skipped = (!referred.skipped.is_empty()).then(|| {
        view! {
            <h2>{tr!(l, refer.skipped)}</h2>
            {skipped.collect_view()}
        }
    });
    view! {
        {told(if referred.sent > 0 { Tone::Right } else { Tone::Info }, text)}
        {skipped}
    }
    .into_any()
}

fn sent(l: Locale, count: u32) -> String {
    match count {
        0 => tr!(l, refer.sent_none).to_string(),
        1 => tr!(l, refer.sent_one).to_string(),
        count => tr!(l, refer.sent, count = count).to_string(),
    }
}

/// What was done to a referral last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Done {
    Changed,
    Withdrawn,
}

impl Done {
    fn text(self, l: Locale) -> String {
        match self {
            Self::Changed => tr!(l, refer.changed).to_string(),
            Self::Withdrawn => tr!(l, refer.withdrawn).to_string(),
        }
    }
}

/// Every referral in the manager's units.
#[wasm_split(chef, wasm_split_path = leptos::wasm_split, preload(load_referrals), fallible)]
pub fn referrals() -> Drawn {
    let query = use_query_map();
    let page = page_data(String::new, |_| calls::referrals(None));
    let change = Post::to::<calls::ChangeReferral>();
    let withdraw = Post::to::<calls::WithdrawReferral>();
    let done = RwSignal::new(query.with_untracked(|query| match query.get_str("klart") {
        Some("andrad") => Some(Done::Changed),
        Some("tillbaka") => Some(Done::Withdrawn),
        _ => None,
    }));
    Effect::new(move |_| {
        for (post, what) in [(change, Done::Changed), (withdraw, Done::Withdrawn)] {
            match post.outcome() {
                Some(Ok(())) => {
                    post.forget();
                    done.set(Some(what));
                    page.refetch();
                }
                // What holds now is shown; what has been typed stays, and can be sent again.
                Some(Err(WireError::Invalid { fault: Fault::Changed, .. })) => {
                    done.set(None);
                    page.refetch();
                }
                _ => {}
            }
        }
    });
    let error = Signal::derive(move || {
        let of = |post: Post| post.outcome().and_then(Result::err);
        let refused =
            || query.with(|query| query.get("fel").and_then(|it| WireError::from_code(&it)));
        of(change).or_else(|| of(withdraw)).or_else(refused)
    });
    let was_skipped = move || {
        let count =
            query.with_untracked(|query| query.get("nej").and_then(|it| it.parse::<u32>().ok()));
        count.filter(|count| *count > 0)
    };
    let was_sent = move || {
        query.with_untracked(|query| query.get("skickat").and_then(|text| text.parse::<u32>().ok()))
    };
    Ok(loaded(Tab::Unit, false, "refer", page, move |lines: Vec<ReferralLine>| {
        let l = lang();
        let title = tr!(l, refer.all_title).to_string();
        titled(&title);
        let rows = lines.iter().map(|line| row(l, line, (change, withdraw)));
        let inside = if lines.is_empty() {
            view! { <p>{tr!(l, refer.none)}</p> }.into_any()
        } else {
            view! { <ul class="rows">{rows.collect_view()}</ul> }.into_any()
        };
        let problem = move || {
            error.get().map(|error| match &error {
                WireError::Invalid { fault: Fault::Changed, .. } => {
                    told(Tone::Wrong, tr!(l, refer.changed_by_other).to_string())
                }
                WireError::Invalid { fault, .. } => told(Tone::Wrong, fault_text(l, *fault)),
                error => failed(l, error),
            })
        };
        let most = (lines.len() >= MOST_LINES)
            .then(|| view! { <p class="small">{tr!(l, refer.most, count = MOST_LINES)}</p> });
        view! {
            <p class="crumb">
                <a href=super::last_address()>{icon(Icon::Back)} {tr!(l, app.unit)}</a>
            </p>
            <h1>{title}</h1>
            <div class="btns">
                <a class="btn btn--quiet" href="/enhet/staende">
                    {tr!(l, standing.go)}
                    {icon(Icon::Next)}
                </a>
            </div>
            {was_sent().map(|count| told(Tone::Right, sent(l, count)))}
            {was_skipped().map(|count| note(Tone::Info, None, tr!(l, refer.skipped_count, count = count).to_string()))}
            {done.get_untracked().map(|done| told(Tone::Right, done.text(l)))}
            {problem}
            {inside}
            {most}
        }
        .into_any()
    }))
}

/// How far a referral has come, in words.
fn stage(l: Locale, line: &ReferralLine) -> String {
    let on = date(l, line.since);
    match line.stage {
        Stage::Sent => tr!(l, refer.stage_sent, date = on).to_string(),
        Stage::Seen => tr!(l, refer.stage_seen, date = on).to_string(),
        Stage::Begun => tr!(l, refer.stage_begun, date = on).to_string(),
        Stage::Done => tr!(l, refer.stage_done, date = on).to_string(),
        Stage::Withdrawn => tr!(l, refer.stage_withdrawn, date = on).to_string(),
    }
}

fn row(l: Locale, line: &ReferralLine, (change, withdraw): (Post, Post)) -> AnyView {
    let mut facts = vec![stage(l, line)];
    facts.extend(line.wish.map(|on| tr!(l, refer.wished, date = date(l, on)).to_string()));
    facts.extend(line.from.clone().map(|name| tr!(l, refer.from, name = name).to_string()));
    facts.extend(line.is_over.then(|| tr!(l, refer.over).to_string()));
    let wish = line.wish.map(kvarten_domain::Date::iso).unwrap_or_default();
    let forms = line.stage.is_open().then(|| {
        let (note_id, wish_id) = (format!("n-{}", line.id), format!("w-{}", line.id));
        let known = || {
            view! {
                <input type="hidden" name="id" value=line.id.to_string() />
                <input type="hidden" name="revision" value=line.revision.to_string() />
            }
        };
        let changed = view! {
            {known()}
            <div class="field">
                <label class="field__label" for=note_id.clone()>{tr!(l, refer.note)}</label>
                <textarea class="input" id=note_id name="note" rows="2" maxlength=LONGEST_NOTE.to_string()>
                    {line.note.clone()}
                </textarea>
            </div>
            <div class="field">
                <label class="field__label" for=wish_id.clone()>{tr!(l, refer.wish)}</label>
                <input class="input" id=wish_id type="date" name="wish" value=wish />
            </div>
            <button class="btn btn--quiet">{tr!(l, map.save)}</button>
        };
        let withdrawn = view! {
            {known()}
            <button class="btn btn--quiet">
                {tr!(l, refer.withdraw)} <span class="sr">": " {line.name.clone()}</span>
            </button>
        };
        view! {
            <details class="fold refer__change">
                <summary class="fold__sum">
                    <span>{tr!(l, refer.change)} <span class="sr">": " {line.name.clone()}</span></span>
                </summary>
                {change.form("form", changed.into_any())}
                {withdraw.form("", withdrawn.into_any())}
            </details>
        }
    });
    let said =
        (!line.note.is_empty()).then(|| view! { <p class="refer__note">{line.note.clone()}</p> });
    view! {
        <li class="rows__item">
            <span>
                <a href=format!("/enhet/person/{}", line.person)><bdi>{line.name.clone()}</bdi></a> ": "
                <span lang=line.to.lang().map(str::to_owned)>{line.to.title().to_owned()}</span>
            </span>
            <span class="tag">{stage_word(l, line.stage)}</span>
            <span class="rows__meta">{facts.join(" · ")} {said}</span>
            {forms}
        </li>
    }
    .into_any()
}

fn stage_word(l: Locale, stage: Stage) -> String {
    match stage {
        Stage::Sent => tr!(l, refer.word_sent),
        Stage::Seen => tr!(l, refer.word_seen),
        Stage::Begun => tr!(l, refer.word_begun),
        Stage::Done => tr!(l, refer.word_done),
        Stage::Withdrawn => tr!(l, refer.word_withdrawn),
    }
    .to_string()
}

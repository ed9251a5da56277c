//! Pointing people to a lesson or a program, and how it goes.

use kvarten_domain::{
    Fault, PersonId,
    overview::Filter,
    referral::{
        LONGEST_NOTE, MOST_LINES, ReferPage, ReferralLine, Referred, Skipped, Stage, Target,
    },
};
use leptos::{prelude::*, wasm_split::wasm_split};
use leptos_router::{hooks::use_query_map, params::ParamsMap};

use crate::{
    calls::{self, WireError},
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, Tone, error_line, fault_text, icon, note},
    post::Post,
    screens::{loaded, titled, trouble::failed},
    text::{date, lang, tr},
};

/// Whom to refer, and to what.
#[wasm_split(chef, wasm_split_path = leptos::wasm_split, preload(load_refer), fallible)]
pub fn refer() -> Drawn {
    let query = use_query_map();
    let page = page_data(
        move || query.with(ParamsMap::to_query_string),
        move |_| {
            let (filter, person) = query.with_untracked(|query| {
                let person = query.get("person").and_then(|id| id.parse::<PersonId>().ok());
                (Filter::from_query(|name| query.get_str(name)), person)
            });
            calls::refer_page(filter, person)
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
    Ok(loaded(Tab::Unit, false, "refer", page, move |page: ReferPage| content(&page, post, error)))
}

fn content(page: &ReferPage, post: Post, error: Signal<Option<WireError>>) -> AnyView {
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
                error_line("", text)
            })
        }
    };
    let people = page.people.iter().map(|(id, name, place)| {
        let (id, field) = (format!("p-{id}"), format!("p[m{id}]"));
        view! {
            <li>
                <label class="check" for=id.clone()>
                    <input type="checkbox" id=id.clone() name=field value="1" checked=true />
                    <span>
                        <bdi>{name.clone()}</bdi> <span class="rows__meta">{format!(" {place}")}</span>
                    </span>
                </label>
            </li>
        }
    });
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
            <a href="/enhet">{icon(Icon::Back)} {tr!(l, app.unit)}</a>
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
            Target::Lesson(link) => {
                format!("{}, {}: {}", link.system.name, link.level.number(), link.title)
            }
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
    let skipped = referred.skipped.iter().map(|(name, why)| {
        let why = match why {
            Skipped::Shown => tr!(l, refer.skipped_shown),
            Skipped::Referred => tr!(l, refer.skipped_referred),
            Skipped::Elsewhere => tr!(l, refer.skipped_elsewhere),
        };
        let name = name.clone().unwrap_or_else(|| tr!(l, refer.somebody).to_string());
        view! { <li><bdi>{name}</bdi> ": " {why.to_string()}</li> }
    });
    let skipped = (!referred.skipped.is_empty()).then(|| {
        view! {
            <h2>{tr!(l, refer.skipped)}</h2>
            <ul>{skipped.collect_view()}</ul>
        }
    });
    view! {
        {note(if referred.sent > 0 { Tone::Right } else { Tone::Info }, None, text)}
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

/// Every referral in the manager's units.
#[wasm_split(chef, wasm_split_path = leptos::wasm_split, preload(load_referrals), fallible)]
pub fn referrals() -> Drawn {
    let query = use_query_map();
    let page = page_data(String::new, |_| calls::referrals(None));
    let change = Post::to::<calls::ChangeReferral>();
    let withdraw = Post::to::<calls::WithdrawReferral>();
    Effect::new(move |_| {
        for post in [change, withdraw] {
            if let Some(Ok(())) = post.outcome() {
                post.forget();
                page.refetch();
            }
        }
    });
    let error = Signal::derive(move || {
        let of = |post: Post| post.outcome().and_then(Result::err);
        let refused =
            || query.with(|query| query.get("fel").and_then(|it| WireError::from_code(&it)));
        of(change).or_else(|| of(withdraw)).or_else(refused)
    });
    let told = move || {
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
                WireError::Invalid { fault, .. } => note(Tone::Wrong, None, fault_text(l, *fault)),
                error => failed(l, error),
            })
        };
        let most = (lines.len() >= MOST_LINES)
            .then(|| view! { <p class="small">{tr!(l, refer.most, count = MOST_LINES)}</p> });
        view! {
            <p class="crumb">
                <a href="/enhet">{icon(Icon::Back)} {tr!(l, app.unit)}</a>
            </p>
            <h1>{title}</h1>
            <div class="btns">
                <a class="btn btn--quiet" href="/enhet/staende">
                    {tr!(l, standing.go)}
                    {icon(Icon::Next)}
                </a>
            </div>
            {told().map(|count| note(Tone::Right, None, sent(l, count)))}
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
            <span class="rows__meta">{facts.join(". ")} {said}</span>
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

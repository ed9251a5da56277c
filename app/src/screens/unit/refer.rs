//! Pointing people to a lesson or a program, and how it goes.

use std::collections::BTreeMap;

use kvarten_domain::{
    Fault, PersonId,
    overview::Filter,
    referral::{
        LONGEST_NOTE, MOST_LINES, ReferPage, ReferralLine, Referred, Skipped, Stage, Target,
    },
};
use leptos::{prelude::*, wasm_split::wasm_split};

use crate::{
    address::{Query, use_query},
    calls::{self, WireError},
    form::{Field, FormScreen, Group},
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, Tone, icon, note, told},
    screens::{loaded, titled},
    text::{date, lang, lesson_option, tr},
};

/// Whom to refer, and to what.
#[wasm_split(chef, wasm_split_path = leptos::wasm_split, preload(load_refer), fallible)]
pub fn refer() -> Drawn {
    let query = use_query();
    let page = page_data(
        move || query.with(Query::raw),
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
    let form = FormScreen::to::<calls::Refer>();
    Ok(loaded(Tab::Unit, false, "refer", page, move |page: ReferPage| content(&page, form)))
}

fn nobody_chosen(l: Locale, fault: Fault) -> Option<String> {
    (fault == Fault::Empty).then(|| tr!(l, refer.nobody).to_string())
}

pub(super) fn no_lesson(l: Locale, _fault: Fault) -> Option<String> {
    Some(tr!(l, refer.no_lesson).to_string())
}

/// The people to choose from, all of them ticked unless the form came back.
fn people(l: Locale, page: &ReferPage, form: FormScreen) -> AnyView {
    let typed = form.typed("");
    let people = page.people.iter().map(|(id, name, place)| {
        let (id, field) = (format!("p-{id}"), format!("p[m{id}]"));
        let is_ticked = typed.is_ticked(&field, "1", true);
        view! {
            <li>
                <label class="check" for=id.clone()>
                    <input
                        type="checkbox"
                        id=id.clone()
                        name=field
                        value="1"
                        checked=is_ticked
                    />
                    <span>
                        <bdi>{name.clone()}</bdi> <span class="rows__meta">{format!(" {place}")}</span>
                    </span>
                </label>
            </li>
        }
    });
    let others = (page.others > 0)
        .then(|| note(Tone::Info, None, tr!(l, refer.others, count = page.others).to_string()));
    view! {
        <fieldset class="refer__people">
            <legend class="field__label">{tr!(l, refer.people)}</legend>
            {form.fault_line("", "people", Some(nobody_chosen))}
            {others}
            <ul class="refer__list">{people.collect_view()}</ul>
        </fieldset>
    }
    .into_any()
}

fn content(page: &ReferPage, form: FormScreen) -> AnyView {
    let l = lang();
    let title = tr!(l, refer.title).to_string();
    titled(&title);
    let people = people(l, page, form);
    let lesson = Field::new("to", tr!(l, refer.lesson))
        .id("r-lesson")
        .value(page.chosen.clone().unwrap_or_default())
        .groups(target_groups(l, &page.targets))
        .faults("lesson")
        .sentence(no_lesson);
    let (batch, today) = (page.batch.to_string(), page.today.iso());
    let fields = move |problem| {
        view! {
            <input type="hidden" name="batch" value=batch />
            {problem}
            {people}
            {lesson.view(form)}
            {Field::new("note", tr!(l, refer.note))
                .id("r-note")
                .area(3)
                .max(LONGEST_NOTE)
                .view(form)}
            {Field::new("wish", tr!(l, refer.wish)).id("r-wish").date(Some(today)).view(form)}
            <div class="actions">{form.button("btn", tr!(l, refer.send))}</div>
        }
        .into_any()
    };
    let is_done = Memo::new(move |_| form.done::<Referred>().is_some());
    view! {
        <p class="crumb">
            <a href=super::last_address()>{icon(Icon::Back)} {tr!(l, app.unit)}</a>
        </p>
        <h1>{title}</h1>
        {move || form.done::<Referred>().map(|referred| outcome(l, &referred))}
        <div hidden=move || is_done.get()>{form.view("form", fields)}</div>
        <p>
            <a href="/enhet/hanvisningar">{tr!(l, refer.all)}</a>
        </p>
    }
    .into_any()
}

/// Everything that can be pointed to, lessons and programs apart, as choices of a field.
pub(super) fn target_groups(l: Locale, targets: &[Target]) -> Vec<Group> {
    let choice = |target: &Target| {
        let text = match target {
            Target::Lesson(link) => lesson_option(l, link),
            Target::Program(program) => program.name.clone(),
        };
        (target.word(), text)
    };
    let (lessons, programs): (Vec<&Target>, Vec<&Target>) =
        targets.iter().partition(|target| matches!(target, Target::Lesson(_)));
    let has_both = !programs.is_empty();
    let group = |label: String, targets: Vec<&Target>| Group {
        label: has_both.then_some(label),
        choices: targets.into_iter().map(choice).collect(),
    };
    let none =
        Group { label: None, choices: vec![(String::new(), tr!(l, refer.choose).to_string())] };
    vec![
        none,
        group(tr!(l, refer.lessons).to_string(), lessons),
        group(tr!(l, refer.programs).to_string(), programs),
    ]
}

/// To whom it was sent, and to whom not.
fn outcome(l: Locale, referred: &Referred) -> AnyView {
    let text = sent(l, referred.sent);
    let mut by_why: BTreeMap<Skipped, Vec<String>> = BTreeMap::new();
    for (name, why) in &referred.skipped {
        let name = name.clone().unwrap_or_else(|| tr!(l, refer.somebody).to_string());
        by_why.entry(*why).or_default().push(name);
    }
    let skipped = by_why.into_iter().map(|(why, names)| {
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
    let query = use_query();
    let page = page_data(String::new, |_| calls::referrals(None));
    let change = FormScreen::to::<calls::ChangeReferral>().with_words(change_words);
    let withdraw = FormScreen::to::<calls::WithdrawReferral>().with_words(change_words);
    let done = RwSignal::new(query.with_untracked(|query| match query.get_str("klart") {
        Some("andrad") => Some(Done::Changed),
        Some("tillbaka") => Some(Done::Withdrawn),
        _ => None,
    }));
    for (form, what) in [(change, Done::Changed), (withdraw, Done::Withdrawn)] {
        form.on_done(move |()| {
            done.set(Some(what));
            page.refetch();
        });
    }
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
            {inside}
            {most}
        }
        .into_any()
    }))
}

fn change_words(l: Locale, error: &WireError) -> Option<(Option<String>, String)> {
    let is_changed = matches!(error, WireError::Invalid { fault: Fault::Changed, .. });
    is_changed.then(|| (None, tr!(l, refer.changed_by_other).to_string()))
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

fn row(l: Locale, line: &ReferralLine, forms: (FormScreen, FormScreen)) -> AnyView {
    let mut facts = vec![stage(l, line)];
    facts.extend(line.wish.map(|on| tr!(l, refer.wished, date = date(l, on)).to_string()));
    facts.extend(line.from.clone().map(|name| tr!(l, refer.from, name = name).to_string()));
    facts.extend(line.is_over.then(|| tr!(l, refer.over).to_string()));
    let forms = line.stage.is_open().then(|| change_forms(l, line, forms));
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

/// The forms that change a referral and withdraw it.
fn change_forms(
    l: Locale,
    line: &ReferralLine,
    (change, withdraw): (FormScreen, FormScreen),
) -> AnyView {
    let (id, revision, name) = (line.id.to_string(), line.revision.to_string(), line.name.clone());
    let known = {
        let id = id.clone();
        move || {
            view! {
                <input type="hidden" name="id" value=id.clone() />
                <input type="hidden" name="revision" value=revision.clone() />
            }
        }
    };
    let note = Field::new("note", tr!(l, refer.note))
        .id(format!("n-{id}"))
        .value(line.note.clone())
        .area(2)
        .max(LONGEST_NOTE)
        .in_row(change, &id);
    let wish = Field::new("wish", tr!(l, refer.wish))
        .id(format!("w-{id}"))
        .value(line.wish.map(kvarten_domain::Date::iso).unwrap_or_default())
        .date(None)
        .in_row(change, &id);
    let changed = {
        let known = known.clone();
        move |problem| {
            view! {
                {known()}
                {problem}
                {note}
                {wish}
                {change.button("btn btn--quiet", tr!(l, map.save))}
            }
            .into_any()
        }
    };
    let whose = name.clone();
    let withdrawn = move |problem| {
        let text = view! { {tr!(l, refer.withdraw)} <span class="sr">": " {whose}</span> };
        view! {
            {known()}
            {problem}
            {withdraw.button("btn btn--quiet", text)}
        }
        .into_any()
    };
    let is_open = change.is_refused(&id) || withdraw.is_refused(&id);
    view! {
        <details class="fold refer__change" open=is_open>
            <summary class="fold__sum">
                <span>{tr!(l, refer.change)} <span class="sr">": " {name}</span></span>
            </summary>
            {change.in_row(id.clone(), "form", changed)}
            {withdraw.in_row(id, "", withdrawn)}
        </details>
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

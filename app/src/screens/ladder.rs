//! Climbing the ladder: a question, the reply at once, the next.

use kvarten_domain::{
    AnswerId, AttemptId, Fault,
    ladder::{LadderPage, LadderView, QuestionView, ReplyOutcome},
    lesson::LessonOutline,
    question::Said,
};
use leptos::prelude::*;

use super::{loaded, titled, top::top};
use crate::{
    address::{use_part, use_query},
    calls::{self, StartAttempt, SubmitReply, WireError},
    form::FormScreen,
    i18n::Locale,
    page::page_data,
    parts::{Icon, Question, Tab, focus_soon, icon, quarter, quarter_done, rungs},
    text::{lang, tr},
};

/// The screen.
#[component]
pub fn Ladder() -> impl IntoView {
    let slug = use_part("slug");
    let query = use_query();
    let place = move || {
        let answer = query.with(|query| query.get_str("svar")?.parse::<AnswerId>().ok());
        let answer = answer.map(|answer| answer.to_string()).unwrap_or_default();
        format!("{answer} {}", slug.get())
    };
    let page = page_data(place, |place| async move {
        let (answer, slug) = place.split_once(' ').unwrap_or_default();
        calls::ladder(slug.to_owned(), answer.parse::<AnswerId>().ok()).await
    });
    let again = Callback::new(move |()| page.refetch());
    loaded(Tab::Learn, true, "climb", page, move |page| view! { <Climb page again /> }.into_any())
}

/// Why a reply was not judged.
fn reply_words(l: Locale, error: &WireError) -> Option<(Option<String>, String)> {
    let text = match error {
        WireError::Invalid { fault: Fault::Empty, .. } => tr!(l, ladder.fault_empty),
        WireError::Invalid { fault: Fault::Incomplete, .. } => tr!(l, ladder.fault_incomplete),
        WireError::Invalid { fault: Fault::Repeated, .. } => tr!(l, ladder.fault_repeated),
        WireError::Invalid { fault: Fault::TooLong, .. } => tr!(l, fault.too_long),
        WireError::Invalid { .. } | WireError::IdTaken => tr!(l, ladder.fault_other),
        _ => return None,
    };
    Some((None, text.to_string()))
}

/// A climb: what is on the screen follows the replies without asking the server again.
#[component]
fn Climb(page: LadderPage, again: Callback<()>) -> impl IntoView {
    let l = lang();
    let (slug, language) = (page.outline.slug.clone(), page.outline.lang.clone());
    let start = FormScreen::to::<StartAttempt>();
    start.on_done(move |()| again.run(()));
    let Some(ladder) = page.ladder.clone() else {
        return intro(l, &page, start);
    };
    let is_live = RwSignal::new(false);
    Effect::new(move |_| is_live.set(true));
    let shown = RwSignal::new((page.outcome.clone(), ladder));
    let send = FormScreen::to::<SubmitReply>().with_words(reply_words);
    send.on_done(move |(outcome, ladder): (ReplyOutcome, LadderView)| {
        shown.set((Some(outcome), ladder));
        focus_soon("reply");
    });
    let go_on = Callback::new(move |()| {
        send.forget();
        if shown.with_untracked(|(_, ladder)| ladder.is_topped()) {
            again.run(());
        } else {
            shown.update(|(outcome, _)| *outcome = None);
            focus_soon("main");
        }
    });
    let outline = StoredValue::new(page.outline.clone());
    let summary = StoredValue::new(page.summary.clone());
    let new_attempt = page.new_attempt;
    let body = move || {
        let (outcome, ladder) = shown.get();
        let here = slug.clone();
        match (outcome, ladder.question.clone(), summary.get_value()) {
            (Some(outcome), _, _) => replied(l, &here, outcome, &ladder, language.clone(), go_on),
            (None, Some(question), _) => {
                asked(&here, &ladder, question, language.clone(), send, is_live.into())
            }
            (None, None, Some(summary)) => top(
                l,
                &outline.get_value(),
                &summary,
                start_form(l, &here, new_attempt, start, true),
            ),
            (None, None, None) => ().into_any(),
        }
    };
    let stairs = {
        let outline = page.outline.clone();
        move || {
            let (outcome, ladder) = shown.get();
            let is_top = outcome.is_none() && ladder.is_topped();
            (!is_top).then(|| {
                view! {
                    {head(l, &outline)}
                    {rungs(&ladder.rungs)}
                    {ladder
                        .is_refresher
                        .then(|| view! { <p class="small">{tr!(l, ladder.refresher)}</p> })}
                }
            })
        }
    };
    titled(&format!("{} – {}", tr!(l, ladder.title), page.outline.title));
    view! {
        {stairs}
        {body}
    }
    .into_any()
}

/// The way back to the lesson, and what this is.
fn head(l: Locale, outline: &LessonOutline) -> AnyView {
    view! {
        <header class="climb__head">
            <p class="crumb">
                <a href=format!("/lar/{}", outline.slug) lang=outline.lang.clone()>
                    {icon(Icon::Back)}
                    {outline.title.clone()}
                </a>
            </p>
            <h1>{tr!(l, ladder.title)}</h1>
        </header>
    }
    .into_any()
}

/// The form that begins a climb.
fn start_form(
    l: Locale,
    slug: &str,
    attempt: AttemptId,
    start: FormScreen,
    is_again: bool,
) -> AnyView {
    let text = if is_again { tr!(l, top.again) } else { tr!(l, ladder.start) }.to_string();
    let class = if is_again { "btn btn--quiet" } else { "btn btn--big" };
    let slug = slug.to_owned();
    start.view("", move |problem| {
        let class_of_button = if is_again { "" } else { "actions" };
        view! {
            {problem}
            <input type="hidden" name="slug" value=slug />
            <input type="hidden" name="attempt" value=attempt.to_string() />
            <div class=class_of_button>{start.button(class, text)}</div>
        }
        .into_any()
    })
}

fn intro(l: Locale, page: &LadderPage, start: FormScreen) -> AnyView {
    let outline = &page.outline;
    let unseen = outline.steps.iter().any(|step| !step.is_seen);
    let form = start_form(l, &outline.slug, page.new_attempt, start, false);
    titled(&format!("{} – {}", tr!(l, ladder.title), outline.title));
    view! {
        {head(l, outline)}
        <div class="climb__body">
            <section class="climbed" aria-labelledby="intro">
                {quarter(0, "climbed__q")} <h2 id="intro">{tr!(l, ladder.intro_title)}</h2>
                <p>{tr!(l, ladder.intro, count = outline.rungs).to_string()}</p>
                {unseen.then(|| view! { <p>{tr!(l, ladder.unseen)}</p> })}
            </section>
            {form}
        </div>
    }
    .into_any()
}

fn asked(
    slug: &str,
    ladder: &LadderView,
    question: QuestionView,
    language: String,
    send: FormScreen,
    is_live: Signal<bool>,
) -> AnyView {
    let (slug, answer, attempt) =
        (slug.to_owned(), ladder.reply_id.to_string(), ladder.attempt.to_string());
    let chosen = Signal::derive(move || send.sent_value("pick[only]"));
    let fields = move |problem| {
        view! {
            <input type="hidden" name="slug" value=slug />
            <input type="hidden" name="answer" value=answer />
            <input type="hidden" name="attempt" value=attempt />
            <input type="hidden" name="question" value=question.id.to_string() />
            {problem}
            <Question view=question is_live chosen typed=send.typed("") />
        }
        .into_any()
    };
    view! {
        <div class="climb__body" lang=language>
            {send.view("ask", fields)}
        </div>
    }
    .into_any()
}

/// The reply as it was given.
fn said(l: Locale, outcome: &ReplyOutcome, language: &str) -> AnyView {
    let (class, mark, text) = if outcome.verdict.is_right {
        ("answer answer--shown answer--right", Icon::Check, tr!(l, ladder.your_answer_right))
    } else {
        ("answer answer--shown answer--wrong", Icon::Again, tr!(l, ladder.your_answer))
    };
    let text = text.to_string();
    let (lang, lines) = match &outcome.said {
        Said::Words(lines) => (Some(language.to_owned()), lines.clone()),
        Said::Truth(true) => (None, vec![tr!(l, ladder.is_true).to_string()]),
        Said::Truth(false) => (None, vec![tr!(l, ladder.is_false).to_string()]),
        Said::Point => (None, vec![tr!(l, ladder.pointed).to_string()]),
    };
    let lines = if let [line] = lines.as_slice() {
        view! { <span lang=lang>{line.clone()}</span> }.into_any()
    } else {
        let lines = lines.into_iter().map(|line| view! { <li>{line}</li> });
        view! { <ol class="answer__lines" lang=lang>{lines.collect_view()}</ol> }.into_any()
    };
    view! {
        <div class=class>{lines} <b class="answer__mark">{icon(mark)} {text}</b></div>
    }
    .into_any()
}

fn verdict(l: Locale, outcome: &ReplyOutcome, language: String) -> AnyView {
    let decided = &outcome.verdict;
    let class = if decided.is_right { "reply reply--right" } else { "reply reply--wrong" };
    let title = match (decided.is_right, decided.parts) {
        (true, _) => tr!(l, ladder.right).to_string(),
        (false, Some((right, of))) if right > 0 => {
            tr!(l, ladder.wrong_parts, right = right, of = of).to_string()
        }
        (false, _) => tr!(l, ladder.wrong).to_string(),
    };
    let points = match (decided.is_right, outcome.points) {
        (false, _) => ().into_any(),
        (true, 0) => {
            view! { <p class="reply__points">{tr!(l, ladder.right_before)}</p> }.into_any()
        }
        (true, points) => view! {
            <p class="reply__points">
                <b>{format!("+{points}")}</b> " " {tr!(l, ladder.right_points)}
            </p>
        }
        .into_any(),
    };
    let spelling = decided.spelling.as_ref().map(|word| {
        let text = tr!(l, ladder.spelling, word = word.clone()).to_string();
        view! { <p class="reply__why">{text}</p> }
    });
    let why = (!decided.why.is_empty()).then(|| {
        view! { <p class="reply__why" lang=language.clone()>{decided.why.clone()}</p> }
    });
    let later = outcome
        .comes_back
        .then(|| view! { <p class="reply__later">{tr!(l, ladder.wrong_later)}</p> });
    view! {
        <section class=class role="status" aria-labelledby="reply-title" id="reply" tabindex="-1">
            <span class="reply__icon">
                {icon(if decided.is_right { Icon::Check } else { Icon::Again })}
            </span>
            <h3 class="reply__title" id="reply-title">
                {title}
            </h3>
            {points}
            {spelling}
            {why}
            <p class="reply__why" lang=language>
                {outcome.explanation.clone()}
            </p>
            {later}
        </section>
    }
    .into_any()
}

fn replied(
    l: Locale,
    slug: &str,
    outcome: ReplyOutcome,
    ladder: &LadderView,
    language: String,
    go_on: Callback<()>,
) -> AnyView {
    let next = match (outcome.climbed_rung, ladder.is_topped()) {
        (_, true) => tr!(l, ladder.to_top).to_string(),
        (Some(number), false) => tr!(l, ladder.to_rung, number = number + 1).to_string(),
        (None, false) if outcome.verdict.is_right => tr!(l, ladder.next).to_string(),
        (None, false) => tr!(l, ladder.go_on).to_string(),
    };
    let climbed = outcome.climbed_rung.map(|number| {
        let after = (!ladder.is_topped() && !ladder.is_refresher).then(|| {
            let points = u32::from(number + 1) * 10;
            tr!(l, ladder.climbed_next, number = number + 1, points = points).to_string()
        });
        view! {
            <section class="climbed" aria-labelledby="climbed">
                {quarter_done("climbed__q")}
                <h2 id="climbed">{tr!(l, ladder.climbed, number = number).to_string()}</h2>
                {after.map(|text| view! { <p>{text}</p> })}
            </section>
        }
    });
    let pause = outcome
        .climbed_rung
        .is_some()
        .then(|| view! { <a class="btn btn--quiet" href="/lar">{tr!(l, ladder.pause)}</a> });
    let follow = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        go_on.run(());
    };
    view! {
        <div class="climb__body">
            <div class="ask">
                <h2 class="ask__q" lang=language.clone()>
                    {outcome.prompt.clone()}
                </h2>
                {said(l, &outcome, &language)}
                {verdict(l, &outcome, language)}
                {climbed}
                <div class="actions">
                    {pause}
                    <a class="btn btn--big" href=format!("/lar/{slug}/stegen") on:click=follow>
                        {next}
                        {icon(Icon::Next)}
                    </a>
                </div>
            </div>
        </div>
    }
    .into_any()
}

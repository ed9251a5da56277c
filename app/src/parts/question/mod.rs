//! The seven kinds of questions as forms. Every kind can be answered by a plain form; once the
//! page is alive, what can be dragged can still be tapped and done with the keyboard.

mod order;
mod point;

use kvarten_domain::{ladder::QuestionView, question::QuestionFace, reply::MAX_WORD};
use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::{
    form::Typed,
    i18n::Locale,
    text::{lang, tag, tr},
};
use order::order;
use point::point;

/// A question's fields, with the button that sends them where one is needed. Belongs in a form.
#[component]
pub fn Question(
    /// What is asked.
    view: QuestionView,
    /// Whether the page is alive.
    #[prop(into)]
    is_live: Signal<bool>,
    /// The option that has been sent and not been judged yet, where one tap sends it.
    #[prop(into)]
    chosen: Signal<Option<String>>,
    /// What was chosen before, where the reply could not be judged.
    typed: Typed,
) -> impl IntoView {
    let l = lang();
    let hint = hint(l, &view);
    let prompt = view.prompt;
    match view.face {
        QuestionFace::Single { options } => {
            let options = options.into_iter().enumerate();
            let options = options.map(|(at, text)| (at.to_string(), text)).collect();
            one_tap(prompt, hint, tr!(l, ladder.how_single).to_string(), false, options, chosen)
        }
        QuestionFace::TrueFalse => {
            let options = vec![
                ("true".to_owned(), tr!(l, ladder.is_true).to_string()),
                ("false".to_owned(), tr!(l, ladder.is_false).to_string()),
            ];
            one_tap(prompt, hint, tr!(l, ladder.how_true_false).to_string(), true, options, chosen)
        }
        QuestionFace::Multiple { options } => multiple(l, prompt, hint, options, &typed),
        QuestionFace::Order { items } => order(l, prompt, hint, items, is_live, typed),
        QuestionFace::Match { lefts, rights } => pairs(l, prompt, hint, lefts, rights, &typed),
        QuestionFace::Word { before, after } => word(l, prompt, hint, before, after, &typed),
        QuestionFace::Point { picture, labels } => point(l, prompt, hint, picture, labels, is_live),
    }
}

fn hint(l: Locale, view: &QuestionView) -> AnyView {
    let text = match &view.hint {
        Some(hint) => {
            view! { <p><b lang=tag(l)>{tr!(l, ladder.hint)}</b> " " {hint.clone()}</p> }.into_any()
        }
        None if view.is_back => view! { <p lang=tag(l)>{tr!(l, ladder.back_again)}</p> }.into_any(),
        None => return ().into_any(),
    };
    view! { <div class="note note--hint">{icon(Icon::Bulb)} <div>{text}</div></div> }.into_any()
}

fn send(l: Locale) -> AnyView {
    view! {
        <div class="actions" lang=tag(l)>
            <button class="btn btn--big">{tr!(l, ladder.answer)}</button>
        </div>
    }
    .into_any()
}

/// A set of fields with the question as its legend.
fn set(prompt: String, hint: AnyView, how: String, fields: AnyView) -> AnyView {
    view! {
        <fieldset class="ask__set">
            <legend class="ask__q">{prompt}</legend>
            {hint}
            <p class="ask__how" lang=tag(lang())>{how}</p>
            {fields}
        </fieldset>
    }
    .into_any()
}

/// Options that are buttons: one tap answers.
fn one_tap(
    prompt: String,
    hint: AnyView,
    how: String,
    is_pair: bool,
    options: Vec<(String, String)>,
    chosen: Signal<Option<String>>,
) -> AnyView {
    let options = options.into_iter().map(|(value, text)| {
        let this = value.clone();
        let is_chosen = move || chosen.with(|chosen| chosen.as_deref() == Some(this.as_str()));
        view! {
            <li>
                <button
                    class="answer"
                    name="pick[only]"
                    value=value
                    aria-current=move || is_chosen().then_some("true")
                >
                    {text}
                </button>
            </li>
        }
    });
    let class = if is_pair { "answers answers--two" } else { "answers" };
    // True and false are words of the interface, options those of the content.
    let words = is_pair.then(|| tag(lang()));
    view! {
        <h2 class="ask__q" id="question">{prompt}</h2>
        {hint}
        <p class="ask__how" lang=tag(lang())>{how}</p>
        <ul class=class lang=words aria-labelledby="question">{options.collect_view()}</ul>
    }
    .into_any()
}

fn multiple(
    l: Locale,
    prompt: String,
    hint: AnyView,
    options: Vec<String>,
    typed: &Typed,
) -> AnyView {
    let options = options.into_iter().enumerate().map(|(at, text)| {
        let name = format!("pick[o{at}]");
        let is_on = typed.is_ticked(&name, "on", false);
        view! {
            <li>
                <label class="answer answer--pick">
                    <input type="checkbox" name=name value="on" checked=is_on />
                    <span>{text}</span>
                </label>
            </li>
        }
    });
    let fields = view! { <ul class="answers">{options.collect_view()}</ul> }.into_any();
    view! {
        {set(prompt, hint, tr!(l, ladder.how_multiple).to_string(), fields)}
        {send(l)}
    }
    .into_any()
}

fn pairs(
    l: Locale,
    prompt: String,
    hint: AnyView,
    lefts: Vec<String>,
    rights: Vec<String>,
    typed: &Typed,
) -> AnyView {
    let pairs = lefts.into_iter().enumerate().map(|(at, left)| {
        let id = format!("pair{at}");
        let chosen = typed.text(&format!("pick[o{at}]"), String::new());
        let options = rights.iter().enumerate().map(|(right, text)| {
            let value = right.to_string();
            let is_chosen = chosen == value;
            view! { <option value=value selected=is_chosen>{text.clone()}</option> }
        });
        view! {
            <li class="match__pair">
                <label class="match__left" for=id.clone()>{left}</label>
                <select class="input match__right" id=id name=format!("pick[o{at}]")>
                    <option value="" lang=tag(l)>{tr!(l, ladder.choose)}</option>
                    {options.collect_view()}
                </select>
            </li>
        }
    });
    let fields = view! { <ul class="match">{pairs.collect_view()}</ul> }.into_any();
    view! {
        {set(prompt, hint, tr!(l, ladder.how_match).to_string(), fields)}
        {send(l)}
    }
    .into_any()
}

fn word(
    l: Locale,
    prompt: String,
    hint: AnyView,
    before: String,
    after: String,
    typed: &Typed,
) -> AnyView {
    view! {
        <h2 class="ask__q" id="question">{prompt}</h2>
        {hint}
        <p class="blank">
            {before} " " <label class="sr" for="word" lang=tag(l)>{tr!(l, ladder.missing_word)}</label>
            <input
                class="input blank__in"
                id="word"
                name="pick[word]"
                value=typed.text("pick[word]", String::new())
                type="text"
                maxlength=MAX_WORD.to_string()
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
            />
            {after}
        </p>
        <p class="ask__how" lang=tag(l)>{tr!(l, ladder.how_word)}</p>
        {send(l)}
    }
    .into_any()
}

//! The seven kinds of questions as forms. Every kind can be answered by a plain form; once the
//! page is alive, what can be dragged can still be tapped and done with the keyboard.

use kvarten_domain::{
    ladder::QuestionView,
    question::{Picture, QuestionFace},
    reply::MAX_WORD,
};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use super::icon::{Icon, icon};
use crate::{
    i18n::Locale,
    text::{lang, tag, tr},
};

/// A question's fields, with the button that sends them where one is needed. Belongs in a form.
#[component]
pub fn Question(
    /// What is asked.
    view: QuestionView,
    /// Whether the page is alive.
    #[prop(into)]
    is_live: Signal<bool>,
) -> impl IntoView {
    let l = lang();
    let hint = hint(l, &view);
    let prompt = view.prompt;
    match view.face {
        QuestionFace::Single { options } => {
            let options = options.into_iter().enumerate();
            let options = options.map(|(at, text)| (at.to_string(), text)).collect();
            one_tap(prompt, hint, tr!(l, ladder.how_single).to_string(), false, options)
        }
        QuestionFace::TrueFalse => {
            let options = vec![
                ("true".to_owned(), tr!(l, ladder.is_true).to_string()),
                ("false".to_owned(), tr!(l, ladder.is_false).to_string()),
            ];
            one_tap(prompt, hint, tr!(l, ladder.how_true_false).to_string(), true, options)
        }
        QuestionFace::Multiple { options } => multiple(l, prompt, hint, options),
        QuestionFace::Order { items } => order(l, prompt, hint, items, is_live),
        QuestionFace::Match { lefts, rights } => pairs(l, prompt, hint, lefts, rights),
        QuestionFace::Word { before, after } => word(l, prompt, hint, before, after),
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
) -> AnyView {
    let options = options.into_iter().map(|(value, text)| {
        view! {
            <li>
                <button class="answer" name="pick[only]" value=value>{text}</button>
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

fn multiple(l: Locale, prompt: String, hint: AnyView, options: Vec<String>) -> AnyView {
    let options = options.into_iter().enumerate().map(|(at, text)| {
        view! {
            <li>
                <label class="answer answer--pick">
                    <input type="checkbox" name=format!("pick[o{at}]") value="on" />
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
) -> AnyView {
    let pairs = lefts.into_iter().enumerate().map(|(at, left)| {
        let id = format!("pair{at}");
        let options = rights.iter().enumerate().map(|(right, text)| {
            view! { <option value=right.to_string()>{text.clone()}</option> }
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

fn word(l: Locale, prompt: String, hint: AnyView, before: String, after: String) -> AnyView {
    view! {
        <h2 class="ask__q" id="question">{prompt}</h2>
        {hint}
        <p class="blank">
            {before} " " <label class="sr" for="word" lang=tag(l)>{tr!(l, ladder.missing_word)}</label>
            <input
                class="input blank__in"
                id="word"
                name="pick[word]"
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

fn order(
    l: Locale,
    prompt: String,
    hint: AnyView,
    items: Vec<String>,
    is_live: Signal<bool>,
) -> AnyView {
    let how = move || {
        if is_live.get() { tr!(l, ladder.how_order_move) } else { tr!(l, ladder.how_order) }
            .to_string()
    };
    let fields = move || {
        if is_live.get() {
            view! { <MovableOrder items=items.clone() /> }.into_any()
        } else {
            order_by_number(l, &items)
        }
    };
    view! {
        <fieldset class="ask__set">
            <legend class="ask__q">{prompt}</legend>
            {hint}
            <p class="ask__how" lang=tag(lang())>{how}</p>
            {fields}
        </fieldset>
        {send(l)}
    }
    .into_any()
}

/// An order given by numbers, for browsers without the script.
fn order_by_number(l: Locale, items: &[String]) -> AnyView {
    let rows = items.iter().enumerate().map(|(at, item)| {
        let places = (1..=items.len()).map(|place| {
            view! {
                <option value=place.to_string() selected=place == at + 1>
                    {place.to_string()}
                </option>
            }
        });
        view! {
            <li class="order__item">
                <label class="order__text" for=format!("place{at}")>{item.clone()}</label>
                <select
                    class="input order__place"
                    id=format!("place{at}")
                    name=format!("pick[o{at}]")
                    aria-label=tr!(l, ladder.place_of, item = item.clone()).to_string()
                >
                    {places.collect_view()}
                </select>
            </li>
        }
    });
    view! { <ol class="order">{rows.collect_view()}</ol> }.into_any()
}

/// The place in the list that a point on the screen belongs to.
fn place_at(list: &web_sys::Element, y: f64) -> usize {
    let rows = list.children();
    (0..rows.length())
        .filter_map(|at| rows.item(at))
        .take_while(|row| {
            let rect = row.get_bounding_client_rect();
            y > rect.top() + rect.height()
        })
        .count()
}

/// The order that was chosen by number before the page was alive; else the one shown.
fn order_so_far(count: usize) -> Vec<usize> {
    let place = |item: &usize| {
        let select = document().get_element_by_id(&format!("place{item}"))?;
        select.dyn_into::<web_sys::HtmlSelectElement>().ok()?.value().parse::<usize>().ok()
    };
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|item| place(item).unwrap_or(item + 1));
    order
}

/// An order made by dragging, or with the arrows beside each line.
#[component]
fn MovableOrder(items: Vec<String>) -> impl IntoView {
    let l = lang();
    let count = items.len();
    let order = RwSignal::new(order_so_far(count));
    let held = RwSignal::new(None::<usize>);
    let said = RwSignal::new(String::new());
    let list = NodeRef::<html::Ol>::new();
    let texts = StoredValue::new(items);
    let move_to = move |item: usize, place: usize| {
        let place = place.min(count - 1);
        if order.with_untracked(|order| order.get(place) == Some(&item)) {
            return;
        }
        order.update(|order| {
            order.retain(|other| *other != item);
            order.insert(place, item);
        });
        let name = texts.with_value(|texts| texts[item].clone());
        said.set(tr!(l, ladder.moved, item = name, place = place + 1, count = count).to_string());
    };
    let place_of = move |item: usize| {
        order.with(|order| order.iter().position(|other| *other == item).unwrap_or(0))
    };
    let arrow = move |item: usize, is_up: bool| {
        let name = texts.with_value(|texts| texts[item].clone());
        let label = if is_up {
            tr!(l, ladder.move_up, item = name).to_string()
        } else {
            tr!(l, ladder.move_down, item = name).to_string()
        };
        let is_end = move || place_of(item) == if is_up { 0 } else { count - 1 };
        let on_click = move |event: web_sys::MouseEvent| {
            let place = order.with_untracked(|order| order.iter().position(|o| *o == item));
            let place = place.unwrap_or(0);
            if is_up && place > 0 {
                move_to(item, place - 1);
            } else if !is_up {
                move_to(item, place + 1);
            }
            // The line has moved in the document; the focus goes with it.
            let button =
                event.current_target().and_then(|t| t.dyn_into::<web_sys::HtmlElement>().ok());
            if let Some(button) = button {
                request_animation_frame(move || {
                    let _ = button.focus();
                });
            }
        };
        view! {
            <button
                class="btn btn--icon btn--quiet"
                type="button"
                aria-disabled=move || is_end().then_some("true")
                on:click=on_click
            >
                {icon(if is_up { Icon::Up } else { Icon::Down })}
                <span class="sr">{label}</span>
            </button>
        }
    };
    let row = move |item: usize| {
        let text = texts.with_value(|texts| texts[item].clone());
        let take = move |event: web_sys::PointerEvent| {
            event.prevent_default();
            if let Some(grip) =
                event.current_target().and_then(|t| t.dyn_into::<web_sys::Element>().ok())
            {
                let _ = grip.set_pointer_capture(event.pointer_id());
            }
            held.set(Some(item));
        };
        let drag = move |event: web_sys::PointerEvent| {
            if held.get_untracked() == Some(item)
                && let Some(list) = list.get_untracked()
            {
                move_to(item, place_at(&list, f64::from(event.client_y())));
            }
        };
        view! {
            <li class="order__item" class:order__item--held=move || held.get() == Some(item)>
                <span
                    class="order__grip"
                    on:pointerdown=take
                    on:pointermove=drag
                    on:pointerup=move |_| held.set(None)
                    on:pointercancel=move |_| held.set(None)
                >
                    {icon(Icon::Grip)}
                </span>
                <span class="order__text">
                    <b class="order__no">{move || format!("{}.", place_of(item) + 1)}</b>
                    " "
                    {text}
                </span>
                <span class="order__moves">{arrow(item, true)} {arrow(item, false)}</span>
                <input
                    type="hidden"
                    name=format!("pick[o{item}]")
                    prop:value=move || (place_of(item) + 1).to_string()
                />
            </li>
        }
    };
    view! {
        <ol class="order order--move" node_ref=list>
            <For each=move || order.get() key=|item| *item children=row />
        </ol>
        <p class="sr" role="status">
            {said}
        </p>
    }
}

/// How far an arrow key moves the cross, in per cent.
const KEY_STEP: f64 = 2.0;

#[expect(clippy::too_many_lines, reason = "one picture and everything that points at it")]
fn point(
    l: Locale,
    prompt: String,
    hint: AnyView,
    picture: Picture,
    labels: Vec<String>,
    is_live: Signal<bool>,
) -> AnyView {
    let spot = RwSignal::new(None::<(f64, f64)>);
    let chosen = RwSignal::new(None::<usize>);
    let button = NodeRef::<html::Button>::new();
    let set_spot = move |x: f64, y: f64| {
        spot.set(Some((x.clamp(0.0, 100.0), y.clamp(0.0, 100.0))));
        chosen.set(None);
    };
    let on_click = move |event: web_sys::MouseEvent| {
        // A click made by a key has no place.
        if event.detail() == 0 {
            return;
        }
        if let Some(button) = button.get_untracked() {
            let rect = button.get_bounding_client_rect();
            let x = (f64::from(event.client_x()) - rect.left()) / rect.width() * 100.0;
            let y = (f64::from(event.client_y()) - rect.top()) / rect.height() * 100.0;
            set_spot(x, y);
        }
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        let (dx, dy) = match event.key().as_str() {
            "ArrowLeft" => (-KEY_STEP, 0.0),
            "ArrowRight" => (KEY_STEP, 0.0),
            "ArrowUp" => (0.0, -KEY_STEP),
            "ArrowDown" => (0.0, KEY_STEP),
            _ => return,
        };
        event.prevent_default();
        let (x, y) = spot.get_untracked().unwrap_or((50.0, 50.0));
        set_spot(x + dx, y + dy);
    };
    let height = 100.0 * f64::from(picture.height) / f64::from(picture.width.max(1));
    let cross = move || {
        spot.get().map(|(x, y)| {
            view! {
                <g transform=format!("translate({x:.2} {:.2})", y * height / 100.0)>
                    <circle r="5" />
                    <path d="M0 -9v6M0 3v6M-9 0h6M3 0h6" />
                </g>
            }
        })
    };
    let coordinate = move |is_x: bool| {
        spot.get().map(|(x, y)| format!("{:.2}", if is_x { x } else { y })).unwrap_or_default()
    };
    let areas = labels.into_iter().enumerate().map(move |(at, label)| {
        view! {
            <li>
                <label class="answer answer--pick">
                    <input
                        type="radio"
                        name="pick[only]"
                        value=at.to_string()
                        prop:checked=move || chosen.get() == Some(at)
                        on:change=move |_| {
                            chosen.set(Some(at));
                            spot.set(None);
                        }
                    />
                    <span>{label}</span>
                </label>
            </li>
        }
    });
    view! {
        <h2 class="ask__q" id="question">{prompt}</h2>
        {hint}
        <p class="ask__how" id="how" lang=tag(l)>
            {tr!(l, ladder.how_point)}
            " "
            {move || is_live.get().then(|| tr!(l, ladder.how_point_keys).to_string())}
        </p>
        <button
            class="spot"
            type="button"
            aria-labelledby="question how"
            node_ref=button
            on:click=on_click
            on:keydown=on_key
        >
            <img
                src=picture.src()
                alt=picture.alt.clone()
                width=picture.width.to_string()
                height=picture.height.to_string()
            />
            <svg class="spot__cross" viewBox=format!("0 0 100 {height:.2}") aria-hidden="true">
                {cross}
            </svg>
        </button>
        <input type="hidden" name="pick[x]" prop:value=move || coordinate(true) />
        <input type="hidden" name="pick[y]" prop:value=move || coordinate(false) />
        <details class="fold">
            <summary class="fold__sum" lang=tag(l)>
                {icon(Icon::List)} <span>{tr!(l, ladder.list_instead)}</span>
            </summary>
            <fieldset class="ask__set">
                <legend class="sr" lang=tag(l)>{tr!(l, ladder.spots)}</legend>
                <ul class="answers">{areas.collect_view()}</ul>
            </fieldset>
        </details>
        {send(l)}
    }
    .into_any()
}

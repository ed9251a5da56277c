//! The right spot in a picture: by pointing, with the arrow keys, or from a list of the same spots.

use kvarten_domain::question::Picture;
use leptos::{html, prelude::*};

use super::send;
use crate::{
    i18n::Locale,
    parts::icon::{Icon, icon},
    text::{tag, tr},
};

/// How far an arrow key moves the cross, in per cent.
const KEY_STEP: f64 = 2.0;

#[expect(clippy::too_many_lines, reason = "one picture and everything that points at it")]
pub(super) fn point(
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

//! Things to put in order: by number in a plain form, by dragging or with arrows where the page is
//! alive.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use super::send;
use crate::{
    form::Typed,
    i18n::Locale,
    parts::icon::{Icon, icon},
    text::{lang, tag, tr},
};

pub(super) fn order(
    l: Locale,
    prompt: String,
    hint: AnyView,
    items: Vec<String>,
    is_live: Signal<bool>,
    typed: Typed,
) -> AnyView {
    let how = move || {
        if is_live.get() { tr!(l, ladder.how_order_move) } else { tr!(l, ladder.how_order) }
            .to_string()
    };
    let fields = move || {
        if is_live.get() {
            view! { <MovableOrder items=items.clone() /> }.into_any()
        } else {
            order_by_number(l, &items, &typed)
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
fn order_by_number(l: Locale, items: &[String], typed: &Typed) -> AnyView {
    let rows = items.iter().enumerate().map(|(at, item)| {
        let name = format!("pick[o{at}]");
        let places = (1..=items.len()).map(|place| {
            let value = place.to_string();
            let is_chosen = typed.is_ticked(&name, &value, place == at + 1);
            view! { <option value=value selected=is_chosen>{place.to_string()}</option> }
        });
        let places = places.collect_view();
        view! {
            <li class="order__item">
                <label class="order__text" for=format!("place{at}")>{item.clone()}</label>
                <select
                    class="input order__place"
                    id=format!("place{at}")
                    name=name
                    autocomplete="off"
                    aria-label=tr!(l, ladder.place_of, item = item.clone()).to_string()
                >
                    {places}
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

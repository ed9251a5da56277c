//! Small things that are sent as soon as they are done, such as a tick: in order, each until the
//! server has it. Without contact they wait, the page says so, and they are sent once there is contact.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

use gloo::events::{EventListener, EventListenerOptions};
use leptos::{prelude::*, task::spawn_local};

use super::{form_address, send};
use crate::{
    calls::WireError,
    i18n::Locale,
    screens::words,
    text::{tag, tr},
};

struct Entry {
    number: u64,
    path: &'static str,
    /// What it is about: a later one of the same takes its place.
    about: String,
    fields: web_sys::UrlSearchParams,
    /// Whether the reader did something that must not be lost.
    is_counted: bool,
}

thread_local! {
    static QUEUE: RefCell<VecDeque<Entry>> = const { RefCell::new(VecDeque::new()) };
    static LAST_NUMBER: Cell<u64> = const { Cell::new(0) };
    static IS_SENDING: Cell<bool> = const { Cell::new(false) };
    static LISTENERS: RefCell<Vec<EventListener>> = const { RefCell::new(Vec::new()) };
    /// How many of them wait for contact.
    static WAITING: ArcRwSignal<usize> = ArcRwSignal::new(0);
    /// Why one was refused.
    static REFUSED: ArcRwSignal<Option<WireError>> = ArcRwSignal::new(None);
}

/// Sends fields to a call, now or as soon as there is contact. `about` names what they set, so that
/// only the latest of it is sent.
pub(crate) fn keep(path: &'static str, about: String, pairs: &[(&str, &str)], is_counted: bool) {
    let Ok(fields) = web_sys::UrlSearchParams::new() else { return };
    for (name, value) in pairs {
        fields.append(name, value);
    }
    let number = LAST_NUMBER.get() + 1;
    LAST_NUMBER.set(number);
    QUEUE.with_borrow_mut(|queue| {
        // The first is on its way while something is sent.
        let settled = usize::from(IS_SENDING.get());
        let mut at = 0;
        queue.retain(|entry| {
            let stays = at < settled || entry.path != path || entry.about != about;
            at += 1;
            stays
        });
        queue.push_back(Entry { number, path, about, fields, is_counted });
    });
    REFUSED.with(|refused| refused.set(None));
    listen();
    if !IS_SENDING.get() {
        IS_SENDING.set(true);
        spawn_local(send_all());
    }
}

async fn send_all() {
    loop {
        let next = QUEUE.with_borrow(|queue| {
            queue.front().map(|entry| (entry.number, entry.path, entry.fields.clone()))
        });
        let Some((number, path, fields)) = next else { break };
        match send::send(path, &fields).await {
            Ok(_) => settle(number),
            Err(
                WireError::Offline
                | WireError::Elsewhere
                | WireError::Unavailable
                | WireError::Trouble
                | WireError::Wait { .. },
            ) => {
                IS_SENDING.set(false);
                count();
                send::when_in_contact(|| {
                    if !IS_SENDING.replace(true) {
                        spawn_local(send_all());
                    }
                });
                return;
            }
            Err(error) => {
                settle(number);
                REFUSED.with(|refused| refused.set(Some(error)));
            }
        }
    }
    IS_SENDING.set(false);
    count();
}

fn settle(number: u64) {
    QUEUE.with_borrow_mut(|queue| queue.retain(|entry| entry.number != number));
}

fn count() {
    let count = QUEUE.with_borrow(|queue| queue.iter().filter(|entry| entry.is_counted).count());
    WAITING.with(|waiting| waiting.set(count));
}

/// What is still waiting when the page goes is sent on its way; where that would be lost for want of
/// contact, the browser asks first.
fn listen() {
    LISTENERS.with_borrow_mut(|listeners| {
        if !listeners.is_empty() {
            return;
        }
        listeners.push(EventListener::new(&window(), "pagehide", |_| {
            QUEUE.with_borrow(|queue| {
                for entry in queue {
                    let path = form_address(entry.path);
                    let _ = window()
                        .navigator()
                        .send_beacon_with_opt_url_search_params(&path, Some(&entry.fields));
                }
            });
        }));
        let options = EventListenerOptions::enable_prevent_default();
        listeners.push(EventListener::new_with_options(
            &window(),
            "beforeunload",
            options,
            |event| {
                if WAITING.with(|waiting| waiting.get_untracked()) > 0 {
                    event.prevent_default();
                }
            },
        ));
    });
}

/// A line that says how it is with them: `saved` while nothing waits.
pub(crate) fn unsent_line(l: Locale, saved: String) -> AnyView {
    let text = move || {
        if let Some(error) = REFUSED.with(|refused| refused.get()) {
            let (title, text) = words(l, &error);
            return format!("{title}. {text}");
        }
        match WAITING.with(|waiting| waiting.get()) {
            0 => saved.clone(),
            1 => tr!(l, form.unsent_one).to_string(),
            count => tr!(l, form.unsent_many, count = count).to_string(),
        }
    };
    view! { <p class="small" lang=tag(l) role="status">{text}</p> }.into_any()
}

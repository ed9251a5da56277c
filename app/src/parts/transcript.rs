//! A film with captions, speed, and a transcript that follows and can be clicked.

use kvarten_domain::lesson::{Captions, MediaFile};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use crate::{
    i18n::Locale,
    text::{lang, tag, tr},
};

const SPEEDS: [(f64, &str, &str); 4] =
    [(0.75, "0,75", "0.75"), (1.0, "1", "1"), (1.25, "1,25", "1.25"), (1.5, "1,5", "1.5")];

/// Seconds of playing between two notes of where one is.
const NOTE_SECONDS: f64 = 5.0;

fn clock(ms: u32) -> String {
    format!("{}:{:02}", ms / 60_000, ms / 1_000 % 60)
}

fn language_name(lang: &str) -> &'static str {
    if lang.starts_with("en") { "English" } else { "Svenska" }
}

/// Keeps the current line in sight, without moving the page or whoever reads in the list.
fn show_line(list: &web_sys::HtmlElement, at: usize) {
    let has_focus = document().active_element().is_some_and(|active| list.contains(Some(&active)));
    let row = u32::try_from(at).ok().and_then(|at| list.children().item(at));
    if let Some(row) = row.and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok())
        && !has_focus
    {
        let middle = row.offset_top() - list.offset_top() - list.client_height() / 3;
        list.set_scroll_top(middle.max(0));
    }
}

/// A film.
#[component]
pub fn Film(
    /// The film.
    file: MediaFile,
    /// Address of the picture shown until it plays.
    poster: Option<String>,
    /// At least one language.
    captions: Vec<Captions>,
    /// What it is called.
    title: String,
    /// Where one stopped, in seconds.
    start: u32,
    /// Where one is, now and then while it plays and when it stops, in seconds.
    #[prop(into)]
    on_watch: Callback<u32>,
) -> impl IntoView {
    let l = lang();
    let video = NodeRef::<html::Video>::new();
    let list = NodeRef::<html::Ol>::new();
    let now_ms = RwSignal::new(None::<u32>);
    let speed = RwSignal::new(1.0f64);
    let noted = StoredValue::new(f64::from(start));
    let cues = captions.first().map(|track| track.cues.clone()).unwrap_or_default();
    let cue_lang = captions.first().map(|track| track.lang.clone()).unwrap_or_default();
    let begins = StoredValue::new(cues.iter().map(|cue| cue.from_ms).collect::<Vec<u32>>());
    let current = Memo::new(move |_| {
        let now = now_ms.get()?;
        begins.with_value(|begins| begins.iter().rposition(|from| *from <= now))
    });
    Effect::new(move |_| {
        if let (Some(at), Some(list)) = (current.get(), list.get_untracked()) {
            show_line(&list, at);
        }
    });
    let note = move |seconds: f64| {
        noted.set_value(seconds);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole seconds"
        )]
        on_watch.run(seconds.max(0.0) as u32);
    };
    let is_placed = StoredValue::new(false);
    // Go on where one stopped. The film may have been there before the program was.
    let place = move || {
        let Some(video) = video.get_untracked() else { return };
        if is_placed.get_value() || video.ready_state() < web_sys::HtmlMediaElement::HAVE_METADATA {
            return;
        }
        is_placed.set_value(true);
        if start > 0 && video.current_time() < 1.0 {
            video.set_current_time(f64::from(start));
        }
    };
    Effect::new(move |_| {
        if video.get().is_some() {
            place();
        }
    });
    let on_time = move |_| {
        if let Some(video) = video.get_untracked().filter(|_| is_placed.get_value()) {
            let seconds = video.current_time();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a film")]
            now_ms.set(Some((seconds.max(0.0) * 1_000.0) as u32));
            if (seconds - noted.get_value()).abs() >= NOTE_SECONDS {
                note(seconds);
            }
        }
    };
    let on_stop = move |_| {
        if let Some(video) = video.get_untracked().filter(|_| is_placed.get_value()) {
            // From the end one begins anew.
            note(if video.ended() { 0.0 } else { video.current_time() });
        }
    };
    // Without the script, too, it goes on where one stopped.
    let src = if start > 0 { format!("{}#t={start}", file.src()) } else { file.src() };
    let tracks: Vec<_> = captions
        .iter()
        .enumerate()
        .map(|(at, track)| {
            view! {
                <track
                    kind="captions"
                    src=track.file.src()
                    srclang=track.lang.clone()
                    label=language_name(&track.lang)
                    default=at == 0
                />
            }
        })
        .collect();
    let speeds = SPEEDS.map(|(value, sv, en)| {
        let set = move |_| {
            speed.set(value);
            if let Some(video) = video.get_untracked() {
                video.set_playback_rate(value);
            }
        };
        view! {
            <button
                class="speed__btn"
                type="button"
                aria-pressed=move || if (speed.get() - value).abs() < 0.01 { "true" } else { "false" }
                on:click=set
            >
                {if matches!(l, Locale::sv) { sv } else { en }}
            </button>
        }
    });
    let cues: Vec<_> = cues
        .into_iter()
        .enumerate()
        .map(|(at, cue)| {
            let seek = move |_| {
                if let Some(video) = video.get_untracked() {
                    video.set_current_time(f64::from(cue.from_ms) / 1_000.0);
                    let _ = video.play();
                }
            };
            view! {
                <li>
                    <button
                        class="cue"
                        type="button"
                        aria-current=move || (current.get() == Some(at)).then_some("true")
                        on:click=seek
                    >
                        <span class="cue__time">{clock(cue.from_ms)}</span>
                        <span>{cue.text}</span>
                    </button>
                </li>
            }
        })
        .collect();
    view! {
        <div class="watch">
            <div class="watch__film">
                <video
                    class="video"
                    controls
                    playsinline
                    preload="metadata"
                    width="640"
                    height="360"
                    poster=poster
                    aria-label=tr!(l, step.film, title = title).to_string()
                    node_ref=video
                    on:timeupdate=on_time
                    on:pause=on_stop
                    on:loadedmetadata=move |_| place()
                >
                    <source src=src type=file.mime.clone() />
                    {tracks}
                    {tr!(l, step.no_video)}
                </video>
                <div class="speed js" role="group" lang=tag(l) aria-label=tr!(l, step.speed)>
                    <span class="speed__label" aria-hidden="true">{tr!(l, step.speed_short)}</span>
                    {speeds}
                </div>
            </div>
            <section class="watch__text" aria-labelledby="transcript">
                <h2 id="transcript" lang=tag(l)>
                    {tr!(l, step.transcript)}
                </h2>
                <ol class="cues" lang=cue_lang node_ref=list>{cues}</ol>
            </section>
        </div>
    }
}

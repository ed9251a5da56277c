//! One step of a lesson at a time. Where one is and what one has seen is kept as one goes.

use kvarten_domain::lesson::{Callout, MediaFile, Place, StepBody, StepPage};
use leptos::{html, prelude::*};

use wasm_bindgen::JsCast;

use super::{loaded, titled};
use crate::{
    address::{use_go_on, use_part},
    calls::{self, FinishStep},
    form::{FormScreen, TOUCHED, Typed, keep, unsent_line},
    i18n::Locale,
    page::page_data,
    parts::{Film, Icon, Tab, icon, ladder_item, quarter, step_items},
    text::{lang, tag, tr},
};

/// The screen.
#[component]
pub fn Step() -> impl IntoView {
    let (step, slug) = (use_part("step"), use_part("slug"));
    let place = move || format!("{} {}", step.get(), slug.get());
    let page = page_data(place, |place| async move {
        let (number, slug) = number_and_slug(&place).ok_or_else(calls::no_such)?;
        calls::step(slug, number).await
    });
    // Opening a step is noted, so that any device can go on there.
    Effect::new(move |_| {
        if let Some((number, slug)) = number_and_slug(&place()) {
            let number = number.to_string();
            let fields = [("slug", slug.as_str()), ("number", number.as_str())];
            keep("/api/open_step", format!("{slug} {number}"), &fields, false);
        }
    });
    loaded(Tab::Learn, true, "player", page, content)
}

fn number_and_slug(place: &str) -> Option<(u8, String)> {
    let (number, slug) = place.split_once(' ')?;
    Some((number.parse().ok()?, slug.to_owned()))
}

fn content(page: StepPage) -> AnyView {
    let l = lang();
    let outline = page.outline.clone();
    let step = outline.steps.iter().find(|step| step.number == page.number);
    let title = step.map(|step| step.title.clone()).unwrap_or_default();
    let (of, lang_of) = (outline.steps.len(), outline.lang.clone());
    let percent = outline.seen() * 92 / of.max(1);
    let place = tr!(l, lesson.place, number = page.number, count = of).to_string();
    titled(&format!("{title} – {}", outline.title));
    view! {
        <header class="player__head">
            <p class="crumb">
                <a href=format!("/lar/{}", outline.slug) lang=lang_of.clone()>
                    {icon(Icon::Back)}
                    {outline.title.clone()}
                </a>
            </p>
            <h1 lang=lang_of>{title.clone()}</h1>
        </header>
        <details class="fold player__steps">
            <summary class="fold__sum">{quarter(percent, "")} <span>{place.clone()}</span></summary>
            <nav aria-label=tr!(l, lesson.step_list)>
                <p class="player__where">{quarter(percent, "")} <span>{place}</span></p>
                <ol class="toc toc--small">
                    {step_items(&outline, Some(page.number))} {ladder_item(&outline)}
                </ol>
            </nav>
        </details>
        <Forward page title />
    }
    .into_any()
}

/// The step's contents and the way on.
#[component]
fn Forward(page: StepPage, title: String) -> impl IntoView {
    let l = lang();
    let finish = FormScreen::to::<FinishStep>();
    let go_on = use_go_on();
    let slug = page.outline.slug.clone();
    let to = slug.clone();
    finish.on_done(move |place: Place| {
        go_on(&place.path(&to));
    });
    let is_last = usize::from(page.number) == page.outline.steps.len();
    let back = if page.number > 1 {
        format!("/lar/{slug}/{}", page.number - 1)
    } else {
        format!("/lar/{slug}")
    };
    let go = if is_last { tr!(l, lesson.to_ladder) } else { tr!(l, lesson.next) }.to_string();
    let number = page.number;
    let language = page.outline.lang.clone();
    let hidden = view! {
        <input type="hidden" name="slug" value=slug.clone() />
        <input type="hidden" name="number" value=number.to_string() />
    };
    let text =
        move || if finish.is_sending() { tr!(l, lesson.saving).to_string() } else { go.clone() };
    let actions = view! {
        <a class="btn btn--quiet" href=back>
            {tr!(l, lesson.back)}
        </a>
        {finish.button("btn", view! { {text} {icon(Icon::Next)} })}
    };
    if let StepBody::Checklist { html, items } = page.body {
        let list =
            view! { <Checklist slug number items ticks=page.ticks typed=finish.typed("") /> };
        return finish.view("player__form", move |problem| {
            view! {
                {hidden}
                <input type="hidden" name="list" value="1" />
                <div class="player__body" lang=language>
                    <div class="prose" inner_html=html></div>
                    {list}
                </div>
                {problem}
                <div class="actions">{actions}</div>
            }
            .into_any()
        });
    }
    let start = page.video_seconds;
    let form = finish.view("", move |problem| {
        view! {
            {problem}
            {hidden}
            <div class="actions">{actions}</div>
        }
        .into_any()
    });
    view! {
        <div class="player__body" lang=language>
            {body(l, page.body, &slug, number, title, start)}
        </div>
        {form}
    }
    .into_any()
}

/// Has something of a step kept. `about` names what of it, `is_counted` says whether the reader did it.
fn keep_of_step(
    path: &'static str,
    slug: &str,
    number: u8,
    (name, value): (&str, &str),
    is_on: bool,
    is_counted: bool,
) {
    let number = number.to_string();
    let mut pairs = vec![("slug", slug), ("number", number.as_str()), (name, value)];
    pairs.extend(is_on.then_some(("on", "1")));
    let what = if is_counted { value } else { "" };
    keep(path, format!("{slug} {number} {what}"), &pairs, is_counted);
}

fn body(l: Locale, body: StepBody, slug: &str, number: u8, title: String, start: u32) -> AnyView {
    let prose = |html: String| {
        (!html.is_empty()).then(|| view! { <div class="prose" inner_html=html></div> })
    };
    match body {
        StepBody::Text { html } => prose(html).into_any(),
        StepBody::Video { html, file, poster, captions } => {
            let slug = slug.to_owned();
            let on_watch = move |seconds: u32| {
                let seconds = seconds.to_string();
                keep_of_step("/api/watch", &slug, number, ("seconds", &seconds), false, false);
            };
            let poster = poster.map(|media| format!("/media/{media}"));
            view! {
                {prose(html)}
                <Film file poster captions title start on_watch />
            }
            .into_any()
        }
        StepBody::Picture { html, picture, callouts } => {
            let height = 100.0 * f64::from(picture.height) / f64::from(picture.width.max(1));
            view! {
                {prose(html)}
                <div class="shot">
                    <Pins
                        src=picture.src()
                        alt=picture.alt
                        width=picture.width
                        px_height=picture.height
                        height
                        callouts
                    />
                </div>
            }
            .into_any()
        }
        StepBody::File { html, file } => view! { {prose(html)} {file_card(l, &file)} }.into_any(),
        StepBody::Checklist { .. } => ().into_any(),
    }
}

fn file_card(l: Locale, file: &MediaFile) -> AnyView {
    let kind = file.mime.rsplit('/').next().unwrap_or_default().to_uppercase();
    let (name, _) = file.name.rsplit_once('.').unwrap_or((&file.name, ""));
    let size = file.size.div_ceil(1_000);
    view! {
        <a class="file" href=file.src() download=file.name.clone() rel="external">
            <span class="file__icon">{icon(Icon::File)}</span>
            <span class="file__name">{name.to_owned()}</span>
            <span class="file__meta" lang=tag(l)>
                {tr!(l, step.file_meta, kind = kind, size = size).to_string()}
            </span>
            <span class="file__do" lang=tag(l)>{icon(Icon::Load)} {tr!(l, step.download)}</span>
        </a>
    }
    .into_any()
}

/// A picture with numbered call-outs; choosing one in the list marks it in the picture.
#[component]
fn Pins(
    src: String,
    alt: String,
    width: u32,
    px_height: u32,
    height: f64,
    callouts: Vec<Callout>,
) -> impl IntoView {
    let l = lang();
    let marked = RwSignal::new(None::<usize>);
    let pins = callouts.iter().enumerate().map(|(at, callout)| {
        let x = format!("{:.2}", callout.x);
        let y = format!("{:.2}", f64::from(callout.y) * height / 100.0);
        view! {
            <g class="pin" class:pin--on=move || marked.get() == Some(at)>
                <circle cx=x.clone() cy=y.clone() r="4.2" />
                <text x=x y=y dy=".36em">
                    {(at + 1).to_string()}
                </text>
            </g>
        }
    });
    let pins = pins.collect_view();
    let items = callouts.into_iter().enumerate().map(|(at, callout)| {
        let is_on = move || marked.get() == Some(at);
        view! {
            <li>
                <button
                    class="pinlist__btn"
                    type="button"
                    aria-pressed=move || if is_on() { "true" } else { "false" }
                    on:click=move |_| {
                        marked.update(|marked| {
                            *marked = if *marked == Some(at) { None } else { Some(at) };
                        });
                    }
                >
                    <span class="pinlist__no">{(at + 1).to_string()}</span>
                    <span>{callout.text}</span>
                </button>
            </li>
        }
    });
    let items = items.collect_view();
    view! {
        <figure class="shot__pic">
            <img src=src alt=alt width=width.to_string() height=px_height.to_string() />
            <svg class="pins" viewBox=format!("0 0 100 {height:.2}") aria-hidden="true">
                {pins}
            </svg>
        </figure>
        <ol class="pinlist" aria-label=tr!(l, step.callouts)>
            {items}
        </ol>
    }
}

/// Things to try, ticked off one by one and kept at each tick.
#[component]
fn Checklist(
    slug: String,
    number: u8,
    items: Vec<String>,
    ticks: Vec<u8>,
    typed: Typed,
) -> impl IntoView {
    let l = lang();
    let list = NodeRef::<html::Ul>::new();
    let send = move |item: u8, is_on: bool| {
        keep_of_step("/api/tick", &slug, number, ("item", &item.to_string()), is_on, true);
    };
    let send = Callback::new(move |(item, is_on)| send(item, is_on));
    let kept = ticks.clone();
    // What the reader ticked before the page was alive is kept now. What a browser put back by itself
    // is not the reader's doing, and may be another's.
    Effect::new(move |_| {
        let boxes = list.get().and_then(|list| list.query_selector_all("input").ok());
        let Some(boxes) = boxes else { return };
        for at in 0..boxes.length() {
            let input = boxes.item(at).and_then(|node| node.dyn_into().ok());
            let Some(input): Option<web_sys::HtmlInputElement> = input else { continue };
            let Ok(item) = u8::try_from(at) else { continue };
            if input.checked() == kept.contains(&item) {
                continue;
            }
            if input.has_attribute(TOUCHED) {
                send.run((item, input.checked()));
            } else {
                input.set_checked(kept.contains(&item));
            }
        }
    });
    let items = (0u8..).zip(items).map(|(at, text)| {
        let name = format!("ticks[i{at}]");
        let is_on = typed.is_ticked(&name, "on", ticks.contains(&at));
        view! {
            <li>
                <label class="check check--card">
                    <input
                        type="checkbox"
                        name=name
                        value="on"
                        checked=is_on
                        on:change=move |event| send.run((at, event_target_checked(&event)))
                    />
                    <span>{text}</span>
                </label>
            </li>
        }
    });
    let items = items.collect_view();
    view! {
        <ul class="tasks" node_ref=list>
            {items}
        </ul>
        {unsent_line(l, tr!(l, step.saved_list).to_string())}
    }
}

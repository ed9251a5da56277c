//! One step of a lesson at a time. Where one is and what one has seen is kept as one goes.

use kvarten_domain::lesson::{Callout, MediaFile, Place, StepBody, StepPage};
use leptos::{html, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map},
};

use wasm_bindgen::JsCast;

use super::{loaded, titled, trouble::failed};
use crate::{
    calls::{self, FinishStep},
    i18n::Locale,
    page::page_data,
    parts::{Film, Icon, Tab, icon, ladder_item, quarter, step_items},
    post::Post,
    text::{lang, tag, tr},
};

/// The screen.
#[component]
pub fn Step() -> impl IntoView {
    let params = use_params_map();
    let place = move || {
        params.with(|params| {
            let part = |name| params.get(name).unwrap_or_default();
            format!("{} {}", part("step"), part("slug"))
        })
    };
    let page = page_data(place, |place| async move {
        let (number, slug) = number_and_slug(&place).ok_or_else(calls::no_such)?;
        calls::step(slug, number).await
    });
    // Opening a step is noted, so that any device can go on there. Lost, it does no harm.
    Effect::new(move |_| {
        if let Some((number, slug)) = number_and_slug(&place()) {
            spawn_local(async move {
                let _ = calls::open_step(slug, number).await;
            });
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
    let finish = Post::to::<FinishStep>();
    let navigate = use_navigate();
    let slug = page.outline.slug.clone();
    let to = slug.clone();
    Effect::new(move |_| {
        if let Some(place) = finish.done::<Place>() {
            navigate(&place.path(&to), NavigateOptions::default());
        }
    });
    let fault = move || Some(failed(l, &finish.outcome()?.err()?));
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
    let actions = view! {
        <a class="btn btn--quiet" href=back>
            {tr!(l, lesson.back)}
        </a>
        <button class="btn" aria-busy=move || finish.is_pending().then_some("true")>
            {move || if finish.is_pending() { tr!(l, lesson.saving).to_string() } else { go.clone() }}
            {icon(Icon::Next)}
        </button>
    };
    if let StepBody::Checklist { html, items } = page.body {
        let list = view! { <Checklist slug number items ticks=page.ticks /> };
        let fields = view! {
            {hidden}
            <input type="hidden" name="list" value="1" />
            <div class="player__body" lang=language>
                <div class="prose" inner_html=html></div>
                {list}
            </div>
            {fault}
            <div class="actions">{actions}</div>
        };
        return finish.form("player__form", fields.into_any());
    }
    let start = page.video_seconds;
    view! {
        <div class="player__body" lang=language>
            {body(l, page.body, &slug, number, title, start)}
        </div>
        {fault}
        {finish.form("actions", view! { {hidden} {actions} }.into_any())}
    }
    .into_any()
}

/// Keeps something of a step, in a way that survives the page being closed.
fn keep(path: &str, slug: &str, number: u8, fields_of: &[(&str, &str)]) {
    if let Ok(fields) = web_sys::UrlSearchParams::new() {
        fields.append("slug", slug);
        fields.append("number", &number.to_string());
        for (name, value) in fields_of {
            fields.append(name, value);
        }
        let _ = window().navigator().send_beacon_with_opt_url_search_params(path, Some(&fields));
    }
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
                keep("/api/watch", &slug, number, &[("seconds", &seconds.to_string())]);
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
fn Checklist(slug: String, number: u8, items: Vec<String>, ticks: Vec<u8>) -> impl IntoView {
    let l = lang();
    let list = NodeRef::<html::Ul>::new();
    // Lost, it does no harm: the whole list is sent with the way on.
    let send = move |item: u8, is_on: bool| {
        let item = item.to_string();
        let fields = [("item", item.as_str()), ("on", "1")];
        keep("/api/tick", &slug, number, if is_on { &fields } else { &fields[..1] });
    };
    let send = Callback::new(move |(item, is_on)| send(item, is_on));
    let kept = ticks.clone();
    // What was ticked before the page was alive is kept now.
    Effect::new(move |_| {
        let boxes = list.get().and_then(|list| list.query_selector_all("input").ok());
        let Some(boxes) = boxes else { return };
        for at in 0..boxes.length() {
            let input = boxes.item(at).and_then(|node| node.dyn_into().ok());
            let is_on = input.is_some_and(|input: web_sys::HtmlInputElement| input.checked());
            if let Ok(item) = u8::try_from(at)
                && is_on != kept.contains(&item)
            {
                send.run((item, is_on));
            }
        }
    });
    let items = (0u8..).zip(items).map(|(at, text)| {
        view! {
            <li>
                <label class="check check--card">
                    <input
                        type="checkbox"
                        name=format!("ticks[i{at}]")
                        value="on"
                        checked=ticks.contains(&at)
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
        <p class="small" lang=tag(l)>
            {tr!(l, step.saved_list)}
        </p>
    }
}

//! What is stored about a person, explained to that person: what, why, for how long, who sees it. All
//! of it is there as a file.

use kvarten_domain::{person::Account, privacy::Topic};
use leptos::{prelude::*, wasm_split::wasm_split};

use super::{loaded, shared_file::with_warning_read, titled};
use crate::{
    calls,
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, Tone, icon, note},
    text::{lang, tr},
};

const FILE: &str = "/mina-uppgifter.json";

/// The screen.
#[wasm_split(more, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn my_data() -> Drawn {
    let page = page_data(String::new, |_| calls::account());
    Ok(loaded(Tab::More, false, "more", page, |account: Account| content(account.viewer.is_shared)))
}

fn content(is_shared: bool) -> AnyView {
    let l = lang();
    let title = tr!(l, my_data.title).to_string();
    titled(&title);
    view! {
        <p class="crumb">
            <a href="/mer">{icon(Icon::Back)} {tr!(l, app.more)}</a>
        </p>
        <article class="prose">
            <h1>{title}</h1>
            <p class="lead">{tr!(l, my_data.lead)}</p>
            {file(l, is_shared)}
            <h2>{tr!(l, my_data.what)}</h2>
            {Topic::ALL.map(|topic| section(l, topic)).collect_view()}
            <p>{tr!(l, my_data.never)}</p>
            <h2>{tr!(l, my_data.kept)}</h2>
            <p>{tr!(l, my_data.kept_text)}</p>
            <p>{tr!(l, my_data.kept_points)}</p>
            <h2>{tr!(l, my_data.rights)}</h2>
            <p>{tr!(l, my_data.rights_text)}</p>
            <p>{tr!(l, my_data.rights_complain)}</p>
        </article>
    }
    .into_any()
}

/// All of it as a file; on a shared tablet after a warning.
fn file(l: Locale, is_shared: bool) -> AnyView {
    let (warning, href, get) = if is_shared {
        let text = format!("{} {}", tr!(l, shared_file.text), tr!(l, shared_file.advice));
        let get = tr!(l, shared_file.get).to_string();
        (Some(note(Tone::Info, None, text)), with_warning_read(FILE), get)
    } else {
        (None, FILE.to_owned(), tr!(l, my_data.get).to_string())
    };
    view! {
        <h2>{tr!(l, my_data.file)}</h2>
        <p>{tr!(l, my_data.file_text)}</p>
        {warning}
        <p>
            <a class="btn btn--quiet" href=href rel="external">
                {icon(Icon::Load)}
                {get}
            </a>
        </p>
    }
    .into_any()
}

/// What is stored on a topic and why, and who sees it.
fn section(l: Locale, topic: Topic) -> AnyView {
    let (title, text, seen) = match topic {
        Topic::Person => {
            (tr!(l, my_data.person), tr!(l, my_data.person_text), tr!(l, my_data.person_seen))
        }
        Topic::Work => (tr!(l, my_data.work), tr!(l, my_data.work_text), tr!(l, my_data.work_seen)),
        Topic::Sessions => {
            (tr!(l, my_data.sessions), tr!(l, my_data.sessions_text), tr!(l, my_data.sessions_seen))
        }
        Topic::Learning => {
            (tr!(l, my_data.learning), tr!(l, my_data.learning_text), tr!(l, my_data.learning_seen))
        }
        Topic::Assessment => (
            tr!(l, my_data.assessment),
            tr!(l, my_data.assessment_text),
            tr!(l, my_data.assessment_seen),
        ),
        Topic::Points => {
            (tr!(l, my_data.points), tr!(l, my_data.points_text), tr!(l, my_data.points_seen))
        }
        Topic::Referrals => (
            tr!(l, my_data.referrals),
            tr!(l, my_data.referrals_text),
            tr!(l, my_data.referrals_seen),
        ),
        Topic::Mail => (tr!(l, my_data.mail), tr!(l, my_data.mail_text), tr!(l, my_data.mail_seen)),
        Topic::Views => {
            (tr!(l, my_data.views), tr!(l, my_data.views_text), tr!(l, my_data.views_seen))
        }
        Topic::Lessons => {
            (tr!(l, my_data.lessons), tr!(l, my_data.lessons_text), tr!(l, my_data.lessons_seen))
        }
    };
    view! {
        <h3>{title.to_string()}</h3>
        <p>{text.to_string()} " " {seen.to_string()}</p>
    }
    .into_any()
}

//! One person, as their manager sees them: the same picture they see themselves.

use kvarten_domain::{
    Date, PersonId,
    knowledge::{PersonPage, SystemPage},
};
use leptos::{prelude::*, wasm_split::wasm_split};

use crate::{
    address::{use_part, use_query},
    calls,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, icon},
    screens::{
        knowledge::{Voice, picture, system_picture},
        loaded, titled,
    },
    text::{lang, tr},
};

fn person_in_address() -> String {
    use_part("person").get_untracked()
}

/// The person's page.
#[wasm_split(chef, wasm_split_path = leptos::wasm_split, preload(load_person), fallible)]
pub fn person() -> Drawn {
    let id = person_in_address();
    let query = use_query();
    let asked = move || query.with(|query| query.get("da").unwrap_or_default());
    let whose = id.clone();
    let page = page_data(asked, move |day| {
        let id = whose.parse::<PersonId>();
        async move {
            let id = id.map_err(|_| calls::no_such())?;
            calls::colleague(id, Date::from_iso(&day)).await
        }
    });
    Ok(loaded(Tab::Unit, false, "knowledge", page, move |page: PersonPage| {
        let l = lang();
        titled(&page.name);
        let base = format!("/enhet/person/{}", page.person);
        let profession = page.portrait.profession.clone().unwrap_or_default();
        let place = format!("{profession}, {}", page.unit);
        view! {
            <p class="crumb">
                <a href=super::last_address()>{icon(Icon::Back)} {tr!(l, app.unit)}</a>
            </p>
            <h1>
                <bdi>{page.name.clone()}</bdi>
            </h1>
            <p class="lead">{place}</p>
            <p class="small">
                {tr!(l, unit.number)} ": " {page.employee_number.clone()}
            </p>
            <div class="btns">
                <a class="btn" href=format!("/enhet/hanvisa?person={}", page.person)>
                    {tr!(l, refer.go_one)}
                </a>
            </div>
            {picture(l, &page.portrait, &asked(), &base, Voice::Manager)}
            <p class="small">{tr!(l, unit.logged_person)}</p>
        }
        .into_any()
    }))
}

/// One system, for a person.
#[wasm_split(chef, wasm_split_path = leptos::wasm_split, preload(load_person_system), fallible)]
pub fn person_system() -> Drawn {
    let id = person_in_address();
    let part = use_part("system");
    let code = move || part.get();
    let whose = id.clone();
    let page = page_data(code, move |code| {
        let id = whose.parse::<PersonId>();
        async move {
            let id = id.map_err(|_| calls::no_such())?;
            calls::colleague_system(id, code).await
        }
    });
    Ok(loaded(Tab::Unit, false, "knowledge", page, move |(name, page): (String, SystemPage)| {
        let l = lang();
        titled(&format!("{}, {name}", page.system.name));
        view! {
            <p class="crumb">
                <a href=format!("/enhet/person/{id}")>{icon(Icon::Back)} <bdi>{name.clone()}</bdi></a>
            </p>
            <h1>
                <bdi>{name}</bdi>
                ": "
                {page.system.name.clone()}
            </h1>
            <p class="lead">{page.about.clone()}</p>
            <div class="btns">
                <a
                    class="btn"
                    href=format!("/enhet/hanvisa?person={id}&system={}", page.system.code)
                >
                    {tr!(l, refer.go_one)}
                </a>
            </div>
            {system_picture(l, &page, Voice::Manager)}
        }
        .into_any()
    }))
}

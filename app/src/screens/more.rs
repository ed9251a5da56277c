//! "Mer": who one is, language, devices, password, one's data.

use kvarten_domain::person::{Account, Device, MailChoice, MailFailureKind};
use leptos::{prelude::*, wasm_split::wasm_split};

use super::{languages, loaded, titled};
use crate::{
    address::use_query,
    calls::{self, ChangePassword},
    form::{Field, FormScreen, form_address},
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, Tone, icon, note, told},
    text::{date, lang, tr},
};

/// The screen.
#[wasm_split(more, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn more() -> Drawn {
    let page = page_data(String::new, |_| calls::account());
    let query = use_query().get_untracked();
    let done = query.get("klart");
    let is_ended = RwSignal::new(done.as_deref() == Some("enhet"));
    let is_changed = done.is_some() && !is_ended.get_untracked();
    let choose = FormScreen::to::<calls::ChooseMail>();
    choose.on_done(move |()| page.refetch());
    let confirm = FormScreen::to::<calls::ConfirmAddress>();
    confirm.on_done(move |()| page.refetch());
    let end = FormScreen::to::<calls::EndDevice>();
    end.on_done(move |()| {
        is_ended.set(true);
        page.refetch();
    });
    Ok(loaded(Tab::More, false, "more", page, move |account: Account| {
        let of_devices = devices(lang(), &account.devices, end, is_ended.get_untracked());
        content(&account, is_changed, (choose, confirm), of_devices)
    }))
}

/// That mail to one's address does not arrive, and what to do.
fn mail_failure(l: Locale, mail: &MailChoice, confirm: FormScreen) -> Option<AnyView> {
    let (failure, address) = (mail.failure?, mail.address.clone()?);
    let day = date(l, failure.on);
    let text = match failure.kind {
        MailFailureKind::Refused => tr!(l, more.mail_refused, address = address, date = day),
        MailFailureKind::GivenUp => tr!(l, more.mail_given_up, address = address, date = day),
    };
    let words = format!("{text} {}", tr!(l, more.mail_failure_help));
    let fields = move |problem| {
        view! {
            {problem}
            {confirm.button("btn btn--quiet", tr!(l, more.mail_confirm))}
        }
        .into_any()
    };
    Some(
        view! {
            {note(Tone::Wrong, None, words)}
            {confirm.view("", fields)}
        }
        .into_any(),
    )
}

/// Whether one wants mail.
fn mail(l: Locale, mail: &MailChoice, form: FormScreen, confirm: FormScreen) -> AnyView {
    let inside = match &mail.address {
        None => view! { <p>{tr!(l, more.mail_none)}</p> }.into_any(),
        Some(address) => {
            let (text, button) = if mail.is_wanted {
                let text = tr!(l, more.mail_to, address = address.clone()).to_string();
                (text, tr!(l, more.mail_stop).to_string())
            } else {
                (tr!(l, more.mail_stopped).to_string(), tr!(l, more.mail_start).to_string())
            };
            let wanted = (!mail.is_wanted)
                .then(|| view! { <input type="hidden" name="is_wanted" value="1" /> });
            let fields = move |problem| {
                view! {
                    {problem}
                    {wanted}
                    {form.button("btn btn--quiet", button)}
                }
                .into_any()
            };
            view! {
                <p role="status">{text}</p>
                {form.view("", fields)}
            }
            .into_any()
        }
    };
    view! {
        <section aria-labelledby="mail">
            <h2 id="mail">{tr!(l, more.mail)}</h2>
            {mail_failure(l, mail, confirm)}
            {inside}
        </section>
    }
    .into_any()
}

fn content(
    account: &Account,
    is_changed: bool,
    (choose, confirm): (FormScreen, FormScreen),
    devices: AnyView,
) -> AnyView {
    let l = lang();
    let title = tr!(l, app.more).to_string();
    let viewer = &account.viewer;
    let place: Vec<String> =
        [&viewer.profession, &viewer.unit].into_iter().flatten().cloned().collect();
    titled(&title);
    view! {
        <h1>{title}</h1>
        <section class="me-card" aria-labelledby="me">
            <h2 id="me">{format!("{} {}", viewer.given_name, viewer.family_name)}</h2>
            <p>{place.join(", ")}</p>
        </section>
        <div class="split split--even">
            <div>
                <section aria-labelledby="language">
                    <h2 id="language">{tr!(l, more.language)}</h2>
                    {languages(true, "/mer")}
                </section>
                {devices}
                {mail(l, &account.mail, choose, confirm)}
                <section aria-labelledby="data">
                    <h2 id="data">{tr!(l, more.data)}</h2>
                    <p>{tr!(l, more.data_text)}</p>
                    <a class="btn btn--quiet" href="/mina-uppgifter">
                        {tr!(l, more.data_more)}
                    </a>
                </section>
            </div>
            <div>
                <Password name=account.employee_number.clone() is_changed />
                <section aria-labelledby="about">
                    <h2 id="about">{tr!(l, more.about)}</h2>
                    <p>{tr!(l, more.about_text)}</p>
                    <p>
                        <a href="/tillganglighet">{tr!(l, more.statement)}</a>
                    </p>
                    <p class="small">
                        {tr!(l, more.version, version = env!("CARGO_PKG_VERSION")).to_string()}
                    </p>
                </section>
            </div>
        </div>
    }
    .into_any()
}

fn device(l: Locale, device: &Device, end: FormScreen) -> AnyView {
    let place = if device.is_shared { tr!(l, more.shared_device) } else { tr!(l, more.own_device) };
    let place = place.to_string();
    let name = if device.kind.is_empty() { place } else { format!("{}, {place}", device.kind) };
    let since = date(l, device.since);
    let text = if device.is_this {
        tr!(l, more.this, date = since.clone()).to_string()
    } else {
        tr!(l, more.since, since = since.clone(), seen = date(l, device.seen)).to_string()
    };
    let button = (!device.is_this).then(|| {
        let label = tr!(l, more.end_device_label, device = name.clone(), since = since).to_string();
        let id = device.id.clone();
        end.in_row(device.id.clone(), "", move |problem| {
            view! {
                {problem}
                <input type="hidden" name="device" value=id />
                <button class="btn btn--quiet" aria-label=label>
                    {tr!(l, more.end_device)}
                </button>
            }
            .into_any()
        })
    });
    view! {
        <li class="rows__item">
            <span>{name}</span>
            <span class="rows__meta">{text}</span>
            {button}
        </li>
    }
    .into_any()
}

fn devices(l: Locale, devices: &[Device], end: FormScreen, is_ended: bool) -> AnyView {
    let done = is_ended.then(|| told(Tone::Right, tr!(l, more.device_ended).to_string()));
    view! {
        <section aria-labelledby="devices">
            <h2 id="devices">{tr!(l, more.devices)}</h2>
            {done}
            <ul class="rows">{devices.iter().map(|of| device(l, of, end)).collect_view()}</ul>
            <div class="btns">
                <form method="post" action=form_address("/api/sign_out")>
                    <button class="btn">{icon(Icon::Out)} {tr!(l, more.sign_out)}</button>
                </form>
                <form method="post" action=form_address("/api/sign_out_everywhere")>
                    <button class="btn btn--quiet">{tr!(l, more.everywhere)}</button>
                </form>
            </div>
        </section>
    }
    .into_any()
}

/// Changing the password.
#[component]
fn Password(name: String, is_changed: bool) -> impl IntoView {
    let l = lang();
    // Sent again unasked, a change whose answer was lost would find its old password wrong.
    let form = FormScreen::to::<ChangePassword>().sent_by_hand();
    let is_done = RwSignal::new(is_changed);
    form.on_done(move |()| is_done.set(true));
    let done = move || is_done.get().then(|| told(Tone::Right, tr!(l, more.changed).to_string()));
    let is_shown = RwSignal::new(false);
    let fields = move |problem| {
        view! {
            {problem}
            // For password keepers: whose password it is. Not sent.
            <input type="text" autocomplete="username" value=name readonly hidden />
            {Field::new("old_password", tr!(l, more.old))
                .id("old_password")
                .password("current-password")
                .shown_if(is_shown)
                .view(form)}
            {Field::new("new_password", tr!(l, more.new))
                .id("new_password")
                .password("new-password")
                .hint(tr!(l, more.new_hint))
                .shown_if(is_shown)
                .view(form)}
            <label class="check check--small js">
                <input
                    type="checkbox"
                    on:change=move |event| is_shown.set(event_target_checked(&event))
                />
                <span>{tr!(l, more.show)}</span>
            </label>
            {form.button("btn btn--quiet", tr!(l, more.change))}
        }
        .into_any()
    };
    view! {
        <section aria-labelledby="password">
            <h2 id="password">{tr!(l, more.password)}</h2>
            {done}
            {form.view("form", fields)}
        </section>
    }
}

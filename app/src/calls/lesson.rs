//! Taking a lesson.

use std::collections::BTreeMap;

use kvarten_domain::lesson::{LessonOutline, Place, StepPage};
use leptos::{prelude::*, server_fn::codec::Postcard};

use super::WireError;

/// A lesson and how far one has come.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "lesson", input = Postcard, output = Postcard)]
pub async fn lesson(slug: String) -> Result<LessonOutline, WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.learner()?.lesson(&slug).await)
}

/// A step with its contents.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "step", input = Postcard, output = Postcard)]
pub async fn step(slug: String, number: u8) -> Result<StepPage, WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.learner()?.step(&slug, number).await)
}

/// Notes that a step is open.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "open_step", output = Postcard)]
pub async fn open_step(slug: String, number: u8) -> Result<(), WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.learner()?.open_step(&slug, number).await)
}

/// The items named in a checklist's form: `i0`, `i1` …
#[cfg(feature = "ssr")]
fn ticked(form: &BTreeMap<String, String>) -> Result<Vec<u8>, WireError> {
    use kvarten_domain::Fault;

    let item = |name: &String| name.strip_prefix('i').and_then(|number| number.parse().ok());
    let items: Option<Vec<u8>> = form.keys().map(item).collect();
    items.ok_or_else(|| {
        let fault = Fault::UnknownOption;
        super::request::fail(WireError::Invalid { field: "ticks".into(), fault })
    })
}

/// Notes that a step has been gone through; where to go next. `list` is set where the form is a
/// checklist, whose ticks come with it.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "finish_step", output = Postcard)]
pub async fn finish_step(
    slug: String,
    number: u8,
    #[server(default)] list: Option<String>,
    #[server(default)] ticks: BTreeMap<String, String>,
) -> Result<Place, WireError> {
    use super::request::{Request, form_goes_to, pass};

    let request = Request::signed_in().await?;
    let ticks = if list.is_some() { Some(ticked(&ticks)?) } else { None };
    let next = pass(request.learner()?.finish_step(&slug, number, ticks.as_deref()).await)?;
    form_goes_to(&next.path(&slug));
    Ok(next)
}

/// Ticks an item of a checklist (`on` is set), or takes the tick back.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "tick", output = Postcard)]
pub async fn tick(
    slug: String,
    number: u8,
    item: u8,
    #[server(default)] on: Option<String>,
) -> Result<(), WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.learner()?.tick(&slug, number, item, on.is_some()).await)
}

/// Keeps where in a film one is.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "watch", output = Postcard)]
pub async fn watch(slug: String, number: u8, seconds: u32) -> Result<(), WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.learner()?.watch(&slug, number, seconds).await)
}

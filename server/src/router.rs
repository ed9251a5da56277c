//! Everything that is answered over HTTP, and what every answer goes through.

use std::{any::Any, time::Duration};

use axum::{
    Router,
    http::StatusCode,
    middleware,
    response::Response,
    routing::{get, post},
};
use kvarten_app::calls::{CookieRules, WireError};
use kvarten_service::Services;
use leptos::config::LeptosOptions;
use tower::util::MapResponseLayer;
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate, SizeAbove},
    },
    timeout::TimeoutLayer,
};

use crate::{
    Failure, access_log,
    answers::refusal,
    asking::{self, Asking},
    config::HttpConfig,
    crowd::{self, Crowd},
    csrf::{self, Reading},
    headers, health, mail_stop, media, my_data, page_context,
    pages::Pages,
    session_store, site,
    trouble::{self, Troubles},
    unit_files,
};

/// How long it may take until an answer begins.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Answers below this size (in bytes) are not worth the work of compressing them.
const COMPRESS_ABOVE: u16 = 1_024;
/// Of a scale of 11. Pages are made anew every time: above this, a tenth of a kilobyte less costs
/// as much time as drawing the page.
const COMPRESSION: i32 = 4;

/// The application over a database, with the site's options.
///
/// Must be called within a Tokio runtime.
///
/// # Errors
/// A site that is not built.
pub fn router(
    services: &Services,
    options: &LeptosOptions,
    http: &HttpConfig,
) -> Result<Router, Failure> {
    let files = site::files(options)?;
    let troubles = Troubles::new(&files.style, CookieRules { is_secure: http.is_secure() });
    let pages = Pages::new(services, options, files, http);
    let sessions = session_store::layer(services, http.is_secure());
    // Without this there is no session, and with it none that is read for what others do.
    let with_sessions = |router: Router, reading: Reading| {
        let removal = MapResponseLayer::new(session_store::mark_removal_secure);
        let by_the_person = middleware::from_fn_with_state(reading, csrf::read_by_the_person);
        router.layer(sessions.clone()).layer(removal).layer(by_the_person)
    };
    // What is made for the one who asks.
    let in_time = |router: Router, reading: Reading| {
        let limit = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT);
        with_sessions(router, reading).layer(limit)
    };
    let dynamic = |router: Router| {
        let compression = CompressionLayer::new()
            .quality(CompressionLevel::Precise(COMPRESSION))
            .compress_when(SizeAbove::new(COMPRESS_ABOVE).and(NotForContentType::IMAGES));
        in_time(router, Reading::Pages).layer(compression)
    };
    let answered = pages
        .functions()
        .layer(middleware::from_fn(page_context::of_form))
        .merge(pages.router().layer(middleware::from_fn(page_context::of_page)))
        .layer(middleware::from_fn(session_store::last_as_long_as_asked))
        .route("/enhet.csv", get(unit_files::csv).with_state(services.clone()))
        .route("/enhet.xlsx", get(unit_files::xlsx).with_state(services.clone()))
        .route("/mejl/{word}", post(mail_stop::stop).with_state(services.clone()))
        .route("/mina-uppgifter.json", get(my_data::my_data).with_state(services.clone()));
    let not_found = dynamic(pages.not_found());

    let media = Router::new().route("/media/{id}", get(media::media)).with_state(services.clone());

    let guard = csrf::Guard::new(http.public_url.as_ref());
    let asking = Asking::new(http.public_url.as_ref());
    Ok(dynamic(answered)
        .merge(in_time(media, Reading::Media))
        .merge(health::router(services))
        .fallback_service(site::router(options, not_found))
        .layer(middleware::from_fn_with_state(guard, csrf::guard))
        .layer(CatchPanicLayer::custom(after_panic))
        .layer(middleware::from_fn_with_state(Crowd::new(http.trusted_proxies), crowd::share_out))
        .layer(middleware::from_fn_with_state(asking, asking::heed))
        .layer(middleware::from_fn_with_state(troubles, trouble::give_form))
        .layer(middleware::from_fn(access_log::access_log))
        .layer(MapResponseLayer::new(headers::adder(http))))
}

/// The panic itself has been printed by Rust.
fn after_panic(_panic: Box<dyn Any + Send + 'static>) -> Response {
    refusal(StatusCode::INTERNAL_SERVER_ERROR, WireError::Trouble)
}

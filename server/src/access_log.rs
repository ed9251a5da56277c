//! One line per request at the level `debug`: never an address, a query or a person.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use tracing::{Instrument, Level};

static REQUESTS: AtomicU64 = AtomicU64::new(1);

/// Logs method, route, status and time. What is logged meanwhile carries the request's number.
pub async fn access_log(request: Request, next: Next) -> Response {
    if !tracing::enabled!(Level::DEBUG) {
        return next.run(request).await;
    }
    let number = REQUESTS.fetch_add(1, Ordering::Relaxed);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("(site)", MatchedPath::as_str);
    let span = tracing::debug_span!("request", number, %method, route);
    let started = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::debug!(status = response.status().as_u16(), ms, "answered"));
    response
}

//! Whether the process lives, and whether it can work.

use std::time::Duration;

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use kvarten_service::{Services, StoreError};
use tokio::time::timeout;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// `/healthz` for whoever restarts the process, `/readyz` for whoever sends people to it.
pub fn router(services: &Services) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .with_state(services.clone())
}

async fn ready(State(services): State<Services>) -> Response {
    let reason = match timeout(PATIENCE, services.store().check_schema()).await {
        Ok(Ok(())) => return "ok\n".into_response(),
        // What a database says of itself is for the log, not for everybody.
        Ok(Err(StoreError::Database(error))) => {
            tracing::warn!(%error, "not ready");
            "the database does not answer".to_owned()
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => "the database does not answer".to_owned(),
    };
    (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")).into_response()
}

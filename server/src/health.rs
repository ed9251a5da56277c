//! Whether the process lives, and whether it can work.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use kvarten_service::{Services, StoreError};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the result of the write check is reused, which limits how often `/readyz` writes.
const HOLDS: Duration = Duration::from_secs(2);

/// `/healthz` for whoever restarts the process, `/readyz` for whoever sends people to it.
pub fn router(services: &Services) -> Router {
    let readiness = Arc::new(Readiness { services: services.clone(), written: Mutex::default() });
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .with_state(readiness)
}

/// The last write check: when, and its result.
struct Readiness {
    services: Services,
    written: Mutex<Option<(Instant, Result<(), String>)>>,
}

impl Readiness {
    /// Why the process cannot work.
    async fn check(&self) -> Result<(), String> {
        in_time(self.services.store().check_schema()).await?;
        // Concurrent requests share one check.
        let mut written = self.written.lock().await;
        if let Some((at, answer)) = &*written
            && at.elapsed() < HOLDS
        {
            return answer.clone();
        }
        let answer = in_time(self.services.store().check_writing()).await;
        *written = Some((Instant::now(), answer.clone()));
        answer
    }
}

async fn in_time(check: impl Future<Output = Result<(), StoreError>>) -> Result<(), String> {
    match timeout(PATIENCE, check).await {
        Ok(Ok(())) => Ok(()),
        // What a database says of itself is for the log, not for everybody.
        Ok(Err(StoreError::Database(error))) => {
            tracing::warn!(%error, "not ready");
            Err("the database does not answer".to_owned())
        }
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("the database does not answer".to_owned()),
    }
}

async fn ready(State(readiness): State<Arc<Readiness>>) -> Response {
    match readiness.check().await {
        Ok(()) => "ok\n".into_response(),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")).into_response(),
    }
}

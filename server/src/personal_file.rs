//! Files with people in them: on a shared tablet they stay behind, so their download there leads to a
//! warning first.

use axum::{
    http::Uri,
    response::{IntoResponse, Redirect, Response},
};
use kvarten_app::{
    calls::SHARED,
    files::{WARNED, shared_file_path},
};
use tower_sessions::Session;

use crate::answers::Trouble;

/// The way to the warning, where a file is asked for on a shared tablet and it has not been read.
///
/// # Errors
/// A session that cannot be read.
pub async fn warning(session: &Session, asked: &Uri) -> Result<Option<Response>, Trouble> {
    let is_shared = session.get::<bool>(SHARED).await?.unwrap_or(false);
    let is_warned = asked.query().is_some_and(|query| query.split('&').any(|it| it == WARNED));
    if !is_shared || is_warned {
        return Ok(None);
    }
    let path = asked.path_and_query().map_or(asked.path(), |path| path.as_str());
    Ok(Some(Redirect::to(&shared_file_path(path)).into_response()))
}

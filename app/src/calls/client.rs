//! How calls are sent from the browser: each says whose page it comes from, and only an answer that
//! is provably the server's own counts.

use std::{future::Future, mem};

use leptos::server_fn::{
    Bytes,
    client::{Client, browser::BrowserClient},
    request::browser::BrowserRequest,
    response::ClientRes,
};
use send_wrapper::SendWrapper;

use super::{ANSWER_TYPE, OWNER_HEADER, WireError};
use crate::form::page_owner;

/// What an answer means that is not the server's own. Nothing has been written then, as far as the
/// server is concerned; what was sent can be sent again.
pub(crate) const fn foreign_answer(status: u16) -> WireError {
    match status {
        413 => WireError::TooLarge,
        429 => WireError::Wait { seconds: 30 },
        500..=599 => WireError::Trouble,
        _ => WireError::Elsewhere,
    }
}

/// Whether an answer of this media type is the server's own.
pub(crate) fn is_own_answer(media_type: Option<&str>) -> bool {
    media_type == Some(ANSWER_TYPE)
}

/// Sends calls from the browser.
#[derive(Debug)]
pub struct KvartenClient;

/// An answer of the server, read to its end.
#[derive(Debug)]
pub struct Answer {
    status: u16,
    body: Bytes,
}

async fn send(mut request: BrowserRequest) -> Result<Answer, WireError> {
    if let Some(owner) = page_owner() {
        request.headers().set(OWNER_HEADER, &owner);
    }
    // `request` keeps its abort handle: dropping this future aborts the fetch.
    let stand_in = web_sys::Request::new_with_str("/").map_err(|_| WireError::Trouble)?;
    let sent = mem::replace(&mut *request, stand_in.into());
    let response = sent.send().await.map_err(|_| WireError::Offline)?;
    if !is_own_answer(response.headers().get("content-type").as_deref()) {
        return Err(foreign_answer(response.status()));
    }
    let body = response.binary().await.map_err(|_| WireError::Offline)?;
    Ok(Answer { status: response.status(), body: body.into() })
}

impl Client<WireError> for KvartenClient {
    type Request = BrowserRequest;
    type Response = Answer;

    fn send(request: BrowserRequest) -> impl Future<Output = Result<Answer, WireError>> + Send {
        SendWrapper::new(send(request))
    }

    fn open_websocket(
        path: &str,
    ) -> impl Future<
        Output = Result<
            (
                impl futures_util::Stream<Item = Result<Bytes, Bytes>> + Send + 'static,
                impl futures_util::Sink<Bytes> + Send + 'static,
            ),
            WireError,
        >,
    > + Send {
        <BrowserClient as Client<WireError>>::open_websocket(path)
    }

    fn spawn(future: impl Future<Output = ()> + Send + 'static) {
        <BrowserClient as Client<WireError>>::spawn(future);
    }
}

impl ClientRes<WireError> for Answer {
    async fn try_into_string(self) -> Result<String, WireError> {
        String::from_utf8(self.body.into()).map_err(|_| WireError::Elsewhere)
    }

    async fn try_into_bytes(self) -> Result<Bytes, WireError> {
        Ok(self.body)
    }

    fn try_into_stream(
        self,
    ) -> Result<
        impl futures_util::Stream<Item = Result<Bytes, Bytes>> + Send + Sync + 'static,
        WireError,
    > {
        Ok(futures_util::stream::iter([Ok(self.body)]))
    }

    fn status(&self) -> u16 {
        self.status
    }

    fn status_text(&self) -> String {
        String::new()
    }

    fn location(&self) -> String {
        String::new()
    }

    fn has_redirect(&self) -> bool {
        false
    }
}

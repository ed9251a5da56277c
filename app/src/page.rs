//! What a screen shows, on its way from the server.
//!
//! Every screen's data has another type; what carries it has one, so that the machinery behind it
//! is compiled once and not once per screen.

use std::{any::Any, future::Future, pin::Pin, sync::Arc};

use codee::{Decoder, Encoder, binary::PostcardCodec};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use crate::calls::WireError;

/// Turns a value whose type is forgotten into bytes.
type Encode = fn(&(dyn Any + Send + Sync)) -> Vec<u8>;

/// A screen's data, its type forgotten.
#[derive(Clone)]
pub enum Payload {
    /// As a call answered.
    Value(Arc<dyn Any + Send + Sync>, Encode),
    /// As it came with the page.
    Bytes(Arc<[u8]>),
}

fn encode<T: Serialize + 'static>(value: &(dyn Any + Send + Sync)) -> Vec<u8> {
    // Only the server sends pages; in the browser this would be code that nothing runs.
    if cfg!(feature = "ssr")
        && let Some(value) = value.downcast_ref::<T>()
    {
        return PostcardCodec::encode(value).unwrap_or_default();
    }
    Vec::new()
}

impl Payload {
    fn of<T: Serialize + Send + Sync + 'static>(value: T) -> Self {
        Self::Value(Arc::new(value), encode::<T>)
    }

    /// The data, if it is of this type.
    pub fn open<T: DeserializeOwned + Clone + 'static>(&self) -> Option<T> {
        match self {
            Self::Value(value, _) => value.downcast_ref::<T>().cloned(),
            Self::Bytes(bytes) => PostcardCodec::decode(bytes).ok(),
        }
    }
}

type Loaded = Result<Payload, WireError>;

/// Carries a page's data inside the page: a mark, then the data or the error.
pub struct Carrier;

/// The data in a page could not be read.
#[derive(Debug)]
pub struct Unreadable;

impl Encoder<Loaded> for Carrier {
    type Error = Unreadable;
    type Encoded = Vec<u8>;

    fn encode(loaded: &Loaded) -> Result<Vec<u8>, Unreadable> {
        let (mark, bytes) = match loaded {
            Ok(Payload::Value(value, encode)) => (0, encode(value.as_ref())),
            Ok(Payload::Bytes(bytes)) => (0, bytes.to_vec()),
            Err(error) => (1, PostcardCodec::encode(error).map_err(|_| Unreadable)?),
        };
        Ok(std::iter::once(mark).chain(bytes).collect())
    }
}

impl Decoder<Loaded> for Carrier {
    type Error = Unreadable;
    type Encoded = [u8];

    fn decode(bytes: &[u8]) -> Result<Loaded, Unreadable> {
        match bytes.split_first() {
            Some((0, data)) => Ok(Ok(Payload::Bytes(data.into()))),
            Some((_, error)) => PostcardCodec::decode(error).map(Err).map_err(|_| Unreadable),
            None => Err(Unreadable),
        }
    }
}

/// A screen's data: asked of the server while the page is drawn there, and sent along.
pub type Page = Resource<Loaded, Carrier>;

type Fetching = Pin<Box<dyn Future<Output = Loaded> + Send>>;

/// A screen's data, asked for again whenever the text it is asked with changes.
pub fn page_data<T, F>(
    source: impl Fn() -> String + Send + Sync + 'static,
    fetch: impl Fn(String) -> F + Send + Sync + 'static,
) -> Page
where
    T: Serialize + Send + Sync + 'static,
    F: Future<Output = Result<T, WireError>> + Send + 'static,
{
    let fetch = move |asked: String| -> Fetching {
        let fetching = fetch(asked);
        while_asked(Box::pin(async move { fetching.await.map(Payload::of) }))
    };
    carried(Box::new(source), Box::new(fetch))
}

/// Whoever asked for a page; hangs up when it is cancelled. A context on the server.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, Default)]
pub struct Asker(pub tokio_util::sync::CancellationToken);

/// Gives up fetching when whoever asked for the page hangs up.
#[cfg(feature = "ssr")]
fn while_asked(fetching: Fetching) -> Fetching {
    let Some(Asker(asker)) = use_context() else { return fetching };
    Box::pin(async move {
        let fetched = asker.run_until_cancelled(fetching).await;
        fetched.unwrap_or(Err(WireError::Trouble))
    })
}

#[cfg(not(feature = "ssr"))]
fn while_asked(fetching: Fetching) -> Fetching {
    fetching
}

fn carried(
    source: Box<dyn Fn() -> String + Send + Sync>,
    fetch: Box<dyn Fn(String) -> Fetching + Send + Sync>,
) -> Page {
    Resource::new_with_options(source, fetch, false)
}

//! Behind a proxy all connections are the proxy's: there requests under way are shared out, by the
//! address they come from.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::Response,
};
use kvarten_app::calls::WireError;

use crate::{
    answers::refusal,
    client_address::client_ip,
    guarded::Guarded,
    listen::{Network, Room, Shares},
};

/// How many requests may be under way.
const MOST: usize = 4_096;

/// Requests under way.
#[derive(Clone)]
pub struct Crowd {
    trusted_proxies: u8,
    shares: Arc<Mutex<Shares>>,
}

/// The place of a request, given back when it is dropped.
struct Place {
    networks: Vec<Network>,
    shares: Arc<Mutex<Shares>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        shares.give_back(&self.networks);
    }
}

impl Crowd {
    /// Behind so many proxies.
    pub fn new(trusted_proxies: u8) -> Self {
        Self { trusted_proxies, shares: Arc::new(Mutex::new(Shares::new(MOST))) }
    }

    fn place_for(&self, request: &Request) -> Option<Place> {
        let address = client_ip(request.headers(), request.extensions(), self.trusted_proxies);
        let networks = address.map(Network::all_of).unwrap_or_default();
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        (shares.room_for(&networks) == Room::Free).then(|| {
            shares.take(&networks);
            Place { networks, shares: Arc::clone(&self.shares) }
        })
    }
}

/// Refuses what comes from an address that has its share under way already.
pub async fn share_out(State(crowd): State<Crowd>, request: Request, next: Next) -> Response {
    // Without a proxy, connections are shared out.
    if crowd.trusted_proxies == 0 {
        return next.run(request).await;
    }
    let Some(place) = crowd.place_for(&request) else {
        tracing::debug!("refused a request: its network has its share under way");
        return refusal(StatusCode::SERVICE_UNAVAILABLE, WireError::Busy);
    };
    next.run(request).await.map(|body| Body::new(Guarded::new(body, place)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(from: &str) -> Request {
        let request = Request::get("/").header("x-forwarded-for", from);
        request.body(Body::empty()).expect("a request")
    }

    #[test]
    fn one_address_takes_its_share_and_leaves_the_rest() {
        let crowd = Crowd::new(1);
        let all = |from| -> Vec<Place> {
            std::iter::from_fn(|| crowd.place_for(&request(from))).collect()
        };
        let greedy = all("192.0.2.1");
        let share = greedy.len();
        assert!((MOST / 3..=MOST / 2).contains(&share), "{share}");
        assert!(crowd.place_for(&request("192.0.2.2")).is_some());
        drop(greedy);
        assert_eq!(all("192.0.2.2").len(), share);
    }
}

//! Accepts connections: how many at once, in all and of one address, how long a head may take, who is at the other end.
//!
//! The body's pace is watched in [`crate::server`]; a proxy in front is still the place for TLS.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::front::{Front, network};

/// Connections at once; more wait in the system's queue. A clinic's browsers are a few hundred.
const CONNECTIONS: usize = 16_384;
/// Time for a request's head, and the longest an idle connection is kept.
const HEAD: Duration = Duration::from_secs(20);
/// What is under way when the server is asked to stop may take this long.
const LAST: Duration = Duration::from_secs(10);

/// The other end of the connection, as an extension of each request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// How many connections each address has, where they are counted.
#[derive(Clone, Debug, Default)]
struct Held(Arc<Mutex<BTreeMap<IpAddr, usize>>>);

/// One connection of an address, counted until it is dropped.
struct Place {
    held: Held,
    address: IpAddr,
}

impl Held {
    /// A place for one more, unless the address has `most` already.
    fn place(&self, address: IpAddr, most: usize) -> Option<Place> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(address).or_insert(0);
        if *count >= most {
            return None;
        }
        *count += 1;
        if *count == most {
            // Once for each time that it fills up; the address itself is nobody's business in a log.
            tracing::warn!(most, "one address holds as many connections as it may; more of it are closed");
        }
        Some(Place { held: self.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut all = self.held.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.address);
            }
        }
    }
}

/// Serves until `stop` is done, then lets requests under way finish.
pub async fn serve(listener: TcpListener, router: Router, front: &Front, stop: impl Future<Output = ()>) {
    let held = Held::default();
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = async {
            // The semaphore is never closed, so a permit always comes.
            let permit = Arc::clone(&room).acquire_owned().await.ok();
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut stop => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, or a peer that went away while waiting: the next may fare better.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let place = match front.room(address.ip()) {
            None => None,
            Some(most) => match held.place(network(address.ip()), most) {
                Some(place) => Some(place),
                // Closed without a word: whoever holds that many reads none.
                None => continue,
            },
        };
        // Answers are written whole; waiting for more bytes only adds delay.
        stream.set_nodelay(true).ok();
        let inner = TowerToHyperService::new(router.clone());
        let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(Peer(address.ip()));
            inner.call(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A connection that breaks is the peer's affair; nothing was acknowledged that is not kept.
            connection.await.ok();
            drop((permit, place));
        });
    }
    tokio::time::timeout(LAST, graceful.shutdown()).await.ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_holds_so_many_connections_and_others_are_served() {
        let held = Held::default();
        let (one, other): (IpAddr, IpAddr) = ("203.0.113.7".parse().unwrap(), "203.0.113.8".parse().unwrap());
        let mut places: Vec<Place> = (0..3).map(|_| held.place(one, 3).expect("there is room")).collect();
        assert!(held.place(one, 3).is_none());
        assert!(held.place(other, 3).is_some());
        places.pop();
        assert!(held.place(one, 3).is_some(), "one has ended");
        drop(places);
        assert!(held.0.lock().unwrap().is_empty());
    }

    #[test]
    fn a_proxy_and_this_machine_are_not_counted() {
        let front = Front::of(&["10.0.0.3".parse().unwrap()], 7);
        let room = |text: &str| front.room(text.parse().unwrap());
        assert_eq!((room("10.0.0.3"), room("127.0.0.1"), room("10.0.0.4")), (None, None, Some(7)));
    }
}

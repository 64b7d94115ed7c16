//! How many passwords may be tried: a few at a time in all, and so many a minute from one address.
//!
//! Each try costs a deliberately slow hash. Waiting for it must not take the threads that serve pages, and guessing
//! across many accounts from one place must not pay. A single account has its own wait (`care::accounts`). A browser that
//! has signed in before, and a session that is locked, count for themselves: who shares their network keeps nobody out.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use continuo_care::accounts::Secret;

use crate::front::network;
use crate::problem::Problem;
use crate::request::Request;

/// Tries from one place in one window: a clinic behind one address signs in together at eight.
const MOST: u32 = 60;
/// The window, in microseconds.
const WINDOW: i64 = 60_000_000;
/// Hashes under way at once.
const AT_ONCE: usize = 4;
/// Calls to the sign-in provider under way at once: apart, so that a provider that hangs keeps no password waiting.
const CALLS_AT_ONCE: usize = 8;
/// Places remembered; beyond it the oldest windows are forgotten.
const PLACES: usize = 20_000;

/// What tries are counted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Address(IpAddr),
    /// The hash of a secret that the server has given and found again.
    Known(String),
}

/// The tries of all places.
#[derive(Debug, Default)]
pub(crate) struct Tries {
    under_way: AtomicUsize,
    calls: AtomicUsize,
    by_place: Mutex<BTreeMap<Place, (i64, u32)>>,
}

/// A try that may go on; it counts as under way until it is dropped.
#[derive(Debug)]
pub(crate) struct Try<'a>(&'a AtomicUsize);

impl Drop for Try<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Tries {
    /// Lets a try go on, or says why not (429 from this address, 503 for everybody).
    pub(crate) fn begin(&self, request: &Request, now: i64) -> Result<Try<'_>, Problem> {
        self.begin_from(address(request).map(Place::Address), now)
    }

    /// The same for a sign-in through the provider, which costs a call instead of a hash.
    pub(crate) fn begin_call(&self, request: &Request, now: i64) -> Result<Try<'_>, Problem> {
        self.counted(address(request).map(Place::Address), now)?;
        under_way(&self.calls, CALLS_AT_ONCE)
    }

    /// The same for whoever presents this secret, which the server has given and found again.
    pub(crate) fn begin_known(&self, secret: &str, now: i64) -> Result<Try<'_>, Problem> {
        self.begin_from(Some(Place::Known(Secret::hash(secret))), now)
    }

    fn begin_from(&self, place: Option<Place>, now: i64) -> Result<Try<'_>, Problem> {
        self.counted(place, now)?;
        under_way(&self.under_way, AT_ONCE)
    }

    fn counted(&self, place: Option<Place>, now: i64) -> Result<(), Problem> {
        if place.is_none_or(|place| self.count(place, now)) {
            return Ok(());
        }
        let sentence = "Too many tries from this network. Please wait a minute and try again.";
        Err(Problem::status(429, "throttled", sentence))
    }

    fn count(&self, place: Place, now: i64) -> bool {
        let mut all = self.by_place.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if all.len() >= PLACES && !all.contains_key(&place) {
            all.retain(|_, (since, _)| *since + WINDOW > now);
            if all.len() >= PLACES {
                return false;
            }
        }
        let (since, count) = all.entry(place).or_insert((now, 0));
        if *since + WINDOW <= now {
            (*since, *count) = (now, 0);
        }
        *count += 1;
        *count <= MOST
    }
}

fn under_way(count: &AtomicUsize, most: usize) -> Result<Try<'_>, Problem> {
    if count.fetch_add(1, Ordering::AcqRel) >= most {
        count.fetch_sub(1, Ordering::AcqRel);
        return Err(Problem::status(503, "throttled", "Many people are signing in. Please try again in a moment."));
    }
    Ok(Try(count))
}

/// Whose try it is, as far as the network says.
pub(crate) fn address(request: &Request) -> Option<IpAddr> {
    request.peer.map(network)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Pairs;

    fn from(peer: &str) -> Request {
        Request {
            method: "POST".into(),
            path: "/sign-in".into(),
            params: vec![],
            query: Pairs::default(),
            raw_query: String::new(),
            headers: vec![],
            body: vec![],
            peer: peer.parse().ok(),
        }
    }

    #[test]
    fn one_address_waits_while_others_go_on() {
        let tries = Tries::default();
        for _ in 0..MOST {
            tries.begin(&from("203.0.113.7"), 0).unwrap();
        }
        assert_eq!(tries.begin(&from("203.0.113.7"), 1).unwrap_err().status, 429);
        tries.begin(&from("203.0.113.8"), 1).unwrap();
        tries.begin(&from("203.0.113.7"), WINDOW).unwrap();
    }

    #[test]
    fn a_known_browser_counts_for_itself() {
        let tries = Tries::default();
        for _ in 0..=MOST {
            tries.begin(&from("203.0.113.7"), 0).ok();
        }
        for _ in 0..MOST {
            tries.begin_known("a secret", 1).unwrap();
        }
        assert_eq!(tries.begin_known("a secret", 1).unwrap_err().status, 429);
        tries.begin_known("another", 1).unwrap();
    }

    #[test]
    fn few_hashes_run_at_once() {
        let tries = Tries::default();
        let held: Vec<_> = (0..AT_ONCE).map(|_| tries.begin(&from("203.0.113.7"), 0).unwrap()).collect();
        assert_eq!(tries.begin(&from("203.0.113.8"), 0).unwrap_err().status, 503);
        drop(held);
        tries.begin(&from("203.0.113.8"), 0).unwrap();
    }

    #[test]
    fn a_provider_that_hangs_keeps_no_password_waiting() {
        let tries = Tries::default();
        let held: Vec<_> = (0..CALLS_AT_ONCE).map(|_| tries.begin_call(&from("203.0.113.7"), 0).unwrap()).collect();
        assert_eq!(tries.begin_call(&from("203.0.113.8"), 0).unwrap_err().status, 503);
        tries.begin(&from("203.0.113.8"), 0).unwrap();
        drop(held);
        tries.begin_call(&from("203.0.113.8"), 0).unwrap();
    }
}

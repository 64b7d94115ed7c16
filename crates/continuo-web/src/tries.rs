//! How many passwords may be tried: a few at a time in all, and so many a minute from one address.
//!
//! Each try costs a deliberately slow hash. Waiting for it must not take the threads that serve pages, and guessing
//! across many accounts from one place must not pay. A single account has its own wait (`care::accounts`).

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::problem::Problem;
use crate::request::Request;

/// Tries from one address in one window: a clinic behind one address signs in together at eight.
const MOST: u32 = 60;
/// The window, in microseconds.
const WINDOW: i64 = 60_000_000;
/// Hashes under way at once.
const AT_ONCE: usize = 4;
/// Addresses remembered; beyond it the oldest windows are forgotten.
const ADDRESSES: usize = 20_000;

/// The tries of all addresses.
#[derive(Debug, Default)]
pub(crate) struct Tries {
    under_way: AtomicUsize,
    by_address: Mutex<BTreeMap<IpAddr, (i64, u32)>>,
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
        if let Some(address) = address(request)
            && !self.count(address, now)
        {
            let sentence = "Too many tries from this network. Please wait a minute and try again.";
            return Err(Problem::status(429, "throttled", sentence));
        }
        if self.under_way.fetch_add(1, Ordering::AcqRel) >= AT_ONCE {
            self.under_way.fetch_sub(1, Ordering::AcqRel);
            return Err(Problem::status(503, "throttled", "Many people are signing in. Please try again in a moment."));
        }
        Ok(Try(&self.under_way))
    }

    fn count(&self, address: IpAddr, now: i64) -> bool {
        let mut all = self.by_address.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if all.len() >= ADDRESSES && !all.contains_key(&address) {
            all.retain(|_, (since, _)| *since + WINDOW > now);
            if all.len() >= ADDRESSES {
                return false;
            }
        }
        let (since, count) = all.entry(address).or_insert((now, 0));
        if *since + WINDOW <= now {
            (*since, *count) = (now, 0);
        }
        *count += 1;
        *count <= MOST
    }
}

/// Whose try it is: the peer, or behind a proxy on this machine the address that the proxy names last. An IPv6 host has
/// a whole /64 to choose from, so that counts as one.
fn address(request: &Request) -> Option<IpAddr> {
    let peer = request.peer?;
    let named = request.header("x-forwarded-for").filter(|_| peer.is_loopback());
    let named = named.and_then(|list| list.rsplit(',').next()).and_then(|last| last.trim().parse().ok());
    Some(match named.unwrap_or(peer) {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Pairs;

    fn from(peer: &str, forwarded: Option<&str>) -> Request {
        Request {
            method: "POST".into(),
            path: "/sign-in".into(),
            params: vec![],
            query: Pairs::default(),
            raw_query: String::new(),
            headers: forwarded.map(|v| ("x-forwarded-for".to_owned(), v.to_owned())).into_iter().collect(),
            body: vec![],
            peer: peer.parse().ok(),
        }
    }

    #[test]
    fn one_address_waits_while_others_go_on() {
        let tries = Tries::default();
        for _ in 0..MOST {
            tries.begin(&from("203.0.113.7", None), 0).unwrap();
        }
        assert_eq!(tries.begin(&from("203.0.113.7", None), 1).unwrap_err().status, 429);
        tries.begin(&from("203.0.113.8", None), 1).unwrap();
        tries.begin(&from("203.0.113.7", None), WINDOW).unwrap();
    }

    #[test]
    fn only_a_proxy_on_this_machine_may_name_the_address() {
        assert_eq!(address(&from("127.0.0.1", Some("198.51.100.1, 203.0.113.9"))), "203.0.113.9".parse().ok());
        assert_eq!(address(&from("203.0.113.7", Some("198.51.100.1"))), "203.0.113.7".parse().ok());
        assert_eq!(address(&from("2001:db8::1:2:3:4", None)), address(&from("2001:db8::9", None)));
    }

    #[test]
    fn few_hashes_run_at_once() {
        let tries = Tries::default();
        let held: Vec<_> = (0..AT_ONCE).map(|_| tries.begin(&from("203.0.113.7", None), 0).unwrap()).collect();
        assert_eq!(tries.begin(&from("203.0.113.8", None), 0).unwrap_err().status, 503);
        drop(held);
        tries.begin(&from("203.0.113.8", None), 0).unwrap();
    }
}

//! What every handler is given: the use cases and the settings of this server.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use continuo_care::Care;
use tokio::sync::{Semaphore, watch};

use crate::front::Front;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::Route;
use crate::tries::Tries;

/// Who is told of danger now, by organization and person.
pub(crate) type Told = Arc<BTreeSet<(i64, String)>>;

/// Readers at once for each core: some wait for the disk while others compute.
const TURNS_A_CORE: usize = 3;

/// A running server.
pub struct App {
    /// The use cases' services.
    pub care: Arc<Care>,
    /// Whether the session cookie is sent over TLS only: everywhere but on the loopback address.
    pub secure_cookies: bool,
    /// Draws a problem for a person.
    pub error_page: fn(&App, &Request, &Problem) -> Reply,
    /// Turns for those who read: a few more than there are cores, first come first served. Fifty readers side by side on
    /// two cores would all be slow; in a row each waits its turn and the slowest waits little longer than the others.
    pub(crate) turns: Semaphore,
    /// What stands in front of this server.
    pub(crate) front: Front,
    /// Passwords tried.
    pub(crate) tries: Tries,
    /// Further pages of searches that were posted.
    pub(crate) pages: crate::fhir::paging::Pages,
    /// Bulk exports that were cancelled.
    pub(crate) ended_exports: crate::fhir::export::Ended,
    routes: Vec<Route>,
    changes: watch::Sender<i64>,
    last: AtomicI64,
    told: watch::Sender<Told>,
}

impl App {
    /// A server of these services with all routes of the product.
    pub fn new(care: Arc<Care>, secure_cookies: bool) -> Arc<Self> {
        Self::behind(care, secure_cookies, Front::default())
    }

    /// The same behind a proxy, or with an address of its own.
    pub fn behind(care: Arc<Care>, secure_cookies: bool, front: Front) -> Arc<Self> {
        let routes = crate::routes();
        let (changes, _) = watch::channel(0);
        let (told, _) = watch::channel(Told::default());
        let error_page = crate::pages::problem::reply;
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let turns = cores * TURNS_A_CORE;
        Arc::new(Self {
            care,
            secure_cookies,
            error_page,
            turns: Semaphore::new(turns),
            front,
            tries: Tries::default(),
            pages: crate::fhir::paging::Pages::default(),
            ended_exports: crate::fhir::export::Ended::default(),
            routes,
            changes,
            last: AtomicI64::new(0),
            told,
        })
    }

    /// Whether as many read as may: whoever comes next waits for a turn.
    pub fn is_crowded(&self) -> bool {
        self.turns.available_permits() == 0
    }

    /// The route table.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// Follows what changes, for live pages.
    pub(crate) fn changes(&self) -> watch::Receiver<i64> {
        self.changes.subscribe()
    }

    /// Follows who is told of danger, for live pages.
    pub(crate) fn told(&self) -> watch::Receiver<Told> {
        self.told.subscribe()
    }

    /// Tells live pages who is told of danger now.
    pub(crate) fn tell(&self, told: Told) {
        self.told.send_replace(told);
    }

    /// Tells live pages that the record has moved on. Called by the watcher in `live`.
    pub(crate) fn announce(&self, change: i64) {
        if self.last.swap(change, Ordering::AcqRel) != change {
            self.changes.send_replace(change);
        }
    }
}

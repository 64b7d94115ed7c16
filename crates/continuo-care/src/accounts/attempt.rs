//! Tries of a password, counted before they are judged: tries side by side share one count, so that none of them gets
//! past the wait.
//!
//! A browser that has signed in to the account, and a session that only has to be unlocked, wait for their own wrong
//! tries and for nobody else's: whoever knows a login name cannot keep its owner out. Everybody else waits twice: with
//! their address, and with all strangers together, so that many addresses guess no faster than one
//! (OWASP Authentication Cheat Sheet and "Slow Down Online Guessing Attacks with Device Cookies").

use continuo_store::tables::account::{self, Account};
use continuo_store::tables::sign_in_place as places;
use continuo_store::{Error, OrgId, WriteContext, WriteTx};

use super::secret::Secret;
use crate::ctx::Care;

/// Wrong tries in a row from one place before it waits.
const FREE_TRIES: i64 = 5;
/// Wrong tries in a row of all strangers together before all of them wait: well under the hundred that NIST SP 800-63B,
/// section 5.2.2, allows an account.
const FREE_TRIES_OF_STRANGERS: i64 = 50;
/// Browsers remembered for one account.
const BROWSERS: i64 = 50;
const SECOND: i64 = 1_000_000;
/// Wrong tries of an address or a session are forgotten after a day without another.
const FORGOTTEN: i64 = 24 * 60 * 60 * SECOND;

/// Where a try comes from, as whoever serves it knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The secret by which a browser is known again; empty: none.
    pub browser: String,
    /// The address of the other end, or the network that it stands for.
    pub address: String,
}

/// A browser's secret is presented like this at most.
const LONGEST: usize = 200;

impl Origin {
    /// The browser, as it is kept.
    pub(super) fn browser(&self) -> Option<String> {
        let given = self.browser.as_str();
        (!given.is_empty() && given.len() <= LONGEST).then(|| format!("browser {}", Secret::hash(given)))
    }

    /// The address, as it is kept: a hash, since nobody has to read it.
    fn address(&self) -> String {
        format!("address {}", Secret::hash(&format!("address of a try {}", self.address)))
    }
}

/// A try that was let in and counted as wrong until it is settled.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    place: String,
    /// The wait that this try itself began there, 0 for none.
    until: i64,
    /// The wait of all strangers that it began; `None` where they do not count.
    strangers: Option<i64>,
}

/// Counts a try by password from outside a session. `None` while it has to wait or the account is not there: such a try
/// does not count and must not be judged.
pub(super) fn count(care: &Care, who: &Account, from: &Origin, action: &str) -> Result<Option<Attempt>, Error> {
    let (browser, address) = (from.browser(), from.address());
    counted(care, who, action, move |tx, org, id| {
        if let Some(browser) = browser
            && places::place(tx.conn()?, org, id, &browser)?.is_some_and(|place| place.known)
        {
            return Ok((browser, false));
        }
        Ok((address, true))
    })
}

/// Counts a try within a session, to unlock it or to change the password.
pub(super) fn count_in_session(care: &Care, who: &Account, hash: &str, action: &str) -> Result<Option<Attempt>, Error> {
    let place = format!("session {hash}");
    counted(care, who, action, move |_, _, _| Ok((place, false)))
}

fn counted(
    care: &Care,
    who: &Account,
    action: &str,
    from: impl FnOnce(&mut WriteTx<'_>, OrgId, i64) -> Result<(String, bool), Error> + Send + 'static,
) -> Result<Option<Attempt>, Error> {
    let (org, id): (OrgId, i64) = (who.org, who.id);
    let committed = care.store.write(&WriteContext::new(org, &who.reference, action), move |tx| {
        let now = tx.now();
        let (place, is_stranger) = from(tx, org, id)?;
        let conn = tx.conn()?;
        let Some(account) = account::account_by_id(conn, org, id)?.filter(|account| account.active) else {
            return Ok(None);
        };
        let waits = places::place(conn, org, id, &place)?.is_some_and(|place| place.locked_until > now);
        if waits || (is_stranger && account.locked_until > now) {
            return Ok(None);
        }
        // Tries stand in the audit, so that those without a "sign in" after them can be found.
        tx.commit_id();
        let conn = tx.conn()?;
        places::forget_before(conn, org, id, now - FORGOTTEN)?;
        let wait = |free: i64| move |failed: i64| waits_until(failed, free, now);
        let until = places::note_failure(conn, org, id, &place, now, wait(FREE_TRIES))?;
        let strangers =
            if is_stranger { Some(account::note_failure(conn, org, id, wait(FREE_TRIES_OF_STRANGERS))?) } else { None };
        Ok(Some(Attempt { place, until, strangers }))
    })?;
    Ok(committed.value)
}

impl Attempt {
    /// Whether its place, as it is now, waits because of tries that came after this one.
    pub(super) fn is_overtaken(&self, tx: &mut WriteTx<'_>, current: &Account) -> Result<bool, Error> {
        let now = tx.now();
        let later = |locked_until: i64, own: i64| locked_until > now && locked_until > own;
        if self.strangers.is_some_and(|own| later(current.locked_until, own)) {
            return Ok(true);
        }
        let place = places::place(tx.conn()?, current.org, current.id, &self.place)?;
        Ok(place.is_some_and(|place| later(place.locked_until, self.until)))
    }

    /// It was right: what its place failed before is forgotten, and what strangers failed if it came from one of them.
    pub(super) fn was_right(&self, tx: &mut WriteTx<'_>, current: &Account) -> Result<(), Error> {
        let conn = tx.conn()?;
        places::note_success(conn, current.org, current.id, &self.place)?;
        if self.strangers.is_some() {
            account::note_success(conn, current.org, current.id)?;
        }
        Ok(())
    }
}

/// Whether somebody has signed in by password from this browser.
pub fn is_known(care: &Care, from: &Origin) -> Result<bool, Error> {
    match from.browser() {
        Some(place) => care.store.read(|r| places::is_known(r.conn(), &place)),
        None => Ok(false),
    }
}

/// Notes that somebody signed in from a browser, which waits for nobody else's tries from now on.
pub(super) fn know(tx: &mut WriteTx<'_>, current: &Account, browser: &str) -> Result<(), Error> {
    let now = tx.now();
    places::know(tx.conn()?, current.org, current.id, browser, now, BROWSERS)
}

/// 30 s from the last free try on, doubling with each further one, at most 15 minutes.
fn waits_until(failed: i64, free: i64, now: i64) -> i64 {
    if failed < free {
        return 0;
    }
    now + (30 * SECOND * (1 << (failed - free).clamp(0, 5))).min(15 * 60 * SECOND)
}

//! Tries of a password, counted before they are judged: tries side by side share one count, so that none of them gets
//! past the wait.

use continuo_store::tables::account::{self, Account};
use continuo_store::{Error, OrgId, WriteContext};

use crate::ctx::Care;

/// Wrong tries in a row before the account waits.
const FREE_TRIES: i64 = 5;
const SECOND: i64 = 1_000_000;

/// A try that was let in and counted as wrong until it is settled.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    /// The wait that this try itself began, 0 for none.
    until: i64,
}

/// Counts a try. `None` while the account waits or is not there: such a try does not count and must not be judged.
pub(super) fn count(care: &Care, who: &Account, action: &str) -> Result<Option<Attempt>, Error> {
    let (org, id): (OrgId, i64) = (who.org, who.id);
    let committed = care.store.write(&WriteContext::new(org, &who.reference, action), move |tx| {
        let now = tx.now();
        let conn = tx.conn()?;
        let found = account::account_by_id(conn, org, id)?.filter(|a| a.active && a.locked_until <= now);
        if found.is_none() {
            return Ok(None);
        }
        // Tries stand in the audit, so that those without a "sign in" after them can be found.
        tx.commit_id();
        let conn = tx.conn()?;
        let until = account::note_failure(conn, org, id, |failed| waits_until(failed, now))?;
        Ok(Some(Attempt { until }))
    })?;
    Ok(committed.value)
}

impl Attempt {
    /// Whether the account, as it is now, waits because of tries that came after this one.
    pub(super) fn is_overtaken(self, current: &Account, now: i64) -> bool {
        current.locked_until > now && current.locked_until > self.until
    }
}

/// 30 s from the fifth try on, doubling with each further one, at most 15 minutes.
fn waits_until(failed: i64, now: i64) -> i64 {
    if failed < FREE_TRIES {
        return 0;
    }
    now + (30 * SECOND * (1 << (failed - FREE_TRIES).clamp(0, 5))).min(15 * 60 * SECOND)
}

//! Profiles that comparing keeps between snapshots: reading a record's facts and normalizing its names costs several times
//! as much as comparing it, and in a clinic the same records meet every new one of a common name.
//!
//! A kept profile is that of the newest version: what changed since the last snapshot is forgotten before the next one
//! uses it. Bounded by two generations; what was not met for a whole generation goes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use continuo_identity::profile::Profile;
use continuo_store::{ChangeSeq, Reader, Result, Rid};

use crate::chart::PATIENT;
use crate::ctx::Ctx;

/// Profiles of one generation; some 20 MB of both.
const MOST: usize = 16_384;
/// Changes of others after which all is forgotten rather than looked through.
const FAR: i64 = 100_000;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Fresh {
    as_of: i64,
    young: BTreeMap<Rid, Arc<Profile>>,
    old: BTreeMap<Rid, Arc<Profile>>,
}

/// The profiles kept of an organization.
pub(super) fn of(ctx: &Ctx) -> Result<Arc<Mutex<Fresh>>> {
    ctx.store().remembered("identity profiles", ctx.org, 0, || Ok(Mutex::new(Fresh::default())))
}

impl Fresh {
    /// Brings what is kept to a snapshot: every record that changed since the last one is forgotten.
    pub(super) fn bring_to(&mut self, reader: &mut Reader<'_>, ctx: &Ctx, change: ChangeSeq) -> Result<()> {
        if change.0 < self.as_of || change.0 - self.as_of > FAR {
            self.young.clear();
            self.old.clear();
        } else if change.0 > self.as_of && !(self.young.is_empty() && self.old.is_empty()) {
            for rid in reader.changed_after(ctx.org, PATIENT, ChangeSeq(self.as_of))? {
                self.young.remove(&rid);
                self.old.remove(&rid);
            }
        }
        self.as_of = change.0;
        Ok(())
    }

    pub(super) fn get(&mut self, rid: Rid) -> Option<Arc<Profile>> {
        if let Some(found) = self.young.get(&rid) {
            return Some(Arc::clone(found));
        }
        let found = self.old.remove(&rid)?;
        self.put(rid, Arc::clone(&found));
        Some(found)
    }

    pub(super) fn put(&mut self, rid: Rid, profile: Arc<Profile>) {
        if self.young.len() >= MOST {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(rid, profile);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_met_again_stays_and_the_rest_goes() {
        let mut fresh = Fresh::default();
        let profile = || Arc::new(Profile::default());
        for rid in 0..=MOST as i64 {
            fresh.put(Rid(rid), profile());
        }
        assert!(fresh.get(Rid(0)).is_some(), "of the generation before");
        for rid in 0..MOST as i64 {
            fresh.put(Rid(1_000_000 + rid), profile());
        }
        assert!(fresh.get(Rid(0)).is_some(), "met since");
        assert!(fresh.get(Rid(1)).is_none());
        assert!(fresh.young.len() + fresh.old.len() <= 2 * MOST);
    }
}

//! The threads behind a server: each does its rounds until the process ends.
//!
//! While a thread rests it holds nothing of the server, so that the store closes when the server has ended. A round that
//! fails or panics is logged and tried again: the record goes on to be assessed and danger to be told.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use continuo_care::{Care, StoreError};

/// How long a thread rests when there may be more. A round takes what came meanwhile: without this, changes that come
/// one by one would each get a round and a commit of its own, and whoever writes would wait for those.
const BREATH: Duration = Duration::from_millis(10);
/// How long a thread rests after a failure, so that a broken database does not fill the log.
const AFTER_FAILURE: Duration = Duration::from_secs(10);

/// One thread.
pub(crate) struct Rounds {
    /// Its name for the operating system.
    pub(crate) name: &'static str,
    /// How long it rests when there is nothing to do.
    pub(crate) idle: Duration,
    /// What a failure means, for the log.
    pub(crate) failure: &'static str,
}

impl Rounds {
    /// Starts the thread. A round says whether there is more to do at once.
    pub(crate) fn start<F>(self, care: &Arc<Care>, mut round: F) -> std::io::Result<()>
    where
        F: FnMut(&Arc<Care>) -> Result<bool, StoreError> + Send + 'static,
    {
        let care = Arc::downgrade(care);
        std::thread::Builder::new().name(self.name.to_owned()).spawn(move || {
            loop {
                let Some(care) = care.upgrade() else { return };
                let rest = self.rest(|| round(&care));
                drop(care);
                std::thread::sleep(rest);
            }
        })?;
        Ok(())
    }

    /// Does one round; how long to rest after it.
    fn rest(&self, round: impl FnOnce() -> Result<bool, StoreError>) -> Duration {
        // What a round leaves behind in memory is a cache; everything else is in commits, which are whole or not there.
        match catch_unwind(AssertUnwindSafe(round)) {
            Ok(Ok(true)) => BREATH,
            Ok(Ok(false)) => self.idle,
            Ok(Err(error)) => {
                tracing::error!(%error, "{}", self.failure);
                AFTER_FAILURE
            }
            Err(_) => {
                tracing::error!("{}: a fault in the program, told above", self.failure);
                AFTER_FAILURE
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_that_fails_or_panics_is_not_the_last() {
        let idle = Duration::from_millis(150);
        let rounds = Rounds { name: "test", idle, failure: "nothing was done; trying again" };
        assert_eq!(rounds.rest(|| Ok(true)), BREATH);
        assert_eq!(rounds.rest(|| Ok(false)), idle);
        assert_eq!(rounds.rest(|| Err(StoreError::Refused("no".to_owned()))), AFTER_FAILURE);
        assert_eq!(rounds.rest(|| panic!("on purpose")), AFTER_FAILURE);
    }
}

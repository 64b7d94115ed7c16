//! The thread that assesses people: it follows the change feed, the clocks and the night, and ends with the process.

use std::sync::Arc;
use std::time::Duration;

use continuo_care::assess::worker;
use continuo_care::{Care, measures, setup};

/// How often an idle thread looks for changes: a discharge message is on the list well within a second.
const IDLE: Duration = Duration::from_millis(150);
/// How long it rests after a failure, so that a broken database does not fill the log.
const AFTER_FAILURE: Duration = Duration::from_secs(10);

/// Starts the thread.
pub(crate) fn start(care: &Arc<Care>) -> std::io::Result<()> {
    let care = Arc::downgrade(care);
    std::thread::Builder::new().name("assess".to_owned()).spawn(move || {
        loop {
            let Some(care) = care.upgrade() else { return };
            let rest = match once(&care) {
                Ok(true) => Duration::ZERO,
                Ok(false) => IDLE,
                Err(error) => {
                    tracing::error!(%error, "people could not be assessed; trying again");
                    AFTER_FAILURE
                }
            };
            drop(care);
            std::thread::sleep(rest);
        }
    })?;
    Ok(())
}

/// One round for each organization; whether there is more to do at once.
fn once(care: &Arc<Care>) -> Result<bool, continuo_care::StoreError> {
    let mut more = false;
    for org in setup::organizations(care)? {
        more |= worker::round(&setup::machine(care, org, "assess")?)?.more;
        // Measures come after the rules: people's work first, figures when it is done.
        if !more {
            more |= measures::round::round(&setup::machine(care, org, "measures")?)?.more;
        }
    }
    Ok(more)
}

//! The thread that assesses people: it follows the change feed, the clocks and the night, and ends with the process.

use std::sync::Arc;
use std::time::Duration;

use continuo_care::assess::worker;
use continuo_care::{Care, measures, setup};

use crate::rounds::Rounds;

/// How often an idle thread looks for changes: a discharge message is on the list well within a second.
const IDLE: Duration = Duration::from_millis(150);

/// Starts the thread.
pub(crate) fn start(care: &Arc<Care>) -> std::io::Result<()> {
    let rounds = Rounds { name: "assess", idle: IDLE, failure: "people could not be assessed; trying again" };
    rounds.start(care, once)
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

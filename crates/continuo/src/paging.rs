//! The thread that tells whoever is on call, by the channel that the site configured. It is a thread of its own, so that
//! danger never waits behind a language model; it exists only where a channel is configured, and ends with the process.

use std::sync::Arc;
use std::time::Duration;

use continuo_care::oncall::pager;
use continuo_care::{Care, setup};

use crate::rounds::Rounds;

/// How often it looks for danger that nobody began.
const IDLE: Duration = Duration::from_secs(1);

/// Starts the thread, if there is a channel.
pub(crate) fn start(care: &Arc<Care>) -> std::io::Result<()> {
    if care.outside.services.paging.is_none() {
        return Ok(());
    }
    let rounds = Rounds { name: "paging", idle: IDLE, failure: "whoever is on call could not be told; trying again" };
    rounds.start(care, once)
}

/// One round for each organization; whether there is more to do at once.
fn once(care: &Arc<Care>) -> Result<bool, continuo_care::StoreError> {
    let mut more = false;
    for org in setup::organizations(care)? {
        more |= pager::round(&setup::machine(care, org, "paging")?)?;
    }
    Ok(more)
}

//! The thread that lets the configured language model read, the speech service hear, and the portal receive, what waits.
//! It exists only where one of them is configured, and ends with the process.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use continuo_care::{Care, inbox, models, setup};

use crate::rounds::Rounds;

/// The last change of each organization whose messages were looked through.
type Seen = BTreeMap<i64, i64>;

/// How often an idle thread looks for new texts.
const IDLE: Duration = Duration::from_secs(1);

/// Starts the thread, if there is a model or a speech service.
pub(crate) fn start(care: &Arc<Care>) -> std::io::Result<()> {
    let services = &care.outside.services;
    if services.language_model.is_none() && services.speech.is_none() && services.messages.is_none() {
        return Ok(());
    }
    let rounds =
        Rounds { name: "models", idle: IDLE, failure: "texts could not be given to the language model; trying again" };
    let mut seen = Seen::new();
    rounds.start(care, move |care| once(care, &mut seen))
}

/// One round for each organization; whether there is more to do at once.
fn once(care: &Arc<Care>, seen: &mut Seen) -> Result<bool, continuo_care::StoreError> {
    let mut more = false;
    for org in setup::organizations(care)? {
        let ctx = setup::machine(care, org, "models")?;
        let change = ctx.read(|r| r.last_change(org))?.0;
        if seen.get(&org.0) != Some(&change) {
            models::messages::gather(&ctx)?;
            seen.insert(org.0, change);
        }
        more |= models::round(&ctx)?;
        more |= inbox::channel::round(&ctx)?;
    }
    Ok(more)
}

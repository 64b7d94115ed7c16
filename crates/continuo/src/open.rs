//! Opens the database and the use cases' services on it.

use std::sync::Arc;

use continuo_care::Care;
use continuo_care::access;
use continuo_care::outbound::Outside;
use continuo_store::{DbUrl, EXIT_COMMIT_FAILED, StartCheck, Store, StoreOptions};

use crate::database;
use crate::system::{SystemClock, SystemEntropy, SystemIds};

/// Opens `url` for work: migrates, checks, starts the writer. A commit that fails ends the process. Nothing leaves.
pub(crate) fn care(url: &str, check: StartCheck) -> anyhow::Result<Arc<Care>> {
    care_with(url, check, Outside::closed())
}

/// The same for a command that works on what is there: a file named wrongly is said to be missing instead of made.
pub(crate) fn care_of_existing(url: &str) -> anyhow::Result<Arc<Care>> {
    must_be_there(url)?;
    care(url, StartCheck::Head)
}

/// The same for one pass over everybody, in memory that does not grow with the file.
pub(crate) fn care_for_a_pass(url: &str) -> anyhow::Result<Arc<Care>> {
    opened(url, StartCheck::Head, Outside::closed(), |options| options.mapped = 0)
}

/// The same for a command that reads nobody's record, so that nothing is audited: it may run beside a server.
pub(crate) fn care_to_read(url: &str) -> anyhow::Result<Arc<Care>> {
    must_be_there(url)?;
    opened(url, StartCheck::Head, Outside::closed(), |options| options.beside = true)
}

/// The same for a command that writes very much and serves nobody.
pub(crate) fn care_for_a_load(url: &str, outside: Outside) -> anyhow::Result<Arc<Care>> {
    opened(url, StartCheck::Head, outside, |options| options.bulk = true)
}

/// The same with the services that the site configured.
pub(crate) fn care_with(url: &str, check: StartCheck, outside: Outside) -> anyhow::Result<Arc<Care>> {
    opened(url, check, outside, |_| {})
}

fn must_be_there(url: &str) -> anyhow::Result<()> {
    if let DbUrl::File(path) = database::address(url)? {
        anyhow::ensure!(path.exists(), "database `sqlite:{}` does not exist", path.display());
    }
    Ok(())
}

fn opened(
    url: &str,
    check: StartCheck,
    outside: Outside,
    change: impl FnOnce(&mut StoreOptions),
) -> anyhow::Result<Arc<Care>> {
    let url = database::address(url)?;
    let mut options = StoreOptions::new(Arc::new(SystemClock), Arc::new(SystemIds::default()));
    options.labels = access::label_table();
    options.check = check;
    // A connection for each reader that the web lets in at once, and some for writers and quick reads.
    options.readers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get) * 4 + 8;
    change(&mut options);
    options.on_commit_failed = Arc::new(|error| {
        tracing::error!(%error, "a commit failed: ending, so that the next start recovers what was acknowledged");
        std::process::exit(EXIT_COMMIT_FAILED);
    });
    let store = Store::open(&url, options).map_err(|error| named(error, &url.shown()))?;
    Ok(Arc::new(Care { store, entropy: Arc::new(SystemEntropy), outside }))
}

/// Says which database: an error that names it already is left as it is.
fn named(error: continuo_store::Error, url: &str) -> anyhow::Error {
    let says_it = matches!(error, continuo_store::Error::Open { .. });
    let error = anyhow::Error::new(error);
    if says_it { error } else { error.context(format!("database `{url}`")) }
}

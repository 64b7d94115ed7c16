//! Copies SQLite's log into the file beside the writer.
//!
//! SQLite does it in the commit that fills the log, by default: of transactions that come steadily every twentieth waited
//! 20 ms for it, and everybody behind it. Here a thread of its own copies what is in the log (a passive checkpoint: it
//! keeps nobody from writing or reading), and the writer only the little that came meanwhile, after which the log begins
//! anew. What is acknowledged is in the log and durable either way; who copies it makes no difference to a crash.

use crate::conn::Conn;
use crate::error::Result;
use crate::open::Opener;
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

/// Pages of the log that are worth a copying of their own. Copied more often, the same busy pages are written again and
/// again.
const PORTION: i64 = 1_000;
/// With so many pages copied the log is begun anew: what readers search in it stays short.
const ENOUGH: i64 = 3 * PORTION;
/// With so many pages in the log the writer copies them all, whatever the thread does.
const MOST: i64 = 5 * PORTION;

thread_local! {
    /// Pages in the log after this thread's last commit: SQLite tells them to a function that can keep nothing itself.
    static LOGGED: Cell<i64> = const { Cell::new(0) };
}

pub(crate) struct Copier {
    ask: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    /// Pages of the log that were in the file when the thread last said so.
    copied: Arc<AtomicI64>,
    /// Pages in the log when the thread was last asked.
    asked_at: i64,
    /// The writer's last copying failed, which was told: on a full disk each commit would tell it again.
    is_failing: bool,
}

impl Copier {
    /// Starts the thread and takes the copying over from SQLite, for the connection that this thread commits with. None
    /// for a database without a log in a file.
    pub(crate) fn start(opener: &Opener, writer: &mut Conn) -> Result<Option<Self>> {
        if !opener.is_file() {
            return Ok(None);
        }
        let conn = opener.writer()?;
        let Some(connection) = writer.as_sqlite() else { return Ok(None) };
        let copied = Arc::new(AtomicI64::new(0));
        let (ask, asked) = sync_channel(1);
        let told = Arc::clone(&copied);
        let Ok(thread) =
            std::thread::Builder::new().name("store-copier".to_owned()).spawn(move || copy(conn, &asked, &told))
        else {
            tracing::warn!("the thread that copies the log could not start; commits copy it");
            return Ok(None);
        };
        connection.wal_hook(Some(|_, pages| {
            LOGGED.set(i64::from(pages));
            Ok(())
        }));
        LOGGED.set(0);
        Ok(Some(Self { ask: Some(ask), thread: Some(thread), copied, asked_at: 0, is_failing: false }))
    }

    /// After a commit whose callers were answered.
    pub(crate) fn committed(&mut self, writer: &mut Conn) {
        let logged = LOGGED.get();
        if logged < self.asked_at {
            // The log began anew.
            self.asked_at = 0;
            self.copied.store(0, Ordering::Relaxed);
        }
        if self.copied.load(Ordering::Relaxed) >= ENOUGH || logged >= MOST {
            self.copied.store(0, Ordering::Relaxed);
            let outcome = passive(writer);
            if let Err(error) = &outcome
                && !self.is_failing
            {
                tracing::warn!(%error, "the log could not be copied; it grows until it can");
            }
            self.is_failing = outcome.is_err();
        } else if logged >= self.asked_at + PORTION
            && let Some(ask) = &self.ask
            && let Ok(()) | Err(TrySendError::Full(())) = ask.try_send(())
        {
            self.asked_at = logged;
        }
    }
}

impl Drop for Copier {
    /// The last connection to go takes the log with it: that is to be the writer's.
    fn drop(&mut self) {
        drop(self.ask.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that copies the log ended by a panic");
        }
    }
}

fn copy(mut conn: Conn, asked: &Receiver<()>, copied: &AtomicI64) {
    while let Ok(()) = asked.recv() {
        match passive(&mut conn) {
            Ok(pages) => copied.store(pages, Ordering::Relaxed),
            Err(error) => tracing::warn!(%error, "the log could not be copied; the writer will"),
        }
    }
}

/// Copies what no reader still needs as it was; says how many pages of the log are in the file now.
fn passive(conn: &mut Conn) -> Result<i64> {
    let copied = conn.query_opt("pragma wal_checkpoint(passive)", &[], |row| row.int(2))?;
    Ok(copied.unwrap_or(0))
}

//! The writer thread: group commit.
//!
//! It takes what is queued for one organization, runs each closure in a savepoint, adds the read-audit rows that
//! wait, extends the organization's audit chain once, commits once, and only then answers everybody. A commit that
//! fails closes the store: nothing is retried in place, recovery happens at the next start.

use crate::alone::TAKEN;
use crate::conn::{Conn, Step};
use crate::copier::Copier;
use crate::error::{Error, Result};
use crate::ids::{CommitId, OrgId, Rid};
use crate::open::{self, Opener};
use crate::start;
use crate::store::{StoreOptions, WriteContext};
use crate::tables::org::{self, Org};
use crate::write::{Batch, WriteTx, WriterState};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Answers a caller after the commit.
pub(crate) type Finish = Box<dyn FnOnce(Result<(Option<CommitId>, i64)>) + Send>;

/// What a caller wants done, as the writer sees it.
pub(crate) type Work = Box<dyn FnOnce(&mut WriteTx<'_>) -> Result<Finish> + Send>;

/// One closure on its way to the writer.
pub(crate) struct Job {
    pub(crate) context: WriteContext,
    pub(crate) run: Work,
    pub(crate) fail: Box<dyn FnOnce(Error) + Send>,
}

/// What the writer is asked to do.
pub(crate) enum Message {
    Write(Job),
    /// Bookkeeping that nobody waits for: it goes with the next commit, at the latest when read-audit rows are due.
    Later(Job),
    Audit(AuditEntry),
    /// A new organization; it has no chain yet, so it cannot come as a write.
    Organization(Org, SyncSender<Result<()>>),
    /// A large load is over.
    Settle(SyncSender<Result<()>>),
}

/// A read, or anything else worth recording that changes no resource.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    /// Organization.
    pub org: OrgId,
    /// Who.
    pub actor: String,
    /// What was done: `read`, `search`, `export`.
    pub action: String,
    /// Whose record, when it is one person's; 0 otherwise.
    pub patient: Rid,
    /// What was touched: `Patient/7`, a query without values.
    pub subject: String,
    /// Purpose, reason, request id. No patient data.
    pub detail: String,
}

/// Closures in one commit, at most.
const MOST_JOBS: usize = 512;
/// A batch is committed after this long even if more is queued, so that early callers do not wait for late ones.
const LONGEST_BATCH: Duration = Duration::from_millis(40);
/// A read-audit row and what nobody waits for wait at most this long; the promise is 100 ms, the rest is for the commit.
/// Every commit makes every reader begin anew, so that one for each chart that is looked at would slow all the others.
const AUDIT_DELAY: Duration = Duration::from_millis(60);

pub(crate) fn spawn(
    conn: Conn,
    opener: Opener,
    receiver: Receiver<Message>,
    state: WriterState,
    closed: Arc<AtomicBool>,
    beside: bool,
) -> Result<JoinHandle<()>> {
    let options = Arc::clone(&state.options);
    let writer = Writer {
        conn,
        opener,
        copier: None,
        receiver,
        options,
        closed,
        beside,
        state,
        waiting: VecDeque::new(),
        organizations: Vec::new(),
        settling: Vec::new(),
        audits: Vec::new(),
        later: VecDeque::new(),
        kept_since: None,
    };
    std::thread::Builder::new()
        .name("store-writer".to_owned())
        .spawn(move || writer.run())
        .map_err(|e| Error::Closed(format!("the writer thread could not start: {e}")))
}

/// A commit failed; these callers have not been answered and must hear of it after the process was told.
struct Fatal {
    error: Error,
    unanswered: Vec<Finish>,
}

impl From<Error> for Fatal {
    fn from(error: Error) -> Self {
        Self { error, unanswered: Vec::new() }
    }
}

/// How long a batch has run and an audit row has waited; never stored, never shown.
#[expect(clippy::disallowed_methods, reason = "a duration within the process: `Clock` may stand still or jump")]
pub(crate) fn stopwatch() -> Instant {
    Instant::now()
}

/// What a caller hears whose batch could not be committed.
fn given_up(error: &Error) -> Error {
    match error {
        Error::Full(text) => Error::Full(text.clone()),
        other => Error::Refused(format!("the commit was given up: {other}")),
    }
}

fn closed() -> Error {
    Error::Closed("a commit failed; restart to recover".to_owned())
}

struct Writer {
    conn: Conn,
    opener: Opener,
    /// None while a large load runs, which lets the log grow.
    copier: Option<Copier>,
    receiver: Receiver<Message>,
    options: Arc<StoreOptions>,
    closed: Arc<AtomicBool>,
    /// Another process has the file: nothing is written here.
    beside: bool,
    state: WriterState,
    /// Closures of another organization than the batch at hand.
    waiting: VecDeque<Job>,
    /// New organizations that came while a batch ran.
    organizations: Vec<(Org, SyncSender<Result<()>>)>,
    /// Callers that wait for the end of a load, told once the batch at hand is through.
    settling: Vec<SyncSender<Result<()>>>,
    audits: Vec<AuditEntry>,
    later: VecDeque<Job>,
    /// Since when the first of `audits` and `later` waits.
    kept_since: Option<Instant>,
}

impl Writer {
    fn run(mut self) {
        if !self.beside && !self.options.bulk {
            self.start_copier();
        }
        while let Some(first) = self.next() {
            if let Err(Fatal { error, unanswered }) = self.batch(first) {
                self.close(&error);
                for finish in unanswered {
                    finish(Err(closed()));
                }
                return;
            }
        }
        drop(self.copier.take());
        if self.beside {
            return;
        }
        if let Err(error) = start::mark_clean_end(&mut self.conn) {
            tracing::error!(%error, "the clean end could not be recorded");
        }
    }

    /// The next closure; `Some(None)` when only what was kept is due; `None` when the store is closed.
    #[expect(clippy::option_option, reason = "three outcomes, each named above; local to this file")]
    fn next(&mut self) -> Option<Option<Job>> {
        for (new, answer) in std::mem::take(&mut self.organizations) {
            self.add_organization(&new, &answer);
        }
        for answer in std::mem::take(&mut self.settling) {
            self.settle(&answer);
        }
        // Another organization's work may never pause: what is due is written between.
        if self.kept_since.is_some_and(|since| since.elapsed() >= AUDIT_DELAY) {
            return Some(None);
        }
        if let Some(job) = self.waiting.pop_front() {
            return Some(Some(job));
        }
        loop {
            let message = match self.kept_since {
                None => self.receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(since) => self.receiver.recv_timeout(AUDIT_DELAY.saturating_sub(since.elapsed())),
            };
            match message {
                Ok(Message::Write(job)) => return Some(Some(job)),
                Ok(Message::Later(job)) => self.keep_later(job),
                Ok(Message::Audit(entry)) => self.keep_audit(entry),
                Ok(Message::Organization(new, answer)) => self.add_organization(&new, &answer),
                Ok(Message::Settle(answer)) => self.settle(&answer),
                Err(RecvTimeoutError::Timeout) => return Some(None),
                Err(RecvTimeoutError::Disconnected) if self.audits.is_empty() && self.later.is_empty() => return None,
                Err(RecvTimeoutError::Disconnected) => return Some(None),
            }
        }
    }

    fn keep_audit(&mut self, entry: AuditEntry) {
        self.audits.push(entry);
        self.kept_since.get_or_insert_with(stopwatch);
    }

    fn keep_later(&mut self, job: Job) {
        self.later.push_back(job);
        self.kept_since.get_or_insert_with(stopwatch);
    }

    /// One durable commit. An error here means that a commit failed, or that read-audit rows could not be kept.
    fn batch(&mut self, first: Option<Job>) -> std::result::Result<(), Fatal> {
        let kept = || self.audits.first().map(|a| a.org).or_else(|| self.later.front().map(|j| j.context.org));
        let Some(org) = first.as_ref().map(|j| j.context.org).or_else(kept) else {
            self.kept_since = None;
            return Ok(());
        };
        let started = stopwatch();
        let begun = self.begin(org);
        let mut batch = match begun {
            Ok(batch) => batch,
            // Nothing was done yet: only the caller at hand hears of it (say, a full disk), unless it was an audit row.
            Err(error) => {
                self.rollback()?;
                return match first {
                    Some(job) => {
                        (job.fail)(error);
                        Ok(())
                    }
                    None if self.audits.is_empty() => {
                        for job in self.take_later(org) {
                            (job.fail)(Error::Refused(format!("bookkeeping was given up: {error}")));
                        }
                        Ok(())
                    }
                    None => Err(Fatal::from(error)),
                };
            }
        };
        let mut done: Vec<(Finish, Option<CommitId>)> = Vec::new();
        // What was kept came before the closure at hand.
        let mut first = self.take_later(org).into_iter().chain(first).collect::<VecDeque<_>>();
        let mut next = first.pop_front();
        while let Some(job) = next {
            match self.run_job(&mut batch, job) {
                Ok(Some(finished)) => done.push(finished),
                Ok(None) => {}
                // The database gave up on the whole transaction (full disk): nobody of this batch is acknowledged.
                Err(error) => {
                    for job in first {
                        (job.fail)(given_up(&error));
                    }
                    return self.abandon(done, &error);
                }
            }
            let more = |writer: &mut Self| {
                let is_short = done.len() < MOST_JOBS && started.elapsed() < LONGEST_BATCH;
                is_short.then(|| writer.more(org)).flatten()
            };
            next = first.pop_front().or_else(|| more(self));
        }
        let last_change = batch.last_change();
        let audits = self.take_audits(org);
        let now = self.options.clock.now().micros();
        let linked = self
            .state
            .store_codes(&mut self.conn)
            .and_then(|()| batch.add_reads(&mut self.conn, now, &audits))
            .and_then(|()| batch.finish(&mut self.conn, now))
            .and_then(|()| self.conn.step(Step::Settle));
        if let Err(error) = linked {
            if audits.is_empty() {
                return self.abandon(done, &error);
            }
            // Reads were served that cannot be recorded: the store closes.
            return Err(Fatal { error, unanswered: done.into_iter().map(|(finish, _)| finish).collect() });
        }
        if let Err(error) = self.conn.step(Step::Commit) {
            return Err(Fatal { error, unanswered: done.into_iter().map(|(finish, _)| finish).collect() });
        }
        self.state.committed();
        for (finish, commit) in done {
            finish(Ok((commit, last_change)));
        }
        if let Some(copier) = &mut self.copier {
            copier.committed(&mut self.conn);
        }
        Ok(())
    }

    /// Without it SQLite copies the log itself, in the commit that fills it.
    fn start_copier(&mut self) {
        match Copier::start(&self.opener, &mut self.conn) {
            Ok(copier) => self.copier = copier,
            Err(error) => tracing::warn!(%error, "the log is copied in commits"),
        }
    }

    fn begin(&mut self, org: OrgId) -> Result<Batch> {
        if self.beside {
            return Err(Error::Refused(TAKEN.to_owned()));
        }
        self.conn.step(Step::BeginWrite)?;
        Batch::open(&mut self.conn, org)
    }

    /// Outside any batch: one statement, its own commit. A caller that went away needs no answer.
    fn add_organization(&mut self, new: &Org, answer: &SyncSender<Result<()>>) {
        let _ = answer.send(org::add(&mut self.conn, new));
    }

    /// Outside any batch: the log goes into the file and is kept short from here on.
    fn settle(&mut self, answer: &SyncSender<Result<()>>) {
        drop(self.copier.take());
        let settled = open::after_load(&mut self.conn);
        self.start_copier();
        let _ = answer.send(settled);
    }

    /// More work for the same organization, if it is already here.
    fn more(&mut self, org: OrgId) -> Option<Job> {
        if let Some(at) = self.waiting.iter().position(|job| job.context.org == org) {
            return self.waiting.remove(at);
        }
        loop {
            match self.receiver.try_recv().ok()? {
                Message::Audit(entry) => self.keep_audit(entry),
                Message::Organization(new, answer) => self.organizations.push((new, answer)),
                Message::Settle(answer) => self.settling.push(answer),
                Message::Write(job) | Message::Later(job) if job.context.org == org => return Some(job),
                Message::Write(job) => self.waiting.push_back(job),
                Message::Later(job) => self.keep_later(job),
            }
        }
    }

    /// Runs one closure. An outer error ends the batch.
    fn run_job(&mut self, batch: &mut Batch, job: Job) -> Result<Option<(Finish, Option<CommitId>)>> {
        self.conn.step(Step::Savepoint)?;
        let mark = batch.mark();
        let codes = self.state.codes_mark();
        let Job { context, run, fail } = job;
        let now = self.options.clock.now().micros();
        let mut tx = WriteTx::new(&mut self.conn, &mut self.state, batch, &context, now);
        let ran = catch_unwind(AssertUnwindSafe(|| {
            let finish = run(&mut tx)?;
            let commit = tx.finish()?;
            Ok((finish, commit))
        }));
        let ran = ran.unwrap_or_else(|_| Err(Error::Refused("the change panicked and was undone".to_owned())));
        let ran = ran.and_then(|done| self.conn.step(Step::Release).map(|()| done));
        match ran {
            Ok(done) => Ok(Some(done)),
            Err(error) => {
                batch.reset(mark);
                self.state.reset_codes(codes);
                self.state.rolled_back();
                let undone = self.conn.step(Step::RollBackTo);
                let whole = undone
                    .map_err(|e| if matches!(error, Error::Full(_)) { Error::Full(error.to_string()) } else { e });
                fail(error);
                whole.map(|()| None)
            }
        }
    }

    fn take_audits(&mut self, org: OrgId) -> Vec<AuditEntry> {
        let (mine, others): (Vec<_>, Vec<_>) = std::mem::take(&mut self.audits).into_iter().partition(|a| a.org == org);
        self.audits = others;
        if self.audits.is_empty() && self.later.is_empty() {
            self.kept_since = None;
        }
        mine
    }

    fn take_later(&mut self, org: OrgId) -> Vec<Job> {
        let (mine, others): (Vec<_>, _) =
            std::mem::take(&mut self.later).into_iter().partition(|j| j.context.org == org);
        self.later = others.into();
        if self.audits.is_empty() && self.later.is_empty() {
            self.kept_since = None;
        }
        mine
    }

    /// Gives up a batch before its commit was tried; nobody was acknowledged, so nothing is lost.
    fn abandon(&mut self, done: Vec<(Finish, Option<CommitId>)>, error: &Error) -> std::result::Result<(), Fatal> {
        for (finish, _) in done {
            finish(Err(given_up(error)));
        }
        self.state.abandoned();
        Ok(self.rollback()?)
    }

    /// Ends the transaction if one is open; SQLite may have ended it itself.
    fn rollback(&mut self) -> Result<()> {
        match self.conn.step(Step::RollBack) {
            Err(error) if self.conn.in_transaction() => Err(error),
            _ => Ok(()),
        }
    }

    fn close(&mut self, error: &Error) {
        self.closed.store(true, Ordering::Release);
        (self.options.on_commit_failed)(error);
        for job in self.waiting.drain(..).chain(self.later.drain(..)) {
            (job.fail)(closed());
        }
        while let Ok(message) = self.receiver.try_recv() {
            if let Message::Write(job) | Message::Later(job) = message {
                (job.fail)(closed());
            }
        }
    }
}

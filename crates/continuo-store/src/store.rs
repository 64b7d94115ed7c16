//! The store: opens the database, hands out snapshots to readers, and queues work for the one writer.
//!
//! `read` runs on the caller's thread on a pooled connection. `write` sends a closure to the writer thread
//! (`writer.rs`), which runs many of them in one durable commit, and returns only after that commit.

use crate::alone::{Alone, TAKEN};
use crate::backup;
use crate::codes::StoreCodes;
use crate::conn::Step;
use crate::error::{Error, Result};
use crate::ids::{CommitId, OrgId};
use crate::migrate::{is_current, migrate};
use crate::pool::Pool;
use crate::prepare::PrepareContext;
use crate::read::Reader;
use crate::read_ahead::ReadAhead;
use crate::start;
use crate::tables::org::Org;
use crate::url::DbUrl;
use crate::write::{WriteTx, WriterState, rebuild};
use crate::writer::{self, AuditEntry, Finish, Job, Message};
use continuo_fhir::Zone;
use continuo_fhir::clock::{Clock, Ids};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// The exit status of a process whose commit failed: distinct, so that a supervisor restarts it and recovery runs.
pub const EXIT_COMMIT_FAILED: i32 = 74;

/// Work waiting for the writer; when it is full callers wait, so memory stays bounded.
const QUEUE: usize = 4_096;

/// What the store needs from outside.
pub struct StoreOptions {
    /// Tells the time of commits.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub ids: Arc<dyn Ids>,
    /// `meta.security` codings that close a row, with their bit.
    pub labels: Vec<(String, String, u8)>,
    /// Called once when a commit failed, before any caller hears of it. The binary ends the process here.
    pub on_commit_failed: Arc<dyn Fn(&Error) + Send + Sync>,
    /// Connections for readers.
    pub readers: usize,
    /// Whether to check the database and the audit chain when it is opened.
    pub check: StartCheck,
    /// The largest SQLite file that is mapped into memory; 0 for one pass over everything, where mapping helps little and
    /// makes the process look as large as the file.
    pub mapped: u64,
    /// One command that writes very much and serves nobody: a larger cache, and a log that is copied less often.
    pub bulk: bool,
    /// May open a file that another process has open, to read: whoever does so writes nothing.
    pub beside: bool,
}

/// How much is checked when a database is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartCheck {
    /// The database's own integrity check and the whole audit chain.
    Full,
    /// The head of the audit chain only (tests, command line tools that write nothing).
    Head,
}

impl StoreOptions {
    /// Options with the usual sizes; a failed commit closes the store and is logged.
    pub fn new(clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        Self {
            clock,
            ids,
            labels: Vec::new(),
            on_commit_failed: Arc::new(|error| tracing::error!(%error, "commit failed; the store is closed")),
            readers: 8,
            check: StartCheck::Head,
            mapped: crate::open::MAPPED,
            bulk: false,
            beside: false,
        }
    }
}

/// Who does what: written into the commit row and the audit row.
#[derive(Clone, Debug)]
pub struct WriteContext {
    /// The organization written to.
    pub org: OrgId,
    /// Who acts: a reference such as `Practitioner/ID`, or `system/NAME`.
    pub actor: String,
    /// What is done, in a word or two: `complete task`.
    pub action: String,
    /// Anything a reviewer needs and no patient data: request id, reason, source.
    pub detail: String,
    /// The actor reaches only some people: what they write of a person is linked with nobody by itself.
    pub limited: bool,
}

impl WriteContext {
    /// A context without detail.
    pub fn new(org: OrgId, actor: &str, action: &str) -> Self {
        Self { org, actor: actor.to_owned(), action: action.to_owned(), detail: String::new(), limited: false }
    }
}

/// A closure's answer, durable.
#[derive(Clone, Debug)]
pub struct Committed<T> {
    /// What the closure returned.
    pub value: T,
    /// The commit row; `None` when the closure changed nothing.
    pub commit: Option<CommitId>,
    /// The last change number of the organization after this commit.
    pub last_change: i64,
}

/// The database. Cheap to clone; the last clone to go stops the writer.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    sender: Mutex<Option<SyncSender<Message>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    readers: Pool,
    closed: Arc<AtomicBool>,
    codes: Arc<StoreCodes>,
    labels: Arc<[(String, String, u8)]>,
    options: Arc<StoreOptions>,
    url: DbUrl,
    memo: crate::memo::Memo,
    /// Let go of after the writer has ended.
    _alone: Alone,
}

impl Store {
    /// Opens the database, brings its schema up to date, checks it, and starts the writer.
    pub fn open(url: &DbUrl, options: StoreOptions) -> Result<Self> {
        let options = Arc::new(options);
        let open = crate::open::Opener::new(url)?.mapping(options.mapped).bulk(options.bulk);
        let alone = Alone::take(url)?;
        if alone.is_beside() && !options.beside {
            return Err(Error::Open { url: url.shown(), cause: TAKEN.to_owned() });
        }
        let mut conn = open.writer()?;
        if alone.is_beside() {
            is_current(&mut conn)?;
        } else {
            migrate(&mut conn)?;
            start::check(&mut conn, &options)?;
        }
        let codes = Arc::new(StoreCodes::load(&mut conn, open.shared()?)?);
        let labels: Arc<[_]> = options.labels.clone().into();
        let readers = Pool::new(open.clone(), options.readers)?;
        let closed = Arc::new(AtomicBool::new(false));
        let (sender, receiver) = sync_channel(QUEUE);
        let writer = writer::spawn(
            conn,
            open,
            receiver,
            WriterState::new(Arc::clone(&options), Arc::clone(&codes), Arc::clone(&labels)),
            Arc::clone(&closed),
            alone.is_beside(),
        )?;
        let inner = Inner {
            sender: Mutex::new(Some(sender)),
            writer: Mutex::new(Some(writer)),
            readers,
            closed,
            codes,
            labels,
            options,
            url: url.clone(),
            memo: crate::memo::Memo::default(),
            _alone: alone,
        };
        let store = Self { inner: Arc::new(inner) };
        rebuild::if_stale(&store)?;
        Ok(store)
    }

    /// Where the database is.
    pub fn url(&self) -> &DbUrl {
        &self.inner.url
    }

    /// The clock the store was given.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.options.clock
    }

    /// The source of ids the store was given.
    pub fn ids(&self) -> &Arc<dyn Ids> {
        &self.inner.options.ids
    }

    /// The codes of this database: engines find the numbers of a value set here.
    pub fn codes(&self) -> Result<&Arc<StoreCodes>> {
        self.inner.codes.refresh()?;
        Ok(&self.inner.codes)
    }

    /// A value derived from rows of this store, kept by name and version and made when another version is asked for.
    pub fn remembered<T, F>(&self, name: &'static str, org: OrgId, version: i64, make: F) -> Result<Arc<T>>
    where
        T: std::any::Any + Send + Sync,
        F: FnOnce() -> Result<T>,
    {
        self.inner.memo.get(name, org, version, make)
    }

    /// What `Prepared::new` needs to know of an organization: its zone and the labels.
    pub fn prepare_context(&self, org: OrgId) -> Result<PrepareContext> {
        let zone = self.zone(org)?;
        PrepareContext::new(zone.as_deref().map(String::as_str), &self.inner.labels, &self.inner.codes)
    }

    /// The time zone of an organization, which keeps it for good; nothing if there is no such organization.
    pub fn zone(&self, org: OrgId) -> Result<Option<Arc<String>>> {
        let missing = || Error::NotFound(format!("organization {org}"));
        let find = || self.read(|r| crate::tables::org::zone(r.conn(), org))?.ok_or_else(missing);
        match self.remembered("zone", org, 0, find) {
            Err(Error::NotFound(_)) => Ok(None),
            zone => zone.map(Some),
        }
    }

    /// Runs `f` on a snapshot: everything it reads is of one moment. Do not call `write` inside it.
    pub fn read<T>(&self, f: impl FnOnce(&mut Reader<'_>) -> Result<T>) -> Result<T> {
        self.open_for_reading()?;
        let mut conn = self.inner.readers.take()?;
        conn.step(Step::BeginRead)?;
        let out = f(&mut Reader::counting(&mut conn));
        match conn.step(Step::EndRead) {
            Ok(()) => self.inner.readers.give_back(conn),
            // A connection that cannot end its snapshot is dropped, not reused.
            Err(error) => tracing::warn!(%error, "a reader connection was dropped"),
        }
        out
    }

    /// Runs `f` on the writer inside a savepoint; returns after the commit that holds it is durable.
    ///
    /// An error of `f` undoes what it did and nothing else. Heavy work (parsing, packing) belongs before the call.
    pub fn write<T, F>(&self, context: &WriteContext, f: F) -> Result<Committed<T>>
    where
        T: Send + 'static,
        F: FnOnce(&mut WriteTx<'_>) -> Result<T> + Send + 'static,
    {
        let (answer, wait) = sync_channel::<Result<Committed<T>>>(1);
        let failed = answer.clone();
        let job = Job {
            context: context.clone(),
            run: Box::new(move |tx| {
                f(tx).map(|value| -> Finish {
                    Box::new(move |receipt| {
                        let done = receipt.map(|(commit, last_change)| Committed { value, commit, last_change });
                        // The caller waits for exactly one answer; if it is gone nobody needs it.
                        let _ = answer.send(done);
                    })
                })
            }),
            fail: Box::new(move |error| {
                let _ = failed.send(Err(error));
            }),
        };
        self.send(Message::Write(job))?;
        wait.recv().map_err(|_| Error::Closed("the writer stopped before answering".to_owned()))?
    }

    /// Runs `f` on the writer after what is queued before it, for bookkeeping whose loss in a crash does no harm. It is
    /// durable within 100 ms; the caller does not wait, and a failure is logged.
    pub fn write_later(
        &self,
        context: &WriteContext,
        f: impl FnOnce(&mut WriteTx<'_>) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        let action = context.action.clone();
        let job = Job {
            context: context.clone(),
            // Whoever waits for durability is told by the writer; nobody waits for this.
            run: Box::new(move |tx| f(tx).map(|()| -> Finish { Box::new(|_| ()) })),
            fail: Box::new(move |error| tracing::warn!(%error, action, "bookkeeping was not written")),
        };
        self.send(Message::Later(job))
    }

    /// Adds an organization; one that exists keeps its name and zone.
    pub fn add_organization(&self, new: &Org) -> Result<()> {
        if Zone::named(&new.zone).is_none() {
            return Err(Error::Invalid(format!("time zone `{}` is not known", new.zone)));
        }
        let (answer, wait) = sync_channel(1);
        self.send(Message::Organization(new.clone(), answer))?;
        wait.recv().map_err(|_| Error::Closed("the writer stopped before answering".to_owned()))?
    }

    /// After a load with `StoreOptions::bulk`, before the same process reads much: an SQLite log that grew goes into the
    /// file and is copied as often as usual from here on.
    pub fn settle(&self) -> Result<()> {
        let (answer, wait) = sync_channel(1);
        self.send(Message::Settle(answer))?;
        wait.recv().map_err(|_| Error::Closed("the writer stopped before answering".to_owned()))?
    }

    /// Records that somebody read something. It is durable within 100 ms; the caller does not wait.
    pub fn audit_read(&self, entry: AuditEntry) -> Result<()> {
        self.open_for_reading()?;
        self.send(Message::Audit(entry))
    }

    fn open_for_reading(&self) -> Result<()> {
        if self.inner.closed.load(Ordering::Acquire) {
            return Err(Error::Closed("a commit failed; restart to recover".to_owned()));
        }
        Ok(())
    }

    fn send(&self, message: Message) -> Result<()> {
        let sender = self.inner.sender.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let closed = || Error::Closed("the writer has stopped".to_owned());
        sender.ok_or_else(closed)?.send(message).map_err(|_| closed())
    }

    /// What a server reads in the background when it starts, so that the first lists come from memory.
    pub fn read_ahead(&self) -> ReadAhead {
        ReadAhead::new(self.inner.readers.opener())
    }

    /// Writes a consistent copy of the whole database, while others read and write, into a new SQLite file.
    ///
    /// The file serves both databases: `restore` reads it into either.
    pub fn backup(&self, to: &Path) -> Result<()> {
        backup::backup(&mut self.inner.readers.open()?, to)
    }

    /// Finishes what is queued, records a clean end and stops the writer.
    pub fn close(&self) {
        self.inner.close();
    }
}

impl Inner {
    fn close(&self) {
        drop(self.sender.lock().unwrap_or_else(PoisonError::into_inner).take());
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer
            && writer.join().is_err()
        {
            tracing::error!("the writer thread ended by a panic");
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

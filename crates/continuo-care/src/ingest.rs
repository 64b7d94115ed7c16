//! Taking many resources in: prepared on several threads, written in few durable commits.
//!
//! Used by import and by the demo. Each chunk is one commit (all its resources or none); a resource that cannot be
//! taken is told to the caller with its reason and never stops the others.

use std::sync::mpsc::sync_channel;
use std::sync::{Condvar, Mutex, PoisonError};

use continuo_exchange::Place;
use continuo_fhir::json::Json;
use continuo_fhir::{Issue, IssueCode, ResourceType};
use continuo_store::{Error, Outcome, PrepareContext, Prepared, Scope, WriteTx};

use crate::access::openings;
use crate::ctx::Ctx;

/// Resources that belong together, with ids, references resolved.
#[derive(Debug, Clone, Default)]
pub struct Chunk {
    /// Name of the source system.
    pub source: String,
    /// The resources.
    pub resources: Vec<Json>,
    /// Where each stood in what the source sent; empty for what was read from no file.
    pub places: Vec<Place>,
}

/// What has been taken in so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Resources written for the first time.
    pub created: u64,
    /// Resources of which a new version was written.
    pub updated: u64,
    /// Resources that were already here with the same content.
    pub unchanged: u64,
    /// Resources that could not be taken.
    pub refused: u64,
}

impl Progress {
    /// All resources looked at.
    pub fn total(self) -> u64 {
        self.created + self.updated + self.unchanged + self.refused
    }

    fn add(&mut self, other: Self) {
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.refused += other.refused;
    }
}

/// A resource that was not taken, as it came.
#[derive(Debug, Clone)]
pub struct Refused {
    /// The source it came from.
    pub source: String,
    /// The resource.
    pub resource: Json,
    /// Where it stood.
    pub place: Option<Place>,
    /// Why.
    pub issue: Issue,
}

/// Threads that prepare. More than two gain nothing: the writer is one.
const PREPARERS: usize = 2;

/// Takes all chunks in. `told` is called after each commit with the sum so far and what was refused in it.
pub fn run<I>(ctx: &Ctx, chunks: I, mut told: impl FnMut(Progress, Vec<Refused>)) -> Result<Progress, Error>
where
    I: Iterator<Item = Chunk> + Send,
{
    let prepare = ctx.prepare_context()?;
    let chunks = Mutex::new(chunks.enumerate());
    let order = Turns::default();
    let mut sum = Progress::default();
    let mut failed = None;
    std::thread::scope(|threads| {
        let (sender, receiver) = sync_channel::<Result<(Progress, Vec<Refused>), Error>>(PREPARERS * 2);
        for _ in 0..PREPARERS {
            let sender = sender.clone();
            let (chunks, prepare, order) = (&chunks, &prepare, &order);
            threads.spawn(move || {
                loop {
                    let next = chunks.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some((number, chunk)) = next else { return };
                    let (prepared, refused) = prepare_chunk(prepare, chunk);
                    order.wait_for(number);
                    let taken = write_chunk(ctx, prepared, refused);
                    order.done(number);
                    // The receiver is gone after a failure: nobody waits for more.
                    if sender.send(taken).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for result in receiver {
            match result {
                Ok((progress, refused)) => {
                    sum.add(progress);
                    told(sum, refused);
                }
                Err(error) => {
                    failed = Some(error);
                    return;
                }
            }
        }
    });
    failed.map_or(Ok(sum), Err)
}

/// Writes one chunk in one commit.
pub fn take(ctx: &Ctx, prepare: &PrepareContext, chunk: Chunk) -> Result<(Progress, Vec<Refused>), Error> {
    let (prepared, refused) = prepare_chunk(prepare, chunk);
    write_chunk(ctx, prepared, refused)
}

/// Why a change of a closed resource is refused.
const LABEL_STAYS: &str = "a label that your role does not open cannot be taken off";

/// Takes a chunk whole or not at all, in one commit with what else belongs to it. What keeps it from being taken comes
/// back, and then nothing was written.
pub fn take_whole<F>(
    ctx: &Ctx,
    prepare: &PrepareContext,
    chunk: Chunk,
    action: &str,
    also: F,
) -> Result<Result<Progress, Vec<Refused>>, Error>
where
    F: FnOnce(&mut WriteTx<'_>) -> Result<(), Error> + Send + 'static,
{
    let (ready, refused) = prepare_chunk(prepare, chunk);
    if !refused.is_empty() {
        return Ok(Err(refused));
    }
    let scope = ctx.scope.clone();
    let written = ctx.write(action, move |tx| {
        let all = Scope::all(tx.org());
        for one in &ready.prepared {
            let Some(old) = tx.reader()?.find(&all, one.resource_type(), one.id())? else { continue };
            // A person writes here, so the rules for people hold, asked in the commit that writes.
            if old.labels & scope.hidden_labels & !one.labels() != 0 {
                return Err(Error::Refused(LABEL_STAYS.to_owned()));
            }
        }
        let progress = write_ready(tx, &ready)?;
        also(tx)?;
        Ok(progress)
    })?;
    Ok(Ok(written.value))
}

/// Chunks are prepared side by side and written in the order they came: of two versions of a resource the later stays.
#[derive(Debug, Default)]
struct Turns {
    next: Mutex<usize>,
    moved: Condvar,
}

impl Turns {
    fn wait_for(&self, number: usize) {
        let next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let _turn = self.moved.wait_while(next, |next| *next < number).unwrap_or_else(PoisonError::into_inner);
    }

    fn done(&self, number: usize) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = number + 1;
        self.moved.notify_all();
    }
}

/// A chunk made ready for writing.
struct Ready {
    source: String,
    prepared: Vec<Prepared>,
    /// People whose consents come with it: what is open to whom is worked out again.
    consenting: Vec<String>,
}

fn prepare_chunk(prepare: &PrepareContext, chunk: Chunk) -> (Ready, Vec<Refused>) {
    let Chunk { source, resources, places } = chunk;
    let mut places = places.into_iter();
    let mut refused = Vec::new();
    let mut prepared = Vec::with_capacity(resources.len());
    let mut consenting = Vec::new();
    for resource in resources {
        let place = places.next();
        consenting.extend(openings::patient_of_consent(&resource));
        // What breaks a rule of R4 and can still be kept is taken, though the API refuses it: a revoked consent or a person
        // that waited aside for a wrong code would leave the older version in force and the newer results unseen.
        match Prepared::new(resource.clone(), prepare) {
            Ok(one) => prepared.push(one),
            Err(error) => {
                let issue = Issue::error(IssueCode::Invalid, "", error.to_string());
                refused.push(Refused { source: source.clone(), resource, place, issue });
            }
        }
    }
    (Ready { source, prepared, consenting }, refused)
}

fn write_chunk(ctx: &Ctx, ready: Ready, refused: Vec<Refused>) -> Result<(Progress, Vec<Refused>), Error> {
    let written = ctx.write("import", move |tx| write_ready(tx, &ready))?;
    let mut progress = written.value;
    progress.refused = refused.len() as u64;
    Ok((progress, refused))
}

fn write_ready(tx: &mut WriteTx<'_>, ready: &Ready) -> Result<Progress, Error> {
    let mut progress = Progress::default();
    // What a site made itself has no source.
    if !ready.source.is_empty() {
        tx.heard(&ready.source)?;
    }
    for one in &ready.prepared {
        match tx.import(one, &ready.source)?.outcome {
            Outcome::Created => progress.created += 1,
            Outcome::Updated => progress.updated += 1,
            Outcome::Unchanged => progress.unchanged += 1,
        }
    }
    for patient in &ready.consenting {
        let rid = tx.rid(ResourceType::of("Patient"), patient)?;
        openings::refresh(tx, rid)?;
    }
    Ok(progress)
}

//! Carrying out a transaction or batch Bundle (FHIR R4, RESTful API, 3.1.0.11).

use continuo_fhir::ResourceType;
use continuo_fhir::reference::Reference;
use continuo_store::{Outcome, Scope, WriteTx};

use super::bundle::{self, BundleKind, Entry, Method, SentBundle};
use super::error::RecordError;
use super::find::{self, Found};
use super::guard::Writer;
use super::plan::{Act, Condition, Step, plan};
use super::read::audit;
use super::{change, permission};
use crate::ctx::Ctx;

/// What became of one entry.
#[derive(Debug)]
pub enum Done {
    /// Written or found: type, id, version, HTTP status.
    Resource { type_: String, id: String, version: i64, status: u16 },
    /// Deleted, or nothing to delete.
    Deleted,
    /// To be read after the commit.
    Get(String),
    /// Batch only: this entry failed.
    Failed(RecordError),
}

/// How often a plan is made anew because somebody else wrote what it relied on.
const TRIES: usize = 6;

/// Carries out a Bundle; what became of each entry, in the Bundle's order.
pub fn execute(ctx: &Ctx, bundle: SentBundle<'_>) -> Result<(BundleKind, Vec<Done>), RecordError> {
    let (kind, entries) = bundle::read(bundle)?;
    match kind {
        BundleKind::Transaction => {
            let entries = entries.into_iter().collect::<Result<Vec<_>, _>>()?;
            Ok((kind, all_or_nothing(ctx, entries)?))
        }
        BundleKind::Batch => {
            let done = each_alone(ctx, entries);
            Ok((kind, done))
        }
    }
}

fn each_alone(ctx: &Ctx, entries: Vec<Result<Entry<'_>, bundle::BundleError>>) -> Vec<Done> {
    entries
        .into_iter()
        .map(|entry| {
            let outcome = entry.map_err(RecordError::from).and_then(|mut entry| {
                entry.index = 0;
                // A transaction is checked whole before it comes here; a batch's entries fail each for themselves.
                let is_whole = matches!(entry.method, Method::Post | Method::Put);
                if is_whole && !entry.faults.is_empty() {
                    return Err(RecordError::Invalid(entry.faults));
                }
                all_or_nothing(ctx, vec![entry])
            });
            match outcome {
                Ok(done) => done.into_iter().next().unwrap_or(Done::Deleted),
                Err(RecordError::Entry { error, .. }) => Done::Failed(*error),
                Err(error) => Done::Failed(error),
            }
        })
        .collect()
}

/// Carries out entries in one commit.
pub(super) fn all_or_nothing(ctx: &Ctx, entries: Vec<Entry<'_>>) -> Result<Vec<Done>, RecordError> {
    let writes = entries.iter().any(|entry| !matches!(entry.method, Method::Get | Method::Head));
    if !writes {
        return Ok(entries.into_iter().map(|entry| Done::Get(entry.url)).collect());
    }
    for entry in &entries {
        check_permission(ctx, entry)?;
    }
    let prepare = ctx.prepare_context()?;
    let count = entries.len();
    // A transaction without conditions cannot be overtaken, so its entries need not be kept for another try.
    let may_retry = entries.iter().any(|e| e.if_none_exist.is_some() || e.url.contains('?'));
    let mut again = may_retry.then(|| entries.clone());
    let mut next = Some(entries);
    let writer = Writer::of(ctx);
    for _ in 0..TRIES {
        let Some(entries) = next.take() else { break };
        let planned = ctx.store().read(|reader| Ok(plan(ctx, reader, &prepare, entries)))?;
        let steps = planned?;
        let written = ctx.write("fhir transaction", {
            let writer = writer.clone();
            let heard = crate::feeds::of_program(ctx);
            move |tx| {
                if let Some(program) = &heard {
                    tx.heard(program)?;
                }
                for condition in steps.iter().filter_map(|step| step.condition.as_ref()) {
                    if !still_holds(tx, &writer.scope, condition)? {
                        return Ok(None);
                    }
                }
                carry_out(tx, writer, steps, count).map(Some)
            }
        });
        let written = match written {
            Err(continuo_store::Error::NotFound(what)) => {
                note_closed(ctx, &what)?;
                return Err(RecordError::NotFound(what));
            }
            Err(error) => return Err(writer.refusal().unwrap_or_else(|| error.into())),
            Ok(written) => written,
        };
        for what in writer.unseen() {
            note_closed(ctx, &what)?;
        }
        if let Some(done) = written.value {
            return done;
        }
        next.clone_from(&again);
        if next.is_none() {
            again = None;
        }
    }
    Err(RecordError::Conflict("others kept changing what this transaction relies on; send it again".to_owned()))
}

/// Writes into the audit that somebody tried to change what is closed to them: who asks for ids one after the other to
/// learn which exist is seen there. What does not exist at all is not noted.
fn note_closed(ctx: &Ctx, what: &str) -> Result<(), RecordError> {
    let Some((type_, id)) = Reference::parse(what).local() else { return Ok(()) };
    let scope = Scope::all(ctx.org);
    match ctx.store().read(|reader| reader.find(&scope, type_, id))? {
        Some(closed) => audit(ctx, "refused, closed record", closed.patient, what),
        None => Ok(()),
    }
}

fn check_permission(ctx: &Ctx, entry: &Entry<'_>) -> Result<(), RecordError> {
    if matches!(entry.method, Method::Get | Method::Head) {
        return Ok(());
    }
    let name = entry.url.split(['?', '/']).find(|part| !part.is_empty()).unwrap_or("");
    let needed = permission::to_write(name);
    ctx.require(needed).map_err(RecordError::from)
}

fn still_holds(
    tx: &mut WriteTx<'_>,
    scope: &continuo_store::Scope,
    condition: &Condition,
) -> Result<bool, continuo_store::Error> {
    let found = find::one(&mut tx.reader()?, scope, condition.type_, &condition.query)?;
    Ok(found != Found::Several && found == condition.found)
}

/// A read by id must find what it names once all is written, else nothing is (R4, RESTful API, "Transaction Processing
/// Rules": each entry succeeds or all are refused). Other reads are tried before anything is written.
fn must_be_there(tx: &mut WriteTx<'_>, scope: &continuo_store::Scope, url: &str) -> Result<(), continuo_store::Error> {
    let Some((type_, id, version)) = instance(url) else { return Ok(()) };
    let mut reader = tx.reader()?;
    match version {
        Some(version) => reader.version(scope, type_, id, version).map(|_| ()),
        None => reader.get(scope, type_, id).map(|_| ()),
    }
}

/// The resource, and the version of it, that a read by id names.
fn instance(url: &str) -> Option<(ResourceType, &str, Option<i64>)> {
    let path = url.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts.as_slice() {
        [type_, id] if !id.starts_with(['_', '$']) => Some((ResourceType::find(type_)?, id, None)),
        [type_, id, "_history", version] => Some((ResourceType::find(type_)?, id, Some(version.parse().ok()?))),
        _ => None,
    }
}

/// Whether a failure of this read may be mended by what the same transaction writes: it names one resource.
pub fn is_read_by_id(url: &str) -> bool {
    instance(url).is_some()
}

/// The outer error undoes the commit and is the store's; the inner one is the caller's.
fn carry_out(
    tx: &mut WriteTx<'_>,
    mut writer: Writer,
    steps: Vec<Step>,
    count: usize,
) -> Result<Result<Vec<Done>, RecordError>, continuo_store::Error> {
    writer.makes(
        tx,
        steps.iter().filter_map(|step| match &step.act {
            Act::Put { prepared, .. } => Some(prepared.as_ref()),
            _ => None,
        }),
    )?;
    tx.look_up(steps.iter().filter_map(|step| match &step.act {
        Act::Put { prepared, .. } => Some(prepared.as_ref()),
        _ => None,
    }))?;
    let (writer, scope) = (&writer, &writer.scope);
    let mut done: Vec<(usize, Done)> = Vec::with_capacity(count);
    for step in steps {
        let one = match step.act {
            Act::Exists { type_, id } => {
                let version = change::current_version(tx, type_, &id)?;
                Done::Resource { type_: type_.to_string(), id, version, status: 200 }
            }
            Act::Nothing => Done::Deleted,
            Act::Get { url } => {
                must_be_there(tx, scope, &url)?;
                Done::Get(url)
            }
            Act::Delete { type_, id, expect } => {
                // What is closed is answered like what is not there: nothing to delete, and so is what was asked.
                if change::is_closed(tx, scope, type_, &id)? {
                    writer.note_unseen(format!("{type_}/{id}"));
                } else {
                    change::delete(tx, writer, type_, &id, expect)?;
                }
                Done::Deleted
            }
            Act::Put { prepared, expect, consent_of, chosen } => {
                // A client that chooses the id, or says that there is none yet, learns of a closed one no more than that.
                if chosen {
                    writer.may_choose(tx, prepared.resource_type(), prepared.id())?;
                    change::visible(tx, scope, prepared.resource_type(), prepared.id())?;
                }
                let put = change::put(tx, writer, &prepared, expect, consent_of.as_deref())?;
                let status = if put.outcome == Outcome::Created { 201 } else { 200 };
                Done::Resource {
                    type_: prepared.resource_type().to_string(),
                    id: prepared.id().to_owned(),
                    version: put.version,
                    status,
                }
            }
            Act::Patch { type_, id, expect, patch } => {
                change::visible(tx, scope, type_, &id)?;
                let version = change::patch(tx, writer, type_, &id, expect, &patch)?;
                Done::Resource { type_: type_.to_string(), id, version, status: 200 }
            }
        };
        done.push((step.index, one));
    }
    done.sort_by_key(|(index, _)| *index);
    Ok(Ok(done.into_iter().map(|(_, one)| one).collect()))
}

//! "Could not file": input kept as received, to be mended and tried again. The bytes as received always stay.
//!
//! [`look`] says what stands in the way now, at its place; [`retry`] files what was mended, checked like any other change
//! of the record, in one commit with the end of the waiting: undoing it lets the input wait again.

use std::ops::ControlFlow;

use continuo_exchange::read::read;
use continuo_exchange::table::{Mapping, Tables, count_rows, one_row};
pub use continuo_exchange::table::{OneRow, template, write_row};
use continuo_exchange::{Batch, Limits};
use continuo_fhir::{Issue, IssueCode, Json, ResourceType, pack, root, validate};
use continuo_store::tables::account;
pub use continuo_store::tables::input_kept::InputKept;
use continuo_store::tables::input_kept::{self, DISMISSED, FILED, Settled, WAITING};
use continuo_store::{CommitId, Error as StoreError, Rid, Scope, WriteTx};

use crate::access::{LABELS, Permission, openings};
use crate::ctx::Ctx;
use crate::import::{self, Filing};
use crate::ingest::{Chunk, take_whole};
use crate::problem::WorkError;
use crate::record::{RecordError, audit, permission};

/// Which of the inputs are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Waiting for somebody.
    #[default]
    Waiting,
    /// In the record since.
    Filed,
    /// Put aside with a reason.
    PutAside,
}

impl State {
    fn number(self) -> i64 {
        match self {
            State::Waiting => WAITING,
            State::Filed => FILED,
            State::PutAside => DISMISSED,
        }
    }
}

/// What waits, newest first, and how many in all.
pub fn waiting(ctx: &Ctx, most: i64) -> Result<(Vec<InputKept>, i64), WorkError> {
    listed(ctx, State::Waiting, most)
}

/// The inputs in a state, newest first, and how many wait in all.
pub fn listed(ctx: &Ctx, state: State, most: i64) -> Result<(Vec<InputKept>, i64), WorkError> {
    ctx.require(Permission::Import)?;
    let found = ctx.read(|r| {
        Ok((input_kept::in_state(r.conn(), ctx.org, state.number(), most)?, input_kept::waiting(r.conn(), ctx.org)?))
    })?;
    looked(ctx, "waiting")?;
    Ok(found)
}

/// Resources that the record refers to and never got, people first, at most so many.
pub fn missing(ctx: &Ctx, most: i64) -> Result<Vec<continuo_store::Missing>, WorkError> {
    ctx.require(Permission::Import)?;
    let (mut missing, own) = ctx.read(|r| {
        let own = account::accounts_of(r.conn(), ctx.org)?;
        Ok((r.missing(&ctx.scope, most)?.0, own))
    })?;
    // The product itself, programs with a token and people with an account are known without being in the record.
    missing.retain(|one| {
        let reference = format!("{}/{}", one.type_, one.id);
        reference != crate::assess::LOOP
            && !reference.starts_with(crate::feeds::PROGRAM)
            && !own.iter().any(|account| account.reference == reference)
    });
    Ok(missing)
}

/// How many wait; counting looks at nobody's words.
pub fn count(ctx: &Ctx) -> Result<i64, WorkError> {
    ctx.require(Permission::Import)?;
    Ok(ctx.read(|r| input_kept::waiting(r.conn(), ctx.org))?)
}

/// One kept input; what was received is left out where it is closed to the actor ([`is_closed`]).
pub fn get(ctx: &Ctx, id: &str) -> Result<InputKept, WorkError> {
    let mut found = whole(ctx, id)?;
    if is_closed(ctx, &found) {
        found.bytes = Vec::new();
    }
    Ok(found)
}

fn whole(ctx: &Ctx, id: &str) -> Result<InputKept, WorkError> {
    ctx.require(Permission::Import)?;
    let found = ctx.read(|r| input_kept::by_id(r.conn(), ctx.org, id))?;
    let found = found.ok_or_else(|| WorkError::NotFound("this input".to_owned()))?;
    looked(ctx, id)?;
    Ok(found)
}

/// Whether what a source sent is closed to the actor: the record itself is (tables of people and visits are not), or a
/// label that is closed to them stands in the bytes. Nothing parses them, so the label's code is looked for as text.
pub fn is_closed(ctx: &Ctx, kept: &InputKept) -> bool {
    let text = String::from_utf8_lossy(&kept.bytes);
    let named = |code: &str| text.contains(&format!("\"{code}\""));
    (kept.format != "csv" && !ctx.grant.allows(Permission::RecordRead))
        || LABELS.iter().any(|label| ctx.scope.hidden_labels & (1 << label.bit) != 0 && named(&label.code))
}

/// Inputs hold what sources said of people, so looking at them is audited like looking at a record.
fn looked(ctx: &Ctx, what: &str) -> Result<(), WorkError> {
    audit(ctx, "read kept input", Rid(0), what).map_err(|error| match error {
        RecordError::Store(error) => error.into(),
        other => WorkError::Not(other.to_string()),
    })
}

/// A kept input as somebody mended it; what is not given is as received.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mended {
    /// The content.
    pub bytes: Option<Vec<u8>>,
    /// The mapping file of a table.
    pub mapping: Option<String>,
}

/// The row of a table on its own, cell by cell; nothing for other inputs and for whole tables.
pub fn row(ctx: &Ctx, kept: &InputKept, mended: &Mended) -> Option<OneRow> {
    if kept.format != "csv" {
        return None;
    }
    let tables = tables(ctx, kept, mended).ok()?;
    one_row(mended.bytes.as_deref().unwrap_or(&kept.bytes), &tables)
}

/// What stands in the way of filing, each with its place; warnings name what would be left out.
pub fn look(ctx: &Ctx, kept: &InputKept, mended: &Mended) -> Result<Vec<Issue>, WorkError> {
    Ok(gather(ctx, kept, mended)?.issues)
}

/// Tries again, as received or as mended. What still cannot be taken stays whole, with the reasons of this try; of a
/// table of several rows the good ones are filed and the others wait each on its own.
pub fn retry(ctx: &Ctx, id: &str, mended: &Mended) -> Result<Result<CommitId, Vec<Issue>>, WorkError> {
    let kept = whole(ctx, id)?;
    if is_closed(ctx, &kept) {
        ctx.require(Permission::RecordRead)?;
        return Err(WorkError::Not("what was received is closed to your role".to_owned()));
    }
    if kept.state != WAITING {
        return Err(WorkError::Not("this input was settled already".to_owned()));
    }
    let found = gather(ctx, &kept, mended)?;
    let errors: Vec<Issue> = found.issues.iter().filter(|issue| issue.is_error()).cloned().collect();
    if !errors.is_empty() {
        return Ok(Err(errors));
    }
    for resource in &found.resources {
        if let Some(issue) = may_file(ctx, resource)? {
            return Ok(Err(vec![issue]));
        }
    }
    let prepare = ctx.prepare_context()?;
    let left = import::rows(ctx, &kept.source, found.left);
    let chunk = Chunk { source: kept.source.clone(), resources: found.resources, ..Chunk::default() };
    let (org, id, by) = (ctx.org, id.to_owned(), ctx.actor.reference.clone());
    let (sent, commit) = std::sync::mpsc::channel();
    let taken = take_whole(ctx, &prepare, chunk, "file mended input", move |tx| {
        for row in &left {
            input_kept::add(tx.conn()?, org, row)?;
        }
        settle_in(tx, &id, FILED, &by, "")?;
        // The receiver stands below and outlives the commit.
        let _ = sent.send(tx.commit_id());
        Ok(())
    })?;
    match taken {
        Ok(_) => commit.recv().map(Ok).map_err(|_| WorkError::Not("the input was not filed".to_owned())),
        Err(refused) => Ok(Err(refused.into_iter().map(|one| one.issue).collect())),
    }
}

/// What a try would write, keep aside again, and what it runs against.
#[derive(Default)]
struct Gathered {
    resources: Vec<Json>,
    left: Vec<continuo_exchange::Kept>,
    issues: Vec<Issue>,
}

fn tables(ctx: &Ctx, kept: &InputKept, mended: &Mended) -> Result<Tables, Vec<Issue>> {
    let mut tables = Tables::new().on(ctx.zone.day(ctx.now()));
    let text = mended.mapping.as_deref().unwrap_or(&kept.mapping);
    if !text.trim().is_empty() {
        match Mapping::read(text.as_bytes()) {
            (Some(mapping), _) => tables.add(mapping),
            (None, mut issues) => {
                for issue in &mut issues {
                    issue.place = "mapping".to_owned();
                }
                return Err(issues);
            }
        }
    }
    Ok(tables)
}

fn gather(ctx: &Ctx, kept: &InputKept, mended: &Mended) -> Result<Gathered, WorkError> {
    let bytes = mended.bytes.as_deref().unwrap_or(&kept.bytes);
    if has_its_id(kept) {
        return Ok(match Json::parse(bytes) {
            Ok(resource) => Gathered { resources: vec![resource], ..Gathered::default() },
            Err(error) => {
                let issue = Issue::error(IssueCode::Structure, "", error.to_string());
                Gathered { issues: vec![issue], ..Gathered::default() }
            }
        });
    }
    let name = match kept.format.as_str() {
        "csv" => "mended.csv",
        "hl7v2" => "mended.hl7",
        _ => "mended.json",
    };
    let tables = match tables(ctx, kept, mended) {
        Ok(tables) => tables,
        Err(issues) => return Ok(Gathered { issues, ..Gathered::default() }),
    };
    let mut batches: Vec<Batch> = Vec::new();
    read(name, &mut &*bytes, &tables, &Limits::default(), &mut |batch| {
        batches.push(batch);
        ControlFlow::Continue(())
    });
    let mut filing = Filing::new(ctx, &kept.source)?;
    let mut found = Gathered::default();
    for batch in batches {
        let Some(filed) = filing.file(batch, true) else { continue };
        found.resources.extend(filed.chunk.resources);
        found.left.extend(filed.kept);
    }
    let is_whole_table = kept.format == "csv" && count_rows(bytes).is_some_and(|rows| rows > 1);
    if is_whole_table && !found.resources.is_empty() {
        for one in &mut found.left {
            let of = one.place.to_string().replacen(name, &kept.place, 1);
            one.place = continuo_exchange::Place::whole(&of);
        }
        return Ok(found);
    }
    found.issues.extend(std::mem::take(&mut found.left).into_iter().flat_map(|one| one.issues));
    if found.issues.is_empty() && found.resources.is_empty() {
        found.issues.push(Issue::error(IssueCode::Required, "", "there is no resource in it"));
    }
    Ok(found)
}

/// What the record itself refused was kept as it would have been written: its id is ours already, its references lead to
/// our ids.
fn has_its_id(kept: &InputKept) -> bool {
    let type_ = kept.place.split_once('/').map(|(type_, id)| (type_, id.contains(['/', '.', ',', ' '])));
    kept.format == "fhir" && matches!(type_, Some((type_, false)) if ResourceType::find(type_).is_some())
}

/// What a person mends is checked like any other change of the record: by type, by shape, and never over a resource
/// that is closed to them.
fn may_file(ctx: &Ctx, resource: &Json) -> Result<Option<Issue>, WorkError> {
    let name = resource.resource_type().unwrap_or("");
    let Some(type_) = ResourceType::find(name) else {
        let shown: String = name.chars().take(64).collect();
        let text = format!("`{shown}` is not a resource type of FHIR R4");
        return Ok(Some(Issue::error(IssueCode::Value, "resourceType", text)));
    };
    ctx.require(permission::to_write(type_.as_str()))?;
    let packed = pack(resource);
    let node = root(&packed).map_err(|error| WorkError::field("content", error.to_string()))?;
    if let Some(issue) = validate::structure(node).into_iter().find(Issue::is_error) {
        return Ok(Some(issue));
    }
    openings::may_write(ctx, resource)?;
    let Some(id) = resource.str_at("id") else { return Ok(None) };
    let closed = ctx
        .read(|r| Ok(r.find(&Scope::all(ctx.org), type_, id)?.is_some() && r.find(&ctx.scope, type_, id)?.is_none()))?;
    if closed { Err(WorkError::NotFound(format!("{type_}/{id}"))) } else { Ok(None) }
}

/// Puts an input aside for good, by name and with the reason.
pub fn dismiss(ctx: &Ctx, id: &str, why: &str) -> Result<CommitId, WorkError> {
    if get(ctx, id)?.state != WAITING {
        return Err(WorkError::Not("this input was settled already".to_owned()));
    }
    let why = why.trim().to_owned();
    if why.chars().count() < 3 {
        return Err(WorkError::field("why", "say why nothing of it is needed"));
    }
    let (id, by) = (id.to_owned(), ctx.actor.reference.clone());
    let written = ctx.write("put input aside", move |tx| {
        settle_in(tx, &id, DISMISSED, &by, &why)?;
        Ok(tx.commit_id())
    })?;
    Ok(written.value)
}

fn settle_in(tx: &mut WriteTx<'_>, id: &str, state: i64, by: &str, why: &str) -> continuo_store::Result<()> {
    let (org, commit, at) = (tx.org(), tx.commit_id(), tx.now());
    if !input_kept::settle(tx.conn()?, org, id, &Settled { state, by, at, why, commit })? {
        return Err(StoreError::Refused("this input was settled already".to_owned()));
    }
    tx.audit(if state == FILED { "file mended input" } else { "put input aside" }, Rid(0), id, why);
    Ok(())
}

/// Lets what a commit settled wait again; part of undoing that commit.
pub(crate) fn reopen_of_commit(tx: &mut WriteTx<'_>, commit: CommitId) -> continuo_store::Result<()> {
    let org = tx.org();
    input_kept::reopen(tx.conn()?, org, commit)
}

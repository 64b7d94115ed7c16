//! The document inbox: scans, PDF and fax images come in, wait for a person, and are filed to somebody or closed with a
//! reason. Nothing is filed unread, nothing is lost: the bytes as received always stay.
//!
//! `attached` finds the file of a document; `kind` says what a file is by its first bytes, never by its name; `receive` keeps it; `settle` files, closes and takes
//! back. A document's file name may hold a name, so no list shows it.

pub mod attached;
pub mod kind;
mod receive;
mod settle;

use continuo_store::tables::{document_blob, document_inbox};
use continuo_store::{Rid, Scope};

use crate::access::Permission;
use crate::ctx::Ctx;
use crate::problem::WorkError;
use crate::record::{RecordError, audit};

pub use continuo_store::tables::document_inbox::{CLOSED, FILED, InboxRow, WAITING};
pub use receive::{LARGEST, Received, receive};
pub use settle::{close, file, missing, reopen_of_commit};

/// Somebody who opened a document counts as reading it for so long, in microseconds: half an hour.
const READS_FOR: i64 = 30 * 60 * 1_000_000;

/// Kinds a document can be filed as: in the form, and in words.
pub const KINDS: [(&str, &str); 10] = [
    ("discharge", "Discharge summary"),
    ("consult", "Consult report"),
    ("lab", "Lab report"),
    ("imaging", "Imaging report"),
    ("authorization", "Authorization or denial"),
    ("order", "Order to sign"),
    ("form", "Form"),
    ("consent", "Signed consent"),
    ("letter", "Letter"),
    ("other", "Other"),
];

fn door(ctx: &Ctx) -> Result<(), WorkError> {
    // What a fax says of somebody is a clinical record before it is filed, too.
    ctx.require(Permission::Import)?;
    ctx.require(Permission::RecordRead)?;
    Ok(())
}

fn looked(ctx: &Ctx, patient: Rid, what: &str) -> Result<(), WorkError> {
    audit(ctx, "read document", patient, what).map_err(|error| match error {
        RecordError::Store(error) => error.into(),
        other => WorkError::Not(other.to_string()),
    })
}

/// What waits, oldest first, and how many in all.
pub fn waiting(ctx: &Ctx, most: i64) -> Result<(Vec<InboxRow>, i64), WorkError> {
    door(ctx)?;
    Ok(ctx.read(|r| {
        let rows = document_inbox::waiting(r.conn(), ctx.org, most)?;
        Ok((rows, document_inbox::count_waiting(r.conn(), ctx.org)?.0))
    })?)
}

/// How many wait; nothing for those who may not see them.
pub fn count(ctx: &Ctx) -> continuo_store::Result<Option<u64>> {
    if door(ctx).is_err() {
        return Ok(None);
    }
    let (count, _) = ctx.read(|r| document_inbox::count_waiting(r.conn(), ctx.org))?;
    Ok(Some(u64::try_from(count).unwrap_or(0)))
}

/// A settled document, with whose it is as far as the reader may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledRow {
    /// The document.
    pub row: InboxRow,
    /// Filed, and the reader may open it.
    pub open: bool,
}

/// What was settled, newest first. Of what is closed to the reader only the fact is told.
pub fn settled(ctx: &Ctx, most: i64) -> Result<Vec<SettledRow>, WorkError> {
    door(ctx)?;
    Ok(ctx.read(|r| {
        let rows = document_inbox::settled(r.conn(), ctx.org, most)?;
        let mut all = Vec::with_capacity(rows.len());
        for mut row in rows {
            let open = document_blob::by_id(r.conn(), &ctx.scope, &row.id)?.is_some();
            if !open {
                row.patient = Rid(0);
                row.document.clear();
            }
            all.push(SettledRow { row, open });
        }
        Ok(all)
    })?)
}

/// Opens a waiting document: notes who reads it, so that two people do not file the same fax. Audited.
pub fn open(ctx: &Ctx, id: &str) -> Result<InboxRow, WorkError> {
    door(ctx)?;
    let row = found(ctx, id)?;
    looked(ctx, row.patient, id)?;
    let now = ctx.now().micros();
    let free = row.taken_by.is_empty() || row.taken_by == ctx.actor.reference || row.taken_at + READS_FOR < now;
    if row.state == WAITING && free && row.taken_by != ctx.actor.reference {
        let (org, id, by) = (ctx.org, id.to_owned(), ctx.actor.reference.clone());
        ctx.write("open document", move |tx| document_inbox::take(tx.conn()?, org, &id, &by, now))?;
    }
    Ok(row)
}

/// Who else reads this document now; nothing when nobody, or only the reader.
pub fn read_by<'r>(ctx: &Ctx, row: &'r InboxRow) -> Option<&'r str> {
    let now = ctx.now().micros();
    let fresh = row.taken_at + READS_FOR >= now;
    (fresh && !row.taken_by.is_empty() && row.taken_by != ctx.actor.reference).then_some(row.taken_by.as_str())
}

/// The bytes of a document with their media type: of a waiting one for those who file, of a filed one for those who may
/// read it. Audited.
pub fn content(ctx: &Ctx, id: &str) -> Result<(String, Vec<u8>), WorkError> {
    ctx.require(Permission::RecordRead)?;
    let blob = ctx.read(|r| document_blob::by_id(r.conn(), &ctx.scope, id))?;
    let blob = blob.ok_or_else(|| WorkError::NotFound("this document".to_owned()))?;
    if blob.patient.0 == 0 {
        door(ctx)?;
    }
    looked(ctx, blob.patient, id)?;
    Ok((blob.type_, blob.bytes))
}

fn found(ctx: &Ctx, id: &str) -> Result<InboxRow, WorkError> {
    let missing = || WorkError::NotFound("this document".to_owned());
    let row = ctx.read(|r| document_inbox::by_id(r.conn(), ctx.org, id))?.ok_or_else(missing)?;
    if row.patient.0 != 0 {
        // Filed: the person and the labels decide from now on.
        let seen = ctx.read(|r| document_blob::by_id(r.conn(), &ctx.scope, id))?;
        seen.ok_or_else(missing)?;
    }
    Ok(row)
}

/// Everything of the organization, for the machine that receives.
fn everything(ctx: &Ctx) -> Scope {
    Scope::all(ctx.org)
}

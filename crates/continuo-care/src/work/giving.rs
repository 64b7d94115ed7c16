//! To whom work may be given: to somebody who may see what it is about and has a worklist to do it from.
//!
//! Work given to anybody else would wait unseen. So it is refused, in one sentence that names who may have it
//! (`assess::permitted`); inside the commit it is asked again, since a consent may have ended meanwhile.

use continuo_store::conn::Conn;
use continuo_store::tables::person_header;
use continuo_store::{Error as StoreError, OrgId, Result as StoreResult, Rid, Scope, WriteTx};

use crate::assess::permitted::Permitted;
use crate::ctx::Ctx;
use crate::problem::WorkError;

/// Why this work may not be given to this owner; nothing where it may. `labels` are the work's own; those of the
/// person's record stand beside them.
pub(crate) fn refusal(
    conn: &mut Conn,
    org: OrgId,
    now: i64,
    owner: &str,
    patient: Rid,
    labels: u64,
) -> StoreResult<Option<String>> {
    let permitted = Permitted::of(conn, org, patient, now)?;
    let header = person_header::of_patients(conn, &Scope::all(org), &[patient])?;
    let person = header.first().map_or(0, |header| header.labels);
    Ok(permitted.refusal(owner, labels | person))
}

/// The same before a commit, as the error of the form's field.
pub(crate) fn check(ctx: &Ctx, owner: &str, patient: Rid, labels: u64) -> Result<(), WorkError> {
    let now = ctx.now().micros();
    match ctx.read(|r| refusal(r.conn(), ctx.org, now, owner, patient, labels))? {
        Some(text) => Err(WorkError::field("to", text)),
        None => Ok(()),
    }
}

/// The same inside a commit.
pub(crate) fn check_in(tx: &mut WriteTx<'_>, owner: &str, patient: Rid, labels: u64) -> StoreResult<()> {
    let (org, now) = (tx.org(), tx.now());
    match refusal(tx.conn()?, org, now, owner, patient, labels)? {
        Some(text) => Err(StoreError::Refused(text)),
        None => Ok(()),
    }
}

//! Taking back a commit that said who is one person.

use continuo_store::tables::identity::{self, Pair};
use continuo_store::tables::person;
use continuo_store::{CommitId, Error, Reader, Result, Rid, WriteTx};

use super::queue::sees_both;
use super::{group, state};
use crate::access::Permission;
use crate::ctx::Ctx;

/// Whether the actor may take back what a commit said: whoever may decide, and sees both records.
pub(crate) fn may(reader: &mut Reader<'_>, ctx: &Ctx, commit: CommitId) -> Result<bool> {
    let answers = identity::answers_of_commit(reader.conn(), ctx.org, commit)?;
    if !answers.is_empty() && !ctx.grant.allows(Permission::IdentityDecide) {
        return Ok(false);
    }
    for answer in &answers {
        if !sees_both(reader, &ctx.scope, answer.low, answer.high)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The records a commit spoke of.
pub(crate) fn records_of(reader: &mut Reader<'_>, ctx: &Ctx, commit: CommitId) -> Result<Vec<Rid>> {
    let answers = identity::answers_of_commit(reader.conn(), ctx.org, commit)?;
    Ok(answers.into_iter().flat_map(|answer| [answer.low, answer.high]).collect())
}

/// Puts memberships and pairs back to what they were before a commit. Says whose.
pub(crate) fn undo(tx: &mut WriteTx<'_>, commit: CommitId) -> Result<Vec<Rid>> {
    let org = tx.org();
    let made = person::memberships_of_commit(tx.conn()?, org, commit)?;
    let mut places = Vec::new();
    for one in &made {
        if one.until.is_some() {
            return Err(Error::Refused("these records were linked or unlinked again since".to_owned()));
        }
        let before = person::memberships(tx.conn()?, org, one.patient)?;
        let before = before.iter().rev().find(|old| old.until == Some(one.since)).map(|old| old.person);
        places.push((one.patient, before.unwrap_or(one.patient)));
    }
    let now = tx.now();
    for answer in identity::answers_of_commit(tx.conn()?, org, commit)?.iter().rev().filter(|one| !one.undone) {
        if let Some(pair) = identity::pair(tx.conn()?, org, answer.low, answer.high)? {
            // A link the machine made and somebody took back is a question, not to be made again by itself.
            let before = if answer.before.is_empty() || answer.before == state::CLOSED {
                if answer.outcome == state::LINKED { state::OPEN } else { state::CLOSED }
            } else {
                &answer.before
            };
            identity::put_pair(tx.conn()?, org, &Pair { state: before.to_owned(), updated: now, ..pair })?;
        }
    }
    identity::take_back(tx.conn()?, org, commit)?;
    if !places.is_empty() {
        tx.audit("undo of linking", Rid(0), "", &format!("{} records", places.len()));
        group::restore(tx, &places, "taken back")?;
    }
    Ok(places.into_iter().map(|(patient, _)| patient).collect())
}

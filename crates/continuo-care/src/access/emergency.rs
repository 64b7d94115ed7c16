//! Emergency access ("break the glass"): opens a person's closed records for a short time, with a reason, and lists it
//! for review. The opening is a row like a consent's, so every query and every count follows it and its end.

use continuo_fhir::{Issue, IssueCode, ResourceType};
use continuo_store::tables::{emergency, person};
use continuo_store::{Error, Micros};

use super::labels::ALL_BITS;
use super::permissions::Permission;
use super::scope::account_audience;
use crate::ctx::Ctx;
use crate::record::RecordError;

pub use continuo_store::tables::emergency::EmergencyAccess;

/// How long an emergency lasts, in microseconds: four hours.
pub const LASTS: Micros = 4 * 3_600_000_000;
/// A reason has at least so many characters: "er" explains nothing.
const SHORTEST_REASON: usize = 10;

/// Opens a patient's closed records to the actor until [`LASTS`] from now.
pub fn open(ctx: &Ctx, patient: &str, reason: &str) -> Result<Micros, RecordError> {
    ctx.require(Permission::BreakGlass)?;
    let reason = reason.trim().to_owned();
    if reason.chars().count() < SHORTEST_REASON {
        let text = "say in a sentence why this is needed now; it is read by the privacy officer";
        return Err(RecordError::Invalid(vec![Issue::error(IssueCode::Required, "reason", text)]));
    }
    let type_ = ResourceType::of("Patient");
    let rid = ctx.read(|reader| reader.rid(ctx.org, type_, patient))?;
    let rid = rid.ok_or_else(|| RecordError::NotFound("the person".to_owned()))?;
    let account = ctx.actor.account;
    let until = ctx.now().micros() + LASTS;
    ctx.write("emergency access", move |tx| {
        let (org, since) = (tx.org(), tx.now());
        // An own commit row, so that the reason stands in the audit even though no resource changes.
        tx.commit_id();
        tx.audit("emergency access", rid, "", &reason);
        person::open_labels(tx.conn()?, org, account_audience(account), rid, ALL_BITS, until)?;
        person::add_reach(tx.conn()?, org, account_audience(account), rid)?;
        emergency::add(tx.conn()?, org, account, rid, &reason, since, until)
    })?;
    Ok(until)
}

/// Emergency accesses, newest first: those nobody has reviewed yet, or all.
pub fn listed(ctx: &Ctx, only_open: bool) -> Result<Vec<EmergencyAccess>, RecordError> {
    ctx.require(Permission::AuditRead)?;
    Ok(ctx.read(|reader| emergency::listed(reader.conn(), ctx.org, only_open, 500))?)
}

/// Records what the review found.
pub fn review(ctx: &Ctx, id: i64, finding: &str) -> Result<(), RecordError> {
    ctx.require(Permission::AuditRead)?;
    let finding = finding.trim().to_owned();
    if finding.is_empty() {
        return Err(RecordError::Invalid(vec![Issue::error(IssueCode::Required, "review", "say what you found")]));
    }
    let by = ctx.actor.reference.clone();
    let done = ctx.write("review emergency access", move |tx| {
        tx.commit_id();
        let (org, at) = (tx.org(), tx.now());
        emergency::review(tx.conn()?, org, id, &by, at, &finding)
    })?;
    if done.value { Ok(()) } else { Err(Error::NotFound("the emergency access".to_owned()).into()) }
}

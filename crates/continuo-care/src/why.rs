//! Why is this person on the list, or not: every rule run on the record as the reader may see it.

use std::collections::BTreeSet;

use continuo_fhir::Instant;
use continuo_store::tables::assessed;

use crate::access::Permission;
use crate::assess::{look, site};
use crate::chart::PATIENT;
use crate::ctx::Ctx;
use crate::followup::finding::Report;
use crate::problem::WorkError;

/// Every rule's answer, and when the list was last made up.
#[derive(Clone, Debug)]
pub struct Why {
    /// One report a rule, in the order of the rules.
    pub reports: Vec<Report>,
    /// When the person was last assessed.
    pub assessed: Option<Instant>,
    /// When the next look is due without a new fact.
    pub next: Option<Instant>,
}

/// Runs every rule on a person.
pub fn why(ctx: &Ctx, patient: &str) -> Result<Why, WorkError> {
    ctx.require(Permission::WorkRead)?;
    // The answers quote the record.
    ctx.require(Permission::RecordRead)?;
    let now = ctx.now();
    Ok(ctx.read(|reader| {
        let rid = reader.get(&ctx.scope, PATIENT, patient)?.rid;
        let settings = site::settings(reader.conn(), ctx.org, now)?;
        let reports = look(reader, &ctx.scope, &settings, rid, now)?;
        let last = assessed::of_patient(reader.conn(), ctx.org, rid)?;
        let moment = |micros: i64| (micros > 0 && micros < i64::MAX).then(|| Instant::from_micros(micros));
        Ok(Why {
            reports,
            assessed: last.as_ref().and_then(|row| moment(row.at)),
            next: last.as_ref().and_then(|row| moment(row.next_at)),
        })
    })?)
}

/// What some rules say about a person, found or not: the evidence behind work that is at hand, and what in the record
/// settles it. No other rule is run.
pub fn of_rules(ctx: &Ctx, patient: &str, rules: &BTreeSet<&str>) -> Result<Vec<Report>, WorkError> {
    ctx.require(Permission::WorkRead)?;
    ctx.require(Permission::RecordRead)?;
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let now = ctx.now();
    Ok(ctx.read(|reader| {
        let rid = reader.get(&ctx.scope, PATIENT, patient)?.rid;
        let settings = site::settings_of(reader.conn(), ctx.org, now, rules)?;
        look(reader, &ctx.scope, &settings, rid, now)
    })?)
}

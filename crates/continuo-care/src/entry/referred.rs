//! Which referral an appointment or a report answers. What ties them lets the loop close: a visit of a referral is watched
//! until its report is back, and a report that names none would be asked for again.

use continuo_store::Rid;

use super::Values;
use crate::access::Permission;
use crate::assess::person_of;
use crate::ctx::Ctx;
use crate::followup::case::date_words;
use crate::followup::referral::{is_open, is_urgent, specialty};
use crate::problem::WorkError;
use crate::work::person_rid;

/// Open referrals of a person, by reference and in words; nothing for those who may not read them.
pub fn open_referrals(ctx: &Ctx, person: &str) -> Result<Vec<(String, String)>, WorkError> {
    if !ctx.grant.allows(Permission::RecordRead) {
        return Ok(Vec::new());
    }
    let id = person.strip_prefix("Patient/").unwrap_or(person);
    of(ctx, person_rid(ctx, &format!("Patient/{id}"))?)
}

/// A referral that is named must be an open one of this person, and seen by who names it.
pub(crate) fn check(ctx: &Ctx, person: Rid, values: &Values) -> Result<(), WorkError> {
    let named = values.get("referral");
    if named.is_empty() {
        return Ok(());
    }
    ctx.require(Permission::RecordRead)?;
    if of(ctx, person)?.iter().any(|(reference, _)| reference == named) {
        return Ok(());
    }
    Err(WorkError::field("referral", "choose an open referral of this person"))
}

fn of(ctx: &Ctx, person: Rid) -> Result<Vec<(String, String)>, WorkError> {
    let rows = ctx.read(|reader| {
        let person = reader.person_of(ctx.org, person)?;
        let members = reader.members(ctx.org, person)?;
        reader.facts(&ctx.scope, &members)
    })?;
    let (person, _) = person_of(&rows);
    let open = person.of("ServiceRequest").iter().filter(|request| is_open(&person, request));
    Ok(open
        .map(|request| {
            let urgent = if is_urgent(request) { ", urgent" } else { "" };
            let day = request.when("authoredOn", &ctx.zone).map(|at| format!(" of {}", date_words(ctx.zone.day(at))));
            (request.reference(), format!("{}{}{urgent}", specialty(request), day.unwrap_or_default()))
        })
        .collect())
}

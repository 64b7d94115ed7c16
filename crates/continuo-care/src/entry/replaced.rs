//! What a new answer to a question of consent replaces: the earlier answers to the same question, entered here.
//!
//! Without it who declined once could never agree: a denial closes whatever else permits. What another system sent is
//! its own to end.

use continuo_fhir::{Json, ResourceType};
use continuo_store::{Prepared, Rid};

use super::Values;
use crate::assess::person_of;
use crate::ctx::Ctx;
use crate::problem::WorkError;
use crate::shapes;

const CONSENT: ResourceType = ResourceType::of("Consent");

/// The earlier answers that are no longer in force, with the version each was read at.
pub(super) fn by(ctx: &Ctx, person: Rid, values: &Values) -> Result<Vec<(Prepared, i64)>, WorkError> {
    let on = values.day("date")?;
    let (scope, with) = (values.get("scope"), values.get("with").trim());
    let earlier = ctx.read(|reader| {
        let person = reader.person_of(ctx.org, person)?;
        let members = reader.members(ctx.org, person)?;
        let rows = reader.facts(&ctx.scope, &members)?;
        let (person, _) = person_of(&rows);
        let mut found = Vec::new();
        for one in person.of("Consent").iter().filter(|one| one.is(&["active"])) {
            let same = one.has("category", shapes::CODE, scope)
                && one.text("provision.actor.reference.display").unwrap_or_default().trim() == with;
            let later = one.when("dateTime", &ctx.zone).is_some_and(|at| ctx.zone.day(at) > on);
            if same && !later {
                found.push(reader.get(&ctx.scope, CONSENT, one.id)?);
            }
        }
        Ok(found)
    })?;
    let context = ctx.prepare_context()?;
    earlier
        .into_iter()
        .map(|stored| {
            let mut consent = crate::work::parse(stored.bytes.as_deref())?;
            consent.set("status", Json::string("inactive"));
            Ok((Prepared::new(consent, &context)?, stored.version))
        })
        .collect()
}

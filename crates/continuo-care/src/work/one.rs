//! One task for its page, as far as the reader's role opens it.

use continuo_fhir::{Json, ResourceType};
use continuo_store::Error as StoreError;

use crate::access::Permission;
use crate::assess::site;
use crate::ctx::Ctx;
use crate::followup::spec;
use crate::record::{self, RecordError};
use crate::tasks::view::{TaskView, view};

const TASK: ResourceType = ResourceType::of("Task");

/// Reads a task. Who does work and does not open the record (front desk, scheduler) reads what is to be done, by whom and by
/// when, and not the reasons, which quote the record; what was written to them when it was handed over they read, too.
pub fn task(ctx: &Ctx, id: &str) -> Result<TaskView, RecordError> {
    let reads = ctx.grant.allows(Permission::RecordRead);
    let stored = if reads {
        record::read(ctx, TASK, id)?
    } else {
        ctx.require(Permission::WorkRead)?;
        let stored = ctx.read(|r| r.get(&ctx.scope, TASK, id))?;
        record::audit(ctx, "read", stored.patient, &format!("Task/{id}"))?;
        stored
    };
    let json = Json::parse(stored.bytes.as_deref().unwrap_or_default())
        .map_err(|error| RecordError::Store(StoreError::Damaged(error.to_string())))?;
    let whole = view(&json, ctx.now(), &site::calendar(ctx.zone.clone(), ctx.now()));
    if reads {
        return Ok(whole);
    }
    let rule = whole.finding.split('|').next().unwrap_or_default();
    let private = stored.labels != 0 || spec(rule).is_some_and(|spec| spec.sensitive);
    Ok(whole.without_reasons(private, &ctx.actor.reference))
}

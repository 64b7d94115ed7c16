//! The calls to a person so far: for the count, the next time of day, and the lines on the page of a task.

use continuo_fhir::{Instant, ResourceType};

use super::Outcome;
use crate::access::Permission;
use crate::assess::person_of;
use crate::chart::entry::who_at;
use crate::ctx::Ctx;
use crate::followup::person::{Resource, walk};
use crate::record::RecordError;
use crate::shapes;

/// One call from us. What was said in it stands in the chart, for those who may read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Try {
    /// `Communication/..`.
    pub reference: String,
    /// When.
    pub at: Instant,
    /// How it ended.
    pub outcome: Outcome,
    /// Who called.
    pub by: String,
    /// `Task/..` it was made for or touched.
    pub tasks: Vec<String>,
}

impl Try {
    /// Whether nobody spoke with us.
    pub fn in_vain(&self) -> bool {
        self.outcome != Outcome::Reached
    }
}

/// Calls from us to the person, newest first.
pub fn tries(ctx: &Ctx, patient: &str) -> Result<Vec<Try>, RecordError> {
    ctx.require(Permission::WorkRead)?;
    let rows = ctx.read(|reader| {
        let stored = reader.get(&ctx.scope, ResourceType::of("Patient"), patient)?;
        let person = reader.person_of(ctx.org, stored.rid)?;
        let members = reader.members(ctx.org, person)?;
        reader.facts(&ctx.scope, &members)
    })?;
    let (person, _) = person_of(&rows);
    let mut found: Vec<Try> = person.of("Communication").iter().filter_map(|one| read(one, ctx)).collect();
    found.sort_by_key(|one| std::cmp::Reverse(one.at));
    Ok(found)
}

fn read(one: &Resource<'_>, ctx: &Ctx) -> Option<Try> {
    let incoming = one.extension(shapes::EXT_DIRECTION).and_then(continuo_fhir::Node::as_str) == Some("in");
    if incoming || one.is(&["entered-in-error"]) || !one.has_own("category", shapes::CALL) {
        return None;
    }
    let outcome = walk(one.node, "statusReason.coding").into_iter().find_map(|coding| coding.str("code"));
    let tasks = [one.references("partOf"), one.references("about")].concat();
    Some(Try {
        reference: one.reference(),
        at: one.when("sent", &ctx.zone)?,
        outcome: outcome.and_then(Outcome::from_code)?,
        by: who_at(one, &["sender"]),
        tasks: tasks.into_iter().filter(|reference| reference.starts_with("Task/")).map(str::to_owned).collect(),
    })
}

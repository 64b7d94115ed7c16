//! Reading the audit, for those who may. Looking at it is itself recorded.

use std::collections::BTreeMap;

use continuo_fhir::{Date, DateTime, Json, ResourceType};
use continuo_store::tables::audit_entry::{self, AuditEntryRow};
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::{Rid, Scope};

use crate::access::Permission;
use crate::chart::PATIENT;
use crate::ctx::Ctx;
use crate::record::{RecordError, audit};

/// A page of the audit.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    /// Newest first.
    pub rows: Vec<AuditEntryRow>,
    /// The people touched.
    pub people: BTreeMap<Rid, PersonHeader>,
    /// Of what day the resources touched are, by reference, as far as the reader may see that they exist.
    pub days: BTreeMap<String, Date>,
    /// Number of the newest link of the chain.
    pub link: i64,
}

/// Where resources say of what day they are, the best first.
const DAYS: [&str; 15] = [
    "effectiveDateTime",
    "effectivePeriod.start",
    "period.start",
    "start",
    "sent",
    "performedDateTime",
    "performedPeriod.start",
    "occurrenceDateTime",
    "authoredOn",
    "onsetDateTime",
    "recordedDate",
    "issued",
    "dateTime",
    "date",
    "created",
];

/// What is asked of the audit; what is empty or nothing asks for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Whose record: a `Patient` id.
    pub patient: String,
    /// Who did it.
    pub actor: String,
    /// What was done, one of [`kinds`].
    pub kind: String,
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
    /// Older than the entry of this number.
    pub before: i64,
}

/// Kinds that are looked at, at most.
const KINDS: usize = 400;

/// What was ever done here, in the words of the entries.
pub fn kinds(ctx: &Ctx) -> Result<Vec<String>, RecordError> {
    ctx.require(Permission::AuditRead)?;
    Ok(ctx.read(|r| audit_entry::actions(r.conn(), ctx.org, KINDS))?)
}

/// Entries before a number (0 for the newest), of one person's record or everybody's, by anybody or one actor.
pub fn entries(ctx: &Ctx, patient: &str, actor: &str, before: i64, most: i64) -> Result<Entries, RecordError> {
    found(ctx, &Asked { patient: patient.to_owned(), actor: actor.to_owned(), before, ..Asked::default() }, most)
}

/// Entries that were asked for, the newest first. Days are those of the site.
pub fn found(ctx: &Ctx, asked: &Asked, most: i64) -> Result<Entries, RecordError> {
    ctx.require(Permission::AuditRead)?;
    let (entries, rid) = ctx.read(|r| {
        let everybody = Scope::all(ctx.org);
        let rid = match asked.patient.as_str() {
            "" => Rid(0),
            id => r.get(&everybody, PATIENT, id)?.rid,
        };
        let filter = audit_entry::Filter {
            patient: rid,
            actor: &asked.actor,
            action: &asked.kind,
            from: asked.from.map(|day| day.low(&ctx.zone).micros()),
            to: asked.to.map(|day| day.high(&ctx.zone).micros()),
            before: asked.before,
        };
        let rows = audit_entry::found(r.conn(), ctx.org, &filter, most)?;
        let mut touched: Vec<Rid> = rows.iter().map(|row| row.patient).filter(|patient| patient.0 != 0).collect();
        touched.sort();
        touched.dedup();
        // Names only of people whose identity this reader may see at all.
        let people = person_header::of_patients(r.conn(), &ctx.scope, &touched)?;
        let link = continuo_store::audit::head(r.conn(), ctx.org)?.link;
        let people = people.into_iter().map(|header| (header.patient, header)).collect();
        let mut days = BTreeMap::new();
        for row in &rows {
            let Some((type_, id)) = row.subject.split_once('/') else { continue };
            let Some(type_) = ResourceType::find(type_).filter(|_| !days.contains_key(&row.subject)) else { continue };
            let stored = r.find(&ctx.scope, type_, id)?;
            let json = stored.and_then(|stored| stored.bytes).and_then(|bytes| Json::parse(&bytes).ok());
            let said = json.as_ref().and_then(|json| DAYS.iter().find_map(|path| json.str_at(path)));
            days.extend(
                said.and_then(DateTime::parse).map(|at| (row.subject.clone(), ctx.zone.day(at.low(&ctx.zone)))),
            );
        }
        Ok((Entries { rows, people, days, link }, rid))
    })?;
    audit(ctx, "read audit", rid, "")?;
    Ok(entries)
}

//! Reading the audit, for those who may. Looking at it is itself recorded.

use std::collections::BTreeMap;

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
    /// Number of the newest link of the chain.
    pub link: i64,
}

/// Entries before a number (0 for the newest), of one person's record or everybody's, by anybody or one actor.
pub fn entries(ctx: &Ctx, patient: &str, actor: &str, before: i64, most: i64) -> Result<Entries, RecordError> {
    ctx.require(Permission::AuditRead)?;
    let before = if before > 0 { before } else { i64::MAX };
    let (entries, rid) = ctx.read(|r| {
        let everybody = Scope::all(ctx.org);
        let rid = match patient {
            "" => Rid(0),
            id => r.get(&everybody, PATIENT, id)?.rid,
        };
        let rows = audit_entry::before(r.conn(), ctx.org, rid, actor, before, most)?;
        let mut touched: Vec<Rid> = rows.iter().map(|row| row.patient).filter(|patient| patient.0 != 0).collect();
        touched.sort();
        touched.dedup();
        // Names only of people whose identity this reader may see at all.
        let people = person_header::of_patients(r.conn(), &ctx.scope, &touched)?;
        let link = continuo_store::audit::head(r.conn(), ctx.org)?.link;
        let people = people.into_iter().map(|header| (header.patient, header)).collect();
        Ok((Entries { rows, people, link }, rid))
    })?;
    audit(ctx, "read audit", rid, "")?;
    Ok(entries)
}

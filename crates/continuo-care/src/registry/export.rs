//! Taking a registry out as a table: with a reason, audited, and safe to open in a spreadsheet.

use continuo_exchange::write::csv_row;
use continuo_store::Rid;

use super::{Filter, Registry, registry};
use crate::access::Permission;
use crate::ctx::Ctx;
use crate::problem::WorkError;

/// Shortest reason taken.
const SHORTEST: usize = 5;

/// A table to take out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Rows written, without the heading.
    pub people: usize,
    /// The table (RFC 4180).
    pub csv: Vec<u8>,
}

/// Makes the table of a registry. `cells` gives the heading and the row of one person; who asks, why and for how many is
/// audited before anything leaves.
pub fn export(
    ctx: &Ctx,
    id: &str,
    filter: &Filter,
    reason: &str,
    heading: &[String],
    cells: impl Fn(&Registry) -> Vec<Vec<String>>,
) -> Result<Table, WorkError> {
    ctx.require(Permission::Export)?;
    let reason = reason.trim().to_owned();
    if reason.chars().count() < SHORTEST {
        return Err(WorkError::field("reason", "say what the list is for"));
    }
    let found = registry(ctx, id, filter, 0, usize::MAX)?;
    let rows = cells(&found);
    let (people, subject) = (rows.len(), id.to_owned());
    let detail = format!("{reason} ({people} people; {})", filter.words());
    ctx.write("export registry", move |tx| {
        tx.commit_id();
        tx.audit("export registry", Rid(0), &subject, &detail);
        Ok(())
    })?;
    let mut csv = Vec::new();
    for row in std::iter::once(heading).chain(rows.iter().map(Vec::as_slice)) {
        csv_row(row.iter().map(String::as_str), &mut csv);
    }
    Ok(Table { people, csv })
}

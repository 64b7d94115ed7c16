//! Taking a registry out as a table: with a reason, audited, and safe to open in a spreadsheet.

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
    let found = registry(ctx, id, filter)?;
    let rows = cells(&found);
    let (people, subject) = (rows.len(), id.to_owned());
    let detail = format!("{reason} ({people} people; {filter:?})");
    ctx.write("export registry", move |tx| {
        tx.commit_id();
        tx.audit("export registry", Rid(0), &subject, &detail);
        Ok(())
    })?;
    let mut csv = Vec::new();
    line(&mut csv, heading);
    for row in &rows {
        line(&mut csv, row);
    }
    Ok(Table { people, csv })
}

fn line(out: &mut Vec<u8>, cells: &[String]) {
    let cells: Vec<String> = cells.iter().map(|cell| safe(cell)).collect();
    out.extend_from_slice(cells.join(",").as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// A cell that a spreadsheet reads as text. What begins like a formula gets an apostrophe (OWASP, CSV injection); a plain
/// number stays a number.
fn safe(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && cell.parse::<f64>().is_err();
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r']) || cell.starts_with(' ') || cell.ends_with(' ') {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn a_name_that_is_a_formula_stays_a_name() {
        assert_eq!(safe("=HYPERLINK(\"http://x\")"), "\"'=HYPERLINK(\"\"http://x\"\")\"");
        assert_eq!(safe("@sum"), "'@sum");
        assert_eq!(safe("-cmd|' /C calc'!A0"), "'-cmd|' /C calc'!A0");
        assert_eq!(safe("-1.5"), "-1.5");
        assert_eq!(safe("Reyes, Ana"), "\"Reyes, Ana\"");
        assert_eq!(safe("9.4 %"), "9.4 %");
    }
}

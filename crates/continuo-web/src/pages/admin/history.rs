//! The history of a setting in lines: who set it, when, and why.

use continuo_care::settings::Change;
use continuo_care::{Ctx, staff};
use continuo_fhir::Instant;

use crate::pages::when;
use crate::problem::Problem;

/// "Maria Ortiz, 08/19/2026 7:02 am: county closure. Opens 8:00 am"; newest first.
pub(in crate::pages) fn lines(ctx: &Ctx, changes: &[Change]) -> Result<Vec<String>, Problem> {
    let owners = staff::owners(ctx)?;
    let line = |one: &Change| {
        let by = staff::name_of(&owners, &one.actor);
        let at = when::moment(Instant::from_micros(one.at), &ctx.zone);
        let why = if one.reason.is_empty() { "no reason was asked for then" } else { &one.reason };
        let what = if one.what.is_empty() { String::new() } else { format!(" ({})", one.what) };
        format!("{by}, {at}: {why}{what}")
    };
    Ok(changes.iter().map(line).collect())
}

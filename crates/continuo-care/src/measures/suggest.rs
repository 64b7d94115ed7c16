//! Gaps of measures that may make suggestions, as the follow-up rules take them: from results that are kept, so that
//! settling a person inside a commit computes no measure.

use continuo_store::conn::Conn;
use continuo_store::tables::measure_result;
use continuo_store::tables::measure_setting::{self, MeasureSetting};
use continuo_store::{OrgId, Result, Rid, Scope};

use super::standing::{Standing, read_body};
use crate::followup::person::MeasureGap;

/// The gaps of a person. `scope` closes results that rest on what the caller may not see.
pub fn gaps(conn: &mut Conn, scope: &Scope, org: OrgId, person: Rid) -> Result<Vec<MeasureGap>> {
    let settings = asked_for(conn, org)?;
    gaps_asked(conn, scope, &settings, person)
}

/// The measures that may make suggestions here.
pub(crate) fn asked_for(conn: &mut Conn, org: OrgId) -> Result<Vec<MeasureSetting>> {
    let mut settings = measure_setting::current(conn, org)?;
    settings.retain(|set| set.active && set.suggests);
    Ok(settings)
}

/// [`gaps`] with the measures read before.
pub(crate) fn gaps_asked(
    conn: &mut Conn,
    scope: &Scope,
    settings: &[MeasureSetting],
    person: Rid,
) -> Result<Vec<MeasureGap>> {
    if settings.is_empty() {
        return Ok(Vec::new());
    }
    let mut gaps: Vec<MeasureGap> = Vec::new();
    for row in measure_result::of_patients(conn, scope, &[person])? {
        let asked = |set: &&MeasureSetting| set.measure == row.measure && set.period == row.period;
        let Some(set) = settings.iter().find(asked).filter(|_| row.standing == Standing::Gap.number()) else {
            continue;
        };
        let why = read_body(&row.body).why;
        // Several groups of one measure are one gap: key = measure and period.
        match gaps.iter_mut().find(|gap| gap.measure == row.measure && gap.period == row.period) {
            Some(gap) => {
                gap.labels |= row.labels;
                gap.since = gap.since.min(row.at);
                gap.evidence.extend(why.evidence);
                gap.closes.extend(why.closes);
                gap.by = [gap.by, why.by].into_iter().flatten().min();
            }
            None => gaps.push(MeasureGap {
                measure: row.measure,
                title: set.title.clone(),
                period: row.period,
                since: row.at,
                labels: row.labels,
                guarded: set.guarded,
                evidence: why.evidence,
                closes: why.closes,
                by: why.by,
            }),
        }
    }
    for gap in &mut gaps {
        gap.evidence.sort();
        gap.evidence.dedup();
        gap.closes.sort();
        gap.closes.dedup();
    }
    Ok(gaps)
}

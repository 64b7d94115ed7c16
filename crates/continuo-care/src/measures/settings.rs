//! What a site does with the measures it has loaded: on or off, over which period, with or without suggestions. Each
//! setting is a named person's, has a reason, and stays in the history.

use continuo_fhir::Instant;
use continuo_store::tables::measure_result;
use continuo_store::tables::measure_run::{self, MeasureRun};
use continuo_store::tables::measure_setting::{self, MeasureSetting};

use super::compiled::{Compiled, Known, compiled};
use super::evaluate::is_period;
use super::load::TYPES;
use crate::access::Permission;
use crate::ctx::Ctx;
use crate::problem::WorkError;
use crate::work::Done;

/// The rule through which measures make suggestions.
pub const RULE: &str = "quality-measure";

/// A loaded measure with its setting and how far it is computed.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The measure.
    pub known: Known,
    /// The setting in force; none while nobody set anything.
    pub setting: Option<MeasureSetting>,
    /// How far it is computed over everybody.
    pub run: Option<MeasureRun>,
}

impl Loaded {
    /// Whether it is computed for everybody.
    pub fn is_active(&self) -> bool {
        self.setting.as_ref().is_some_and(|set| set.active && self.known.runs(set.tolerates))
    }

    /// The period it is computed over, or would be.
    pub fn period(&self, now: Instant, ctx: &Ctx) -> String {
        match &self.setting {
            Some(set) if !set.period.is_empty() => set.period.clone(),
            _ => this_year(ctx, now),
        }
    }
}

/// The running calendar year at the site.
pub fn this_year(ctx: &Ctx, now: Instant) -> String {
    let year = ctx.zone.day(now).year();
    format!("{year:04}-01-01/{year:04}-12-31")
}

/// May look at measures: those who read records, and those who watch how the site does.
pub fn may_read(ctx: &Ctx) -> Result<(), WorkError> {
    if ctx.grant.allows(Permission::OversightRead) {
        return Ok(());
    }
    Ok(ctx.require(Permission::RecordRead)?)
}

/// Every loaded measure.
pub fn all(ctx: &Ctx) -> Result<Vec<Loaded>, WorkError> {
    may_read(ctx)?;
    let compiled = compiled(ctx)?;
    Ok(joined(ctx, &compiled)?)
}

/// What is loaded beside the measures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Libraries.
    pub libraries: usize,
    /// Value sets.
    pub value_sets: usize,
    /// What could not be used, and why.
    pub problems: Vec<String>,
}

/// Every loaded measure, and what is loaded beside them.
pub fn overview(ctx: &Ctx) -> Result<(Vec<Loaded>, Counts), WorkError> {
    ctx.require(Permission::AdminPolicy)?;
    let compiled = compiled(ctx)?;
    let [_, libraries, value_sets] = TYPES;
    let count = |type_| ctx.read(|r| Ok(r.versions_of(ctx.org, &[type_])?.len()));
    let counts =
        Counts { libraries: count(libraries)?, value_sets: count(value_sets)?, problems: compiled.problems.clone() };
    Ok((joined(ctx, &compiled)?, counts))
}

/// One loaded measure.
pub fn one(ctx: &Ctx, id: &str) -> Result<Loaded, WorkError> {
    let found = all(ctx)?.into_iter().find(|loaded| loaded.known.id == id);
    found.ok_or_else(|| WorkError::NotFound("this measure".to_owned()))
}

pub(super) fn joined(ctx: &Ctx, compiled: &Compiled) -> continuo_store::Result<Vec<Loaded>> {
    let (settings, runs) =
        ctx.read(|r| Ok((measure_setting::current(r.conn(), ctx.org)?, measure_run::all(r.conn(), ctx.org)?)))?;
    Ok(compiled
        .measures
        .iter()
        .map(|known| {
            let setting = settings.iter().find(|set| set.measure == known.id).cloned();
            let period = setting.as_ref().map(|set| set.period.clone()).unwrap_or_default();
            let run = runs.iter().find(|run| run.measure == known.id && run.period == period).cloned();
            Loaded { known: known.clone(), setting, run }
        })
        .collect())
}

/// All settings of a measure, newest first.
pub fn history(ctx: &Ctx, id: &str) -> Result<Vec<MeasureSetting>, WorkError> {
    may_read(ctx)?;
    Ok(ctx.read(|r| measure_setting::history(r.conn(), ctx.org, id))?)
}

/// What somebody asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Compute it for everybody.
    pub active: bool,
    /// Let it make suggestions.
    pub suggests: bool,
    /// Run it although value sets are missing.
    pub tolerates: bool,
    /// Never in plain words in a row.
    pub guarded: bool,
    /// First day, `2026-01-01`.
    pub first: String,
    /// Last day.
    pub last: String,
    /// Why.
    pub reason: String,
}

/// Sets a measure. Everybody is computed again in the background; suggestions follow.
pub fn set(ctx: &Ctx, id: &str, change: &Change) -> Done<()> {
    ctx.require(Permission::AdminPolicy)?;
    let compiled = compiled(ctx)?;
    let known = compiled.by_id(id).ok_or_else(|| WorkError::NotFound("this measure".to_owned()))?;
    let period = format!("{}/{}", change.first.trim(), change.last.trim());
    if !is_period(&period) {
        return Err(WorkError::field("first", "enter a first and a last day, the last after the first"));
    }
    if change.reason.trim().len() < 3 {
        return Err(WorkError::field("reason", "say why"));
    }
    if change.active && !known.runs(change.tolerates) {
        let why = match &known.refused {
            Some(why) => why.clone(),
            None => format!("{} value sets are not here", known.missing.len()),
        };
        return Err(WorkError::field("active", format!("it cannot run: {why}")));
    }
    let setting = MeasureSetting {
        measure: id.to_owned(),
        active: change.active,
        suggests: change.active && change.suggests,
        tolerates: change.tolerates,
        guarded: change.guarded || is_guarded(&known.title),
        title: known.title.clone(),
        period: period.clone(),
        at: ctx.now().micros(),
        actor: ctx.actor.reference.clone(),
        reason: change.reason.trim().to_owned(),
    };
    Ok(ctx.write("set measure", move |tx| {
        tx.commit_id();
        let (org, now, newest) = (tx.org(), tx.now(), tx.last_change());
        let conn = tx.conn()?;
        let others = measure_setting::current(conn, org)?.into_iter().any(|s| s.active && s.measure != setting.measure);
        measure_setting::add(conn, org, &setting)?;
        // Results over another period, or of a measure switched off, hold no longer; the run begins again.
        let keep = if setting.active { setting.period.as_str() } else { "" };
        measure_result::end_all(conn, org, &setting.measure, keep, now)?;
        let run =
            MeasureRun { measure: setting.measure.clone(), period: setting.period.clone(), ..MeasureRun::default() };
        measure_run::put(conn, org, &run)?;
        if !others {
            // Nobody followed the feed while no measure ran; the run looks at everybody anyway.
            measure_run::set_cursor(conn, org, newest)?;
        }
        measure_run::look_again_at_suggested(conn, org, RULE, now)
    })?)
}

/// Subjects that never stand in a row, a title or a print list in plain words (safety.md rule 14).
const GUARDED: [&str; 18] = [
    "hiv",
    "aids",
    "suicid",
    "depress",
    "bipolar",
    "schizophren",
    "psych",
    "alcohol",
    "substance",
    "opioid",
    "drug use",
    "dependence",
    "violence",
    "abuse",
    "chlamydia",
    "gonorrh",
    "contracept",
    "pregnan",
];

/// Whether a title names such a subject.
pub fn is_guarded(title: &str) -> bool {
    let title = title.to_lowercase();
    GUARDED.iter().any(|word| title.contains(word))
}

#[cfg(test)]
mod tests {
    use super::is_guarded;

    #[test]
    fn what_must_not_stand_in_a_row_is_told_by_its_title() {
        assert!(is_guarded("HIV Screening") && is_guarded("Screening for Depression"));
        assert!(!is_guarded("Colorectal Cancer Screening"));
    }
}

//! Figures of measures for people: rates, trend, comparison between groups of people. Counts are exact and within the
//! reader's scope; a group too small says so instead of a rate (safety.md rule 22).

use std::collections::BTreeMap;

use continuo_cql::measure::Scoring;
use continuo_fhir::Date;
use continuo_store::tables::measure_result::{self, By, Of, Sums};
use continuo_store::tables::measure_run::{self, MeasureRate};

use super::compiled::{Compiled, compiled};
use super::settings::{Loaded, joined, may_read};
use super::standing::{Standing, lower_is_better, share};
use crate::ctx::Ctx;
use crate::problem::WorkError;

/// People below which a group's rate says nothing.
pub const ENOUGH: i64 = 20;

/// Figures of some people in one group of a measure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// People in the initial population.
    pub people: i64,
    /// Counts: initial population, denominator, excluded, excepted, numerator.
    pub counts: [i64; 5],
    /// People by standing.
    pub standing: [i64; 6],
}

impl Figures {
    fn add(&mut self, sums: &Sums) {
        let standing = Standing::from_number(sums.standing);
        if standing != Standing::Failed {
            self.people += sums.people;
        }
        for (total, count) in self.counts.iter_mut().zip(sums.counts) {
            *total += count;
        }
        if let Some(count) = self.standing.get_mut(standing as usize) {
            *count += sums.people;
        }
    }

    /// People with a standing.
    pub fn of(&self, standing: Standing) -> i64 {
        self.standing.get(standing as usize).copied().unwrap_or(0)
    }

    /// Numerator and what it is held against.
    pub fn share(&self) -> (i64, i64) {
        share(self.counts)
    }

    /// In tenths of a per cent; none without a denominator.
    pub fn rate(&self) -> Option<i64> {
        let (numerator, asked) = self.share();
        (numerator * 1000 + asked / 2).checked_div(asked)
    }

    /// Too few to say anything by.
    pub fn is_small(&self) -> bool {
        self.share().1 < ENOUGH
    }
}

/// One group of a measure.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupFigures {
    /// Id in the measure.
    pub id: String,
    /// How it is scored.
    pub scoring: Scoring,
    /// Lower is better.
    pub lower_is_better: bool,
    /// The figures.
    pub figures: Figures,
}

/// A measure with its figures.
#[derive(Clone, Debug)]
pub struct MeasureFigures {
    /// The measure.
    pub loaded: Loaded,
    /// Over which period.
    pub period: String,
    /// Its groups; empty when it does not run.
    pub groups: Vec<GroupFigures>,
}

/// Every loaded measure with its figures.
pub fn all(ctx: &Ctx) -> Result<Vec<MeasureFigures>, WorkError> {
    may_read(ctx)?;
    let compiled = compiled(ctx)?;
    let loaded = joined(ctx, &compiled)?;
    let sums = ctx.read(|r| measure_result::totals(r.conn(), &ctx.scope))?;
    Ok(loaded.into_iter().map(|one| of_measure(ctx, &compiled, one, &sums)).collect())
}

/// One measure with its figures.
pub fn one(ctx: &Ctx, id: &str) -> Result<MeasureFigures, WorkError> {
    let found = all(ctx)?.into_iter().find(|figures| figures.loaded.known.id == id);
    found.ok_or_else(|| WorkError::NotFound("this measure".to_owned()))
}

fn of_measure(ctx: &Ctx, compiled: &Compiled, loaded: Loaded, sums: &[Sums]) -> MeasureFigures {
    let period = loaded.period(ctx.now(), ctx);
    let groups = compiled.measure(&loaded.known).map(|measure| measure.groups.as_slice()).unwrap_or_default();
    let groups = groups
        .iter()
        .enumerate()
        .map(|(at, group)| {
            let mut figures = Figures::default();
            let own = |s: &&Sums| s.measure == loaded.known.id && s.period == period && s.group == at as i64;
            sums.iter().filter(own).for_each(|sum| figures.add(sum));
            GroupFigures {
                id: group.id.clone(),
                scoring: group.scoring,
                lower_is_better: lower_is_better(group),
                figures,
            }
        })
        .collect();
    MeasureFigures { loaded, period, groups }
}

/// The kept figures of a measure, oldest first. They are sums over everybody: only for those who reach everybody and
/// from whom nothing is closed, or who watch how the site does.
pub fn trend(ctx: &Ctx, id: &str) -> Result<Vec<MeasureRate>, WorkError> {
    may_read(ctx)?;
    let oversees = ctx.grant.allows(crate::access::Permission::OversightRead);
    let is_whole = ctx.grant.reaches_all() && ctx.grant.hidden_labels() == 0;
    if !oversees && !is_whole {
        return Ok(Vec::new());
    }
    Ok(ctx.read(|r| measure_run::kept(r.conn(), ctx.org, id))?)
}

/// A measure's group compared between people.
pub fn compare(ctx: &Ctx, id: &str, group: i64, by: By) -> Result<Vec<(String, Figures)>, WorkError> {
    may_read(ctx)?;
    let loaded = super::settings::one(ctx, id)?;
    let period = loaded.period(ctx.now(), ctx);
    let of = Of { measure: id, period: &period, group };
    let sums = ctx.read(|r| measure_result::compared(r.conn(), &ctx.scope, of, by))?;
    let end = period.split_once('/').and_then(|(_, last)| Date::parse(last));
    let mut rows: BTreeMap<String, Figures> = BTreeMap::new();
    for sum in &sums {
        let name = if by == By::Birth { band(&sum.by, end) } else { sum.by.clone() };
        rows.entry(name).or_default().add(sum);
    }
    Ok(rows.into_iter().collect())
}

/// Bands of age at the end of the period, in the order they sort.
fn band(birth: &str, end: Option<Date>) -> String {
    let age = Date::parse(birth).zip(end).map(|(birth, end)| birth.years_until(end));
    let band = match age {
        Some(..18) => "0 to 17",
        Some(18..40) => "18 to 39",
        Some(40..65) => "40 to 64",
        Some(65..75) => "65 to 74",
        Some(75..) => "75 and over",
        None => "",
    };
    band.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(standing: Standing, people: i64, counts: [i64; 5]) -> Sums {
        Sums { standing: standing.number(), people, counts, ..Sums::default() }
    }

    #[test]
    fn who_could_not_be_evaluated_is_counted_apart() {
        let mut figures = Figures::default();
        figures.add(&sums(Standing::Met, 30, [30, 30, 0, 0, 30]));
        figures.add(&sums(Standing::Gap, 10, [10, 10, 0, 0, 0]));
        figures.add(&sums(Standing::Failed, 2, [0; 5]));
        assert_eq!((figures.people, figures.rate(), figures.of(Standing::Failed)), (40, Some(750), 2));
    }

    #[test]
    fn without_a_denominator_there_is_no_rate() {
        let figures = Figures::default();
        assert_eq!((figures.rate(), figures.is_small()), (None, true));
    }

    #[test]
    fn an_age_without_a_birth_date_has_no_band() {
        let end = Date::parse("2026-12-31");
        assert_eq!(band("1960-02-12", end), "65 to 74");
        assert_eq!(band("", end), "");
    }
}

//! Words and tones that the measure pages share.

use continuo_care::measures::compiled::Known;
use continuo_care::measures::figures::{Figures, GroupFigures};
use continuo_care::measures::settings::Loaded;
use continuo_care::measures::standing::Standing;
use continuo_care::measures::{Role, Scoring};
use continuo_fhir::Date;
use continuo_ui::tag::{TagView, Tone};

use crate::pages::when;

/// "2026-01-01/2026-12-31" as people read it.
pub(super) fn period(text: &str) -> String {
    let day = |text: &str| Date::parse(text).map_or_else(|| text.to_owned(), when::day);
    match text.split_once('/') {
        Some((first, last)) => format!("{} to {}", day(first), day(last)),
        None => text.to_owned(),
    }
}

/// A rate in words; one decimal.
pub(super) fn rate(tenths: Option<i64>) -> String {
    tenths.map_or_else(|| "cannot be assessed".to_owned(), |rate| format!("{}.{} %", rate / 10, rate % 10))
}

/// "31 of 42".
pub(super) fn share(figures: &Figures) -> String {
    let (numerator, asked) = figures.share();
    format!("{numerator} of {asked}")
}

/// What stands in the table for a group that has no rate.
pub(super) fn rate_of(group: &GroupFigures) -> String {
    match group.scoring {
        Scoring::Proportion | Scoring::Ratio => rate(group.figures.rate()),
        Scoring::Cohort => format!("{} people", group.figures.people),
        Scoring::ContinuousVariable => format!("{} measured", group.figures.counts.get(1).copied().unwrap_or(0)),
    }
}

/// Where a person stands, as a tag.
pub(super) fn standing(standing: Standing) -> TagView {
    let tone = match standing {
        Standing::Gap => Tone::Caution,
        Standing::Met => Tone::Done,
        Standing::Failed => Tone::Critical,
        Standing::Counted | Standing::Excluded | Standing::Excepted => Tone::Waiting,
    };
    TagView::new(tone, standing.words())
}

/// Whether a measure runs here.
pub(super) fn state(loaded: &Loaded) -> TagView {
    let set = loaded.setting.as_ref();
    if loaded.known.place.is_none() {
        return TagView::new(Tone::Critical, "Cannot run");
    }
    match (set.is_some_and(|set| set.active), &loaded.run) {
        (false, _) => TagView::new(Tone::Waiting, "Off"),
        (true, _) if !loaded.is_active() => TagView::new(Tone::Critical, "Cannot run"),
        (true, Some(run)) if run.finished > 0 => TagView::new(Tone::Done, "On"),
        (true, Some(run)) => TagView::new(Tone::Active, format!("Computing, {} people so far", run.people)),
        (true, None) => TagView::new(Tone::Active, "Computing"),
    }
}

/// What keeps a measure from running, or what it runs without.
pub(super) fn problems(known: &Known) -> Vec<String> {
    let mut all: Vec<String> = known.refused.iter().map(|why| format!("It cannot run: {why}.")).collect();
    if !known.missing.is_empty() {
        all.push(format!("Value sets that are not here: {}.", known.missing.join(", ")));
    }
    for (url, here, total) in &known.cut {
        all.push(format!(
            "A value set is cut short: {url} has {here} of {total} codes. Who has one of the others is not found."
        ));
    }
    all
}

/// A population in words.
pub(super) fn population(role: Role, code: &str) -> String {
    match role {
        Role::InitialPopulation => "Initial population",
        Role::Denominator => "Denominator",
        Role::DenominatorExclusion => "Denominator exclusion",
        Role::DenominatorException => "Denominator exception",
        Role::Numerator => "Numerator",
        Role::NumeratorExclusion => "Numerator exclusion",
        Role::MeasurePopulation => "Measure population",
        Role::MeasurePopulationExclusion => "Measure population exclusion",
        Role::MeasureObservation => "Observation",
        Role::Other => code,
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_has_one_decimal_and_none_is_said() {
        assert_eq!(rate(Some(742)), "74.2 %");
        assert_eq!(rate(None), "cannot be assessed");
        assert_eq!(period("2026-01-01/2026-12-31"), "01/01/2026 to 12/31/2026");
    }
}

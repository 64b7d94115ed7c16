//! The score of a group from its sums: a rate, a ratio, or observations put together.
//!
//! Sources: FHIR R4 Clinical Reasoning module, "Measure scoring"; Quality Measure Implementation Guide,
//! "Continuous variable measures" and "Ratio measures" (cqfm-aggregateMethod, cqfm-criteriaReference).

use std::collections::BTreeMap;

use super::definition::Role;

/// Observed values and how often each came: sums of partial runs add up, and a median can still be told.
pub(super) type Observed = BTreeMap<String, u64>;

/// What a score rests on: a population with its sum.
#[derive(Clone, Debug)]
pub(super) struct Counted<'c> {
    pub(super) id: &'c str,
    pub(super) code: &'c str,
    pub(super) count: u64,
    /// How its observations are put together, and which population they are of.
    pub(super) method: Option<&'c str>,
    pub(super) reference: Option<&'c str>,
    pub(super) observed: Observed,
}

/// The score, where there is one.
pub(super) fn score(populations: &[Counted<'_>]) -> Option<f64> {
    let observations: Vec<&Counted<'_>> =
        populations.iter().filter(|p| Role::find(p.code) == Role::MeasureObservation).collect();
    let of = |role: Role| populations.iter().find(|p| Role::find(p.code) == role);
    let (Some(denominator), Some(numerator)) = (of(Role::Denominator), of(Role::Numerator)) else {
        return observations.first().and_then(|o| aggregate(o));
    };
    let observation_of = |population: &Counted<'_>| {
        let named = |reference: &str| reference == population.id || reference == population.code;
        observations.iter().find(|o| o.reference.is_some_and(named))
    };
    if let (Some(above), Some(below)) = (observation_of(numerator), observation_of(denominator)) {
        return divided(aggregate(above)?, aggregate(below)?);
    }
    let count = |role: Role| of(role).map_or(0, |p| p.count);
    let denominator =
        denominator.count.saturating_sub(count(Role::DenominatorExclusion) + count(Role::DenominatorException));
    let numerator = numerator.count.saturating_sub(count(Role::NumeratorExclusion));
    divided(numerator as f64, denominator as f64)
}

fn divided(above: f64, below: f64) -> Option<f64> {
    (below != 0.0).then(|| above / below)
}

/// Observations put together by the method of their population.
pub(super) fn aggregate(population: &Counted<'_>) -> Option<f64> {
    let mut values: Vec<(f64, u64)> =
        population.observed.iter().filter_map(|(text, times)| Some((text.parse().ok()?, *times))).collect();
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let number = values.iter().map(|(_, times)| times).sum::<u64>();
    // Not `sum`: of nothing that is a negative zero.
    let sum = values.iter().fold(0.0, |sum, (value, times)| sum + value * *times as f64);
    let at = |place: u64| {
        let mut seen = 0;
        let found = values.iter().find(|(_, times)| {
            seen += times;
            place < seen
        });
        found.map(|(value, _)| *value)
    };
    match population.method?.to_ascii_lowercase().as_str() {
        "count" => Some(number as f64),
        "sum" => Some(sum),
        _ if number == 0 => None,
        "average" | "avg" | "mean" => Some(sum / number as f64),
        "minimum" | "min" => at(0),
        "maximum" | "max" => at(number - 1),
        "median" if number % 2 == 1 => at(number / 2),
        "median" => Some(f64::midpoint(at(number / 2 - 1)?, at(number / 2)?)),
        _ => None,
    }
}

/// Observed values in a line, as reports carry them: `5x3 7.5x1`.
pub(super) fn line(observed: &Observed) -> String {
    observed.iter().map(|(value, times)| format!("{value}x{times}")).collect::<Vec<_>>().join(" ")
}

/// Reads such a line.
pub(super) fn of_line(line: &str) -> Observed {
    let pair = |word: &str| {
        let (value, times) = word.split_once('x')?;
        Some((value.to_owned(), times.parse().ok()?))
    };
    line.split(' ').filter_map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted<'c>(id: &'c str, code: &'c str, count: u64) -> Counted<'c> {
        Counted { id, code, count, method: None, reference: None, observed: Observed::new() }
    }

    fn observation<'c>(method: &'c str, of: &'c str, values: &str) -> Counted<'c> {
        Counted {
            method: Some(method),
            reference: Some(of),
            observed: of_line(values),
            ..counted("o", "measure-observation", 0)
        }
    }

    #[test]
    fn observations_are_put_together_as_their_method_says() {
        for (method, wanted) in
            [("Count", 4.0), ("Sum", 16.0), ("Average", 4.0), ("Median", 3.5), ("Minimum", 2.0), ("Maximum", 7.0)]
        {
            let group = [counted("m", "measure-population", 4), observation(method, "m", "2x1 3x1 4x1 7x1")];
            assert_eq!(score(&group), Some(wanted), "{method}");
        }
        assert_eq!(score(&[observation("Median", "m", "1x2 9x1")]), Some(1.0));
        assert_eq!(score(&[observation("Average", "m", "")]), None);
    }

    #[test]
    fn a_ratio_of_observations_is_theirs_and_a_ratio_without_is_of_counts() {
        let (n, d) = (counted("n", "numerator", 2), counted("d", "denominator", 4));
        assert_eq!(score(&[n.clone(), d.clone()]), Some(0.5));
        let observed = [n, d, observation("Sum", "d", "10x2"), observation("Sum", "n", "1x1 4x1")];
        assert_eq!(score(&observed), Some(0.25));
    }
}

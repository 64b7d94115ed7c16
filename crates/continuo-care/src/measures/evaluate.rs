//! One person, or a batch of people, through some measures over their periods.

use continuo_cql::eval::{Limits, parse_period};
use continuo_cql::measure::{GroupResult, Wanted};
use continuo_cql::value::DateTime;
use continuo_cql::{DEEP, deep_stack};
use continuo_fhir::{Instant, Zone};

use super::compiled::Compiled;
use super::facts::Facts;

/// A measure and the period it is computed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Place of the measure in the plan.
    pub place: usize,
    /// First and last day, `2026-01-01/2026-12-31`.
    pub period: String,
}

/// When and how far people are evaluated.
#[derive(Clone, Debug)]
pub struct Terms<'t> {
    /// The site's zone: a period's first moment and values without an offset are in it.
    pub zone: &'t Zone,
    /// Now.
    pub now: Instant,
    /// Steps one person may take.
    pub steps: u64,
    /// Note which resources each population looked at.
    pub evidence: bool,
}

impl<'t> Terms<'t> {
    /// As the product computes everybody.
    pub fn at(zone: &'t Zone, now: Instant) -> Terms<'t> {
        Terms { zone, now, steps: Limits::default().steps, evidence: false }
    }
}

/// Results of one person, each with the place of its question in the asks.
pub type Answers = Vec<(usize, GroupResult)>;

/// Whether a text is a period as measures are asked for.
pub fn is_period(period: &str) -> bool {
    parse_period(period, 0).is_some_and(|(start, end)| start.utc() < end.utc()) && period.len() == 21
}

/// Evaluates people one after another; the answer of each stands at their place.
pub fn people(compiled: &Compiled, asks: &[Ask], people: &[Facts], terms: &Terms<'_>) -> Vec<Answers> {
    if asks.is_empty() || people.is_empty() {
        return people.iter().map(|_| Vec::new()).collect();
    }
    let offset = terms.zone.offset_minutes(terms.now);
    let now = DateTime::from_utc_millis(terms.now.micros() / 1000, offset);
    let limits = Limits { steps: terms.steps, depth: DEEP };
    let wanted = Wanted { evidence: terms.evidence, supplements: true };
    let plan = &compiled.package.plan;
    deep_stack(|| {
        let mut periods: Vec<&str> = asks.iter().map(|ask| ask.period.as_str()).collect();
        periods.sort_unstable();
        periods.dedup();
        let sessions: Vec<_> = periods
            .iter()
            .filter_map(|period| {
                let span = parse_period(period, offset)?;
                Some((*period, plan.session(&compiled.package.terms, span, now, limits)))
            })
            .collect();
        people
            .iter()
            .map(|facts| {
                let record = facts.record();
                let mut answers = Answers::new();
                if record.patient().is_none() {
                    return answers;
                }
                for (period, session) in &sessions {
                    let mut evaluator = session.patient(&record);
                    for (at, ask) in asks.iter().enumerate().filter(|(_, ask)| ask.period == **period) {
                        if ask.place < plan.measures.len() {
                            let results = plan.evaluate_measure(&mut evaluator, ask.place, wanted);
                            answers.extend(results.into_iter().map(|result| (at, result)));
                        }
                    }
                }
                answers.sort_by_key(|(at, result)| (*at, result.group));
                answers
            })
            .collect()
    })
}

/// Evaluates one person.
pub fn person(compiled: &Compiled, asks: &[Ask], facts: &Facts, terms: &Terms<'_>) -> Answers {
    people(compiled, asks, std::slice::from_ref(facts), terms).pop().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::is_period;

    #[test]
    fn a_period_is_two_whole_days_in_order() {
        assert!(is_period("2026-01-01/2026-12-31"));
        for bad in ["2026-01-01", "2026-12-31/2026-01-01", "2026/2027", "x/y", "2026-01-01/2026-13-01", ""] {
            assert!(!is_period(bad), "{bad}");
        }
    }
}

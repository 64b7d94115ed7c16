//! Results and vital signs: one series per kind, with the last value judged against the person's goal or the range.

use std::collections::BTreeMap;

use continuo_fhir::coding::Concept;
use continuo_fhir::{Date, DateTime, Instant, Node, Zone};

use super::entry::{date_at, words_at};
use crate::followup::limits::{Ages, Grade};
use crate::followup::person::{Person, Resource, walk};
use crate::followup::result_limits;
use crate::shapes;

/// How the last value reads. Declared from gravest to calmest, which is the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reading {
    /// Critical, above.
    CriticalHigh,
    /// Critical, below.
    CriticalLow,
    /// Above the range or goal.
    High,
    /// Below it.
    Low,
    /// Abnormal without a direction.
    Abnormal,
    /// Within.
    Normal,
    /// Nothing judges it.
    Unknown,
}

/// One kind of value over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The last Observation.
    pub reference: String,
    /// "HbA1c".
    pub name: String,
    /// Last value, as written.
    pub value: String,
    /// Unit, as written.
    pub unit: String,
    /// Reading of the last value.
    pub reading: Reading,
    /// Low and high of the goal or range.
    pub range: (Option<f64>, Option<f64>),
    /// The range is the person's own goal.
    pub is_goal: bool,
    /// When the last value was measured.
    pub at: DateTime,
    /// Values of the time asked for, the last twelve months on the chart, oldest first.
    pub points: Vec<(Instant, f64)>,
}

/// A year in microseconds.
const YEAR: i64 = 366 * 86_400_000_000;

struct Value<'a> {
    observation: Resource<'a>,
    code: String,
    name: String,
    node: Node<'a>,
    at: DateTime,
    number: f64,
}

/// Every kind with a number, the gravest last value first, then the newest; points of the last twelve months.
pub fn results(person: &Person<'_>, zone: &Zone, now: Instant) -> Vec<Series> {
    results_since(person, zone, now.plus_micros(-YEAR))
}

/// The same with the points since a moment.
pub(super) fn results_since(person: &Person<'_>, zone: &Zone, from: Instant) -> Vec<Series> {
    let mut kinds: BTreeMap<String, Vec<Value<'_>>> = BTreeMap::new();
    for observation in person.of("Observation") {
        if !observation.is(&["final", "amended", "corrected", "preliminary"]) {
            continue;
        }
        let Some(at) =
            date_at(observation, &["effectiveDateTime", "effectivePeriod.start", "effectiveInstant", "issued"])
        else {
            continue;
        };
        for value in values(*observation, at) {
            kinds.entry(value.code.clone()).or_default().push(value);
        }
    }
    let mut list: Vec<Series> = kinds
        .into_values()
        .filter_map(|mut values| {
            values.sort_by(|a, b| (a.at.low(zone), a.observation.id).cmp(&(b.at.low(zone), b.observation.id)));
            once_each(&mut values, zone);
            series(person, &values, zone, from)
        })
        .collect();
    list.sort_by(|a, b| {
        (a.reading, std::cmp::Reverse(a.at.low(zone)), &a.name).cmp(&(
            b.reading,
            std::cmp::Reverse(b.at.low(zone)),
            &b.name,
        ))
    });
    list
}

/// The same result from two sources is shown once: only if code, value, unit and collection time agree. Anything less
/// may be two results, and both stay. Values come sorted by time, all of one code.
fn once_each(values: &mut Vec<Value<'_>>, zone: &Zone) {
    fn told<'a>(value: &Value<'a>) -> (&'a str, &'a str, &'a str) {
        let quantity = value.node.get("valueQuantity");
        let unit = quantity.and_then(|q| q.str("code").or(q.str("unit"))).unwrap_or_default();
        let comparator = quantity.and_then(|q| q.str("comparator")).unwrap_or_default();
        (value.observation.text("subject.reference").unwrap_or_default(), unit, comparator)
    }
    let mut kept: Vec<Value<'_>> = Vec::with_capacity(values.len());
    for value in values.drain(..) {
        let (subject, unit, comparator) = told(&value);
        let is_repeated = kept.iter().rev().take_while(|other| other.at.low(zone) == value.at.low(zone)).any(|other| {
            let (other_subject, other_unit, other_comparator) = told(other);
            let is_same_time = other.at.high(zone) == value.at.high(zone);
            let is_same_value = other.number.to_bits() == value.number.to_bits();
            other_subject != subject
                && is_same_time
                && is_same_value
                && other_unit == unit
                && other_comparator == comparator
        });
        if !is_repeated {
            kept.push(value);
        }
    }
    *values = kept;
}

/// The value of one Observation in words: "HbA1c 7.9 %".
pub fn in_words(observation: &Resource<'_>) -> Option<String> {
    let name = words_at(observation, "code")?;
    let quantity = observation.node.get("valueQuantity")?;
    let value = quantity.get("value")?.number_text()?;
    Some(format!("{name} {value} {}", quantity.str("unit").unwrap_or_default()).trim_end().to_owned())
}

fn values(observation: Resource<'_>, at: DateTime) -> Vec<Value<'_>> {
    let nodes = [observation.node].into_iter().chain(walk(observation.node, "component"));
    nodes
        .filter_map(|node| {
            let code = node.get("code")?;
            let number = node.get("valueQuantity")?.get("value")?.as_f64()?;
            let concept = Concept::of(code);
            let key = concept.code_in(shapes::LOINC).or(concept.label())?.to_owned();
            let name = concept.label().map_or_else(|| format!("code {key}"), str::to_owned);
            Some(Value { observation, code: key, name, node, at, number })
        })
        .collect()
}

fn series(person: &Person<'_>, values: &[Value<'_>], zone: &Zone, from: Instant) -> Option<Series> {
    let last = values.last()?;
    let quantity = last.node.get("valueQuantity")?;
    let unit = quantity.str("unit").or(quantity.str("code")).unwrap_or_default();
    // Only values in the unit of the last one share its line.
    let same = |value: &&Value<'_>| {
        value.node.get("valueQuantity").and_then(|q| q.str("unit").or(q.str("code"))).unwrap_or_default() == unit
    };
    let points = values
        .iter()
        .filter(same)
        .map(|value| (value.at.low(zone), value.number))
        .filter(|(at, _)| *at >= from)
        .collect();
    let born = person.patient().and_then(|patient| patient.text("birthDate")).and_then(Date::parse);
    let ages = Ages::on(zone.day(last.at.low(zone)), born);
    let goal = goal(person, &last.code, unit);
    let range = goal.unwrap_or_else(|| reference_range(last.node));
    Some(Series {
        reference: last.observation.reference(),
        name: last.name.clone(),
        value: quantity.get("value")?.number_text()?.to_owned(),
        unit: unit.to_owned(),
        reading: beyond(&last.code, ages, unit, last.number).unwrap_or_else(|| reading(last.node, last.number, range)),
        range,
        is_goal: goal.is_some(),
        at: last.at,
        points,
    })
}

/// The person's own goal for a measure, where one is set in the same unit.
fn goal(person: &Person<'_>, code: &str, unit: &str) -> Option<(Option<f64>, Option<f64>)> {
    person.of("Goal").iter().filter(|g| g.text("lifecycleStatus") == Some("active")).find_map(|goal| {
        goal.all("target").into_iter().find_map(|target| {
            let measure = Concept::of(target.get("measure")?);
            if measure.code_in(shapes::LOINC) != Some(code) {
                return None;
            }
            if let Some(range) = target.get("detailRange") {
                return Some((bound(range.get("low")), bound(range.get("high"))));
            }
            let detail = target.get("detailQuantity").filter(|q| q.str("unit").is_none_or(|u| u == unit))?;
            let value = bound(Some(detail))?;
            match detail.str("comparator") {
                Some("<" | "<=") => Some((None, Some(value))),
                Some(">" | ">=") => Some((Some(value), None)),
                _ => Some((None, Some(value))),
            }
        })
    })
}

fn bound(quantity: Option<Node<'_>>) -> Option<f64> {
    quantity?.get("value")?.as_f64()
}

fn reference_range(node: Node<'_>) -> (Option<f64>, Option<f64>) {
    node.list("referenceRange").next().map_or((None, None), |range| (bound(range.get("low")), bound(range.get("high"))))
}

/// Beyond the site's limits of results, which count whatever the laboratory flagged: a value typed in by hand has no flag
/// and no range, and the rule that reads the limits must not say more than the chart.
fn beyond(code: &str, ages: Ages, unit: &str, value: f64) -> Option<Reading> {
    let limit = result_limits().of(code, ages)?;
    let value = limit.in_own_unit(value, Some(unit))?;
    let critical_high = limit.critical_high.is_some_and(|high| value > high);
    match limit.grade(value) {
        Grade::Critical if critical_high => Some(Reading::CriticalHigh),
        Grade::Critical => Some(Reading::CriticalLow),
        _ => None,
    }
}

fn reading(node: Node<'_>, value: f64, range: (Option<f64>, Option<f64>)) -> Reading {
    let flags: Vec<&str> =
        walk(node, "interpretation.coding").into_iter().filter_map(|coding| coding.str("code")).collect();
    let has = |codes: &[&str]| flags.iter().any(|flag| codes.contains(flag));
    match () {
        () if has(&["HH"]) => Reading::CriticalHigh,
        () if has(&["LL"]) => Reading::CriticalLow,
        () if has(&["AA"]) => Reading::CriticalHigh,
        () if range.1.is_some_and(|high| value > high) => Reading::High,
        () if range.0.is_some_and(|low| value < low) => Reading::Low,
        () if range.0.is_some() || range.1.is_some() => Reading::Normal,
        () if has(&["H", "HU"]) => Reading::High,
        () if has(&["L", "LU"]) => Reading::Low,
        () if has(&["A"]) => Reading::Abnormal,
        () if has(&["N"]) => Reading::Normal,
        () => Reading::Unknown,
    }
}

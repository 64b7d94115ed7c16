//! Every medicine of the sheet once, by what the visit changed.
//!
//! An order says when it was written and never when it was stopped. When that was is known where this record saw it change
//! from in force to stopped; where a source sent it stopped from the start nobody knows, and the sheet asks instead of
//! ordering anything.

use std::collections::BTreeMap;

use continuo_fhir::{Instant, Json, ResourceType, Zone};
use continuo_store::{Reader, Scope};
use continuo_text::after_visit::{Change, Given, Said, medicine_key as key, strength};

use super::of as given_of;
use crate::chart::entry::{date_at, words_at};
use crate::followup::calendar::DAY;
use crate::followup::person::{Person, Resource};

/// Versions of an order that are read back for the one that stopped it.
const VERSIONS: i64 = 50;
/// A bottle may still be at home when its order was written so long before the visit: what is taken every day is ordered
/// for a year.
const AT_HOME: i64 = 365 * DAY;

/// When orders were stopped, by their id, where this record saw it happen.
pub(super) type Stopped = BTreeMap<String, Instant>;

/// The moments at which stopped orders were first seen stopped, having been in force before. `since` is when the visit
/// began: an order written after it needs no reading back.
pub(super) fn stopped(
    reader: &mut Reader<'_>,
    scope: &Scope,
    person: &Person<'_>,
    since: Instant,
) -> continuo_store::Result<Stopped> {
    const ORDER: ResourceType = ResourceType::of("MedicationRequest");
    let mut found = Stopped::new();
    let old = |order: &&Resource<'_>| {
        date_at(order, &["authoredOn"]).is_none_or(|at| at.low(&Zone::utc()).micros() < since.micros() + DAY)
    };
    let orders = person.of("MedicationRequest").iter();
    for order in orders.filter(|order| order.is(&["stopped", "cancelled"])).filter(old) {
        let mut first_stopped = None;
        for version in reader.history(scope, ORDER, order.id, VERSIONS)? {
            let status = version.bytes.as_deref().and_then(|bytes| Json::parse(bytes).ok());
            match status.as_ref().and_then(|json| json.str_at("status")) {
                Some("stopped" | "cancelled") => first_stopped = Some(version.updated),
                Some("active" | "on-hold") => {
                    found.extend(first_stopped.map(|at| (order.id.to_owned(), Instant::from_micros(at))));
                    break;
                }
                _ => break,
            }
        }
    }
    Ok(found)
}

struct One<'a> {
    resource: &'a Resource<'a>,
    name: String,
    directions: String,
    at: Option<Instant>,
}

impl One<'_> {
    fn is_order(&self) -> bool {
        self.resource.type_ == "MedicationRequest"
    }

    fn in_force(&self) -> bool {
        self.resource.is(&["active", "intended"])
    }

    /// Two strengths of one medicine, both known: two bottles.
    fn is_another_bottle(&self, other: &One<'_>) -> bool {
        let (a, b) = (strength(&self.name), strength(&other.name));
        !a.is_empty() && !b.is_empty() && a != b
    }
}

/// Every medicine once, by what the visit changed. None is left out: a list with gaps is worse than a long one.
pub(super) fn of(person: &Person<'_>, stopped: &Stopped, zone: &Zone, window: (Instant, Instant)) -> Vec<Given> {
    let all = all(person, zone);
    let same = |a: &One<'_>, b: &One<'_>| key(&a.name) == key(&b.name);
    let within = |one: &One<'_>| one.at.is_some_and(|at| (window.0..=window.1).contains(&at));
    let mut out: Vec<(&One<'_>, Given)> = Vec::new();
    let mut newest: Vec<&One<'_>> = all.iter().collect();
    newest.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.resource.id.cmp(b.resource.id)));
    for one in newest {
        let others = || all.iter().filter(|other| same(one, other) && other.resource.id != one.resource.id);
        let before = || others().find(|other| other.at.is_some_and(|at| at < window.0));
        let ordered = || others().any(|other| other.is_order() && other.resource.is(&["active"]));
        let in_force = || others().any(One::in_force);
        let only_other_bottles = || others().filter(|other| other.in_force()).all(|other| one.is_another_bottle(other));
        let seen_stopped = || stopped.get(one.resource.id).is_some_and(|at| *at >= window.0);
        let change = match one.resource.status() {
            "active" | "intended" if within(one) => match before() {
                None => Change::Start,
                Some(before) if before.directions == one.directions && before.name == one.name => Change::Keep,
                Some(_) => Change::Change,
            },
            "active" | "intended" => Change::Keep,
            "on-hold" => Change::Pause,
            // What somebody said is not taken was not stopped by anybody: the sheet must not make an order of it.
            "stopped" | "not-taken" if !one.is_order() && (within(one) || ordered()) => Change::NotTaken,
            // A renewal that was called off the same day leaves what was in force before it.
            "cancelled" if within(one) && in_force() => continue,
            // One order stopped, another of the same bottle in force: nobody can tell which is meant.
            "stopped" if within(one) && !only_other_bottles() => Change::NotTaken,
            "stopped" | "cancelled" if within(one) => Change::Stop,
            "stopped" | "cancelled" if one.is_order() && seen_stopped() => {
                // The older of two orders gives way to the newer; another bottle beside one that stays is put away.
                if !only_other_bottles() || others().any(|other| other.in_force() && within(other)) {
                    continue;
                }
                Change::Stop
            }
            "stopped" if !in_force() && may_be_at_home(one, stopped, zone, window.0) => Change::StoppedSometime,
            _ => continue,
        };
        // The newest word on a medicine counts; what was said before it is history. Two strengths, both in force and neither
        // newer than the visit or both of it, or one of them put away, are two lines: warfarin is taken so.
        let beside = |other: &One<'_>, said: &Given| {
            let put_away = change == Change::Stop || matches!(said.said, Said::Medicine(Change::Stop, ..));
            let both = one.in_force() && other.in_force() && within(one) == within(other);
            one.is_another_bottle(other) && (both || put_away && (one.in_force() || other.in_force()))
        };
        if out.iter().any(|(other, said)| same(one, other) && !beside(other, said)) {
            continue;
        }
        out.push((one, given_of(Said::Medicine(change, one.name.clone(), one.directions.clone()), one.resource)));
    }
    let mut out: Vec<Given> = out.into_iter().map(|(_, given)| given).collect();
    out.sort_by(|a, b| match (&a.said, &b.said) {
        (Said::Medicine(x, m, _), Said::Medicine(y, n, _)) => (x, m).cmp(&(y, n)),
        _ => std::cmp::Ordering::Equal,
    });
    out
}

/// Whether a stopped medicine, of which nobody knows when it was stopped, may still be taken: ordered within a year, or of
/// no known day, and no course that ended by itself.
fn may_be_at_home(one: &One<'_>, stopped: &Stopped, zone: &Zone, visit: Instant) -> bool {
    let is_known = stopped.contains_key(one.resource.id) || (!one.is_order() && one.at.is_some());
    let ends = ["dispenseRequest.validityPeriod.end", "dosageInstruction.timing.repeat.boundsPeriod.end"];
    let ended = ends.iter().any(|path| one.resource.until(path, zone).is_some_and(|end| end < visit));
    let is_short = one.resource.words("courseOfTherapyType").iter().any(|words| words.to_lowercase().contains("short"));
    !is_known && !ended && !is_short && one.at.is_none_or(|at| at < visit && at.plus_micros(AT_HOME) >= visit)
}

fn all<'a>(person: &'a Person<'a>, zone: &Zone) -> Vec<One<'a>> {
    let orders = person.of("MedicationRequest").iter();
    let said = person.of("MedicationStatement").iter();
    orders
        .chain(said)
        .filter(|one| !one.is(&["entered-in-error", "draft", "unknown"]))
        .filter_map(|resource| {
            let by_reference = || {
                let reference = resource.references("medicationReference").first().copied()?;
                person.find(reference).and_then(|medication| words_at(medication, "code"))
            };
            let name = words_at(resource, "medicationCodeableConcept").or_else(by_reference)?;
            let path = if resource.type_ == "MedicationRequest" { "dosageInstruction.text" } else { "dosage.text" };
            let directions = resource.text(path).unwrap_or_default().to_owned();
            let at = date_at(resource, &["authoredOn", "dateAsserted", "effectivePeriod.start", "effectiveDateTime"]);
            Some(One { resource, name, directions, at: at.map(|at| at.low(zone)) })
        })
        .collect()
}

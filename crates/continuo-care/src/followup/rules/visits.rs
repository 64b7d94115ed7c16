//! What the rules about stays and visits share.

use continuo_fhir::Instant;

use super::super::case::Case;
use super::super::contact::is_stay;
use super::super::person::Resource;
use crate::shapes;

/// How a stay stands.
#[derive(Clone, Debug)]
pub(super) enum Stay<'a> {
    /// It ended; the last one before any later stay.
    Ended(Resource<'a>, Instant),
    /// A later stay began within 30 days: the later one counts (HEDIS TRC).
    Superseded(Resource<'a>, String),
    /// In hospital now.
    Running(Resource<'a>),
    /// Finished, but no date says when.
    NoEnd(Resource<'a>),
}

/// The person's stays, in order of their start.
pub(super) fn stays<'a>(case: &Case<'_, 'a>) -> Vec<Stay<'a>> {
    let zone = case.zone();
    let mut found: Vec<(Option<Instant>, Option<Instant>, Resource<'a>)> = case
        .person
        .of("Encounter")
        .iter()
        .filter(|encounter| is_stay(encounter))
        .map(|encounter| (encounter.when("period.start", zone), encounter.until("period.end", zone), *encounter))
        .filter(|(start, ..)| start.is_none_or(|start| start <= case.as_of))
        .collect();
    found.sort_by(|a, b| (a.0, a.2.id).cmp(&(b.0, b.2.id)));
    let mut stays = Vec::new();
    for (index, (start, end, resource)) in found.iter().enumerate() {
        let later = found.get(index + 1..).unwrap_or(&[]).iter().find(|(next, _, _)| next > start);
        let running = resource.is(&["in-progress", "arrived", "triaged", "onleave"]);
        stays.push(match (end, later) {
            _ if running && end.is_none_or(|end| end > case.as_of) && later.is_none() => Stay::Running(*resource),
            (Some(end), _) if *end > case.as_of => Stay::Running(*resource),
            (Some(end), Some((Some(next), _, by)))
                if next.micros() - end.micros() < 30 * super::super::calendar::DAY =>
            {
                Stay::Superseded(*resource, by.reference())
            }
            (Some(end), _) => Stay::Ended(*resource, *end),
            (None, Some((_, _, by))) => Stay::Superseded(*resource, by.reference()),
            (None, None) => Stay::NoEnd(*resource),
        });
    }
    stays
}

/// Whether a stay was on a psychiatric unit.
pub(super) fn is_psychiatric(encounter: &Resource<'_>) -> bool {
    ["type", "serviceType"].iter().any(|path| {
        encounter.has_own(path, shapes::PSYCHIATRIC)
            || encounter.words(path).iter().any(|words| {
                let words = words.to_ascii_lowercase();
                ["psychiatr", "mental health", "behavioral health"].iter().any(|one| words.contains(one))
            })
    })
}

/// The first booked appointment that starts in a window, or that took place in it.
pub(super) fn booked<'a>(case: &Case<'_, 'a>, from: Instant, until: Instant) -> Option<(Instant, Resource<'a>)> {
    let zone = case.zone();
    let mut found: Vec<(Instant, Resource<'a>)> = case
        .person
        .of("Appointment")
        .iter()
        .filter(|appointment| appointment.is(&["booked", "arrived", "checked-in", "fulfilled", "pending"]))
        .filter_map(|appointment| Some((appointment.when("start", zone)?, *appointment)))
        .filter(|(at, appointment)| {
            // A booked visit whose time passed long ago without a word is no proof of a visit.
            *at >= from
                && *at <= until
                && (appointment.is(&["fulfilled", "arrived", "checked-in"])
                    || *at >= case.as_of.plus_micros(-super::super::calendar::DAY))
        })
        .collect();
    found.sort_by(|a, b| (a.0, a.1.id).cmp(&(b.0, b.1.id)));
    found.into_iter().next()
}

/// The kind of service of an Appointment that matters most when missed.
pub(super) fn critical_kind(appointment: &Resource<'_>) -> Option<&'static str> {
    const KINDS: [(&str, &str); 4] = [
        (shapes::DIALYSIS, "dialysis"),
        (shapes::PRENATAL, "prenatal"),
        (shapes::ANTICOAGULATION, "anticoagulation"),
        (shapes::POST_STAY, "post-stay"),
    ];
    const SNOMED: [(&str, &str); 3] = [("302497006", "dialysis"), ("424441002", "prenatal"), ("424619006", "prenatal")];
    for path in ["serviceType", "appointmentType", "reasonCode", "serviceCategory"] {
        for (code, kind) in KINDS {
            if appointment.has_own(path, code) {
                return Some(kind);
            }
        }
        for (code, kind) in SNOMED {
            if appointment.has(path, shapes::SNOMED, code) {
                return Some(kind);
            }
        }
    }
    let words = appointment.words("serviceType").join(" ").to_ascii_lowercase();
    KINDS.iter().find(|(_, kind)| words.contains(kind)).map(|(_, kind)| *kind)
}

/// A later appointment or visit that makes up for a missed one.
pub(super) fn rebooked<'a>(case: &Case<'_, 'a>, missed: &Resource<'a>, at: Instant) -> Option<Resource<'a>> {
    let zone = case.zone();
    let kind = missed.label("serviceType");
    let visit = case.contacts.visit_since(at.plus_micros(1)).map(|(_, visit)| visit);
    let again = case
        .person
        .of("Appointment")
        .iter()
        .find(|other| {
            other.id != missed.id
                && other.is(&["booked", "arrived", "checked-in", "fulfilled", "pending", "waitlist"])
                && other.when("start", zone).is_some_and(|start| start > at)
                && (kind.is_none() || other.label("serviceType").is_none() || other.label("serviceType") == kind)
        })
        .copied();
    // A dialysis or INR visit is not made up for by just any visit.
    if critical_kind(missed).is_some() { again } else { again.or(visit) }
}

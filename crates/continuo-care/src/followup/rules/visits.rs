//! What the rules about stays and visits share.

use continuo_fhir::Instant;

use super::super::case::Case;
use super::super::contact::{is_stay, names};
use super::super::disposition::{Disposition, disposition};
use super::super::person::Resource;
use super::super::said_dead;
use super::super::visit_kind::{VisitKind, visit_kind};
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
    /// It ended in death, as the hospital wrote, and nothing shows that they live: `death_unconfirmed` asks.
    Died(Instant),
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
    let lives = said_dead::of(case.person, case.contacts, case.as_of, zone).is_some_and(|said| said.lives.is_some());
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
            (Some(end), _) if !lives && disposition(resource) == Disposition::Died => Stay::Died(*end),
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

/// The first booked appointment of one of these kinds that starts in a window, or that took place in it.
pub(super) fn booked<'a>(
    case: &Case<'_, 'a>,
    kinds: &[VisitKind],
    from: Instant,
    until: Instant,
) -> Option<(Instant, Resource<'a>)> {
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
                && kinds.contains(&visit_kind(appointment))
                && ((was_held(appointment) && *at <= case.as_of)
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

/// Whether an appointment says that the person came.
fn was_held(appointment: &Resource<'_>) -> bool {
    appointment.is(&["arrived", "checked-in", "fulfilled"])
}

/// Whether an appointment still stands: it was held, or its day has not passed. One that was booked again and of which
/// nothing says that it took place makes up for nothing once its day is over.
fn stands(case: &Case<'_, '_>, appointment: &Resource<'_>) -> bool {
    let Some(start) = appointment.when("start", case.zone()) else { return false };
    if !appointment.is(&["booked", "pending", "arrived", "checked-in", "fulfilled"]) {
        return false;
    }
    start >= case.as_of.plus_micros(-super::super::calendar::DAY) || was_held(appointment) || came_that_day(case, start)
}

/// Whether a visit is on file on the day of an appointment: sources often leave the appointment as it was booked.
fn came_that_day(case: &Case<'_, '_>, start: Instant) -> bool {
    let day = case.calendar().day(start);
    let visits = case.contacts.visits();
    let from = visits.partition_point(|visit| visit.at < start.plus_micros(-super::super::calendar::DAY));
    let mut near =
        visits.iter().skip(from).take_while(|visit| visit.at <= start.plus_micros(super::super::calendar::DAY));
    near.any(|visit| case.calendar().day(visit.at) == day)
}

/// When the answer about a missed visit changes by itself: a day after what is booked in its place.
pub(super) fn comes_back(case: &Case<'_, '_>, again: &Resource<'_>) -> Option<Instant> {
    let start = again.when("start", case.zone()).filter(|_| again.type_ == "Appointment")?;
    Some(start.plus_micros(super::super::calendar::DAY + 1))
}

/// The last appointment that was booked in place of a missed one and that passed without a word.
pub(super) fn lapsed<'a>(case: &Case<'_, 'a>, missed: &Resource<'a>, at: Instant) -> Option<(Instant, Resource<'a>)> {
    let zone = case.zone();
    let same = |other: &Resource<'a>| match critical_kind(missed) {
        Some(kind) => critical_kind(other) == Some(kind),
        None => other.label("serviceType") == missed.label("serviceType"),
    };
    let made = |other: &Resource<'a>| other.when("created", zone).is_none_or(|made| made > at);
    case.person
        .of("Appointment")
        .iter()
        .filter(|other| other.id != missed.id && other.is(&["booked", "pending"]) && same(other) && made(other))
        .filter_map(|other| Some((other.when("start", zone)?, *other)))
        .filter(|(start, other)| *start > at && *start < case.as_of && !stands(case, other))
        .max_by(|a, b| (a.0, a.1.id).cmp(&(b.0, b.1.id)))
}

/// What makes up for a visit that matters most: another of its kind that was booked after the miss, or held; or a
/// conversation about the missed one. A standing schedule that was booked before does not: a person in dialysis three days
/// a week always has a next session, and it does not take the water off today.
pub(super) fn made_up<'a>(case: &Case<'_, 'a>, missed: &Resource<'a>, at: Instant) -> Option<Resource<'a>> {
    /// Without a word on when it was booked, a visit this soon after may have been booked for it; not in dialysis.
    const SOON: i64 = 14 * super::super::calendar::DAY;
    let zone = case.zone();
    let kind = critical_kind(missed)?;
    let cancelled = missed.is(&["cancelled"]);
    let made = missed.when("created", zone);
    let again = case.person.of("Appointment").iter().find(|other| {
        other.id != missed.id
            && critical_kind(other) == Some(kind)
            && stands(case, other)
            && other.when("start", zone).is_some_and(|start| {
                let booked = other.when("created", zone);
                let booked_for_it = booked.is_some_and(|booked| booked > at);
                let soon = kind != "dialysis" && start.micros() - at.micros() <= SOON;
                let held = kind != "dialysis" && was_held(other) && start <= case.as_of;
                // Moved by a day: no standing schedule has two sessions on neighboring days.
                let moved = cancelled
                    && case.calendar().days_between(case.calendar().day(at), case.calendar().day(start)).abs() <= 1
                    && booked.is_some_and(|booked| made.is_none_or(|made| booked > made));
                moved || start > at && (booked_for_it || held || (soon && booked.is_none()))
            })
    });
    let talked = || {
        let reference = missed.reference();
        // A call about a cancelled visit may have come before its time: it names it.
        case.contacts
            .dated
            .iter()
            .find(|call| (cancelled || call.at > at) && call.spoken && names(case.person, &call.resource, &reference))
            .map(|call| call.resource)
    };
    again.copied().or_else(talked)
}

/// The stay during which a moment falls: who is in hospital misses nothing.
pub(super) fn in_stay<'a>(case: &Case<'_, 'a>, at: Instant) -> Option<Resource<'a>> {
    let zone = case.zone();
    case.person
        .of("Encounter")
        .iter()
        .find(|stay| {
            is_stay(stay)
                && stay.when("period.start", zone).is_some_and(|start| start <= at)
                && stay
                    .until("period.end", zone)
                    .map_or(stay.is(&["in-progress", "arrived", "onleave"]), |end| end >= at)
        })
        .copied()
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
                && other.when("start", zone).is_some_and(|start| start > at)
                && (stands(case, other) || other.is(&["waitlist"]))
                && (kind.is_none() || other.label("serviceType").is_none() || other.label("serviceType") == kind)
        })
        .copied();
    again.or(visit)
}

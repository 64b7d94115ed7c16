//! Visits: booked ones first, then missed and past ones, newest first.

use continuo_fhir::{Instant, Zone};

use super::entry::{Entry, Mark, date_at, words_at};
use crate::followup::contact::{is_stay, is_visit};
use crate::followup::person::{Person, Resource};

/// How many past visits and stays are listed.
const PAST: usize = 6;

/// Next, missed, past.
pub fn visits(person: &Person<'_>, zone: &Zone, now: Instant) -> Vec<Entry> {
    let appointments = person.of("Appointment").iter().filter(|a| !a.is(&["entered-in-error", "proposed"]));
    let (mut next, mut missed): (Vec<Entry>, Vec<Entry>) = (Vec::new(), Vec::new());
    for one in appointments {
        let entry = appointment(one);
        let ahead = entry.moment(zone) >= now;
        match one.status() {
            "booked" | "pending" | "waitlist" | "checked-in" | "arrived" if ahead => {
                next.push(entry.mark(Mark::None, ""));
            }
            "noshow" => missed.push(entry.mark(Mark::Caution, "Missed")),
            "cancelled" => missed.push(entry.mark(Mark::Waiting, "Cancelled")),
            _ => {}
        }
    }
    next.sort_by_key(|entry| entry.moment(zone));
    missed.sort_by_key(|entry| std::cmp::Reverse(entry.moment(zone)));
    missed.truncate(3);
    let mut past: Vec<Entry> = person
        .of("Encounter")
        .iter()
        .filter(|e| is_visit(e) || is_stay(e) || e.text("class.code") == Some("EMER"))
        .map(encounter)
        .collect();
    past.sort_by_key(|entry| std::cmp::Reverse(entry.moment(zone)));
    past.truncate(PAST);
    next.into_iter().chain(missed).chain(past).collect()
}

fn appointment(one: &Resource<'_>) -> Entry {
    let what = words_at(one, "serviceType")
        .or_else(|| words_at(one, "appointmentType"))
        .or_else(|| one.text("description").map(str::to_owned));
    let with = one.text("participant.actor.display").unwrap_or_default();
    Entry::of(one, what.unwrap_or_else(|| "Visit".to_owned())).note(with).at(date_at(one, &["start"]))
}

fn encounter(one: &Resource<'_>) -> Entry {
    let plain = match (is_stay(one), one.text("class.code")) {
        (true, _) => "Stay",
        (_, Some("EMER")) => "Emergency visit",
        _ => "Visit",
    };
    let what = words_at(one, "type").or_else(|| words_at(one, "serviceType")).unwrap_or_else(|| plain.to_owned());
    let entry = Entry::of(one, what)
        .note(words_at(one, "reasonCode").unwrap_or_default())
        .at(date_at(one, &["period.start"]))
        .by(one.text("serviceProvider.display").or(one.text("serviceProvider.reference")).unwrap_or_default());
    match (is_stay(one), one.is(&["in-progress", "arrived"]), one.text("class.code")) {
        (true, true, _) => entry.mark(Mark::Caution, "In hospital now"),
        (true, ..) => entry.mark(Mark::None, "Stay"),
        (.., Some("EMER")) => entry.mark(Mark::None, "Emergency"),
        _ => entry,
    }
}

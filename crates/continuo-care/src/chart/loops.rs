//! What goes out and must come back, as the chart shows it: referrals with how far they have come, and finished tasks.

use continuo_fhir::{Instant, Zone};

use super::entry::{Entry, Mark, date_at, who_at, words_at};
use crate::followup::case::date_words;
use crate::followup::person::{Person, Resource};
use crate::followup::referral::{closed_by, is_referral};
use crate::tasks::OPEN;

/// Finished tasks shown.
const MOST: usize = 100;

/// Referrals, those still open first, the newest first among each.
pub fn referrals(person: &Person<'_>, zone: &Zone, now: Instant) -> Vec<Entry> {
    let mut list: Vec<(bool, Entry)> = person
        .of("ServiceRequest")
        .iter()
        .filter(|request| is_referral(request) && !request.is(&["entered-in-error"]))
        .map(|request| {
            let (word, mark, is_open) = stage(person, request, zone, now);
            let to = who_at(request, &["performer"]);
            let urgent = match request.text("priority") {
                Some("urgent" | "asap" | "stat") => "urgent",
                _ => "",
            };
            let reason = words_at(request, "reasonCode").unwrap_or_default();
            let notes: Vec<&str> = [urgent, reason.as_str()].into_iter().filter(|text| !text.is_empty()).collect();
            let what = request.label("performerType").or_else(|| request.label("code")).unwrap_or("Referral");
            let entry = Entry::of(request, what)
                .note(notes.join(", "))
                .at(date_at(request, &["authoredOn"]))
                .by(to)
                .mark(mark, word);
            (is_open, entry)
        })
        .collect();
    list.sort_by_key(|(is_open, entry)| (!*is_open, std::cmp::Reverse(entry.moment(zone))));
    list.into_iter().map(|(_, entry)| entry).collect()
}

/// How far a referral has come: its word, how grave, and whether it is still open.
fn stage(person: &Person<'_>, request: &Resource<'_>, zone: &Zone, now: Instant) -> (String, Mark, bool) {
    let reference = request.reference();
    let of = |type_: &str, paths: &[&str]| {
        person.of(type_).iter().filter(|one| one.points_to(paths, &reference)).copied().collect::<Vec<_>>()
    };
    let said = |text: &str, mark, is_open| (text.to_owned(), mark, is_open);
    if request.is(&["completed"]) {
        return said("Closed", Mark::Good, false);
    }
    if request.is(&["revoked"]) {
        return said("Ended", Mark::Waiting, false);
    }
    if let Some(closed) = closed_by(person, request) {
        let how = match closed.text("output.valueCode") {
            Some("report") => "Closed, report read",
            Some("paper") => "Closed, report seen on paper",
            Some("no-report") => "Closed, no report will come",
            Some("not-wanted") => "Closed, not wanted any more",
            _ => "Closed",
        };
        return said(how, Mark::Good, false);
    }
    let documents = of("DocumentReference", &["context.related", "relatesTo.target"]);
    let reports = of("DiagnosticReport", &["basedOn"]);
    let final_ = |one: &Resource<'_>| one.is(&["final", "amended", "corrected", "appended"]);
    if !documents.is_empty() || reports.iter().any(final_) {
        return said("Report back, to read", Mark::Caution, true);
    }
    let seen = of("Encounter", &["basedOn"]).iter().any(|visit| !visit.is(&["cancelled", "planned"]));
    if seen {
        return said("Seen, report due", Mark::Waiting, true);
    }
    let visits = of("Appointment", &["basedOn", "reasonReference"]);
    if let Some(missed) = visits.iter().find(|visit| visit.is(&["noshow"])) {
        let later = visits.iter().any(|visit| visit.is(&["booked", "pending"]) && visit.id != missed.id);
        if !later {
            return said("Missed, not booked again", Mark::Critical, true);
        }
    }
    let booked = visits
        .iter()
        .filter(|visit| !visit.is(&["cancelled", "noshow", "entered-in-error", "proposed", "waitlist"]))
        .filter_map(|visit| date_at(visit, &["start"]))
        .max_by_key(|at| at.low(zone));
    if let Some(at) = booked {
        let word = if at.low(zone) < now { "Was scheduled" } else { "Scheduled" };
        return (format!("{word} {}", date_words(at.date())), Mark::None, true);
    }
    let answers = of("Task", &["focus"]);
    if answers.iter().any(|task| task.is(&["rejected", "failed"])) {
        return said("Declined by receiver", Mark::Critical, true);
    }
    if answers.iter().any(|task| task.is(&["accepted", "in-progress"])) {
        return said("Accepted, not booked", Mark::Caution, true);
    }
    if request.is(&["draft"]) {
        said("To send", Mark::Caution, true)
    } else {
        said("Sent, no answer yet", Mark::Waiting, true)
    }
}

/// Tasks that have ended, the newest first.
pub fn finished(person: &Person<'_>, zone: &Zone) -> Vec<Entry> {
    let mut list: Vec<Entry> = person
        .of("Task")
        .iter()
        .filter(|task| !task.is(&OPEN) && !task.is(&["entered-in-error"]))
        .map(|task| {
            let outcome =
                task.text("output.valueString").or_else(|| task.text("statusReason.text")).unwrap_or_default();
            let entry = Entry::of(task, task.text("description").unwrap_or("Task"))
                .note(outcome)
                .at(date_at(task, &["lastModified", "authoredOn"]))
                .by(who_at(task, &["owner"]));
            if task.is(&["completed"]) { entry.mark(Mark::Good, "Done") } else { entry.mark(Mark::Waiting, "Ended") }
        })
        .collect();
    list.sort_by_key(|entry| std::cmp::Reverse(entry.moment(zone)));
    list.truncate(MOST);
    list
}

//! How far a referral has come: its appointment, its answer, its report.

use continuo_fhir::Instant;

use super::case::Case;
use super::person::{Person, Resource};
use crate::shapes;

/// Words that make a referral cancer-suspect, whatever its priority says.
const CANCER_WORDS: [&str; 8] =
    ["cancer", "tumor", "tumour", "malignan", "neoplasm", "carcinoma", "lymphoma", "melanoma"];

/// Whether a ServiceRequest is a referral that its source holds open.
fn is_open_referral(request: &Resource<'_>) -> bool {
    request.is(&["active", "draft", "on-hold"]) && !request.is_void() && is_referral(request)
}

/// `Task.code` of the loop of a referral: the receiver's word on it, or how it ended.
pub const LOOP: &str = "referral-loop";
/// `Task.output.type` of a loop that a named person ended; its value says how: `report`, `paper`, `no-report`, `not-wanted`.
pub const LOOP_CLOSED: &str = "loop-closed";
/// `Task.output.type` that names the report.
pub const REPORT: &str = "report";

/// Whether a referral is open: at its source, and in our own ledger.
pub(crate) fn is_open(person: &Person<'_>, request: &Resource<'_>) -> bool {
    is_open_referral(request) && closed_by(person, request).is_none()
}

/// The task by which somebody here ended the loop of a referral, whoever wrote the order.
pub(crate) fn closed_by<'a>(person: &Person<'a>, request: &Resource<'_>) -> Option<Resource<'a>> {
    let reference = request.reference();
    person
        .of("Task")
        .iter()
        .find(|task| {
            task.is(&["completed"])
                && task.has_own("code", LOOP)
                && task.has_own("output.type", LOOP_CLOSED)
                && task.points_to(&["focus"], &reference)
        })
        .copied()
}

/// Whether a ServiceRequest is a referral, by category or code.
pub fn is_referral(request: &Resource<'_>) -> bool {
    request.has_own("category", shapes::REFERRAL)
        || ["306206005", "3457005"]
            .iter()
            .any(|code| request.has("category", shapes::SNOMED, code) || request.has("code", shapes::SNOMED, code))
}

/// The words of a referral that make it cancer-suspect, with the element they stand in.
pub(super) fn cancer_words<'a>(request: &Resource<'a>) -> Option<(&'static str, &'a str, usize, usize)> {
    let fields = ["reasonCode", "code"];
    for field in fields {
        for text in request.words(field) {
            let lower = text.to_ascii_lowercase();
            for word in CANCER_WORDS {
                if let Some(at) = lower.find(word) {
                    // A history of cancer or a screening is no suspicion.
                    if lower.contains("history of") || lower.contains("screening") {
                        continue;
                    }
                    return Some((field, text, at, at + word.len()));
                }
            }
        }
    }
    None
}

/// Stat, asap or urgent.
pub(crate) fn is_urgent(request: &Resource<'_>) -> bool {
    matches!(request.text("priority"), Some("urgent" | "asap" | "stat"))
}

/// The specialty, in the sender's words.
pub(crate) fn specialty<'a>(request: &Resource<'a>) -> &'a str {
    request.label("performerType").or_else(|| request.label("code")).unwrap_or("specialist")
}

/// An appointment for the referral that is neither cancelled nor missed.
pub(super) fn appointment<'a>(case: &Case<'_, 'a>, request: &Resource<'a>) -> Option<Resource<'a>> {
    let reference = request.reference();
    case.person
        .of("Appointment")
        .iter()
        .find(|appointment| {
            !appointment.is(&["cancelled", "noshow", "entered-in-error", "proposed", "waitlist"])
                && appointment.points_to(&["basedOn", "reasonReference"], &reference)
        })
        .copied()
}

/// A completed visit that says it is for the referral, or an answer by the receiver's task.
pub(super) fn visit<'a>(case: &Case<'_, 'a>, request: &Resource<'a>) -> Option<(Instant, Resource<'a>)> {
    let reference = request.reference();
    let zone = case.zone();
    case.person
        .of("Encounter")
        .iter()
        .filter(|encounter| {
            encounter.points_to(&["basedOn"], &reference)
                && !encounter.is(&["cancelled", "planned"])
                && !encounter.is_void()
        })
        .filter_map(|encounter| Some((encounter.when("period.start", zone)?, *encounter)))
        // One that is dated ahead, whatever its status says, has not been.
        .find(|(at, _)| *at <= case.as_of)
}

/// The report that came back, if any.
pub(super) fn report<'a>(case: &Case<'_, 'a>, request: &Resource<'a>) -> Option<Resource<'a>> {
    let reference = request.reference();
    let document = case.person.of("DocumentReference").iter().find(|document| {
        !document.is_void()
            && !case.is_ahead(document)
            && document.points_to(&["context.related", "relatesTo.target"], &reference)
    });
    let result = || {
        case.person.of("DiagnosticReport").iter().find(|report| {
            report.points_to(&["basedOn"], &reference)
                && report.is(&["final", "amended", "corrected", "appended"])
                && !case.is_ahead(report)
        })
    };
    let message = || {
        case.person.of("Communication").iter().find(|message| {
            message.points_to(&["basedOn", "about"], &reference)
                && message.is(&["completed"])
                && !case.is_ahead(message)
                && message.references("sender").first().is_some_and(|sender| {
                    sender.starts_with("Organization/") || sender.starts_with("PractitionerRole/")
                })
        })
    };
    document.or_else(result).or_else(message).copied()
}

/// The receiver answered: accepted, declined or scheduled on the referral's Task.
pub(super) fn answer<'a>(case: &Case<'_, 'a>, request: &Resource<'a>) -> Option<Resource<'a>> {
    let reference = request.reference();
    case.person
        .of("Task")
        .iter()
        .find(|task| {
            task.points_to(&["focus"], &reference)
                && task.is(&["accepted", "rejected", "in-progress", "completed", "failed"])
                && (task.has_own("code", LOOP) || task.node.get("businessStatus").is_some())
        })
        .copied()
}

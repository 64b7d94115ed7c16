//! A message without an answer: every message is read by a person within the site's limit (safety.md rule 6).
//!
//! Triage gives the clock and the owner. A message with words of danger is `red_flag_message`'s or, with words of
//! self-harm, `self_harm_screen`'s: one message is one piece of work.

use continuo_text::triage::{self, Urgency};

use super::super::case::{Case, Draft, evidence};
use super::super::contact::{Channel, Contact, message_words};
use super::super::finding::Due;
use super::red_flag_message::{answered, flagged, route};
use crate::shapes;

/// Words that ask for a person: somebody answers, or calls back, the same day.
const ASKS: &[&str] = &[
    "call me",
    "talk to a person",
    "talk to someone",
    "talk to somebody",
    "speak to a person",
    "speak to someone",
    "speak with someone",
    "real person",
    "a human",
    "llámeme",
    "llameme",
    "llámenme",
    "llamenme",
    "hablar con alguien",
    "hablar con una persona",
];

pub(super) fn run(case: &mut Case<'_, '_>) {
    let contacts = case.contacts;
    let urgent: Vec<String> = match case.site.rules.iter().find(|spec| spec.id == "red-flag-message") {
        Some(spec) => flagged(case)
            .into_iter()
            .filter(|(contact, _)| {
                contact.at.plus_micros(spec.lookback_days * super::super::calendar::DAY) >= case.as_of
            })
            .map(|(contact, _)| contact.resource.reference())
            .collect(),
        None => Vec::new(),
    };
    let mut done = 0;
    for contact in contacts.dated.iter().filter(|c| is_inbound(c)) {
        let reference = contact.resource.reference();
        if urgent.contains(&reference) {
            continue;
        }
        let written = !contact.from_person;
        if written && has_own_work(case, &reference) || answered(case, &contact.resource, contact.at).is_some() {
            done += 1;
            continue;
        }
        case.find(draft(case, contact));
        route(case, &contact.resource);
    }
    for message in &contacts.undated {
        if message.references("sender").first().is_some_and(|sender| sender.starts_with("Patient/")) {
            case.missing(format!("the time of {}", message.reference()));
        }
    }
    if done > 0 {
        case.clear(format!("{done} messages answered."));
    }
}

fn is_inbound(contact: &Contact<'_>) -> bool {
    contact.channel == Channel::Message
        && (contact.from_person || contact.to_staff)
        && !contact.resource.is(&["not-done", "stopped"])
}

/// A message of staff for which a person made a task of its own, such as the note to a physician.
fn has_own_work(case: &Case<'_, '_>, reference: &str) -> bool {
    case.person
        .of("Task")
        .iter()
        .any(|task| task.points_to(&["focus"], reference) && task.extension(shapes::EXT_FINDING).is_none())
}

fn draft(case: &Case<'_, '_>, contact: &Contact<'_>) -> Draft {
    let text = message_words(&contact.resource).unwrap_or_default();
    let found = triage::triage(&text, None);
    let lower = text.to_lowercase();
    let asks = ASKS.iter().any(|words| lower.contains(words));
    let high_tier =
        case.person.of("Flag").iter().any(|flag| flag.is(&["active"]) && flag.has_own("code", shapes::TIER_HIGH));
    let limits = case.site.messages;
    let urgent = matches!(found.urgency, Urgency::Emergency | Urgency::SameDay);
    let (days, because) = match found.urgency {
        Urgency::Emergency | Urgency::SameDay => (0, "the same day"),
        _ if asks => (0, "the same day: asks for a person"),
        _ if high_tier => (0, "the same day: high tier"),
        Urgency::Routine => (limits.routine_days, "the site's limit for messages"),
        Urgency::Admin => (limits.admin_days, "the site's limit for paper work"),
    };
    let because = match (days, limits.routine_days) {
        (1, _) => "by the end of the next business day",
        _ => because,
    };
    Draft {
        anchor: contact.resource.reference(),
        what: "Read and answer a message".to_owned(),
        why: format!("Message of {} has no answer", case.date_words(contact.at)),
        due: Some(Due {
            at: if urgent { case.same_day(contact.at) } else { case.business_days_after(contact.at, days) },
            rule: because.to_owned(),
        }),
        began: contact.at,
        evidence: vec![evidence(&contact.resource, "message")],
        attempts: case.contacts.attempts_since(contact.at).len() as u32,
        consequence: None,
    }
}

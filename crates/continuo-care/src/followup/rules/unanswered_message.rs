//! A message from the person without an answer: every message is read by a person (safety.md rule 6).

use super::super::case::{Case, Draft, evidence};
use super::super::contact::Channel;
use super::super::finding::Due;
use super::red_flag_message::answered;

pub(super) fn run(case: &mut Case<'_, '_>) {
    let contacts = case.contacts;
    let mut done = 0;
    for contact in contacts.dated.iter().filter(|c| c.from_person && c.channel == Channel::Message) {
        if answered(case, &contact.resource, contact.at).is_some() {
            done += 1;
            continue;
        }
        let days = case.spec.param("business_days");
        case.find(Draft {
            anchor: contact.resource.reference(),
            what: "Answer a message".to_owned(),
            why: format!("Message of {} has no answer", case.date_words(contact.at)),
            due: Some(Due {
                at: case.business_days_after(contact.at, days),
                rule: "by the end of the next business day".to_owned(),
            }),
            began: contact.at,
            evidence: vec![evidence(&contact.resource, "message from the person")],
            attempts: case.contacts.attempts_since(contact.at).len() as u32,
            consequence: None,
        });
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

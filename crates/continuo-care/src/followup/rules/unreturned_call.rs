//! A voicemail, or "call me back", with nobody having spoken to the person since. Attempts are counted.

use super::super::case::{Case, Draft, count, evidence};
use super::super::finding::Due;
use crate::shapes;

pub(super) fn run(case: &mut Case<'_, '_>) {
    let contacts = case.contacts;
    let waiting: Vec<_> = contacts.dated.iter().filter(|contact| contact.waits).collect();
    for contact in &waiting {
        let later = contacts.dated.iter().find(|other| other.at > contact.at && other.spoken);
        if let Some(later) = later {
            let day = case.date_words(later.at);
            case.clear(format!("The call of {} was returned on {day}.", case.date_words(contact.at)));
            continue;
        }
        // Several voicemails are one need: the first that waits carries it.
        let earlier = waiting
            .iter()
            .any(|other| other.at < contact.at && !contacts.dated.iter().any(|c| c.at > other.at && c.spoken));
        if earlier {
            continue;
        }
        let asked = contact
            .resource
            .extension(shapes::EXT_CALL_BACK_AT)
            .and_then(continuo_fhir::Node::as_str)
            .and_then(continuo_fhir::DateTime::parse)
            .map(|at| at.high(case.zone()).plus_micros(-1));
        let due = match asked {
            Some(at) => Due { at, rule: "the time the person asked for".to_owned() },
            None => Due {
                at: case.business_days_after(contact.at, case.spec.param("business_days")),
                rule: super::by_business_day(case.spec.param("business_days")),
            },
        };
        let tries = contacts.attempts_since(contact.at);
        let mut proof = vec![evidence(&contact.resource, "waits for a call back")];
        proof.extend(tries.iter().map(|attempt| evidence(&attempt.resource, "attempt")));
        let tried = match tries.len() {
            0 => "nobody has called back".to_owned(),
            n => format!("{} without an answer", count(n as i64, "attempt")),
        };
        case.find(Draft {
            anchor: contact.resource.reference(),
            what: "Return a call".to_owned(),
            why: format!("Called on {}; {tried}", case.date_words(contact.at)),
            due: Some(due),
            began: contact.at,
            evidence: proof,
            attempts: tries.len() as u32,
            consequence: None,
        });
    }
}

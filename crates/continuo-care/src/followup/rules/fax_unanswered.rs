//! A fax that went out and to which nothing came back.

use super::super::case::{Case, Draft, evidence};
use super::super::contact::Channel;
use super::super::finding::Due;
use super::super::person::Resource;
use super::super::referral::closed_by;

pub(super) fn run(case: &mut Case<'_, '_>) {
    let contacts = case.contacts;
    for fax in contacts.dated.iter().filter(|c| c.channel == Channel::Fax && !c.from_person && is_ours(&c.resource)) {
        let reference = fax.resource.reference();
        let reply = contacts
            .dated
            .iter()
            .any(|c| !c.resource.is(&["not-done", "stopped"]) && c.resource.points_to(&["inResponseTo"], &reference));
        let document = case
            .person
            .of("DocumentReference")
            .iter()
            .any(|d| !d.is_void() && !case.is_ahead(d) && d.points_to(&["context.related"], &reference));
        let answers = fax.resource.node.get("inResponseTo").is_some();
        let about = fax.resource.references("about");
        let report = about.iter().any(|subject| {
            case.person.find(subject).is_some_and(|request| {
                request.is(&["completed", "revoked"]) || closed_by(case.person, request).is_some()
            })
        });
        if reply || document || answers || report {
            case.clear(format!("The fax of {} was answered, or is itself an answer.", case.date_words(fax.at)));
            continue;
        }
        let days = case.spec.param("business_days");
        let due = case.business_days_after(fax.at, days);
        if due >= case.as_of {
            case.clear(format!("The fax of {} may still be answered.", case.date_words(fax.at)));
            case.look_again(due.plus_micros(1));
            continue;
        }
        case.find(Draft {
            anchor: reference,
            what: "Ask about a fax".to_owned(),
            why: format!("Fax of {} has no answer", case.date_words(fax.at)),
            due: Some(Due { at: due, rule: format!("an answer within {days} business days of the fax") }),
            began: fax.at,
            evidence: vec![evidence(&fax.resource, "fax sent")],
            attempts: 0,
            consequence: None,
        });
    }
}

/// Whether a fax went out from here: what another organization sent is an answer or a letter, and waits for none.
fn is_ours(fax: &Resource<'_>) -> bool {
    !fax.references("sender").iter().any(|sender| sender.starts_with("Organization/"))
}

//! Thoughts of self-harm: PHQ-9 item 9 above "not at all", or such words in a message (safety.md rule 8).

use continuo_fhir::{Instant, Node};

use super::super::case::{Case, Draft, evidence};
use super::super::finding::{Due, Evidence};
use super::super::person::{Resource, walk};
use super::red_flag_message::{answered, flagged};
use crate::shapes;

/// PHQ-9 item 9 in LOINC.
const ITEM_9: &str = "44260-8";
/// LOINC answer "Not at all".
const NOT_AT_ALL: &str = "LA6568-5";

enum Answer {
    NotAtAll,
    Above,
    Unreadable,
}

pub(super) fn run(case: &mut Case<'_, '_>) {
    for observation in case.person.of("Observation") {
        if observation.is(&["entered-in-error", "cancelled"]) {
            continue;
        }
        let Some(said) = item_of(observation) else { continue };
        let at = observation
            .when("effectiveDateTime", case.zone())
            .or_else(|| observation.when("effectivePeriod.start", case.zone()))
            .or_else(|| observation.when("issued", case.zone()));
        screen(case, observation, at, answer(said));
    }
    for response in case.person.of("QuestionnaireResponse") {
        if response.is(&["entered-in-error"]) {
            continue;
        }
        let Some(item) = item_9(response.node, 8) else { continue };
        // The form's own Observation already says it.
        let said = case.person.of("Observation").iter().any(|observation| {
            !observation.is_void()
                && item_of(observation).is_some()
                && observation.points_to(&["derivedFrom"], &response.reference())
        });
        if said {
            continue;
        }
        let at = response.when("authored", case.zone());
        let read = item.list("answer").next().map_or(Answer::Unreadable, answer);
        screen(case, response, at, read);
    }
    for (contact, found) in flagged(case) {
        if !found.iter().any(|flag| flag.self_harm) {
            continue;
        }
        if let Some(how) = answered(case, &contact.resource, contact.at) {
            case.clear(format!("Words of self-harm on {}: contact was made ({how}).", case.date_words(contact.at)));
            continue;
        }
        let words = super::red_flag_message::words_of(&contact.resource, found.iter().find(|flag| flag.self_harm));
        push(
            case,
            contact.resource.reference(),
            contact.at,
            "words of self-harm in a message",
            Evidence { reference: contact.resource.reference(), says: "words of self-harm".to_owned(), words },
        );
    }
}

/// Where an Observation answers item 9: itself, or one of the answers of a whole PHQ-9 in it.
fn item_of<'a>(observation: &Resource<'a>) -> Option<Node<'a>> {
    if observation.has("code", shapes::LOINC, ITEM_9) {
        return Some(observation.node);
    }
    observation.node.list("component").find(|part| {
        walk(*part, "code.coding")
            .into_iter()
            .any(|coding| coding.str("system") == Some(shapes::LOINC) && coding.str("code") == Some(ITEM_9))
    })
}

fn screen(case: &mut Case<'_, '_>, resource: &Resource<'_>, at: Option<Instant>, answer: Answer) {
    let Some(at) = at else {
        case.missing(format!("the time of the screening {}", resource.reference()));
        return;
    };
    match answer {
        Answer::NotAtAll => case.clear(format!("Item 9 on {}: not at all.", case.date_words(at))),
        Answer::Unreadable => case.missing(format!("the answer to item 9 in {}", resource.reference())),
        Answer::Above => {
            let done = case.person.of("Task").iter().find(|task| {
                task.is(&["completed"]) && task.points_to(&["focus", "reasonReference"], &resource.reference())
            });
            if let Some(task) = done {
                case.clear(format!("Item 9 above \"not at all\": the safety contact is done ({}).", task.reference()));
                return;
            }
            if let Some((when, by)) = case.contacts.spoken_since(at) {
                let day = case.date_words(when);
                case.clear(format!("Item 9 above \"not at all\": contact was made on {day} ({}).", by.reference()));
                return;
            }
            let proof = evidence(resource, "item 9 above \"not at all\"");
            push(case, resource.reference(), at, "PHQ-9 item 9 above \"not at all\"", proof);
        }
    }
}

fn push(case: &mut Case<'_, '_>, anchor: String, at: Instant, because: &str, proof: Evidence) {
    let attempts = case.contacts.attempts_since(at).len() as u32;
    let due = case.calendar().end_of(case.calendar().day(at));
    case.find(Draft {
        anchor,
        what: "Make contact today: safety check by a licensed person".to_owned(),
        why: format!("{}: {because}", case.date_words(at)),
        due: Some(Due { at: due, rule: "the same day".to_owned() }),
        began: at,
        evidence: vec![proof],
        attempts,
        consequence: None,
    });
}

fn answer(node: Node<'_>) -> Answer {
    let number = node
        .get("valueInteger")
        .or_else(|| node.get("valueDecimal"))
        .or_else(|| node.at("valueQuantity.value"))
        .and_then(Node::as_f64);
    if let Some(number) = number {
        return if number > 0.0 { Answer::Above } else { Answer::NotAtAll };
    }
    let mut codings = walk(node, "valueCodeableConcept.coding");
    codings.extend(node.list("valueCoding"));
    match codings.iter().find_map(|coding| coding.str("code")) {
        Some(NOT_AT_ALL) => Answer::NotAtAll,
        Some(_) => Answer::Above,
        None => Answer::Unreadable,
    }
}

fn item_9(node: Node<'_>, depth: usize) -> Option<Node<'_>> {
    let depth = depth.checked_sub(1)?;
    node.list("item").find_map(|item| {
        let is_it = ["linkId", "definition"].iter().any(|name| item.str(name).is_some_and(|at| at.ends_with(ITEM_9)));
        // Items stand in items, and below the answers of items.
        if is_it {
            Some(item)
        } else {
            item_9(item, depth).or_else(|| item.list("answer").find_map(|one| item_9(one, depth)))
        }
    })
}

//! Thoughts of self-harm: the self-harm item of a questionnaire above "not at all", or such words in a message (safety.md
//! rule 8).
//!
//! What settles it is a contact after it that names it, by one who may make it, or the finished safety task: never a visit
//! that happened to be, never a call about something else, never a written answer.

use continuo_fhir::letters::capital;
use continuo_fhir::{Instant, Node};

use super::super::case::{Case, Draft, evidence};
use super::super::contact::names;
use super::super::finding::{Due, Evidence};
use super::super::person::{Resource, walk};
use super::red_flag_message::flagged;
use crate::shapes;

/// PHQ-9 item 9 in LOINC.
const ITEM_9: &str = "44260-8";
/// LOINC answer "Not at all".
const NOT_AT_ALL: &str = "LA6568-5";
/// The task for the contact.
const CONTACT: &str = "suicide-risk-contact";
/// How the forms ask it: PHQ-9 and its version for teenagers; the Edinburgh scale. Their codes are in no file at hand, so
/// a source that codes the item otherwise is read by what it calls it.
const ITEMS: [&str; 3] = ["better off dead", "harming myself has occurred", "hurting yourself in some way"];
/// Answers in words that say no.
const NEVER: [&str; 4] = ["not at all", "never", "no", "0"];

enum Answer {
    NotAtAll,
    Above,
    Unreadable,
}

/// What is read: the item and what a row calls it.
struct Item {
    short: &'static str,
    of: &'static str,
}

const PHQ: Item = Item { short: "item 9", of: "PHQ-9 item 9" };
const OTHER: Item = Item { short: "the self-harm item", of: "the self-harm item of a questionnaire" };

pub(super) fn run(case: &mut Case<'_, '_>) {
    for observation in case.person.of("Observation") {
        if observation.is(&["entered-in-error", "cancelled"]) {
            continue;
        }
        let Some((said, item)) = item_of(observation) else { continue };
        let at = observation
            .when("effectiveDateTime", case.zone())
            .or_else(|| observation.when("effectivePeriod.start", case.zone()))
            .or_else(|| observation.when("issued", case.zone()));
        screen(case, observation, at, answer(said), &item);
    }
    for response in case.person.of("QuestionnaireResponse") {
        if response.is(&["entered-in-error"]) {
            continue;
        }
        let Some((node, item)) = self_harm_item(response.node, 8) else { continue };
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
        let read = node.list("answer").next().map_or(Answer::Unreadable, answer);
        screen(case, response, at, read, &item);
    }
    for (contact, found) in flagged(case) {
        if !found.iter().any(|flag| flag.self_harm) {
            continue;
        }
        if let Some((how, by)) = settled(case, &contact.resource, contact.at) {
            let day = case.date_words(contact.at);
            case.clear(format!("Words of self-harm on {day}: {how} ({}).", by.reference()));
            case.settle(&contact.resource, &by, how);
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

/// Where an Observation answers the self-harm item: itself, or one of the answers of a whole questionnaire in it.
fn item_of<'a>(observation: &Resource<'a>) -> Option<(Node<'a>, Item)> {
    let asks = |node: Node<'a>| {
        let codings = walk(node, "code.coding");
        let coded =
            |coding: &Node<'_>| coding.str("system") == Some(shapes::LOINC) && coding.str("code") == Some(ITEM_9);
        if codings.iter().any(coded) {
            return Some((node, PHQ));
        }
        let words = codings
            .iter()
            .filter_map(|coding| coding.str("display"))
            .chain(node.at("code.text").and_then(Node::as_str));
        words.into_iter().any(asks_of_self_harm).then_some((node, OTHER))
    };
    asks(observation.node).or_else(|| observation.node.list("component").find_map(asks))
}

fn screen(case: &mut Case<'_, '_>, resource: &Resource<'_>, at: Option<Instant>, answer: Answer, item: &Item) {
    let Some(at) = at else {
        case.missing(format!("the time of the screening {}", resource.reference()));
        return;
    };
    match answer {
        Answer::NotAtAll => case.clear(format!("{} on {}: not at all.", capital(item.short), case.date_words(at))),
        Answer::Unreadable => case.missing(format!("the answer to {} in {}", item.short, resource.reference())),
        Answer::Above => {
            if let Some((how, by)) = settled(case, resource, at) {
                case.clear(format!("{} above \"not at all\": {how} ({}).", capital(item.short), by.reference()));
                case.settle(resource, &by, how);
                return;
            }
            let proof = evidence(resource, format!("{} above \"not at all\"", item.short));
            push(case, resource.reference(), at, &format!("{} above \"not at all\"", item.of), proof);
        }
    }
}

/// How it was settled: the safety task is done, or one who may spoke with the person about it, or saw them for it.
fn settled<'a>(case: &Case<'_, 'a>, resource: &Resource<'_>, at: Instant) -> Option<(String, Resource<'a>)> {
    let reference = resource.reference();
    let done = case.person.of("Task").iter().find(|task| {
        task.is(&["completed"])
            && task.has_own("code", CONTACT)
            && task.points_to(&["focus", "reasonReference"], &reference)
    });
    if let Some(task) = done {
        return Some(("the safety contact is done".to_owned(), *task));
    }
    let licensed = |who: &[&str]| match &case.site.licensed {
        None => true,
        Some(people) => who.iter().any(|one| people.contains(*one)),
    };
    let call = case.contacts.dated.iter().find(|contact| {
        contact.at > at
            && contact.spoken
            && names(case.person, &contact.resource, &reference)
            && licensed(&contact.resource.references(if contact.from_person { "recipient" } else { "sender" }))
    });
    let visit = || {
        case.contacts.visits().iter().find(|visit| {
            visit.at > at
                && names(case.person, &visit.resource, &reference)
                && licensed(&visit.resource.references("participant.individual"))
        })
    };
    let (when, by) =
        call.map(|call| (call.at, call.resource)).or_else(|| visit().map(|visit| (visit.at, visit.resource)))?;
    Some((format!("contact was made on {}", case.date_words(when)), by))
}

fn push(case: &mut Case<'_, '_>, anchor: String, at: Instant, because: &str, proof: Evidence) {
    let attempts = case.contacts.attempts_since(at).len() as u32;
    let due = case.calendar().end_of(case.calendar().day(at));
    let mut proof = vec![proof];
    // Whoever makes the contact knows that somebody had them on the phone since, about something else.
    let spoken = case.contacts.dated.iter().rev().find(|contact| contact.at > at && contact.spoken);
    if let Some(spoken) = spoken {
        let day = case.date_words(spoken.at);
        proof.push(evidence(&spoken.resource, format!("spoken with on {day}: not said to be the safety contact")));
    }
    case.find(Draft {
        anchor,
        what: "Make contact today: safety check by a licensed person".to_owned(),
        why: format!("{}: {because}", case.date_words(at)),
        due: Some(Due { at: due, rule: "the same day".to_owned() }),
        began: at,
        evidence: proof,
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
    let mut words: Vec<&str> = codings.iter().filter_map(|coding| coding.str("display")).collect();
    words.extend(walk(node, "valueCodeableConcept.text").into_iter().filter_map(Node::as_str));
    words.extend(node.str("valueString"));
    let never = |words: &&str| NEVER.contains(&words.trim().trim_end_matches('.').to_lowercase().as_str());
    if codings.iter().any(|coding| coding.str("code") == Some(NOT_AT_ALL)) || words.iter().any(never) {
        Answer::NotAtAll
    } else if codings.iter().any(|coding| coding.str("code").is_some()) || !words.is_empty() {
        Answer::Above
    } else {
        Answer::Unreadable
    }
}

/// Whether words are the question about self-harm.
fn asks_of_self_harm(words: &str) -> bool {
    let words = words.to_lowercase();
    ITEMS.iter().any(|item| words.contains(item))
}

fn self_harm_item(node: Node<'_>, depth: usize) -> Option<(Node<'_>, Item)> {
    let depth = depth.checked_sub(1)?;
    node.list("item").find_map(|item| {
        let is_it = ["linkId", "definition"].iter().any(|name| item.str(name).is_some_and(|at| at.ends_with(ITEM_9)));
        // Items stand in items, and below the answers of items.
        if is_it {
            Some((item, PHQ))
        } else if item.str("text").is_some_and(asks_of_self_harm) && item.get("answer").is_some() {
            Some((item, OTHER))
        } else {
            self_harm_item(item, depth).or_else(|| item.list("answer").find_map(|one| self_harm_item(one, depth)))
        }
    })
}

//! A message or voicemail text from the person with words of danger that nobody has answered.

use continuo_fhir::Instant;

use super::super::calendar::{DAY, MINUTE};
use super::super::case::{Case, Draft, count};
use super::super::contact::{Channel, Contact, message_words};
use super::super::finding::{Consequence, Due, Evidence, Words};
use super::super::person::Resource;
use super::super::words::RedFlag;

pub(super) fn run(case: &mut Case<'_, '_>) {
    let flagged = flagged(case);
    for (contact, found) in &flagged {
        let danger: Vec<&RedFlag> = found.iter().filter(|flag| !flag.self_harm).collect();
        let Some(first) = danger.first() else { continue };
        if let Some(by) = answered(case, &contact.resource, contact.at) {
            let day = case.date_words(contact.at);
            case.clear(format!("A message of {day} with words of danger was answered ({}).", by.reference()));
            case.settle(&contact.resource, &by, how(case, &by));
            continue;
        }
        let mut kinds: Vec<String> =
            danger.iter().map(|flag| continuo_text::triage::danger_words(&flag.flag)).collect();
        kinds.dedup();
        let minutes = case.site.messages.emergency_minutes;
        let emergency = danger.iter().any(|flag| flag.emergency);
        let private = danger.iter().any(|flag| {
            continuo_text::triage::RedFlag::from_name(&flag.flag).is_some_and(|flag| crate::inbox::is_private(&[flag]))
        });
        let due = if emergency {
            Due {
                at: contact.at.plus_micros(minutes * MINUTE),
                rule: format!("within {minutes} minutes of an urgent message"),
            }
        } else {
            Due {
                at: case.same_day(contact.at),
                rule: "the same day, weekends too (by opening time after hours)".to_owned(),
            }
        };
        case.find(Draft {
            anchor: contact.resource.reference(),
            what: "Read and answer an urgent message".to_owned(),
            why: if private {
                format!("Message of {}: private, open it to read", case.date_words(contact.at))
            } else {
                format!("Message of {} says: {}", case.date_words(contact.at), kinds.join(", "))
            },
            due: Some(due),
            began: contact.at,
            evidence: vec![Evidence {
                reference: contact.resource.reference(),
                says: kinds.join(", "),
                words: words_of(&contact.resource, Some(first)),
            }],
            attempts: case.contacts.attempts_since(contact.at).len() as u32,
            consequence: (!emergency).then_some(Consequence::High),
        });
        route(case, &contact.resource);
    }
    if flagged.is_empty() {
        let from_person = || case.contacts.dated.iter().filter(|one| one.from_person);
        let searched = from_person().filter(|one| is_recent(case, one)).count();
        let older = from_person().count() - searched;
        if searched > 0 {
            case.clear(format!("{} from the person: no words of danger.", count(searched as i64, "message")));
        }
        if older > 0 {
            let words = count(older as i64, "message");
            case.clear(format!("{words} from the person older than the look-back: not searched for words of danger."));
        }
    }
}

/// Names the role that triage proposes for a message as a parameter of the finding just made: it owns the work.
pub(super) fn route(case: &mut Case<'_, '_>, message: &Resource<'_>) {
    let text = message_words(message).unwrap_or_default();
    let found = continuo_text::triage::triage(&text, None);
    let role = crate::inbox::load::role_of(found.route);
    case.last_goes_to(role.strip_prefix("role:").unwrap_or(role));
}

/// Messages and voicemails from the person that hold words of danger.
pub(super) fn flagged<'a>(case: &Case<'_, 'a>) -> Vec<(Contact<'a>, Vec<RedFlag>)> {
    case.contacts
        .dated
        .iter()
        .filter(|contact| {
            (contact.from_person || contact.to_staff) && matches!(contact.channel, Channel::Message | Channel::Call)
        })
        // Reading text is the dearest thing a rule does: ten years of old messages are left alone.
        .filter(|contact| is_recent(case, contact))
        .filter_map(|contact| {
            let text = message_words(&contact.resource)?;
            let found = (case.site.triage)(&text);
            if found.is_empty() { None } else { Some((*contact, found)) }
        })
        .collect()
}

fn is_recent(case: &Case<'_, '_>, contact: &Contact<'_>) -> bool {
    contact.at.plus_micros(case.spec.lookback_days * DAY) >= case.as_of
}

/// The words of a flag with their place in the message.
pub(super) fn words_of(message: &Resource<'_>, flag: Option<&RedFlag>) -> Option<Words> {
    let flag = flag?;
    let text = message_words(message)?;
    let parts = message.all("payload").len();
    Some(Words {
        source: if parts == 1 { "payload[0].contentString" } else { "payload.contentString" }.to_owned(),
        text: text.get(flag.start..flag.end)?.to_owned(),
        start: flag.start,
        end: flag.end,
    })
}

/// How a message was answered: a reply, a call that reached the person after it, or a finished task about it.
pub(super) fn answered<'a>(case: &Case<'_, 'a>, message: &Resource<'_>, at: Instant) -> Option<Resource<'a>> {
    let reference = message.reference();
    let reply = case.contacts.dated.iter().find(|contact| {
        // What names the message is its answer, whatever the clock of the source that dated it.
        !contact.from_person
            && !contact.attempt
            && !contact.resource.is(&["not-done", "stopped", "on-hold"])
            && contact.resource.points_to(&["inResponseTo"], &reference)
    });
    let spoken = || case.contacts.spoken_after(at);
    let done = || {
        case.person
            .of("Task")
            .iter()
            .find(|task| task.is(&["completed"]) && task.points_to(&["focus", "reasonReference"], &reference))
            .copied()
    };
    reply.or_else(spoken).map(|contact| contact.resource).or_else(done)
}

/// What answered a message, in words.
fn how(case: &Case<'_, '_>, by: &Resource<'_>) -> String {
    let call = case.contacts.dated.iter().find(|contact| contact.resource.reference() == by.reference());
    match call {
        Some(contact) if contact.spoken => format!("spoken with on {}", case.date_words(contact.at)),
        Some(contact) => format!("answered on {}", case.date_words(contact.at)),
        None => "a task about it is done".to_owned(),
    }
}

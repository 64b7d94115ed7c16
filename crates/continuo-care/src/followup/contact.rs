//! Who spoke with the person, who tried, and what the person sent: read from Communications and visits.

use std::borrow::Cow;

use continuo_fhir::{Instant, Zone};

use super::person::{Person, Resource};
use crate::shapes;

/// What kind of communication it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// A written message.
    Message,
    /// A call or an attempt at one.
    Call,
    /// A fax.
    Fax,
    /// Anything else, such as a note.
    Other,
}

/// One communication with its time.
#[derive(Clone, Copy, Debug)]
pub struct Contact<'a> {
    /// The Communication.
    pub resource: Resource<'a>,
    /// Its kind.
    pub channel: Channel,
    /// When it was sent or received.
    pub at: Instant,
    /// The person or a caregiver began it.
    pub from_person: bool,
    /// A message from staff to staff, or to nobody named, that answers nothing: somebody must read it.
    pub to_staff: bool,
    /// Words were exchanged: a call that reached somebody.
    pub spoken: bool,
    /// An attempt by staff that reached nobody.
    pub attempt: bool,
    /// The person waits to be called back (voicemail, or asked for it).
    pub waits: bool,
}

/// All communications in order of time, and those without a time.
#[derive(Clone, Debug, Default)]
pub struct Contacts<'a> {
    /// In order of time.
    pub dated: Vec<Contact<'a>>,
    /// Communications that say no time.
    pub undated: Vec<Resource<'a>>,
    visits: Vec<(Instant, Resource<'a>)>,
}

/// Encounter classes that count as a visit: seen, at home, or by video.
const VISIT_CLASSES: [&str; 3] = ["AMB", "HH", "VR"];
/// Encounter classes of a stay.
const STAY_CLASSES: [&str; 6] = ["IMP", "ACUTE", "NONAC", "OBSENC", "SS", "PRENC"];

impl<'a> Contacts<'a> {
    /// Reads the communications and visits of a person.
    pub fn of(person: &Person<'a>, zone: &Zone) -> Contacts<'a> {
        let mut contacts = Contacts::default();
        for resource in person.of("Communication") {
            // A letter about care that is due waits for no answer here: its own list does.
            if resource.is(&["entered-in-error", "preparation"]) || resource.has_own("category", shapes::OUTREACH) {
                continue;
            }
            // What a source cannot say the state of is still read when it comes from the person, and proves nothing else.
            if resource.is(&["unknown"]) && !is_from_person(resource) {
                continue;
            }
            match resource.when("received", zone).or_else(|| resource.when("sent", zone)) {
                Some(at) => contacts.dated.push(contact(*resource, at)),
                None => contacts.undated.push(*resource),
            }
        }
        contacts.dated.sort_by(|a, b| (a.at, a.resource.id).cmp(&(b.at, b.resource.id)));
        for encounter in person.of("Encounter") {
            if is_visit(encounter)
                && let Some(at) = encounter.when("period.start", zone)
            {
                contacts.visits.push((at, *encounter));
            }
        }
        contacts.visits.sort_by(|a, b| (a.0, a.1.id).cmp(&(b.0, b.1.id)));
        contacts
    }

    /// The first spoken contact or visit at or after a moment.
    pub fn spoken_since(&self, since: Instant) -> Option<(Instant, Resource<'a>)> {
        let call = self.dated.iter().find(|c| c.at >= since && c.spoken).map(|c| (c.at, c.resource));
        let visit = self.visit_since(since);
        match (call, visit) {
            (Some(call), Some(visit)) => Some(if call.0 <= visit.0 { call } else { visit }),
            (call, visit) => call.or(visit),
        }
    }

    /// The last spoken contact or visit up to a moment.
    pub fn last_spoken(&self, until: Instant) -> Option<(Instant, Resource<'a>)> {
        let call = self.dated.iter().rev().find(|c| c.at <= until && c.spoken).map(|c| (c.at, c.resource));
        let visit = self.visits.iter().rev().find(|(at, _)| *at <= until).copied();
        match (call, visit) {
            (Some(call), Some(visit)) => Some(if call.0 >= visit.0 { call } else { visit }),
            (call, visit) => call.or(visit),
        }
    }

    /// The first visit at or after a moment.
    pub fn visit_since(&self, since: Instant) -> Option<(Instant, Resource<'a>)> {
        self.visits.iter().find(|(at, _)| *at >= since).copied()
    }

    /// Attempts by staff since a moment that reached nobody.
    pub fn attempts_since(&self, since: Instant) -> Vec<&Contact<'a>> {
        self.dated.iter().filter(|c| c.at >= since && c.attempt).collect()
    }
}

/// Whether an Encounter is a visit.
pub fn is_visit(encounter: &Resource<'_>) -> bool {
    encounter.is(&["finished", "in-progress", "arrived", "triaged", "onleave"])
        && encounter.text("class.code").is_some_and(|class| VISIT_CLASSES.contains(&class))
}

/// Whether an Encounter is a stay.
pub fn is_stay(encounter: &Resource<'_>) -> bool {
    !encounter.is(&["cancelled", "entered-in-error", "planned"])
        && encounter.text("class.code").is_some_and(|class| STAY_CLASSES.contains(&class))
}

/// The words of a message, its parts one after the other, as its page shows them; nothing where it has none.
pub fn message_words<'a>(message: &Resource<'a>) -> Option<Cow<'a, str>> {
    let parts: Vec<&str> =
        message.all("payload.contentString").into_iter().filter_map(continuo_fhir::Node::as_str).collect();
    match parts.as_slice() {
        [] => None,
        [one] => Some(Cow::Borrowed(one)),
        parts => Some(Cow::Owned(parts.join("\n"))),
    }
}

fn is_theirs(reference: &str) -> bool {
    ["Patient/", "RelatedPerson/", "Group/"].iter().any(|type_| reference.starts_with(type_))
}

fn is_from_person(communication: &Resource<'_>) -> bool {
    communication.references("sender").first().is_some_and(|sender| is_theirs(sender))
}

fn contact(resource: Resource<'_>, at: Instant) -> Contact<'_> {
    let own = |code| resource.has_own("category", code);
    let reason = |code| resource.has_own("statusReason", code);
    let from_person = is_from_person(&resource);
    // A call to the pharmacy about somebody is not a call with them.
    let others = resource.references("recipient");
    let with_them = from_person || others.is_empty() || others.iter().any(|one| is_theirs(one));
    // Other systems send messages without our own category: words from the person are a message whatever they are called.
    let plain = from_person && !own(shapes::NOTE) && resource.text("payload.contentString").is_some();
    let channel = if own(shapes::CALL) {
        Channel::Call
    } else if own(shapes::FAX) {
        Channel::Fax
    } else if own(shapes::MESSAGE) || plain {
        Channel::Message
    } else {
        Channel::Other
    };
    let to_staff = channel == Channel::Message
        && !from_person
        && resource.references("inResponseTo").is_empty()
        && resource
            .references("sender")
            .first()
            .is_some_and(|sender| sender.starts_with("Practitioner/") || sender.starts_with("PractitionerRole/"))
        && resource
            .references("recipient")
            .iter()
            .all(|to| to.starts_with("Practitioner") || to.starts_with("CareTeam/") || to.starts_with("Organization/"));
    let waits = channel == Channel::Call
        && (reason(shapes::CALL_BACK) || (from_person && reason(shapes::VOICEMAIL)))
        && !resource.is(&["not-done"]);
    let spoken = channel == Channel::Call
        && with_them
        && resource.is(&["completed"])
        && (reason(shapes::REACHED) || resource.node.get("statusReason").is_none());
    let attempt = channel == Channel::Call && with_them && !from_person && resource.is(&["not-done"]);
    Contact { resource, channel, at, from_person, to_staff, spoken, attempt, waits }
}

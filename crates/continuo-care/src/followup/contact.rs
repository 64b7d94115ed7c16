//! Who spoke with the person, who tried, and what the person sent: read from Communications and visits.
//!
//! Only what has happened is a contact. What is dated ahead, whatever its status says, is a plan ([`Contacts::planned`]): it
//! settles nothing, and the rules look again when its time has come.

use std::borrow::Cow;

use continuo_fhir::{Instant, Zone};

use super::person::{Person, Resource};
use super::visit_kind::{VisitKind, visit_kind};
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
    /// Words were exchanged with the person, or with one who may speak for them or be told: the call says that it reached.
    pub spoken: bool,
    /// A call that reached a facility or an agency, not the person.
    pub with_organization: bool,
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
    /// Contacts and visits dated after the moment assessed, in order of time.
    pub planned: Vec<Visit<'a>>,
    visits: Vec<Visit<'a>>,
}

/// One visit that began, or a contact that is planned.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// When it began.
    pub at: Instant,
    /// The Encounter.
    pub resource: Resource<'a>,
}

/// Encounter classes that count as a visit: seen, at home, or by video.
const VISIT_CLASSES: [&str; 3] = ["AMB", "HH", "VR"];
/// Encounter classes of a stay.
const STAY_CLASSES: [&str; 6] = ["IMP", "ACUTE", "NONAC", "OBSENC", "SS", "PRENC"];

impl<'a> Contacts<'a> {
    /// Reads the communications and visits of a person as they stand at a moment.
    pub fn of(person: &Person<'a>, zone: &Zone, as_of: Instant) -> Contacts<'a> {
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
                // The clock of a source may run ahead: words that ask for something are read now, not when it says.
                Some(at) if at > as_of => {
                    let ahead = contact(person, *resource, as_of);
                    if asks(&ahead) {
                        // It asks, and proves nothing.
                        let (spoken, with_organization) = (false, false);
                        contacts.dated.push(Contact { spoken, with_organization, ..ahead });
                    }
                    contacts.planned.push(Visit { at, resource: *resource });
                }
                Some(at) => contacts.dated.push(contact(person, *resource, at)),
                None => contacts.undated.push(*resource),
            }
        }
        contacts.dated.sort_by(|a, b| (a.at, a.resource.id).cmp(&(b.at, b.resource.id)));
        for encounter in person.of("Encounter") {
            if is_visit(encounter)
                && let Some(at) = encounter.when("period.start", zone)
            {
                let visits = if at > as_of { &mut contacts.planned } else { &mut contacts.visits };
                visits.push(Visit { at, resource: *encounter });
            }
        }
        for visits in [&mut contacts.visits, &mut contacts.planned] {
            visits.sort_by(|a, b| (a.at, a.resource.id).cmp(&(b.at, b.resource.id)));
        }
        contacts
    }

    /// The first call after a moment in which somebody was spoken with.
    pub fn spoken_after(&self, since: Instant) -> Option<&Contact<'a>> {
        self.dated.iter().find(|c| c.at > since && c.spoken)
    }

    /// The first visit after a moment of one of these kinds.
    pub fn visit_of(&self, kinds: &[VisitKind], since: Instant) -> Option<&Visit<'a>> {
        self.visits.iter().find(|visit| visit.at > since && kinds.contains(&visit_kind(&visit.resource)))
    }

    /// The first call or visit that is dated ahead and that would be a contact if it takes place: with the person, or with
    /// one who may speak for them.
    pub fn planned_contact(&self, person: &Person<'a>, kinds: &[VisitKind]) -> Option<Visit<'a>> {
        let would_be = |planned: &&Visit<'a>| match planned.resource.type_ {
            "Encounter" => kinds.contains(&visit_kind(&planned.resource)),
            _ => contact(person, planned.resource, planned.at).spoken,
        };
        self.planned.iter().find(would_be).copied()
    }

    /// All visits, in order of time.
    pub fn visits(&self) -> &[Visit<'a>] {
        &self.visits
    }

    /// The last spoken contact or visit up to a moment.
    pub fn last_spoken(&self, until: Instant) -> Option<(Instant, Resource<'a>)> {
        let call = self.dated.iter().rev().find(|c| c.at <= until && c.spoken).map(|c| (c.at, c.resource));
        let visit = self.visits.iter().rev().find(|visit| visit.at <= until).map(|visit| (visit.at, visit.resource));
        match (call, visit) {
            (Some(call), Some(visit)) => Some(if call.0 >= visit.0 { call } else { visit }),
            (call, visit) => call.or(visit),
        }
    }

    /// The first visit at or after a moment.
    pub fn visit_since(&self, since: Instant) -> Option<(Instant, Resource<'a>)> {
        self.visits.iter().find(|visit| visit.at >= since).map(|visit| (visit.at, visit.resource))
    }

    /// Attempts by staff since a moment that reached nobody.
    pub fn attempts_since(&self, since: Instant) -> Vec<&Contact<'a>> {
        self.dated.iter().filter(|c| c.at >= since && c.attempt).collect()
    }
}

/// Whether a communication asks something of us: a message to answer, a voicemail to return.
fn asks(contact: &Contact<'_>) -> bool {
    contact.from_person || contact.to_staff || contact.waits
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

/// Whether a call, a message or a visit says what it was about: this thing, or a task for it.
pub fn names(person: &Person<'_>, resource: &Resource<'_>, reference: &str) -> bool {
    const PATHS: [&str; 5] = ["about", "inResponseTo", "reasonReference", "basedOn", "partOf"];
    if resource.points_to(&PATHS, reference) {
        return true;
    }
    ["partOf", "about", "basedOn"].iter().flat_map(|path| resource.references(path)).any(|task| {
        task.starts_with("Task/")
            && person.find(task).is_some_and(|task| task.points_to(&["focus", "reasonReference"], reference))
    })
}

/// Whether a call was with the person, or with one who may speak for them or be told.
pub(super) fn with_the_person(person: &Person<'_>, call: &Resource<'_>, from_person: bool) -> bool {
    let ours = |reference: &str| match reference.split_once('/') {
        Some(("Patient", _)) => person.of("Patient").is_empty() || person.find(reference).is_some(),
        Some(("RelatedPerson", _)) => may_speak(person, reference),
        _ => false,
    };
    if from_person {
        return call.references("sender").into_iter().any(ours);
    }
    let recipients = call.references("recipient");
    // A source that names nobody called, and whom the call is about.
    let named = if recipients.is_empty() { call.references("subject") } else { recipients };
    named.into_iter().any(ours)
}

/// Whether a related person acts for the person, or may be told: a proxy, or a consent that names them.
fn may_speak(person: &Person<'_>, reference: &str) -> bool {
    let acts = person.find(reference).is_some_and(|related| {
        related.node.get("active").and_then(continuo_fhir::Node::as_bool) != Some(false)
            && related.node.list("extension").any(|one| one.str("url") == Some(shapes::EXT_PROXY))
    });
    acts || person.of("Consent").iter().any(|consent| {
        consent.is(&["active"])
            && consent.text("provision.type") == Some("permit")
            && consent.points_to(&["provision.actor.reference"], reference)
    })
}

fn contact<'a>(person: &Person<'a>, resource: Resource<'a>, at: Instant) -> Contact<'a> {
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
    let reached = channel == Channel::Call && resource.is(&["completed"]) && reason(shapes::REACHED);
    let spoken = reached && with_the_person(person, &resource, from_person);
    let with_organization =
        reached && resource.references("recipient").iter().any(|to| to.starts_with("Organization/"));
    let attempt = channel == Channel::Call && with_them && !from_person && resource.is(&["not-done"]);
    Contact { resource, channel, at, from_person, to_staff, spoken, with_organization, attempt, waits }
}

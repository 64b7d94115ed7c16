//! A death that a hospital wrote on a stay or an emergency visit and that the person's own record does not hold.
//!
//! Nothing is recorded by itself: `rules/death_unconfirmed.rs` has somebody ask the hospital, and until then lists, banner and
//! call page say to ask first, and no reminder is made (safety.md rule 11: condolences reach nobody who lives, cheerful
//! letters no widow).

use continuo_fhir::{Instant, Zone};

use super::calendar::DAY;
use super::contact::{Contacts, is_stay, is_visit};
use super::disposition::{Disposition, disposition};
use super::person::{Person, Resource};

/// The task that asks.
pub const CONFIRM: &str = "confirm-death";

/// What is written, and what speaks against it.
#[derive(Clone, Copy, Debug)]
pub struct SaidDead<'a> {
    /// The stay or the emergency visit.
    pub encounter: Resource<'a>,
    /// When it ended.
    pub at: Instant,
    /// A word, a visit or a finished task after it that shows them alive.
    pub lives: Option<Resource<'a>>,
}

/// The last such stay or emergency visit of somebody who is not recorded as dead.
pub fn of<'a>(person: &Person<'a>, contacts: &Contacts<'a>, as_of: Instant, zone: &Zone) -> Option<SaidDead<'a>> {
    if person.has_died() {
        return None;
    }
    let ended = |one: &Resource<'a>| one.until("period.end", zone).or_else(|| one.until("period.start", zone));
    let (at, encounter) = person
        .of("Encounter")
        .iter()
        .filter(|one| is_stay(one) || (one.text("class.code") == Some("EMER") && one.is(&["finished"])))
        .filter(|one| disposition(one) == Disposition::Died)
        .filter_map(|one| Some((ended(one).filter(|at| *at <= as_of)?, *one)))
        .max_by(|a, b| (a.0, a.1.id).cmp(&(b.0, b.1.id)))?;
    Some(SaidDead { encounter, at, lives: lives(person, contacts, &encounter, at..as_of, zone) })
}

/// Whether nobody knows yet: a person is asked for before the home is.
pub fn is_open(person: &Person<'_>, as_of: Instant, zone: &Zone) -> bool {
    // Most people were never in a hospital that wrote so: contacts are read for the few.
    let written = person.of("Encounter").iter().any(|one| disposition(one) == Disposition::Died);
    written && of(person, &Contacts::of(person, zone, as_of), as_of, zone).is_some_and(|said| said.lives.is_none())
}

/// What shows that somebody lives: they themselves spoke with us, were seen on a later day, or somebody asked and said so.
/// A relative on the phone shows nothing.
fn lives<'a>(
    person: &Person<'a>,
    contacts: &Contacts<'a>,
    encounter: &Resource<'a>,
    known: std::ops::Range<Instant>,
    zone: &Zone,
) -> Option<Resource<'a>> {
    let at = known.start;
    // Whoever finished it otherwise, such as a program with words of its own, did not say that they live.
    let says_lives = |task: &Resource<'_>| {
        let said = task.all("output.valueString");
        said.iter().all(|words| words.as_str().is_some_and(|words| words.starts_with("lives")))
    };
    let asked = person.of("Task").iter().find(|task| {
        task.is(&["completed"])
            && says_lives(task)
            && task.has_own("code", CONFIRM)
            && task.points_to(&["focus", "reasonReference"], &encounter.reference())
    });
    let themselves = |call: &Resource<'_>| {
        let party =
            if call.references("sender").iter().any(|by| by.starts_with("Patient/")) { "sender" } else { "recipient" };
        call.references(party).iter().any(|one| one.starts_with("Patient/"))
    };
    let spoken = || contacts.dated.iter().find(|call| call.at > at && call.spoken && themselves(&call.resource));
    let seen = || {
        person.of("Encounter").iter().find(|later| {
            (is_visit(later) || is_stay(later))
                && disposition(later) != Disposition::Died
                && later
                    .when("period.start", zone)
                    .is_some_and(|start| start.micros() > at.micros() + DAY && start <= known.end)
        })
    };
    asked.copied().or_else(|| spoken().map(|call| call.resource)).or_else(|| seen().copied())
}

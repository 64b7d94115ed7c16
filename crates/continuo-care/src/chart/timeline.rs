//! The timeline's rows: what lasts, what happens, what is measured, within a span of time.

use continuo_fhir::{Instant, Zone};

use super::PATIENT;
use super::entry::{date_at, has_code, words_at};
use super::results::{Series, results_since};
use crate::access::Permission;
use crate::assess::person_of;
use crate::ctx::Ctx;
use crate::followup::contact::{Channel, Contacts, is_stay};
use crate::followup::person::{Person, Resource};
use crate::record::{RecordError, audit};

/// Something with a beginning and perhaps an end.
#[derive(Clone, Debug, PartialEq)]
pub struct Lasting {
    /// `Type/id`.
    pub reference: String,
    /// What.
    pub text: String,
    /// From.
    pub from: Instant,
    /// To; none means it lasts.
    pub to: Option<Instant>,
}

/// Something that happened once.
#[derive(Clone, Debug, PartialEq)]
pub struct Happening {
    /// `Type/id`.
    pub reference: String,
    /// What.
    pub text: String,
    /// Its letter: v visit, e emergency, c call, m message, x no answer.
    pub letter: char,
    /// When.
    pub at: Instant,
}

/// The rows.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// Stays.
    pub stays: Vec<Lasting>,
    /// Visits.
    pub visits: Vec<Happening>,
    /// Conditions.
    pub conditions: Vec<Lasting>,
    /// Medicines.
    pub medicines: Vec<Lasting>,
    /// Values, the gravest first.
    pub values: Vec<Series>,
    /// Calls, messages.
    pub contacts: Vec<Happening>,
}

/// The timeline of a person from a moment on. Audited.
pub fn load(ctx: &Ctx, patient: &str, from: Instant) -> Result<Timeline, RecordError> {
    ctx.require(Permission::RecordRead)?;
    let (timeline, rid) = ctx.read(|reader| {
        let stored = reader.get(&ctx.scope, PATIENT, patient)?;
        let rows = super::facts(reader, &ctx.scope, stored.rid)?;
        let (person, _) = person_of(&rows);
        Ok((timeline(&person, &ctx.zone, from, ctx.now()), stored.rid))
    })?;
    audit(ctx, "read timeline", rid, &format!("Patient/{patient}"))?;
    Ok(timeline)
}

/// The rows that reach into the time from `from` to `now`.
pub fn timeline(person: &Person<'_>, zone: &Zone, from: Instant, now: Instant) -> Timeline {
    let lasting = |one: &Resource<'_>, text: Option<String>, starts: &[&str], ends: &[&str]| {
        let start = date_at(one, starts)?.low(zone);
        // Finished, and nobody wrote when: it is shown where it began, not as if it went on to this day.
        let is_over = (one.is(&["completed", "stopped"]) || has_code(one, "clinicalStatus", &["resolved", "inactive"]))
            .then_some(start);
        let end = date_at(one, ends).map(|at| at.high(zone)).or(is_over);
        let within = end.is_none_or(|end| end >= from) && start <= now;
        within.then(|| Lasting { reference: one.reference(), text: text.unwrap_or_default(), from: start, to: end })
    };
    let encounters = person.of("Encounter");
    let name = |one: &Resource<'_>| words_at(one, "reasonCode").or_else(|| words_at(one, "type"));
    let stays = encounters
        .iter()
        .filter(|e| is_stay(e))
        .filter_map(|e| lasting(e, name(e), &["period.start"], &["period.end"]))
        .collect();
    let visits = encounters
        .iter()
        .filter(|e| !is_stay(e) && !e.is(&["cancelled", "entered-in-error", "planned"]))
        .filter_map(|e| {
            let at = e.when("period.start", zone).filter(|at| (from..=now).contains(at))?;
            let letter = if e.text("class.code") == Some("EMER") { 'e' } else { 'v' };
            Some(Happening {
                reference: e.reference(),
                text: words_at(e, "type").unwrap_or_else(|| "Visit".to_owned()),
                letter,
                at,
            })
        })
        .collect();
    let conditions = person
        .of("Condition")
        .iter()
        .filter(|c| !has_code(c, "verificationStatus", &["entered-in-error", "refuted"]))
        .filter_map(|c| lasting(c, words_at(c, "code"), &["onsetDateTime", "recordedDate"], &["abatementDateTime"]))
        .collect();
    let medicines = person
        .of("MedicationRequest")
        .iter()
        .filter(|m| !m.is(&["entered-in-error", "cancelled", "draft"]))
        .filter_map(|m| {
            lasting(
                m,
                words_at(m, "medicationCodeableConcept"),
                &["authoredOn"],
                &["dispenseRequest.validityPeriod.end"],
            )
        })
        .collect();
    let mut values = results_since(person, zone, from);
    values.retain(|series| !series.points.is_empty());
    Timeline { stays, visits, conditions, medicines, values, contacts: contacts(person, zone, from, now) }
}

fn contacts(person: &Person<'_>, zone: &Zone, from: Instant, now: Instant) -> Vec<Happening> {
    Contacts::of(person, zone, now)
        .dated
        .iter()
        .filter(|contact| (from..=now).contains(&contact.at))
        .map(|contact| {
            let (letter, text) = match contact.channel {
                Channel::Call if contact.attempt => ('x', "Call, no answer"),
                Channel::Call => ('c', "Call"),
                Channel::Message => ('m', "Message"),
                Channel::Fax => ('f', "Fax"),
                Channel::Other => ('n', "Note"),
            };
            Happening { reference: contact.resource.reference(), text: text.to_owned(), letter, at: contact.at }
        })
        .collect()
}

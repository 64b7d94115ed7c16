//! Putting right what was entered by hand: it is over, it was taken back, or it was a mistake, with the reason.
//!
//! Nothing is deleted: the resource gets the status that FHIR has for it, and its earlier versions stay readable. What a
//! source sent is put right at the source, else its next message would bring it back.

use continuo_fhir::{Date, Json, ResourceType};
use continuo_store::{Expect, Prepared, PutOptions};

use crate::access::openings;
use crate::assess::settle;
use crate::build::{append, concept, date, object, reference};
use crate::ctx::Ctx;
use crate::followup::person::Resource;
use crate::followup::referral::is_referral;
use crate::problem::WorkError;
use crate::record::permission;
use crate::shapes::EXT_CORRECTED;
use crate::work::{Done, parse};

/// What may be said of an entry: type, answer, words, what becomes of the resource.
const SAYS: &[(&str, &str, &str, Change)] = &[
    ("Condition", "over", "It is over", Change::Clinical("resolved")),
    ("Condition", "mistake", MISTAKE, Change::Mistaken),
    ("MedicationStatement", "over", "Not taken any more", Change::Ended("stopped", "effectivePeriod")),
    ("MedicationStatement", "mistake", MISTAKE, Change::Status("entered-in-error")),
    ("AllergyIntolerance", "over", "It is no allergy", Change::Refuted),
    ("AllergyIntolerance", "mistake", MISTAKE, Change::Mistaken),
    ("Observation", "mistake", MISTAKE, Change::Status("entered-in-error")),
    ("Appointment", "kept", "It took place", Change::Status("fulfilled")),
    ("Appointment", "missed", "The person did not come", Change::Status("noshow")),
    ("Appointment", "over", "It was cancelled", Change::Status("cancelled")),
    ("Appointment", "mistake", MISTAKE, Change::Status("entered-in-error")),
    ("Encounter", "mistake", MISTAKE, Change::Status("entered-in-error")),
    ("ServiceRequest", "kept", "It is done", Change::Status("completed")),
    ("ServiceRequest", "over", "It is not wanted any more", Change::Status("revoked")),
    ("ServiceRequest", "mistake", MISTAKE, Change::Status("entered-in-error")),
    ("Coverage", "over", "It has ended", Change::Ended("active", "period")),
    ("Coverage", "mistake", MISTAKE, Change::Status("entered-in-error")),
    ("Consent", "over", "The person took it back", Change::Status("inactive")),
    ("Consent", "mistake", MISTAKE, Change::Status("entered-in-error")),
    ("RelatedPerson", "over", "Not a contact any more", Change::Inactive),
    ("RelatedPerson", "mistake", MISTAKE, Change::Inactive),
    ("DocumentReference", "mistake", MISTAKE, Change::Status("entered-in-error")),
    ("Communication", "mistake", MISTAKE, Change::Status("entered-in-error")),
];

const MISTAKE: &str = "It was entered by mistake";

/// What becomes of the resource.
#[derive(Clone, Copy, Debug)]
enum Change {
    /// `status`.
    Status(&'static str),
    /// `status`, and the end of a period.
    Ended(&'static str, &'static str),
    /// `clinicalStatus` of a problem, and since when.
    Clinical(&'static str),
    /// An allergy that is none.
    Refuted,
    /// A problem or allergy that never was; it has no clinical status then (FHIR R4 con-5, ait-2).
    Mistaken,
    /// Somebody who is asked no more.
    Inactive,
}

/// The answers for a type: value and words; none where nothing can be put right here.
pub fn answers(type_: &str) -> Vec<(&'static str, &'static str)> {
    SAYS.iter().filter(|(of, ..)| *of == type_).map(|(_, answer, words, _)| (*answer, *words)).collect()
}

/// The answers for one entry. A referral is not over because somebody says so: its loop is closed with the report
/// ([`crate::work::referral`]).
pub fn answers_of(entry: &Json) -> Vec<(&'static str, &'static str)> {
    let packed = continuo_fhir::pack(entry);
    let found = continuo_fhir::root(&packed).ok().and_then(Resource::of);
    let loops = found.is_some_and(|one| one.type_ == "ServiceRequest" && is_referral(&one));
    let mut answers = answers(entry.resource_type().unwrap_or_default());
    answers.retain(|(answer, _)| !loops || *answer != "kept");
    answers
}

/// Whether an answer takes the day since when.
pub fn takes_day(type_: &str) -> bool {
    SAYS.iter().any(|(of, .., change)| *of == type_ && matches!(change, Change::Ended(..) | Change::Clinical(_)))
}

/// Whether the reader may put this entry right: made here, of a kind that can be, and open to them.
pub fn may_correct(ctx: &Ctx, type_: ResourceType, id: &str) -> Result<bool, WorkError> {
    if answers(type_.as_str()).is_empty() || !ctx.grant.allows(permission::to_write(type_.as_str())) {
        return Ok(false);
    }
    Ok(ctx.read(|reader| {
        let stored = reader.get(&ctx.scope, type_, id)?;
        Ok(stored.patient.0 != 0 && reader.source_of(stored.rid)?.is_empty())
    })?)
}

/// Says what is true now of an entry made by hand.
pub fn correct(ctx: &Ctx, type_: ResourceType, id: &str, answer: &str, day: Option<Date>, why: &str) -> Done<()> {
    ctx.require(permission::to_write(type_.as_str()))?;
    let (.., change) = SAYS
        .iter()
        .find(|(of, one, ..)| *of == type_.as_str() && *one == answer)
        .ok_or_else(|| WorkError::field("answer", "choose what is true now"))?;
    if why.trim().is_empty() {
        return Err(WorkError::field("reason", "say why, or who said so"));
    }
    if day.is_some_and(|day| day.low(&ctx.zone) > ctx.now()) {
        return Err(WorkError::field("date", "this day has not come yet"));
    }
    if !may_correct(ctx, type_, id)? {
        return Err(WorkError::Not(
            "this came from another system: put it right there, or add what you know".to_owned(),
        ));
    }
    let stored = ctx.read(|reader| reader.get(&ctx.scope, type_, id))?;
    let before = parse(stored.bytes.as_deref())?;
    if !answers_of(&before).iter().any(|(one, _)| *one == answer) {
        return Err(WorkError::field("answer", "a referral is over when its report is named: close its loop"));
    }
    let mut resource = before.clone();
    apply(&mut resource, *change, day.unwrap_or_else(|| ctx.zone.day(ctx.now())));
    append(&mut resource, "extension", said(ctx, why.trim()));
    openings::may_write(ctx, &resource)?;
    openings::may_lift(ctx, &before, &resource)?;
    let prepared = Prepared::new(resource, &ctx.prepare_context()?)?;
    let (version, patient) = (stored.version, stored.patient);
    Ok(ctx.write("correct entry", move |tx| {
        tx.put(&prepared, &PutOptions { expect: Expect::Version(version), ..PutOptions::default() })?;
        settle(tx, patient)?;
        Ok(())
    })?)
}

/// Who said so, when and why; it travels with the entry.
fn said(ctx: &Ctx, why: &str) -> Json {
    let part = |url: &str, name: &str, value: Json| object([("url", Json::string(url)), (name, value)]);
    object([
        ("url", Json::string(EXT_CORRECTED)),
        (
            "extension",
            crate::build::list([
                part("by", "valueReference", reference(&ctx.actor.reference)),
                part("at", "valueDateTime", crate::build::moment(ctx.now(), &ctx.zone)),
                part("why", "valueString", Json::string(why)),
            ]),
        ),
    ])
}

fn apply(resource: &mut Json, change: Change, day: Date) {
    const VERIFIED: [(&str, &str); 2] =
        [("Condition", "condition-ver-status"), ("AllergyIntolerance", "allergyintolerance-verification")];
    let system = |name: &str| format!("http://terminology.hl7.org/CodeSystem/{name}");
    let verified = VERIFIED.iter().find(|(of, _)| resource.resource_type() == Some(of)).map_or("", |(_, name)| *name);
    match change {
        Change::Status(status) => resource.set("status", Json::string(status)),
        Change::Ended(status, period) => {
            resource.set("status", Json::string(status));
            let mut lasted = resource.get(period).cloned().unwrap_or_else(|| object([]));
            lasted.set("end", date(day));
            resource.set(period, lasted);
        }
        Change::Clinical(status) => {
            resource.set("clinicalStatus", concept(&system("condition-clinical"), status, ""));
            resource.set("abatementDateTime", date(day));
        }
        Change::Refuted => {
            resource.set("clinicalStatus", concept(&system("allergyintolerance-clinical"), "inactive", ""));
            resource.set("verificationStatus", concept(&system(verified), "refuted", ""));
        }
        Change::Mistaken => {
            resource.remove("clinicalStatus");
            resource.set("verificationStatus", concept(&system(verified), "entered-in-error", ""));
        }
        Change::Inactive => resource.set("active", Json::Bool(false)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(json: &str, answer: &str) -> String {
        let mut resource = Json::parse(json.as_bytes()).expect("JSON");
        let type_ = resource.resource_type().expect("a type").to_owned();
        let (.., change) = SAYS.iter().find(|(of, one, ..)| *of == type_ && *one == answer).expect("an answer");
        apply(&mut resource, *change, Date::new(2026, 8, 19).expect("a day"));
        resource.to_string()
    }

    #[test]
    fn what_is_over_keeps_its_beginning_and_a_mistake_has_no_clinical_status() {
        let gout =
            r#"{"resourceType":"Condition","clinicalStatus":{"coding":[{"code":"active"}]},"onsetDateTime":"2019"}"#;
        let over = changed(gout, "over");
        assert!(over.contains(r#""abatementDateTime":"2026-08-19""#) && over.contains("resolved"), "{over}");
        assert!(over.contains(r#""onsetDateTime":"2019""#));
        let mistake = changed(gout, "mistake");
        assert!(!mistake.contains("clinicalStatus") && mistake.contains("entered-in-error"), "{mistake}");
        let plan = r#"{"resourceType":"Coverage","status":"active","period":{"start":"2026-01-01"}}"#;
        assert!(changed(plan, "over").contains(r#""period":{"start":"2026-01-01","end":"2026-08-19"}"#));
    }

    #[test]
    fn every_kind_that_is_entered_can_be_put_right() {
        for (kind, type_, _) in crate::entry::KINDS {
            assert!(answers(type_).iter().any(|(answer, _)| *answer == "mistake"), "{kind}");
        }
    }
}

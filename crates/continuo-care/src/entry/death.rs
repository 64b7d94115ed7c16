//! A death heard of by hand: the family called, a hospital told us. What follows from it is `assess::death`'s.
//!
//! The record and the words about it are one commit; taking it back opens everything again (safety.md rule 11).

use continuo_fhir::{Instant, Json, ResourceType};
use continuo_store::{Expect, Prepared, PutOptions};

use super::Values;
use crate::access::Permission;
use crate::assess::settle;
use crate::build::{list, moment, object, own, reference, words};
use crate::ctx::Ctx;
use crate::problem::WorkError;
use crate::shapes;
use crate::tasks::make;
use crate::work::{Done, parse};

const PATIENT: ResourceType = ResourceType::of("Patient");

/// Records that a person has died, or that they live after all.
pub(super) fn record(ctx: &Ctx, person: &str, values: &Values) -> Done<Vec<String>> {
    ctx.require(Permission::PersonWrite)?;
    let id = person.strip_prefix("Patient/").unwrap_or(person).to_owned();
    let stored = ctx.read(|r| r.get(&ctx.scope, PATIENT, &id))?;
    let mut patient = parse(stored.bytes.as_deref())?;
    let said_by = values.need("said_by", "say who said so")?.to_owned();
    let lives = values.get("answer") == "alive";
    let date = values.date("date")?;
    let before = is_dead(&patient);
    match (lives, before) {
        (true, false) => return Err(WorkError::field("answer", "no death stands in this record")),
        (false, true) if date.is_none() => return Err(WorkError::field("answer", "this death is on record already")),
        _ => {}
    }
    patient.remove("deceasedBoolean");
    patient.remove("deceasedDateTime");
    let sentence = match (&date, lives) {
        (_, true) => format!("Lives: a death was recorded in error. Said by {said_by}."),
        (Some(date), false) => {
            let day = crate::build::date_text(*date);
            patient.set("deceasedDateTime", Json::string(&*day));
            format!("Died {day}. Said by {said_by}.")
        }
        (None, false) => {
            patient.set("deceasedBoolean", Json::Bool(true));
            format!("Has died; the day is not known. Said by {said_by}.")
        }
    };
    let text = [sentence.as_str(), values.get("note").trim()].join(" ").trim().to_owned();
    let prepared = Prepared::new(patient, &ctx.prepare_context()?)?;
    let (version, who, zone) = (stored.version, ctx.actor.reference.clone(), ctx.zone.clone());
    Ok(ctx.write(if lives { "take back a death" } else { "record death" }, move |tx| {
        let expect = Expect::Version(version);
        tx.put(&prepared, &PutOptions { expect, ..PutOptions::default() })?;
        let now = Instant::from_micros(tx.now());
        let note = object([
            ("resourceType", Json::string("Communication")),
            ("id", Json::string(tx.new_id())),
            ("status", Json::string("completed")),
            ("category", list([own(shapes::NOTE)])),
            ("subject", reference(&format!("Patient/{id}"))),
            ("sent", moment(now, &zone)),
            ("sender", reference(&who)),
            ("note", list([make::note(&text, &who, now, &zone)])),
            ("reasonCode", list([words("Death")])),
        ]);
        crate::assess::put(tx, note)?;
        settle(tx, stored.rid)?;
        Ok(vec![format!("Patient/{id}")])
    })?)
}

fn is_dead(patient: &Json) -> bool {
    patient.get("deceasedDateTime").is_some() || patient.get("deceasedBoolean").and_then(Json::as_bool) == Some(true)
}

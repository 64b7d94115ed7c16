//! A person and how to reach them: names as they are (safety.md rule 12), numbers with what is allowed on each (rule 13).

use continuo_fhir::{Instant, Json, Zone};

use super::{Maker, Values};
use crate::build::{append, extension, list, moment, object, reference, set_text};
use crate::problem::WorkError;
use crate::shapes;

/// The system of record numbers made here.
pub(super) const RECORD_NUMBER: &str = "urn:continuo:record-number";
pub(super) const PLAN_NUMBER: &str = "urn:continuo:plan-number";
const INTERPRETER: &str = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired";
const SEX_FOR_CLINICAL_USE: &str = "urn:continuo:ext:sex-for-clinical-use";

pub(super) fn register(values: &Values, maker: &mut Maker<'_>) -> Result<Vec<Json>, WorkError> {
    let given = values.get("given");
    let family = values.get("family");
    if given.is_empty() && family.is_empty() {
        return Err(WorkError::field("given", "give a name; a single name is fine"));
    }
    let birth = values
        .date("birth_date")?
        .ok_or_else(|| WorkError::field("birth_date", "give the birth date; a year alone is fine"))?;
    if birth.low(maker.zone) > maker.now {
        return Err(WorkError::field("birth_date", "this day has not come yet"));
    }
    let mut patient = maker.resource("Patient");
    let id = patient.str_at("id").unwrap_or_default().to_owned();
    let record_number = match values.get("record_number") {
        "" => {
            let tail: String = id.chars().filter(char::is_ascii_alphanumeric).rev().take(7).collect();
            format!("C{}", tail.chars().rev().collect::<String>().to_uppercase())
        }
        number => number.to_owned(),
    };
    let identifier =
        |system: &str, value: &str| object([("system", Json::string(system)), ("value", Json::string(value))]);
    append(&mut patient, "identifier", identifier(RECORD_NUMBER, &record_number));
    if !values.get("plan_number").is_empty() {
        append(&mut patient, "identifier", identifier(PLAN_NUMBER, values.get("plan_number")));
    }
    let mut name = object([("use", Json::string("official"))]);
    set_text(&mut name, "family", family);
    if !given.is_empty() {
        name.set("given", list(given.split_whitespace().map(Json::string)));
    }
    append(&mut patient, "name", name);
    if !values.get("preferred").is_empty() {
        let nickname = object([("use", Json::string("nickname")), ("text", Json::string(values.get("preferred")))]);
        append(&mut patient, "name", nickname);
    }
    if !values.get("former").is_empty() {
        append(
            &mut patient,
            "name",
            object([
                ("use", Json::string("old")),
                ("text", Json::string(values.get("former"))),
                ("family", Json::string(values.get("former"))),
            ]),
        );
    }
    patient.set("birthDate", crate::build::date(birth));
    if matches!(values.get("gender"), "female" | "male" | "other" | "unknown") {
        patient.set("gender", Json::string(values.get("gender")));
    }
    if !values.get("sex_for_clinical_use").is_empty() {
        let value = Json::string(values.get("sex_for_clinical_use"));
        append(&mut patient, "extension", extension(SEX_FOR_CLINICAL_USE, "valueCode", value));
    }
    if values.has("interpreter", "needed") {
        append(&mut patient, "extension", extension(INTERPRETER, "valueBoolean", Json::Bool(true)));
    }
    if !values.get("language").is_empty() && values.get("language") != "other" {
        let language = object([("coding", list([crate::build::coding("urn:ietf:bcp:47", values.get("language"))]))]);
        append(&mut patient, "communication", object([("language", language), ("preferred", Json::Bool(true))]));
    }
    if !values.get("phone").is_empty() {
        append(&mut patient, "telecom", phone(values, "mobile", maker.by, maker.now, maker.zone));
    }
    if !values.get("address").is_empty() {
        append(
            &mut patient,
            "address",
            object([("use", Json::string("home")), ("text", Json::string(values.get("address")))]),
        );
    }
    Ok(vec![patient])
}

/// The Patient with a number or address added, or changed where it is there already.
pub(super) fn reach(patient: &Json, values: &Values, by: &str, now: Instant, zone: &Zone) -> Result<Json, WorkError> {
    let (number, address) = (values.get("phone"), values.get("address"));
    if number.is_empty() && address.is_empty() {
        return Err(WorkError::field("phone", "give a phone number or an address"));
    }
    let mut patient = patient.clone();
    patient.remove("meta");
    let use_ = match values.get("use") {
        "" => "mobile",
        other => other,
    };
    if !number.is_empty() {
        let wanted = crate::assess::header::digits(number);
        if wanted.len() < 7 {
            return Err(WorkError::field("phone", "this is too short for a phone number"));
        }
        let point = phone(values, use_, by, now, zone);
        replace(&mut patient, "telecom", point, |old| {
            crate::assess::header::digits(old.str_at("value").unwrap_or_default()) == wanted
        });
    }
    if !address.is_empty() {
        let home = if matches!(use_, "work" | "temp" | "old") { use_ } else { "home" };
        let mut new = object([("use", Json::string(home)), ("text", Json::string(address))]);
        append(&mut new, "extension", safety(values));
        append(&mut new, "extension", confirmed(by, now, zone));
        replace(&mut patient, "address", new, |old| old.str_at("text") == Some(address));
    }
    Ok(patient)
}

fn replace(patient: &mut Json, field: &str, new: Json, same: impl Fn(&Json) -> bool) {
    let mut kept: Vec<Json> = match patient.remove(field) {
        Some(Json::Array(items)) => items.into_iter().filter(|old| !same(old)).collect(),
        _ => Vec::new(),
    };
    kept.insert(0, new);
    patient.set(field, Json::Array(kept));
}

fn phone(values: &Values, use_: &str, by: &str, now: Instant, zone: &Zone) -> Json {
    let mut point = object([
        ("system", Json::string("phone")),
        ("value", Json::string(values.get("phone"))),
        ("use", Json::string(use_)),
    ]);
    append(&mut point, "extension", safety(values));
    append(&mut point, "extension", confirmed(by, now, zone));
    point
}

/// What may be done with a number or address. All four answers are written: an unticked box was asked and declined.
fn safety(values: &Values) -> Json {
    let unsafe_ = values.has("unsafe", "unsafe");
    let mut parts: Vec<Json> = ["call", "voicemail", "text", "mail"]
        .into_iter()
        .map(|channel| extension(channel, "valueBoolean", Json::Bool(!unsafe_ && values.has("allow", channel))))
        .collect();
    for (field, name) in [("say", "say"), ("hours", "hours"), ("answers", "shared-with")] {
        if !values.get(field).is_empty() {
            parts.push(extension(name, "valueString", Json::string(values.get(field))));
        }
    }
    if unsafe_ {
        parts.push(extension("unsafe", "valueBoolean", Json::Bool(true)));
    }
    object([("url", Json::string(shapes::EXT_CONTACT_SAFETY)), ("extension", Json::Array(parts))])
}

/// Confirmed by whom and when (safety.md rule 19).
pub(super) fn confirmed(by: &str, now: Instant, zone: &Zone) -> Json {
    object([
        ("url", Json::string(shapes::EXT_CONFIRMED)),
        (
            "extension",
            list([
                extension("by", "valueReference", reference(by)),
                extension("at", "valueDateTime", moment(now, zone)),
            ]),
        ),
    ])
}

//! A person and how to reach them: names as they are (safety.md rule 12), numbers with what is allowed on each (rule 13).

use continuo_fhir::{Instant, Json, Zone};

use super::{Maker, Values};
use crate::build::{append, extension, list, moment, object, reference, set_text};
use crate::problem::WorkError;
use crate::shapes;

/// The system of record numbers made here.
pub(super) const RECORD_NUMBER: &str = "urn:continuo:record-number";
pub(super) const PLAN_NUMBER: &str = "urn:continuo:plan-number";
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
    one_answer(values)?;
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
        append(&mut patient, "extension", extension(shapes::INTERPRETER_NEEDED, "valueBoolean", Json::Bool(true)));
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
    one_answer(values)?;
    let mut patient = patient.clone();
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
        add_safety(&mut new, safety(values, &["mail"]));
        append(&mut new, "extension", confirmed(by, now, zone));
        replace(&mut patient, "address", new, |old| old.str_at("text") == Some(address));
    }
    Ok(patient)
}

/// What is allowed, none of it, and "unsafe" cannot be true at once: whoever reads it later must not have to guess.
fn one_answer(values: &Values) -> Result<(), WorkError> {
    let allows = ["call", "voicemail", "text", "mail"].iter().any(|way| values.has("allow", way));
    if allows && values.has("allow", "none") {
        return Err(WorkError::field("allow", "choose what is allowed, or none of these"));
    }
    if allows && values.has("unsafe", "unsafe") {
        return Err(WorkError::field("unsafe", "unsafe means that nothing is allowed on it: take one of the two back"));
    }
    Ok(())
}

fn replace(patient: &mut Json, field: &str, mut new: Json, same: impl Fn(&Json) -> bool) {
    let all = match patient.remove(field) {
        Some(Json::Array(items)) => items,
        _ => Vec::new(),
    };
    let (before, mut kept): (Vec<Json>, Vec<Json>) = all.into_iter().partition(same);
    if let Some(old) = before.first() {
        keep_answers(&mut new, old);
    }
    kept.insert(0, new);
    patient.set(field, Json::Array(kept));
}

/// What was answered before about the same number stays where it is not answered anew. Whoever answers what is allowed
/// answers "unsafe", too.
fn keep_answers(new: &mut Json, old: &Json) {
    let parts_of = |point: &Json| -> Vec<Json> {
        let said = point.get("extension").map(Json::items).unwrap_or_default();
        let safety = said.iter().find(|one| one.str_at("url") == Some(shapes::EXT_CONTACT_SAFETY));
        safety.and_then(|one| one.get("extension")).map(|parts| parts.items().to_vec()).unwrap_or_default()
    };
    let mut parts = parts_of(new);
    let has = |parts: &[Json], url: &str| parts.iter().any(|part| part.str_at("url") == Some(url));
    let asked = ["call", "mail", "unsafe"].iter().any(|url| has(&parts, url));
    for part in parts_of(old) {
        let url = part.str_at("url").unwrap_or_default().to_owned();
        let is_answer = matches!(url.as_str(), "call" | "voicemail" | "text" | "mail" | "unsafe");
        let answered_anew = has(&parts, &url) || (asked && is_answer);
        if !answered_anew {
            parts.push(part);
        }
    }
    let others: Vec<Json> = match new.remove("extension") {
        Some(Json::Array(all)) => {
            all.into_iter().filter(|one| one.str_at("url") != Some(shapes::EXT_CONTACT_SAFETY)).collect()
        }
        _ => Vec::new(),
    };
    add_safety(new, parts);
    for one in others {
        append(new, "extension", one);
    }
}

fn phone(values: &Values, use_: &str, by: &str, now: Instant, zone: &Zone) -> Json {
    let mut point = object([
        ("system", Json::string("phone")),
        ("value", Json::string(values.get("phone"))),
        ("use", Json::string(use_)),
    ]);
    add_safety(&mut point, safety(values, &["call", "voicemail", "text"]));
    append(&mut point, "extension", confirmed(by, now, zone));
    point
}

fn add_safety(point: &mut Json, parts: Vec<Json>) {
    if !parts.is_empty() {
        let said = object([("url", Json::string(shapes::EXT_CONTACT_SAFETY)), ("extension", Json::Array(parts))]);
        append(point, "extension", said);
    }
}

/// What may be done with a number or address. Where anything is ticked all was asked: the unticked was declined. Where
/// nothing is ticked nobody asked, which is no refusal (safety.md rule 17); "none of these" is one.
fn safety(values: &Values, channels: &[&str]) -> Vec<Json> {
    let unsafe_ = values.has("unsafe", "unsafe");
    let asked = unsafe_ || !values.all("allow").is_empty();
    let mut parts: Vec<Json> = channels
        .iter()
        .filter(|_| asked)
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
    parts
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

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(patient: &Json, pairs: &[(&str, &str)]) -> Json {
        let now = Instant::parse("2026-08-19T14:00:00Z").expect("a moment");
        let values = Values::new(pairs.iter().copied());
        reach(patient, &values, "Practitioner/1", now, &Zone::utc()).expect("a number that can be kept")
    }

    /// "call: true" and the like, of the first number.
    fn answers(patient: &Json) -> Vec<String> {
        let point = patient.get("telecom").and_then(|all| all.items().first()).cloned().expect("a number");
        let said = point.get("extension").map(Json::items).unwrap_or_default();
        let safety = said.iter().find(|one| one.str_at("url") == Some(shapes::EXT_CONTACT_SAFETY));
        let parts = safety.and_then(|one| one.get("extension")).map(Json::items).unwrap_or_default();
        let text = |part: &Json| {
            let value =
                part.fields().iter().find(|(name, _)| name.starts_with("value")).map(|(_, value)| value.to_string());
            format!("{} {}", part.str_at("url").unwrap_or_default(), value.unwrap_or_default())
        };
        parts.iter().map(text).collect()
    }

    #[test]
    fn what_nobody_asked_about_a_number_is_not_declined() {
        let nobody = object([("resourceType", Json::string("Patient"))]);
        let silent = changed(&nobody, &[("phone", "555-555-0142")]);
        assert_eq!(answers(&silent), Vec::<String>::new());
        let asked = changed(&nobody, &[("phone", "555-555-0142"), ("allow", "call"), ("hours", "after 5 pm")]);
        assert_eq!(answers(&asked), ["call true", "voicemail false", "text false", "hours \"after 5 pm\""]);
        let none = changed(&nobody, &[("phone", "555-555-0142"), ("allow", "none")]);
        assert_eq!(answers(&none), ["call false", "voicemail false", "text false"]);
        // Changing what else is known of it asks nothing again.
        let later = changed(&asked, &[("phone", "(555) 555-0142"), ("hours", "mornings")]);
        assert_eq!(answers(&later), ["hours \"mornings\"", "call true", "voicemail false", "text false"]);
        let danger = changed(&asked, &[("phone", "5555550142"), ("unsafe", "unsafe")]);
        assert_eq!(answers(&danger).last().map(String::as_str), Some("hours \"after 5 pm\""));
        assert!(answers(&danger).contains(&"unsafe true".to_owned()));
        let safe_again = changed(&danger, &[("phone", "5555550142"), ("allow", "call")]);
        assert!(!answers(&safe_again).iter().any(|one| one.starts_with("unsafe")), "{:?}", answers(&safe_again));
    }
}

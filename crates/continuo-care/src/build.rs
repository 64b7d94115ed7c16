//! Small builders of FHIR R4 elements, so that code that writes resources reads like the resources.

use continuo_fhir::{Date, Instant, Json, Zone};

use crate::shapes;

/// An object.
pub fn object<'k>(fields: impl IntoIterator<Item = (&'k str, Json)>) -> Json {
    Json::object(fields)
}

/// A list.
pub fn list(items: impl IntoIterator<Item = Json>) -> Json {
    Json::array(items)
}

/// `{"reference": ..}`.
pub fn reference(to: &str) -> Json {
    object([("reference", Json::string(to))])
}

/// A concept with one coding.
pub fn concept(system: &str, code: &str, text: &str) -> Json {
    let mut concept = object([("coding", list([coding(system, code)]))]);
    if !text.is_empty() {
        concept.set("text", Json::string(text));
    }
    concept
}

/// A coding.
pub fn coding(system: &str, code: &str) -> Json {
    object([("system", Json::string(system)), ("code", Json::string(code))])
}

/// A concept with one of the product's own codes.
pub fn own(code: &str) -> Json {
    concept(shapes::CODE, code, "")
}

/// A concept that is only words.
pub fn words(text: &str) -> Json {
    object([("text", Json::string(text))])
}

/// An extension; `value` is the full name of its value (`valueString`).
pub fn extension(url: &str, value: &str, content: Json) -> Json {
    object([("url", Json::string(url)), (value, content)])
}

/// A moment as FHIR writes it, in the site's zone.
pub fn moment(at: Instant, zone: &Zone) -> Json {
    Json::string(moment_text(at, zone))
}

/// A moment as FHIR writes it: `2026-08-05T09:30:00-04:00`.
pub fn moment_text(at: Instant, zone: &Zone) -> String {
    let (date, time) = zone.civil(at);
    let offset = zone.offset_minutes(at);
    let zone = if offset == 0 {
        "Z".to_owned()
    } else {
        format!("{}{:02}:{:02}", if offset < 0 { '-' } else { '+' }, offset.abs() / 60, offset.abs() % 60)
    };
    format!(
        "{}T{:02}:{:02}:{:02}{zone}",
        date_text(date),
        time.hour(),
        time.minute().unwrap_or(0),
        time.second().unwrap_or(0)
    )
}

/// A day as FHIR writes it, as precise as it is.
pub fn date_text(date: Date) -> String {
    match (date.month(), date.day()) {
        (Some(month), Some(day)) => format!("{:04}-{month:02}-{day:02}", date.year()),
        (Some(month), None) => format!("{:04}-{month:02}", date.year()),
        _ => format!("{:04}", date.year()),
    }
}

/// A day.
pub fn date(day: Date) -> Json {
    Json::string(date_text(day))
}

/// Sets a field unless the text is empty after trimming.
pub fn set_text(to: &mut Json, field: &str, text: &str) {
    let text = text.trim();
    if !text.is_empty() {
        to.set(field, Json::string(text));
    }
}

/// Appends to a list field, making it when absent.
pub fn append(to: &mut Json, field: &str, item: Json) {
    match to.get_mut(field) {
        Some(list @ Json::Array(_)) => list.push(item),
        _ => to.set(field, list([item])),
    }
}

/// The value of an extension.
pub fn extension_of<'a>(resource: &'a Json, url: &str) -> Option<&'a Json> {
    let found = resource.get("extension")?.items().iter().find(|e| e.str_at("url") == Some(url))?;
    found.fields().iter().find(|(name, _)| name.starts_with("value")).map(|(_, value)| value)
}

/// Sets, replaces or (with nothing) removes an extension.
pub fn set_extension(resource: &mut Json, url: &str, value: Option<(&str, Json)>) {
    let mut kept: Vec<Json> = match resource.remove("extension") {
        Some(Json::Array(items)) => items.into_iter().filter(|e| e.str_at("url") != Some(url)).collect(),
        _ => Vec::new(),
    };
    kept.extend(value.map(|(name, content)| extension(url, name, content)));
    if !kept.is_empty() {
        resource.set("extension", Json::Array(kept));
    }
}

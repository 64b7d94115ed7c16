//! "Copy note for the EHR": a call or a note as plain text in the site's format.
//!
//! The format is text with `{names}`; a line whose names are all empty is left out.

use continuo_fhir::{Json, Zone};

use crate::build::extension_of;
use crate::shapes;

/// The format shipped; a site may set its own.
pub const DEFAULT_FORMAT: &str = "\
{kind} {date} {time}
Minutes: {minutes}
With: {answered_by}
Identity: {identity}
Interpreter: {interpreter}
Outcome: {outcome}
Topics: {topics}
{note}
By: {by}
";

/// The text of a Communication.
pub fn for_ehr(communication: &Json, by_name: &str, format: &str, zone: &Zone) -> String {
    let ext = |url: &str| {
        extension_of(communication, url)
            .map(|value| {
                value.as_str().map(str::to_owned).or_else(|| value.number_text().map(str::to_owned)).unwrap_or_default()
            })
            .unwrap_or_default()
    };
    let (date, time) = communication
        .str_at("sent")
        .and_then(continuo_fhir::DateTime::parse)
        .map(|at| zone.civil(at.low(zone)))
        .map(|(date, time)| {
            (
                format!("{:02}/{:02}/{}", date.month().unwrap_or(1), date.day().unwrap_or(1), date.year()),
                format!("{:02}:{:02}", time.hour(), time.minute().unwrap_or(0)),
            )
        })
        .unwrap_or_default();
    let code = |field: &str| {
        communication
            .get(field)
            .and_then(|concept| concept.items().first().or(Some(concept)))
            .and_then(|concept| concept.get("coding"))
            .and_then(|codings| codings.items().first())
            .and_then(|coding| coding.str_at("code"))
            .unwrap_or_default()
            .to_owned()
    };
    let kind = match code("category").as_str() {
        "call" => "Phone call".to_owned(),
        "note" => "Note".to_owned(),
        "message" => "Message".to_owned(),
        "fax" => "Fax".to_owned(),
        _ => "Contact".to_owned(),
    };
    let topics = communication
        .get("reasonCode")
        .map(Json::items)
        .unwrap_or_default()
        .iter()
        .filter_map(|topic| topic.str_at("text"))
        .collect::<Vec<_>>()
        .join("; ");
    let note = communication
        .get("note")
        .map(Json::items)
        .unwrap_or_default()
        .iter()
        .filter_map(|note| note.str_at("text"))
        .collect::<Vec<_>>()
        .join("\n");
    let values = [
        ("kind", kind),
        ("date", date),
        ("time", time),
        ("minutes", ext(shapes::EXT_MINUTES)),
        ("answered_by", ext(shapes::EXT_ANSWERED_BY)),
        ("identity", ext(shapes::EXT_IDENTITY_CHECK)),
        ("interpreter", ext(shapes::EXT_INTERPRETER)),
        ("outcome", code("statusReason").replace('-', " ")),
        ("topics", topics),
        ("note", note),
        ("by", by_name.to_owned()),
    ];
    filled(format, &values)
}

/// A format with its names filled. A name that is not among the values is empty; what stands in a value is no name.
pub fn filled(format: &str, values: &[(&str, String)]) -> String {
    let mut out = String::new();
    for line in format.lines() {
        let (mut any, mut named) = (false, false);
        let mut made = String::new();
        let mut rest = line;
        while let Some((before, after)) = rest.split_once('{') {
            made.push_str(before);
            let Some((name, behind)) = after.split_once('}') else {
                made.push('{');
                rest = after;
                continue;
            };
            named = true;
            let value = values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value.as_str());
            any |= !value.is_empty();
            made.push_str(value);
            rest = behind;
        }
        made.push_str(rest);
        if any || !named {
            out.push_str(made.trim_end());
            out.push('\n');
        }
    }
    out
}

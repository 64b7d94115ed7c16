//! The formats of primitive values (<https://hl7.org/fhir/R4/datatypes.html#primitive>).

use super::walk::clip;
use crate::date::{DateTime, Precision, Time};
use crate::packed::{Kind, Node};
use crate::reference::is_id;

/// Longest text taken: the specification's limit for strings.
const MAX_TEXT: usize = 1 << 20;

/// Checks a value against its primitive type; the error is a sentence.
pub(super) fn check(node: Node<'_>, type_: &str) -> Result<(), String> {
    match type_ {
        "boolean" => shape(node, Kind::Bool, "true or false"),
        "integer" => whole(node, i64::from(i32::MIN)),
        "unsignedInt" => whole(node, 0),
        "positiveInt" => whole(node, 1),
        "decimal" => shape(node, Kind::Number, "a number"),
        _ => {
            shape(node, Kind::String, "text in quotes")?;
            text(node.as_str().unwrap_or_default(), type_)
        }
    }
}

fn shape(node: Node<'_>, kind: Kind, wanted: &str) -> Result<(), String> {
    if node.kind() == kind { Ok(()) } else { Err(format!("must be {wanted}")) }
}

fn whole(node: Node<'_>, least: i64) -> Result<(), String> {
    shape(node, Kind::Number, "a whole number")?;
    match node.as_i64() {
        Some(value) if value >= least && value <= i64::from(i32::MAX) => Ok(()),
        _ => Err(format!("must be a whole number from {least} to {}", i32::MAX)),
    }
}

fn text(text: &str, type_: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("must not be empty".to_string());
    }
    let bad = |what: &str| Err(format!("`{}` is {what}", clip(text)));
    match type_ {
        "date" => match DateTime::parse(text) {
            Some(moment) if moment.time().is_none() => Ok(()),
            _ => bad("no date (YYYY, YYYY-MM or YYYY-MM-DD)"),
        },
        "dateTime" => match DateTime::parse(text) {
            Some(moment) if moment.time().is_none() => Ok(()),
            Some(moment) if moment.offset().is_none() => bad("a time without its zone"),
            Some(moment) if moment.precision() >= Precision::Second => Ok(()),
            _ => bad("no date and time"),
        },
        "instant" => match DateTime::parse(text) {
            Some(moment) if moment.offset().is_some() && moment.precision() >= Precision::Second => Ok(()),
            _ => bad("no instant (date, time to the second, zone)"),
        },
        "time" => match Time::parse(text) {
            Some(time) if time.precision() >= Precision::Second => Ok(()),
            _ => bad("no time (hh:mm:ss)"),
        },
        "id" if !is_id(text) => bad("no id (1 to 64 letters, digits, `-`, `.`)"),
        "code" => {
            let spaced = text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace);
            if spaced || text.contains("  ") || text.contains(['\t', '\n', '\r']) {
                bad("no code: spaces")
            } else {
                Ok(())
            }
        }
        "uri" | "url" | "canonical" | "oid" | "uuid" => uri(text, type_).or_else(&bad),
        "base64Binary" if !is_base64(text) => bad("not valid base64"),
        _ if text.len() > MAX_TEXT => Err("is longer than 1 MB".to_string()),
        _ if text.chars().any(|c| c < ' ' && !matches!(c, '\t' | '\n' | '\r')) => {
            Err("holds control characters".to_string())
        }
        _ if text.trim().is_empty() => Err("must not be blank".to_string()),
        _ => Ok(()),
    }
}

fn uri(text: &str, type_: &str) -> Result<(), &'static str> {
    if text.contains(char::is_whitespace) {
        return Err("no URI: spaces");
    }
    let uuid = text.strip_prefix("urn:uuid:");
    if uuid.is_some_and(|u| !is_lower_uuid(u)) || (type_ == "uuid" && uuid.is_none()) {
        return Err("no UUID (urn:uuid: and 36 characters in lower case)");
    }
    let oid = text.strip_prefix("urn:oid:");
    if oid.is_some_and(|o| !is_oid(o)) || (type_ == "oid" && oid.is_none()) {
        return Err("no OID (urn:oid: and numbers with dots)");
    }
    Ok(())
}

fn is_lower_uuid(text: &str) -> bool {
    crate::clock::Uuid::parse(text.split('#').next().unwrap_or(text)).is_some()
        && !text.bytes().any(|b| b.is_ascii_uppercase())
}

fn is_oid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let numeric =
        |p: &&str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()) && (p.len() == 1 || !p.starts_with('0'));
    parts.len() > 1 && parts.iter().all(numeric) && matches!(parts.first(), Some(&("0" | "1" | "2")))
}

fn is_base64(text: &str) -> bool {
    let mut count = 0;
    let mut padding = 0;
    for byte in text.bytes() {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => continue,
            b'=' => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => {}
            _ => return false,
        }
        count += 1;
    }
    count % 4 == 0 && padding <= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_follow_the_specification() {
        for (type_, good, bad) in [
            ("date", "2026-08", "2026-8"),
            ("dateTime", "2026-08-01T10:00:00Z", "2026-08-01T10:00:00"),
            ("instant", "2026-08-01T10:00:00.5+02:00", "2026-08-01"),
            ("time", "10:00:00", "10:00"),
            ("id", "a-1.b", "a_1"),
            ("code", "in progress", " lead"),
            ("uri", "urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7", "urn:uuid:53FEFA32-fcbb-4ff8-8a92-55ee120877b7"),
            ("oid", "urn:oid:1.2.840", "urn:oid:1.02"),
            ("base64Binary", "aGk=", "aGk"),
            ("string", "x", "\u{1}"),
        ] {
            assert!(text(good, type_).is_ok(), "{type_} {good}");
            assert!(text(bad, type_).is_err(), "{type_} {bad}");
        }
    }
}

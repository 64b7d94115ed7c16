//! Facts of two Patients beside each other, and what happened in a record, in words.

use continuo_fhir::{Json, Node, root};
use continuo_store::{Reader, Result, Rid};

use crate::ctx::Ctx;

/// A value as shown.
pub type Fact = String;

/// One line of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// "Birth date".
    pub label: &'static str,
    /// Of the first record; empty when it says nothing.
    pub a: Fact,
    /// Of the second.
    pub b: Fact,
    /// Both say something, and not the same.
    pub differs: bool,
}

/// The lines of two Patients, in the order in which a registrar compares.
pub(crate) fn side_by_side(a: &Json, b: &Json) -> Vec<Row> {
    type Read = fn(&Json) -> String;
    const LINES: [(&str, Read); 11] = [
        ("Family name", |patient| name(patient).0),
        ("Given names", |patient| name(patient).1),
        ("Other names", other_names),
        ("Birth date", |patient| text(patient, "birthDate")),
        ("Sex", |patient| text(patient, "gender")),
        ("Phone, text", |patient| telecom(patient, &["phone", "sms"])),
        ("E-mail", |patient| telecom(patient, &["email"])),
        ("Address", addresses),
        ("Numbers", identifiers),
        ("Multiple birth", birth_order),
        ("Has died", died),
    ];
    LINES
        .iter()
        .map(|(label, read)| {
            let (a, b) = (read(a), read(b));
            let same = |text: &str| continuo_fhir::text::fold(text).split_whitespace().collect::<String>();
            Row { label, differs: !a.is_empty() && !b.is_empty() && same(&a) != same(&b), a, b }
        })
        .filter(|row| !row.a.is_empty() || !row.b.is_empty())
        .collect()
}

/// Family and given names of the official name, else the first that is not an old one.
pub(crate) fn name(patient: &Json) -> (String, String) {
    let names = patient.get("name").map(Json::items).unwrap_or_default();
    let chosen = names
        .iter()
        .find(|name| name.str_at("use") == Some("official"))
        .or_else(|| names.iter().find(|name| !matches!(name.str_at("use"), Some("old" | "maiden" | "nickname"))))
        .or_else(|| names.first());
    let Some(chosen) = chosen else { return (String::new(), String::new()) };
    let given = strings(chosen.get("given")).join(" ");
    match chosen.str_at("family") {
        Some(family) => {
            let suffix = strings(chosen.get("suffix")).join(" ");
            (format!("{family} {suffix}").trim().to_owned(), given)
        }
        None if given.is_empty() => (text(chosen, "text"), String::new()),
        None => (given, String::new()),
    }
}

fn other_names(patient: &Json) -> String {
    let names = patient.get("name").map(Json::items).unwrap_or_default();
    let old = names.iter().filter(|name| matches!(name.str_at("use"), Some("old" | "maiden" | "nickname")));
    old.map(|name| format!("{} {}", strings(name.get("given")).join(" "), text(name, "family")).trim().to_owned())
        .collect::<Vec<_>>()
        .join("; ")
}

fn telecom(patient: &Json, systems: &[&str]) -> String {
    let points = patient.get("telecom").map(Json::items).unwrap_or_default();
    let wanted = points.iter().filter(|point| point.str_at("system").is_some_and(|system| systems.contains(&system)));
    wanted.filter_map(|point| point.str_at("value")).take(6).collect::<Vec<_>>().join("; ")
}

fn addresses(patient: &Json) -> String {
    let all = patient.get("address").map(Json::items).unwrap_or_default();
    let one = |address: &Json| {
        let mut parts = strings(address.get("line"));
        parts.extend(["city", "state", "postalCode"].map(|part| text(address, part)));
        parts.retain(|part| !part.is_empty());
        if parts.is_empty() { text(address, "text") } else { parts.join(", ") }
    };
    all.iter().take(4).map(one).collect::<Vec<_>>().join("; ")
}

/// Record and plan numbers; of a social security number only the last four.
fn identifiers(patient: &Json) -> String {
    let all = patient.get("identifier").map(Json::items).unwrap_or_default();
    let one = |identifier: &Json| {
        let value = text(identifier, "value");
        if text(identifier, "system").ends_with("us-ssn") {
            let last: String = value.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
            return format!("social security number ending {last}");
        }
        value
    };
    all.iter().take(6).map(one).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ")
}

fn birth_order(patient: &Json) -> String {
    match patient.get("multipleBirthInteger").and_then(Json::as_i64) {
        Some(order) => format!("number {order}"),
        None if patient.get("multipleBirthBoolean").and_then(Json::as_bool) == Some(true) => "yes".to_owned(),
        None => String::new(),
    }
}

fn died(patient: &Json) -> String {
    match patient.str_at("deceasedDateTime") {
        Some(when) => when.get(..10).unwrap_or(when).to_owned(),
        None if patient.get("deceasedBoolean").and_then(Json::as_bool) == Some(true) => "yes".to_owned(),
        None => String::new(),
    }
}

fn text(json: &Json, name: &str) -> String {
    json.str_at(name).unwrap_or_default().to_owned()
}

fn strings(json: Option<&Json>) -> Vec<String> {
    json.map(Json::items).unwrap_or_default().iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()
}

/// What a record holds: how much, and its last visits. Only what the reader may see.
pub(crate) fn history(reader: &mut Reader<'_>, ctx: &Ctx, record: Rid) -> Result<Vec<String>> {
    const SHOWN: usize = 3;
    if !ctx.grant.allows(crate::access::Permission::RecordRead) {
        return Ok(Vec::new());
    }
    let rows = reader.facts(&ctx.scope, &[record])?;
    let mut lines = vec![format!("{} entries", rows.len().saturating_sub(1))];
    let mut visits: Vec<(String, String)> = rows
        .iter()
        .filter_map(|row| root(row.packed()).ok())
        .filter(|node| node.resource_type() == Some("Encounter"))
        .filter_map(|node| {
            let when = node.str_at("period.start").or(node.str_at("period.end"))?;
            let what = node
                .get("type")
                .and_then(|kind| kind.str("text"))
                .or_else(|| node.list("type").find_map(|kind| kind.str("text").or_else(|| display(kind))));
            Some((when.get(..10).unwrap_or(when).to_owned(), what.unwrap_or("visit").to_owned()))
        })
        .collect();
    visits.sort();
    lines.extend(visits.iter().rev().take(SHOWN).map(|(when, what)| format!("{when} {what}")));
    Ok(lines)
}

fn display(concept: Node<'_>) -> Option<&str> {
    concept.list("coding").find_map(|coding| coding.str("display"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_lit_and_what_one_does_not_say_is_not() {
        let parse = |text: &str| Json::parse(text.as_bytes()).unwrap();
        let a = parse(
            r#"{"name":[{"family":"García","given":["Ana"]}],"birthDate":"1960-02-12","gender":"female",
                "identifier":[{"system":"http://hl7.org/fhir/sid/us-ssn","value":"912-34-5678"}]}"#,
        );
        let b = parse(r#"{"name":[{"family":"GARCIA","given":["Anna"]}],"birthDate":"1960-02-12"}"#);
        let rows = side_by_side(&a, &b);
        let lit: Vec<&str> = rows.iter().filter(|row| row.differs).map(|row| row.label).collect();
        assert_eq!(lit, ["Given names"]);
        let numbers = rows.iter().find(|row| row.label == "Numbers").unwrap();
        assert_eq!(numbers.a, "social security number ending 5678");
    }
}

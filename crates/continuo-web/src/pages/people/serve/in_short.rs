//! An entry of the record in a few words: what kind it is, what it says, how it stands and when; the rest follows as
//! received.

use continuo_fhir::{Date, DateTime, Json, Zone};

use crate::pages::when;

/// The word people use for a type of entry.
const KINDS: &[(&str, &str)] = &[
    ("AllergyIntolerance", "Allergy"),
    ("Appointment", "Visit"),
    ("CarePlan", "Plan of care"),
    ("CareTeam", "Care team"),
    ("Communication", "Message or call"),
    ("Composition", "Note"),
    ("Condition", "Problem"),
    ("Consent", "Consent"),
    ("Coverage", "Coverage"),
    ("Device", "Device"),
    ("DiagnosticReport", "Report"),
    ("DocumentReference", "Document"),
    ("Encounter", "Visit or stay"),
    ("EpisodeOfCare", "Care management"),
    ("ExplanationOfBenefit", "Claim"),
    ("Goal", "Goal"),
    ("Group", "Group"),
    ("Immunization", "Vaccine"),
    ("MedicationRequest", "Medicine"),
    ("MedicationStatement", "Medicine"),
    ("Observation", "Result"),
    ("Patient", "Person"),
    ("Practitioner", "Staff"),
    ("Procedure", "Procedure"),
    ("Provenance", "Origin of an entry"),
    ("QuestionnaireResponse", "Answers"),
    ("RelatedPerson", "Contact person"),
    ("ServiceRequest", "Order or referral"),
    ("Task", "Task"),
];

/// The word for a type; the type's own name for those that nobody reads here; nothing for what is no type.
pub(crate) fn kind_in_words(type_: &str) -> &str {
    match KINDS.iter().find(|(known, _)| *known == type_) {
        Some((_, word)) => word,
        None if continuo_fhir::ResourceType::find(type_).is_some() => type_,
        None => "",
    }
}

/// Where each type says what it is about, the best first.
const NAMES: [&str; 9] = [
    "code",
    "medicationCodeableConcept",
    "vaccineCode",
    "description",
    "serviceType",
    "reasonCode.0",
    "type",
    "type.0",
    "class",
];

/// Where each type says when, the best first.
const TIMES: [(&str, &str); 11] = [
    ("effectiveDateTime", "When"),
    ("start", "When"),
    ("period.start", "From"),
    ("sent", "When"),
    ("occurrenceDateTime", "When"),
    ("performedDateTime", "When"),
    ("onsetDateTime", "Since"),
    ("onsetString", "Since"),
    ("authoredOn", "Ordered"),
    ("recordedDate", "Recorded"),
    ("date", "Dated"),
];

/// "Result: INR".
pub(super) fn title(json: &Json, otherwise: &str) -> String {
    let type_ = json.resource_type().unwrap_or_default();
    let kind = KINDS.iter().find(|(name, _)| *name == type_).map_or(otherwise, |(_, word)| *word);
    match NAMES.iter().find_map(|path| concept(json.at(path)?)) {
        Some(name) if type_ != "Patient" => format!("{kind}: {name}"),
        _ => kind.to_owned(),
    }
}

/// What people call a long text of an entry, by the words of its place; the place itself where there is no better word.
const HEADINGS: [(&str, &str); 8] = [
    ("Payload, content string", "Words of the message or note"),
    ("Note, text", "Note"),
    ("Description", "Description"),
    ("Conclusion", "Conclusion of the report"),
    ("Dosage instruction, text", "Directions"),
    ("Dosage, text", "Directions"),
    ("Reason code, text", "Reason"),
    ("Comment", "Comment"),
];

/// The heading of a long text: "Words of the message or note".
pub(super) fn heading(place: &str) -> String {
    if let Some((_, word)) = HEADINGS.iter().find(|(at, _)| *at == place) {
        return (*word).to_owned();
    }
    // How the text is kept is nobody's matter: "Extension, value string" is further words.
    let kept = ["content string", "value string", "value markdown", "text"];
    let parts: Vec<&str> = place.split(", ").filter(|part| !kept.contains(part)).collect();
    match parts.as_slice() {
        [] => "Words".to_owned(),
        [only] if only.eq_ignore_ascii_case("extension") => "Further words".to_owned(),
        parts => parts.join(", "),
    }
}

/// "Result: HbA1c, 7.9 %, 03/01/2026"; of what is labeled private only its kind.
pub(crate) fn line(json: &Json, zone: &Zone) -> String {
    let title = title(json, "Entry");
    if json.at("meta.security.0").is_some() {
        return title.split(':').next().unwrap_or_default().to_owned();
    }
    let value = json.at("valueQuantity").and_then(quantity).or_else(|| concept(json.at("valueCodeableConcept")?));
    let time = TIMES.iter().find_map(|(path, _)| Some(moment(json.at(path)?.as_str()?, zone)));
    let birth = || json.str_at("birthDate").map(|text| format!("born {}", moment(text, zone)));
    [Some(title), value, time.or_else(birth)].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What it says in a few lines, each with its label.
pub(super) fn lines(json: &Json, zone: &Zone) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut add = |label: &str, value: Option<String>| {
        out.extend(value.filter(|text| !text.is_empty()).map(|text| (label.to_owned(), text)));
    };
    let text = |path: &str| json.at(path).and_then(Json::as_str).map(str::to_owned);
    add(
        "Value",
        json.at("valueQuantity")
            .and_then(quantity)
            .or_else(|| text("valueString"))
            .or_else(|| concept(json.at("valueCodeableConcept")?)),
    );
    add("Reads", json.at("interpretation.0").and_then(concept));
    add("Range", json.at("referenceRange.0").and_then(range));
    add("Directions", text("dosageInstruction.0.text").or_else(|| text("dosage.0.text")));
    add("Status", text("status").or_else(|| json.at("clinicalStatus").and_then(concept)));
    let time = TIMES.iter().find_map(|(path, label)| Some((*label, moment(json.at(path)?.as_str()?, zone))));
    if let Some((label, at)) = time {
        add(label, Some(at));
    }
    out
}

fn moment(text: &str, zone: &Zone) -> String {
    match Date::parse(text) {
        Some(date) => when::day(date),
        None => DateTime::parse(text).map_or_else(|| text.to_owned(), |at| when::moment(at.low(zone), zone)),
    }
}

/// The text of a concept, a coding or a plain string.
fn concept(json: &Json) -> Option<String> {
    let coding = || ["coding.0.display", "display", "coding.0.code"].iter().find_map(|path| json.at(path)?.as_str());
    let found = json.as_str().or_else(|| json.at("text")?.as_str()).or_else(coding)?;
    Some(found.to_owned())
}

fn quantity(json: &Json) -> Option<String> {
    let value = json.get("value")?.to_string();
    let unit = ["unit", "code"].iter().find_map(|name| json.str_at(name)).unwrap_or_default();
    Some(format!("{value} {unit}").trim_end().to_owned())
}

fn range(json: &Json) -> Option<String> {
    let side = |name: &str| json.get(name).and_then(quantity);
    match (side("low"), side("high")) {
        (Some(low), Some(high)) => Some(format!("{low} to {high}")),
        (Some(low), None) => Some(format!("{low} and above")),
        (None, Some(high)) => Some(format!("up to {high}")),
        (None, None) => json.str_at("text").map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expect: &str) {
        let json = Json::parse(json.as_bytes()).expect("JSON of the test");
        let lines = lines(&json, &Zone::utc()).into_iter().map(|(label, value)| format!("{label} {value}"));
        assert_eq!(std::iter::once(title(&json, "Entry")).chain(lines).collect::<Vec<_>>().join("; "), expect);
    }

    #[test]
    fn an_entry_says_what_it_is_how_it_stands_and_when() {
        check(
            r#"{"resourceType":"Observation","status":"final","code":{"text":"INR"},
                "valueQuantity":{"value":6.80,"unit":"INR"},"interpretation":[{"text":"Critical high"}],
                "referenceRange":[{"low":{"value":2.0},"high":{"value":3.0}}],"effectiveDateTime":"2026-11-28"}"#,
            "Result: INR; Value 6.80 INR; Reads Critical high; Range 2.0 to 3.0; Status final; When 11/28/2026",
        );
        check(
            r#"{"resourceType":"Condition","code":{"coding":[{"display":"Asthma"}]},"onsetDateTime":"2019"}"#,
            "Problem: Asthma; Since 2019",
        );
        check(r#"{"resourceType":"Basic"}"#, "Entry");
    }

    #[test]
    fn a_line_says_the_value_and_the_day_and_nothing_private() {
        let check = |json: &str, expect: &str| {
            assert_eq!(line(&Json::parse(json.as_bytes()).expect("JSON of the test"), &Zone::utc()), expect);
        };
        check(
            r#"{"resourceType":"Observation","code":{"text":"HbA1c"},"valueQuantity":{"value":7.9,"unit":"%"},
                "effectiveDateTime":"2026-03-01"}"#,
            "Result: HbA1c, 7.9 %, 03/01/2026",
        );
        check(r#"{"resourceType":"Patient","birthDate":"1960-02-12"}"#, "Person, born 02/12/1960");
        check(
            r#"{"resourceType":"Condition","meta":{"security":[{"code":"ETH"}]},"code":{"text":"Alcohol use"},
                "onsetDateTime":"2019"}"#,
            "Problem",
        );
    }
}

//! Reads the `patient` blocks of rule files: one resource a line, elements by their FHIR names.
//!
//! `Type/id element=value path.to.element=value`. A value is a word or a quoted text. Where the element is a
//! CodeableConcept, `loinc:1-2`, `sct:3` and plain words (own codes) become codings and quoted texts become text.

use continuo_care::followup::person::{Person, Resource};
use continuo_fhir::{DateTime, Instant, Json, Zone};
use serde_json::{Map, Value, json};

pub(crate) struct Example {
    pub(crate) title: String,
    pub(crate) as_of: Instant,
    pub(crate) expect: String,
    /// The record, as the lines say it.
    pub(crate) resources: Vec<Value>,
}

impl Example {
    pub(crate) fn with_person<T>(&self, use_it: impl FnOnce(&Person<'_>) -> T) -> T {
        let packed: Vec<Vec<u8>> = self.resources.iter().map(pack).collect();
        let rows = packed.iter().map(|bytes| Resource::of(continuo_fhir::root(bytes).unwrap()).unwrap());
        use_it(&Person::new(rows))
    }
}

/// All examples of a rule file, in order.
pub(crate) fn examples(file: &str) -> Vec<Example> {
    let mut found = Vec::new();
    let mut title = String::new();
    let mut rest = file;
    while let Some(line_end) = rest.find('\n') {
        let line = &rest[..line_end];
        rest = &rest[line_end + 1..];
        if let Some(text) = line.strip_prefix("## ") {
            text.clone_into(&mut title);
        }
        if let Some(head) = line.strip_prefix("```patient as-of=") {
            let (body, after) = rest.split_once("\n```\n").expect("a patient block ends");
            let after = after.strip_prefix("```expect\n").expect("an expect block follows a patient block");
            let (expect, after) = after.split_once("\n```").expect("an expect block ends");
            found.push(Example {
                title: title.clone(),
                as_of: DateTime::parse(head).expect("as-of is a date").low(&Zone::utc()),
                expect: expect.trim().to_owned(),
                resources: body.lines().filter(|line| !line.trim().is_empty()).map(resource).collect(),
            });
            rest = after;
        }
    }
    found
}

/// A moment as `2026-08-05T10:00`.
pub(crate) fn stamp(at: Instant) -> String {
    let (date, time) = Zone::utc().civil(at);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}",
        date.year(),
        date.month().unwrap_or(1),
        date.day().unwrap_or(1),
        time.hour(),
        time.minute().unwrap_or(0)
    )
}

fn pack(value: &Value) -> Vec<u8> {
    continuo_fhir::pack(&Json::parse(value.to_string().as_bytes()).unwrap())
}

/// One line as a resource.
pub(crate) fn resource(line: &str) -> Value {
    let mut tokens = tokens(line).into_iter();
    let head = tokens.next().unwrap();
    let (type_, id) = head.split_once('/').unwrap_or((&head, "p"));
    let mut resource = json!({ "resourceType": type_, "id": id });
    for token in tokens {
        let (path, value) = token.split_once('=').unwrap_or_else(|| panic!("`{token}` is not element=value"));
        put(&mut resource, type_, path, value);
    }
    resource
}

fn tokens(line: &str) -> Vec<String> {
    let mut tokens = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        if c == '"' {
            quoted = !quoted;
        }
        if c == ' ' && !quoted {
            tokens.push(String::new());
        } else if let Some(token) = tokens.last_mut() {
            token.push(c);
        }
    }
    tokens.retain(|token| !token.is_empty());
    tokens
}

fn put(resource: &mut Value, type_: &str, path: &str, value: &str) {
    const CONCEPTS: [&str; 15] = [
        "codeCodeableConcept",
        "subType",
        "medicationCodeableConcept",
        "vaccineCode",
        "clinicalStatus",
        "verificationStatus",
        "category",
        "code",
        "statusReason",
        "serviceType",
        "reasonCode",
        "performerType",
        "businessStatus",
        "type",
        "valueCodeableConcept",
    ];
    const REFERENCES: [&str; 14] = [
        "subject",
        "sender",
        "recipient",
        "focus",
        "for",
        "owner",
        "basedOn",
        "about",
        "inResponseTo",
        "encounter",
        "reasonReference",
        "result",
        "context.related",
        "partOf",
    ];
    const LISTS: [&str; 12] = [
        "category",
        "reasonCode",
        "recipient",
        "about",
        "inResponseTo",
        "reasonReference",
        "result",
        "interpretation",
        "payload",
        "context.related",
        "basedOn",
        "partOf",
    ];
    let plain = value.trim_matches('"');
    let (path, built) = match path {
        "payload" => ("payload", json!({ "contentString": plain })),
        "due" => ("restriction.period.end", json!(date(plain))),
        "value" => match plain.split_once(':') {
            Some((number, unit)) => ("valueQuantity", json!({ "value": number.parse::<f64>().unwrap(), "unit": unit })),
            None => ("valueQuantity", json!({ "value": plain.parse::<f64>().unwrap() })),
        },
        "interpretation" => (
            "interpretation",
            json!({ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "code": plain }] }),
        ),
        // A flag that a laboratory sends in words, and the unit of its range.
        "interpretationText" => ("interpretation", json!({ "text": plain })),
        "rangeUnit" => ("referenceRange", json!([{ "high": { "unit": plain } }])),
        "class" => ("class", json!({ "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": plain })),
        "disposition" => (
            "hospitalization",
            json!({ "dischargeDisposition": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/discharge-disposition", "code": plain }] } }),
        ),
        "valueInteger" => (path, json!(plain.parse::<i64>().unwrap())),
        "deceasedBoolean" | "doNotPerform" | "active" => (path, json!(plain == "true")),
        // Blood pressure as one panel: `bp=152/94`.
        "bp" => ("component", blood_pressure(plain)),
        // Item 9 of a PHQ-9 that came as one Observation with its answers in it.
        "item9" => {
            ("component", json!([{ "code": concept("loinc:44260-8"), "valueInteger": plain.parse::<i64>().unwrap() }]))
        }
        "sexForClinicalUse" => {
            ("extension", json!([{ "url": "urn:continuo:ext:sex-for-clinical-use", "valueCode": plain }]))
        }
        "proxy" => (
            "extension",
            json!([{ "url": "urn:continuo:ext:proxy", "extension": [{ "url": "kind", "valueCode": plain }] }]),
        ),
        path if REFERENCES.contains(&path) => (path, json!({ "reference": plain })),
        path if CONCEPTS.contains(&path) => (path, concept(value)),
        path => (path, json!(date(plain))),
    };
    // `type` and `serviceType` repeat in Encounter and Appointment but not in Coverage.
    let repeats = LISTS.contains(&path)
        || (path == "type" && type_ == "Encounter")
        || (path == "serviceType" && type_ == "Appointment");
    let single = matches!((type_, path), ("Task", "focus") | ("ServiceRequest", "performerType"));
    let built = if repeats && !single { json!([built]) } else { built };
    let mut at = resource;
    let steps: Vec<&str> = path.split('.').collect();
    for (index, step) in steps.iter().enumerate() {
        let object = at.as_object_mut().unwrap();
        if index + 1 == steps.len() {
            // A message may have several parts.
            match (object.get_mut(*step), *step) {
                (Some(Value::Array(parts)), "payload") => parts.extend(built.as_array().cloned().unwrap_or_default()),
                _ => drop(object.insert((*step).to_owned(), built.clone())),
            }
            return;
        }
        at = object.entry((*step).to_owned()).or_insert_with(|| Value::Object(Map::new()));
    }
}

fn concept(value: &str) -> Value {
    if value.starts_with('"') {
        return json!({ "text": value.trim_matches('"') });
    }
    let (system, code) = match value.split_once(':') {
        Some(("loinc", code)) => ("http://loinc.org", code),
        Some(("sct", code)) => ("http://snomed.info/sct", code),
        Some(("icd", code)) => ("http://hl7.org/fhir/sid/icd-10-cm", code),
        Some(("rxnorm", code)) => ("http://www.nlm.nih.gov/research/umls/rxnorm", code),
        Some(("cvx", code)) => ("http://hl7.org/fhir/sid/cvx", code),
        _ => ("urn:continuo:code", value),
    };
    json!({ "coding": [{ "system": system, "code": code }] })
}

fn blood_pressure(value: &str) -> Value {
    let (systolic, diastolic) = value.split_once('/').expect("bp=systolic/diastolic");
    let part = |loinc: &str, value: &str| {
        json!({
            "code": { "coding": [{ "system": "http://loinc.org", "code": loinc }] },
            "valueQuantity": { "value": value.parse::<f64>().unwrap(), "unit": "mm[Hg]" },
        })
    };
    json!([part("8480-6", systolic), part("8462-4", diastolic)])
}

/// FHIR wants a zone beside a time; examples leave it out and mean UTC.
fn date(text: &str) -> String {
    if text.len() == 16 && text.get(10..11) == Some("T") { format!("{text}:00Z") } else { text.to_owned() }
}

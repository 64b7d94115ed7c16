//! A PID segment as a FHIR Patient (HL7 v2.5.1, 3.4.2). A field without a place of its own stays in an extension as
//! received, so that nothing is lost.

use continuo_fhir::json::Json;
use continuo_fhir::letters::hex;
use sha2::{Digest, Sha256};

use super::message::{Segment, Value};
use super::time;

/// The system of identifier types (HL7 table 0203, named on each identifier as received).
const TYPES: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";
/// The system of US social security numbers.
const SSN: &str = "http://hl7.org/fhir/sid/us-ssn";
/// Where a field without a place of its own is kept.
const FIELD: &str = "urn:continuo:ext:hl7v2-field";
/// US Core's race and ethnicity, of which the words alone are stated here.
const RACE: &str = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race";
const ETHNICITY: &str = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity";
const MOTHER: &str = "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName";

/// Fields read below; all others go into extensions. PID-1 is a counter.
const READ: [usize; 20] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 18, 19, 22, 24, 25, 29, 30];

/// One identifier of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    system: String,
    value: String,
    kind: String,
}

impl Number {
    fn read(value: &Value<'_>, facility: &str) -> Option<Number> {
        let number = value.component(1);
        if number.is_empty() {
            return None;
        }
        let kind = value.component(5);
        let (name, universal, scheme) = (value.sub(4, 1), value.sub(4, 2), value.sub(4, 3));
        let is_oid = !universal.is_empty() && universal.chars().all(|c| c.is_ascii_digit() || c == '.');
        let system = match () {
            () if kind == "SS" => SSN.to_owned(),
            () if is_oid && (scheme == "ISO" || scheme.is_empty()) => format!("urn:oid:{universal}"),
            () if !name.is_empty() => format!("urn:continuo:hl7v2:{}", plain(&name)),
            () if !universal.is_empty() => format!("urn:continuo:hl7v2:{}", plain(&universal)),
            () => format!("urn:continuo:hl7v2:{}", plain(facility)),
        };
        Some(Number { system, value: number, kind })
    }

    /// The id under which the source's record of this number is filed: the same whichever message names it.
    pub(super) fn source_id(&self) -> String {
        let digest = Sha256::digest(format!("{}\0{}", self.system, self.value).as_bytes());
        format!("v2-{}", hex(&digest[..16]))
    }

    /// Whether it names a record rather than a person or a card.
    pub(super) fn names_a_record(&self) -> bool {
        !matches!(self.kind.as_str(), "SS" | "DL" | "PPN" | "MC" | "MA" | "AN" | "VN")
    }
}

/// The numbers of a field of type CX, in order.
pub(super) fn numbers(segment: &Segment<'_>, field: usize, facility: &str) -> Vec<Number> {
    segment.values(field).iter().filter_map(|value| Number::read(value, facility)).collect()
}

/// The number by which the source's record is known: its medical record number, else a patient number, else the first.
pub(super) fn main_number(numbers: &[Number]) -> Option<&Number> {
    let of = |kind: &str| numbers.iter().find(|number| number.kind == kind);
    of("MR").or_else(|| of("PI")).or_else(|| of("PT")).or_else(|| numbers.iter().find(|one| one.names_a_record()))
}

/// The Patient of a PID, with what could not be read; nothing where no number names the record.
pub(super) fn patient(pid: &Segment<'_>, facility: &str, order: i64) -> Result<(Json, Vec<String>), String> {
    let mut all = numbers(pid, 3, facility);
    if all.is_empty() {
        // Before version 2.3 the internal number stood here as well; PID-2 and PID-4 are its older and other forms.
        all.extend(numbers(pid, 2, facility));
        all.extend(numbers(pid, 4, facility));
    } else {
        all.extend(numbers(pid, 4, facility).into_iter().filter(|one| !all.contains(one)).collect::<Vec<_>>());
        all.extend(numbers(pid, 2, facility).into_iter().filter(|one| !all.contains(one)).collect::<Vec<_>>());
    }
    let main = main_number(&all).ok_or("PID-3 holds no number that names the record")?;
    let mut left = Vec::new();
    let mut patient = object([("resourceType", text("Patient")), ("id", text(&main.source_id()))]);
    let changed = continuo_fhir::Instant::from_micros(order);
    patient.set("meta", object([("lastUpdated", text(&changed.to_string()))]));
    for value in pid.values(19) {
        all.push(Number { system: SSN.to_owned(), value: value.component(1), kind: "SS".to_owned() });
    }
    for value in pid.values(18) {
        all.extend(Number::read(&value, facility).map(|one| Number { kind: "AN".to_owned(), ..one }));
    }
    list(&mut patient, "identifier", all.iter().map(identifier));
    list(&mut patient, "name", names(pid));
    list(&mut patient, "telecom", telecom(pid));
    match pid.value(8).component(1).as_str() {
        "F" => patient.set("gender", text("female")),
        "M" => patient.set("gender", text("male")),
        "O" | "A" => patient.set("gender", text("other")),
        "U" | "N" => patient.set("gender", text("unknown")),
        "" => {}
        odd => left.push(format!("PID-8 `{}` is no sex of HL7 table 0001", short(odd))),
    }
    let born = pid.value(7).component(1);
    match time::date(&born) {
        Some(date) => patient.set("birthDate", text(&date)),
        None if born.is_empty() => {}
        None => left.push(format!("PID-7 `{}` is not a date", short(&born))),
    }
    death(pid, &mut patient, &mut left);
    list(&mut patient, "address", pid.values(11).iter().filter_map(address));
    multiple_birth(pid, &mut patient);
    list(&mut patient, "extension", extensions(pid));
    Ok((patient, left))
}

fn identifier(number: &Number) -> Json {
    let mut json = object([]);
    if !number.kind.is_empty() {
        let coding = object([("system", text(TYPES)), ("code", text(&number.kind))]);
        json.set("type", object([("coding", Json::array([coding]))]));
    }
    json.set("system", text(&number.system));
    json.set("value", text(&number.value));
    json
}

fn names(pid: &Segment<'_>) -> Vec<Json> {
    let values = pid.values(5).into_iter().map(|value| (value, true));
    let aliases = pid.values(9).into_iter().map(|value| (value, false));
    let mut names = Vec::new();
    for (at, (value, is_name)) in values.chain(aliases).take(20).enumerate() {
        let mut name = object([]);
        let used = match (value.component(7).as_str(), at) {
            ("L", _) | ("", 0) if is_name => "official",
            ("D", _) => "usual",
            ("M", _) => "maiden",
            ("N", _) => "nickname",
            _ => "",
        };
        set(&mut name, "use", used);
        set(&mut name, "family", &value.component(1));
        let given: Vec<String> =
            [value.component(2), value.component(3)].into_iter().filter(|part| !part.is_empty()).collect();
        list(&mut name, "given", given.iter().map(|part| text(part)));
        for (field, component) in [("prefix", 5), ("suffix", 4)] {
            let part = value.component(component);
            list(&mut name, field, (!part.is_empty()).then(|| text(&part)));
        }
        if name.get("family").is_some() || name.get("given").is_some() {
            names.push(name);
        }
    }
    names
}

fn telecom(pid: &Segment<'_>) -> Vec<Json> {
    let mut points = Vec::new();
    for (field, used) in [(13, "home"), (14, "work")] {
        for value in pid.values(field) {
            let (mail, equipment) = (value.component(4), value.component(3));
            let number = match value.component(12) {
                whole if !whole.is_empty() => whole,
                _ => match (value.component(1), value.component(6), value.component(7)) {
                    (written, ..) if !written.is_empty() => written,
                    (_, area, local) => format!("{area}{local}"),
                },
            };
            let (system, content) = match equipment.as_str() {
                "Internet" | "X.400" if !mail.is_empty() => ("email", mail),
                "FX" => ("fax", number),
                "BP" => ("pager", number),
                _ if mail.contains('@') && number.is_empty() => ("email", mail),
                _ if number.contains('@') => ("email", number),
                _ => ("phone", number),
            };
            if content.is_empty() {
                continue;
            }
            let used = if equipment == "CP" { "mobile" } else { used };
            points.push(object([("system", text(system)), ("value", text(&content)), ("use", text(used))]));
        }
    }
    points
}

fn address(value: &Value<'_>) -> Option<Json> {
    let mut address = object([]);
    let used = match value.component(7).as_str() {
        "H" => "home",
        "B" | "O" => "work",
        "C" => "temp",
        "BA" => "old",
        _ => "",
    };
    set(&mut address, "use", used);
    let lines: Vec<String> =
        [value.component(1), value.component(2)].into_iter().filter(|line| !line.is_empty()).collect();
    list(&mut address, "line", lines.iter().map(|line| text(line)));
    for (field, component) in [("city", 3), ("district", 9), ("state", 4), ("postalCode", 5), ("country", 6)] {
        set(&mut address, field, &value.component(component));
    }
    (address.fields().len() > usize::from(!used.is_empty())).then_some(address)
}

fn death(pid: &Segment<'_>, patient: &mut Json, left: &mut Vec<String>) {
    let when = pid.value(29).component(1);
    match (time::moment(&when), pid.value(30).component(1).as_str()) {
        (Some(moment), _) => patient.set("deceasedDateTime", text(&moment)),
        (None, "Y") => patient.set("deceasedBoolean", Json::from(true)),
        (None, "N") => patient.set("deceasedBoolean", Json::from(false)),
        _ => {}
    }
    if !when.is_empty() && time::moment(&when).is_none() {
        left.push(format!("PID-29 `{}` is not a time", short(&when)));
    }
}

fn multiple_birth(pid: &Segment<'_>, patient: &mut Json) {
    match (pid.value(25).component(1).parse::<u8>(), pid.value(24).component(1).as_str()) {
        (Ok(order), _) if order > 0 => patient.set("multipleBirthInteger", Json::integer(i64::from(order))),
        (_, "Y") => patient.set("multipleBirthBoolean", Json::from(true)),
        (_, "N") => patient.set("multipleBirthBoolean", Json::from(false)),
        _ => {}
    }
}

fn extensions(pid: &Segment<'_>) -> Vec<Json> {
    let mut all = Vec::new();
    for (field, url) in [(10, RACE), (22, ETHNICITY)] {
        let words: Vec<String> = pid
            .values(field)
            .iter()
            .map(|value| if value.component(2).is_empty() { value.component(1) } else { value.component(2) })
            .filter(|word| !word.is_empty())
            .collect();
        if !words.is_empty() {
            let said = object([("url", text("text")), ("valueString", text(&words.join(", ")))]);
            all.push(object([("url", text(url)), ("extension", Json::array([said]))]));
        }
    }
    let mother = pid.value(6).component(1);
    if !mother.is_empty() {
        all.push(object([("url", text(MOTHER)), ("valueString", text(&mother))]));
    }
    for field in (1..=pid.len()).filter(|field| !READ.contains(field)) {
        let raw = pid.raw(field).trim();
        if raw.is_empty() || raw == "\"\"" {
            continue;
        }
        let parts = [
            object([("url", text("field")), ("valueString", text(&format!("PID-{field}")))]),
            object([("url", text("value")), ("valueString", text(raw))]),
        ];
        all.push(object([("url", text(FIELD)), ("extension", Json::array(parts))]));
    }
    all
}

/// A name as part of a URI.
fn plain(name: &str) -> String {
    let fit = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' };
    let name: String = name.trim().to_lowercase().chars().take(64).map(fit).collect();
    if name.is_empty() { "unnamed".to_owned() } else { name }
}

/// What is quoted in a reason.
fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

pub(super) fn object<const N: usize>(fields: [(&str, Json); N]) -> Json {
    Json::object(fields)
}

pub(super) fn text(text: &str) -> Json {
    Json::string(text)
}

fn set(json: &mut Json, name: &str, value: &str) {
    if !value.is_empty() {
        json.set(name, text(value));
    }
}

fn list(json: &mut Json, name: &str, items: impl IntoIterator<Item = Json>) {
    let items: Vec<Json> = items.into_iter().collect();
    if !items.is_empty() {
        json.set(name, Json::array(items));
    }
}

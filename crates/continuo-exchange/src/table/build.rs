//! Rows to resources: Patient and Coverage; EpisodeOfCare and Flag; Appointment.
//!
//! Ids are the source's numbers, so that a caseload or an appointment finds its person by an ordinary reference.

use continuo_fhir::Date;
use continuo_fhir::issue::{Issue, IssueCode};
use continuo_fhir::json::Json;
use continuo_fhir::letters::hex;
use continuo_fhir::reference::is_id;
use sha2::{Digest, Sha256};

use super::fields::TableKind;
use super::mapping::Mapping;
use super::plausible::{Days, May, is_email, is_fault, is_no_end, is_phone, is_shortened, length};
use super::{Row, fields};

/// The product's own code system (see continuo-care's shapes).
const OWN: &str = "urn:continuo:code";
/// The system of record numbers that came in tables.
const RECORD_NUMBER: &str = "urn:continuo:record-number";
/// The system of sign-in names, by which a coordinator is looked up.
const SIGN_IN: &str = "urn:continuo:sign-in";

/// Fields whose digits all count. A record number that lost its last ones is another person's.
const NUMBERS: &[&str] = &["record_number", "appointment_number", "member_number", "mobile", "home_phone"];

pub(super) fn resources(mapping: &Mapping, row: &Row<'_>, today: Option<Date>, issues: &mut Vec<Issue>) -> Vec<Json> {
    for field in fields::of(mapping.table).filter(|field| field.required) {
        if row.get(field.name).is_none() {
            issues.push(Issue::error(IssueCode::Required, field.name, format!("`{}` is empty", field.name)));
        }
    }
    for (field, value) in row.values {
        if is_fault(value) {
            let text = format!("`{}` is a fault that the spreadsheet shows instead of a value", value.trim());
            issues.push(Issue::error(IssueCode::Value, field.name, text));
        }
        if NUMBERS.contains(&field.name) && is_shortened(value) {
            let text = format!(
                "`{}` is a long number that a spreadsheet has shortened: format the column as text and save the table again",
                value.trim()
            );
            issues.push(Issue::error(IssueCode::Value, field.name, text));
        }
    }
    if !issues.is_empty() {
        return Vec::new();
    }
    let days = Days { today, born: None };
    match mapping.table {
        TableKind::People => people(mapping, row, days, issues),
        TableKind::Caseloads => caseload(mapping, row, days, issues),
        TableKind::Appointments => appointment(mapping, row, days, issues),
    }
}

fn people(mapping: &Mapping, row: &Row<'_>, days: Days, issues: &mut Vec<Issue>) -> Vec<Json> {
    let number = row.get("record_number").unwrap_or_default();
    let Some(birth) = date(mapping, row, "birth_date", issues) else { return Vec::new() };
    // A birth date that cannot be says nothing about the other days.
    let is_known = days.check("birth_date", birth, May::Past, issues);
    let days = Days { born: is_known.then_some(birth), ..days };
    let given: Vec<Json> = row.get("given").unwrap_or_default().split_whitespace().map(text).collect();
    let mut official = object([("use", text("official")), ("family", text(row.get("family").unwrap_or_default()))]);
    // A single name is a name.
    if !given.is_empty() {
        official.set("given", Json::array(given));
    }
    let mut names = vec![official];
    if let Some(former) = row.get("former_family") {
        names.push(object([("use", text("old")), ("family", text(former))]));
    }
    if let Some(called) = row.get("preferred_name") {
        names.push(object([("use", text("nickname")), ("given", Json::array([text(called)]))]));
    }
    let mut telecom = Vec::new();
    for (name, system, kind) in
        [("mobile", "phone", "mobile"), ("home_phone", "phone", "home"), ("email", "email", "home")]
    {
        let is_right = |value: &&str| if system == "email" { is_email(value) } else { is_phone(value) };
        match row.get(name) {
            Some(value) if is_right(&value) => {
                telecom.push(object([("system", text(system)), ("value", text(value)), ("use", text(kind))]));
            }
            Some(value) => issues.push(Issue::warning(
                IssueCode::Value,
                name,
                if system == "email" {
                    format!("`{value}` is no e-mail address and was left out")
                } else {
                    format!("`{value}` is too short for a phone number and was left out")
                },
            )),
            None => {}
        }
    }
    let identifier = object([("use", text("usual")), ("system", text(RECORD_NUMBER)), ("value", text(number))]);
    let mut patient = resource("Patient", number);
    patient.set("identifier", Json::array([identifier]));
    patient.set("name", Json::Array(names));
    if !telecom.is_empty() {
        patient.set("telecom", Json::Array(telecom));
    }
    if let Some(gender) = row.get("sex").and_then(|word| gender(word, issues)) {
        patient.set("gender", text(gender));
    }
    patient.set("birthDate", text(&birth.to_string()));
    match row.get("deceased") {
        Some(word) if is_yes(word) => patient.set("deceasedBoolean", Json::Bool(true)),
        Some(word) if is_no(word) => {}
        Some(_) => {
            if let Some(day) = date(mapping, row, "deceased", issues) {
                days.check("deceased", day, May::Past, issues);
                patient.set("deceasedDateTime", text(&day.to_string()));
            }
        }
        None => {}
    }
    if let Some(address) = address(row) {
        patient.set("address", Json::array([address]));
    }
    if let Some(language) = row.get("language") {
        let spoken = object([("language", language_concept(language)), ("preferred", Json::Bool(true))]);
        patient.set("communication", Json::array([spoken]));
    }
    if row.get("interpreter").is_some_and(is_yes) {
        let url = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired";
        patient.set("extension", Json::array([object([("url", text(url)), ("valueBoolean", Json::Bool(true))])]));
    }
    let mut out = vec![patient];
    out.extend(coverage(mapping, row, number, days, issues));
    out
}

fn address(row: &Row<'_>) -> Option<Json> {
    let mut address = object([("use", text("home"))]);
    let mut any = false;
    for (name, element) in [("street", "line"), ("city", "city"), ("state", "state"), ("zip", "postalCode")] {
        if let Some(value) = row.get(name) {
            any = true;
            address.set(element, if element == "line" { Json::array([text(value)]) } else { text(value) });
        }
    }
    any.then_some(address)
}

fn coverage(mapping: &Mapping, row: &Row<'_>, number: &str, days: Days, issues: &mut Vec<Issue>) -> Option<Json> {
    let plan = row.get("plan")?;
    let mut coverage = resource("Coverage", number);
    coverage.set("status", text("active"));
    coverage.set("type", object([("text", text(plan))]));
    if let Some(member) = row.get("member_number") {
        coverage.set("subscriberId", text(member));
    }
    coverage.set("beneficiary", reference("Patient", number));
    if row.get("coverage_end").is_some()
        && let Some(end) = date(mapping, row, "coverage_end", issues)
        // What systems write for "no end" is none; of any other day that cannot be the coverage counts, the day does not.
        && !is_no_end(end)
        && days.is_plausible_or_left_out("coverage_end", end, May::Either, issues)
    {
        coverage.set("period", object([("end", text(&end.to_string()))]));
    }
    coverage.set("payor", Json::array([object([("display", text(plan))])]));
    Some(coverage)
}

fn caseload(mapping: &Mapping, row: &Row<'_>, days: Days, issues: &mut Vec<Issue>) -> Vec<Json> {
    let number = row.get("record_number").unwrap_or_default();
    let programme = row.get("programme").unwrap_or_default();
    let coordinator = row.get("coordinator").unwrap_or_default();
    let (start, end) = (optional_date(mapping, row, "start", issues), optional_date(mapping, row, "end", issues));
    // Somebody may have been in a program before: a row for each time, told apart by when it began. The row of the former
    // time, sent again with its end, ends it.
    let began = start.map_or_else(String::new, |day| format!("-{day}"));
    let mut episode = resource("EpisodeOfCare", &format!("{number}-{}{began}", slug(programme)));
    for (name, day) in [("start", start), ("end", end)] {
        if let Some(day) = day {
            days.check(name, day, May::Either, issues);
        }
    }
    if let (Some(start), Some(end)) = (start, end)
        && end < start
    {
        issues.push(Issue::error(IssueCode::Value, "end", "this ends before it begins"));
    }
    // An end that is still to come has not ended anything.
    let has_ended = end.is_some_and(|end| !days.is_ahead(end));
    episode.set("status", text(if has_ended { "finished" } else { "active" }));
    episode.set("type", Json::array([own(&slug(programme), programme)]));
    episode.set("patient", reference("Patient", number));
    let mut period = Json::Object(Vec::new());
    for (name, day) in [("start", start), ("end", end)] {
        if let Some(day) = day {
            period.set(name, text(&day.to_string()));
        }
    }
    if start.is_some() || end.is_some() {
        episode.set("period", period);
    }
    // Resolved against the staff when the import is filed; the display keeps the name if nobody is found.
    let manager = object([
        ("reference", text(&format!("Practitioner?identifier={SIGN_IN}|{coordinator}"))),
        ("display", text(coordinator)),
    ]);
    episode.set("careManager", manager);
    let mut out = vec![episode];
    // The tier of a time that is over says nothing of now.
    if let Some(tier) = row.get("tier").filter(|_| !has_ended).map(str::to_ascii_lowercase) {
        if ["high", "medium", "low"].contains(&tier.as_str()) {
            let mut flag = resource("Flag", &format!("{number}-tier"));
            flag.set("status", text("active"));
            flag.set("category", Json::array([own("tier", "Care management tier")]));
            flag.set("code", own(&format!("tier-{tier}"), &format!("Tier: {tier}")));
            flag.set("subject", reference("Patient", number));
            out.push(flag);
        } else {
            issues.push(Issue::warning(IssueCode::Value, "tier", format!("tier `{tier}` is not high, medium or low")));
        }
    }
    out
}

fn appointment(mapping: &Mapping, row: &Row<'_>, days: Days, issues: &mut Vec<Issue>) -> Vec<Json> {
    let number = row.get("record_number").unwrap_or_default();
    let start = row.get("start").unwrap_or_default();
    let Some((day, hour, minute)) = mapping.format("start").date_time(start) else {
        issues.push(Issue::error(
            IssueCode::Value,
            "start",
            format!("{}, and a time of day", mapping.format("start").against(start)),
        ));
        return Vec::new();
    };
    days.check("start", day, May::Either, issues);
    let id =
        row.get("appointment_number").map_or_else(|| format!("{number}-{day}-{hour:02}{minute:02}"), str::to_owned);
    let status = match row.get("status").unwrap_or("booked").to_ascii_lowercase().replace([' ', '-', '_'], "").as_str()
    {
        "booked" | "scheduled" | "confirmed" | "pending" => "booked",
        "arrived" | "checkedin" | "roomed" => "arrived",
        "fulfilled" | "completed" | "kept" | "done" | "seen" | "checkedout" => "fulfilled",
        "cancelled" | "canceled" => "cancelled",
        "noshow" | "missed" | "dna" => "noshow",
        other => {
            issues.push(Issue::error(IssueCode::CodeInvalid, "status", format!("status `{other}` is not known")));
            return Vec::new();
        }
    };
    if ["arrived", "fulfilled", "noshow"].contains(&status) && days.is_ahead(day) {
        issues.push(Issue::error(
            IssueCode::Value,
            "start",
            format!("a visit of {day} has not come yet, and its status says that it has"),
        ));
    }
    let mut appointment = resource("Appointment", &id);
    appointment.set("status", text(status));
    if let Some(service) = row.get("service") {
        appointment.set("serviceType", Json::array([object([("text", text(service))])]));
        appointment.set("description", text(service));
    }
    // The clinic's own clock: the record reads a time without a zone in the organization's zone, so none is invented here.
    appointment.set("start", text(&format!("{day}T{hour:02}:{minute:02}:00")));
    if let Some(written) = row.get("minutes") {
        match length(written) {
            Some(minutes) => appointment.set("minutesDuration", Json::integer(minutes)),
            None => issues.push(Issue::warning(
                IssueCode::Value,
                "minutes",
                format!("`{written}` is no whole number of minutes of a visit and was left out"),
            )),
        }
    }
    let mut participants = vec![object([("actor", reference("Patient", number)), ("status", text("accepted"))])];
    for name in ["clinician", "place"] {
        if let Some(display) = row.get(name) {
            participants.push(object([("actor", object([("display", text(display))])), ("status", text("accepted"))]));
        }
    }
    appointment.set("participant", Json::Array(participants));
    vec![appointment]
}

fn date(mapping: &Mapping, row: &Row<'_>, name: &str, issues: &mut Vec<Issue>) -> Option<Date> {
    let written = row.get(name)?;
    let read = mapping.format(name).date(written);
    if read.is_none() {
        issues.push(Issue::error(IssueCode::Value, name, mapping.format(name).against(written)));
    }
    read
}

fn optional_date(mapping: &Mapping, row: &Row<'_>, name: &str, issues: &mut Vec<Issue>) -> Option<Date> {
    row.get(name).and_then(|_| date(mapping, row, name, issues))
}

fn gender(word: &str, issues: &mut Vec<Issue>) -> Option<&'static str> {
    match word.to_ascii_lowercase().as_str() {
        "f" | "female" | "w" | "woman" => Some("female"),
        "m" | "male" | "man" => Some("male"),
        "o" | "x" | "other" | "nonbinary" | "non-binary" => Some("other"),
        "u" | "unknown" => Some("unknown"),
        other => {
            issues.push(Issue::warning(
                IssueCode::CodeInvalid,
                "sex",
                format!("sex `{other}` is not known and was left out"),
            ));
            None
        }
    }
}

fn language_concept(word: &str) -> Json {
    let code = match word.to_ascii_lowercase().as_str() {
        "english" => Some("en-US"),
        "spanish" | "español" => Some("es"),
        "chinese" | "mandarin" | "cantonese" => Some("zh"),
        "portuguese" => Some("pt"),
        "french" => Some("fr"),
        "russian" => Some("ru-RU"),
        short if (2..=5).contains(&short.len()) && short.is_ascii() => Some(word),
        _ => None,
    };
    let mut concept = Json::Object(Vec::new());
    if let Some(code) = code {
        let coding = object([("system", text("urn:ietf:bcp:47")), ("code", text(code))]);
        concept.set("coding", Json::array([coding]));
    }
    concept.set("text", text(word));
    concept
}

fn is_yes(word: &str) -> bool {
    matches!(word.to_ascii_lowercase().as_str(), "y" | "yes" | "true" | "1" | "x")
}

fn is_no(word: &str) -> bool {
    matches!(word.to_ascii_lowercase().as_str(), "n" | "no" | "false" | "0")
}

/// A name as an id: `Chronic care, east` is `chronic-care-east`.
fn slug(words: &str) -> String {
    let plain: String = words
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' })
        .collect();
    plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// Numbers of sources hold slashes and spaces; ids may not. `17/A` and `17-a` stay two: the hash of what was written
/// follows wherever the id is not the number itself.
fn as_id(number: &str) -> String {
    if is_id(number) {
        return number.to_owned();
    }
    let readable: String = slug(number).chars().take(40).collect();
    format!("{readable}-{}", hex(&Sha256::digest(number.as_bytes())[..6]))
}

fn resource(kind: &str, number: &str) -> Json {
    object([("resourceType", text(kind)), ("id", text(&as_id(number)))])
}

fn reference(kind: &str, number: &str) -> Json {
    object([("reference", text(&format!("{kind}/{}", as_id(number))))])
}

fn own(code: &str, words: &str) -> Json {
    let coding = object([("system", text(OWN)), ("code", text(code))]);
    object([("coding", Json::array([coding])), ("text", text(words))])
}

fn object<const N: usize>(fields: [(&str, Json); N]) -> Json {
    Json::object(fields)
}

fn text(value: &str) -> Json {
    Json::string(value)
}

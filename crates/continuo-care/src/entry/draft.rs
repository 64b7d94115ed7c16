//! A person as far as a registration form says who they are, for comparing with those on file. Stored nowhere.

use continuo_fhir::Json;

use super::Values;
use crate::build::{append, list, object, set_text};

/// The Patient of a form that may not be finished. Never fails: what is not given is not compared.
pub fn draft(values: &Values) -> Json {
    let text = |name: &str| Json::string(values.get(name));
    let mut patient = object([("resourceType", Json::string("Patient"))]);
    let mut name = object([("use", Json::string("official"))]);
    set_text(&mut name, "family", values.get("family"));
    let given: Vec<Json> = values.get("given").split_whitespace().map(Json::string).collect();
    if !given.is_empty() {
        name.set("given", list(given));
    }
    append(&mut patient, "name", name);
    if !values.get("former").is_empty() {
        append(&mut patient, "name", object([("use", Json::string("old")), ("family", text("former"))]));
    }
    set_text(&mut patient, "birthDate", values.get("birth_date"));
    if matches!(values.get("gender"), "female" | "male" | "other") {
        patient.set("gender", text("gender"));
    }
    if !values.get("phone").is_empty() {
        append(&mut patient, "telecom", object([("system", Json::string("phone")), ("value", text("phone"))]));
    }
    if !values.get("address").is_empty() {
        append(&mut patient, "address", address(values.get("address")));
    }
    for (field, system) in
        [("record_number", super::person::RECORD_NUMBER), ("plan_number", super::person::PLAN_NUMBER)]
    {
        if !values.get(field).is_empty() {
            append(&mut patient, "identifier", object([("system", Json::string(system)), ("value", text(field))]));
        }
    }
    patient
}

/// "9 Oak St, Salem, IN 47126": street, city, and the ZIP wherever it stands.
fn address(typed: &str) -> Json {
    let mut parts = typed.split(',').map(str::trim).filter(|part| !part.is_empty());
    let mut address = object([("line", list(parts.next().map(Json::string)))]);
    if let Some(city) = parts.next().filter(|part| !part.chars().any(|c| c.is_ascii_digit())) {
        set_text(&mut address, "city", city);
    }
    let is_zip = |word: &&str| word.len() == 5 && word.chars().all(|c| c.is_ascii_digit());
    if let Some(zip) = typed.split([' ', ',']).rev().find(is_zip) {
        set_text(&mut address, "postalCode", zip);
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_form_is_half_a_person() {
        let values =
            Values::new([("given", "Ana Maria"), ("family", "Reyes"), ("address", "9 Oak St, Salem, IN 47126")]);
        let patient = draft(&values);
        assert_eq!(patient.str_at("name.0.given.1"), Some("Maria"));
        assert_eq!(patient.str_at("address.0.city"), Some("Salem"));
        assert_eq!(patient.str_at("address.0.postalCode"), Some("47126"));
        assert_eq!(patient.str_at("birthDate"), None);
    }
}

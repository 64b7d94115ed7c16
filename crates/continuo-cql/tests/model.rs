//! FHIR data as it comes: extensions, choice types, references of every form, the same patient twice.

mod support;

use support::with_patient;

const PATIENT: &str = r#"{"resourceType":"Patient","id":"p","birthDate":"1970-01-01","extension":[
    {"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-race","extension":[
        {"url":"ombCategory","valueCoding":{"system":"urn:race","code":"r1","display":"Race one"}},{"url":"text","valueString":"One"}]},
    {"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex","valueCode":"F"}]}"#;

/// The value of a definition over the patient and more resources.
fn value(body: &str, name: &str, resources: &str) -> String {
    let all = if resources.is_empty() { PATIENT.to_owned() } else { format!("{PATIENT},{resources}") };
    with_patient(body, &all, |evaluator, id| {
        let definition = id(name);
        evaluator.definition(definition).map_or_else(|fault| format!("! {fault}"), |value| value.to_string())
    })
}

#[test]
fn extensions_are_found_by_url() {
    let body = r#"
        define "Race": flatten (Patient.extension E where E.url = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race'
            return (E.extension X where X.url = 'ombCategory' return (X.value as Coding).display.value))
        define "Sex": First(Patient.extension.where(url = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex')).url.value
        define "Has": exists (Patient.extension E where E.url.value.endsWith('us-core-birthsex') and E.value as code = 'F')"#;
    assert_eq!(value(body, "Race", ""), "{'Race one'}");
    assert!(value(body, "Sex", "").ends_with("us-core-birthsex'"));
    assert_eq!(value(body, "Has", ""), "true");
}

#[test]
fn references_lead_to_entries_and_to_what_is_contained() {
    let body = r#"
        define function resolve(r Reference) returns Resource: external
        define "Names": [MedicationRequest] M return (resolve(M.medication as Reference) as Medication).code.text.value"#;
    let request = |id: &str, contained: &str, reference: &str| {
        format!(
            r#"{{"resourceType":"MedicationRequest","id":"{id}"{contained},"status":"active","intent":"order","medicationReference":{{"reference":"{reference}"}}}}"#
        )
    };
    let drug =
        |id: &str, text: &str| format!(r#"{{"resourceType":"Medication","id":"{id}","code":{{"text":"{text}"}}}}"#);
    let resources = [
        request("a", &format!(r#","contained":[{}]"#, drug("m", "inside")), "#m"),
        request("b", "", "Medication/d"),
        request("c", "", "http://server.example/fhir/Medication/d/_history/2"),
        request("e", "", "#gone"),
        drug("d", "beside"),
    ];
    assert_eq!(value(body, "Names", &resources.join(",")), "{'inside', 'beside', null}");
}

#[test]
fn a_choice_of_types_gives_the_type_that_is_there() {
    let body = r#"
        define "Texts": [Observation] O where O.value is string return (O.value as string).value
        define "Sums": Sum([Observation] O where O.value is Quantity return (O.value as FHIR.Quantity).value.value)
        define "When": [Observation] O where O.effective is Period return start of O.effective as Period"#;
    let resources = r#"{"resourceType":"Observation","id":"a","status":"final","valueString":"yes","effectivePeriod":{"start":"2026-02-01T00:00:00Z"}},
        {"resourceType":"Observation","id":"b","status":"final","valueQuantity":{"value":2.5,"unit":"mg"}}"#;
    assert_eq!(value(body, "Texts", resources), "{'yes'}");
    assert_eq!(value(body, "Sums", resources), "2.5");
}

#[test]
fn a_patient_that_is_repeated_is_one_and_another_one_is_told_of() {
    let body = r#"define "Born": Patient.birthDate.value"#;
    assert_eq!(value(body, "Born", PATIENT), "@1970-01-01");
    assert!(value(body, "Born", r#"{"resourceType":"Patient","id":"q"}"#).contains("the list has 2 items"));
}

#[test]
fn extensions_of_a_primitive_are_reached_from_its_value() {
    let body = r#"
        define "Time": First(Patient.birthDate.extension E where E.url = 'http://hl7.org/fhir/StructureDefinition/patient-birthTime'
            return E.value as FHIR.dateTime).value
        define function within(element FHIR.Element): First(element.extension E return E.url.value)
        define "Url": within(Patient.birthDate)
        define "Given": flatten (Patient.name N return (N.given G return (G.extension E return E.url.value)))
        define "None": Patient.gender.extension
        define "Why": First(First([Condition]).recordedDate.extension).url.value
        define "Recorded": First([Condition]).recordedDate.value
        define "Before": First([Condition]).recordedDate before @2026-01-01"#;
    let patient = r#"{"resourceType":"Patient","id":"p","gender":"male","birthDate":"1970-01-01",
        "_birthDate":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthTime","valueDateTime":"1970-01-01T04:30:00Z"}]},
        "name":[{"given":["A","B"],"_given":[null,{"extension":[{"url":"urn:b"}]}]}]},
        {"resourceType":"Condition","id":"c","_recordedDate":{"extension":[{"url":"urn:absent","valueCode":"unknown"}]}}"#;
    with_patient(body, patient, |evaluator, id| {
        let mut value =
            |name: &str| evaluator.definition(id(name)).map_or_else(|f| format!("! {f}"), |v| v.to_string());
        assert_eq!(value("Time"), "@1970-01-01T04:30:00Z");
        assert_eq!(value("Url"), "'http://hl7.org/fhir/StructureDefinition/patient-birthTime'");
        assert_eq!(value("Given"), "{null, {'urn:b'}}");
        assert_eq!(value("None"), "null");
        assert_eq!(value("Why"), "'urn:absent'");
        assert_eq!(value("Recorded"), "null");
        assert_eq!(value("Before"), "null");
    });
}

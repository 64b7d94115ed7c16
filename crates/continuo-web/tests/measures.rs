//! Measures over HTTP: the FHIR operations, the pages, the editor.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::TestApp;
use continuo_care::access::Permission as P;
use continuo_care::assess::worker;
use continuo_care::measures::example::{ID, files};
use continuo_care::measures::settings::{self, Change};
use continuo_care::measures::{load, round};
use continuo_fhir::json::Json;

const URL: &str = "urn:continuo:Measure:DiabetesHbA1cTested";
const LIBRARY: &str = "urn:continuo:Library/DiabetesHbA1cTested";

fn on() -> Change {
    Change {
        active: true,
        first: "2026-01-01".into(),
        last: "2026-12-31".into(),
        reason: "agreed by the quality board".into(),
        ..Change::default()
    }
}

/// The example measure and two people with diabetes: one tested this year, one not.
fn clinic() -> TestApp {
    let test = TestApp::new();
    load::load(&test.machine(), &files()).unwrap();
    let token = test.token();
    let put = |path: &str, body: &str| {
        let answer = test.fhir(&token, "PUT", path, body);
        assert!(answer.status < 300, "{path}: {}", answer.body);
    };
    for (id, family) in [("tested", "Reyes"), ("open", "Okafor")] {
        put(
            &format!("/fhir/Patient/{id}"),
            &format!(
                r#"{{"resourceType":"Patient","id":"{id}","birthDate":"1960-02-12","gender":"female","name":[{{"family":"{family}","given":["A"]}}],"generalPractitioner":[{{"reference":"Practitioner/gp"}}]}}"#
            ),
        );
        put(
            &format!("/fhir/Condition/c{id}"),
            &format!(
                r#"{{"resourceType":"Condition","id":"c{id}","clinicalStatus":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}}]}},"subject":{{"reference":"Patient/{id}"}},"code":{{"coding":[{{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"E11.9"}}]}}}}"#
            ),
        );
    }
    put(
        "/fhir/Observation/o",
        r#"{"resourceType":"Observation","id":"o","status":"final","subject":{"reference":"Patient/tested"},"effectiveDateTime":"2026-03-02","code":{"coding":[{"system":"http://loinc.org","code":"4548-4"}]},"valueQuantity":{"value":7.1,"unit":"%"}}"#,
    );
    worker::catch_up(&test.machine()).unwrap();
    test
}

fn follow(test: &TestApp) {
    let machine = test.machine();
    round::catch_up(&machine).unwrap();
    worker::catch_up(&machine).unwrap();
}

fn json(text: &str) -> Json {
    Json::parse(text.as_bytes()).unwrap()
}

#[test]
fn a_measure_is_evaluated_by_id_and_by_url_with_get_and_post() {
    let test = clinic();
    let token = test.token();
    let span = "periodStart=2026-01-01&periodEnd=2026-12-31";
    let by_id =
        test.fhir(&token, "GET", &format!("/fhir/Measure/{ID}/$evaluate-measure?{span}&subject=Patient/tested"), "");
    assert_eq!(by_id.status, 200, "{}", by_id.body);
    let report = json(&by_id.body);
    assert_eq!(report.str_at("type"), Some("individual"));
    assert_eq!(report.str_at("measure"), Some(&*format!("{URL}|1.0.0")));
    assert!(by_id.body.contains("Observation/o"));
    let by_url = test.fhir(
        &token,
        "GET",
        &format!("/fhir/Measure/$evaluate-measure?{span}&measure={URL}&reportType=population"),
        "",
    );
    assert_eq!(json(&by_url.body).str_at("type"), Some("summary"), "{}", by_url.body);
    assert!(by_url.body.contains(r#""measureScore":{"value":0.500000}"#));
    let body = format!(
        r#"{{"resourceType":"Parameters","parameter":[{{"name":"measure","valueString":"{URL}|1.0.0"}},{{"name":"periodStart","valueDate":"2026"}},{{"name":"periodEnd","valueDate":"2026"}},{{"name":"reportType","valueCode":"subject-list"}}]}}"#
    );
    let posted = test.fhir(&token, "POST", "/fhir/Measure/$evaluate-measure", &body);
    assert!(posted.body.contains(r#""item":{"reference":"Patient/open"}"#), "{}", posted.body);
    assert!(posted.body.contains(r#""period":{"start":"2026-01-01","end":"2026-12-31"}"#));
}

#[test]
fn a_measure_says_which_data_it_asks_for() {
    let test = clinic();
    let token = test.token();
    for path in [format!("Measure/{ID}/$data-requirements"), format!("Measure/$data-requirements?measure={URL}")] {
        let reply = test.fhir(&token, "GET", &format!("/fhir/{path}"), "");
        let library = json(&reply.body);
        assert_eq!(library.str_at("type.coding.0.code"), Some("module-definition"), "{path}");
        let types: Vec<_> = library
            .get("dataRequirement")
            .map(Json::items)
            .unwrap_or_default()
            .iter()
            .map(|one| one.str_at("type"))
            .collect();
        assert!(types.contains(&Some("Observation")) && types.contains(&Some("Condition")), "{types:?}");
    }
    assert_eq!(test.fhir(&token, "GET", "/fhir/Measure/none/$data-requirements", "").status, 404);
    for path in [format!("Library/{ID}/$data-requirements"), format!("Library/$data-requirements?url={LIBRARY}")] {
        let reply = test.fhir(&token, "GET", &format!("/fhir/{path}"), "");
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        let library = json(&reply.body);
        let data = library.get("dataRequirement").map(Json::items).unwrap_or_default();
        assert!(data.iter().any(|one| one.str_at("type") == Some("Observation")), "{}", reply.body);
        assert!(reply.body.contains("Measurement Period"), "{}", reply.body);
    }
    assert_eq!(test.fhir(&token, "GET", "/fhir/Library/none/$data-requirements", "").status, 404);
}

#[test]
fn what_is_asked_wrongly_is_said_and_what_is_out_of_reach_is_not_there() {
    let test = clinic();
    let token = test.token();
    let status = |path: &str| test.fhir(&token, "GET", path, "").status;
    let span = "periodStart=2026-01-01&periodEnd=2026-12-31";
    assert_eq!(status(&format!("/fhir/Measure/none/$evaluate-measure?{span}")), 404);
    assert_eq!(status(&format!("/fhir/Measure/$evaluate-measure?{span}")), 400);
    assert_eq!(status(&format!("/fhir/Measure/{ID}/$evaluate-measure?periodStart=2026-01-01")), 400);
    assert_eq!(status(&format!("/fhir/Measure/{ID}/$evaluate-measure?{span}&reportType=odd")), 400);
    assert_eq!(status(&format!("/fhir/Measure/{ID}/$evaluate-measure?{span}&lastReceivedOn=soon")), 400);
    assert_eq!(status(&format!("/fhir/Measure/{ID}/$evaluate-measure?{span}&lastReceivedOn=2026-01-01")), 400);
    assert_eq!(status(&format!("/fhir/Measure/{ID}/$evaluate-measure?{span}&subject=Patient/nobody")), 404);
    assert_eq!(status(&format!("/fhir/Measure/$care-gaps?{span}&subject=Patient/nobody&status=open-gap")), 404);
    assert_eq!(status(&format!("/fhir/Measure/$care-gaps?{span}&subject=Patient/open&status=odd")), 400);
    assert_eq!(status(&format!("/fhir/Measure/$care-gaps?{span}&status=open-gap")), 400);
    let desk = test.token_with(vec![P::PersonRead], &[]);
    let answer =
        test.fhir(&desk, "GET", &format!("/fhir/Measure/{ID}/$evaluate-measure?{span}&subject=Patient/open"), "");
    assert_eq!(answer.status, 403);
}

/// What the DEQM profiles require (gaps-bundle, gaps-composition, indv-measurereport, gaps-detectedissue), as structure.
#[test]
fn a_gaps_document_has_what_its_profiles_require_and_its_references_lead_into_it() {
    let test = clinic();
    let token = test.token();
    let asked = format!(
        "/fhir/Measure/$care-gaps?periodStart=2026-01-01&periodEnd=2026-06-30&subject=Patient/open&measureId={ID}&status=open-gap"
    );
    let body = json(&test.fhir(&token, "GET", &asked, "").body);
    let bundle = body.at("parameter.0.resource").unwrap();
    assert_eq!(bundle.str_at("type"), Some("document"));
    let entries = bundle.get("entry").unwrap().items();
    let here: Vec<String> = entries
        .iter()
        .map(|entry| {
            let part = |path: &str| entry.str_at(path).unwrap_or_default();
            assert!(part("fullUrl").ends_with(part("resource.id")), "{}", part("fullUrl"));
            format!("{}/{}", part("resource.resourceType"), part("resource.id"))
        })
        .collect();
    let required: &[(&str, &[&str])] = &[
        ("Bundle", &["identifier.system", "identifier.value", "timestamp"]),
        (
            "Composition",
            &[
                "status",
                "type.coding.0.code",
                "subject.reference",
                "date",
                "author.0.reference",
                "title",
                "section.0.focus.reference",
                "section.0.entry.0.reference",
            ],
        ),
        (
            "MeasureReport",
            &[
                "status",
                "type",
                "measure",
                "subject.reference",
                "date",
                "reporter.reference",
                "period.start",
                "period.end",
                "group.0.population.0.code.coding.0.code",
            ],
        ),
        (
            "DetectedIssue",
            &[
                "status",
                "code.coding.0.code",
                "patient.reference",
                "evidence.0.detail.0.reference",
                "modifierExtension.0.url",
                "modifierExtension.0.valueCodeableConcept.coding.0.code",
            ],
        ),
    ];
    for (type_, paths) in required {
        let resource = if *type_ == "Bundle" {
            bundle
        } else {
            entries.iter().filter_map(|entry| entry.get("resource")).find(|r| r.resource_type() == Some(type_)).unwrap()
        };
        let text = String::from_utf8(resource.to_bytes()).unwrap();
        assert!(*type_ == "Bundle" || text.contains("davinci-deqm"), "{type_} names its profile");
        for path in *paths {
            let found = resource.str_at(path);
            assert!(found.is_some_and(|text| !text.is_empty()), "{type_}.{path} is required: {text}");
            if path.ends_with(".reference") {
                assert!(here.contains(&found.unwrap().to_owned()), "{type_}.{path} = {found:?} is not in the bundle");
            }
        }
    }
}

#[test]
fn gaps_come_as_documents_under_both_spellings() {
    let test = clinic();
    let token = test.token();
    let span = "periodStart=2026-01-01&periodEnd=2026-06-30";
    let ask = |query: &str| {
        let answer = test.fhir(&token, "GET", &format!("/fhir/Measure/$care-gaps?{span}&{query}"), "");
        assert_eq!(answer.status, 200, "{query}: {}", answer.body);
        answer.body
    };
    for query in [
        format!("subject=Patient/open&measureId={ID}&status=open-gap&status=closed-gap"),
        format!("practitioner=Practitioner/gp&measureUrl={URL}&status=open-gap"),
        format!("provider=Practitioner/gp&measure={ID}&status=open-gap"),
    ] {
        let body = ask(&query);
        let parameters = json(&body);
        assert_eq!(parameters.get("parameter").map(|p| p.items().len()), Some(1), "{query}: {body}");
        let bundle = parameters.at("parameter.0.resource").unwrap();
        let types: Vec<_> = bundle
            .get("entry")
            .unwrap()
            .items()
            .iter()
            .filter_map(|entry| entry.str_at("resource.resourceType"))
            .collect();
        assert_eq!(
            types,
            ["Composition", "Patient", "Organization", "MeasureReport", "DetectedIssue", "GuidanceResponse"]
        );
        assert!(body.contains(r#""code":"open-gap""#));
    }
    assert_eq!(
        ask(&format!("subject=Patient/tested&measureId={ID}&status=open-gap")),
        r#"{"resourceType":"Parameters"}"#
    );
    assert!(ask(&format!("subject=Patient/tested&measureId={ID}&status=closed-gap")).contains("closed-gap"));
    // Without a measure named, those that are switched on.
    assert_eq!(ask("subject=Patient/open&status=open-gap"), r#"{"resourceType":"Parameters"}"#);
    settings::set(&test.machine(), ID, &on()).unwrap();
    follow(&test);
    assert!(ask("subject=Patient/open&status=open-gap").contains("open-gap"));
    let statement = test.send("GET", "/fhir/metadata", &[], "").body;
    assert!(statement.contains("\"evaluate-measure\"") && statement.contains("\"care-gaps\""));
}

/// A form as browsers encode it.
fn encoded(fields: &[(&str, &str)]) -> String {
    let one = |(name, value): &(&str, &str)| format!("{name}={}", continuo_web::form::encode(value));
    fields.iter().map(one).collect::<Vec<_>>().join("&")
}

#[test]
fn the_figures_open_to_the_people_and_the_person_to_the_evidence() {
    let test = clinic();
    settings::set(&test.machine(), ID, &on()).unwrap();
    follow(&test);
    let cookie = test.sign_in("nurse");
    let list = test.page(&cookie, "/measures");
    assert_eq!(list.status, 200);
    assert!(
        list.body.contains("Diabetes: HbA1c tested") && list.body.contains("50.0 %") && list.body.contains("1 of 2")
    );
    let one = test.page(&cookie, &format!("/measures/{ID}?by=age"));
    assert!(one.body.contains("part=denominator") && one.body.contains("65 to 74"), "{}", one.body);
    assert!(one.body.contains("cannot be assessed"), "two people are too few to compare");
    assert!(!one.body.contains("Compute it for everybody"), "a nurse switches nothing");
    let people = test.page(&cookie, &format!("/measures/{ID}/people?group=0&part=gap"));
    assert!(people.body.contains("OKAFOR") && !people.body.contains("REYES"), "{}", people.body);
    let own = test.page(&cookie, "/patients/open/measures");
    assert!(own.body.contains("Would close it") && own.body.contains("HbA1c (Observation), 2026-01-01 to 2026-12-31"));
    assert!(own.body.contains("Condition/copen"));
    assert_eq!(test.page(&cookie, &format!("/measures/{ID}/people?part=odd&page=x")).status, 200);
    assert_eq!(test.page(&cookie, "/measures/none").status, 404);
    let desk = test.sign_in("front-desk");
    assert_eq!(test.page(&desk, "/measures").status, 403);
}

#[test]
fn an_administrator_loads_a_package_and_switches_it_on_with_a_reason() {
    let test = TestApp::new();
    let admin = test.sign_in("administrator");
    let empty = test.page(&admin, "/admin/measures");
    assert!(empty.body.contains("Nothing is loaded."));
    let csrf = test.csrf(&admin);
    let mut body = format!("--b\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n");
    for file in files() {
        body.push_str(&format!(
            "--b\r\ncontent-disposition: form-data; name=\"package\"; filename=\"{}\"\r\n\r\n{}\r\n",
            file.name,
            String::from_utf8(file.bytes).unwrap()
        ));
    }
    body.push_str("--b--\r\n");
    let session = format!("continuo={admin}");
    let headers = [
        ("cookie", session.as_str()),
        ("origin", "http://clinic.test"),
        ("content-type", "multipart/form-data; boundary=b"),
    ];
    let loaded = test.send("POST", "/admin/measures", &headers, &body);
    assert_eq!(loaded.status, 200, "{}", loaded.body);
    assert!(loaded.body.contains("Written: 4, already here: 0."));
    let path = format!("/measures/{ID}");
    let without =
        test.form(&admin, &path, &encoded(&[("use", "active"), ("first", "01/01/2026"), ("last", "12/31/2026")]));
    assert_eq!(without.status, 422);
    assert!(without.body.contains("Say why"));
    let fields =
        [("use", "active"), ("use", "suggests"), ("first", "01/01/2026"), ("last", "12/31/2026"), ("reason", "agreed")];
    assert_eq!(test.form(&admin, &path, &encoded(&fields)).status, 303);
    let set = &settings::history(&test.machine(), ID).unwrap()[0];
    assert_eq!((set.active, set.suggests, set.period.as_str()), (true, true, "2026-01-01/2026-12-31"));
    let shown = test.page(&admin, &path);
    assert!(shown.body.contains("agreed"), "{}", shown.body);
    assert!(!shown.body.contains("/people?"), "an administrator opens no records");
}

#[test]
fn the_editor_checks_finds_people_and_runs_without_writing() {
    let test = clinic();
    let supervisor = test.sign_in("supervisor");
    let cql = String::from_utf8(files().remove(2).bytes).unwrap();
    let faulty = cql.replace("\"HbA1c in the Period\":", "\"HbA1c in the Period\": Nothing +");
    let checked = test.form(&supervisor, "/cql", &encoded(&[("cql", &faulty), ("do", "check")]));
    assert!(checked.body.contains("column") && checked.body.contains("Nothing"), "{}", checked.body);
    let found = test.form(&supervisor, "/cql", &encoded(&[("cql", &cql), ("do", "find"), ("q", "Reyes")]));
    assert!(found.body.contains("value=\"tested\""), "{}", found.body);
    let nobody = test.form(&supervisor, "/cql", &encoded(&[("cql", &cql), ("do", "run")]));
    // Faults are told even where nobody is chosen yet.
    let faulty_run = test.form(&supervisor, "/cql", &encoded(&[("cql", &faulty), ("do", "run")]));
    assert!(faulty_run.body.contains("Faults (") && faulty_run.body.contains("Choose at least one person"));
    assert_eq!(nobody.status, 422);
    let change = |test: &TestApp| test.machine().read(|r| r.last_change(continuo_care::OrgId(1))).unwrap();
    let before = change(&test);
    let ran = test.form(
        &supervisor,
        "/cql",
        &encoded(&[("cql", &cql), ("do", "run"), ("patient", "tested"), ("patient", "open")]),
    );
    assert_eq!(ran.status, 200, "{}", ran.body);
    assert!(ran.body.contains("REYES, A 02/12/1960") && ran.body.contains("Observation/o"));
    assert!(ran.body.contains("not found: HbA1c (Observation)"), "{}", ran.body);
    assert_eq!(before, change(&test), "nothing was written");
    let administrator = test.sign_in("administrator");
    let page = test.page(&administrator, "/cql");
    assert!(page.status == 200 && page.body.contains("Your role does not open records"));
    assert_eq!(test.page(&test.sign_in("nurse"), "/cql").status, 403);
}

//! Quality measures in the product: loaded, switched on, computed, followed, reported, suggested; on an in-memory store.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::Clinic;
use continuo_care::assess::worker;
use continuo_care::measures::care_gaps::{self, Request, Whose};
use continuo_care::measures::compiled::compiled;
use continuo_care::measures::example::{ID, files};
use continuo_care::measures::package::File;
use continuo_care::measures::report::{self, Kind, Subjects};
use continuo_care::measures::settings::{self, Change};
use continuo_care::measures::standing::Standing;
use continuo_care::measures::{By, Part, figures, load, people, round};
use continuo_care::suggestions;
use continuo_fhir::{Json, pack, root, validate};

const NOW: &str = "2026-08-18T09:00:00Z";
const PERIOD: &str = "2026-01-01/2026-12-31";

fn on(suggests: bool) -> Change {
    Change {
        active: true,
        suggests,
        first: "2026-01-01".into(),
        last: "2026-12-31".into(),
        reason: "agreed by the quality board".into(),
        ..Change::default()
    }
}

fn patient(id: &str, more: &str) -> String {
    format!(
        r#"{{"resourceType":"Patient","id":"{id}","birthDate":"1960-02-12","name":[{{"family":"F{id}","given":["G"]}}]{more}}}"#
    )
}

fn diabetes(id: &str, meta: &str) -> String {
    format!(
        r#"{{"resourceType":"Condition","id":"c{id}"{meta},"subject":{{"reference":"Patient/{id}"}},"code":{{"coding":[{{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"E11.9"}}]}}}}"#
    )
}

fn hba1c(id: &str, on: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"o{id}{on}","status":"final","subject":{{"reference":"Patient/{id}"}},"effectiveDateTime":"{on}","code":{{"coding":[{{"system":"http://loinc.org","code":"4548-4"}}]}},"valueQuantity":{{"value":7.1,"unit":"%"}}}}"#
    )
}

/// Four people: tested, tested last year, died, without diabetes.
fn clinic() -> Clinic {
    let clinic = Clinic::new(NOW);
    load::load(&clinic.machine(), &files()).unwrap();
    let texts = [
        patient("tested", ""),
        diabetes("tested", ""),
        hba1c("tested", "2026-03-02"),
        patient("late", ""),
        diabetes("late", ""),
        hba1c("late", "2025-11-30"),
        patient("died", r#","deceasedDateTime":"2026-05-01""#),
        diabetes("died", ""),
        patient("well", ""),
    ];
    clinic.put(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    worker::catch_up(&clinic.machine()).unwrap();
    clinic
}

fn follow(clinic: &Clinic) {
    let machine = clinic.machine();
    worker::catch_up(&machine).unwrap();
    round::catch_up(&machine).unwrap();
    worker::catch_up(&machine).unwrap();
}

fn standing_of(clinic: &Clinic, id: &str) -> Option<Standing> {
    let list = people::list(&clinic.staff("n", "nurse"), ID, 0, Part::Initial, 0).unwrap();
    list.rows.iter().find(|row| row.person.id == id).map(|row| row.standing)
}

#[test]
fn a_package_is_loaded_once_and_again_writes_nothing() {
    let clinic = Clinic::new(NOW);
    let machine = clinic.machine();
    let first = load::load(&machine, &files()).unwrap();
    assert_eq!((first.measures.as_slice(), first.libraries, first.value_sets), (&[ID.to_owned()][..], 1, 2));
    assert_eq!((first.written, first.problems.len()), (4, 0));
    let again = load::load(&machine, &files()).unwrap();
    assert_eq!((again.written, again.unchanged), (0, 4));
    let known = compiled(&machine).unwrap();
    assert_eq!(known.problems, Vec::<String>::new());
    let known = known.by_id(ID).unwrap();
    assert!(known.runs(false), "{known:?}");
    assert_eq!(known.value_sets.len(), 2);
}

#[test]
fn only_an_administrator_of_policies_loads_and_switches() {
    let clinic = clinic();
    let nurse = clinic.staff("n", "nurse");
    assert!(load::load(&nurse, &files()).is_err());
    assert!(settings::set(&nurse, ID, &on(false)).is_err());
    let admin = clinic.staff("a", "administrator");
    assert!(settings::set(&admin, ID, &Change { reason: String::new(), ..on(false) }).is_err());
    assert!(settings::set(&admin, ID, &Change { last: "2025-12-31".into(), ..on(false) }).is_err());
    settings::set(&admin, ID, &on(false)).unwrap();
    assert_eq!(settings::history(&admin, ID).unwrap()[0].actor, "Practitioner/a");
}

#[test]
fn a_measure_that_lacks_a_value_set_or_a_library_is_refused_and_says_what_is_missing() {
    let clinic = Clinic::new(NOW);
    let machine = clinic.machine();
    let without_sets: Vec<File> = files().into_iter().filter(|file| file.name != "valuesets.json").collect();
    load::load(&machine, &without_sets).unwrap();
    let known = compiled(&machine).unwrap();
    assert_eq!(known.by_id(ID).unwrap().missing, ["urn:continuo:ValueSet:diabetes", "urn:continuo:ValueSet:hba1c"]);
    let refused = settings::set(&machine, ID, &on(false)).map(|_| ()).unwrap_err().to_string();
    assert!(refused.contains("2 value sets"), "{refused}");
    settings::set(&machine, ID, &Change { tolerates: true, ..on(false) }).unwrap();
    // The library that its measure names goes missing.
    let other = Clinic::new(NOW);
    load::load(&other.machine(), &files()[..2]).unwrap();
    let known = compiled(&other.machine()).unwrap();
    let why = known.by_id(ID).unwrap().refused.clone().unwrap();
    assert!(why.contains("DiabetesHbA1cTested"), "{why}");
}

#[test]
fn everybody_is_computed_and_only_who_is_counted_has_a_row() {
    let clinic = clinic();
    settings::set(&clinic.machine(), ID, &on(false)).unwrap();
    follow(&clinic);
    assert_eq!(standing_of(&clinic, "tested"), Some(Standing::Met));
    assert_eq!(standing_of(&clinic, "late"), Some(Standing::Gap));
    assert_eq!(standing_of(&clinic, "died"), Some(Standing::Excluded));
    assert_eq!(standing_of(&clinic, "well"), None);
    let figures = figures::one(&clinic.staff("s", "supervisor"), ID).unwrap();
    let group = &figures.groups[0];
    assert_eq!((group.figures.counts, group.figures.rate()), ([3, 3, 1, 0, 1], Some(500)));
    assert!(group.figures.is_small());
    let kept = figures::trend(&clinic.staff("s", "supervisor"), ID).unwrap();
    assert_eq!((kept.len(), kept[0].counts, kept[0].people), (1, [3, 3, 1, 0, 1], 4));
    let by_age = figures::compare(&clinic.staff("s", "supervisor"), ID, 0, By::Birth).unwrap();
    assert_eq!(by_age.iter().map(|(name, f)| (name.as_str(), f.people)).collect::<Vec<_>>(), [("65 to 74", 3)]);
}

#[test]
fn a_person_of_two_sources_is_measured_once_over_what_both_say() {
    let clinic = clinic();
    let more = r#","gender":"male","telecom":[{"system":"phone","value":"555-0142"}],"address":[{"line":["77 Hill St"],"city":"Juniper","state":"WA","postalCode":"98000"}]"#;
    let lead = patient("hal", more).replace(r#""family":"Fhal","given":["G"]"#, r#""family":"Reyes","given":["Hal"]"#);
    let other = lead.replace(r#""id":"hal""#, r#""id":"hal2""#);
    clinic.put(&[&lead, &other, &diabetes("hal", ""), &hba1c("hal2", "2026-03-02")]);
    worker::catch_up(&clinic.machine()).unwrap();
    let whole = |id: &str| clinic.machine().read(|r| r.person_of(continuo_store::OrgId(1), clinic.rid(id))).unwrap();
    assert_eq!(whole("hal"), whole("hal2"), "linked");
    settings::set(&clinic.machine(), ID, &on(false)).unwrap();
    follow(&clinic);
    assert_eq!(standing_of(&clinic, "hal"), Some(Standing::Met));
    assert_eq!(standing_of(&clinic, "hal2"), None, "one person, one answer");
}

#[test]
fn a_changed_person_is_computed_again_and_the_earlier_result_stays_in_the_history() {
    let clinic = clinic();
    settings::set(&clinic.machine(), ID, &on(false)).unwrap();
    follow(&clinic);
    clinic.set(clinic::instant("2026-08-19T09:00:00Z"));
    clinic.put(&[&hba1c("late", "2026-08-18")]);
    follow(&clinic);
    assert_eq!(standing_of(&clinic, "late"), Some(Standing::Met));
    let history = people::history(&clinic.staff("n", "nurse"), "late", ID).unwrap();
    let told: Vec<_> = history.iter().map(|(row, end)| (Standing::from_number(row.standing), end.is_some())).collect();
    assert_eq!(told, [(Standing::Met, false), (Standing::Gap, true)]);
    assert_eq!(round::catch_up(&clinic.machine()).unwrap(), 0, "nothing is left to do");
}

#[test]
fn switching_off_ends_what_stands() {
    let clinic = clinic();
    settings::set(&clinic.machine(), ID, &on(false)).unwrap();
    follow(&clinic);
    settings::set(&clinic.machine(), ID, &Change { active: false, ..on(false) }).unwrap();
    assert_eq!(standing_of(&clinic, "late"), None);
    settings::set(&clinic.machine(), ID, &on(false)).unwrap();
    follow(&clinic);
    assert_eq!(standing_of(&clinic, "late"), Some(Standing::Gap));
}

#[test]
fn a_measure_suggests_only_where_it_was_switched_on_for_that() {
    let clinic = clinic();
    let nurse = clinic.staff("n", "nurse");
    settings::set(&clinic.machine(), ID, &on(false)).unwrap();
    follow(&clinic);
    assert!(suggestions::of_person(&nurse, "late").unwrap().is_empty());
    settings::set(&clinic.machine(), ID, &on(true)).unwrap();
    follow(&clinic);
    let open = suggestions::of_person(&nurse, "late").unwrap();
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!(open[0].rule, settings::RULE);
    assert!(open[0].body.evidence.iter().any(|(e, hash)| e.reference == "Condition/clate" && !hash.is_empty()));
    assert!(open[0].why.contains("HbA1c (Observation), 2026-01-01 to 2026-12-31"), "{}", open[0].why);
    assert!(suggestions::explain(&nurse, &open[0].id).unwrap().same);
    assert!(suggestions::of_person(&nurse, "tested").unwrap().is_empty());
    assert!(suggestions::of_person(&nurse, "died").unwrap().is_empty());
    // The record closes it.
    clinic.put(&[&hba1c("late", "2026-08-18")]);
    follow(&clinic);
    assert_eq!(suggestions::of_person(&nurse, "late").unwrap()[0].state, "closed");
}

#[test]
fn switching_suggestions_off_closes_them() {
    let clinic = clinic();
    settings::set(&clinic.machine(), ID, &on(true)).unwrap();
    follow(&clinic);
    let nurse = clinic.staff("n", "nurse");
    assert_eq!(suggestions::of_person(&nurse, "late").unwrap()[0].state, "open");
    settings::set(&clinic.machine(), ID, &on(false)).unwrap();
    follow(&clinic);
    assert_eq!(suggestions::of_person(&nurse, "late").unwrap()[0].state, "closed");
}

#[test]
fn a_result_that_rests_on_a_closed_row_is_as_closed_as_that_row() {
    let clinic = Clinic::new(NOW);
    load::load(&clinic.machine(), &files()).unwrap();
    let part2 =
        r#","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"42CFRPart2"}]}"#;
    clinic.put(&[
        &patient("a", ""),
        &diabetes("a", part2),
        &patient("b", ""),
        &diabetes("b", ""),
        // A closed row that decides nothing closes nothing.
        &hba1c("b", "2026-02-01")
            .replace("4548-4", "9999-9")
            .replace("\"status\"", &format!("\"meta\":{},\"status\"", &part2[8..])),
    ]);
    settings::set(&clinic.machine(), ID, &on(false)).unwrap();
    follow(&clinic);
    let mut nurse = clinic.staff("n", "nurse");
    nurse.scope.hidden_labels = continuo_care::access::Grant::of_roles(["nurse"]).hidden_labels();
    let list = people::list(&nurse, ID, 0, Part::Initial, 0).unwrap();
    assert_eq!(list.rows.iter().map(|row| row.person.id.as_str()).collect::<Vec<_>>(), ["b"]);
    assert_eq!(list.total, 1);
    assert_eq!(figures::one(&nurse, ID).unwrap().groups[0].figures.people, 1);
    let all = people::list(&clinic.machine(), ID, 0, Part::Initial, 0).unwrap();
    assert_eq!(all.total, 2);
    // Computed for the nurse, the closed diagnosis is not there.
    let own = people::of_person(&nurse, "a").unwrap();
    assert!(own.own.is_empty());
}

fn valid(json: &Json) {
    let packed = pack(json);
    let issues = validate::full(root(&packed).unwrap());
    let errors: Vec<_> = issues.into_iter().filter(continuo_fhir::Issue::is_error).collect();
    assert!(errors.is_empty(), "{errors:?}\n{json}");
}

#[test]
fn reports_of_one_person_of_lists_and_of_sums_are_valid_and_agree() {
    let clinic = clinic();
    let nurse = clinic.staff("n", "nurse");
    let compiled = compiled(&nurse).unwrap();
    let known = compiled.by_id(ID).unwrap();
    let report =
        |kind, subjects: &Subjects| report::evaluate(&nurse, &compiled, known, PERIOD, kind, subjects, None).unwrap();
    let one = report(Kind::Individual, &Subjects::Only(vec!["tested".into()]));
    valid(&one);
    assert_eq!(one.str_at("subject.reference"), Some("Patient/tested"));
    let text = one.to_string();
    assert!(text.contains(r#""reference":"Observation/otested2026-03-02""#), "{text}");
    assert!(text.contains(r#""measureScore":{"value":1.000000}"#), "{text}");
    // Computed on the spot, and from what is kept: the same.
    let live = report(Kind::Summary, &Subjects::All);
    valid(&live);
    assert!(live.to_string().contains(r#""measureScore":{"value":0.500000}"#), "{live}");
    settings::set(&clinic.machine(), ID, &on(false)).unwrap();
    follow(&clinic);
    assert_eq!(live, report(Kind::Summary, &Subjects::All));
    let list = report(Kind::SubjectList, &Subjects::All);
    valid(&list);
    assert!(list.to_string().contains(r#""item":{"reference":"Patient/late"}"#));
    assert!(
        report::evaluate(
            &nurse,
            &compiled,
            known,
            PERIOD,
            Kind::Individual,
            &Subjects::Only(vec!["none".into()]),
            None
        )
        .is_err()
    );
}

/// Days in hospital per stay: a ratio of observations, strata of events, of everybody with a stay.
fn stays() -> Vec<File> {
    let cql = "library Stays version '1.0.0' using FHIR version '4.0.1' include FHIRHelpers version '4.0.1' context Patient \
        define \"Stays\": [Encounter] define \"Sex\": Patient.gender \
        define function \"Days\"(E Encounter): days between start of E.period and end of E.period \
        define function \"One\"(E Encounter): 1 define function \"Class\"(E Encounter): E.class.code";
    let said = |name: &str, value: &str| {
        format!(
            r#"{{"url":"http://hl7.org/fhir/us/cqfmeasures/StructureDefinition/cqfm-{name}","valueString":"{value}"}}"#
        )
    };
    let population = |id: &str, code: &str, expression: &str, more: &str| {
        format!(
            r#"{{"id":"{id}","extension":[{more}],"code":{{"coding":[{{"code":"{code}"}}]}},"criteria":{{"language":"text/cql-identifier","expression":"{expression}"}}}}"#
        )
    };
    let observed = |of: &str| format!("{},{}", said("aggregateMethod", "Sum"), said("criteriaReference", of));
    let populations = [
        population("ip", "initial-population", "Stays", &said("x", "y")),
        population("d", "denominator", "Stays", &said("x", "y")),
        population("n", "numerator", "Stays", &said("x", "y")),
        population("od", "measure-observation", "One", &observed("d")),
        population("on", "measure-observation", "Days", &observed("n")),
    ];
    let measure = format!(
        r#"{{"resourceType":"Measure","id":"stays","name":"Stays","url":"http://e.org/Measure/Stays","version":"1.0.0","status":"active",
        "library":["http://e.org/Library/Stays|1.0.0"],"scoring":{{"coding":[{{"code":"ratio"}}]}},
        "supplementalData":[{{"id":"sex","criteria":{{"language":"text/cql-identifier","expression":"Sex"}}}}],
        "group":[{{"id":"g","extension":[{{"url":"http://hl7.org/fhir/us/cqfmeasures/StructureDefinition/cqfm-populationBasis","valueCode":"Encounter"}}],
        "population":[{}],"stratifier":[{{"id":"class","criteria":{{"language":"text/cql-identifier","expression":"Class"}}}}]}}]}}"#,
        populations.join(",")
    );
    let file = |name: &str, text: &str| File { name: name.to_owned(), bytes: text.as_bytes().to_vec() };
    vec![file("measure.json", &measure), file("Stays-1.0.0.cql", cql)]
}

fn stay(id: &str, patient: &str, class: &str, to: &str) -> String {
    format!(
        r#"{{"resourceType":"Encounter","id":"{id}","status":"finished","class":{{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"{class}"}},"subject":{{"reference":"Patient/{patient}"}},"period":{{"start":"2026-03-01T08:00:00Z","end":"{to}T09:00:00Z"}}}}"#
    )
}

#[test]
fn a_ratio_of_observations_is_scored_the_same_from_what_is_kept() {
    let clinic = Clinic::new(NOW);
    let loaded = load::load(&clinic.machine(), &stays()).unwrap();
    let id = loaded.measures[0].clone();
    clinic.put(&[
        &patient("a", r#","gender":"female""#),
        &stay("1", "a", "IMP", "2026-03-05"),
        &stay("2", "a", "EMER", "2026-03-03"),
        &patient("b", r#","gender":"male""#),
        &stay("3", "b", "IMP", "2026-03-04"),
        &patient("c", ""),
    ]);
    worker::catch_up(&clinic.machine()).unwrap();
    let nurse = clinic.staff("n", "nurse");
    let compiled = compiled(&nurse).unwrap();
    assert_eq!(compiled.problems, Vec::<String>::new());
    let known = compiled.by_id(&id).unwrap();
    let summary = || report::evaluate(&nurse, &compiled, known, PERIOD, Kind::Summary, &Subjects::All, None).unwrap();
    let live = summary();
    valid(&live);
    // Nine days in three stays.
    assert_eq!(live.at("group.0.measureScore.value").map(ToString::to_string).as_deref(), Some("3.000000"), "{live}");
    let strata = live.at("group.0.stratifier.0.stratum").map(Json::items).unwrap();
    let counts: Vec<_> =
        strata.iter().map(|s| (s.str_at("value.text"), s.at("population.0.count").and_then(Json::as_i64))).collect();
    assert_eq!(counts, [(Some("EMER"), Some(1)), (Some("IMP"), Some(2))]);
    let told = |json: &Json| {
        let all = json.get("contained").map(Json::items).unwrap_or_default();
        all.iter()
            .map(|o| {
                (o.str_at("code.text").unwrap_or_default().to_owned(), o.get("valueInteger").and_then(Json::as_i64))
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&live), [("female".to_owned(), Some(1)), ("male".to_owned(), Some(1))]);
    settings::set(&clinic.machine(), &id, &on(false)).unwrap();
    follow(&clinic);
    assert_eq!(live, summary());
}

#[test]
fn a_report_received_before_names_only_what_changed_since() {
    let clinic = clinic();
    let nurse = clinic.staff("n", "nurse");
    let compiled = compiled(&nurse).unwrap();
    let known = compiled.by_id(ID).unwrap();
    let of = |kind, subjects: &Subjects, since: &str| {
        let since = continuo_fhir::Instant::parse(since);
        assert!(since.is_some());
        report::evaluate(&nurse, &compiled, known, PERIOD, kind, subjects, since)
    };
    let one = Subjects::Only(vec!["tested".into()]);
    let before = of(Kind::Individual, &one, "2026-01-01T00:00:00Z").unwrap();
    assert!(before.to_string().contains("Observation/otested2026-03-02"), "{before}");
    let after = of(Kind::Individual, &one, "2026-12-01T00:00:00Z").unwrap();
    valid(&after);
    assert!(after.get("evaluatedResource").is_none(), "{after}");
    assert!(of(Kind::Summary, &Subjects::All, "2026-01-01T00:00:00Z").is_err());
}

fn gaps(clinic: &Clinic, patient: &str, period: &str) -> Json {
    let nurse = clinic.staff("n", "nurse");
    let compiled = compiled(&nurse).unwrap();
    let whose = Whose { subject: format!("Patient/{patient}"), ..Whose::default() };
    let subjects = care_gaps::subjects(&nurse, &whose).unwrap();
    let request = Request {
        period: period.into(),
        statuses: [].into(),
        measures: vec![compiled.by_id(ID).unwrap()],
        base: "http://clinic.test/fhir".into(),
    };
    let json = care_gaps::report(&nurse, &compiled, &request, &subjects).unwrap();
    valid(&json);
    json
}

#[test]
fn gaps_are_open_closed_ahead_or_do_not_apply() {
    let clinic = clinic();
    let said = |patient: &str, period: &str, code: &str| {
        let text = gaps(&clinic, patient, period).to_string();
        assert!(text.contains(&format!(r#""code":"{code}""#)), "{patient} {period} {code}: {text}");
    };
    said("tested", PERIOD, "closed-gap");
    // Tested last November: up to date today, not for the year.
    said("late", PERIOD, "prospective-gap");
    said("late", "2026-01-01/2026-06-30", "open-gap");
    said("late", "2026-01-01/2026-06-30", "NotFound");
    let text = gaps(&clinic, "late", PERIOD).to_string();
    assert!(text.contains(r#""dataRequirement":[{"type":"Observation""#), "{text}");
    assert!(text.contains("urn:continuo:ValueSet:hba1c"), "{text}");
    said("died", PERIOD, "not-applicable");
    said("well", PERIOD, "not-applicable");
}

#[test]
fn a_subject_that_is_not_there_is_not_found() {
    let clinic = clinic();
    let nurse = clinic.staff("n", "nurse");
    for subject in ["Patient/none", "Group/none", "none"] {
        let whose = Whose { subject: subject.into(), ..Whose::default() };
        assert!(matches!(care_gaps::subjects(&nurse, &whose), Err(continuo_care::problem::WorkError::NotFound(_))));
    }
    assert!(care_gaps::subjects(&nurse, &Whose::default()).is_err());
}

#[test]
fn the_editor_names_faults_at_their_place_and_shows_values_with_evidence() {
    use continuo_care::measures::editor;
    let clinic = clinic();
    let supervisor = clinic.staff("s", "supervisor");
    let wrong = "library T\nusing FHIR version '4.0.1'\ncontext Patient\ndefine A: Nothing + 1";
    let checked = editor::check(&supervisor, wrong).unwrap();
    assert_eq!((checked.faults[0].line, checked.faults[0].column), (4, 11));
    assert_eq!(checked.faults[0].source, "define A: Nothing + 1");
    let text = String::from_utf8(files().remove(2).bytes).unwrap();
    let (checked, tried) = editor::run(&supervisor, &text, &["tested".into(), "late".into()], PERIOD).unwrap();
    assert!(checked.faults.is_empty(), "{checked:?}");
    let of = |person: usize, name: &str| tried[person].values.iter().find(|v| v.name == name).unwrap().clone();
    assert_eq!(of(0, "Numerator").value, Ok("true".to_owned()));
    assert_eq!(of(0, "Numerator").evidence, ["Observation/otested2026-03-02"]);
    assert_eq!(of(1, "Numerator").value, Ok("false".to_owned()));
    assert!(editor::run(&clinic.staff("n", "nurse"), &text, &[], PERIOD).is_err(), "nurses do not write CQL");
    assert!(editor::run(&supervisor, &text, &["nobody".into()], PERIOD).is_err());
}

//! Evidence names what decided, and a gap says what would close it and by when.

mod support;

use continuo_cql::eval::explain::{Closing, Reason};
use continuo_cql::value::DateTime;
use support::with_patient;

const PATIENT: &str = r#"{"resourceType":"Patient","id":"p","birthDate":"1970-01-01"}"#;

const COLO: &str = r#"
    define "Screened Recently":
      [Procedure: "Screening"] P
        where P.status = 'completed'
          and end of (P.performed as FHIR.Period) in day of Interval[@2017-01-01T00:00:00.0, end of "Measurement Period"]
    define "Any Test": [Observation: "Test"]
    define "Satisfied": exists "Screened Recently" or exists "Any Test"
    define "Both": exists "Screened Recently" and exists "Any Test"
    define "Not Done": not "Satisfied"
    define "Latest": Last([Observation: code ~ "A1c"] O where O.status = 'final' sort by (effective as FHIR.dateTime).value)
    define "High": ("Latest".value as FHIR.Quantity).value > 9.0
"#;

fn procedure(id: &str, year: u32) -> String {
    format!(
        r#"{{"resourceType":"Procedure","id":"{id}","status":"completed",
        "code":{{"coding":[{{"system":"urn:s","code":"colo"}}]}},
        "performedPeriod":{{"start":"{year}-03-01","end":"{year}-03-01"}}}}"#
    )
}

fn observation(id: &str, date: &str, value: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"coding":[{{"system":"urn:s","code":"a1c"}}]}},
        "effectiveDateTime":"{date}","valueQuantity":{{"value":{value},"unit":"%"}}}}"#
    )
}

fn reason(resources: &[String], name: &str) -> Reason {
    with_patient(COLO, &resources.join(","), |evaluator, id| evaluator.reason(id(name)).expect("explained"))
}

fn closing(resources: &[String], name: &str, wanted: bool) -> Closing {
    with_patient(COLO, &resources.join(","), |evaluator, id| evaluator.closing(id(name), wanted).expect("explained"))
}

#[test]
fn only_what_decided_is_named() {
    let record =
        [PATIENT.to_owned(), procedure("old", 2010), procedure("new", 2020), observation("o", "2026-01-02", "7")];
    // The first side that holds is enough; the procedure that is too old did not count.
    assert_eq!(reason(&record, "Satisfied").resources, ["Procedure/new"]);
    assert_eq!(reason(&record, "Both").resources, ["Procedure/new", "Observation/o"]);
}

#[test]
fn an_empty_search_says_what_it_looked_for_and_what_did_not_count() {
    let found = reason(&[PATIENT.to_owned(), procedure("old", 2010)], "Satisfied");
    assert!(found.resources.is_empty());
    let [screening, test] = &found.absent[..] else { panic!("{found:?}") };
    assert_eq!((&*screening.definition, &*screening.type_name), ("Screened Recently", "Procedure"));
    assert_eq!(screening.value_set.as_deref(), Some("urn:vs:screening"));
    assert_eq!(screening.name.as_deref(), Some("Screening"));
    assert_eq!(screening.from.unwrap().to_string(), "2017-01-01T00:00:00.000Z");
    assert_eq!(screening.to.unwrap().to_string(), "2026-12-31T23:59:59.999Z");
    assert_eq!(screening.considered, ["Procedure/old"]);
    assert_eq!((&*test.type_name, test.to, test.considered.len()), ("Observation", None, 0));
}

#[test]
fn a_false_side_of_an_and_decides_alone() {
    let found = reason(&[PATIENT.to_owned(), observation("o", "2026-01-02", "7")], "Both");
    assert!(found.resources.is_empty(), "{found:?}");
    assert_eq!(found.absent.len(), 1);
}

#[test]
fn of_a_sorted_list_only_the_one_taken_counts() {
    let record = [PATIENT.to_owned(), observation("b", "2026-03-02", "9.5"), observation("a", "2026-01-02", "7")];
    assert_eq!(reason(&record, "High").resources, ["Observation/b"]);
}

#[test]
fn a_gap_says_what_would_close_it_and_by_when() {
    let record = [PATIENT.to_owned(), procedure("old", 2010)];
    let Closing::Any(ways) = closing(&record, "Satisfied", true) else { panic!("two ways") };
    assert!(matches!(&ways[0], Closing::Found(search) if search.name.as_deref() == Some("Screening")));
    let both = closing(&record, "Both", true);
    assert!(matches!(&both, Closing::All(things) if things.len() == 2), "{both:?}");
    assert_eq!(both.by().unwrap().to_string(), "2026-12-31T23:59:59.999Z");
    assert_eq!(closing(&record, "Not Done", true), Closing::Nothing);
}

#[test]
fn a_value_in_the_way_is_named_with_where_a_newer_one_comes_from() {
    let record = [PATIENT.to_owned(), observation("b", "2026-03-02", "9.5")];
    let Closing::Other { definition, resources, searches } = closing(&record, "High", false) else { panic!("other") };
    assert_eq!((&*definition, resources.as_slice()), ("High", &["Observation/b".to_owned()][..]));
    assert_eq!((searches[0].name.as_deref(), &*searches[0].codes[0].1), (Some("A1c"), "a1c"));
}

#[test]
fn what_is_in_the_record_cannot_be_undone() {
    let record = [PATIENT.to_owned(), procedure("new", 2020)];
    let fixed = closing(&record, "Not Done", true);
    assert!(matches!(&fixed, Closing::Fixed { resources, .. } if *resources == ["Procedure/new"]), "{fixed:?}");
    assert!(!fixed.is_possible());
}

#[test]
fn a_window_inside_a_function_is_seen() {
    let body = r#"
        define function "In Period"(E Encounter): E.period during "Measurement Period" and E.status = 'finished'
        define "Seen": exists ([Encounter] E where "In Period"(E))"#;
    with_patient(body, r#"{"resourceType":"Patient","id":"p"}"#, |evaluator, id| {
        let definition = id("Seen");
        assert_eq!(evaluator.definition(definition).unwrap().to_string(), "false");
        let reason = evaluator.reason(definition).unwrap();
        let window = |at: Option<DateTime>| at.map(|at| at.to_string()).unwrap_or_default();
        assert!(window(reason.absent[0].from).contains("2026-01-01T00:00"), "{reason:?}");
        assert!(window(reason.absent[0].to).contains("2026-12-31T23:59"), "{reason:?}");
    });
}

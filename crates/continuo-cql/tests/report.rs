//! Reports are FHIR that our own validation takes, also after merging.

use continuo_cql::eval::{Limits, parse_period};
use continuo_cql::measure::{Options, Source, Totals, Wanted, evaluate_text, load, merge_reports};
use continuo_cql::value::DateTime;

use continuo_fhir::packed::pack_text;
use continuo_fhir::{Severity, root, validate};

const LIBRARY: &str = r#"{"library":{"identifier":{"id":"L","version":"1"},"statements":{"def":[
  {"name":"All","context":"Patient","expression":{"type":"Literal","valueType":"{urn:hl7-org:elm-types:r1}Boolean","value":"true"}},
  {"name":"Some","context":"Patient","expression":{"type":"Exists","operand":{"type":"Retrieve","dataType":"{http://hl7.org/fhir}Condition"}}}]}}}"#;

const MEASURE: &str = r#"{"resourceType":"Measure","name":"M","url":"http://example.org/Measure/M","version":"1","library":["http://example.org/Library/L"],
  "scoring":{"coding":[{"code":"proportion"}]},"group":[{"id":"g",
  "population":[
    {"id":"ip","code":{"coding":[{"code":"initial-population"}]},"criteria":{"expression":"All"}},
    {"id":"d","code":{"coding":[{"code":"denominator"}]},"criteria":{"expression":"All"}},
    {"id":"n","code":{"coding":[{"code":"numerator"}]},"criteria":{"expression":"Some"}}],
  "stratifier":[{"id":"s","criteria":{"expression":"Some"}}]}]}"#;

fn report(people: &[&str]) -> String {
    let source = |name: &str, text: &str| [Source { name: name.into(), text: text.into() }];
    let package = load(&source("m", MEASURE), &source("L.elm.json", LIBRARY), &[], Options::default());
    assert!(package.problems.is_empty() && package.plan.refused.is_empty(), "{package:?}");
    let now = DateTime::parse("2026-06-01T00:00:00.000", 0).expect("date");
    let span = parse_period("2026-01-01/2026-12-31", 0).expect("period");
    let session = package.plan.session(&package.terms, span, now, Limits::default());
    let (mut out, mut totals) = (String::new(), Totals::new(&package.plan));
    for person in people {
        evaluate_text(&package.plan, &session, person.as_bytes(), "x", Wanted::default(), &mut out, &mut totals);
    }
    let mut text = String::new();
    totals.report(&package.plan, ("2026-01-01", "2026-12-31")).write(&mut text);
    text
}

fn is_valid(text: &str) {
    let packed = pack_text(text.as_bytes()).expect("json");
    let bundle = root(&packed).expect("packed");
    let issues = validate::full(bundle);
    let errors: Vec<_> = issues.iter().filter(|i| i.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?} in {text}");
}

const PERSON: &str =
    r#"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"a"}}]}"#;
const ILL: &str = r#"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"b"}},
  {"resource":{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/b"}}}]}"#;

#[test]
fn a_report_is_a_valid_measure_report() {
    let text = report(&[PERSON, ILL]);
    is_valid(&text);
    assert!(text.contains(r#""measureScore":{"value":0.500000}"#), "{text}");
}

#[test]
fn merged_reports_are_the_report_of_all() {
    let merged = merge_reports(&[report(&[PERSON, ILL]), report(&[ILL])]).expect("merged");
    is_valid(&merged);
    assert!(merged.contains(r#""measureScore":{"value":0.666667}"#), "{merged}");
}

#[test]
fn a_broken_person_costs_that_person_only() {
    let text = report(&[PERSON, "{broken", r#"{"resourceType":"Bundle"}"#, ILL]);
    assert!(text.contains(r#""measureScore":{"value":0.500000}"#), "{text}");
}

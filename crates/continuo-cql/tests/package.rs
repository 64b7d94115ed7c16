//! Measures, libraries and value sets in every shape they are handed around in.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use continuo_cql::eval::{Limits, parse_period};
use continuo_cql::measure::{Options, Package, Source, Totals, Wanted, evaluate_text, load};
use continuo_cql::value::DateTime;

const MAIN: &str = "library Main version '1.0.0' using FHIR version '4.0.1' include FHIRHelpers version '4.0.1' \
    include Shared version '2.0.0' called S valueset \"Set\": 'urn:set' context Patient \
    define \"In\": exists [Condition: \"Set\"] define \"Old\": S.\"Adult\" and S.Twice(1) = 2 and 1.double() = 2";
const SHARED: &str = "library Shared version '2.0.0' using FHIR version '4.0.1' include FHIRHelpers version '4.0.1' \
    context Patient define \"Adult\": AgeInYearsAt(@2026-01-01) >= 18 \
    define function Twice(n Integer): n * 2 define fluent function double(n Integer): n * 2";

fn measure(library: &str, more: &str) -> String {
    let population = |code: &str, expression: &str| {
        format!(
            r#"{{"code":{{"coding":[{{"code":"{code}"}}]}},"criteria":{{"language":"text/cql-identifier","expression":"{expression}"}}}}"#
        )
    };
    format!(
        r#"{{"resourceType":"Measure","name":"M"{more},"library":["{library}"],"scoring":{{"coding":[{{"code":"proportion"}}]}},
          "group":[{{"population":[{},{},{}]}},{{"population":[{}]}}]}}"#,
        population("initial-population", "Old"),
        population("denominator", "\\\"Old\\\""),
        population("numerator", "In"),
        population("initial-population", "Shared.Adult"),
    )
}

fn attached(id: &str, url: &str, media: &str, text: &str) -> String {
    let data = BASE64.encode(text);
    format!(
        r#"{{"resourceType":"Library","id":"{id}","url":"{url}","content":[{{"contentType":"{media}","data":"{data}"}}]}}"#
    )
}

fn bundle(resources: &[String]) -> String {
    let entries: Vec<String> = resources.iter().map(|r| format!(r#"{{"resource":{r}}}"#)).collect();
    format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{}]}}"#, entries.join(","))
}

const SET: &str = r#"{"resourceType":"ValueSet","url":"urn:set","compose":{"include":[{"system":"urn:s","concept":[{"code":"x"}]}]}}"#;

fn source(name: &str, text: &str) -> Source {
    Source { name: name.into(), text: text.into() }
}

/// The result lines of an adult with the condition.
fn lines(package: &Package) -> String {
    assert!(
        package.problems.is_empty() && package.plan.refused.is_empty(),
        "{:?} {:?}",
        package.problems,
        package.plan.refused
    );
    let now = DateTime::parse("2026-06-01T00:00:00.000", 0).expect("date");
    let span = parse_period("2026-01-01/2026-12-31", 0).expect("period");
    let session = package.plan.session(&package.terms, span, now, Limits::default());
    let person = bundle(&[
        r#"{"resourceType":"Patient","id":"p","birthDate":"1970-01-01"}"#.into(),
        r#"{"resourceType":"Condition","id":"c","code":{"coding":[{"system":"urn:s","code":"x"}]}}"#.into(),
    ]);
    let (mut out, mut totals) = (String::new(), Totals::new(&package.plan));
    evaluate_text(&package.plan, &session, person.as_bytes(), "x", Wanted::default(), &mut out, &mut totals);
    out
}

const WANTED: &str = "{\"patient\":\"p\",\"input\":\"x\",\"measure\":\"M\",\"group\":\"group-1\",\"populations\":{\"initial-population\":1,\
    \"denominator\":1,\"numerator\":1},\"observations\":[],\"strata\":{},\"error\":null}\n\
    {\"patient\":\"p\",\"input\":\"x\",\"measure\":\"M\",\"group\":\"group-2\",\"populations\":{\"initial-population\":1},\
    \"observations\":[],\"strata\":{},\"error\":null}\n";

#[test]
fn one_bundle_may_hold_everything() {
    let all = bundle(&[
        measure("http://x/Library/main-lib|1.0.0", ""),
        attached("main-lib", "http://x/Library/main-lib", "text/cql", MAIN),
        attached("shared", "http://x/Library/Shared", "text/cql;charset=utf-8", SHARED),
        SET.into(),
    ]);
    assert_eq!(lines(&load(&[source("all.json", &all)], &[], &[], Options::default())), WANTED);
}

#[test]
fn cql_may_stand_beside_the_elm_of_what_it_includes() {
    let shared = {
        let sources = [continuo_cql::front::workspace::Source { name: "Shared.cql".into(), text: SHARED.into() }];
        let models = [continuo_cql::front::model::ModelInfo::fhir()];
        let result =
            continuo_cql::deep_stack(|| continuo_cql::front::workspace::translate_all(&sources, &models).remove(0));
        let mut elm = String::new();
        result.translated.elm.write(&mut elm);
        elm
    };
    let libraries = [source("Main-1.0.0.cql", MAIN), source("Shared-2.0.0.json", &shared)];
    let package =
        load(&[source("m.json", &measure("Main", ""))], &libraries, &[source("v.json", SET)], Options::default());
    assert_eq!(lines(&package), WANTED);
}

#[test]
fn a_measure_may_contain_its_library() {
    let library = attached("own", "http://x/Library/own", "text/cql", MAIN);
    let measure = measure("#own", &format!(r#","contained":[{library}]"#));
    let libraries = [source("Shared.cql", SHARED)];
    assert_eq!(
        lines(&load(&[source("m.json", &measure)], &libraries, &[source("v.json", SET)], Options::default())),
        WANTED
    );
}

#[test]
fn what_is_wrong_with_a_package_is_named() {
    let broken = r#"{"resourceType":"Library","name":"L","content":[{"contentType":"text/cql","data":"%%%"}]}"#;
    let said = |libraries: &[Source]| {
        let package = load(&[source("m.json", &measure("Main", ""))], libraries, &[], Options::default());
        format!("{:?} {:?}", package.problems, package.plan.refused)
    };
    assert!(said(&[source("l.json", broken)]).contains("l.json: library `L`: its text/cql is not base64 of text"));
    assert!(said(&[source("Main.cql", MAIN)]).contains("library `Shared` is not found"));
    assert!(said(&[source("Main.cql", "library Main define A: ")]).contains("Main.cql:1:24: expected an expression"));
    assert!(said(&[source("x.json", "{")]).contains("x.json: "));
}

//! People as files bring them: wrapped, repeated, several at once, in other encodings, broken.

use continuo_cql::deep_stack;
use continuo_cql::eval::{Limits, parse_period};
use continuo_cql::measure::{Options, Source, Totals, Wanted, evaluate_text, load};
use continuo_cql::value::DateTime;
use continuo_fhir::Json;

const MEASURE: &str = r#"{"resourceType":"Measure","name":"M","library":["L"],"scoring":{"coding":[{"code":"cohort"}]},
    "group":[{"id":"g","population":[{"id":"ip","code":{"coding":[{"code":"initial-population"}]},
    "criteria":{"language":"text/cql-identifier","expression":"Stays"}}],
    "extension":[{"url":"http://hl7.org/fhir/us/cqfmeasures/StructureDefinition/cqfm-populationBasis","valueCode":"Encounter"}]}]}"#;
const LIBRARY: &str = "library L using FHIR version '4.0.1' context Patient define Stays: [Encounter]";

/// `patient:stays` of each line, or what its error says.
fn lines(bytes: &[u8]) -> Vec<String> {
    let source = |name: &str, text: &str| Source { name: name.into(), text: text.into() };
    let package = load(&[source("M.json", MEASURE)], &[source("L.cql", LIBRARY)], &[], Options::default());
    assert!(package.problems.is_empty() && package.plan.refused.is_empty(), "{package:?}");
    let span = parse_period("2026-01-01/2026-12-31", 0).expect("period");
    let now = DateTime::parse("2026-06-01T12:00:00.000", 0).expect("date");
    let out = deep_stack(|| {
        let session = package.plan.session(&package.terms, span, now, Limits { depth: 5_000, ..Limits::default() });
        let (mut out, mut totals) = (String::new(), Totals::new(&package.plan));
        evaluate_text(&package.plan, &session, bytes, "f", Wanted::default(), &mut out, &mut totals);
        out
    });
    let told = |line: &str| {
        let json = Json::parse(line.as_bytes()).expect("a line is JSON");
        match json.str_at("error") {
            Some(error) => format!("! {error}"),
            None => {
                let count = json.get("populations").and_then(|p| p.get("ip")).map(ToString::to_string);
                format!("{}:{}", json.str_at("patient").unwrap_or("-"), count.unwrap_or_default())
            }
        }
    };
    out.lines().map(told).collect()
}

fn patient(id: &str) -> String {
    format!(r#"{{"resourceType":"Patient","id":"{id}"}}"#)
}

fn stay(id: &str, subject: &str, updated: &str) -> String {
    format!(
        r#"{{"resourceType":"Encounter","id":"{id}","meta":{{"lastUpdated":"{updated}"}},"status":"finished","subject":{{"reference":"{subject}"}}}}"#
    )
}

fn bundle(resources: &[String]) -> String {
    let entries: Vec<String> = resources.iter().map(|r| format!(r#"{{"resource":{r}}}"#)).collect();
    format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{}]}}"#, entries.join(","))
}

#[test]
fn every_wrapper_is_opened() {
    let (p, e) = (patient("p"), stay("e", "Patient/p", ""));
    let both = bundle(&[p.clone(), e.clone()]);
    for text in [
        both.clone(),
        format!("\u{feff}{both}\r\n"),
        bundle(&[bundle(std::slice::from_ref(&p)), bundle(&[bundle(std::slice::from_ref(&e))])]),
        format!("[{p},{e}]"),
        format!("{p}\n{e}\n"),
        format!("{}{}", bundle(std::slice::from_ref(&p)), bundle(std::slice::from_ref(&e))),
        format!(r#"{{"resourceType":"Parameters","parameter":[{{"name":"return","resource":{both}}}]}}"#),
        format!(
            r#"{{"resourceType":"Bundle","entry":[null,{{"response":{{"status":"201"}}}},{{"resource":{p}}},{{"resource":{e}}}]}}"#
        ),
    ] {
        assert_eq!(lines(text.as_bytes()), ["p:1"], "{text}");
    }
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(both.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(lines(&wide), ["p:1"]);
}

#[test]
fn a_resource_that_is_repeated_is_one_in_its_latest_state() {
    let repeated =
        [patient("p"), patient("p"), stay("e", "Patient/p", "2026-02-01"), stay("e", "Patient/p", "2026-01-01")];
    assert_eq!(lines(bundle(&repeated).as_bytes()), ["p:1"]);
}

#[test]
fn several_people_in_one_bundle_are_told_apart_by_whom_resources_name() {
    let two = [
        patient("a"),
        patient("b"),
        stay("1", "Patient/a", ""),
        stay("2", "Patient/a", ""),
        stay("3", "Patient/c", ""),
    ];
    assert_eq!(lines(bundle(&two).as_bytes()), ["a:2", "b:0"]);
    // With one Patient everything is theirs, whatever it says.
    assert_eq!(lines(bundle(&[patient("a"), stay("3", "Patient/c", "")]).as_bytes()), ["a:1"]);
}

#[test]
fn what_cannot_be_read_is_said_in_its_line() {
    for (text, part) in [
        ("", "cannot be read"),
        ("{\"resourceType\":\"Bundle\",\"entry\":[", "cannot be read"),
        ("{} {", "cannot be read"),
        ("[1,2]", "holds no Patient"),
        ("{\"resources\":[]}", "holds no Patient"),
    ] {
        let got = lines(text.as_bytes());
        assert!(got.len() == 1 && got[0].starts_with('!') && got[0].contains(part), "{text}: {got:?}");
    }
}

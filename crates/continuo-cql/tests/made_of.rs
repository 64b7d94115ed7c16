//! Criteria written as CQL, stratifiers of some populations, and measures made of measures.

use continuo_cql::deep_stack;
use continuo_cql::eval::{Limits, parse_period};
use continuo_cql::measure::{Options, Package, Source, Totals, Wanted, evaluate_text, load};
use continuo_cql::value::DateTime;
use continuo_fhir::Json;

const LIBRARY: &str = "library Own version '1.0.0' using FHIR version '4.0.1' include FHIRHelpers version '4.0.1' \
    include Other called O \
    context Patient define \"Everybody\": true define \"Stays\": [Encounter] \
    define function Long(E Encounter): days between start of E.period and end of E.period > 3";
const OTHER: &str =
    "library Other using FHIR version '4.0.1' context Patient define \"Women\": Patient.gender = 'female'";

fn criterion(language: &str, text: &str) -> String {
    format!(r#""criteria":{{"language":"{language}","expression":{}}}"#, Json::string(text))
}

fn population(code: &str, criterion: &str) -> String {
    format!(r#"{{"id":"{code}","code":{{"coding":[{{"code":"{code}"}}]}},{criterion}}}"#)
}

fn measure(name: &str, library: &str, numerator: &str, more: &str) -> String {
    let all = [
        population("initial-population", &criterion("text/cql", "Everybody")),
        population("denominator", &criterion("text/cql-identifier", "Everybody")),
        population("numerator", numerator),
    ];
    format!(
        r#"{{"resourceType":"Measure","name":"{name}","url":"http://e.org/Measure/{name}",{library}
        "scoring":{{"coding":[{{"code":"proportion"}}]}},"group":[{{"id":"g","population":[{}]{more}}}]}}"#,
        all.join(",")
    )
}

const OWN: &str = r#""library":["http://e.org/Library/Own|1.0.0"],"#;

fn package(measures: &[String]) -> Package {
    let source = |name: &str, text: &str| Source { name: name.into(), text: text.into() };
    let measures: Vec<Source> = measures.iter().map(|text| source("m.json", text)).collect();
    load(&measures, &[source("Own.cql", LIBRARY), source("Other.cql", OTHER)], &[], Options::default())
}

fn person(id: &str, sex: &str, days: &[u32]) -> String {
    let stays = days.iter().enumerate().map(|(at, days)| {
        format!(
            r#",{{"resource":{{"resourceType":"Encounter","id":"{id}-{at}","status":"finished","period":{{"start":"2026-02-01","end":"2026-02-{:02}"}}}}}}"#,
            1 + days
        )
    });
    let stays: String = stays.collect();
    format!(
        r#"{{"resourceType":"Bundle","entry":[{{"resource":{{"resourceType":"Patient","id":"{id}","gender":"{sex}"}}}}{stays}]}}"#
    )
}

/// Per measure the populations of each person in turn; and the report.
fn run(package: &Package, people: &[String]) -> (Vec<String>, Json) {
    assert!(package.problems.is_empty() && package.plan.refused.is_empty(), "{package:?}");
    deep_stack(|| {
        let span = parse_period("2026-01-01/2026-12-31", 0).expect("period");
        let now = DateTime::parse("2026-06-01T00:00:00.000", 0).expect("date");
        let session = package.plan.session(&package.terms, span, now, Limits::default());
        let (mut out, mut totals) = (String::new(), Totals::new(&package.plan));
        for text in people {
            evaluate_text(&package.plan, &session, text.as_bytes(), "x", Wanted::default(), &mut out, &mut totals);
        }
        let mut report = String::new();
        totals.report(&package.plan, ("2026-01-01", "2026-12-31")).write(&mut report);
        let lines = out.lines().map(|line| {
            let json = Json::parse(line.as_bytes()).expect("json");
            assert_eq!(json.str_at("error"), None, "{line}");
            let count = |id: &str| json.get("populations").and_then(|p| p.get(id)).map(ToString::to_string);
            let three = ["initial-population", "denominator", "numerator"].map(|id| count(id).unwrap_or_default());
            format!("{} {}", json.str_at("measure").unwrap_or_default(), three.join("/"))
        });
        (lines.collect(), Json::parse(report.as_bytes()).expect("json"))
    })
}

#[test]
fn a_criterion_may_be_cql_and_uses_the_names_of_its_library() {
    let numerator = criterion("text/cql-expression", "exists (\"Stays\" S where Long(S)) and O.\"Women\"");
    let package = package(&[measure("M", OWN, &numerator, "")]);
    let people = [person("a", "female", &[5]), person("b", "male", &[5]), person("c", "female", &[1])];
    assert_eq!(run(&package, &people).0, ["M 1/1/1", "M 1/1/0", "M 1/1/0"]);
}

#[test]
fn a_measure_of_such_criteria_needs_no_library() {
    let all = ["initial-population", "denominator", "numerator"]
        .map(|code| population(code, &criterion("text/cql-expression", "exists [Encounter] and AgeInYears() is null")));
    let text = format!(
        r#"{{"resourceType":"Measure","name":"M","scoring":{{"coding":[{{"code":"proportion"}}]}},"group":[{{"population":[{}]}}]}}"#,
        all.join(",")
    );
    assert_eq!(run(&package(&[text]), &[person("a", "male", &[2])]).0, ["M 1/1/1"]);
}

#[test]
fn a_faulty_criterion_refuses_its_measure_and_says_where() {
    let bad = measure("Bad", OWN, &criterion("text/cql-expression", "exists\n  \"Stayz\""), "");
    let good = measure("Good", OWN, &criterion("text/cql", "Everybody"), "");
    let package = package(&[bad, good]);
    assert_eq!(package.plan.measures.len(), 1);
    let [(name, why)] = package.plan.refused.as_slice() else { panic!("{:?}", package.plan.refused) };
    assert!(name == "Bad" && why.contains("2:3") && why.contains("Stayz"), "{why}");
}

#[test]
fn a_stratifier_divides_the_populations_it_is_for() {
    let more = format!(
        r#","stratifier":[{{"id":"sex","extension":[{{"url":"http://hl7.org/fhir/us/cqfmeasures/StructureDefinition/cqfm-appliesTo",
        "valueCodeableConcept":{{"coding":[{{"code":"numerator"}}]}}}}],{}}}]"#,
        criterion("text/cql-expression", "O.\"Women\"")
    );
    let package = package(&[measure("M", OWN, &criterion("text/cql", "Everybody"), &more)]);
    let (_, report) = run(&package, &[person("a", "female", &[]), person("b", "male", &[])]);
    let strata = report.at("entry.0.resource.group.0.stratifier.0.stratum").map(Json::items).expect("strata");
    assert_eq!(strata.len(), 2);
    for stratum in strata {
        let populations = stratum.get("population").map(Json::items).expect("populations");
        let codes = populations.iter().filter_map(|p| p.at("code.coding.0.code").and_then(Json::as_str));
        assert_eq!(codes.collect::<Vec<_>>(), ["numerator"]);
    }
}

fn composite(method: &str, weights: [&str; 2]) -> String {
    let part = |name: &str, weight: &str| {
        format!(
            r#"{{"type":"composed-of","resource":"http://e.org/Measure/{name}","extension":[{{"url":"http://hl7.org/fhir/us/cqfmeasures/StructureDefinition/cqfm-weight","valueDecimal":{weight}}}]}}"#
        )
    };
    format!(
        r#"{{"resourceType":"Measure","name":"Both","scoring":{{"coding":[{{"code":"composite"}}]}},
        "compositeScoring":{{"coding":[{{"code":"{method}"}}]}},"relatedArtifact":[{},{}]}}"#,
        part("Seen", weights[0]),
        part("Woman", weights[1])
    )
}

#[test]
fn a_composite_puts_its_parts_together() {
    let people =
        [person("a", "female", &[1]), person("b", "male", &[1]), person("c", "male", &[]), person("d", "male", &[1])];
    let seen = measure("Seen", OWN, &criterion("text/cql-expression", "exists \"Stays\""), "");
    let woman = measure("Woman", OWN, &criterion("text/cql-expression", "O.\"Women\""), "");
    for (method, lines, score) in [
        ("opportunity", ["1/2/2", "1/2/1", "1/2/0", "1/2/1"], "0.500000"),
        ("all-or-nothing", ["1/1/1", "1/1/0", "1/1/0", "1/1/0"], "0.250000"),
        ("linear", ["1/2/2", "1/2/1", "1/2/0", "1/2/1"], "0.500000"),
        ("weighted", ["1/2/2", "1/2/1", "1/2/0", "1/2/1"], "0.625000"),
    ] {
        let package = package(&[composite(method, ["3", "1"]), seen.clone(), woman.clone()]);
        let (all, report) = run(&package, &people);
        let own: Vec<&str> = all.iter().filter_map(|line| line.strip_prefix("Both ")).collect();
        assert_eq!(own, lines, "{method}");
        let entries = report.get("entry").map(Json::items).unwrap_or_default();
        let found = entries.iter().filter_map(|e| e.at("resource.group.0.measureScore.value")).next_back();
        assert_eq!(found.map(ToString::to_string).as_deref(), Some(score), "{method}");
    }
    let alone = package(&[composite("opportunity", ["1", "1"]), seen]);
    assert!(alone.plan.refused[0].1.contains("http://e.org/Measure/Woman"), "{:?}", alone.plan.refused);
}

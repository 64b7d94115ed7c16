//! Every kind of scoring over a small population of our own: lines, reports, merged reports.

use std::fmt::Write as _;

use continuo_cql::eval::{Limits, parse_period};
use continuo_cql::measure::{Options, Source, Totals, Wanted, evaluate_text, load, merge_reports};
use continuo_cql::value::DateTime;
use continuo_fhir::packed::pack_text;
use continuo_fhir::{Json, Severity, root, validate};

const LIBRARY: &str = r#"
library Own version '1.0.0'
using FHIR version '4.0.1'
include FHIRHelpers version '4.0.1'
parameter "Measurement Period" Interval<DateTime>
context Patient
define "Is Patient": true
define "Is Adult": AgeInYearsAt(start of "Measurement Period") >= 18
define "Stays": [Encounter] E where E.period ends during "Measurement Period"
define "Long Stays": Stays E where days between start of E.period and end of E.period > 3
define "Emergencies": Stays E where E.class.code = 'EMER'
define "Procedures": [Procedure]
define "Sex": Patient.gender
define "Grown": if "Is Adult" then 'adult' else 'child'
define function "Days"(E Encounter): days between start of E.period and end of E.period
define function "Class Of"(E Encounter): E.class.code
define function "Age Of"(P Patient): years between P.birthDate and start of "Measurement Period"
define "Age": AgeInYearsAt(start of "Measurement Period")
define "SDE Sex": Patient.gender
"#;

struct Outcome {
    lines: Vec<Json>,
    report: String,
}

fn person(id: &str, born: &str, sex: &str, stays: &[(&str, &str, &str)]) -> String {
    let mut entries = format!(
        r#"{{"resource":{{"resourceType":"Patient","id":"{id}","birthDate":"{born}","gender":"{sex}"}}}},
           {{"resource":{{"resourceType":"Procedure","id":"{id}-p","status":"completed","subject":{{"reference":"Patient/{id}"}}}}}}"#
    );
    for (at, (from, to, class)) in stays.iter().enumerate() {
        write!(
            entries,
            r#",{{"resource":{{"resourceType":"Encounter","id":"{id}-{at}","status":"finished","class":{{"code":"{class}"}},
               "subject":{{"reference":"Patient/{id}"}},"period":{{"start":"{from}T08:00:00Z","end":"{to}T09:00:00Z"}}}}}}"#
        )
        .expect("text");
    }
    format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{entries}]}}"#)
}

/// An adult with stays of 2 and 10 days, a child with one of 5, an adult with none.
fn people() -> Vec<String> {
    vec![
        person(
            "a",
            "1960-05-01",
            "female",
            &[("2026-02-01", "2026-02-03", "EMER"), ("2026-03-01", "2026-03-11", "IMP")],
        ),
        person("b", "2015-05-01", "male", &[("2026-04-01", "2026-04-06", "IMP")]),
        person("c", "1970-05-01", "male", &[]),
    ]
}

fn population(id: &str, code: &str, expression: &str, extensions: &str) -> String {
    format!(
        r#"{{"id":"{id}","extension":[{extensions}],"code":{{"coding":[{{"code":"{code}"}}]}},"criteria":{{"language":"text/cql-identifier","expression":"{expression}"}}}}"#
    )
}

fn of(name: &str, value: &str) -> String {
    format!(r#"{{"url":"http://hl7.org/fhir/us/cqfmeasures/StructureDefinition/cqfm-{name}","valueString":"{value}"}}"#)
}

fn run(scoring: &str, basis: &str, populations: &[String], more: &str, people: &[String]) -> Outcome {
    let measure = format!(
        r#"{{"resourceType":"Measure","name":"M","url":"http://example.org/Measure/M","version":"1","status":"active",
          "library":["http://example.org/Library/Own"],"scoring":{{"coding":[{{"code":"{scoring}"}}]}},
          "supplementalData":[{{"id":"sde-sex","criteria":{{"expression":"SDE Sex"}}}}],
          "group":[{{"id":"g","extension":[{{"url":"http://hl7.org/fhir/us/cqfmeasures/StructureDefinition/cqfm-populationBasis","valueCode":"{basis}"}}],
          "population":[{}]{more}}}]}}"#,
        populations.join(",")
    );
    let source = |name: &str, text: &str| [Source { name: name.into(), text: text.into() }];
    let package = load(&source("m.json", &measure), &source("Own.cql", LIBRARY), &[], Options::default());
    assert!(
        package.problems.is_empty() && package.plan.refused.is_empty(),
        "{:?} {:?}",
        package.problems,
        package.plan.refused
    );
    let now = DateTime::parse("2026-06-01T00:00:00.000", 0).expect("date");
    let span = parse_period("2026-01-01/2026-12-31", 0).expect("period");
    let session = package.plan.session(&package.terms, span, now, Limits::default());
    let mut totals = Totals::new(&package.plan).with_supplements(&package.plan);
    let mut out = String::new();
    for person in people {
        evaluate_text(&package.plan, &session, person.as_bytes(), "x", Wanted::default(), &mut out, &mut totals);
    }
    let lines: Vec<Json> = out.lines().map(|line| Json::parse(line.as_bytes()).expect("json")).collect();
    let mut report = String::new();
    totals.report(&package.plan, ("2026-01-01", "2026-12-31")).write(&mut report);
    is_valid(&report);
    Outcome { lines, report }
}

fn is_valid(text: &str) {
    let packed = pack_text(text.as_bytes()).expect("json");
    let issues = validate::full(root(&packed).expect("packed"));
    let errors: Vec<_> = issues.iter().filter(|i| i.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?} in {text}");
}

impl Outcome {
    /// Each person's part of the lines.
    fn parts(&self, key: &str) -> Vec<String> {
        self.lines.iter().map(|line| line.get(key).expect("key").to_string()).collect()
    }

    fn score(&self) -> Option<&str> {
        let (_, rest) = self.report.split_once(r#""measureScore":{"value":"#)?;
        rest.split('}').next()
    }
}

#[test]
fn a_continuous_variable_puts_its_observations_together() {
    let populations = |method: &str| {
        vec![
            population("ip", "initial-population", "Stays", ""),
            population("mp", "measure-population", "Stays", ""),
            population("mpx", "measure-population-exclusion", "Emergencies", ""),
            population(
                "mo",
                "measure-observation",
                "Days",
                &format!("{},{}", of("aggregateMethod", method), of("criteriaReference", "mp")),
            ),
        ]
    };
    let median = run("continuous-variable", "Encounter", &populations("Median"), "", &people());
    assert_eq!(median.parts("observations"), ["[10]", "[5]", "[]"]);
    assert_eq!(median.score(), Some("7.500000"));
    assert_eq!(run("continuous-variable", "Encounter", &populations("Sum"), "", &people()).score(), Some("15.000000"));
    assert_eq!(run("continuous-variable", "Encounter", &populations("Count"), "", &people()).score(), Some("2.000000"));
    assert!(median.report.contains(r#"{"url":"urn:continuo:ext:observed","valueString":"10x1 5x1"}"#));
}

#[test]
fn partial_reports_merge_into_the_report_of_all() {
    let populations = vec![
        population("ip", "initial-population", "Stays", ""),
        population("mp", "measure-population", "Stays", ""),
        population(
            "mo",
            "measure-observation",
            "Days",
            &format!("{},{}", of("aggregateMethod", "median"), of("criteriaReference", "mp")),
        ),
    ];
    let more = r#","stratifier":[{"id":"s","criteria":{"expression":"Grown"}}]"#;
    let part = |people: &[String]| run("continuous-variable", "Encounter", &populations, more, people).report;
    let people = people();
    let merged = merge_reports(&[part(&people[..1]), part(&people[1..])]).expect("merged");
    is_valid(&merged);
    let (a, b) = (Json::parse(merged.as_bytes()).expect("json"), Json::parse(part(&people).as_bytes()).expect("json"));
    let sorted = |json: &Json| {
        let text = json.to_string();
        let mut parts: Vec<String> = text.split(['{', '}', '[', ']']).map(|p| p.trim_matches(',').to_owned()).collect();
        parts.sort();
        parts
    };
    assert_eq!(sorted(&a), sorted(&b));
}

#[test]
fn a_function_of_the_patient_observes_people() {
    let populations = [
        population("ip", "initial-population", "Is Patient", ""),
        population("mp", "measure-population", "Is Adult", ""),
        population("mo", "measure-observation", "Age Of", &of("aggregateMethod", "Average")),
    ];
    let outcome = run("continuous-variable", "boolean", &populations, "", &people());
    assert_eq!(outcome.parts("observations"), ["[65]", "[]", "[55]"]);
    assert_eq!(outcome.score(), Some("60.000000"));
}

#[test]
fn a_ratio_has_observations_of_its_own_for_either_side() {
    let observation = |id: &str, of_: &str| {
        population(
            id,
            "measure-observation",
            "Days",
            &format!("{},{}", of("aggregateMethod", "Sum"), of("criteriaReference", of_)),
        )
    };
    let populations = [
        population("ip", "initial-population", "Stays", ""),
        population("d", "denominator", "Stays", ""),
        observation("do", "d"),
        population("n", "numerator", "Long Stays", ""),
        observation("no", "n"),
    ];
    let outcome = run("ratio", "Encounter", &populations, "", &people());
    assert_eq!(outcome.parts("observations"), ["[2,10,10]", "[5,5]", "[]"]);
    // 15 of 17 days.
    assert_eq!(outcome.score(), Some("0.882353"));
}

#[test]
fn a_ratio_may_have_an_initial_population_for_either_side() {
    let populations = [
        population("ip-d", "initial-population", "Stays", ""),
        population("ip-n", "initial-population", "Emergencies", ""),
        population("d", "denominator", "Stays", &of("criteriaReference", "ip-d")),
        population("n", "numerator", "Stays", &of("criteriaReference", "ip-n")),
    ];
    let outcome = run("ratio", "Encounter", &populations, "", &people());
    assert!(outcome.parts("populations")[0].contains(r#""n":1"#), "{:?}", outcome.parts("populations"));
    assert_eq!(outcome.score(), Some("0.333333"));
}

#[test]
fn a_cohort_counts_its_initial_population_of_any_basis() {
    let of_basis = |basis: &str, expression: &str| {
        let populations = [population("ip", "initial-population", expression, "")];
        run("cohort", basis, &populations, "", &people()).parts("populations")
    };
    assert_eq!(of_basis("Procedure", "Procedures")[0], r#"{"ip":1,"initial-population":1}"#);
    assert_eq!(of_basis("Encounter", "Stays")[0], r#"{"ip":2,"initial-population":2}"#);
    assert_eq!(of_basis("boolean", "Stays")[0], r#"{"ip":1,"initial-population":1}"#);
}

#[test]
fn who_is_excluded_is_not_asked_for_the_numerator_and_who_meets_it_is_no_exception() {
    let populations = [
        population("ip", "initial-population", "Stays", ""),
        population("d", "denominator", "Stays", ""),
        population("dx", "denominator-exclusion", "Emergencies", ""),
        population("n", "numerator", "Long Stays", ""),
        population("de", "denominator-exception", "Stays", ""),
    ];
    let outcome = run("proportion", "Encounter", &populations, "", &people());
    let first = &outcome.lines[0];
    let count = |id: &str| first.at(&format!("populations.{id}")).expect("count").to_string();
    assert_eq!((count("d"), count("dx"), count("n"), count("de")), ("2".into(), "1".into(), "1".into(), "0".into()));
    assert_eq!(outcome.score(), Some("1.000000"));
}

#[test]
fn strata_divide_people_by_value_and_events_by_list_or_function() {
    let populations = [
        population("ip", "initial-population", "Stays", ""),
        population("d", "denominator", "Stays", ""),
        population("n", "numerator", "Long Stays", ""),
    ];
    let more = r#","stratifier":[
        {"id":"by-value","criteria":{"expression":"Grown"}},
        {"id":"by-list","criteria":{"expression":"Emergencies"}},
        {"id":"by-function","criteria":{"expression":"Class Of"}},
        {"id":"of-two","component":[{"criteria":{"expression":"Grown"}},{"criteria":{"expression":"Sex"}}]}]"#;
    let outcome = run("proportion", "Encounter", &populations, more, &people());
    assert_eq!(
        outcome.parts("strata")[0],
        r#"{"by-value":"adult","by-list":true,"by-function":"EMER; IMP","of-two":"adult; female"}"#
    );
    let stratum = |stratifier: &str, value: &str| {
        let (_, rest) = outcome.report.split_once(&format!(r#""id":"{stratifier}""#)).expect("stratifier");
        let (_, rest) = rest.split_once(&format!(r#"{{"text":"{value}"}}"#)).expect("stratum");
        rest.split(r#""count":"#).skip(1).take(3).map(|c| c[..1].to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(stratum("by-value", "adult"), "2 2 1");
    assert_eq!(stratum("by-list", "true"), "1 1 0");
    assert_eq!(stratum("by-list", "false"), "2 2 2");
    assert_eq!(stratum("by-function", "IMP"), "2 2 2");
    assert_eq!(stratum("of-two", "child; male"), "1 1 1");
}

#[test]
fn supplemental_data_is_counted_once_per_person_in_an_initial_population() {
    let populations = [population("ip", "initial-population", "Stays", "")];
    let outcome = run("cohort", "Encounter", &populations, "", &people());
    let told = |sex: &str| outcome.report.contains(&format!(r#""code":{{"text":"{sex}"}},"valueInteger":1}}"#));
    assert!(told("female") && told("male"), "{}", outcome.report);
    assert!(outcome.report.contains("extension-MeasureReport.supplementalData"));
}

#[test]
fn data_requirements_name_what_a_measure_asks_for() {
    let measure = r#"{"resourceType":"Measure","name":"M","library":["Own"],"scoring":{"coding":[{"code":"cohort"}]},
        "group":[{"population":[{"code":{"coding":[{"code":"initial-population"}]},"criteria":{"expression":"Long Stays"}}]}]}"#;
    let source = |name: &str, text: &str| [Source { name: name.into(), text: text.into() }];
    let package = load(&source("m.json", measure), &source("Own.cql", LIBRARY), &[], Options::default());
    let mut text = String::new();
    continuo_cql::measure::requirements::of_measure(&package.plan, 0).write(&mut text);
    is_valid(&text);
    assert!(text.contains(r#""code":"module-definition""#), "{text}");
    assert!(text.contains(r#""dataRequirement":[{"type":"Encounter","#), "{text}");
    assert!(text.contains(r#""name":"Measurement Period","use":"in","min":0,"max":"1","type":"Period""#), "{text}");
    assert!(!text.contains("Procedure"), "{text}");
}

#[test]
fn a_measure_that_cannot_be_computed_says_why() {
    let refused = |measure: &str| {
        let source = |name: &str, text: &str| [Source { name: name.into(), text: text.into() }];
        let package = load(&source("m.json", measure), &source("Own.cql", LIBRARY), &[], Options::default());
        format!("{:?} {:?}", package.problems, package.plan.refused)
    };
    let composite = r#"{"resourceType":"Measure","name":"C","library":["L"],"scoring":{"coding":[{"code":"composite"}]},"group":[{}]}"#;
    assert!(refused(composite).contains("names no measures that it is made of"));
    let missing = r#"{"resourceType":"Measure","name":"C","library":["http://x/Library/Gone|2"],"group":[{}]}"#;
    assert!(refused(missing).contains("library `Gone` is not loaded"));
    let undefined = r#"{"resourceType":"Measure","name":"C","library":["Own"],"group":[{"population":[{"code":{"coding":[{"code":"numerator"}]},"criteria":{"expression":"Gone"}}]}]}"#;
    assert!(refused(undefined).contains("there is no definition `Gone`"));
}

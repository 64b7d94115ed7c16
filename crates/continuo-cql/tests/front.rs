//! What the front end says about CQL that is wrong, and that it takes what is right.

use continuo_cql::deep_stack;
use continuo_cql::front::model::ModelInfo;
use continuo_cql::front::workspace::{Source, translate_all};

/// All that is said about a library.
fn said(text: &str) -> Vec<String> {
    said_of(&[("Test.cql", text)])
}

/// All that is said about the last of several libraries.
fn said_of(files: &[(&str, &str)]) -> Vec<String> {
    let sources: Vec<Source> =
        files.iter().map(|(name, text)| Source { name: (*name).into(), text: (*text).into() }).collect();
    deep_stack(|| {
        let results = translate_all(&sources, &[ModelInfo::fhir()]);
        let last = results.iter().find(|r| r.source + 1 == sources.len()).expect("a result per source");
        last.translated.problems.iter().map(|p| p.display(&sources[last.source].text)).collect()
    })
}

fn with_fhir(body: &str) -> String {
    format!(
        "library T using FHIR version '4.0.1' include FHIRHelpers version '4.0.1'\n\
         codesystem \"LOINC\": 'http://loinc.org'\n valueset \"Set\": 'urn:set'\n context Patient\n{body}"
    )
}

#[test]
fn the_commonest_mistakes_are_answered_with_what_helps() {
    for (body, place, helps) in [
        ("define A: 1 == 2", "5:14: expected an expression, found `=`", "equality is a single `=`"),
        ("define A: 1 <> 2", "5:14: expected an expression, found `>`", "not equal is `!=`"),
        ("define A: true && false", "5:17: expected an expression, found `&`", "write `and`"),
        ("define A: true || false", "5:17: expected an expression, found `|`", "write `or`"),
        ("define A: !true", "5:11: `!` does not belong here", "write `not`"),
        ("define A = 1", "5:10: expected `:`, found `=`", "define Name: expression"),
        ("define 'A': 1", "5:8: expected the definition's name, found the text 'A'", "names stand in double quotes"),
        ("valueset X: \"urn:x\"", "5:13: expected the identifier as text", "text stands in single quotes"),
        ("define A: if true then 1", "5:25: expected `else`", "write `else null`"),
        ("define A: (1 + 2", "5:17: expected `)`", "is not closed"),
        (
            "define A: [Encounter] E with [Condition] C where true",
            "5:44: expected `such that`",
            "followed by `such that`",
        ),
        ("define A: case when true then 1 else 2", "5:39: expected `end`", "ends with `end`"),
        ("define A: \u{201c}Set\u{201d}", "5:11: `\u{201c}` does not belong here", "straight double quotes"),
        (
            "define A: [Encounter] E where E.status = \"finished\"",
            "5:42: `finished` is not defined",
            "single quotes: 'finished'",
        ),
        ("define Total: 1 define A: totl", "5:27: `totl` is not defined", "did you mean `Total`?"),
        (
            "define A: [Encounter] E return E.perod",
            "5:32: FHIR.Encounter has no element `perod`",
            "did you mean `period`?",
        ),
        ("define A: [Encunter]", "5:11: type `Encunter` is not known", "did you mean `Encounter`?"),
        ("define A: Frist({1})", "5:11: there is no function `Frist`", "did you mean `First`?"),
        ("define A: Today() > 2026-01-31", "5:11: `>` cannot work on Date and Integer", "`@2026-01-31`"),
        ("define A: [Observation] O where O.code = 'x'", "5:33: Concept cannot be compared with String", "with `~`"),
        (
            "define A: [Observation] O where [Condition]",
            "5:33: expected a Boolean, found List<FHIR.Condition>",
            "`exists`",
        ),
        ("define A: Encounter", "5:11: `Encounter` is not defined", "`[Encounter]`"),
        ("define A: {1, 2} > 1", "5:11: `>` cannot work on List<Integer> and Integer", "`First(..)`"),
        ("define A: '5' > 4", "5:11: `>` cannot work on String and Integer", "`ToInteger(..)`"),
        ("define A: $this", "5:11: `$this` has no meaning here", "`where(..)`"),
        ("define A: [Patient -> Observation]", "5:20: expected `]`, found `-`", "another person's record"),
        ("define A: [Encounter] end return 1", "5:23: expected", ""),
        ("define A: B define B: A", "5:1: `A` rests on itself", "cannot ask for its own value"),
        ("define A: 1 define A: 2", "5:13: `A` is defined twice", ""),
        ("define \"Set\": 2", "5:1: `Set` is defined twice", "also a value set"),
        ("define function f(a Integer): a define function f(b Integer): b", "5:33: function `f` is defined twice", ""),
    ] {
        let all = said(&with_fhir(body));
        let found = all.iter().any(|line| line.starts_with(place) && line.contains(helps));
        assert!(found, "{body}: expected `{place}` .. `{helps}`, said {all:?}");
    }
}

#[test]
fn models_that_are_not_fhir_are_refused_by_name() {
    for (model, helps) in [("QDM", "QDM is not FHIR"), ("QUICK", "replaced by QI-Core"), ("QICore", "--model")] {
        let all = said(&format!("library T using {model} version '1' define A: 1"));
        assert!(all[0].starts_with("1:11: model") && all[0].contains(helps), "{all:?}");
    }
}

#[test]
fn every_fault_of_a_text_is_said_once_in_order() {
    let all = said(&with_fhir("define A: foo\ndefine B: 1 +\ndefine C: bar"));
    assert_eq!(all.len(), 3, "{all:?}");
    assert!(
        all[0].starts_with("5:11") && all[1].starts_with("7:1: expected an expression") && all[2].starts_with("7:11")
    );
}

#[test]
fn private_definitions_stay_in_their_library() {
    let inner = "library B define private P: 1 define Q: P define private function f(a Integer): a";
    let outer = "library A include B called X define R: X.Q define S: X.P define T: X.f(1)";
    let all = said_of(&[("B.cql", inner), ("A.cql", outer)]);
    assert_eq!(all, ["1:54: `P` of library `X` is private", "1:68: function `f` of library `X` is private"]);
}

#[test]
fn a_name_of_an_included_library_is_found() {
    let all = said_of(&[
        ("B.cql", "library B define Adult: true"),
        ("A.cql", "library A include B called X define R: Adult"),
    ]);
    assert_eq!(all, ["1:40: `Adult` is not defined (it is of an included library: write `X.\"Adult\"`)"]);
}

#[test]
fn what_the_grammar_allows_is_taken() {
    let body = r#"
        /* a comment */ // and another
        code "Weight": '29463-7' from "LOINC" display 'Body weight'
        concept "Weights": { "Weight", "Weight" } display 'Weights'
        valueset "Dated": 'urn:dated' version '2026' codesystems { "LOINC" }
        parameter "Measurement Period" Interval<DateTime> default Interval[@2026-01-01T00:00:00.0, @2027-01-01T00:00:00.0)
        parameter Limit default 5
        parameter Names List<String>
        define `Back ticked`: 'it\'s a \"quote\" \u0041 \\ \/ \t'
        define "Quoted \"name\"": `Back ticked`
        define public Later: Earlier + 1
        define private Earlier: Limit
        define fluent function double(value Integer): value * 2
        define function over(value Integer): value
        define function over(value String): Length(value)
        define function over(value List<Integer>) returns Integer: Sum(value)
        define Overloads: over(1) + over('abc') + over({1, 2}) + (3).double()
        define Outside: external(1)
        define function external(value Integer) returns Integer : external
        define Of: [Observation: code in "Set"] O return O.value as Quantity
        define Same: [Observation: code ~ "Weight"] union [Observation: "Weight"] union [Observation: "Weights"]
        define Case: case when true then 1 when false then 2 else null end
        define Tuples: Tuple { a: 1, "b c": 'x', d: null }.a
        define Choices: (null as Choice<Integer, String>)
        define Kinds: [Condition] C where C.onset is dateTime return C.onset as dateTime
        define Nested: flatten ([Patient] P return P.name N return N.given)
        define Extensions: Patient.extension.where(url = 'urn:race').first()
        define Born: Patient.birthDate.value between @1900-01-01 and Today()
        define Ages: AgeInYearsAt(start of "Measurement Period") >= 18 and AgeInMonths() > 1
        define Timing: [Encounter] E where E.period starts 3 days or less before start "Measurement Period"
            or E.period ends within 3 days of end "Measurement Period" or E.period during day of "Measurement Period"
    "#;
    let text = with_fhir(body);
    let all = said(&text);
    assert!(all.is_empty(), "{all:#?}");
}

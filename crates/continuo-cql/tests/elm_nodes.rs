//! ELM nodes that the translator does not write but other producers may.

use continuo_cql::compile::Compiler;
use continuo_cql::elm::library::{Library, Shelf};
use continuo_cql::eval::{Limits, Session};
use continuo_cql::value::DateTime;
use continuo_cql::{Record, Terminology};

fn evaluated(expression: &str) -> Result<String, String> {
    let text = format!(
        r#"{{"library":{{"identifier":{{"id":"T"}},"statements":{{"def":[{{"name":"x","context":"Patient","expression":{expression}}}]}}}}}}"#
    );
    let mut shelf = Shelf::default();
    shelf.libraries.push(Library::parse(&text, "T")?);
    let mut terms = Terminology::default();
    let mut compiler = Compiler::new(&shelf, &mut terms);
    let id = compiler.definition(0, "x").map_err(|e| e.to_string())?;
    let program = compiler.finish();
    let now = DateTime::parse("2026-06-01T12:00:00.000", 0).expect("date");
    let session = Session::new(&program, &terms, now, Limits { steps: 100_000, ..Limits::default() });
    let record = Record::new();
    let mut evaluator = session.patient(&record);
    evaluator.definition(id).map(|v| v.to_string()).map_err(|f| f.to_string())
}

fn number(n: i32) -> String {
    format!(r#"{{"type":"Literal","valueType":"{{urn:hl7-org:elm-types:r1}}Integer","value":"{n}"}}"#)
}

fn list(items: &[i32]) -> String {
    let items: Vec<String> = items.iter().map(|n| number(*n)).collect();
    format!(r#"{{"type":"List","element":[{}]}}"#, items.join(","))
}

#[test]
fn a_loop_knows_the_number_of_its_item() {
    let element = r#"{"type":"Add","operand":[{"type":"Current"},{"type":"Iteration"}]}"#;
    let each = format!(r#"{{"type":"ForEach","source":{},"element":{element}}}"#, list(&[10, 20, 30]));
    assert_eq!(evaluated(&each).as_deref(), Ok("{10, 21, 32}"));
    let condition = format!(r#"{{"type":"Less","operand":[{{"type":"Iteration"}},{}]}}"#, number(2));
    let filter = format!(r#"{{"type":"Filter","source":{},"condition":{condition}}}"#, list(&[5, 6, 7]));
    assert_eq!(evaluated(&filter).as_deref(), Ok("{5, 6}"));
    assert!(evaluated(r#"{"type":"Iteration"}"#).unwrap_err().contains("outside the loop"));
}

#[test]
fn an_aggregate_carries_its_total() {
    let iteration = r#"{"type":"Multiply","operand":[{"type":"Total"},{"type":"Current"}]}"#;
    let fold = format!(
        r#"{{"type":"Aggregate","source":{},"initialValue":{},"iteration":{iteration}}}"#,
        list(&[2, 3, 4]),
        number(1)
    );
    assert_eq!(evaluated(&fold).as_deref(), Ok("24"));
}

#[test]
fn repeat_ends_when_nothing_new_comes() {
    let modulo = format!(
        r#"{{"type":"Modulo","operand":[{{"type":"Add","operand":[{{"type":"Current"}},{}]}},{}]}}"#,
        number(2),
        number(6)
    );
    let repeat = format!(r#"{{"type":"Repeat","source":{},"element":{modulo}}}"#, list(&[0]));
    assert_eq!(evaluated(&repeat).as_deref(), Ok("{2, 4, 0}"));
    let endless = r#"{"type":"Add","operand":[{"type":"Current"},{"type":"Literal","valueType":"{urn:hl7-org:elm-types:r1}Integer","value":"1"}]}"#;
    let endless = format!(r#"{{"type":"Repeat","source":{},"element":{endless}}}"#, list(&[0]));
    assert!(evaluated(&endless).unwrap_err().contains("more steps than allowed"));
}

/// The value of `x` in a library of these statements, over a patient with encounters in January and March.
fn with_stays(statements: &str) -> String {
    let text = format!(r#"{{"library":{{"identifier":{{"id":"T"}},"statements":{{"def":[{statements}]}}}}}}"#);
    let mut shelf = Shelf::default();
    shelf.libraries.push(Library::parse(&text, "T").expect("elm"));
    let mut terms = Terminology::default();
    let mut compiler = Compiler::new(&shelf, &mut terms);
    let id = compiler.definition(0, "x").expect("compiles");
    let program = compiler.finish();
    let now = DateTime::parse("2026-06-01T12:00:00.000", 0).expect("date");
    let session = Session::new(&program, &terms, now, Limits::default());
    let stay = |id: &str, month: &str| {
        format!(
            r#"{{"resource":{{"resourceType":"Encounter","id":"{id}","status":"finished","period":{{"start":"2026-{month}-05T00:00:00Z","end":"2026-{month}-06T00:00:00Z"}}}}}}"#
        )
    };
    let bundle = format!(
        r#"{{"resourceType":"Bundle","entry":[{{"resource":{{"resourceType":"Patient","id":"p"}}}},{},{}]}}"#,
        stay("a", "01"),
        stay("b", "03")
    );
    let packed = continuo_fhir::packed::pack_text(bundle.as_bytes()).expect("json");
    let record = Record::from_bundle(continuo_fhir::root(&packed).expect("packed"));
    session.patient(&record).definition(id).map_or_else(|f| f.to_string(), |v| v.to_string())
}

fn january() -> String {
    let day = |d: i32| {
        format!(
            r#"{{"type":"DateTime","year":{},"month":{},"day":{},"hour":{}}}"#,
            number(2026),
            number(1),
            number(d),
            number(0)
        )
    };
    format!(r#"{{"type":"Interval","lowClosed":true,"highClosed":true,"low":{},"high":{}}}"#, day(1), day(31))
}

#[test]
fn a_date_range_that_a_retrieve_carries_is_kept() {
    let definition = |filter: &str| {
        format!(
            r#"{{"name":"x","context":"Patient","expression":{{"type":"Count","source":{{"type":"Retrieve","dataType":"{{http://hl7.org/fhir}}Encounter"{filter}}}}}}}"#
        )
    };
    assert_eq!(with_stays(&definition("")), "2");
    let range = january();
    assert_eq!(with_stays(&definition(&format!(r#","dateProperty":"period","dateRange":{range}"#))), "1");
    let listed = format!(r#","dateFilter":[{{"property":"period.start","value":{range}}}]"#);
    assert_eq!(with_stays(&definition(&listed)), "1");
}

#[test]
fn an_overload_is_chosen_by_its_values_where_elm_states_no_types() {
    let function = |kind: &str, result: &str| {
        format!(
            r#"{{"type":"FunctionDef","name":"f","context":"Patient","operand":[{{"name":"a","operandTypeSpecifier":{{"type":"NamedTypeSpecifier","name":"{kind}"}}}}],
               "expression":{{"type":"Literal","valueType":"{{urn:hl7-org:elm-types:r1}}String","value":"{result}"}}}}"#
        )
    };
    let call = |argument: &str| format!(r#"{{"type":"FunctionRef","name":"f","operand":[{argument}]}}"#);
    let first = r#"{"type":"First","source":{"type":"Retrieve","dataType":"{http://hl7.org/fhir}Encounter"}}"#;
    for (argument, wanted) in
        [(number(1), "'a number'"), (first.to_owned(), "'a stay'"), (r#"{"type":"Null"}"#.to_owned(), "'text'")]
    {
        let statements = [
            function("{urn:hl7-org:elm-types:r1}Integer", "a number"),
            function("{http://hl7.org/fhir}Encounter", "a stay"),
            function("{urn:hl7-org:elm-types:r1}String", "text"),
            format!(r#"{{"name":"x","context":"Patient","expression":{}}}"#, call(&argument)),
        ];
        assert_eq!(with_stays(&statements.join(",")), wanted);
    }
}

#[test]
fn another_persons_record_is_refused_by_name() {
    let retrieve = r#"{"type":"Retrieve","dataType":"{http://hl7.org/fhir}Condition","context":{"type":"Null"}}"#;
    assert!(evaluated(retrieve).unwrap_err().contains("another person's record"));
}

#[test]
fn what_is_no_elm_is_refused_without_harm() {
    for expression in [
        r#"{"type":"Nonsense"}"#,
        r#"{"type":"Add","operand":[]}"#,
        r#"{"type":"Query"}"#,
        r#"{"type":"ForEach"}"#,
        r#"{"type":"If"}"#,
        r#"{"type":"Interval","low":{"type":"Current"}}"#,
        r#"{"type":"Case","caseItem":[{}]}"#,
        r#"{"type":"Retrieve"}"#,
        r#"{"type":"FunctionRef","name":"f"}"#,
        r#"{"type":"ValueSetRef","name":"v"}"#,
        r#"{"type":"Literal","value":{}}"#,
        r#"{"operand":[{"type":1}]}"#,
        "[]",
        "null",
    ] {
        let _ = evaluated(expression);
    }
}

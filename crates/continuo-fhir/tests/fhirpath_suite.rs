//! HL7's FHIRPath tests for R4.

mod support;

use continuo_fhir::fhirpath::{Context, Error, Expression, Item, Value};
use continuo_fhir::{DateTime, Json, pack, root};
use std::collections::BTreeMap;
use std::path::Path;

#[test]
fn the_official_suite_passes() {
    let Some(folder) = support::eval("fhir/fhirpath") else { return };
    let text = std::fs::read_to_string(folder.join("tests-fhir-r4.xml")).expect("suite can be read");
    let suite = support::xml::parse(&text);
    let mut inputs: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let (mut passed, mut total) = (0, 0);
    let mut failures = BTreeMap::new();
    for group in suite.all("group") {
        for test in group.all("test") {
            total += 1;
            let file = test.attribute("inputfile").unwrap_or("patient-example.xml");
            let input = inputs.entry(file.to_string()).or_insert_with(|| load(&folder.join("input").join(file)));
            let expression = test.child("expression").expect("test has an expression");
            match run(test, expression, input) {
                Ok(()) => passed += 1,
                Err(why) => {
                    let name = |e: &support::xml::Element| e.attribute("name").unwrap_or_default().to_string();
                    failures.insert(
                        format!("{}/{}", name(group), name(test)),
                        format!("{} -> {why}", expression.text.trim()),
                    );
                }
            }
        }
    }
    println!("fhirpath suite: {passed} of {total}");
    support::compare_gaps("fhirpath.toml", &failures);
}

fn load(path: &Path) -> Vec<u8> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let json = if path.extension().is_some_and(|e| e == "xml") {
        support::xml::resource(&support::xml::parse(&text))
    } else {
        Json::parse(text.as_bytes()).expect("input is JSON")
    };
    pack(&json)
}

fn run(test: &support::xml::Element, expression: &support::xml::Element, input: &[u8]) -> Result<(), String> {
    let invalid = expression.attribute("invalid");
    let parsed = match Expression::parse(&expression.text) {
        Ok(parsed) => parsed,
        Err(error) => return if invalid.is_some() { Ok(()) } else { Err(error.to_string()) },
    };
    let node = root(input).map_err(|e| e.to_string())?;
    let mut context = Context::of(node);
    context.now = DateTime::parse("2026-08-01T10:00:00.000+00:00");
    context.is_strict = invalid == Some("semantic");
    let result = parsed.evaluate(&context, vec![Value::Item(Item::resource(node))]);
    let values = match (result, invalid) {
        (Err(_), Some(_)) => return Ok(()),
        (Ok(values), Some(kind)) => return Err(format!("must fail ({kind}), gave {values:?}")),
        (Err(Error::Execution(why) | Error::Semantic(why)), None) => return Err(why),
        (Err(why), None) => return Err(why.to_string()),
        (Ok(values), None) => values,
    };
    if test.attribute("predicate") == Some("true") {
        let truth = !values.is_empty();
        let expected = test.child("output").map(|o| o.text.trim() == "true");
        return if expected == Some(truth) { Ok(()) } else { Err(format!("gave {values:?}")) };
    }
    let expected: Vec<&support::xml::Element> = test.all("output").collect();
    if expected.len() != values.len() {
        return Err(format!("expected {} values, gave {values:?}", expected.len()));
    }
    let shown: Vec<String> = values.iter().map(show).collect();
    let wanted: Vec<String> = expected.iter().map(|o| o.text.trim().to_string()).collect();
    let mut left = shown.clone();
    let is_ordered = test.attribute("ordered") != Some("false");
    let same = if is_ordered {
        shown.iter().zip(&wanted).all(|(a, b)| matches_text(a, b))
    } else {
        wanted.iter().all(|w| left.iter().position(|s| matches_text(s, w)).map(|i| left.remove(i)).is_some())
    };
    if same { Ok(()) } else { Err(format!("expected {wanted:?}, gave {shown:?}")) }
}

fn matches_text(shown: &str, wanted: &str) -> bool {
    shown.trim() == wanted || shown.trim_start_matches('@') == wanted.trim_start_matches('@')
}

fn show(value: &Value<'_>) -> String {
    match value.system() {
        Value::Boolean(v) => v.to_string(),
        Value::Integer(v) => v.to_string(),
        Value::Decimal(v) => v.to_string(),
        Value::Text(v) => v.to_string(),
        Value::Date(v) => format!("@{v}"),
        Value::DateTime(v) => format!("@{v}"),
        Value::Time(v) => format!("@T{v}"),
        Value::Quantity(v, unit) => format!("{v} '{unit}'"),
        Value::Type(space, name) => format!("{space}.{name}"),
        Value::Item(item) => format!("{item:?}"),
    }
}

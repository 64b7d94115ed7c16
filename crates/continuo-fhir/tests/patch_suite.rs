//! The published tests of JSON Patch and FHIRPath Patch.

mod support;

use continuo_fhir::Json;
use continuo_fhir::patch::{fhirpath_patch, json_patch};

#[test]
fn json_patch_cases_pass() {
    let Some(folder) = support::eval("fhir/patch") else { return };
    let bytes = std::fs::read(folder.join("json-patch-tests.json")).expect("cases can be read");
    let cases = Json::parse(&bytes).expect("cases are JSON");
    for case in cases.items() {
        let comment = case.str_at("comment").unwrap_or_default();
        let (document, patch) =
            (case.get("doc").expect("case has a document"), case.get("patch").expect("and a patch"));
        match (json_patch(document, patch), case.get("expected")) {
            (Ok(result), Some(expected)) => assert_eq!(&sorted(&result), &sorted(expected), "{comment}"),
            (Err(_), None) => {}
            (result, _) => panic!("{comment}: {result:?}"),
        }
    }
    println!("json patch: {} cases", cases.items().len());
}

#[test]
fn fhirpath_patch_cases_pass() {
    let Some(folder) = support::eval("fhir/patch") else { return };
    let text = std::fs::read_to_string(folder.join("fhir-patch-tests.xml")).expect("cases can be read");
    let suite = support::xml::parse(&text);
    let mut failures = Vec::new();
    let mut total = 0;
    for case in suite.all("case") {
        total += 1;
        let name = case.attribute("name").unwrap_or_default();
        let inside = |part: &str| case.child(part).and_then(|p| p.children.first()).map(support::xml::resource);
        let (input, diff) = (inside("input").expect("case has an input"), inside("diff").expect("and a diff"));
        match (fhirpath_patch(&input, &diff), inside("output")) {
            (Ok(result), Some(expected)) if sorted(&result) == sorted(&expected) => {}
            (Err(_), None) => {}
            (Ok(result), expected) => failures.push(format!("{name}: {result} expected {expected:?}")),
            (Err(error), _) => failures.push(format!("{name}: {error}")),
        }
    }
    println!("fhirpath patch: {} of {total}", total - failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Fields in order of name: a patch does not promise an order.
fn sorted(json: &Json) -> Json {
    match json {
        Json::Array(items) => Json::Array(items.iter().map(sorted).collect()),
        Json::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
            fields.sort_by(|a, b| a.0.as_str().cmp(b.0.as_str()));
            Json::Object(fields)
        }
        // Narrative comes from XML in one place and from text in the other: quotes and spacing differ.
        Json::String(text) => {
            let words: Vec<&str> = text.split_whitespace().collect();
            Json::from(words.join(" ").replace("&quot;", "\""))
        }
        other => other.clone(),
    }
}

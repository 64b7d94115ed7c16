//! HL7's validator cases for R4: is the verdict (valid or not) the same as the reference validator's?
//!
//! That validator has a terminology server and knows profiles; what only those can tell is out of reach here, so the
//! suite has a floor and not a full score.

mod support;

use continuo_fhir::{Json, pack, root, validate};
use std::collections::BTreeMap;

#[test]
fn verdicts_agree_with_the_reference_validator() {
    let Some(folder) = support::eval("fhir/validator") else { return };
    let bytes = std::fs::read(folder.join("cases.json")).expect("list can be read");
    let cases = Json::parse(&bytes).expect("list is JSON");
    let (mut agreed, mut total) = (0, 0);
    let mut failures = BTreeMap::new();
    for case in cases.items() {
        total += 1;
        let read = |field: &str| {
            let path = folder.join(case.str_at(field).expect("case names its files"));
            std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
        };
        let outcome = Json::parse(&read("expected")).expect("outcome is JSON");
        let errors = |outcome: &Json| -> Vec<String> {
            let issues = outcome.get("issue").map(Json::items).unwrap_or_default().iter();
            let bad = issues.filter(|i| matches!(i.str_at("severity"), Some("error" | "fatal")));
            bad.filter_map(|i| i.str_at("details.text").or_else(|| i.str_at("diagnostics")))
                .map(str::to_string)
                .collect()
        };
        let expected = errors(&outcome);
        let found: Vec<String> = match Json::parse(&read("input")) {
            Err(error) => vec![error.to_string()],
            Ok(json) => {
                let packed = pack(&json);
                let issues = validate::full(root(&packed).expect("just packed"));
                issues.iter().filter(|i| i.is_error()).map(ToString::to_string).collect()
            }
        };
        if expected.is_empty() == found.is_empty() {
            agreed += 1;
        } else {
            let name = case.str_at("name").unwrap_or_default();
            let module = case.str_at("module").unwrap_or_default();
            let shown = if found.is_empty() { ("missed", &expected) } else { ("false alarm", &found) };
            let lines: Vec<&str> = shown.1.iter().take(3).map(String::as_str).collect();
            failures.insert(format!("{module}/{name}"), format!("{}: {}", shown.0, lines.join(" ; ")));
        }
    }
    println!("validator cases: {agreed} of {total} verdicts agree");
    support::compare_gaps("validator.toml", &failures);
}

//! A library of CQL over a bundle: text in, values and evidence out.

use continuo_cql::compile::Compiler;
use continuo_cql::elm::Tree;
use continuo_cql::elm::library::{Library, Shelf};
use continuo_cql::eval::{Evaluator, Limits, Session, parse_period, period};
use continuo_cql::front::model::ModelInfo;
use continuo_cql::front::workspace::{Source, translate_all};
use continuo_cql::value::DateTime;
use continuo_cql::{Record, Terminology, deep_stack};
use continuo_fhir::{Json, pack, root};

/// Translates `body` (its statements) and evaluates over a bundle of `resources` in the year 2026.
pub(crate) fn with_patient<T: Send>(
    body: &str,
    resources: &str,
    look: impl FnOnce(&mut Evaluator<'_>, &dyn Fn(&str) -> u32) -> T + Send,
) -> T {
    let text = format!(
        "library Test using FHIR version '4.0.1' include FHIRHelpers version '4.0.1'\n\
         codesystem \"S\": 'urn:s'\n valueset \"Screening\": 'urn:vs:screening'\n valueset \"Test\": 'urn:vs:test'\n\
         code \"A1c\": 'a1c' from \"S\"\n\
         parameter \"Measurement Period\" Interval<DateTime>\n context Patient\n{body}"
    );
    deep_stack(|| {
        let sources = [Source { name: "Test.cql".into(), text }];
        let mut shelf = Shelf::default();
        for result in translate_all(&sources, &[ModelInfo::fhir()]) {
            let problems: Vec<String> =
                result.translated.problems.iter().map(|p| p.display(&sources[0].text)).collect();
            assert!(problems.is_empty(), "{problems:?}");
            let Tree::Object(mut fields) = result.translated.elm else { panic!("no library") };
            shelf.libraries.push(Library::from_tree(fields.remove(0).1, "Test").expect("library"));
        }
        let mut terms = Terminology::default();
        for (url, codes) in [("urn:vs:screening", ["colo", "fit"]), ("urn:vs:test", ["a1c", "other"])] {
            let contains: Vec<String> = codes.iter().map(|c| format!(r#"{{"system":"urn:s","code":"{c}"}}"#)).collect();
            let set = format!(r#"{{"url":"{url}","expansion":{{"contains":[{}]}}}}"#, contains.join(","));
            terms.add_value_set(&Tree::parse(&set).expect("json")).expect("value set");
        }
        let mut compiler = Compiler::new(&shelf, &mut terms);
        for name in compiler.definition_names(0) {
            compiler.definition(0, &name).expect("compiles");
        }
        let program = compiler.finish();
        let now = DateTime::parse("2026-06-01T12:00:00.000", 0).expect("date");
        let mut session = Session::new(&program, &terms, now, Limits { depth: 5000, ..Limits::default() });
        let (start, end) = parse_period("2026-01-01/2026-12-31", 0).expect("period");
        session.set_parameter("Measurement Period", &period(start, end));
        let entries: Vec<String> =
            Json::parse(format!("[{resources}]").as_bytes()).expect("json").items().iter().map(entry).collect();
        let bundle = format!(r#"{{"resourceType":"Bundle","entry":[{}]}}"#, entries.join(","));
        let packed = pack(&Json::parse(bundle.as_bytes()).expect("json"));
        let record = Record::from_bundle(root(&packed).expect("packed"));
        let mut evaluator = session.patient(&record);
        look(&mut evaluator, &|name| program.definition(0, name).expect("definition"))
    })
}

fn entry(resource: &Json) -> String {
    format!(r#"{{"resource":{resource}}}"#)
}

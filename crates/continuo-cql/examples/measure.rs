//! Scores the engine on an unpacked pack of measures: `measure PACK [NAME...]`.
//!
//! Prints every case that differs from its `expected.json`, then the total. The product's command is `continuo measure`;
//! this is the quick way to look at one measure while working on the engine.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a command-line tool")]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;
use std::{env, fs};

use continuo_cql::elm::Tree;
use continuo_cql::elm::library::{Library, Shelf};
use continuo_cql::eval::{Limits, parse_period};
use continuo_cql::front::model::ModelInfo;
use continuo_cql::front::workspace::{Source, translate_all};
use continuo_cql::measure::{Measure, Options, Plan, Wanted};
use continuo_cql::value::DateTime;
use continuo_cql::{Record, Terminology, deep_stack};
use continuo_fhir::{Json, pack, root};

fn files(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut list: Vec<_> = fs::read_dir(dir).expect("folder").map(|e| e.expect("entry").path()).collect();
    list.sort();
    list
}

/// The libraries translated from their CQL instead of the published ELM.
fn translated(pack_dir: &Path, shelf: &mut Shelf<'_>) {
    let mut sources = Vec::new();
    for path in files(&pack_dir.join("libraries")) {
        if path.extension().is_some_and(|e| e == "cql") {
            let name = path.file_name().expect("name").to_string_lossy().into_owned();
            sources.push(Source { name, text: fs::read_to_string(&path).expect("text") });
        }
    }
    let info = |name: &str| ModelInfo::parse(&fs::read_to_string(pack_dir.join("modelinfo").join(name)).expect("text"));
    let models = [info("qicore-modelinfo-6.0.0.xml").expect("model"), info("fhir-modelinfo-4.0.1.xml").expect("model")];
    let start = Instant::now();
    for result in translate_all(&sources, &models) {
        let source = &sources[result.source];
        for problem in &result.translated.problems {
            println!("{}: {}", source.name, problem.display(&source.text));
        }
        let Tree::Object(mut fields) = result.translated.elm else { continue };
        let name = source.name.trim_end_matches(".cql");
        shelf.libraries.push(Library::from_tree(fields.remove(0).1, name).expect("library"));
    }
    println!("translated in {:?}", start.elapsed());
}

fn main() {
    deep_stack(run);
}

fn run() {
    let args: Vec<String> = env::args().skip(1).collect();
    let pack_dir = Path::new(&args[0]);
    let wanted = &args[1..];
    let start = Instant::now();
    let mut texts = Vec::new();
    for path in files(&pack_dir.join("libraries")) {
        let name = path.file_name().expect("name").to_string_lossy().into_owned();
        if let Some(name) = name.strip_suffix(".elm.json") {
            texts.push((name.to_owned(), fs::read_to_string(&path).expect("text")));
        }
    }
    let mut shelf = Shelf::default();
    if env::var("FROM").is_ok_and(|from| from == "cql") {
        translated(pack_dir, &mut shelf);
    } else {
        for (name, text) in &texts {
            shelf.libraries.push(Library::parse(text, name).expect("library"));
        }
    }
    let mut terms = Terminology::default();
    for path in files(&pack_dir.join("valuesets")) {
        let text = fs::read_to_string(&path).expect("text");
        if let Err(error) = terms.add_value_set(&Tree::parse(&text).expect("json")) {
            println!("{error}");
        }
    }
    let mut measures = Vec::new();
    for path in files(&pack_dir.join("measures")) {
        let text = fs::read_to_string(path.join("measure.json")).expect("text");
        let measure = Measure::parse(&Tree::parse(&text).expect("json")).expect("measure");
        if wanted.is_empty() || wanted.iter().any(|w| measure.name.contains(w.as_str())) {
            measures.push(measure);
        }
    }
    let plan = Plan::new(measures, &shelf, &mut terms, Options::default());
    println!(
        "loaded in {:?}: {} expressions, {} slots",
        start.elapsed(),
        plan.program.exprs.len(),
        plan.program.slot_count
    );
    for note in plan.notes.iter().chain(plan.refused.iter().map(|(_, why)| why)) {
        println!("note: {note}");
    }
    let now = DateTime::parse("2026-06-01T00:00:00.000", 0).expect("date");
    let (mut right, mut total) = (0, 0);
    let mut faults: BTreeMap<String, usize> = BTreeMap::new();
    for (at, planned) in plan.measures.iter().enumerate() {
        let tests = pack_dir.join("measures").join(&planned.measure.name).join("tests");
        let (mut good, mut cases) = (0, 0);
        for case in files(&tests) {
            let expected = Json::parse(&fs::read(case.join("expected.json")).expect("file")).expect("json");
            let text = fs::read(case.join("bundle.json")).expect("file");
            let packed = pack(&Json::parse(&text).expect("json"));
            let record = Record::from_bundle(root(&packed).expect("packed"));
            let date = |key, other: &str| expected.str_at(key).map_or(other.to_owned(), |d| d[..10].to_owned());
            let span = format!("{}/{}", date("period.start", "2026-01-01"), date("period.end", "2026-12-31"));
            let session = plan.session(
                &terms,
                parse_period(&span, 0).expect("period"),
                now,
                Limits { steps: 20_000_000, depth: 20_000 },
            );
            let mut evaluator = session.patient(&record);
            let results = plan.evaluate_measure(&mut evaluator, at, Wanted::default());
            let mut same = true;
            let mut report = String::new();
            for (number, group) in expected.get("group").map_or(&[][..], Json::items).iter().enumerate() {
                let id = group.str_at("id");
                let result =
                    results.iter().find(|r| id == Some(&planned.measure.groups[r.group].id)).or(results.get(number));
                let Some(result) = result else { continue };
                if let Some(error) = &result.error {
                    *faults.entry(error.clone()).or_default() += 1;
                    report.push_str(&format!("   fault {error}\n"));
                }
                for population in group.get("population").map_or(&[][..], Json::items) {
                    let code = population.str_at("code.coding.0.code").unwrap_or_default();
                    if code.contains("observation") {
                        continue;
                    }
                    let wanted = population.get("count").and_then(Json::as_i64).unwrap_or(0);
                    let populations = &planned.measure.groups[result.group].populations;
                    let id = population.str_at("id");
                    let place = populations
                        .iter()
                        .position(|p| id == Some(&p.id))
                        .or(populations.iter().position(|p| p.code == code));
                    let got = place.map_or(0, |p| i64::from(result.counts[p]));
                    if got != wanted {
                        same = false;
                        report.push_str(&format!(
                            "   {} {code}: expected {wanted}, got {got}\n",
                            planned.measure.groups[result.group].id
                        ));
                    }
                }
            }
            cases += 1;
            good += usize::from(same);
            let looked_at = env::var("CASE").is_ok_and(|c| case.to_string_lossy().contains(&c));
            if looked_at {
                // All definitions of the measure's libraries, to see where a result comes from.
                for (id, definition) in plan.program.definitions.iter().enumerate() {
                    let library = &plan.program.libraries[definition.library as usize].0;
                    let mut text = match evaluator.definition(id as u32) {
                        Ok(value) => value.to_string(),
                        Err(fault) => format!("fault: {fault}"),
                    };
                    text.truncate(text.char_indices().nth(400).map_or(text.len(), |(at, _)| at));
                    println!("   {library}.\"{}\" = {text}", definition.name);
                }
            }
            if !same {
                println!("{} {}\n{report}", planned.measure.name, case.display());
            }
        }
        if good < cases {
            println!("== {} {good}/{cases}", planned.measure.name);
        }
        right += good;
        total += cases;
    }
    println!("{faults:#?}");
    println!("right {right} of {total} in {:?}", start.elapsed());
}

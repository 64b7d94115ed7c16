//! Measures through the product: an unpacked pack loaded into a store in memory, its test patients as people of the
//! record, every result against what is expected, and how long one person takes.
//!
//! `cargo run --release -p continuo-care --example measures -- PACK [NAME...]`. A test patient's bundle becomes a person:
//! ids are made unique, and a resource without (or with another) subject is given to its patient, as the pack says.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a command-line tool")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant as Stopwatch;
use std::{env, fs};

use continuo_care::access::{self, Grant, Permission};
use continuo_care::assess::worker;
use continuo_care::measures::compiled::{Compiled, compiled};
use continuo_care::measures::evaluate::{self, Ask, Terms};
use continuo_care::measures::package::File;
use continuo_care::measures::settings::{self, Change};
use continuo_care::measures::{facts, load, round};
use continuo_care::{Actor, Care, Ctx, OrgId};
use continuo_fhir::clock::{FixedClock, SeededIds};
use continuo_fhir::{Instant, Json, ResourceType, Zone};
use continuo_store::tables::org::Org;
use continuo_store::{DbUrl, Prepared, PutOptions, Rid, Scope, Store, StoreOptions};

struct NoEntropy;

impl continuo_care::accounts::Entropy for NoEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

const ORG: OrgId = OrgId(1);
const PERIOD: &str = "2026-01-01/2026-12-31";

fn main() {
    let mut args = env::args().skip(1);
    let pack = PathBuf::from(args.next().expect("a folder of an unpacked pack"));
    let names: Vec<String> = args.collect();
    let ctx = clinic();
    let start = Stopwatch::now();
    let loaded = load::load(&ctx, &package(&pack)).expect("loads");
    println!(
        "{} measures, {} libraries, {} value sets stored in {:.2} s; {} problems",
        loaded.measures.len(),
        loaded.libraries,
        loaded.value_sets,
        start.elapsed().as_secs_f64(),
        loaded.problems.len()
    );
    loaded.problems.iter().for_each(|problem| println!("  {problem}"));
    let start = Stopwatch::now();
    let all = compiled(&ctx).expect("compiles");
    let runs = all.measures.iter().filter(|known| known.runs(false)).count();
    println!(
        "compiled in {:.2} s: {} run, {} want value sets, {} are refused",
        start.elapsed().as_secs_f64(),
        runs,
        all.measures.iter().filter(|known| known.place.is_some() && !known.missing.is_empty()).count(),
        all.measures.iter().filter(|known| known.place.is_none()).count()
    );
    let start = Stopwatch::now();
    let cases = people(&ctx, &pack, &names);
    println!("{} people stored in {:.2} s", cases.len(), start.elapsed().as_secs_f64());
    compare(&ctx, &all, &cases);
    speed(&ctx, &all, &cases);
    everybody(&ctx, &all);
}

fn clinic() -> Ctx {
    let now = Instant::parse("2026-12-31T12:00:00Z").expect("a moment");
    let clock = Arc::new(FixedClock::new(now));
    let ids = Arc::new(SeededIds::new(7, now));
    let mut options = StoreOptions::new(clock, ids);
    options.labels = access::label_table();
    let store = Store::open(&DbUrl::Memory, options).expect("a store in memory opens");
    store.add_organization(&Org { org: ORG, name: "Pack".into(), zone: "UTC".into() }).expect("added");
    let care = Care { store, entropy: Arc::new(NoEntropy), outside: continuo_care::outbound::Outside::closed() };
    let actor = Actor { reference: "system/pack".into(), name: "Pack".into(), account: 0 };
    Ctx::new(Arc::new(care), ORG, Zone::utc(), actor, Grant::machine(&Permission::ALL), Scope::all(ORG))
}

fn inside(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Measures, published ELM with its CQL, value sets: everything but the people.
fn package(pack: &Path) -> Vec<File> {
    let mut paths: Vec<PathBuf> = inside(&pack.join("measures")).iter().map(|dir| dir.join("measure.json")).collect();
    paths.extend(inside(&pack.join("libraries")));
    paths.extend(inside(&pack.join("valuesets")));
    paths.iter().map(|path| File { name: file_name(path), bytes: fs::read(path).expect("a file") }).collect()
}

/// One test patient in the record.
struct Case {
    measure: String,
    name: String,
    rid: Rid,
    expected: Json,
}

fn people(ctx: &Ctx, pack: &Path, names: &[String]) -> Vec<Case> {
    let mut cases = Vec::new();
    for dir in inside(&pack.join("measures")) {
        let measure = file_name(&dir);
        if !names.is_empty() && !names.iter().any(|name| measure.contains(name.as_str())) {
            continue;
        }
        for case in inside(&dir.join("tests")) {
            let read = |name: &str| Json::parse(&fs::read(case.join(name)).expect("a file")).expect("JSON");
            let patient = format!("p{}", cases.len() + 1);
            store(ctx, own(&read("bundle.json"), &patient));
            let rid = ctx.read(|r| r.rid(ORG, ResourceType::of("Patient"), &patient)).expect("read").expect("stored");
            cases.push(Case { measure: measure.clone(), name: file_name(&case), rid, expected: read("expected.json") });
        }
    }
    cases
}

/// The resources of a bundle as one person's, under new ids.
fn own(bundle: &Json, patient: &str) -> Vec<Json> {
    let entries = bundle.get("entry").map(Json::items).unwrap_or_default();
    let resources: Vec<&Json> = entries.iter().filter_map(|entry| entry.get("resource")).collect();
    let mut renamed: Vec<(String, String)> = Vec::new();
    for (at, resource) in resources.iter().enumerate() {
        let type_ = resource.resource_type().unwrap_or_default();
        let new = if type_ == "Patient" { patient.to_owned() } else { format!("{patient}-{at}") };
        if let Some(id) = resource.str_at("id") {
            renamed.push((format!("{type_}/{id}"), format!("{type_}/{new}")));
        }
    }
    let mut made = Vec::new();
    let mut has_patient = false;
    for (at, resource) in resources.into_iter().enumerate() {
        let mut json = resource.clone();
        let type_ = json.resource_type().unwrap_or_default().to_owned();
        if type_ == "Patient" && std::mem::replace(&mut has_patient, true) {
            continue;
        }
        rename(&mut json, &renamed, patient);
        json.set("id", Json::string(if type_ == "Patient" { patient.to_owned() } else { format!("{patient}-{at}") }));
        let field = match type_.as_str() {
            "Patient" | "Medication" | "Location" | "Organization" | "Practitioner" | "PractitionerRole" => "",
            "AllergyIntolerance" | "Immunization" | "Claim" | "ExplanationOfBenefit" | "Device" => "patient",
            "Coverage" => "beneficiary",
            "Task" => "for",
            _ => "subject",
        };
        if !field.is_empty() {
            json.set(field, Json::object([("reference", Json::string(format!("Patient/{patient}")))]));
        }
        made.push(json);
    }
    made
}

/// References follow the new ids; any patient is this one.
fn rename(json: &mut Json, renamed: &[(String, String)], patient: &str) {
    let mut all: Vec<(String, Json)> = Vec::new();
    match json {
        Json::Array(items) => items.iter_mut().for_each(|item| rename(item, renamed, patient)),
        Json::Object(_) => {
            for (key, value) in json.fields() {
                let mut value = value.clone();
                if key.as_str() == "reference"
                    && let Some(text) = value.as_str()
                {
                    let new = renamed.iter().find(|(old, _)| old == text).map(|(_, new)| new.clone());
                    let own = text.starts_with("Patient/").then(|| format!("Patient/{patient}"));
                    value = Json::string(own.or(new).unwrap_or_else(|| text.to_owned()));
                } else {
                    rename(&mut value, renamed, patient);
                }
                all.push((key.as_str().to_owned(), value));
            }
            for (key, value) in all {
                json.set(&key, value);
            }
        }
        _ => {}
    }
}

fn store(ctx: &Ctx, resources: Vec<Json>) {
    let context = ctx.prepare_context().expect("context");
    let prepared: Vec<Prepared> = resources.into_iter().filter_map(|json| Prepared::new(json, &context).ok()).collect();
    ctx.write("import", move |tx| {
        for one in &prepared {
            tx.put(one, &PutOptions::default())?;
        }
        Ok(())
    })
    .expect("stored");
}

/// Every case against its expected populations, by group and population id.
fn compare(ctx: &Ctx, all: &Compiled, cases: &[Case]) {
    let (mut right, mut wrong) = (0, 0);
    for case in cases {
        let Some(known) = all.measures.iter().find(|known| known.name == case.measure) else { continue };
        let (Some(place), Some(measure)) = (known.place, all.measure(known)) else {
            wrong += 1;
            continue;
        };
        let facts = ctx.read(|r| facts::load(r, &Scope::all(ORG), case.rid)).expect("facts");
        let period = case
            .expected
            .str_at("period.start")
            .zip(case.expected.str_at("period.end"))
            .map_or(PERIOD.to_owned(), |(start, end)| format!("{}/{}", cut(start), cut(end)));
        let asks = [Ask { place, period }];
        let answers = evaluate::person(all, &asks, &facts, &Terms::at(&ctx.zone, ctx.now()));
        let groups = case.expected.get("group").map(Json::items).unwrap_or_default();
        let mut differences = Vec::new();
        for (at, expected) in groups.iter().enumerate() {
            let Some(group) = measure.groups.get(at) else { continue };
            let answer = answers.iter().find(|(_, result)| result.group == at);
            for population in expected.get("population").map(Json::items).unwrap_or_default() {
                let code = population.str_at("code.coding.0.code").unwrap_or_default();
                // Observations are values, not members: the file run compares them apart too.
                if code.ends_with("observation") {
                    continue;
                }
                let id = population.str_at("id").unwrap_or(code);
                let count = population.get("count").and_then(Json::as_i64).unwrap_or(0);
                let place = group
                    .populations
                    .iter()
                    .position(|p| p.id == id)
                    .or_else(|| group.populations.iter().position(|p| p.code == code));
                let found = place
                    .and_then(|place| answer.and_then(|(_, result)| result.counts.get(place).copied()))
                    .map_or(-1, i64::from);
                if found != count {
                    differences.push(format!("{id}: {found} for {count}"));
                }
            }
        }
        if differences.is_empty() {
            right += 1;
        } else {
            wrong += 1;
            println!("{} {}: {}", case.measure, case.name, differences.join(", "));
        }
    }
    println!("{right} of {} right through the store", right + wrong);
}

fn cut(moment: &str) -> &str {
    moment.get(..10).unwrap_or(moment)
}

/// One person, all measures, from the store: reading the facts, evaluating, and both.
fn speed(ctx: &Ctx, all: &Compiled, cases: &[Case]) {
    let asks: Vec<Ask> =
        (0..all.package.plan.measures.len()).map(|place| Ask { place, period: PERIOD.to_owned() }).collect();
    let terms = Terms::at(&ctx.zone, ctx.now());
    let (mut reading, mut evaluating) = (Vec::new(), Vec::new());
    for case in cases {
        let start = Stopwatch::now();
        let facts = ctx.read(|r| facts::load(r, &Scope::all(ORG), case.rid)).expect("facts");
        reading.push(start.elapsed().as_secs_f64() * 1e3);
        let start = Stopwatch::now();
        let answers = evaluate::person(all, &asks, &facts, &terms);
        assert!(!answers.is_empty(), "everybody has answers");
        evaluating.push(start.elapsed().as_secs_f64() * 1e3);
    }
    for (what, mut times) in [("reading the facts", reading), ("all measures", evaluating)] {
        times.sort_by(f64::total_cmp);
        let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or(0.0);
        println!("{what}, one person: median {:.2} ms, 95 of 100 within {:.2} ms", at(50), at(95));
    }
}

/// All measures switched on, everybody computed in the background, then one person after a change.
fn everybody(ctx: &Ctx, all: &Compiled) {
    for known in all.measures.iter().filter(|known| known.place.is_some()) {
        let change = Change {
            active: true,
            tolerates: true,
            first: "2026-01-01".into(),
            last: "2026-12-31".into(),
            reason: "benchmark".into(),
            ..Change::default()
        };
        settings::set(ctx, &known.id, &change).expect("switched on");
    }
    worker::catch_up(ctx).expect("assessed");
    let start = Stopwatch::now();
    let people = round::catch_up(ctx).expect("computed");
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "everybody: {people} people in {seconds:.1} s, {:.2} ms each, results stored",
        seconds * 1e3 / people.max(1) as f64
    );
    let observation = r#"{"resourceType":"Observation","id":"new","status":"final","subject":{"reference":"Patient/p1"},"effectiveDateTime":"2026-12-01","code":{"coding":[{"system":"http://loinc.org","code":"4548-4"}]}}"#;
    store(ctx, vec![Json::parse(observation.as_bytes()).expect("JSON")]);
    let start = Stopwatch::now();
    worker::catch_up(ctx).expect("assessed");
    let rules = start.elapsed().as_secs_f64() * 1e3;
    let start = Stopwatch::now();
    round::catch_up(ctx).expect("computed");
    println!("after one new resource: rules {rules:.1} ms, measures {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
}

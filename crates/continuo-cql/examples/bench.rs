//! Patient-measures per CPU-second from JSON, one measure: `bench PACK MEASURE [SECONDS] [WHICH]`.
//!
//! Loading and compiling are left out, JSON parsing is in. Every round reads the same test patients again; nothing is
//! kept between patients, so a round costs what the first did.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a command-line tool that measures time")]

use std::path::Path;
use std::time::Instant;
use std::{env, fs};

use continuo_cql::eval::{Limits, parse_period};
use continuo_cql::measure::{Options, Source, Totals, Wanted, evaluate_bundle, evaluate_text, load};
use continuo_cql::value::DateTime;
use continuo_cql::{DEEP, deep_stack};
use continuo_fhir::packed::pack_text;
use continuo_fhir::{Json, pack, root};

fn texts(dir: &Path, end: &str) -> Vec<Source> {
    let mut list: Vec<_> = fs::read_dir(dir).expect("folder").flatten().map(|e| e.path()).collect();
    list.sort();
    let named = list.into_iter().filter(|p| p.to_string_lossy().ends_with(end));
    named
        .map(|p| Source {
            name: p.file_name().expect("name").to_string_lossy().into_owned(),
            text: fs::read_to_string(&p).expect("text"),
        })
        .collect()
}

/// CPU seconds of this thread, from the scheduler's own count in nanoseconds.
fn cpu_seconds() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    text.split(' ').next().and_then(|n| n.parse::<f64>().ok()).expect("nanoseconds") / 1e9
}

fn main() {
    deep_stack(|| {
        let args: Vec<String> = env::args().collect();
        let dir = Path::new(&args[1]);
        let folder = fs::read_dir(dir.join("measures")).expect("folder").flatten().map(|e| e.path());
        let folder = folder.into_iter().find(|p| p.to_string_lossy().contains(&args[2])).expect("measure");
        let measure = texts(&folder, "measure.json");
        let package = load(
            &measure,
            &texts(&dir.join("libraries"), ".elm.json"),
            &texts(&dir.join("valuesets"), ".json"),
            Options::default(),
        );
        let mut cases: Vec<_> =
            fs::read_dir(folder.join("tests")).expect("tests").flatten().map(|e| e.path()).collect();
        cases.sort();
        let bundles: Vec<Vec<u8>> = cases.iter().map(|c| fs::read(c.join("bundle.json")).expect("bundle")).collect();
        let bytes: usize = bundles.iter().map(Vec::len).sum();
        let now = DateTime::parse("2026-06-01T00:00:00.000", 0).expect("date");
        let span = parse_period("2026-01-01/2026-12-31", 0).expect("period");
        let limits = Limits { depth: DEEP, ..Limits::default() };
        let session = package.plan.session(&package.terms, span, now, limits);
        let seconds: f64 = args.get(3).and_then(|s| s.parse().ok()).unwrap_or(3.0);
        println!("{} patients of {} bytes on average", bundles.len(), bytes / bundles.len());
        let only = args.get(4).map_or("", String::as_str);
        let run = |name: &str, one: &mut dyn FnMut(usize)| {
            if !name.contains(only) {
                return;
            }
            let (start, began) = (Instant::now(), cpu_seconds());
            let mut count = 0usize;
            while start.elapsed().as_secs_f64() < seconds {
                for at in 0..bundles.len() {
                    one(at);
                }
                count += bundles.len();
            }
            println!("{name}: {:.0} per CPU-second", count as f64 / (cpu_seconds() - began));
        };
        let mut totals = Totals::new(&package.plan);
        let mut out = String::new();
        run("parse only", &mut |at| {
            std::hint::black_box(Json::parse(&bundles[at]).expect("json"));
        });
        run("parse and pack", &mut |at| {
            std::hint::black_box(pack_text(&bundles[at]).expect("json"));
        });
        run("from JSON", &mut |at| {
            out.clear();
            evaluate_text(&package.plan, &session, &bundles[at], "x", Wanted::default(), &mut out, &mut totals);
        });
        let packed: Vec<Vec<u8>> = bundles.iter().map(|b| pack(&Json::parse(b).expect("json"))).collect();
        run("record of packed facts", &mut |at| {
            std::hint::black_box(continuo_cql::Record::from_bundle(root(&packed[at]).expect("packed")));
        });
        run("from packed facts", &mut |at| {
            out.clear();
            let node = root(&packed[at]).expect("packed");
            evaluate_bundle(&package.plan, &session, node, "x", Wanted::default(), &mut out, &mut totals);
        });
        let mut steps = 0;
        for packed in &packed {
            let record = continuo_cql::Record::from_bundle(root(packed).expect("packed"));
            let mut evaluator = session.patient(&record);
            package.plan.evaluate(&mut evaluator, Wanted::default());
            steps += evaluator.steps();
        }
        println!("{} steps a patient", steps / packed.len() as u64);
        println!("{} lines, {} with an error", totals.lines, totals.failed);
    });
}

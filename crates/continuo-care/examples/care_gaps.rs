//! Runs all care-gap rules over a folder of FHIR bundles (`.json`, `.json.bz2`) or over the made-up population, and says
//! how long one person takes and where people stand with each rule: `care_gaps [FOLDER] [AS-OF]`.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a command-line tool that measures")]

use std::collections::BTreeMap;
use std::io::Read;
use std::time::Instant as Stopwatch;
use std::{env, fs};

use continuo_care::followup::calendar::Calendar;
use continuo_care::followup::person::{Person, Resource};
use continuo_care::gaps::{SPECS, Setting, State, look};
use continuo_care::population::{Population, Settings};
use continuo_fhir::{DateTime, Instant, Json, Zone, pack, root};

fn main() {
    let mut arguments = env::args().skip(1);
    let folder = arguments.next();
    let as_of = arguments.next().unwrap_or_else(|| "2026-11-23T13:00:00Z".to_owned());
    let as_of = DateTime::parse(&as_of).expect("a date").low(&Zone::utc());
    let people = match &folder {
        Some(folder) => bundles(folder),
        None => made_up(as_of),
    };
    let settings = Setting::shipped();
    let all: Vec<Setting> = SPECS.iter().map(|spec| Setting::of(spec.rule.id)).collect();
    let calendar = Calendar::us(Zone::utc(), 2024..=2027);
    let start = Stopwatch::now();
    let first = people.first().map(|packed| run(packed, &settings, as_of, &calendar, &mut BTreeMap::new()));
    println!("compiling {} rules and the first person: {:?} ({first:?})", SPECS.len(), start.elapsed());
    for (name, settings) in [("on as shipped", &settings), ("all", &all)] {
        let mut counts: BTreeMap<(usize, State), usize> = BTreeMap::new();
        let start = Stopwatch::now();
        let mut worst = 0;
        for packed in &people {
            let one = Stopwatch::now();
            run(packed, settings, as_of, &calendar, &mut counts);
            worst = worst.max(one.elapsed().as_micros());
        }
        let each = start.elapsed().as_micros() as f64 / people.len() as f64 / 1000.0;
        let resources: usize = people.iter().map(Vec::len).sum();
        println!(
            "{} rules ({name}), {} people of {} resources: {each:.2} ms a person, slowest {:.2} ms",
            settings.len(),
            people.len(),
            resources / people.len().max(1),
            worst as f64 / 1000.0
        );
        if name == "all" {
            for (at, spec) in SPECS.iter().enumerate() {
                let of = |state: State| counts.get(&(at, state)).copied().unwrap_or(0);
                let states: Vec<String> =
                    State::KEPT.iter().map(|state| format!("{} {}", state.word(), of(*state))).collect();
                println!("{:36} {}", spec.rule.id, states.join(", "));
            }
        }
    }
}

fn run(
    packed: &[Vec<u8>],
    settings: &[Setting],
    as_of: Instant,
    calendar: &Calendar,
    counts: &mut BTreeMap<(usize, State), usize>,
) -> usize {
    let rows = packed.iter().filter_map(|bytes| Resource::of(root(bytes).expect("packed here")));
    let answers = look(&Person::new(rows), settings, as_of, calendar);
    for answer in &answers {
        let at = SPECS.iter().position(|spec| spec.rule.id == answer.spec.rule.id).unwrap_or(0);
        *counts.entry((at, answer.state)).or_default() += 1;
    }
    answers.len()
}

fn bundles(folder: &str) -> Vec<Vec<Vec<u8>>> {
    let mut files: Vec<_> = fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).collect();
    files.sort();
    let mut people = Vec::new();
    for file in files {
        let name = file.display().to_string();
        let bytes = fs::read(&file).expect("a file");
        let text = if name.ends_with(".bz2") {
            let mut text = Vec::new();
            bzip2::read::BzDecoder::new(&bytes[..]).read_to_end(&mut text).expect("bzip2");
            text
        } else {
            bytes
        };
        let Ok(bundle) = Json::parse(&text) else { continue };
        let entries = bundle.get("entry").map(Json::items).unwrap_or_default();
        let person: Vec<Vec<u8>> = entries.iter().filter_map(|entry| entry.get("resource")).map(pack).collect();
        if entries.iter().any(|entry| entry.str_at("resource.resourceType") == Some("Patient")) {
            people.push(person);
        }
    }
    people
}

fn made_up(as_of: Instant) -> Vec<Vec<Vec<u8>>> {
    let population = Population::new(Settings { seed: 7, patients: 500, as_of, offset_minutes: -300 });
    (0..500).map(|number| population.person(number).records[0].resources.iter().map(pack).collect()).collect()
}

//! Each line of `knowledge/value-sets` names its source, and where the evaluation data are at hand the file it names
//! states code and meaning.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use continuo_care::gaps::engine::ENGINE;
use continuo_care::gaps::value_set::{self, WORDS};
use continuo_fhir::Json;

/// Displays by system and code.
type Stated = BTreeMap<(String, String), BTreeSet<String>>;

const OWN: &str = "own words";
const SYNTHEA: &str = "Synthea R4 sample data";
const ECQM: &str = "CMS eCQM value set: ";
const SNOMED: &str = "http://snomed.info/sct";

#[test]
fn every_line_has_a_source_and_every_set_is_used() {
    let (sets, issues) = value_set::all();
    assert!(issues.is_empty(), "{issues:#?}");
    assert!(ENGINE.faults.is_empty(), "{:#?}", ENGINE.faults);
    let rules = rules();
    for set in &sets {
        assert!(rules.contains(&format!("'{}{}'", value_set::URL, set.id)), "no rule names {}", set.id);
        assert!(!set.lines.is_empty() && !set.title.is_empty(), "{} is empty", set.id);
        let mut seen = BTreeSet::new();
        for line in &set.lines {
            assert!(seen.insert((line.system, &line.code)), "{}: {} twice", set.id, line.code);
            assert!(!line.meaning.is_empty() && !line.code.is_empty(), "{}: {line:?}", set.id);
            let source = line.source.as_str();
            let known = source == SYNTHEA || source.starts_with(ECQM);
            assert!(if line.system == WORDS { source == OWN } else { known }, "{}: {line:?}", set.id);
        }
    }
}

/// The logic of all shipped rules.
fn rules() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../knowledge/care-gaps");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|end| end == "cql"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect()
}

#[test]
fn the_files_at_hand_state_every_code_and_what_it_means() {
    let eval = std::env::var_os("CONTINUO_EVAL")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/eval"), PathBuf::from);
    let (Some(ecqm), Some(synthea)) = (ecqm(&eval), synthea(&eval)) else {
        println!("SKIPPED: the evaluation data, or tar with zstd, are not here (eval)");
        return;
    };
    let mut wrong = Vec::new();
    let mut checked = 0;
    for set in value_set::all().0 {
        for line in set.lines.iter().filter(|line| line.system != WORDS) {
            checked += 1;
            let stated = if line.source == SYNTHEA { &synthea } else { &ecqm };
            let key = (line.system.to_owned(), line.code.clone());
            let Some(displays) = stated.get(&key) else {
                wrong.push(format!("{}: {} is not in {}", set.id, line.code, line.source));
                continue;
            };
            // SNOMED CT descriptions are not shipped: what stands there is the set's own word.
            if line.system != SNOMED && !displays.iter().any(|display| agrees(&line.meaning, display)) {
                wrong.push(format!("{}: {} means {displays:?}, not {}", set.id, line.code, line.meaning));
            }
        }
    }
    println!("{checked} codes checked");
    assert!(wrong.is_empty(), "{} of {checked}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(checked > 1_000, "only {checked} codes were checked");
}

/// One telling word of the meaning stands in the display.
fn agrees(meaning: &str, display: &str) -> bool {
    let display = display.to_lowercase();
    meaning.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|word| word.len() > 2 && display.contains(word))
}

fn state(stated: &mut Stated, coding: &Json) {
    if let (Some(system), Some(code)) = (coding.str_at("system"), coding.str_at("code")) {
        let display = coding.str_at("display").unwrap_or_default();
        stated.entry((system.to_owned(), code.to_owned())).or_default().insert(display.to_owned());
    }
}

/// The expansions of the measure pack, unpacked once into the folder for test data.
fn ecqm(eval: &Path) -> Option<Stated> {
    let pack = eval.join("cql/measures-dev.tar.zst");
    if !pack.exists() {
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("measures-dev");
    let sets = folder.join("dev/valuesets");
    if !sets.exists() {
        std::fs::create_dir_all(&folder).unwrap();
        let mut tar = Command::new("tar");
        tar.arg("--zstd").arg("-xf").arg(&pack).arg("-C").arg(&folder).arg("dev/valuesets");
        if !tar.status().is_ok_and(|status| status.success()) {
            return None;
        }
    }
    let mut stated = Stated::new();
    for file in std::fs::read_dir(sets).unwrap().flatten() {
        let Ok(json) = Json::parse(&std::fs::read(file.path()).unwrap()) else { continue };
        for coding in json.at("expansion.contains").map(Json::items).unwrap_or_default() {
            state(&mut stated, coding);
        }
        for include in json.at("compose.include").map(Json::items).unwrap_or_default() {
            let system = include.str_at("system").unwrap_or_default();
            for concept in include.get("concept").map(Json::items).unwrap_or_default() {
                let mut coding = concept.clone();
                coding.set("system", Json::string(system));
                state(&mut stated, &coding);
            }
        }
    }
    Some(stated)
}

/// Every coding of the sample bundles.
fn synthea(eval: &Path) -> Option<Stated> {
    let folder = std::fs::read_dir(eval.join("fhir/synthea-bundles")).ok()?;
    let mut stated = Stated::new();
    for file in folder.flatten() {
        let mut text = Vec::new();
        let bytes = std::fs::File::open(file.path()).unwrap();
        if bzip2::read::BzDecoder::new(bytes).read_to_end(&mut text).is_ok()
            && let Ok(bundle) = Json::parse(&text)
        {
            walk(&bundle, &mut stated);
        }
    }
    Some(stated)
}

fn walk(json: &Json, stated: &mut Stated) {
    if json.get("system").is_some() && json.get("code").is_some() {
        state(stated, json);
    }
    for (_, value) in json.fields() {
        walk(value, stated);
    }
    for item in json.items() {
        if matches!(json, Json::Array(_)) {
            walk(item, stated);
        }
    }
}

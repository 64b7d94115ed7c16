//! The published samples: everything in them is read, nothing is kept, and every reference leads somewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use continuo_exchange::formats::rank;
use continuo_exchange::read::read;
use continuo_exchange::references::{Origin, file};
use continuo_exchange::table::Tables;
use continuo_exchange::{Batch, Limits};
use continuo_fhir::json::Json;
use continuo_fhir::reference::Reference;

fn folder(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("CONTINUO_EVAL")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/eval"), PathBuf::from);
    let path = root.join(name);
    if !path.exists() {
        #[expect(clippy::print_stdout, reason = "the check script looks for this word")]
        {
            println!("SKIPPED: {} is not here", path.display());
        }
        return None;
    }
    Some(path)
}

fn each_batch(path: &Path, take: &mut dyn FnMut(Batch)) {
    let mut input = File::open(path).expect("the sample can be opened");
    let name = path.file_name().expect("samples are files").to_string_lossy().into_owned();
    read(&name, &mut input, &Tables::new(), &Limits::default(), &mut |batch| {
        take(batch);
        ControlFlow::Continue(())
    });
}

#[test]
fn the_archive_of_a_hundred_people_is_read_whole() {
    let Some(path) = folder("synthea/synthea-r4-100.tar.xz") else { return };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept = 0;
    each_batch(&path, &mut |batch| {
        kept += batch.kept.len();
        for entry in &batch.entries {
            *counts.entry(entry.type_name().to_owned()).or_default() += 1;
        }
    });
    assert_eq!(kept, 0);
    assert_eq!(counts.values().sum::<usize>(), 31_685);
    assert_eq!((counts["Observation"], counts["Patient"], counts["AllergyIntolerance"]), (14_472, 100, 34));
}

#[test]
fn references_of_the_packed_bundles_all_lead_somewhere() {
    let Some(path) = folder("fhir/synthea-bundles") else { return };
    let mut files: Vec<PathBuf> = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "bz2"));
    files.sort_by_key(|file| (rank(&file.to_string_lossy()), file.clone()));
    // Debug builds are slow at bzip2: the shared bundles and some of the people are enough to see every kind of reference.
    files.truncate(14);
    let mut identifiers: BTreeMap<String, String> = BTreeMap::new();
    let mut stored: BTreeSet<String> = BTreeSet::new();
    let mut wanted: BTreeSet<String> = BTreeSet::new();
    let origin = Origin { organization: "1", source: "synthea" };
    for path in &files {
        each_batch(path, &mut |mut batch| {
            assert!(batch.kept.is_empty(), "{:?}", batch.kept.first());
            let filed = file(&mut batch, origin, &mut |reference| match reference {
                Reference::Conditional { type_, query } => identifiers.get(&format!("{type_}?{query}")).cloned(),
                _ => None,
            });
            for (entry, filed) in batch.entries.iter().zip(&filed) {
                assert!(filed.open.is_empty(), "{}: {:?}", entry.place, filed.open);
                let name = format!("{}/{}", entry.type_name(), filed.id);
                for identifier in entry.resource.get("identifier").map(Json::items).unwrap_or_default() {
                    let part = |name: &str| identifier.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
                    let key = format!("{}?identifier={}|{}", entry.type_name(), part("system"), part("value"));
                    identifiers.insert(key, name.clone());
                }
                references(&entry.resource, &mut wanted);
                stored.insert(name);
            }
        });
    }
    assert!(stored.len() > 3000, "{}", stored.len());
    let lost: Vec<&String> = wanted.iter().filter(|target| !stored.contains(*target)).collect();
    assert!(lost.is_empty(), "{} of {}: {:?}", lost.len(), wanted.len(), lost.first());
}

fn references(json: &Json, out: &mut BTreeSet<String>) {
    match json {
        Json::Array(items) => {
            for item in items {
                references(item, out);
            }
        }
        Json::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(target) if name.as_str() == "reference" && !target.starts_with('#') => {
                        out.insert(target.to_owned());
                    }
                    _ => references(value, out),
                }
            }
        }
        _ => {}
    }
}

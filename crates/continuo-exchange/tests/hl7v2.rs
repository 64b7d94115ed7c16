//! HL7 v2 messages: fixtures by name, and every message of the evaluation's samples taken or kept.
//!
//! `<case>.in` is read; `<case>.json` holds the resources, `<case>.issues` what was kept and why. `UPDATE=1` writes both.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stdout, reason = "a test reads its own files")]

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use continuo_exchange::read::read;
use continuo_exchange::table::Tables;
use continuo_exchange::{Batch, Limits};

fn batches(name: &str, bytes: &[u8]) -> Vec<Batch> {
    let mut found = Vec::new();
    read(name, &mut &*bytes, &Tables::new(), &Limits::default(), &mut |batch| {
        found.push(batch);
        ControlFlow::Continue(())
    });
    found
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == ending))
        .collect();
    found.sort();
    found
}

#[test]
fn fixtures_read_as_they_should() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hl7v2");
    let cases = files(&folder, "in");
    assert!(!cases.is_empty());
    for case in cases {
        let (mut resources, mut issues) = (String::new(), String::new());
        for batch in batches("x.hl7", &std::fs::read(&case).unwrap()) {
            for entry in batch.entries {
                resources.push_str(&format!("{}\n", entry.resource));
            }
            for kept in batch.kept {
                assert!(!kept.bytes.is_empty(), "what is kept is kept with its bytes");
                issues.push_str(&format!("{}: {}\n", kept.place, kept.issues[0].text));
            }
        }
        for (ending, found) in [("json", resources), ("issues", issues)] {
            let expected = case.with_extension(ending);
            if std::env::var_os("UPDATE").is_some() {
                std::fs::write(&expected, &found).unwrap();
            }
            assert_eq!(std::fs::read_to_string(&expected).unwrap_or_default(), found, "{}", expected.display());
        }
    }
}

#[test]
fn every_sample_message_is_taken_or_kept_with_a_reason() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/eval/interop/hl7v2");
    if !folder.is_dir() {
        println!("SKIPPED: eval samples of HL7 v2 are not at {}", folder.display());
        return;
    }
    let (mut messages, mut patients, mut kept) = (0, 0, 0);
    for sub in ["ms-fhir-converter", "izgateway", "linuxforhealth"] {
        for file in files(&folder.join(sub), "hl7") {
            let found = batches(&file.to_string_lossy(), &std::fs::read(&file).unwrap());
            assert!(!found.is_empty(), "{}", file.display());
            for batch in found {
                messages += 1;
                assert!(!batch.entries.is_empty() || !batch.kept.is_empty(), "{}", file.display());
                patients += batch.entries.iter().filter(|entry| entry.type_name() == "Patient").count();
                kept += batch.kept.len();
            }
        }
    }
    println!("{messages} messages: {patients} patients, {kept} kept aside");
    assert!(patients > 0);
}

#[test]
fn damaged_messages_never_panic() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hl7v2");
    for case in files(&folder, "in") {
        let bytes = std::fs::read(&case).unwrap();
        for at in 0..bytes.len() {
            let _ = batches("x.hl7", bytes.get(..at).unwrap());
            for with in [b'|', b'^', b'\\', b'\r', 0xff, 0] {
                let mut damaged = bytes.clone();
                if let Some(byte) = damaged.get_mut(at) {
                    *byte = with;
                }
                let _ = batches("x.hl7", &damaged);
            }
        }
    }
}

//! An import that is killed in the middle is finished by the next: the same resources, the same inputs kept aside, each
//! once. The source sends much that the record refuses, which is written aside as it comes.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test that cannot go on stops; it starts processes, waits and kills them"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Files of the source, and lines in each.
const FILES: usize = 40;
const LINES: usize = 50;
/// Every so-manieth line is of a type that R4 does not have.
const REFUSED: usize = 5;
/// When the process is killed, in hundredths of the time that a whole import takes on this machine.
const KILLS: [u32; 5] = [15, 30, 45, 60, 75];

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("continuo-import-killed-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn write_source(to: &Path) {
    for file in 0..FILES {
        let lines: Vec<String> = (0..LINES)
            .map(|line| {
                let id = format!("{file}-{line}");
                if line % REFUSED == 0 {
                    format!(r#"{{"resourceType":"Horoscope","id":"{id}","text":"not of R4"}}"#)
                } else {
                    format!(
                        r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"text":"weight"}},"subject":{{"reference":"Patient/p"}}}}"#
                    )
                }
            })
            .collect();
        std::fs::write(to.join(format!("part-{file:02}.ndjson")), lines.join("\n")).unwrap();
    }
    std::fs::write(to.join("people.ndjson"), r#"{"resourceType":"Patient","id":"p","name":[{"family":"Test"}]}"#)
        .unwrap();
}

fn import(source: &Path, at: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_continuo"));
    command
        .arg("import")
        .arg(source)
        .args(["--db", &format!("sqlite:{}", at.join("clinic.db").display()), "--no-assess"])
        .args(["--json", &at.join("report.json").display().to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Runs an import to its end; what it reports: taken, kept, of that new.
fn finish(source: &Path, at: &Path) -> (u64, u64, u64) {
    let status = import(source, at).status().unwrap();
    assert_eq!(status.code(), Some(1), "done, with some inputs kept aside");
    let report = std::fs::read(at.join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    let number = |name: &str| report.get(name).and_then(serde_json::Value::as_u64).unwrap();
    (number("created") + number("updated") + number("unchanged"), number("kept"), number("kept_new"))
}

#[test]
fn an_import_killed_in_the_middle_is_finished_by_the_next() {
    let source = folder("source");
    write_source(&source);
    let all = (FILES * LINES + 1) as u64;
    let refused = (FILES * LINES / REFUSED) as u64;

    let whole = folder("whole");
    let started = Instant::now();
    assert_eq!(finish(&source, &whole), (all - refused, refused, refused));
    let took = started.elapsed();
    assert_eq!(finish(&source, &whole), (all - refused, refused, 0), "the same again keeps nothing twice");

    let killed = folder("killed");
    let mut cut_short = 0;
    for after in KILLS {
        let mut child = import(&source, &killed).spawn().unwrap();
        std::thread::sleep(took * after / 100);
        if child.try_wait().unwrap().is_none() {
            // SIGKILL: nothing of the process gets to tidy up.
            child.kill().unwrap();
            cut_short += 1;
        }
        child.wait().unwrap();
    }
    assert!(cut_short > 0, "no import was killed in its middle: nothing was tested");
    let (taken, kept, new) = finish(&source, &killed);
    assert_eq!((taken, kept), (all - refused, refused));
    assert_eq!(finish(&source, &killed), (all - refused, refused, 0), "what was kept before the kill is kept once");
    println!("killed {cut_short} times; {new} of {refused} inputs were kept by the run that finished");

    let audit = Command::new(env!("CARGO_BIN_EXE_continuo"))
        .args(["audit", "verify", "--db", &format!("sqlite:{}", killed.join("clinic.db").display())])
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(audit.success(), "the chain is whole");
    for one in [source, whole, killed] {
        std::fs::remove_dir_all(one).unwrap();
    }
}

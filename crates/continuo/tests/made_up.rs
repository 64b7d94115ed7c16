//! A made-up clinic and a real one stay apart: accounts that open with one press are served to nobody but this machine,
//! and nobody made up stands among people who are real.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on stops; it starts processes"
)]

use std::path::PathBuf;
use std::process::{Command, Output};

fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("continuo-made-up-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_continuo")).args(arguments).output().unwrap()
}

#[test]
fn a_made_up_clinic_is_not_served_and_a_real_one_gets_nobody_made_up() {
    let folder = folder();
    let db = |name: &str| format!("sqlite:{}", folder.join(name).display());
    let (made, real) = (db("made.db"), db("real.db"));
    assert!(run(&["demo", "--prepare-only", "--patients", "1", "--db", &made]).status.success());
    let served = run(&["serve", "--db", &made, "--listen", "127.0.0.1:0"]);
    assert_eq!(served.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&served.stderr).contains("made-up clinic"));
    let person = folder.join("person.ndjson");
    std::fs::write(&person, r#"{"resourceType":"Patient","id":"p"}"#).unwrap();
    assert!(run(&["import", &person.display().to_string(), "--db", &real]).status.success());
    let mixed = run(&["demo", "--prepare-only", "--patients", "1", "--db", &real]);
    assert_eq!(mixed.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&mixed.stderr).contains("own records"));
    std::fs::remove_dir_all(folder).unwrap();
}

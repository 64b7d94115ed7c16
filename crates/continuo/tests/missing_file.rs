//! A database named wrongly: commands that work on what is there say so and make nothing. A backup of the wrong file would
//! otherwise succeed, empty, night after night.

use std::process::Command;

#[test]
fn a_file_that_is_not_there_is_named_and_not_made() {
    let folder = std::env::temp_dir().join(format!("continuo-missing-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("wrong.db");
    let (db, to) = (format!("sqlite:{}", file.display()), folder.join("copy.db"));
    let to = to.to_str().unwrap();
    for command in [
        vec!["backup", "--db", &db, "--to", to],
        vec!["audit", "verify", "--db", &db],
        vec!["explain", "--db", &db, "Patient/a"],
    ] {
        let done = Command::new(env!("CARGO_BIN_EXE_continuo")).args(&command).output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(!done.status.success(), "{command:?}");
        assert!(said.contains("does not exist") && said.contains("wrong.db"), "{command:?}: {said}");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "{command:?} made something");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

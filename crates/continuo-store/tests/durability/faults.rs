//! A full database file, a file-size limit, and syncs that fail.

use crate::child::{acknowledged, all_there};
use crate::database::{NOW, ORG, context, on_each};
use crate::kill::command;
use continuo_fhir::ResourceType;
use continuo_store::{DbUrl, EXIT_COMMIT_FAILED, Error, Prepared, PutOptions, Scope};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// D3: no space left is a clean error for the caller, loses nothing, and ends when space returns.
#[test]
fn a_full_disk_is_an_error_and_service_comes_back() {
    on_each(|db| {
        if !matches!(db.url, DbUrl::File(_)) {
            return;
        }
        let store = db.open();
        let prepare = store.prepare_context(ORG).unwrap();
        let limit = |pages: i64| {
            let sql = format!("pragma max_page_count = {pages}");
            store.write(&context("limit"), move |tx| tx.conn()?.query(&sql, &[], |row| row.int(0))).unwrap();
        };
        let used = store.read(|r| r.conn().query_int("pragma page_count", &[])).unwrap();
        limit(used + 60);
        let write = |n: usize| {
            let text =
                format!(r#"{{"resourceType":"Patient","id":"p{n}","name":[{{"text":"{}"}}]}}"#, "x".repeat(2_000));
            let prepared = Prepared::parse(text.as_bytes(), &prepare).unwrap();
            store.write(&context("fill"), move |tx| tx.put(&prepared, &PutOptions::default()))
        };
        let mut kept = 0;
        let error = loop {
            match write(kept) {
                Ok(_) => kept += 1,
                Err(error) => break error,
            }
            assert!(kept < 10_000, "the disk never filled");
        };
        assert!(matches!(error, Error::Full(_)), "{error}");
        assert!(kept > 0);
        assert!(matches!(write(kept), Err(Error::Full(_))), "still full");
        store.read(|r| r.get(&Scope::all(ORG), ResourceType::of("Patient"), "p0")).unwrap();
        // Space returns; another connection raises the limit of this one through the same writer.
        let raised = store
            .write(&context("space"), |tx| tx.conn()?.query("pragma max_page_count = 1000000", &[], |row| row.int(0)));
        raised.unwrap();
        write(kept).unwrap();
        for n in 0..=kept {
            store.read(|r| r.get(&Scope::all(ORG), ResourceType::of("Patient"), &format!("p{n}"))).unwrap();
        }
        let report = store.read(|r| continuo_store::audit::verify(r.conn(), ORG, None, true)).unwrap();
        assert_eq!(report.problems, Vec::<String>::new());
        let _ = NOW;
    });
}

/// D4: the file may not grow further: the child ends with its own status, nothing acknowledged is lost.
#[test]
fn a_file_size_limit_loses_nothing_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("limited.db").display());
    let child = command(&url, "limit");
    let mut shell = Command::new("sh");
    // The signal is ignored, so that the write itself fails, as on a full disk.
    shell
        .args(["-c", "trap '' XFSZ; ulimit -f 6000; exec \"$0\" \"$@\""])
        .arg(child.get_program())
        .args(child.get_args());
    for (name, value) in child.get_envs() {
        shell.env(name, value.unwrap());
    }
    let output = shell.stdin(Stdio::null()).stderr(Stdio::null()).output().unwrap();
    let done = acknowledged(&String::from_utf8_lossy(&output.stdout));
    assert!(!done.is_empty(), "nothing was acknowledged before the limit");
    let code = output.status.code();
    assert!(code == Some(EXIT_COMMIT_FAILED) || code == Some(0), "{:?} {:?}", code, output.status.signal());
    all_there(&url, &done);
}

/// D5: the disk fails a sync; the process ends within a second and nothing acknowledged is lost.
#[test]
fn a_failing_sync_ends_the_process_and_loses_nothing_acknowledged() {
    if Command::new("strace").arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        eprintln!("SKIPPED: strace is not on this machine");
        return;
    }
    for (number, fault) in
        ["fsync,fdatasync:error=EIO:when=40+", "fsync,fdatasync:error=ENOSPC:when=60+"].iter().enumerate()
    {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("failing.db").display());
        // Made before: each migration is a sync of its own, and the fault is meant for the writes.
        all_there(&url, &[]);
        let child = command(&url, &format!("sync{number}"));
        let mut traced = Command::new("strace");
        let log = folder.path().join("strace.log");
        traced
            .args(["-f", "-qq", "-ttt", "-e", "trace=fdatasync,fsync,exit_group", "-e"])
            .arg(format!("inject={fault}"));
        traced.arg("-o").arg(&log).arg(child.get_program()).args(child.get_args());
        for (name, value) in child.get_envs() {
            traced.env(name, value.unwrap());
        }
        let started = Instant::now();
        let output = traced.stdin(Stdio::null()).stderr(Stdio::null()).output().unwrap();
        let log = std::fs::read_to_string(&log).unwrap();
        let injected: Vec<f64> = times(&log, "(INJECTED)");
        assert!(!injected.is_empty(), "no fault was injected in {:?}", started.elapsed());
        assert_eq!(output.status.code(), Some(EXIT_COMMIT_FAILED), "{:?}", output.status);
        let end = times(&log, "exit_group").first().copied().unwrap_or(f64::MAX);
        assert!(
            end - injected[0] < Duration::from_secs(1).as_secs_f64(),
            "ended {} s after the fault",
            end - injected[0]
        );
        let done = acknowledged(&String::from_utf8_lossy(&output.stdout));
        assert!(!done.is_empty(), "nothing was acknowledged before the fault");
        all_there(&url, &done);
    }
}

/// The times of the log lines that hold a word.
fn times(log: &str, word: &str) -> Vec<f64> {
    log.lines()
        .filter(|line| line.contains(word))
        .filter_map(|line| line.split_whitespace().nth(1)?.parse().ok())
        .collect()
}

//! D5 for PostgreSQL: the database server dies under the writer. The process ends, and what it was told is there once the
//! server has recovered.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use continuo_store::EXIT_COMMIT_FAILED;

use crate::child::{acknowledged, all_there};
use crate::kill::command;

/// Starts a server in a folder, or the one that is there already, and gives the address of a database on it.
pub(crate) fn start(folder: &Path) -> Option<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postgres-for-tests.sh");
    let mut shell = Command::new("sh");
    shell.arg(script).arg(folder).arg(std::process::id().to_string()).stdout(Stdio::null());
    shell.status().ok()?.success().then(|| {
        let host = folder.to_str().unwrap().replace('/', "%2F");
        let mut client =
            postgres::Client::connect(&format!("postgres://continuo@{host}/postgres"), postgres::NoTls).unwrap();
        let known = client.query("select 1 from pg_database where datname = 'd'", &[]).unwrap();
        if known.is_empty() {
            client.batch_execute("create database d template template0 encoding 'UTF8'").unwrap();
        }
        format!("postgres://continuo@{host}/d")
    })
}

/// The process id of the server in a folder.
fn postmaster(folder: &Path) -> u32 {
    let text = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    text.lines().next().unwrap().trim().parse().unwrap()
}

#[test]
fn a_database_server_that_dies_loses_nothing_acknowledged() {
    let folder = tempfile::Builder::new().prefix("continuo-pg-").tempdir().unwrap().keep();
    let Some(url) = start(&folder) else {
        eprintln!("SKIPPED: PostgreSQL (initdb) is not on this machine");
        return;
    };
    let mut all = Vec::new();
    for round in 0..3 {
        let mut child = command(&url, &format!("s{round}")).spawn().unwrap();
        let mut output = child.stdout.take().unwrap();
        let mut text = Vec::new();
        let mut buffer = [0; 4096];
        while text.windows(4).filter(|w| w == b"ack ").count() < 50 {
            let read = output.read(&mut buffer).unwrap();
            assert!(read > 0, "the child ended by itself: {}", String::from_utf8_lossy(&text));
            text.extend_from_slice(&buffer[..read]);
        }
        let server = postmaster(&folder);
        let killed = Instant::now();
        Command::new("sh").args(["-c", &format!("kill -9 {server} $(pgrep -P {server})")]).status().unwrap();
        output.read_to_end(&mut text).unwrap();
        let status = child.wait().unwrap();
        assert_eq!(status.code(), Some(EXIT_COMMIT_FAILED), "{status:?}");
        assert!(killed.elapsed() < Duration::from_secs(5), "ended {:?} after the server", killed.elapsed());
        let done = acknowledged(&String::from_utf8_lossy(&text));
        assert!(done.len() >= 50);
        // What is left of the old server may hold its memory for a moment.
        let recovered = (0..40).any(|_| {
            std::thread::sleep(Duration::from_millis(250));
            start(&folder).is_some()
        });
        assert!(recovered, "the server does not start again");
        all_there(&url, &done);
        all.extend(done);
    }
    all_there(&url, &all);
    println!("PostgreSQL: the server killed 3 times, {} acknowledged, 0 lost", all.len());
}

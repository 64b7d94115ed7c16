//! D3 on a disk that is really full. `.ci/nightly` mounts a small one as root and names it; without it nothing is tested
//! here, and `faults` shows the same with a limit of SQLite's own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use continuo_store::EXIT_COMMIT_FAILED;

use crate::child::{acknowledged, all_there};
use crate::kill::command;
use crate::server;

/// A folder with two small file systems: `sqlite` of 24 MB, `postgres` of 140 MB.
const SMALL: &str = "CONTINUO_SMALL_DISK";

fn small(name: &str) -> Option<PathBuf> {
    std::env::var_os(SMALL).map(|folder| PathBuf::from(folder).join(name))
}

/// What the writing process said.
struct Filled {
    text: String,
    /// From space being there again until a write was acknowledged.
    back: Duration,
    /// Whether the process had ended: a commit that fails ends it, a statement that finds no space does not.
    restarted: bool,
}

/// Writes until the disk is full, gives space back, and sees how long it takes until a write is acknowledged again, by
/// the same process or by the next one.
fn fill(url: &str, ballast: &Path) -> Filled {
    let (mut text, mut returned, mut restarted) = (String::new(), None::<Instant>, false);
    for run in 0..2 {
        let mut child = command(url, &format!("disk{run}")).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut back = None;
        for line in lines.by_ref() {
            if line.starts_with("err ") && returned.is_none() {
                println!("{line}");
                std::fs::remove_file(ballast).unwrap();
                returned = Some(Instant::now());
            }
            if let (Some(at), true) = (returned, line.starts_with("ack ")) {
                back = Some(at.elapsed());
            }
            text.push_str(&line);
            text.push('\n');
            if back.is_some() {
                break;
            }
        }
        if let Some(back) = back {
            let _ = child.kill();
            text.extend(lines.map(|line| format!("{line}\n")));
            child.wait().unwrap();
            return Filled { text, back, restarted };
        }
        assert_eq!(child.wait().unwrap().code(), Some(EXIT_COMMIT_FAILED), "the first failed commit ends it");
        if returned.is_none() {
            std::fs::remove_file(ballast).unwrap();
            returned = Some(Instant::now());
        }
        restarted = true;
    }
    panic!("no write was acknowledged after space returned: {text}");
}

fn ballast(folder: &Path, megabytes: usize) -> PathBuf {
    let path = folder.join("ballast");
    std::fs::write(&path, vec![1_u8; megabytes << 20]).unwrap();
    path
}

#[test]
fn a_really_full_disk_loses_nothing_and_service_comes_back_sqlite() {
    let Some(folder) = small("sqlite") else { return };
    let url = format!("sqlite:{}", folder.join("full.db").display());
    let ballast = ballast(&folder, 8);
    let Filled { text, back, restarted } = fill(&url, &ballast);
    let done = acknowledged(&text);
    assert!(back < Duration::from_secs(10), "back after {back:?}");
    all_there(&url, &done);
    println!("SQLite: disk full, {} acknowledged, 0 lost, back in {back:?}, restarted: {restarted}", done.len());
    for end in ["", "-wal", "-shm", "-lock"] {
        let _ = std::fs::remove_file(folder.join(format!("full.db{end}")));
    }
}

#[test]
fn a_really_full_disk_loses_nothing_postgres() {
    let Some(small) = small("postgres") else { return };
    let folder = small.join("server");
    std::fs::create_dir_all(&folder).unwrap();
    let ballast = ballast(&small, 16);
    let url = server::start(&folder).expect("PostgreSQL is here");
    let Filled { text, back, restarted } = fill(&url, &ballast);
    let done = acknowledged(&text);
    assert!(back < Duration::from_secs(10), "back after {back:?}");
    all_there(&url, &done);
    println!("PostgreSQL: disk full, {} acknowledged, 0 lost, back in {back:?}, restarted: {restarted}", done.len());
}

//! D1: kill -9 at random moments. 50 kills in CI; `CONTINUO_KILLS=1000` before a release.

use crate::child::{RUN, URL, acknowledged, all_there};
use crate::database::on_each;
use continuo_store::DbUrl;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::Duration;

pub(crate) fn command(url: &str, run: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["child::writes_until_it_is_ended", "--exact", "--nocapture"]);
    command.env(URL, url).env(RUN, run).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// A small generator, so that a failing run can be repeated.
fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Reads the child's output until a random moment after it began to write, then kills it.
fn run_and_kill(url: &str, run: usize, wait: Duration) -> String {
    let mut child = command(url, &format!("r{run}")).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    while !text.windows(4).any(|w| w == b"ack ") {
        let read = output.read(&mut buffer).unwrap();
        assert!(read > 0, "the child ended by itself: {}", String::from_utf8_lossy(&text));
        text.extend_from_slice(&buffer[..read]);
    }
    let killer = std::thread::spawn(move || {
        std::thread::sleep(wait);
        child.kill().unwrap();
        child.wait().unwrap();
    });
    output.read_to_end(&mut text).unwrap();
    killer.join().unwrap();
    String::from_utf8_lossy(&text).into_owned()
}

/// Kills of one database before the next begins: the whole of it is checked after each, and all of them share a disk.
const ROUND: usize = 50;

#[test]
fn kill_9_loses_nothing_acknowledged() {
    let kills: usize = std::env::var("CONTINUO_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(ROUND);
    for first in (0..kills).step_by(ROUND) {
        let runs = first..kills.min(first + ROUND);
        on_each(|db| {
            let (name, url) = match &db.url {
                DbUrl::Memory => return,
                DbUrl::File(path) => ("SQLite", format!("sqlite:{}", path.display())),
                DbUrl::Postgres(text) => ("PostgreSQL", text.clone()),
            };
            let seed = 0x5eed + first as u64;
            let mut state: u64 = seed;
            let mut all: Vec<String> = Vec::new();
            for run in runs.clone() {
                let wait = Duration::from_micros(random(&mut state) % 60_000);
                let done = acknowledged(&run_and_kill(&url, run, wait));
                assert!(!done.is_empty(), "no write was acknowledged before kill {run}");
                all_there(&url, &done);
                all.extend(done);
            }
            // What an earlier run was told is still there after all the kills.
            all_there(&url, &all);
            println!("{name}: kills {runs:?} of {kills}, seed {seed:#x}, {} acknowledged, 0 lost", all.len());
        });
    }
}

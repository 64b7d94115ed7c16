//! Closed loops: so many clients, each asking again as soon as it was answered, for a fixed time.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};

use super::http::Client;
use super::stats::Times;

/// What a loop measured.
pub(super) struct Load {
    pub(super) times: Times,
    pub(super) seconds: f64,
    pub(super) bytes: u64,
}

impl Load {
    pub(super) fn rate(&self) -> f64 {
        self.times.count() as f64 / self.seconds
    }
}

/// Runs `clients` loops over `paths` for `span`, each starting elsewhere in the list. Any answer but 200 fails.
pub(super) fn get(
    address: SocketAddr,
    headers: &str,
    paths: &[String],
    clients: usize,
    span: Duration,
) -> anyhow::Result<Load> {
    ensure!(!paths.is_empty(), "there is nothing to ask for");
    let started = Instant::now();
    let results: Vec<anyhow::Result<(Times, u64)>> = std::thread::scope(|threads| {
        let running: Vec<_> = (0..clients)
            .map(|number| {
                threads.spawn(move || {
                    let mut client = Client::new(address, headers)?;
                    let mut times = Times::default();
                    let mut bytes = 0;
                    let mut at = number * paths.len() / clients.max(1);
                    while started.elapsed() < span {
                        let path = &paths[at % paths.len()];
                        at += 1;
                        let asked = Instant::now();
                        let answer = client.get(path)?;
                        times.add(asked.elapsed());
                        bytes += answer.body.len() as u64;
                        if answer.status != 200 {
                            bail!("a request was answered {}: {}", answer.status, first_line(&answer.body));
                        }
                    }
                    Ok((times, bytes))
                })
            })
            .collect();
        running.into_iter().map(|thread| thread.join().unwrap_or_else(|_| bail!("a client stopped"))).collect()
    });
    let mut load = Load { times: Times::default(), seconds: started.elapsed().as_secs_f64(), bytes: 0 };
    for result in results {
        let (times, bytes) = result?;
        load.times.merge(times);
        load.bytes += bytes;
    }
    Ok(load)
}

pub(super) fn first_line(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(200).collect()
}

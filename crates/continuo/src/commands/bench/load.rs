//! Closed loops: so many clients, each asking again as soon as it was answered, for a fixed time.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};

use super::http::Client;
use super::stats::{Times, cpu_seconds, thread_cpu_seconds};

/// What a loop measured.
pub(super) struct Load {
    pub(super) times: Times,
    pub(super) seconds: f64,
    pub(super) bytes: u64,
    /// CPU seconds of the process less those of the clients.
    pub(super) server_cpu: f64,
    /// CPU seconds of the clients.
    pub(super) client_cpu: f64,
}

impl Load {
    /// Milliseconds of the server's CPU a request.
    pub(super) fn server_ms(&self) -> f64 {
        self.server_cpu * 1000.0 / self.times.count().max(1) as f64
    }

    /// Milliseconds of a client's CPU a request.
    pub(super) fn client_ms(&self) -> f64 {
        self.client_cpu * 1000.0 / self.times.count().max(1) as f64
    }

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
    let cpu = cpu_seconds();
    let results: Vec<anyhow::Result<(Times, u64, f64)>> = std::thread::scope(|threads| {
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
                    Ok((times, bytes, thread_cpu_seconds()))
                })
            })
            .collect();
        running.into_iter().map(|thread| thread.join().unwrap_or_else(|_| bail!("a client stopped"))).collect()
    });
    let mut load = Load {
        times: Times::default(),
        seconds: started.elapsed().as_secs_f64(),
        bytes: 0,
        server_cpu: cpu_seconds() - cpu,
        client_cpu: 0.0,
    };
    for result in results {
        let (times, bytes, cpu) = result?;
        load.times.merge(times);
        load.bytes += bytes;
        load.client_cpu += cpu;
    }
    load.server_cpu = (load.server_cpu - load.client_cpu).max(0.0);
    Ok(load)
}

pub(super) fn first_line(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(200).collect()
}

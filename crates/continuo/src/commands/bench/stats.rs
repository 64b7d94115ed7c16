//! What a measurement says: percentiles, rates, CPU seconds and memory of this process, and the report file.

use std::fmt::Write as _;
use std::time::Duration;

/// Times of single requests.
#[derive(Clone, Default)]
pub(super) struct Times(Vec<u64>);

impl Times {
    pub(super) fn add(&mut self, time: Duration) {
        self.0.push(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// The time in milliseconds that this share of requests did not exceed.
    pub(super) fn percentile(&mut self, share: f64) -> f64 {
        self.0.sort_unstable();
        let last = self.0.len().saturating_sub(1);
        let at = ((last as f64) * share).round() as usize;
        self.0.get(at).map_or(0.0, |nanos| *nanos as f64 / 1e6)
    }
}

/// CPU seconds this process has used, user and system together; 0 where the system does not say.
pub(super) fn cpu_seconds() -> f64 {
    let Ok(text) = std::fs::read_to_string("/proc/self/stat") else { return 0.0 };
    let after = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
    // Fields 14 and 15 of proc(5), in ticks of 1/100 s.
    (ticks(11) + ticks(12)) / 100.0
}

/// CPU seconds the calling thread has used; 0 where the system does not say. What the clients of a bench use is told
/// apart by this from what the server uses.
pub(super) fn thread_cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

/// Peak resident memory of this process in MiB; 0 where the system does not say.
pub(super) fn peak_memory() -> f64 {
    let Ok(text) = std::fs::read_to_string("/proc/self/status") else { return 0.0 };
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("");
    line.split_whitespace().next().and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// One line of a report.
pub(super) struct Figure {
    pub(super) name: String,
    pub(super) value: f64,
    pub(super) unit: &'static str,
    /// What the issue asks for, in words.
    pub(super) reach: &'static str,
}

impl Figure {
    pub(super) fn new(name: impl Into<String>, value: f64, unit: &'static str, reach: &'static str) -> Self {
        Self { name: name.into(), value, unit, reach }
    }
}

/// The figures as a table for people.
pub(super) fn table(figures: &[Figure]) -> String {
    let mut out = String::new();
    for figure in figures {
        let _ = writeln!(out, "{:<52} {:>14} {:<12} {}", figure.name, shown(figure.value), figure.unit, figure.reach);
    }
    out
}

/// The figures as JSON for programs.
pub(super) fn json(bench: &str, figures: &[Figure]) -> String {
    let rows: Vec<serde_json::Value> = figures
        .iter()
        .map(|f| serde_json::json!({ "name": f.name, "value": f.value, "unit": f.unit, "reach": f.reach }))
        .collect();
    serde_json::json!({ "bench": bench, "figures": rows }).to_string()
}

/// What this ran on, for the head of a report.
pub(super) fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?").to_owned();
    format!("{cores} cores, load average {load} when it ended, server and clients in one process")
}

fn shown(value: f64) -> String {
    if value >= 1000.0 { format!("{value:.0}") } else { format!("{value:.3}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_taken_from_the_sorted_times() {
        let mut times = Times::default();
        for millis in (1..=101).rev() {
            times.add(Duration::from_millis(millis));
        }
        assert_eq!(times.percentile(0.5), 51.0);
        assert_eq!(times.percentile(0.99), 100.0);
    }
}

//! One line of progress on standard error: how far, how fast, how long still. Quiet when nobody watches.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// A line that is drawn over itself.
pub(crate) struct Bar {
    label: &'static str,
    total: u64,
    started: Instant,
    drawn: Option<Instant>,
    watched: bool,
}

impl Bar {
    /// A bar up to `total`; 0 if it is not known.
    pub(crate) fn new(label: &'static str, total: u64) -> Self {
        Self { label, total, started: Instant::now(), drawn: None, watched: std::io::stderr().is_terminal() }
    }

    /// Draws where things stand, at most ten times a second.
    pub(crate) fn at(&mut self, done: u64) {
        let soon = self.drawn.is_some_and(|at| at.elapsed() < Duration::from_millis(100));
        if !self.watched || soon {
            return;
        }
        self.drawn = Some(Instant::now());
        let line = self.line(done, self.started.elapsed().as_secs_f64());
        let mut out = std::io::stderr().lock();
        // Progress that cannot be shown is not worth failing for.
        let _ = write!(out, "\r\x1b[2K{line}").and_then(|()| out.flush());
    }

    fn line(&self, done: u64, seconds: f64) -> String {
        let rate = done as f64 / seconds.max(0.001);
        if self.total == 0 {
            return format!("{}: {done}, {rate:.0}/s", self.label);
        }
        let done = done.min(self.total);
        let left = (self.total - done) as f64 / rate.max(0.001);
        let cells = (done * 30 / self.total.max(1)) as usize;
        let percent = done * 100 / self.total.max(1);
        let cells = format!("{}{}", "#".repeat(cells), ".".repeat(30 - cells.min(30)));
        format!("{} [{cells}] {percent} %, {rate:.0}/s, {left:.0} s left", self.label)
    }

    /// Clears the line.
    pub(crate) fn finish(&mut self) {
        if self.watched && self.drawn.is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[2K");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Bar;

    #[test]
    fn the_line_says_how_long_still() {
        let bar = Bar::new("importing", 200);
        assert_eq!(bar.line(100, 10.0), "importing [###############...............] 50 %, 10/s, 10 s left");
    }
}

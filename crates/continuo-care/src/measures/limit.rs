//! How long one request may evaluate people: a minute. Whoever asks for more is told so with what was asked, and nobody
//! else waits for it; a whole population belongs to the background.

use continuo_fhir::Instant;

use crate::problem::WorkError;

/// In microseconds.
const LASTS: i64 = 60_000_000;

/// The end of a request's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimeLimit {
    end: Instant,
}

impl TimeLimit {
    /// Begins now.
    pub(super) fn from(now: Instant) -> Self {
        Self { end: now.plus_micros(LASTS) }
    }

    /// Goes on only while there is time; `done` of `all` people are evaluated.
    pub(super) fn check(self, now: Instant, done: usize, all: usize) -> Result<(), WorkError> {
        if now < self.end || done == all {
            return Ok(());
        }
        Err(WorkError::Not(format!(
            "{done} of {all} people were evaluated in a minute, which is what one request may take: ask for fewer, or \
             switch the measure on, and reports are read from what is kept"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_ends_after_a_minute_unless_all_is_done() {
        let begun = Instant::from_micros(5);
        let limit = TimeLimit::from(begun);
        assert!(limit.check(begun.plus_micros(LASTS - 1), 10, 5_000).is_ok());
        let late = begun.plus_micros(LASTS);
        let refused = limit.check(late, 10, 5_000).unwrap_err().to_string();
        assert!(refused.contains("10 of 5000 people"), "{refused}");
        assert!(limit.check(late, 5_000, 5_000).is_ok(), "what is done is answered");
    }
}

//! How long to wait before the next attempt: doubling, capped, with jitter so that many clients do not come back at once.

use std::time::Duration;

use continuo_care::accounts::Entropy;

use crate::system::SystemEntropy;

const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(4);
/// A service that asks for a longer pause is not waited for.
const LONGEST_ASKED: Duration = Duration::from_secs(30);

/// Pauses between attempts.
#[derive(Debug, Default)]
pub(super) struct Pauses {
    entropy: SystemEntropy,
}

impl Pauses {
    /// The pause after an attempt (from 1); `asked` is what the service asked for, zero when it said nothing. `None`: the
    /// service asks for too long a pause.
    pub(super) fn next(&self, attempt: u32, asked: Duration) -> Option<Duration> {
        let mut byte = [0_u8; 1];
        self.entropy.fill(&mut byte);
        (asked <= LONGEST_ASKED).then(|| pause(attempt, byte[0]).max(asked))
    }
}

/// Between half of the step and all of it.
fn pause(attempt: u32, jitter: u8) -> Duration {
    let step = FIRST.saturating_mul(1 << attempt.saturating_sub(1).min(10)).min(LONGEST);
    step / 2 + (step / 2).mul_f64(f64::from(jitter) / 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_cap() {
        assert_eq!(pause(1, 0), Duration::from_millis(125));
        assert_eq!(pause(1, 255), Duration::from_millis(250));
        assert!(pause(3, 0) >= pause(2, 0));
        assert_eq!(pause(60, 255), LONGEST);
    }

    #[test]
    fn what_the_service_asks_for_is_kept_within_reason() {
        let pauses = Pauses::default();
        assert!(pauses.next(1, Duration::from_secs(5)).is_some_and(|p| p >= Duration::from_secs(5)));
        assert_eq!(pauses.next(1, Duration::from_secs(3600)), None);
    }
}

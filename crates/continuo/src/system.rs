//! The real clock, ids and randomness: the only place that asks the system for them.

use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use continuo_care::accounts::Entropy;
use continuo_fhir::clock::{Clock, Ids, Uuid};
use continuo_fhir::date::Instant;

/// The system's clock, UTC.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where time enters the program")]
    fn now(&self) -> Instant {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Instant::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// The operating system's random bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, out: &mut [u8]) {
        getrandom::fill(out).expect("the operating system gives random bytes; without them nothing secret can be made");
    }
}

/// UUIDv7 ids that rise within this process even if the clock steps back (RFC 9562 section 6.2).
#[derive(Debug, Default)]
pub(crate) struct SystemIds {
    last: Mutex<Option<Uuid>>,
}

impl Ids for SystemIds {
    fn next(&self) -> Uuid {
        let mut random = [0_u8; 10];
        SystemEntropy.fill(&mut random);
        let fresh = Uuid::v7(SystemClock.now(), random);
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let id = match *last {
            Some(before) if fresh <= before => successor(before),
            _ => fresh,
        };
        *last = Some(id);
        id
    }
}

/// The next greater UUID with version and variant kept: counts up in the last 62 bits.
fn successor(Uuid(mut bytes): Uuid) -> Uuid {
    for index in (8..16).rev() {
        let top = if index == 8 { 0xbf } else { 0xff };
        if bytes[index] < top {
            bytes[index] += 1;
            return Uuid(bytes);
        }
        bytes[index] = if index == 8 { 0x80 } else { 0 };
    }
    // All 62 bits wrapped within one millisecond: practically impossible; the time bits then move on.
    bytes[5] = bytes[5].wrapping_add(1);
    Uuid(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise() {
        let ids = SystemIds::default();
        let made: Vec<Uuid> = (0..1000).map(|_| ids.next()).collect();
        assert!(made.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn the_successor_keeps_version_and_variant() {
        let id = Uuid::v7(Instant::from_micros(1_700_000_000_000_000), [0xff; 10]);
        let next = successor(id);
        assert_eq!(next.0[6] >> 4, 7);
        assert_eq!(next.0[8] >> 6, 0b10);
    }
}

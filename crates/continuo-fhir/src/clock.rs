//! Time and ids as inputs: whoever needs "now" or a new id is handed a [`Clock`] or [`Ids`].

use crate::date::Instant;
use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// Tells the time. The real one lives in the binary.
pub trait Clock: Send + Sync {
    /// This moment.
    fn now(&self) -> Instant;
}

/// Makes ids. The real one lives in the binary.
pub trait Ids: Send + Sync {
    /// A new version 7 UUID, greater than those before.
    fn next(&self) -> Uuid;
}

/// A UUID; shown and parsed in its usual form.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid(pub [u8; 16]);

impl Uuid {
    /// A version 7 UUID of a time and random bits.
    pub fn v7(at: Instant, random: [u8; 10]) -> Uuid {
        let millis = at.millis().max(0) as u64;
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
        bytes[6..].copy_from_slice(&random);
        bytes[6] = 0x70 | bytes[6] & 0x0f;
        bytes[8] = 0x80 | bytes[8] & 0x3f;
        Uuid(bytes)
    }

    /// Reads the usual form, in either case.
    pub fn parse(text: &str) -> Option<Uuid> {
        let text = text.as_bytes();
        if text.len() != 36 {
            return None;
        }
        let mut bytes = [0; 16];
        let mut digits = 0;
        for (i, byte) in text.iter().enumerate() {
            if matches!(i, 8 | 13 | 18 | 23) {
                if *byte != b'-' {
                    return None;
                }
                continue;
            }
            let value = (*byte as char).to_digit(16)? as u8;
            let slot = bytes.get_mut(digits / 2)?;
            *slot = *slot << 4 | value;
            digits += 1;
        }
        Some(Uuid(bytes))
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, byte) in self.0.iter().enumerate() {
            if matches!(i, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A clock that stands still until told otherwise: for tests, the simulation and replays.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// A clock standing at a moment.
    pub fn new(at: Instant) -> FixedClock {
        FixedClock(AtomicI64::new(at.micros()))
    }

    /// Moves the clock to a moment.
    pub fn set(&self, at: Instant) {
        self.0.store(at.micros(), Ordering::Relaxed);
    }

    /// Moves the clock on by some microseconds.
    pub fn advance(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::Relaxed);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.load(Ordering::Relaxed))
    }
}

/// Ids that depend on a seed alone: the same run gives the same ids.
#[derive(Debug)]
pub struct SeededIds {
    seed: u64,
    start: Instant,
    given: AtomicU64,
}

impl SeededIds {
    /// Ids of a seed, as if made one a millisecond from a moment on.
    pub fn new(seed: u64, start: Instant) -> SeededIds {
        SeededIds { seed, start, given: AtomicU64::new(0) }
    }
}

impl Ids for SeededIds {
    fn next(&self) -> Uuid {
        let count = self.given.fetch_add(1, Ordering::Relaxed);
        let mixed = mix(self.seed ^ count.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut random = [0; 10];
        random[..8].copy_from_slice(&mixed.to_be_bytes());
        random[8..].copy_from_slice(&(mix(mixed) as u16).to_be_bytes());
        Uuid::v7(Instant::from_micros(self.start.micros() + count as i64 * 1000), random)
    }
}

/// SplitMix64's finisher.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeded_ids_repeat_and_rise() {
        let (a, b) = (SeededIds::new(7, Instant::from_micros(0)), SeededIds::new(7, Instant::from_micros(0)));
        let first: Vec<Uuid> = (0..100).map(|_| a.next()).collect();
        let second: Vec<Uuid> = (0..100).map(|_| b.next()).collect();
        assert_eq!(first, second);
        assert!(first.is_sorted());
        for id in first {
            assert_eq!(Uuid::parse(&id.to_string()), Some(id));
            assert_eq!(&id.to_string()[14..15], "7");
        }
        assert_eq!(Uuid::parse("not a uuid"), None);
    }
}

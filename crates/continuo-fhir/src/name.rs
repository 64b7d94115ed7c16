//! Interned element names: the R4 names have fixed numbers, so trees store two bytes instead of text.
//!
//! Used by [`crate::json`] (keys without allocation) and [`crate::packed`]. Names outside R4 stay text.

use crate::generated::names::NAMES;
use crate::letters::same;

/// The number of an R4 element name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Name(u16);

impl Name {
    /// The name's number, if R4 knows it.
    pub fn find(text: &str) -> Option<Name> {
        Self::find_bytes(text.as_bytes())
    }

    /// As [`Name::find`], for text not yet decoded.
    pub const fn find_bytes(text: &[u8]) -> Option<Name> {
        let mut slot = hash(text) as usize & MASK;
        loop {
            let stored = SLOTS[slot];
            if stored == 0 {
                return None;
            }
            if same(NAMES[stored as usize - 1].as_bytes(), text) {
                return Some(Name(stored - 1));
            }
            slot = (slot + 1) & MASK;
        }
    }

    /// The number of a name written in the source: `const STATUS: Name = Name::of("status");`.
    ///
    /// # Panics
    /// At compile time when R4 has no such element; not meant for text known only at run time.
    pub const fn of(text: &'static str) -> Name {
        match Self::find_bytes(text.as_bytes()) {
            Some(name) => name,
            None => panic!("not an R4 element name"),
        }
    }

    /// The name as text.
    pub fn as_str(self) -> &'static str {
        NAMES.get(self.0 as usize).copied().unwrap_or_default()
    }

    /// Its number: its place among the names.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// The name with a number.
    pub fn from_number(number: u16) -> Option<Name> {
        ((number as usize) < NAMES.len()).then_some(Name(number))
    }
}

/// How many names there are.
pub const NAME_COUNT: usize = NAMES.len();

const SLOT_COUNT: usize = 8192;
const MASK: usize = SLOT_COUNT - 1;

/// Open-addressed table of name number + 1, filled at compile time.
static SLOTS: [u16; SLOT_COUNT] = fill();

const fn fill() -> [u16; SLOT_COUNT] {
    let mut slots = [0u16; SLOT_COUNT];
    let mut i = 0;
    while i < NAMES.len() {
        let mut slot = hash(NAMES[i].as_bytes()) as usize & MASK;
        while slots[slot] != 0 {
            slot = (slot + 1) & MASK;
        }
        slots[slot] = i as u16 + 1;
        i += 1;
    }
    slots
}

/// First and last bytes and the length, mixed; the keys are our own list, so collisions cannot be provoked beyond a
/// short probe.
const fn hash(text: &[u8]) -> u32 {
    let (a, b) = match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
            (Some(first), Some(last)) => (u32::from_le_bytes(*first) as u64, u32::from_le_bytes(*last) as u64),
            _ => match text {
                [a] => (*a as u64, 0),
                [a, b] => (*a as u64, *b as u64),
                [a, b, c] => (*a as u64 | (*b as u64) << 8, *c as u64),
                _ => (0, 0),
            },
        },
    };
    let mixed = (a ^ b.rotate_left(29) ^ (text.len() as u64) << 59).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 40) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_under_its_own_number() {
        for (i, text) in NAMES.iter().enumerate() {
            assert_eq!(Name::find(text).map(|n| n.number() as usize), Some(i), "{text}");
        }
        assert_eq!(Name::find("no such element"), None);
        assert_eq!(Name::find(""), None);
        assert_eq!(Name::of("status").as_str(), "status");
    }
}

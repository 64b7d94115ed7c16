//! Codes as small numbers, and sets of them.

use std::collections::HashMap;
use std::sync::RwLock;

/// Gives each (system, code) a number that never changes: append-only.
///
/// The store keeps one per database; [`MemoryCodes`] serves where there is none.
pub trait Codes: Send + Sync {
    /// The number of a code, given out now if it is new.
    fn intern(&self, system: &str, code: &str) -> u32;
    /// The number of a code, if it ever occurred.
    fn find(&self, system: &str, code: &str) -> Option<u32>;
}

/// Codes of one process.
#[derive(Debug, Default)]
pub struct MemoryCodes {
    inner: RwLock<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// System to its codes; two levels, so that looking up needs no allocation.
    systems: HashMap<Box<str>, HashMap<Box<str>, u32>>,
    list: Vec<(Box<str>, Box<str>)>,
}

impl MemoryCodes {
    /// An empty table.
    pub fn new() -> MemoryCodes {
        MemoryCodes::default()
    }

    /// A table holding these codes, numbered in order: what a database kept.
    pub fn load<'a>(codes: impl IntoIterator<Item = (&'a str, &'a str)>) -> MemoryCodes {
        let table = MemoryCodes::new();
        codes.into_iter().for_each(|(system, code)| {
            table.intern(system, code);
        });
        table
    }

    /// How many codes there are.
    pub fn len(&self) -> usize {
        self.read().list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// System and code of a number.
    pub fn code(&self, number: u32) -> Option<(Box<str>, Box<str>)> {
        self.read().list.get(number as usize).cloned()
    }

    /// The codes given out from a number on, in order: what the database does not have yet.
    pub fn since(&self, number: u32) -> Vec<(Box<str>, Box<str>)> {
        self.read().list.get(number as usize..).map(<[_]>::to_vec).unwrap_or_default()
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Inner> {
        // A panic while holding the lock cannot leave the table half-changed: list and map grow by infallible pushes.
        self.inner.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Codes for MemoryCodes {
    fn intern(&self, system: &str, code: &str) -> u32 {
        if let Some(number) = self.find(system, code) {
            return number;
        }
        let mut inner = self.inner.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        let next = inner.list.len() as u32;
        let number = *inner.systems.entry(system.into()).or_default().entry(code.into()).or_insert(next);
        if number == next {
            inner.list.push((system.into(), code.into()));
        }
        number
    }

    fn find(&self, system: &str, code: &str) -> Option<u32> {
        self.read().systems.get(system)?.get(code).copied()
    }
}

/// A set of code numbers: a value set, as bits.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CodeSet {
    bits: Vec<u64>,
}

impl CodeSet {
    /// An empty set.
    pub fn new() -> CodeSet {
        CodeSet::default()
    }

    /// Adds a code.
    pub fn insert(&mut self, number: u32) {
        let word = (number / 64) as usize;
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        if let Some(bits) = self.bits.get_mut(word) {
            *bits |= 1 << (number % 64);
        }
    }

    /// Whether the code is in the set.
    #[inline]
    pub fn contains(&self, number: u32) -> bool {
        self.bits.get((number / 64) as usize).is_some_and(|bits| bits >> (number % 64) & 1 == 1)
    }

    /// Whether the set has no code.
    pub fn is_empty(&self) -> bool {
        self.bits.iter().all(|b| *b == 0)
    }

    /// How many codes the set has.
    pub fn len(&self) -> usize {
        self.bits.iter().map(|b| b.count_ones() as usize).sum()
    }
}

impl FromIterator<u32> for CodeSet {
    fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> CodeSet {
        let mut set = CodeSet::new();
        numbers.into_iter().for_each(|n| set.insert(n));
        set
    }
}

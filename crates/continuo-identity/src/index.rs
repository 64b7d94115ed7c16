//! An index in memory: records by blocking key, for adding one record at a time.
//!
//! A store keeps the same keys as rows; this form serves tests, measurements, and programs that hold their records.

use std::collections::BTreeMap;

use crate::blocks::BLOCK_LIMIT;
use crate::keys::{keys, refined};
use crate::profile::Profile;

/// New rows gathered before they are sorted in among the others.
const GATHER: usize = 1 << 16;

/// Records and their keys.
#[derive(Debug, Default)]
pub struct Index {
    profiles: Vec<Profile>,
    /// Sorted by key, then record.
    rows: Vec<(u64, u32)>,
    recent: BTreeMap<u64, Vec<u32>>,
    recent_rows: usize,
}

impl Index {
    /// Indexes many records at once.
    pub fn new(profiles: Vec<Profile>) -> Self {
        let mut rows: Vec<(u64, u32)> = (0u32..)
            .zip(&profiles)
            .flat_map(|(record, profile)| all_keys(profile).into_iter().map(move |key| (key, record)))
            .collect();
        rows.sort_unstable();
        Self { profiles, rows, recent: BTreeMap::new(), recent_rows: 0 }
    }

    /// Adds a record and gives its number.
    pub fn add(&mut self, profile: Profile) -> u32 {
        let record = self.profiles.len() as u32;
        for key in all_keys(&profile) {
            self.recent.entry(key).or_default().push(record);
            self.recent_rows += 1;
        }
        self.profiles.push(profile);
        if self.recent_rows >= GATHER {
            self.gather();
        }
        record
    }

    pub fn len(&self) -> usize {
        self.profiles.len()
    }

    pub fn is_empty(&self) -> bool {
        self.profiles.is_empty()
    }

    pub fn profile(&self, record: u32) -> Option<&Profile> {
        self.profiles.get(record as usize)
    }

    /// Records that share a key with this one, each once, ascending. A key of too many records is asked for by the
    /// finer key only, so that the answer is bounded.
    pub fn candidates(&self, profile: &Profile) -> Vec<u32> {
        let mut found = Vec::new();
        for key in keys(profile) {
            let (old, new) = self.block(key);
            if old.len() + new.len() <= BLOCK_LIMIT {
                found.extend(old.iter().map(|row| row.1).chain(new.iter().copied()));
                continue;
            }
            let (old, new) = self.block(refined(key, profile));
            found.extend(old.iter().map(|row| row.1).chain(new.iter().copied()).take(BLOCK_LIMIT));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn block(&self, key: u64) -> (&[(u64, u32)], &[u32]) {
        let from = self.rows.partition_point(|row| row.0 < key);
        let rest = self.rows.get(from..).unwrap_or_default();
        let to = rest.iter().take(BLOCK_LIMIT + 1).take_while(|row| row.0 == key).count();
        (rest.get(..to).unwrap_or_default(), self.recent.get(&key).map(Vec::as_slice).unwrap_or_default())
    }

    fn gather(&mut self) {
        let recent = std::mem::take(&mut self.recent);
        self.rows
            .extend(recent.into_iter().flat_map(|(key, records)| records.into_iter().map(move |record| (key, record))));
        self.rows.sort_unstable();
        self.recent_rows = 0;
    }
}

/// The keys a store keeps of a record: the plain ones, and the finer one of each for blocks that grow too large.
pub fn all_keys(profile: &Profile) -> Vec<u64> {
    let mut all = keys(profile);
    let fine: Vec<u64> = all.iter().map(|key| refined(*key, profile)).collect();
    all.extend(fine);
    all.sort_unstable();
    all.dedup();
    all
}

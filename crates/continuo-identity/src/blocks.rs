//! Blocks: which records share a key, with a bound on how many.
//!
//! A block that grows past the bound (a clinic's own phone on every record) is split by names and birth year; what is
//! still too large is left out and reported. So work grows with the number of records, whatever they contain.

use std::collections::BTreeMap;

use crate::keys::{KeyKind, keys, refined};
use crate::profile::Profile;

/// The most records of a block that are compared with each other.
pub const BLOCK_LIMIT: usize = 120;

/// Records by key.
#[derive(Debug)]
pub struct Blocks {
    /// First member of each block, and one past the last block.
    starts: Vec<u32>,
    /// Records, block after block, ascending within one.
    members: Vec<u32>,
    /// First entry of each record in `of_record`.
    record_starts: Vec<u32>,
    of_record: Vec<u32>,
    pub report: BlockReport,
}

/// What was split and what was left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockReport {
    pub blocks: usize,
    /// By kind of key: blocks too large, split by names and birth year.
    pub split: BTreeMap<&'static str, usize>,
    /// By kind of key: blocks too large even so, and the records in them.
    pub left_out: BTreeMap<&'static str, (usize, usize)>,
}

impl Blocks {
    pub fn new(profiles: &[Profile]) -> Self {
        let mut report = BlockReport::default();
        let mut rows = key_rows(profiles);
        let mut extra = Vec::new();
        for run in runs(&rows).filter(|run| run.len() > BLOCK_LIMIT) {
            let Some((key, _)) = rows.get(run.start).copied() else { continue };
            *report.split.entry(label(key)).or_default() += 1;
            for (_, record) in rows.get(run).unwrap_or_default() {
                if let Some(profile) = profiles.get(*record as usize) {
                    extra.push((refined(key, profile), *record));
                }
            }
        }
        sort(&mut extra);
        keep_bounded(&mut rows, |_, _| {});
        keep_bounded(&mut extra, |key, size| {
            let entry = report.left_out.entry(label(key)).or_default();
            entry.0 += 1;
            entry.1 += size;
        });
        rows.append(&mut extra);
        let blocks = Self::index(profiles.len(), &rows, report);
        drop(rows);
        blocks
    }

    /// Records before this one that share a block with it, each once, ascending. `seen` is scratch space.
    pub fn candidates(&self, record: u32, seen: &mut Vec<u32>, found: &mut Vec<u32>) {
        found.clear();
        let at = record as usize;
        let (Some(from), Some(to)) = (self.record_starts.get(at), self.record_starts.get(at + 1)) else { return };
        seen.resize(self.record_starts.len(), u32::MAX);
        for block in self.of_record.get(*from as usize..*to as usize).unwrap_or_default() {
            let at = *block as usize;
            let (Some(from), Some(to)) = (self.starts.get(at), self.starts.get(at + 1)) else { continue };
            for other in self.members.get(*from as usize..*to as usize).unwrap_or_default() {
                if *other >= record {
                    break;
                }
                if let Some(mark) = seen.get_mut(*other as usize)
                    && *mark != record
                {
                    *mark = record;
                    found.push(*other);
                }
            }
        }
        found.sort_unstable();
    }

    fn index(records: usize, rows: &[(u64, u32)], mut report: BlockReport) -> Self {
        let mut starts = vec![0];
        let mut record_starts = vec![0u32; records + 1];
        for (_, record) in rows {
            if let Some(count) = record_starts.get_mut(*record as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut record_starts {
            sum += *start;
            *start = sum;
        }
        let mut next = record_starts.clone();
        let mut of_record = vec![0; rows.len()];
        for (block, run) in (0u32..).zip(runs(rows)) {
            starts.push(run.end as u32);
            for (_, record) in rows.get(run).unwrap_or_default() {
                if let Some(slot) = next.get_mut(*record as usize) {
                    if let Some(cell) = of_record.get_mut(*slot as usize) {
                        *cell = block;
                    }
                    *slot += 1;
                }
            }
        }
        report.blocks = starts.len() - 1;
        Self { starts, members: rows.iter().map(|row| row.1).collect(), record_starts, of_record, report }
    }
}

fn label(key: u64) -> &'static str {
    KeyKind::of(key).map_or("other", KeyKind::label)
}

/// All keys of all records, sorted, on two threads.
fn key_rows(profiles: &[Profile]) -> Vec<(u64, u32)> {
    let part = |from: usize, to: usize| {
        let mut rows = Vec::with_capacity((to - from) * 16);
        for (record, profile) in profiles.iter().enumerate().take(to).skip(from) {
            rows.extend(keys(profile).into_iter().map(|key| (key, record as u32)));
        }
        sort(&mut rows);
        rows
    };
    let half = profiles.len() / 2;
    let (first, second) = std::thread::scope(|scope| {
        let second = scope.spawn(|| part(half, profiles.len()));
        (part(0, half), second.join().unwrap_or_default())
    });
    merge_shared(&first, &second)
}

/// Merges two sorted lists, leaving out keys that only one record has: they make no pair.
fn merge_shared(a: &[(u64, u32)], b: &[(u64, u32)]) -> Vec<(u64, u32)> {
    let mut rows: Vec<(u64, u32)> = Vec::new();
    let (mut i, mut j) = (0, 0);
    let mut run = 0;
    loop {
        let next = match (a.get(i), b.get(j)) {
            (Some(x), Some(y)) if x <= y => Some(x),
            (Some(_), Some(y)) => Some(y),
            (x, y) => x.or(y),
        };
        let Some(row) = next else { break };
        if a.get(i) == Some(row) {
            i += 1;
        } else {
            j += 1;
        }
        let is_new = rows.last().is_none_or(|last| last.0 != row.0);
        if is_new {
            if run == 1 {
                rows.pop();
            }
            run = 0;
        }
        rows.push(*row);
        run += 1;
    }
    if run == 1 {
        rows.pop();
    }
    rows
}

fn sort(rows: &mut [(u64, u32)]) {
    rows.sort_unstable();
}

/// Runs of one key.
fn runs(rows: &[(u64, u32)]) -> impl Iterator<Item = std::ops::Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (key, _) = *rows.get(at)?;
        let start = at;
        while rows.get(at).is_some_and(|row| row.0 == key) {
            at += 1;
        }
        Some(start..at)
    })
}

/// Drops blocks of one record and blocks past the bound.
fn keep_bounded(rows: &mut Vec<(u64, u32)>, mut on_large: impl FnMut(u64, usize)) {
    let kept: Vec<std::ops::Range<usize>> = runs(rows)
        .filter(|run| {
            if run.len() > BLOCK_LIMIT
                && let Some(row) = rows.get(run.start)
            {
                on_large(row.0, run.len());
            }
            (2..=BLOCK_LIMIT).contains(&run.len())
        })
        .collect();
    let mut to = 0;
    for run in kept {
        let len = run.len();
        rows.copy_within(run, to);
        to += len;
    }
    rows.truncate(to);
}

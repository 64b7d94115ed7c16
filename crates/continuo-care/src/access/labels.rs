//! Sensitivity labels: which `meta.security` codings close a row, and which bit stands for them in the store.
//!
//! 42 CFR Part 2 records stay closed to every role without the person's consent; the others are opened by role.
//! Sites define further labels from bit 16 up.

use std::sync::LazyLock;

use super::table;

/// One shipped label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Position in the label bit set of every row.
    pub bit: u8,
    /// Short name, used in roles and settings.
    pub id: String,
    /// Code system of the `meta.security` coding.
    pub system: String,
    /// Code of the `meta.security` coding.
    pub code: String,
    /// What the label means, in words.
    pub meaning: String,
}

/// The shipped labels: `knowledge/access/labels.csv`.
pub static LABELS: LazyLock<Vec<Label>> = LazyLock::new(|| {
    table::rows(include_str!("../../../../knowledge/access/labels.csv"))
        .filter_map(|row| {
            let mut fields = row.into_iter();
            Some(Label {
                bit: fields.next()?.parse().ok()?,
                id: fields.next()?,
                system: fields.next()?,
                code: fields.next()?,
                meaning: fields.next()?,
            })
        })
        .collect()
});

/// (system, code, bit) for the store, which sets a row's label bits when it is written.
pub fn label_table() -> Vec<(String, String, u8)> {
    LABELS.iter().map(|label| (label.system.clone(), label.code.clone(), label.bit)).collect()
}

/// The bit set of the labels with these ids; an id nobody knows opens nothing.
pub fn labels_named<'a>(ids: impl Iterator<Item = &'a str>) -> u64 {
    ids.fold(0, |bits, id| LABELS.iter().find(|label| label.id == id).map_or(bits, |label| bits | (1 << label.bit)))
}

/// All bits a site may use.
pub(crate) const ALL_BITS: u64 = u64::MAX >> 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        let lines = include_str!("../../../../knowledge/access/labels.csv").lines().count() - 1;
        assert_eq!(LABELS.len(), lines);
    }

    #[test]
    fn an_unknown_label_opens_nothing() {
        assert_eq!(labels_named(["no-such-label"].into_iter()), 0);
    }
}

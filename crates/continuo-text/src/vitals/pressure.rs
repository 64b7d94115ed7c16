//! Blood pressure: two numbers in a row that are no date, no strength of a medicine and no limit.

use super::{Measured, PRESSURE, PRESSURE_NAMES, Vitals};
use crate::token::Kind;

/// Words after which a reading is told.
const READ_OUT: &[&str] = &[
    "is",
    "was",
    "were",
    "its",
    "at",
    "of",
    "to",
    "got",
    "about",
    "around",
    "like",
    "showed",
    "shows",
    "reads",
    "read",
    "reading",
    "says",
    "said",
    "today",
    "now",
    "then",
    "and",
    "or",
    "been",
    "running",
    "runs",
    "only",
    "still",
    "a",
    "the",
    "es",
    "fue",
    "era",
    "de",
    "en",
    "tenia",
    "tuve",
    "this",
    "morning",
    "night",
    "home",
    "yesterday",
    "had",
    "have",
    "hit",
    "up",
    "down",
    "from",
    "between",
    "mostly",
    "usually",
];

impl Vitals<'_> {
    /// "150 over 90", "BP 150/90", "one fifty over ninety".
    pub(super) fn pressure(&self, at: usize, from: usize, end: usize) -> Option<Measured> {
        let high = self.number(at)?;
        let low = self.number(high.to + 1)?;
        let (systolic, diastolic) = (high.value.parse::<f64>().ok()?, low.value.parse::<f64>().ok()?);
        let over = matches!(self.tokens.norm(high.to), "over" | "/" | "sobre");
        // three numbers in a row are a date
        let date = self.tokens.norm(low.to) == "/" || at > from && self.tokens.norm(at - 1) == "/";
        let plausible =
            (60.0..=280.0).contains(&systolic) && (30.0..=180.0).contains(&diastolic) && systolic > diastolic + 5.0;
        if !over || date || !plausible || low.to > end {
            return None;
        }
        let close = self.has(at.saturating_sub(10).max(from), at, PRESSURE_NAMES);
        let slashed = self.tokens.norm(high.to) == "/";
        if self.is_strength(at, from, low.to)
            || slashed && !close && !self.is_read_out(at, from)
            || self.is_limit(at, at, low.to, from)
        {
            return None;
        }
        Some(Measured {
            name: PRESSURE,
            value: format!("{}/{}", high.value, low.value),
            unit: "mm[Hg]",
            from: at,
            to: low.to,
            number: at,
            unit_said: true,
            elided: high.elided,
            close,
        })
    }

    /// Whether two numbers are what a medicine holds: its name stands before them or its unit after ("Novolin 70/30",
    /// "250/50 mcg").
    fn is_strength(&self, at: usize, from: usize, to: usize) -> bool {
        const HOLDS: &[&str] = &[
            "mg",
            "mcg",
            "micrograms",
            "milligrams",
            "unit",
            "units",
            "mix",
            "insulin",
            "pen",
            "puff",
            "puffs",
            "tablet",
            "tablets",
            "diskus",
            "hfa",
            "inhaler",
            "flexpen",
            "kwikpen",
        ];
        // a brand may stand a word before its strength
        let medicine = (at.saturating_sub(2).max(from)..at).any(|i| {
            let near = self.medicines.partition_point(|(_, end)| *end <= i);
            HOLDS.contains(&self.tokens.norm(i)) || self.medicines.get(near).is_some_and(|(first, _)| *first <= i)
        });
        medicine || HOLDS.contains(&self.tokens.norm(to))
    }

    /// Whether a pair of numbers that nothing calls a pressure stands where a reading does: at the beginning, or after words
    /// that read out. After a name it may be anything ("Ryzodeg 70/30", "room 120/80").
    fn is_read_out(&self, at: usize, from: usize) -> bool {
        at == from || self.tokens.kind(at - 1) != Kind::Word || self.has(at - 1, at, READ_OUT)
    }
}

//! Where a finding's words stand in the text as received.
//!
//! Offsets are bytes, always on character borders; `CharOffsets` converts to and from the
//! character offsets that outside data sets and browsers use.

/// A stretch of the source text, in bytes, end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// A span from `start` to `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }

    /// The words themselves; empty when the span does not fit the text.
    pub fn of<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.start..self.end).unwrap_or("")
    }

    /// The smallest span that holds both.
    pub fn join(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether the two share a byte.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Converts between byte offsets and character offsets of one text.
///
/// ASCII text, nearly all of it, needs no table.
pub struct CharOffsets {
    starts: Option<Vec<u32>>,
    len: usize,
}

impl CharOffsets {
    /// Prepares the conversion for `text`.
    pub fn new(text: &str) -> Self {
        let starts = (!text.is_ascii()).then(|| text.char_indices().map(|(i, _)| i as u32).collect());
        Self { starts, len: text.len() }
    }

    /// Byte offset of character number `index`; the end of the text when beyond it.
    pub fn to_byte(&self, index: usize) -> usize {
        match &self.starts {
            None => index.min(self.len),
            Some(starts) => starts.get(index).map_or(self.len, |b| *b as usize),
        }
    }

    /// Number of the character that starts at or after byte `offset`.
    pub fn to_char(&self, offset: usize) -> usize {
        match &self.starts {
            None => offset.min(self.len),
            Some(starts) => starts.partition_point(|b| (*b as usize) < offset),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn character_offsets_survive_accents() {
        let text = "día 1";
        let map = CharOffsets::new(text);
        assert_eq!(map.to_byte(2), 3);
        assert_eq!(map.to_char(3), 2);
        assert_eq!(map.to_byte(99), text.len());
        assert_eq!(Span::new(0, 4).of(text), "día");
        assert_eq!(Span::new(2, 4).of(text), "", "inside a character: nothing, never a panic");
    }
}

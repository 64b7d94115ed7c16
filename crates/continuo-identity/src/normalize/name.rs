//! One word of a name, ready to compare: its letters, its sound and the nickname groups it belongs to.

use super::nickname;

const LETTERS: usize = 20;

/// A folded word of a name in forty-four bytes, so that a million people fit beside each other in memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Name {
    /// Hash of the whole word, also of one longer than the letters kept.
    pub hash: u32,
    /// Consonant skeleton; words that sound alike share it.
    pub sound: u32,
    /// Nickname groups, zero where there are fewer than six.
    pub groups: [u16; 6],
    /// Whether the word itself stands in the nickname table, not only a word one slip away.
    pub is_listed: bool,
    /// Whether the word is a given name that people have, as far as the tables know.
    pub is_name: bool,
    /// Whether the word is none of them and one slip away from one.
    pub is_near: bool,
    len: u8,
    letters: [u8; LETTERS],
}

impl Name {
    /// Takes a word as [`super::text::words`] gives it.
    pub fn new(word: &str) -> Self {
        let mut letters = [0; LETTERS];
        let mut len = 0;
        for (slot, byte) in letters.iter_mut().zip(word.bytes()) {
            *slot = byte;
            len += 1;
        }
        Self {
            hash: hash32(word.as_bytes()),
            sound: sound(word),
            groups: [0; 6],
            is_listed: false,
            is_name: false,
            is_near: false,
            len,
            letters,
        }
    }

    /// Takes a given name: nickname groups are looked up, for a misspelt one those of the names one slip away.
    pub fn given(word: &str) -> Self {
        let nickname::Known { groups, is_listed, is_name, is_near } = nickname::look_up(word);
        Self { groups, is_listed, is_name, is_near, ..Self::new(word) }
    }

    /// The letters kept; a cut word of another script may end inside a character, so these are bytes.
    pub fn letters(&self) -> &[u8] {
        self.letters.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// The word for a person to read.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.letters()).into_owned()
    }

    pub fn is_initial(&self) -> bool {
        self.len == 1
    }

    pub fn initial(&self) -> u8 {
        self.letters[0]
    }

    /// Whether both may be names of one person by the nickname table.
    pub fn shares_group(&self, other: &Self) -> bool {
        self.groups.iter().any(|group| *group != 0 && other.groups.contains(group))
    }
}

/// FNV-1a folded to 32 bits: stable between builds, as stored keys must be.
pub fn hash32(bytes: &[u8]) -> u32 {
    let wide = hash64(bytes);
    (wide ^ (wide >> 32)) as u32
}

/// FNV-1a.
pub fn hash64(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Classes of consonants in order, vowels and repeats dropped, seven at most. Letters that people and clerks confuse
/// by ear share a class; the first letter counts by class too, so that Catherine meets Katherine.
pub fn sound(word: &str) -> u32 {
    let mut code: u32 = 1;
    let mut last = 0;
    let mut digits = 0;
    let mut foreign: u32 = 0;
    let letters = word.as_bytes();
    for (at, byte) in letters.iter().enumerate() {
        let next = letters.get(at + 1).copied().unwrap_or_default();
        let class = match byte {
            b'p' if next == b'h' => 1,
            b'b' | b'f' | b'p' | b'v' => 1,
            b'c' | b'g' | b'j' | b'k' | b'q' | b's' | b'x' | b'z' => 2,
            b'd' | b't' => 3,
            b'l' => 4,
            b'm' | b'n' => 5,
            b'r' => 6,
            b'a'..=b'z' => {
                // A vowel parts two like consonants; h, w and y do not.
                if !matches!(byte, b'h' | b'w' | b'y') {
                    last = 0;
                }
                if at == 0 && !matches!(byte, b'h' | b'w' | b'y') { 7 } else { 0 }
            }
            other => {
                foreign = foreign.wrapping_mul(31).wrapping_add(u32::from(*other));
                0
            }
        };
        if class != 0 && class != last && digits < 7 {
            code = code * 8 + class;
            digits += 1;
            last = class;
        }
    }
    if foreign == 0 { code } else { code.wrapping_mul(0x9E37_79B1) ^ foreign }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_sound_alike_share_a_code() {
        for (a, b) in [("catherine", "katherine"), ("phillip", "filip"), ("reid", "reed"), ("schmidt", "schmitt")] {
            assert_eq!(sound(a), sound(b), "{a} {b}");
        }
        assert_ne!(sound("smith"), sound("jones"));
        assert_ne!(sound("王"), sound("李"));
    }

    #[test]
    fn a_long_word_keeps_its_own_hash() {
        let long = "a".repeat(200);
        let longer = "a".repeat(201);
        assert_ne!(Name::new(&long).hash, Name::new(&longer).hash);
        assert_eq!(Name::new(&long).letters().len(), LETTERS);
    }
}

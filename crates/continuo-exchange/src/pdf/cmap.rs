//! The table by which a font says what its codes mean (`ToUnicode`, section 9.10.3).

use std::collections::BTreeMap;

use super::object::{Lexer, Object};

/// Entries kept.
const MOST: usize = 100_000;

enum Meaning {
    /// The code's distance from the first is added to the last letter.
    From(Vec<u16>),
    /// One for each code.
    Each(Vec<Vec<u16>>),
}

/// What codes mean.
#[derive(Default)]
pub(super) struct CMap {
    ranges: BTreeMap<u32, (u32, Meaning)>,
    /// Bytes of a code, where the table says that all have one length.
    pub(super) length: Option<usize>,
}

fn code(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |all, byte| all << 8 | u32::from(*byte))
}

fn units(bytes: &[u8]) -> Vec<u16> {
    match bytes {
        [one] => vec![u16::from(*one)],
        all => all.chunks_exact(2).take(16).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect(),
    }
}

impl CMap {
    pub(super) fn read(bytes: &[u8]) -> CMap {
        let mut map = CMap::default();
        let mut lexer = Lexer::new(bytes, 0);
        let mut held: Vec<Object> = Vec::new();
        let mut lengths = Vec::new();
        while let Some(value) = lexer.value() {
            let Object::Word(word) = &value else {
                if held.len() < MOST {
                    held.push(value);
                }
                continue;
            };
            match word.as_slice() {
                b"endcodespacerang" | b"endcodespacerange" => {
                    lengths.extend(held.iter().filter_map(|one| match one {
                        Object::Bytes(bytes) => Some(bytes.len()),
                        _ => None,
                    }));
                }
                b"endbfchar" => {
                    for pair in held.chunks_exact(2) {
                        if let [Object::Bytes(from), Object::Bytes(to)] = pair {
                            map.add(code(from), code(from), Meaning::From(units(to)));
                        }
                    }
                }
                b"endbfrange" => {
                    for three in held.chunks_exact(3) {
                        let [Object::Bytes(from), Object::Bytes(to), meaning] = three else { continue };
                        let meaning = match meaning {
                            Object::Bytes(first) => Meaning::From(units(first)),
                            Object::Array(all) => Meaning::Each(
                                all.iter()
                                    .map(|one| match one {
                                        Object::Bytes(bytes) => units(bytes),
                                        _ => Vec::new(),
                                    })
                                    .collect(),
                            ),
                            _ => continue,
                        };
                        map.add(code(from), code(to), meaning);
                    }
                }
                _ => {}
            }
            held.clear();
        }
        map.length = lengths.first().copied().filter(|first| lengths.iter().all(|one| one == first));
        map
    }

    fn add(&mut self, from: u32, to: u32, meaning: Meaning) {
        if self.ranges.len() < MOST && from <= to {
            self.ranges.insert(from, (to, meaning));
        }
    }

    pub(super) fn letters(&self, code: u32) -> Option<String> {
        let (from, (to, meaning)) = self.ranges.range(..=code).next_back()?;
        if code > *to {
            return None;
        }
        let far = code - from;
        let units = match meaning {
            Meaning::Each(all) => all.get(far as usize)?.clone(),
            Meaning::From(first) => {
                let mut units = first.clone();
                let last = units.last_mut()?;
                *last = last.wrapping_add(far as u16);
                units
            }
        };
        Some(String::from_utf16_lossy(&units))
    }
}

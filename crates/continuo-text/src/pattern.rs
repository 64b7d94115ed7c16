//! A small pattern language over folded tokens, and the matcher for thousands of patterns at once.
//!
//! A pattern is words with blanks between them:
//! `cant|cannot` any of these · `breath*` a word that starts so · `@body` any word of a named list ·
//! `#` a number · `really?` may be missing · `~3` up to three words of the same sentence, `~0` none: two groups meet on purpose ·
//! `quit|no_longer` an alternative of several words.
//! Signs between words are stepped over unless a pattern names them; sentence ends never are.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::token::{Kind, Tokens};

/// FNV-1a: the maps are only looked up, never walked, and keys are short words.
#[derive(Default)]
pub struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut hash = if self.0 == 0 { 0xcbf2_9ce4_8422_2325 } else { self.0 };
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self.0 = hash;
    }
}

/// A map for look-ups only.
pub type Lookup<K, V> = HashMap<K, V, BuildHasherDefault<Fnv>>;

const NUMBER: u32 = 0;

#[derive(Debug)]
struct Element {
    symbols: Vec<u32>,
    optional: bool,
    gap: u8,
}

#[derive(Debug)]
struct Pattern {
    elements: Vec<Element>,
    tag: u32,
}

/// A place where a pattern stands: tokens `from..to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// First token.
    pub from: usize,
    /// One past the last token.
    pub to: usize,
    /// What the pattern was added with.
    pub tag: u32,
}

/// Many patterns, compiled.
#[derive(Default)]
pub struct Patterns {
    words: Lookup<Box<str>, u32>,
    prefixes: Lookup<Box<str>, u32>,
    longest_prefix: usize,
    next: u32,
    list: Vec<Pattern>,
    starts: Lookup<u32, Vec<u32>>,
    classes: Lookup<Box<str>, Vec<u32>>,
}

/// The symbols each token carries; made once per text.
pub struct Symbols {
    of: Vec<(u32, u32)>,
    all: Vec<u32>,
}

impl Symbols {
    fn get(&self, index: usize) -> &[u32] {
        self.of.get(index).and_then(|(a, b)| self.all.get(*a as usize..*b as usize)).unwrap_or(&[])
    }
}

impl Patterns {
    /// An empty set.
    pub fn new() -> Self {
        Self { next: NUMBER + 1, ..Self::default() }
    }

    /// Names a list of words (blank-separated, prefixes allowed) for use as `@name`.
    pub fn class(&mut self, name: &str, words: &str) {
        let symbols = words.split_whitespace().map(|w| self.symbol(w)).collect();
        self.classes.insert(name.into(), symbols);
    }

    /// Adds one pattern; an empty one is ignored. Alternatives of several words make one pattern each.
    pub fn add(&mut self, source: &str, tag: u32) {
        let Some((before, group, after)) = first_group_of_several(source) else { return self.add_simple(source, tag) };
        let mut single: Vec<&str> = Vec::new();
        for alternative in group.split('|') {
            if alternative.contains('_') {
                self.add(&format!("{before} {} {after}", alternative.replace('_', " ")), tag);
            } else {
                single.push(alternative);
            }
        }
        if !single.is_empty() {
            self.add(&format!("{before} {} {after}", single.join("|")), tag);
        }
    }

    fn add_simple(&mut self, source: &str, tag: u32) {
        let mut elements = Vec::new();
        for part in source.split_whitespace() {
            if let Some(n) = part.strip_prefix('~').and_then(|n| n.parse().ok()) {
                if n > 0 {
                    elements.push(Element { symbols: Vec::new(), optional: true, gap: n });
                }
                continue;
            }
            let (body, optional) = match part.strip_suffix('?') {
                Some(body) if !body.is_empty() => (body, true),
                _ => (part, false),
            };
            let mut symbols = Vec::new();
            for word in body.split('|') {
                match word.strip_prefix('@') {
                    Some(class) => symbols.extend_from_slice(self.classes.get(class).map_or(&[][..], Vec::as_slice)),
                    None => symbols.push(self.symbol(word)),
                }
            }
            elements.push(Element { symbols, optional, gap: 0 });
        }
        let index = self.list.len() as u32;
        let mut firsts: Vec<u32> = Vec::new();
        for element in &elements {
            firsts.extend_from_slice(&element.symbols);
            if !element.optional {
                break;
            }
        }
        firsts.sort_unstable();
        firsts.dedup();
        for symbol in firsts {
            self.starts.entry(symbol).or_default().push(index);
        }
        self.list.push(Pattern { elements, tag });
    }

    /// Adds one pattern a line (`;` or a new line between them).
    pub fn add_all(&mut self, sources: &str, tag: u32) {
        for line in sources.split(['\n', ';']) {
            if !line.trim().is_empty() {
                self.add(line, tag);
            }
        }
    }

    /// Whether `word` is named by any pattern, exactly.
    pub fn knows(&self, word: &str) -> bool {
        self.words.contains_key(word)
    }

    /// Whether any pattern takes `word` by its beginning.
    pub fn knows_prefix_of(&self, word: &str) -> bool {
        word.char_indices()
            .skip(1)
            .map(|(i, _)| i)
            .chain([word.len()])
            // a word of a megabyte has a million beginnings, none of the long ones is a prefix here
            .take_while(|end| *end <= self.longest_prefix)
            .any(|end| word.get(..end).is_some_and(|p| self.prefixes.contains_key(p)))
    }

    /// The pattern word of five letters or more that one slip (letter dropped, added, changed, or two swapped) turns into
    /// `word`, when there is exactly one, with the same first letter.
    pub fn one_slip_away(&self, word: &str) -> Option<&str> {
        let mut found: Option<&str> = None;
        let mut consider = |candidate: &str| -> bool {
            if candidate.len() >= 5
                && candidate.as_bytes().first() == word.as_bytes().first()
                && let Some((known, _)) = self.words.get_key_value(candidate)
            {
                if found.is_some_and(|f| f != &**known) {
                    return false;
                }
                found = Some(known);
            }
            true
        };
        let letters: Vec<char> = word.chars().collect();
        if letters.len() > 24 {
            return None;
        }
        let build = |parts: &[&[char]]| parts.iter().flat_map(|p| p.iter()).collect::<String>();
        for i in 1..=letters.len() {
            let (head, tail) = letters.split_at(i);
            if let Some((first, rest)) = tail.split_first() {
                if !consider(&build(&[head, rest])) {
                    return None;
                }
                if let Some((second, end)) = rest.split_first()
                    && !consider(&build(&[head, &[*second, *first], end]))
                {
                    return None;
                }
                for c in 'a'..='z' {
                    if !consider(&build(&[head, &[c], rest])) {
                        return None;
                    }
                }
            }
            for c in 'a'..='z' {
                if !consider(&build(&[head, &[c], tail])) {
                    return None;
                }
            }
        }
        found
    }

    fn symbol(&mut self, word: &str) -> u32 {
        if word == "#" {
            return NUMBER;
        }
        let next = self.next;
        let id = match word.strip_suffix('*') {
            Some(prefix) => {
                self.longest_prefix = self.longest_prefix.max(prefix.len());
                *self.prefixes.entry(prefix.into()).or_insert(next)
            }
            None => *self.words.entry(word.into()).or_insert(next),
        };
        if id == next {
            self.next += 1;
        }
        id
    }

    /// Looks up every token once.
    pub fn symbols(&self, tokens: &Tokens) -> Symbols {
        let mut out = Symbols { of: Vec::with_capacity(tokens.len()), all: Vec::with_capacity(tokens.len()) };
        for index in 0..tokens.len() {
            let from = out.all.len() as u32;
            let word = tokens.norm(index);
            match tokens.kind(index) {
                Kind::Break => {}
                Kind::Number => {
                    out.all.push(NUMBER);
                    out.all.extend(self.words.get(word));
                    out.all.extend(
                        (1..word.len().min(self.longest_prefix + 1))
                            .filter_map(|end| self.prefixes.get(word.get(..end)?)),
                    );
                }
                _ => {
                    out.all.extend(self.words.get(word));
                    if self.longest_prefix > 0 {
                        for (end, c) in word.char_indices().skip(1).take(self.longest_prefix) {
                            let _ = c;
                            out.all.extend(word.get(..end).and_then(|p| self.prefixes.get(p)));
                        }
                        out.all.extend(self.prefixes.get(word));
                    }
                }
            }
            out.of.push((from, out.all.len() as u32));
        }
        out
    }

    /// Every place where a pattern stands, in order of place; per pattern and start the longest.
    pub fn find(&self, tokens: &Tokens) -> Vec<Hit> {
        let symbols = self.symbols(tokens);
        let mut out = Vec::new();
        let mut tried: Vec<u32> = Vec::new();
        for at in 0..tokens.len() {
            tried.clear();
            for symbol in symbols.get(at) {
                for index in self.starts.get(symbol).map_or(&[][..], Vec::as_slice) {
                    if tried.contains(index) {
                        continue;
                    }
                    tried.push(*index);
                    let Some(pattern) = self.list.get(*index as usize) else { continue };
                    if let Some(to) = matches(tokens, &symbols, &pattern.elements, at, true) {
                        out.push(Hit { from: at, to, tag: pattern.tag });
                    }
                }
            }
        }
        out
    }
}

/// The first group with an alternative of several words, and what stands around it.
fn first_group_of_several(source: &str) -> Option<(&str, &str, &str)> {
    let at = source.find('_')?;
    let start = source.get(..at)?.rfind(' ').map_or(0, |i| i + 1);
    let end = source.get(at..)?.find(' ').map_or(source.len(), |i| at + i);
    Some((source.get(..start)?, source.get(start..end)?, source.get(end..)?))
}

/// Matches the rest of a pattern from token `at`; the depth is the pattern's length, the width its gaps.
fn matches(tokens: &Tokens, symbols: &Symbols, elements: &[Element], at: usize, first: bool) -> Option<usize> {
    let Some((element, rest)) = elements.split_first() else { return Some(at) };
    if element.gap > 0 {
        let mut place = at;
        let mut words = 0;
        loop {
            if let Some(end) = matches(tokens, symbols, rest, place, false) {
                return Some(end);
            }
            if words >= element.gap || tokens.kind(place) == Kind::Break {
                return None;
            }
            if matches!(tokens.kind(place), Kind::Word | Kind::Number) {
                words += 1;
            }
            place += 1;
        }
    }
    // up to two signs may stand between words
    for place in at..at + 3 {
        if symbols.get(place).iter().any(|s| element.symbols.contains(s)) {
            if let Some(end) = matches(tokens, symbols, rest, place + 1, false) {
                return Some(end);
            }
            break;
        }
        if first || tokens.kind(place) != Kind::Mark {
            break;
        }
    }
    if element.optional { matches(tokens, symbols, rest, at, first) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(pattern: &str, text: &str) -> Vec<String> {
        let mut set = Patterns::new();
        set.class("part", "leg arm face");
        set.add_all(pattern, 7);
        let tokens = Tokens::new(text);
        set.find(&tokens).iter().map(|h| tokens.span(h.from, h.to).of(text).to_owned()).collect()
    }

    #[test]
    fn patterns_match_what_they_say() {
        assert_eq!(
            hits("cant|cannot even? breath*", "I can't even breathe, cannot breath"),
            ["can't even breathe", "cannot breath"]
        );
        assert_eq!(hits("numb* ~3 @part", "numbness of my left arm. numb. face"), ["numbness of my left arm"]);
        assert_eq!(hits("# over|/ #", "104/60 and 210 over 120"), ["104/60", "210 over 120"]);
        assert_eq!(hits("short of breath", "short, of breath"), Vec::<String>::new());
        assert_eq!(
            hits("quit|no_longer ~1 sweat*", "he no longer sweats, quit sweating"),
            ["no longer sweats", "quit sweating"]
        );
        assert_eq!(hits("left|right ~0 arm|leg", "left arm, left big leg"), ["left arm"]);
    }
}

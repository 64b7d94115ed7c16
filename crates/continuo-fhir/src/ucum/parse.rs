//! Reads UCUM expressions: factors, atoms with prefixes and exponents, `.`, `/`, brackets, annotations.

use super::atoms::{ATOMS, PREFIXES};
use super::{Ratio, Unit};
use std::collections::BTreeMap;

type Atoms = BTreeMap<&'static str, (Unit, bool)>;

/// Longest expression taken; real ones stay under 40 bytes.
const MAX_LENGTH: usize = 200;

pub(super) fn unit(text: &str) -> Option<Unit> {
    unit_with(text, &ATOMS)
}

pub(super) fn unit_with(text: &str, atoms: &Atoms) -> Option<Unit> {
    if text.is_empty() || text.len() > MAX_LENGTH || !text.is_ascii() {
        return None;
    }
    let mut reader = Reader { rest: text, atoms, depth: 0 };
    let unit = reader.term()?;
    reader.rest.is_empty().then_some(unit)
}

struct Reader<'a> {
    rest: &'a str,
    atoms: &'a Atoms,
    depth: u8,
}

impl<'a> Reader<'a> {
    fn eat(&mut self, c: char) -> bool {
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !keep(c)).unwrap_or(self.rest.len());
        let (head, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        head
    }

    fn term(&mut self) -> Option<Unit> {
        let mut unit = if self.eat('/') { self.component()?.inverse()? } else { self.component()? };
        loop {
            if self.eat('.') {
                unit = unit.times(self.component()?)?;
            } else if self.eat('/') {
                unit = unit.times(self.component()?.inverse()?)?;
            } else {
                return Some(unit);
            }
        }
    }

    fn component(&mut self) -> Option<Unit> {
        if self.rest.starts_with('{') {
            self.annotation()?;
            return Some(Unit::ONE);
        }
        let unit = if self.eat('(') {
            self.depth += 1;
            if self.depth > 16 {
                return None;
            }
            let unit = self.term()?;
            self.depth -= 1;
            if !self.eat(')') {
                return None;
            }
            unit
        } else if self.rest.starts_with("10*") || self.rest.starts_with("10^") {
            let (atom, rest) = self.rest.split_at_checked(3)?;
            self.rest = rest;
            let exponent = self.exponent()?;
            self.atoms.get(atom)?.0.power(exponent)?
        } else if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            let factor = self.take_while(|c| c.is_ascii_digit()).parse::<i64>().ok()?;
            Unit { factor: Ratio::new(i128::from(factor), 1)?, ..Unit::ONE }
        } else {
            self.simple()?
        };
        if self.rest.starts_with('{') {
            self.annotation()?;
        }
        Some(unit)
    }

    fn annotation(&mut self) -> Option<()> {
        let (_, rest) = self.rest.split_once('}')?;
        self.rest = rest;
        Some(())
    }

    /// An atom with its prefix and exponent.
    fn simple(&mut self) -> Option<Unit> {
        let start = self.rest;
        loop {
            let plain = self.take_while(|c| c.is_ascii_alphabetic() || matches!(c, '%' | '_' | '\''));
            if self.rest.starts_with('[') {
                let (_, rest) = self.rest.split_once(']')?;
                self.rest = rest;
            } else if plain.is_empty() || !self.rest.starts_with('[') {
                break;
            }
        }
        let name = start.get(..start.len() - self.rest.len()).filter(|name| !name.is_empty())?;
        let exponent = self.exponent()?;
        self.named(name)?.power(exponent)
    }

    fn exponent(&mut self) -> Option<i32> {
        let negative = self.eat('-');
        let signed = negative || self.eat('+');
        let digits = self.take_while(|c| c.is_ascii_digit());
        if digits.is_empty() {
            return if signed { None } else { Some(1) };
        }
        let value = digits.parse::<i32>().ok().filter(|n| *n <= 36)?;
        Some(if negative { -value } else { value })
    }

    fn named(&self, name: &str) -> Option<Unit> {
        if let Some((unit, _)) = self.atoms.get(name) {
            return Some(*unit);
        }
        PREFIXES.iter().find_map(|(prefix, power)| {
            let (unit, metric) = self.atoms.get(name.strip_prefix(prefix)?)?;
            let ten = self.atoms.get("10*")?.0.power(*power)?;
            metric.then(|| unit.times(ten)).flatten()
        })
    }
}

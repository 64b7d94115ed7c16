//! Codes as numbers and value sets as sets of bits over them.

mod compose;

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use crate::elm::Tree;

pub use compose::CodeSystem;

/// A quick hash for short keys that nobody outside chooses at scale.
#[derive(Clone, Copy, Default)]
pub struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
        let mut word = [0; 8];
        let rest = chunks.remainder();
        word[..rest.len()].copy_from_slice(rest);
        self.write_u64(u64::from_le_bytes(word) ^ ((rest.len() as u64) << 56));
    }
    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
    fn write_u8(&mut self, byte: u8) {
        self.write_u64(u64::from(byte));
    }
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

/// A map with the quick hash.
pub type QuickMap<K, V> = HashMap<K, V, BuildHasherDefault<Quick>>;

/// A value set loaded.
#[derive(Debug)]
pub struct ValueSet {
    /// Canonical url.
    pub url: String,
    /// Version, when stated.
    pub version: Option<String>,
    /// Codes it holds.
    bits: Vec<u64>,
    /// How many codes are here.
    pub present: usize,
    /// How many the expansion says there are.
    pub total: Option<usize>,
}

impl ValueSet {
    /// Whether it holds a code number.
    pub fn has(&self, code: u32) -> bool {
        self.bits.get(code as usize / 64).is_some_and(|word| word >> (code % 64) & 1 == 1)
    }

    fn put(&mut self, code: u32) {
        let id = code as usize;
        if self.bits.len() <= id / 64 {
            self.bits.resize(id / 64 + 1, 0);
        }
        self.bits[id / 64] |= 1 << (id % 64);
        self.present += 1;
    }

    /// True when the expansion says there are more codes than are here.
    pub fn is_cut(&self) -> bool {
        self.total.is_some_and(|total| total > self.present)
    }
}

/// Codes and value sets known to the programs of one run.
#[derive(Debug, Default)]
pub struct Terminology {
    systems: QuickMap<Box<str>, u32>,
    codes: Vec<(u32, Box<str>)>,
    /// Open-addressed table of code number + 1.
    slots: Vec<u32>,
    sets: Vec<ValueSet>,
    by_url: QuickMap<Box<str>, usize>,
    code_systems: BTreeMap<String, CodeSystem>,
}

fn hash(system: u32, code: &str) -> u64 {
    let mut h = Quick(u64::from(system).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    h.write(code.as_bytes());
    h.finish()
}

impl Terminology {
    /// Adds a FHIR ValueSet with an expansion; answers its url.
    pub fn add_value_set(&mut self, tree: &Tree<'_>) -> Result<String, String> {
        let url = tree.text("url").ok_or("value set without url")?.to_owned();
        let mut set = ValueSet {
            url: url.clone(),
            version: tree.text("version").map(str::to_owned),
            bits: Vec::new(),
            present: 0,
            total: tree.get("expansion").and_then(|e| e.literal("total")).and_then(|t| t.parse().ok()),
        };
        if let Some(expansion) = tree.get("expansion") {
            self.expansion(expansion, &mut set, 0);
        }
        // A set that holds its definition needs no expansion; an empty one may be a stump left by a server.
        if set.present == 0
            && set.total != Some(0)
            && (tree.get("compose").is_some() || tree.get("expansion").is_none())
        {
            match self.composed(tree, &url) {
                Ok(codes) => codes.into_iter().for_each(|code| set.put(code)),
                Err(error) if tree.get("expansion").is_none() => return Err(error),
                Err(_) => {}
            }
        }
        if let Some(version) = &set.version {
            self.by_url.insert(format!("{url}|{version}").into(), self.sets.len());
        }
        self.by_url.insert(url.as_str().into(), self.sets.len());
        self.sets.push(set);
        Ok(url)
    }

    fn expansion(&mut self, node: &Tree<'_>, set: &mut ValueSet, depth: usize) {
        if depth > 32 {
            return;
        }
        for item in node.items("contains") {
            if let (Some(system), Some(code)) = (item.text("system"), item.text("code"))
                && item.flag("abstract") != Some(true)
            {
                let code = self.intern(system, code);
                set.put(code);
            }
            self.expansion(item, set, depth + 1);
        }
    }

    /// The number of a code, given one if it is new.
    pub fn intern(&mut self, system: &str, code: &str) -> u32 {
        let next = self.systems.len() as u32;
        let system = match self.systems.get(system) {
            Some(id) => *id,
            None => {
                self.systems.insert(system.into(), next);
                next
            }
        };
        if let Some(id) = self.lookup(system, code) {
            return id;
        }
        let id = self.codes.len() as u32;
        self.codes.push((system, code.into()));
        if self.codes.len() * 2 > self.slots.len() {
            let size = (self.slots.len() * 2).max(1024);
            self.slots = vec![0; size];
            for at in 0..self.codes.len() {
                self.place(at as u32);
            }
        } else {
            self.place(id);
        }
        id
    }

    fn place(&mut self, id: u32) {
        let (system, code) = &self.codes[id as usize];
        let mask = self.slots.len() - 1;
        let mut slot = hash(*system, code) as usize & mask;
        while self.slots[slot] != 0 {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = id + 1;
    }

    fn lookup(&self, system: u32, code: &str) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let mask = self.slots.len() - 1;
        let mut slot = hash(system, code) as usize & mask;
        loop {
            let id = self.slots[slot].checked_sub(1)?;
            let (s, c) = &self.codes[id as usize];
            if *s == system && **c == *code {
                return Some(id);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// The number of a code, if any set or library names it.
    pub fn find(&self, system: &str, code: &str) -> Option<u32> {
        self.lookup(*self.systems.get(system)?, code)
    }

    /// The numbers of a code in any system.
    pub fn find_any_system(&self, code: &str) -> Vec<u32> {
        let mut ids: Vec<u32> = (0..self.systems.len() as u32).filter_map(|system| self.lookup(system, code)).collect();
        ids.sort_unstable();
        ids
    }

    /// A code system that was loaded with its codes.
    pub fn code_system(&self, url: &str) -> Option<&CodeSystem> {
        self.code_systems.get(url)
    }

    /// The place of a value set of a version, or of whatever version is here.
    pub fn set_index_of(&self, url: &str, version: Option<&str>) -> Option<usize> {
        let exact = version.and_then(|version| self.by_url.get(&*format!("{url}|{version}")).copied());
        exact.or_else(|| self.set_index(url))
    }

    /// The place of a value set, by url (a `|version` is looked for as written and without).
    pub fn set_index(&self, url: &str) -> Option<usize> {
        if let Some(exact) = self.by_url.get(url) {
            return Some(*exact);
        }
        let plain = url.split('|').next().unwrap_or(url);
        let urn = || plain.strip_prefix("urn:oid:").and_then(|oid| self.sets.iter().position(|s| s.url.ends_with(oid)));
        self.by_url.get(plain).copied().or_else(urn)
    }

    /// A value set by place.
    pub fn set(&self, index: usize) -> Option<&ValueSet> {
        self.sets.get(index)
    }

    /// All value sets in the order loaded.
    pub fn sets(&self) -> &[ValueSet] {
        &self.sets
    }

    /// System and code of every member, in code-number order.
    pub fn members(&self, index: usize) -> Vec<(&str, &str)> {
        let mut names: Vec<&str> = vec![""; self.systems.len()];
        let mut systems: Vec<(&Box<str>, &u32)> = self.systems.iter().collect();
        systems.sort();
        for (name, id) in systems {
            names[*id as usize] = name;
        }
        let Some(set) = self.sets.get(index) else { return Vec::new() };
        (0..self.codes.len() as u32)
            .filter(|id| set.has(*id))
            .map(|id| {
                let (system, code) = &self.codes[id as usize];
                (names[*system as usize], &**code)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_its_codes_and_says_when_it_is_cut() {
        let text = r#"{"url":"http://x/v","expansion":{"total":3,"contains":[
            {"system":"http://s","code":"a"},{"system":"http://s","code":"b","contains":[{"system":"http://t","code":"a"}]}]}}"#;
        let mut terms = Terminology::default();
        terms.add_value_set(&Tree::parse(text).unwrap()).unwrap();
        let set = terms.set(terms.set_index("http://x/v|2").unwrap()).unwrap();
        assert!(set.has(terms.find("http://t", "a").unwrap()));
        assert_eq!(terms.find("http://t", "b"), None);
        assert_eq!((set.present, set.is_cut()), (3, false));
        assert_eq!(terms.find_any_system("a").len(), 2);
    }
}

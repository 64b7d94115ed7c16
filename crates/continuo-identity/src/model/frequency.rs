//! How common each value is among the records: agreeing on a rare one tells more.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::normalize::name::Name;
use crate::normalize::nickname;
use crate::profile::Profile;

/// Records' worth of trust in the general guess before counts take over.
const GUESS_WEIGHT: f32 = 300.0;
/// No agreement on a name counts for more than this: the rarest spellings are slips and stand-ins that clerks share.
const RAREST_GIVEN: f32 = 2e-4;
const RAREST_FAMILY: f32 = 1e-5;
/// Share of people from which a given name counts as one, listed or not.
const ESTABLISHED: f32 = 3e-4;
/// Size of population assumed while nothing was counted.
const ASSUMED_RECORDS: f32 = 100_000.0;

/// Counts of values over a set of records.
#[derive(Clone, Debug, Default)]
pub struct Frequencies {
    records: u32,
    /// Social security numbers that two different people use, a parent's on a child's record above all.
    contested: std::collections::HashSet<u32, BuildHasherDefault<Mixed>>,
    counts: HashMap<u64, u32, BuildHasherDefault<Mixed>>,
    /// Given names under one social security number: how often both were this name, and how often the other was
    /// another form of it.
    usage: HashMap<u64, (u32, u32), BuildHasherDefault<Mixed>>,
    /// Count of the commonest name of each nickname group.
    group_most: HashMap<u64, u32, BuildHasherDefault<Mixed>>,
}

/// Counts as sorted lists, for keeping.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    pub records: u32,
    pub counts: Vec<(u64, u32)>,
    pub group_most: Vec<(u64, u32)>,
    pub usage: Vec<(u64, (u32, u32))>,
    pub contested: Vec<u32>,
}

#[derive(Clone, Copy)]
#[repr(u64)]
enum Kind {
    Given = 1,
    Family,
    Phone,
    Email,
    Premises,
    Zip,
    Year,
}

impl Frequencies {
    /// Counts one record's values.
    pub fn add(&mut self, profile: &Profile) {
        self.records = self.records.saturating_add(1);
        for name in profile.given().into_iter().chain(profile.middle()).filter(|name| !name.is_initial()) {
            let count = self.count(Kind::Given, u64::from(name.hash));
            for group in name.groups.iter().filter(|group| **group != 0 && name.is_listed) {
                let most = self.group_most.entry(u64::from(*group)).or_insert(0);
                *most = count.max(*most);
            }
        }
        for name in profile.family() {
            self.count(Kind::Family, u64::from(name.hash));
        }
        for phone in &profile.phones {
            self.count(Kind::Phone, *phone);
        }
        for email in &profile.emails {
            self.count(Kind::Email, email.whole);
        }
        for place in &profile.places {
            if let Some(premises) = place.premises() {
                self.count(Kind::Premises, premises);
            }
            if place.zip != 0 {
                self.count(Kind::Zip, u64::from(place.zip));
            }
        }
        if !profile.birth.is_missing() {
            self.count(Kind::Year, u64::from(profile.birth.year));
        }
    }

    /// Marks a number as used by two different people: that two records differ in it then says nothing.
    pub fn contest(&mut self, ssn: u32) {
        self.contested.insert(ssn);
    }

    pub fn is_contested(&self, ssn: u32) -> bool {
        self.contested.contains(&ssn)
    }

    /// Number of records counted.
    pub fn records(&self) -> u32 {
        self.records
    }

    /// Size of the population that priors and chances are stated for.
    pub(crate) fn population(&self) -> f32 {
        if self.records == 0 { ASSUMED_RECORDS } else { (self.records as f32).max(1000.0) }
    }

    /// Share of people with this given name.
    pub fn given(&self, name: &Name) -> f32 {
        let is_known = nickname_known(name);
        self.share(Kind::Given, u64::from(name.hash), if is_known { 0.004 } else { 0.0005 }).max(RAREST_GIVEN)
    }

    /// Notes two given names found under one social security number.
    pub fn observe_one_person(&mut self, a: &Name, b: &Name) {
        let is_same = a.hash == b.hash;
        if !is_same && !a.shares_group(b) {
            return;
        }
        for name in [a, b] {
            let seen = self.usage.entry(u64::from(name.hash)).or_insert((0, 0));
            if is_same { seen.0 += 1 } else { seen.1 += 1 }
        }
    }

    /// Whether both names are names of their own here, not one a short form of the other. A person called Bob somewhere
    /// is mostly Robert elsewhere; a Stephen is mostly Stephen. Where too few were seen, how common the name is beside
    /// its group's commonest decides.
    pub fn are_both_own(&self, a: &Name, b: &Name) -> bool {
        let shared = a.groups.iter().filter(|group| **group != 0 && b.groups.contains(group));
        let most = shared.filter_map(|group| self.group_most.get(&u64::from(*group))).max().copied().unwrap_or(0);
        [a, b].into_iter().all(|name| {
            let count = self.get(Kind::Given, u64::from(name.hash));
            let (same, mixed) = self.usage.get(&u64::from(name.hash)).copied().unwrap_or_default();
            let guess = (4.0 * count / most.max(1) as f32).min(1.0);
            count >= 5.0 && same as f32 + 2.0 * guess >= mixed as f32 + 2.0 * (1.0 - guess)
        })
    }

    /// Whether a given name is a name and no slip: listed, or borne by several and not too few of all.
    pub fn is_established(&self, name: &Name) -> bool {
        let count = self.get(Kind::Given, u64::from(name.hash));
        name.is_name || count >= 4.0 && count >= ESTABLISHED * self.records as f32
    }

    /// Share of people with this family name.
    pub fn family(&self, name: &Name) -> f32 {
        self.share(Kind::Family, u64::from(name.hash), 0.0007).max(RAREST_FAMILY)
    }

    /// Share of people born in this year.
    pub fn birth_year(&self, year: u16) -> f32 {
        self.share(Kind::Year, u64::from(year), 0.0125)
    }

    pub fn zip(&self, zip: u32) -> f32 {
        self.share(Kind::Zip, u64::from(zip), 0.002)
    }

    /// Chance that a stranger has this phone: by how many others have it.
    pub fn phone(&self, phone: u64) -> f32 {
        self.others(Kind::Phone, phone)
    }

    pub fn email(&self, email: u64) -> f32 {
        self.others(Kind::Email, email)
    }

    pub fn premises(&self, premises: u64) -> f32 {
        self.others(Kind::Premises, premises)
    }

    /// All that was counted, sorted; values seen fewer times than `from` are left out.
    pub(crate) fn lists(&self, from: u32) -> Lists {
        fn sorted<T: Copy + Ord>(map: &HashMap<u64, T, BuildHasherDefault<Mixed>>) -> Vec<(u64, T)> {
            let mut list: Vec<(u64, T)> = map.iter().map(|(value, count)| (*value, *count)).collect();
            list.sort_unstable();
            list
        }
        let mut contested: Vec<u32> = self.contested.iter().copied().collect();
        contested.sort_unstable();
        let mut counts = sorted(&self.counts);
        counts.retain(|(_, count)| *count >= from);
        Lists {
            records: self.records,
            counts,
            group_most: sorted(&self.group_most),
            usage: sorted(&self.usage),
            contested,
        }
    }

    pub(crate) fn from_lists(lists: Lists) -> Self {
        Self {
            records: lists.records,
            contested: lists.contested.into_iter().collect(),
            counts: lists.counts.into_iter().collect(),
            usage: lists.usage.into_iter().collect(),
            group_most: lists.group_most.into_iter().collect(),
        }
    }

    fn share(&self, kind: Kind, value: u64, guess: f32) -> f32 {
        (self.get(kind, value) + guess * GUESS_WEIGHT) / (self.records as f32 + GUESS_WEIGHT)
    }

    /// Values meant for one person or household: the two records compared do not count.
    fn others(&self, kind: Kind, value: u64) -> f32 {
        (self.get(kind, value) - 2.0).max(0.2) / self.population()
    }

    fn get(&self, kind: Kind, value: u64) -> f32 {
        self.counts.get(&key(kind, value)).copied().unwrap_or(0) as f32
    }

    fn count(&mut self, kind: Kind, value: u64) -> u32 {
        let count = self.counts.entry(key(kind, value)).or_insert(0);
        *count = count.saturating_add(1);
        *count
    }
}

fn nickname_known(name: &Name) -> bool {
    name.is_listed || (name.letters().len() < 4 && nickname::is_known(&name.text()))
}

fn key(kind: Kind, value: u64) -> u64 {
    let mut x = value.wrapping_add((kind as u64) << 56).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x ^= x >> 29;
    x.wrapping_mul(0xBF58_476D_1CE4_E5B9)
}

/// Keys are mixed already; hashing them again would cost and gain nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u32(&mut self, value: u32) {
        self.0 = u64::from(value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

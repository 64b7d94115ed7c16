//! Blocking keys: two records are compared when they share one.
//!
//! A key is a 64-bit hash, the same in every build, so that a store can keep keys as rows. Each kind of key survives
//! another kind of damage; together they leave out almost no true pair.

use crate::normalize::identifier::Ssn;
use crate::normalize::name::Name;
use crate::profile::Profile;

/// What a key is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum KeyKind {
    /// Survives anything but a wrong number.
    Ssn = 1,
    Identifier,
    Phone,
    Email,
    /// Any name with the birth date: survives swapped, married, misspelt other names.
    BirthAndName,
    /// Two names, in either order, with the birth year: survives a wrong day or month.
    NamesAndYear,
    /// Two names with day and month: survives a wrong year.
    NamesAndDay,
    TailAndYear,
    TailAndName,
    /// Premises with a given name: survives a missing birth date.
    PremisesAndName,
    /// Premises with the birth date: survives two wrong names.
    PremisesAndBirth,
}

impl KeyKind {
    pub const ALL: [Self; 11] = [
        Self::Ssn,
        Self::Identifier,
        Self::Phone,
        Self::Email,
        Self::BirthAndName,
        Self::NamesAndYear,
        Self::NamesAndDay,
        Self::TailAndYear,
        Self::TailAndName,
        Self::PremisesAndName,
        Self::PremisesAndBirth,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::Ssn => "social security number",
            Self::Identifier => "identifier",
            Self::Phone => "phone",
            Self::Email => "e-mail",
            Self::BirthAndName => "birth date and a name",
            Self::NamesAndYear => "two names and birth year",
            Self::NamesAndDay => "two names and birthday",
            Self::TailAndYear => "last four and birth year",
            Self::TailAndName => "last four and a name",
            Self::PremisesAndName => "address and given name",
            Self::PremisesAndBirth => "address and birth date",
        }
    }

    /// The kind a key was made as.
    pub fn of(key: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u64 == key >> 60)
    }
}

/// The blocking keys of a record, without repeats, sorted.
pub fn keys(profile: &Profile) -> Vec<u64> {
    let mut keys = Vec::with_capacity(20);
    let mut add = |kind: KeyKind, a: u64, b: u64| keys.push(key(kind, a, b));
    let birth = profile.birth;
    let has_day = birth.day != 0;
    let day = u64::from(birth.month) * 32 + u64::from(birth.day);
    // A short year is unsure of its century; keys then use what both centuries share.
    let year = u64::from(birth.year) % 100;
    let date = year * 1000 + day;
    let given = given_roots(profile);
    let family: Vec<u64> = profile.family().iter().map(|name| u64::from(name.sound)).collect();

    match profile.ssn {
        Ssn::Full(number) => add(KeyKind::Ssn, u64::from(number), 0),
        Ssn::Tail(_) | Ssn::Missing => {}
    }
    for identifier in &profile.identifiers {
        add(KeyKind::Identifier, u64::from(identifier.system), identifier.value);
    }
    for phone in &profile.phones {
        add(KeyKind::Phone, *phone, 0);
    }
    for email in &profile.emails {
        add(KeyKind::Email, email.whole, 0);
    }
    if has_day {
        for name in given.iter().chain(&family) {
            add(KeyKind::BirthAndName, date, *name);
        }
        // A middle name is often the one in use.
        for name in profile.middle().iter().filter(|name| !name.is_initial()) {
            add(KeyKind::BirthAndName, date, u64::from(name.sound));
        }
    }
    for a in &given {
        for b in &family {
            let both = mix(*a.min(b), *a.max(b));
            if birth.year != 0 {
                add(KeyKind::NamesAndYear, both, year);
            }
            if has_day && !birth.is_default() {
                add(KeyKind::NamesAndDay, both, day);
            }
        }
    }
    let tail = match profile.ssn {
        Ssn::Full(number) => Some(number % 10_000),
        Ssn::Tail(tail) => Some(u32::from(tail)),
        Ssn::Missing => None,
    };
    if let Some(tail) = tail {
        if birth.year != 0 {
            add(KeyKind::TailAndYear, u64::from(tail), year);
        }
        for name in given.iter().chain(&family) {
            add(KeyKind::TailAndName, u64::from(tail), *name);
        }
    }
    for place in profile.places.iter().filter(|place| place.number != 0) {
        let street = place.street.map_or(0, |street| u64::from(street.sound));
        let premises = mix(u64::from(place.number), street);
        for name in &given {
            add(KeyKind::PremisesAndName, premises, *name);
        }
        if has_day {
            add(KeyKind::PremisesAndBirth, premises, date);
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// A finer key for a record in a block that grew too large: names and birth year together.
pub fn refined(key: u64, profile: &Profile) -> u64 {
    let given = profile.given().map_or(0, |name| u64::from(name.sound));
    let family = profile.family().first().map_or(0, |name| u64::from(name.sound));
    let fine = mix(mix(given, family), u64::from(profile.birth.year));
    (key & (0xF << 60)) | (mix(key, fine) >> 4)
}

/// The sounds and nickname groups by which a given name is looked up.
fn given_roots(profile: &Profile) -> Vec<u64> {
    let Some(name) = profile.given() else { return Vec::new() };
    let groups = name.groups.iter().filter(|group| **group != 0).map(|group| (1 << 40) + u64::from(*group));
    std::iter::once(sound(name)).chain(groups).collect()
}

fn sound(name: &Name) -> u64 {
    u64::from(name.sound)
}

fn key(kind: KeyKind, a: u64, b: u64) -> u64 {
    ((kind as u64) << 60) | (mix(a, b) >> 4)
}

/// A fixed mixing of two numbers (the finalizer of SplitMix64).
fn mix(a: u64, b: u64) -> u64 {
    let mut x = a.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ b.rotate_left(32) ^ 0x1234_5678_9ABC_DEF1;
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9).wrapping_add(b);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{SourceAddress, SourceRecord};

    fn meets(a: SourceRecord<'_>, b: SourceRecord<'_>) -> bool {
        let others = keys(&Profile::new(&b));
        keys(&Profile::new(&a)).iter().any(|key| others.contains(key))
    }

    fn person<'a>(given: &'a str, family: &'a str, birth_date: &'a str) -> SourceRecord<'a> {
        SourceRecord { given, family, birth_date, ..SourceRecord::default() }
    }

    #[test]
    fn each_kind_of_damage_leaves_a_key() {
        let robert = || person("Robert", "Garcia Lopez", "1980-03-12");
        assert!(meets(robert(), person("Bob", "Lopez", "1980-03-12")));
        assert!(meets(robert(), person("Garcia", "Robert", "1980-12-03")), "swapped names and day");
        assert!(meets(robert(), person("Bobby", "Garcia", "1981-03-12")), "wrong year");
        assert!(meets(robert(), person("Robbert", "Smith", "1980-03-12")), "married");
        assert!(meets(robert(), person("Rob", "Garcia", "3/12/80")), "short year");
        let at_home = |record| SourceRecord {
            addresses: vec![SourceAddress { line: "9 Oak St", ..SourceAddress::default() }],
            ..record
        };
        assert!(meets(at_home(robert()), at_home(person("Robert", "Smith", ""))), "no birth date");
        assert!(!meets(robert(), person("Alice", "Jones", "1955-01-02")));
    }

    #[test]
    fn a_key_knows_its_kind() {
        for key in keys(&Profile::new(&person("Robert", "Garcia", "1980-03-12"))) {
            assert!(KeyKind::of(key).is_some());
        }
        assert!(keys(&Profile::default()).is_empty());
    }
}

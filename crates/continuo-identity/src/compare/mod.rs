//! Comparison of two records, field by field, into graded levels.
//!
//! A level says how two values agree; how much that tells is the business of `model`. Each level carries the chance
//! that two strangers would show it: agreeing on Smith says little, on Gartistad much.

mod birth;
mod contact;
pub(crate) mod letters;
mod names;

use crate::model::frequency::Frequencies;
use crate::normalize::identifier::Ssn;
use crate::normalize::phone::is_slip;
use crate::profile::{Profile, Sex};

/// The fields compared, in the order a person reads them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(usize)]
pub enum Field {
    Given,
    Family,
    Middle,
    Suffix,
    Birth,
    Sex,
    Ssn,
    Identifier,
    Phone,
    Email,
    Place,
}

/// Number of fields.
pub const FIELDS: usize = 11;
/// The most levels a field has.
pub const LEVELS: usize = 11;

impl Field {
    pub const ALL: [Self; FIELDS] = [
        Self::Given,
        Self::Family,
        Self::Middle,
        Self::Suffix,
        Self::Birth,
        Self::Sex,
        Self::Ssn,
        Self::Identifier,
        Self::Phone,
        Self::Email,
        Self::Place,
    ];

    /// How many levels the field has, the missing one included.
    pub const fn levels(self) -> usize {
        match self {
            Self::Given => 11,
            Self::Birth => 10,
            Self::Family | Self::Ssn | Self::Place => 7,
            Self::Middle => 5,
            Self::Suffix | Self::Sex | Self::Phone | Self::Email => 4,
            Self::Identifier => 3,
        }
    }
}

/// Level zero of every field: one side says nothing.
pub const MISSING: u8 = 0;

/// How given names agree.
pub mod given {
    pub const EXACT: u8 = 1;
    /// By the nickname table.
    pub const NICKNAME: u8 = 2;
    /// Nearly alike, and one of the two is no name of its own: a slip.
    pub const SLIP: u8 = 3;
    /// Nearly alike, but both are names that people have.
    pub const NEAR: u8 = 4;
    pub const INITIAL: u8 = 5;
    /// One record's given name is the other's middle name.
    pub const CROSSED: u8 = 6;
    /// Given and family name exchanged.
    pub const SWAPPED: u8 = 7;
    /// By the nickname table, but people here bear both as names of their own: Stephen and Steven.
    pub const VARIANT: u8 = 8;
    /// Roughly alike, and one of the two is no name of its own.
    pub const LOOSE: u8 = 9;
    pub const DIFFERENT: u8 = 10;
}

/// How family names agree.
pub mod family {
    pub const EXACT: u8 = 1;
    /// One of several surnames is shared.
    pub const PART: u8 = 2;
    pub const SLIP: u8 = 3;
    pub const NEAR: u8 = 4;
    pub const SWAPPED: u8 = 5;
    pub const DIFFERENT: u8 = 6;
}

/// How middle names agree.
pub mod middle {
    pub const EXACT: u8 = 1;
    pub const INITIAL: u8 = 2;
    pub const NEAR: u8 = 3;
    pub const DIFFERENT: u8 = 4;
}

/// How generation suffixes agree.
pub mod suffix {
    pub const SAME: u8 = 1;
    /// Only one record has one.
    pub const ONE_SIDED: u8 = 2;
    pub const DIFFERENT: u8 = 3;
}

/// How birth dates agree.
pub mod born {
    pub const EXACT: u8 = 1;
    /// Day and month exchanged.
    pub const SWAPPED: u8 = 2;
    /// One digit, or two neighboring digits exchanged, within day and month.
    pub const SLIP: u8 = 3;
    pub const SAME_MONTH: u8 = 4;
    /// Day and month agree, the year is off by one, ten, or one slip.
    pub const YEAR_SLIP: u8 = 5;
    /// The year agrees and one of the two is January first, or only a year.
    pub const DEFAULT: u8 = 6;
    pub const SAME_YEAR: u8 = 7;
    /// At most twelve years apart.
    pub const NEAR: u8 = 8;
    pub const FAR: u8 = 9;
}

/// How sexes agree.
pub mod sex {
    pub const FEMALE: u8 = 1;
    /// Told apart from both female because sons are named for their fathers.
    pub const MALE: u8 = 2;
    pub const DIFFERENT: u8 = 3;
}

/// How social security numbers agree.
pub mod ssn {
    pub const SAME: u8 = 1;
    pub const SLIP: u8 = 2;
    /// Only four digits are known of one, and they agree.
    pub const TAIL: u8 = 3;
    /// Numbers in a row, as given to children registered together.
    pub const CONSECUTIVE: u8 = 4;
    pub const TAIL_DIFFERENT: u8 = 5;
    pub const DIFFERENT: u8 = 6;
}

/// How other identifiers of one system agree.
pub mod identifier {
    pub const SAME: u8 = 1;
    pub const DIFFERENT: u8 = 2;
}

/// How phones and e-mail addresses agree.
pub mod contact_level {
    pub const SAME: u8 = 1;
    pub const SLIP: u8 = 2;
    pub const DIFFERENT: u8 = 3;
}

/// How addresses agree.
pub mod place {
    pub const PREMISES: u8 = 1;
    /// One building, two apartments.
    pub const OTHER_UNIT: u8 = 2;
    pub const NEAR: u8 = 3;
    pub const SAME_ZIP: u8 = 4;
    pub const SAME_CITY: u8 = 5;
    pub const DIFFERENT: u8 = 6;
}

/// What comparing two records found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// Level by field.
    pub levels: [u8; FIELDS],
    /// Natural logarithm of the chance that strangers show this level; NaN where the model's own table decides.
    pub chance: [f32; FIELDS],
}

impl Evidence {
    pub fn level(&self, field: Field) -> u8 {
        self.levels[field as usize]
    }

    fn set(&mut self, field: Field, level: u8, chance: Option<f32>) {
        self.levels[field as usize] = level;
        self.chance[field as usize] = chance.map_or(f32::NAN, f32::ln);
    }
}

/// Compares two records.
pub fn compare(a: &Profile, b: &Profile, frequencies: &Frequencies) -> Evidence {
    let mut evidence = Evidence { levels: [MISSING; FIELDS], chance: [f32::NAN; FIELDS] };
    names::compare(a, b, frequencies, &mut evidence);
    evidence.set(Field::Suffix, suffix_level(a, b), None);
    let (level, chance) = birth::compare(a.birth, b.birth, frequencies);
    evidence.set(Field::Birth, level, chance);
    evidence.set(Field::Sex, sex_level(a.sex, b.sex), None);
    evidence.set(Field::Ssn, ssn_level(a.ssn, b.ssn, frequencies), None);
    evidence.set(Field::Identifier, identifier_level(a, b), None);
    let (level, chance) = contact::phones(a, b, frequencies);
    evidence.set(Field::Phone, level, chance);
    let (level, chance) = contact::emails(a, b, frequencies);
    evidence.set(Field::Email, level, chance);
    let (level, chance) = contact::places(a, b, frequencies);
    evidence.set(Field::Place, level, chance);
    evidence
}

fn suffix_level(a: &Profile, b: &Profile) -> u8 {
    use crate::normalize::person::Generation::Unsaid;
    match (a.generation, b.generation) {
        (Unsaid, Unsaid) => MISSING,
        (Unsaid, _) | (_, Unsaid) => suffix::ONE_SIDED,
        (a, b) if a == b => suffix::SAME,
        _ => suffix::DIFFERENT,
    }
}

fn sex_level(a: Sex, b: Sex) -> u8 {
    match (a, b) {
        (Sex::Unsaid | Sex::Other, _) | (_, Sex::Unsaid | Sex::Other) => MISSING,
        (Sex::Female, Sex::Female) => sex::FEMALE,
        (Sex::Male, Sex::Male) => sex::MALE,
        _ => sex::DIFFERENT,
    }
}

fn ssn_level(a: Ssn, b: Ssn, frequencies: &Frequencies) -> u8 {
    let is_contested = |ssn| matches!(ssn, Ssn::Full(number) if frequencies.is_contested(number));
    match (a, b) {
        (Ssn::Missing, _) | (_, Ssn::Missing) => MISSING,
        (Ssn::Full(a), Ssn::Full(b)) if a == b => ssn::SAME,
        (Ssn::Full(a), Ssn::Full(b)) if a.abs_diff(b) <= 2 => ssn::CONSECUTIVE,
        (Ssn::Full(a), Ssn::Full(b)) if is_slip(u64::from(a), u64::from(b)) => ssn::SLIP,
        (a, b) if tail(a) == tail(b) && !matches!((a, b), (Ssn::Full(_), Ssn::Full(_))) => ssn::TAIL,
        (a, b) if is_contested(a) || is_contested(b) => MISSING,
        (Ssn::Full(_), Ssn::Full(_)) => ssn::DIFFERENT,
        _ => ssn::TAIL_DIFFERENT,
    }
}

fn tail(ssn: Ssn) -> u32 {
    match ssn {
        Ssn::Full(number) => number % 10_000,
        Ssn::Tail(tail) => u32::from(tail),
        Ssn::Missing => 0,
    }
}

fn identifier_level(a: &Profile, b: &Profile) -> u8 {
    let mut level = MISSING;
    for mine in &a.identifiers {
        for other in b.identifiers.iter().filter(|other| other.system == mine.system) {
            if other.value == mine.value {
                return identifier::SAME;
            }
            level = identifier::DIFFERENT;
        }
    }
    level
}

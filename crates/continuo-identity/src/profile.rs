//! A person's normalized record: what comparison reads.

use crate::normalize::address::{self, Place};
use crate::normalize::birth::{self, Birth};
use crate::normalize::email::{self, Email};
use crate::normalize::identifier::{self, Identifier, Ssn};
use crate::normalize::name::Name;
use crate::normalize::person::{Generation, person_name, surnames};
use crate::normalize::phone;
use crate::normalize::text::{FIELD_LIMIT, words};
use crate::record::SourceRecord;

/// The most phones, addresses, e-mails or identifiers of one record that are compared.
const LIST_LIMIT: usize = 6;

/// A normalized record, about 400 bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    names: Box<[Name]>,
    given: u8,
    middle: u8,
    family: u8,
    pub sex: Sex,
    pub birth: Birth,
    pub generation: Generation,
    pub is_newborn: bool,
    /// First of a multiple birth is 1; zero when not said.
    pub birth_order: u8,
    /// The numbers in the name, and what else ends it, as hashes; zero for none.
    pub numbers: u32,
    pub ending: u32,
    pub ssn: Ssn,
    pub phones: Box<[u64]>,
    pub emails: Box<[Email]>,
    pub places: Box<[Place]>,
    pub identifiers: Box<[Identifier]>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sex {
    #[default]
    Unsaid,
    Female,
    Male,
    Other,
}

impl Profile {
    /// Normalizes a record. Never fails: what cannot be read is missing; [`cut_fields`] says what was cut.
    pub fn new(record: &SourceRecord<'_>) -> Self {
        let name = person_name(record.given, record.middle, record.family, record.suffix);
        let mut names: Vec<Name> = name.given.into_iter().collect();
        let given = names.len();
        names.extend(name.middle);
        let middle = names.len() - given;
        names.extend(name.family);
        let mut family = names.len() - given - middle;
        // A former surname is one more surname to meet on; it makes the whole name only partly alike.
        for (_, other) in record.other_names.iter().take(LIST_LIMIT) {
            for word in surnames(&words(other)) {
                let is_new = names.iter().skip(given + middle).all(|known| known.hash != word.hash);
                if is_new && family < LIST_LIMIT {
                    names.push(word);
                    family += 1;
                }
            }
        }
        Self {
            names: names.into(),
            given: given as u8,
            middle: middle as u8,
            family: family as u8,
            sex: sex(record.sex),
            birth: birth::read(record.birth_date),
            generation: name.generation,
            is_newborn: name.is_newborn,
            birth_order: if record.birth_order > 0 { record.birth_order } else { name.birth_order },
            numbers: name.numbers,
            ending: name.ending,
            ssn: identifier::ssn(record.ssn),
            phones: several(record.phones.iter().filter_map(|text| phone::read(text))),
            emails: several(record.emails.iter().filter_map(|text| email::read(text))),
            places: several(record.addresses.iter().filter_map(|a| address::read(a.line, a.city, a.zip))),
            identifiers: several(record.identifiers.iter().filter_map(|(s, v)| identifier::identifier(s, v))),
        }
    }

    pub fn given(&self) -> Option<&Name> {
        self.names.get(..usize::from(self.given)).and_then(<[Name]>::first)
    }

    pub fn middle(&self) -> &[Name] {
        let from = usize::from(self.given);
        self.names.get(from..from + usize::from(self.middle)).unwrap_or_default()
    }

    pub fn family(&self) -> &[Name] {
        self.names.get(usize::from(self.given) + usize::from(self.middle)..).unwrap_or_default()
    }

    /// Family name, given name for a person to read, folded.
    pub fn label(&self) -> String {
        let join = |names: &[Name]| names.iter().map(Name::text).collect::<Vec<_>>().join(" ");
        let given = self.given().map(Name::text).unwrap_or_default();
        format!("{}, {} {}", join(self.family()), given, join(self.middle())).trim().to_owned()
    }

    /// Whether nothing at all could be read.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
            && self.ssn == Ssn::Missing
            && self.identifiers.is_empty()
            && self.phones.is_empty()
            && self.emails.is_empty()
    }
}

/// The names of fields longer than is looked at, for the report.
pub fn cut_fields(record: &SourceRecord<'_>) -> Vec<&'static str> {
    [("given", record.given), ("middle", record.middle), ("family", record.family), ("suffix", record.suffix)]
        .into_iter()
        .filter(|(_, text)| text.len() > FIELD_LIMIT && text.chars().count() > FIELD_LIMIT)
        .map(|(name, _)| name)
        .collect()
}

fn several<T: PartialEq>(values: impl Iterator<Item = T>) -> Box<[T]> {
    let mut kept = Vec::new();
    for value in values {
        if kept.len() == LIST_LIMIT {
            break;
        }
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept.into()
}

fn sex(text: &str) -> Sex {
    match text.trim().as_bytes() {
        [b'f' | b'F', ..] => Sex::Female,
        [b'm' | b'M', ..] => Sex::Male,
        [b'o' | b'O' | b'x' | b'X', ..] => Sex::Other,
        _ => Sex::Unsaid,
    }
}

//! Vetoes: facts that keep two records apart whatever else agrees.
//!
//! A veto keeps the machine from linking; a person may still look, except where the two records say outright that they
//! are two people.

use crate::compare::letters::{Likeness, likeness};
use crate::compare::{
    Evidence, Field, MISSING, born, contact_level, family, given, identifier, middle, place, sex, ssn, suffix,
};
use crate::profile::Profile;

/// A named reason not to link automatically.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Veto {
    /// First and second of one birth.
    BirthOrder,
    /// Sr and Jr.
    Generation,
    /// Same names, birth years a generation apart.
    YearsApart,
    /// Same birth date, different given names.
    Twins,
    /// Numbers in the names that differ ("Ward 7", "Ward 8"), or other suffixes than generations.
    Number,
    /// Same given name and birth date, other middle name: "Jose Luis" and "Jose Juan" may be twins.
    MiddleUnlike,
    /// One surname in common, another that differs, and nothing else.
    SurnameUnlike,
    /// Same birth date and household; given names alike, but each a name of its own here.
    AlikeNames,
    /// Both the birth date and the given name differ.
    BirthAndGiven,
    /// Same birth date; the given name of one may be the middle name of the other, of which only the initial is known.
    PerhapsMiddle,
    /// Different given names, but one social security number or other identifier.
    NamesUnlike,
    /// Two whole social security numbers, not a slip apart.
    Ssn,
    /// Social security numbers differ though name, birth date and home agree.
    SsnAlone,
    /// Social security numbers in a row, as children registered together have; few slips hit the last digit by one.
    ConsecutiveSsn,
    /// "Baby Boy" against a name: which child it is, nobody can tell from this.
    Newborn,
    /// No given name to go by, and no number that stands for it.
    NoGivenName,
    /// No birth date to go by, and no number that stands for it.
    NoBirthDate,
    /// Different family names, and no number, address or contact in common.
    NoFamilyName,
    /// Names, birth date and sex agree and nothing else does; something else that both say differs.
    NamesAlone,
}

impl Veto {
    /// Whether the records themselves say that they are two people, so that nobody needs to be asked.
    pub fn is_final(self) -> bool {
        matches!(self, Self::BirthOrder | Self::Generation | Self::YearsApart | Self::BirthAndGiven)
    }

    /// Whether the veto is a contradiction, which also keeps their clusters apart; else it is only too little evidence.
    pub fn is_conflict(self) -> bool {
        !matches!(
            self,
            Self::Newborn
                | Self::NoGivenName
                | Self::NoBirthDate
                | Self::NoFamilyName
                | Self::PerhapsMiddle
                | Self::NamesUnlike
                | Self::SsnAlone
                | Self::SurnameUnlike
                | Self::NamesAlone
        )
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::BirthOrder => "different place in a multiple birth",
            Self::Generation => "different generation suffix",
            Self::YearsApart => "same name, birth years a generation apart",
            Self::Twins => "same birth date but different given names, as twins have",
            Self::Number => "a number or ending in the names differs",
            Self::MiddleUnlike => {
                "same given name but different middle names, as brothers and sisters of one birth have"
            }
            Self::SurnameUnlike => "one surname shared, the other different",
            Self::AlikeNames => "same household and birth date, given names alike but each a name of its own",
            Self::BirthAndGiven => "both birth date and given name differ",
            Self::PerhapsMiddle => "different given names, though one may be the middle name of the other",
            Self::NamesUnlike => "different given names on one number",
            Self::SsnAlone => "different social security numbers, though all else agrees",
            Self::Ssn => "different social security numbers",
            Self::ConsecutiveSsn => "social security numbers in a row, as twins have",
            Self::Newborn => "a newborn not yet named",
            Self::NoGivenName => "no given name to tell household members apart",
            Self::NoFamilyName => "different family names and nothing else in common",
            Self::NoBirthDate => "no birth date to tell generations apart",
            Self::NamesAlone => "only name, birth date and sex agree, and what else both records say differs",
        }
    }
}

/// The vetoes that apply to a pair.
pub fn vetoes(a: &Profile, b: &Profile, evidence: &Evidence) -> Vec<Veto> {
    let mut found = Vec::new();
    let level = |field| evidence.level(field);
    let (given, birth, ssn) = (level(Field::Given), level(Field::Birth), level(Field::Ssn));
    let is_same_number = ssn == ssn::SAME || level(Field::Identifier) == identifier::SAME;
    let is_given_unlike = matches!(given, given::DIFFERENT | given::NEAR);
    let is_mail_same = level(Field::Email) == contact_level::SAME;
    let is_birth_unlike = matches!(birth, born::SAME_YEAR | born::NEAR | born::FAR);

    if a.birth_order != 0 && b.birth_order != 0 && a.birth_order != b.birth_order {
        found.push(Veto::BirthOrder);
    }
    if level(Field::Suffix) == suffix::DIFFERENT {
        found.push(Veto::Generation);
    }
    if a.numbers != b.numbers || a.ending != 0 && b.ending != 0 && a.ending != b.ending {
        found.push(Veto::Number);
    }
    if birth == born::FAR && !is_given_unlike && given != MISSING && !is_same_number {
        found.push(Veto::YearsApart);
    }
    if is_given_unlike && !is_birth_unlike {
        match (is_same_number, is_initial_crossed(a, b) || is_initial_crossed(b, a)) {
            (true, _) if given == given::NEAR => {}
            (true, _) => found.push(Veto::NamesUnlike),
            (false, true) => found.push(Veto::PerhapsMiddle),
            (false, false) => found.push(Veto::Twins),
        }
    }
    let is_same_home =
        matches!(level(Field::Place), place::PREMISES | place::NEAR) || level(Field::Phone) == contact_level::SAME;
    let is_middle_same = level(Field::Middle) == middle::EXACT;
    let is_corroborated = is_same_number || is_middle_same || is_mail_same || ssn == ssn::TAIL;
    if given == given::VARIANT && is_same_home && !is_birth_unlike && !is_corroborated {
        found.push(Veto::AlikeNames);
    }
    if level(Field::Sex) != sex::MALE
        && level(Field::Sex) != sex::FEMALE
        && given != given::EXACT
        && !is_given_unlike
        && is_gendered(a, b)
        && !is_birth_unlike
        && !is_same_number
    {
        found.push(Veto::Twins);
    }
    if level(Field::Middle) == middle::DIFFERENT && !is_given_unlike && !is_birth_unlike && !is_same_number {
        found.push(Veto::MiddleUnlike);
    }
    if given == given::DIFFERENT && is_birth_unlike {
        found.push(Veto::BirthAndGiven);
    }
    if ssn == ssn::DIFFERENT {
        let is_all_else = given == given::EXACT && birth == born::EXACT && is_same_home;
        found.push(if is_all_else { Veto::SsnAlone } else { Veto::Ssn });
    }
    if ssn == ssn::CONSECUTIVE {
        found.push(Veto::ConsecutiveSsn);
    }
    if a.is_newborn != b.is_newborn && !is_same_number {
        found.push(Veto::Newborn);
    } else if given == MISSING && (!is_same_number || birth == MISSING) {
        found.push(Veto::NoGivenName);
    }
    let are_women = level(Field::Sex) == sex::FEMALE;
    // A family shares its mail as it shares its phone.
    if birth == MISSING && !are_women && !is_same_number && ssn != ssn::TAIL {
        found.push(Veto::NoBirthDate);
    }
    let is_bound = is_same_number || is_mail_same || is_same_home;
    if matches!(level(Field::Family), family::DIFFERENT | MISSING) && !is_bound {
        found.push(Veto::NoFamilyName);
    }
    if level(Field::Family) == family::PART && !is_bound && have_other_surnames(a, b) {
        found.push(Veto::SurnameUnlike);
    }
    if are_names_alone(evidence) {
        found.push(Veto::NamesAlone);
    }
    found
}

/// Whether first and last names, birth date and sex are all that agrees, though both say more. Two people of one name and
/// birth date live in every larger town, and their records agree in no more than that, however rare the name is here. A
/// middle name written out is one thing more; a pair that says nothing further is left to its weight.
fn are_names_alone(evidence: &Evidence) -> bool {
    let level = |field| evidence.level(field);
    let are_names_alike = !matches!(level(Field::Given), given::DIFFERENT | given::NEAR | MISSING)
        && !matches!(level(Field::Family), family::DIFFERENT | MISSING)
        && !matches!(level(Field::Birth), born::SAME_YEAR | born::NEAR | born::FAR | MISSING);
    let is_shared = level(Field::Middle) == middle::EXACT
        || matches!(level(Field::Ssn), ssn::SAME | ssn::SLIP | ssn::TAIL)
        || level(Field::Identifier) == identifier::SAME
        || matches!(level(Field::Phone), contact_level::SAME | contact_level::SLIP)
        || matches!(level(Field::Email), contact_level::SAME | contact_level::SLIP)
        || matches!(level(Field::Place), place::PREMISES | place::OTHER_UNIT | place::NEAR);
    let further = [Field::Ssn, Field::Identifier, Field::Phone, Field::Email, Field::Place];
    let is_any_said = further.into_iter().any(|field| level(field) != MISSING);
    are_names_alike && is_any_said && !is_shared
}

/// Whether two given names are the forms for a boy and a girl: Mario and Maria, Daniel and Daniela.
fn is_gendered(a: &Profile, b: &Profile) -> bool {
    let (Some(a), Some(b)) = (a.given(), b.given()) else { return false };
    let stem = |name: &[u8]| match name {
        [stem @ .., b'a' | b'o' | b'e'] => stem.len(),
        _ => name.len(),
    };
    let (x, y) = (a.letters(), b.letters());
    x != y && x.get(..stem(x)) == y.get(..stem(y)) && (x.ends_with(b"a") || y.ends_with(b"a"))
}

/// Whether each has a surname that is like none of the other's.
fn have_other_surnames(a: &Profile, b: &Profile) -> bool {
    let has_own = |a: &Profile, b: &Profile| {
        a.family().iter().any(|x| {
            b.family()
                .iter()
                .all(|y| x.hash != y.hash && x.sound != y.sound && likeness(x.letters(), y.letters()) == Likeness::None)
        })
    };
    has_own(a, b) && has_own(b, a)
}

/// Whether the given name of one begins like a middle initial of the other.
fn is_initial_crossed(a: &Profile, b: &Profile) -> bool {
    a.given()
        .is_some_and(|given| b.middle().iter().any(|middle| middle.is_initial() && middle.initial() == given.initial()))
}

//! Reasons: a verdict in words, for the person who decides and for the record of the decision.

use crate::compare::{Field, born, contact_level, family, given, identifier, middle, place, sex, ssn, suffix};
use crate::decide::{Band, Verdict};
use crate::model::Model;
use crate::normalize::name::Name;
use crate::profile::Profile;

/// A verdict explained.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// One sentence: the outcome, how sure, and what stands in the way.
    pub summary: String,
    /// What speaks for and against, strongest first.
    pub reasons: Vec<Reason>,
}

/// What one field contributes.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    pub field: Field,
    /// Bits for (positive) or against (negative) the two being one person.
    pub bits: f32,
    pub text: String,
}

/// Explains a verdict on two records.
pub fn explain(model: &Model, a: &Profile, b: &Profile, verdict: &Verdict) -> Explanation {
    let mut reasons: Vec<Reason> = Field::ALL
        .into_iter()
        .filter_map(|field| {
            let text = words(field, verdict.evidence.level(field), a, b)?;
            Some(Reason { field, bits: verdict.bits - model.bits_without(&verdict.evidence, field), text })
        })
        .collect();
    reasons.sort_by(|x, y| y.bits.abs().total_cmp(&x.bits.abs()).then(x.field.cmp(&y.field)));
    Explanation { summary: summary(model, verdict), reasons }
}

fn summary(model: &Model, verdict: &Verdict) -> String {
    let outcome = match verdict.band {
        Band::Link => "one person",
        Band::Review => "a person must decide",
        Band::No => "not linked",
    };
    let mut text = format!("{outcome}: {}", odds(verdict.bits));
    if verdict.band != Band::Link && verdict.vetoes.is_empty() {
        text.push_str(&format!("; else most likely {}", model.rival(&verdict.evidence).label()));
    }
    for (at, veto) in verdict.vetoes.iter().enumerate() {
        text.push_str(if at == 0 { "; held back because of: " } else { ", " });
        text.push_str(veto.label());
    }
    text
}

/// Odds as people say them, without false precision.
fn odds(bits: f32) -> String {
    let power = bits.abs().clamp(0.0, 30.0).exp2();
    let round = match power {
        p if p < 10.0 => format!("{p:.0}"),
        p if p < 1000.0 => format!("{:.0}", (p / 10.0).round() * 10.0),
        p if p < 1e6 => format!("{:.0} thousand", p / 1000.0),
        _ => "more than a million".to_owned(),
    };
    if bits >= 0.0 { format!("{round} to 1 that they are one") } else { format!("{round} to 1 that they are two") }
}

/// What the level says about these two; `None` where one side says nothing.
fn words(field: Field, level: u8, a: &Profile, b: &Profile) -> Option<String> {
    let text = match field {
        Field::Given => given_words(level, a, b)?,
        Field::Family => family_words(level, a, b)?,
        Field::Middle => match level {
            middle::EXACT => format!("same middle name ({})", texts(a.middle())),
            middle::INITIAL => "middle initials agree".to_owned(),
            middle::NEAR => format!("middle names alike ({} and {})", texts(a.middle()), texts(b.middle())),
            middle::DIFFERENT => format!("different middle names ({} and {})", texts(a.middle()), texts(b.middle())),
            _ => return None,
        },
        Field::Suffix => match level {
            suffix::SAME => format!("same suffix ({})", a.generation.label()),
            suffix::ONE_SIDED => format!("suffix on one only ({})", a.generation.max(b.generation).label()),
            suffix::DIFFERENT => format!("different suffixes ({} and {})", a.generation.label(), b.generation.label()),
            _ => return None,
        },
        Field::Birth => birth_words(level, a, b)?,
        Field::Sex => match level {
            sex::FEMALE => "both female".to_owned(),
            sex::MALE => "both male".to_owned(),
            sex::DIFFERENT => "sex differs".to_owned(),
            _ => return None,
        },
        Field::Ssn => match level {
            ssn::SAME => "same social security number",
            ssn::SLIP => "social security numbers one slip apart",
            ssn::TAIL => "same last four of the social security number",
            ssn::CONSECUTIVE => "social security numbers in a row",
            ssn::TAIL_DIFFERENT => "last four of the social security number differ",
            ssn::DIFFERENT => "different social security numbers",
            _ => return None,
        }
        .to_owned(),
        Field::Identifier => match level {
            identifier::SAME => "same identifier from one issuer",
            identifier::DIFFERENT => "different identifiers from one issuer",
            _ => return None,
        }
        .to_owned(),
        Field::Phone => match level {
            contact_level::SAME => "same phone",
            contact_level::SLIP => "phones one slip apart",
            contact_level::DIFFERENT => "different phones",
            _ => return None,
        }
        .to_owned(),
        Field::Email => match level {
            contact_level::SAME => "same e-mail",
            contact_level::SLIP => "e-mail addresses alike",
            contact_level::DIFFERENT => "different e-mail addresses",
            _ => return None,
        }
        .to_owned(),
        Field::Place => match level {
            place::PREMISES => "same address",
            place::OTHER_UNIT => "same building, other apartment",
            place::NEAR => "addresses alike",
            place::SAME_ZIP => "same postal code, other address",
            place::SAME_CITY => "same city, other address",
            place::DIFFERENT => "different addresses",
            _ => return None,
        }
        .to_owned(),
    };
    Some(text)
}

fn given_words(level: u8, a: &Profile, b: &Profile) -> Option<String> {
    let (x, y) = (one(a.given()), one(b.given()));
    Some(match level {
        given::EXACT => format!("same given name ({x})"),
        given::NICKNAME => format!("{x} and {y} are forms of one name"),
        given::VARIANT => format!("{x} and {y} are forms of one name, each given in its own right here"),
        given::SLIP => format!("given names a slip apart ({x} and {y})"),
        given::NEAR => format!("given names alike, each a name of its own ({x} and {y})"),
        given::LOOSE => format!("given names roughly alike ({x} and {y})"),
        given::INITIAL => format!("given initials agree ({x} and {y})"),
        given::CROSSED => format!("given name of one is middle name of the other ({x} and {y})"),
        given::SWAPPED => "given and family name exchanged".to_owned(),
        given::DIFFERENT => format!("different given names ({x} and {y})"),
        _ => return None,
    })
}

fn family_words(level: u8, a: &Profile, b: &Profile) -> Option<String> {
    let (x, y) = (texts(a.family()), texts(b.family()));
    Some(match level {
        family::EXACT => format!("same family name ({x})"),
        family::PART => format!("one surname shared ({x} and {y})"),
        family::SLIP => format!("family names a slip apart ({x} and {y})"),
        family::NEAR => format!("family names roughly alike ({x} and {y})"),
        family::DIFFERENT => format!("different family names ({x} and {y})"),
        // Said with the given name.
        _ => return None,
    })
}

fn birth_words(level: u8, a: &Profile, b: &Profile) -> Option<String> {
    let (x, y) = (a.birth.text(), b.birth.text());
    Some(match level {
        born::EXACT => format!("same birth date ({x})"),
        born::SWAPPED => format!("birth dates with day and month exchanged ({x} and {y})"),
        born::SLIP => format!("birth dates a slip apart ({x} and {y})"),
        born::SAME_MONTH => format!("same birth month, other day ({x} and {y})"),
        born::YEAR_SLIP => format!("same birthday, year a slip apart ({x} and {y})"),
        born::DEFAULT => format!("same birth year, day not really known ({x} and {y})"),
        born::SAME_YEAR => format!("same birth year only ({x} and {y})"),
        born::NEAR => format!("birth dates some years apart ({x} and {y})"),
        born::FAR => format!("birth dates a generation apart ({x} and {y})"),
        _ => return None,
    })
}

fn one(name: Option<&Name>) -> String {
    name.map(Name::text).unwrap_or_default()
}

fn texts(names: &[Name]) -> String {
    names.iter().map(Name::text).collect::<Vec<_>>().join(" ")
}

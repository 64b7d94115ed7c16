//! From a reading to proposals: each one thing, with the words it stands on and how they were said. Pure.
//!
//! The engine's lexicon says what is named and gives the codes; the assertion says whether it is there, denied, doubted,
//! past or somebody else's; these files say what would be written. What was only asked, imagined or already known is not
//! proposed. The span of each proposal holds its value: a test asks that of every one.

mod agenda;
mod allergies;
mod danger;
mod findings;
mod heard;
mod letter;
mod medicines;
mod needs;
mod plans;
mod regimens;
mod sites;
mod vitals;

use std::collections::BTreeSet;

use continuo_fhir::Date;
use continuo_text::span::Span;

use super::source::{Reading, Role, SourceKind};
use crate::followup::finding::Consequence;
use crate::followup::person::Person;
use heard::Heard;

/// What a proposal is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Words of danger.
    Danger,
    /// A medicine taken, stopped, changed or to be started.
    Medicine,
    /// An allergy, or that none are known.
    Allergy,
    /// A number measured.
    Vital,
    /// A complaint.
    Symptom,
    /// A diagnosis.
    Problem,
    /// Complaints asked about and denied.
    Denied,
    /// An illness in the family.
    Family,
    /// A need beyond medicine.
    Need,
    /// A test or study to do.
    Order,
    /// Somebody else to see.
    Referral,
    /// To come back or be looked after.
    FollowUp,
    /// Something promised to the person.
    Promise,
}

impl Kind {
    /// All, with the word kept and the word people read.
    pub const ALL: [(Kind, &'static str, &'static str); 13] = [
        (Kind::Danger, "danger", "Danger"),
        (Kind::Medicine, "medicine", "Medication"),
        (Kind::Allergy, "allergy", "Allergy"),
        (Kind::Vital, "vital", "Measured"),
        (Kind::Symptom, "symptom", "Symptom"),
        (Kind::Problem, "problem", "Problem"),
        (Kind::Denied, "denied", "Denied"),
        (Kind::Family, "family", "Family"),
        (Kind::Need, "need", "Need"),
        (Kind::Order, "order", "Order"),
        (Kind::Referral, "referral", "Referral"),
        (Kind::FollowUp, "follow-up", "Follow-up"),
        (Kind::Promise, "promise", "Promise"),
    ];

    /// The word kept.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(kind, ..)| *kind == self).map_or("", |(_, word, _)| word)
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        Self::ALL.iter().find(|(kind, ..)| *kind == self).map_or("", |(.., label)| label)
    }

    /// Reads [`Kind::word`] back.
    pub fn from_word(word: &str) -> Option<Kind> {
        Self::ALL.iter().find(|(_, w, _)| *w == word).map(|(kind, ..)| *kind)
    }
}

/// How sure, in three phrases (interface.md section 3); never a percentage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// Said plainly.
    ClearlySaid,
    /// By an answer to a question, or by somebody the transcript does not name.
    Probably,
    /// Doubted, past, contradicted, or a guess at what was meant.
    Check,
}

impl Certainty {
    /// The phrase.
    pub fn phrase(self) -> &'static str {
        match self {
            Certainty::ClearlySaid => "clearly said",
            Certainty::Probably => "probably",
            Certainty::Check => "check",
        }
    }

    /// Reads the phrase back.
    pub fn from_phrase(phrase: &str) -> Certainty {
        match phrase {
            "clearly said" => Certainty::ClearlySaid,
            "probably" => Certainty::Probably,
            _ => Certainty::Check,
        }
    }
}

/// Words a proposal stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Where, in the reading.
    pub span: Span,
    /// The words.
    pub text: String,
    /// "02:14 Patient".
    pub from: String,
}

/// One thing proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// About what.
    pub kind: Kind,
    /// "furosemide: not taking since 08/15".
    pub what: String,
    /// "patient reports", "denies", "daughter reports, maybe".
    pub assertion: String,
    /// How sure.
    pub certainty: Certainty,
    /// The words, those that decide first; never empty.
    pub quotes: Vec<Quote>,
    /// The words that hold the value; each stands inside a quote.
    pub said: Vec<String>,
    /// The answers of the entry form that would write it.
    pub values: Vec<(String, String)>,
    /// A code of the lexicon: code and system.
    pub coding: Option<(String, String)>,
    /// The harm of overlooking it.
    pub consequence: Consequence,
}

impl Proposal {
    fn of(kind: Kind, what: impl Into<String>) -> Proposal {
        Proposal {
            kind,
            what: what.into(),
            assertion: String::new(),
            certainty: Certainty::ClearlySaid,
            quotes: Vec::new(),
            said: Vec::new(),
            values: Vec::new(),
            coding: None,
            consequence: Consequence::Normal,
        }
    }

    fn value(mut self, name: &str, value: impl Into<String>) -> Proposal {
        let value = value.into();
        if !value.is_empty() {
            self.values.push((name.to_owned(), value));
        }
        self
    }
}

/// What the record says already, in the lexicon's concepts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Active conditions.
    pub problems: BTreeSet<&'static str>,
    /// Medicines in use.
    pub medicines: BTreeSet<&'static str>,
    /// The same as the record writes them.
    pub list: Vec<Listed>,
}

/// A medicine of the record's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The lexicon's concept.
    pub concept: &'static str,
    /// As the record names it, with its strength where the name has one.
    pub name: String,
    /// Directions; empty where the record has none.
    pub directions: String,
    /// The entry.
    pub reference: String,
}

impl Known {
    /// Reads a person's record.
    pub fn of(person: &Person<'_>) -> Known {
        let mut known = Known::default();
        for condition in person.of("Condition") {
            let active = condition.text("clinicalStatus.coding.code").is_none_or(|code| code == "active");
            if active && !condition.is(&["entered-in-error"]) {
                known.problems.extend(concepts(condition.label("code").unwrap_or("")));
            }
        }
        for type_ in ["MedicationStatement", "MedicationRequest"] {
            for medicine in person.of(type_).iter().filter(|one| one.is(&["active", "intended", "on-hold"])) {
                let name = medicine.label("medicationCodeableConcept").unwrap_or("");
                let path = if type_ == "MedicationRequest" { "dosageInstruction.text" } else { "dosage.text" };
                for concept in concepts(name) {
                    known.medicines.insert(concept);
                    known.list.push(Listed {
                        concept,
                        name: name.to_owned(),
                        directions: medicine.text(path).unwrap_or("").to_owned(),
                        reference: medicine.reference(),
                    });
                }
            }
        }
        known
    }
}

/// The lexicon's concepts in a few words.
pub fn concepts(text: &str) -> impl Iterator<Item = &'static str> {
    let tokens = continuo_text::token::Tokens::new(text);
    continuo_text::entities::find(&tokens).into_iter().map(|entity| entity.term.concept)
}

/// How a finding that an examiner says is not there is said: nobody denied it.
pub const ABSENT: &str = "not found";

/// Most proposals of one review: nobody decides more, and a page of thousands is a way to hide one.
pub const MOST: usize = 300;

/// Everything proposed: danger first, then in the order of the words.
pub fn all(reading: &Reading, kind: SourceKind, visit: Date, known: &Known) -> Vec<Proposal> {
    let heard = Heard::new(reading, kind, visit);
    let mut out = danger::find(&heard);
    // What a letter's own lists say of a medicine or a visit stands for what its sentences say of it.
    let mut lists = if kind == SourceKind::Document { letter::find(&heard, known) } else { Vec::new() };
    let what = |one: &Proposal| one.values.iter().find(|(name, _)| name == "what").map(|(_, what)| what.clone());
    let mut rest = regimens::settle(&heard, known, medicines::find(&heard, known));
    // A sentence that starts, stops or changes a medicine says more than its row in a list.
    let acted: Vec<Option<String>> = rest
        .iter()
        .filter(|one| [": changed", ": stopped", ": to start"].iter().any(|word| one.what.contains(word)))
        .map(what)
        .collect();
    lists.retain(|one| {
        let row = one.kind == Kind::Medicine && one.certainty == Certainty::Probably;
        !row || !acted.contains(&what(one))
    });
    let named: Vec<Option<String>> = lists.iter().filter(|one| one.kind == Kind::Medicine).map(what).collect();
    rest.retain(|one| !named.contains(&what(one)));
    let allergies = allergies::find(&heard);
    // A reaction told in answer to "any allergies?" is history, unless it is an emergency now.
    let told: Vec<Span> = allergies.iter().flat_map(|one| &one.quotes).map(|quote| quote.span).collect();
    let reaction = danger::allergy();
    out.retain(|one| {
        let of_allergy = one.consequence != Consequence::Danger && one.what == reaction;
        !of_allergy || !one.quotes.iter().all(|quote| told.iter().any(|span| span.overlaps(quote.span)))
    });
    // and its hives are the reaction, no complaint of today
    let mut findings = findings::find(&heard, known);
    findings.retain(|one| {
        let reacts = allergies.iter().any(|allergy| {
            let reaction = allergy.values.iter().find(|(name, _)| name == "reaction").map(|(_, words)| words);
            reaction.is_some_and(|words| one.said.iter().any(|said| said.eq_ignore_ascii_case(words)))
        });
        let inside = |quote: &Quote| told.iter().any(|span| span.overlaps(quote.span));
        one.kind == Kind::Denied || !reacts || !one.quotes.iter().all(inside)
    });
    rest.extend(allergies);
    rest.extend(vitals::find(&heard));
    rest.extend(findings);
    rest.extend(needs::find(&heard));
    let mut plans = plans::find(&heard, known);
    plans.retain(|one| {
        let overlaps = |listed: &Proposal| {
            listed.kind == Kind::FollowUp
                && one.quotes.iter().any(|quote| listed.quotes.iter().any(|other| other.span.overlaps(quote.span)))
        };
        !lists.iter().any(overlaps)
    });
    plans.extend(agenda::find(&heard, &plans));
    rest.extend(plans);
    rest.extend(lists);
    rest.sort_by_key(|one| (one.quotes.first().map_or(0, |quote| quote.span.start), one.kind));
    out.append(&mut rest);
    out.retain(|one| !one.quotes.is_empty());
    out.truncate(MOST);
    out
}

/// Medicines of our list that a letter's own list leaves out.
pub fn left_out<'k>(reading: &Reading, kind: SourceKind, visit: Date, known: &'k Known) -> Vec<&'k Listed> {
    if kind != SourceKind::Document {
        return Vec::new();
    }
    letter::left_out(&Heard::new(reading, kind, visit), known)
}

/// "patient reports", "daughter reports", "said by staff".
fn reporter(role: &Role, kind: SourceKind) -> String {
    match (role, kind) {
        (_, SourceKind::Document) => "as written".to_owned(),
        (Role::Patient, _) => "patient reports".to_owned(),
        (Role::Relative(near), _) => format!("{near} reports"),
        (Role::Clinician, SourceKind::Dictation) => "as dictated".to_owned(),
        (Role::Clinician, _) => "said by staff".to_owned(),
        (Role::Unknown, _) => "said, speaker not named".to_owned(),
    }
}

#[cfg(test)]
mod talk;
#[cfg(test)]
mod tests;

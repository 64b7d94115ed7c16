//! Whether a finding is there, denied, doubted, past, only imagined, or someone else's.
//!
//! `Context` reads a text once; `Context::of` then judges any stretch of it. Rules in the manner
//! of ConText: cues with a direction and a reach (`cues`), section headings, bare problem lists.

pub mod answer;
mod cues;

use crate::span::Span;
use crate::token::{Kind, Tokens};
use answer::{Answer, Asked};
use cues::{Cue, Found};

/// When a finding applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Temporality {
    /// Now, or in this episode.
    #[default]
    Recent,
    /// Before this episode, or a standing condition from the history.
    Historical,
    /// Not said to have happened: advice, risk, "call if".
    Hypothetical,
}

/// How a finding is asserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Assertion {
    /// Said to be absent.
    pub negated: bool,
    /// Possible, likely, suspected.
    pub uncertain: bool,
    /// Only under a circumstance ("when I climb stairs").
    pub conditional: bool,
    /// When it applies.
    pub temporality: Temporality,
    /// About someone other than the patient.
    pub other_person: bool,
}

impl Assertion {
    /// Present, now, in the patient.
    pub fn is_current(&self) -> bool {
        !self.negated && !self.other_person && self.temporality == Temporality::Recent
    }
}

/// A text read for cues.
pub struct Context<'a> {
    tokens: &'a Tokens,
    cues: Vec<Found>,
}

/// The reach of a cue in tokens; real sentences rarely need more, run-on transcripts would.
const REACH: usize = 40;

/// Standing conditions: alone on a line they are the problem list, not today's event.
const STANDING: &[&str] = &[
    "hypertension",
    "htn",
    "diabetes",
    "dm",
    "hyperlipidemia",
    "dyslipidemia",
    "cholesterol",
    "hypercholesterolemia",
    "depression",
    "anxiety",
    "arthritis",
    "osteoarthritis",
    "anemia",
    "migraine",
    "migraines",
    "measles",
    "mumps",
    "mi",
    "osteoporosis",
    "hypothyroid",
    "hypothyroidism",
    "hyperthyroidism",
    "chf",
    "copd",
    "asthma",
    "cad",
    "gerd",
    "reflux",
    "cataract",
    "cataracts",
    "glaucoma",
    "schizophrenia",
    "bipolar",
    "dementia",
    "epilepsy",
    "gout",
    "stroke",
    "cva",
    "tia",
    "cancer",
    "obesity",
    "hepatitis",
    "hiv",
    "cirrhosis",
    "ckd",
    "esrd",
    "neuropathy",
    "fibromyalgia",
    "lupus",
    "psoriasis",
    "eczema",
    "bph",
    "pneumonia",
    "thrombocytopenia",
    "thrombocytosis",
    "tuberculosis",
    "varicella",
    "sarcoidosis",
    "appendectomy",
    "cholecystectomy",
    "hysterectomy",
    "tonsillectomy",
    "ptsd",
];

const STANDING_ENDS: &[&str] =
    &["disease", "disorder", "failure", "hypertension", "fibrillation", "apnea", "disks", "discs", "stenosis"];

const NOT_STANDING: &[&str] = &[
    "acute",
    "mild",
    "moderate",
    "severe",
    "normal",
    "left",
    "right",
    "new",
    "likely",
    "borderline",
    "emergency",
    "crisis",
    "exacerbation",
    "coronary syndrome",
];

impl<'a> Context<'a> {
    /// Finds the cues of a text.
    pub fn new(tokens: &'a Tokens) -> Self {
        Self { tokens, cues: cues::find(tokens) }
    }

    /// Judges the words at `span`.
    pub fn of(&self, span: Span) -> Assertion {
        let (from, to) = self.tokens.within(span);
        if from == to {
            return Assertion::default();
        }
        let sentence = self.sentence(from, to);
        let heading = self.heading(from);
        let mut out = Assertion { negated: self.negated(from, to, sentence), ..Assertion::default() };
        out.uncertain =
            self.before(Cue::UncertainPre, from, sentence, 12) || self.after(Cue::UncertainPost, to, sentence, 6);
        out.conditional = self.before(Cue::ConditionPre, from, sentence, 5)
            || self.after(Cue::ConditionPre, to, sentence, 3)
            || self.after(Cue::ConditionPost, to, sentence, 4);
        out.other_person = self.other_person(from, to, sentence)
            || self.contact(from, sentence)
            || heading == Some(Cue::OtherPersonHeading);
        out.temporality = self.temporality(from, to, sentence, heading);
        let asked = Asked { tokens: self.tokens, sentence, concept: (from, to), denied: out.negated };
        match answer::following(self.tokens, sentence.1).and_then(|reply| answer::answer(&asked, &reply)) {
            Some(Answer::There) => out.negated = false,
            Some(Answer::Absent) => out.negated = true,
            Some(Answer::Perhaps) => out.uncertain = true,
            None => {}
        }
        out
    }

    fn sentence(&self, from: usize, to: usize) -> (usize, usize) {
        let start = (from.saturating_sub(400)..from)
            .rev()
            .find(|i| self.tokens.kind(*i) == Kind::Break)
            .map_or(from.saturating_sub(400), |i| i + 1);
        let end = (to..(to + 400).min(self.tokens.len()))
            .find(|i| self.tokens.kind(*i) == Kind::Break)
            .unwrap_or((to + 400).min(self.tokens.len()));
        (start, end)
    }

    fn between(&self, from: usize, to: usize) -> impl Iterator<Item = &Found> {
        let first = self.cues.partition_point(|c| c.from < from);
        self.cues.get(first..).unwrap_or(&[]).iter().take_while(move |c| c.from < to)
    }

    /// A cue of this kind stands before token `at` in the sentence with nothing ending its reach.
    fn before(&self, cue: Cue, at: usize, sentence: (usize, usize), reach: usize) -> bool {
        self.between(sentence.0.max(at.saturating_sub(reach)), at).any(|c| {
            c.cue == cue
                && c.to <= at
                && !(c.to..at).any(|i| self.tokens.norm(i) == ";")
                && !self
                    .between(c.to, at)
                    .any(|s| s.cue == Cue::Stop && s.to <= at && !(s.from < c.to + 3 && self.is_auxiliary(s)))
        })
    }

    /// "might have", "whether he has", "no longer has": the verb belongs to the cue and opens no clause.
    fn is_auxiliary(&self, cue: &Found) -> bool {
        cue.to == cue.from + 1
            && matches!(self.tokens.norm(cue.from), "is" | "are" | "was" | "were" | "has" | "have" | "had")
    }

    fn after(&self, cue: Cue, at: usize, sentence: (usize, usize), reach: usize) -> bool {
        let end = sentence.1.min(at + reach);
        self.between(at, end)
            .any(|c| c.cue == cue && !self.between(at, c.from).any(|s| s.cue == Cue::Stop && s.to <= c.from))
    }

    fn negated(&self, from: usize, to: usize, sentence: (usize, usize)) -> bool {
        for cue in self.between(sentence.0.max(from.saturating_sub(REACH)), from) {
            if cue.cue == Cue::NegatePre && cue.to <= from && !self.ends_negation(cue.to, from) {
                return true;
            }
        }
        let end = sentence.1.min(to + 9);
        self.between(to, end).any(|c| c.cue == Cue::NegatePost && c.to - to <= 10 && !self.ends_post(to, c))
    }

    /// What ends a negation's reach: a stop word, or a comma that opens a clause with its own finding.
    fn ends_negation(&self, from: usize, to: usize) -> bool {
        let longer = self.tokens.norm(from.saturating_sub(1)) == "longer";
        if self
            .between(from, to)
            .any(|c| matches!(c.cue, Cue::Stop) && c.to <= to && !(longer && c.from == from && self.is_auxiliary(c)))
        {
            return true;
        }
        // "without the inhaler I wheeze" opens another clause
        let without = matches!(self.tokens.norm(from.saturating_sub(1)), "without" | "sin")
            && (from..to)
                .any(|i| matches!(self.tokens.norm(i), "i" | "he" | "she" | "they" | "you" | "we" | "yo" | "me"));
        if without {
            return true;
        }
        // "she didn't hit her head, just a bruise", "ya no la tomo, me daba diarrea": what comes after the comma is told anew
        let anew = (from..to.saturating_sub(1)).any(|i| {
            self.tokens.kind(i) == Kind::Comma
                && matches!(self.tokens.norm(i + 1), "just" | "only" | "solo" | "nomas" | "me" | "le" | "les" | "nos")
        });
        if anew {
            return true;
        }
        let semicolon = (from..to).any(|i| matches!(self.tokens.norm(i), ";" | ")"));
        semicolon || (from..to).any(|i| self.tokens.kind(i) == Kind::Break)
    }

    /// After the finding: commas and clause openers cut a later negation off, unless it is the predicate.
    fn ends_post(&self, from: usize, cue: &Found) -> bool {
        let word = self.tokens.norm(cue.from);
        // "is not in the thumb but in the finger"
        if self.tokens.norm(cue.to.saturating_sub(1)) == "not"
            && (cue.to..cue.to + 9)
                .take_while(|i| self.tokens.kind(*i) != Kind::Break)
                .any(|i| self.tokens.norm(i) == "but")
        {
            return true;
        }
        let direct = matches!(word, "no" | "none" | "nil" | "denies" | "denied" | "quit" | "free" | "not" | ":");
        if direct && (cue.from > from + 1 || word == "no" && cue.from >= from && self.tokens.norm(from) != ":") {
            return true;
        }
        if direct
            && matches!(word, "no" | "not" | "denies" | "denied" | "free" | "none" | "nil" | "quit")
            && !matches!(self.tokens.norm(from), ":" | "none" | "nil" | "not" | "denied" | "free")
        {
            return true;
        }
        (from..cue.from).any(|i| {
            self.tokens.kind(i) == Kind::Comma || self.tokens.norm(i) == ";" || self.tokens.kind(i) == Kind::Number
        }) || self.between(from, cue.from).any(|c| {
            matches!(c.cue, Cue::Stop | Cue::NegatePre)
                && !matches!(self.tokens.norm(c.from), "is" | "are" | "was" | "were" | "has" | "have" | "had")
        })
    }

    fn other_person(&self, from: usize, to: usize, sentence: (usize, usize)) -> bool {
        let start = sentence.0.max(from.saturating_sub(REACH));
        let own = |a: usize, b: usize| self.between(a, b).any(|c| matches!(c.cue, Cue::Patient | Cue::Stop));
        self.between(start, from).any(|c| {
            c.cue == Cue::OtherPerson
                && c.to <= from
                && !self.tells(c.to, from)
                && !self.between(c.to, from).any(|p| p.cue == Cue::Patient)
        }) || self.between(to, sentence.1.min(to + 6)).any(|c| {
            c.cue == Cue::OtherPerson
                && matches!(self.tokens.norm(c.from.saturating_sub(1)), "in" | "his" | "her" | "with")
                && !own(to, c.from)
        })
    }

    /// "Exposed to", "my kids are down with": met in others. "I came down with" and "lie down with" are the patient's own.
    fn contact(&self, at: usize, sentence: (usize, usize)) -> bool {
        self.before(Cue::Contact, at, sentence, 6)
            && self.between(sentence.0.max(at.saturating_sub(6)), at).any(|c| {
                c.cue == Cue::Contact && (self.tokens.norm(c.from) != "down" || self.are_down(c.from, sentence.0))
            })
    }

    /// Whether others are down with something: a form of "be" stands before, and before that nobody who may be the patient.
    fn are_down(&self, down: usize, low: usize) -> bool {
        let is = |i: usize, words: &[&str]| words.contains(&self.tokens.norm(i));
        let mut at = down;
        let mut be = false;
        while at > low {
            at -= 1;
            if is(
                at,
                &["is", "are", "was", "were", "been", "has", "have", "had", "all", "both", "also", "just", "still"],
            ) {
                be |= is(at, &["is", "are", "was", "were", "been"]);
                continue;
            }
            return be
                && !is(
                    at,
                    &["i", "ive", "he", "hes", "she", "shes", "you", "youve", "we", "weve", "patient", "pt", "who"],
                );
        }
        false
    }

    /// Whether the person named before `from` is only the one who tells ("Mom says he has had diarrhea"); what stands
    /// between commas after the name ("his father, who had gout, says") is theirs.
    fn tells(&self, from: usize, to: usize) -> bool {
        let aside = self.tokens.kind(from) == Kind::Comma;
        let start = if aside {
            match (from + 1..to).find(|i| self.tokens.kind(*i) == Kind::Comma) {
                Some(end) => end + 1,
                None => return false,
            }
        } else {
            from
        };
        (start..to.min(start + 3)).any(|i| {
            matches!(
                self.tokens.norm(i),
                "says"
                    | "said"
                    | "reports"
                    | "reported"
                    | "states"
                    | "stated"
                    | "thinks"
                    | "notes"
                    | "noted"
                    | "notices"
                    | "noticed"
                    | "believes"
                    | "describes"
                    | "denies"
                    | "tells"
                    | "told"
                    | "worries"
                    | "dice"
                    | "dijo"
            )
        })
    }

    /// The nearest heading before the token: words at a sentence's start that a colon follows.
    fn heading(&self, at: usize) -> Option<Cue> {
        let last = self.cues.partition_point(|c| c.from <= at);
        let found = self.cues.get(..last)?.iter().rev().take(400).find(|c| {
            matches!(c.cue, Cue::PastHeading | Cue::OtherHeading | Cue::OtherPersonHeading)
                && self.tokens.norm(c.to) == ":"
                && c.from + 40 * REACH > at
        })?;
        // the same words may be two kinds of heading: the one about someone else says more
        let same =
            self.cues.get(..last)?.iter().rev().find(|c| c.from == found.from && c.cue == Cue::OtherPersonHeading);
        Some(same.unwrap_or(found).cue)
    }

    fn temporality(&self, from: usize, to: usize, sentence: (usize, usize), heading: Option<Cue>) -> Temporality {
        if self
            .between(sentence.0.max(from.saturating_sub(80)), from)
            .any(|c| c.cue == Cue::HypotheticPre && c.to <= from && self.hypothetic_reaches(c, from))
            || self.after(Cue::HypotheticPost, to, sentence, 1)
        {
            return Temporality::Hypothetical;
        }
        let start = sentence.0.max(from.saturating_sub(REACH * 2));
        let past =
            self.between(start, from).any(|c| c.cue == Cue::PastPre && c.to <= from && self.past_reaches(c, from));
        let past = past
            || self
                .between(from, to)
                .any(|c| c.cue == Cue::PastPre && c.from == from && c.to < to && self.is_strong_past(c));
        let past = past
            || self.between(to, sentence.1.min(to + 7)).any(|c| {
                c.cue == Cue::PastPost
                    // "pneumonia and a history of COPD": the history is of what follows
                    && !matches!(self.tokens.norm(c.to), "of" | "for" | "de")
                    && !self.between(to, c.from).any(|s| matches!(s.cue, Cue::Stop | Cue::StopPast))
                    && !(to..c.from).any(|i| self.tokens.kind(i) == Kind::Comma)
            });
        let section = matches!(heading, Some(Cue::PastHeading | Cue::OtherPersonHeading))
            && !self.between(sentence.0, from).any(|c| c.cue == Cue::StopPast);
        if past || section || self.is_bare_standing(from, to, sentence) || self.is_habit(from, to, sentence) {
            return Temporality::Historical;
        }
        Temporality::Recent
    }

    fn hypothetic_reaches(&self, cue: &Found, at: usize) -> bool {
        let word = self.tokens.norm(cue.from);
        // "sí, tengo fiebre" says yes
        if word == "si" && (self.tokens.is_accented_yes(cue.from) || self.tokens.kind(cue.to) == Kind::Comma) {
            return false;
        }
        let wide =
            matches!(word, "call" | "return" | "if" | "any" | "watch" | "go" | "come" | "instructed" | "advised");
        wide || (at - cue.to <= 4 && !self.between(cue.to, at).any(|c| c.cue == Cue::Stop))
    }

    fn is_strong_past(&self, cue: &Found) -> bool {
        matches!(
            self.tokens.norm(cue.from),
            "history" | "previous" | "prior" | "past" | "status" | "chronically" | "old" | "known" | "s" | "h" | "hx"
        )
    }

    /// Lists run on after "history of"; single adjectives reach only the next words.
    fn past_reaches(&self, cue: &Found, at: usize) -> bool {
        if self.between(cue.to, at).any(|c| c.cue == Cue::StopPast) {
            return false;
        }
        let word = self.tokens.norm(cue.from);
        let distance = at - cue.to;
        let stopped = self.between(cue.to, at).any(|c| c.cue == Cue::Stop);
        match word {
            "history" | "histories" | "hx" | "h" | "pmh" | "psh" | "significant" | "medical" | "extensive"
            | "antecedente" | "antecedentes" => !stopped || distance <= 3,
            "status" | "s" => !stopped && distance <= 14,
            "in" | "last" | "back" | "years" | "months" => false,
            "unchanged" | "remains" | "chronic" | "chronically" | "old" | "healed" | "known" | "know" => {
                distance == 0 && word != "remains" && word != "chronic"
            }
            "was" | "has" => distance == 0 && self.tokens.norm(at).starts_with("smok"),
            "had" => false,
            _ => !stopped && distance <= 3,
        }
    }

    fn is_bare_standing(&self, from: usize, to: usize, sentence: (usize, usize)) -> bool {
        let outside = (sentence.0..from).chain(to..sentence.1).filter(|i| self.tokens.kind(*i) == Kind::Word).count();
        if outside > 0 || to - from > 5 {
            return false;
        }
        let words = || (from..to).map(|i| self.tokens.norm(i));
        if words().any(|w| NOT_STANDING.contains(&w)) {
            return false;
        }
        words().any(|w| STANDING.contains(&w)) || words().next_back().is_some_and(|w| STANDING_ENDS.contains(&w))
    }

    /// Tobacco, alcohol and drug use belong to the history wherever they are told.
    fn is_habit(&self, from: usize, to: usize, sentence: (usize, usize)) -> bool {
        let habit = (from..to).any(|i| {
            matches!(
                self.tokens.norm(i),
                "tobacco"
                    | "alcohol"
                    | "smokes"
                    | "smoker"
                    | "smoking"
                    | "cigarettes"
                    | "drinks"
                    | "illicit"
                    | "drug"
                    | "drugs"
                    | "cocaine"
                    | "marijuana"
            )
        });
        habit
            && to - from <= 4
            && (sentence.0..sentence.1).any(|i| {
                matches!(
                    self.tokens.norm(i),
                    "denies"
                        | "denied"
                        | "smokes"
                        | "drinks"
                        | "uses"
                        | "former"
                        | "social"
                        | "abuse"
                        | "per"
                        | "allergies"
                        | "quit"
                )
            })
    }
}

#[cfg(test)]
mod tests;

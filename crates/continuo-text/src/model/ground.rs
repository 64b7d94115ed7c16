//! Holds a model's item against the words it cites: is the quote there, and does the statement say what the quote says?
//!
//! The quote must stand in the text word for word (case, accents and punctuation aside), on one line. Then the built-in
//! reading of the quote is compared with the statement: numbers, units, frequency, medicine, side, negation, whose it
//! is, when it is. A difference is named and shown, never repaired.

mod words;

use super::ask::Kind;
use super::numbers;
use crate::assertion::{Assertion, Context, Temporality};
use crate::entities;
use crate::lexicon::Kind as Term;
use crate::sig;
use crate::span::Span;
use crate::token::{Kind as Token, Tokens};
use words::{AMOUNTS, DENIALS, PARAPHRASE, PAST, SIDES, TIMES};

/// How a statement differs from the words it cites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// A number that is not in the quote.
    Number,
    /// An amount, unit or frequency that is not in the quote.
    Dose,
    /// A medicine that is not in the quote.
    Medicine,
    /// Left, right or both, other than in the quote.
    Side,
    /// Denied in one and not in the other.
    Negation,
    /// About somebody else, or said to be when it is not.
    Whose,
    /// A day or time that is not in the quote, or what is past or only supposed told as now.
    Time,
    /// The quote only asks.
    Asked,
    /// Says more than the words quoted.
    More,
}

impl Difference {
    /// What a reviewer reads.
    pub fn words(self) -> &'static str {
        match self {
            Self::Number => "a number differs from the words quoted",
            Self::Dose => "the dose or how often differs from the words quoted",
            Self::Medicine => "the medicine differs from the words quoted",
            Self::Side => "left or right differs from the words quoted",
            Self::Negation => "yes and no differ from the words quoted",
            Self::Whose => "the words quoted are about somebody else",
            Self::Time => "when it is differs from the words quoted",
            Self::Asked => "the words quoted only ask",
            Self::More => "it says more than the words quoted",
        }
    }
}

/// A claim to be held against the text.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// What it is.
    pub kind: Kind,
    /// The statement.
    pub statement: &'a str,
    /// Said to be denied.
    pub negated: bool,
    /// Said to be about somebody else.
    pub other_person: bool,
}

/// A text made ready for looking up quotes.
pub struct Source<'a> {
    text: &'a str,
    tokens: Tokens,
    /// Tokens that are words or numbers.
    words: Vec<usize>,
}

/// Fewest letters of a quote that is one word.
const SHORTEST: usize = 5;

impl<'a> Source<'a> {
    /// Reads a text.
    pub fn new(text: &'a str) -> Self {
        let tokens = Tokens::new(text);
        let words = said(&tokens);
        Self { text, tokens, words }
    }

    /// Where the quote stands first; nothing when it does not, spans lines, or is too short to mean anything.
    pub fn find(&self, quote: &str) -> Option<Span> {
        let quoted = Tokens::new(quote);
        let wanted: Vec<&str> = said(&quoted).into_iter().map(|i| quoted.norm(i)).collect();
        let enough = wanted.len() > 1 || wanted.first().is_some_and(|word| word.chars().count() >= SHORTEST);
        let first = wanted.first().filter(|_| enough)?;
        (0..self.words.len()).find_map(|at| {
            let window = self.words.get(at..at + wanted.len())?;
            let start = *window.first()?;
            if self.tokens.norm(start) != *first {
                return None;
            }
            let same = window.iter().zip(&wanted).all(|(index, word)| self.tokens.norm(*index) == *word);
            let span = self.tokens.span(start, window.last()? + 1);
            (same && !span.of(self.text).contains('\n')).then_some(span)
        })
    }

    /// How the claim differs from the quote at `span`; empty when it does not. Sorted.
    pub fn differences(&self, claim: &Claim<'_>, span: Span) -> Vec<Difference> {
        let statement = Tokens::new(claim.statement);
        let (line, within) = self.line(span);
        let quote = Tokens::new(line);
        let (from, to) = quote.within(within);
        let check = Check { claim, statement: &statement, quote: &quote, from, to };
        let mut out = Vec::new();
        check.numbers(&mut out);
        check.frequency(within.of(line), &mut out);
        check.medicines(&mut out);
        check.sides(&mut out);
        check.times(&mut out);
        check.assertion(&mut out);
        check.more(&mut out);
        if line.get(within.end..).and_then(|rest| rest.trim_start().chars().next()) == Some('?')
            || within.of(line).contains('?')
        {
            out.push(Difference::Asked);
        }
        out.sort();
        out.dedup();
        out
    }

    /// The line that holds a span, and the span within it.
    fn line(&self, span: Span) -> (&'a str, Span) {
        let start = self.text.get(..span.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let end =
            self.text.get(span.end..).and_then(|after| after.find('\n')).map_or(self.text.len(), |at| span.end + at);
        (self.text.get(start..end).unwrap_or(""), Span::new(span.start - start, span.end - start))
    }
}

/// The tokens that are said: words and numbers.
fn said(tokens: &Tokens) -> Vec<usize> {
    (0..tokens.len()).filter(|i| matches!(tokens.kind(*i), Token::Word | Token::Number)).collect()
}

struct Check<'a> {
    claim: &'a Claim<'a>,
    statement: &'a Tokens,
    /// The line of the quote.
    quote: &'a Tokens,
    /// First token of the quote in its line.
    from: usize,
    /// One past its last.
    to: usize,
}

impl Check<'_> {
    fn quoted(&self, word: &str) -> bool {
        (self.from..self.to).any(|i| self.quote.norm(i) == word)
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        (0..self.statement.len()).filter(|i| self.statement.kind(*i) == Token::Word).map(|i| self.statement.norm(i))
    }

    fn numbers(&self, out: &mut Vec<Difference>) {
        let there = numbers::find(self.quote, self.from, self.to);
        for one in numbers::find(self.statement, 0, self.statement.len()) {
            if one.word && one.unit.is_none() && one.value <= 2.0 {
                continue;
            }
            let amount = one.unit.is_some_and(|unit| AMOUNTS.contains(&unit));
            let same = |said: &&numbers::Said| (said.value - one.value).abs() < 1e-9;
            if !there.iter().any(|said| same(&said)) {
                out.push(if amount { Difference::Dose } else { Difference::Number });
            } else if one.unit.is_some() && !there.iter().filter(same).any(|said| said.unit == one.unit) {
                out.push(Difference::Dose);
            }
        }
    }

    fn frequency(&self, quote: &str, out: &mut Vec<Difference>) {
        if !matches!(self.claim.kind, Kind::Medicine | Kind::Order) {
            return;
        }
        let code = |text: &str| sig::parse(text).frequency.map(sig::Frequency::code);
        let claimed = code(self.claim.statement);
        if claimed.is_some() && claimed != code(quote) {
            out.push(Difference::Dose);
        }
    }

    fn medicines(&self, out: &mut Vec<Difference>) {
        let is_medicine = |entity: &entities::Entity| matches!(entity.term.kind, Term::Medicine | Term::MedicineClass);
        let there = entities::find(self.quote);
        let named: Vec<entities::Entity> = entities::find(self.statement).into_iter().filter(is_medicine).collect();
        let differs = named.iter().any(|entity| {
            !there.iter().any(|other| {
                other.term.concept == entity.term.concept && other.from >= self.from && other.to <= self.to
            })
        });
        if differs {
            out.push(Difference::Medicine);
        }
        if self.claim.kind == Kind::Medicine && named.is_empty() {
            let shared = self.content().any(|word| self.quoted(word));
            if !shared {
                out.push(Difference::Medicine);
            }
        }
    }

    fn sides(&self, out: &mut Vec<Difference>) {
        let side = |word: &str| SIDES.iter().find(|(name, _)| *name == word).map(|(_, side)| *side);
        let there: Vec<&str> = (self.from..self.to).filter_map(|i| side(self.quote.norm(i))).collect();
        let differs = self.words().filter_map(side).any(|claimed| {
            let two = claimed == "both" && there.contains(&"left") && there.contains(&"right");
            !there.contains(&claimed) && !two
        });
        if differs {
            out.push(Difference::Side);
        }
    }

    fn times(&self, out: &mut Vec<Difference>) {
        if self.words().any(|word| TIMES.contains(&word) && !self.quoted(word)) {
            out.push(Difference::Time);
        }
    }

    /// Negation, whose and when, by the built-in reading of the same term in the line of the quote; by denying words
    /// where the lexicon knows no common term.
    fn assertion(&self, out: &mut Vec<Difference>) {
        let context = Context::new(self.quote);
        let own = Context::new(self.statement);
        let there = entities::find(self.quote);
        let mut compared = false;
        for entity in entities::find(self.statement) {
            let same = there.iter().find(|other| {
                other.term.concept == entity.term.concept && other.from >= self.from && other.to <= self.to
            });
            let Some(same) = same else { continue };
            compared = true;
            let claimed = own.of(entity.span);
            self.compare(claimed, context.of(same.span), out);
        }
        if compared {
            return;
        }
        let denies = |word: &str| DENIALS.contains(&word);
        let quote_denies = (self.from..self.to).any(|i| denies(self.quote.norm(i)));
        let claim_denies = self.claim.negated || self.words().any(denies);
        if quote_denies != claim_denies {
            out.push(Difference::Negation);
        }
    }

    fn compare(&self, claimed: Assertion, read: Assertion, out: &mut Vec<Difference>) {
        if (claimed.negated || self.claim.negated) != read.negated {
            out.push(Difference::Negation);
        }
        if (claimed.other_person || self.claim.other_person) != read.other_person {
            out.push(Difference::Whose);
        }
        let told_past = self.words().any(|word| PAST.contains(&word));
        let past = read.temporality == Temporality::Historical && !told_past;
        let supposed =
            read.temporality == Temporality::Hypothetical && claimed.temporality != Temporality::Hypothetical;
        if past || supposed && !matches!(self.claim.kind, Kind::Order | Kind::FollowUp | Kind::Promise) {
            out.push(Difference::Time);
        }
    }

    /// Words of the statement that carry meaning.
    fn content(&self) -> impl Iterator<Item = &str> {
        self.words().filter(|word| word.chars().count() >= 5 && !PARAPHRASE.contains(word) && !TIMES.contains(word))
    }

    /// A word of weight that neither stands in the quote, nor begins like one there, nor belongs to a common term.
    fn more(&self, out: &mut Vec<Difference>) {
        let there = entities::find(self.quote);
        let within = |entity: &entities::Entity| entity.from >= self.from && entity.to <= self.to;
        let common: Vec<entities::Entity> = entities::find(self.statement)
            .into_iter()
            .filter(|e| there.iter().any(|other| other.term.concept == e.term.concept && within(other)))
            .collect();
        let covered = |index: usize| common.iter().any(|entity| (entity.from..entity.to).contains(&index));
        let stem = |word: &str| word.chars().take(5).collect::<String>();
        let extra = (0..self.statement.len()).any(|index| {
            let word = self.statement.norm(index);
            let heavy = self.statement.kind(index) == Token::Word
                && word.chars().count() >= 5
                && !PARAPHRASE.contains(&word)
                && !TIMES.contains(&word)
                && !SIDES.iter().any(|(side, _)| *side == word);
            let number = !numbers::find(self.statement, index, index + 1).is_empty();
            heavy && !number && !covered(index) && !(self.from..self.to).any(|i| stem(self.quote.norm(i)) == stem(word))
        });
        if extra {
            out.push(Difference::More);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Difference as D;

    fn check(text: &str, kind: Kind, statement: &str, quote: &str, negated: bool, expect: &[D]) {
        let source = Source::new(text);
        let span = source.find(quote).unwrap_or_else(|| panic!("`{quote}` stands in `{text}`"));
        let claim = Claim { kind, statement, negated, other_person: false };
        assert_eq!(source.differences(&claim, span), expect, "{statement} <- {quote}");
    }

    #[test]
    fn a_quote_is_found_whatever_its_dress() {
        let text = "Doctor: How are you?\nPatient: I don't take the \"water pill\", it makes me go — all night.\nDía 2";
        let source = Source::new(text);
        for quote in
            ["I don’t take the water pill", "IT MAKES ME GO, all night", "don't take the 'water pill'.", "dia 2"]
        {
            assert!(source.find(quote).is_some(), "{quote}");
        }
        for quote in ["I take the water pill", "are you patient i", "", "I", "night all", "\u{0}", "you? I don't"] {
            assert_eq!(source.find(quote), None, "{quote}");
        }
    }

    #[test]
    fn a_faithful_statement_has_no_difference() {
        let t = "Doctor: start lisinopril twenty milligrams once a day. any chest pain?\nPatient: no chest pain. my left ankle is swollen, both knees hurt";
        check(
            t,
            Kind::Medicine,
            "Start lisinopril 20 mg once a day",
            "start lisinopril twenty milligrams once a day",
            false,
            &[],
        );
        check(t, Kind::Symptom, "Denies chest pain", "no chest pain", true, &[]);
        check(t, Kind::Symptom, "Left ankle swollen", "my left ankle is swollen", false, &[]);
    }

    #[test]
    fn numbers_doses_and_medicines_that_differ_are_named() {
        let t = "take lisinopril 20 mg twice a day and metformin 500 mg\nweight 172.2 pounds today";
        let q = "take lisinopril 20 mg twice a day";
        check(t, Kind::Medicine, "Takes lisinopril 40 mg twice a day", q, false, &[D::Dose]);
        check(t, Kind::Medicine, "Takes lisinopril 20 mcg twice a day", q, false, &[D::Dose]);
        check(t, Kind::Medicine, "Takes lisinopril 20 mg once a day", q, false, &[D::Dose]);
        check(t, Kind::Medicine, "Takes losartan 20 mg twice a day", q, false, &[D::Medicine, D::More]);
        check(t, Kind::Medicine, "Takes metformin 20 mg twice a day", q, false, &[D::Medicine, D::More]);
        check(t, Kind::Result, "Weight 127.2 pounds", "weight 172.2 pounds", false, &[D::Number]);
        check(t, Kind::Result, "Weight 172.2 kg", "weight 172.2 pounds", false, &[D::Dose]);
    }

    #[test]
    fn sides_times_and_denials_that_differ_are_named() {
        let t = "pain in the left knee since Monday\nno chest pain\nmy mother has diabetes\nany fever?\nif you have chest pain call us";
        check(
            t,
            Kind::Symptom,
            "Pain in the right knee since Monday",
            "pain in the left knee since Monday",
            false,
            &[D::Side],
        );
        check(
            t,
            Kind::Symptom,
            "Pain in the left knee since Friday",
            "pain in the left knee since Monday",
            false,
            &[D::Time],
        );
        check(t, Kind::Symptom, "Chest pain", "no chest pain", false, &[D::Negation]);
        check(t, Kind::Symptom, "No left knee pain", "pain in the left knee", true, &[D::Negation]);
        check(t, Kind::Problem, "Diabetes", "my mother has diabetes", false, &[D::Whose]);
        check(t, Kind::Symptom, "Fever", "any fever", false, &[D::Asked]);
        check(t, Kind::Symptom, "Chest pain", "if you have chest pain", false, &[D::Time]);
    }

    #[test]
    fn a_statement_that_says_more_is_named() {
        let t = "i feel a bit tired";
        check(t, Kind::Problem, "Severe depression", "i feel a bit tired", false, &[D::More]);
    }
}

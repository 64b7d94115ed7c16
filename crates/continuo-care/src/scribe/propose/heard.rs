//! A reading made ready for proposals: tokens, entities, sentences, questions with their answers.

use continuo_fhir::Date;
use continuo_text::assertion::answer::{self, Answer, Asked, NO, Reply, YES};
use continuo_text::assertion::{Assertion, Context, Temporality};
use continuo_text::entities::{self, Entity};
use continuo_text::span::Span;
use continuo_text::token::{Kind as TokenKind, Tokens};

use super::{Certainty, Quote, reporter};
use crate::scribe::source::{Reading, Role, Said, SourceKind};

/// See the module.
pub(super) struct Heard<'a> {
    pub(super) reading: &'a Reading,
    pub(super) kind: SourceKind,
    pub(super) visit: Date,
    pub(super) turns: Vec<Turn<'a>>,
}

/// One turn.
pub(super) struct Turn<'a> {
    pub(super) said: &'a Said,
    pub(super) text: &'a str,
    pub(super) tokens: Tokens,
    pub(super) entities: Vec<Entity>,
    pub(super) sentences: Vec<Sentence>,
}

/// One sentence of a turn, as tokens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sentence {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) question: bool,
    /// A question mark stands after it; else only its first word asks.
    pub(super) marked: bool,
    /// The answer in the next turn: yes or no, and its place.
    pub(super) answer: Option<(bool, Span)>,
}

/// How something was said.
#[derive(Clone, Debug)]
pub(super) struct Manner {
    pub(super) denied: bool,
    pub(super) past: bool,
    pub(super) of_other: bool,
    pub(super) certainty: Certainty,
    /// "patient reports, maybe".
    pub(super) words: String,
    /// The answer that decides.
    pub(super) answer: Option<Span>,
}

/// Words of who speaks of themselves or of somebody they look after.
const ONESELF: &[&str] = &[
    "i", "im", "ive", "id", "my", "me", "mine", "we", "our", "she", "shes", "he", "hes", "her", "his", "him", "this",
    "yo", "mi", "mis", "me", "tengo", "siento", "estoy", "este", "esta",
];
const ASKS: &[&str] = &[
    "do", "does", "did", "have", "has", "are", "is", "any", "how", "what", "when", "where", "who", "can", "were",
    "tiene", "ha", "ha", "le", "cuando", "como", "que", "algun", "alguna",
];

impl<'a> Heard<'a> {
    pub(super) fn new(reading: &'a Reading, kind: SourceKind, visit: Date) -> Heard<'a> {
        let mut turns: Vec<Turn<'a>> = reading
            .said
            .iter()
            .map(|said| {
                let text = said.span.of(&reading.text);
                let tokens = Tokens::new(text);
                let entities = entities::find(&tokens);
                let sentences = sentences(text, &tokens, &said.role);
                Turn { said, text, tokens, entities, sentences }
            })
            .collect();
        for at in 0..turns.len() {
            let answer = turns.get(at + 1).and_then(answer);
            let Some(turn) = turns.get_mut(at) else { continue };
            if turn.said.role.is_patient_side() {
                continue;
            }
            if let Some(last) = turn.sentences.last_mut().filter(|last| last.question) {
                last.answer = answer;
            }
        }
        Heard { reading, kind, visit, turns }
    }

    /// Turns of the person and those near them; all of them where nobody is named.
    pub(super) fn is_patient_side(&self, turn: &Turn<'_>) -> bool {
        turn.said.role.is_patient_side() || (turn.said.role == Role::Unknown && self.kind != SourceKind::Document)
    }

    /// A quote of tokens `from..to` of a turn, with the words around them up to the ends of the sentence.
    pub(super) fn quote(&self, turn: &Turn<'_>, from: usize, to: usize) -> Quote {
        const AROUND: usize = 12;
        let sentence = turn.sentence_of(from);
        let (low, high) = sentence.map_or((0, turn.tokens.len()), |sentence| (sentence.from, sentence.to));
        let low = from.saturating_sub(AROUND).max(low.min(from));
        let high = (to + AROUND).min(high.max(to));
        let inside = turn.tokens.span(low, high);
        let start = turn.said.span.start;
        self.quote_at(Span::new(start + inside.start, start + inside.end), turn.said)
    }

    /// A quote of a place in the reading.
    pub(super) fn quote_at(&self, span: Span, said: &Said) -> Quote {
        let clock = said.at.map(|at| format!("{:02}:{:02}", at / 60_000, at / 1000 % 60));
        let from = [clock.unwrap_or_default(), said.label.clone()];
        Quote {
            text: span.of(&self.reading.text).to_owned(),
            span,
            from: from.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" "),
        }
    }

    /// The quote of an answer.
    pub(super) fn quote_of_answer(&self, span: Span) -> Option<Quote> {
        self.reading.turn_at(span.start).map(|said| self.quote_at(span, said))
    }

    /// The first sentence of the next turn where it begins with a number: "Two months."
    pub(super) fn amount_after(&self, turn: &Turn<'_>, sentence: Sentence) -> Option<Span> {
        let at = self.turns.iter().position(|one| std::ptr::eq(one, turn))?;
        let last = turn.sentences.last().is_some_and(|last| last.from == sentence.from);
        let next = self.turns.get(at + 1).filter(|next| last && self.is_patient_side(next))?;
        let first = next.sentences.first()?;
        let about = matches!(next.tokens.norm(first.from), "about" | "almost" | "like" | "como" | "casi");
        crate::scribe::when::number(next.tokens.norm(first.from + usize::from(about)))?;
        let inside = next.tokens.span(first.from, first.to);
        let start = next.said.span.start;
        Some(Span::new(start + inside.start, start + inside.end))
    }

    /// What the answer at `span` makes of the thing a sentence asks about; `denied`: it was put as a denial.
    fn answered(
        &self,
        turn: &Turn<'_>,
        sentence: Sentence,
        concept: (usize, usize),
        denied: bool,
        span: Span,
    ) -> Option<Answer> {
        let at = self.turns.partition_point(|one| one.said.span.end <= span.start);
        let reply = self.turns.get(at)?;
        let first = reply.sentences.first()?;
        let asked = Asked { tokens: &turn.tokens, sentence: (sentence.from, sentence.to), concept, denied };
        answer::answer(&asked, &Reply { tokens: &reply.tokens, sentence: (first.from, first.to) })
    }

    /// How the words of an entity were said; nothing when they say nothing that could be proposed.
    pub(super) fn manner(&self, turn: &Turn<'_>, context: &Context<'_>, from: usize, to: usize) -> Option<Manner> {
        let assertion = context.of(turn.tokens.span(from, to));
        let sentence = turn.sentence_of(from);
        let asked = sentence.is_some_and(|sentence| sentence.question);
        let given = sentence.and_then(|sentence| sentence.answer).filter(|_| asked);
        let said = given
            .zip(sentence)
            .and_then(|((_, span), sentence)| self.answered(turn, sentence, (from, to), assertion.negated, span));
        // a no to "what helps the pain?" denies no pain
        let answer = given.filter(|_| said.is_some());
        if asked && answer.is_none() && !turn.said.role.is_patient_side() {
            return None;
        }
        // "Is that the one with the nausea?": who asks about a medicine or an illness has not said to have it
        let oneself = sentence.is_some_and(|one| turn.has(one.from, one.to, ONESELF));
        if asked && turn.said.role.is_patient_side() && !oneself {
            return None;
        }
        if assertion.temporality == Temporality::Hypothetical && answer.is_none() {
            return None;
        }
        let denied = match said {
            Some(Answer::There) => false,
            Some(Answer::Absent) => true,
            Some(Answer::Perhaps) | None => assertion.negated,
        };
        let role = match answer.and_then(|(_, span)| self.reading.turn_at(span.start)) {
            Some(said) => &said.role,
            None => &turn.said.role,
        };
        let past = assertion.temporality == Temporality::Historical;
        let doubted = assertion.uncertain
            || assertion.conditional
            || said == Some(Answer::Perhaps)
            || (asked && answer.is_none());
        let many = asked && sentence.is_some_and(|s| turn.entities_in(s.from, s.to).count() > 1) && !denied;
        let certainty = if doubted || past || many {
            Certainty::Check
        } else if answer.is_some() || turn.said.role == Role::Unknown {
            Certainty::Probably
        } else {
            Certainty::ClearlySaid
        };
        Some(Manner {
            denied,
            past,
            of_other: assertion.other_person,
            certainty,
            words: words(role, self.kind, denied, &assertion, past),
            answer: answer.map(|(_, span)| span),
        })
    }
}

fn words(role: &Role, kind: SourceKind, denied: bool, assertion: &Assertion, past: bool) -> String {
    let mut words = match (denied, role) {
        (true, Role::Relative(near)) => format!("{near} denies"),
        (true, _) => "denies".to_owned(),
        (false, role) => reporter(role, kind),
    };
    for (is, word) in
        [(assertion.uncertain, ", maybe"), (assertion.conditional, ", only at times"), (past, ", in the past")]
    {
        if is {
            words.push_str(word);
        }
    }
    words
}

impl Turn<'_> {
    /// The sentence of a token.
    pub(super) fn sentence_of(&self, token: usize) -> Option<Sentence> {
        let at = self.sentences.partition_point(|sentence| sentence.to <= token);
        self.sentences.get(at).copied().filter(|sentence| sentence.from <= token)
    }

    /// The entities that begin among tokens `from..to`.
    pub(super) fn entities_in(&self, from: usize, to: usize) -> impl Iterator<Item = &Entity> {
        let at = self.entities.partition_point(|entity| entity.from < from);
        self.entities.iter().skip(at).take_while(move |entity| entity.from < to)
    }

    /// Whether one of these words stands among tokens `from..to`.
    pub(super) fn has(&self, from: usize, to: usize, words: &[&str]) -> bool {
        (from..to).any(|at| words.contains(&self.tokens.norm(at)))
    }

    /// The words of tokens `from..to` as they were said.
    pub(super) fn words(&self, from: usize, to: usize) -> &str {
        self.tokens.span(from, to).of(self.text)
    }
}

fn sentences(text: &str, tokens: &Tokens, role: &Role) -> Vec<Sentence> {
    tokens
        .sentences()
        .into_iter()
        .map(|(from, to)| {
            let end = tokens.span(from, to).end;
            let marked = text.get(end..).unwrap_or("").trim_start_matches([' ', ',']).starts_with('?');
            let asks =
                !role.is_patient_side() && ASKS.contains(&tokens.norm(from)) && tokens.kind(to) != TokenKind::Comma;
            let stated = text.get(end..).unwrap_or("").starts_with(['.', '!']);
            Sentence { from, to, question: marked || (asks && !stated), marked, answer: None }
        })
        .collect()
}

/// What the first sentence of a turn answers.
fn answer(turn: &Turn<'_>) -> Option<(bool, Span)> {
    let sentence = turn.sentences.first()?;
    let first = turn.tokens.norm(sentence.from);
    let second = turn.tokens.norm(sentence.from + 1);
    let no = NO.contains(&first)
        || first == "i" && matches!(second, "dont" | "havent" | "didnt")
        || (first == "oh" || first == "well") && NO.contains(&second);
    let yes = YES.contains(&first)
        || first == "i" && matches!(second, "do" | "have" | "did")
        || (first == "oh" || first == "well") && YES.contains(&second)
        // "A little around the socks", "some, at night"
        || matches!((first, second), ("a", "little" | "bit" | "lot") | ("un", "poco" | "poquito") | ("kind" | "sort", "of"))
        || matches!(first, "some" | "little" | "poquito" | "bastante");
    if !no && !yes {
        return None;
    }
    let to = sentence.to.min(sentence.from + 20);
    let inside = turn.tokens.span(sentence.from, to);
    let start = turn.said.span.start;
    Some((yes && !no, Span::new(start + inside.start, start + inside.end)))
}

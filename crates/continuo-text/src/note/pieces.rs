//! Cuts a conversation into the pieces a note is made from: sentences, or clauses where a recognizer wrote no stops.

use crate::span::Span;
use crate::token::{Kind, Tokens};
use crate::transcript::{Speaker, Turn};

/// A sentence or clause of one turn.
#[derive(Clone, Debug)]
pub(super) struct Piece<'a> {
    pub(super) speaker: Speaker,
    /// Its words.
    pub(super) text: &'a str,
    /// Where they stand.
    pub(super) span: Span,
    /// Share of the conversation before it, in tenths.
    pub(super) tenth: usize,
    /// Ends with a question mark, or begins like a question.
    pub(super) question: bool,
}

/// Longest clause in words before a cut is looked for.
const LONG: usize = 16;

/// Cuts all turns.
pub(super) fn split<'a>(dialogue: &'a str, turns: &[Turn]) -> Vec<Piece<'a>> {
    let mut out = Vec::new();
    for turn in turns {
        let text = turn.span.of(dialogue);
        let tokens = Tokens::new(text);
        for (from, to) in tokens.sentences() {
            let mut start = from;
            for (at, end) in cuts(&tokens, from, to) {
                push(&mut out, dialogue, turn, &tokens, start, at);
                start = end;
            }
            push(&mut out, dialogue, turn, &tokens, start, to);
        }
    }
    out
}

/// Places to cut a run-on sentence: before "so", "and i", "now" and the like, once it is long.
fn cuts(tokens: &Tokens, from: usize, to: usize) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut start = from;
    for at in from..to {
        if at < start + 6 || to - at < 3 {
            continue;
        }
        let (word, next) = (tokens.norm(at), tokens.norm(at + 1));
        let strong = matches!(word, "okay" | "alright" | "now")
            || word == "so"
                && matches!(next, "i" | "we" | "you" | "lets" | "for" | "the" | "that" | "what" | "it" | "im" | "your");
        let weak = at - start >= LONG
            && (matches!(word, "and" | "but" | "so" | "then" | "because")
                && matches!(
                    next,
                    "i" | "we"
                        | "you"
                        | "then"
                        | "he"
                        | "she"
                        | "it"
                        | "im"
                        | "that"
                        | "there"
                        | "your"
                        | "the"
                        | "if"
                        | "my"
                        | "on"
                        | "for"
                        | "so"
                        | "no"
                )
                || matches!(word, "i" | "im" | "you" | "there" | "lets") && at - start >= LONG + 8);
        if strong || weak {
            out.push((at, at));
            start = at;
        }
    }
    out
}

fn push<'a>(out: &mut Vec<Piece<'a>>, dialogue: &'a str, turn: &Turn, tokens: &Tokens, from: usize, to: usize) {
    if !(from..to).any(|i| matches!(tokens.kind(i), Kind::Word | Kind::Number)) {
        return;
    }
    let inner = tokens.span(from, to);
    let span = Span::new(turn.span.start + inner.start, turn.span.start + inner.end);
    let after = dialogue.get(span.end..).unwrap_or("").trim_start_matches(' ');
    let first = tokens.norm(from);
    let second = tokens.norm(from + 1);
    let asks =
        matches!(
            first,
            "do" | "does"
                | "did"
                | "have"
                | "has"
                | "are"
                | "is"
                | "any"
                | "how"
                | "what"
                | "when"
                | "where"
                | "who"
                | "can"
                | "were"
        ) || matches!((first, second), ("and" | "okay" | "so", "do" | "any" | "how" | "what" | "are" | "have" | "did"));
    out.push(Piece {
        speaker: turn.speaker,
        text: span.of(dialogue),
        span,
        tenth: (span.start * 10).checked_div(dialogue.len()).unwrap_or(0),
        question: after.starts_with('?') || asks && turn.speaker != Speaker::Patient,
    });
}

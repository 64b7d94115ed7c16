//! Answered questions: "any fever?" "no." becomes "Denies fever." with both turns as its source.

use super::choose::Division;
use super::pieces::Piece;
use super::rewrite::Who;
use super::{Line, is_doctor};
use crate::entities;
use crate::lexicon::Kind;
use crate::span::Span;
use crate::token::Tokens;
use crate::transcript::Speaker;

/// Lines from questions about symptoms and conditions.
pub(super) fn find(pieces: &[Piece<'_>], chosen: &[Option<Division>], who: &Who) -> Vec<Line> {
    let mut denied: Vec<(String, Vec<Span>)> = Vec::new();
    let mut reported: Vec<(String, Vec<Span>)> = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        if !piece.question || !is_doctor(piece) || piece.tenth > 7 {
            continue;
        }
        let Some(answer) = pieces.get(index + 1).filter(|a| a.speaker == Speaker::Patient) else { continue };
        let _ = chosen;
        let tokens = Tokens::new(answer.text);
        let first = tokens.norm(0);
        let no = matches!(first, "no" | "nope" | "nah" | "never" | "none" | "not")
            || first == "i" && matches!(tokens.norm(1), "dont" | "havent" | "do") && tokens.norm(2).starts_with('n');
        let yes = matches!(first, "yes" | "yeah" | "yep" | "yup" | "mm" | "sure" | "absolutely" | "sometimes");
        if !no && !yes || yes && tokens.len() > 12 {
            continue;
        }
        let question = Tokens::new(piece.text);
        for entity in entities::find(&question) {
            if !matches!(entity.term.kind, Kind::Symptom | Kind::Problem)
                || entity.term.term == "pain" && question.len() > 6
            {
                continue;
            }
            let words = entity.span.of(piece.text).to_lowercase();
            let list = if no { &mut denied } else { &mut reported };
            if list.iter().all(|(w, _)| *w != words) {
                list.push((words, vec![piece.span, answer.span]));
            }
        }
    }
    let mut out = Vec::new();
    for (verb, list) in [("denies", denied), ("reports", reported)] {
        if list.is_empty() {
            continue;
        }
        let names: Vec<&str> = list.iter().map(|(w, _)| w.as_str()).collect();
        let text =
            format!("{} {verb} {}.", who.subject_capital(), join(&names, if verb == "denies" { "or" } else { "and" }));
        out.push(Line {
            division: Division::Subjective,
            heading: "REVIEW OF SYSTEMS",
            text,
            spans: list.into_iter().flat_map(|(_, s)| s).collect(),
        });
    }
    out
}

fn join(names: &[&str], last: &str) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [init @ .., end] => format!("{} {last} {end}", init.join(", ")),
    }
}

//! The medicines of a visit: taken or ordered, stopped, or only spoken of.

use super::choose::Division;
use super::pieces::Piece;
use super::{Line, is_doctor};
use crate::assertion::{Context, Temporality};
use crate::entities;
use crate::lexicon::Kind;
use crate::span::Span;
use crate::token::Tokens;

struct Listed {
    name: String,
    concept: &'static str,
    spans: Vec<Span>,
    taken: bool,
    stopped: bool,
}

/// One line a medicine.
pub(super) fn list(dialogue: &str, pieces: &[Piece<'_>]) -> Vec<Line> {
    let mut all: Vec<Listed> = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let tokens = Tokens::new(piece.text);
        let context = Context::new(&tokens);
        for entity in entities::find(&tokens) {
            if entity.term.kind != Kind::Medicine {
                continue;
            }
            let assertion = context.of(entity.span);
            let span = Span::new(piece.span.start + entity.span.start, piece.span.start + entity.span.end);
            let words = |i: usize| tokens.norm(i);
            let before = (entity.from.saturating_sub(10)..entity.from).map(words).collect::<Vec<_>>();
            let stopped = before.iter().any(|w| matches!(*w, "stop" | "stopped" | "discontinue" | "stopping"));
            let asked = piece.question
                && !pieces.get(index + 1).is_some_and(|a| {
                    matches!(
                        Tokens::new(a.text).norm(0),
                        "yes" | "yeah" | "yep" | "mm" | "i" | "yup" | "uh-huh" | "correct" | "right"
                    )
                });
            let talk = before.iter().any(|w| {
                matches!(
                    *w,
                    "allergic"
                        | "allergy"
                        | "if"
                        | "maybe"
                        | "consider"
                        | "might"
                        | "could"
                        | "avoid"
                        | "instead"
                        | "than"
                        | "tried"
                        | "heard"
                )
            });
            let taken = !assertion.negated
                && !assertion.other_person
                && assertion.temporality == Temporality::Recent
                && !asked
                && !talk
                && (!is_doctor(piece) || piece.tenth >= 1);
            match all.iter_mut().find(|l| l.concept == entity.term.concept) {
                Some(known) => {
                    known.taken |= taken;
                    known.stopped |= stopped;
                    if known.spans.len() < 3 {
                        known.spans.push(span);
                    }
                }
                None => all.push(Listed {
                    name: span.of(dialogue).to_owned(),
                    concept: entity.term.concept,
                    spans: vec![span],
                    taken,
                    stopped,
                }),
            }
        }
    }
    all.into_iter()
        .map(|l| {
            let mut name = l.name;
            if let Some(first) = name.get(..1).map(str::to_uppercase) {
                name.replace_range(..1, &first);
            }
            let (heading, text) = match (l.stopped, l.taken) {
                (true, _) => ("MEDICATIONS", format!("{name} (stopping discussed).")),
                (false, true) => ("MEDICATIONS", format!("{name}.")),
                (false, false) => ("DISCUSSED MEDICATIONS", format!("{name} (discussed only).")),
            };
            Line { division: Division::Subjective, heading, text, spans: l.spans }
        })
        .collect()
}

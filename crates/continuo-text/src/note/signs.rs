//! Vital signs that the clinician reads out, in digits, each with the words it was read out in.

use super::Line;
use super::choose::Division;
use crate::span::Span;
use crate::token::Tokens;
use crate::transcript::{Speaker, Turn};
use crate::vitals::{Measured, PRESSURE, Vitals, plain_unit};

/// Words that put a number elsewhere or before.
const ELSEWHERE: &[&str] = &["home", "last", "before", "usually", "usual", "been", "was", "were"];
const SIGNS: &[&str] = &[PRESSURE, "heart rate", "respiratory rate", "temperature", "oxygen saturation", "weight"];

/// Signs that tokens `from..to`, a sentence of the clinician, read out as measured now.
pub(super) fn measured_now(tokens: &Tokens, vitals: &Vitals<'_>, from: usize, to: usize) -> Vec<Measured> {
    if tokens.asks(to) || (from..to).any(|i| ELSEWHERE.contains(&tokens.norm(i))) {
        return Vec::new();
    }
    let mut found = vitals.find(from, to);
    found.retain(|one| SIGNS.contains(&one.name) && (one.close || one.name == PRESSURE));
    found
}

/// One line a sign measured now; the first of its kind, and another pressure beside it.
pub(super) fn list(dialogue: &str, turns: &[Turn]) -> Vec<Line> {
    let mut out: Vec<(Line, &'static str)> = Vec::new();
    for turn in turns.iter().filter(|turn| turn.speaker == Speaker::Doctor) {
        let tokens = Tokens::new(turn.span.of(dialogue));
        let vitals = Vitals::new(&tokens);
        for (from, to) in tokens.sentences() {
            for one in measured_now(&tokens, &vitals, from, to) {
                let known = out.iter().filter(|(_, name)| *name == one.name).count();
                let most = if one.name == PRESSURE { 2 } else { 1 };
                if known >= most {
                    continue;
                }
                let inner = tokens.span(one.from, one.to);
                let span = Span::new(turn.span.start + inner.start, turn.span.start + inner.end);
                let mut name = one.name.to_owned();
                if let Some(first) = name.get_mut(..1) {
                    first.make_ascii_uppercase();
                }
                // "one thirty eight" may be meant otherwise: it stays in the words said, its value is proposed beside
                let text = if one.elided {
                    format!("{name} {}.", tokens.span(one.number, one.to).of(turn.span.of(dialogue)).to_lowercase())
                } else {
                    format!("{name} {}.", format!("{} {}", one.value, plain_unit(one.unit)).trim_end())
                };
                let line = Line { division: Division::Exam, heading: "VITAL SIGNS", text, spans: vec![span] };
                out.push((line, one.name));
            }
        }
    }
    out.into_iter().map(|(line, _)| line).collect()
}

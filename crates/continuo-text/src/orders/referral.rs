//! Somebody else to see: "I'm referring you to the eye doctor", "physical therapy, twice a week for six weeks".

use crate::entities::{self, Entity};
use crate::lexicon::Kind;
use crate::regimen::words::INTENT;
use crate::span::Span;
use crate::token::{Kind as TokenKind, Tokens};

/// Words of sending somebody, before the service.
const SENDS: &[&str] = &["refer", "referring", "referral", "send", "sending", "consult", "consultation"];
/// With an intent before them these send too.
const SEES: &[&str] =
    &["see", "go", "visit", "meet", "schedule", "arrange", "order", "start", "set", "get", "do", "try"];
/// What makes it no order: undone, asked, past, waiting, or about where the words come from.
const NOT: &[&str] = &[
    "not", "dont", "nt", "wont", "no", "if", "unless", "might", "maybe", "could", "consider", "declined", "saw",
    "seen", "seeing", "was", "were", "had", "did", "your", "who", "last", "when", "asked", "already", "or", "neither",
];

/// Description and span of each referral of a sentence.
pub(super) fn find(text: &str, tokens: &Tokens, in_plan: bool) -> Vec<(String, Span)> {
    let mut out: Vec<(String, Span)> = Vec::new();
    let services: Vec<Entity> = entities::of_kinds(tokens, |kind| kind == Kind::Service);
    if services.is_empty() {
        return out;
    }
    for (from, to) in tokens.sentences() {
        if tokens.asks(to) {
            continue;
        }
        let first = services.partition_point(|e| e.from < from);
        for service in services.iter().skip(first).take_while(|e| e.from < to) {
            if is_referred(tokens, from, service, in_plan) && out.len() < 50 {
                let end = reason_end(tokens, service.to, to);
                let span = tokens.span(service.from, end);
                out.push((span.of(text).to_owned(), span));
            }
        }
    }
    out
}

fn is_referred(tokens: &Tokens, from: usize, service: &Entity, in_plan: bool) -> bool {
    const REACH: usize = 14;
    if matches!(service.term.concept, "emergency department" | "urgent care" | "pharmacy" | "primary care") {
        return false;
    }
    let low = from.max(service.from.saturating_sub(REACH));
    let has = |a: usize, b: usize, words: &[&str]| (a..b).any(|i| words.contains(&tokens.norm(i)));
    let sends = has(low, service.from, SENDS);
    let is_doubted = has(low, service.from, &["not", "dont", "nt", "no", "if", "unless", "who", "might", "could"]);
    if has(low, service.from, NOT) && (!sends || is_doubted) {
        return false;
    }
    let wants = has(low, service.from, INTENT) && has(low, service.from, SEES);
    let times = (service.to..service.to + 6).any(|i| tokens.norm(i) == "week" || tokens.norm(i) == "weeks");
    let bare = in_plan && service.from <= from + 3 && times;
    sends || wants && in_plan || bare
}

/// "for a dilated eye exam", "twice a week for six weeks": what follows up to the next clause.
fn reason_end(tokens: &Tokens, at: usize, end: usize) -> usize {
    const LONG: usize = 10;
    let opens = |i: usize| matches!(tokens.norm(i), "for" | "to" | "twice" | "once" | "about" | "because");
    let start = if tokens.kind(at) == TokenKind::Comma && opens(at + 1) { at + 1 } else { at };
    if !opens(start) {
        return at;
    }
    (start..end.min(start + LONG))
        .find(|i| tokens.kind(*i) == TokenKind::Comma || matches!(tokens.norm(*i), "and" | "so" | "but"))
        .unwrap_or(end.min(start + LONG))
}

//! The words of an order: a medicine with its directions, a test with its site and time, when to come back.

use std::sync::LazyLock;

use super::{OrderKind, Ready};
use crate::number_words::english;
use crate::pattern::Patterns;
use crate::span::Span;
use crate::token::{Kind, Tokens};

/// Description and the span it is taken from.
pub(super) fn entity(text: &str, sentence: &Ready, number: usize, kind: OrderKind, stops: bool) -> (String, Span) {
    let tokens = &sentence.tokens;
    let Some(entity) = sentence.entities.get(number) else { return (String::new(), Span::default()) };
    let limit = sentence
        .entities
        .get(number + 1)
        .filter(|e| super::kind(e.term.kind).is_some())
        .map_or(tokens.len(), |e| e.from);
    match kind {
        OrderKind::Medication => medicine(text, tokens, entity.from, entity.to, limit, stops),
        _ => study(text, tokens, entity.from, entity.to, limit, kind),
    }
}

fn is_direction(word: &str) -> bool {
    matches!(
        word,
        "mg" | "milligram"
            | "milligrams"
            | "mcg"
            | "microgram"
            | "micrograms"
            | "units"
            | "unit"
            | "ml"
            | "gram"
            | "grams"
            | "puffs"
            | "puff"
            | "tablet"
            | "tablets"
            | "pill"
            | "pills"
            | "capsule"
            | "capsules"
            | "drops"
            | "spray"
            | "sprays"
            | "cream"
            | "ointment"
            | "gel"
            | "inhaler"
            | "inhalers"
            | "patch"
            | "patches"
            | "injection"
            | "injections"
            | "shot"
            | "solution"
            | "shampoo"
            | "percent"
            | "supplement"
            | "supplements"
            | "course"
            | "dose"
            | "once"
            | "twice"
            | "daily"
            | "day"
            | "days"
            | "times"
            | "time"
            | "every"
            | "hours"
            | "hour"
            | "morning"
            | "night"
            | "evening"
            | "bedtime"
            | "week"
            | "weeks"
            | "month"
            | "months"
            | "weekly"
            | "needed"
            | "nightly"
            | "food"
            | "meals"
            | "mouth"
            | "half"
    ) || is_number_word(word)
}

fn is_joint(word: &str) -> bool {
    matches!(
        word,
        "a" | "an"
            | "the"
            | "as"
            | "per"
            | "for"
            | "with"
            | "by"
            | "in"
            | "at"
            | "to"
            | "of"
            | "before"
            | "after"
            | "and"
            | "up"
            | "on"
            | "about"
            | "point"
            | "or"
            | "each"
    )
}

fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "uh" | "um"
            | "you"
            | "know"
            | "take"
            | "that"
            | "it"
            | "its"
            | "is"
            | "will"
            | "can"
            | "be"
            | "so"
            | "like"
            | "just"
            | "have"
            | "your"
            | "ll"
            | "i"
            | "want"
            | "going"
            | "gon"
            | "na"
            | "we"
            | "this"
            | "taking"
            | "use"
            | "some"
            | "only"
            | "and"
            | "should"
            | "one"
            | "them"
            | "which"
            | "would"
            | "do"
    )
}

/// Number words as spoken.
pub(super) fn is_number_word(word: &str) -> bool {
    english(word).is_some() || matches!(word, "hundred" | "thousand" | "couple" | "few")
}

fn medicine(text: &str, tokens: &Tokens, from: usize, to: usize, limit: usize, stops: bool) -> (String, Span) {
    let mut words: Vec<&str> = Vec::new();
    let mut first = from;
    if stops {
        words.push("stop");
    }
    // "ten milligrams of norvasc": the dose before the name
    let mut before = from;
    while before > 0 && from - before < 6 {
        let word = tokens.norm(before - 1);
        let number = tokens.kind(before - 1) == Kind::Number;
        if number
            || is_number_word(word)
            || matches!(
                word,
                "milligrams"
                    | "milligram"
                    | "mg"
                    | "of"
                    | "oral"
                    | "topical"
                    | "point"
                    | "inhaled"
                    | "micrograms"
                    | "mcg"
                    | "units"
                    | "percent"
            )
        {
            before -= 1;
        } else {
            break;
        }
    }
    if (before..from).any(|i| {
        matches!(
            tokens.norm(i),
            "milligrams" | "milligram" | "mg" | "micrograms" | "mcg" | "units" | "oral" | "topical" | "inhaled"
        )
    }) {
        words.extend((before..from).filter(|i| tokens.norm(*i) != "of").map(|i| tokens.span(i, i + 1).of(text)));
        first = before;
    }
    words.push(tokens.span(from, to).of(text));
    let mut last = to;
    let mut gap = 0;
    let mut at = to;
    let mut pending: Vec<usize> = Vec::new();
    while at < limit.min(to + 40) {
        let word = tokens.norm(at);
        let kind = tokens.kind(at);
        if kind == Kind::Break && tokens.kind(at + 1) != Kind::Number && !is_direction(tokens.norm(at + 1)) {
            break;
        }
        if kind == Kind::Number || is_direction(word) {
            words.extend(pending.drain(..).map(|i| tokens.span(i, i + 1).of(text)));
            words.push(tokens.span(at, at + 1).of(text));
            last = at + 1;
            gap = 0;
        } else if is_joint(word) {
            pending.push(at);
            gap += 1;
        } else if kind == Kind::Word {
            pending.clear();
            gap += if is_filler(word) { 1 } else { 3 };
        }
        if gap > 7 {
            break;
        }
        at += 1;
    }
    (words.join(" "), tokens.span(first, last))
}

fn is_site(word: &str) -> bool {
    matches!(
        word,
        "left"
            | "right"
            | "bilateral"
            | "knee"
            | "shoulder"
            | "ankle"
            | "foot"
            | "hand"
            | "wrist"
            | "elbow"
            | "hip"
            | "back"
            | "spine"
            | "lumbar"
            | "cervical"
            | "thoracic"
            | "chest"
            | "abdomen"
            | "abdominal"
            | "pelvis"
            | "head"
            | "brain"
            | "neck"
            | "renal"
            | "kidney"
            | "kidneys"
            | "liver"
            | "heart"
            | "carotid"
            | "arterial"
            | "venous"
            | "leg"
            | "legs"
            | "arm"
            | "finger"
            | "thumb"
            | "toe"
            | "lower"
            | "upper"
            | "extremity"
            | "extremities"
            | "quadrant"
            | "breast"
            | "thyroid"
            | "pelvic"
            | "sinus"
            | "sinuses"
            | "lung"
            | "lungs"
            | "artery"
            | "hips"
            | "knees"
            | "femur"
            | "tibia"
            | "facial"
            | "bladder"
            | "scrotal"
            | "middle"
            | "index"
            | "fasting"
            | "repeat"
            | "diagnostic"
            | "screening"
            | "urine"
            | "blood"
            | "stool"
            | "contrast"
            | "low"
            | "dose"
            | "24"
            | "hour"
            | "rapid"
            | "morning"
    )
}

fn study(text: &str, tokens: &Tokens, from: usize, to: usize, limit: usize, kind: OrderKind) -> (String, Span) {
    let mut first = from;
    while first > 0
        && from - first < 5
        && (is_site(tokens.norm(first - 1))
            && !matches!(tokens.norm(first - 1), "back" | "hand" | "head" if first - 1 == 0))
    {
        first -= 1;
    }
    let mut words: Vec<&str> = (first..from).map(|i| tokens.span(i, i + 1).of(text)).collect();
    words.push(tokens.span(from, to).of(text));
    let mut last = to;
    let next = tokens.norm(to);
    if matches!(next, "of" | "for" | "on" | "with") && kind == OrderKind::Imaging {
        let mut at = to + 1;
        while at < limit.min(to + 8)
            && (is_site(tokens.norm(at))
                || matches!(tokens.norm(at), "your" | "the" | "that" | "her" | "his" | "and" | "my"))
        {
            at += 1;
        }
        while at > to + 1 && !is_site(tokens.norm(at - 1)) {
            at -= 1;
        }
        if at > to + 1 {
            words.extend(
                (to..at).filter(|i| !matches!(tokens.norm(*i), "your" | "the")).map(|i| tokens.span(i, i + 1).of(text)),
            );
            last = at;
        }
    }
    if let Some(end) = time_after(tokens, last, limit) {
        words.extend((last..end).map(|i| tokens.span(i, i + 1).of(text)));
        last = end;
    }
    (words.join(" "), tokens.span(first, last))
}

/// `in three months`, `today`, `in about six weeks` right after.
fn time_after(tokens: &Tokens, at: usize, limit: usize) -> Option<usize> {
    if matches!(tokens.norm(at), "today" | "tomorrow") {
        return Some(at + 1);
    }
    if !matches!(tokens.norm(at), "in" | "before" | "every" | "within") {
        return None;
    }
    (at + 1..limit.min(at + 7))
        .find(|i| matches!(tokens.norm(*i), "weeks" | "week" | "months" | "month" | "days" | "year" | "years"))
        .map(|i| i + 1)
}

const FOLLOW_UP: &str = "see you back|again; see you in|at; see me back|again|in; come back; follow up with me|us|in|after|visit|appointment; followup; follow up; return in|to; back in ~3 weeks|week|months|month|days|year; next visit|appointment; check back; touch base; like you to return; bring you back; have you back; make an appointment; schedule an? appointment|follow; ill|will see you; want to see you; wan na see you; have you return; get you back; review you|things in; speak again; reassess";

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let mut set = Patterns::new();
    set.add_all(FOLLOW_UP, 1);
    set
});

/// Follow-up statements: description, span, first token.
pub(super) fn follow_up(text: &str, sentence: &Ready, in_plan: bool) -> Vec<(String, Span, usize)> {
    let tokens = &sentence.tokens;
    let mut out: Vec<(String, Span, usize)> = Vec::new();
    if !in_plan {
        return out;
    }
    for hit in PATTERNS.find(tokens) {
        let end = (hit.from..tokens.len().min(hit.to + 14))
            .find(|i| {
                matches!(
                    tokens.norm(*i),
                    "weeks" | "week" | "months" | "month" | "days" | "year" | "years" | "tomorrow"
                )
            })
            .map(|i| i + 1);
        let before = (hit.from.saturating_sub(6)..hit.from)
            .find(|i| is_number_word(tokens.norm(*i)) || tokens.kind(*i) == Kind::Number);
        let timed =
            before.filter(|b| (*b..hit.from).any(|i| matches!(tokens.norm(i), "weeks" | "week" | "months" | "days")));
        let conditional = (hit.from.saturating_sub(8)..hit.from)
            .any(|i| matches!(tokens.norm(i), "if" | "unless" | "when" | "worse"));
        let Some(end) = end.or_else(|| timed.map(|_| hit.to)) else { continue };
        if conditional {
            continue;
        }
        let start = timed.unwrap_or(hit.from);
        if end <= start {
            continue;
        }
        let words: Vec<&str> = (start..end)
            .filter(|i| matches!(tokens.kind(*i), Kind::Word | Kind::Number))
            .filter(|i| !matches!(tokens.norm(*i), "uh" | "um" | "about" | "like"))
            .map(|i| tokens.span(i, i + 1).of(text))
            .collect();
        let span = tokens.span(start, end);
        if out.iter().all(|(_, s, _)| !s.overlaps(span)) {
            out.push((words.join(" "), span, start));
        }
    }
    out
}

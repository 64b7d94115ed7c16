//! Why something is ordered: the problem the plan is speaking of.

use super::{Place, Ready, Said};
use crate::entities::Entity;
use crate::lexicon::Kind;
use crate::token::Kind as TokenKind;

/// The reason of an ordered thing: "for ..." right after it, else the problem last named before it.
pub(super) fn find(
    said: &[Said<'_>],
    ready: &[Ready],
    index: usize,
    entity: &Entity,
    plan: usize,
) -> Option<(String, Place)> {
    if let Some(sentence) = ready.get(index) {
        let next = sentence.entities.partition_point(|e| e.from < entity.to);
        let after = sentence.entities.get(next..).unwrap_or(&[]).iter().take(12).find(|e| {
            matches!(e.term.kind, Kind::Problem | Kind::Symptom)
                && e.from >= entity.to
                && e.from <= entity.to + 18
                && (entity.to..e.from).any(|i| matches!(sentence.tokens.norm(i), "for" | "help" | "rule" | "treat"))
                && !(entity.to..e.from).any(|i| sentence.tokens.kind(i) == TokenKind::Break)
        });
        if let (Some(after), Some(source)) = (after, said.get(index)) {
            return Some(words(source, sentence, index, after));
        }
    }
    let _ = plan;
    headed(said, ready, index, entity.from)
        .or_else(|| fitting(said, ready, index, entity))
        .or_else(|| near(said, ready, index, entity.from))
}

/// How far back in one turn a heading is looked for, in tokens.
const REACH: usize = 600;

/// The entities of a turn that may be the reason: all of an earlier turn's last ones, those just before `at` in this one.
fn window(sentence: &Ready, turn: usize, index: usize, at: usize) -> &[Entity] {
    let end = if turn == index { sentence.entities.partition_point(|e| e.from < at) } else { sentence.entities.len() };
    sentence.entities.get(end.saturating_sub(200)..end).unwrap_or(&[])
}

/// "for your second problem, your reflux": the problem that heads this part of the plan.
fn headed(said: &[Said<'_>], ready: &[Ready], index: usize, at: usize) -> Option<(String, Place)> {
    const BACK: usize = 10;
    for back in (index.saturating_sub(BACK)..=index).rev() {
        let (Some(sentence), Some(source)) = (ready.get(back), said.get(back)) else { continue };
        let end = if back == index { at } else { sentence.tokens.len() };
        let heading = (end.saturating_sub(REACH)..end).rev().find(|i| {
            matches!(sentence.tokens.norm(*i), "problem" | "concern" | "issue" | "diagnosis")
                && (i.saturating_sub(2)..*i).any(|j| is_ordinal(sentence.tokens.norm(j)))
                || sentence.tokens.norm(*i) == "standpoint"
        });
        let Some(heading) = heading else { continue };
        let standpoint = sentence.tokens.norm(heading) == "standpoint";
        let first = sentence.entities.partition_point(|e| e.to + 1 < heading);
        let found = sentence.entities.get(first..).unwrap_or(&[]).iter().take(20).find(|e| {
            matches!(e.term.kind, Kind::Problem | Kind::Symptom)
                && if standpoint {
                    e.to + 1 >= heading && e.to <= heading
                } else {
                    e.from > heading && e.from <= heading + 14 && e.to <= end.max(heading + 14)
                }
        });
        if let Some(found) = found {
            return Some(words(source, sentence, back, found));
        }
        return next_words(source, sentence, back, heading);
    }
    None
}

fn is_ordinal(word: &str) -> bool {
    matches!(word, "first" | "second" | "third" | "fourth" | "fifth" | "next" | "last" | "other" | "1st" | "2nd")
}

/// The words right after "problem (of) (your)", where the lexicon knows none.
fn next_words(source: &Said<'_>, sentence: &Ready, index: usize, heading: usize) -> Option<(String, Place)> {
    let tokens = &sentence.tokens;
    let skip = |w: &str| {
        matches!(
            w,
            "of" | "your"
                | "the"
                | ","
                | "is"
                | "this"
                | "you"
                | "know"
                | "um"
                | "uh"
                | "for"
                | "that"
                | "we"
                | "a"
                | "with"
        )
    };
    let from = (heading + 1..tokens.len().min(heading + 10)).find(|i| !skip(tokens.norm(*i)))?;
    let end = (from..tokens.len().min(from + 5))
        .find(|i| {
            tokens.kind(*i) != TokenKind::Word
                || matches!(tokens.norm(*i), "i" | "so" | "um" | "uh" | "you" | "we" | "it" | "lets" | "is" | "and")
        })
        .unwrap_or(tokens.len().min(from + 5));
    (end > from && end <= from + 4).then(|| {
        let span = tokens.span(from, end);
        (span.of(source.text).to_owned(), Place { sentence: index, span })
    })
}

/// The nearest problem before the order that such a thing is commonly for; a symptom where no problem fits.
fn fitting(said: &[Said<'_>], ready: &[Ready], index: usize, entity: &Entity) -> Option<(String, Place)> {
    const BACK: usize = 40;
    let mut symptom = None;
    for back in (index.saturating_sub(BACK)..=index).rev() {
        let (Some(sentence), Some(source)) = (ready.get(back), said.get(back)) else { continue };
        for found in window(sentence, back, index, entity.from).iter().rev() {
            if !crate::purposes::fits(entity.term.concept, found.term.concept) {
                continue;
            }
            match found.term.kind {
                Kind::Problem => return Some(words(source, sentence, back, found)),
                Kind::Symptom if symptom.is_none() => symptom = Some(words(source, sentence, back, found)),
                _ => {}
            }
        }
    }
    symptom
}

/// The problem last named before token `at` of sentence `index`, within the plan's reach; else the visit's first.
pub(super) fn near(said: &[Said<'_>], ready: &[Ready], index: usize, at: usize) -> Option<(String, Place)> {
    const BACK: usize = 12;
    let mut symptom = None;
    for back in (index.saturating_sub(BACK)..=index).rev() {
        let (Some(sentence), Some(source)) = (ready.get(back), said.get(back)) else { continue };
        let before = |e: &&Entity| back < index || e.to <= at;
        if let Some(problem) =
            window(sentence, back, index, at).iter().rev().filter(before).find(|e| e.term.kind == Kind::Problem)
        {
            return Some(words(source, sentence, back, problem));
        }
        if symptom.is_none() {
            symptom = window(sentence, back, index, at)
                .iter()
                .rev()
                .filter(before)
                .find(|e| e.term.kind == Kind::Symptom)
                .map(|e| words(source, sentence, back, e));
        }
    }
    symptom.or_else(|| {
        (0..index.min(12)).find_map(|i| {
            let (sentence, source) = (ready.get(i)?, said.get(i)?);
            let first = sentence.entities.iter().find(|e| matches!(e.term.kind, Kind::Problem | Kind::Symptom))?;
            Some(words(source, sentence, i, first))
        })
    })
}

/// The problem with the side and site words before it.
fn words(source: &Said<'_>, sentence: &Ready, index: usize, entity: &Entity) -> (String, Place) {
    let tokens = &sentence.tokens;
    let mut from = entity.from;
    while from > 0
        && entity.from - from < 4
        && matches!(
            tokens.norm(from - 1),
            "left"
                | "right"
                | "acute"
                | "chronic"
                | "severe"
                | "uncontrolled"
                | "mild"
                | "moderate"
                | "recurrent"
                | "knee"
                | "shoulder"
                | "hip"
                | "ankle"
                | "lower"
                | "upper"
                | "lumbar"
                | "arm"
                | "foot"
                | "wrist"
                | "elbow"
                | "hand"
                | "nonhealing"
                | "suspected"
                | "bacterial"
                | "viral"
                | "simple"
        )
    {
        from -= 1;
    }
    let span = tokens.span(from, entity.to);
    (span.of(source.text).to_owned(), Place { sentence: index, span })
}

/// Coming back has a reason only where one is said in the same breath.
pub(super) fn follow_up(said: &[Said<'_>], ready: &[Ready], index: usize, at: usize) -> Option<(String, Place)> {
    let (sentence, source) = (ready.get(index)?, said.get(index)?);
    let named = window(sentence, index, index, at)
        .iter()
        .rev()
        .filter(|e| e.to <= at && at - e.to <= 40)
        .find(|e| e.term.kind == Kind::Problem)?;
    Some(words(source, sentence, index, named))
}

//! A mention in the words of a clinician: started, changed, stopped, told to take.

use super::super::course::Course;
use super::super::words::{CHANGE, CONSIDER, INTENT, KEEP, START};
use super::super::{Line, Standing, denial};
use super::reply::answer;
use super::{Clause, end};
use crate::entities::Entity;

pub(super) fn by_clinician(
    lines: &[Line<'_>],
    at: usize,
    clause: &Clause<'_, '_>,
    entity: &Entity,
) -> Option<Standing> {
    let line = lines.get(at)?;
    let (low, high) = (clause.low, clause.high);
    let before = |words: &[&str]| clause.has(low, entity.from, words);
    let after = |words: &[&str]| clause.has(entity.to, high, words);
    const SHORT: usize = 14;
    let answered = answer(lines, at, clause, entity);
    if line.asks {
        return answered;
    }
    // a yes after a long statement is about something in it, nobody knows what
    let answered = answered.filter(|_| line.to - line.from <= SHORT);
    let no_start = (low..entity.from).any(|i| {
        matches!(clause.norm(i), "not" | "dont" | "wont" | "nt" | "didnt" | "never" | "wouldnt")
            && (i + 1..(i + 5).min(entity.from)).any(|j| {
                START.contains(&clause.norm(j)) && !matches!(clause.norm(j), "take" | "use")
                    || matches!(clause.norm(j), "restarting" | "need" | "want" | "go" | "going" | "back")
            })
    });
    match clause.course(entity, false) {
        // "they stopped it in the hospital" is told, "I want it stopped" is not
        Some(Course::Off { .. }) if is_told(clause, entity) => return Some(Standing::Stopped),
        Some(Course::Off { .. }) => return Some(Standing::ToStop),
        Some(Course::Paused) => return Some(Standing::ToPause),
        Some(Course::On) => return Some(Standing::Taken),
        Some(Course::Thought) => return Some(Standing::Considered),
        None => {}
    }
    // "don't take any more sumatriptan today": kept from it for now
    let forbids = (low..entity.from).any(|i| {
        matches!(clause.norm(i), "dont" | "not" | "never" | "no")
            && (i + 1..(i + 3).min(entity.from))
                .any(|j| matches!(clause.norm(j), "take" | "use" | "give" | "tome" | "tomes"))
    });
    if forbids {
        let for_now =
            clause.has(low, high, &["today", "tonight", "until", "till", "now", "yet", "hoy", "hasta", "ahora"]);
        return Some(if for_now { Standing::ToPause } else { Standing::Considered });
    }
    if no_start {
        return Some(if before(&["back"]) { Standing::ToStop } else { Standing::Considered });
    }
    if clause.has(line.from.max(low), high.min(entity.to + 10), CONSIDER)
        || before(&["if", "when"]) && !after(&["milligrams", "mg"])
    {
        return Some(Standing::Considered);
    }
    // "a density scan, because of the letrozole": what it is for, and no word about the medicine
    if clause.has(entity.from.saturating_sub(5).max(low), entity.from, &["because", "since", "due", "from"]) {
        return answered.or_else(|| stopped_next(lines, at));
    }
    if before(KEEP) || after(&["same"]) {
        return Some(Standing::Taken);
    }
    let past = before(&["had", "was", "were", "took", "tried", "used", "started", "gave"]) || after(&["ago"]);
    if past {
        // "which was anastrozole first" "yes" is told of before
        let before_now = before(&["was", "were"]) && !before(&["started", "now"]);
        return if before_now && answered == Some(Standing::Taken) { Some(Standing::Stopped) } else { answered };
    }
    let wants = before(INTENT) || entity.from <= low + 4;
    if changes(clause, entity) && (wants || line.share > 0.4) && line.share > 0.2 {
        return Some(Standing::Changed);
    }
    let directed = after(&[
        "milligrams",
        "mg",
        "percent",
        "micrograms",
        "units",
        "puffs",
        "tablet",
        "tablets",
        "daily",
        "day",
        "days",
        "night",
        "bedtime",
        "hours",
    ]);
    if before(START) && wants && !before(&["you", "been", "are"]) || before(START) && before(INTENT) {
        return Some(Standing::ToStart);
    }
    // "the furosemide, I want you to take forty milligrams twice a day"
    if directed && line.share > 0.3 && clause.has(entity.to, (entity.to + 8).min(high), &["want"]) {
        return Some(Standing::ToStart);
    }
    // "naproxen, five hundred milligrams, twice a day": in the plan the name with its directions is the order
    if directed && line.share > 0.5 && answered.is_none() && !before(&["your", "you", "youre"]) {
        return Some(Standing::ToStart);
    }
    answered.or_else(|| stopped_next(lines, at))
}

/// A word of changing before the medicine; "up" and "down" only with a verb that moves a dose, not "check up", "sit down".
fn changes(clause: &Clause<'_, '_>, entity: &Entity) -> bool {
    const MOVES: &[&str] = &[
        "go",
        "going",
        "goes",
        "gone",
        "move",
        "moving",
        "bump",
        "bumping",
        "step",
        "stepping",
        "bring",
        "bringing",
        "turn",
        "titrate",
        "titrating",
        "come",
        "coming",
        "take",
        "taking",
        "push",
        "ratchet",
        "cut",
        "back",
        "way",
    ];
    (clause.low..entity.from).any(|i| {
        let word = clause.norm(i);
        let moves = (i.saturating_sub(3).max(clause.low)..i).any(|j| MOVES.contains(&clause.norm(j)))
            || clause.norm(i + 1) == "to" && matches!(clause.norm(i.wrapping_sub(1)), "you" | "it" | "that" | "dose");
        CHANGE.contains(&word) && (!matches!(word, "up" | "down") || moves)
    })
}

/// Whether the clinician tells of a stop that was, with nobody asked to.
fn is_told(clause: &Clause<'_, '_>, entity: &Entity) -> bool {
    let ended = |i: &usize| {
        matches!(clause.norm(*i), "stopped" | "held" | "discontinued" | "quit" | "paused" | "suspendio")
            || clause.norm(*i) == "off" && matches!(clause.norm(i.wrapping_sub(1)), "youre" | "are" | "been" | "now")
    };
    (clause.low..clause.high).filter(|i| !(entity.from..entity.to).contains(i)).rfind(ended).is_some_and(|verb| {
        let person = matches!(clause.norm(verb.wrapping_sub(1)), "you" | "they" | "he" | "she" | "we" | "who" | "i");
        !(verb.saturating_sub(3)..verb).any(|i| matches!(clause.norm(i), "be" | "get" | "it" | "have" | "to"))
            && (clause.norm(verb) != "quit" || person)
    })
}

/// "That is from the amlodipine. I'd like to stop it": the clinician's next words, with nothing else named between.
fn stopped_next(lines: &[Line<'_>], at: usize) -> Option<Standing> {
    let line = lines.get(at)?;
    let next = lines.iter().skip(at + 1).take(3).take_while(|l| l.speaker == line.speaker && !l.asks);
    let mut named = false;
    for said in next {
        if !named && let Some(standing) = stops_it(said) {
            return Some(standing);
        }
        named |= said.medicines > 0;
    }
    None
}

/// A clinician's "stop it", "don't stop it" about what was just named.
pub(super) fn stops_it(said: &Line<'_>) -> Option<Standing> {
    (said.from..end(said)).rev().find_map(|i| {
        let stop = matches!(said.tokens.norm(i), "stop" | "stopping" | "hold" | "discontinue" | "suspenda" | "pare")
            && matches!(said.tokens.norm(i + 1), "it" | "that" | "this" | "those" | "them" | "taking" | "esa" | "ese")
            && said.tokens.norm(i + 2) != "thought";
        let bound = (said.from..i).any(|j| matches!(said.tokens.norm(j), "if" | "did" | "unless" | "when" | "si"));
        (stop && !bound)
            .then(|| if denial::bears(said.tokens, said.from, i, true) { Standing::Taken } else { Standing::ToStop })
    })
}

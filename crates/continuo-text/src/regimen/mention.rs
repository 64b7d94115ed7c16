//! One mention of a medicine: what its clause, the next words of the speaker and the answer of the other say of it.

use super::words::{CHANGE, CONSIDER, HOW_IT_GOES, INTENT, KEEP, RELATIVES, START, STOPPED, TAKE, TALK};
use super::{Line, Standing};
use crate::entities::Entity;
use crate::token::Kind;
use crate::transcript::Speaker;

/// How far a sentence is read, in tokens: real ones are shorter, and a transcript in one line must not be read once for
/// every medicine named in it.
const LONG: usize = 40;

fn end(line: &Line<'_>) -> usize {
    line.to.min(line.from + LONG)
}

/// What this mention says; nothing where it says nothing of the kind.
pub(super) fn judge(lines: &[Line<'_>], at: usize, here: &[&Entity], number: usize) -> Option<Standing> {
    let (line, entity) = (lines.get(at)?, here.get(number)?);
    let clause = Clause::of(line, here, number);
    const ALLERGY: &[&str] = &["allergic", "allergy", "allergies", "alergico", "alergica", "alergias"];
    let asked = at.checked_sub(1).and_then(|i| lines.get(i)).filter(|l| l.speaker != line.speaker);
    if clause.has(line.from.max(entity.from.saturating_sub(LONG)), line.to.min(entity.to + LONG), ALLERGY)
        || asked.is_some_and(|l| (l.from..end(l)).any(|i| ALLERGY.contains(&l.tokens.norm(i))))
    {
        return None;
    }
    if line.speaker == Speaker::Doctor {
        by_clinician(lines, at, &clause, entity)
    } else {
        by_patient(lines, at, &clause, entity)
    }
}

/// The words around a mention, from the medicine before it to the one after it. A list shares the words before its first.
struct Clause<'l, 'a> {
    line: &'l Line<'a>,
    low: usize,
    high: usize,
}

impl<'l, 'a> Clause<'l, 'a> {
    fn of(line: &'l Line<'a>, here: &[&Entity], number: usize) -> Self {
        const REACH: usize = 18;
        let at = here.get(number).map_or((line.from, line.from), |e| (e.from, e.to));
        const LISTED: usize = 30;
        let mut low = line.from;
        let mut first = number;
        while let Some(before) = first.checked_sub(1).filter(|i| number - i < LISTED).and_then(|i| here.get(i)) {
            let start = here.get(first).map_or(at.0, |e| e.from);
            let listed = (before.to..start).all(|i| {
                !matches!(line.tokens.kind(i), Kind::Word)
                    || matches!(line.tokens.norm(i), "and" | "or" | "the" | "some" | "a" | "my" | "y" | "o" | "also")
            });
            if !listed {
                low = before.to;
                break;
            }
            first -= 1;
        }
        let head = here.get(first).map_or(at.0, |e| e.from);
        let low = low.max(head.saturating_sub(REACH));
        let high = here.get(number + 1).map_or(line.to, |e| e.from).min(at.1 + REACH);
        Self { line, low, high }
    }

    fn has(&self, from: usize, to: usize, words: &[&str]) -> bool {
        (from..to).any(|i| words.contains(&self.line.tokens.norm(i)))
    }

    fn norm(&self, at: usize) -> &str {
        self.line.tokens.norm(at)
    }

    /// "do not take", "never took", "no longer on": a no before a word of taking.
    fn denied(&self, from: usize, to: usize) -> bool {
        const NO: &[&str] =
            &["dont", "not", "never", "havent", "didnt", "doesnt", "isnt", "wasnt", "no", "nt", "ya", "nunca"];
        (from..to).any(|i| {
            NO.contains(&self.norm(i))
                && (i + 1..(i + 5).min(to)).any(|j| {
                    // "I don't use it much" is taken
                    let seldom = (j + 1..j + 4).any(|k| matches!(self.norm(k), "much" | "often" | "every" | "lot"));
                    (TAKE.contains(&self.norm(j)) && !seldom)
                        || matches!(self.norm(j), "took" | "longer" | "more" | "bought" | "any")
                })
        })
    }

    /// "took me off it", "came off that", "been off".
    fn off(&self, from: usize, to: usize) -> bool {
        (from..to).any(|i| {
            self.norm(i) == "off"
                && (i.saturating_sub(3)..i).any(|j| {
                    matches!(
                        self.norm(j),
                        "took" | "taken" | "take" | "came" | "come" | "been" | "went" | "got" | "me" | "get" | "leave"
                    )
                })
        }) || (from..to).any(|i| self.norm(i) == "ran" && self.norm(i + 1) == "out")
    }
}

/// Whether a later sentence of the same speaker takes it back: "I quit that in the winter", "I never took it".
fn taken_back(lines: &[Line<'_>], at: usize) -> Option<Standing> {
    let line = lines.get(at)?;
    for next in lines.iter().skip(at + 1).take(2) {
        if next.speaker != line.speaker || next.asks || next.medicines > 0 {
            return None;
        }
        let clause = Clause { line: next, low: next.from, high: end(next) };
        let not_now = (next.from..end(next)).any(|i| {
            clause.norm(i) == "not" && (i + 1..i + 3).any(|j| matches!(clause.norm(j), "now" | "anymore" | "currently"))
        });
        if not_now {
            return Some(Standing::Stopped);
        }
        let stopped_so = (next.from + 1..end(next)).any(|i| {
            matches!(clause.norm(i), "stopped" | "quit")
                && matches!(clause.norm(i - 1), "i" | "we" | "just" | "she" | "he" | "they")
        });
        let of_it = stopped_so
            || clause.has(next.from, end(next), &["it", "that", "them", "those", "lo", "la"])
            || next.to - next.from <= 5;
        if !of_it {
            continue;
        }
        if clause.has(next.from, end(next), &["never", "nunca"])
            && clause.has(next.from, end(next), &["took", "take", "used", "tome"])
        {
            return Some(Standing::Never);
        }
        let stops = stopped_so
            || clause.has(next.from, end(next), STOPPED)
                && !clause.has(next.from, end(next), &["dont", "not", "didnt", "never"]);
        if stops || clause.denied(next.from, end(next)) || clause.off(next.from, end(next)) {
            return Some(Standing::Stopped);
        }
    }
    None
}

fn by_patient(lines: &[Line<'_>], at: usize, clause: &Clause<'_, '_>, entity: &Entity) -> Option<Standing> {
    let line = lines.get(at)?;
    let (low, high) = (clause.low, clause.high);
    if line.asks || matches!(clause.norm(line.from), "what" | "should" | "can") {
        return Some(Standing::Considered);
    }
    let before = |words: &[&str]| clause.has(low, entity.from, words);
    let after = |words: &[&str]| clause.has(entity.to, high, words);
    let start = line.from.max(entity.from.saturating_sub(LONG));
    let gave = clause.has(start, entity.from, &["gave", "says", "said", "told", "pushing", "wants", "dr", "doctor"]);
    if clause.has(start, entity.from, RELATIVES) && !gave && !before(&["i", "im", "ive"]) {
        return Some(Standing::OfOther);
    }
    if clause.denied(low, high) {
        let never = clause.has(low, high, &["never", "nunca"]);
        return Some(if never { Standing::Never } else { Standing::Stopped });
    }
    if clause.has(low, high, STOPPED) || clause.off(low, high) {
        return Some(Standing::Stopped);
    }
    if let Some(standing) = taken_back(lines, at) {
        return Some(standing);
    }
    let now = before(TAKE) && !before(&["was", "were", "used"])
        || after(&["every", "daily", "twice", "once"]) && !before(&["took", "had"]);
    let past = before(&["took", "had", "tried", "was", "were", "used", "gave", "did"])
        || after(&["ago", "before", "last"]) && !after(&["dose"]);
    if past && !now {
        return Some(Standing::Stopped);
    }
    if before(TALK) && !before(TAKE) {
        return Some(Standing::Considered);
    }
    if now
        || before(&["have", "got", "need", "give", "gets", "takes", "started", "just", "also", "and"])
        || asked(lines, at)
    {
        return Some(Standing::Taken);
    }
    None
}

/// Whether the clinician's last words before asked what is taken, or went through the list.
fn asked(lines: &[Line<'_>], at: usize) -> bool {
    let Some(line) = lines.get(at) else { return false };
    let mut before = lines.get(..at).unwrap_or(&[]).iter().rev().take(6).skip_while(|l| l.speaker == line.speaker);
    before.next().is_some_and(|question| {
        let clause = Clause { line: question, low: question.from, high: end(question) };
        clause.has(
            question.from,
            end(question),
            &[
                "take",
                "taking",
                "medicine",
                "medicines",
                "medications",
                "medication",
                "meds",
                "pills",
                "else",
                "other",
                "others",
                "list",
                "bottles",
                "supplements",
                "counter",
                "on",
                "toma",
                "tomando",
                "medicinas",
                "medicamentos",
                "given",
                "giving",
                "tried",
            ],
        )
    })
}

fn by_clinician(lines: &[Line<'_>], at: usize, clause: &Clause<'_, '_>, entity: &Entity) -> Option<Standing> {
    let line = lines.get(at)?;
    let (low, high) = (clause.low, clause.high);
    let before = |words: &[&str]| clause.has(low, entity.from, words);
    let after = |words: &[&str]| clause.has(entity.to, high, words);
    const SHORT: usize = 14;
    let answered = answer(lines, at, clause);
    if line.asks {
        return answered;
    }
    // a yes after a long statement is about something in it, nobody knows what
    let answered = answered.filter(|_| line.to - line.from <= SHORT);
    let no_start = (low..entity.from).any(|i| {
        matches!(clause.norm(i), "not" | "dont" | "wont" | "nt" | "didnt" | "never" | "wouldnt")
            && (i + 1..(i + 5).min(entity.from)).any(|j| {
                START.contains(&clause.norm(j))
                    || matches!(clause.norm(j), "restarting" | "need" | "want" | "go" | "going" | "back")
            })
    });
    let bare_no = entity.from > line.from && clause.norm(entity.from - 1) == "no" || before(&["avoid", "without"]);
    // "stop it and switch you to losartan": the last verb counts
    let stop = (low..entity.from)
        .rfind(|i| matches!(clause.norm(*i), "stop" | "stopping" | "hold" | "discontinue" | "holding"))
        .filter(|stop| {
            !clause.has(stop + 2, entity.from, &["start", "switch", "add", "begin", "put", "try", "use", "give"])
        });
    if bare_no || stop.is_some() && !before(&["if", "when"]) {
        return Some(Standing::ToStop);
    }
    if before(&["leave"]) && after(&["off"]) || clause.off(low, high) && before(INTENT) {
        return Some(Standing::ToStop);
    }
    if no_start {
        return Some(if before(&["take", "use", "back"]) { Standing::ToStop } else { Standing::Considered });
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
    if before(CHANGE) && (wants || line.share > 0.4) && line.share > 0.2 {
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

/// "That is from the amlodipine. I'd like to stop it": the clinician's next words, with nothing else named between.
fn stopped_next(lines: &[Line<'_>], at: usize) -> Option<Standing> {
    let line = lines.get(at)?;
    let next = lines.iter().skip(at + 1).take(3).take_while(|l| l.speaker == line.speaker && !l.asks);
    let mut named = false;
    for said in next {
        let stop = (said.from..end(said)).any(|i| {
            matches!(said.tokens.norm(i), "stop" | "stopping" | "hold" | "discontinue")
                && matches!(said.tokens.norm(i + 1), "it" | "that" | "this")
        });
        if stop && !named {
            return Some(Standing::ToStop);
        }
        named |= said.medicines > 0;
    }
    None
}

/// "I took some ibuprofen." "I'm going to ask you to stop that": the other's next words, with no other medicine between.
pub(super) fn told_to_stop(lines: &[Line<'_>], at: usize) -> bool {
    const NEAR: usize = 14;
    let Some(line) = lines.get(at) else { return false };
    if line.medicines != 1 {
        return false;
    }
    lines
        .iter()
        .skip(at + 1)
        .take(NEAR)
        .take_while(|l| l.medicines == 0)
        .filter(|l| l.speaker != line.speaker && !l.asks)
        .any(|l| {
            (l.from..end(l)).any(|i| {
                matches!(l.tokens.norm(i), "stop" | "stopping" | "discontinue")
                    && matches!(l.tokens.norm(i + 1), "it" | "that" | "those" | "them" | "taking")
                    && !(i.saturating_sub(4)..i).any(|j| matches!(l.tokens.norm(j), "dont" | "not" | "if" | "did"))
            })
        })
}

/// What the other one answers to a name asked or read from a list.
fn answer(lines: &[Line<'_>], at: usize, clause: &Clause<'_, '_>) -> Option<Standing> {
    let line = lines.get(at)?;
    let before = lines.iter().skip(at + 1).take(4).take_while(|l| l.speaker == line.speaker);
    // a question of one's own between is what gets the answer
    let (mut own, mut between) = (0, false);
    for said in before {
        own += 1;
        between |= said.asks;
    }
    let reply = lines.get(at + 1 + own).filter(|l| l.speaker != line.speaker)?;
    if between {
        return None;
    }
    let how = clause.has(line.from.max(clause.low), clause.high, HOW_IT_GOES) && line.asks;
    let turn: Vec<&Line<'_>> =
        lines.iter().skip(at + 1 + own).take(3).take_while(|l| l.speaker == reply.speaker).collect();
    let first = reply.tokens.norm(skip_hums(reply));
    let says = |words: &[&str]| turn.iter().any(|l| (l.from..end(l)).any(|i| words.contains(&l.tokens.norm(i))));
    let whole = |l: &&Line<'_>| {
        let clause = Clause { line: l, low: l.from, high: end(l) };
        clause.off(l.from, end(l)) || clause.denied(l.from, end(l))
    };
    let no = matches!(first, "no" | "nope" | "nah" | "never" | "not" | "nunca");
    if how {
        return Some(Standing::Taken);
    }
    // "I stop in December" is still taken; what names another medicine tells of that one
    let plain: Vec<&&Line<'_>> = turn.iter().filter(|l| l.medicines == 0).collect();
    let ended = plain
        .iter()
        .any(|l| (l.from..end(l)).any(|i| l.tokens.norm(i) != "stop" && STOPPED.contains(&l.tokens.norm(i))));
    let of_other = plain.iter().any(|l| (l.from..end(l)).any(|i| RELATIVES.contains(&l.tokens.norm(i))));
    if matches!(first, "thats" | "that" | "no") && of_other && !ended {
        return Some(Standing::OfOther);
    }
    if ended || plain.iter().any(|l| whole(l)) {
        return Some(if says(&["never"]) { Standing::Never } else { Standing::Stopped });
    }
    if no {
        return line.asks.then_some(Standing::Stopped);
    }
    let yes = matches!(
        first,
        "yes"
            | "yeah"
            | "yep"
            | "yup"
            | "right"
            | "correct"
            | "mhm"
            | "mm"
            | "uh-huh"
            | "sure"
            | "si"
            | "same"
            | "still"
            | "every"
            | "once"
            | "twice"
            | "the"
            | "at"
            | "just"
            | "i"
            | "correct."
            | "exactly"
            | "thats"
    ) || reply.tokens.kind(skip_hums(reply)) == Kind::Number
        || crate::number_words::tens(first).is_some()
        || crate::number_words::under_twenty(first).is_some();
    (yes && !reply.asks).then_some(Standing::Taken)
}

/// The first word of an answer that says something.
fn skip_hums(line: &Line<'_>) -> usize {
    (line.from..end(line))
        .find(|i| !matches!(line.tokens.norm(*i), "uh" | "um" | "oh" | "well" | "," | "mm" | "hm" | "ah" | "so"))
        .unwrap_or(line.from)
}

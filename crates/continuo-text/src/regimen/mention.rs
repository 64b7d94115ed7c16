//! One mention of a medicine: what its clause, the next words of the speaker and the answer of the other say of it.

mod clinician;
mod reply;

use super::Line;
use super::Standing;
use super::course::{self, Course};
use super::words::TAKE;
use super::words::TALK;
use crate::entities::Entity;
use crate::people;
use crate::token::Kind;
use crate::transcript::Speaker;
use clinician::{by_clinician, stops_it};

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
    // "Penicillin. And not aspirin, that was my dad": the question stands before the answer's first sentence
    let before = lines.get(..at).unwrap_or(&[]).iter().rev();
    let asked = before.skip_while(|l| l.said == line.said).take(1).find(|l| l.speaker != line.speaker);
    // "I carry an EpiPen" further on in that answer is had
    let has = ["carry", "have", "take", "takes", "use", "uses", "keep", "got", "tengo", "tomo", "uso"];
    let next = at.checked_sub(1).and_then(|i| lines.get(i)).is_some_and(|l| l.said == line.said);
    let asked = asked.filter(|_| !next || !clause.has(line.from, end(line), &has));
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
    /// Where the list of medicines begins that this one stands in.
    head: usize,
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
        Self { line, low, high, head }
    }

    /// What its verbs say of the medicine's course.
    fn course(&self, entity: &Entity, patient: bool) -> Option<Course> {
        course::course(&self.place(entity, patient))
    }

    fn place(&self, entity: &Entity, patient: bool) -> course::Place<'a> {
        course::Place {
            tokens: self.line.tokens,
            sentence: (self.line.from.max(entity.from.saturating_sub(LONG)), self.line.to.min(entity.to + LONG)),
            clause: (self.low, self.high),
            head: self.head,
            to: entity.to,
            patient,
        }
    }

    fn has(&self, from: usize, to: usize, words: &[&str]) -> bool {
        (from..to).any(|i| words.contains(&self.line.tokens.norm(i)))
    }

    fn norm(&self, at: usize) -> &str {
        self.line.tokens.norm(at)
    }
}

/// What a later sentence of the same speaker says of it: "I quit that in the winter", "I never took it", "I haven't stopped it".
fn told_next(lines: &[Line<'_>], at: usize) -> Option<Standing> {
    let line = lines.get(at)?;
    for next in lines.iter().skip(at + 1).take(2) {
        if next.speaker != line.speaker || next.asks || next.medicines > 0 {
            return None;
        }
        if let Some(course) = course::course_of_it(next.tokens, (next.from, end(next)), line.speaker != Speaker::Doctor)
        {
            return Some(standing(course));
        }
    }
    None
}

/// What a course of which its taker tells makes of a medicine.
fn standing(course: Course) -> Standing {
    match course {
        Course::Off { never: true } => Standing::Never,
        Course::Off { never: false } => Standing::Stopped,
        Course::On | Course::Thought | Course::Paused => Standing::Taken,
    }
}

/// Whether a medicine is somebody else's: the person named last before it is the one who takes it. "My wife gives me my
/// metformin" names who helps, "my doctor told my wife" who heard of it.
fn is_of_other(clause: &Clause<'_, '_>, from: usize, to: usize) -> bool {
    const OWN: &[&str] = &["i", "im", "ive", "me", "my", "mine", "myself", "we", "yo", "me", "mi", "mis"];
    const HELPS: &[&str] =
        &["gave", "says", "said", "told", "pushing", "wants", "dr", "doctor", "reminds", "gives", "dice", "dijo", "da"];
    let tokens = clause.line.tokens;
    let Some(person) = (from..to).rfind(|i| people::named_at(tokens, *i)) else { return false };
    let heard = (from..person).any(|i| matches!(clause.norm(i), "doctor" | "dr"))
        && clause.has(from, person, &["told", "tells", "said", "says", "gave"]);
    // "I take what my sister takes"
    let own = clause.has(person + 1, to, OWN)
        || clause.has(clause.low.max(from), person.saturating_sub(1), &["i", "im", "ive"]);
    // "and so do I", "me too"
    let too = (to..clause.high).any(|i| {
        matches!(
            (clause.norm(i), clause.norm(i + 1)),
            ("so" | "as", "do" | "am")
                | ("me", "too")
                | ("i", "do" | "am" | "take")
                | ("like", "me")
                | ("yo", "tambien")
        )
    });
    !own && !heard && !too && !clause.has(person + 1, to, HELPS)
}

/// "My daughter sets up my metformin": somebody helps with it, so it is taken.
fn is_helped(clause: &Clause<'_, '_>, from: usize, to: usize) -> bool {
    const HELPS: &[&str] = &[
        "gives", "puts", "sets", "picks", "reminds", "helps", "brings", "fills", "injects", "handles", "manages", "da",
        "pone", "compra", "recuerda", "ayuda", "trae", "prepara",
    ];
    (from..to).rfind(|i| people::named_at(clause.line.tokens, *i)).is_some_and(|person| {
        clause.has(person + 1, to, HELPS) && clause.has(person + 1, to, &["me", "my", "mi", "mis", "la", "el", "the"])
    })
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
    // "and not aspirin": named to be left out of what is spoken of
    if entity.from > line.from && clause.norm(entity.from - 1) == "not" {
        return Some(Standing::Considered);
    }
    if is_of_other(clause, start, entity.from) {
        return Some(Standing::OfOther);
    }
    if let Some(course) = clause.course(entity, true) {
        return Some(standing(course));
    }
    if let Some(standing) = told_next(lines, at) {
        return Some(standing);
    }
    let now = before(TAKE) && !before(&["was", "were", "used"])
        || after(&["every", "daily", "twice", "once"]) && !before(&["took", "had"]);
    let past = before(&["took", "had", "tried", "was", "were", "used", "gave", "did"])
        || after(&["ago", "before"]) && !after(&["dose"])
        || (entity.to..high)
            .any(|i| clause.norm(i) == "last" && !matches!(clause.norm(i + 1), "night" | "evening" | "dose"));
    if past && !now {
        return Some(Standing::Stopped);
    }
    if before(TALK) && !before(TAKE) {
        return Some(Standing::Considered);
    }
    if now
        || is_helped(clause, start, entity.from)
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
    let before = lines.get(..at).unwrap_or(&[]).iter().rev().take(6).skip_while(|l| l.speaker == line.speaker);
    // "What else are you on? Vitamin D?"
    before.take(2).take_while(|l| l.speaker != line.speaker).enumerate().filter(|(n, l)| *n == 0 || l.asks).any(
        |(_, question)| {
            let clause = Clause { line: question, low: question.from, high: end(question), head: question.from };
            clause.has(
                question.from,
                end(question),
                &[
                    "take",
                    "taking",
                    "taken",
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
        },
    )
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
        .any(|l| stops_it(l) == Some(Standing::ToStop))
}

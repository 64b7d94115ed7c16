//! One mention of a medicine: what its clause, the next words of the speaker and the answer of the other say of it.

use super::course::{self, Course};
use super::words::{CHANGE, CONSIDER, HOW_IT_GOES, INTENT, KEEP, START, TAKE, TALK};
use super::{Line, Standing, denial};
use crate::entities::Entity;
use crate::people;
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
        || after(&["ago", "before", "last"]) && !after(&["dose"]);
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

fn by_clinician(lines: &[Line<'_>], at: usize, clause: &Clause<'_, '_>, entity: &Entity) -> Option<Standing> {
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
fn stops_it(said: &Line<'_>) -> Option<Standing> {
    (said.from..end(said)).rev().find_map(|i| {
        let stop = matches!(said.tokens.norm(i), "stop" | "stopping" | "hold" | "discontinue" | "suspenda" | "pare")
            && matches!(said.tokens.norm(i + 1), "it" | "that" | "this" | "those" | "them" | "taking" | "esa" | "ese")
            && said.tokens.norm(i + 2) != "thought";
        let bound = (said.from..i).any(|j| matches!(said.tokens.norm(j), "if" | "did" | "unless" | "when" | "si"));
        (stop && !bound)
            .then(|| if denial::bears(said.tokens, said.from, i, true) { Standing::Taken } else { Standing::ToStop })
    })
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

/// What the other one answers to a name asked or read from a list.
fn answer(lines: &[Line<'_>], at: usize, clause: &Clause<'_, '_>, entity: &Entity) -> Option<Standing> {
    let line = lines.get(at)?;
    let question = asked_of(clause, entity).filter(|_| line.asks);
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
    // "do you take it with food?": a no denies the food
    let how = line.asks
        && (clause.has(line.from.max(clause.low), clause.high, HOW_IT_GOES)
            || clause.place(entity, true).is_in_some_way());
    let turn: Vec<&Line<'_>> =
        lines.iter().skip(at + 1 + own).take(3).take_while(|l| l.speaker == reply.speaker).collect();
    let first = reply.tokens.norm(skip_hums(reply));
    let no = matches!(first, "no" | "nope" | "nah" | "never" | "not" | "nunca");
    let own = skip_hums(reply) + 1;
    let speaks = matches!(first, "i" | "im" | "ive" | "we");
    let refuses =
        speaks && (own..own + 3).any(|i| denial::denies(reply.tokens.norm(i)) || reply.tokens.norm(i) == "hate");
    // what names another medicine tells of that one; "I stop in December" is still taken
    let plain: Vec<&&Line<'_>> = turn.iter().filter(|l| l.medicines == 0).collect();
    let told = plain
        .iter()
        .filter(|l| !how || (l.from..end(l)).any(|i| course::names_taking(l.tokens.norm(i))))
        .find_map(|l| course::course_of_it(l.tokens, (l.from, end(l)), true));
    let of_other = plain.iter().any(|l| is_theirs(l));
    if matches!(first, "thats" | "that" | "no") && of_other && !matches!(told, Some(Course::Off { .. })) {
        return Some(Standing::OfOther);
    }
    if let Some(told) = told.filter(|told| !no || *told != Course::Thought) {
        return Some(standing(told));
    }
    if how {
        return Some(Standing::Taken);
    }
    let doubtful = doubts(reply);
    // "have you stopped it?" asks the other way round, "you haven't stopped it?" and "you're not taking it?" agree with a no
    if line.asks
        && !doubtful
        && let Some(asked) = question
    {
        let agrees =
            matches!(first, "yes" | "yeah" | "yep" | "yup" | "right" | "correct" | "mhm" | "si" | "exactly" | "sure");
        let does = speaks && !refuses && matches!(reply.tokens.norm(own), "did" | "have" | "am" | "do");
        return match asked {
            AskedOf::Stop if agrees || does => Some(Standing::Stopped),
            AskedOf::Stop if no || refuses => Some(Standing::Taken),
            AskedOf::NoStop if agrees || no || refuses => Some(Standing::Taken),
            AskedOf::NotTaken if agrees || no || refuses => Some(Standing::Stopped),
            AskedOf::NotTaken if does => Some(Standing::Taken),
            _ => None,
        };
    }
    // "not every day" is taken, "I don't" is not
    let seldom = first == "not" && course::is_seldom(reply.tokens.norm(own));
    let bare = refuses && !doubtful && reply.to <= own + 2;
    if no || bare {
        return line.asks.then_some(if seldom { Standing::Taken } else { Standing::Stopped });
    }
    if doubtful {
        return None;
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
            | "correct."
            | "exactly"
            | "thats"
    ) || reply.tokens.kind(skip_hums(reply)) == Kind::Number
        || crate::number_words::tens(first).is_some()
        || crate::number_words::under_twenty(first).is_some();
    let does = speaks && !refuses;
    ((yes || does) && !reply.asks).then_some(Standing::Taken)
}

/// How a question puts the course of a medicine.
#[derive(Clone, Copy)]
enum AskedOf {
    /// "Have you stopped it?", "are you off it?"
    Stop,
    /// "You haven't stopped it?"
    NoStop,
    /// "You're not taking it?"
    NotTaken,
}

/// What a question asks of the medicine's course; nothing where it only names it or asks whether it is taken.
fn asked_of(clause: &Clause<'_, '_>, entity: &Entity) -> Option<AskedOf> {
    let denied = (clause.low..clause.high)
        .any(|i| denial::denies(clause.norm(i)) && !denial::is_particle(clause.line.tokens, i));
    match clause.course(entity, true)? {
        Course::Off { .. } if denied => Some(AskedOf::NotTaken),
        Course::Off { .. } | Course::Paused => Some(AskedOf::Stop),
        Course::On => denied.then_some(AskedOf::NoStop),
        Course::Thought => None,
    }
}

/// "That was my sister's", "no, my wife takes that": somebody else is the one.
fn is_theirs(line: &Line<'_>) -> bool {
    let clause = Clause { line, low: line.from, high: end(line), head: end(line) };
    is_of_other(&clause, line.from, end(line))
}

/// "I don't remember", "I couldn't tell you": no answer at all.
fn doubts(line: &Line<'_>) -> bool {
    let low = skip_hums(line);
    (low..end(line).min(low + 6)).any(|i| {
        matches!(line.tokens.norm(i), "remember" | "recall" | "know" | "sure" | "say" | "tell" | "waiting" | "recuerdo")
            && (low..=i).any(|j| denial::denies(line.tokens.norm(j)) || line.tokens.norm(j) == "waiting")
    })
}

/// The first word of an answer that says something.
fn skip_hums(line: &Line<'_>) -> usize {
    (line.from..end(line))
        .find(|i| !matches!(line.tokens.norm(*i), "uh" | "um" | "oh" | "well" | "," | "mm" | "hm" | "ah" | "so"))
        .unwrap_or(line.from)
}

//! What the answer of the other says of the medicine that was asked about.

use super::super::course::{self, Course};
use super::super::words::HOW_IT_GOES;
use super::super::{Line, Standing, denial};
use super::{Clause, end, is_of_other, standing};
use crate::assertion::answer::YES;
use crate::entities::Entity;
use crate::token::Kind;

/// What the other one answers to a name asked or read from a list.
pub(super) fn answer(lines: &[Line<'_>], at: usize, clause: &Clause<'_, '_>, entity: &Entity) -> Option<Standing> {
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
    // "they changed that": what was asked about is taken, and no longer so
    let changed = plain.iter().any(|l| {
        (l.from..end(l)).any(|i| {
            let verb = matches!(
                l.tokens.norm(i),
                "changed"
                    | "raised"
                    | "increased"
                    | "lowered"
                    | "doubled"
                    | "upped"
                    | "cambiaron"
                    | "subieron"
                    | "bajaron"
            );
            verb && matches!(l.tokens.norm(i + 1), "it" | "that" | "this" | "la" | "lo" | "" | "to")
        })
    });
    if line.asks && changed && told.is_none() {
        return Some(Standing::Taken);
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
    let yes = YES.contains(&first)
        || matches!(first, "uh-huh" | "same" | "still" | "every" | "once" | "twice" | "the" | "at" | "just" | "thats")
        || reply.tokens.kind(skip_hums(reply)) == Kind::Number
        || crate::number_words::english(first).is_some();
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

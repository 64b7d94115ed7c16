//! What the verbs around a medicine say of its course: that it is left off, that it goes on, or that stopping is only thought of.
//!
//! One reading for everybody who asks: mentions in a conversation, answers, proposals from single sentences. A verb bears on
//! the medicine that is its object ("I stopped smoking" stops no medicine), with its denial (`denial`), with exceptions ("nothing
//! except the metformin" is taken) and with limits ("don't take it on an empty stomach" is taken).

mod except;
mod limits;
mod objects;

use super::denial;
use super::verbs::{BEGINS, Class, ENDS, GETS, IT, LAPSES, SMALL, STARTS, STOPS, TAKES};
use crate::token::{Kind, Tokens};
pub(crate) use limits::{is_seldom, names_taking};
pub(crate) use objects::is_idiom;

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// Stopped, not taken, to be stopped. `never`: it was not begun.
    Off {
        /// "never filled it", "haven't started it".
        never: bool,
    },
    /// Left off for a time: "hold it the morning of the surgery", "stop it until the scan".
    Paused,
    /// It goes on: "don't stop it", "nothing but the metformin", "I never miss it".
    On,
    /// Stopping is spoken of and not done: wanted, feared, or under a condition.
    Thought,
}

/// Where to look.
#[derive(Clone, Copy)]
pub struct Place<'t> {
    /// The words.
    pub tokens: &'t Tokens,
    /// The sentence, as tokens.
    pub sentence: (usize, usize),
    /// The part of it that is about this medicine: from the medicine before to the medicine after.
    pub clause: (usize, usize),
    /// First token of the medicine, or of the list it stands in.
    pub head: usize,
    /// One past the medicine.
    pub to: usize,
    /// The words are the patient's: what they want or try is not done, what a clinician wants is.
    pub patient: bool,
}

/// Words that are about the medicine's course: what they say of it, or that it cannot be told from them.
enum Said {
    Is(Course),
    Open,
}

impl Said {
    fn course(self) -> Option<Course> {
        match self {
            Self::Is(course) => Some(course),
            Self::Open => None,
        }
    }
}

/// What the words say of the medicine's course; nothing where they say nothing of it.
pub fn course(place: &Place<'_>) -> Option<Course> {
    match place.excepted().or_else(|| place.after()) {
        Some(said) => said.course(),
        None => place.before(),
    }
}

/// The same of a sentence about what was named before: "I quit that in March", "can't afford it".
pub fn course_of_it(tokens: &Tokens, sentence: (usize, usize), patient: bool) -> Option<Course> {
    let at = sentence.0;
    let place = Place { tokens, sentence, clause: sentence, head: at, to: at, patient };
    place.after().and_then(Said::course).or_else(|| place.briefly())
}

impl<'t> Place<'t> {
    fn word(&self, at: usize) -> &'t str {
        self.tokens.norm(at)
    }

    fn is(&self, at: usize, words: &[&str]) -> bool {
        words.contains(&self.word(at))
    }

    fn is_a(&self, at: usize, class: Class) -> bool {
        class.has(self.word(at))
    }

    fn any_a(&self, from: usize, to: usize, class: Class) -> bool {
        (from..to).any(|at| self.is_a(at, class))
    }

    fn any(&self, from: usize, to: usize, words: &[&str]) -> bool {
        (from..to).any(|at| self.is(at, words))
    }

    /// What the verbs before the medicine say, the nearest that has it as its object.
    fn before(&self) -> Option<Course> {
        let low = self.clause.0;
        let mut reach = self.head;
        let verb = (low..self.head).rev().find(|i| {
            // "stop the ones that you're taking, the Motrin": a clause inside names no verb of its own
            if *i >= reach {
                return false;
            }
            if let Some(start) = self.relative(low, *i) {
                reach = start;
                return false;
            }
            // "hold off on it"
            let held_off = self.word(*i) == "on" && *i > low && self.word(i - 1) == "off";
            !held_off
                && (self.is_a(*i, STOPS.or(ENDS).or(TAKES).or(LAPSES).or(STARTS).or(GETS))
                    || self.is(*i, &["without", "avoid", "avoiding", "off", "out", "away", "clear", "rid", "need"]))
        });
        let Some(mut verb) = verb else { return self.bare() };
        // "you don't need it anymore", from who orders it
        if self.word(verb) == "need" {
            let over = self.any(self.to, self.sentence.1.min(self.to + 3), &["anymore", "longer", "now"])
                || self.any(verb.saturating_sub(2).max(low), verb, &["longer"]);
            let denied = over && !self.patient && denial::bears(self.tokens, low, verb, false);
            return (denied && self.has_object(verb, verb + 1, reach)).then_some(Course::Off { never: false });
        }
        // "off of it", "out of", "stay away from", "steer clear of" name their verb before
        if let Some(first) = self.off(low, verb) {
            return self.has_object(first, verb + 1, reach).then(|| self.stopped(first));
        }
        if self.is(verb, &["off", "out", "away", "clear", "rid"]) {
            match (low..verb).rfind(|i| self.is_a(*i, STOPS.or(TAKES).or(LAPSES).or(GETS))) {
                Some(before) => verb = before,
                None => return self.bare(),
            }
        }
        if self.is_a(verb, STOPS) {
            return self.has_object(verb, verb + 1, reach).then(|| self.stopped(verb)).or_else(|| self.bare());
        }
        if self.is_a(verb, ENDS) {
            return self.ending(verb, verb + 1);
        }
        if self.is(verb, &["without", "avoid", "avoiding"]) {
            return self.lacking(verb);
        }
        if self.is_a(verb, LAPSES) {
            return self.lapsing(verb);
        }
        if self.is_a(verb, TAKES) {
            // "stopped taking", "dejé de tomar", "forgot to take"
            let chained = verb.checked_sub(1 + usize::from(self.is(verb.wrapping_sub(1), &["de", "to"]) && verb > low));
            if let Some(first) = chained.filter(|i| *i >= low && self.word(verb) != "on") {
                if self.is_a(first, STOPS) {
                    return Some(self.stopped(first));
                }
                if self.is(first, &["without", "avoid", "avoiding"]) {
                    return self.lacking(first);
                }
                if self.is_a(first, LAPSES) {
                    return self.lapsing(first);
                }
            }
            if let Some(course) = self.taking(verb) {
                return Some(course);
            }
        }
        if self.is_a(verb, GETS) {
            return self.getting(verb).or_else(|| self.bare());
        }
        self.bare()
    }

    /// "No metformin", "no more of the metformin", "no longer any"; "no more of it until tonight" from who orders it.
    fn bare(&self) -> Option<Course> {
        let low = self.clause.0.max(self.head.saturating_sub(6));
        let no = (low..self.head).rfind(|i| self.is(*i, &["no", "not"]))?;
        let near =
            (no + 1..self.head).all(|i| self.is(i, &["more", "longer", "any", "of", "the", "that", "my", "your"]));
        let some = self.head > no + 1;
        // "no metformin" of a patient may answer anything
        let left = self.any(self.to, (self.to + 3).min(self.sentence.1), &["left", "refills", "refill", "today"]);
        let off = near
            && (some && self.any(no + 1, self.head, &["more", "longer", "any"]) || !some && !self.patient && !left);
        let wait =
            !self.patient && self.any(self.to, self.sentence.1.min(self.to + 6), &["until", "till", "today", "hasta"]);
        off.then_some(if wait { Course::Paused } else { Course::Off { never: false } })
    }

    /// "That you're taking", "which she has been on" before its last word at `verb`: where it begins.
    fn relative(&self, low: usize, verb: usize) -> Option<usize> {
        if !self.is_a(verb, TAKES) {
            return None;
        }
        let mut at = verb;
        while at > low && self.is(at - 1, &["are", "is", "been", "have", "has", "was", "were", "already", "currently"])
        {
            at -= 1;
        }
        let who = at.checked_sub(1).filter(|i| {
            *i > low
                && self
                    .is(*i, &["you", "youre", "youve", "i", "im", "ive", "he", "hes", "she", "shes", "they", "theyre"])
        })?;
        self.is(who - 1, &["that", "which", "what", "ones", "pills", "stuff", "medicine", "medicines"])
            .then_some(who - 1)
    }

    /// What a verb of stopping with its object says.
    fn stopped(&self, verb: usize) -> Course {
        // the denial may stand before what the clause shares with the medicine before
        if denial::bears(self.tokens, self.clause.0, verb, true) {
            return Course::On;
        }
        if self.is_thought(verb) {
            return Course::Thought;
        }
        // "I was told to stop it but I didn't"
        if self.patient && self.is_taken_back() {
            return Course::On;
        }
        if !self.patient && self.is_for_a_time(verb) {
            return Course::Paused;
        }
        Course::Off { never: false }
    }

    /// "I never miss it", "I forgot it this morning": taken; "I've been skipping it" is not.
    fn lapsing(&self, verb: usize) -> Option<Course> {
        if denial::bears(self.tokens, self.clause.0, verb, false) {
            return Some(Course::On);
        }
        let once = self.is_once(verb);
        let lately =
            self.word(verb) == "skipping" && self.any(verb.saturating_sub(3), verb, &["been", "ive", "am", "im"]);
        match (self.patient, once, lately) {
            (true, true, _) => Some(Course::On),
            (true, false, true) => Some(Course::Off { never: false }),
            _ => None,
        }
    }

    fn ending(&self, verb: usize, end: usize) -> Option<Course> {
        // "acabo de tomarla" has just taken it
        if !self.patient || !self.has_object(verb, end, self.head) || self.is(verb, &["acabo"]) && self.is(end, &["de"])
        {
            return None;
        }
        let open = denial::bears(self.tokens, self.clause.0, verb, false);
        Some(if open { Course::On } else { Course::Off { never: false } })
    }

    /// "Go without", "avoid": denied, it must not be missed.
    fn lacking(&self, verb: usize) -> Option<Course> {
        let low = self.clause.0;
        if self.word(verb) != "without" {
            if !self.has_object(verb, verb + 1, self.head) {
                return None;
            }
            let denied = denial::bears(self.tokens, low, verb, false);
            return (!denied && !self.patient).then_some(Course::Off { never: false });
        }
        if !(verb + 1..self.head).all(|i| self.is_a(i, SMALL)) {
            return None;
        }
        // "can't sleep without it", "don't leave home without it": any denial in the same breath
        let from = low.max(verb.saturating_sub(8));
        let breath =
            (from..verb).rfind(|i| matches!(self.tokens.kind(*i), Kind::Comma | Kind::Mark)).map_or(from, |i| i + 1);
        if (breath..verb).any(|i| denial::denies(self.word(i)) && !denial::is_particle(self.tokens, i)) {
            return Some(Course::On);
        }
        // "without the metformin your sugars would climb"
        (verb > breath && !self.patient).then_some(Course::Off { never: false })
    }

    /// A verb of taking, denied: not taken, unless it is only seldom, not in some way, or not on some day.
    fn taking(&self, verb: usize) -> Option<Course> {
        let low = self.clause.0;
        if !denial::bears(self.tokens, low, verb, false) {
            return None;
        }
        if self.is_limited(verb) {
            return self.patient.then_some(Course::On);
        }
        if !self.patient && self.is_bound() {
            return Some(Course::Thought);
        }
        let never = (low.max(verb.saturating_sub(6))..verb).any(|i| self.is(i, &["never", "nunca", "jamas"]))
            || self.is_a(verb, BEGINS);
        Some(Course::Off { never })
    }

    /// "Can't afford", "never filled", "haven't started".
    fn getting(&self, verb: usize) -> Option<Course> {
        let low = self.clause.0;
        let object = (verb + 1..self.head).all(|i| self.is_a(i, SMALL));
        let here = self.any(self.to, self.sentence.1.min(self.to + 5), &["with", "here", "trouble", "problems"]);
        if !object || !denial::bears(self.tokens, low, verb, false) || here && self.is(verb, &["have", "had", "tengo"])
        {
            return None;
        }
        let never = self.is_a(verb, BEGINS) || self.any(verb.saturating_sub(3).max(low), verb, &["never", "nunca"]);
        self.patient.then_some(Course::Off { never })
    }

    /// What the verbs after the medicine say of it: the last that has "it" or nothing as its object.
    fn after(&self) -> Option<Said> {
        let alone = self.head == self.to;
        let mut last = None;
        let high = self.clause.1;
        let mut at = self.to;
        while at < high {
            let verb = at;
            at += 1;
            let off = self.off(self.to, verb);
            if self.is_on_hold(verb) {
                last = Some(Said::Is(self.stopped(self.put_at(verb))));
                continue;
            }
            let is_stop = self.is_a(verb, STOPS) && !is_idiom(self.tokens, verb) || off.is_some();
            let is_end = self.is_a(verb, ENDS);
            // "stopped taking it" is one verb
            let mut end = verb + 1;
            if is_stop && off.is_none() {
                end += usize::from(self.is(end, &["taking", "using", "de"]));
                end += usize::from(self.is(end, &["tomar", "tomarla", "tomarlo", "usar"]));
            }
            if off.is_some() || self.is(verb, &["off"]) {
                end += usize::from(self.is(end, &["of"]));
            }
            if !self.has_it(verb, end, high, alone) {
                continue;
            }
            let said = if is_stop {
                at = end;
                Some(self.stopped(off.unwrap_or(verb)))
            } else if is_end {
                if !self.patient {
                    continue;
                }
                let open = denial::bears(self.tokens, self.to, verb, false);
                Some(if open { Course::On } else { Course::Off { never: false } })
            } else if self.is_a(verb, LAPSES) {
                if !denial::bears(self.tokens, self.to, verb, false) {
                    continue;
                }
                Some(Course::On)
            } else if self.is_a(verb, TAKES) {
                if denial::bears(self.tokens, self.to, verb, self.patient) {
                    let never = self.any(self.to, verb, &["never", "nunca", "jamas"]);
                    if self.is_limited(verb) { self.patient.then_some(Course::On) } else { Some(Course::Off { never }) }
                } else if self.patient && self.is_again(verb) {
                    // "I stopped it, but now I take it again", "I'm back on it"
                    Some(Course::On)
                } else {
                    continue;
                }
            } else if self.is(verb, &["restart", "restarted", "resume", "resumed"]) {
                // an order to begin again is read as one
                if !self.patient || denial::bears(self.tokens, self.to, verb, false) {
                    continue;
                }
                Some(Course::On)
            } else if self.word(verb) == "without" && self.is_a(end, IT) {
                let denied =
                    (self.to..verb).any(|i| denial::denies(self.word(i)) && !denial::is_particle(self.tokens, i));
                Some(if denied { Course::On } else { Course::Off { never: false } })
            } else if self.is_a(verb, GETS) && self.patient {
                if !denial::bears(self.tokens, self.to, verb, false) || self.lives(verb, end) {
                    continue;
                }
                Some(Course::Off { never: self.is_a(verb, BEGINS) || self.any(self.to, verb, &["never", "nunca"]) })
            } else if matches!(self.word(verb), "anymore") && self.any(self.to, verb, &["not", "dont", "isnt", "no"]) {
                Some(Course::Off { never: false })
            } else {
                continue;
            };
            last = Some(said.map_or(Said::Open, Said::Is));
        }
        last
    }

    /// Answers that need no verb: "not anymore", "no longer", "used to", "too expensive".
    fn briefly(&self) -> Option<Course> {
        let (from, to) = self.sentence;
        let to = to.min(from + 12);
        let pair = |first: &[&str], second: &[&str]| (from..to).any(|i| self.is(i, first) && self.is(i + 1, second));
        let still = self.any(from, to, &["still", "now", "again"]);
        let off = pair(&["no"], &["longer", "more"])
            || pair(&["not"], &["anymore", "currently", "now"])
            || (from..to).any(|i| self.is(i, &["not"]) && self.is(i + 1, &["right"]) && self.is(i + 2, &["now"]))
            || pair(&["ya"], &["no"])
            || !still
                && ((from..to).any(|i| self.is_past_habit(from, i))
                    || pair(&["too", "so"], &["expensive", "pricey", "costly"])
                    || pair(&["cost", "costs"], &["too", "so"])
                    || pair(&["muy"], &["cara", "caro"])
                    || pair(&["gave"], &["up"])
                    || pair(&["threw", "throw", "toss", "tossed", "dumped"], &["it", "them", "that", "those"])
                    || pair(&["rid"], &["of"])
                    || pair(&["was"], &["on"])
                    || pair(&["years", "months", "weeks"], &["ago"])
                        && (to - from <= 5 || self.any(from, to, &["was", "were", "had", "took", "tried"]))
                        && !self.any(from, to, &["started", "start", "been", "began", "put"]));
        off.then_some(Course::Off { never: false })
    }

    /// "I used to", not "I'm used to it".
    fn is_past_habit(&self, from: usize, at: usize) -> bool {
        let wont = at > from && self.is(at - 1, &["im", "am", "got", "getting", "gotten", "be", "is", "are"]);
        self.is(at, &["used"])
            && self.is(at + 1, &["to"])
            && !wont
            && !self.is(at + 2, &["it", "that", "the", "this", "them"])
    }
}

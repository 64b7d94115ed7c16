//! How far a stop or a denied taking goes: only thought of, bound to a condition, only in some way or on some day.

use super::Place;
use crate::regimen::verbs::{ENDS, FOOD, SELDOM, STARTS, STOPS, TAKES, WANTS, WEIGHS};

impl Place<'_> {
    /// Whether stopping is only wished for, weighed or bound to a condition.
    pub(super) fn is_thought(&self, verb: usize) -> bool {
        const REACH: usize = 24;
        let from = self.sentence.0.max(verb.saturating_sub(REACH));
        // "if you get sick, hold the metformin"; "when I got sick I stopped it" has happened
        if self.any(from, verb, &["if", "unless", "whenever", "si"])
            || self.any(verb.saturating_sub(3).max(from), verb, &["before", "antes"])
            || !self.patient && self.any(from, verb, &["when", "cuando"])
        {
            return true;
        }
        let near = self.clause.0.max(verb.saturating_sub(5));
        let weighed = self.any_a(near, verb, WEIGHS);
        let wanted = self.patient && self.any_a(near, verb, WANTS);
        weighed || wanted && !self.any(from, verb, &["said", "told", "says"]) || !self.patient && self.is_bound()
    }

    /// "Hold it if your pressure is under a hundred": the condition follows in the same clause.
    pub(super) fn is_bound(&self) -> bool {
        const REACH: usize = 16;
        for at in self.to..self.sentence.1.min(self.to + REACH) {
            if self.is(at, &["if", "unless", "whenever", "si"]) {
                return true;
            }
            let verb = self.is_a(at, STOPS.or(STARTS)) || self.is(at, &["take", "but", "pero"]);
            if verb {
                return false;
            }
        }
        false
    }

    /// "Not every day", "not on an empty stomach", "not more than four a day", "not this morning": it is taken all the same.
    pub(super) fn is_limited(&self, verb: usize) -> bool {
        let end = self.sentence.1.min(self.to.max(verb) + 8);
        // what follows another verb or a "but" is about that
        let end = (self.to.max(verb + 1)..end)
            .find(|i| self.is(*i, &["but", "because", "so", "anymore", "i", "pero", "porque"]))
            .unwrap_or(end);
        if self.any(verb, end, &["anymore", "longer"]) || self.is(end, &["anymore"]) {
            return false;
        }
        if self.any_a(verb + 1, end, SELDOM) || self.patient && self.any(verb + 1, end, &["if"]) {
            return true;
        }
        let pair = |at: usize, first: &[&str], second: &[&str]| self.is(at, first) && self.is(at + 1, second);
        (verb + 1..end).any(|at| {
            self.is(at, &["today", "tonight", "yesterday", "hoy", "ayer", "unless", "together", "twice"])
                || pair(at, &["like"], &["i", "im", "you", "he", "she"])
                || pair(at, &["this", "esta"], &["morning", "evening", "afternoon", "manana", "noche"])
                || pair(at, &["last"], &["night", "evening"])
                || pair(at, &["at", "in", "before", "by"], &["night", "bedtime", "bed", "noon", "lunch"])
                || pair(at, &["the"], &["morning", "evening"])
                || pair(at, &["on"], &["an", "empty"])
                || pair(at, &["el"], &["estomago"])
                || pair(at, &["more", "mas"], &["than", "de"])
                || pair(at, &["with", "without", "after", "con", "sin"], FOOD)
        })
    }

    /// "Sometimes", "this morning", "a dose": a lapse, and no end.
    pub(super) fn is_once(&self, verb: usize) -> bool {
        let near = verb.saturating_sub(3).max(self.sentence.0);
        let end = self.sentence.1.min(self.to.max(verb) + 8);
        self.any(near, verb, &["sometimes", "occasionally", "keep", "kept", "often", "once", "just"])
            || (verb..end).any(|at| {
                self.is(
                    at,
                    &[
                        "dose",
                        "doses",
                        "today",
                        "yesterday",
                        "tonight",
                        "sometimes",
                        "once",
                        "twice",
                        "hoy",
                        "ayer",
                        "mondays",
                        "tuesdays",
                        "wednesdays",
                        "thursdays",
                        "fridays",
                        "saturdays",
                        "sundays",
                        "weekends",
                        "morning",
                        "night",
                        "evening",
                        "day",
                    ],
                )
            })
    }

    /// "... but I didn't", "and never did": what was told was not done.
    pub(super) fn is_taken_back(&self) -> bool {
        let end = self.sentence.1.min(self.to + 8);
        (self.to..end).any(|at| {
            self.is(at, &["but", "and"])
                && (at + 1..end).any(|i| {
                    self.is(i, &["didnt", "havent", "dont", "wont", "couldnt"])
                        && (i + 1 >= self.sentence.1 || self.is(i + 1, &["yet", "want", "do"]))
                        || self.is(i, &["never"]) && self.is(i + 1, &["did"])
                })
        })
    }

    /// Whether a verb of taking after a stop says that it goes on: "now", "again", "back on it".
    pub(super) fn is_again(&self, verb: usize) -> bool {
        let end = self.sentence.1.min(verb + 5);
        self.any(verb.saturating_sub(3).max(self.to), verb, &["back", "now", "still", "again"])
            || self.any(verb, end, &["again", "now"])
    }

    /// "Until the scan", "for two days", "the morning of the surgery", "five days before": the stop has an end.
    pub(super) fn is_for_a_time(&self, verb: usize) -> bool {
        const DAYS: &[&str] = &["day", "days", "week", "weeks", "dias", "semana", "semanas"];
        const REACH: usize = 16;
        let bounds = |from: usize, to: usize| {
            (from..to).any(|at| {
                self.is(at, &["until", "till", "temporarily", "hasta", "while", "during"])
                    || self.is(at, &["for", "por"])
                        && ((at + 1..at + 4).any(|i| self.is(i, DAYS)) || self.is(at + 1, &["now", "tonight"]))
                    || self.is(at, &["day", "days", "morning", "night", "week", "dia", "dias"])
                        && self.is(at + 1, &["of", "before", "de", "antes"])
                    || self.is(at, &["before", "antes"])
                        && (at + 1..at + 5).any(|i| {
                            self.is(
                                i,
                                &["surgery", "procedure", "scan", "operation", "test", "colonoscopy", "cirugia", "ct"],
                            )
                        })
            })
        };
        let most = self.sentence.1.min(self.to + REACH);
        // "stop it and take the other for a week"
        let end = (self.to..most).find(|at| self.is_a(*at, STARTS) || self.is(*at, &["take", "use"])).unwrap_or(most);
        bounds(self.to, end) || bounds(self.sentence.0.max(verb.saturating_sub(REACH)), verb)
    }

    /// Whether a verb of taking asks how it is taken: "do you take it every day?", "with food?".
    pub(crate) fn is_in_some_way(&self) -> bool {
        (self.clause.0..self.head).rfind(|i| self.is_a(*i, TAKES)).is_some_and(|verb| self.is_limited(verb))
    }
}

/// Whether a word says that something is not done all the time.
pub(crate) fn is_seldom(word: &str) -> bool {
    SELDOM.has(word)
}

/// Whether a word is of taking or stopping a medicine, and not of how it goes.
pub(crate) fn names_taking(word: &str) -> bool {
    STOPS.or(ENDS).has(word) || matches!(word, "take" | "taking" | "off" | "longer" | "tomo" | "anymore")
}

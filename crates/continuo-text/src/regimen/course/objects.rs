//! What a verb has as its object: the medicine, what was named before, or something else.

use super::Place;
use crate::regimen::denial;
use crate::regimen::verbs::{
    AFTER_OBJECT, BEEN, BETWEEN, CARRIES, ENDS, IT, LAPSES, LEAVES, OTHER_OBJECT, SMALL, STOPPERS, STOPS, TAKES,
};
use crate::token::{Kind, Tokens};

impl Place<'_> {
    /// "took me off of", "come off", "stay away from", "ran out of": the token where the phrase whose last word is at `last` begins.
    pub(super) fn off(&self, low: usize, last: usize) -> Option<usize> {
        let near = |reach: usize| last.saturating_sub(reach).max(low);
        let find = |words: &[&str], reach: usize| (near(reach)..last).rfind(|i| self.is(*i, words));
        match self.word(last) {
            // "the edge off", "off the chart" have other objects
            "off" => [(LEAVES, 4), (BEEN, 3)]
                .into_iter()
                .find_map(|(class, reach)| (near(reach)..last).rfind(|i| self.is_a(*i, class)))
                .filter(|i| (i + 1..last).all(|j| self.is_a(j, BETWEEN))),
            "out" => find(&["ran", "run", "running", "cut", "cutting"], 1),
            "rid" => find(&["get", "got", "getting"], 1),
            "away" => find(&["stay", "keep"], 1),
            "clear" => find(&["steer", "stay"], 1),
            _ => None,
        }
    }

    /// "Put it on hold", "leave the aspirin off".
    pub(super) fn is_on_hold(&self, at: usize) -> bool {
        self.is(at, &["hold", "pause"]) && at > self.to && self.word(at - 1) == "on"
            || self.is(at, &["off"]) && self.put_at(at) < self.head && self.is(self.put_at(at), &["leave", "leaving"])
    }

    /// The verb of "put it on hold", before the medicine or after it; the place itself where there is none.
    pub(super) fn put_at(&self, at: usize) -> usize {
        let put = ["put", "putting", "keep", "leave", "leaving", "place", "placed"];
        (self.clause.0.max(at.saturating_sub(10))..at).rfind(|i| self.is(*i, &put)).unwrap_or(at)
    }

    /// Whether the words from a verb's end up to `reach` leave the medicine as its object.
    pub(super) fn has_object(&self, verb: usize, end: usize, reach: usize) -> bool {
        if is_idiom(self.tokens, verb) {
            return false;
        }
        let first = self.word(end);
        let aside = first.ends_with("ing") && !matches!(first, "morning" | "evening") && !is_taking(first);
        if aside && end < self.head || self.is(end, &["by", "at", "over", "here", "there"]) {
            return false;
        }
        // "stop the dose", "stop taking so much of": less of it and not none
        !self.any_a(end, reach, OTHER_OBJECT)
    }

    /// Whether the object of the verb that ends at `end` is what was named before: a pronoun, or nothing more comes.
    pub(super) fn has_it(&self, verb: usize, end: usize, high: usize, alone: bool) -> bool {
        // the next medicine is its object
        if end >= high && high < self.sentence.1 {
            return false;
        }
        let next = self.word(end);
        let the_next = high < self.sentence.1 && high <= end + 4 && (end..high).all(|i| self.is_a(i, SMALL));
        if next.ends_with("ing") && !is_taking(next) || the_next {
            return false;
        }
        if self.is_a(end, IT) && !matches!(next, "la" | "los" | "las" | "lo") {
            return true;
        }
        // "my cough stopped" has another subject
        let stops = self.is_a(verb, STOPS) || self.is_a(verb, ENDS);
        if stops && !self.has_person_before(verb) {
            return false;
        }
        if end >= high {
            return true;
        }
        if !matches!(self.tokens.kind(end), Kind::Word | Kind::Number) {
            return true;
        }
        // taken of itself: "I don't take pills" answers; stopping needs its object
        if alone && self.is_a(verb, TAKES) && !self.is(verb, &["on"]) || self.is_a(verb, LAPSES) {
            return true;
        }
        self.is_a(end, AFTER_OBJECT) || self.tokens.kind(end) == Kind::Number
    }

    /// Whether who stops something stands before the verb, or nobody does.
    pub(super) fn has_person_before(&self, verb: usize) -> bool {
        let Some(before) = verb.checked_sub(1).filter(|i| *i >= self.to) else { return true };
        let word = self.word(before);
        self.tokens.kind(before) != Kind::Word || CARRIES.has(word) || denial::denies(word) || STOPPERS.has(word)
    }

    /// "Can't stand to be without it", "can't have it with", "don't have trouble".
    pub(super) fn lives(&self, verb: usize, end: usize) -> bool {
        let next = self.sentence.1.min(end + 4);
        self.any(end, next, &["without", "trouble", "problem", "problems", "complain", "side"])
            || self.is(verb, &["have", "had", "tengo", "get"])
                && !(self.is_a(end, IT) || self.any(end, next, &["any", "anymore"]))
    }
}

/// "Hold on", "hold still", "get hold of", "stop by": no verb of stopping.
pub(crate) fn is_idiom(tokens: &Tokens, verb: usize) -> bool {
    let (word, next) = (tokens.norm(verb), tokens.norm(verb + 1));
    let before = verb.checked_sub(1).map_or("", |i| tokens.norm(i));
    let noun = word == "hold" && matches!(before, "on" | "of" | "get" | "got" | "a" | "the");
    match word {
        "hold" | "holding" | "held" => {
            let body = matches!(tokens.norm(verb + 2), "breath" | "arm" | "hand" | "head");
            noun || matches!(next, "on" | "up" | "still" | "tight" | "of" | "onto")
                || matches!(next, "your" | "my") && body
                || matches!(tokens.norm(verb + 2), "thought" | "line" | "phone" | "question")
        }
        "stop" | "stopped" | "stopping" => matches!(next, "by" | "in" | "at" | "off"),
        _ => false,
    }
}

/// A verb form that says what is done with a medicine.
fn is_taking(word: &str) -> bool {
    matches!(
        word,
        "taking"
            | "using"
            | "giving"
            | "getting"
            | "filling"
            | "refilling"
            | "buying"
            | "injecting"
            | "having"
            | "doing"
    )
}

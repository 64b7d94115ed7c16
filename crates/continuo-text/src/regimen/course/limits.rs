//! How far a stop or a denied taking goes: only thought of, bound to a condition, only in some way or on some day.

use super::Place;
use crate::regimen::verbs::{FOOD, SELDOM, STARTS, STOPS, WANTS, WEIGHS};

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
        let weighed = self.any(near, verb, WEIGHS);
        let wanted = self.patient && self.any(near, verb, WANTS);
        weighed || wanted && !self.any(from, verb, &["said", "told", "says"]) || !self.patient && self.is_bound()
    }

    /// "Hold it if your pressure is under a hundred": the condition follows in the same clause.
    pub(super) fn is_bound(&self) -> bool {
        const REACH: usize = 16;
        for at in self.to..self.sentence.1.min(self.to + REACH) {
            if self.is(at, &["if", "unless", "whenever", "si"]) {
                return true;
            }
            let verb = [STOPS, STARTS].iter().any(|list| self.is(at, list)) || self.is(at, &["take", "but", "pero"]);
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
        if self.any(verb + 1, end, SELDOM) || self.patient && self.any(verb + 1, end, &["if"]) {
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
                || pair(at, &["more", "mas"], &["than", "de"])
                || pair(at, &["with", "without", "after", "con", "sin"], FOOD)
        })
    }
}

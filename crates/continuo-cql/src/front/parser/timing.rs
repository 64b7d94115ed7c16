//! Timing phrases: `starts 3 days or less before day of end`.

use super::super::ast::{Offset, Timing};
use super::super::lexer::Token;
use super::{Parsed, Parser};

impl Parser {
    /// A timing phrase if one begins here; else nothing is taken.
    pub(super) fn timing(&mut self) -> Parsed<Option<Timing>> {
        let start = self.at;
        let mut timing = Timing::default();
        for (word, name) in [("starts", "Start"), ("ends", "End"), ("occurs", "")] {
            if self.word(word) {
                timing.left = Some(name);
                break;
            }
        }
        if self.phrase(&mut timing)? {
            return Ok(Some(timing));
        }
        // `A starts B`, `A ends day of B`: the words themselves are the relation.
        let alone = match timing.left {
            Some("Start") => "Starts",
            Some("End") => "Ends",
            _ => {
                self.at = start;
                return Ok(None);
            }
        };
        self.at = start + 1;
        let precision = self.precision_of();
        Ok(Some(Timing { relation: alone, precision, ..Timing::default() }))
    }

    fn phrase(&mut self, timing: &mut Timing) -> Parsed<bool> {
        if self.word("same") {
            timing.precision = self.precision();
            timing.relation = if self.words(&["or", "before"]) {
                "SameOrBefore"
            } else if self.words(&["or", "after"]) {
                "SameOrAfter"
            } else {
                self.need_word("as")?;
                "SameAs"
            };
            timing.right = self.boundary();
            return Ok(true);
        }
        let at = self.at;
        timing.properly = self.word("properly");
        if self.word("includes") {
            timing.relation = "Includes";
            timing.precision = self.precision_of();
            timing.right = self.boundary();
            return Ok(true);
        }
        if self.word("during") || self.words(&["included", "in"]) {
            timing.relation = "IncludedIn";
            timing.precision = self.precision_of();
            return Ok(true);
        }
        if self.word("within") {
            timing.relation = "Within";
            let quantity = Box::new(self.term()?);
            self.need_word("of")?;
            timing.offset = Some(Offset { quantity, limit: "" });
            timing.right = self.boundary();
            return Ok(true);
        }
        self.at = at;
        timing.properly = false;
        if self.word("meets") {
            timing.relation = self.side("Meets", "MeetsBefore", "MeetsAfter");
            timing.precision = self.precision_of();
            return Ok(true);
        }
        if self.word("overlaps") {
            timing.relation = self.side("Overlaps", "OverlapsBefore", "OverlapsAfter");
            timing.precision = self.precision_of();
            return Ok(true);
        }
        timing.offset = self.offset()?;
        let on_or = self.words(&["on", "or"]);
        timing.relation = if self.word("before") {
            "Before"
        } else if self.word("after") {
            "After"
        } else {
            self.at = at;
            timing.offset = None;
            return Ok(false);
        };
        timing.inclusive = on_or || self.words(&["or", "on"]);
        timing.precision = self.precision_of();
        timing.right = self.boundary();
        Ok(true)
    }

    fn side(&mut self, neither: &'static str, before: &'static str, after: &'static str) -> &'static str {
        if self.word("before") {
            before
        } else if self.word("after") {
            after
        } else {
            neither
        }
    }

    /// `start` or `end`, when it is not `start of`.
    fn boundary(&mut self) -> Option<&'static str> {
        for (word, name) in [("start", "Start"), ("end", "End")] {
            if self.is_word(0, word) && !self.is_word(1, "of") {
                self.at += 1;
                return Some(name);
            }
        }
        None
    }

    fn offset(&mut self) -> Parsed<Option<Offset>> {
        let mut limit = "";
        if self.words(&["less", "than"]) {
            limit = "less than";
        } else if self.words(&["more", "than"]) {
            limit = "more than";
        }
        if !matches!(self.peek(), Token::Number(_)) {
            return Ok(None);
        }
        let quantity = Box::new(self.literal()?);
        if limit.is_empty() {
            if self.words(&["or", "less"]) {
                limit = "or less";
            } else if self.words(&["or", "more"]) {
                limit = "or more";
            }
        }
        Ok(Some(Offset { quantity, limit }))
    }
}

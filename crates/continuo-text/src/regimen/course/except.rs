//! Exceptions: "everything except the metformin", "nothing but the metformin", "I don't take anything, just the metformin".

use super::{Course, Place, Said};
use crate::regimen::denial;
use crate::regimen::verbs::{ALL, LAPSES, NOTHING, SMALL, STARTS, STOPS, TAKES};
use crate::token::Kind;

impl Place<'_> {
    /// "Everything except the metformin", "I don't take anything, just the metformin".
    pub(super) fn excepted(&self) -> Option<Said> {
        let low = self.clause.0;
        // "except when I need Tylenol"; "except I stopped the metformin" has its own verb
        let small = |from: usize| {
            (from..self.head).all(|i| !self.is_a(i, STOPS) && !self.is_a(i, LAPSES) && !denial::denies(self.word(i)))
        };
        let at = (low..self.head).rev().take(6).find(|i| {
            let joined = |first: &str| *i > low && self.word(i - 1) == first;
            let except = match self.word(*i) {
                "except" | "excepting" | "excepto" | "salvo" | "besides" => true,
                "menos" => !joined("por") && !joined("al"),
                "than" => joined("other"),
                "from" => joined("apart") || joined("aside"),
                "for" => joined("except"),
                "de" => joined("aparte"),
                "que" => joined("mas"),
                "but" => {
                    // "everything, but I like the metformin" goes on with a verb
                    (i.saturating_sub(2).max(low)..*i).any(|j| self.is_a(j, ALL) || self.is_a(j, NOTHING))
                        && (i + 1..self.head).all(|j| self.is_a(j, SMALL))
                }
                "just" | "only" | "solo" | "solamente" | "nomas" | "sino" => {
                    self.any_a(low, *i, NOTHING) || self.tokens.kind(i.wrapping_sub(1)) == Kind::Comma
                }
                _ => false,
            };
            except && small(i + 1)
        })?;
        let only = matches!(self.word(at), "just" | "only" | "solo" | "solamente" | "nomas" | "sino");
        let from = low.max(at.saturating_sub(14));
        let verb = (from..at).rfind(|i| self.is_a(*i, STOPS) || self.is_a(*i, TAKES) || self.is_a(*i, STARTS));
        let stops = verb.filter(|i| self.is_a(*i, STOPS));
        let denied = verb.is_some_and(|i| denial::bears(self.tokens, low, i, stops.is_some()));
        if only {
            // "just the metformin" alone says nothing new
            return (denied && stops.is_none() || self.any(from, at, &["nothing", "none", "nada"]))
                .then_some(Said::Is(Course::On));
        }
        if verb.is_some() && self.any_a(from, at, ALL) && !(denied && self.any_a(from, at, NOTHING)) {
            return Some(match (stops.is_some(), denied) {
                (true, false) | (false, true) => Said::Is(Course::On),
                (true, true) | (false, false) => Said::Is(Course::Off { never: false }),
            });
        }
        if stops.is_some() {
            return Some(Said::Is(if denied { Course::Off { never: false } } else { Course::On }));
        }
        if denied || self.any_a(from, at, NOTHING) || (from..at).any(|i| matches!(self.word(i), "no" | "not")) {
            return Some(Said::Is(Course::On));
        }
        Some(Said::Open)
    }
}

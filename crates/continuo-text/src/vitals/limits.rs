//! Limits: "over 100", "100.4 or higher", "if your pressure is 90 over 60, call" name numbers that nobody has measured.

use super::Vitals;
use crate::token::Kind;

impl Vitals<'_> {
    /// Whether a number is a limit and not measured: "over 100", "100.4 or higher", "if your pressure is 90 over 60, call",
    /// "for a fever of 101 go to".
    pub(super) fn is_limit(&self, name: usize, number: usize, to: usize, from: usize) -> bool {
        const BEYOND: &[&str] = &[
            "above",
            "below",
            "under",
            "than",
            "exceeds",
            "exceed",
            "exceeding",
            "least",
            "most",
            "reaches",
            "reach",
            "hits",
            ">",
            "<",
            "mayor",
            "menor",
            "mas",
            "menos",
            "arriba",
            "pase",
            "pasa",
        ];
        const OR: &[&str] = &[
            "higher", "above", "more", "over", "greater", "lower", "below", "less", "under", "up", "mas", "menos",
            "menor", "mayor",
        ];
        let word = |i: usize| self.tokens.norm(i);
        // "over 100"; in "150 over 90" a number stands before it
        let over =
            number > from && word(number - 1) == "over" && (number < from + 2 || self.number(number - 2).is_none());
        let skip =
            usize::from(number > from && matches!(word(number - 1), "a" | "about" | "de" | "que" | "the" | "of"));
        let beyond = number > from + skip && BEYOND.contains(&word(number - 1 - skip));
        // its unit may stand between
        let after = (to..to + 3).find(|i| matches!(word(*i), "or" | "and" | "o" | "+"));
        let or_more = after.is_some_and(|i| {
            word(i) == "+" || OR.contains(&word(i + 1)) || matches!((word(i + 1), word(i + 2)), ("so", "higher"))
        });
        if over || beyond || or_more {
            return true;
        }
        let low = from.max(name.saturating_sub(16));
        const IF: &[&str] = &["if", "unless", "whenever", "goal", "target", "until", "si", "meta"];
        let bound = (low..number).rfind(|i| IF.contains(&word(*i)) && !self.tokens.is_accented_yes(*i));
        let was = self.has(number.saturating_sub(3).max(from), number, &["was", "were", "fue", "era"]);
        let real = bound.is_some_and(|i| {
            // "fine until my fever was 101", "I don't know if it matters but it was 150 over 90"
            was && (matches!(word(i), "until") || self.has(i, number, &["but", "and", "pero"]))
        });
        if bound.is_some() && !real || self.has(number.saturating_sub(4).max(low), number, &["should"]) && !was {
            return true;
        }
        // "call us for a fever of 101", "take Tylenol for a temperature of 101"
        let wanted =
            (low..name).rfind(|i| matches!(word(*i), "for" | "with" | "por" | "con")).filter(|i| name - i <= 3);
        wanted.is_some_and(|wanted| {
            (low..wanted).any(|i| {
                const ACTS: &[&str] = &[
                    "call", "go", "come", "return", "take", "give", "use", "contact", "llame", "vaya", "regrese",
                    "tome",
                ];
                let who = i.checked_sub(1).filter(|before| *before >= low).map_or("", word);
                ACTS.contains(&word(i)) && !matches!(who, "i" | "we" | "he" | "she" | "they" | "to" | "had" | "did")
            }) || (to..to + 6).take_while(|i| self.tokens.kind(*i) != Kind::Break).any(|i| {
                matches!(word(i), "call" | "go" | "come" | "return" | "take" | "contact" | "llame" | "vaya")
                    && !matches!(word(i - 1), "i" | "we" | "he" | "she" | "they" | "to")
            })
        })
    }
}

//! Clinical entities of a text: lexicon terms, the longest at each place.

use crate::lexicon::{Kind, Term, lexicon};
use crate::span::Span;
use crate::token::Tokens;

/// A term found in a text.
#[derive(Clone, Debug)]
pub struct Entity {
    /// What it is.
    pub term: &'static Term,
    /// First token.
    pub from: usize,
    /// One past the last token.
    pub to: usize,
    /// Its words.
    pub span: Span,
}

/// Medicines, tests, studies, problems, symptoms and allergens in `tokens`, in order of place, never overlapping.
pub fn find(tokens: &Tokens) -> Vec<Entity> {
    of_kinds(tokens, |kind| !matches!(kind, Kind::Procedure | Kind::Service | Kind::Site))
}

/// Terms of some kinds: parts of the body, services and procedures are asked for by name, or every "left" would be one.
pub fn of_kinds(tokens: &Tokens, wanted: impl Fn(Kind) -> bool) -> Vec<Entity> {
    let lexicon = lexicon();
    let mut out: Vec<Entity> = Vec::new();
    for hit in lexicon.patterns.find(tokens) {
        let Some(term) = lexicon.terms.get(hit.tag as usize) else { continue };
        if !wanted(term.kind) {
            continue;
        }
        let entity = Entity { term, from: hit.from, to: hit.to, span: tokens.span(hit.from, hit.to) };
        if is_part_of_other_word(tokens, &entity) {
            continue;
        }
        match out.last_mut() {
            Some(last) if hit.from < last.to => {
                if hit.to - hit.from > last.to - last.from {
                    *last = entity;
                }
            }
            _ => out.push(entity),
        }
    }
    out
}

/// "potassium level" is a test, "iron man" nothing; a bare nutrient is a medicine only when it is taken.
fn is_part_of_other_word(tokens: &Tokens, entity: &Entity) -> bool {
    let next = tokens.norm(entity.to);
    let before = entity.from.checked_sub(1).map_or("", |i| tokens.norm(i));
    match entity.term.concept {
        "calcium" | "magnesium" | "testosterone" | "insulin" | "digoxin" | "lithium" | "cortisone" | "vitamin d"
        | "folic acid" => {
            matches!(
                next,
                "level"
                    | "levels"
                    | "is"
                    | "was"
                    | "score"
                    | "scores"
                    | "studies"
                    | "study"
                    | "panel"
                    | "channel"
                    | "deficiency"
                    | "resistance"
                    | "resistant"
                    | "deposits"
            )
        }
        "upper respiratory infection" => {
            entity.term.term == "cold" && !matches!(before, "a" | "the" | "head" | "common" | "bad")
        }
        "codeine" => matches!(next, "allergy"),
        "influenza" => matches!(next, "shot" | "vaccine" | "shots"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assertion::Context;

    #[test]
    fn lay_words_and_brands_lead_to_concepts() {
        let text = "She takes Lipitor and a water pill for high blood pressure; denies heartburn.";
        let tokens = Tokens::new(text);
        let found: Vec<(&str, &str)> = find(&tokens).iter().map(|e| (e.span.of(text), e.term.concept)).collect();
        assert_eq!(
            found,
            [
                ("Lipitor", "atorvastatin"),
                ("water pill", "furosemide"),
                ("high blood pressure", "hypertension"),
                ("heartburn", "gastroesophageal reflux disease")
            ]
        );
        let context = Context::new(&tokens);
        let denied: Vec<bool> = find(&tokens).iter().map(|e| context.of(e.span).negated).collect();
        assert_eq!(denied, [false, false, false, true]);
    }
}

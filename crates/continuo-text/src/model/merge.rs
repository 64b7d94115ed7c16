//! A model's items beside those of the built-in engine: what the engine found already is not proposed twice.

use super::answer::Item;
use super::ask::Kind;
use crate::entities;
use crate::span::Span;
use crate::token::Tokens;

/// Something the built-in engine proposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// What it is.
    pub kind: Kind,
    /// Its sentence.
    pub statement: String,
    /// The words it rests on.
    pub spans: Vec<Span>,
}

/// The items that are new. The engine's own stand as they are.
pub fn new_items(items: Vec<Item>, known: &[Known]) -> Vec<Item> {
    items.into_iter().filter(|item| !known.iter().any(|one| is_same(item, one))).collect()
}

/// The same finding: of one family, and about the same term, or resting on the same words and sharing one of weight.
fn is_same(item: &Item, known: &Known) -> bool {
    if family(item.kind) != family(known.kind) {
        return false;
    }
    let (ours, theirs) = (Tokens::new(&known.statement), Tokens::new(&item.statement));
    let concepts = |tokens: &Tokens| entities::find(tokens).iter().map(|e| e.term.concept).collect::<Vec<_>>();
    let (mine, other) = (concepts(&ours), concepts(&theirs));
    let about = !mine.is_empty() && mine.iter().any(|concept| other.contains(concept));
    let overlaps = known.spans.iter().any(|span| span.overlaps(item.span));
    let weighty = |tokens: &Tokens| {
        (0..tokens.len()).map(|i| tokens.norm(i).to_owned()).filter(|word| word.len() > 3).collect::<Vec<_>>()
    };
    let theirs = weighty(&theirs);
    about && (overlaps || item.kind == known.kind) || overlaps && weighty(&ours).iter().any(|w| theirs.contains(w))
}

/// Kinds that say the same thing in different words.
fn family(kind: Kind) -> Kind {
    match kind {
        Kind::Symptom => Kind::Problem,
        Kind::Medicine | Kind::FollowUp => Kind::Order,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(kind: Kind, statement: &str, span: (usize, usize)) -> Item {
        Item {
            kind,
            statement: statement.to_owned(),
            span: Span::new(span.0, span.1),
            negated: false,
            other_person: false,
            differences: Vec::new(),
        }
    }

    #[test]
    fn what_is_known_is_not_proposed_twice() {
        let known = [Known {
            kind: Kind::Medicine,
            statement: "furosemide: not taking".to_owned(),
            spans: vec![Span::new(10, 30)],
        }];
        let items = vec![
            item(Kind::Medicine, "Stopped Lasix", (12, 40)),
            item(Kind::Medicine, "Takes metformin", (50, 60)),
            item(Kind::Need, "Needs furosemide delivered", (12, 40)),
        ];
        let new = new_items(items, &known);
        assert_eq!(
            new.iter().map(|i| i.statement.as_str()).collect::<Vec<_>>(),
            ["Takes metformin", "Needs furosemide delivered"]
        );
    }
}

//! Answered questions: "any fever?" "no." becomes "Denies fever." with both turns as its source.

use super::choose::Division;
use super::pieces::Piece;
use super::rewrite::Who;
use super::{Line, is_doctor};
use crate::assertion::Context;
use crate::assertion::answer::{Answer, Asked, Reply, answer};
use crate::entities::{self, Entity};
use crate::lexicon::Kind;
use crate::span::Span;
use crate::token::{self, Tokens};
use crate::transcript::Speaker;

/// Lines from questions about symptoms and conditions.
pub(super) fn find(pieces: &[Piece<'_>], who: &Who) -> Vec<Line> {
    let mut denied: Vec<(String, Vec<Span>)> = Vec::new();
    let mut reported: Vec<(String, Vec<Span>)> = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        if !piece.question || !is_doctor(piece) || piece.tenth > 7 {
            continue;
        }
        let Some(said) = pieces.get(index + 1).filter(|a| a.speaker == Speaker::Patient) else { continue };
        let tokens = Tokens::new(said.text);
        let reply = Reply { tokens: &tokens, sentence: (0, tokens.len()) };
        let question = Tokens::new(piece.text);
        let context = Context::new(&question);
        let told = Told::of(pieces, index + 1);
        let asked: Vec<Entity> = entities::find(&question).into_iter().filter(is_complaint).collect();
        for entity in &asked {
            let concept = entity.term.concept;
            let about = Asked {
                tokens: &question,
                sentence: (0, question.len()),
                concept: (entity.from, entity.to),
                denied: context.of(entity.span).negated,
            };
            let no = match answer(&about, &reply) {
                Some(Answer::Absent) => true,
                Some(Answer::There) if tokens.len() <= 12 => false,
                _ => continue,
            };
            if is_measure(entity.term.term)
                || entity.term.term == "pain" && question.len() > 6
                || !told.answers(concept, no, asked.len())
            {
                continue;
            }
            let words = entity.span.of(piece.text).to_lowercase().replace(" your ", " the ");
            let list = if no { &mut denied } else { &mut reported };
            if list.iter().all(|(w, _)| *w != words) {
                list.push((words, vec![piece.span, said.span]));
            }
        }
    }
    let mut out = Vec::new();
    for (verb, list) in [("denies", denied), ("reports", reported)] {
        if list.is_empty() {
            continue;
        }
        let names: Vec<&str> = list.iter().map(|(w, _)| w.as_str()).collect();
        let text =
            format!("{} {verb} {}.", who.subject_capital(), join(&names, if verb == "denies" { "or" } else { "and" }));
        out.push(Line {
            division: Division::Subjective,
            heading: "REVIEW OF SYSTEMS",
            text,
            spans: list.into_iter().flat_map(|(_, s)| s).collect(),
        });
    }
    out
}

/// Words that name a measure or a medicine's purpose as often as an illness: nobody denies them.
fn is_measure(term: &str) -> bool {
    matches!(term, "blood pressure" | "pressure" | "sugar" | "sugars" | "blood sugar" | "cholesterol" | "weight")
}

fn is_complaint(entity: &Entity) -> bool {
    matches!(entity.term.kind, Kind::Symptom | Kind::Problem)
}

/// What a patient's answer names itself, and how far a bare no or yes reaches.
struct Told {
    denied: Vec<&'static str>,
    affirmed: Vec<&'static str>,
    /// The first sentence is the bare word, and the next does not take part of it back ("except on the stairs").
    bare: bool,
}

impl Told {
    /// The whole answer that begins with this piece.
    fn of(pieces: &[Piece<'_>], first: usize) -> Self {
        let mut told = Self { denied: Vec::new(), affirmed: Vec::new(), bare: true };
        let answer = pieces.iter().skip(first).take_while(|p| p.speaker == Speaker::Patient);
        for (at, piece) in answer.enumerate() {
            let tokens = Tokens::new(piece.text);
            let words = (0..tokens.len()).filter(|i| tokens.kind(*i) == token::Kind::Word).count();
            let takes_back = matches!(
                tokens.norm(0),
                "except" | "but" | "unless" | "though" | "only" | "just" | "well" | "maybe" | "besides" | "other"
            );
            told.bare &= at > 0 || words <= 2;
            told.bare &= at != 1 || !takes_back;
            let context = Context::new(&tokens);
            for entity in entities::find(&tokens).iter().filter(|e| is_complaint(e)) {
                let list = if context.of(entity.span).negated { &mut told.denied } else { &mut told.affirmed };
                if !list.contains(&entity.term.concept) {
                    list.push(entity.term.concept);
                }
            }
        }
        told
    }

    /// Whether a no or yes holds for one of `asked` things. What the answer names stands for itself; a bare no is for
    /// all that is not named otherwise, a bare yes to several things does not say to which.
    fn answers(&self, concept: &str, no: bool, asked: usize) -> bool {
        let (same, other) = if no { (&self.denied, &self.affirmed) } else { (&self.affirmed, &self.denied) };
        !other.contains(&concept) && (same.contains(&concept) || self.bare && (no || asked == 1))
    }
}

fn join(names: &[&str], last: &str) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [init @ .., end] => format!("{} {last} {end}", init.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use crate::note::{Model, write};

    fn says(answer: &str) -> String {
        let visit = format!(
            "[doctor] what brings you in today ?\n[patient] i am tired .\n[doctor] any chest pain or cough ?\n[patient] {answer}\n[doctor] let me listen to your heart and lungs now . your lungs are clear . we will see you again in two weeks . call us when anything changes .\n[patient] okay thank you ."
        );
        write(&visit, &Model::shipped()).text()
    }

    #[test]
    fn a_no_denies_what_it_names_and_alone_all_that_was_asked() {
        assert!(says("no .").contains("denies chest pain or cough"), "{}", says("no ."));
        let named = says("no chest pain . i cough at night .");
        assert!(named.contains("denies chest pain."), "{named}");
        for part in ["no , except on the stairs .", "no . just when i climb stairs ."] {
            assert!(!says(part).contains("denies"), "{}", says(part));
        }
    }

    #[test]
    fn a_question_put_as_a_denial_is_confirmed_by_a_yes() {
        let visit = |question: &str, answer: &str| {
            let visit = format!(
                "[doctor] what brings you in today ?\n[patient] i am tired .\n[doctor] {question}\n[patient] {answer}\n[doctor] let me listen to your heart and lungs now . your lungs are clear . we will see you again in two weeks . call us when anything changes .\n[patient] okay thank you ."
            );
            write(&visit, &Model::shipped()).text()
        };
        for answer in ["yeah , none .", "right .", "no .", "nope ."] {
            let text = visit("so no fever ?", answer);
            assert!(text.contains("denies fever") && !text.contains("reports fever"), "{answer}: {text}");
        }
        let text = visit("what do you take for the headache ?", "no .");
        assert!(!text.contains("denies headache"), "{text}");
    }

    #[test]
    fn a_yes_to_two_things_does_not_say_to_which() {
        assert!(!says("yes .").contains("reports"), "{}", says("yes ."));
        assert!(says("yes , a cough .").contains("reports cough"), "{}", says("yes , a cough ."));
    }
}

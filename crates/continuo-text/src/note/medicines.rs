//! The medicines of a visit: taken or ordered, stopped, or only spoken of.

use super::choose::Division;
use super::pieces::Piece;
use super::{Line, is_doctor};
use crate::assertion::{Context, Temporality};
use crate::entities::{self, Entity};
use crate::lexicon::Kind;
use crate::span::Span;
use crate::token::Tokens;

struct Listed {
    name: String,
    concept: &'static str,
    spans: Vec<Span>,
    taken: bool,
    stopped: bool,
    /// The clinician has it begun again.
    restarted: bool,
    /// What it did to the patient; empty where only the allergy was said.
    allergy: Option<String>,
}

/// One line a medicine.
pub(super) fn list(dialogue: &str, pieces: &[Piece<'_>]) -> Vec<Line> {
    let mut all: Vec<Listed> = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let tokens = Tokens::new(piece.text);
        let context = Context::new(&tokens);
        for entity in entities::find(&tokens) {
            if entity.term.kind != Kind::Medicine {
                continue;
            }
            let assertion = context.of(entity.span);
            let span = Span::new(piece.span.start + entity.span.start, piece.span.start + entity.span.end);
            let words = |i: usize| tokens.norm(i);
            let before = (entity.from.saturating_sub(10)..entity.from).map(words).collect::<Vec<_>>();
            let stopped = before.iter().any(|w| matches!(*w, "stop" | "stopped" | "discontinue" | "stopping"));
            let restarted = is_doctor(piece)
                && before.iter().any(|w| matches!(*w, "restart" | "restarting" | "resume" | "resuming"));
            let allergy =
                (!assertion.negated && !assertion.other_person && is_allergy(pieces, index, &tokens, &entity))
                    .then(|| reaction(pieces, index));
            let asked = piece.question
                && !pieces.get(index + 1).is_some_and(|a| {
                    matches!(
                        Tokens::new(a.text).norm(0),
                        "yes" | "yeah" | "yep" | "mm" | "i" | "yup" | "uh-huh" | "correct" | "right"
                    )
                });
            let talk = before.iter().any(|w| {
                matches!(
                    *w,
                    "allergic"
                        | "allergy"
                        | "if"
                        | "maybe"
                        | "consider"
                        | "might"
                        | "could"
                        | "avoid"
                        | "instead"
                        | "than"
                        | "tried"
                        | "heard"
                )
            });
            let taken = !assertion.negated
                && allergy.is_none()
                && !assertion.other_person
                && assertion.temporality == Temporality::Recent
                && !asked
                && !talk
                && (!is_doctor(piece) || piece.tenth >= 1);
            match all.iter_mut().find(|l| l.concept == entity.term.concept) {
                Some(known) => {
                    known.taken |= taken;
                    known.stopped |= stopped;
                    known.restarted |= restarted;
                    known.allergy = known.allergy.take().or(allergy);
                    if known.spans.len() < 3 {
                        known.spans.push(span);
                    }
                }
                None => all.push(Listed {
                    name: span.of(dialogue).to_owned(),
                    concept: entity.term.concept,
                    spans: vec![span],
                    taken,
                    stopped,
                    restarted,
                    allergy,
                }),
            }
        }
    }
    all.into_iter()
        .map(|l| {
            let mut name = l.name;
            if let Some(first) = name.get(..1).map(str::to_uppercase) {
                name.replace_range(..1, &first);
            }
            let (heading, text) = match (&l.allergy, l.stopped, l.taken) {
                (Some(reaction), ..) if reaction.is_empty() => ("ALLERGIES", format!("{name}.")),
                (Some(reaction), ..) => ("ALLERGIES", format!("{name} ({reaction}).")),
                (None, true, _) if l.restarted => ("MEDICATIONS", format!("{name} (stopped; to be restarted).")),
                (None, true, _) => ("MEDICATIONS", format!("{name} (stopping discussed).")),
                (None, false, true) => ("MEDICATIONS", format!("{name}.")),
                (None, false, false) => ("DISCUSSED MEDICATIONS", format!("{name} (discussed only).")),
            };
            Line { division: Division::Subjective, heading, text, spans: l.spans }
        })
        .collect()
}

/// Whether a medicine is what the patient is allergic to: the words around it say so, or they answer who asked. What is
/// taken is not, in the same breath or instead ("no, I just take lisinopril").
fn is_allergy(pieces: &[Piece<'_>], index: usize, tokens: &Tokens, medicine: &Entity) -> bool {
    let allergy = |tokens: &Tokens, i: usize| matches!(tokens.norm(i), "allergic" | "allergy" | "allergies");
    let other = |i: usize| {
        matches!(tokens.norm(i), "take" | "takes" | "taking" | "took" | "on" | "use" | "using" | "no" | "not" | "so")
    };
    if pieces.get(index).is_some_and(|p| p.question) {
        return false;
    }
    if let Some(said) = (0..medicine.from).rfind(|i| allergy(tokens, *i)) {
        return !(said..medicine.from).any(other);
    }
    // "A penicillin allergy".
    if (medicine.to..medicine.to + 2).any(|i| allergy(tokens, i)) {
        return true;
    }
    let asked = index.checked_sub(1).and_then(|before| pieces.get(before)).filter(|p| p.question && is_doctor(p));
    let asked = asked.map(|before| Tokens::new(before.text));
    asked.is_some_and(|asked| (0..asked.len()).any(|i| allergy(&asked, i))) && !(0..medicine.from).any(other)
}

/// What it did, where the same words or the next ones of the same speaker say it.
fn reaction(pieces: &[Piece<'_>], index: usize) -> String {
    let Some(first) = pieces.get(index) else { return String::new() };
    let said = pieces.iter().skip(index).take(2).filter(|p| p.speaker == first.speaker);
    let mut found = said.flat_map(|piece| {
        let tokens = Tokens::new(piece.text);
        let context = Context::new(&tokens);
        let complaints = entities::find(&tokens).into_iter().filter(|e| e.term.kind == Kind::Symptom);
        complaints
            .filter(|e| !context.of(e.span).negated)
            .map(|e| e.span.of(piece.text).to_lowercase())
            .collect::<Vec<_>>()
    });
    found.next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::note::{Model, write};

    #[test]
    fn an_allergy_is_no_medicine_and_what_begins_again_says_so() {
        let visit = "[doctor] any allergies ?\n[patient] penicillin , i get a rash .\n[doctor] what do you take ?\n[patient] i take lisinopril . i stopped the furosemide last week .\n[doctor] your blood pressure is 148 over 92 today . i want you to restart furosemide 40 milligrams once a day . i will refer you to cardiology .";
        let text = write(visit, &Model::shipped()).text();
        let (_, rest) = text.split_once("ALLERGIES").expect("a heading of its own");
        assert!(rest.trim_start().starts_with("Penicillin (rash)."), "{text}");
        assert!(text.contains("Furosemide (stopped; to be restarted)."), "{text}");
        let (before, plan) = text.split_once("ASSESSMENT AND PLAN").expect("a plan");
        assert!(
            plan.contains("restart furosemide 40 mg") && plan.contains("refer the patient to cardiology"),
            "{text}"
        );
        assert!(before.split_once("PHYSICAL EXAM").is_some_and(|(_, exam)| exam.contains("148 over 92")), "{text}");
    }

    #[test]
    fn what_is_taken_is_no_allergy_also_where_allergies_were_asked() {
        for answer in ["no , i just take lisinopril .", "i 'm allergic to penicillin so i take lisinopril ."] {
            let visit = format!("[doctor] any allergies ?\n[patient] {answer}\n[doctor] your lungs are clear today .");
            let text = write(&visit, &Model::shipped()).text();
            let allergies = text.split_once("ALLERGIES").map_or("", |(_, rest)| rest);
            let allergies = allergies.split_once("MEDICATIONS").map_or(allergies, |(own, _)| own);
            assert!(!allergies.contains("Lisinopril"), "{text}");
        }
    }
}

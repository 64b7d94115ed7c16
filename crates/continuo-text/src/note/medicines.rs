//! The medicines of a visit: taken or ordered, stopped, or only spoken of.

use super::choose::Division;
use super::pieces::Piece;
use super::{Line, is_doctor};
use crate::assertion::Context;
use crate::entities::{self, Entity};
use crate::lexicon::Kind;
use crate::orders;
use crate::people;
use crate::regimen::{self, Standing};
use crate::span::Span;
use crate::token::Tokens;
use crate::transcript::Turn;
use continuo_fhir::letters::capital;

/// Where a medicine is named and, for an allergy, what it did.
struct Allergy {
    name: String,
    concept: &'static str,
    spans: Vec<Span>,
    /// Empty where only the allergy was said.
    reaction: String,
}

/// One line a medicine: what the patient is allergic to apart, then what becomes of each of the others.
pub(super) fn list(dialogue: &str, turns: &[Turn], pieces: &[Piece<'_>]) -> Vec<Line> {
    let mut out = Vec::new();
    let allergies = allergies(dialogue, pieces);
    for one in &allergies {
        let name = capital(&one.name);
        let text = if one.reaction.is_empty() { format!("{name}.") } else { format!("{name} ({}).", one.reaction) };
        let spans = one.spans.clone();
        out.push(Line { division: Division::Subjective, heading: "ALLERGIES", text, spans });
    }
    let said: Vec<orders::Said<'_>> = (0..)
        .zip(turns)
        .map(|(number, turn)| orders::Said { number, speaker: turn.speaker, text: turn.span.of(dialogue) })
        .collect();
    for one in regimen::find(&said) {
        if allergies.iter().any(|known| known.concept == one.concept) {
            continue;
        }
        // the mention that decided stands first among its words
        let mut places: Vec<_> = one.places.iter().collect();
        places.swap(0, one.decided.min(one.places.len().saturating_sub(1)));
        let spans: Vec<Span> = places
            .iter()
            .filter_map(|place| {
                let start = turns.get(place.sentence)?.span.start;
                Some(Span::new(start + place.span.start, start + place.span.end))
            })
            .take(3)
            .collect();
        let Some(first) = one.places.first().and_then(|p| Some((turns.get(p.sentence)?.span.start, p.span))) else {
            continue;
        };
        let name = capital(Span::new(first.0 + first.1.start, first.0 + first.1.end).of(dialogue));
        let (heading, word) = match one.standing {
            Standing::Taken => ("MEDICATIONS", ""),
            Standing::ToStart if one.stopped => ("MEDICATIONS", " (stopped; to be restarted)"),
            Standing::ToStart => ("MEDICATIONS", " (to start)"),
            Standing::Changed => ("MEDICATIONS", " (changed)"),
            Standing::ToStop => ("MEDICATIONS", " (to stop)"),
            Standing::ToPause => ("MEDICATIONS", " (to pause)"),
            Standing::Stopped => ("DISCUSSED MEDICATIONS", " (stopped, not taking)"),
            Standing::Never => ("DISCUSSED MEDICATIONS", " (not taken)"),
            Standing::OfOther => ("DISCUSSED MEDICATIONS", " (somebody else's)"),
            Standing::Considered | Standing::Named => ("DISCUSSED MEDICATIONS", " (discussed only)"),
        };
        out.push(Line { division: Division::Subjective, heading, text: format!("{name}{word}."), spans });
    }
    out
}

/// What the patient is said to be allergic to.
fn allergies(dialogue: &str, pieces: &[Piece<'_>]) -> Vec<Allergy> {
    let read: Vec<Tokens> = pieces.iter().map(|piece| Tokens::new(piece.text)).collect();
    let mut out: Vec<Allergy> = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let Some(said) = Said::of(pieces, &read, index) else { continue };
        let context = Context::new(said.tokens);
        let mut did: Option<String> = None;
        for entity in entities::find(said.tokens) {
            if !matches!(entity.term.kind, Kind::Medicine | Kind::Allergen) || !said.names_allergy(&entity) {
                continue;
            }
            let assertion = context.of(entity.span);
            if assertion.negated || assertion.other_person {
                continue;
            }
            let reaction = did.get_or_insert_with(|| reaction(pieces, &read, index));
            let span = Span::new(piece.span.start + entity.span.start, piece.span.start + entity.span.end);
            match out.iter_mut().find(|known| known.concept == entity.term.concept) {
                Some(known) => {
                    known.spans.push(span);
                    if known.reaction.is_empty() {
                        known.reaction.clone_from(reaction);
                    }
                }
                None => out.push(Allergy {
                    name: span.of(dialogue).to_owned(),
                    concept: entity.term.concept,
                    spans: vec![span],
                    reaction: reaction.clone(),
                }),
            }
        }
    }
    out
}

/// A piece that speaks of allergies or answers who asked for them, read once for all that it names.
struct Said<'t> {
    tokens: &'t Tokens,
    /// Where it says "allergic" or "allergy".
    allergy: Vec<usize>,
    /// Where it says that something is taken, or no.
    other: Vec<usize>,
    /// "People who", "anyone": whom it may be about.
    general: Option<usize>,
    /// It answers a question about allergies.
    asked: bool,
}

fn says_allergy(tokens: &Tokens, at: usize) -> bool {
    matches!(tokens.norm(at), "allergic" | "allergy" | "allergies")
}

impl<'t> Said<'t> {
    /// Nothing where the piece says nothing of allergies, asks, or is taken back.
    fn of(pieces: &[Piece<'_>], read: &'t [Tokens], index: usize) -> Option<Self> {
        let (piece, tokens) = (pieces.get(index)?, read.get(index)?);
        let all = |is: &dyn Fn(usize) -> bool| (0..tokens.len()).filter(|i| is(*i)).collect::<Vec<usize>>();
        let allergy = all(&|i| says_allergy(tokens, i));
        // the answer's first words; what the clinician goes on to say is no answer
        let before = pieces.get(..index).unwrap_or(&[]).iter().rev();
        let own = before.take(3).take_while(|p| p.speaker == piece.speaker).count();
        let asked = index.checked_sub(own + 1).filter(|_| own < 2).is_some_and(|at| {
            let question = pieces.get(at).is_some_and(|p| p.question && is_doctor(p));
            question && read.get(at).is_some_and(|tokens| (0..tokens.len()).any(|i| says_allergy(tokens, i)))
        });
        if piece.question || allergy.is_empty() && !asked || takes_back(pieces, read, index) {
            return None;
        }
        let other = all(&|i| {
            matches!(
                tokens.norm(i),
                "take" | "takes" | "taking" | "took" | "on" | "use" | "using" | "no" | "not" | "so"
            )
        });
        let general = (0..tokens.len())
            .find(|i| matches!(tokens.norm(*i), "who" | "kids" | "people" | "someone" | "anyone" | "patients"));
        Some(Self { tokens, allergy, other, general, asked })
    }

    /// Whether a medicine is what the patient is allergic to: the words around it say so, or they answer who asked. What is
    /// taken is not, in the same breath or instead ("no, I just take lisinopril").
    fn names_allergy(&self, medicine: &Entity) -> bool {
        let last = |places: &[usize]| {
            places.partition_point(|at| *at < medicine.from).checked_sub(1).and_then(|i| places.get(i)).copied()
        };
        let other = last(&self.other);
        if let Some(said) = last(&self.allergy) {
            // "that is for people who are allergic to penicillin"
            return self.general.is_none_or(|at| at >= medicine.from) && other.is_none_or(|at| at < said);
        }
        // "A penicillin allergy".
        (medicine.to..medicine.to + 2).any(|i| says_allergy(self.tokens, i)) || self.asked && other.is_none()
    }
}

/// "No, that's my sister", "not an allergy", "I'm fine with it": the other's answer or the speaker's next words take it back.
fn takes_back(pieces: &[Piece<'_>], read: &[Tokens], index: usize) -> bool {
    let (Some(piece), Some(own)) = (pieces.get(index), read.get(index)) else { return false };
    // "my mom says I'm allergic" names who tells
    let tells = |tokens: &Tokens, at: usize| {
        (at + 1..at + 4).any(|i| matches!(tokens.norm(i), "says" | "said" | "told" | "tells" | "thinks"))
    };
    let other = |tokens: &Tokens| {
        (0..tokens.len()).any(|i| {
            people::named_at(tokens, i) && !tells(tokens, i) || tokens.norm(i) == "one" && tokens.norm(i + 1) == "with"
        })
    };
    if other(own) {
        return true;
    }
    let mut answers = 0;
    for (said, tokens) in pieces.iter().zip(read).skip(index + 1).take(4) {
        let not_one = (0..tokens.len()).any(|i| {
            tokens.norm(i) == "not" && (i + 1..i + 4).any(|j| matches!(tokens.norm(j), "allergy" | "allergic"))
        });
        if said.speaker == piece.speaker {
            if not_one {
                return true;
            }
            continue;
        }
        answers += 1;
        let no = answers == 1 && is_doctor(piece) && matches!(tokens.norm(0), "no" | "nope" | "nah");
        if no || answers <= 2 && is_doctor(piece) && other(tokens) {
            return true;
        }
    }
    false
}

/// What it did, where the same words or the next ones of the same speaker say it.
fn reaction(pieces: &[Piece<'_>], read: &[Tokens], index: usize) -> String {
    let Some(first) = pieces.get(index) else { return String::new() };
    let said = pieces.iter().zip(read).skip(index).take(2).filter(|(p, _)| p.speaker == first.speaker);
    let found = said.filter_map(|(piece, tokens)| {
        let context = Context::new(tokens);
        let mut complaints = entities::find(tokens).into_iter().filter(|e| e.term.kind == Kind::Symptom);
        complaints.find(|e| !context.of(e.span).negated).map(|e| e.span.of(piece.text).to_lowercase())
    });
    found.take(1).collect()
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
    fn an_allergy_taken_back_or_somebody_elses_is_none() {
        for visit in [
            "[doctor] Allergies? I have penicillin down.\n[patient] No, that's my brother. I have taken penicillin, I'm fine with it.\n[doctor] Okay, your lungs are clear.",
            "[doctor] Any allergies to medicines?\n[patient] My brother is the one with amoxicillin, he got the rash.\n[doctor] Okay, your lungs are clear.",
        ] {
            let text = write(visit, &Model::shipped()).text();
            assert!(!text.contains("ALLERGIES"), "{text}");
        }
    }

    #[test]
    fn a_list_says_what_becomes_of_each() {
        let visit = "[doctor] Let's go through the list. The metformin, twice a day?\n[patient] Yep.\n[doctor] And the aspirin?\n[patient] No, I quit that two years ago. My wife is on gabapentin, not me.\n[doctor] Okay. Blood pressure is 138 over 82, pulse seventy six. Lungs are clear. I want to start empagliflozin ten milligrams once a day. I thought about adding metolazone, but not today. See me in three months.";
        let text = write(visit, &Model::shipped()).text();
        for line in [
            "Metformin.",
            "Aspirin (stopped, not taking).",
            "Gabapentin (somebody else's).",
            "Empagliflozin (to start).",
            "Metolazone (discussed only).",
            "Blood pressure 138/82 mmHg.",
            "Heart rate 76 /min.",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
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

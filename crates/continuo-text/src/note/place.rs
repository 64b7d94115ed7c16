//! Where a sentence must stand whatever the trained choice says: an order in the plan, a measured sign with the findings.

use super::choose::Division;
use super::pieces::Piece;
use super::{is_doctor, signs};
use crate::entities;
use crate::orders::{self, Said};
use crate::token::{Kind, Tokens};
use crate::transcript::Speaker;
use crate::vitals::Vitals;

/// Puts every ordered thing into the plan, also what the choice left out, and signs measured now into the examination.
pub(super) fn settle(pieces: &[Piece<'_>], chosen: &mut [Option<Division>]) {
    let said: Vec<Said<'_>> =
        (0..).zip(pieces).map(|(number, p)| Said { number, speaker: p.speaker, text: p.text }).collect();
    for order in orders::find(&said) {
        for place in &order.places {
            let ordered = pieces.get(place.sentence).filter(|p| is_doctor(p) && !p.question && p.tenth > 0);
            if let (Some(_), Some(division)) = (ordered, chosen.get_mut(place.sentence)) {
                *division = Some(Division::Plan);
            }
        }
    }
    for (piece, division) in pieces.iter().zip(chosen) {
        if is_doctor(piece) && !piece.question && piece.tenth > 4 && refers(piece.text) {
            *division = Some(Division::Plan);
        }
        if *division == Some(Division::Subjective) && is_doctor(piece) && is_measured_now(piece.text) {
            *division = Some(Division::Exam);
        }
    }
}

/// Takes out what the choice keeps of talk beside the matter: a clinician's words in the history that name nothing clinical
/// and nobody ("come on in"), and the patient's words in the plan, which is the clinician's.
pub(super) fn drop_small_talk(pieces: &[Piece<'_>], chosen: &mut [Option<Division>]) {
    for (piece, division) in pieces.iter().zip(chosen) {
        let tokens = Tokens::new(piece.text);
        let names = || !entities::find(&tokens).is_empty();
        let tells = || {
            (0..tokens.len()).any(|i| {
                tokens.kind(i) == Kind::Number
                    || matches!(
                        tokens.norm(i),
                        "you"
                            | "your"
                            | "youre"
                            | "youve"
                            | "she"
                            | "he"
                            | "her"
                            | "his"
                            | "patient"
                            | "mr"
                            | "mrs"
                            | "ms"
                            | "old"
                    )
            })
        };
        *division = match *division {
            Some(Division::Subjective) if is_doctor(piece) && !names() && !tells() => None,
            Some(Division::Plan) if piece.speaker == Speaker::Patient => Some(Division::Subjective).filter(|_| names()),
            kept => kept,
        };
    }
}

/// "I'll refer you to cardiology", not "who referred you" and not "no need to refer you".
fn refers(text: &str) -> bool {
    let tokens = Tokens::new(text);
    let denied = (0..tokens.len()).any(|i| matches!(tokens.norm(i), "no" | "not" | "nt" | "dont" | "without" | "if"));
    !denied && (0..tokens.len()).any(|i| matches!(tokens.norm(i), "refer" | "referral" | "referring"))
}

/// A vital sign with its number, and no word that puts it elsewhere or before.
fn is_measured_now(text: &str) -> bool {
    let tokens = Tokens::new(text);
    let vitals = Vitals::new(&tokens);
    tokens.sentences().iter().any(|(from, to)| !signs::measured_now(&tokens, &vitals, *from, *to).is_empty())
}

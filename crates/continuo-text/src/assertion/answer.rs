//! A question answered in the same text: "Any fevers? No, none at all."
//!
//! Only a question mark makes a question here; transcripts that name their speakers are read turn by turn elsewhere.

use crate::token::{Kind, Tokens};

/// What the sentence after a question says to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    /// `but`: it goes on to say that there is ("no, there is").
    No {
        but: bool,
    },
    Perhaps,
}

/// Speakers' tags and words that open an answer and say nothing.
fn opens(word: &str) -> bool {
    matches!(
        word,
        "[" | "]"
            | ":"
            | ","
            | "-"
            | "patient"
            | "pt"
            | "uh"
            | "um"
            | "er"
            | "well"
            | "oh"
            | "ah"
            | "mother"
            | "mom"
            | "father"
            | "family"
            | "daughter"
            | "son"
            | "wife"
            | "husband"
            | "paciente"
    )
}

/// The answer to the question that ends at `sentence`.
pub(super) fn after(tokens: &Tokens, sentence: (usize, usize)) -> Option<Answer> {
    const TAG: usize = 8;
    if !tokens.asks(sentence.1) {
        return None;
    }
    let first =
        (sentence.1 + 1..sentence.1 + 1 + TAG).find(|i| tokens.kind(*i) != Kind::Break && !opens(tokens.norm(*i)))?;
    let end = (first..tokens.len().min(first + 12)).find(|i| tokens.kind(*i) == Kind::Break).unwrap_or(first + 12);
    let has = |words: &[&str]| (first..end).any(|i| words.contains(&tokens.norm(i)));
    match tokens.norm(first) {
        "no" | "nope" | "nah" | "never" | "none" | "nunca" | "ninguno" | "ninguna" | "negative" => {
            let is = |a: &str, b: &str| (first + 1..end).any(|i| tokens.norm(i) == a && tokens.norm(i + 1) == b);
            let but = is("there", "is") || is("there", "are") || is("it", "is") || is("i", "do") || is("i", "did");
            Some(Answer::No { but })
        }
        "yes" | "yeah" | "yep" | "yup" | "si" | "definitely" | "absolutely" => Some(Answer::Yes),
        "maybe" | "perhaps" | "possibly" | "quizas" => Some(Answer::Perhaps),
        _ if has(&["maybe", "perhaps", "possibly"]) || could_be(tokens, first, end) => Some(Answer::Perhaps),
        _ => None,
    }
}

fn could_be(tokens: &Tokens, from: usize, to: usize) -> bool {
    (from..to).any(|i| {
        matches!(tokens.norm(i), "could" | "might" | "may") && tokens.norm(i + 1) == "be"
            || tokens.norm(i) == "not" && matches!(tokens.norm(i + 1), "sure" | "certain")
    })
}

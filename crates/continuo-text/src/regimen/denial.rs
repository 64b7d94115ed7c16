//! Whether a denial bears on a verb: "don't stop", "I haven't ever stopped", "no reason to hold", "it is dangerous to stop".
//!
//! A denial reaches its verb over auxiliaries, pronouns and verbs of saying and wanting, and over nothing else: in "it's not
//! working, stop it" it belongs to another verb. Two of them cancel ("you can't not take it").

use super::verbs::{CARRIES, DENIES, WARNS};
use crate::token::{Kind, Tokens};

/// How far back a denial is looked for, in tokens.
const REACH: usize = 12;

/// Whether a word denies what follows it.
pub(super) fn denies(word: &str) -> bool {
    DENIES.has(word)
}

/// Whether a denial bears on the verb at `verb`, looked for from `low` on. `stopping`: words of warning deny it too.
pub(super) fn bears(tokens: &Tokens, low: usize, verb: usize, stopping: bool) -> bool {
    let low = low.max(verb.saturating_sub(REACH));
    let mut count = 0;
    let mut at = verb;
    while at > low {
        at -= 1;
        let word = tokens.norm(at);
        // "why don't we stop it" proposes it
        if is_particle(tokens, at) || at > 0 && tokens.norm(at - 1) == "why" {
            break;
        }
        // "afraid to stop" is, "I'm afraid we must stop" is not
        let warns = stopping
            && WARNS.has(word)
            && (at + 1 == verb || matches!(tokens.norm(at + 1), "to" | "of" | "about" | "for" | "de" | "a"));
        if denies(word) || warns {
            // "I ain't never", "no lo he dejado nunca": said twice, meant once
            if word == "never" && at > low && denies(tokens.norm(at - 1)) && tokens.norm(at - 1) != "not" {
                at -= 1;
            }
            count += 1;
            continue;
        }
        match word {
            // "rather than stopping", "instead of stopping"
            "than" if at > low && tokens.norm(at - 1) == "rather" => count += 1,
            "of" if at > low && tokens.norm(at - 1) == "instead" => count += 1,
            // "I'd rather you didn't" has its own; "don't stop or skip": the other verb of the pair
            "rather" | "instead" => {}
            "or" | "nor" if at > low => at -= 1,
            "and" if at > low && matches!(tokens.norm(at - 1), "go" | "just" | "ahead" | "stop" | "start") => at -= 1,
            "go" | "ahead" => {}
            "uh" | "um" | "," if is_hesitation(tokens, at) => {}
            // "do not, under any circumstances, stop it"
            "," if (at.saturating_sub(4)..at).any(|i| tokens.norm(i) == "circumstances") => {}
            "," if (at + 1..at + 5).any(|i| tokens.norm(i) == "circumstances") && denies(tokens.norm(at - 1)) => {}
            "why" | "when" | "if" | "how" | "who" | "because" => break,
            word if CARRIES.has(word) && tokens.kind(at) == Kind::Word => {}
            _ => break,
        }
    }
    count % 2 == 1
}

/// A no that answers and denies nothing after it: "no, stop it", and, where no comma was heard, "no I take it".
pub(super) fn is_particle(tokens: &Tokens, at: usize) -> bool {
    const OPENS: &[&str] = &[
        "i", "im", "ive", "id", "we", "were", "he", "hes", "she", "shes", "you", "they", "it", "its", "thats", "just",
        "only", "no", "nope", "dont",
    ];
    // "no he dejado": the Spanish auxiliary, and no pronoun
    let auxiliary = tokens.norm(at + 1) == "he" && tokens.norm(at + 2).ends_with("do");
    matches!(tokens.norm(at), "no" | "nope" | "nah")
        && !auxiliary
        && (matches!(tokens.kind(at + 1), Kind::Comma | Kind::Break) || OPENS.contains(&tokens.norm(at + 1)))
}

/// "uh", and a comma beside one.
fn is_hesitation(tokens: &Tokens, at: usize) -> bool {
    let hum = |i: usize| matches!(tokens.norm(i), "uh" | "um");
    hum(at) || hum(at + 1) || at > 0 && hum(at - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stops(text: &str) -> bool {
        let tokens = Tokens::new(text);
        let verb = (0..tokens.len())
            .rfind(|i| tokens.norm(*i).starts_with("stop") || tokens.norm(*i) == "deje")
            .expect("a verb of stopping");
        !bears(&tokens, 0, verb, true)
    }

    #[test]
    fn a_denial_reaches_its_verb_over_what_carries_it() {
        for text in [
            "don't stop it",
            "please do not stop it",
            "we're not going to stop it",
            "I don't want you to just stop it",
            "I don't think you should stop it",
            "there's no reason to stop it",
            "I would not be comfortable with you stopping it",
            "never, uh, stop it",
            "do not, under any circumstances, stop it",
            "under no circumstances stop it",
            "I ain't never stopped it",
            "nobody told me to stop it",
            "it's dangerous to stop it",
            "I'd cut it rather than stop it",
            "do not skip or stop it",
            "don't go and stop it",
            "no, don't stop it",
            "no deje de tomarla",
            "no quiero que deje la pastilla",
        ] {
            assert!(!stops(text), "{text}");
        }
    }

    #[test]
    fn a_denial_of_something_else_reaches_no_further() {
        for text in [
            "it's not working, stop it",
            "no, stop it",
            "no i stopped it",
            "it isn't helping so let's stop it",
            "you don't need it anymore and we can stop it",
            "I don't know why they stopped it",
            "you can't not stop it",
            "I'm afraid we have to stop it",
            "not diabetic anymore stop it",
            "deje la pastilla",
            "why don't we stop it",
            "why don't you just stop it",
        ] {
            assert!(stops(text), "{text}");
        }
    }
}

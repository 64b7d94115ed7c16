//! Whether a denial bears on a verb: "don't stop", "I haven't ever stopped", "no reason to hold", "it is dangerous to stop".
//!
//! A denial reaches its verb over auxiliaries, pronouns and verbs of saying and wanting, and over nothing else: in "it's not
//! working, stop it" it belongs to another verb. Two of them cancel ("you can't not take it").

use crate::token::{Kind, Tokens};

/// How far back a denial is looked for, in tokens.
const REACH: usize = 12;

/// Words that deny what follows them.
const DENIES: &[&str] = &[
    "not", "nt", "never", "no", "dont", "doesnt", "didnt", "wont", "wouldnt", "shouldnt", "couldnt", "cant", "cannot",
    "isnt", "arent", "aint", "wasnt", "werent", "havent", "hasnt", "hadnt", "mustnt", "neednt", "neither", "nor",
    "nobody", "without", "nunca", "jamas", "ni", "sin", "tampoco",
];

pub(super) fn denies(word: &str) -> bool {
    DENIES.contains(&word)
}

/// Words that say of what follows that it had better not be: they deny stopping, and nothing else.
const WARNS: &[&str] = &[
    "dangerous",
    "risky",
    "unsafe",
    "afraid",
    "scared",
    "nervous",
    "hesitant",
    "reluctant",
    "hate",
    "refuse",
    "refused",
    "against",
    "avoid",
    "peligroso",
    "miedo",
];

/// Words between a denial and its verb: auxiliaries, who does it, verbs of wanting, meaning and saying, and how.
pub(super) const CARRIES: &[&str] = &[
    "do",
    "does",
    "did",
    "be",
    "been",
    "being",
    "is",
    "are",
    "was",
    "were",
    "have",
    "has",
    "had",
    "will",
    "would",
    "can",
    "could",
    "should",
    "may",
    "might",
    "must",
    "ll",
    "gonna",
    "gon",
    "na",
    "going",
    "to",
    "able",
    "about",
    "supposed",
    "allowed",
    "i",
    "im",
    "ive",
    "id",
    "ill",
    "you",
    "youre",
    "youve",
    "youll",
    "he",
    "hes",
    "she",
    "shes",
    "we",
    "weve",
    "they",
    "theyre",
    "theyve",
    "me",
    "him",
    "her",
    "us",
    "them",
    "anybody",
    "anyone",
    "patient",
    "want",
    "wants",
    "wanted",
    "wanna",
    "need",
    "needs",
    "needed",
    "like",
    "intend",
    "plan",
    "plans",
    "planning",
    "think",
    "thinking",
    "recommend",
    "recommending",
    "suggest",
    "suggesting",
    "advise",
    "advising",
    "told",
    "tell",
    "telling",
    "said",
    "say",
    "saying",
    "ask",
    "asked",
    "asking",
    "let",
    "make",
    "made",
    "mean",
    "try",
    "tried",
    "trying",
    "decide",
    "decided",
    "feel",
    "dare",
    "comfortable",
    "happy",
    "keen",
    "fan",
    "favor",
    "ready",
    "safe",
    "wise",
    "good",
    "great",
    "idea",
    "time",
    "point",
    "reason",
    "reasons",
    "cause",
    "thing",
    "sure",
    "certain",
    "right",
    "too",
    "soon",
    "early",
    "of",
    "with",
    "for",
    "in",
    "a",
    "an",
    "any",
    "the",
    "that",
    "at",
    "necessary",
    "just",
    "simply",
    "really",
    "actually",
    "ever",
    "even",
    "yet",
    "suddenly",
    "abruptly",
    "quite",
    "necessarily",
    "totally",
    "completely",
    "entirely",
    "yourself",
    "myself",
    "now",
    "currently",
    "still",
    "already",
    "all",
    "quiero",
    "quiere",
    "quiera",
    "vamos",
    "voy",
    "va",
    "vaya",
    "vayas",
    "que",
    "debe",
    "deben",
    "puede",
    "puedo",
    "podemos",
    "hay",
    "ha",
    "hemos",
    "han",
    "se",
    "le",
    "lo",
    "la",
    "usted",
    "recomiendo",
    "necesita",
    "es",
    "momento",
    "de",
    "razon",
    "bueno",
    "por",
    "longer",
];

/// Whether a denial bears on the verb at `verb`, looked for from `low` on. `stopping`: words of warning deny it too.
pub(super) fn bears(tokens: &Tokens, low: usize, verb: usize, stopping: bool) -> bool {
    let low = low.max(verb.saturating_sub(REACH));
    let mut count = 0;
    let mut at = verb;
    while at > low {
        at -= 1;
        let word = tokens.norm(at);
        if is_particle(tokens, at) {
            break;
        }
        // "afraid to stop" is, "I'm afraid we must stop" is not
        let warns = stopping
            && WARNS.contains(&word)
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
            "why" | "when" | "if" | "how" | "who" | "because" => break,
            word if CARRIES.contains(&word) && tokens.kind(at) == Kind::Word => {}
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
        ] {
            assert!(stops(text), "{text}");
        }
    }
}

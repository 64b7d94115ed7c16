//! What an answer makes of the thing that was asked about: "Any fevers? No, none at all." "So no fevers? Yeah, none."
//!
//! One reading for a text that holds both (only a question mark makes a question there) and for turns of a conversation. A no
//! answers only what can be answered so: not "what can I take for my back pain?", and not by naming something else ("no
//! allergies"); to a question put as a denial a yes agrees.

use crate::people;
use crate::token::{Kind, Tokens};

/// What the answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is there.
    There,
    /// It is not.
    Absent,
    /// It may be.
    Perhaps,
}

/// Something asked about.
#[derive(Clone, Copy)]
pub struct Asked<'t> {
    /// The words of who asks.
    pub tokens: &'t Tokens,
    /// The question.
    pub sentence: (usize, usize),
    /// What of it is asked about.
    pub concept: (usize, usize),
    /// It was put as a denial: "so no fevers?".
    pub denied: bool,
}

/// The first sentence of the other's words.
#[derive(Clone, Copy)]
pub struct Reply<'t> {
    /// The words.
    pub tokens: &'t Tokens,
    /// The sentence.
    pub sentence: (usize, usize),
}

/// Words that answer no.
pub const NO: &[&str] =
    &["no", "nope", "nah", "never", "none", "nothing", "not", "nunca", "ninguno", "ninguna", "nada", "negative"];
/// Words that answer yes.
pub const YES: &[&str] = &[
    "yes",
    "yeah",
    "yep",
    "yup",
    "si",
    "definitely",
    "absolutely",
    "sure",
    "correct",
    "right",
    "exactly",
    "claro",
    "mmhmm",
    "uhhuh",
    "mm",
    "mhm",
    "sometimes",
    "occasionally",
];
/// Of those, words that agree with how it was put.
const AGREES: &[&str] = &["correct", "right", "exactly", "sure"];
const DENIED: &[&str] =
    &["dont", "havent", "didnt", "doesnt", "hasnt", "isnt", "arent", "wasnt", "not", "nt", "never", "no"];
const WHO: &[&str] = &["i", "im", "ive", "she", "he", "we", "they", "it", "there", "yo"];
const THERE: &[(&str, &[&str])] = &[
    ("there", &["is", "are", "was", "were"]),
    ("i", &["do", "did", "have", "am", "was"]),
    ("she", &["does", "has", "did"]),
    ("he", &["does", "has", "did"]),
    ("it", &["does", "did", "is", "has"]),
    ("they", &["do", "are", "did"]),
    ("si", &["hay", "tengo", "tiene"]),
];
/// Words that open a sentence and say nothing.
const OPENS: &[&str] =
    &["so", "and", "okay", "ok", "now", "well", "but", "then", "alright", "y", "uh", "um", "oh", ","];
const WHICH: &[&str] = &[
    "what", "whats", "which", "when", "whens", "where", "wheres", "who", "whos", "why", "how", "hows", "que", "cual",
    "cuando", "donde", "quien", "como", "cuanto", "cuantas", "cuantos",
];

/// What the reply says of what was asked; nothing where it does not answer that.
pub fn answer(asked: &Asked<'_>, reply: &Reply<'_>) -> Option<Answer> {
    if asked.is_open() {
        return None;
    }
    let first = reply.first()?;
    let said = reply.particle(asked, first).or_else(|| reply.doubts(first).then_some(Said::Perhaps))?;
    match said {
        Said::Perhaps => Some(Answer::Perhaps),
        Said::No if reply.affirms_again(asked, first + 1) => Some(Answer::There),
        Said::Yes if reply.denies_after(first) => Some(Answer::Absent),
        Said::Yes if asked.denied && reply.agrees(first) => Some(Answer::Absent),
        Said::Yes => Some(Answer::There),
        // "is your pain worse?" "no": the pain is there
        Said::No if asked.is_taken_for_granted() || asked.is_by_degree() => None,
        Said::No => Some(Answer::Absent),
    }
}

/// What the first words of an answer are.
enum Said {
    Yes,
    No,
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
            | "paciente"
            | "family"
            | "uh"
            | "um"
            | "er"
            | "well"
            | "oh"
            | "ah"
            | "okay"
            | "so"
    ) || people::is_near(word)
}

/// The sentence that follows the one that ends at `end` in the same text, tags left out; nothing where no question ends there.
pub(super) fn following(tokens: &Tokens, end: usize) -> Option<Reply<'_>> {
    const TAG: usize = 8;
    const LONG: usize = 24;
    if !tokens.asks(end) {
        return None;
    }
    let first = (end + 1..end + 1 + TAG).find(|i| tokens.kind(*i) != Kind::Break && !opens(tokens.norm(*i)))?;
    let most = tokens.len().min(first + LONG);
    let end = (first..most).find(|i| tokens.kind(*i) == Kind::Break).unwrap_or(most);
    Some(Reply { tokens, sentence: (first, end) })
}

impl Asked<'_> {
    fn word(&self, at: usize) -> &str {
        self.tokens.norm(at)
    }

    fn is(&self, at: usize, words: &[&str]) -> bool {
        words.contains(&self.word(at))
    }

    /// A question that no yes and no no can answer: "what helps the pain?"; "what about pain?" can be, and "how are you, any pain?".
    fn is_open(&self) -> bool {
        let (from, _) = self.sentence;
        let clause = (from..self.concept.0).rfind(|i| self.tokens.kind(*i) == Kind::Comma).map_or(from, |i| i + 1);
        let Some(first) = (clause..self.concept.0).find(|i| !self.is(*i, OPENS)) else { return false };
        self.is(first, WHICH) && !self.is(first + 1, &["about", "with", "tal", "if"])
    }

    /// Whether the question takes the thing for granted: "anything for your back pain?", "is the swelling worse?".
    fn is_taken_for_granted(&self) -> bool {
        const OWN: &[&str] = &[
            "my", "your", "his", "her", "the", "this", "that", "these", "those", "their", "su", "sus", "mi", "el",
            "la", "los", "las",
        ];
        const OVER: &[&str] = &[
            "for", "about", "from", "with", "in", "of", "after", "since", "during", "help", "helps", "helped",
            "helping", "treat", "relieve", "para", "por", "con", "de",
        ];
        let (from, to) = self.concept;
        let low = from.saturating_sub(3).max(self.sentence.0);
        let Some(own) = (low..from).rfind(|i| self.is(*i, OWN)) else { return false };
        let Some(before) = own.checked_sub(1).filter(|i| *i >= self.sentence.0) else { return false };
        if self.is(before, OVER) {
            let part =
                before.checked_sub(1).is_some_and(|i| self.is(i, &["any", "more", "some", "kind", "sort", "rid"]));
            return !part;
        }
        // "has the pain moved?", not "is the pain still there?" and not "did the fever come back?"
        let opens = self.is(before, &["is", "are", "was", "were", "has", "have", "did", "does", "do"]);
        let next = (to..self.sentence.1).find(|i| {
            self.tokens.kind(*i) == Kind::Word
                && !self.is(
                    *i,
                    &["now", "today", "at", "all", "anymore", "still", "lately", "again", "there", "ever", "or"],
                )
        });
        let back = ["come", "came", "coming", "return", "returned", "back", "start", "started", "happen", "happened"];
        opens && next.is_some_and(|i| !self.is(i, &back) && !self.is(i, &["this", "in", "on", "with", "when", "and"]))
    }

    /// "Is it the worst headache of your life?": a no denies how bad it is, and not that it is there.
    fn is_by_degree(&self) -> bool {
        const DEGREE: &[&str] = &[
            "worst",
            "worse",
            "usual",
            "same",
            "different",
            "severe",
            "bad",
            "first",
            "new",
            "peor",
            "mismo",
            "misma",
        ];
        let (from, to) = self.sentence;
        let opens = self.is(from, &["is", "was", "are", "es", "fue"])
            && self.is(from + 1, &["it", "this", "that", "these", "the", "your", "el", "la"]);
        let mut near = self.concept.0.saturating_sub(2).max(from)..(self.concept.1 + 1).min(to);
        opens && near.any(|i| self.is(i, DEGREE))
    }

    /// Whether a word of the reply names what was asked.
    fn names(&self, word: &str) -> bool {
        const SAME: &[&str] = &["pain", "hurt", "hurts", "ache", "aches", "aching", "sore", "tender"];
        (self.concept.0..self.concept.1).any(|i| {
            let own = self.word(i);
            let stem = own.get(..5).is_some_and(|stem| word.starts_with(stem));
            word.len() > 2 && (own == word || stem) || SAME.contains(&own) && SAME.contains(&word)
        })
    }
}

impl Reply<'_> {
    fn word(&self, at: usize) -> &str {
        if at < self.sentence.1 { self.tokens.norm(at) } else { "" }
    }

    fn is(&self, at: usize, words: &[&str]) -> bool {
        at < self.sentence.1 && words.contains(&self.word(at))
    }

    fn first(&self) -> Option<usize> {
        (self.sentence.0..self.sentence.1).find(|i| !opens(self.word(*i)))
    }

    fn particle(&self, asked: &Asked<'_>, first: usize) -> Option<Said> {
        let word = self.word(first);
        if self.is(first, &["maybe", "perhaps", "possibly", "quizas", "quiza", "probably"]) {
            return Some(Said::Perhaps);
        }
        if self.is(first, NO) {
            return (word != "no" || self.answers(asked, first)).then_some(Said::No);
        }
        if self.is(first, YES) {
            return Some(Said::Yes);
        }
        // "A little around the socks", "some at night", "un poco"
        let some = self.is(first, &["a"]) && self.is(first + 1, &["little", "bit", "lot", "few"])
            || self.is(first, &["un"]) && self.is(first + 1, &["poco", "poquito"])
            || self.is(first, &["some", "bastante", "mucho", "mucha"]);
        // "a lot better" tells of what is going
        let going = ["better", "less", "fewer", "mejor", "menos"];
        if some && !(first + 1..first + 4).any(|i| self.is(i, &going)) {
            return Some(Said::Yes);
        }
        // "I don't", "she hasn't had any", "there isn't"
        if self.is(first, WHO) {
            let denied = (first + 1..first + 3).find(|i| self.is(*i, DENIED));
            if let Some(denied) = denied {
                let next = denied + 1;
                let about = [
                    "have",
                    "had",
                    "been",
                    "feel",
                    "felt",
                    "get",
                    "got",
                    "notice",
                    "noticed",
                    "see",
                    "seen",
                    "any",
                    "really",
                    "think",
                    "do",
                    "experience",
                    "experienced",
                ];
                let doubt = self.is(next, &["know", "remember", "recall", "sure"]);
                if doubt {
                    return Some(Said::Perhaps);
                }
                let ends = next >= self.sentence.1 || self.tokens.kind(next) != Kind::Word;
                return (ends || self.is(next, &about)).then_some(Said::No);
            }
            return (THERE.iter().any(|(who, does)| *who == word && self.is(first + 1, does))
                && self.ends_or_goes_on(asked, first + 2))
            .then_some(Said::Yes);
        }
        None
    }

    /// Whether a "no" answers, and is not the first word of "no allergies" where something else was asked.
    fn answers(&self, asked: &Asked<'_>, no: usize) -> bool {
        const GOES_ON: &[&str] = &[
            "i",
            "im",
            "ive",
            "it",
            "its",
            "there",
            "theres",
            "he",
            "she",
            "hes",
            "shes",
            "we",
            "they",
            "that",
            "thats",
            "not",
            "never",
            "none",
            "nothing",
            "no",
            "nope",
            "sir",
            "maam",
            "doctor",
            "doc",
            "dr",
            "thanks",
            "thank",
            "but",
            "only",
            "just",
            "really",
            "actually",
            "because",
            "so",
            "my",
            "the",
            "fortunately",
            "thankfully",
            "at",
            "uh",
            "um",
            "well",
            "you",
            "in",
            "for",
            "when",
            "since",
            "honestly",
            "more",
            "longer",
            "other",
            "such",
            "problem",
            "problems",
            "issues",
            "issue",
            "trouble",
            "complaints",
            "symptoms",
            "change",
            "changes",
            "tengo",
            "he",
            "ha",
            "hay",
            "me",
            "le",
            "nada",
            "tiene",
            "senor",
            "senora",
            "tampoco",
        ];
        let next = no + 1;
        next >= self.sentence.1
            || self.tokens.kind(next) != Kind::Word
            || self.is(next, GOES_ON)
            || (next..next + 5).any(|i| asked.names(self.word(i)))
    }

    /// "No, there is, both feet": it takes the no back for what was asked. "No, but it is hard to sleep" tells something else.
    fn affirms_again(&self, asked: &Asked<'_>, from: usize) -> bool {
        (from..self.sentence.1.min(from + 12)).any(|at| {
            let pair = THERE.iter().any(|(who, does)| *who == self.word(at) && self.is(at + 1, does));
            let turned = asked.denied || self.is(at.wrapping_sub(1), &["but", "well", "except", "actually", "yeah"]);
            pair && turned && self.ends_or_goes_on(asked, at + 2)
        })
    }

    /// After "there is", "I do": nothing more, how much, when, or the thing by its name.
    fn ends_or_goes_on(&self, asked: &Asked<'_>, at: usize) -> bool {
        const MORE: &[&str] = &[
            "both",
            "some",
            "now",
            "there",
            "still",
            "when",
            "at",
            "in",
            "on",
            "sometimes",
            "occasionally",
            "every",
            "it",
            "them",
            "these",
            "quite",
            "often",
            "definitely",
            "this",
            "last",
            "yesterday",
            "today",
            "too",
            "though",
            "that",
            "once",
            "from",
            "after",
            "during",
            "mostly",
            "un",
            "algo",
            "back",
        ];
        let at = at + usize::from(self.is(at, &["have", "get", "feel", "notice", "had", "got"]));
        let little = self.is(at, &["a", "an"]) && self.is(at + 1, &["little", "bit", "lot", "few", "couple"]);
        at >= self.sentence.1
            || self.tokens.kind(at) != Kind::Word
            || self.is(at, MORE)
            || little
            || (at..at + 3).any(|i| asked.names(self.word(i)))
    }

    /// "Yeah, none", "yeah, no", "right, no pain": the yes only opens the denial.
    fn denies_after(&self, yes: usize) -> bool {
        let next = yes + 1 + usize::from(self.is(yes + 1, &[","]));
        let next = next + usize::from(self.is(next, &["i", "ive", "there", "she", "he", "thats", "theres"]));
        let mild = [
            "too",
            "so",
            "that",
            "very",
            "much",
            "always",
            "all",
            "as",
            "only",
            "just",
            "bad",
            "severe",
            "terrible",
            "every",
            "doubt",
            "question",
            "problem",
            "really",
            "often",
            "constant",
            "constantly",
        ];
        self.is(next, &["no", "none", "nope", "nothing", "never", "not", "havent", "dont", "didnt", "ninguna", "nada"])
            && !(self.is(next, &["not", "no"]) && self.is(next + 1, &mild) && !self.is(next + 1, &["really"]))
    }

    /// To "no fevers?": "yeah", "right", "that's correct".
    fn agrees(&self, first: usize) -> bool {
        // a Spanish yes to a denial takes it back
        if self.word(first) == "si" || self.is(first, &["sometimes", "occasionally"]) {
            return false;
        }
        let words = (first..self.sentence.1).filter(|i| self.tokens.kind(*i) == Kind::Word).count();
        words <= 1
            || self.is(first, AGREES)
            || (first + 1..first + 5).any(|i| self.is(i, AGREES) || self.is(i, &["fine", "good"]))
    }

    /// "Could be", "not sure", "maybe" anywhere in it.
    fn doubts(&self, first: usize) -> bool {
        const LONG: usize = 12;
        (first..self.sentence.1.min(first + LONG)).any(|i| {
            self.is(i, &["maybe", "perhaps", "possibly"])
                || self.is(i, &["could", "might", "may"]) && self.is(i + 1, &["be"])
                || self.is(i, &["not"]) && self.is(i + 1, &["sure", "certain"])
        })
    }
}

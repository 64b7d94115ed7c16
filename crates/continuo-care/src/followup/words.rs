//! Words of danger in a message: `continuo-text`'s triage, and beside it a small plain matcher for words of self-harm.
//!
//! [`Triage`] is the seam where a site's other engine would stand. Whatever stands there only ever raises urgency.

use continuo_text::triage;

/// A danger named by words of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedFlag {
    /// The category, such as `chest_pain`.
    pub flag: String,
    /// First byte of the words in the text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Thoughts of, or acts of, self-harm.
    pub self_harm: bool,
    /// Minutes count; else the same day does.
    pub emergency: bool,
}

/// Finds red flags in one message. A function, so that a site's better engine can take its place.
pub type Triage = fn(&str) -> Vec<RedFlag>;

const TABLE: &str = include_str!("../../../../knowledge/follow-up/danger-words.csv");

/// Words that, up to five words before a phrase in the same sentence, deny it or put it in the past or in doubt.
const DENIALS: [&str; 14] = [
    "no", "not", "denies", "denied", "without", "never", "don't", "dont", "isn't", "haven't", "sin", "niega", "if",
    "free",
];

/// A message is searched for plain words so far, in bytes; nobody writes more by hand, and the list of unanswered messages
/// holds it whatever it says.
const MOST_SEARCHED: usize = 1 << 20;

/// The engine shipped: triage by rules. Words of self-harm that it explains away still come to a person, and so does any
/// word of danger in what is too long for it.
pub fn by_triage(text: &str) -> Vec<RedFlag> {
    let found = triage::triage(text, None);
    let emergency = found.urgency == triage::Urgency::Emergency;
    let mut flags: Vec<RedFlag> = Vec::new();
    if emergency || found.urgency == triage::Urgency::SameDay {
        let span = found.because.first().copied().unwrap_or_default();
        // A guess raises the clock and names nothing, except where somebody may harm themselves.
        let counts = |flag: &triage::RedFlag| found.guessed != Some(*flag) || is_self_harm(*flag);
        let mut names = found
            .red_flags
            .iter()
            .filter(|flag| counts(flag))
            .map(|flag| (flag.name(), is_self_harm(*flag)))
            .peekable();
        let unnamed = (names.peek().is_none() && emergency).then_some(("emergency", false));
        flags.extend(names.chain(unnamed).map(|(flag, self_harm)| RedFlag {
            flag: flag.to_owned(),
            start: span.start,
            end: span.end,
            self_harm,
            emergency,
        }));
    }
    if !flags.iter().any(|flag| flag.self_harm) {
        flags.extend(danger_words(text).into_iter().filter(|flag| flag.self_harm));
    }
    let read = triage::part_read(text).len();
    if read < text.len() {
        let more = continuo_fhir::letters::head(text, MOST_SEARCHED);
        flags.extend(danger_words(more).into_iter().filter(|flag| flag.end > read).take(1));
    }
    flags
}

fn is_self_harm(flag: triage::RedFlag) -> bool {
    matches!(flag, triage::RedFlag::SuicidalIdeation | triage::RedFlag::SelfHarm)
}

/// The plain matcher over `knowledge/follow-up/danger-words.csv`.
pub fn danger_words(text: &str) -> Vec<RedFlag> {
    let words = words(text);
    let mut found: Vec<RedFlag> = Vec::new();
    for (flag, phrase) in phrases() {
        let sought: Vec<&str> = phrase.split(' ').collect();
        for at in 0..words.len() {
            let Some(window) = words.get(at..at + sought.len()) else { break };
            let same = window.iter().zip(&sought).all(|(word, want)| word.folded == *want);
            let whole = window.iter().skip(1).all(|word| !word.starts_sentence);
            let (Some(first), Some(last)) = (window.first(), window.last()) else { continue };
            if same && whole && !denied(&words, at) {
                found.push(RedFlag {
                    flag: flag.to_owned(),
                    start: first.start,
                    end: last.end,
                    self_harm: flag == "self_harm",
                    emergency: true,
                });
            }
        }
    }
    found.sort_by(|a, b| (a.start, &a.flag).cmp(&(b.start, &b.flag)));
    found.dedup_by(|a, b| a.start == b.start);
    found
}

fn phrases() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter(|line| !line.starts_with('#') && !line.starts_with("flag,")).filter_map(|line| {
        let mut cells = line.splitn(3, ',');
        let flag = cells.next()?;
        let _language = cells.next()?;
        Some((flag, cells.next()?.trim()))
    })
}

struct Word {
    folded: String,
    start: usize,
    end: usize,
    starts_sentence: bool,
}

fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = None;
    let mut fresh = true;
    let is_part = |c: char| c.is_alphanumeric() || c == '\'' || c == '\u{2019}';
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, is_part(c)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                let word: &str = text.get(from..at).unwrap_or("");
                words.push(Word { folded: fold(word), start: from, end: at, starts_sentence: fresh });
                fresh = false;
                start = None;
            }
            _ => {}
        }
        if matches!(c, '.' | '!' | '?' | '\n' | ';') {
            fresh = true;
        }
    }
    words
}

fn fold(word: &str) -> String {
    word.to_lowercase()
        .chars()
        .map(|c| match c {
            'á' => 'a',
            'é' => 'e',
            'í' => 'i',
            'ó' => 'o',
            'ú' | 'ü' => 'u',
            '\u{2019}' => '\'',
            other => other,
        })
        .collect()
}

fn denied(words: &[Word], at: usize) -> bool {
    // "no puedo respirar" and "cannot breathe" carry their own negation: only the words before the phrase count.
    let mut before = at;
    for _ in 0..5 {
        if words.get(before).is_none_or(|word| word.starts_sentence) || before == 0 {
            return false;
        }
        before -= 1;
        if words.get(before).is_some_and(|word| DENIALS.contains(&word.folded.as_str())) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{by_triage, danger_words};

    #[test]
    fn danger_far_down_in_a_message_without_end_is_found_and_keeps_nobody_waiting() {
        let long = format!("{} I can't breathe. {}", "my cat is well. ".repeat(3_000), "thank you. ".repeat(3_000));
        let found = by_triage(&long);
        assert!(found.iter().any(|flag| long[flag.start..flag.end].contains("breathe")), "{found:?}");
    }

    #[track_caller]
    fn check(text: &str, expect: &[(&str, &str)]) {
        let found = danger_words(text);
        let found: Vec<(&str, &str)> =
            found.iter().map(|flag| (flag.flag.as_str(), &text[flag.start..flag.end])).collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn words_said_are_found_with_their_place() {
        check("Since noon I have Chest Pain and fever", &[("chest_pain", "Chest Pain")]);
        check("I can\u{2019}t breathe", &[("dyspnea", "can\u{2019}t breathe")]);
        check(
            "Me desmayé ayer. Tengo dolor en el pecho",
            &[("syncope", "Me desmayé"), ("chest_pain", "dolor en el pecho")],
        );
    }

    #[test]
    fn words_denied_are_not() {
        check("I have no chest pain", &[]);
        check("She denies any thoughts of suicide.", &[]);
        check("No fever. I passed out twice", &[("syncope", "passed out")]);
    }

    #[test]
    fn a_phrase_does_not_cross_a_sentence() {
        check("It hurts my chest. Pain pills help", &[]);
    }
}

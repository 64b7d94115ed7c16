//! Who a text is about is hidden before it leaves and put back afterwards.
//!
//! Names, phone and record numbers, addresses and birth dates of the person (and of those named with them) become
//! placeholders such as `[NAME_1]`; so do number patterns that identify anybody (phones, social security numbers, mail
//! and web addresses, long digit runs). Doses and other clinical numbers are never touched. Placeholders map back by
//! place, so that a quote found in the hidden text is shown in the original's own words.

use std::collections::BTreeMap;

use crate::span::Span;
use crate::token::{fold, fold_str};

/// What is known of the person and of those around them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Names and parts of names, family's and staff's too.
    pub names: Vec<String>,
    /// Phone numbers, record numbers, plan numbers.
    pub numbers: Vec<String>,
    /// Streets, mail addresses, and birth dates in the forms people write.
    pub phrases: Vec<String>,
}

/// A text without identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// The text to send.
    pub text: String,
    /// Placeholder to the words it first stood for.
    words: BTreeMap<String, String>,
    /// Places that were replaced: in the hidden text, in the original. In order.
    places: Vec<(Span, Span)>,
}

/// Name parts that are everyday words are hidden only where they are written with a capital.
fn is_everyday(word: &str) -> bool {
    const NAMES_TOO: &[&str] = &[
        "will",
        "may",
        "hope",
        "grace",
        "faith",
        "joy",
        "mark",
        "rose",
        "dawn",
        "art",
        "bill",
        "drew",
        "frank",
        "grant",
        "jack",
        "june",
        "april",
        "august",
        "summer",
        "rich",
        "rob",
        "sue",
        "pat",
        "van",
        "young",
        "long",
        "white",
        "black",
        "brown",
        "green",
        "gray",
        "king",
        "day",
        "price",
        "wood",
        "hill",
        "stone",
        "best",
        "bush",
        "cook",
        "baker",
        "miller",
        "case",
        "chance",
        "christian",
        "crystal",
        "daisy",
        "early",
        "do",
        "an",
        "so",
        "son",
        "can",
        "more",
        "moore",
        "love",
        "lake",
        "page",
        "park",
        "reed",
        "ray",
        "sage",
        "star",
        "sky",
        "west",
        "wells",
        "cross",
        "short",
        "small",
        "little",
        "good",
        "ivy",
        "heart",
        "church",
        "weeks",
        "may",
        "leave",
        "bright",
        "low",
        "no",
        "me",
        "he",
        "she",
        "you",
        "in",
        "on",
        "la",
        "de",
        "del",
        "los",
        "las",
        "san",
        "rey",
        "cruz",
        "paz",
        "sol",
        "luz",
        "flor",
        "flores",
        "mar",
        "blanco",
        "rosa",
        "cabeza",
    ];
    NAMES_TOO.contains(&word)
}

impl Hidden {
    /// Hides identity in `text`.
    pub fn new(text: &str, identity: &Identity) -> Self {
        let mut marks = marks(text, identity);
        marks.sort_by(|a, b| (a.0.start, usize::MAX - a.0.end).cmp(&(b.0.start, usize::MAX - b.0.end)));
        let mut out = Self { text: String::with_capacity(text.len()), words: BTreeMap::new(), places: Vec::new() };
        let mut given: BTreeMap<(&'static str, String), String> = BTreeMap::new();
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        let mut at = 0;
        for (span, label) in marks {
            if span.start < at {
                continue;
            }
            let original = span.of(text);
            let placeholder = given.entry((label, fold_str(original))).or_insert_with(|| {
                let count = counts.entry(label).or_insert(0);
                loop {
                    *count += 1;
                    let candidate = format!("[{label}_{count}]");
                    // The text itself may hold such a word; it must not be taken for ours.
                    if !text.contains(&candidate) {
                        return candidate;
                    }
                }
            });
            let placeholder = placeholder.clone();
            out.hide(text, &mut at, span, &placeholder);
        }
        out.text.push_str(text.get(at..).unwrap_or(""));
        out
    }

    /// What was hidden, as the log keeps it: places and placeholders, no words.
    pub fn places(&self) -> String {
        let one = |(hidden, original): &(Span, Span)| {
            format!("{}-{} {}", original.start, original.end, hidden.of(&self.text))
        };
        self.places.iter().map(one).collect::<Vec<_>>().join("\n")
    }

    /// The same hiding again, from the text and the log. Places that do not fit the text are left out.
    pub fn again(text: &str, places: &str) -> Self {
        let marks = places.lines().filter_map(|line| {
            let (span, placeholder) = line.split_once(' ')?;
            let (start, end) = span.split_once('-')?;
            Some((Span::new(start.parse().ok()?, end.parse().ok()?), placeholder.to_owned()))
        });
        let mut out = Self { text: String::with_capacity(text.len()), words: BTreeMap::new(), places: Vec::new() };
        let mut at = 0;
        for (span, placeholder) in marks.filter(|(span, _)| text.get(span.start..span.end).is_some()) {
            if span.start >= at {
                out.hide(text, &mut at, span, &placeholder);
            }
        }
        out.text.push_str(text.get(at..).unwrap_or(""));
        out
    }

    fn hide(&mut self, text: &str, at: &mut usize, span: Span, placeholder: &str) {
        self.text.push_str(text.get(*at..span.start).unwrap_or(""));
        let start = self.text.len();
        self.text.push_str(placeholder);
        self.places.push((Span::new(start, self.text.len()), span));
        self.words.entry(placeholder.to_owned()).or_insert_with(|| span.of(text).to_owned());
        *at = span.end;
    }

    /// The same stretch in the original text. A span that cuts a placeholder takes it whole.
    pub fn original(&self, span: Span) -> Span {
        Span::new(self.back(span.start, false), self.back(span.end, true))
    }

    fn back(&self, offset: usize, is_end: bool) -> usize {
        let next = self.places.partition_point(|(hidden, _)| hidden.start < offset);
        let Some((hidden, original)) = next.checked_sub(1).and_then(|index| self.places.get(index)) else {
            return offset;
        };
        if offset < hidden.end {
            return if is_end { original.end } else { original.start };
        }
        original.end + (offset - hidden.end)
    }

    /// A sentence of an answer with the words back in place of the placeholders.
    pub fn restore(&self, sentence: &str) -> String {
        self.replaced(sentence, |words| words)
    }

    /// A sentence of an answer with "person" in place of the placeholders, whose numbers say nothing.
    pub fn unmarked(&self, sentence: &str) -> String {
        self.replaced(sentence, |_| "person")
    }

    fn replaced<'a>(&'a self, sentence: &str, with: impl Fn(&'a str) -> &'a str) -> String {
        let mut out = String::with_capacity(sentence.len());
        let mut rest = sentence;
        while let Some(at) = rest.find('[') {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            let found = from.find(']').and_then(|end| from.get(..=end)).and_then(|mark| self.words.get_key_value(mark));
            match found {
                Some((mark, words)) => {
                    out.push_str(with(words));
                    rest = from.get(mark.len()..).unwrap_or("");
                }
                None => {
                    out.push('[');
                    rest = from.get(1..).unwrap_or("");
                }
            }
        }
        out.push_str(rest);
        out
    }

    /// How many places were hidden.
    pub fn count(&self) -> usize {
        self.places.len()
    }
}

/// Everything to hide, in any order, possibly overlapping.
fn marks(text: &str, identity: &Identity) -> Vec<(Span, &'static str)> {
    let mut out = Vec::new();
    for (span, label) in patterns(text) {
        out.push((span, label));
    }
    let parts = identity.names.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric() && c != '\''));
    let parts: Vec<String> = parts.filter(|part| part.chars().count() > 1).map(fold_str).collect();
    for span in words(text) {
        let word = span.of(text);
        let folded = fold_str(word.strip_suffix("'s").or(word.strip_suffix("\u{2019}s")).unwrap_or(word));
        let named = parts.contains(&folded);
        if named && (!is_everyday(&folded) || word.starts_with(char::is_uppercase)) {
            let end = span.start + word.strip_suffix("'s").or(word.strip_suffix("\u{2019}s")).unwrap_or(word).len();
            out.push((Span::new(span.start, end), "NAME"));
        }
    }
    for phrase in identity.phrases.iter().filter(|phrase| phrase.trim().chars().count() > 3) {
        out.extend(places(text, phrase.trim()).into_iter().map(|span| (span, "DETAIL")));
    }
    for number in &identity.numbers {
        let wanted: String = number.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        if wanted.len() > 3 {
            out.extend(runs(text, &wanted).into_iter().map(|span| (span, "NUMBER")));
        }
    }
    out
}

/// Words with their inner apostrophes and accents.
fn words(text: &str) -> impl Iterator<Item = Span> + '_ {
    let mut from = None;
    text.char_indices().chain([(text.len(), ' ')]).filter_map(move |(at, c)| {
        if c.is_alphanumeric() || matches!(c, '\'' | '\u{2019}') && from.is_some() {
            from.get_or_insert(at);
            return None;
        }
        from.take().map(|start| Span::new(start, at))
    })
}

/// Where `phrase` stands, whatever its case and accents.
fn places(text: &str, phrase: &str) -> Vec<Span> {
    let wanted: Vec<char> = phrase.chars().map(fold).collect();
    let letters: Vec<(usize, char)> = text.char_indices().map(|(at, c)| (at, fold(c))).collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(window) = letters.get(at..at + wanted.len()) {
        let matches = window.iter().zip(&wanted).all(|((_, c), w)| c == w);
        if matches {
            let end = letters.get(at + wanted.len()).map_or(text.len(), |(end, _)| *end);
            out.push(Span::new(window.first().map_or(0, |(start, _)| *start), end));
            at += wanted.len();
        } else {
            at += 1;
        }
    }
    out
}

/// Where the letters and digits of a number stand in order with only spaces, dots, dashes and brackets between.
fn runs(text: &str, wanted: &str) -> Vec<Span> {
    let wanted = wanted.as_bytes();
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let begins = bytes.get(start).is_some_and(|b| wanted.first() == Some(&b.to_ascii_lowercase()));
        let inside = start.checked_sub(1).and_then(|i| bytes.get(i)).is_some_and(u8::is_ascii_alphanumeric);
        if begins && !inside {
            let (mut at, mut matched) = (start, 0);
            while matched < wanted.len() {
                match bytes.get(at) {
                    Some(b) if wanted.get(matched) == Some(&b.to_ascii_lowercase()) => matched += 1,
                    Some(b' ' | b'-' | b'.' | b'(' | b')' | b'/') if matched > 0 => {}
                    _ => break,
                }
                at += 1;
            }
            if matched == wanted.len() && !bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) {
                out.push(Span::new(start, at));
                start = at;
                continue;
            }
        }
        start += 1;
    }
    out
}

/// Patterns that identify anybody: phone and social security numbers, mail and web addresses, runs of seven digits and
/// more. A dose, a year or a blood pressure has fewer digits.
fn patterns(text: &str) -> Vec<(Span, &'static str)> {
    let mut out = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let inside = at.checked_sub(1).and_then(|i| bytes.get(i)).is_some_and(u8::is_ascii_alphanumeric);
        let begins = bytes.get(at).is_some_and(|b| b.is_ascii_digit() || matches!(b, b'(' | b'+'));
        if !begins || inside {
            at += 1;
            continue;
        }
        let (mut end, mut digits, mut last, mut gap) = (at, 0, at, 0);
        while let Some(b) = bytes.get(end) {
            match b {
                b'0'..=b'9' => {
                    digits += 1;
                    last = end + 1;
                    gap = 0;
                }
                b'-' | b'.' | b'(' | b')' | b' ' | b'+' if gap < 2 => gap += 1,
                _ => break,
            }
            end += 1;
        }
        let run = text.get(at..last).unwrap_or("");
        let solid = run.bytes().all(|b| b.is_ascii_digit());
        if digits >= 7 && (solid || is_phone(run)) {
            out.push((Span::new(at, last), "NUMBER"));
            at = last;
        } else {
            // Only the first group is passed over: a phone number may follow a dose.
            at += 1;
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
        }
    }
    for span in text.split_whitespace().map(|word| {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        Span::new(start, start + word.len())
    }) {
        let word = span.of(text);
        let mail = word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        if mail || word.contains("://") || word.starts_with("www.") {
            out.push((span, "DETAIL"));
        }
    }
    out
}

/// Groups of digits as North American phones (3-3-4, 3-4, with or without 1) and social security numbers (3-2-4) have.
fn is_phone(run: &str) -> bool {
    let groups: Vec<usize> =
        run.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).map(str::len).collect();
    matches!(groups.as_slice(), [3, 2 | 3, 4] | [1, 3, 3, 4] | [3, 4 | 7] | [1, 10])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        Identity {
            names: vec!["Ana María Reyes".into(), "Will O'Brien".into()],
            numbers: vec!["(555) 014-2277".into(), "MRN 0041-7".into()],
            phrases: vec!["12 Juniper Street".into(), "02/12/1960".into()],
        }
    }

    fn hidden(text: &str) -> Hidden {
        Hidden::new(text, &identity())
    }

    #[test]
    fn names_in_any_writing_are_hidden_and_come_back() {
        let text =
            "ANA reyes and Will's mother, Maria; call 555.014.2277, mrn 0041-7, born 02/12/1960 at 12 juniper street.";
        let got = hidden(text);
        for gone in ["ANA", "reyes", "Will", "Maria", "2277", "0041", "1960", "juniper"] {
            assert!(!got.text.contains(gone), "{}", got.text);
        }
        assert_eq!(got.restore(&got.text), text);
        assert_eq!(got.count(), 8);
        assert_eq!(Hidden::again(text, &got.places()), got);
        assert!(!got.places().contains("reyes"));
        assert_eq!(Hidden::again("short", &got.places()).restore("x"), "x");
    }

    #[test]
    fn everyday_words_and_doses_stay() {
        let text = "I will take 20 mg twice, BP 120/80, weight 172.2, since 2019, A1c 7.9, 1,000 units, 500 mg 2 tabs";
        assert_eq!(hidden(text).text, text);
    }

    #[test]
    fn anybodys_numbers_and_addresses_are_hidden() {
        let got = hidden("ssn 123-45-6789 or 5550142277 or +1 555 014 2277, 555-0142, a@b.org, https://x.org/y?z").text;
        assert!(!got.contains("6789") && !got.contains("2277") && !got.contains("0142"), "{got}");
        assert!(!got.contains('@') && !got.contains("x.org"), "{got}");
    }

    #[test]
    fn places_map_back() {
        let text = "Mrs. Reyes says: día malo, Ana took 20 mg";
        let got = hidden(text);
        let at = got.text.find("took 20 mg").expect("it is there");
        assert_eq!(got.original(Span::new(at, at + 10)).of(text), "took 20 mg");
        let at = got.text.find("[NAME_2]").expect("a second name");
        assert_eq!(got.original(Span::new(at, at + 8)).of(text), "Ana");
        assert_eq!(got.original(Span::new(at + 2, at + 4)).of(text), "Ana", "never half a placeholder");
    }

    #[test]
    fn a_placeholder_in_the_text_is_not_ours() {
        let text = "[NAME_1] is what Ana wrote";
        let got = hidden(text);
        assert_eq!(got.text, "[NAME_1] is what [NAME_2] wrote");
        assert_eq!(got.restore("[NAME_1] [NAME_2] [NAME_9] ["), "[NAME_1] Ana [NAME_9] [");
    }

    #[test]
    fn broken_text_is_hidden_without_harm() {
        for text in ["", "(", "+", "\u{0}", "((((((1", "ñ's", "Ana", "’s", "5550142277"] {
            let got = hidden(text);
            assert_eq!(got.restore(&got.text), text);
            for end in 0..=got.text.len() {
                assert!(got.original(Span::new(0, end)).end <= text.len() + 8);
            }
        }
    }
}

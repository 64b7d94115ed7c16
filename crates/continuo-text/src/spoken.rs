//! Numbers as they are spoken, for whoever writes them down: "one forty over ninety", "five hundred", "ciento cuarenta".
//!
//! Each number names the tokens it was said in, so that what is written stays tied to the words. English elides
//! ("one eighty two" for 182): such a number says so, since it may also be two numbers. Words that are numbers only by
//! chance ("one" before a noun, Spanish "once" beside English "once") are left to the reader: plausible values are theirs.

use crate::number_words::{spanish_small, spanish_tens, tens, under_twenty};
use crate::token::{Kind, Tokens};

/// One number said in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// First token.
    pub from: usize,
    /// One past the last token.
    pub to: usize,
    /// In digits: "140", "98.6".
    pub value: String,
    /// Said without its hundred: "one forty". It may be meant otherwise.
    pub elided: bool,
}

/// Every number said in words, in order, none overlapping.
pub fn find(tokens: &Tokens) -> Vec<Spoken> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match number(tokens, at) {
            Some(found) => {
                at = found.to;
                out.push(found);
            }
            None => at += 1,
        }
    }
    out
}

/// The number said in words that begins at a token.
pub fn at(tokens: &Tokens, at: usize) -> Option<Spoken> {
    number(tokens, at)
}

/// The text with its spoken numbers in digits; nothing where none was said.
pub fn in_digits(text: &str) -> Option<String> {
    let tokens = Tokens::new(text);
    let found = find(&tokens);
    if found.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut last = 0;
    for one in found {
        let span = tokens.span(one.from, one.to);
        out.push_str(text.get(last..span.start).unwrap_or(""));
        out.push_str(&one.value);
        last = span.end;
    }
    out.push_str(text.get(last..).unwrap_or(""));
    Some(out)
}

/// The number that begins at a token.
fn number(tokens: &Tokens, at: usize) -> Option<Spoken> {
    let (whole, next, elided) = english(tokens, at)
        .or_else(|| spanish(tokens, at).map(|(value, next)| (value, next, false)))
        .or_else(|| bare_point(tokens, at).then_some((0, at, false)))?;
    let (decimals, to) = fraction(tokens, next);
    if to == at {
        return None;
    }
    if decimals.is_empty() && is_and_a_half(tokens, to) {
        return Some(Spoken { from: at, to: half_ends(tokens, to), value: format!("{whole}.5"), elided });
    }
    let value = if decimals.is_empty() { whole.to_string() } else { format!("{whole}.{decimals}") };
    Some(Spoken { from: at, to, value, elided })
}

/// "Twelve and a half", "dos y media".
fn is_and_a_half(tokens: &Tokens, at: usize) -> bool {
    let (and, next) = (tokens.norm(at), tokens.norm(at + 1));
    and == "and" && next == "a" && tokens.norm(at + 2) == "half" || and == "y" && matches!(next, "media" | "medio")
}

fn half_ends(tokens: &Tokens, at: usize) -> usize {
    if tokens.norm(at) == "and" { at + 3 } else { at + 2 }
}

/// "point five": a dose below one.
fn bare_point(tokens: &Tokens, at: usize) -> bool {
    tokens.norm(at) == "point" && tokens.kind(at.wrapping_sub(1)) != Kind::Number && !fraction(tokens, at).0.is_empty()
}

/// "point six", "punto seis": digits after it, one by one, or one number below a hundred ("point seventy five").
fn fraction(tokens: &Tokens, at: usize) -> (String, usize) {
    let mut digits = String::new();
    let mut next = at + 1;
    if !matches!(tokens.norm(at), "point" | "punto" | "coma") {
        return (digits, at);
    }
    while let Some(digit) = digit(tokens.norm(next)).filter(|_| digits.len() < 4) {
        digits.push_str(&digit.to_string());
        next += 1;
    }
    if digits.is_empty()
        && let Some((value, end)) = below_hundred(tokens, next)
    {
        digits = value.to_string();
        next = end;
    }
    if digits.is_empty() { (digits, at) } else { (digits, next) }
}

fn digit(word: &str) -> Option<u32> {
    match word {
        "oh" | "o" | "cero" => Some(0),
        word => under_twenty(word).filter(|n| *n < 10).or_else(|| spanish_small(word).filter(|n| *n < 10)),
    }
}

/// "forty two", "forty-two", "twelve", "seven".
fn below_hundred(tokens: &Tokens, at: usize) -> Option<(u32, usize)> {
    let word = tokens.norm(at);
    if let Some(value) = tens(word) {
        let next = at + 1 + usize::from(tokens.norm(at + 1) == "-");
        return Some(match under_twenty(tokens.norm(next)).filter(|n| (1..10).contains(n)) {
            // "six fifty three times a day": how often, and no more of the amount
            Some(ones) if ones > 6 || tokens.norm(next + 1) != "times" => (value + ones, next + 1),
            _ => (value, at + 1),
        });
    }
    if let Some((first, second)) = word.split_once('-') {
        return Some((tens(first)? + under_twenty(second).filter(|n| (1..10).contains(n))?, at + 1));
    }
    under_twenty(word).map(|value| (value, at + 1))
}

fn english(tokens: &Tokens, at: usize) -> Option<(u32, usize, bool)> {
    let hundreds = |word: &str| matches!(word, "hundred" | "thousand");
    let (mut value, mut next) = match tokens.norm(at) {
        // "a hundred and two"
        "a" | "an" if hundreds(tokens.norm(at + 1)) => (1, at + 1),
        // "it said hundred and two"
        "hundred" if tokens.norm(at + 1) == "and" => (1, at),
        _ => below_hundred(tokens, at)?,
    };
    let mut elided = false;
    if !hundreds(tokens.norm(next)) {
        // "one forty", "one oh two": a hundred left out. Two numbers where the second counts time.
        if (1..10).contains(&value)
            && let Some((rest, end)) = elided_rest(tokens, next)
            && !counts_time(tokens.norm(end))
        {
            return Some((value * 100 + rest, end, true));
        }
        return Some((value, next, false));
    }
    if tokens.norm(next) == "thousand" {
        value *= 1000;
        next += 1;
        if let Some((rest, end)) = below_hundred(tokens, next).filter(|(_, end)| tokens.norm(*end) == "hundred") {
            value += rest * 100;
            next = end + 1;
        }
    } else {
        value *= 100;
        next += 1;
        elided = false;
    }
    let after = next + usize::from(tokens.norm(next) == "and");
    if let Some((rest, end)) = below_hundred(tokens, after).filter(|(rest, _)| *rest > 0 && value < 100_000)
        && !counts_time(tokens.norm(end))
    {
        value += rest;
        next = end;
    }
    Some((value, next, elided))
}

fn elided_rest(tokens: &Tokens, at: usize) -> Option<(u32, usize)> {
    if matches!(tokens.norm(at), "oh" | "o") {
        return digit(tokens.norm(at + 1)).map(|ones| (ones, at + 2));
    }
    below_hundred(tokens, at).filter(|(value, _)| *value >= 10)
}

/// "Take one twenty minutes before": the second number counts minutes.
fn counts_time(word: &str) -> bool {
    matches!(
        word,
        "minute" | "minutes" | "hour" | "hours" | "day" | "days" | "week" | "weeks" | "month" | "months" | "times"
    )
}

const SPANISH_HUNDREDS: &[(&str, u32)] = &[
    ("cien", 100),
    ("ciento", 100),
    ("doscientos", 200),
    ("doscientas", 200),
    ("trescientos", 300),
    ("cuatrocientos", 400),
    ("quinientos", 500),
    ("quinientas", 500),
    ("seiscientos", 600),
    ("setecientos", 700),
    ("ochocientos", 800),
    ("novecientos", 900),
    ("mil", 1000),
];

fn spanish_hundreds(word: &str) -> Option<u32> {
    SPANISH_HUNDREDS.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

/// "ciento cuarenta y cinco", "ochenta", "quinientos". "Uno" alone is an article, "once" an English word.
fn spanish(tokens: &Tokens, at: usize) -> Option<(u32, usize)> {
    let hundreds = spanish_hundreds(tokens.norm(at));
    let next = at + usize::from(hundreds.is_some());
    let rest = match spanish_tens(tokens.norm(next)) {
        Some(value) => {
            let ones = if tokens.norm(next + 1) == "y" {
                match tokens.norm(next + 2) {
                    "uno" | "una" | "un" => Some(1),
                    word => spanish_small(word).filter(|n| *n < 10),
                }
            } else {
                None
            };
            Some(ones.map_or((value, next + 1), |ones| (value + ones, next + 3)))
        }
        None => spanish_small(tokens.norm(next)).map(|value| (value, next + 1)),
    };
    match (hundreds, rest) {
        (Some(hundreds), Some((rest, end))) => Some((hundreds + rest, end)),
        (Some(hundreds), None) => Some((hundreds, next)),
        (None, rest) => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        find(&Tokens::new(text)).into_iter().map(|one| one.value).collect()
    }

    #[test]
    fn numbers_as_they_are_spoken() {
        for (text, expect) in [
            ("blood pressure one forty over ninety", &["140", "90"][..]),
            ("weight one eighty two pounds", &["182"]),
            ("one hundred eighty-two point five", &["182.5"]),
            ("one hundred and two", &["102"]),
            ("a hundred and one point four", &["101.4"]),
            ("one oh two", &["102"]),
            ("metformin five hundred twice a day", &["500"]),
            ("two fifty", &["250"]),
            ("ninety eight point six", &["98.6"]),
            ("six point four", &["6.4"]),
            ("point five", &["0.5"]),
            ("point one two five", &["0.125"]),
            ("twelve hundred", &["1200"]),
            ("one thousand", &["1000"]),
            ("two thousand five hundred", &["2500"]),
            ("take one twenty minutes before", &["1", "20"]),
            ("twelve and a half twice a day", &["12.5"]),
            ("dos y media al d\u{ed}a", &["2.5"]),
            ("six fifty three times a day", &["650", "3"]),
            ("fifty-three pounds", &["53"]),
            ("nothing here at that point", &[]),
            ("ciento cuarenta sobre noventa", &["140", "90"]),
            ("ochenta y cinco", &["85"]),
            ("quinientos miligramos dos veces", &["500", "2"]),
            ("treinta y ocho punto cinco", &["38.5"]),
        ] {
            assert_eq!(said(text), expect, "{text}");
        }
        assert!(find(&Tokens::new("one forty"))[0].elided && !find(&Tokens::new("one hundred forty"))[0].elided);
    }

    #[test]
    fn a_number_names_its_words_and_the_rest_of_the_text_stays() {
        let text = "My pressure was one-forty\u{2014}no, one forty five over eighty-two!";
        let tokens = Tokens::new(text);
        let found = find(&tokens);
        let last = &found[found.len() - 1];
        assert_eq!(tokens.span(last.from, last.to).of(text), "eighty-two");
        assert_eq!(in_digits("five hundred twice a day, caf\u{e9}").as_deref(), Some("500 twice a day, caf\u{e9}"));
        assert_eq!(in_digits("twice a day"), None);
    }

    #[test]
    fn long_runs_of_number_words_are_read_in_one_pass() {
        let text = "one hundred thousand and ninety point ".repeat(20_000);
        assert!(!find(&Tokens::new(&text)).is_empty());
        for text in ["point point", "oh oh oh", "thousand hundred", "-", "y y y", "nine hundred thousand hundred"] {
            let _ = find(&Tokens::new(text));
        }
    }
}

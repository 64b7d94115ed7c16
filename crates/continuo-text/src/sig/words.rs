//! Splits a direction into words and numbers, also where a system glued them together.

use crate::number_words::whole;
use crate::span::Span;
use crate::token::fold;

/// One word or number of a direction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    /// Folded text.
    pub(super) text: &'a str,
    /// Its value, for digits, fractions and number words.
    pub(super) number: Option<f64>,
    /// Where it stands in the original.
    pub(super) span: Span,
}

/// Directions longer than this are not directions.
const LONGEST: usize = 4000;

/// Reads the words; their folded text is kept in `buffer`.
pub(super) fn read<'a>(text: &str, buffer: &'a mut String) -> Vec<Word<'a>> {
    let mut pieces: Vec<(usize, usize, Span)> = Vec::with_capacity(24);
    let mut chars = text.char_indices().take(LONGEST).peekable();
    while let Some((start, c)) = chars.next() {
        let from = buffer.len();
        let mut end = start + c.len_utf8();
        buffer.push(fold(c));
        if c.is_ascii_digit() || c == '.' && chars.peek().is_some_and(|(_, n)| n.is_ascii_digit()) {
            while let Some((i, n)) = chars.peek().copied() {
                let decimal = n == '.' && text.as_bytes().get(i + 1).is_some_and(u8::is_ascii_digit);
                let thousands =
                    n == ',' && text.as_bytes().get(i + 1..i + 4).is_some_and(|d| d.iter().all(u8::is_ascii_digit));
                if !n.is_ascii_digit() && !decimal && !thousands {
                    break;
                }
                if n != ',' {
                    buffer.push(n);
                }
                end = i + 1;
                chars.next();
            }
            pieces.push((from, buffer.len(), Span::new(start, end)));
        } else if c.is_alphabetic() {
            while let Some((i, n)) = chars.peek().copied() {
                if !n.is_alphabetic() {
                    break;
                }
                buffer.push(fold(n));
                end = i + n.len_utf8();
                chars.next();
            }
            unglue(buffer, from, Span::new(start, end), &mut pieces);
        } else if c.is_whitespace() || c.is_control() || matches!(c, '(' | ')' | ',' | '*' | '"' | '\'') {
            buffer.truncate(from);
        } else {
            pieces.push((from, buffer.len(), Span::new(start, end)));
        }
    }
    let buffer: &'a str = buffer;
    let mut out: Vec<Word<'a>> = Vec::with_capacity(pieces.len());
    for (from, to, span) in pieces {
        let Some(word) = buffer.get(from..to) else { continue };
        let word = meant(word);
        out.push(Word { text: word, number: value(word), span });
    }
    roman_numerals(&mut out);
    fractions(&mut out);
    out
}

/// Codes that systems glue to what follows.
const GLUED: &[&str] = &[
    "tablets", "tablet", "capsules", "capsule", "bymouth", "daily", "days", "bid", "tid", "qid", "qhs", "prn", "instr",
    "int", "hrs", "hr", "po", "tabs", "caps", "tab", "cap", "day", "as", "puffs", "puff", "mg", "ml",
];

/// Words that begin like a code and are none.
const WHOLE: &[&str] = &[
    "interval",
    "intervals",
    "into",
    "intercourse",
    "internal",
    "instructions",
    "instruct",
    "instructed",
    "instill",
    "instilled",
    "hrsv",
    "intranasal",
    "intranasally",
    "intramuscular",
    "intramuscularly",
    "intravenous",
    "intravenously",
    "intravaginally",
    "tablet",
    "tablets",
    "tableta",
    "tabletas",
    "tabs",
    "caps",
    "capsule",
    "capsules",
    "capsula",
    "capsulas",
    "caplet",
    "caplets",
    "days",
    "daytime",
    "integrity",
    "intake",
    "intense",
    "hours",
    "post",
    "pour",
    "powder",
    "poor",
    "possible",
    "pops",
    "portion",
    "poison",
    "point",
    "area",
    "asthma",
    "ask",
    "asleep",
    "aspirin",
    "assist",
    "assess",
    "asmanex",
    "ascorbic",
    "puffs",
    "mgs",
    "mls",
    "integrate",
    "potassium",
    "pouch",
    "pod",
    "pods",
    "hrt",
    "capful",
    "capfuls",
    "caution",
    "capsaicin",
    "position",
    "poco",
    "capa",
    "capas",
    "por",
    "polvo",
    "tabletita",
];

fn unglue(buffer: &str, from: usize, span: Span, pieces: &mut Vec<(usize, usize, Span)>) {
    let mut at = from;
    loop {
        let Some(rest) = buffer.get(at..) else { return };
        if rest.is_empty() {
            return;
        }
        let first = at == from;
        let cut = if WHOLE.contains(&rest) {
            None
        } else {
            GLUED.iter().find(|g| rest.len() > g.len() && rest.starts_with(**g)).map(|g| g.len())
        };
        let cut = cut.filter(|c| goes_on(&rest[*c..], rest.get(..*c).unwrap_or(""), first));
        let end = cut.map_or(buffer.len(), |c| at + c);
        // folding keeps the number of letters but not always of bytes: then the whole word's place is given
        let ascii = span.end - span.start == buffer.len() - from;
        let place = if ascii { Span::new(span.start + at - from, span.start + end - from) } else { span };
        pieces.push((at, end, place));
        if cut.is_none() {
            return;
        }
        at = end;
    }
}

/// Whether what follows a glued code is itself a code or a plain word after `prn` or `instr`.
fn goes_on(rest: &str, code: &str, first: bool) -> bool {
    let known = rest == "x"
        || rest == "q"
        || rest == "a"
        || GLUED.iter().any(|g| rest.starts_with(g))
        || rest.starts_with("for")
        || rest.starts_with("with")
        || matches!(rest, "bid" | "tid" | "qid" | "po" | "q");
    match code {
        "prn" | "instr" => rest.len() > 1,
        "as" => false,
        "int" => rest.starts_with("prn") || rest.starts_with("instr"),
        "tab" | "cap" | "day" | "po" | "mg" | "ml" | "puff" if !first => known,
        _ => known,
    }
}

/// Words of directions that are repaired when one slip (a letter dropped, added, changed, or two swapped) hides them.
const OFTEN: &[&str] = &[
    "tablet",
    "tablets",
    "capsule",
    "capsules",
    "daily",
    "every",
    "mouth",
    "twice",
    "times",
    "needed",
    "bedtime",
    "morning",
    "evening",
    "nightly",
    "drops",
    "spray",
    "sprays",
    "inhale",
    "puffs",
    "units",
    "weekly",
    "hours",
    "nostril",
    "subcutaneously",
    "inject",
    "apply",
];

/// Words one slip away from those that are words themselves.
const OTHERS: &[&str] = &[
    "month", "months", "dairy", "table", "tables", "tableta", "tabletas", "capsula", "capsulas", "mouths", "unit",
    "union", "spray", "sprayed", "hour", "ever", "very", "timed", "drop", "puffy", "needle", "south", "apples",
];

/// The word that was meant.
fn meant(word: &str) -> &str {
    if word.len() < 5 || OFTEN.contains(&word) || OTHERS.contains(&word) || !word.is_ascii() {
        return word;
    }
    OFTEN.iter().find(|known| is_one_slip(word.as_bytes(), known.as_bytes())).copied().unwrap_or(word)
}

/// The first letter stands; one letter is dropped, added, changed, or two are swapped.
fn is_one_slip(a: &[u8], b: &[u8]) -> bool {
    if a.first() != b.first() || a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (rest_a, rest_b) = (a.get(same..).unwrap_or(&[]), b.get(same..).unwrap_or(&[]));
    match (rest_a, rest_b) {
        ([x1, x2, xs @ ..], [y1, y2, ys @ ..]) if x1 == y2 && x2 == y1 && xs == ys => true,
        ([_, xs @ ..], [_, ys @ ..]) if xs == ys => true,
        ([_, xs @ ..], ys) if xs == ys => true,
        (xs, [_, ys @ ..]) if xs == ys => true,
        _ => false,
    }
}

/// `i cap po tid`, `ii tabs`: Roman numerals right before what is counted.
fn roman_numerals(words: &mut [Word<'_>]) {
    for at in 0..words.len() {
        let counted = words.get(at + 1).is_some_and(|w| {
            matches!(
                w.text,
                "tab"
                    | "tabs"
                    | "tablet"
                    | "tablets"
                    | "cap"
                    | "caps"
                    | "capsule"
                    | "capsules"
                    | "po"
                    | "gtt"
                    | "gtts"
                    | "puff"
                    | "puffs"
                    | "drop"
                    | "drops"
            )
        });
        if let Some(word) = words.get_mut(at)
            && counted
        {
            word.number = match word.text {
                "i" => Some(1.0),
                "ii" => Some(2.0),
                "iii" => Some(3.0),
                _ => word.number,
            };
        }
    }
}

fn value(word: &str) -> Option<f64> {
    if word.as_bytes().first().is_some_and(|b| b.is_ascii_digit() || *b == b'.') {
        return word.parse().ok();
    }
    Some(match word {
        "single" => 1.0,
        "couple" => 2.0,
        "thre" => 3.0,
        "half" | "media" | "medio" | "\u{bd}" => 0.5,
        "\u{bc}" => 0.25,
        "\u{be}" => 0.75,
        _ => return whole(word).filter(|number| *number > 0).map(f64::from),
    })
}

/// Joins `1 / 2`, `1 1 / 2` and `one half` into one number.
fn fractions(words: &mut Vec<Word<'_>>) {
    let mut at = 0;
    while at < words.len() {
        let number = |i: usize| words.get(i).and_then(|w| w.number);
        let text = |i: usize| words.get(i).map_or("", |w| w.text);
        let digits = text(at + 1) == "/";
        // "1 and 1/2" is read when its fraction has been joined
        if text(at + 1) == "and" && text(at + 3) == "/" {
            at += 2;
            continue;
        }
        // "one and a half"
        if text(at + 1) == "and"
            && text(at + 2) == "a"
            && number(at + 3) == Some(0.5)
            && let Some(whole) = number(at)
        {
            let span = words.get(at).map(|w| w.span).unwrap_or_default();
            let end = words.get(at + 3).map(|w| w.span).unwrap_or_default();
            if let Some(word) = words.get_mut(at) {
                word.number = Some(whole + 0.5);
                word.span = span.join(end);
            }
            words.drain(at + 1..at + 4);
            at += 1;
            continue;
        }
        let (value, take) = match (number(at), text(at + 1), number(at + 2)) {
            (Some(a), "/", Some(b)) if b > 0.0 && b <= 8.0 && a < b => (a / b, 3),
            (Some(a), "-", Some(0.5)) if a == 1.0 && text(at) == "one" => (0.5, 3),
            (Some(1.0), "half", _) if text(at) == "one" || text(at) == "1" => (0.5, 2),
            // "1\u{bd}": the sign right behind the whole number
            (Some(a), "\u{bc}" | "\u{bd}" | "\u{be}", _) if a >= 1.0 && a.fract() == 0.0 => {
                (a + number(at + 1).unwrap_or(0.0), 2)
            }
            (Some(a), "and", Some(f)) if f < 1.0 && f > 0.0 => (a + f, 3),
            _ => {
                at += 1;
                continue;
            }
        };
        let span = words
            .get(at)
            .map(|w| w.span)
            .unwrap_or_default()
            .join(words.get(at + take - 1).map(|w| w.span).unwrap_or_default());
        if let Some(word) = words.get_mut(at) {
            word.number = Some(value);
            word.span = span;
        }
        words.drain(at + 1..at + take);
        if digits
            && at >= 2
            && words.get(at - 1).is_some_and(|w| w.text == "and")
            && let Some(whole) = words.get(at - 2).and_then(|w| w.number)
        {
            if let Some(word) = words.get_mut(at - 2) {
                word.number = Some(whole + value);
                word.span = word.span.join(span);
            }
            words.drain(at - 1..=at);
            at -= 1;
            continue;
        }
        // "1 1/2": a whole number right before a fraction
        if let Some(before) = at.checked_sub(1)
            && let Some(whole) = words.get(before).and_then(|w| w.number)
            && whole >= 1.0
            && whole.fract() == 0.0
            && value < 1.0
            && digits
        {
            let joined = words.get(before).map(|w| w.span).unwrap_or_default().join(span);
            if let Some(word) = words.get_mut(before) {
                word.number = Some(whole + value);
                word.span = joined;
            }
            words.remove(at);
            continue;
        }
        at += 1;
    }
}

//! Numbers said in a text, as digits or words, with the unit after each.

use crate::number_words::english;
use crate::token::{Kind, Tokens};

/// A number and its unit, in one form for all spellings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Said {
    /// The value.
    pub(super) value: f64,
    /// Unit, when one follows.
    pub(super) unit: Option<&'static str>,
    /// Written as a lone word (`one`, `once`): may be no number at all.
    pub(super) word: bool,
}

/// Every number of tokens `from..to`.
pub(super) fn find(tokens: &Tokens, from: usize, to: usize) -> Vec<Said> {
    let mut out = Vec::new();
    let mut at = from;
    while at < to {
        if let Some((value, next)) = digits(tokens, at, to) {
            out.push(Said { value, unit: unit(tokens, next), word: false });
            at = next;
        } else if let Some((value, next)) = words(tokens, at, to) {
            out.push(Said { value, unit: unit(tokens, next), word: true });
            at = next;
        } else {
            at += 1;
        }
    }
    out
}

fn digits(tokens: &Tokens, at: usize, to: usize) -> Option<(f64, usize)> {
    if tokens.kind(at) != Kind::Number {
        return None;
    }
    let whole: f64 = tokens.norm(at).replace(',', "").parse().ok()?;
    // "2 point 5", as speech writes it.
    if at + 2 < to && tokens.norm(at + 1) == "point" && tokens.kind(at + 2) == Kind::Number {
        return format!("{whole}.{}", tokens.norm(at + 2)).parse().ok().map(|value| (value, at + 3));
    }
    Some((whole, at + 1))
}

fn words(tokens: &Tokens, at: usize, to: usize) -> Option<(f64, usize)> {
    let mut total = 0.0;
    let mut current = 0.0;
    let mut next = at;
    while next < to {
        let word = tokens.norm(next);
        match small(word) {
            Some(value) if next == at || (current >= 20.0 && value < 10.0) || current % 100.0 == 0.0 => {
                current += value;
            }
            Some(_) => break,
            None if next == at => return alone(word).map(|value| (value, at + 1)),
            None if word == "hundred" && current > 0.0 => current *= 100.0,
            None if word == "thousand" && current > 0.0 => {
                total += current * 1000.0;
                current = 0.0;
            }
            None if word == "point" && next + 1 < to => {
                let tenth = small(tokens.norm(next + 1)).filter(|value| *value < 10.0)?;
                return Some((total + current + tenth / 10.0, next + 2));
            }
            // "twenty-five": the hyphen is a sign of its own
            None if word == "-" && current >= 20.0 && small(tokens.norm(next + 1)).is_some_and(|v| v < 10.0) => {}
            None => break,
        }
        next += 1;
    }
    (next > at).then_some((total + current, next))
}

fn small(word: &str) -> Option<f64> {
    english(word).map(f64::from)
}

/// Words that stand for a number by themselves.
fn alone(word: &str) -> Option<f64> {
    Some(match word {
        "once" => 1.0,
        "twice" | "bid" | "couple" | "pair" => 2.0,
        "thrice" | "tid" => 3.0,
        "qid" => 4.0,
        "half" => 0.5,
        "dozen" => 12.0,
        _ => return None,
    })
}

fn unit(tokens: &Tokens, at: usize) -> Option<&'static str> {
    Some(match tokens.norm(at) {
        "mg" | "mgs" | "milligram" | "milligrams" => "mg",
        "mcg" | "ug" | "microgram" | "micrograms" => "mcg",
        "g" | "gm" | "gram" | "grams" => "g",
        "kg" | "kgs" | "kilo" | "kilos" | "kilogram" | "kilograms" => "kg",
        "ml" | "mls" | "cc" | "milliliter" | "milliliters" => "ml",
        "l" | "liter" | "liters" => "l",
        "unit" | "units" | "iu" | "u" => "unit",
        "meq" => "meq",
        "mmol" => "mmol",
        "%" | "percent" => "%",
        "lb" | "lbs" | "pound" | "pounds" => "lb",
        "tablet" | "tablets" | "tab" | "tabs" | "pill" | "pills" => "tablet",
        "capsule" | "capsules" | "cap" | "caps" => "capsule",
        "puff" | "puffs" => "puff",
        "drop" | "drops" => "drop",
        "day" | "days" => "day",
        "week" | "weeks" => "week",
        "month" | "months" => "month",
        "year" | "years" => "year",
        "hour" | "hours" => "hour",
        "minute" | "minutes" => "minute",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_digits_and_words_are_the_same() {
        for (text, value, unit) in [
            ("20 mg", 20.0, Some("mg")),
            ("20mg", 20.0, Some("mg")),
            ("twenty milligrams", 20.0, Some("mg")),
            ("twenty five", 25.0, None),
            ("twenty-five units", 25.0, Some("unit")),
            ("one hundred twenty", 120.0, None),
            ("two point five mg", 2.5, Some("mg")),
            ("2.5 percent", 2.5, Some("%")),
            ("1,000 mg", 1000.0, Some("mg")),
            ("two thousand five hundred", 2500.0, None),
            ("twice", 2.0, None),
        ] {
            let tokens = Tokens::new(text);
            let got = find(&tokens, 0, tokens.len());
            assert_eq!(got.len(), 1, "{text}: {got:?}");
            assert_eq!((got[0].value, got[0].unit), (value, unit), "{text}");
        }
    }
}

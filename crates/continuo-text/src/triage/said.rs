//! Numbers said in words, read as numbers: "a hundred and two", "ciento noventa sobre ciento diez".
//!
//! Small ones stay words, because wording names them ("two words at a time"); a number whose hundred was left out
//! ("one forty over ninety") counts only beside what is measured so, because a time of day sounds the same.

use crate::spoken;
use crate::token::Tokens;

/// Numbers below this stay words.
const FROM: f64 = 20.0;
/// How far what is measured may stand.
const NEAR: usize = 8;

const MEASURED: &[&str] = &[
    "over",
    "pressure",
    "bp",
    "heart",
    "pulse",
    "rate",
    "sugar",
    "sugars",
    "glucose",
    "meter",
    "fever",
    "temp",
    "temperature",
    "oxygen",
    "systolic",
    "reading",
];

/// Puts numbers said in words into digits.
pub(super) fn in_digits(tokens: &mut Tokens) {
    for number in spoken::find(tokens) {
        let large = number.value.parse::<f64>().is_ok_and(|v| v >= FROM);
        if large && (!number.elided || is_measured(tokens, number.from, number.to)) {
            tokens.set_number(number.from, number.to, &number.value);
        }
    }
}

fn is_measured(tokens: &Tokens, from: usize, to: usize) -> bool {
    (from.saturating_sub(NEAR)..to + NEAR).any(|i| MEASURED.contains(&tokens.norm(i)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let mut tokens = Tokens::new(text);
        in_digits(&mut tokens);
        (0..tokens.len())
            .map(|i| tokens.norm(i).to_owned())
            .filter(|n| n.starts_with(|c: char| c.is_ascii_digit()))
            .collect()
    }

    #[test]
    fn what_is_said_is_read_as_a_number() {
        assert_eq!(read("fever of a hundred and two since noon"), ["102"]);
        assert_eq!(read("his heart is one hundred forty"), ["140"]);
        assert_eq!(read("treinta y nueve de temperatura"), ["39"]);
        assert_eq!(read("pressure one ninety over one ten"), ["190", "110"]);
        assert!(read("I speak only two words").is_empty());
        assert!(read("see you at one thirty").is_empty());
    }
}

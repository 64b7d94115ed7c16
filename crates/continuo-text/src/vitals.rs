//! Numbers measured and said aloud: "blood pressure is one thirty eight over eighty two, pulse seventy six".
//!
//! The note and the proposals read the same findings. A number belongs to the nearest name before it, within limits a
//! living person can have; "gained five pounds" is a difference and no weight.

use crate::spoken::{self, Spoken};
use crate::token::{Kind, Tokens};

/// What can be measured.
#[derive(Debug)]
pub struct Sign {
    /// The name an entry form knows.
    pub name: &'static str,
    cues: &'static [&'static str],
    /// Units as said and as written; the first is taken where none is said.
    units: &'static [(&'static str, &'static str)],
    low: f64,
    high: f64,
    /// Nothing is guessed where its unit was not said.
    unit_needed: bool,
}

/// The name of a blood pressure.
pub const PRESSURE: &str = "blood pressure";

const SIGNS: &[Sign] = &[
    Sign {
        name: "weight",
        cues: &["weight", "weigh", "weighed", "weighs", "weighing", "scale", "peso", "pesa"],
        units: &[
            ("pounds", "lb"),
            ("pound", "lb"),
            ("lbs", "lb"),
            ("lb", "lb"),
            ("libras", "lb"),
            ("kilos", "kg"),
            ("kilo", "kg"),
            ("kilograms", "kg"),
            ("kg", "kg"),
        ],
        low: 4.0,
        high: 800.0,
        unit_needed: true,
    },
    Sign {
        name: "heart rate",
        cues: &["pulse", "hr", "pulso", "heart rate"],
        units: &[("bpm", "/min")],
        low: 25.0,
        high: 250.0,
        unit_needed: false,
    },
    Sign {
        name: "respiratory rate",
        cues: &["respirations", "rr", "respiratory rate", "breathing rate"],
        units: &[("breaths", "/min")],
        low: 4.0,
        high: 80.0,
        unit_needed: false,
    },
    Sign {
        name: "temperature",
        cues: &["temperature", "temp", "fever", "fiebre", "temperatura"],
        units: &[("degrees", "[degF]"), ("grados", "Cel"), ("f", "[degF]"), ("c", "Cel")],
        low: 33.0,
        high: 110.0,
        unit_needed: false,
    },
    Sign {
        name: "oxygen saturation",
        cues: &["oxygen", "saturation", "sat", "sats", "spo2", "oxigeno", "saturacion"],
        units: &[("percent", "%"), ("%", "%"), ("por", "%")],
        low: 50.0,
        high: 100.0,
        unit_needed: false,
    },
    Sign {
        name: "glucose",
        cues: &["sugar", "sugars", "glucose", "azucar", "glucosa"],
        units: &[("mg", "mg/dL")],
        low: 20.0,
        high: 900.0,
        unit_needed: false,
    },
    Sign {
        name: "hba1c",
        cues: &["a1c", "hba1c"],
        units: &[("percent", "%"), ("%", "%")],
        low: 3.0,
        high: 20.0,
        unit_needed: false,
    },
];

/// One measurement.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// "heart rate", [`PRESSURE`].
    pub name: &'static str,
    /// In digits: "76", "138/82".
    pub value: String,
    /// Its unit in UCUM; empty where none was said and none goes without saying.
    pub unit: &'static str,
    /// First token, the name or the number.
    pub from: usize,
    /// One past the last token.
    pub to: usize,
    /// First token of the number.
    pub number: usize,
    /// The unit was said.
    pub unit_said: bool,
    /// Said without its hundred ("one forty").
    pub elided: bool,
    /// For a pressure: it was called one. For others: words from the name to the number are few.
    pub close: bool,
}

/// A number, in digits or words, at a token.
struct Number<'t> {
    value: &'t str,
    to: usize,
    elided: bool,
}

/// A text read for its measurements.
pub struct Vitals<'t> {
    tokens: &'t Tokens,
    spoken: Vec<Spoken>,
}

impl<'t> Vitals<'t> {
    /// Reads a text's spoken numbers.
    pub fn new(tokens: &'t Tokens) -> Self {
        Self { tokens, spoken: spoken::find(tokens) }
    }

    /// Everything measured among tokens `from..to`, a sentence, in order.
    pub fn find(&self, from: usize, to: usize) -> Vec<Measured> {
        (from..to).filter_map(|at| self.pressure(at, from, to).or_else(|| self.measured(at, to))).collect()
    }

    fn number(&self, at: usize) -> Option<Number<'_>> {
        if self.tokens.kind(at) == Kind::Number {
            return Some(Number { value: self.tokens.norm(at), to: at + 1, elided: false });
        }
        let found = self.spoken.get(self.spoken.partition_point(|one| one.from < at))?;
        (found.from == at).then(|| Number { value: &found.value, to: found.to, elided: found.elided })
    }

    fn has(&self, from: usize, to: usize, words: &[&str]) -> bool {
        (from..to).any(|at| words.contains(&self.tokens.norm(at)))
    }

    /// "150 over 90", "BP 150/90", "one fifty over ninety".
    fn pressure(&self, at: usize, from: usize, end: usize) -> Option<Measured> {
        let high = self.number(at)?;
        let low = self.number(high.to + 1)?;
        let (systolic, diastolic) = (high.value.parse::<f64>().ok()?, low.value.parse::<f64>().ok()?);
        let over = matches!(self.tokens.norm(high.to), "over" | "/" | "sobre");
        // three numbers in a row are a date
        let date = self.tokens.norm(low.to) == "/" || at > from && self.tokens.norm(at - 1) == "/";
        let plausible =
            (60.0..=280.0).contains(&systolic) && (30.0..=180.0).contains(&diastolic) && systolic > diastolic + 5.0;
        if !over || date || !plausible || low.to > end {
            return None;
        }
        let close = self.has(at.saturating_sub(10).max(from), at, &["pressure", "bp", "presion"]);
        Some(Measured {
            name: PRESSURE,
            value: format!("{}/{}", high.value, low.value),
            unit: "mm[Hg]",
            from: at,
            to: low.to,
            number: at,
            unit_said: true,
            elided: high.elided,
            close,
        })
    }

    /// The sign named at a token and the tokens of its name.
    fn sign(&self, at: usize) -> Option<(&'static Sign, usize)> {
        let word = self.tokens.norm(at);
        SIGNS.iter().find_map(|sign| {
            sign.cues.iter().find_map(|cue| match cue.split_once(' ') {
                Some((first, second)) => {
                    (first == word && second == self.tokens.norm(at + 1)).then_some((sign, at + 2))
                }
                None => (*cue == word).then_some((sign, at + 1)),
            })
        })
    }

    fn measured(&self, at: usize, end: usize) -> Option<Measured> {
        let (sign, after) = self.sign(at)?;
        let (number, said) = (after..end.min(after + 8)).find_map(|i| Some((i, self.number(i)?)))?;
        // the number belongs to the nearest name before it
        let other = (after..number)
            .any(|i| self.sign(i).is_some() || matches!(self.tokens.norm(i), "pressure" | "bp" | "presion"));
        let next = self.tokens.norm(said.to);
        // "ninety eight six", "ninety eight point six"
        let (value, to) = self.tenth(sign, &said);
        let amount = value.parse::<f64>().ok()?;
        let unit_said = sign.units.iter().find(|(word, _)| *word == self.tokens.norm(to));
        let not_a_value = matches!(
            next,
            "day"
                | "days"
                | "week"
                | "weeks"
                | "month"
                | "months"
                | "year"
                | "years"
                | "times"
                | "/"
                | "over"
                | "hours"
                | "minutes"
                | "am"
                | "pm"
                | ":"
                | "liters"
                | "liter"
        );
        // "gained 5 pounds", "lost 10 pounds" say a difference
        let change = self.has(at, number, &["gained", "lost", "up", "down", "by", "gain", "subi", "baje"])
            || self.has(at.saturating_sub(4), at, &["gained", "lost", "lose", "gain"]);
        if other || not_a_value || change || !(sign.low..=sign.high).contains(&amount) {
            return None;
        }
        let unit = match (unit_said, sign.name) {
            (Some((_, unit)), "temperature") if *unit == "[degF]" && amount < 50.0 => "Cel",
            (Some((_, unit)), _) => unit,
            (None, _) if sign.unit_needed => "",
            (None, "temperature") if amount < 50.0 => "Cel",
            (None, "temperature") => "[degF]",
            (None, _) => sign.units.first().map_or("", |(_, unit)| unit),
        };
        Some(Measured {
            name: sign.name,
            value,
            unit,
            from: at,
            to: to + usize::from(unit_said.is_some()),
            number,
            unit_said: unit_said.is_some(),
            elided: said.elided,
            close: number < after + 5,
        })
    }

    /// A temperature's tenth said as a number of its own ("ninety eight six").
    fn tenth(&self, sign: &Sign, said: &Number<'_>) -> (String, usize) {
        let whole =
            said.value.parse::<u32>().is_ok_and(|value| (34..=43).contains(&value) || (94..=107).contains(&value));
        let tenth = self
            .number(said.to)
            .filter(|n| n.value.len() == 1 && n.value != "0" && self.tokens.kind(said.to) == Kind::Word);
        match tenth {
            Some(tenth) if sign.name == "temperature" && whole => (format!("{}.{}", said.value, tenth.value), tenth.to),
            _ => (said.value.to_owned(), said.to),
        }
    }
}

/// A unit as people write it.
pub fn plain_unit(unit: &str) -> &str {
    match unit {
        "[degF]" => "F",
        "Cel" => "C",
        "mm[Hg]" => "mmHg",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let tokens = Tokens::new(text);
        let vitals = Vitals::new(&tokens);
        let sentences = tokens.sentences();
        sentences
            .iter()
            .flat_map(|(from, to)| vitals.find(*from, *to))
            .map(|m| format!("{} {} {}", m.name, m.value, plain_unit(m.unit)))
            .collect()
    }

    #[test]
    fn what_is_dictated_aloud_is_read_in_digits() {
        assert_eq!(
            read(
                "Blood pressure is one oh eight over sixty four, heart rate eighty eight, oxygen ninety four percent on room air, weight two hundred and eighteen pounds."
            ),
            ["blood pressure 108/64 mmHg", "heart rate 88 /min", "oxygen saturation 94 %", "weight 218 lb"]
        );
        assert_eq!(
            read("Temperature ninety-eight four, respirations eighteen."),
            ["temperature 98.4 F", "respiratory rate 18 /min"]
        );
    }

    #[test]
    fn differences_dates_and_counts_are_no_measurements() {
        assert_eq!(read("Her weight is up five pounds. Seen 10/12/90. Check the sugar two times a day."), [""; 0]);
    }
}

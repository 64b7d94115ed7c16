//! Numbers measured and said aloud: "blood pressure is one thirty eight over eighty two, pulse seventy six".
//!
//! The note and the proposals read the same findings. A number belongs to the nearest name before it, within limits a
//! living person can have; "gained five pounds" is a difference and no weight, "a fever of 100.4 or higher" a limit and no
//! temperature, and the two numbers of "Advair 250/50" are no pressure.

use crate::entities;
use crate::lexicon::Kind as Term;
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
const PRESSURE_NAMES: &[&str] = &["pressure", "bp", "presion"];

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
        cues: &[
            "oxygen",
            "oxygen level",
            "oxygen saturation",
            "oxygen sat",
            "pulse ox",
            "pulse oximetry",
            "pulse oximeter",
            "oximetry",
            "oximeter",
            "o2 sat",
            "o2 sats",
            "o2 saturation",
            "o2",
            "saturation",
            "sat",
            "sats",
            "satting",
            "saturating",
            "spo2",
            "oxigeno",
            "saturacion",
        ],
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
    /// First and one past the last token of each medicine before a number.
    medicines: Vec<(usize, usize)>,
}

impl<'t> Vitals<'t> {
    /// Reads a text's spoken numbers.
    pub fn new(tokens: &'t Tokens) -> Self {
        let slash = (0..tokens.len()).any(|at| tokens.norm(at) == "/");
        let medicines = if slash {
            entities::of_kinds(tokens, |kind| matches!(kind, Term::Medicine | Term::MedicineClass))
                .iter()
                .filter(|entity| (entity.to..entity.to + 2).any(|at| tokens.kind(at) == Kind::Number))
                .map(|entity| (entity.from, entity.to))
                .collect()
        } else {
            Vec::new()
        };
        Self { tokens, spoken: spoken::find(tokens), medicines }
    }

    /// Everything measured among tokens `from..to`, a sentence, in order.
    pub fn find(&self, from: usize, to: usize) -> Vec<Measured> {
        let mut name = from;
        let mut out = Vec::new();
        for at in from..to {
            out.extend(self.pressure(at, from, to));
            // "oxygen saturation" is one name
            if at >= name
                && let Some((sign, after)) = self.sign(at)
            {
                name = after;
                out.extend(self.measured(sign, at, after, from, to));
            }
        }
        out
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
        let close = self.has(at.saturating_sub(10).max(from), at, PRESSURE_NAMES);
        let slashed = self.tokens.norm(high.to) == "/";
        if self.is_strength(at, from, low.to)
            || slashed && !close && !self.is_read_out(at, from)
            || self.is_limit(at, at, low.to, from)
        {
            return None;
        }
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

    /// Whether two numbers are what a medicine holds: its name stands before them or its unit after ("Novolin 70/30",
    /// "250/50 mcg").
    fn is_strength(&self, at: usize, from: usize, to: usize) -> bool {
        const HOLDS: &[&str] = &[
            "mg",
            "mcg",
            "micrograms",
            "milligrams",
            "unit",
            "units",
            "mix",
            "insulin",
            "pen",
            "puff",
            "puffs",
            "tablet",
            "tablets",
            "diskus",
            "hfa",
            "inhaler",
            "flexpen",
            "kwikpen",
        ];
        // a brand may stand a word before its strength
        let medicine = (at.saturating_sub(2).max(from)..at).any(|i| {
            let near = self.medicines.partition_point(|(_, end)| *end <= i);
            HOLDS.contains(&self.tokens.norm(i)) || self.medicines.get(near).is_some_and(|(first, _)| *first <= i)
        });
        medicine || HOLDS.contains(&self.tokens.norm(to))
    }

    /// Whether a pair of numbers that nothing calls a pressure stands where a reading does: at the beginning, or after words
    /// that read out. After a name it may be anything ("Ryzodeg 70/30", "room 120/80").
    fn is_read_out(&self, at: usize, from: usize) -> bool {
        at == from
            || self.tokens.kind(at - 1) != Kind::Word
            || self.has(
                at - 1,
                at,
                &[
                    "is",
                    "was",
                    "were",
                    "its",
                    "at",
                    "of",
                    "to",
                    "got",
                    "about",
                    "around",
                    "like",
                    "showed",
                    "shows",
                    "reads",
                    "read",
                    "reading",
                    "says",
                    "said",
                    "today",
                    "now",
                    "then",
                    "and",
                    "or",
                    "been",
                    "running",
                    "runs",
                    "only",
                    "still",
                    "a",
                    "the",
                    "es",
                    "fue",
                    "era",
                    "de",
                    "a",
                    "en",
                    "tenia",
                    "tuve",
                    "today",
                    "this",
                    "morning",
                    "night",
                    "home",
                    "yesterday",
                    "had",
                    "have",
                    "hit",
                    "up",
                    "down",
                    "from",
                    "between",
                    "mostly",
                    "usually",
                ],
            )
    }

    /// Whether a number is a limit and not measured: "over 100", "100.4 or higher", "if your pressure is 90 over 60, call",
    /// "for a fever of 101 go to".
    fn is_limit(&self, name: usize, number: usize, to: usize, from: usize) -> bool {
        const BEYOND: &[&str] = &[
            "above",
            "below",
            "under",
            "than",
            "exceeds",
            "exceed",
            "exceeding",
            "least",
            "most",
            "reaches",
            "reach",
            "hits",
            ">",
            "<",
            "mayor",
            "menor",
            "mas",
            "menos",
            "arriba",
            "pase",
            "pasa",
        ];
        const OR: &[&str] = &[
            "higher", "above", "more", "over", "greater", "lower", "below", "less", "under", "up", "mas", "menos",
            "menor", "mayor",
        ];
        let word = |i: usize| self.tokens.norm(i);
        // "over 100"; in "150 over 90" a number stands before it
        let over =
            number > from && word(number - 1) == "over" && (number < from + 2 || self.number(number - 2).is_none());
        let skip =
            usize::from(number > from && matches!(word(number - 1), "a" | "about" | "de" | "que" | "the" | "of"));
        let beyond = number > from + skip && BEYOND.contains(&word(number - 1 - skip));
        // its unit may stand between
        let after = (to..to + 3).find(|i| matches!(word(*i), "or" | "and" | "o" | "+"));
        let or_more = after.is_some_and(|i| {
            word(i) == "+" || OR.contains(&word(i + 1)) || matches!((word(i + 1), word(i + 2)), ("so", "higher"))
        });
        if over || beyond || or_more {
            return true;
        }
        let low = from.max(name.saturating_sub(16));
        const IF: &[&str] = &["if", "unless", "whenever", "goal", "target", "until", "si", "meta"];
        let bound = (low..number).rfind(|i| IF.contains(&word(*i)) && !self.tokens.is_accented_yes(*i));
        let was = self.has(number.saturating_sub(3).max(from), number, &["was", "were", "fue", "era"]);
        let real = bound.is_some_and(|i| {
            // "fine until my fever was 101", "I don't know if it matters but it was 150 over 90"
            was && (matches!(word(i), "until") || self.has(i, number, &["but", "and", "pero"]))
        });
        if bound.is_some() && !real || self.has(number.saturating_sub(4).max(low), number, &["should"]) && !was {
            return true;
        }
        // "call us for a fever of 101", "take Tylenol for a temperature of 101"
        let wanted =
            (low..name).rfind(|i| matches!(word(*i), "for" | "with" | "por" | "con")).filter(|i| name - i <= 3);
        wanted.is_some_and(|wanted| {
            (low..wanted).any(|i| {
                const ACTS: &[&str] = &[
                    "call", "go", "come", "return", "take", "give", "use", "contact", "llame", "vaya", "regrese",
                    "tome",
                ];
                let who = i.checked_sub(1).filter(|before| *before >= low).map_or("", word);
                ACTS.contains(&word(i)) && !matches!(who, "i" | "we" | "he" | "she" | "they" | "to" | "had" | "did")
            }) || (to..to + 6).take_while(|i| self.tokens.kind(*i) != Kind::Break).any(|i| {
                matches!(word(i), "call" | "go" | "come" | "return" | "take" | "contact" | "llame" | "vaya")
                    && !matches!(word(i - 1), "i" | "we" | "he" | "she" | "they" | "to")
            })
        })
    }

    /// The sign named at a token and the tokens of its name, the longest: "pulse ox" is no pulse.
    fn sign(&self, at: usize) -> Option<(&'static Sign, usize)> {
        let word = self.tokens.norm(at);
        let mut best: Option<(&'static Sign, usize)> = None;
        for sign in SIGNS {
            for cue in sign.cues {
                let to = match cue.split_once(' ') {
                    Some((first, second)) if first == word && second == self.tokens.norm(at + 1) => at + 2,
                    None if *cue == word => at + 1,
                    _ => continue,
                };
                if best.is_none_or(|(_, end)| to > end) {
                    best = Some((sign, to));
                }
            }
        }
        best.filter(|_| word != "scale" || self.is_for_weight(at))
    }

    /// Whether a scale weighs: "the scale said", "on my scale", not "the pain scale" and not "on a scale of one to ten".
    fn is_for_weight(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map_or("", |i| self.tokens.norm(i));
        matches!(
            before,
            "the" | "my" | "our" | "your" | "home" | "bathroom" | "digital" | "new" | "same" | "her" | "his" | "this"
        ) && !matches!(self.tokens.norm(at + 1), "of" | "from" | "for")
    }

    /// What is measured of the sign named at `at..after`.
    fn measured(&self, sign: &'static Sign, at: usize, after: usize, from: usize, end: usize) -> Option<Measured> {
        let (number, said) = (after..end.min(after + 8)).find_map(|i| Some((i, self.number(i)?)))?;
        // the number belongs to the nearest name before it
        let other = (after..number).any(|i| self.sign(i).is_some() || PRESSURE_NAMES.contains(&self.tokens.norm(i)));
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
        // a child unborn has its own
        let unborn = self.has(at.saturating_sub(2).max(from), at, &["fetal", "fetus", "baby", "babys", "bebe"]);
        let rated = self.tokens.norm(at) == "scale" && unit_said.is_none() && amount < 50.0;
        let of_many = next == "out" && self.tokens.norm(said.to + 1) == "of";
        if other
            || not_a_value
            || change
            || rated
            || unborn
            || of_many
            || self.is_limit(at, number, to, from)
            || !(sign.low..=sign.high).contains(&amount)
        {
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
    fn a_pulse_oximeter_reads_oxygen_and_a_pulse_the_heart() {
        assert_eq!(read("Pulse ox is 88 on room air."), ["oxygen saturation 88 %"]);
        assert_eq!(read("Pulse oximetry 91 percent, pulse 72."), ["oxygen saturation 91 %", "heart rate 72 /min"]);
        assert_eq!(read("O2 sat ninety four, heart rate 80."), ["oxygen saturation 94 %", "heart rate 80 /min"]);
        assert_eq!(read("Pulse is 88 and regular."), ["heart rate 88 /min"]);
    }

    #[test]
    fn what_a_medicine_holds_is_no_pressure() {
        for text in [
            "Novolin 70/30 before breakfast.",
            "She uses Advair 250/50 twice a day.",
            "Humalog Mix 75/25 at supper.",
            "Insulin NPH 70/30, ten units.",
            "Take valsartan-HCT 160/25 mg daily.",
            "Ryzodeg 70/30 at night.",
        ] {
            assert_eq!(read(text), [""; 0], "{text}");
        }
        assert_eq!(read("She takes lisinopril and her BP is 150/90."), ["blood pressure 150/90 mmHg"]);
        assert_eq!(read("This morning it was 142/84."), ["blood pressure 142/84 mmHg"]);
        assert_eq!(read("Esta ma\u{f1}ana la presi\u{f3}n fue 142/84."), ["blood pressure 142/84 mmHg"]);
    }

    #[test]
    fn a_limit_is_not_measured() {
        for text in [
            "For a fever of 100.4 or higher, go to the ER.",
            "Call us for a temperature of 101.",
            "If your pressure is 180 over 110, call me.",
            "Take Tylenol for a temp of 101 as needed.",
            "Hold it if the pulse is below 55.",
            "Call if your sugar is over 300.",
            "Your goal is a blood pressure of 130/80.",
            "Call for a pulse ox under 90 percent.",
            "Vaya a emergencias con fiebre de 39 o m\u{e1}s.",
            "Ll\u{e1}menos si la temperatura es 38.",
        ] {
            assert_eq!(read(text), [""; 0], "{text}");
        }
        assert_eq!(read("He came in for a fever of 103."), ["temperature 103 F"]);
        assert_eq!(read("I had a fever of 101 last night."), ["temperature 101 F"]);
        assert_eq!(read("Tuve fiebre de 39."), ["temperature 39 C"]);
    }

    #[test]
    fn an_unborn_child_has_a_pulse_of_its_own() {
        assert_eq!(read("Fetal heart rate is 146."), [""; 0]);
        assert_eq!(read("The baby's heart rate is 150, your pulse is 80."), ["heart rate 80 /min"]);
    }

    #[test]
    fn a_scale_of_pain_weighs_nobody() {
        for text in
            ["On the pain scale that's an 8.", "On a scale of one to ten it is a 60.", "Rate it on the scale, a 7."]
        {
            assert_eq!(read(text), [""; 0], "{text}");
        }
        assert_eq!(read("The scale said 182 pounds."), ["weight 182 lb"]);
    }

    #[test]
    fn differences_dates_and_counts_are_no_measurements() {
        assert_eq!(read("Her weight is up five pounds. Seen 10/12/90. Check the sugar two times a day."), [""; 0]);
    }
}

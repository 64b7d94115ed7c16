//! What can be measured: the names people give it, its units, and the limits a living person can have.

use super::Vitals;

/// What can be measured.
#[derive(Debug)]
pub(super) struct Sign {
    /// The name an entry form knows.
    pub(super) name: &'static str,
    cues: &'static [&'static str],
    /// Units as said and as written; the first is taken where none is said.
    pub(super) units: &'static [(&'static str, &'static str)],
    pub(super) low: f64,
    pub(super) high: f64,
    /// Nothing is guessed where its unit was not said.
    pub(super) unit_needed: bool,
}

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

impl Vitals<'_> {
    /// The sign named at a token and the tokens of its name, the longest: "pulse ox" is no pulse.
    pub(super) fn sign(&self, at: usize) -> Option<(&'static Sign, usize)> {
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

//! Numbers measured and said: weight, blood pressure, pulse, temperature, oxygen, sugar.

use super::heard::{Heard, Turn};
use super::{Certainty, Kind, Proposal, reporter};

struct Vital {
    /// The name an entry form knows.
    name: &'static str,
    cues: &'static [&'static str],
    /// Units as said and as written, the first is taken where none is said.
    units: &'static [(&'static str, &'static str)],
    low: f64,
    high: f64,
    /// A number without its unit says nothing.
    unit_needed: bool,
}

const VITALS: &[Vital] = &[
    Vital {
        name: "weight",
        cues: &["weight", "weigh", "weighed", "weighs", "weighing", "peso", "pesa"],
        units: &[
            ("pounds", "lb"),
            ("pound", "lb"),
            ("lbs", "lb"),
            ("lb", "lb"),
            ("libras", "lb"),
            ("kilos", "kg"),
            ("kilograms", "kg"),
            ("kg", "kg"),
        ],
        low: 4.0,
        high: 800.0,
        unit_needed: true,
    },
    Vital {
        name: "heart rate",
        cues: &["pulse", "hr", "pulso"],
        units: &[("bpm", "/min")],
        low: 25.0,
        high: 250.0,
        unit_needed: false,
    },
    Vital {
        name: "temperature",
        cues: &["temperature", "temp", "fever", "fiebre", "temperatura"],
        units: &[("degrees", "[degF]"), ("grados", "Cel"), ("f", "[degF]"), ("c", "Cel")],
        low: 33.0,
        high: 110.0,
        unit_needed: false,
    },
    Vital {
        name: "oxygen saturation",
        cues: &["oxygen", "saturation", "sat", "sats", "spo2", "oxigeno", "saturacion"],
        units: &[("percent", "%"), ("%", "%"), ("por", "%")],
        low: 50.0,
        high: 100.0,
        unit_needed: false,
    },
    Vital {
        name: "glucose",
        cues: &["sugar", "sugars", "glucose", "azucar", "glucosa"],
        units: &[("mg", "mg/dL")],
        low: 20.0,
        high: 900.0,
        unit_needed: false,
    },
    Vital {
        name: "hba1c",
        cues: &["a1c", "hba1c"],
        units: &[("percent", "%"), ("%", "%")],
        low: 3.0,
        high: 20.0,
        unit_needed: false,
    },
];

pub(super) fn find(heard: &Heard<'_>) -> Vec<Proposal> {
    let mut out: Vec<Proposal> = Vec::new();
    for turn in &heard.turns {
        for sentence in turn.sentences.iter().filter(|sentence| !sentence.question) {
            for at in sentence.from..sentence.to {
                let found = pressure(heard, turn, at, sentence.from, sentence.to)
                    .or_else(|| measured(heard, turn, at, sentence.to));
                if let Some(one) = found
                    && !out.iter().any(|kept| kept.what == one.what)
                {
                    out.push(one);
                }
            }
        }
    }
    out
}

/// "150 over 90", "BP 150/90", "one fifty over ninety".
fn pressure(heard: &Heard<'_>, turn: &Turn<'_>, at: usize, from: usize, end: usize) -> Option<Proposal> {
    let high = turn.number(at)?;
    let low = turn.number(high.to + 1)?;
    let (systolic, diastolic) = (high.value.parse::<f64>().ok()?, low.value.parse::<f64>().ok()?);
    let over = matches!(turn.tokens.norm(high.to), "over" | "/" | "sobre");
    // Three numbers in a row are a date.
    let date = turn.tokens.norm(low.to) == "/" || at > from && turn.tokens.norm(at - 1) == "/";
    let plausible =
        (60.0..=280.0).contains(&systolic) && (30.0..=180.0).contains(&diastolic) && systolic > diastolic + 5.0;
    if !over || date || !plausible || low.to > end {
        return None;
    }
    let named = turn.has(at.saturating_sub(10).max(from), at, &["pressure", "bp", "presion"]);
    let value = format!("{}/{}", high.value, low.value);
    let mut one = base(heard, turn, "blood pressure", &format!("blood pressure {value} mmHg"), (at, low.to));
    if !named {
        one.certainty = Certainty::Check;
    }
    Some(one.value("value", value).value("unit", "mm[Hg]"))
}

fn measured(heard: &Heard<'_>, turn: &Turn<'_>, at: usize, end: usize) -> Option<Proposal> {
    let cue = turn.tokens.norm(at);
    let vital = VITALS.iter().find(|vital| vital.cues.contains(&cue))?;
    let (number, said_number) = (at + 1..end.min(at + 9)).find_map(|i| Some((i, turn.number(i)?)))?;
    // The number belongs to the nearest name before it.
    let other = (at + 1..number).any(|i| {
        let word = turn.tokens.norm(i);
        VITALS.iter().any(|vital| vital.cues.contains(&word)) || matches!(word, "pressure" | "bp" | "presion")
    });
    let value = said_number.value;
    let amount = value.parse::<f64>().ok()?;
    let next = turn.tokens.norm(said_number.to);
    let said = vital.units.iter().find(|(said, _)| *said == next);
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
    // "Gained 5 pounds", "lost 10 pounds" say a difference.
    let change = turn.has(at, number, &["gained", "lost", "up", "down", "by", "gain", "subi", "baje"])
        || turn.has(at.saturating_sub(4), at, &["gained", "lost", "lose", "gain"]);
    if other || not_a_value || change || !(vital.low..=vital.high).contains(&amount) {
        return None;
    }
    let unit = match (said, vital.name) {
        (Some((_, unit)), "temperature") if *unit == "[degF]" && amount < 50.0 => "Cel",
        (Some((_, unit)), _) => unit,
        (None, _) if vital.unit_needed => return None,
        (None, "temperature") => {
            if amount < 50.0 {
                "Cel"
            } else {
                "[degF]"
            }
        }
        (None, _) => vital.units.first().map_or("", |(_, unit)| unit),
    };
    let plain = match unit {
        "[degF]" => "F",
        "Cel" => "C",
        other => other,
    };
    let to = said_number.to + usize::from(said.is_some());
    let mut one = base(heard, turn, vital.name, &format!("{} {value} {plain}", vital.name), (at, to));
    // "Six fifty" may be six and fifty: without its unit it is for the reader to check.
    let guessed = said_number.elided && said.is_none();
    if (said.is_none() || said_number.elided) && one.certainty == Certainty::ClearlySaid {
        one.certainty = Certainty::Probably;
    }
    if number > at + 5 || guessed {
        one.certainty = Certainty::Check;
    }
    Some(one.value("value", value).value("unit", unit))
}

fn base(heard: &Heard<'_>, turn: &Turn<'_>, name: &str, what: &str, (from, to): (usize, usize)) -> Proposal {
    let mut one = Proposal::of(Kind::Vital, what);
    one.quotes.push(heard.quote(turn, from, to));
    one.said.push(turn.words(from, to).to_owned());
    one.assertion = reporter(&turn.said.role, heard.kind);
    if turn.said.role == crate::scribe::source::Role::Unknown {
        one.certainty = Certainty::Probably;
    }
    let day = crate::scribe::when::find(
        &turn.tokens,
        from.saturating_sub(8),
        to + 6,
        heard.visit,
        crate::scribe::when::Toward::Past,
    )
    .map_or(heard.visit, |day| day.date);
    let by = if turn.said.role.is_patient_side() { "measured at home" } else { "" };
    one.value("what", name).value("date", day.to_string()).value("by", by)
}

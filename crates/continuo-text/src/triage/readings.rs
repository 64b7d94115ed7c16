//! Numbers that decide: pressures, temperatures, sugars, oxygen, pulse, weights, critical laboratory values.
//!
//! Limits are the customary telephone-triage and critical-value limits; each stands beside its unit.

use crate::token::{Kind, Tokens};

/// A signal that numbers raise, with the tokens it rests on.
pub(super) struct Reading {
    pub(super) signal: &'static str,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// Finds all readings of a message.
pub(super) fn find(tokens: &Tokens) -> Vec<Reading> {
    let mut out = Vec::new();
    for at in 0..tokens.len() {
        if tokens.kind(at) != Kind::Number {
            continue;
        }
        let Ok(value) = tokens.norm(at).parse::<f64>() else { continue };
        let mut push = |signal, from: usize, to: usize| out.push(Reading { signal, from, to });
        if let Some((low, end)) = pressure(tokens, at, value) {
            if value >= 180.0 && low >= 110.0 || value >= 200.0 || low >= 120.0 {
                push("bp_crisis", at, end);
            }
            if value >= 180.0 {
                push("bp_crisis", at, end);
            }
            if value >= 160.0 || low >= 110.0 {
                push("bp_high", at, end);
            }
            if (50.0..90.0).contains(&value) {
                push("bp_low", at, end);
            }
            continue;
        }
        if is_pressure_low(tokens, at) || is_clock_or_date(tokens, at) {
            continue;
        }
        let near = Near { tokens, at };
        temperature(&near, value, &mut push);
        sugar(&near, value, &mut push);
        vital(&near, value, &mut push);
        laboratory(&near, value, &mut push);
        weight(&near, value, &mut push);
    }
    out
}

/// `186/102`, `186 over 102`: the lower number and the end.
fn pressure(tokens: &Tokens, at: usize, high: f64) -> Option<(f64, usize)> {
    if !matches!(tokens.norm(at + 1), "/" | "over" | "sobre") {
        return None;
    }
    let low = tokens.norm(at + 2).parse::<f64>().ok()?;
    (tokens.kind(at + 2) == Kind::Number
        && (60.0..=300.0).contains(&high)
        && (30.0..=180.0).contains(&low)
        && high > low + 8.0)
        .then_some((low, at + 3))
}

fn is_pressure_low(tokens: &Tokens, at: usize) -> bool {
    at >= 2 && matches!(tokens.norm(at - 1), "/" | "over" | "sobre") && tokens.kind(at - 2) == Kind::Number
}

fn is_clock_or_date(tokens: &Tokens, at: usize) -> bool {
    matches!(tokens.norm(at + 1), ":" | "am" | "pm" | "/") || at > 0 && matches!(tokens.norm(at - 1), ":")
}

struct Near<'a> {
    tokens: &'a Tokens,
    at: usize,
}

impl Near<'_> {
    /// One of the words stands within `before` tokens before or `after` tokens after the number, same sentence.
    fn has(&self, words: &[&str], before: usize, after: usize) -> bool {
        self.position(words, before, after).is_some()
    }

    fn position(&self, words: &[&str], before: usize, after: usize) -> Option<usize> {
        let t = self.tokens;
        let back = (self.at.saturating_sub(before)..self.at).rev().take_while(|i| t.kind(*i) != Kind::Break);
        let forward = (self.at + 1..=self.at + after).take_while(|i| t.kind(*i) != Kind::Break);
        back.chain(forward).find(|i| words.contains(&t.norm(*i)))
    }

    fn span_with(&self, other: usize) -> (usize, usize) {
        (other.min(self.at), other.max(self.at) + 1)
    }
}

const HEAT: &[&str] = &[
    "fever",
    "fevers",
    "temp",
    "temperature",
    "temps",
    "calentura",
    "fiebre",
    "febrile",
    "tmax",
    "degrees",
    "grados",
    "axillary",
    "rectal",
    "armpit",
    "forehead",
    "thermometer",
    "termometro",
    "f",
];

const SHIVER: &[&str] = &[
    "shaking",
    "chills",
    "shivering",
    "shivers",
    "rigors",
    "sweats",
    "burning",
    "feverish",
    "escalofrios",
    "temblando",
    "amanecio",
];

/// A decimal of these degrees after one of these is a temperature.
const MEASURED: &[&str] = &[
    "tiene", "tuvo", "marca", "marco", "trae", "traia", "amanecio", "salio", "subio", "llego", "esta", "temp", "dice",
    "dio",
];

const NOT_HEAT: &[&str] = &[
    "lb",
    "lbs",
    "pounds",
    "kg",
    "weight",
    "weigh",
    "weighed",
    "sugar",
    "glucose",
    "mg",
    "bp",
    "dollars",
    "owe",
    "bill",
    "ldl",
    "cholesterol",
    "$",
    "platelets",
    "level",
    "kilos",
    "libras",
    "semanas",
];

fn temperature(near: &Near<'_>, value: f64, push: &mut impl FnMut(&'static str, usize, usize)) {
    // "running 101.2": a decimal in the range of fever needs no unit where nothing else is measured so
    // ("103, shaking" likewise, where the person shivers)
    let bare = ((100.4..106.0).contains(&value) && near.tokens.norm(near.at).contains('.')
        || (101.0..106.0).contains(&value) && near.has(SHIVER, 5, 5))
        && !near.has(NOT_HEAT, 4, 3)
        || (38.0..41.5).contains(&value)
            && near.tokens.norm(near.at).contains('.')
            && near.has(MEASURED, 3, 0)
            && !near.has(NOT_HEAT, 4, 3);
    let Some(word) = near.position(HEAT, 7, 3).or(bare.then_some(near.at)) else { return };
    let fahrenheit = if (35.0..=43.0).contains(&value) { value * 1.8 + 32.0 } else { value };
    let (from, to) = near.span_with(word);
    if (95.0..100.4).contains(&fahrenheit) {
        push("temp_normal", from, to);
    }
    if (100.4..=110.0).contains(&fahrenheit) {
        push("fever_any", from, to);
    }
    if (102.0..=110.0).contains(&fahrenheit) {
        push("temp_high", from, to);
    }
    if (104.0..=110.0).contains(&fahrenheit) {
        push("temp_very_high", from, to);
    }
}

const SUGAR: &[&str] = &[
    "sugar",
    "sugars",
    "glucose",
    "bg",
    "meter",
    "azucar",
    "glucosa",
    "dexcom",
    "libre",
    "cgm",
    "glucometer",
    "fingerstick",
    "bs",
    "bgl",
    "accucheck",
];

fn sugar(near: &Near<'_>, value: f64, push: &mut impl FnMut(&'static str, usize, usize)) {
    let Some(word) = near.position(SUGAR, 6, 4) else { return };
    let (from, to) = near.span_with(word);
    match value {
        v if (15.0..54.0).contains(&v) && !near.has(&["units", "unit", "points", "years"], 0, 1) => {
            push("sugar_low", from, to);
        }
        v if (54.0..70.0).contains(&v) && !near.has(&["units", "unit", "points", "years"], 0, 1) => {
            push("sugar_lowish", from, to);
        }
        v if (300.0..1500.0).contains(&v) => {
            push("sugar_high", from, to);
            if v >= 400.0 {
                push("sugar_very_high", from, to);
            }
        }
        _ => {}
    }
}

fn vital(near: &Near<'_>, value: f64, push: &mut impl FnMut(&'static str, usize, usize)) {
    if let Some(word) = near
        .position(
            &[
                "oxygen",
                "sat",
                "sats",
                "o2",
                "spo2",
                "oximeter",
                "ox",
                "pulseox",
                "saturation",
                "oxigeno",
                "saturacion",
                "satting",
                "oximetro",
                "fingertip",
            ],
            5,
            3,
        )
        .or_else(|| {
            // "the tank is empty and he is at 79": the number needs no name beside what gives the oxygen
            let named = near.tokens.norm(near.at.saturating_sub(1));
            matches!(named, "at" | "en" | "a")
                .then(|| {
                    near.position(
                        &["tank", "tanks", "concentrator", "concentrador", "tanque", "machine", "oxigeno"],
                        14,
                        0,
                    )
                })
                .flatten()
        })
    {
        let (from, to) = near.span_with(word);
        if (50.0..=88.0).contains(&value) {
            push("o2_low", from, to);
        } else if (88.0..=91.0).contains(&value) {
            push("o2_lowish", from, to);
        }
    }
    if let Some(word) = near.position(&["pulse", "hr", "bpm", "heart", "heartrate", "pulso"], 4, 2) {
        let (from, to) = near.span_with(word);
        if (130.0..=260.0).contains(&value) && !near.has(&["/", "over"], 1, 1) {
            push("hr_high", from, to);
        } else if (20.0..40.0).contains(&value)
            && near.has(&["pulse", "hr", "bpm", "rate", "pulso"], 4, 2)
            && !near.has(&["mins", "minutes", "min", "years", "seconds"], 0, 1)
        {
            push("hr_low", from, to);
        }
    }
}

/// (names, urgent at or below, critical at or below, urgent at or above, critical at or above)
type Limits = (&'static [&'static str], f64, f64, f64, f64);

const NEVER: f64 = f64::INFINITY;

/// Customary critical values of adult outpatient laboratories.
const LABORATORY: &[Limits] = &[
    (&["potassium", "k", "potasio"], 3.1, 2.7, 5.6, 6.0),
    (&["troponin", "troponina"], -1.0, -1.0, 0.1, 0.1),
    (&["sodium", "na", "sodio"], 127.0, 120.0, 152.0, 158.0),
    (&["hemoglobin", "hgb", "hb", "hemoglobina"], 7.9, 6.9, NEVER, NEVER),
    (&["inr"], -1.0, -1.0, 4.5, 8.0),
    (&["platelets", "platelet", "plt", "plts"], 49.0, 19.0, NEVER, NEVER),
    (&["calcium"], 7.0, 6.4, 12.0, 13.5),
    (&["glucose"], 53.0, 45.0, 400.0, 600.0),
    (&["creatinine", "cr", "creat"], -1.0, -1.0, 4.0, 7.0),
    (&["lactate", "lactic"], -1.0, -1.0, 2.5, 4.0),
    (&["anc", "neutrophil", "neutrophils"], 0.9, 0.4, NEVER, NEVER),
    (&["lithium"], -1.0, -1.0, 1.5, 2.0),
    (&["digoxin"], -1.0, -1.0, 2.1, 3.0),
    (&["bicarb", "bicarbonate", "co2"], 15.0, 10.0, NEVER, NEVER),
    (&["magnesium"], 1.1, 0.9, NEVER, NEVER),
    (&["wbc"], 1.5, 0.9, 25.0, 50.0),
];

fn laboratory(near: &Near<'_>, value: f64, push: &mut impl FnMut(&'static str, usize, usize)) {
    if near.has(
        &["mg", "meq", "mcg", "tablet", "tablets", "pills", "units", "/", "mins", "weeks", "days", "months", "years"],
        0,
        1,
    ) {
        return;
    }
    // "K 4.4, creat 1.1": the name nearest before the number is the one it belongs to
    let nearest = LABORATORY
        .iter()
        .filter_map(|limits| Some((near.position(limits.0, 6, 0)?, limits)))
        .max_by_key(|(word, _)| *word);
    if let Some((word, (names, urgent_low, critical_low, urgent_high, critical_high))) = nearest {
        let (from, to) = near.span_with(word);
        // counts per microliter as thousands
        let per_microliter = names.contains(&"platelets") && value > 1000.0 || names.contains(&"anc") && value > 20.0;
        let value = if per_microliter { value / 1000.0 } else { value };
        // troponin of sensitive assays is told in ng/L
        let value = if names.contains(&"troponin") && value >= 5.0 { value / 500.0 } else { value };
        if value <= 0.0 {
            return;
        }
        if value <= *critical_low || value >= *critical_high {
            push("lab_critical", from, to);
        } else if value <= *urgent_low || value >= *urgent_high {
            push("lab_urgent", from, to);
        }
    }
}

/// `up 4 lb since yesterday`: three pounds in a day or five in a week mean fluid in heart failure.
fn weight(near: &Near<'_>, value: f64, push: &mut impl FnMut(&'static str, usize, usize)) {
    let pounds = if near.has(&["kg", "kilos", "kilo"], 0, 1) { value * 2.2 } else { value };
    if !near.has(&["lb", "lbs", "pounds", "pound", "libras", "kg", "kilos", "kilo"], 0, 1)
        || !(2.9..40.0).contains(&pounds)
    {
        return;
    }
    let Some(word) = near.position(
        &[
            "up",
            "gained",
            "gain",
            "plus",
            "heavier",
            "jumped",
            "subi",
            "subio",
            "mas",
            "aumente",
            "more",
            "+",
            "overnight",
            "increased",
            "put",
        ],
        5,
        3,
    ) else {
        return;
    };
    let (from, to) = near.span_with(word);
    push("gain_big", from, to);
    let fast = near.has(
        &[
            "overnight",
            "yesterday",
            "ayer",
            "night",
            "day",
            "days",
            "dias",
            "week",
            "semana",
            "weekend",
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
        ],
        3,
        7,
    );
    if fast {
        push("gain_fast", from, to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signals(text: &str) -> Vec<&'static str> {
        find(&Tokens::new(text)).into_iter().map(|r| r.signal).collect()
    }

    #[test]
    fn readings_are_told_apart() {
        assert_eq!(signals("bp 118/76 this morning"), Vec::<&str>::new());
        assert!(signals("it was 212 over 124").contains(&"bp_crisis"));
        assert!(signals("fever of 39.2 since noon").contains(&"fever_any"));
        assert!(signals("sugar is 41").contains(&"sugar_low"));
        assert!(signals("potassium 6.6").contains(&"lab_critical"));
        assert!(signals("potassium 5.7").contains(&"lab_urgent"));
        assert_eq!(signals("visit moved to 4/2 at 9:15"), Vec::<&str>::new());
        assert_eq!(signals("potassium 20 meq daily"), Vec::<&str>::new());
    }
}

//! The amount of one dose and its unit.

use super::words::Word;

/// A dose and the words it rests on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dose {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) unit: Option<&'static str>,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// Units that count a thing taken; other words after a number (`clicks`, `oz`) leave the unit unsaid.
fn unit(word: &str) -> Option<&'static str> {
    Some(match word {
        "tab" | "tabs" | "tablet" | "tablets" | "tableta" | "tabletas" | "pill" | "pills" | "pastilla"
        | "pastillas" | "tabl" | "tbl" | "caplet" | "caplets" | "t" | "tb" | "tabletes" | "odt" => "tab",
        "cap" | "caps" | "capsule" | "capsules" | "capsula" | "capsulas" | "c" | "softgel" | "softgels" | "gelcap"
        | "gelcaps" => "cap",
        "puff" | "puffs" | "inhalation" | "inhalations" | "inhalacion" | "inhalaciones" | "actuation"
        | "actuations" => "puff",
        "spray" | "sprays" | "squirt" | "squirts" | "atomizacion" => "spray",
        "drop" | "drops" | "gtt" | "gtts" | "gota" | "gotas" => "drop",
        "ml" | "mls" | "milliliter" | "milliliters" | "cc" | "millilitre" => "ml",
        "mg" | "mgs" | "milligram" | "milligrams" | "miligramos" => "mg",
        "unit" | "units" | "iu" | "u" | "unidades" => "units",
        "vial" | "vials" | "ampule" | "ampules" | "neb" | "nebs" => "vial",
        _ => return None,
    })
}

/// Other things that are counted as a dose, whose unit is not one of the above.
fn is_other_unit(word: &str) -> bool {
    matches!(
        word,
        "click"
            | "clicks"
            | "oz"
            | "gram"
            | "grams"
            | "g"
            | "gm"
            | "mcg"
            | "application"
            | "applications"
            | "patch"
            | "patches"
            | "applicator"
            | "applicatorful"
            | "suppository"
            | "suppositories"
            | "supp"
            | "supositorio"
            | "packet"
            | "packets"
            | "scoop"
            | "scoops"
            | "capful"
            | "teaspoon"
            | "teaspoons"
            | "tsp"
            | "tablespoon"
            | "tbsp"
            | "gummy"
            | "gummies"
            | "pump"
            | "pumps"
            | "strip"
            | "strips"
            | "film"
            | "films"
            | "kit"
            | "pen"
            | "dose"
            | "doses"
            | "ounce"
            | "ounces"
            | "microgram"
            | "micrograms"
            | "ring"
            | "piece"
            | "meq"
            | "lozenge"
            | "lozenges"
            | "dropperful"
            | "dropperfuls"
            | "inch"
            | "inches"
            | "ribbon"
            | "sachet"
            | "each"
            | "syringe"
            | "injection"
    )
}

/// Words after a number that make it something else than a dose.
fn is_not_dose(word: &str) -> bool {
    matches!(
        word,
        "day"
            | "days"
            | "time"
            | "times"
            | "hour"
            | "hours"
            | "hr"
            | "hrs"
            | "h"
            | "x"
            | "week"
            | "weeks"
            | "wk"
            | "month"
            | "months"
            | "minute"
            | "minutes"
            | "min"
            | "am"
            | "pm"
            | "%"
            | "veces"
            | "rf"
            | "refills"
            | "dias"
            | "horas"
            | "semanas"
            | "year"
            | "years"
            | "st"
            | "nd"
            | "rd"
            | "th"
    )
}

/// Words before a number that make it a limit of the day and no dose.
fn is_limit(word: &str) -> bool {
    matches!(
        word,
        "max"
            | "maximum"
            | "mdd"
            | "nte"
            | "exceed"
            | "exceeding"
            | "maximo"
            | "maxima"
            | "exceda"
            | "exceder"
            | "pasar"
    )
}

/// Whether an amount is the most of a day and no dose: "max 30 units/day", "maximum daily dose: 4 tabs", "no more than 8 a
/// day", "not to exceed 30 units", "30 units max".
fn is_most(words: &[Word<'_>], dose: &Dose) -> bool {
    let text = |i: usize| words.get(i).map_or("", |w| w.text);
    let before = |back: usize| dose.from.checked_sub(back).map_or("", text);
    // the words between "maximum" and its number
    let said = (1..6).find(|back| {
        !matches!(
            before(*back),
            "daily" | "dose" | "total" | "of" | ":" | "=" | "is" | "day" | "de" | "per" | "/" | "dosis" | "diaria"
        )
    });
    let named = said.is_some_and(|back| is_limit(before(back)));
    let more = matches!((before(2), before(1)), ("more", "than") | ("mas", "de"))
        && (3..6).any(|back| matches!(before(back), "no" | "not" | "never" | "dont" | "t" | "nunca"));
    let after =
        is_limit(text(dose.to)) && (dose.to + 1..dose.to + 5).all(|i| words.get(i).is_none_or(|w| w.number.is_none()));
    named || more || after
}

/// The first amount that the text gives for one dose.
///
/// "2.5 mg tabs: take 6 tabs": a count says more than the strength it stands beside, up to the next step of a taper.
pub(super) fn find(words: &[Word<'_>]) -> Option<Dose> {
    if is_sliding(words)
        && let Some(scale) = scale(words)
    {
        return Some(scale);
    }
    let mut bare: Option<Dose> = None;
    let mut strength: Option<Dose> = None;
    let mut at = 0;
    while at < words.len() {
        if strength.is_some() && matches!(words.get(at).map(|w| w.text), Some("then" | "luego" | "despues")) {
            break;
        }
        let Some(dose) = amount(words, at) else {
            at += 1;
            continue;
        };
        let before = at.checked_sub(1).and_then(|i| words.get(i)).map_or("", |w| w.text);
        let after = words.get(dose.to).map_or("", |w| w.text);
        let excluded = matches!(
            before,
            "every"
                | "q"
                | "x"
                | "day"
                | "days"
                | "cada"
                | "than"
                | "/"
                | "="
                | ":"
                | "december"
                | "january"
                | "within"
                | "repeat"
                | "after"
                | "in"
        ) || is_limit(before)
            || before == "dose" && at > 3
            || before == "amount";
        let named = dose.unit.is_some() || words.get(dose.to.saturating_sub(1)).is_some_and(|w| is_other_unit(w.text));
        let limit = at
            .checked_sub(2)
            .and_then(|i| words.get(i))
            .is_some_and(|w| is_limit(w.text) || matches!(w.text, "total" | "qty" | "quantity" | "disp" | "dispense"));
        let limit = limit || is_most(words, &dose);
        if is_most(words, &dose)
            || excluded && !(matches!(before, "in" | "after") && named || before == ":" && named && !limit)
            || !named && is_not_dose(after)
        {
            at = dose.to.max(at + 1);
            continue;
        }
        if let Some(count) = count_of_form(words, &dose) {
            return Some(count);
        }
        if is_strength(words, &dose) {
            // "25 mcg / h patch" names the product; its amount is never the dose
            if strength.is_none() && !is_rate(words, dose.to) {
                strength = Some(dose);
            }
        } else if named {
            return Some(dose);
        } else if bare.is_none() && is_bare_dose(words, at, dose.to) {
            bare = Some(dose);
        }
        at = dose.to.max(at + 1);
    }
    match (bare, strength) {
        (Some(b), Some(s)) if b.from < s.from => Some(b),
        (b, s) => s.or(b),
    }
}

/// "100 mg cap 1 po": the count right behind the form.
fn count_of_form(words: &[Word<'_>], strength: &Dose) -> Option<Dose> {
    let form = words.get(strength.to.checked_sub(1)?).and_then(|w| unit(w.text))?;
    let count = words.get(strength.to)?.number?;
    let next = words.get(strength.to + 1).map_or("", |w| w.text);
    (strength.unit == Some("mg")
        && matches!(form, "tab" | "cap")
        && count <= 8.0
        && unit(next).is_none()
        && !is_not_dose(next))
    .then_some(Dose { low: count, high: count, unit: Some(form), from: strength.from, to: strength.to + 1 })
}

/// Whether an amount may be what one piece holds and not how many are taken: masses always, units right before a count.
fn is_strength(words: &[Word<'_>], dose: &Dose) -> bool {
    let last = words.get(dose.to.saturating_sub(1)).map_or("", |w| w.text);
    match dose.unit {
        Some("mg") => true,
        Some("units") => (dose.to..dose.to + 3).any(|i| {
            words.get(i).is_some_and(|w| w.number.is_some())
                && matches!(unit(words.get(i + 1).map_or("", |w| w.text)), Some("tab" | "cap"))
        }),
        None => matches!(last, "mcg" | "microgram" | "micrograms" | "meq"),
        _ => false,
    }
}

/// After a strength: `/ h`, `/ actuation`.
fn is_rate(words: &[Word<'_>], at: usize) -> bool {
    words.get(at).is_some_and(|w| w.text == "/")
        && words.get(at + 1).is_some_and(|w| {
            matches!(w.text, "h" | "hr" | "hour" | "actuation" | "act" | "puff" | "spray" | "inhalation")
        })
}

fn is_sliding(words: &[Word<'_>]) -> bool {
    words.windows(2).any(|pair| matches!(pair, [a, b] if a.text == "sliding" && b.text == "scale"))
        || words.iter().any(|w| w.text == "ssi")
}

/// A sliding scale gives from its smallest to its largest amount.
fn scale(words: &[Word<'_>]) -> Option<Dose> {
    let steps =
        (0..words.len()).filter_map(|at| amount(words, at).filter(|d| d.unit == Some("units") && !is_most(words, d)));
    steps.reduce(|whole, step| Dose {
        low: whole.low.min(step.low),
        high: whole.high.max(step.high),
        to: step.to,
        ..whole
    })
}

/// "1 tab, may increase to 2 tabs": the amount it may grow to, as the upper end of the dose.
pub(super) fn may_grow(words: &[Word<'_>], first: &Dose) -> Option<f64> {
    let at = (first.to..words.len()).find(|i| {
        let text = |i: usize| words.get(i).map_or("", |w| w.text);
        matches!(text(*i), "increase" | "incr")
            && matches!(text(i.wrapping_sub(1)), "may" | "can")
            && text(i + 1) == "to"
    })?;
    let grown = amount(words, at + 2).filter(|grown| !is_most(words, grown))?;
    (grown.high > first.high && (grown.unit == first.unit || grown.unit.is_none())).then_some(grown.high)
}

/// `1 po bid`, `take 2 daily`: a number with no unit counts at the start or right before a route or a frequency.
fn is_bare_dose(words: &[Word<'_>], from: usize, to: usize) -> bool {
    let after = words.get(to).map_or("", |w| w.text);
    let before = from.checked_sub(1).and_then(|i| words.get(i)).map_or("", |w| w.text);
    from == 0
        && matches!(
            after,
            "po" | "by"
                | "oral"
                | "orally"
                | "sl"
                | "bid"
                | "tid"
                | "qid"
                | "qd"
                | "daily"
                | "q"
                | "at"
                | "in"
                | "every"
                | "under"
                | "qhs"
                | "hs"
                | "once"
                | "twice"
                | "prn"
                | "inh"
                | "on"
        )
        || matches!(
            before,
            "take"
                | "give"
                | "use"
                | "inhale"
                | "apply"
                | "place"
                | "instill"
                | "chew"
                | "insert"
                | "inject"
                | "tome"
                | "tomar"
                | "dissolve"
                | "then"
        ) && !is_not_dose(after)
        || matches!(after, "po" | "bid" | "tid" | "qid" | "qd" | "qhs")
}

/// A number or range with its unit, starting at `at`; numbers said twice (`1 one`) count once.
fn amount(words: &[Word<'_>], at: usize) -> Option<Dose> {
    let number = |i: usize| words.get(i).and_then(|w| w.number);
    let text = |i: usize| words.get(i).map_or("", |w| w.text);
    // "take on tablet": the slip of one letter that makes no other sense
    if text(at) == "on" && unit(text(at + 1)) == Some("tab") && matches!(text(at.wrapping_sub(1)), "take") {
        return Some(Dose { low: 1.0, high: 1.0, unit: Some("tab"), from: at, to: at + 2 });
    }
    // "take an extra tablet", "take a tablet"; "half of a tablet" has its number already
    if matches!(text(at), "a" | "an" | "extra" | "another" | "additional" | "una" | "un")
        && text(at + 1).len() > 2
        && matches!(unit(text(at + 1)), Some("tab" | "cap" | "puff" | "spray" | "drop"))
        && at.checked_sub(1).is_none_or(|i| number(i).is_none() && text(i) != "of")
    {
        return Some(Dose { low: 1.0, high: 1.0, unit: unit(text(at + 1)), from: at, to: at + 2 });
    }
    let low = number(at)?;
    let mut high = low;
    let mut to = at + 1;
    let mut first_unit = unit(text(to));
    if first_unit.is_some()
        && matches!(text(to + 1), "to" | "-" | "or")
        && number(to + 2).is_some()
        && unit(text(to + 3)) == first_unit
    {
        to += 1;
    }
    if matches!(text(to), "to" | "-" | "or" | "a" | "o")
        && number(to + 1).is_some_and(|n| n >= low)
        && !is_not_dose(text(to + 2))
    {
        high = number(to + 1).unwrap_or(low);
        to += 2;
    }
    // said again in words: "1 one tablet", "1/2 to 1 one-half to one tablet"
    if let Some(again) = number(to) {
        if again == low && high == low {
            to += 1;
        } else if again == low && matches!(text(to + 1), "to" | "-" | "or") && number(to + 2) == Some(high) {
            to += 3;
        }
    }
    if matches!(text(to), "a" | "an" | "full" | "whole" | "small" | "large" | "more" | "of" | "metered") {
        to += 1;
    }
    // "one 150 mg tab": the strength stands between count and thing
    if number(to).is_some()
        && matches!(unit(text(to + 1)), Some("mg"))
        && matches!(unit(text(to + 2)), Some("tab" | "cap"))
    {
        first_unit = unit(text(to + 2));
        return Some(Dose { low, high, unit: first_unit, from: at, to: to + 3 });
    }
    if matches!(unit(text(to)), Some("mg")) && matches!(unit(text(to + 1)), Some("tab" | "cap")) && high == low {
        // "20 mg tablet" names the product; its count is elsewhere or not said
        return Some(Dose { low, high, unit: Some("mg"), from: at, to: to + 2 });
    }
    let found = unit(text(to));
    if found.is_some() || is_other_unit(text(to)) {
        return Some(Dose { low, high, unit: found, from: at, to: to + 1 });
    }
    Some(Dose { low, high, unit: None, from: at, to })
}

/// Words that part one step of a taper or of a split dose from the next.
fn parts_steps(word: &str) -> bool {
    matches!(
        word,
        "then" | "day" | "days" | "d" | "week" | "weeks" | "wk" | "wks" | "x" | "luego" | "despues" | "and" | "y" | "&"
    )
}

/// Where another amount of the same unit follows, parted by "then", "and", a day number or its own length.
pub(super) fn other_step(words: &[Word<'_>], first: &Dose) -> Option<usize> {
    let counted = first.unit.is_some();
    let mut at = first.to;
    while at < words.len() {
        let before = words.get(at.saturating_sub(1)).map_or("", |w| w.text);
        if let Some(next) = amount(words, at)
            && (next.unit.is_some() && next.unit == first.unit
                // "three capsules with each meal and one with snacks"
                || counted && next.unit.is_none() && before == "and" && words.get(next.to).is_some_and(|w| matches!(w.text, "with" | "at" | "in")))
            && next.low != first.low
        {
            let near = words.get(first.to..at).unwrap_or(&[]);
            if near.iter().any(|w| parts_steps(w.text))
                && !near.iter().any(|w| is_limit(w.text) || matches!(w.text, "increase" | "than" | "repeat"))
            {
                return Some(at);
            }
        }
        at += 1;
    }
    None
}

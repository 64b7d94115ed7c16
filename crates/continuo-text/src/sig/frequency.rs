//! How often: Latin short forms, "n times a day", "every n hours", meals and times of day, weekdays.

use super::Frequency;
use super::words::Word;
use continuo_fhir::date::names::weekday_named;

/// The first frequency with the words it rests on.
pub(super) fn find(words: &[Word<'_>]) -> Option<(Frequency, usize, usize)> {
    let mut found: Option<(Frequency, usize, usize)> = None;
    for at in 0..words.len() {
        if let Some((frequency, to)) = at_word(words, at) {
            if is_limit(words, at) {
                continue;
            }
            found = Some((frequency, at, to));
            break;
        }
    }
    match found {
        Some((frequency, from, to)) => Some(but_for(words, range(words, frequency, from, to))),
        None => parts_of_day(words),
    }
}

fn text<'a>(words: &[Word<'a>], at: usize) -> &'a str {
    words.get(at).map_or("", |w| w.text)
}

fn number(words: &[Word<'_>], at: usize) -> Option<f64> {
    words.get(at).and_then(|w| w.number)
}

/// "max 3 per day", "mdd 4", "do not exceed 8 a day" are limits, not frequencies.
fn is_limit(words: &[Word<'_>], at: usize) -> bool {
    (at.saturating_sub(3)..at).any(|i| {
        matches!(text(words, i), "max" | "maximum" | "mdd" | "nte" | "exceed" | "limit")
            || text(words, i) == "amount" && i > 0 && matches!(text(words, i - 1), "daily" | "total" | "dose")
    }) && !(at.saturating_sub(3)..at)
        .any(|i| matches!(text(words, i), "po" | "mouth" | "orally" | "total" | "tablet" | "tab" | "capsule" | "oral"))
}

/// `qd - bid`, `bid to tid`: two frequencies joined make a range.
fn range(words: &[Word<'_>], first: Frequency, from: usize, to: usize) -> (Frequency, usize, usize) {
    if matches!(text(words, to), "-" | "to" | "or")
        && let Some((second, end)) = at_word(words, to + 1)
        && let (Frequency::PerDay(a, _), Frequency::PerDay(_, b)) = (first, second)
        && b > a
    {
        return (Frequency::PerDay(a, b), from, end);
    }
    // "every 4 hours ... " keeps itself; "3 tablets in the morning, 3 at noon" is read by parts_of_day
    (first, from, to)
}

/// "daily except Sunday": so many days of the week are left.
fn but_for(words: &[Word<'_>], found: (Frequency, usize, usize)) -> (Frequency, usize, usize) {
    let (frequency, from, to) = found;
    let except =
        matches!(text(words, to), "except" | "excepto") || text(words, to) == "but" && text(words, to + 1) == "not";
    if !except || frequency != Frequency::PerDay(1.0, 1.0) {
        return found;
    }
    let end = (to + 1..words.len())
        .take_while(|i| {
            is_weekday(text(words, *i)) || matches!(text(words, *i), "and" | "&" | "on" | "or" | "not" | "los")
        })
        .last();
    let Some(end) = end else { return found };
    let days = (to + 1..=end).filter(|i| is_weekday(text(words, *i))).count();
    match days {
        1..7 => (Frequency::PerWeek(7.0 - days as f64, 7.0 - days as f64), from, end + 1),
        _ => found,
    }
}

/// `m / w / f`, `t / th / sa`: weekdays by their letters.
fn weekday_letters(words: &[Word<'_>], at: usize) -> Option<(Frequency, usize)> {
    let slash = |i: usize| matches!(text(words, i), "/" | "-" | "&");
    let three = slash(at + 1) && slash(at + 3);
    let letters = (text(words, at), text(words, at + 2), text(words, at + 4));
    let known = matches!(letters, ("m" | "mo", "w" | "we", "f" | "fr") | ("t" | "tu", "th" | "r", "s" | "sa" | "sat"));
    (three && known).then_some((Frequency::PerWeek(3.0, 3.0), at + 5))
}

fn at_word(words: &[Word<'_>], at: usize) -> Option<(Frequency, usize)> {
    let day = |n: f64| Frequency::PerDay(n, n);
    let week = |n: f64| Frequency::PerWeek(n, n);
    match text(words, at) {
        "bid" | "bd" => return Some((day(2.0), at + 1)),
        "tid" | "tds" => return Some((day(3.0), at + 1)),
        "qid" | "qds" => return Some((day(4.0), at + 1)),
        "qam" if text(words, at + 1) == "and" && matches!(text(words, at + 2), "qpm" | "qhs" | "hs") => {
            return Some((day(2.0), at + 3));
        }
        "qd" | "qday" | "daily" | "qam" | "qpm" | "qhs" | "hs" | "nightly" | "qdaily" | "diario" | "diaria"
        | "diariamente" | "everyday" | "od" | "bedtime" => {
            if text(words, at) == "daily" && matches!(text(words, at + 1), "dose" | "amount" | "max") {
                return None;
            }
            // "od" of drops is the right eye
            if text(words, at) == "od"
                && words.iter().any(|w| matches!(w.text, "drop" | "drops" | "gtt" | "gtts" | "eye"))
            {
                return None;
            }
            if text(words, at) == "hs" && words.iter().any(|w| w.text == "ac") {
                return Some((day(4.0), at + 1));
            }
            if text(words, at) == "bedtime" && is_one_of_several(words, at) {
                return None;
            }
            return Some((day(1.0), at + 1));
        }
        // before meals
        "ac" if !is_part_of_day(text(words, at + 1)) => {
            let night = words.iter().any(|w| matches!(w.text, "hs" | "bedtime" | "qhs"));
            return Some((day(if night { 4.0 } else { 3.0 }), at + 1));
        }
        "qod" => return Some((Frequency::EveryHours(48.0, 48.0), at + 1)),
        "weekly" | "qweek" | "qwk" | "qw" | "semanal" => return Some((week(1.0), at + 1)),
        "monthly" | "qmonth" => return Some((Frequency::PerMonth(1.0, 1.0), at + 1)),
        "tiw" | "mwf" | "tths" | "tthsa" | "tthsat" | "tuthsa" => return Some((week(3.0), at + 1)),
        "m" | "mo" | "t" | "tu" => {
            if let Some(found) = weekday_letters(words, at) {
                return Some(found);
            }
        }
        "biw" => return Some((week(2.0), at + 1)),
        "biweekly" => return Some((week(0.5), at + 1)),
        "q" => return every(words, at + 1).or_else(|| bare_hours(words, at + 1)),
        "every" | "each" | "cada" | "todos" | "todas" => return every(words, at + 1),
        day_name if is_weekday(day_name) => return every(words, at),
        "once" | "twice" | "thrice" => {
            return times(
                words,
                at,
                match text(words, at) {
                    "once" => 1.0,
                    "twice" => 2.0,
                    _ => 3.0,
                },
                at + 1,
            );
        }
        _ => {}
    }
    let low = number(words, at)?;
    let (mut high, mut next) = (low, at + 1);
    if matches!(text(words, next), "-" | "to" | "or" | "a")
        && let Some(n) = number(words, next + 1)
        && n > low
    {
        (high, next) = (n, next + 2);
    } else if number(words, next) == Some(low) {
        next += 1;
    }
    if matches!(text(words, next), "x" | "times" | "time" | "veces" | "vez" | "inhalations") {
        let (frequency, end) = times(words, at, low, next + 1)?;
        return Some((widen(frequency, high), end));
    }
    None
}

fn widen(frequency: Frequency, high: f64) -> Frequency {
    match frequency {
        Frequency::PerDay(a, b) if high > b => Frequency::PerDay(a, high),
        Frequency::PerWeek(a, b) if high > b => Frequency::PerWeek(a, high),
        other => other,
    }
}

/// After "n times" or "twice": what the times are counted in.
fn times(words: &[Word<'_>], _from: usize, n: f64, mut at: usize) -> Option<(Frequency, usize)> {
    while matches!(
        text(words, at),
        "a" | "per" | "each" | "every" | "/" | "in" | "al" | "por" | "the" | "one" | "una" | "dia." | "-"
    ) && at < words.len()
    {
        at += 1;
    }
    match text(words, at) {
        "day" | "daily" | "d" | "dia" | "da" | "diario" | "diarias" | "dayx" | "days" if text(words, at) != "days" => {
            Some((Frequency::PerDay(n, n), at + 1))
        }
        "week" | "weekly" | "wk" | "semana" => Some((Frequency::PerWeek(n, n), at + 1)),
        "month" | "monthly" | "mes" => Some((Frequency::PerMonth(n, n), at + 1)),
        "morning" | "evening" | "night" | "bedtime" | "nightly" => Some((Frequency::PerDay(n, n), at + 1)),
        "at" if matches!(text(words, at + 1), "bedtime" | "night") => Some((Frequency::PerDay(n, n), at + 2)),
        _ => None,
    }
}

/// `q6 prn`: the hours are left out where no other unit follows.
fn bare_hours(words: &[Word<'_>], at: usize) -> Option<(Frequency, usize)> {
    let hours = number(words, at)?;
    let usual = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 24.0].contains(&hours);
    let other = matches!(text(words, at + 1), "minutes" | "min" | "mins" | "m" | "-" | "to" | "weeks" | "months");
    (usual && !other).then_some((Frequency::EveryHours(hours, hours), at + 1))
}

/// After `q` or `every`.
fn every(words: &[Word<'_>], at: usize) -> Option<(Frequency, usize)> {
    let day = |n: f64| Frequency::PerDay(n, n);
    match text(words, at) {
        "day" | "d" | "am" | "pm" | "hs" | "morning" | "night" | "evening" | "bedtime" | "noon" | "afternoon" | "a"
        | "p" | "hour" | "dia" | "noche" | "manana" | "los" | "las" => {
            return match text(words, at) {
                "hour" => Some((Frequency::EveryHours(1.0, 1.0), at + 1)),
                "a" | "p" if text(words, at + 1) != "m" => None,
                "los" | "las" => {
                    matches!(text(words, at + 1), "dias" | "noches" | "mananas").then_some((day(1.0), at + 2))
                }
                "am" if text(words, at + 1) == "and"
                    && matches!(text(words, at + 2), "q" | "every" | "qpm" | "qhs") =>
                {
                    Some((day(2.0), at + 3 + usize::from(matches!(text(words, at + 2), "q" | "every"))))
                }
                "morning" | "am"
                    if text(words, at + 1) == "and"
                        && matches!(
                            text(words, at + 2),
                            "evening" | "night" | "bedtime" | "pm" | "every" | "at" | "1"
                        ) =>
                {
                    Some((day(2.0), at + 3))
                }
                _ => Some((day(1.0), at + 1)),
            };
        }
        "week" | "wk" | "semana" => return Some((Frequency::PerWeek(1.0, 1.0), at + 1)),
        "month" | "mes" => return Some((Frequency::PerMonth(1.0, 1.0), at + 1)),
        "other" => {
            return match text(words, at + 1) {
                "day" | "night" | "morning" | "evening" => Some((Frequency::EveryHours(48.0, 48.0), at + 2)),
                "week" => Some((Frequency::PerWeek(0.5, 0.5), at + 2)),
                _ => None,
            };
        }
        name if is_weekday(name) => {
            let days = (at..words.len())
                .take_while(|i| is_weekday(text(words, *i)) || matches!(text(words, *i), "and" | "&" | "-" | "/"))
                .filter(|i| is_weekday(text(words, *i)))
                .count();
            return Some((Frequency::PerWeek(days as f64, days as f64), at + 1));
        }
        "meal" => return Some((day(3.0), at + 1)),
        _ => {}
    }
    let low = number(words, at)?;
    let (mut high, mut next) = (low, at + 1);
    if matches!(text(words, next), "-" | "to" | "or" | "a")
        && let Some(n) = number(words, next + 1)
    {
        (high, next) = (n.max(low), next + 2);
    }
    if number(words, next) == Some(low) || number(words, next) == Some(high) {
        next += 1;
    }
    let (low, high) = (low.min(high), low.max(high));
    // "days 1 to 21 of each 28 day cycle" says which days, not how often
    if matches!(text(words, next + 1), "cycle" | "cycles" | "ciclo")
        || text(words, next + 1) == "-" && text(words, next + 2) == "cycle"
    {
        return None;
    }
    match text(words, next) {
        "h" | "hr" | "hrs" | "hour" | "hours" | "horas" | "hora" | "hs" | "hourly" => {
            Some((Frequency::EveryHours(low, high), next + 1))
        }
        "day" | "days" | "d" | "dias" if low == 7.0 && high == 7.0 => Some((Frequency::PerWeek(1.0, 1.0), next + 1)),
        "day" | "days" | "d" | "dias" => Some((Frequency::EveryHours(low * 24.0, high * 24.0), next + 1)),
        "week" | "weeks" | "wk" | "wks" | "semanas" => Some((Frequency::PerWeek(1.0 / high, 1.0 / low), next + 1)),
        "month" | "months" => Some((Frequency::PerMonth(1.0 / high, 1.0 / low), next + 1)),
        "minutes" | "minute" | "min" | "mins" | "m" | "minutos" => Some((Frequency::EveryMinutes(low, high), next + 1)),
        _ => None,
    }
}

fn is_weekday(word: &str) -> bool {
    const SHORT: &[&str] = &["mon", "tue", "tues", "wed", "weds", "thu", "thur", "thurs", "fri", "sat", "sun"];
    let is_whole = |word: &str| weekday_named(word).is_some();
    // "mondays", "sabados"
    SHORT.contains(&word) || is_whole(word) || word.strip_suffix('s').is_some_and(is_whole)
}

fn is_part_of_day(word: &str) -> bool {
    matches!(
        word,
        "breakfast"
            | "lunch"
            | "dinner"
            | "supper"
            | "noon"
            | "morning"
            | "evening"
            | "bedtime"
            | "night"
            | "am"
            | "pm"
            | "manana"
            | "noche"
            | "afternoon"
            | "dormir"
            | "midday"
            | "acostarse"
    )
}

fn is_one_of_several(words: &[Word<'_>], at: usize) -> bool {
    words
        .iter()
        .enumerate()
        .any(|(i, w)| i != at && (is_part_of_day(w.text) || w.text == "meal" || w.text == "meals") && w.text != "night")
}

/// "in the morning and at bedtime", "with each meal": every part of the day named is one dose.
fn parts_of_day(words: &[Word<'_>]) -> Option<(Frequency, usize, usize)> {
    let mut seen: Vec<&str> = Vec::new();
    let (mut first, mut last) = (None, 0);
    for (at, word) in words.iter().enumerate() {
        if matches!(word.text, "meals") {
            let night = words.iter().skip(at).position(|w| matches!(w.text, "bedtime" | "hs"));
            let n = if night.is_some() { 4.0 } else { 3.0 };
            return Some((Frequency::PerDay(n, n), at, at + 1 + night.unwrap_or(0)));
        }
        let meal =
            word.text == "meal" && matches!(text(words, at.wrapping_sub(1)), "evening" | "noon" | "midday" | "morning");
        if is_part_of_day(word.text)
            && !meal
            && !(at > 0 && number(words, at - 1).is_some_and(|n| n > 4.0) && matches!(word.text, "am" | "pm"))
        {
            let part = match word.text {
                "evening" | "dinner" | "supper" => "evening",
                "night" | "bedtime" | "noche" | "dormir" | "acostarse" => "night",
                "morning" | "breakfast" | "am" | "manana" => "morning",
                "noon" | "lunch" | "midday" => "noon",
                other => other,
            };
            if !seen.contains(&part) {
                seen.push(part);
            }
            first = first.or(Some(at));
            last = at;
        }
    }
    let n = seen.len() as f64;
    first.map(|from| (Frequency::PerDay(n, n), from, last + 1))
}

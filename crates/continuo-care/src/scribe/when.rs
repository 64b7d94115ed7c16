//! Days said in a sentence, resolved against the day of the visit: "since Saturday", "in two weeks", "el viernes".
//!
//! What says how long ("for ten days") or how often ("every Friday") is no day, and a month or a year alone is left in the
//! words: a day would be made up.

use continuo_fhir::Date;
use continuo_fhir::date::names::{month_named, weekday_named};
use continuo_text::number_words::whole;
use continuo_text::span::Span;
use continuo_text::token::{Kind, Tokens};

/// Which way a bare weekday or date points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toward {
    /// "I stopped it Saturday".
    Past,
    /// "I'll call you Friday".
    Future,
}

/// A day with the words that say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// The words.
    pub span: Span,
}

/// The first day said among tokens `from..to`.
pub fn find(tokens: &Tokens, from: usize, to: usize, visit: Date, toward: Toward) -> Option<Day> {
    (from..to).find_map(|at| {
        let (date, end) = at_token(tokens, at, to, visit, toward)?;
        Some(Day { date, span: tokens.span(at, end) })
    })
}

fn at_token(tokens: &Tokens, at: usize, to: usize, visit: Date, toward: Toward) -> Option<(Date, usize)> {
    let word = tokens.norm(at);
    if let Some(found) = phrase(tokens, at, visit) {
        return Some(found);
    }
    if let Some(day) = weekday_named(word).map(i32::from) {
        if matches!(before(tokens, at), "every" | "each" | "cada") && toward == Toward::Past {
            return None;
        }
        // "Thursday, the twenty-seventh", "Monday, August 24": the day that is counted decides
        let exact = (at + 1..(at + 4).min(to)).find_map(|next| dated(tokens, next, visit, toward));
        let next_week = before(tokens, at) == "next";
        return Some(exact.unwrap_or((weekday(visit, day, toward, next_week), at + 1)));
    }
    dated(tokens, at, visit, toward).or_else(|| counted(tokens, at, to, visit, toward))
}

/// Days that have a name of their own.
fn phrase(tokens: &Tokens, at: usize, visit: Date) -> Option<(Date, usize)> {
    /// Words, days from the visit.
    const PHRASES: &[(&[&str], i32)] = &[
        (&["day", "after", "tomorrow"], 2),
        (&["day", "before", "yesterday"], -2),
        (&["pasado", "manana"], 2),
        (&["antes", "de", "ayer"], -2),
        (&["antier"], -2),
        (&["anteayer"], -2),
        (&["last", "night"], -1),
        (&["anoche"], -1),
        (&["yesterday"], -1),
        (&["ayer"], -1),
        (&["today"], 0),
        (&["tonight"], 0),
        (&["hoy"], 0),
        (&["this", "morning"], 0),
        (&["this", "afternoon"], 0),
        (&["this", "evening"], 0),
        (&["esta", "manana"], 0),
        (&["esta", "tarde"], 0),
        (&["esta", "noche"], 0),
        (&["tomorrow"], 1),
        (&["manana"], 1),
    ];
    let (words, days) =
        PHRASES.iter().find(|(words, _)| words.iter().enumerate().all(|(n, word)| tokens.norm(at + n) == *word))?;
    // "la manana" is the morning
    if *words == ["manana"] && matches!(before(tokens, at), "la" | "cada") {
        return None;
    }
    Some((visit.plus_days(*days), at + words.len()))
}

/// "The weekend", "the end of the month".
fn weekend(tokens: &Tokens, at: usize, visit: Date, toward: Toward) -> Option<(Date, usize)> {
    match tokens.norm(at) {
        "weekend" => Some((weekday(visit, 5, toward, false), at + 1)),
        "fin" if tokens.norm(at + 1) == "de" && tokens.norm(at + 2) == "semana" => {
            Some((weekday(visit, 5, toward, false), at + 3))
        }
        "end" if toward == Toward::Future && tokens.norm(at + 1) == "of" => {
            let unit = (at + 2..at + 4).find(|i| matches!(tokens.norm(*i), "week" | "month"))?;
            let week = tokens.norm(unit) == "week";
            let date = if week { visit.plus_days((4 - i32::from(visit.weekday())).max(0)) } else { month_end(visit)? };
            Some((date, unit + 1))
        }
        "fin" if toward == Toward::Future && tokens.norm(at + 1) == "de" && tokens.norm(at + 2) == "mes" => {
            Some((month_end(visit)?, at + 3))
        }
        _ => None,
    }
}

/// A day of the calendar: "August 27th", "the 3rd of September", "el dos de septiembre", "8/27", "the twenty-seventh".
fn dated(tokens: &Tokens, at: usize, visit: Date, toward: Toward) -> Option<(Date, usize)> {
    let word = tokens.norm(at);
    if let Some(month) = month_named(word) {
        let (day, end) = ordinal(tokens, at + 1).or_else(|| cardinal(tokens, at + 1))?;
        return month_day(visit, month, day, toward).map(|date| (date, end));
    }
    if tokens.kind(at) == Kind::Number
        && tokens.norm(at + 1) == "/"
        && let (Ok(month), Ok(day)) = (word.parse(), tokens.norm(at + 2).parse())
    {
        if tokens.norm(at + 3) != "/" {
            return month_day(visit, month, day, toward).map(|date| (date, at + 3));
        }
        let year: i16 = tokens.norm(at + 4).parse().ok()?;
        let year = if year < 100 { visit.year() / 100 * 100 + year } else { year };
        return Date::new(year, month, day).map(|date| (date, at + 5));
    }
    if let Some((day, end)) = ordinal(tokens, at).or_else(|| cardinal(tokens, at)) {
        let next = if matches!(tokens.norm(end), "of" | "de") { end + 1 } else { end };
        if let Some(month) = month_named(tokens.norm(next)) {
            return month_day(visit, month, day, toward).map(|date| (date, next + 1));
        }
    }
    // a bare day of the month needs its article and nothing that it counts: "the first time" is no day
    let (day, end) = match before(tokens, at) {
        "the" => ordinal(tokens, at)?,
        "el" | "dia" if tokens.kind(at) == Kind::Number => cardinal(tokens, at)?,
        _ => return None,
    };
    let goes_on = matches!(
        tokens.norm(end),
        "at" | "and"
            | "or"
            | "so"
            | "if"
            | "because"
            | "though"
            | "but"
            | "a"
            | "y"
            | "o"
            | "para"
            | "to"
            | "with"
            | "con"
    );
    let ends = matches!(tokens.kind(end), Kind::Break | Kind::Comma);
    let counts = day > 3
        || matches!(before(tokens, at - 1), "by" | "on" | "until" | "till" | "before" | "through" | "after" | "since");
    if (!ends && !goes_on) || !counts {
        return None;
    }
    let date = this_month(visit, day, toward)?;
    Some((date, end))
}

/// "Two weeks ago", "in three months", "a week from Friday".
fn counted(tokens: &Tokens, at: usize, to: usize, visit: Date, toward: Toward) -> Option<(Date, usize)> {
    if let Some(found) = weekend(tokens, at, visit, toward) {
        return Some(found);
    }
    let word = tokens.norm(at);
    let count = match word {
        "next" | "last" | "proxima" | "proximo" | "pasada" if to > at + 1 => 1,
        _ => number(word)?,
    };
    let mut unit = at + 1;
    if matches!(tokens.norm(unit), "of" | "more") {
        unit += 1;
    }
    let days = match tokens.norm(unit) {
        "hour" | "hours" | "hora" | "horas" => count / 24,
        "minute" | "minutes" | "minuto" | "minutos" => 0,
        "day" | "days" | "dia" | "dias" => count,
        "week" | "weeks" | "semana" | "semanas" => count * 7,
        "month" | "months" | "mes" | "meses" => count * 30,
        _ => return None,
    };
    let end = unit + 1;
    // "a week from Friday", "two weeks from today"
    if tokens.norm(end) == "from" {
        let base = match tokens.norm(end + 1) {
            "now" => Some((visit, end + 2)),
            _ => at_token(tokens, end + 1, to, visit, Toward::Future),
        };
        return base.map(|(date, end)| (date.plus_days(days), end));
    }
    // "the pantry boxes this week", "for ten days", "every two weeks": how long and how often
    let lasts = |word: &str| {
        matches!(word, "for" | "during" | "every" | "each" | "over" | "por" | "durante" | "cada" | "least" | "than")
    };
    let early = matches!(before(tokens, at), "in" | "within" | "en" | "dentro" | "after" | "hace");
    if !early && (lasts(before(tokens, at)) || at > 1 && lasts(tokens.norm(at - 2)) && before(tokens, at) != "next") {
        return None;
    }
    let back = tokens.norm(end) == "ago" || matches!(word, "last" | "pasada") || ago_before(tokens, at);
    let forward = early && !ago_before(tokens, at) || matches!(word, "next" | "proxima" | "proximo");
    let sign = match (back, forward, toward) {
        (true, ..) => -1,
        (_, true, _) | (.., Toward::Future) => 1,
        // "for three days" says how long, not since when, in the past.
        (.., Toward::Past) => return None,
    };
    Some((visit.plus_days(sign * days), end))
}

/// "Hace dos semanas", "hace como dos semanas".
fn ago_before(tokens: &Tokens, at: usize) -> bool {
    let hedge = matches!(before(tokens, at), "como" | "unas" | "unos" | "ya" | "casi");
    let before_hedge = at.checked_sub(2).map_or("", |i| tokens.norm(i));
    before(tokens, at) == "hace" || hedge && before_hedge == "hace"
}

fn before(tokens: &Tokens, at: usize) -> &str {
    at.checked_sub(1).map_or("", |before| tokens.norm(before))
}

/// A day of the month as an ordinal: "27th", "twenty-seventh", "primero"; and where its words end.
fn ordinal(tokens: &Tokens, at: usize) -> Option<(u8, usize)> {
    const WORDS: &[&str] = &[
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
    ];
    let word = tokens.norm(at);
    let of = |word: &str| WORDS.iter().position(|one| *one == word).map(|n| n as u8 + 1);
    if tokens.kind(at) == Kind::Number && matches!(tokens.norm(at + 1), "st" | "nd" | "rd" | "th") {
        return word.parse().ok().filter(|day| (1..=31).contains(day)).map(|day| (day, at + 2));
    }
    match word {
        "thirtieth" => Some((30, at + 1)),
        "primero" => Some((1, at + 1)),
        "twenty" => of(tokens.norm(at + 1)).filter(|day| *day < 10).map(|day| (20 + day, at + 2)),
        "thirty" if tokens.norm(at + 1) == "first" => Some((31, at + 2)),
        _ => of(word).map(|day| (day, at + 1)),
    }
}

/// A day of the month as a plain number, in digits or Spanish and English words.
fn cardinal(tokens: &Tokens, at: usize) -> Option<(u8, usize)> {
    let word = tokens.norm(at);
    if matches!(word, "a" | "an" | "couple" | "few" | "un" | "una") {
        return None;
    }
    let day = number(word).and_then(|day| u8::try_from(day).ok()).filter(|day| (1..=31).contains(day))?;
    Some((day, at + 1))
}

fn weekday(visit: Date, day: i32, toward: Toward, next_week: bool) -> Date {
    let today = i32::from(visit.weekday());
    let ahead = (day - today).rem_euclid(7);
    match toward {
        // "next Friday", said on a Wednesday, is the one of the week that begins with the next Monday
        Toward::Future if next_week => visit.plus_days(7 - today + day),
        Toward::Future => visit.plus_days(if ahead == 0 { 7 } else { ahead }),
        Toward::Past => visit.plus_days(if ahead == 0 { -7 } else { ahead - 7 }),
    }
}

fn month_end(visit: Date) -> Option<Date> {
    let month = visit.month()?;
    (28..=31).rev().find_map(|day| Date::new(visit.year(), month, day))
}

/// The nearest such day of a month on the side that is meant.
fn this_month(visit: Date, day: u8, toward: Toward) -> Option<Date> {
    let (year, month) = (visit.year(), visit.month()?);
    let here = Date::new(year, month, day).filter(|date| match toward {
        Toward::Future => date.days_until(visit) <= 0,
        Toward::Past => date.days_until(visit) >= 0,
    });
    here.or_else(|| match toward {
        Toward::Future if month == 12 => Date::new(year.checked_add(1)?, 1, day),
        Toward::Future => Date::new(year, month + 1, day),
        Toward::Past if month == 1 => Date::new(year.checked_sub(1)?, 12, day),
        Toward::Past => Date::new(year, month - 1, day),
    })
}

fn month_day(visit: Date, month: u8, day: u8, toward: Toward) -> Option<Date> {
    let date = Date::new(visit.year(), month, day)?;
    let other = |years: i16| Date::new(visit.year().checked_add(years)?, month, day);
    match toward {
        Toward::Future if date.days_until(visit) > 0 => other(1),
        Toward::Past if date.days_until(visit) < 0 => other(-1),
        _ => Some(date),
    }
}

/// A small number as a word or digits.
pub fn number(word: &str) -> Option<i32> {
    let number = match word {
        "a" | "an" => 1,
        "couple" => 2,
        "few" => 3,
        // In a sentence of either language "once" is the English word.
        _ => whole(word).map(|n| n as i32).or_else(|| word.parse().ok())?,
    };
    (1..=365).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests;

//! Days said in a sentence, resolved against the day of the visit: "since Saturday", "in two weeks", "el viernes".

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
    match word {
        "today" | "tonight" | "hoy" => return Some((visit, at + 1)),
        "tomorrow" => return Some((visit.plus_days(1), at + 1)),
        // "la mañana" is the morning.
        "manana" if !matches!(before(tokens, at), "la" | "esta" | "cada") => return Some((visit.plus_days(1), at + 1)),
        "yesterday" | "ayer" => return Some((visit.plus_days(-1), at + 1)),
        _ => {}
    }
    if let Some(day) = weekday_named(word) {
        return Some((weekday(visit, i32::from(day), toward), at + 1));
    }
    if let Some(month) = month_named(word) {
        let number = tokens.norm(at + 1).trim_end_matches(|c: char| c.is_alphabetic()).parse().ok();
        return number.and_then(|day| month_day(visit, month, day, toward)).map(|date| (date, at + 2));
    }
    if tokens.kind(at) == Kind::Number
        && tokens.norm(at + 1) == "/"
        && let (Ok(month), Ok(day)) = (word.parse(), tokens.norm(at + 2).parse())
        && tokens.norm(at + 3) != "/"
    {
        return month_day(visit, month, day, toward).map(|date| (date, at + 3));
    }
    let (count, used) = match word {
        "next" | "last" | "proxima" | "proximo" | "pasada" if to > at + 1 => (1, 0),
        _ => (number(word)?, 0),
    };
    let unit = tokens.norm(at + 1 + used);
    let unit = if unit == "of" || unit == "more" { tokens.norm(at + 2 + used) } else { unit };
    let days = match unit {
        "day" | "days" | "dia" | "dias" => count,
        "week" | "weeks" | "semana" | "semanas" => count * 7,
        "month" | "months" | "mes" | "meses" => count * 30,
        _ => return None,
    };
    let back = tokens.norm(at + 2) == "ago" || matches!(word, "last" | "pasada") || before(tokens, at) == "hace";
    let forward = matches!(before(tokens, at), "in" | "within" | "en" | "dentro" | "after")
        || matches!(word, "next" | "proxima" | "proximo");
    let sign = match (back, forward, toward) {
        (true, ..) => -1,
        (_, true, _) | (.., Toward::Future) => 1,
        // "for three days" says how long, not since when, in the past.
        (.., Toward::Past) => return None,
    };
    Some((visit.plus_days(sign * days), at + 2))
}

fn before(tokens: &Tokens, at: usize) -> &str {
    at.checked_sub(1).map_or("", |before| tokens.norm(before))
}

fn weekday(visit: Date, day: i32, toward: Toward) -> Date {
    let today = i32::from(visit.weekday());
    let ahead = (day - today).rem_euclid(7);
    match toward {
        Toward::Future => visit.plus_days(if ahead == 0 { 7 } else { ahead }),
        Toward::Past => visit.plus_days(if ahead == 0 { -7 } else { ahead - 7 }),
    }
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
        "a" => 1,
        "couple" => 2,
        "few" => 3,
        // In a sentence of either language "once" is the English word.
        _ => whole(word).map(|n| n as i32).or_else(|| word.parse().ok())?,
    };
    (1..=365).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Wednesday.
    const VISIT: &str = "2026-08-19";

    #[track_caller]
    fn check(text: &str, toward: Toward, expect: &str) {
        let tokens = Tokens::new(text);
        let found = find(&tokens, 0, tokens.len(), Date::parse(VISIT).unwrap(), toward);
        assert_eq!(found.map(|day| day.date.to_string()).unwrap_or_default(), expect, "{text}");
    }

    #[test]
    fn days_are_resolved_against_the_visit() {
        check("I stopped it Saturday", Toward::Past, "2026-08-15");
        check("I'll call you Friday", Toward::Future, "2026-08-21");
        check("see you back in two weeks", Toward::Future, "2026-09-02");
        check("three days ago", Toward::Past, "2026-08-16");
        check("next week", Toward::Future, "2026-08-26");
        check("on 8/27 please", Toward::Future, "2026-08-27");
        check("since August 2nd", Toward::Past, "2026-08-02");
        check("se la mando el viernes", Toward::Future, "2026-08-21");
        check("desde hace dos semanas", Toward::Past, "2026-08-05");
        check("a couple of days", Toward::Future, "2026-08-21");
    }

    #[test]
    fn how_long_is_not_since_when() {
        check("for three days", Toward::Past, "");
        check("nothing of the kind", Toward::Future, "");
        check("13/45", Toward::Future, "");
    }
}

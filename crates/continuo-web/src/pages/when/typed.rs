//! Reads dates and times as people type them. What cannot be read is nothing, never a guess.

use continuo_fhir::Date;
use continuo_fhir::date::Time;
use continuo_fhir::date::names::{MONTHS, WEEKDAYS};

/// A date in any usual order: 8/20, 8/20/26, 20 Aug, August 20 2026, 2026-08-20, 2026, today, tomorrow, Friday, last Friday,
/// in 3 days, 2 weeks ago. The page echoes what it read while one types (assets/dates.js), by the same rules.
///
/// Without a year it is the nearest such day: within the last three months, else ahead.
pub fn read_date(text: &str, today: Date) -> Option<Date> {
    let text = text.trim().to_lowercase();
    match text.as_str() {
        "" => return None,
        "today" | "now" => return Some(today),
        "tomorrow" => return Some(today.plus_days(1)),
        "yesterday" => return Some(today.plus_days(-1)),
        _ => {}
    }
    let parts: Vec<&str> = text.split([' ', ',', '/', '-', '.']).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        ["in", number, unit] => Some(today.plus_days(span(number, unit)?)),
        [number, unit, "ago"] => Some(today.plus_days(-span(number, unit)?)),
        ["last", day] => {
            weekday(day, today).map(|ahead| ahead.plus_days(if today.days_until(ahead) == 7 { -14 } else { -7 }))
        }
        [one] if one.len() == 4 && one.bytes().all(|b| b.is_ascii_digit()) => Date::year_of(one.parse().ok()?),
        [day] => weekday(day, today),
        [year, month, day] if year.len() == 4 && is_number(year) => whole(year, month, day),
        [month, year] if month_named(month).is_some() && year.len() == 4 => {
            Date::month_of(year.parse().ok()?, month_named(month)?)
        }
        [month, year] if is_number(month) && year.len() == 4 => Date::month_of(year.parse().ok()?, month.parse().ok()?),
        [month, day] if is_number(month) && is_number(day) => nearest(month.parse().ok()?, day.parse().ok()?, today),
        [a, b] => named(a, b, today),
        [month, day, year] if is_number(month) => match month_named(day) {
            Some(_) => full(day, month, year, today),
            None => Date::new(full_year(year, today)?, month.parse().ok()?, day.parse().ok()?),
        },
        [month, day, year] => full(month, day, year, today),
        // "Thursday, August 20, 2026": the words this product echoes.
        [_, month, day, year] if month_named(month).is_some() => full(month, day, year, today),
        _ => None,
    }
}

/// A time of day: 9:20 am, 9 am, 2pm, 14:00, noon.
pub fn read_time(text: &str) -> Option<Time> {
    let text = text.trim().to_lowercase().replace([' ', '.'], "");
    if text == "noon" {
        return Time::new(12, 0, 0);
    }
    let (digits, half) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(digits), _) => (digits, Some(0)),
        (_, Some(digits)) => (digits, Some(12)),
        _ => (text.as_str(), None),
    };
    let (hour, minute) = digits.split_once(':').unwrap_or((digits, "0"));
    let (hour, minute): (u8, u8) = (hour.parse().ok()?, minute.parse().ok()?);
    match half {
        Some(half) if (1..=12).contains(&hour) => Time::new(hour % 12 + half, minute, 0),
        Some(_) => None,
        // A bare "9" may be morning or evening.
        None if digits.contains(':') => Time::new(hour, minute, 0),
        None => None,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit())
}

fn month_named(text: &str) -> Option<u8> {
    let at = MONTHS.iter().position(|month| text.len() >= 3 && month.to_lowercase().starts_with(text))?;
    u8::try_from(at + 1).ok()
}

fn weekday(text: &str, today: Date) -> Option<Date> {
    let at = WEEKDAYS.iter().position(|day| text.len() >= 3 && day.to_lowercase().starts_with(text))?;
    let wanted = i32::try_from(at).ok()?;
    let ahead = (wanted - i32::from(today.weekday())).rem_euclid(7);
    Some(today.plus_days(if ahead == 0 { 7 } else { ahead }))
}

/// "3 days", "2 weeks".
fn span(number: &str, unit: &str) -> Option<i32> {
    let number: i32 = number.parse().ok().filter(|n| (0..1000).contains(n))?;
    match unit.trim_end_matches('s') {
        "day" => Some(number),
        "week" => Some(number * 7),
        _ => None,
    }
}

fn whole(year: &str, month: &str, day: &str) -> Option<Date> {
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

fn named(a: &str, b: &str, today: Date) -> Option<Date> {
    match (month_named(a), month_named(b)) {
        (Some(month), _) => nearest(month, b.parse().ok()?, today),
        (_, Some(month)) => nearest(month, a.parse().ok()?, today),
        _ => None,
    }
}

fn full(month: &str, day: &str, year: &str, today: Date) -> Option<Date> {
    Date::new(full_year(year, today)?, month_named(month)?, day.parse().ok()?)
}

/// Two digits lie in the hundred years that end twenty years from now.
fn full_year(text: &str, today: Date) -> Option<i16> {
    let year: i16 = text.parse().ok()?;
    match text.len() {
        4 => Some(year),
        2 => {
            let century = today.year() - today.year() % 100;
            Some(if century + year > today.year() + 20 { century - 100 + year } else { century + year })
        }
        _ => None,
    }
}

fn nearest(month: u8, day: u8, today: Date) -> Option<Date> {
    let this_year = Date::new(today.year(), month, day);
    match this_year {
        Some(date) if today.days_until(date) >= -92 => Some(date),
        _ => Date::new(today.year() + 1, month, day).or(this_year),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        // A Thursday.
        let today = Date::new(2026, 8, 20).expect("a day of the calendar");
        assert_eq!(read_date(text, today).map(|date| date.to_string()).unwrap_or_default(), expect, "{text}");
    }

    #[test]
    fn dates_are_read_in_any_usual_order() {
        check("8/28", "2026-08-28");
        check("08/28/2026", "2026-08-28");
        check("8/28/26", "2026-08-28");
        check("2/12/60", "1960-02-12");
        check("28 Aug", "2026-08-28");
        check("August 28, 2026", "2026-08-28");
        check("28 aug 2026", "2026-08-28");
        check("2026-08-28", "2026-08-28");
        check("Friday", "2026-08-21");
        check("thu", "2026-08-27");
        check("tomorrow", "2026-08-21");
        check("in 2 weeks", "2026-09-03");
        check("2 weeks ago", "2026-08-06");
        check("last Friday", "2026-08-14");
        check("last thu", "2026-08-13");
        check("3/2019", "2019-03");
        check("1/5", "2027-01-05");
        check("7/30", "2026-07-30");
        check("1960", "1960");
        check("March 2019", "2019-03");
        check("Thursday, August 20, 2026", "2026-08-20");
    }

    #[test]
    fn what_is_no_date_is_nothing() {
        for text in ["", "soon", "13/45", "2/30/2026", "8/", "99999999999", "in many days", "é/é"] {
            check(text, "");
        }
    }

    #[test]
    fn times_are_read() {
        let shown = |text: &str| read_time(text).map(|time| (time.hour(), time.minute().unwrap_or(0)));
        assert_eq!(shown("9:20 am"), Some((9, 20)));
        assert_eq!(shown("2pm"), Some((14, 0)));
        assert_eq!(shown("14:05"), Some((14, 5)));
        assert_eq!(shown("12 am"), Some((0, 0)));
        assert_eq!(shown("noon"), Some((12, 0)));
        assert_eq!([shown("9"), shown("25:00"), shown("13pm"), shown("")], [None; 4]);
    }
}

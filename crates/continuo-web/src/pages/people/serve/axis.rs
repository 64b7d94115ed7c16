//! The marks of the timeline's axis: weeks, months or years, whichever give a handful of them.

use continuo_fhir::date::Unit;
use continuo_fhir::date::names::month_short;
use continuo_fhir::{Date, Instant, Zone};

const DAY: f64 = 86_400_000_000.0;
/// Marks on one axis; more would touch each other.
const MOST: i32 = 8;

/// Day and word of each mark between two days of the axis.
pub(super) fn ticks(zone: &Zone, start: f64, end: f64) -> Vec<(f64, String)> {
    let day = |at: f64| zone.day(Instant::from_micros((at * DAY) as i64));
    let (first, last) = (day(start), day(end));
    let days = first.days_until(last);
    let marks: Vec<(Date, String)> = match days {
        ..=62 => from(first, 7, Unit::Day, last).map(|at| (at, month_and_day(at))).collect(),
        63..=900 => {
            let step = (days / 30 / MOST + 1).max(1);
            let begin = first.plus(1, Unit::Month).unwrap_or(first);
            let begin = Date::new(begin.year(), begin.month().unwrap_or(1), 1).unwrap_or(first);
            from(begin, i64::from(step), Unit::Month, last)
                .enumerate()
                .map(|(at, date)| (date, month(date, at == 0)))
                .collect()
        }
        _ => {
            let step = (days / 365 / MOST + 1).max(1);
            let begin = Date::new(first.year() + 1, 1, 1).unwrap_or(first);
            from(begin, i64::from(step), Unit::Year, last).map(|date| (date, date.year().to_string())).collect()
        }
    };
    // A mark beside today's would be written over it.
    let room = (end - start) * 0.04;
    marks
        .into_iter()
        .map(|(date, word)| (date.low(zone).micros() as f64 / DAY, word))
        .filter(|(at, _)| *at >= start && *at < end - room)
        .collect()
}

fn from(begin: Date, step: i64, unit: Unit, last: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(begin), move |date| date.plus(step, unit))
        .take_while(move |date| date.days_until(last) >= 0)
}

fn month_and_day(date: Date) -> String {
    format!("{:02}/{:02}", date.month().unwrap_or(1), date.day().unwrap_or(1))
}

/// "Jul"; the year stands at the first mark and in January.
fn month(date: Date, is_first: bool) -> String {
    let number = date.month().unwrap_or(1);
    let word = month_short(number);
    if is_first || number == 1 { format!("{word} {}", date.year()) } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn marks(from: &str, to: &str, expect: &[&str]) {
        let at = |day: &str| Date::parse(day).expect("a day of the test").low(&Zone::utc()).micros() as f64 / DAY;
        let words: Vec<String> = ticks(&Zone::utc(), at(from), at(to)).into_iter().map(|(_, word)| word).collect();
        assert_eq!(words, expect);
    }

    #[test]
    fn marks_are_weeks_months_or_years_and_never_crowd() {
        marks("2026-10-29", "2026-11-29", &["10/29", "11/05", "11/12", "11/19", "11/26"]);
        marks("2026-05-30", "2026-11-29", &["Jun 2026", "Jul", "Aug", "Sep", "Oct", "Nov"]);
        marks("2025-11-28", "2026-11-29", &["Dec 2025", "Feb", "Apr", "Jun", "Aug", "Oct"]);
        marks("2021-11-28", "2026-11-29", &["2022", "2023", "2024", "2025", "2026"]);
        marks("1926-11-29", "2026-11-29", &["1927", "1940", "1953", "1966", "1979", "1992", "2005", "2018"]);
    }
}

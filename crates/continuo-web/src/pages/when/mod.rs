//! Dates and times between people and the record: US forms out, any usual form in.

mod letters;
mod typed;

pub use letters::in_letter;
pub use typed::{read_date, read_time};

use continuo_fhir::date::Time;
use continuo_fhir::date::names::{WEEKDAYS, month_name, short};
use continuo_fhir::{Date, Instant, Zone};
use continuo_ui::tag::{DueView, Tone};

/// "08/20/2026", or as much as is known: "08/2026", "2026".
pub fn day(date: Date) -> String {
    match (date.month(), date.day()) {
        (Some(month), Some(day)) => format!("{month:02}/{day:02}/{}", date.year()),
        (Some(month), None) => format!("{month:02}/{}", date.year()),
        _ => date.year().to_string(),
    }
}

/// Sentences of the engines write "2026-08-20"; people read "08/20/2026".
pub fn days_in(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = from.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        let date = Date::parse(word).filter(|_| word.len() == 10);
        out.push_str(&date.map_or_else(|| word.to_owned(), day));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// "Thu 08/20/2026".
pub fn weekday_and_day(date: Date) -> String {
    format!("{} {}", short(weekday(date)), day(date))
}

/// "Thu 08/20" within half a year of today, else with the year.
pub fn near(date: Date, today: Date) -> String {
    if today.days_until(date).abs() > 180 {
        return day(date);
    }
    let whole = day(date);
    format!("{} {}", short(weekday(date)), whole.get(..5).unwrap_or(&whole))
}

/// "Thursday, August 20, 2026": how a typed date is echoed.
pub fn long(date: Date) -> String {
    let month = date.month().map_or("", month_name);
    match date.day() {
        Some(number) => format!("{}, {month} {number}, {}", weekday(date), date.year()),
        None => format!("{month} {}", date.year()).trim_start().to_owned(),
    }
}

/// "2:00 pm".
pub fn clock(time: Time) -> String {
    let hour = time.hour();
    let (shown, half) = match hour {
        0 => (12, "am"),
        1..=11 => (hour, "am"),
        12 => (12, "pm"),
        _ => (hour - 12, "pm"),
    };
    format!("{shown}:{:02} {half}", time.minute().unwrap_or(0))
}

/// "9:02 am" on the site's clock.
pub fn clock_at(at: Instant, zone: &Zone) -> String {
    clock(zone.civil(at).1)
}

/// "Thu 08/20/2026, 2:00 pm".
pub fn moment(at: Instant, zone: &Zone) -> String {
    let (date, time) = zone.civil(at);
    format!("{}, {}", weekday_and_day(date), clock(time))
}

/// "9:02 am" today, else "Thu 08/20, 9:02 am".
pub fn moment_near(at: Instant, now: Instant, zone: &Zone) -> String {
    let ((date, time), today) = (zone.civil(at), zone.day(now));
    if date == today { clock(time) } else { format!("{}, {}", near(date, today), clock(time)) }
}

/// "today", "yesterday", "12 days ago", "8 months ago", "3 years ago".
pub fn ago(date: Date, today: Date) -> String {
    match date.days_until(today) {
        ..=-1 => day(date),
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days @ 2..=60 => format!("{days} days ago"),
        days @ 61..=729 => format!("{} months ago", days / 30),
        days => format!("{} years ago", days / 365),
    }
}

/// The due label of danger: "now", whatever its clock says.
pub fn danger(due: DueView) -> DueView {
    DueView { tone: Tone::Critical, word: "now".to_owned(), ..due }
}

/// The due label of a moment; work without a date says so.
pub fn due(at: Option<Instant>, now: Instant, zone: &Zone) -> DueView {
    due_by(at, now, zone.day(now), zone)
}

/// [`due`] of one of many moments: today is found once.
pub fn due_by(at: Option<Instant>, now: Instant, today: Date, zone: &Zone) -> DueView {
    let Some(at) = at else { return DueView::new(Tone::Waiting, "no date", "", "") };
    let (date, time) = zone.civil(at);
    let end_of_day = time.hour() == 23 && time.minute() == Some(59);
    let days = today.days_until(date);
    let absolute = if end_of_day { weekday_and_day(date) } else { moment(at, zone) };
    let (tone, word) = if at < now {
        (Tone::Critical, late(now, at, -days))
    } else if days == 0 && end_of_day {
        (Tone::Caution, "today".to_owned())
    } else if days == 0 {
        (Tone::Caution, format!("today {}", clock(time)))
    } else if days == 1 {
        (Tone::Waiting, "tomorrow".to_owned())
    } else {
        (Tone::Waiting, near(date, today))
    };
    DueView::new(tone, word, absolute, date.to_string())
}

fn late(now: Instant, at: Instant, days: i32) -> String {
    let minutes = (now.micros() - at.micros()) / 60_000_000;
    match days {
        ..=0 if minutes < 60 => format!("{} min late", minutes.max(1)),
        ..=0 => format!("{} h late", minutes / 60),
        1 => "1 day late".to_owned(),
        2..=60 => format!("{days} days late"),
        61..730 => format!("{} months late", days / 30),
        _ => format!("{} years late", days / 365),
    }
}

fn weekday(date: Date) -> &'static str {
    WEEKDAYS.get(usize::from(date.weekday())).copied().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap_or_else(|| panic!("not a moment: {text}"))
    }

    #[track_caller]
    fn check_due(due_at: &str, expect: &str, tone: Tone) {
        let view = due(Some(at(due_at)), at("2026-08-20T14:00:00Z"), &Zone::utc());
        assert_eq!((view.word.as_str(), view.tone), (expect, tone));
    }

    #[test]
    fn due_labels_read_as_people_speak() {
        check_due("2026-08-20T13:20:00Z", "40 min late", Tone::Critical);
        check_due("2026-08-20T09:00:00Z", "5 h late", Tone::Critical);
        check_due("2026-08-18T09:00:00Z", "2 days late", Tone::Critical);
        check_due("2026-08-20T23:59:59Z", "today", Tone::Caution);
        check_due("2026-08-20T16:30:00Z", "today 4:30 pm", Tone::Caution);
        check_due("2026-08-21T09:00:00Z", "tomorrow", Tone::Waiting);
        check_due("2026-08-28T09:00:00Z", "Fri 08/28", Tone::Waiting);
        check_due("2027-08-28T09:00:00Z", "08/28/2027", Tone::Waiting);
    }

    #[test]
    fn dates_are_echoed_in_words() {
        let date = Date::new(2026, 8, 20).expect("a day of the calendar");
        assert_eq!(long(date), "Thursday, August 20, 2026");
        assert_eq!(weekday_and_day(date), "Thu 08/20/2026");
        assert_eq!(ago(date, date.plus_days(12)), "12 days ago");
        assert_eq!(long(Date::month_of(2026, 8).expect("a month")), "August 2026");
    }

    #[test]
    fn noon_and_midnight_are_twelve() {
        let shown = |hour| clock(Time::new(hour, 5, 0).expect("a time of day"));
        assert_eq!([shown(0), shown(12), shown(13)], ["12:05 am", "12:05 pm", "1:05 pm"]);
    }
}

//! Days and minutes of the made-up population, in its county's local time.
//!
//! Only what the generator needs: civil dates from day numbers, and FHIR's text forms. The offset is one for the whole
//! population: real feeds mix offsets, and the readers of dates have their own tests for that.

/// A day, counted from 1970-01-01.
pub(super) type Day = i64;
/// A local minute, counted from 1970-01-01T00:00.
pub(super) type Minute = i64;

/// Minutes of a day.
pub(super) const DAY: Minute = 1440;

/// Year, month and day of a day number (Howard Hinnant's civil-day algorithm).
pub(super) fn civil(day: Day) -> (i64, i64, i64) {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
}

/// The day number of a civil date.
pub(super) fn day_of(year: i64, month: i64, day: i64) -> Day {
    let y = year - i64::from(month <= 2);
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

/// `2026-08-19`
pub(super) fn date(day: Day) -> String {
    let (y, m, d) = civil(day);
    format!("{y:04}-{m:02}-{d:02}")
}

/// `2026-08-19T09:20:00-05:00`
pub(super) fn date_time(minute: Minute, offset: i64) -> String {
    let of_day = minute.rem_euclid(DAY);
    let sign = if offset < 0 { '-' } else { '+' };
    format!(
        "{}T{:02}:{:02}:00{sign}{:02}:{:02}",
        date(minute.div_euclid(DAY)),
        of_day / 60,
        of_day % 60,
        offset.abs() / 60,
        offset.abs() % 60
    )
}

/// The day itself or, on a weekend, the Monday after.
pub(super) fn weekday(day: Day) -> Day {
    match (day + 3).rem_euclid(7) {
        5 => day + 2,
        6 => day + 1,
        _ => day,
    }
}

/// The last weekday on or before the day.
pub(super) fn weekday_before(day: Day) -> Day {
    match (day + 3).rem_euclid(7) {
        5 => day - 1,
        6 => day - 2,
        _ => day,
    }
}

/// The last day of the month that holds this day.
pub(super) fn month_end(day: Day) -> Day {
    let (y, m, _) = civil(day);
    if m == 12 { day_of(y + 1, 1, 1) - 1 } else { day_of(y, m + 1, 1) - 1 }
}

/// Whole years from one day to another.
pub(super) fn years(from: Day, to: Day) -> i64 {
    let (fy, fm, fd) = civil(from);
    let (ty, tm, td) = civil(to);
    ty - fy - i64::from((tm, td) < (fm, fd))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civil_days_round_trip() {
        for day in (-30_000..40_000).step_by(37) {
            let (y, m, d) = civil(day);
            assert_eq!(day_of(y, m, d), day);
        }
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(day_of(2024, 2, 29)), "2024-02-29");
    }

    #[test]
    fn weekends_move_to_weekdays() {
        let saturday = day_of(2026, 11, 21);
        assert_eq!(date(weekday(saturday)), "2026-11-23");
        assert_eq!(date(weekday_before(saturday + 1)), "2026-11-20");
        assert_eq!(weekday(saturday + 2), saturday + 2);
    }

    #[test]
    fn a_time_shows_its_offset() {
        assert_eq!(date_time(day_of(2026, 8, 19) * DAY + 560, -300), "2026-08-19T09:20:00-05:00");
        assert_eq!(date_time(-1, 90), "1969-12-31T23:59:00+01:30");
    }

    #[test]
    fn age_counts_birthdays() {
        let birth = day_of(1960, 2, 12);
        assert_eq!(years(birth, day_of(2026, 2, 11)), 65);
        assert_eq!(years(birth, day_of(2026, 2, 12)), 66);
    }
}

//! How often a source usually sends, learned from the hours in which it was heard, and until when its silence is normal.
//!
//! Pure. Time is counted only when the source usually sends: a laboratory that is silent every night and every weekend is
//! not late on Monday morning. What is learned is robust and coarse on purpose: a source may be half as late again as its
//! longest usual pause, and an hour, before anybody is told.

use std::collections::{BTreeMap, BTreeSet};

use continuo_fhir::{Date, Instant};

use crate::followup::calendar::{Calendar, DAY};

/// One hour in microseconds.
pub const HOUR: i64 = DAY / 24;
/// How far back is looked.
pub const LOOK_BACK: i64 = 56 * DAY;
/// Days on which a source was heard before its habit is believed.
const DAYS_LEARNED: usize = 5;
/// How long it was known by then.
const KNOWN_FOR: i64 = 14 * DAY;
/// Days on which it was heard before it is waited for at all: a single import is no feed.
const DAYS_WAITED: usize = 3;
/// Hours of business days that a source of which little is known may be silent.
pub const UNTIL_LEARNED: i64 = 72;
/// A source heard less often on weekends than this part of business days rests on them.
const WEEKEND_SHARE: usize = 4;
/// Hours in a row that a source rests each day, at least, before they are not counted.
const LEAST_REST: usize = 4;
/// Of a hundred hours heard, those that may fall in the rest.
const IN_REST: usize = 2;
/// Hours a day in which a source must be heard before a rest at night means anything.
const BUSY: usize = 3;
/// The longest pause that is believed to be a habit.
const LONGEST: i64 = 14 * DAY;

/// When time counts for a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Weekends and holidays do not.
    pub quiet_weekends: bool,
    /// Hours of the day that do not, from and to; they may pass midnight.
    pub quiet_hours: Option<(u8, u8)>,
}

/// The habit of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usual {
    /// When time counts.
    pub counts: Counts,
    /// Its longest usual pause, in counted microseconds.
    pub pause: i64,
    /// Whether it was learned; else the source is too new and the shipped time holds.
    pub learned: bool,
}

impl Counts {
    fn counts(&self, at: Instant, calendar: &Calendar) -> bool {
        if self.quiet_weekends && !calendar.is_business_day(calendar.day(at)) {
            return false;
        }
        let hour = calendar.time(at).0;
        match self.quiet_hours {
            Some((from, to)) if from <= to => !(from..to).contains(&hour),
            Some((from, to)) => hour < from && hour >= to,
            None => true,
        }
    }

    /// Counted time between two moments.
    fn between(&self, from: Instant, to: Instant, calendar: &Calendar) -> i64 {
        let mut at = from;
        let mut sum = 0;
        while at < to {
            let next = next_hour(at).min(to);
            if self.counts(at, calendar) {
                sum += next.micros() - at.micros();
            }
            at = next;
        }
        sum
    }

    /// When so much counted time has passed.
    pub fn after(&self, from: Instant, counted: i64, calendar: &Calendar) -> Instant {
        let mut at = from;
        let mut left = counted;
        // Holidays in a row and quiet nights: no pause that is believed takes longer than this.
        for _ in 0..24 * 120 {
            let next = next_hour(at);
            if self.counts(at, calendar) {
                let passes = next.micros() - at.micros();
                if passes >= left {
                    return at.plus_micros(left);
                }
                left -= passes;
            }
            at = next;
        }
        at
    }
}

fn next_hour(at: Instant) -> Instant {
    at.plus_micros(HOUR - at.micros().rem_euclid(HOUR))
}

impl Usual {
    /// Until when the silence of a source last heard at `last` is normal.
    pub fn silent_after(&self, last: Instant, calendar: &Calendar) -> Instant {
        let allowed = if self.learned { self.pause + self.pause / 2 + HOUR } else { self.pause };
        self.counts.after(last, allowed, calendar)
    }
}

/// The habit of a source heard in these hours (in order), known since `first`. Nothing for what is no feed.
pub fn learn(hours: &[Instant], first: Instant, calendar: &Calendar) -> Option<Usual> {
    let last = *hours.last()?;
    let days: BTreeSet<Date> = hours.iter().map(|at| calendar.day(*at)).collect();
    if days.len() < DAYS_WAITED {
        return None;
    }
    let new = Usual {
        counts: Counts { quiet_weekends: true, quiet_hours: None },
        pause: UNTIL_LEARNED * HOUR,
        learned: false,
    };
    if days.len() < DAYS_LEARNED || last.micros() - first.micros() < KNOWN_FOR {
        return Some(new);
    }
    let counts = Counts {
        quiet_weekends: rests_on_weekends(&days, calendar),
        quiet_hours: if hours.len() >= BUSY * days.len() { rest(hours, calendar) } else { None },
    };
    let mut pauses: Vec<i64> =
        hours.windows(2).filter_map(|pair| Some(counts.between(*pair.first()?, *pair.get(1)?, calendar))).collect();
    pauses.sort_unstable();
    // Nineteen of twenty pauses are no longer than this: one outage does not become the habit.
    let at = (pauses.len() * 19).div_ceil(20).saturating_sub(1);
    let pause = *pauses.get(at)?;
    (pause <= LONGEST).then_some(Usual { counts, pause: pause.max(HOUR), learned: true })
}

fn rests_on_weekends(days: &BTreeSet<Date>, calendar: &Calendar) -> bool {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return false };
    let (mut weekends, mut business) = ((0, 0), (0, 0));
    let mut day = *first;
    while day <= *last {
        let side = if calendar.is_business_day(day) { &mut business } else { &mut weekends };
        side.0 += 1;
        side.1 += usize::from(days.contains(&day));
        day = day.plus_days(1);
    }
    weekends.0 >= 2 && WEEKEND_SHARE * weekends.1 * business.0 < business.1 * weekends.0
}

/// The longest run of hours of the day in which the source is as good as never heard.
fn rest(hours: &[Instant], calendar: &Calendar) -> Option<(u8, u8)> {
    let mut heard: BTreeMap<u8, usize> = BTreeMap::new();
    for at in hours {
        *heard.entry(calendar.time(*at).0).or_default() += 1;
    }
    let most = hours.len() * IN_REST / 100;
    let run = |from: u8| {
        let mut sum = 0;
        let mut length = 0;
        while length < 23 {
            let hour = (usize::from(from) + length) % 24;
            sum += heard.get(&u8::try_from(hour).unwrap_or(0)).copied().unwrap_or(0);
            if sum > most {
                break;
            }
            length += 1;
        }
        length
    };
    let (from, length) = (0..24u8).map(|from| (from, run(from))).max_by_key(|(from, length)| (*length, 24 - from))?;
    let to = u8::try_from((usize::from(from) + length) % 24).unwrap_or(0);
    (length >= LEAST_REST).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_fhir::Zone;

    fn calendar() -> Calendar {
        Calendar::us(Zone::named("America/New_York").unwrap(), 2026..=2026)
    }

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    /// Hours heard on the days before Monday 2026-08-17, by day and hour of the site's clock.
    fn heard(weeks: i32, hears: impl Fn(Date, u8) -> bool) -> Vec<Instant> {
        let calendar = calendar();
        let monday = Date::new(2026, 8, 17).unwrap();
        let days = (1..=weeks * 7).rev().map(|back| monday.plus_days(-back));
        days.flat_map(|day| (0..24u8).map(move |hour| (day, hour)))
            .filter(|(day, hour)| hears(*day, *hour))
            .map(|(day, hour)| calendar.moment(day, hour, 0))
            .collect()
    }

    #[track_caller]
    fn check(hours: &[Instant], last: &str, silent_after: &str) {
        let usual = learn(hours, *hours.first().unwrap(), &calendar()).expect("a feed");
        assert_eq!(usual.silent_after(at(last), &calendar()), at(silent_after), "{usual:?}");
    }

    #[test]
    fn a_feed_of_office_hours_is_not_late_over_the_weekend() {
        let office = heard(4, |day, hour| day.weekday() < 5 && (7..19).contains(&hour));
        let usual = learn(&office, *office.first().unwrap(), &calendar()).unwrap();
        assert_eq!(usual.counts, Counts { quiet_weekends: true, quiet_hours: Some((19, 7)) });
        // Last heard on Friday at 6:30 in the evening: half an hour counts on Friday, the rest from Monday at 7.
        check(&office, "2026-08-14T22:30:00Z", "2026-08-17T13:00:00Z");
        // On a Tuesday at 10 the silence is told two and a half hours later.
        check(&office, "2026-08-18T14:00:00Z", "2026-08-18T16:30:00Z");
    }

    #[test]
    fn a_feed_that_never_rests_is_missed_within_hours_at_night_too() {
        let always = heard(3, |_, _| true);
        check(&always, "2026-08-16T05:00:00Z", "2026-08-16T07:30:00Z");
    }

    #[test]
    fn a_daily_file_on_business_days_is_missed_a_day_and_a_half_later() {
        let daily = heard(4, |day, hour| day.weekday() < 5 && hour == 2);
        check(&daily, "2026-08-18T06:10:00Z", "2026-08-19T19:10:00Z");
        // Friday's file: the next is Monday's.
        check(&daily, "2026-08-14T06:10:00Z", "2026-08-17T19:10:00Z");
    }

    #[test]
    fn a_weekly_file_is_given_ten_days() {
        let weekly = heard(6, |day, hour| day.weekday() == 2 && hour == 4);
        let usual = learn(&weekly, *weekly.first().unwrap(), &calendar()).unwrap();
        assert!(usual.learned && usual.pause == 5 * DAY, "a week without its weekend: {usual:?}");
    }

    #[test]
    fn one_outage_does_not_become_the_habit() {
        let outage = heard(4, |day, _| day.to_days() % 28 != 3);
        check(&outage, "2026-08-16T05:00:00Z", "2026-08-16T07:30:00Z");
    }

    #[test]
    fn a_single_import_is_no_feed_and_a_new_one_is_given_three_business_days() {
        let once = heard(1, |day, hour| day.weekday() == 0 && hour < 6);
        assert_eq!(learn(&once, *once.first().unwrap(), &calendar()), None);
        let new = heard(1, |day, hour| day.weekday() < 4 && hour == 9);
        let usual = learn(&new, *new.first().unwrap(), &calendar()).unwrap();
        assert!(!usual.learned);
        check(&new, "2026-08-13T13:00:00Z", "2026-08-18T13:00:00Z");
    }

    #[test]
    fn nothing_heard_is_nothing_known() {
        assert_eq!(learn(&[], at("2026-08-01T00:00:00Z"), &calendar()), None);
    }
}

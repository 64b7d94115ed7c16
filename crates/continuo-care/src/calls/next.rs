//! When to try again, and what to do after several tries: another time of day each time, then other ways.

use continuo_fhir::Instant;

use crate::followup::calendar::Calendar;

/// Days looked ahead: past a long weekend with a day of the site's own.
const LOOK_AHEAD: i64 = 7;

/// A part of the day in which people answer differently.
const SLOTS: [(u8, u8, &str); 3] = [(9, 30, "morning"), (13, 30, "early afternoon"), (16, 45, "late afternoon")];

/// A proposal for the next try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextTry {
    /// When.
    pub at: Instant,
    /// "early afternoon, not tried yet".
    pub why: String,
}

/// The next try on a business day in a part of the day that was tried least, not before an hour from now and, when the
/// clock allows, not past the due time.
pub fn next_try(tries: &[Instant], now: Instant, due: Option<Instant>, calendar: &Calendar) -> NextTry {
    let used = |slot: usize| tries.iter().filter(|at| slot_of(calendar.time(**at).0) == slot).count();
    let mut best: Option<(usize, Instant, usize)> = None;
    for ahead in 0..LOOK_AHEAD {
        let day = calendar.plus_days(calendar.day(now), ahead);
        if !calendar.is_business_day(day) {
            continue;
        }
        for (slot, (hour, minute, _)) in SLOTS.iter().enumerate() {
            let at = calendar.moment(day, *hour, *minute);
            let late = due.is_some_and(|due| at > due) && due.is_some_and(|due| due > now);
            // Nobody is here to call before the site opens or in its last quarter of an hour.
            let here = at >= calendar.opens_on(day) && at.plus_seconds(900) <= calendar.closes_on(day);
            if at < now.plus_seconds(3600) || late || !here {
                continue;
            }
            if best.is_none_or(|(count, ..)| used(slot) < count) {
                best = Some((used(slot), at, slot));
            }
        }
    }
    match best {
        Some((count, at, slot)) => {
            let name = SLOTS.get(slot).map_or("", |(_, _, name)| name);
            let why =
                if count == 0 { format!("{name}, not tried yet") } else { format!("{name}, tried {count} times") };
            NextTry { at, why }
        }
        None => NextTry { at: now.plus_seconds(3600), why: "in an hour: the due time is close".to_owned() },
    }
}

fn slot_of(hour: u8) -> usize {
    match hour {
        0..12 => 0,
        12..15 => 1,
        _ => 2,
    }
}

/// What to do when the person cannot be reached: more ways with each try.
pub fn unable_to_reach(tries: usize) -> Vec<&'static str> {
    const STEPS: [(usize, &str); 6] = [
        (1, "Try another time of day"),
        (2, "Try the other numbers and the people who share them"),
        (2, "Send a message the person agreed to"),
        (3, "Call the emergency contact (say nothing about health)"),
        (3, "Ask the pharmacy, clinic or program who saw them last"),
        (3, "Send a letter; ask for a home visit or a welfare check if there is danger"),
    ];
    STEPS.iter().filter(|(from, _)| tries >= *from).map(|(_, step)| *step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_fhir::{Date, Zone};

    #[test]
    fn the_next_try_is_at_another_time_of_day() {
        let calendar = Calendar::us(Zone::utc(), 2026..=2026);
        let day = Date::new(2026, 8, 5).unwrap();
        let now = calendar.moment(day, 10, 0);
        let tries = [calendar.moment(day, 9, 0)];
        let next = next_try(&tries, now, None, &calendar);
        assert_eq!(calendar.time(next.at), (13, 30), "{}", next.why);
    }

    #[test]
    fn the_next_try_stays_inside_the_clock() {
        let calendar = Calendar::us(Zone::utc(), 2026..=2026);
        let day = Date::new(2026, 8, 5).unwrap();
        let now = calendar.moment(day, 11, 0);
        let due = calendar.moment(day, 15, 0);
        let next = next_try(&[calendar.moment(day, 13, 0)], now, Some(due), &calendar);
        assert!(next.at <= due, "{}", next.why);
    }

    #[test]
    fn friday_evening_goes_to_monday() {
        let calendar = Calendar::us(Zone::utc(), 2026..=2026);
        let friday = Date::new(2026, 8, 7).unwrap();
        let next = next_try(&[], calendar.moment(friday, 18, 0), None, &calendar);
        assert_eq!(calendar.day(next.at), Date::new(2026, 8, 10).unwrap());
    }
}

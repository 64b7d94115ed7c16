//! When to try again, and what to do after several tries: another time of day each time, then other ways. Where somebody is in
//! danger it is minutes, at any hour, and then others are asked to look.

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

/// How grave a call is: what waits for an afternoon, and what for minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gravity {
    /// It can wait for another time of day.
    #[default]
    Ordinary,
    /// Somebody may be in danger.
    Danger,
    /// Somebody may harm themselves (safety.md rule 8).
    SelfHarm,
}

/// Minutes between two tries in danger. After two in vain others are asked to look (the fallback of safety.md rule 8 is called
/// within 15 minutes); the minutes themselves are clinical judgment.
const DANGER_MINUTES: i64 = 5;

/// The next try where somebody may be in danger: in minutes, whatever the hour and the day, late or not.
pub fn next_in_danger(tries: usize, now: Instant) -> NextTry {
    let why = if tries < 2 {
        format!("danger: again in {DANGER_MINUTES} minutes, at any hour")
    } else {
        format!("danger: in {DANGER_MINUTES} minutes, and meanwhile the other ways beside this form")
    };
    NextTry { at: now.plus_seconds(DANGER_MINUTES * 60), why }
}

/// What to do when the person cannot be reached: more ways with each try. In danger the other ways are there from the first.
pub fn unable_to_reach(tries: usize, gravity: Gravity) -> Vec<&'static str> {
    const ORDINARY: [(usize, &str); 6] = [
        (1, "Try another time of day"),
        (2, "Try the other numbers and the people who share them"),
        (2, "Send a message the person agreed to"),
        (3, "Call the emergency contact (say nothing about health)"),
        (3, "Ask the pharmacy, clinic or program who saw them last"),
        (3, "Send a letter; ask for a home visit"),
    ];
    const DANGER: [(usize, &str); 4] = [
        (0, "Call every number on file now, one after the other"),
        (0, "Call again in minutes, at any hour; do not wait for another time of day"),
        (1, "Call the emergency contact: ask whether they are with the person, say only that we must reach them now"),
        (
            1,
            "Ask for a welfare check: 911, or the local police for the address on file; tell the supervisor that you did",
        ),
    ];
    const SELF_HARM: [(usize, &str); 5] = [
        (0, "Call every number on file now, one after the other"),
        (0, "No answer: tell the fallback now, do not wait the 15 minutes out"),
        (0, "Ask for a welfare check by 911 or the local police where they said a plan, a means or that it is now"),
        (1, "Call the emergency contact: ask whether they are with the person, say only that we must reach them now"),
        (1, "Ask for a welfare check for the address on file; tell the supervisor that you did"),
    ];
    let steps: &[(usize, &str)] = match gravity {
        Gravity::Ordinary => &ORDINARY,
        Gravity::Danger => &DANGER,
        Gravity::SelfHarm => &SELF_HARM,
    };
    steps.iter().filter(|(from, _)| tries >= *from).map(|(_, step)| *step).collect()
}

/// What to ask first when somebody in danger answers; nothing for an ordinary call.
pub fn ask_first(gravity: Gravity) -> Vec<&'static str> {
    const DANGER: [&str; 4] = [
        "Where are you right now? Write the address down before anything else.",
        "What number can I call if we are cut off? Is anybody with you?",
        "Are you safe this minute?",
        "If life is at risk: stay on the line and call 911 from a second phone, for the address they gave.",
    ];
    const SELF_HARM: [&str; 2] = [
        "Are you thinking of killing yourself? Do you have a plan, and the means near you?",
        "988 (call or text, any hour, Spanish too) is there beside us: offer to connect them; do not end the call on it alone.",
    ];
    match gravity {
        Gravity::Ordinary => Vec::new(),
        Gravity::Danger => DANGER.to_vec(),
        Gravity::SelfHarm => DANGER.into_iter().chain(SELF_HARM).collect(),
    }
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

    #[test]
    fn in_danger_the_next_try_is_in_minutes_at_any_hour_and_late_or_not() {
        let calendar = Calendar::us(Zone::utc(), 2026..=2026);
        let night = calendar.moment(Date::new(2026, 8, 8).unwrap(), 23, 50);
        let next = next_in_danger(3, night);
        assert_eq!(next.at, night.plus_seconds(300));
        assert!(next.why.contains("other ways"), "{}", next.why);
    }

    #[test]
    fn in_danger_others_are_asked_to_look_after_one_try() {
        let has = |tries, gravity| unable_to_reach(tries, gravity).iter().any(|step| step.contains("welfare check"));
        assert!(has(1, Gravity::Danger) && has(0, Gravity::SelfHarm));
        assert!(!has(5, Gravity::Ordinary), "a missed flu shot sends nobody to the door");
        assert!(ask_first(Gravity::SelfHarm).iter().any(|ask| ask.contains("988")));
        assert!(ask_first(Gravity::Ordinary).is_empty());
    }
}

//! The roster: who is on call when, and who is next. Pure; times are minutes of a civil day in the site's zone, so that an
//! hour stays an hour of the clock when summer time begins.
//!
//! A one-off cover stands above the weekly shifts. Somebody who is away is not on call, whatever the roster says.

use continuo_fhir::date::Time;
use continuo_fhir::{Date, Instant, Json, Zone};

use crate::build::{list, object};

/// Minutes of a day.
pub const DAY: i64 = 24 * 60;

/// A weekly shift of one route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Route id.
    pub route: String,
    /// Days it begins on, 0 Monday to 6 Sunday.
    pub days: Vec<u8>,
    /// From this minute of the day.
    pub from: i64,
    /// Until this minute; not later than `from` means the next day.
    pub to: i64,
    /// Who: `Practitioner/..`.
    pub who: String,
    /// Who is next, when the first does not acknowledge in time; may be empty.
    pub then: String,
}

impl Shift {
    /// Length in minutes.
    fn length(&self) -> i64 {
        if self.to > self.from { self.to - self.from } else { self.to + DAY - self.from }
    }
}

/// Somebody covers once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// Route id; empty for every route.
    pub route: String,
    /// From.
    pub from: Instant,
    /// Until.
    pub to: Instant,
    /// Who.
    pub who: String,
}

/// Somebody is away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Away {
    /// Who.
    pub who: String,
    /// From.
    pub from: Instant,
    /// Until.
    pub until: Instant,
    /// Who covers their work.
    pub fallback: String,
}

/// The whole roster of a site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    /// Minutes to acknowledge, where the site changed them: (route, minutes).
    pub minutes: Vec<(String, i64)>,
    /// Weekly shifts.
    pub shifts: Vec<Shift>,
    /// One-off covers.
    pub covers: Vec<Cover>,
}

/// Who answers at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duty {
    /// The first; empty: nobody.
    pub who: String,
    /// The next; empty: nobody.
    pub then: String,
}

impl Roster {
    /// Who answers a route at a moment.
    pub fn duty(&self, route: &str, at: Instant, zone: &Zone, away: &[Away]) -> Duty {
        let here = |who: &str| !who.is_empty() && !is_away(away, who, at);
        let mut chain: Vec<&str> = Vec::new();
        for cover in &self.covers {
            if (cover.route.is_empty() || cover.route == route) && cover.from <= at && at < cover.to {
                chain.push(&cover.who);
            }
        }
        for shift in self.shifts.iter().filter(|shift| shift.route == route && runs(shift, at, zone)) {
            chain.push(&shift.who);
            chain.push(&shift.then);
        }
        let mut present: Vec<&str> = Vec::new();
        for who in chain.into_iter().filter(|who| here(who)) {
            if !present.contains(&who) {
                present.push(who);
            }
        }
        let name = |at: usize| present.get(at).map(|who| (*who).to_owned()).unwrap_or_default();
        Duty { who: name(0), then: name(1) }
    }

    /// Whether somebody stands anywhere on the roster.
    pub fn names(&self, who: &str) -> bool {
        self.shifts.iter().any(|shift| shift.who == who || shift.then == who)
            || self.covers.iter().any(|cover| cover.who == who)
    }

    /// The stretches between two moments with the same people on duty, in order.
    pub fn stretches(
        &self,
        route: &str,
        from: Instant,
        to: Instant,
        zone: &Zone,
        away: &[Away],
    ) -> Vec<(Instant, Instant, Duty)> {
        let mut edges = vec![from, to];
        let (first, last) = (zone.day(from), zone.day(to));
        for ahead in -1..=first.days_until(last) + 1 {
            let day = first.plus_days(ahead);
            for shift in self.shifts.iter().filter(|shift| shift.route == route) {
                edges.extend([moment(day, shift.from, zone), moment(day, shift.to, zone)]);
            }
        }
        edges.extend(self.covers.iter().flat_map(|cover| [cover.from, cover.to]));
        edges.extend(away.iter().flat_map(|one| [one.from, one.until]));
        edges.retain(|edge| *edge >= from && *edge <= to);
        edges.sort();
        edges.dedup();
        let mut out: Vec<(Instant, Instant, Duty)> = Vec::new();
        for (start, end) in edges.iter().zip(edges.iter().skip(1)) {
            let duty = self.duty(route, *start, zone, away);
            match out.last_mut() {
                Some((_, until, before)) if *before == duty => *until = *end,
                _ => out.push((*start, *end, duty)),
            }
        }
        out
    }

    /// When nobody answers a route between two moments.
    pub fn gaps(&self, route: &str, from: Instant, to: Instant, zone: &Zone, away: &[Away]) -> Vec<(Instant, Instant)> {
        let all = self.stretches(route, from, to, zone, away);
        all.into_iter().filter(|(.., duty)| duty.who.is_empty()).map(|(from, to, _)| (from, to)).collect()
    }

    /// Hours of the plain week, without covers and absences, in which nobody answers a route: (minute of the week, end).
    pub fn weekly_gaps(&self, route: &str) -> Vec<(i64, i64)> {
        let week = 7 * DAY;
        let mut taken: Vec<(i64, i64)> = Vec::new();
        for shift in self.shifts.iter().filter(|shift| shift.route == route && !shift.who.is_empty()) {
            for day in &shift.days {
                let start = i64::from(*day) * DAY + shift.from;
                let end = start + shift.length();
                taken.push((start, end.min(week)));
                if end > week {
                    taken.push((0, end - week));
                }
            }
        }
        taken.sort_unstable();
        let mut gaps = Vec::new();
        let mut at = 0;
        for (start, end) in taken {
            if start > at {
                gaps.push((at, start));
            }
            at = at.max(end);
        }
        if at < week {
            gaps.push((at, week));
        }
        gaps
    }

    /// Minutes within which a route is acknowledged at this site.
    pub fn minutes_of(&self, route: &super::routes::Route) -> i64 {
        self.minutes.iter().find(|(id, _)| *id == route.id).map_or(route.minutes, |(_, minutes)| *minutes)
    }

    /// Reads a roster; what cannot be read is left out.
    pub fn read(json: &Json) -> Roster {
        let items = |name: &str| json.get(name).map(Json::items).unwrap_or_default();
        let text = |one: &Json, name: &str| one.str_at(name).unwrap_or_default().to_owned();
        let number = |one: &Json, name: &str| one.get(name).and_then(Json::as_i64);
        Roster {
            minutes: items("minutes")
                .iter()
                .filter_map(|one| Some((text(one, "route"), number(one, "minutes")?)))
                .collect(),
            shifts: items("shifts")
                .iter()
                .filter_map(|one| {
                    let days = one.get("days")?.items().iter().filter_map(|day| u8::try_from(day.as_i64()?).ok());
                    Some(Shift {
                        route: text(one, "route"),
                        days: days.filter(|day| *day < 7).collect(),
                        from: number(one, "from")?.clamp(0, DAY - 1),
                        to: number(one, "to")?.clamp(0, DAY),
                        who: text(one, "who"),
                        then: text(one, "then"),
                    })
                })
                .collect(),
            covers: items("covers")
                .iter()
                .filter_map(|one| {
                    Some(Cover {
                        route: text(one, "route"),
                        from: Instant::from_micros(number(one, "from")?),
                        to: Instant::from_micros(number(one, "to")?),
                        who: text(one, "who"),
                    })
                })
                .collect(),
        }
    }

    /// As kept.
    pub fn write(&self) -> Json {
        let minutes = self
            .minutes
            .iter()
            .map(|(route, minutes)| object([("route", Json::string(&**route)), ("minutes", Json::integer(*minutes))]));
        let shifts = self.shifts.iter().map(|shift| {
            object([
                ("route", Json::string(&*shift.route)),
                ("days", list(shift.days.iter().map(|day| Json::integer(i64::from(*day))))),
                ("from", Json::integer(shift.from)),
                ("to", Json::integer(shift.to)),
                ("who", Json::string(&*shift.who)),
                ("then", Json::string(&*shift.then)),
            ])
        });
        let covers = self.covers.iter().map(|cover| {
            object([
                ("route", Json::string(&*cover.route)),
                ("from", Json::integer(cover.from.micros())),
                ("to", Json::integer(cover.to.micros())),
                ("who", Json::string(&*cover.who)),
            ])
        });
        object([("minutes", list(minutes)), ("shifts", list(shifts)), ("covers", list(covers))])
    }
}

/// Reads absences.
pub fn read_away(json: &Json) -> Vec<Away> {
    json.items()
        .iter()
        .filter_map(|one| {
            let text = |name: &str| one.str_at(name).unwrap_or_default().to_owned();
            let at = |name: &str| one.get(name).and_then(Json::as_i64).map(Instant::from_micros);
            Some(Away { who: text("who"), from: at("from")?, until: at("until")?, fallback: text("fallback") })
        })
        .collect()
}

/// Absences as kept.
pub fn write_away(all: &[Away]) -> Json {
    list(all.iter().map(|one| {
        object([
            ("who", Json::string(&*one.who)),
            ("from", Json::integer(one.from.micros())),
            ("until", Json::integer(one.until.micros())),
            ("fallback", Json::string(&*one.fallback)),
        ])
    }))
}

/// Whether somebody is away at a moment.
pub fn is_away(away: &[Away], who: &str, at: Instant) -> bool {
    away.iter().any(|one| one.who == who && one.from <= at && at < one.until)
}

fn runs(shift: &Shift, at: Instant, zone: &Zone) -> bool {
    let today = zone.day(at);
    [today, today.plus_days(-1)].into_iter().any(|day| {
        let end = if shift.to > shift.from { day } else { day.plus_days(1) };
        shift.days.contains(&day.weekday()) && moment(day, shift.from, zone) <= at && at < moment(end, shift.to, zone)
    })
}

fn moment(day: Date, minute: i64, zone: &Zone) -> Instant {
    if minute >= DAY {
        return day.plus_days(1).low(zone);
    }
    let (hour, minute) = (u8::try_from(minute / 60).unwrap_or(0), u8::try_from(minute % 60).unwrap_or(0));
    Time::new(hour, minute, 0).map_or_else(|| day.low(zone), |time| zone.instant(day, time))
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_fhir::DateTime;

    fn at(text: &str) -> Instant {
        DateTime::parse(text).unwrap().low(&zone())
    }

    fn zone() -> Zone {
        Zone::named("America/New_York").unwrap()
    }

    fn shift(days: &[u8], from: i64, to: i64, who: &str, then: &str) -> Shift {
        Shift {
            route: "safety".into(),
            days: days.to_vec(),
            from: from * 60,
            to: to * 60,
            who: who.into(),
            then: then.into(),
        }
    }

    fn roster(shifts: Vec<Shift>) -> Roster {
        Roster { shifts, ..Roster::default() }
    }

    #[test]
    fn a_night_shift_belongs_to_the_day_it_begins_on() {
        let roster = roster(vec![shift(&[4], 17, 8, "friday", "next")]);
        let who = |text: &str| roster.duty("safety", at(text), &zone(), &[]).who;
        assert_eq!(who("2026-08-21T16:59:00"), "");
        assert_eq!(who("2026-08-21T17:00:00"), "friday");
        assert_eq!(who("2026-08-22T07:59:00"), "friday");
        assert_eq!(who("2026-08-22T08:00:00"), "");
        assert_eq!(roster.duty("safety", at("2026-08-21T20:00:00"), &zone(), &[]).then, "next");
        assert_eq!(roster.duty("other", at("2026-08-21T20:00:00"), &zone(), &[]).who, "");
    }

    #[test]
    fn whoever_is_away_is_not_on_call_and_the_next_answers() {
        let roster = roster(vec![shift(&[0, 1, 2, 3, 4, 5, 6], 0, 24, "a", "b")]);
        let away = |who: &str| Away {
            who: who.into(),
            from: at("2026-08-20T12:00:00"),
            until: at("2026-08-20T18:00:00"),
            fallback: String::new(),
        };
        let duty = |away: &[Away]| roster.duty("safety", at("2026-08-20T13:00:00"), &zone(), away);
        assert_eq!(duty(&[away("a")]), Duty { who: "b".into(), then: String::new() });
        assert_eq!(duty(&[away("a"), away("b")]), Duty::default());
        let gaps = roster.gaps(
            "safety",
            at("2026-08-20T00:00:00"),
            at("2026-08-21T00:00:00"),
            &zone(),
            &[away("a"), away("b")],
        );
        assert_eq!(gaps, [(at("2026-08-20T12:00:00"), at("2026-08-20T18:00:00"))]);
    }

    #[test]
    fn a_cover_stands_above_the_shifts() {
        let mut roster = roster(vec![shift(&[3], 0, 24, "a", "b")]);
        roster.covers.push(Cover {
            route: String::new(),
            from: at("2026-08-20T09:00:00"),
            to: at("2026-08-20T10:00:00"),
            who: "c".into(),
        });
        assert_eq!(
            roster.duty("safety", at("2026-08-20T09:30:00"), &zone(), &[]),
            Duty { who: "c".into(), then: "a".into() }
        );
        assert_eq!(roster.duty("safety", at("2026-08-20T10:00:00"), &zone(), &[]).who, "a");
    }

    #[test]
    fn every_hour_of_the_week_is_looked_at() {
        let office = roster(vec![shift(&[0, 1, 2, 3, 4], 8, 17, "a", "")]);
        assert_eq!(office.weekly_gaps("safety").len(), 6, "before Monday, four nights, the weekend");
        let nights = shift(&[0, 1, 2, 3, 4, 5, 6], 17, 8, "b", "");
        let weekend = shift(&[5, 6], 8, 17, "b", "");
        let whole = roster(vec![shift(&[0, 1, 2, 3, 4], 8, 17, "a", ""), nights, weekend]);
        assert_eq!(whole.weekly_gaps("safety"), []);
        assert_eq!(whole.weekly_gaps("other"), [(0, 7 * DAY)]);
        assert_eq!(whole.gaps("safety", at("2026-10-30T00:00:00"), at("2026-11-04T00:00:00"), &zone(), &[]), []);
    }

    #[test]
    fn a_roster_comes_back_as_it_was_kept() {
        let mut roster = roster(vec![shift(&[0, 6], 17, 8, "a", "b")]);
        roster.minutes.push(("safety".into(), 10));
        roster.covers.push(Cover {
            route: "safety".into(),
            from: Instant::from_micros(5),
            to: Instant::from_micros(9),
            who: "c".into(),
        });
        assert_eq!(Roster::read(&roster.write()), roster);
        assert_eq!(Roster::read(&Json::parse(b"null").unwrap()), Roster::default());
    }
}

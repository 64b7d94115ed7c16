//! The site's own days and hours: which federal holidays it keeps, what other days it is closed, when it opens and closes.
//!
//! What counts business days (due times, look-backs, cadences) counts by them, so a change looks at everybody again. They
//! stand in one setting with its earlier versions, each with who set it and why; safe limits keep a clinic that is closed
//! for a fortnight from moving every clock by a fortnight without anybody noticing.

use continuo_fhir::{Date, Instant, Json, Zone};
use continuo_store::conn::Conn;
use continuo_store::tables::setting;
use continuo_store::{OrgId, Result as StoreResult};

use crate::access::Permission;
use crate::build::{list, object};
use crate::ctx::Ctx;
use crate::followup::calendar::{Calendar, FEDERAL, federal_holidays};
use crate::problem::WorkError;
use crate::versioned;
use crate::work::Done;

pub(crate) const SETTING: &str = "site-days";

/// Days of its own that a site may name.
const MOST_OWN: usize = 40;
/// Weekdays in a row on which a site may be closed: with more, "two business days" would be most of a fortnight.
const MOST_IN_A_ROW: usize = 5;
/// Weekdays of a year on which a site may be closed.
const MOST_IN_A_YEAR: usize = 30;
/// Years ahead in which days are held against these limits; a day later than that cannot be named yet.
const YEARS_AHEAD: i16 = 10;
/// Earliest opening, latest opening, earliest closing, latest closing, shortest day: minutes.
const HOURS: [i64; 5] = [5 * 60, 12 * 60, 12 * 60, 22 * 60, 4 * 60];

/// When a day of the site's own comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnDay {
    /// Each year: month and day.
    Yearly(u8, u8),
    /// Once.
    Once(Date),
}

/// Days and hours of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteDays {
    /// Federal holidays on which the site works: ids of [`FEDERAL`].
    pub worked: Vec<String>,
    /// Days of its own on which it is closed, each with its name.
    pub own: Vec<(OwnDay, String)>,
    /// Opens at this minute of a business day.
    pub opens: i64,
    /// Closes at this minute.
    pub closes: i64,
}

impl Default for SiteDays {
    fn default() -> Self {
        Self { worked: Vec::new(), own: Vec::new(), opens: 8 * 60, closes: 17 * 60 }
    }
}

impl SiteDays {
    /// Closed days of a year with their names, in order; weekends left out.
    pub fn closed_in(&self, year: i16) -> Vec<(Date, String)> {
        let federal = federal_holidays(year).into_iter().filter(|(id, _)| !self.worked.iter().any(|one| one == id));
        let name = |id: &str| FEDERAL.iter().find(|one| one.0 == id).map_or("", |one| one.1).to_owned();
        let mut days: Vec<(Date, String)> = federal.map(|(id, day)| (day, name(id))).collect();
        for (own, name) in &self.own {
            let day = match own {
                OwnDay::Yearly(month, day) => Date::new(year, *month, *day),
                OwnDay::Once(day) => Some(*day).filter(|day| day.year() == year),
            };
            days.extend(day.map(|day| (day, name.clone())));
        }
        days.retain(|(day, _)| day.weekday() < 5);
        days.sort();
        days.dedup_by_key(|(day, _)| *day);
        days
    }

    /// The calendar of these days around a moment.
    pub fn calendar(&self, zone: Zone, now: Instant) -> Calendar {
        let year = zone.day(now).year();
        let years = year.saturating_sub(2)..=year.saturating_add(1);
        let days: Vec<Date> = years.flat_map(|year| self.closed_in(year)).map(|(day, _)| day).collect();
        Calendar::new(zone, days).open(self.opens, self.closes)
    }

    /// What keeps these from being safe: the field and a sentence.
    pub fn fault(&self, this_year: i16) -> Option<(&'static str, String)> {
        if let Some(unknown) = self.worked.iter().find(|id| !FEDERAL.iter().any(|one| one.0 == id.as_str())) {
            return Some(("kept", format!("`{unknown}` is no federal holiday")));
        }
        if self.own.len() > MOST_OWN {
            return Some(("own", format!("at most {MOST_OWN} days of your own")));
        }
        let [earliest, latest, least, most, shortest] = HOURS;
        if !(earliest..=latest).contains(&self.opens) {
            return Some(("opens", "a business day begins between 5:00 am and noon".to_owned()));
        }
        if !(least..=most).contains(&self.closes) || self.closes - self.opens < shortest {
            return Some((
                "closes",
                "a business day ends between noon and 10:00 pm, at least 4 hours later".to_owned(),
            ));
        }
        let last = this_year.saturating_add(YEARS_AHEAD);
        if self.own.iter().any(|(day, _)| matches!(day, OwnDay::Once(day) if day.year() > last)) {
            return Some(("own", format!("a day can be named up to the end of {last}")));
        }
        // Years stand one after the other, so that a run of days over New Year counts as one.
        let mut all: Vec<Date> = Vec::new();
        for year in this_year..=last {
            let closed: Vec<Date> = self.closed_in(year).into_iter().map(|(day, _)| day).collect();
            if closed.len() > MOST_IN_A_YEAR {
                let text = format!("{} weekdays of {year} would be closed; at most {MOST_IN_A_YEAR} are", closed.len());
                return Some(("own", text));
            }
            all.extend(closed);
        }
        longest_run(&all).map(|first| {
            let text = format!(
                "more than {MOST_IN_A_ROW} weekdays in a row would be closed from {}: clocks of patients would stand still. Leave some open, and plan who covers under On call",
                crate::followup::case::date_words(first)
            );
            ("own", text)
        })
    }

    fn read(json: &Json) -> Option<SiteDays> {
        let shipped = SiteDays::default();
        if json.get("opens").is_none() && json.get("own").is_none() {
            return None;
        }
        let items = |name: &str| json.get(name).map(Json::items).unwrap_or_default();
        let own = items("own").iter().filter_map(|one| {
            let day = one.str_at("day")?;
            let own = match day.split('-').collect::<Vec<_>>()[..] {
                [month, day] => OwnDay::Yearly(month.parse().ok()?, day.parse().ok()?),
                _ => OwnDay::Once(Date::parse(day)?),
            };
            Some((own, one.str_at("name").unwrap_or_default().to_owned()))
        });
        let minutes = |name: &str, or: i64| json.get(name).and_then(Json::as_i64).unwrap_or(or);
        Some(SiteDays {
            worked: items("worked").iter().filter_map(Json::as_str).map(str::to_owned).collect(),
            own: own.collect(),
            opens: minutes("opens", shipped.opens),
            closes: minutes("closes", shipped.closes),
        })
    }

    fn write(&self) -> Json {
        let day = |own: &OwnDay| match own {
            OwnDay::Yearly(month, day) => format!("{month:02}-{day:02}"),
            OwnDay::Once(day) => day.to_string(),
        };
        let own = self
            .own
            .iter()
            .map(|(own, name)| object([("day", Json::string(day(own))), ("name", Json::string(name.as_str()))]));
        object([
            ("worked", list(self.worked.iter().map(|id| Json::string(id.as_str())).collect::<Vec<_>>())),
            ("own", list(own.collect::<Vec<_>>())),
            ("opens", Json::integer(self.opens)),
            ("closes", Json::integer(self.closes)),
        ])
    }
}

/// The first day of a run of closed weekdays that is too long; weekends between them do not end a run.
fn longest_run(closed: &[Date]) -> Option<Date> {
    let next = |day: Date| day.plus_days(if day.weekday() == 4 { 3 } else { 1 });
    closed.iter().copied().find(|first| {
        let mut day = *first;
        let mut length = 0;
        while closed.contains(&day) && length <= MOST_IN_A_ROW {
            length += 1;
            day = next(day);
        }
        length > MOST_IN_A_ROW
    })
}

/// The days of an organization; the shipped ones where none were set.
pub fn of(conn: &mut Conn, org: OrgId) -> StoreResult<SiteDays> {
    Ok(versioned::newest(conn, org, SETTING)?.as_ref().and_then(SiteDays::read).unwrap_or_default())
}

/// The days that were in force at a moment, for explaining what was found then.
pub(crate) fn at(conn: &mut Conn, org: OrgId, moment: Instant) -> StoreResult<SiteDays> {
    let found = setting::at(conn, org, SETTING, moment.micros())?;
    let json = found.and_then(|one| Json::parse(one.value.as_bytes()).ok());
    Ok(json.as_ref().and_then(SiteDays::read).unwrap_or_default())
}

/// The days, for the page.
pub fn get(ctx: &Ctx) -> Result<SiteDays, WorkError> {
    Ok(ctx.read(|r| of(r.conn(), ctx.org))?)
}

/// Sets days and hours with the reason; everybody is looked at again in the background.
pub fn set(ctx: &Ctx, days: &SiteDays, reason: &str) -> Done<()> {
    ctx.require(Permission::AdminPolicy)?;
    let reason = versioned::reason(reason)?;
    if let Some((field, text)) = days.fault(ctx.zone.day(ctx.now()).year()) {
        return Err(WorkError::field(field, text));
    }
    let value = days.write();
    versioned::change_for_engine(ctx, "set days and hours", SETTING, &value, &reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i16, month: u8, day: u8) -> Date {
        Date::new(year, month, day).unwrap()
    }

    fn instant(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn business_days_follow_the_site() {
        let own = vec![
            (OwnDay::Once(date(2026, 11, 27)), "Day after Thanksgiving".to_owned()),
            (OwnDay::Yearly(12, 24), "Christmas Eve".to_owned()),
        ];
        let days = SiteDays { worked: vec!["columbus-day".to_owned()], own, ..SiteDays::default() };
        assert_eq!(days.fault(2026), None);
        let calendar = days.calendar(Zone::utc(), instant("2026-11-20T12:00:00Z"));
        // Wednesday before Thanksgiving: Thursday and Friday are closed.
        assert_eq!(calendar.plus_business(date(2026, 11, 25), 2), date(2026, 12, 1));
        assert_eq!(calendar.plus_business(date(2026, 12, 23), 1), date(2026, 12, 28));
        assert_eq!(calendar.plus_business(date(2026, 10, 9), 1), date(2026, 10, 12), "Columbus Day is worked");
        assert_eq!(SiteDays::read(&days.write()), Some(days));
    }

    #[test]
    fn what_would_stop_the_clocks_is_refused() {
        let closed = |days: &[u8]| SiteDays {
            own: days.iter().map(|day| (OwnDay::Yearly(12, *day), "closed".to_owned())).collect(),
            ..SiteDays::default()
        };
        assert_eq!(closed(&[21, 22, 23, 24]).fault(2026), None, "five weekdays with Christmas");
        let (field, text) = closed(&[21, 22, 23, 24, 28, 29, 30, 31]).fault(2026).expect("eight in a row");
        assert_eq!((field, text.contains("12/21/2026")), ("own", true), "{text}");
        let hours = |opens, closes| SiteDays { opens, closes, ..SiteDays::default() }.fault(2026).map(|one| one.0);
        assert_eq!(hours(8 * 60, 17 * 60), None);
        assert_eq!((hours(60, 17 * 60), hours(10 * 60, 13 * 60)), (Some("opens"), Some("closes")));
    }
}

//! Points in time, and the zones that turn civil time into them.

use super::{Date, Time};
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

/// Microseconds in a day.
pub(super) const DAY: i64 = 86_400_000_000;

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// That many microseconds after the start of 1970 UTC.
    pub const fn from_micros(micros: i64) -> Instant {
        Instant(micros)
    }

    /// That many milliseconds after the start of 1970 UTC.
    pub const fn from_millis(millis: i64) -> Instant {
        Instant(millis.saturating_mul(1000))
    }

    /// Reads a full date and time with an offset.
    pub fn parse(text: &str) -> Option<Instant> {
        let moment = super::DateTime::parse(text)?;
        (moment.offset().is_some()).then(|| moment.low(&Zone::utc()))
    }

    /// Microseconds since the start of 1970 UTC.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Milliseconds since the start of 1970 UTC.
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Moved by microseconds, held at the ends.
    pub const fn plus_micros(self, micros: i64) -> Instant {
        Instant(self.0.saturating_add(micros))
    }

    /// Moved by seconds, held at the ends.
    pub const fn plus_seconds(self, seconds: i64) -> Instant {
        Instant(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }
}

/// A time zone: civil time to points in time and back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Zone(TimeZone);

impl Zone {
    /// UTC.
    pub fn utc() -> Zone {
        Zone(TimeZone::UTC)
    }

    /// A fixed distance from UTC in minutes, east positive, at most a day.
    pub fn fixed(minutes: i16) -> Zone {
        Zone(Offset::from_seconds(i32::from(minutes) * 60).map_or(TimeZone::UTC, TimeZone::fixed))
    }

    /// A zone of the IANA database (the copy built in), such as `America/Chicago`, or an offset such as `-05:00`.
    pub fn named(name: &str) -> Option<Zone> {
        if let Some(minutes) = super::parse::offset(name) {
            return Some(Zone::fixed(minutes));
        }
        TimeZoneDatabase::bundled().get(name).ok().map(Zone)
    }

    /// The zone's IANA name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.0.iana_name()
    }

    /// The moment at which a clock here shows that date and time. A skipped hour counts as the hour after, a repeated
    /// hour as its first pass.
    pub fn instant(&self, date: Date, time: Time) -> Instant {
        let civil = i64::from(date.to_days()) * DAY + time.micros_of_day();
        if self.0 == TimeZone::UTC {
            return Instant(civil);
        }
        let date_time = jiff::civil::Date::new(date.year, date.month as i8, date.day as i8)
            .map(|d| d.at(time.hour as i8, time.minute as i8, time.second as i8, time.micro as i32 * 1000));
        match date_time.and_then(|at| self.0.to_ambiguous_timestamp(at).compatible()) {
            Ok(timestamp) => Instant(timestamp.as_microsecond()),
            // Only the very ends of the calendar have no timestamp; there the zone does not matter.
            Err(_) => Instant(civil),
        }
    }

    /// What calendar and clock show here at a moment; moments outside years 1 to 9999 are held at the ends.
    pub fn civil(&self, at: Instant) -> (Date, Time) {
        self.civil_checked(at).unwrap_or_else(|| {
            let edge = if at.0 < 0 { Date::new(1, 1, 1) } else { Date::new(9999, 12, 31) };
            (edge.expect("both ends are in the calendar"), Time::MIDNIGHT)
        })
    }

    pub(super) fn civil_checked(&self, at: Instant) -> Option<(Date, Time)> {
        let shift = match jiff::Timestamp::from_microsecond(at.0) {
            Ok(timestamp) if self.0 != TimeZone::UTC => i64::from(self.0.to_offset(timestamp).seconds()) * 1_000_000,
            _ => 0,
        };
        let local = at.0.checked_add(shift)?;
        let date = Date::from_days(i32::try_from(local.div_euclid(DAY)).ok()?)?;
        Some((date, Time::from_micros_of_day(local.rem_euclid(DAY))))
    }

    /// The day it is here at a moment.
    pub fn day(&self, at: Instant) -> Date {
        self.civil(at).0
    }

    /// Minutes east of UTC here at a moment.
    pub fn offset_minutes(&self, at: Instant) -> i16 {
        jiff::Timestamp::from_microsecond(at.0).map_or(0, |t| (self.0.to_offset(t).seconds() / 60) as i16)
    }
}

//! On-call hours: who answers each urgent route at every hour of the week, who is next, and who is away (safety.md 7).
//!
//! `routes` is data, `roster` is pure, this module reads and changes a site's own. Hours nobody covers are told wherever
//! it matters: on the roster, on the worklist while they run, and on the end-of-day card.

mod change;
pub mod page_to;
pub mod pager;
pub mod paging;
pub mod roster;
pub mod routes;

use std::collections::BTreeSet;

use continuo_fhir::Instant;
use continuo_store::Reader;
use continuo_store::tables::account;
use continuo_store::tables::work::{self, Work};

use crate::access::Permission;
use crate::ctx::Ctx;
use crate::followup::calendar::{Calendar, MINUTE};
use crate::problem::WorkError;
use crate::versioned;

pub use change::{add_away, add_cover, add_shift, end_away, remove_cover, remove_shift, set_minutes};
pub use roster::{Away, Cover, Duty, Roster, Shift};
pub use routes::{ROUTES, Route};

/// Names of the settings.
pub(crate) const ROSTER: &str = "on-call";
pub(crate) const AWAY: &str = "away";
/// More rows than one list has; a guard.
const MOST: i64 = 1_000;

/// A site's roster and absences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnCall {
    /// Shifts and covers.
    pub roster: Roster,
    /// Absences that have not ended.
    pub away: Vec<Away>,
    /// Those of the roster whose account is closed: nobody answers in their place until the roster is mended.
    pub closed: Vec<String>,
}

fn roster_of(r: &mut Reader<'_>, ctx: &Ctx) -> continuo_store::Result<Roster> {
    Ok(versioned::newest(r.conn(), ctx.org, ROSTER)?.map(|json| Roster::read(&json)).unwrap_or_default())
}

pub(crate) fn read(r: &mut Reader<'_>, ctx: &Ctx) -> continuo_store::Result<OnCall> {
    let roster = roster_of(r, ctx)?;
    let named = roster.shifts.iter().flat_map(|shift| [&shift.who, &shift.then]);
    let named = named.chain(roster.covers.iter().map(|cover| &cover.who)).map(String::as_str);
    let named: Vec<&str> = named.filter(|who| !who.is_empty()).collect::<BTreeSet<_>>().into_iter().collect();
    let works = account::active_of(r.conn(), ctx.org, &named)?;
    let closed = named.iter().filter(|who| !works.iter().any(|one| one == *who)).map(|who| (*who).to_owned()).collect();
    Ok(OnCall { away: away_list(r, ctx)?, closed, roster })
}

pub(crate) fn away_list(r: &mut Reader<'_>, ctx: &Ctx) -> continuo_store::Result<Vec<Away>> {
    let mut away = versioned::newest(r.conn(), ctx.org, AWAY)?.map(|json| roster::read_away(&json)).unwrap_or_default();
    away.retain(|one| one.until > ctx.now());
    Ok(away)
}

/// The roster and absences, for everybody who works.
pub fn load(ctx: &Ctx) -> Result<OnCall, WorkError> {
    ctx.require(Permission::WorkRead)?;
    Ok(ctx.read(|r| read(r, ctx))?)
}

/// Absences that run or are to come. Names and days of colleagues are open to everybody who has signed in.
pub fn absences(ctx: &Ctx) -> continuo_store::Result<Vec<Away>> {
    ctx.read(|r| away_list(r, ctx))
}

/// Who answers a route now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Now {
    /// The route.
    pub route: &'static Route,
    /// Who, and who is next.
    pub duty: Duty,
    /// Until when it stays so.
    pub until: Instant,
    /// Minutes to acknowledge.
    pub minutes: i64,
}

impl OnCall {
    /// Everybody who does not answer, and when: those away, and for good those whose account is closed.
    fn absent(&self) -> Vec<Away> {
        let gone = |who: &String| Away {
            who: who.clone(),
            from: Instant::from_micros(0),
            until: Instant::from_micros(i64::MAX),
            fallback: String::new(),
        };
        self.away.iter().cloned().chain(self.closed.iter().map(gone)).collect()
    }

    /// Who answers each route at a moment, and until when.
    pub fn now(&self, ctx: &Ctx) -> Vec<Now> {
        let now = ctx.now();
        let week = now.plus_seconds(7 * 86_400);
        let absent = self.absent();
        ROUTES
            .iter()
            .map(|route| {
                let first = self.roster.stretches(&route.id, now, week, &ctx.zone, &absent).into_iter().next();
                let (_, until, duty) = first.unwrap_or((now, week, Duty::default()));
                Now { route, duty, until, minutes: self.roster.minutes_of(route) }
            })
            .collect()
    }

    /// Who answers each route now, without until when: for what every list says.
    pub fn on_duty(&self, ctx: &Ctx) -> Vec<(&'static Route, Duty)> {
        let (now, absent) = (ctx.now(), self.absent());
        ROUTES.iter().map(|route| (route, self.roster.duty(&route.id, now, &ctx.zone, &absent))).collect()
    }

    /// Whether somebody is ever on duty: most people never are, and need not be asked about each route.
    pub(crate) fn names(&self, who: &str) -> bool {
        self.roster.shifts.iter().any(|shift| shift.who == who || shift.then == who)
            || self.roster.covers.iter().any(|cover| cover.who == who)
    }

    /// When nobody answers, route by route, between two moments.
    pub fn gaps(&self, ctx: &Ctx, from: Instant, to: Instant) -> Vec<(&'static Route, Instant, Instant)> {
        let absent = self.absent();
        let of = |route: &'static Route| {
            let gaps = self.roster.gaps(&route.id, from, to, &ctx.zone, &absent);
            gaps.into_iter().map(move |(from, to)| (route, from, to))
        };
        ROUTES.iter().flat_map(of).collect()
    }
}

/// Danger that comes to the reader because they are on call: nobody's or a role's at once, a person's when it was not begun
/// in time; the next on call after twice that time. While the site is closed, so does work of high consequence that is due
/// before it opens again, such as a dialysis missed on a Saturday or insulin that ran out.
pub(crate) fn called(r: &mut Reader<'_>, ctx: &Ctx, calendar: &Calendar) -> continuo_store::Result<Vec<Work>> {
    let on_call = read(r, ctx)?;
    let me = ctx.actor.reference.as_str();
    if !on_call.names(me) {
        return Ok(Vec::new());
    }
    let now = ctx.now();
    let mine: Vec<Now> = on_call.now(ctx).into_iter().filter(|one| one.duty.who == me || one.duty.then == me).collect();
    if mine.is_empty() {
        return Ok(Vec::new());
    }
    let mut work = work::danger_not_begun(r.conn(), &ctx.scope, MOST)?;
    if let Some(opens) = closed_until(calendar, now) {
        let kinds: Vec<&str> = mine.iter().flat_map(|duty| duty.route.kinds.iter().map(String::as_str)).collect();
        work.extend(work::high_not_begun(r.conn(), &ctx.scope, &kinds, opens.micros(), MOST)?);
    }
    work.retain(|one| {
        let Some(duty) = mine.iter().find(|duty| duty.route.kinds.contains(&one.task_kind)) else { return false };
        let waited = now.micros() - one.opened;
        let limit = duty.minutes * MINUTE;
        let nobody =
            one.owner.is_empty() || one.owner.starts_with("role:") || roster::is_away(&on_call.away, &one.owner, now);
        match (duty.duty.who == me, nobody) {
            (true, true) => true,
            (true, false) | (false, true) => waited >= limit,
            (false, false) => waited >= 2 * limit,
        }
    });
    Ok(work)
}

/// When a site that is closed now opens again; nothing while it is open.
fn closed_until(calendar: &Calendar, now: Instant) -> Option<Instant> {
    let today = calendar.day(now);
    if calendar.is_business_day(today) && now >= calendar.opens_on(today) && now < calendar.closes_on(today) {
        return None;
    }
    (0..=14).map(|ahead| calendar.plus_days(today, ahead)).find_map(|day| {
        let opens = calendar.opens_on(day);
        (calendar.is_business_day(day) && opens > now).then_some(opens)
    })
}

/// Those whose work the reader covers now because they are away.
pub(crate) fn covered_by(r: &mut Reader<'_>, ctx: &Ctx) -> continuo_store::Result<Vec<String>> {
    let now = ctx.now();
    let away = away_list(r, ctx)?;
    let mine: BTreeSet<String> = away
        .into_iter()
        .filter(|one| one.fallback == ctx.actor.reference && one.from <= now)
        .map(|one| one.who)
        .collect();
    Ok(mine.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_fhir::{Date, Zone};

    #[test]
    fn a_saturday_is_closed_until_monday_and_a_working_morning_is_open() {
        let calendar = Calendar::us(Zone::utc(), 2026..=2026);
        let day = |day| Date::new(2026, 8, day).unwrap();
        assert_eq!(closed_until(&calendar, calendar.moment(day(8), 9, 0)), Some(calendar.opens_on(day(10))));
        assert_eq!(closed_until(&calendar, calendar.moment(day(7), 22, 0)), Some(calendar.opens_on(day(10))));
        assert_eq!(closed_until(&calendar, calendar.moment(day(5), 6, 0)), Some(calendar.opens_on(day(5))));
        assert_eq!(closed_until(&calendar, calendar.moment(day(5), 9, 0)), None);
    }
}

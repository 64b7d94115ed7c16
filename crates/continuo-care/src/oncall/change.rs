//! Changing the roster and absences. Each change is a new version of a setting, in one commit that can be taken back.

use continuo_fhir::Instant;

use super::roster::{DAY, Roster, Shift, read_away, write_away};
use super::{AWAY, Away, Cover, ROSTER, ROUTES};
use crate::access::{Permission, role};
use crate::ctx::Ctx;
use crate::problem::WorkError;
use crate::versioned;
use crate::work::Done;

fn person(ctx: &Ctx, field: &'static str, who: &str, route: &str) -> Result<(), WorkError> {
    let accounts = ctx.read(|r| continuo_store::tables::account::accounts_of(r.conn(), ctx.org))?;
    let Some(account) = accounts.iter().find(|one| one.active && one.reference == who) else {
        return Err(WorkError::field(field, "choose a person who works here"));
    };
    let fits = |id: &str| {
        ROUTES
            .iter()
            .filter(|one| route.is_empty() || one.id == route)
            .all(|one| one.roles.iter().any(|role| role == id))
    };
    if account.roles.split_whitespace().any(fits) {
        return Ok(());
    }
    let labels: Vec<String> =
        account.roles.split_whitespace().filter_map(role).map(|role| role.label.to_lowercase()).collect();
    Err(WorkError::field(field, format!("{} ({}) may not answer this route", account.name, labels.join(", "))))
}

fn change(
    ctx: &Ctx,
    action: &str,
    change: impl FnOnce(&mut Roster) -> Result<(), String> + Send + 'static,
) -> Done<()> {
    versioned::change(ctx, action, ROSTER, move |json| {
        let mut roster = json.map(|json| Roster::read(&json)).unwrap_or_default();
        change(&mut roster)?;
        Ok(roster.write())
    })
}

/// What somebody hears whose page is older than the roster.
const CHANGED: &str = "the roster was changed a moment ago: look again";

/// Adds a weekly shift.
pub fn add_shift(ctx: &Ctx, shift: Shift) -> Done<()> {
    ctx.require(Permission::OnCall)?;
    if !ROUTES.iter().any(|route| route.id == shift.route) {
        return Err(WorkError::field("route", "choose a route"));
    }
    if shift.days.is_empty() {
        return Err(WorkError::field("days", "choose at least one day"));
    }
    if !(0..DAY).contains(&shift.from) || !(0..=DAY).contains(&shift.to) {
        return Err(WorkError::field("from", "give times of a day"));
    }
    person(ctx, "who", &shift.who, &shift.route)?;
    if !shift.then.is_empty() {
        person(ctx, "then", &shift.then, &shift.route)?;
        if shift.then == shift.who {
            return Err(WorkError::field("then", "the next is somebody else"));
        }
    }
    change(ctx, "add on-call shift", move |roster| {
        if roster.shifts.len() >= 500 {
            return Err("the roster is full: remove shifts first".to_owned());
        }
        roster.shifts.push(shift);
        Ok(())
    })
}

/// Removes a weekly shift by its place, if it is still the one meant.
pub fn remove_shift(ctx: &Ctx, at: usize, who: &str) -> Done<()> {
    ctx.require(Permission::OnCall)?;
    let who = who.to_owned();
    change(ctx, "remove on-call shift", move |roster| {
        if roster.shifts.get(at).is_none_or(|shift| shift.who != who) {
            return Err(CHANGED.to_owned());
        }
        roster.shifts.remove(at);
        Ok(())
    })
}

/// Adds a one-off cover.
pub fn add_cover(ctx: &Ctx, cover: Cover) -> Done<()> {
    ctx.require(Permission::OnCall)?;
    if !cover.route.is_empty() && !ROUTES.iter().any(|route| route.id == cover.route) {
        return Err(WorkError::field("route", "choose a route"));
    }
    if cover.to <= cover.from {
        return Err(WorkError::field("to", "it ends before it begins"));
    }
    if cover.to <= ctx.now() {
        return Err(WorkError::field("to", "this time has passed"));
    }
    person(ctx, "who", &cover.who, &cover.route)?;
    let now = ctx.now();
    change(ctx, "add on-call cover", move |roster| {
        roster.covers.retain(|one| one.to > now);
        roster.covers.push(cover);
        Ok(())
    })
}

/// Removes a cover by its place, if it is still the one meant.
pub fn remove_cover(ctx: &Ctx, at: usize, who: &str) -> Done<()> {
    ctx.require(Permission::OnCall)?;
    let who = who.to_owned();
    change(ctx, "remove on-call cover", move |roster| {
        if roster.covers.get(at).is_none_or(|cover| cover.who != who) {
            return Err(CHANGED.to_owned());
        }
        roster.covers.remove(at);
        Ok(())
    })
}

/// Sets the minutes within which a route is acknowledged.
pub fn set_minutes(ctx: &Ctx, route: &str, minutes: i64) -> Done<()> {
    ctx.require(Permission::OnCall)?;
    let Some(known) = ROUTES.iter().find(|one| one.id == route) else {
        return Err(WorkError::field("route", "choose a route"));
    };
    if !(1..=24 * 60).contains(&minutes) {
        return Err(WorkError::field("minutes", "give 1 to 1440 minutes"));
    }
    // A site may be quicker than the product's own rule, never slower (safety.md 8).
    if known.id == "safety" && minutes > known.minutes {
        return Err(WorkError::field("minutes", format!("at most {} minutes for this route", known.minutes)));
    }
    let route = route.to_owned();
    change(ctx, "set on-call minutes", move |roster| {
        roster.minutes.retain(|(id, _)| *id != route);
        roster.minutes.push((route, minutes));
        Ok(())
    })
}

/// Says that somebody is away, and who covers their work: oneself, or others with the right to.
pub fn add_away(ctx: &Ctx, away: Away) -> Done<()> {
    ctx.require(Permission::WorkAct)?;
    if away.who != ctx.actor.reference {
        ctx.require(Permission::OnCall)?;
    }
    if away.until <= away.from {
        return Err(WorkError::field("until", "it ends before it begins"));
    }
    if away.until <= ctx.now() {
        return Err(WorkError::field("until", "this time has passed"));
    }
    let accounts = ctx.read(|r| continuo_store::tables::account::accounts_of(r.conn(), ctx.org))?;
    let works_here = |who: &str| accounts.iter().any(|one| one.active && one.reference == who);
    if !works_here(&away.who) {
        return Err(WorkError::field("who", "choose a person who works here"));
    }
    if !works_here(&away.fallback) || away.fallback == away.who {
        return Err(WorkError::field("fallback", "choose who covers"));
    }
    let all = super::absences(ctx)?;
    let overlaps = |one: &Away, who: &str| one.who == who && one.from < away.until && away.from < one.until;
    if all.iter().any(|one| overlaps(one, &away.fallback)) {
        return Err(WorkError::field("fallback", "they are away at that time"));
    }
    if all.iter().any(|one| overlaps(one, &away.who)) {
        return Err(WorkError::field("from", "an absence at that time is entered already"));
    }
    let now = ctx.now();
    versioned::change(ctx, "enter absence", AWAY, move |json| {
        let mut all = json.map(|json| read_away(&json)).unwrap_or_default();
        all.retain(|one| one.until > now);
        all.push(away);
        all.sort_by(|a, b| (a.from, &a.who).cmp(&(b.from, &b.who)));
        Ok(write_away(&all))
    })
}

/// Ends an absence: back early, or entered wrongly.
pub fn end_away(ctx: &Ctx, who: &str, from: Instant) -> Done<()> {
    ctx.require(Permission::WorkAct)?;
    if who != ctx.actor.reference {
        ctx.require(Permission::OnCall)?;
    }
    let who = who.to_owned();
    versioned::change(ctx, "end absence", AWAY, move |json| {
        let mut all = json.map(|json| read_away(&json)).unwrap_or_default();
        let before = all.len();
        all.retain(|one| !(one.who == who && one.from == from));
        if all.len() == before {
            return Err("this absence has ended".to_owned());
        }
        Ok(write_away(&all))
    })
}

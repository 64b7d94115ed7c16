//! Handlers of the day's papers.

use continuo_care::access::Permission;
use continuo_care::day::{self, Line};
use continuo_care::worklist::Tab;
use continuo_care::{Ctx, staff};
use continuo_fhir::Instant;

use super::{end_of_day, huddle};
use crate::app::App;
use crate::pages::{feeds, frame, person, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

/// Routes of this area.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/print/huddle", Gate::May(Permission::WorkRead), huddle_list),
    Route::get("/print/end-of-day", Gate::May(Permission::WorkRead), card),
];

fn huddle_list(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let tab = Tab::from_word(request.query.get("tab").unwrap_or("mine"));
    let (now, today) = (ctx.now(), person::today(ctx));
    let owners = staff::owners(ctx)?;
    let rows = day::huddle(ctx, tab)?.into_iter().map(|row| huddle::Row {
        who: person::who(&row.person, today),
        when: row.items.first().map(|item| when::due(item.due, now, &ctx.zone).word).unwrap_or_default(),
        what: row.items.iter().map(|item| item.what.clone()).collect(),
        owner: row.items.first().map(|item| in_short(staff::name_of(&owners, &item.owner))).unwrap_or_default(),
    });
    let view = huddle::View {
        team: format!("{}: {}", ctx.actor.name, tab.word()),
        day: when::weekday_and_day(today),
        rows: rows.collect(),
    };
    Ok(Reply::page(huddle::render(&frame::of(ctx, request)?, &view)))
}

/// The name without the role: the line is for the name, the space beside it for writing.
fn in_short(owner: String) -> String {
    owner.split(',').next().map(str::to_owned).unwrap_or(owner)
}

fn card(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let day = day::end_of_day(ctx)?;
    let lines = |all: &[Line]| -> Vec<String> { all.iter().map(|line| sentence(ctx, line)).collect() };
    let silent = continuo_care::feeds::silent(ctx)?;
    let silent = silent.iter().map(|one| feeds::words::sentence(ctx, one));
    let view = end_of_day::View {
        about: format!("{}, {}", ctx.actor.name, when::weekday_and_day(person::today(ctx))),
        closed: lines(&day.closed),
        waiting: lines(&day.waiting),
        urgent: lines(&day.urgent),
        tomorrow: lines(&day.tomorrow),
        uncovered: silent.chain(gaps(ctx, &day.gaps)).chain(lines(&day.uncovered)).collect(),
    };
    Ok(Reply::page(end_of_day::render(&frame::of(ctx, request)?, &view)))
}

fn gaps<'g>(ctx: &Ctx, all: &'g [(String, Instant, Instant)]) -> impl Iterator<Item = String> + use<'g> {
    let (zone, today) = (ctx.zone.clone(), person::today(ctx));
    all.iter().map(move |(route, from, to)| {
        let at = |at: Instant| format!("{} {}", when::near(zone.day(at), today), when::clock_at(at, &zone));
        format!("{route}: nobody is on call, {} to {}", at(*from), at(*to))
    })
}

fn sentence(ctx: &Ctx, line: &Line) -> String {
    let who = line.person.as_ref().map(|header| person::who(header, person::today(ctx)).named_and_born());
    let due = line.due.map(|at| format!(", {}", when::due(Some(at), ctx.now(), &ctx.zone).word)).unwrap_or_default();
    let on = if line.on.is_empty() { String::new() } else { format!(" ({})", line.on) };
    format!("{}: {}{on}{due}", who.unwrap_or_else(|| "A person you may not see".to_owned()), line.what)
}

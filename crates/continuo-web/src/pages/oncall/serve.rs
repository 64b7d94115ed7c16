//! Handlers of on-call hours and absences.

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::oncall::{self, Away, Cover, OnCall, ROUTES as URGENT, Shift};
use continuo_care::problem::WorkError;
use continuo_care::staff::{self, Owner};
use continuo_care::work::Done;
use continuo_fhir::Instant;
use continuo_fhir::date::Time;
use continuo_ui::action::Action;
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;

use super::board::{Line, NowRow, View, Week, render};
use super::told;
use crate::app::App;
use crate::form::Pairs;
use crate::pages::entry::{Errors, errors_of, filled, general};
use crate::pages::{done, frame, person, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

/// Routes of this area.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/on-call", Gate::May(Permission::WorkRead), show),
    Route::post("/on-call/shifts", Gate::May(Permission::OnCall), add_shift),
    Route::post("/on-call/shifts/{at}/remove", Gate::May(Permission::OnCall), remove_shift),
    Route::post("/on-call/covers", Gate::May(Permission::OnCall), add_cover),
    Route::post("/on-call/covers/{at}/remove", Gate::May(Permission::OnCall), remove_cover),
    Route::post("/on-call/minutes", Gate::May(Permission::OnCall), set_minutes),
    Route::post("/on-call/away", Gate::May(Permission::WorkAct), add_away),
    Route::post("/on-call/away/end", Gate::May(Permission::WorkAct), end_away),
];

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// Minutes of a day.
const DAY: i64 = 24 * 60;

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &Pairs::default(), &Errors::new())
}

fn page(ctx: &Ctx, request: &Request, given: &Pairs, errors: &Errors) -> Result<Reply, Problem> {
    let on_call = oncall::load(ctx)?;
    let owners = staff::owners(ctx)?;
    let view = view(ctx, &on_call, &owners, given, errors)?;
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

fn view(ctx: &Ctx, on_call: &OnCall, owners: &[Owner], given: &Pairs, errors: &Errors) -> Result<View, Problem> {
    let name = |who: &str| if who.is_empty() { String::new() } else { staff::name_of(owners, who) };
    let may = ctx.grant.allows(Permission::OnCall);
    let near = |at: Instant| person::day_and_clock(ctx, at);
    let now = on_call.now(ctx).into_iter().map(|one| NowRow {
        title: one.route.title.clone(),
        what: one.route.what.clone(),
        who: name(&one.duty.who),
        next: name(&one.duty.then),
        until: near(one.until),
        minutes: format!("{} minutes", one.minutes),
    });
    let week = ctx.now().plus_seconds(7 * 86_400);
    let gaps = on_call.gaps(ctx, ctx.now(), week).into_iter();
    let weeks = URGENT.iter().map(|route| Week {
        id: route.id.clone(),
        title: route.title.clone(),
        shifts: on_call
            .roster
            .shifts
            .iter()
            .enumerate()
            .filter(|(_, shift)| shift.route == route.id)
            .map(|(at, shift)| shift_line(at, shift, &name, may))
            .collect(),
        gaps: on_call
            .roster
            .weekly_gaps(&route.id)
            .into_iter()
            .map(|(from, to)| {
                if to - from == 7 * DAY {
                    "no hour of the week".to_owned()
                } else {
                    format!("{} to {}", of_week(from), of_week(to))
                }
            })
            .collect(),
    });
    let covers = on_call.roster.covers.iter().enumerate().filter(|(_, cover)| cover.to > ctx.now());
    let covers = covers.map(|(at, cover)| Line {
        text: format!("{} to {}", near(cover.from), near(cover.to)),
        note: format!("{}, {}", name(&cover.who), route_title(&cover.route)),
        remove: may.then(|| {
            Action::post("Remove", format!("/on-call/covers/{at}/remove"))
                .with("who", &cover.who)
                .about(name(&cover.who))
                .quiet()
        }),
    });
    let away = on_call.away.iter().map(|one| Line {
        text: format!("{}: {} to {}", name(&one.who), near(one.from), near(one.until)),
        note: format!("covered by {}", name(&one.fallback)),
        remove: (may || one.who == ctx.actor.reference).then(|| {
            Action::post("End", "/on-call/away/end")
                .with("who", &one.who)
                .with("from", one.from.micros().to_string())
                .about(format!("absence of {}", name(&one.who)))
                .quiet()
        }),
    });
    Ok(View {
        now: now.collect(),
        gaps: gaps.map(|(route, from, to)| format!("{}, {} to {}", route.title, near(from), near(to))).collect(),
        weeks: weeks.collect(),
        told: told::view(ctx, on_call, owners)?,
        covers: covers.collect(),
        away: away.collect(),
        forms: forms(ctx, owners, given, errors),
    })
}

/// "every day", "Mon to Fri", "Sat, Sun".
fn days(all: &[u8]) -> String {
    let name = |day: &u8| DAYS.get(usize::from(*day)).copied().unwrap_or_default();
    let in_a_row = all.windows(2).all(|pair| matches!(pair, [one, next] if *next == one + 1));
    match all {
        [] => "no day".to_owned(),
        [first, .., last] if in_a_row && all.len() > 2 => {
            if all.len() == DAYS.len() {
                "Every day".to_owned()
            } else {
                format!("{} to {}", name(first), name(last))
            }
        }
        _ => all.iter().map(name).collect::<Vec<_>>().join(", "),
    }
}

fn shift_line(at: usize, shift: &Shift, name: &dyn Fn(&str) -> String, may: bool) -> Line {
    let days = days(&shift.days);
    let then = if shift.then.is_empty() { "nobody next".to_owned() } else { format!("then {}", name(&shift.then)) };
    Line {
        text: format!("{days} {} to {}", of_day(shift.from), of_day(shift.to)),
        note: format!("{}, {then}", name(&shift.who)),
        remove: may.then(|| {
            Action::post("Remove", format!("/on-call/shifts/{at}/remove"))
                .with("who", &shift.who)
                .about(format!("{days} {}", name(&shift.who)))
                .quiet()
        }),
    }
}

/// "On call: safety K. Young, urgent messages nobody": one line for the worklist's band of danger, and whether nobody is.
pub(in crate::pages) fn line_now(ctx: &Ctx) -> Result<(String, bool), Problem> {
    let now = oncall::load(ctx)?.on_duty(ctx);
    let on_duty: Vec<&str> = now.iter().map(|(_, duty)| duty.who.as_str()).filter(|who| !who.is_empty()).collect();
    let owners = staff::named(ctx, &on_duty)?;
    let is_open = now.iter().any(|(_, duty)| duty.who.is_empty());
    // Who answers for several kinds is named once.
    let mut by: Vec<(String, Vec<String>)> = Vec::new();
    for (route, duty) in &now {
        let who = match duty.who.as_str() {
            "" => "NOBODY".to_owned(),
            who => short(&staff::name_of(&owners, who)),
        };
        let route = route.title.to_lowercase();
        match by.iter_mut().find(|(name, _)| *name == who) {
            Some((_, routes)) => routes.push(route),
            None => by.push((who, vec![route])),
        }
    }
    let words = match by.as_slice() {
        [(who, routes)] if routes.len() > 1 => format!("on call: {who}"),
        _ => {
            let one = |(who, routes): &(String, Vec<String>)| format!("{who} ({})", routes.join(", "));
            format!("on call: {}", by.iter().map(one).collect::<Vec<_>>().join(", "))
        }
    };
    Ok((words, is_open))
}

/// The name without the role.
fn short(label: &str) -> String {
    label.split(',').next().unwrap_or_default().to_owned()
}

fn route_title(id: &str) -> String {
    URGENT
        .iter()
        .find(|route| route.id == id)
        .map_or_else(|| "every route".to_owned(), |route| route.title.to_lowercase())
}

fn of_day(minute: i64) -> String {
    let minute = minute % DAY;
    let (hour, minute) = (u8::try_from(minute / 60).unwrap_or(0), u8::try_from(minute % 60).unwrap_or(0));
    Time::new(hour, minute, 0).map(when::clock).unwrap_or_default()
}

fn of_week(minute: i64) -> String {
    let day = usize::try_from(minute / DAY % 7).unwrap_or(0);
    format!("{} {}", DAYS.get(day).copied().unwrap_or_default(), of_day(minute))
}

const TIME: &str = "Such as 8:00 am, 5 pm, 17:00";

fn forms(ctx: &Ctx, owners: &[Owner], given: &Pairs, errors: &Errors) -> Vec<(String, String, FormView)> {
    let people = |first: &str| {
        let mut all = vec![Choice::new("", first)];
        let persons = owners.iter().filter(|owner| owner.reference.starts_with("Practitioner/"));
        all.extend(persons.map(|owner| Choice::new(&owner.reference, &owner.label)));
        Input::Select(all)
    };
    let routes = |first: Option<&str>| {
        let mut all: Vec<Choice> = first.map(|label| Choice::new("", label)).into_iter().collect();
        all.extend(URGENT.iter().map(|route| Choice::new(&route.id, &route.title)));
        Input::Select(all)
    };
    let days: Vec<(String, &str)> = DAYS.iter().enumerate().map(|(at, day)| (at.to_string(), *day)).collect();
    let days: Vec<(&str, &str)> = days.iter().map(|(at, day)| (at.as_str(), *day)).collect();
    let form = |id: &str, title: &str, action: &str, submit: &str, fields: Vec<Field>| {
        let own = given.get("form") == Some(id);
        let none = Errors::new();
        let errors = if own { errors } else { &none };
        let empty = Pairs::default();
        let view = FormView {
            action: action.to_owned(),
            hidden: vec![("form".to_owned(), id.to_owned())],
            fields: filled(ctx, fields, if own { given } else { &empty }, errors),
            submit: submit.to_owned(),
            problems: general(errors),
            ..FormView::default()
        };
        (id.to_owned(), title.to_owned(), view)
    };
    let mut all = Vec::new();
    if ctx.grant.allows(Permission::WorkAct) {
        let mut fields = vec![
            Field::date("away_from", "From").hint("The day; the whole day counts"),
            Field::date("away_until", "Last day away"),
            Field::new("away_fallback", "Who covers", people("Choose")).hint("They see the work on their team list"),
        ];
        if ctx.grant.allows(Permission::OnCall) {
            fields.insert(0, Field::new("away_who", "Who is away", people("Me")).optional());
        }
        all.push(form("add-away", "Enter an absence", "/on-call/away", "Save absence", fields));
        if let Some(mut fields) = told::fields(ctx) {
            if ctx.grant.allows(Permission::OnCall) {
                fields.insert(0, Field::new("told_who", "Who", people("Me")).optional());
            }
            all.push(form("told-at", "Where I am told", "/on-call/told", "Save", fields));
        }
    }
    if ctx.grant.allows(Permission::OnCall) {
        let shift = vec![
            Field::new("shift_route", "Route", routes(None)),
            Field::checks("shift_days", "Days it begins on", &days),
            Field::new("shift_from", "From", Input::Time).hint(TIME),
            Field::new("shift_to", "Until", Input::Time).hint("Not later than its beginning means the next day"),
            Field::new("shift_who", "On call", people("Choose")),
            Field::new("shift_then", "Next, when not acknowledged in time", people("Nobody")).optional(),
        ];
        let cover = vec![
            Field::new("cover_route", "Route", routes(Some("Every route"))).optional(),
            Field::date("cover_day", "Day"),
            Field::new("cover_from", "From", Input::Time).hint(TIME),
            Field::new("cover_to", "Until", Input::Time).hint("Not later than its beginning means the next day"),
            Field::new("cover_who", "Who covers", people("Choose")),
        ];
        let minutes = vec![
            Field::new("minutes_route", "Route", routes(None)),
            Field::new("minutes_minutes", "To acknowledge within", Input::Amount("minutes".to_owned())),
        ];
        all.push(form("add-shift", "Add a weekly shift", "/on-call/shifts", "Add shift", shift));
        all.push(form("add-cover", "Cover once", "/on-call/covers", "Add cover", cover));
        all.push(form("set-minutes", "Time to acknowledge", "/on-call/minutes", "Set", minutes));
    }
    all
}

/// Field names of a form carry its prefix, since several forms stand on one page; the care crate's names do not.
pub(super) fn settle(
    ctx: &Ctx,
    request: &Request,
    prefix: &str,
    form: &Pairs,
    done: Done<()>,
) -> Result<Reply, Problem> {
    match done {
        Ok(committed) => Ok(done::see("/on-call", committed.commit.map(|commit| commit.0))),
        Err(error) => {
            let errors = errors_of(error)?.into_iter().map(|(field, text)| {
                if field.is_empty() { (field, text) } else { (format!("{prefix}_{field}"), text) }
            });
            page(ctx, request, form, &errors.collect())
        }
    }
}

fn minute(form: &Pairs, name: &'static str, field: &'static str) -> Result<i64, WorkError> {
    let time = when::read_time(form.text(name).unwrap_or_default())
        .ok_or_else(|| WorkError::field(field, "give a time, such as 5:00 pm"))?;
    Ok(i64::from(time.hour()) * 60 + i64::from(time.minute().unwrap_or(0)))
}

fn day(ctx: &Ctx, form: &Pairs, name: &'static str, field: &'static str) -> Result<continuo_fhir::Date, WorkError> {
    when::read_date(form.text(name).unwrap_or_default(), person::today(ctx))
        .ok_or_else(|| WorkError::field(field, "give a day, such as 8/20 or Friday"))
}

pub(super) fn text(form: &Pairs, name: &str) -> String {
    form.text(name).unwrap_or_default().to_owned()
}

fn add_shift(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let made = || {
        let mut days: Vec<u8> =
            form.all("shift_days").filter_map(|day| day.parse().ok()).filter(|day| *day < 7).collect();
        days.sort_unstable();
        days.dedup();
        let shift = Shift {
            route: text(&form, "shift_route"),
            days,
            from: minute(&form, "shift_from", "from")?,
            to: minute(&form, "shift_to", "to")?,
            who: text(&form, "shift_who"),
            then: text(&form, "shift_then"),
        };
        oncall::add_shift(ctx, shift)
    };
    settle(ctx, request, "shift", &form, made())
}

fn place(request: &Request) -> Result<usize, Problem> {
    request.param("at").parse().map_err(|_| Problem::not_found())
}

fn remove_shift(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let done = oncall::remove_shift(ctx, place(request)?, form.get("who").unwrap_or_default());
    settle(ctx, request, "shift", &form, done)
}

fn add_cover(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let made = || {
        let day = day(ctx, &form, "cover_day", "day")?;
        let (from, to) = (minute(&form, "cover_from", "from")?, minute(&form, "cover_to", "to")?);
        let at = |day: continuo_fhir::Date, minute: i64| {
            let (hour, minute) = (u8::try_from(minute / 60).unwrap_or(0), u8::try_from(minute % 60).unwrap_or(0));
            Time::new(hour, minute, 0).map_or_else(|| day.low(&ctx.zone), |time| ctx.zone.instant(day, time))
        };
        let cover = Cover {
            route: text(&form, "cover_route"),
            from: at(day, from),
            to: at(if to > from { day } else { day.plus_days(1) }, to),
            who: text(&form, "cover_who"),
        };
        oncall::add_cover(ctx, cover)
    };
    settle(ctx, request, "cover", &form, made())
}

fn remove_cover(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let done = oncall::remove_cover(ctx, place(request)?, form.get("who").unwrap_or_default());
    settle(ctx, request, "cover", &form, done)
}

fn set_minutes(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let minutes = form.text("minutes_minutes").and_then(|text| text.parse().ok()).unwrap_or(0);
    let done = oncall::set_minutes(ctx, &text(&form, "minutes_route"), minutes);
    settle(ctx, request, "minutes", &form, done)
}

fn add_away(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let made = || {
        let who = text(&form, "away_who");
        let away = Away {
            who: if who.is_empty() { ctx.actor.reference.clone() } else { who },
            from: day(ctx, &form, "away_from", "from")?.low(&ctx.zone),
            until: day(ctx, &form, "away_until", "until")?.high(&ctx.zone),
            fallback: text(&form, "away_fallback"),
        };
        oncall::add_away(ctx, away)
    };
    settle(ctx, request, "away", &form, made())
}

fn end_away(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let from = form.get("from").and_then(|text| text.parse().ok()).map(Instant::from_micros);
    let from = from.ok_or_else(Problem::not_found)?;
    let done = oncall::end_away(ctx, form.get("who").unwrap_or_default(), from);
    settle(ctx, request, "away", &form, done)
}

//! Days and hours of the site: holidays kept, days of its own, when it opens and closes; each change with its reason.

use continuo_care::followup::calendar::FEDERAL;
use continuo_care::problem::WorkError;
use continuo_care::site_days::{self, OwnDay, SiteDays};
use continuo_care::{Ctx, settings};
use continuo_fhir::Date;
use continuo_fhir::date::Time;
use continuo_ui::action::Action;
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;
use continuo_ui::tag::{TagView, Tone};

use super::detail::{View, render};
use super::history;
use crate::app::App;
use crate::form::Pairs;
use crate::pages::{done, frame, person, when};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;

/// Closed days listed ahead.
const AHEAD: usize = 14;

pub(super) fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let now = site_days::get(ctx)?;
    let kept: Vec<&str> =
        FEDERAL.iter().map(|one| one.0).filter(|id| !now.worked.iter().any(|one| one == id)).collect();
    let given = Pairs::of([
        ("kept".to_owned(), kept.join(" ")),
        ("own".to_owned(), now.own.iter().map(line).collect::<Vec<_>>().join("\n")),
        ("opens".to_owned(), clock(now.opens)),
        ("closes".to_owned(), clock(now.closes)),
    ]);
    page(ctx, request, &given, ("", ""))
}

pub(super) fn set(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    // Several checks come as several values; the form shows them again as one.
    let kept: Vec<&str> = form.all("kept").collect();
    let text = |name: &str| (name.to_owned(), form.get(name).unwrap_or_default().to_owned());
    let given =
        Pairs::of([("kept".to_owned(), kept.join(" ")), text("own"), text("opens"), text("closes"), text("reason")]);
    match read(ctx, &given).and_then(|days| site_days::set(ctx, &days, given.get("reason").unwrap_or_default())) {
        Ok(written) => Ok(done::see("/admin/days", written.commit.map(|commit| commit.0))),
        Err(WorkError::Field { field, text }) => {
            page(ctx, request, &given, (field, capital(&text).trim_end_matches('.')))
        }
        Err(error) => Err(error.into()),
    }
}

fn read(ctx: &Ctx, given: &Pairs) -> Result<SiteDays, WorkError> {
    let kept: Vec<&str> = given.get("kept").unwrap_or_default().split_whitespace().collect();
    let minute = |name: &'static str| {
        let time = when::read_time(given.get(name).unwrap_or_default())
            .ok_or_else(|| WorkError::field(name, "give a time, such as 8:00 am"))?;
        Ok::<i64, WorkError>(i64::from(time.hour()) * 60 + i64::from(time.minute().unwrap_or(0)))
    };
    let lines = given.get("own").unwrap_or_default().lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(SiteDays {
        worked: FEDERAL.iter().map(|one| one.0.to_owned()).filter(|id| !kept.contains(&id.as_str())).collect(),
        own: lines.map(|line| own(ctx, line)).collect::<Result<_, _>>()?,
        opens: minute("opens")?,
        closes: minute("closes")?,
    })
}

/// `12/24 Christmas Eve` is each year, `11/27/2026 Day after Thanksgiving` once.
fn own(ctx: &Ctx, line: &str) -> Result<(OwnDay, String), WorkError> {
    let (day, name) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let fault = || WorkError::field("own", format!("`{line}` is no day with its name, such as 12/24 Christmas Eve"));
    let name: String = name.trim().chars().take(60).collect();
    if name.is_empty() {
        return Err(fault());
    }
    let parts: Vec<&str> = day.split('/').collect();
    let own = match parts.as_slice() {
        [month, day] => {
            let (month, day) = (month.parse().map_err(|_| fault())?, day.parse().map_err(|_| fault())?);
            // A leap year has every day a year can have.
            Date::new(2028, month, day).map(|_| OwnDay::Yearly(month, day))
        }
        _ => when::read_date(day, person::today(ctx)).map(OwnDay::Once),
    };
    Ok((own.ok_or_else(fault)?, name))
}

fn line((own, name): &(OwnDay, String)) -> String {
    match own {
        OwnDay::Yearly(month, day) => format!("{month}/{day} {name}"),
        OwnDay::Once(day) => format!("{} {name}", when::day(*day)),
    }
}

fn clock(minutes: i64) -> String {
    let part = |number: i64| u8::try_from(number).unwrap_or(0);
    Time::new(part(minutes / 60), part(minutes % 60), 0).map(when::clock).unwrap_or_default()
}

fn page(ctx: &Ctx, request: &Request, given: &Pairs, error: (&str, &str)) -> Result<Reply, Problem> {
    let known = site_days::get(ctx)?;
    let today = person::today(ctx);
    let ahead: Vec<String> = [today.year(), today.year().saturating_add(1)]
        .into_iter()
        .flat_map(|year| known.closed_in(year))
        .filter(|(day, _)| *day >= today)
        .take(AHEAD)
        .map(|(day, name)| format!("{}: {name}", when::weekday_and_day(day)))
        .collect();
    let choices = FEDERAL.iter().map(|(id, name, _)| Choice::new(*id, *name)).collect();
    let field = |field: Field| {
        let value = given.get(&field.name).unwrap_or_default().to_owned();
        let wrong = if error.0 == field.name { error.1 } else { "" };
        field.value(&value).error(wrong)
    };
    let form = FormView {
        action: "/admin/days".to_owned(),
        fields: vec![
            field(
                Field::new("kept", "Federal holidays on which the site is closed", Input::Checks(choices)).optional(),
            ),
            field(Field::area("own", "Days of your own"))
                .hint("One a line: 12/24 Christmas Eve for each year, 11/27/2026 Day after Thanksgiving for once")
                .optional(),
            field(Field::new("opens", "Opens on a business day", Input::Time)),
            field(Field::new("closes", "Closes", Input::Time)),
            field(Field::text("reason", "Reason")).hint("Kept in the history with your name"),
        ],
        submit: "Save days and hours".to_owned(),
        cancel: "/admin/site".to_owned(),
        ..FormView::default()
    };
    let open = format!("Open {} to {} on business days, Monday to Friday", clock(known.opens), clock(known.closes));
    let view = View {
        tabs: super::serve::tabs("site"),
        title: "Days and hours".to_owned(),
        lead: "Due times and cadences count business days by these. A change looks at everybody again.".to_owned(),
        states: vec![TagView::new(Tone::Done, open)],
        notice: None,
        actions: vec![Action::open("Who covers when closed", "/on-call").quiet()],
        lines: Some((
            "Closed next, and what was changed".to_owned(),
            ahead.into_iter().chain(history::lines(ctx, &settings::history(ctx, settings::Kept::Days)?)?).collect(),
            "No closed days ahead.".to_owned(),
        )),
        forms: vec![("days".to_owned(), "Change days and hours".to_owned(), form)],
    };
    let status = if error.1.is_empty() { 200 } else { 422 };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

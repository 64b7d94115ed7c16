//! Handlers of the editor: check, find people, run. Everything travels in the body, nothing in the address.

use continuo_care::access::Permission;
use continuo_care::measures::editor::{self as care, Checked, MOST_PEOPLE};
use continuo_care::measures::{people as measured, settings};
use continuo_care::people::PersonHeader;
use continuo_care::problem::WorkError;
use continuo_care::{Ctx, chart, people};
use continuo_fhir::Date;

use super::editor::{Choice, Fault, Tried, Valued, View, render};
use super::serve_people::links;
use crate::app::App;
use crate::form::Pairs;
use crate::pages::people::take_date;
use crate::pages::{frame, person, when};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/cql", Gate::May(Permission::OversightRead), empty),
    Route::post("/cql", Gate::May(Permission::OversightRead), act),
];

/// What stands in an empty editor.
const START: &str = "library Trial version '0.1'\n\nusing FHIR version '4.0.1'\n\ninclude FHIRHelpers version '4.0.1'\n\n\
parameter \"Measurement Period\" Interval<DateTime>\n\ncontext Patient\n\ndefine \"Adult\":\n  AgeInYearsAt(date from end of \
\"Measurement Period\") >= 18\n";

fn empty(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let mut view = base(ctx, &Pairs::default());
    view.text = START.to_owned();
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

fn base(ctx: &Ctx, form: &Pairs) -> View {
    let year = settings::this_year(ctx, ctx.now());
    let (first, last) = year.split_once('/').unwrap_or_default();
    let day = |name: &str, otherwise: &str| match form.text(name) {
        Some(text) => text.to_owned(),
        None => Date::parse(otherwise).map(when::day).unwrap_or_default(),
    };
    View {
        // Browsers send lines ended by CR LF; places count the text as it is shown.
        text: form.get("cql").unwrap_or_default().replace("\r\n", "\n"),
        may_run: ctx.grant.allows(Permission::RecordRead),
        asked: form.get("q").unwrap_or_default().to_owned(),
        period: (day("first", first), day("last", last)),
        ..View::default()
    }
}

fn act(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let mut view = base(ctx, &form);
    let chosen: Vec<String> = form.all("patient").take(MOST_PEOPLE + 1).map(str::to_owned).collect();
    let mut people = headers(ctx, &chosen)?;
    let mut status = 200;
    match form.get("do").unwrap_or("check") {
        "find" if view.may_run => {
            let today = person::today(ctx);
            let (words, birth) = take_date(&view.asked, today);
            let found = people::search(ctx, &words, birth)?;
            let hits = found.exact.into_iter().chain(found.near).map(|hit| hit.header);
            people.extend(hits.filter(|hit| !chosen.contains(&hit.id)).take(MOST_PEOPLE));
            if people.is_empty() {
                view.problem = "Nobody found. Try fewer letters, or the birth date alone.".to_owned();
            }
        }
        "run" if view.may_run && chosen.is_empty() => {
            view.problem = "Choose at least one person to run it on: find them by name below.".to_owned();
            status = 422;
            // What is wrong with the text is told at once, not only after people are found.
            if let Ok(checked) = care::check(ctx, &view.text) {
                told(&mut view, &checked);
            }
        }
        "run" if view.may_run => match run(ctx, &mut view, &chosen, &people) {
            Ok(()) => {}
            Err(WorkError::Not(why) | WorkError::Field { text: why, .. }) => {
                view.problem = capital(&why);
                status = 422;
            }
            Err(other) => return Err(other.into()),
        },
        _ => match care::check(ctx, &view.text) {
            Ok(checked) => told(&mut view, &checked),
            Err(WorkError::Field { text: why, .. }) => {
                view.problem = capital(&why);
                status = 422;
            }
            Err(other) => return Err(other.into()),
        },
    }
    let today = person::today(ctx);
    view.people = people
        .iter()
        .map(|header| Choice {
            id: header.id.clone(),
            who: person::who(header, today),
            chosen: chosen.contains(&header.id),
        })
        .collect();
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

fn headers(ctx: &Ctx, ids: &[String]) -> Result<Vec<PersonHeader>, Problem> {
    if !ctx.grant.allows(Permission::RecordRead) {
        return Ok(Vec::new());
    }
    ids.iter().map(|id| Ok(chart::banner(ctx, id)?.0)).collect()
}

fn run(ctx: &Ctx, view: &mut View, chosen: &[String], people: &[PersonHeader]) -> Result<(), WorkError> {
    let today = person::today(ctx);
    let day = |text: &str| {
        when::read_date(text, today)
            .map(|day| format!("{:04}-{:02}-{:02}", day.year(), day.month().unwrap_or(1), day.day().unwrap_or(1)))
            .ok_or_else(|| WorkError::field("first", "enter a first and a last day"))
    };
    let period = format!("{}/{}", day(&view.period.0)?, day(&view.period.1)?);
    let (checked, tried) = care::run(ctx, &view.text, chosen, &period)?;
    told(view, &checked);
    let named = tried.iter().flat_map(|one| one.values.iter().flat_map(|valued| &valued.evidence));
    let sources = measured::evidence(ctx, named)?;
    view.tried = tried
        .into_iter()
        .filter_map(|one| {
            let header = people.iter().find(|header| header.id == one.patient)?;
            let values = one.values.into_iter().map(|valued| {
                let failed = valued.value.is_err();
                Valued {
                    name: valued.name,
                    value: valued.value.unwrap_or_else(|why| why),
                    failed,
                    evidence: links(ctx, &valued.evidence, &sources),
                    absent: valued.absent,
                }
            });
            Some(Tried { who: person::who(header, today), values: values.collect() })
        })
        .collect();
    Ok(())
}

fn told(view: &mut View, checked: &Checked) {
    view.faults = checked
        .faults
        .iter()
        .map(|fault| Fault {
            place: match fault.library.as_str() {
                "" => format!("line {}, column {}", fault.line, fault.column),
                library => format!("{library}, line {}, column {}", fault.line, fault.column),
            },
            text: fault.text.clone(),
            hint: fault.hint.clone(),
            source: fault.source.clone(),
            column: fault.column,
        })
        .collect();
    view.verdict = match checked.faults.len() {
        0 => format!("No faults. {} definitions.", checked.definitions.len()),
        1 => "One fault.".to_owned(),
        many => format!("{many} faults."),
    };
}

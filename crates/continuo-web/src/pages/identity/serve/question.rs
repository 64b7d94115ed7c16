//! The queue and one pair of it.

use continuo_care::access::Permission;
use continuo_care::identity::queue::{self, Choice, Question};
use continuo_care::identity::{MACHINE, kind, state};
use continuo_care::problem::WorkError;
use continuo_care::{Ctx, staff};
use continuo_fhir::Date;
use continuo_ui::who::Who;

use crate::app::App;
use crate::pages::identity::question::{Opened, Reason, Row, Side, View, Waiting, render};
use crate::pages::{done, frame, person, when};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/same-person", Gate::May(Permission::IdentityDecide), first),
    Route::get("/same-person/{id}", Gate::May(Permission::IdentityDecide), one),
    Route::post("/same-person/{id}", Gate::May(Permission::IdentityDecide), answer),
];

fn first(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let waiting = queue::waiting(ctx)?;
    let opened = match waiting.first() {
        Some(first) => Some(queue::get(ctx, &first.id)?),
        None => None,
    };
    show(ctx, request, &waiting, opened, "")
}

fn one(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let waiting = queue::waiting(ctx)?;
    let opened = queue::get(ctx, request.param("id"))?;
    show(ctx, request, &waiting, Some(opened), "")
}

fn answer(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let number = |name: &str| form.get(name).and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
    let choice = match form.get("do") {
        Some("link") => Choice::Link,
        Some("apart") => Choice::Apart,
        Some("later") => Choice::Later,
        _ => return Err(Problem::bad_request("Choose an answer")),
    };
    let (id, words) = (request.param("id"), form.get("why").unwrap_or_default());
    match queue::decide(ctx, id, choice, words, (number("a"), number("b"))) {
        Ok(committed) => Ok(done::see("/same-person", committed.commit.map(|commit| commit.0))),
        Err(error @ (WorkError::Field { .. } | WorkError::Not(_))) => {
            let waiting = queue::waiting(ctx)?;
            let opened = queue::get(ctx, id)?;
            show(ctx, request, &waiting, Some(opened), &capital(&error.to_string()))
        }
        Err(error) => Err(error.into()),
    }
}

fn show(
    ctx: &Ctx,
    request: &Request,
    waiting: &[Question],
    opened: Option<Question>,
    error: &str,
) -> Result<Reply, Problem> {
    let owners = staff::owners(ctx).unwrap_or_default();
    let at = opened.as_ref().and_then(|one| waiting.iter().position(|other| other.id == one.id));
    let id = |at: Option<usize>| at.and_then(|at| waiting.get(at)).map(|one| one.id.clone());
    let view = View {
        waiting: waiting.iter().map(|one| line(one, opened.as_ref().is_some_and(|open| open.id == one.id))).collect(),
        before: id(at.and_then(|at| at.checked_sub(1))),
        after: id(at.map(|at| at + 1)),
        opened: opened.map(|one| open(ctx, one, &owners, error)),
    };
    let status = if error.is_empty() { 200 } else { 422 };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

fn line(one: &Question, current: bool) -> Waiting {
    let differences = one.rows.iter().filter(|row| row.differs).count();
    let named = |side: &queue::Side| {
        let who =
            Who { family: side.name.0.clone(), given: side.name.1.clone(), born: born(&side.birth), ..Who::default() };
        who.named_and_born()
    };
    let [a, b] = &one.sides;
    Waiting {
        id: one.id.clone(),
        label: format!("{} / {}", named(a), named(b)),
        about: match differences {
            0 => "nothing differs".to_owned(),
            1 => "1 difference".to_owned(),
            n => format!("{n} differences"),
        },
        current,
    }
}

fn born(birth: &str) -> String {
    Date::parse(birth).map_or_else(|| "birth date not known".to_owned(), when::day)
}

fn open(ctx: &Ctx, one: Question, owners: &[staff::Owner], error: &str) -> Opened {
    let is_one_record = one.kind == kind::CHANGED && one.sides[0].id == one.sides[1].id;
    let side = |side: &queue::Side| Side {
        who: who(ctx, side),
        source: format!(
            "{}, received {}",
            capital(&side.source).trim_end_matches('.'),
            when::moment(side.updated, &ctx.zone)
        ),
        others: match side.records {
            1 => String::new(),
            n => format!("one of {n} records of this person"),
        },
        history: side.history.iter().map(|line| dated_line(line)).collect(),
        version: side.version,
    };
    let answered = |one: &queue::Answered| {
        let word = match one.outcome.as_str() {
            state::LINKED => "linked",
            state::APART => "kept apart",
            state::LATER => "put off",
            _ => "closed",
        };
        let by = if one.actor == MACHINE { "Continuo".to_owned() } else { staff::name_of(owners, &one.actor) };
        let undone = if one.undone { ", taken back" } else { "" };
        format!("{} {word} by {by}: {}{undone}", when::moment(one.at, &ctx.zone), one.why)
    };
    Opened {
        why_asked: match one.kind.as_str() {
            kind::CHANGED if is_one_record => "This record became somebody else",
            kind::CHANGED => "Linked, but no longer alike",
            kind::CONFLICT => "Alike, but their other records contradict each other",
            kind::SOURCE => "A source says these are one person",
            _ => "Alike, but not surely one person",
        }
        .to_owned(),
        summary: capital(&one.summary),
        words_needed: !one.vetoes.is_empty() || one.kind == kind::CONFLICT,
        reasons: one
            .reasons
            .iter()
            .map(|reason| Reason {
                text: when::days_in(&capital(&reason.text)).trim_end_matches('.').to_owned(),
                says: says(reason),
            })
            .collect(),
        sides: [side(&one.sides[0]), side(&one.sides[1])],
        rows: one
            .rows
            .iter()
            .map(|row| Row {
                label: row.label.to_owned(),
                a: dated(row.label, &row.a),
                b: dated(row.label, &row.b),
                differs: row.differs,
            })
            .collect(),
        answers: one.answers.iter().map(answered).collect(),
        vetoes: one.vetoes,
        id: one.id,
        is_one_record,
        error: error.to_owned(),
    }
}

/// What a reason does. Agreement that two people of one household show as well counts for little or against.
fn says(reason: &queue::Reason) -> &'static str {
    let agrees = reason.text.starts_with("same ") || reason.text.starts_with("both ");
    match (reason.bits >= 0.0, agrees) {
        (true, _) => "speaks for",
        (false, true) => "a household shares this",
        (false, false) => "speaks against",
    }
}

/// "2026-08-16 Office visit" as the site writes dates.
fn dated_line(line: &str) -> String {
    match line.split_once(' ').and_then(|(date, what)| Some((Date::parse(date).filter(|_| date.len() == 10)?, what))) {
        Some((date, what)) => format!("{} {what}", when::day(date)),
        None => line.to_owned(),
    }
}

fn dated(label: &str, value: &str) -> String {
    if label == "Birth date" {
        Date::parse(value).map_or_else(|| value.to_owned(), when::day)
    } else {
        value.to_owned()
    }
}

fn who(ctx: &Ctx, side: &queue::Side) -> Who {
    let birth = Date::parse(&side.birth);
    Who {
        family: side.name.0.clone(),
        given: side.name.1.clone(),
        age_sex: birth.and_then(|birth| person::age(birth, person::today(ctx))).unwrap_or_default(),
        born: born(&side.birth),
        href: format!("/patients/{}", side.id),
    }
}

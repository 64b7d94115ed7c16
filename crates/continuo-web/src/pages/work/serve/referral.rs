//! Ending the loop of a referral: which report came back, or where it was seen, or why none comes.

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::tasks::change::ASK_FOR_REPORT;
use continuo_care::work::referral::{self, End, Open};
use continuo_fhir::Date;
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;

use super::effort;
use crate::app::App;
use crate::form::Pairs;
use crate::pages::account::own_path;
use crate::pages::entry::form_page::{View, render};
use crate::pages::entry::{Errors, errors_of, filled, general};
use crate::pages::{done, frame, person, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/referrals/{id}/close", Gate::May(Permission::WorkAct), ask),
    Route::post("/referrals/{id}/close", Gate::May(Permission::WorkAct), carry_out),
];

fn ask(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &Pairs::default(), &Vec::new())
}

fn page(ctx: &Ctx, request: &Request, given: &Pairs, errors: &Errors) -> Result<Reply, Problem> {
    let open = referral::open(ctx, request.param("id"))?;
    let (_, banner) = person::banner_of(ctx, open.person.trim_start_matches("Patient/"))?;
    let title =
        if open.words.is_empty() { "of a referral".to_owned() } else { format!("of a referral: {}", open.words) };
    let whose = if open.is_foreign {
        "The order stays as the other system wrote it; here it is closed, with your name, and this can be undone."
    } else {
        "It is closed with your name, and this can be undone."
    };
    let view = View {
        title: format!("Close the loop {title}"),
        lead: format!(
            "A referral is over when its report is back and read, or when somebody says why none comes. {whose}"
        ),
        form: FormView {
            action: request.path.clone(),
            fields: filled(ctx, fields(ctx, &open), given, errors),
            submit: "Close the loop".to_owned(),
            about: format!("For {}", banner.who.named_and_born()),
            cancel: back(request, given, &open),
            hidden: vec![("back".to_owned(), back(request, given, &open)), ("task".to_owned(), task(request, given))],
            problems: general(errors),
            ..FormView::default()
        },
        banner: Some(banner),
    };
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

fn fields(ctx: &Ctx, open: &Open) -> Vec<Field> {
    let mut how = Vec::new();
    if !open.reports.is_empty() {
        how.push(Choice::new("report", "The report is on file: choose it below").key('1'));
    }
    how.push(Choice::new("paper", "It was seen on paper or in another system").key('2'));
    how.push(Choice::new("no-report", "No report will come").key('3'));
    how.push(Choice::new("not-wanted", "The referral is not wanted any more").key('4'));
    let mut fields = vec![Field::new("how", "How it ended", Input::Radios(how))];
    if open.reports.is_empty() {
        if let Some(how) = fields.pop() {
            fields.push(how.hint("No document or result has come since: file the report first if you have it."));
        }
    } else {
        let reports = open.reports.iter().map(|(reference, words)| Choice::new(reference, words));
        let choices = [Choice::new("", "Choose the report")].into_iter().chain(reports).collect();
        fields.push(Field::new("report", "Which document or result is the report", Input::Select(choices)).optional());
    }
    fields.push(Field::text("read_by", "Who has read it, if on paper").value(&ctx.actor.name).optional());
    fields.push(Field::date("read_on", "When it was read, if on paper").hint("Today, if left empty").optional());
    let hint = "What it asks of us; or why none comes, and who said so";
    fields.push(Field::area("words", "In your words").hint(hint).optional());
    fields
}

fn task(request: &Request, form: &Pairs) -> String {
    form.text("task").or_else(|| request.query.text("task")).unwrap_or_default().to_owned()
}

/// Where the form leads: the list it was opened from, else the person's referrals.
fn back(request: &Request, form: &Pairs, open: &Open) -> String {
    match form.text("back").or_else(|| request.query.text("back")) {
        Some(path) => own_path(Some(path)).to_owned(),
        None => format!("/patients/{}/referrals", open.person.trim_start_matches("Patient/")),
    }
}

fn end(ctx: &Ctx, form: &Pairs) -> Result<End, (&'static str, String)> {
    let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
    Ok(match text("how").as_str() {
        "report" if text("report").is_empty() => return Err(("report", "Choose which one is the report".to_owned())),
        "report" => End::Report(text("report")),
        "paper" => End::Paper { by: text("read_by"), on: day(ctx, &text("read_on"))? },
        "no-report" => End::NoReport,
        "not-wanted" => End::NotWanted,
        _ => return Err(("how", "Choose how it ended".to_owned())),
    })
}

fn day(ctx: &Ctx, typed: &str) -> Result<Date, (&'static str, String)> {
    let today = person::today(ctx);
    if typed.is_empty() {
        return Ok(today);
    }
    let day = when::read_date(typed, today).filter(|day| day.day().is_some());
    day.ok_or_else(|| ("read_on", "Enter the day as 8/28 or Friday".to_owned()))
}

fn carry_out(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let open = referral::open(ctx, request.param("id"))?;
    let how = match end(ctx, &form) {
        Ok(how) => how,
        Err((field, sentence)) => return page(ctx, request, &form, &vec![(field.to_owned(), sentence)]),
    };
    let task = task(request, &form);
    let asked = (!task.is_empty()).then_some(task.as_str());
    match referral::end(ctx, request.param("id"), &how, form.text("words").unwrap_or_default(), asked) {
        Ok(committed) => {
            effort::count(ctx, ASK_FOR_REPORT, &form);
            Ok(done::see(&back(request, &form, &open), committed.commit.map(|commit| commit.0)))
        }
        Err(error) => page(ctx, request, &form, &errors_of(error)?),
    }
}

//! Putting right what was entered by hand: one form for every kind of entry.

use continuo_care::access::Permission;
use continuo_care::entry::correct;
use continuo_care::{Ctx, record};
use continuo_fhir::{Json, ResourceType};
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;

use super::in_short;
use super::source::{patient_of, words};
use crate::app::App;
use crate::form::Pairs;
use crate::pages::entry::{Errors, errors_of, filled, form_page, general};
use crate::pages::{done, frame, person, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/source/{type}/{id}/correct", Gate::May(Permission::PersonRead), ask),
    Route::post("/source/{type}/{id}/correct", Gate::May(Permission::PersonRead), carry_out),
];

fn type_of(request: &Request) -> Result<ResourceType, Problem> {
    ResourceType::find(request.param("type")).ok_or_else(Problem::not_found)
}

fn ask(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &Pairs::default(), &Vec::new())
}

fn page(ctx: &Ctx, request: &Request, given: &Pairs, errors: &Errors) -> Result<Reply, Problem> {
    let (type_, id) = (type_of(request)?, request.param("id"));
    if !correct::may_correct(ctx, type_, id)? {
        return Err(Problem::not_found());
    }
    let stored = record::read(ctx, type_, id)?;
    let json = Json::parse(stored.bytes.as_deref().unwrap_or_default())
        .map_err(|error| Problem::internal(error.to_string()))?;
    let patient = patient_of(&json, id).ok_or_else(Problem::not_found)?;
    let (_, banner) = person::banner_of(ctx, &patient)?;
    let answers = correct::answers_of(&json).into_iter().map(|(value, words)| Choice::new(value, words)).collect();
    let mut fields = vec![Field::new("answer", "What is true now", Input::Radios(answers))];
    if correct::takes_day(type_.as_str()) {
        fields.push(Field::date("date", "Since when it is over").hint("Today, if left empty").optional());
    }
    fields.push(
        Field::text("reason", "Why, or who said so").hint("Such as: told by her daughter; typed for the wrong person"),
    );
    let title = in_short::title(&json, &words(type_.as_str()));
    let view = form_page::View {
        title: format!("Put right: {}", title.split_once(": ").map_or(title.as_str(), |(_, what)| what)),
        lead: "Nothing is deleted: what stood here before stays readable, and this can be undone.".to_owned(),
        form: FormView {
            action: request.path.clone(),
            fields: filled(ctx, fields, given, errors),
            submit: "Put right".to_owned(),
            about: format!("For {}", banner.who.named_and_born()),
            cancel: format!("/source/{}/{id}", type_.as_str()),
            problems: general(errors),
            ..FormView::default()
        },
        banner: Some(banner),
    };
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(form_page::render(&frame::of(ctx, request)?, &view)).status(status))
}

fn carry_out(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let (type_, id, form) = (type_of(request)?, request.param("id"), request.form()?);
    let mut errors = Errors::new();
    let day = form.text("date").and_then(|typed| {
        let day = when::read_date(typed, person::today(ctx)).filter(|day| day.day().is_some());
        if day.is_none() {
            errors.push(("date".to_owned(), "Enter the date as 8/20, 20 Aug or yesterday".to_owned()));
        }
        day
    });
    for (field, ask) in [("answer", "Choose what is true now"), ("reason", "Say why, or who said so")] {
        if form.text(field).is_none() {
            errors.push((field.to_owned(), ask.to_owned()));
        }
    }
    if !errors.is_empty() {
        return page(ctx, request, &form, &errors);
    }
    let (answer, why) = (form.text("answer").unwrap_or_default(), form.text("reason").unwrap_or_default());
    let json = record::read(ctx, type_, id)?;
    let json = Json::parse(json.bytes.as_deref().unwrap_or_default()).ok();
    match correct::correct(ctx, type_, id, answer, day, why) {
        Ok(committed) => {
            let chart = json.and_then(|json| patient_of(&json, id)).map(|patient| format!("/patients/{patient}"));
            Ok(done::see(&chart.unwrap_or_else(|| "/".to_owned()), committed.commit.map(|commit| commit.0)))
        }
        Err(error) => page(ctx, request, &form, &errors_of(error)?),
    }
}

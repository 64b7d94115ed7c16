//! Copy note for the EHR, filing it as a document, and the site's format.

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::problem::WorkError;
use continuo_care::scribe::ehr;
use continuo_ui::field::{Field, Input};
use continuo_ui::form::FormView;

use crate::app::App;
use crate::pages::entry::form_page;
use crate::pages::scribe::copy::{View, render};
use crate::pages::{done, frame, person};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/notes/{type}/{id}", Gate::May(Permission::RecordRead), show),
    Route::post("/notes/{type}/{id}", Gate::May(Permission::RecordWrite), file),
    Route::get("/admin/note-format", Gate::May(Permission::AdminPolicy), format),
    Route::post("/admin/note-format", Gate::May(Permission::AdminPolicy), set_format),
];

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let (type_, id) = (request.param("type"), request.param("id"));
    let found = ehr::text(ctx, type_, id)?;
    let (_, banner) = person::banner_of(ctx, found.person.strip_prefix("Patient/").unwrap_or(&found.person))?;
    let view = View { banner, title: found.title, text: found.text, post: format!("/notes/{type_}/{id}") };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

fn file(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let (type_, id) = (request.param("type"), request.param("id"));
    let done = ehr::file(ctx, type_, id)?;
    Ok(done::see(&format!("/notes/{type_}/{id}"), done.commit.map(|commit| commit.0)))
}

fn format(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &ehr::format(ctx)?, "")
}

fn page(ctx: &Ctx, request: &Request, text: &str, error: &str) -> Result<Reply, Problem> {
    let view = form_page::View {
        banner: None,
        title: "Format of notes for the EHR".to_owned(),
        lead: "Text with names in braces: kind, date, time, minutes, answered_by, identity, interpreter, outcome, topics, note, by. A line whose names are all empty is left out.".to_owned(),
        form: FormView {
            action: "/admin/note-format".to_owned(),
            fields: vec![
                Field::new("format", "Format", Input::Area(14))
                    .hint("Empty goes back to the shipped format")
                    .value(text)
                    .error(error)
                    .optional(),
            ],
            submit: "Save format".to_owned(),
            ..FormView::default()
        },
    };
    let status = if error.is_empty() { 200 } else { 422 };
    Ok(Reply::page(form_page::render(&frame::of(ctx, request)?, &view)).status(status))
}

fn set_format(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let text = form.get("format").unwrap_or_default();
    match ehr::set_format(ctx, text) {
        Ok(_) => done::said(ctx, "/admin/note-format"),
        Err(WorkError::Field { text: why, .. }) => page(ctx, request, text, capital(&why).trim_end_matches('.')),
        Err(error) => Err(error.into()),
    }
}

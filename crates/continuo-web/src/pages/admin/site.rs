//! What the site says of itself on papers for patients, and where its other settings are.

use continuo_care::access::Permission;
use continuo_care::problem::WorkError;
use continuo_care::{Ctx, settings};
use continuo_ui::action::Action;
use continuo_ui::field::Field;
use continuo_ui::form::FormView;
use continuo_ui::tag::{TagView, Tone};

use super::detail::{View, render};
use crate::app::App;
use crate::pages::{done, frame};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/admin/site", Gate::May(Permission::AdminPolicy), show),
    Route::post("/admin/site", Gate::May(Permission::AdminPolicy), set),
    Route::get("/admin/days", Gate::May(Permission::AdminPolicy), super::days::show),
    Route::post("/admin/days", Gate::May(Permission::AdminPolicy), super::days::set),
];

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &settings::phone(ctx)?, "")
}

fn set(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let number = form.text("phone").unwrap_or_default();
    match settings::set_phone(ctx, number) {
        Ok(_) => done::said(ctx, "/admin/site"),
        Err(WorkError::Field { text, .. }) => page(ctx, request, number, capital(&text).trim_end_matches('.')),
        Err(error) => Err(error.into()),
    }
}

fn page(ctx: &Ctx, request: &Request, number: &str, error: &str) -> Result<Reply, Problem> {
    let known = settings::phone(ctx)?;
    let state = if known.is_empty() {
        TagView::new(Tone::Caution, "No number set: sheets for patients leave a line to write it on")
    } else {
        TagView::new(Tone::Done, format!("Sheets for patients say {known}"))
    };
    let form = FormView {
        action: "/admin/site".to_owned(),
        fields: vec![
            Field::text("phone", "The clinic's number for patients")
                .hint("Printed on the after-visit sheet. Empty takes it away")
                .value(number)
                .error(error)
                .optional(),
        ],
        submit: "Save number".to_owned(),
        ..FormView::default()
    };
    let view = View {
        tabs: super::serve::tabs("site"),
        title: "Site".to_owned(),
        lead: "What papers for patients say of this clinic, and the site's other settings.".to_owned(),
        states: vec![state],
        notice: None,
        actions: vec![
            Action::open("Days and hours", "/admin/days").quiet(),
            Action::open("Limits of messages", "/admin/message-limits").quiet(),
            Action::open("Format of notes", "/admin/note-format").quiet(),
        ],
        lines: None,
        forms: vec![("phone".to_owned(), "Number for patients".to_owned(), form)],
    };
    let status = if error.is_empty() { 200 } else { 422 };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

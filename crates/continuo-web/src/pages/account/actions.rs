//! Recent actions and undo.

use continuo_care::{Ctx, actions};
use continuo_ui::toast::RecentView;

use super::own_path;
use super::recent::{View, render};
use crate::app::App;
use crate::pages::{done, frame, person, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(crate) const ROUTES: &[Route] =
    &[Route::get("/recent", Gate::SignedIn, show), Route::post("/undo", Gate::SignedIn, undo)];

/// Actions listed; a day has fewer.
const MOST: i64 = 300;

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let morning = person::today(ctx).low(&ctx.zone);
    let list = actions::recent(ctx, morning, MOST)?.into_iter().map(|action| {
        let why_not = match (action.undone, action.is_undo, action.lasting) {
            (true, ..) => "undone",
            (_, true, _) => "an undo",
            (.., true) => "cannot be taken back",
            _ => "",
        };
        RecentView {
            at: when::clock_at(action.at, &ctx.zone),
            text: done::sentence(ctx, &action),
            href: action.people.first().map(|one| format!("/patients/{}", one.id)).unwrap_or_default(),
            undo: why_not.is_empty().then(|| action.commit.to_string()),
            why_not: why_not.to_owned(),
        }
    });
    let view = View { actions: list.collect() };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

fn undo(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let commit = form
        .get("commit")
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Problem::bad_request("Nothing to undo."))?;
    let committed = actions::undo(ctx, commit)?;
    Ok(done::see(own_path(form.get("back")), committed.commit.map(|commit| commit.0)))
}

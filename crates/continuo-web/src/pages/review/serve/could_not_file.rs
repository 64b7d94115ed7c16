//! Handlers of what could not be filed.

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::kept::{self, InputKept};
use continuo_fhir::Instant;
use continuo_ui::tag::{TagView, Tone};

use crate::app::App;
use crate::pages::review::could_not_file::{Kept, Opened, View, render};
use crate::pages::{frame, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/could-not-file", Gate::May(Permission::Import), list),
    Route::get("/could-not-file/{id}", Gate::May(Permission::Import), one),
    Route::post("/could-not-file/{id}/retry", Gate::May(Permission::Import), retry),
    Route::post("/could-not-file/{id}/dismiss", Gate::May(Permission::Import), dismiss),
];

/// Inputs on one page.
const MOST: i64 = 200;

fn list(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, None)
}

fn one(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let kept = kept::get(ctx, request.param("id"))?;
    let content = String::from_utf8_lossy(&kept.bytes).into_owned();
    page(ctx, request, Some(Opened { problems: vec![kept.reason.clone()], content, kept: view(ctx, &kept) }))
}

fn page(ctx: &Ctx, request: &Request, opened: Option<Opened>) -> Result<Reply, Problem> {
    let (rows, total) = kept::waiting(ctx, MOST)?;
    let view = View {
        total: u64::try_from(total).unwrap_or(0),
        rows: rows.iter().map(|one| view(ctx, one)).collect(),
        opened,
        pages: None,
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

fn view(ctx: &Ctx, kept: &InputKept) -> Kept {
    let state = match kept.state {
        0 => TagView::new(Tone::Caution, "Open"),
        1 => TagView::new(Tone::Done, "Filed"),
        _ => TagView::new(Tone::Waiting, "Put aside"),
    };
    Kept {
        id: kept.id.clone(),
        what: format!("{}, {} ({})", kept.source, kept.place, kept.format),
        when: when::moment(Instant::from_micros(kept.at), &ctx.zone),
        reason: kept.reason.clone(),
        state,
    }
}

fn retry(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let mended = form.text("content");
    match kept::retry(ctx, request.param("id"), mended) {
        Ok(()) => Ok(Reply::see("/could-not-file")),
        Err(error) => match Problem::from(error) {
            problem if problem.status == 400 => {
                let kept = kept::get(ctx, request.param("id"))?;
                let content = mended.map_or_else(|| String::from_utf8_lossy(&kept.bytes).into_owned(), str::to_owned);
                page(ctx, request, Some(Opened { problems: vec![problem.sentence], content, kept: view(ctx, &kept) }))
            }
            problem => Err(problem),
        },
    }
}

fn dismiss(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    kept::dismiss(ctx, request.param("id"))?;
    Ok(Reply::see("/could-not-file"))
}

//! API tokens that allow more than their maker's role, for the privacy officer to confirm and to look over.

use continuo_care::access::Permission;
use continuo_care::{Ctx, tokens};
use continuo_ui::tabs::TabView;

use crate::app::App;
use crate::pages::admin::tokens::row;
use crate::pages::admin::tokens_view::{View, render};
use crate::pages::{done, frame};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

/// Routes of this list.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/openings/tokens", Gate::May(Permission::AuditRead), list),
    Route::post("/openings/tokens/confirm", Gate::May(Permission::AuditRead), confirm),
];

fn list(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let view = View {
        title: (
            "API tokens wider than their makers".to_owned(),
            "Each allows a program more than the role of whoever made it, and works once somebody else has confirmed it."
                .to_owned(),
        ),
        tabs: vec![
            TabView::new("Consents to review", "/openings", false),
            TabView::new("All consents", "/openings?tab=all", false),
            TabView::new("Open now", "/openings?tab=now", false),
            TabView::new("API tokens", "/openings/tokens", true),
            TabView::new("Emergency access", "/emergency", false),
        ],
        secret: String::new(),
        waits: false,
        rows: tokens::wide(ctx)?.iter().map(|one| row(ctx, one, "/openings/tokens/confirm")).collect(),
        form: None,
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

fn confirm(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    tokens::confirm(ctx, request.form()?.get("token").unwrap_or_default())?;
    done::said(ctx, "/openings/tokens")
}

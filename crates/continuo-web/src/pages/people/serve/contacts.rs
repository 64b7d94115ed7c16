//! Contacts of one person: calls, attempts, messages and notes, newest first.

use continuo_care::access::Permission;
use continuo_care::{Ctx, chart};
use continuo_ui::states::EmptyView;

use super::chart::line;
use crate::app::App;
use crate::pages::people::contacts::{View, render};
use crate::pages::{frame, person};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[Route::get("/patients/{id}/contacts", Gate::May(Permission::RecordRead), show)];

/// Contacts on one page.
const MOST: usize = 200;

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let chart = chart::load(ctx, request.param("id"))?;
    let lines = chart.sections.contacts.iter().take(MOST).map(|entry| line(ctx, &chart, entry)).collect();
    let view = View {
        banner: person::banner_of_chart(ctx, &chart),
        tabs: person::tabs(ctx, &chart.header.id, "Contacts"),
        contacts: continuo_ui::section::Section::of(
            lines,
            format!("{} in all", chart.sections.contacts.len()),
            EmptyView::new("No contact received.", "Calls, messages and notes appear here."),
        ),
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

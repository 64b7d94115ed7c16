//! Pages for what went wrong: a sentence for the person, a way on; the cause goes to the log.

use continuo_care::accounts::{self, Standing};
use continuo_ui::action::{Action, buttons};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::{Markup, html};

use super::frame;
use crate::app::App;
use crate::gate::COOKIE;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;

/// What went wrong.
#[derive(Clone, Debug)]
pub struct View {
    /// HTTP status.
    pub status: u16,
    /// A sentence for the person.
    pub sentence: String,
    /// What to tell whoever helps: the request's id.
    pub reference: String,
    /// Further ways on: "Ask for access", "Open in an emergency".
    pub actions: Vec<Action>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let title = match view.status {
        401 => "Please sign in",
        403 => "Not open to you",
        404 => "Not found",
        409 | 412 => "Someone else changed this",
        413 => "Too large",
        400..=499 => "This did not work",
        503 => "Busy: try again in a moment",
        _ => "Something broke on our side",
    };
    page(
        frame,
        &PageHead::titled(title),
        html! {
            div.narrow.stack {
                h1 { (title) }
                p.prose { (view.sentence) }
                @if view.status >= 500 { p.prose { "What you typed is kept in this tab. Nothing was half saved." } }
                div.row { (buttons(&frame.csrf, &view.actions)) a.button href="/" { "Go to the start" } }
                @if !view.reference.is_empty() { p.fine.muted { "Reference " (view.reference) } }
            }
        },
    )
}

/// The page of a problem, in the frame of whoever is signed in.
pub fn reply(app: &App, request: &Request, problem: &Problem) -> Reply {
    if problem.status == 401 && !request.body.is_empty() {
        return super::account::lock_over(app, request);
    }
    let frame = match accounts::standing(&app.care, request.cookie(COOKIE).unwrap_or("")) {
        Ok(Standing::Open(ctx)) => frame::of(&ctx, request).unwrap_or_else(|_| frame::outside(request)),
        _ => frame::outside(request),
    };
    let view = View {
        status: problem.status,
        sentence: problem.sentence.clone(),
        reference: String::new(),
        actions: Vec::new(),
    };
    Reply::page(render(&frame, &view)).status(problem.status)
}

//! What whoever is on call is told at the top of every page, and "I have it".
//!
//! The line says whose and since when, never what (safety.md 14, 20). It comes with the page, and to open pages at once
//! by the stream of live updates ([`crate::live`]).

use continuo_care::access::Permission;
use continuo_care::oncall::paging::{self, Page};
use continuo_care::{Ctx, StoreError};
use continuo_ui::action::Action;
use continuo_ui::paged::{PagedLine, PagedView, paged_lines};

use super::frame::Preferences;
use super::{done, person, when};
use crate::app::App;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(crate) const ROUTES: &[Route] = &[Route::post("/on-call/have-it", Gate::May(Permission::WorkAct), have_it)];

/// Where open pages hear of it.
const STREAM: &str = "/live";

/// The lines for the reader; nothing for those who do no work.
pub fn view(ctx: &Ctx) -> Result<Option<PagedView>, StoreError> {
    let Some((pages, digest)) = paging::mine(ctx)? else { return Ok(None) };
    let (closed, open): (Vec<Page>, Vec<Page>) = pages.into_iter().partition(|page| page.work.is_empty());
    let lines: Vec<PagedLine> = open_line(ctx, &open).into_iter().chain(closed_line(ctx, &closed)).collect();
    let digest = if lines.is_empty() { String::new() } else { format!("{digest:016x}") };
    let sound = Preferences::read(&ctx.preferences).sound;
    Ok(Some(PagedView { lines, digest, stream: STREAM.to_owned(), sound }))
}

/// The lines as an event carries them: one line of text.
pub(crate) fn event(ctx: &Ctx) -> Result<String, StoreError> {
    let view = view(ctx)?.unwrap_or_default();
    Ok(paged_lines(&ctx.session_key, &view).into_string().replace(['\n', '\r'], " "))
}

/// What a locked session is told: that something waits, not whom it is about.
pub(crate) fn locked() -> String {
    let text = "Something urgent waits for whoever is on call. Unlock to see it.".to_owned();
    let line = PagedLine { text, actions: vec![Action::open("Unlock", "/unlock")] };
    let view = PagedView { lines: vec![line], digest: "locked".to_owned(), ..PagedView::default() };
    paged_lines("", &view).into_string()
}

fn whom(ctx: &Ctx, page: &Page) -> String {
    match &page.person {
        Some(header) => person::who(header, person::today(ctx)).named_and_born(),
        None => "somebody whose record is closed to you, too".to_owned(),
    }
}

fn more(pages: &[Page]) -> String {
    match pages.len() {
        0 | 1 => String::new(),
        n => format!(" and {} more", n - 1),
    }
}

fn open_line(ctx: &Ctx, pages: &[Page]) -> Option<PagedLine> {
    let first = pages.first()?;
    let whom = whom(ctx, first);
    let since = when::moment(first.since, &ctx.zone);
    let why = if pages.iter().any(|page| page.on_call) { "you are on call" } else { "nobody on call has begun" };
    let next = pages.iter().filter_map(|page| page.then).min();
    let next = next.map(|at| format!(" Others are told at {}.", when::clock_at(at, &ctx.zone))).unwrap_or_default();
    let text = format!("Danger: {whom}{} waits since {since}. It comes to you because {why}.{next}", more(pages));
    let mut have_it = Action::post("I have it", "/on-call/have-it").about(&whom);
    for page in pages {
        have_it = have_it.with("work", &page.work);
    }
    let show = match (&first.person, pages.len()) {
        (Some(header), 1) => Action::open("Open the chart", format!("/patients/{}", header.id)).about(&whom),
        _ => Action::open("Show them", "/worklist?due=danger"),
    };
    Some(PagedLine { text, actions: vec![show, have_it] })
}

/// Danger in a record that nobody here may read (safety.md 20).
fn closed_line(ctx: &Ctx, pages: &[Page]) -> Option<PagedLine> {
    let first = pages.first()?;
    let whom = whom(ctx, first);
    let why = if first.on_call { "you are on call" } else { "nobody on call has answered" };
    let action = first
        .person
        .as_ref()
        .map(|header| Action::open("Emergency access", format!("/patients/{}/emergency", header.id)).about(&whom));
    let how = if action.is_some() { "open it by emergency access" } else { "call the privacy officer" };
    let since = when::moment(first.since, &ctx.zone);
    let text = format!(
        "Something urgent about {whom}{} waits since {since} in a record that nobody here may read. It comes to you because {why}: if they may be in danger, {how}.",
        more(pages)
    );
    Some(PagedLine { text, actions: action.into_iter().collect() })
}

fn have_it(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let works: Vec<String> = form.all("work").map(str::to_owned).collect();
    let committed = paging::acknowledge(ctx, &works)?;
    Ok(done::see("/worklist?due=danger", committed.commit.map(|commit| commit.0)))
}

//! How whoever is on call is told: what rings and what does not, said plainly; each one's number; the newest pages.

use std::collections::BTreeSet;

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::oncall::pager::{self, PageState};
use continuo_care::oncall::{OnCall, page_to};
use continuo_care::outbound::settings::PagingKind;
use continuo_care::staff::{self, Owner};
use continuo_ui::action::Action;
use continuo_ui::field::Field;

use super::board::{Line, ToldView};
use super::serve::{settle, text};
use crate::app::App;
use crate::pages::person;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

/// Routes of this part of the page.
pub(crate) const ROUTES: &[Route] = &[
    Route::post("/on-call/told", Gate::May(Permission::WorkAct), set),
    Route::post("/on-call/told/test", Gate::May(Permission::WorkAct), test),
];

/// Said where no channel is configured.
const ON_PAGES: &str = "Whoever is on call sees it at the top of every page while they are signed in, with a sound if they turned that on in their menu. Nothing reaches somebody who is not at a screen: whoever runs the server can set up text messages or another channel (operations manual, Paging).";

/// What is shown to this reader.
pub(super) fn view(ctx: &Ctx, on_call: &OnCall, owners: &[Owner]) -> Result<ToldView, Problem> {
    let Some(channel) = &ctx.care().outside.services.paging else {
        return Ok(ToldView { words: ON_PAGES.to_owned(), silent: true, ..ToldView::default() });
    };
    let known = page_to::load(ctx)?;
    let roster = &on_call.roster;
    let named = roster.shifts.iter().flat_map(|shift| [&shift.who, &shift.then]);
    let named: BTreeSet<&String> =
        named.chain(roster.covers.iter().map(|cover| &cover.who)).filter(|who| !who.is_empty()).collect();
    let all = ctx.grant.allows(Permission::OnCall);
    let me = &ctx.actor.reference;
    let mut lines: Vec<Line> = named
        .into_iter()
        .filter(|who| all || *who == me)
        .map(|who| Line {
            text: format!("{}:", staff::name_of(owners, who)),
            note: known.get(who).cloned().unwrap_or_else(|| "no number: sees it on pages only".to_owned()),
            remove: None,
        })
        .collect();
    lines.extend(pager::told(ctx)?.into_iter().map(|one| {
        let what = if one.is_test { "Test" } else { "Told" };
        let state = match one.state {
            PageState::Done => "sent".to_owned(),
            PageState::Dead => format!("NOT TOLD: {}; the next was told instead", one.error),
            PageState::Cancelled => "taken back".to_owned(),
            PageState::Waiting | PageState::Leased if one.error.is_empty() => "on its way".to_owned(),
            PageState::Waiting | PageState::Leased => format!("tried again: {}", one.error),
        };
        Line {
            text: format!("{what} {}:", staff::name_of(owners, &one.who)),
            note: format!("{}, {state}", person::day_and_clock(ctx, one.at)),
            remove: None,
        }
    }));
    let words = format!(
        "{}, and the line at the top of every page. It says that something urgent waits and since when, never whose or what.",
        channel.name
    );
    let test = known.contains_key(me).then(|| Action::post("Send me a test", "/on-call/told/test"));
    Ok(ToldView { words, silent: false, lines, test })
}

/// The field of one's own number; nothing where no channel would use it.
pub(super) fn fields(ctx: &Ctx) -> Option<Vec<Field>> {
    let channel = ctx.care().outside.services.paging.as_ref()?;
    let (label, hint) = match channel.kind {
        PagingKind::Sms => ("Mobile number", "With its area code; empty ends it"),
        PagingKind::Webhook => ("Number or address", "As the site's gateway knows you; empty ends it"),
    };
    Some(vec![Field::text("told_to", label).hint(hint).optional()])
}

fn set(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let done = page_to::set(ctx, &text(&form, "told_who"), &text(&form, "told_to"));
    settle(ctx, request, "told", &form, done)
}

fn test(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    settle(ctx, request, "told", &form, pager::test(ctx))
}

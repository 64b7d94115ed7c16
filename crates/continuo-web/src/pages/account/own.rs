//! A person's own account: password, second factor, where they are signed in.

use continuo_care::Ctx;
use continuo_care::accounts;
use continuo_fhir::Instant;
use continuo_ui::action::Action;
use continuo_ui::field::{Field, Input};
use continuo_ui::form::FormView;
use continuo_ui::tag::{TagView, Tone};

use crate::app::App;
use crate::gate::COOKIE;
use crate::pages::admin::detail::{View, render};
use crate::pages::entry::{Errors, errors_of, general};
use crate::pages::{done, frame, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(crate) const ROUTES: &[Route] = &[
    Route::get("/account", Gate::SignedIn, show),
    Route::post("/account/password", Gate::SignedIn, change),
    Route::post("/account/sessions", Gate::SignedIn, end_others),
];

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &Errors::new())
}

fn change(app: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let value = |name: &str| form.get(name).unwrap_or_default();
    let _try = app.tries.begin(request, ctx.now().micros())?;
    let cookie = request.cookie(COOKIE).unwrap_or_default();
    match accounts::change_password(ctx, cookie, value("old"), value("new")) {
        // Whoever had to do this first goes where they wanted to.
        Ok(()) if ctx.must_change => Ok(Reply::see("/")),
        Ok(()) => done::said(ctx, "/account"),
        Err(error) => page(ctx, request, &errors_of(error)?),
    }
}

fn end_others(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    accounts::end_others(ctx, request.cookie(COOKIE).unwrap_or_default())?;
    done::said(ctx, "/account")
}

fn page(ctx: &Ctx, request: &Request, errors: &Errors) -> Result<Reply, Problem> {
    let sessions = accounts::own_sessions(ctx, request.cookie(COOKIE).unwrap_or_default())?;
    let moment = |at: i64| when::moment(Instant::from_micros(at), &ctx.zone);
    let lines = sessions.iter().map(|one| {
        let which = if one.this { "This one: signed" } else { "Signed" };
        format!(
            "{which} in {}, last used {}{}",
            moment(one.created),
            moment(one.seen),
            if one.locked { ", locked" } else { "" }
        )
    });
    let error = |name: &str| errors.iter().find(|(field, _)| field == name).map_or("", |(_, text)| text.as_str());
    let line = |name: &str, label: &str| Field::new(name, label, Input::Line("password")).error(error(name));
    let password = FormView {
        action: "/account/password".to_owned(),
        fields: vec![
            line("old", "Your password now").autocomplete("current-password"),
            line("new", "New password")
                .hint("At least 12 characters; longer is better than odd")
                .autocomplete("new-password"),
        ],
        submit: "Change password".to_owned(),
        problems: general(errors),
        ..FormView::default()
    };
    let view = View {
        tabs: Vec::new(),
        title: "My account".to_owned(),
        lead: ctx.actor.name.clone(),
        states: vec![if accounts::has_second_factor(ctx)? {
            TagView::new(Tone::Done, "Second factor set up")
        } else {
            TagView::new(Tone::Waiting, "No second factor")
        }],
        notice: ctx.must_change.then(|| {
            let text = "You signed in with a password that somebody gave you. Choose one that only you know; then everything else opens.";
            (Tone::Caution, text.to_owned())
        }),
        actions: if sessions.len() > 1 {
            vec![Action::post("End my other sessions", "/account/sessions")]
        } else {
            Vec::new()
        },
        lines: Some(("Where you are signed in".to_owned(), lines.collect(), String::new())),
        forms: vec![("password".to_owned(), "Password".to_owned(), password)],
    };
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

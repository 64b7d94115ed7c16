//! Teams and programs: adding and renaming.

use continuo_care::access::Permission;
use continuo_care::members;
use continuo_care::{Ctx, staff};
use continuo_ui::field::Field;
use continuo_ui::form::FormView;

use super::list::{Row, View, render};
use crate::app::App;
use crate::form::Pairs;
use crate::pages::entry::{Errors, errors_of, filled, general};
use crate::pages::{done, frame};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/admin/teams", Gate::May(Permission::AdminPeople), show),
    Route::post("/admin/teams", Gate::May(Permission::AdminPeople), put),
];

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &Pairs::default(), &Errors::new())
}

fn put(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let text = |name: &str| form.text(name).unwrap_or_default();
    let id = text("team").parse().unwrap_or(0);
    match members::put_team(ctx, id, text("name"), text("kind")) {
        Ok(()) => done::said(ctx, "/admin/teams"),
        Err(error) => page(ctx, request, &form, &errors_of(error)?),
    }
}

fn page(ctx: &Ctx, request: &Request, given: &Pairs, errors: &Errors) -> Result<Reply, Problem> {
    let counts = staff::teams(ctx)?;
    let all = members::teams(ctx)?;
    // `?team=3` opens one to be renamed.
    let edited = given.text("team").or_else(|| request.query.text("team")).and_then(|id| id.parse().ok());
    let edited = all.iter().find(|team| Some(team.id) == edited);
    let rows = all.iter().map(|team| Row {
        title: team.name.clone(),
        href: format!("/admin/teams?team={}", team.id),
        state: None,
        cells: vec![
            team.kind.clone(),
            counts.iter().find(|(name, ..)| *name == team.name).map_or(0, |(_, _, members)| *members).to_string(),
        ],
        switch: None,
    });
    let fields = vec![
        Field::text("name", "Name").value(edited.map_or("", |team| &team.name)),
        Field::select("kind", "Kind", &[("team", "Team"), ("programme", "Program")])
            .value(edited.map_or("team", |team| &team.kind)),
    ];
    let hidden = edited.map(|team| ("team".to_owned(), team.id.to_string())).into_iter().collect();
    let form = FormView {
        action: "/admin/teams".to_owned(),
        hidden,
        fields: filled(ctx, fields, given, errors),
        submit: if edited.is_some() { "Save" } else { "Add" }.to_owned(),
        cancel: if edited.is_some() { "/admin/teams".to_owned() } else { String::new() },
        problems: general(errors),
        ..FormView::default()
    };
    let view = View {
        tabs: super::serve::tabs("teams"),
        title: "Teams and programs".to_owned(),
        lead: "Work can be given to a team; whoever is free takes it. People are put into teams on their own page."
            .to_owned(),
        first: Vec::new(),
        warning: String::new(),
        columns: vec!["Kind".to_owned(), "People".to_owned()],
        rows: rows.collect(),
        form: Some((edited.map_or_else(|| "Add one".to_owned(), |team| format!("Change {}", team.name)), form)),
    };
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

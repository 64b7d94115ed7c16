//! Handlers of administration: people, teams, roles, rules.

use continuo_care::access::{Permission, roles};
use continuo_care::setup::{self, NewAccount, NewAccountError};
use continuo_care::{Ctx, settings, staff};
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;
use continuo_ui::tabs::TabView;
use continuo_ui::tag::{TagView, Tone};

use super::list::{Row, View, render};
use super::permission_words;
use crate::app::App;
use crate::form::Pairs;
use crate::pages::{done, frame, proof};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

/// Routes of this area.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/admin/people", Gate::May(Permission::AdminPeople), people),
    Route::post("/admin/people", Gate::May(Permission::AdminPeople), add),
    Route::post("/admin/people/{id}", Gate::May(Permission::AdminPeople), set_active),
    Route::get("/admin/roles", Gate::May(Permission::AdminPeople), role_list),
    Route::get("/admin/rules", Gate::May(Permission::AdminPolicy), rules),
];

pub(in crate::pages) fn tabs(current: &str) -> Vec<TabView> {
    let own = [
        ("People", "people"),
        ("Teams", "teams"),
        ("Roles", "roles"),
        ("Rules and policies", "rules"),
        ("API tokens", "tokens"),
        ("Measures", "measures"),
        ("Site", "site"),
    ];
    let mut all: Vec<TabView> =
        own.iter().map(|(label, path)| TabView::new(label, format!("/admin/{path}"), *path == current)).collect();
    all.push(TabView::new("Feeds", "/feeds", current == "feeds"));
    all.push(TabView::new("On call", "/on-call", false));
    all
}

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|text| (*text).to_owned()).collect()
}

fn people(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    people_page(ctx, request, &Pairs::default(), "")
}

fn people_page(ctx: &Ctx, request: &Request, given: &Pairs, error: &str) -> Result<Reply, Problem> {
    let rows = staff::members(ctx)?.into_iter().map(|one| {
        let (tone, word) = match (one.active, one.waits) {
            (false, _) => (Tone::Waiting, "Closed"),
            (_, true) => (Tone::Caution, "Waits after wrong passwords"),
            _ => (Tone::Done, "Active"),
        };
        let factor = if one.second_factor { "set up" } else { "not set up" };
        Row {
            title: one.name,
            href: format!("/admin/people/{}", one.id),
            state: Some(TagView::new(tone, word)),
            cells: vec![one.roles, one.teams, one.login, factor.to_owned()],
            switch: Some((format!("/admin/people/{}", one.id), !one.active)),
        }
    });
    let rows: Vec<Row> = rows.collect();
    let alone = rows.len() == 1;
    let value = |name: &str| given.get(name).unwrap_or_default();
    let choices = roles().iter().map(|role| Choice::new(&role.id, &role.label)).collect();
    let form = FormView {
        action: "/admin/people".to_owned(),
        fields: vec![
            Field::text("name", "Name").value(value("name")),
            Field::text("login", "Account name").hint("What they type to sign in").value(value("login")),
            Field::new("role", "Role", Input::Select(choices)).value(value("role")),
            Field::new("password", "First password", Input::Line("password"))
                .hint("At least 12 characters; works for 14 days, and they change it when they first sign in")
                .autocomplete("new-password"),
        ],
        submit: "Add".to_owned(),
        problems: if error.is_empty() { Vec::new() } else { vec![error.to_owned()] },
        ..FormView::default()
    };
    let view = View {
        tabs: tabs("people"),
        title: "People".to_owned(),
        lead: "Who works here, in which role and team.".to_owned(),
        first: if alone { first_steps(ctx) } else { Vec::new() },
        warning: String::new(),
        columns: texts(&["Role", "Team", "Account", "Second factor"]),
        rows,
        form: Some(("Add a person".to_owned(), form)),
    };
    let status = if error.is_empty() { 200 } else { 422 };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

/// What a new site does first, in order.
const FIRST: [Step; 5] = [
    ("Add the people who work here", "#edit", "one account each; work belongs to a person"),
    (
        "Set your days, hours and phone number",
        "/admin/site",
        "due times count by them; sheets for patients print the number",
    ),
    ("Say who is on call", "/on-call", "danger never waits for the morning"),
    ("Look through the rules", "/admin/rules", "each suggests until a named person lets it open tasks by itself"),
    ("Let your other systems send records", "/admin/tokens", "or bring files in with the command continuo import"),
];

/// What to do, where, and why.
type Step = (&'static str, &'static str, &'static str);

/// The last step leads on only who may take it: an administrator alone registers nobody.
fn first_steps(ctx: &Ctx) -> Vec<Step> {
    let last = if ctx.grant.allows(Permission::PersonWrite) {
        ("Register a person by hand", "/patients/new", "small sites start this way")
    } else {
        (
            "Register people by hand",
            "",
            "a coordinator or the front desk does, under Patients; small sites start this way",
        )
    };
    FIRST.into_iter().chain([last]).collect()
}

fn add(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
    if text("name").is_empty() || text("login").is_empty() || text("password").is_empty() {
        return people_page(ctx, request, &form, "Enter a name, an account name and a first password.");
    }
    let new = NewAccount {
        login: text("login"),
        name: text("name"),
        reference: format!("Practitioner/{}", ctx.ids().next()),
        roles: vec![text("role")],
        teams: Vec::new(),
        one_click: false,
    };
    match setup::accounts(ctx, vec![(new, form.get("password").unwrap_or_default().to_owned())]) {
        Ok(commit) => Ok(done::see("/admin/people", commit.map(|commit| commit.0))),
        Err(NewAccountError::Store(error)) => Err(error.into()),
        Err(refused) => people_page(ctx, request, &form, &capital(&refused.to_string())),
    }
}

fn set_active(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let id = request.param("id").parse().map_err(|_| Problem::not_found())?;
    let changed = staff::set_active(ctx, id, request.form()?.get("active") == Some("yes"))?;
    Ok(done::see("/admin/people", changed.commit.map(|commit| commit.0)))
}

fn role_list(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let rows = roles().iter().map(|role| {
        let may = Permission::ALL.into_iter().filter(|permission| role.allows(*permission));
        Row {
            title: role.label.clone(),
            href: String::new(),
            state: None,
            cells: vec![
                may.map(permission_words::words).collect::<Vec<_>>().join("; "),
                if role.reaches_all { "everybody" } else { "those assigned" }.to_owned(),
                if role.second_factor { "needed" } else { "not needed" }.to_owned(),
            ],
            switch: None,
        }
    });
    show(
        ctx,
        request,
        "roles",
        "Roles",
        "What each role may do. Roles are data of the product.",
        &["May", "Reaches", "Second factor"],
        rows.collect(),
    )
}

fn rules(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let all = settings::rules(ctx)?;
    let owners = staff::named(ctx, &all.iter().map(|one| one.set_by.as_str()).collect::<Vec<_>>())?;
    let rows = all.into_iter().map(|one| Row {
        title: one.title.to_owned(),
        href: format!("/rules/{}", one.id),
        state: Some(if one.active { TagView::new(Tone::Done, "On") } else { TagView::new(Tone::Waiting, "Off") }),
        cells: vec![
            if one.direct { "opens tasks at once" } else { "suggests" }.to_owned(),
            if one.at == 0 {
                "as shipped".to_owned()
            } else {
                format!("{}: {}", staff::name_of(&owners, &one.set_by), one.reason)
            },
            proof::citation(one.source),
        ],
        switch: None,
    });
    show(
        ctx,
        request,
        "rules",
        "Rules and policies",
        "A rule opens tasks at once only where a named person switched that on.",
        &["Does", "Set by", "Source"],
        rows.collect(),
    )
}

fn show(
    ctx: &Ctx,
    request: &Request,
    tab: &str,
    title: &str,
    lead: &str,
    columns: &[&str],
    rows: Vec<Row>,
) -> Result<Reply, Problem> {
    let view = View {
        tabs: tabs(tab),
        title: title.to_owned(),
        lead: lead.to_owned(),
        first: Vec::new(),
        warning: String::new(),
        columns: texts(columns),
        rows,
        form: None,
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

//! One account: roles and teams, a new first password, unlocking, the second factor, sessions, the provider's code.

use continuo_care::Ctx;
use continuo_care::access::{Permission, roles};
use continuo_care::accounts::provider;
use continuo_care::members::{self, Detail};
use continuo_care::problem::WorkError;
use continuo_care::work::Done;
use continuo_fhir::Instant;
use continuo_ui::action::Action;
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;
use continuo_ui::tag::{TagView, Tone};

use super::detail::{View, render};
use crate::app::App;
use crate::form::Pairs;
use crate::pages::entry::{Errors, errors_of, filled, general};
use crate::pages::{done, frame, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/admin/people/{id}", Gate::May(Permission::AdminPeople), show),
    Route::post("/admin/people/{id}/{act}", Gate::May(Permission::AdminPeople), act),
];

fn id(request: &Request) -> Result<i64, Problem> {
    request.param("id").parse().map_err(|_| Problem::not_found())
}

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &Pairs::default(), &Errors::new())
}

fn act(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let (id, form) = (id(request)?, request.form()?);
    let finished: Result<Option<i64>, WorkError> = match request.param("act") {
        "roles" => {
            let roles: Vec<String> = form.all("roles").map(str::to_owned).collect();
            let teams: Vec<i64> = form.all("teams").filter_map(|one| one.parse().ok()).collect();
            commit_of(members::set(ctx, id, form.text("name").unwrap_or_default(), &roles, &teams))
        }
        "password" => commit_of(members::reset_password(ctx, id, form.get("password").unwrap_or_default())),
        "unlock" => commit_of(members::unlock(ctx, id)),
        "factor" => commit_of(members::remove_second_factor(ctx, id)),
        "sessions" => commit_of(members::end_sessions(ctx, id)),
        "unlink" => {
            let text = |name: &str| form.text(name).unwrap_or_default();
            provider::unlink(ctx, id, text("issuer"), text("subject")).map(|()| None)
        }
        "provider" if provider::issuer(ctx).is_some() => {
            let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
            provider::link(ctx, &members::detail(ctx, id)?.login, &text("issuer"), &text("subject")).map(|()| None)
        }
        _ => return Err(Problem::not_found()),
    };
    match finished {
        Ok(commit) => Ok(done::see(&format!("/admin/people/{id}"), commit)),
        Err(error) => page(ctx, request, &form, &errors_of(error)?),
    }
}

fn commit_of(done: Done<()>) -> Result<Option<i64>, WorkError> {
    Ok(done?.commit.map(|commit| commit.0))
}

fn page(ctx: &Ctx, request: &Request, given: &Pairs, errors: &Errors) -> Result<Reply, Problem> {
    let one = members::detail(ctx, id(request)?)?;
    let post = |act: &str| format!("/admin/people/{}/{act}", one.id);
    let mut actions = Vec::new();
    if one.waits_until > 0 {
        actions.push(Action::post("Let them try again now", post("unlock")));
    }
    if one.second_factor {
        actions.push(Action::post("Remove the second factor", post("factor")).quiet());
    }
    if !one.sessions.is_empty() {
        actions.push(Action::post("End their sessions", post("sessions")).quiet());
    }
    for (issuer, subject) in provider::links(ctx, one.id)? {
        let unlink = Action::post(format!("Take away the link to {subject}"), post("unlink"));
        actions.push(unlink.with("issuer", issuer).with("subject", subject).quiet());
    }
    let moment = |at: i64| when::moment(Instant::from_micros(at), &ctx.zone);
    let sessions = one.sessions.iter().map(|(since, seen, locked)| {
        format!("Signed in {}, last used {}{}", moment(*since), moment(*seen), if *locked { ", locked" } else { "" })
    });
    let view = View {
        tabs: super::serve::tabs("people"),
        title: one.name.clone(),
        lead: format!("Account {}", one.login),
        states: states(ctx, &one),
        notice: None,
        actions,
        lines: Some(("Sessions".to_owned(), sessions.collect(), "Not signed in anywhere.".to_owned())),
        forms: forms(ctx, &one, given, errors)?,
    };
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

fn states(ctx: &Ctx, one: &Detail) -> Vec<TagView> {
    let mut states =
        vec![if one.active { TagView::new(Tone::Done, "Active") } else { TagView::new(Tone::Waiting, "Closed") }];
    if one.waits_until > 0 {
        let until = when::clock_at(Instant::from_micros(one.waits_until), &ctx.zone);
        states.push(TagView::new(Tone::Caution, format!("Waits until {until} after wrong passwords")));
    }
    if let Some(end) = one.first_until.map(Instant::from_micros) {
        let day = when::day(ctx.zone.day(end));
        states.push(if end <= ctx.now() {
            TagView::new(Tone::Caution, format!("First password ended on {day}: give a new one"))
        } else {
            TagView::new(Tone::Waiting, format!("First password not changed yet: it ends on {day}"))
        });
    }
    if one.tokens > 0 && one.active {
        let tokens =
            if one.tokens == 1 { "An API token stops".to_owned() } else { format!("{} API tokens stop", one.tokens) };
        states.push(TagView::new(Tone::Waiting, format!("{tokens} with this account, until somebody answers for it")));
    }
    states.push(if one.second_factor {
        TagView::new(Tone::Done, "Second factor set up")
    } else {
        TagView::new(Tone::Waiting, "No second factor: set up when they next sign in, if their role needs one")
    });
    states
}

fn forms(ctx: &Ctx, one: &Detail, given: &Pairs, errors: &Errors) -> Result<Vec<(String, String, FormView)>, Problem> {
    let choices = roles().iter().map(|role| Choice::new(&role.id, &role.label)).collect();
    let teams = members::teams(ctx)?;
    let team_choices = teams.iter().map(|team| Choice::new(team.id.to_string(), &team.name)).collect();
    let numbers = one.teams.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let set = vec![
        Field::text("name", "Name").value(&one.name),
        Field::new("roles", "Roles", Input::Checks(choices)).value(&one.roles.join(" ")),
        Field::new("teams", "Teams and programs", Input::Checks(team_choices)).value(&numbers).optional(),
    ];
    let password = vec![
        Field::new("password", "New first password", Input::Line("password"))
            .hint("At least 12 characters; works for 14 days. Their sessions end; they change it after signing in")
            .autocomplete("new-password"),
    ];
    let form = |id: &str, title: &str, act: &str, submit: &str, fields: Vec<Field>| {
        let mine = fields.iter().any(|field| errors.iter().any(|(name, _)| *name == field.name));
        let (empty, none) = (Pairs::default(), Errors::new());
        let view = FormView {
            action: format!("/admin/people/{}/{act}", one.id),
            fields: filled(ctx, fields, if mine { given } else { &empty }, if mine { errors } else { &none }),
            submit: submit.to_owned(),
            problems: if act == "roles" { general(errors) } else { Vec::new() },
            ..FormView::default()
        };
        (id.to_owned(), title.to_owned(), view)
    };
    let mut forms = vec![
        form("roles", "Name, roles and teams", "roles", "Save", set),
        form("password", "Password", "password", "Set the password", password),
    ];
    if let Some(issuer) = provider::issuer(ctx) {
        let linked: Vec<String> = provider::links(ctx, one.id)?.into_iter().map(|(_, subject)| subject).collect();
        let linked = if linked.is_empty() { "none".to_owned() } else { linked.join(", ") };
        let fields = vec![
            Field::text("issuer", "Issuer").hint("The provider's own address, as configured here").value(issuer),
            Field::text("subject", "Code of the person at the provider")
                .hint(&format!("The sign-in page shows it when nobody is linked. Linked now: {linked}")),
        ];
        forms.push(form("provider", "Sign-in through the provider", "provider", "Link", fields));
    }
    Ok(forms)
}

//! API tokens: made for a program, shown once, listed with what they allow, withdrawn at once.

use continuo_care::Ctx;
use continuo_care::access::{LABELS, Permission};
use continuo_care::accounts::NewToken;
use continuo_care::members::{self, TokenRow};
use continuo_care::tokens::{self, Made};
use continuo_fhir::Instant;
use continuo_ui::action::Action;
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;
use continuo_ui::tag::Tone;

use super::permission_words;
use super::tokens_view::{Row, View, render};
use crate::app::App;
use crate::form::Pairs;
use crate::pages::entry::{Errors, filled};
use crate::pages::{done, frame, when};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/admin/tokens", Gate::May(Permission::ApiToken), show),
    Route::post("/admin/tokens", Gate::May(Permission::ApiToken), make),
    Route::post("/admin/tokens/withdraw", Gate::May(Permission::ApiToken), withdraw),
    Route::post("/admin/tokens/confirm", Gate::May(Permission::ApiToken), confirm),
    Route::post("/admin/tokens/take", Gate::May(Permission::ApiToken), take),
];

/// What a program can be allowed; the rest belongs to people.
const OFFERED: [(Permission, &str); 9] = [
    (Permission::RecordRead, "Read the clinical record"),
    (Permission::RecordWrite, "Write the clinical record"),
    (Permission::PersonRead, "Read people, contact, coverage and appointments"),
    (Permission::PersonWrite, "Write people, contact, coverage and appointments"),
    (
        Permission::ChooseIds,
        "Choose the ids of what it makes, as a source that sends by PUT does: it learns which are taken by what it does not see",
    ),
    (Permission::Import, "Bring records in"),
    (Permission::Export, "Take records out in bulk"),
    (Permission::ConsentOpen, "Write consents that open private records"),
    (Permission::AdminPolicy, "Write definitions: measures, libraries, value sets, plans and forms"),
];
/// Longest life of a token, in days.
const LONGEST: i64 = 400;

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &Pairs::default(), &Errors::new(), None)
}

fn make(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let label = form.text("label").unwrap_or_default().to_owned();
    let permissions: Vec<Permission> = OFFERED
        .iter()
        .map(|(permission, _)| *permission)
        .filter(|permission| form.all("may").any(|one| one == permission.id()))
        .collect();
    let days = form.text("days").and_then(|text| text.parse::<i64>().ok()).filter(|days| (1..=LONGEST).contains(days));
    let mut errors = Errors::new();
    if label.is_empty() || label.chars().count() > 80 {
        errors.push(("label".to_owned(), "Say what it is for, in at most 80 characters".to_owned()));
    }
    if permissions.is_empty() {
        errors.push(("may".to_owned(), "Choose what it may do".to_owned()));
    }
    if days.is_none() {
        errors.push(("days".to_owned(), format!("Give 1 to {LONGEST} days")));
    }
    let (true, Some(days)) = (errors.is_empty(), days) else { return page(ctx, request, &form, &errors, None) };
    let labels = form.all("labels").filter(|one| LABELS.iter().any(|label| label.id == *one)).map(str::to_owned);
    let new = NewToken {
        label,
        permissions,
        labels: labels.collect(),
        expires: ctx.now().plus_seconds(days * 86_400),
        made_by: ctx.actor.reference.clone(),
    };
    let made = tokens::make(ctx, &new)?;
    page(ctx, request, &Pairs::default(), &Errors::new(), Some(&made))
}

fn confirm(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    tokens::confirm(ctx, request.form()?.get("token").unwrap_or_default())?;
    done::said(ctx, "/admin/tokens")
}

fn take(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    tokens::take_over(ctx, request.form()?.get("token").unwrap_or_default())?;
    Ok(Reply::see("/admin/tokens"))
}

fn withdraw(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    members::withdraw_token(ctx, request.form()?.get("token").unwrap_or_default())?;
    done::said(ctx, "/admin/tokens")
}

/// A token as it is listed; `confirm` is where the reader's confirmation goes.
pub(crate) fn row(ctx: &Ctx, one: &TokenRow, confirm: &str) -> Row {
    let is_open = !one.revoked && one.expires > ctx.now().micros();
    let (tone, state) = match (one.revoked, is_open, one.answered, one.waits()) {
        (true, ..) => (Tone::Waiting, "Withdrawn"),
        (_, false, ..) => (Tone::Waiting, "Expired"),
        (_, _, false, _) => (Tone::Critical, "Stopped: its maker left or may do less now"),
        (.., true) => (Tone::Caution, "Waits for a second person"),
        _ => (Tone::Done, "Valid"),
    };
    let waits = is_open && one.answered && one.waits();
    let administers = ctx.grant.allows(Permission::ApiToken);
    let by = match (one.maker.as_str(), one.confirmer.as_str()) {
        ("", _) => String::new(),
        (maker, "") => format!("by {maker}"),
        (maker, confirmer) => format!("by {maker}, confirmed by {confirmer}"),
    };
    let day = |at: i64| when::day(ctx.zone.day(Instant::from_micros(at)));
    Row {
        label: one.label.clone(),
        state: (tone, state.to_owned()),
        may: capital(&permission_words::of_ids(&one.permissions)).trim_end_matches('.').to_owned(),
        wider: permission_words::of_ids(&one.wider),
        made: day(one.created),
        by,
        until: day(one.expires),
        take: (is_open && !one.answered && administers).then(|| {
            Action::post("Answer for it", "/admin/tokens/take").with("token", &one.hash).about(one.label.as_str())
        }),
        confirm: (waits && one.made_by != ctx.actor.reference)
            .then(|| Action::post("Confirm", confirm).with("token", &one.hash).about(one.label.as_str())),
        withdraw: (is_open && administers).then(|| {
            Action::post("Withdraw", "/admin/tokens/withdraw")
                .with("token", &one.hash)
                .about(one.label.as_str())
                .quiet()
        }),
    }
}

fn page(ctx: &Ctx, request: &Request, given: &Pairs, errors: &Errors, made: Option<&Made>) -> Result<Reply, Problem> {
    let mut labels: Vec<Choice> = Vec::new();
    for label in LABELS.iter() {
        if !labels.iter().any(|one| one.value == label.id) {
            labels.push(Choice::new(&label.id, capital(&label.meaning).trim_end_matches('.')));
        }
    }
    let may = OFFERED.iter().map(|(permission, words)| Choice::new(permission.id(), *words)).collect();
    let fields = vec![
        Field::text("label", "What it is for").hint("Such as: nightly feed of Mercy Hospital"),
        Field::new("may", "It may", Input::Checks(may))
            .hint("What your own role does not allow waits until somebody else confirms it"),
        Field::new("labels", "Private records it sees", Input::Checks(labels)).hint("None unless chosen").optional(),
        Field::new("days", "Valid for", Input::Amount("days".to_owned())).value("90"),
    ];
    let view = View {
        title: (
            "API tokens".to_owned(),
            "A program signs in with a token. It is shown once and kept only as a fingerprint.".to_owned(),
        ),
        tabs: super::serve::tabs("tokens"),
        secret: made.map(|made| made.secret.expose().to_owned()).unwrap_or_default(),
        waits: made.is_some_and(|made| made.waits),
        rows: members::tokens(ctx)?.iter().map(|one| row(ctx, one, "/admin/tokens/confirm")).collect(),
        form: Some(FormView {
            action: "/admin/tokens".to_owned(),
            fields: filled(ctx, fields, given, errors),
            submit: "Make the token".to_owned(),
            ..FormView::default()
        }),
    };
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

//! Changing a proposal before accepting it: the form that people fill in by hand, filled in with what was proposed.

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::scribe::decide;
use continuo_care::scribe::propose::Kind;
use continuo_care::scribe::review;
use continuo_ui::field::{Field, Input};
use continuo_ui::form::FormView;

use super::review::next;
use crate::app::App;
use crate::form::Pairs;
use crate::pages::entry::{self, form_page, kinds};
use crate::pages::{done, frame, person};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/review/{id}/items/{item}/edit", Gate::May(Permission::SuggestionDecide), ask),
    Route::post("/review/{id}/items/{item}/edit", Gate::May(Permission::SuggestionDecide), accept),
];

/// The questions of a kind.
fn fields(kind: Kind) -> Vec<Field> {
    let form = |slug: &str| kinds::find(slug).map(|kind| (kind.fields)()).unwrap_or_default();
    match kind {
        Kind::Medicine => form("medicine"),
        Kind::Allergy => form("allergy"),
        Kind::Vital => form("result"),
        Kind::Symptom | Kind::Problem | Kind::Need => form("condition"),
        Kind::Referral => form("referral"),
        Kind::Denied => vec![Field::text("what", "Denied")],
        Kind::Family => vec![Field::text("what", "Illness"), Field::text("relation", "Whose")],
        Kind::Order => vec![
            Field::text("what", "What"),
            Field::text("reason", "Reason").optional(),
            Field::select("category", "Kind", &[("laboratory", "Laboratory"), ("imaging", "Imaging or study")]),
        ],
        Kind::Danger | Kind::FollowUp | Kind::Promise => vec![
            Field::text("what", "What"),
            Field::date("date", "Due").hint("The next business day, if left empty").optional(),
            Field::text("owner", "Who").optional(),
        ],
    }
}

fn ask(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, None, &Vec::new())
}

fn page(ctx: &Ctx, request: &Request, given: Option<&Pairs>, errors: &entry::Errors) -> Result<Reply, Problem> {
    let found = review::load(ctx, request.param("id"))?;
    let item = found.items.iter().find(|item| item.id == request.param("item")).ok_or_else(Problem::not_found)?;
    let (_, banner) = person::banner_of(ctx, found.person.strip_prefix("Patient/").unwrap_or(&found.person))?;
    let proposed = Pairs::of(item.proposal.values.clone());
    let mut fields = fields(item.proposal.kind);
    if let Some(owner) = fields.iter_mut().find(|field| field.name == "owner") {
        owner.input = Input::Select(entry::owners(ctx)?);
    }
    let quote = item.proposal.quotes.first().map(|quote| quote.text.clone()).unwrap_or_default();
    let view = form_page::View {
        title: "Change, then accept".to_owned(),
        lead: format!(
            "Proposed: {}: {}. Words: \u{201c}{quote}\u{201d}",
            item.proposal.kind.label(),
            item.proposal.what
        ),
        form: FormView {
            action: format!("/review/{}/items/{}/edit", found.id, item.id),
            hidden: item
                .proposal
                .values
                .iter()
                .filter(|(name, _)| matches!(name.as_str(), "need" | "urgency" | "self_harm"))
                .cloned()
                .collect(),
            fields: entry::filled(ctx, fields, given.unwrap_or(&proposed), errors),
            submit: "Accept with changes".to_owned(),
            about: format!("For {}", banner.who.named_and_born()),
            cancel: format!("/review/{}", found.id),
            problems: entry::general(errors),
            ..FormView::default()
        },
        banner: Some(banner),
    };
    Ok(Reply::page(form_page::render(&frame::of(ctx, request)?, &view)).status(if errors.is_empty() {
        200
    } else {
        422
    }))
}

fn accept(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let found = review::load(ctx, request.param("id"))?;
    let item = found.items.iter().find(|item| item.id == request.param("item")).ok_or_else(Problem::not_found)?;
    let mut asked = fields(item.proposal.kind);
    asked.extend(["need", "urgency", "self_harm"].map(|name| Field::text(name, name)));
    let values = match entry::values(ctx, &asked, &form) {
        Ok(values) => values,
        Err(errors) => return page(ctx, request, Some(&form), &errors),
    };
    match decide::accept(ctx, &found.id, &item.id, Some(values)) {
        Ok(done) => Ok(done::see(&next(ctx, &found.id, &item.id), done.commit.map(|commit| commit.0))),
        Err(error) => page(ctx, request, Some(&form), &entry::errors_of(error)?),
    }
}

//! Telling the primary-care physician at once: the draft, and sending it.

use continuo_care::access::Permission;
use continuo_care::problem::WorkError;
use continuo_care::scribe::review::{self, Review};
use continuo_care::scribe::tell;
use continuo_care::{Ctx, staff};
use continuo_ui::field::{Field, Input};
use continuo_ui::form::FormView;

use crate::app::App;
use crate::pages::scribe::tell::{View, render};
use crate::pages::{done, frame, person};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/review/{id}/tell", Gate::May(Permission::SuggestionDecide), show),
    Route::post("/review/{id}/tell", Gate::May(Permission::SuggestionDecide), send),
];

/// The name of the physician who would be told; nothing where the record names none, or the reader is they.
pub(super) fn physician(ctx: &Ctx, found: &Review) -> Result<Option<String>, Problem> {
    let one = tell::physician(ctx, found.patient)?.filter(|one| *one != ctx.actor.reference);
    Ok(one.map(|reference| staff::name_of(&staff::owners(ctx).unwrap_or_default(), &reference)))
}

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let found = review::load(ctx, request.param("id"))?;
    if found.told.is_some() || found.is_finished() {
        return Ok(Reply::see(&format!("/review/{}", found.id)));
    }
    page(ctx, request, &found, &tell::draft(&found), "")
}

fn page(ctx: &Ctx, request: &Request, found: &Review, text: &str, error: &str) -> Result<Reply, Problem> {
    let Some(physician) = physician(ctx, found)? else {
        return Ok(Reply::see(&format!("/review/{}", found.id)));
    };
    let (_, banner) = person::banner_of(ctx, found.person.strip_prefix("Patient/").unwrap_or(&found.person))?;
    let view = View {
        form: FormView {
            action: format!("/review/{}/tell", found.id),
            fields: vec![
                Field::new("text", "What they are told", Input::Area(10))
                    .hint("Drafted from the proposals; change it as you like")
                    .value(text)
                    .error(error),
            ],
            submit: format!("Send to {physician}"),
            about: format!("For {}", banner.who.named_and_born()),
            cancel: format!("/review/{}", found.id),
            ..FormView::default()
        },
        physician,
        banner,
    };
    let status = if error.is_empty() { 200 } else { 422 };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

fn send(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let id = request.param("id");
    let text = form.get("text").unwrap_or_default().replace("\r\n", "\n");
    match tell::tell(ctx, id, &text) {
        Ok(sent) => Ok(done::see(&format!("/review/{id}"), sent.commit.map(|commit| commit.0))),
        Err(WorkError::Field { text: why, .. } | WorkError::Not(why)) => {
            let found = review::load(ctx, id)?;
            page(ctx, request, &found, &text, capital(&why).trim_end_matches('.'))
        }
        Err(error) => Err(error.into()),
    }
}

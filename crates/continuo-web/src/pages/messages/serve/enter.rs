//! Message received: entered by hand, as it was read out, handed in or seen elsewhere.

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::inbox::act::{self, Received};
use continuo_care::problem::WorkError;
use continuo_ui::field::{Field, Input};
use continuo_ui::form::FormView;

use crate::app::App;
use crate::form::Pairs;
use crate::pages::entry::form_page;
use crate::pages::{done, frame, person, when};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/patients/{id}/message", Gate::May(Permission::RecordWrite), ask),
    Route::post("/patients/{id}/message", Gate::May(Permission::RecordWrite), enter),
];

fn ask(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &Pairs::default(), &[])
}

fn page(ctx: &Ctx, request: &Request, given: &Pairs, errors: &[(String, String)]) -> Result<Reply, Problem> {
    let (header, banner) = person::banner_of(ctx, request.param("id"))?;
    let mut fields = vec![
        Field::new("words", "Words as received", Input::Area(8))
            .hint("In the language they came in; nothing is translated"),
        Field::text("from", "From, if not from the person")
            .hint("Name and relation, such as Elena, daughter")
            .optional(),
        Field::text("how", "How it came").hint("Such as hospital portal, note on paper").optional(),
        Field::date("date", "Received on").hint("Today, if left empty").optional(),
        Field::new("time", "At", Input::Time).hint("Now, if left empty").optional(),
    ];
    for field in &mut fields {
        if let Some(value) = given.get(&field.name) {
            value.clone_into(&mut field.value);
        }
        if let Some((_, error)) = errors.iter().find(|(name, _)| *name == field.name) {
            field.error.clone_from(error);
        }
    }
    let view = form_page::View {
        title: "Message received".to_owned(),
        lead: "Triage reads it at once and gives it a time limit and an owner; a person reads it in any case."
            .to_owned(),
        form: FormView {
            action: format!("/patients/{}/message", header.id),
            fields,
            submit: "Save message".to_owned(),
            about: format!("For {}", banner.who.named_and_born()),
            cancel: format!("/patients/{}", header.id),
            ..FormView::default()
        },
        banner: Some(banner),
    };
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(form_page::render(&frame::of(ctx, request)?, &view)).status(status))
}

fn enter(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
    let typed = !text("date").is_empty() || !text("time").is_empty();
    let day = if text("date").is_empty() {
        Some(person::today(ctx))
    } else {
        when::read_date(&text("date"), person::today(ctx))
    };
    let time = if text("time").is_empty() { None } else { Some(when::read_time(&text("time"))) };
    let at = match (typed, day, time) {
        (false, ..) => None,
        (_, None, _) => {
            return page(
                ctx,
                request,
                &form,
                &[("date".to_owned(), "Enter the date as 8/20, 20 Aug or yesterday".to_owned())],
            );
        }
        (_, _, Some(None)) => {
            return page(ctx, request, &form, &[("time".to_owned(), "Enter the time as 9:20 am".to_owned())]);
        }
        (_, Some(day), Some(Some(time))) => Some(ctx.zone.instant(day, time)),
        (_, Some(day), None) if day == person::today(ctx) => None,
        (_, Some(day), None) => Some(day.low(&ctx.zone)),
    };
    let received = Received {
        person: format!("Patient/{}", request.param("id")),
        from: text("from"),
        how: text("how"),
        at,
        words: form.get("words").unwrap_or_default().replace("\r\n", "\n"),
    };
    match act::receive(ctx, received) {
        Ok(done) => Ok(done::see(&format!("/messages/{}", done.value), done.commit.map(|commit| commit.0))),
        Err(WorkError::Field { field, text }) => {
            page(ctx, request, &form, &[(field.to_owned(), capital(&text).trim_end_matches('.').to_owned())])
        }
        Err(error) => Err(error.into()),
    }
}

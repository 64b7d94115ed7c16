//! Handlers of emergency access.

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::access::emergency::{self, GROUNDS, Listed, Review};
use continuo_care::record::RecordError;
use continuo_fhir::Instant;
use continuo_ui::action::Action;
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;
use continuo_ui::tabs::TabView;
use continuo_ui::tag::{TagView, Tone};

use super::{ask, review};
use crate::app::App;
use crate::form::Pairs;
use crate::pages::entry::{Errors, filled, general};
use crate::pages::{done, frame, person, when};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

/// Routes of this area.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/patients/{id}/emergency", Gate::May(Permission::BreakGlass), form),
    Route::post("/patients/{id}/emergency", Gate::May(Permission::BreakGlass), open),
    Route::post("/patients/{id}/emergency/end", Gate::May(Permission::BreakGlass), end),
    Route::get("/emergency", Gate::May(Permission::AuditRead), list),
    Route::post("/emergency/{id}/review", Gate::May(Permission::AuditRead), decide),
];

fn form(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &Pairs::default(), &Errors::new())
}

fn page(ctx: &Ctx, request: &Request, given: &Pairs, errors: &Errors) -> Result<Reply, Problem> {
    let (header, banner) = person::banner_of(&emergency::finder(ctx)?, request.param("id"))?;
    let open = emergency::active(ctx)?.into_iter().find(|(id, _)| *id == header.id);
    let grounds = GROUNDS.iter().map(|(code, words, _)| Choice::new(*code, *words)).collect();
    let fields = vec![
        Field::new("ground", "Why", Input::Radios(grounds)),
        Field::area("reason", "What happened, in a sentence")
            .hint("Such as: found unresponsive at home, the crew asks for medicines"),
    ];
    let about = format!("For {}", banner.who.named_and_born());
    let view = ask::View {
        open_until: open.map(|(_, until)| when::clock_at(until, &ctx.zone)).unwrap_or_default(),
        end: Action::post("End it now", format!("/patients/{}/emergency/end", header.id)),
        form: FormView {
            action: format!("/patients/{}/emergency", header.id),
            fields: filled(ctx, fields, given, errors),
            submit: "Open the record for 4 hours".to_owned(),
            about,
            cancel: format!("/patients/{}", header.id),
            problems: general(errors),
            ..FormView::default()
        },
        banner,
    };
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(ask::render(&frame::of(ctx, request)?, &view)).status(status))
}

/// What is wrong with a form, field by field; anything else is a problem of its own.
pub(super) fn errors_of(error: RecordError) -> Result<Errors, Problem> {
    match error {
        RecordError::Invalid(issues) => {
            Ok(issues.into_iter().map(|one| (one.place, capital(&one.text).trim_end_matches('.').to_owned())).collect())
        }
        other => Err(other.into()),
    }
}

fn open(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let given = request.form()?;
    let text = |name: &str| given.text(name).unwrap_or_default();
    match emergency::open(ctx, request.param("id"), text("ground"), text("reason")) {
        Ok(_) => done::said(ctx, &format!("/patients/{}", request.param("id"))),
        Err(error) => page(ctx, request, &given, &errors_of(error)?),
    }
}

fn end(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    emergency::end(ctx, request.param("id"))?;
    done::said(ctx, &format!("/patients/{}", request.param("id")))
}

fn list(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let before = request.query.get("before").and_then(|text| text.parse().ok()).unwrap_or(0);
    let all = request.query.get("tab") == Some("all");
    review_page(ctx, request, (all, before), &Pairs::default(), "", &Errors::new())
}

fn decide(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let given = request.form()?;
    let id: i64 = request.param("id").parse().map_err(|_| Problem::not_found())?;
    let follow_up = given.get(&format!("outcome-{id}")) == Some("follow-up");
    match emergency::review(ctx, id, follow_up, given.text(&format!("finding-{id}")).unwrap_or_default()) {
        Ok(()) => done::said(ctx, "/emergency"),
        Err(error) => {
            let errors = errors_of(error)?;
            // The page that begins with it, however old it is.
            review_page(ctx, request, (true, id.saturating_add(1)), &given, request.param("id"), &errors)
        }
    }
}

fn review_page(
    ctx: &Ctx,
    request: &Request,
    (all, before): (bool, i64),
    given: &Pairs,
    of: &str,
    errors: &Errors,
) -> Result<Reply, Problem> {
    let listed = emergency::listed(ctx, !all, before)?;
    let older = |before: i64| format!("/emergency?{}before={before}", if all { "tab=all&" } else { "" });
    let view = review::View {
        tabs: vec![
            TabView {
                count: Some(listed.waiting),
                loud: listed.waiting > 0,
                ..TabView::new("To review", "/emergency", !all)
            },
            TabView::new("All", "/emergency?tab=all", all),
            TabView::new("What is open to whom", "/openings", false),
        ],
        rows: listed.rows.iter().map(|row| one(ctx, row, given, of, errors)).collect::<Result<_, _>>()?,
        older: listed.next.map(older).unwrap_or_default(),
    };
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(review::render(&frame::of(ctx, request)?, &view)).status(status))
}

fn one(ctx: &Ctx, listed: &Listed, given: &Pairs, of: &str, errors: &Errors) -> Result<review::Row, Problem> {
    let row = &listed.row;
    let (since, until) = (Instant::from_micros(row.since), Instant::from_micros(row.until));
    let state = match listed.state {
        Review::Open if until > ctx.now() => TagView::new(Tone::Critical, "Open now"),
        Review::Open => TagView::new(Tone::Caution, "To review"),
        Review::FollowUp => TagView::new(Tone::Caution, "To follow up"),
        Review::Done => TagView::new(Tone::Done, "Reviewed"),
    };
    let id = row.id.to_string();
    let mine = of == id;
    // Nobody reviews what they opened themselves.
    let own_access = row.account == ctx.actor.account && row.account != 0;
    let outcomes = vec![Choice::new("appropriate", "In order"), Choice::new("follow-up", "To follow up")];
    // Several reviews stand on one page, so their fields carry the number.
    let fields = vec![
        Field::new(&format!("outcome-{id}"), "Finding", Input::Select(outcomes)),
        Field::area(&format!("finding-{id}"), "In words"),
    ];
    let (empty, none) = (Pairs::default(), Errors::new());
    let own: Errors = errors.iter().map(|(name, text)| (format!("{name}-{id}"), text.clone())).collect();
    let fields = filled(ctx, fields, if mine { given } else { &empty }, if mine { &own } else { &none });
    Ok(review::Row {
        by: listed.by.clone(),
        who: listed.person.as_ref().map(|header| person::who(header, person::today(ctx))),
        when: format!("{} to {}", when::moment(since, &ctx.zone), when::clock_at(until, &ctx.zone)),
        reason: row.reason.clone(),
        state,
        finding: row.review.clone().unwrap_or_default(),
        reads: reads(ctx, listed)?,
        own: own_access && listed.state != Review::Done,
        form: (listed.state != Review::Done && !own_access).then(|| FormView {
            action: format!("/emergency/{id}/review"),
            fields,
            submit: "Save the review".to_owned(),
            ..FormView::default()
        }),
        id,
    })
}

/// What whoever opened it did with this record meanwhile, in words.
fn reads(ctx: &Ctx, listed: &Listed) -> Result<Vec<String>, Problem> {
    let words = |(action, times): (String, i64)| match times {
        1 => action,
        _ => format!("{action} {times} times"),
    };
    Ok(emergency::reads(ctx, listed)?.into_iter().map(words).collect())
}

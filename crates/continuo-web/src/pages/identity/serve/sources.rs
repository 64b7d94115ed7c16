//! The sources of a person, and unlinking one.

use continuo_care::access::Permission;
use continuo_care::identity::MACHINE;
use continuo_care::identity::rests::{self, Kind};
use continuo_care::identity::sources::{self, Member};
use continuo_care::problem::WorkError;
use continuo_care::{Ctx, staff};
use continuo_fhir::Date;

use crate::app::App;
use crate::pages::identity::sources::{Record, View, render};
use crate::pages::identity::unlink;
use crate::pages::{done, frame, person, when};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/patients/{id}/sources", Gate::May(Permission::PersonRead), show),
    Route::get("/patients/{id}/unlink", Gate::May(Permission::IdentityDecide), ask),
    Route::post("/patients/{id}/unlink", Gate::May(Permission::IdentityDecide), take_out),
];

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let members = sources::of_person(ctx, request.param("id"))?;
    let (header, banner) = person::banner_of(ctx, request.param("id"))?;
    let owners = staff::owners(ctx).unwrap_or_default();
    let may = members.len() > 1 && ctx.grant.allows(Permission::IdentityDecide);
    let record = |one: &Member| Record {
        source: title(&one.source),
        named: named(one),
        href: format!("/source/Patient/{}", one.id),
        since: one.since.map(|at| when::moment(at, &ctx.zone)).unwrap_or_default(),
        why: if one.main && one.why.is_empty() { "first record of the person".to_owned() } else { title(&one.why) },
        by: by(one, &owners),
        entries: one.entries,
        main: one.main,
        unlink: if may { format!("/patients/{}/unlink", one.id) } else { String::new() },
    };
    let view =
        View { banner, tabs: person::tabs(ctx, &header.id, "Sources"), records: members.iter().map(record).collect() };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

/// With a capital and without a stop, as a label stands.
fn title(text: &str) -> String {
    capital(text).trim_end_matches('.').to_owned()
}

fn named(one: &Member) -> String {
    let born = Date::parse(&one.birth).map_or_else(|| "birth date not known".to_owned(), when::day);
    let name = format!("{}, {}", one.name.0, one.name.1);
    format!("{} {born}", name.trim_matches([',', ' ']))
}

fn by(one: &Member, owners: &[staff::Owner]) -> String {
    match one.by.as_str() {
        "" => String::new(),
        MACHINE => "by Continuo, comparing".to_owned(),
        source if source.starts_with("source/") => "by the source".to_owned(),
        person => format!("by {}", staff::name_of(owners, person)),
    }
}

fn ask(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, "")
}

fn take_out(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    match sources::unlink(ctx, request.param("id"), form.get("why").unwrap_or_default()) {
        Ok(committed) => {
            let back = format!("/patients/{}/sources", request.param("id"));
            Ok(done::see(&back, committed.commit.map(|commit| commit.0)))
        }
        Err(WorkError::Field { text, .. }) => page(ctx, request, &capital(&text)),
        Err(error) => Err(error.into()),
    }
}

fn page(ctx: &Ctx, request: &Request, error: &str) -> Result<Reply, Problem> {
    let id = request.param("id");
    let rests = sources::preview(ctx, id)?;
    let members = sources::of_person(ctx, id)?;
    let record = members.iter().find(|one| one.id == id).ok_or_else(Problem::not_found)?;
    let (header, banner) = person::banner_of(ctx, id)?;
    let owners = staff::owners(ctx).unwrap_or_default();
    let item = |one: &rests::Item| unlink::Item {
        kind: one.kind.label().to_owned(),
        what: if one.what.is_empty() { "Private item, or see its page".to_owned() } else { one.what.clone() },
        state: format!("{} {}", one.state, when::day(ctx.zone.day(one.at))),
        by: if one.by.is_empty() { String::new() } else { staff::name_of(&owners, &one.by) },
        then: match (one.kind, one.ended) {
            (Kind::Message, _) => "somebody checks it",
            (Kind::Decision, _) => "stays on file; its suggestion opens again",
            (_, true) => "opens again",
            (_, false) => "goes where it belongs",
        }
        .to_owned(),
    };
    let view = unlink::View {
        banner,
        leaves: named(record),
        source: title(&record.source),
        action: format!("/patients/{id}/unlink"),
        cancel: format!("/patients/{}/sources", header.id),
        items: rests.iter().map(item).collect(),
        error: error.to_owned(),
    };
    let status = if error.is_empty() { 200 } else { 422 };
    Ok(Reply::page(unlink::render(&frame::of(ctx, request)?, &view)).status(status))
}

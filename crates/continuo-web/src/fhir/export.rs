//! Bulk export (FHIR Bulk Data Access 2.0): kick-off for all, for patients or for a group; status, files, cancelling.
//!
//! A file is read from the store while it is sent, page by page, so nothing is kept on disk and memory does not grow.
//! The job says only who asked for what and when, and its address carries it; each file is read under the rights of
//! whoever fetches it, who must be the one that asked.

mod ended;
mod job;
mod lines;

use continuo_care::access::Permission;
use continuo_care::{Ctx, Total, record};
use continuo_fhir::{Instant, Json, ResourceType};

pub(crate) use self::ended::Ended;
use self::job::{Job, Level};
use super::body::base;
use super::operation::parameters;
use super::outcome::FHIR_JSON;
use crate::app::App;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;

/// The name of the file that says what was deleted.
const DELETED: &str = "deleted";

pub(super) fn start(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    begin(ctx, request, Level::System)
}

pub(super) fn start_of_patients(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    begin(ctx, request, Level::Patients)
}

pub(super) fn start_of_group(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let group = request.param("id").to_owned();
    // A group that is not there or closed is said at once.
    record::group_members(ctx, &group)?;
    begin(ctx, request, Level::Group(group))
}

fn begin(ctx: &Ctx, request: &Request, level: Level) -> Result<Reply, Problem> {
    ctx.require(Permission::Export)?;
    let given = parameters(request)?;
    let strict = request.header("prefer").is_some_and(|prefer| prefer.contains("handling=strict"));
    let job = Job::read(&given, level, ctx, strict)?;
    // A patient who is not there or closed is said at once.
    job.within(ctx)?;
    let word = job.to_word();
    if word.len() > 6_000 {
        return Err(Problem::bad_request("The parameters are too long: export fewer types or filters at once"));
    }
    let location = format!("{}/$export-status/{word}", base(request));
    Ok(Reply::empty(202).header("content-location", location))
}

/// The job of the address, for the one who asked for it and while it is not cancelled.
fn job_of(app: &App, ctx: &Ctx, request: &Request) -> Result<Job, Problem> {
    ctx.require(Permission::Export)?;
    let job = Job::from_word(request.param("job")).filter(|job| job.by == ctx.actor.reference);
    job.filter(|_| !app.ended_exports.has(request.param("job"))).ok_or_else(Problem::not_found)
}

pub(super) fn status(app: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let job = job_of(app, ctx, request)?;
    let word = request.param("job");
    let ctx = &job.within(ctx)?;
    let file = |name: &str| format!("{}/$export-file/{word}/{name}.ndjson", base(request));
    let mut output = Vec::new();
    for type_ in job.types() {
        if !ctx.grant.allows(record::permission::to_read(type_.as_str())) {
            continue;
        }
        let queries = job.queries(type_)?;
        let mut count = 0;
        for mut query in queries.iter().cloned() {
            query.count = 0;
            query.total = Total::Accurate;
            count += record::search(ctx, &query)?.total.unwrap_or(0);
        }
        if count > 0 {
            let mut one =
                Json::object([("type", Json::from(type_.as_str())), ("url", Json::from(file(type_.as_str())))]);
            // What several filters find may be the same, so only one filter's count is the file's.
            if queries.len() == 1 {
                one.set("count", Json::integer(count));
            }
            output.push(one);
        }
    }
    let mut deleted = Vec::new();
    if job.since.is_some() && lines::any_deleted(ctx, &job)? {
        deleted.push(Json::object([("type", Json::from("Bundle")), ("url", Json::from(file(DELETED)))]));
    }
    let manifest = Json::object([
        ("transactionTime", Json::from(job.at.to_string())),
        ("request", Json::from(format!("{}{}", base(request), job.path()))),
        ("requiresAccessToken", Json::from(true)),
        ("output", Json::Array(output)),
        ("deleted", Json::Array(deleted)),
        ("error", Json::Array(Vec::new())),
    ]);
    Ok(Reply::with(200, "application/json", manifest.to_bytes()))
}

pub(super) fn cancel(app: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    job_of(app, ctx, request)?;
    app.ended_exports.add(request.param("job"));
    Ok(Reply::with(202, FHIR_JSON, continuo_fhir::issue::operation_outcome(&[]).to_bytes()))
}

pub(super) fn file(app: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let job = job_of(app, ctx, request)?;
    let name = request.param("file").strip_suffix(".ndjson").ok_or_else(Problem::not_found)?;
    let ctx = job.within(ctx)?;
    if name == DELETED && job.since.is_some() {
        return Ok(Reply::fed("application/fhir+ndjson", lines::deleted(ctx, job)));
    }
    let type_ = ResourceType::find(name).filter(|type_| job.types().contains(type_)).ok_or_else(Problem::not_found)?;
    ctx.require(record::permission::to_read(name))?;
    Ok(Reply::fed("application/fhir+ndjson", lines::resources(ctx, job.queries(type_)?, job.shape())))
}

/// The moment an export stands for: what is written later is in the next one.
fn moment(ctx: &Ctx) -> Instant {
    ctx.now()
}

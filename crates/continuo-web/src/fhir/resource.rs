//! Interactions on one resource: read, vread, history, create, update, patch, delete, and their conditional forms.

use continuo_care::Ctx;
use continuo_care::record::{self, Conditions, Written};
use continuo_fhir::json::Json;

use super::body::{self, Wanted, base, json, negotiate, type_of, wanted};
use super::outcome::FHIR_JSON;
use super::shape::Shape;
use super::validate;
use crate::app::App;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;

pub(super) fn read(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    let shape = Shape::read(&request.query)?;
    let stored = record::read(ctx, type_of(request)?, request.param("id"))?;
    let mut reply = body::resource(request, stored);
    if let Some(part) = shape.filter(|_| reply.status == 200).and_then(|shape| shape.of(&reply.body)) {
        reply.body = body::pretty(request, part);
    }
    Ok(reply)
}

pub(super) fn version(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    let number = request.param("version").parse().map_err(|_| Problem::not_found())?;
    let stored = record::version(ctx, type_of(request)?, request.param("id"), number)?;
    Ok(body::resource(request, stored))
}

pub(super) fn create(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    let type_ = type_of(request)?;
    let resource = json(request)?;
    validate::require(&resource, Some(type_))?;
    let conditions = Conditions { if_none_exist: request.header("if-none-exist"), ..Conditions::default() };
    let done = record::create(ctx, type_, resource, &conditions)?;
    written(ctx, request, type_.as_str(), &done)
}

pub(super) fn update(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    let type_ = type_of(request)?;
    let resource = json(request)?;
    validate::require(&resource, Some(type_))?;
    let address = format!("{type_}/{}", request.param("id"));
    let done = record::update(ctx, address, resource, &conditions(request))?;
    written(ctx, request, type_.as_str(), &done)
}

pub(super) fn update_conditional(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    let type_ = type_of(request)?;
    let resource = json(request)?;
    validate::require(&resource, Some(type_))?;
    let done = record::update(ctx, conditional(request)?, resource, &conditions(request))?;
    written(ctx, request, type_.as_str(), &done)
}

pub(super) fn patch(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    let type_ = type_of(request)?;
    let address = format!("{type_}/{}", request.param("id"));
    let done = record::patch(ctx, address, patch_body(request)?, &conditions(request))?;
    written(ctx, request, type_.as_str(), &done)
}

pub(super) fn patch_conditional(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    let type_ = type_of(request)?;
    let done = record::patch(ctx, conditional(request)?, patch_body(request)?, &conditions(request))?;
    written(ctx, request, type_.as_str(), &done)
}

pub(super) fn delete(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let address = format!("{}/{}", type_of(request)?, request.param("id"));
    record::delete(ctx, address, &conditions(request))?;
    Ok(Reply::empty(204))
}

pub(super) fn delete_conditional(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    type_of(request)?;
    record::delete(ctx, conditional(request)?, &conditions(request))?;
    Ok(Reply::empty(204))
}

fn conditions(request: &Request) -> Conditions<'_> {
    Conditions {
        if_match: request.header("if-match"),
        if_none_match: request.header("if-none-match"),
        if_none_exist: None,
    }
}

/// `Type?query` of a conditional interaction. Without a query it would mean everything, so it is refused.
fn conditional(request: &Request) -> Result<String, Problem> {
    if request.raw_query.is_empty() {
        return Err(Problem::status(412, "required", "Say which: this needs an id or a search condition"));
    }
    Ok(format!("{}?{}", request.param("type"), request.raw_query))
}

/// JSON Patch (an array), FHIRPath Patch (Parameters), or a JSON merge patch (any other object), which some clients send.
fn patch_body(request: &Request) -> Result<Json, Problem> {
    let patch = json(request)?;
    match patch {
        Json::Array(_) | Json::Object(_) => Ok(patch),
        _ => Err(Problem::bad_request("A patch is a JSON Patch array, a FHIRPath Patch or a merge patch object")),
    }
}

fn written(ctx: &Ctx, request: &Request, type_: &str, done: &Written) -> Result<Reply, Problem> {
    let location = format!("{}/{type_}/{}/_history/{}", base(request), done.id, done.version);
    let reply = match wanted(request) {
        Wanted::Minimal => Reply::empty(done.status),
        Wanted::Outcome => Reply::with(done.status, FHIR_JSON, continuo_fhir::issue::operation_outcome(&[]).to_bytes()),
        Wanted::Representation => {
            let type_ = continuo_fhir::ResourceType::find(type_).ok_or_else(Problem::not_found)?;
            // What one wrote, one sees once: a label may close it from the next read on.
            match record::just_written(ctx, type_, &done.id, done.version, done.status == 201)? {
                Some(bytes) => Reply::with(done.status, FHIR_JSON, body::pretty(request, bytes)),
                None => Reply::empty(done.status),
            }
        }
    };
    Ok(reply
        .header("etag", format!("W/\"{}\"", done.version))
        .header("location", location.clone())
        .header("content-location", location))
}

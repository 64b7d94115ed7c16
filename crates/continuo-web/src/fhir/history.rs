//! Histories: of one resource, of a type, of everything; with `_since`, `_at`, `_count` and pages (R4 3.1.0.10).

use continuo_care::record::{self, HistoryRange};
use continuo_care::{Ctx, Stored};
use continuo_fhir::date::DateTime;
use continuo_fhir::{Instant, ResourceType};

use super::body::{self, base, negotiate, type_of};
use super::bundle::{Builder, own_path};
use super::outcome::FHIR_JSON;
use super::shape::Shape;
use crate::app::App;
use crate::form::{Pairs, encode};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;

/// Versions on a page when the request does not say, and at most.
const USUAL: usize = 50;
const MOST: usize = 1000;

pub(super) fn of_resource(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    let range = range(ctx, request)?;
    let all = record::history(ctx, type_of(request)?, request.param("id"), &range)?;
    let before = cursor(request)?;
    let total = all.len();
    let page: Vec<Stored> = all.into_iter().filter(|one| before.is_none_or(|before| one.version < before)).collect();
    let count = count(request)?;
    let next = page.get(count.saturating_sub(1)).filter(|_| page.len() > count && count > 0).map(|last| last.version);
    bundle(request, page.get(..count).unwrap_or(&page), Some(total), next)
}

pub(super) fn of_type(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    of_several(ctx, request, Some(type_of(request)?))
}

pub(super) fn of_system(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    of_several(ctx, request, None)
}

fn of_several(ctx: &Ctx, request: &Request, type_: Option<ResourceType>) -> Result<Reply, Problem> {
    negotiate(request)?;
    let count = count(request)?;
    let range = HistoryRange { before: cursor(request)?.unwrap_or(0), ..range(ctx, request)? };
    let (versions, next) = record::history_all(ctx, type_, &range, count as i64)?;
    // How many there are in all is not counted; a history that fits on its first page tells it.
    let total = (next.is_none() && range.before == 0).then_some(versions.len());
    bundle(request, &versions, total, next)
}

fn count(request: &Request) -> Result<usize, Problem> {
    match request.query.get("_count") {
        None | Some("") => Ok(USUAL),
        Some(text) => match text.parse::<usize>() {
            Ok(count) => Ok(count.min(MOST)),
            Err(_) => Err(Problem::bad_request("`_count` is not a whole number").at("_count")),
        },
    }
}

fn cursor(request: &Request) -> Result<Option<i64>, Problem> {
    let Some(text) = request.query.get("_cursor") else { return Ok(None) };
    let number = text.parse::<i64>().ok().filter(|number| *number > 0);
    number.map(Some).ok_or_else(|| Problem::bad_request("`_cursor` is damaged").at("_cursor"))
}

/// `_since` in microseconds; the beginning of time where it is not asked for.
pub(super) fn since(given: &Pairs) -> Result<i64, Problem> {
    match given.get("_since") {
        None | Some("") => Ok(i64::MIN),
        Some(text) => Instant::parse(text).map(Instant::micros).ok_or_else(|| {
            Problem::bad_request("`_since` is not an instant, such as 2026-08-01T00:00:00Z").at("_since")
        }),
    }
}

fn range(ctx: &Ctx, request: &Request) -> Result<HistoryRange, Problem> {
    let since = since(&request.query)?;
    let at = match request.query.get("_at") {
        None | Some("") => None,
        Some(text) => {
            let moment = DateTime::parse(text)
                .ok_or_else(|| Problem::bad_request("`_at` is not a date or time, such as 2026-08").at("_at"))?;
            Some((moment.low(&ctx.zone).micros(), moment.high(&ctx.zone).micros()))
        }
    };
    Ok(HistoryRange { before: 0, since, at })
}

/// A history Bundle, newest first.
fn bundle(request: &Request, versions: &[Stored], total: Option<usize>, next: Option<i64>) -> Result<Reply, Problem> {
    let base = base(request);
    let shape = Shape::read(&request.query)?;
    let mut out = Builder::new("history");
    for stored in versions {
        let address = format!("{}/{}", stored.type_, stored.id);
        let (method, status) = match (&stored.bytes, stored.version) {
            (None, _) => ("DELETE", "204 No Content"),
            (Some(_), 1) => ("POST", "201 Created"),
            (Some(_), _) => ("PUT", "200 OK"),
        };
        let url = if method == "POST" { stored.type_.to_string() } else { address.clone() };
        let sent = format!(r#"{{"method":"{method}","url":"{url}"}}"#);
        let at = Instant::from_micros(stored.updated);
        let response = format!(r#"{{"status":"{status}","etag":"W/\"{}\"","lastModified":"{at}"}}"#, stored.version);
        let part = stored.bytes.as_deref().and_then(|bytes| shape.as_ref()?.of(bytes));
        let resource = part.as_deref().or(stored.bytes.as_deref());
        out.push_full(Some(&format!("{base}/{address}")), resource, None, Some(&sent), Some(&response));
    }
    if let Some(total) = total {
        out = out.total(total as u64);
    }
    let mut links = vec![("self", format!("{base}{}", own_path(request)))];
    if let Some(next) = next {
        let kept = request.query.iter().filter(|(name, _)| *name != "_cursor");
        let mut query: Vec<String> = kept.map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        query.push(format!("_cursor={next}"));
        let path = request.path.strip_prefix("/fhir").unwrap_or(&request.path);
        links.push(("next", format!("{base}{path}?{}", query.join("&"))));
    }
    Ok(Reply::with(200, FHIR_JSON, body::pretty(request, out.finish(&links))))
}

//! `Patient/ID/$everything` and `Patient/$everything` (R4): with `_type`, `_since`, `start`, `end`, `_count` and pages.

use std::collections::BTreeSet;

use continuo_care::Ctx;
use continuo_care::record::{self, EverythingRange};
use continuo_fhir::ResourceType;
use continuo_fhir::date::{Date, DateTime};

use super::body::{self, base, negotiate};
use super::bundle::{Builder, own_path};
use super::history;
use super::operation::parameters;
use super::outcome::FHIR_JSON;
use super::shape::Shape;
use crate::app::App;
use crate::form::{Pairs, encode};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;

/// Resources on a page at most.
const MOST: usize = 1_000;
/// Resources on a page over all people when the request does not say.
const USUAL: usize = 100;

pub(super) fn of_patient(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    let given = parameters(request)?;
    let range = range(ctx, &given)?;
    let (count, after) = page(&given)?;
    let shape = Shape::read(&given)?;
    let all = record::everything(ctx, request.param("id"), &range)?;
    let base = base(request);
    let mut out = Builder::new("searchset").total(all.len() as u64);
    // The Patient stands on the first page whatever its key is; the rest is in the order of its keys.
    let (own, mut rest): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|stored| stored.id == request.param("id") && stored.type_.as_str() == "Patient");
    rest.sort_by_key(|stored| stored.rid);
    rest.retain(|stored| stored.rid.0 > after);
    let first = own.into_iter().filter(|_| after == 0);
    let page: Vec<_> = first.chain(rest).collect();
    let shown = count.unwrap_or(page.len()).min(page.len());
    for stored in page.iter().take(shown) {
        let Some(bytes) = &stored.bytes else { continue };
        let part = shape.as_ref().and_then(|shape| shape.of(bytes));
        let address = format!("{base}/{}/{}", stored.type_, stored.id);
        out.push(Some(&address), Some(part.as_deref().unwrap_or(bytes)), Some(r#"{"mode":"match"}"#), None);
    }
    let mut links = vec![("self", format!("{base}{}", own_path(request)))];
    if shown < page.len() {
        // A page that holds the Patient alone goes on before the least key.
        let last = page.get(shown.saturating_sub(1)).filter(|_| shown > 1 || after != 0).map_or(-1, |s| s.rid.0);
        links.push(("next", next(request, &base, &given, last)));
    }
    Ok(Reply::with(200, FHIR_JSON, body::pretty(request, out.finish(&links))))
}

/// Everything of all people in reach, in pages; what those refer to and belongs to nobody comes beside (R4
/// Patient-everything on the type). How many there are is not counted.
pub(super) fn of_all(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    let given = parameters(request)?;
    let range = range(ctx, &given)?;
    let (count, after) = page(&given)?;
    let shape = Shape::read(&given)?;
    let found = record::everything_of_all(ctx, &range, after, count.unwrap_or(USUAL))?;
    let base = base(request);
    let mut out = Builder::new("searchset");
    for (all, mode) in [(&found.own, r#"{"mode":"match"}"#), (&found.beside, r#"{"mode":"include"}"#)] {
        for stored in all {
            let Some(bytes) = &stored.bytes else { continue };
            let part = shape.as_ref().and_then(|shape| shape.of(bytes));
            let address = format!("{base}/{}/{}", stored.type_, stored.id);
            out.push(Some(&address), Some(part.as_deref().unwrap_or(bytes)), Some(mode), None);
        }
    }
    let mut links = vec![("self", format!("{base}{}", own_path(request)))];
    if let Some(last) = found.next {
        links.push(("next", next(request, &base, &given, last)));
    }
    Ok(Reply::with(200, FHIR_JSON, body::pretty(request, out.finish(&links))))
}

/// `_count` and where the page begins.
fn page(given: &Pairs) -> Result<(Option<usize>, i64), Problem> {
    let count = match given.get("_count") {
        None | Some("") => None,
        Some(text) => {
            let count = text.parse::<usize>().ok().filter(|count| *count > 0);
            Some(
                count
                    .ok_or_else(|| Problem::bad_request("`_count` is not a whole number above 0").at("_count"))?
                    .min(MOST),
            )
        }
    };
    let after = match given.get("_cursor") {
        None => 0,
        Some(text) => text.parse::<i64>().map_err(|_| Problem::bad_request("`_cursor` is damaged").at("_cursor"))?,
    };
    Ok((count, after))
}

fn next(request: &Request, base: &str, given: &Pairs, last: i64) -> String {
    let kept = given.iter().filter(|(name, _)| *name != "_cursor");
    let query: Vec<String> = kept
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .chain([format!("_cursor={last}")])
        .collect();
    let path = request.path.strip_prefix("/fhir").unwrap_or(&request.path);
    format!("{base}{path}?{}", query.join("&"))
}

fn range(ctx: &Ctx, given: &Pairs) -> Result<EverythingRange, Problem> {
    let mut types = BTreeSet::new();
    for name in given.all("_type").flat_map(|list| list.split(',')).filter(|name| !name.is_empty()) {
        let shown: String = name.chars().take(64).collect();
        let unknown = || Problem::bad_request(format!("`{shown}` is not a resource type of FHIR R4")).at("_type");
        types.insert(ResourceType::find(name).ok_or_else(unknown)?);
    }
    let since = history::since(given)?;
    let day = |name: &'static str| match given.get(name) {
        None | Some("") => Ok(None),
        Some(text) => match Date::parse(text).and(DateTime::parse(text)) {
            Some(day) => Ok(Some(day)),
            None => Err(Problem::bad_request(format!("`{name}` is not a date, such as 2026-08-01")).at(name)),
        },
    };
    let start = day("start")?.map_or(i64::MIN, |day| day.low(&ctx.zone).micros());
    let end = day("end")?.map_or(i64::MAX, |day| day.high(&ctx.zone).micros());
    Ok(EverythingRange { types, since, start, end })
}

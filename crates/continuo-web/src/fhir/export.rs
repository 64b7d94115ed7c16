//! Bulk export (FHIR Bulk Data Access 2.0): kick-off, status, files.
//!
//! A file is read from the store while it is sent, page by page, so nothing is kept on disk and memory does not grow.
//! The job says only who asked for what and when; each file is read under the rights of whoever fetches it.

use continuo_care::access::Permission;
use continuo_care::{Ctx, Query, Total, record};
use continuo_fhir::{Instant, Json, ResourceType};

use super::body::base;
use super::outcome::FHIR_JSON;
use crate::app::App;
use crate::form::encode;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;

/// Rows read at once.
const PAGE: i64 = 500;

pub(super) fn start(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    ctx.require(Permission::Export)?;
    if let Some(format) = request.query.get("_outputFormat") {
        let known = ["application/fhir+ndjson", "application/ndjson", "ndjson"];
        if !known.contains(&format) {
            return Err(Problem::bad_request("`_outputFormat` must be application/fhir+ndjson"));
        }
    }
    let types = request.query.get("_type").unwrap_or("");
    if let Some(unknown) = types.split(',').find(|name| !name.is_empty() && ResourceType::find(name).is_none()) {
        let shown: String = unknown.chars().take(64).collect();
        return Err(Problem::bad_request(format!("`{shown}` is not a resource type of FHIR R4")));
    }
    let since = request.query.get("_since").unwrap_or("");
    if !since.is_empty() && Instant::parse(since).is_none() {
        return Err(Problem::bad_request("`_since` is not an instant, such as 2026-08-01T00:00:00Z"));
    }
    let job = Job { at: ctx.now(), types: types.to_owned(), since: since.to_owned() };
    let location = format!("{}/$export-status/{}", base(request), job.to_word());
    Ok(Reply::empty(202).header("content-location", location))
}

pub(super) fn status(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    ctx.require(Permission::Export)?;
    let word = request.param("job");
    let job = Job::from_word(word).ok_or_else(Problem::not_found)?;
    let mut output = Vec::new();
    for type_ in job.types() {
        if !ctx.grant.allows(record::permission::to_read(type_.as_str())) {
            continue;
        }
        let mut query = job.query(type_)?;
        query.count = 0;
        query.total = Total::Accurate;
        let count = record::search(ctx, &query)?.total.unwrap_or(0);
        if count > 0 {
            output.push(Json::object([
                ("type", Json::from(type_.as_str())),
                ("url", Json::from(format!("{}/$export-file/{word}/{type_}.ndjson", base(request)))),
                ("count", Json::integer(count)),
            ]));
        }
    }
    let manifest = Json::object([
        ("transactionTime", Json::from(job.at.to_string())),
        ("request", Json::from(format!("{}/$export", base(request)))),
        ("requiresAccessToken", Json::from(true)),
        ("output", Json::Array(output)),
        ("error", Json::Array(Vec::new())),
    ]);
    Ok(Reply::with(200, "application/json", manifest.to_bytes()))
}

pub(super) fn cancel(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    ctx.require(Permission::Export)?;
    Job::from_word(request.param("job")).ok_or_else(Problem::not_found)?;
    Ok(Reply::with(202, FHIR_JSON, continuo_fhir::issue::operation_outcome(&[]).to_bytes()))
}

pub(super) fn file(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    ctx.require(Permission::Export)?;
    let job = Job::from_word(request.param("job")).ok_or_else(Problem::not_found)?;
    let name = request.param("file").strip_suffix(".ndjson").ok_or_else(Problem::not_found)?;
    let type_ = ResourceType::find(name).ok_or_else(Problem::not_found)?;
    ctx.require(record::permission::to_read(name))?;
    let mut query = job.query(type_)?;
    query.count = PAGE;
    query.total = Total::None;
    let ctx = ctx.clone();
    let feed = move |send: &mut dyn FnMut(Vec<u8>) -> bool| {
        loop {
            // A failure ends the file early, which the client sees as a broken transfer, not as a short file.
            let page = match record::search(&ctx, &query) {
                Ok(page) => page,
                Err(error) => {
                    tracing::error!(%error, "an export stopped");
                    return;
                }
            };
            let mut lines = Vec::new();
            for stored in page.matches {
                lines.extend_from_slice(stored.bytes.as_deref().unwrap_or_default());
                lines.push(b'\n');
            }
            if !lines.is_empty() && !send(lines) {
                return;
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => return,
            }
        }
    };
    Ok(Reply::fed("application/fhir+ndjson", Box::new(feed)))
}

/// What was asked for, carried in the address of the job.
struct Job {
    at: Instant,
    types: String,
    since: String,
}

impl Job {
    fn to_word(&self) -> String {
        let text = format!("{}~{}~{}", self.at.micros(), self.types, self.since);
        text.bytes().map(|byte| format!("{byte:02x}")).collect()
    }

    fn from_word(word: &str) -> Option<Self> {
        let bytes = continuo_care::accounts::from_hex(word)?;
        let text = String::from_utf8(bytes).ok()?;
        let mut parts = text.split('~');
        let at = Instant::from_micros(parts.next()?.parse().ok()?);
        Some(Self { at, types: parts.next()?.to_owned(), since: parts.next()?.to_owned() })
    }

    fn types(&self) -> Vec<ResourceType> {
        let named: Vec<ResourceType> = self.types.split(',').filter_map(ResourceType::find).collect();
        if named.is_empty() { ResourceType::all().collect() } else { named }
    }

    /// All of a type as they stood up to the kick-off, and since the time asked for.
    fn query(&self, type_: ResourceType) -> Result<Query, Problem> {
        let mut text = format!("_lastUpdated=le{}", encode(&self.at.to_string()));
        if !self.since.is_empty() {
            text.push_str(&format!("&_lastUpdated=ge{}", encode(&self.since)));
        }
        Ok(Query::parse(type_, &text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_comes_back_from_its_address() {
        let job = Job { at: Instant::from_micros(5), types: "Patient,Task".to_owned(), since: String::new() };
        let back = Job::from_word(&job.to_word()).unwrap();
        assert_eq!((back.at, back.types.as_str(), back.since.as_str()), (job.at, "Patient,Task", ""));
        assert!(Job::from_word("zz").is_none());
        assert!(Job::from_word("").is_none());
    }
}

//! Bundles: transactions and batches in, histories and responses out.
//!
//! Resources go into a Bundle as the bytes that the store keeps; nothing is parsed again.

use continuo_care::Ctx;
use continuo_care::record::{self, BundleKind, Done, SentBundle};
use continuo_fhir::json::Json;

use super::body::{self, Wanted, wanted};
use super::outcome::{self, FHIR_JSON};
use super::{search, validate};
use crate::app::App;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;

/// The longest answer to a Bundle: some hundred searches of a thousand rows each would otherwise fill the memory.
const MOST_ANSWERED: usize = 64 << 20;

pub(super) fn execute(app: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    body::negotiate(request)?;
    let bundle = body::read(request, SentBundle::parse)?;
    validate::refuse(bundle.faults())?;
    try_reads(app, ctx, request, &bundle)?;
    let (kind, done) = record::execute(ctx, bundle)?;
    let word = match kind {
        BundleKind::Transaction => "transaction-response",
        BundleKind::Batch => "batch-response",
    };
    let now = ctx.now().to_string();
    let representation = request.header("prefer").is_some() && wanted(request) == Wanted::Representation;
    let mut out = Builder::new(word);
    for one in done {
        entry(app, ctx, request, one, &now, representation, &mut out)?;
    }
    Ok(Reply::with(200, FHIR_JSON, body::pretty(request, out.finish(&[]))))
}

/// A transaction whose read fails is refused whole (R4, "Transaction Processing Rules"), so its reads are tried before
/// anything is written. One that names a resource may find it only once the others are carried out: the commit looks.
fn try_reads(app: &App, ctx: &Ctx, request: &Request, bundle: &SentBundle<'_>) -> Result<(), Problem> {
    let writes = bundle.writes();
    let mut answered = 0;
    for (index, url) in bundle.reads() {
        match search::by_url(app, ctx, request, &url) {
            Ok(reply) => answered += reply.body.len(),
            Err(problem) if writes && matches!(problem.status, 404 | 410) && record::is_read_by_id(&url) => {}
            Err(problem) => return Err(problem.at(format!("Bundle.entry[{index}].request.url"))),
        }
        if answered > MOST_ANSWERED {
            return Err(too_costly().at(format!("Bundle.entry[{index}].request.url")));
        }
    }
    Ok(())
}

fn entry(
    app: &App,
    ctx: &Ctx,
    request: &Request,
    done: Done,
    now: &str,
    representation: bool,
    out: &mut Builder,
) -> Result<(), Problem> {
    match done {
        Done::Resource { type_, id, version, status } => {
            let words = if status == 201 { "201 Created" } else { "200 OK" };
            let resource = match continuo_fhir::ResourceType::find(&type_) {
                Some(type_) if representation => record::just_written(ctx, type_, &id, version, status == 201)?,
                _ => None,
            };
            let response = format!(
                r#"{{"status":"{words}","location":"{type_}/{id}/_history/{version}","etag":"W/\"{version}\"","lastModified":"{now}"}}"#
            );
            out.push(None, resource.as_deref(), None, Some(&response));
        }
        Done::Deleted => out.push(None, None, None, Some(r#"{"status":"204 No Content"}"#)),
        Done::Get(_) if out.entries.len() > MOST_ANSWERED => failed(out, &too_costly()),
        Done::Get(url) => match search::by_url(app, ctx, request, &url) {
            Ok(reply) => out.push(None, Some(&reply.body), None, Some(r#"{"status":"200 OK"}"#)),
            Err(problem) => failed(out, &problem),
        },
        Done::Failed(error) => failed(out, &Problem::from(error)),
    }
    Ok(())
}

fn too_costly() -> Problem {
    Problem::status(
        413,
        "too-costly",
        format!("One Bundle is answered with at most {MOST_ANSWERED} bytes: ask for less at once."),
    )
}

fn failed(out: &mut Builder, problem: &Problem) {
    let response = Json::object([
        ("status", Json::from(problem.status.to_string().as_str())),
        ("outcome", outcome::json(problem)),
    ]);
    out.push(None, None, None, Some(&response.to_string()));
}

/// The path and query of this request below the API's address.
pub(super) fn own_path(request: &Request) -> String {
    let path = request.path.strip_prefix("/fhir").unwrap_or(&request.path);
    if request.raw_query.is_empty() { path.to_owned() } else { format!("{path}?{}", request.raw_query) }
}

/// Puts a Bundle together from bytes.
pub(super) struct Builder {
    kind: &'static str,
    total: Option<u64>,
    entries: Vec<u8>,
}

impl Builder {
    pub(super) fn new(kind: &'static str) -> Self {
        Self { kind, total: None, entries: Vec::new() }
    }

    pub(super) fn total(mut self, total: u64) -> Self {
        self.total = Some(total);
        self
    }

    /// Adds an entry; `search` and `response` are JSON objects.
    pub(super) fn push(
        &mut self,
        full_url: Option<&str>,
        resource: Option<&[u8]>,
        search: Option<&str>,
        response: Option<&str>,
    ) {
        self.push_full(full_url, resource, search, None, response);
    }

    pub(super) fn push_full(
        &mut self,
        full_url: Option<&str>,
        resource: Option<&[u8]>,
        search: Option<&str>,
        request: Option<&str>,
        response: Option<&str>,
    ) {
        self.entries.extend_from_slice(if self.entries.is_empty() { b"{" } else { b",{" });
        let mut first = true;
        let url = full_url.map(|url| Json::from(url).to_bytes());
        let parts: [(&str, Option<&[u8]>); 5] = [
            ("fullUrl", url.as_deref()),
            ("resource", resource),
            ("search", search.map(str::as_bytes)),
            ("request", request.map(str::as_bytes)),
            ("response", response.map(str::as_bytes)),
        ];
        for (name, bytes) in parts {
            let Some(bytes) = bytes else { continue };
            if !first {
                self.entries.push(b',');
            }
            first = false;
            self.entries.extend_from_slice(format!("\"{name}\":").as_bytes());
            self.entries.extend_from_slice(bytes);
        }
        self.entries.push(b'}');
    }

    /// The Bundle's bytes with these links.
    pub(super) fn finish(self, links: &[(&str, String)]) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.entries.len() + 256);
        out.extend_from_slice(format!(r#"{{"resourceType":"Bundle","type":"{}""#, self.kind).as_bytes());
        if let Some(total) = self.total {
            out.extend_from_slice(format!(r#","total":{total}"#).as_bytes());
        }
        if !links.is_empty() {
            let links = links.iter().map(|(relation, url)| {
                Json::object([("relation", Json::from(*relation)), ("url", Json::from(url.as_str()))])
            });
            out.extend_from_slice(b",\"link\":");
            Json::array(links).write(&mut out);
        }
        if !self.entries.is_empty() {
            out.extend_from_slice(b",\"entry\":[");
            out.extend_from_slice(&self.entries);
            out.push(b']');
        }
        out.push(b'}');
        out
    }
}

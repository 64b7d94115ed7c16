//! Search interactions and the searchset Bundle: links, totals, pages, `_elements` and `_summary`.

use continuo_care::record;
use continuo_care::{Ctx, Query};
use continuo_fhir::ResourceType;
use continuo_fhir::issue::{IssueCode, operation_outcome};
use continuo_fhir::{Issue, Json};

use super::body::{self, base, negotiate, type_of};
use super::bundle::Builder;
use super::outcome::FHIR_JSON;
use crate::app::App;
use crate::form::{Pairs, encode};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;

/// Types of one search over several: each is a query of its own.
const MOST_TYPES: usize = 20;

pub(super) fn type_(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    run(ctx, request, type_of(request)?, &request.query)
}

/// A search sent as a form; parameters of the address count too (R4 3.1.1.1).
pub(super) fn posted(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    let mut all = request.raw_query.clone().into_bytes();
    let media = request.header("content-type").unwrap_or("");
    if !request.body.is_empty() && !media.starts_with("application/x-www-form-urlencoded") {
        return Err(Problem::status(415, "not-supported", "Send the search as application/x-www-form-urlencoded"));
    }
    all.push(b'&');
    all.extend_from_slice(&request.body);
    run(ctx, request, type_of(request)?, &Pairs::parse(&all))
}

/// A search over several types, named by `_type`.
pub(super) fn system(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    let form = Pairs::parse(&request.body);
    let named = request.query.get("_type").or_else(|| form.get("_type")).unwrap_or("").to_owned();
    let types = types_of(&named)?;
    let mut out = Builder::new("searchset");
    let mut total = 0;
    for type_ in types {
        let pairs = request.query.iter().chain(form.iter()).filter(|(name, _)| *name != "_type");
        let query = Query::of_pairs(type_, pairs.map(|(n, v)| (n.to_owned(), v.to_owned())))?;
        let page = record::search(ctx, &query)?;
        total += page.total.unwrap_or(0);
        add(request, &mut out, &page.matches, "match");
        add(request, &mut out, &page.included, "include");
    }
    let links = [("self", format!("{}{}", base(request), super::bundle::own_path(request)))];
    Ok(Reply::with(200, FHIR_JSON, body::pretty(request, out.total(total.max(0) as u64).finish(&links))))
}

/// The answer to a GET inside a Bundle: `Patient/1` or `Patient?name=x`.
pub(super) fn by_url(app: &App, ctx: &Ctx, request: &Request, url: &str) -> Result<Reply, Problem> {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let mut inner = Request {
        method: "GET".to_owned(),
        path: format!("/fhir/{}", path.trim_matches('/')),
        params: vec![("type".to_owned(), parts.first().copied().unwrap_or("").to_owned())],
        query: Pairs::parse(query.as_bytes()),
        raw_query: query.to_owned(),
        body: Vec::new(),
        peer: request.peer,
        headers: request.headers.iter().filter(|(n, _)| !n.starts_with("if-")).cloned().collect(),
    };
    match parts.as_slice() {
        ["metadata"] => super::capability::statement(app, ctx, &inner),
        [_] => type_(app, ctx, &inner),
        [_, id] => {
            inner.params.push(("id".to_owned(), (*id).to_owned()));
            super::resource::read(app, ctx, &inner)
        }
        [_, id, "_history", version] => {
            inner.params.push(("id".to_owned(), (*id).to_owned()));
            inner.params.push(("version".to_owned(), (*version).to_owned()));
            super::resource::version(app, ctx, &inner)
        }
        _ => Err(Problem::not_found()),
    }
}

/// The types named by `_type`, each once, in the order named.
fn types_of(named: &str) -> Result<Vec<ResourceType>, Problem> {
    let mut types = Vec::new();
    for type_ in named.split(',').filter_map(ResourceType::find) {
        if !types.contains(&type_) {
            types.push(type_);
        }
        if types.len() > MOST_TYPES {
            return Err(Problem::bad_request(format!("A search may name at most {MOST_TYPES} types")).at("_type"));
        }
    }
    if types.is_empty() {
        return Err(Problem::bad_request("A search over all types needs `_type`, such as _type=Patient,Practitioner"));
    }
    Ok(types)
}

fn run(ctx: &Ctx, request: &Request, type_: ResourceType, pairs: &Pairs) -> Result<Reply, Problem> {
    let query = Query::of_pairs(type_, pairs.iter().map(|(name, value)| (name.to_owned(), value.to_owned())))?;
    let strict = request.header("prefer").is_some_and(|prefer| prefer.contains("handling=strict"));
    if let Some(name) = query.ignored.first().filter(|_| strict) {
        return Err(Problem::of_issues(400, vec![not_understood(name)]));
    }
    let page = record::search(ctx, &query)?;
    let mut out = Builder::new("searchset");
    add(request, &mut out, &page.matches, "match");
    add(request, &mut out, &page.included, "include");
    if !query.ignored.is_empty() {
        let issues: Vec<Issue> = query.ignored.iter().map(|name| not_understood(name)).collect();
        out.push(None, Some(&operation_outcome(&issues).to_bytes()), Some(r#"{"mode":"outcome"}"#), None);
    }
    let used: Vec<(&str, &str)> = pairs
        .iter()
        .filter(|(name, _)| *name != "_cursor" && !query.ignored.iter().any(|ignored| ignored == name))
        .collect();
    let address = format!("{}/{type_}", base(request));
    let mut links = vec![("self", link(&address, &used, pairs.get("_cursor")))];
    if let Some(next) = &page.next {
        links.push(("next", link(&address, &used, Some(next))));
    }
    if let Some(total) = page.total {
        out = out.total(total.max(0) as u64);
    }
    Ok(Reply::with(200, FHIR_JSON, body::pretty(request, out.finish(&links))))
}

fn link(address: &str, pairs: &[(&str, &str)], cursor: Option<&str>) -> String {
    let all = pairs.iter().copied().chain(cursor.map(|cursor| ("_cursor", cursor)));
    let query: Vec<String> = all.map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    if query.is_empty() { address.to_owned() } else { format!("{address}?{}", query.join("&")) }
}

fn not_understood(name: &str) -> Issue {
    let shown: String = name.chars().take(80).collect();
    Issue::warning(IssueCode::NotSupported, "", format!("search parameter `{shown}` was not understood and not used"))
}

fn add(request: &Request, out: &mut Builder, all: &[continuo_care::Stored], mode: &str) {
    let base = base(request);
    let mode = format!(r#"{{"mode":"{mode}"}}"#);
    for stored in all {
        let Some(bytes) = &stored.bytes else { continue };
        let address = format!("{base}/{}/{}", stored.type_, stored.id);
        match narrow(request, bytes) {
            Some(bytes) => out.push(Some(&address), Some(&bytes), Some(&mode), None),
            None => out.push(Some(&address), Some(bytes), Some(&mode), None),
        }
    }
}

/// A single resource with `_elements` or `_summary` applied.
pub(super) fn narrowed(request: &Request, mut reply: Reply) -> Reply {
    if let Some(bytes) = narrow(request, &reply.body) {
        reply.body = bytes;
    }
    reply
}

/// Only the elements asked for, marked SUBSETTED; `None` if all were.
fn narrow(request: &Request, bytes: &[u8]) -> Option<Vec<u8>> {
    let elements = request.query.get("_elements");
    let summary = request.query.get("_summary");
    if elements.is_none() && matches!(summary, None | Some("false" | "count")) {
        return None;
    }
    let mut json = Json::parse(bytes).ok()?;
    let type_ = json.resource_type()?.to_owned();
    let wanted = |name: &str| -> bool {
        let base = name.trim_start_matches('_');
        if matches!(base, "resourceType" | "id" | "meta") {
            return true;
        }
        if let Some(elements) = elements {
            return elements.split(',').any(|e| e.rsplit('.').next() == Some(base)) || is_required(&type_, base);
        }
        match summary {
            Some("text") => base == "text" || is_required(&type_, base),
            Some("data") => base != "text",
            _ => is_summary(&type_, base),
        }
    };
    if let Json::Object(fields) = &mut json {
        fields.retain(|(key, _)| wanted(key.as_str()));
    }
    let tag = Json::object([
        ("system", Json::from("http://terminology.hl7.org/CodeSystem/v3-ObservationValue")),
        ("code", Json::from("SUBSETTED")),
    ]);
    let mut meta = json.remove("meta").unwrap_or_else(|| Json::object([]));
    let mut tags = meta.remove("tag").unwrap_or_else(|| Json::array([]));
    tags.push(tag);
    meta.set("tag", tags);
    json.set("meta", meta);
    Some(json.to_bytes())
}

/// Whether R4 makes this element of the type mandatory.
fn is_required(type_: &str, element: &str) -> bool {
    let model = continuo_fhir::model::model();
    model.find(type_).and_then(|id| model.element(id, element)).is_some_and(|element| element.min > 0)
}

/// What `_summary=true` keeps: mandatory elements and those that searches read. R4 marks summary elements in its
/// definitions, which are not part of the tables carried here; this is the nearest rule that they support.
fn is_summary(type_: &str, element: &str) -> bool {
    let read_by_search = || {
        ResourceType::find(type_).is_some_and(|type_| {
            continuo_fhir::search::params(type_).iter().any(|param| param.elements().contains(&element))
        })
    };
    is_required(type_, element) || read_by_search()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_names_each_type_once_and_not_too_many() {
        assert_eq!(types_of("Patient,Task,Patient,x").unwrap().len(), 2);
        assert_eq!(types_of("x").unwrap_err().status, 400);
        let all: Vec<&str> = ResourceType::all().map(ResourceType::as_str).collect();
        assert_eq!(types_of(&all.join(",")).unwrap_err().status, 400);
        assert_eq!(types_of(&all[..20].join(",")).unwrap().len(), 20);
    }
}

//! Search interactions and the searchset Bundle: links, totals and pages, on one type or several.

use continuo_care::record;
use continuo_care::{Ctx, Query, Stored, Total};
use continuo_fhir::issue::{IssueCode, operation_outcome};
use continuo_fhir::search::{self, ParamKind};
use continuo_fhir::{Issue, ResourceType};

use super::body::{self, base, negotiate, type_of};
use super::bundle::Builder;
use super::outcome::FHIR_JSON;
use super::paging::PAGE;
use super::shape::Shape;
use crate::app::App;
use crate::form::{Pairs, encode};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;

/// Types of one search over several: each is a query of its own.
const MOST_TYPES: usize = 20;

pub(super) fn type_(app: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    let (pairs, is_kept) = app.pages.asked(ctx, request.query.clone())?;
    run(ctx, request, type_of(request)?, &pairs, is_kept.then_some(app))
}

/// A search sent as a form; parameters of the address count too (R4 3.1.1.1).
pub(super) fn posted(app: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    run(ctx, request, type_of(request)?, &sent(request)?, Some(app))
}

/// The parameters of address and form together.
fn sent(request: &Request) -> Result<Pairs, Problem> {
    let media = request.header("content-type").unwrap_or("");
    if !request.body.is_empty() && !media.starts_with("application/x-www-form-urlencoded") {
        return Err(Problem::status(415, "not-supported", "Send the search as application/x-www-form-urlencoded"));
    }
    let mut all = request.raw_query.clone().into_bytes();
    all.push(b'&');
    all.extend_from_slice(&request.body);
    Ok(Pairs::parse(&all))
}

/// A search over several types, named by `_type`: one type after the other, in pages that may span two.
pub(super) fn system(app: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    let (pairs, is_kept) = app.pages.asked(ctx, sent(request)?)?;
    let kept_by = (is_kept || request.method == "POST").then_some(app);
    let types = types_of(&pairs.all("_type").collect::<Vec<_>>().join(","))?;
    let shape = Shape::read(&pairs)?;
    let cursor = match pairs.get("_cursor") {
        Some(text) => Cursor::read(text).filter(|cursor| cursor.type_ < types.len()).ok_or_else(|| {
            Problem::bad_request("`_cursor` is damaged or does not belong to this search").at("_cursor")
        })?,
        None => Cursor { type_: 0, total: 0, inner: None },
    };
    let is_first = pairs.get("_cursor").is_none();
    let mut answer = Answer::new(request, shape);
    let mut total = cursor.total;
    let mut left = None;
    let mut next = None;
    for (at, type_) in types.iter().enumerate().skip(cursor.type_) {
        let own = pairs.iter().filter(|(name, _)| !matches!(*name, "_type" | "_cursor"));
        let mut query =
            Query::of_pairs(*type_, own.map(|(n, v)| (n.to_owned(), own_references(*type_, n, v, &answer.base))))?;
        answer.ignore(request, &query)?;
        let room = *left.get_or_insert(query.count);
        let counts = is_first && (query.total != Total::None || query.count == 0);
        if room == 0 && !counts {
            next.get_or_insert(Cursor { type_: at, total: 0, inner: None });
            break;
        }
        query.total = if counts { Total::Accurate } else { Total::None };
        if room == 0 && query.count > 0 {
            next.get_or_insert(Cursor { type_: at, total: 0, inner: None });
        }
        query.count = room;
        query.after = cursor.inner.clone().filter(|_| at == cursor.type_);
        let page = record::search(ctx, &query)?;
        total += page.total.unwrap_or(0);
        left = Some(room - page.matches.len() as i64);
        answer.add(&page.matches, "match");
        answer.add(&page.included, "include");
        if let Some(inner) = page.next {
            next.get_or_insert(Cursor { type_: at, total: 0, inner: Some(inner) });
            left = Some(0);
        }
    }
    let counted = pairs.get("_total") != Some("none");
    let next = next.map(|cursor| Cursor { total, ..cursor }.to_word());
    let links = Links { path: "", ctx, kept_by };
    Ok(answer.finish(request, &links, &pairs, next.as_deref(), counted.then_some(total)))
}

/// Where a page over several types ended.
struct Cursor {
    type_: usize,
    total: i64,
    inner: Option<String>,
}

impl Cursor {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix('t')?.splitn(3, '.');
        let type_ = parts.next()?.parse().ok()?;
        let total = parts.next()?.parse().ok()?;
        Some(Self { type_, total, inner: parts.next().map(str::to_owned) })
    }

    fn to_word(&self) -> String {
        let inner = self.inner.as_deref().map(|inner| format!(".{inner}")).unwrap_or_default();
        format!("t{}.{}{inner}", self.type_, self.total)
    }
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
    let with = |inner: &mut Request, names: &[(&str, &str)]| {
        inner.params.extend(names.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    };
    match parts.as_slice() {
        ["metadata"] => super::capability::statement(app, ctx, &inner),
        ["" | "_search"] => system(app, ctx, &inner),
        [_] => type_(app, ctx, &inner),
        ["Patient", "$everything"] => super::everything::of_all(app, ctx, &inner),
        ["Patient", id, "$everything"] => {
            with(&mut inner, &[("id", id)]);
            super::everything::of_patient(app, ctx, &inner)
        }
        [_, "_history"] => super::history::of_type(app, ctx, &inner),
        [_, id] => {
            with(&mut inner, &[("id", id)]);
            super::resource::read(app, ctx, &inner)
        }
        [_, id, "_history"] => {
            with(&mut inner, &[("id", id)]);
            super::history::of_resource(app, ctx, &inner)
        }
        [_, id, "_history", version] => {
            with(&mut inner, &[("id", id), ("version", version)]);
            super::resource::version(app, ctx, &inner)
        }
        _ => Err(Problem::not_found()),
    }
}

/// The types named by `_type`, each once, in the order named.
fn types_of(named: &str) -> Result<Vec<ResourceType>, Problem> {
    let mut types = Vec::new();
    for name in named.split(',').filter(|name| !name.is_empty()) {
        let type_ = ResourceType::find(name).ok_or_else(|| {
            let shown: String = name.chars().take(64).collect();
            Problem::bad_request(format!("`{shown}` is not a resource type of FHIR R4")).at("_type")
        })?;
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

fn run(
    ctx: &Ctx,
    request: &Request,
    type_: ResourceType,
    pairs: &Pairs,
    kept_by: Option<&App>,
) -> Result<Reply, Problem> {
    let shape = Shape::read(pairs)?;
    let base = base(request);
    let query = Query::of_pairs(type_, pairs.iter().map(|(n, v)| (n.to_owned(), own_references(type_, n, v, &base))))?;
    let mut answer = Answer::new(request, shape);
    answer.ignore(request, &query)?;
    let page = record::search(ctx, &query)?;
    answer.add(&page.matches, "match");
    answer.add(&page.included, "include");
    let links = Links { path: &format!("/{type_}"), ctx, kept_by };
    Ok(answer.finish(request, &links, pairs, page.next.as_deref(), page.total))
}

/// How the pages of an answer are named.
struct Links<'a> {
    /// After the address of the API.
    path: &'a str,
    ctx: &'a Ctx,
    /// Keeps a search whose words are in no address; `None` where they came in one.
    kept_by: Option<&'a App>,
}

impl Links<'_> {
    fn of(&self, base: &str, pairs: &[(&str, &str)], cursor: Option<&str>) -> String {
        let address = format!("{base}{}", self.path);
        match self.kept_by {
            Some(app) => link(&address, &[(PAGE, &app.pages.keep(self.ctx, pairs, cursor))], None),
            None => link(&address, pairs, cursor),
        }
    }
}

/// A searchset as it grows.
struct Answer {
    base: String,
    shape: Option<Shape>,
    out: Builder,
    ignored: Vec<String>,
}

impl Answer {
    fn new(request: &Request, shape: Option<Shape>) -> Self {
        Self { base: base(request), shape, out: Builder::new("searchset"), ignored: Vec::new() }
    }

    /// Notes the parameters that were not understood; whoever asked to be strict is refused (R4 3.1.1.1).
    fn ignore(&mut self, request: &Request, query: &Query) -> Result<(), Problem> {
        let strict = request.header("prefer").is_some_and(|prefer| prefer.contains("handling=strict"));
        for name in &query.ignored {
            if strict {
                return Err(Problem::of_issues(
                    400,
                    vec![Issue { severity: continuo_fhir::Severity::Error, ..not_understood(name) }],
                ));
            }
            if !self.ignored.contains(name) {
                self.ignored.push(name.clone());
            }
        }
        Ok(())
    }

    fn add(&mut self, all: &[Stored], mode: &str) {
        let mode = format!(r#"{{"mode":"{mode}"}}"#);
        for stored in all {
            let Some(bytes) = &stored.bytes else { continue };
            let address = format!("{}/{}/{}", self.base, stored.type_, stored.id);
            let part = self.shape.as_ref().and_then(|shape| shape.of(bytes));
            self.out.push(Some(&address), Some(part.as_deref().unwrap_or(bytes)), Some(&mode), None);
        }
    }

    fn finish(
        mut self,
        request: &Request,
        to: &Links<'_>,
        pairs: &Pairs,
        next: Option<&str>,
        total: Option<i64>,
    ) -> Reply {
        if !self.ignored.is_empty() {
            let issues: Vec<Issue> = self.ignored.iter().map(|name| not_understood(name)).collect();
            self.out.push(None, Some(&operation_outcome(&issues).to_bytes()), Some(r#"{"mode":"outcome"}"#), None);
        }
        let used: Vec<(&str, &str)> = pairs
            .iter()
            .filter(|(name, _)| *name != "_cursor" && !self.ignored.iter().any(|ignored| ignored == name))
            .collect();
        let cursor = pairs.get("_cursor");
        // What was understood of a search is told in this link, in the answer itself (R4 3.1.1.5); of a page whose words
        // are kept, its own name.
        let own = match request.query.get(PAGE) {
            Some(name) => link(&format!("{}{}", self.base, to.path), &[(PAGE, name)], None),
            None => link(&format!("{}{}", self.base, to.path), &used, cursor),
        };
        let mut links = vec![("self", own)];
        if cursor.is_some() {
            links.push(("first", to.of(&self.base, &used, None)));
        }
        if let Some(next) = next {
            links.push(("next", to.of(&self.base, &used, Some(next))));
        }
        if let Some(total) = total {
            self.out = self.out.total(total.max(0) as u64);
        }
        Reply::with(200, FHIR_JSON, body::pretty(request, self.out.finish(&links)))
    }
}

/// A reference by its whole address in this API is the same as by type and id (R4 3.1.1.4.12).
fn own_references(type_: ResourceType, name: &str, value: &str, base: &str) -> String {
    let code = name.split(':').next().unwrap_or("");
    let is_reference = search::param(type_, code).is_some_and(|param| param.kind == ParamKind::Reference);
    if !is_reference || !value.contains(base) {
        return value.to_owned();
    }
    let parts =
        value.split(',').map(|part| part.strip_prefix(base).and_then(|rest| rest.strip_prefix('/')).unwrap_or(part));
    parts.collect::<Vec<_>>().join(",")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_names_each_type_once_and_not_too_many() {
        assert_eq!(types_of("Patient,Task,Patient").unwrap().len(), 2);
        assert_eq!(types_of("Patient,x").unwrap_err().status, 400);
        assert_eq!(types_of("").unwrap_err().status, 400);
        let all: Vec<&str> = ResourceType::all().map(ResourceType::as_str).collect();
        assert_eq!(types_of(&all.join(",")).unwrap_err().status, 400);
        assert_eq!(types_of(&all[..20].join(",")).unwrap().len(), 20);
    }

    #[test]
    fn a_page_over_several_types_goes_on_where_it_ended() {
        let cursor = Cursor { type_: 2, total: 7, inner: Some("i7.i9".to_owned()) };
        let back = Cursor::read(&cursor.to_word()).unwrap();
        assert_eq!((back.type_, back.total, back.inner), (2, 7, Some("i7.i9".to_owned())));
        for bad in ["", "t", "t1", "x1.2", "t1.x"] {
            assert!(Cursor::read(bad).is_none(), "{bad}");
        }
    }
}

//! What a transaction will do, worked out before the writer is asked: ids given, references resolved, resources prepared.
//!
//! Resolving looks at a snapshot. What it relied on (a condition that matched nothing, or this one resource) is kept
//! with each step, and the writer checks it again; if it no longer holds the plan is made anew.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use continuo_fhir::ResourceType;
use continuo_fhir::issue::IssueCode;
use continuo_fhir::json::{Json, ParseError};
use continuo_fhir::reference::is_id;
use continuo_store::{Expect, PrepareContext, Prepared, Reader};

use super::bundle::{self, BundleError, Entry, Method, Sent};
use super::error::RecordError;
use super::find::{self, Found};
use crate::access::{Permission, openings};
use crate::ctx::Ctx;

/// A condition and what it matched when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) type_: ResourceType,
    pub(super) query: String,
    pub(super) found: Found,
}

/// One step of the plan.
pub(super) struct Step {
    /// Position of its entry in the Bundle.
    pub(super) index: usize,
    pub(super) condition: Option<Condition>,
    pub(super) act: Act,
}

/// What a step does.
pub(super) enum Act {
    /// A conditional create whose resource exists already.
    Exists { type_: ResourceType, id: String },
    /// Create or update.
    ///
    /// `chosen` says that the client named the id, which may be taken.
    Put { prepared: Box<Prepared>, expect: Expect, consent_of: Option<String>, chosen: bool },
    /// Delete, if there.
    Delete { type_: ResourceType, id: String, expect: Expect },
    /// A conditional delete that matched nothing.
    Nothing,
    /// Change part of a resource.
    Patch { type_: ResourceType, id: String, expect: Expect, patch: Box<Json> },
    /// Read after the commit.
    Get { url: String },
}

/// Works out the steps of these entries, in the order in which they are carried out.
pub(super) fn plan(
    ctx: &Ctx,
    reader: &mut Reader<'_>,
    prepare: &PrepareContext,
    mut entries: Vec<Entry<'_>>,
) -> Result<Vec<Step>, RecordError> {
    entries.sort_by_key(|entry| (entry.method, entry.index));
    let mut targets: BTreeMap<String, String> = BTreeMap::new();
    let mut heads = Vec::with_capacity(entries.len());
    for entry in &entries {
        let head = head(ctx, reader, entry).map_err(|error| at(entry.index, error))?;
        if let (Some(full_url), Some((type_, id))) = (&entry.full_url, &head.target) {
            let target = format!("{type_}/{id}");
            if let Some(first) = targets.insert(full_url.clone(), target.clone()).filter(|first| *first != target) {
                let text = format!("another entry has this fullUrl too ({first}), so references to it mean neither");
                return Err(at(entry.index, RecordError::invalid(IssueCode::Duplicate, "fullUrl", text)));
            }
        }
        heads.push(head);
    }
    once_each(&entries, &heads)?;
    let mut conditional: BTreeMap<String, String> = BTreeMap::new();
    let mut steps = Vec::with_capacity(entries.len());
    for (entry, head) in entries.into_iter().zip(heads) {
        let index = entry.index;
        let act =
            act(ctx, reader, prepare, entry, &head, &targets, &mut conditional).map_err(|error| at(index, error))?;
        steps.push(Step { index, condition: head.condition, act });
    }
    Ok(steps)
}

/// Which resource an entry is about.
struct Head {
    condition: Option<Condition>,
    target: Option<(ResourceType, String)>,
}

fn head(ctx: &Ctx, reader: &mut Reader<'_>, entry: &Entry<'_>) -> Result<Head, RecordError> {
    if matches!(entry.method, Method::Get | Method::Head) {
        return Ok(Head { condition: None, target: None });
    }
    let (path, query) = match entry.url.split_once('?') {
        Some((path, query)) => (path, Some(query.to_owned())),
        None => (entry.url.as_str(), entry.if_none_exist.clone().filter(|_| entry.method == Method::Post)),
    };
    let (name, id) = match path.trim_matches('/').split_once('/') {
        Some((name, id)) => (name, Some(id)),
        None => (path.trim_matches('/'), None),
    };
    let type_ = ResourceType::find(name).ok_or_else(|| unknown_type(name))?;
    if let Some(id) = id.filter(|id| !is_id(id)) {
        return Err(RecordError::invalid(IssueCode::Value, "request.url", format!("`{id}` is not an id")));
    }
    let condition = match query {
        Some(query) if id.is_none() => {
            find::may_ask(ctx, type_, &query)?;
            let found = find::one(reader, &ctx.scope, type_, &query)?;
            if found == Found::Several {
                return Err(RecordError::MultipleMatches(format!("{type_}?{query}")));
            }
            Some(Condition { type_, query, found })
        }
        _ => None,
    };
    let matched = condition.as_ref().and_then(|condition| match &condition.found {
        Found::One(id) => Some(id.clone()),
        Found::Nothing | Found::Several => None,
    });
    let own = || entry.resource.as_ref().and_then(Sent::id);
    let id = match entry.method {
        Method::Post => matched.or_else(|| Some(ctx.ids().next().to_string())),
        Method::Put if condition.is_some() => {
            let own = own();
            if let (Some(own), Some(matched)) = (&own, &matched)
                && own != matched
            {
                let text = format!("the resource's id `{own}` is not that of the match");
                return Err(RecordError::invalid(IssueCode::Value, format!("{type_}.id"), text));
            }
            matched.or(own).or_else(|| Some(ctx.ids().next().to_string()))
        }
        _ => matched.or_else(|| id.map(str::to_owned)),
    };
    let needs_id = condition.is_none() && id.is_none();
    if needs_id {
        return Err(RecordError::invalid(IssueCode::Invalid, "request.url", "needs an id or a condition"));
    }
    Ok(Head { condition, target: id.map(|id| (type_, id)) })
}

/// A transaction that names one resource twice is refused (R4 3.1.0.11.2).
fn once_each(entries: &[Entry<'_>], heads: &[Head]) -> Result<(), RecordError> {
    let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (entry, head) in entries.iter().zip(heads) {
        let matched_create = entry.method == Method::Post && head.condition.is_some();
        let Some((type_, id)) = head.target.as_ref().filter(|_| !matched_create) else { continue };
        if let Some(first) = seen.insert((type_.as_str(), id), entry.index) {
            let text = format!("{type_}/{id} is also named by entry {first}");
            return Err(at(entry.index, RecordError::invalid(IssueCode::Duplicate, "request.url", text)));
        }
    }
    Ok(())
}

fn act(
    ctx: &Ctx,
    reader: &mut Reader<'_>,
    prepare: &PrepareContext,
    entry: Entry<'_>,
    head: &Head,
    targets: &BTreeMap<String, String>,
    conditional: &mut BTreeMap<String, String>,
) -> Result<Act, RecordError> {
    if matches!(entry.method, Method::Get | Method::Head) {
        return Ok(Act::Get { url: entry.url });
    }
    let Some((type_, id)) = head.target.clone() else { return Ok(Act::Nothing) };
    let matched = matches!(&head.condition, Some(Condition { found: Found::One(_), .. }));
    if entry.method == Method::Delete {
        return Ok(Act::Delete { type_, id, expect: expect(entry.if_match.as_deref())? });
    }
    if entry.method == Method::Post && matched {
        return Ok(Act::Exists { type_, id });
    }
    let sent = entry.resource.ok_or_else(|| RecordError::invalid(IssueCode::Required, "resource", "is missing"))?;
    let unreadable =
        |error: ParseError| RecordError::invalid(IssueCode::Structure, error.path.clone(), error.to_string());
    let mut resource = sent.into_tree().map_err(unreadable)?;
    if entry.method == Method::Patch {
        let expect = expect(entry.if_match.as_deref())?;
        if type_ == openings::CONSENT {
            // What a patch makes of a Consent is known only once it is made.
            ctx.require(Permission::ConsentOpen)?;
        }
        return Ok(Act::Patch { type_, id, expect, patch: Box::new(patch_of(resource)?) });
    }
    if resource.resource_type() != Some(type_.as_str()) {
        let text = format!("must be {type_}, as in the address");
        return Err(RecordError::invalid(IssueCode::Value, "resourceType", text));
    }
    if entry.method == Method::Put && head.condition.is_none() {
        match resource.str_at("id") {
            Some(own) if own == id => {}
            Some(own) => {
                let text = format!("`{own}` is not the id of the address, `{id}`");
                return Err(RecordError::invalid(IssueCode::Value, format!("{type_}.id"), text));
            }
            None => return Err(RecordError::invalid(IssueCode::Required, format!("{type_}.id"), "is missing")),
        }
    }
    bundle::rewrite_references(&mut resource, &mut |text| resolve(ctx, reader, text, targets, conditional))?;
    set_id(&mut resource, &id);
    // A condition that matches nothing makes something new: an id that is taken is somebody else's.
    let creates =
        matches!(&head.condition, Some(Condition { found: Found::Nothing, .. })) || entry.method == Method::Post;
    let expect = match entry.if_none_match.as_deref() {
        Some("*") => Expect::Absent,
        _ if creates => Expect::Absent,
        _ => expect(entry.if_match.as_deref())?,
    };
    openings::may_write(ctx, &resource)?;
    let chosen = entry.method == Method::Put;
    let consent_of = openings::patient_of_consent(&resource);
    Ok(Act::Put { prepared: Box::new(Prepared::new(resource, prepare)?), expect, consent_of, chosen })
}

/// A Bundle carries a JSON Patch as a Binary (R4 3.1.0.11.1); any other resource is the patch itself.
fn patch_of(sent: Json) -> Result<Json, RecordError> {
    let is_json_patch =
        sent.str_at("contentType").is_some_and(|media| media.starts_with("application/json-patch+json"));
    if sent.resource_type() != Some("Binary") || !is_json_patch {
        return Ok(sent);
    }
    let fault = |text: String| RecordError::invalid(IssueCode::Structure, "Binary.data", text);
    let bytes = BASE64.decode(sent.str_at("data").unwrap_or("")).map_err(|error| fault(error.to_string()))?;
    Json::parse(&bytes).map_err(|error| fault(error.to_string()))
}

/// The reference to write instead of this one, if any.
fn resolve(
    ctx: &Ctx,
    reader: &mut Reader<'_>,
    text: &str,
    targets: &BTreeMap<String, String>,
    conditional: &mut BTreeMap<String, String>,
) -> Result<Option<String>, BundleError> {
    if let Some(target) = targets.get(text) {
        return Ok(Some(target.clone()));
    }
    let Some((name, query)) = bundle::conditional(text) else { return Ok(None) };
    let Some(type_) = ResourceType::find(name) else { return Ok(None) };
    if let Some(known) = conditional.get(text) {
        return Ok(Some(known.clone()));
    }
    let failed = |text: String| BundleError { place: "reference".to_owned(), text };
    find::may_ask(ctx, type_, query).map_err(|error| failed(error.to_string()))?;
    match find::one(reader, &ctx.scope, type_, query) {
        Ok(Found::One(id)) => {
            let target = format!("{type_}/{id}");
            conditional.insert(text.to_owned(), target.clone());
            Ok(Some(target))
        }
        Ok(Found::Nothing) => Err(failed(format!("`{name}?..` matches nothing"))),
        Ok(Found::Several) => Err(failed(format!("`{name}?..` matches more than one"))),
        Err(error) => Err(failed(error.to_string())),
    }
}

/// Sets the id where a reader looks for it: after the type.
pub(super) fn set_id(resource: &mut Json, id: &str) {
    if let Json::Object(fields) = resource {
        fields.retain(|(key, _)| key.as_str() != "id");
        let place = usize::from(fields.first().is_some_and(|(key, _)| key.as_str() == "resourceType"));
        fields.insert(place, ("id".into(), Json::from(id)));
    }
}

/// `W/"3"` as an expectation; nothing given expects nothing.
pub(super) fn expect(if_match: Option<&str>) -> Result<Expect, RecordError> {
    // `*` asks that there be one: a patch and a deletion need one anyway.
    let Some(tag) = if_match.filter(|tag| tag.trim() != "*") else { return Ok(Expect::Anything) };
    let version = tag.trim().trim_start_matches("W/").trim_matches('"');
    match version.parse() {
        Ok(number) => Ok(Expect::Version(number)),
        // An ETag we never gave names no version of ours.
        Err(_) => Err(RecordError::Precondition(format!("If-Match `{version}` is not a version of this resource"))),
    }
}

pub(super) fn unknown_type(name: &str) -> RecordError {
    let shown: String = name.chars().take(64).collect();
    RecordError::invalid(IssueCode::NotSupported, "", format!("`{shown}` is not a resource type of FHIR R4"))
}

fn at(index: usize, error: RecordError) -> RecordError {
    RecordError::Entry { index, error: Box::new(error) }
}

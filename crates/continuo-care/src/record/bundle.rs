//! A transaction or batch Bundle as a list of requests (FHIR R4, RESTful API, 3.1.0.11).
//!
//! Pure: reads the text, says what is wrong and where. Carrying the requests out is [`super::transaction`].
//!
//! A tree takes several times its text, so an entry's resource stays text until its turn: a large Bundle is then held
//! once as text and, growing, as prepared resources.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use continuo_fhir::Issue;
use continuo_fhir::json::{Apart, Json, ParseError, apart};
use continuo_fhir::model::model;

use super::change;

/// What kind of Bundle came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BundleKind {
    /// All entries or none.
    Transaction,
    /// Each entry for itself.
    Batch,
}

/// The HTTP method of an entry, in the order in which a transaction carries them out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Method {
    Delete,
    Post,
    Put,
    Patch,
    Get,
    Head,
}

/// A Bundle as it was sent, read once.
#[derive(Debug)]
pub struct SentBundle<'a> {
    text: &'a [u8],
    read: Apart,
    /// What breaks a rule of R4's structure, by entry.
    faults: BTreeMap<usize, Vec<Issue>>,
}

impl<'a> SentBundle<'a> {
    /// Reads a text; any JSON is taken, what is no Bundle is refused when it is carried out.
    pub fn parse(text: &'a [u8]) -> Result<Self, ParseError> {
        let mut faults = BTreeMap::new();
        let read = apart(text, |index, packed| {
            let found = change::faults_packed(packed);
            if !found.is_empty() {
                faults.insert(index, found);
            }
        })?;
        Ok(Self { text, read, faults })
    }

    /// The reads among a transaction's entries: position and address. A batch's fail each for themselves.
    pub fn reads(&self) -> Vec<(usize, String)> {
        if self.read.bundle.str_at("type") != Some("transaction") {
            return Vec::new();
        }
        let entries = self.read.bundle.get("entry").map(Json::items).unwrap_or_default();
        let reads = entries.iter().enumerate().filter(|(_, entry)| is_read(entry));
        reads.filter_map(|(index, entry)| Some((index, entry.str_at("request.url")?.to_owned()))).collect()
    }

    /// Whether any entry would write.
    pub fn writes(&self) -> bool {
        let entries = self.read.bundle.get("entry").map(Json::items).unwrap_or_default();
        entries.iter().any(|entry| !is_read(entry))
    }

    /// What is wrong with a transaction's resources, each with its place in the Bundle. A batch's entries fail each for
    /// themselves, so nothing is wrong with a batch.
    pub fn faults(&self) -> Vec<Issue> {
        if self.read.bundle.str_at("type") != Some("transaction") {
            return Vec::new();
        }
        let entries = self.read.bundle.get("entry").map(Json::items).unwrap_or_default();
        let whole = self.faults.iter().filter(|(index, _)| {
            entries.get(**index).is_none_or(|entry| entry.str_at("request.method") != Some("PATCH"))
        });
        whole
            .flat_map(|(index, issues)| {
                issues.iter().cloned().map(move |mut issue| {
                    issue.place = format!("Bundle.entry[{index}].resource.{}", issue.place);
                    issue
                })
            })
            .collect()
    }
}

fn is_read(entry: &Json) -> bool {
    matches!(entry.str_at("request.method"), Some("GET" | "HEAD"))
}

/// A resource that came with an entry.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sent<'a> {
    /// As a tree.
    Tree(Json),
    /// As text that was read before without a fault.
    Text(&'a [u8]),
}

impl Sent<'_> {
    /// The tree.
    pub(super) fn into_tree(self) -> Result<Json, ParseError> {
        match self {
            Self::Tree(json) => Ok(json),
            Self::Text(text) => Json::parse(text),
        }
    }

    /// The resource's own id.
    pub(super) fn id(&self) -> Option<String> {
        match self {
            Self::Tree(json) => json.str_at("id").map(str::to_owned),
            Self::Text(text) => Json::parse(text).ok()?.str_at("id").map(str::to_owned),
        }
    }
}

/// One entry of a Bundle.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry<'a> {
    /// Position in the Bundle, from 0.
    pub index: usize,
    /// What to do.
    pub method: Method,
    /// `request.url` as received: `Patient`, `Patient/1`, `Patient?identifier=..`.
    pub url: String,
    /// `fullUrl`, by which other entries may refer to this one.
    pub full_url: Option<String>,
    /// `request.ifNoneExist`.
    pub if_none_exist: Option<String>,
    /// `request.ifMatch`.
    pub if_match: Option<String>,
    /// `request.ifNoneMatch`.
    pub if_none_match: Option<String>,
    /// The resource, except for DELETE and GET.
    pub resource: Option<Sent<'a>>,
    /// What breaks a rule of R4's structure in the resource, where that is not yet told.
    pub faults: Vec<Issue>,
}

/// Why a Bundle cannot be carried out at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {text}")]
pub(super) struct BundleError {
    /// FHIRPath-like place in the Bundle.
    pub place: String,
    /// What is wrong.
    pub text: String,
}

impl BundleError {
    fn new(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self { place: place.into(), text: text.into() }
    }
}

/// Takes a Bundle apart. An entry that cannot be read is an error of that entry.
pub(super) fn read(sent: SentBundle<'_>) -> Result<(BundleKind, Vec<Result<Entry<'_>, BundleError>>), BundleError> {
    let SentBundle { text, read: Apart { mut bundle, resources }, mut faults } = sent;
    if bundle.resource_type() != Some("Bundle") {
        return Err(BundleError::new("resourceType", "a Bundle is expected here"));
    }
    let kind = match bundle.str_at("type") {
        Some("transaction") => BundleKind::Transaction,
        Some("batch") => BundleKind::Batch,
        Some(other) => {
            return Err(BundleError::new(
                "Bundle.type",
                format!("`{other}` is not carried out; send transaction or batch"),
            ));
        }
        None => return Err(BundleError::new("Bundle.type", "is missing")),
    };
    let entries = match bundle.remove("entry") {
        Some(Json::Array(items)) => items,
        Some(_) => return Err(BundleError::new("Bundle.entry", "must be a list")),
        None => Vec::new(),
    };
    let mut resources = resources.into_iter();
    let entries = entries.into_iter().enumerate().map(|(index, entry)| {
        let place = resources.next().flatten();
        let resource = place.and_then(|place| text.get(place)).map(Sent::Text);
        read_entry(index, &entry, resource, faults.remove(&index).unwrap_or_default())
    });
    // One entry that cannot be read refuses a transaction: a million of them are not told one by one.
    match kind {
        BundleKind::Transaction => Ok((kind, entries.collect::<Result<Vec<_>, _>>()?.into_iter().map(Ok).collect())),
        BundleKind::Batch => Ok((kind, entries.collect())),
    }
}

fn read_entry<'a>(
    index: usize,
    entry: &Json,
    resource: Option<Sent<'a>>,
    faults: Vec<Issue>,
) -> Result<Entry<'a>, BundleError> {
    let place = format!("Bundle.entry[{index}]");
    let text = |path: &str| entry.str_at(path).map(str::to_owned);
    let method = match entry.str_at("request.method") {
        Some("GET") => Method::Get,
        Some("HEAD") => Method::Head,
        Some("POST") => Method::Post,
        Some("PUT") => Method::Put,
        Some("PATCH") => Method::Patch,
        Some("DELETE") => Method::Delete,
        Some(other) => {
            return Err(BundleError::new(format!("{place}.request.method"), format!("`{other}` is not a method")));
        }
        None => return Err(BundleError::new(format!("{place}.request.method"), "is missing")),
    };
    let url = text("request.url").ok_or_else(|| BundleError::new(format!("{place}.request.url"), "is missing"))?;
    let needs_resource = matches!(method, Method::Post | Method::Put | Method::Patch);
    if needs_resource && resource.is_none() {
        return Err(BundleError::new(format!("{place}.resource"), "is missing"));
    }
    Ok(Entry {
        index,
        method,
        url,
        full_url: text("fullUrl"),
        if_none_exist: text("request.ifNoneExist"),
        if_match: text("request.ifMatch"),
        if_none_match: text("request.ifNoneMatch"),
        resource,
        faults,
    })
}

/// Calls `each` for every `reference`, and every uri-like text that may name another entry, in document order.
/// `each` returns the replacement, if any.
pub(super) fn rewrite_references(
    value: &mut Json,
    each: &mut dyn FnMut(&str) -> Result<Option<String>, BundleError>,
) -> Result<(), BundleError> {
    rewrite_in(value, each, false)
}

/// `is_kept`: within a Bundle that is kept as a resource, whose names mean its own entries.
fn rewrite_in(
    value: &mut Json,
    each: &mut dyn FnMut(&str) -> Result<Option<String>, BundleError>,
    is_kept: bool,
) -> Result<(), BundleError> {
    let is_kept = is_kept || value.resource_type() == Some("Bundle");
    match value {
        Json::Array(items) => {
            for item in items {
                rewrite_in(item, each, is_kept)?;
            }
        }
        Json::Object(fields) => {
            for (key, field) in fields {
                match field {
                    // A plain uri is replaced only where it names an entry (R4 3.1.0.11.2), so only urn: ones are asked about.
                    Json::String(text)
                        if key.as_str() == "reference" || text.starts_with("urn:") && is_address(key.as_str()) =>
                    {
                        match each(text)? {
                            Some(new) => *text = new.into(),
                            // Such a name means an entry of the same Bundle and nothing else: written as it is, it would
                            // never lead anywhere.
                            None if !is_kept && key.as_str() == "reference" && text.starts_with("urn:uuid:") => {
                                return Err(BundleError::new(
                                    "reference",
                                    format!("`{text}` names no entry of this Bundle"),
                                ));
                            }
                            None => {}
                        }
                    }
                    Json::String(text) if key.as_str() == "div" => {
                        if let Some(new) = relink(text, each)? {
                            *text = new.into();
                        }
                    }
                    Json::Array(_) | Json::Object(_) => rewrite_in(field, each, is_kept)?,
                    _ => {}
                }
            }
        }
        _ => {}
    }
    Ok(())
}

/// Whether every R4 element of this name is an address: a uri, url, oid or uuid. An identifier's value is none.
fn is_address(field: &str) -> bool {
    static ADDRESSES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let (mut addresses, mut others) = (BTreeSet::new(), BTreeSet::new());
        for element in model().types().iter().flat_map(|type_| &type_.elements) {
            for (of, _) in &element.types {
                let type_ = model().type_(*of).name;
                let mut name = element.name.to_owned();
                if element.is_choice {
                    name.extend(type_.chars().next().map(|first| first.to_ascii_uppercase()));
                    name.push_str(type_.get(1..).unwrap_or(""));
                }
                let is_one = matches!(type_, "uri" | "url" | "oid" | "uuid");
                if is_one { &mut addresses } else { &mut others }.insert(name);
            }
        }
        addresses.difference(&others).cloned().collect()
    });
    ADDRESSES.contains(field)
}

/// A narrative whose links and pictures name entries by what those are called now; `None` if none does.
fn relink(
    narrative: &str,
    each: &mut dyn FnMut(&str) -> Result<Option<String>, BundleError>,
) -> Result<Option<String>, BundleError> {
    let mut out = String::new();
    let mut changed = false;
    let mut rest = narrative;
    while let Some(at) =
        ["href=\"", "src=\"", "href='", "src='"].iter().filter_map(|n| Some(rest.find(n)? + n.len())).min()
    {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let quote = before.chars().next_back().unwrap_or('"');
        let end = after.find(quote).unwrap_or(after.len());
        let (link, tail) = after.split_at(end);
        // Only what can be an entry's address: a relative link is none, and a query in one is not carried out.
        let is_address = link.starts_with("urn:") || link.contains("://");
        match if is_address { each(link)? } else { None } {
            Some(new) => {
                changed = true;
                out.push_str(&new);
            }
            None => out.push_str(link),
        }
        rest = tail;
    }
    out.push_str(rest);
    Ok(changed.then_some(out))
}

/// Splits `Patient?identifier=a|b` into the type and the query; `None` if there is no query.
pub(super) fn conditional(reference: &str) -> Option<(&str, &str)> {
    let (kind, query) = reference.split_once('?')?;
    let is_type = !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_alphanumeric());
    is_type.then_some((kind, query))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Json {
        Json::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn entries_are_read_and_bad_ones_named() {
        let text = r#"{"resourceType":"Bundle","type":"batch","entry":[
                {"request":{"method":"GET","url":"Patient/1"}},
                {"request":{"method":"POST","url":"Patient"}},
                {"request":{"method":"EAT","url":"Patient"}},
                {"resource":{"resourceType":"Basic","id":"7"},"request":{"method":"PUT","url":"Basic/7"}}]}"#;
        let (kind, entries) = read(SentBundle::parse(text.as_bytes()).unwrap()).unwrap();
        assert_eq!(kind, BundleKind::Batch);
        assert_eq!(entries[0].as_ref().unwrap().method, Method::Get);
        assert_eq!(entries[1].as_ref().unwrap_err().place, "Bundle.entry[1].resource");
        assert_eq!(entries[2].as_ref().unwrap_err().place, "Bundle.entry[2].request.method");
        let put = entries[3].as_ref().unwrap();
        assert_eq!(put.resource.as_ref().unwrap().id().as_deref(), Some("7"));
        assert_eq!(put.faults.len(), 1, "a Basic needs a code");
    }

    #[test]
    fn addresses_are_rewritten_and_words_are_not() {
        let mut resource = parse(
            r##"{"subject":{"reference":"urn:uuid:1"},"identifier":[{"value":"urn:uuid:1"}],"implicitRules":"urn:uuid:1",
               "text":{"div":"<div>urn:uuid:1 <a href=\"urn:uuid:1\">a</a><img alt='x' src='urn:uuid:1'/><a href=\"#x\">b</a></div>"},
               "extension":[{"url":"http://x","valueUri":"urn:uuid:1"},{"url":"http://y","valueString":"urn:uuid:1"}]}"##,
        );
        rewrite_references(&mut resource, &mut |r| Ok((r == "urn:uuid:1").then(|| "Patient/9".to_owned()))).unwrap();
        assert_eq!(resource.str_at("subject.reference"), Some("Patient/9"));
        assert_eq!(resource.str_at("identifier.0.value"), Some("urn:uuid:1"));
        assert_eq!(resource.str_at("implicitRules"), Some("Patient/9"));
        let narrative =
            r##"<div>urn:uuid:1 <a href="Patient/9">a</a><img alt='x' src='Patient/9'/><a href="#x">b</a></div>"##;
        assert_eq!(resource.str_at("text.div"), Some(narrative));
        assert_eq!(resource.str_at("extension.0.valueUri"), Some("Patient/9"));
        assert_eq!(resource.str_at("extension.1.valueString"), Some("urn:uuid:1"));
    }

    #[test]
    fn conditional_references_are_told_apart() {
        assert_eq!(conditional("Practitioner?identifier=s|1"), Some(("Practitioner", "identifier=s|1")));
        assert_eq!(conditional("Practitioner/1"), None);
        assert_eq!(conditional("http://a.b/c?d"), None);
    }
}

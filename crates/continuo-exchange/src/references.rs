//! Ids and references of imported resources: pure functions, so that the same file imported twice names the same things.
//!
//! An id is a hash of (organization, source, type, the source's id, else the bundle's fullUrl, else the content). Because
//! a relative reference names type and id of the same source, it can be rewritten without looking anything up; only
//! conditional references and references into another bundle need the record.

use std::collections::BTreeMap;

use continuo_fhir::json::Json;
use continuo_fhir::reference::{Reference, is_id};
use sha2::{Digest, Sha256};

use crate::batch::{Batch, Entry};

/// Whose data it is and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin<'a> {
    /// The organization that imports.
    pub organization: &'a str,
    /// The name of the source.
    pub source: &'a str,
}

/// What the source calls a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKey<'a> {
    /// Its id there.
    Id(&'a str),
    /// The bundle's name for it.
    FullUrl(&'a str),
    /// Nothing: the minified content stands for it.
    Content(&'a [u8]),
}

impl SourceKey<'_> {
    /// The key as remembered beside the id, so that an import can be traced back: `id:7`, `url:urn:uuid:..`, `content`.
    pub fn label(&self) -> String {
        match self {
            SourceKey::Id(id) => format!("id:{id}"),
            SourceKey::FullUrl(url) => format!("url:{url}"),
            SourceKey::Content(_) => "content".to_owned(),
        }
    }
}

/// The id of an imported resource: a UUID (version 8, made from SHA-256) of what names it.
pub fn import_id(origin: Origin<'_>, type_name: &str, key: SourceKey<'_>) -> String {
    let (tag, value) = match key {
        SourceKey::Id(id) => (b'i', id.as_bytes()),
        SourceKey::FullUrl(url) => (b'u', url.as_bytes()),
        SourceKey::Content(bytes) => (b'c', bytes),
    };
    let mut hash = Sha256::new();
    for part in [origin.organization.as_bytes(), origin.source.as_bytes(), type_name.as_bytes(), &[tag], value] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut bytes = [0u8; 16];
    for (to, from) in bytes.iter_mut().zip(digest.iter()) {
        *to = *from;
    }
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let mut id = String::with_capacity(36);
    for (place, byte) in bytes.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            id.push('-');
        }
        id.push_str(&format!("{byte:02x}"));
    }
    id
}

/// The key of an entry by the rule above.
pub fn source_key<'e>(entry: &'e Entry, content: &'e [u8]) -> SourceKey<'e> {
    match (entry.source_id(), &entry.full_url) {
        (Some(id), _) if is_id(id) => SourceKey::Id(id),
        (_, Some(url)) if !url.is_empty() => SourceKey::FullUrl(url),
        _ => SourceKey::Content(content),
    }
}

/// What an entry became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// The id it is stored under; also set in the resource.
    pub id: String,
    /// How the source calls it, to be remembered in `source_key`.
    pub source_key: String,
    /// References that lead nowhere yet; the entry can be filed, and the reference mended when the target comes.
    pub open: Vec<Lead>,
    /// References to what the source should send, by the id that it will have: whether it ever came, the record knows.
    pub leads: Vec<Lead>,
}

/// A reference to something outside its batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// The element that holds it: `subject`.
    pub holder: String,
    /// Where it leads: `Patient/..`; for what cannot be found its type alone, or nothing where that is not said.
    pub to: String,
}

/// Finds what only the record knows: a conditional reference, or a `urn:` of another bundle. Answers `Type/id`.
pub type Find<'f> = dyn FnMut(&Reference<'_>) -> Option<String> + 'f;

/// Gives each entry of a batch its id and rewrites the references among them and to the rest of the same source.
///
/// One result for each entry, in order.
pub fn file(batch: &mut Batch, origin: Origin<'_>, find: &mut Find<'_>) -> Vec<Filed> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut filed = Vec::with_capacity(batch.entries.len());
    for entry in &batch.entries {
        let content = if entry.source_id().is_none() && entry.full_url.is_none() {
            entry.resource.to_bytes()
        } else {
            Vec::new()
        };
        let key = source_key(entry, &content);
        let id = import_id(origin, entry.type_name(), key);
        let target = format!("{}/{id}", entry.type_name());
        if let Some(url) = &entry.full_url {
            names.insert(url.clone(), target.clone());
        }
        if let Some(source_id) = entry.source_id() {
            names.insert(format!("{}/{source_id}", entry.type_name()), target);
        }
        filed.push(Filed { id, source_key: key.label(), open: Vec::new(), leads: Vec::new() });
    }
    for (entry, filed) in batch.entries.iter_mut().zip(&mut filed) {
        set_id(&mut entry.resource, &filed.id);
        let mut walk = Walk { names: &names, origin, find: &mut *find, open: &mut filed.open, leads: &mut filed.leads };
        walk.rewrite(&mut entry.resource, "", 0);
    }
    filed
}

/// Sets the id where readers expect it: after the type.
fn set_id(resource: &mut Json, id: &str) {
    if resource.get("id").is_some() {
        resource.set("id", Json::string(id));
    } else if let Json::Object(fields) = resource {
        let at = usize::from(fields.first().is_some_and(|(name, _)| name.as_str() == "resourceType"));
        fields.insert(at, ("id".into(), Json::string(id)));
    }
}

struct Walk<'w, 'f> {
    names: &'w BTreeMap<String, String>,
    origin: Origin<'w>,
    find: &'w mut Find<'f>,
    open: &'w mut Vec<Lead>,
    leads: &'w mut Vec<Lead>,
}

impl Walk<'_, '_> {
    /// Depth is bounded by the parser's limit; the check keeps hand-made trees honest.
    fn rewrite(&mut self, json: &mut Json, holder: &str, depth: usize) {
        if depth > continuo_fhir::json::MAX_DEPTH {
            return;
        }
        match json {
            Json::Array(items) => {
                for item in items {
                    self.rewrite(item, holder, depth + 1);
                }
            }
            Json::Object(fields) => {
                for (name, value) in fields {
                    match value {
                        Json::String(text) if name.as_str() == "reference" => {
                            if let Some(target) = self.target(text, holder) {
                                *value = Json::string(target);
                            }
                        }
                        Json::Object(_) | Json::Array(_) => self.rewrite(value, name.as_str(), depth + 1),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn target(&mut self, text: &str, holder: &str) -> Option<String> {
        let unversioned = text.split("/_history/").next().unwrap_or(text);
        if let Some(target) = self.names.get(unversioned) {
            return Some(target.clone());
        }
        let reference = Reference::parse(text);
        let (found, type_) = match reference {
            Reference::Resource { base: None, type_, id, .. } => {
                let to = format!("{type_}/{}", import_id(self.origin, type_.as_str(), SourceKey::Id(id)));
                self.leads.push(Lead { holder: holder.to_owned(), to: to.clone() });
                return Some(to);
            }
            Reference::Urn(_) => ((self.find)(&reference), String::new()),
            Reference::Conditional { type_, .. } => ((self.find)(&reference), type_.to_string()),
            // Another server's resource, a contained one, a canonical: left as written.
            _ => return None,
        };
        if found.is_none() {
            self.open.push(Lead { holder: holder.to_owned(), to: type_ });
        }
        found
    }
}

/// Turns conditional references by identifier that matched nothing (`Practitioner?identifier=system|value`) into FHIR's
/// logical references, which say the same without pretending to be an address.
pub fn make_logical(resource: &mut Json) {
    logical(resource, 0);
}

fn logical(json: &mut Json, depth: usize) {
    if depth > continuo_fhir::json::MAX_DEPTH {
        return;
    }
    match json {
        Json::Array(items) => {
            for item in items {
                logical(item, depth + 1);
            }
        }
        Json::Object(_) => {
            let found = json.get("reference").and_then(Json::as_str).and_then(by_identifier);
            if let Some((type_name, identifier)) = found {
                json.remove("reference");
                json.set("type", Json::string(type_name));
                json.set("identifier", identifier);
            }
            if let Json::Object(fields) = json {
                for (_, value) in fields {
                    logical(value, depth + 1);
                }
            }
        }
        _ => {}
    }
}

fn by_identifier(reference: &str) -> Option<(String, Json)> {
    let Reference::Conditional { type_, query } = Reference::parse(reference) else { return None };
    let value = query.strip_prefix("identifier=")?;
    let (system, value) = value.split_once('|').unwrap_or(("", value));
    let mut identifier = Json::Object(Vec::new());
    if !system.is_empty() {
        identifier.set("system", Json::string(system));
    }
    identifier.set("value", Json::string(value));
    Some((type_.to_string(), identifier))
}

//! The stored form of a resource: as received, minified, `id` and `meta` taken off and spliced in again when read.
//!
//! Layout: one format byte, the length of the kept part of `meta` (u32, little endian), that part without braces, and
//! the rest of the object after `resourceType`. Versions and times are columns, so a stored body never changes.

use crate::error::{Error, Result};
use crate::ids::Micros;
use continuo_fhir::{Instant, Json};
use sha2::{Digest, Sha256};

/// Plain bytes follow.
const PLAIN: u8 = 0;
const HEADER: usize = 5;

/// Takes `id`, `resourceType` and `meta` off the tree and writes the stored form.
pub(crate) fn encode(mut json: Json) -> Vec<u8> {
    json.remove("resourceType");
    json.remove("id");
    let meta = json.remove("meta").unwrap_or_default();
    let meta = if meta.fields().is_empty() { Vec::new() } else { inner(&meta) };
    let mut out = Vec::with_capacity(meta.len() + 1_024);
    out.push(PLAIN);
    out.extend_from_slice(&(meta.len() as u32).to_le_bytes());
    out.extend_from_slice(&meta);
    out.extend_from_slice(&inner(&json));
    out
}

/// An object's members without its braces.
fn inner(json: &Json) -> Vec<u8> {
    let mut bytes = Vec::new();
    json.write(&mut bytes);
    bytes.pop();
    if !bytes.is_empty() {
        bytes.remove(0);
    }
    bytes
}

/// What the hash of a version covers: its name and its content.
pub(crate) fn hash(type_: &str, id: &str, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(type_.as_bytes());
    hash.update(b"/");
    hash.update(id.as_bytes());
    hash.update(b"\0");
    hash.update(body);
    hash.finalize().into()
}

/// The hash of a deletion.
pub(crate) fn hash_deleted(type_: &str, id: &str) -> [u8; 32] {
    hash(type_, id, b"deleted")
}

fn parts(body: &[u8]) -> Option<(&[u8], &[u8])> {
    if *body.first()? != PLAIN {
        return None;
    }
    let length = u32::from_le_bytes(body.get(1..HEADER)?.try_into().ok()?) as usize;
    let end = HEADER.checked_add(length)?;
    Some((body.get(HEADER..end)?, body.get(end..)?))
}

/// The resource as clients see it.
pub(crate) fn render(type_: &str, id: &str, version: i64, updated: Micros, body: &[u8]) -> Result<Vec<u8>> {
    let (meta, rest) =
        parts(body).ok_or_else(|| Error::Damaged(format!("the stored form of {type_}/{id} cannot be read")))?;
    let mut out = Vec::with_capacity(body.len() + 160);
    let at = Instant::from_micros(updated);
    let head =
        format!(r#"{{"resourceType":"{type_}","id":"{id}","meta":{{"versionId":"{version}","lastUpdated":"{at}""#);
    out.extend_from_slice(head.as_bytes());
    for part in [meta, b"}"] {
        if part == meta && !meta.is_empty() {
            out.push(b',');
        }
        out.extend_from_slice(part);
    }
    if !rest.is_empty() {
        out.push(b',');
        out.extend_from_slice(rest);
    }
    out.push(b'}');
    Ok(out)
}

/// The resource as a tree, without version and time: for undo and for taking index rows off again.
pub(crate) fn decode(type_: &str, id: &str, body: &[u8]) -> Result<Json> {
    let bytes = render(type_, id, 0, 0, body)?;
    let mut json = Json::parse(&bytes).map_err(|e| Error::Damaged(format!("{type_}/{id}: {}", e.message)))?;
    strip_meta(&mut json);
    Ok(json)
}

/// Takes version and time off `meta`; an empty `meta` goes too.
pub(crate) fn strip_meta(json: &mut Json) {
    let empty = match json.get_mut("meta") {
        None => return,
        Some(meta) => {
            meta.remove("versionId");
            meta.remove("lastUpdated");
            meta.fields().is_empty()
        }
    };
    if empty {
        json.remove("meta");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(text: &str) -> String {
        let mut json = Json::parse(text.as_bytes()).expect("valid JSON");
        strip_meta(&mut json);
        let body = encode(json);
        String::from_utf8(render("Basic", "7", 3, 0, &body).expect("renders")).expect("UTF-8")
    }

    #[test]
    fn id_and_meta_are_spliced_in() {
        let head = r#"{"resourceType":"Basic","id":"7","meta":{"versionId":"3","lastUpdated":"1970-01-01T00:00:00"#;
        let text = round(r#"{"resourceType":"Basic","id":"x","meta":{"versionId":"9","tag":[{"code":"a"}]},"n":1.00}"#);
        assert!(text.starts_with(head), "{text}");
        assert!(text.ends_with(r#","tag":[{"code":"a"}]},"n":1.00}"#), "{text}");
        let text = round(r#"{"resourceType":"Basic"}"#);
        assert!(text.ends_with(r#""}}"#), "{text}");
    }

    #[test]
    fn a_damaged_body_is_an_error() {
        for bytes in [&[][..], &[0, 9, 0, 0, 0], &[7, 0, 0, 0, 0]] {
            assert!(render("Basic", "7", 1, 0, bytes).is_err());
        }
    }
}

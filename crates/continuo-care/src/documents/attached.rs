//! The file that a DocumentReference holds or points at: bytes kept here, or text inside the resource. An address
//! elsewhere is never followed.

use continuo_fhir::Json;
use continuo_store::tables::document_blob;
use continuo_store::{Reader, Scope};

/// A file of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attached {
    /// Its name as received; empty where none was given.
    pub name: String,
    /// Its media type as stated.
    pub media_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The attachments of a document.
pub fn attachments(document: &Json) -> impl Iterator<Item = &Json> {
    let contents = document.get("content").map(Json::items).unwrap_or_default();
    contents.iter().filter_map(|content| content.get("attachment"))
}

/// The first file that can be opened here; nothing where there is none in this scope.
pub(crate) fn file_of(r: &mut Reader<'_>, scope: &Scope, document: &Json) -> continuo_store::Result<Option<Attached>> {
    for one in attachments(document) {
        let text = |field: &str| one.str_at(field).unwrap_or_default().to_owned();
        if let Some(id) = one.str_at("url").and_then(|url| url.strip_prefix("Binary/")) {
            if let Some(blob) = document_blob::by_id(r.conn(), scope, id)? {
                return Ok(Some(Attached { name: blob.name, media_type: blob.type_, bytes: blob.bytes }));
            }
        } else if let Some(bytes) = one.str_at("data").and_then(read_base64) {
            return Ok(Some(Attached { name: text("title"), media_type: text("contentType"), bytes }));
        }
    }
    Ok(None)
}

/// Base64 as FHIR has it, with or without line breaks.
pub fn read_base64(text: &str) -> Option<Vec<u8>> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'a'..=b'z' => Some(c - b'a' + 26),
        b'0'..=b'9' => Some(c - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0);
    for c in text.bytes().filter(|c| !c.is_ascii_whitespace() && *c != b'=') {
        bits = bits << 6 | u32::from(value(c)?);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held & 0xff) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_with_line_breaks_and_refused_when_broken() {
        assert_eq!(read_base64("Zm9v\nYg==").as_deref(), Some(&b"foob"[..]));
        assert_eq!(read_base64("Zm9*"), None);
    }
}

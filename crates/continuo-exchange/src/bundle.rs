//! FHIR JSON documents: a bundle with its entries, or one resource.

use std::ops::ControlFlow;

use continuo_fhir::issue::IssueCode;
use continuo_fhir::json::Json;

use crate::batch::{At, Batch, Entry, Kept, Kind, Place, Request};
use crate::read::Take;
use crate::unpack::Limits;

pub(crate) fn read(place: &Place, bytes: Vec<u8>, limits: &Limits, take: &mut Take<'_>) -> ControlFlow<()> {
    let json = match Json::parse(bytes.strip_prefix(crate::lines::MARK).unwrap_or(&bytes)) {
        Ok(json) => json,
        // Bulk exports sometimes end in .json: a first line that is whole tells them apart from a broken document.
        Err(_) if first_line_is_whole(&bytes) => return crate::lines::read(place, &mut bytes.as_slice(), limits, take),
        Err(error) => {
            let reason = format!("line {}, column {}: {}", error.line, error.column, error.message);
            return take(Batch::of_kept(Kept::new(place.clone(), bytes, IssueCode::Structure, reason)));
        }
    };
    let kind = match json.get("resourceType").and_then(Json::as_str) {
        Some("Bundle") if json.get("type").and_then(Json::as_str) == Some("transaction") => Kind::Transaction,
        Some("Bundle") => Kind::Bundle,
        Some(_) => Kind::Resource,
        None => {
            let kept = Kept::new(place.clone(), bytes, IssueCode::Required, "resourceType is missing");
            return take(Batch::of_kept(kept));
        }
    };
    let mut batch = Batch::new(place.clone(), kind);
    if kind == Kind::Resource {
        batch.entries.push(Entry { place: place.clone(), full_url: None, request: None, resource: json });
    } else {
        entries(json, place, &mut batch);
    }
    take(batch)
}

/// Takes the entries out of a bundle. `place` is the bundle's; entries in a file of one bundle get their own number.
pub(crate) fn entries(mut bundle: Json, place: &Place, batch: &mut Batch) {
    let items = match bundle.remove("entry") {
        Some(Json::Array(items)) => items,
        Some(other) => {
            let text = "the entries of a bundle are no list";
            return batch.kept.push(Kept::new(place.clone(), other.to_bytes(), IssueCode::Structure, text));
        }
        None => return,
    };
    for (number, mut item) in items.into_iter().enumerate() {
        let at = if place.at == At::Whole { place.at(At::Entry(number)) } else { place.clone() };
        let request = item.get("request").map(request);
        let full_url = item.get("fullUrl").and_then(Json::as_str).map(str::to_owned);
        match item.remove("resource") {
            Some(resource) if resource.get("resourceType").and_then(Json::as_str).is_some() => {
                batch.entries.push(Entry { place: at, full_url, request, resource });
            }
            Some(resource) => {
                batch.kept.push(Kept::new(at, resource.to_bytes(), IssueCode::Required, "resourceType is missing"));
            }
            // A DELETE or GET of a transaction asks for something without a resource; an import has no use for it.
            None if request
                .as_ref()
                .is_some_and(|request| matches!(request.method.as_str(), "DELETE" | "GET" | "HEAD")) =>
            {
                let text = "a request without a resource is not carried out by an import";
                batch.kept.push(Kept::new(at, item.to_bytes(), IssueCode::NotSupported, text));
            }
            None => batch.kept.push(Kept::new(at, item.to_bytes(), IssueCode::Required, "the entry has no resource")),
        }
    }
}

fn request(json: &Json) -> Request {
    let text = |name: &str| json.get(name).and_then(Json::as_str).map(str::to_owned);
    Request {
        method: text("method").unwrap_or_default(),
        url: text("url").unwrap_or_default(),
        if_none_exist: text("ifNoneExist"),
        if_match: text("ifMatch"),
    }
}

fn first_line_is_whole(bytes: &[u8]) -> bool {
    let trimmed = bytes.strip_prefix(crate::lines::MARK).unwrap_or(bytes).trim_ascii_start();
    let Some(end) = trimmed.iter().position(|byte| *byte == b'\n') else { return false };
    let first = trimmed.get(..end).unwrap_or_default();
    Json::parse(first).is_ok_and(|json| json.get("resourceType").is_some())
}

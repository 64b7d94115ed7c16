//! NDJSON: one resource a line. Each line stands alone; a bad one costs itself.

use std::io::{BufRead, Read};
use std::ops::ControlFlow;

use continuo_fhir::issue::IssueCode;
use continuo_fhir::json::Json;

use crate::batch::{At, Batch, Entry, Kept, Kind, Place};
use crate::read::Take;
use crate::unpack::Limits;

/// The byte order mark of UTF-8: it says nothing, and JSON has no place for it (RFC 8259, 8.1, lets a reader pass over it).
pub(crate) const MARK: &[u8] = "\u{feff}".as_bytes();

pub(crate) fn read(
    place: &Place,
    mut reader: &mut dyn BufRead,
    limits: &Limits,
    take: &mut Take<'_>,
) -> ControlFlow<()> {
    let mut batch = Batch::new(place.clone(), Kind::Lines);
    let mut line = Vec::new();
    let mut held = 0;
    for number in 1u64.. {
        line.clear();
        let at = place.at(At::Line(number));
        let most = limits.line as u64 + 1;
        match (&mut reader).take(most).read_until(b'\n', &mut line) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => {
                let text = format!("the file ends here: {error}");
                batch.kept.push(Kept::new(at, std::mem::take(&mut line), IssueCode::Incomplete, text));
                break;
            }
        }
        if line.len() > limits.line && !line.ends_with(b"\n") {
            line.truncate(1 << 16);
            let text = format!("the line is longer than {} MiB", limits.line >> 20);
            batch.kept.push(Kept::new(at.clone(), std::mem::take(&mut line), IssueCode::TooLong, text));
            if let Err(error) = skip_line(reader) {
                let text = format!("the file ends here: {error}");
                batch.kept.push(Kept::new(at, Vec::new(), IssueCode::Incomplete, text));
                break;
            }
            continue;
        }
        // Windows puts a mark in front of the first line.
        let text = line.strip_prefix(MARK).filter(|_| number == 1).unwrap_or(&line).trim_ascii();
        if text.is_empty() {
            continue;
        }
        held += text.len();
        match Json::parse(text) {
            Ok(resource) => push(&mut batch, at, resource, text),
            Err(error) => {
                let reason = format!("column {}: {}", error.column, error.message);
                batch.kept.push(Kept::new(at, text.to_vec(), IssueCode::Structure, reason));
            }
        }
        if batch.entries.len() + batch.kept.len() >= limits.batch || held >= limits.batch_bytes {
            held = 0;
            take(std::mem::replace(&mut batch, Batch::new(place.clone(), Kind::Lines)))?;
        }
    }
    if batch.is_empty() { ControlFlow::Continue(()) } else { take(batch) }
}

/// A line may be a resource or a bundle of one person; the entries of the bundle carry the line as their place.
fn push(batch: &mut Batch, at: Place, resource: Json, bytes: &[u8]) {
    match resource.get("resourceType").and_then(Json::as_str) {
        None => batch.kept.push(Kept::new(at, bytes.to_vec(), IssueCode::Required, "resourceType is missing")),
        Some("Bundle") => crate::bundle::entries(resource, &at, batch),
        Some(_) => batch.entries.push(Entry { place: at, full_url: None, request: None, resource }),
    }
}

fn skip_line(reader: &mut dyn BufRead) -> std::io::Result<()> {
    loop {
        let available = reader.fill_buf()?;
        if available.is_empty() {
            return Ok(());
        }
        let (used, done) = match available.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (available.len(), false),
        };
        reader.consume(used);
        if done {
            return Ok(());
        }
    }
}

//! One input to batches: unpacked, recognized, read, each document on its own so that large folders never sit in memory.

use std::io::{BufRead, Read};
use std::ops::ControlFlow;

use continuo_fhir::issue::IssueCode;

use crate::batch::{Batch, Kept, Place};
use crate::formats::FormatId;
use crate::table::Tables;
use crate::unpack::{self, Counters, Limits, Member};
use crate::{bundle, hl7v2, lines, table};

/// How much of an unreadable document is kept.
const KEPT_BYTES: usize = 1 << 20;

/// What takes the batches; it may end the reading.
pub type Take<'t> = dyn FnMut(Batch) -> ControlFlow<()> + 't;

/// Reads one file, whatever it is: a resource, a bundle, NDJSON, a table, or an archive of these.
///
/// Every document becomes one batch, long ones several; a document that cannot be read becomes a batch with what was
/// kept. `path` names the input in places and helps to recognize it; nothing is opened by it.
pub fn read(path: &str, input: &mut dyn Read, tables: &Tables, limits: &Limits, take: &mut Take<'_>) {
    let mut ended = false;
    let mut counters = Counters::new(limits);
    let result = unpack::unpack(path, input, limits, &mut counters, 0, &mut |member| {
        let flow = document(member, tables, limits, take);
        ended = flow.is_break();
        flow
    });
    if let Err(error) = result
        && !ended
    {
        let kept = Kept::new(Place::whole(path), Vec::new(), IssueCode::Exception, format!("`{path}` {error}"));
        let _ = take(Batch::of_kept(kept));
    }
}

fn document(member: Member<'_>, tables: &Tables, limits: &Limits, take: &mut Take<'_>) -> ControlFlow<()> {
    let place = Place::whole(&member.path);
    if let Some(error) = &member.failed {
        let text = format!("`{}` {error}", place.path);
        return take(Batch::of_kept(Kept::new(place, Vec::new(), IssueCode::Exception, text)));
    }
    let Some(format) = member.format else {
        let reason = other_kind(&member.path);
        return unknown(member, reason, take);
    };
    match format.id {
        FormatId::Ndjson => lines::read(&place, member.reader, limits, take),
        FormatId::Json => match slurp(member.reader, limits.document) {
            Ok(bytes) => bundle::read(&place, bytes, limits, take),
            Err(kept) => take(Batch::of_kept(failed(place, kept))),
        },
        FormatId::Csv => match slurp(member.reader, limits.document) {
            Ok(bytes) => table::read(&place, &bytes, tables, limits, take),
            Err(kept) => take(Batch::of_kept(failed(place, kept))),
        },
        FormatId::Hl7v2 => match slurp(member.reader, limits.document) {
            Ok(bytes) => hl7v2::read(&place, &bytes, take),
            Err(kept) => take(Batch::of_kept(failed(place, kept))),
        },
        _ => unknown(member, "is not a record of people; transcripts and scans come in by their own pages", take),
    }
}

/// What a file that is not read here should be instead, where its name tells.
fn other_kind(path: &str) -> &'static str {
    let ending = path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "xlsx" | "xlsm" | "xls" | "ods" | "numbers" => {
            "is a spreadsheet's own format: save each sheet as CSV (UTF-8) and import that"
        }
        "zip" | "7z" | "rar" => "is an archive that is not opened here: unpack it, or pack it as .tar.gz",
        "xml" => "is XML: FHIR is read here as JSON",
        _ => "is no format that is read here",
    }
}

fn failed(place: Place, (bytes, reason): (Vec<u8>, String)) -> Kept {
    let text = format!("`{}` {reason}", place.path);
    Kept::new(place, bytes, IssueCode::TooLong, text)
}

fn unknown(member: Member<'_>, reason: &str, take: &mut Take<'_>) -> ControlFlow<()> {
    let place = Place::whole(&member.path);
    let mut bytes = Vec::new();
    // A read error here is the same news as "cannot be taken": the part that was read is kept.
    let _ = member.reader.take(KEPT_BYTES as u64).read_to_end(&mut bytes);
    let text = format!("`{}` {reason}", place.path);
    take(Batch::of_kept(Kept::new(place, bytes, IssueCode::NotSupported, text)))
}

/// The whole document, or its beginning and why not.
fn slurp(reader: &mut dyn BufRead, most: usize) -> Result<Vec<u8>, (Vec<u8>, String)> {
    let mut bytes = Vec::new();
    match reader.take(most as u64 + 1).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() <= most => Ok(bytes),
        Ok(_) => {
            bytes.truncate(KEPT_BYTES);
            Err((bytes, format!("is larger than {} MiB", most >> 20)))
        }
        Err(error) => {
            bytes.truncate(KEPT_BYTES);
            Err((bytes, format!("cannot be read: {error}")))
        }
    }
}

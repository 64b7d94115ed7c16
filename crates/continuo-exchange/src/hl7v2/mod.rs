//! HL7 v2 messages about who somebody is (ADT): patients, merges, links.
//!
//! `split` finds the messages of a file, `message` takes one apart, `patient` reads a PID, `identity` says what a
//! message does. What is not read here comes back as kept, with the message as received: a visit, an order, a result
//! must not look filed when only its patient was.
//!
//! A merge is a statement about two records, not a change of one: it becomes a FHIR `Linkage`, whose `active` a later
//! unlink message turns off. So neither record is rewritten, whichever comes first.

mod identity;
mod message;
mod patient;
mod split;
mod time;

use std::ops::ControlFlow;

use continuo_fhir::issue::IssueCode;

use crate::batch::{At, Batch, Entry, Kept, Kind, Place};
use crate::read::Take;

/// Reads all messages of a file, each a batch of its own.
pub(crate) fn read(place: &Place, bytes: &[u8], take: &mut Take<'_>) -> ControlFlow<()> {
    let mut found = false;
    for (number, raw) in (0_i64..).zip(split::messages(bytes)) {
        found = true;
        let at = place.at(At::Line(raw.line));
        take(one(&at, raw.bytes, number))?;
    }
    if found {
        return ControlFlow::Continue(());
    }
    let text = format!("`{}` holds no HL7 v2 message: no line begins with MSH", place.path);
    take(Batch::of_kept(Kept::new(place.clone(), bytes.to_vec(), IssueCode::Structure, text)))
}

/// One message. `number` counts within the file, so that of two messages of one second the later counts.
fn one(place: &Place, bytes: &[u8], number: i64) -> Batch {
    let mut batch = Batch::new(place.clone(), Kind::Bundle);
    let text = split::text(bytes);
    let Some(message) = message::Message::read(&text) else {
        let text = "the message has no readable MSH segment";
        batch.kept.push(Kept::new(place.clone(), bytes.to_vec(), IssueCode::Structure, text));
        return batch;
    };
    let read = identity::read(&message, number);
    batch.entries = read
        .resources
        .into_iter()
        .map(|resource| Entry { place: place.clone(), full_url: None, request: None, resource })
        .collect();
    if !read.left.is_empty() {
        let text = read.left.join("; ");
        batch.kept.push(Kept::new(place.clone(), bytes.to_vec(), IssueCode::NotSupported, text));
    }
    batch
}

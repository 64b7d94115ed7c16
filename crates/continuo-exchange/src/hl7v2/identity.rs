//! What an ADT message says of who is who: patients, merges, links; and what of it is not read.

use continuo_fhir::json::Json;
use continuo_fhir::letters::hex;
use sha2::{Digest, Sha256};

use super::message::{Message, Segment};
use super::patient::{Number, main_number, numbers, object, patient, text};
use super::time;

/// What a message came to.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// Patients and Linkages.
    pub(super) resources: Vec<Json>,
    /// What is not read, in words; the message is kept as received then.
    pub(super) left: Vec<String>,
}

/// The record of an MRG is merged into that of the PID before it.
const MERGES: [&str; 6] = ["A18", "A30", "A34", "A36", "A39", "A40"];
/// Two PIDs are one person.
const LINK: &str = "A24";
/// Two PIDs are not.
const UNLINK: &str = "A37";
/// Events that undo a record, or move parts between records: never carried out by an import.
const REFUSED: [&str; 11] = ["A23", "A29", "A35", "A41", "A42", "A43", "A44", "A45", "A46", "A47", "A50"];
/// Segments that say who somebody is, or are the envelope.
const KNOWN: [&str; 7] = ["MSH", "EVN", "PID", "MRG", "SFT", "UAC", "PD1"];

/// Reads a message. `number` is its place in the file.
pub(super) fn read(message: &Message<'_>, number: i64) -> Read {
    let mut read = Read::default();
    let (kind, event) = message.kind();
    if kind != "ADT" {
        let shown: String = format!("{kind}^{event}").chars().take(20).collect();
        read.left.push(format!("{shown} messages are not read yet: kept as received"));
        return read;
    }
    if REFUSED.contains(&event.as_str()) {
        read.left.push(format!("ADT^{event} deletes or moves parts of a record: somebody has to look at it"));
        return read;
    }
    let msh = message.first("MSH");
    let facility = msh.map(|msh| msh.value(4).component(1)).unwrap_or_default();
    let sent = msh.map(|msh| msh.value(7).component(1)).unwrap_or_default();
    let order = time::order(&sent).saturating_add(number);
    let mut survivor: Option<Number> = None;
    let mut several: Vec<Number> = Vec::new();
    for segment in message.segments() {
        match segment.name {
            "PID" => {
                survivor = main_number(&numbers(segment, 3, &facility)).cloned();
                several.extend(survivor.clone());
                // Link and unlink messages point at records; what they repeat of them is often less than is known.
                if matches!(event.as_str(), LINK | UNLINK) {
                    continue;
                }
                match patient(segment, &facility, order) {
                    Ok((resource, left)) => {
                        read.resources.push(resource);
                        read.left.extend(left);
                    }
                    Err(why) => read.left.push(why),
                }
            }
            "MRG" if MERGES.contains(&event.as_str()) => merge(segment, survivor.as_ref(), &facility, &mut read),
            "MRG" => read.left.push(format!("MRG in ADT^{event} is not carried out")),
            _ => {}
        }
    }
    match (event.as_str(), several.as_slice()) {
        (LINK, [a, b, ..]) => read.resources.push(linkage(a, b, true)),
        (UNLINK, [a, b, ..]) => read.resources.push(linkage(a, b, false)),
        (LINK | UNLINK, _) => read.left.push(format!("ADT^{event} names fewer than two records")),
        (merge, _) if MERGES.contains(&merge) && message.first("MRG").is_none() => {
            read.left.push(format!("ADT^{event} holds no MRG segment"));
        }
        _ => {}
    }
    let mut unread: Vec<&str> =
        message.segments().iter().map(|segment| segment.name).filter(|name| !KNOWN.contains(name)).collect();
    unread.sort_unstable();
    unread.dedup();
    if !unread.is_empty() {
        read.left.push(format!("who the person is was filed; not read yet: {}", unread.join(", ")));
    }
    read
}

fn merge(mrg: &Segment<'_>, survivor: Option<&Number>, facility: &str, read: &mut Read) {
    let Some(survivor) = survivor else {
        read.left.push("MRG without a PID that says into which record".to_owned());
        return;
    };
    let prior: Vec<Number> = numbers(mrg, 1, facility).into_iter().filter(Number::names_a_record).collect();
    if prior.is_empty() {
        read.left.push("MRG-1 holds no number that names a record".to_owned());
    }
    // A record may be known by any of its numbers; those that name no record here link nothing.
    read.resources.extend(prior.iter().filter(|one| *one != survivor).map(|one| linkage(survivor, one, true)));
}

/// That two records of this source are one person, or no longer.
fn linkage(a: &Number, b: &Number, active: bool) -> Json {
    let (first, second) = (a.source_id(), b.source_id());
    let (low, high) = if first <= second { (&first, &second) } else { (&second, &first) };
    let digest = Sha256::digest(format!("{low}\0{high}").as_bytes());
    let id = format!("v2l-{}", hex(&digest[..16]));
    let item = |kind: &str, id: &str| {
        let target = object([("reference", text(&format!("Patient/{id}")))]);
        object([("type", text(kind)), ("resource", target)])
    };
    object([
        ("resourceType", text("Linkage")),
        ("id", text(&id)),
        ("active", Json::from(active)),
        ("item", Json::array([item("source", &first), item("alternate", &second)])),
    ])
}

//! What a person's consents open: labels that stay closed without them, written as openings that every query applies.
//!
//! Only an active Consent whose provision permits and names the labels opens them, until its period ends; revoking or
//! replacing it closes them in the same commit (42 CFR 2.31 lists what such a consent must state). Silence opens nothing.

use continuo_fhir::date::{DateTime, Zone};
use continuo_fhir::reference::Reference;
use continuo_fhir::{Json, Node, ResourceType, root};
use continuo_store::tables::person;
use continuo_store::{Error, Rid, Scope, WriteTx};

use super::labels::LABELS;
use super::scope::EVERYBODY;

/// The type whose every change comes through here.
pub const CONSENT: ResourceType = ResourceType::of("Consent");

/// The id of the local Patient whose Consent this is; `None` for any other resource.
pub fn patient_of_consent(resource: &Json) -> Option<String> {
    if resource.resource_type() != Some(CONSENT.as_str()) {
        return None;
    }
    let reference = Reference::parse(resource.str_at("patient.reference")?);
    reference.local().filter(|(type_, _)| type_.as_str() == "Patient").map(|(_, id)| id.to_owned())
}

/// Label bits that one Consent opens, and until when (microseconds).
pub fn permit(consent: Node<'_>, zone: &Zone) -> Option<(u64, i64)> {
    if consent.str("status") != Some("active") {
        return None;
    }
    let provision = consent.get("provision")?;
    if provision.str("type") != Some("permit") {
        return None;
    }
    let labels = provision.list("securityLabel").fold(0, |bits, coding| {
        let row = LABELS.iter().find(|label| {
            coding.str("system") == Some(label.system.as_str()) && coding.str("code") == Some(label.code.as_str())
        });
        bits | row.map_or(0, |label| 1 << label.bit)
    });
    let until = match provision.str_at("period.end") {
        // An end that cannot be read has passed: when in doubt, closed.
        Some(text) => DateTime::parse(text).map_or(0, |end| end.high(zone).micros()),
        None => i64::MAX,
    };
    (labels != 0).then_some((labels, until))
}

/// Writes the openings of a patient anew from all their Consents. Call after a Consent was written or deleted.
pub fn refresh(tx: &mut WriteTx<'_>, patient: Rid) -> Result<(), Error> {
    let org = tx.org();
    let zone = tx.prepare_context()?.zone;
    let now = tx.now();
    let rows = tx.reader()?.facts(&Scope::all(org), &[patient])?;
    let mut open: Option<(u64, i64)> = None;
    for row in &rows {
        let Ok(node) = root(row.packed()) else { continue };
        if node.resource_type() != Some(CONSENT.as_str()) {
            continue;
        }
        if let Some((labels, until)) = permit(node, &zone).filter(|(_, until)| *until > now) {
            // One row a patient: the labels together, until the first consent ends. It is computed anew then.
            open = Some(open.map_or((labels, until), |(all, first)| (all | labels, first.min(until))));
        }
    }
    match open {
        Some((labels, until)) => person::open_labels(tx.conn()?, org, EVERYBODY, patient, labels, until),
        None => person::close_labels(tx.conn()?, org, EVERYBODY, patient),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_fhir::pack;

    fn labels(text: &str) -> Option<u64> {
        let packed = pack(&Json::parse(text.as_bytes()).unwrap());
        permit(root(&packed).unwrap(), &Zone::utc()).map(|(labels, _)| labels)
    }

    const PART2: &str =
        r#""securityLabel":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"42CFRPart2"}]"#;

    #[test]
    fn only_an_active_permit_that_names_the_label_opens_it() {
        let consent = |status: &str, type_: &str, label: &str| {
            labels(&format!(
                r#"{{"resourceType":"Consent","status":"{status}","provision":{{"type":"{type_}",{label}}}}}"#
            ))
        };
        assert_eq!(consent("active", "permit", PART2), Some(1));
        assert_eq!(consent("inactive", "permit", PART2), None);
        assert_eq!(consent("active", "deny", PART2), None);
        assert_eq!(consent("active", "permit", r#""securityLabel":[]"#), None);
    }
}

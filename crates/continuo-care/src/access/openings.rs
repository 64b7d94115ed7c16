//! What a person's consents open: labels that stay closed without them, written as openings that every query applies.
//!
//! Only an active Consent whose provision permits and names the labels opens them, until its period ends; revoking or
//! replacing it closes them in the same commit (42 CFR 2.31 lists what such a consent must state). Silence opens nothing.
//! What somebody writes whose own role does not see those labels opens nothing until a second person confirms it.

use continuo_fhir::date::{DateTime, Zone};
use continuo_fhir::reference::Reference;
use continuo_fhir::{Json, Node, ResourceType, pack, root};
use continuo_store::tables::{account, consent_opening, person};
use continuo_store::{Error, FactRow, Rid, Scope, WriteTx};

use super::grant::{Denied, Grant};
use super::labels::LABELS;
use super::permissions::Permission;
use super::scope::EVERYBODY;
use crate::ctx::Ctx;

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

/// What one active Consent says about labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Says {
    /// Label bits it names.
    pub labels: u64,
    /// Permits them, or denies them.
    pub permits: bool,
    /// Until when (microseconds).
    pub until: i64,
}

/// What one Consent says at this moment; `None` when it opens and closes nothing here.
///
/// A permission for somebody else than the organization that keeps the Consent, one that has not begun, and one with
/// exceptions nested in it open nothing: when in doubt, closed.
pub fn says(consent: Node<'_>, zone: &Zone, now: i64) -> Option<Says> {
    if consent.str("status") != Some("active") {
        return None;
    }
    let provision = consent.get("provision")?;
    let permits = match provision.str("type")? {
        "permit" => true,
        "deny" => false,
        _ => return None,
    };
    let labels = named_labels(provision);
    let bound = |path: &str| provision.str_at(path).map(DateTime::parse);
    let until = match bound("period.end") {
        Some(end) => end.map_or(0, |end| end.high(zone).micros()),
        None => i64::MAX,
    };
    let begun = match bound("period.start") {
        Some(start) => start.is_some_and(|start| start.low(zone).micros() <= now),
        None => true,
    };
    let keepers: Vec<&str> = consent.list("organization").filter_map(|one| one.str("reference")).collect();
    let for_us = provision
        .list("actor")
        .all(|actor| actor.str_at("reference.reference").is_some_and(|reference| keepers.contains(&reference)));
    let plain = provision.get("provision").is_none();
    if labels == 0 || until <= now || !begun || (permits && !(for_us && plain)) {
        return None;
    }
    Some(Says { labels, permits, until })
}

/// Goes on only if this actor may write this resource: a Consent that opens labels closed to their own role needs the
/// permission for it, so that what somebody may not read is not opened by being able to write.
pub(crate) fn may_write(ctx: &Ctx, resource: &Json) -> Result<(), Denied> {
    if resource.resource_type() != Some(CONSENT.as_str()) || ctx.grant.allows(Permission::ConsentOpen) {
        return Ok(());
    }
    let packed = pack(resource);
    // A consent that begins later opens then: what it says at any moment counts here.
    let opens = root(&packed).ok().filter(|node| node.str_at("provision.type") == Some("permit")).is_some_and(|node| {
        let labels = node.get("provision").map_or(0, named_labels);
        node.str("status") == Some("active") && !ctx.grant.sees(labels)
    });
    if opens { ctx.require(Permission::ConsentOpen) } else { Ok(()) }
}

/// Writes the openings of a patient anew from all their Consents. Call after a Consent was written or deleted.
pub fn refresh(tx: &mut WriteTx<'_>, patient: Rid) -> Result<(), Error> {
    let org = tx.org();
    let rows = tx.reader()?.facts(&Scope::all(org), &[patient])?;
    settle(tx, &[patient], &rows)
}

/// The same for the patients of one person, from rows that are at hand. Each assessment comes through here, so that a
/// form, an undo or a date that has passed opens and closes like a change over the API.
pub(crate) fn settle(tx: &mut WriteTx<'_>, patients: &[Rid], rows: &[FactRow]) -> Result<(), Error> {
    let org = tx.org();
    let zone = tx.prepare_context()?.zone;
    let now = tx.now();
    for patient in patients {
        let own = rows.iter().filter(|row| row.patient == *patient);
        let mut waiting = Vec::new();
        let mut noted = consent_opening::running(tx.conn()?, org, *patient)?;
        let denied = denied_now(own.clone(), &zone, now);
        for (consent, one) in permits(own.clone(), &zone, now) {
            let labels = one.labels & !denied;
            if labels == 0 {
                continue;
            }
            let version = consent_opening::version_of(tx.conn()?, consent)?;
            let at = noted.iter().position(|row| {
                row.consent == consent && row.labels == labels && row.until == one.until && row.version <= version
            });
            let known = at.map(|at| noted.remove(at));
            let waits = match known {
                Some(row) if still_says(tx, &row, version, one, &zone)? => {
                    if row.version != version {
                        consent_opening::carry(tx.conn()?, org, row.id, version)?;
                    }
                    row.waits
                }
                gone => {
                    noted.extend(gone);
                    note(tx, *patient, consent, version, Says { labels, ..one })?
                }
            };
            if waits {
                waiting.push(consent);
            }
        }
        // What opens no more is over: opening again is a new opening, confirmed and reviewed like the first.
        for row in noted {
            consent_opening::end(tx.conn()?, org, row.id)?;
        }
        match open_now(own.filter(|row| !waiting.contains(&row.rid)), &zone, now) {
            Some((labels, until)) => person::open_labels(tx.conn()?, org, EVERYBODY, *patient, labels, until)?,
            None => person::close_labels(tx.conn()?, org, EVERYBODY, *patient)?,
        }
    }
    Ok(())
}

/// Writes down that a Consent opens labels; says whether it waits for a second person.
fn note(tx: &mut WriteTx<'_>, patient: Rid, consent: Rid, version: i64, one: Says) -> Result<bool, Error> {
    let (org, now) = (tx.org(), tx.now());
    // A consent that begins later is noted when it opens: whoever wrote it counts, not whoever looks then.
    let writer = consent_opening::writer(tx.conn()?, org, consent)?;
    let mut actor = writer.unwrap_or_else(|| tx.actor().to_owned());
    let mut waits = needs_second_person(tx, &actor, one.labels)?;
    if !waits && tx.wrote(CONSENT)? {
        // Whoever ends what denied it opens it: they are who somebody else confirms, not who wrote it long ago.
        let opens = tx.actor().to_owned();
        waits = needs_second_person(tx, &opens, one.labels)?;
        if waits {
            actor = opens;
        }
    }
    let row = consent_opening::ConsentOpening {
        id: 0,
        consent,
        patient,
        labels: one.labels,
        until: one.until,
        at: now,
        waits,
        actor,
        reviewed_by: None,
        review: None,
        confirmed_by: String::new(),
        version,
        ended: false,
    };
    consent_opening::add(tx.conn()?, org, &row)?;
    Ok(waits)
}

/// How many versions between are looked at: one that changed more often since is confirmed anew.
const MOST_BETWEEN: i64 = 20;

/// Whether every version between the one noted and the current one said the same: closing and opening again between two
/// looks is opening anew.
fn still_says(
    tx: &mut WriteTx<'_>,
    row: &consent_opening::ConsentOpening,
    version: i64,
    one: Says,
    zone: &Zone,
) -> Result<bool, Error> {
    if version - row.version > MOST_BETWEEN {
        return Ok(false);
    }
    let (org, now) = (tx.org(), tx.now());
    let mut reader = tx.reader()?;
    let Some((type_, id)) = reader.reference(row.consent)? else { return Ok(false) };
    for between in row.version + 1..version {
        let stored = reader.version(&Scope::all(org), type_, &id, between)?;
        let json = stored.bytes.as_deref().and_then(|bytes| Json::parse(bytes).ok());
        let packed = json.map(|json| pack(&json)).unwrap_or_default();
        let said = root(&packed).ok().and_then(|node| says(node, zone, now));
        if said != Some(one) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Goes on only if this actor may turn a Consent into another: what denied labels opens them when it goes.
pub(crate) fn may_lift(ctx: &Ctx, before: &Json, after: &Json) -> Result<(), Denied> {
    if before.resource_type() != Some(CONSENT.as_str()) {
        return Ok(());
    }
    let (old, new) = (pack(before), pack(after));
    let (Ok(old), Ok(new)) = (root(&old), root(&new)) else { return Ok(()) };
    let opened = denial_lifted(old, Some(new), &ctx.zone);
    if opened == 0 || ctx.grant.sees(opened) { Ok(()) } else { ctx.require(Permission::ConsentOpen) }
}

/// The label bits that a Consent denied and no longer denies once it stands as `after`, or is gone.
pub(crate) fn denial_lifted(before: Node<'_>, after: Option<Node<'_>>, zone: &Zone) -> u64 {
    let denies = |node: Node<'_>| {
        let is_denial = node.str("status") == Some("active") && node.str_at("provision.type") == Some("deny");
        if is_denial { node.get("provision").map_or(0, named_labels) } else { 0 }
    };
    let Some(after) = after else { return denies(before) };
    let moment =
        |node: Node<'_>, path: &str| node.str_at(path).and_then(DateTime::parse).map(|at| at.high(zone).micros());
    let end = |node| moment(node, "provision.period.end").unwrap_or(i64::MAX);
    let start = |node| moment(node, "provision.period.start").unwrap_or(i64::MIN);
    let is_as_wide = before.str_at("patient.reference") == after.str_at("patient.reference")
        && end(after) >= end(before)
        && start(after) <= start(before);
    denies(before) & !if is_as_wide { denies(after) } else { 0 }
}

/// The label bits that a provision names.
fn named_labels(provision: Node<'_>) -> u64 {
    provision.list("securityLabel").fold(0, |bits, coding| {
        let row = LABELS.iter().find(|label| {
            coding.str("system") == Some(label.system.as_str()) && coding.str("code") == Some(label.code.as_str())
        });
        bits | row.map_or(0, |label| 1 << label.bit)
    })
}

/// Whether a second person confirms what this writer's consent opens: a person whose own role does not see the labels
/// would else open for everybody what is closed to them. A program that may open closed records was given that by two.
fn needs_second_person(tx: &mut WriteTx<'_>, writer: &str, labels: u64) -> Result<bool, Error> {
    if !writer.starts_with("Practitioner/") {
        return Ok(false);
    }
    let org = tx.org();
    let accounts = account::accounts_of(tx.conn()?, org)?;
    let roles = accounts.iter().find(|one| one.active && one.reference == writer).map(|one| one.roles.as_str());
    Ok(!Grant::of_roles(roles.unwrap_or_default().split_whitespace()).sees(labels))
}

/// The Consents among these rows that permit labels now, each to be noted for review.
fn permits<'r>(rows: impl Iterator<Item = &'r FactRow>, zone: &Zone, now: i64) -> Vec<(Rid, Says)> {
    rows.filter_map(|row| {
        let node = root(row.packed()).ok().filter(|node| node.resource_type() == Some(CONSENT.as_str()))?;
        says(node, zone, now).filter(|one| one.permits).map(|one| (row.rid, one))
    })
    .collect()
}

/// Labels that the Consents among these rows deny now.
fn denied_now<'r>(rows: impl Iterator<Item = &'r FactRow>, zone: &Zone, now: i64) -> u64 {
    rows.filter_map(|row| {
        let node = root(row.packed()).ok().filter(|node| node.resource_type() == Some(CONSENT.as_str()))?;
        says(node, zone, now).filter(|one| !one.permits)
    })
    .fold(0, |bits, one| bits | one.labels)
}

/// Labels that the Consents among these rows open together, less what any of them denies, until the first one ends.
fn open_now<'r>(rows: impl Iterator<Item = &'r FactRow>, zone: &Zone, now: i64) -> Option<(u64, i64)> {
    let (mut open, mut denied, mut until) = (0_u64, 0_u64, i64::MAX);
    for row in rows {
        let Ok(node) = root(row.packed()) else { continue };
        if node.resource_type() != Some(CONSENT.as_str()) {
            continue;
        }
        match says(node, zone, now) {
            Some(one) if one.permits => {
                open |= one.labels;
                until = until.min(one.until);
            }
            Some(one) => denied |= one.labels,
            None => {}
        }
    }
    let labels = open & !denied;
    (labels != 0).then_some((labels, until))
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_fhir::pack;

    fn labels(text: &str) -> Option<u64> {
        let packed = pack(&Json::parse(text.as_bytes()).unwrap());
        says(root(&packed).unwrap(), &Zone::utc(), 0).filter(|says| says.permits).map(|says| says.labels)
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
        assert_eq!(consent("active", "permit", &format!(r#"{PART2},"period":{{"start":"2999-01-01"}}"#)), None);
        let outside = format!(r#"{PART2},"actor":[{{"reference":{{"reference":"Organization/elsewhere"}}}}]"#);
        assert_eq!(consent("active", "permit", &outside), None);
        assert_eq!(consent("active", "permit", &format!(r#"{PART2},"provision":[{{"type":"deny"}}]"#)), None);
    }
}

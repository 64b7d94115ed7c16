//! What somebody who is about to call must have at hand: the flags that stand, and the numbers the person may be called on,
//! their own and those of the people near them, with what is allowed on each.
//!
//! What is unsafe, forbidden or no longer used is not among them: it is not offered to whoever is about to call.

use std::collections::BTreeSet;

use continuo_fhir::Node;

use super::sections::{self, is_asked};
use super::{PATIENT, facts};
use crate::access::Permission;
use crate::assess::header::{digits, reach as allowed, safety_flag};
use crate::assess::person_of;
use crate::ctx::Ctx;
use crate::followup::person::{Person, walk};
use crate::record::RecordError;

/// One number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// As on file.
    pub value: String,
    /// "mobile"; "Elena Reyes, daughter".
    pub whose: String,
    /// "voicemail: no · texts · after 5 pm".
    pub allowed: String,
}

/// What must be known before a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BeforeCall {
    /// Flags that stand, in words; for those who may read the record.
    pub flags: Vec<String>,
    /// Numbers, the person's own first.
    pub numbers: Vec<Number>,
}

/// What to know before calling a person.
pub fn before_call(ctx: &Ctx, patient: &str) -> Result<BeforeCall, RecordError> {
    ctx.require(Permission::PersonRead)?;
    let clinical = ctx.grant.allows(Permission::RecordRead);
    Ok(ctx.read(|reader| {
        let stored = reader.get(&ctx.scope, PATIENT, patient)?;
        let rows = facts(reader, &ctx.scope, stored.rid)?;
        let (person, _) = person_of(&rows);
        let flags = if clinical { sections::flags(&person) } else { Vec::new() };
        Ok(BeforeCall { flags: flags.into_iter().map(|flag| flag.text).collect(), numbers: of(&person) })
    })?)
}

fn of(person: &Person<'_>) -> Vec<Number> {
    // A number that is forbidden in one source's record is forbidden in all.
    let points = ["Patient", "RelatedPerson"].into_iter().flat_map(|type_| person.of(type_));
    let mut known: BTreeSet<String> = points
        .flat_map(|one| walk(one.node, "telecom"))
        .filter(|point| safety_flag(*point, "unsafe") == Some(true) || safety_flag(*point, "call") == Some(false))
        .map(|point| digits(point.str("value").unwrap_or_default()))
        .collect();
    let own = person.of("Patient").iter().flat_map(|patient| {
        walk(patient.node, "telecom").into_iter().map(|point| (point, point.str("use").unwrap_or_default().to_owned()))
    });
    let near = person.of("RelatedPerson").iter().filter(|one| is_asked(one)).flat_map(|one| {
        let name = walk(one.node, "name").into_iter().next();
        let given = name.and_then(|name| name.list("given").find_map(Node::as_str)).unwrap_or_default();
        let family = name.and_then(|name| name.str("family")).unwrap_or_default();
        let part = one.words("relationship").first().map(|words| words.to_lowercase()).unwrap_or_default();
        let whose = [format!("{given} {family}").trim().to_owned(), part];
        let whose = whose.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ");
        walk(one.node, "telecom").into_iter().map(move |point| (point, whose.clone()))
    });
    own.chain(near)
        .filter(|(point, _)| is_phone(*point))
        .filter_map(|(point, whose)| {
            let value = point.str("value")?.trim().to_owned();
            (digits(&value).len() >= 7 && known.insert(digits(&value))).then(|| Number {
                value,
                whose,
                allowed: allowed(point),
            })
        })
        .collect()
}

fn is_phone(point: Node<'_>) -> bool {
    !matches!(point.str("system"), Some("email" | "fax" | "url" | "pager" | "sms")) && point.str("use") != Some("old")
}

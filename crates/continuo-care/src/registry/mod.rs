//! Registries: the people with a condition, narrowed by their last result, contact, owner and language.
//!
//! A fact that is missing is never read as a good one: those it concerns are counted as "not assessable" (safety.md 22).
//! The registries are data: `knowledge/registries.csv`, codes as in the examples the product is tested with.

mod export;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use continuo_fhir::{Instant, Node, ResourceType};
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::{Query, Reader, Rid};

use crate::access::Permission;
use crate::assess::person_of;
use crate::ctx::Ctx;
use crate::followup::calendar::DAY;
use crate::followup::person::{Person, walk};
use crate::problem::WorkError;
use crate::shapes;

pub use export::{Table, export};

/// HL7's name for ICD-10-CM.
const ICD_10_CM: &str = "http://hl7.org/fhir/sid/icd-10-cm";

/// One registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// In the address.
    pub id: String,
    /// "Diabetes".
    pub title: String,
    /// Codes of its condition, each as `system|code`.
    pub conditions: Vec<String>,
    /// "HbA1c"; empty when no result belongs to it.
    pub measure: String,
    /// LOINC codes of its result.
    pub loinc: Vec<String>,
    /// Unit the limits are in.
    pub unit: String,
    /// Limits offered as filters: `above:9`, `below:60`.
    pub offers: Vec<String>,
}

/// The registries shipped.
pub static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    include_str!("../../../../knowledge/registries.csv")
        .lines()
        .filter(|line| !line.starts_with('#') && !line.starts_with("id,"))
        .filter_map(|line| {
            let mut cells = line.split(',').map(str::trim);
            let words = |cell: &str| cell.split_whitespace().map(str::to_owned).collect();
            let code = |word: &str| {
                let (system, code) = word.split_once(':')?;
                Some(format!("{}|{code}", if system == "icd" { ICD_10_CM } else { shapes::SNOMED }))
            };
            Some(Kind {
                id: cells.next()?.to_owned(),
                title: cells.next()?.to_owned(),
                conditions: cells.next()?.split_whitespace().filter_map(code).collect(),
                measure: cells.next()?.to_owned(),
                loinc: words(cells.next()?),
                unit: cells.next()?.to_owned(),
                offers: words(cells.next()?),
            })
        })
        .collect()
});

/// How a registry is narrowed; nothing in it is personal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// The last result is above this.
    pub above: Option<f64>,
    /// The last result is below this.
    pub below: Option<f64>,
    /// No result within this many months.
    pub none_in_months: i64,
    /// No contact within this many days.
    pub no_contact_days: i64,
    /// Only this owner's people; `none` for those whom nobody owns.
    pub owner: String,
    /// Only this language.
    pub language: String,
    /// Only this tier.
    pub tier: String,
}

/// One person of a registry.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Who; last contact, next visit, owner and tier stand in the header.
    pub person: PersonHeader,
    /// The last result: value with unit, and when; nothing when none is on file.
    pub last: Option<(String, Instant)>,
}

/// A registry.
#[derive(Clone, Debug, PartialEq)]
pub struct Registry {
    /// Which.
    pub kind: Kind,
    /// Those who match, by name.
    pub rows: Vec<Row>,
    /// Everybody with the condition.
    pub people: usize,
    /// Those a limit cannot be held against: no result on file, or in another unit.
    pub not_assessable: usize,
}

/// Reads a registry.
pub fn registry(ctx: &Ctx, id: &str, filter: &Filter) -> Result<Registry, WorkError> {
    ctx.require(Permission::RecordRead)?;
    let kind = KINDS.iter().find(|kind| kind.id == id).ok_or_else(|| WorkError::NotFound(format!("registry {id}")))?;
    let now = ctx.now();
    let (people, mut rows, not_assessable) = ctx.read(|r| {
        let people = with_condition(r, ctx, kind)?;
        let headers = person_header::of_patients(r.conn(), &ctx.scope, &people)?;
        let mut rows = Vec::new();
        let mut not_assessable = 0;
        for person in headers {
            if !in_reach(&person, filter, now) {
                continue;
            }
            let members = r.members(ctx.org, person.patient)?;
            let facts = r.facts(&ctx.scope, &members)?;
            let last = last_result(&person_of(&facts).0, kind, ctx);
            match fits(last.as_ref(), filter, now) {
                Some(true) => {
                    rows.push(Row { person, last: last.map(|last| (last.text, last.at)) });
                }
                Some(false) => {}
                None => not_assessable += 1,
            }
        }
        Ok((people.len(), rows, not_assessable))
    })?;
    rows.sort_by(|a, b| (&a.person.family, &a.person.given).cmp(&(&b.person.family, &b.person.given)));
    Ok(Registry { kind: kind.clone(), rows, people, not_assessable })
}

/// The people in scope with an active condition of the registry.
fn with_condition(r: &mut Reader<'_>, ctx: &Ctx, kind: &Kind) -> continuo_store::Result<Vec<Rid>> {
    const CONDITION: ResourceType = ResourceType::of("Condition");
    let text = format!("code={}&_count=1000&_total=none", kind.conditions.join(","));
    let mut people: BTreeSet<i64> = BTreeSet::new();
    let mut query = Query::parse(CONDITION, &text)?;
    loop {
        let page = r.search(&ctx.scope, &query)?;
        for stored in &page.matches {
            let closed = stored.bytes.as_deref().and_then(|bytes| continuo_fhir::Json::parse(bytes).ok()).is_some_and(
                |condition| {
                    let status = condition.str_at("clinicalStatus.coding.0.code");
                    matches!(status, Some("resolved" | "inactive"))
                },
            );
            if !closed && stored.patient.0 != 0 {
                people.insert(r.person_of(ctx.org, stored.patient)?.0);
            }
        }
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(people.into_iter().map(Rid).collect()),
        }
    }
}

struct Last {
    text: String,
    number: Option<f64>,
    at: Instant,
}

fn last_result(person: &Person<'_>, kind: &Kind, ctx: &Ctx) -> Option<Last> {
    person
        .of("Observation")
        .iter()
        .filter(|result| result.is(&["final", "amended", "corrected"]))
        .filter(|result| {
            walk(result.node, "code.coding").iter().any(|coding| {
                coding.str("system") == Some(shapes::LOINC)
                    && coding.str("code").is_some_and(|code| kind.loinc.iter().any(|loinc| loinc == code))
            })
        })
        .filter_map(|result| {
            let at = result.when("effectiveDateTime", &ctx.zone).or_else(|| result.when("issued", &ctx.zone))?;
            let value = result.node.at("valueQuantity.value");
            let unit = result.text("valueQuantity.unit").unwrap_or_default();
            let same_unit = unit.trim().eq_ignore_ascii_case(&kind.unit) || unit.starts_with(&kind.unit);
            Some(Last {
                text: format!("{} {unit}", value.and_then(Node::number_text).unwrap_or("no value")).trim().to_owned(),
                number: value.and_then(Node::as_f64).filter(|_| same_unit),
                at,
            })
        })
        .max_by_key(|last| last.at)
}

/// Whether a last result fits the limits; nothing when the facts do not say.
fn fits(last: Option<&Last>, filter: &Filter, now: Instant) -> Option<bool> {
    if filter.none_in_months > 0 {
        let since = now.plus_micros(-filter.none_in_months * 61 * DAY / 2);
        return Some(last.is_none_or(|last| last.at < since));
    }
    if filter.above.is_none() && filter.below.is_none() {
        return Some(true);
    }
    let number = last?.number?;
    Some(filter.above.is_none_or(|limit| number > limit) && filter.below.is_none_or(|limit| number < limit))
}

fn in_reach(person: &PersonHeader, filter: &Filter, now: Instant) -> bool {
    let silent = now.micros() - filter.no_contact_days * DAY;
    !person.deceased
        && (filter.no_contact_days <= 0 || person.last_contact < silent)
        && match filter.owner.as_str() {
            "" => true,
            "none" => person.owner.is_empty(),
            owner => person.owner == owner,
        }
        && (filter.tier.is_empty() || person.tier == filter.tier)
        && (filter.language.is_empty() || person.language.starts_with(&filter.language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_registry_has_its_codes() {
        assert!(KINDS.len() > 4);
        assert!(
            KINDS.iter().all(|kind| !kind.conditions.is_empty() && kind.loinc.is_empty() == kind.measure.is_empty())
        );
    }

    #[test]
    fn a_missing_result_is_not_a_good_one() {
        let now = Instant::from_micros(100 * DAY);
        let above = Filter { above: Some(9.0), ..Filter::default() };
        assert_eq!(fits(None, &above, now), None);
        let last = |number| Last { text: String::new(), number, at: now };
        assert_eq!(fits(Some(&last(None)), &above, now), None, "another unit");
        assert_eq!(fits(Some(&last(Some(9.4))), &above, now), Some(true));
        assert_eq!(fits(Some(&last(Some(8.0))), &above, now), Some(false));
        let none = Filter { none_in_months: 6, ..Filter::default() };
        assert_eq!(fits(None, &none, now), Some(true));
        assert_eq!(fits(Some(&last(None)), &none, now), Some(false));
    }
}

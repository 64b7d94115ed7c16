//! What stands of one person in each registry. Pure.

use std::collections::BTreeMap;

use continuo_fhir::{Instant, Node, Zone};
use continuo_store::Rid;
use continuo_store::tables::registry_row::{MEMBER, RESULT, RegistryRow};

use super::{KINDS, Kind};
use crate::followup::person::{Person, Resource, walk};
use crate::shapes;

/// The rows of a person in order of their key: one for each set of labels that a condition of the registry carries, and
/// the newest result of each set.
pub(crate) fn rows(person: &Person<'_>, patient: Rid, zone: &Zone) -> Vec<RegistryRow> {
    let mut rows: Vec<RegistryRow> = KINDS.iter().flat_map(|kind| of_kind(person, kind, patient, zone)).collect();
    rows.sort_by(|a, b| (&a.registry, a.what, a.labels).cmp(&(&b.registry, b.what, b.labels)));
    rows
}

/// The same for one registry.
pub(super) fn of_kind(person: &Person<'_>, kind: &Kind, patient: Rid, zone: &Zone) -> Vec<RegistryRow> {
    let members = person.of("Condition").iter().filter(|one| is_open(one) && is_coded(one, kind));
    let mut rows: BTreeMap<(i64, u64), RegistryRow> = members
        .map(|one| {
            let row = RegistryRow {
                registry: kind.id.clone(),
                what: MEMBER,
                patient,
                labels: one.labels,
                ..RegistryRow::default()
            };
            ((MEMBER, one.labels), row)
        })
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    for one in person.of("Observation") {
        let Some(row) = result(one, kind, patient, zone) else { continue };
        let key = (RESULT, one.labels);
        // Of two at the same moment the later in order of id, which is the same each time.
        if rows.get(&key).is_none_or(|known| known.at <= row.at) {
            rows.insert(key, row);
        }
    }
    rows.into_values().collect()
}

fn is_open(condition: &Resource<'_>) -> bool {
    let status = condition
        .node
        .at("clinicalStatus.coding")
        .and_then(|coding| coding.items().next())
        .and_then(|one| one.str("code"));
    !matches!(status, Some("resolved" | "inactive"))
}

fn is_coded(condition: &Resource<'_>, kind: &Kind) -> bool {
    walk(condition.node, "code.coding").iter().any(|coding| {
        let (system, code) = (coding.str("system").unwrap_or_default(), coding.str("code").unwrap_or_default());
        kind.conditions.iter().any(|one| one.split_once('|') == Some((system, code)))
    })
}

fn result(one: &Resource<'_>, kind: &Kind, patient: Rid, zone: &Zone) -> Option<RegistryRow> {
    if !one.is(&["final", "amended", "corrected"]) {
        return None;
    }
    let is_measure = walk(one.node, "code.coding").iter().any(|coding| {
        coding.str("system") == Some(shapes::LOINC)
            && coding.str("code").is_some_and(|code| kind.loinc.iter().any(|loinc| loinc == code))
    });
    if !is_measure {
        return None;
    }
    let at: Instant = one.when("effectiveDateTime", zone).or_else(|| one.when("issued", zone))?;
    let value = one.node.at("valueQuantity.value");
    let unit = one.text("valueQuantity.unit").unwrap_or_default();
    let is_same_unit = unit.trim().eq_ignore_ascii_case(&kind.unit) || unit.starts_with(&kind.unit);
    Some(RegistryRow {
        registry: kind.id.clone(),
        what: RESULT,
        patient,
        labels: one.labels,
        at: at.micros(),
        number: value.and_then(Node::as_f64).filter(|_| is_same_unit),
        shown: format!("{} {unit}", value.and_then(Node::number_text).unwrap_or("no value")).trim().to_owned(),
    })
}

//! The resources that an input holds, however they are wrapped: a bundle, bundles in bundles, parameters, a list, or one
//! resource alone. A resource that comes more than once is one.

use std::collections::BTreeMap;
use std::hash::Hasher;

use continuo_fhir::packed::{Kind, Node};
use continuo_fhir::search::{self, Target};
use continuo_fhir::{ResourceType, date::Zone};

use crate::terminology::Quick;

/// Wrappers within wrappers that are followed.
const DEEPEST: usize = 16;

/// A resource as it came.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    /// The resource.
    pub node: Node<'a>,
    /// The full url its entry gave it.
    pub full_url: Option<&'a str>,
}

/// All resources in an input. Of several states of one resource the latest stays.
pub fn entries(input: Node<'_>) -> Vec<Entry<'_>> {
    let mut found = Vec::new();
    gather(input, None, DEEPEST, &mut found);
    once(found)
}

fn gather<'a>(node: Node<'a>, full_url: Option<&'a str>, depth: usize, found: &mut Vec<Entry<'a>>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    if node.kind() == Kind::Array {
        return node.items().for_each(|item| gather(item, None, depth, found));
    }
    match node.resource_type() {
        Some("Bundle") => {
            for entry in node.list("entry") {
                if let Some(resource) = entry.get("resource") {
                    gather(resource, entry.str("fullUrl"), depth, found);
                }
            }
        }
        Some("Parameters") => parameters(node.list("parameter"), depth, found),
        Some(_) => found.push(Entry { node, full_url }),
        None => {}
    }
}

fn parameters<'a>(list: impl Iterator<Item = Node<'a>>, depth: usize, found: &mut Vec<Entry<'a>>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for parameter in list {
        if let Some(resource) = parameter.get("resource") {
            gather(resource, None, depth, found);
        }
        parameters(parameter.list("part"), depth, found);
    }
}

fn key<'a>(entry: &Entry<'a>) -> Option<(&'a str, &'a str)> {
    Some((entry.node.resource_type()?, entry.node.str("id")?))
}

fn changed<'a>(entry: &Entry<'a>) -> &'a str {
    entry.node.get("meta").and_then(|meta| meta.str("lastUpdated")).unwrap_or("")
}

/// Leaves out what came before: the same type and id is the same resource. The state changed last stays, and of two that
/// do not say when, the later one.
fn once(found: Vec<Entry<'_>>) -> Vec<Entry<'_>> {
    let mut numbers: Vec<u64> = found
        .iter()
        .filter_map(|entry| {
            let (kind, id) = key(entry)?;
            let mut hash = Quick::default();
            hash.write(kind.as_bytes());
            hash.write(id.as_bytes());
            Some(hash.finish())
        })
        .collect();
    numbers.sort_unstable();
    // Nearly always nothing is repeated.
    if numbers.windows(2).all(|pair| pair[0] != pair[1]) {
        return found;
    }
    let mut places: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut kept: Vec<Entry<'_>> = Vec::with_capacity(found.len());
    for entry in found {
        let Some(key) = key(&entry) else {
            kept.push(entry);
            continue;
        };
        match places.get(&key) {
            Some(at) if changed(&entry) >= changed(&kept[*at]) => {
                let full_url = entry.full_url.or(kept[*at].full_url);
                kept[*at] = Entry { full_url, ..entry };
            }
            Some(_) => {}
            None => {
                places.insert(key, kept.len());
                kept.push(entry);
            }
        }
    }
    kept
}

/// Entries person by person, where an input holds several Patients: each with what refers to them, and what refers to
/// nobody. With one Patient everything is theirs, whatever it says.
pub fn people(all: Vec<Entry<'_>>) -> Vec<Vec<Entry<'_>>> {
    let patients: Vec<Entry<'_>> =
        all.iter().filter(|entry| entry.node.resource_type() == Some("Patient")).copied().collect();
    if patients.len() < 2 {
        return vec![all];
    }
    let owned = |entry: &Entry<'_>| {
        let reference = owner(entry.node)?;
        let is_meant = |patient: &&Entry<'_>| {
            patient.node.str("id") == Some(&*reference)
                || patient.full_url.is_some_and(|url| url.rsplit(['/', ':']).next() == Some(&*reference))
        };
        patients.iter().position(|patient| is_meant(&patient))
    };
    let mut lists: Vec<Vec<Entry<'_>>> = patients.iter().map(|patient| vec![*patient]).collect();
    for entry in all.iter().filter(|entry| entry.node.resource_type() != Some("Patient")) {
        match owned(entry) {
            Some(at) => lists[at].push(*entry),
            // A place or a medicine serves everybody; a datum that names somebody who is not here serves nobody.
            None if owner(entry.node).is_none() => lists.iter_mut().for_each(|list| list.push(*entry)),
            None => {}
        }
    }
    lists
}

/// The id of the patient a resource belongs to, by R4's patient compartment.
pub fn owner(node: Node<'_>) -> Option<String> {
    let name = node.resource_type()?;
    if name == "Patient" {
        return node.str("id").map(str::to_owned);
    }
    // What most types say it in.
    for field in ["subject", "patient", "beneficiary"] {
        if let Some(reference) = node.get(field).and_then(|n| n.str("reference"))
            && let Some(id) = patient_id(reference)
        {
            return Some(id.to_owned());
        }
    }
    let type_ = ResourceType::find(name)?;
    for code in search::patient_compartment(type_) {
        let Some(param) = search::param(type_, code) else { continue };
        let mut found = None;
        search::extract_param(node, param, &Zone::utc(), &mut |value| {
            let id = match value {
                search::Value::Reference(Target::Local { type_, id, .. }) if type_.as_str() == "Patient" => Some(id),
                search::Value::Reference(Target::Url(url)) => patient_id(url),
                _ => None,
            };
            found = found.take().or_else(|| id.map(str::to_owned));
        });
        if found.is_some() {
            return found;
        }
    }
    None
}

/// The id in `Patient/id`, an absolute url of that form, or `urn:uuid:id`.
fn patient_id(reference: &str) -> Option<&str> {
    if let Some(uuid) = reference.strip_prefix("urn:uuid:") {
        return Some(uuid);
    }
    let plain = reference.split("/_history/").next()?;
    let (before, id) = plain.rsplit_once('/')?;
    (before == "Patient" || before.ends_with("/Patient")).then_some(id)
}

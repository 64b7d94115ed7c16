//! Required value sets, expanded to their codes where the definitions hold them all.
//!
//! `V name` opens a set, then one line per system: the system's URI and its codes.

use continuo_fhir::Json;
use std::collections::{BTreeMap, BTreeSet};

/// Value set URI to its systems and their codes, both in the order of the definitions.
pub(crate) type ValueSets = BTreeMap<String, Vec<(String, Vec<String>)>>;

pub(crate) fn short(uri: &str) -> &str {
    uri.trim_start_matches("http://hl7.org/fhir/ValueSet/").trim_start_matches("http://terminology.hl7.org/ValueSet/")
}

pub(crate) fn expand(bundle: &Json, wanted: &BTreeSet<String>) -> ValueSets {
    let mut by_url: BTreeMap<&str, &Json> = BTreeMap::new();
    for entry in bundle.get("entry").map(Json::items).unwrap_or_default() {
        if let Some(resource) = entry.get("resource")
            && let Some(url) = resource.str_at("url")
        {
            by_url.insert(url, resource);
        }
    }
    let mut out = ValueSets::new();
    for uri in wanted {
        match by_url.get(uri.as_str()).and_then(|set| codes_of(set, &by_url)) {
            Some(systems) => {
                out.insert(uri.clone(), systems);
            }
            None => eprintln!("not expanded: {uri}"),
        }
    }
    out
}

fn codes_of(set: &Json, by_url: &BTreeMap<&str, &Json>) -> Option<Vec<(String, Vec<String>)>> {
    let mut out: Vec<(String, Vec<String>)> = Vec::new();
    if set.at("compose.exclude").is_some() {
        return None;
    }
    for include in set.at("compose.include")?.items() {
        for nested in include.get("valueSet").map(Json::items).unwrap_or_default() {
            let uri = nested.as_str()?;
            let nested = by_url.get(uri.split('|').next()?)?;
            for (system, codes) in codes_of(nested, by_url)? {
                add(&mut out, &system, codes);
            }
        }
        let Some(system) = include.str_at("system") else { continue };
        let mut codes = Vec::new();
        if let Some(concepts) = include.get("concept") {
            collect(concepts, &mut codes);
        } else if include.get("filter").is_some() {
            return None;
        } else {
            let code_system = by_url.get(system).filter(|s| s.str_at("content") == Some("complete"))?;
            collect(code_system.get("concept")?, &mut codes);
        }
        add(&mut out, system, codes);
    }
    // A code with a space would break the line form; none of the required sets has one.
    let fits = !out.is_empty() && out.iter().all(|(_, codes)| codes.iter().all(|c| !c.contains(' ')));
    fits.then_some(out)
}

/// The code systems of R4 itself whose codes the definitions hold in full, one a line: URI and codes, parted by tabs.
pub(crate) fn systems(bundle: &Json) -> String {
    let mut lines = BTreeSet::new();
    for entry in bundle.get("entry").map(Json::items).unwrap_or_default() {
        let Some(resource) = entry.get("resource") else { continue };
        let own = resource.str_at("url").filter(|url| url.starts_with("http://hl7.org/fhir/"));
        let complete = resource.resource_type() == Some("CodeSystem") && resource.str_at("content") == Some("complete");
        if let (Some(url), true, Some(concepts)) = (own, complete, resource.get("concept")) {
            let mut codes = Vec::new();
            collect(concepts, &mut codes);
            codes.sort();
            lines.insert(format!("{url}\t{}\n", codes.join("\t")));
        }
    }
    lines.into_iter().collect()
}

fn add(out: &mut Vec<(String, Vec<String>)>, system: &str, codes: Vec<String>) {
    match out.iter_mut().find(|(s, _)| s == system) {
        Some((_, known)) => known.extend(codes),
        None => out.push((system.to_string(), codes)),
    }
}

fn collect(concepts: &Json, out: &mut Vec<String>) {
    for concept in concepts.items() {
        out.extend(concept.str_at("code").map(str::to_string));
        if let Some(nested) = concept.get("concept") {
            collect(nested, out);
        }
    }
}

pub(crate) fn text(sets: &ValueSets) -> String {
    let mut out = String::new();
    for (uri, systems) in sets {
        out += &format!("V {}\n", short(uri));
        for (system, codes) in systems {
            out += &format!("{system} {}\n", codes.join(" "));
        }
    }
    out
}

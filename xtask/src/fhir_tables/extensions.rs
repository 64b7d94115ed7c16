//! R4's own extensions: where each may stand and what it holds.
//!
//! One a line, parted by tabs: the URL after `http://hl7.org/fhir/StructureDefinition/`, where it may stand, and its
//! content: types of a value (`*` for any), or `-` and its parts as `name:least:most:types`. A `!` before the URL: it
//! changes the meaning of what it stands on.

use continuo_fhir::Json;
use std::collections::BTreeSet;

/// More types than this are any type.
const MANY: usize = 20;

pub(crate) fn text(bundle: &Json) -> String {
    let mut lines = BTreeSet::new();
    for entry in bundle.get("entry").map(Json::items).unwrap_or_default() {
        if let Some(line) = entry.get("resource").and_then(line) {
            lines.insert(line);
        }
    }
    lines.into_iter().collect()
}

fn line(definition: &Json) -> Option<String> {
    let url = definition.str_at("url")?.strip_prefix("http://hl7.org/fhir/StructureDefinition/")?;
    let elements = definition.at("snapshot.element")?.items();
    let of = |id: &str| elements.iter().find(|element| element.str_at("id") == Some(id));
    let contexts: Vec<&str> =
        definition.get("context")?.items().iter().filter_map(|context| context.str_at("expression")).collect();
    let value = of("Extension.value[x]")?;
    let content = if value.str_at("max") == Some("0") {
        let parts: Vec<String> = elements
            .iter()
            .filter_map(|element| {
                let id = element.str_at("id")?;
                let slice = id.strip_prefix("Extension.extension:").filter(|slice| !slice.contains('.'))?;
                let name = of(&format!("{id}.url"))?.str_at("fixedUri").unwrap_or(slice);
                let least = element.get("min").map(ToString::to_string)?;
                let types = of(&format!("{id}.value[x]")).map(types).unwrap_or_default();
                Some(format!("{name}:{least}:{}:{types}", element.str_at("max")?))
            })
            .collect();
        format!("- {}", parts.join(" "))
    } else {
        types(value)
    };
    let is_modifier = of("Extension").and_then(|root| root.get("isModifier")).and_then(Json::as_bool) == Some(true);
    let sign = if is_modifier { "!" } else { "" };
    Some(format!("{sign}{url}\t{}\t{content}\n", contexts.join(" ")))
}

fn types(value: &Json) -> String {
    if value.str_at("max") == Some("0") {
        return "-".to_owned();
    }
    let all: Vec<&str> =
        value.get("type").map(Json::items).unwrap_or_default().iter().filter_map(|one| one.str_at("code")).collect();
    if all.is_empty() || all.len() > MANY { "*".to_owned() } else { all.join("|") }
}

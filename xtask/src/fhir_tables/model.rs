//! The R4 structure definitions as one line an element.
//!
//! `T Name kind base` opens a type (`R` resource, `C` data type, `B` nested element, `P` primitive), then its own
//! elements `name min max types [=value-set]`, `+` after max for a summary element, where a type is a name, `Reference(Patient,Group)` or `canonical(..)`, and
//! `~key e|w expression` lines hold the rules of the type or element above.

use super::value_sets::ValueSets;
use anyhow::{Context, Result};
use continuo_fhir::Json;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) struct Model {
    pub(crate) types: BTreeMap<String, Type>,
}

pub(crate) struct Type {
    pub(crate) kind: char,
    pub(crate) base: String,
    pub(crate) elements: Vec<Element>,
    rules: Vec<String>,
}

pub(crate) struct Element {
    /// With `[x]` for a choice.
    pub(crate) name: String,
    min: String,
    max: String,
    /// Whether `_summary=true` keeps it.
    is_summary: bool,
    /// Type name and targets.
    pub(crate) types: Vec<(String, Vec<String>)>,
    pub(crate) value_set: Option<String>,
    rules: Vec<String>,
}

const PROFILE: &str = "http://hl7.org/fhir/StructureDefinition/";

impl Model {
    pub(crate) fn read(bundles: &[Json], schema: &Json) -> Result<Model> {
        let mut types = BTreeMap::new();
        for bundle in bundles {
            for entry in bundle.get("entry").map(Json::items).unwrap_or_default() {
                let Some(definition) = entry.get("resource") else { continue };
                if definition.resource_type() == Some("StructureDefinition")
                    && definition.str_at("derivation") != Some("constraint")
                    && definition.str_at("kind") != Some("logical")
                {
                    read_definition(definition, schema, &mut types)?;
                }
            }
        }
        Ok(Model { types })
    }

    /// The element of a type, its own or inherited.
    pub(crate) fn element(&self, type_: &str, name: &str) -> Option<&Element> {
        let found = self.types.get(type_)?;
        let own = found.elements.iter().find(|e| e.name == name || e.name.strip_suffix("[x]") == Some(name));
        own.or_else(|| if found.base.is_empty() { None } else { self.element(&found.base, name) })
    }

    pub(crate) fn required_value_sets(&self) -> BTreeSet<String> {
        self.types.values().flat_map(|t| &t.elements).filter_map(|e| e.value_set.clone()).collect()
    }

    pub(crate) fn text(&self, value_sets: &ValueSets) -> String {
        let mut out = String::new();
        for (name, type_) in &self.types {
            out += &format!("T {name} {} {}\n", type_.kind, type_.base);
            type_.rules.iter().for_each(|rule| out += rule);
            for element in &type_.elements {
                let types: Vec<String> = element
                    .types
                    .iter()
                    .map(
                        |(t, targets)| {
                            if targets.is_empty() { t.clone() } else { format!("{t}({})", targets.join(",")) }
                        },
                    )
                    .collect();
                let summary = if element.is_summary { "+" } else { "" };
                out += &format!("{} {} {}{summary} {}", element.name, element.min, element.max, types.join("|"));
                if let Some(set) = element.value_set.as_ref().filter(|set| value_sets.contains_key(*set)) {
                    out += &format!(" ={}", super::value_sets::short(set));
                }
                out.push('\n');
                element.rules.iter().for_each(|rule| out += rule);
            }
        }
        out
    }
}

fn read_definition(definition: &Json, schema: &Json, types: &mut BTreeMap<String, Type>) -> Result<()> {
    let root = definition.str_at("type").context("definition without type")?.to_string();
    let kind = match definition.str_at("kind") {
        Some("resource") => 'R',
        Some("primitive-type") => 'P',
        _ => 'C',
    };
    // Abstract types stand in no schema; they have the elements all others share.
    let is_abstract = definition.get("abstract").and_then(Json::as_bool) == Some(true);
    if kind == 'R' && !is_abstract && schema.get(&root).is_none() {
        eprintln!("dropped {root}: not in the official schema");
        return Ok(());
    }
    let base =
        definition.str_at("baseDefinition").and_then(|b| b.strip_prefix(PROFILE)).unwrap_or_default().to_string();
    let mut places = BTreeMap::from([(root.clone(), root.clone())]);
    for element in definition.at("snapshot.element").map(Json::items).unwrap_or_default() {
        let path = element.str_at("path").context("element without path")?;
        let Some((parent, name)) = path.rsplit_once('.') else {
            let rules = rules_of(element, &root);
            types.insert(root.clone(), Type { kind, base: base.clone(), elements: Vec::new(), rules });
            continue;
        };
        if kind == 'P' || element.str_at("base.path") != Some(path) {
            continue;
        }
        let Some(schema_name) = places.get(parent).cloned() else { continue };
        let property =
            |name: &str| schema.get(&schema_name).and_then(|s| s.get("properties")).and_then(|p| p.get(name));
        let mut choices = Vec::new();
        for type_ in element.get("type").map(Json::items).unwrap_or_default() {
            let code = match type_.str_at("code").unwrap_or_default() {
                // The definitions call a resource's id a string; its format is that of `id`.
                "http://hl7.org/fhirpath/System.String" if path == "Resource.id" => "id",
                "http://hl7.org/fhirpath/System.String" => type_.str_at("extension.0.valueUrl").unwrap_or("string"),
                code => code,
            };
            let targets = type_.get("targetProfile").map(Json::items).unwrap_or_default();
            let targets = targets.iter().filter_map(Json::as_str).map(|t| t.trim_start_matches(PROFILE).to_string());
            choices
                .push((code.to_string(), targets.filter(|t| t != "Resource" && !t.contains('/')).collect::<Vec<_>>()));
        }
        if let Some(prefix) = name.strip_suffix("[x]") {
            choices.retain(|(code, _)| is_abstract || property(&format!("{prefix}{}", upper_first(code))).is_some());
        }
        let single = !name.ends_with("[x]");
        if (single && !is_abstract && property(name).is_none()) || (!single && choices.is_empty()) {
            eprintln!("dropped {path}: not in the official schema");
            continue;
        }
        if let Some(reference) = element.str_at("contentReference") {
            choices.push((reference.trim_start_matches('#').to_string(), Vec::new()));
        }
        let nested = choices.iter().any(|(code, _)| code == "BackboneElement" || (code == "Element" && kind != 'P'));
        if nested && single {
            let target =
                property(name).and_then(|p| p.get("$ref").or_else(|| p.at("items.$ref"))).and_then(Json::as_str);
            let target = target.context(path.to_string())?.trim_start_matches("#/definitions/").to_string();
            places.insert(path.to_string(), target);
            let base = choices.first().map(|c| c.0.clone()).unwrap_or_default();
            types.insert(path.to_string(), Type { kind: 'B', base, elements: Vec::new(), rules: Vec::new() });
            choices = vec![(path.to_string(), Vec::new())];
        }
        let binding = element.get("binding").filter(|b| b.str_at("strength") == Some("required"));
        let value_set =
            binding.and_then(|b| b.str_at("valueSet")).map(|v| v.split('|').next().unwrap_or(v).to_string());
        let owner = types.get_mut(parent).context(path.to_string())?;
        owner.elements.push(Element {
            name: name.to_string(),
            min: element.get("min").map(Json::to_string).unwrap_or_default(),
            max: element.str_at("max").unwrap_or("1").to_string(),
            is_summary: element.get("isSummary").and_then(Json::as_bool) == Some(true),
            types: choices,
            value_set,
            rules: rules_of(element, path),
        });
    }
    Ok(())
}

/// Rules stated here; `ele-1` and `ext-1` on every element are left to the type they come from.
fn rules_of(element: &Json, path: &str) -> Vec<String> {
    let mut out = Vec::new();
    for rule in element.get("constraint").map(Json::items).unwrap_or_default() {
        let own = match rule.str_at("source").and_then(|s| s.strip_prefix(PROFILE)) {
            Some(source) => source == path,
            None => true,
        };
        if let (true, Some(key), Some(expression)) = (own, rule.str_at("key"), rule.str_at("expression")) {
            let severity = if rule.str_at("severity") == Some("error") { 'e' } else { 'w' };
            let expression = expression.split_whitespace().collect::<Vec<_>>().join(" ");
            out.push(format!("~{key} {severity} {expression}\n"));
        }
    }
    out
}

pub(crate) fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

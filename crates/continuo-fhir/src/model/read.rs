//! Reads the generated text into the model.

use super::{Element, Model, Rule, Type, TypeId, TypeKind, ValueSet};
use crate::name::Name;
use std::collections::BTreeMap;

/// A type's name and the types it may point to.
type TypeText = (&'static str, &'static [&'static str]);

/// A type as read, before names become ids and inherited elements are added.
struct Draft {
    name: &'static str,
    kind: TypeKind,
    base: &'static str,
    elements: Vec<(Element, Vec<TypeText>)>,
    rules: Vec<Rule>,
}

pub(super) fn read(text: &'static str) -> Model {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut value_sets: Vec<ValueSet> = Vec::new();
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        if let Some(rest) = line.strip_prefix("T ") {
            drafts.extend(read_type(rest));
        } else if let Some(name) = line.strip_prefix("V ") {
            value_sets.push(ValueSet { name, systems: Vec::new() });
        } else if let Some(set) = value_sets.last_mut() {
            let mut words = line.split(' ');
            let system = words.next().unwrap_or_default();
            let mut codes: Vec<&str> = words.collect();
            codes.sort_unstable();
            set.systems.push((system, codes));
        } else if let (Some(draft), Some(rule)) = (drafts.last_mut(), line.strip_prefix('~').and_then(read_rule)) {
            match draft.elements.last_mut() {
                Some((element, _)) => element.rules.push(rule),
                None => draft.rules.push(rule),
            }
        } else if let Some(draft) = drafts.last_mut() {
            draft.elements.extend(read_element(line));
        }
    }
    drafts.sort_by_key(|d| d.name);
    value_sets.sort_by_key(|v| v.name);
    finish(&drafts, value_sets)
}

fn finish(drafts: &[Draft], value_sets: Vec<ValueSet>) -> Model {
    let by_name: BTreeMap<&'static str, TypeId> =
        drafts.iter().enumerate().map(|(i, d)| (d.name, TypeId(i as u16))).collect();
    let types = drafts
        .iter()
        .map(|draft| {
            let mut chain = vec![draft];
            // No type is more than five steps from its root.
            while let Some(base) = chain.last().and_then(|d| by_name.get(d.base)).filter(|_| chain.len() < 16) {
                chain.extend(drafts.get(usize::from(base.0)));
            }
            let mut elements = Vec::new();
            let mut rules = Vec::new();
            let mut fields = Vec::new();
            for (element, types) in chain.iter().rev().flat_map(|d| &d.elements) {
                let mut element = element.clone();
                for (name, targets) in types {
                    let Some(type_) = by_name.get(name) else { continue };
                    element.types.push((*type_, *targets));
                    let field =
                        if element.is_choice { choice_name(element.name, name) } else { element.name.to_string() };
                    fields.extend(Name::find(&field).map(|n| (n, elements.len() as u16, *type_)));
                }
                elements.push(element);
            }
            for draft in chain.iter().rev() {
                rules.extend(draft.rules.iter().copied());
            }
            fields.sort_by_key(|f| f.0);
            Type { name: draft.name, kind: draft.kind, base: by_name.get(draft.base).copied(), elements, rules, fields }
        })
        .collect();
    Model { types, by_name, value_sets }
}

/// `value` and `dateTime` make `valueDateTime`.
pub(super) fn choice_name(element: &str, type_: &str) -> String {
    let mut out = String::from(element);
    let mut chars = type_.chars();
    out.extend(chars.next().map(|c| c.to_ascii_uppercase()));
    out.push_str(chars.as_str());
    out
}

fn read_type(line: &'static str) -> Option<Draft> {
    let mut words = line.split(' ');
    let name = words.next()?;
    let kind = match words.next()? {
        "R" => TypeKind::Resource,
        "B" => TypeKind::Nested,
        "P" => TypeKind::Primitive,
        _ => TypeKind::Complex,
    };
    Some(Draft { name, kind, base: words.next().unwrap_or_default(), elements: Vec::new(), rules: Vec::new() })
}

fn read_rule(line: &'static str) -> Option<Rule> {
    let (key, rest) = line.split_once(' ')?;
    let (severity, expression) = rest.split_once(' ')?;
    Some(Rule { key, is_error: severity == "e", expression })
}

fn read_element(line: &'static str) -> Option<(Element, Vec<TypeText>)> {
    let mut words = line.split(' ');
    let name = words.next()?;
    let min = words.next()?.parse().ok()?;
    let max = words.next()?;
    let (max, is_summary) = max.strip_suffix('+').map_or((max, false), |max| (max, true));
    let types = words
        .next()?
        .split('|')
        .map(|type_| match type_.split_once('(') {
            Some((name, targets)) => (name, leak(targets.trim_end_matches(')').split(',').collect())),
            None => (type_, &[][..]),
        })
        .collect();
    let value_set = words.next().and_then(|w| w.strip_prefix('='));
    let element = Element {
        name: name.strip_suffix("[x]").unwrap_or(name),
        is_choice: name.ends_with("[x]"),
        min,
        is_list: max != "1" && max != "0",
        is_summary,
        types: Vec::new(),
        value_set,
        rules: Vec::new(),
    };
    Some((element, types))
}

/// The model lives as long as the process; shared target lists are kept once and borrowed by every inheriting type.
fn leak(list: Vec<&'static str>) -> &'static [&'static str] {
    Vec::leak(list)
}

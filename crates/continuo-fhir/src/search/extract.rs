//! Runs the path programs over a packed resource.

use super::table::{Component, Leaf, Only, Path, Pick, Program, Step};
use super::{Param, ParamKind, Target, Value, params};
use crate::coding::{Coding, Concept, Identifier};
use crate::date::{DateTime, Instant, Zone};
use crate::name::Name;
use crate::packed::Node;
use crate::reference::Reference;
use crate::resource_type::ResourceType;

const BEGINNING: Instant = Instant::from_micros(i64::MIN);
const END: Instant = Instant::from_micros(i64::MAX);

const CODE: Name = Name::of("code");
const DISPLAY: Name = Name::of("display");
const END_FIELD: Name = Name::of("end");
const EVENT: Name = Name::of("event");
const HIGH: Name = Name::of("high");
const IDENTIFIER: Name = Name::of("identifier");
const LOW: Name = Name::of("low");
const REFERENCE: Name = Name::of("reference");
const START: Name = Name::of("start");
const SYSTEM: Name = Name::of("system");
const TEXT: Name = Name::of("text");
const TYPE: Name = Name::of("type");
const UNIT: Name = Name::of("unit");
const VALUE: Name = Name::of("value");

/// Hands every index value of a resource to `sink`, parameter by parameter in the order of the table. `zone` stands in
/// where a date has no offset.
pub fn extract<'a>(
    resource: Node<'a>,
    type_: ResourceType,
    zone: &Zone,
    sink: &mut dyn FnMut(&'static Param, Value<'a>),
) {
    for param in params(type_) {
        extract_param(resource, param, zone, &mut |value| sink(param, value));
    }
}

/// Hands the index values of one parameter to `sink`.
pub fn extract_param<'a>(resource: Node<'a>, param: &'static Param, zone: &Zone, sink: &mut dyn FnMut(Value<'a>)) {
    match &param.program {
        Program::Paths(paths) => run(resource, paths, param.kind, zone, sink),
        Program::Composite(starts, components) => {
            for start in starts {
                walk(resource, start, &mut |item| composite(resource, item, components, zone, sink));
            }
        }
    }
}

/// Visits the elements a parameter is about, before they are turned into index values; none for composites.
pub fn places<'a>(resource: Node<'a>, param: &'static Param, visit: &mut dyn FnMut(Node<'a>)) {
    let Program::Paths(paths) = &param.program else { return };
    for path in paths {
        walk(resource, &path.steps, &mut |node| {
            if admits(node, path) {
                visit(node);
            }
        });
    }
}

/// Whether an element meets its path's condition on a reference's type.
fn admits(node: Node<'_>, path: &Path) -> bool {
    let Only::Target(wanted) = path.only else { return true };
    let address = node.get_name(REFERENCE).and_then(Node::as_str);
    let named = address.map(Reference::parse).and_then(Reference::resource_type);
    named.or_else(|| node.get_name(TYPE).and_then(Node::as_str).and_then(ResourceType::find)) == Some(wanted)
}

fn run<'a>(from: Node<'a>, paths: &'static [Path], kind: ParamKind, zone: &Zone, sink: &mut dyn FnMut(Value<'a>)) {
    // `Patient.deceased` is one truth of several fields, not one value each.
    if let Some(Path { only: Only::Truthy, .. }) = paths.first() {
        let mut holds = false;
        for path in paths {
            walk(from, &path.steps, &mut |node| holds |= node.as_bool() != Some(false));
        }
        let code = if holds { "true" } else { "false" };
        return sink(Value::Token { system: None, code: Some(code), text: None });
    }
    for path in paths {
        walk(from, &path.steps, &mut |node| leaf(node, path, kind, zone, sink));
    }
}

fn composite<'a>(
    resource: Node<'a>,
    item: Node<'a>,
    components: &'static [Component],
    zone: &Zone,
    sink: &mut dyn FnMut(Value<'a>),
) {
    let mut rows: Vec<Vec<Value<'a>>> = vec![Vec::new()];
    for component in components {
        let mut values = Vec::new();
        let from = if component.from_resource { resource } else { item };
        run(from, &component.paths, component.kind, zone, &mut |value| values.push(value));
        rows = rows
            .iter()
            .flat_map(|row| values.iter().map(move |value| row.iter().chain([value]).cloned().collect()))
            .collect();
    }
    for row in rows {
        sink(Value::Composite(row));
    }
}

/// Visits the nodes at the end of a walk. Recursion is as deep as the program, at most five steps.
fn walk<'a>(from: Node<'a>, steps: &[Step], visit: &mut dyn FnMut(Node<'a>)) {
    let Some((step, rest)) = steps.split_first() else { return visit(from) };
    let Some(field) = from.get_name(step.name) else { return };
    for item in field.items() {
        match step.pick {
            Pick::All => walk(item, rest, visit),
            Pick::First => return walk(item, rest, visit),
            Pick::Where(name, value) if item.get_name(name).and_then(Node::as_str) == Some(value) => {
                walk(item, rest, visit);
            }
            Pick::Where(..) => {}
        }
    }
}

fn leaf<'a>(node: Node<'a>, path: &'static Path, kind: ParamKind, zone: &Zone, sink: &mut dyn FnMut(Value<'a>)) {
    if node.is_null() {
        return;
    }
    match kind {
        ParamKind::Token => token(node, path, sink),
        ParamKind::Date => date(node, path.leaf, zone, sink),
        ParamKind::String => text(node, path.leaf, sink),
        ParamKind::Reference => reference(node, path, sink),
        ParamKind::Quantity | ParamKind::Number => quantity(node, path.leaf, kind, sink),
        ParamKind::Uri => node.as_str().into_iter().for_each(|uri| sink(Value::Uri(uri))),
        ParamKind::Special if path.leaf == Leaf::Position => {
            let degrees = |name| node.get(name).and_then(Node::as_f64);
            if let (Some(latitude), Some(longitude)) = (degrees("latitude"), degrees("longitude")) {
                sink(Value::Position { latitude, longitude });
            }
        }
        ParamKind::Special | ParamKind::Composite => {}
    }
}

fn token<'a>(node: Node<'a>, path: &'static Path, sink: &mut dyn FnMut(Value<'a>)) {
    match path.leaf {
        Leaf::CodeableConcept => {
            let concept = Concept::of(node);
            let mut any = false;
            for coding in concept.codings() {
                any = true;
                token_of_coding(coding, concept.text(), sink);
            }
            if let (false, Some(words)) = (any, concept.text()) {
                sink(Value::Token { system: None, code: None, text: Some(words) });
            }
        }
        Leaf::Coding => token_of_coding(Coding::of(node), None, sink),
        Leaf::Identifier => {
            let Identifier { system, value } = Identifier::of(node);
            if value.is_some() || system.is_some() {
                let words = node.get_name(TYPE).and_then(|t| Concept::of(t).text());
                sink(Value::Token { system, code: value, text: words });
            }
        }
        Leaf::ContactPoint => {
            let code = node.get_name(VALUE).and_then(Node::as_str);
            sink(Value::Token { system: None, code, text: None });
        }
        _ => sink(Value::Token { system: path.system, code: node.primitive_text(), text: None }),
    }
}

fn token_of_coding<'a>(coding: Coding<'a>, words: Option<&'a str>, sink: &mut dyn FnMut(Value<'a>)) {
    if coding.code.is_some() || coding.system.is_some() || coding.display.is_some() {
        sink(Value::Token { system: coding.system, code: coding.code, text: coding.display.or(words) });
        // Both wordings are searchable by `:text`; the second needs its own row only where it differs.
        if let (Some(display), Some(words)) = (coding.display, words)
            && display != words
        {
            sink(Value::Token { system: None, code: None, text: Some(words) });
        }
    }
}

fn date<'a>(node: Node<'a>, leaf: Leaf, zone: &Zone, sink: &mut dyn FnMut(Value<'a>)) {
    let moment = |node: Node<'a>| node.as_str().and_then(DateTime::parse);
    match leaf {
        Leaf::Period => {
            let start = node.get_name(START).and_then(moment);
            let end = node.get_name(END_FIELD).and_then(moment);
            if start.is_some() || end.is_some() {
                let low = start.map_or(BEGINNING, |d| d.low(zone));
                sink(Value::Date { low, high: end.map_or(END, |d| d.high(zone)) });
            }
        }
        Leaf::Timing => {
            let events: Vec<DateTime> =
                node.get_name(EVENT).into_iter().flat_map(Node::items).filter_map(moment).collect();
            let low = events.iter().map(|d| d.low(zone)).min();
            let high = events.iter().map(|d| d.high(zone)).max();
            if let (Some(low), Some(high)) = (low, high) {
                sink(Value::Date { low, high });
            }
            if let Some(bounds) = node.at("repeat.boundsPeriod") {
                date(bounds, Leaf::Period, zone, sink);
            }
        }
        _ => {
            if let Some(moment) = moment(node) {
                sink(Value::Date { low: moment.low(zone), high: moment.high(zone) });
            }
        }
    }
}

fn text<'a>(node: Node<'a>, leaf: Leaf, sink: &mut dyn FnMut(Value<'a>)) {
    const NAME_PARTS: [Name; 5] = [Name::of("family"), Name::of("given"), Name::of("prefix"), Name::of("suffix"), TEXT];
    const ADDRESS_PARTS: [Name; 7] = [
        Name::of("line"),
        Name::of("city"),
        Name::of("district"),
        Name::of("state"),
        Name::of("postalCode"),
        Name::of("country"),
        TEXT,
    ];
    let parts: &[Name] = match leaf {
        Leaf::HumanName => &NAME_PARTS,
        Leaf::Address => &ADDRESS_PARTS,
        Leaf::CodeableConcept => &[TEXT],
        Leaf::Coding => &[DISPLAY],
        _ => return node.primitive_text().into_iter().for_each(|words| sink(Value::Text(words))),
    };
    for part in parts {
        let values = node.get_name(*part).into_iter().flat_map(Node::items).filter_map(Node::as_str);
        values.for_each(|words| sink(Value::Text(words)));
    }
}

fn reference<'a>(node: Node<'a>, path: &'static Path, sink: &mut dyn FnMut(Value<'a>)) {
    if path.leaf == Leaf::Resource {
        // `Bundle.composition`: the resource stands in the bundle itself.
        let type_ = node.resource_type().and_then(ResourceType::find);
        if let (Some(type_), Some(id)) = (type_, node.str("id")) {
            sink(Value::Reference(Target::Local { type_, id, version: None }));
        }
        return;
    }
    let address = if path.leaf == Leaf::Reference { node.get_name(REFERENCE) } else { Some(node) };
    let parsed = address.and_then(Node::as_str).map(Reference::parse);
    if !admits(node, path) {
        return;
    }
    match parsed {
        Some(Reference::Resource { base: None, type_, id, version }) => {
            sink(Value::Reference(Target::Local { type_, id, version }));
        }
        Some(Reference::Contained(_)) | None => {}
        Some(_) => {
            address.and_then(Node::as_str).into_iter().for_each(|url| sink(Value::Reference(Target::Url(url))));
        }
    }
    if let Some(Identifier { system, value: Some(value) }) = node.get_name(IDENTIFIER).map(Identifier::of) {
        sink(Value::Reference(Target::Identifier { system, value }));
    }
}

fn quantity<'a>(node: Node<'a>, leaf: Leaf, kind: ParamKind, sink: &mut dyn FnMut(Value<'a>)) {
    let number = |node: Node<'a>, name| node.get_name(name).and_then(Node::as_f64);
    let field = |node: Node<'a>, name| node.get_name(name).and_then(Node::as_str);
    let (low, high, unit_of) = match leaf {
        Leaf::Quantity => {
            let Some(value) = number(node, VALUE) else { return };
            match node.str("comparator") {
                Some("<" | "<=") => (f64::NEG_INFINITY, value, node),
                Some(">" | ">=") => (value, f64::INFINITY, node),
                _ => (value, value, node),
            }
        }
        Leaf::Money => {
            let Some(value) = number(node, VALUE) else { return };
            let code = node.str("currency");
            return sink(Value::Quantity { low: value, high: value, system: None, code, unit: None });
        }
        Leaf::Range => {
            let (low, high) = (node.get_name(LOW), node.get_name(HIGH));
            let Some(unit_of) = low.or(high) else { return };
            let value = |end: Option<Node<'a>>| end.and_then(|q| number(q, VALUE));
            (value(low).unwrap_or(f64::NEG_INFINITY), value(high).unwrap_or(f64::INFINITY), unit_of)
        }
        Leaf::SampledData => {
            let Some(origin) = node.get("origin") else { return };
            let base = number(origin, VALUE).unwrap_or(0.0);
            let factor = node.get("factor").and_then(Node::as_f64).unwrap_or(1.0);
            let limit = |name| node.get(name).and_then(Node::as_f64);
            let (Some(low), Some(high)) = (limit("lowerLimit"), limit("upperLimit")) else { return };
            (base + low * factor, base + high * factor, origin)
        }
        _ => {
            let Some(value) = node.as_f64() else { return };
            (value, value, node)
        }
    };
    if kind == ParamKind::Number {
        return sink(Value::Number { low, high });
    }
    let (system, code, unit) = (field(unit_of, SYSTEM), field(unit_of, CODE), field(unit_of, UNIT));
    sink(Value::Quantity { low, high, system, code, unit });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Json, pack, root};

    fn found(resource: &str, code: &str) -> Vec<String> {
        let bytes = pack(&Json::parse(resource.as_bytes()).unwrap());
        let node = root(&bytes).unwrap();
        let type_ = ResourceType::find(node.resource_type().unwrap()).unwrap();
        let param = super::super::param(type_, code).unwrap();
        let mut out = Vec::new();
        extract_param(node, param, &Zone::utc(), &mut |value| out.push(format!("{value:?}")));
        out
    }

    const OBSERVATION: &str = r#"{"resourceType":"Observation","status":"final",
        "code":{"coding":[{"system":"urn:l","code":"8480-6","display":"Systolic"}],"text":"BP"},
        "subject":{"reference":"Patient/7"},"effectivePeriod":{"start":"2026-01-01"},
        "valueQuantity":{"value":120.0,"unit":"mmHg","system":"urn:u","code":"mm[Hg]"}}"#;

    #[test]
    fn each_kind_of_value_is_found() {
        assert_eq!(
            found(OBSERVATION, "code"),
            [
                r#"Token { system: Some("urn:l"), code: Some("8480-6"), text: Some("Systolic") }"#,
                r#"Token { system: None, code: None, text: Some("BP") }"#
            ]
        );
        assert!(found(OBSERVATION, "status")[0].contains("observation-status"));
        assert_eq!(found(OBSERVATION, "patient"), [r#"Reference(Local { type_: Patient, id: "7", version: None })"#]);
        assert_eq!(found(OBSERVATION, "subject").len(), 1);
        assert!(found(OBSERVATION, "date")[0].starts_with("Date { low: 2026-01-01T00:00:00Z"));
        assert!(found(OBSERVATION, "value-quantity")[0].contains("120.0"));
        assert_eq!(found(OBSERVATION, "code-value-quantity").len(), 2);
        assert!(found(OBSERVATION, "value-string").is_empty());
    }

    #[test]
    fn conditions_of_the_table_hold() {
        let patient = r#"{"resourceType":"Patient","telecom":[{"system":"phone","value":"1"},{"system":"email","value":"2"}],
            "name":[{"family":"García","given":["Ana","María"]}],"deceasedDateTime":"2026-01-01"}"#;
        assert_eq!(found(patient, "phone"), [r#"Token { system: None, code: Some("1"), text: None }"#]);
        assert_eq!(found(patient, "telecom").len(), 2);
        assert_eq!(found(patient, "name").len(), 3);
        assert!(found(patient, "deceased")[0].contains("true"));
        assert!(found(r#"{"resourceType":"Patient"}"#, "deceased")[0].contains("false"));
        let group = OBSERVATION.replace("Patient/7", "Group/7");
        assert!(found(&group, "patient").is_empty());
        assert_eq!(found(&group, "subject").len(), 1);
    }
}

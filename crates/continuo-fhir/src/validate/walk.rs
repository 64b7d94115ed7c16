//! Walks a resource beside its definition.

use super::{error, primitive, report, xhtml};
use crate::issue::{Issue, IssueCode};
use crate::model::{Element, Type, TypeId, TypeKind, model};
use crate::name::Name;
use crate::packed::{Kind, Node};
use crate::reference::Reference;
use crate::resource_type::ResourceType;
use crate::validate::place::Place;

/// Checks a resource; `parent` is the element it stands in, if it is part of another.
pub(super) fn resource(node: Node<'_>, parent: Option<&Place<'_>>, issues: &mut Vec<Issue>) {
    let missing = Place::root("");
    let here = parent.unwrap_or(&missing);
    let Some(type_) = node.get("resourceType") else {
        return error(issues, IssueCode::Structure, here, "resourceType is missing");
    };
    let name = type_.as_str().unwrap_or_default();
    let (Some(_), Some(id)) = (ResourceType::find(name), model().find(name)) else {
        return error(issues, IssueCode::Structure, here, format!("`{}` is no R4 resource type", clip(name)));
    };
    match parent {
        Some(place) => object(node, id, place, true, issues),
        None => object(node, id, &Place::root(name), true, issues),
    }
}

fn object(node: Node<'_>, id: TypeId, place: &Place<'_>, is_resource: bool, issues: &mut Vec<Issue>) {
    let type_ = model().type_(id);
    let mut seen = Seen::default();
    let mut any = false;
    for (name, value) in node.fields() {
        if is_resource && name == "resourceType" {
            continue;
        }
        any = true;
        let (plain, is_sibling) = name.strip_prefix('_').map_or((name, false), |plain| (plain, true));
        let found = Name::find(plain).and_then(|n| model().field(id, n));
        let Some((element, of)) = found.filter(|(_, of)| !is_sibling || is_primitive(*of)) else {
            let text = format!("`{}` is no element of {}", clip(name), type_.name);
            error(issues, IssueCode::Structure, place, text);
            continue;
        };
        if !seen.note(type_, element, plain) {
            let text = format!("`{}` has two values of different types", element.name);
            error(issues, IssueCode::Structure, place, text);
        }
        let here = place.step(element.name);
        if is_sibling {
            sibling(node.get(plain), value, &here, element, issues);
        } else {
            field(node, name, value, element, of, &here, issues);
        }
    }
    // A resource of nothing but its type is odd but allowed; an element without content is not.
    if !any && !is_resource {
        error(issues, IssueCode::Structure, place, "an object must not be empty");
    }
    for (i, element) in type_.elements.iter().enumerate() {
        if element.min > 0 && !seen.has(i) {
            let text = format!("`{}` is missing", element.name);
            error(issues, IssueCode::Required, place, text);
        }
    }
}

/// Which elements occurred, and for choices under which name.
#[derive(Default)]
struct Seen<'a> {
    bits: u128,
    choices: Vec<(usize, &'a str)>,
}

impl<'a> Seen<'a> {
    /// Notes an element; false when a choice already has a value under another name.
    fn note(&mut self, type_: &Type, element: &Element, name: &'a str) -> bool {
        let Some(index) = type_.elements.iter().position(|e| std::ptr::eq(e, element)) else { return true };
        self.bits |= 1 << index.min(127);
        if !element.is_choice {
            return true;
        }
        let other = self.choices.iter().any(|(i, n)| *i == index && *n != name);
        self.choices.push((index, name));
        !other
    }

    fn has(&self, index: usize) -> bool {
        self.bits >> index.min(127) & 1 == 1
    }
}

fn is_primitive(id: TypeId) -> bool {
    let type_ = model().type_(id);
    type_.kind == TypeKind::Primitive && type_.name != "xhtml"
}

fn field(
    owner: Node<'_>,
    name: &str,
    value: Node<'_>,
    element: &Element,
    of: TypeId,
    place: &Place<'_>,
    issues: &mut Vec<Issue>,
) {
    match (value.kind(), element.is_list) {
        (Kind::Null, _) => error(issues, IssueCode::Structure, place, "must not be null; leave the field out"),
        (Kind::Array, false) => error(issues, IssueCode::Structure, place, "must be a single value, not an array"),
        (Kind::Array, true) => {
            let mut count = 0;
            for (i, item) in value.items().enumerate() {
                count += 1;
                let here = place.item(i);
                if item.is_null() {
                    // A null item is the place of a value that has only extensions.
                    let twin = owner.get(&format!("_{name}")).and_then(|t| t.items().nth(i));
                    if !is_primitive(of) || twin.is_none_or(Node::is_null) {
                        error(issues, IssueCode::Structure, &here, "must not be null");
                    }
                    continue;
                }
                single(item, element, of, &here, issues);
            }
            if count == 0 {
                error(issues, IssueCode::Structure, place, "an array must not be empty; leave the field out");
            }
        }
        (_, true) => error(issues, IssueCode::Structure, place, "must be an array"),
        (_, false) => single(value, element, of, place, issues),
    }
}

/// Checks a `_field`: ids and extensions of a primitive's values.
fn sibling(value: Option<Node<'_>>, twin: Node<'_>, place: &Place<'_>, element: &Element, issues: &mut Vec<Issue>) {
    let element_type = model().find("Element").expect("Element stands in the model");
    let one = |item: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>| match item.kind() {
        Kind::Object => object(item, element_type, place, false, issues),
        _ => error(issues, IssueCode::Structure, place, "the `_` field must hold an object"),
    };
    match (twin.kind(), element.is_list) {
        (Kind::Array, true) => {
            let values = value.map_or(0, |v| v.items().count());
            let twins = twin.items().count();
            if twins == 0 || (value.is_some() && values != twins) {
                let text = format!("the `_` field has {twins} items, the values {values}");
                error(issues, IssueCode::Structure, place, text);
            }
            for (i, item) in twin.items().enumerate().filter(|(_, item)| !item.is_null()) {
                one(item, &place.item(i), issues);
            }
        }
        (Kind::Array, false) => error(issues, IssueCode::Structure, place, "must be a single value, not an array"),
        (_, true) => error(issues, IssueCode::Structure, place, "must be an array"),
        (_, false) => one(twin, place, issues),
    }
}

fn single(node: Node<'_>, element: &Element, of: TypeId, place: &Place<'_>, issues: &mut Vec<Issue>) {
    let type_ = model().type_(of);
    match type_.kind {
        TypeKind::Primitive if type_.name == "xhtml" => xhtml::check(node, place, issues),
        TypeKind::Primitive => {
            if let Err(text) = primitive::check(node, type_.name) {
                return error(issues, IssueCode::Value, place, text);
            }
            bound(node, element, place, issues);
        }
        TypeKind::Resource => match node.kind() {
            Kind::Object => resource(node, Some(place), issues),
            _ => error(issues, IssueCode::Structure, place, "must be a resource"),
        },
        TypeKind::Complex | TypeKind::Nested => {
            if node.kind() != Kind::Object {
                return error(issues, IssueCode::Structure, place, format!("must be an object ({})", type_.name));
            }
            object(node, of, place, false, issues);
            match type_.name {
                "Reference" => reference(node, element, of, place, issues),
                "Coding" | "CodeableConcept" | "Quantity" => bound_concept(node, element, place, issues),
                _ => {}
            }
        }
    }
}

/// A bare code of a required binding.
fn bound(node: Node<'_>, element: &Element, place: &Place<'_>, issues: &mut Vec<Issue>) {
    let Some((name, set)) = element.value_set.and_then(|name| Some((name, model().value_set(name)?))) else { return };
    if let Some(code) = node.as_str()
        && !set.has_code(code)
    {
        error(issues, IssueCode::CodeInvalid, place, format!("`{}` is no code of value set {name}", clip(code)));
    }
}

/// A concept of a required binding: one of its codings must be from the set, unless there are only words.
fn bound_concept(node: Node<'_>, element: &Element, place: &Place<'_>, issues: &mut Vec<Issue>) {
    let Some((name, set)) = element.value_set.and_then(|name| Some((name, model().value_set(name)?))) else { return };
    let codings = node.get("coding").unwrap_or(node);
    let mut any = false;
    for coding in codings.items() {
        let (Some(system), Some(code)) = (coding.str("system"), coding.str("code")) else { continue };
        any = true;
        if set.has(system, code) {
            return;
        }
    }
    if any {
        error(issues, IssueCode::CodeInvalid, place, format!("no code of value set {name}"));
    } else if codings.items().all(|c| c.str("code").is_none()) {
        error(issues, IssueCode::CodeInvalid, place, format!("a code of value set {name} is needed"));
    }
}

/// A reference must name a type that may stand here.
fn reference(node: Node<'_>, element: &Element, of: TypeId, place: &Place<'_>, issues: &mut Vec<Issue>) {
    let allowed = element.types.iter().find(|(t, _)| *t == of).map(|(_, targets)| *targets).unwrap_or_default();
    let Some(text) = node.str("reference") else { return };
    let parsed = Reference::parse(text);
    let Some(found) = parsed.resource_type() else { return };
    if let Some(stated) = node.str("type").and_then(ResourceType::find)
        && stated != found
    {
        let text = format!("the reference names a {found}, its type says {stated}");
        report(issues, Issue::error(IssueCode::Structure, place.to_string(), text));
    }
    if !allowed.is_empty() && !allowed.contains(&found.as_str()) {
        // A warning only: one of the specification's own examples does it.
        let text = format!("may point to {}, not to {found}", allowed.join(", "));
        report(issues, Issue::warning(IssueCode::Structure, place.to_string(), text));
    }
}

pub(super) fn clip(text: &str) -> String {
    text.chars().take(60).collect()
}

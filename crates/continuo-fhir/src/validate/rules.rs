//! The specification's rules, as FHIRPath, on every element they are about.

use super::extensions::{self, Host};
use super::place::Place;
use super::{error, prose, report};
use crate::fhirpath::{Context, Expression, Item};
use crate::issue::{Issue, IssueCode};
use crate::model::{Element, Rule, TypeId, TypeKind, model};
use crate::name::Name;
use crate::packed::{Kind, Node};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Rules that the walk itself checks, that only advise on style, or whose published expression is wrong: que-7 asks
/// for FHIRPath's Boolean where FHIR's is meant.
const ELSEWHERE: [&str; 6] = ["ele-1", "txt-1", "txt-2", "dom-6", "dom-2", "que-7"];

/// Rules whose published expression gives nothing where what they are about is absent. Elsewhere nothing is not true, as
/// with a period from a day to an hour of that day: nobody can tell that it does not end before it starts.
const OF_WHAT_MAY_BE_ABSENT: [&str; 2] = ["ref-1", "ras-2"];

static RULES: LazyLock<BTreeMap<&'static str, Expression>> = LazyLock::new(|| {
    let types = model().types();
    let own = types.iter().flat_map(|t| t.rules.iter().chain(t.elements.iter().flat_map(|e| &e.rules)));
    own.filter(|rule| !ELSEWHERE.contains(&rule.key))
        .filter_map(|rule| Some((rule.expression, Expression::parse(rule.expression).ok()?)))
        .collect()
});

/// The types of an extension and of what has one.
static EXTENSION: LazyLock<(TypeId, TypeId)> = LazyLock::new(|| {
    let find = |name| model().find(name).expect("R4 has the type");
    (find("Extension"), find("Element"))
});

/// Checks all rules of a resource.
pub(super) fn check(resource: Node<'_>, issues: &mut Vec<Issue>) {
    let name = resource.resource_type().unwrap_or_default();
    let item = Item::resource(resource);
    let scope = Resources { nearest: item, root: item };
    walk(item, None, None, &Place::root(name), scope, issues);
}

/// The resources around an element: `%resource` and `%rootResource`.
#[derive(Clone, Copy)]
struct Resources<'a> {
    nearest: Item<'a>,
    root: Item<'a>,
}

/// `owner` is the type that `element` belongs to.
fn walk(
    item: Item<'_>,
    owner: Option<TypeId>,
    element: Option<&Element>,
    place: &Place<'_>,
    scope: Resources<'_>,
    issues: &mut Vec<Issue>,
) {
    let Some(type_) = item.type_ else { return };
    let own = model().type_(type_).rules.iter();
    for rule in own.chain(element.into_iter().flat_map(|e| &e.rules)) {
        run(item, rule, place, scope, issues);
    }
    let Some(node) = item.node.filter(|n| n.kind() == Kind::Object) else { return };
    prose::object(node, type_, place, issues);
    let of = owner.zip(element).map(|(owner, element)| (owner, element.name));
    extensions::check(node, Host { type_, element: of }, place, issues);
    for (field, value) in node.fields() {
        if let Some(plain) = field.strip_prefix('_')
            && let Some((element, of)) = Name::find(plain).and_then(|name| model().field(type_, name))
        {
            let here = place.step(element.name);
            if node.get(plain).is_none() {
                prose::primitive(None, Some(value), of, element, &here, issues);
            }
            let host = Host { type_: of, element: Some((type_, element.name)) };
            for twin in value.items().filter(|twin| twin.kind() == Kind::Object) {
                extensions::check(twin, host, &here, issues);
                for (i, extension) in twin.list("extension").enumerate() {
                    let at = here.step("extension");
                    walk(Item::typed(extension, EXTENSION.0), Some(EXTENSION.1), None, &at.item(i), scope, issues);
                }
            }
        }
        let Some((element, of)) = Name::find(field).and_then(|name| model().field(type_, name)) else { continue };
        let here = place.step(element.name);
        for (i, child) in value.items().enumerate() {
            let here = if element.is_list { here.item(i) } else { here };
            if model().type_(of).kind == TypeKind::Primitive {
                prose::primitive(Some(child), None, of, element, &here, issues);
            }
            inner(
                child,
                of,
                (type_, element),
                node.get(&format!("_{field}")).filter(|_| !element.is_list),
                &here,
                scope,
                issues,
            );
        }
    }
}

fn inner<'a>(
    child: Node<'a>,
    of: TypeId,
    (owner, element): (TypeId, &Element),
    twin: Option<Node<'a>>,
    place: &Place<'_>,
    scope: Resources<'a>,
    issues: &mut Vec<Issue>,
) {
    if model().type_(of).kind != TypeKind::Resource {
        let item = Item { twin, ..Item::typed(child, of) };
        return walk(item, Some(owner), Some(element), place, scope, issues);
    }
    let item = Item::resource(child);
    // A contained resource belongs to its container; one in a bundle stands for itself.
    let root = if element.name == "contained" { scope.root } else { item };
    walk(item, None, None, place, Resources { nearest: item, root }, issues);
}

fn run(item: Item<'_>, rule: &Rule, place: &Place<'_>, scope: Resources<'_>, issues: &mut Vec<Issue>) {
    let Some(expression) = RULES.get(rule.expression) else { return };
    let is_about_contained = matches!(rule.key, "dom-3" | "dom-4" | "dom-5");
    if is_about_contained && item.node.is_none_or(|n| n.get("contained").is_none()) {
        return;
    }
    let context = Context {
        resource: Some(scope.nearest),
        root: Some(scope.root),
        now: None,
        is_strict: false,
        variables: BTreeMap::new(),
        resolve: None,
    };
    // A rule that cannot be evaluated says nothing about the resource.
    let Ok(found) = expression.holds(&context, item) else { return };
    if !found.unwrap_or(OF_WHAT_MAY_BE_ABSENT.contains(&rule.key)) {
        let text = format!("rule {} does not hold: {}", rule.key, rule.expression);
        if rule.is_error {
            error(issues, IssueCode::Invariant, place, text);
        } else {
            report(issues, Issue::warning(IssueCode::Invariant, place.to_string(), text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_understood() {
        for type_ in model().types() {
            for rule in type_.rules.iter().chain(type_.elements.iter().flat_map(|e| &e.rules)) {
                if let Err(error) = Expression::parse(rule.expression) {
                    panic!("{}: {error}: {}", rule.key, rule.expression);
                }
            }
        }
    }
}

//! ELM type specifiers.

use crate::elm::Tree;
use crate::program::Type;

/// The type of `{uri}Name`.
pub(super) fn named(name: &str) -> Type {
    let (uri, plain) = match name.strip_prefix('{').and_then(|n| n.split_once('}')) {
        Some((uri, plain)) => (uri, plain),
        None => match name.split_once('.') {
            Some(("System", plain)) => ("urn:hl7-org:elm-types:r1", plain),
            Some((_, plain)) => ("", plain),
            None => ("urn:hl7-org:elm-types:r1", name),
        },
    };
    match (uri, plain) {
        ("urn:hl7-org:elm-types:r1", "Any") => Type::Any,
        ("urn:hl7-org:elm-types:r1", plain) => Type::System(plain.into()),
        (_, plain) => Type::Fhir(plain.into()),
    }
}

/// The type of a specifier.
pub(super) fn specifier(tree: &Tree<'_>) -> Type {
    let inner = |key: &str| Box::new(tree.get(key).map_or(Type::Any, specifier));
    match tree.text("type") {
        Some("ListTypeSpecifier") => Type::List(inner("elementType")),
        Some("IntervalTypeSpecifier") => Type::Interval(inner("pointType")),
        Some("ChoiceTypeSpecifier") => {
            let choices = tree.items("choice");
            let choices = if choices.is_empty() { tree.items("type") } else { choices };
            Type::Choice(choices.iter().map(specifier).collect())
        }
        Some("TupleTypeSpecifier") => {
            Type::Tuple(tree.items("element").iter().filter_map(|e| e.text("name")).map(Box::from).collect())
        }
        _ => tree.text("name").map_or(Type::Any, named),
    }
}

/// A type given by name or specifier under two keys (`asType` and `asTypeSpecifier`).
pub(super) fn either(tree: &Tree<'_>, name: &str, spec: &str) -> Type {
    match (tree.text(name), tree.get(spec)) {
        (Some(name), _) => named(name),
        (None, Some(spec)) => specifier(spec),
        (None, None) => Type::Any,
    }
}

/// The declared type of a function's operand.
pub(super) fn operand_type(tree: &Tree<'_>) -> Option<Type> {
    if let Some(spec) = tree.get("operandTypeSpecifier") {
        return Some(specifier(spec));
    }
    tree.text("operandType").map(named)
}

/// The type an expression says it has.
pub(super) fn of_expression(tree: &Tree<'_>) -> Type {
    if let Some(name) = tree.text("resultTypeName") {
        return named(name);
    }
    if let Some(spec) = tree.get("resultTypeSpecifier") {
        return specifier(spec);
    }
    match tree.text("type") {
        Some("As") => either(tree, "asType", "asTypeSpecifier"),
        Some("Literal") => tree.text("valueType").map_or(Type::Any, named),
        Some(kind @ ("DateTime" | "Date" | "Time" | "Quantity")) => Type::System(kind.into()),
        _ => Type::Any,
    }
}

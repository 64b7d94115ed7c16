//! What a library of which only the ELM is there offers to those that include it.

use super::super::model::ModelInfo;
use super::super::types::{Ty, system};
use super::{Exports, Signature};
use crate::elm::Tree;

impl Exports {
    /// Reads names and types from an ELM library; a type it does not state is any.
    pub fn of_elm(library: &Tree<'_>, models: &[ModelInfo]) -> Exports {
        let identifier = |key: &str| library.get("identifier").and_then(|i| i.text(key)).unwrap_or_default().to_owned();
        let mut exports = Exports { id: (identifier("id"), identifier("version")), ..Exports::default() };
        let defs = |key: &str| library.get(key).map_or(&[][..], |list| list.items("def"));
        for (key, kind) in [
            ("codeSystems", "CodeSystemRef"),
            ("valueSets", "ValueSetRef"),
            ("codes", "CodeRef"),
            ("concepts", "ConceptRef"),
        ] {
            let names = defs(key).iter().filter_map(|def| def.text("name"));
            exports.terms.extend(names.map(|name| (name.to_owned(), kind)));
        }
        for def in defs("parameters") {
            let Some(name) = def.text("name") else { continue };
            let ty = of(def, "parameterType", "parameterTypeSpecifier", models);
            exports.parameters.insert(name.to_owned(), ty);
        }
        for def in defs("statements") {
            let Some(name) = def.text("name") else { continue };
            let private = def.text("accessLevel") == Some("Private");
            let result = of(def, "resultTypeName", "resultTypeSpecifier", models);
            if def.text("type") == Some("FunctionDef") {
                let operands = def.items("operand").iter();
                let operands = operands.map(|o| of(o, "operandType", "operandTypeSpecifier", models)).collect();
                exports.functions.push(Signature {
                    name: name.to_owned(),
                    operands,
                    result,
                    fluent: def.flag("fluent") == Some(true),
                    private,
                    place: None,
                });
            } else {
                if private {
                    exports.private.insert(name.to_owned());
                }
                exports.definitions.insert(name.to_owned(), result);
            }
        }
        exports
    }
}

fn of(tree: &Tree<'_>, name: &str, spec: &str, models: &[ModelInfo]) -> Ty {
    match (tree.text(name), tree.get(spec)) {
        (Some(name), _) => named(name, models),
        (None, Some(spec)) => specifier(spec, models),
        (None, None) => Ty::Any,
    }
}

fn named(name: &str, models: &[ModelInfo]) -> Ty {
    let Some((uri, plain)) = name.strip_prefix('{').and_then(|n| n.split_once('}')) else { return Ty::Any };
    if uri == "urn:hl7-org:elm-types:r1" {
        return system(plain);
    }
    // ELM of a mapped model names the target's types; the target itself knows them best.
    let of_uri = || models.iter().filter(|m| m.uri == uri && m.class(plain).is_some());
    match of_uri().find(|m| m.name == "FHIR").or_else(|| of_uri().next()) {
        Some(model) => Ty::Named(model.name.clone(), plain.to_owned()),
        None => Ty::Any,
    }
}

fn specifier(tree: &Tree<'_>, models: &[ModelInfo]) -> Ty {
    let inner = |key: &str| Box::new(tree.get(key).map_or(Ty::Any, |t| specifier(t, models)));
    match tree.text("type") {
        Some("ListTypeSpecifier") => Ty::List(inner("elementType")),
        Some("IntervalTypeSpecifier") => Ty::Interval(inner("pointType")),
        Some("ChoiceTypeSpecifier") => Ty::Choice(tree.items("choice").iter().map(|c| specifier(c, models)).collect()),
        Some("TupleTypeSpecifier") => {
            let field = |e: &Tree<'_>| {
                let ty = of(e, "elementTypeName", "elementType", models);
                Some((e.text("name")?.to_owned(), ty))
            };
            Ty::Tuple(tree.items("element").iter().filter_map(field).collect())
        }
        _ => tree.text("name").map_or(Ty::Any, |name| named(name, models)),
    }
}

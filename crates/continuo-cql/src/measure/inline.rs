//! Criteria written as CQL instead of as a name: each becomes a definition of a small library beside the measure's own.
//!
//! Source: FHIR R4, `Measure.group.population.criteria` with language `text/cql` or `text/cql-expression`. Such a text
//! means what it would mean within the measure's library: its names, its includes, its model.

use std::sync::Arc;

use crate::elm::Tree;
use crate::elm::library::{Library, Shelf};
use crate::front::model::ModelInfo;
use crate::front::translate::{Exports, translate_within};

use super::definition::Measure;

/// Replaces the texts of a measure by names of definitions, which stand in a library that is put on the shelf.
pub(super) fn define(measure: &mut Measure, shelf: &mut Shelf<'_>, models: &[ModelInfo]) -> Result<(), String> {
    let (name, version) = measure.library.clone();
    let home = shelf.find(&name, version.as_deref().or(Some(&*measure.version)));
    let is_named = |text: &str| home.is_some_and(|at| defines(&shelf.libraries[at].tree, text));
    let texts: Vec<String> = measure.cql.iter().filter(|text| !is_named(text)).cloned().collect();
    if texts.is_empty() {
        return Ok(());
    }
    let mut known_models = models.to_vec();
    if !known_models.iter().any(|m| m.name == "FHIR") {
        known_models.push(ModelInfo::fhir());
    }
    let id = format!("{}-criteria", measure.name.replace('.', "-"));
    let mut exports: Vec<(String, Arc<Exports>)> = Vec::new();
    let mut head = format!("library \"{id}\"\n");
    let tree = home.map(|at| &shelf.libraries[at].tree);
    head.push_str(&using(tree, &known_models));
    if let (Some(at), Some(tree)) = (home, tree) {
        let library = &shelf.libraries[at];
        head.push_str(&include(&library.id, &library.version, HOME));
        exports.push((library.id.clone(), Arc::new(Exports::of_elm(tree, &known_models))));
        for def in tree.get("includes").map_or(&[][..], |i| i.items("def")) {
            let path = def.text("path").unwrap_or_default();
            let plain = path.rsplit(['/', '.']).next().unwrap_or(path);
            let alias = def.text("localIdentifier").unwrap_or(plain);
            let Some(found) = shelf.find(plain, def.text("version")) else { continue };
            let library = &shelf.libraries[found];
            head.push_str(&include(plain, &library.version, alias));
            exports.push((plain.to_owned(), Arc::new(Exports::of_elm(&library.tree, &known_models))));
        }
    }
    if !exports.iter().any(|(name, _)| name == "FHIRHelpers") {
        head.push_str("include FHIRHelpers version '4.0.1'\n");
    }
    head.push_str("context Patient\n");
    let find = |path: &str, _: Option<&str>| exports.iter().find(|(name, _)| name == path).map(|(_, e)| e.clone());
    let mut text = head;
    let mut places = Vec::new();
    for (number, criterion) in texts.iter().enumerate() {
        text.push_str(&format!("define \"{}\":\n", local(number)));
        places.push(text.len());
        text.push_str(criterion);
        text.push('\n');
    }
    let translated = translate_within(&text, &known_models, &find, HOME);
    if let Some(problem) = translated.problems.first() {
        let at = places.iter().rposition(|place| *place <= problem.at);
        return Err(match at {
            Some(at) => {
                let own = crate::front::Problem { at: problem.at - places[at], ..problem.clone() };
                format!("criterion `{}`: {}", shortened(&texts[at]), own.display(&texts[at]))
            }
            None => problem.message.clone(),
        });
    }
    let Tree::Object(mut fields) = translated.elm else { return Err("its criteria cannot be translated".into()) };
    let Some((_, tree)) = fields.pop() else { return Err("its criteria cannot be translated".into()) };
    shelf.libraries.push(Library::from_tree(tree, &id)?);
    if name.is_empty() {
        measure.library = (id.clone(), None);
    }
    let of = |text: &str| texts.iter().position(|known| known == text).map(|at| format!("{id}.{}", local(at)));
    measure.each_expression(&mut |expression| {
        if let Some(reference) = of(expression) {
            *expression = reference;
        }
    });
    Ok(())
}

/// What the measure's own library is called in the library of its criteria; no author calls one so.
const HOME: &str = "of the measure";

fn local(number: usize) -> String {
    format!("criterion {}", number + 1)
}

fn defines(tree: &Tree<'_>, name: &str) -> bool {
    let statements = tree.get("statements").map_or(&[][..], |s| s.items("def"));
    statements.iter().any(|def| def.text("name") == Some(name))
}

fn include(path: &str, version: &str, alias: &str) -> String {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', ""));
    let version = if version.is_empty() { String::new() } else { format!(" version '{}'", version.replace('\'', "")) };
    format!("include {}{version} called {}\n", quoted(path), quoted(alias))
}

/// The model of the measure's library where its description is at hand; ELM is of FHIR in any case.
fn using(tree: Option<&Tree<'_>>, models: &[ModelInfo]) -> String {
    let defs = tree.and_then(|t| t.get("usings")).map_or(&[][..], |u| u.items("def"));
    let named = defs
        .iter()
        .filter_map(|def| def.text("localIdentifier"))
        .find(|name| *name != "System" && *name != "FHIR" && models.iter().any(|m| m.name == *name));
    match named {
        Some(name) => format!("using {name}\n"),
        None => "using FHIR version '4.0.1'\n".into(),
    }
}

fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let short: String = line.chars().take(60).collect();
    if short.len() < text.len() { format!("{short}..") } else { short }
}

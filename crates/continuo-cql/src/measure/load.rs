//! From files' texts to a plan: what the command and the product both do first.

use std::sync::Arc;

use crate::compile::Compiler;
use crate::elm::Tree;
use crate::elm::library::{Library, Shelf};
use crate::front::model::ModelInfo;
use crate::front::translate::Exports;
use crate::front::workspace::{self, translate_beside};
use crate::stack::deep_stack;
use crate::terminology::Terminology;

use super::gather::{Carried, Gathered};
use super::inline;
use super::plan::{Options, Plan};

/// A file's name and text.
#[derive(Clone, Debug)]
pub struct Source {
    /// Name, for messages and library versions (`Name-1.2.000.elm.json`).
    pub name: String,
    /// Text.
    pub text: String,
}

/// What a run rests on.
#[derive(Debug)]
pub struct Package {
    /// Compiled measures.
    pub plan: Plan,
    /// Codes and value sets.
    pub terms: Terminology,
    /// Files that could not be used, and why.
    pub problems: Vec<String>,
}

/// Compiles measures against libraries and value sets. A file that cannot be read costs itself only.
pub fn load(measures: &[Source], libraries: &[Source], value_sets: &[Source], options: Options) -> Package {
    load_with(measures, libraries, value_sets, options, &[])
}

/// The same with models for libraries of which there is only CQL; FHIR 4.0.1 is known without.
pub fn load_with(
    measures: &[Source],
    libraries: &[Source],
    value_sets: &[Source],
    options: Options,
    models: &[ModelInfo],
) -> Package {
    deep_stack(|| {
        let mut gathered = Gathered::default();
        for source in measures {
            gathered.take(source);
        }
        let found = std::mem::take(&mut gathered.measures);
        for source in libraries.iter().chain(value_sets) {
            gathered.take(source);
        }
        // Measures that stand among the libraries were not asked for.
        let (value_sets, code_systems) =
            (std::mem::take(&mut gathered.value_sets), std::mem::take(&mut gathered.code_systems));
        let carried = std::mem::take(&mut gathered.carried);
        let mut problems = std::mem::take(&mut gathered.problems);
        let mut shelf = shelved(gathered, &carried, models, &mut problems);
        let mut terms = Terminology::default();
        for tree in &code_systems {
            problems.extend(terms.add_code_system(tree).err());
        }
        problems.extend(terms.add_value_sets(&value_sets.iter().collect::<Vec<_>>()));
        let mut refused = Vec::new();
        let mut measures = Vec::new();
        for mut measure in found {
            match inline::define(&mut measure, &mut shelf, models) {
                Ok(()) => measures.push(measure),
                Err(error) => refused.push((measure.name, error)),
            }
        }
        let mut plan = Plan::new(measures, &shelf, &mut terms, options);
        plan.refused.append(&mut refused);
        Package { plan, terms, problems }
    })
}

/// The libraries among what was gathered; what there is only CQL of is translated.
fn shelved<'a>(
    gathered: Gathered<'a>,
    carried: &'a [Carried],
    models: &[ModelInfo],
    problems: &mut Vec<String>,
) -> Shelf<'a> {
    let mut cql = gathered.cql;
    let mut shelf = Shelf { libraries: gathered.elm };
    for library in carried {
        let Some(text) = &library.elm else { continue };
        match Library::parse(text, &library.name) {
            Ok(read) => {
                if !shelf.libraries.iter().any(|l| l.id == read.id && l.version == read.version) {
                    shelf.libraries.push(Library { names: library.names.clone(), ..read });
                }
            }
            Err(error) => problems.push(format!("library `{}`: {error}", library.name)),
        }
    }
    let mut others = Vec::new();
    for library in carried {
        if let (None, Some(text)) = (&library.elm, library.cql.clone()) {
            others.push((cql.len(), library.names.clone()));
            cql.push(Source { name: format!("{}.cql", library.name), text });
        }
    }
    translate_rest(&cql, &others, models, &mut shelf, problems);
    shelf
}

/// What a library's definitions ask for (`Library/$data-requirements`), as a Library of type `module-definition`.
pub fn library_requirements(
    libraries: &[Source],
    value_sets: &[Source],
    name: &str,
    version: Option<&str>,
) -> Result<Tree<'static>, String> {
    deep_stack(|| {
        let mut gathered = Gathered::default();
        for source in libraries.iter().chain(value_sets) {
            gathered.take(source);
        }
        let (sets, carried) = (std::mem::take(&mut gathered.value_sets), std::mem::take(&mut gathered.carried));
        let mut problems = Vec::new();
        let shelf = shelved(gathered, &carried, &[], &mut problems);
        let at = shelf.find(name, version).ok_or_else(|| format!("library `{name}` is not loaded"))?;
        let mut terms = Terminology::default();
        terms.add_value_sets(&sets.iter().collect::<Vec<_>>());
        let mut compiler = Compiler::new(&shelf, &mut terms);
        let mut definitions = Vec::new();
        for definition in compiler.definition_names(at) {
            definitions.push(compiler.definition(at as u32, &definition).map_err(|error| error.to_string())?);
        }
        let program = compiler.finish();
        let includes = shelf.libraries[at].tree.get("includes").map_or(&[][..], |i| i.items("def"));
        let depends: Vec<String> = includes
            .iter()
            .filter_map(|def| {
                let path = def.text("path")?;
                let plain = path.rsplit(['/', '.']).next().unwrap_or(path);
                Some(format!("Library/{plain}{}", def.text("version").map_or(String::new(), |v| format!("|{v}"))))
            })
            .collect();
        let asked = super::requirements::of_definitions(&program, &definitions);
        Ok(super::requirements::library_of(&asked, name, &depends))
    })
}

/// Translates what has no ELM. Its faults are problems; what can be translated is used.
fn translate_rest(
    cql: &[Source],
    others: &[(usize, Vec<String>)],
    models: &[ModelInfo],
    shelf: &mut Shelf<'_>,
    problems: &mut Vec<String>,
) {
    let sources: Vec<workspace::Source> =
        cql.iter().map(|s| workspace::Source { name: s.name.clone(), text: s.text.clone() }).collect();
    let wanted: Vec<bool> = sources.iter().map(|source| !is_there(&source.text, shelf)).collect();
    if !wanted.contains(&true) {
        return;
    }
    let mut models = models.to_vec();
    if !models.iter().any(|m| m.name == "FHIR") {
        models.push(ModelInfo::fhir());
    }
    let known: Vec<Arc<Exports>> =
        shelf.libraries.iter().map(|library| Arc::new(Exports::of_elm(&library.tree, &models))).collect();
    let chosen: Vec<workspace::Source> =
        sources.iter().zip(&wanted).filter(|(_, wanted)| **wanted).map(|(source, _)| source.clone()).collect();
    let places: Vec<usize> = (0..sources.len()).filter(|at| wanted[*at]).collect();
    for result in translate_beside(&chosen, &models, &known) {
        let source = &chosen[result.source];
        for problem in &result.translated.problems {
            problems.push(format!("{}:{}", source.name, problem.display(&source.text)));
        }
        let Tree::Object(mut fields) = result.translated.elm else { continue };
        let Some((_, tree)) = fields.pop() else { continue };
        match Library::from_tree(tree, source.name.trim_end_matches(".cql")) {
            Ok(library) => {
                let place = places[result.source];
                let names = others.iter().find(|(at, _)| *at == place).map(|(_, names)| names.clone());
                shelf.libraries.push(Library { names: names.unwrap_or_default(), ..library });
            }
            Err(error) => problems.push(format!("{}: {error}", source.name)),
        }
    }
}

/// Whether the ELM of a CQL text is on the shelf: ELM wins over translating.
fn is_there(text: &str, shelf: &Shelf<'_>) -> bool {
    let (name, version) = workspace::name_of(text);
    shelf.libraries.iter().any(|l| {
        l.id == name && (version.is_empty() || l.version == version || l.file_version.as_deref() == Some(&*version))
    })
}

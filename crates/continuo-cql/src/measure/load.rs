//! From files' texts to a plan: what the command and the product both do first.

use crate::elm::Tree;
use crate::elm::library::{Library, Shelf};
use crate::stack::deep_stack;
use crate::terminology::Terminology;

use super::definition::Measure;
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
    deep_stack(|| {
        let mut problems = Vec::new();
        let mut shelf = Shelf::default();
        for source in libraries {
            let name = source.name.trim_end_matches(".json").trim_end_matches(".elm");
            match Library::parse(&source.text, name) {
                Ok(library) => shelf.libraries.push(library),
                Err(error) => problems.push(format!("{}: {error}", source.name)),
            }
        }
        let mut terms = Terminology::default();
        for source in value_sets {
            let added = Tree::parse(&source.text).and_then(|tree| add_value_sets(&mut terms, &tree));
            if let Err(error) = added {
                problems.push(format!("{}: {error}", source.name));
            }
        }
        let mut found = Vec::new();
        for source in measures {
            match Tree::parse(&source.text).and_then(|tree| Measure::parse(&tree)) {
                Ok(measure) => found.push(measure),
                Err(error) => problems.push(format!("{}: {error}", source.name)),
            }
        }
        let plan = Plan::new(found, &shelf, &mut terms, options);
        Package { plan, terms, problems }
    })
}

/// One value set, or a bundle of them.
fn add_value_sets(terms: &mut Terminology, tree: &Tree<'_>) -> Result<(), String> {
    match tree.text("resourceType") {
        Some("ValueSet") => terms.add_value_set(tree).map(drop),
        Some("Bundle") => {
            let resources = tree.items("entry").iter().filter_map(|e| e.get("resource"));
            let sets = resources.filter(|r| r.text("resourceType") == Some("ValueSet"));
            let mut result = Ok(());
            for set in sets {
                if let Err(error) = terms.add_value_set(set) {
                    result = Err(error);
                }
            }
            result
        }
        other => Err(format!("a {} is no value set", other.unwrap_or("file without resourceType"))),
    }
}

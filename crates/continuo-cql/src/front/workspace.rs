//! Several libraries translated together, each after those it includes.

use std::collections::HashMap;
use std::sync::Arc;

use super::model::ModelInfo;
use super::translate::{Exports, Translated, translate};
use super::{Problem, parser};

/// A library's text.
#[derive(Clone, Debug)]
pub struct Source {
    /// File name, for messages; `Name-1.2.000.cql` also gives a version.
    pub name: String,
    /// CQL.
    pub text: String,
}

/// A library after translation.
#[derive(Debug)]
pub struct Result {
    /// Place among the sources.
    pub source: usize,
    /// What came of it.
    pub translated: Translated,
}

/// Translates all sources. Results come in an order in which included libraries stand before those that include them.
pub fn translate_all(sources: &[Source], models: &[ModelInfo]) -> Vec<Result> {
    translate_beside(sources, models, &[])
}

/// The same beside libraries of which only the ELM is there.
pub fn translate_beside(sources: &[Source], models: &[ModelInfo], known: &[Arc<Exports>]) -> Vec<Result> {
    let mut workspace = Workspace {
        known,
        models,
        sources,
        heads: sources.iter().map(|s| head(&s.text)).collect(),
        states: HashMap::new(),
        results: Vec::new(),
    };
    for at in 0..sources.len() {
        workspace.library(at);
    }
    workspace.results
}

struct Head {
    name: String,
    version: String,
    includes: Vec<(usize, String, Option<String>)>,
}

/// Name and version a text gives its library; empty where it gives none.
pub fn name_of(text: &str) -> (String, String) {
    let (name, version) = parser::library_name(text).unwrap_or_default();
    (name, version.unwrap_or_default())
}

/// Name and includes of a library, which its translation needs first.
fn head(text: &str) -> Head {
    let (library, _) = parser::library(text);
    let (name, version) = library.name.unwrap_or_default();
    Head {
        name,
        version: version.unwrap_or_default(),
        includes: library.includes.into_iter().map(|i| (i.at, i.path, i.version)).collect(),
    }
}

struct Workspace<'w> {
    /// Libraries of which only the ELM is there.
    known: &'w [Arc<Exports>],
    models: &'w [ModelInfo],
    sources: &'w [Source],
    heads: Vec<Head>,
    /// Nothing while a library is being worked on.
    states: HashMap<usize, Option<Arc<Exports>>>,
    results: Vec<Result>,
}

impl Workspace<'_> {
    fn find(&self, path: &str, version: Option<&str>) -> Option<usize> {
        let plain = path.rsplit('.').next().unwrap_or(path);
        let named = || (0..self.heads.len()).filter(|at| self.heads[*at].name == plain);
        match version {
            Some(version) => named()
                .find(|at| self.heads[*at].version == version)
                .or_else(|| named().find(|at| self.sources[*at].name.contains(version)))
                .or_else(|| named().next().filter(|_| named().count() == 1)),
            None => named().next_back(),
        }
    }

    fn known(&self, path: &str, version: Option<&str>) -> Option<Arc<Exports>> {
        let plain = path.rsplit('.').next().unwrap_or(path);
        let named = || self.known.iter().filter(|e| e.id.0 == plain);
        let exact = version.and_then(|version| named().find(|e| e.id.1 == version));
        exact.or_else(|| named().next_back()).cloned()
    }

    fn library(&mut self, at: usize) -> Option<Arc<Exports>> {
        if let Some(state) = self.states.get(&at) {
            return state.clone();
        }
        self.states.insert(at, None);
        let includes = std::mem::take(&mut self.heads[at].includes);
        let mut circles = Vec::new();
        for (place, path, version) in &includes {
            if let Some(found) = self.find(path, version.as_deref())
                && self.library(found).is_none()
            {
                circles.push(Problem::new(*place, format!("library `{path}` includes this one again")));
            }
        }
        let mut translated = {
            let find = |path: &str, version: Option<&str>| match self.find(path, version) {
                Some(found) => self.states.get(&found)?.clone(),
                None => self.known(path, version),
            };
            translate(&self.sources[at].text, self.models, &find)
        };
        translated.problems.append(&mut circles);
        let exports = translated.exports.clone();
        self.states.insert(at, Some(exports.clone()));
        self.results.push(Result { source: at, translated });
        Some(exports)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str, text: &str) -> Source {
        Source { name: name.into(), text: text.into() }
    }

    #[test]
    fn definitions_of_included_libraries_are_typed() {
        let list = [
            source("a", "library A\ninclude B called X\ndefine Sum: X.One + X.plus(2)\ndefine Wrong: X.Two"),
            source("b", "library B\ndefine One: 1\ndefine function plus(n Integer): n + One"),
        ];
        let results = translate_all(&list, &[]);
        assert_eq!(results.iter().map(|r| r.source).collect::<Vec<_>>(), [1, 0]);
        let problems = &results[1].translated.problems;
        assert_eq!(problems[0].display(&list[0].text), "4:15: library `X` has no `Two`");
        assert_eq!(problems.len(), 1);
    }

    #[test]
    fn a_circle_of_includes_is_named() {
        let list = [source("a", "library A\ninclude B\ndefine X: 1"), source("b", "library B\ninclude A\ndefine Y: 1")];
        let all: Vec<_> = translate_all(&list, &[]).into_iter().flat_map(|r| r.translated.problems).collect();
        assert!(all.iter().any(|p| p.message.contains("includes this one again")), "{all:?}");
    }

    #[test]
    fn fhir_elements_convert_where_a_system_type_is_needed() {
        let list = [source(
            "a",
            "library A using FHIR version '4.0.1' include FHIRHelpers version '4.0.1' context Patient \
             define Age: AgeInYearsAt(@2026-01-01) > 17 \
             define Visits: [Encounter] E where E.period during Interval[@2026-01-01, @2026-12-31] \
             define Sugar: [Observation] O where (O.value as Quantity) > 9 '%' and O.status in {'final', 'amended'}",
        )];
        let result = translate_all(&list, &[ModelInfo::fhir()]).remove(0).translated;
        assert!(result.problems.is_empty(), "{:?}", result.problems);
        let mut elm = String::new();
        result.elm.write(&mut elm);
        assert!(elm.contains(r#""name":"ToInterval","libraryName":"FHIRHelpers""#));
    }
}

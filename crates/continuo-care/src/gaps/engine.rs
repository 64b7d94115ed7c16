//! All care-gap rules compiled once into one program, with the value sets they name.

use std::sync::LazyLock;

use continuo_cql::compile::Compiler;
use continuo_cql::elm::Tree;
use continuo_cql::elm::library::{Library, Shelf};
use continuo_cql::front::model::ModelInfo;
use continuo_cql::front::workspace::{Source, translate_all};
use continuo_cql::program::Program;
use continuo_cql::{Terminology, deep_stack};

use super::recognize::Phrases;
use super::spec::GapSpec;
use super::{SPECS, files, value_set};

/// The definitions of one rule by number; those a rule may leave out are nothing.
#[derive(Clone, Copy, Debug)]
pub struct Definitions {
    /// `Applies`.
    pub applies: u32,
    /// `Due`.
    pub due: u32,
    /// `Satisfied`.
    pub satisfied: u32,
    /// `Why`.
    pub why: Option<u32>,
    /// `Evidence`.
    pub evidence: Option<u32>,
    /// `Anchor`: the resource the gap hangs on.
    pub anchor: Option<u32>,
    /// `SetAside`: a sentence when something on record speaks against it.
    pub set_aside: Option<u32>,
    /// `Missing`: the fact without which the rule cannot tell.
    pub missing: Option<u32>,
}

/// One rule ready to run.
#[derive(Debug)]
pub struct Rule {
    /// Its data.
    pub spec: &'static GapSpec,
    /// Its definitions.
    pub definitions: Definitions,
}

/// Everything compiled.
#[derive(Debug)]
pub struct Engine {
    /// The program of all rules.
    pub program: Program,
    /// Codes and value sets.
    pub terms: Terminology,
    /// Words that stand for codes.
    pub phrases: Phrases,
    /// The rules, gravest first.
    pub rules: Vec<Rule>,
    /// What is wrong with the files: never empty lines for a shipped build, a test reads it.
    pub faults: Vec<String>,
}

const FHIR_HELPERS: &str = r#"{"library":{"identifier":{"id":"FHIRHelpers","version":"4.0.1"}}}"#;

/// The engine of the shipped rules.
pub static ENGINE: LazyLock<Engine> = LazyLock::new(|| deep_stack(Engine::shipped));

impl Engine {
    fn shipped() -> Engine {
        let (sets, mut faults) = value_set::all();
        let mut terms = Terminology::default();
        for set in &sets {
            let json = set.to_json();
            match Tree::parse(&json).and_then(|tree| terms.add_value_set(&tree)) {
                Ok(_) => {}
                Err(error) => faults.push(format!("value set `{}`: {error}", set.id)),
            }
        }
        let mut sources: Vec<Source> = files::LIBRARIES.iter().map(|(id, text)| source(id, text)).collect();
        let shared = sources.len();
        sources.extend(SPECS.iter().map(|spec| source(spec.rule.id, spec.logic)));
        let mut shelf = Shelf::default();
        // Its functions are the engine's own; the compiler asks for the library all the same.
        match Library::parse(FHIR_HELPERS, "FHIRHelpers") {
            Ok(library) => shelf.libraries.push(library),
            Err(error) => faults.push(format!("FHIRHelpers: {error}")),
        }
        let mut places = vec![None; sources.len()];
        for result in translate_all(&sources, &[ModelInfo::fhir()]) {
            let text = &sources[result.source];
            faults
                .extend(result.translated.problems.iter().map(|p| format!("{}:{}", text.name, p.display(&text.text))));
            let Tree::Object(mut fields) = result.translated.elm else { continue };
            if fields.is_empty() {
                continue;
            }
            match Library::from_tree(fields.remove(0).1, &text.name) {
                Ok(library) => {
                    places[result.source] = Some(shelf.libraries.len() as u32);
                    shelf.libraries.push(library);
                }
                Err(error) => faults.push(format!("{}: {error}", text.name)),
            }
        }
        let mut compiler = Compiler::new(&shelf, &mut terms);
        let mut rules = Vec::new();
        for (at, spec) in SPECS.iter().enumerate() {
            let Some(library) = places[shared + at] else { continue };
            match definitions(&mut compiler, library) {
                Ok(definitions) => rules.push(Rule { spec, definitions }),
                Err(error) => faults.push(format!("rule `{}`: {error}", spec.rule.id)),
            }
        }
        faults.extend(compiler.missing_value_sets.iter().map(|url| format!("value set `{url}` is not there")));
        let program = compiler.finish();
        Engine { program, phrases: Phrases::new(&sets), terms, rules, faults }
    }
}

fn source(name: &str, text: &str) -> Source {
    Source { name: format!("{name}.cql"), text: text.to_owned() }
}

fn definitions(compiler: &mut Compiler<'_, '_>, library: u32) -> Result<Definitions, String> {
    let names = compiler.definition_names(library as usize);
    let mut optional = |name: &str| {
        if !names.iter().any(|known| known == name) {
            return Ok(None);
        }
        compiler.definition(library, name).map(Some).map_err(|error| error.to_string())
    };
    let needed = |name: &str, found: Option<u32>| found.ok_or_else(|| format!("`{name}` is not defined"));
    Ok(Definitions {
        why: optional("Why")?,
        evidence: optional("Evidence")?,
        anchor: optional("Anchor")?,
        set_aside: optional("SetAside")?,
        missing: optional("Missing")?,
        applies: needed("Applies", optional("Applies")?)?,
        due: needed("Due", optional("Due")?)?,
        satisfied: needed("Satisfied", optional("Satisfied")?)?,
    })
}

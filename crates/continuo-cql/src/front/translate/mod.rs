//! From the tree to ELM: names resolved, types inferred, implicit conversions written out.
//!
//! Types are followed where they are known; what is not known is `Any`, which fits everywhere, so that the
//! checker complains only about what is certainly wrong.

mod exports;
mod expr;
mod functions;
mod hints;
mod library;
mod members;
mod methods;
mod names;
mod operators;
mod query;
mod timing;
mod types;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Problem;
use super::ast::{Library, Statement};
use super::model::ModelInfo;
use super::types::{Ty, object, system};
use crate::elm::Tree;

/// An expression in ELM with its type.
#[derive(Clone, Debug)]
pub(super) struct X {
    tree: Tree<'static>,
    ty: Ty,
}

type Done<T = X> = Result<T, Problem>;

/// What other libraries can use of one.
#[derive(Clone, Debug, Default)]
pub struct Exports {
    /// Name and version.
    pub id: (String, String),
    definitions: HashMap<String, Ty>,
    functions: Vec<Signature>,
    parameters: HashMap<String, Ty>,
    terms: HashMap<String, &'static str>,
    /// Definitions that only the library itself may name.
    private: HashSet<String>,
}

#[derive(Clone, Debug)]
struct Signature {
    name: String,
    operands: Vec<Ty>,
    result: Ty,
    fluent: bool,
    private: bool,
    /// Place among the library's statements, to translate on demand.
    place: Option<usize>,
}

/// A translated library.
#[derive(Debug)]
pub struct Translated {
    /// The document `{"library": ..}`.
    pub elm: Tree<'static>,
    /// What includes of it see.
    pub exports: Arc<Exports>,
    /// Everything wrong, in order of place.
    pub problems: Vec<Problem>,
}

/// Finds the exports of an included library by path and version.
pub type Find<'f> = dyn Fn(&str, Option<&str>) -> Option<Arc<Exports>> + 'f;

/// Translates a library.
pub fn translate(source: &str, models: &[ModelInfo], find: &Find<'_>) -> Translated {
    let (library, mut problems) = super::parser::library(source);
    let mut translator = Translator::new(source, &library, models, find);
    let elm = translator.run();
    problems.append(&mut translator.problems);
    problems.sort_by_key(|p| p.at);
    Translated { elm, exports: Arc::new(translator.exports), problems }
}

/// Translates a library whose names may also be those of one of its includes, `home`, as if it stood within that.
pub fn translate_within(source: &str, models: &[ModelInfo], find: &Find<'_>, home: &str) -> Translated {
    let (library, mut problems) = super::parser::library(source);
    let mut translator = Translator::new(source, &library, models, find);
    translator.home = Some(home.to_owned());
    let elm = translator.run();
    problems.append(&mut translator.problems);
    problems.sort_by_key(|p| p.at);
    Translated { elm, exports: Arc::new(translator.exports), problems }
}

/// Translates one expression without models, as the language tests need: a library with the one definition `name`.
pub fn translate_expression(source: &str, name: &str) -> Result<Tree<'static>, Vec<Problem>> {
    let node = super::parser::expression(source)?;
    let statement = Statement {
        at: 0,
        name: name.to_owned(),
        context: "Unfiltered".into(),
        private: false,
        function: None,
        returns: None,
        body: Some(node),
    };
    let library = Library { statements: vec![statement], ..Library::default() };
    let mut translator = Translator::new(source, &library, &[], &|_, _| None);
    let elm = translator.run();
    if translator.problems.is_empty() { Ok(elm) } else { Err(translator.problems) }
}

enum State {
    Waiting,
    Working,
    Ready(Ty),
}

/// Names in force.
#[derive(Clone)]
struct Local {
    name: String,
    /// `AliasRef`, `QueryLetRef`, `OperandRef`, or `$this`.
    kind: &'static str,
    ty: Ty,
}

struct Translator<'t> {
    /// The text, to see how a name was written.
    source: &'t str,
    library: &'t Library,
    models: &'t [ModelInfo],
    find: &'t Find<'t>,
    includes: HashMap<String, Arc<Exports>>,
    include_order: Vec<String>,
    places: HashMap<&'t str, usize>,
    states: Vec<State>,
    trees: Vec<Option<Tree<'static>>>,
    parameters: HashMap<&'t str, Ty>,
    locals: Vec<Local>,
    exports: Exports,
    problems: Vec<Problem>,
    context: String,
    depth: usize,
    /// The include whose names need no qualifier.
    home: Option<String>,
}

impl<'t> Translator<'t> {
    fn new(source: &'t str, library: &'t Library, models: &'t [ModelInfo], find: &'t Find<'t>) -> Translator<'t> {
        Translator {
            source,
            library,
            models,
            find,
            includes: HashMap::new(),
            include_order: Vec::new(),
            places: HashMap::new(),
            states: library.statements.iter().map(|_| State::Waiting).collect(),
            trees: library.statements.iter().map(|_| None).collect(),
            parameters: HashMap::new(),
            locals: Vec::new(),
            exports: Exports::default(),
            problems: Vec::new(),
            context: String::new(),
            depth: 0,
            home: None,
        }
    }

    fn run(&mut self) -> Tree<'static> {
        let library = self.library;
        for (at, name, version) in &library.usings {
            if self.model(name).is_none() && name != "System" && name != "USCore" {
                let version = version.as_deref().unwrap_or("any version");
                self.problems.push(
                    Problem::new(*at, format!("model `{name}` ({version}) is not loaded")).hint(hints::of_model(name)),
                );
            }
        }
        for include in &library.includes {
            let plain = include.path.rsplit('.').next().unwrap_or(&include.path);
            match (self.find)(plain, include.version.as_deref()) {
                Some(exports) => {
                    self.includes.insert(include.alias.clone(), exports);
                }
                None if plain == "FHIRHelpers" => {
                    self.includes.insert(include.alias.clone(), Arc::new(helpers()));
                }
                None => {
                    self.problems.push(Problem::new(include.at, format!("library `{}` is not found", include.path)));
                }
            }
            self.include_order.push(include.alias.clone());
        }
        self.problems.extend(hints::twice(library));
        for (place, statement) in library.statements.iter().enumerate() {
            match &statement.function {
                None => {
                    self.places.insert(&statement.name, place);
                    if statement.private {
                        self.exports.private.insert(statement.name.clone());
                    }
                }
                Some((operands, fluent)) => {
                    let types: Done<Vec<Ty>> = operands.iter().map(|(_, t)| self.type_named(t, statement.at)).collect();
                    match types {
                        Ok(operands)
                            if self.exports.functions.iter().any(|f| {
                                f.name == statement.name
                                    && f.operands == operands.iter().map(|t| self.normal(t)).collect::<Vec<_>>()
                            }) =>
                        {
                            let message = format!("function `{}` is defined twice for the same types", statement.name);
                            self.problems.push(Problem::new(statement.at, message));
                        }
                        Ok(operands) => self.exports.functions.push(Signature {
                            name: statement.name.clone(),
                            operands: operands.iter().map(|t| self.normal(t)).collect(),
                            result: Ty::Any,
                            fluent: *fluent,
                            private: statement.private,
                            place: Some(place),
                        }),
                        Err(problem) => self.problems.push(problem),
                    }
                }
            }
        }
        let head = self.declarations();
        let mut contexts: Vec<&str> = Vec::new();
        for place in 0..library.statements.len() {
            let context = library.statements[place].context.as_str();
            if !contexts.contains(&context) {
                contexts.push(context);
            }
            self.statement(place);
        }
        self.finish(head, &contexts)
    }

    /// Translates a statement once and answers its type.
    fn statement(&mut self, place: usize) -> Ty {
        match &self.states[place] {
            State::Ready(ty) => return ty.clone(),
            State::Working => {
                let statement = &self.library.statements[place];
                if statement.function.is_none() {
                    let message = format!("`{}` rests on itself", statement.name);
                    let problem = Problem::new(statement.at, message).hint("a definition cannot ask for its own value");
                    if !self.problems.contains(&problem) {
                        self.problems.push(problem);
                    }
                }
                return Ty::Any;
            }
            State::Waiting => {}
        }
        self.states[place] = State::Working;
        let library = self.library;
        let statement = &library.statements[place];
        let locals = std::mem::take(&mut self.locals);
        let context = std::mem::replace(&mut self.context, statement.context.clone());
        if let Some((operands, _)) = &statement.function {
            for (name, kind) in operands {
                let ty = self.type_named(kind, statement.at).map_or(Ty::Any, |t| self.normal(&t));
                self.locals.push(Local { name: name.clone(), kind: "OperandRef", ty });
            }
        }
        let declared = match &statement.returns {
            Some(kind) => self.type_named(kind, statement.at).ok(),
            None => None,
        };
        let body = statement.body.as_ref().map(|body| self.expr(body));
        self.locals = locals;
        self.context = context;
        let (tree, ty) = match body {
            Some(Ok(x)) => (Some(x.tree), declared.unwrap_or(x.ty)),
            Some(Err(problem)) => {
                self.problems.push(problem);
                (Some(object("Null", vec![])), declared.unwrap_or(Ty::Any))
            }
            None => (None, declared.unwrap_or(Ty::Any)),
        };
        self.trees[place] = Some(self.definition_tree(statement, tree, &ty));
        self.states[place] = State::Ready(ty.clone());
        if statement.function.is_some() {
            if let Some(signature) = self.exports.functions.iter_mut().find(|f| f.place == Some(place)) {
                signature.result = ty.clone();
            }
        } else {
            self.exports.definitions.insert(statement.name.clone(), ty.clone());
        }
        ty
    }
}

const SYSTEM_TYPES: &[&str] = &[
    "Any",
    "Boolean",
    "Integer",
    "Long",
    "Decimal",
    "String",
    "Date",
    "DateTime",
    "Time",
    "Quantity",
    "Ratio",
    "Code",
    "Concept",
    "ValueSet",
    "CodeSystem",
    "Vocabulary",
];

/// FHIRHelpers as the engine provides it, for texts that include it where no file is given.
fn helpers() -> Exports {
    let fhir = |name: &str| Ty::Named("FHIR".into(), name.into());
    let mut exports = Exports { id: ("FHIRHelpers".into(), String::new()), ..Exports::default() };
    let mut add = |name: &str, operand: Ty, result: Ty| {
        exports.functions.push(Signature {
            name: name.into(),
            operands: vec![operand],
            result,
            fluent: false,
            private: false,
            place: None,
        });
    };
    for (name, from, to) in [
        ("ToString", Ty::Any, system("String")),
        ("ToBoolean", fhir("boolean"), system("Boolean")),
        ("ToInteger", fhir("integer"), system("Integer")),
        ("ToDecimal", fhir("decimal"), system("Decimal")),
        ("ToDate", fhir("date"), system("Date")),
        ("ToDateTime", Ty::Any, system("DateTime")),
        ("ToTime", fhir("time"), system("Time")),
        ("ToCode", fhir("Coding"), system("Code")),
        ("ToConcept", fhir("CodeableConcept"), system("Concept")),
        ("ToQuantity", fhir("Quantity"), system("Quantity")),
        ("ToRatio", fhir("Ratio"), system("Ratio")),
        ("ToInterval", fhir("Period"), system("DateTime").interval()),
        ("ToInterval", fhir("Range"), system("Quantity").interval()),
        ("ToValue", Ty::Any, Ty::Any),
    ] {
        add(name, from, to);
    }
    exports
}

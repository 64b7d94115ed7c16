//! From ELM to a program: names resolved, types read once, equal expressions shared.
//!
//! Only what a root definition reaches is compiled, so a fault in an unused definition refuses nothing.

mod expr;

mod calls;
mod choices;
mod operators;
mod values;

mod filters;
mod iterate;
mod query;
mod slots;
mod terms;
mod types;

use std::collections::HashMap;

use crate::elm::Tree;
use crate::elm::library::Shelf;
use crate::model::path::{Step, System};
use crate::program::{Const, Definition, Expr, ExprId, Function, NO_SLOT, Parameter, Program, Type};
use crate::terminology::Terminology;

/// Why a library cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("library `{library}`, `{definition}`: {message}")]
pub struct CompileError {
    /// Library.
    pub library: String,
    /// Definition that reaches the fault.
    pub definition: String,
    /// What is wrong.
    pub message: String,
}

/// Compiles definitions of a shelf of libraries into one program.
pub struct Compiler<'s, 'a> {
    shelf: &'s Shelf<'a>,
    /// Codes and value sets; direct codes are added to it.
    pub terms: &'s mut Terminology,
    program: Program,
    /// Smallest free local slot of each expression, `NO_SLOT` when closed.
    free: Vec<u32>,
    /// How often an expression is used, and whether inside a loop or function.
    uses: Vec<(u32, bool)>,
    known: HashMap<Expr, ExprId>,
    types: HashMap<Type, u32>,
    steps: HashMap<(String, System), u32>,
    consts: HashMap<String, u32>,
    tables: Vec<Option<Tables<'s, 'a>>>,
    functions: HashMap<(u32, usize), u32>,
    parameters: HashMap<(u32, String), u32>,
    current: Vec<(u32, String)>,
    /// Value sets asked for and not loaded, in order of first use.
    pub missing_value_sets: Vec<String>,
}

/// A library's tables by name.
struct Tables<'s, 'a> {
    definitions: HashMap<&'s str, &'s Tree<'a>>,
    functions: HashMap<&'s str, Vec<(usize, &'s Tree<'a>)>>,
    includes: HashMap<&'s str, (&'s str, Option<&'s str>)>,
}

/// Names in force while compiling one function or definition.
#[derive(Default)]
struct Scope {
    library: u32,
    names: Vec<(String, u32)>,
    next: u32,
    in_function: bool,
}

impl Scope {
    fn bind(&mut self, name: &str) -> u32 {
        let slot = self.next;
        self.names.push((name.to_owned(), slot));
        self.next += 1;
        slot
    }

    fn find(&self, name: &str) -> Option<u32> {
        self.names.iter().rev().find(|(n, _)| n == name).map(|(_, slot)| *slot)
    }
}

type Compiled<T = ExprId> = Result<T, CompileError>;

impl<'s, 'a> Compiler<'s, 'a> {
    /// A compiler over a shelf.
    pub fn new(shelf: &'s Shelf<'a>, terms: &'s mut Terminology) -> Compiler<'s, 'a> {
        let program = Program {
            libraries: shelf.libraries.iter().map(|l| (l.id.as_str().into(), l.version.as_str().into())).collect(),
            ..Program::default()
        };
        Compiler {
            shelf,
            terms,
            program,
            free: Vec::new(),
            uses: Vec::new(),
            known: HashMap::new(),
            types: HashMap::new(),
            steps: HashMap::new(),
            consts: HashMap::new(),
            tables: shelf.libraries.iter().map(|_| None).collect(),
            functions: HashMap::new(),
            parameters: HashMap::new(),
            current: Vec::new(),
            missing_value_sets: Vec::new(),
        }
    }

    /// The finished program.
    pub fn finish(mut self) -> Program {
        slots::assign(&mut self.program, &self.free, &self.uses);
        self.program
    }

    /// The program so far: definitions and functions by number.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Names of all definitions of a library, in order.
    pub fn definition_names(&self, library: usize) -> Vec<String> {
        let statements = self.shelf.libraries[library].tree.get("statements");
        let defs = statements.map_or(&[][..], |s| s.items("def"));
        defs.iter()
            .filter(|d| d.text("type") != Some("FunctionDef"))
            .filter_map(|d| d.text("name"))
            .map(str::to_owned)
            .collect()
    }

    fn fail<T>(&self, message: impl Into<String>) -> Compiled<T> {
        let (library, definition) = self.current.last().cloned().unwrap_or_default();
        let library = self.shelf.libraries.get(library as usize).map(|l| l.id.clone()).unwrap_or_default();
        Err(CompileError { library, definition, message: message.into() })
    }

    fn tables(&mut self, library: u32) -> &Tables<'s, 'a> {
        let shelf = self.shelf;
        let slot = &mut self.tables[library as usize];
        slot.get_or_insert_with(|| {
            let tree = &shelf.libraries[library as usize].tree;
            let mut tables =
                Tables { definitions: HashMap::new(), functions: HashMap::new(), includes: HashMap::new() };
            for include in tree.get("includes").map_or(&[][..], |i| i.items("def")) {
                let path = include.text("path").unwrap_or_default();
                let name = include.text("localIdentifier").unwrap_or(path);
                // A path may carry a namespace; libraries are found by their plain name.
                let plain = path.rsplit(['/', '.']).next().unwrap_or(path);
                tables.includes.insert(name, (plain, include.text("version")));
            }
            for (at, def) in tree.get("statements").map_or(&[][..], |s| s.items("def")).iter().enumerate() {
                let Some(name) = def.text("name") else { continue };
                if def.text("type") == Some("FunctionDef") {
                    tables.functions.entry(name).or_default().push((at, def));
                } else {
                    tables.definitions.insert(name, def);
                }
            }
            tables
        })
    }

    /// The library a local name stands for.
    fn library_named(&mut self, from: u32, name: Option<&str>) -> Compiled<u32> {
        let Some(name) = name else { return Ok(from) };
        let Some((path, version)) = self.tables(from).includes.get(name).copied() else {
            return self.fail(format!("library `{name}` is not included"));
        };
        match self.shelf.find(path, version) {
            Some(at) => Ok(at as u32),
            None => {
                self.fail(format!("included library `{path}` version `{}` is not loaded", version.unwrap_or("any")))
            }
        }
    }

    /// Whether a local name stands for FHIRHelpers.
    fn is_helpers(&mut self, from: u32, name: Option<&str>) -> bool {
        match name {
            Some(name) => match self.tables(from).includes.get(name) {
                Some((path, _)) => *path == "FHIRHelpers",
                None => name == "FHIRHelpers",
            },
            None => self.shelf.libraries[from as usize].id == "FHIRHelpers",
        }
    }

    /// Compiles a definition by name and answers its number.
    pub fn definition(&mut self, library: u32, name: &str) -> Compiled<u32> {
        let key = (library, Box::from(name));
        if let Some(id) = self.program.by_name.get(&key) {
            return Ok(*id);
        }
        let Some(tree) = self.tables(library).definitions.get(name).copied() else {
            self.current.push((library, name.to_owned()));
            let result = self.fail(format!("there is no definition `{name}`"));
            self.current.pop();
            return result;
        };
        if self.current.len() > 2000 {
            return self.fail("definitions rest on each other too deeply");
        }
        let id = self.program.definitions.len() as u32;
        self.program.definitions.push(Definition { library, name: name.into(), body: 0 });
        self.program.by_name.insert(key.clone(), id);
        self.current.push((library, name.to_owned()));
        let mut scope = Scope { library, ..Scope::default() };
        let body = match tree.get("expression") {
            Some(expression) => self.expr(expression, &mut scope),
            None => self.fail("definition without expression"),
        };
        self.current.pop();
        match body {
            Ok(body) => {
                self.program.definitions[id as usize].body = body;
                Ok(id)
            }
            Err(error) => {
                self.program.by_name.remove(&key);
                Err(error)
            }
        }
    }

    /// Compiles a function by name and number of operands and answers its number.
    pub fn function_named(&mut self, library: u32, name: &str, arity: usize) -> Compiled<u32> {
        match self.function(library, name, arity, &[])? {
            Callee::Function(id) => Ok(id),
            Callee::External => self.fail(format!("function `{name}` has no body")),
        }
    }

    /// Compiles the function that a reference with these argument types means.
    fn function(&mut self, library: u32, name: &str, arity: usize, signature: &[Type]) -> Compiled<Callee> {
        let candidates: Vec<(usize, &'s Tree<'a>)> = match self.tables(library).functions.get(name) {
            Some(list) => list.iter().filter(|(_, def)| def.items("operand").len() == arity).copied().collect(),
            None => Vec::new(),
        };
        let chosen = match candidates.as_slice() {
            [] => return self.fail(format!("there is no function `{name}` with {arity} arguments")),
            [one] => *one,
            several => {
                let fits = |def: &&(usize, &'s Tree<'a>)| {
                    let operands = def.1.items("operand");
                    operands.iter().zip(signature).all(|(o, t)| types::operand_type(o).as_ref() == Some(t))
                };
                several.iter().find(fits).copied().unwrap_or(several[0])
            }
        };
        let (at, tree) = chosen;
        if let Some(id) = self.functions.get(&(library, at)) {
            return Ok(Callee::Function(*id));
        }
        if tree.flag("external") == Some(true) || tree.get("expression").is_none() {
            return Ok(Callee::External);
        }
        let id = self.program.functions.len() as u32;
        self.program.functions.push(Function { name: name.into(), body: 0 });
        self.functions.insert((library, at), id);
        self.current.push((library, name.to_owned()));
        let mut scope = Scope { library, in_function: true, ..Scope::default() };
        for operand in tree.items("operand") {
            scope.bind(operand.text("name").unwrap_or_default());
        }
        let body = match tree.get("expression") {
            Some(expression) => self.expr(expression, &mut scope),
            None => self.fail("function without expression"),
        };
        self.current.pop();
        match body {
            Ok(body) => {
                self.program.functions[id as usize].body = body;
                Ok(Callee::Function(id))
            }
            Err(error) => {
                self.functions.remove(&(library, at));
                Err(error)
            }
        }
    }

    /// Operand types of the overloads of a name, where more than one fits by number and none by the types at hand.
    fn undecided(&mut self, library: u32, name: &str, signature: &[Type], arity: usize) -> Vec<Vec<Type>> {
        let Some(list) = self.tables(library).functions.get(name) else { return Vec::new() };
        let types = |def: &Tree<'_>| -> Vec<Type> {
            def.items("operand").iter().map(|o| types::operand_type(o).unwrap_or(Type::Any)).collect()
        };
        let all: Vec<Vec<Type>> =
            list.iter().filter(|(_, def)| def.items("operand").len() == arity).map(|(_, def)| types(def)).collect();
        if all.len() < 2 || all.iter().any(|types| types == signature) { Vec::new() } else { all }
    }

    fn parameter(&mut self, library: u32, name: &str) -> Compiled<ExprId> {
        if let Some(id) = self.parameters.get(&(library, name.to_owned())) {
            let id = *id;
            return Ok(self.add(Expr::Param(id), NO_SLOT, false));
        }
        let shelf = self.shelf;
        let tree = &shelf.libraries[library as usize].tree;
        let defs = tree.get("parameters").map_or(&[][..], |p| p.items("def"));
        let Some(def) = defs.iter().find(|p| p.text("name") == Some(name)) else {
            return self.fail(format!("there is no parameter `{name}`"));
        };
        let default = match def.get("default") {
            Some(tree) => Some(self.expr(tree, &mut Scope { library, ..Scope::default() })?),
            None => None,
        };
        let id = self.program.parameters.len() as u32;
        let library_name = shelf.libraries[library as usize].id.as_str().into();
        let declared = types::either(def, "parameterType", "parameterTypeSpecifier");
        let of_dates = declared == Type::Interval(Box::new(Type::System("Date".into())));
        self.program.parameters.push(Parameter { library: library_name, name: name.into(), default, of_dates });
        self.parameters.insert((library, name.to_owned()), id);
        Ok(self.add(Expr::Param(id), NO_SLOT, false))
    }

    /// Adds an expression, or finds the equal one. `free` is its smallest free slot.
    fn add(&mut self, expr: Expr, free: u32, looped: bool) -> ExprId {
        if let Some(id) = self.known.get(&expr) {
            let uses = &mut self.uses[*id as usize];
            uses.0 += 1;
            uses.1 |= looped;
            return *id;
        }
        let id = self.program.exprs.len() as ExprId;
        self.known.insert(expr.clone(), id);
        self.program.exprs.push(expr);
        self.free.push(free);
        self.uses.push((1, looped));
        id
    }

    /// Adds an expression whose free slots are those of its parts.
    fn node(&mut self, expr: Expr, parts: &[ExprId], scope: &Scope) -> ExprId {
        let free = parts.iter().map(|p| self.free[*p as usize]).min().unwrap_or(NO_SLOT);
        self.add(expr, free, scope.in_function || !scope.names.is_empty())
    }

    fn constant(&mut self, value: Const) -> ExprId {
        let key = format!("{value:?}");
        let id = match self.consts.get(&key) {
            Some(id) => *id,
            None => {
                let id = self.program.consts.len() as u32;
                self.program.consts.push(value);
                self.consts.insert(key, id);
                id
            }
        };
        self.add(Expr::Const(id), NO_SLOT, false)
    }

    fn step(&mut self, name: &str, system: System) -> u32 {
        let key = (name.to_owned(), system);
        if let Some(id) = self.steps.get(&key) {
            return *id;
        }
        let id = self.program.steps.len() as u32;
        self.program.steps.push(Step::new(name, system));
        self.steps.insert(key, id);
        id
    }

    fn type_id(&mut self, kind: Type) -> u32 {
        if let Some(id) = self.types.get(&kind) {
            return *id;
        }
        let id = self.program.types.len() as u32;
        self.program.types.push(kind.clone());
        self.types.insert(kind, id);
        id
    }
}

/// What a function reference calls.
enum Callee {
    Function(u32),
    External,
}

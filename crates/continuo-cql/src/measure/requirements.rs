//! `$data-requirements`: which data a measure, or definitions of a library, ask for. A pure function of the program.
//!
//! Source: FHIR R4 operations `Measure/$data-requirements` and `Library/$data-requirements`; the answer is a Library of
//! type `module-definition`.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::elm::Tree;
use crate::eval::explain::parts;
use crate::program::{CodeConst, Const, Expr, ExprId, Program, Retrieve};

use super::plan::{Code, Plan};
use super::report::{object, text};

/// One kind of data: a type, a profile, and codes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Requirement {
    /// Resource type.
    pub type_name: String,
    /// Profile, where one is named.
    pub profile: Option<String>,
    /// Element that holds the code.
    pub path: Option<String>,
    /// Value set the code is in.
    pub value_set: Option<String>,
    /// Codes asked for one by one: system, code, display.
    pub codes: Vec<(String, String, String)>,
}

/// What is asked for from some expressions on.
#[derive(Clone, Debug, Default)]
pub struct Requirements {
    /// Data, each kind once, in order.
    pub data: Vec<Requirement>,
    /// Value sets that are looked into, of searches and of conditions.
    pub value_sets: Vec<String>,
    /// Parameters that are read.
    pub parameters: Vec<String>,
}

/// What definitions of a program ask for, through all that they rest on.
pub fn of_definitions(program: &Program, definitions: &[u32]) -> Requirements {
    let bodies = definitions.iter().filter_map(|at| program.definitions.get(*at as usize)).map(|d| d.body);
    walk(program, bodies.collect())
}

/// What a measure asks for, as a Library of type `module-definition`.
pub fn of_measure(plan: &Plan, at: usize) -> Tree<'static> {
    let planned = &plan.measures[at];
    let mut roots = roots_of(plan, planned);
    for part in &planned.parts {
        roots.extend(roots_of(plan, &plan.measures[part.measure]));
    }
    let measure = &planned.measure;
    let library = format!(
        "Library/{}{}",
        measure.library.0,
        measure.library.1.as_ref().map_or(String::new(), |v| format!("|{v}"))
    );
    let depends = match &measure.composite {
        Some(composite) => composite.components.iter().map(|c| c.canonical.clone()).collect(),
        None => vec![library],
    };
    library_of(&walk(&plan.program, roots), &measure.name, &depends)
}

/// The expressions that a measure is computed from.
fn roots_of(plan: &Plan, planned: &super::plan::Planned) -> Vec<ExprId> {
    let groups = planned.groups.iter().flat_map(|(populations, strata)| populations.iter().chain(strata));
    let mut roots = Vec::new();
    for code in groups.chain(&planned.supplemental) {
        let definition = |id: &u32| plan.program.definitions[*id as usize].body;
        match code {
            Code::Definition(id) => roots.push(definition(id)),
            Code::Function(id, _) => roots.push(plan.program.functions[*id as usize].body),
            Code::Joined(ids) => roots.extend(ids.iter().map(definition)),
            Code::None => {}
        }
    }
    roots
}

/// A Library of type `module-definition` for requirements; `depends` are canonicals it rests on beside the value sets.
pub fn library_of(requirements: &Requirements, name: &str, depends: &[String]) -> Tree<'static> {
    let coded = |system: &str, code: &str| {
        let coding = object(vec![("system", text(system)), ("code", text(code))]);
        object(vec![("coding", Tree::List(vec![coding]))])
    };
    let artifact = |resource: &String| object(vec![("type", text("depends-on")), ("resource", text(resource))]);
    let artifacts: Vec<Tree<'static>> = depends.iter().chain(&requirements.value_sets).map(artifact).collect();
    let mut fields = vec![
        ("resourceType", text("Library")),
        ("name", text(name)),
        ("status", text("active")),
        ("type", coded("http://terminology.hl7.org/CodeSystem/library-type", "module-definition")),
    ];
    let mut push = |key: &'static str, list: Vec<Tree<'static>>| {
        if !list.is_empty() {
            fields.push((key, Tree::List(list)));
        }
    };
    push("relatedArtifact", artifacts);
    let parameter = |name: &String| {
        let number = Tree::Number(Cow::Borrowed("0"));
        let period = if name.to_lowercase().contains("period") { "Period" } else { "string" };
        object(vec![
            ("name", text(name)),
            ("use", text("in")),
            ("min", number),
            ("max", text("1")),
            ("type", text(period)),
        ])
    };
    push("parameter", requirements.parameters.iter().map(parameter).collect());
    push("dataRequirement", requirements.data.iter().map(data).collect());
    object(fields)
}

fn data(requirement: &Requirement) -> Tree<'static> {
    let mut fields = vec![("type", text(&requirement.type_name))];
    if let Some(profile) = &requirement.profile {
        fields.push(("profile", Tree::List(vec![text(profile)])));
    }
    let mut filter = Vec::new();
    if let Some(path) = &requirement.path {
        filter.push(("path", text(path)));
    }
    if let Some(url) = &requirement.value_set {
        filter.push(("valueSet", text(url)));
    }
    if !requirement.codes.is_empty() {
        let coding = |(system, code, display): &(String, String, String)| {
            let all = [("system", system), ("code", code), ("display", display)];
            object(
                all.into_iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| (key, text(value))).collect(),
            )
        };
        filter.push(("code", Tree::List(requirement.codes.iter().map(coding).collect())));
    }
    if filter.len() > 1 {
        fields.push(("codeFilter", Tree::List(vec![object(filter)])));
    }
    object(fields)
}

fn walk(program: &Program, mut next: Vec<ExprId>) -> Requirements {
    let mut seen = BTreeSet::new();
    let mut data = BTreeSet::new();
    let (mut sets, mut parameters) = (BTreeSet::new(), BTreeSet::new());
    while let Some(id) = next.pop() {
        if !seen.insert(id) {
            continue;
        }
        match &program.exprs[id as usize] {
            Expr::Def(at) => next.push(program.definitions[*at as usize].body),
            Expr::Call(function, _) => next.push(program.functions[*function as usize].body),
            Expr::Param(at) => {
                parameters.insert(program.parameters[*at as usize].name.to_string());
            }
            Expr::Const(at) => {
                if let Const::Vocabulary(true, url, version, _) = &program.consts[*at as usize] {
                    let version = version.as_ref().map_or(String::new(), |v| format!("|{v}"));
                    sets.insert(format!("{url}{version}"));
                }
            }
            Expr::Retrieve(at, codes) => {
                let retrieve = &program.retrieves[*at as usize];
                sets.extend(retrieve.set_url.as_deref().map(str::to_owned));
                data.insert(requirement(program, retrieve, *codes));
            }
            _ => {}
        }
        parts::each(program, id, &mut |part| next.push(part));
    }
    Requirements {
        data: data.into_iter().collect(),
        value_sets: sets.into_iter().collect(),
        parameters: parameters.into_iter().collect(),
    }
}

fn requirement(program: &Program, retrieve: &Retrieve, codes: Option<ExprId>) -> Requirement {
    let mut found = Vec::new();
    if let Some(codes) = codes {
        codes_in(program, codes, &mut found);
    }
    found.sort();
    found.dedup();
    Requirement {
        type_name: retrieve.type_name.to_string(),
        profile: Some(retrieve.profile.to_string()).filter(|p| !p.is_empty()),
        path: retrieve.code_step.map(|step| program.steps[step as usize].name().to_owned()),
        value_set: retrieve.set_url.as_deref().map(str::to_owned),
        codes: found,
    }
}

/// The codes written in an expression.
fn codes_in(program: &Program, id: ExprId, found: &mut Vec<(String, String, String)>) {
    let mut take = |code: &CodeConst| {
        let text = |t: &Option<Box<str>>| t.as_deref().unwrap_or_default().to_owned();
        found.push((text(&code.system), code.code.to_string(), text(&code.display)));
    };
    if let Expr::Const(at) = &program.exprs[id as usize] {
        match &program.consts[*at as usize] {
            Const::Code(code) => take(code),
            Const::Concept(codes, _) => codes.iter().for_each(take),
            _ => {}
        }
    }
    let mut next = Vec::new();
    parts::each(program, id, &mut |part| next.push(part));
    for part in next {
        codes_in(program, part, found);
    }
}

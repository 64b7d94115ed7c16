//! Measures compiled together: one program, so that what they share is computed once per patient.

use crate::compile::{CompileError, Compiler};
use crate::elm::library::Shelf;
use crate::eval::{Limits, Session, period};
use crate::program::Program;
use crate::terminology::Terminology;
use crate::value::DateTime;

use super::composite::{self, Part};
use super::definition::{Measure, Role};

/// How measures are prepared.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Refuse a measure whose value sets are not all loaded, instead of reporting them and counting them as empty.
    pub strict: bool,
}

/// A population's, stratifier's or supplement's compiled expression.
#[derive(Clone, Debug)]
pub(super) enum Code {
    /// A definition.
    Definition(u32),
    /// A function, with its number of operands.
    Function(u32, u32),
    /// Several definitions whose values stand together: the components of a stratifier.
    Joined(Box<[u32]>),
    /// Nothing to compute.
    None,
}

/// A measure with its compiled expressions.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The measure.
    pub measure: Measure,
    /// Per group: populations, then stratifiers.
    pub(super) groups: Vec<(Vec<Code>, Vec<Code>)>,
    /// Supplemental data.
    pub(super) supplemental: Vec<Code>,
    /// Value sets it asks for that are not loaded.
    pub missing: Vec<String>,
    /// What a composite is made of.
    pub(super) parts: Vec<Part>,
}

/// Compiled measures ready to run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The program of all of them.
    pub program: Program,
    /// Measures that run.
    pub measures: Vec<Planned>,
    /// Measures that do not, and why.
    pub refused: Vec<(String, String)>,
    /// What a person should know: missing and cut value sets.
    pub notes: Vec<String>,
}

impl Plan {
    /// Compiles measures against libraries and value sets.
    pub fn new(measures: Vec<Measure>, shelf: &Shelf<'_>, terms: &mut Terminology, options: Options) -> Plan {
        let mut compiler = Compiler::new(shelf, terms);
        let mut plan =
            Plan { program: Program::default(), measures: Vec::new(), refused: Vec::new(), notes: Vec::new() };
        let (composites, measures): (Vec<Measure>, Vec<Measure>) =
            measures.into_iter().partition(|measure| measure.composite.is_some());
        for measure in measures {
            let before = compiler.missing_value_sets.len();
            match compile(&measure, shelf, &mut compiler) {
                Ok(mut planned) => {
                    planned.missing = compiler.missing_value_sets[before..].to_vec();
                    if options.strict && !planned.missing.is_empty() {
                        let list = planned.missing.join("`, `");
                        plan.refused.push((measure.name, format!("value sets not loaded: `{list}`")));
                    } else {
                        planned.measure = measure;
                        plan.measures.push(planned);
                    }
                }
                Err(error) => plan.refused.push((measure.name, error)),
            }
        }
        // Composites come last: a person's place in one is computed from their places in its parts.
        for measure in composites {
            let found = measure.composite.as_ref().map_or(Ok(Vec::new()), |c| composite::parts(c, &plan.measures));
            match found {
                Ok(parts) => {
                    let groups = measure.groups.iter().map(|_| (Vec::new(), Vec::new())).collect();
                    let (supplemental, missing) = (Vec::new(), Vec::new());
                    plan.measures.push(Planned { measure, groups, supplemental, missing, parts });
                }
                Err(error) => plan.refused.push((measure.name, error)),
            }
        }
        for url in &compiler.missing_value_sets {
            plan.notes.push(format!("value set `{url}` is not loaded; it counts as empty"));
        }
        plan.program = compiler.finish();
        for set in terms.sets().iter().filter(|set| set.is_cut()) {
            let total = set.total.unwrap_or_default();
            plan.notes.push(format!("value set `{}` is cut short: {} of {total} codes", set.url, set.present));
        }
        plan
    }

    /// The same plan remembering nothing between expressions, to compare with.
    #[must_use]
    pub fn forgetful(&self) -> Plan {
        let plan = self.clone();
        Plan { program: plan.program.forgetful(), ..plan }
    }

    /// A session for a measurement period.
    pub fn session<'p>(
        &'p self,
        terms: &'p Terminology,
        span: (DateTime, DateTime),
        now: DateTime,
        limits: Limits,
    ) -> Session<'p> {
        let mut session = Session::new(&self.program, terms, now, limits);
        for name in ["Measurement Period", "MeasurementPeriod"] {
            session.set_parameter(name, &period(span.0, span.1));
        }
        session
    }
}

fn compile(measure: &Measure, shelf: &Shelf<'_>, compiler: &mut Compiler<'_, '_>) -> Result<Planned, String> {
    let (name, version) = &measure.library;
    let version = version.as_deref().or(Some(&*measure.version));
    let Some(library) = shelf.find(name, version) else {
        return Err(format!("library `{name}` is not loaded"));
    };
    let library = library as u32;
    let fault = |e: CompileError| e.to_string();
    let mut groups = Vec::new();
    for group in &measure.groups {
        let mut populations = Vec::new();
        for population in &group.populations {
            let (library, expression) = home(compiler, shelf, library, &population.expression);
            populations.push(if expression.is_empty() {
                Code::None
            } else if population.role == Role::MeasureObservation {
                observation(compiler, library, expression).map_err(fault)?
            } else {
                Code::Definition(compiler.definition(library, expression).map_err(fault)?)
            });
        }
        let mut stratifiers = Vec::new();
        for ((_, expression), components) in group.stratifiers.iter().zip(&group.components) {
            stratifiers.push(if components.len() > 1 {
                let mut part = |name: &String| {
                    let (library, name) = home(compiler, shelf, library, name);
                    compiler.definition(library, name)
                };
                let parts: Result<Vec<u32>, _> = components.iter().map(&mut part).collect();
                Code::Joined(parts.map_err(fault)?.into())
            } else if expression.is_empty() {
                Code::None
            } else {
                // A function stratifies events one by one.
                let (library, expression) = home(compiler, shelf, library, expression);
                match compiler.definition(library, expression) {
                    Ok(id) => Code::Definition(id),
                    Err(error) => match compiler.function_named(library, expression, 1) {
                        Ok(id) => Code::Function(id, 1),
                        Err(_) => return Err(fault(error)),
                    },
                }
            });
        }
        groups.push((populations, stratifiers));
    }
    let mut supplemental = Vec::new();
    for (_, expression) in &measure.supplemental {
        // Supplemental data never decides a population; what cannot be compiled is left out.
        let (library, expression) = home(compiler, shelf, library, expression);
        supplemental.push(optional(compiler, library, expression).unwrap_or(Code::None));
    }
    Ok(Planned { measure: measure.clone(), groups, supplemental, missing: Vec::new(), parts: Vec::new() })
}

/// Library and name of a criterion: a name of the measure's library, or `Library.Name` of another that is loaded.
fn home<'e>(compiler: &Compiler<'_, '_>, shelf: &Shelf<'_>, library: u32, expression: &'e str) -> (u32, &'e str) {
    let plain = (library, expression);
    let Some((other, name)) = expression.split_once('.') else { return plain };
    if compiler.definition_names(library as usize).iter().any(|known| known == expression) {
        return plain;
    }
    let unquoted = |text: &'e str| text.trim().trim_matches('"');
    shelf.find(unquoted(other), None).map_or(plain, |at| (at as u32, unquoted(name)))
}

fn optional(compiler: &mut Compiler<'_, '_>, library: u32, name: &str) -> Result<Code, CompileError> {
    if name.is_empty() { Ok(Code::None) } else { compiler.definition(library, name).map(Code::Definition) }
}

/// Observations are functions of one event; over patients they take nothing.
fn observation(compiler: &mut Compiler<'_, '_>, library: u32, name: &str) -> Result<Code, CompileError> {
    for arity in [1, 0] {
        if let Ok(id) = compiler.function_named(library, name, arity) {
            return Ok(Code::Function(id, arity as u32));
        }
    }
    compiler.definition(library, name).map(Code::Definition)
}

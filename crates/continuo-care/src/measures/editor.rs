//! Trying CQL out: faults at their place, and each definition's value for chosen people. Nothing is written; what is seen
//! is what the reader may see; one person's evaluation has a budget.

use continuo_cql::compile::Compiler;
use continuo_cql::elm::Tree;
use continuo_cql::elm::library::{Library, Shelf};
use continuo_cql::eval::{Limits, Session, parse_period, period};
use continuo_cql::front::model::ModelInfo;
use continuo_cql::front::place;
use continuo_cql::front::workspace::{Source, translate_all};
use continuo_cql::terminology::Terminology;
use continuo_cql::value::{DateTime, Value};
use continuo_cql::{DEEP, deep_stack};
use continuo_fhir::ResourceType;
use continuo_fhir::letters::head;

use super::closing::words;
use super::compiled::{all_of, helpers};
use super::facts::Facts;
use super::load::parsed;
use super::package::{CQL, text_of};
use super::people::facts_of;
use crate::access::Permission;
use crate::ctx::Ctx;
use crate::problem::WorkError;

/// Steps one person may take in the editor: a tenth of what a measure may.
const STEPS: u64 = 2_000_000;
/// People tried at once.
pub const MOST_PEOPLE: usize = 20;
/// Longest text taken, in bytes.
pub const MOST_TEXT: usize = 400_000;
/// Letters of a value that are shown.
const MOST_VALUE: usize = 2_000;

/// Faults shown; of more, the first.
const MOST_FAULTS: usize = 200;
/// Longest line shown beside a fault, in bytes.
const LONGEST_LINE: usize = 400;

/// Something wrong in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong.
    pub text: String,
    /// What may help.
    pub hint: String,
    /// The line it stands on.
    pub source: String,
    /// The library it stands in, when it is an included one.
    pub library: String,
}

/// What checking found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Faults by place.
    pub faults: Vec<Fault>,
    /// Definitions in order; functions are left out.
    pub definitions: Vec<String>,
    /// Value sets it names that are not here.
    pub missing: Vec<String>,
}

/// One definition's value for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Valued {
    /// The definition.
    pub name: String,
    /// Its value as a CQL literal, or why it has none.
    pub value: Result<String, String>,
    /// Resources that made it so.
    pub evidence: Vec<String>,
    /// Searches that found nothing that counts, in words.
    pub absent: Vec<String>,
}

/// A person's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// `Patient.id`.
    pub patient: String,
    /// Each definition's value.
    pub values: Vec<Valued>,
}

fn may_try(ctx: &Ctx, text: &str) -> Result<(), WorkError> {
    ctx.require(Permission::OversightRead)?;
    if text.len() > MOST_TEXT {
        return Err(WorkError::field("cql", "the text is longer than is taken here"));
    }
    Ok(())
}

/// Checks a text.
pub fn check(ctx: &Ctx, text: &str) -> Result<Checked, WorkError> {
    may_try(ctx, text)?;
    let (checked, _) = translated(ctx, text)?;
    Ok(checked)
}

/// Evaluates every definition of a text for some people, as far as the reader sees them.
pub fn run(ctx: &Ctx, text: &str, patients: &[String], over: &str) -> Result<(Checked, Vec<Tried>), WorkError> {
    may_try(ctx, text)?;
    ctx.require(Permission::RecordRead)?;
    if patients.len() > MOST_PEOPLE {
        return Err(WorkError::field("patients", format!("choose at most {MOST_PEOPLE} people")));
    }
    let (checked, libraries) = translated(ctx, text)?;
    if !checked.faults.is_empty() {
        return Ok((checked, Vec::new()));
    }
    let mut people: Vec<(String, Facts)> = Vec::new();
    for patient in patients {
        let facts = facts_of(ctx, patient)?;
        crate::record::audit(ctx, "try CQL", facts.person, &format!("Patient/{patient}"))
            .map_err(|error| WorkError::Not(error.to_string()))?;
        people.push((patient.clone(), facts));
    }
    let sets = value_sets(ctx, &libraries)?;
    let offset = ctx.zone.offset_minutes(ctx.now());
    let now = DateTime::from_utc_millis(ctx.now().micros() / 1000, offset);
    let span = parse_period(over, offset).ok_or_else(|| WorkError::field("first", "enter a first and a last day"))?;
    let tried = deep_stack(|| evaluate(&libraries, &sets, &people, span, now)).map_err(WorkError::Not)?;
    Ok((checked, tried))
}

fn evaluate(
    libraries: &[String],
    sets: &[String],
    people: &[(String, Facts)],
    span: (DateTime, DateTime),
    now: DateTime,
) -> Result<Vec<Tried>, String> {
    let mut terms = Terminology::default();
    for set in sets {
        let tree = Tree::parse(set)?;
        // A set without an expansion was named among those missing.
        let _ = terms.add_value_set(&tree);
    }
    let helpers = helpers();
    let mut shelf = Shelf::default();
    shelf.libraries.push(Library::parse(&helpers.text, "FHIRHelpers")?);
    for text in libraries {
        shelf.libraries.push(Library::parse(text, "")?);
    }
    // The text at hand is translated last, after what it includes.
    let Some(own) = shelf.libraries.len().checked_sub(1) else { return Ok(Vec::new()) };
    let mut compiler = Compiler::new(&shelf, &mut terms);
    let mut definitions = Vec::new();
    for name in compiler.definition_names(own) {
        let compiled = u32::try_from(own).map_err(|_| "too many libraries".to_owned())?;
        definitions.push((name.clone(), compiler.definition(compiled, &name).map_err(|error| error.to_string())));
    }
    let program = compiler.finish();
    let mut session = Session::new(&program, &terms, now, Limits { steps: STEPS, depth: DEEP });
    session.set_parameter("Measurement Period", &period(span.0, span.1));
    session.set_parameter("AsOf", &Value::DateTime(now));
    let tried = people.iter().map(|(patient, facts)| {
        let record = facts.record();
        let mut evaluator = session.patient(&record);
        let values = definitions.iter().map(|(name, compiled)| {
            let (value, evidence, absent) = match compiled {
                Ok(id) => {
                    let value = evaluator.definition(*id).map(short);
                    let reason = evaluator.reason(*id).unwrap_or_default();
                    let absent = reason.absent.iter().map(words).collect();
                    (value.map_err(|fault| fault.to_string()), reason.resources, absent)
                }
                Err(error) => (Err(error.clone()), Vec::new(), Vec::new()),
            };
            Valued { name: name.clone(), value, evidence, absent }
        });
        Tried { patient: patient.clone(), values: values.collect() }
    });
    Ok(tried.collect())
}

/// A value in letters, as many as are shown. A small value can be endless in letters (a list of lists of the same
/// list), so it is never written out whole.
fn short(value: impl std::fmt::Display) -> String {
    let mut room = Room(String::new());
    let whole = std::fmt::write(&mut room, format_args!("{value}")).is_ok();
    if whole { room.0 } else { format!("{} ...", room.0) }
}

/// Takes letters up to [`MOST_VALUE`], then refuses.
struct Room(String);

impl std::fmt::Write for Room {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let taken = head(text, MOST_VALUE.saturating_sub(self.0.len()));
        self.0.push_str(taken);
        if taken.len() < text.len() { Err(std::fmt::Error) } else { Ok(()) }
    }
}

/// A line beside a fault; one that no page can show is left out.
fn shown(line: &str) -> String {
    if line.len() > LONGEST_LINE { String::new() } else { line.to_owned() }
}

/// The text translated after the libraries it includes, as ELM texts in the order they need each other.
fn translated(ctx: &Ctx, text: &str) -> Result<(Checked, Vec<String>), WorkError> {
    let mut sources = vec![Source { name: "the text".to_owned(), text: text.to_owned() }];
    sources.extend(included(ctx, text)?);
    let models = [ModelInfo::fhir()];
    Ok(deep_stack(|| {
        let mut checked = Checked::default();
        let mut elm = Vec::new();
        for result in translate_all(&sources, &models) {
            let Some(source) = sources.get(result.source) else { continue };
            for problem in result.translated.problems.iter().take(MOST_FAULTS) {
                let (line, column) = place(&source.text, problem.at);
                checked.faults.push(Fault {
                    line,
                    column,
                    text: problem.message.clone(),
                    hint: problem.hint.clone().unwrap_or_default(),
                    source: shown(source.text.lines().nth(line.saturating_sub(1)).unwrap_or_default()),
                    library: if result.source == 0 { String::new() } else { source.name.clone() },
                });
            }
            let mut out = String::new();
            result.translated.elm.write(&mut out);
            if result.source == 0 {
                checked.definitions = definitions(&result.translated.elm);
            }
            elm.push((result.source, out));
        }
        checked.faults.sort_by(|a, b| (&a.library, a.line, a.column).cmp(&(&b.library, b.line, b.column)));
        // The text itself goes last whatever else was translated.
        elm.sort_by_key(|(source, _)| *source == 0);
        (checked, elm.into_iter().map(|(_, text)| text).collect())
    }))
}

fn definitions(elm: &Tree<'_>) -> Vec<String> {
    let Some(statements) = elm.get("library").and_then(|l| l.get("statements")) else { return Vec::new() };
    let all = statements.items("def").iter().filter(|def| def.text("type") != Some("FunctionDef"));
    all.filter_map(|def| def.text("name")).map(str::to_owned).collect()
}

/// The CQL of loaded libraries that a text includes, and of those that these include.
fn included(ctx: &Ctx, text: &str) -> Result<Vec<Source>, WorkError> {
    let mut open = includes(text);
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let mut shelf: Vec<(String, Source)> = Vec::new();
    for stored in all_of(ctx, ResourceType::of("Library"))? {
        let Some(json) = parsed(stored.bytes.as_deref()) else { continue };
        let name = json.str_at("name").unwrap_or(&stored.id).to_owned();
        if let Some(Ok(text)) = text_of(&json, CQL) {
            let file = format!("{name}-{}.cql", json.str_at("version").unwrap_or_default());
            shelf.push((name, Source { name: file, text }));
        }
    }
    let mut found: Vec<Source> = Vec::new();
    let mut seen = Vec::new();
    while let Some(name) = open.pop() {
        if seen.contains(&name) {
            continue;
        }
        for (_, source) in shelf.iter().filter(|(of, _)| *of == name) {
            open.extend(includes(&source.text));
            found.push(source.clone());
        }
        seen.push(name);
    }
    Ok(found)
}

/// Names after `include`; the translator reads them properly, this only decides what it is given.
fn includes(text: &str) -> Vec<String> {
    let mut words = text.split_whitespace();
    let mut names = Vec::new();
    while let Some(word) = words.next() {
        if word == "include"
            && let Some(name) = words.next()
        {
            names.push(name.rsplit('.').next().unwrap_or(name).trim_matches('"').to_owned());
        }
    }
    names
}

/// The loaded value sets that these libraries name.
fn value_sets(ctx: &Ctx, libraries: &[String]) -> Result<Vec<String>, WorkError> {
    let mut wanted: Vec<String> = libraries.iter().flat_map(|elm| named_sets(elm)).collect();
    wanted.sort();
    wanted.dedup();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for stored in all_of(ctx, ResourceType::of("ValueSet"))? {
        let Some(bytes) = stored.bytes else { continue };
        let text = String::from_utf8_lossy(&bytes);
        if wanted.iter().any(|url| text.contains(url.split('|').next().unwrap_or(url))) {
            found.push(text.into_owned());
        }
    }
    Ok(found)
}

/// The value sets that an ELM library names, by url.
fn named_sets(elm: &str) -> Vec<String> {
    let Ok(tree) = Tree::parse(elm) else { return Vec::new() };
    let Some(sets) = tree.get("library").and_then(|l| l.get("valueSets")) else { return Vec::new() };
    sets.items("def").iter().filter_map(|set| set.text("id")).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{MOST_VALUE, includes, short};

    #[test]
    fn a_value_without_end_is_cut() {
        assert_eq!(short("a"), "a");
        let long = short("é".repeat(5_000));
        assert!(long.ends_with("é ...") && long.len() <= MOST_VALUE + 4, "{}", long.len());
    }

    #[test]
    fn includes_are_found_by_their_last_name() {
        let text = "library A\ninclude FHIRHelpers version '4.0.1'\ninclude org.x.\"Common\" called C\ndefine B: 1";
        assert_eq!(includes(text), ["FHIRHelpers", "Common"]);
    }
}

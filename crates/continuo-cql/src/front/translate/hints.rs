//! What may help where a name or type does not fit, and names declared twice.

use std::collections::HashMap;

use super::super::Problem;
use super::super::ast::Library;
use super::super::types::Ty;
use super::Translator;

impl Translator<'_> {
    /// A name that nothing defines.
    pub(super) fn undefined(&self, name: &str, at: usize) -> Problem {
        let problem = Problem::new(at, format!("`{name}` is not defined"));
        let mut names: Vec<&str> = self.places.keys().copied().chain(self.parameters.keys().copied()).collect();
        names.extend(self.exports.terms.keys().map(String::as_str));
        names.extend(self.locals.iter().map(|l| l.name.as_str()));
        names.extend(self.includes.keys().map(String::as_str));
        names.sort_unstable();
        let problem = or_close(problem, name, names.into_iter());
        if problem.hint.is_some() {
            return problem;
        }
        let has = |exports: &super::Exports| {
            exports.definitions.contains_key(name)
                || exports.terms.contains_key(name)
                || exports.parameters.contains_key(name)
        };
        let home = self.include_order.iter().find(|alias| self.includes.get(*alias).is_some_and(|e| has(e)));
        if let Some(alias) = home {
            return problem.hint(format!("it is of an included library: write `{alias}.\"{name}\"`"));
        }
        let quoted = self.source.get(at..).is_some_and(|rest| rest.starts_with('"'));
        let class = self.used().any(|m| m.class(name).is_some_and(|c| c.retrievable));
        match (quoted, class) {
            (_, true) => problem.hint(format!("a search is written `[{name}]`")),
            (true, _) => problem.hint(format!("text stands in single quotes: '{name}'")),
            _ => problem,
        }
    }

    /// A type that no model in use has.
    pub(super) fn unknown_type(&self, name: &str, at: usize) -> Problem {
        let problem = Problem::new(at, format!("type `{name}` is not known"));
        let mut names: Vec<&str> = self.used().flat_map(|m| m.classes.keys().map(String::as_str)).collect();
        names.extend(super::SYSTEM_TYPES);
        names.sort_unstable();
        let problem = or_close(problem, name, names.into_iter());
        match problem.hint {
            Some(_) => problem,
            None if self.library.usings.is_empty() => {
                problem.hint("name the model with `using`, such as `using FHIR version '4.0.1'`")
            }
            None => problem.hint("name the model with `using`, or write it as `Model.Type`"),
        }
    }

    /// The name of a function that differs little from one there is.
    pub(super) fn with_function_hint(&self, problem: Problem, name: &str) -> Problem {
        if problem.hint.is_some() {
            return problem;
        }
        let own = self.exports.functions.iter().map(|f| f.name.as_str());
        let included = self.includes.values().flat_map(|e| e.functions.iter().map(|f| f.name.as_str()));
        let mut names: Vec<&str> =
            own.chain(included).chain(FUNCTIONS.iter().copied()).filter(|n| *n != name).collect();
        names.sort_unstable();
        or_close(problem, name, names.into_iter())
    }
}

/// Adds `did you mean`, where a known name differs by letter case or by a letter.
pub(super) fn or_close<'n>(problem: Problem, name: &str, names: impl Iterator<Item = &'n str>) -> Problem {
    let lower = name.to_lowercase();
    let near = |n: &&str| n.to_lowercase() == lower || one_apart(&n.to_lowercase(), &lower);
    let mut close: Vec<&str> = names.filter(near).collect();
    close.sort_unstable();
    match close.first() {
        Some(close) => problem.hint(format!("did you mean `{close}`?")),
        None => problem,
    }
}

/// Whether two words differ in one letter, or in two neighbors that changed places.
fn one_apart(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 1 || a.len() < 4 {
        return false;
    }
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(x, y)| x == y).count();
    let rest = a.len().max(b.len()) - head - tail;
    let swapped = rest == 2 && a.len() == b.len() && a[head] == b[head + 1] && a[head + 1] == b[head];
    rest <= 1 || swapped
}

/// What may help where two types do not fit together.
pub(super) fn of_types(a: &Ty, b: &Ty) -> Option<&'static str> {
    let either = |test: &dyn Fn(&Ty) -> bool| test(a) || test(b);
    let list = |t: &Ty| matches!(t, Ty::List(_));
    Some(match () {
        () if list(a) != list(b) && either(&list) => {
            "one side is a list: take one with `First(..)` or `singleton from`, or ask `exists` or `in`"
        }
        () if either(&Ty::is_temporal) && either(&Ty::is_number) => "a date is written `@2026-01-31`",
        () if either(&Ty::is_temporal) && either(&|t| t.is("String")) => {
            "a date is written `@2026-01-31`; text becomes one with `ToDate(..)` or `ToDateTime(..)`"
        }
        () if either(&|t| t.is("Concept") || t.is("Code")) && either(&|t| t.is("String")) => {
            "compare codes with `~` and a declared code, or with `in` and a value set"
        }
        () if either(&|t| t.is("String")) && either(&Ty::is_number) => {
            "text becomes a number with `ToInteger(..)` or `ToDecimal(..)`, a number text with `ToString(..)`"
        }
        () if either(&|t| matches!(t, Ty::Interval(_)))
            && !(matches!(a, Ty::Interval(_)) && matches!(b, Ty::Interval(_))) =>
        {
            "one side is an interval: take its `start of` or `end of`, or ask `during`, `before`, `after`"
        }
        () => return None,
    })
}

/// Where a model that is not loaded comes from.
pub(super) fn of_model(name: &str) -> &'static str {
    match name {
        "QDM" => "QDM is not FHIR; use the FHIR version of the measure",
        "QUICK" => "QUICK was replaced by QI-Core; give a model info XML for it with `--model`",
        "QICore" | "USCore" => "give its model info XML with `--model`; published ELM needs none",
        _ => "give its model info XML",
    }
}

/// Names that are declared more than once.
pub(super) fn twice(library: &Library) -> Vec<Problem> {
    let mut known: HashMap<&str, &str> = HashMap::new();
    let mut problems = Vec::new();
    let statements = library.statements.iter().filter(|s| s.function.is_none());
    let all = (library.includes.iter().map(|i| (i.at, i.alias.as_str(), "an included library")))
        .chain(library.code_systems.iter().map(|n| (n.at, n.name.as_str(), "a code system")))
        .chain(library.value_sets.iter().map(|n| (n.at, n.name.as_str(), "a value set")))
        .chain(library.codes.iter().map(|c| (c.at, c.name.as_str(), "a code")))
        .chain(library.concepts.iter().map(|(at, name, ..)| (*at, name.as_str(), "a concept")))
        .chain(library.parameters.iter().map(|(at, name, ..)| (*at, name.as_str(), "a parameter")))
        .chain(statements.map(|s| (s.at, s.name.as_str(), "a definition")));
    for (at, name, kind) in all {
        if let Some(first) = known.insert(name, kind) {
            let problem = Problem::new(at, format!("`{name}` is defined twice"));
            problems.push(if first == kind { problem } else { problem.hint(format!("it is also {first}")) });
        }
    }
    problems
}

/// Functions of the language that people look for.
const FUNCTIONS: &[&str] = &[
    "Abs",
    "AgeInDays",
    "AgeInDaysAt",
    "AgeInMonths",
    "AgeInMonthsAt",
    "AgeInYears",
    "AgeInYearsAt",
    "AllTrue",
    "AnyTrue",
    "Avg",
    "CalculateAgeInYears",
    "CalculateAgeInYearsAt",
    "Ceiling",
    "Coalesce",
    "Combine",
    "Count",
    "Date",
    "DateTime",
    "EndsWith",
    "First",
    "Floor",
    "GeometricMean",
    "IndexOf",
    "Last",
    "LastPositionOf",
    "Length",
    "Lower",
    "Matches",
    "Max",
    "Median",
    "Message",
    "Min",
    "Mode",
    "Now",
    "PositionOf",
    "Power",
    "Product",
    "ReplaceMatches",
    "Round",
    "Skip",
    "Split",
    "StartsWith",
    "StdDev",
    "Substring",
    "Sum",
    "Tail",
    "Take",
    "Time",
    "TimeOfDay",
    "ToBoolean",
    "ToConcept",
    "ToDate",
    "ToDateTime",
    "ToDecimal",
    "ToInteger",
    "ToQuantity",
    "ToString",
    "ToTime",
    "Today",
    "Truncate",
    "Upper",
    "Variance",
];

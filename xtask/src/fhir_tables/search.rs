//! The R4 search parameters as path programs, one line a parameter.
//!
//! `@Type` opens a resource type; `code kind paths` follow, paths separated by `|`. A path is JSON field names separated by
//! `/`, then `:type`. A step may carry `[system=phone]` (items whose field has that value) or `[0]` (the first item); a
//! leaf may carry `?Patient` (references to that type) or `!` (present and not false), and `=system` (the one code system
//! of a required binding). Composites end in `;` and their components as `kind paths`, each from the composite's own
//! items or, with a leading `^`, from the resource. `>` lists the types a reference may point to
//! (none: any). `%Patient` opens the
//! patient compartment: `Type parameter...`.

use super::model::{Model, upper_first};
use super::value_sets::ValueSets;
use anyhow::{Context, Result, bail};
use continuo_fhir::Json;
use std::collections::{BTreeMap, BTreeSet};

struct Tables<'a> {
    model: &'a Model,
    value_sets: &'a ValueSets,
}

/// A place reached on the way: the steps so far, the type there, and the value set it is bound to.
#[derive(Clone)]
struct Place {
    steps: String,
    type_: String,
    value_set: Option<String>,
    suffix: String,
}

pub(crate) fn text(
    parameters: &Json,
    compartment: &Json,
    model: &Model,
    value_sets: &ValueSets,
    types: &BTreeSet<String>,
) -> Result<String> {
    let tables = Tables { model, value_sets };
    let list: Vec<&Json> =
        parameters.get("entry").map(Json::items).unwrap_or_default().iter().filter_map(|e| e.get("resource")).collect();
    let by_url: BTreeMap<&str, &Json> = list.iter().filter_map(|p| Some((p.str_at("url")?, *p))).collect();
    let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut done, mut left) = (0, Vec::new());
    for parameter in &list {
        let code = parameter.str_at("code").context("parameter without code")?;
        for base in parameter.get("base").map(Json::items).unwrap_or_default().iter().filter_map(Json::as_str) {
            if !types.contains(base) && base != "Resource" && base != "DomainResource" {
                continue;
            }
            match tables.line(parameter, base, &by_url) {
                Ok(line) => {
                    done += 1;
                    lines.entry(base.to_string()).or_default().push(line);
                }
                Err(error) => left.push(format!("{base}.{code}: {error:#}")),
            }
        }
    }
    eprintln!("search parameters: {done} compiled, {} left out", left.len());
    for line in &left {
        eprintln!("  {line}");
    }
    let mut out = String::new();
    for (base, mut list) in lines {
        list.sort();
        out += &format!("@{base}\n{}\n", list.join("\n"));
    }
    out += "%Patient\n";
    for resource in compartment.get("resource").map(Json::items).unwrap_or_default() {
        let codes: Vec<&str> =
            resource.get("param").map(Json::items).unwrap_or_default().iter().filter_map(Json::as_str).collect();
        let name = resource.str_at("code").unwrap_or_default();
        if !codes.is_empty() && types.contains(name) {
            out += &format!("{name} {}\n", codes.join(" "));
        }
    }
    Ok(out)
}

impl Tables<'_> {
    fn line(&self, parameter: &Json, base: &str, by_url: &BTreeMap<&str, &Json>) -> Result<String> {
        let code = parameter.str_at("code").unwrap_or_default();
        let kind = parameter.str_at("type").unwrap_or_default();
        let Some(expression) = parameter.str_at("expression") else {
            return Ok(format!("{code} {kind} -"));
        };
        if kind == "composite" {
            let places = self.branches(expression, base, None)?;
            let type_ = places.first().context("no place")?.type_.clone();
            let steps: Vec<String> = places.iter().map(|p| p.steps.clone()).collect();
            let mut line = format!(
                "{code} composite {}",
                steps.iter().map(|s| if s.is_empty() { "." } else { s }).collect::<Vec<_>>().join("|")
            );
            for component in parameter.get("component").map(Json::items).unwrap_or_default() {
                let definition =
                    component.str_at("definition").and_then(|d| by_url.get(d)).context("unknown component")?;
                let kind = definition.str_at("type").unwrap_or_default();
                let expression = component.str_at("expression").unwrap_or_default();
                let (prefix, expression, from) = match expression.strip_prefix("%resource.") {
                    Some(rest) => ("^", rest, base),
                    None => ("", expression, type_.as_str()),
                };
                let places = self.branches(expression, from, Some(from))?;
                line += &format!(" ;{prefix}{kind} {}", self.paths(&places));
            }
            return Ok(line);
        }
        let places = self.branches(expression, base, None)?;
        let mut line = format!("{code} {kind} {}", self.paths(&places));
        let targets: Vec<&str> =
            parameter.get("target").map(Json::items).unwrap_or_default().iter().filter_map(Json::as_str).collect();
        // More than a hundred types means any type.
        if !targets.is_empty() && targets.len() < 100 {
            line += &format!(" >{}", targets.join(","));
        }
        Ok(line)
    }

    fn paths(&self, places: &[Place]) -> String {
        let mut out: Vec<String> = Vec::new();
        for place in places {
            let system = place.value_set.as_ref().and_then(|v| self.value_sets.get(v)).filter(|s| s.len() == 1);
            let system = system.filter(|_| place.type_ == "code").and_then(|s| s.first());
            let system = system.map(|(system, _)| format!("={system}")).unwrap_or_default();
            let path = format!("{}:{}{}{system}", place.steps, place.type_, place.suffix);
            if !out.contains(&path) {
                out.push(path);
            }
        }
        out.join("|")
    }

    /// The places an expression reaches; `relative` is the start of expressions that do not name the base.
    fn branches(&self, expression: &str, base: &str, relative: Option<&str>) -> Result<Vec<Place>> {
        let mut out = Vec::new();
        for branch in expression.split(" | ").map(str::trim) {
            let first = branch.trim_start_matches('(').split(['.', ' ']).next().unwrap_or_default();
            let named = first == base || first == "Resource" || first == "DomainResource";
            if !named && relative.is_none() && first.starts_with(char::is_uppercase) {
                continue;
            }
            out.extend(self.branch(branch, base, named).with_context(|| branch.to_string())?);
        }
        if out.is_empty() {
            bail!("no branch for this type in {expression}");
        }
        Ok(out)
    }

    fn branch(&self, branch: &str, base: &str, named: bool) -> Result<Vec<Place>> {
        let mut rest = branch.to_string();
        let mut suffix = String::new();
        if let Some((path, test)) = branch.split_once(".exists() and ") {
            if test != format!("{path} != false") {
                bail!("unknown test");
            }
            rest = path.to_string();
            suffix = "!".to_string();
        }
        // `(A.b as T)` and `A.b.as(T)` are one thing; so are steps that follow.
        rest = rest.replace('(', "<").replace(')', ">");
        if let Some(inner) = rest.strip_prefix('<') {
            let (path, after) = inner.split_once('>').context("open bracket")?;
            let (path, type_) = path.split_once(" as ").context("brackets without `as`")?;
            rest = format!("{path}.as<{type_}>{after}");
        }
        let mut places =
            vec![Place { steps: String::new(), type_: base.to_string(), value_set: None, suffix: String::new() }];
        for step in split_steps(&rest).into_iter().skip(usize::from(named)) {
            places = self.step(&places, &step)?;
            if places.is_empty() {
                bail!("no element `{step}`");
            }
        }
        for place in &mut places {
            place.suffix += &suffix;
        }
        Ok(places)
    }

    fn step(&self, places: &[Place], step: &str) -> Result<Vec<Place>> {
        let mut out = Vec::new();
        for place in places {
            if let Some(type_) = step.strip_prefix("as<").and_then(|s| s.strip_suffix('>')) {
                let wanted = if type_ == "DateTime" { "dateTime" } else { type_ };
                out.extend((place.type_ == wanted).then(|| place.clone()));
            } else if let Some(test) = step.strip_prefix("where<").and_then(|s| s.strip_suffix('>')) {
                let mut place = place.clone();
                if let Some(target) = test.strip_prefix("resolve<> is ") {
                    place.suffix = format!("?{target}");
                } else {
                    let (field, value) = test.split_once('=').context("unknown test")?;
                    place.steps += &format!("[{field}={}]", value.trim_matches('\''));
                }
                out.push(place);
            } else {
                let (name, index) = match step.split_once('[') {
                    Some((name, index)) => (name, format!("[{index}")),
                    None => (step, String::new()),
                };
                let Some(element) = self.model.element(&place.type_, name) else { continue };
                for (type_, _) in &element.types {
                    let field = if element.name.ends_with("[x]") {
                        format!("{name}{}", upper_first(type_))
                    } else {
                        name.to_string()
                    };
                    let steps =
                        if place.steps.is_empty() { field + &index } else { format!("{}/{field}{index}", place.steps) };
                    let value_set = element.value_set.clone();
                    out.push(Place { steps, type_: type_.clone(), value_set, suffix: String::new() });
                }
            }
        }
        Ok(out)
    }
}

fn split_steps(text: &str) -> Vec<String> {
    let mut steps = vec![String::new()];
    let mut depth = 0;
    for c in text.chars() {
        match c {
            '<' => depth += 1,
            '>' => depth -= 1,
            '.' if depth == 0 => {
                steps.push(String::new());
                continue;
            }
            _ => {}
        }
        steps.last_mut().expect("starts with one").push(c);
    }
    steps
}

//! Measures, libraries and value sets from files, compiled.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use continuo_cql::deep_stack;
use continuo_cql::front::workspace::translate_all;
use continuo_cql::measure::{Options, Package, Source, load_with};

/// Where the measures are.
#[derive(Debug, Args)]
pub(crate) struct PackageArgs {
    /// A FHIR Measure, or a folder of them; may be repeated.
    #[arg(long)]
    pub(crate) measure: Vec<PathBuf>,
    /// Folder of ELM libraries (`*.elm.json`); by default `libraries` beside the measures.
    #[arg(long)]
    pub(crate) libraries: Option<PathBuf>,
    /// Folder of expanded value sets; by default `valuesets` beside the measures.
    #[arg(long)]
    pub(crate) valuesets: Option<PathBuf>,
    /// Translate the libraries from their CQL instead of using published ELM.
    #[arg(long, value_parser = ["cql", "elm"], default_value = "elm")]
    pub(crate) from: String,
    /// Model info XML for `--from cql`; by default what stands in `modelinfo` beside the measures.
    #[arg(long)]
    pub(crate) model: Vec<PathBuf>,
    /// Refuse measures whose value sets are not all there, instead of reporting that and counting them as empty.
    #[arg(long)]
    pub(crate) strict: bool,
}

/// Reads and compiles what a run asks for.
pub(crate) fn package(args: &PackageArgs) -> anyhow::Result<Package> {
    let mut measures = Vec::new();
    for path in &args.measure {
        let found = if path.is_dir() { measures_below(path) } else { vec![path.clone()] };
        measures.extend(sources(&found)?);
    }
    let Some(first) = args.measure.first().filter(|_| !measures.is_empty()) else { bail!("no measure was given") };
    let beside = |given: &Option<PathBuf>, name: &str| {
        given.clone().or_else(|| first.ancestors().map(|dir| dir.join(name)).find(|dir| dir.is_dir()))
    };
    let model_files = || match (args.model.is_empty(), beside(&None, "modelinfo")) {
        (true, Some(dir)) => walk(&dir, &|name| name.ends_with(".xml") && !name.starts_with("system")),
        _ => args.model.clone(),
    };
    let mut models = Vec::new();
    let libraries = match beside(&args.libraries, "libraries") {
        Some(dir) if args.from == "cql" => translated(&dir, &model_files())?,
        Some(dir) => {
            let (files, cql) = with_elm_first(walk(&dir, &|name| name.ends_with(".json") || name.ends_with(".cql")));
            if cql {
                models = super::super::cql::models(&model_files())?;
            }
            sources(&files)?
        }
        // A bundle may hold its libraries itself.
        None => Vec::new(),
    };
    let value_sets = match beside(&args.valuesets, "valuesets") {
        Some(dir) => sources(&walk(&dir, &|name| name.ends_with(".json")))?,
        None => Vec::new(),
    };
    Ok(load_with(&measures, &libraries, &value_sets, Options { strict: args.strict }, &models))
}

/// The measures of a folder: files named so, else whatever holds a Measure.
fn measures_below(dir: &Path) -> Vec<PathBuf> {
    let named = walk(dir, &|name| {
        name.ends_with(".json")
            && (name == "measure.json" || name.starts_with("Measure-") || name.starts_with("measure-"))
    });
    if !named.is_empty() {
        return named;
    }
    let mut all = walk(dir, &|name| name.ends_with(".json"));
    all.retain(|path| {
        fs::read_to_string(path).is_ok_and(|text| text.contains("\"Measure\"") && text.contains("\"resourceType\""))
    });
    all
}

/// Leaves out CQL beside which the ELM stands; says whether any CQL is left.
fn with_elm_first(mut files: Vec<PathBuf>) -> (Vec<PathBuf>, bool) {
    let is_cql = |path: &Path| path.extension().is_some_and(|e| e == "cql");
    let all: std::collections::BTreeSet<PathBuf> = files.iter().cloned().collect();
    files.retain(|path| !is_cql(path) || !["elm.json", "json"].iter().any(|end| all.contains(&ending(path, end))));
    let cql = files.iter().any(|path| is_cql(path));
    (files, cql)
}

/// A path with another ending, whatever dots its name holds (`Name-1.2.000.cql`).
fn ending(path: &Path, end: &str) -> PathBuf {
    let mut name = path.with_extension("").into_os_string();
    name.push(".");
    name.push(end);
    PathBuf::from(name)
}

/// Libraries translated from the CQL of a folder; faults are said, and what can be translated is used.
fn translated(dir: &Path, models: &[PathBuf]) -> anyhow::Result<Vec<Source>> {
    let models = super::super::cql::models(models)?;
    let list = super::super::cql::sources(dir)?;
    let mut found = Vec::new();
    for result in deep_stack(|| translate_all(&list, &models)) {
        let source = &list[result.source];
        for problem in &result.translated.problems {
            eprintln!("{}:{}", source.name, problem.display(&source.text));
        }
        let mut text = String::new();
        result.translated.elm.write(&mut text);
        found.push(Source { name: source.name.replace(".cql", ".elm.json"), text });
    }
    Ok(found)
}

fn sources(paths: &[PathBuf]) -> anyhow::Result<Vec<Source>> {
    paths
        .iter()
        .map(|path| {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            Ok(Source { name, text: read(path)? })
        })
        .collect()
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// Files below a folder in order of their path, links followed, to a depth that ends loops.
pub(crate) fn walk(dir: &Path, wanted: &dyn Fn(&str) -> bool) -> Vec<PathBuf> {
    fn inside(dir: &Path, depth: usize, wanted: &dyn Fn(&str) -> bool, found: &mut Vec<PathBuf>) {
        let Ok(entries) = fs::read_dir(dir) else { return };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                if depth < 32 {
                    inside(&path, depth + 1, wanted, found);
                }
            } else if path.file_name().is_some_and(|n| wanted(&n.to_string_lossy())) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    inside(dir, 0, wanted, &mut found);
    found
}

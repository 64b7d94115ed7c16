//! `continuo cql`: check CQL, translate it to ELM, run the language tests.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use continuo_cql::deep_stack;
use continuo_cql::front::model::ModelInfo;
use continuo_cql::front::suite;
use continuo_cql::front::workspace::{Source, translate_all};
use continuo_cql::value::DateTime;
use continuo_fhir::clock::Clock;

use super::{Outcome, print_line};
use crate::system::SystemClock;

/// Checks and translates CQL.
#[derive(Debug, Args)]
pub(crate) struct CqlArgs {
    #[command(subcommand)]
    command: CqlCommand,
}

#[derive(Debug, Subcommand)]
enum CqlCommand {
    /// Runs the HL7 language tests of a folder.
    Test {
        /// Folder of test files (`*.xml`).
        dir: PathBuf,
    },
    /// Names every fault in CQL, with line and column.
    Check(Files),
    /// Translates CQL to ELM, printed or written beside the source.
    Translate {
        #[command(flatten)]
        files: Files,
        /// Folder for the ELM; by default it is printed.
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
struct Files {
    /// CQL files, or folders of them.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Folder of libraries that are only included.
    #[arg(long)]
    libraries: Option<PathBuf>,
    /// Model info XML; may be repeated. FHIR 4.0.1 is known without.
    #[arg(long)]
    model: Vec<PathBuf>,
}

pub(crate) fn run(args: &CqlArgs) -> anyhow::Result<Outcome> {
    match &args.command {
        CqlCommand::Test { dir } => test(dir),
        CqlCommand::Check(files) => translate(files, |_, _| Ok(())),
        CqlCommand::Translate { files, out } => translate(files, |name, elm| match out {
            Some(dir) => {
                fs::create_dir_all(dir)?;
                let path = dir.join(format!("{name}.elm.json"));
                fs::write(&path, elm).with_context(|| format!("{} cannot be written", path.display()))
            }
            None => print_line(elm),
        }),
    }
}

fn test(dir: &Path) -> anyhow::Result<Outcome> {
    let now = DateTime::from_utc_millis(SystemClock.now().micros() / 1000, 0);
    let mut paths: Vec<PathBuf> = fs::read_dir(dir)
        .with_context(|| format!("{} cannot be read", dir.display()))?
        .flatten()
        .map(|e| e.path())
        .collect();
    paths.sort();
    let (mut passed, mut total) = (0, 0);
    for path in paths.iter().filter(|p| p.extension().is_some_and(|e| e == "xml")) {
        let text = read(path)?;
        let results = match deep_stack(|| suite::run(&text, now)) {
            Ok(results) => results,
            Err(error) => bail!("{}: {error}", path.display()),
        };
        for result in results {
            total += 1;
            passed += usize::from(result.passed);
            if !result.passed {
                print_line(&format!("{}: {}: {}", result.name, result.expression, result.detail))?;
            }
        }
    }
    print_line(&format!("{passed} of {total} passed"))?;
    Ok(if passed == total { Outcome::Done } else { Outcome::KeptAside })
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// The CQL files of a path, in order of name.
pub(super) fn sources(path: &Path) -> anyhow::Result<Vec<Source>> {
    let paths = if path.is_dir() {
        let mut list: Vec<PathBuf> = fs::read_dir(path)?.flatten().map(|e| e.path()).collect();
        list.retain(|p| p.extension().is_some_and(|e| e == "cql"));
        list.sort();
        list
    } else {
        vec![path.to_owned()]
    };
    let source = |path: &PathBuf| {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Source { name, text: read(path)? })
    };
    paths.iter().map(source).collect()
}

/// The models given, and FHIR where none of them is it.
pub(super) fn models(paths: &[PathBuf]) -> anyhow::Result<Vec<ModelInfo>> {
    let mut models = Vec::new();
    for path in paths {
        let text = read(path)?;
        models.push(ModelInfo::parse(&text).map_err(|e| anyhow::anyhow!("{}: {e}", path.display()))?);
    }
    if !models.iter().any(|m| m.name == "FHIR") {
        models.push(ModelInfo::fhir());
    }
    Ok(models)
}

fn translate(files: &Files, mut take: impl FnMut(&str, &str) -> anyhow::Result<()>) -> anyhow::Result<Outcome> {
    let mut list = Vec::new();
    for path in &files.paths {
        list.extend(sources(path)?);
    }
    let asked = list.len();
    if let Some(dir) = &files.libraries {
        list.extend(sources(dir)?);
    }
    let models = models(&files.model)?;
    let mut faults = 0;
    for result in deep_stack(|| translate_all(&list, &models)) {
        if result.source >= asked {
            continue;
        }
        let source = &list[result.source];
        for problem in &result.translated.problems {
            eprintln!("{}:{}", source.name, problem.display(&source.text));
        }
        faults += result.translated.problems.len();
        if result.translated.problems.is_empty() {
            let mut text = String::new();
            result.translated.elm.write(&mut text);
            take(source.name.trim_end_matches(".cql"), &text)?;
        }
    }
    if faults > 0 {
        bail!("{faults} faults in CQL");
    }
    Ok(Outcome::Done)
}

//! `continuo measure load`: a measure package into a database, and what stands in its way.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use continuo_care::measures::load::load;
use continuo_care::measures::package::File;
use continuo_care::measures::settings;
use continuo_care::setup;
use continuo_store::StartCheck;

use super::{Outcome, print_line};
use crate::open;

/// Loads measures, libraries and value sets. Nothing is switched on.
#[derive(Debug, Args)]
pub(super) struct LoadArgs {
    /// FHIR bundles, resources, ELM or CQL files, zip archives, VSAC's XML, or folders of them; folders named `tests` are
    /// passed over.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The database: `sqlite:FILE` or `postgres://..`.
    #[arg(long)]
    db: String,
}

pub(super) fn run(args: &LoadArgs) -> anyhow::Result<Outcome> {
    let mut files = Vec::new();
    for path in &args.paths {
        collect(path, 0, &mut files)?;
    }
    let care = open::care(&args.db, StartCheck::Head)?;
    let ctx = setup::machine(&care, setup::FIRST, "measure load")?;
    let loaded = load(&ctx, &files)?;
    print_line(&format!(
        "{} measures, {} libraries, {} value sets: {} written, {} already here",
        loaded.measures.len(),
        loaded.libraries,
        loaded.value_sets,
        loaded.written,
        loaded.unchanged
    ))?;
    let mut clean = loaded.problems.is_empty();
    for problem in &loaded.problems {
        eprintln!("continuo measure load: {problem}");
    }
    let (all, _) = settings::overview(&ctx)?;
    for one in all.iter().filter(|one| loaded.measures.contains(&one.known.id)) {
        let known = &one.known;
        match (&known.refused, known.missing.as_slice()) {
            (Some(why), _) => eprintln!("continuo measure load: {} is refused: {why}", known.id),
            (None, []) => {}
            (None, missing) => {
                eprintln!("continuo measure load: {} lacks value sets: {}", known.id, missing.join(", "));
            }
        }
        for (url, here, total) in &known.cut {
            eprintln!("continuo measure load: {}: {url} is cut short, {here} of {total} codes", known.id);
        }
        clean &= known.runs(false);
    }
    Ok(if clean { Outcome::Done } else { Outcome::KeptAside })
}

fn collect(path: &Path, depth: usize, files: &mut Vec<File>) -> anyhow::Result<()> {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    if path.is_dir() {
        if depth > 16 || (depth > 0 && name == "tests") {
            return Ok(());
        }
        let mut inside: Vec<PathBuf> = fs::read_dir(path)
            .with_context(|| format!("{} cannot be read", path.display()))?
            .flatten()
            .map(|entry| entry.path())
            .collect();
        inside.sort();
        return inside.iter().try_for_each(|path| collect(path, depth + 1, files));
    }
    if depth == 0 || [".json", ".cql", ".zip", ".xml"].iter().any(|end| name.ends_with(end)) {
        let bytes = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        files.push(File { name, bytes });
    }
    Ok(())
}

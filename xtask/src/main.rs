//! Development commands: `cargo xtask` lists them.

mod docs;
mod fhir_tables;
mod migration;
mod sizes;

use std::path::Path;

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["fhir-tables", folders @ ..] if !folders.is_empty() => {
            fhir_tables::run(&folders.iter().map(Path::new).collect::<Vec<_>>())
        }
        ["docs"] => {
            let faults = docs::run(Path::new("."))?;
            for fault in &faults {
                eprintln!("{fault}");
            }
            anyhow::ensure!(faults.is_empty(), "{} of the documents' words lead nowhere", faults.len());
            Ok(())
        }
        ["migration", name] => migration::run(name),
        ["sizes"] => {
            let sizes = sizes::Sizes::of(Path::new("."))?;
            eprint!("{}", sizes.words());
            let faults = sizes.faults();
            anyhow::ensure!(faults.is_empty(), "{}", faults.join("\n"));
            Ok(())
        }
        _ => {
            eprintln!("cargo xtask COMMAND");
            eprintln!("  docs                    check links, files and tests that the documents name");
            eprintln!("  fhir-tables FOLDER...   write crates/continuo-fhir/src/generated from the R4 definitions");
            eprintln!("  migration NNNN_NAME     write the PostgreSQL twin of migrations/sqlite/NNNN_NAME.sql");
            eprintln!("  sizes                   how long the files are, and which are too long");
            std::process::exit(2)
        }
    }
}

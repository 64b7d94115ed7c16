//! `Measure/$data-requirements` and `Library/$data-requirements`: which data a measure, or a library of logic, asks for,
//! whoever it is about.

use continuo_cql::measure::{library_requirements, requirements};
use continuo_fhir::Json;

use super::compiled::{Compiled, Known, library_sources};
use super::load::{TYPES, parsed};
use super::settings::may_read;
use crate::ctx::Ctx;
use crate::problem::WorkError;

/// A Library of type `module-definition` as JSON text; nothing where the measure could not be compiled.
pub fn of(compiled: &Compiled, known: &Known) -> Option<String> {
    let mut out = String::new();
    requirements::of_measure(&compiled.package.plan, known.place?).write(&mut out);
    Some(out)
}

/// The same of a loaded library, by id or url (with or without a version), over all its definitions.
pub fn of_library(ctx: &Ctx, asked: &str) -> Result<String, WorkError> {
    may_read(ctx)?;
    let plain = asked.strip_prefix("Library/").unwrap_or(asked);
    let (url, version) = match plain.split_once('|') {
        Some((url, version)) => (url, Some(version)),
        None => (plain, None),
    };
    let [_, libraries, _] = TYPES;
    let is_it = |id: &str, json: &Json| {
        let is_version = version.is_none_or(|version| json.str_at("version") == Some(version));
        // A library that came as a file of CQL alone has no url of its own: measures name it by the last part.
        let named = match json.str_at("url") {
            Some(own) => own == url,
            None => url.rsplit('/').next() == json.str_at("name"),
        };
        id == plain || (named && is_version)
    };
    let found = super::compiled::all_of(ctx, libraries)?.into_iter().find_map(|stored| {
        let json = parsed(stored.bytes.as_deref())?;
        is_it(&stored.id, &json).then_some((stored.id, json))
    });
    let Some((id, json)) = found else { return Err(WorkError::NotFound("this library".to_owned())) };
    let name = json.str_at("name").unwrap_or(&id);
    let (sources, _) = library_sources(ctx)?;
    let library = library_requirements(&sources, &[], name, json.str_at("version")).map_err(WorkError::Not)?;
    let mut out = String::new();
    library.write(&mut out);
    Ok(out)
}

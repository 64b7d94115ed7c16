//! Taking a package in: one commit by a named administrator, versions kept, what is already here left alone.

use continuo_fhir::{Json, ResourceType};
use continuo_store::{CommitId, Outcome, Prepared, PutOptions};

use super::package::{self, File};
use crate::access::Permission;
use crate::ctx::Ctx;
use crate::problem::WorkError;

/// What loading a package did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Ids of the measures it holds.
    pub measures: Vec<String>,
    /// Libraries it holds.
    pub libraries: usize,
    /// Value sets it holds.
    pub value_sets: usize,
    /// Resources written: new, or in a new version.
    pub written: usize,
    /// Resources that were here with the same content.
    pub unchanged: usize,
    /// Resources of other types, left out.
    pub left_out: usize,
    /// What could not be used, and why.
    pub problems: Vec<String>,
    /// The commit, when something was written.
    pub commit: Option<CommitId>,
}

/// Loads a package. Nothing is switched on by it.
pub fn load(ctx: &Ctx, files: &[File]) -> Result<Loaded, WorkError> {
    ctx.require(Permission::AdminPolicy)?;
    let package = package::read(files);
    let mut loaded = Loaded { problems: package.problems, left_out: package.left_out, ..Loaded::default() };
    let context = ctx.prepare_context()?;
    let mut prepared = Vec::with_capacity(package.resources.len());
    for resource in package.resources {
        let id = resource.str_at("id").unwrap_or_default().to_owned();
        let type_ = resource.resource_type().and_then(ResourceType::find);
        match Prepared::new(resource, &context) {
            Ok(one) => {
                match type_.map_or("", |t| t.as_str()) {
                    "Measure" => loaded.measures.push(id),
                    "Library" => loaded.libraries += 1,
                    _ => loaded.value_sets += 1,
                }
                prepared.push(one);
            }
            Err(error) => loaded.problems.push(format!("{id}: {error}")),
        }
    }
    if prepared.is_empty() {
        return Ok(loaded);
    }
    let done = ctx.write("load measures", move |tx| {
        let mut counts = (0, 0);
        for one in &prepared {
            match tx.put(one, &PutOptions::default())?.outcome {
                Outcome::Unchanged => counts.1 += 1,
                Outcome::Created | Outcome::Updated => counts.0 += 1,
            }
        }
        Ok(counts)
    })?;
    (loaded.written, loaded.unchanged) = done.value;
    loaded.commit = done.commit;
    Ok(loaded)
}

/// The resource types a package is made of.
pub const TYPES: [ResourceType; 3] =
    [ResourceType::of("Measure"), ResourceType::of("Library"), ResourceType::of("ValueSet")];

/// The JSON of a stored resource.
pub(super) fn parsed(bytes: Option<&[u8]>) -> Option<Json> {
    Json::parse(bytes?).ok()
}

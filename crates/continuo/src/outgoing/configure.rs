//! Reads what the site configured: one JSON file, its keys from files or the environment.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use continuo_care::outbound::settings::KeyPlace;
use continuo_care::outbound::{Outside, Services};
use continuo_fhir::Json;

use super::Door;

/// The variable that names the file when no option does.
const VARIABLE: &str = "CONTINUO_SERVICES";

/// The services of a file, else of the file that the environment names, else none: then nothing ever leaves.
pub(crate) fn outside(file: Option<&Path>) -> anyhow::Result<Outside> {
    let named = std::env::var_os(VARIABLE);
    let Some(file) = file.or(named.as_ref().map(Path::new)) else { return Ok(Outside::closed()) };
    let bytes = std::fs::read(file).with_context(|| format!("services file `{}`", file.display()))?;
    let json = Json::parse(&bytes).map_err(|error| anyhow::anyhow!("services file `{}`: {error}", file.display()))?;
    let services = Services::read(&json, &fetch).with_context(|| format!("services file `{}`", file.display()))?;
    Ok(Outside { door: Arc::new(Door::new(services.limits.clone())), services })
}

fn fetch(place: KeyPlace<'_>) -> Result<String, String> {
    match place {
        KeyPlace::File(path) => std::fs::read_to_string(path).map_err(|error| format!("file `{path}`: {error}")),
        KeyPlace::Variable(name) => std::env::var(name).map_err(|_| format!("variable `{name}` is not set")),
    }
}

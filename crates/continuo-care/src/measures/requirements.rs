//! `Measure/$data-requirements`: which data a measure asks for, whoever it is about.

use super::compiled::{Compiled, Known};
use continuo_cql::measure::requirements;

/// A Library of type `module-definition` as JSON text; nothing where the measure could not be compiled.
pub fn of(compiled: &Compiled, known: &Known) -> Option<String> {
    let mut out = String::new();
    requirements::of_measure(&compiled.package.plan, known.place?).write(&mut out);
    Some(out)
}

//! Whether something has happened: only that settles a finding. What is dated ahead is a plan, whatever its status says.

use continuo_fhir::{Instant, Zone};

use super::person::Resource;

/// Where resources say when they take place or were made.
const WHEN: [&str; 15] = [
    "start",
    "period.start",
    "performedDateTime",
    "performedPeriod.start",
    "occurrenceDateTime",
    "occurrencePeriod.start",
    "timingDateTime",
    "timingPeriod.start",
    "effectiveDateTime",
    "effectivePeriod.start",
    "issued",
    "received",
    "sent",
    "date",
    "executionPeriod.start",
];

/// Whether a resource is dated after a moment. One that says no date is not: its status is all that is known.
pub(crate) fn is_ahead(resource: &Resource<'_>, as_of: Instant, zone: &Zone) -> bool {
    WHEN.iter().filter_map(|path| resource.when(path, zone)).any(|at| at > as_of)
}

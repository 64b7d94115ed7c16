//! Whether a person is in dialysis: their unit weighs them and knows their kidneys, so some rules are silent.

use super::super::calendar::DAY;
use super::super::case::Case;
use super::visits::critical_kind;
use crate::shapes::ICD_10;

/// ICD-10-CM of end stage renal disease (knowledge/value-sets/kidney-failure.csv).
const END_STAGE: &str = "N18.6";
/// How long after a session somebody still counts as in dialysis.
const LATELY: i64 = 30 * DAY;

/// By an active problem (end stage renal disease, or dialysis by name), or by a session lately or booked.
pub(super) fn in_dialysis(case: &Case<'_, '_>) -> bool {
    let over = ["resolved", "inactive", "remission"];
    let problem = case.person.of("Condition").iter().any(|condition| {
        let ended = condition
            .all("clinicalStatus.coding.code")
            .iter()
            .any(|code| code.as_str().is_some_and(|code| over.contains(&code)));
        !ended
            && (condition.has("code", ICD_10, END_STAGE)
                || condition.words("code").iter().any(|words| words.to_lowercase().contains("dialysis")))
    });
    let lately = case.as_of.plus_micros(-LATELY);
    let zone = case.zone();
    problem
        || case.person.of("Appointment").iter().any(|one| {
            !one.is(&["cancelled", "entered-in-error"])
                && critical_kind(one) == Some("dialysis")
                && one.when("start", zone).is_some_and(|at| at >= lately)
        })
}

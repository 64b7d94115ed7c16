//! Critical result without a plan, or without the person told. Acting on a result includes telling (safety.md rule 21).

use continuo_fhir::Instant;

use super::super::calendar::MINUTE;
use super::super::case::{Case, Draft, evidence};
use super::super::finding::{Consequence, Due};
use super::super::person::Resource;
use super::results::{Standing, grade, still_open};

/// After three days the moment of danger is past: the clock is what leads, not the alarm.
const ALARM: i64 = 3 * super::super::calendar::DAY;

pub(super) fn run(case: &mut Case<'_, '_>) {
    for result in case.person.of("Observation") {
        let why = match grade(case, result) {
            Standing::Critical(why) => why,
            Standing::Unknown(fact) => {
                case.missing(fact);
                continue;
            }
            _ => continue,
        };
        let Some((at, open)) = still_open(case, result, &why) else { continue };
        let old = case.as_of.micros() - at.micros() > ALARM;
        case.find(Draft {
            anchor: result.reference(),
            what: "Act on a critical result and tell the person".to_owned(),
            why: format!("{why}, known {}; {open}", known(case, result, at)),
            due: Some(Due {
                at: at.plus_micros(case.spec.param("minutes") * MINUTE),
                rule: format!("within {} minutes of the result", case.spec.param("minutes")),
            }),
            began: at,
            evidence: vec![evidence(result, why)],
            attempts: 0,
            consequence: old.then_some(Consequence::High),
        });
    }
}

/// When a result was known, to the minute where its record says so.
fn known(case: &Case<'_, '_>, result: &Resource<'_>, at: Instant) -> String {
    let said = ["issued", "effectiveDateTime", "effectivePeriod.start"].iter().find_map(|path| result.text(path));
    if said.is_some_and(|text| text.contains('T')) { case.moment_words(at) } else { case.date_words(at) }
}

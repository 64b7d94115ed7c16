//! What the two result rules share: grading a result, finding its plan, and whether the person was told.

use continuo_fhir::{Date, Node};

use super::super::case::Case;
use super::super::limits::{Ages, Grade, Limit};
use super::super::person::Resource;
use crate::shapes;

/// Glomerular filtration rate (knowledge/follow-up/result-limits.csv).
const EGFR: &str = "33914-3";

/// How a result stands.
pub(super) enum Standing {
    /// Critical, with the sentence why.
    Critical(String),
    /// Beyond the action limit or flagged abnormal.
    Action(String),
    /// Flagged high or low, inside the action limits; or flagged where there are none.
    Mild {
        /// There are limits, and it is inside.
        by_limits: bool,
    },
    /// Nothing.
    Fine,
    /// A limit exists but the number cannot be judged; the missing fact.
    Unknown(String),
}

/// Grades an Observation by its flags and by the site's limits; the graver of both counts.
pub(super) fn grade(case: &Case<'_, '_>, result: &Resource<'_>) -> Standing {
    if !result.is(&["final", "amended", "corrected"]) {
        return Standing::Fine;
    }
    // Where a machine does the kidneys' work their number says nothing new.
    if result.has("code", shapes::LOINC, EGFR) && super::dialysis::in_dialysis(case) {
        return Standing::Fine;
    }
    let name = result.label("code").unwrap_or("Result");
    let value = result.all("valueQuantity.value").into_iter().find_map(Node::as_f64);
    let unit = result.text("valueQuantity.unit").or_else(|| result.text("valueQuantity.code"));
    let flag = ["HH", "LL", "AA", "A", "H", "L"]
        .into_iter()
        .find(|flag| result.has("interpretation", shapes::INTERPRETATION, flag));
    // "INR 6.8", not "INR 6.8 INR": a unit that only repeats the name says nothing.
    let shown_unit = unit.filter(|unit| *unit != name && *unit != "score").unwrap_or("");
    let shown = match (value, result.all("valueQuantity.value").first().and_then(|n| n.number_text())) {
        (Some(_), Some(text)) => format!("{name} {text} {shown_unit}").trim_end().to_owned(),
        _ => name.to_owned(),
    };
    if let Some(flag @ ("HH" | "LL" | "AA")) = flag {
        let word = match flag {
            "HH" => "critical high",
            "LL" => "critical low",
            _ => "critical",
        };
        return Standing::Critical(format!("{shown}, flagged {word} by the laboratory"));
    }
    let ages = Ages::on(case.zone().day(when(case, result).unwrap_or(case.as_of)), born(case));
    let codes = result.all("code.coding");
    let limit = codes
        .iter()
        .filter(|coding| coding.str("system") == Some(shapes::LOINC))
        .find_map(|coding| case.site.limits.of(coding.str("code")?, ages));
    let graded = match (limit, value) {
        (Some(limit), Some(value)) => match limit.in_own_unit(value, unit) {
            Some(value) => Some((limit, limit.grade(value))),
            None => return ungraded(&shown, name, unit, limit, flag),
        },
        _ => None,
    };
    match (graded, flag) {
        (Some((limit, Grade::Critical)), _) => {
            Standing::Critical(format!("{shown} is beyond the critical limit ({})", limit.source))
        }
        (Some((_, Grade::Action)), _) => Standing::Action(format!("{shown} is beyond this site's action limit")),
        (_, Some("A")) => Standing::Action(format!("{shown}, flagged abnormal")),
        (graded, Some(_)) => Standing::Mild { by_limits: graded.is_some() },
        _ => Standing::Fine,
    }
}

/// A number that the limits say nothing about, since its unit cannot be compared. What the laboratory flags high or low
/// may be as far out as can be: it wants somebody's eyes.
fn ungraded(shown: &str, name: &str, unit: Option<&str>, limit: &Limit, flag: Option<&str>) -> Standing {
    let own = &limit.unit;
    let flagged = match flag {
        Some("H") => "high",
        Some("L") => "low",
        Some(_) => "abnormal",
        None => {
            return Standing::Unknown(match unit {
                None => format!("the unit of {shown} (limits are in {own})"),
                Some(unit) => format!("a unit that can be compared: {name} is in {unit}, limits in {own}"),
            });
        }
    };
    Standing::Action(format!(
        "{shown}, flagged {flagged} by the laboratory; how far nobody can tell: limits are in {own}"
    ))
}

/// When the person was born.
fn born(case: &Case<'_, '_>) -> Option<Date> {
    case.person.patient().and_then(|patient| patient.text("birthDate")).and_then(Date::parse)
}

/// Whether the Observation, or a report that contains it, is named by a plan; and whether the person was told.
fn acted_on(case: &Case<'_, '_>, result: &Resource<'_>) -> (bool, bool) {
    const PLANS: [&str; 6] =
        ["ServiceRequest", "CarePlan", "MedicationRequest", "Appointment", "Task", "NutritionOrder"];
    const PATHS: [&str; 7] = [
        "reasonReference",
        "basedOn",
        "supportingInfo",
        "supportingInformation",
        "focus",
        "addresses",
        "input.valueReference",
    ];
    let mut names = vec![result.reference()];
    for report in case.person.of("DiagnosticReport") {
        if report.points_to(&["result"], &result.reference()) {
            names.push(report.reference());
        }
    }
    let named = |resource: &Resource<'_>, paths: &[&str]| names.iter().any(|name| resource.points_to(paths, name));
    let planned = PLANS.iter().any(|type_| {
        case.person.of(type_).iter().any(|plan| {
            !plan.is(&["cancelled", "entered-in-error", "revoked", "rejected", "noshow", "stopped"])
                // An open task of the loop itself is the work, not the plan; a finished one is.
                && (*type_ != "Task" || plan.extension(shapes::EXT_FINDING).is_none() || plan.is(&["completed"]))
                && named(plan, &PATHS)
        })
    });
    let told = case.contacts.dated.iter().any(|contact| {
        !contact.from_person
            && contact.resource.is(&["completed"])
            && (contact.spoken || contact.channel == super::super::contact::Channel::Message)
            && to_the_person(&contact.resource)
            && named(&contact.resource, &["about"])
    });
    (planned, told)
}

/// Whether it went to the person or to somebody who acts for them, not from one of the staff to another.
fn to_the_person(contact: &Resource<'_>) -> bool {
    contact.references("recipient").iter().any(|to| to.starts_with("Patient/") || to.starts_with("RelatedPerson/"))
}

/// When a result that wants somebody was known, and what is still to be done about it. Nothing for one that was acted on,
/// or that a later value of the same test shows to be past: the case then says so.
pub(super) fn still_open<'a>(
    case: &mut Case<'_, 'a>,
    result: &Resource<'a>,
    why: &str,
) -> Option<(continuo_fhir::Instant, &'static str)> {
    let Some(at) = when(case, result) else {
        case.missing(format!("the time of {}", result.reference()));
        return None;
    };
    let open = match acted_on(case, result) {
        (true, true) => {
            case.clear(format!("{why}: acted on, and the person was told."));
            return None;
        }
        (false, false) => "nothing is planned and the person has not been told",
        (true, false) => "a plan names it, but the person has not been told",
        (false, true) => "the person was told, but nothing is planned",
    };
    if let Some(later) = later_fine(case, result) {
        case.clear(format!("{why}: a later value of the same test is not ({}).", later.reference()));
        return None;
    }
    Some((at, open))
}

/// A later result of the same test that is graded fine: within the limits where there are any. One that nobody can grade,
/// or that is flagged without limits to judge it by, shows nothing.
fn later_fine<'a>(case: &Case<'_, 'a>, result: &Resource<'a>) -> Option<Resource<'a>> {
    let code = |resource: &Resource<'a>| {
        resource
            .all("code.coding")
            .into_iter()
            .find(|coding| coding.str("system") == Some(shapes::LOINC))
            .and_then(|coding| coding.str("code"))
    };
    let wanted = code(result)?;
    let at = when(case, result)?;
    case.person
        .of("Observation")
        .iter()
        .find(|other| {
            other.id != result.id
                && code(other) == Some(wanted)
                && when(case, other).is_some_and(|later| later > at)
                && is_fine(case, other)
                && other.is(&["final", "amended", "corrected"])
        })
        .copied()
}

fn is_fine(case: &Case<'_, '_>, result: &Resource<'_>) -> bool {
    match grade(case, result) {
        Standing::Fine => true,
        // Inside the action limits; without limits a flag is all that is known.
        Standing::Mild { by_limits } => by_limits,
        _ => false,
    }
}

/// When the result was known: issued, else the time of the specimen.
fn when(case: &Case<'_, '_>, result: &Resource<'_>) -> Option<continuo_fhir::Instant> {
    result
        .when("issued", case.zone())
        .or_else(|| result.when("effectiveDateTime", case.zone()))
        .or_else(|| result.when("effectivePeriod.start", case.zone()))
}

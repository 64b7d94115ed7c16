//! What the two result rules share: grading a result, finding its plan, and whether the person was told.

use continuo_fhir::Date;

use super::super::case::Case;
use super::super::contact::with_the_person;
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
    let number = Number::of(result);
    let flag = flag_of(result);
    let shown = number.as_ref().map_or_else(|| name.to_owned(), |number| number.after(name));
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
    let graded = match (limit, &number) {
        (Some(limit), Some(number)) => match number.graded(limit) {
            Some(grade) => Some((limit, grade)),
            None => return ungraded(&shown, name, number.unit, limit, flag),
        },
        // A potassium without a number ("hemolyzed", "see comment") is no normal potassium.
        (Some(_), None) => return unread(result, name, flag),
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

/// The flag of the laboratory, by its code or, where it sends none, by its words; the gravest counts.
fn flag_of(result: &Resource<'_>) -> Option<&'static str> {
    const BY_WORDS: [(&str, &str); 6] =
        [("critical", "AA"), ("panic", "AA"), ("abnormal", "A"), ("very", "A"), ("high", "H"), ("low", "L")];
    let coded = ["HH", "LL", "AA", "A", "H", "L"]
        .into_iter()
        .find(|flag| result.has("interpretation", shapes::INTERPRETATION, flag));
    coded.or_else(|| {
        let words: Vec<String> = result.words("interpretation").into_iter().map(str::to_lowercase).collect();
        BY_WORDS
            .into_iter()
            .find(|(word, _)| words.iter().any(|said| said.trim_start().starts_with(word)))
            .map(|(_, flag)| flag)
    })
}

/// The number of a result, in whichever element a source writes it.
struct Number<'a> {
    value: f64,
    /// The number as it was written.
    text: String,
    /// "<" or ">": the true number is beyond what the instrument reads.
    beyond: Option<char>,
    unit: Option<&'a str>,
}

impl<'a> Number<'a> {
    fn of(result: &Resource<'a>) -> Option<Number<'a>> {
        let own = result.text("valueQuantity.unit").or_else(|| result.text("valueQuantity.code"));
        // The laboratory's own range of this result is in the unit of its number.
        let unit = own.or_else(|| {
            ["low", "high"].iter().find_map(|end| {
                let path = format!("referenceRange.{end}");
                let unit = |name: &str| result.text(&format!("{path}.{name}"));
                unit("unit").or_else(|| unit("code"))
            })
        });
        let sign = |text: &str| text.chars().next().filter(|first| matches!(first, '<' | '>'));
        if let Some(node) = result.all("valueQuantity.value").first() {
            let beyond = result.text("valueQuantity.comparator").and_then(sign);
            return Some(Number { value: node.as_f64()?, text: node.number_text()?.to_owned(), beyond, unit });
        }
        // Some interfaces send every number as text: "6.9", ">500".
        let text = result.text("valueString")?.trim();
        let beyond = sign(text);
        let digits = text.trim_start_matches(['<', '>', '=']).trim();
        Some(Number {
            value: digits.parse().ok().filter(|value: &f64| value.is_finite())?,
            text: digits.to_owned(),
            beyond,
            unit,
        })
    }

    /// "INR 6.8", not "INR 6.8 INR": a unit that only repeats the name says nothing.
    fn after(&self, name: &str) -> String {
        let unit = self.unit.filter(|unit| *unit != name && *unit != "score").unwrap_or("");
        let beyond = self.beyond.map(String::from).unwrap_or_default();
        format!("{name} {beyond}{} {unit}", self.text).trim_end().to_owned()
    }

    /// By the limits; nothing where nobody can tell. "> 500" may be anything above, so it says nothing of a low limit.
    fn graded(&self, limit: &Limit) -> Option<Grade> {
        let value = limit.in_own_unit(self.value, self.unit)?;
        let step = value.abs() * 1e-9 + f64::MIN_POSITIVE;
        match self.beyond {
            None => Some(limit.grade(value)),
            Some('>') if limit.is_low(value) => None,
            Some('>') => Some(limit.grade(value + step)),
            Some(_) if limit.is_high(value) => None,
            Some(_) => Some(limit.grade(value - step)),
        }
    }
}

/// A result that has limits and no number to hold against them.
fn unread(result: &Resource<'_>, name: &str, flag: Option<&str>) -> Standing {
    match flag.map(flagged) {
        Some(word) => Standing::Action(format!("{name}, flagged {word} by the laboratory, without a number to judge")),
        None => Standing::Unknown(format!("a number in {} ({name})", result.reference())),
    }
}

/// The word of a flag that is not critical.
fn flagged(flag: &str) -> &'static str {
    match flag {
        "H" => "high",
        "L" => "low",
        _ => "abnormal",
    }
}

/// A number that the limits say nothing about, since its unit cannot be compared. What the laboratory flags high or low
/// may be as far out as can be: it wants somebody's eyes.
fn ungraded(shown: &str, name: &str, unit: Option<&str>, limit: &Limit, flag: Option<&str>) -> Standing {
    let own = &limit.unit;
    let Some(flag) = flag else {
        return Standing::Unknown(match unit {
            None => format!("the unit of {shown} (limits are in {own})"),
            Some(unit) => format!("a unit that can be compared: {name} is in {unit}, limits in {own}"),
        });
    };
    let flagged = flagged(flag);
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
            !plan.is(&["cancelled", "entered-in-error", "revoked", "rejected", "noshow", "stopped", "failed"])
                // An open task of the loop itself is the work, not the plan; a finished one is.
                && (*type_ != "Task" || plan.extension(shapes::EXT_FINDING).is_none() || plan.is(&["completed"]))
                && named(plan, &PATHS)
        })
    });
    let told = case.contacts.dated.iter().any(|contact| {
        !contact.from_person
            && contact.resource.is(&["completed"])
            && (contact.spoken || contact.channel == super::super::contact::Channel::Message)
            && to_the_person(case, &contact.resource)
            && named(&contact.resource, &["about"])
    });
    (planned, told)
}

/// Whether it went to the person or to somebody who acts for them, not from one of the staff to another, nor to somebody else.
fn to_the_person(case: &Case<'_, '_>, contact: &Resource<'_>) -> bool {
    !contact.references("recipient").is_empty() && with_the_person(case.person, contact, false)
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
        case.settle(result, &later, "a later value of the same test is within the limits");
        return None;
    }
    Some((at, open))
}

/// A later result of the same test that is graded fine: within the limits where there are any. One that nobody can grade,
/// that says nothing, or that is flagged without limits to judge it by, shows nothing; nor does one from an earlier
/// specimen that was reported later.
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
    let taken = drawn(case, result);
    case.person
        .of("Observation")
        .iter()
        .find(|other| {
            other.id != result.id
                && code(other) == Some(wanted)
                && other.is(&["final", "amended", "corrected"])
                && when(case, other).is_some_and(|later| later > at)
                && !case.is_ahead(other)
                && drawn(case, other).zip(taken).is_none_or(|(other, taken)| other >= taken)
                && says_something(other)
                && is_fine(case, other)
        })
        .copied()
}

/// Whether a result has a value at all: a final one without may be a specimen that was spoilt.
fn says_something(result: &Resource<'_>) -> bool {
    result.node.fields().any(|(name, _)| name.starts_with("value")) || result.node.get("component").is_some()
}

/// When the specimen was taken.
fn drawn(case: &Case<'_, '_>, result: &Resource<'_>) -> Option<continuo_fhir::Instant> {
    let of = |path| result.when(path, case.zone());
    of("effectiveDateTime").or_else(|| of("effectivePeriod.start")).or_else(|| of("effectiveInstant"))
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
    result.when("issued", case.zone()).or_else(|| drawn(case, result))
}

//! What a form may not say: days that cannot be, numbers with a slipped point, what stands in the chart already.
//!
//! Everybody mistypes. A day before the person was born or a century ahead, a period that ends before it begins, a result
//! ten times what is measured: each is refused with a sentence that says what is odd, before anything is written.

use continuo_fhir::ucum::Unit;
use continuo_fhir::{Date, Json, ResourceType};
use continuo_store::Rid;

use super::Values;
use crate::ctx::Ctx;
use crate::followup::limits::Ages;
use crate::followup::person::Resource;
use crate::followup::result_limits;
use crate::problem::WorkError;

/// Which days a field may name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Days {
    /// Today or before, within the person's life.
    Past,
    /// Today or later, not absurdly late.
    Ahead,
    /// Within the person's life, or not absurdly late.
    Either,
    /// Today or before, also of the months before birth.
    Found,
    /// Not absurdly early or late: a family's policy may be older than the child.
    Any,
}

/// The days of each form: kind, field, what it may name.
const DAYS: &[(&str, &str, Days)] = &[
    ("reminder", "date", Days::Ahead),
    ("task", "date", Days::Ahead),
    ("appointment", "date", Days::Either),
    ("discharge", "admitted", Days::Past),
    ("discharge", "date", Days::Past),
    ("condition", "since", Days::Found),
    ("death", "date", Days::Past),
    ("medicine", "since", Days::Past),
    ("result", "date", Days::Found),
    ("contact", "until", Days::Ahead),
    ("coverage", "from", Days::Any),
    ("coverage", "until", Days::Either),
    ("consent", "date", Days::Past),
    ("consent", "until", Days::Ahead),
    ("document", "date", Days::Found),
];

/// Periods: kind, first field, last field.
const PERIODS: &[(&str, &str, &str)] =
    &[("coverage", "from", "until"), ("consent", "date", "until"), ("discharge", "admitted", "date")];

/// Nothing is planned longer ahead.
const YEARS_AHEAD: i32 = 10;
/// Nobody is older, where the birth date is not known.
const OLDEST: i32 = 125;
/// What is measured in people at all, by the name of the limits, in their unit: beyond it something slipped. Wide on
/// purpose, so that nobody is kept from writing what a very ill person has; clinical judgement, not a published range.
const MEASURED: &[(&str, f64, f64)] = &[
    ("Potassium", 1.0, 12.0),
    ("Sodium", 90.0, 210.0),
    ("Glucose", 10.0, 2_000.0),
    ("Calcium", 2.0, 25.0),
    ("Hemoglobin", 1.0, 26.0),
    ("Platelets", 0.0, 5_000.0),
    ("White blood cells", 0.0, 1_000.0),
    ("Carbon dioxide", 1.0, 60.0),
    ("INR", 0.5, 30.0),
    ("Hemoglobin A1c", 3.0, 25.0),
    ("eGFR", 0.0, 200.0),
    ("Oxygen saturation", 30.0, 100.0),
];
/// What was found before birth, of the child to come, may bear its own day.
const BEFORE_BIRTH: i32 = 300;

/// What the checks know besides the form.
pub(super) struct Known {
    /// Today at the site.
    pub(super) today: Date,
    /// When the person was born.
    pub(super) born: Option<Date>,
}

impl Known {
    /// Of a person as the caller sees them.
    pub(super) fn of(ctx: &Ctx, person: &str) -> Result<Known, WorkError> {
        let id = person.strip_prefix("Patient/").unwrap_or(person);
        let stored = ctx.read(|r| r.get(&ctx.scope, ResourceType::of("Patient"), id))?;
        let patient = crate::work::parse(stored.bytes.as_deref())?;
        let born = patient.get("birthDate").and_then(Json::as_str).and_then(Date::parse);
        Ok(Known { today: ctx.zone.day(ctx.now()), born })
    }
}

/// Refuses what cannot be. Fields that are not answered, or cannot be read, are the form's own to ask for.
pub(super) fn check(kind: &str, values: &Values, known: &Known) -> Result<(), WorkError> {
    for (_, field, may) in DAYS.iter().filter(|(of, ..)| *of == kind) {
        // What is meant to be taken begins later than today.
        let may =
            if (kind, *field, values.get("status")) == ("medicine", "since", "intended") { Days::Either } else { *may };
        if let Some(day) = values.date(field)? {
            day_is(day, may, known).map_err(|text| WorkError::field(field, text))?;
        }
    }
    for (_, first, last) in PERIODS.iter().filter(|(of, ..)| *of == kind) {
        if let (Some(first), Some(end)) = (values.date(first)?, values.date(last)?)
            && latest(end) < earliest(first)
        {
            return Err(match kind {
                "discharge" => WorkError::field("admitted", "this is after the discharge"),
                _ => WorkError::field(last, "this ends before it begins"),
            });
        }
    }
    match kind {
        "appointment" => minutes(values.get("minutes")),
        "result" => result(values.get("what"), values.get("value"), values.get("unit")),
        "contact" if !values.get("phone").is_empty() => {
            let digits = values.get("phone").chars().filter(char::is_ascii_digit).count();
            if digits < 7 { Err(WorkError::field("phone", "this is too short for a phone number")) } else { Ok(()) }
        }
        _ => Ok(()),
    }
}

/// What is entered a second time while it stands in the chart: the same words, in force.
pub(super) fn not_twice(ctx: &Ctx, person: Rid, kind: &str, values: &Values) -> Result<(), WorkError> {
    let types: &[(&str, &str)] = match (kind, values.get("status")) {
        ("condition", "active" | "") => &[("Condition", "code")],
        ("medicine", "active" | "") => {
            &[("MedicationStatement", "medicationCodeableConcept"), ("MedicationRequest", "medicationCodeableConcept")]
        }
        ("allergy", _) if values.get("known") != "none" => &[("AllergyIntolerance", "code")],
        _ => return Ok(()),
    };
    let what = values.get("what").trim().to_lowercase();
    let rows = ctx.read(|reader| {
        let person = reader.person_of(ctx.org, person)?;
        let members = reader.members(ctx.org, person)?;
        reader.facts(&ctx.scope, &members)
    })?;
    let (record, _) = crate::assess::person_of(&rows);
    for (type_, path) in types {
        let stands = |one: &&Resource<'_>| {
            let has = |field: &str, codes: &[&str]| {
                one.all(&format!("{field}.coding"))
                    .iter()
                    .any(|coding| coding.str("code").is_some_and(|code| codes.contains(&code)))
            };
            let in_force = match *type_ {
                "MedicationStatement" | "MedicationRequest" => one.is(&["active"]),
                _ => has("clinicalStatus", &["active"]) && !has("verificationStatus", &["entered-in-error", "refuted"]),
            };
            let same_words = one.words(path).iter().any(|words| words.trim().to_lowercase() == what);
            // The same medicine twice a day in two strengths is two entries.
            let directions = [one.text("dosage.text"), one.text("dosageInstruction.text")].into_iter().flatten().next();
            let same_way =
                kind != "medicine" || directions.unwrap_or_default().trim() == values.get("directions").trim();
            // A reaction that got worse is entered beside the mild one.
            let same_reaction = kind != "allergy" || values.get("reaction").is_empty() || {
                let told = one.words("reaction.manifestation").join(" ").to_lowercase();
                let severity =
                    one.all("reaction").iter().any(|part| part.str("severity") == Some(values.get("severity")));
                told.contains(&values.get("reaction").trim().to_lowercase())
                    && (severity || values.get("severity").is_empty())
            };
            in_force && same_words && same_way && same_reaction
        };
        if record.of(type_).iter().any(|one| stands(&one)) {
            return Err(WorkError::field("what", "this stands on the chart already"));
        }
    }
    Ok(())
}

/// The first and the last day that a date of any precision may mean.
fn earliest(date: Date) -> (i16, u8, u8) {
    (date.year(), date.month().unwrap_or(1), date.day().unwrap_or(1))
}

fn latest(date: Date) -> (i16, u8, u8) {
    (date.year(), date.month().unwrap_or(12), date.day().unwrap_or(31))
}

fn day_is(day: Date, may: Days, known: &Known) -> Result<(), String> {
    let (today, year) = (earliest(known.today), i32::from(day.year()));
    if may != Days::Ahead {
        let born = match may {
            Days::Any => None,
            Days::Found => known.born.map(|born| born.first_day().plus_days(-BEFORE_BIRTH)),
            Days::Past | Days::Ahead | Days::Either => known.born,
        };
        if let Some(born) = born
            && latest(day) < earliest(born)
        {
            return Err("this is before the person was born".to_owned());
        }
        if year < i32::from(known.today.year()) - OLDEST {
            return Err("this is longer ago than anybody lives: check the year".to_owned());
        }
    }
    if matches!(may, Days::Past | Days::Found) && earliest(day) > today {
        return Err("this day has not come yet".to_owned());
    }
    if may == Days::Ahead && latest(day) < today {
        return Err("this day has passed".to_owned());
    }
    if year > i32::from(known.today.year()) + YEARS_AHEAD {
        return Err(format!("this is more than {YEARS_AHEAD} years ahead: check the year"));
    }
    Ok(())
}

fn minutes(typed: &str) -> Result<(), WorkError> {
    match typed.parse::<i64>() {
        _ if typed.is_empty() => Ok(()),
        Ok(1..=1440) => Ok(()),
        _ => Err(WorkError::field("minutes", "give minutes as a number, such as 30")),
    }
}

/// A number needs its point where it belongs and a unit that the test has here; words stay words.
fn result(what: &str, value: &str, unit: &str) -> Result<(), WorkError> {
    let wrong = |text: String| Err(WorkError::field("value", text));
    let loinc = super::clinical::loinc_of(what);
    let is_pressure =
        value.split_once('/').is_some_and(|(a, b)| [a, b].iter().all(|part| part.trim().parse::<u16>().is_ok()));
    if is_pressure {
        return Ok(());
    }
    if let [whole, part] = value.split(',').collect::<Vec<_>>()[..]
        && [whole, part].iter().all(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()))
    {
        return wrong(format!("write {whole}.{part} with a point, or {whole}{part} without a mark"));
    }
    let Ok(number) = value.trim().parse::<f64>() else {
        // "<0.1", "negative": words, and words have no unit unless they hold a number.
        let is_word = !value.chars().any(|c| c.is_ascii_digit());
        return if is_word && !unit.is_empty() && loinc.is_some() {
            wrong(format!("{what} is measured: give a number, or leave the unit out"))
        } else {
            Ok(())
        };
    };
    if number < 0.0 && loinc.is_some() {
        return wrong("this cannot be less than nothing".to_owned());
    }
    let Some(limit) = loinc.and_then(|loinc| result_limits().of(loinc, Ages::Adult)) else { return Ok(()) };
    let Some(measured) = limit.in_own_unit(number, Some(unit)) else {
        // Another laboratory's unit stays as it is; what is no unit at all is a slip.
        return match Unit::parse(unit) {
            _ if unit.is_empty() => Ok(()),
            Some(_) => Ok(()),
            None => {
                Err(WorkError::field("unit", format!("this is no unit that is known here: {} for {what}", limit.unit)))
            }
        };
    };
    match MEASURED.iter().find(|(name, ..)| *name == limit.name) {
        Some((_, low, high)) if !(*low..=*high).contains(&measured) => {
            let slips = [number / 10.0, number * 10.0];
            let near = slips
                .into_iter()
                .find(|slip| limit.in_own_unit(*slip, Some(unit)).is_some_and(|slip| (*low..=*high).contains(&slip)));
            let point = near.map_or_else(String::new, |near| format!(" (is it {near}?)"));
            wrong(format!(
                "{value} {unit} is beyond what is measured in people: check the decimal point{point} and the unit"
            ))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        Known { today: Date::new(2026, 8, 19).unwrap(), born: Date::new(1960, 2, 12) }
    }

    #[track_caller]
    fn refused(kind: &str, pairs: &[(&str, &str)]) -> (&'static str, String) {
        match check(kind, &Values::new(pairs.iter().copied()), &known()) {
            Err(WorkError::Field { field, text }) => (field, text),
            other => panic!("{kind} {pairs:?}: {other:?}"),
        }
    }

    #[track_caller]
    fn taken(kind: &str, pairs: &[(&str, &str)]) {
        check(kind, &Values::new(pairs.iter().copied()), &known()).unwrap();
    }

    #[test]
    fn days_that_cannot_be_are_refused_with_what_is_odd() {
        assert_eq!(
            refused("condition", &[("since", "1850-01-01")]),
            ("since", "this is before the person was born".into())
        );
        assert_eq!(refused("condition", &[("since", "2030-01-01")]).1, "this day has not come yet");
        assert_eq!(refused("medicine", &[("since", "2031")]).1, "this day has not come yet");
        taken("medicine", &[("since", "2026-09-01"), ("status", "intended")]);
        taken("condition", &[("since", "1960")]);
        taken("condition", &[("since", "2026")]);
        assert_eq!(refused("reminder", &[("date", "2126-01-01")]).0, "date");
        assert_eq!(refused("appointment", &[("date", "1900-01-01")]).0, "date");
        assert_eq!(refused("discharge", &[("date", "1901-02-01")]).1, "this is before the person was born");
        assert_eq!(refused("consent", &[("date", "2030-01-01")]).0, "date");
        assert_eq!(refused("contact", &[("until", "2001-01-01")]).1, "this day has passed");
        let ends = [("from", "2027-01-01"), ("until", "2026-01-01")];
        assert_eq!(refused("coverage", &ends), ("until", "this ends before it begins".into()));
        taken("coverage", &[("from", "2026-01-01"), ("until", "2026-12-31")]);
        // What was found before birth keeps its day; a family's policy may be older than the child.
        taken("document", &[("date", "1959-10-01")]);
        taken("result", &[("what", "Echo"), ("date", "1959-10-01")]);
        assert_eq!(refused("document", &[("date", "1958-10-01")]).1, "this is before the person was born");
        taken("coverage", &[("from", "1955-01-01"), ("until", "2026-12-31")]);
    }

    #[test]
    fn a_slipped_point_and_a_wrong_unit_are_asked_about() {
        let result = |what, value, unit| [("what", what), ("value", value), ("unit", unit)];
        assert_eq!(
            refused("result", &result("Potassium", "41", "mmol/L")).1,
            "41 mmol/L is beyond what is measured in people: check the decimal point (is it 4.1?) and the unit"
        );
        assert!(refused("result", &result("Potassium", "4,1", "mmol/L")).1.starts_with("write 4.1 with a point"));
        assert_eq!(refused("result", &result("Potassium", "4.1", "bananas")).0, "unit");
        taken("result", &result("Glucose", "18", "mmol/L"));
        assert_eq!(refused("result", &result("Potassium", "abc", "mmol/L")).0, "value");
        assert_eq!(refused("result", &result("Weight", "-3", "lb")).1, "this cannot be less than nothing");
        taken("result", &result("Potassium", "6.6", "mmol/L"));
        taken("result", &result("Potassium", "6.8", "mEq/L"));
        assert_eq!(refused("result", &result("Potassium", "68", "mEq/L")).0, "value");
        assert!(refused("result", &result("Potassium", "28", "mmol/L")).1.contains("(is it 2.8?)"));
        assert!(refused("result", &result("Hemoglobin", "72", "g/dL")).1.contains("(is it 7.2?)"));
        taken("result", &result("Hemoglobin", "72", "g/L"));
        // Moles and mass mixed up.
        assert!(refused("result", &result("Glucose", "5.4", "mg/dL")).1.contains("the unit"));
        assert!(refused("result", &result("HbA1c", "75", "%")).1.contains("the unit"));
        taken("result", &result("HbA1c", "75", "mmol/mol"));
        taken("result", &result("INR", "9.4", "ratio"));
        // What is measured in the very ill is no slip.
        taken("result", &result("Glucose", "1480", "mg/dL"));
        taken("result", &result("Potassium", "1.4", "mmol/L"));
        taken("result", &result("White blood cells", "310", "10*3/uL"));
        taken("result", &result("White blood cells", "0.1", "10*3/uL"));
        taken("result", &result("Platelets", "3", "10*3/uL"));
        taken("result", &result("Blood pressure", "120/80", ""));
        taken("result", &result("Urine culture", "no growth", ""));
        taken("result", &result("Troponin", "<0.1", "ng/mL"));
    }

    #[test]
    fn minutes_and_numbers_of_phones_are_looked_at() {
        assert_eq!(refused("appointment", &[("minutes", "-5")]).0, "minutes");
        taken("appointment", &[("minutes", "20")]);
        assert_eq!(refused("contact", &[("phone", "12")]).0, "phone");
        taken("contact", &[("phone", "555-555-0111")]);
    }
}

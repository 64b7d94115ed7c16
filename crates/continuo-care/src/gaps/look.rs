//! Runs the care-gap rules over one person.

use std::collections::BTreeMap;

use continuo_cql::eval::{Evaluator, Limits, Session};
use continuo_cql::value::{Date as CqlDate, DateTime as CqlDateTime, Value};
use continuo_cql::{Fault, Record, deep_stack};
use continuo_fhir::{Date, Instant, pack, root};

use super::answer::{Answer, State};
use super::engine::{Definitions, ENGINE, Engine, Rule};
use super::recognize::recognize;
use super::spec::GapSpec;
use crate::followup::calendar::Calendar;
use crate::followup::happened::is_ahead;
use crate::followup::person::{Person, Resource};

/// A rule that is switched on at a site, with the site's parameters where they differ from the shipped ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Rule id.
    pub rule: &'static str,
    /// Parameters by name.
    pub params: BTreeMap<String, i64>,
}

impl Setting {
    /// The rules that a new site starts with.
    pub fn shipped() -> Vec<Setting> {
        super::SPECS.iter().filter(|spec| spec.rule.on).map(|spec| Setting::of(spec.rule.id)).collect()
    }

    /// A rule as shipped.
    pub fn of(rule: &'static str) -> Setting {
        Setting { rule, params: BTreeMap::new() }
    }

    fn params(&self, spec: &GapSpec) -> Vec<(String, i64)> {
        spec.rule
            .params
            .iter()
            .map(|(name, shipped)| (name.clone(), self.params.get(name).copied().unwrap_or(*shipped)))
            .collect()
    }
}

/// Types that say what was done or found; one dated after today is a plan or a slip of the pen.
const TOOK_PLACE: [&str; 6] =
    ["DiagnosticReport", "Immunization", "MedicationAdministration", "MedicationDispense", "Observation", "Procedure"];

/// Expressions one person may cost; a rule that needs more is a fault of the rule, not of the person.
const LIMITS: Limits = Limits { steps: 5_000_000, depth: 2_000 };

/// The answers of the rules that are on, gravest rule first; a person who has died gets none (safety.md rule 11).
pub fn look(person: &Person<'_>, settings: &[Setting], as_of: Instant, calendar: &Calendar) -> Vec<Answer> {
    if settings.is_empty() || person.has_died() || person.patient().is_none() {
        return Vec::new();
    }
    let engine = &*ENGINE;
    // Copies of what is named only in words live as long as the record that borrows them.
    let extra: Vec<(String, Vec<u8>)> = person
        .rows()
        .iter()
        .filter_map(|row| recognize(row, &engine.phrases, &engine.terms).map(|json| (row.reference(), pack(&json))))
        .collect();
    deep_stack(|| evaluate(engine, person, &extra, settings, as_of, calendar))
}

fn evaluate(
    engine: &Engine,
    person: &Person<'_>,
    extra: &[(String, Vec<u8>)],
    settings: &[Setting],
    as_of: Instant,
    calendar: &Calendar,
) -> Vec<Answer> {
    let mut record = Record::new();
    let mut more = extra.iter().peekable();
    // These rules count in days: what is written for later today is of today.
    let end_of_today = calendar.end_of(calendar.day(as_of));
    let lead = person.patient().map(|patient| patient.id);
    for row in person.rows() {
        // Both lists are in the order of the person's rows.
        let copy = more.next_if(|(reference, _)| *reference == row.reference());
        // A rule's context is one Patient: a second, linked source would leave every rule without an answer.
        if row.type_ == "Patient" && Some(row.id) != lead {
            continue;
        }
        // What is dated after today has not been done: it closes nothing yet.
        if TOOK_PLACE.contains(&row.type_) && is_ahead(row, end_of_today, calendar.zone()) {
            continue;
        }
        match copy.and_then(|(_, bytes)| root(bytes).ok()) {
            Some(node) => record.push(node, None),
            None => record.push(row.node, None),
        }
    }
    let today = calendar.day(as_of);
    let now = CqlDateTime::from_utc_millis(as_of.micros() / 1000, calendar.zone().offset_minutes(as_of));
    let mut session = Session::new(&engine.program, &engine.terms, now, LIMITS);
    session.set_zone(calendar.zone().clone());
    if let Some(day) = cql_date(today) {
        session.set_parameter("AsOf", &Value::Date(day));
    }
    let rules: Vec<(&Rule, &Setting)> = engine
        .rules
        .iter()
        .filter_map(|rule| Some((rule, settings.iter().find(|setting| setting.rule == rule.spec.rule.id)?)))
        .collect();
    for (rule, setting) in &rules {
        for (name, value) in setting.params(rule.spec) {
            session.set_parameter(&name, &Value::Int(value as i32));
        }
    }
    let patient = person.patient().map(Resource::reference).unwrap_or_default();
    let mut evaluator = session.patient(&record);
    rules
        .into_iter()
        .map(|(rule, setting)| {
            let parameters = setting.params(rule.spec);
            match answer(&mut evaluator, rule, today, &patient, parameters.clone()) {
                Ok(answer) => answer,
                Err(fault) => Answer {
                    spec: rule.spec,
                    state: State::NotAssessable,
                    due: None,
                    why: format!("The rule could not be evaluated: {fault}."),
                    anchor: patient.clone(),
                    evidence: Vec::new(),
                    parameters,
                },
            }
        })
        .collect()
}

fn answer(
    evaluator: &mut Evaluator<'_>,
    rule: &Rule,
    today: Date,
    patient: &str,
    parameters: Vec<(String, i64)>,
) -> Result<Answer, Fault> {
    let Definitions { applies, due, satisfied, why, evidence, anchor, set_aside, missing } = rule.definitions;
    let spec = rule.spec;
    let mut answer = Answer {
        spec,
        state: State::NotApplicable,
        due: None,
        why: String::new(),
        anchor: patient.to_owned(),
        evidence: Vec::new(),
        parameters,
    };
    let applies = evaluator.definition(applies)?.as_bool();
    if applies == Some(false) {
        return Ok(answer);
    }
    if applies.is_none() {
        return not_assessable(evaluator, missing, answer);
    }
    if let Some(definition) = why {
        answer.why = evaluator.definition(definition)?.as_str().unwrap_or_default().to_owned();
    }
    if let Some(definition) = evidence {
        answer.evidence = references(&evaluator.definition(definition)?);
    }
    if let Some(definition) = set_aside
        && let Some(words) = evaluator.definition(definition)?.as_str()
    {
        answer.state = State::SetAside;
        words.clone_into(&mut answer.why);
        return Ok(answer);
    }
    if let Some(definition) = anchor
        && let Some(found) = references(&evaluator.definition(definition)?).into_iter().next()
    {
        answer.anchor = found;
    }
    answer.due = day_of(&evaluator.definition(due)?);
    match evaluator.definition(satisfied)?.as_bool() {
        None => return not_assessable(evaluator, missing, answer),
        Some(done) => {
            answer.state = state(done, answer.due, today, spec);
            // What is done is due again in the future or never.
            answer.due = answer.due.filter(|due| !done || due.to_days() > today.to_days());
        }
    }
    Ok(answer)
}

/// Says what is missing; a rule that does not say it itself rests on the birth date or on sex for clinical use.
fn not_assessable(evaluator: &mut Evaluator<'_>, missing: Option<u32>, mut answer: Answer) -> Result<Answer, Fault> {
    answer.state = State::NotAssessable;
    answer.due = None;
    answer.why = match missing {
        Some(definition) => evaluator.definition(definition)?.as_str().unwrap_or_default().to_owned(),
        None => String::new(),
    };
    if answer.why.is_empty() {
        let by_sex = answer.spec.logic.contains("IsFemale");
        let fact = if by_sex { "birth date or sex for clinical use" } else { "birth date" };
        answer.why = format!("The {fact} is not on file, or not exact enough");
    }
    Ok(answer)
}

/// Window and lateness count from the due date.
fn state(done: bool, due: Option<Date>, today: Date, spec: &GapSpec) -> State {
    let from_due = due.map(|due| i64::from(today.to_days()) - i64::from(due.to_days()));
    match (done, from_due) {
        (true, Some(days)) if days < 0 && days >= -spec.opens_days => State::Upcoming,
        (true, _) => State::Satisfied,
        (false, Some(days)) if days > spec.late_days => State::Late,
        (false, _) => State::Due,
    }
}

fn cql_date(day: Date) -> Option<CqlDate> {
    CqlDate::new(i32::from(day.year()), day.month().map(u32::from), day.day().map(u32::from))
}

fn day_of(value: &Value<'_>) -> Option<Date> {
    let date = match value {
        Value::Date(date) => *date,
        Value::DateTime(moment) => moment.date(),
        _ => return None,
    };
    let (year, month, day) = date.civil();
    Date::new(i16::try_from(year).ok()?, month as u8, day as u8)
}

/// `Type/id` of the resources in a value, each once, in order.
fn references(value: &Value<'_>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for item in value.items() {
        let reference = match item {
            Value::Element(element) if element.resource_type().is_some() => element.label(),
            Value::List(_) => {
                found.extend(references(item));
                continue;
            }
            _ => continue,
        };
        if !found.contains(&reference) {
            found.push(reference);
        }
    }
    found
}

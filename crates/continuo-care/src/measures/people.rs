//! Who is in a population, and where one person stands: lists behind the reader's scope, and one person computed over
//! what the reader may see, with evidence.

use std::collections::BTreeMap;

use continuo_cql::measure::{GroupResult, Measure};
use continuo_fhir::{Instant, Json, ResourceType};
use continuo_store::tables::measure_result::{self, MeasureResult, Of, Part};
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::{AuditEntry, Rid};

use super::compiled::{Compiled, Known, compiled};
use super::evaluate::{self, Ask, Terms};
use super::facts::{self, Facts};
use super::settings::{self, Loaded, joined};
use super::standing::{self, Standing};
use crate::access::Permission;
use crate::chart::PATIENT;
use crate::ctx::Ctx;
use crate::problem::WorkError;

/// One person of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Who.
    pub person: PersonHeader,
    /// Where they stand.
    pub standing: Standing,
    /// Counts: initial population, denominator, excluded, excepted, numerator.
    pub counts: [i64; 5],
    /// Since when.
    pub since: Instant,
    /// Why it could not be evaluated.
    pub error: Option<String>,
}

/// A page of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct List {
    /// People, by name.
    pub rows: Vec<Row>,
    /// How many there are in all.
    pub total: i64,
}

/// People on one page.
pub const PAGE: i64 = 50;

/// The people of a part of a measure's group, by name; opening the list is audited.
pub fn list(ctx: &Ctx, measure: &str, group: i64, part: Part, page: i64) -> Result<List, WorkError> {
    ctx.require(Permission::RecordRead)?;
    let loaded = settings::one(ctx, measure)?;
    // Partner violence is never a list of people (safety.md rule 14); counts stay on the measure's page.
    if ["violence", "abuse by"].iter().any(|word| loaded.known.title.to_lowercase().contains(word)) {
        return Err(WorkError::Not("who is in this measure is never listed: it is about violence".to_owned()));
    }
    let period = loaded.period(ctx.now(), ctx);
    let list = ctx.read(|r| {
        let of = Of { measure, period: &period, group };
        let (found, total) =
            measure_result::people(r.conn(), &ctx.scope, of, part, (page.max(0).saturating_mul(PAGE), PAGE))?;
        let rids: Vec<Rid> = found.iter().map(|row| row.patient).collect();
        let headers = person_header::of_patients(r.conn(), &ctx.scope, &rids)?;
        let rows = headers.into_iter().filter_map(|person| {
            let row = found.iter().find(|row| row.patient == person.patient)?;
            Some(self::row(person, row))
        });
        Ok(List { rows: rows.collect(), total })
    })?;
    audit(ctx, Rid(0), &format!("Measure/{measure} people"))?;
    Ok(list)
}

fn row(person: PersonHeader, result: &MeasureResult) -> Row {
    Row {
        person,
        standing: Standing::from_number(result.standing),
        counts: result.counts,
        since: Instant::from_micros(result.at),
        error: standing::read_body(&result.body).error,
    }
}

fn audit(ctx: &Ctx, patient: Rid, subject: &str) -> Result<(), WorkError> {
    Ok(ctx.store().audit_read(AuditEntry {
        org: ctx.org,
        actor: ctx.actor.reference.clone(),
        action: "measure".to_owned(),
        patient,
        subject: subject.to_owned(),
        detail: String::new(),
    })?)
}

/// One person's result in one measure, computed now.
#[derive(Clone, Debug)]
pub struct Own {
    /// The measure.
    pub loaded: Loaded,
    /// Over which period.
    pub period: String,
    /// Groups, each with what came of it; evidence noted.
    pub groups: Vec<GroupResult>,
}

/// What [`of_person`] found.
#[derive(Clone, Debug)]
pub struct Person {
    /// The compiled measures, for the names of groups and populations.
    pub compiled: std::sync::Arc<Compiled>,
    /// Each active measure that counts the person.
    pub own: Vec<Own>,
    /// Titles of active measures that do not.
    pub others: Vec<String>,
}

/// A person's facts, as far as the reader sees them.
pub(super) fn facts_of(ctx: &Ctx, patient: &str) -> Result<Facts, WorkError> {
    ctx.require(Permission::RecordRead)?;
    let facts = ctx.read(|r| {
        let stored = r.get(&ctx.scope, PATIENT, patient)?;
        let person = r.person_of(ctx.org, stored.rid)?;
        facts::load(r, &ctx.scope, person)
    })?;
    if !facts.has_patient() {
        return Err(WorkError::NotFound("this person".to_owned()));
    }
    Ok(facts)
}

/// Every active measure for one person, over what the reader sees.
pub fn of_person(ctx: &Ctx, patient: &str) -> Result<Person, WorkError> {
    let facts = facts_of(ctx, patient)?;
    let compiled = compiled(ctx)?;
    let active: Vec<Loaded> = joined(ctx, &compiled)?.into_iter().filter(Loaded::is_active).collect();
    let now = ctx.now();
    let asks: Vec<Ask> = active
        .iter()
        .filter_map(|loaded| Some(Ask { place: loaded.known.place?, period: loaded.period(now, ctx) }))
        .collect();
    let terms = Terms { evidence: true, ..Terms::at(&ctx.zone, now) };
    let answers = evaluate::person(&compiled, &asks, &facts, &terms);
    audit(ctx, facts.person, &format!("Patient/{patient} measures"))?;
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for (at, (loaded, ask)) in active.into_iter().zip(&asks).enumerate() {
        let groups: Vec<GroupResult> = answers.iter().filter(|(of, _)| *of == at).map(|(_, r)| r.clone()).collect();
        let counted = groups.iter().any(|g| g.error.is_some() || g.counts.iter().any(|count| *count > 0));
        if counted {
            own.push(Own { loaded, period: ask.period.clone(), groups });
        } else {
            others.push(loaded.known.title);
        }
    }
    Ok(Person { compiled, own, others })
}

/// The resources that evidence names, those that the reader sees; read as part of what was audited with it.
pub fn evidence<'e>(
    ctx: &Ctx,
    references: impl IntoIterator<Item = &'e String>,
) -> Result<BTreeMap<String, Json>, WorkError> {
    ctx.require(Permission::RecordRead)?;
    Ok(ctx.read(|r| {
        let found = references.into_iter().filter_map(|reference| {
            let (type_, id) = reference.split_once('/')?;
            let stored = r.get(&ctx.scope, ResourceType::find(type_)?, id).ok()?;
            Some((reference.clone(), Json::parse(stored.bytes.as_deref()?).ok()?))
        });
        Ok(found.collect())
    })?)
}

/// One person in one measure over a period, with evidence, over what the reader sees; audited.
pub fn individual(
    ctx: &Ctx,
    compiled: &Compiled,
    known: &Known,
    period: &str,
    patient: &str,
) -> Result<Vec<GroupResult>, WorkError> {
    let facts = facts_of(ctx, patient)?;
    audit(ctx, facts.person, &format!("Measure/{} of Patient/{patient}", known.id))?;
    let place = known.place.ok_or_else(|| WorkError::Not(refusal(known)))?;
    let asks = [Ask { place, period: period.to_owned() }];
    let terms = Terms { evidence: true, ..Terms::at(&ctx.zone, ctx.now()) };
    let answers = evaluate::person(compiled, &asks, &facts, &terms);
    Ok(answers.into_iter().map(|(_, result)| result).collect())
}

/// Why a measure does not run, in a sentence.
pub fn refusal(known: &Known) -> String {
    match &known.refused {
        Some(why) => format!("{} cannot run: {why}", known.title),
        None if known.missing.is_empty() => format!("{} cannot run", known.title),
        None => format!("{} cannot run: value sets that are not here: {}", known.title, known.missing.join(", ")),
    }
}

/// The measure as the engine reads it, for names of groups and populations.
pub fn definition<'c>(compiled: &'c Compiled, known: &Known) -> Option<&'c Measure> {
    compiled.measure(known)
}

/// Earlier results of a person in one measure, as far as the reader sees them, newest first, each with its end.
pub fn history(ctx: &Ctx, patient: &str, measure: &str) -> Result<Vec<(MeasureResult, Option<Instant>)>, WorkError> {
    ctx.require(Permission::RecordRead)?;
    let rows = ctx.read(|r| {
        let stored = r.get(&ctx.scope, PATIENT, patient)?;
        let person = r.person_of(ctx.org, stored.rid)?;
        measure_result::history(r.conn(), &ctx.scope, person, measure)
    })?;
    let end = |until: i64| (until != measure_result::STANDS).then(|| Instant::from_micros(until));
    Ok(rows.into_iter().map(|(row, until)| (row, end(until))).collect())
}

//! MeasureReports (FHIR R4): one person with evidence, lists of subjects, and sums; and what goes into them.

use std::collections::{BTreeMap, BTreeSet};

use continuo_cql::measure::{Group, GroupResult, Measure, SUPPLEMENT, score_of};
use continuo_fhir::{DateTime, Instant, Json};
use continuo_store::tables::measure_result::{self, Of};
use continuo_store::tables::person_header::{self, PersonHeader};

use super::compiled::{Compiled, Known};
use super::evaluate::{self, Ask, Terms};
use super::facts;
use super::limit::TimeLimit;
use super::people::{evidence, individual, refusal};
use super::settings::{Loaded, joined, may_read};
use super::standing::read_body;
use super::tally::{Sums, Tally};
use crate::access::Permission;
use crate::build::{coding, extension, list, moment, object, reference};
use crate::ctx::Ctx;
use crate::problem::WorkError;

/// HL7's codes of populations.
const POPULATION: &str = "http://terminology.hl7.org/CodeSystem/measure-population";
/// HL7's codes of improvement notation.
const IMPROVEMENT: &str = "http://terminology.hl7.org/CodeSystem/measure-improvement-notation";
/// What a contained Observation tells of (FHIR R4, cqf-measureInfo).
const MEASURE_INFO: &str = "http://hl7.org/fhir/StructureDefinition/cqf-measureInfo";
/// Which population an evaluated resource was looked at for (HL7 Quality Measure IG, cqfm-criteriaReference).
const CRITERIA: &str = "http://hl7.org/fhir/us/cqfmeasures/StructureDefinition/cqfm-criteriaReference";

/// What kind of report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One person.
    Individual,
    /// Populations with their subjects.
    SubjectList,
    /// Counts only.
    Summary,
}

/// Whom a report is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subjects {
    /// Everybody in the reader's scope.
    All,
    /// These patients, by id; those out of scope are not counted.
    Only(Vec<String>),
}

/// Evaluates a measure and reports.
pub fn evaluate(
    ctx: &Ctx,
    compiled: &Compiled,
    known: &Known,
    period: &str,
    kind: Kind,
    subjects: &Subjects,
    since: Option<Instant>,
) -> Result<Json, WorkError> {
    let measure = compiled.measure(known).ok_or_else(|| WorkError::Not(refusal(known)))?;
    let loaded = joined(ctx, compiled)?.into_iter().find(|loaded| loaded.known.id == known.id);
    let tolerates = loaded.as_ref().and_then(|l| l.setting.as_ref()).is_some_and(|set| set.tolerates);
    if !known.runs(tolerates) {
        return Err(WorkError::Not(refusal(known)));
    }
    if let (Kind::Individual, Subjects::Only(patients)) = (kind, subjects) {
        let [patient] = patients.as_slice() else {
            return Err(WorkError::field("subject", "an individual report is about one patient"));
        };
        let groups = individual(ctx, compiled, known, period, patient)?;
        let mut report = of_person(ctx, known, measure, period, patient, &groups);
        if let Some(since) = since {
            keep_changed(ctx, &mut report, since)?;
        }
        return Ok(report);
    }
    if since.is_some() {
        return Err(WorkError::field("lastReceivedOn", "`lastReceivedOn` is for reports about one person"));
    }
    // Lists of people are of the record; sums are also for those who watch how the site does.
    if kind == Kind::Summary && *subjects == Subjects::All {
        may_read(ctx)?;
    } else {
        ctx.require(Permission::RecordRead)?;
    }
    let kept = loaded.filter(|l| l.is_active() && l.period(ctx.now(), ctx) == period && is_through(l, compiled));
    let tallies = match (kept, subjects) {
        (Some(_), Subjects::All) => kept_tallies(ctx, known, measure, period, kind)?,
        _ => computed(ctx, compiled, known, measure, period, subjects)?,
    };
    crate::record::audit(ctx, "measure", continuo_store::Rid(0), &format!("Measure/{} report", known.id))
        .map_err(|error| WorkError::Not(error.to_string()))?;
    Ok(of_people(ctx, known, measure, period, kind, &tallies))
}

/// Leaves of the evaluated resources those that changed since the report was last received: the others are known there.
fn keep_changed(ctx: &Ctx, report: &mut Json, since: Instant) -> Result<(), WorkError> {
    let Some(evaluated) = report.get("evaluatedResource").map(|list| list.items().to_vec()) else { return Ok(()) };
    let references: Vec<String> =
        evaluated.iter().filter_map(|one| one.str_at("reference")).map(str::to_owned).collect();
    let found = evidence(ctx, &references)?;
    let is_news = |one: &Json| {
        let changed = one.str_at("reference").and_then(|reference| found.get(reference)?.str_at("meta.lastUpdated"));
        // What does not say when it changed is sent once more rather than left out.
        changed.and_then(DateTime::parse).is_none_or(|at| at.low(&ctx.zone) > since)
    };
    let kept: Vec<Json> = evaluated.into_iter().filter(is_news).collect();
    report.remove("evaluatedResource");
    if !kept.is_empty() {
        report.set("evaluatedResource", Json::Array(kept));
    }
    Ok(())
}

fn is_through(loaded: &Loaded, compiled: &Compiled) -> bool {
    loaded.run.as_ref().is_some_and(|run| run.finished > 0 && run.program == compiled.hash)
}

fn kept_tallies(
    ctx: &Ctx,
    known: &Known,
    measure: &Measure,
    period: &str,
    kind: Kind,
) -> Result<Vec<Tally>, WorkError> {
    Ok(ctx.read(|r| {
        let ids: BTreeMap<i64, String> = if kind == Kind::SubjectList {
            let headers = person_header::page(r.conn(), &ctx.scope, 0, i64::MAX)?;
            headers.into_iter().map(|header| (header.patient.0, header.id)).collect()
        } else {
            BTreeMap::new()
        };
        let mut tallies = Vec::new();
        for (at, group) in measure.groups.iter().enumerate() {
            let mut tally = Tally::new(group);
            let of = Of { measure: &known.id, period, group: at as i64 };
            measure_result::bodies(r.conn(), &ctx.scope, of, |rid, bytes| {
                let body = read_body(bytes);
                if body.error.is_some() {
                    tally.failed += 1;
                    return;
                }
                tally.add(group, ids.get(&rid.0).map_or("", String::as_str), &body);
            })?;
            tallies.push(tally);
        }
        Ok(tallies)
    })?)
}

/// People evaluated at a time while a report is made; the time is looked at between them.
const BATCH: usize = 50;

fn computed(
    ctx: &Ctx,
    compiled: &Compiled,
    known: &Known,
    measure: &Measure,
    period: &str,
    subjects: &Subjects,
) -> Result<Vec<Tally>, WorkError> {
    let Some(place) = known.place else { return Err(WorkError::Not(refusal(known))) };
    let asks = [Ask { place, period: period.to_owned() }];
    let terms = Terms::at(&ctx.zone, ctx.now());
    let mut tallies: Vec<Tally> = measure.groups.iter().map(Tally::new).collect();
    let people = people(ctx, subjects)?;
    let limit = TimeLimit::from(ctx.now());
    for (at, batch) in people.chunks(BATCH).enumerate() {
        limit.check(ctx.now(), at * BATCH, people.len())?;
        let facts = ctx.read(|r| {
            batch.iter().map(|header| facts::load(r, &ctx.scope, header.patient)).collect::<Result<Vec<_>, _>>()
        })?;
        for (header, answers) in batch.iter().zip(evaluate::people(compiled, &asks, &facts, &terms)) {
            for (_, result) in &answers {
                if let (Some(tally), Some(group)) = (tallies.get_mut(result.group), measure.groups.get(result.group)) {
                    tally.add_result(group, &header.id, result);
                }
            }
        }
    }
    Ok(tallies)
}

/// The people meant, as far as the reader reaches them.
pub(super) fn people(ctx: &Ctx, subjects: &Subjects) -> Result<Vec<PersonHeader>, WorkError> {
    let found = ctx.read(|r| match subjects {
        Subjects::All => person_header::page(r.conn(), &ctx.scope, 0, MOST_PEOPLE + 1),
        Subjects::Only(ids) => {
            let mut rids = Vec::new();
            for id in ids {
                if let Some(found) = r.find(&ctx.scope, crate::chart::PATIENT, id)? {
                    rids.push(r.person_of(ctx.org, found.rid)?);
                }
            }
            rids.sort_unstable();
            rids.dedup();
            person_header::of_patients(r.conn(), &ctx.scope, &rids)
        }
    })?;
    if found.len() as i64 > MOST_PEOPLE {
        return Err(WorkError::Not(format!(
            "more than {MOST_PEOPLE} people are not evaluated in one request: switch the measure on, and reports are read from what is kept"
        )));
    }
    Ok(found)
}

/// People evaluated in one request: some seconds of work. A whole population belongs to the background.
const MOST_PEOPLE: i64 = 5_000;

fn head(ctx: &Ctx, known: &Known, measure: &Measure, period: &str, kind: &str) -> Json {
    let (start, end) = period.split_once('/').unwrap_or((period, period));
    let canonical =
        if known.version.is_empty() { known.url.clone() } else { format!("{}|{}", known.url, known.version) };
    let mut json = object([
        ("resourceType", Json::string("MeasureReport")),
        ("status", Json::string("complete")),
        ("type", Json::string(kind)),
        ("measure", Json::string(if canonical.is_empty() { format!("Measure/{}", known.id) } else { canonical })),
        ("date", moment(ctx.now(), &ctx.zone)),
        ("period", object([("start", Json::string(start)), ("end", Json::string(end))])),
    ]);
    // Who reports is required of a report about a person (DEQM, indv-measurereport); a name where no resource stands for it.
    if let Some(site) = ctx.site_name().ok().filter(|name| !name.is_empty()) {
        json.set("reporter", object([("display", Json::string(site))]));
    }
    if let Some(notation) = measure.groups.first().and_then(|group| group.improvement.as_deref()) {
        json.set("improvementNotation", object([("coding", list([coding(IMPROVEMENT, notation)]))]));
    }
    json
}

/// The report of one person.
pub(super) fn of_person(
    ctx: &Ctx,
    known: &Known,
    measure: &Measure,
    period: &str,
    patient: &str,
    groups: &[GroupResult],
) -> Json {
    let mut json = head(ctx, known, measure, period, "individual");
    json.set("subject", reference(&format!("Patient/{patient}")));
    let mut tallies: Vec<Tally> = measure.groups.iter().map(Tally::new).collect();
    let mut looked_at: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for result in groups {
        let (Some(tally), Some(group)) = (tallies.get_mut(result.group), measure.groups.get(result.group)) else {
            continue;
        };
        tally.add_result(group, "", result);
        for (population, reason) in group.populations.iter().zip(&result.evidence) {
            for resource in reason.iter().flat_map(|reason| &reason.resources) {
                looked_at.entry(resource.as_str()).or_default().push(population.id.as_str());
            }
        }
    }
    set_groups(&mut json, measure, &tallies, None);
    if !looked_at.is_empty() {
        let evaluated = looked_at.into_iter().map(|(resource, populations)| {
            let marks = populations.iter().map(|id| extension(CRITERIA, "valueString", Json::string(*id)));
            let marks = list(marks);
            object([("extension", marks), ("reference", Json::string(resource))])
        });
        json.set("evaluatedResource", list(evaluated));
    }
    failures(&mut json, groups.iter().filter(|g| g.error.is_some()).count() as i64);
    set_supplements(&mut json, measure, &tallies, true);
    json
}

fn of_people(ctx: &Ctx, known: &Known, measure: &Measure, period: &str, kind: Kind, tallies: &[Tally]) -> Json {
    let word = if kind == Kind::SubjectList { "subject-list" } else { "summary" };
    let mut json = head(ctx, known, measure, period, word);
    let mut lists = Vec::new();
    set_groups(&mut json, measure, tallies, (kind == Kind::SubjectList).then_some(&mut lists));
    if !lists.is_empty() {
        json.set("contained", Json::Array(lists));
    }
    failures(&mut json, tallies.iter().map(|tally| tally.failed).sum());
    set_supplements(&mut json, measure, tallies, false);
    json
}

/// A report that could not count somebody says so: its status is the only place R4 has for it.
fn failures(json: &mut Json, failed: i64) {
    if failed > 0 {
        json.set("status", Json::string("error"));
        let text = format!("{failed} could not be evaluated and are not counted");
        json.set("extension", list([extension("urn:continuo:ext:not-assessable", "valueString", Json::string(text))]));
    }
}

fn set_groups(json: &mut Json, measure: &Measure, tallies: &[Tally], mut lists: Option<&mut Vec<Json>>) {
    let mut groups = Vec::new();
    for (at, (group, tally)) in measure.groups.iter().zip(tallies).enumerate() {
        let mut populations = Vec::new();
        for (place, (population, count)) in group.populations.iter().zip(&tally.sums.counts).enumerate() {
            let mut one = counted(&population.id, &population.code, *count);
            if let Some(lists) = lists.as_deref_mut() {
                let id = format!("list-{}-{}", at + 1, place + 1);
                let subjects = tally.members.get(place).map(Vec::as_slice).unwrap_or_default();
                lists.push(subject_list(&id, subjects));
                one.set("subjectResults", reference(&format!("#{id}")));
            }
            populations.push(one);
        }
        let mut fields = object([("id", Json::string(group.id.as_str())), ("population", Json::Array(populations))]);
        if let Some(score) = score_of(group, &tally.sums.counts, &tally.sums.observed) {
            fields.set("measureScore", object([("value", decimal(score))]));
        }
        let stratifiers: Vec<Json> = tally
            .strata
            .iter()
            .enumerate()
            .filter(|(_, strata)| !strata.is_empty())
            .map(|(at, strata)| stratifier(group, at, strata))
            .collect();
        if !stratifiers.is_empty() {
            fields.set("stratifier", Json::Array(stratifiers));
        }
        groups.push(fields);
    }
    let mut known = BTreeSet::new();
    for group in &mut groups {
        name_once(group, &mut known);
    }
    json.set("group", Json::Array(groups));
}

/// An element's id stands once in a resource (FHIR R4, Element.id). A population of a stratum, or of a later group that
/// names it alike, says whose counts it has in an extension.
fn name_once(json: &mut Json, known: &mut BTreeSet<String>) {
    if let Some(id) = json.str_at("id").map(str::to_owned)
        && !known.insert(id.clone())
    {
        json.remove("id");
        json.set("extension", list([extension("urn:continuo:ext:element", "valueString", Json::string(id))]));
    }
    match json {
        Json::Array(items) => {
            for item in items.iter_mut() {
                name_once(item, known);
            }
        }
        Json::Object(fields) => {
            for (_, value) in fields.iter_mut() {
                name_once(value, known);
            }
        }
        _ => {}
    }
}

fn stratifier(group: &Group, at: usize, strata: &BTreeMap<String, Sums>) -> Json {
    let id = group.stratifiers.get(at).map_or("", |(id, _)| id.as_str());
    let stratum = strata.iter().map(|(name, sums)| {
        // A stratifier may be for some of the populations only.
        let own = group.populations.iter().zip(&sums.counts).enumerate().filter(|(place, _)| group.divides(at, *place));
        let populations = own.map(|(_, (p, count))| counted(&p.id, &p.code, *count));
        let mut one =
            object([("value", object([("text", Json::string(name.as_str()))])), ("population", list(populations))]);
        let is_whole = (0..group.populations.len()).all(|place| group.divides(at, place));
        if let Some(score) = score_of(group, &sums.counts, &sums.observed).filter(|_| is_whole) {
            one.set("measureScore", object([("value", decimal(score))]));
        }
        one
    });
    object([
        ("id", Json::string(id)),
        ("code", list([object([("text", Json::string(id))])])),
        ("stratum", list(stratum)),
    ])
}

/// Supplemental data: a contained Observation per value, with how many people have it; of one person the value itself.
fn set_supplements(json: &mut Json, measure: &Measure, tallies: &[Tally], is_of_one: bool) {
    let mut all: BTreeMap<&(usize, String), u64> = BTreeMap::new();
    for (supplement, times) in tallies.iter().flat_map(|tally| &tally.supplements) {
        *all.entry(supplement).or_default() += times;
    }
    if all.is_empty() {
        return;
    }
    let mut contained = json.get("contained").map(|list| list.items().to_vec()).unwrap_or_default();
    let mut extensions = json.get("extension").map(|list| list.items().to_vec()).unwrap_or_default();
    for (number, ((place, value), times)) in all.into_iter().enumerate() {
        let Some((name, _)) = measure.supplemental.get(*place) else { continue };
        let id = format!("supplement-{}", number + 1);
        let mut parts = vec![extension("populationId", "valueString", Json::string(name.as_str()))];
        if !measure.url.is_empty() {
            parts.insert(0, extension("measure", "valueCanonical", Json::string(measure.url.as_str())));
        }
        let info = object([("extension", list(parts)), ("url", Json::string(MEASURE_INFO))]);
        let mut observation = object([
            ("resourceType", Json::string("Observation")),
            ("id", Json::string(id.as_str())),
            ("extension", list([info])),
            ("status", Json::string("final")),
        ]);
        let text = |text: &str| object([("text", Json::string(text))]);
        if is_of_one {
            observation.set("code", text(name));
            observation.set("valueCodeableConcept", text(value));
        } else {
            observation.set("code", text(value));
            observation.set("valueInteger", Json::integer(i64::try_from(times).unwrap_or(i64::MAX)));
        }
        contained.push(observation);
        extensions.push(extension(SUPPLEMENT, "valueReference", reference(&format!("#{id}"))));
    }
    json.set("contained", Json::Array(contained));
    json.set("extension", Json::Array(extensions));
}

fn subject_list(id: &str, subjects: &[String]) -> Json {
    let mut json = object([
        ("resourceType", Json::string("List")),
        ("id", Json::string(id)),
        ("status", Json::string("current")),
        ("mode", Json::string("snapshot")),
    ]);
    if !subjects.is_empty() {
        let entry = |id: &String| object([("item", reference(&format!("Patient/{id}")))]);
        json.set("entry", list(subjects.iter().map(entry)));
    }
    json
}

fn counted(id: &str, code: &str, count: u64) -> Json {
    let count = Json::integer(i64::try_from(count).unwrap_or(i64::MAX));
    let mut json = object([("code", object([("coding", list([coding(POPULATION, code)]))])), ("count", count)]);
    if !id.is_empty() {
        json.set("id", Json::string(id));
    }
    json
}

fn decimal(value: f64) -> Json {
    Json::number(&format!("{value:.6}")).unwrap_or(Json::Null)
}

//! MeasureReports (FHIR R4): one person with evidence, lists of subjects, and sums; and what goes into them.

use std::collections::BTreeMap;

use continuo_cql::measure::{Group, GroupResult, Measure, Role, Scoring, Stratum};
use continuo_fhir::Json;
use continuo_store::tables::measure_result::{self, Of};
use continuo_store::tables::person_header::{self, PersonHeader};

use super::compiled::{Compiled, Known};
use super::evaluate::{self, Ask, Terms};
use super::facts;
use super::people::{individual, refusal};
use super::settings::{Loaded, joined, may_read};
use super::standing::read_body;
use crate::access::Permission;
use crate::build::{coding, extension, list, moment, object, reference};
use crate::ctx::Ctx;
use crate::problem::WorkError;

/// HL7's codes of populations.
const POPULATION: &str = "http://terminology.hl7.org/CodeSystem/measure-population";
/// HL7's codes of improvement notation.
const IMPROVEMENT: &str = "http://terminology.hl7.org/CodeSystem/measure-improvement-notation";
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

/// Counts of one group over people.
#[derive(Clone, Debug, Default, PartialEq)]
struct Tally {
    counts: Vec<i64>,
    strata: Vec<BTreeMap<String, Vec<i64>>>,
    observations: Vec<f64>,
    members: Vec<Vec<String>>,
    failed: i64,
}

impl Tally {
    fn new(group: &Group) -> Tally {
        Tally {
            counts: vec![0; group.populations.len()],
            strata: vec![BTreeMap::new(); group.stratifiers.len()],
            members: vec![Vec::new(); group.populations.len()],
            ..Tally::default()
        }
    }

    fn add(&mut self, patient: &str, counts: &[i64], strata: &[Option<String>], observations: &[String]) {
        for ((total, members), count) in self.counts.iter_mut().zip(&mut self.members).zip(counts) {
            *total += count;
            if *count > 0 && !patient.is_empty() {
                members.push(patient.to_owned());
            }
        }
        for (sums, stratum) in self.strata.iter_mut().zip(strata) {
            let Some(stratum) = stratum else { continue };
            let sums = sums.entry(stratum.clone()).or_insert_with(|| vec![0; counts.len()]);
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        self.observations.extend(observations.iter().filter_map(|value| value.parse::<f64>().ok()));
    }

    fn add_result(&mut self, patient: &str, result: &GroupResult) {
        if result.error.is_some() {
            self.failed += 1;
            return;
        }
        let counts: Vec<i64> = result.counts.iter().map(|count| i64::from(*count)).collect();
        let strata: Vec<Option<String>> = result.strata.iter().map(words).collect();
        self.add(patient, &counts, &strata, &result.observations);
    }
}

fn words(stratum: &Stratum) -> Option<String> {
    match stratum {
        Stratum::Bool(is) => Some(is.to_string()),
        Stratum::Text(text) => Some(text.clone()),
        Stratum::Unknown => None,
    }
}

/// Evaluates a measure and reports.
pub fn evaluate(
    ctx: &Ctx,
    compiled: &Compiled,
    known: &Known,
    period: &str,
    kind: Kind,
    subjects: &Subjects,
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
        return Ok(of_person(ctx, known, measure, period, patient, &groups));
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
                let patient = ids.get(&rid.0).map_or("", String::as_str);
                tally.add(patient, &body.counts, &body.strata, &body.observations);
            })?;
            tallies.push(tally);
        }
        Ok(tallies)
    })?)
}

/// People evaluated at a time while a report is made.
const BATCH: usize = 200;

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
    for batch in people(ctx, subjects)?.chunks(BATCH) {
        let facts = ctx.read(|r| {
            batch.iter().map(|header| facts::load(r, &ctx.scope, header.patient)).collect::<Result<Vec<_>, _>>()
        })?;
        for (header, answers) in batch.iter().zip(evaluate::people(compiled, &asks, &facts, &terms)) {
            for (_, result) in &answers {
                if let Some(tally) = tallies.get_mut(result.group) {
                    tally.add_result(&header.id, result);
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
    let mut evidence: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for result in groups {
        let (Some(tally), Some(group)) = (tallies.get_mut(result.group), measure.groups.get(result.group)) else {
            continue;
        };
        tally.add_result("", result);
        for (population, reason) in group.populations.iter().zip(&result.evidence) {
            for resource in reason.iter().flat_map(|reason| &reason.resources) {
                evidence.entry(resource.as_str()).or_default().push(population.id.as_str());
            }
        }
    }
    set_groups(&mut json, measure, &tallies, None);
    if !evidence.is_empty() {
        let evaluated = evidence.into_iter().map(|(resource, populations)| {
            let marks = populations.iter().map(|id| extension(CRITERIA, "valueString", Json::string(*id)));
            let marks = list(marks);
            object([("extension", marks), ("reference", Json::string(resource))])
        });
        json.set("evaluatedResource", list(evaluated));
    }
    failures(&mut json, groups.iter().filter(|g| g.error.is_some()).count() as i64);
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
        for (place, (population, count)) in group.populations.iter().zip(&tally.counts).enumerate() {
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
        if let Some(score) = score(group, &tally.counts, &tally.observations) {
            fields.set("measureScore", object([("value", decimal(score))]));
        }
        let stratifiers: Vec<Json> = group
            .stratifiers
            .iter()
            .zip(&tally.strata)
            .filter(|(_, strata)| !strata.is_empty())
            .map(|((id, _), strata)| stratifier(group, id, strata))
            .collect();
        if !stratifiers.is_empty() {
            fields.set("stratifier", Json::Array(stratifiers));
        }
        groups.push(fields);
    }
    json.set("group", Json::Array(groups));
}

fn stratifier(group: &Group, id: &str, strata: &BTreeMap<String, Vec<i64>>) -> Json {
    let stratum = strata.iter().map(|(name, counts)| {
        let populations = group.populations.iter().zip(counts).map(|(p, count)| counted(&p.id, &p.code, *count));
        let mut one =
            object([("value", object([("text", Json::string(name.as_str()))])), ("population", list(populations))]);
        if let Some(score) = score(group, counts, &[]) {
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

fn counted(id: &str, code: &str, count: i64) -> Json {
    let mut json =
        object([("code", object([("coding", list([coding(POPULATION, code)]))])), ("count", Json::integer(count))]);
    if !id.is_empty() {
        json.set("id", Json::string(id));
    }
    json
}

fn decimal(value: f64) -> Json {
    Json::number(&format!("{value:.6}")).unwrap_or(Json::Null)
}

/// A group's score; none without a denominator, for a cohort, or where the measure's way is not one of those known.
fn score(group: &Group, counts: &[i64], observations: &[f64]) -> Option<f64> {
    let of = |role: Role| -> i64 {
        let found = group.populations.iter().zip(counts).filter(|(p, _)| p.role == role);
        found.map(|(_, count)| *count).sum()
    };
    let has_observations = group.populations.iter().any(|p| p.role == Role::MeasureObservation);
    match group.scoring {
        Scoring::Proportion => {
            let asked = of(Role::Denominator) - of(Role::DenominatorExclusion) - of(Role::DenominatorException);
            (asked > 0).then(|| (of(Role::Numerator) - of(Role::NumeratorExclusion)) as f64 / asked as f64)
        }
        Scoring::Ratio if !has_observations => {
            let below = of(Role::Denominator) - of(Role::DenominatorExclusion);
            (below > 0).then(|| (of(Role::Numerator) - of(Role::NumeratorExclusion)) as f64 / below as f64)
        }
        Scoring::ContinuousVariable => {
            let method = group.populations.iter().find_map(|p| p.aggregate.as_deref())?;
            aggregate(&method.to_lowercase(), observations)
        }
        Scoring::Ratio | Scoring::Cohort => None,
    }
}

fn aggregate(method: &str, values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (first, last) = (*sorted.first()?, *sorted.last()?);
    let sum: f64 = sorted.iter().sum();
    match method {
        "sum" => Some(sum),
        "average" | "mean" | "avg" => Some(sum / sorted.len() as f64),
        "median" => {
            let middle = sorted.len() / 2;
            let upper = *sorted.get(middle)?;
            Some(if sorted.len() % 2 == 1 { upper } else { f64::midpoint(*sorted.get(middle - 1)?, upper) })
        }
        "minimum" | "min" => Some(first),
        "maximum" | "max" => Some(last),
        "count" => Some(sorted.len() as f64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::aggregate;

    #[test]
    fn observations_are_put_together_as_the_measure_says() {
        let values = [4.0, 1.0, 3.0, 2.0];
        assert_eq!(aggregate("median", &values), Some(2.5));
        assert_eq!(aggregate("sum", &values), Some(10.0));
        assert_eq!(aggregate("maximum", &values), Some(4.0));
        assert_eq!((aggregate("median", &[]), aggregate("other", &values)), (None, None));
    }
}

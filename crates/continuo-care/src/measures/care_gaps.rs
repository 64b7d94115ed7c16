//! Gaps in care as Da Vinci DEQM reports them: one document Bundle a person, Composition to MeasureReport to DetectedIssue.
//!
//! Statuses as DEQM defines them (CodeSystem gaps-status): `open-gap`, the discrepancy exists now; `prospective-gap`, it
//! will exist at the end of the period unless something is done; `closed-gap`; `not-applicable`. A need that is not met
//! in a period that still runs is held against the same length of time ending today: met there, the gap lies ahead
//! (prospective); not met there, it is open. An open gap may mean "not done" or "not here": the report says so.

use std::collections::BTreeSet;

use continuo_cql::eval::explain::Closing;
use continuo_cql::measure::{GroupResult, Measure};
use continuo_fhir::{Date, Json, ResourceType};
use continuo_store::tables::person_header::PersonHeader;
use continuo_store::{Query, Reader};

use super::closing;
use super::compiled::{Compiled, Known};
use super::evaluate::{self, Ask, Terms};
use super::facts::{self, Facts};
use super::limit::TimeLimit;
use super::report::{self, Subjects};
use super::standing::{Standing, lower_is_better, standing};
use crate::access::Permission;
use crate::build::{coding, concept, date_text, extension, list, moment, object, reference};
use crate::chart::PATIENT;
use crate::ctx::Ctx;
use crate::problem::WorkError;

const DEQM: &str = "http://hl7.org/fhir/us/davinci-deqm";

/// DEQM's gap status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// The discrepancy exists.
    Open,
    /// No discrepancy.
    Closed,
    /// It will exist at the end of the period unless something is done.
    Prospective,
    /// The measure does not ask for this person.
    NotApplicable,
}

impl Status {
    /// All of them.
    pub const ALL: [Status; 4] = [Status::Open, Status::Closed, Status::Prospective, Status::NotApplicable];

    /// DEQM's code.
    pub fn code(self) -> &'static str {
        match self {
            Status::Open => "open-gap",
            Status::Closed => "closed-gap",
            Status::Prospective => "prospective-gap",
            Status::NotApplicable => "not-applicable",
        }
    }

    /// Reads [`Status::code`] back.
    pub fn from_code(code: &str) -> Option<Status> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }
}

/// Whose gaps are asked for. Names as DEQM has them, old and new.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whose {
    /// `Patient/x` or `Group/x`.
    pub subject: String,
    /// A Group, by reference or as a resource.
    pub group: Option<Json>,
    /// `Practitioner/x`: those they care for.
    pub practitioner: String,
    /// `Organization/x`: those it looks after.
    pub organization: String,
    /// Program by name.
    pub program: String,
}

const PATIENTS: i64 = 1000;

/// The patients meant, by id. A named subject out of reach is as if it were not there; groups lose such members silently.
pub fn subjects(ctx: &Ctx, whose: &Whose) -> Result<Subjects, WorkError> {
    ctx.require(Permission::RecordRead)?;
    let nobody = || WorkError::NotFound("this subject".to_owned());
    if let Some(id) = whose.subject.strip_prefix("Group/") {
        return members(ctx, id);
    }
    if !whose.subject.is_empty() {
        let id = whose.subject.strip_prefix("Patient/").unwrap_or(&whose.subject);
        if id.contains('/') {
            return Err(WorkError::field("subject", "`subject` is a Patient or a Group"));
        }
        ctx.read(|r| r.get(&ctx.scope, PATIENT, id)).map_err(|_| nobody())?;
        return Ok(Subjects::Only(vec![id.to_owned()]));
    }
    if let Some(group) = &whose.group {
        return match group.as_str().or_else(|| group.str_at("reference")) {
            Some(text) => members(ctx, text.strip_prefix("Group/").unwrap_or(text)),
            None => Ok(Subjects::Only(member_ids(group))),
        };
    }
    let mut found: Option<BTreeSet<String>> = None;
    for (parameter, value, type_) in [
        ("general-practitioner", &whose.practitioner, "Practitioner"),
        ("organization", &whose.organization, "Organization"),
    ] {
        if !value.is_empty() {
            let value = if value.contains('/') { value.clone() } else { format!("{type_}/{value}") };
            let ids = ctx.read(|r| by_reference(r, ctx, parameter, &value))?;
            found = Some(both(found, ids));
        }
    }
    if !whose.program.is_empty() {
        let headers = report::people(ctx, &Subjects::All)?;
        let own = headers.into_iter().filter(|header| header.programme.eq_ignore_ascii_case(&whose.program));
        found = Some(both(found, own.map(|header| header.id).collect()));
    }
    match found {
        Some(ids) => Ok(Subjects::Only(ids.into_iter().collect())),
        None => Err(WorkError::field(
            "subject",
            "say whose gaps: subject, subjectGroup, practitioner (provider), organization or program",
        )),
    }
}

fn both(before: Option<BTreeSet<String>>, ids: BTreeSet<String>) -> BTreeSet<String> {
    match before {
        Some(before) => before.intersection(&ids).cloned().collect(),
        None => ids,
    }
}

fn members(ctx: &Ctx, id: &str) -> Result<Subjects, WorkError> {
    const GROUP: ResourceType = ResourceType::of("Group");
    let stored =
        ctx.read(|r| r.get(&ctx.scope, GROUP, id)).map_err(|_| WorkError::NotFound("this group".to_owned()))?;
    let json = stored.bytes.as_deref().and_then(|bytes| Json::parse(bytes).ok());
    Ok(Subjects::Only(json.map(|json| member_ids(&json)).unwrap_or_default()))
}

fn member_ids(group: &Json) -> Vec<String> {
    let members = group.get("member").map(Json::items).unwrap_or_default().iter();
    let present = members.filter(|member| member.get("inactive").and_then(Json::as_bool) != Some(true));
    let entity = |member: &Json| member.str_at("entity.reference")?.strip_prefix("Patient/").map(str::to_owned);
    present.filter_map(entity).collect()
}

fn by_reference(
    reader: &mut Reader<'_>,
    ctx: &Ctx,
    parameter: &str,
    value: &str,
) -> continuo_store::Result<BTreeSet<String>> {
    let mut pairs = vec![
        (parameter.to_owned(), value.to_owned()),
        ("_count".to_owned(), PATIENTS.to_string()),
        ("_total".to_owned(), "none".to_owned()),
    ];
    let mut found = BTreeSet::new();
    loop {
        let page = reader.search(&ctx.scope, &Query::of_pairs(PATIENT, pairs.clone())?)?;
        found.extend(page.matches.iter().map(|stored| stored.id.clone()));
        let Some(next) = page.next else { return Ok(found) };
        pairs.retain(|(name, _)| name != "_cursor");
        pairs.push(("_cursor".to_owned(), next));
    }
}

/// A gap of one person in one measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Status.
    pub status: Status,
    /// DEQM's code of the reason (CodeSystem care-gap-reason); empty for a closed gap.
    pub reason: &'static str,
    /// The reason in words.
    pub words: &'static str,
}

/// From where a person stands to a gap. `today` is where they stand over the same length of time ending today, computed
/// only for a need that is not met in a period that still runs.
pub fn gap(now: Standing, today: Option<Standing>, lower_is_better: bool, initial: bool) -> Gap {
    let plain = |status, reason, words| Gap { status, reason, words };
    match (now, today) {
        (Standing::Met, _) => plain(Status::Closed, "", "What the measure asks for is there."),
        (Standing::Gap, Some(Standing::Met | Standing::Excluded | Standing::Excepted)) => plain(
            Status::Prospective,
            "DateOutOfRange",
            "Up to date today, but not for the whole period: it becomes a gap unless something is done before the period ends.",
        ),
        (Standing::Gap, _) if lower_is_better => plain(
            Status::Open,
            "Present",
            "What the measure counts against care is there, or the result that would rule it out is not here.",
        ),
        (Standing::Gap, _) => plain(
            Status::Open,
            "NotFound",
            "What the measure asks for was not found. It may not be done, or not be here.",
        ),
        (Standing::Excluded, _) => plain(Status::NotApplicable, "Present", "The measure excludes this person."),
        (Standing::Excepted, _) => plain(Status::NotApplicable, "Present", "There is an accepted exception."),
        (Standing::Failed, _) => plain(
            Status::NotApplicable,
            "NonComputableDocumentation",
            "The measure could not be evaluated for this person.",
        ),
        (Standing::Counted, _) if initial => {
            plain(Status::NotApplicable, "NotFound", "The measure counts this person but not in its denominator.")
        }
        (Standing::Counted, _) => {
            plain(Status::NotApplicable, "NotFound", "The person is not in the measure's initial population.")
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request<'r> {
    /// First and last day.
    pub period: String,
    /// Which statuses; empty for all.
    pub statuses: BTreeSet<Status>,
    /// Which measures.
    pub measures: Vec<&'r Known>,
    /// Base of full URLs.
    pub base: String,
}

/// A Parameters resource with one document Bundle a person who has a gap of a status asked for. Opening it is audited
/// for each person.
pub fn report(ctx: &Ctx, compiled: &Compiled, request: &Request<'_>, whose: &Subjects) -> Result<Json, WorkError> {
    ctx.require(Permission::RecordRead)?;
    let people = report::people(ctx, whose)?;
    let limit = TimeLimit::from(ctx.now());
    let mut parameters = Vec::new();
    for (done, header) in people.iter().enumerate() {
        limit.check(ctx.now(), done, people.len())?;
        let facts = ctx.read(|r| facts::load(r, &ctx.scope, header.patient))?;
        if let Some(bundle) = document(ctx, compiled, request, header, &facts)? {
            parameters.push(object([("name", Json::string("return")), ("resource", bundle)]));
        }
        crate::record::audit(ctx, "care gaps", header.patient, &format!("Patient/{}", header.id))
            .map_err(|error| WorkError::Not(error.to_string()))?;
    }
    let mut json = object([("resourceType", Json::string("Parameters"))]);
    if !parameters.is_empty() {
        json.set("parameter", Json::Array(parameters));
    }
    Ok(json)
}

/// The same length of time ending today, when a period has not ended.
fn until_today(ctx: &Ctx, period: &str) -> Option<String> {
    let (first, last) = period.split_once('/')?;
    let (first, last) = (Date::parse(first)?, Date::parse(last)?);
    let today = ctx.zone.day(ctx.now());
    if last <= today {
        return None;
    }
    let shift = last.to_days() - today.to_days();
    let first = Date::from_days(first.to_days() - shift)?;
    Some(format!("{}/{}", date_text(first), date_text(today)))
}

fn document(
    ctx: &Ctx,
    compiled: &Compiled,
    request: &Request<'_>,
    header: &PersonHeader,
    facts: &Facts,
) -> Result<Option<Json>, WorkError> {
    let terms = Terms { evidence: true, ..Terms::at(&ctx.zone, ctx.now()) };
    let asks: Vec<Ask> = request
        .measures
        .iter()
        .filter_map(|known| Some(Ask { place: known.place?, period: request.period.clone() }))
        .collect();
    let answers = evaluate::person(compiled, &asks, facts, &terms);
    let mut made = Vec::new();
    for (at, known) in request.measures.iter().enumerate() {
        let Some(measure) = compiled.measure(known) else { continue };
        let results: Vec<GroupResult> = answers.iter().filter(|(of, _)| *of == at).map(|(_, r)| r.clone()).collect();
        let stands: Vec<Standing> =
            results.iter().filter_map(|result| Some(standing(measure.groups.get(result.group)?, result))).collect();
        let earlier = match (stands.contains(&Standing::Gap), until_today(ctx, &request.period)) {
            (true, Some(period)) => today(ctx, compiled, known, measure, period, facts),
            _ => Vec::new(),
        };
        let gaps: Vec<(Gap, Option<Closing>)> = results
            .iter()
            .zip(&stands)
            .filter_map(|(result, stands)| {
                let group = measure.groups.get(result.group)?;
                let initial = result.counts.first().is_some_and(|count| *count > 0);
                let gap = gap(*stands, earlier.get(result.group).copied(), lower_is_better(group), initial);
                Some((gap, result.gap.clone()))
            })
            .filter(|(gap, _)| request.statuses.is_empty() || request.statuses.contains(&gap.status))
            .collect();
        if !gaps.is_empty() {
            let report = report::of_person(ctx, known, measure, &request.period, &header.id, &results);
            made.push((*known, report, gaps));
        }
    }
    if made.is_empty() { Ok(None) } else { bundle(ctx, request, header, made).map(Some) }
}

/// Where the person stands over the time that ends today, by group.
fn today(
    ctx: &Ctx,
    compiled: &Compiled,
    known: &Known,
    measure: &Measure,
    period: String,
    facts: &Facts,
) -> Vec<Standing> {
    let Some(place) = known.place else { return Vec::new() };
    let answers = evaluate::person(compiled, &[Ask { place, period }], facts, &Terms::at(&ctx.zone, ctx.now()));
    answers.iter().filter_map(|(_, result)| Some(standing(measure.groups.get(result.group)?, result))).collect()
}

fn bundle(
    ctx: &Ctx,
    request: &Request<'_>,
    header: &PersonHeader,
    made: Vec<(&Known, Json, Vec<(Gap, Option<Closing>)>)>,
) -> Result<Json, WorkError> {
    let patient = ctx.read(|r| r.get(&ctx.scope, PATIENT, &header.id))?;
    let patient = patient.bytes.as_deref().and_then(|bytes| Json::parse(bytes).ok());
    let subject = format!("Patient/{}", header.id);
    let mut sections = Vec::new();
    let mut entries = Vec::new();
    for (known, mut report, gaps) in made {
        let id = ctx.ids().next().to_string();
        report.set("id", Json::string(id.as_str()));
        report.set("meta", profile("indv-measurereport-deqm"));
        report.set("reporter", reference("Organization/continuo"));
        let report_reference = format!("MeasureReport/{id}");
        let mut issues = Vec::new();
        let mut inside = vec![report];
        for (gap, closing) in gaps {
            let guidance = guidance(&ctx.ids().next().to_string(), known, &gap, &subject, closing.as_ref());
            let issue = issue(&ctx.ids().next().to_string(), &gap, &subject, &report_reference, guidance.as_ref());
            issues.push(reference(&format!("DetectedIssue/{}", issue.str_at("id").unwrap_or_default())));
            inside.push(issue);
            inside.extend(guidance);
        }
        sections.push(object([
            ("title", Json::string(known.title.as_str())),
            ("focus", reference(&report_reference)),
            ("entry", Json::Array(issues)),
        ]));
        entries.extend(inside);
    }
    let name = format!("{}, {}", header.family, header.given);
    let composition = object([
        ("resourceType", Json::string("Composition")),
        ("id", Json::string(ctx.ids().next().to_string())),
        ("meta", profile("gaps-composition-deqm")),
        ("status", Json::string("final")),
        ("type", concept(&format!("{DEQM}/CodeSystem/gaps-doc-type"), "gaps-doc", "Gaps in Care Report")),
        ("subject", reference(&subject)),
        ("date", moment(ctx.now(), &ctx.zone)),
        ("author", list([reference("Organization/continuo")])),
        ("title", Json::string(format!("Gaps in care: {name}"))),
        ("section", Json::Array(sections)),
    ]);
    let all = [composition].into_iter().chain(patient).chain([author(ctx)?]).chain(entries);
    let entry = |resource: Json| {
        let url = format!(
            "{}/{}/{}",
            request.base,
            resource.resource_type().unwrap_or_default(),
            resource.str_at("id").unwrap_or_default()
        );
        object([("fullUrl", Json::string(url)), ("resource", resource)])
    };
    let identifier = object([
        ("system", Json::string("urn:ietf:rfc:3986")),
        ("value", Json::string(format!("urn:uuid:{}", ctx.ids().next()))),
    ]);
    Ok(object([
        ("resourceType", Json::string("Bundle")),
        ("id", Json::string(ctx.ids().next().to_string())),
        ("meta", profile("gaps-bundle-deqm")),
        ("identifier", identifier),
        ("type", Json::string("document")),
        ("timestamp", moment(ctx.now(), &ctx.zone)),
        ("entry", list(all.map(entry))),
    ]))
}

/// The organization that reports: this one, by the name it has here.
fn author(ctx: &Ctx) -> Result<Json, WorkError> {
    Ok(object([
        ("resourceType", Json::string("Organization")),
        ("id", Json::string("continuo")),
        ("active", Json::Bool(true)),
        ("name", Json::string(ctx.site_name()?)),
    ]))
}

fn profile(name: &str) -> Json {
    object([("profile", list([Json::string(format!("{DEQM}/StructureDefinition/{name}"))]))])
}

fn issue(id: &str, gap: &Gap, subject: &str, report: &str, guidance: Option<&Json>) -> Json {
    let status = concept(&format!("{DEQM}/CodeSystem/gaps-status"), gap.status.code(), "");
    let mut detail = vec![reference(report)];
    let guided = guidance.and_then(|g| g.str_at("id")).map(|id| reference(&format!("GuidanceResponse/{id}")));
    detail.extend(guided);
    let mut evidence = object([("detail", Json::Array(detail))]);
    if !gap.reason.is_empty() {
        evidence.set("code", list([reason(gap)]));
    }
    object([
        ("resourceType", Json::string("DetectedIssue")),
        ("id", Json::string(id)),
        ("meta", profile("gaps-detectedissue-deqm")),
        (
            "modifierExtension",
            list([extension(
                &format!("{DEQM}/StructureDefinition/extension-gapStatus"),
                "valueCodeableConcept",
                status,
            )]),
        ),
        ("status", Json::string("final")),
        ("code", object([("coding", list([coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "CAREGAP")]))])),
        ("patient", reference(subject)),
        ("evidence", list([evidence])),
        ("detail", Json::string(gap.words)),
    ])
}

fn reason(gap: &Gap) -> Json {
    concept(&format!("{DEQM}/CodeSystem/care-gap-reason"), gap.reason, gap.words)
}

/// What would close it, for a gap that is open or lies ahead.
fn guidance(id: &str, known: &Known, gap: &Gap, subject: &str, closing: Option<&Closing>) -> Option<Json> {
    matches!(gap.status, Status::Open | Status::Prospective).then(|| {
        let needed = closing.map(closing::requirements).unwrap_or_default();
        let module = if known.url.is_empty() { format!("Measure/{}", known.id) } else { known.url.clone() };
        let mut json = object([
            ("resourceType", Json::string("GuidanceResponse")),
            ("id", Json::string(id)),
            ("moduleUri", Json::string(module)),
            ("status", Json::string("data-required")),
            ("subject", reference(subject)),
            ("reasonCode", list([reason(gap)])),
        ]);
        if let Some(way) = closing.map(closing::way).filter(|way| !way.words.is_empty()) {
            json.set(
                "note",
                list([object([("text", Json::string(format!("Would close it: {}", way.words.join("; "))))])]),
            );
        }
        if !needed.is_empty() {
            json.set("dataRequirement", Json::Array(needed));
        }
        json
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_need_met_as_of_today_lies_ahead_and_one_never_met_is_open() {
        assert_eq!(gap(Standing::Gap, Some(Standing::Met), false, true).status, Status::Prospective);
        assert_eq!(gap(Standing::Gap, Some(Standing::Gap), false, true).status, Status::Open);
        assert_eq!(gap(Standing::Gap, None, false, true).reason, "NotFound");
        assert_eq!(gap(Standing::Gap, None, true, true).reason, "Present");
    }

    #[test]
    fn who_is_not_asked_for_has_no_gap_and_a_reason() {
        for standing in [Standing::Counted, Standing::Excluded, Standing::Excepted, Standing::Failed] {
            let gap = gap(standing, None, false, false);
            assert_eq!(gap.status, Status::NotApplicable);
            assert!(!gap.reason.is_empty() && !gap.words.is_empty());
        }
        assert_eq!(gap(Standing::Met, None, false, true).status, Status::Closed);
    }

    #[test]
    fn inactive_members_are_left_out_of_a_group() {
        let group = Json::parse(
            br#"{"resourceType":"Group","member":[{"entity":{"reference":"Patient/a"}},
                {"entity":{"reference":"Patient/b"},"inactive":true}]}"#,
        )
        .unwrap();
        assert_eq!(member_ids(&group), ["a"]);
    }
}

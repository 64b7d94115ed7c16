//! Ending the loop of a referral: which report came back and was read, or why none will come, by a named person.
//!
//! It is written as a finished `Task` of the loop about the referral, so that another system's order stays as that system
//! wrote it; one that was entered here is completed with it. A referral is not over because somebody says "done": the
//! report is named, or where it was seen on paper, by whom and when (AHRQ closed loop, safety.md rule 21).

use continuo_fhir::{Date, Instant, Json, ResourceType};
use continuo_store::{Error as StoreError, Reader, Rid, WriteTx};

use super::{Done, by, parse};
use crate::access::Permission;
use crate::assess::{person_of, put, settle};
use crate::build::{date, list, moment, object, own, reference};
use crate::ctx::Ctx;
use crate::followup::case::date_words;
use crate::followup::person::{Person, Resource};
use crate::followup::referral::{LOOP, LOOP_CLOSED, REPORT, closed_by, is_open, is_referral, specialty};
use crate::problem::WorkError;
use crate::record::permission;
use crate::tasks::change;
use crate::tasks::make::note;

const REQUEST: ResourceType = ResourceType::of("ServiceRequest");
const TASK: ResourceType = ResourceType::of("Task");
/// The kinds of task that ask after a referral.
pub const KINDS: [&str; 3] = ["ask-for-report", "chase-referral", "schedule-referral"];
/// Documents and results offered as the report, the newest.
const MOST: usize = 50;

/// How a loop ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The report is on file: `DocumentReference/..` or `DiagnosticReport/..`.
    Report(String),
    /// The report was seen on paper, or in another system.
    Paper {
        /// By whom.
        by: String,
        /// When.
        on: Date,
    },
    /// None will come.
    NoReport,
    /// The referral is not wanted any more, or went elsewhere.
    NotWanted,
}

impl End {
    /// The word kept with it.
    pub fn word(&self) -> &'static str {
        match self {
            End::Report(_) => "report",
            End::Paper { .. } => "paper",
            End::NoReport => "no-report",
            End::NotWanted => "not-wanted",
        }
    }

    /// What the task that asked says came of it.
    fn outcome(&self) -> &'static str {
        match self {
            End::Report(_) => "report is back",
            End::Paper { .. } => "report seen on paper",
            End::NoReport => "no report will come",
            End::NotWanted => "not wanted any more",
        }
    }
}

/// An open referral, for the form that ends its loop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// `Patient/..`.
    pub person: String,
    /// "cardiology of Tue 08/04/2026"; nothing for those who do not read the record.
    pub words: String,
    /// What may be its report: reference and words, the newest first.
    pub reports: Vec<(String, String)>,
    /// Another system wrote it.
    pub is_foreign: bool,
}

/// Whether a referral can be ended by the reader: it is one, it is open, they see it.
pub fn may_end(ctx: &Ctx, id: &str) -> Result<bool, WorkError> {
    if !ctx.grant.allows(Permission::WorkAct) {
        return Ok(false);
    }
    match open(ctx, id) {
        Ok(_) => Ok(true),
        Err(WorkError::NotFound(_) | WorkError::Not(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The open referral of an id.
pub fn open(ctx: &Ctx, id: &str) -> Result<Open, WorkError> {
    ctx.require(Permission::WorkAct)?;
    let reads = ctx.grant.allows(Permission::RecordRead);
    ctx.read(|reader| {
        let stored = reader.get(&ctx.scope, REQUEST, id)?;
        if stored.patient.0 == 0 {
            return Ok(None);
        }
        let is_foreign = !is_ours(reader, stored.rid)?;
        let whose = reader.person_of(ctx.org, stored.patient)?;
        let members = reader.members(ctx.org, whose)?;
        let rows = reader.facts(&ctx.scope, &members)?;
        let (person, _) = person_of(&rows);
        Ok(person.find(&format!("ServiceRequest/{id}")).map(|request| {
            let words = format!("{}{}", specialty(request), day_of(ctx, request, "authoredOn"));
            let open = Open {
                person: request.text("subject.reference").unwrap_or_default().to_owned(),
                words: if reads { words } else { String::new() },
                reports: if reads { reports(ctx, &person, request) } else { Vec::new() },
                is_foreign,
            };
            (is_referral(request), closed_by(&person, request).is_some(), is_open(&person, request), open)
        }))
    })?
    .ok_or_else(|| WorkError::NotFound("this referral".to_owned()))
    .and_then(|(referral, closed, is_open, open)| match (referral, closed, is_open) {
        (false, ..) => Err(WorkError::NotFound("this referral".to_owned())),
        (_, true, _) => Err(WorkError::Not("the loop of this referral was closed already".to_owned())),
        (_, _, false) => Err(WorkError::Not("this referral has ended at its source".to_owned())),
        _ => Ok(open),
    })
}

/// Whether somebody here wrote the order: neither an import nor a program with a token did.
fn is_ours(reader: &mut Reader<'_>, rid: Rid) -> continuo_store::Result<bool> {
    Ok(reader.source_of(rid)?.is_empty() && reader.written_by(rid)?.starts_with("Practitioner/"))
}

fn day_of(ctx: &Ctx, resource: &Resource<'_>, path: &str) -> String {
    resource.when(path, &ctx.zone).map_or_else(String::new, |at| format!(" of {}", date_words(ctx.zone.day(at))))
}

/// What may be the report: documents and final reports not older than the referral; those that name it first.
fn reports(ctx: &Ctx, person: &Person<'_>, request: &Resource<'_>) -> Vec<(String, String)> {
    let since = request.when("authoredOn", &ctx.zone);
    let own_reference = request.reference();
    let mut found: Vec<(bool, Option<Instant>, &Resource<'_>)> = Vec::new();
    for one in person.of("DocumentReference").iter().chain(person.of("DiagnosticReport")) {
        let at = ["date", "issued", "effectiveDateTime", "effectivePeriod.start"]
            .iter()
            .find_map(|path| one.when(path, &ctx.zone));
        let names = one.points_to(&["basedOn", "context.related", "relatesTo.target"], &own_reference);
        let fits = may_be_report(one) && at.is_none_or(|at| at <= ctx.now() && since.is_none_or(|since| at >= since));
        if fits || (names && may_be_report(one)) {
            found.push((names, at, one));
        }
    }
    found.sort_by_key(|(names, at, one)| (!*names, std::cmp::Reverse(*at), one.id));
    let words = |at: Option<Instant>, one: &Resource<'_>| {
        let title =
            one.text("description").or_else(|| one.label("type")).or_else(|| one.label("code")).unwrap_or("Document");
        let day = at.map_or_else(String::new, |at| format!(" of {}", date_words(ctx.zone.day(at))));
        format!("{title}{day}")
    };
    found.into_iter().take(MOST).map(|(_, at, one)| (one.reference(), words(at, one))).collect()
}

/// A document that stands, or a report that is final.
fn may_be_report(one: &Resource<'_>) -> bool {
    match one.type_ {
        "DocumentReference" => one.is(&["current", ""]) && !one.is_void(),
        _ => one.is(&["final", "amended", "corrected", "appended"]),
    }
}

/// Ends the loop of a referral, and the task that asked with it. Returns the id of the `Task` that says so.
pub fn end(ctx: &Ctx, id: &str, end: &End, words: &str, task: Option<&str>) -> Done<String> {
    let open = open(ctx, id)?;
    let words = words.trim();
    match end {
        End::Report(report) => {
            ctx.require(Permission::RecordRead)?;
            if !open.reports.iter().any(|(reference, _)| reference == report) {
                return Err(WorkError::field("report", "choose which document or result is the report"));
            }
        }
        End::Paper { by, .. } if by.trim().chars().count() < 3 => {
            return Err(WorkError::field("read_by", "say who has read it"));
        }
        End::Paper { on, .. } if on.low(&ctx.zone) > ctx.now() => {
            return Err(WorkError::field("read_on", "this day has not come yet"));
        }
        End::Paper { .. } => {}
        End::NoReport | End::NotWanted if words.chars().count() < 3 => {
            return Err(WorkError::field("words", "say why, and who said so"));
        }
        End::NoReport | End::NotWanted => {}
    }
    let asked = match task {
        Some(task) => Some(asked(ctx, task, id)?),
        None => None,
    };
    let (ctx_owned, id, end, words) = (ctx.clone(), id.to_owned(), end.clone(), words.to_owned());
    let calendar = ctx.calendar()?;
    let task = task.map(str::to_owned);
    Ok(ctx.write("close referral", move |tx| {
        let ctx = &ctx_owned;
        let stored = tx.reader()?.get(&ctx.scope, REQUEST, &id)?;
        let request = json_of(stored.bytes.as_deref())?;
        still_open(tx, ctx, stored.patient, &id)?;
        let made = tx.new_id();
        put(tx, closing(ctx, &made, &request, &end, &words, Instant::from_micros(tx.now())))?;
        let is_ours = is_ours(&mut tx.reader()?, stored.rid)?;
        if is_ours && ctx.grant.allows(permission::to_write("ServiceRequest")) {
            let mut done = request;
            done.set("status", Json::string(if end == End::NotWanted { "revoked" } else { "completed" }));
            put(tx, done)?;
        }
        if let (Some(task), Some(())) = (&task, &asked) {
            let stored = tx.reader()?.get(&ctx.scope, TASK, task)?;
            let json = json_of(stored.bytes.as_deref())?;
            let finished = change::complete(&json, end.outcome(), &words, &by(ctx, &calendar))
                .map_err(|refused| StoreError::Refused(refused.to_string()))?;
            put(tx, finished)?;
        }
        settle(tx, stored.patient)?;
        Ok(made)
    })?)
}

/// The referral whose report a task asks for, also for those who finish work and do not read the record.
pub fn of_task(ctx: &Ctx, task: &str) -> Result<Option<String>, WorkError> {
    ctx.require(Permission::WorkRead)?;
    let stored = ctx.read(|reader| reader.get(&ctx.scope, TASK, task))?;
    Ok(change::report_asked_of(&parse(stored.bytes.as_deref())?).map(str::to_owned))
}

/// The task that asks after this referral, open and seen by the actor.
fn asked(ctx: &Ctx, task: &str, referral: &str) -> Result<(), WorkError> {
    let stored = ctx.read(|reader| reader.get(&ctx.scope, TASK, task))?;
    let json = parse(stored.bytes.as_deref())?;
    let about = json.str_at("focus.reference").unwrap_or_default() == format!("ServiceRequest/{referral}");
    if !about || !KINDS.contains(&change::code_of(&json)) {
        return Err(WorkError::Not("this task is about something else".to_owned()));
    }
    if !json.str_at("status").is_some_and(|status| crate::tasks::OPEN.contains(&status)) {
        return Err(change::Refused::Finished.into());
    }
    Ok(())
}

/// Two people may end one loop at the same moment: the second hears of the first.
fn still_open(tx: &mut WriteTx<'_>, ctx: &Ctx, patient: Rid, id: &str) -> continuo_store::Result<()> {
    let mut reader = tx.reader()?;
    let whose = reader.person_of(ctx.org, patient)?;
    let members = reader.members(ctx.org, whose)?;
    let rows = reader.facts(&ctx.scope, &members)?;
    let (person, _) = person_of(&rows);
    let open = person.find(&format!("ServiceRequest/{id}")).is_some_and(|request| is_open(&person, request));
    if open { Ok(()) } else { Err(StoreError::Refused("the loop of this referral was closed already".to_owned())) }
}

fn json_of(bytes: Option<&[u8]>) -> continuo_store::Result<Json> {
    Json::parse(bytes.unwrap_or_default()).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// The finished `Task` that says how the loop ended.
fn closing(ctx: &Ctx, id: &str, request: &Json, end: &End, words: &str, now: Instant) -> Json {
    let who = &ctx.actor.reference;
    let output = |code: &str, name: &'static str, value: Json| object([("type", own(code)), (name, value)]);
    let mut outputs = vec![output(LOOP_CLOSED, "valueCode", Json::string(end.word()))];
    match end {
        End::Report(report) => outputs.push(output(REPORT, "valueReference", reference(report))),
        End::Paper { by, on } => {
            outputs.push(output("seen-by", "valueString", Json::string(by.trim())));
            outputs.push(output("seen-on", "valueDate", date(*on)));
        }
        End::NoReport | End::NotWanted => {}
    }
    let mut task = object([
        ("resourceType", Json::string("Task")),
        ("id", Json::string(id)),
        ("status", Json::string("completed")),
        ("intent", Json::string("order")),
        ("code", own(LOOP)),
        ("description", Json::string("Close the loop of a referral")),
        ("focus", reference(&format!("ServiceRequest/{}", request.str_at("id").unwrap_or_default()))),
        ("for", request.get("subject").cloned().unwrap_or_else(|| object([]))),
        ("authoredOn", moment(now, &ctx.zone)),
        ("lastModified", moment(now, &ctx.zone)),
        ("requester", reference(who)),
        ("owner", reference(who)),
        ("executionPeriod", object([("end", moment(now, &ctx.zone))])),
        ("output", list(outputs)),
    ]);
    if !words.is_empty() {
        task.set("note", list([note(words, who, now, &ctx.zone)]));
    }
    task
}

//! Suggestions and decisions: one place that shows them, one that decides them, one ledger that keeps them.

use continuo_fhir::{Instant, Json, ResourceType};
use continuo_store::tables::decision::{self, Decision};
use continuo_store::tables::suggestion::{self, Suggestion};
use continuo_store::{ChangeSeq, Error as StoreError, Rid, Scope, Stored};

use crate::access::Permission;
use crate::assess::body::{self, Body};
use crate::assess::{self, label, put, settle, site};
use crate::build::{list, moment, object, reference};
use crate::ctx::Ctx;
use crate::followup::calendar::{Calendar, DAY};
use crate::followup::case::{band, lateness};
use crate::followup::finding::{Band, Consequence, Report};
use crate::followup::person::Person;
use crate::followup::spec;
use crate::measures;
use crate::problem::WorkError;
use crate::shapes;
use crate::tasks::make::{NewTask, task};
use crate::tasks::route;
use crate::work::{Done, at_owner, giving, person_rid};

/// The reasons offered for a dismissal, one press each (interface.md section 5).
pub const REASONS: [(&str, &str); 5] = [
    ("not-relevant", "Not relevant"),
    ("already-done", "Already done"),
    ("wrong-data", "Wrong data"),
    ("patient-declined", "Patient declined"),
    ("other", "Other"),
];

/// Closed suggestions stay listed this long.
const LISTED: i64 = 7 * DAY;

/// A suggestion as pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuggestionView {
    /// Id.
    pub id: String,
    /// Whose.
    pub patient: Rid,
    /// Rule id.
    pub rule: String,
    /// Rule title.
    pub title: String,
    /// Rule's source.
    pub source: String,
    /// State: `open`, `accepted`, `changed`, `rejected`, `closed`, `lapsed`.
    pub state: String,
    /// What to do.
    pub what: String,
    /// Why.
    pub why: String,
    /// Due.
    pub due: Option<Instant>,
    /// The rule the due time comes from.
    pub due_rule: String,
    /// "2 days late".
    pub late: Option<String>,
    /// Place in the order.
    pub band: Band,
    /// Harm of waiting.
    pub consequence: Consequence,
    /// Owner.
    pub owner: String,
    /// When it was opened.
    pub opened: Instant,
    /// What it rests on, parameters, build.
    pub body: Body,
    /// It must not stand in plain words in a row.
    pub sensitive: bool,
    /// How it ended, newest last.
    pub decisions: Vec<Decision>,
}

fn view(row: Suggestion, decisions: Vec<Decision>, now: Instant, calendar: &Calendar) -> Option<SuggestionView> {
    let body = Body::read(&row.body)?;
    let data = spec(&row.rule);
    let due = body.due(row.due);
    let consequence = Consequence::from_rank(row.consequence);
    let at = due.as_ref().map(|due| due.at);
    Some(SuggestionView {
        id: row.id,
        patient: row.patient,
        title: data.map_or_else(|| row.rule.clone(), |data| data.title.clone()),
        source: data.map(|data| data.source.clone()).unwrap_or_default(),
        rule: row.rule,
        what: body.what.clone(),
        why: body.why.clone(),
        due: at,
        due_rule: body.due_rule.clone(),
        late: if row.state == "open" { lateness(at, now, calendar) } else { None },
        band: band(consequence, at, now, calendar),
        consequence,
        owner: row.owner,
        opened: Instant::from_micros(row.opened),
        sensitive: body.sensitive || row.labels != 0,
        state: row.state,
        body,
        decisions,
    })
}

/// A suggestion is work, and its reason quotes the record.
fn may_read(ctx: &Ctx) -> Result<(), WorkError> {
    ctx.require(Permission::WorkRead)?;
    Ok(ctx.require(Permission::RecordRead)?)
}

/// The open suggestions of a person and those that ended in the last seven days, worst first.
pub fn of_person(ctx: &Ctx, person: &str) -> Result<Vec<SuggestionView>, WorkError> {
    may_read(ctx)?;
    let rid = person_rid(ctx, person)?;
    let now = ctx.now();
    let calendar = site::calendar(ctx.zone.clone(), now);
    let rows = ctx.read(|r| {
        let person = r.person_of(ctx.org, rid)?;
        let since = now.micros() - LISTED;
        let rows = suggestion::listed(r.conn(), &ctx.scope, &[person], since)?;
        rows.into_iter()
            .map(|row| decision::of_suggestion(r.conn(), ctx.org, &row.id).map(|decisions| (row, decisions)))
            .collect::<continuo_store::Result<Vec<_>>>()
    })?;
    let rows = rows.into_iter().filter(|(row, _)| !crate::scribe::is_own(&row.rule));
    Ok(rows.filter_map(|(row, decisions)| view(row, decisions, now, &calendar)).collect())
}

/// The open suggestions in scope, worst first: the review page.
pub fn review(ctx: &Ctx, most: i64) -> Result<Vec<SuggestionView>, WorkError> {
    may_read(ctx)?;
    let now = ctx.now();
    let calendar = site::calendar(ctx.zone.clone(), now);
    let rows = ctx.read(|r| suggestion::open(r.conn(), &ctx.scope, most))?;
    let mut views: Vec<SuggestionView> = rows
        .into_iter()
        .filter(|row| !crate::scribe::is_own(&row.rule))
        .filter_map(|row| view(row, Vec::new(), now, &calendar))
        .collect();
    views.sort_by_key(|v| (v.band, v.due.is_none(), v.due));
    Ok(views)
}

/// One suggestion with its decisions.
pub fn get(ctx: &Ctx, id: &str) -> Result<SuggestionView, WorkError> {
    may_read(ctx)?;
    let now = ctx.now();
    let calendar = site::calendar(ctx.zone.clone(), now);
    let (row, decisions) = ctx.read(|r| {
        let row = suggestion::find(r.conn(), &ctx.scope, id)?
            .ok_or_else(|| StoreError::NotFound("this suggestion".to_owned()))?;
        let decisions = decision::of_suggestion(r.conn(), ctx.org, id)?;
        Ok((row, decisions))
    })?;
    view(row, decisions, now, &calendar).ok_or_else(|| WorkError::NotFound("this suggestion".to_owned()))
}

/// What a person changed before accepting; empty fields keep what was proposed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    /// What to do.
    pub what: String,
    /// Who does it.
    pub owner: String,
    /// By when.
    pub due: Option<Instant>,
    /// Words for whoever does it.
    pub note: String,
}

/// Accepts a suggestion: a Task with its Provenance, a row in the ledger, one commit. Returns the Task's id.
pub fn accept(ctx: &Ctx, id: &str, edit: Edit) -> Done<String> {
    ctx.require(Permission::SuggestionDecide)?;
    let shown = get(ctx, id)?;
    if shown.state != "open" {
        return Err(WorkError::Not("this suggestion was decided already".to_owned()));
    }
    if crate::scribe::is_own(&shown.rule) {
        return Err(WorkError::Not("decide this on its review page, beside its words".to_owned()));
    }
    let changed = !edit.what.is_empty() || edit.due.is_some();
    let ctx_owned = ctx.clone();
    let id = id.to_owned();
    Ok(ctx.write(if changed { "accept suggestion with changes" } else { "accept suggestion" }, move |tx| {
        let ctx = &ctx_owned;
        let row = suggestion::find(tx.conn()?, &ctx.scope, &id)?
            .ok_or_else(|| StoreError::NotFound("this suggestion".to_owned()))?;
        accept_in(tx, ctx, &row, edit)
    })?)
}

/// Accepts a suggestion inside a commit: its Task, the Task's Provenance, the ledger, and the person settled.
pub(crate) fn accept_in(
    tx: &mut continuo_store::WriteTx<'_>,
    ctx: &Ctx,
    row: &Suggestion,
    edit: Edit,
) -> continuo_store::Result<String> {
    let changed = !edit.what.is_empty() || edit.due.is_some();
    if row.state != "open" {
        return Err(StoreError::Refused("this suggestion was decided already".to_owned()));
    }
    let body = Body::read(&row.body).ok_or_else(|| StoreError::Damaged("suggestion body".to_owned()))?;
    let now = Instant::from_micros(tx.now());
    let (_, patient) =
        tx.reader()?.reference(row.patient)?.ok_or_else(|| StoreError::NotFound("this person".to_owned()))?;
    let task_id = tx.new_id();
    if !edit.owner.is_empty() && edit.owner != ctx.actor.reference {
        giving::check_in(tx, &edit.owner, row.patient, row.labels)?;
    }
    let owner = match spec(&row.rule).and_then(|spec| route::does(&spec.owner, &row.owner)) {
        _ if !edit.owner.is_empty() => edit.owner.clone(),
        Some(role) => role,
        None => row.owner.clone(),
    };
    let new = NewTask {
        kind: body.kind.clone(),
        what: if edit.what.is_empty() { body.what.clone() } else { edit.what.clone() },
        person: format!("Patient/{patient}"),
        owner,
        due: edit.due.or_else(|| body.due(row.due).map(|due| due.at)),
        due_rule: if edit.due.is_some() { "set by a person".to_owned() } else { body.due_rule.clone() },
        about: body.anchor.clone(),
        note: edit.note.clone(),
        ..NewTask::default()
    };
    let mut made = task(&task_id, &new, &ctx.actor.reference, now, &ctx.zone);
    let set = crate::build::set_extension;
    set(&mut made, shapes::EXT_FINDING, Some(("valueString", Json::string(&*row.key))));
    let consequence = Consequence::from_rank(row.consequence);
    set(&mut made, shapes::EXT_CONSEQUENCE, Some(("valueCode", Json::string(consequence.word()))));
    made.set("reasonCode", object([("text", Json::string(&*body.why))]));
    made.set("reasonReference", reference(&body.anchor));
    // A task, and the word on where it comes from, are as closed as what they rest on.
    let sources = security_of(tx, &body.anchor)?;
    label::close(&mut made, row.labels, &sources);
    put(tx, made)?;
    let provenance_id = tx.new_id();
    let mut source = provenance(&provenance_id, &task_id, &body, ctx, now);
    label::close(&mut source, row.labels, &sources);
    put(tx, source)?;
    let outcome = if changed { "changed" } else { "accepted" };
    decide(tx, ctx, row, outcome, "", &edit.note, spec(&row.rule).map_or(0, |s| s.repeat_days))?;
    settle(tx, row.patient)?;
    Ok(task_id)
}

/// Dismisses a suggestion with a reason; a high-consequence one needs words (safety.md rule 5).
pub fn reject(ctx: &Ctx, id: &str, reason: &str, words: &str) -> Done<()> {
    ctx.require(Permission::SuggestionDecide)?;
    let shown = get(ctx, id)?;
    if shown.state != "open" {
        return Err(WorkError::Not("this suggestion was decided already".to_owned()));
    }
    check_reason(shown.consequence, reason, words)?;
    let (ctx_owned, id, reason, words) = (ctx.clone(), id.to_owned(), reason.to_owned(), words.trim().to_owned());
    Ok(ctx.write("dismiss suggestion", move |tx| {
        let row = suggestion::find(tx.conn()?, &ctx_owned.scope, &id)?
            .filter(|row| row.state == "open")
            .ok_or_else(|| StoreError::Refused("this suggestion was decided already".to_owned()))?;
        reject_in(tx, &ctx_owned, &row, &reason, &words)
    })?)
}

/// Dismisses a suggestion inside a commit.
pub(crate) fn reject_in(
    tx: &mut continuo_store::WriteTx<'_>,
    ctx: &Ctx,
    row: &Suggestion,
    reason: &str,
    words: &str,
) -> continuo_store::Result<()> {
    let days = spec(&row.rule).map_or(0, |spec| spec.repeat_days).max(1);
    decide(tx, ctx, row, "rejected", reason, words, days)?;
    settle(tx, row.patient)?;
    Ok(())
}

/// What a dismissal must say: one of the reasons, and words where it may harm.
pub(crate) fn check_reason(consequence: Consequence, reason: &str, words: &str) -> Result<(), WorkError> {
    if !REASONS.iter().any(|(code, _)| *code == reason) {
        return Err(WorkError::field("reason", "choose a reason"));
    }
    if (consequence != Consequence::Normal || reason == "other") && words.trim().len() < 3 {
        return Err(WorkError::field("words", "say in words why: this may harm if it is wrong"));
    }
    Ok(())
}

/// Gives an open suggestion to somebody else.
pub fn assign(ctx: &Ctx, id: &str, owner: &str) -> Done<()> {
    ctx.require(Permission::WorkAssign)?;
    get(ctx, id)?;
    let row = ctx.read(|r| suggestion::find(r.conn(), &ctx.scope, id))?;
    if let Some(row) = row {
        giving::check(ctx, owner, row.patient, row.labels).map_err(at_owner)?;
    }
    let (scope, id, owner) = (ctx.scope.clone(), id.to_owned(), owner.to_owned());
    Ok(ctx.write("assign suggestion", move |tx| {
        let org = tx.org();
        let now = tx.now();
        tx.commit_id();
        let conn = tx.conn()?;
        let row =
            suggestion::find(conn, &scope, &id)?.ok_or_else(|| StoreError::NotFound("this suggestion".to_owned()))?;
        let patient = row.patient;
        giving::check_in(tx, &owner, patient, row.labels)?;
        let conn = tx.conn()?;
        suggestion::put(conn, org, &Suggestion { owner, updated: now, ..row })?;
        settle(tx, patient)?;
        Ok(())
    })?)
}

pub(crate) fn decide(
    tx: &mut continuo_store::WriteTx<'_>,
    ctx: &Ctx,
    row: &Suggestion,
    outcome: &str,
    reason: &str,
    words: &str,
    silent_days: i64,
) -> continuo_store::Result<()> {
    let commit = tx.commit_id();
    let (org, now) = (tx.org(), tx.now());
    let conn = tx.conn()?;
    let ended = Suggestion {
        state: if outcome == "nobody-decided" { "lapsed".to_owned() } else { outcome.to_owned() },
        ended: now,
        updated: now,
        silent_until: now + silent_days * DAY,
        ..row.clone()
    };
    suggestion::put(conn, org, &ended)?;
    decision::add(
        conn,
        org,
        &Decision {
            role: ctx.grant.roles().first().copied().unwrap_or_default().to_owned(),
            reason: reason.to_owned(),
            ..decided(row, &ctx.actor.reference, outcome, words, now, commit)
        },
    )
}

/// The line of the ledger about a suggestion; without a role and a reason code it is a machine's.
pub(crate) fn decided(
    row: &Suggestion,
    actor: &str,
    outcome: &str,
    words: &str,
    at: i64,
    commit: continuo_store::CommitId,
) -> Decision {
    Decision {
        suggestion: row.id.clone(),
        number: 0,
        patient: row.patient,
        labels: row.labels,
        rule: row.rule.clone(),
        at,
        actor: actor.to_owned(),
        role: String::new(),
        outcome: outcome.to_owned(),
        reason: String::new(),
        words: words.to_owned(),
        opened: row.opened,
        commit,
        undone: false,
    }
}

/// The security codings of what a suggestion rests on, whoever accepts it.
pub(crate) fn security_of(tx: &mut continuo_store::WriteTx<'_>, anchor: &str) -> continuo_store::Result<Vec<Json>> {
    let Some((type_, id)) = anchor.split_once('/') else { return Ok(Vec::new()) };
    let Some(type_) = ResourceType::find(type_) else { return Ok(Vec::new()) };
    let scope = Scope::all(tx.org());
    let stored = tx.reader()?.find(&scope, type_, id)?;
    let json = stored.and_then(|stored| stored.bytes).and_then(|bytes| Json::parse(&bytes).ok());
    Ok(json.and_then(|json| json.at("meta.security").map(|codings| codings.items().to_vec())).unwrap_or_default())
}

/// Who decided, on which evidence, by which engine: the Provenance of what accepting wrote.
fn provenance(id: &str, task: &str, body: &Body, ctx: &Ctx, now: Instant) -> Json {
    let entities = body
        .evidence
        .iter()
        .map(|(evidence, _)| object([("role", Json::string("source")), ("what", reference(&evidence.reference))]));
    let agent = |kind: &str, who: Json| {
        object([
            (
                "type",
                crate::build::concept("http://terminology.hl7.org/CodeSystem/provenance-participant-type", kind, ""),
            ),
            ("who", who),
        ])
    };
    object([
        ("resourceType", Json::string("Provenance")),
        ("id", Json::string(id)),
        ("target", list([reference(&format!("Task/{task}"))])),
        ("recorded", moment(now, &ctx.zone)),
        (
            "agent",
            list([
                agent("author", reference(&ctx.actor.reference)),
                agent("assembler", object([("display", Json::string(&*body.build))])),
            ]),
        ),
        ("entity", list(entities)),
    ])
}

/// What running the engine again says about a suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The suggestion as stored.
    pub stored: SuggestionView,
    /// The body as stored, byte for byte.
    pub stored_bytes: Vec<u8>,
    /// The body the engine makes on the record and the settings as they stood; nothing when it finds nothing.
    pub again: Option<Vec<u8>>,
    /// The body it makes on the record as it stands now; nothing when it finds nothing.
    pub now: Option<Vec<u8>>,
    /// Why it finds nothing now.
    pub clear: Vec<String>,
    /// Evidence that changed since, by reference.
    pub changed: Vec<String>,
    /// Same build, same bytes, on the record as it stood.
    pub same: bool,
}

/// Runs the rule of a suggestion again: on the record, the settings and at the moment it was found, which gives the same
/// bytes with the same build; and on the record as it stands now, which says what has changed.
///
/// Which source records are one person is taken as it is now, and so are measures.
pub fn explain(ctx: &Ctx, id: &str) -> Result<Explanation, WorkError> {
    let stored = get(ctx, id)?;
    let now = ctx.now();
    let (row, again, after, clear, changed) = ctx.read(|r| {
        let row = suggestion::find(r.conn(), &ctx.scope, id)?
            .ok_or_else(|| StoreError::NotFound("this suggestion".to_owned()))?;
        let members = r.members(ctx.org, row.patient)?;
        let measures = measures::suggest::gaps(r.conn(), &ctx.scope, ctx.org, row.patient)?;
        let then = Instant::from_micros(row.updated);
        let before = site::settings_at(r.conn(), ctx.org, then)?;
        let stood = r.as_it_stood(&ctx.scope, &members, ChangeSeq(row.as_of))?;
        let packed = packed(&stored_trees(&stood)?);
        let person = assess::person_as_it_stood(&stood, &packed).with_measures(measures.clone());
        let (again, _) = found(&row, &assess::reports(&person, &before, then), &person);
        let settings = site::settings(r.conn(), ctx.org, now)?;
        let rows = r.facts(&ctx.scope, &members)?;
        let person = assess::person_of(&rows).0.with_measures(measures);
        let (after, clear) = found(&row, &assess::reports(&person, &settings, now), &person);
        let changed = stored
            .body
            .evidence
            .iter()
            .filter(|(evidence, hash)| body::hash_of(&person, &evidence.reference) != *hash)
            .map(|(evidence, _)| evidence.reference.clone())
            .collect::<Vec<_>>();
        Ok((row, again, after, clear, changed))
    })?;
    let same = again.as_deref() == Some(&row.body[..]);
    Ok(Explanation { stored, stored_bytes: row.body, again, now: after, clear, changed, same })
}

/// What the rule of a suggestion finds under its key, and what it says needs nothing.
fn found(row: &Suggestion, reports: &[Report], person: &Person<'_>) -> (Option<Vec<u8>>, Vec<String>) {
    let report = reports.iter().find(|report| report.rule == row.rule);
    let finding = report.and_then(|report| report.findings.iter().find(|finding| finding.key() == row.key));
    let body = finding.zip(spec(&row.rule)).map(|(finding, spec)| body::of(finding, spec, person).to_bytes());
    (body, report.map(|report| report.clear.clone()).unwrap_or_default())
}

/// The resources of a record as trees, without the version and time that reading splices in.
fn stored_trees(stood: &[Stored]) -> continuo_store::Result<Vec<Json>> {
    let tree = |one: &Stored| {
        let mut json = Json::parse(one.bytes.as_deref().unwrap_or_default())
            .map_err(|error| StoreError::Damaged(error.to_string()))?;
        if let Some(meta) = json.get_mut("meta") {
            meta.remove("versionId");
            meta.remove("lastUpdated");
            if meta.fields().is_empty() {
                json.remove("meta");
            }
        }
        Ok(json)
    };
    stood.iter().map(tree).collect()
}

fn packed(trees: &[Json]) -> Vec<Vec<u8>> {
    trees.iter().map(continuo_fhir::pack).collect()
}

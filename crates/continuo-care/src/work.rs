//! Doing the work: every change of a task, a call, a note, in one commit with its audit, and the lists up to date after it.
//!
//! The rules live in `tasks` and `calls` (pure); here they meet the store. Each function returns the commit, so that the
//! page can offer to undo it.

use continuo_fhir::{Instant, Json, ResourceType};
use continuo_store::tables::press_count::{self, PressCount};
use continuo_store::tables::{decision, suggestion};
use continuo_store::{CommitId, CommitRow, Committed, Error as StoreError, Rid, Scope, WriteTx};

use crate::access::Permission;
use crate::assess::{LOOP, put, settle, undo_decisions};
use crate::build::{list, moment, object, own, reference};
use crate::calls::{self, CallForm};
use crate::ctx::Ctx;
use crate::followup::calendar::Calendar;
use crate::identity;
use crate::problem::WorkError;
use crate::record::permission;
use crate::shapes;
use crate::tasks::change::{self, By, Refused};
use crate::tasks::make::{self, NewTask};
use crate::tasks::taken_back;

pub(crate) mod giving;
pub mod one;
pub mod parted;
pub mod referral;

/// A commit that can be undone, with what it made.
pub type Done<T> = Result<Committed<T>, WorkError>;

const PATIENT: ResourceType = ResourceType::of("Patient");
const TASK: ResourceType = ResourceType::of("Task");
/// The name of the commit of a call.
const LOG_CALL: &str = "log call";

/// What is done to a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Begins it.
    Start,
    /// Finishes it with an outcome and words.
    Complete {
        /// One of the kind's outcomes, or other words; needed for a clinical task.
        outcome: String,
        /// Further words.
        words: String,
    },
    /// Ends it without doing it.
    Cancel {
        /// Why.
        reason: String,
    },
    /// Adds a comment.
    Comment {
        /// The words.
        words: String,
    },
    /// Gives it to a person, a team or a role.
    HandOver {
        /// To whom.
        to: String,
        /// What they should know.
        words: String,
    },
    /// Accepts a hand-over.
    Accept {
        /// What the receiver understood.
        synthesis: String,
    },
    /// Gives a hand-over back.
    Decline {
        /// Why.
        reason: String,
    },
    /// Lets it wait.
    Snooze {
        /// Until when.
        until: Instant,
        /// Why.
        reason: String,
        /// The task is still right (asked the third time).
        still_right: bool,
    },
    /// Opens what a death ended again, and keeps it open.
    KeepAfterDeath,
    /// Waits for somebody else.
    WaitFor {
        /// For whom.
        whom: String,
    },
    /// Wakes it.
    Wake,
    /// Moves the due time.
    Due {
        /// To when.
        at: Instant,
        /// Why.
        reason: String,
    },
    /// Ticks a line of the checklist.
    Tick {
        /// Which line, from 0.
        line: usize,
        /// Ticked or not.
        done: bool,
    },
}

impl Act {
    /// The name of the commit.
    pub fn name(&self) -> &'static str {
        match self {
            Act::Start => "start task",
            Act::Complete { .. } => "complete task",
            Act::Cancel { .. } => "cancel task",
            Act::Comment { .. } => "comment on task",
            Act::HandOver { .. } => "hand over task",
            Act::Accept { .. } => "accept task",
            Act::Decline { .. } => "decline task",
            Act::Snooze { .. } => "snooze task",
            Act::WaitFor { .. } => "wait for somebody",
            Act::Wake => "wake task",
            Act::Due { .. } => "move due time",
            Act::Tick { .. } => "tick checklist",
            Act::KeepAfterDeath => "open task again",
        }
    }

    fn permission(&self) -> Permission {
        match self {
            Act::HandOver { .. } => Permission::WorkAssign,
            _ => Permission::WorkAct,
        }
    }

    fn apply(&self, task: &Json, by: &By<'_>) -> Result<Json, Refused> {
        match self {
            Act::Start => change::start(task, by),
            Act::Complete { outcome, words } => change::complete(task, outcome, words, by),
            Act::Cancel { reason } => change::cancel(task, reason, by),
            Act::Comment { words } => change::comment(task, words, by),
            Act::HandOver { to, words } => change::hand_over(task, to, words, by),
            Act::Accept { synthesis } => change::accept(task, synthesis, by),
            Act::Decline { reason } => change::decline(task, reason, by),
            Act::Snooze { until, reason, still_right } => change::snooze(task, *until, reason, *still_right, by),
            Act::WaitFor { whom } => change::wait_for(task, whom, by),
            Act::Wake => change::wake(task, by),
            Act::Due { at, reason } => change::set_due(task, *at, reason, by),
            Act::Tick { line, done } => change::tick(task, *line, *done, by),
            Act::KeepAfterDeath => change::keep_after_death(task, by),
        }
    }
}

/// The tasks behind these references that the actor sees; the others are left out.
pub fn tasks_named(ctx: &Ctx, references: &[String]) -> Result<Vec<Json>, WorkError> {
    ctx.require(Permission::WorkRead)?;
    let found = ctx.read(|r| {
        let mut found = Vec::new();
        for id in references.iter().filter_map(|reference| reference.strip_prefix("Task/")) {
            found.extend(r.find(&ctx.scope, TASK, id)?);
        }
        Ok(found)
    })?;
    found.iter().map(|stored| parse(stored.bytes.as_deref())).collect()
}

/// Does something to one task.
pub fn act(ctx: &Ctx, task: &str, act: Act) -> Done<()> {
    several(ctx, &[task.to_owned()], act)
}

/// Does the same to several tasks in one commit (safety.md rule 5: finishing several at once only where all are of one
/// administrative kind).
pub fn several(ctx: &Ctx, tasks: &[String], act: Act) -> Done<()> {
    ctx.require(act.permission())?;
    let scope = ctx.scope.clone();
    // Checked on a snapshot first, so that a refusal keeps its own words; the writer checks again.
    let found =
        ctx.read(|r| tasks.iter().map(|id| r.get(&scope, TASK, id)).collect::<continuo_store::Result<Vec<_>>>())?;
    let calendar = ctx.calendar()?;
    let mut kinds: Vec<String> = Vec::new();
    let mut asks_for_report = false;
    for stored in &found {
        let json = parse(stored.bytes.as_deref())?;
        asks_for_report |= change::report_asked_of(&json).is_some();
        act.apply(&json, &by(ctx, &calendar))?;
        if let Act::HandOver { to, .. } = &act {
            giving::check(ctx, to, stored.patient, stored.labels)?;
        }
        kinds.push(change::code_of(&json).to_owned());
    }
    if matches!(act, Act::Complete { .. }) && kinds.iter().any(|kind| !may_say_the_outcome(ctx, kind)) {
        return Err(WorkError::Not(
            "a licensed person says what came of a safety contact: hand it to one who made contact".to_owned(),
        ));
    }
    let ends = matches!(act, Act::Complete { .. } | Act::Cancel { .. });
    if ends && kinds.iter().any(|kind| kind == crate::scribe::REVIEW) {
        return Err(WorkError::Not(
            "open the review and finish it there: its proposals wait for a decision".to_owned(),
        ));
    }
    if matches!(act, Act::Complete { .. }) && asks_for_report {
        return Err(WorkError::Not(
            "say which document or result is the report, or who has seen it on paper: close the loop of the referral"
                .to_owned(),
        ));
    }
    if tasks.len() > 1 && matches!(act, Act::Complete { .. }) {
        kinds.sort();
        kinds.dedup();
        let one_administrative = kinds.len() == 1 && kinds.iter().all(|kind| !crate::tasks::kind(kind).clinical);
        if !one_administrative {
            return Err(WorkError::Not("only tasks of one administrative kind can be finished together".to_owned()));
        }
    }
    let (ctx_owned, tasks) = (ctx.clone(), tasks.to_vec());
    let name = act.name();
    Ok(ctx.write(name, move |tx| {
        let mut people = Vec::new();
        for id in &tasks {
            let stored = tx.reader()?.get(&scope, TASK, id)?;
            let json = Json::parse(stored.bytes.as_deref().unwrap_or_default())
                .map_err(|error| StoreError::Damaged(error.to_string()))?;
            let by = by(&ctx_owned, &calendar);
            if let Act::HandOver { to, .. } = &act {
                giving::check_in(tx, to, stored.patient, stored.labels)?;
            }
            let changed = act.apply(&json, &by).map_err(|refused| StoreError::Refused(refused.to_string()))?;
            if matches!(act, Act::Complete { .. }) {
                let next_id = tx.new_id();
                if let Some(next) = change::next_of(&json, &next_id, &by) {
                    put(tx, next)?;
                }
            }
            put(tx, changed)?;
            people.push(stored.patient);
        }
        settle_all(tx, people)
    })?)
}

/// Whether the actor may record the outcome of a kind of task: of a safety contact only the roles of its route may
/// (safety.md rule 8). The machine has no role and acts for those who have.
pub fn may_say_the_outcome(ctx: &Ctx, kind: &str) -> bool {
    let roles = ctx.grant.roles();
    let route = crate::oncall::routes::of_kind(kind).filter(|_| kind == "suicide-risk-contact");
    roles.is_empty() || route.is_none_or(|route| roles.iter().any(|role| route.roles.iter().any(|id| id == role)))
}

/// Makes a task: a reminder, a promise, anything a person needs done.
pub fn new_task(ctx: &Ctx, new: NewTask) -> Done<String> {
    ctx.require(Permission::WorkAct)?;
    if new.what.trim().is_empty() {
        return Err(WorkError::field("what", "say what needs doing"));
    }
    let person = person_rid(ctx, &new.person)?;
    let (who, zone) = (ctx.actor.reference.clone(), ctx.zone.clone());
    let mut new = new;
    if new.owner.is_empty() {
        new.owner.clone_from(&who);
    }
    if new.owner != who {
        giving::check(ctx, &new.owner, person, 0).map_err(at_owner)?;
    }
    let action = if new.kind == shapes::REMINDER { "add reminder" } else { "make task" };
    Ok(ctx.write(action, move |tx| {
        let id = tx.new_id();
        let task = make::task(&id, &new, &who, Instant::from_micros(tx.now()), &zone);
        put(tx, task)?;
        settle(tx, person)?;
        Ok(id)
    })?)
}

/// A refusal of who is to have it, where the form calls that field the owner.
pub(crate) fn at_owner(error: WorkError) -> WorkError {
    match error {
        WorkError::Field { field: "to", text } => WorkError::field("owner", text),
        other => other,
    }
}

/// Writes a call down, with its promises; an attempt is counted on the task it was made for. Returns the call's id.
pub fn log_call(ctx: &Ctx, form: CallForm) -> Done<String> {
    ctx.require(Permission::WorkAct)?;
    let person = person_rid(ctx, &form.person)?;
    let (who, zone) = (ctx.actor.reference.clone(), ctx.zone.clone());
    let header = ctx.read(|r| {
        let main = r.person_of(ctx.org, person)?;
        continuo_store::tables::person_header::of_patients(r.conn(), &ctx.scope, &[main])
    })?;
    calls::interpreted(&form, header.first().is_some_and(|header| header.interpreter))?;
    for promise in form.promises.iter().filter(|one| !one.owner.is_empty() && one.owner != who) {
        giving::check(ctx, &promise.owner, person, 0).map_err(at_owner)?;
    }
    // Dry run for the form's own errors.
    calls::log(&form, &who, ctx.now(), &zone, || "x".to_owned())?;
    let scope = ctx.scope.clone();
    Ok(ctx.write(LOG_CALL, move |tx| {
        let now = Instant::from_micros(tx.now());
        let ids: Vec<String> = (0..=form.promises.len()).map(|_| tx.new_id()).collect();
        let mut ids = ids.into_iter();
        let made = calls::log(&form, &who, now, &zone, || ids.next().unwrap_or_default())
            .map_err(|problem| StoreError::Refused(problem.to_string()))?;
        let call = made.first().and_then(|call| call.str_at("id")).unwrap_or_default().to_owned();
        for resource in made {
            put(tx, resource)?;
        }
        let tried = std::iter::once(&form.task).chain(&form.about).filter_map(|one| one.strip_prefix("Task/"));
        for id in tried.collect::<std::collections::BTreeSet<_>>() {
            count_attempt(tx, &scope, id, &form, &zone)?;
        }
        settle(tx, person)?;
        Ok(call)
    })?)
}

/// Counts an attempt on the task a call was made for; once somebody was reached, no next try is planned any more.
fn count_attempt(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    id: &str,
    form: &CallForm,
    zone: &continuo_fhir::Zone,
) -> continuo_store::Result<()> {
    let reached = form.incoming || form.outcome == calls::Outcome::Reached;
    let next = form.call_back_at.or(form.next_try).map(|at| moment(at, zone));
    let Some(stored) = tx.reader()?.find(scope, TASK, id)? else { return Ok(()) };
    let Some(bytes) = stored.bytes else { return Ok(()) };
    let mut task = Json::parse(&bytes).map_err(|error| StoreError::Damaged(error.to_string()))?;
    if reached {
        if crate::build::extension_of(&task, shapes::EXT_NEXT_TRY).is_none() {
            return Ok(());
        }
        crate::build::set_extension(&mut task, shapes::EXT_NEXT_TRY, None);
        task.set("lastModified", moment(Instant::from_micros(tx.now()), zone));
        return put(tx, task).map(|_| ());
    }
    let attempts = crate::build::extension_of(&task, shapes::EXT_ATTEMPTS).and_then(Json::as_i64).unwrap_or(0) + 1;
    crate::build::set_extension(&mut task, shapes::EXT_ATTEMPTS, Some(("valueInteger", Json::integer(attempts))));
    crate::build::set_extension(&mut task, shapes::EXT_NEXT_TRY, next.map(|at| ("valueDateTime", at)));
    task.set("lastModified", moment(Instant::from_micros(tx.now()), zone));
    put(tx, task)?;
    Ok(())
}

/// Writes a note about a person. Returns its id.
pub fn write_note(ctx: &Ctx, person: &str, topic: &str, words: &str) -> Done<String> {
    ctx.require(Permission::RecordWrite)?;
    if words.trim().is_empty() {
        return Err(WorkError::field("note", "write something"));
    }
    let rid = person_rid(ctx, person)?;
    let (who, zone, person) = (ctx.actor.reference.clone(), ctx.zone.clone(), person.to_owned());
    let (topic, words) = (topic.trim().to_owned(), words.to_owned());
    Ok(ctx.write("write note", move |tx| {
        let id = tx.new_id();
        let now = Instant::from_micros(tx.now());
        let mut note = object([
            ("resourceType", Json::string("Communication")),
            ("id", Json::string(&*id)),
            ("status", Json::string("completed")),
            ("category", list([own(shapes::NOTE)])),
            ("subject", reference(&person)),
            ("sent", moment(now, &zone)),
            ("sender", reference(&who)),
            ("note", list([make::note(&words, &who, now, &zone)])),
        ]);
        if !topic.is_empty() {
            note.set("reasonCode", list([crate::build::words(&topic)]));
        }
        put(tx, note)?;
        settle(tx, rid)?;
        Ok(id)
    })?)
}

/// Takes back a commit: its resources get the versions before, its suggestions open again, the lists follow.
///
/// What somebody decided since on the words of a document stands in the way of taking the document back; an undecided
/// review of it ends. Another person's commit is a supervisor's to take back. Whoever may not, learns nothing of the commit, not even that
/// it exists.
pub fn undo(ctx: &Ctx, commit: CommitId) -> Done<()> {
    let nothing = || WorkError::NotFound("that action".to_owned());
    let found = ctx.read(|r| r.commit(ctx.org, commit))?.ok_or_else(nothing)?;
    if !may_undo(ctx, &found)? {
        return Err(nothing());
    }
    if found.undone_by.is_some() {
        return Err(WorkError::Not("this was undone already".to_owned()));
    }
    if crate::actions::LASTING.contains(&found.action.as_str()) {
        return Err(WorkError::Not("this cannot be taken back".to_owned()));
    }
    let acting = ctx.clone();
    let undone = found.action.clone();
    Ok(ctx.write_about("undo", &undone, move |tx| {
        let org = tx.org();
        let people = tx.reader()?.patients_of_commit(org, commit)?;
        let contacts = taken_back::opened_by(&mut tx.reader()?, &acting, commit)?;
        let reviews = crate::scribe::undone::reviews(tx, &acting, commit)?;
        tx.undo(commit)?;
        crate::scribe::undone::end(tx, &acting, &reviews)?;
        taken_back::keep(tx, &acting, &contacts)?;
        let decided = undo_decisions(tx, commit)?;
        crate::documents::reopen_of_commit(tx, commit)?;
        crate::kept::reopen_of_commit(tx, commit)?;
        crate::oncall::paging::forget_of_commit(tx, &found)?;
        crate::versioned::restore_of_commit(tx, &found)?;
        let moved = identity::undo::undo(tx, commit)?;
        settle_all(tx, people.into_iter().chain(decided).chain(moved).collect())
    })?)
}

/// Whether the actor may write, and sees, everything a commit wrote or decided.
///
/// The writer needs no second look: it refuses when anything was changed since.
fn may_undo(ctx: &Ctx, found: &CommitRow) -> continuo_store::Result<bool> {
    let own = found.actor == ctx.actor.reference;
    if !own && !ctx.grant.allows(Permission::CriticalSnooze) {
        return Ok(false);
    }
    ctx.read(|r| {
        if !identity::undo::may(r, ctx, found.id)? {
            return Ok(false);
        }
        let changes = r.changes_of_commit(ctx.org, found.id)?;
        let decided = decision::of_commit(r.conn(), ctx.org, found.id)?;
        // What left no trace in anybody's record, a setting, is its author's to take back: nothing here says who else may.
        let is_setting = changes.is_empty() && decided.is_empty();
        if !own && is_setting && identity::undo::records_of(r, ctx, found.id)?.is_empty() {
            return Ok(false);
        }
        for change in changes {
            let needed = match change.type_.as_str() {
                // Working on tasks and writing calls down needs no right to write the record; taking one's own back
                // needs no more than doing it.
                "Task" if own && crate::feeds::duty::may_undo(&ctx.grant, &found.action) => Permission::OversightRead,
                "Task" if own => Permission::WorkAct,
                "Communication" if own && found.action == LOG_CALL => Permission::WorkAct,
                type_ => permission::to_write(type_),
            };
            if !ctx.grant.allows(needed) || r.find(&ctx.scope, change.type_, &change.id)?.is_none() {
                return Ok(false);
            }
        }
        // What the record decided by itself in this commit follows the record back.
        for one in decided.iter().filter(|one| one.actor != LOOP) {
            let seen = one.suggestion.starts_with("message:")
                || suggestion::find(r.conn(), &ctx.scope, &one.suggestion)?.is_some();
            if !ctx.grant.allows(Permission::SuggestionDecide) || !seen {
                return Ok(false);
            }
        }
        Ok(true)
    })
}

/// The kind under which a call about no task is counted.
pub const CALL: &str = "call";

/// Counts presses and seconds of one finished piece of work.
pub fn count_presses(ctx: &Ctx, kind: &str, presses: i64, millis: i64) -> Result<(), WorkError> {
    let day = i64::from(ctx.zone.day(ctx.now()).to_days());
    let code = if kind == CALL { CALL } else { crate::tasks::kind(kind).code };
    let (who, kind) = (ctx.actor.reference.clone(), code.to_owned());
    let count = PressCount { kind, times: 1, presses: presses.clamp(0, 10_000), millis: millis.clamp(0, 86_400_000) };
    ctx.write("count presses", move |tx| {
        let org = tx.org();
        press_count::add(tx.conn()?, org, day, &who, &count)
    })?;
    Ok(())
}

pub(crate) fn settle_all(tx: &mut WriteTx<'_>, mut people: Vec<Rid>) -> continuo_store::Result<()> {
    people.sort();
    people.dedup();
    for person in people.into_iter().filter(|person| person.0 != 0) {
        settle(tx, person)?;
    }
    Ok(())
}

pub(crate) fn by<'a>(ctx: &'a Ctx, calendar: &'a Calendar) -> By<'a> {
    By {
        who: &ctx.actor.reference,
        now: ctx.now(),
        zone: &ctx.zone,
        calendar,
        supervisor: ctx.grant.allows(Permission::CriticalSnooze),
    }
}

/// The narrow key of a person named by reference, if the caller sees them.
pub(crate) fn person_rid(ctx: &Ctx, person: &str) -> Result<Rid, WorkError> {
    let id = person.strip_prefix("Patient/").unwrap_or(person);
    let stored = ctx.read(|r| r.get(&ctx.scope, PATIENT, id))?;
    Ok(stored.rid)
}

pub(crate) fn parse(bytes: Option<&[u8]>) -> Result<Json, WorkError> {
    Json::parse(bytes.unwrap_or_default()).map_err(|error| WorkError::Store(StoreError::Damaged(error.to_string())))
}

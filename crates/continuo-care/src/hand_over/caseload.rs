//! A whole caseload changes hands in one act: a coordinator leaves or is sick, and each of their people and all their open
//! work go to one or several others, in one commit that can be undone.
//!
//! It is looked at first ([`preview`]) and worked out again inside the commit: if something changed between, nothing is
//! written and it is looked at again. The receivers accept with one synthesis, or give it back; what nobody accepts in time
//! goes back to whoever handed it over. Nobody is without an owner at any moment.

use continuo_fhir::{DateTime, Instant, Json, ResourceType};
use continuo_store::tables::work::{self as work_rows, Owners};
use continuo_store::tables::{account, person_header, setting};
use continuo_store::{Error as StoreError, Result as StoreResult, Rid, WriteTx};

pub use super::plan::{Piece, Plan, Share, Stays, Whole};
use crate::access::Permission;
use crate::assess::{person_of, put};
use crate::build::{list, moment_text, object, reference};
use crate::ctx::Ctx;
use crate::followup::calendar::Calendar;
use crate::problem::WorkError;
use crate::staff;
use crate::tasks::OPEN;
use crate::tasks::change;
use crate::tasks::make::owner_of;
use crate::versioned;
use crate::work::{Done, by, settle_all};

const EPISODE: ResourceType = ResourceType::of("EpisodeOfCare");
const TASK: ResourceType = ResourceType::of("Task");
/// The setting that keeps who handed what to whom, while and after it waits.
const SETTING: &str = "caseloads-handed-over";
/// Of those that ended, this many are kept.
const KEPT: usize = 200;
/// Receivers at once.
const RECEIVERS: usize = 12;

/// One share that was handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handed {
    /// Its id.
    pub id: String,
    /// Whose caseload it was.
    pub from: String,
    /// Who has it now.
    pub to: String,
    /// Who handed it over; to them it goes back.
    pub by: String,
    /// When.
    pub at: i64,
    /// Until when it waits.
    pub until: i64,
    /// What they should know.
    pub words: String,
    /// `Patient/..` of the people who are coordinated by the receiver since; none any more once it has ended.
    pub people: Vec<String>,
    /// Ids of the tasks; none any more once it has ended.
    pub tasks: Vec<String>,
    /// How many people and tasks it was.
    pub counts: (usize, usize),
    /// How it ended: empty while it waits, `accepted`, `given back`, `not accepted in time`.
    pub ended: String,
    /// What the receiver said.
    pub said: String,
}

/// What a hand-over comes to, as it stands now.
pub fn preview(ctx: &Ctx, from: &str, to: &[String]) -> Result<Plan, WorkError> {
    may(ctx, from, to)?;
    Ok(ctx.read(|reader| super::plan::plan(reader, ctx, from, to, ctx.now()))?)
}

/// One's own caseload is one's own to hand over; somebody else's is a supervisor's.
fn may(ctx: &Ctx, from: &str, to: &[String]) -> Result<(), WorkError> {
    ctx.require(Permission::WorkAssign)?;
    ctx.require(Permission::RecordWrite)?;
    if from != ctx.actor.reference {
        ctx.require(Permission::CriticalSnooze)?;
    }
    let owners = staff::owners(ctx)?;
    // Whose account is closed already may be handed over, too: that is when it is needed most.
    if !from.starts_with("Practitioner/") {
        return Err(WorkError::field("from", "choose whose caseload it is"));
    }
    if to.is_empty() {
        return Err(WorkError::field("to", "choose to whom"));
    }
    if to.len() > RECEIVERS {
        return Err(WorkError::field("to", format!("{RECEIVERS} receivers at most")));
    }
    for one in to {
        if one == from {
            return Err(WorkError::field("to", "whose caseload it is cannot receive it"));
        }
        let Some(owner) = owners.iter().find(|owner| owner.reference == *one) else {
            return Err(WorkError::field("to", "choose people who work here"));
        };
        if !owner.acts || !one.starts_with("Practitioner/") {
            return Err(WorkError::field("to", format!("{} has no worklist", owner.label)));
        }
        if owner.away.is_some() {
            return Err(WorkError::field("to", format!("{} is away", owner.label)));
        }
    }
    Ok(())
}

/// Those whose account is closed and who still have people or work here: reference and name.
pub fn left_behind(ctx: &Ctx) -> Result<Vec<(String, String)>, WorkError> {
    ctx.require(Permission::CriticalSnooze)?;
    Ok(ctx.read(|r| {
        let mut left = Vec::new();
        for account in account::accounts_of(r.conn(), ctx.org)?.into_iter().filter(|one| !one.active) {
            let owner = [account.reference.clone()];
            let has_people = !person_header::of_owners(r.conn(), &ctx.scope, &owner, 1)?.is_empty();
            let owners = Owners::Of(owner.to_vec());
            if has_people || !work_rows::of_owners(r.conn(), &ctx.scope, &owners, 1)?.is_empty() {
                left.push((account.reference, account.name));
            }
        }
        Ok(left)
    })?)
}

/// Hands over what [`preview`] showed; `seen` is its mark.
pub fn give(ctx: &Ctx, from: &str, to: &[String], words: &str, seen: &str) -> Done<()> {
    let shown = preview(ctx, from, to)?;
    if shown.shares.iter().all(|share| share.people.is_empty()) && shown.stays.iter().all(|one| one.to.is_empty()) {
        return Err(WorkError::Not("there is nobody and nothing to hand over".to_owned()));
    }
    let calendar = ctx.calendar()?;
    let (ctx_owned, from, to) = (ctx.clone(), from.to_owned(), to.to_vec());
    let (words, seen) = (words.trim().to_owned(), seen.to_owned());
    let owners = staff::owners(ctx)?;
    let names: Vec<String> = to.iter().map(|one| staff::name_of(&owners, one)).collect();
    let told = format!("of {} to {}", staff::name_of(&owners, &from), names.join("; "));
    Ok(ctx.write("hand over caseload", move |tx| {
        let ctx = &ctx_owned;
        let now = Instant::from_micros(tx.now());
        let plan = super::plan::plan(&mut tx.reader()?, ctx, &from, &to, now)?;
        if plan.mark() != seen {
            return Err(StoreError::Refused(CHANGED.to_owned()));
        }
        let until = calendar.end_of(calendar.plus_business(calendar.day(now), 1)).micros();
        let mut touched = Vec::new();
        let mut all = handed(tx)?;
        for share in plan.shares.iter().filter(|share| !share.people.is_empty()) {
            let mut one = Handed {
                id: tx.new_id(),
                from: from.clone(),
                to: share.to.clone(),
                by: ctx.actor.reference.clone(),
                at: now.micros(),
                until,
                words: words.clone(),
                ..Handed::default()
            };
            // What one takes over oneself waits for nobody.
            if one.to == one.by {
                "accepted".clone_into(&mut one.ended);
            }
            for whole in &share.people {
                move_whole(tx, ctx, &calendar, whole, (&from, &share.to), &words)?;
                touched.push(whole.person.patient);
                if whole.coordinated {
                    one.people.push(format!("Patient/{}", whole.person.id));
                }
                one.tasks.extend(whole.tasks.iter().map(|piece| piece.task.clone()));
            }
            one.counts = (share.people.len(), one.tasks.len());
            all.push(one);
        }
        for stays in plan.stays.iter().filter(|stays| !stays.to.is_empty()) {
            move_whole(tx, ctx, &calendar, &stays.whole, (&from, &stays.to), &words)?;
            touched.push(stays.whole.person.patient);
        }
        keep(tx, all)?;
        tx.audit("hand over caseload", Rid(0), "", &told);
        settle_all(tx, touched)
    })?)
}

/// Said where the caseload is not any more what was looked at.
pub const CHANGED: &str = "something changed since you looked: look at it again before you hand it over";

/// The episodes that name the sender name the receiver, and the tasks are handed over.
fn move_whole(
    tx: &mut WriteTx<'_>,
    ctx: &Ctx,
    calendar: &Calendar,
    whole: &Whole,
    (from, to): (&str, &str),
    words: &str,
) -> StoreResult<()> {
    if whole.coordinated {
        coordinate(tx, ctx, whole.person.patient, from, to)?;
    }
    for piece in &whole.tasks {
        let Some(stored) = tx.reader()?.find(&ctx.scope, TASK, &piece.task)? else { continue };
        let Ok(task) = Json::parse(stored.bytes.as_deref().unwrap_or_default()) else { continue };
        let is_open = task.str_at("status").is_some_and(|status| OPEN.contains(&status));
        if !is_open || owner_of(&task) != from {
            continue;
        }
        let given = change::hand_over(&task, to, words, &by(ctx, calendar))
            .map_err(|refused| StoreError::Refused(refused.to_string()))?;
        put(tx, given)?;
    }
    Ok(())
}

/// Each active episode of a person that names one coordinator names another.
fn coordinate(tx: &mut WriteTx<'_>, ctx: &Ctx, patient: Rid, from: &str, to: &str) -> StoreResult<()> {
    let org = ctx.org;
    let ids: Vec<String> = {
        let mut reader = tx.reader()?;
        let whose = reader.person_of(org, patient)?;
        let members = reader.members(org, whose)?;
        let rows = reader.facts(&ctx.scope, &members)?;
        let (person, _) = person_of(&rows);
        let mine = person.of("EpisodeOfCare").iter().filter(|one| one.is(&["active"]));
        mine.filter(|one| one.text("careManager.reference") == Some(from)).map(|one| one.id.to_owned()).collect()
    };
    for id in ids {
        let stored = tx.reader()?.get(&ctx.scope, EPISODE, &id)?;
        let mut episode = Json::parse(stored.bytes.as_deref().unwrap_or_default())
            .map_err(|error| StoreError::Damaged(error.to_string()))?;
        episode.set("careManager", reference(to));
        put(tx, episode)?;
    }
    Ok(())
}

/// Shares that wait for somebody, the oldest first.
pub fn waiting_for(ctx: &Ctx, who: &str) -> Result<Vec<Handed>, WorkError> {
    ctx.require(Permission::WorkRead)?;
    let all = ctx.read(|r| versioned::newest(r.conn(), ctx.org, SETTING))?.map(|json| read(&json)).unwrap_or_default();
    Ok(all.into_iter().filter(|one| one.to == who && one.ended.is_empty()).collect())
}

/// Shares that somebody handed over and that wait, or ended within a week: what became of them.
pub fn handed_by(ctx: &Ctx, who: &str) -> Result<Vec<Handed>, WorkError> {
    ctx.require(Permission::WorkRead)?;
    let week = ctx.now().micros() - 7 * crate::followup::calendar::DAY;
    let all = ctx.read(|r| versioned::newest(r.conn(), ctx.org, SETTING))?.map(|json| read(&json)).unwrap_or_default();
    Ok(all
        .into_iter()
        .filter(|one| one.by == who && one.to != who && (one.ended.is_empty() || one.at >= week))
        .collect())
}

/// Takes a share over, with what the receiver understood of it and will do first (I-PASS, synthesis by receiver).
pub fn accept(ctx: &Ctx, id: &str, synthesis: &str) -> Done<()> {
    if synthesis.split_whitespace().count() < 2 {
        return Err(change::Refused::NeedsSynthesis.into());
    }
    answer(ctx, "accept caseload", id, "accepted", synthesis)
}

/// Gives a share back to whoever handed it over, with the reason.
pub fn give_back(ctx: &Ctx, id: &str, reason: &str) -> Done<()> {
    if reason.trim().chars().count() < 3 {
        return Err(WorkError::field("reason", "say why"));
    }
    answer(ctx, "give back caseload", id, "given back", reason)
}

fn answer(ctx: &Ctx, action: &str, id: &str, how: &'static str, said: &str) -> Done<()> {
    ctx.require(Permission::WorkAct)?;
    if !waiting_for(ctx, &ctx.actor.reference)?.iter().any(|one| one.id == id) {
        return Err(WorkError::NotFound("this hand-over".to_owned()));
    }
    let calendar = ctx.calendar()?;
    let (ctx_owned, id, said) = (ctx.clone(), id.to_owned(), said.trim().to_owned());
    Ok(ctx.write(action, move |tx| {
        let ctx = &ctx_owned;
        let mut all = handed(tx)?;
        let Some(one) = all.iter_mut().find(|one| one.id == id && one.ended.is_empty()) else {
            return Err(StoreError::Refused("this hand-over has ended".to_owned()));
        };
        how.clone_into(&mut one.ended);
        one.said.clone_from(&said);
        let one = one.clone();
        let touched = end(tx, ctx, &calendar, &one)?;
        keep(tx, all)?;
        settle_all(tx, touched)
    })?)
}

/// Shares whose time has passed go back to whoever handed them over; says how many.
pub fn return_unaccepted(ctx: &Ctx) -> StoreResult<usize> {
    let now = ctx.now();
    let is_late = move |one: &Handed| one.ended.is_empty() && one.until <= now.micros();
    let all = ctx.read(|r| versioned::newest(r.conn(), ctx.org, SETTING))?.map(|json| read(&json)).unwrap_or_default();
    let late = all.iter().filter(|one| is_late(one)).count();
    if late == 0 {
        return Ok(0);
    }
    let ctx_owned = ctx.clone();
    ctx.write("return caseload", move |tx| {
        let ctx = &ctx_owned;
        let org = tx.org();
        let calendar = crate::site_days::of(tx.conn()?, org)?.calendar(ctx.zone.clone(), now);
        let mut all = handed(tx)?;
        let mut touched = Vec::new();
        for at in 0..all.len() {
            let Some(one) = all.get_mut(at).filter(|one| is_late(one)) else { continue };
            "not accepted in time".clone_into(&mut one.ended);
            let one = one.clone();
            touched.extend(end(tx, ctx, &calendar, &one)?);
        }
        keep(tx, all)?;
        settle_all(tx, touched)
    })?;
    Ok(late)
}

/// Carries out how a share ended, as far as its work is still as it was handed over. Says whom it touched.
fn end(tx: &mut WriteTx<'_>, ctx: &Ctx, calendar: &Calendar, one: &Handed) -> StoreResult<Vec<Rid>> {
    const PATIENT: ResourceType = ResourceType::of("Patient");
    let accepted = one.ended == "accepted";
    let mut touched = Vec::new();
    if !accepted {
        for person in &one.people {
            let id = person.trim_start_matches("Patient/");
            let Some(stored) = tx.reader()?.find(&ctx.scope, PATIENT, id)? else { continue };
            coordinate(tx, ctx, stored.rid, &one.to, &one.by)?;
            touched.push(stored.rid);
        }
    }
    let receiver = change::By { who: &one.to, ..by(ctx, calendar) };
    for id in &one.tasks {
        let Some(stored) = tx.reader()?.find(&ctx.scope, TASK, id)? else { continue };
        let Ok(task) = Json::parse(stored.bytes.as_deref().unwrap_or_default()) else { continue };
        if owner_of(&task) != one.to {
            continue;
        }
        let ended = if accepted {
            change::accept(&task, &one.said, &receiver)
        } else {
            let reason = if one.said.is_empty() { one.ended.as_str() } else { one.said.as_str() };
            change::decline(&task, reason, &receiver)
        };
        // Begun, finished or returned meanwhile: it stays as it is.
        let Ok(ended) = ended else { continue };
        put(tx, ended)?;
        touched.push(stored.patient);
    }
    Ok(touched)
}

fn handed(tx: &mut WriteTx<'_>) -> StoreResult<Vec<Handed>> {
    let org = tx.org();
    Ok(versioned::newest(tx.conn()?, org, SETTING)?.map(|json| read(&json)).unwrap_or_default())
}

fn keep(tx: &mut WriteTx<'_>, mut all: Vec<Handed>) -> StoreResult<()> {
    let mut ended = all.iter().filter(|one| !one.ended.is_empty()).count();
    all.retain(|one| {
        let drop = !one.ended.is_empty() && ended > KEPT;
        ended -= usize::from(drop);
        !drop
    });
    // Each answer writes all of them anew: what has ended keeps its figures alone.
    for one in all.iter_mut().filter(|one| !one.ended.is_empty()) {
        one.people.clear();
        one.tasks.clear();
    }
    let (org, at, by) = (tx.org(), tx.now(), tx.actor().to_owned());
    let text = String::from_utf8_lossy(&write(&all).to_bytes()).into_owned();
    setting::set(tx.conn()?, org, SETTING, at, &by, &text)
}

fn write(all: &[Handed]) -> Json {
    let texts = |all: &[String]| list(all.iter().map(|one| Json::string(&**one)));
    let number = |n: usize| Json::integer(i64::try_from(n).unwrap_or(i64::MAX));
    let zone = continuo_fhir::Zone::utc();
    let at = |micros: i64| Json::string(moment_text(Instant::from_micros(micros), &zone));
    list(all.iter().map(|one| {
        object([
            ("id", Json::string(&*one.id)),
            ("from", Json::string(&*one.from)),
            ("to", Json::string(&*one.to)),
            ("by", Json::string(&*one.by)),
            ("at", at(one.at)),
            ("until", at(one.until)),
            ("words", Json::string(&*one.words)),
            ("counts", list([number(one.counts.0), number(one.counts.1)])),
            ("people", texts(&one.people)),
            ("tasks", texts(&one.tasks)),
            ("ended", Json::string(&*one.ended)),
            ("said", Json::string(&*one.said)),
        ])
    }))
}

fn read(json: &Json) -> Vec<Handed> {
    let count = |one: &Json, at: usize| {
        let counts = one.get("counts").map(Json::items).unwrap_or_default();
        counts.get(at).and_then(Json::as_i64).and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
    };
    let texts = |one: &Json, name: &str| {
        let all = one.get(name).map(Json::items).unwrap_or_default();
        all.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()
    };
    json.items()
        .iter()
        .map(|one| {
            let text = |name: &str| one.str_at(name).unwrap_or_default().to_owned();
            let at = |name: &str| {
                let found = one.str_at(name).and_then(DateTime::parse);
                found.map_or(0, |at| at.low(&continuo_fhir::Zone::utc()).micros())
            };
            Handed {
                id: text("id"),
                from: text("from"),
                to: text("to"),
                by: text("by"),
                at: at("at"),
                until: at("until"),
                words: text("words"),
                counts: (count(one, 0), count(one, 1)),
                people: texts(one, "people"),
                tasks: texts(one, "tasks"),
                ended: text("ended"),
                said: text("said"),
            }
        })
        .collect()
}

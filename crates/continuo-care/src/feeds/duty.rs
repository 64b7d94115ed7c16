//! Who looks into a silence: one Task a silence, with an owner from birth, that ends by itself when the feed sends again.
//!
//! The Task is nobody's in particular and stands on no person's list; the page of feeds and the banner of the worklist show
//! it. Whoever keeps the site running takes it, gives it back, or closes it with a reason, each an undoable commit.

use std::collections::BTreeSet;

use continuo_fhir::{Instant, Json, ResourceType, Zone};
use continuo_store::conn::Conn;
use continuo_store::tables::account;
use continuo_store::tables::feed::{self, Silence};
use continuo_store::{Error as StoreError, OrgId, Reader, Result as StoreResult, Rid, Scope, WriteTx};

use crate::access::{Grant, Permission};
use crate::assess::{LOOP, put};
use crate::ctx::Ctx;
use crate::followup::calendar::Calendar;
use crate::problem::WorkError;
use crate::tasks::OPEN;
use crate::tasks::change::{self, By};
use crate::tasks::make::{self, NewTask, owner_of, set_owner};
use crate::work::Done;

const TASK: ResourceType = ResourceType::of("Task");
/// The kind of its Task.
const KIND: &str = "silent-feed";
/// Hours until somebody must have looked.
const LOOK_WITHIN: i64 = 4;
/// Longest word of whoever looks into a silence.
const LONGEST: usize = 300;
/// Resources of a type that are looked at for what a source brings.
const LOOKED_AT: i64 = 3_000;
/// What a source may bring, in the words of the page, most wanted first.
const BRINGS: [(&str, &str); 12] = [
    ("Encounter", "visits and stays"),
    ("Observation", "results"),
    ("DiagnosticReport", "reports"),
    ("DocumentReference", "documents"),
    ("Appointment", "appointments"),
    ("Condition", "conditions"),
    ("MedicationRequest", "prescriptions"),
    ("ServiceRequest", "orders and referrals"),
    ("Procedure", "procedures"),
    ("Immunization", "vaccines"),
    ("ExplanationOfBenefit", "claims"),
    ("Communication", "messages"),
];

/// Actions on the Task of a silence, which whoever keeps the site running may take back.
pub(crate) const ACTIONS: [&str; 3] = ["look into a silent feed", "give a silent feed back", "close a silent feed"];

/// How the Task of a silence stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duty {
    /// Its id; empty for a silence noticed before there were tasks.
    pub task: String,
    /// Who has it: a person, or the role it waits for.
    pub owner: String,
    /// Somebody looks into it.
    pub taken: bool,
    /// It was closed by a person although the source is silent still: why.
    pub closed: String,
    /// By when somebody should have looked.
    pub due: Option<Instant>,
    /// What was said last.
    pub note: String,
}

/// What a source sends: in words, and of how many people among the newest of each kind.
pub(super) fn brings(reader: &mut Reader<'_>, org: OrgId, source: &str) -> StoreResult<(String, i64)> {
    let mut kinds = Vec::new();
    let mut people = BTreeSet::new();
    for (type_, words) in BRINGS {
        let of = feed::sent_of(reader.conn(), org, source, type_, LOOKED_AT)?;
        if !of.is_empty() {
            kinds.push(words);
        }
        people.extend(of.into_iter().filter(|rid| rid.0 != 0));
    }
    Ok((in_a_row(&kinds), i64::try_from(people.len()).unwrap_or(i64::MAX)))
}

fn in_a_row(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

/// The role a silence waits for: whoever administers, where somebody does; else a supervisor.
fn role(conn: &mut Conn, org: OrgId) -> StoreResult<&'static str> {
    let roles = account::roles_in_use(conn, org)?;
    let is_there = roles.iter().any(|roles| roles.split_whitespace().any(|one| one == "administrator"));
    Ok(if is_there { "role:administrator" } else { "role:supervisor" })
}

/// Opens the Task of a silence and notes the silence.
pub(super) fn open(tx: &mut WriteTx<'_>, mut silence: Silence, name: &str, zone: &Zone) -> StoreResult<()> {
    let (org, now) = (tx.org(), Instant::from_micros(tx.now()));
    let task = tx.new_id();
    let new = NewTask {
        kind: KIND.to_owned(),
        what: format!("Find out why {name} is silent"),
        owner: role(tx.conn()?, org)?.to_owned(),
        fallback: "role:supervisor".to_owned(),
        due: Some(now.plus_seconds(LOOK_WITHIN * 3600)),
        due_rule: format!("{LOOK_WITHIN} hours after the silence was noticed"),
        ..NewTask::default()
    };
    put(tx, make::task(&task, &new, LOOP, now, zone))?;
    silence.task = task;
    feed::notice(tx.conn()?, org, &silence)
}

/// Ends the Task of a silence that is over, and says so in the audit.
pub(super) fn heard_again(tx: &mut WriteTx<'_>, silence: &Silence, calendar: &Calendar) -> StoreResult<()> {
    let (org, now) = (tx.org(), Instant::from_micros(tx.now()));
    tx.audit("a silent feed sends again", Rid(0), &silence.source, "");
    let Some(task) = read(&mut tx.reader()?, org, &silence.task)? else { return Ok(()) };
    let zone = calendar.zone();
    let by = By { who: LOOP, now, zone, calendar, supervisor: false };
    match change::complete(&task, "sends again", "", &by) {
        Ok(done) => put(tx, done).map(|_| ()),
        // A person closed it before.
        Err(_) => Ok(()),
    }
}

fn read(reader: &mut Reader<'_>, org: OrgId, id: &str) -> StoreResult<Option<Json>> {
    if id.is_empty() {
        return Ok(None);
    }
    let scope = Scope::all(org);
    let stored = reader.find(&scope, TASK, id)?;
    Ok(stored.and_then(|stored| stored.bytes).and_then(|bytes| Json::parse(&bytes).ok()))
}

/// How the Task of a silence stands.
pub(super) fn of(reader: &mut Reader<'_>, org: OrgId, silence: &Silence, zone: &Zone) -> StoreResult<Duty> {
    let Some(task) = read(reader, org, &silence.task)? else {
        let (owner, note) = (silence.taken_by.clone(), silence.note.clone());
        return Ok(Duty { taken: !owner.is_empty(), owner, note, ..Duty::default() });
    };
    let status = task.str_at("status").unwrap_or_default();
    let last = task.get("note").and_then(|notes| notes.items().last().and_then(|note| note.str_at("text")));
    let note = last.unwrap_or_default().to_owned();
    let is_open = OPEN.contains(&status);
    Ok(Duty {
        task: silence.task.clone(),
        owner: owner_of(&task),
        taken: status == "in-progress" || !is_open,
        closed: if is_open || silence.ended != 0 { String::new() } else { note.clone() },
        due: change::due_of(&task, zone),
        note,
    })
}

/// Says that the reader looks into a silence, and what they know; everybody who sees the silence reads it.
pub fn take(ctx: &Ctx, source: &str, note: &str) -> Done<()> {
    act(ctx, ACTIONS[0], source, note, |task, note, by| {
        let mut mine = task.clone();
        set_owner(&mut mine, by.who);
        let started = change::start(&mine, by)?;
        if note.is_empty() { Ok(started) } else { change::comment(&started, note, by) }
    })
}

/// Gives a silence back to whoever administers, with the reason.
pub fn give_back(ctx: &Ctx, source: &str, why: &str) -> Done<()> {
    let role = ctx.read(|r| role(r.conn(), ctx.org))?;
    act(ctx, ACTIONS[1], source, why, move |task, why, by| {
        change::hand_over(task, role, why, by).map(|mut task| {
            task.set("status", Json::string("requested"));
            task
        })
    })
}

/// Closes a silence that is known and needs nobody, with the reason. What happened meanwhile stays not known, and the
/// pages go on saying so.
pub fn close(ctx: &Ctx, source: &str, why: &str) -> Done<()> {
    if why.trim().chars().count() < 3 {
        return Err(WorkError::field("why", "say why nobody needs to look into it"));
    }
    act(ctx, ACTIONS[2], source, why, |task, why, by| change::complete(task, "known and planned", why, by))
}

fn act<F>(ctx: &Ctx, action: &'static str, source: &str, words: &str, change: F) -> Done<()>
where
    F: Fn(&Json, &str, &By<'_>) -> Result<Json, change::Refused> + Send + 'static,
{
    ctx.require(Permission::OversightRead)?;
    let words: String = words.trim().chars().take(LONGEST).collect();
    let silence = ctx.read(|r| feed::open_silences(r.conn(), ctx.org))?;
    let silence = silence.into_iter().find(|one| one.source == source);
    let silence = silence.ok_or_else(|| WorkError::NotFound("a silence that lasts".to_owned()))?;
    let calendar = ctx.calendar()?;
    let (ctx_owned, source) = (ctx.clone(), source.to_owned());
    Ok(ctx.write(action, move |tx| {
        let (org, now) = (tx.org(), Instant::from_micros(tx.now()));
        let task = match read(&mut tx.reader()?, org, &silence.task)? {
            Some(task) => task,
            // Noticed before silences were tasks: it gets one now.
            None => {
                let zone = &ctx_owned.zone;
                open(tx, silence.clone(), &source, zone)?;
                let again = feed::open_silences(tx.conn()?, org)?;
                let id = again.into_iter().find(|one| one.source == source).map(|one| one.task).unwrap_or_default();
                read(&mut tx.reader()?, org, &id)?.ok_or_else(|| StoreError::NotFound("this silence".to_owned()))?
            }
        };
        let by =
            By { who: &ctx_owned.actor.reference, now, zone: &ctx_owned.zone, calendar: &calendar, supervisor: true };
        let changed = change(&task, &words, &by).map_err(|refused| StoreError::Refused(refused.to_string()))?;
        tx.audit(action, Rid(0), &source, &words);
        put(tx, changed)?;
        Ok(())
    })?)
}

/// Whether the actor may take back what was done to the Task of a silence.
pub(crate) fn may_undo(grant: &Grant, action: &str) -> bool {
    ACTIONS.contains(&action) && grant.allows(Permission::OversightRead)
}

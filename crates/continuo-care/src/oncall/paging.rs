//! Who is told of a danger, when, and who is next: one chain for the line at the top of every page and for what leaves by
//! a channel (safety.md 7).
//!
//! The owner at once; the first on call at once where no person owns it, else when the owner's minutes have passed; then
//! the next; then every supervisor. "I have it" stops the chain for the minutes of the route: who has not begun by then is
//! told again, and so are the others. Nothing here says what the danger is.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use continuo_fhir::Instant;
use continuo_store::outbox::{self, State};
use continuo_store::tables::page_ack::{self, PageAck};
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::tables::work::{self, Work};
use continuo_store::tables::{account, person};
use continuo_store::{CommitRow, Reader, Scope, WriteTx};

use super::{MOST, Now, OnCall, read, roster};
use crate::access::{EVERYBODY, Grant, Permission, unseen};
use crate::ctx::Ctx;
use crate::followup::calendar::{DAY, MINUTE};
use crate::problem::WorkError;
use crate::work::Done;

/// The kind of a page among the effects of the outbox.
pub(crate) const EFFECT: &str = "page";
/// Pages and acknowledgements older than this are history.
const LATELY: i64 = 7 * DAY;
/// Pages of so long a time that are read.
const PAGES: i64 = 1_000;

/// Why somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// It is theirs.
    Owner,
    /// First on call.
    First,
    /// Next on call.
    Next,
    /// Nobody on call began.
    Supervisor,
}

/// Somebody in the chain, and when their turn comes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Turn {
    who: String,
    step: Step,
    at: i64,
}

/// The chain of one danger. `owner` is a person who is here, or empty.
fn chain(opened: i64, owner: &str, duty: &super::Duty, limit: i64, supervisors: &[String]) -> Vec<Turn> {
    let mut at = opened;
    let mut turns: Vec<Turn> = Vec::new();
    let one = |who: &str, step: Step, at: i64| Turn { who: who.to_owned(), step, at };
    for (who, step) in [(owner, Step::Owner), (&*duty.who, Step::First), (&*duty.then, Step::Next)] {
        if !who.is_empty() && !turns.iter().any(|turn| turn.who == who) {
            turns.push(one(who, step, at));
            at += limit;
        }
    }
    for who in supervisors {
        if !turns.iter().any(|turn| turn.who == *who) {
            turns.push(one(who, Step::Supervisor, at));
        }
    }
    turns
}

/// The key of a piece of work among acknowledgements and pages.
fn key(work: &Work) -> String {
    format!("{}/{}", work.kind, work.id)
}

/// Somebody whose turn has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Due {
    /// The work's key.
    pub(super) work: String,
    /// Since when it waits.
    pub(super) opened: i64,
    /// `Practitioner/..`.
    pub(super) who: String,
    /// Why they.
    pub(super) step: Step,
    /// How often somebody said that they have it, and had not begun.
    pub(super) round: usize,
    /// When the next is told; nothing after the last.
    pub(super) then: Option<i64>,
}

/// What stops or hastens a chain.
#[derive(Default)]
struct Heard {
    acks: Vec<PageAck>,
    /// Work and whoever could not be reached by the channel.
    failed: BTreeSet<(String, String)>,
}

impl Heard {
    fn read(reader: &mut Reader<'_>, ctx: &Ctx) -> continuo_store::Result<Heard> {
        let since = ctx.now().micros() - LATELY;
        let acks = page_ack::since(reader.conn(), ctx.org, since)?;
        let pages = outbox::effects_of_kind(reader.conn(), ctx.org, EFFECT, since, PAGES)?;
        let failed = pages.into_iter().filter(|page| page.state == State::Dead).filter_map(|page| {
            let (work, who) = super::pager::whom(&page)?;
            Some((work, who))
        });
        Ok(Heard { acks, failed: failed.collect() })
    }

    /// Whose turn has come for a danger.
    fn due(&self, danger: &Work, turns: &[Turn], limit: i64, now: i64) -> Vec<Due> {
        let work = key(danger);
        let acks: Vec<&PageAck> = self.acks.iter().filter(|ack| ack.work == work && ack.at >= danger.opened).collect();
        if acks.last().is_some_and(|ack| now < ack.at + limit) {
            return Vec::new();
        }
        let mut due: Vec<Due> = Vec::new();
        // Where somebody cannot be reached the next does not wait for their minutes to pass.
        let mut hastened = false;
        for turn in turns {
            let at = if hastened { turn.at.min(now) } else { turn.at };
            if at > now {
                for earlier in &mut due {
                    earlier.then.get_or_insert(at);
                }
                break;
            }
            hastened = self.failed.contains(&(work.clone(), turn.who.clone()));
            due.push(Due {
                work: work.clone(),
                opened: danger.opened,
                who: turn.who.clone(),
                step: turn.step,
                round: acks.len(),
                then: None,
            });
        }
        due
    }
}

/// Who answers for a kind of danger, and how many microseconds they have.
fn answering<'d>(duties: &'d [Now], danger: &Work) -> Option<(&'d super::Duty, i64)> {
    let duty = duties.iter().find(|duty| duty.route.kinds.contains(&danger.task_kind))?;
    Some((&duty.duty, duty.minutes * MINUTE))
}

/// The owner, where that is a person who is here.
fn owner_here<'w>(danger: &'w Work, on_call: &OnCall, now: Instant) -> &'w str {
    let owner = danger.owner.as_str();
    let is_person = owner.starts_with("Practitioner/") && !roster::is_away(&on_call.away, owner, now);
    if is_person { owner } else { "" }
}

/// Everybody whose turn has come, for whoever tells them. Nobody is told of what their role does not see, unless nobody
/// here sees it.
pub(super) fn everybody(reader: &mut Reader<'_>, ctx: &Ctx) -> continuo_store::Result<Vec<Due>> {
    let now = ctx.now();
    let dangers = work::danger_not_begun(reader.conn(), &Scope::all(ctx.org), MOST)?;
    if dangers.is_empty() {
        return Ok(Vec::new());
    }
    let on_call = read(reader, ctx)?;
    let duties = on_call.now(ctx);
    let heard = Heard::read(reader, ctx)?;
    let accounts = account::accounts_of(reader.conn(), ctx.org)?;
    let working: BTreeMap<&str, Grant> = accounts
        .iter()
        .filter(|one| one.active)
        .map(|one| (one.reference.as_str(), Grant::of_roles(one.roles.split_whitespace())))
        .filter(|(_, grant)| grant.allows(Permission::WorkAct))
        .collect();
    let supervisors: Vec<String> = working
        .iter()
        .filter(|(_, grant)| grant.allows(Permission::CriticalSnooze))
        .map(|(who, _)| (*who).to_owned())
        .collect();
    let mut due = Vec::new();
    for danger in &dangers {
        let Some((duty, limit)) = answering(&duties, danger) else { continue };
        let turns = chain(danger.opened, owner_here(danger, &on_call, now), duty, limit, &supervisors);
        let mut told = heard.due(danger, &turns, limit, now.micros());
        let open = if danger.labels == 0 {
            0
        } else {
            person::opened(reader.conn(), ctx.org, EVERYBODY, danger.patient, now.micros())?
        };
        let closed = danger.labels & !open;
        let somebody_sees = working.values().any(|grant| grant.sees(closed));
        told.retain(|one| {
            let grant = working.get(one.who.as_str());
            grant.is_some_and(|grant| grant.sees(closed) || (!somebody_sees && grant.allows(Permission::BreakGlass)))
        });
        due.extend(told);
    }
    Ok(due)
}

/// Who is told something now: for pages that are open.
pub fn told_now(ctx: &Ctx) -> continuo_store::Result<BTreeSet<String>> {
    let all = ctx.read(|reader| everybody(reader, ctx))?;
    Ok(all.into_iter().filter(|one| one.step != Step::Owner).map(|one| one.who).collect())
}

fn digest(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// A danger that the reader is told of at the top of every page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The work's key, for "I have it"; empty for what nobody here may read.
    pub work: String,
    /// Whose, as far as the reader may see who that is.
    pub person: Option<PersonHeader>,
    /// Since when it waits.
    pub since: Instant,
    /// Why the reader: on call, or because nobody on call has begun.
    pub on_call: bool,
    /// When the next is told.
    pub then: Option<Instant>,
}

/// What the reader is told of, the oldest first, and a number that changes with it; nothing for those who do no work.
pub fn mine(ctx: &Ctx) -> continuo_store::Result<Option<(Vec<Page>, u64)>> {
    if !ctx.grant.allows(Permission::WorkAct) {
        return Ok(None);
    }
    let me = ctx.actor.reference.as_str();
    let now = ctx.now();
    let supervisors: Vec<String> =
        if ctx.grant.allows(Permission::CriticalSnooze) { vec![me.to_owned()] } else { Vec::new() };
    let mut pages = ctx.read(|reader| {
        // Every page waits for this: who can be in no chain is asked no further.
        if supervisors.is_empty() && !super::roster_of(reader, ctx)?.names(me) {
            return Ok(Vec::new());
        }
        let dangers = work::danger_not_begun(reader.conn(), &ctx.scope, MOST)?;
        if dangers.is_empty() {
            return Ok(Vec::new());
        }
        let on_call = read(reader, ctx)?;
        let duties = on_call.now(ctx);
        let heard = Heard::read(reader, ctx)?;
        let mut pages = Vec::new();
        for danger in dangers {
            let Some((duty, limit)) = answering(&duties, &danger) else { continue };
            let turns = chain(danger.opened, owner_here(&danger, &on_call, now), duty, limit, &supervisors);
            let due = heard.due(&danger, &turns, limit, now.micros());
            let Some(one) = due.into_iter().find(|one| one.who == me && one.step != Step::Owner) else { continue };
            let person = person_header::of_patients(reader.conn(), &ctx.scope, &[danger.patient])?.into_iter().next();
            pages.push(Page {
                work: one.work,
                person,
                since: Instant::from_micros(one.opened),
                on_call: one.step != Step::Supervisor,
                then: one.then.map(Instant::from_micros),
            });
        }
        Ok(pages)
    })?;
    pages.extend(unseen::paged(ctx)?.into_iter().map(|one| Page {
        work: String::new(),
        person: one.person,
        since: one.since,
        on_call: one.on_call,
        then: None,
    }));
    pages.sort_by_key(|page| page.since);
    let told: Vec<(&str, i64)> = pages.iter().map(|page| (page.work.as_str(), page.since.micros())).collect();
    let digest = digest(&told);
    Ok(Some((pages, digest)))
}

/// Says "I have it" of what the reader is told of: the others are left alone for the minutes of the route.
pub fn acknowledge(ctx: &Ctx, works: &[String]) -> Done<()> {
    ctx.require(Permission::WorkAct)?;
    let told = mine(ctx)?.map(|(pages, _)| pages).unwrap_or_default();
    let mine: Vec<String> =
        told.into_iter().map(|page| page.work).filter(|work| !work.is_empty() && works.contains(work)).collect();
    if mine.is_empty() {
        return Err(WorkError::Not("somebody has it already, or it was begun: look at the worklist".to_owned()));
    }
    let actor = ctx.actor.reference.clone();
    Ok(ctx.write("acknowledge page", move |tx| {
        let (org, commit, at) = (tx.org(), tx.commit_id(), tx.now());
        for work in mine {
            tx.audit("acknowledge page", continuo_store::Rid(0), &work, "");
            page_ack::add(tx.conn()?, org, &PageAck { work, at, actor: actor.clone() }, commit)?;
        }
        Ok(())
    })?)
}

/// Part of undoing a commit: nobody has it.
pub(crate) fn forget_of_commit(tx: &mut WriteTx<'_>, commit: &CommitRow) -> continuo_store::Result<()> {
    let org = tx.org();
    page_ack::forget_of_commit(tx.conn()?, org, commit.id, commit.at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oncall::Duty;

    fn duty(who: &str, then: &str) -> Duty {
        Duty { who: who.to_owned(), then: then.to_owned() }
    }

    fn told(opened: i64, owner: &str, duty: &Duty) -> Vec<(String, Step, i64)> {
        let supervisors = ["boss".to_owned()];
        chain(opened, owner, duty, 10, &supervisors).into_iter().map(|turn| (turn.who, turn.step, turn.at)).collect()
    }

    #[test]
    fn the_owner_then_the_first_the_next_and_the_supervisors() {
        let s = str::to_owned;
        assert_eq!(
            told(100, "maria", &duty("nurse", "doctor")),
            [
                (s("maria"), Step::Owner, 100),
                (s("nurse"), Step::First, 110),
                (s("doctor"), Step::Next, 120),
                (s("boss"), Step::Supervisor, 130)
            ]
        );
        assert_eq!(
            told(100, "", &duty("nurse", "")),
            [(s("nurse"), Step::First, 100), (s("boss"), Step::Supervisor, 110)]
        );
        assert_eq!(told(100, "", &duty("", "")), [(s("boss"), Step::Supervisor, 100)], "nobody is on call");
        // Whoever stands twice is told once, at the first of their turns.
        assert_eq!(
            told(100, "nurse", &duty("nurse", "boss")),
            [(s("nurse"), Step::Owner, 100), (s("boss"), Step::Next, 110)]
        );
    }
}

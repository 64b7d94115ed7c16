//! Something done to several tasks at once: which of them it may be done to, which stay, and why each stays.
//!
//! A selection is mixed more often than not, since a row of the list is all of one person's work. What may be done is
//! done; what may not stays, and its reason is said before anything is sent (safety.md rule 5).

use std::collections::BTreeMap;

use continuo_fhir::{Instant, Json};
use continuo_store::{Rid, Stored};

use super::{Act, Done, TASK, by, giving, may_say_the_outcome, parse, several};
use crate::access::Permission;
use crate::ctx::Ctx;
use crate::followup::spec;
use crate::problem::WorkError;
use crate::tasks::change::{self, Refused, needs_outcome};
use crate::tasks::view::TaskView;
use crate::tasks::{Kind, kind, view};

/// A task that stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its id.
    pub task: String,
    /// Whose.
    pub patient: Rid,
    /// What it is; private items say only that there is one.
    pub what: String,
    /// Why it stays: a sentence without a capital letter and a stop.
    pub reason: String,
}

/// A selection, parted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parted {
    /// Those it may be done to.
    pub allowed: Vec<String>,
    /// Those that stay.
    pub kept: Vec<Kept>,
    /// Administrative kinds among the selection that may be finished together: code, title, how many.
    pub kinds: Vec<(&'static str, &'static str, usize)>,
    /// The kind that is finished now.
    pub kind: &'static str,
}

/// One task of the selection.
struct One {
    stored: Stored,
    json: Json,
    kind: &'static Kind,
    /// Private, and the reader's role does not open the record: of what kind it is would say what it is about.
    closed: bool,
}

/// Why a private task stays, to whom its own reason would say of what kind it is.
const PRIVATE: &str = "it is private: open it by itself";

/// Parts a selection for something that is to be done. `wanted` is the kind to be finished, where several could be;
/// empty for the one that most are of. Tasks that the reader does not see are left out.
pub fn part(ctx: &Ctx, tasks: &[String], act: &Act, wanted: &str) -> Result<Parted, WorkError> {
    ctx.require(act.permission())?;
    let calendar = ctx.calendar()?;
    let found = ctx.read(|r| {
        let mut found = Vec::new();
        for id in tasks {
            found.extend(r.find(&ctx.scope, TASK, id)?);
        }
        Ok(found)
    })?;
    let opens = ctx.grant.allows(Permission::RecordRead);
    let mut all = Vec::with_capacity(found.len());
    for stored in found {
        let json = parse(stored.bytes.as_deref())?;
        let closed = !opens && is_private(&stored, &view::view(&json, ctx.now(), &calendar));
        all.push(One { kind: kind(change::code_of(&json)), stored, json, closed });
    }
    let finishes = matches!(act, Act::Complete { .. });
    let mut parted = Parted::default();
    if finishes {
        parted.kinds = kinds(&all);
        let chosen = parted.kinds.iter().find(|one| one.0 == wanted).or(parted.kinds.first());
        parted.kind = chosen.map_or("", |one| one.0);
    }
    for one in all {
        let against = against(ctx, &one, act)?.or_else(|| match act.apply(&one.json, &by(ctx, &calendar)) {
            Err(Refused::NeedsOutcome) => Some("its outcome is asked for: finish it by itself".to_owned()),
            Err(Refused::AskAgain) => Some("it has waited twice: open it and say that it is still right".to_owned()),
            Err(refused) => Some(refused.to_string()),
            Ok(_) if finishes && one.kind.code != parted.kind => {
                Some("another kind of work: finish it after".to_owned())
            }
            Ok(_) => None,
        });
        let against = if one.closed && (finishes || against.is_some()) { Some(PRIVATE.to_owned()) } else { against };
        match against {
            None => parted.allowed.push(one.stored.id),
            Some(reason) => parted.kept.push(kept(ctx, &one, reason, &calendar)),
        }
    }
    Ok(parted)
}

/// Does it to those of a selection it may be done to; the others stay. Says which.
pub fn do_allowed(ctx: &Ctx, tasks: &[String], act: Act, wanted: &str) -> Result<(Done<()>, Parted), WorkError> {
    let parted = part(ctx, tasks, &act, wanted)?;
    if parted.allowed.is_empty() {
        return Err(WorkError::Not("none of these can be done so".to_owned()));
    }
    Ok((several(ctx, &parted.allowed, act), parted))
}

/// What stands against it besides the rules of the task itself.
fn against(ctx: &Ctx, one: &One, act: &Act) -> Result<Option<String>, WorkError> {
    let ends = matches!(act, Act::Complete { .. } | Act::Cancel { .. });
    if ends && one.kind.code == crate::scribe::REVIEW {
        return Ok(Some("a review ends on its own page".to_owned()));
    }
    if matches!(act, Act::Complete { .. }) {
        if change::report_asked_of(&one.json).is_some() {
            return Ok(Some("its report is named where the loop of the referral is closed".to_owned()));
        }
        if !may_say_the_outcome(ctx, one.kind.code) {
            return Ok(Some("a licensed person says what came of a safety contact".to_owned()));
        }
        if one.kind.clinical || needs_outcome(one.kind, change::consequence_of(&one.json)) {
            return Ok(Some("its outcome is asked for: finish it by itself".to_owned()));
        }
    }
    if let Act::HandOver { to, .. } = act
        && !to.is_empty()
    {
        let (now, labels) = (ctx.now().micros(), one.stored.labels);
        return Ok(ctx.read(|r| giving::refusal(r.conn(), ctx.org, now, to, one.stored.patient, labels))?);
    }
    Ok(None)
}

/// The kinds that may be finished together, the most frequent first.
fn kinds(all: &[One]) -> Vec<(&'static str, &'static str, usize)> {
    let mut count: BTreeMap<&'static str, (&'static str, usize)> = BTreeMap::new();
    let open = |one: &&One| one.json.str_at("status").is_some_and(|status| crate::tasks::OPEN.contains(&status));
    for one in all.iter().filter(open).filter(|one| !one.closed) {
        let may = !one.kind.clinical && !needs_outcome(one.kind, change::consequence_of(&one.json));
        if may && one.kind.code != crate::scribe::REVIEW && change::report_asked_of(&one.json).is_none() {
            count.entry(one.kind.code).or_insert((one.kind.title, 0)).1 += 1;
        }
    }
    let mut kinds: Vec<_> = count.into_iter().map(|(code, (title, count))| (code, title, count)).collect();
    kinds.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
    kinds
}

fn kept(ctx: &Ctx, one: &One, reason: String, calendar: &crate::followup::calendar::Calendar) -> Kept {
    let now: Instant = ctx.now();
    let shown = view::view(&one.json, now, calendar);
    let what = match (is_private(&one.stored, &shown), shown.what) {
        (true, _) => "Private item".to_owned(),
        (false, what) if what.is_empty() => one.kind.title.to_owned(),
        (false, what) => what,
    };
    Kept { task: shown.id, patient: one.stored.patient, what, reason }
}

/// Whether a task rests on a closed record or on a rule whose name alone says what is the matter.
fn is_private(stored: &Stored, shown: &TaskView) -> bool {
    let rule = shown.finding.split('|').next().unwrap_or_default();
    stored.labels != 0 || spec(rule).is_some_and(|spec| spec.sensitive)
}

//! What was done, in a form people recognize: the action of a commit and the people it touched. For toasts and lists.

use continuo_fhir::Instant;
use continuo_store::CommitId;
use continuo_store::tables::decision;
use continuo_store::tables::person_header::{self, PersonHeader};

use crate::ctx::Ctx;
use crate::problem::WorkError;

/// One action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The commit's number, for undo.
    pub commit: i64,
    /// When.
    pub at: Instant,
    /// The commit's name: "complete task".
    pub what: String,
    /// People it touched, as this reader may see them.
    pub people: Vec<PersonHeader>,
    /// It was undone.
    pub undone: bool,
    /// It is itself an undo.
    pub is_undo: bool,
    /// The commit's name of what it undid; empty for everything else.
    pub undid: String,
    /// It cannot be taken back.
    pub lasting: bool,
}

/// Names of commits that are no actions of a person on the record: keeping a session, remembering a look.
const QUIET: [&str; 15] = [
    "lock",
    "touch session",
    "try to sign in",
    "sign in",
    "try to unlock",
    "try to change password",
    "try to set up a second factor",
    "begin sign in",
    "end sign in",
    "unlock",
    "sign out",
    "look at chart",
    "change preferences",
    "count presses",
    "save view",
];

/// Actions that cannot be taken back: what was seen was seen, what left has left, and secrets are not given back.
pub(crate) const LASTING: [&str; 31] = [
    "review opening",
    "confirm consent",
    "emergency access",
    "end emergency access",
    "review emergency access",
    "export registry",
    "make API token",
    "withdraw API token",
    "make accounts",
    "open account",
    "close account",
    "change account",
    "reset password",
    "change password",
    "unlock account",
    "set second factor",
    "remove second factor",
    "end sessions",
    "end other sessions",
    "link account to the provider",
    "take the provider's link away",
    "set rule",
    // Kept in their own history, not among resources: the switch is set back by hand, with its reason.
    "switch rule",
    "switch rules",
    "set measure",
    "receive document",
    "set note format",
    "set clinic phone",
    "ask a language model about messages",
    "add team",
    "rename team",
];

/// One of the reader's own actions; nothing for anybody else's.
pub fn describe(ctx: &Ctx, commit: i64) -> Result<Option<Action>, WorkError> {
    let found = ctx.read(|r| r.commit(ctx.org, CommitId(commit)))?;
    found.filter(|row| row.actor == ctx.actor.reference).map(|row| action(ctx, row)).transpose()
}

/// Bookkeeping that follows a look, beside whatever was asked for.
const BESIDE: [&str; 3] = ["touch session", "look at chart", "count presses"];
/// How old what was just done may be.
const JUST_NOW: i64 = 10_000_000;

/// What the actor did a moment ago: for use cases that do not hand their commit back. In a second tab it may be that
/// tab's action, which is the same person's and as true.
pub fn newest(ctx: &Ctx) -> continuo_store::Result<Option<CommitId>> {
    let since = ctx.now().micros() - JUST_NOW;
    let rows = ctx.read(|r| r.commits_of_actor(ctx.org, &ctx.actor.reference, 5))?;
    Ok(rows.into_iter().find(|row| row.at >= since && !BESIDE.contains(&row.action.as_str())).map(|row| row.id))
}

/// The reader's actions since a moment, newest first.
pub fn recent(ctx: &Ctx, since: Instant, most: i64) -> Result<Vec<Action>, WorkError> {
    let rows = ctx.read(|r| r.commits_of_actor(ctx.org, &ctx.actor.reference, most))?;
    rows.into_iter()
        .filter(|row| row.at >= since.micros() && !QUIET.contains(&row.action.as_str()))
        .map(|row| action(ctx, row))
        .collect()
}

fn action(ctx: &Ctx, row: continuo_store::CommitRow) -> Result<Action, WorkError> {
    let (people, undid) = ctx.read(|r| {
        let mut patients = r.patients_of_commit(ctx.org, row.id)?;
        patients.extend(decision::of_commit(r.conn(), ctx.org, row.id)?.into_iter().map(|one| one.patient));
        patients.extend(crate::identity::undo::records_of(r, ctx, row.id)?);
        patients = r.persons_of(ctx.org, &patients)?;
        patients.sort();
        patients.dedup();
        let undid = match row.undoes {
            Some(undone) => r.commit(ctx.org, undone)?.map(|undone| undone.action).unwrap_or_default(),
            None => String::new(),
        };
        Ok((person_header::of_patients(r.conn(), &ctx.scope, &patients)?, undid))
    })?;
    Ok(Action {
        commit: row.id.0,
        at: Instant::from_micros(row.at),
        lasting: LASTING.contains(&row.action.as_str()),
        what: row.action,
        people,
        undone: row.undone_by.is_some(),
        is_undo: row.undoes.is_some(),
        undid,
    })
}

/// Takes back an action by its number.
pub fn undo(ctx: &Ctx, commit: i64) -> crate::work::Done<()> {
    crate::work::undo(ctx, CommitId(commit))
}

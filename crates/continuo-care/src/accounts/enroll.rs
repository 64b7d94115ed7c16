//! Setting up a second factor, changing the password, and ending sessions: what a person does to their own account.

use std::sync::Arc;

use continuo_store::tables::{account, session};
use continuo_store::{Error, WriteContext};

use super::attempt::{self, Origin};
use super::first;
use super::session::{SignedIn, Verdict, open_known};
use super::{Credentials, Secret, SignInError, TotpSecret, hash_password, totp_matches, verify_password};
use crate::ctx::{Care, Ctx};
use crate::problem::WorkError;

/// A key for an authenticator app, to be kept only once a code made with it has been shown.
pub fn new_key(care: &Care) -> String {
    TotpSecret::new(care.entropy.as_ref()).base32()
}

/// Sets up the second factor of an account that has none, with its password and a code made with the new key, and signs
/// in. Whoever knows the password of an account that was never used with a second factor is its owner; an account that
/// has one is changed only by an administrator.
pub fn enroll(care: &Arc<Care>, given: &Credentials, key: &str, from: &Origin) -> Result<SignedIn, SignInError> {
    let login = given.login.trim().to_lowercase();
    let found = care.store.read(|r| account::account_by_login(r.conn(), &login))?;
    let now = care.store.clock().now().micros();
    let is_open = |one: &account::Account| one.active && one.totp.is_none() && !one.password.is_empty();
    let found = found.filter(|one| is_open(one) && !first::has_lapsed(one, now));
    let Some(who) = found else { return Err(SignInError::Wrong) };
    let Some(tried) = attempt::count(care, &who, from, "try to set up a second factor")? else {
        return Err(SignInError::Wrong);
    };
    if !verify_password(&given.password, &who.password) {
        return Err(SignInError::Wrong);
    }
    let secret = TotpSecret::parse(key).ok_or(SignInError::Wrong)?;
    let seconds = u64::try_from(now / 1_000_000).unwrap_or(0);
    let step = totp_matches(&secret, &given.code, seconds, 0).ok_or(SignInError::Wrong)?;
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    let (org, id, password, bytes) = (who.org, who.id, who.password.clone(), secret.as_bytes().to_vec());
    let (kept, settled) = (bytes.clone(), tried.clone());
    let set = care.store.write(&WriteContext::new(org, &who.reference, "set second factor"), move |tx| {
        let Some(mut row) = account::account_by_id(tx.conn()?, org, id)? else { return Ok(false) };
        if !row.active || row.totp.is_some() || row.password != password || settled.is_overtaken(tx, &row)? {
            return Ok(false);
        }
        row.totp = Some(kept);
        let conn = tx.conn()?;
        account::put_account(conn, &row)?;
        tx.commit_id();
        Ok(true)
    })?;
    if !set.value {
        return Err(SignInError::Wrong);
    }
    open_known(care, &who, tried, from, move |current| {
        let same = current.active && current.totp.as_ref() == Some(&bytes) && current.totp_step < step;
        if same { Verdict::Right(step) } else { Verdict::Refused }
    })
}

/// Changes the reader's own password; their other sessions end.
pub fn change_password(ctx: &Ctx, presented: &str, old: &str, new: &str) -> Result<(), WorkError> {
    let found = ctx.read(|r| account::account_by_id(r.conn(), ctx.org, ctx.actor.account))?;
    let who = found.filter(|one| one.active).ok_or_else(|| WorkError::NotFound("the account".to_owned()))?;
    let wait = || WorkError::field("old", "this is not your password; after five wrong tries you have to wait a while");
    let keep = Secret::hash(presented);
    let tried = attempt::count_in_session(ctx.care(), &who, &keep, "try to change password")?.ok_or_else(wait)?;
    if !verify_password(old, &who.password) {
        return Err(wait());
    }
    if old == new {
        return Err(WorkError::field("new", "choose another password than the one you have"));
    }
    let hash =
        hash_password(new, ctx.care().entropy.as_ref()).map_err(|error| WorkError::field("new", error.to_string()))?;
    let (org, id) = (ctx.org, ctx.actor.account);
    ctx.write("change password", move |tx| {
        tx.commit_id();
        let Some(mut row) = account::account_by_id(tx.conn()?, org, id)? else { return Ok(()) };
        if tried.is_overtaken(tx, &row)? || row.password != who.password {
            return Err(Error::Refused("the account was changed a moment ago: try again".to_owned()));
        }
        row.password = hash;
        row.must_change = false;
        tried.was_right(tx, &row)?;
        let conn = tx.conn()?;
        account::put_account(conn, &row)?;
        session::end_other_sessions(conn, org, id, &keep)
    })?;
    Ok(())
}

/// A session of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSession {
    /// Signed in at, in microseconds.
    pub created: i64,
    /// Last used at.
    pub seen: i64,
    /// Idle and locked.
    pub locked: bool,
    /// The one that asks.
    pub this: bool,
}

/// The reader's own sessions, newest first.
pub fn own_sessions(ctx: &Ctx, presented: &str) -> Result<Vec<OwnSession>, WorkError> {
    let hash = Secret::hash(presented);
    let all = ctx.read(|r| session::sessions_of(r.conn(), ctx.org, ctx.actor.account))?;
    Ok(all
        .into_iter()
        .map(|one| OwnSession { created: one.created, seen: one.seen, locked: one.locked, this: one.hash == hash })
        .collect())
}

/// Ends the reader's other sessions.
pub fn end_others(ctx: &Ctx, presented: &str) -> Result<(), WorkError> {
    let (org, id, keep) = (ctx.org, ctx.actor.account, Secret::hash(presented));
    ctx.write("end other sessions", move |tx| {
        tx.commit_id();
        session::end_other_sessions(tx.conn()?, org, id, &keep)
    })?;
    Ok(())
}

/// Whether the reader's account has a second factor.
pub fn has_second_factor(ctx: &Ctx) -> Result<bool, WorkError> {
    let found = ctx.read(|r| account::account_by_id(r.conn(), ctx.org, ctx.actor.account))?;
    Ok(found.is_some_and(|one| one.totp.is_some()))
}

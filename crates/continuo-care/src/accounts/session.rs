//! Signing in, staying signed in, signing out.
//!
//! A session is idle-locked after [`IDLE`] and ends after [`LONGEST`]. Locking keeps drafts and an open call: the
//! person unlocks with the password alone. Wrong passwords slow the account down, never the clinic.

use std::sync::Arc;

use continuo_fhir::date::{Instant, Zone};
use continuo_store::tables::{account, org, session, team};
use continuo_store::{OrgId, WriteContext};

use super::password::verify_password;
use super::secret::Secret;
use super::totp::{TotpSecret, totp_matches};
use crate::access::{self, Grant};
use crate::ctx::{Actor, Care, Ctx};

/// Minutes without a request after which a session locks (reliability goal A9), in microseconds.
pub const IDLE: i64 = 15 * MINUTE;
/// A session ends after this long whatever happens: one working day.
pub const LONGEST: i64 = 12 * 60 * MINUTE;
const MINUTE: i64 = 60_000_000;
/// A session row is touched at most this often, so that reading pages does not mean writing.
const TOUCH: i64 = MINUTE;
/// Wrong passwords in a row before the account waits.
const FREE_TRIES: i64 = 5;

/// A hash of no password, so that an unknown login takes as long as a wrong password.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why somebody was not signed in. The sentence never says whether the login exists.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Unknown login, wrong password or wrong code.
    #[error("the name, password or code is not right")]
    Wrong,
    /// Too many wrong tries.
    #[error("too many tries; wait a minute and try again")]
    Wait,
    /// The role needs a second factor and none is set up.
    #[error("this account needs a second factor before it can be used; ask your administrator")]
    NeedsSecondFactor,
    /// The store could not answer.
    #[error(transparent)]
    Store(#[from] continuo_store::Error),
}

/// What a sign-in form holds.
#[derive(Clone)]
pub struct Credentials {
    /// Login.
    pub login: String,
    /// Password.
    pub password: String,
    /// Six digits of the authenticator app; may be empty.
    pub code: String,
}

/// Signs somebody in with password and, where set up, code. Returns the secret of the new session.
pub fn sign_in(care: &Arc<Care>, given: &Credentials) -> Result<Secret, SignInError> {
    let now = care.store.clock().now().micros();
    let login = given.login.trim().to_lowercase();
    let found = care.store.read(|r| account::account_by_login(r.conn(), &login))?.filter(|a| a.active);
    let hash = found.as_ref().map_or(NOBODY, |a| if a.password.is_empty() { NOBODY } else { &a.password });
    let right = verify_password(&given.password, hash);
    let Some(mut who) = found else { return Err(SignInError::Wrong) };
    if who.locked_until > now {
        return Err(SignInError::Wait);
    }
    let step = who.totp.as_deref().map(|secret| {
        let seconds = u64::try_from(now / 1_000_000).unwrap_or(0);
        let used = u64::try_from(who.totp_step).unwrap_or(0);
        totp_matches(&TotpSecret::from_bytes(secret), &given.code, seconds, used)
    });
    if !right || step == Some(None) {
        who.failed += 1;
        if who.failed >= FREE_TRIES {
            // 30 s, doubling with each further try, at most 15 minutes.
            let factor = 1_i64 << (who.failed - FREE_TRIES).clamp(0, 5);
            who.locked_until = now + (MINUTE / 2 * factor).min(15 * MINUTE);
        }
        keep(care, who, "sign in refused")?;
        return Err(SignInError::Wrong);
    }
    if step.is_none() && Grant::of_roles(who.roles.split_whitespace()).needs_second_factor() && !who.one_click {
        return Err(SignInError::NeedsSecondFactor);
    }
    who.failed = 0;
    who.totp_step = step.flatten().map_or(who.totp_step, |step| i64::try_from(step).unwrap_or(i64::MAX));
    open(care, who)
}

/// Signs in one of the demo's people by one click.
pub fn sign_in_one_click(care: &Arc<Care>, org: OrgId, id: i64) -> Result<Secret, SignInError> {
    let found = care.store.read(|r| account::account_by_id(r.conn(), org, id))?;
    open(care, found.filter(|a| a.active && a.one_click).ok_or(SignInError::Wrong)?)
}

/// The people the sign-in page offers by one click: none outside the demo.
pub fn one_click(care: &Care) -> Result<Vec<account::Account>, continuo_store::Error> {
    care.store.read(|r| account::one_click_accounts(r.conn()))
}

fn open(care: &Arc<Care>, who: account::Account) -> Result<Secret, SignInError> {
    let now = care.store.clock().now().micros();
    let secret = Secret::new("", care.entropy.as_ref());
    let row = session::Session {
        hash: Secret::hash(secret.expose()),
        org: who.org,
        account: who.id,
        created: now,
        seen: now,
        locked: false,
    };
    let context = WriteContext::new(who.org, &who.reference, "sign in");
    care.store.write(&context, move |tx| {
        account::put_account(tx.conn()?, &who)?;
        session::add_session(tx.conn()?, &row)
    })?;
    Ok(secret)
}

fn keep(care: &Care, who: account::Account, action: &str) -> Result<(), SignInError> {
    let context = WriteContext::new(who.org, &who.reference, action);
    care.store.write(&context, move |tx| account::put_account(tx.conn()?, &who).map(|_| ()))?;
    Ok(())
}

/// Whether a cookie still stands for somebody.
pub enum Standing {
    /// No such session, or it has ended.
    Nobody,
    /// Idle for too long: only unlocking is possible. Says who.
    Locked(String),
    /// Signed in.
    Open(Box<Ctx>),
}

/// Who a session cookie stands for.
pub fn standing(care: &Arc<Care>, presented: &str) -> Result<Standing, continuo_store::Error> {
    if presented.is_empty() || presented.len() > 200 {
        return Ok(Standing::Nobody);
    }
    let now = care.store.clock().now().micros();
    let hash = Secret::hash(presented);
    let found = care.store.read(|r| {
        let Some(row) = session::session_by_hash(r.conn(), &hash)? else { return Ok(None) };
        let who = account::account_by_id(r.conn(), row.org, row.account)?;
        let zone = org::zone(r.conn(), row.org)?;
        let teams = team::teams_of_account(r.conn(), row.org, row.account)?.iter().map(|t| t.id).collect::<Vec<_>>();
        Ok(Some((row, who, zone, teams)))
    })?;
    let Some((row, Some(who), zone, teams)) = found else { return Ok(Standing::Nobody) };
    // A clock that jumps back must not lengthen a session.
    let age = now - row.created;
    if !who.active || !(0..=LONGEST).contains(&age) {
        return Ok(Standing::Nobody);
    }
    let idle = now - row.seen;
    if row.locked || idle > IDLE {
        if !row.locked {
            touch(care, &row, row.seen, true)?;
        }
        return Ok(Standing::Locked(who.login));
    }
    if idle > TOUCH {
        touch(care, &row, now, false)?;
    }
    let grant = Grant::of_roles(who.roles.split_whitespace());
    let scope = access::scope_of(row.org, who.id, &teams, &grant, Instant::from_micros(now));
    let actor = Actor { reference: who.reference, name: who.name, account: who.id };
    let zone = zone.as_deref().and_then(Zone::named).unwrap_or_else(Zone::utc);
    let mut ctx = Ctx::new(Arc::clone(care), row.org, zone, actor, grant, scope);
    ctx.preferences = who.preferences;
    ctx.session_key = Secret::hash(&format!("form token of {presented}"));
    Ok(Standing::Open(Box::new(ctx)))
}

/// Unlocks an idle session with the password alone.
pub fn unlock(care: &Arc<Care>, presented: &str, password: &str) -> Result<(), SignInError> {
    let hash = Secret::hash(presented);
    let now = care.store.clock().now().micros();
    let found = care.store.read(|r| {
        let Some(row) = session::session_by_hash(r.conn(), &hash)? else { return Ok(None) };
        Ok(account::account_by_id(r.conn(), row.org, row.account)?.map(|who| (row, who)))
    })?;
    let Some((row, mut who)) = found else { return Err(SignInError::Wrong) };
    if who.locked_until > now {
        return Err(SignInError::Wait);
    }
    if !who.one_click && !verify_password(password, &who.password) {
        who.failed += 1;
        if who.failed >= FREE_TRIES {
            who.locked_until = now + MINUTE / 2;
        }
        keep(care, who, "unlock refused")?;
        return Err(SignInError::Wrong);
    }
    touch(care, &row, now, false)?;
    Ok(())
}

/// Keeps somebody's choice of language, colors, row height and keys.
pub fn set_preferences(ctx: &Ctx, preferences: &str) -> Result<(), continuo_store::Error> {
    let (org, account, preferences) = (ctx.org, ctx.actor.account, preferences.to_owned());
    ctx.write("change preferences", move |tx| {
        let Some(mut row) = account::account_by_id(tx.conn()?, org, account)? else { return Ok(()) };
        row.preferences = preferences;
        account::put_account(tx.conn()?, &row).map(|_| ())
    })?;
    Ok(())
}

/// Ends a session.
pub fn sign_out(care: &Arc<Care>, ctx: &Ctx, presented: &str) -> Result<(), continuo_store::Error> {
    let hash = Secret::hash(presented);
    care.store.write(&WriteContext::new(ctx.org, &ctx.actor.reference, "sign out"), move |tx| {
        session::end_session(tx.conn()?, &hash)
    })?;
    Ok(())
}

fn touch(care: &Care, row: &session::Session, seen: i64, locked: bool) -> Result<(), continuo_store::Error> {
    let hash = row.hash.clone();
    care.store.write(&WriteContext::new(row.org, "system/session", "touch session"), move |tx| {
        session::touch_session(tx.conn()?, &hash, seen, locked)
    })?;
    Ok(())
}

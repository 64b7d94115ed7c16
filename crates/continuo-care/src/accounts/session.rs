//! Signing in, staying signed in, signing out.
//!
//! A session is idle-locked after [`IDLE`] and ends after [`LONGEST`]. Locking keeps drafts and an open call: the
//! person unlocks with the password alone. Wrong passwords slow down where they come from ([`super::attempt`]).

use std::sync::Arc;

use continuo_fhir::date::{Instant, Zone};
use continuo_store::tables::{account, org, provider, session, sign_in_place, team};
use continuo_store::{OrgId, WriteContext, WriteTx};

use super::attempt::{self, Attempt, Origin};
use super::first;
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

/// A hash of no password, so that an unknown login takes as long as a wrong password.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why somebody was not signed in. The sentence never says whether the login exists.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Unknown login, wrong password or wrong code, or a login that waits after too many of them.
    #[error("the name, password or code is not right; after five wrong tries no other is taken from here for a while")]
    Wrong,
    /// Too many wrong tries to unlock.
    #[error("too many tries; wait a minute and try again")]
    Wait,
    /// The role needs a second factor and none is set up.
    #[error("this account needs a second factor before it can be used")]
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

/// A new session, and the browser that is known from now on.
pub struct SignedIn {
    /// The session's secret.
    pub session: Secret,
    /// The browser's new secret; `None` where it presented one that is known.
    pub browser: Option<Secret>,
}

/// Signs somebody in with password and, where set up, code.
///
/// The try is counted before it is judged and settled against the account as it then is: tries side by side share one
/// count, one code passes once, and nothing that an administrator changes meanwhile is lost. A login that waits
/// answers like a wrong password, right or not, so that neither logins nor passwords can be found out.
pub fn sign_in(care: &Arc<Care>, given: &Credentials, from: &Origin) -> Result<SignedIn, SignInError> {
    let login = given.login.trim().to_lowercase();
    let found = care.store.read(|r| account::account_by_login(r.conn(), &login))?.filter(|a| a.active);
    let tried = match &found {
        Some(who) => attempt::count(care, who, from, "try to sign in")?,
        None => None,
    };
    let hash = found.as_ref().map_or(NOBODY, |a| if a.password.is_empty() { NOBODY } else { &a.password });
    let right = verify_password(&given.password, hash);
    let now = care.store.clock().now().micros();
    let taken = found.filter(|who| right && !first::has_lapsed(who, now));
    let (Some(who), Some(tried)) = (taken, tried) else { return Err(SignInError::Wrong) };
    let step = match who.totp.as_deref() {
        None => 0,
        Some(secret) => {
            let seconds = u64::try_from(now / 1_000_000).unwrap_or(0);
            let used = u64::try_from(who.totp_step).unwrap_or(0);
            let step = totp_matches(&TotpSecret::from_bytes(secret), &given.code, seconds, used);
            i64::try_from(step.ok_or(SignInError::Wrong)?).unwrap_or(i64::MAX)
        }
    };
    let verified = who.clone();
    open_known(care, &who, tried, from, move |current| {
        let same = current.active && current.password == verified.password && current.totp == verified.totp;
        let used_up = current.totp.is_some() && step <= current.totp_step;
        if !same || used_up {
            return Verdict::Refused;
        }
        let grant = Grant::of_roles(current.roles.split_whitespace());
        if current.totp.is_none() && grant.needs_second_factor() && !current.one_click {
            return Verdict::NeedsSecondFactor;
        }
        Verdict::Right(step)
    })
}

/// Signs in one of the demo's people by one click.
pub fn sign_in_one_click(care: &Arc<Care>, org: OrgId, id: i64) -> Result<Secret, SignInError> {
    let found = care.store.read(|r| account::account_by_id(r.conn(), org, id))?;
    open(care, &found.ok_or(SignInError::Wrong)?, |current| {
        if current.active && current.one_click { Verdict::Right(0) } else { Verdict::Refused }
    })
}

/// The people the sign-in page offers by one click: none outside the demo.
pub fn one_click(care: &Care) -> Result<Vec<account::Account>, continuo_store::Error> {
    care.store.read(|r| account::one_click_accounts(r.conn()))
}

/// What becomes of a try once the account is read again.
#[derive(Clone, Copy)]
pub(super) enum Verdict {
    /// It stays counted.
    Refused,
    /// The password is right, yet without a second factor the role stays closed.
    NeedsSecondFactor,
    /// Right, with this step of the second factor; 0 without one.
    Right(i64),
}

/// Begins a session if `judge` finds the account, as it is inside the write, in order.
pub(super) fn open(
    care: &Care,
    who: &account::Account,
    judge: impl FnOnce(&account::Account) -> Verdict + Send + 'static,
) -> Result<Secret, SignInError> {
    begin(care, who, judge, |tx, current, _| {
        account::note_success(tx.conn()?, current.org, current.id)?;
        Ok(true)
    })
}

/// The same after a password that was tried and right: its try is settled, and the browser is known from now on.
pub(super) fn open_known(
    care: &Care,
    who: &account::Account,
    tried: Attempt,
    from: &Origin,
    judge: impl FnOnce(&account::Account) -> Verdict + Send + 'static,
) -> Result<SignedIn, SignInError> {
    let presented = match from.browser() {
        Some(place) => care.store.read(|r| sign_in_place::is_known(r.conn(), &place))?.then_some(place),
        None => None,
    };
    // What was planted or made up elsewhere becomes no browser of ours.
    let fresh = presented.is_none().then(|| Secret::new("", care.entropy.as_ref()));
    let place =
        fresh.as_ref().and_then(|secret| Origin { browser: secret.expose().to_owned(), ..Origin::default() }.browser());
    let place = presented.or(place).unwrap_or_default();
    let session = begin(care, who, judge, move |tx, current, verdict| {
        if tried.is_overtaken(tx, current)? {
            return Ok(false);
        }
        tried.was_right(tx, current)?;
        if matches!(verdict, Verdict::Right(_)) {
            attempt::know(tx, current, &place)?;
        }
        Ok(true)
    })?;
    Ok(SignedIn { session, browser: fresh })
}

/// `settle` has the last word on what was judged right, and forgets the tries before.
fn begin(
    care: &Care,
    who: &account::Account,
    judge: impl FnOnce(&account::Account) -> Verdict + Send + 'static,
    settle: impl FnOnce(&mut WriteTx<'_>, &account::Account, Verdict) -> continuo_store::Result<bool> + Send + 'static,
) -> Result<Secret, SignInError> {
    let (org, id) = (who.org, who.id);
    let secret = Secret::new("", care.entropy.as_ref());
    let hash = Secret::hash(secret.expose());
    let verdict = care.store.write(&WriteContext::new(org, &who.reference, "sign in"), move |tx| {
        let now = tx.now();
        let Some(current) = account::account_by_id(tx.conn()?, org, id)? else { return Ok(Verdict::Refused) };
        let verdict = judge(&current);
        if matches!(verdict, Verdict::Refused) || !settle(tx, &current, verdict)? {
            return Ok(Verdict::Refused);
        }
        if let Verdict::Right(step) = verdict {
            // Nothing of the record changes, yet who came and went stands in the audit.
            tx.commit_id();
            let conn = tx.conn()?;
            account::note_step(conn, org, id, step)?;
            let row = session::Session { hash, org, account: id, created: now, seen: now, locked: false };
            session::add_session(conn, &row)?;
        }
        Ok(verdict)
    })?;
    match verdict.value {
        Verdict::Refused => Err(SignInError::Wrong),
        Verdict::NeedsSecondFactor => Err(SignInError::NeedsSecondFactor),
        Verdict::Right(_) => Ok(secret),
    }
}

/// Whether a cookie still stands for somebody.
pub enum Standing {
    /// No such session, or it has ended.
    Nobody,
    /// Idle for too long, or locked by hand: only unlocking is possible.
    Locked(Locked),
    /// Signed in.
    Open(Box<Ctx>),
}

/// Whose session is locked, and what opens it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locked {
    /// Their name.
    pub name: String,
    /// Their `Practitioner/ID`.
    pub who: String,
    /// What opens it.
    pub keys: Keys,
}

/// What opens a locked session again; neither: a press is enough, as for the demo's people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// The account's password.
    pub password: bool,
    /// Signing in with the site's provider once more.
    pub provider: bool,
}

/// Who a session cookie stands for. Asking keeps the session awake.
pub fn standing(care: &Arc<Care>, presented: &str) -> Result<Standing, continuo_store::Error> {
    look(care, presented, Asked::ByPerson)
}

/// The same for what no person asked: an open page that is told something stays as idle as it was.
pub fn standing_unasked(care: &Arc<Care>, presented: &str) -> Result<Standing, continuo_store::Error> {
    look(care, presented, Asked::ByNobody)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    ByPerson,
    ByNobody,
}

fn look(care: &Arc<Care>, presented: &str, asked: Asked) -> Result<Standing, continuo_store::Error> {
    if presented.is_empty() || presented.len() > 200 {
        return Ok(Standing::Nobody);
    }
    let now = care.store.clock().now().micros();
    let hash = Secret::hash(presented);
    let found = care.store.read(|r| {
        let Some(row) = session::session_by_hash(r.conn(), &hash)? else { return Ok(None) };
        let who = account::account_by_id(r.conn(), row.org, row.account)?;
        let zone = org::zone(r.conn(), row.org)?;
        let teams = team::teams_of_account(r.conn(), row.org, row.account)?;
        let issuer = care.outside.services.sign_in.as_ref().map(|settings| settings.issuer.as_str());
        let provider = match issuer {
            Some(issuer) => provider::links(r.conn(), row.org, row.account)?.iter().any(|(by, _)| by == issuer),
            None => false,
        };
        Ok(Some((row, who, zone, teams, provider)))
    })?;
    let Some((row, Some(who), zone, teams, provider)) = found else { return Ok(Standing::Nobody) };
    // A clock that jumps back must not lengthen a session.
    let age = now - row.created;
    if !who.active || !(0..=LONGEST).contains(&age) {
        return Ok(Standing::Nobody);
    }
    let keys = Keys { password: !who.one_click && !who.password.is_empty(), provider };
    let idle = now - row.seen;
    if row.locked || idle > IDLE {
        if !row.locked && asked == Asked::ByPerson {
            touch(care, &row, row.seen, true)?;
        }
        return Ok(Standing::Locked(Locked { name: who.name, who: who.reference, keys }));
    }
    if idle > TOUCH && asked == Asked::ByPerson {
        touch(care, &row, now, false)?;
    }
    let grant = Grant::of_roles(who.roles.split_whitespace());
    let numbers: Vec<i64> = teams.iter().map(|team| team.id).collect();
    let scope = access::scope_of(row.org, who.id, &numbers, &grant, Instant::from_micros(now));
    let names = teams.iter().map(|team| team.reference.as_str()).chain([who.reference.as_str()]);
    let scope = access::known_as(scope, names, &grant);
    let actor = Actor { reference: who.reference, name: who.name, account: who.id };
    let zone = zone.as_deref().and_then(Zone::named).unwrap_or_else(Zone::utc);
    let mut ctx = Ctx::new(Arc::clone(care), row.org, zone, actor, grant, scope);
    ctx.preferences = who.preferences;
    ctx.keys = keys;
    // Whoever comes in by the provider never typed that password.
    ctx.must_change = who.must_change && keys.password && !keys.provider;
    ctx.session_key = Secret::hash(&format!("form token of {presented}"));
    Ok(Standing::Open(Box::new(ctx)))
}

/// Unlocks an idle session with the password alone. Wrong tries make this session wait, whatever others try elsewhere.
pub fn unlock(care: &Arc<Care>, presented: &str, password: &str) -> Result<(), SignInError> {
    let hash = Secret::hash(presented);
    let found = care.store.read(|r| {
        let Some(row) = session::session_by_hash(r.conn(), &hash)? else { return Ok(None) };
        account::account_by_id(r.conn(), row.org, row.account)
    })?;
    let Some(who) = found.filter(|who| who.active) else { return Err(SignInError::Wrong) };
    let mut tried = None;
    // Whoever has no password has nothing that could be tried: their provider unlocks.
    if who.password.is_empty() && !who.one_click {
        return Err(SignInError::Wrong);
    }
    if !who.one_click {
        // Whoever holds the session knows that the login exists, so the wait need not be hidden.
        let counted = attempt::count_in_session(care, &who, &hash, "try to unlock")?.ok_or(SignInError::Wait)?;
        if !verify_password(password, &who.password) {
            return Err(SignInError::Wrong);
        }
        tried = Some(counted);
    }
    let context = WriteContext::new(who.org, &who.reference, "unlock");
    let unlocked = care.store.write(&context, move |tx| {
        let now = tx.now();
        let Some(current) = account::account_by_id(tx.conn()?, who.org, who.id)? else { return Ok(false) };
        if !(current.active && current.password == who.password && current.one_click == who.one_click) {
            return Ok(false);
        }
        if let Some(tried) = &tried {
            if tried.is_overtaken(tx, &current)? {
                return Ok(false);
            }
            tried.was_right(tx, &current)?;
        }
        tx.commit_id();
        let conn = tx.conn()?;
        // A session that was ended meanwhile has no row to touch and stays ended.
        session::touch_session(conn, &hash, now, false)?;
        Ok(true)
    })?;
    if unlocked.value { Ok(()) } else { Err(SignInError::Wrong) }
}

/// Locks a session at once: whoever sits down next finds nothing of it.
pub fn lock(care: &Arc<Care>, ctx: &Ctx, presented: &str) -> Result<(), continuo_store::Error> {
    let hash = Secret::hash(presented);
    care.store.write(&WriteContext::new(ctx.org, &ctx.actor.reference, "lock"), move |tx| {
        let now = tx.now();
        session::touch_session(tx.conn()?, &hash, now, true)
    })?;
    Ok(())
}

/// Opens a locked session of an account again, after its owner has shown at the provider who they are. Says whether
/// there was one.
pub(super) fn unlock_by_provider(
    care: &Arc<Care>,
    who: &account::Account,
    presented: &str,
) -> Result<bool, continuo_store::Error> {
    let hash = Secret::hash(presented);
    let (org, id) = (who.org, who.id);
    let unlocked = care.store.write(&WriteContext::new(org, &who.reference, "unlock"), move |tx| {
        let now = tx.now();
        let conn = tx.conn()?;
        let found = session::session_by_hash(conn, &hash)?;
        let own =
            found.filter(|row| row.org == org && row.account == id && (0..=LONGEST).contains(&(now - row.created)));
        let active = account::account_by_id(conn, org, id)?.is_some_and(|account| account.active);
        if own.is_none() || !active {
            return Ok(false);
        }
        tx.commit_id();
        session::touch_session(tx.conn()?, &hash, now, false)?;
        Ok(true)
    })?;
    Ok(unlocked.value)
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
        tx.commit_id();
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

#[cfg(test)]
mod tests;

//! Accounts and teams as an administrator keeps them: roles, teams, a new first password, unlocking, the second factor,
//! sessions. Each change is one commit with its name in the audit.

use continuo_store::tables::account::{self, Account};
use continuo_store::tables::session::{self, Session};
use continuo_store::tables::sign_in_place;
use continuo_store::tables::team::{self, Team};
use continuo_store::{Error as StoreError, WriteTx};

use crate::access::{Permission, role};
use crate::accounts::{first, hash_password};
use crate::ctx::Ctx;
use crate::problem::WorkError;
use crate::work::Done;

/// An account with all an administrator may see of it; no secret is among it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// Number.
    pub id: i64,
    /// Name.
    pub name: String,
    /// What they type to sign in.
    pub login: String,
    /// Role ids.
    pub roles: Vec<String>,
    /// Numbers of their teams.
    pub teams: Vec<i64>,
    /// May sign in.
    pub active: bool,
    /// Waits after wrong passwords until then; 0 when not.
    pub waits_until: i64,
    /// Until when the password that somebody gave them is taken; nothing once they have their own.
    pub first_until: Option<i64>,
    /// Has a second factor.
    pub second_factor: bool,
    /// API tokens that they made and answer for: these stop when the account closes.
    pub tokens: usize,
    /// Open sessions: since, last used, locked.
    pub sessions: Vec<(i64, i64, bool)>,
}

fn missing() -> WorkError {
    WorkError::NotFound("this account".to_owned())
}

/// One account.
pub fn detail(ctx: &Ctx, id: i64) -> Result<Detail, WorkError> {
    ctx.require(Permission::AdminPeople)?;
    let now = ctx.now().micros();
    let found = ctx.read(|r| {
        let Some(one) = account::account_by_id(r.conn(), ctx.org, id)? else { return Ok(None) };
        let teams = team::teams_of_account(r.conn(), ctx.org, id)?;
        let sessions: Vec<Session> = session::sessions_of(r.conn(), ctx.org, id)?;
        let made = session::tokens_of(r.conn(), ctx.org)?;
        let lasts =
            |token: &&session::ApiToken| token.made_by == one.reference && !token.revoked && token.expires > now;
        let tokens = made.iter().filter(lasts).count();
        let places = sign_in_place::waiting(r.conn(), ctx.org, now)?;
        let elsewhere = places.into_iter().find(|(account, _)| *account == id).map_or(0, |(_, until)| until);
        Ok(Some(Detail {
            id: one.id,
            roles: one.roles.split_whitespace().map(str::to_owned).collect(),
            teams: teams.into_iter().map(|team| team.id).collect(),
            waits_until: elsewhere.max(if one.locked_until > now { one.locked_until } else { 0 }),
            tokens,
            first_until: first::end(&one),
            second_factor: one.totp.is_some(),
            sessions: sessions.into_iter().map(|one| (one.created, one.seen, one.locked)).collect(),
            active: one.active,
            login: one.login,
            name: one.name,
        }))
    })?;
    found.ok_or_else(missing)
}

/// All teams and programs.
pub fn teams(ctx: &Ctx) -> Result<Vec<Team>, WorkError> {
    ctx.require(Permission::AdminPeople)?;
    Ok(ctx.read(|r| team::teams_of(r.conn(), ctx.org))?)
}

fn change<F>(ctx: &Ctx, action: &str, id: i64, change: F) -> Done<()>
where
    F: FnOnce(&mut WriteTx<'_>, Account) -> continuo_store::Result<()> + Send + 'static,
{
    ctx.require(Permission::AdminPeople)?;
    detail(ctx, id)?;
    Ok(ctx.write(action, move |tx| {
        let org = tx.org();
        tx.commit_id();
        let row = account::account_by_id(tx.conn()?, org, id)?;
        let row = row.ok_or_else(|| StoreError::NotFound("the account".to_owned()))?;
        let subject = row.reference.clone();
        change(tx, row)?;
        tx.audit("change account", continuo_store::Rid(0), &subject, "");
        Ok(())
    })?)
}

/// Changes name, roles and teams. Nobody takes the right to administer from themselves, so that one always remains.
pub fn set(ctx: &Ctx, id: i64, name: &str, roles: &[String], teams: &[i64]) -> Done<()> {
    let name = name.trim().to_owned();
    if name.is_empty() {
        return Err(WorkError::field("name", "give the name"));
    }
    if roles.is_empty() {
        return Err(WorkError::field("roles", "choose at least one role"));
    }
    if let Some(unknown) = roles.iter().find(|id| role(id).is_none()) {
        return Err(WorkError::field("roles", format!("role `{unknown}` is not known")));
    }
    let stays = roles.iter().filter_map(|id| role(id)).any(|role| role.allows(Permission::AdminPeople));
    if id == ctx.actor.account && !stays {
        return Err(WorkError::field("roles", "somebody else takes this right from you"));
    }
    let (roles, teams) = (roles.join(" "), teams.to_vec());
    change(ctx, "change account", id, move |tx, mut row| {
        let (org, id) = (row.org, row.id);
        let conn = tx.conn()?;
        row.name = name;
        row.roles = roles;
        account::put_account(conn, &row)?;
        for one in team::teams_of(conn, org)? {
            if teams.contains(&one.id) {
                team::add_member(conn, org, one.id, id)?;
            } else {
                team::remove_member(conn, org, one.id, id)?;
            }
        }
        Ok(())
    })
}

/// Sets a new first password; sessions end, and the person changes it after signing in.
pub fn reset_password(ctx: &Ctx, id: i64, password: &str) -> Done<()> {
    ctx.require(Permission::AdminPeople)?;
    let hash = hash_password(password, ctx.care().entropy.as_ref())
        .map_err(|error| WorkError::field("password", error.to_string()))?;
    let until = first::until(ctx.now().micros());
    change(ctx, "reset password", id, move |tx, mut row| {
        row.password = hash;
        row.must_change = true;
        row.first_until = until;
        row.failed = 0;
        row.locked_until = 0;
        let conn = tx.conn()?;
        account::put_account(conn, &row)?;
        sign_in_place::forgive(conn, row.org, row.id)?;
        session::end_sessions_of(conn, row.org, row.id)
    })
}

/// Lets an account that waits after wrong passwords try again at once.
pub fn unlock(ctx: &Ctx, id: i64) -> Done<()> {
    change(ctx, "unlock account", id, |tx, row| {
        let conn = tx.conn()?;
        sign_in_place::forgive(conn, row.org, row.id)?;
        account::note_success(conn, row.org, row.id)
    })
}

/// Takes the second factor away, after the phone was lost; the person sets up a new one when they next sign in.
pub fn remove_second_factor(ctx: &Ctx, id: i64) -> Done<()> {
    change(ctx, "remove second factor", id, |tx, mut row| {
        row.totp = None;
        row.totp_step = 0;
        let conn = tx.conn()?;
        account::put_account(conn, &row)?;
        session::end_sessions_of(conn, row.org, row.id)
    })
}

/// Ends every session of an account.
pub fn end_sessions(ctx: &Ctx, id: i64) -> Done<()> {
    change(ctx, "end sessions", id, |tx, row| session::end_sessions_of(tx.conn()?, row.org, row.id))
}

/// Adds a team or program, or renames one (number above 0). Its reference is made once and stays.
pub fn put_team(ctx: &Ctx, id: i64, name: &str, kind: &str) -> Result<(), WorkError> {
    ctx.require(Permission::AdminPeople)?;
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 80 {
        return Err(WorkError::field("name", "give a name of at most 80 characters"));
    }
    let kind = match kind {
        "team" | "programme" => kind.to_owned(),
        _ => return Err(WorkError::field("kind", "choose team or program")),
    };
    let known = teams(ctx)?;
    if known.iter().any(|team| team.id != id && team.name.eq_ignore_ascii_case(&name)) {
        return Err(WorkError::field("name", "there is one of this name"));
    }
    let reference = match known.iter().find(|team| team.id == id) {
        Some(team) => team.reference.clone(),
        None if id > 0 => return Err(WorkError::NotFound("this team".to_owned())),
        None => format!("CareTeam/{}", ctx.ids().next()),
    };
    ctx.write(if id > 0 { "rename team" } else { "add team" }, move |tx| {
        let org = tx.org();
        tx.commit_id();
        team::put_team(tx.conn()?, &Team { org, id, name, kind, reference })
    })?;
    Ok(())
}

/// An API token as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// Short form of its hash, to withdraw it by.
    pub hash: String,
    /// What it is for.
    pub label: String,
    /// What it allows, and which labels it sees.
    pub permissions: String,
    /// Made at.
    pub created: i64,
    /// Refused from then on.
    pub expires: i64,
    /// Withdrawn.
    pub revoked: bool,
    /// Who made it: `Practitioner/ID` or `system/command-line`.
    pub made_by: String,
    /// Their name; empty for tokens made before makers were noted.
    pub maker: String,
    /// Whether its maker still works here and may give what it allows; else it is refused until somebody takes it over.
    pub answered: bool,
    /// What of it its maker's role does not allow; empty when nothing.
    pub wider: String,
    /// Who else confirmed that; empty while nobody did.
    pub confirmed_by: String,
    /// Their name.
    pub confirmer: String,
}

impl TokenRow {
    /// Refused until somebody else than its maker confirms it.
    pub fn waits(&self) -> bool {
        !self.wider.is_empty() && self.confirmed_by.is_empty()
    }
}

/// The API tokens, newest first.
pub fn tokens(ctx: &Ctx) -> Result<Vec<TokenRow>, WorkError> {
    ctx.require(Permission::ApiToken)?;
    crate::tokens::rows(ctx)
}

/// Withdraws a token at once.
pub fn withdraw_token(ctx: &Ctx, hash: &str) -> Result<(), WorkError> {
    if !tokens(ctx)?.iter().any(|one| one.hash == hash) {
        return Err(WorkError::NotFound("this token".to_owned()));
    }
    let hash = hash.to_owned();
    ctx.write("withdraw API token", move |tx| {
        let org = tx.org();
        tx.commit_id();
        session::revoke_token(tx.conn()?, org, &hash)
    })?;
    Ok(())
}

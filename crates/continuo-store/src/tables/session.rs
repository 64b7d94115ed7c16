//! Sessions of signed-in people and API tokens, each found by the hash of its secret.

use crate::conn::{Conn, Param};
use crate::error::Result;
use crate::ids::{Micros, OrgId};

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Hash of the cookie's secret.
    pub hash: String,
    /// Organization.
    pub org: OrgId,
    /// Account.
    pub account: i64,
    /// Signed in at.
    pub created: Micros,
    /// Last used at.
    pub seen: Micros,
    /// Idle: asks for the password again, drafts and open calls stay.
    pub locked: bool,
}

/// The session of this hash.
pub fn session_by_hash(conn: &mut Conn, hash: &str) -> Result<Option<Session>> {
    conn.query_opt(
        "select hash, org, account, created, seen, locked from session where hash = ?1",
        &[Param::Text(hash)],
        |row| {
            Ok(Session {
                hash: row.text(0)?,
                org: OrgId(row.int(1)?),
                account: row.int(2)?,
                created: row.int(3)?,
                seen: row.int(4)?,
                locked: row.int(5)? != 0,
            })
        },
    )
}

/// Writes a new session.
pub fn add_session(conn: &mut Conn, session: &Session) -> Result<()> {
    conn.execute(
        "insert into session (hash, org, account, created, seen, locked) values (?1, ?2, ?3, ?4, ?5, ?6)",
        &[
            Param::Text(&session.hash),
            session.org.param(),
            Param::Int(session.account),
            Param::Int(session.created),
            Param::Int(session.seen),
            Param::Int(i64::from(session.locked)),
        ],
    )?;
    Ok(())
}

/// Notes when a session was last used and whether it is locked.
pub fn touch_session(conn: &mut Conn, hash: &str, seen: Micros, locked: bool) -> Result<()> {
    conn.execute(
        "update session set seen = ?2, locked = ?3 where hash = ?1",
        &[Param::Text(hash), Param::Int(seen), Param::Int(i64::from(locked))],
    )?;
    Ok(())
}

/// Ends a session.
pub fn end_session(conn: &mut Conn, hash: &str) -> Result<()> {
    conn.execute("delete from session where hash = ?1", &[Param::Text(hash)])?;
    Ok(())
}

/// Ends all sessions of an account: password changed, account closed.
pub fn end_sessions_of(conn: &mut Conn, org: OrgId, account: i64) -> Result<()> {
    conn.execute("delete from session where org = ?1 and account = ?2", &[org.param(), Param::Int(account)])?;
    Ok(())
}

/// Ends all sessions of an account but one: password changed by its owner.
pub fn end_other_sessions(conn: &mut Conn, org: OrgId, account: i64, keep: &str) -> Result<()> {
    conn.execute(
        "delete from session where org = ?1 and account = ?2 and hash <> ?3",
        &[org.param(), Param::Int(account), Param::Text(keep)],
    )?;
    Ok(())
}

/// The sessions of an account, newest first.
pub fn sessions_of(conn: &mut Conn, org: OrgId, account: i64) -> Result<Vec<Session>> {
    conn.query(
        "select hash, org, account, created, seen, locked from session where org = ?1 and account = ?2 \
         order by created desc, hash",
        &[org.param(), Param::Int(account)],
        |row| {
            Ok(Session {
                hash: row.text(0)?,
                org: OrgId(row.int(1)?),
                account: row.int(2)?,
                created: row.int(3)?,
                seen: row.int(4)?,
                locked: row.int(5)? != 0,
            })
        },
    )
}

/// A key for programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Hash of the token.
    pub hash: String,
    /// Organization.
    pub org: OrgId,
    /// What it is for.
    pub label: String,
    /// Who acts when it is used: `Device/ID`, `system/NAME`.
    pub actor: String,
    /// Permission ids with a space between.
    pub permissions: String,
    /// Made at.
    pub created: Micros,
    /// Refused from then on.
    pub expires: Micros,
    /// Withdrawn.
    pub revoked: bool,
    /// Who made it.
    pub made_by: String,
    /// What of it its maker's role did not allow; empty when nothing.
    pub wider: String,
    /// Who else confirmed that; empty while nobody did.
    pub confirmed_by: String,
}

const TOKEN: &str = "hash, org, label, actor, permissions, created, expires, revoked, made_by, wider, confirmed_by";

fn read_token(row: &crate::conn::Row<'_>) -> Result<ApiToken> {
    Ok(ApiToken {
        hash: row.text(0)?,
        org: OrgId(row.int(1)?),
        label: row.text(2)?,
        actor: row.text(3)?,
        permissions: row.text(4)?,
        created: row.int(5)?,
        expires: row.int(6)?,
        revoked: row.int(7)? != 0,
        made_by: row.text(8)?,
        wider: row.text(9)?,
        confirmed_by: row.text(10)?,
    })
}

/// The token of this hash.
pub fn token_by_hash(conn: &mut Conn, hash: &str) -> Result<Option<ApiToken>> {
    conn.query_opt(&format!("select {TOKEN} from api_token where hash = ?1"), &[Param::Text(hash)], read_token)
}

/// All tokens of an organization, newest first.
pub fn tokens_of(conn: &mut Conn, org: OrgId) -> Result<Vec<ApiToken>> {
    conn.query(
        &format!("select {TOKEN} from api_token where org = ?1 order by created desc, hash"),
        &[org.param()],
        read_token,
    )
}

/// Writes a new token.
pub fn add_token(conn: &mut Conn, token: &ApiToken) -> Result<()> {
    conn.execute(
        &format!("insert into api_token ({TOKEN}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"),
        &[
            Param::Text(&token.hash),
            token.org.param(),
            Param::Text(&token.label),
            Param::Text(&token.actor),
            Param::Text(&token.permissions),
            Param::Int(token.created),
            Param::Int(token.expires),
            Param::Int(i64::from(token.revoked)),
            Param::Text(&token.made_by),
            Param::Text(&token.wider),
            Param::Text(&token.confirmed_by),
        ],
    )?;
    Ok(())
}

/// Notes who confirmed a token that allows more than its maker's role.
pub fn confirm_token(conn: &mut Conn, org: OrgId, hash: &str, by: &str) -> Result<()> {
    conn.execute(
        "update api_token set confirmed_by = ?3 where org = ?1 and hash = ?2 and confirmed_by = ''",
        &[org.param(), Param::Text(hash), Param::Text(by)],
    )?;
    Ok(())
}

/// Makes somebody else answer for a token; `wider` names what of it their role does not allow, for a second person to
/// confirm.
pub fn take_token(conn: &mut Conn, org: OrgId, hash: &str, by: &str, wider: &str) -> Result<()> {
    conn.execute(
        "update api_token set made_by = ?3, wider = ?4, confirmed_by = '' where org = ?1 and hash = ?2",
        &[org.param(), Param::Text(hash), Param::Text(by), Param::Text(wider)],
    )?;
    Ok(())
}

/// Withdraws a token.
pub fn revoke_token(conn: &mut Conn, org: OrgId, hash: &str) -> Result<()> {
    conn.execute("update api_token set revoked = 1 where org = ?1 and hash = ?2", &[org.param(), Param::Text(hash)])?;
    Ok(())
}

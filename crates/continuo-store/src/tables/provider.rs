//! Sign-in through a provider: tries under way, each used once, and the links from subjects to accounts.

use crate::conn::{Conn, Param};
use crate::error::Result;
use crate::ids::{Micros, OrgId};

/// A sign-in that has gone to the provider and is not back yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Try {
    /// Hash of the state that comes back.
    pub hash: String,
    /// Hash of the cookie of the browser that began it.
    pub browser: String,
    /// What the token must hold.
    pub nonce: String,
    /// The verifier of the code challenge.
    pub verifier: String,
    /// Where to go afterwards.
    pub back: String,
    /// Refused from then on.
    pub expires: Micros,
}

/// Keeps a try and forgets those that have ended.
pub fn begin(conn: &mut Conn, new: &Try, now: Micros) -> Result<()> {
    conn.execute("delete from sign_in_try where expires < ?1", &[Param::Int(now)])?;
    conn.execute(
        "insert into sign_in_try (hash, browser, nonce, verifier, back, expires) values (?1, ?2, ?3, ?4, ?5, ?6)",
        &[
            Param::Text(&new.hash),
            Param::Text(&new.browser),
            Param::Text(&new.nonce),
            Param::Text(&new.verifier),
            Param::Text(&new.back),
            Param::Int(new.expires),
        ],
    )?;
    Ok(())
}

/// Takes a try out: whoever asks first has it, nobody else.
pub fn take(conn: &mut Conn, hash: &str) -> Result<Option<Try>> {
    let found = conn.query_opt(
        "select hash, browser, nonce, verifier, back, expires from sign_in_try where hash = ?1",
        &[Param::Text(hash)],
        |row| {
            Ok(Try {
                hash: row.text(0)?,
                browser: row.text(1)?,
                nonce: row.text(2)?,
                verifier: row.text(3)?,
                back: row.text(4)?,
                expires: row.int(5)?,
            })
        },
    )?;
    conn.execute("delete from sign_in_try where hash = ?1", &[Param::Text(hash)])?;
    Ok(found)
}

/// The account of a subject: organization and number.
pub fn linked(conn: &mut Conn, issuer: &str, subject: &str) -> Result<Option<(OrgId, i64)>> {
    conn.query_opt(
        "select org, account from account_link where issuer = ?1 and subject = ?2",
        &[Param::Text(issuer), Param::Text(subject)],
        |row| Ok((OrgId(row.int(0)?), row.int(1)?)),
    )
}

/// The subjects of an account: issuer and subject.
pub fn links(conn: &mut Conn, org: OrgId, account: i64) -> Result<Vec<(String, String)>> {
    conn.query(
        "select issuer, subject from account_link where org = ?1 and account = ?2 order by issuer, subject",
        &[org.param(), Param::Int(account)],
        |row| Ok((row.text(0)?, row.text(1)?)),
    )
}

/// Links a subject to an account, replacing the link it had.
pub fn link(
    conn: &mut Conn,
    org: OrgId,
    account: i64,
    (issuer, subject): (&str, &str),
    by: &str,
    at: Micros,
) -> Result<()> {
    let key = [Param::Text(issuer), Param::Text(subject)];
    conn.execute("delete from account_link where issuer = ?1 and subject = ?2", &key)?;
    conn.execute(
        "insert into account_link (issuer, subject, org, account, linked_by, at) values (?1, ?2, ?3, ?4, ?5, ?6)",
        &[Param::Text(issuer), Param::Text(subject), org.param(), Param::Int(account), Param::Text(by), Param::Int(at)],
    )?;
    Ok(())
}

/// Takes the link of a subject to an account away.
pub fn unlink(conn: &mut Conn, org: OrgId, account: i64, (issuer, subject): (&str, &str)) -> Result<()> {
    conn.execute(
        "delete from account_link where issuer = ?1 and subject = ?2 and org = ?3 and account = ?4",
        &[Param::Text(issuer), Param::Text(subject), org.param(), Param::Int(account)],
    )?;
    Ok(())
}

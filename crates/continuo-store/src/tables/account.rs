//! Accounts: the people who sign in, with their roles and the hash of their password.

use crate::conn::{Conn, Param, Row};
use crate::error::Result;
use crate::ids::{Micros, OrgId};

/// One person who may sign in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Organization.
    pub org: OrgId,
    /// Number within the organization.
    pub id: i64,
    /// What they type; unique over all organizations, lower case.
    pub login: String,
    /// What others read.
    pub name: String,
    /// Their `Practitioner/ID`.
    pub reference: String,
    /// Role ids with a space between.
    pub roles: String,
    /// Argon2id hash; empty: cannot sign in by password.
    pub password: String,
    /// Secret of the second factor.
    pub totp: Option<Vec<u8>>,
    /// Last used step of the second factor, so that no code is taken twice.
    pub totp_step: i64,
    /// Wrong passwords in a row from browsers that never signed in to it.
    pub failed: i64,
    /// Such browsers are refused until then (microseconds).
    pub locked_until: i64,
    /// Whether they may sign in at all.
    pub active: bool,
    /// Demo only: signs in by one click.
    pub one_click: bool,
    /// Language, theme, row height, keys: `lang=en theme=dark`.
    pub preferences: String,
    /// The password was given by somebody else: the next thing they do is choose their own.
    pub must_change: bool,
    /// Such a password is refused from then on; 0: it lasts.
    pub first_until: Micros,
}

const COLUMNS: &str = "org, id, login, name, reference, roles, password, totp, totp_step, failed, locked_until, \
                       active, one_click, preferences, must_change, first_until";

fn read(row: &Row<'_>) -> Result<Account> {
    Ok(Account {
        org: OrgId(row.int(0)?),
        id: row.int(1)?,
        login: row.text(2)?,
        name: row.text(3)?,
        reference: row.text(4)?,
        roles: row.text(5)?,
        password: row.text(6)?,
        totp: row.opt_bytes(7)?.map(<[u8]>::to_vec),
        totp_step: row.int(8)?,
        failed: row.int(9)?,
        locked_until: row.int(10)?,
        active: row.int(11)? != 0,
        one_click: row.int(12)? != 0,
        preferences: row.text(13)?,
        must_change: row.int(14)? != 0,
        first_until: row.int(15)?,
    })
}

/// The account with this login.
pub fn account_by_login(conn: &mut Conn, login: &str) -> Result<Option<Account>> {
    conn.query_opt(&format!("select {COLUMNS} from account where login = ?1"), &[Param::Text(login)], read)
}

/// The account with this number.
pub fn account_by_id(conn: &mut Conn, org: OrgId, id: i64) -> Result<Option<Account>> {
    conn.query_opt(
        &format!("select {COLUMNS} from account where org = ?1 and id = ?2"),
        &[org.param(), Param::Int(id)],
        read,
    )
}

/// The accounts of one person.
pub fn accounts_by_reference(conn: &mut Conn, org: OrgId, reference: &str) -> Result<Vec<Account>> {
    conn.query(
        &format!("select {COLUMNS} from account where org = ?1 and reference = ?2 order by id"),
        &[org.param(), Param::Text(reference)],
        read,
    )
}

/// All accounts of an organization, by name.
pub fn accounts_of(conn: &mut Conn, org: OrgId) -> Result<Vec<Account>> {
    conn.query(&format!("select {COLUMNS} from account where org = ?1 order by name, id"), &[org.param()], read)
}

/// The names behind these references: (reference, name). References of nobody here are left out.
pub fn names_of(conn: &mut Conn, org: OrgId, references: &[&str]) -> Result<Vec<(String, String)>> {
    let Some((places, params)) = among(org, references) else { return Ok(Vec::new()) };
    let sql = format!("select reference, name from account where org = ?1 and reference in ({places})");
    conn.query(&sql, &params, |row| Ok((row.text(0)?, row.text(1)?)))
}

/// Those of these references whose account is open.
pub fn active_of(conn: &mut Conn, org: OrgId, references: &[&str]) -> Result<Vec<String>> {
    let Some((places, params)) = among(org, references) else { return Ok(Vec::new()) };
    let sql = format!("select reference from account where org = ?1 and active = 1 and reference in ({places})");
    conn.query(&sql, &params, |row| row.text(0))
}

/// Parameters for an organization and some references, and their places; nothing for no references. Filled up to a
/// power of two, so that few statements are prepared.
fn among<'a>(org: OrgId, references: &[&'a str]) -> Option<(String, Vec<Param<'a>>)> {
    let last = references.last()?;
    let filled = references.iter().chain(std::iter::repeat(last)).take(references.len().next_power_of_two());
    let mut params = vec![org.param()];
    params.extend(filled.map(|reference| Param::Text(reference)));
    let places: Vec<String> = (2..=params.len()).map(|at| format!("?{at}")).collect();
    Some((places.join(", "), params))
}

/// The sets of roles that active accounts have, each once: ids with a space between.
pub fn roles_in_use(conn: &mut Conn, org: OrgId) -> Result<Vec<String>> {
    conn.query(
        "select distinct roles from account where org = ?1 and active = 1 order by roles",
        &[org.param()],
        |row| row.text(0),
    )
}

/// The references of the accounts that have one of some roles, closed accounts too, each once and in order.
pub fn holders(conn: &mut Conn, org: OrgId, roles: &[String]) -> Result<Vec<String>> {
    // The sets of roles that there are, found by index, and then those who have the sets that count: a clinic has some
    // dozen sets and thousands of accounts.
    let sets =
        conn.query("select distinct roles from account where org = ?1 order by roles", &[org.param()], |row| {
            row.text(0)
        })?;
    let wanted = |set: &&String| set.split([' ', ',']).any(|role| roles.iter().any(|one| one == role));
    let mut found = Vec::new();
    for set in sets.iter().filter(wanted) {
        found.extend(conn.query(
            "select reference from account where org = ?1 and roles = ?2 order by reference",
            &[org.param(), Param::Text(set)],
            |row| row.text(0),
        )?);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Accounts that sign in by one click (demo), over all organizations.
pub fn one_click_accounts(conn: &mut Conn) -> Result<Vec<Account>> {
    conn.query(&format!("select {COLUMNS} from account where one_click = 1 and active = 1 order by org, id"), &[], read)
}

/// Whether anybody can sign in yet.
pub fn has_accounts(conn: &mut Conn) -> Result<bool> {
    Ok(conn.query_int("select count(*) from account", &[])? > 0)
}

/// Writes an account whole; a number of 0 asks for the next free one. Returns its number.
pub fn put_account(conn: &mut Conn, account: &Account) -> Result<i64> {
    let id = match account.id {
        0 => conn.query_int("select coalesce(max(id), 0) + 1 from account where org = ?1", &[account.org.param()])?,
        id => id,
    };
    conn.execute("delete from account where org = ?1 and id = ?2", &[account.org.param(), Param::Int(id)])?;
    conn.execute(
        &format!(
            "insert into account ({COLUMNS}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
        ),
        &[
            account.org.param(),
            Param::Int(id),
            Param::Text(&account.login),
            Param::Text(&account.name),
            Param::Text(&account.reference),
            Param::Text(&account.roles),
            Param::Text(&account.password),
            account.totp.as_deref().map_or(Param::Null, Param::Blob),
            Param::Int(account.totp_step),
            Param::Int(account.failed),
            Param::Int(account.locked_until),
            Param::Int(i64::from(account.active)),
            Param::Int(i64::from(account.one_click)),
            Param::Text(&account.preferences),
            Param::Int(i64::from(account.must_change)),
            Param::Int(account.first_until),
        ],
    )?;
    Ok(id)
}

/// Counts a wrong password or code of a stranger, or a try that is not judged yet, and refuses all strangers until
/// `until(count)`. Touches nothing else. Returns until when.
pub fn note_failure(conn: &mut Conn, org: OrgId, id: i64, until: impl Fn(i64) -> Micros) -> Result<Micros> {
    let key = [org.param(), Param::Int(id)];
    conn.execute("update account set failed = failed + 1 where org = ?1 and id = ?2", &key)?;
    let count = conn.query_int("select coalesce(max(failed), 0) from account where org = ?1 and id = ?2", &key)?;
    let until = until(count);
    conn.execute(
        "update account set locked_until = ?3 where org = ?1 and id = ?2",
        &[org.param(), Param::Int(id), Param::Int(until)],
    )?;
    Ok(until)
}

/// Forgets the wrong tries.
pub fn note_success(conn: &mut Conn, org: OrgId, id: i64) -> Result<()> {
    let sql = "update account set failed = 0, locked_until = 0 where org = ?1 and id = ?2";
    conn.execute(sql, &[org.param(), Param::Int(id)])?;
    Ok(())
}

/// Keeps the step of the second factor that was used (0: none); it never goes back.
pub fn note_step(conn: &mut Conn, org: OrgId, id: i64, step: i64) -> Result<()> {
    conn.execute(
        "update account set totp_step = ?3 where org = ?1 and id = ?2 and totp_step < ?3",
        &[org.param(), Param::Int(id), Param::Int(step)],
    )?;
    Ok(())
}

//! Settings of a site that keep their earlier versions: each change is a commit with its name, and can be taken back.

use continuo_fhir::Json;
use continuo_store::conn::Conn;
use continuo_store::tables::{assessed, setting};
use continuo_store::{CommitRow, Error as StoreError, OrgId, WriteTx};

use crate::ctx::Ctx;
use crate::problem::WorkError;
use crate::work::Done;

/// The newest version of a setting; nothing while it was never set.
pub fn newest(conn: &mut Conn, org: OrgId, name: &str) -> continuo_store::Result<Option<Json>> {
    let Some(found) = setting::newest(conn, org, name)? else { return Ok(None) };
    Json::parse(found.value.as_bytes()).map(Some).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// Writes a new version made from the newest one. `action` names the commit; whoever calls has asked for the permission.
///
/// The change runs on the writer, so that of two people who change at once neither loses the other's.
pub fn change<F>(ctx: &Ctx, action: &str, name: &'static str, change: F) -> Done<()>
where
    F: FnOnce(Option<Json>) -> Result<Json, String> + Send + 'static,
{
    let by = ctx.actor.reference.clone();
    Ok(ctx.write(action, move |tx| {
        tx.commit_id();
        let (org, at) = (tx.org(), tx.now());
        let before = newest(tx.conn()?, org, name)?;
        let value = change(before).map_err(StoreError::Refused)?;
        let text = String::from_utf8_lossy(&value.to_bytes()).into_owned();
        tx.audit("change setting", continuo_store::Rid(0), name, "");
        setting::set(tx.conn()?, org, name, at, &by, &text)
    })?)
}

/// The least that says why a setting is changed.
const SHORTEST_REASON: usize = 3;

/// A reason as it is kept, or that one is missing.
pub(crate) fn reason(text: &str) -> Result<String, WorkError> {
    let text = text.trim();
    if text.chars().count() < SHORTEST_REASON {
        return Err(WorkError::field("reason", "say why"));
    }
    Ok(text.chars().take(500).collect())
}

/// Writes a new version of a setting that the engine counts by, with its reason: everybody is looked at again.
pub(crate) fn change_for_engine(ctx: &Ctx, action: &str, name: &'static str, value: &Json, reason: &str) -> Done<()> {
    let (by, reason) = (ctx.actor.reference.clone(), reason.to_owned());
    let text = String::from_utf8_lossy(&value.to_bytes()).into_owned();
    Ok(ctx.write(action, move |tx| {
        tx.commit_id();
        let (org, at) = (tx.org(), tx.now());
        tx.audit("change setting", continuo_store::Rid(0), name, &reason);
        setting::set_with_reason(tx.conn()?, org, name, at, &by, &text, &reason)?;
        assessed::look_again(tx.conn()?, org, at)
    })?)
}

/// Settings that the engine counts by.
const FOR_ENGINE: [&str; 2] = [crate::site_days::SETTING, crate::inbox::limits::SETTING];

/// Part of undoing a commit: a setting it wrote, if that is still the newest, gets the version before again.
pub(crate) fn restore_of_commit(tx: &mut WriteTx<'_>, commit: &CommitRow) -> continuo_store::Result<()> {
    let (org, at) = (tx.org(), tx.now());
    let actor = tx.actor().to_owned();
    let conn = tx.conn()?;
    for newest in setting::all(conn, org)? {
        if newest.at != commit.at || newest.actor != commit.actor {
            continue;
        }
        let before = match newest.version {
            1 => "null".to_owned(),
            version => setting::version(conn, org, &newest.name, version - 1)?
                .map_or_else(|| "null".to_owned(), |before| before.value),
        };
        setting::set_with_reason(conn, org, &newest.name, at, &actor, &before, "undone")?;
        if newest.name == crate::feeds::watch::SETTING {
            continuo_store::tables::feed::work_out_again(conn, org)?;
        }
        if FOR_ENGINE.contains(&newest.name.as_str()) {
            assessed::look_again(conn, org, at)?;
        }
    }
    Ok(())
}

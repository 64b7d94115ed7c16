//! API tokens for programs: made by an administrator, shown once, kept as a hash, narrowed to chosen permissions.

use std::sync::Arc;

use continuo_fhir::date::{Instant, Zone};
use continuo_store::tables::{account, session};
use continuo_store::{OrgId, Rid, WriteContext};

use super::answering;
use super::secret::Secret;
use crate::access::{self, Grant, Permission};
use crate::ctx::{Actor, Care, Ctx};

/// What starts every API token, so that a leaked one is recognized.
pub const PREFIX: &str = "cst_";

/// What stands before a label's id among a token's permissions.
pub(super) const LABEL: &str = "label:";

/// What a new token is for.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What people read in the list of tokens.
    pub label: String,
    /// What it allows.
    pub permissions: Vec<Permission>,
    /// Ids of the closed labels it sees, such as `part2`; nothing by default.
    pub labels: Vec<String>,
    /// Refused from then on.
    pub expires: Instant,
    /// Who makes it, for the audit.
    pub made_by: String,
}

impl NewToken {
    /// What it allows, as it is kept: ids of permissions, and of labels after [`LABEL`].
    pub(crate) fn words(&self) -> String {
        let labels = self.labels.iter().map(|label| format!("{LABEL}{label}"));
        self.permissions.iter().map(|p| p.id().to_owned()).chain(labels).collect::<Vec<_>>().join(" ")
    }
}

/// Makes a token at the command line of the server, whose operator holds the database anyway. What people make on the
/// page comes through [`crate::tokens::make`].
pub fn new_token(care: &Care, org: OrgId, new: &NewToken) -> Result<Secret, continuo_store::Error> {
    write(care, org, new, "")
}

/// Writes a token; `wider` names what of it its maker's role does not allow, for a second person to confirm. The secret
/// is shown once and kept nowhere.
pub(crate) fn write(care: &Care, org: OrgId, new: &NewToken, wider: &str) -> Result<Secret, continuo_store::Error> {
    let secret = Secret::new(PREFIX, care.entropy.as_ref());
    let hash = Secret::hash(secret.expose());
    let row = session::ApiToken {
        actor: format!("Device/token-{}", hash.get(..16).unwrap_or("")),
        hash,
        org,
        label: new.label.clone(),
        permissions: new.words(),
        created: care.store.clock().now().micros(),
        expires: new.expires.micros(),
        revoked: false,
        made_by: new.made_by.clone(),
        wider: wider.to_owned(),
        confirmed_by: String::new(),
    };
    let action = if wider.is_empty() { "make API token" } else { "make API token wider than its maker" };
    let detail = format!("{}: {}", new.label, row.permissions);
    care.store.write(&WriteContext::new(org, &new.made_by, action), move |tx| {
        tx.commit_id();
        tx.audit(action, Rid(0), &row.actor, &detail);
        session::add_token(tx.conn()?, &row)
    })?;
    Ok(secret)
}

/// The context of a program that presents this token; `None` if it is unknown, expired or withdrawn, or nobody answers
/// for it any more ([`answering`]).
pub fn ctx_of_token(care: &Arc<Care>, presented: &str) -> Result<Option<Ctx>, continuo_store::Error> {
    if !presented.starts_with(PREFIX) || presented.len() > 200 {
        return Ok(None);
    }
    let now = care.store.clock().now();
    let hash = Secret::hash(presented);
    let found = care.store.read(|r| {
        let Some(row) = session::token_by_hash(r.conn(), &hash)? else { return Ok(None) };
        let makers = if answering::has_maker(&row) {
            account::accounts_by_reference(r.conn(), row.org, &row.made_by)?
        } else {
            Vec::new()
        };
        Ok(Some(row).filter(|row| answering::is_answered_for(row, &makers)))
    })?;
    let is_valid = |row: &session::ApiToken| {
        let confirmed = row.wider.is_empty() || !row.confirmed_by.is_empty();
        confirmed && !row.revoked && now.micros() < row.expires
    };
    let Some(row) = found.filter(is_valid) else {
        return Ok(None);
    };
    let zone = care.store.zone(row.org)?;
    let permissions: Vec<Permission> = row.permissions.split_whitespace().filter_map(Permission::parse).collect();
    let grant = Grant::program(
        &permissions,
        access::labels_named(row.permissions.split_whitespace().filter_map(|word| word.strip_prefix(LABEL))),
    );
    let scope = access::scope_of(row.org, 0, &[], &grant, now);
    let zone = zone.and_then(|name| Zone::named(&name)).unwrap_or_else(Zone::utc);
    let actor = Actor { reference: row.actor, name: row.label, account: 0 };
    Ok(Some(Ctx::new(Arc::clone(care), row.org, zone, actor, grant, scope)))
}

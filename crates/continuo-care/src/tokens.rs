//! API tokens as people make them: never wider than their maker's own role, unless somebody else confirms it.
//!
//! Administrators keep accounts and open no records, while the programs they set up have to. So a token may allow more
//! than its maker's role does, but then it waits: a second person, an administrator or a privacy officer, confirms it on
//! their own page before it works. Both stand in the audit, and the list shows who made and who confirmed it. When its
//! maker leaves, or their role shrinks, it stops until somebody takes it over ([`take_over`]).

use continuo_store::Rid;
use continuo_store::tables::account;
use continuo_store::tables::session::{self, ApiToken};

use crate::access::Permission;
use crate::accounts::{self, NewToken, Secret, answering};
use crate::ctx::Ctx;
use crate::members::TokenRow;
use crate::problem::WorkError;

/// A token that was made.
pub struct Made {
    /// Shown once.
    pub secret: Secret,
    /// Whether it waits for a second person.
    pub waits: bool,
}

/// Makes a token. What it allows beyond the maker's role is named in it, and it waits until somebody confirms.
pub fn make(ctx: &Ctx, new: &NewToken) -> Result<Made, WorkError> {
    ctx.require(Permission::ApiToken)?;
    let wider = answering::beyond(&new.words(), &ctx.grant);
    let new = NewToken { made_by: ctx.actor.reference.clone(), ..new.clone() };
    let secret = accounts::write_token(ctx.care(), ctx.org, &new, &wider)?;
    Ok(Made { secret, waits: !wider.is_empty() })
}

/// The tokens that allow more than their maker's role, newest first: for those who confirm and those who review.
pub fn wide(ctx: &Ctx) -> Result<Vec<TokenRow>, WorkError> {
    may_confirm(ctx)?;
    let mut all = rows(ctx)?;
    all.retain(|row| !row.wider.is_empty());
    Ok(all)
}

/// Confirms a token that somebody else made.
pub fn confirm(ctx: &Ctx, hash: &str) -> Result<(), WorkError> {
    may_confirm(ctx)?;
    let all = rows(ctx)?;
    let row = all.into_iter().find(|row| row.hash == hash && row.waits() && !row.revoked);
    let row = row.ok_or_else(|| WorkError::NotFound("a token that waits".to_owned()))?;
    if row.made_by == ctx.actor.reference || ctx.actor.account == 0 {
        return Err(WorkError::Not("somebody else than its maker confirms a token".to_owned()));
    }
    let (hash, by) = (hash.to_owned(), ctx.actor.reference.clone());
    let detail = format!("{}: {}", row.label, row.wider);
    ctx.write("confirm API token", move |tx| {
        let org = tx.org();
        tx.commit_id();
        tx.audit("confirm API token", Rid(0), "", &detail);
        session::confirm_token(tx.conn()?, org, &hash, &by)
    })?;
    Ok(())
}

/// Answers from now on for a token whose maker left or may do less. What it allows beyond the actor's own role waits for
/// a second person anew.
pub fn take_over(ctx: &Ctx, hash: &str) -> Result<(), WorkError> {
    ctx.require(Permission::ApiToken)?;
    if ctx.actor.account == 0 {
        return Err(WorkError::Not("a person takes a token over".to_owned()));
    }
    let now = ctx.now().micros();
    let stopped = |row: &TokenRow| row.hash == hash && !row.answered && !row.revoked && row.expires > now;
    let row = rows(ctx)?.into_iter().find(stopped);
    let row = row.ok_or_else(|| WorkError::NotFound("a token that has stopped".to_owned()))?;
    let wider = answering::beyond(&row.permissions, &ctx.grant);
    let (hash, by, detail) = (row.hash, ctx.actor.reference.clone(), format!("{}: {}", row.label, row.permissions));
    ctx.write("take over API token", move |tx| {
        let org = tx.org();
        tx.commit_id();
        tx.audit("take over API token", Rid(0), "", &detail);
        session::take_token(tx.conn()?, org, &hash, &by, &wider)
    })?;
    Ok(())
}

fn may_confirm(ctx: &Ctx) -> Result<(), WorkError> {
    if ctx.grant.allows(Permission::AuditRead) {
        return Ok(());
    }
    Ok(ctx.require(Permission::ApiToken)?)
}

/// All tokens, newest first. Who may see them is asked by the callers.
pub(crate) fn rows(ctx: &Ctx) -> Result<Vec<TokenRow>, WorkError> {
    let (all, accounts) =
        ctx.read(|r| Ok((session::tokens_of(r.conn(), ctx.org)?, account::accounts_of(r.conn(), ctx.org)?)))?;
    let name = |reference: &str| match reference {
        "" => String::new(),
        "system/upgrade" => "an upgrade".to_owned(),
        _ => accounts
            .iter()
            .find(|one| one.reference == reference)
            .map_or("the command line", |one| &one.name)
            .to_owned(),
    };
    let answered = |one: &ApiToken| {
        answering::is_answered_for(one, accounts.iter().filter(|account| account.reference == one.made_by))
    };
    let row = |one: ApiToken| TokenRow {
        answered: answered(&one),
        maker: name(&one.made_by),
        confirmer: name(&one.confirmed_by),
        hash: one.hash,
        label: one.label,
        permissions: one.permissions,
        created: one.created,
        expires: one.expires,
        revoked: one.revoked,
        made_by: one.made_by,
        wider: one.wider,
        confirmed_by: one.confirmed_by,
    };
    Ok(all.into_iter().map(row).collect())
}

//! What a site sets: which rules run, which of them may open tasks at once. Each setting has a name and a reason.

use continuo_store::tables::rule_setting::{self, RuleSetting};

use crate::access::Permission;
use crate::assess::site::{self, RuleView};
use crate::ctx::Ctx;
use crate::problem::WorkError;

/// All rules with their setting, in order of importance.
pub fn rules(ctx: &Ctx) -> Result<Vec<RuleView>, WorkError> {
    Ok(ctx.read(|r| site::rules(r.conn(), ctx.org))?)
}

/// Switches a rule on or off, and whether it may open tasks at once. The nightly round applies it to everybody.
pub fn set_rule(ctx: &Ctx, rule: &str, active: bool, direct: bool, reason: &str) -> Result<(), WorkError> {
    ctx.require(Permission::AdminPolicy)?;
    if !site::is_rule(rule) {
        return Err(WorkError::NotFound("this rule".to_owned()));
    }
    if crate::inbox::RULES.contains(&rule) && !active {
        return Err(WorkError::Not("safety contacts and reading messages cannot be switched off".to_owned()));
    }
    if reason.trim().len() < 3 {
        return Err(WorkError::field("reason", "say why"));
    }
    let setting = RuleSetting {
        rule: rule.to_owned(),
        active,
        direct,
        at: ctx.now().micros(),
        actor: ctx.actor.reference.clone(),
        reason: reason.trim().to_owned(),
    };
    ctx.write("set rule", move |tx| {
        let org = tx.org();
        tx.commit_id();
        rule_setting::add(tx.conn()?, org, &setting)
    })?;
    Ok(())
}

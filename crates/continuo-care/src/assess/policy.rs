//! Site policy: a named person switches rules on or off, and says which may open tasks directly (system.md law 2).

use continuo_store::tables::rule_setting::{self, RuleSetting};

use super::site::{self, RuleView};
use crate::access::Permission;
use crate::ctx::Ctx;
use crate::problem::WorkError;
use crate::work::Done;

/// All rules with their setting, in order of importance.
pub fn rules(ctx: &Ctx) -> Result<Vec<RuleView>, WorkError> {
    ctx.require(Permission::WorkRead)?;
    Ok(ctx.read(|r| site::rules(r.conn(), ctx.org))?)
}

/// Switches a rule, with the reason. Everybody is assessed again with the next night, the person at hand at once.
pub fn set(ctx: &Ctx, rule: &str, active: bool, direct: bool, reason: &str) -> Done<()> {
    ctx.require(Permission::AdminPolicy)?;
    if !site::is_rule(rule) {
        return Err(WorkError::NotFound(format!("rule {rule}")));
    }
    if reason.trim().len() < 3 {
        return Err(WorkError::field("reason", "say why"));
    }
    if crate::inbox::RULES.contains(&rule) && !active {
        return Err(WorkError::Not("safety contacts and reading messages cannot be switched off".to_owned()));
    }
    let setting = RuleSetting {
        rule: rule.to_owned(),
        active,
        direct,
        at: ctx.now().micros(),
        actor: ctx.actor.reference.clone(),
        reason: reason.trim().to_owned(),
        params: ctx.read(|r| site::params_of(r.conn(), ctx.org, rule))?,
    };
    Ok(ctx.write("switch rule", move |tx| {
        tx.commit_id();
        let org = tx.org();
        rule_setting::add(tx.conn()?, org, &setting)
    })?)
}

/// Lets every clock-driven rule open tasks, in the name of a person: how a clinic starts that wants it so.
pub fn open_tasks_directly(ctx: &Ctx, by: &str, reason: &str) -> Done<()> {
    ctx.require(Permission::AdminPolicy)?;
    let settings = site::open_tasks_directly(by, reason, ctx.now().micros());
    Ok(ctx.write("switch rules", move |tx| {
        tx.commit_id();
        let org = tx.org();
        for setting in &settings {
            rule_setting::add(tx.conn()?, org, setting)?;
        }
        Ok(())
    })?)
}

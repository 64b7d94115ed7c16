//! What a site sets: which rules run, which of them may open tasks at once. Each setting has a name and a reason.

use continuo_store::tables::assessed;
use continuo_store::tables::rule_setting::{self, RuleSetting};

use crate::access::Permission;
use crate::assess::site::{self, RuleView};
use crate::ctx::Ctx;
use crate::problem::WorkError;

/// All rules with their setting, in order of importance.
pub fn rules(ctx: &Ctx) -> Result<Vec<RuleView>, WorkError> {
    Ok(ctx.read(|r| site::rules(r.conn(), ctx.org))?)
}

/// Switches a rule on or off, and whether it may open tasks at once. Everybody is looked at again in the background.
pub fn set_rule(ctx: &Ctx, rule: &str, active: bool, direct: bool, reason: &str) -> Result<(), WorkError> {
    let params = ctx.read(|r| site::params_of(r.conn(), ctx.org, rule))?;
    set_rule_with(ctx, rule, active, direct, params, reason)
}

/// The least and the most a threshold may be: beyond them a typing slip is likelier than a decision.
const THRESHOLDS: std::ops::RangeInclusive<i64> = 0..=10_000;

/// Sets the thresholds of a care-gap rule; those at their shipped value are not kept.
pub fn set_thresholds(ctx: &Ctx, rule: &str, values: &[(String, i64)], reason: &str) -> Result<(), WorkError> {
    let view = rules(ctx)?.into_iter().find(|view| view.id == rule);
    let view = view.ok_or_else(|| WorkError::NotFound("this rule".to_owned()))?;
    let mut params = std::collections::BTreeMap::new();
    for (name, _, shipped) in &view.params {
        let Some((_, value)) = values.iter().find(|(given, _)| given == name) else { continue };
        if !THRESHOLDS.contains(value) {
            return Err(WorkError::field("thresholds", "give a whole number from 0 to 10,000"));
        }
        if value != shipped {
            params.insert(name.clone(), *value);
        }
    }
    set_rule_with(ctx, rule, view.active, view.direct, site::write_params(&params), reason)
}

fn set_rule_with(
    ctx: &Ctx,
    rule: &str,
    active: bool,
    direct: bool,
    params: String,
    reason: &str,
) -> Result<(), WorkError> {
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
        params,
    };
    ctx.write("set rule", move |tx| {
        let (org, now) = (tx.org(), tx.now());
        tx.commit_id();
        rule_setting::add(tx.conn()?, org, &setting)?;
        assessed::look_again(tx.conn()?, org, now)
    })?;
    Ok(())
}

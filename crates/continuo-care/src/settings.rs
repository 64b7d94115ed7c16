//! What a site sets: which rules run, which of them may open tasks at once, its own number for patients. Each setting has
//! a name, and each rule a reason.

use continuo_store::tables::assessed;
use continuo_store::tables::rule_setting;
pub use continuo_store::tables::rule_setting::RuleSetting;
use continuo_store::tables::setting;

use crate::access::Permission;
use crate::after_visit::PHONE;
use crate::assess::site::{self, RuleView};
use crate::ctx::Ctx;
use crate::problem::WorkError;
use crate::work::Done;

/// All rules with their setting, in order of importance.
pub fn rules(ctx: &Ctx) -> Result<Vec<RuleView>, WorkError> {
    Ok(ctx.read(|r| site::rules(r.conn(), ctx.org))?)
}

/// Switches a rule on or off, and whether it may open tasks at once. Everybody is looked at again in the background.
pub fn set_rule(ctx: &Ctx, rule: &str, active: bool, direct: bool, reason: &str) -> Result<(), WorkError> {
    let params = ctx.read(|r| site::params_of(r.conn(), ctx.org, rule))?;
    set_rule_with(ctx, rule, active, direct, params, reason)
}

/// Thresholds that may not pass another of the same rule: the first at most the second.
const ORDER: &[(&str, &str, &str)] = &[
    ("coverage-ending", "act_days", "before_days"),
    ("coverage-ending", "act_days", "medicaid_before_days"),
    ("authorization-ending", "act_days", "before_days"),
    ("urgent-referral", "stat_days", "urgent_days"),
    ("urgent-referral", "urgent_days", "cancer_days"),
    ("tier-contact", "high_days", "medium_days"),
    ("tier-contact", "medium_days", "low_days"),
];

/// Sets the thresholds of a rule within their safe limits; those at their shipped value are not kept.
pub fn set_thresholds(ctx: &Ctx, rule: &str, values: &[(String, i64)], reason: &str) -> Result<(), WorkError> {
    let view = rules(ctx)?.into_iter().find(|view| view.id == rule);
    let view = view.ok_or_else(|| WorkError::NotFound("this rule".to_owned()))?;
    let mut params = std::collections::BTreeMap::new();
    let mut all = std::collections::BTreeMap::new();
    for one in &view.params {
        let given = values.iter().find(|(name, _)| *name == one.name).map(|(_, value)| *value);
        let value = given.unwrap_or(one.here);
        if !(one.safe.0..=one.safe.1).contains(&value) {
            let text = format!("`{}` is a whole number from {} to {}", one.name, one.safe.0, one.safe.1);
            return Err(WorkError::field("thresholds", text));
        }
        all.insert(one.name.as_str(), value);
        if value != one.shipped {
            params.insert(one.name.clone(), value);
        }
    }
    for (_, least, most) in ORDER.iter().filter(|(of, ..)| *of == rule) {
        // A cadence of 0 is none.
        if let (Some(first), Some(then)) = (all.get(least), all.get(most))
            && *then != 0
            && first > then
        {
            return Err(WorkError::field("thresholds", format!("`{least}` is at most `{most}`")));
        }
    }
    set_rule_with(ctx, rule, view.active, view.direct, site::write_params(&params), reason)
}

/// One version of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: i64,
    /// By whom.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// What was set, where it can be said in words.
    pub what: String,
}

/// Settings with a history of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Days and hours of the site.
    Days,
    /// How long a message may wait.
    Messages,
}

/// All versions of a setting, newest first.
pub fn history(ctx: &Ctx, of: Kept) -> Result<Vec<Change>, WorkError> {
    ctx.require(Permission::AdminPolicy)?;
    let name = match of {
        Kept::Days => crate::site_days::SETTING,
        Kept::Messages => crate::inbox::limits::SETTING,
    };
    let rows = ctx.read(|r| setting::history(r.conn(), ctx.org, name))?;
    let what = |value: &str| match (of, value.trim_matches('"').split(' ').collect::<Vec<_>>().as_slice()) {
        (Kept::Messages, [minutes, days, paper]) => {
            format!("{minutes} minutes, {days} and {paper} business days")
        }
        _ => String::new(),
    };
    Ok(rows
        .into_iter()
        .map(|row| Change { at: row.at, actor: row.actor, reason: row.reason, what: what(&row.value) })
        .collect())
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

/// Longest number written down, with its extension and hours left out.
const LONGEST_PHONE: usize = 40;

/// The clinic's own number as patients read it on their sheets; empty where none was set.
pub fn phone(ctx: &Ctx) -> Result<String, WorkError> {
    Ok(ctx.read(|r| setting::newest(r.conn(), ctx.org, PHONE))?.map(|row| row.value).unwrap_or_default())
}

/// Sets the number that patients are told to call. Empty takes it away: sheets then leave a line to write on.
pub fn set_phone(ctx: &Ctx, number: &str) -> Done<()> {
    ctx.require(Permission::AdminPolicy)?;
    let number = number.split_whitespace().collect::<Vec<_>>().join(" ");
    if !number.is_empty() && !is_phone(&number) {
        return Err(WorkError::field("phone", "enter a telephone number, such as 555-0142 or 555-0142 ext. 3"));
    }
    let actor = ctx.actor.reference.clone();
    Ok(ctx.write("set clinic phone", move |tx| {
        let (org, now) = (tx.org(), tx.now());
        tx.commit_id();
        setting::set(tx.conn()?, org, PHONE, now, &actor, &number)
    })?)
}

/// Digits as people write them: a wrong number on a sheet sends a frightened person to nobody.
fn is_phone(text: &str) -> bool {
    let (number, extension) = match text.split_once("ext") {
        Some((number, extension)) => (number, extension.trim_start_matches('.').trim()),
        None => (text, "0"),
    };
    let digits = number.chars().filter(char::is_ascii_digit).count();
    text.len() <= LONGEST_PHONE
        && (7..=15).contains(&digits)
        && number.chars().all(|one| one.is_ascii_digit() || "+-(). ".contains(one))
        && !extension.is_empty()
        && extension.chars().all(|one| one.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_cannot_be_called_is_refused() {
        for right in ["555-0142", "(555) 555-0142", "+1 555 555 0142", "555-0142 ext. 3", "555.555.0142 ext 12"] {
            assert!(is_phone(right), "{right}");
        }
        for wrong in ["911", "call us", "555-0142 ext", "555-0142 ask for Ana", "<b>5550142</b>", "5550142555014255"] {
            assert!(!is_phone(wrong), "{wrong}");
        }
    }
}

//! A site's settings as the engine needs them: calendar, rules on or off, which rules may open tasks.

use std::collections::BTreeMap;

use continuo_fhir::{Instant, Zone};
use continuo_store::conn::Conn;
use continuo_store::tables::{org, rule_setting};
use continuo_store::{OrgId, Result};

use crate::followup::calendar::Calendar;
use crate::followup::finding::Opens;
use crate::followup::{SPECS, Site, spec};

/// The settings of one organisation.
#[derive(Clone, Debug)]
pub struct Settings {
    /// For the engine.
    pub site: Site,
    direct: BTreeMap<String, bool>,
}

impl Settings {
    /// Whether a rule may open Tasks without a suggestion. The safety contact always may (safety.md rule 8), and so may
    /// reading a message: that every message is read by a person is no site's choice (rule 6).
    pub fn is_direct(&self, rule: &str) -> bool {
        crate::inbox::RULES.contains(&rule) || self.direct.get(rule).copied().unwrap_or(false)
    }
}

/// Reads the settings of an organisation.
pub fn settings(conn: &mut Conn, org: OrgId, now: Instant) -> Result<Settings> {
    let zone = org::zone(conn, org)?.and_then(|name| Zone::named(&name)).unwrap_or_else(Zone::utc);
    let mut active: BTreeMap<String, bool> = BTreeMap::new();
    let mut direct = BTreeMap::new();
    for setting in rule_setting::all(conn, org)? {
        active.insert(setting.rule.clone(), setting.active);
        direct.insert(setting.rule, setting.direct);
    }
    let calendar = calendar(zone, now);
    let mut site = Site::with(calendar, |spec| active.get(spec.id).copied().unwrap_or(spec.on));
    site.messages = crate::inbox::limits::of(conn, org)?;
    Ok(Settings { site, direct })
}

/// The calendar of a zone with the federal holidays around a moment.
pub fn calendar(zone: Zone, now: Instant) -> Calendar {
    let year = zone.day(now).year();
    Calendar::us(zone, year.saturating_sub(2)..=year.saturating_add(1))
}

/// One rule as the administration page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleView {
    /// Id.
    pub id: &'static str,
    /// Title.
    pub title: &'static str,
    /// AHRQ activity.
    pub activity: &'static str,
    /// Citation.
    pub source: &'static str,
    /// What it says, with its examples (Markdown).
    pub text: &'static str,
    /// What it opens.
    pub opens: Opens,
    /// Runs at this site.
    pub active: bool,
    /// May open tasks at this site.
    pub direct: bool,
    /// By whom and why it stands so; empty while as shipped.
    pub set_by: String,
    /// Why.
    pub reason: String,
    /// When, 0 while as shipped.
    pub at: i64,
}

/// All rules with their setting, in order of importance.
pub fn rules(conn: &mut Conn, org: OrgId) -> Result<Vec<RuleView>> {
    let settings = rule_setting::all(conn, org)?;
    Ok(SPECS
        .iter()
        .map(|spec| {
            let set = settings.iter().rev().find(|setting| setting.rule == spec.id);
            RuleView {
                id: spec.id,
                title: &spec.title,
                activity: &spec.activity,
                source: &spec.source,
                text: &spec.text,
                opens: spec.opens,
                active: set.map_or(spec.on, |set| set.active),
                direct: crate::inbox::RULES.contains(&spec.id) || set.is_some_and(|set| set.direct),
                set_by: set.map(|set| set.actor.clone()).unwrap_or_default(),
                reason: set.map(|set| set.reason.clone()).unwrap_or_default(),
                at: set.map_or(0, |set| set.at),
            }
        })
        .collect())
}

/// The settings with which a site lets every clock-driven rule open tasks; a named person switches them on.
pub fn open_tasks_directly(actor: &str, reason: &str, at: i64) -> Vec<rule_setting::RuleSetting> {
    SPECS
        .iter()
        .filter(|spec| spec.opens == Opens::Task)
        .map(|spec| rule_setting::RuleSetting {
            rule: spec.id.to_owned(),
            active: spec.on,
            direct: true,
            at,
            actor: actor.to_owned(),
            reason: reason.to_owned(),
        })
        .collect()
}

/// Whether there is such a rule.
pub fn is_rule(rule: &str) -> bool {
    spec(rule).is_some()
}

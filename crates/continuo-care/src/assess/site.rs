//! A site's settings as the engine needs them: calendar, rules on or off, which rules may open tasks.

use std::collections::BTreeMap;

use continuo_fhir::{Instant, Zone};
use continuo_store::conn::Conn;
use continuo_store::tables::{org, rule_setting};
use continuo_store::{OrgId, Result};

use crate::followup::calendar::Calendar;
use crate::followup::finding::Opens;
use crate::followup::{SPECS, Site, spec};
use crate::gaps;

/// The settings of one organisation.
#[derive(Clone, Debug)]
pub struct Settings {
    /// For the follow-up engine.
    pub site: Site,
    /// The care-gap rules that are on, with the site's thresholds.
    pub gaps: Vec<gaps::Setting>,
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
    let mut params = BTreeMap::new();
    for setting in rule_setting::all(conn, org)? {
        active.insert(setting.rule.clone(), setting.active);
        params.insert(setting.rule.clone(), read_params(&setting.params));
        direct.insert(setting.rule, setting.direct);
    }
    let calendar = calendar(zone, now);
    let gaps = gaps::SPECS
        .iter()
        .map(|spec| &spec.rule)
        .filter(|rule| active.get(rule.id).copied().unwrap_or(rule.on))
        .map(|rule| gaps::Setting { rule: rule.id, params: params.remove(rule.id).unwrap_or_default() })
        .collect();
    let mut site = Site::with(calendar, |spec| active.get(spec.id).copied().unwrap_or(spec.on));
    site.messages = crate::inbox::limits::of(conn, org)?;
    Ok(Settings { site, gaps, direct })
}

/// Thresholds as kept: `Name=1;Other=2`; what is not understood is left out.
pub fn read_params(text: &str) -> BTreeMap<String, i64> {
    text.split(';')
        .filter_map(|pair| pair.split_once('='))
        .filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?)))
        .collect()
}

/// The thresholds of a rule in force, as they are kept.
pub fn params_of(conn: &mut Conn, org: OrgId, rule: &str) -> Result<String> {
    let last = rule_setting::all(conn, org)?.into_iter().rev().find(|setting| setting.rule == rule);
    Ok(last.map(|setting| setting.params).unwrap_or_default())
}

/// Thresholds as they are kept.
pub fn write_params(params: &BTreeMap<String, i64>) -> String {
    params.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(";")
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
    /// Thresholds: name, value here, value as shipped. Only care-gap rules have some that a site sets.
    pub params: Vec<(String, i64, i64)>,
}

/// All rules with their setting, in order of importance.
pub fn rules(conn: &mut Conn, org: OrgId) -> Result<Vec<RuleView>> {
    let settings = rule_setting::all(conn, org)?;
    let all = SPECS.iter().map(|spec| (spec, false)).chain(gaps::SPECS.iter().map(|gap| (&gap.rule, true)));
    Ok(all
        .map(|(spec, is_gap)| {
            let set = settings.iter().rev().find(|setting| setting.rule == spec.id);
            let here = set.map(|set| read_params(&set.params)).unwrap_or_default();
            let params = spec.params.iter().filter(|_| is_gap);
            RuleView {
                params: params
                    .map(|(name, shipped)| (name.clone(), here.get(name).copied().unwrap_or(*shipped), *shipped))
                    .collect(),
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
            params: String::new(),
        })
        .collect()
}

/// Whether there is such a rule.
pub fn is_rule(rule: &str) -> bool {
    spec(rule).is_some()
}

//! A site's settings as the engine needs them: calendar, rules on or off, which rules may open tasks.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use continuo_fhir::{Instant, Zone};
use continuo_store::conn::Conn;
use continuo_store::tables::{account, org, rule_setting};
use continuo_store::{OrgId, Result};

use crate::followup::calendar::Calendar;
use crate::followup::finding::Opens;
use crate::followup::spec::Spec;
use crate::followup::{SPECS, Site, spec};
use crate::inbox::limits;
use crate::{gaps, site_days};

/// The settings of one organization.
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

/// What a site set, as it is kept: where nothing of it changed, neither did the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    zone: Zone,
    days: site_days::SiteDays,
    messages: limits::MessageLimits,
    rules: Vec<rule_setting::RuleSetting>,
    licensed: BTreeSet<String>,
}

impl Kept {
    /// As it stands.
    pub(crate) fn read(conn: &mut Conn, org: OrgId) -> Result<Kept> {
        Ok(Kept { licensed: licensed(conn, org)?, ..Kept::without_people(conn, org)? })
    }

    fn without_people(conn: &mut Conn, org: OrgId) -> Result<Kept> {
        Ok(Kept {
            zone: zone(conn, org)?,
            days: site_days::of(conn, org)?,
            messages: limits::of(conn, org)?,
            rules: rule_setting::all(conn, org)?,
            licensed: BTreeSet::new(),
        })
    }

    /// The settings at a moment.
    pub(crate) fn settings(self, now: Instant) -> Settings {
        let mut active: BTreeMap<String, bool> = BTreeMap::new();
        let mut direct = BTreeMap::new();
        let mut params = BTreeMap::new();
        for setting in self.rules {
            active.insert(setting.rule.clone(), setting.active);
            params.insert(setting.rule.clone(), read_params(&setting.params));
            direct.insert(setting.rule, setting.direct);
        }
        let gaps = gaps::SPECS
            .iter()
            .map(|spec| &spec.rule)
            .filter(|rule| active.get(rule.id).copied().unwrap_or(rule.on))
            .map(|rule| gaps::Setting { rule: rule.id, params: params.remove(rule.id).unwrap_or_default() })
            .collect();
        let mut site =
            Site::with(self.days.calendar(self.zone, now), |spec| active.get(spec.id).copied().unwrap_or(spec.on));
        site.messages = self.messages;
        site.licensed = Some(self.licensed);
        for rule in &mut site.rules {
            if let Some(values) = params.get(rule.id).filter(|values| !values.is_empty()) {
                *rule = Cow::Owned(rule.with(values));
            }
            follow_messages(rule, self.messages);
        }
        Settings { site, gaps, direct }
    }
}

/// Reads the settings of an organization.
pub fn settings(conn: &mut Conn, org: OrgId, now: Instant) -> Result<Settings> {
    Ok(Kept::read(conn, org)?.settings(now))
}

/// The settings for some rules only. Those who may say what came of a safety contact are looked up where a rule asks for them.
pub fn settings_of(conn: &mut Conn, org: OrgId, now: Instant, rules: &BTreeSet<&str>) -> Result<Settings> {
    let asks = rules.contains(crate::followup::rules::ASKS_WHO_IS_LICENSED);
    let kept = if asks { Kept::read(conn, org)? } else { Kept::without_people(conn, org)? };
    let mut settings = kept.settings(now);
    settings.site.rules.retain(|spec| rules.contains(spec.id));
    settings.gaps.retain(|setting| rules.contains(setting.rule));
    Ok(settings)
}

/// The settings as they stood at a moment, for explaining what was found then.
pub fn settings_at(conn: &mut Conn, org: OrgId, then: Instant) -> Result<Settings> {
    let mut rules = rule_setting::all(conn, org)?;
    rules.retain(|one| one.at <= then.micros());
    let (zone, days) = (zone(conn, org)?, site_days::at(conn, org, then)?);
    let licensed = licensed(conn, org)?;
    Ok(Kept { zone, days, messages: limits::at(conn, org, then)?, rules, licensed }.settings(then))
}

/// Who may say what came of a safety contact: the people with a role of its route, whether they still sign in or not.
fn licensed(conn: &mut Conn, org: OrgId) -> Result<BTreeSet<String>> {
    let Some(route) = crate::oncall::routes::of_kind("suicide-risk-contact") else { return Ok(BTreeSet::new()) };
    Ok(account::holders(conn, org, &route.roles)?.into_iter().collect())
}

fn zone(conn: &mut Conn, org: OrgId) -> Result<Zone> {
    Ok(org::zone(conn, org)?.and_then(|name| Zone::named(&name)).unwrap_or_else(Zone::utc))
}

/// How long a message may wait is one setting for all its rules: their parameters, which stand in the evidence, say it.
fn follow_messages(rule: &mut Cow<'static, Spec>, messages: limits::MessageLimits) {
    for (id, name, value) in [
        ("red-flag-message", "answer_minutes", messages.emergency_minutes),
        ("unanswered-message", "business_days", messages.routine_days),
    ] {
        if rule.id == id && rule.param(name) != value {
            rule.to_mut().set(name, value);
        }
    }
}

/// How many tries a rule wants before other ways are taken, where the site set it.
pub fn attempts(conn: &mut Conn, org: OrgId) -> Result<BTreeMap<String, i64>> {
    let mut tries = BTreeMap::new();
    for setting in rule_setting::all(conn, org)? {
        match read_params(&setting.params).get("attempts") {
            Some(count) => tries.insert(setting.rule, *count),
            None => tries.remove(&setting.rule),
        };
    }
    Ok(tries)
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

/// The civil days of a zone, with the federal holidays around a moment. For days, bands and lateness; what counts
/// business days takes [`crate::Ctx::calendar`], which knows the site's own days.
pub fn calendar(zone: Zone, now: Instant) -> Calendar {
    let year = zone.day(now).year();
    Calendar::us(zone, year.saturating_sub(2)..=year.saturating_add(1))
}

/// What a site may set of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// Name in the rule's file.
    pub name: String,
    /// Value here.
    pub here: i64,
    /// Value as shipped.
    pub shipped: i64,
    /// The least and the most that is safe.
    pub safe: (i64, i64),
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
    /// What a site may set.
    pub params: Vec<Threshold>,
    /// All settings of the rule so far, newest first.
    pub history: Vec<rule_setting::RuleSetting>,
}

/// The least and the most a care-gap threshold may be: beyond them a typing slip is likelier than a decision.
pub const GAP_THRESHOLDS: (i64, i64) = (0, 10_000);

/// All rules with their setting, in order of importance.
pub fn rules(conn: &mut Conn, org: OrgId) -> Result<Vec<RuleView>> {
    let settings = rule_setting::all(conn, org)?;
    let all = SPECS.iter().map(|spec| (spec, false)).chain(gaps::SPECS.iter().map(|gap| (&gap.rule, true)));
    Ok(all
        .map(|(spec, is_gap)| {
            let set = settings.iter().rev().find(|setting| setting.rule == spec.id);
            let here = set.map(|set| read_params(&set.params)).unwrap_or_default();
            let threshold = |name: &str, shipped: i64, safe: (i64, i64)| Threshold {
                name: name.to_owned(),
                here: here.get(name).copied().unwrap_or(shipped),
                shipped,
                safe,
            };
            let params = if is_gap {
                spec.params.iter().map(|(name, shipped)| threshold(name, *shipped, GAP_THRESHOLDS)).collect()
            } else {
                spec.settable().map(|(name, shipped, least, most)| threshold(name, shipped, (least, most))).collect()
            };
            RuleView {
                params,
                history: settings.iter().rev().filter(|one| one.rule == spec.id).cloned().collect(),
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

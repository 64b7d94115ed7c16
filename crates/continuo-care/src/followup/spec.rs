//! The data of a follow-up rule: front matter and text of `knowledge/follow-up/<rule>.md`.
//!
//! The same text is the rule's page.

use std::collections::BTreeMap;

use super::finding::{Consequence, Opens};
use super::front::{Front, map};

/// The name of the look-back among what a site may set.
pub const LOOKBACK: &str = "lookback";

/// A rule's data as read from its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// Rule id, the file's name.
    pub id: &'static str,
    /// What it finds.
    pub title: String,
    /// AHRQ coordination activity.
    pub activity: String,
    /// Citation.
    pub source: String,
    /// How many days back a finding is listed; older ones are backlog.
    pub lookback_days: i64,
    /// What the loop does with a finding.
    pub opens: Opens,
    /// The harm of waiting.
    pub consequence: Consequence,
    /// The role that owns the work when nobody else does.
    pub owner: String,
    /// The kind of task (`Task.code`).
    pub kind: String,
    /// Named numbers the logic reads.
    pub params: Vec<(String, i64)>,
    /// Between what a site may set a parameter, or the look-back (`lookback`); what is not named here is fixed.
    pub safe: Vec<(String, i64, i64)>,
    /// Days a rejected key stays silent.
    pub repeat_days: i64,
    /// Order between rules of one band, lowest first.
    pub rank: i64,
    /// Never shown in plain words in a row.
    pub sensitive: bool,
    /// Whether a new site starts with it on.
    pub on: bool,
    /// What takes a finding off the list, in one sentence; empty where the rule's answers say it themselves.
    pub settles: String,
    /// The text under the front matter: what it says, with its examples.
    pub text: String,
}

impl Spec {
    /// A parameter, or the reason the file is unusable.
    pub fn param(&self, name: &str) -> i64 {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| *value).unwrap_or(0)
    }

    /// What a site may set: name, value as shipped, least, most.
    pub fn settable(&self) -> impl Iterator<Item = (&str, i64, i64, i64)> {
        let shipped = |name: &str| if name == LOOKBACK { self.lookback_days } else { self.param(name) };
        self.safe.iter().map(move |(name, least, most)| (name.as_str(), shipped(name), *least, *most))
    }

    /// The rule with a site's values; what is outside the safe range stays as shipped.
    #[must_use]
    pub fn with(&self, values: &BTreeMap<String, i64>) -> Spec {
        let mut spec = self.clone();
        for (name, least, most) in &self.safe {
            let Some(value) = values.get(name).filter(|value| (*least..=*most).contains(*value)) else { continue };
            spec.set(name, *value);
        }
        spec
    }

    /// Sets a parameter or the look-back.
    pub(crate) fn set(&mut self, name: &str, value: i64) {
        if name == LOOKBACK {
            self.lookback_days = value;
        }
        for param in self.params.iter_mut().filter(|(key, _)| key == name) {
            param.1 = value;
        }
    }

    /// Reads a rule file.
    pub fn parse(id: &'static str, file: &str) -> Result<Spec, String> {
        let front = Front::parse(id, file)?;
        let get = |name: &str| front.get(name);
        let days = |value: &str| -> Result<i64, String> {
            value
                .split_whitespace()
                .next()
                .and_then(|n| n.parse().ok())
                .ok_or_else(|| format!("rule `{id}`: `{value}` is not a number of days"))
        };
        let cap = map(get("cap")?);
        let number = |name: &str| cap.iter().find(|(key, _)| key == name).map_or("0", |(_, value)| value.as_str());
        let mut params = Vec::new();
        for (key, value) in map(get("params")?) {
            params.push((key, days(&value)?));
        }
        let mut safe = Vec::new();
        for (key, range) in get("safe").map(map).unwrap_or_default() {
            let ends = range.split_once("..").and_then(|(least, most)| Some((least.parse().ok()?, most.parse().ok()?)));
            let (least, most): (i64, i64) = ends.ok_or_else(|| format!("rule `{id}`: `{range}` is no safe range"))?;
            let shipped = if key == LOOKBACK { Some(days(get("lookback")?)?) } else { None };
            let shipped = shipped.or_else(|| params.iter().find(|(name, _)| *name == key).map(|(_, value)| *value));
            if !shipped.is_some_and(|shipped| (least..=most).contains(&shipped)) {
                return Err(format!("rule `{id}`: `{key}` is no parameter, or shipped outside its safe range"));
            }
            safe.push((key, least, most));
        }
        Ok(Spec {
            id,
            safe,
            title: get("title")?.to_owned(),
            activity: get("activity")?.to_owned(),
            source: get("source")?.to_owned(),
            lookback_days: days(get("lookback")?)?,
            opens: Opens::from_word(get("opens")?).ok_or_else(|| format!("rule `{id}`: unknown opens"))?,
            consequence: Consequence::from_word(get("consequence")?)
                .ok_or_else(|| format!("rule `{id}`: unknown consequence"))?,
            owner: get("owner")?.to_owned(),
            kind: get("kind")?.to_owned(),
            params,
            repeat_days: days(number("repeat"))?,
            rank: days(number("rank"))?,
            sensitive: get("sensitive").is_ok_and(|value| value == "true"),
            on: get("default")? == "on",
            settles: get("settles")?.to_owned(),
            text: front.text.trim().to_owned(),
        })
    }
}

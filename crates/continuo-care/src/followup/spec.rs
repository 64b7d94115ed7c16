//! The data of a follow-up rule: front matter and text of `knowledge/follow-up/<rule>.md`.
//!
//! The same text is the rule's page.

use super::finding::{Consequence, Opens};
use super::front::{Front, map};

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
    /// Days a rejected key stays silent.
    pub repeat_days: i64,
    /// Order between rules of one band, lowest first.
    pub rank: i64,
    /// Never shown in plain words in a row.
    pub sensitive: bool,
    /// Whether a new site starts with it on.
    pub on: bool,
    /// The text under the front matter: what it says, with its examples.
    pub text: String,
}

impl Spec {
    /// A parameter, or the reason the file is unusable.
    pub fn param(&self, name: &str) -> i64 {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| *value).unwrap_or(0)
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
        Ok(Spec {
            id,
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
            text: front.text.trim().to_owned(),
        })
    }
}

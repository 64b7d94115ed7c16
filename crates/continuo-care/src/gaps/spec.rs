//! The data of a care-gap rule: front matter and text of `knowledge/care-gaps/<rule>.md`.
//!
//! What a follow-up rule also has (title, source, look-back, owner, rank ...) is kept as its [`Spec`], so that
//! suggestions, settings and oversight treat both alike.

use crate::followup::finding::{Consequence, Opens};
use crate::followup::front::{Front, map};
use crate::followup::spec::Spec;

/// A care-gap rule's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GapSpec {
    /// What every rule has.
    pub rule: Spec,
    /// What to do, verb first, without names or diagnoses: it stands in lists.
    pub action: String,
    /// Under which heading it stands: "Cancer screening", "Diabetes".
    pub group: String,
    /// Days before the due date on which it is shown as coming up.
    pub opens_days: i64,
    /// Days after the due date from which it is late.
    pub late_days: i64,
    /// Whether an open gap goes to the worklist; the others wait on the care-gaps page and the chart.
    pub worklist: bool,
    /// Template of the message offered (`knowledge/messages`); empty when none.
    pub message: String,
    /// The CQL.
    pub logic: &'static str,
}

impl GapSpec {
    /// Reads a rule's two files.
    pub fn parse(id: &'static str, logic: &'static str, page: &str) -> Result<GapSpec, String> {
        let front = Front::parse(id, page)?;
        let get = |name: &str| front.get(name);
        let cap = map(get("cap")?);
        let window = map(get("window")?);
        let offer = map(get("offer")?);
        let of = |list: &[(String, String)], name: &str| {
            list.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let days = |value: &str| days(value).ok_or_else(|| format!("rule `{id}`: `{value}` is not a length of time"));
        let whole = |value: &str| value.parse().map_err(|_| format!("rule `{id}`: `{value}` is not a whole number"));
        let mut params = Vec::new();
        if let Ok(list) = get("params") {
            for (name, value) in map(list) {
                params.push((name, whole(&value)?));
            }
        }
        let consequence = get("consequence").unwrap_or("normal");
        Ok(GapSpec {
            rule: Spec {
                safe: Vec::new(),
                id,
                title: get("title")?.to_owned(),
                activity: get("activity")?.to_owned(),
                source: get("source")?.to_owned(),
                lookback_days: days(get("lookback")?)?,
                opens: Opens::Suggestion,
                consequence: Consequence::from_word(consequence)
                    .ok_or_else(|| format!("rule `{id}`: unknown consequence"))?,
                owner: get("owner").unwrap_or("care-coordinator").to_owned(),
                kind: of(&offer, "task"),
                params,
                repeat_days: days(&of(&cap, "repeat"))?,
                rank: whole(&of(&cap, "rank"))?,
                sensitive: get("sensitive").is_ok_and(|value| value == "true"),
                on: get("default")? == "on",
                settles: String::new(),
                text: front.text.trim().to_owned(),
            },
            action: get("do")?.to_owned(),
            group: get("group")?.to_owned(),
            opens_days: days(of(&window, "opens").trim_start_matches('-'))?,
            late_days: days(of(&window, "late").trim_start_matches('+'))?,
            worklist: get("list").is_ok_and(|value| value == "worklist"),
            message: of(&offer, "message"),
            logic,
        })
    }

    /// What the rule says: its first paragraph.
    pub fn says(&self) -> String {
        crate::followup::words_of_rule(&self.rule.text)
    }
}

/// `30 days`, `6 months`, `3 years` as days.
fn days(value: &str) -> Option<i64> {
    let (number, unit) = value.trim().split_once(' ')?;
    let number: i64 = number.parse().ok()?;
    match unit {
        "day" | "days" => Some(number),
        "week" | "weeks" => Some(number * 7),
        "month" | "months" => Some(number * 61 / 2),
        "year" | "years" => Some(number * 1461 / 4),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::days;

    #[test]
    fn lengths_of_time_are_read() {
        assert_eq!(
            [days("30 days"), days("2 weeks"), days("1 year"), days("soon")],
            [Some(30), Some(14), Some(365), None]
        );
    }
}

//! Oversight: what each rule showed and what people did with it, time to decision, presses and seconds of work.
//!
//! Counts are of the organization and name nobody. "Not assessable" and "nobody decided" are counted, never left out.

use std::collections::BTreeMap;

use continuo_store::tables::decision::{self, Decision};
use continuo_store::tables::press_count;
use continuo_store::tables::suggestion::{self, RuleCount};

use crate::access::Permission;
use crate::ctx::Ctx;
use crate::followup::SPECS;
use crate::followup::calendar::DAY;
use crate::problem::WorkError;
use crate::suggestions::REASONS;

/// Fewer decisions than this say nothing about a rule.
const ENOUGH: usize = 10;

/// One rule's figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleFigures {
    /// Rule id.
    pub rule: String,
    /// Title.
    pub title: String,
    /// Suggestions opened in the time.
    pub shown: usize,
    /// Accepted as proposed.
    pub accepted: usize,
    /// Accepted with changes.
    pub changed: usize,
    /// Rejected.
    pub rejected: usize,
    /// Closed by the record.
    pub closed: usize,
    /// Nobody decided.
    pub nobody: usize,
    /// Still open.
    pub open: usize,
    /// Median minutes from opening to a person's decision; nothing when nobody decided.
    pub median_minutes: Option<i64>,
    /// Reasons of rejections, commonest first: words and count.
    pub reasons: Vec<(String, usize)>,
    /// Shown often and never acted on: its owner should look (safety.md rule 3).
    pub ignored: bool,
    /// Too few decisions to say anything.
    pub too_few: bool,
}

/// The figures of all rules over some days, in order of importance; rules that showed nothing are there, too.
pub fn figures(ctx: &Ctx, days: i64) -> Result<Vec<RuleFigures>, WorkError> {
    ctx.require(Permission::OversightRead)?;
    let since = ctx.now().micros() - days.clamp(1, 3650) * DAY;
    let (counts, decisions) =
        ctx.read(|r| Ok((suggestion::counts(r.conn(), ctx.org, since)?, decision::since(r.conn(), ctx.org, since)?)))?;
    let all = SPECS.iter().chain(crate::gaps::SPECS.iter().map(|gap| &gap.rule));
    Ok(all.map(|spec| of_rule(spec.id, &spec.title, &counts, &decisions)).collect())
}

/// The decisions about one rule over some days, newest first, as the reader may see them.
pub fn decisions(ctx: &Ctx, rule: &str, days: i64) -> Result<Vec<Decision>, WorkError> {
    ctx.require(Permission::OversightRead)?;
    let since = ctx.now().micros() - days.clamp(1, 3650) * DAY;
    let mut all = ctx.read(|r| decision::since(r.conn(), ctx.org, since))?;
    all.retain(|d| d.rule == rule && d.labels & ctx.scope.hidden_labels == 0);
    all.reverse();
    Ok(all)
}

/// Figures of one rule. Pure.
pub fn of_rule(rule: &str, title: &str, counts: &[RuleCount], decisions: &[Decision]) -> RuleFigures {
    let mine: Vec<&Decision> = decisions.iter().filter(|d| d.rule == rule && !d.undone).collect();
    let with = |outcome: &str| mine.iter().filter(|d| d.outcome == outcome).count();
    let state = |state: &str| {
        counts.iter().filter(|c| c.rule == rule && c.state == state).map(|c| c.count.max(0) as usize).sum::<usize>()
    };
    let shown = counts.iter().filter(|c| c.rule == rule).map(|c| c.count.max(0) as usize).sum();
    let by_people = ["accepted", "changed", "rejected"];
    let mut minutes: Vec<i64> = mine
        .iter()
        .filter(|d| by_people.contains(&d.outcome.as_str()))
        .map(|d| (d.at - d.opened).max(0) / 60_000_000)
        .collect();
    minutes.sort_unstable();
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for d in mine.iter().filter(|d| d.outcome == "rejected") {
        *reasons.entry(d.reason.as_str()).or_default() += 1;
    }
    let mut reasons: Vec<(String, usize)> = reasons
        .into_iter()
        .map(|(code, n)| (REASONS.iter().find(|(c, _)| *c == code).map_or(code, |(_, words)| *words).to_owned(), n))
        .collect();
    reasons.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let decided = with("accepted") + with("changed") + with("rejected");
    RuleFigures {
        rule: rule.to_owned(),
        title: title.to_owned(),
        shown,
        accepted: with("accepted"),
        changed: with("changed"),
        rejected: with("rejected"),
        closed: with("closed-by-record"),
        nobody: with("nobody-decided"),
        open: state("open"),
        median_minutes: minutes.get(minutes.len() / 2).copied(),
        reasons,
        ignored: shown >= ENOUGH && with("accepted") + with("changed") == 0,
        too_few: decided < ENOUGH,
    }
}

/// Work of one kind: how often, presses and seconds each on average.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effort {
    /// Kind of task, in words.
    pub kind: &'static str,
    /// Times.
    pub times: i64,
    /// Presses each, in tenths.
    pub presses_tenths: i64,
    /// Seconds each.
    pub seconds: i64,
}

/// Presses and seconds per kind of task over some days.
pub fn effort(ctx: &Ctx, days: i64) -> Result<Vec<Effort>, WorkError> {
    ctx.require(Permission::OversightRead)?;
    let day = i64::from(ctx.zone.day(ctx.now()).to_days()) - days.clamp(1, 3650);
    let sums = ctx.read(|r| press_count::since(r.conn(), ctx.org, day))?;
    Ok(sums
        .into_iter()
        .filter(|sum| sum.times > 0)
        .map(|sum| Effort {
            kind: if sum.kind == crate::work::CALL { "Call" } else { crate::tasks::kind(&sum.kind).title },
            times: sum.times,
            presses_tenths: sum.presses * 10 / sum.times,
            seconds: sum.millis / sum.times / 1000,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_store::{CommitId, Rid};

    fn decided(outcome: &str, reason: &str, minutes: i64) -> Decision {
        Decision {
            suggestion: "s".into(),
            number: 1,
            patient: Rid(1),
            labels: 0,
            rule: "critical-result".into(),
            at: minutes * 60_000_000,
            actor: "Practitioner/a".into(),
            role: "nurse".into(),
            outcome: outcome.into(),
            reason: reason.into(),
            words: String::new(),
            opened: 0,
            commit: CommitId(1),
            undone: false,
        }
    }

    #[test]
    fn outcomes_are_counted_and_a_machine_closing_is_no_decision_time() {
        let ledger =
            [decided("accepted", "", 10), decided("rejected", "wrong-data", 30), decided("closed-by-record", "", 900)];
        let counts = [RuleCount { rule: "critical-result".into(), state: "open".into(), count: 4 }];
        let figures = of_rule("critical-result", "Critical", &counts, &ledger);
        assert_eq!((figures.shown, figures.accepted, figures.rejected, figures.closed), (4, 1, 1, 1));
        assert_eq!(figures.median_minutes, Some(30));
        assert_eq!(figures.reasons, [("Wrong data".to_owned(), 1)]);
        assert!(figures.too_few && !figures.ignored);
    }
}

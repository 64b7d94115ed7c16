//! Findings against what is already there: what opens, what changes in place, what closes, what stays silent. Pure.
//!
//! The laws: one row a finding key (rule and anchor); a Task never closes itself and is never also a suggestion; only an
//! unaccepted suggestion closes, on the record; a rejected key stays silent until its time passes or its anchor changes.

use std::collections::BTreeMap;

use continuo_fhir::Instant;
use continuo_store::Rid;
use continuo_store::tables::suggestion::{NEVER, Suggestion};

use super::body::{self, Body};
use super::permitted::Permitted;
use crate::followup::calendar::DAY;
use crate::followup::finding::{Consequence, Finding, Opens, Report};
use crate::followup::person::Person;
use crate::followup::{Site, spec};
use crate::shapes;
use crate::tasks::{OPEN, route};

/// What to write.
#[derive(Debug, Default)]
pub struct Changes<'f> {
    /// Suggestions new or changed.
    pub put: Vec<Suggestion>,
    /// Suggestions that the record closed, with the sentence why.
    pub closed: Vec<(Suggestion, String)>,
    /// Suggestions about which nobody decided in time.
    pub lapsed: Vec<Suggestion>,
    /// Findings that open a Task at once, with their owner.
    pub tasks: Vec<(&'f Finding, String)>,
    /// When a silence ends: look again then.
    pub next_at: Option<i64>,
}

impl Changes<'_> {
    fn look_again(&mut self, at: i64) {
        self.next_at = Some(self.next_at.map_or(at, |next| next.min(at)));
    }
}

/// An ordinary suggestion open this long is recorded as "nobody decided"; high-consequence kinds never expire.
const LAPSE_DAYS: i64 = 30;

/// What the site allows.
pub struct Policy<'p> {
    /// Whether a rule may open Tasks.
    pub direct: &'p dyn Fn(&str) -> bool,
    /// Makes suggestion ids.
    pub next_id: &'p mut dyn FnMut() -> String,
    /// Who may be told of what rests on a closed record.
    pub permitted: &'p Permitted,
}

/// A Task that came from a finding.
struct Known {
    open: bool,
    ended: Option<Instant>,
}

/// Compares the findings with the suggestions and Tasks on file.
#[expect(clippy::too_many_arguments, reason = "each is one of the things compared")]
pub fn reconcile<'f>(
    reports: &'f [Report],
    existing: &[Suggestion],
    person: &Person<'_>,
    rid: Rid,
    site: &Site,
    as_of: Instant,
    change: i64,
    policy: Policy<'_>,
) -> Changes<'f> {
    let zone = site.calendar.zone();
    let mut tasks: BTreeMap<String, Known> = BTreeMap::new();
    for task in person.of("Task") {
        let Some(key) = task.extension(shapes::EXT_FINDING).and_then(continuo_fhir::Node::as_str) else { continue };
        let ended = task.when("executionPeriod.end", zone).or_else(|| task.when("lastModified", zone));
        let known = tasks.entry(key.to_owned()).or_insert(Known { open: false, ended: None });
        known.open |= task.is(&OPEN);
        if !task.is(&OPEN) {
            known.ended = known.ended.max(ended);
        }
    }
    let mut changes = Changes::default();
    let mut seen: Vec<String> = Vec::new();
    for finding in reports.iter().flat_map(|report| &report.findings).filter(|f| f.opens != Opens::Existing) {
        let Some(spec) = spec(finding.rule) else { continue };
        let key = finding.key();
        seen.push(key.clone());
        let task = tasks.get(&key);
        if task.is_some_and(|task| task.open) {
            continue;
        }
        let now = as_of.micros();
        if let Some(until) = task.and_then(|task| task.ended).map(|at| at.micros() + spec.repeat_days * DAY)
            && now < until
        {
            changes.look_again(until);
            continue;
        }
        let content = body::of(finding, spec, person);
        let old = existing.iter().find(|suggestion| suggestion.key == key);
        let silent = old.is_some_and(|old| {
            let same = Body::read(&old.body).is_some_and(|body| body.anchor_hash == content.anchor_hash);
            match old.state.as_str() {
                "rejected" | "lapsed" => same && now < old.silent_until,
                "accepted" | "changed" => same && task.is_none() && now < old.silent_until,
                _ => false,
            }
        });
        if silent {
            changes.look_again(old.map_or(i64::MAX, |old| old.silent_until));
            continue;
        }
        let named = finding.parameters.iter().find(|(name, _)| name == crate::followup::case::OWNER);
        let role = named.map_or(spec.owner.as_str(), |(_, role)| role);
        let direct = finding.opens == Opens::Task && !finding.backlog && (policy.direct)(finding.rule);
        // Who may not decide a suggestion would look at it and could do nothing: it goes to who may, the work to the role.
        let decides = direct || route::decides(role);
        let owner = route::owner(person, if decides { role } else { route::DECIDES }, as_of, zone);
        let owner = policy.permitted.owner(owner, finding.labels);
        if direct {
            changes.tasks.push((finding, owner));
            if let Some(old) = old.filter(|old| old.state == "open") {
                // The site switched the rule to open tasks: the suggestion gives way to the Task.
                changes.closed.push((ended(old, now), "became a task under site policy".to_owned()));
            }
            continue;
        }
        let open = old.filter(|old| old.state == "open");
        if let Some(open) =
            open.filter(|open| open.consequence == Consequence::Normal.rank() && now > open.opened + LAPSE_DAYS * DAY)
        {
            changes.lapsed.push(Suggestion {
                state: "lapsed".to_owned(),
                silent_until: now + spec.repeat_days.max(LAPSE_DAYS) * DAY,
                ..ended(open, now)
            });
            continue;
        }
        let row = Suggestion {
            id: old.map_or_else(|| (policy.next_id)(), |old| old.id.clone()),
            patient: rid,
            labels: finding.labels,
            key,
            rule: finding.rule.to_owned(),
            state: "open".to_owned(),
            consequence: finding.consequence.rank(),
            rank: spec.rank,
            due: finding.due.as_ref().map_or(NEVER, |due| due.at.micros()),
            began: finding.began.micros(),
            backlog: finding.backlog,
            owner: match open.filter(|open| open.owner.strip_prefix("role:").is_none_or(route::decides)) {
                Some(open) => policy.permitted.owner(open.owner.clone(), finding.labels),
                None => owner,
            },
            opened: open.map_or(now, |open| open.opened),
            updated: now,
            as_of: change,
            ended: 0,
            silent_until: 0,
            body: content.to_bytes(),
        };
        if row.consequence == Consequence::Normal.rank() {
            changes.look_again(row.opened + LAPSE_DAYS * DAY + 1);
        }
        if open.is_none_or(|open| !same(open, &row)) {
            changes.put.push(row);
        }
    }
    for old in existing.iter().filter(|old| old.state == "open" && !seen.contains(&old.key)) {
        // What was proposed from words is ended by people only.
        if crate::scribe::is_own(&old.rule) {
            continue;
        }
        let why = reports
            .iter()
            .find(|report| report.rule == old.rule)
            .and_then(|report| report.clear.iter().find(|s| mentions(s, old)).or(report.clear.first()))
            .cloned()
            .unwrap_or_else(|| "The rule is switched off.".to_owned());
        changes.closed.push((ended(old, as_of.micros()), why));
    }
    changes
}

fn mentions(sentence: &str, suggestion: &Suggestion) -> bool {
    suggestion.key.split_once('|').is_some_and(|(_, anchor)| sentence.contains(anchor))
}

fn ended(old: &Suggestion, now: i64) -> Suggestion {
    Suggestion { state: "closed".to_owned(), ended: now, updated: now, ..old.clone() }
}

/// Equal in everything that is shown; the moment and change number of the assessment alone are no change.
fn same(a: &Suggestion, b: &Suggestion) -> bool {
    *a == Suggestion { updated: a.updated, as_of: a.as_of, ..b.clone() }
}

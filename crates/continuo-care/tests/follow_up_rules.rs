//! Runs the examples in `knowledge/follow-up/*.md`: the text of a rule is its test.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod example;

use continuo_care::followup::calendar::Calendar;
use continuo_care::followup::finding::Report;
use continuo_care::followup::rules::RULES;
use continuo_care::followup::spec::Spec;
use continuo_care::followup::{Site, assess};
use continuo_fhir::Zone;

#[test]
fn every_rule_file_says_what_a_rule_needs() {
    for rule in RULES {
        let spec = Spec::parse(rule.id, rule.file).unwrap();
        assert!(spec.source.len() > 10, "{} has no source", rule.id);
        assert!(spec.lookback_days > 0 && !spec.text.is_empty(), "{}", rule.id);
        assert!(rule.file.contains("```expect"), "{} has no example", rule.id);
    }
}

#[test]
fn the_examples_of_every_rule_hold() {
    let site = Site::shipped(Calendar::us(Zone::utc(), 2026..=2026));
    let mut wrong = Vec::new();
    let mut ran = 0;
    for rule in RULES {
        for example in example::examples(rule.file) {
            ran += 1;
            let reports = example.with_person(|person| assess(person, &site, example.as_of));
            let report = reports.iter().find(|report| report.rule == rule.id).unwrap();
            if let Err(why) = holds(&example.expect, report) {
                wrong.push(format!("{}, \"{}\": {why}\n  {report:?}", rule.id, example.title));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {ran} examples fail:\n{}", wrong.len(), wrong.join("\n"));
    assert!(ran > 50, "only {ran} examples were found");
}

/// An old finding is a counted backlog, not this morning's work (safety.md rule 2): each rule shows it.
#[test]
fn every_rule_has_examples_of_finding_settling_and_looking_back() {
    // Measures are found elsewhere; these two are about a task that exists; old messages wait as unanswered ones.
    const APART: [&str; 4] = ["quality-measure", "task-overdue", "promise-due", "red-flag-message"];
    for rule in RULES.iter().filter(|rule| rule.id != "quality-measure") {
        let all = example::examples(rule.file);
        let with = |start: &str| all.iter().filter(|one| one.expect.starts_with(start)).count();
        let (nothing, missing, backlog) = (with("nothing:"), with("missing:"), with("backlog"));
        assert!(nothing > 0, "{}: no example of what settles it", rule.id);
        assert!(all.len() > nothing + missing + backlog, "{}: no example of what it finds", rule.id);
        assert!(backlog > 0 || APART.contains(&rule.id), "{}: no example older than its look-back", rule.id);
    }
}

/// Checks one `expect` block against what the rule said.
fn holds(expect: &str, report: &Report) -> Result<(), String> {
    let said = |sentences: &[String], words: &str| {
        sentences.iter().any(|sentence| sentence.to_lowercase().contains(&words.to_lowercase()))
    };
    if let Some(words) = expect.strip_prefix("nothing:") {
        if !report.findings.is_empty() {
            return Err("expected nothing".into());
        }
        return if said(&report.clear, words.trim()) {
            Ok(())
        } else {
            Err(format!("no sentence with `{}`", words.trim()))
        };
    }
    if let Some(words) = expect.strip_prefix("missing:") {
        return if said(&report.missing, words.trim()) { Ok(()) } else { Err("the missing fact is not named".into()) };
    }
    let [finding] = &report.findings[..] else { return Err(format!("{} findings", report.findings.len())) };
    for (at, part) in expect.split(", ").enumerate() {
        let quoted = || part.split('"').nth(1).unwrap_or_default();
        let ok = if at == 0 {
            let (band, opens) = part.split_once(' ').ok_or("expected `<band> <kind>`")?;
            let right =
                if band == "backlog" { finding.backlog } else { !finding.backlog && finding.band.word() == band };
            right && finding.opens.word() == opens
        } else if let Some(due) = part.strip_prefix("due ") {
            let found = finding.due.as_ref().map(|due| example::stamp(due.at)).unwrap_or_default();
            found.starts_with(due)
        } else if let Some(anchor) = part.strip_prefix("because ") {
            finding.anchor == anchor
        } else if part.starts_with("words ") {
            finding.evidence.iter().any(|e| e.words.as_ref().is_some_and(|words| words.text == quoted()))
        } else if let Some(n) = part.strip_prefix("attempts ") {
            finding.attempts.to_string() == n
        } else if part.starts_with("why ") {
            finding.why.contains(quoted()) || finding.late.as_deref().is_some_and(|late| late.contains(quoted()))
        } else {
            return Err(format!("`{part}` is no expectation"));
        };
        if !ok {
            let due = finding.due.as_ref().map(|due| example::stamp(due.at));
            return Err(format!("expected `{part}`, found {} {:?} due {due:?}", finding.band.word(), finding.anchor));
        }
    }
    Ok(())
}

//! Runs the examples in `knowledge/care-gaps/*.md`: the text of a rule is its test.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

#[allow(dead_code, reason = "shared with the tests of the follow-up rules")]
mod example;

use continuo_care::followup::calendar::Calendar;
use continuo_care::gaps::engine::ENGINE;
use continuo_care::gaps::{Answer, SPECS, Setting, look, pages, spec};
use continuo_fhir::Zone;

#[test]
fn every_rule_compiles_and_says_what_a_rule_needs() {
    assert!(ENGINE.faults.is_empty(), "{}", ENGINE.faults.join("\n"));
    assert_eq!(ENGINE.rules.len(), SPECS.len());
    for (id, _, page) in pages() {
        let spec = spec(id).unwrap();
        assert!(spec.rule.source.len() > 10 && spec.rule.lookback_days > 0, "{id}");
        assert!(page.matches("```expect").count() >= 3, "{id} has fewer than three examples");
        assert!(!spec.rule.kind.is_empty() && !spec.action.is_empty(), "{id}");
    }
}

#[test]
fn the_examples_of_every_rule_hold() {
    let calendar = Calendar::us(Zone::utc(), 2026..=2026);
    let mut wrong = Vec::new();
    let mut ran = 0;
    for (id, _, page) in pages() {
        let settings = [Setting::of(id)];
        for example in example::examples(page) {
            ran += 1;
            let answers = example.with_person(|person| look(person, &settings, example.as_of, &calendar));
            let held = match answers.first() {
                Some(answer) => holds(&example.expect, answer),
                None if example.expect == "nothing" => Ok(()),
                None => Err("there is no answer".to_owned()),
            };
            if let Err(why) = held {
                wrong.push(format!("{id}, \"{}\": {why}", example.title));
            }
        }
    }
    println!("{} rules, {ran} examples", SPECS.len());
    assert!(wrong.is_empty(), "{} of {ran} examples fail:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_parameter_has_one_name_among_all_rules() {
    let mut names: Vec<&str> = SPECS.iter().flat_map(|s| s.rule.params.iter().map(|(name, _)| name.as_str())).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
    for spec in SPECS.iter() {
        for (name, value) in &spec.rule.params {
            assert!(
                spec.logic.contains(&format!("parameter {name} Integer default {value}")),
                "{}: `{name}` differs between page and logic",
                spec.rule.id
            );
        }
    }
}

/// Checks one `expect` block against what the rule said.
fn holds(expect: &str, answer: &Answer) -> Result<(), String> {
    for (at, part) in expect.split(", ").enumerate() {
        let quoted = || part.split('"').nth(1).unwrap_or_default().to_lowercase();
        let due = answer
            .due
            .map(|day| format!("{:04}-{:02}-{:02}", day.year(), day.month().unwrap_or(0), day.day().unwrap_or(0)));
        let ok = if at == 0 {
            answer.state.word() == part
        } else if let Some(day) = part.strip_prefix("due ") {
            due.as_deref().unwrap_or("never") == day
        } else if let Some(reference) = part.strip_prefix("because ") {
            answer.evidence.iter().any(|found| found == reference)
        } else if let Some(reference) = part.strip_prefix("anchor ") {
            answer.anchor == reference
        } else if part.starts_with("why ") {
            answer.why.to_lowercase().contains(&quoted())
        } else {
            return Err(format!("`{part}` is no expectation"));
        };
        if !ok {
            return Err(format!(
                "expected `{part}`, found {} due {due:?} because {:?} ({})",
                answer.state.word(),
                answer.evidence,
                answer.why
            ));
        }
    }
    Ok(())
}

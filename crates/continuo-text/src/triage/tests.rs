//! Behavior of triage on messages written for these tests.

use super::*;

#[test]
fn every_rule_line_and_signal_name_is_understood() {
    assert_eq!(KNOWLEDGE.problems, Vec::<String>::new());
}

//! Work as FHIR `Task`s: made, changed and read here as pure functions on the resource.
//!
//! The rules of safety.md 4 and 5 live in [`change`]; who owns new work is [`route`]. Writing is `crate::work`.

pub mod change;
pub mod guard;
pub mod make;
pub mod route;
pub(crate) mod taken_back;
pub mod view;

use crate::followup::finding::Consequence;

/// Statuses of a Task that is not finished.
pub const OPEN: [&str; 7] = ["draft", "requested", "received", "accepted", "ready", "in-progress", "on-hold"];

/// One kind of task: what it is called and what finishing it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// `Task.code`.
    pub code: &'static str,
    /// What people read.
    pub title: &'static str,
    /// A clinical task is finished with an outcome in words; an administrative one with one key (safety.md rule 5).
    pub clinical: bool,
    /// What its work counts as when it is late.
    pub consequence: Consequence,
    /// The outcomes offered; the first is the usual one.
    pub outcomes: &'static [&'static str],
}

macro_rules! kind {
    ($code:literal, $title:literal, $clinical:literal, $consequence:ident, [$($outcome:literal),*]) => {
        Kind { code: $code, title: $title, clinical: $clinical, consequence: Consequence::$consequence, outcomes: &[$($outcome),*] }
    };
}

/// The kinds of task. One row here is all a new kind needs.
pub const KINDS: &[Kind] = &[
    kind!(
        "suicide-risk-contact",
        "Safety contact",
        true,
        Danger,
        ["spoken to, safe now", "sent to emergency care", "handed to crisis team", "could not reach, fallback called"]
    ),
    kind!(
        "read-urgent-message",
        "Urgent message",
        true,
        Danger,
        ["answered by call", "sent to emergency care", "no danger on reading", "handed to clinician"]
    ),
    kind!(
        "act-on-result",
        "Act on a result",
        true,
        Danger,
        ["plan made and person told", "person told, no change needed", "handed to clinician"]
    ),
    kind!(
        "discharge-call",
        "Call after discharge",
        true,
        High,
        ["spoken to, no concern", "spoken to, concern handed on", "unable to reach after attempts"]
    ),
    kind!(
        "heart-failure-weight",
        "Weight gain",
        true,
        High,
        [
            "spoken to, no concern",
            "spoken to, concern handed on",
            "sent to emergency care",
            "unable to reach after attempts"
        ]
    ),
    kind!(
        "confirm-death",
        "Ask whether they have died",
        true,
        High,
        ["lives: the hospital wrote it in error", "lives: spoken with them"]
    ),
    kind!("follow-up-visit", "Follow-up visit", true, High, ["visit booked", "visit took place", "declined"]),
    kind!(
        "schedule-referral",
        "Schedule a referral",
        false,
        High,
        ["booked", "declined by person", "declined by receiver"]
    ),
    kind!("return-call", "Return a call", false, High, ["spoken to", "unable to reach after attempts"]),
    kind!(
        "missed-visit-call",
        "Missed visit",
        true,
        High,
        ["booked again", "in hospital", "declined", "unable to reach after attempts"]
    ),
    kind!("chase-result", "Pending result", true, High, ["final and passed on", "cancelled by the laboratory"]),
    kind!("start-home-service", "Home service", false, High, ["started", "declined", "not covered"]),
    kind!("answer-message", "Answer a message", false, Normal, ["answered", "no reply needed"]),
    kind!(
        "check-in-call",
        "Check in",
        true,
        Normal,
        ["spoken to, no concern", "spoken to, concern handed on", "unable to reach after attempts"]
    ),
    kind!("renew-authorization", "Renew authorization", false, Normal, ["renewed", "not needed", "denied"]),
    kind!("renew-coverage", "Renew coverage", false, Normal, ["renewed", "moved to other coverage", "lost"]),
    kind!("rebook-visit", "Book again", false, Normal, ["booked", "declined", "not needed"]),
    kind!("chase-referral", "Ask about a referral", false, Normal, ["answered", "sent again", "declined by receiver"]),
    kind!(
        "ask-for-report",
        "Ask for a report",
        false,
        Normal,
        ["report is back", "report seen on paper", "no report will come", "not wanted any more"]
    ),
    kind!("chase-fax", "Ask about a fax", false, Normal, ["answered", "sent again"]),
    kind!("review-words", "Review words", false, Normal, ["reviewed"]),
    kind!("read-note", "Read a note", false, Normal, ["read", "read and answered"]),
    kind!(
        "close-measure-gap",
        "Gap in a quality measure",
        true,
        Normal,
        ["done and on file", "planned", "declined", "does not apply"]
    ),
    kind!("promise", "Promise", false, Normal, ["kept", "could not be kept, person told"]),
    kind!("reminder", "Reminder", false, Normal, ["done"]),
    kind!("referral-loop", "Referral", false, Normal, ["closed"]),
    kind!(
        "close-gap",
        "Care gap",
        true,
        Normal,
        ["done here", "done elsewhere, report asked for", "declined", "not right"]
    ),
    kind!(
        "order-test",
        "Order a test",
        true,
        Normal,
        ["ordered", "done elsewhere, report asked for", "declined", "not right"]
    ),
    kind!("schedule-screening", "Screening", false, Normal, ["booked", "done elsewhere, report asked for", "declined"]),
    kind!("give-vaccine", "Vaccine", true, Normal, ["given", "given elsewhere, record asked for", "declined"]),
    kind!(
        "review-medicine",
        "Review a medicine",
        true,
        Normal,
        ["changed by the prescriber", "kept, with a reason", "not in use any more"]
    ),
    kind!("review-proxy", "Who acts for them", false, Normal, ["still right", "changed", "ended"]),
    kind!("document", "Document", false, Normal, ["filed", "not ours"]),
    kind!("silent-feed", "Silent feed", false, High, ["sends again", "known and planned", "not waited for any more"]),
    kind!("bereavement", "After a death", false, Normal, ["done"]),
    kind!("task", "Task", false, Normal, ["done"]),
];

/// The kind of a code; unknown codes are plain tasks.
pub fn kind(code: &str) -> &'static Kind {
    KINDS.iter().find(|kind| kind.code == code).or(KINDS.last()).expect("KINDS is not empty")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_that_opens_work_opens_work_of_a_known_kind() {
        let opens = |opens| opens != crate::followup::finding::Opens::Existing;
        for spec in crate::followup::SPECS.iter().filter(|spec| opens(spec.opens)) {
            assert_eq!(kind(&spec.kind).code, spec.kind, "rule {}", spec.id);
        }
    }
}

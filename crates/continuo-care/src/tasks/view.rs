//! A `Task` as pages show it.

use continuo_fhir::{Instant, Json, Zone};

use super::change::{code_of, consequence_of, due_of};
use super::make::owner_of;
use super::{Kind, kind};
use crate::build::extension_of;
use crate::followup::calendar::Calendar;
use crate::followup::case::{band, lateness};
use crate::followup::finding::{Band, Consequence};
use crate::shapes;

/// One line of a checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckLine {
    /// The words.
    pub words: String,
    /// Ticked.
    pub done: bool,
}

/// One comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Who wrote it, as a reference.
    pub by: String,
    /// When, as FHIR writes it.
    pub at: String,
    /// The words.
    pub words: String,
}

/// A task for the task page and the chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskView {
    /// `Task.id`.
    pub id: String,
    /// The kind.
    pub kind: &'static Kind,
    /// What to do.
    pub what: String,
    /// Why, when a rule opened it.
    pub why: String,
    /// `Patient/..`.
    pub person: String,
    /// FHIR status.
    pub status: String,
    /// To do, Doing, Waiting for .., On hold until .., Done (interface.md section 8).
    pub state: String,
    /// Owner reference or `role:..`; empty when nobody has it.
    pub owner: String,
    /// Who steps in.
    pub fallback: String,
    /// Handed over by, while not accepted.
    pub handed_by: String,
    /// When it goes back to the sender if nobody accepts it.
    pub accept_until: Option<Instant>,
    /// Due.
    pub due: Option<Instant>,
    /// "2 days late".
    pub late: Option<String>,
    /// The rule the due time comes from.
    pub due_rule: String,
    /// Harm of waiting.
    pub consequence: Consequence,
    /// Place in the order.
    pub band: Band,
    /// When to try again, said with the last call that reached nobody.
    pub next_try: Option<Instant>,
    /// Times snoozed.
    pub snoozes: i64,
    /// What it is about.
    pub about: String,
    /// The finding it came from.
    pub finding: String,
    /// Outcome, when done.
    pub outcome: String,
    /// Checklist.
    pub checklist: Vec<CheckLine>,
    /// Comments, oldest first.
    pub comments: Vec<Comment>,
    /// Tasks that were closed because of the death this one follows up.
    pub closed: Vec<String>,
    /// A death ended it.
    pub ended_by_death: bool,
}

impl TaskView {
    /// The task as far as it is open to somebody whose role does not read the record: that it is to be done, not why. A
    /// private one says nothing but that (safety.md rule 14).
    #[must_use]
    pub fn without_reasons(self, private: bool, reader: &str) -> TaskView {
        let comments = if self.owner == reader && !private { self.comments } else { Vec::new() };
        let bare = TaskView {
            why: String::new(),
            about: String::new(),
            finding: String::new(),
            outcome: String::new(),
            closed: Vec::new(),
            comments,
            ..self
        };
        if !private {
            return bare;
        }
        TaskView { what: "Private item".to_owned(), due_rule: String::new(), checklist: Vec::new(), ..bare }
    }
}

/// Reads a Task for showing.
pub fn view(task: &Json, now: Instant, calendar: &Calendar) -> TaskView {
    let zone = calendar.zone();
    let text = |path: &str| task.str_at(path).unwrap_or_default().to_owned();
    let due = due_of(task, zone);
    let consequence = consequence_of(task);
    let is_snoozed = snoozed_until(task, zone).is_some_and(|until| until > now);
    let open = super::OPEN.contains(&task.str_at("status").unwrap_or_default());
    let reason = text("statusReason.text");
    let state = match task.str_at("status").unwrap_or_default() {
        "completed" => "Done".to_owned(),
        "cancelled" | "rejected" | "failed" | "entered-in-error" => format!("Ended: {reason}"),
        "in-progress" => "Doing".to_owned(),
        "on-hold" if is_snoozed => "On hold".to_owned(),
        "on-hold" if !reason.is_empty() => format!("Waiting for {reason}"),
        _ => "To do".to_owned(),
    };
    TaskView {
        id: text("id"),
        kind: kind(code_of(task)),
        what: text("description"),
        why: text("reasonCode.text"),
        person: text("for.reference"),
        status: text("status"),
        state,
        owner: owner_of(task),
        fallback: extension_of(task, shapes::EXT_FALLBACK).map(crate::tasks::make::reference_word).unwrap_or_default(),
        handed_by: extension_of(task, shapes::EXT_HANDED_BY)
            .and_then(|v| v.str_at("reference"))
            .unwrap_or_default()
            .to_owned(),
        accept_until: super::change::accept_until(task, zone),
        due,
        late: if open { lateness(due, now, calendar) } else { None },
        due_rule: extension_of(task, shapes::EXT_DUE_RULE)
            .and_then(Json::as_str)
            .unwrap_or("set by a person")
            .to_owned(),
        consequence,
        band: band(consequence, due, now, calendar),
        next_try: extension_of(task, shapes::EXT_NEXT_TRY)
            .and_then(Json::as_str)
            .and_then(continuo_fhir::DateTime::parse)
            .map(|at| at.low(zone))
            .filter(|_| open),
        snoozes: extension_of(task, shapes::EXT_SNOOZES).and_then(Json::as_i64).unwrap_or(0),
        about: text("focus.reference"),
        finding: extension_of(task, shapes::EXT_FINDING).and_then(Json::as_str).unwrap_or_default().to_owned(),
        outcome: task
            .get("output")
            .and_then(|output| output.items().iter().find_map(|o| o.str_at("valueString")))
            .unwrap_or_default()
            .to_owned(),
        checklist: checklist(task),
        comments: task
            .get("note")
            .map(Json::items)
            .unwrap_or_default()
            .iter()
            .map(|note| Comment {
                by: note
                    .str_at("authorReference.reference")
                    .or(note.str_at("authorString"))
                    .unwrap_or_default()
                    .to_owned(),
                at: note.str_at("time").unwrap_or_default().to_owned(),
                words: note.str_at("text").unwrap_or_default().to_owned(),
            })
            .collect(),
        closed: crate::assess::death::closed_by(task),
        ended_by_death: crate::assess::death::ended_by_death(task),
    }
}

/// Snoozed until when.
pub fn snoozed_until(task: &Json, zone: &Zone) -> Option<Instant> {
    extension_of(task, shapes::EXT_SNOOZED_UNTIL)
        .and_then(Json::as_str)
        .and_then(continuo_fhir::DateTime::parse)
        .map(|at| at.low(zone))
}

/// The lines of the checklist.
pub(super) fn checklist(task: &Json) -> Vec<CheckLine> {
    let lines = task.get("extension").map(Json::items).unwrap_or_default();
    lines
        .iter()
        .filter(|e| e.str_at("url") == Some(shapes::EXT_CHECK))
        .map(|line| match line.str_at("valueString") {
            Some(words) => CheckLine { words: words.to_owned(), done: false },
            None => {
                let inner = line.get("extension").map(Json::items).unwrap_or_default();
                CheckLine {
                    words: inner.iter().find_map(|e| e.str_at("valueString")).unwrap_or_default().to_owned(),
                    done: inner.iter().any(|e| e.get("valueBoolean").and_then(Json::as_bool) == Some(true)),
                }
            }
        })
        .collect()
}

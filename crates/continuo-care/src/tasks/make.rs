//! Makes `Task` resources: from a finding, from a form, from a promise.

use continuo_fhir::{Instant, Json, Zone};

use super::kind;
use crate::build::{append, extension, list, moment, object, own, reference, set_text};
use crate::followup::finding::{Consequence, Finding};
use crate::followup::spec::Spec;
use crate::shapes;

/// A new task as a form or a rule gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewTask {
    /// Kind (`Task.code`); empty means a plain task.
    pub kind: String,
    /// What to do, verb first.
    pub what: String,
    /// `Patient/..`.
    pub person: String,
    /// Who does it: `Practitioner/..`, `CareTeam/..`, or `role:nurse`.
    pub owner: String,
    /// Who steps in.
    pub fallback: String,
    /// Due.
    pub due: Option<Instant>,
    /// The rule the due time comes from.
    pub due_rule: String,
    /// What it is about (`Type/id`).
    pub about: String,
    /// Words of whoever makes it.
    pub note: String,
    /// Days between repetitions, 0 for none.
    pub repeats_days: i64,
    /// Checklist lines.
    pub checklist: Vec<String>,
    /// FHIR priority; empty takes the kind's own.
    pub priority: String,
}

/// The `Task` of a form.
pub fn task(id: &str, new: &NewTask, by: &str, now: Instant, zone: &Zone) -> Json {
    let kind = kind(&new.kind);
    let mut task = object([
        ("resourceType", Json::string("Task")),
        ("id", Json::string(id)),
        ("status", Json::string("requested")),
        ("intent", Json::string("order")),
        (
            "priority",
            Json::string(match new.priority.as_str() {
                asked @ ("routine" | "urgent" | "asap" | "stat") => asked,
                _ => priority(kind.consequence),
            }),
        ),
        ("code", own(if new.kind.is_empty() { kind.code } else { &new.kind })),
    ]);
    set_text(&mut task, "description", &new.what);
    if !new.about.is_empty() {
        task.set("focus", reference(&new.about));
    }
    // A feed that is silent is nobody's in particular.
    if !new.person.is_empty() {
        task.set("for", reference(&new.person));
    }
    task.set("authoredOn", moment(now, zone));
    task.set("lastModified", moment(now, zone));
    task.set("requester", reference(by));
    set_owner(&mut task, &new.owner);
    if let Some(due) = new.due {
        task.set("restriction", object([("period", object([("end", moment(due, zone))]))]));
    }
    if !new.due_rule.is_empty() {
        append(&mut task, "extension", extension(shapes::EXT_DUE_RULE, "valueString", Json::string(&*new.due_rule)));
    }
    if !new.fallback.is_empty() {
        append(
            &mut task,
            "extension",
            extension(shapes::EXT_FALLBACK, "valueReference", owner_reference(&new.fallback)),
        );
    }
    if kind.consequence != Consequence::Normal {
        append(
            &mut task,
            "extension",
            extension(shapes::EXT_CONSEQUENCE, "valueCode", Json::string(kind.consequence.word())),
        );
    }
    if new.repeats_days > 0 {
        append(&mut task, "extension", extension(shapes::EXT_REPEATS, "valueInteger", Json::integer(new.repeats_days)));
    }
    for line in &new.checklist {
        append(&mut task, "extension", extension(shapes::EXT_CHECK, "valueString", Json::string(&**line)));
    }
    if !new.note.trim().is_empty() {
        task.set("note", list([note(&new.note, by, now, zone)]));
    }
    task
}

#[expect(clippy::too_many_arguments, reason = "a Task names all of these")]
/// The `Task` that a finding opens under a site's policy, or that accepting its suggestion makes.
pub fn from_finding(
    id: &str,
    finding: &Finding,
    spec: &Spec,
    person: &str,
    owner: &str,
    by: &str,
    now: Instant,
    zone: &Zone,
) -> Json {
    let new = NewTask {
        kind: spec.kind.clone(),
        what: finding.what.clone(),
        person: person.to_owned(),
        owner: owner.to_owned(),
        due: finding.due.as_ref().map(|due| due.at),
        due_rule: finding.due.as_ref().map(|due| due.rule.clone()).unwrap_or_default(),
        about: finding.anchor.clone(),
        // Work that harms when it is late has somebody behind its owner from birth.
        fallback: if finding.consequence == Consequence::Normal { String::new() } else { "role:supervisor".to_owned() },
        ..NewTask::default()
    };
    let mut task = task(id, &new, by, now, zone);
    crate::build::set_extension(&mut task, shapes::EXT_FINDING, Some(("valueString", Json::string(finding.key()))));
    crate::build::set_extension(
        &mut task,
        shapes::EXT_CONSEQUENCE,
        Some(("valueCode", Json::string(finding.consequence.word()))),
    );
    task.set("priority", Json::string(priority(finding.consequence)));
    task.set("reasonCode", object([("text", Json::string(&*finding.why))]));
    task.set("reasonReference", reference(&finding.anchor));
    task
}

/// An Annotation.
pub fn note(text: &str, by: &str, now: Instant, zone: &Zone) -> Json {
    object([("authorReference", reference(by)), ("time", moment(now, zone)), ("text", Json::string(text.trim()))])
}

/// Sets the owner: a reference, or a role that stands for a team (`role:nurse`).
pub fn set_owner(task: &mut Json, owner: &str) {
    if owner.is_empty() {
        task.remove("owner");
    } else {
        task.set("owner", owner_reference(owner));
    }
}

pub(crate) fn owner_reference(owner: &str) -> Json {
    match owner.strip_prefix("role:") {
        Some(role) => object([
            ("type", Json::string("PractitionerRole")),
            ("identifier", object([("system", Json::string(shapes::CODE)), ("value", Json::string(role))])),
        ]),
        None => reference(owner),
    }
}

/// A reference as a word: what it names, or `role:..`.
pub fn reference_word(reference: &Json) -> String {
    match reference.str_at("reference") {
        Some(reference) => reference.to_owned(),
        None => reference.str_at("identifier.value").map(|role| format!("role:{role}")).unwrap_or_default(),
    }
}

/// The owner as a word: a reference or `role:..`; empty when nobody has it.
pub fn owner_of(task: &Json) -> String {
    task.get("owner").map(reference_word).unwrap_or_default()
}

fn priority(consequence: Consequence) -> &'static str {
    match consequence {
        Consequence::Danger => "stat",
        Consequence::High => "urgent",
        Consequence::Normal => "routine",
    }
}

//! What of a `Task` a program may change through the API. A task of a kind that ends with an outcome is finished, handed
//! over, put off and moved by the rules of [`super::change`], not by writing its fields; a plain task is anybody's.

use continuo_fhir::{DateTime, Json, Zone};

use super::change::{SAFETY_CONTACT, code_of, consequence_of, needs_outcome, report_asked_of};
use super::{OPEN, kind};
use crate::build::extension_of;
use crate::shapes;

/// Why a change is kept from the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Where in the resource.
    pub place: String,
    /// What to do instead.
    pub text: String,
}

/// Elements that say who does what for whom, until when.
const ELEMENTS: &[&str] = &["code", "for", "owner", "restriction"];
/// Extensions that the rules count with.
const EXTENSIONS: &[&str] = &[
    shapes::EXT_ACCEPT_BY,
    shapes::EXT_CONSEQUENCE,
    shapes::EXT_DUE_RULE,
    shapes::EXT_FALLBACK,
    shapes::EXT_FINDING,
    shapes::EXT_HANDED_BY,
    shapes::EXT_KEPT_AFTER_DEATH,
    shapes::EXT_NEXT_TRY,
    shapes::EXT_REPEATS,
    shapes::EXT_SNOOZED_UNTIL,
    shapes::EXT_SNOOZES,
];

/// Goes on if a task that stands as `before` may stand as `after`, or be deleted.
pub fn over_the_api(before: Option<&Json>, after: Option<&Json>, zone: &Zone) -> Result<(), Kept> {
    let ends = |task: &Json| task.str_at("status") == Some("completed");
    if let (Some(before), Some(after)) = (before, after)
        && let Some(referral) = report_asked_of(before)
        && ends(after)
        && !ends(before)
    {
        let text = format!("asking for a report ends where the report is named: /referrals/{referral}/close");
        return Err(Kept { place: "Task.status".to_owned(), text });
    }
    let Some(before) = before.filter(|task| is_ruled(task)) else { return Ok(()) };
    let is_safety = code_of(before) == SAFETY_CONTACT;
    let is_open = before.str_at("status").is_some_and(|status| OPEN.contains(&status));
    let Some(after) = after else {
        let stays = is_open || is_safety;
        return if stays { Err(kept(before, "", "is not deleted")) } else { Ok(()) };
    };
    for element in ELEMENTS {
        if before.get(element) != after.get(element) && !(*element == "restriction" && same_due(before, after, zone)) {
            return Err(kept(before, element, "is not moved or given to somebody by writing the resource"));
        }
    }
    for url in EXTENSIONS {
        if extension_of(before, url) != extension_of(after, url) {
            return Err(kept(before, "extension", "is not put off or handed over by writing the resource"));
        }
    }
    let (old, new) = (before.str_at("status"), after.str_at("status"));
    if old == new {
        return Ok(());
    }
    let begins = new == Some("in-progress") && extension_of(before, shapes::EXT_HANDED_BY).is_none();
    let ends = new == Some("completed") && has_outcome(after);
    if is_open && !is_safety && (begins || ends) {
        return Ok(());
    }
    Err(kept(before, "status", "is not ended, put off or opened again by writing the resource"))
}

/// Whether the rules of work hold for a task: those kinds of ours that end with an outcome.
fn is_ruled(task: &Json) -> bool {
    let codings = task.at("code.coding").map(Json::items).unwrap_or_default();
    let is_ours = codings.iter().any(|one| one.str_at("system") == Some(shapes::CODE));
    is_ours && needs_outcome(kind(code_of(task)), consequence_of(task))
}

fn same_due(before: &Json, after: &Json, zone: &Zone) -> bool {
    let due = |task: &Json| task.str_at("restriction.period.end").and_then(DateTime::parse).map(|at| at.high(zone));
    due(before).is_some() && due(before) == due(after)
}

/// An output of the kind that finishing writes, with words.
fn has_outcome(task: &Json) -> bool {
    task.get("output").map(Json::items).unwrap_or_default().iter().any(|one| {
        let codings = one.at("type.coding").map(Json::items).unwrap_or_default();
        codings.iter().any(|c| c.str_at("system") == Some(shapes::CODE) && c.str_at("code") == Some("outcome"))
            && one.str_at("valueString").is_some_and(|words| !words.trim().is_empty())
    })
}

fn kept(task: &Json, element: &str, what: &str) -> Kept {
    let (title, id) = (kind(code_of(task)).title, task.str_at("id").unwrap_or_default());
    let ends = if code_of(task) == SAFETY_CONTACT {
        "it ends on its page with what came of it".to_owned()
    } else {
        format!(
            "begin it with status `in-progress`, finish it with status `completed` and an output of type `{}|outcome`",
            shapes::CODE
        )
    };
    let place = if element.is_empty() { "Task".to_owned() } else { format!("Task.{element}") };
    Kept { place, text: format!("work of the kind `{title}` {what}: {ends}; everything else is done at /tasks/{id}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(kind: &str, rest: &str) -> Json {
        let text = format!(
            r#"{{"resourceType":"Task","id":"t","code":{{"coding":[{{"system":"{}","code":"{kind}"}}]}},{rest}}}"#,
            shapes::CODE
        );
        Json::parse(text.as_bytes()).unwrap()
    }

    fn allowed(before: &Json, after: Option<&Json>) -> bool {
        over_the_api(Some(before), after, &Zone::utc()).is_ok()
    }

    #[test]
    fn work_that_ends_with_an_outcome_is_not_ended_without_one() {
        let open = task("discharge-call", r#""status":"requested""#);
        let bare = task("discharge-call", r#""status":"completed""#);
        let outcome = format!(
            r#""status":"completed","output":[{{"type":{{"coding":[{{"system":"{}","code":"outcome"}}]}},"valueString":"spoken to"}}]"#,
            shapes::CODE
        );
        assert!(!allowed(&open, Some(&bare)) && !allowed(&open, None));
        assert!(allowed(&open, Some(&task("discharge-call", &outcome))));
        assert!(allowed(&open, Some(&task("discharge-call", r#""status":"in-progress""#))));
        assert!(!allowed(&open, Some(&task("discharge-call", r#""status":"on-hold""#))));
        assert!(!allowed(&open, Some(&task("reminder", r#""status":"requested""#))), "by another kind");
        let safety = task("suicide-risk-contact", r#""status":"requested""#);
        assert!(!allowed(&safety, Some(&task("suicide-risk-contact", &outcome))), "it ends on its page");
    }

    #[test]
    fn it_is_not_moved_or_given_away_and_a_plain_task_is() {
        let at = |kind: &str, end: &str, owner: &str| {
            task(
                kind,
                &format!(
                    r#""status":"requested","restriction":{{"period":{{"end":"{end}"}}}},"owner":{{"reference":"{owner}"}}"#
                ),
            )
        };
        for kind in ["discharge-call", "reminder"] {
            let before = at(kind, "2026-08-19T16:00:00Z", "Practitioner/a");
            let is_plain = kind == "reminder";
            assert_eq!(allowed(&before, Some(&at(kind, "2026-08-20T16:00:00Z", "Practitioner/a"))), is_plain);
            assert_eq!(allowed(&before, Some(&at(kind, "2026-08-19T16:00:00Z", "Practitioner/b"))), is_plain);
            assert!(allowed(&before, Some(&at(kind, "2026-08-19T18:00:00+02:00", "Practitioner/a"))), "the same time");
        }
    }
}

//! What may be done to a `Task`, as pure functions: the resource in, the changed resource or the reason against it out.

use continuo_fhir::{DateTime, Instant, Json, Zone};

use super::make::{note, owner_of, set_owner};
use super::{OPEN, kind};
use crate::build::{append, extension_of, moment, object, own, reference, set_extension};
use crate::followup::calendar::Calendar;
use crate::followup::finding::Consequence;
use crate::shapes;

/// Why a change was refused: a sentence for the person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The task is finished.
    #[error("this task is finished")]
    Finished,
    /// A clinical task needs an outcome.
    #[error("choose an outcome: one press does not finish this")]
    NeedsOutcome,
    /// A snooze needs a reason.
    #[error("say why it waits")]
    NeedsReason,
    /// A snooze may not pass the clinical clock.
    #[error("this cannot wait past its clinical due time")]
    PastTheClock,
    /// A critical item needs a supervisor to snooze.
    #[error("only a supervisor can let a critical item wait")]
    NeedsSupervisor,
    /// Safety contacts never wait.
    #[error("a safety contact cannot wait")]
    NeverWaits,
    /// Safety contacts end with what came of them.
    #[error("a safety contact ends with its outcome; only a supervisor takes back one that was opened in error")]
    NeverCancelled,
    /// A snooze must lie ahead.
    #[error("choose a later time")]
    NotAhead,
    /// The third snooze asks.
    #[error("this has waited twice: is the task still right? Say so to let it wait again")]
    AskAgain,
    /// Only the one it was handed to accepts.
    #[error("there is no hand-over to accept")]
    NoHandOver,
    /// A hand-over is accepted in the receiver's own words (I-PASS, synthesis by receiver).
    #[error("say in your own words what you understood and what you will do first")]
    NeedsSynthesis,
    /// No such line.
    #[error("the checklist has no such line")]
    NoSuchLine,
}

/// Whether a task is finished with an outcome in words: clinical ones, and all whose passing clock does harm. One key
/// finishes the others (safety.md rule 5).
pub fn needs_outcome(kind: &super::Kind, consequence: Consequence) -> bool {
    kind.clinical || consequence != Consequence::Normal
}

/// Who changes a task, when.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// `Practitioner/..`.
    pub who: &'a str,
    /// Now.
    pub now: Instant,
    /// The site's zone.
    pub zone: &'a Zone,
    /// The site's business days.
    pub calendar: &'a Calendar,
    /// May snooze a critical item.
    pub supervisor: bool,
}

/// Code of the reason why a death ended a task.
pub(crate) const DIED: &str = "died";

type Changed = Result<Json, Refused>;

/// The contact after words of self-harm: it is never put off under any name (safety.md rule 8).
pub(crate) const SAFETY_CONTACT: &str = "suicide-risk-contact";

fn open(task: &Json) -> Result<Json, Refused> {
    if task.str_at("status").is_some_and(|status| OPEN.contains(&status)) {
        Ok(task.clone())
    } else {
        Err(Refused::Finished)
    }
}

fn touch(task: &mut Json, by: &By<'_>) {
    task.set("lastModified", moment(by.now, by.zone));
}

/// The own code of a task's kind.
pub fn code_of(task: &Json) -> &str {
    task.get("code")
        .and_then(|code| code.get("coding"))
        .and_then(|codings| codings.items().iter().find(|c| c.str_at("system") == Some(shapes::CODE)))
        .and_then(|coding| coding.str_at("code"))
        .unwrap_or("task")
}

/// The kind of task that asks for the report of a referral.
pub const ASK_FOR_REPORT: &str = "ask-for-report";

/// The id of the referral whose report a task asks for: it is finished by naming the report, not by saying "done".
pub fn report_asked_of(task: &Json) -> Option<&str> {
    let referral = task.str_at("focus.reference")?.strip_prefix("ServiceRequest/")?;
    (code_of(task) == ASK_FOR_REPORT).then_some(referral)
}

/// The harm of waiting, as written on the task or by its kind.
pub fn consequence_of(task: &Json) -> Consequence {
    extension_of(task, shapes::EXT_CONSEQUENCE)
        .and_then(Json::as_str)
        .and_then(Consequence::from_word)
        .unwrap_or(kind(code_of(task)).consequence)
}

/// The due time.
pub fn due_of(task: &Json, zone: &Zone) -> Option<Instant> {
    DateTime::parse(task.str_at("restriction.period.end")?).map(|at| at.high(zone).plus_micros(-1))
}

/// Begins the work.
pub fn start(task: &Json, by: &By<'_>) -> Changed {
    let mut task = open(task)?;
    task.set("status", Json::string("in-progress"));
    if owner_of(&task).is_empty() || owner_of(&task).starts_with("role:") {
        set_owner(&mut task, by.who);
    }
    set_extension(&mut task, shapes::EXT_SNOOZED_UNTIL, None);
    touch(&mut task, by);
    Ok(task)
}

/// Finishes a task. A clinical task needs an outcome; the words are kept as they are.
pub fn complete(task: &Json, outcome: &str, words: &str, by: &By<'_>) -> Changed {
    let mut task = open(task)?;
    let kind = kind(code_of(&task));
    if needs_outcome(kind, consequence_of(&task)) && outcome.trim().is_empty() {
        return Err(Refused::NeedsOutcome);
    }
    task.set("status", Json::string("completed"));
    let outcome =
        if outcome.trim().is_empty() { kind.outcomes.first().copied().unwrap_or("done") } else { outcome.trim() };
    append(&mut task, "output", object([("type", own("outcome")), ("valueString", Json::string(outcome))]));
    if !words.trim().is_empty() {
        append(&mut task, "note", note(words, by.who, by.now, by.zone));
    }
    task.set("executionPeriod", object([("end", moment(by.now, by.zone))]));
    set_extension(&mut task, shapes::EXT_SNOOZED_UNTIL, None);
    touch(&mut task, by);
    Ok(task)
}

/// Ends a task that is not right, with the reason.
pub fn cancel(task: &Json, reason: &str, by: &By<'_>) -> Changed {
    let mut task = open(task)?;
    if reason.trim().is_empty() {
        return Err(Refused::NeedsReason);
    }
    if code_of(&task) == SAFETY_CONTACT && !by.supervisor {
        return Err(Refused::NeverCancelled);
    }
    task.set("status", Json::string("cancelled"));
    task.set("statusReason", object([("text", Json::string(reason.trim()))]));
    touch(&mut task, by);
    Ok(task)
}

/// Adds a comment.
pub fn comment(task: &Json, words: &str, by: &By<'_>) -> Changed {
    let mut task = task.clone();
    if words.trim().is_empty() {
        return Err(Refused::NeedsReason);
    }
    append(&mut task, "note", note(words, by.who, by.now, by.zone));
    touch(&mut task, by);
    Ok(task)
}

/// Gives the task to somebody; a person keeps being named as sender until it is accepted.
pub fn hand_over(task: &Json, to: &str, words: &str, by: &By<'_>) -> Changed {
    let mut task = open(task)?;
    set_owner(&mut task, to);
    if to.starts_with("Practitioner/") && to != by.who {
        task.set("status", Json::string("requested"));
        set_extension(&mut task, shapes::EXT_HANDED_BY, Some(("valueReference", reference(by.who))));
        let until = accept_by(&task, by);
        set_extension(&mut task, shapes::EXT_ACCEPT_BY, Some(("valueDateTime", moment(until, by.zone))));
    } else {
        set_extension(&mut task, shapes::EXT_HANDED_BY, None);
        set_extension(&mut task, shapes::EXT_ACCEPT_BY, None);
    }
    if !words.trim().is_empty() {
        append(&mut task, "note", note(words, by.who, by.now, by.zone));
    }
    touch(&mut task, by);
    Ok(task)
}

/// Half an hour: what danger waits for an answer at most, and what any receiver is given at least.
const SHORTEST_WAIT: i64 = 30 * 60;
/// Four hours for work whose passing clock does harm.
const HIGH_WAIT: i64 = 4 * 3600;

/// Until when a hand-over may wait: half an hour with danger, four hours with a high-consequence clock, else the end of
/// the next business day; never past the due time, but half an hour at least.
fn accept_by(task: &Json, by: &By<'_>) -> Instant {
    let wait = match consequence_of(task) {
        Consequence::Danger => by.now.plus_seconds(SHORTEST_WAIT),
        Consequence::High => by.now.plus_seconds(HIGH_WAIT),
        Consequence::Normal => {
            let calendar = by.calendar;
            calendar.end_of(calendar.plus_business(calendar.day(by.now), 1))
        }
    };
    match due_of(task, by.zone) {
        Some(due) if due < wait => due.max(by.now.plus_seconds(SHORTEST_WAIT)),
        _ => wait,
    }
}

/// Until when an open hand-over waits; nothing when there is none.
pub fn accept_until(task: &Json, zone: &Zone) -> Option<Instant> {
    extension_of(task, shapes::EXT_HANDED_BY)?;
    let until = extension_of(task, shapes::EXT_ACCEPT_BY).and_then(Json::as_str).and_then(DateTime::parse)?;
    Some(until.low(zone))
}

/// Gives a hand-over that nobody accepted in time back to its sender, due today if it had no due time.
pub fn return_unaccepted(task: &Json, by: &By<'_>) -> Changed {
    if accept_until(task, by.zone).is_none_or(|until| until > by.now) {
        return Err(Refused::NoHandOver);
    }
    let receiver = owner_of(task);
    let mut task = decline(task, "not accepted in time: back to the sender", by)?;
    task.set("status", Json::string("requested"));
    if due_of(&task, by.zone).is_none() {
        let due = by.calendar.end_of(by.calendar.day(by.now));
        task.set("restriction", object([("period", object([("end", moment(due, by.zone))]))]));
        let rule = format!("hand-over to {receiver} was not accepted");
        set_extension(&mut task, shapes::EXT_DUE_RULE, Some(("valueString", Json::string(rule))));
    }
    Ok(task)
}

/// Accepts a hand-over, with the receiver's own words for it (I-PASS synthesis).
pub fn accept(task: &Json, synthesis: &str, by: &By<'_>) -> Changed {
    let mut task = open(task)?;
    if extension_of(&task, shapes::EXT_HANDED_BY).is_none() || owner_of(&task) != by.who {
        return Err(Refused::NoHandOver);
    }
    // "ok" is no read-back: two words are the least that says anything.
    if synthesis.split_whitespace().count() < 2 {
        return Err(Refused::NeedsSynthesis);
    }
    set_extension(&mut task, shapes::EXT_HANDED_BY, None);
    set_extension(&mut task, shapes::EXT_ACCEPT_BY, None);
    task.set("status", Json::string("accepted"));
    append(&mut task, "note", note(synthesis, by.who, by.now, by.zone));
    touch(&mut task, by);
    Ok(task)
}

/// Returns a hand-over to its sender.
pub fn decline(task: &Json, reason: &str, by: &By<'_>) -> Changed {
    let mut task = open(task)?;
    let sender = extension_of(&task, shapes::EXT_HANDED_BY)
        .and_then(|handed| handed.str_at("reference"))
        .map(str::to_owned)
        .ok_or(Refused::NoHandOver)?;
    if reason.trim().is_empty() {
        return Err(Refused::NeedsReason);
    }
    set_extension(&mut task, shapes::EXT_HANDED_BY, None);
    set_extension(&mut task, shapes::EXT_ACCEPT_BY, None);
    set_owner(&mut task, &sender);
    append(&mut task, "note", note(reason, by.who, by.now, by.zone));
    touch(&mut task, by);
    Ok(task)
}

/// Lets a task wait (safety.md rule 4): never past the clinical clock, a critical item only by a supervisor, a safety
/// contact never; the third time only when `still_right` says so.
pub fn snooze(task: &Json, until: Instant, reason: &str, still_right: bool, by: &By<'_>) -> Changed {
    let mut task = open(task)?;
    if reason.trim().is_empty() {
        return Err(Refused::NeedsReason);
    }
    if until <= by.now {
        return Err(Refused::NotAhead);
    }
    if code_of(&task) == SAFETY_CONTACT {
        return Err(Refused::NeverWaits);
    }
    let consequence = consequence_of(&task);
    if consequence == Consequence::Danger && !by.supervisor {
        return Err(Refused::NeedsSupervisor);
    }
    if consequence != Consequence::Normal && due_of(&task, by.zone).is_some_and(|due| until > due) {
        return Err(Refused::PastTheClock);
    }
    let times = extension_of(&task, shapes::EXT_SNOOZES).and_then(Json::as_i64).unwrap_or(0) + 1;
    if times >= 3 && !still_right {
        return Err(Refused::AskAgain);
    }
    set_extension(&mut task, shapes::EXT_SNOOZES, Some(("valueInteger", Json::integer(times))));
    set_extension(&mut task, shapes::EXT_SNOOZED_UNTIL, Some(("valueDateTime", moment(until, by.zone))));
    task.set("status", Json::string("on-hold"));
    task.set("statusReason", object([("text", Json::string(reason.trim()))]));
    touch(&mut task, by);
    Ok(task)
}

/// Wakes a snoozed task: its time came, or a new fact.
pub fn wake(task: &Json, by: &By<'_>) -> Changed {
    let mut task = open(task)?;
    set_extension(&mut task, shapes::EXT_SNOOZED_UNTIL, None);
    if task.str_at("status") == Some("on-hold") {
        task.set("status", Json::string("requested"));
        task.remove("statusReason");
    }
    touch(&mut task, by);
    Ok(task)
}

/// Opens what a death ended again, and keeps it open (safety.md rule 11).
pub fn keep_after_death(task: &Json, by: &By<'_>) -> Changed {
    let codes = task.at("statusReason.coding").map(Json::items).unwrap_or_default();
    if task.str_at("status") != Some("cancelled") || !codes.iter().any(|one| one.str_at("code") == Some(DIED)) {
        return Err(Refused::Finished);
    }
    let mut task = task.clone();
    task.set("status", Json::string("requested"));
    task.remove("statusReason");
    set_extension(&mut task, shapes::EXT_KEPT_AFTER_DEATH, Some(("valueBoolean", Json::Bool(true))));
    touch(&mut task, by);
    Ok(task)
}

/// Waits for somebody else ("Waiting for County Ride").
pub fn wait_for(task: &Json, whom: &str, by: &By<'_>) -> Changed {
    let mut task = open(task)?;
    if whom.trim().is_empty() {
        return Err(Refused::NeedsReason);
    }
    // Waiting work calls neither its fallback nor whoever is on call: that would be a snooze by another name.
    if code_of(&task) == SAFETY_CONTACT {
        return Err(Refused::NeverWaits);
    }
    task.set("status", Json::string("on-hold"));
    task.set("statusReason", object([("text", Json::string(whom.trim()))]));
    touch(&mut task, by);
    Ok(task)
}

/// Moves the due time, with the reason.
pub fn set_due(task: &Json, due: Instant, reason: &str, by: &By<'_>) -> Changed {
    let mut task = open(task)?;
    if reason.trim().is_empty() {
        return Err(Refused::NeedsReason);
    }
    let is_later = due_of(&task, by.zone).is_some_and(|clock| due > clock);
    if is_later && code_of(&task) == SAFETY_CONTACT {
        return Err(Refused::NeverWaits);
    }
    if is_later && consequence_of(&task) != Consequence::Normal && !by.supervisor {
        return Err(Refused::PastTheClock);
    }
    task.set("restriction", object([("period", object([("end", moment(due, by.zone))]))]));
    set_extension(
        &mut task,
        shapes::EXT_DUE_RULE,
        Some(("valueString", Json::string(format!("set by a person: {}", reason.trim())))),
    );
    touch(&mut task, by);
    Ok(task)
}

/// Ticks or unticks a line of the checklist.
pub fn tick(task: &Json, line: usize, done: bool, by: &By<'_>) -> Changed {
    let mut task = open(task)?;
    let Some(Json::Array(mut all)) = task.remove("extension") else { return Err(Refused::NoSuchLine) };
    let check =
        all.iter_mut().filter(|e| e.str_at("url") == Some(shapes::EXT_CHECK)).nth(line).ok_or(Refused::NoSuchLine)?;
    // An element has a value or extensions, never both (R4 ext-1): a ticked line carries its words in a nested extension.
    let words = check.str_at("valueString").map(str::to_owned).or_else(|| {
        check
            .get("extension")
            .and_then(|inner| inner.items().iter().find_map(|e| e.str_at("valueString")))
            .map(str::to_owned)
    });
    let words = words.unwrap_or_default();
    *check = if done {
        object([
            ("url", Json::string(shapes::EXT_CHECK)),
            (
                "extension",
                Json::array([
                    object([("url", Json::string("line")), ("valueString", Json::string(words))]),
                    object([("url", Json::string("done")), ("valueBoolean", Json::Bool(true))]),
                ]),
            ),
        ])
    } else {
        object([("url", Json::string(shapes::EXT_CHECK)), ("valueString", Json::string(words))])
    };
    task.set("extension", Json::Array(all));
    touch(&mut task, by);
    Ok(task)
}

/// The next task of a recurring one, when this one is finished.
pub fn next_of(task: &Json, id: &str, by: &By<'_>) -> Option<Json> {
    let days = extension_of(task, shapes::EXT_REPEATS).and_then(Json::as_i64).filter(|days| *days > 0)?;
    let from = due_of(task, by.zone).unwrap_or(by.now).max(by.now);
    let mut next = task.clone();
    next.set("id", Json::string(id));
    // The labels stay: the next one is as closed as this one.
    let security = next.at("meta.security").cloned();
    next.remove("meta");
    if let Some(security) = security {
        next.set("meta", object([("security", security)]));
    }
    for field in ["output", "note", "executionPeriod", "statusReason"] {
        next.remove(field);
    }
    next.set("status", Json::string("requested"));
    next.set("authoredOn", moment(by.now, by.zone));
    let due = from.plus_micros(days * crate::followup::calendar::DAY);
    next.set("restriction", object([("period", object([("end", moment(due, by.zone))]))]));
    set_extension(&mut next, shapes::EXT_SNOOZES, None);
    set_extension(&mut next, shapes::EXT_SNOOZED_UNTIL, None);
    set_extension(&mut next, shapes::EXT_NEXT_TRY, None);
    set_extension(&mut next, shapes::EXT_ATTEMPTS, None);
    // Its steps are to do again.
    for line in 0..super::view::checklist(&next).len() {
        next = tick(&next, line, false, by).unwrap_or(next);
    }
    touch(&mut next, by);
    Some(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks::make::{NewTask, task};

    const NOW: Instant = Instant::from_micros(1_785_920_400_000_000);

    fn by(zone: &Zone) -> By<'_> {
        static CALENDAR: std::sync::LazyLock<Calendar> =
            std::sync::LazyLock::new(|| Calendar::us(Zone::utc(), 2026..=2026));
        By { who: "Practitioner/n", now: NOW, zone, calendar: &CALENDAR, supervisor: false }
    }

    fn made(kind: &str, due_hours: i64) -> Json {
        let new = NewTask {
            kind: kind.to_owned(),
            what: "Do it".to_owned(),
            person: "Patient/p".to_owned(),
            due: Some(NOW.plus_seconds(due_hours * 3600)),
            checklist: vec!["Ask about weight".to_owned()],
            repeats_days: 7,
            ..NewTask::default()
        };
        task("t1", &new, "Practitioner/a", NOW, &Zone::utc())
    }

    #[test]
    fn a_clinical_task_needs_an_outcome_and_an_administrative_one_does_not() {
        let zone = Zone::utc();
        assert_eq!(complete(&made("discharge-call", 5), "", "", &by(&zone)), Err(Refused::NeedsOutcome));
        let done = complete(&made("rebook-visit", 5), "", "", &by(&zone)).unwrap();
        assert_eq!(done.str_at("status"), Some("completed"));
        assert_eq!(complete(&done, "", "", &by(&zone)), Err(Refused::Finished));
    }

    #[test]
    fn a_snooze_never_passes_the_clinical_clock() {
        let zone = Zone::utc();
        let call = made("discharge-call", 5);
        let later = NOW.plus_seconds(6 * 3600);
        assert_eq!(snooze(&call, later, "no answer", false, &by(&zone)), Err(Refused::PastTheClock));
        assert!(snooze(&call, NOW.plus_seconds(3600), "no answer", false, &by(&zone)).is_ok());
        assert_eq!(snooze(&call, later, " ", false, &by(&zone)), Err(Refused::NeedsReason));
        assert!(snooze(&made("rebook-visit", 5), later, "office closed", false, &by(&zone)).is_ok());
    }

    #[test]
    fn a_critical_item_needs_a_supervisor_and_a_safety_contact_never_waits() {
        let zone = Zone::utc();
        let soon = NOW.plus_seconds(600);
        assert_eq!(snooze(&made("act-on-result", 5), soon, "busy", false, &by(&zone)), Err(Refused::NeedsSupervisor));
        let supervisor = By { supervisor: true, ..by(&zone) };
        assert!(snooze(&made("act-on-result", 5), soon, "busy", false, &supervisor).is_ok());
        assert_eq!(
            snooze(&made("suicide-risk-contact", 5), soon, "busy", false, &supervisor),
            Err(Refused::NeverWaits)
        );
    }

    #[test]
    fn a_safety_contact_is_not_put_off_by_another_name() {
        let zone = Zone::utc();
        let supervisor = By { supervisor: true, ..by(&zone) };
        let contact = made("suicide-risk-contact", 5);
        assert_eq!(wait_for(&contact, "a call back", &supervisor), Err(Refused::NeverWaits));
        let later = set_due(&contact, NOW.plus_seconds(6 * 3600), "after lunch", &supervisor);
        assert_eq!(later, Err(Refused::NeverWaits));
        assert!(set_due(&contact, NOW.plus_seconds(3600), "sooner", &by(&zone)).is_ok());
        assert!(wait_for(&made("reminder", 5), "County Ride", &by(&zone)).is_ok());
        assert_eq!(cancel(&contact, "busy", &by(&zone)), Err(Refused::NeverCancelled));
        assert!(cancel(&contact, "the form was of somebody else", &supervisor).is_ok());
    }

    #[test]
    fn the_third_snooze_asks() {
        let zone = Zone::utc();
        let mut task = made("reminder", 5);
        for _ in 0..2 {
            task = snooze(&task, NOW.plus_seconds(600), "later", false, &by(&zone)).unwrap();
        }
        assert_eq!(snooze(&task, NOW.plus_seconds(600), "later", false, &by(&zone)), Err(Refused::AskAgain));
        assert!(snooze(&task, NOW.plus_seconds(600), "later", true, &by(&zone)).is_ok());
    }

    #[test]
    fn a_hand_over_is_accepted_by_its_receiver_or_goes_back() {
        let zone = Zone::utc();
        let handed = hand_over(&made("reminder", 5), "Practitioner/m", "please", &by(&zone)).unwrap();
        assert_eq!(accept(&handed, "", &by(&zone)), Err(Refused::NoHandOver));
        let receiver = By { who: "Practitioner/m", ..by(&zone) };
        assert_eq!(accept(&handed, "call her", &receiver).unwrap().str_at("status"), Some("accepted"));
        let back = decline(&handed, "on leave", &receiver).unwrap();
        assert_eq!(owner_of(&back), "Practitioner/n");
    }

    #[test]
    fn a_recurring_task_comes_again() {
        let zone = Zone::utc();
        let mut task = made("reminder", 5);
        task.set("meta", Json::parse(br#"{"versionId":"3","security":[{"code":"PSY"}]}"#).unwrap());
        let next = next_of(&task, "t2", &by(&zone)).unwrap();
        assert_eq!(next.get("meta").unwrap().to_string(), r#"{"security":[{"code":"PSY"}]}"#);
        assert_eq!(due_of(&next, &zone).unwrap().micros() - due_of(&task, &zone).unwrap().micros(), 7 * 86_400_000_000);
    }

    #[test]
    fn a_checklist_line_is_ticked_and_unticked() {
        let zone = Zone::utc();
        let ticked = tick(&made("reminder", 5), 0, true, &by(&zone)).unwrap();
        assert!(ticked.to_string().contains("valueBoolean"));
        let back = tick(&ticked, 0, false, &by(&zone)).unwrap();
        assert!(!back.to_string().contains("valueBoolean"));
        assert_eq!(tick(&back, 3, true, &by(&zone)), Err(Refused::NoSuchLine));
    }
}

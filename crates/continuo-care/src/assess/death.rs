//! A death, from whatever source (safety.md rule 11): open work ends as one batch that somebody reviews, and one task is
//! left. It is reversible: a death that is taken back opens the batch again, and each task can be kept open.
//!
//! The batch is the bereavement task's list of inputs; whoever reviews it sees those of the tasks that they may see.

use continuo_fhir::{Instant, Json, Zone};
use continuo_store::tables::suggestion::Suggestion;
use continuo_store::{Result, WriteTx};

use super::body::Body;
use super::{LOOP, Settled, put};
use crate::build::{append, coding, extension_of, list, moment, object, own, reference};
use crate::followup::calendar::DAY;
use crate::followup::case::date_words;
use crate::followup::finding::Consequence;
use crate::followup::person::Person;
use crate::shapes;
use crate::tasks::OPEN;
use crate::tasks::change::{DIED, code_of};
use crate::tasks::make::{self, note};

/// The kind of the one task that is left.
const BEREAVEMENT: &str = "bereavement";
/// What the inputs of that task are.
const CLOSED: &str = "closed because of the death";

fn is_open(task: &Json) -> bool {
    task.str_at("status").is_some_and(|status| OPEN.contains(&status))
}

/// Ended by a death, and not kept open by somebody since.
pub(crate) fn ended_by_death(task: &Json) -> bool {
    let codes = task.at("statusReason.coding").map(Json::items).unwrap_or_default();
    task.str_at("status") == Some("cancelled") && codes.iter().any(|one| one.str_at("code") == Some(DIED))
}

/// Made or kept by a person who knew of the death: returning the oxygen, calling the family.
fn is_kept(task: &Json, known_since: Option<&str>) -> bool {
    if extension_of(task, shapes::EXT_KEPT_AFTER_DEATH).is_some() {
        return true;
    }
    let by_person = task.str_at("requester.reference").is_some_and(|by| by.starts_with("Practitioner/"));
    let authored = task.str_at("authoredOn");
    by_person && known_since.zip(authored).is_some_and(|(since, authored)| authored >= since)
}

/// Left by the loop after a death, not made by somebody.
fn is_of_loop(task: &Json) -> bool {
    task.str_at("requester.reference") == Some(LOOP)
}

/// References of the tasks that a bereavement task lists as closed.
pub(crate) fn closed_by(task: &Json) -> Vec<String> {
    let inputs = task.get("input").map(Json::items).unwrap_or_default();
    let closed = inputs.iter().filter(|one| one.str_at("type.text") == Some(CLOSED));
    closed.filter_map(|one| one.str_at("valueReference.reference")).map(str::to_owned).collect()
}

fn input(task: &Json) -> Json {
    let id = task.str_at("id").unwrap_or_default();
    object([("type", object([("text", Json::string(CLOSED))])), ("valueReference", reference(&format!("Task/{id}")))])
}

/// A death longer ago than this is history when it becomes known: nobody is told of condolences for it.
const LATELY: i64 = 60 * DAY;

/// Whether a death asks something of somebody although no task was open: suggestions gave way to it, visits are booked,
/// or it was lately.
fn asks_something(person: &Person<'_>, gave_way: bool, now: Instant, zone: &Zone) -> bool {
    let lately = person
        .of("Patient")
        .iter()
        .filter_map(|patient| patient.until("deceasedDateTime", zone))
        .any(|at| at.plus_micros(LATELY) >= now);
    gave_way || lately || !booked(person, now, zone).is_empty()
}

/// Visits that stand in the book after a death, in words.
fn booked(person: &Person<'_>, now: Instant, zone: &Zone) -> Vec<String> {
    let mut ahead: Vec<(Instant, String)> = person
        .of("Appointment")
        .iter()
        .filter(|one| one.is(&["booked", "pending", "proposed", "waitlist"]))
        .filter_map(|one| {
            let at = one.when("start", zone).filter(|at| *at > now)?;
            let what = one.label("serviceType").or_else(|| one.text("description")).unwrap_or("visit");
            Some((at, format!("{} ({what})", date_words(zone.day(at)))))
        })
        .collect();
    ahead.sort();
    ahead.into_iter().map(|(_, words)| words).collect()
}

/// At most so many of what nobody had decided are told in words.
const MOST_TOLD: usize = 5;

/// What waited undecided and mattered: whoever reviews the death asks whether somebody should have acted. What rests on
/// closed records, and what never stands in plain words, is not told here.
fn undecided(gave_way: &[&Suggestion]) -> Vec<String> {
    let mut grave: Vec<&&Suggestion> = gave_way
        .iter()
        .filter(|one| one.labels == 0 && !one.backlog && one.consequence < Consequence::Normal.rank())
        .collect();
    grave.sort_by_key(|one| (one.consequence, one.rank));
    let bodies = grave.into_iter().filter_map(|one| Body::read(&one.body)).filter(|body| !body.sensitive);
    bodies.take(MOST_TOLD).map(|body| format!("{} ({})", body.what, body.why.trim_end_matches('.'))).collect()
}

/// What the one task says about what was open.
fn words(is_batch: bool, undecided: &[String], booked: &[String]) -> String {
    let mut note = if is_batch {
        "Open tasks were closed because the person has died. They are listed here; what must still be done is opened again from its own page."
            .to_owned()
    } else {
        "No task was open.".to_owned()
    };
    if !undecided.is_empty() {
        note.push_str(&format!(" Proposed before the death and decided by nobody: {}.", undecided.join("; ")));
    }
    if !booked.is_empty() {
        note.push_str(&format!(" Still booked: {}.", booked.join("; ")));
    }
    note
}

/// Ends open work and leaves one task that lists it.
#[expect(clippy::too_many_arguments, reason = "the parts of one settling; a struct would be made for this call only")]
pub(super) fn close(
    tx: &mut WriteTx<'_>,
    person: &Person<'_>,
    who: &str,
    tasks: &mut Vec<(Json, u64)>,
    gave_way: &[&Suggestion],
    now: Instant,
    zone: &Zone,
    settled: &mut Settled,
) -> Result<()> {
    let batch = tasks.iter().rposition(|(task, _)| code_of(task) == BEREAVEMENT);
    let known_since =
        batch.and_then(|at| tasks.get(at)).and_then(|(task, _)| task.str_at("authoredOn")).map(str::to_owned);
    let mut ended = Vec::new();
    for (task, _) in tasks.iter_mut() {
        if !is_open(task) || code_of(task) == BEREAVEMENT || is_kept(task, known_since.as_deref()) {
            continue;
        }
        task.set("status", Json::string("cancelled"));
        task.set(
            "statusReason",
            object([
                ("coding", Json::array([coding(shapes::CODE, DIED)])),
                ("text", Json::string("the person has died")),
            ]),
        );
        task.set("lastModified", moment(now, zone));
        put(tx, task.clone())?;
        ended.push(input(task));
    }
    if ended.is_empty() && (batch.is_some() || !asks_something(person, !gave_way.is_empty(), now, zone)) {
        return Ok(());
    }
    if let Some((task, _)) = batch.and_then(|at| tasks.get_mut(at)) {
        for one in ended {
            append(task, "input", one);
        }
        task.set("lastModified", moment(now, zone));
        return put(tx, task.clone()).map(|_| ());
    }
    let id = tx.new_id();
    let note = words(!ended.is_empty(), &undecided(gave_way), &booked(person, now, zone));
    let new = make::NewTask {
        kind: BEREAVEMENT.to_owned(),
        what: "After a death: review what was closed, condolences, equipment, appointments".to_owned(),
        person: who.to_owned(),
        owner: crate::tasks::route::owner(person, "care-coordinator", now, zone),
        due: Some(now.plus_micros(7 * DAY)),
        due_rule: "within a week of learning of a death".to_owned(),
        note,
        ..make::NewTask::default()
    };
    let mut task = make::task(&id, &new, LOOP, now, zone);
    task.set("code", own(BEREAVEMENT));
    if !ended.is_empty() {
        task.set("input", list(ended));
    }
    put(tx, task.clone())?;
    tasks.push((task, 0));
    settled.tasks.push(id);
    Ok(())
}

/// Opens the batch again where no source says any more that the person has died.
pub(super) fn take_back(tx: &mut WriteTx<'_>, tasks: &mut [(Json, u64)], now: Instant, zone: &Zone) -> Result<()> {
    for (task, _) in tasks.iter_mut() {
        let words = if ended_by_death(task) {
            task.set("status", Json::string("requested"));
            task.remove("statusReason");
            "Opened again: the death was taken back."
        } else if is_open(task) && code_of(task) == BEREAVEMENT && is_of_loop(task) {
            task.set("status", Json::string("cancelled"));
            task.set("statusReason", object([("text", Json::string("the death was taken back"))]));
            "The death was taken back; what was closed is open again."
        } else {
            continue;
        };
        append(task, "note", note(words, LOOP, now, zone));
        task.set("lastModified", moment(now, zone));
        put(tx, task.clone())?;
    }
    Ok(())
}

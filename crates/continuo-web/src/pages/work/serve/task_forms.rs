//! The small forms of a task: done, assign, snooze, wait, due, accept, give back, not needed.

use continuo_care::Ctx;
use continuo_care::tasks::change::Refused;
use continuo_care::tasks::view::TaskView;
use continuo_care::work::Act;
use continuo_fhir::letters::capital;
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;

use super::bulk::owners;
use super::settled;
use super::tasks::{back, load, moment};
use crate::form::Pairs;
use crate::pages::entry::form_page::{View, render};
use crate::pages::entry::{Errors, filled, general};
use crate::pages::{frame, person};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;

/// What a posted form asks for, or the sentence that says what is missing, with the field it belongs to.
pub(super) fn act(ctx: &Ctx, name: &str, form: &Pairs) -> Result<Act, (&'static str, String)> {
    let text = |field: &str| form.text(field).unwrap_or_default().to_owned();
    let wrong = |field, sentence: &str| Err((field, sentence.to_owned()));
    let at = || {
        let (date, time) = (text("date"), text("time"));
        moment(ctx, &date, &time).ok_or_else(|| match moment(ctx, &date, "") {
            Some(_) => ("time", "Enter the time as 2:00 pm".to_owned()),
            None => ("date", "Enter the day as 8/28 or Friday".to_owned()),
        })
    };
    Ok(match name {
        "start" => Act::Start,
        "reopen" => Act::KeepAfterDeath,
        "done" => Act::Complete { outcome: text("outcome"), words: text("words") },
        "assign" if text("to").is_empty() => return wrong("to", "Choose to whom"),
        "assign" => Act::HandOver { to: text("to"), words: text("words") },
        "snooze" => {
            Act::Snooze { until: at()?, reason: text("reason"), still_right: form.get("still_right").is_some() }
        }
        "wait" if text("whom").is_empty() => return wrong("whom", "Say who or what it waits for"),
        "wait" => Act::WaitFor { whom: text("whom") },
        "accept" => Act::Accept { synthesis: text("synthesis") },
        "decline" | "cancel" | "due" if text("reason").is_empty() => return wrong("reason", "Say why"),
        "due" => Act::Due { at: at()?, reason: text("reason") },
        "decline" => Act::Decline { reason: text("reason") },
        "cancel" => Act::Cancel { reason: text("reason") },
        "comment" if text("comment").is_empty() => return wrong("comment", "Write something"),
        "comment" => Act::Comment { words: text("comment") },
        "step" => Act::Tick { line: text("step").parse().map_err(|_| ("", "No such step".to_owned()))?, done: true },
        _ => return wrong("", "This cannot be done to a task"),
    })
}

/// Which question a refusal is about. It comes as its sentence: on the way it passed through the store.
pub(super) fn field_of(sentence: &str) -> &'static str {
    let about = [
        (Refused::NeedsOutcome, "outcome"),
        (Refused::NeedsReason, "reason"),
        (Refused::NotAhead, "date"),
        (Refused::PastTheClock, "date"),
        (Refused::AskAgain, "still_right"),
        (Refused::NeedsSynthesis, "synthesis"),
    ];
    let found = about.iter().find(|(refused, _)| crate::problem::capital(&refused.to_string()) == sentence);
    found.map_or("", |(_, field)| field)
}

/// The form of one act, with what was entered before and what is wrong with it.
pub(super) fn page(ctx: &Ctx, request: &Request, given: &Pairs, errors: &Errors) -> Result<Reply, Problem> {
    let task = load(ctx, request.param("id"))?;
    let patient = task.person.trim_start_matches("Patient/").to_owned();
    let (_, banner) = person::banner_of(ctx, &patient)?;
    let name = request.param("act");
    let reports = if name == "done" { settled::reports(ctx, &task)? } else { Vec::new() };
    let (title, submit, fields) = fields(ctx, name, &task, settled::words(&task, &reports))?;
    // What no question of this form is about stands above all of them.
    let known = |field: &str| fields.iter().any(|one| one.name == field);
    let errors: Errors = errors
        .iter()
        .map(|(field, text)| (if known(field) { field.clone() } else { String::new() }, text.clone()))
        .collect();
    let about = banner.who.named_and_born();
    let view = View {
        title: format!("{title}: {}", task.what),
        lead: settled::lead(&task, &reports).unwrap_or_else(|| task.why.clone()),
        form: FormView {
            action: format!("/tasks/{}/{name}", task.id),
            hidden: vec![("back".to_owned(), back(request, given))],
            problems: general(&errors),
            fields: filled(ctx, fields, given, &errors),
            submit: submit.to_owned(),
            about: format!("For {about}"),
            cancel: back(request, given),
            ..FormView::default()
        },
        banner: Some(banner),
    };
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

/// Why work usually waits.
const WAITS: [&str; 5] =
    ["Asked to be called later", "Waits for an answer", "A visit is booked", "Away until then", "Could not be reached"];

type Form = (&'static str, &'static str, Vec<Field>);

fn fields(ctx: &Ctx, name: &str, task: &TaskView, begun: String) -> Result<Form, Problem> {
    let words = |label: &str| Field::area("words", label).optional();
    let reason = |label: &str, known: &[&str]| Field::combo("reason", label, known);
    let day = |label: &str| Field::date("date", label).hint("Any usual order: 8/28, Friday, tomorrow");
    let time = || Field::new("time", "Time", Input::Time).hint("Such as 2:00 pm; empty means 9:00 am").optional();
    Ok(match name {
        "done" => {
            let outcomes =
                task.kind.outcomes.iter().zip('1'..='9').map(|(one, key)| Choice::new(*one, capital(one)).key(key));
            let outcome = Field::new("outcome", "Outcome", Input::Radios(outcomes.collect()));
            let outcome = if continuo_care::tasks::change::needs_outcome(task.kind, task.consequence) {
                outcome
            } else {
                outcome.optional().value(task.kind.outcomes.first().unwrap_or(&""))
            };
            ("Done", "Mark done", vec![outcome, words("Words, if the outcome does not say it all").value(&begun)])
        }
        "assign" => (
            "Assign",
            "Hand over",
            vec![Field::new("to", "To whom", Input::Select(owners(ctx)?)), words("What they should know")],
        ),
        "snooze" => {
            let mut fields = vec![day("Until"), time(), reason("Why it waits", &WAITS)];
            if task.snoozes >= 2 {
                let yes = Choice::new("yes", "It is still right and waits again");
                fields.push(
                    Field::new(
                        "still_right",
                        "It has waited twice. Is this task still right?",
                        Input::Checks(vec![yes]),
                    )
                    .optional(),
                );
            }
            ("Snooze", "Snooze", fields)
        }
        "wait" => (
            "Waiting for somebody",
            "Save",
            vec![Field::text("whom", "Waiting for").hint("Such as County Ride, the heart clinic")],
        ),
        "due" => ("Move the due time", "Move", vec![day("New day"), time(), reason("Why", &[])]),
        "accept" => (
            "Accept",
            "Accept",
            vec![
                Field::area("synthesis", "What you understood")
                    .hint("In your own words; it becomes part of the record"),
            ],
        ),
        "decline" => ("Give back", "Give back", vec![reason("Why", &["Away", "Not my field", "Too much today"])]),
        "cancel" => (
            "Not needed",
            "End task",
            vec![reason(
                "Why it is not needed",
                &["Done elsewhere", "Entered twice", "The person declined", "Wrong person"],
            )],
        ),
        "comment" => ("Comment", "Save comment", vec![Field::area("comment", "Comment")]),
        _ => return Err(Problem::not_found()),
    })
}

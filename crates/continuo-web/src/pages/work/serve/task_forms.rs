//! The small forms of a task: done, assign, snooze, wait, due, accept, give back, not needed.

use continuo_care::Ctx;
use continuo_care::work::Act;
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;

use super::bulk::owners;
use super::tasks::{back, load, moment};
use crate::form::Pairs;
use crate::pages::entry::form_page::{View, render};
use crate::pages::{frame, person};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;

/// What a posted form asks for, or the sentence that says what is missing.
pub(super) fn act(ctx: &Ctx, name: &str, form: &Pairs) -> Result<Act, String> {
    let text = |field: &str| form.text(field).unwrap_or_default().to_owned();
    let at = || {
        moment(ctx, &text("date"), &text("time"))
            .ok_or_else(|| "Enter the day as 8/28 or Friday, the time as 2:00 pm.".to_owned())
    };
    Ok(match name {
        "start" => Act::Start,
        "reopen" => Act::KeepAfterDeath,
        "done" => Act::Complete { outcome: text("outcome"), words: text("words") },
        "assign" if text("to").is_empty() => return Err("Choose to whom.".to_owned()),
        "assign" => Act::HandOver { to: text("to"), words: text("words") },
        "snooze" => {
            Act::Snooze { until: at()?, reason: text("reason"), still_right: form.get("still_right").is_some() }
        }
        "wait" => Act::WaitFor { whom: text("whom") },
        "due" => Act::Due { at: at()?, reason: text("reason") },
        "accept" => Act::Accept { synthesis: text("synthesis") },
        "decline" => Act::Decline { reason: text("reason") },
        "cancel" => Act::Cancel { reason: text("reason") },
        "comment" => Act::Comment { words: text("comment") },
        "step" => Act::Tick { line: text("step").parse().map_err(|_| "No such step.".to_owned())?, done: true },
        _ => return Err("This cannot be done to a task.".to_owned()),
    })
}

/// The form of one act, with what was entered before and what is wrong with it.
pub(super) fn page(ctx: &Ctx, request: &Request, given: &Pairs, error: &str) -> Result<Reply, Problem> {
    let task = load(ctx, request.param("id"))?;
    let patient = task.person.trim_start_matches("Patient/").to_owned();
    let (_, banner) = person::banner_of(ctx, &patient)?;
    let name = request.param("act");
    let (title, submit, fields) = fields(ctx, name, &task)?;
    let fields = fields.into_iter().map(|field| {
        let value = given.get(&field.name).map(str::to_owned);
        match value {
            Some(value) => field.value(&value),
            None => field,
        }
    });
    let about = banner.who.named_and_born();
    let view = View {
        title: format!("{title}: {}", task.what),
        lead: task.why.clone(),
        form: FormView {
            action: format!("/tasks/{}/{name}", task.id),
            hidden: vec![("back".to_owned(), back(request, given))],
            fields: fields.collect(),
            submit: submit.to_owned(),
            about: format!("For {about}"),
            cancel: back(request, given),
            problems: if error.is_empty() { Vec::new() } else { vec![error.to_owned()] },
        },
        banner: Some(banner),
    };
    let status = if error.is_empty() { 200 } else { 422 };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

type Form = (&'static str, &'static str, Vec<Field>);

fn fields(ctx: &Ctx, name: &str, task: &continuo_care::tasks::view::TaskView) -> Result<Form, Problem> {
    let words = |label: &str| Field::area("words", label).optional();
    let reason = |label: &str| Field::text("reason", label);
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
            ("Done", "Mark done", vec![outcome, words("Words, if the outcome does not say it all")])
        }
        "assign" => (
            "Assign",
            "Hand over",
            vec![Field::new("to", "To whom", Input::Select(owners(ctx)?)), words("What they should know")],
        ),
        "snooze" => {
            let mut fields = vec![day("Until"), time(), reason("Why it waits")];
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
        "due" => ("Move the due time", "Move", vec![day("New day"), time(), reason("Why")]),
        "accept" => (
            "Accept",
            "Accept",
            vec![
                Field::area("synthesis", "What you understood")
                    .hint("In your own words; it becomes part of the record"),
            ],
        ),
        "decline" => ("Give back", "Give back", vec![reason("Why")]),
        "cancel" => ("Not needed", "End task", vec![reason("Why it is not needed")]),
        "comment" => ("Comment", "Save comment", vec![Field::area("comment", "Comment")]),
        _ => return Err(Problem::not_found()),
    })
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

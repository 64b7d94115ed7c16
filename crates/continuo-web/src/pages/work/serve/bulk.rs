//! Several people at once: assign, snooze, and done for one administrative kind (safety.md, 5).

use continuo_care::access::Permission;
use continuo_care::work::{self, Act};
use continuo_care::{Ctx, staff};
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;

use crate::app::App;
use crate::form::Pairs;
use crate::pages::account::own_path;
use crate::pages::entry::form_page::{View, render};
use crate::pages::{done, frame};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::post("/worklist/bulk", Gate::May(Permission::WorkAct), ask),
    Route::post("/worklist/bulk/apply", Gate::May(Permission::WorkAct), apply),
];

fn ask(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let tasks = picked(&form);
    if tasks.is_empty() {
        return Err(nothing());
    }
    page(ctx, request, &form, &tasks, "")
}

fn apply(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let tasks = picked(&form);
    if tasks.is_empty() {
        return Err(nothing());
    }
    let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
    let act = match form.get("do") {
        Some("assign") => Act::HandOver { to: text("to"), words: text("words") },
        Some("snooze") => match super::tasks::moment(ctx, &text("date"), &text("time")) {
            Some(until) => Act::Snooze { until, reason: text("reason"), still_right: false },
            None => return page(ctx, request, &form, &tasks, "Enter the day as 8/28 or Friday"),
        },
        _ => Act::Complete { outcome: String::new(), words: text("words") },
    };
    match work::several(ctx, &tasks, act) {
        Ok(committed) => Ok(done::see(&back(&form), committed.commit.map(|commit| commit.0))),
        Err(error) => match Problem::from(error) {
            problem if problem.status < 500 && problem.status != 403 => {
                page(ctx, request, &form, &tasks, &problem.sentence)
            }
            problem => Err(problem),
        },
    }
}

fn nothing() -> Problem {
    Problem::bad_request("Nothing was selected, or only suggestions: those are decided one by one.")
}

/// Task ids of everything selected; suggestions are left out, a person decides each by itself.
fn picked(form: &Pairs) -> Vec<String> {
    form.all("pick")
        .flat_map(|value| value.split(' '))
        .filter_map(|id| id.strip_prefix("t:"))
        .map(str::to_owned)
        .collect()
}

fn back(form: &Pairs) -> String {
    match form.text("back") {
        Some(query) if !query.starts_with('/') => format!("/worklist?{query}"),
        other => own_path(other).to_owned(),
    }
}

fn page(ctx: &Ctx, request: &Request, form: &Pairs, tasks: &[String], error: &str) -> Result<Reply, Problem> {
    let wanted = form.get("do").unwrap_or("done");
    let value = |name: &str| form.get(name).unwrap_or_default().to_owned();
    let (title, submit, fields) = match wanted {
        "assign" => (
            "Assign",
            "Assign",
            vec![
                Field::new("to", "To whom", Input::Select(owners(ctx)?)).value(&value("to")),
                Field::area("words", "What they should know").optional().value(&value("words")),
            ],
        ),
        "snooze" => (
            "Snooze",
            "Snooze",
            vec![
                Field::date("date", "Until").hint("Never past a clinical due time").value(&value("date")),
                Field::text("reason", "Why it waits").value(&value("reason")),
            ],
        ),
        _ => ("Done", "Mark done", vec![Field::area("words", "Words").optional()]),
    };
    let mut hidden = vec![("do".to_owned(), wanted.to_owned()), ("back".to_owned(), back(form))];
    hidden.extend(tasks.iter().map(|id| ("pick".to_owned(), format!("t:{id}"))));
    let view = View {
        banner: None,
        title: format!("{title}: {} tasks", tasks.len()),
        lead: "All of these tasks for the people you selected.".to_owned(),
        form: FormView {
            action: "/worklist/bulk/apply".to_owned(),
            hidden,
            fields,
            submit: submit.to_owned(),
            cancel: back(form),
            problems: if error.is_empty() { Vec::new() } else { vec![error.to_owned()] },
            ..FormView::default()
        },
    };
    let status = if error.is_empty() { 200 } else { 422 };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

/// People, teams and roles that work can be given to.
pub(super) fn owners(ctx: &Ctx) -> Result<Vec<Choice>, Problem> {
    let mut choices = vec![Choice::new("", "Choose...")];
    choices.extend(staff::owners(ctx)?.iter().map(|owner| crate::pages::person::owner_choice(ctx, owner)));
    Ok(choices)
}

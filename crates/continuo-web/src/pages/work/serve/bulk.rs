//! Several people at once: assign, snooze, and done for one administrative kind (safety.md, 5).
//!
//! What may not be done so stays; the page says which and why before anything is sent, and again after it was.

use std::collections::BTreeSet;

use continuo_care::access::Permission;
use continuo_care::work::Act;
use continuo_care::work::parted::{self, Parted};
use continuo_care::{Ctx, people, staff, suggestions};
use continuo_fhir::Instant;
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;
use continuo_ui::section::LineView;

use crate::app::App;
use crate::form::{Pairs, encode};
use crate::pages::account::own_path;
use crate::pages::work::bulk::{View, render};
use crate::pages::{done, frame, person};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/worklist/bulk", Gate::May(Permission::WorkAct), ask_again),
    Route::post("/worklist/bulk", Gate::May(Permission::WorkAct), ask),
    Route::post("/worklist/bulk/apply", Gate::May(Permission::WorkAct), apply),
];

/// Tasks that stay and stand in an address; more are found on the list again.
const IN_ADDRESS: usize = 60;
/// A snooze that is asked about before its day is known.
const SOON: i64 = 60;

/// What is selected: tasks, and suggestions, which a person decides each by itself.
struct Picked {
    tasks: Vec<String>,
    suggestions: Vec<String>,
}

impl Picked {
    fn read(form: &Pairs) -> Result<Picked, Problem> {
        let ids: Vec<&str> = form.all("pick").flat_map(|value| value.split(' ')).collect();
        // Each once, however often it was sent.
        let of = |prefix: &str| {
            let found: BTreeSet<&str> = ids.iter().filter_map(|id| id.strip_prefix(prefix)).collect();
            found.into_iter().map(str::to_owned).collect()
        };
        let picked = Picked { tasks: of("t:"), suggestions: of("s:") };
        if picked.tasks.is_empty() && picked.suggestions.is_empty() {
            return Err(Problem::bad_request("Nothing was selected. Choose people on the list first."));
        }
        Ok(picked)
    }
}

fn ask(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &request.form()?, Said::Nothing)
}

/// What stayed of a selection, after the rest was done.
fn ask_again(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &request.query, Said::Stayed)
}

fn apply(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let picked = Picked::read(&form)?;
    let act = match act(ctx, &form) {
        Ok(act) => act,
        Err(sentence) => return page(ctx, request, &form, Said::Wrong(sentence)),
    };
    let kind = form.get("kind").unwrap_or_default();
    let parted = parted::part(ctx, &picked.tasks, &act, kind)?;
    let told: Vec<&str> = form.all("stays").flat_map(|ids| ids.split(' ')).collect();
    // Nobody learns afterwards that something stayed: it is said first.
    if parted.allowed.is_empty() || parted.kept.iter().any(|one| !told.contains(&one.task.as_str())) {
        return page(ctx, request, &form, Said::Some);
    }
    let stays: Vec<String> = parted.kept.iter().map(|one| format!("t:{}", one.task)).collect();
    match parted::do_allowed(ctx, &picked.tasks, act, kind)?.0 {
        Ok(committed) => {
            let commit = committed.commit.map(|commit| commit.0);
            if stays.is_empty() || stays.len() > IN_ADDRESS {
                return Ok(done::see(&back(&form), commit));
            }
            // With what was asked for, so that each stays for the same reason as before; its words stay out of the address.
            let mut path = format!(
                "/worklist/bulk?do={}&back={}&pick={}",
                encode(form.get("do").unwrap_or("done")),
                encode(&back(&form)),
                encode(&stays.join(" "))
            );
            for name in ["to", "date", "time"] {
                if let Some(value) = form.text(name) {
                    path.push_str(&format!("&{name}={}", encode(value)));
                }
            }
            Ok(done::see(&path, commit))
        }
        Err(error) => match Problem::from(error) {
            problem if problem.status < 500 && problem.status != 403 => {
                page(ctx, request, &form, Said::Wrong(problem.sentence))
            }
            problem => Err(problem),
        },
    }
}

/// What the form asks for, or what is wrong with it.
fn act(ctx: &Ctx, form: &Pairs) -> Result<Act, String> {
    let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
    Ok(match form.get("do") {
        Some("assign") if text("to").is_empty() => return Err("Choose to whom.".to_owned()),
        Some("assign") => Act::HandOver { to: text("to"), words: text("words") },
        Some("snooze") => match super::tasks::moment(ctx, &text("date"), &text("time")) {
            Some(_) if text("reason").is_empty() => return Err("Say why it waits.".to_owned()),
            Some(until) if until <= ctx.now() => return Err("Choose a later day.".to_owned()),
            Some(until) => Act::Snooze { until, reason: text("reason"), still_right: false },
            None => return Err("Enter the day as 8/28 or Friday.".to_owned()),
        },
        _ => Act::Complete { outcome: String::new(), words: text("words") },
    })
}

/// Why the page is shown.
enum Said {
    /// It is asked for.
    Nothing,
    /// Something stays that was not said yet.
    Some,
    /// What could be done is done; this stayed.
    Stayed,
    /// An answer is wrong.
    Wrong(String),
}

fn back(form: &Pairs) -> String {
    match form.text("back") {
        Some(query) if !query.starts_with('/') => format!("/worklist?{query}"),
        other => own_path(other).to_owned(),
    }
}

/// The act as far as it is known before its questions are answered.
fn as_known(ctx: &Ctx, form: &Pairs, wanted: &str) -> Act {
    act(ctx, form).unwrap_or_else(|_| match wanted {
        "assign" => Act::HandOver { to: form.text("to").unwrap_or_default().to_owned(), words: String::new() },
        "snooze" => Act::Snooze {
            until: form
                .text("date")
                .and_then(|date| super::tasks::moment(ctx, date, form.text("time").unwrap_or_default()))
                .filter(|until| *until > ctx.now())
                .unwrap_or_else(|| Instant::from_micros(ctx.now().micros() + SOON * 1_000_000)),
            reason: "to be said".to_owned(),
            still_right: false,
        },
        _ => Act::Complete { outcome: String::new(), words: String::new() },
    })
}

fn page(ctx: &Ctx, request: &Request, form: &Pairs, said: Said) -> Result<Reply, Problem> {
    let picked = Picked::read(form)?;
    let wanted = form.get("do").filter(|known| matches!(*known, "assign" | "snooze")).unwrap_or("done");
    let parted = parted::part(ctx, &picked.tasks, &as_known(ctx, form, wanted), form.get("kind").unwrap_or_default())?;
    let kept = kept(ctx, &parted, &picked)?;
    let problems = match &said {
        Said::Wrong(sentence) => vec![sentence.clone()],
        _ => Vec::new(),
    };
    let (verb, what, others) = match wanted {
        "assign" => ("Assign", "will be assigned", "The others are assigned."),
        "snooze" => ("Snooze", "will wait", "The others wait."),
        _ => ("Done", "will be marked done", "The others are done."),
    };
    let count = |n: usize, rest: &str| if n == 1 { format!("1 task{rest}") } else { format!("{n} tasks{rest}") };
    let all = parted.allowed.len();
    let lead = match (all, &said) {
        (0, Said::Stayed) => format!("{others} What stays is listed with its reason."),
        (_, Said::Stayed) => format!("{others} Of what stayed, {} {what} next.", count(all, "")),
        (0, _) => "None of what you selected can be done so. Each says why.".to_owned(),
        (_, Said::Some) if !kept.is_empty() => {
            format!("{} can, {} cannot: see below. Nothing is sent yet.", count(all, ""), kept.len())
        }
        (_, _) if kept.is_empty() => format!("{} for the people you selected {what}.", count(all, "")),
        (_, _) => format!("{} {what}. What stays is listed below with its reason.", count(all, "")),
    };
    let mut hidden = vec![("do".to_owned(), wanted.to_owned()), ("back".to_owned(), back(form))];
    let ids =
        picked.tasks.iter().map(|id| format!("t:{id}")).chain(picked.suggestions.iter().map(|id| format!("s:{id}")));
    hidden.extend(ids.map(|id| ("pick".to_owned(), id)));
    hidden.extend(parted.kept.iter().map(|one| ("stays".to_owned(), one.task.clone())));
    let submit = match (wanted, kept.is_empty()) {
        ("assign", true) => "Assign".to_owned(),
        ("snooze", true) => "Snooze".to_owned(),
        ("assign", false) => format!("Assign {all} of {}", all + kept.len()),
        ("snooze", false) => format!("Snooze {all} of {}", all + kept.len()),
        (_, true) => "Mark done".to_owned(),
        (_, false) => format!("Mark {all} of {} done", all + kept.len()),
    };
    let view = View {
        title: match (all, &said) {
            (0, Said::Stayed) => "What stays".to_owned(),
            (0, _) => "None of these can be done together".to_owned(),
            _ => format!("{verb}: {}", count(all, "")),
        },
        lead,
        form: (all > 0).then_some(FormView {
            action: "/worklist/bulk/apply".to_owned(),
            hidden,
            fields: fields(ctx, form, wanted, &parted)?,
            submit,
            cancel: back(form),
            problems,
            ..FormView::default()
        }),
        kept_title: match kept.len() {
            1 => "1 stays as it is".to_owned(),
            n => format!("{n} stay as they are"),
        },
        kept,
        back: back(form),
    };
    let status = if matches!(said, Said::Wrong(_) | Said::Some) { 422 } else { 200 };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

fn fields(ctx: &Ctx, form: &Pairs, wanted: &str, parted: &Parted) -> Result<Vec<Field>, Problem> {
    let value = |name: &str| form.get(name).unwrap_or_default().to_owned();
    Ok(match wanted {
        "assign" => vec![
            Field::new("to", "To whom", Input::Select(owners(ctx)?)).value(&value("to")),
            Field::area("words", "What they should know").optional().value(&value("words")),
        ],
        "snooze" => vec![
            Field::date("date", "Until").hint("Never past a clinical due time").value(&value("date")),
            Field::text("reason", "Why it waits").value(&value("reason")),
        ],
        _ => {
            let mut fields = Vec::new();
            if parted.kinds.len() > 1 {
                let choices =
                    parted.kinds.iter().map(|(code, title, count)| Choice::new(*code, format!("{title} ({count})")));
                fields.push(
                    Field::new("kind", "Kind of work", Input::Select(choices.collect()))
                        .hint("One kind is finished at a time; the others stay selected after it")
                        .value(parted.kind),
                );
            }
            fields.push(Field::area("words", "Words").optional().value(&value("words")));
            fields
        }
    })
}

/// What stays, with whose it is and why.
fn kept(ctx: &Ctx, parted: &Parted, picked: &Picked) -> Result<Vec<LineView>, Problem> {
    let mut lines = Vec::new();
    let mut rids: Vec<_> = parted.kept.iter().map(|one| one.patient).collect();
    let mut suggested = Vec::new();
    for id in &picked.suggestions {
        // One that was decided a moment ago is not there any more, and does not stay.
        suggested.extend(suggestions::get(ctx, id).ok().filter(|one| one.state == "open"));
    }
    rids.extend(suggested.iter().map(|one| one.patient));
    rids.sort();
    rids.dedup();
    let people = people::by_any_rid(ctx, &rids)?;
    let today = person::today(ctx);
    let named = |rid| {
        let header = people.iter().find(|(of, _)| *of == rid).map(|(_, header)| header);
        header.map_or_else(String::new, |header| person::who(header, today).named_and_born())
    };
    for one in &parted.kept {
        let text = format!("{}: {}", named(one.patient), one.what);
        lines.push(
            LineView::new(text.trim_start_matches(": "), "")
                .link(format!("/tasks/{}", one.task))
                .note(capital(&one.reason)),
        );
    }
    for one in &suggested {
        let what = if one.sensitive { "Private item" } else { one.what.as_str() };
        let text = format!("{}: {what}", named(one.patient));
        let note = "A suggestion: it is decided by itself.";
        lines
            .push(LineView::new(text.trim_start_matches(": "), "").link(format!("/suggestions/{}", one.id)).note(note));
    }
    Ok(lines)
}

/// People, teams and roles that work can be given to.
pub(super) fn owners(ctx: &Ctx) -> Result<Vec<Choice>, Problem> {
    let mut choices = vec![Choice::new("", "Choose...")];
    choices.extend(
        staff::owners(ctx)?
            .iter()
            .filter(|owner| owner.acts)
            .map(|owner| crate::pages::person::owner_choice(ctx, owner)),
    );
    Ok(choices)
}

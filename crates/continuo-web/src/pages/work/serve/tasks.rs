//! One task: its page, and what can be done to it, each on a small form of its own or at once.

use continuo_care::access::Permission;
use continuo_care::assess::project;
use continuo_care::followup::finding::Band;
use continuo_care::followup::said_dead;
use continuo_care::tasks::view::TaskView;
use continuo_care::work::{self, referral};
use continuo_care::{Ctx, calls, oncall, record, staff, tasks};
use continuo_fhir::date::Time;
use continuo_fhir::{Instant, Json, ResourceType};
use continuo_ui::action::Action;
use continuo_ui::section::{LineView, Section};
use continuo_ui::states::EmptyView;
use continuo_ui::tag::{TagView, Tone};

use super::settled;
use crate::app::App;
use crate::form::{Pairs, encode};
use crate::pages::account::own_path;
use crate::pages::work::task::{Step, View, render};
use crate::pages::{done, frame, person, proof, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/tasks/{id}", Gate::May(Permission::WorkRead), show),
    Route::get("/tasks/{id}/{act}", Gate::May(Permission::WorkAct), ask),
    Route::post("/tasks/{id}/{act}", Gate::May(Permission::WorkAct), carry_out),
];

const TASK: ResourceType = ResourceType::of("Task");

/// A task as the reader may see it.
pub(super) fn load(ctx: &Ctx, id: &str) -> Result<TaskView, Problem> {
    Ok(work::one::task(ctx, id)?)
}

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let task = load(ctx, request.param("id"))?;
    let patient = task.person.trim_start_matches("Patient/").to_owned();
    let (_, banner) = person::banner_of(ctx, &patient)?;
    let owners = staff::owners(ctx)?;
    let reports = settled::reports(ctx, &task)?;
    let finding = reports.iter().flat_map(|report| &report.findings).find(|finding| finding.key() == task.finding);
    let when_said = |at: &str| {
        continuo_fhir::DateTime::parse(at)
            .map_or_else(|| at.to_owned(), |at| when::moment(at.low(&ctx.zone), &ctx.zone))
    };
    let comments = task
        .comments
        .iter()
        .rev()
        .map(|one| LineView::new(&one.words, when_said(&one.at)).note(staff::name_of(&owners, &one.by)))
        .collect();
    let steps = task.checklist.iter().enumerate().map(|(at, line)| Step {
        id: at.to_string(),
        text: line.words.clone(),
        done: if line.done { "done".to_owned() } else { String::new() },
    });
    let due = when::due(task.due, ctx.now(), &ctx.zone);
    let is_open = tasks::OPEN.contains(&task.status.as_str());
    let view = View {
        id: task.id.clone(),
        banner,
        title: task.what.clone(),
        why: match (task.why.as_str(), task.due_rule.as_str()) {
            ("", _) if !ctx.grant.allows(Permission::RecordRead) => {
                "Why it is to be done is for those who read the record.".to_owned()
            }
            ("", "") => "Added by a person.".to_owned(),
            ("", because) => crate::problem::capital(&format!("due {because}")),
            (why, _) if is_open && project::is_answered(&task.finding, &reports) => {
                format!("{}{why}", project::ANSWERED)
            }
            (why, _) => why.to_owned(),
        },
        state: TagView::new(tone(&task), task.state.clone()),
        due: Some(if task.band == Band::Danger { when::danger(due) } else { due }),
        due_from: task.due_rule.clone(),
        owner: owner(ctx, &task, &owners),
        fallback: fallback(ctx, &task, &owners)?,
        evidence: finding.map(|finding| proof::of_finding("task-evidence", finding)),
        settled: settled::lines(&task, &reports),
        about: super::about::of(ctx, &task),
        steps: steps.collect(),
        closed: closed(ctx, &task, &owners)?,
        attempts: attempts(ctx, &task, &patient, &owners)?,
        history: history(ctx, &task.id, &owners)?,
        comments: Section::of(comments, "", EmptyView::new("No comments yet.", "")),
        actions: actions(ctx, &task, &patient),
        neighbors: vec![Action::open("Worklist", "/worklist").quiet()],
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

/// What a death closed, as far as the reader sees it, each with how it stands now.
fn closed(ctx: &Ctx, task: &TaskView, owners: &[staff::Owner]) -> Result<Vec<LineView>, Problem> {
    let calendar = continuo_care::assess::site::calendar(ctx.zone.clone(), ctx.now());
    let mut lines = Vec::new();
    for one in work::tasks_named(ctx, &task.closed)? {
        let one = tasks::view::view(&one, ctx.now(), &calendar);
        let due = one.due.map(|at| format!("due {}", when::near(ctx.zone.day(at), person::today(ctx))));
        let line = LineView::new(&one.what, due.unwrap_or_default()).link(format!("/tasks/{}", one.id));
        let state = if one.ended_by_death { "Closed" } else { one.state.as_str() };
        lines.push(line.note(staff::name_of(owners, &one.owner)).tag(TagView::new(tone(&one), state)));
    }
    Ok(lines)
}

/// Calls made for the task, and when the next is meant to be.
fn attempts(ctx: &Ctx, task: &TaskView, patient: &str, owners: &[staff::Owner]) -> Result<Section<LineView>, Problem> {
    let own = format!("Task/{}", task.id);
    let made = calls::tried::tries(ctx, patient)?.into_iter().filter(|one| one.tasks.contains(&own));
    let next = task.next_try.map(|at| LineView::new("Next try", when::moment(at, &ctx.zone)));
    let lines = next.into_iter().chain(made.map(|one| {
        let how = crate::problem::capital(&one.outcome.code().replace('-', " "));
        LineView::new(how, when::moment(one.at, &ctx.zone)).note(staff::name_of(owners, &one.by))
    }));
    let nothing = EmptyView::new("No attempts yet.", "Calls logged for this task are counted here.");
    Ok(Section::of(lines.collect(), "", nothing))
}

/// The owner, with until when they are away and who covers.
fn owner(ctx: &Ctx, task: &TaskView, owners: &[staff::Owner]) -> String {
    match owners.iter().find(|owner| owner.reference == task.owner) {
        Some(found) => person::owner_choice(ctx, found).label,
        None => staff::name_of(owners, &task.owner),
    }
}

/// Who steps in: the task's own fallback, and for danger whoever is on call now.
fn fallback(ctx: &Ctx, task: &TaskView, owners: &[staff::Owner]) -> Result<String, Problem> {
    let own = if task.fallback.is_empty() { "not set".to_owned() } else { staff::name_of(owners, &task.fallback) };
    let Some(route) = oncall::routes::of_kind(task.kind.code) else { return Ok(own) };
    let now = oncall::load(ctx)?.now(ctx);
    let on_call = now.iter().find(|one| one.route.id == route.id).map(|one| match one.duty.who.as_str() {
        "" => "on call now: nobody".to_owned(),
        who => format!("on call now: {}, after {} minutes", staff::name_of(owners, who), one.minutes),
    });
    Ok([own, on_call.unwrap_or_default()].join("; "))
}

fn tone(task: &TaskView) -> Tone {
    match task.status.as_str() {
        "completed" => Tone::Done,
        "in-progress" => Tone::Active,
        _ => Tone::Waiting,
    }
}

fn actions(ctx: &Ctx, task: &TaskView, patient: &str) -> Vec<Action> {
    if ctx.grant.allows(Permission::WorkAct) && task.ended_by_death {
        let back = format!("/tasks/{}", task.id);
        return vec![Action::post("Open again", format!("{back}/reopen")).with("back", &back)];
    }
    if !ctx.grant.allows(Permission::WorkAct) || !tasks::OPEN.contains(&task.status.as_str()) {
        return Vec::new();
    }
    let back = format!("?back={}", encode(&format!("/tasks/{}", task.id)));
    let at = |act: &str| format!("/tasks/{}/{act}{back}", task.id);
    let mut all = vec![
        Action::open("Log call", format!("/patients/{patient}/call?task={}&back={}", task.id, encode("/worklist")))
            .key('c')
            .main(),
    ];
    if !task.handed_by.is_empty() && task.owner == ctx.actor.reference {
        all.push(Action::open("Accept...", at("accept")));
        all.push(Action::open("Give back...", at("decline")));
    }
    if task.status != "in-progress" {
        all.push(
            Action::post("Start", format!("/tasks/{}/start", task.id)).with("back", format!("/tasks/{}", task.id)),
        );
    }
    if work::may_say_the_outcome(ctx, task.kind.code) {
        all.push(Action::open("Done...", format!("/tasks/{}/done?back={}", task.id, encode("/worklist"))).key('d'));
    }
    if ctx.grant.allows(Permission::WorkAssign) {
        all.push(Action::open("Assign...", at("assign")).key('a'));
    }
    if ctx.grant.allows(Permission::RecordWrite) && !patient.is_empty() {
        let about = encode(&format!("Task/{}", task.id));
        all.push(Action::open("Transcript or letter", format!("/patients/{patient}/words?about={about}")));
    }
    if let Some(id) = task.about.strip_prefix("ServiceRequest/").filter(|_| referral::KINDS.contains(&task.kind.code)) {
        let to = format!("/referrals/{id}/close?task={}&back={}", task.id, encode("/worklist"));
        all.push(Action::open("Close the loop...", to));
    }
    if task.kind.code == said_dead::CONFIRM && ctx.grant.allows(Permission::PersonWrite) {
        all.push(Action::open("Record the death...", format!("/patients/{patient}/add/death")));
    }
    // A safety contact is never put off and never called off (safety.md rule 8): what would be refused is not offered.
    if task.kind.code != "suicide-risk-contact" {
        all.push(Action::open("Snooze...", at("snooze")).key('s'));
        all.push(Action::open("Waiting for...", at("wait")));
        all.push(Action::open("Move due time...", at("due")));
        all.push(Action::open("Not needed...", at("cancel")).quiet());
    }
    all
}

fn history(ctx: &Ctx, id: &str, owners: &[staff::Owner]) -> Result<Section<LineView>, Problem> {
    if !ctx.grant.allows(Permission::RecordRead) {
        return Ok(Section::Empty(EmptyView::new("Not open to your role.", "")));
    }
    let versions = record::history(ctx, TASK, id, &record::HistoryRange::all())?;
    let calendar = continuo_care::assess::site::calendar(ctx.zone.clone(), ctx.now());
    let read = versions.iter().filter_map(|stored| {
        let task = tasks::view::view(&Json::parse(stored.bytes.as_deref()?).ok()?, ctx.now(), &calendar);
        Some((task, Instant::from_micros(stored.updated)))
    });
    let read: Vec<_> = read.collect();
    let lines = changed(&read).map(|at| {
        let (task, moment) = &read[at];
        let is_open = tasks::OPEN.contains(&task.status.as_str());
        let state = match task.due.filter(|_| is_open) {
            Some(due) => format!("{}, due {}", task.state, when::near(ctx.zone.day(due), person::today(ctx))),
            None => task.state.clone(),
        };
        LineView::new(state, when::moment(*moment, &ctx.zone)).note(staff::name_of(owners, &task.owner))
    });
    Ok(Section::of(lines.take(20).collect(), "", EmptyView::new("No history.", "")))
}

/// Places of the versions that changed who has the task, when it is due or where it stands; a try counted or a comment
/// added, which stand above with their own words, are no line of the history.
fn changed(versions: &[(TaskView, Instant)]) -> impl Iterator<Item = usize> + '_ {
    let shown = |(task, _): &(TaskView, Instant)| (task.state.clone(), task.owner.clone(), task.due);
    (0..versions.len()).filter(move |at| versions.get(at + 1).map(shown) != versions.get(*at).map(shown))
}

fn ask(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    if request.param("act") == "done"
        && let Some(to) = closing(ctx, request)?
    {
        return Ok(Reply::see(&to));
    }
    super::task_forms::page(ctx, request, &Pairs::default(), &Vec::new())
}

/// Where a task that asks for a report is finished: the report is named there.
fn closing(ctx: &Ctx, request: &Request) -> Result<Option<String>, Problem> {
    let task = request.param("id");
    let back = encode(&back(request, &Pairs::default()));
    let referral = referral::of_task(ctx, task)?;
    Ok(referral.map(|id| format!("/referrals/{id}/close?task={task}&back={back}")))
}

fn carry_out(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let back = back(request, &form);
    let finishes = matches!(request.param("act"), "done" | "accept" | "decline");
    let task = if finishes { load(ctx, request.param("id")).ok() } else { None };
    let kind = task.as_ref().map_or("", |task| task.kind.code);
    match super::task_forms::act(ctx, request.param("act"), &form) {
        Ok(act) => match work::act(ctx, request.param("id"), act) {
            Ok(committed) => {
                if finishes {
                    super::effort::count(ctx, kind, &form);
                }
                let next = task.and_then(|task| enter_visit(ctx, &task, &form, &back));
                Ok(done::see(next.as_ref().unwrap_or(&back), committed.commit.map(|commit| commit.0)))
            }
            Err(error) => match Problem::from(error) {
                problem if [400, 409].contains(&problem.status) => {
                    let field = super::task_forms::field_of(&problem.sentence).to_owned();
                    super::task_forms::page(ctx, request, &form, &vec![(field, problem.sentence)])
                }
                problem => Err(problem),
            },
        },
        Err((field, sentence)) => super::task_forms::page(ctx, request, &form, &vec![(field.to_owned(), sentence)]),
    }
}

/// Outcomes that say a visit is booked, which is not in the record yet: else there would have been no task.
const BOOKED: [&str; 3] = ["booked", "booked again", "visit booked"];

/// Where a visit that was just booked is entered, for those who may: what is only said is watched by nobody.
fn enter_visit(ctx: &Ctx, task: &TaskView, form: &Pairs, back: &str) -> Option<String> {
    let booked = form.text("outcome").is_some_and(|outcome| BOOKED.contains(&outcome));
    if !booked || !ctx.grant.allows(Permission::PersonWrite) {
        return None;
    }
    let person = task.person.trim_start_matches("Patient/");
    let referral = match task.about.strip_prefix("ServiceRequest/") {
        Some(_) => format!("&referral={}", encode(&task.about)),
        None => String::new(),
    };
    Some(format!("/patients/{person}/add/appointment?booked=yes{referral}&back={}", encode(back)))
}

/// Where a form leads back: what it says, else the task.
pub(super) fn back(request: &Request, form: &Pairs) -> String {
    match form.text("back").or_else(|| request.query.text("back")) {
        Some(query) if query.starts_with("tab=") => format!("/worklist?{query}"),
        Some(path) => own_path(Some(path)).to_owned(),
        None => format!("/tasks/{}", request.param("id")),
    }
}

/// A day and, where given, a time, as a moment; without a time the start of the working day.
pub(super) fn moment(ctx: &Ctx, date: &str, time: &str) -> Option<Instant> {
    let date = when::read_date(date, person::today(ctx))?;
    let time = if time.trim().is_empty() { Time::new(9, 0, 0) } else { when::read_time(time) }?;
    Some(ctx.zone.instant(date, time))
}

//! Handing over a caseload, and answering one that was handed over.

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::hand_over::caseload::{self, Handed, Plan, Share};
use continuo_care::staff::{self, Owner};
use continuo_fhir::Instant;
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;
use continuo_ui::section::LineView;

use crate::app::App;
use crate::form::Pairs;
use crate::pages::entry::{Errors, errors_of, filled, general};
use crate::pages::work::hand_caseload::{Part, View, render};
use crate::pages::{done, frame, person, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/caseload/hand-over", Gate::May(Permission::WorkAssign), ask),
    Route::post("/caseload/hand-over", Gate::May(Permission::WorkAssign), preview),
    Route::post("/caseload/hand-over/send", Gate::May(Permission::WorkAssign), send),
    Route::get("/caseload/handed", Gate::May(Permission::WorkAct), waiting),
    Route::post("/caseload/handed/{id}", Gate::May(Permission::WorkAct), answer),
];

/// Whether somebody may hand a caseload over.
pub(super) fn may(ctx: &Ctx) -> bool {
    ctx.grant.allows(Permission::WorkAssign) && ctx.grant.allows(Permission::RecordWrite)
}

/// What waits for the reader, and what of theirs waits for others or came back.
pub(super) fn notices(ctx: &Ctx) -> Result<Vec<(String, String)>, Problem> {
    if !ctx.grant.allows(Permission::WorkAct) {
        return Ok(Vec::new());
    }
    let to_me = caseload::waiting_for(ctx, &ctx.actor.reference)?;
    let by_me = caseload::handed_by(ctx, &ctx.actor.reference)?;
    let people: usize = to_me.iter().map(|one| one.counts.0).sum();
    let mut notices = Vec::new();
    if !to_me.is_empty() {
        notices.push((
            format!("A caseload was handed to you ({}): accept it or give it back", count(people, "person")),
            HANDED.to_owned(),
        ));
    }
    if !by_me.is_empty() {
        notices.push(("Caseloads you handed over, and what became of them".to_owned(), HANDED.to_owned()));
    }
    Ok(notices)
}

const HANDED: &str = "/caseload/handed";

fn count(n: usize, what: &str) -> String {
    match (n, what) {
        (1, what) => format!("1 {what}"),
        (n, "person") => format!("{n} people"),
        (n, what) => format!("{n} {what}s"),
    }
}

fn ask(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &request.query, &Vec::new(), None)
}

/// Whose caseload, and to whom, as a form says.
fn chosen(ctx: &Ctx, form: &Pairs) -> (String, Vec<String>) {
    let from = form.text("from").unwrap_or(&ctx.actor.reference).to_owned();
    let mut to: Vec<String> = form.all("to").flat_map(|one| one.split(' ')).map(str::to_owned).collect();
    to.retain(|one| !one.is_empty());
    to.sort();
    to.dedup();
    (from, to)
}

fn preview(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let (from, to) = chosen(ctx, &form);
    match caseload::preview(ctx, &from, &to) {
        Ok(plan) => page(ctx, request, &form, &Vec::new(), Some(&plan)),
        Err(error) => page(ctx, request, &form, &errors_of(error)?, None),
    }
}

fn send(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let (from, to) = chosen(ctx, &form);
    let words = form.text("words").unwrap_or_default();
    match caseload::give(ctx, &from, &to, words, form.text("seen").unwrap_or_default()) {
        Ok(committed) => Ok(done::see(HANDED, committed.commit.map(|commit| commit.0))),
        Err(error) => {
            let errors = errors_of(error)?;
            // What changed since is looked at again, with the sentence that says so.
            let plan = caseload::preview(ctx, &from, &to).ok();
            page(ctx, request, &form, &errors, plan.as_ref())
        }
    }
}

fn page(ctx: &Ctx, request: &Request, given: &Pairs, errors: &Errors, plan: Option<&Plan>) -> Result<Reply, Problem> {
    let owners = staff::owners(ctx)?;
    let (from, to) = chosen(ctx, given);
    let choose = FormView {
        action: "/caseload/hand-over".to_owned(),
        fields: filled(ctx, choosing(ctx, &owners)?, &chosen_again(&from, &to), errors),
        submit: if plan.is_some() { "Look again".to_owned() } else { "Look first".to_owned() },
        cancel: "/caseload".to_owned(),
        problems: if plan.is_some() { Vec::new() } else { general(errors) },
        ..FormView::default()
    };
    let mut forms = vec![choose];
    if let Some(plan) = plan.filter(|plan| moves(plan)) {
        let people: usize = plan.shares.iter().map(|share| share.people.len()).sum();
        let mut hidden = vec![("from".to_owned(), from.clone()), ("seen".to_owned(), plan.mark())];
        hidden.extend(to.iter().map(|one| ("to".to_owned(), one.clone())));
        let words = Field::area("words", "What they should know").optional();
        forms.insert(
            0,
            FormView {
                action: "/caseload/hand-over/send".to_owned(),
                fields: filled(ctx, vec![words], given, errors),
                hidden,
                submit: format!("Hand over {}", count(people, "person")),
                cancel: "/caseload".to_owned(),
                problems: general(errors),
                ..FormView::default()
            },
        );
    }
    let view = View {
        title: "Hand over a caseload".to_owned(),
        lead: match plan {
            None => "All people somebody coordinates and all their open work, in one act that can be undone. You see who gets whom before anything is sent.".to_owned(),
            Some(plan) if !moves(plan) => "There is nobody and nothing to hand over.".to_owned(),
            Some(_) => "Nothing is sent yet. Each receiver accepts in their own words or gives it back; what nobody accepts by the end of the next business day comes back to you.".to_owned(),
        },
        parts: plan.map_or_else(Vec::new, |plan| parts(ctx, &owners, plan)),
        people: plan.map_or_else(Vec::new, |plan| everybody(ctx, &owners, plan)),
        forms,
    };
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

fn moves(plan: &Plan) -> bool {
    plan.shares.iter().any(|share| !share.people.is_empty()) || plan.stays.iter().any(|one| !one.to.is_empty())
}

fn choosing(ctx: &Ctx, owners: &[Owner]) -> Result<Vec<Field>, Problem> {
    let people = || owners.iter().filter(|one| one.acts && one.reference.starts_with("Practitioner/"));
    let mut fields = Vec::new();
    if ctx.grant.allows(Permission::CriticalSnooze) {
        let mut all: Vec<Choice> = people().map(|one| person::owner_choice(ctx, one)).collect();
        // Whoever has left and still has people here is in most need of it.
        let left = caseload::left_behind(ctx)?.into_iter();
        all.extend(left.map(|(reference, name)| Choice::new(reference, format!("{name} (account closed)"))));
        fields.push(Field::new("from", "Whose caseload", Input::Select(all)));
    }
    let others = people().filter(|one| one.away.is_none()).map(|one| Choice::new(&one.reference, &one.label));
    fields.push(
        Field::new("to", "To whom", Input::Checks(others.collect()))
            .hint("Several share it evenly, the worst off dealt out first"),
    );
    Ok(fields)
}

/// The answers as the form sent them, for the form that asks again.
fn chosen_again(from: &str, to: &[String]) -> Pairs {
    let mut pairs = vec![("from".to_owned(), from.to_owned())];
    pairs.extend(to.iter().map(|one| ("to".to_owned(), one.clone())));
    Pairs::of(pairs)
}

fn parts(ctx: &Ctx, owners: &[Owner], plan: &Plan) -> Vec<Part> {
    let today = person::today(ctx);
    let name = |reference: &str| staff::name_of(owners, reference);
    let mut parts = Vec::new();
    let gets = plan.shares.iter().map(|share| LineView::new(name(&share.to), "").note(gets(share))).collect();
    parts.push(Part { id: "gets".to_owned(), title: "Who gets what".to_owned(), lines: gets });
    let urgent = plan.urgent();
    if !urgent.is_empty() {
        let lines = urgent.iter().map(|(header, piece, to)| {
            let due = (piece.due != i64::MAX).then(|| Instant::from_micros(piece.due));
            let to = if to.is_empty() { name(&plan.from) } else { name(to) };
            let text = format!("{}: {}", person::who(header, today).named_and_born(), piece.what);
            LineView::new(text, "").link(format!("/tasks/{}", piece.task)).note(format!("to {to}")).due(when::due(
                due,
                ctx.now(),
                &ctx.zone,
            ))
        });
        parts.push(Part {
            id: "urgent".to_owned(),
            title: format!("Urgent first ({})", urgent.len()),
            lines: lines.collect(),
        });
    }
    if !plan.stays.is_empty() {
        let lines = plan.stays.iter().map(|one| {
            let to = match one.to.as_str() {
                "" => format!("stays with {}", name(&plan.from)),
                to if to == ctx.actor.reference => "goes to you".to_owned(),
                to => format!("goes to {}", name(to)),
            };
            let who = person::who(&one.whole.person, today).named_and_born();
            let tasks = count(one.whole.tasks.len(), "task");
            LineView::new(who, tasks).link(format!("/patients/{}", one.whole.person.id)).note(format!(
                "{}: {}",
                crate::problem::capital(&to),
                one.reason
            ))
        });
        parts.push(Part {
            id: "stays".to_owned(),
            title: format!("Not to the receivers ({})", plan.stays.len()),
            lines: lines.collect(),
        });
    }
    parts
}

/// Everybody of each share, the worst off first.
fn everybody(ctx: &Ctx, owners: &[Owner], plan: &Plan) -> Vec<Part> {
    let today = person::today(ctx);
    let name = |reference: &str| staff::name_of(owners, reference);
    let mut parts = Vec::new();
    for (at, share) in plan.shares.iter().enumerate().filter(|(_, share)| !share.people.is_empty()) {
        let lines = share.people.iter().map(|one| {
            let who = person::who(&one.person, today).named_and_born();
            let line = LineView::new(who, count(one.tasks.len(), "task")).link(format!("/patients/{}", one.person.id));
            if one.coordinated { line } else { line.note("Only this work, somebody else coordinates") }
        });
        parts.push(Part { id: format!("to-{at}"), title: format!("To {}", name(&share.to)), lines: lines.collect() });
    }
    parts
}

/// "42 people, 61 tasks, 4 promises, 3 urgent".
fn gets(share: &Share) -> String {
    let mut words =
        vec![count(share.people.len(), "person"), count(share.tasks(), "task"), count(share.promises(), "promise")];
    if share.urgent() > 0 {
        words.push(format!("{} urgent", share.urgent()));
    }
    words.join(", ")
}

fn waiting(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    handed_page(ctx, request, &Pairs::default(), &Vec::new())
}

fn answer(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let (id, form) = (request.param("id"), request.form()?);
    let said = form.text("words").unwrap_or_default();
    let done = match form.text("answer") {
        Some("accept") => caseload::accept(ctx, id, said),
        Some("back") => caseload::give_back(ctx, id, said),
        _ => {
            let errors = vec![("answer".to_owned(), "Choose one".to_owned())];
            return handed_page(ctx, request, &form, &errors);
        }
    };
    match done {
        Ok(committed) => Ok(done::see("/caseload", committed.commit.map(|commit| commit.0))),
        Err(error) => {
            let errors = errors_of(error)?.into_iter().map(|(_, sentence)| ("words".to_owned(), sentence)).collect();
            handed_page(ctx, request, &form, &errors)
        }
    }
}

/// What waits and what became of the rest; one answer at a time, the oldest first.
fn handed_page(ctx: &Ctx, request: &Request, given: &Pairs, errors: &Errors) -> Result<Reply, Problem> {
    let owners = staff::owners(ctx)?;
    let to_me = caseload::waiting_for(ctx, &ctx.actor.reference)?;
    let by_me = caseload::handed_by(ctx, &ctx.actor.reference)?;
    let form = to_me.first().map(|one| {
        let from = staff::name_of(&owners, &one.from);
        let answers = vec![
            Choice::new("accept", format!("I take over {} of {from}", count(one.counts.0, "person"))),
            Choice::new("back", "I give it back"),
        ];
        let hint = "What you understood and will do first; or why you give it back";
        FormView {
            action: format!("{HANDED}/{}", one.id),
            fields: filled(
                ctx,
                vec![
                    Field::new("answer", "Your answer", Input::Radios(answers)),
                    Field::area("words", "In your own words").hint(hint),
                ],
                given,
                errors,
            ),
            submit: "Answer".to_owned(),
            cancel: "/caseload".to_owned(),
            problems: general(errors),
            ..FormView::default()
        }
    });
    let forms: Vec<FormView> = form.into_iter().collect();
    let line = |one: &Handed, who: &str| {
        let state = match one.ended.as_str() {
            "" => format!("waits until {}", when::moment(Instant::from_micros(one.until), &ctx.zone)),
            ended => ended.to_owned(),
        };
        let words = [state, one.words.clone(), one.said.clone()];
        let words: Vec<String> = words.into_iter().filter(|words| !words.is_empty()).collect();
        let what = format!("{}, {}", count(one.counts.0, "person"), count(one.counts.1, "task"));
        LineView::new(format!("{}: {what}", staff::name_of(&owners, who)), "").note(words.join(". "))
    };
    let mut parts = Vec::new();
    if !to_me.is_empty() {
        let lines = to_me.iter().map(|one| line(one, &one.from)).collect();
        parts.push(Part { id: "to-me".to_owned(), title: "Handed to you".to_owned(), lines });
    }
    if !by_me.is_empty() {
        let lines = by_me.iter().rev().map(|one| line(one, &one.to)).collect();
        parts.push(Part { id: "by-me".to_owned(), title: "Handed over by you".to_owned(), lines });
    }
    let view = View {
        title: "Caseloads handed over".to_owned(),
        lead: if parts.is_empty() {
            "Nothing waits, and nothing was handed over lately.".to_owned()
        } else {
            "A caseload is its receiver's when they say what they understood of it.".to_owned()
        },
        parts,
        people: Vec::new(),
        forms,
    };
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

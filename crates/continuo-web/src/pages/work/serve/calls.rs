//! Logging a call, and finding out who is calling.

use continuo_care::access::Permission;
use continuo_care::assess::header::asks_first;
use continuo_care::calls::next::{Gravity, ask_first, next_in_danger, next_try, unable_to_reach};
use continuo_care::calls::tried::{Try, tries};
use continuo_care::calls::{CallForm, Outcome, Promise};
use continuo_care::chart::numbers::{Number, before_call};
use continuo_care::followup::finding::Band;
use continuo_care::worklist::Item;
use continuo_care::{Ctx, people, work, worklist};
use continuo_fhir::Instant;
use continuo_ui::action::Action;
use continuo_ui::field::Choice;
use continuo_ui::section::{LineView, Section};
use continuo_ui::states::EmptyView;

use super::tasks::moment;
use crate::app::App;
use crate::form::{Pairs, encode};
use crate::pages::account::own_path;
use crate::pages::work::{calling, log_call};
use crate::pages::{done, frame, person, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/patients/{id}/call", Gate::May(Permission::WorkAct), ask),
    Route::post("/patients/{id}/call", Gate::May(Permission::WorkAct), log),
    Route::get("/calling", Gate::May(Permission::PersonRead), calling),
    Route::post("/calling", Gate::May(Permission::PersonRead), calling),
];

fn ask(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &Pairs::default(), Vec::new())
}

fn page(ctx: &Ctx, request: &Request, given: &Pairs, errors: Vec<(String, String)>) -> Result<Reply, Problem> {
    let (header, banner) = person::banner_of(ctx, request.param("id"))?;
    let items = worklist::of_person(ctx, header.patient)?;
    let task = given.text("task").or_else(|| request.query.text("task")).unwrap_or_default();
    let back = own_path(given.text("back").or_else(|| request.query.text("back")));
    let calendar = ctx.calendar()?;
    let about: Vec<&Item> = items.iter().filter(|item| !item.suggestion).collect();
    let chosen = about.iter().find(|item| item.id == task).or(about.first());
    // The page is open for a try at this time of day, so that it counts as used.
    let tried = earlier(ctx, &header.id, chosen.copied())?;
    let before = before_call(ctx, &header.id)?;
    let used: Vec<Instant> = tried.iter().map(|one| one.at).chain([ctx.now()]).collect();
    let gravity = gravity(chosen.copied());
    let next = match gravity {
        Gravity::Ordinary => next_try(&used, ctx.now(), chosen.and_then(|item| item.due), &calendar),
        Gravity::Danger | Gravity::SelfHarm => next_in_danger(tried.len(), ctx.now()),
    };
    let calls_in = request.query.get("in").is_some() || given.get("direction") == Some("in");
    let mut entered: Vec<(String, String)> =
        given.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    if entered.is_empty() {
        entered.push(("about".to_owned(), chosen.map(|item| item.id.clone()).unwrap_or_default()));
        entered.push(("number".to_owned(), header.phone.clone()));
        // Who is on the line already was reached, and called us.
        if calls_in {
            entered.push(("direction".to_owned(), "in".to_owned()));
            entered.push(("outcome".to_owned(), Outcome::Reached.code().to_owned()));
        }
    }
    let view = log_call::View {
        banner,
        post: format!("/patients/{}/call?back={}", header.id, encode(back)),
        cancel: back.to_owned(),
        warning: if header.unsafe_ {
            "Unsafe to contact: do not call any number on file.".to_owned()
        } else if asks_first(&header.reach) {
            crate::problem::capital(&format!("{}.", header.reach))
        } else {
            String::new()
        },
        attempt: attempt(ctx, &tried),
        steps: unable_to_reach(tried.len(), gravity).into_iter().map(str::to_owned).collect(),
        ask_first: ask_first(gravity).into_iter().map(str::to_owned).collect(),
        flags: before.flags,
        dial: if header.unsafe_ || calls_in { Vec::new() } else { dial(&before.numbers) },
        numbers: numbers(&header, &before.numbers),
        outcomes: Outcome::ALL
            .iter()
            .map(|(outcome, label, key)| Choice::new(outcome.code(), *label).key(*key))
            .collect(),
        about: about
            .iter()
            .map(|item| {
                Choice::new(
                    &item.id,
                    format!("{}{}", item.what, item.late.as_ref().map(|late| format!(", {late}")).unwrap_or_default()),
                )
            })
            .collect(),
        open: open(ctx, &items),
        say: if calls_in { super::peek::answer(ctx, &header) } else { super::peek::sentence(ctx, &header) },
        voicemail: if calls_in { String::new() } else { super::peek::voicemail(ctx, &header)? },
        next_try: when::day(ctx.zone.day(next.at)),
        next_time: when::clock_at(next.at, &ctx.zone),
        next_try_words: format!(
            "{}, {}: {}",
            when::long(ctx.zone.day(next.at)),
            when::clock_at(next.at, &ctx.zone),
            next.why
        ),
        words: ctx.grant.allows(Permission::RecordWrite),
        given: entered,
        errors,
    };
    let status = if view.errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(log_call::render(&frame::of(ctx, request)?, &view)).status(status))
}

/// How grave the call is, by the work it is made for.
fn gravity(chosen: Option<&Item>) -> Gravity {
    match chosen {
        Some(item) if item.kind == "suicide-risk-contact" => Gravity::SelfHarm,
        Some(item) if item.band == Band::Danger => Gravity::Danger,
        _ => Gravity::Ordinary,
    }
}

/// Calls in vain for the task, since somebody was reached for it last; without a task those of the last two weeks.
fn earlier(ctx: &Ctx, patient: &str, chosen: Option<&Item>) -> Result<Vec<Try>, Problem> {
    let since = ctx.now().plus_seconds(-14 * 86_400);
    let task = chosen.map(|item| format!("Task/{}", item.id));
    let all = tries(ctx, patient)?.into_iter();
    let fits = all.filter(|one| task.as_ref().map_or(one.at >= since, |task| one.tasks.contains(task)));
    Ok(fits.take_while(Try::in_vain).collect())
}

/// "Tried 2 times before; last Mon 08/17 10:05 am: no answer."
fn attempt(ctx: &Ctx, before: &[Try]) -> String {
    let Some(last) = before.first() else { return String::new() };
    let times = if before.len() == 1 { "once".to_owned() } else { format!("{} times", before.len()) };
    let how = last.outcome.code().replace('-', " ");
    format!("Tried {times} before; last {}: {how}.", when::moment(last.at, &ctx.zone))
}

/// Most numbers to press; the others stand in the list of the form.
const DIALED: usize = 3;

/// Numbers to press, the person's own first, with whose each is.
fn dial(known: &[Number]) -> Vec<(String, String)> {
    let one = |one: &Number| {
        let digits: String = one.value.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        (digits, format!("{} {}", one.value, one.whose).trim().to_owned())
    };
    known.iter().take(DIALED).map(one).collect()
}

/// The number that stands in the banner first, then the others on file that may be called, then any other.
fn numbers(header: &people::PersonHeader, known: &[Number]) -> Vec<Choice> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let first = digits(&header.phone);
    let mut all = Vec::new();
    if !header.phone.is_empty() {
        all.push(Choice::new(&header.phone, format!("{}: {}", header.phone, header.reach)));
    }
    for one in known.iter().filter(|one| digits(&one.value) != first) {
        let words = [one.whose.as_str(), one.allowed.as_str()].into_iter().filter(|text| !text.is_empty());
        let words = words.collect::<Vec<_>>().join(": ");
        all.push(Choice::new(&one.value, format!("{} {words}", one.value).trim()));
    }
    all.push(Choice::new("", if all.is_empty() { "No number on file" } else { "Another number: enter it below" }));
    all
}

fn open(ctx: &Ctx, items: &[Item]) -> Section<LineView> {
    let line = |item: &Item| {
        LineView::new(&item.what, "")
            .due(when::due(item.due, ctx.now(), &ctx.zone))
            .link(super::worklist::item_href(item))
    };
    Section::of(
        items.iter().map(line).collect(),
        "",
        EmptyView::new("Nothing open.", "A call may still open something: make a promise below."),
    )
}

fn log(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let (call, errors) = read(ctx, request.param("id"), &form);
    if !errors.is_empty() {
        return page(ctx, request, &form, errors);
    }
    let about = form.all("about").find(|id| !id.is_empty()).map(|id| super::tasks::load(ctx, id));
    let kind = about.and_then(Result::ok).map_or(work::CALL, |task| task.kind.code);
    match work::log_call(ctx, call) {
        Ok(committed) => {
            super::effort::count(ctx, kind, &form);
            let words = format!(
                "/patients/{}/words?about={}",
                request.param("id"),
                encode(&format!("Communication/{}", committed.value))
            );
            let next = match form.get("then") {
                Some("words") => words.as_str(),
                _ => own_path(request.query.text("back")),
            };
            Ok(done::see(next, committed.commit.map(|commit| commit.0)))
        }
        Err(continuo_care::problem::WorkError::Call(problem)) => {
            let sentence = crate::problem::capital(&problem.to_string());
            page(ctx, request, &form, vec![(field_of(&problem).to_owned(), sentence)])
        }
        Err(error) => Err(error.into()),
    }
}

fn field_of(problem: &continuo_care::calls::CallProblem) -> &'static str {
    use continuo_care::calls::CallProblem as P;
    match problem {
        P::NoIdentityCheck => "identity",
        P::NoInterpreter | P::ChildInterpreter => "interpreter",
        P::NoCallBackTime => "next_try",
        P::PromiseWithoutDay(_) => "promise_by",
        P::BadMinutes => "minutes",
    }
}

fn read(ctx: &Ctx, patient: &str, form: &Pairs) -> (CallForm, Vec<(String, String)>) {
    let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
    let mut errors = Vec::new();
    let mut day = |name: &str, time: &str| -> Option<Instant> {
        let typed = form.text(name)?;
        let at = moment(ctx, typed, time);
        if at.is_none() {
            errors.push((name.to_owned(), "Enter the date as 8/21 or Friday, the time as 2:00 pm".to_owned()));
        }
        at
    };
    let next_try = day("next_try", &text("next_time"));
    let promised = [("promise", day("promise_by", "")), ("promise_2", day("promise_2_by", ""))];
    let outcome = form.get("outcome").and_then(Outcome::from_code);
    if outcome.is_none() {
        errors.push(("outcome".to_owned(), "Choose how the call ended".to_owned()));
    }
    let outcome = outcome.unwrap_or_default();
    let mut promises = Vec::new();
    for (name, due) in promised {
        let Some(words) = form.text(name) else { continue };
        if due.is_none() && form.text(&format!("{name}_by")).is_none() {
            errors.push((format!("{name}_by"), "Say by when".to_owned()));
        }
        promises.push(Promise { words: words.to_owned(), due, owner: String::new() });
    }
    let chosen = log_call::TOPICS.iter().filter(|(code, _)| form.all("topic").any(|one| one == *code));
    let typed = form.text("topics").unwrap_or_default().split(';').map(str::trim).filter(|topic| !topic.is_empty());
    let topics = chosen.map(|(_, words)| *words).chain(typed);
    let mut tasks = form.all("about").filter(|id| !id.is_empty()).map(|id| format!("Task/{id}"));
    let call = CallForm {
        person: format!("Patient/{patient}"),
        incoming: form.get("direction") == Some("in"),
        number: form.text("other_number").or_else(|| form.text("number")).unwrap_or_default().to_owned(),
        answered_by: text("answered_by"),
        identity_check: form.all("identity").collect::<Vec<_>>().join(", "),
        interpreter: text("interpreter"),
        outcome,
        topics: topics.map(str::to_owned).collect(),
        minutes: text("minutes"),
        note: text("note"),
        promises,
        call_back_at: if outcome == Outcome::CallBack { next_try } else { None },
        next_try: if matches!(outcome, Outcome::Reached | Outcome::CallBack | Outcome::Refused) {
            None
        } else {
            next_try
        },
        task: tasks.next().unwrap_or_default(),
        about: tasks.collect(),
        in_response_to: String::new(),
    };
    (call, errors)
}

fn calling(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let digits = request.form().ok().and_then(|form| form.text("digits").map(str::to_owned)).unwrap_or_default();
    let enough = digits.chars().filter(char::is_ascii_digit).count() >= 4;
    let error = if digits.is_empty() || enough { String::new() } else { "Enter at least four digits".to_owned() };
    let hits = if enough { people::by_phone(ctx, &digits)? } else { Vec::new() };
    let callers =
        hits.into_iter().take(12).map(|hit| caller(ctx, &hit.header, &digits)).collect::<Result<Vec<_>, _>>()?;
    let view = calling::View { digits, error, callers, may_register: ctx.grant.allows(Permission::PersonWrite) };
    Ok(Reply::page(calling::render(&frame::of(ctx, request)?, &view)))
}

/// Whether a number ends with the digits that were typed.
fn ends_so(number: &str, typed: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    digits(number).ends_with(&digits(typed))
}

fn caller(ctx: &Ctx, header: &people::PersonHeader, typed: &str) -> Result<calling::Caller, Problem> {
    let items =
        if ctx.grant.allows(Permission::WorkRead) { worklist::of_person(ctx, header.patient)? } else { Vec::new() };
    let today = person::today(ctx);
    let last = (header.last_contact > 0).then(|| ctx.zone.day(Instant::from_micros(header.last_contact)));
    let call = format!("/patients/{}/call?in=yes&back={}", header.id, encode("/calling"));
    Ok(calling::Caller {
        who: person::who(header, today),
        number: if header.phone.is_empty() {
            "their own number is not on file; someone near them has this one".to_owned()
        } else if ends_so(&header.phone, typed) {
            header.phone.clone()
        } else {
            format!("{}; another number of theirs, or of someone near them, ends so", header.phone)
        },
        may_say: header.reach.clone(),
        last: last
            .map_or_else(|| "No contact on file".to_owned(), |day| format!("Last contact {}", when::ago(day, today))),
        open: items
            .iter()
            .take(5)
            .map(|item| {
                LineView::new(&item.what, item.late.clone().unwrap_or_default()).link(super::worklist::item_href(item))
            })
            .collect(),
        say: super::peek::answer(ctx, header),
        actions: vec![
            Action::open("Log this call", call).main(),
            Action::open("Chart", format!("/patients/{}", header.id)),
        ],
    })
}

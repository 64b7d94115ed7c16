//! Handlers of feeds: all of them, one, who looks into a silence, how one is watched.

use continuo_care::access::Permission;
use continuo_care::feeds::{self, Duty, SAFE_HOURS, Said, Standing, Watch};
use continuo_care::problem::WorkError;
use continuo_care::work::Done;
use continuo_care::{Ctx, staff};
use continuo_fhir::Instant;
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;
use continuo_ui::tag::{TagView, Tone};

use super::words;
use crate::app::App;
use crate::form::{Pairs, encode};
use crate::pages::admin::{detail, list, tabs};
use crate::pages::{done, frame, person, when};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

/// Routes of this area.
pub(in crate::pages) const ROUTES: &[Route] = &[
    Route::get("/feeds", Gate::May(Permission::OversightRead), all),
    Route::get("/feeds/one", Gate::May(Permission::OversightRead), one),
    Route::post("/feeds/take", Gate::May(Permission::OversightRead), take),
    Route::post("/feeds/give-back", Gate::May(Permission::OversightRead), give_back),
    Route::post("/feeds/close", Gate::May(Permission::OversightRead), close),
    Route::post("/feeds/watch", Gate::May(Permission::AdminPolicy), watch),
];

fn admin_tabs(ctx: &Ctx) -> Vec<continuo_ui::tabs::TabView> {
    if ctx.grant.allows(Permission::AdminPeople) { tabs("feeds") } else { Vec::new() }
}

fn state(one: &Standing) -> TagView {
    match (&one.silent, one.said.watch) {
        (Some(silent), _) if silent.is_nobodys() => TagView::new(Tone::Critical, "Silent, nobody looks into it"),
        (Some(silent), _) if !silent.duty.closed.is_empty() => TagView::new(Tone::Waiting, "Silent, known"),
        (Some(_), _) => TagView::new(Tone::Caution, "Silent, looked into"),
        (None, Watch::Off) => TagView::new(Tone::Waiting, "Not waited for"),
        (None, _) if one.feed.silent_after == i64::MAX => TagView::new(Tone::Waiting, "Too new to wait for"),
        (None, _) => TagView::new(Tone::Done, "Sends as usual"),
    }
}

fn usual(one: &Standing) -> String {
    match (one.feed.usual.as_str(), one.said.watch) {
        ("", Watch::Off) => "its silence is normal here".to_owned(),
        ("", _) => "not known yet".to_owned(),
        (text, _) => text.to_owned(),
    }
}

fn all(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let standing = feeds::all(ctx)?;
    let owners = staff::owners(ctx)?;
    let silent: Vec<&Standing> = standing.iter().filter(|one| one.silent.is_some()).collect();
    let warning = match silent.as_slice() {
        [] => String::new(),
        [one] => format!("{} is silent longer than is normal.", one.name),
        several => format!("{} feeds are silent longer than is normal.", several.len()),
    };
    let row = |one: &Standing| list::Row {
        title: one.name.clone(),
        href: format!("/feeds/one?source={}", encode(&one.feed.source)),
        state: Some(state(one)),
        cells: vec![
            person::day_and_clock(ctx, Instant::from_micros(one.feed.last)),
            usual(one),
            match &one.silent {
                Some(silent) => who(&owners, &silent.duty),
                None => String::new(),
            },
        ],
        switch: None,
    };
    let (quiet, heard): (Vec<&Standing>, Vec<&Standing>) = standing.iter().partition(|one| one.silent.is_some());
    let view = list::View {
        tabs: admin_tabs(ctx),
        title: "Feeds".to_owned(),
        lead: "What sends records here. A feed that is silent longer than it usually is leaves gaps that look like nothing happened."
            .to_owned(),
        first: Vec::new(),
        warning,
        columns: ["Last heard", "Usual", "Who looks into it"].map(str::to_owned).to_vec(),
        rows: quiet.into_iter().chain(heard).map(row).collect(),
        form: None,
    };
    Ok(Reply::page(list::render(&frame::of(ctx, request)?, &view)))
}

fn one(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, request.query.get("source").unwrap_or_default(), None, ("", ""))
}

fn found(ctx: &Ctx, source: &str) -> Result<Standing, Problem> {
    let all = feeds::all(ctx)?;
    all.into_iter().find(|one| one.feed.source == source).ok_or_else(Problem::not_found)
}

/// "M. Ortiz, administrator: help desk called"; whom it waits for while nobody looks into it.
fn who(owners: &[staff::Owner], duty: &Duty) -> String {
    let name = staff::name_of(owners, &duty.owner);
    match (duty.taken, duty.note.as_str()) {
        (false, _) if duty.owner.is_empty() => String::new(),
        (false, _) => format!("waits for {}", name.to_lowercase()),
        (true, "") => name,
        (true, note) => format!("{name}: {note}"),
    }
}

fn take(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    done(ctx, request, &form, feeds::take(ctx, source(&form), form.text("note").unwrap_or_default()))
}

fn give_back(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    done(ctx, request, &form, feeds::give_back(ctx, source(&form), form.text("back").unwrap_or_default()))
}

fn close(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    done(ctx, request, &form, feeds::close(ctx, source(&form), form.text("why").unwrap_or_default()))
}

fn source(form: &Pairs) -> &str {
    form.get("source").unwrap_or_default()
}

/// Back to the page of the source, with what can be undone; or the form again with what is wrong.
fn done(ctx: &Ctx, request: &Request, form: &Pairs, result: Done<()>) -> Result<Reply, Problem> {
    match result {
        Ok(written) => {
            let path = format!("/feeds/one?source={}", encode(source(form)));
            Ok(done::see(&path, written.commit.map(|commit| commit.0)))
        }
        Err(WorkError::Field { field, text }) => {
            page(ctx, request, source(form), Some(form), (field, capital(&text).trim_end_matches('.')))
        }
        Err(error) => Err(error.into()),
    }
}

fn watch(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let text = |name: &str| form.text(name).unwrap_or_default();
    let source = form.get("source").unwrap_or_default().to_owned();
    let quiet: Vec<&str> = form.all("quiet").collect();
    let watch = match text("watch") {
        "off" => Ok(Watch::Off),
        "every" => match text("hours").parse::<i64>() {
            Ok(hours) => Ok(Watch::Every {
                hours,
                quiet_nights: quiet.contains(&"nights"),
                quiet_weekends: quiet.contains(&"weekends"),
            }),
            Err(_) => Err(WorkError::field("hours", "enter a whole number of hours")),
        },
        _ => Ok(Watch::Learned),
    };
    let said = watch.map(|watch| Said { source: source.clone(), name: text("name").to_owned(), watch });
    match said.and_then(|said| feeds::set(ctx, said, text("reason"))) {
        Ok(written) => {
            Ok(done::see(&format!("/feeds/one?source={}", encode(&source)), written.commit.map(|commit| commit.0)))
        }
        Err(WorkError::Field { field, text }) => {
            page(ctx, request, &source, Some(&form), (field, capital(&text).trim_end_matches('.')))
        }
        Err(error) => Err(error.into()),
    }
}

fn page(
    ctx: &Ctx,
    request: &Request,
    source: &str,
    given: Option<&Pairs>,
    error: (&str, &str),
) -> Result<Reply, Problem> {
    let one = found(ctx, source)?;
    let mut forms = Vec::new();
    if let Some(silent) = one.silent.as_ref().filter(|silent| silent.duty.closed.is_empty()) {
        let mine = silent.duty.taken && silent.duty.owner == ctx.actor.reference;
        let note = if mine { "Say what is known now" } else { "Look into it" };
        forms.push(("take".to_owned(), note.to_owned(), take_form(&one, mine)));
        if mine {
            forms.push(("back".to_owned(), "Give it back".to_owned(), back_form(&one)));
        }
        let wrong = if error.0 == "why" { error.1 } else { "" };
        let why = given.and_then(|form| form.get("why")).unwrap_or_default();
        forms.push(("close".to_owned(), "Nobody needs to look into it".to_owned(), close_form(&one, why, wrong)));
    }
    if ctx.grant.allows(Permission::AdminPolicy) {
        forms.push(("watch".to_owned(), "How it is watched".to_owned(), watch_form(&one, given, error)));
    }
    let view = detail::View {
        tabs: admin_tabs(ctx),
        title: one.name.clone(),
        lead: format!(
            "Last heard {}. First heard {}. Usual: {}.{}",
            when::moment(Instant::from_micros(one.feed.last), &ctx.zone),
            when::day(ctx.zone.day(Instant::from_micros(one.feed.first))),
            usual(&one),
            one.silent.as_ref().map(words::brings).unwrap_or_default()
        ),
        states: vec![state(&one)],
        notice: one.silent.as_ref().map(|silent| (Tone::Critical, words::sentence(ctx, silent))),
        actions: Vec::new(),
        lines: Some(("Times it was silent".to_owned(), past(ctx, &one)?, "None noticed so far.".to_owned())),
        forms,
    };
    let status = if error.1.is_empty() { 200 } else { 422 };
    Ok(Reply::page(detail::render(&frame::of(ctx, request)?, &view)).status(status))
}

fn past(ctx: &Ctx, one: &Standing) -> Result<Vec<String>, Problem> {
    let owners = staff::owners(ctx)?;
    let at = |micros: i64| when::moment(Instant::from_micros(micros), &ctx.zone);
    let line = |past: &continuo_care::feeds::Past| {
        let silence = &past.silence;
        let end = if silence.ended == 0 { "until now".to_owned() } else { format!("to {}", at(silence.ended)) };
        let who = match who(&owners, &past.duty) {
            text if text.is_empty() => "nobody said that they look into it".to_owned(),
            text => text,
        };
        format!("{} {end}; noticed {}; {who}", at(silence.since), at(silence.noticed))
    };
    Ok(one.past.iter().map(line).collect())
}

fn back_form(one: &Standing) -> FormView {
    FormView {
        action: "/feeds/give-back".to_owned(),
        hidden: vec![("source".to_owned(), one.feed.source.clone())],
        fields: vec![Field::text("back", "What whoever takes it next should know").optional()],
        submit: "Give it back".to_owned(),
        ..FormView::default()
    }
}

fn close_form(one: &Standing, why: &str, wrong: &str) -> FormView {
    FormView {
        action: "/feeds/close".to_owned(),
        hidden: vec![("source".to_owned(), one.feed.source.clone())],
        fields: vec![
            Field::text("why", "Why")
                .hint("Such as: planned pause until Monday. What happened there meanwhile stays not known, and the pages go on saying so")
                .value(why)
                .error(wrong),
        ],
        submit: "Close it".to_owned(),
        ..FormView::default()
    }
}

fn take_form(one: &Standing, mine: bool) -> FormView {
    FormView {
        action: "/feeds/take".to_owned(),
        hidden: vec![("source".to_owned(), one.feed.source.clone())],
        fields: vec![
            Field::text("note", "What is known")
                .hint("Such as: called their help desk, expected back at noon. Everybody sees it here")
                .optional(),
        ],
        submit: if mine { "Save" } else { "I am looking into it" }.to_owned(),
        ..FormView::default()
    }
}

fn watch_form(one: &Standing, given: Option<&Pairs>, error: (&str, &str)) -> FormView {
    let (kind, hours, quiet) = match one.said.watch {
        Watch::Learned => ("learned", String::new(), String::new()),
        Watch::Off => ("off", String::new(), String::new()),
        Watch::Every { hours, quiet_nights, quiet_weekends } => {
            let quiet = [(quiet_nights, "nights"), (quiet_weekends, "weekends")];
            let quiet: Vec<&str> = quiet.into_iter().filter(|(on, _)| *on).map(|(_, word)| word).collect();
            ("every", hours.to_string(), quiet.join(" "))
        }
    };
    let kept = [("name", one.said.name.clone()), ("watch", kind.to_owned()), ("hours", hours), ("quiet", quiet)];
    let value = |name: &str| match given {
        // Several checks come as several values; the field shows them again as one.
        Some(form) => form.all(name).collect::<Vec<_>>().join(" "),
        None => kept.iter().find(|(of, _)| *of == name).map(|(_, value)| value.clone()).unwrap_or_default(),
    };
    let field = |field: Field| {
        let value = value(&field.name);
        let wrong = if error.0 == field.name { error.1 } else { "" };
        field.value(&value).error(wrong)
    };
    let ways = vec![
        Choice::new("learned", "By what it usually does"),
        Choice::new("every", "It must send at least every so many hours"),
        Choice::new("off", "Its silence is normal: do not wait for it"),
    ];
    FormView {
        action: "/feeds/watch".to_owned(),
        hidden: vec![("source".to_owned(), one.feed.source.clone())],
        fields: vec![
            field(Field::text("name", "What people call it").optional()),
            field(Field::new("watch", "When to say that it is silent", Input::Select(ways))),
            field(
                Field::new("hours", "At least every", Input::Amount("hours".to_owned()))
                    .hint(&format!("{} to {}; only where you set a time", SAFE_HOURS.0, SAFE_HOURS.1))
                    .optional(),
            ),
            field(
                Field::checks(
                    "quiet",
                    "It may be silent",
                    &[("nights", "from 8 pm to 6 am"), ("weekends", "on weekends and holidays")],
                )
                .optional(),
            ),
            field(Field::text("reason", "Reason")).hint("Kept in the history with your name"),
        ],
        submit: "Save".to_owned(),
        cancel: "/feeds".to_owned(),
        ..FormView::default()
    }
}

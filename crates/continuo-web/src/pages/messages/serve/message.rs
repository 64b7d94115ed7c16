//! One message: showing it, and what people do with it.

use continuo_care::access::Permission;
use continuo_care::assess::header::asks_first;
use continuo_care::followup::finding::Consequence;
use continuo_care::inbox::Urgency;
use continuo_care::inbox::load::{Message, load};
use continuo_care::inbox::{act, raise};
use continuo_care::messages as texts;
use continuo_care::people::PersonHeader;
use continuo_care::problem::WorkError;
use continuo_care::tasks::view::TaskView;
use continuo_care::work::Done;
use continuo_care::{Ctx, chart, staff};
use continuo_fhir::DateTime;
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;
use continuo_ui::tag::{TagView, Tone};

use crate::app::App;
use crate::form::{Pairs, encode};
use crate::pages::messages::message::{View, render};
use crate::pages::{done, frame, person, when};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/messages/{id}", Gate::May(Permission::RecordRead), show),
    Route::post("/messages/{id}/start", Gate::May(Permission::WorkAct), start),
    Route::post("/messages/{id}/assign", Gate::May(Permission::WorkAct), assign),
    Route::post("/messages/{id}/done", Gate::May(Permission::WorkAct), finish),
    Route::post("/messages/{id}/raise", Gate::May(Permission::WorkAct), raise_it),
    Route::post("/messages/{id}/not-urgent", Gate::May(Permission::WorkAct), not_urgent),
    Route::post("/messages/{id}/reply", Gate::May(Permission::WorkAct), reply),
];

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, &Pairs::default(), "", "")
}

fn page(ctx: &Ctx, request: &Request, given: &Pairs, reply_error: &str, problem: &str) -> Result<Reply, Problem> {
    let found = load(ctx, request.param("id"))?;
    let patient = found.person.strip_prefix("Patient/").unwrap_or(&found.person).to_owned();
    let (header, names) = chart::banner(ctx, &patient)?;
    let banner = person::banner(&header, &names, person::today(ctx));
    let owners = staff::owners(ctx)?;
    let acts = ctx.grant.allows(Permission::WorkAct);
    let open = found.task.is_some() || found.suggestion.is_some();
    let base = format!("/messages/{}", found.id);
    let language = if found.spanish { "es" } else { language(&header) };
    let (templates, template_note) = templates(language, &found, &base);
    let started = request.query.text("template").and_then(|id| texts::template(id, language));
    let prefilled =
        started.map(|template| template.fill_known(|field| value(ctx, &header, language, field))).unwrap_or_default();
    let text = given.get("reply").map_or(prefilled, str::to_owned);
    let owner = found.task.as_ref().map_or(found.proposed, |task| task.owner.as_str());
    let view = View {
        title: title(ctx, &found, &owners),
        words: cut(&found),
        lang: found.spanish.then(|| "es".to_owned()),
        urgency: urgency(&found),
        found: facts(&found),
        due: found.task.as_ref().map(|task| when::due(task.due, ctx.now(), &ctx.zone)),
        owner: match (&found.task, &found.over) {
            (None, Some(over)) if !open => over_words(over, &owners),
            (None, _) if !open => "nobody: nothing is open about it".to_owned(),
            (None, _) => format!("{} (proposed)", staff::name_of(&owners, owner)),
            (Some(_), _) => staff::name_of(&owners, owner),
        },
        alarm: alarm(&found),
        moved_down: found.moved_down.clone(),
        replies: found.replies.iter().map(|(status, words)| (status_words(status), words.clone())).collect(),
        post: if open && acts { base.clone() } else { String::new() },
        call: format!(
            "/patients/{patient}/call?{}back={}",
            found.task.as_ref().map(|task| format!("task={}&", task.id)).unwrap_or_default(),
            encode(&base)
        ),
        owners: owners
            .iter()
            .filter(|one| one.acts)
            .map(|one| Choice::new(one.reference.as_str(), one.label.as_str()))
            .collect(),
        proposed: owner.to_owned(),
        outcomes: found
            .task
            .as_ref()
            .map_or(&["answered", "no reply needed"][..], |task| task.kind.outcomes)
            .iter()
            .map(|one| (*one).to_owned())
            .collect(),
        may_move_down: open
            && !found.is_self_harm()
            && (!found.may_be_danger() || ctx.grant.allows(Permission::SuggestionDecide))
            && found.task.as_ref().is_some_and(|task| task.consequence != Consequence::Normal),
        raised: found.raised.clone(),
        raise: if open && acts { higher(&found) } else { Vec::new() },
        reply: FormView {
            action: if acts && ctx.grant.allows(Permission::RecordWrite) {
                format!("{base}/reply")
            } else {
                String::new()
            },
            fields: vec![
                Field::new("reply", "Reply", Input::Area(9))
                    .hint(if asks_first(&header.reach) && !found.sender.starts_with("RelatedPerson/") {
                        "Held: a death is reported and not confirmed. Ask the hospital first; until then nothing is sent to them"
                    } else if found.can_send {
                        "Sent to where it came from half a minute after you press; Undo stops it until then"
                    } else {
                        "Kept as a draft. It cannot be sent from here: you get a task to write or call"
                    })
                    .value(&text)
                    .error(reply_error),
            ],
            ..FormView::default()
        },
        can_send: found.can_send && !header.unsafe_ && !asks_first(&header.reach),
        templates,
        reply_note: template_note,
        problem: problem.to_owned(),
        banner,
    };
    let status = if reply_error.is_empty() && problem.is_empty() { 200 } else { 422 };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

/// "Done: answered (Maria Ortiz, care coordinator)".
fn over_words(over: &TaskView, owners: &[staff::Owner]) -> String {
    let how = if over.outcome.is_empty() { over.state.clone() } else { format!("{}: {}", over.state, over.outcome) };
    format!("{how} ({})", staff::name_of(owners, &over.owner))
}

fn title(ctx: &Ctx, found: &Message, owners: &[staff::Owner]) -> String {
    let at = DateTime::parse(&found.at)
        .map_or_else(|| "no time given".to_owned(), |at| when::moment(at.low(&ctx.zone), &ctx.zone));
    let from = match found.sender.split('/').next() {
        Some("Patient") => "from the person".to_owned(),
        Some("RelatedPerson") => "from somebody near the person".to_owned(),
        _ if found.sender.is_empty() => "sender not given".to_owned(),
        _ => format!("from {}", staff::name_of(owners, &found.sender)),
    };
    format!("{at}, {from}")
}

/// The words cut where those that decided begin and end.
fn cut(found: &Message) -> Vec<(String, bool)> {
    let text = &found.words;
    let mut out = Vec::new();
    let mut at = 0;
    for span in found.deciding() {
        let (Some(before), Some(lit)) = (text.get(at..span.start), text.get(span.start..span.end)) else { continue };
        out.push((before.to_owned(), false));
        out.push((lit.to_owned(), true));
        at = span.end;
    }
    out.push((text.get(at..).unwrap_or("").to_owned(), false));
    out.retain(|(text, _)| !text.is_empty());
    out
}

/// How urgent its work stands, where people or a model raised it.
fn standing(found: &Message) -> Option<Consequence> {
    found.task.as_ref().map(|task| task.consequence)
}

/// Urgencies above the one it has.
fn higher(found: &Message) -> Vec<Choice> {
    let now = match (found.is_emergency() && found.moved_down.is_empty(), standing(found)) {
        (true, _) | (_, Some(Consequence::Danger)) => Consequence::Danger,
        (_, Some(standing)) => standing,
        (_, None) => Consequence::Normal,
    };
    [("emergency", "Emergency: read now", Consequence::Danger), ("same_day", "Today", Consequence::High)]
        .into_iter()
        .filter(|(.., consequence)| *consequence < now)
        .map(|(code, label, _)| Choice::new(code, label))
        .collect()
}

fn urgency(found: &Message) -> TagView {
    match standing(found) {
        Some(Consequence::Danger) => return TagView::new(Tone::Critical, "Emergency"),
        Some(Consequence::High) if !found.is_emergency() => return TagView::new(Tone::Caution, "Urgent"),
        _ => {}
    }
    if !found.moved_down.is_empty() {
        return TagView::new(Tone::Waiting, "Moved down");
    }
    match found.triage.urgency.name() {
        "emergency" => TagView::new(Tone::Critical, "Emergency"),
        "same_day" => TagView::new(Tone::Caution, "Urgent"),
        "routine" => TagView::new(Tone::Waiting, "Routine"),
        _ => TagView::new(Tone::Waiting, "Paper work"),
    }
}

fn facts(found: &Message) -> Vec<(String, String)> {
    let plain = |name: &str| name.replace('_', " ");
    let join = |names: Vec<String>| if names.is_empty() { "none found".to_owned() } else { names.join(", ") };
    let mut out = vec![
        (
            "Words of danger".to_owned(),
            join(found.triage.named().map(|flag| continuo_care::inbox::danger_words(flag.name())).collect()),
        ),
        ("Asks for".to_owned(), join(found.triage.intents.iter().map(|intent| plain(intent.name())).collect())),
        ("Proposed for".to_owned(), plain(found.triage.route.name())),
        (
            "Because of".to_owned(),
            join(found.deciding().iter().map(|span| format!("\u{201c}{}\u{201d}", span.of(&found.words))).collect()),
        ),
    ];
    if let Some(guess) = found.triage.guessed {
        out.insert(
            1,
            (
                "May be about".to_owned(),
                format!("{}: a guess, no words name it", continuo_care::inbox::danger_words(guess.name())),
            ),
        );
    }
    if !found.raised_by.is_empty() {
        out.push(("Raised by".to_owned(), format!("the language model {}", found.raised_by)));
    }
    out
}

fn alarm(found: &Message) -> Option<String> {
    if found.is_self_harm() {
        return Some(
            "Words of self-harm: a licensed person makes contact today; after 15 minutes without a start it rises to the supervisor."
                .to_owned(),
        );
    }
    let open = found.task.is_some() || found.suggestion.is_some();
    (open && found.moved_down.is_empty() && found.triage.urgency.name() == "emergency")
        .then(|| "May be an emergency: call now, and send for help if nobody answers.".to_owned())
}

fn status_words(status: &str) -> String {
    match status {
        "preparation" => "Kept, not sent: to be written or read on a call".to_owned(),
        "in-progress" => "Leaves within a minute; Undo stops it".to_owned(),
        "not-done" => "Did not reach the person".to_owned(),
        "completed" => "Sent".to_owned(),
        other => other.replace('-', " "),
    }
}

fn language(header: &PersonHeader) -> &str {
    if header.language.is_empty() { "en" } else { &header.language }
}

/// Templates in the language of the message, the answer that fits what it asks for first.
fn templates(language: &str, found: &Message, base: &str) -> (Vec<(String, String)>, String) {
    let fits = texts::reply_to(&found.triage.intents);
    let mut all: Vec<texts::Template> = texts::all()
        .filter(|template| texts::template(template.id, language).is_some_and(|own| own == *template))
        .filter(|template| template.form == texts::Form::Reply || template.id == fits)
        .collect();
    all.sort_by_key(|template| (template.id != fits, template.form != texts::Form::Reply, template.id));
    let links = all.iter().map(|template| {
        let plain = template.id.trim_start_matches("reply-").replace('-', " ");
        let name = if template.id == fits { format!("{plain} (fits what is asked)") } else { plain };
        (name, format!("{base}?template={}#reply", template.id))
    });
    let links: Vec<(String, String)> = links.collect();
    let note = if links.is_empty() {
        format!("no texts in {}: have it translated by a qualified person", person::language_name(language))
    } else {
        format!("in {}", person::language_name(language))
    };
    (links, note)
}

/// What is known of a template's fields; the rest stays in braces for a person to fill in.
fn value(ctx: &Ctx, header: &PersonHeader, language: &str, field: &str) -> Option<String> {
    match field {
        "clinic" => ctx.site_name().ok(),
        "name" => Some(if header.use_name.is_empty() { header.given.clone() } else { header.use_name.clone() }),
        "sender" => Some(ctx.actor.name.clone()),
        "phone" => continuo_care::after_visit::phone(ctx).ok(),
        "visit" if header.next_visit > ctx.now().micros() => {
            let at = continuo_fhir::Instant::from_micros(header.next_visit);
            Some(continuo_care::after_visit::day_words(at, &ctx.zone, language))
        }
        _ => None,
    }
}

fn start(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    after(ctx, request, act::start(ctx, request.param("id")))
}

fn assign(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let to = form.get("to").unwrap_or_default();
    after(ctx, request, act::assign(ctx, request.param("id"), to, form.text("words").unwrap_or_default()))
}

fn finish(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let text = |name: &str| form.text(name).unwrap_or_default();
    match act::done(ctx, request.param("id"), text("outcome"), text("words")) {
        Ok(committed) => Ok(done::see("/messages", committed.commit.map(|commit| commit.0))),
        failed => after(ctx, request, failed),
    }
}

fn not_urgent(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    after(ctx, request, act::not_urgent(ctx, request.param("id"), form.text("reason").unwrap_or_default()))
}

fn raise_it(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let urgency = match form.get("urgency") {
        Some("emergency") => Urgency::Emergency,
        Some("same_day") => Urgency::SameDay,
        _ => Urgency::Routine,
    };
    after(ctx, request, raise::raise(ctx, request.param("id"), urgency, form.text("words").unwrap_or_default()))
}

fn reply(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let way = if form.get("do") == Some("send") { act::Way::Channel } else { act::Way::ByHand };
    match act::reply(ctx, request.param("id"), form.get("reply").unwrap_or_default(), way) {
        Ok(committed) => {
            let back = format!("/messages/{}", request.param("id"));
            Ok(done::see(&back, committed.commit.map(|commit| commit.0)))
        }
        Err(WorkError::Field { text, .. }) => page(ctx, request, &form, capital(&text).trim_end_matches('.'), ""),
        Err(WorkError::Not(text)) => page(ctx, request, &form, "", capital(&text).trim_end_matches('.')),
        Err(error) => Err(error.into()),
    }
}

/// Back to the message, or the page again with what is wrong.
fn after<T>(ctx: &Ctx, request: &Request, result: Done<T>) -> Result<Reply, Problem> {
    match result {
        Ok(committed) => {
            let back = format!("/messages/{}", request.param("id"));
            Ok(done::see(&back, committed.commit.map(|commit| commit.0)))
        }
        Err(error @ (WorkError::Field { .. } | WorkError::Not(_) | WorkError::Refused(_))) => {
            let sentence = capital(&error.to_string());
            page(ctx, request, &Pairs::default(), "", sentence.trim_end_matches('.'))
        }
        Err(error) => Err(error.into()),
    }
}

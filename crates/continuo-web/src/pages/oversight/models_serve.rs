//! Handlers of the log of language models.

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::models::{self, Logged, Outcome};
use continuo_fhir::Instant;
use continuo_ui::tag::{TagView, Tone};

use super::models::{ReplayView, Row, View, render, replay};
use crate::app::App;
use crate::pages::{frame, proof, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/oversight/models", Gate::May(Permission::OversightRead), log),
    Route::get("/oversight/models/{id}", Gate::May(Permission::OversightRead), one),
];

/// Calls shown.
const MOST: i64 = 200;

fn log(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let all = models::log(ctx, MOST)?;
    let sum = |of: fn(&Logged) -> i64| all.iter().map(of).sum::<i64>();
    let cost = format!("{} tokens read, {} written", sum(|one| one.tokens.0), sum(|one| one.tokens.1));
    let newest = if all.len() as i64 == MOST { "The newest " } else { "" };
    let calls = if all.len() == 1 { "1 call".to_owned() } else { format!("{} calls", all.len()) };
    let view = View {
        lead: format!("{newest}{calls}: {cost}. No words of anybody are kept here."),
        rows: all.iter().map(|one| row(ctx, one)).collect(),
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

fn row(ctx: &Ctx, one: &Logged) -> Row {
    let (tone, word) = match one.state.as_str() {
        "done" => (Tone::Done, "Answered"),
        "waiting" => (Tone::Waiting, "Waits"),
        "kept-here" => (Tone::Active, "Kept here"),
        _ => (Tone::Caution, "Failed"),
    };
    let opens = [Permission::RecordRead, Permission::AuditRead].into_iter().any(|one| ctx.grant.allows(one));
    let opens = one.opens && opens;
    Row {
        at: when::moment(one.at, &ctx.zone),
        purpose: purpose(&one.purpose).to_owned(),
        model: one.model.clone(),
        version: one.version.clone(),
        state: TagView::new(tone, word),
        why: match (one.error.as_str(), one.tries) {
            ("", _) => String::new(),
            (why, tries) if one.state == "waiting" => format!("try {tries}: {why}"),
            (why, _) if one.state == "done" => format!("answered after: {why}"),
            (why, _) => why.to_owned(),
        },
        tokens: format!("{}, {}", one.tokens.0, one.tokens.1),
        took: if one.tries == 0 { String::new() } else { format!("{}.{} s", one.millis / 1000, one.millis / 100 % 10) },
        replay: if opens { format!("/oversight/models/{}", one.id) } else { String::new() },
    }
}

fn purpose(word: &str) -> &str {
    match word {
        "reading" => "Reading for a review",
        "triage" => "How urgent a message is",
        "speech" => "Recording to text",
        other => other,
    }
}

/// For who answers for what leaves, and may not read the record itself.
fn as_it_left(error: &str) -> String {
    let hidden = "Shown as it left and as it came back: names, numbers and addresses are hidden. That you looked at it is \
                  written in the audit under the person whose words these are.";
    if error.is_empty() { hidden.to_owned() } else { format!("Not read: {error}. {hidden}") }
}

fn one(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let found = models::replay(ctx, request.param("id"))?;
    let call = found.call;
    // A recording's answer is a transcript, not a reading.
    if call.purpose == models::speech::PURPOSE {
        return Err(Problem::not_found());
    }
    let (outcome, lines) = match &found.outcome {
        Outcome::NotRead(_) if !ctx.grant.allows(Permission::RecordRead) => (as_it_left(&call.error), Vec::new()),
        Outcome::NotRead(why) => (format!("Not read: {why}."), Vec::new()),
        Outcome::Read(reading) => {
            let mut lines: Vec<String> = Vec::new();
            lines.extend(reading.items.iter().map(|item| {
                let differs: Vec<&str> = item.differences.iter().map(|one| one.words()).collect();
                let differs = if differs.is_empty() { String::new() } else { format!(" ({})", differs.join("; ")) };
                format!("{}{differs}", item.statement)
            }));
            lines.extend(
                reading
                    .red_flags
                    .iter()
                    .map(|(flag, _)| format!("Danger: {}", continuo_care::inbox::danger_words(flag.name()))),
            );
            lines.extend(reading.urgency.iter().map(|(urgency, _)| format!("Urgency: {}", urgency.name())));
            let count = reading.items.len();
            let stand = if count == 1 { "1 statement stands".to_owned() } else { format!("{count} statements stand") };
            let dropped = match reading.dropped.len() {
                0 => String::new(),
                1 => " 1 was dropped: its words are not there, or its form is wrong.".to_owned(),
                n => format!(" {n} were dropped: their words are not there, or their form is wrong."),
            };
            (format!("Read: {stand} on words of the text.{dropped}"), lines)
        }
    };
    let model = if call.answered_by.is_empty() { &call.model } else { &call.answered_by };
    let fact = |label: &str, text: String| (label.to_owned(), text);
    let view = ReplayView {
        about: vec![
            fact("Asked for", when::moment(Instant::from_micros(call.at), &ctx.zone)),
            fact("Purpose", purpose(&call.purpose).to_owned()),
            fact("Model", model.clone()),
            fact("Asked as", call.version.clone()),
            fact("Tokens", format!("{} read, {} written", call.tokens_in, call.tokens_out)),
            fact("Tries", call.tries.to_string()),
        ],
        instructions: models::instructions(&call.version).unwrap_or_default().to_owned(),
        outcome,
        found: lines,
        href: match call.subject.split_once('/') {
            Some(("Task", id)) => format!("/review/{id}"),
            Some(("Communication", id)) => format!("/messages/{id}"),
            _ => proof::source_href(&call.subject),
        },
        sent: call.prompt.clone(),
        answer: call.answer.clone(),
    };
    Ok(Reply::page(replay(&frame::of(ctx, request)?, &view)))
}

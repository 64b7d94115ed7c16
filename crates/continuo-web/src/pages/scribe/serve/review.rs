//! The review page: showing it, and the answers that take one press.

use continuo_care::access::Permission;
use continuo_care::followup::finding::Consequence;
use continuo_care::scribe::decide::{self, Answer};
use continuo_care::scribe::propose::Kind;
use continuo_care::scribe::review::{self, Item, Review, Unsaid};
use continuo_care::scribe::source::Role;
use continuo_care::scribe::tell::Told;
use continuo_care::suggestions::REASONS;
use continuo_care::{Ctx, staff};
use continuo_fhir::{DateTime, Instant};
use continuo_ui::suggestion::ReasonView;
use continuo_ui::tag::{TagView, Tone};
use continuo_ui::transcript::{PieceView, ProposalView, TurnView};

use crate::app::App;
use crate::pages::scribe::review::{UnsaidView, View, render};
use crate::pages::{done, frame, person, proof, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/review/{id}", Gate::May(Permission::WorkRead), show),
    Route::get("/review/{id}/received", Gate::May(Permission::WorkRead), received),
    Route::post("/review/{id}/items/{item}", Gate::May(Permission::SuggestionDecide), answer),
    Route::post("/review/{id}/unsaid/{item}", Gate::May(Permission::SuggestionDecide), answer_unsaid),
];

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let found = review::load(ctx, request.param("id"))?;
    let (_, banner) = person::banner_of(ctx, found.person.strip_prefix("Patient/").unwrap_or(&found.person))?;
    let decides = ctx.grant.allows(Permission::SuggestionDecide) && !found.is_finished();
    let about = banner.who.named_and_born();
    let view = View {
        title: found.title.clone(),
        about: about_words(ctx, &found),
        of: of(&found),
        progress: progress(&found),
        read_by: if found.reading.said.is_empty() {
            String::new()
        } else {
            continuo_care::models::standing(ctx, &format!("Task/{}", found.id))?.sentence()
        },
        notices: found.reading.notices.clone(),
        turns: turns(&found),
        received: format!("/review/{}/received", found.id),
        received_about: received_about(&found),
        proposals: found
            .items
            .iter()
            .enumerate()
            .map(|(n, item)| proposal(ctx, &found, n + 1, item, decides, &about))
            .collect(),
        unsaid: found.unsaid.iter().map(|one| unsaid(&found, one, decides)).collect(),
        note: if decides { format!("/review/{}/note", found.id) } else { String::new() },
        tell: match super::tell::physician(ctx, &found)? {
            Some(physician) if decides && found.told.is_none() => {
                Some((format!("/review/{}/tell", found.id), physician))
            }
            _ => None,
        },
        told: found.told.as_ref().map(|one| (told(ctx, one), proof::source_href(&one.message))),
        copy: match &found.note {
            Some(note) if found.is_finished() => {
                format!("/notes/Composition/{}", note.str_at("id").unwrap_or_default())
            }
            _ => String::new(),
        },
        chart: format!("/patients/{}", found.person.strip_prefix("Patient/").unwrap_or(&found.person)),
        finished: found.is_finished(),
        banner,
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

fn about_words(ctx: &Ctx, found: &Review) -> String {
    let day = continuo_fhir::Date::parse(&found.day).map(when::day).unwrap_or_default();
    let taken = DateTime::parse(&found.taken).map(|at| when::moment(at.low(&ctx.zone), &ctx.zone)).unwrap_or_default();
    let from = if found.from.is_empty() { String::new() } else { format!(", by {}", found.from) };
    format!("{}, {day}{from}, taken in {taken}", found.kind.label())
}

/// "Dr. Patel was told 08/19/2026 2:00 pm, before the review."
pub(super) fn told(ctx: &Ctx, one: &Told) -> String {
    let at = DateTime::parse(&one.at).map(|at| when::moment(at.low(&ctx.zone), &ctx.zone)).unwrap_or_default();
    let name = staff::name_of(&staff::owners(ctx).unwrap_or_default(), &one.physician);
    format!("{name} was told {at}, before the review.")
}

/// The call or task that the words are of.
fn of(found: &Review) -> Option<(String, String)> {
    match found.of.split_once('/')? {
        ("Communication", _) => Some(("of this call".to_owned(), proof::source_href(&found.of))),
        ("Task", id) => Some(("for this task".to_owned(), format!("/tasks/{id}"))),
        _ => None,
    }
}

pub(super) fn progress(found: &Review) -> String {
    let (proposed, accepted, rejected, _) = found.progress();
    format!("{proposed} proposed, {accepted} accepted, {rejected} rejected")
}

fn received_about(found: &Review) -> String {
    let (name, size, _) = &found.received;
    let name = if name.is_empty() { "pasted".to_owned() } else { continuo_ui::transcript::visible(name) };
    let size = if *size < 2048 { format!("{size} bytes") } else { format!("{} kB", size / 1024) };
    format!("{name}, {size}")
}

/// The turns cut at the borders of all quotes, so that each stretch knows which proposals rest on it.
fn turns(found: &Review) -> Vec<TurnView> {
    let text = &found.reading.text;
    let mut quotes: Vec<(usize, usize, usize, usize)> = Vec::new();
    for (n, item) in found.items.iter().enumerate().filter(|(_, item)| item.holds) {
        for (q, quote) in item.proposal.quotes.iter().enumerate() {
            quotes.push((quote.span.start, quote.span.end, n + 1, q));
        }
    }
    quotes.sort_unstable();
    let mut out = Vec::with_capacity(found.reading.said.len());
    for said in &found.reading.said {
        let (start, end) = (said.span.start, said.span.end);
        let mine: Vec<_> = quotes.iter().filter(|(from, to, ..)| *from < end && *to > start).copied().collect();
        let mut borders: Vec<usize> = vec![start, end];
        borders.extend(mine.iter().flat_map(|(from, to, ..)| [(*from).max(start), (*to).min(end)]));
        borders.sort_unstable();
        borders.dedup();
        let pieces = borders.windows(2).filter_map(|pair| {
            let (&from, &to) = (pair.first()?, pair.last()?);
            let mut of: Vec<usize> =
                mine.iter().filter(|(a, b, ..)| *a <= from && *b >= to).map(|(.., n, _)| *n).collect();
            of.dedup();
            Some(PieceView {
                text: text.get(from..to).unwrap_or("").to_owned(),
                begins: mine.iter().filter(|(a, ..)| (*a).max(start) == from).map(|(.., n, q)| (*n, *q)).collect(),
                of,
            })
        });
        let spanish = continuo_care::messages::looks_spanish(said.span.of(text));
        out.push(TurnView {
            time: said.at.map(|at| format!("{:02}:{:02}", at / 60_000, at / 1000 % 60)).unwrap_or_default(),
            who: said.label.clone(),
            note: match &said.role {
                Role::Unknown if !said.label.is_empty() => "not known who this is".to_owned(),
                _ => String::new(),
            },
            pieces: pieces.collect(),
            lang: spanish.then(|| "es".to_owned()),
        });
    }
    out
}

fn proposal(ctx: &Ctx, found: &Review, number: usize, item: &Item, decides: bool, about: &str) -> ProposalView {
    let one = &item.proposal;
    let base = format!("/review/{}/items/{}", found.id, item.id);
    ProposalView {
        number,
        kind: one.kind.label().to_owned(),
        what: one.what.clone(),
        edited: item
            .edited
            .as_ref()
            .map(|values| {
                let shown = values.iter().filter(|(name, _)| !matches!(name.as_str(), "said_by" | "known" | "need"));
                shown.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(", ")
            })
            .unwrap_or_default(),
        assertion: one.assertion.clone(),
        certainty: one.certainty.phrase().to_owned(),
        grave: match (one.kind, one.consequence) {
            (_, Consequence::Danger) => Some(TagView::new(Tone::Critical, "Danger now")),
            (Kind::Danger, _) => Some(TagView::new(Tone::Critical, "Today")),
            (_, Consequence::High) => Some(TagView::new(Tone::Caution, "Matters")),
            _ => None,
        },
        differs: continuo_care::models::sink::differs(one)
            .then(|| TagView::new(Tone::Caution, "Differs from the words")),
        quotes: one.quotes.iter().map(|quote| (quote.from.clone(), quote.text.clone())).collect(),
        moved: !item.holds,
        post: base.clone(),
        edit: if decides { format!("{base}/edit") } else { String::new() },
        reasons: REASONS
            .iter()
            .map(|(code, label)| ReasonView { code: (*code).to_owned(), label: (*label).to_owned() })
            .collect(),
        words_needed: one.consequence != Consequence::Normal,
        decided: decided(ctx, item),
        about: about.to_owned(),
    }
}

fn decided(ctx: &Ctx, item: &Item) -> Option<TagView> {
    let last = item.decisions.iter().rev().find(|one| !one.undone);
    let at = last.map(|one| when::clock_at(Instant::from_micros(one.at), &ctx.zone)).unwrap_or_default();
    let (tone, word) = match item.state.as_str() {
        "open" => return None,
        "accepted" => (Tone::Done, "Accepted"),
        "changed" => (Tone::Done, "Accepted with changes"),
        "rejected" => (Tone::Waiting, "Rejected"),
        _ => (Tone::Waiting, "Nobody decided"),
    };
    let why = last.map(|one| one.words.clone()).filter(|words| !words.is_empty() && item.state == "rejected");
    let why = why.map(|words| format!(": {words}")).unwrap_or_default();
    Some(TagView::new(tone, format!("{word} {at}{why}").trim_end()))
}

fn unsaid(found: &Review, one: &Unsaid, decides: bool) -> UnsaidView {
    let decided = match one.state.as_str() {
        "open" => None,
        "accepted" => Some(TagView::new(Tone::Active, "A task asks it")),
        "rejected" => Some(TagView::new(Tone::Waiting, "Marked not asked")),
        _ => Some(TagView::new(Tone::Waiting, "Nobody decided")),
    };
    UnsaidView {
        id: one.id.clone(),
        ask: one.ask.clone(),
        why: one.why.clone(),
        because: one.because.iter().map(|reference| ("source".to_owned(), proof::source_href(reference))).collect(),
        decided,
        post: if decides { format!("/review/{}/unsaid/{}", found.id, one.id) } else { String::new() },
    }
}

fn received(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let (.., bytes) = review::received(ctx, request.param("id"))?;
    // Never shown by the browser, whatever it is: what came in is not ours.
    let reply = Reply::with(200, "application/octet-stream", bytes);
    Ok(reply.header("content-disposition", "attachment; filename=\"as-received\""))
}

fn answer(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let (id, item) = (request.param("id"), request.param("item"));
    let commit = match form.get("do") {
        Some("accept") => decide::accept(ctx, id, item, None)?.commit,
        _ => {
            let reason = form.get("reason").unwrap_or_default();
            decide::reject(ctx, id, item, reason, form.get("words").unwrap_or_default())?.commit
        }
    };
    Ok(done::see(&next(ctx, id, item), commit.map(|commit| commit.0)))
}

/// Back to the review, at the next proposal that waits.
pub(super) fn next(ctx: &Ctx, id: &str, item: &str) -> String {
    let Ok(found) = review::load(ctx, id) else { return format!("/review/{id}") };
    let at = found.items.iter().position(|one| one.id == item).unwrap_or(0);
    let after = found.items.iter().enumerate().skip(at).chain(found.items.iter().enumerate().take(at));
    let waiting = after.into_iter().find(|(_, one)| one.state == "open").map(|(n, _)| n + 1);
    match waiting {
        Some(number) => format!("/review/{id}#p-{number}"),
        None => format!("/review/{id}"),
    }
}

fn answer_unsaid(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let answer = if form.get("do") == Some("ask") { Answer::Ask } else { Answer::NotAsked };
    let (id, item) = (request.param("id"), request.param("item"));
    let commit = decide::question(ctx, id, item, answer)?.commit;
    Ok(done::see(&format!("/review/{id}#unsaid"), commit.map(|commit| commit.0)))
}

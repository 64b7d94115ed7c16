//! The note: showing the draft, keeping it, finishing the review.

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::problem::WorkError;
use continuo_care::scribe::finish::{self, NoteForm};
use continuo_care::scribe::note::{Origin, Section, draft};
use continuo_care::scribe::review::{self, Review};
use continuo_care::scribe::source::SourceKind;
use continuo_fhir::Json;
use continuo_ui::tag::{TagView, Tone};

use crate::app::App;
use crate::form::Pairs;
use crate::pages::scribe::note::{SectionView, StatementView, View, render};
use crate::pages::{done, frame, person};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/review/{id}/note", Gate::May(Permission::SuggestionDecide), show),
    Route::post("/review/{id}/note", Gate::May(Permission::SuggestionDecide), send),
];

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let found = review::load(ctx, request.param("id"))?;
    page(ctx, request, &found, None, "")
}

fn page(ctx: &Ctx, request: &Request, found: &Review, given: Option<&Pairs>, error: &str) -> Result<Reply, Problem> {
    let (_, banner) = person::banner_of(ctx, found.person.strip_prefix("Patient/").unwrap_or(&found.person))?;
    let kept = found.note.as_ref().map(kept_texts);
    let statements = draft(found);
    let sections = Section::ALL.iter().map(|(section, word, heading)| SectionView {
        word: (*word).to_owned(),
        heading: (*heading).to_owned(),
        statements: statements
            .iter()
            .filter(|one| one.section == *section)
            .map(|one| {
                let name = format!("s-{}", one.number);
                // A note kept before shows its own words where a statement was changed.
                let earlier = kept.as_ref().and_then(|kept| kept.iter().find(|(proposed, _)| *proposed == one.text));
                let plain = if one.doubted { String::new() } else { one.text.clone() };
                let text = given
                    .and_then(|form| form.get(&name).map(str::to_owned))
                    .or_else(|| earlier.map(|(_, text)| text.clone()))
                    .unwrap_or(plain);
                StatementView {
                    number: one.number,
                    proposed: if text == one.text { String::new() } else { one.text.clone() },
                    text,
                    origin: match one.origin {
                        Origin::Engine => TagView::new(Tone::Suggested, "From the words"),
                        Origin::Accepted => TagView::new(Tone::Done, "Accepted"),
                        Origin::NotAsked => TagView::new(Tone::Waiting, "Marked not asked"),
                    },
                    quotes: one.quotes.iter().map(|quote| (quote.from.clone(), quote.text.clone())).collect(),
                    doubted: one.doubted,
                }
            })
            .collect(),
        added: given.and_then(|form| form.get(&format!("added-{word}"))).unwrap_or_default().to_owned(),
    });
    let physician = super::tell::physician(ctx, found)?;
    let (.., waiting) = found.progress();
    let view = View {
        title: format!("{} · {}", found.title, super::review::progress(found)),
        post: format!("/review/{}/note", found.id),
        back: format!("/review/{}", found.id),
        sections: sections.collect(),
        waiting,
        tell: matches!(found.kind, SourceKind::Visit | SourceKind::Document) && physician.is_some(),
        told: found.told.as_ref().map(|told| super::review::told(ctx, told)).unwrap_or_default(),
        physician: physician.unwrap_or_default(),
        error: error.to_owned(),
        banner,
    };
    let status = if error.is_empty() { 200 } else { 422 };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status))
}

/// What a note kept before says: what the machine wrote, and the words that stand for it.
fn kept_texts(note: &Json) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for section in note.get("section").map(Json::items).unwrap_or_default() {
        for statement in section.get("extension").map(Json::items).unwrap_or_default() {
            let parts = statement.get("extension").map(Json::items).unwrap_or_default();
            let part = |url: &str| {
                parts.iter().find(|part| part.str_at("url") == Some(url)).and_then(|part| part.str_at("valueString"))
            };
            if let (Some(text), Some(proposed)) = (part("text"), part("urn:continuo:ext:proposed")) {
                out.push((proposed.to_owned(), text.to_owned()));
            }
        }
    }
    out
}

fn send(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let id = request.param("id");
    let note = NoteForm {
        statements: form
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix("s-")?.parse().ok()?, value.replace("\r\n", "\n"))))
            .collect(),
        added: form
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix("added-")?.to_owned(), value.to_owned())))
            .collect(),
        tell: form.get("tell").is_some(),
        leave_open: form.get("leave_open").is_some(),
    };
    if form.get("do") == Some("finish") {
        return match finish::finish(ctx, id, &note) {
            Ok(done) => Ok(done::see(&format!("/review/{id}"), done.commit.map(|commit| commit.0))),
            Err(WorkError::Field { text, .. } | WorkError::Not(text)) => {
                let found = review::load(ctx, id)?;
                page(ctx, request, &found, Some(&form), capital(&text).trim_end_matches('.'))
            }
            Err(error) => Err(error.into()),
        };
    }
    let kept = finish::save(ctx, id, &note)?;
    Ok(done::see(&format!("/review/{id}/note"), kept.commit.map(|commit| commit.0)))
}

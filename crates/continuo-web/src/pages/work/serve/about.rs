//! Loads what a task is about, as far as the reader sees it.

use continuo_care::scribe::filed::{self, Standing};
use continuo_care::tasks::view::TaskView;
use continuo_care::{Ctx, record, scribe};
use continuo_fhir::{DateTime, Json, ResourceType};

use crate::pages::work::about::AboutView;
use crate::pages::{proof, when};

/// Nothing where the task is about nothing that the reader may open.
pub(super) fn of(ctx: &Ctx, task: &TaskView) -> Option<AboutView> {
    if task.kind.code == scribe::REVIEW {
        let links = vec![("Open the review".to_owned(), format!("/review/{}", task.id))];
        return Some(AboutView { title: "Words to review".to_owned(), words: String::new(), links });
    }
    let json = read(ctx, &task.about)?;
    let (type_, id) = task.about.split_once('/')?;
    match type_ {
        "Communication" => Some(message(ctx, id, &json)),
        "DocumentReference" => Some(AboutView {
            title: json.str_at("description").unwrap_or("Document").to_owned(),
            words: String::new(),
            links: document(ctx, id),
        }),
        "Composition" => Some(AboutView {
            title: json.str_at("title").unwrap_or("Note").to_owned(),
            words: String::new(),
            links: vec![("Open the note".to_owned(), proof::source_href(&task.about))],
        }),
        _ => None,
    }
}

fn read(ctx: &Ctx, reference: &str) -> Option<Json> {
    let (type_, id) = reference.split_once('/')?;
    let stored = record::read(ctx, ResourceType::find(type_)?, id).ok()?;
    Json::parse(stored.bytes.as_deref()?).ok()
}

fn message(ctx: &Ctx, id: &str, json: &Json) -> AboutView {
    let at = json.str_at("sent").or(json.str_at("received")).and_then(DateTime::parse);
    let at = at.map(|at| format!(" of {}", when::moment(at.low(&ctx.zone), &ctx.zone))).unwrap_or_default();
    let words: Vec<&str> = json
        .get("payload")
        .map(Json::items)
        .unwrap_or_default()
        .iter()
        .filter_map(|part| part.str_at("contentString"))
        .collect();
    let mut links = Vec::new();
    for about in json.get("about").map(Json::items).unwrap_or_default() {
        let Some(reference) = about.str_at("reference") else { continue };
        match reference.split_once('/') {
            Some(("DocumentReference", document_id)) if read(ctx, reference).is_some() => {
                links.extend(document(ctx, document_id));
            }
            Some(("Composition", _)) if read(ctx, reference).is_some() => {
                links.push(("Open the note".to_owned(), proof::source_href(reference)));
            }
            _ => {}
        }
    }
    if links.is_empty() {
        links.push(("Open it".to_owned(), format!("/source/Communication/{id}")));
    }
    AboutView { title: format!("Words{at}"), words: words.join("\n\n"), links }
}

fn document(ctx: &Ctx, id: &str) -> Vec<(String, String)> {
    let mut links = vec![("Open the document".to_owned(), format!("/source/DocumentReference/{id}"))];
    if let Ok(Standing::Review(review)) = filed::standing(ctx, id) {
        links.push(("Review of its words".to_owned(), format!("/review/{review}")));
    }
    links
}

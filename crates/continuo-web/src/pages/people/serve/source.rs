//! A resource as received: what evidence and quotes lead to.

use continuo_care::documents::attached::{attachments, read_base64};
use continuo_care::documents::kind;
use continuo_care::entry::correct;
use continuo_care::models::speech;
use continuo_care::scribe::filed::{self, Standing};
use continuo_care::work::referral;
use continuo_care::{Ctx, record};
use continuo_fhir::{Instant, Json, ResourceType};

use super::in_short;
use crate::app::App;
use crate::form::encode;
use crate::pages::people::source::{ReviewOf, Text, View, render};
use crate::pages::{frame, person, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};
use continuo_care::access::Permission;

pub(super) const ROUTES: &[Route] = &[Route::get("/source/{type}/{id}", Gate::May(Permission::PersonRead), show)];

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let type_ = ResourceType::find(request.param("type")).ok_or_else(Problem::not_found)?;
    let stored = record::read(ctx, type_, request.param("id"))?;
    let json = Json::parse(stored.bytes.as_deref().unwrap_or_default())
        .map_err(|error| Problem::internal(error.to_string()))?;
    let patient = patient_of(&json, request.param("id"));
    let banner = match &patient {
        Some(id) => Some(person::banner_of(ctx, id)?.1),
        None => None,
    };
    let place = |name: &str| request.query.get(name).and_then(|text| text.parse::<usize>().ok());
    let mut texts = Vec::new();
    let mut facts = Vec::new();
    walk(&json, "", 0, &mut facts, &mut texts);
    texts.extend(attached(&json));
    let view = View {
        banner,
        title: in_short::title(&json, &words(type_.as_str())),
        short: in_short::lines(&json, &ctx.zone),
        about: format!(
            "Version {}, received {}",
            stored.version,
            when::moment(Instant::from_micros(stored.updated), &ctx.zone)
        ),
        texts: texts.into_iter().map(|(label, text)| Text::new(label, text, place("from").zip(place("to")))).collect(),
        facts,
        copy: matches!(type_.as_str(), "Communication" | "Composition")
            .then(|| format!("/notes/{}/{}", type_.as_str(), request.param("id")))
            .filter(|_| patient.is_some()),
        correct: correct::may_correct(ctx, type_, request.param("id"))?
            .then(|| format!("{}/correct", request.path))
            .filter(|_| patient.is_some()),
        close: (type_.as_str() == "ServiceRequest" && referral::may_end(ctx, request.param("id"))?)
            .then(|| format!("/referrals/{}/close?back={}", request.param("id"), encode(&request.path))),
        back: patient.map(|id| format!("/patients/{id}")),
        file: file(&json),
        review: review(ctx, &json),
        notice: match type_.as_str() {
            "DocumentReference" => speech::standing(ctx, request.param("id"))?.unwrap_or_default(),
            _ => String::new(),
        },
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

/// Whose it is; a Patient's own id.
pub(super) fn patient_of(json: &Json, id: &str) -> Option<String> {
    let named =
        ["subject", "patient", "for", "beneficiary"].iter().find_map(|path| json.get(path)?.str_at("reference"));
    // An appointment names the person among those who take part.
    let part = || {
        let parts = json.get("participant").map(Json::items).unwrap_or_default();
        parts.iter().find_map(|one| one.at("actor.reference")?.as_str().filter(|it| it.starts_with("Patient/")))
    };
    match json.resource_type() {
        Some("Patient") => Some(id.to_owned()),
        _ => named.or_else(part).and_then(|reference| reference.strip_prefix("Patient/")).map(str::to_owned),
    }
}

/// The review of a document's words, or the way to begin one; nothing where its words are not read here.
fn review(ctx: &Ctx, json: &Json) -> Option<ReviewOf> {
    let id = json.str_at("id").filter(|_| json.resource_type() == Some("DocumentReference"))?;
    match filed::standing(ctx, id).ok()? {
        Standing::Review(review) => Some(ReviewOf::Open(format!("/review/{review}"))),
        Standing::Free if ctx.grant.allows(Permission::RecordWrite) => {
            Some(ReviewOf::Begin(format!("/review/documents/{id}")))
        }
        _ => None,
    }
}

/// The file of the document inbox that a DocumentReference describes, and whether a browser draws it inside a page.
fn file(json: &Json) -> Option<(String, bool)> {
    attachments(json).find_map(|attachment| {
        let id = attachment.str_at("url")?.strip_prefix("Binary/")?;
        let plain = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.');
        let kind = attachment.str_at("contentType").and_then(kind::named);
        plain.then(|| (format!("/documents/{id}/file"), kind.is_some_and(|kind| kind.drawn)))
    })
}

/// Texts kept inside the resource, read.
fn attached(json: &Json) -> Vec<(String, String)> {
    let text = |attachment: &Json| {
        let media_type = attachment.str_at("contentType").unwrap_or_default();
        let bytes = read_base64(attachment.str_at("data")?)?;
        media_type.starts_with("text/plain").then(|| String::from_utf8_lossy(&bytes).into_owned())
    };
    attachments(json).filter_map(text).map(|text| ("Text of the document".to_owned(), text)).collect()
}

/// Deeper than any resource goes; a guard, not a limit anybody meets.
const DEEPEST: usize = 24;

fn walk(json: &Json, label: &str, depth: usize, facts: &mut Vec<(String, String)>, texts: &mut Vec<(String, String)>) {
    if depth > DEEPEST {
        return;
    }
    match json {
        Json::Object(fields) => {
            for (name, value) in fields {
                if matches!(&**name, "resourceType" | "id" | "meta" | "div" | "system" | "url" | "data") {
                    continue;
                }
                let inner =
                    if label.is_empty() { words(name) } else { format!("{label}, {}", words(name).to_lowercase()) };
                walk(value, &inner, depth + 1, facts, texts);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| walk(item, label, depth + 1, facts, texts)),
        Json::String(text) if text.len() > 120 || label.ends_with("content string") => {
            texts.push((in_short::heading(label), text.to_string()));
        }
        Json::Null => {}
        other => {
            let text = other.as_str().map_or_else(|| other.to_string(), str::to_owned);
            facts.push((label.to_owned(), text));
        }
    }
}

/// "effectiveDateTime" as words: "Effective date time".
pub(super) fn words(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push(' ');
            out.extend(c.to_lowercase());
        } else if out.is_empty() {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_outside_is_not_followed() {
        let of = |url: &str| {
            let json = format!(r#"{{"content":[{{"attachment":{{"contentType":"image/png","url":"{url}"}}}}]}}"#);
            file(&Json::parse(json.as_bytes()).unwrap())
        };
        assert_eq!(of("Binary/0190-a"), Some(("/documents/0190-a/file".to_owned(), true)));
        assert_eq!(of("https://elsewhere.example/x"), None);
        assert_eq!(of("Binary/../admin"), None);
    }
}

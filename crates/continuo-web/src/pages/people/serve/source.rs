//! A resource as received: what evidence and quotes lead to.

use continuo_care::{Ctx, record};
use continuo_fhir::{Instant, Json, ResourceType};

use crate::app::App;
use crate::pages::people::source::{Text, View, render};
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
    let patient =
        ["subject", "patient", "for", "beneficiary"].iter().find_map(|path| json.get(path)?.str_at("reference"));
    let patient = match json.resource_type() {
        Some("Patient") => Some(request.param("id").to_owned()),
        _ => patient.and_then(|reference| reference.strip_prefix("Patient/")).map(str::to_owned),
    };
    let banner = match &patient {
        Some(id) => Some(person::banner_of(ctx, id)?.1),
        None => None,
    };
    let place = |name: &str| request.query.get(name).and_then(|text| text.parse::<usize>().ok());
    let mut texts = Vec::new();
    let mut facts = Vec::new();
    walk(&json, "", 0, &mut facts, &mut texts);
    let view = View {
        banner,
        title: words(type_.as_str()),
        about: format!(
            "Version {}, received {}",
            stored.version,
            when::moment(Instant::from_micros(stored.updated), &ctx.zone)
        ),
        texts: texts.into_iter().map(|(label, text)| Text::new(label, text, place("from").zip(place("to")))).collect(),
        facts,
        back: patient.map(|id| format!("/patients/{id}")),
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
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
                if matches!(&**name, "resourceType" | "id" | "meta" | "div" | "system" | "url") {
                    continue;
                }
                let inner =
                    if label.is_empty() { words(name) } else { format!("{label}, {}", words(name).to_lowercase()) };
                walk(value, &inner, depth + 1, facts, texts);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| walk(item, label, depth + 1, facts, texts)),
        Json::String(text) if text.len() > 120 || label.ends_with("content string") => {
            texts.push((label.to_owned(), text.to_string()));
        }
        Json::Null => {}
        other => {
            let text = other.as_str().map_or_else(|| other.to_string(), str::to_owned);
            facts.push((label.to_owned(), text));
        }
    }
}

/// "effectiveDateTime" as words: "Effective date time".
fn words(name: &str) -> String {
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

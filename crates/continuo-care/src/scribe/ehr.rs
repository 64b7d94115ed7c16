//! "Copy note for the EHR": a call, a quick note or a finished review as plain text in the site's format.

use continuo_fhir::{Json, ResourceType, Zone};
use continuo_store::tables::setting;

use super::finish::{EXT_STATEMENT, text_document};
use crate::access::Permission;
use crate::assess::{put, settle};
use crate::build::extension_of;
use crate::calls::note::{self, DEFAULT_FORMAT};
use crate::chart;
use crate::ctx::Ctx;
use crate::problem::WorkError;
use crate::record::audit;
use crate::work::Done;

/// Name of the setting.
const SETTING: &str = "ehr-note-format";
/// Longest format kept.
const LONGEST: usize = 4000;

/// The site's format; the shipped one where none was set.
pub fn format(ctx: &Ctx) -> Result<String, WorkError> {
    let found = ctx.read(|r| setting::newest(r.conn(), ctx.org, SETTING))?;
    Ok(found.map(|one| one.value).filter(|text| text.contains("{note}")).unwrap_or_else(|| DEFAULT_FORMAT.to_owned()))
}

/// Sets the site's format; an empty one goes back to the shipped one. Earlier versions stay.
pub fn set_format(ctx: &Ctx, text: &str) -> Done<()> {
    ctx.require(Permission::AdminPolicy)?;
    if text.len() > LONGEST {
        return Err(WorkError::field("format", "this is too long"));
    }
    if !text.trim().is_empty() && !text.contains("{note}") {
        return Err(WorkError::field("format", "say where the note stands: {note}"));
    }
    let (actor, text) = (ctx.actor.reference.clone(), text.replace("\r\n", "\n"));
    Ok(ctx.write("set note format", move |tx| {
        let (org, now) = (tx.org(), tx.now());
        tx.commit_id();
        setting::set(tx.conn()?, org, SETTING, now, &actor, &text)
    })?)
}

/// A note ready to be copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// `Patient/..`.
    pub person: String,
    /// What it is of.
    pub title: String,
    /// The text.
    pub text: String,
}

/// The text of a call, a note or a finished review (`Communication/..`, `Composition/..`).
pub fn text(ctx: &Ctx, type_: &str, id: &str) -> Result<Text, WorkError> {
    ctx.require(Permission::RecordRead)?;
    let known = matches!(type_, "Communication" | "Composition");
    let kind =
        ResourceType::find(type_).filter(|_| known).ok_or_else(|| WorkError::NotFound("this note".to_owned()))?;
    let (json, names, patient) = ctx.read(|r| {
        let stored = r.get(&ctx.scope, kind, id)?;
        let json = Json::parse(stored.bytes.as_deref().unwrap_or_default())
            .map_err(|error| continuo_store::Error::Damaged(error.to_string()))?;
        let author = author_of(&json);
        let names = chart::names(r, ctx, [author.as_str()].into_iter())?;
        Ok((json, names, stored.patient))
    })?;
    audit(ctx, "copy note", patient, &format!("{type_}/{id}"))
        .map_err(|_| WorkError::Not("the read could not be audited".to_owned()))?;
    let by = author_of(&json);
    let by = if by.is_empty() { String::new() } else { names.of(&by).to_owned() };
    let format = format(ctx)?;
    let text = if type_ == "Composition" {
        of_composition(&json, &by, &format, &ctx.zone)
    } else {
        note::for_ehr(&json, &by, &format, &ctx.zone)
    };
    let title = json.str_at("title").map_or_else(|| "Note for the EHR".to_owned(), |title| format!("Note: {title}"));
    Ok(Text { person: json.str_at("subject.reference").unwrap_or_default().to_owned(), title, text })
}

/// Files the text as a document, for a clinic that fetches documents.
pub fn file(ctx: &Ctx, type_: &str, id: &str) -> Done<String> {
    ctx.require(Permission::RecordWrite)?;
    let found = text(ctx, type_, id)?;
    let about = format!("{type_}/{id}");
    let rid = crate::work::person_rid(ctx, &found.person)?;
    let ctx_owned = ctx.clone();
    Ok(ctx.write("file note as document", move |tx| {
        let ctx = &ctx_owned;
        let document = tx.new_id();
        let now = continuo_fhir::Instant::from_micros(tx.now());
        let mut made = text_document(ctx, &found.person, &document, &found.title, &found.text, &about, now);
        let sources = crate::suggestions::security_of(tx, &about)?;
        if !sources.is_empty() {
            made.set("meta", crate::build::object([("security", crate::build::list(sources))]));
        }
        put(tx, made)?;
        settle(tx, rid)?;
        Ok(format!("DocumentReference/{document}"))
    })?)
}

fn author_of(json: &Json) -> String {
    let direction = extension_of(json, crate::shapes::EXT_DIRECTION).and_then(Json::as_str).unwrap_or("out");
    let path = match (json.resource_type(), direction) {
        (Some("Composition"), _) => "author.0.reference",
        (_, "in") => "recipient.0.reference",
        _ => "sender.reference",
    };
    json.at(path).and_then(Json::as_str).unwrap_or_default().to_owned()
}

/// The text of a note in a format: the same names as for a call, the sections under their headings.
pub fn of_composition(composition: &Json, by_name: &str, format: &str, zone: &Zone) -> String {
    let mut body = String::new();
    for section in composition.get("section").map(Json::items).unwrap_or_default() {
        if !body.is_empty() {
            body.push('\n');
        }
        body.push_str(&section.str_at("title").unwrap_or_default().to_uppercase());
        for statement in section.get("extension").map(Json::items).unwrap_or_default() {
            if statement.str_at("url") != Some(EXT_STATEMENT) {
                continue;
            }
            let parts = statement.get("extension").map(Json::items).unwrap_or_default();
            let text = parts.iter().find(|part| part.str_at("url") == Some("text"));
            if let Some(text) = text.and_then(|text| text.str_at("valueString")) {
                body.push_str("\n- ");
                body.push_str(text);
            }
        }
        body.push('\n');
    }
    let when = composition.str_at("date").and_then(continuo_fhir::DateTime::parse).map(|at| zone.civil(at.low(zone)));
    let (date, time) = when.map_or_else(Default::default, |(date, time)| {
        (
            format!("{:02}/{:02}/{}", date.month().unwrap_or(1), date.day().unwrap_or(1), date.year()),
            format!("{:02}:{:02}", time.hour(), time.minute().unwrap_or(0)),
        )
    });
    let title = composition.str_at("title").unwrap_or("Note").to_owned();
    note::filled(
        format,
        &[
            ("kind", title),
            ("date", date),
            ("time", time),
            ("note", body.trim_end().to_owned()),
            ("by", by_name.to_owned()),
        ],
    )
}

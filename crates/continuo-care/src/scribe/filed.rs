//! Words of a document that is filed already, put to review like words taken in: a fax filed from the document inbox, a
//! letter that another system sent. The document stays as it is; the review points at it.

use continuo_fhir::{Date, Json, ResourceType};
use continuo_store::{Error as StoreError, Rid, Scope, WriteTx};

use super::begin::{Beginning, begin};
use super::intake::{self, Made};
use super::source::SourceKind;
use super::{REVIEW, tell};
use crate::access::Permission;
use crate::assess::{person_of, settle};
use crate::build::extension_of;
use crate::ctx::Ctx;
use crate::documents::attached::{self, Attached};
use crate::problem::WorkError;
use crate::work::{Done, parse};

const DOCUMENT: ResourceType = ResourceType::of("DocumentReference");
/// What is said of a picture: nothing here reads one.
pub const NO_WORDS: &str = "no words could be read in this file: it may be a picture of a page. \
                            Open it, read it, and enter by hand what matters";

/// How a filed document stands with the scribe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is read in this review.
    Review(String),
    /// Nobody put it to review yet.
    Free,
    /// A picture, a recording or another file whose words are not read here; or the text of our own note.
    NotRead,
}

/// How a document stands.
pub fn standing(ctx: &Ctx, id: &str) -> Result<Standing, WorkError> {
    ctx.require(Permission::RecordRead)?;
    let (document, review) = ctx.read(|r| {
        let stored = r.get(&ctx.scope, DOCUMENT, id)?;
        let person = r.person_of(ctx.org, stored.patient)?;
        let members = r.members(ctx.org, person)?;
        let rows = r.facts(&ctx.scope, &members)?;
        Ok((stored.bytes, review_of(&rows, id)))
    })?;
    let document = parse(document.as_deref())?;
    Ok(match review {
        Some(review) => Standing::Review(review),
        None if is_readable(&document) => Standing::Free,
        None => Standing::NotRead,
    })
}

/// The review that reads a document.
fn review_of(rows: &[continuo_store::FactRow], document: &str) -> Option<String> {
    let (person, _) = person_of(rows);
    let focus = format!("DocumentReference/{document}");
    let found = person
        .of("Task")
        .iter()
        .find(|task| task.has_own("code", REVIEW) && task.text("focus.reference") == Some(focus.as_str()))?;
    Some(found.reference().trim_start_matches("Task/").to_owned())
}

/// By its stated type; whether words are really in it is seen when it is read.
fn is_readable(document: &Json) -> bool {
    let own_note = document.str_at("type.text") == Some("Note for the EHR");
    !own_note
        && attached::attachments(document).any(|one| {
            let kind = one.str_at("contentType").unwrap_or_default().to_ascii_lowercase();
            let here = one.get("data").is_some() || one.str_at("url").is_some_and(|url| url.starts_with("Binary/"));
            here && (kind.starts_with("application/pdf") || kind.starts_with("text/plain") || kind == "text/vtt")
        })
}

/// Puts a filed document to review. Returns the id of the review.
pub fn take(ctx: &Ctx, id: &str) -> Done<String> {
    ctx.require(Permission::RecordWrite)?;
    let (stored, file) = ctx.read(|r| {
        let stored = r.get(&ctx.scope, DOCUMENT, id)?;
        let document = Json::parse(stored.bytes.as_deref().unwrap_or_default())
            .map_err(|error| StoreError::Damaged(error.to_string()))?;
        let file = attached::file_of(r, &ctx.scope, &document)?;
        Ok((stored, file))
    })?;
    let document = parse(stored.bytes.as_deref())?;
    let file = file.filter(|_| is_readable(&document)).ok_or_else(|| WorkError::Not(NO_WORDS.to_owned()))?;
    let kind = kind_of(&document);
    let day = day_of(&document).and_then(Date::parse).unwrap_or_else(|| ctx.zone.day(ctx.now()));
    let made = made(ctx, stored.patient, kind, &file, day)?;
    if made.reading.said.is_empty() {
        return Err(WorkError::Not(NO_WORDS.to_owned()));
    }
    let from = document.at("author.0.display").and_then(Json::as_str).unwrap_or_default();
    let named = tell::named(document.str_at("description").unwrap_or_else(|| kind.label()), day, from);
    let person = document.str_at("subject.reference").unwrap_or_default().to_owned();
    let (ctx_owned, id, labels) = (ctx.clone(), id.to_owned(), stored.labels);
    Ok(ctx.write("review a filed document", move |tx| {
        let org = tx.org();
        let mut reader = tx.reader()?;
        let of = reader.person_of(org, stored.patient)?;
        let members = reader.members(org, of)?;
        let rows = reader.facts(&Scope::all(org), &members)?;
        if review_of(&rows, &id).is_some() {
            return Err(StoreError::Refused("this document is in review already".to_owned()));
        }
        let beginning = Reviewed { document: &id, person: &person, named: &named, labels, tell: false };
        let review = put_to_review(tx, &ctx_owned, (stored.patient, of), kind, &made, &beginning)?;
        settle(tx, stored.patient)?;
        Ok(review)
    })?)
}

/// What a document's words come to, before anything is written.
pub(crate) fn made(ctx: &Ctx, patient: Rid, kind: SourceKind, file: &Attached, day: Date) -> Result<Made, WorkError> {
    let calendar = ctx.calendar()?;
    let rows = ctx.read(|r| {
        let person = r.person_of(ctx.org, patient)?;
        let members = r.members(ctx.org, person)?;
        r.facts(&ctx.scope, &members)
    })?;
    let (person, _) = person_of(&rows);
    Ok(intake::make(kind, &file.name, &file.bytes, day, &person, ctx.now(), &calendar))
}

/// A document in the commit that puts it to review.
pub(crate) struct Reviewed<'a> {
    /// Its id.
    pub(crate) document: &'a str,
    /// `Patient/..`.
    pub(crate) person: &'a str,
    /// As the physician is told it.
    pub(crate) named: &'a str,
    /// Labels of the document.
    pub(crate) labels: u64,
    /// The primary-care physician is told at once.
    pub(crate) tell: bool,
}

/// Begins the review within a commit; as closed as the document and the person's own records.
pub(crate) fn put_to_review(
    tx: &mut WriteTx<'_>,
    ctx: &Ctx,
    patient: (Rid, Rid),
    kind: SourceKind,
    made: &Made,
    of: &Reviewed<'_>,
) -> continuo_store::Result<String> {
    let labels = of.labels | intake::labels_of(tx, patient.1, "")?;
    let beginning = Beginning {
        patient,
        person: of.person,
        kind,
        made,
        document: of.document,
        named: of.named,
        labels,
        tell: of.tell,
    };
    begin(tx, ctx, &beginning)
}

/// The kind of words: what was said when they were taken in, else a letter.
pub(super) fn kind_of(document: &Json) -> SourceKind {
    let said = extension_of(document, intake::EXT_KIND).and_then(Json::as_str).and_then(SourceKind::from_word);
    said.unwrap_or(SourceKind::Document)
}

/// The day of a document as FHIR writes it: of the visit or letter, else the document's own.
pub(super) fn day_of(document: &Json) -> Option<&str> {
    document.str_at("context.period.start").or_else(|| document.str_at("date")?.get(..10))
}

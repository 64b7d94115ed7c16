//! Keeping and finishing the note: a Composition whose statements name their words, a document for the EHR, and word to
//! whoever must know.

use continuo_fhir::{Instant, Json, ResourceType};
use continuo_store::{Scope, WriteTx};

use super::note::{Section, Statement, draft};
use super::review::{self, Review};
use super::write::{EXT_PROPOSED, words_extension};
use super::{decide, ehr, tell};
use crate::access::Permission;
use crate::assess::{put, settle};
use crate::build::{append, extension, list, moment, object, own, reference, words};
use crate::ctx::Ctx;
use crate::entry::papers::base64;
use crate::problem::WorkError;
use crate::tasks::change::{self, By};
use crate::work::Done;

/// A statement of a note with its words (nested `text`, `origin`, words, `proposed` where a person changed it).
pub const EXT_STATEMENT: &str = "urn:continuo:ext:statement";

/// The note as the form gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteForm {
    /// The words of each statement by its number; empty leaves it out.
    pub statements: Vec<(usize, String)>,
    /// Own words to add, by section word.
    pub added: Vec<(String, String)>,
    /// Tell the primary-care physician.
    pub tell: bool,
    /// Finish although proposals are undecided: they are recorded as "nobody decided".
    pub leave_open: bool,
}

/// A statement as it will stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Where.
    pub section: Section,
    /// The words.
    pub text: String,
    /// What the machine wrote, where a person changed it.
    pub proposed: Option<String>,
    /// The words it rests on; none for words a person added.
    pub quotes: Vec<super::propose::Quote>,
}

/// The statements that stay, in order, with what a person changed and added.
pub fn kept(statements: &[Statement], form: &NoteForm) -> Vec<Kept> {
    let mut out: Vec<Kept> = Vec::new();
    for one in statements {
        let given = form.statements.iter().find(|(number, _)| *number == one.number).map(|(_, text)| text.trim());
        let text = given.unwrap_or(if one.doubted { "" } else { &one.text });
        if text.is_empty() {
            continue;
        }
        out.push(Kept {
            section: one.section,
            text: text.to_owned(),
            proposed: (text != one.text).then(|| one.text.clone()),
            quotes: one.quotes.clone(),
        });
    }
    for (word, text) in &form.added {
        let Some((section, ..)) = Section::ALL.iter().find(|(_, w, _)| w == word) else { continue };
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            out.push(Kept { section: *section, text: line.to_owned(), proposed: None, quotes: Vec::new() });
        }
    }
    out.sort_by_key(|one| one.section);
    out
}

/// Keeps the note as it stands; the review goes on.
pub fn save(ctx: &Ctx, id: &str, form: &NoteForm) -> Done<String> {
    let review = open(ctx, id)?;
    let note = kept(&draft(&review), form);
    let (ctx_owned, patient) = (ctx.clone(), review.patient);
    Ok(ctx.write("keep note", move |tx| {
        let composition = composition(&ctx_owned, &review, &note, "preliminary", tx.now());
        write(tx, &review.document, composition.clone())?;
        settle(tx, patient)?;
        Ok(format!("Composition/{}", review::note_id(&review.id)))
    })?)
}

fn open(ctx: &Ctx, id: &str) -> Result<Review, WorkError> {
    ctx.require(Permission::SuggestionDecide)?;
    ctx.require(Permission::RecordWrite)?;
    let review = review::load(ctx, id)?;
    if review.is_finished() {
        return Err(WorkError::Not("this review is finished".to_owned()));
    }
    Ok(review)
}

/// What finishing made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finished {
    /// The note, as a reference.
    pub note: String,
    /// Who was told, as a reference; empty where nobody was.
    pub told: String,
}

/// Finishes a review: the note becomes final, its text a document for the EHR, its task ends, and whoever must know is
/// told. Undoing the commit brings all of it back.
pub fn finish(ctx: &Ctx, id: &str, form: &NoteForm) -> Done<Finished> {
    let review = open(ctx, id)?;
    let (.., waiting) = review.progress();
    if waiting > 0 && !form.leave_open {
        return Err(WorkError::field(
            "leave_open",
            format!("{waiting} still to decide: decide them, or say that they stay undecided"),
        ));
    }
    let dangers = review
        .items
        .iter()
        .any(|item| item.state == "open" && item.proposal.consequence == crate::followup::finding::Consequence::Danger);
    if dangers {
        return Err(WorkError::Not("words of danger cannot stay undecided".to_owned()));
    }
    let note = kept(&draft(&review), form);
    let format = ehr::format(ctx)?;
    let ctx_owned = ctx.clone();
    let tell = form.tell;
    Ok(ctx.write("finish review", move |tx| {
        let ctx = &ctx_owned;
        let now = Instant::from_micros(tx.now());
        let composition = composition(ctx, &review, &note, "final", tx.now());
        let text = ehr::of_composition(&composition, &ctx.actor.name, &format, &ctx.zone);
        write(tx, &review.document, composition)?;
        let note_reference = format!("Composition/{}", review::note_id(&review.id));
        let document = document(ctx, &review, &tx.new_id(), &text, &note_reference, now);
        write(tx, &review.document, document)?;
        decide::lapse(tx, ctx, review.patient, &review.id)?;
        end_task(tx, ctx, &review.id, now)?;
        let told = if tell { told(tx, ctx, &review, &note, &note_reference)? } else { String::new() };
        settle(tx, review.patient)?;
        Ok(Finished { note: note_reference, told })
    })?)
}

fn told(
    tx: &mut WriteTx<'_>,
    ctx: &Ctx,
    review: &Review,
    note: &[Kept],
    composition: &str,
) -> continuo_store::Result<String> {
    let text = summary(review, note);
    let word =
        tell::Word { patient: review.patient, person: &review.person, about: composition, text: &text, unread: false };
    let document = review.document.clone();
    let told = tell::send(tx, ctx, &word, |tx, made| tell::as_closed(tx, &document, made))?;
    Ok(told.map(|told| told.physician).unwrap_or_default())
}

/// Writes something as closed as the document it rests on.
fn write(tx: &mut WriteTx<'_>, document: &str, mut made: Json) -> continuo_store::Result<()> {
    tell::as_closed(tx, document, &mut made)?;
    put(tx, made)?;
    Ok(())
}

fn end_task(tx: &mut WriteTx<'_>, ctx: &Ctx, id: &str, now: Instant) -> continuo_store::Result<()> {
    let stored = tx.reader()?.get(&Scope::all(ctx.org), ResourceType::of("Task"), id)?;
    let task = Json::parse(stored.bytes.as_deref().unwrap_or_default())
        .map_err(|error| continuo_store::Error::Damaged(error.to_string()))?;
    let calendar = crate::site_days::of(tx.conn()?, ctx.org)?.calendar(ctx.zone.clone(), now);
    let by = By { who: &ctx.actor.reference, now, zone: &ctx.zone, calendar: &calendar, supervisor: false };
    let done = change::complete(&task, "reviewed", "", &by)
        .map_err(|refused| continuo_store::Error::Refused(refused.to_string()))?;
    put(tx, done)?;
    Ok(())
}

fn composition(ctx: &Ctx, review: &Review, note: &[Kept], status: &str, now: i64) -> Json {
    let now = Instant::from_micros(now);
    let mut one = object([
        ("resourceType", Json::string("Composition")),
        ("id", Json::string(review::note_id(&review.id))),
        ("status", Json::string(status)),
        ("type", words(&format!("Note: {}", review.kind.label().to_lowercase()))),
        ("subject", reference(&review.person)),
        ("date", moment(now, &ctx.zone)),
        ("author", list([reference(&ctx.actor.reference)])),
        ("title", Json::string(&*review.title)),
        (
            "relatesTo",
            list([object([("code", Json::string("transforms")), ("targetReference", reference(&review.document))])]),
        ),
    ]);
    let sections = Section::ALL.iter().filter_map(|(section, word, heading)| {
        let mine: Vec<&Kept> = note.iter().filter(|one| one.section == *section).collect();
        if mine.is_empty() {
            return None;
        }
        let lines: String = mine.iter().map(|one| format!("<p>{}</p>", escaped(&one.text))).collect();
        let mut out = object([
            ("title", Json::string(*heading)),
            ("code", own(word)),
            (
                "text",
                object([
                    ("status", Json::string("additional")),
                    ("div", Json::string(format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{lines}</div>"))),
                ]),
            ),
        ]);
        for statement in mine {
            append(&mut out, "extension", statement_extension(statement));
        }
        Some(out)
    });
    one.set("section", list(sections));
    one
}

fn statement_extension(one: &Kept) -> Json {
    let mut parts = vec![extension("text", "valueString", Json::string(&*one.text))];
    parts.extend(one.quotes.iter().map(|quote| words_extension(quote.span.start, quote.span.end, &quote.text)));
    if let Some(proposed) = &one.proposed {
        parts.push(extension(EXT_PROPOSED, "valueString", Json::string(&**proposed)));
    }
    object([("url", Json::string(EXT_STATEMENT)), ("extension", list(parts))])
}

fn escaped(text: &str) -> String {
    let plain = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    let mut out = String::with_capacity(text.len());
    for c in plain {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
    }
    out
}

fn document(ctx: &Ctx, review: &Review, id: &str, text: &str, note: &str, now: Instant) -> Json {
    text_document(ctx, &review.person, id, &format!("Note: {}", review.title), text, note, now)
}

/// A note's text as a document: how it leaves for a clinic's EHR.
pub(crate) fn text_document(
    ctx: &Ctx,
    person: &str,
    id: &str,
    title: &str,
    text: &str,
    about: &str,
    now: Instant,
) -> Json {
    object([
        ("resourceType", Json::string("DocumentReference")),
        ("id", Json::string(id)),
        ("status", Json::string("current")),
        ("type", words("Note for the EHR")),
        ("subject", reference(person)),
        ("date", moment(now, &ctx.zone)),
        ("author", list([reference(&ctx.actor.reference)])),
        ("description", Json::string(title)),
        (
            "content",
            list([object([(
                "attachment",
                object([
                    ("contentType", Json::string("text/plain; charset=utf-8")),
                    ("data", Json::string(base64(text.as_bytes()))),
                ]),
            )])]),
        ),
        ("context", object([("related", list([reference(about)]))])),
    ])
}

/// The plan in a few lines: what was decided, and the first statements of the plan.
pub fn summary(review: &Review, note: &[Kept]) -> String {
    const LINES: usize = 6;
    let named = match continuo_fhir::Date::parse(&review.day) {
        Some(day) => tell::named(&review.title, day, &review.from),
        None => review.title.clone(),
    };
    let mut lines = vec![format!("{named}:")];
    let accepted = review.items.iter().filter(|item| matches!(item.state.as_str(), "accepted" | "changed"));
    lines.extend(accepted.take(LINES).map(|item| format!("- {}: {}", item.proposal.kind.label(), item.proposal.what)));
    let plan = note.iter().filter(|one| one.section == Section::AssessmentPlan);
    lines.extend(plan.take(LINES).map(|one| format!("- {}", one.text)));
    lines.dedup();
    lines.join("\n")
}

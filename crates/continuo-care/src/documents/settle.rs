//! Settling a document: filed to a person with kind and date (a `DocumentReference`, and a `Task` where somebody must
//! act), or closed with a reason. One commit each, which can be taken back.

use continuo_fhir::Json;
use continuo_store::tables::document_inbox::{self, CLOSED, FILED, Settled, WAITING};
use continuo_store::tables::{document_blob, person_header};
use continuo_store::{CommitId, Error as StoreError, Rid, WriteTx};

use super::attached::Attached;
use super::{InboxRow, KINDS, door, everything, found};
use crate::access::{LABELS, Permission, labels_named};
use crate::assess::{label, put, settle};
use crate::build::{list, object, reference, words};
use crate::ctx::Ctx;
use crate::entry::Values;
use crate::problem::WorkError;
use crate::record::permission;
use crate::scribe::filed::{self, Reviewed};
use crate::scribe::intake::Made;
use crate::scribe::source::SourceKind;
use crate::tasks::make::{self, NewTask};
use crate::work::{self, Done, person_rid};

const DOCUMENT: &str = "DocumentReference";
/// What is asked for where it is missing.
const WHOSE: &str = "choose whose it is";
const WHAT: &str = "choose what it is";
/// What a second person hears who files what was filed a moment ago.
const SETTLED: &str = "somebody settled this document a moment ago";

/// Files a waiting document. Fields: `person` (Patient id), `kind`, `date`, `title`, `from`, `label` (a sensitivity label),
/// `referral` (the open one it answers), `act` (`yes`: somebody must act) with `what`, `owner`, `due`; `read` (`yes`: its
/// words are put to review), and then `tell` (`yes`: the primary-care physician is told at once). Returns the id of the `DocumentReference`.
pub fn file(ctx: &Ctx, id: &str, values: &Values) -> Done<String> {
    door(ctx)?;
    ctx.require(permission::to_write(DOCUMENT))?;
    let row = found(ctx, id)?;
    if row.state != WAITING {
        return Err(WorkError::Not(SETTLED.to_owned()));
    }
    let person = values.need("person", WHOSE)?.to_owned();
    let rid = person_rid(ctx, &format!("Patient/{person}"))?;
    let labels = match values.get("label") {
        "" => 0,
        one if LABELS.iter().any(|label| label.id == one) => labels_named([one].into_iter()),
        _ => return Err(WorkError::field("label", "choose one of the list")),
    };
    let (reference_id, task_id) = (ctx.ids().next().to_string(), ctx.ids().next().to_string());
    crate::entry::referred::check(ctx, rid, values)?;
    let mut document = document(ctx, &reference_id, id, &row.type_, row.size, values)?;
    if !values.get("referral").is_empty() {
        document.set("context", object([("related", list([reference(values.get("referral"))]))]));
    }
    label::close(&mut document, labels, &[]);
    let task = match values.get("act") {
        "yes" => {
            let mut task = task(ctx, &task_id, &reference_id, (rid, labels), values)?;
            label::close(&mut task, labels, &[]);
            Some(task)
        }
        _ => None,
    };
    let words = match values.get("read") {
        "yes" => Some(words_of(ctx, rid, &row, values)?),
        _ => None,
    };
    let named = crate::scribe::tell::named(
        document.str_at("description").unwrap_or_default(),
        values.day("date")?,
        values.get("from"),
    );
    let tell = values.get("tell") == "yes";
    let (org, by, id, ctx_owned) = (ctx.org, ctx.actor.reference.clone(), id.to_owned(), ctx.clone());
    let done = ctx.write("file document", move |tx| {
        let (commit, at) = (tx.commit_id(), tx.now());
        let how = Settled { state: FILED, document: &reference_id, by: &by, at, reason: "", commit };
        if !document_inbox::settle(tx.conn()?, org, &id, &how)? {
            return Err(StoreError::Refused(SETTLED.to_owned()));
        }
        document_blob::file_to(tx.conn()?, org, &id, rid, labels)?;
        put(tx, document)?;
        if let Some(task) = task {
            put(tx, task)?;
        }
        if let Some(words) = words {
            let of = tx.reader()?.person_of(org, rid)?;
            let person = format!("Patient/{person}");
            let reviewed = Reviewed { document: &reference_id, person: &person, named: &named, labels, tell };
            filed::put_to_review(tx, &ctx_owned, (rid, of), SourceKind::Document, &words, &reviewed)?;
        }
        settle(tx, rid)?;
        Ok(reference_id)
    })?;
    Ok(done)
}

/// Fields that are empty and must not be before a document is filed, with what to ask for.
pub fn missing(values: &Values) -> Vec<(&'static str, &'static str)> {
    let needed = [("person", WHOSE), ("kind", WHAT), ("date", "give the date on it")];
    needed.into_iter().filter(|(field, _)| values.get(field).is_empty()).collect()
}

/// What the words of a waiting document come to; a picture has none that are read here.
fn words_of(ctx: &Ctx, rid: Rid, row: &InboxRow, values: &Values) -> Result<Made, WorkError> {
    ctx.require(Permission::RecordWrite)?;
    let (media_type, bytes) = super::content(ctx, &row.id)?;
    let file = Attached { name: row.name.clone(), media_type, bytes };
    let made = filed::made(ctx, rid, SourceKind::Document, &file, values.day("date")?)?;
    if made.reading.said.is_empty() {
        return Err(WorkError::field("read", filed::NO_WORDS));
    }
    Ok(made)
}

fn document(ctx: &Ctx, id: &str, blob: &str, media_type: &str, size: i64, values: &Values) -> Result<Json, WorkError> {
    let kind =
        KINDS.iter().find(|(code, _)| *code == values.get("kind")).ok_or_else(|| WorkError::field("kind", WHAT))?;
    let day = values.day("date")?;
    if day.low(&ctx.zone) > ctx.now() {
        return Err(WorkError::field("date", "this day is still to come"));
    }
    let title = match values.get("title") {
        "" => kind.1,
        title => title,
    };
    let author = match values.get("from") {
        "" => reference(&ctx.actor.reference),
        from => object([("display", Json::string(from))]),
    };
    Ok(object([
        ("resourceType", Json::string(DOCUMENT)),
        ("id", Json::string(id)),
        ("status", Json::string("current")),
        ("type", words(kind.1)),
        ("subject", reference(&format!("Patient/{}", values.get("person")))),
        ("date", crate::build::moment(day.low(&ctx.zone), &ctx.zone)),
        ("author", list([author])),
        ("authenticator", reference(&ctx.actor.reference)),
        ("description", Json::string(title)),
        (
            "content",
            list([object([(
                "attachment",
                object([
                    ("contentType", Json::string(media_type)),
                    ("url", Json::string(format!("Binary/{blob}"))),
                    ("size", Json::integer(size)),
                    ("title", Json::string(title)),
                ]),
            )])]),
        ),
    ]))
}

fn task(ctx: &Ctx, id: &str, document: &str, (rid, labels): (Rid, u64), values: &Values) -> Result<Json, WorkError> {
    ctx.require(Permission::WorkAct)?;
    let calendar = ctx.calendar()?;
    let due = match values.date("due")? {
        None => calendar.end_of(calendar.plus_business(calendar.day(ctx.now()), 1)),
        Some(day) => calendar.end_of(day),
    };
    if due < ctx.now() {
        return Err(WorkError::field("due", "this day has passed"));
    }
    let owner = match values.get("owner") {
        "" => coordinator(ctx, rid)?,
        owner => {
            work::giving::check(ctx, owner, rid, labels).map_err(work::at_owner)?;
            owner.to_owned()
        }
    };
    let what = match values.get("what") {
        "" => "Act on the document filed".to_owned(),
        what => what.to_owned(),
    };
    let new = NewTask {
        kind: "document".to_owned(),
        what,
        person: format!("Patient/{}", values.get("person")),
        owner,
        due: Some(due),
        due_rule: "set when the document was filed".to_owned(),
        about: format!("{DOCUMENT}/{document}"),
        ..NewTask::default()
    };
    Ok(make::task(id, &new, &ctx.actor.reference, ctx.now(), &ctx.zone))
}

/// The person's coordinator, else whoever files.
fn coordinator(ctx: &Ctx, rid: Rid) -> Result<String, WorkError> {
    let headers = ctx.read(|r| {
        let person = r.person_of(ctx.org, rid)?;
        person_header::of_patients(r.conn(), &everything(ctx), &[person])
    })?;
    let owner = headers.into_iter().next().map(|header| header.owner).unwrap_or_default();
    Ok(if owner.is_empty() { ctx.actor.reference.clone() } else { owner })
}

/// Closes a waiting document that belongs to nobody here, with a reason.
pub fn close(ctx: &Ctx, id: &str, reason: &str) -> Done<()> {
    door(ctx)?;
    ctx.require(permission::to_write(DOCUMENT))?;
    if found(ctx, id)?.state != WAITING {
        return Err(WorkError::Not(SETTLED.to_owned()));
    }
    let reason = reason.trim().to_owned();
    if reason.chars().count() < 3 {
        return Err(WorkError::field("reason", "say why it belongs to nobody"));
    }
    let (org, by, id) = (ctx.org, ctx.actor.reference.clone(), id.to_owned());
    Ok(ctx.write("close document", move |tx| {
        let (commit, at) = (tx.commit_id(), tx.now());
        let how = Settled { state: CLOSED, document: "", by: &by, at, reason: &reason, commit };
        if !document_inbox::settle(tx.conn()?, org, &id, &how)? {
            return Err(StoreError::Refused(SETTLED.to_owned()));
        }
        tx.audit("close document", Rid(0), &id, &reason);
        Ok(())
    })?)
}

/// Lets what a commit settled wait again; part of undoing that commit.
pub fn reopen_of_commit(tx: &mut WriteTx<'_>, commit: CommitId) -> continuo_store::Result<()> {
    let org = tx.org();
    document_inbox::reopen(tx.conn()?, org, commit)?;
    Ok(())
}

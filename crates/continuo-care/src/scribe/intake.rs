//! Taking words in: the bytes are kept as received, a document points at them, proposals and questions wait for review.
//!
//! One commit holds all of it. Words of self-harm open the safety contact in the same commit (safety.md rule 8): that
//! does not wait for a review.

use continuo_fhir::letters::hex;
use continuo_fhir::{Date, Instant, Json, ResourceType};
use continuo_store::tables::document_blob::{self, DocumentBlob};
use continuo_store::{Rid, Scope};
use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::begin::{Beginning, begin};
use super::propose::{self, Kind, Known, Proposal};
use super::source::{self, Reading, SourceKind};
use super::unsaid::{self, Question};
use super::{tell, whose};
use crate::access::{LABELS, Permission, labels_named};
use crate::assess::{label, person_of, put, settle};
use crate::build::{append, extension, list, moment, object, reference, words};
use crate::ctx::Ctx;
use crate::entry::papers::base64;
use crate::problem::WorkError;
use crate::work::{Done, person_rid};

/// Largest input taken.
pub const LARGEST: usize = 20 << 20;
/// Kind of the words, on the DocumentReference (`valueCode`).
pub const EXT_KIND: &str = "urn:continuo:ext:words-kind";
/// SHA-256 of the bytes as received, in hex (`valueString`).
pub const EXT_SHA256: &str = "urn:continuo:ext:sha256";

/// What came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Incoming {
    /// `Patient/..`.
    pub person: String,
    /// Kind of words.
    pub kind: SourceKind,
    /// "Visit with Dr. Cho"; empty takes the kind's own name.
    pub title: String,
    /// Day of the visit, call or letter; nothing means today.
    pub day: Option<Date>,
    /// Who wrote or held it, as typed; empty means the one who takes it in.
    pub from: String,
    /// What it belongs to: the call it is of (`Communication/..`), the task it is for (`Task/..`).
    pub about: String,
    /// Label that closes the words and all that comes of them, by the id of `access::LABELS`; empty for none.
    pub label: String,
    /// The primary-care physician is told what a letter plans at once, before it is reviewed.
    pub tell: bool,
    /// Name of the file; empty for pasted text.
    pub name: String,
    /// Media type as sent.
    pub media_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// What the engine makes of what came in: computed before anything is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// The reading.
    pub reading: Reading,
    /// Proposals.
    pub proposals: Vec<Proposal>,
    /// Questions.
    pub questions: Vec<Question>,
    /// Why the words may be about somebody else; empty where nothing says so.
    pub doubt: String,
}

/// From bytes and the record's facts to proposals. Pure; the figure of the scribe's speed is taken here.
pub fn make(
    kind: SourceKind,
    name: &str,
    bytes: &[u8],
    day: Date,
    person: &crate::followup::person::Person<'_>,
    now: Instant,
    calendar: &crate::followup::calendar::Calendar,
) -> Made {
    let reading = source::read(kind, name, bytes);
    let known = Known::of(person);
    let proposals = propose::all(&reading, kind, day, &known);
    let questions = match kind {
        _ if reading.said.is_empty() => Vec::new(),
        SourceKind::Document => unsaid::of_letter(&propose::left_out(&reading, kind, day, &known)),
        _ => unsaid::questions(&reading, person, &known, now, calendar),
    };
    let doubt = whose::doubt(&reading, kind, person).unwrap_or_default();
    Made { reading, proposals, questions, doubt }
}

/// Takes words in for a person. Returns the id of the review.
pub fn take(ctx: &Ctx, incoming: Incoming) -> Done<String> {
    ctx.require(Permission::RecordWrite)?;
    if incoming.bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(WorkError::field("text", "paste or type the words, or choose a file"));
    }
    if incoming.bytes.len() > LARGEST {
        return Err(WorkError::field("file", "this is larger than 20 MB"));
    }
    let rid = person_rid(ctx, &incoming.person)?;
    belongs(ctx, rid, &incoming.about)?;
    // Words about somebody whose record is closed are as closed as the record, and no service reads them.
    let id = incoming.person.trim_start_matches("Patient/").to_owned();
    let own = ctx.read(|r| Ok(r.get(&ctx.scope, crate::chart::PATIENT, &id)?.labels))?;
    let labels = own | chosen_label(&incoming.label)?;
    let now = ctx.now();
    let calendar = ctx.calendar()?;
    let day = incoming.day.unwrap_or_else(|| calendar.day(now));
    if day.low(&ctx.zone) > now {
        return Err(WorkError::field("date", "this day has not come yet"));
    }
    let rows = ctx.read(|r| {
        let person = r.person_of(ctx.org, rid)?;
        let members = r.members(ctx.org, person)?;
        r.facts(&ctx.scope, &members)
    })?;
    let (person, _) = person_of(&rows);
    let made = make(incoming.kind, &incoming.name, &incoming.bytes, day, &person, now, &calendar);
    let ctx_owned = ctx.clone();
    Ok(ctx.write("take in words", move |tx| {
        let ctx = &ctx_owned;
        let (document, blob) = (tx.new_id(), tx.new_id());
        let org = tx.org();
        let kept = DocumentBlob {
            id: blob.clone(),
            at: now.micros(),
            patient: rid,
            labels: 0,
            type_: media_type(&incoming).to_owned(),
            name: incoming.name.clone(),
            bytes: incoming.bytes.clone(),
        };
        let person = tx.reader()?.person_of(org, rid)?;
        // As closed as the record, the label chosen, and the call or task that the words are of.
        let labels = labels | labels_of(tx, person, &incoming.about)?;
        let mut paper = document_of(ctx, &incoming, &document, &blob, day, now);
        label::close(&mut paper, labels, &[]);
        document_blob::add(tx.conn()?, org, &DocumentBlob { labels, ..kept })?;
        put(tx, paper)?;
        let beginning = Beginning {
            patient: (rid, person),
            person: &incoming.person,
            kind: incoming.kind,
            made: &made,
            document: &document,
            named: &tell::named(title(&incoming), day, &incoming.from),
            labels,
            tell: incoming.tell,
        };
        let review = begin(tx, ctx, &beginning)?;
        settle(tx, rid)?;
        Ok(review)
    })?)
}

/// The bits of a label chosen by its id.
pub(crate) fn chosen_label(id: &str) -> Result<u64, WorkError> {
    match id {
        "" => Ok(0),
        one if LABELS.iter().any(|label| label.id == one) => Ok(labels_named([one].into_iter())),
        _ => Err(WorkError::field("label", "choose one of the list")),
    }
}

/// Checks that what the words belong to is this person's and may be seen by who takes them in.
pub(crate) fn belongs(ctx: &Ctx, patient: Rid, about: &str) -> Result<(), WorkError> {
    if about.is_empty() {
        return Ok(());
    }
    let parts = about.split_once('/').and_then(|(type_, id)| Some((ResourceType::find(type_)?, id)));
    let same = ctx.read(|r| {
        let found = match parts {
            Some((type_, id)) => r.find(&ctx.scope, type_, id)?,
            None => None,
        };
        let Some(found) = found.filter(|stored| stored.bytes.is_some()) else { return Ok(false) };
        Ok(r.person_of(ctx.org, found.patient)? == r.person_of(ctx.org, patient)?)
    })?;
    if same { Ok(()) } else { Err(WorkError::NotFound("the call or task these words are of".to_owned())) }
}

/// Labels of the person's records and of what the words are of: words under any of them stay here.
pub(super) fn labels_of(tx: &mut continuo_store::WriteTx<'_>, person: Rid, about: &str) -> continuo_store::Result<u64> {
    let org = tx.org();
    let all = Scope::all(org);
    let mut reader = tx.reader()?;
    let members = reader.members(org, person)?;
    let own = reader.facts(&all, &members)?.into_iter().filter(|row| row.rid == row.patient);
    let mut labels = own.fold(0, |labels, row| labels | row.labels);
    if let Some((type_, id)) = about.split_once('/')
        && let Some(type_) = ResourceType::find(type_)
        && let Some(found) = reader.find(&all, type_, id)?
    {
        labels |= found.labels;
    }
    Ok(labels)
}

pub(crate) fn is_self_harm(one: &Proposal) -> bool {
    one.kind == Kind::Danger && one.values.iter().any(|(name, value)| name == "self_harm" && value == "yes")
}

fn media_type(incoming: &Incoming) -> &str {
    match incoming.media_type.as_str() {
        "" => "text/plain; charset=utf-8",
        given => given,
    }
}

fn title(incoming: &Incoming) -> &str {
    if incoming.title.trim().is_empty() { incoming.kind.label() } else { incoming.title.trim() }
}

fn document_of(ctx: &Ctx, incoming: &Incoming, id: &str, blob: &str, day: Date, now: Instant) -> Json {
    let title = title(incoming);
    let mut document = object([
        ("resourceType", Json::string("DocumentReference")),
        ("id", Json::string(id)),
        ("status", Json::string("current")),
        ("type", words(incoming.kind.label())),
        ("subject", reference(&incoming.person)),
        ("date", moment(now, &ctx.zone)),
        ("description", Json::string(title)),
    ]);
    let author = if incoming.from.trim().is_empty() {
        reference(&ctx.actor.reference)
    } else {
        object([("display", Json::string(incoming.from.trim()))])
    };
    document.set("author", list([author]));
    let mut attachment = object([
        ("contentType", Json::string(media_type(incoming))),
        ("url", Json::string(format!("Binary/{blob}"))),
        ("size", Json::integer(incoming.bytes.len() as i64)),
        ("hash", Json::string(base64(&Sha1::digest(&incoming.bytes)))),
        ("creation", moment(now, &ctx.zone)),
    ]);
    if !incoming.name.is_empty() {
        attachment.set("title", Json::string(&*incoming.name));
    }
    document.set("content", list([object([("attachment", attachment)])]));
    let mut context = object([("period", object([("start", crate::build::date(day))]))]);
    if !incoming.about.is_empty() {
        context.set("related", list([reference(&incoming.about)]));
    }
    document.set("context", context);
    append(&mut document, "extension", extension(EXT_KIND, "valueCode", Json::string(incoming.kind.word())));
    append(&mut document, "extension", extension(EXT_SHA256, "valueString", Json::string(sha256(&incoming.bytes))));
    document
}

/// SHA-256 in hex.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

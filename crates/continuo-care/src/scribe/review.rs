//! One review as its page shows it: the words on one side, what was proposed on the other, and what is still open.

use continuo_fhir::{Instant, Json, ResourceType};
use continuo_store::tables::decision::{self, Decision};
use continuo_store::tables::suggestion::{self, Suggestion};
use continuo_store::tables::work::{self, Work};
use continuo_store::{Error as StoreError, Rid};

use super::propose::{self, Kind, Proposal};
use super::source::{self, Reading, SourceKind};
use super::tell::{self, Told};
use super::{REVIEW, RULE, UNSAID, filed, intake, stored, whose};
use crate::access::Permission;
use crate::assess::site;
use crate::ctx::Ctx;
use crate::documents::attached::{self, Attached};
use crate::problem::WorkError;
use crate::record::audit;
use crate::tasks::view::{TaskView, view};
use crate::work::parse;

const TASK: ResourceType = ResourceType::of("Task");
const DOCUMENT: ResourceType = ResourceType::of("DocumentReference");

/// Something to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Suggestion id.
    pub id: String,
    /// `open`, `accepted`, `changed`, `rejected`, `lapsed`.
    pub state: String,
    /// What was proposed.
    pub proposal: Proposal,
    /// What a person changed before accepting.
    pub edited: Option<Vec<(String, String)>>,
    /// Whether each quote still stands where it says, in this reading.
    pub holds: bool,
    /// How it was decided, newest last.
    pub decisions: Vec<Decision>,
}

/// Something not said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsaid {
    /// Suggestion id.
    pub id: String,
    /// `open`, `accepted` (a task to ask), `rejected` (marked not asked), `lapsed`.
    pub state: String,
    /// "Weight today?"
    pub ask: String,
    /// Why it is asked.
    pub why: String,
    /// Entries that give the reason.
    pub because: Vec<String>,
}

/// The whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Its id, that of its task.
    pub id: String,
    /// Whose.
    pub patient: Rid,
    /// `Patient/..`.
    pub person: String,
    /// Its task.
    pub task: TaskView,
    /// Kind of words.
    pub kind: SourceKind,
    /// `DocumentReference/..`.
    pub document: String,
    /// "Visit with Dr. Cho".
    pub title: String,
    /// The call or task the words are of (`Communication/..`, `Task/..`); empty where none is known.
    pub of: String,
    /// Day of the visit, as FHIR writes it.
    pub day: String,
    /// Who it is from, where that was typed.
    pub from: String,
    /// When it was taken in.
    pub taken: String,
    /// File name, size and hash as received.
    pub received: (String, i64, String),
    /// The reading.
    pub reading: Reading,
    /// Proposals in order.
    pub items: Vec<Item>,
    /// Questions in order.
    pub unsaid: Vec<Unsaid>,
    /// The note, when one was kept or finished.
    pub note: Option<Json>,
    /// The physician was told before the review was finished.
    pub told: Option<Told>,
}

impl Review {
    /// Proposed, accepted, rejected, open.
    pub fn progress(&self) -> (usize, usize, usize, usize) {
        let with = |states: &[&str]| self.items.iter().filter(|item| states.contains(&item.state.as_str())).count();
        (self.items.len(), with(&["accepted", "changed"]), with(&["rejected"]), with(&["open"]))
    }

    /// Whether it was finished.
    pub fn is_finished(&self) -> bool {
        !crate::tasks::OPEN.contains(&self.task.status.as_str())
    }
}

pub(super) fn may(ctx: &Ctx) -> Result<(), WorkError> {
    ctx.require(Permission::WorkRead)?;
    Ok(ctx.require(Permission::RecordRead)?)
}

/// Loads a review.
pub fn load(ctx: &Ctx, id: &str) -> Result<Review, WorkError> {
    may(ctx)?;
    let (task, document, patient, rows, file, note, facts) = ctx.read(|r| {
        let stored = r.get(&ctx.scope, TASK, id)?;
        let task = json(stored.bytes.as_deref())?;
        let about = task.str_at("focus.reference").and_then(|about| about.strip_prefix("DocumentReference/"));
        let about = about
            .filter(|_| crate::tasks::change::code_of(&task) == REVIEW)
            .ok_or_else(|| StoreError::NotFound("this review".to_owned()))?
            .to_owned();
        let document = json(r.get(&ctx.scope, DOCUMENT, &about)?.bytes.as_deref())?;
        let file = attached::file_of(r, &ctx.scope, &document)?.unwrap_or_default();
        let person = r.person_of(ctx.org, stored.patient)?;
        let listed = suggestion::listed(r.conn(), &ctx.scope, &[person], 0)?;
        let mut rows: Vec<(Suggestion, Vec<Decision>)> = Vec::new();
        for row in listed.into_iter().filter(|row| stored::is_of(&row.key, id)) {
            let decisions = decision::of_suggestion(r.conn(), ctx.org, &row.id)?;
            rows.push((row, decisions));
        }
        rows.sort_by(|a, b| {
            let number = |key: &str| key.rsplit_once('#').map(|(_, n)| n.to_owned()).unwrap_or_default();
            number(&a.0.key).cmp(&number(&b.0.key))
        });
        let note = note_of(r, ctx, id)?;
        let members = r.members(ctx.org, person)?;
        let facts = r.facts(&ctx.scope, &members)?;
        Ok((task, document, stored.patient, rows, file, note, facts))
    })?;
    audit(ctx, "read review", patient, &format!("Task/{id}"))
        .map_err(|_| WorkError::Not("the read could not be audited".to_owned()))?;
    let calendar = site::calendar(ctx.zone.clone(), ctx.now());
    let kind = filed::kind_of(&document);
    let Attached { name, bytes, .. } = file;
    let reading = source::read(kind, &name, &bytes);
    let text = |path: &str| document.str_at(path).unwrap_or_default().to_owned();
    let told = tell::told(&task);
    let task = view(&task, ctx.now(), &calendar);
    let mut items = Vec::new();
    let mut unsaid = Vec::new();
    for (row, decisions) in rows {
        match row.rule.as_str() {
            RULE => items.extend(item(&row, decisions, &reading)),
            UNSAID => unsaid.extend(question(&row)),
            _ => {}
        }
    }
    // Danger that a language model saw later still stands first.
    items.sort_by_key(|item: &Item| item.proposal.kind != Kind::Danger);
    let mut reading = reading;
    if let Some(doubt) = whose::doubt(&reading, kind, &crate::assess::person_of(&facts).0) {
        reading.notices.insert(0, doubt);
    }
    if items.len() >= propose::MOST {
        reading.notices.push(format!(
            "More was found than a review holds: the first {} are proposed, words of danger first.",
            propose::MOST
        ));
    }
    Ok(Review {
        id: id.to_owned(),
        patient,
        person: task.person.clone(),
        document: format!("DocumentReference/{}", text("id")),
        title: text("description"),
        of: document.at("context.related.0.reference").and_then(Json::as_str).unwrap_or_default().to_owned(),
        day: filed::day_of(&document).unwrap_or_default().to_owned(),
        from: document.at("author.0.display").and_then(Json::as_str).unwrap_or_default().to_owned(),
        taken: text("date"),
        received: (name, bytes.len() as i64, intake::sha256(&bytes)),
        task,
        kind,
        reading,
        items,
        unsaid,
        note,
        told,
    })
}

fn json(bytes: Option<&[u8]>) -> continuo_store::Result<Json> {
    Json::parse(bytes.unwrap_or_default()).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// The note of a review: its id is made from the review's, so that there is one.
pub(super) fn note_id(review: &str) -> String {
    format!("note-{review}")
}

fn note_of(r: &mut continuo_store::Reader<'_>, ctx: &Ctx, review: &str) -> continuo_store::Result<Option<Json>> {
    let found = r.find(&ctx.scope, ResourceType::of("Composition"), &note_id(review))?;
    found.and_then(|stored| stored.bytes).map(|bytes| json(Some(&bytes))).transpose()
}

fn item(row: &Suggestion, decisions: Vec<Decision>, reading: &Reading) -> Option<Item> {
    let proposal = stored::proposal(&row.body)?;
    let holds = proposal.quotes.iter().all(|quote| quote.span.of(&reading.text) == quote.text);
    Some(Item {
        id: row.id.clone(),
        state: row.state.clone(),
        edited: stored::edited(&row.body).filter(|_| row.state == "changed"),
        proposal,
        holds,
        decisions,
    })
}

fn question(row: &Suggestion) -> Option<Unsaid> {
    let body = crate::assess::body::Body::read(&row.body)?;
    Some(Unsaid {
        id: row.id.clone(),
        state: row.state.clone(),
        ask: body.what,
        why: body.why,
        because: body.evidence.into_iter().map(|(evidence, _)| evidence.reference).collect(),
    })
}

/// The bytes as received, with name and media type.
pub fn received(ctx: &Ctx, id: &str) -> Result<(String, String, Vec<u8>), WorkError> {
    may(ctx)?;
    let stored = ctx.read(|r| r.get(&ctx.scope, TASK, id))?;
    let task = parse(stored.bytes.as_deref())?;
    let about = task.str_at("focus.reference").and_then(|about| about.strip_prefix("DocumentReference/"));
    let Some(about) = about.map(str::to_owned) else { return Err(WorkError::NotFound("this review".to_owned())) };
    let found = ctx.read(|r| {
        let document = json(r.get(&ctx.scope, DOCUMENT, &about)?.bytes.as_deref())?;
        attached::file_of(r, &ctx.scope, &document)
    })?;
    let found = found.ok_or_else(|| WorkError::NotFound("what was received".to_owned()))?;
    audit(ctx, "read received words", stored.patient, &format!("DocumentReference/{about}"))
        .map_err(|_| WorkError::Not("the read could not be audited".to_owned()))?;
    Ok((found.name, found.media_type, found.bytes))
}

/// One open review in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Review id.
    pub id: String,
    /// Whose.
    pub patient: Rid,
    /// "Review: transcript of a call".
    pub what: String,
    /// Due.
    pub due: Option<Instant>,
    /// "2 days late".
    pub late: Option<String>,
    /// Owner.
    pub owner: String,
    /// Words of danger were said.
    pub danger: bool,
    /// Proposals, and how many wait.
    pub counts: (usize, usize),
}

/// Open reviews in scope, worst first.
pub fn open(ctx: &Ctx, most: i64) -> Result<Vec<Open>, WorkError> {
    may(ctx)?;
    let now = ctx.now();
    let calendar = site::calendar(ctx.zone.clone(), now);
    let (rows, suggestions) = ctx.read(|r| {
        let rows = work::of_kind(r.conn(), &ctx.scope, REVIEW, most)?;
        let mut people: Vec<Rid> = rows.iter().map(|row| row.patient).collect();
        people.sort();
        people.dedup();
        let all = if people.is_empty() { Vec::new() } else { suggestion::listed(r.conn(), &ctx.scope, &people, 0)? };
        Ok((rows, all))
    })?;
    Ok(rows
        .into_iter()
        .map(|row: Work| {
            let mine = suggestions.iter().filter(|one| one.rule == RULE && stored::is_of(&one.key, &row.id));
            let (all, waiting) =
                mine.fold((0, 0), |(all, waiting), one| (all + 1, waiting + usize::from(one.state == "open")));
            let due = (row.due != suggestion::NEVER).then(|| Instant::from_micros(row.due));
            Open {
                late: crate::followup::case::lateness(due, now, &calendar),
                id: row.id,
                patient: row.patient,
                what: row.what,
                due,
                owner: row.owner,
                danger: row.consequence < 2,
                counts: (all, waiting),
            }
        })
        .collect())
}

//! The inbox: messages from people and staff, each with one piece of work until a person has read and answered it.
//!
//! The follow-up rules open that work (`red-flag-message`, `self-harm-screen`, `unanswered-message`): urgency, route and
//! clock come from triage, which reorders and never hides. The list here is that open work; a message leaves it only when
//! it is answered or a person says that it needs no answer. Moving one down asks why and stands in the ledger.

pub mod act;
pub mod channel;
pub mod limits;
pub mod load;
pub mod raise;

use continuo_fhir::{Instant, Json, ResourceType};
use continuo_store::Rid;
use continuo_store::tables::work::{self, SUGGESTION, Work};
use continuo_text::triage::{self, RedFlag, Triage};
pub use continuo_text::triage::{Urgency, danger_words};

use crate::access::Permission;
use crate::assess::site;
use crate::build::extension_of;
use crate::ctx::Ctx;
use crate::followup::case::{band, lateness};
use crate::followup::finding::{Band, Consequence};
use crate::models::messages::{self as second, Raised};
use crate::problem::WorkError;

/// The rules whose work is about a message.
pub const RULES: [&str; 3] = ["self-harm-screen", "red-flag-message", "unanswered-message"];
/// Why a message was moved down, on its Task (`valueString`).
pub const EXT_MOVED_DOWN: &str = "urn:continuo:ext:moved-down";
/// The reason code of the ledger for a message that was not urgent on reading.
pub const NOT_URGENT: &str = "not-urgent";

pub(crate) const COMMUNICATION: ResourceType = ResourceType::of("Communication");
pub(crate) const TASK: ResourceType = ResourceType::of("Task");

/// One message that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Id of the `Communication`.
    pub message: String,
    /// Whose.
    pub patient: Rid,
    /// When it came, as FHIR writes it; empty where it does not say.
    pub at: String,
    /// Where it stands (safety.md rule 1).
    pub band: Band,
    /// Due.
    pub due: Option<Instant>,
    /// "2 hours late".
    pub late: Option<String>,
    /// The rule the due time comes from.
    pub due_rule: String,
    /// Owner, or the owner proposed.
    pub owner: String,
    /// Nobody accepted this owner yet.
    pub proposed: bool,
    /// "says: chest pain"; empty for a private one.
    pub why: String,
    /// The first words; empty for a private one.
    pub words: String,
    /// The words are Spanish.
    pub spanish: bool,
    /// It must not stand in words in a row (safety.md rule 14).
    pub private: bool,
    /// Why somebody moved it down.
    pub moved_down: String,
    /// Somebody began with it.
    pub started: bool,
}

/// Words shown in a row.
const SNIPPET: usize = 120;

/// Dangers and needs whose words never stand in a row.
pub fn is_private(flags: &[RedFlag]) -> bool {
    use RedFlag as F;
    flags.iter().any(|flag| {
        matches!(
            flag,
            F::DomesticViolence
                | F::ChildSafety
                | F::ElderAbuse
                | F::SuicidalIdeation
                | F::SelfHarm
                | F::Psychosis
                | F::HomicidalIdeation
                | F::Withdrawal
                | F::Overdose
                | F::PregnancyWarning
        )
    })
}

/// Every message that waits for somebody, worst first. Nothing is left out: what has no time stands first in its band.
pub fn list(ctx: &Ctx, most: i64) -> Result<Vec<Row>, WorkError> {
    ctx.require(Permission::WorkRead)?;
    ctx.require(Permission::RecordRead)?;
    let now = ctx.now();
    let calendar = site::calendar(ctx.zone.clone(), now);
    let minutes = limits::get(ctx)?.emergency_minutes;
    let found = ctx.read(|r| {
        let rows = work::of_rules(r.conn(), &ctx.scope, &RULES, most)?;
        let mut out = Vec::new();
        for row in rows {
            let task = if row.kind == SUGGESTION { None } else { r.find(&ctx.scope, TASK, &row.id)? };
            let task = task.and_then(|stored| stored.bytes).and_then(|bytes| Json::parse(&bytes).ok());
            let about = match &task {
                Some(task) => task.str_at("focus.reference").unwrap_or_default().to_owned(),
                None => anchor(r, ctx, &row.id)?,
            };
            let Some(id) = about.strip_prefix("Communication/").map(str::to_owned) else { continue };
            let Some(message) = r.find(&ctx.scope, COMMUNICATION, &id)?.and_then(|stored| stored.bytes) else {
                continue;
            };
            let Ok(message) = Json::parse(&message) else { continue };
            let text = words_of(&message);
            let mut found = triage::triage(&text, None);
            let by = second::raise(r, ctx, &id, &text, &mut found)?;
            out.push((row, id, task, message, text, found, by));
        }
        Ok(out)
    })?;
    let mut rows: Vec<Row> = found
        .into_iter()
        .map(|(row, id, task, message, text, found, by)| {
            let read = Read { text, found, by };
            of(row, id, task.as_ref(), &message, read, minutes, now, &calendar)
        })
        .collect();
    // One message, one row: a suggestion beside its task says nothing new.
    rows.sort_by_key(|row| (row.band, row.due.is_some(), row.due, row.proposed, row.message.clone()));
    let mut seen = std::collections::BTreeSet::new();
    rows.retain(|row| seen.insert(row.message.clone()));
    Ok(rows)
}

pub(crate) fn anchor(r: &mut continuo_store::Reader<'_>, ctx: &Ctx, id: &str) -> continuo_store::Result<String> {
    let found = continuo_store::tables::suggestion::find(r.conn(), &ctx.scope, id)?;
    Ok(found.and_then(|row| crate::assess::body::Body::read(&row.body)).map(|body| body.anchor).unwrap_or_default())
}

/// The words of a message and what triage says of them.
struct Read {
    text: String,
    found: Triage,
    /// The model that raised it.
    by: Option<Raised>,
}

fn of(
    row: Work,
    message: String,
    task: Option<&Json>,
    json: &Json,
    read: Read,
    emergency_minutes: i64,
    now: Instant,
    calendar: &crate::followup::calendar::Calendar,
) -> Row {
    let Read { text, found, by } = read;
    let private = row.sensitive || is_private(&found.red_flags);
    let mut due = (row.due != continuo_store::tables::suggestion::NEVER).then(|| Instant::from_micros(row.due));
    let mut consequence = Consequence::from_rank(row.consequence);
    let moved_down =
        task.and_then(|task| extension_of(task, EXT_MOVED_DOWN)).and_then(Json::as_str).unwrap_or_default().to_owned();
    let mut why = row.why;
    // A person who has read it knows better; before that a raised urgency stands, with the clock that goes with it.
    if let Some(raised) = by.filter(|_| moved_down.is_empty()) {
        consequence = consequence.min(second::consequence_of(found.urgency));
        let clock = match consequence {
            Consequence::Danger => Some(raised.at.plus_seconds(emergency_minutes * 60)),
            Consequence::High => Some(calendar.end_of(calendar.day(raised.at))),
            Consequence::Normal => None,
        };
        due = [due, clock].into_iter().flatten().min();
        why = format!("{why}; raised by the language model {}", raised.model);
    }
    // The task says who raised it; a model's raise stands in `why` already.
    let raised = task.and_then(|task| extension_of(task, raise::EXT_RAISED)).and_then(Json::as_str);
    if let Some(raised) = raised.filter(|_| moved_down.is_empty() && !why.contains("; raised by")) {
        why = format!("{why}; raised by {raised}");
    }
    let short = if text.chars().count() > SNIPPET {
        let start: String = text.chars().take(SNIPPET).collect();
        format!("{}…", start.trim_end())
    } else {
        text.clone()
    };
    Row {
        patient: row.patient,
        at: json.str_at("received").or(json.str_at("sent")).unwrap_or_default().to_owned(),
        band: band(consequence, due, now, calendar),
        late: lateness(due, now, calendar),
        due,
        due_rule: row.due_rule,
        owner: row.owner,
        proposed: row.kind == SUGGESTION,
        why: if private { String::new() } else { why },
        words: if private { String::new() } else { short },
        spanish: crate::messages::looks_spanish(&text),
        private,
        // The reason is a person's words about the message: as private as the message.
        moved_down: if private && !moved_down.is_empty() {
            "for a reason that stands inside".to_owned()
        } else {
            moved_down
        },
        started: row.state == "doing",
        message,
    }
}

/// The words of a message, its parts one after the other.
pub fn words_of(message: &Json) -> String {
    let parts = message.get("payload").map(Json::items).unwrap_or_default();
    parts.iter().filter_map(|part| part.str_at("contentString")).collect::<Vec<_>>().join("\n")
}

/// Whether a message comes from the person or somebody near them.
pub fn is_from_person(message: &Json) -> bool {
    let sender = message.str_at("sender.reference").unwrap_or_default();
    sender.starts_with("Patient/") || sender.starts_with("RelatedPerson/")
}

//! One message as its page shows it: the words as received, the words that decided lit, its work, what was answered.

use continuo_fhir::{Instant, Json};
use continuo_store::Rid;
use continuo_store::tables::work::{self, SUGGESTION};
use continuo_text::span::Span;
use continuo_text::triage::{self, RedFlag, Route, Triage};

use super::{COMMUNICATION, RULES, TASK, is_private, words_of};
use crate::access::Permission;
use crate::assess::site;
use crate::build::extension_of;
use crate::ctx::Ctx;
use crate::followup::finding::Consequence;
use crate::problem::WorkError;
use crate::record::audit;
use crate::tasks::OPEN;
use crate::tasks::view::{TaskView, view};

/// The whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Id of the `Communication`.
    pub id: String,
    /// Whose.
    pub patient: Rid,
    /// `Patient/..`.
    pub person: String,
    /// When it came, as FHIR writes it.
    pub at: String,
    /// Who sent it, as a reference.
    pub sender: String,
    /// The words as received.
    pub words: String,
    /// The words are Spanish.
    pub spanish: bool,
    /// The language model that raised what triage says; empty where none did.
    pub raised_by: String,
    /// What triage says.
    pub triage: Triage,
    /// Who triage proposes: `role:..`.
    pub proposed: &'static str,
    /// Words of it never stand in a row.
    pub private: bool,
    /// Its open work, when there is a task.
    pub task: Option<TaskView>,
    /// Its open work, while it is a suggestion only.
    pub suggestion: Option<String>,
    /// The last work about it that is over.
    pub over: Option<TaskView>,
    /// Why somebody moved it down.
    pub moved_down: String,
    /// Who raised its work and why: "M. Ortiz: short of breath on the phone".
    pub raised: String,
    /// A channel leads back to where it came from.
    pub can_send: bool,
    /// Replies in preparation and sent, oldest first: status and words.
    pub replies: Vec<(String, String)>,
}

impl Message {
    /// The words that decided, in bytes of [`Message::words`].
    pub fn deciding(&self) -> &[Span] {
        &self.triage.because
    }

    /// Whether triage reads a possible emergency.
    pub fn is_emergency(&self) -> bool {
        self.triage.urgency == triage::Urgency::Emergency
    }

    /// Whether triage or a person who read it holds it for an emergency.
    pub fn may_be_danger(&self) -> bool {
        self.is_emergency() || self.task.as_ref().is_some_and(|task| task.consequence == Consequence::Danger)
    }

    /// Whether self-harm is in the words.
    pub fn is_self_harm(&self) -> bool {
        let is_contact = self.task.as_ref().is_some_and(|task| task.kind.code == "suicide-risk-contact");
        // The words count as well as the work that was made of them: an open message that says so is never moved down.
        let says = |flag: &RedFlag| matches!(flag, RedFlag::SuicidalIdeation | RedFlag::SelfHarm);
        let is_open = self.task.is_some() || self.suggestion.is_some();
        is_contact || is_open && self.triage.red_flags.iter().any(says)
    }
}

/// The role that owns the first action of a route.
pub fn role_of(route: Route) -> &'static str {
    match route {
        Route::Nurse => "role:nurse",
        Route::Provider => "role:physician",
        Route::Pharmacist => "role:pharmacist",
        Route::SocialWorker => "role:social-worker",
        Route::Scheduler => "role:scheduler",
        // Nobody's role is billing here: the coordinator knows who to ask.
        Route::CareCoordinator | Route::Billing => "role:care-coordinator",
    }
}

/// Loads a message. Reading is audited.
pub fn load(ctx: &Ctx, id: &str) -> Result<Message, WorkError> {
    ctx.require(Permission::RecordRead)?;
    let reference = format!("Communication/{id}");
    let (json, patient, labels, task, suggestion, over, replies, words, triage, raised_by) = ctx.read(|r| {
        let stored = r.get(&ctx.scope, COMMUNICATION, id)?;
        let json = Json::parse(stored.bytes.as_deref().unwrap_or_default())
            .map_err(|error| continuo_store::Error::Damaged(error.to_string()))?;
        let person = r.person_of(ctx.org, stored.patient)?;
        let mut task = None;
        let mut suggestion = None;
        for row in work::of_patients(r.conn(), &ctx.scope, &[person])? {
            if row.kind == SUGGESTION {
                if RULES.contains(&row.rule.as_str()) && super::anchor(r, ctx, &row.id)? == reference {
                    suggestion = Some(row.id);
                }
                continue;
            }
            let found = r.find(&ctx.scope, TASK, &row.id)?.and_then(|stored| stored.bytes);
            let Some(json) = found.and_then(|bytes| Json::parse(&bytes).ok()) else { continue };
            if json.str_at("focus.reference") == Some(reference.as_str()) {
                // The safety contact stands before everything else that is open about the message.
                if task.is_none() || row.rule == "self-harm-screen" {
                    task = Some(json);
                }
            }
        }
        let members = r.members(ctx.org, person)?;
        let rows = r.facts(&ctx.scope, &members)?;
        let (person, _) = crate::assess::person_of(&rows);
        let replies = person
            .of("Communication")
            .iter()
            .filter(|one| one.points_to(&["inResponseTo"], &reference))
            .map(|one| (one.status().to_owned(), words_of(&one.node.to_json())))
            .collect::<Vec<_>>();
        let over = person
            .of("Task")
            .iter()
            .filter(|one| one.points_to(&["focus"], &reference) && !one.is(&OPEN))
            .map(|one| one.node.to_json())
            .max_by_key(|task| task.str_at("lastModified").and_then(Instant::parse));
        let words = words_of(&json);
        let mut triage = triage::triage(&words, None);
        let raised_by = crate::models::messages::raise(r, ctx, id, &words, &mut triage)?;
        let raised_by = raised_by.map(|raised| raised.model).unwrap_or_default();
        Ok((json, stored.patient, stored.labels, task, suggestion, over, replies, words, triage, raised_by))
    })?;
    audit(ctx, "read message", patient, &reference)
        .map_err(|_| WorkError::Not("the read could not be audited".to_owned()))?;
    let calendar = site::calendar(ctx.zone.clone(), ctx.now());
    let text = |path: &str| json.str_at(path).unwrap_or_default().to_owned();
    Ok(Message {
        id: id.to_owned(),
        patient,
        person: text("subject.reference"),
        at: json.str_at("received").or(json.str_at("sent")).unwrap_or_default().to_owned(),
        sender: text("sender.reference"),
        spanish: crate::messages::looks_spanish(&words),
        proposed: role_of(triage.route),
        private: labels != 0 || is_private(&triage.red_flags),
        moved_down: task
            .as_ref()
            .and_then(|task| extension_of(task, super::EXT_MOVED_DOWN))
            .and_then(Json::as_str)
            .unwrap_or_default()
            .to_owned(),
        can_send: super::channel::of(ctx, &json).is_some(),
        raised: task
            .as_ref()
            .and_then(|task| extension_of(task, super::raise::EXT_RAISED))
            .and_then(Json::as_str)
            .unwrap_or_default()
            .to_owned(),
        task: task.map(|task| view(&task, ctx.now(), &calendar)),
        suggestion,
        over: over.map(|task| view(&task, ctx.now(), &calendar)),
        replies,
        words,
        raised_by,
        triage,
    })
}

//! Language models at work: a text of the record read by the model that the site configured, if any.
//!
//! The built-in engine has read the text before and its findings stand; a model's reading comes later, beside them, as
//! proposals of kind `llm`, or never. A row of `llm_call` is first the place in the queue and then the full log of what
//! was sent and what came back, so that [`replay`] can hold the same answer against the same text again. The binary's
//! thread calls [`round`]; pages ask [`standing`] to say whether a model takes part.

mod anthropic;
mod identity;
pub mod messages;
mod openai;
pub mod sink;
pub mod speech;

use continuo_fhir::Instant;
use continuo_fhir::letters::head;
use continuo_store::tables::llm_call::{self, LlmCall};
use continuo_store::{Rid, WriteTx};
use continuo_text::model::answer::{self, Reading};
use continuo_text::model::ask;
use continuo_text::model::redact::Hidden;
use continuo_text::model::{Ask, LanguageModel, ModelError, Reply};

use crate::access::Permission;
use crate::ctx::{Care, Ctx};
use crate::outbound::settings::{Dialect, ModelSettings};
use crate::outbound::{Outbound, OutboundError};
use crate::problem::WorkError;
use crate::record::audit;

/// Tries of one text before it is given up.
const TRIES: i64 = 4;
const MINUTE: i64 = 60_000_000;
/// Largest answer taken, with the provider's own form around it.
const LARGEST: usize = 2 << 20;

/// What a text is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Proposals for a review.
    Reading,
    /// How urgent a message is.
    Triage,
}

impl Purpose {
    /// The word kept.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Triage => "triage",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Reading, Self::Triage].into_iter().find(|purpose| purpose.word() == word)
    }
}

/// The configured model behind the door.
pub struct Configured<'a> {
    settings: &'a ModelSettings,
    door: &'a dyn Outbound,
}

impl<'a> Configured<'a> {
    /// The site's model, if it has one.
    pub fn of(care: &'a Care) -> Option<Self> {
        let settings = care.outside.services.language_model.as_ref()?;
        Some(Self { settings, door: care.outside.door.as_ref() })
    }
}

impl LanguageModel for Configured<'_> {
    fn name(&self) -> &str {
        &self.settings.model
    }

    fn answer(&self, ask: &Ask) -> Result<Reply, ModelError> {
        // Three bytes a token is more than any tokenizer in use needs for plain text.
        let sent = (ask.instructions.len() + ask.content.len()) as u64 / 3;
        let tokens = sent + u64::from(self.settings.most_tokens);
        let call = match self.settings.dialect {
            Dialect::OpenAi => openai::call(self.settings, ask, LARGEST, tokens),
            Dialect::Anthropic => anthropic::call(self.settings, ask, LARGEST, tokens),
        };
        let answer = self.door.send(&call).map_err(|error| match error {
            OutboundError::NotConfigured(_) => ModelError::Off,
            other => ModelError::Failed(other.to_string()),
        })?;
        match self.settings.dialect {
            Dialect::OpenAi => openai::reply(&answer),
            Dialect::Anthropic => anthropic::reply(&answer),
        }
    }
}

/// What became of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Read; what stands on its words.
    Read(Reading),
    /// Not read, in words for a person. The built-in engine's reading stands.
    NotRead(String),
}

/// Puts a text into the queue, within the commit that takes it in. Does nothing where no model is configured.
pub fn enqueue(
    tx: &mut WriteTx<'_>,
    ctx: &Ctx,
    purpose: Purpose,
    patient: Rid,
    labels: u64,
    subject: &str,
    text: &str,
) -> continuo_store::Result<()> {
    let Some(model) = &ctx.care().outside.services.language_model else { return Ok(()) };
    let now = tx.now();
    let mut row = LlmCall {
        id: tx.new_id(),
        patient,
        labels,
        purpose: purpose.word().to_owned(),
        subject: subject.to_owned(),
        actor: ctx.actor.reference.clone(),
        state: "waiting".to_owned(),
        at: now,
        due: now,
        model: model.model.clone(),
        source: storable(text),
        ..LlmCall::default()
    };
    if labels != 0 {
        // What a person asked to have kept closed is not shown to a service either.
        row.state = "kept-here".to_owned();
        row.ended = now;
        row.error = "the words carry a label that keeps them here".to_owned();
    }
    let org = tx.org();
    llm_call::put(tx.conn()?, org, &row)
}

/// PostgreSQL keeps no NUL in text.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// Reads what waits, at most a few texts. Says whether there may be more at once.
pub fn round(ctx: &Ctx) -> continuo_store::Result<bool> {
    let waiting = ctx.read(|r| llm_call::waiting(r.conn(), ctx.org, ctx.now().micros(), 4))?;
    let more = waiting.len() == 4;
    let model = Configured::of(ctx.care());
    for row in waiting {
        match &model {
            _ if is_gone(ctx, &row.subject)? => give_up(ctx, row, "what it was about was taken back")?,
            _ if row.purpose == speech::PURPOSE => speech::read_one(ctx, row)?,
            Some(model) => drop(read_one(ctx, model, row)?),
            None => give_up(ctx, row, "no language model is configured any more")?,
        }
    }
    Ok(more)
}

/// Whether what a call is about was deleted or its taking in undone: nothing of it leaves any more.
fn is_gone(ctx: &Ctx, subject: &str) -> continuo_store::Result<bool> {
    let Some((type_, id)) = subject.split_once('/') else { return Ok(false) };
    let Some(type_) = continuo_fhir::ResourceType::find(type_) else { return Ok(false) };
    let found = ctx.read(|r| r.find(&continuo_store::Scope::all(ctx.org), type_, id))?;
    Ok(found.is_none_or(|stored| stored.bytes.is_none()))
}

/// A text that nobody reads any more, and why.
fn give_up(ctx: &Ctx, mut row: LlmCall, why: &str) -> continuo_store::Result<()> {
    row.state = "failed".to_owned();
    row.ended = ctx.now().micros();
    why.clone_into(&mut row.error);
    ctx.write("give up reading", move |tx| {
        let org = tx.org();
        tx.commit_id();
        llm_call::put(tx.conn()?, org, &row)
    })?;
    Ok(())
}

/// Reads one text and writes log and proposals in one commit.
fn read_one(ctx: &Ctx, model: &dyn LanguageModel, mut row: LlmCall) -> continuo_store::Result<Outcome> {
    let identity = ctx.read(|r| identity::of(r, ctx, row.patient))?;
    let hidden = Hidden::new(&row.source, &identity);
    let ask = ask::reading(&hidden.text);
    let started = ctx.now();
    let replied = model.answer(&ask);
    row.millis = (ctx.now().micros() - started.micros()).max(0) / 1000;
    row.tries += 1;
    row.version = ask.version.to_owned();
    row.hidden = hidden.places();
    row.prompt = storable(&ask.content);
    row.model = model.name().to_owned();
    let outcome = match replied {
        Ok(reply) => {
            row.answered_by = storable(&reply.model);
            row.tokens_in = reply.tokens_in as i64;
            row.tokens_out = reply.tokens_out as i64;
            // One too long is cut, yet stays too long: its replay says the same.
            row.answer = head(&storable(&reply.text), answer::LONGEST + 8).to_owned();
            match answer::read(&row.source, &hidden, &reply.text) {
                Ok(reading) => Outcome::Read(reading),
                Err(broken) => Outcome::NotRead(broken.to_string()),
            }
        }
        Err(error) => Outcome::NotRead(error.to_string()),
    };
    let now = ctx.now();
    match &outcome {
        Outcome::Read(_) => "done".clone_into(&mut row.state),
        Outcome::NotRead(why) => {
            row.error.clone_from(why);
            if row.tries >= TRIES {
                "failed".clone_into(&mut row.state);
            } else {
                // 1, 5 and 25 minutes: an outage passes, a budget's hour moves on.
                row.due = now.micros() + MINUTE * 5_i64.pow((row.tries - 1) as u32);
            }
        }
    }
    if row.state != "waiting" {
        row.ended = now.micros();
    }
    let (ctx_owned, done) = (ctx.clone(), outcome.clone());
    ctx.write("read by a language model", move |tx| {
        let org = tx.org();
        // Undone, decided or finished meanwhile: what nobody waits for any more changes nothing.
        let standing = llm_call::find(tx.conn()?, &continuo_store::Scope::all(org), &row.id)?;
        if standing.is_none_or(|standing| standing.state != "waiting") {
            return Ok(());
        }
        tx.commit_id();
        llm_call::put(tx.conn()?, org, &row)?;
        if let (Outcome::Read(reading), Some(purpose)) = (&done, Purpose::from_word(&row.purpose)) {
            sink::take(tx, &ctx_owned, purpose, &row, reading)?;
        }
        Ok(())
    })?;
    Ok(outcome)
}

/// Whether a model takes part in what is about `subject`, in words for the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// None is configured: the built-in engine reads alone.
    Off,
    /// It has not read yet; why not, when a try failed.
    Waiting(String),
    /// It has read: which model, when.
    Read(String, Instant),
    /// It will not: why.
    NotRead(String),
}

impl Standing {
    /// One sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Off => "Read by the built-in engine.".to_owned(),
            Self::Waiting(why) if why.is_empty() => {
                "Read by the built-in engine. The language model has not read it yet.".to_owned()
            }
            Self::Waiting(why) => {
                format!(
                    "Read by the built-in engine. The language model has not read it yet: {why}. It is tried again."
                )
            }
            Self::Read(model, _) => format!("Read by the built-in engine and by the language model {model}."),
            Self::NotRead(why) => {
                format!("Read by the built-in engine alone. The language model did not read it: {why}.")
            }
        }
    }
}

/// How the model's reading of something stands.
pub fn standing(ctx: &Ctx, subject: &str) -> continuo_store::Result<Standing> {
    let rows = ctx.read(|r| llm_call::of_subject(r.conn(), &ctx.scope, subject))?;
    Ok(match rows.into_iter().next() {
        None => Standing::Off,
        Some(row) if row.state == "waiting" => Standing::Waiting(row.error),
        Some(row) if row.state == "done" => {
            let name = if row.answered_by.is_empty() { row.model } else { row.answered_by };
            Standing::Read(name, Instant::from_micros(row.ended))
        }
        Some(row) => Standing::NotRead(row.error),
    })
}

/// A logged call and what its answer comes to when it is held against its text again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// The log.
    pub call: LlmCall,
    /// The outcome now; the same build gives the same.
    pub outcome: Outcome,
}

/// Replays a call from its log; nothing is sent. Looking is audited.
///
/// Who may read records sees all of it. Who reads the audit sees what left and what came back, both with placeholders
/// for names and numbers: that is what they answer for. The audit row names the person, as the accounting of disclosures
/// needs, and whoever reads the audit finds it there: nothing here promises that they do not learn whose it was.
pub fn replay(ctx: &Ctx, id: &str) -> Result<Replayed, WorkError> {
    if !ctx.grant.allows(Permission::RecordRead) {
        ctx.require(Permission::AuditRead)?;
    }
    let not_here = || WorkError::NotFound("this reading".to_owned());
    let call = ctx.read(|r| llm_call::find(r.conn(), &ctx.scope, id))?.ok_or_else(not_here)?;
    audit(ctx, "replay model call", call.patient, &call.subject)
        .map_err(|_| WorkError::Not("the read could not be audited".to_owned()))?;
    if !ctx.grant.allows(Permission::RecordRead) {
        return Ok(without_identity(call));
    }
    let hidden = Hidden::again(&call.source, &call.hidden);
    let outcome = if call.answer.is_empty() {
        Outcome::NotRead(call.error.clone())
    } else {
        match answer::read(&call.source, &hidden, &call.answer) {
            Ok(reading) => Outcome::Read(reading),
            Err(broken) => Outcome::NotRead(broken.to_string()),
        }
    };
    Ok(Replayed { call, outcome })
}

/// A call as it left: nothing that was hidden from the service is put back.
fn without_identity(mut call: LlmCall) -> Replayed {
    call.source.clear();
    call.subject.clear();
    call.actor.clear();
    call.hidden.clear();
    let outcome = Outcome::NotRead(call.error.clone());
    Replayed { call, outcome }
}

/// What every text of a version is sent with; nothing for a version that this build does not speak any more.
pub fn instructions(version: &str) -> Option<&'static str> {
    let ask = ask::reading("");
    (ask.version == version).then_some(ask.instructions)
}

/// One call as oversight sees it: what it cost and what became of it, without words and without whose they were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Id, for its replay.
    pub id: String,
    /// When it was asked for.
    pub at: Instant,
    /// `reading`, `triage`, `speech`.
    pub purpose: String,
    /// The model as the service names it, or as configured.
    pub model: String,
    /// Version of the question's words and form; empty for speech and before it was asked.
    pub version: String,
    /// `waiting`, `done`, `failed`, `kept-here`.
    pub state: String,
    /// Tries.
    pub tries: i64,
    /// Tokens read and written.
    pub tokens: (i64, i64),
    /// How long it took, in milliseconds.
    pub millis: i64,
    /// Why there is no answer.
    pub error: String,
    /// Words were sent: they, and what came back, can be looked at.
    pub opens: bool,
}

/// The newest calls for oversight; looking is audited.
pub fn log(ctx: &Ctx, most: i64) -> Result<Vec<Logged>, WorkError> {
    ctx.require(Permission::OversightRead)?;
    let rows = ctx.read(|r| llm_call::newest(r.conn(), &ctx.scope, most))?;
    audit(ctx, "read model log", Rid(0), "").map_err(|_| WorkError::Not("the read could not be audited".to_owned()))?;
    Ok(rows.into_iter().map(logged).collect())
}

fn logged(row: LlmCall) -> Logged {
    Logged {
        // What left can be looked at, whether anything came back or not.
        opens: row.purpose != speech::PURPOSE && !row.prompt.is_empty(),
        id: row.id,
        at: Instant::from_micros(row.at),
        purpose: row.purpose,
        model: if row.answered_by.is_empty() { row.model } else { row.answered_by },
        version: row.version,
        state: row.state,
        tries: row.tries,
        tokens: (row.tokens_in, row.tokens_out),
        millis: row.millis,
        error: row.error,
    }
}

/// The newest calls that the reader may see; looking is audited.
pub fn newest(ctx: &Ctx, most: i64) -> Result<Vec<LlmCall>, WorkError> {
    ctx.require(Permission::AuditRead)?;
    let rows = ctx.read(|r| llm_call::newest(r.conn(), &ctx.scope, most))?;
    audit(ctx, "read model calls", Rid(0), "")
        .map_err(|_| WorkError::Not("the read could not be audited".to_owned()))?;
    Ok(rows)
}

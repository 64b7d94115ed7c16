//! The queue "Same person?": pairs the machine leaves to a person, shown side by side, and the three answers.
//!
//! A pair is seen only by who sees both records. Each answer is one commit with its audit row and can be undone.

use std::collections::BTreeSet;

use continuo_fhir::{Instant, Json};
use continuo_store::tables::identity::{self, Answer, Pair};
use continuo_store::tables::limited_write;
use continuo_store::{Reader, Rid, Scope, Stored, WriteTx};

use super::body::Body;
pub use super::body::Reason;
use super::{group, kind, sources, state};
use crate::access::Permission;
use crate::chart::PATIENT;
use crate::ctx::Ctx;
use crate::problem::WorkError;
use crate::record::audit;
use crate::work::Done;

mod facts;

pub(crate) use facts::name as name_of;

pub use facts::{Fact, Row};

/// Pairs shown at once.
pub const MOST: i64 = 300;
/// How long "decide later" waits.
const LATER: i64 = 7 * 86_400_000_000;
/// Linking against a named objection needs words of at least so many characters.
const SHORTEST_WORDS: usize = 10;

/// One record of a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// Patient id.
    pub id: String,
    /// Family and given name.
    pub name: (String, String),
    /// Birth date as received.
    pub birth: String,
    /// Source system in words.
    pub source: String,
    /// Version shown.
    pub version: i64,
    /// When it was received.
    pub updated: Instant,
    /// How many records its person has.
    pub records: usize,
    /// What happened in it: counts and the last events, in words.
    pub history: Vec<String>,
}

/// A pair to be decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Opaque: the keys of both records.
    pub id: String,
    /// Why it is asked, see [`kind`].
    pub kind: String,
    /// Its state.
    pub state: String,
    /// Since when it waits.
    pub found: Instant,
    /// One sentence of the machine.
    pub summary: String,
    /// Reasons, strongest first.
    pub reasons: Vec<Reason>,
    /// Named objections.
    pub vetoes: Vec<String>,
    /// Both records.
    pub sides: [Side; 2],
    /// Facts of both beside each other.
    pub rows: Vec<Row>,
    /// What was answered before, oldest first.
    pub answers: Vec<Answered>,
}

/// An answer given before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: String,
    /// The state it gave.
    pub outcome: String,
    /// Why.
    pub why: String,
    /// Taken back.
    pub undone: bool,
}

/// What a person answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// One person.
    Link,
    /// Two people, for good.
    Apart,
    /// Not now.
    Later,
}

impl Choice {
    /// The name of the commit.
    pub fn name(self) -> &'static str {
        match self {
            Choice::Link => "link records",
            Choice::Apart => "keep records apart",
            Choice::Later => "decide later about records",
        }
    }

    fn outcome(self) -> &'static str {
        match self {
            Choice::Link => state::LINKED,
            Choice::Apart => state::APART,
            Choice::Later => state::LATER,
        }
    }
}

/// The pairs waiting, likeliest first, one for each two people, without their details.
pub fn waiting(ctx: &Ctx) -> Result<Vec<Question>, WorkError> {
    ctx.require(Permission::IdentityDecide)?;
    let questions = ctx.read(|r| {
        let pairs = open(r, ctx)?;
        pairs.into_iter().map(|pair| question(r, ctx, pair)).collect::<continuo_store::Result<Vec<_>>>()
    })?;
    Ok(questions.into_iter().flatten().collect())
}

/// How many wait.
pub fn count(ctx: &Ctx) -> Result<usize, WorkError> {
    ctx.require(Permission::IdentityDecide)?;
    Ok(ctx.read(|r| open(r, ctx))?.len())
}

/// How many wait for whoever decides them; nothing for others. For the navigation.
pub fn waiting_count(ctx: &Ctx) -> continuo_store::Result<Option<u64>> {
    if !ctx.grant.allows(Permission::IdentityDecide) {
        return Ok(None);
    }
    ctx.read(|r| Ok(Some(open(r, ctx)?.len() as u64)))
}

fn open(reader: &mut Reader<'_>, ctx: &Ctx) -> continuo_store::Result<Vec<Pair>> {
    let pairs = identity::queue(reader.conn(), &ctx.scope, ctx.now().micros(), MOST)?;
    let mut seen = BTreeSet::new();
    let mut kept = Vec::new();
    let records: Vec<Rid> = pairs.iter().flat_map(|pair| [pair.low, pair.high]).collect();
    let persons = reader.persons_of(ctx.org, &records)?;
    for (pair, persons) in pairs.into_iter().zip(persons.chunks(2)) {
        let [a, b] = persons[..] else { continue };
        let is_own = pair.low == pair.high || pair.kind == kind::CHANGED;
        // A pair whose people were joined since is answered; two pairs between the same two people are one question.
        if is_own || (a != b && seen.insert((a.min(b), a.max(b)))) {
            kept.push(pair);
        }
    }
    Ok(kept)
}

/// One pair with everything to decide it. Looking is audited for both.
pub fn get(ctx: &Ctx, id: &str) -> Result<Question, WorkError> {
    ctx.require(Permission::IdentityDecide)?;
    let (low, high) = read_id(id).ok_or_else(not_here)?;
    let found = ctx.read(|r| {
        let Some(pair) = identity::pair(r.conn(), ctx.org, low, high)? else { return Ok(None) };
        question(r, ctx, pair)
    })?;
    let question = found.ok_or_else(not_here)?;
    for (rid, side) in [low, high].into_iter().zip(&question.sides) {
        audit(ctx, "compare records", rid, &format!("Patient/{}", side.id))
            .map_err(|error| WorkError::Not(error.to_string()))?;
    }
    Ok(question)
}

fn not_here() -> WorkError {
    WorkError::NotFound("this pair".to_owned())
}

fn id_of(low: Rid, high: Rid) -> String {
    format!("{}-{}", low.0, high.0)
}

fn read_id(id: &str) -> Option<(Rid, Rid)> {
    let (low, high) = id.split_once('-')?;
    Some((Rid(low.parse().ok()?), Rid(high.parse().ok()?)))
}

fn question(reader: &mut Reader<'_>, ctx: &Ctx, pair: Pair) -> continuo_store::Result<Option<Question>> {
    let Some(second) = seen(reader, ctx, pair.high)? else { return Ok(None) };
    let body = Body::read(&pair.body);
    let first = if pair.low == pair.high {
        // One record by itself: the version it was beside the one it is.
        let before = body.note.strip_prefix("version ").and_then(|text| text.parse::<i64>().ok()).unwrap_or(1);
        match reader.version(&ctx.scope, PATIENT, &second.id, before) {
            Ok(stored) => stored,
            Err(continuo_store::Error::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        }
    } else {
        let Some(first) = seen(reader, ctx, pair.low)? else { return Ok(None) };
        first
    };
    let (a, b) = (json(&first), json(&second));
    let answers = identity::answers(reader.conn(), ctx.org, pair.low, pair.high)?;
    Ok(Some(Question {
        id: id_of(pair.low, pair.high),
        kind: pair.kind,
        state: pair.state,
        found: Instant::from_micros(pair.found),
        summary: body.summary,
        reasons: body.reasons,
        vetoes: body.vetoes,
        rows: facts::side_by_side(&a, &b),
        sides: [side(reader, ctx, &first, &a)?, side(reader, ctx, &second, &b)?],
        answers: answers
            .into_iter()
            .map(|one| Answered {
                at: Instant::from_micros(one.at),
                actor: one.actor,
                outcome: one.outcome,
                why: one.why,
                undone: one.undone,
            })
            .collect(),
    }))
}

fn seen(reader: &mut Reader<'_>, ctx: &Ctx, rid: Rid) -> continuo_store::Result<Option<Stored>> {
    let Some((type_, id)) = reader.reference(rid)? else { return Ok(None) };
    Ok(reader.find(&ctx.scope, type_, &id)?.filter(|stored| stored.bytes.is_some()))
}

fn json(stored: &Stored) -> Json {
    Json::parse(stored.bytes.as_deref().unwrap_or_default()).unwrap_or(Json::Null)
}

fn side(reader: &mut Reader<'_>, ctx: &Ctx, stored: &Stored, patient: &Json) -> continuo_store::Result<Side> {
    let person = reader.person_of(ctx.org, stored.rid)?;
    let members = reader.members(ctx.org, person)?;
    let records = reader.facts(&ctx.scope, &members)?.iter().filter(|row| row.rid == row.patient).count();
    Ok(Side {
        id: stored.id.clone(),
        name: facts::name(patient),
        birth: patient.str_at("birthDate").unwrap_or_default().to_owned(),
        source: sources::source_words(&reader.source_of(stored.rid)?),
        version: stored.version,
        updated: Instant::from_micros(stored.updated),
        records: records.max(1),
        history: facts::history(reader, ctx, stored.rid)?,
    })
}

/// Answers a pair. `versions` are those the page showed: a record that changed since is looked at again first.
pub fn decide(ctx: &Ctx, id: &str, choice: Choice, words: &str, versions: (i64, i64)) -> Done<()> {
    let question = get(ctx, id)?;
    let (low, high) = read_id(id).ok_or_else(not_here)?;
    if (question.sides[0].version, question.sides[1].version) != versions {
        return Err(WorkError::Not("one of the records changed since this page was made; compare again".to_owned()));
    }
    if !matches!(question.state.as_str(), state::OPEN | state::LATER) {
        return Err(WorkError::Not("this pair was decided meanwhile".to_owned()));
    }
    let words = words.trim().to_owned();
    let is_objected = !question.vetoes.is_empty() || question.kind == kind::CONFLICT;
    if choice == Choice::Link && is_objected && words.chars().count() < SHORTEST_WORDS {
        return Err(WorkError::field("why", "something speaks against it: say in a sentence why they are one person"));
    }
    let (model, bits) = ctx.read(|r| {
        let pair = identity::pair(r.conn(), ctx.org, low, high)?;
        Ok(pair.map_or((0, 0.0), |pair| (pair.model, pair.bits)))
    })?;
    let actor = ctx.actor.reference.clone();
    Ok(ctx.write(choice.name(), move |tx| {
        let why = if words.is_empty() { "compared side by side".to_owned() } else { words };
        let saying = Saying {
            a: low,
            b: high,
            kind: kind::DOUBT,
            outcome: choice.outcome(),
            why: why.clone(),
            bits,
            model,
            wake: if choice == Choice::Later { tx.now() + LATER } else { 0 },
            body: None,
        };
        let org = tx.org();
        for record in BTreeSet::from([low, high]) {
            tx.audit(choice.name(), record, "", &why);
        }
        let is_together = tx.reader()?.person_of(org, low)? == tx.reader()?.person_of(org, high)?;
        match choice {
            Choice::Link if low == high => identity::place_again(tx.conn()?, org, low)?,
            Choice::Link => {
                for record in [low, high] {
                    limited_write::confirm(tx.conn()?, org, record)?;
                }
                group::join(tx, low, high, &format!("{why} (decided by a person)"), group::Assess::Now)?;
            }
            // The record that turned into somebody else, or no longer fits its person, leaves; the rest stays.
            Choice::Apart if is_together => {
                sources::part(tx, high, &actor, &why)?;
                identity::place_again(tx.conn()?, org, high)?;
            }
            Choice::Apart | Choice::Later => {}
        }
        say(tx, &actor, &saying)
    })?)
}

/// What is said about two records.
#[derive(Clone, Debug)]
pub(crate) struct Saying {
    pub(crate) a: Rid,
    pub(crate) b: Rid,
    pub(crate) kind: &'static str,
    /// The state it gives.
    pub(crate) outcome: &'static str,
    pub(crate) why: String,
    pub(crate) bits: f64,
    pub(crate) model: i64,
    pub(crate) wake: i64,
    /// What the comparison said; keeps what stands there when `None`.
    pub(crate) body: Option<Body>,
}

/// Records an answer and gives the pair its state.
pub(crate) fn say(tx: &mut WriteTx<'_>, actor: &str, saying: &Saying) -> continuo_store::Result<()> {
    let (org, now, commit) = (tx.org(), tx.now(), tx.commit_id());
    let (low, high) = (saying.a.min(saying.b), saying.a.max(saying.b));
    let old = identity::pair(tx.conn()?, org, low, high)?;
    let answer = Answer {
        low,
        high,
        at: now,
        actor: actor.to_owned(),
        outcome: saying.outcome.to_owned(),
        why: saying.why.clone(),
        before: old.as_ref().map(|pair| pair.state.clone()).unwrap_or_default(),
        bits: saying.bits,
        model: saying.model,
        commit,
        undone: false,
    };
    identity::answer(tx.conn()?, org, &answer)?;
    let kind = match &old {
        Some(old) if saying.kind != kind::SOURCE => old.kind.clone(),
        _ => saying.kind.to_owned(),
    };
    let body = match (&saying.body, &old) {
        (Some(body), _) => body.to_bytes(),
        (None, Some(old)) => old.body.clone(),
        (None, None) => Body::default().to_bytes(),
    };
    let pair = Pair {
        low,
        high,
        kind,
        state: saying.outcome.to_owned(),
        bits: saying.bits,
        found: old.map_or(now, |old| old.found),
        updated: now,
        wake: saying.wake,
        model: saying.model,
        body,
    };
    identity::put_pair(tx.conn()?, org, &pair)
}

/// Whether both records of a pair are seen by this scope; for undo.
pub(crate) fn sees_both(reader: &mut Reader<'_>, scope: &Scope, low: Rid, high: Rid) -> continuo_store::Result<bool> {
    for rid in [low, high] {
        let Some((type_, id)) = reader.reference(rid)? else { return Ok(false) };
        if reader.find(scope, type_, &id)?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

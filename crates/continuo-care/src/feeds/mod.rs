//! Silence is not normal (safety.md rule 17): what sends records here, how often, and which of it has fallen silent.
//!
//! Every import and every program's write notes that its source was heard, to the minute (`WriteTx::heard`). From the
//! hours it is learned how often the source sends (`usual`), unless the site said so (`watch`). A silence beyond that is
//! told on worklist, chart and papers, and is a Task of whoever keeps the site running until the source is heard (`duty`).

pub(crate) mod duty;
pub mod usual;
pub mod watch;

use continuo_fhir::letters::capital;
use std::collections::BTreeMap;

use continuo_fhir::Instant;
use continuo_store::tables::feed::{self, Feed};
use continuo_store::{Reader, Result as StoreResult, Rid};

use crate::access::Permission;
use crate::ctx::Ctx;
use crate::problem::WorkError;

pub use continuo_store::tables::feed::Silence;
pub use duty::{Duty, close, give_back, take};
pub use watch::{SAFE_HOURS, Said, Watch, set};

/// What the references of programs with a token start with.
pub(crate) const PROGRAM: &str = "Device/token-";
/// Silences of a source that the page lists.
const PAST: i64 = 10;

/// A source that is silent longer than is normal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silent {
    /// The source.
    pub source: String,
    /// What people call it.
    pub name: String,
    /// When it was last heard.
    pub since: Instant,
    /// "usually sends at least every 3 hours on business days".
    pub usual: String,
    /// What it sends: "visits and stays, results"; empty where nothing of it was found.
    pub brings: String,
    /// Of how many people among the newest of each kind.
    pub people: i64,
    /// Who has it.
    pub duty: Duty,
}

impl Silent {
    /// Nobody looks into it, and nobody closed it.
    pub fn is_nobodys(&self) -> bool {
        !self.duty.taken
    }
}

/// A time in which a source was silent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// When it began, was noticed and ended.
    pub silence: Silence,
    /// Who had it.
    pub duty: Duty,
}

/// One source on its page.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What is kept of it.
    pub feed: Feed,
    /// What the site says of it.
    pub said: Said,
    /// What people call it.
    pub name: String,
    /// The silence that lasts, if it is silent.
    pub silent: Option<Silent>,
    /// Times it was silent, newest first.
    pub past: Vec<Past>,
}

/// The name of the source that whoever acts is, if it is a program: its token's own.
pub(crate) fn of_program(ctx: &Ctx) -> Option<String> {
    (ctx.actor.reference.starts_with(PROGRAM) && !ctx.actor.name.is_empty()).then(|| ctx.actor.name.clone())
}

/// What is silent now, the longest first. Everybody who works here is told; it says nothing of any person.
pub fn silent(ctx: &Ctx) -> StoreResult<Vec<Silent>> {
    ctx.read(|r| silent_in(r, ctx))
}

pub(crate) fn silent_in(r: &mut Reader<'_>, ctx: &Ctx) -> StoreResult<Vec<Silent>> {
    let conn = r.conn();
    let feeds = feed::silent(conn, ctx.org, ctx.now().micros())?;
    if feeds.is_empty() {
        return Ok(Vec::new());
    }
    let said = watch::said(conn, ctx.org)?;
    let open = feed::open_silences(conn, ctx.org)?;
    let mut silent = Vec::with_capacity(feeds.len());
    for one in feeds {
        let noticed = open.iter().find(|silence| silence.source == one.source);
        let duty = match noticed {
            Some(silence) => duty::of(r, ctx.org, silence, &ctx.zone)?,
            None => Duty::default(),
        };
        silent.push(Silent {
            name: name_of(&said, &one.source),
            since: Instant::from_micros(one.last),
            usual: one.usual,
            brings: noticed.map(|one| one.brings.clone()).unwrap_or_default(),
            people: noticed.map_or(0, |one| one.people),
            duty,
            source: one.source,
        });
    }
    Ok(silent)
}

/// When each silent source last sent something about a person; nothing where it never sent anything that the reader may
/// see. Where somebody was treated is of the record: whose role does not open it, is told nothing.
pub fn last_about(ctx: &Ctx, silent: &[Silent], person: Rid) -> StoreResult<Vec<Option<Instant>>> {
    if silent.is_empty() || !ctx.grant.allows(Permission::RecordRead) {
        return Ok(vec![None; silent.len()]);
    }
    ctx.read(|r| {
        let main = r.person_of(ctx.org, person)?;
        let members = r.members(ctx.org, main)?;
        let last = |r: &mut Reader<'_>, one: &Silent| feed::last_about(r.conn(), &ctx.scope, &one.source, &members);
        silent.iter().map(|one| Ok(last(r, one)?.map(Instant::from_micros))).collect()
    })
}

fn name_of(said: &[Said], source: &str) -> String {
    let own = said.iter().find(|one| one.source == source).map(|one| one.name.as_str()).unwrap_or_default();
    if !own.is_empty() {
        return own.to_owned();
    }
    // What a program calls itself, written as people write a name.
    capital(&source.replace(['-', '_'], " "))
}

/// Every source with how it stands, for those who keep the site running.
pub fn all(ctx: &Ctx) -> Result<Vec<Standing>, WorkError> {
    ctx.require(Permission::OversightRead)?;
    Ok(ctx.read(|r| {
        let silent = silent_in(r, ctx)?;
        let said = watch::said(r.conn(), ctx.org)?;
        let feeds = feed::all(r.conn(), ctx.org)?;
        let mut all = Vec::with_capacity(feeds.len());
        for one in feeds {
            let own = said.iter().find(|said| said.source == one.source).cloned();
            let mut past = Vec::new();
            for silence in feed::silences_of(r.conn(), ctx.org, &one.source, PAST)? {
                past.push(Past { duty: duty::of(r, ctx.org, &silence, &ctx.zone)?, silence });
            }
            all.push(Standing {
                name: name_of(&said, &one.source),
                silent: silent.iter().find(|silent| silent.source == one.source).cloned(),
                past,
                said: own.unwrap_or_else(|| Said { source: one.source.clone(), ..Said::default() }),
                feed: one,
            });
        }
        Ok(all)
    })?)
}

/// Works out until when silence is normal where a source was heard or the site said otherwise, and writes down what fell
/// silent and what was heard again. Nothing is written while nothing changed.
pub fn round(ctx: &Ctx) -> StoreResult<()> {
    let now = ctx.now().micros();
    let is_due = ctx.read(|r| {
        let conn = r.conn();
        let to_work_out = !feed::to_work_out(conn, ctx.org)?.is_empty();
        let noted = feed::open_silences(conn, ctx.org)?;
        let silent = feed::silent(conn, ctx.org, now)?;
        let is_noted =
            |one: &Feed| noted.iter().any(|silence| silence.source == one.source && silence.since == one.last);
        Ok(to_work_out || silent.len() != noted.len() || !silent.iter().all(is_noted))
    })?;
    if !is_due {
        return Ok(());
    }
    let calendar = ctx.calendar()?;
    // What a source brings is read beside the writer.
    let brings: BTreeMap<String, (String, i64)> = ctx.read(|r| {
        let noted = feed::open_silences(r.conn(), ctx.org)?;
        let is_new =
            |one: &Feed| !noted.iter().any(|silence| silence.source == one.source && silence.since == one.last);
        let known = feed::all(r.conn(), ctx.org)?;
        // One that is worked out again may turn out silent in this round; one that was heard within the hour cannot.
        let may_be = |one: &Feed| one.silent_after <= now && (one.silent_after > 0 || one.last < now - usual::HOUR);
        let quiet = known.into_iter().filter(|one| may_be(one) && is_new(one));
        quiet.map(|one| Ok((one.source.clone(), duty::brings(r, ctx.org, &one.source)?))).collect()
    })?;
    ctx.write("listen to feeds", move |tx| {
        let (org, now) = (tx.org(), tx.now());
        let conn = tx.conn()?;
        let said = watch::said(conn, org)?;
        for one in feed::to_work_out(conn, org)? {
            let watch = said.iter().find(|said| said.source == one.source).map(|said| said.watch).unwrap_or_default();
            let since = one.last.saturating_sub(usual::LOOK_BACK);
            feed::forget_hours(conn, org, &one.source, since)?;
            let hours: Vec<Instant> =
                feed::hours(conn, org, &one.source, since)?.into_iter().map(Instant::from_micros).collect();
            let (first, last) = (Instant::from_micros(one.first), Instant::from_micros(one.last));
            let (silent_after, usual) = match watch::until(watch, &hours, first, last, &calendar) {
                Some((until, words)) => (until.micros(), words),
                None => (i64::MAX, String::new()),
            };
            feed::work_out(conn, org, &Feed { silent_after, usual, ..one })?;
        }
        let silent = feed::silent(conn, org, now)?;
        let noted = feed::open_silences(conn, org)?;
        for one in &noted {
            if !silent.iter().any(|silent| silent.source == one.source && silent.last == one.since) {
                feed::end(tx.conn()?, org, &one.source, now)?;
                duty::heard_again(tx, one, &calendar)?;
            }
        }
        for one in &silent {
            if !noted.iter().any(|noted| noted.source == one.source && noted.since == one.last) {
                tracing::warn!(feed.source = one.source, "a feed is silent longer than is normal");
                let (brings, people) = brings.get(&one.source).cloned().unwrap_or_default();
                let silence = Silence {
                    source: one.source.clone(),
                    since: one.last,
                    noticed: now,
                    ended: 0,
                    taken_by: String::new(),
                    taken_at: 0,
                    note: String::new(),
                    task: String::new(),
                    people,
                    brings,
                };
                duty::open(tx, silence, &name_of(&said, &one.source), calendar.zone())?;
            }
        }
        Ok(())
    })?;
    Ok(())
}

/// Notes hours in which a source was heard before, for the made-up clinic and tests.
pub fn heard_at(ctx: &Ctx, source: &str, moments: Vec<Instant>) -> StoreResult<()> {
    let source = source.to_owned();
    ctx.write("note when a source was heard", move |tx| {
        let org = tx.org();
        for at in moments {
            feed::heard(tx.conn()?, org, &source, at.micros())?;
        }
        Ok(())
    })?;
    Ok(())
}

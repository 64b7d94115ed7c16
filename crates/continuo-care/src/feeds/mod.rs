//! Silence is not normal (safety.md rule 17): what sends records here, how often, and which of it has fallen silent.
//!
//! Every import and every program's write notes that its source was heard, to the minute (`WriteTx::heard`). From the
//! hours it is learned how often the source sends (`usual`), unless the site said so (`watch`). A silence beyond that is
//! told on worklist, chart and papers, and waits on the page of feeds until somebody looks into it.

pub mod usual;
pub mod watch;

use continuo_fhir::Instant;
use continuo_store::tables::feed::{self, Feed};
use continuo_store::{Reader, Result as StoreResult, Rid};

use crate::access::Permission;
use crate::ctx::Ctx;
use crate::problem::WorkError;

pub use continuo_store::tables::feed::Silence;
pub use watch::{SAFE_HOURS, Said, Watch, set};

/// What the references of programs with a token start with.
const PROGRAM: &str = "Device/token-";
/// Silences of a source that the page lists.
const PAST: i64 = 10;
/// Longest word of whoever looks into a silence.
const LONGEST: usize = 300;

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
    /// Who looks into it; empty while nobody does.
    pub taken_by: String,
    /// What they said.
    pub note: String,
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
    pub past: Vec<feed::Silence>,
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
    let silent = |one: Feed| {
        let taken = open.iter().find(|silence| silence.source == one.source);
        Silent {
            name: name_of(&said, &one.source),
            since: Instant::from_micros(one.last),
            usual: one.usual,
            taken_by: taken.map(|one| one.taken_by.clone()).unwrap_or_default(),
            note: taken.map(|one| one.note.clone()).unwrap_or_default(),
            source: one.source,
        }
    };
    Ok(feeds.into_iter().map(silent).collect())
}

fn name_of(said: &[Said], source: &str) -> String {
    let own = said.iter().find(|one| one.source == source).map(|one| one.name.as_str()).unwrap_or_default();
    if !own.is_empty() {
        return own.to_owned();
    }
    // What a program calls itself, written as people write a name.
    let words = source.replace(['-', '_'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(|| source.to_owned(), |first| first.to_uppercase().chain(letters).collect())
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
            all.push(Standing {
                name: name_of(&said, &one.source),
                silent: silent.iter().find(|silent| silent.source == one.source).cloned(),
                past: feed::silences_of(r.conn(), ctx.org, &one.source, PAST)?,
                said: own.unwrap_or_else(|| Said { source: one.source.clone(), ..Said::default() }),
                feed: one,
            });
        }
        Ok(all)
    })?)
}

/// Says that the reader looks into a silence, and what they know; everybody who sees the silence reads it.
pub fn take(ctx: &Ctx, source: &str, note: &str) -> Result<(), WorkError> {
    ctx.require(Permission::OversightRead)?;
    let note: String = note.trim().chars().take(LONGEST).collect();
    let (source, by) = (source.to_owned(), ctx.actor.reference.clone());
    let taken = ctx.write("look into a silent feed", move |tx| {
        let (org, at) = (tx.org(), tx.now());
        tx.commit_id();
        tx.audit("look into a silent feed", Rid(0), &source, &note);
        feed::take(tx.conn()?, org, &source, &by, at, &note)
    })?;
    if taken.value { Ok(()) } else { Err(WorkError::NotFound("a silence that lasts".to_owned())) }
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
                feed::end(conn, org, &one.source, now)?;
            }
        }
        for one in &silent {
            if !noted.iter().any(|noted| noted.source == one.source && noted.since == one.last) {
                tracing::warn!(feed.source = one.source, "a feed is silent longer than is normal");
                feed::notice(conn, org, &one.source, one.last, now)?;
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

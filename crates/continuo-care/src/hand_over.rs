//! Handing a person's open work to somebody else, in the I-PASS order (Starmer et al., NEJM 2014).
//!
//! The summary is written anew from the record each time it is opened (`continuo_text::summary`); every sentence names its
//! entries. The hand-over itself is the tasks': each keeps its sender until the receiver accepts it with a synthesis in
//! their own words, and goes back by itself when nobody does ([`return_unaccepted`]).

pub mod caseload;
mod plan;

use continuo_fhir::{Instant, Json, ResourceType};
use continuo_store::Rid;
use continuo_store::tables::suggestion::NEVER;
use continuo_store::tables::work::{self as work_rows, Work};
use continuo_text::summary::{Fact, FactKind, hand_over as write};
pub use continuo_text::summary::{Part, Sentence};

use crate::access::Permission;
use crate::assess::{LOOP, put, settle};
use crate::build::date_text;
use crate::chart::entry::{Entry, Mark};
use crate::chart::results::Reading;
use crate::chart::{self, Chart};
use crate::ctx::Ctx;
use crate::problem::WorkError;
use crate::tasks::change::{self, By};
use crate::work::{self, Act, Done};

const TASK: ResourceType = ResourceType::of("Task");

/// One task that was handed over and not accepted yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Task id.
    pub task: String,
    /// What is to be done.
    pub what: String,
    /// Who handed it over.
    pub from: String,
    /// To whom.
    pub to: String,
    /// When it goes back.
    pub until: Option<Instant>,
}

/// The page's content.
pub struct HandOver {
    /// The chart it was written from.
    pub chart: Chart,
    /// The summary.
    pub sentences: Vec<Sentence>,
    /// Tasks of the reader that can be handed over.
    pub mine: Vec<(String, String)>,
    /// What waits for the reader.
    pub to_me: Vec<Waiting>,
    /// What waits for others.
    pub to_others: Vec<Waiting>,
    /// Syntheses and notes of the tasks, newest first: who, when, words.
    pub said: Vec<(String, String, String)>,
}

/// Loads everything; looking is audited as reading the chart.
pub fn load(ctx: &Ctx, patient: &str) -> Result<HandOver, WorkError> {
    ctx.require(Permission::RecordRead)?;
    ctx.require(Permission::WorkRead)?;
    let chart = chart::load(ctx, patient).map_err(|error| WorkError::NotFound(error.to_string()))?;
    let today = date_text(ctx.zone.day(ctx.now()));
    let sentences = write(&facts(&chart, ctx), &today);
    let tasks: Vec<&Work> = chart.work.iter().filter(|one| one.kind == work_rows::TASK).collect();
    let me = &ctx.actor.reference;
    let mine = tasks.iter().filter(|one| one.owner == *me && one.handed_by.is_empty());
    let mine = mine.map(|one| (one.id.clone(), shown(one).to_owned())).collect();
    let mut waiting = Vec::new();
    let mut said = Vec::new();
    let calendar = crate::assess::site::calendar(ctx.zone.clone(), ctx.now());
    for one in &tasks {
        let Some(stored) = ctx.read(|r| r.find(&ctx.scope, TASK, &one.id))? else { continue };
        let json = work::parse(stored.bytes.as_deref())?;
        let view = crate::tasks::view::view(&json, ctx.now(), &calendar);
        if !one.sensitive {
            said.extend(view.comments.iter().map(|note| (note.by.clone(), note.at.clone(), note.words.clone())));
        }
        if !one.handed_by.is_empty() {
            waiting.push(Waiting {
                task: one.id.clone(),
                what: shown(one).to_owned(),
                from: one.handed_by.clone(),
                to: one.owner.clone(),
                until: view.accept_until,
            });
        }
    }
    said.sort_by(|a, b| b.1.cmp(&a.1));
    said.truncate(8);
    let (to_me, to_others) = waiting.into_iter().partition(|one: &Waiting| one.to == *me);
    Ok(HandOver { chart, sentences, mine, to_me, to_others, said })
}

/// Gives all of one's own open tasks for a person to somebody, in one commit.
pub fn give(ctx: &Ctx, patient: &str, to: &str, words: &str) -> Done<()> {
    if to.trim().is_empty() {
        return Err(WorkError::field("to", "choose to whom"));
    }
    if to == ctx.actor.reference {
        return Err(WorkError::field("to", "choose somebody else"));
    }
    let mine = tasks_of(ctx, patient, |one| one.owner == ctx.actor.reference && one.handed_by.is_empty())?;
    several(ctx, &mine, Act::HandOver { to: to.to_owned(), words: words.to_owned() })
}

/// Accepts everything that waits for the reader about a person, with one synthesis.
pub fn accept(ctx: &Ctx, patient: &str, synthesis: &str) -> Done<()> {
    let waiting = tasks_of(ctx, patient, |one| one.owner == ctx.actor.reference && !one.handed_by.is_empty())?;
    several(ctx, &waiting, Act::Accept { synthesis: synthesis.to_owned() })
}

/// Gives everything back to its sender, with the reason.
pub fn give_back(ctx: &Ctx, patient: &str, reason: &str) -> Done<()> {
    let waiting = tasks_of(ctx, patient, |one| one.owner == ctx.actor.reference && !one.handed_by.is_empty())?;
    several(ctx, &waiting, Act::Decline { reason: reason.to_owned() })
}

fn several(ctx: &Ctx, tasks: &[String], act: Act) -> Done<()> {
    if tasks.is_empty() {
        return Err(WorkError::Not("there is nothing here to hand over or accept".to_owned()));
    }
    work::several(ctx, tasks, act)
}

fn tasks_of(ctx: &Ctx, patient: &str, wanted: impl Fn(&Work) -> bool) -> Result<Vec<String>, WorkError> {
    ctx.require(Permission::WorkRead)?;
    let rid = work::person_rid(ctx, patient)?;
    let rows = ctx.read(|r| {
        let person = r.person_of(ctx.org, rid)?;
        work_rows::of_patients(r.conn(), &ctx.scope, &[person])
    })?;
    Ok(rows.into_iter().filter(|one| one.kind == work_rows::TASK && wanted(one)).map(|one| one.id).collect())
}

/// Returns every hand-over whose time has passed to its sender; says how many.
pub fn return_unaccepted(ctx: &Ctx) -> continuo_store::Result<usize> {
    let handed = ctx.read(|r| work_rows::handed(r.conn(), ctx.org))?;
    let now = ctx.now();
    let mut late: Vec<(String, Rid)> = Vec::new();
    for (id, patient) in handed {
        let Some(stored) = ctx.read(|r| r.find(&ctx.scope, TASK, &id))? else { continue };
        let Ok(task) = Json::parse(stored.bytes.as_deref().unwrap_or_default()) else { continue };
        if change::accept_until(&task, &ctx.zone).is_some_and(|until| until <= now) {
            late.push((id, patient));
        }
    }
    if late.is_empty() {
        return Ok(0);
    }
    let (zone, scope, count) = (ctx.zone.clone(), ctx.scope.clone(), late.len());
    ctx.write("return hand-over", move |tx| {
        let (org, now) = (tx.org(), Instant::from_micros(tx.now()));
        let calendar = crate::site_days::of(tx.conn()?, org)?.calendar(zone.clone(), now);
        let by = By { who: LOOP, now, zone: &zone, calendar: &calendar, supervisor: false };
        for (id, patient) in &late {
            let Some(stored) = tx.reader()?.find(&scope, TASK, id)? else { continue };
            let Ok(task) = Json::parse(stored.bytes.as_deref().unwrap_or_default()) else { continue };
            // Accepted meanwhile: it stays with its receiver.
            let Ok(returned) = change::return_unaccepted(&task, &by) else { continue };
            put(tx, returned)?;
            settle(tx, *patient)?;
        }
        Ok(())
    })?;
    Ok(count)
}

/// Sensitive work is named without its words (safety.md rule 14): the page may be printed.
fn shown(work: &Work) -> &str {
    if work.sensitive { "A private item: open it in the chart" } else { &work.what }
}

/// The chart as facts in words.
fn facts(chart: &Chart, ctx: &Ctx) -> Vec<Fact> {
    let parts = &chart.sections;
    let mut out = Vec::new();
    out.extend(flags(chart));
    out.extend(parts.problems.iter().map(|entry| of_entry(FactKind::Problem, entry, entry.word != "Over")));
    out.extend(parts.visits.iter().filter(|entry| entry.word != "Cancelled").map(|entry| {
        let stay = matches!(entry.word.as_str(), "Stay" | "Emergency" | "In hospital now");
        of_entry(if stay { FactKind::Stay } else { FactKind::Visit }, entry, true)
    }));
    for (kind, entries) in [
        (FactKind::Risk, &parts.flags),
        (FactKind::Allergy, &parts.allergies),
        (FactKind::Medicine, &parts.medicines),
        (FactKind::Contact, &parts.contacts),
        (FactKind::Goal, &parts.goals),
    ] {
        out.extend(entries.iter().map(|entry| of_entry(kind, entry, true)));
    }
    for one in &parts.results {
        let is_out = !matches!(one.reading, Reading::Normal | Reading::Unknown);
        let (grave, reading) = match one.reading {
            Reading::CriticalHigh => (true, ", critical high"),
            Reading::CriticalLow => (true, ", critical low"),
            Reading::High => (false, ", high"),
            Reading::Low => (false, ", low"),
            Reading::Abnormal => (false, ", abnormal"),
            Reading::Normal | Reading::Unknown => (false, ""),
        };
        // "PHQ-9 total score 19 score" says its unit twice.
        let unit = if one.name.ends_with(&one.unit) { "" } else { &one.unit };
        let text = format!("{} {} {unit}", one.name, one.value);
        out.push(Fact {
            date: date_text(one.at.date()),
            is_grave: grave,
            is_out,
            ..fact(FactKind::Result, format!("{}{reading}{}", text.trim_end(), before(one, ctx)), &one.reference)
        });
    }
    for one in chart.work.iter().filter(|one| !one.backlog) {
        let (type_, href) = if one.kind == work_rows::TASK { ("Task", &one.id) } else { ("suggestion", &one.id) };
        let day = (one.due != NEVER).then(|| date_text(ctx.zone.day(Instant::from_micros(one.due))));
        out.push(Fact {
            date: date_text(ctx.zone.day(Instant::from_micros(one.opened))),
            due: day.unwrap_or_default(),
            owner: named(chart, &one.owner),
            fallback: named(chart, &one.fallback),
            is_grave: one.consequence < 2,
            ..fact(FactKind::Task, shown(one).to_owned(), &format!("{type_}/{href}"))
        });
    }
    out
}

/// Who has something: a name, or "any behavioral health clinician"; empty where nobody does.
fn named(chart: &Chart, reference: &str) -> String {
    match reference.strip_prefix("role:") {
        Some(role) => format!("any {}", role.replace('-', " ")),
        None => chart.names.of(reference).to_owned(),
    }
}

/// ", before it 75.9 on 2026-11-26": the value before the last, where the year has one. A change says more than a value.
fn before(one: &chart::results::Series, ctx: &Ctx) -> String {
    let Some((at, value)) = one.points.iter().rev().nth(1) else { return String::new() };
    format!(", before it {value} on {}", date_text(ctx.zone.day(*at)))
}

/// What the banner says about danger: in hospital, unsafe to reach, code status, tier.
fn flags(chart: &Chart) -> Vec<Fact> {
    let header = &chart.header;
    let patient = format!("Patient/{}", header.id);
    let mut out = Vec::new();
    let mut add = |text: String| out.push(fact(FactKind::Risk, text, &patient));
    if header.in_hospital {
        add("in hospital now".to_owned());
    }
    if header.unsafe_ {
        add("contact is marked unsafe: use no channel before reading how".to_owned());
    }
    if !header.code_status.is_empty() && header.code_status != "Not recorded" {
        add(format!("code status {}", header.code_status));
    }
    if let Some(tier) = header.tier.strip_prefix("tier-") {
        add(format!("{tier} tier of care management"));
    }
    out
}

fn of_entry(kind: FactKind, entry: &Entry, is_open: bool) -> Fact {
    let mut text = entry.text.clone();
    if !entry.note.is_empty() {
        text = format!("{text}: {}", entry.note);
    }
    if !entry.word.is_empty() {
        text = format!("{text} [{}]", entry.word);
    }
    Fact {
        date: entry.at.map(|at| date_text(at.date())).unwrap_or_default(),
        is_open,
        is_grave: kind == FactKind::Allergy && entry.mark == Mark::Critical,
        ..fact(kind, text, &entry.reference)
    }
}

fn fact(kind: FactKind, text: String, reference: &str) -> Fact {
    Fact {
        kind,
        text: text.trim_end().to_owned(),
        reference: reference.to_owned(),
        date: String::new(),
        due: String::new(),
        owner: String::new(),
        fallback: String::new(),
        is_open: true,
        is_grave: false,
        is_out: false,
    }
}

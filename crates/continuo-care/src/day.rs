//! The day's papers: the end-of-day card (also the downtime sheet) and the huddle list.

use continuo_fhir::{Instant, Json, ResourceType};
use continuo_store::tables::person_header::PersonHeader;

use crate::access::Permission;
use crate::assess::site;
use crate::ctx::Ctx;
use crate::followup::finding::Band;
use crate::problem::WorkError;
use crate::worklist::{Filter, Item, Row, Tab, worklist};

/// One line of the card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Who; nothing when the person is not visible any more.
    pub person: Option<PersonHeader>,
    /// What; private items say only that there is one.
    pub what: String,
    /// On whom or what it waits, or why it is uncovered; empty for closed work.
    pub on: String,
    /// Due.
    pub due: Option<Instant>,
}

/// The card.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndOfDay {
    /// Finished today by the reader.
    pub closed: Vec<Line>,
    /// Waiting, with on whom.
    pub waiting: Vec<Line>,
    /// The reader's own danger and clocks that nobody has ended: it does harm to leave them for tomorrow.
    pub urgent: Vec<Line>,
    /// The first three for tomorrow.
    pub tomorrow: Vec<Line>,
    /// What nobody answers for tonight: danger and clocks that nobody has, and hand-overs not accepted.
    pub uncovered: Vec<Line>,
    /// Urgent routes without anybody on call before the next business day begins: route, from, until.
    pub gaps: Vec<(String, Instant, Instant)>,
}

/// The reader's card.
pub fn end_of_day(ctx: &Ctx) -> Result<EndOfDay, WorkError> {
    ctx.require(Permission::WorkRead)?;
    let mine = worklist(ctx, Tab::Mine, &Filter { snoozed: true, most: 1_000, ..Filter::default() })?;
    let nobody = worklist(ctx, Tab::Nobody, &Filter { most: 1_000, ..Filter::default() })?;
    let mut card = EndOfDay { closed: closed_today(ctx)?, ..EndOfDay::default() };
    let mut left: Vec<Line> = Vec::new();
    for (row, item) in mine.rows.iter().flat_map(|row| row.items.iter().map(move |item| (row, item))) {
        let waiting = item.state.strip_prefix("Waiting for ").map(str::to_owned);
        let held = (item.state == "On hold").then(|| "on hold".to_owned());
        match waiting.or(held) {
            Some(on) => card.waiting.push(line(row, item, on)),
            None if matches!(item.band, Band::Danger | Band::Clock) => card.urgent.push(line(row, item, String::new())),
            None => left.push(line(row, item, String::new())),
        }
        if !item.handed_by.is_empty() {
            card.uncovered.push(line(row, item, "handed over to you, not accepted".to_owned()));
        }
    }
    card.tomorrow = left.into_iter().take(3).collect();
    for (row, item) in nobody.rows.iter().flat_map(|row| row.items.iter().map(move |item| (row, item))) {
        if matches!(item.band, Band::Danger | Band::Clock) {
            card.uncovered.push(line(row, item, "nobody has this".to_owned()));
        }
    }
    card.gaps = gaps_tonight(ctx)?;
    Ok(card)
}

fn gaps_tonight(ctx: &Ctx) -> Result<Vec<(String, Instant, Instant)>, WorkError> {
    let now = ctx.now();
    let calendar = ctx.calendar()?;
    let next = calendar.plus_business(calendar.day(now), 1);
    let morning = calendar.opens_on(next);
    let on_call = crate::oncall::load(ctx)?;
    let gaps = on_call.gaps(ctx, now, morning).into_iter();
    Ok(gaps.map(|(route, from, to)| (route.title.clone(), from, to)).collect())
}

fn line(row: &Row, item: &Item, on: String) -> Line {
    Line { person: Some(row.person.clone()), what: item.what.clone(), on, due: item.due }
}

fn closed_today(ctx: &Ctx) -> Result<Vec<Line>, WorkError> {
    const TASK: ResourceType = ResourceType::of("Task");
    let now = ctx.now();
    let calendar = site::calendar(ctx.zone.clone(), now);
    let since = calendar.start_of(calendar.day(now)).micros();
    Ok(ctx.read(|r| {
        let ids = r.finished_by(ctx.org, &ctx.actor.reference, "complete task", TASK, since)?;
        let mut lines = Vec::new();
        for id in ids {
            let Some(stored) = r.find(&ctx.scope, TASK, &id)? else { continue };
            let Some(task) = stored.bytes.as_deref().and_then(|bytes| Json::parse(bytes).ok()) else { continue };
            if task.str_at("status") != Some("completed") {
                continue;
            }
            let person = r.person_of(ctx.org, stored.patient)?;
            let headers = continuo_store::tables::person_header::of_patients(r.conn(), &ctx.scope, &[person])?;
            lines.push(Line {
                person: headers.into_iter().next(),
                what: if stored.labels == 0 {
                    task.str_at("description").unwrap_or("Task").to_owned()
                } else {
                    "Private item".to_owned()
                },
                on: String::new(),
                due: None,
            });
        }
        Ok(lines)
    })?)
}

/// The huddle list: everybody of a list whose work is danger, clock, late or due today, worst first.
pub fn huddle(ctx: &Ctx, tab: Tab) -> Result<Vec<Row>, WorkError> {
    let list = worklist(ctx, tab, &Filter { most: 1_000, ..Filter::default() })?;
    Ok(list
        .rows
        .into_iter()
        .filter(|row| row.band() < Band::Later)
        .map(|mut row| {
            row.items.retain(|item| item.band < Band::Later);
            row
        })
        .collect())
}

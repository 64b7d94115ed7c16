//! Everybody's results kept up to date, behind the change feed: a changed person is computed again, a measure newly
//! switched on (or loaded in another version) goes round everybody, and each day's figures are kept.
//!
//! Evaluation happens outside the writer; one commit takes what changed. Who is in no initial population has no row.

use std::collections::{BTreeMap, BTreeSet};

use continuo_cql::measure::GroupResult;
use continuo_store::tables::measure_result::{self, MeasureResult};
use continuo_store::tables::measure_run::{self, MeasureRate, MeasureRun};
use continuo_store::tables::measure_setting;
use continuo_store::{ChangeSeq, Result, Rid, Scope};

use super::compiled::{Compiled, compiled};
use super::evaluate::{self, Ask, Terms};
use super::facts::{self, Facts};
use super::settings::{Loaded, joined};
use super::standing::{self, Standing, Why, read_body};
use crate::build::date_text;
use crate::ctx::Ctx;

/// Changes read at a time.
const CHANGES: i64 = 5_000;
/// People computed in one commit.
const PEOPLE: usize = 100;
/// Threads that evaluate a run over everybody; the record's other work goes on beside them.
const THREADS: usize = 2;

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// People computed.
    pub people: usize,
    /// Whether there may be more to do at once.
    pub more: bool,
}

/// The active measures of an organization.
struct Active {
    measures: Vec<Loaded>,
    asks: Vec<Ask>,
}

impl Active {
    fn of(all: Vec<Loaded>) -> Active {
        let measures: Vec<Loaded> = all.into_iter().filter(Loaded::is_active).collect();
        let asks = measures
            .iter()
            .filter_map(|loaded| {
                Some(Ask { place: loaded.known.place?, period: loaded.setting.as_ref()?.period.clone() })
            })
            .collect();
        Active { measures, asks }
    }
}

/// Works off changed people first, then the runs over everybody; at most a batch of each.
pub fn round(ctx: &Ctx) -> Result<Round> {
    let (any, cursor, newest) = ctx.read(|r| {
        let any = measure_setting::current(r.conn(), ctx.org)?.iter().any(|set| set.active);
        Ok((any, measure_run::cursor(r.conn(), ctx.org)?, r.last_change(ctx.org)?.0))
    })?;
    if !any {
        return Ok(Round::default());
    }
    let compiled = compiled(ctx)?;
    let active = Active::of(joined(ctx, &compiled)?);
    if cursor < newest {
        return changed(ctx, &compiled, &active, cursor);
    }
    run(ctx, &compiled, &active)
}

/// Rounds until there is nothing to do.
pub fn catch_up(ctx: &Ctx) -> Result<usize> {
    let mut people = 0;
    loop {
        let round = round(ctx)?;
        people += round.people;
        if !round.more {
            return Ok(people);
        }
    }
}

fn changed(ctx: &Ctx, compiled: &Compiled, active: &Active, cursor: i64) -> Result<Round> {
    let org = ctx.org;
    let (last, people) = ctx.read(|r| {
        let changes = r.changes_after(org, ChangeSeq(cursor), CHANGES)?;
        let mut people = BTreeSet::new();
        for change in &changes {
            // Papers of work say nothing a measure could ask for.
            let paper = matches!(change.type_.as_str(), "Provenance" | "AuditEvent");
            if change.patient.0 != 0 && !paper {
                people.insert(r.person_of(org, change.patient)?.0);
                // A source that was linked away leaves no result of its own behind.
                people.insert(change.patient.0);
            }
        }
        Ok((changes.last().map(|change| change.seq.0), people))
    })?;
    let Some(last) = last else { return Ok(Round::default()) };
    let people: Vec<Rid> = people.into_iter().map(Rid).collect();
    let wanted: Vec<usize> = (0..active.asks.len()).collect();
    for batch in people.chunks(PEOPLE) {
        compute(ctx, compiled, active, &wanted, batch, 1, |_| {})?;
    }
    ctx.write("evaluate measures", move |tx| {
        let org = tx.org();
        measure_run::set_cursor(tx.conn()?, org, last)
    })?;
    Ok(Round { people: people.len(), more: true })
}

/// A batch of the run that is least far; figures are kept when one is through and once a day.
fn run(ctx: &Ctx, compiled: &Compiled, active: &Active) -> Result<Round> {
    let now = ctx.now().micros();
    let mut runs: Vec<MeasureRun> = Vec::new();
    for (loaded, ask) in active.measures.iter().zip(&active.asks) {
        let own = loaded.run.clone().filter(|run| run.program == compiled.hash);
        runs.push(own.unwrap_or_else(|| MeasureRun {
            measure: loaded.known.id.clone(),
            period: ask.period.clone(),
            program: compiled.hash.clone(),
            began: now,
            ..MeasureRun::default()
        }));
    }
    let Some(reached) = runs.iter().filter(|run| run.finished == 0).map(|run| run.reached).min() else {
        return daily(ctx, active);
    };
    let wanted: Vec<usize> =
        (0..runs.len()).filter(|at| runs.get(*at).is_some_and(|r| r.finished == 0 && r.reached == reached)).collect();
    let people = ctx.read(|r| measure_run::people_after(r.conn(), ctx.org, reached, PEOPLE as i64))?;
    let through = people.len() < PEOPLE;
    let mut moved: Vec<MeasureRun> = wanted.iter().filter_map(|at| runs.get(*at).cloned()).collect();
    for run in &mut moved {
        run.reached = people.last().map_or(run.reached, |rid| rid.0);
        run.people += people.len() as i64;
        run.finished = if through { now } else { 0 };
    }
    compute(ctx, compiled, active, &wanted, &people, THREADS, move |writes| writes.runs = moved)?;
    if through {
        keep(ctx, active)?;
    }
    Ok(Round { people: people.len(), more: true })
}

fn today(ctx: &Ctx) -> String {
    date_text(ctx.zone.day(ctx.now()))
}

fn daily(ctx: &Ctx, active: &Active) -> Result<Round> {
    let last = ctx.read(|r| measure_run::last_day(r.conn(), ctx.org))?;
    if last < today(ctx) {
        keep(ctx, active)?;
    }
    Ok(Round::default())
}

/// Keeps the day's figures of every active measure.
fn keep(ctx: &Ctx, active: &Active) -> Result<()> {
    let day = today(ctx);
    let (sums, people) = ctx.read(|r| {
        let sums = measure_result::totals(r.conn(), &Scope::all(ctx.org))?;
        Ok((sums, measure_run::people_after(r.conn(), ctx.org, 0, i64::MAX)?.len() as i64))
    })?;
    let mut rates: BTreeMap<(String, String, i64), MeasureRate> = BTreeMap::new();
    for (loaded, ask) in active.measures.iter().zip(&active.asks) {
        rates.insert((loaded.known.id.clone(), ask.period.clone(), 0), MeasureRate::default());
    }
    for sum in sums {
        if !active.measures.iter().zip(&active.asks).any(|(l, a)| l.known.id == sum.measure && a.period == sum.period) {
            continue;
        }
        let rate = rates.entry((sum.measure, sum.period, sum.group)).or_default();
        for (total, count) in rate.counts.iter_mut().zip(sum.counts) {
            *total += count;
        }
        if Standing::from_number(sum.standing) == Standing::Failed {
            rate.failed += sum.people;
        }
    }
    let rates: Vec<MeasureRate> = rates
        .into_iter()
        .map(|((measure, period, group), rate)| MeasureRate {
            measure,
            period,
            group,
            day: day.clone(),
            people,
            ..rate
        })
        .collect();
    ctx.write("keep measure figures", move |tx| {
        let org = tx.org();
        let conn = tx.conn()?;
        rates.iter().try_for_each(|rate| measure_run::keep(conn, org, rate))
    })?;
    Ok(())
}

/// What a batch writes.
#[derive(Default)]
struct Writes {
    /// Rows that hold no longer.
    ended: Vec<MeasureResult>,
    /// Rows that stand from now on.
    added: Vec<MeasureResult>,
    /// Runs that moved on.
    runs: Vec<MeasureRun>,
    /// People whose suggestions may change.
    again: Vec<Rid>,
}

fn compute(
    ctx: &Ctx,
    compiled: &Compiled,
    active: &Active,
    wanted: &[usize],
    people: &[Rid],
    threads: usize,
    add: impl FnOnce(&mut Writes),
) -> Result<()> {
    let mut writes = Writes::default();
    let share = people.len().div_ceil(threads.max(1)).max(1);
    let parts: Vec<Result<Writes>> = std::thread::scope(|scope| {
        let parts: Vec<_> = people
            .chunks(share)
            .map(|part| scope.spawn(move || Batch { ctx, compiled, active, wanted }.differences(part)))
            .collect();
        parts.into_iter().map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    for part in parts {
        let part = part?;
        writes.ended.extend(part.ended);
        writes.added.extend(part.added);
        writes.again.extend(part.again);
    }
    add(&mut writes);
    if writes.ended.is_empty() && writes.added.is_empty() && writes.runs.is_empty() {
        return Ok(());
    }
    ctx.write("evaluate measures", move |tx| {
        let (org, now) = (tx.org(), tx.now());
        let conn = tx.conn()?;
        // Somebody may have switched a measure meanwhile: only what is still asked for is written.
        let settings = measure_setting::current(conn, org)?;
        let asked = |measure: &str, period: &str| {
            settings.iter().any(|set| set.active && set.measure == measure && set.period == period)
        };
        for row in &writes.ended {
            measure_result::end(conn, org, row, now)?;
        }
        for row in writes.added.iter().filter(|row| asked(&row.measure, &row.period)) {
            measure_result::add(conn, org, row)?;
        }
        for run in writes.runs.iter().filter(|run| asked(&run.measure, &run.period)) {
            measure_run::put(conn, org, run)?;
        }
        measure_run::look_again(conn, org, &writes.again, now)
    })?;
    Ok(())
}

struct Batch<'b> {
    ctx: &'b Ctx,
    compiled: &'b Compiled,
    active: &'b Active,
    /// Places of the asks that are computed.
    wanted: &'b [usize],
}

impl Batch<'_> {
    fn differences(&self, people: &[Rid]) -> Result<Writes> {
        let scope = Scope::all(self.ctx.org);
        let (facts, standing, as_of) = self.ctx.read(|r| {
            let mut all = Vec::with_capacity(people.len());
            let mut standing = Vec::with_capacity(people.len());
            for person in people {
                // Of a linked source nothing is computed; what stands for it ends.
                let own = r.person_of(scope.org, *person)? == *person;
                let facts = facts::load(r, &scope, *person)?;
                let none = Facts { rows: Vec::new(), shared: Vec::new(), ..facts.clone() };
                all.push(if own { facts } else { none });
                standing.push(measure_result::of_patients(r.conn(), &scope, &[*person])?);
            }
            Ok((all, standing, r.last_change(scope.org)?.0))
        })?;
        let asks: Vec<Ask> = self.wanted.iter().filter_map(|at| self.active.asks.get(*at).cloned()).collect();
        let terms = Terms::at(&self.ctx.zone, self.ctx.now());
        let answers = evaluate::people(self.compiled, &asks, &facts, &terms);
        let mut writes = Writes::default();
        for ((facts, answers), standing) in facts.iter().zip(answers).zip(standing) {
            let rows = self.rows(facts, &asks, answers, as_of);
            self.compare(facts, rows, standing, &mut writes);
        }
        Ok(writes)
    }

    /// The rows that should stand for a person.
    fn rows(&self, facts: &Facts, asks: &[Ask], answers: evaluate::Answers, as_of: i64) -> Vec<MeasureResult> {
        let counted = |answer: &(usize, GroupResult)| {
            let measure = asks.get(answer.0).and_then(|ask| self.compiled.package.plan.measures.get(ask.place))?;
            let group = measure.measure.groups.get(answer.1.group)?;
            let counts = standing::counts(group, &answer.1);
            (answer.1.error.is_some() || counts.iter().any(|count| *count > 0)).then_some((group, counts))
        };
        let rows: Vec<_> = answers.iter().filter_map(|answer| Some((answer, counted(answer)?))).collect();
        if rows.is_empty() {
            return Vec::new();
        }
        // A result that would differ without what is labeled is as closed as that is.
        let labels = facts.labels();
        let open = if labels == 0 {
            None
        } else {
            let terms = Terms::at(&self.ctx.zone, self.ctx.now());
            Some(evaluate::person(self.compiled, asks, &facts.open(), &terms))
        };
        let closed = |answer: &(usize, GroupResult)| match &open {
            None => 0,
            Some(open) => {
                let same = open.iter().find(|other| other.0 == answer.0 && other.1.group == answer.1.group);
                let same = same.is_some_and(|(_, other)| {
                    let (own, other) = (&answer.1, other);
                    (&other.counts, &other.strata, &other.error) == (&own.counts, &own.strata, &own.error)
                        && (&other.observed, &other.split, &other.supplements)
                            == (&own.observed, &own.split, &own.supplements)
                });
                if same { 0 } else { labels }
            }
        };
        let inputs = facts.hash();
        rows.into_iter()
            .filter_map(|(answer, (group, counts))| {
                let ask = asks.get(answer.0)?;
                let loaded = self.active.measures.iter().find(|loaded| {
                    loaded.known.place == Some(ask.place)
                        && loaded.setting.as_ref().is_some_and(|set| set.period == ask.period)
                })?;
                Some(MeasureResult {
                    measure: loaded.known.id.clone(),
                    period: ask.period.clone(),
                    patient: facts.person,
                    group: answer.1.group as i64,
                    at: self.ctx.now().micros(),
                    as_of,
                    labels: closed(answer),
                    counts,
                    standing: standing::standing(group, &answer.1).number(),
                    inputs: inputs.clone(),
                    program: self.compiled.hash.clone(),
                    body: standing::body(&answer.1, &Why::default()).to_bytes(),
                })
            })
            .collect()
    }

    fn compare(&self, facts: &Facts, rows: Vec<MeasureResult>, standing: Vec<MeasureResult>, writes: &mut Writes) {
        let key = |row: &MeasureResult| (row.measure.clone(), row.period.clone(), row.group);
        let concerned: BTreeSet<(&str, &str)> = self
            .wanted
            .iter()
            .filter_map(|at| {
                let (loaded, ask) = (self.active.measures.get(*at)?, self.active.asks.get(*at)?);
                Some((loaded.known.id.as_str(), ask.period.as_str()))
            })
            .collect();
        let mut touched = false;
        let mut kept = BTreeSet::new();
        for old in standing {
            if !concerned.contains(&(old.measure.as_str(), old.period.as_str())) {
                continue;
            }
            // A gap that may be suggested from now on still has to say what it rests on.
            let bare = old.standing == Standing::Gap.number()
                && self.suggests(&old.measure)
                && read_body(&old.body).why == Why::default();
            if !bare && rows.iter().any(|row| key(row) == key(&old) && same(row, &old)) {
                kept.insert(key(&old));
            } else {
                touched |= self.suggests(&old.measure);
                writes.ended.push(old);
            }
        }
        for row in rows {
            if !kept.contains(&key(&row)) {
                touched |= self.suggests(&row.measure);
                writes.added.push(self.with_evidence(facts, row));
            }
        }
        if touched {
            writes.again.push(facts.person);
        }
    }

    fn suggests(&self, measure: &str) -> bool {
        let own = |loaded: &&Loaded| loaded.known.id == measure;
        self.active.measures.iter().find(own).is_some_and(|l| l.setting.as_ref().is_some_and(|set| set.suggests))
    }

    /// A gap that becomes a suggestion names what it rests on; noting that is slower, so it is asked for only here.
    fn with_evidence(&self, facts: &Facts, row: MeasureResult) -> MeasureResult {
        if row.standing != Standing::Gap.number() || !self.suggests(&row.measure) {
            return row;
        }
        let Some(known) = self.compiled.by_id(&row.measure) else { return row };
        let Some(place) = known.place else { return row };
        let asks = [Ask { place, period: row.period.clone() }];
        let terms = Terms { evidence: true, ..Terms::at(&self.ctx.zone, self.ctx.now()) };
        // A result that everybody may see names nothing that is closed to some.
        let open = (row.labels == 0 && facts.labels() != 0).then(|| facts.open());
        let answers = evaluate::person(self.compiled, &asks, open.as_ref().unwrap_or(facts), &terms);
        let Some((_, answer)) = answers.into_iter().find(|(_, answer)| answer.group as i64 == row.group) else {
            return row;
        };
        let why = Why::of(&answer);
        MeasureResult { body: standing::body(&answer, &why).to_bytes(), ..row }
    }
}

/// Equal in what is counted and shown; when and on what it was computed is no difference.
fn same(a: &MeasureResult, b: &MeasureResult) -> bool {
    let (left, right) = (read_body(&a.body), read_body(&b.body));
    a.counts == b.counts
        && a.standing == b.standing
        && a.labels == b.labels
        && (left.counts, left.strata, left.observations, left.error)
            == (right.counts, right.strata, right.observations, right.error)
        && (left.observed, left.split, left.supplements) == (right.observed, right.split, right.supplements)
}

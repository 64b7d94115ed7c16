//! The workers: people in batches, evaluated on all threads, their lines in the order in which they came.
//!
//! Only a few batches are under way at a time, so memory does not grow with the population.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::mpsc;
use std::sync::{Arc, Mutex};

use anyhow::Context;
use continuo_care::{Ctx, everybody, setup};
use continuo_cql::eval::Limits;
use continuo_cql::measure::{Package, Totals, Wanted, evaluate_packed, evaluate_text};
use continuo_cql::value::DateTime;
use continuo_cql::{DEEP, Record, deep_stack};
use continuo_fhir::facts::Row;
use continuo_fhir::{packed, root};
use continuo_store::{FactRow, PersonFactRows, Rid};

use crate::open;
use crate::progress::Bar;

/// Takes batches of people as they are read.
pub(crate) type Feed<'t> = &'t mut dyn FnMut(Batch) -> anyhow::Result<()>;

/// People to evaluate.
pub(crate) enum Batch {
    /// Where each came from, and a bundle's text.
    Texts(Vec<(String, Vec<u8>)>),
    /// Packed resources put together from an export.
    Packed(Vec<Person>, Arc<Vec<Vec<u8>>>),
    /// Keys of people in the database.
    Keys(Vec<Rid>),
}

impl Batch {
    fn len(&self) -> usize {
        match self {
            Batch::Texts(list) => list.len(),
            Batch::Packed(list, _) => list.len(),
            Batch::Keys(list) => list.len(),
        }
    }
}

/// One person's packed resources, one after the other.
#[derive(Default)]
pub(crate) struct Person {
    /// Where they came from.
    pub(crate) input: String,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Person {
    pub(crate) fn new(input: String) -> Person {
        Person { input, ..Person::default() }
    }

    pub(crate) fn push(&mut self, packed: &[u8]) {
        self.bytes.extend_from_slice(packed);
        self.ends.push(self.bytes.len());
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    fn resources(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).filter_map(|(start, end)| self.bytes.get(start..*end))
    }
}

/// A database whose people are evaluated.
pub(crate) struct Database {
    ctx: Ctx,
    shared: PersonFactRows,
}

/// People whose rows are read together.
const TOGETHER: usize = 16;
/// People of one round of a worker.
const ROUND: usize = 128;

impl Database {
    /// Opens `sqlite:FILE` or `postgres://..`; nothing for other texts.
    pub(crate) fn open(url: &str) -> anyhow::Result<Option<Database>> {
        if !url.starts_with("sqlite:") && !url.starts_with("postgres:") && !url.starts_with("postgresql:") {
            return Ok(None);
        }
        let care = open::care_for_a_pass(url)?;
        Database::of(setup::machine(&care, setup::FIRST, "measure")?).map(Some)
    }

    /// A database that is open already.
    pub(crate) fn of(ctx: Ctx) -> anyhow::Result<Database> {
        let shared = everybody::shared(&ctx)?;
        Ok(Database { ctx, shared })
    }

    pub(crate) fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    /// What belongs to nobody.
    pub(crate) fn shared(&self) -> &[FactRow] {
        &self.shared
    }

    /// Everybody's keys.
    pub(crate) fn people(&self) -> anyhow::Result<Vec<Rid>> {
        Ok(everybody::people(&self.ctx, "measures")?)
    }

    /// Feeds everybody's keys.
    pub(crate) fn everybody(&self, take: Feed<'_>) -> anyhow::Result<()> {
        let people = self.people()?;
        people.chunks(ROUND).try_for_each(|chunk| take(Batch::Keys(chunk.to_vec())))
    }

    /// The rows of some people.
    pub(crate) fn rows(&self, people: &[Rid]) -> anyhow::Result<Vec<(Rid, PersonFactRows)>> {
        Ok(everybody::facts(&self.ctx, people)?)
    }
}

/// What all people of a run share.
pub(crate) struct Run<'p> {
    pub(crate) package: &'p Package,
    pub(crate) span: (DateTime, DateTime),
    pub(crate) now: DateTime,
    pub(crate) wanted: Wanted,
    /// Whether supplemental data is counted, for a report.
    pub(crate) supplements: bool,
    pub(crate) threads: usize,
    pub(crate) database: Option<&'p Database>,
}

/// What came of a batch.
struct Answer {
    lines: String,
    aside: u64,
}

/// What came of a run.
pub(crate) struct Ran {
    pub(crate) totals: Totals,
    /// People kept aside.
    pub(crate) aside: u64,
    pub(crate) people: u64,
}

impl Run<'_> {
    fn totals(&self) -> Totals {
        let totals = Totals::new(&self.package.plan);
        if self.supplements { totals.with_supplements(&self.package.plan) } else { totals }
    }

    /// Evaluates whom `feed` gives and writes their lines.
    pub(crate) fn all(
        &self,
        out: &mut dyn Write,
        feed: impl FnOnce(Feed<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<Ran> {
        let (work, taken) = mpsc::sync_channel::<(u64, Batch)>(self.threads);
        let taken = Mutex::new(taken);
        let (done, answers) = mpsc::channel::<(u64, anyhow::Result<Answer>)>();
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..self.threads)
                .map(|_| {
                    let (done, taken) = (done.clone(), &taken);
                    scope.spawn(move || deep_stack(|| self.work(taken, &done)))
                })
                .collect();
            drop(done);
            let mut bar = Bar::new("people", 0);
            let mut order = InOrder { out, next: 0, waiting: BTreeMap::new(), aside: 0 };
            let (mut sent, mut people) = (0u64, 0u64);
            let fed = feed(&mut |batch| {
                people += batch.len() as u64;
                // Workers only stop early when one of them panicked, which joining reports.
                work.send((sent, batch)).context("evaluation stopped")?;
                sent += 1;
                while let Ok((number, answer)) = answers.try_recv() {
                    order.take(number, answer?)?;
                }
                bar.at(people);
                Ok(())
            });
            drop(work);
            let mut result = fed;
            for (number, answer) in answers {
                let taken = answer.and_then(|answer| order.take(number, answer));
                result = result.and(taken);
            }
            bar.finish();
            let mut totals = self.totals();
            for worker in workers {
                totals.merge(&worker.join().map_err(|_| anyhow::anyhow!("evaluation stopped"))?);
            }
            result?;
            Ok(Ran { totals, aside: order.aside, people })
        })
    }

    fn work(
        &self,
        taken: &Mutex<mpsc::Receiver<(u64, Batch)>>,
        done: &mpsc::Sender<(u64, anyhow::Result<Answer>)>,
    ) -> Totals {
        let plan = &self.package.plan;
        let limits = Limits { depth: DEEP, ..Limits::default() };
        let session = plan.session(&self.package.terms, self.span, self.now, limits);
        let mut totals = self.totals();
        let shared_rows = self.database.map_or(&[][..], |database| &database.shared);
        let shared = record_of(shared_rows.iter().map(FactRow::packed));
        loop {
            let next = taken.lock().map(|receiver| receiver.recv());
            let Ok(Ok((number, batch))) = next else { return totals };
            let mut lines = String::new();
            let mut aside = 0;
            let result = match batch {
                Batch::Texts(list) => {
                    for (input, bytes) in &list {
                        let good = evaluate_text(plan, &session, bytes, input, self.wanted, &mut lines, &mut totals);
                        aside += u64::from(!good);
                    }
                    Ok(())
                }
                Batch::Packed(list, common) => {
                    let common = record_of(common.iter().map(Vec::as_slice));
                    for person in &list {
                        let (resources, input) = (person.resources(), &person.input);
                        let good = evaluate_packed(
                            plan,
                            &session,
                            resources,
                            &common,
                            input,
                            self.wanted,
                            &mut lines,
                            &mut totals,
                        );
                        aside += u64::from(!good);
                    }
                    Ok(())
                }
                Batch::Keys(keys) => keys.chunks(TOGETHER).try_for_each(|keys| {
                    let Some(database) = self.database else { return Ok(()) };
                    for (_, rows) in database.rows(keys)? {
                        // Someone of whom nothing is in scope is not counted.
                        let Some(input) = input_of(&rows) else { continue };
                        let resources = of_one_patient(&rows);
                        let good = evaluate_packed(
                            plan,
                            &session,
                            resources,
                            &shared,
                            &input,
                            self.wanted,
                            &mut lines,
                            &mut totals,
                        );
                        aside += u64::from(!good);
                    }
                    Ok(())
                }),
            };
            // A main thread that is gone needs no answer.
            let _ = done.send((number, result.map(|()| Answer { lines, aside })));
        }
    }
}

/// `Patient/id` of a person's first record.
fn input_of(rows: &[FactRow]) -> Option<String> {
    let patients = rows.iter().filter_map(|row| Row::read(&row.row));
    let patient = patients.into_iter().find(|row| row.type_().is_some_and(|type_| type_.as_str() == "Patient"))?;
    Some(format!("Patient/{}", patient.id()))
}

/// A person's rows with the first of their Patients: a measure's context is one Patient.
fn of_one_patient(rows: &[FactRow]) -> impl Iterator<Item = &[u8]> + Clone {
    let mut has_patient = false;
    rows.iter().map(FactRow::packed).filter(move |bytes| {
        let is_patient = root(bytes).ok().and_then(packed::Node::resource_type) == Some("Patient");
        !(is_patient && std::mem::replace(&mut has_patient, true))
    })
}

/// A record of packed resources; bytes that are none are left out.
pub(crate) fn record_of<'a>(resources: impl Iterator<Item = &'a [u8]>) -> Record<'a> {
    let mut record = Record::new();
    for node in resources.filter_map(|bytes| root(bytes).ok()) {
        if node.kind() == packed::Kind::Object {
            record.push(node, None);
        }
    }
    record
}

/// Writes answers in the order of their batches.
struct InOrder<'o> {
    out: &'o mut dyn Write,
    next: u64,
    waiting: BTreeMap<u64, Answer>,
    aside: u64,
}

impl InOrder<'_> {
    fn take(&mut self, number: u64, answer: Answer) -> anyhow::Result<()> {
        self.waiting.insert(number, answer);
        while let Some(answer) = self.waiting.remove(&self.next) {
            self.next += 1;
            self.aside += answer.aside;
            self.out.write_all(answer.lines.as_bytes())?;
        }
        Ok(())
    }
}

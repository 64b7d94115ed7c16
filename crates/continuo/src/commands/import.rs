//! `continuo import`: files and folders of a source into a site's database.
//!
//! One thread reads and files, the record's threads prepare and write. The same files again write nothing new; a run
//! that was killed is finished by the next. Exit status 1 when something was kept aside.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Instant;

use anyhow::Context;
use clap::Args;
use continuo_care::documents::{self, Received};
use continuo_care::import::Filing;
use continuo_care::ingest::{self, Chunk};
use continuo_care::outbound::Outside;
use continuo_care::{Ctx, assess, setup};
use continuo_exchange::read::read;
use continuo_exchange::table::{Mapping, Tables};
use continuo_exchange::{Batch, Limits};

use super::import_files::{self, Files};
use super::import_report::{Aside, Report};
use super::{Outcome, print_line};
use crate::{open, progress};

/// Takes in bundles, NDJSON, archives and CSV tables; scans, PDF and fax images go to the document inbox. Nothing is dropped: what cannot be taken waits under "Could not file".
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Files and folders.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// `sqlite:FILE` or `postgres://..`
    #[arg(long)]
    db: String,
    /// Name of the source system; ids of imported records depend on it, so keep it the same.
    #[arg(long, default_value = "import")]
    source: String,
    /// Mapping file for CSV tables (field,column,format); files named `*.map.csv` beside a table are found by themselves.
    #[arg(long)]
    mapping: Vec<PathBuf>,
    /// Name of the organization, in an empty database.
    #[arg(long, default_value = "My clinic")]
    name: String,
    /// IANA time zone of the organization, in an empty database.
    #[arg(long, default_value = "America/New_York")]
    zone: String,
    /// Writes a report as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Leaves assessing the people to the server.
    #[arg(long)]
    no_assess: bool,
}

pub(crate) fn run(args: &ImportArgs) -> anyhow::Result<Outcome> {
    let started = Instant::now();
    let Files { records, mut mappings, unread } = import_files::find(&args.paths)?;
    mappings.extend(args.mapping.iter().cloned());
    let tables = tables(&mappings)?;
    let care = open::care_for_a_load(&args.db, Outside::closed())?;
    setup::organization(&care, &args.name, &args.zone)?;
    let ctx = setup::machine(&care, setup::FIRST, "import")?;
    let tables = tables.on(ctx.zone.day(ctx.now()));
    let (scans, files): (Vec<PathBuf>, Vec<PathBuf>) =
        records.into_iter().partition(|path| documents::kind::looks_like_document(&path.to_string_lossy()));
    let mut report = take_in(&ctx, &args.source, &files, &tables)?;
    for (path, why) in unread {
        report.aside.unread(&ctx, &args.source, &path.to_string_lossy(), &why)?;
    }
    let received = receive(&ctx, &args.source, &scans, &mut report)?;
    care.store.settle()?;
    let assessed = if args.no_assess { 0 } else { assess::worker::catch_up(&ctx)? };
    let seconds = started.elapsed().as_secs_f64();
    report.say();
    let sum = report.sum;
    print_line(&format!(
        "{} files: {} new, {} changed, {} already here; {} kept aside ({} new); {} references lead nowhere; {received} documents to the inbox; {assessed} people assessed; {seconds:.1} s",
        files.len() + scans.len(),
        sum.created,
        sum.updated,
        sum.unchanged,
        report.aside.kept,
        report.aside.new,
        report.open(),
    ))?;
    if let Some(path) = &args.json {
        let json = report.json(files.len() + scans.len(), received, assessed, seconds);
        std::fs::write(path, format!("{json:#}\n")).with_context(|| format!("report `{}`", path.display()))?;
    }
    care.store.close();
    Ok(if report.aside.kept == 0 { Outcome::Done } else { Outcome::KeptAside })
}

fn tables(mappings: &[PathBuf]) -> anyhow::Result<Tables> {
    let mut tables = Tables::new();
    for path in mappings {
        let bytes = std::fs::read(path).with_context(|| format!("mapping `{}`", path.display()))?;
        let (mapping, issues) = Mapping::read(&bytes);
        for issue in &issues {
            eprintln!("mapping `{}`: {}", path.display(), issue.text);
        }
        tables.add(mapping.with_context(|| format!("mapping `{}` cannot be used", path.display()))?);
    }
    Ok(tables)
}

fn take_in(ctx: &Ctx, source: &str, files: &[PathBuf], tables: &Tables) -> anyhow::Result<Report> {
    let total = files.iter().filter_map(|file| std::fs::metadata(file).ok()).map(|data| data.len()).sum();
    let read_bytes = AtomicU64::new(0);
    let mut bar = progress::Bar::new("importing", total);
    let mut filing = Filing::new(ctx, source)?;
    let mut refused = Aside::default();
    let mut failed = None;
    let (sender, receiver) = sync_channel::<Chunk>(8);
    let mut report = std::thread::scope(|threads| -> anyhow::Result<Report> {
        let reader = threads.spawn(|| {
            let mut rounds = Rounds {
                ctx,
                filing: &mut filing,
                tables,
                sender,
                report: Report::default(),
                failed: None,
                read: &read_bytes,
            };
            rounds.all(files);
            match rounds.failed {
                Some(error) => Err(error),
                None => Ok(rounds.report),
            }
        });
        let sum = ingest::run(ctx, receiver.into_iter(), |_, some| {
            // Written aside as they come: a source that sends nothing else would fill the memory. What a crash loses here
            // the next run refuses again.
            if failed.is_none() {
                failed = refused.refused(ctx, source, some).err();
            }
            bar.at(read_bytes.load(Ordering::Relaxed));
        })?;
        let mut report = reader.join().map_err(|_| anyhow::anyhow!("the reading thread ended unexpectedly"))??;
        report.sum = sum;
        Ok(report)
    })?;
    bar.finish();
    if let Some(error) = failed {
        return Err(anyhow::Error::new(error).context("what was refused cannot be kept aside"));
    }
    report.aside.add(refused);
    report.lead(ctx)?;
    Ok(report)
}

/// Sends scans, PDF and fax images to the document inbox; says how many were new. What is no document is kept aside.
fn receive(ctx: &Ctx, source: &str, scans: &[PathBuf], report: &mut Report) -> anyhow::Result<usize> {
    let mut new = 0;
    for path in scans {
        let name = path.to_string_lossy().into_owned();
        // One byte more than fits is enough to know that it does not.
        let mut bytes = Vec::new();
        let most = documents::LARGEST as u64 + 1;
        if let Err(error) = File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)) {
            report.aside.unread(ctx, source, &name, &format!("cannot be read: {error}"))?;
            continue;
        }
        match documents::receive(ctx, source, &name, bytes.clone())? {
            Received::New(_) => new += 1,
            Received::Known(_) => {}
            Received::Refused(why) => {
                let issue = continuo_fhir::Issue::error(continuo_fhir::IssueCode::NotSupported, "file", why);
                let place = continuo_exchange::Place::whole(&name);
                report.aside.keep(
                    ctx,
                    source,
                    vec![continuo_exchange::Kept { place, bytes, issues: vec![issue], mapping: String::new() }],
                )?;
            }
        }
    }
    Ok(new)
}

/// Reads the files, first all of them, then once more those with references to what came later.
struct Rounds<'r> {
    ctx: &'r Ctx,
    filing: &'r mut Filing,
    tables: &'r Tables,
    sender: SyncSender<Chunk>,
    report: Report,
    failed: Option<anyhow::Error>,
    read: &'r AtomicU64,
}

impl Rounds<'_> {
    fn all(&mut self, files: &[PathBuf]) {
        let mut again: Vec<(&PathBuf, BTreeSet<usize>)> = Vec::new();
        for file in files {
            let waiting = self.one(file, None);
            if !waiting.is_empty() {
                again.push((file, waiting));
            }
        }
        for (file, waiting) in again {
            self.one(file, Some(&waiting));
        }
    }

    /// Reads one file; `only` the batches with these numbers, on the last round. Says which batches have to wait.
    fn one(&mut self, file: &Path, only: Option<&BTreeSet<usize>>) -> BTreeSet<usize> {
        let mut waiting = BTreeSet::new();
        if self.failed.is_some() {
            return waiting;
        }
        let name = file.to_string_lossy().into_owned();
        let mut input = match File::open(file) {
            Ok(input) => Counted { inner: input, read: if only.is_none() { Some(self.read) } else { None } },
            // It was there a moment ago, or it is closed to us: it stops nothing else.
            Err(error) => {
                let source = self.filing.source().to_owned();
                let why = format!("cannot be opened: {error}");
                self.failed = self.report.aside.unread(self.ctx, &source, &name, &why).err().map(anyhow::Error::new);
                return waiting;
            }
        };
        let mut number = 0;
        let tables = self.tables;
        read(&name, &mut input, tables, &Limits::default(), &mut |batch| {
            number += 1;
            if only.is_some_and(|only| !only.contains(&number)) {
                return ControlFlow::Continue(());
            }
            match self.batch(batch, only.is_some()) {
                Ok(true) => ControlFlow::Continue(()),
                Ok(false) => {
                    waiting.insert(number);
                    ControlFlow::Continue(())
                }
                Err(error) => {
                    self.failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        });
        waiting
    }

    fn batch(&mut self, batch: Batch, last: bool) -> anyhow::Result<bool> {
        let Some(filed) = self.filing.file(batch, last) else { return Ok(false) };
        self.report.loose.open(filed.open);
        self.report.loose.leads(self.ctx, filed.leads)?;
        if !filed.kept.is_empty() {
            let source = self.filing.source().to_owned();
            self.report.aside.keep(self.ctx, &source, filed.kept)?;
        }
        if !filed.chunk.resources.is_empty() {
            self.sender.send(filed.chunk).context("writing has stopped")?;
        }
        Ok(true)
    }
}

/// Counts what is read, for the progress line.
struct Counted<'c> {
    inner: File,
    read: Option<&'c AtomicU64>,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if let Some(count) = self.read {
            count.fetch_add(read as u64, Ordering::Relaxed);
        }
        Ok(read)
    }
}

//! `continuo demo`: a made-up clinic with staff, a population and a morning's work, then the server.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use clap::Args;
use continuo_care::access::Permission;
use continuo_care::accounts::{self, NewToken};
use continuo_care::ingest::{self, Chunk};
use continuo_care::population::{Population, Settings};
use continuo_care::{Care, setup};
use continuo_fhir::clock::Clock;
use continuo_fhir::date::{Instant as Moment, Zone};
use continuo_store::StartCheck;
use continuo_web::Front;

use super::Outcome;
use crate::system::SystemClock;
use crate::{open, outgoing, progress, serving};

/// Starts the product on a made-up clinic; nobody in it is real.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// How many people the clinic cares for.
    #[arg(long, default_value_t = 2000)]
    patients: u32,
    /// Port on this machine; 0 takes a free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Another seed is another county.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to keep the database; by default a file in the folder for temporary files, made anew each time.
    #[arg(long)]
    db: Option<String>,
    /// Make the clinic and stop, without serving it.
    #[arg(long)]
    prepare_only: bool,
    /// JSON file of outside services (language model, speech, sign-in); without it nothing ever leaves this machine.
    #[arg(long)]
    services: Option<PathBuf>,
}

/// The clinic's zone: the made-up county keeps US eastern time.
const ZONE: &str = "America/New_York";

pub(crate) fn run(args: &DemoArgs) -> anyhow::Result<Outcome> {
    let started = Instant::now();
    let url = match &args.db {
        Some(url) => url.clone(),
        None => fresh_file(args.port)?,
    };
    let outside = outgoing::outside(args.services.as_deref())?;
    let care = if args.prepare_only {
        open::care_for_a_load(&url, outside)?
    } else {
        open::care_with(&url, StartCheck::Head, outside)?
    };
    let made = if setup::is_new(&care)? { make(&care, args.seed, args.patients)? } else { 0 };
    anyhow::ensure!(
        !accounts::one_click(&care)?.is_empty(),
        "this database is a site's own, not a made-up clinic: `continuo serve --db` serves it"
    );
    let token = token(&care)?;
    if made > 0 {
        eprintln!("made {made} resources for {} people in {:.1} s", args.patients, started.elapsed().as_secs_f64());
    }
    if args.prepare_only {
        care.store.close();
        return Ok(Outcome::Done);
    }
    let listen = SocketAddr::from(([127, 0, 0, 1], args.port));
    serving::serve(care, listen, Front::default(), |address| {
        eprintln!();
        eprintln!("Continuo is ready.  Open  http://{address}/  and choose who you are.");
        eprintln!("FHIR API: http://{address}/fhir   token: {token}");
        eprintln!("Everybody in this clinic is made up. Stop with Ctrl-C.");
    })?;
    Ok(Outcome::Done)
}

fn fresh_file(port: u16) -> anyhow::Result<String> {
    let path: PathBuf = std::env::temp_dir().join(format!("continuo-demo-{port}.db"));
    for suffix in ["", "-wal", "-shm"] {
        let file = PathBuf::from(format!("{}{suffix}", path.display()));
        if file.exists() {
            std::fs::remove_file(&file).with_context(|| format!("`{}` is in use", file.display()))?;
        }
    }
    Ok(format!("sqlite:{}", path.display()))
}

/// The made-up clinic on a database that is new; one that is there stays as it is.
pub(crate) fn make_if_new(care: &Arc<Care>, seed: u64, patients: u32) -> anyhow::Result<()> {
    if setup::is_new(care)? {
        make(care, seed, patients)?;
    }
    Ok(())
}

/// Makes the clinic through the ordinary write path. Says how many resources it took.
fn make(care: &Arc<Care>, seed: u64, patients: u32) -> anyhow::Result<u64> {
    // Nobody can sign in yet where records were only imported; they are real all the same.
    anyhow::ensure!(
        setup::organizations(care)?.is_empty(),
        "this database holds a site's own records: a made-up clinic needs one of its own"
    );
    let now = SystemClock.now();
    let zone = Zone::named(ZONE).unwrap_or_else(Zone::utc);
    let settings = Settings { seed, patients, as_of: now, offset_minutes: i64::from(zone.offset_minutes(now)) };
    let population = Population::new(settings);
    setup::organization(care, "Juniper Family Health (made up)", ZONE)?;
    let ctx = setup::machine(care, setup::FIRST, "demo")?;
    setup::demo_staff(&ctx, &population)?;
    setup::demo_roster(&ctx, &population)?;
    // Sheets and letters say where to call; the number is one for fiction, as all of this clinic's.
    continuo_care::settings::set_phone(&ctx, "(555) 555-0100")?;
    let shared = Chunk { source: String::new(), resources: population.shared(), ..Chunk::default() };
    ingest::run(&ctx, std::iter::once(shared), |_, refused| report(&refused))?;
    let mut bar = progress::Bar::new("making people", u64::from(patients));
    let mut done = 0;
    let chunks = people_in_chunks(&population);
    let sum = ingest::run(&ctx, chunks, |sum, refused| {
        done = sum.total();
        report(&refused);
        bar.at(done / 70);
    })?;
    bar.finish();
    for (name, bytes) in continuo_care::population::papers(&population) {
        continuo_care::documents::receive(&ctx, "fax", &name, bytes)?;
    }
    anyhow::ensure!(sum.refused == 0, "{} made-up resources were refused", sum.refused);
    continuo_care::assess::policy::open_tasks_directly(&ctx, "system/demo", "made-up clinic")?;
    care.store.settle()?;
    let linked = continuo_care::identity::worker::catch_up(&ctx)?;
    let assessed = continuo_care::assess::worker::catch_up(&ctx)?;
    let words = continuo_care::demo_words::seed(&ctx, &population)?;
    continuo_care::demo_second_look::seed(&ctx, &population)?;
    continuo_care::demo_feeds::seed(&ctx)?;
    eprintln!("took in {words} transcripts and messages");
    eprintln!("linked {linked} records of other sources, assessed {assessed} people");
    continuo_care::measures::example::switch_on(&ctx)?;
    let measured = continuo_care::measures::round::catch_up(&ctx)?;
    eprintln!("measured {measured} people");
    Ok(sum.total())
}

/// A hundred records a commit.
fn people_in_chunks(population: &Population) -> impl Iterator<Item = Chunk> + Send + '_ {
    let mut numbers = 0..population.settings().patients;
    std::iter::from_fn(move || {
        let mut clinic = Chunk::default();
        let mut others = Vec::new();
        for number in numbers.by_ref().take(25) {
            for record in population.person(number).records {
                if clinic.source.is_empty() {
                    record.source.name().clone_into(&mut clinic.source);
                }
                if clinic.source == record.source.name() {
                    clinic.resources.extend(record.resources);
                } else {
                    others.push(Chunk {
                        source: record.source.name().to_owned(),
                        resources: record.resources,
                        ..Chunk::default()
                    });
                }
            }
        }
        (!clinic.resources.is_empty()).then(|| std::iter::once(clinic).chain(others).collect::<Vec<_>>())
    })
    .flatten()
}

fn report(refused: &[ingest::Refused]) {
    for one in refused {
        tracing::error!(reason = %one.issue, "a made-up resource was refused");
    }
}

pub(crate) fn token(care: &Arc<Care>) -> anyhow::Result<String> {
    let now = SystemClock.now().micros();
    let new = NewToken {
        label: "demo".to_owned(),
        permissions: vec![
            Permission::RecordRead,
            Permission::RecordWrite,
            Permission::PersonRead,
            Permission::PersonWrite,
            Permission::Import,
            Permission::Export,
            Permission::ConsentOpen,
            Permission::AdminPolicy,
            Permission::ChooseIds,
        ],
        labels: Vec::new(),
        expires: Moment::from_micros(now + 30 * 24 * 3_600_000_000),
        made_by: "system/demo".to_owned(),
    };
    Ok(accounts::new_token(care, setup::FIRST, &new)?.expose().to_owned())
}

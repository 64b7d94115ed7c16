//! A visit's transcript to proposals: the engine alone, and the whole way of the product, until the review can be opened.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, ensure};
use clap::Args;
use continuo_care::followup::person::Person;
use continuo_care::scribe::intake::{self, Incoming};
use continuo_care::scribe::review;
use continuo_care::scribe::source::SourceKind;
use continuo_care::setup;
use continuo_fhir::ResourceType;
use continuo_store::Query;

use super::server::Server;
use super::stats::{Figure, Times};

#[derive(Debug, Args)]
pub(super) struct ScribeArgs {
    /// A transcript; by default a made-up visit of about fifteen minutes (2,250 words).
    #[arg(long)]
    file: Option<PathBuf>,
    /// A database made before; by default a new clinic.
    #[arg(long)]
    db: Option<String>,
    /// Made-up people of a new clinic.
    #[arg(long, default_value_t = 200)]
    patients: u32,
    /// Visits taken in, each for another person.
    #[arg(long, default_value_t = 40)]
    visits: usize,
}

const PIECE: &str = "[doctor] Good morning, how have you been since the last visit?\n[patient] I have been tired, and my ankles are swollen in the evening. I stopped the furosemide Saturday because it makes me go all night.\n[doctor] Any chest pain or shortness of breath?\n[patient] No, no chest pain. A little short of breath on the stairs, maybe.\n[doctor] What does your weight do at home?\n[patient] My weight was 172.2 pounds this morning. Last week I was less, I think. My blood pressure was 150 over 90 on the machine at the store.\n[doctor] And the sugars?\n[patient] My sugar was 180 yesterday before breakfast. I take metformin 500 mg twice a day, and lisinopril 20 mg every morning.\n[doctor] Okay. For your heart failure I want you to start the furosemide again, 40 mg every morning, and I am going to order a basic metabolic panel.\n[patient] I can't get a ride on Thursday. My daughter drives me but her car broke down.\n[doctor] I'll call you Friday about the ride. Let's see you back in two weeks.\n[patient] Thank you. I also ran out of the test strips, and we are behind on the rent.\n";
/// Spoken words of fifteen minutes.
const WORDS: usize = 2250;

pub(super) fn run(args: &ScribeArgs) -> anyhow::Result<Vec<Figure>> {
    let text = match &args.file {
        Some(path) => std::fs::read(path).with_context(|| format!("transcript `{}`", path.display()))?,
        None => PIECE.repeat(WORDS / PIECE.split_whitespace().count() + 1).into_bytes(),
    };
    let words = String::from_utf8_lossy(&text).split_whitespace().count();
    let server = Server::start(args.db.as_deref(), args.patients)?;
    let ctx = setup::machine(&server.care, setup::FIRST, "bench")?;
    let query = Query::parse(ResourceType::of("Patient"), &format!("_count={}&_total=none", args.visits.max(1)))?;
    let people = ctx.read(|reader| Ok(reader.search(&ctx.scope, &query)?.matches))?;
    ensure!(!people.is_empty(), "the clinic has nobody");
    let (calendar, now) = (ctx.calendar()?, ctx.now());
    let (mut engine, mut whole, mut shown) = (Times::default(), Times::default(), Times::default());
    let mut proposals = 0;
    for one in &people {
        let nobody = Person::new([]);
        let began = Instant::now();
        let made = intake::make(SourceKind::Visit, "visit.txt", &text, calendar.day(now), &nobody, now, &calendar);
        engine.add(began.elapsed());
        proposals = made.proposals.len();
        let incoming = Incoming {
            person: format!("Patient/{}", one.id),
            name: "visit.txt".to_owned(),
            bytes: text.clone(),
            ..Incoming::default()
        };
        let began = Instant::now();
        let review = intake::take(&ctx, incoming)?.value;
        whole.add(began.elapsed());
        let began = Instant::now();
        review::load(&ctx, &review)?;
        shown.add(began.elapsed());
    }
    Ok(vec![
        Figure::new("words", words as f64, "", ""),
        Figure::new("proposals", proposals as f64, "", ""),
        Figure::new("transcript to proposals, p50", engine.percentile(0.5), "ms", "50 (stretch 10)"),
        Figure::new("transcript to proposals, worst", engine.percentile(1.0), "ms", "50"),
        Figure::new("taken in with the record and written, p50", whole.percentile(0.5), "ms", ""),
        Figure::new("taken in with the record and written, worst", whole.percentile(1.0), "ms", ""),
        Figure::new("the review read again for its page, p50", shown.percentile(0.5), "ms", ""),
    ])
}

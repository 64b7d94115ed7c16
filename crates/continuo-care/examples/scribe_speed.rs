//! From a transcript to proposals: how long it takes. `cargo run --release -p continuo-care --example scribe_speed [FILE]`
//!
//! Without a file it reads a made-up visit of about fifteen minutes (2,250 spoken words).

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "an example measures and prints"
)]

use std::time::Instant as Clock;

use continuo_care::followup::calendar::Calendar;
use continuo_care::followup::person::Person;
use continuo_care::scribe::intake::make;
use continuo_care::scribe::source::SourceKind;
use continuo_fhir::{Date, Instant, Zone};

const PIECE: &str = "[doctor] Good morning, how have you been since the last visit?\n[patient] I have been tired, and my ankles are swollen in the evening. I stopped the furosemide Saturday because it makes me go all night.\n[doctor] Any chest pain or shortness of breath?\n[patient] No, no chest pain. A little short of breath on the stairs, maybe.\n[doctor] What does your weight do at home?\n[patient] My weight was 172.2 pounds this morning. Last week I was less, I think. My blood pressure was 150 over 90 on the machine at the store.\n[doctor] And the sugars?\n[patient] My sugar was 180 yesterday before breakfast. I take metformin 500 mg twice a day, and lisinopril 20 mg every morning.\n[doctor] Okay. For your heart failure I want you to start the furosemide again, 40 mg every morning, and I am going to order a basic metabolic panel.\n[patient] I can't get a ride on Thursday. My daughter drives me but her car broke down.\n[doctor] I'll call you Friday about the ride. Let's see you back in two weeks.\n[patient] Thank you. I also ran out of the test strips, and we are behind on the rent.\n";

fn main() {
    let file = std::env::args().nth(1);
    let text = match &file {
        Some(path) => std::fs::read(path).unwrap(),
        None => {
            let words = PIECE.split_whitespace().count();
            PIECE.repeat(2250 / words + 1).into_bytes()
        }
    };
    let calendar = Calendar::us(Zone::utc(), 2025..=2027);
    let now = Instant::parse("2026-08-19T13:00:00Z").unwrap();
    let day = Date::parse("2026-08-19").unwrap();
    let person = Person::new([]);
    let run = || make(SourceKind::Visit, "visit.txt", &text, day, &person, now, &calendar);
    let first = Clock::now();
    let made = run();
    let cold = first.elapsed();
    let mut times: Vec<f64> = (0..20)
        .map(|_| {
            let start = Clock::now();
            let _ = run();
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let words = String::from_utf8_lossy(&text).split_whitespace().count();
    println!(
        "{words} words, {} proposals, {} questions: first {:.1} ms, median {:.1} ms, worst {:.1} ms",
        made.proposals.len(),
        made.questions.len(),
        cold.as_secs_f64() * 1000.0,
        times[times.len() / 2],
        times[times.len() - 1]
    );
}

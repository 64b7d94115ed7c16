//! Writes a made-up population as NDJSON to standard output: `cargo run --release -p continuo-care --example population -- 2000 7 > people.ndjson`.

use std::io::{self, BufWriter, Write};

use continuo_care::population::{Population, Settings};
use continuo_fhir::Instant;

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let patients = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(2000);
    let seed = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(7);
    let as_of =
        arguments.next().and_then(|text| Instant::parse(&text)).unwrap_or(Instant::from_micros(1_787_145_600_000_000));
    let population = Population::new(Settings { seed, patients, as_of, offset_minutes: -300 });
    let mut out = BufWriter::new(io::stdout().lock());
    let mut line = Vec::new();
    let people = population.people().flat_map(|person| person.records).flat_map(|record| record.resources);
    for resource in population.shared().into_iter().chain(people) {
        line.clear();
        resource.write(&mut line);
        line.push(b'\n');
        out.write_all(&line)?;
    }
    out.flush()
}

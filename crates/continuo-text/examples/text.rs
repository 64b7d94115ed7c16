//! Runs one engine over a JSONL file without building the whole program: `text KIND IN OUT`, or trains a model.

#[path = "../../continuo/src/commands/text/rows.rs"]
mod rows;
#[path = "../../continuo/src/commands/text/training.rs"]
mod training;

use std::io::Write;

use continuo_fhir::json::Json;

#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [kind, input, output] = args.as_slice() else { panic!("usage: text KIND IN OUT") };
    if let Some(train) = training::find(kind) {
        let text = std::fs::read_to_string(input).expect("the input can be read");
        let read: Vec<Json> = text.lines().filter_map(|l| Json::parse(l.as_bytes()).ok()).collect();
        std::fs::write(output, train(&read)).expect("the output can be written");
        return;
    }
    let run = rows::KINDS.iter().find(|(name, _)| name == kind).expect("a known kind").1;
    let text = std::fs::read_to_string(input).expect("the input can be read");
    let read: Vec<Json> = text
        .lines()
        .filter(|l| !l.trim().is_empty())
        .map(|l| Json::parse(l.as_bytes()).expect("a row is JSON"))
        .collect();
    let _ = read.first().map(run);
    let start = std::time::Instant::now();
    let rows: Vec<Json> = read.iter().map(run).collect();
    let took = start.elapsed();
    eprintln!("{} rows in {took:?}: {:.0} rows/s", rows.len(), rows.len() as f64 / took.as_secs_f64());
    let mut out = Vec::new();
    for row in rows {
        row.write(&mut out);
        out.push(b'\n');
    }
    std::fs::File::create(output).and_then(|mut f| f.write_all(&out)).expect("the output can be written");
}

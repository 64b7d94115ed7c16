//! Trains the section model: `train_sections TRAIN.jsonl OUT.bin`; prints its cross-validated accuracy first.

use continuo_fhir::json::Json;
use continuo_text::sections::{cross_validate, train};

const ROUNDS: usize = 14;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [input, output] = args.as_slice() else { panic!("usage: train_sections TRAIN.jsonl OUT.bin") };
    let text = std::fs::read_to_string(input).expect("the input can be read");
    let read: Vec<Json> = text
        .lines()
        .filter(|l| !l.trim().is_empty())
        .map(|l| Json::parse(l.as_bytes()).expect("a row is JSON"))
        .collect();
    let rows: Vec<(&str, &str)> =
        read.iter().filter_map(|r| Some((r.get("dialogue")?.as_str()?, r.get("section_header")?.as_str()?))).collect();
    let right = cross_validate(&rows, ROUNDS);
    eprintln!("cross-validated: {right} of {} = {:.4}", rows.len(), right as f64 / rows.len().max(1) as f64);
    std::fs::write(output, train(&rows, ROUNDS).to_bytes()).expect("the output can be written");
}

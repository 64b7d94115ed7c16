//! `continuo text train-sections` and `train-note`: data rows in, a model file out; the same rows give the same bytes.

use continuo_fhir::json::Json;
use continuo_text::{note, sections};

/// The training of that name.
pub(super) fn find(name: &str) -> Option<fn(&[Json]) -> Vec<u8>> {
    match name {
        "train-sections" => Some(sections_model),
        "train-note" => Some(note_model),
        _ => None,
    }
}

fn text<'a>(row: &'a Json, path: &str) -> &'a str {
    row.at(path).and_then(Json::as_str).unwrap_or("")
}

fn sections_model(rows: &[Json]) -> Vec<u8> {
    let pairs: Vec<(&str, &str)> = rows.iter().map(|r| (text(r, "dialogue"), text(r, "section_header"))).collect();
    eprintln!("cross-validated: {} of {}", sections::cross_validate(&pairs, sections::ROUNDS), pairs.len());
    sections::train(&pairs, sections::ROUNDS).to_bytes()
}

fn note_model(rows: &[Json]) -> Vec<u8> {
    let examples = rows.iter().flat_map(|row| {
        let divisions = note::Division::ALL.map(|d| text(row, &format!("sections.{}", d.name())));
        note::label_examples(text(row, "dialogue"), divisions)
    });
    note::train(examples.collect(), note::ROUNDS).to_bytes()
}

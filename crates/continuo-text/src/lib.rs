//! Clinical language: pure functions from text to findings that each name their words.
//!
//! Start at `token` (what every engine reads), then `pattern` (how wording is matched) and
//! `assertion` (is it there, denied, past?). Nothing here reads files, clocks or the record store.

pub mod after_visit;
pub mod assertion;
pub mod entities;
pub mod lexicon;
mod linear;
pub mod model;
pub mod note;
pub mod number_words;
pub mod orders;
pub mod pattern;
pub mod people;
mod purposes;
pub mod readability;
pub mod regimen;
pub mod sections;
pub mod sig;
pub mod span;
pub mod spoken;
pub mod summary;
pub mod token;
pub mod transcript;
pub mod triage;
pub mod vitals;

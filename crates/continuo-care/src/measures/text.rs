//! What a measure says of itself: its words, its libraries, its value sets with how many codes are here.

use continuo_fhir::Json;
use continuo_store::Scope;

use super::compiled::{compiled, value_sets};
use super::load::{TYPES, parsed};
use super::settings::may_read;
use crate::ctx::Ctx;
use crate::problem::WorkError;

/// A value set of a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// Name in the library.
    pub name: String,
    /// Url.
    pub url: String,
    /// "214 codes, version 20260101", "not here", "1,000 of 2,145 codes".
    pub codes: String,
    /// All its codes are here.
    pub whole: bool,
}

/// What a measure says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// Description, rationale, guidance, by paragraph.
    pub says: Vec<String>,
    /// Label and text.
    pub about: Vec<(String, String)>,
    /// Libraries: name and what they bring.
    pub libraries: Vec<(String, String)>,
    /// Value sets by name.
    pub value_sets: Vec<Set>,
}

/// Longest paragraph shown; the whole is in the resource.
const MOST: usize = 2_000;

/// The text of a measure.
pub fn of(ctx: &Ctx, id: &str) -> Result<Text, WorkError> {
    may_read(ctx)?;
    let [measure, ..] = TYPES;
    let stored = ctx.read(|r| r.get(&Scope::all(ctx.org), measure, id))?;
    let json = parsed(stored.bytes.as_deref()).ok_or_else(|| WorkError::NotFound("this measure".to_owned()))?;
    let compiled = compiled(ctx)?;
    let known = compiled.by_id(id).ok_or_else(|| WorkError::NotFound("this measure".to_owned()))?;
    let here = value_sets(&compiled);
    let sets = known.value_sets.iter().map(|named| {
        let plain = named.url.split('|').next().unwrap_or(&named.url);
        let found = here.iter().find(|(url, ..)| url == plain);
        let cut = known.cut.iter().find(|(url, ..)| url == plain);
        let (codes, whole) = match (found, cut) {
            (_, Some((_, here, total))) => (format!("{here} of {total} codes"), false),
            (Some((_, version, count)), None) if version.is_empty() => (codes_in(*count), true),
            (Some((_, version, count)), None) => (format!("{}, version {version}", codes_in(*count)), true),
            (None, None) => ("not here".to_owned(), false),
        };
        Set { name: named.name.clone(), url: named.url.clone(), codes, whole }
    });
    Ok(Text {
        says: says(&json),
        about: about(&json, stored.version),
        libraries: known.libraries.iter().map(|name| (name.clone(), String::new())).collect(),
        value_sets: sets.collect(),
    })
}

/// How many codes, in words.
fn codes_in(count: usize) -> String {
    if count == 1 { "1 code".to_owned() } else { format!("{count} codes") }
}

fn says(json: &Json) -> Vec<String> {
    ["description", "rationale", "clinicalRecommendationStatement", "guidance"]
        .iter()
        .filter_map(|name| json.str_at(name))
        .flat_map(|text| text.split("\n\n"))
        .map(|text| text.trim().chars().take(MOST).collect::<String>())
        .filter(|text| !text.is_empty())
        .collect()
}

fn about(json: &Json, version: i64) -> Vec<(String, String)> {
    let texts = [
        ("Address", json.str_at("url")),
        ("Publisher", json.str_at("publisher")),
        ("Scoring", json.str_at("scoring.coding.0.code")),
        ("Better", json.str_at("improvementNotation.coding.0.code").map(better)),
        ("Status", json.str_at("status")),
        ("Effective", json.str_at("effectivePeriod.start")),
        ("Rights", json.str_at("copyright")),
    ];
    let mut all: Vec<(String, String)> = texts
        .into_iter()
        .filter_map(|(label, text)| Some((label.to_owned(), text?.chars().take(MOST).collect())))
        .collect();
    all.push(("Loaded".to_owned(), format!("version {version} of its file here")));
    all
}

/// Which way is better, in words.
fn better(code: &str) -> &str {
    match code {
        "increase" => "a higher rate",
        "decrease" => "a lower rate",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_s_words_come_by_paragraph() {
        let json = Json::parse(br#"{"resourceType":"Measure","description":"One.\n\nTwo.","rationale":" "}"#).unwrap();
        assert_eq!(says(&json), ["One.", "Two."]);
        assert_eq!(about(&json, 3), [("Loaded".to_owned(), "version 3 of its file here".to_owned())]);
    }
}

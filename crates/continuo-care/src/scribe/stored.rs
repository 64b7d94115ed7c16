//! A proposal as a suggestion row keeps it, and back. The ledger's own fields stand as for every suggestion; what only
//! the scribe needs stands under `proposal`.

use continuo_fhir::Json;
use continuo_text::span::Span;

use super::propose::{Certainty, Kind, Proposal, Quote};
use super::unsaid::Question;
use crate::assess::body::Body;
use crate::build::{list, object};
use crate::followup::finding::{Consequence, Evidence, Opens, Words};

/// The build that proposed.
pub const BUILD: &str = concat!("continuo-text ", env!("CARGO_PKG_VERSION"));
/// Where quotes stand: the reading of the document.
const READING: &str = "reading";

/// The key of the n-th proposal of a review.
pub fn key(rule: &str, review: &str, number: usize) -> String {
    format!("{rule}|Task/{review}#{number:03}")
}

/// Whether a key belongs to a review.
pub fn is_of(key: &str, review: &str) -> bool {
    key.split_once("|Task/").and_then(|(_, rest)| rest.split_once('#')).is_some_and(|(id, _)| id == review)
}

/// The body of a proposal.
pub fn of_proposal(proposal: &Proposal, document: &str, hash: &str) -> Vec<u8> {
    let body = Body {
        what: format!("{}: {}", proposal.kind.label(), proposal.what),
        why: format!("{}, {}", proposal.assertion, proposal.certainty.phrase()),
        anchor: document.to_owned(),
        kind: "task".to_owned(),
        opens: Opens::Suggestion,
        due_rule: String::new(),
        attempts: 0,
        sensitive: false,
        evidence: proposal
            .quotes
            .iter()
            .map(|quote| {
                let words = Words {
                    source: READING.to_owned(),
                    text: quote.text.clone(),
                    start: quote.span.start,
                    end: quote.span.end,
                };
                let evidence =
                    Evidence { reference: document.to_owned(), says: quote.from.clone(), words: Some(words) };
                (evidence, hash.to_owned())
            })
            .collect(),
        parameters: Vec::new(),
        build: BUILD.to_owned(),
        rule_hash: String::new(),
        anchor_hash: hash.to_owned(),
    };
    let mut extra = object([
        ("kind", Json::string(proposal.kind.word())),
        ("what", Json::string(&*proposal.what)),
        ("assertion", Json::string(&*proposal.assertion)),
        ("certainty", Json::string(proposal.certainty.phrase())),
        ("consequence", Json::string(proposal.consequence.word())),
        ("values", pairs(&proposal.values)),
        ("said", list(proposal.said.iter().map(|said| Json::string(&**said)))),
    ]);
    if let Some((code, system)) = &proposal.coding {
        extra.set("coding", object([("system", Json::string(&**system)), ("code", Json::string(&**code))]));
    }
    with(&body, extra)
}

/// The body of a question.
pub fn of_question(question: &Question, document: &str) -> Vec<u8> {
    let body = Body {
        what: question.ask.clone(),
        why: format!("{} ({})", question.why, question.source),
        anchor: document.to_owned(),
        kind: "task".to_owned(),
        opens: Opens::Suggestion,
        due_rule: String::new(),
        attempts: 0,
        sensitive: false,
        evidence: question
            .because
            .iter()
            .map(|reference| {
                (
                    Evidence { reference: reference.clone(), says: "in the record".to_owned(), words: None },
                    String::new(),
                )
            })
            .collect(),
        parameters: Vec::new(),
        build: BUILD.to_owned(),
        rule_hash: String::new(),
        anchor_hash: String::new(),
    };
    with(&body, object([("question", Json::string(question.id))]))
}

fn with(body: &Body, extra: Json) -> Vec<u8> {
    let bytes = body.to_bytes();
    match Json::parse(&bytes) {
        Ok(mut json) => {
            json.set("proposal", extra);
            json.to_bytes()
        }
        Err(_) => bytes,
    }
}

/// Reads a proposal back; nothing where the row is none.
pub fn proposal(bytes: &[u8]) -> Option<Proposal> {
    let body = Body::read(bytes)?;
    let json = Json::parse(bytes).ok()?;
    let extra = json.get("proposal")?;
    let text = |path: &str| extra.str_at(path).unwrap_or_default().to_owned();
    Some(Proposal {
        kind: Kind::from_word(extra.str_at("kind")?)?,
        what: text("what"),
        assertion: text("assertion"),
        certainty: Certainty::from_phrase(&text("certainty")),
        quotes: body
            .evidence
            .into_iter()
            .filter_map(|(evidence, _)| {
                let words = evidence.words?;
                Some(Quote { span: Span::new(words.start, words.end), text: words.text, from: evidence.says })
            })
            .collect(),
        said: extra
            .get("said")
            .map(Json::items)
            .unwrap_or_default()
            .iter()
            .filter_map(Json::as_str)
            .map(str::to_owned)
            .collect(),
        values: read_pairs(extra.get("values")),
        coding: extra
            .get("coding")
            .and_then(|coding| Some((coding.str_at("code")?.to_owned(), coding.str_at("system")?.to_owned()))),
        consequence: Consequence::from_word(&text("consequence")).unwrap_or(Consequence::Normal),
    })
}

/// What a person changed before accepting; nothing where they changed nothing.
pub fn edited(bytes: &[u8]) -> Option<Vec<(String, String)>> {
    let json = Json::parse(bytes).ok()?;
    let edited = json.get("edited")?;
    Some(read_pairs(Some(edited)))
}

/// The body with what a person changed beside what was proposed.
pub fn with_edit(bytes: &[u8], values: &[(String, String)]) -> Vec<u8> {
    match Json::parse(bytes) {
        Ok(mut json) => {
            json.set("edited", pairs(values));
            json.to_bytes()
        }
        Err(_) => bytes.to_vec(),
    }
}

fn pairs(values: &[(String, String)]) -> Json {
    list(
        values.iter().map(|(name, value)| object([("name", Json::string(&**name)), ("value", Json::string(&**value))])),
    )
}

fn read_pairs(json: Option<&Json>) -> Vec<(String, String)> {
    let text = |item: &Json, name: &str| item.str_at(name).unwrap_or_default().to_owned();
    json.map(Json::items).unwrap_or_default().iter().map(|item| (text(item, "name"), text(item, "value"))).collect()
}

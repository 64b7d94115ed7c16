//! Data rows in, prediction rows out: the formats that the scorers of the public sets read.

use continuo_fhir::json::Json;
use continuo_text::assertion::{Assertion, Context, Temporality};
use continuo_text::span::{CharOffsets, Span};
use continuo_text::token::Tokens;

/// The engines that can be run over a file.
pub(crate) const KINDS: &[(&str, fn(&Json) -> Json)] = &[("assertion", assertion)];

fn field<'a>(row: &'a Json, name: &str) -> &'a str {
    row.get(name).and_then(Json::as_str).unwrap_or("")
}

fn id(row: &Json) -> Json {
    row.get("id").cloned().unwrap_or(Json::Null)
}

/// `sentence`, `span` (characters) or `phrase` -> negation, temporality, experiencer.
fn assertion(row: &Json) -> Json {
    let sentence = field(row, "sentence");
    let span = match row.get("span").map(Json::items) {
        Some([start, end]) => {
            let chars = CharOffsets::new(sentence);
            let at = |v: &Json| chars.to_byte(v.as_i64().unwrap_or(0).max(0) as usize);
            Some(Span::new(at(start), at(end)))
        }
        _ => None,
    };
    let phrase = field(row, "phrase");
    // a phrase that is not in its sentence word for word is judged by itself
    let (text, span) = match span.or_else(|| sentence.find(phrase).map(|at| Span::new(at, at + phrase.len()))) {
        Some(span) => (sentence, span),
        None => (phrase, Span::new(0, phrase.len())),
    };
    let tokens = Tokens::new(text);
    let found: Assertion = Context::new(&tokens).of(span);
    Json::object([
        ("id", id(row)),
        ("negation", Json::string(if found.negated { "Negated" } else { "Affirmed" })),
        (
            "temporality",
            Json::string(match found.temporality {
                Temporality::Recent => "Recent",
                Temporality::Historical => "Historical",
                Temporality::Hypothetical => "Not particular",
            }),
        ),
        ("experiencer", Json::string(if found.other_person { "Other" } else { "Patient" })),
        ("uncertain", Json::Bool(found.uncertain)),
        ("conditional", Json::Bool(found.conditional)),
    ])
}

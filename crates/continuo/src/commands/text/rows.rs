//! Data rows in, prediction rows out: the formats that the scorers of the public sets read.

use continuo_fhir::json::Json;
use continuo_text::assertion::{Assertion, Context, Temporality};
use continuo_text::span::{CharOffsets, Span};
use continuo_text::token::Tokens;

/// The engines that can be run over a file.
pub(crate) const KINDS: &[(&str, fn(&Json) -> Json)] =
    &[("assertion", assertion), ("triage", triage), ("sig", sig), ("sections", sections)];

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

/// `text`, `lang` -> urgency, route, intents, red flags, and the spans (characters) that decided.
fn triage(row: &Json) -> Json {
    let text = field(row, "text");
    let lang = row.get("lang").and_then(Json::as_str);
    let found = continuo_text::triage::triage(text, lang);
    let chars = CharOffsets::new(text);
    Json::object([
        ("id", id(row)),
        ("urgency", Json::string(found.urgency.name())),
        ("route", Json::string(found.route.name())),
        ("intents", Json::array(found.intents.iter().map(|i| Json::string(i.name())))),
        ("red_flags", Json::array(found.red_flags.iter().map(|f| Json::string(f.name())))),
        ("signals", Json::array(found.signals.iter().map(|s| Json::string(*s)))),
        ("because", Json::array(found.because.iter().map(|span| spanned(text, &chars, *span)))),
    ])
}

/// The words at a span with their character offsets.
fn spanned(text: &str, chars: &CharOffsets, span: Span) -> Json {
    Json::object([
        ("text", Json::string(span.of(text))),
        ("start", Json::integer(chars.to_char(span.start) as i64)),
        ("end", Json::integer(chars.to_char(span.end) as i64)),
    ])
}

/// `sig` -> the six scored fields, and the spans (characters) they rest on.
fn sig(row: &Json) -> Json {
    let text = field(row, "sig");
    let found = continuo_text::sig::parse(text);
    let chars = CharOffsets::new(text);
    let number = |n: f64| Json::number(&n.to_string()).unwrap_or(Json::Null);
    let word = |w: Option<&str>| w.map_or(Json::Null, Json::string);
    Json::object([
        ("id", id(row)),
        ("dose_min", found.dose.map_or(Json::Null, |d| number(d.0))),
        ("dose_max", found.dose.map_or(Json::Null, |d| number(d.1))),
        ("unit", word(found.unit)),
        ("route", word(found.route)),
        ("frequency", found.frequency.map_or(Json::Null, |f| Json::string(f.code()))),
        ("prn", Json::Bool(found.as_needed)),
        ("duration_days", found.duration_days.map_or(Json::Null, number)),
        ("reason", found.reason.map_or(Json::Null, |r| Json::string(r.of(text)))),
        ("taper", Json::Bool(found.is_taper)),
        ("spans", Json::object(found.spans.iter().map(|(name, span)| (*name, spanned(text, &chars, *span))))),
    ])
}

static SECTIONS: std::sync::LazyLock<continuo_text::sections::Model> =
    std::sync::LazyLock::new(continuo_text::sections::Model::shipped);

/// `dialogue` -> section header and the patient's words as its text.
fn sections(row: &Json) -> Json {
    use continuo_text::transcript::{Speaker, turns};
    let dialogue = field(row, "dialogue");
    let (label, chance) = SECTIONS.label(dialogue);
    let said: Vec<&str> =
        turns(dialogue).iter().filter(|t| t.speaker != Speaker::Doctor).map(|t| t.span.of(dialogue)).collect();
    Json::object([
        ("id", id(row)),
        ("section_header", Json::string(label)),
        ("section_text", Json::string(said.join(" "))),
        ("certainty", Json::number(&format!("{chance:.3}")).unwrap_or(Json::Null)),
    ])
}

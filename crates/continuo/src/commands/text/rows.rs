//! Data rows in, prediction rows out: the formats that the scorers of the public sets read.

use continuo_fhir::json::Json;
use continuo_text::assertion::{Assertion, Context, Temporality};
use continuo_text::span::{CharOffsets, Span};
use continuo_text::token::Tokens;

/// Answers one data row.
pub(crate) type Answer = fn(&Json) -> Json;

/// The engines that can be run over a file.
pub(crate) const KINDS: &[(&str, Answer)] = &[
    ("assertion", assertion),
    ("triage", triage),
    ("sig", sig),
    ("sections", sections),
    ("orders", orders),
    ("note", note),
    ("summary", summary),
];

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

/// `sentences` -> orders with the sentence numbers and words they rest on.
fn orders(row: &Json) -> Json {
    use continuo_text::orders::{Said, find};
    use continuo_text::transcript::Speaker;
    let said: Vec<Said<'_>> = row
        .get("sentences")
        .map(Json::items)
        .unwrap_or(&[])
        .iter()
        .map(|s| Said {
            number: s.get("n").and_then(Json::as_i64).unwrap_or(0),
            speaker: match field(s, "speaker") {
                "DOCTOR" => Speaker::Doctor,
                "PATIENT" => Speaker::Patient,
                _ => Speaker::Unknown,
            },
            text: field(s, "text"),
        })
        .collect();
    let text = |s: &str| Json::string(s);
    // the public set knows no referrals: they stand beside its four kinds
    let (referrals, orders): (Vec<_>, Vec<_>) =
        find(&said).into_iter().partition(|order| order.kind == continuo_text::orders::OrderKind::Referral);
    let write = |order: continuo_text::orders::Order| {
        let places = order.places.iter().chain(order.reason.iter().map(|(_, p)| p)).filter_map(|p| {
            let source = said.get(p.sentence)?;
            let mut place = spanned(source.text, &CharOffsets::new(source.text), p.span);
            place.set("n", Json::integer(source.number));
            Some(place)
        });
        Json::object([
            ("order_type", text(order.kind.name())),
            ("description", text(&order.description)),
            ("reason", order.reason.as_ref().map_or(Json::Null, |(r, _)| text(r))),
            ("provenance", Json::array(order.provenance(&said).into_iter().map(Json::integer))),
            ("concept", order.concept.map_or(Json::Null, text)),
            ("spans", Json::array(places)),
        ])
    };
    Json::object([
        ("id", id(row)),
        ("orders", Json::array(orders.into_iter().map(write))),
        ("referrals", Json::array(referrals.into_iter().map(write))),
    ])
}

static NOTES: std::sync::LazyLock<continuo_text::note::Model> =
    std::sync::LazyLock::new(continuo_text::note::Model::shipped);

/// `dialogue` -> the note, its four divisions, and every statement with the spans (characters) it rests on.
fn note(row: &Json) -> Json {
    use continuo_text::note::{Division, write};
    let dialogue = field(row, "dialogue");
    let note = write(dialogue, &NOTES);
    let chars = CharOffsets::new(dialogue);
    let items = note.lines.iter().map(|line| {
        Json::object([
            ("division", Json::string(line.division.name())),
            ("heading", Json::string(line.heading)),
            ("text", Json::string(line.text.as_str())),
            ("spans", Json::array(line.spans.iter().map(|s| spanned(dialogue, &chars, *s)))),
        ])
    });
    Json::object([
        ("id", id(row)),
        ("note", Json::string(note.text())),
        ("sections", Json::object(Division::ALL.iter().map(|d| (d.name(), Json::string(note.division(*d)))))),
        ("items", Json::array(items)),
    ])
}

/// `facts` or a FHIR `Bundle` (the row itself or its `bundle`), `as_of`, `since` -> the I-PASS hand-over and what changed.
fn summary(row: &Json) -> Json {
    use continuo_text::summary::{Fact, FactKind, changes_since, hand_over};
    let bundle = row.get("bundle").unwrap_or(row);
    let facts: Vec<Fact> = bundle
        .get("entry")
        .map(Json::items)
        .unwrap_or(&[])
        .iter()
        .filter_map(|entry| {
            let resource = entry.get("resource")?;
            let kind = FactKind::of_resource(field(resource, "resourceType"))?;
            let at = |path: &str| resource.at(path).and_then(Json::as_str).unwrap_or("").to_owned();
            let first = |paths: &[&str]| paths.iter().map(|p| at(p)).find(|t| !t.is_empty()).unwrap_or_default();
            let status = first(&["clinicalStatus.coding.0.code", "status"]);
            Some(Fact {
                kind,
                text: first(&[
                    "description",
                    "code.text",
                    "code.coding.0.display",
                    "medicationCodeableConcept.text",
                    "medicationCodeableConcept.coding.0.display",
                    "type.0.text",
                    "type.0.coding.0.display",
                    "payload.0.contentString",
                    "resourceType",
                ]),
                reference: format!("{}/{}", at("resourceType"), at("id")),
                date: first(&[
                    "authoredOn",
                    "recordedDate",
                    "onsetDateTime",
                    "period.start",
                    "effectiveDateTime",
                    "sent",
                    "start",
                ]),
                due: first(&["restriction.period.end", "executionPeriod.end", "occurrenceDateTime"]),
                owner: first(&["owner.display", "performer.0.display"]),
                fallback: String::new(),
                is_grave: matches!(at("priority").as_str(), "stat" | "asap"),
                is_out: matches!(at("interpretation.0.coding.0.code").as_str(), "H" | "L" | "HH" | "LL" | "A" | "AA"),
                is_open: !matches!(
                    status.as_str(),
                    "completed"
                        | "resolved"
                        | "inactive"
                        | "cancelled"
                        | "entered-in-error"
                        | "rejected"
                        | "stopped"
                        | "revoked"
                        | "remission"
                ),
            })
        })
        .collect();
    let as_of = field(row, "as_of");
    let references = |list: &[String]| Json::array(list.iter().map(|r| Json::string(r.as_str())));
    Json::object([
        ("id", id(row)),
        (
            "sentences",
            Json::array(hand_over(&facts, as_of).iter().map(|s| {
                Json::object([
                    ("part", Json::string(s.part.name())),
                    ("text", Json::string(s.text.as_str())),
                    ("references", references(&s.references)),
                ])
            })),
        ),
        (
            "changes",
            Json::array(changes_since(&facts, field(row, "since")).iter().map(|f| {
                Json::object([
                    ("text", Json::string(f.text.as_str())),
                    ("reference", Json::string(f.reference.as_str())),
                    ("date", Json::string(f.date.as_str())),
                ])
            })),
        ),
    ])
}

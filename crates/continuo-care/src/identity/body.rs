//! What is kept of a comparison: band, sentence and reasons, as JSON bytes that do not change by themselves.

use continuo_fhir::Json;
use continuo_identity::decide::{Band, Verdict};
use continuo_identity::model::Model;
use continuo_identity::profile::Profile;
use continuo_identity::reasons::explain;

use crate::build::{list, object};

/// A comparison in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// `link`, `review`, `no`.
    pub band: String,
    /// One sentence: outcome, odds, what stands in the way. Names nobody.
    pub summary: String,
    /// What speaks for and against, strongest first.
    pub reasons: Vec<Reason>,
    /// Named vetoes.
    pub vetoes: Vec<String>,
    /// Further words: what a source said, what a chain would join.
    pub note: String,
}

/// One field's word.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reason {
    /// In words.
    pub text: String,
    /// Bits for (positive) or against.
    pub bits: f64,
}

/// Explains a verdict.
pub(crate) fn of(model: &Model, a: &Profile, b: &Profile, verdict: &Verdict) -> Body {
    let explanation = explain(model, a, b, verdict);
    Body {
        band: match verdict.band {
            Band::Link => "link",
            Band::Review => "review",
            Band::No => "no",
        }
        .to_owned(),
        summary: explanation.summary,
        reasons: explanation
            .reasons
            .into_iter()
            .map(|reason| Reason { text: reason.text, bits: f64::from(reason.bits) })
            .collect(),
        vetoes: verdict.vetoes.iter().map(|veto| veto.label().to_owned()).collect(),
        note: String::new(),
    }
}

impl Body {
    /// As stored.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let text = |text: &str| Json::string(text);
        object([
            ("band", text(&self.band)),
            ("summary", text(&self.summary)),
            (
                "reasons",
                list(self.reasons.iter().map(|reason| {
                    object([("text", text(&reason.text)), ("bits", text(&format!("{:.2}", reason.bits)))])
                })),
            ),
            ("vetoes", list(self.vetoes.iter().map(|veto| text(veto)))),
            ("note", text(&self.note)),
        ])
        .to_bytes()
    }

    /// Reads what was stored; empty where it is no body.
    pub fn read(bytes: &[u8]) -> Body {
        let Ok(json) = Json::parse(bytes) else { return Body::default() };
        let text = |name: &str| json.str_at(name).unwrap_or_default().to_owned();
        let items = |name: &str| json.get(name).map(Json::items).unwrap_or_default().to_vec();
        Body {
            band: text("band"),
            summary: text("summary"),
            reasons: items("reasons")
                .iter()
                .map(|reason| Reason {
                    text: reason.str_at("text").unwrap_or_default().to_owned(),
                    bits: reason.str_at("bits").and_then(|bits| bits.parse().ok()).unwrap_or(0.0),
                })
                .collect(),
            vetoes: items("vetoes").iter().filter_map(|veto| veto.as_str().map(str::to_owned)).collect(),
            note: text("note"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_comes_back() {
        let body = Body {
            band: "review".to_owned(),
            summary: "a person must decide".to_owned(),
            reasons: vec![Reason { text: "same phone".to_owned(), bits: 4.25 }],
            vetoes: vec!["a newborn not yet named".to_owned()],
            note: "x".to_owned(),
        };
        assert_eq!(Body::read(&body.to_bytes()), body);
        assert_eq!(Body::read(b"nonsense"), Body::default());
    }
}

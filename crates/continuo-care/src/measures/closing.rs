//! What would close an open gap, from the engine's own words: as sentences for people and as FHIR data requirements.

use continuo_cql::eval::explain::{Closing, Search};
use continuo_cql::value::DateTime;
use continuo_fhir::{Instant, Json};

use crate::build::{coding, list, object};

/// What would close a gap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// Each thing that would do it, in words; several are alternatives or all needed, as the first says.
    pub words: Vec<String>,
    /// The last moment for it.
    pub by: Option<Instant>,
}

/// The day of a moment as the engine writes it.
fn day(at: DateTime) -> String {
    at.date().to_string()
}

/// "HbA1c (Observation), 2026-01-01 to 2026-12-31".
pub fn words(search: &Search) -> String {
    let what = search.name.clone().unwrap_or_else(|| search.definition.clone());
    let not = if search.not_done { "not done: " } else { "" };
    let mut text = format!("{not}{what} ({})", search.type_name);
    match (search.from, search.to) {
        (Some(from), Some(to)) => text.push_str(&format!(", {} to {}", day(from), day(to))),
        (Some(from), None) => text.push_str(&format!(", from {}", day(from))),
        (None, Some(to)) => text.push_str(&format!(", until {}", day(to))),
        (None, None) => {}
    }
    text
}

/// What would close a gap, for people.
pub fn way(closing: &Closing) -> Way {
    let mut seen: Vec<String> = Vec::new();
    for search in closing.searches().into_iter().filter(|search| !search.not_done) {
        let text = words(search);
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    if let Closing::Fixed { definition, .. } = closing {
        seen.push(format!("nothing can be done about it now: \"{definition}\" decides"));
    }
    Way { words: seen, by: closing.by().map(|by| Instant::from_micros(by.utc().saturating_mul(1000))) }
}

/// The data requirements (R4 DataRequirement) of what would close a gap.
pub fn requirements(closing: &Closing) -> Vec<Json> {
    closing.searches().into_iter().filter(|search| !search.not_done).map(requirement).collect()
}

fn requirement(search: &Search) -> Json {
    let mut json = object([("type", Json::string(search.type_name.as_str()))]);
    if let Some(profile) = &search.profile {
        json.set("profile", list([Json::string(profile.as_str())]));
    }
    let mut filter = object([("path", Json::string("code"))]);
    let named = match (&search.value_set, search.codes.as_slice()) {
        (Some(url), _) => {
            filter.set("valueSet", Json::string(url.as_str()));
            true
        }
        (None, []) => false,
        (None, codes) => {
            filter.set("code", list(codes.iter().map(|(system, code)| coding(system, code))));
            true
        }
    };
    if named {
        json.set("codeFilter", list([filter]));
    }
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search() -> Search {
        Search {
            definition: "HbA1c in the Period".into(),
            type_name: "Observation".into(),
            profile: None,
            value_set: Some("urn:v".into()),
            name: Some("HbA1c".into()),
            codes: Vec::new(),
            not_done: false,
            from: DateTime::parse("2026-01-01T00:00:00.000", 0),
            to: DateTime::parse("2026-12-31T23:59:59.999", 0),
            considered: Vec::new(),
        }
    }

    #[test]
    fn a_search_says_what_where_and_when() {
        assert_eq!(words(&search()), "HbA1c (Observation), 2026-01-01 to 2026-12-31");
        let way = way(&Closing::Any(vec![Closing::Found(search()), Closing::Found(search())]));
        assert_eq!(way.words.len(), 1, "the same way is said once");
    }

    #[test]
    fn what_was_not_done_closes_nothing() {
        assert!(requirements(&Closing::Found(Search { not_done: true, ..search() })).is_empty());
        let text = requirements(&Closing::Found(search()))[0].to_string();
        assert_eq!(text, r#"{"type":"Observation","codeFilter":[{"path":"code","valueSet":"urn:v"}]}"#);
    }
}

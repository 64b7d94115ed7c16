//! What a visit or an appointment is, as far as its record says: it decides which follow-up it can be.
//!
//! A dialysis session is no call after discharge and a dental cleaning no visit after a psychiatric stay. The lines are
//! data, `knowledge/follow-up/visit-kinds.csv`; what no line names stays unknown and is asked about, never assumed.

use std::sync::LazyLock;

use super::person::Resource;
use crate::access::table;
use crate::shapes;

/// A kind of visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitKind {
    /// For the mind: psychiatry, psychotherapy, counseling.
    Mental,
    /// For one thing: dialysis, a laboratory test, therapy, the eyes, the teeth.
    Narrow,
    /// One in which status and needs are gone through.
    General,
    /// The record does not say.
    Unknown,
}

struct Line {
    kind: VisitKind,
    system: String,
    sought: String,
}

static LINES: LazyLock<Vec<Line>> = LazyLock::new(|| {
    table::rows(include_str!("../../../../knowledge/follow-up/visit-kinds.csv"))
        .filter_map(|row| {
            let mut cells = row.into_iter();
            let kind = match cells.next()?.as_str() {
                "mental" => VisitKind::Mental,
                "narrow" => VisitKind::Narrow,
                "general" => VisitKind::General,
                _ => return None,
            };
            Some(Line { kind, system: cells.next()?, sought: cells.next()? })
        })
        .collect()
});

/// Where a visit says what it is.
const PATHS: [&str; 5] = ["type", "serviceType", "serviceCategory", "appointmentType", "specialty"];

/// The kind of an Encounter or an Appointment.
pub fn visit_kind(visit: &Resource<'_>) -> VisitKind {
    let mut words: Vec<String> = PATHS.iter().flat_map(|path| visit.words(path)).map(str::to_lowercase).collect();
    words.extend(visit.text("description").map(str::to_lowercase));
    let fits = |line: &Line| match line.system.as_str() {
        "own" => PATHS.iter().any(|path| visit.has_own(path, &line.sought)),
        "sct" => PATHS.iter().any(|path| visit.has(path, shapes::SNOMED, &line.sought)),
        _ => words.iter().any(|words| begins_a_word(words, &line.sought)),
    };
    [VisitKind::Mental, VisitKind::Narrow, VisitKind::General]
        .into_iter()
        .find(|kind| LINES.iter().any(|line| line.kind == *kind && fits(line)))
        // Somebody who comes to the house without a narrower errand sees how they are.
        .unwrap_or(if visit.text("class.code") == Some("HH") { VisitKind::General } else { VisitKind::Unknown })
}

/// Whether the words hold what is sought at the start of a word: `mri` is not in "primrice".
fn begins_a_word(words: &str, sought: &str) -> bool {
    words.match_indices(sought).any(|(at, _)| {
        words.get(..at).and_then(|before| before.chars().next_back()).is_none_or(|before| !before.is_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_fhir::Json;

    fn kind(words: &str) -> VisitKind {
        let json = format!(r#"{{"resourceType":"Encounter","id":"e","type":[{{"text":"{words}"}}]}}"#);
        let bytes = continuo_fhir::pack(&Json::parse(json.as_bytes()).unwrap());
        visit_kind(&Resource::of(continuo_fhir::root(&bytes).unwrap()).unwrap())
    }

    #[test]
    fn words_say_what_a_visit_is() {
        assert_eq!(kind("Psychotherapy, 45 minutes"), VisitKind::Mental);
        assert_eq!(kind("Physical therapy"), VisitKind::Narrow);
        assert_eq!(kind("Dental cleaning"), VisitKind::Narrow);
        assert_eq!(kind("Hospital follow-up"), VisitKind::General);
        assert_eq!(kind("Follow-up eye exam"), VisitKind::Narrow);
        assert_eq!(kind("Encounter"), VisitKind::Unknown);
    }
}

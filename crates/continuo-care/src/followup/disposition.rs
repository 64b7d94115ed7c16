//! Where a person went from a stay. Who is to be called, and whether anybody is, depends on it.
//!
//! The lines are data, `knowledge/follow-up/dispositions.csv`.

use std::sync::LazyLock;

use super::person::{Resource, walk};
use crate::access::table;

/// Where somebody went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// Home, or a home that is not a facility.
    Home,
    /// Skilled nursing, rehabilitation, another hospital: the facility knows how they are.
    Facility,
    /// Hospice care, at home or elsewhere.
    Hospice,
    /// Left before the hospital wanted it.
    AgainstAdvice,
    /// Died in the stay.
    Died,
    /// Not said.
    Unknown,
}

/// HL7's system of discharge dispositions (source: the csv).
pub const SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/discharge-disposition";

static LINES: LazyLock<Vec<(String, String, Disposition)>> = LazyLock::new(|| {
    table::rows(include_str!("../../../../knowledge/follow-up/dispositions.csv"))
        .filter_map(|row| {
            let mut cells = row.into_iter();
            let (system, code) = (cells.next()?, cells.next()?);
            let kind = match cells.next()?.as_str() {
                "died" => Disposition::Died,
                "hospice" => Disposition::Hospice,
                "against-advice" => Disposition::AgainstAdvice,
                "facility" => Disposition::Facility,
                "home" => Disposition::Home,
                _ => return None,
            };
            Some((system, code, kind))
        })
        .collect()
});

/// Where an Encounter says that the person went.
pub fn disposition(stay: &Resource<'_>) -> Disposition {
    const PATH: &str = "hospitalization.dischargeDisposition";
    let codings = walk(stay.node, "hospitalization.dischargeDisposition.coding");
    let words: Vec<String> = stay.words(PATH).into_iter().map(str::to_lowercase).collect();
    let fits = |system: &str, code: &str| match system {
        "hl7" => codings.iter().any(|one| {
            one.str("system").is_some_and(|url| url.ends_with("/discharge-disposition"))
                && one.str("code") == Some(code)
        }),
        "nubc" => codings
            .iter()
            .any(|one| one.str("system").is_some_and(|url| url.contains("nubc.org")) && one.str("code") == Some(code)),
        _ => words.iter().any(|words| words.contains(code)),
    };
    LINES.iter().find(|(system, code, _)| fits(system, code)).map_or(Disposition::Unknown, |(_, _, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_fhir::Json;

    fn of(concept: &str) -> Disposition {
        let json = format!(
            r#"{{"resourceType":"Encounter","id":"e","hospitalization":{{"dischargeDisposition":{concept}}}}}"#
        );
        let bytes = continuo_fhir::pack(&Json::parse(json.as_bytes()).unwrap());
        disposition(&Resource::of(continuo_fhir::root(&bytes).unwrap()).unwrap())
    }

    #[test]
    fn codes_and_words_say_where_somebody_went() {
        assert_eq!(of(&format!(r#"{{"coding":[{{"system":"{SYSTEM}","code":"exp"}}]}}"#)), Disposition::Died);
        assert_eq!(of(&format!(r#"{{"coding":[{{"system":"{SYSTEM}","code":"hosp"}}]}}"#)), Disposition::Hospice);
        assert_eq!(of(r#"{"text":"Skilled nursing"}"#), Disposition::Facility);
        assert_eq!(of(r#"{"text":"Left against medical advice"}"#), Disposition::AgainstAdvice);
        assert_eq!(of(r#"{"text":"Hospice at home"}"#), Disposition::Hospice);
        assert_eq!(of(r#"{"text":"Discharged to home"}"#), Disposition::Home);
        assert_eq!(of(r#"{"text":"Not known"}"#), Disposition::Unknown);
    }
}

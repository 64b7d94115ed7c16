//! Profiles that fix the code of what they describe. A retrieve by such a profile asks for that code: resources say what
//! they are by their content, and often claim no profile or another one.

use continuo_fhir::packed::Node;

/// LOINC's uri.
pub(crate) const LOINC: &str = "http://loinc.org";

/// Last part of a profile's url, and the LOINC code it fixes.
///
/// Source: the US Core profiles of Observation; each pair stands so in resources that claim the profile among the test
/// cases of HL7's `dqm-content-qicore-2025` (CC0).
const FIXED: &[(&str, &str)] = &[
    ("us-core-blood-pressure", "85354-9"),
    ("us-core-bmi", "39156-5"),
    ("us-core-heart-rate", "8867-4"),
    ("us-core-body-temperature", "8310-5"),
    ("us-core-respiratory-rate", "9279-1"),
    ("us-core-body-height", "8302-2"),
    ("us-core-body-weight", "29463-7"),
    ("pediatric-bmi-for-age", "59576-9"),
    ("us-core-observation-pregnancystatus", "82810-3"),
];

/// What a profile says of a resource beside its code: resources that say so, or that claim the profile, are meant.
///
/// Weaker than a fixed code, since those who write records leave categories out: a resource is passed over only where
/// its content speaks against the profile.
#[derive(PartialEq, Eq, Hash, Debug)]
pub struct Content {
    /// Last part of the profile's url.
    pub profile: &'static str,
    /// Element with the codes that tell.
    pub element: &'static str,
    /// The codes, one of which is there.
    pub codes: &'static [&'static str],
    /// Whether a resource without any code in the element is meant too.
    pub or_silent: bool,
    /// Whether it also counts beside codes that a search names; else only a search by the profile alone is narrowed.
    pub always: bool,
}

/// Sources: US Core 6.1 and QI-Core 6 profile pages (required or mandatory slices of `category`, codes of `code`). The
/// codes of vital signs stand with their names in Synthea's R4 sample data; 72166-2 in `knowledge/value-sets/smoking-status.csv`.
static CONTENT: &[Content] = &[
    by_code("us-core-smokingstatus", &["72166-2"]),
    by_code("us-core-pulse-oximetry", &["59408-5", "2708-6"]),
    by_category("us-core-vital-signs", &["vital-signs"], false),
    by_category("qicore-observation-lab", &["laboratory"], false),
    by_category("us-core-observation-lab", &["laboratory"], false),
    by_category("qicore-observation-screening-assessment", &["survey", "screening-assessment"], false),
    by_category("us-core-observation-screening-assessment", &["survey", "screening-assessment"], false),
    by_category("qicore-condition-encounter-diagnosis", &["encounter-diagnosis"], true),
    by_category("us-core-condition-encounter-diagnosis", &["encounter-diagnosis"], true),
    by_category("qicore-condition-problems-health-concerns", &["problem-list-item", "health-concern"], true),
    by_category("us-core-condition-problems-health-concerns", &["problem-list-item", "health-concern"], true),
];

const fn by_code(profile: &'static str, codes: &'static [&'static str]) -> Content {
    Content { profile, element: "code", codes, or_silent: false, always: false }
}

const fn by_category(profile: &'static str, codes: &'static [&'static str], always: bool) -> Content {
    Content { profile, element: "category", codes, or_silent: true, always }
}

/// What a profile's url says of content.
pub(crate) fn content(profile: &str, has_codes: bool) -> Option<&'static Content> {
    let name = profile.rsplit('/').next()?.split('|').next()?;
    CONTENT.iter().find(|c| c.profile == name && (c.always || !has_codes))
}

impl Content {
    /// Whether a resource is meant.
    pub fn fits(&self, resource: Node<'_>) -> bool {
        let mut any = false;
        for coding in resource.list(self.element).flat_map(|concept| concept.list("coding")) {
            let Some(code) = coding.str("code") else { continue };
            any = true;
            if self.codes.contains(&code) {
                return true;
            }
        }
        (self.or_silent && !any) || self.is_claimed(resource)
    }

    fn is_claimed(&self, resource: Node<'_>) -> bool {
        let profiles = resource.get("meta").map(|meta| meta.list("profile"));
        let mut urls = profiles.into_iter().flatten().filter_map(Node::as_str);
        urls.any(|url| url.rsplit('/').next().and_then(|name| name.split('|').next()) == Some(self.profile))
    }
}

/// The code that a profile of Observation fixes.
pub(crate) fn fixed_code(type_name: &str, profile: &str) -> Option<&'static str> {
    if type_name != "Observation" {
        return None;
    }
    let name = profile.rsplit('/').next()?.split('|').next()?;
    FIXED.iter().find(|(profile, _)| *profile == name).map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::fixed_code;

    #[test]
    fn a_vital_sign_profile_asks_for_its_code() {
        let url = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-bmi|7.0.0";
        assert_eq!(fixed_code("Observation", url), Some("39156-5"));
        assert_eq!(fixed_code("Observation", "http://hl7.org/fhir/StructureDefinition/Observation"), None);
    }
}

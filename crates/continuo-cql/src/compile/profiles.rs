//! Profiles that fix the code of what they describe. A retrieve by such a profile asks for that code: resources say what
//! they are by their content, and often claim no profile or another one.

/// LOINC's uri.
pub(super) const LOINC: &str = "http://loinc.org";

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

/// The code that a profile of Observation fixes.
pub(super) fn fixed_code(type_name: &str, profile: &str) -> Option<&'static str> {
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

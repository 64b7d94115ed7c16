//! Value sets as VSAC's SVS service exports them (IHE ITI-48 and ITI-60: RetrieveValueSet, RetrieveMultipleValueSets), into
//! expanded ValueSets. Pure. The reader of XML knows no external entities; a document type is refused.

use continuo_cql::front::xml::{self, Element};
use continuo_fhir::Json;

use crate::build::{list, object};

/// Where the value sets of VSAC stand, as measures name them.
const URL: &str = "http://cts.nlm.nih.gov/fhir/ValueSet/";
/// Systems by object identifier as FHIR names them (FHIR R4, "Using Codes in resources", table of code systems).
const SYSTEMS: [(&str, &str); 12] = [
    ("2.16.840.1.113883.6.96", "http://snomed.info/sct"),
    ("2.16.840.1.113883.6.1", "http://loinc.org"),
    ("2.16.840.1.113883.6.88", "http://www.nlm.nih.gov/research/umls/rxnorm"),
    ("2.16.840.1.113883.6.90", "http://hl7.org/fhir/sid/icd-10-cm"),
    ("2.16.840.1.113883.6.103", "http://hl7.org/fhir/sid/icd-9-cm"),
    ("2.16.840.1.113883.6.4", "http://www.cms.gov/Medicare/Coding/ICD10"),
    ("2.16.840.1.113883.6.12", "http://www.ama-assn.org/go/cpt"),
    ("2.16.840.1.113883.12.292", "http://hl7.org/fhir/sid/cvx"),
    ("2.16.840.1.113883.6.69", "http://hl7.org/fhir/sid/ndc"),
    ("2.16.840.1.113883.6.8", "http://unitsofmeasure.org"),
    ("2.16.840.1.113883.5.4", "http://terminology.hl7.org/CodeSystem/v3-ActCode"),
    ("2.16.840.1.113883.6.285", "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"),
];

/// Whether bytes look like such an export.
pub fn is_svs(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(2_000)).unwrap_or_default());
    head.contains("RetrieveMultipleValueSetsResponse") || head.contains("RetrieveValueSetResponse")
}

/// The value sets of an export, and what could not be used.
pub fn read(text: &str) -> Result<(Vec<Json>, Vec<String>), String> {
    if text.contains("<!DOCTYPE") {
        return Err("an export of value sets has no document type: it is not read".to_owned());
    }
    let root = xml::parse(text)?;
    let mut sets = Vec::new();
    let mut problems = Vec::new();
    let described = root.all("DescribedValueSet").chain(root.all("ValueSet"));
    for element in described {
        match set(element) {
            Ok(one) => sets.push(one),
            Err(why) => problems.push(why),
        }
    }
    if sets.is_empty() && problems.is_empty() {
        problems.push("the export holds no value set".to_owned());
    }
    Ok((sets, problems))
}

fn set(element: &Element) -> Result<Json, String> {
    let get = |name: &str| element.get(name).unwrap_or_default().trim();
    let id = [get("ID"), get("id")].into_iter().find(|id| !id.is_empty());
    let Some(id) = id else { return Err("a value set without an id is left out".to_owned()) };
    let name = if get("displayName").is_empty() { id } else { get("displayName") };
    let concepts: Vec<&Element> = element.all("ConceptList").flat_map(|list| list.all("Concept")).collect();
    let mut contains = Vec::with_capacity(concepts.len());
    for concept in &concepts {
        let get = |name: &str| concept.get(name).unwrap_or_default().trim();
        if get("code").is_empty() || get("codeSystem").is_empty() {
            return Err(format!("value set {id}: a concept without code or code system: the set is left out"));
        }
        let mut one =
            object([("system", Json::string(system(get("codeSystem")))), ("code", Json::string(get("code")))]);
        crate::build::set_text(&mut one, "version", get("codeSystemVersion"));
        crate::build::set_text(&mut one, "display", get("displayName"));
        contains.push(one);
    }
    let total = Json::integer(contains.len() as i64);
    let mut json = object([
        ("resourceType", Json::string("ValueSet")),
        ("url", Json::string(format!("{URL}{id}"))),
        ("title", Json::string(name)),
        ("status", Json::string("active")),
        ("expansion", object([("total", total), ("contains", list(contains))])),
    ]);
    crate::build::set_text(&mut json, "version", get("version"));
    // An expansion says when it was made (FHIR R4 requires it); the export says the day it was revised.
    let revised = element.child("RevisionDate").map(|date| date.text.trim().to_owned()).unwrap_or_default();
    let when = continuo_fhir::DateTime::parse(&revised).map_or_else(|| "1970-01-01".to_owned(), |_| revised);
    if let Some(expansion) = json.get_mut("expansion") {
        expansion.set("timestamp", Json::string(when));
    }
    Ok(json)
}

fn system(oid: &str) -> String {
    let known = SYSTEMS.iter().find(|(known, _)| *known == oid);
    known.map_or_else(|| format!("urn:oid:{oid}"), |(_, url)| (*url).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPORT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ns0:RetrieveMultipleValueSetsResponse xmlns:ns0="urn:ihe:iti:svs:2008" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <ns0:DescribedValueSet ID="1.2.3" displayName="Diabetes &amp; more" version="20260101">
    <ns0:ConceptList>
      <ns0:Concept code="E11.9" codeSystem="2.16.840.1.113883.6.90" codeSystemName="ICD10CM" codeSystemVersion="2026" displayName="Type 2"/>
      <ns0:Concept code="x" codeSystem="1.9.9" codeSystemName="Own" displayName="Own"/>
    </ns0:ConceptList>
    <ns0:RevisionDate>2026-02-01</ns0:RevisionDate>
  </ns0:DescribedValueSet>
  <ns0:DescribedValueSet displayName="No id"><ns0:ConceptList/></ns0:DescribedValueSet>
</ns0:RetrieveMultipleValueSetsResponse>"#;

    #[test]
    fn an_export_becomes_expanded_value_sets_under_the_urls_that_measures_name() {
        assert!(is_svs(EXPORT.as_bytes()));
        let (sets, problems) = read(EXPORT).unwrap();
        assert_eq!((sets.len(), problems.len()), (1, 1));
        let set = &sets[0];
        assert_eq!(set.str_at("url"), Some("http://cts.nlm.nih.gov/fhir/ValueSet/1.2.3"));
        assert_eq!((set.str_at("title"), set.str_at("version")), (Some("Diabetes & more"), Some("20260101")));
        assert_eq!(set.str_at("expansion.contains.0.system"), Some("http://hl7.org/fhir/sid/icd-10-cm"));
        assert_eq!(set.str_at("expansion.contains.1.system"), Some("urn:oid:1.9.9"));
    }

    #[test]
    fn a_document_type_and_broken_xml_are_refused() {
        assert!(read("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><RetrieveValueSetResponse>&e;</RetrieveValueSetResponse>").is_err());
        assert!(read("<RetrieveMultipleValueSetsResponse>").is_err());
        assert_eq!(read("<RetrieveMultipleValueSetsResponse/>").unwrap().1.len(), 1);
    }
}

//! What part of a resource is sent: `_elements` and `_summary` (R4 3.1.1.5.8, 3.1.1.5.9).
//!
//! Whatever is left out is said with the tag SUBSETTED. Summary elements are those that R4's definitions mark so.

use continuo_fhir::model::{TypeId, TypeKind, model};
use continuo_fhir::{Json, Name, ResourceType};

use crate::form::Pairs;
use crate::problem::Problem;

/// The part that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// These elements, each of one type or of any.
    Elements(Vec<(Option<ResourceType>, String)>),
    /// `_summary=true`.
    Summary,
    /// `_summary=text`: the narrative.
    Text,
    /// `_summary=data`: all but the narrative.
    Data,
}

impl Shape {
    /// Reads the request's parameters; `None` when everything is wanted.
    pub(super) fn read(pairs: &Pairs) -> Result<Option<Self>, Problem> {
        let elements = pairs.all("_elements").collect::<Vec<_>>().join(",");
        if !elements.is_empty() {
            return Ok(Some(Self::of_elements(&elements)));
        }
        Ok(match pairs.get("_summary") {
            None | Some("false" | "count" | "") => None,
            Some("true") => Some(Self::Summary),
            Some("text") if pairs.get("_include").or_else(|| pairs.get("_revinclude")).is_some() => {
                return Err(
                    Problem::bad_request("`_summary=text` does not go with `_include` or `_revinclude`").at("_summary")
                );
            }
            Some("text") => Some(Self::Text),
            Some("data") => Some(Self::Data),
            Some(_) => {
                return Err(Problem::bad_request("`_summary` is one of true, text, data, count, false").at("_summary"));
            }
        })
    }

    /// Reads a list of elements: `name,Observation.code`.
    pub(super) fn of_elements(list: &str) -> Self {
        let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
        Self::Elements(
            names
                .map(|name| match name.split_once('.') {
                    Some((first, rest)) if ResourceType::find(first).is_some() => {
                        (ResourceType::find(first), rest.split('.').next().unwrap_or("").to_owned())
                    }
                    _ => (None, name.split('.').next().unwrap_or("").to_owned()),
                })
                .collect(),
        )
    }

    /// The part of a resource, marked SUBSETTED; `None` if all of it is wanted.
    pub(super) fn of(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut json = Json::parse(bytes).ok()?;
        let name = json.resource_type()?.to_owned();
        let type_ = ResourceType::find(&name)?;
        let id = model().find(&name)?;
        if let Self::Elements(list) = self
            && !list.iter().any(|(of, _)| of.is_none_or(|of| of == type_))
        {
            return None;
        }
        if *self == Self::Summary {
            summary(&mut json, id);
        } else if let Json::Object(fields) = &mut json {
            fields.retain(|(key, _)| self.keeps(type_, id, key.trim_start_matches('_')));
        }
        subsetted(&mut json);
        Some(json.to_bytes())
    }

    fn keeps(&self, type_: ResourceType, id: TypeId, field: &str) -> bool {
        if is_always(field) {
            return true;
        }
        let element = Name::find(field).and_then(|name| model().field(id, name)).map(|(element, _)| element);
        let name = element.map_or(field, |element| element.name);
        let required = element.is_some_and(|element| element.min > 0);
        match self {
            Self::Elements(list) => {
                let wanted = |(of, one): &(Option<ResourceType>, String)| {
                    of.is_none_or(|of| of == type_) && (one == name || one == field)
                };
                required || list.iter().any(wanted)
            }
            Self::Text => required || name == "text",
            Self::Data => name != "text",
            Self::Summary => true,
        }
    }
}

/// Fields that every answer holds.
fn is_always(field: &str) -> bool {
    matches!(field, "resourceType" | "id" | "meta")
}

/// Takes away what is no part of a summary. As deep as the resource, which the parser bounds.
fn summary(json: &mut Json, id: TypeId) {
    let type_ = model().type_(id);
    let inside = matches!(type_.kind, TypeKind::Complex);
    let Json::Object(fields) = json else { return };
    fields.retain_mut(|(key, value)| {
        let field = key.trim_start_matches('_');
        if is_always(field) || (inside && field == "extension") {
            return true;
        }
        let Some((element, of)) = Name::find(field).and_then(|name| model().field(id, name)) else { return false };
        if !element.is_summary && element.min == 0 {
            return false;
        }
        if matches!(model().type_(of).kind, TypeKind::Nested | TypeKind::Complex) {
            match value {
                Json::Array(items) => items.iter_mut().for_each(|item| summary(item, of)),
                other => summary(other, of),
            }
        }
        true
    });
}

fn subsetted(json: &mut Json) {
    let tag = Json::object([
        ("system", Json::from("http://terminology.hl7.org/CodeSystem/v3-ObservationValue")),
        ("code", Json::from("SUBSETTED")),
    ]);
    let mut meta = json.remove("meta").unwrap_or_else(|| Json::object([]));
    let mut tags = meta.remove("tag").unwrap_or_else(|| Json::array([]));
    tags.push(tag);
    meta.set("tag", tags);
    json.set("meta", meta);
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENT: &str = r#"{"resourceType":"Patient","id":"1","text":{"status":"generated","div":"x"},"name":[{"family":"A"}],
        "contact":[{"name":{"family":"B"}}],"link":[{"other":{"reference":"Patient/2"},"type":"refer"}],
        "photo":[{"contentType":"image/png","data":"AAAA"}],"deceasedBoolean":true,"maritalStatus":{"text":"m"}}"#;

    fn fields(query: &str) -> Vec<String> {
        let shape = Shape::read(&Pairs::parse(query.as_bytes())).unwrap_or_else(|_| panic!("{query}"));
        let Some(bytes) = shape.and_then(|shape| shape.of(PATIENT.as_bytes())) else { return vec!["all".to_owned()] };
        let json = Json::parse(&bytes).unwrap();
        assert_eq!(json.str_at("meta.tag.0.code"), Some("SUBSETTED"));
        json.fields().iter().map(|(key, _)| key.to_string()).filter(|k| !is_always(k)).collect()
    }

    #[test]
    fn each_part_is_what_the_specification_says() {
        assert_eq!(fields("_summary=true"), ["name", "link", "deceasedBoolean"]);
        assert_eq!(fields("_summary=text"), ["text"]);
        assert_eq!(fields("_summary=data"), ["name", "contact", "link", "photo", "deceasedBoolean", "maritalStatus"]);
        assert_eq!(fields("_elements=name,deceased"), ["name", "deceasedBoolean"]);
        assert_eq!(fields("_elements=Patient.photo,Observation.code"), ["photo"]);
        assert_eq!(fields("_elements=Observation.code"), ["all"]);
        assert_eq!(fields("_summary=false"), ["all"]);
        assert!(Shape::read(&Pairs::parse(b"_summary=all")).is_err());
        assert!(Shape::read(&Pairs::parse(b"_summary=text&_include=Patient:link")).is_err());
    }

    #[test]
    fn required_elements_stay() {
        let observation = r#"{"resourceType":"Observation","status":"final","code":{"text":"c"},"method":{"text":"m"},"component":[{"code":{"text":"x"},"dataAbsentReason":{"text":"y"}}]}"#;
        let text = |shape: &Shape| String::from_utf8(shape.of(observation.as_bytes()).unwrap()).unwrap();
        let elements = text(&Shape::of_elements("method"));
        assert!(elements.contains("final") && elements.contains("\"method\"") && !elements.contains("component"));
        assert!(!text(&Shape::Summary).contains("method"));
    }
}

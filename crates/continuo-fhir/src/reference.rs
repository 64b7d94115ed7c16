//! References: what the text of a `reference` element points to.

use crate::resource_type::ResourceType;

/// A reference, split but not resolved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reference<'a> {
    /// A resource, relative or below a server's address: `Patient/7`, `http://there/fhir/Patient/7/_history/2`.
    Resource {
        /// The server's address with its final slash; `None` for a relative reference.
        base: Option<&'a str>,
        /// The resource's type.
        type_: ResourceType,
        /// The resource's id.
        id: &'a str,
        /// The version meant, if any.
        version: Option<&'a str>,
    },
    /// A resource found by search: `Practitioner?identifier=a|b` (allowed in transactions).
    Conditional {
        /// The type searched.
        type_: ResourceType,
        /// The query, still encoded.
        query: &'a str,
    },
    /// A resource inside the same resource: `#id`; empty for the container itself.
    Contained(&'a str),
    /// A resource in the same bundle: `urn:uuid:...`, `urn:oid:...`.
    Urn(&'a str),
    /// Anything else, such as a canonical or a web page.
    Other(&'a str),
}

impl<'a> Reference<'a> {
    /// Splits the text of a reference.
    pub fn parse(text: &'a str) -> Reference<'a> {
        if let Some(id) = text.strip_prefix('#') {
            return Reference::Contained(id);
        }
        if text.starts_with("urn:") {
            return Reference::Urn(text);
        }
        if let Some((head, query)) = text.split_once('?') {
            return match ResourceType::find(head) {
                Some(type_) => Reference::Conditional { type_, query },
                None => Reference::Other(text),
            };
        }
        Self::resource(text).unwrap_or(Reference::Other(text))
    }

    fn resource(text: &'a str) -> Option<Reference<'a>> {
        let (path, version) = match text.split_once("/_history/") {
            Some((path, version)) => (path, Some(version).filter(|v| is_id(v))),
            None => (text, None),
        };
        let (head, id) = path.rsplit_once('/')?;
        let (base, name) = match head.rsplit_once('/') {
            Some((base, name)) => (path.get(..=base.len()), name),
            None => (None, head),
        };
        let type_ = ResourceType::find(name)?;
        if !is_id(id) || base.is_some_and(|b| !b.contains("://")) {
            return None;
        }
        Some(Reference::Resource { base, type_, id, version })
    }

    /// Type and id of a relative reference: a resource held here.
    pub fn local(self) -> Option<(ResourceType, &'a str)> {
        match self {
            Reference::Resource { base: None, type_, id, .. } => Some((type_, id)),
            _ => None,
        }
    }

    /// The type the text itself names.
    pub fn resource_type(self) -> Option<ResourceType> {
        match self {
            Reference::Resource { type_, .. } | Reference::Conditional { type_, .. } => Some(type_),
            _ => None,
        }
    }
}

/// Whether a text is an id by FHIR's rule: 1 to 64 letters, digits, `-` and `.`.
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENT: ResourceType = ResourceType::of("Patient");

    #[test]
    fn each_form_is_told_apart() {
        let local = Reference::parse("Patient/7");
        assert_eq!(local.local(), Some((PATIENT, "7")));
        assert_eq!(
            Reference::parse("https://there/fhir/Patient/7/_history/2"),
            Reference::Resource { base: Some("https://there/fhir/"), type_: PATIENT, id: "7", version: Some("2") }
        );
        assert_eq!(Reference::parse("#p1"), Reference::Contained("p1"));
        assert_eq!(Reference::parse("urn:uuid:1"), Reference::Urn("urn:uuid:1"));
        assert_eq!(
            Reference::parse("Patient?identifier=a|b"),
            Reference::Conditional { type_: PATIENT, query: "identifier=a|b" }
        );
        for other in ["http://example.org/page", "Patient", "Patient/", "Tusk/1", "x/Patient/1", "Patient/a b", ""] {
            assert_eq!(Reference::parse(other), Reference::Other(other));
        }
    }
}

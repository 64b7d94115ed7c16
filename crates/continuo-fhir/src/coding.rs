//! Codings, concepts and identifiers, borrowed from a packed tree.

use crate::name::Name;
use crate::packed::{Items, Node};

const SYSTEM: Name = Name::of("system");
const CODE: Name = Name::of("code");
const DISPLAY: Name = Name::of("display");
const CODING: Name = Name::of("coding");
const TEXT: Name = Name::of("text");
const VALUE: Name = Name::of("value");

/// A code in a system, with the words its sender used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Coding<'a> {
    /// The code system's URI.
    pub system: Option<&'a str>,
    /// The code.
    pub code: Option<&'a str>,
    /// The sender's words; shown, never compared.
    pub display: Option<&'a str>,
}

impl<'a> Coding<'a> {
    /// Reads a Coding.
    pub fn of(node: Node<'a>) -> Coding<'a> {
        let field = |name| node.get_name(name).and_then(Node::as_str);
        Coding { system: field(SYSTEM), code: field(CODE), display: field(DISPLAY) }
    }

    /// Whether this is that code of that system.
    pub fn is(&self, system: &str, code: &str) -> bool {
        self.code == Some(code) && self.system == Some(system)
    }
}

/// A CodeableConcept: several codings of one meaning, and words.
#[derive(Clone, Copy, Debug)]
pub struct Concept<'a> {
    node: Node<'a>,
}

impl<'a> Concept<'a> {
    /// Reads a CodeableConcept.
    pub fn of(node: Node<'a>) -> Concept<'a> {
        Concept { node }
    }

    /// The codings in the order received.
    pub fn codings(self) -> impl Iterator<Item = Coding<'a>> {
        let items: Option<Items<'a>> = self.node.get_name(CODING).map(Node::items);
        items.into_iter().flatten().map(Coding::of)
    }

    /// The words of the concept itself.
    pub fn text(self) -> Option<&'a str> {
        self.node.get_name(TEXT)?.as_str()
    }

    /// What to show: the text, else the first display, else the first code.
    pub fn label(self) -> Option<&'a str> {
        self.text().or_else(|| self.codings().find_map(|c| c.display)).or_else(|| self.codings().find_map(|c| c.code))
    }

    /// Whether one of the codings is that code of that system.
    pub fn has(self, system: &str, code: &str) -> bool {
        self.codings().any(|c| c.is(system, code))
    }

    /// The code in a system, if the concept has one there.
    pub fn code_in(self, system: &str) -> Option<&'a str> {
        self.codings().find(|c| c.system == Some(system)).and_then(|c| c.code)
    }
}

/// A business identifier.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Identifier<'a> {
    /// Who gave it out.
    pub system: Option<&'a str>,
    /// The identifier itself.
    pub value: Option<&'a str>,
}

impl<'a> Identifier<'a> {
    /// Reads an Identifier.
    pub fn of(node: Node<'a>) -> Identifier<'a> {
        let field = |name| node.get_name(name).and_then(Node::as_str);
        Identifier { system: field(SYSTEM), value: field(VALUE) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Json, pack, root};

    #[test]
    fn a_concept_prefers_its_own_words() {
        let json =
            Json::parse(br#"{"coding":[{"system":"urn:a","code":"1"},{"system":"urn:b","code":"2","display":"Two"}]}"#);
        let bytes = pack(&json.unwrap());
        let concept = Concept::of(root(&bytes).unwrap());
        assert_eq!(concept.label(), Some("Two"));
        assert!(concept.has("urn:a", "1") && !concept.has("urn:a", "2"));
        assert_eq!(concept.code_in("urn:b"), Some("2"));
    }
}

//! FHIR as CQL sees it: elements of the record, their types, navigation, and the native FHIRHelpers.

pub mod helpers;
pub mod path;
pub mod profiles;
pub mod types;

use continuo_fhir::packed::{Kind, Node};

pub use path::Step;
pub use types::{Class, FhirType};

/// A resource or element of the record, with its FHIR type where the record or the path says it.
#[derive(Clone, Copy)]
pub struct Element<'a> {
    /// The packed node.
    pub node: Node<'a>,
    /// FHIR type; `UNKNOWN` where only the shape tells.
    pub kind: FhirType,
}

impl<'a> Element<'a> {
    /// An element of unknown type.
    pub fn new(node: Node<'a>) -> Element<'a> {
        Element { node, kind: FhirType::UNKNOWN }
    }

    /// A resource, typed by its `resourceType`.
    pub fn resource(node: Node<'a>) -> Element<'a> {
        let kind = node.resource_type().and_then(FhirType::find).unwrap_or(FhirType::UNKNOWN);
        Element { node, kind }
    }

    /// The resource type, for a resource.
    pub fn resource_type(self) -> Option<&'a str> {
        self.node.resource_type()
    }

    /// Whether it is a resource and not a part of one.
    pub fn is_resource(self) -> bool {
        match self.kind.class() {
            Class::Resource => true,
            // A data type is told by its type; what any resource may be is told by its content.
            Class::Other => self.resource_type().is_some(),
            _ => false,
        }
    }

    /// `Type/id` of a resource, for evidence and messages.
    pub fn label(self) -> String {
        match (self.resource_type(), self.node.str("id")) {
            (Some(kind), Some(id)) => format!("{kind}/{id}"),
            (Some(kind), None) => kind.to_owned(),
            _ => self.text().map_or_else(|| "element".to_owned(), |t| format!("'{t}'")),
        }
    }

    /// The text of a primitive.
    pub fn text(self) -> Option<&'a str> {
        self.node.primitive_text()
    }

    /// Where the node lies in memory: equal only for the very same node.
    pub fn identity(self) -> usize {
        self.node.span().start
    }

    /// The same content.
    pub fn same(self, other: Element<'a>) -> bool {
        let (mine, theirs) = (self.node.span(), other.node.span());
        if mine == theirs {
            return true;
        }
        // The same fields in another order take as many bytes.
        mine.len() == theirs.len() && (self.node == other.node || deep_equal(self.node, other.node, 64))
    }
}

/// Equality that does not depend on the order of fields.
fn deep_equal(a: Node<'_>, b: Node<'_>, depth: usize) -> bool {
    if depth == 0 || a.kind() != b.kind() {
        return false;
    }
    match a.kind() {
        Kind::Object => {
            a.fields().count() == b.fields().count()
                && a.fields().all(|(name, x)| b.get(name).is_some_and(|y| deep_equal(x, y, depth - 1)))
        }
        Kind::Array => {
            a.items().count() == b.items().count() && a.items().zip(b.items()).all(|(x, y)| deep_equal(x, y, depth - 1))
        }
        _ => a == b,
    }
}

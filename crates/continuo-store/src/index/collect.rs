//! What a resource puts into the search index, as values that do not depend on the database.

use crate::error::{Error, Result};
use continuo_fhir::reference::Reference;
use continuo_fhir::{Node, ResourceType, Zone, root};

/// A resource referred to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Target {
    /// Its type.
    pub(crate) type_: ResourceType,
    /// Its id.
    pub(crate) id: Box<str>,
}

/// One value of one search parameter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum IndexValue {
    /// A code from a small vocabulary.
    Token {
        /// Parameter.
        param: &'static str,
        /// Code system; empty where there is none.
        system: Box<str>,
        /// Code.
        code: Box<str>,
    },
    /// A value that names one thing: an identifier, a phone number.
    Identifier {
        /// Parameter.
        param: &'static str,
        /// Namespace; empty where there is none.
        system: Box<str>,
        /// Value.
        value: Box<str>,
    },
    /// A reference to a resource held here.
    Reference {
        /// Parameter.
        param: &'static str,
        /// Where it points.
        target: Target,
    },
    /// A time as [low, high) in UTC microseconds.
    Date {
        /// Parameter.
        param: &'static str,
        /// First moment.
        low: i64,
        /// First moment after.
        high: i64,
    },
    /// A number or quantity with the range its precision stands for.
    Number {
        /// Parameter.
        param: &'static str,
        /// Unit's system.
        system: Box<str>,
        /// Unit's code; empty for plain numbers.
        unit: Box<str>,
        /// Value.
        value: f64,
        /// Lower end of its precision.
        low: f64,
        /// Upper end of its precision.
        high: f64,
    },
    /// Folded text, a URI, a reference that points elsewhere.
    Text {
        /// Parameter.
        param: &'static str,
        /// Value.
        value: Box<str>,
    },
}

/// Everything `packed` puts into the index.
pub(crate) fn collect(type_: ResourceType, packed: &[u8], _zone: &Zone) -> Result<Vec<IndexValue>> {
    let node = root(packed).map_err(|e| Error::Invalid(e.to_string()))?;
    let mut out = Vec::new();
    for field in ["subject", "patient"] {
        let text = node.at(field).and_then(|n| n.str("reference"));
        if let Some((type_, id)) = text.and_then(|t| Reference::parse(t).local()) {
            out.push(IndexValue::Reference { param: "patient", target: Target { type_, id: id.into() } });
        }
    }
    if let Some(param) = super::clinical_code(type_.as_str()) {
        for coding in node.at("code").into_iter().flat_map(|n| n.list("coding")) {
            out.push(IndexValue::Token { param, system: text(coding, "system"), code: text(coding, "code") });
        }
    }
    for identifier in node.list("identifier") {
        out.push(IndexValue::Identifier {
            param: "identifier",
            system: text(identifier, "system"),
            value: text(identifier, "value"),
        });
    }
    Ok(out)
}

fn text(node: Node<'_>, field: &str) -> Box<str> {
    node.str(field).unwrap_or("").into()
}

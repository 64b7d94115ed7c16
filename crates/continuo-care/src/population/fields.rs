//! Short ways to write FHIR JSON by hand: a resource, a concept, a reference, a quantity.

use continuo_fhir::json::{Json, Key};

use super::codes::Code;
use crate::shapes;

/// A resource or element under construction; fields keep the order in which they are added.
pub(super) struct Fields(Vec<(Key, Json)>);

impl Fields {
    /// An element without fields.
    pub(super) fn new() -> Fields {
        Fields(Vec::with_capacity(12))
    }

    /// A resource of this type and id.
    pub(super) fn resource(kind: &str, id: &str) -> Fields {
        Fields::new().text("resourceType", kind).text("id", id)
    }

    /// Adds a field. Callers add each name once.
    pub(super) fn with(mut self, name: &str, value: Json) -> Fields {
        self.0.push((Key::from(name), value));
        self
    }

    /// Adds a text.
    pub(super) fn text(self, name: &str, value: &str) -> Fields {
        self.with(name, text(value))
    }

    /// Adds a field if there is a value.
    pub(super) fn maybe(self, name: &str, value: Option<Json>) -> Fields {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a reference.
    pub(super) fn refer(self, name: &str, target: &str) -> Fields {
        self.with(name, reference(target))
    }

    /// Adds an array of one value.
    pub(super) fn one(self, name: &str, value: Json) -> Fields {
        self.with(name, Json::Array(vec![value]))
    }

    /// The finished object.
    pub(super) fn done(self) -> Json {
        Json::Object(self.0)
    }
}

/// A text value.
pub(super) fn text(value: &str) -> Json {
    Json::String(value.into())
}

/// A number with so many decimals.
pub(super) fn number(value: f64, decimals: usize) -> Json {
    Json::Number(format!("{value:.decimals$}").into())
}

/// `{"reference": ..}`
pub(super) fn reference(target: &str) -> Json {
    Json::Object(vec![(Key::from("reference"), text(target))])
}

/// One coding of a published code, without a description: those belong to the code systems.
pub(super) fn coding(code: Code) -> Json {
    Json::Object(vec![(Key::from("system"), text(code.system)), (Key::from("code"), text(code.value))])
}

/// A concept with a published code and our own wording.
pub(super) fn concept(code: Code) -> Json {
    Fields::new().one("coding", coding(code)).text("text", code.meaning).done()
}

/// A concept that is only words.
pub(super) fn words(value: &str) -> Json {
    Json::Object(vec![(Key::from("text"), text(value))])
}

/// A concept of the product's own code system.
pub(super) fn own(code: &str, wording: &str) -> Json {
    let coding = Fields::new().text("system", shapes::CODE).text("code", code).done();
    Fields::new().one("coding", coding).text("text", wording).done()
}

/// A quantity in UCUM units.
pub(super) fn quantity(value: f64, decimals: usize, unit: Code) -> Json {
    Fields::new()
        .with("value", number(value, decimals))
        .text("unit", unit.meaning)
        .text("system", unit.system)
        .text("code", unit.value)
        .done()
}

/// `{"start": .., "end": ..}`
pub(super) fn period(start: Option<String>, end: Option<String>) -> Json {
    Fields::new().maybe("start", start.map(|s| text(&s))).maybe("end", end.map(|s| text(&s))).done()
}

/// An extension with a text value.
pub(super) fn extension(url: &str, kind: &str, value: Json) -> Json {
    Fields::new().text("url", url).with(kind, value).done()
}

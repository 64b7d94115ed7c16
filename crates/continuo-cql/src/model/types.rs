//! FHIR types, from the R4 definitions that `continuo-fhir` carries.

use std::sync::LazyLock;

use continuo_fhir::Name;
use continuo_fhir::model::{TypeId, TypeKind, model};
use continuo_fhir::packed::{Kind, Node};

/// A FHIR type: resource, data type, or nested element (`Encounter.location`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct FhirType(Option<TypeId>);

impl FhirType {
    /// Not known from the record.
    pub const UNKNOWN: FhirType = FhirType(None);

    /// The type of a name.
    pub fn find(name: &str) -> Option<FhirType> {
        model().find(name).map(|id| FhirType(Some(id)))
    }

    /// The type whose capitalized name ends a choice element: `DateTime` in `effectiveDateTime`.
    pub fn from_suffix(suffix: &str) -> Option<FhirType> {
        if !suffix.starts_with(|c: char| c.is_ascii_uppercase()) {
            return None;
        }
        let (first, rest) = suffix.split_at_checked(1)?;
        FhirType::find(suffix).or_else(|| FhirType::find(&format!("{}{rest}", first.to_ascii_lowercase())))
    }

    /// Its place among the model's types.
    pub fn index(self) -> Option<usize> {
        self.0.map(TypeId::index)
    }

    /// The type at a place among the model's types.
    pub fn at(index: usize) -> FhirType {
        FhirType(model().at(index))
    }

    /// What values of the type become.
    pub fn class(self) -> Class {
        self.0.and_then(|id| CLASSES.get(id.index())).copied().unwrap_or(Class::Other)
    }

    /// The name.
    pub fn name(self) -> &'static str {
        self.0.map_or("", |id| model().type_(id).name)
    }

    /// Whether values of the type are primitive: one value, and beside it an id and extensions.
    pub fn is_primitive(self) -> bool {
        self.0.is_some_and(|id| model().type_(id).kind == TypeKind::Primitive)
    }

    /// Whether this type is `other` or made from it.
    pub fn is_a(self, other: FhirType) -> bool {
        matches!((self.0, other.0), (Some(a), Some(b)) if model().is_a(a, b))
    }

    /// The type of a JSON field.
    pub fn field(self, name: Name) -> FhirType {
        FhirType(self.0.and_then(|id| model().field(id, name)).map(|(_, of)| of))
    }
}

/// What a FHIR type means to the engine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// Nothing special.
    Other,
    /// A resource type of its own (not `Resource` or `DomainResource`, which any resource is).
    Resource,
    /// CodeableConcept.
    Concept,
    /// Coding.
    Coding,
    /// Quantity and its profiles.
    Quantity,
    /// Period.
    Period,
    /// Range.
    Range,
    /// Ratio.
    Ratio,
    /// date.
    Date,
    /// dateTime and instant.
    DateTime,
    /// time.
    Time,
    /// decimal.
    Decimal,
}

static CLASSES: LazyLock<Vec<Class>> = LazyLock::new(|| {
    let class = |name: &str, kind: TypeKind| match name {
        "Resource" | "DomainResource" => Class::Other,
        "CodeableConcept" => Class::Concept,
        "Coding" => Class::Coding,
        "Quantity" | "Age" | "Count" | "Distance" | "Duration" | "SimpleQuantity" | "MoneyQuantity" => Class::Quantity,
        "Period" => Class::Period,
        "Range" => Class::Range,
        "Ratio" => Class::Ratio,
        "date" => Class::Date,
        "dateTime" | "instant" => Class::DateTime,
        "time" => Class::Time,
        "decimal" => Class::Decimal,
        _ if kind == TypeKind::Resource => Class::Resource,
        _ => Class::Other,
    };
    model().types().iter().map(|t| class(t.name, t.kind)).collect()
});

/// The type a node's shape suggests, where neither record nor path names it.
pub fn guess(node: Node<'_>) -> FhirType {
    let named = |name| FhirType::find(name).unwrap_or(FhirType::UNKNOWN);
    match node.kind() {
        Kind::Bool => named("boolean"),
        Kind::Number if node.number_text().is_some_and(|t| t.contains(['.', 'e', 'E'])) => named("decimal"),
        Kind::Number => named("integer"),
        Kind::String => named("string"),
        Kind::Object => {
            let has = |name: &str| node.get(name).is_some();
            if has("coding") {
                named("CodeableConcept")
            } else if has("reference") {
                named("Reference")
            } else if has("numerator") || has("denominator") {
                named("Ratio")
            } else if has("start") || has("end") {
                named("Period")
            } else if has("low") || has("high") {
                named("Range")
            } else if has("repeat") {
                named("Timing")
            } else if has("value") && (has("unit") || has("code") || has("comparator") || !has("system")) && !has("use")
            {
                named("Quantity")
            } else if has("code") && (has("system") || has("display")) {
                named("Coding")
            } else if has("text") && node.fields().count() == 1 {
                named("CodeableConcept")
            } else {
                FhirType::UNKNOWN
            }
        }
        _ => FhirType::UNKNOWN,
    }
}

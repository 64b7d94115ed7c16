//! FHIR types, from the R4 definitions that `continuo-fhir` carries.

use continuo_fhir::Name;
use continuo_fhir::model::{TypeId, model};
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

    /// The name.
    pub fn name(self) -> &'static str {
        self.0.map_or("", |id| model().type_(id).name)
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

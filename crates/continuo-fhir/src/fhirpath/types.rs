//! `is`, `as`, `ofType`, `type()`: FHIR's types and FHIRPath's own.

use super::parse::TypeName;
use super::value::Value;
use super::{Error, execution};
use crate::model::{TypeId, TypeKind, model};

const SYSTEM: [&str; 8] = ["Boolean", "Integer", "Decimal", "String", "Date", "DateTime", "Time", "Quantity"];

/// Namespace and name of a value's type.
pub(super) fn type_of(value: &Value<'_>) -> (&'static str, &'static str) {
    match value {
        Value::Item(item) => match item.type_ {
            // A nested element has no name of its own in FHIRPath; its base has.
            Some(id) if model().type_(id).kind == TypeKind::Nested => {
                ("FHIR", model().type_(id).base.map_or("BackboneElement", |b| model().type_(b).name))
            }
            Some(id) => ("FHIR", model().type_(id).name),
            None => ("FHIR", "Element"),
        },
        Value::Boolean(_) => ("System", "Boolean"),
        Value::Integer(_) => ("System", "Integer"),
        Value::Decimal(_) => ("System", "Decimal"),
        Value::Text(_) => ("System", "String"),
        Value::Date(_) => ("System", "Date"),
        Value::DateTime(_) => ("System", "DateTime"),
        Value::Time(_) => ("System", "Time"),
        Value::Quantity(..) => ("System", "Quantity"),
        Value::Type(..) => ("System", "TypeInfo"),
    }
}

/// Whether a value is of a type or one made from it.
pub(super) fn is(value: &Value<'_>, wanted: &TypeName) -> bool {
    let space = wanted.space.as_deref();
    match value {
        Value::Item(item) => {
            if space == Some("System") {
                return false;
            }
            fhir_type(wanted).is_some_and(|of| item.type_.is_some_and(|id| model().is_a(id, of)))
        }
        _ => {
            let (_, name) = type_of(value);
            space != Some("FHIR") && name == wanted.name
        }
    }
}

/// Whether a value is exactly of a type, as `as` and `ofType` ask in R4; resources and data types may be made from it.
pub(super) fn is_exactly(value: &Value<'_>, wanted: &TypeName) -> Result<bool, Error> {
    let known = fhir_type(wanted).is_some() || SYSTEM.contains(&wanted.name.as_str());
    if !known {
        return execution(format!("`{}` is no type", wanted.name));
    }
    match value {
        Value::Item(item) if item.is_primitive() && item.type_.is_some() => {
            Ok(wanted.space.as_deref() != Some("System") && item.type_name() == Some(wanted.name.as_str()))
        }
        _ => Ok(is(value, wanted)),
    }
}

fn fhir_type(wanted: &TypeName) -> Option<TypeId> {
    if wanted.space.as_deref().is_some_and(|s| s != "FHIR") { None } else { model().find(&wanted.name) }
}

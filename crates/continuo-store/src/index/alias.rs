//! Parameters that need no rows of their own, since rows of others answer them.
//!
//! An Observation has one code and one value, so `code-value-quantity` is `code` and `value-quantity` together; the
//! `combo-` parameters are the union of the plain ones and those of components. That saves a third of the rows.

use continuo_fhir::ResourceType;

/// How a parameter is answered from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alias {
    /// Any of these parameters.
    AnyOf(&'static [&'static str]),
    /// Both parts of the composite on the resource itself.
    Both(&'static str, &'static str),
    /// Both parts on the resource itself, or the composite of its components.
    BothOr(&'static str, &'static str, &'static str),
}

const OBSERVATION: ResourceType = ResourceType::of("Observation");

/// The alias of a parameter, if it is one.
pub(crate) fn alias(type_: ResourceType, code: &str) -> Option<Alias> {
    if type_ != OBSERVATION {
        return None;
    }
    Some(match code {
        "code-value-quantity" => Alias::Both("code", "value-quantity"),
        "code-value-concept" => Alias::Both("code", "value-concept"),
        "code-value-date" => Alias::Both("code", "value-date"),
        "code-value-string" => Alias::Both("code", "value-string"),
        "combo-code" => Alias::AnyOf(&["code", "component-code"]),
        "combo-value-quantity" => Alias::AnyOf(&["value-quantity", "component-value-quantity"]),
        "combo-value-concept" => Alias::AnyOf(&["value-concept", "component-value-concept"]),
        "combo-data-absent-reason" => Alias::AnyOf(&["data-absent-reason", "component-data-absent-reason"]),
        "combo-code-value-quantity" => Alias::BothOr("code", "value-quantity", "component-code-value-quantity"),
        "combo-code-value-concept" => Alias::BothOr("code", "value-concept", "component-code-value-concept"),
        _ => return None,
    })
}

/// Whether a parameter writes no rows: it is an alias, or a column of the resource.
pub(crate) fn is_answered_otherwise(type_: ResourceType, code: &str) -> bool {
    matches!(code, "_id" | "_lastUpdated") || alias(type_, code).is_some()
}

//! Which parameters a search takes: what the CapabilityStatement lists, and nothing else.

use super::hierarchy::has_parts;
use crate::index::{alias, is_identifying};
use continuo_fhir::ResourceType;
use continuo_fhir::search::{self, ParamKind};

/// Whether a search on this type takes a parameter of this name.
pub fn is_understood(type_: ResourceType, code: &str) -> bool {
    match code {
        "_id" | "_lastUpdated" | "_has" | "_list" | "_filter" => true,
        // Named queries: there are none.
        "_query" => false,
        _ => search::param(type_, code).is_some_and(|param| {
            let kinds = param.components.as_slice();
            let parts = matches!(kinds, [ParamKind::Token | ParamKind::Reference, second] if !matches!(
                second,
                ParamKind::Reference | ParamKind::Composite | ParamKind::Special
            ));
            param.kind != ParamKind::Composite || parts || alias(type_, code).is_some()
        }),
    }
}

/// The modifiers a parameter takes, besides `:missing`.
pub fn takes(type_: ResourceType, code: &str) -> Vec<&'static str> {
    let Some(param) = search::param(type_, code) else { return Vec::new() };
    match param.kind {
        ParamKind::Token if is_identifying(code) && code.ends_with("identifier") => vec!["not", "of-type"],
        ParamKind::Token if is_identifying(code) => vec!["not"],
        ParamKind::Token => vec!["not", "text", "in", "not-in", "above", "below"],
        ParamKind::String if matches!(code, "_text" | "_content") => vec!["exact"],
        ParamKind::String => vec!["exact", "contains"],
        ParamKind::Uri => vec!["below", "above", "contains"],
        ParamKind::Reference if has_parts(param) => vec!["identifier", "type", "above", "below"],
        ParamKind::Reference => vec!["identifier", "type"],
        ParamKind::Number | ParamKind::Date | ParamKind::Composite | ParamKind::Quantity | ParamKind::Special => {
            Vec::new()
        }
    }
}

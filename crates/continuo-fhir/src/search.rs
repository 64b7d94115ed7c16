//! Search parameters: R4's published table as path programs, and the index values they find in a resource.
//!
//! The table is generated text (`generated/search.txt`), read once into [`Param`]s on first use. [`extract`] runs all
//! programs of a resource's type; the store keeps what they find and answers searches from it. What a search request
//! means (modifiers, prefixes, chains) is the store's business.

mod extract;
mod table;
mod value;

use crate::resource_type::ResourceType;

pub use extract::{extract, extract_param, places};
pub use value::{Target, Value};

/// The kinds of search parameter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ParamKind {
    /// A number.
    Number,
    /// A date or time, indexed as an interval.
    Date,
    /// Text matched by its folded beginning.
    String,
    /// A code with or without a system.
    Token,
    /// A link to a resource.
    Reference,
    /// Several values of one item together.
    Composite,
    /// A number with a unit.
    Quantity,
    /// A URI matched exactly.
    Uri,
    /// A parameter with its own rules (`near`).
    Special,
}

impl ParamKind {
    /// FHIR's code.
    pub fn as_str(self) -> &'static str {
        match self {
            ParamKind::Number => "number",
            ParamKind::Date => "date",
            ParamKind::String => "string",
            ParamKind::Token => "token",
            ParamKind::Reference => "reference",
            ParamKind::Composite => "composite",
            ParamKind::Quantity => "quantity",
            ParamKind::Uri => "uri",
            ParamKind::Special => "special",
        }
    }
}

/// A search parameter of one resource type.
#[derive(Debug)]
pub struct Param {
    /// Its name in a search: `birthdate`.
    pub code: &'static str,
    /// What its values are.
    pub kind: ParamKind,
    /// A small number for index rows: the same for the same name on every type. Stable while [`table_version`] is.
    pub number: u16,
    /// The types a reference may point to; empty means any.
    pub targets: Vec<ResourceType>,
    /// The kinds of a composite's parts, in order.
    pub components: Vec<ParamKind>,
    program: table::Program,
}

impl Param {
    /// The resource's own elements that the parameter reads.
    pub fn elements(&self) -> Vec<&'static str> {
        let first = |steps: &[table::Step]| steps.first().map(|step| step.name.as_str());
        match &self.program {
            table::Program::Paths(paths) => paths.iter().filter_map(|path| first(&path.steps)).collect(),
            table::Program::Composite(walks, _) => walks.iter().filter_map(|steps| first(steps)).collect(),
        }
    }
}

/// The parameters of a type, with those of all resources, by name.
pub fn params(type_: ResourceType) -> &'static [Param] {
    table::table().params(type_)
}

/// The parameter of a type with this name.
pub fn param(type_: ResourceType, code: &str) -> Option<&'static Param> {
    let list = params(type_);
    list.binary_search_by(|p| p.code.cmp(code)).ok().and_then(|i| list.get(i))
}

/// The name of the parameter with this number.
pub fn code_of(number: u16) -> Option<&'static str> {
    table::table().codes().get(usize::from(number)).copied()
}

/// The parameters by which resources of a type belong to a patient (R4's patient compartment); empty for types outside.
pub fn patient_compartment(type_: ResourceType) -> &'static [&'static str] {
    table::table().patient_compartment(type_)
}

/// Changes whenever the table does; an index written under another version must be rebuilt.
pub fn table_version() -> u32 {
    table::table().version()
}

//! FHIR R4 for Continuo: the tree, what is read from it, and what it must obey. See README.md.
//!
//! No input or output happens here and no clock is read: bytes and values in, values out.

pub mod json;
pub mod packed;

pub mod clock;
pub mod coding;
pub mod date;
pub mod decimal;
pub mod quantity;
pub mod reference;
pub mod ucum;

pub mod issue;
pub mod letters;
pub mod search;
pub mod text;

pub mod facts;
pub mod views;

pub mod fhirpath;
pub mod model;
pub mod patch;
pub mod validate;

mod generated;
mod name;
mod resource_type;

pub use date::{Date, DateTime, Instant, Zone};
pub use decimal::Decimal;
pub use issue::{Issue, IssueCode, Severity};
pub use json::Json;
pub use name::{NAME_COUNT, Name};
pub use packed::{Node, pack, root};
pub use resource_type::ResourceType;

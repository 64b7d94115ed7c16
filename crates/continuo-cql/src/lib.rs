//! CQL for Continuo: ELM in, populations and evidence out. See README.md.
//!
//! No input or output happens here and no clock is read: bytes and values in, values out.

mod fault;
pub mod ops;
pub mod ucum;
pub mod value;

pub mod entries;
pub mod model;
pub mod record;
pub mod terminology;

pub mod compile;
pub mod elm;
pub mod eval;
pub mod measure;

pub mod front;
pub mod program;

mod stack;

pub use fault::Fault;
pub use record::Record;
pub use stack::{DEEP, deep_stack};
pub use terminology::Terminology;

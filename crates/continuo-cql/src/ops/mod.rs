//! The operators of CQL over values: pure functions, three-valued where the specification says so.

pub mod aggregate;
pub mod arithmetic;
pub mod compare;
pub mod convert;
pub mod equal;
pub mod interval;
pub mod interval_set;
pub mod list;
pub mod quantity;
pub mod temporal;
pub mod text;

use crate::Fault;
use crate::value::Value;

/// What an operator gives.
pub type Outcome<'a> = Result<Value<'a>, Fault>;

/// The fault of an operator given something it cannot work on.
pub fn unsupported(operator: &str, value: &Value<'_>) -> Fault {
    Fault::Runtime(format!("{operator} cannot work on a value of type {}", value.type_name()))
}

/// `and` of three-valued logic.
pub fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// `or` of three-valued logic.
pub fn or(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    and(a.map(|a| !a), b.map(|b| !b)).map(|r| !r)
}

//! Normalization: what a source wrote, turned into values that compare.
//!
//! Each file takes one kind of value. Known placeholders ("unknown", 000-00-0000, January first) become missing or
//! are marked; nothing here decides who is who.

pub mod address;
pub mod birth;
pub mod email;
mod generated;
pub mod identifier;
pub mod name;
pub mod nickname;
pub mod person;
pub mod phone;
pub mod text;

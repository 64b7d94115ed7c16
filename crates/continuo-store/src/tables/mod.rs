//! Product tables: one file a table, one function a question, the SQL inside the function.
//!
//! How to add one: crate README, "Adding a table". Functions take `&mut Conn` first, so they serve readers
//! (`reader.conn()`) and the writer (`tx.conn()?`) alike.

pub mod account;
pub mod org;
pub mod session;
pub mod team;

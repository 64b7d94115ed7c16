//! Writing: what a closure on the writer thread can do.
//!
//! `WriteTx` is the closure's handle. It lives in a savepoint of the writer's transaction; index rows, change rows and
//! audit rows are gathered and written when the closure ends or before it searches.

mod batch;
mod heard;
mod intern;
mod look_up;
mod put;
pub(crate) mod rebuild;
mod source;
mod tx;
mod undo;

pub(crate) use batch::Batch;
pub(crate) use intern::WriterState;
pub(crate) use put::{CREATE, DELETE, UPDATE};
pub use put::{Expect, Outcome, Put, PutOptions};
pub use tx::WriteTx;

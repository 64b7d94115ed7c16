//! Formats to resources and back: bundles, NDJSON, archives, tables of small clinics, transcripts. Bytes in, values out.
//!
//! Opens no file and no connection, reads no clock: the caller hands over readers and takes batches. Nothing is dropped
//! silently: what cannot be taken comes back as [`Kept`] with its bytes, its place and the reason.
//!
//! Read in this order: `formats` (what there is), `read` (one input to batches), `batch`, `unpack`, `references` (ids and
//! references of imported resources), `table` (CSV), `transcript`, `pdf` (the words of a letter), `write` (tables out), `zip` (downloads of measures).

mod batch;
mod bundle;
pub mod formats;
mod hl7v2;
mod lines;
pub mod pdf;
pub mod read;
pub mod references;
pub mod table;
pub mod transcript;
mod unpack;
pub mod write;
pub mod zip;

pub use batch::{At, Batch, Entry, Kept, Kind, Place, Request};
pub use unpack::Limits;

//! The packed tree: a resource as one compact byte string that engines read without parsing or allocating.
//!
//! Layout: a version byte, then one value. All structural bytes are below 128, so a packed tree is valid UTF-8 as a
//! whole: it is checked once in [`root`], and text is then handed out without copying or checking again.
//!
//! | tag | value |
//! |---|---|
//! | 0, 1, 2 | null, false, true |
//! | 3, 4 | number: length (1 or 5 bytes), literal |
//! | 5, 6 | text: length (2 or 5 bytes), bytes |
//! | 7, 8 | array: content length (2 or 5 bytes), items |
//! | 9, 10 | object: content length (2 or 5 bytes), then name and value in turn |
//! | 32 + n | text of n bytes, n below 96 |
//!
//! Lengths are base 128, high part first. A name is two such bytes (its number), or 127 127 and the name as text.
//! Reading damaged bytes yields absent values, never a panic.

mod build;
mod node;
mod text;

pub use build::{pack, pack_into};
pub use node::{Fields, Items, Kind, Node};
pub(crate) use text::pack_value_at;
pub use text::{pack_text, pack_text_into};

/// First byte of a packed tree. It changes whenever the layout or the table of names changes.
pub const VERSION: u8 = 1;

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const NUMBER: u8 = 3;
const NUMBER_WIDE: u8 = 4;
const TEXT: u8 = 5;
const TEXT_WIDE: u8 = 6;
const ARRAY: u8 = 7;
const ARRAY_WIDE: u8 = 8;
const OBJECT: u8 = 9;
const OBJECT_WIDE: u8 = 10;
const SHORT_TEXT: u8 = 32;
const SHORT_TEXT_LIMIT: usize = 96;
/// Largest length that fits two base-128 bytes.
const NARROW_LIMIT: usize = 1 << 14;
const INLINE_NAME: u8 = 127;

/// Why bytes are no packed tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Error {
    /// Written by another version; rebuild from the stored resource.
    #[error("packed tree has version {0}, this build reads {VERSION}")]
    Version(u8),
    /// Not a packed tree at all.
    #[error("packed tree is damaged")]
    Damaged,
}

/// The root of a packed tree.
pub fn root(bytes: &[u8]) -> Result<Node<'_>, Error> {
    match bytes.first() {
        Some(&VERSION) => {}
        Some(&other) => return Err(Error::Version(other)),
        None => return Err(Error::Damaged),
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Error::Damaged)?;
    node::value(text.get(1..).ok_or(Error::Damaged)?).map(|(node, _)| node).ok_or(Error::Damaged)
}

//! What a search parameter finds in a resource.

use crate::date::Instant;
use crate::resource_type::ResourceType;

/// One value to index.
#[derive(Clone, PartialEq, Debug)]
pub enum Value<'a> {
    /// A code: `Coding`, `Identifier`, `code`, `boolean`, contact value.
    Token {
        /// The system; `None` where there is none.
        system: Option<&'a str>,
        /// The code; `None` for a concept of words only.
        code: Option<&'a str>,
        /// The words, for `:text`.
        text: Option<&'a str>,
    },
    /// A date or period as `[low, high)`.
    Date {
        /// First moment meant; the least instant where the start is open.
        low: Instant,
        /// First moment after; the greatest instant where the end is open.
        high: Instant,
    },
    /// Text as written; fold it with [`crate::text::fold`].
    Text(&'a str),
    /// A link.
    Reference(Target<'a>),
    /// A number with a unit as a closed interval (both ends equal for a plain quantity).
    Quantity {
        /// Least value meant.
        low: f64,
        /// Greatest value meant.
        high: f64,
        /// The unit's system.
        system: Option<&'a str>,
        /// The unit's code.
        code: Option<&'a str>,
        /// The unit as words.
        unit: Option<&'a str>,
    },
    /// A number as a closed interval.
    Number {
        /// Least value meant.
        low: f64,
        /// Greatest value meant.
        high: f64,
    },
    /// A URI.
    Uri(&'a str),
    /// The parts of a composite, in the order of its components.
    Composite(Vec<Value<'a>>),
    /// A place on the earth, for `near`.
    Position {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
    },
}

/// Where a link points.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target<'a> {
    /// A resource held here.
    Local {
        /// Its type.
        type_: ResourceType,
        /// Its id.
        id: &'a str,
        /// The version, if one is meant.
        version: Option<&'a str>,
    },
    /// An absolute address, canonical or URN.
    Url(&'a str),
    /// A business identifier instead of, or beside, an address: for `:identifier`.
    Identifier {
        /// Who gave it out.
        system: Option<&'a str>,
        /// The identifier.
        value: &'a str,
    },
}

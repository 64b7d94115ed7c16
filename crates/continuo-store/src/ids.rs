//! Narrow typed keys of the store. None of them leaves the product; the outside sees FHIR ids.

macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl $name {
            /// As a statement parameter.
            pub fn param(self) -> crate::conn::Param<'static> {
                crate::conn::Param::Int(self.0)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

key!(
    /// An organization; leads every key.
    OrgId
);
key!(
    /// A resource (or the target of a reference not yet seen), whatever its type. 0 is nobody.
    Rid
);
key!(
    /// A user action.
    CommitId
);
key!(
    /// A number of the change feed: one for each version written, in commit order, within an organization.
    ChangeSeq
);

/// Microseconds since 1970 in UTC, as stored.
pub type Micros = i64;

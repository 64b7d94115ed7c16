//! R4 resource types as small numbers.

use crate::generated::types::TYPES;
use crate::letters::same;
use std::fmt;

/// One of R4's resource types. Ordered as the names are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceType(u8);

impl ResourceType {
    /// The type with this name, if R4 has it.
    pub fn find(name: &str) -> Option<ResourceType> {
        TYPES.binary_search(&name).ok().map(|i| ResourceType(i as u8))
    }

    /// A type named in the source: `const TASK: ResourceType = ResourceType::of("Task");`.
    ///
    /// # Panics
    /// At compile time when R4 has no such type; not meant for text known only at run time.
    pub const fn of(name: &'static str) -> ResourceType {
        let mut i = 0;
        while i < TYPES.len() {
            if same(TYPES[i].as_bytes(), name.as_bytes()) {
                return ResourceType(i as u8);
            }
            i += 1;
        }
        panic!("not an R4 resource type")
    }

    /// The type's name.
    pub fn as_str(self) -> &'static str {
        TYPES.get(usize::from(self.0)).copied().unwrap_or_default()
    }

    /// A small number, stable within one build and one packed version.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// The type with this number.
    pub fn from_number(number: u8) -> Option<ResourceType> {
        (usize::from(number) < TYPES.len()).then_some(ResourceType(number))
    }

    /// All types, by name.
    pub fn all() -> impl Iterator<Item = ResourceType> {
        (0..TYPES.len()).map(|i| ResourceType(i as u8))
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::ResourceType;

    #[test]
    fn types_are_found_by_name_and_number() {
        for type_ in ResourceType::all() {
            assert_eq!(ResourceType::find(type_.as_str()), Some(type_));
            assert_eq!(ResourceType::from_number(type_.number()), Some(type_));
        }
        assert_eq!(ResourceType::of("Task").as_str(), "Task");
        assert_eq!(ResourceType::find("Tusk"), None);
        assert_eq!(ResourceType::from_number(255), None);
    }
}

//! The R4 definitions as data: types, elements, cardinalities, required value sets and rules.
//!
//! Read once from the generated text (`generated/model.txt`, its form in `xtask/src/fhir_tables/model.rs`). Validation,
//! FHIRPath and patching ask it; reading and searching do not need it.

mod read;

use crate::name::Name;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static MODEL: LazyLock<Model> = LazyLock::new(|| read::read(include_str!("generated/model.txt")));

/// All of R4's definitions.
pub struct Model {
    types: Vec<Type>,
    by_name: BTreeMap<&'static str, TypeId>,
    value_sets: Vec<ValueSet>,
}

/// A type's place in the model.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TypeId(u16);

impl TypeId {
    /// Its place among [`Model::types`].
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// What sort of type one is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TypeKind {
    /// A resource.
    Resource,
    /// A data type with elements.
    Complex,
    /// An element with elements of its own, named by its path.
    Nested,
    /// A data type with a value.
    Primitive,
}

/// A type of R4.
pub struct Type {
    /// Its name; for a nested element its path, such as `Observation.component`.
    pub name: &'static str,
    /// What sort it is.
    pub kind: TypeKind,
    /// The type it is made from.
    pub base: Option<TypeId>,
    /// Own and inherited elements, in the order of the definitions.
    pub elements: Vec<Element>,
    /// Own and inherited rules.
    pub rules: Vec<Rule>,
    /// JSON field to element and type, by name number.
    fields: Vec<(Name, u16, TypeId)>,
}

/// An element of a type.
#[derive(Clone)]
pub struct Element {
    /// Its name, without `[x]`.
    pub name: &'static str,
    /// Whether the type's name is part of the JSON field.
    pub is_choice: bool,
    /// Least number of values.
    pub min: u8,
    /// Whether it is a list.
    pub is_list: bool,
    /// Whether a summary holds it (`isSummary` in the definitions).
    pub is_summary: bool,
    /// The types it may have, with the types a reference or canonical may point to (empty: any).
    pub types: Vec<(TypeId, &'static [&'static str])>,
    /// The value set its code must be from.
    pub value_set: Option<&'static str>,
    /// Rules about it.
    pub rules: Vec<Rule>,
}

/// A rule of the specification, as FHIRPath.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its key, such as `obs-6`.
    pub key: &'static str,
    /// Whether breaking it is an error; else a warning.
    pub is_error: bool,
    /// What must hold.
    pub expression: &'static str,
}

/// The codes of a required binding.
pub struct ValueSet {
    name: &'static str,
    /// System and its codes, sorted.
    systems: Vec<(&'static str, Vec<&'static str>)>,
}

impl ValueSet {
    /// Whether a bare code is in the set.
    pub fn has_code(&self, code: &str) -> bool {
        self.systems.iter().any(|(_, codes)| codes.binary_search(&code).is_ok())
    }

    /// Whether the code of a system is in the set.
    pub fn has(&self, system: &str, code: &str) -> bool {
        self.systems.iter().any(|(s, codes)| *s == system && codes.binary_search(&code).is_ok())
    }

    /// The systems of the set.
    pub fn systems(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.systems.iter().map(|(system, _)| *system)
    }

    /// All codes, by system.
    pub fn codes(&self) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
        self.systems.iter().flat_map(|(system, codes)| codes.iter().map(|code| (*system, *code)))
    }
}

/// The model.
pub fn model() -> &'static Model {
    &MODEL
}

impl Model {
    /// The type with a name.
    pub fn find(&self, name: &str) -> Option<TypeId> {
        self.by_name.get(name).copied()
    }

    /// The type at a place among [`Model::types`].
    pub fn at(&self, index: usize) -> Option<TypeId> {
        u16::try_from(index).ok().filter(|_| index < self.types.len()).map(TypeId)
    }

    /// A type.
    pub fn type_(&self, id: TypeId) -> &Type {
        self.types.get(usize::from(id.0)).expect("ids are made by this model alone")
    }

    /// The element and type behind a JSON field of a type.
    pub fn field(&self, id: TypeId, name: Name) -> Option<(&Element, TypeId)> {
        let type_ = self.type_(id);
        let place = type_.fields.binary_search_by_key(&name, |f| f.0).ok()?;
        let (_, element, of) = type_.fields.get(place)?;
        Some((type_.elements.get(usize::from(*element))?, *of))
    }

    /// The element of a type with a name (`value`, not `valueQuantity`).
    pub fn element(&self, id: TypeId, name: &str) -> Option<&Element> {
        self.type_(id).elements.iter().find(|e| e.name == name)
    }

    /// Whether a type is another or made from it.
    pub fn is_a(&self, id: TypeId, of: TypeId) -> bool {
        let mut at = Some(id);
        while let Some(type_) = at {
            if type_ == of {
                return true;
            }
            at = self.type_(type_).base;
        }
        false
    }

    /// The value set with this short name.
    pub fn value_set(&self, name: &str) -> Option<&ValueSet> {
        self.value_sets.binary_search_by(|v| v.name.cmp(name)).ok().and_then(|i| self.value_sets.get(i))
    }

    /// All types, in order of name.
    pub fn types(&self) -> &[Type] {
        &self.types
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_lead_to_elements() {
        let observation = model().find("Observation").unwrap();
        let (value, type_) = model().field(observation, Name::of("valueQuantity")).unwrap();
        assert_eq!((value.name, model().type_(type_).name), ("value", "Quantity"));
        let (language, _) = model().field(observation, Name::of("language")).unwrap();
        assert!(!language.is_list);
        let (component, nested) = model().field(observation, Name::of("component")).unwrap();
        assert!(component.is_list && model().field(nested, Name::of("referenceRange")).is_some());
        assert!(model().field(observation, Name::of("birthDate")).is_none());
        assert!(model().is_a(observation, model().find("DomainResource").unwrap()));
        let status = model().element(observation, "status").unwrap();
        assert_eq!(status.min, 1);
        assert!(model().value_set(status.value_set.unwrap()).unwrap().has_code("final"));
    }

    #[test]
    fn every_line_is_understood() {
        assert!(model().types().len() > 600);
        for type_ in model().types() {
            for element in &type_.elements {
                assert!(!element.types.is_empty(), "{}.{}", type_.name, element.name);
                if let Some(set) = element.value_set {
                    assert!(model().value_set(set).is_some(), "{set}");
                }
            }
        }
    }
}

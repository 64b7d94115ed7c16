//! Types as models name them and as they are written.

use super::super::Problem;
use super::super::ast::TypeName;
use super::super::model::ModelInfo;
use super::super::types::{Ty, system};
use super::{Done, SYSTEM_TYPES, Translator};
use crate::elm::Tree;

impl<'t> Translator<'t> {
    pub(super) fn model(&self, name: &str) -> Option<&'t ModelInfo> {
        self.models.iter().find(|m| m.name == name)
    }

    /// Models the library uses, in order; the first that knows a name wins.
    pub(super) fn used(&self) -> impl Iterator<Item = &'t ModelInfo> + '_ {
        let names = self.library.usings.iter().map(|(_, name, _)| name);
        names.filter_map(|name| self.model(name))
    }

    pub(super) fn uri(&self, model: &str) -> String {
        match model {
            "System" => "urn:hl7-org:elm-types:r1".to_owned(),
            _ => self.model(model).map_or_else(|| "http://hl7.org/fhir".to_owned(), |m| m.uri.clone()),
        }
    }

    pub(super) fn specifier(&self, ty: &Ty) -> Tree<'static> {
        self.target(ty).specifier(&|model| self.uri(model))
    }

    /// The type as ELM names it: classes of a mapped model by their target.
    pub(super) fn target(&self, ty: &Ty) -> Ty {
        match ty {
            Ty::Named(model, name) if model != "System" => {
                let Some(info) = self.model(model) else { return ty.clone() };
                if let Some(base) = info.system_base(name) {
                    return base;
                }
                let target = info.class(name).and_then(|c| c.target.clone());
                Ty::Named(model.clone(), target.unwrap_or_else(|| name.clone()))
            }
            Ty::List(inner) => self.target(inner).list(),
            Ty::Interval(inner) => self.target(inner).interval(),
            Ty::Choice(choices) => Ty::Choice(choices.iter().map(|c| self.target(c)).collect()),
            Ty::Tuple(fields) => Ty::Tuple(fields.iter().map(|(n, t)| (n.clone(), self.target(t))).collect()),
            Ty::Any | Ty::Named(..) => ty.clone(),
        }
    }

    /// Classes derived from System types are those types.
    pub(super) fn normal(&self, ty: &Ty) -> Ty {
        match ty {
            Ty::Named(model, name) if model != "System" => {
                self.model(model).and_then(|m| m.system_base(name)).unwrap_or_else(|| ty.clone())
            }
            Ty::List(inner) => self.normal(inner).list(),
            Ty::Interval(inner) => self.normal(inner).interval(),
            Ty::Choice(choices) => Ty::Choice(choices.iter().map(|c| self.normal(c)).collect()),
            _ => ty.clone(),
        }
    }

    /// A written type.
    pub(super) fn type_named(&self, name: &TypeName, at: usize) -> Done<Ty> {
        Ok(match name {
            TypeName::List(inner) => self.type_named(inner, at)?.list(),
            TypeName::Interval(inner) => self.type_named(inner, at)?.interval(),
            TypeName::Choice(choices) => {
                Ty::Choice(choices.iter().map(|c| self.type_named(c, at)).collect::<Done<Vec<_>>>()?)
            }
            TypeName::Tuple(fields) => {
                let fields: Done<Vec<_>> =
                    fields.iter().map(|(n, t)| Ok((n.clone(), self.type_named(t, at)?))).collect();
                Ty::Tuple(fields?)
            }
            TypeName::Named(Some(model), name) if model == "System" => system(name),
            TypeName::Named(Some(model), name) => match self.model(model).and_then(|m| m.class(name)) {
                Some(class) => Ty::Named(model.clone(), class.name.clone()),
                None => {
                    // `Encounter.Location` names a nested class without its model.
                    let nested = format!("{model}.{name}");
                    match self.used().find_map(|m| m.class(&nested).map(|c| Ty::Named(m.name.clone(), c.name.clone())))
                    {
                        Some(ty) => ty,
                        None => return Err(Problem::new(at, format!("type `{model}.{name}` is not known"))),
                    }
                }
            },
            TypeName::Named(None, name) => {
                if SYSTEM_TYPES.contains(&name.as_str())
                    && !self.used().any(|m| m.class(name).is_some_and(|c| c.retrievable))
                {
                    return Ok(system(name));
                }
                match self.used().find_map(|m| m.class(name).map(|c| Ty::Named(m.name.clone(), c.name.clone()))) {
                    Some(ty) => ty,
                    None => {
                        return Err(self.unknown_type(name, at));
                    }
                }
            }
        })
    }
}

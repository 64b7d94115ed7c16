//! Nodes that name something: definitions, functions, parameters, aliases, terms.

use crate::elm::Tree;
use crate::model::helpers::Helper;
use crate::model::path::System;
use crate::program::{Expr, ExprId, External, Type};

use super::types::{of_expression, specifier};
use super::{Callee, Compiled, Compiler, Scope};

impl<'s, 'a> Compiler<'s, 'a> {
    /// Names: definitions, functions, parameters, aliases, terms.
    pub(super) fn reference(&mut self, kind: &str, tree: &'s Tree<'a>, scope: &mut Scope) -> Option<Compiled> {
        let name = tree.text("name").unwrap_or_default();
        Some(match kind {
            "ExpressionRef" => self.expression_ref(tree, name, scope),
            "FunctionRef" => self.function_ref(tree, name, scope),
            "ParameterRef" => match self.library_named(scope.library, tree.text("libraryName")) {
                Ok(library) => self.parameter(library, name),
                Err(error) => Err(error),
            },
            "AliasRef" | "QueryLetRef" | "OperandRef" => match scope.find(name) {
                Some(slot) => Ok(self.add(Expr::Local(slot), slot, true)),
                None => self.fail(format!("`{name}` is not defined here")),
            },
            "IdentifierRef" => match scope.find(name) {
                Some(slot) => Ok(self.add(Expr::Local(slot), slot, true)),
                None => match scope.find("$this") {
                    Some(slot) => {
                        let item = self.add(Expr::Local(slot), slot, true);
                        Ok(self.walk(item, name, System::Auto, scope))
                    }
                    None => self.fail(format!("`{name}` is not defined here")),
                },
            },
            "Current" => match scope.find(tree.text("scope").unwrap_or("$this")) {
                Some(slot) => Ok(self.add(Expr::Local(slot), slot, true)),
                None => self.fail("`$this` is not defined here"),
            },
            "ValueSetRef" => self.vocabulary(tree, scope, true),
            "CodeSystemRef" => self.vocabulary(tree, scope, false),
            "CodeRef" => self.code_ref(tree, scope),
            "ConceptRef" => self.concept_ref(tree, scope),
            _ => return None,
        })
    }

    fn expression_ref(&mut self, tree: &'s Tree<'a>, name: &str, scope: &mut Scope) -> Compiled {
        let library = self.library_named(scope.library, tree.text("libraryName"))?;
        let id = self.definition(library, name)?;
        Ok(self.node(Expr::Def(id), &[], scope))
    }

    fn function_ref(&mut self, tree: &'s Tree<'a>, name: &str, scope: &mut Scope) -> Compiled {
        let args = self.operands(tree, scope)?;
        // The conversions are the engine's own, so FHIRHelpers need not be loaded for them.
        if let (true, [a], Some(helper)) =
            (self.is_helpers(scope.library, tree.text("libraryName")), &args[..], Helper::find(name))
        {
            return Ok(self.node(Expr::Helper(helper, *a), &[*a], scope));
        }
        let library = self.library_named(scope.library, tree.text("libraryName"))?;
        let signature: Vec<_> = match tree.items("signature") {
            [] => tree.items("operand").iter().map(of_expression).collect(),
            given => given.iter().map(specifier).collect(),
        };
        let overloads = self.undecided(library, name, &signature, args.len());
        if !overloads.is_empty() {
            return self.dispatch(library, name, &args, &overloads, scope);
        }
        let expr = match self.function(library, name, args.len(), &signature)? {
            Callee::Function(id) => Expr::Call(id, args.clone().into()),
            Callee::External => match external(name) {
                Some(external) => Expr::External(external, args.clone().into()),
                None => return self.fail(format!("external function `{name}` is not provided")),
            },
        };
        Ok(self.node(expr, &args, scope))
    }

    /// A call whose overload only the values tell: ELM may state neither signatures nor types.
    fn dispatch(
        &mut self,
        library: u32,
        name: &str,
        args: &[ExprId],
        overloads: &[Vec<Type>],
        scope: &Scope,
    ) -> Compiled {
        let mut chosen = None;
        // One overload that cannot be compiled costs itself; that none can is an error.
        let mut fault = self.fail(format!("external function `{name}` is not provided"));
        for types in overloads.iter().rev() {
            let call = match self.function(library, name, args.len(), types) {
                Ok(Callee::Function(id)) => self.node(Expr::Call(id, args.into()), args, scope),
                Ok(Callee::External) => continue,
                Err(error) => {
                    fault = Err(error);
                    continue;
                }
            };
            let mut condition = None;
            for (arg, wanted) in args.iter().zip(types).filter(|(_, wanted)| **wanted != Type::Any) {
                let wanted = self.type_id(wanted.clone());
                let test = self.node(Expr::Is(*arg, wanted), &[*arg], scope);
                condition = Some(match condition {
                    Some(first) => self.node(Expr::And(first, test), &[first, test], scope),
                    None => test,
                });
            }
            chosen = Some(match (condition, chosen) {
                (Some(condition), Some(otherwise)) => {
                    self.node(Expr::If(condition, call, otherwise), &[condition, call, otherwise], scope)
                }
                _ => call,
            });
        }
        chosen.map_or(fault, Ok)
    }
}

fn external(name: &str) -> Option<External> {
    Some(match name {
        "resolve" => External::Resolve,
        "extension" => External::Extension,
        "modifierExtension" => External::ModifierExtension,
        "hasValue" => External::HasValue,
        "getValue" => External::GetValue,
        "reference" => External::Reference,
        "conformsTo" => External::ConformsTo,
        "memberOf" => External::MemberOf,
        _ => return None,
    })
}

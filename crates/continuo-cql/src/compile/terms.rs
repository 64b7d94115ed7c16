//! Codes, concepts, value sets and code systems of a library.

use crate::elm::Tree;
use crate::program::{CodeConst, Const, ExprId};

use super::{Compiled, Compiler, Scope};

impl<'s, 'a> Compiler<'s, 'a> {
    fn table_entry(&self, library: u32, table: &str, name: &str) -> Option<&'s Tree<'a>> {
        let shelf = self.shelf;
        let tree = &shelf.libraries[library as usize].tree;
        tree.get(table)?.items("def").iter().find(|d| d.text("name") == Some(name))
    }

    fn required(&self, library: u32, table: &str, kind: &str, name: &str) -> Compiled<&'s Tree<'a>> {
        match self.table_entry(library, table, name) {
            Some(tree) => Ok(tree),
            None => self.fail(format!("there is no {kind} `{name}`")),
        }
    }

    fn code_system(&mut self, library: u32, reference: &Tree<'_>) -> Compiled<(Box<str>, Option<Box<str>>)> {
        let library = self.library_named(library, reference.text("libraryName"))?;
        let entry = self.required(library, "codeSystems", "code system", reference.text("name").unwrap_or_default())?;
        Ok((entry.text("id").unwrap_or_default().into(), entry.text("version").map(Box::from)))
    }

    fn code_const(&mut self, library: u32, name: &str) -> Compiled<CodeConst> {
        let entry = self.required(library, "codes", "code", name)?;
        let (system, version) = match entry.get("codeSystem") {
            Some(reference) => {
                let (system, version) = self.code_system(library, reference)?;
                (Some(system), version)
            }
            None => (None, None),
        };
        let code: Box<str> = entry.text("id").unwrap_or_default().into();
        if let Some(system) = &system {
            self.terms.intern(system, &code);
        }
        Ok(CodeConst { code, system, version, display: entry.text("display").map(Box::from) })
    }

    pub(super) fn code_ref(&mut self, tree: &Tree<'_>, scope: &Scope) -> Compiled<ExprId> {
        let library = self.library_named(scope.library, tree.text("libraryName"))?;
        let code = self.code_const(library, tree.text("name").unwrap_or_default())?;
        Ok(self.constant(Const::Code(code)))
    }

    pub(super) fn concept_ref(&mut self, tree: &Tree<'_>, scope: &Scope) -> Compiled<ExprId> {
        let library = self.library_named(scope.library, tree.text("libraryName"))?;
        let entry = self.required(library, "concepts", "concept", tree.text("name").unwrap_or_default())?;
        let mut codes = Vec::new();
        for code in entry.items("code") {
            let from = self.library_named(library, code.text("libraryName"))?;
            codes.push(self.code_const(from, code.text("name").unwrap_or_default())?);
        }
        Ok(self.constant(Const::Concept(codes, entry.text("display").map(Box::from))))
    }

    /// A code written out: `Code 'x' from "S"`.
    pub(super) fn code_literal(&mut self, tree: &Tree<'_>, scope: &Scope) -> Compiled<CodeConst> {
        let (system, version) = match tree.get("system") {
            Some(reference) => {
                let (system, version) = self.code_system(scope.library, reference)?;
                (Some(system), version)
            }
            None => (None, None),
        };
        let code: Box<str> = tree.text("code").unwrap_or_default().into();
        if let Some(system) = &system {
            self.terms.intern(system, &code);
        }
        Ok(CodeConst { code, system, version, display: tree.text("display").map(Box::from) })
    }

    pub(super) fn vocabulary(&mut self, tree: &Tree<'_>, scope: &Scope, is_value_set: bool) -> Compiled<ExprId> {
        let library = self.library_named(scope.library, tree.text("libraryName"))?;
        let name = tree.text("name").unwrap_or_default();
        let (table, kind) = if is_value_set { ("valueSets", "value set") } else { ("codeSystems", "code system") };
        let entry = self.required(library, table, kind, name)?;
        let id = entry.text("id").unwrap_or_default();
        if is_value_set {
            self.value_set(id, entry.text("version"));
        }
        let version = entry.text("version").map(Box::from);
        Ok(self.constant(Const::Vocabulary(is_value_set, id.into(), version, name.into())))
    }

    /// The place of a value set; one that is not loaded is remembered by name.
    pub(super) fn value_set(&mut self, url: &str, version: Option<&str>) -> Option<usize> {
        let found = self.terms.set_index_of(url, version);
        if found.is_none() && !self.missing_value_sets.iter().any(|m| m == url) {
            self.missing_value_sets.push(url.to_owned());
        }
        found
    }

    /// The url and version a value-set reference means.
    pub(super) fn value_set_url(&mut self, tree: &Tree<'_>, scope: &Scope) -> Compiled<(&'s str, Option<&'s str>)> {
        let library = self.library_named(scope.library, tree.text("libraryName"))?;
        let entry = self.required(library, "valueSets", "value set", tree.text("name").unwrap_or_default())?;
        Ok((entry.text("id").unwrap_or_default(), entry.text("version")))
    }
}

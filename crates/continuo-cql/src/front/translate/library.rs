//! The ELM of a library around its statements: its declarations, and each definition as an element.

use std::borrow::Cow;

use super::Translator;
use crate::elm::Tree;
use crate::front::ast::Statement;
use crate::front::types::{Ty, fields_of, object, text};

impl Translator<'_> {
    pub(super) fn definition_tree(&self, statement: &Statement, body: Option<Tree<'static>>, ty: &Ty) -> Tree<'static> {
        let mut fields = Vec::new();
        if statement.function.is_some() {
            fields.push(("type", text("FunctionDef")));
        }
        fields.extend([
            ("name", text(&statement.name)),
            ("context", text(&statement.context)),
            ("accessLevel", text(if statement.private { "Private" } else { "Public" })),
        ]);
        if *ty != Ty::Any {
            fields.push(("resultTypeSpecifier", self.specifier(ty)));
        }
        if let Some((operands, fluent)) = &statement.function {
            if *fluent {
                fields.push(("fluent", Tree::Bool(true)));
            }
            let operands = operands.iter().map(|(name, kind)| {
                let ty = self.type_named(kind, statement.at).unwrap_or(Ty::Any);
                fields_of(vec![("name", text(name)), ("operandTypeSpecifier", self.specifier(&ty))])
            });
            fields.push(("operand", Tree::List(operands.collect())));
        }
        match body {
            Some(body) => fields.push(("expression", body)),
            None => fields.push(("external", Tree::Bool(true))),
        }
        fields_of(fields)
    }

    /// Everything but the statements.
    pub(super) fn declarations(&mut self) -> Vec<(&'static str, Tree<'static>)> {
        let library = self.library;
        let (id, version) = library.name.clone().unwrap_or_default();
        self.exports.id = (id.clone(), version.clone().unwrap_or_default());
        let with_version = |mut fields: Vec<(&'static str, Tree<'static>)>, version: &Option<String>| {
            if let Some(version) = version {
                fields.push(("version", text(version)));
            }
            fields_of(fields)
        };
        let defs = |list: Vec<Tree<'static>>| fields_of(vec![("def", Tree::List(list))]);
        let mut usings =
            vec![fields_of(vec![("localIdentifier", text("System")), ("uri", text("urn:hl7-org:elm-types:r1"))])];
        for (_, name, _) in &library.usings {
            usings.push(fields_of(vec![("localIdentifier", text(name)), ("uri", text(&self.uri(name)))]));
        }
        let includes = library
            .includes
            .iter()
            .map(|i| with_version(vec![("localIdentifier", text(&i.alias)), ("path", text(&i.path))], &i.version));
        let includes: Vec<_> = includes.collect();
        let public = || ("accessLevel", text("Public"));
        let named = |list: &[crate::front::ast::Named]| {
            let named = list
                .iter()
                .map(|n| with_version(vec![("name", text(&n.name)), ("id", text(&n.id)), public()], &n.version));
            named.collect::<Vec<_>>()
        };
        let (systems, sets) = (named(&library.code_systems), named(&library.value_sets));
        let reference = |(alias, name): &(Option<String>, String)| {
            let mut fields = vec![("name", text(name))];
            if let Some(alias) = alias {
                fields.push(("libraryName", text(alias)));
            }
            fields_of(fields)
        };
        let display = |fields: &mut Vec<(&'static str, Tree<'static>)>, display: &Option<String>| {
            if let Some(display) = display {
                fields.push(("display", text(display)));
            }
        };
        let codes = library.codes.iter().map(|c| {
            let mut fields =
                vec![("name", text(&c.name)), ("id", text(&c.id)), public(), ("codeSystem", reference(&c.system))];
            display(&mut fields, &c.display);
            fields_of(fields)
        });
        let codes: Vec<_> = codes.collect();
        let concepts = library.concepts.iter().map(|(_, name, codes, words)| {
            let list = codes.iter().map(reference).collect();
            let mut fields = vec![("name", text(name)), public(), ("code", Tree::List(list))];
            display(&mut fields, words);
            fields_of(fields)
        });
        let concepts: Vec<_> = concepts.collect();
        for (list, kind) in [(&library.code_systems, "CodeSystemRef"), (&library.value_sets, "ValueSetRef")] {
            for named in list {
                self.exports.terms.insert(named.name.clone(), kind);
            }
        }
        for code in &library.codes {
            self.exports.terms.insert(code.name.clone(), "CodeRef");
        }
        for (_, name, ..) in &library.concepts {
            self.exports.terms.insert(name.clone(), "ConceptRef");
        }
        let mut parameters = Vec::new();
        for (at, name, kind, default) in &library.parameters {
            let mut fields = vec![("name", text(name)), public()];
            let mut ty = Ty::Any;
            match kind.as_ref().map(|k| self.type_named(k, *at)) {
                Some(Ok(known)) => {
                    fields.push(("parameterTypeSpecifier", self.specifier(&known)));
                    ty = known;
                }
                Some(Err(problem)) => self.problems.push(problem),
                None => {}
            }
            match default.as_ref().map(|d| self.expr(d)) {
                Some(Ok(x)) => {
                    if ty == Ty::Any {
                        ty = x.ty;
                    }
                    fields.push(("default", x.tree));
                }
                Some(Err(problem)) => self.problems.push(problem),
                None => {}
            }
            self.parameters.insert(name, ty.clone());
            self.exports.parameters.insert(name.clone(), ty);
            parameters.push(fields_of(fields));
        }
        let mut identifier = vec![("id", text(&id))];
        if let Some(version) = &version {
            identifier.push(("version", text(version)));
        }
        let schema = fields_of(vec![("id", text("urn:hl7-org:elm")), ("version", text("r1"))]);
        vec![
            ("identifier", fields_of(identifier)),
            ("schemaIdentifier", schema),
            ("usings", defs(usings)),
            ("includes", defs(includes)),
            ("parameters", defs(parameters)),
            ("codeSystems", defs(systems)),
            ("valueSets", defs(sets)),
            ("codes", defs(codes)),
            ("concepts", defs(concepts)),
        ]
    }

    pub(super) fn finish(&mut self, mut head: Vec<(&'static str, Tree<'static>)>, contexts: &[&str]) -> Tree<'static> {
        let mut statements = Vec::new();
        // A context is also a definition: the one resource it is about.
        for context in contexts.iter().filter(|c| **c != "Unfiltered") {
            if let Some(retrieve) = self.context_retrieve(context) {
                statements.push(fields_of(vec![
                    ("name", text(context)),
                    ("context", text(context)),
                    ("expression", object("SingletonFrom", vec![("operand", retrieve)])),
                ]));
            }
        }
        statements.extend(self.trees.iter_mut().filter_map(Option::take));
        let contexts = contexts.iter().map(|c| fields_of(vec![("name", text(c))])).collect();
        head.push(("contexts", fields_of(vec![("def", Tree::List(contexts))])));
        head.push(("statements", fields_of(vec![("def", Tree::List(statements))])));
        Tree::Object(vec![(Cow::Borrowed("library"), fields_of(head))])
    }

    fn context_retrieve(&self, context: &str) -> Option<Tree<'static>> {
        let info = self.used().find(|m| m.class(context).is_some())?;
        let class = info.class(context)?;
        let name = class.target.clone().unwrap_or_else(|| class.name.clone());
        Some(object(
            "Retrieve",
            vec![
                ("dataType", text(&format!("{{{}}}{name}", info.uri))),
                ("templateId", text(class.identifier.as_deref().unwrap_or_default())),
            ],
        ))
    }
}

//! Queries and retrieves.

use super::super::Problem;
use super::super::ast::{Query, Retrieve};
use super::super::types::{Ty, fields_of, join, object, text};
use super::members::{helper, property};
use super::names::text_literal;
use super::{Done, Translator, X};
use crate::elm::Tree;

impl Translator<'_> {
    pub(super) fn query(&mut self, query: &Query) -> Done {
        let depth = self.locals.len();
        let result = self.query_inside(query);
        self.locals.truncate(depth);
        result
    }

    fn bind(&mut self, name: &str, kind: &'static str, ty: Ty) {
        self.locals.push(super::Local { name: name.to_owned(), kind, ty });
    }

    fn query_inside(&mut self, query: &Query) -> Done {
        let mut sources = Vec::new();
        let mut row = Vec::new();
        let mut many = false;
        for (source, alias) in &query.sources {
            let x = self.expr(source)?;
            many |= matches!(x.ty, Ty::List(_));
            sources.push(fields_of(vec![("alias", text(alias)), ("expression", x.tree)]));
            let item = x.ty.item();
            row.push((alias.clone(), item.clone()));
            self.bind(alias, "AliasRef", item);
        }
        let mut lets = Vec::new();
        for (name, value) in &query.lets {
            let x = self.expr(value)?;
            lets.push(fields_of(vec![("identifier", text(name)), ("expression", x.tree)]));
            self.bind(name, "QueryLetRef", x.ty);
        }
        let mut relations = Vec::new();
        for relation in &query.relations {
            let x = self.expr(&relation.source)?;
            let such_that =
                self.with_local(&relation.alias, "AliasRef", x.ty.item(), |this| this.boolean(&relation.such_that))?;
            relations.push(object(
                if relation.with { "With" } else { "Without" },
                vec![("alias", text(&relation.alias)), ("expression", x.tree), ("suchThat", such_that.tree)],
            ));
        }
        let mut fields =
            vec![("source", Tree::List(sources)), ("let", Tree::List(lets)), ("relationship", Tree::List(relations))];
        if let Some(condition) = &query.condition {
            fields.push(("where", self.boolean(condition)?.tree));
        }
        let mut item = match row.as_slice() {
            [(_, item)] => item.clone(),
            _ => Ty::Tuple(row.clone()),
        };
        if let Some((result, distinct)) = &query.result {
            let x = self.expr(result)?;
            item = x.ty;
            fields.push(("return", fields_of(vec![("distinct", Tree::Bool(*distinct)), ("expression", x.tree)])));
        }
        if let (None, None, [_, _, ..]) = (&query.result, &query.aggregate, row.as_slice()) {
            // Rows of several sources are tuples, each kept once, as the reference translator has it.
            let element = row.iter().map(|(name, _)| {
                let value = object("AliasRef", vec![("name", text(name))]);
                fields_of(vec![("name", text(name)), ("value", value)])
            });
            let tuple = object("Tuple", vec![("element", Tree::List(element.collect()))]);
            fields.push(("return", fields_of(vec![("distinct", Tree::Bool(true)), ("expression", tuple)])));
        }
        if let Some(aggregate) = &query.aggregate {
            let starting = match &aggregate.starting {
                Some(starting) => self.expr(starting)?,
                None => X { tree: object("Null", vec![]), ty: Ty::Any },
            };
            let body = self
                .with_local(&aggregate.name, "QueryLetRef", starting.ty.clone(), |this| this.expr(&aggregate.body))?;
            fields.push((
                "aggregate",
                fields_of(vec![
                    ("identifier", text(&aggregate.name)),
                    ("distinct", Tree::Bool(aggregate.distinct)),
                    ("starting", starting.tree),
                    ("expression", body.tree),
                ]),
            ));
            return Ok(X { tree: object("Query", fields), ty: join(&starting.ty, &body.ty) });
        }
        if !query.sort.is_empty() {
            let mut by = Vec::new();
            for (key, descends) in &query.sort {
                let direction = text(if *descends { "desc" } else { "asc" });
                by.push(match key {
                    None => object("ByDirection", vec![("direction", direction)]),
                    Some(key) => {
                        let x = self.with_local("$this", "$this", item.clone(), |this| this.expr(key))?;
                        let x = self.system_value(x);
                        object("ByExpression", vec![("direction", direction), ("expression", x.tree)])
                    }
                });
            }
            fields.push(("sort", fields_of(vec![("by", Tree::List(by))])));
        }
        Ok(X { tree: object("Query", fields), ty: if many { item.list() } else { item } })
    }

    pub(super) fn retrieve(&mut self, retrieve: &Retrieve, at: usize) -> Done {
        let name = &retrieve.type_name;
        let found = match &retrieve.model {
            Some(model) => self.model(model).and_then(|m| m.class(name).map(|c| (m, c))),
            None => self.used().find_map(|m| m.class(name).map(|c| (m, c))),
        };
        let Some((info, class)) = found else {
            return Err(self.unknown_type(name, at));
        };
        if !class.retrievable {
            return Err(Problem::new(at, format!("`{name}` is no type that can be retrieved")));
        }
        let target = class.target.clone().unwrap_or_else(|| class.name.clone());
        let ty = Ty::Named(info.name.clone(), class.name.clone());
        let base = || {
            vec![
                ("dataType", text(&format!("{{{}}}{target}", info.uri))),
                ("templateId", text(class.identifier.as_deref().unwrap_or_default())),
            ]
        };
        let Some(codes) = &retrieve.codes else {
            return Ok(X { tree: object("Retrieve", base()), ty: ty.list() });
        };
        let Some(path) = retrieve.code_path.clone().or_else(|| class.code_path.clone()) else {
            return Err(
                Problem::new(at, format!("`{name}` has no code to filter by")).hint("write `[Type: path in codes]`")
            );
        };
        let codes = self.expr(codes)?;
        let is_set = codes.ty.is("ValueSet");
        let (comparator, wanted) = match codes.ty.system_name() {
            Some("ValueSet") => ("in", codes.tree.clone()),
            Some("Code") => ("~", object("ToList", vec![("operand", codes.tree.clone())])),
            Some("Concept") => ("~", property(codes.tree.clone(), "codes")),
            _ => ("in", codes.tree.clone()),
        };
        let filtered = |comparator: &str, wanted: Tree<'static>| {
            let mut fields = base();
            fields.extend([("codeProperty", text(&path)), ("codeComparator", text(comparator)), ("codes", wanted)]);
            object("Retrieve", fields)
        };
        let plain = filtered(retrieve.comparator.as_deref().unwrap_or(comparator), wanted.clone());
        let choices = match info.member(&class.name, path.split('.').next().unwrap_or(&path)).map(|m| m.ty.clone()) {
            Some(Ty::Choice(choices)) => choices,
            _ => Vec::new(),
        };
        let has = |wanted: &str| choices.iter().any(|c| matches!(c, Ty::Named(_, n) if n == wanted));
        let union = |other: Tree<'static>| object("Union", vec![("operand", Tree::List(vec![plain.clone(), other]))]);
        // What was not done may name the value set itself; a medication may be a resource of its own.
        let tree = if retrieve.comparator.is_some() {
            plain
        } else if is_set && has("ValueSet") {
            union(filtered("~", wanted))
        } else if has("Reference") && path == "medication" {
            union(medication(base(), info, &codes))
        } else {
            plain
        };
        Ok(X { tree, ty: ty.list() })
    }
}

/// Those whose medication is a Medication resource with a fitting code.
fn medication(base: Vec<(&'static str, Tree<'static>)>, info: &super::ModelInfo, codes: &X) -> Tree<'static> {
    let alias = |name: &str| object("AliasRef", vec![("name", text(name))]);
    let id = property(property(alias("M"), "id"), "value");
    let reference = property(property(property(alias("MR"), "medication"), "reference"), "value");
    let split = object("Split", vec![("stringToSplit", reference), ("separator", text_literal("/"))]);
    let last = object("Last", vec![("source", split)]);
    let same = object("Equal", vec![("operand", Tree::List(vec![id, last]))]);
    let code = helper("ToConcept", property(alias("M"), "code"));
    let fits = if codes.ty.is("ValueSet") {
        object("InValueSet", vec![("code", code), ("valueset", codes.tree.clone())])
    } else {
        let wanted = if codes.ty.is("Code") {
            object("ToConcept", vec![("operand", codes.tree.clone())])
        } else {
            codes.tree.clone()
        };
        object("Equivalent", vec![("operand", Tree::List(vec![code, wanted]))])
    };
    let such_that = object("And", vec![("operand", Tree::List(vec![same, fits]))]);
    let profile = info.class("Medication").and_then(|c| c.identifier.clone()).unwrap_or_default();
    let medications = object(
        "Retrieve",
        vec![("dataType", text(&format!("{{{}}}Medication", info.uri))), ("templateId", text(&profile))],
    );
    let with = object("With", vec![("alias", text("M")), ("expression", medications), ("suchThat", such_that)]);
    object(
        "Query",
        vec![
            (
                "source",
                Tree::List(vec![fields_of(vec![("alias", text("MR")), ("expression", object("Retrieve", base))])]),
            ),
            ("relationship", Tree::List(vec![with])),
        ],
    )
}

//! Queries, sorts and retrieves.

use crate::elm::Tree;
use crate::program::{CodeConst, Const, Expr, ExprId, NO_SLOT, Polarity, Query, Retrieve, Sort};

use super::{Compiled, Compiler, Scope};
use crate::model::path::System;
use crate::model::profiles::{LOINC, content, fixed_code};

impl<'s, 'a> Compiler<'s, 'a> {
    pub(super) fn query(&mut self, tree: &'s Tree<'a>, scope: &mut Scope) -> Compiled<ExprId> {
        let (depth, base) = (scope.names.len(), scope.next);
        let result = self.query_inside(tree, scope);
        scope.names.truncate(depth);
        scope.next = base;
        let (query, parts) = result?;
        // Slots from `base` on are bound here; only smaller ones stay free.
        let free = parts.iter().map(|p| self.free[*p as usize]).min().filter(|f| *f < base).unwrap_or(NO_SLOT);
        let id = self.query_id(query);
        Ok(self.add(Expr::Query(id), free, scope.in_function || !scope.names.is_empty()))
    }

    /// The place of a query, the same for equal ones.
    pub(super) fn query_id(&mut self, query: Query) -> u32 {
        let known = self.program.queries.iter().position(|q| *q == query);
        let at = known.unwrap_or_else(|| {
            self.program.queries.push(query);
            self.program.queries.len() - 1
        });
        at as u32
    }

    fn query_inside(&mut self, tree: &'s Tree<'a>, scope: &mut Scope) -> Compiled<(Query, Vec<ExprId>)> {
        let mut parts = Vec::new();
        let mut part = |id: ExprId| {
            parts.push(id);
            id
        };
        let mut sources = Vec::new();
        let mut names = Vec::new();
        for source in tree.items("source") {
            let expression = part(self.required_expr(source, "expression", scope)?);
            let alias = source.text("alias").unwrap_or_default();
            names.push(Box::from(alias));
            sources.push((scope.bind(alias), expression));
        }
        let mut lets = Vec::new();
        for item in tree.items("let") {
            let expression = part(self.required_expr(item, "expression", scope)?);
            lets.push((scope.bind(item.text("identifier").unwrap_or_default()), expression));
        }
        let mut relations = Vec::new();
        for relation in tree.items("relationship") {
            let source = part(self.required_expr(relation, "expression", scope)?);
            let (depth, next) = (scope.names.len(), scope.next);
            let slot = scope.bind(relation.text("alias").unwrap_or_default());
            let such_that = self.required_expr(relation, "suchThat", scope);
            scope.names.truncate(depth);
            scope.next = next;
            relations.push((relation.text("type") == Some("With"), slot, source, part(such_that?)));
        }
        let condition = match tree.get("where") {
            Some(condition) => Some(part(self.expr(condition, scope)?)),
            None => None,
        };
        let result = match tree.get("return") {
            Some(clause) if clause.get("expression").is_some() => {
                let expression = part(self.required_expr(clause, "expression", scope)?);
                Some((expression, clause.flag("distinct") != Some(false)))
            }
            _ => None,
        };
        let aggregate = match tree.get("aggregate") {
            Some(clause) => {
                let starting = match clause.get("starting") {
                    Some(starting) => part(self.expr(starting, scope)?),
                    None => self.add(Expr::Null, NO_SLOT, false),
                };
                let (depth, next) = (scope.names.len(), scope.next);
                let slot = scope.bind(clause.text("identifier").unwrap_or_default());
                let body = self.required_expr(clause, "expression", scope);
                scope.names.truncate(depth);
                scope.next = next;
                Some((slot, starting, part(body?), clause.flag("distinct") == Some(true)))
            }
            None => None,
        };
        let sort = match tree.get("sort") {
            Some(sort) => {
                let (id, keys) = self.sort(sort, scope)?;
                for key in keys {
                    part(key);
                }
                Some(id)
            }
            None => None,
        };
        let query = Query {
            sources: sources.into(),
            names: names.into(),
            lets: lets.into(),
            relations: relations.into(),
            condition,
            result,
            aggregate,
            sort,
        };
        Ok((query, parts))
    }

    /// A sort clause; its keys see the item as `$this` and its elements by name.
    pub(super) fn sort(&mut self, tree: &'s Tree<'a>, scope: &mut Scope) -> Compiled<(u32, Vec<ExprId>)> {
        let (depth, next) = (scope.names.len(), scope.next);
        let slot = scope.bind("$this");
        let mut keys = Vec::new();
        let mut result = Ok(());
        for by in tree.items("by") {
            let descends = matches!(by.text("direction"), Some("desc" | "descending"));
            match self.sort_key(by, slot, scope) {
                Ok(key) => keys.push((key, descends)),
                Err(error) => result = Err(error),
            }
        }
        scope.names.truncate(depth);
        scope.next = next;
        result?;
        let parts = keys.iter().map(|(key, _)| *key).collect();
        let sort = Sort { slot, keys: keys.into() };
        let id = match self.program.sorts.iter().position(|s| *s == sort) {
            Some(at) => at,
            None => {
                self.program.sorts.push(sort);
                self.program.sorts.len() - 1
            }
        };
        Ok((id as u32, parts))
    }

    fn sort_key(&mut self, by: &'s Tree<'a>, slot: u32, scope: &mut Scope) -> Compiled<ExprId> {
        let item = self.add(Expr::Local(slot), slot, true);
        match (by.text("path"), by.get("expression")) {
            (Some(path), _) => Ok(self.walk(item, path, System::Auto, scope)),
            (None, Some(expression)) => self.expr(expression, scope),
            (None, None) => Ok(item),
        }
    }

    /// Property steps along a dotted path.
    pub(super) fn walk(&mut self, from: ExprId, path: &str, last: System, scope: &Scope) -> ExprId {
        let mut at = from;
        let mut segments = path.split('.').peekable();
        while let Some(segment) = segments.next() {
            let system = if segments.peek().is_none() { last } else { System::Auto };
            let step = self.step(segment, system);
            at = self.node(Expr::Property(at, step), &[at], scope);
        }
        at
    }

    pub(super) fn retrieve(&mut self, tree: &'s Tree<'a>, scope: &mut Scope) -> Compiled<ExprId> {
        let type_name = tree.text("dataType").unwrap_or_default().rsplit('}').next().unwrap_or_default();
        let profile = tree.text("templateId").unwrap_or_default();
        if tree.get("context").is_some() {
            // A record holds one person; another's cannot be asked for, and pretending it is empty would be wrong.
            return self.fail(format!("the search for {type_name} asks for another person's record"));
        }
        let polarity = polarity(type_name, profile);
        let mut code_step = tree.text("codeProperty").map(|path| self.step(path, System::Auto));
        let mut value_set = None;
        let mut codes = None;
        let (mut set_url, mut set_name) = (None, None);
        // ELM 1.5 also lists filters by code; the first is the one that searches are made of.
        let listed = tree.items("codeFilter").first();
        if let (Some(filter), None) = (listed, code_step) {
            code_step = filter.text("property").map(|path| self.step(path, System::Auto));
        }
        if tree.items("codeFilter").len() > 1 {
            return self.fail(format!("a search for {type_name} by several codes at once is not supported"));
        }
        if let Some(wanted) = tree.get("codes").or_else(|| listed.and_then(|filter| filter.get("value"))) {
            if wanted.text("type") == Some("ValueSetRef") {
                let (url, version) = self.value_set_url(wanted, scope)?;
                value_set = Some(self.value_set(url, version).unwrap_or(usize::MAX));
                set_url = Some(url.into());
                set_name = wanted.text("name").map(Box::from);
            } else {
                set_name = code_name(wanted);
                codes = Some(self.expr(wanted, scope)?);
            }
        }
        if let (None, None, Some(code)) = (value_set, codes, fixed_code(type_name, profile)) {
            self.terms.intern(LOINC, code);
            let code = CodeConst { code: code.into(), system: Some(LOINC.into()), version: None, display: None };
            code_step = Some(self.step("code", System::Auto));
            codes = Some(self.constant(Const::Code(code)));
        }
        let retrieve = Retrieve {
            type_name: type_name.into(),
            profile: profile.into(),
            polarity,
            code_step,
            value_set,
            set_url,
            set_name,
            content: content(profile, value_set.is_some() || codes.is_some()),
            or_names_set: polarity == Polarity::NotDone && tree.text("codeComparator") == Some("~"),
        };
        let id = match self.program.retrieves.iter().position(|r| *r == retrieve) {
            Some(at) => at as u32,
            None => {
                self.program.retrieves.push(retrieve);
                self.program.retrieves.len() as u32 - 1
            }
        };
        let parts: Vec<ExprId> = codes.into_iter().collect();
        let found = self.node(Expr::Retrieve(id, codes), &parts, scope);
        self.filtered(found, tree, scope)
    }
}

/// What the library calls the code a retrieve asks for: the name of the reference inside conversions.
fn code_name(tree: &Tree<'_>) -> Option<Box<str>> {
    match tree.text("type")? {
        "CodeRef" | "ConceptRef" => tree.text("name").map(Box::from),
        _ => tree.items("operand").iter().chain(tree.get("source")).chain(tree.items("element")).find_map(code_name),
    }
}

/// Whether a profile means done or not done. QI-Core names its negation profiles so; a plain FHIR type asks for both.
fn polarity(type_name: &str, profile: &str) -> Polarity {
    let name = profile.rsplit('/').next().unwrap_or(profile).to_ascii_lowercase();
    let negative = ["notdone", "notrequested", "cancelled", "rejected", "declined", "notdispensed", "prohibited"];
    let negatable = matches!(
        type_name,
        "ServiceRequest"
            | "MedicationRequest"
            | "DeviceRequest"
            | "CommunicationRequest"
            | "NutritionOrder"
            | "Procedure"
            | "Immunization"
            | "Communication"
            | "MedicationAdministration"
            | "MedicationDispense"
            | "Observation"
            | "Task"
    );
    if !negatable {
        return Polarity::Any;
    }
    if negative.iter().any(|suffix| name.contains(suffix)) {
        return Polarity::NotDone;
    }
    if profile.contains("/us/qicore/") || profile.contains("/us/core/") { Polarity::Done } else { Polarity::Any }
}

//! `ForEach`, `Filter`, `Repeat` and `Aggregate`, with the item's number (`Iteration`) and the running total (`Total`).

use crate::elm::Tree;
use crate::program::{Expr, ExprId, NO_SLOT};

use super::{Compiled, Compiler, Scope};

/// The name under which the number of a scope's item is bound; no identifier of ELM holds a space.
fn index_name(scope: &str) -> String {
    format!("$index {scope}")
}

/// The same for the running total.
fn total_name(scope: &str) -> String {
    format!("$total {scope}")
}

impl<'s, 'a> Compiler<'s, 'a> {
    pub(super) fn iterate(&mut self, kind: &str, tree: &'s Tree<'a>, scope: &mut Scope) -> Compiled {
        let mut source = self.required_expr(tree, "source", scope)?;
        if let Some(path) = tree.text("path") {
            source = self.walk(source, path, crate::model::path::System::Auto, scope);
        }
        let starting = match tree.get("initialValue") {
            Some(starting) => self.expr(starting, scope)?,
            None => self.add(Expr::Null, NO_SLOT, false),
        };
        let (depth, next) = (scope.names.len(), scope.next);
        let name = tree.text("scope").unwrap_or("$this");
        // Item, number and total stand in this order.
        let slot = scope.bind(name);
        scope.bind(&index_name(name));
        scope.bind(&total_name(name));
        let body = match kind {
            "Filter" => "condition",
            "Aggregate" => "iteration",
            _ => "element",
        };
        let body = self.required_expr(tree, body, scope);
        scope.names.truncate(depth);
        scope.next = next;
        let body = body?;
        let free = [source, starting, body].iter().map(|p| self.free[*p as usize]).min().filter(|f| *f < slot);
        let expr = match kind {
            "Repeat" => Expr::Repeat(slot, source, body),
            "Aggregate" => Expr::Fold(slot, source, starting, body),
            _ => Expr::ForEach(slot, source, body, kind == "Filter"),
        };
        Ok(self.add(expr, free.unwrap_or(NO_SLOT), true))
    }

    /// `Iteration` and `Total`: what a surrounding loop has bound.
    pub(super) fn loop_value(&mut self, kind: &str, tree: &Tree<'_>, scope: &Scope) -> Compiled<ExprId> {
        let name = tree.text("scope").unwrap_or("$this");
        let bound = if kind == "Total" { total_name(name) } else { index_name(name) };
        match scope.find(&bound) {
            Some(slot) => Ok(self.add(Expr::Local(slot), slot, true)),
            None => self.fail(format!("{kind} stands outside the loop `{name}`")),
        }
    }
}

//! Filters that a retrieve carries itself: `dateRange` and `dateFilter`, as translators write them that move a query's
//! `during` into the search. They mean what the `where` meant: a point lies in the range, a period is included in it.

use crate::elm::Tree;
use crate::model::helpers::Helper;
use crate::model::path::System;
use crate::program::{Expr, ExprId, NO_SLOT, Op2, Query};

use super::{Compiled, Compiler, Scope};

impl<'s, 'a> Compiler<'s, 'a> {
    /// The retrieve with its filters of dates applied.
    pub(super) fn filtered(&mut self, found: ExprId, tree: &'s Tree<'a>, scope: &mut Scope) -> Compiled {
        let mut at = found;
        let own = tree.get("dateRange").map(|range| (tree, "dateProperty", "dateLowProperty", range));
        let listed =
            tree.items("dateFilter").iter().filter_map(|f| Some((f, "property", "lowProperty", f.get("value")?)));
        for (filter, property, low, range) in own.into_iter().chain(listed) {
            let Some(path) = filter.text(property).or_else(|| filter.text(low)) else {
                return self.fail("a search by date names no element to look at");
            };
            at = self.during(at, path, range, scope)?;
        }
        if let Some(other) = tree.items("otherFilter").first() {
            let path = other.text("property").unwrap_or("an element");
            return self.fail(format!("a search filtered by `{path}` is not supported"));
        }
        Ok(at)
    }

    fn during(&mut self, found: ExprId, path: &'s str, range: &'s Tree<'a>, scope: &mut Scope) -> Compiled {
        let range = self.expr(range, scope)?;
        let (depth, base) = (scope.names.len(), scope.next);
        let slot = scope.bind("$found");
        let item = self.add(Expr::Local(slot), slot, true);
        let element = self.walk(item, path, System::Auto, scope);
        let value = self.node(Expr::Helper(Helper::ToValue, element), &[element], scope);
        let inside = self.node(Expr::Op2(Op2::IncludedIn, value, range, None), &[value, range], scope);
        scope.names.truncate(depth);
        scope.next = base;
        let query = Query {
            sources: [(slot, found)].into(),
            names: [Box::from("$found")].into(),
            lets: [].into(),
            relations: [].into(),
            condition: Some(inside),
            result: None,
            aggregate: None,
            sort: None,
        };
        let id = self.query_id(query);
        let free = [found, range].iter().map(|p| self.free[*p as usize]).min().filter(|f| *f < base);
        Ok(self.add(Expr::Query(id), free.unwrap_or(NO_SLOT), scope.in_function || !scope.names.is_empty()))
    }
}

//! Nodes that choose by a condition or a type: `if`, `case`, `is`, `as`, conversions.

use crate::elm::Tree;
use crate::program::{Expr, ExprId, Type};

use super::types::either;
use super::{Compiled, Compiler, Scope};

impl<'s, 'a> Compiler<'s, 'a> {
    pub(super) fn case(&mut self, tree: &'s Tree<'a>, scope: &mut Scope) -> Compiled {
        let mut parts = Vec::new();
        let comparand = match tree.get("comparand") {
            Some(comparand) => {
                let id = self.expr(comparand, scope)?;
                parts.push(id);
                Some(id)
            }
            None => None,
        };
        let mut items = Vec::new();
        for item in tree.items("caseItem") {
            let when = self.required_expr(item, "when", scope)?;
            let then = self.required_expr(item, "then", scope)?;
            parts.extend([when, then]);
            items.push((when, then));
        }
        let otherwise = self.optional(tree, "else", scope)?;
        if comparand.is_none() && !items.is_empty() {
            return Ok(self.choice(&items, otherwise, scope));
        }
        parts.push(otherwise);
        Ok(self.node(Expr::Case(comparand, items.into(), otherwise), &parts, scope))
    }

    /// `if` and `case`: the first condition that holds. A chain of type tests of one name becomes a switch.
    pub(super) fn choice(&mut self, items: &[(ExprId, ExprId)], otherwise: ExprId, scope: &Scope) -> ExprId {
        let mut parts: Vec<ExprId> = items.iter().flat_map(|(when, then)| [*when, *then]).collect();
        parts.push(otherwise);
        let tested = |this: &Self, when: ExprId| match this.program.exprs[when as usize] {
            Expr::Is(operand, wanted) => match this.program.exprs[operand as usize] {
                Expr::Local(slot) => Some((slot, wanted)),
                _ => None,
            },
            _ => None,
        };
        let arms: Option<Vec<(u32, u32, ExprId)>> =
            items.iter().map(|(when, then)| tested(self, *when).map(|(slot, wanted)| (slot, wanted, *then))).collect();
        if let Some(arms) = arms
            && let Some((slot, ..)) = arms.first().copied()
            && arms.iter().all(|(s, ..)| *s == slot)
        {
            let mut arms: Vec<(u32, ExprId)> = arms.iter().map(|(_, wanted, then)| (*wanted, *then)).collect();
            let mut last = otherwise;
            if let Expr::TypeSwitch(inner, rest, end) = &self.program.exprs[otherwise as usize]
                && *inner == slot
            {
                arms.extend(rest.iter().copied());
                last = *end;
            }
            return self.node(Expr::TypeSwitch(slot, arms.into(), last), &parts, scope);
        }
        match items {
            [(when, then)] => self.node(Expr::If(*when, *then, otherwise), &parts, scope),
            _ => self.node(Expr::Case(None, items.into(), otherwise), &parts, scope),
        }
    }

    pub(super) fn type_test(&mut self, kind: &str, tree: &'s Tree<'a>, scope: &mut Scope) -> Compiled {
        let operand = self.required_expr(tree, "operand", scope)?;
        let (name, spec) = match kind {
            "Is" => ("isType", "isTypeSpecifier"),
            "As" => ("asType", "asTypeSpecifier"),
            _ => ("toType", "toTypeSpecifier"),
        };
        let wanted = either(tree, name, spec);
        // A choice or any cast never changes a value.
        if kind == "As" && tree.flag("strict") != Some(true) && matches!(wanted, Type::Any) {
            return Ok(operand);
        }
        let wanted = self.type_id(wanted);
        let expr = match kind {
            "Is" => Expr::Is(operand, wanted),
            "As" => Expr::As(operand, wanted, tree.flag("strict") == Some(true)),
            _ => Expr::Convert(operand, wanted, kind == "CanConvert"),
        };
        Ok(self.node(expr, &[operand], scope))
    }
}

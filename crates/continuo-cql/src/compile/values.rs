//! Nodes that make a value: literals, quantities, ratios, tuples, intervals.

use crate::elm::Tree;
use crate::program::{Const, Expr, Type};
use crate::value::{Decimal, PointType};

use super::types::{named, of_expression};
use super::{Compiled, Compiler, Scope};

impl<'s, 'a> Compiler<'s, 'a> {
    pub(super) fn literal(&mut self, tree: &Tree<'_>) -> Compiled {
        let text = tree.literal("value").unwrap_or_default();
        let kind = tree.text("valueType").map_or(Type::Any, named);
        let Type::System(kind) = kind else { return self.fail("a literal without type") };
        let value = match &*kind {
            "String" => Some(Const::Str(text.into())),
            "Boolean" => text.parse().ok().map(Const::Bool),
            "Integer" => text.parse().ok().map(Const::Int),
            "Long" => text.trim_end_matches('L').parse().ok().map(Const::Long),
            "Decimal" => Decimal::parse(text, false).map(Const::Decimal),
            _ => None,
        };
        match value {
            Some(value) => Ok(self.constant(value)),
            None => self.fail(format!("`{text}` is no literal of type {kind}")),
        }
    }

    fn quantity_parts(&self, tree: &Tree<'_>) -> Compiled<(Decimal, Box<str>)> {
        let text = tree.literal("value").unwrap_or("0");
        match Decimal::parse(text, false) {
            Some(value) => Ok((value, tree.text("unit").unwrap_or("1").into())),
            None => self.fail(format!("`{text}` is no number")),
        }
    }

    pub(super) fn quantity_const(&mut self, tree: &Tree<'_>) -> Compiled {
        let (value, unit) = self.quantity_parts(tree)?;
        Ok(self.constant(Const::Quantity(value, unit)))
    }

    pub(super) fn ratio_const(&mut self, tree: &Tree<'_>) -> Compiled {
        match (tree.get("numerator"), tree.get("denominator")) {
            (Some(n), Some(d)) => {
                let ((a, b), (c, d)) = (self.quantity_parts(n)?, self.quantity_parts(d)?);
                Ok(self.constant(Const::Ratio(a, b, c, d)))
            }
            _ => self.fail("a ratio without numerator or denominator"),
        }
    }

    pub(super) fn tuple(&mut self, tree: &'s Tree<'a>, scope: &mut Scope) -> Compiled {
        let class = match tree.text("classType").map(named) {
            Some(Type::System(name) | Type::Fhir(name)) => name,
            _ => Box::from(""),
        };
        let mut names = Vec::new();
        let mut values = Vec::new();
        for element in tree.items("element") {
            names.push(Box::from(element.text("name").unwrap_or_default()));
            values.push(self.required_expr(element, "value", scope)?);
        }
        let shape = (class, names.into());
        let id = match self.program.shapes.iter().position(|s| *s == shape) {
            Some(at) => at,
            None => {
                self.program.shapes.push(shape);
                self.program.shapes.len() - 1
            }
        };
        Ok(self.node(Expr::Tuple(id as u32, values.clone().into()), &values, scope))
    }

    pub(super) fn interval(&mut self, tree: &'s Tree<'a>, scope: &mut Scope) -> Compiled {
        let low = self.optional(tree, "low", scope)?;
        let high = self.optional(tree, "high", scope)?;
        let mut closed = |expression: &str, flag: &str| match tree.get(expression) {
            Some(inner) => self.expr(inner, scope),
            None => Ok(self.constant(Const::Bool(tree.flag(flag) != Some(false)))),
        };
        let low_closed = closed("lowClosedExpression", "lowClosed")?;
        let high_closed = closed("highClosedExpression", "highClosed")?;
        let declared = match of_expression(tree) {
            Type::Interval(point) => point.point(),
            _ => PointType::Any,
        };
        let from = |key| tree.get(key).map_or(PointType::Any, |t| of_expression(t).point());
        let point = [declared, from("low"), from("high")].into_iter().find(|p| *p != PointType::Any);
        let parts = [low, high, low_closed, high_closed];
        let expr = Expr::Interval(low, high, low_closed, high_closed, point.unwrap_or(PointType::Any));
        Ok(self.node(expr, &parts, scope))
    }
}

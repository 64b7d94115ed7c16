//! Timing phrases as ELM operators.

use super::super::Problem;
use super::super::ast::{Node, Timing};
use super::super::types::{Ty, object, system};
use super::{Done, Translator, X};
use crate::elm::Tree;

impl Translator<'_> {
    pub(super) fn timing(&mut self, left: &Node, timing: &Timing, right: &Node, at: usize) -> Done {
        let (left, right) = (self.expr(left)?, self.expr(right)?);
        let (mut left, mut right) = (self.system_value(left), self.system_value(right));
        if let Some(side) = timing.left.filter(|s| !s.is_empty()) {
            left = self.operator(side, vec![left], None, at)?;
        }
        if let Some(side) = timing.right {
            right = self.operator(side, vec![right], None, at)?;
        }
        let precision = timing.precision.as_deref();
        let is_interval = |x: &X| matches!(x.ty, Ty::Interval(_));
        let is_list = |x: &X| matches!(x.ty, Ty::List(_));
        match timing.relation {
            "IncludedIn" => {
                // A point is in, an interval or list is included.
                let whole = is_interval(&left) || is_list(&left) || matches!(left.ty, Ty::Any | Ty::Choice(_));
                let name = match (whole, timing.properly) {
                    (true, false) => "IncludedIn",
                    (true, true) => "ProperIncludedIn",
                    (false, false) => return self.operator("In", vec![left, right], precision, at),
                    (false, true) => "ProperIn",
                };
                self.pair(name, left, right, precision, at)
            }
            "Includes" => {
                let whole = is_interval(&right) || is_list(&right) || matches!(right.ty, Ty::Any | Ty::Choice(_));
                let name = match (whole, timing.properly) {
                    (true, false) => "Includes",
                    (true, true) => "ProperIncludes",
                    (false, false) => return self.operator("Contains", vec![left, right], precision, at),
                    (false, true) => "ProperContains",
                };
                self.pair(name, left, right, precision, at)
            }
            "Within" => self.within(left, timing, right, at),
            "Before" | "After" => self.before_or_after(left, timing, right, at),
            other => self.pair(other, left, right, precision, at),
        }
    }

    pub(super) fn pair(&mut self, name: &'static str, left: X, right: X, precision: Option<&str>, at: usize) -> Done {
        let inner = |x: &X| match &x.ty {
            Ty::Interval(point) => (**point).clone(),
            other => other.clone(),
        };
        let (a, b) = (inner(&left), inner(&right));
        let plain = |t: &Ty| matches!(t, Ty::Named(..));
        if plain(&a) && plain(&b) && self.cost(&a, &b).is_none() && self.cost(&b, &a).is_none() {
            return Err(Problem::new(at, format!("{name} cannot relate {} and {}", left.ty, right.ty)));
        }
        // A date beside a date-time is one; intervals keep their bounds, which compare across the two.
        let (left, right) = match (a.system_name(), b.system_name()) {
            (Some("Date"), Some("DateTime")) if left.ty == a => (self.convert(left, &b), right),
            (Some("DateTime"), Some("Date")) if right.ty == b => (left, self.convert(right, &a)),
            (Some("Integer" | "Long"), Some("Decimal")) if left.ty == a => (self.convert(left, &b), right),
            (Some("Decimal"), Some("Integer" | "Long")) if right.ty == b => (left, self.convert(right, &a)),
            _ => (left, right),
        };
        self.operator(name, vec![left, right], precision, at)
    }

    fn before_or_after(&mut self, left: X, timing: &Timing, right: X, at: usize) -> Done {
        let before = timing.relation == "Before";
        let precision = timing.precision.as_deref();
        let Some(offset) = &timing.offset else {
            let name = match (before, timing.inclusive) {
                (true, false) => "Before",
                (true, true) => "SameOrBefore",
                (false, false) => "After",
                (false, true) => "SameOrAfter",
            };
            return self.pair(name, left, right, precision, at);
        };
        let quantity = self.expr(&offset.quantity)?;
        // Before: the end of the left to the start of the right; after: the other way round.
        let (near, far) = if before { ("End", "Start") } else { ("Start", "End") };
        let left = self.point(left, near, at)?;
        let right = self.point(right, far, at)?;
        let moved = self.operator(if before { "Subtract" } else { "Add" }, vec![right.clone(), quantity], None, at)?;
        let (relation, closed_far) = match offset.limit {
            "or more" => (if before { "SameOrBefore" } else { "SameOrAfter" }, None),
            "more than" => (if before { "Before" } else { "After" }, None),
            "or less" => ("In", Some(true)),
            "less than" => ("In", Some(false)),
            _ => ("SameAs", None),
        };
        let Some(closed_far) = closed_far else { return self.pair(relation, left, moved, precision, at) };
        let near_closed = timing.inclusive;
        let (low, high, low_closed, high_closed) = if before {
            (moved, right.clone(), closed_far, near_closed)
        } else {
            (right.clone(), moved, near_closed, closed_far)
        };
        let window = interval(low, high, low_closed, high_closed);
        let inside = self.operator("In", vec![left, window], precision, at)?;
        if !near_closed {
            return Ok(inside);
        }
        // A closed null bound would reach to the end of time: without a right side nothing is near it.
        let present = X {
            tree: object("Not", vec![("operand", object("IsNull", vec![("operand", right.tree)]))]),
            ty: system("Boolean"),
        };
        self.operator("And", vec![inside, present], None, at)
    }

    fn within(&mut self, left: X, timing: &Timing, right: X, at: usize) -> Done {
        let Some(offset) = &timing.offset else { return Err(Problem::new(at, "`within` needs a quantity")) };
        let quantity = self.expr(&offset.quantity)?;
        let (start, end) = (self.point(right.clone(), "Start", at)?, self.point(right, "End", at)?);
        let low = self.operator("Subtract", vec![start.clone(), quantity.clone()], None, at)?;
        let high = self.operator("Add", vec![end, quantity], None, at)?;
        let closed = !timing.properly;
        let window = interval(low, high, closed, closed);
        let precision = timing.precision.as_deref();
        let inside = if matches!(left.ty, Ty::Interval(_)) {
            self.operator("IncludedIn", vec![left, window], precision, at)?
        } else {
            self.operator("In", vec![left, window], precision, at)?
        };
        let present = X {
            tree: object("Not", vec![("operand", object("IsNull", vec![("operand", start.tree)]))]),
            ty: system("Boolean"),
        };
        self.operator("And", vec![inside, present], None, at)
    }

    fn point(&mut self, x: X, side: &'static str, at: usize) -> Done {
        if matches!(x.ty, Ty::Interval(_)) { self.operator(side, vec![x], None, at) } else { Ok(x) }
    }
}

fn interval(low: X, high: X, low_closed: bool, high_closed: bool) -> X {
    let ty = low.ty.clone().interval();
    let fields = vec![
        ("lowClosed", Tree::Bool(low_closed)),
        ("highClosed", Tree::Bool(high_closed)),
        ("low", low.tree),
        ("high", high.tree),
    ];
    X { tree: object("Interval", fields), ty }
}

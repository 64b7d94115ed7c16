//! One arm per ELM node. Nodes that name something are in `calls`, those that make a value in `values`, those that choose
//! in `choices`; operators that differ by nothing but their name stand in the tables of `operators`.

use crate::elm::Tree;
use crate::model::path::System;
use crate::ops::aggregate::Aggregate;
use crate::program::{Const, Expr, ExprId, NO_SLOT, Op1, Op2, Type};
use crate::value::{PointType, Precision};

use super::operators::{aggregate, binary, op1, op2, relation, unary};
use super::types::{named, of_expression};
use super::{Compiled, Compiler, Scope};

/// Expression nesting that is followed; the loader runs on a deep stack.
const MAX_DEPTH: usize = 4_000;

impl<'s, 'a> Compiler<'s, 'a> {
    pub(super) fn required_expr(&mut self, tree: &'s Tree<'a>, key: &str, scope: &mut Scope) -> Compiled {
        match tree.get(key) {
            Some(inner) => self.expr(inner, scope),
            None => self.fail(format!("{} without {key}", tree.text("type").unwrap_or("a node"))),
        }
    }

    pub(super) fn optional(&mut self, tree: &'s Tree<'a>, key: &str, scope: &mut Scope) -> Compiled {
        match tree.get(key) {
            Some(Tree::Null) | None => Ok(self.null()),
            Some(inner) => self.expr(inner, scope),
        }
    }

    fn null(&mut self) -> ExprId {
        self.add(Expr::Null, NO_SLOT, false)
    }

    pub(super) fn operands(&mut self, tree: &'s Tree<'a>, scope: &mut Scope) -> Compiled<Vec<ExprId>> {
        tree.items("operand").iter().map(|operand| self.expr(operand, scope)).collect()
    }

    fn list(&mut self, tree: &'s Tree<'a>, keys: &[&str], scope: &mut Scope) -> Compiled<Vec<ExprId>> {
        keys.iter().map(|key| self.optional(tree, key, scope)).collect()
    }

    pub(super) fn expr(&mut self, tree: &'s Tree<'a>, scope: &mut Scope) -> Compiled {
        if self.current.len() > MAX_DEPTH {
            return self.fail("expressions are nested too deeply");
        }
        // The depth of expressions counts with that of definitions: both use the stack.
        if let Some(last) = self.current.last().cloned() {
            self.current.push(last);
            let result = self.expr_inside(tree, scope);
            self.current.pop();
            return result;
        }
        self.expr_inside(tree, scope)
    }

    fn expr_inside(&mut self, tree: &'s Tree<'a>, scope: &mut Scope) -> Compiled {
        let Some(kind) = tree.text("type") else { return self.fail("an ELM node without type") };
        if let Some(result) = self.reference(kind, tree, scope) {
            return result;
        }
        if let Some(result) = self.special(kind, tree, scope) {
            return result;
        }
        let precision = match tree.text("precision") {
            Some(name) => match Precision::parse(name) {
                Some(precision) => Some(precision),
                None => return self.fail(format!("`{name}` is no precision")),
            },
            None => None,
        };
        if let Some(op) = op1(kind) {
            let source = if tree.get("source").is_some() { "source" } else { "operand" };
            let mut args = tree.items(source).iter().map(|t| self.expr(t, scope)).collect::<Compiled<Vec<_>>>()?;
            if let [a] = args[..] {
                // The length of an unknown list is 0, of an unknown text unknown: only the static type tells.
                if op == Op1::Length
                    && tree.items(source).first().is_some_and(|t| matches!(of_expression(t), Type::List(_)))
                {
                    let list = self.node(Expr::Op1(Op1::ToList, a), &[a], scope);
                    return Ok(self.node(Expr::Op1(op, list), &[list], scope));
                }
                return Ok(self.node(Expr::Op1(op, a), &[a], scope));
            }
            // An array with one operand is read as that operand; anything else is malformed.
            let found = args.len();
            args.clear();
            return self.fail(format!("{kind} takes one operand, found {found}"));
        }
        let args = self.operands(tree, scope)?;
        let two = |this: &Self| match args[..] {
            [a, b] => Ok((a, b)),
            [a] if matches!(kind, "Collapse" | "Expand" | "Round" | "LowBoundary" | "HighBoundary") => Ok((a, NO_SLOT)),
            _ => this.fail(format!("{kind} takes two operands, found {}", args.len())),
        };
        if let Some(op) = op2(kind) {
            let (a, mut b) = two(self)?;
            if b == NO_SLOT {
                b = match tree.get("precision") {
                    Some(Tree::Object(_)) => self.required_expr(tree, "precision", scope)?,
                    _ => self.null(),
                };
            }
            return Ok(self.node(Expr::Op2(op, a, b, precision), &[a, b], scope));
        }
        if kind == "SubsumedBy" {
            let (a, b) = two(self)?;
            return Ok(self.node(Expr::Op2(Op2::Subsumes, b, a, None), &[a, b], scope));
        }
        if let Some(op) = binary(kind) {
            let (a, b) = two(self)?;
            return Ok(self.node(Expr::Arithmetic(op, a, b), &[a, b], scope));
        }
        if let Some(op) = relation(kind) {
            let (a, b) = two(self)?;
            return Ok(self.node(Expr::Relation(op, a, b, precision), &[a, b], scope));
        }
        if let (Some(op), [a]) = (unary(kind), &args[..]) {
            return Ok(self.node(Expr::Unary(op, *a), &[*a], scope));
        }
        let expr = match (kind, &args[..]) {
            ("And", [a, b]) => Expr::And(*a, *b),
            ("Or", [a, b]) => Expr::Or(*a, *b),
            ("Xor", [a, b]) => Expr::Xor(*a, *b),
            ("Implies", [a, b]) => Expr::Implies(*a, *b),
            ("Coalesce", _) => Expr::Coalesce(args.clone().into()),
            ("Concatenate", _) => Expr::Concatenate(args.clone().into()),
            // `Union` and its like may have more than two operands; they group to the left.
            ("Union" | "Intersect" | "Except", [first, rest @ ..]) => {
                let op = match kind {
                    "Union" => Op2::Union,
                    "Intersect" => Op2::Intersect,
                    _ => Op2::Except,
                };
                let mut at = *first;
                for next in rest {
                    at = self.node(Expr::Op2(op, at, *next, None), &[at, *next], scope);
                }
                return Ok(at);
            }
            ("ReplaceMatches", [a, b, c]) => Expr::ReplaceMatches(*a, *b, *c),
            ("DateTimeComponentFrom", [a]) => {
                let step = self.null();
                Expr::Op2(Op2::DateTimeComponent, *a, step, precision)
            }
            ("CalculateAge", [a]) => {
                let today = self.add(
                    if precision.unwrap_or(Precision::Day) <= Precision::Day { Expr::Today } else { Expr::Now },
                    NO_SLOT,
                    false,
                );
                Expr::Op2(Op2::CalculateAgeAt, *a, today, precision)
            }
            _ => return self.fail(format!("ELM node `{kind}` is not known or has wrong operands")),
        };
        Ok(self.node(expr, &args, scope))
    }

    /// Nodes with fields of their own.
    fn special(&mut self, kind: &str, tree: &'s Tree<'a>, scope: &mut Scope) -> Option<Compiled> {
        Some(match kind {
            "Null" => Ok(self.null()),
            "Literal" => self.literal(tree),
            "Quantity" => self.quantity_const(tree),
            "Ratio" => self.ratio_const(tree),
            "Code" => self.code_literal(tree, scope).map(|code| self.constant(Const::Code(code))),
            "Concept" => {
                let codes: Compiled<Vec<_>> = tree.items("code").iter().map(|c| self.code_literal(c, scope)).collect();
                codes.map(|codes| self.constant(Const::Concept(codes, tree.text("display").map(Box::from))))
            }
            "Property" => self.property(tree, scope),
            "Query" => self.query(tree, scope),
            "Retrieve" => self.retrieve(tree, scope),
            "If" => self
                .list(tree, &["condition", "then", "else"], scope)
                .map(|args| self.choice(&[(args[0], args[1])], args[2], scope)),
            "Case" => self.case(tree, scope),
            "Is" | "As" | "Convert" | "CanConvert" => self.type_test(kind, tree, scope),
            "List" => {
                let items: Compiled<Vec<_>> = tree.items("element").iter().map(|e| self.expr(e, scope)).collect();
                items.map(|items| self.node(Expr::List(items.clone().into()), &items, scope))
            }
            "Tuple" | "Instance" => self.tuple(tree, scope),
            "Interval" => self.interval(tree, scope),
            "InValueSet" | "AnyInValueSet" => {
                self.in_vocabulary(tree, scope, "valueset", kind == "AnyInValueSet", true)
            }
            "InCodeSystem" | "AnyInCodeSystem" => {
                self.in_vocabulary(tree, scope, "codesystem", kind == "AnyInCodeSystem", false)
            }
            "DateTime" | "Date" | "Time" => {
                let keys: &[&str] = match kind {
                    "DateTime" => {
                        &["year", "month", "day", "hour", "minute", "second", "millisecond", "timezoneOffset"]
                    }
                    "Date" => &["year", "month", "day"],
                    _ => &["hour", "minute", "second", "millisecond"],
                };
                self.list(tree, keys, scope).map(|args| {
                    let parts: Box<[ExprId]> = args.clone().into();
                    let expr = match kind {
                        "DateTime" => Expr::DateTime(parts),
                        "Date" => Expr::Date(parts),
                        _ => Expr::Time(parts),
                    };
                    self.node(expr, &args, scope)
                })
            }
            "MinValue" | "MaxValue" => {
                let point = tree.text("valueType").map_or(Type::Any, named).point();
                if point == PointType::Any {
                    self.fail(format!("{kind} is not defined for `{}`", tree.text("valueType").unwrap_or_default()))
                } else {
                    let expr = if kind == "MinValue" { Expr::MinValue(point) } else { Expr::MaxValue(point) };
                    Ok(self.add(expr, NO_SLOT, false))
                }
            }
            "Now" => Ok(self.add(Expr::Now, NO_SLOT, false)),
            "Today" => Ok(self.add(Expr::Today, NO_SLOT, false)),
            "TimeOfDay" => Ok(self.add(Expr::TimeOfDay, NO_SLOT, false)),
            "Message" => self
                .list(tree, &["source", "condition", "code", "severity", "message"], scope)
                .map(|args| self.node(Expr::Message(args.clone().into()), &args, scope)),
            "Substring" => self
                .list(tree, &["stringToSub", "startIndex", "length"], scope)
                .map(|args| self.node(Expr::Substring(args[0], args[1], args[2]), &args, scope)),
            "Slice" => self
                .list(tree, &["source", "startIndex", "endIndex"], scope)
                .map(|args| self.node(Expr::Slice(args[0], args[1], args[2]), &args, scope)),
            "Round" if tree.get("precision").is_some() => {
                let value = self.required_expr(tree, "operand", scope);
                let places = self.required_expr(tree, "precision", scope);
                match (value, places) {
                    (Ok(a), Ok(b)) => Ok(self.node(Expr::Op2(Op2::Round, a, b, None), &[a, b], scope)),
                    (Err(e), _) | (_, Err(e)) => Err(e),
                }
            }
            "Split" => self.pair(tree, Op2::Split, "stringToSplit", "separator", scope),
            "SplitOnMatches" => self.pair(tree, Op2::SplitOnMatches, "stringToSplit", "separatorPattern", scope),
            "Combine" => self.pair(tree, Op2::Combine, "source", "separator", scope),
            "IndexOf" => self.pair(tree, Op2::IndexOf, "source", "element", scope),
            "PositionOf" => self.pair(tree, Op2::PositionOf, "pattern", "string", scope),
            "LastPositionOf" => self.pair(tree, Op2::LastPositionOf, "pattern", "string", scope),
            "ForEach" | "Filter" | "Repeat" | "Aggregate" => self.iterate(kind, tree, scope),
            "Iteration" | "Total" => self.loop_value(kind, tree, scope),
            "Sort" => {
                let source = self.required_expr(tree, "source", scope);
                match (source, self.sort(tree, scope)) {
                    (Ok(source), Ok((id, keys))) => {
                        let base = scope.next;
                        let free =
                            keys.iter().chain([&source]).map(|p| self.free[*p as usize]).min().filter(|f| *f < base);
                        Ok(self.add(Expr::Sort(source, id), free.unwrap_or(NO_SLOT), true))
                    }
                    (Err(e), _) | (_, Err(e)) => Err(e),
                }
            }
            _ if kind.starts_with("ConvertsTo") => {
                let wanted = Type::System(kind.trim_start_matches("ConvertsTo").into());
                self.required_expr(tree, "operand", scope).map(|operand| {
                    let wanted = self.type_id(wanted);
                    self.node(Expr::Convert(operand, wanted, true), &[operand], scope)
                })
            }
            _ => match aggregate(kind) {
                Some(aggregate) => self.aggregate(aggregate, tree, scope),
                None => return None,
            },
        })
    }

    fn aggregate(&mut self, kind: Aggregate, tree: &'s Tree<'a>, scope: &mut Scope) -> Compiled {
        let mut source = self.required_expr(tree, "source", scope)?;
        if let Some(path) = tree.text("path") {
            source = self.walk(source, path, System::Auto, scope);
        }
        Ok(self.node(Expr::Aggregate(kind, source), &[source], scope))
    }

    fn pair(&mut self, tree: &'s Tree<'a>, op: Op2, first: &str, second: &str, scope: &mut Scope) -> Compiled {
        let a = self.required_expr(tree, first, scope)?;
        let b = self.optional(tree, second, scope)?;
        Ok(self.node(Expr::Op2(op, a, b, None), &[a, b], scope))
    }

    fn property(&mut self, tree: &'s Tree<'a>, scope: &mut Scope) -> Compiled {
        let path = tree.text("path").unwrap_or_default();
        let from = match (tree.get("source"), tree.text("scope")) {
            (Some(source), _) => self.expr(source, scope)?,
            (None, name) => {
                let name = name.unwrap_or("$this");
                match scope.find(name) {
                    Some(slot) => self.add(Expr::Local(slot), slot, true),
                    None => return self.fail(format!("`{name}` is not defined here")),
                }
            }
        };
        let system = match of_expression(tree) {
            Type::System(name) => System::find(&name),
            _ => System::Auto,
        };
        Ok(self.walk(from, path, system, scope))
    }

    fn in_vocabulary(&mut self, tree: &'s Tree<'a>, scope: &mut Scope, key: &str, any: bool, is_set: bool) -> Compiled {
        let code = self.required_expr(tree, if any { "codes" } else { "code" }, scope)?;
        let vocabulary = match (tree.get(key), tree.get(&format!("{key}Expression"))) {
            (Some(reference), _) => self.vocabulary(reference, scope, is_set)?,
            (None, Some(expression)) => self.expr(expression, scope)?,
            (None, None) => return self.fail("a membership test without value set"),
        };
        let expr =
            if is_set { Expr::InValueSet(code, vocabulary, any) } else { Expr::InCodeSystem(code, vocabulary, any) };
        Ok(self.node(expr, &[code, vocabulary], scope))
    }
}

//! One arm per ELM node. Over 600 lines because ELM has that many nodes and the match over them is one table.

use crate::elm::Tree;
use crate::model::helpers::Helper;
use crate::model::path::System;
use crate::ops::aggregate::Aggregate;
use crate::ops::arithmetic::{Binary, Unary};
use crate::ops::interval::Relation;
use crate::program::{Const, Expr, ExprId, External, NO_SLOT, Op1, Op2, Type};
use crate::value::{Decimal, PointType, Precision};

use super::types::{either, named, of_expression, specifier};
use super::{Callee, Compiled, Compiler, Scope};

/// Expression nesting that is followed; the loader runs on a deep stack.
const MAX_DEPTH: usize = 4_000;

impl<'s, 'a> Compiler<'s, 'a> {
    pub(super) fn required_expr(&mut self, tree: &'s Tree<'a>, key: &str, scope: &mut Scope) -> Compiled {
        match tree.get(key) {
            Some(inner) => self.expr(inner, scope),
            None => self.fail(format!("{} without {key}", tree.text("type").unwrap_or("a node"))),
        }
    }

    fn optional(&mut self, tree: &'s Tree<'a>, key: &str, scope: &mut Scope) -> Compiled {
        match tree.get(key) {
            Some(Tree::Null) | None => Ok(self.null()),
            Some(inner) => self.expr(inner, scope),
        }
    }

    fn null(&mut self) -> ExprId {
        self.add(Expr::Null, NO_SLOT, false)
    }

    fn operands(&mut self, tree: &'s Tree<'a>, scope: &mut Scope) -> Compiled<Vec<ExprId>> {
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

    /// Names: definitions, functions, parameters, aliases, terms.
    fn reference(&mut self, kind: &str, tree: &'s Tree<'a>, scope: &mut Scope) -> Option<Compiled> {
        let name = tree.text("name").unwrap_or_default();
        Some(match kind {
            "ExpressionRef" => self.expression_ref(tree, name, scope),
            "FunctionRef" => self.function_ref(tree, name, scope),
            "ParameterRef" => match self.library_named(scope.library, tree.text("libraryName")) {
                Ok(library) => self.parameter(library, name),
                Err(error) => Err(error),
            },
            "AliasRef" | "QueryLetRef" | "OperandRef" => match scope.find(name) {
                Some(slot) => Ok(self.add(Expr::Local(slot), slot, true)),
                None => self.fail(format!("`{name}` is not defined here")),
            },
            "IdentifierRef" => match scope.find(name) {
                Some(slot) => Ok(self.add(Expr::Local(slot), slot, true)),
                None => match scope.find("$this") {
                    Some(slot) => {
                        let item = self.add(Expr::Local(slot), slot, true);
                        Ok(self.walk(item, name, System::Auto, scope))
                    }
                    None => self.fail(format!("`{name}` is not defined here")),
                },
            },
            "Current" => match scope.find(tree.text("scope").unwrap_or("$this")) {
                Some(slot) => Ok(self.add(Expr::Local(slot), slot, true)),
                None => self.fail("`$this` is not defined here"),
            },
            "ValueSetRef" => self.vocabulary(tree, scope, true),
            "CodeSystemRef" => self.vocabulary(tree, scope, false),
            "CodeRef" => self.code_ref(tree, scope),
            "ConceptRef" => self.concept_ref(tree, scope),
            _ => return None,
        })
    }

    fn expression_ref(&mut self, tree: &'s Tree<'a>, name: &str, scope: &mut Scope) -> Compiled {
        let library = self.library_named(scope.library, tree.text("libraryName"))?;
        let id = self.definition(library, name)?;
        Ok(self.node(Expr::Def(id), &[], scope))
    }

    fn function_ref(&mut self, tree: &'s Tree<'a>, name: &str, scope: &mut Scope) -> Compiled {
        let args = self.operands(tree, scope)?;
        // The conversions are the engine's own, so FHIRHelpers need not be loaded for them.
        if let (true, [a], Some(helper)) =
            (self.is_helpers(scope.library, tree.text("libraryName")), &args[..], Helper::find(name))
        {
            return Ok(self.node(Expr::Helper(helper, *a), &[*a], scope));
        }
        let library = self.library_named(scope.library, tree.text("libraryName"))?;
        let signature: Vec<_> = match tree.items("signature") {
            [] => tree.items("operand").iter().map(of_expression).collect(),
            given => given.iter().map(specifier).collect(),
        };
        let overloads = self.undecided(library, name, &signature, args.len());
        if !overloads.is_empty() {
            return self.dispatch(library, name, &args, &overloads, scope);
        }
        let expr = match self.function(library, name, args.len(), &signature)? {
            Callee::Function(id) => Expr::Call(id, args.clone().into()),
            Callee::External => match external(name) {
                Some(external) => Expr::External(external, args.clone().into()),
                None => return self.fail(format!("external function `{name}` is not provided")),
            },
        };
        Ok(self.node(expr, &args, scope))
    }

    /// A call whose overload only the values tell: ELM may state neither signatures nor types.
    fn dispatch(
        &mut self,
        library: u32,
        name: &str,
        args: &[ExprId],
        overloads: &[Vec<Type>],
        scope: &Scope,
    ) -> Compiled {
        let mut chosen = None;
        // One overload that cannot be compiled costs itself; that none can is an error.
        let mut fault = self.fail(format!("external function `{name}` is not provided"));
        for types in overloads.iter().rev() {
            let call = match self.function(library, name, args.len(), types) {
                Ok(Callee::Function(id)) => self.node(Expr::Call(id, args.into()), args, scope),
                Ok(Callee::External) => continue,
                Err(error) => {
                    fault = Err(error);
                    continue;
                }
            };
            let mut condition = None;
            for (arg, wanted) in args.iter().zip(types).filter(|(_, wanted)| **wanted != Type::Any) {
                let wanted = self.type_id(wanted.clone());
                let test = self.node(Expr::Is(*arg, wanted), &[*arg], scope);
                condition = Some(match condition {
                    Some(first) => self.node(Expr::And(first, test), &[first, test], scope),
                    None => test,
                });
            }
            chosen = Some(match (condition, chosen) {
                (Some(condition), Some(otherwise)) => {
                    self.node(Expr::If(condition, call, otherwise), &[condition, call, otherwise], scope)
                }
                _ => call,
            });
        }
        chosen.map_or(fault, Ok)
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

    fn literal(&mut self, tree: &Tree<'_>) -> Compiled {
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

    fn quantity_const(&mut self, tree: &Tree<'_>) -> Compiled {
        let (value, unit) = self.quantity_parts(tree)?;
        Ok(self.constant(Const::Quantity(value, unit)))
    }

    fn ratio_const(&mut self, tree: &Tree<'_>) -> Compiled {
        match (tree.get("numerator"), tree.get("denominator")) {
            (Some(n), Some(d)) => {
                let ((a, b), (c, d)) = (self.quantity_parts(n)?, self.quantity_parts(d)?);
                Ok(self.constant(Const::Ratio(a, b, c, d)))
            }
            _ => self.fail("a ratio without numerator or denominator"),
        }
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

    fn case(&mut self, tree: &'s Tree<'a>, scope: &mut Scope) -> Compiled {
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
    fn choice(&mut self, items: &[(ExprId, ExprId)], otherwise: ExprId, scope: &Scope) -> ExprId {
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

    fn type_test(&mut self, kind: &str, tree: &'s Tree<'a>, scope: &mut Scope) -> Compiled {
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

    fn tuple(&mut self, tree: &'s Tree<'a>, scope: &mut Scope) -> Compiled {
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

    fn interval(&mut self, tree: &'s Tree<'a>, scope: &mut Scope) -> Compiled {
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

fn external(name: &str) -> Option<External> {
    Some(match name {
        "resolve" => External::Resolve,
        "extension" => External::Extension,
        "modifierExtension" => External::ModifierExtension,
        "hasValue" => External::HasValue,
        "getValue" => External::GetValue,
        "reference" => External::Reference,
        "conformsTo" => External::ConformsTo,
        "memberOf" => External::MemberOf,
        _ => return None,
    })
}

macro_rules! by_name {
    ($function:ident, $kind:ident, [$($name:ident),* $(,)?]) => {
        fn $function(name: &str) -> Option<$kind> {
            match name {
                $(stringify!($name) => Some($kind::$name),)*
                _ => None,
            }
        }
    };
}

by_name!(
    op1_same,
    Op1,
    [
        Not,
        IsNull,
        IsTrue,
        IsFalse,
        Exists,
        Predecessor,
        Successor,
        Precision,
        ToBoolean,
        ToInteger,
        ToLong,
        ToDecimal,
        ToString,
        ToDate,
        ToDateTime,
        ToTime,
        ToQuantity,
        ToRatio,
        ToConcept,
        ToList,
        ToChars,
        Upper,
        Lower,
        Length,
        SingletonFrom,
        Flatten,
        Distinct,
        Start,
        End,
        Width,
        Size,
        PointFrom,
        DateFrom,
        TimeFrom,
        TimezoneOffsetFrom,
        First,
        Last,
        ExpandValueSet,
        Children,
        Descendents,
    ]
);
by_name!(
    op2_same,
    Op2,
    [
        Equal,
        NotEqual,
        Equivalent,
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual,
        In,
        Contains,
        ProperIn,
        ProperContains,
        Includes,
        IncludedIn,
        ProperIncludes,
        ProperIncludedIn,
        Collapse,
        Expand,
        DurationBetween,
        DifferenceBetween,
        CalculateAgeAt,
        Indexer,
        StartsWith,
        EndsWith,
        Matches,
        ConvertQuantity,
        CanConvertQuantity,
        Log,
        Round,
        LowBoundary,
        HighBoundary,
        Times,
        Subsumes,
    ]
);
by_name!(binary, Binary, [Add, Subtract, Multiply, Divide, TruncatedDivide, Modulo, Power]);
by_name!(unary, Unary, [Negate, Abs, Ceiling, Floor, Truncate, Ln, Exp]);
by_name!(
    relation,
    Relation,
    [
        Before,
        After,
        Overlaps,
        OverlapsBefore,
        OverlapsAfter,
        Meets,
        MeetsBefore,
        MeetsAfter,
        Starts,
        Ends,
        SameAs,
        SameOrAfter,
        SameOrBefore,
    ]
);
by_name!(
    aggregate,
    Aggregate,
    [
        Count,
        Sum,
        Product,
        Min,
        Max,
        Avg,
        Median,
        Mode,
        Variance,
        PopulationVariance,
        StdDev,
        PopulationStdDev,
        GeometricMean,
        AllTrue,
        AnyTrue,
    ]
);

fn op1(name: &str) -> Option<Op1> {
    op1_same(name)
}

fn op2(name: &str) -> Option<Op2> {
    op2_same(name)
}

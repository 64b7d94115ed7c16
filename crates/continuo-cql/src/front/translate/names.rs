//! What a name means: local, definition, parameter, term, library; and calls.

use std::sync::Arc;

use super::super::Problem;
use super::super::ast::{Ast, Node};
use super::super::types::{Ty, object, system, text};
use super::expr::literal;
use super::members::property;
use super::{Done, Exports, Signature, Translator, X};
use crate::elm::Tree;

impl Translator<'_> {
    pub(super) fn name(&mut self, name: &str, at: usize) -> Done {
        if let Some(found) = self.local(name)? {
            return Ok(found);
        }
        if let Some(place) = self.places.get(name).copied() {
            let ty = self.statement(place);
            return Ok(X { tree: object("ExpressionRef", vec![("name", text(name))]), ty });
        }
        if let Some(ty) = self.parameters.get(name) {
            return Ok(X { tree: object("ParameterRef", vec![("name", text(name))]), ty: ty.clone() });
        }
        if let Some(kind) = self.exports.terms.get(name).copied() {
            return Ok(term(kind, name, None));
        }
        if (name == self.context || name == "Patient")
            && let Some((model, class)) =
                self.used().find_map(|m| m.class(name).map(|c| (m.name.clone(), c.name.clone())))
        {
            return Ok(X { tree: object("ExpressionRef", vec![("name", text(name))]), ty: Ty::Named(model, class) });
        }
        if let Some(home) = self.home.clone()
            && let Some(exports) = self.includes.get(&home).cloned()
            && let Ok(found) = exported(&exports, &home, name, at)
        {
            return Ok(found);
        }
        if matches!(name, "$this" | "$index" | "$total") {
            let hint = match name {
                "$total" => "`$total` stands in what `aggregate(..)` does with each item",
                _ => "it stands in what `where(..)`, `select(..)` and their like ask of each item",
            };
            return Err(Problem::new(at, format!("`{name}` has no meaning here")).hint(hint));
        }
        Err(self.undefined(name, at))
    }

    /// A local name; in a sort clause also the elements of what is sorted.
    fn local(&self, name: &str) -> Done<Option<X>> {
        for local in self.locals.iter().rev() {
            let reference = match local.kind {
                "$this" => object("IdentifierRef", vec![("name", text(&local.name))]),
                "$each" => object("AliasRef", vec![("name", text(&local.name))]),
                "Iteration" | "Total" => object(local.kind, vec![("scope", text("$this"))]),
                kind => object(kind, vec![("name", text(&local.name))]),
            };
            if local.name == name {
                return Ok(Some(X { tree: reference, ty: local.ty.clone() }));
            }
            if matches!(local.kind, "$this" | "$each") {
                let item = X { tree: reference, ty: local.ty.clone() };
                let known = match &local.ty {
                    Ty::Any => false,
                    _ => self.member(item.clone(), name, 0).is_ok(),
                };
                if known {
                    return self.member(item, name, 0).map(Some);
                }
            }
        }
        Ok(None)
    }

    /// `source.name`, where the source may be a library.
    pub(super) fn member_of(&mut self, source: &Node, name: &str, at: usize) -> Done {
        if let Ast::Name(alias) = &source.kind
            && self.local(alias)?.is_none()
        {
            if let Some(exports) = self.includes.get(alias).cloned() {
                return exported(&exports, alias, name, at);
            }
            if self.include_order.iter().any(|i| i == alias) {
                // The library itself was complained about.
                return Ok(X { tree: object("Null", vec![]), ty: Ty::Any });
            }
        }
        let source = self.expr(source)?;
        self.member(source, name, at)
    }

    pub(super) fn call(&mut self, target: Option<&Node>, name: &str, args: &[Node], at: usize) -> Done {
        let Some(target) = target else {
            if let Some(x) = self.special_call(name, args, at)? {
                return Ok(x);
            }
            let args = self.all(args)?;
            if let Some(x) = self.own_function(name, &args, false) {
                return Ok(x);
            }
            if let Some(home) = self.home.clone()
                && let Some(exports) = self.includes.get(&home).cloned()
                && let Some(signature) = self.pick(&exports.functions, name, &args, false)
            {
                return Ok(self.reference(&signature, Some(&home), args));
            }
            return self.system_function(name, args, at).map_err(|problem| self.with_function_hint(problem, name));
        };
        if let Ast::Name(alias) = &target.kind
            && self.local(alias)?.is_none()
            && let Some(exports) = self.includes.get(alias).cloned()
        {
            let args = self.all(args)?;
            return match self.pick(&exports.functions, name, &args, false) {
                Some(signature) if signature.private => {
                    Err(Problem::new(at, format!("function `{name}` of library `{alias}` is private")))
                }
                Some(signature) => Ok(self.reference(&signature, Some(alias), args)),
                None => Err(no_function(&format!("{alias}.{name}"), &args, at)),
            };
        }
        let source = self.expr(target)?;
        let is_fluent = |f: &Signature| f.fluent && f.name == name;
        let is_own = self.exports.functions.iter().any(is_fluent)
            || self.includes.values().any(|e| e.functions.iter().any(is_fluent));
        if !is_own && let Some(x) = self.method(&source, name, args, at)? {
            return Ok(x);
        }
        let mut all = vec![source];
        all.extend(self.all(args)?);
        if let Some(x) = self.own_function(name, &all, true) {
            return Ok(x);
        }
        let aliases = self.include_order.clone();
        let mut best: Option<(u32, String, Signature)> = None;
        for alias in aliases {
            let Some(exports) = self.includes.get(&alias).cloned() else { continue };
            if let Some((cost, signature)) = self.cheapest(&exports.functions, name, &all, true)
                && !signature.private
                && best.as_ref().is_none_or(|(least, ..)| cost < *least)
            {
                best = Some((cost, alias, signature));
            }
        }
        match best {
            Some((_, alias, signature)) => Ok(self.reference(&signature, Some(&alias), all)),
            None => self.system_function(name, all, at).map_err(|problem| self.with_function_hint(problem, name)),
        }
    }

    fn own_function(&mut self, name: &str, args: &[X], fluent: bool) -> Option<X> {
        let functions = self.exports.functions.clone();
        let mut signature = self.pick(&functions, name, args, fluent)?;
        if let Some(place) = signature.place {
            signature.result = self.statement(place);
        }
        Some(self.reference(&signature, None, args.to_vec()))
    }

    fn pick(&self, functions: &[Signature], name: &str, args: &[X], fluent: bool) -> Option<Signature> {
        self.cheapest(functions, name, args, fluent).map(|(_, signature)| signature)
    }

    /// The function whose operands take the arguments with the least conversion.
    fn cheapest(&self, functions: &[Signature], name: &str, args: &[X], fluent: bool) -> Option<(u32, Signature)> {
        let mut best: Option<(u32, &Signature)> = None;
        for signature in functions {
            if signature.name != name || signature.operands.len() != args.len() || (fluent && !signature.fluent) {
                continue;
            }
            let cost: Option<u32> = signature.operands.iter().zip(args).map(|(to, x)| self.cost(&x.ty, to)).sum();
            if let Some(cost) = cost
                && best.is_none_or(|(least, _)| cost < least)
            {
                best = Some((cost, signature));
            }
        }
        best.map(|(cost, signature)| (cost, signature.clone()))
    }

    fn reference(&self, signature: &Signature, alias: Option<&str>, args: Vec<X>) -> X {
        let args = args.into_iter().zip(&signature.operands).map(|(x, to)| self.convert(x, to).tree);
        let args: Vec<_> = args.collect();
        let mut fields = vec![("name", text(&signature.name))];
        if let Some(alias) = alias {
            fields.push(("libraryName", text(alias)));
        }
        let types = signature.operands.iter().map(|t| self.specifier(t)).collect();
        fields.push(("signature", Tree::List(types)));
        fields.push(("operand", Tree::List(args)));
        X { tree: object("FunctionRef", fields), ty: signature.result.clone() }
    }

    /// What it costs to use one type as another; nothing when it cannot be.
    pub(super) fn cost(&self, from: &Ty, to: &Ty) -> Option<u32> {
        let from = &self.normal(from);
        let to = &self.normal(to);
        if from == to {
            return Some(0);
        }
        match (from, to) {
            (Ty::Any, _) | (_, Ty::Any) => Some(4),
            (Ty::List(a), Ty::List(b)) | (Ty::Interval(a), Ty::Interval(b)) => self.cost(a, b),
            (Ty::Choice(choices), to) => {
                let least = choices.iter().filter_map(|c| self.cost(c, to)).min();
                least.map(|cost| cost + if matches!(to, Ty::Choice(_)) { 1 } else { 6 })
            }
            (from, Ty::Choice(choices)) => choices.iter().filter_map(|c| self.cost(from, c)).min().map(|cost| cost + 1),
            (Ty::Tuple(a), Ty::Tuple(b)) => {
                let fits = a.len() == b.len()
                    && a.iter().all(|(n, t)| b.iter().any(|(m, u)| m == n && self.cost(t, u).is_some()));
                fits.then_some(1)
            }
            (Ty::Named(model, name), _) if model != "System" => {
                let info = self.model(model)?;
                if info.is_a(name, to) {
                    return Some(1);
                }
                // Two models that map to one target meet there: a QI-Core encounter is a FHIR Encounter.
                if let Ty::Named(other, wanted) = to {
                    let target = |m: &str, n: &str| {
                        self.model(m)
                            .and_then(|i| i.class(n))
                            .map(|c| c.target.clone().unwrap_or_else(|| c.name.clone()))
                    };
                    if other != "System" && other != model && target(model, name) == target(other, wanted) {
                        return Some(2);
                    }
                    if other != "System"
                        && matches!(wanted.as_str(), "Resource" | "DomainResource" | "Element" | "BackboneElement")
                    {
                        return Some(5);
                    }
                }
                let (converted, _) = info.conversion(name)?;
                self.cost(converted, to).map(|cost| cost + 5)
            }
            _ => match (from.system_name(), to.system_name()) {
                (Some("Integer"), Some("Long")) => Some(1),
                (Some("Integer" | "Long"), Some("Decimal")) => Some(2),
                (Some("Integer" | "Decimal" | "Long"), Some("Quantity")) => Some(3),
                (Some("Date"), Some("DateTime")) => Some(2),
                (Some("Code"), Some("Concept")) => Some(2),
                (Some("ValueSet" | "CodeSystem"), Some("Vocabulary")) => Some(1),
                _ => None,
            },
        }
    }

    /// The expression as a value of a type, by the implicit conversions.
    pub(super) fn convert(&self, x: X, to: &Ty) -> X {
        let op = |name: &str, x: X, ty: Ty| X { tree: object(name, vec![("operand", x.tree)]), ty };
        let from = self.normal(&x.ty);
        let to = self.normal(to);
        if from == to || to == Ty::Any {
            return x;
        }
        match (&from, &to) {
            // A null takes the type it is used as, which intervals need for their bounds.
            (Ty::Any, _) if x.tree.text("type") == Some("Null") => {
                X { tree: object("As", vec![("operand", x.tree), ("asTypeSpecifier", self.specifier(&to))]), ty: to }
            }
            (Ty::Named(model, _), Ty::Named(other, _)) if model == "System" && other == "System" => {
                match (from.system_name(), to.system_name()) {
                    (Some("Integer"), Some("Long")) => op("ToLong", x, to),
                    (Some("Integer" | "Long"), Some("Decimal")) => op("ToDecimal", x, to),
                    (Some("Integer" | "Long" | "Decimal"), Some("Quantity")) => op("ToQuantity", x, to),
                    (Some("Date"), Some("DateTime")) => op("ToDateTime", x, to),
                    (Some("Code"), Some("Concept")) => op("ToConcept", x, to),
                    _ => x,
                }
            }
            (Ty::Named(model, _), _) if model != "System" && !to.is_model() && !matches!(to, Ty::Choice(_)) => {
                let x = self.system_value(x);
                if x.ty.is_model() { x } else { self.convert(x, &to) }
            }
            // Bound by bound, as a date becomes a date-time.
            (Ty::Interval(a), Ty::Interval(b)) if **a != Ty::Any && self.cost(a, b).is_some() && !a.is_model() => {
                let (a, b) = (a.clone(), b.clone());
                self.convert_interval(x, &a, &b)
            }
            (_, Ty::Choice(choices))
                if !choices.contains(&from) && (matches!(&from, Ty::Interval(_)) || from.system_name().is_some()) =>
            {
                let best = choices
                    .iter()
                    .filter_map(|c| self.cost(&from, c).map(|cost| (cost, c)))
                    .min_by_key(|(cost, _)| *cost);
                match best {
                    Some((_, choice)) => self.convert(x, &choice.clone()),
                    None => x,
                }
            }
            (Ty::Choice(choices), Ty::Named(..) | Ty::Interval(_)) if choices.contains(&to) => {
                X { tree: object("As", vec![("operand", x.tree), ("asTypeSpecifier", self.specifier(&to))]), ty: to }
            }
            (Ty::Choice(_), Ty::Named(..) | Ty::Interval(_)) if !to.is_model() => {
                let x = self.system_value(x);
                let already = matches!(&x.ty, Ty::Choice(choices) if choices.contains(&to));
                if already { self.convert(x, &to) } else { x }
            }
            (Ty::Choice(_), Ty::Choice(wanted)) if !wanted.iter().any(Ty::is_model) => self.system_value(x),
            _ => x,
        }
    }

    fn convert_interval(&self, x: X, from: &Ty, to: &Ty) -> X {
        let part = |name: &str| super::members::property(x.tree.clone(), name);
        let bound = |name: &str| self.convert(X { tree: part(name), ty: from.clone() }, to).tree;
        let interval = object(
            "Interval",
            vec![
                ("resultTypeSpecifier", self.specifier(&to.clone().interval())),
                ("low", bound("low")),
                ("lowClosedExpression", part("lowClosed")),
                ("high", bound("high")),
                ("highClosedExpression", part("highClosed")),
            ],
        );
        let missing = object("IsNull", vec![("operand", x.tree.clone())]);
        let null = object("Null", vec![]);
        let tree = object("If", vec![("condition", missing), ("then", null), ("else", interval)]);
        X { tree, ty: to.clone().interval() }
    }

    /// Calls whose arguments are not plain expressions, or that take the patient from the context.
    fn special_call(&mut self, name: &str, args: &[Node], at: usize) -> Done<Option<X>> {
        if let ("iif", [condition, then, rest @ ..]) = (name, args)
            && rest.len() < 2
        {
            let none = Node { at, kind: Ast::Null };
            let otherwise = rest.first().unwrap_or(&none).clone();
            let kind = Ast::If(Box::new(condition.clone()), Box::new(then.clone()), Box::new(otherwise));
            return self.expr(&Node { at, kind }).map(Some);
        }
        let age = name.strip_prefix("AgeIn").or_else(|| name.strip_prefix("CalculateAgeIn"));
        let Some(rest) = age else { return Ok(None) };
        let (unit, has_date) = match rest.strip_suffix("At") {
            Some(unit) => (unit, true),
            None => (rest, false),
        };
        let Some(precision) = unit.strip_suffix('s').filter(|u| crate::value::Precision::parse(u).is_some()) else {
            return Ok(None);
        };
        let mut operands = if name.starts_with("Calculate") { Vec::new() } else { vec![self.birth_date(at)?] };
        for arg in args {
            let x = self.expr(arg)?;
            operands.push(self.system_value(x));
        }
        if operands.len() != 1 + usize::from(has_date) {
            return Err(Problem::new(
                at,
                format!("`{name}` takes {} arguments", usize::from(has_date) + usize::from(name.starts_with("Calc"))),
            ));
        }
        let kind = if has_date { "CalculateAgeAt" } else { "CalculateAge" };
        let trees: Vec<_> = operands.into_iter().map(|x| x.tree).collect();
        let operand = if has_date { Tree::List(trees) } else { trees.into_iter().next().unwrap_or(Tree::Null) };
        let tree = object(kind, vec![("precision", text(precision)), ("operand", operand)]);
        Ok(Some(X { tree, ty: system("Integer") }))
    }

    fn birth_date(&mut self, at: usize) -> Done {
        let patient = self.name("Patient", at)?;
        let birth = self.member(patient, "birthDate", at)?;
        let birth = self.system_value(birth);
        if birth.ty.is_temporal() {
            return Ok(birth);
        }
        let tree = property(birth.tree, "value");
        Ok(X { tree, ty: system("Date") })
    }
}

fn term(kind: &'static str, name: &str, library: Option<&str>) -> X {
    let mut fields = vec![("name", text(name))];
    if let Some(library) = library {
        fields.push(("libraryName", text(library)));
    }
    let ty = match kind {
        "ValueSetRef" => {
            fields.push(("preserve", Tree::Bool(true)));
            system("ValueSet")
        }
        "CodeSystemRef" => system("CodeSystem"),
        "CodeRef" => system("Code"),
        _ => system("Concept"),
    };
    X { tree: object(kind, fields), ty }
}

fn exported(exports: &Arc<Exports>, alias: &str, name: &str, at: usize) -> Done {
    let reference = |kind: &str| object(kind, vec![("name", text(name)), ("libraryName", text(alias))]);
    if exports.private.contains(name) {
        return Err(Problem::new(at, format!("`{name}` of library `{alias}` is private")));
    }
    if let Some(ty) = exports.definitions.get(name) {
        return Ok(X { tree: reference("ExpressionRef"), ty: ty.clone() });
    }
    if let Some(ty) = exports.parameters.get(name) {
        return Ok(X { tree: reference("ParameterRef"), ty: ty.clone() });
    }
    if let Some(kind) = exports.terms.get(name) {
        return Ok(term(kind, name, Some(alias)));
    }
    let problem = Problem::new(at, format!("library `{alias}` has no `{name}`"));
    let known = exports.definitions.keys().chain(exports.parameters.keys()).chain(exports.terms.keys());
    Err(super::hints::or_close(problem, name, known.map(String::as_str)))
}

pub(super) fn no_function(name: &str, args: &[X], at: usize) -> Problem {
    let types: Vec<String> = args.iter().map(|x| x.ty.to_string()).collect();
    Problem::new(at, format!("there is no function `{name}` for ({})", types.join(", ")))
}

/// `'x'` as a literal, for callers that build calls.
pub(super) fn text_literal(value: &str) -> Tree<'static> {
    literal("String", value).tree
}

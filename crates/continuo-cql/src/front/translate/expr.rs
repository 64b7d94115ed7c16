//! One arm per syntax node.

use super::super::Problem;
use super::super::ast::{Ast, Node, TypeName};
use super::super::types::{Ty, fields_of, join, object, system, text};
use super::{Done, Local, Translator, X};
use crate::elm::Tree;
use crate::value::{Date, DateTime, Decimal, Precision, Time};

const MAX_DEPTH: usize = 2_000;

/// A literal of a System type.
pub(super) fn literal(kind: &str, value: &str) -> X {
    let kind_name = format!("{{urn:hl7-org:elm-types:r1}}{kind}");
    X { tree: object("Literal", vec![("valueType", text(&kind_name)), ("value", text(value))]), ty: system(kind) }
}

pub(super) fn number(value: i64) -> Tree<'static> {
    literal("Integer", &value.to_string()).tree
}

impl Translator<'_> {
    pub(super) fn expr(&mut self, node: &Node) -> Done {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.depth = 0;
            return Err(Problem::new(node.at, "nested too deeply"));
        }
        let result = self.expr_inside(node);
        self.depth = self.depth.saturating_sub(1);
        result
    }

    fn expr_inside(&mut self, node: &Node) -> Done {
        let at = node.at;
        Ok(match &node.kind {
            Ast::Null => X { tree: object("Null", vec![]), ty: Ty::Any },
            Ast::Bool(b) => literal("Boolean", if *b { "true" } else { "false" }),
            Ast::Text(value) => literal("String", value),
            Ast::Number(value) => number_literal(value, false, at)?,
            Ast::Moment(value) => moment(value, at)?,
            Ast::Quantity(value, unit) => {
                X { tree: object("Quantity", quantity(value, unit, at)?), ty: system("Quantity") }
            }
            Ast::Ratio(above, below) => {
                let (n, d) = (quantity(&above.0, &above.1, at)?, quantity(&below.0, &below.1, at)?);
                let tree = object("Ratio", vec![("numerator", fields_of(n)), ("denominator", fields_of(d))]);
                X { tree, ty: system("Ratio") }
            }
            Ast::Name(name) => return self.name(name, at),
            Ast::Member(source, name) => return self.member_of(source, name, at),
            Ast::Call(target, name, args) => return self.call(target.as_deref(), name, args, at),
            Ast::Index(source, index) => {
                let (source, index) = (self.expr(source)?, self.expr(index)?);
                let ty = if source.ty.is("String") { system("String") } else { source.ty.item() };
                X { tree: object("Indexer", vec![("operand", Tree::List(vec![source.tree, index.tree]))]), ty }
            }
            Ast::Op("Negate", args, _) => match args.as_slice() {
                // The sign belongs to the literal: the smallest Integer has no positive counterpart.
                [Node { kind: Ast::Number(value), .. }] => number_literal(value, true, at)?,
                _ => {
                    let args = self.all(args)?;
                    return self.operator("Negate", args, None, at);
                }
            },
            Ast::Op(name, args, precision) => {
                let args = self.all(args)?;
                return self.operator(name, args, precision.as_deref(), at);
            }
            Ast::Between(value, low, high, properly) => {
                let (value, low, high) = (self.expr(value)?, self.expr(low)?, self.expr(high)?);
                let (above, below) = if *properly { ("Greater", "Less") } else { ("GreaterOrEqual", "LessOrEqual") };
                let above = self.operator(above, vec![value.clone(), low], None, at)?;
                let below = self.operator(below, vec![value, high], None, at)?;
                return self.operator("And", vec![above, below], None, at);
            }
            Ast::Timing(left, timing, right) => return self.timing(left, timing, right, at),
            Ast::If(condition, then, otherwise) => {
                let condition = self.boolean(condition)?;
                let (then, otherwise) = (self.expr(then)?, self.expr(otherwise)?);
                let ty = join(&then.ty, &otherwise.ty);
                let (then, otherwise) = (self.convert(then, &ty), self.convert(otherwise, &ty));
                let fields = vec![("condition", condition.tree), ("then", then.tree), ("else", otherwise.tree)];
                X { tree: object("If", fields), ty }
            }
            Ast::Case(comparand, items, otherwise) => return self.case(comparand.as_deref(), items, otherwise),
            Ast::Is(value, kind) => {
                let value = self.expr(value)?;
                let ty = self.type_for(&value.ty, kind, at)?;
                let tree = object("Is", vec![("operand", value.tree), ("isTypeSpecifier", self.specifier(&ty))]);
                X { tree, ty: system("Boolean") }
            }
            Ast::As(value, kind, strict) => {
                let value = self.expr(value)?;
                let wanted = self.type_named(kind, at)?;
                return Ok(self.cast(value, &wanted, *strict));
            }
            Ast::ConvertTo(value, kind) => {
                let value = self.expr(value)?;
                let wanted = self.type_named(kind, at)?;
                let tree = match wanted.system_name() {
                    Some(name) if name != "Any" => object(&format!("To{name}"), vec![("operand", value.tree)]),
                    _ => object("Convert", vec![("operand", value.tree), ("toTypeSpecifier", self.specifier(&wanted))]),
                };
                X { tree, ty: wanted }
            }
            Ast::ConvertUnit(value, unit) => {
                let value = self.expr(value)?;
                let unit = literal("String", unit).tree;
                X {
                    tree: object("ConvertQuantity", vec![("operand", Tree::List(vec![value.tree, unit]))]),
                    ty: system("Quantity"),
                }
            }
            Ast::Extreme(name, kind) => {
                let ty = self.type_named(kind, at)?;
                if !(ty.is_number() || ty.is_temporal() || ty.is("Quantity")) {
                    return Err(Problem::new(at, format!("{} is not defined for {ty}", name.replace("Value", "imum"))));
                }
                let name_of = ty.qualified(&|m| self.uri(m));
                X { tree: object(name, vec![("valueType", text(&name_of))]), ty }
            }
            Ast::List(kind, items) => return self.list(kind.as_ref(), items, at),
            Ast::Tuple(fields) => {
                let (elements, types) = self.fields(fields)?;
                X { tree: object("Tuple", vec![("element", elements)]), ty: Ty::Tuple(types) }
            }
            Ast::Instance(kind, fields) => return self.instance(kind, fields, at),
            Ast::Interval(low, high, low_closed, high_closed) => {
                let (low, high) = (self.expr(low)?, self.expr(high)?);
                let (low, high) = (self.system_value(low), self.system_value(high));
                let point = join(&low.ty, &high.ty);
                let (low, high) = (self.convert(low, &point), self.convert(high, &point));
                let ty = point.clone().interval();
                // The type travels along: a closed null bound means the first or last value of it.
                let fields = vec![
                    ("resultTypeSpecifier", self.specifier(&ty)),
                    ("lowClosed", Tree::Bool(*low_closed)),
                    ("highClosed", Tree::Bool(*high_closed)),
                    ("low", low.tree),
                    ("high", high.tree),
                ];
                X { tree: object("Interval", fields), ty }
            }
            Ast::Code(code, system_name, display) => {
                X { tree: code_literal(code, system_name.as_ref(), display.as_deref()), ty: system("Code") }
            }
            Ast::Concept(codes, display) => {
                let mut list = Vec::new();
                for code in codes {
                    list.push(self.expr(code)?.tree);
                }
                let mut fields = vec![("code", Tree::List(list))];
                if let Some(display) = display {
                    fields.push(("display", text(display)));
                }
                X { tree: object("Concept", fields), ty: system("Concept") }
            }
            Ast::Query(query) => return self.query(query),
            Ast::Retrieve(retrieve) => return self.retrieve(retrieve, at),
        })
    }

    /// A type a value is tested for. `Quantity` without a model means the one the value can be: a FHIR value is never a
    /// System Quantity, and whoever asks a FHIR element means FHIR's.
    pub(super) fn type_for(&self, value: &Ty, kind: &TypeName, at: usize) -> Done<Ty> {
        let ty = self.type_named(kind, at)?;
        let TypeName::Named(None, name) = kind else { return Ok(ty) };
        let can_be = match value {
            Ty::Choice(choices) => choices.as_slice(),
            Ty::List(item) => return self.type_for(item, kind, at),
            one => std::slice::from_ref(one),
        };
        if ty.system_name().is_none() || can_be.contains(&ty) {
            return Ok(ty);
        }
        let of_model = |t: &&Ty| matches!(t, Ty::Named(model, class) if model != "System" && class == name);
        Ok(can_be.iter().find(of_model).cloned().unwrap_or(ty))
    }

    pub(super) fn all(&mut self, nodes: &[Node]) -> Done<Vec<X>> {
        nodes.iter().map(|node| self.expr(node)).collect()
    }

    /// A condition; a type that can be no truth is refused.
    pub(super) fn boolean(&mut self, node: &Node) -> Done {
        let value = self.expr(node)?;
        let value = self.system_value(value);
        match &value.ty {
            Ty::Any | Ty::Choice(_) => Ok(value),
            ty if ty.is("Boolean") => Ok(value),
            other => {
                let problem = Problem::new(node.at, format!("expected a Boolean, found {other}"));
                Err(match other {
                    Ty::List(_) => problem.hint("ask whether something is in it with `exists`"),
                    _ => problem.hint("a condition is a comparison, or `is not null`"),
                })
            }
        }
    }

    pub(super) fn with_local<T>(
        &mut self,
        name: &str,
        kind: &'static str,
        ty: Ty,
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.locals.push(Local { name: name.to_owned(), kind, ty });
        let result = work(self);
        self.locals.pop();
        result
    }

    fn case(&mut self, comparand: Option<&Node>, items: &[(Node, Node)], otherwise: &Node) -> Done {
        let comparand = match comparand {
            Some(node) => {
                let value = self.expr(node)?;
                Some(self.system_value(value))
            }
            None => None,
        };
        let mut parts = Vec::new();
        for (when, then) in items {
            let when = if comparand.is_some() { self.expr(when)? } else { self.boolean(when)? };
            parts.push((self.system_value(when), self.expr(then)?));
        }
        let otherwise = self.expr(otherwise)?;
        let ty = parts.iter().fold(otherwise.ty.clone(), |ty, (_, then)| join(&ty, &then.ty));
        let items = parts
            .into_iter()
            .map(|(when, then)| fields_of(vec![("when", when.tree), ("then", self.convert(then, &ty).tree)]));
        let items: Vec<_> = items.collect();
        let mut fields = Vec::new();
        if let Some(comparand) = comparand {
            fields.push(("comparand", comparand.tree));
        }
        fields.push(("caseItem", Tree::List(items)));
        fields.push(("else", self.convert(otherwise, &ty).tree));
        Ok(X { tree: object("Case", fields), ty })
    }

    pub(super) fn cast(&self, value: X, wanted: &Ty, strict: bool) -> X {
        if value.ty == *wanted {
            return value;
        }
        // A System type asked of a class that converts to it: convert, then cast.
        let value = if wanted.is_model() || !self.converts(&value.ty) { value } else { self.system_value(value) };
        let mut fields = vec![("operand", value.tree), ("asTypeSpecifier", self.specifier(wanted))];
        if strict {
            fields.push(("strict", Tree::Bool(true)));
        }
        X { tree: object("As", fields), ty: wanted.clone() }
    }

    fn list(&mut self, kind: Option<&TypeName>, items: &[Node], at: usize) -> Done {
        let items = self.all(items)?;
        let ty = match kind {
            Some(kind) => self.type_named(kind, at)?,
            None => items.iter().fold(Ty::Any, |ty, item| join(&ty, &item.ty)),
        };
        let elements = items.into_iter().map(|item| self.convert(item, &ty).tree);
        let elements: Vec<_> = elements.collect();
        Ok(X { tree: object("List", vec![("element", Tree::List(elements))]), ty: ty.list() })
    }

    fn fields(&mut self, fields: &[(String, Node)]) -> Done<(Tree<'static>, Vec<(String, Ty)>)> {
        let mut elements = Vec::new();
        let mut types = Vec::new();
        for (name, value) in fields {
            let value = self.expr(value)?;
            elements.push(fields_of(vec![("name", text(name)), ("value", value.tree)]));
            types.push((name.clone(), value.ty));
        }
        Ok((Tree::List(elements), types))
    }

    fn instance(&mut self, kind: &TypeName, fields: &[(String, Node)], at: usize) -> Done {
        let ty = self.type_named(kind, at)?;
        let (elements, types) = self.fields(fields)?;
        if let Ty::Named(model, class) = &ty
            && let Some(info) = self.model(model)
            && let Some((wrong, _)) = types.iter().find(|(name, _)| info.member(class, name).is_none())
        {
            return Err(Problem::new(at, format!("`{class}` has no element `{wrong}`")));
        }
        let class = self.target(&ty).qualified(&|m| self.uri(m));
        Ok(X { tree: object("Instance", vec![("classType", text(&class)), ("element", elements)]), ty })
    }
}

fn code_literal(code: &str, system: Option<&(Option<String>, String)>, display: Option<&str>) -> Tree<'static> {
    let mut fields = vec![("code", text(code))];
    if let Some((library, name)) = system {
        let mut reference = vec![("name", text(name))];
        if let Some(library) = library {
            reference.push(("libraryName", text(library)));
        }
        fields.push(("system", fields_of(reference)));
    }
    if let Some(display) = display {
        fields.push(("display", text(display)));
    }
    object("Code", fields)
}

fn number_literal(value: &str, negative: bool, at: usize) -> Done {
    let sign = if negative { "-" } else { "" };
    let signed = format!("{sign}{value}");
    if let Some(long) = signed.strip_suffix('L') {
        return match long.parse::<i64>() {
            Ok(_) => Ok(literal("Long", long)),
            Err(_) => Err(Problem::new(at, format!("{signed} is out of range for a Long"))),
        };
    }
    if !value.contains('.') {
        return match signed.parse::<i32>() {
            Ok(_) => Ok(literal("Integer", &signed)),
            Err(_) => Err(Problem::new(at, format!("{signed} is out of range for an Integer"))
                .hint("an Integer lies between -2147483648 and 2147483647; end a Long with `L`")),
        };
    }
    decimal(&signed, at)?;
    Ok(literal("Decimal", &signed))
}

fn decimal(value: &str, at: usize) -> Done<Decimal> {
    let lost = |d: &Decimal| *d == Decimal::ZERO && value.contains(|c: char| ('1'..='9').contains(&c));
    match Decimal::parse(value, false) {
        Some(d) if !lost(&d) => Ok(d),
        _ => Err(Problem::new(at, format!("{value} is out of range for a Decimal"))
            .hint("a Decimal has at most 28 digits, 8 of them after the point")),
    }
}

fn quantity(value: &str, unit: &str, at: usize) -> Done<Vec<(&'static str, Tree<'static>)>> {
    decimal(value, at)?;
    Ok(vec![("value", Tree::Number(value.to_owned().into())), ("unit", text(unit))])
}

/// A date, date-time or time literal, checked against the calendar.
fn moment(value: &str, at: usize) -> Done {
    let wrong = || {
        Problem::new(at, format!("`@{value}` is no date or time"))
            .hint("write @YYYY-MM-DD, @YYYY-MM-DDThh:mm:ss.fff+hh:mm or @Thh:mm:ss.fff")
    };
    let part = |name: &'static str, n: i64| (name, number(n));
    if let Some(clock) = value.strip_prefix('T') {
        let time = Time::parse(clock).ok_or_else(wrong)?;
        let ms = i64::from(time.ms);
        let mut fields = vec![part("hour", ms / 3_600_000)];
        for (precision, name, n) in [
            (Precision::Minute, "minute", ms / 60_000 % 60),
            (Precision::Second, "second", ms / 1000 % 60),
            (Precision::Millisecond, "millisecond", ms % 1000),
        ] {
            if time.precision >= precision {
                fields.push(part(name, n));
            }
        }
        return Ok(X { tree: object("Time", fields), ty: system("Time") });
    }
    let (date, clock) = match value.split_once('T') {
        Some((date, clock)) => (date, Some(clock)),
        None => (value, None),
    };
    let day = Date::parse(date).ok_or_else(wrong)?;
    let (y, m, d) = day.civil();
    let mut fields = vec![part("year", i64::from(y))];
    if day.precision >= Precision::Month {
        fields.push(part("month", i64::from(m)));
    }
    if day.precision >= Precision::Day {
        fields.push(part("day", i64::from(d)));
    }
    let Some(clock) = clock else { return Ok(X { tree: object("Date", fields), ty: system("Date") }) };
    let moment = DateTime::parse(value, 0).ok_or_else(wrong)?;
    if let Some(time) = moment.time() {
        let ms = i64::from(time.ms);
        for (precision, name, n) in [
            (Precision::Hour, "hour", ms / 3_600_000),
            (Precision::Minute, "minute", ms / 60_000 % 60),
            (Precision::Second, "second", ms / 1000 % 60),
            (Precision::Millisecond, "millisecond", ms % 1000),
        ] {
            if time.precision >= precision {
                fields.push(part(name, n));
            }
        }
    }
    if clock.contains(['Z', '+', '-']) {
        let hours = Decimal::from_i64(i64::from(moment.offset)).div(Decimal::from_i64(60)).unwrap_or(Decimal::ZERO);
        fields.push(("timezoneOffset", literal("Decimal", &hours.to_string()).tree));
    }
    Ok(X { tree: object("DateTime", fields), ty: system("DateTime") })
}

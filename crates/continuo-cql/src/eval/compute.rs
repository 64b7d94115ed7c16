//! Computing one expression from its parts.
//!
//! What every measure does thousands of times stands in `compute`; the rest is apart, so that recursion through the usual
//! operators needs little stack.

use crate::Fault;
use crate::ops::{self, Outcome};
use crate::program::{Expr, ExprId, Op2};
use crate::value::Value;

use super::{Evaluator, logic, types};

/// Letters that are put together within one step.
const LETTERS_A_STEP: usize = 16;

impl<'a> Evaluator<'a> {
    pub(super) fn compute(&mut self, expr: &'a Expr) -> Outcome<'a> {
        match expr {
            Expr::Property(source, step) => {
                if let Expr::Local(slot) = &self.program.exprs[*source as usize] {
                    return Ok(self.property(self.local(*slot), *step));
                }
                let from = self.eval(*source)?;
                Ok(self.property(&from, *step))
            }
            Expr::Helper(helper, operand) => {
                if let Expr::Local(slot) = &self.program.exprs[*operand as usize] {
                    return helper.apply(self.local(*slot), self.now.offset);
                }
                let value = self.eval(*operand)?;
                helper.apply(&value, self.now.offset)
            }
            Expr::Call(function, args) => self.invoke(*function, args),
            Expr::Query(at) => self.query(*at),
            Expr::Retrieve(at, codes) => self.retrieve(*at, *codes),
            Expr::Def(at) => self.define(*at),
            Expr::TypeSwitch(slot, arms, otherwise) => self.eval(self.arm(*slot, arms, *otherwise)),
            Expr::If(condition, then, otherwise) => {
                let chosen = if self.truth(*condition)? == Some(true) { *then } else { *otherwise };
                self.eval(chosen)
            }
            Expr::As(operand, wanted, strict) => {
                let value = self.eval(*operand)?;
                types::cast(value, &self.tests[*wanted as usize], *strict)
            }
            expr if logic::is_logic(expr) => self.logic(expr).map(Value::truth),
            Expr::Op1(op, a) => {
                let value = self.eval(*a)?;
                self.apply1(*op, value)
            }
            expr => self.compute_other(expr),
        }
    }

    /// The arm of a type switch that fits.
    pub(super) fn arm(&self, slot: u32, arms: &[(u32, ExprId)], otherwise: ExprId) -> ExprId {
        let value = self.local(slot);
        let fits = |(wanted, _): &&(u32, ExprId)| types::is(value, &self.tests[*wanted as usize]);
        arms.iter().find(fits).map_or(otherwise, |(_, then)| *then)
    }

    /// The operators that are met less often, apart so that the usual ones need little stack.
    #[inline(never)]
    fn compute_other(&mut self, expr: &'a Expr) -> Outcome<'a> {
        Ok(match expr {
            Expr::Null => Value::Null,
            Expr::Const(at) => self.consts[*at as usize].clone(),
            Expr::Local(slot) => self.local(*slot).clone(),
            Expr::Param(at) => return self.parameter(*at as usize),
            Expr::Case(comparand, items, otherwise) => return self.case(*comparand, items, *otherwise),
            Expr::Coalesce(args) => return self.coalesce(args),
            Expr::Convert(operand, wanted, test) => {
                let value = self.eval(*operand)?;
                types::convert(&value, &self.tests[*wanted as usize], *test, self.now.offset)
            }
            Expr::List(items) => Value::list(self.all(items)?),
            Expr::Tuple(shape, values) => {
                let values = self.all(values)?;
                types::instance(&self.program.shapes[*shape as usize], values)
            }
            Expr::Interval(low, high, low_closed, high_closed, point) => {
                let (low, high) = (self.eval(*low)?, self.eval(*high)?);
                let closed = (self.truth(*low_closed)? == Some(true), self.truth(*high_closed)? == Some(true));
                return types::interval(low, high, closed, *point);
            }
            Expr::External(external, args) => {
                let args = self.all(args)?;
                return self.external(*external, &args);
            }
            Expr::Op2(Op2::Subsumes, a, b, _) => {
                let (a, b) = (self.eval(*a)?, self.eval(*b)?);
                Value::truth(self.subsumes(&a, &b))
            }
            Expr::Op2(op, a, b, precision) => {
                let (a, b) = (self.eval(*a)?, self.eval(*b)?);
                return Self::apply2(*op, &a, &b, *precision);
            }
            Expr::Arithmetic(op, a, b) => {
                let (a, b) = (self.eval(*a)?, self.eval(*b)?);
                return ops::arithmetic::binary(*op, &a, &b);
            }
            Expr::Unary(op, a) => {
                let value = self.eval(*a)?;
                return ops::arithmetic::unary(*op, &value);
            }
            Expr::Aggregate(kind, source) => {
                let value = self.eval(*source)?;
                return ops::aggregate::aggregate(*kind, &value);
            }
            Expr::Concatenate(args) => {
                let parts = self.all(args)?;
                self.charge(parts.iter().filter_map(Value::as_str).map(str::len).sum::<usize>() / LETTERS_A_STEP)?;
                ops::text::concatenate(&parts)
            }
            Expr::Substring(a, b, c) => {
                let (a, b, c) = (self.eval(*a)?, self.eval(*b)?, self.eval(*c)?);
                ops::text::substring(&a, &b, &c)
            }
            Expr::ReplaceMatches(a, b, c) => {
                let (a, b, c) = (self.eval(*a)?, self.eval(*b)?, self.eval(*c)?);
                return ops::text::replace_matches(&a, &b, &c);
            }
            Expr::Slice(source, start, end) => {
                let (source, start, end) = (self.eval(*source)?, self.eval(*start)?, self.eval(*end)?);
                match &source {
                    Value::Null => Value::Null,
                    list => Value::list(ops::list::slice(list.items(), start.as_i64().unwrap_or(0), end.as_i64())),
                }
            }
            Expr::DateTime(args) => {
                let args = self.all(args)?;
                return types::datetime(&args, self.now.offset);
            }
            Expr::Date(args) => {
                let args = self.all(args)?;
                return types::date(&args);
            }
            Expr::Time(args) => {
                let args = self.all(args)?;
                return types::time(&args);
            }
            Expr::MinValue(point) => crate::value::interval::minimum(*point, &Value::Null),
            Expr::MaxValue(point) => crate::value::interval::maximum(*point, &Value::Null),
            Expr::Now => Value::DateTime(self.now),
            Expr::Today => Value::Date(self.now.date()),
            Expr::TimeOfDay => self.now.time().map_or(Value::Null, Value::Time),
            Expr::InCodeSystem(code, system, _) => {
                let (code, system) = (self.eval(*code)?, self.eval(*system)?);
                self.in_code_system(&code, &system)
            }
            Expr::Message(args) => return self.message(args),
            Expr::Repeat(slot, source, body) => return self.repeat(*slot, *source, *body),
            Expr::Fold(slot, source, starting, body) => return self.fold(*slot, *source, *starting, *body),
            Expr::ForEach(slot, source, body, filter) => return self.for_each(*slot, *source, *body, *filter),
            Expr::Sort(source, sort) => {
                let value = self.eval(*source)?;
                let Value::List(items) = value else { return Ok(value) };
                Value::list(self.sorted(items.to_vec(), *sort)?)
            }
            other => return Err(Fault::Runtime(format!("{other:?} has no meaning here"))),
        })
    }

    fn parameter(&mut self, at: usize) -> Outcome<'a> {
        if let Some(Some(value)) = self.parameters.get(at) {
            return Ok(value.clone());
        }
        match self.program.parameters[at].default {
            Some(default) => self.eval(default),
            None => Ok(Value::Null),
        }
    }

    fn case(&mut self, comparand: Option<ExprId>, items: &[(ExprId, ExprId)], otherwise: ExprId) -> Outcome<'a> {
        let subject = match comparand {
            Some(id) => Some(self.eval(id)?),
            None => None,
        };
        for (when, then) in items {
            let fits = match &subject {
                Some(subject) => ops::equal::equal(subject, &self.eval(*when)?) == Some(true),
                None => self.truth(*when)? == Some(true),
            };
            if fits {
                return self.eval(*then);
            }
        }
        self.eval(otherwise)
    }

    fn coalesce(&mut self, args: &[ExprId]) -> Outcome<'a> {
        for arg in args {
            let value = self.eval(*arg)?;
            // With one argument, a list, its items are looked through.
            if let (1, Value::List(items)) = (args.len(), &value) {
                return Ok(items.iter().find(|v| !v.is_null()).cloned().unwrap_or(Value::Null));
            }
            if !value.is_null() {
                return Ok(value);
            }
        }
        Ok(Value::Null)
    }

    fn property(&self, from: &Value<'a>, step: u32) -> Value<'a> {
        let step = &self.program.steps[step as usize];
        match from {
            Value::Element(e) => match step.walk(*e, self.now.offset) {
                Value::Null if step.is_of_any_element() => self.beside(*e).map_or(Value::Null, |beside| {
                    step.walk(crate::model::Element { node: beside, kind: e.kind }, self.now.offset)
                }),
                found => found,
            },
            Value::List(items) => {
                let mut all = Vec::with_capacity(items.len());
                for item in items.iter() {
                    match types::member(item, step.name(), |e| step.walk(e, self.now.offset)) {
                        Value::Null => {}
                        Value::List(inner) => all.extend(inner.iter().cloned()),
                        one => all.push(one),
                    }
                }
                Value::list(all)
            }
            other => types::member(other, step.name(), |e| step.walk(e, self.now.offset)),
        }
    }

    /// `Message`: an error stops this patient; other severities pass the source through.
    fn message(&mut self, args: &[ExprId]) -> Outcome<'a> {
        let source = self.eval(args[0])?;
        if self.truth(args[1])? == Some(true) {
            let severity = self.eval(args[3])?;
            if severity.as_str() == Some("Error") {
                let (code, text) = (self.eval(args[2])?, self.eval(args[4])?);
                let part = |v: &Value<'_>| v.as_str().unwrap_or_default().to_owned();
                return Err(Fault::Runtime(format!("{}: {}", part(&code), part(&text))));
            }
        }
        Ok(source)
    }
}

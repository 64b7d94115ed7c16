//! Functions that evaluate an argument for each item of their input: `where`, `select`, `repeat`, `sort` and their kin.

use super::eval::{Evaluator, MAX_VALUES, Scope, Values, boolean, single};
use super::functions::text_of;
use super::parse::{Expr, TypeName};
use super::value::Value;
use super::{Error, compare, execution, types};
use std::cmp::Ordering;

/// A call with its arguments not yet evaluated.
pub(super) struct Call<'e, 'c, 'a> {
    pub(super) evaluator: &'e Evaluator<'c, 'a>,
    pub(super) arguments: &'a [Expr],
    pub(super) name: &'e str,
}

impl<'a> Call<'_, '_, 'a> {
    /// An argument on the focus outside the function: `$this` is the caller's.
    pub(super) fn argument(&self, index: usize, scope: &Scope<'a>) -> Result<Values<'a>, Error> {
        match self.arguments.get(index) {
            Some(expr) => self.evaluator.eval(expr, &mut scope.clone()),
            None => Ok(Vec::new()),
        }
    }

    /// The first argument with one item as the focus.
    pub(super) fn on(&self, value: &Value<'a>, index: usize, scope: &Scope<'a>) -> Result<Values<'a>, Error> {
        self.on_nth(0, value, index, scope)
    }

    fn on_nth(&self, nth: usize, value: &Value<'a>, index: usize, scope: &Scope<'a>) -> Result<Values<'a>, Error> {
        let Some(expr) = self.arguments.get(nth) else { return Ok(Vec::new()) };
        let mut inner = Scope {
            this: vec![value.clone()],
            index: Some(index),
            total: scope.total.clone(),
            defined: scope.defined.clone(),
        };
        self.evaluator.eval(expr, &mut inner)
    }

    pub(super) fn filter(&self, focus: Values<'a>, scope: &Scope<'a>) -> Result<Values<'a>, Error> {
        let mut out = Vec::new();
        for (i, value) in focus.into_iter().enumerate() {
            let result = self.on(&value, i, scope)?;
            match single(&result)?.map(Value::system) {
                Some(Value::Boolean(true)) => out.push(value),
                Some(Value::Boolean(false)) | None => {}
                Some(_) => return execution("a condition must be true or false"),
            }
        }
        Ok(out)
    }

    pub(super) fn each(&self, focus: &[Value<'a>], scope: &Scope<'a>) -> Result<Values<'a>, Error> {
        let mut out = Vec::new();
        for (i, value) in focus.iter().enumerate() {
            out.extend(self.on(value, i, scope)?);
        }
        Ok(out)
    }

    pub(super) fn repeat(
        &self,
        focus: &[Value<'a>],
        scope: &Scope<'a>,
        is_distinct: bool,
    ) -> Result<Values<'a>, Error> {
        let mut out: Values<'a> = Vec::new();
        let mut round = focus.to_vec();
        while !round.is_empty() {
            let found = self.each(&round, scope)?;
            round = Vec::new();
            for value in found {
                // Items are told apart by place, so that equal siblings are both kept walking but shown once.
                if is_distinct && out.iter().any(|v| compare::equal_values(v, &value) == Some(true)) {
                    continue;
                }
                round.push(value.clone());
                out.push(value);
                if out.len() > MAX_VALUES {
                    return execution("`repeat` finds no end");
                }
            }
            // Values that are not parts of a resource cannot be walked down; repeating them would not end.
            if !is_distinct && out.len() > 100_000 {
                return execution("`repeatAll` finds no end");
            }
        }
        Ok(out)
    }

    pub(super) fn aggregate(&self, focus: &[Value<'a>], scope: &Scope<'a>) -> Result<Values<'a>, Error> {
        let mut total = self.argument(1, scope)?;
        for (i, value) in focus.iter().enumerate() {
            let inner = Scope { total, ..scope.clone() };
            total = self.on(value, i, &inner)?;
        }
        Ok(total)
    }

    pub(super) fn choose(&self, focus: &[Value<'a>], scope: &mut Scope<'a>) -> Result<Values<'a>, Error> {
        if focus.len() > 1 {
            return execution("`iif` works on one item");
        }
        let mut inner = Scope { this: focus.to_vec(), ..scope.clone() };
        if inner.this.is_empty() {
            inner.this.clone_from(&scope.this);
        }
        let Some(condition) = self.arguments.first() else { return Ok(Vec::new()) };
        let condition = self.evaluator.eval(condition, &mut inner.clone())?;
        let holds = match single(&condition)?.map(Value::system) {
            Some(Value::Boolean(value)) => value,
            None => false,
            Some(_) => return execution("`iif` needs a condition that is true or false"),
        };
        match self.arguments.get(if holds { 1 } else { 2 }) {
            Some(expr) => self.evaluator.eval(expr, &mut inner),
            None => Ok(Vec::new()),
        }
    }

    /// `sort()`, or by keys; a key with a minus, or followed by `desc`, falls.
    pub(super) fn sort(&self, focus: Values<'a>, scope: &Scope<'a>) -> Result<Values<'a>, Error> {
        let mut rows: Vec<(Vec<(Values<'a>, bool)>, Value<'a>)> = Vec::new();
        for (i, value) in focus.into_iter().enumerate() {
            let mut keys = Vec::new();
            if self.arguments.is_empty() {
                keys.push((vec![value.clone()], false));
            }
            for expr in self.arguments {
                let (key, falls) = match expr {
                    Expr::Negate(inner) => (&**inner, true),
                    other => (other, false),
                };
                let mut inner = Scope { this: vec![value.clone()], index: Some(i), ..scope.clone() };
                keys.push((self.evaluator.eval(key, &mut inner)?, falls));
            }
            rows.push((keys, value));
        }
        let mut fault = None;
        rows.sort_by(|(a, _), (b, _)| {
            for ((x, falls), (y, _)) in a.iter().zip(b) {
                let order = match (x.first(), y.first()) {
                    (None, None) => Ordering::Equal,
                    // Nothing comes first in either direction.
                    (None, Some(_)) => return Ordering::Less,
                    (Some(_), None) => return Ordering::Greater,
                    (Some(x), Some(y)) => match compare::order(x, y) {
                        Ok(order) => order.unwrap_or(Ordering::Equal),
                        Err(error) => {
                            fault = Some(error);
                            Ordering::Equal
                        }
                    },
                };
                let order = if *falls { order.reverse() } else { order };
                if order != Ordering::Equal {
                    return order;
                }
            }
            Ordering::Equal
        });
        match fault {
            Some(error) => Err(error),
            None => Ok(rows.into_iter().map(|(_, value)| value).collect()),
        }
    }

    pub(super) fn define(&self, focus: Values<'a>, scope: &mut Scope<'a>) -> Result<Values<'a>, Error> {
        let name = text_of(&self.argument(0, scope)?)?.unwrap_or_default();
        let value = if self.arguments.len() > 1 {
            let mut inner = Scope { this: focus.clone(), ..scope.clone() };
            match self.arguments.get(1) {
                Some(expr) => self.evaluator.eval(expr, &mut inner)?,
                None => Vec::new(),
            }
        } else {
            focus.clone()
        };
        let reserved = matches!(name.as_str(), "context" | "resource" | "rootResource" | "sct" | "loinc" | "ucum");
        if reserved || scope.defined.insert(name.clone(), value).is_some() {
            return execution(format!("variable `%{name}` is defined already"));
        }
        Ok(focus)
    }

    pub(super) fn of_type(&self, focus: Values<'a>) -> Result<Values<'a>, Error> {
        let Some(wanted) = self.arguments.first().and_then(Expr::as_type) else {
            return execution(format!("`{}` needs a type", self.name));
        };
        match self.name {
            "is" => match single(&focus)? {
                Some(value) => Ok(boolean(Some(types::is(value, &wanted)))),
                None => Ok(Vec::new()),
            },
            "as" => {
                single(&focus)?;
                of_type(focus, &wanted)
            }
            _ => of_type(focus, &wanted),
        }
    }
}

fn of_type<'a>(focus: Values<'a>, wanted: &TypeName) -> Result<Values<'a>, Error> {
    let mut out = Vec::new();
    for value in focus {
        if types::is_exactly(&value, wanted)? {
            out.push(value);
        }
    }
    Ok(out)
}

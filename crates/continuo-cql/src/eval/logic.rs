//! Expressions that are true, false or unknown: computed without making values of them.
//!
//! Each operand is asked only as far as it can still decide. `exists` stops at the first item of a list that nobody else
//! looks at.

use crate::Fault;
use crate::ops;
use crate::program::{Expr, ExprId, NO_SLOT, Op1, Op2, Query};
use crate::value::Value;

use super::{Evaluator, apply, types};

type Truth = Result<Option<bool>, Fault>;

/// Whether an expression's operator gives a truth.
pub(super) fn is_logic(expr: &Expr) -> bool {
    match expr {
        Expr::And(..)
        | Expr::Or(..)
        | Expr::Xor(..)
        | Expr::Implies(..)
        | Expr::Is(..)
        | Expr::Relation(..)
        | Expr::InValueSet(..)
        | Expr::Op1(Op1::Not | Op1::IsNull | Op1::IsTrue | Op1::IsFalse | Op1::Exists, _) => true,
        Expr::Op2(op, ..) => is_test(*op),
        _ => false,
    }
}

/// Operators of two operands that give a truth.
fn is_test(op: Op2) -> bool {
    matches!(
        op,
        Op2::Equal
            | Op2::NotEqual
            | Op2::Equivalent
            | Op2::Less
            | Op2::LessOrEqual
            | Op2::Greater
            | Op2::GreaterOrEqual
            | Op2::In
            | Op2::Contains
            | Op2::ProperIn
            | Op2::ProperContains
            | Op2::Includes
            | Op2::IncludedIn
            | Op2::ProperIncludes
            | Op2::ProperIncludedIn
    )
}

/// A value as a truth.
pub(super) fn as_truth(value: &Value<'_>) -> Truth {
    match value {
        Value::Bool(b) => Ok(Some(*b)),
        Value::Null => Ok(None),
        // A FHIR boolean stands for its value.
        Value::Element(e) => Ok(e.node.as_bool()),
        other => Err(Fault::Runtime(format!("expected a Boolean, found a value of type {}", other.type_name()))),
    }
}

impl<'a> Evaluator<'a> {
    pub(super) fn logic(&mut self, expr: &'a Expr) -> Truth {
        Ok(match expr {
            Expr::And(a, b) => match self.truth(*a)? {
                Some(false) => Some(false),
                left => ops::and(left, self.truth(*b)?),
            },
            Expr::Or(a, b) => match self.truth(*a)? {
                Some(true) => Some(true),
                left => ops::or(left, self.truth(*b)?),
            },
            Expr::Implies(a, b) => match self.truth(*a)? {
                Some(false) => Some(true),
                left => ops::or(left.map(|l| !l), self.truth(*b)?),
            },
            Expr::Xor(a, b) => {
                let (a, b) = (self.truth(*a)?, self.truth(*b)?);
                a.zip(b).map(|(a, b)| a != b)
            }
            Expr::Is(operand, wanted) => Some(match &self.program.exprs[*operand as usize] {
                Expr::Local(slot) => types::is(self.local(*slot), &self.tests[*wanted as usize]),
                _ => types::is(&self.eval(*operand)?, &self.tests[*wanted as usize]),
            }),
            Expr::Relation(relation, a, b, precision) => {
                let (a, b) = (self.eval(*a)?, self.eval(*b)?);
                apply::relation(*relation, &a, &b, *precision)
            }
            Expr::InValueSet(code, set, any) => {
                let known = match &self.program.exprs[*set as usize] {
                    Expr::Const(at) => self.sets[*at as usize],
                    _ => None,
                };
                let code = self.eval(*code)?;
                let set = if known.is_some() { Value::Null } else { self.eval(*set)? };
                return self.in_value_set(&code, &set, known, *any);
            }
            Expr::Op1(Op1::Exists, list) => Some(self.exists(*list)?),
            Expr::Op1(op, a) => {
                let value = self.eval(*a)?;
                match op {
                    Op1::IsNull => Some(value.is_null()),
                    Op1::IsTrue => Some(value.as_bool() == Some(true)),
                    Op1::IsFalse => Some(value.as_bool() == Some(false)),
                    _ => match &value {
                        Value::Element(e) => e.node.as_bool().map(|b| !b),
                        _ => value.as_bool().map(|b| !b),
                    },
                }
            }
            Expr::Op2(op, a, b, precision) => {
                let (a, b) = (self.eval(*a)?, self.eval(*b)?);
                apply::test2(*op, &a, &b, *precision)
            }
            _ => None,
        })
    }

    /// Whether a list has an item that is not null.
    fn exists(&mut self, id: ExprId) -> Result<bool, Fault> {
        let program = self.program;
        let expr = &program.exprs[id as usize];
        let alone = program.slots[id as usize] == NO_SLOT;
        match expr {
            Expr::Retrieve(at, codes) if alone => {
                let mut found = false;
                self.retrieved(*at, *codes, &mut |_| {
                    found = true;
                    false
                })?;
                Ok(found)
            }
            Expr::Query(at) if alone => {
                let query = &program.queries[*at as usize];
                match &query.sources[..] {
                    [(slot, source)] if query.aggregate.is_none() => self.any_row(query, *slot, *source),
                    _ => self.has_item(id),
                }
            }
            Expr::Op2(Op2::Union, a, b, _) if alone && self.gives_list(*a) && self.gives_list(*b) => {
                Ok(self.exists(*a)? || self.exists(*b)?)
            }
            Expr::Def(at)
                if program.once[*at as usize] && self.index.definitions[*at as usize].0 != self.index.epoch =>
            {
                self.count()?;
                let found = self.in_definition(*at, Self::exists);
                self.depth -= 1;
                found
            }
            _ => self.has_item(id),
        }
    }

    fn has_item(&mut self, id: ExprId) -> Result<bool, Fault> {
        Ok(self.eval(id)?.items().iter().any(|v| !v.is_null()))
    }

    /// Whether some row of a query passes and gives something.
    fn any_row(&mut self, query: &'a Query, slot: u32, source: ExprId) -> Result<bool, Fault> {
        let value = self.eval(source)?;
        for item in value.items() {
            self.bind(slot, item.clone());
            if !self.passes(query)? {
                continue;
            }
            let given = match query.result {
                Some((result, _)) => !self.eval(result)?.is_null(),
                None => !item.is_null(),
            };
            if given {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether an expression can give nothing but a list (or null).
    fn gives_list(&self, id: ExprId) -> bool {
        match &self.program.exprs[id as usize] {
            Expr::Retrieve(..) | Expr::List(_) | Expr::ForEach(..) => true,
            Expr::Query(at) => {
                let query = &self.program.queries[*at as usize];
                query.aggregate.is_none() && query.sources.iter().any(|(_, source)| self.gives_list(*source))
            }
            Expr::Op2(Op2::Union, a, b, _) => self.gives_list(*a) && self.gives_list(*b),
            Expr::Def(at) => self.gives_list(self.program.definitions[*at as usize].body),
            _ => false,
        }
    }
}

//! Membership in value sets and code systems.

use crate::Fault;
use crate::value::{Code, Value};

use super::Evaluator;

impl<'a> Evaluator<'a> {
    /// The number of a code.
    pub(super) fn number(&self, code: &Code<'a>) -> Option<u32> {
        self.terms.find(code.system.as_deref()?, code.code.as_deref()?)
    }

    /// `code in set`: false for null, as CQL 1.5 says.
    pub(super) fn in_value_set(
        &mut self,
        code: &Value<'a>,
        set: &Value<'a>,
        known: Option<usize>,
        any: bool,
    ) -> Result<Option<bool>, Fault> {
        let index = match (known, set) {
            (Some(index), _) => Some(index),
            (None, Value::Null) => return Ok(None),
            (None, Value::Vocabulary(v)) => self.terms.set_index(&v.id),
            (None, Value::Tuple(t)) => match t.get("id").and_then(Value::as_str) {
                Some(id) => self.terms.set_index(id),
                None => None,
            },
            (None, other) => return Err(Fault::Runtime(format!("{} is no value set", other.type_name()))),
        };
        let Some(index) = index else { return Ok(Some(false)) };
        if let (true, Value::List(items)) = (any, code) {
            return Ok(Some(items.iter().any(|item| self.member(item, index))));
        }
        Ok(Some(self.member(code, index)))
    }

    fn member(&self, value: &Value<'a>, index: usize) -> bool {
        let Some(set) = self.terms.set(index) else { return false };
        match value {
            Value::Code(code) => self.number(code).is_some_and(|n| set.has(n)),
            Value::Concept(concept) => concept.codes.iter().any(|c| self.number(c).is_some_and(|n| set.has(n))),
            Value::Str(code) => self.terms.find_any_system(code).into_iter().any(|n| set.has(n)),
            Value::List(items) => items.iter().any(|item| self.member(item, index)),
            Value::Element(e) => {
                let mut numbers = Vec::new();
                crate::record::code_numbers(e.node, self.terms, &mut numbers);
                numbers.into_iter().any(|n| set.has(n))
            }
            _ => false,
        }
    }
}

/// `code in system`: by system uri, since systems are not loaded.
pub(super) fn in_code_system<'a>(code: &Value<'a>, system: &Value<'a>) -> Value<'a> {
    let Value::Vocabulary(system) = system else { return Value::Null };
    let fits = |code: &Code<'a>| code.system.as_deref() == Some(&*system.id);
    match code {
        Value::Null => Value::Null,
        Value::Code(code) => Value::Bool(fits(code)),
        Value::Concept(concept) => Value::Bool(concept.codes.iter().any(|c| fits(c))),
        Value::List(items) => Value::Bool(items.iter().any(|i| matches!(i, Value::Code(c) if fits(c)))),
        _ => Value::Bool(false),
    }
}

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
            (None, Value::Vocabulary(v)) => self.terms.set_index_of(&v.id, v.version.as_deref()),
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

impl<'a> Evaluator<'a> {
    /// `code in system`: by its codes where the system is loaded, else by the system's uri.
    pub(super) fn in_code_system(&self, code: &Value<'a>, system: &Value<'a>) -> Value<'a> {
        let Value::Vocabulary(system) = system else { return Value::Null };
        let loaded = self.terms.code_system(&system.id).filter(|loaded| loaded.is_complete);
        let fits = |code: &Code<'a>| {
            code.system.as_deref() == Some(&*system.id)
                && loaded.is_none_or(|loaded| self.number(code).is_some_and(|number| loaded.has(number)))
        };
        let is_text = |text: &str| {
            loaded.is_some_and(|loaded| self.terms.find(&system.id, text).is_some_and(|number| loaded.has(number)))
        };
        let one = |value: &Value<'a>| match value {
            Value::Code(code) => fits(code),
            Value::Concept(concept) => concept.codes.iter().any(|c| fits(c)),
            Value::Str(text) => is_text(text),
            _ => false,
        };
        match code {
            Value::Null => Value::Null,
            Value::List(items) => Value::Bool(items.iter().any(one)),
            single => Value::Bool(one(single)),
        }
    }

    /// `Subsumes(a, b)`: whether `b` is `a` or stands below it. Without the code system's hierarchy only sameness is known.
    pub(super) fn subsumes(&self, above: &Value<'a>, below: &Value<'a>) -> Option<bool> {
        let codes = |value: &Value<'a>| match value {
            Value::Code(code) => vec![code.clone()],
            Value::Concept(concept) => concept.codes.clone(),
            _ => Vec::new(),
        };
        if above.is_null() || below.is_null() {
            return None;
        }
        let mut result = Some(false);
        for a in codes(above) {
            for b in codes(below) {
                result = crate::ops::or(result, self.stands_above(&a, &b));
            }
        }
        result
    }

    fn stands_above(&self, above: &Code<'a>, below: &Code<'a>) -> Option<bool> {
        if above.system != below.system {
            return Some(false);
        }
        if above.code == below.code {
            return Some(true);
        }
        let loaded = self.terms.code_system(above.system.as_deref()?)?;
        Some(loaded.is_a(self.number(below)?, self.number(above)?))
    }
}

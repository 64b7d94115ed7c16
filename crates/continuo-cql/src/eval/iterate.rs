//! Loops over a list: each item with its number, and where asked for a running total.

use crate::Fault;
use crate::ops::Outcome;
use crate::ops::equal::same;
use crate::program::ExprId;
use crate::value::Value;

use super::Evaluator;

impl<'a> Evaluator<'a> {
    /// Binds an item and its number.
    fn bind_item(&mut self, slot: u32, item: &Value<'a>, number: usize) {
        self.bind(slot, item.clone());
        self.bind(slot + 1, i32::try_from(number).map_or(Value::Null, Value::Int));
    }

    pub(super) fn for_each(&mut self, slot: u32, source: ExprId, body: ExprId, filter: bool) -> Outcome<'a> {
        let source = self.eval(source)?;
        if source.is_null() {
            return Ok(Value::Null);
        }
        let mut result = Vec::new();
        for (number, item) in source.items().iter().enumerate() {
            self.bind_item(slot, item, number);
            if !filter {
                result.push(self.eval(body)?);
            } else if self.truth(body)? == Some(true) {
                result.push(item.clone());
            }
        }
        Ok(Value::list(result))
    }

    /// `Aggregate`: the total after the last item.
    pub(super) fn fold(&mut self, slot: u32, source: ExprId, starting: ExprId, body: ExprId) -> Outcome<'a> {
        let source = self.eval(source)?;
        let mut total = self.eval(starting)?;
        for (number, item) in source.items().iter().enumerate() {
            self.bind_item(slot, item, number);
            self.bind(slot + 2, total);
            total = self.eval(body)?;
        }
        Ok(total)
    }

    /// `Repeat`: what the body gives for each item and for what it gave, until nothing new comes.
    pub(super) fn repeat(&mut self, slot: u32, source: ExprId, body: ExprId) -> Outcome<'a> {
        let source = self.eval(source)?;
        if source.is_null() {
            return Ok(Value::Null);
        }
        let mut result: Vec<Value<'a>> = Vec::new();
        let mut next: Vec<Value<'a>> = source.items().to_vec();
        while !next.is_empty() {
            let mut found = Vec::new();
            for (number, item) in next.iter().enumerate() {
                self.bind_item(slot, item, number);
                for value in self.eval(body)?.items() {
                    // Comparing with all there is counts as work, so that an endless repetition meets the budget.
                    self.steps += 1 + result.len() as u64;
                    if self.steps > self.limits.steps {
                        return Err(Fault::Budget);
                    }
                    if !result.iter().any(|known| same(known, value)) {
                        result.push(value.clone());
                        found.push(value.clone());
                    }
                }
            }
            next = found;
        }
        Ok(Value::list(result))
    }
}

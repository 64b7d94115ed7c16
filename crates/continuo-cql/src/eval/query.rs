//! Queries: sources, lets, with and without, where, return, aggregate, sort.

use crate::Fault;
use crate::ops::compare::sort_order;
use crate::ops::{Outcome, list};
use crate::program::Query;
use crate::value::{Text, Value};

use super::Evaluator;

impl<'a> Evaluator<'a> {
    pub(super) fn query(&mut self, at: u32) -> Outcome<'a> {
        let program = self.program;
        let query = &program.queries[at as usize];
        let mut rows = Vec::new();
        let mut single = true;
        if let [(slot, source)] = &query.sources[..] {
            let value = self.eval(*source)?;
            match &value {
                Value::Null if query.aggregate.is_none() => return Ok(Value::Null),
                Value::List(items) => {
                    single = false;
                    for item in items.iter() {
                        self.bind(*slot, item.clone());
                        self.row(query, &mut rows)?;
                    }
                }
                Value::Null => {}
                one => {
                    self.bind(*slot, one.clone());
                    self.row(query, &mut rows)?;
                }
            }
        } else {
            // Several sources of one value each give one row, not a list of one.
            self.product(query, 0, &mut rows, &mut single)?;
        }
        if let Some((slot, starting, body, distinct)) = query.aggregate {
            let items = if distinct { list::distinct(&rows) } else { rows };
            let mut total = self.eval(starting)?;
            for item in items {
                self.rebind(query, &item);
                self.bind(slot, total);
                total = self.eval(body)?;
            }
            return Ok(total);
        }
        if single {
            return Ok(rows.into_iter().next().unwrap_or(Value::Null));
        }
        if matches!(query.result, Some((_, true))) {
            rows = list::distinct(&rows);
        }
        if let Some(sort) = query.sort {
            rows = self.sorted(rows, sort)?;
        }
        Ok(Value::list(rows))
    }

    /// Every combination of several sources, the first varying slowest.
    fn product(
        &mut self,
        query: &'a Query,
        depth: usize,
        rows: &mut Vec<Value<'a>>,
        single: &mut bool,
    ) -> Result<(), Fault> {
        let Some((slot, source)) = query.sources.get(depth) else { return self.row(query, rows) };
        let value = self.eval(*source)?;
        *single &= !matches!(value, Value::List(_));
        for item in value.items() {
            self.bind(*slot, item.clone());
            self.product(query, depth + 1, rows, single)?;
        }
        Ok(())
    }

    /// Whether the bound row fulfills lets, relations and condition.
    pub(super) fn passes(&mut self, query: &'a Query) -> Result<bool, Fault> {
        for (slot, value) in &*query.lets {
            let value = self.eval(*value)?;
            self.bind(*slot, value);
        }
        for (with, slot, source, such_that) in &*query.relations {
            let related = self.eval(*source)?;
            let mut found = false;
            for item in related.items() {
                self.bind(*slot, item.clone());
                if self.truth(*such_that)? == Some(true) {
                    found = true;
                    break;
                }
            }
            if found != *with {
                return Ok(false);
            }
        }
        match query.condition {
            Some(condition) => Ok(self.truth(condition)? == Some(true)),
            None => Ok(true),
        }
    }

    /// Tests the bound row and adds what it gives.
    fn row(&mut self, query: &'a Query, rows: &mut Vec<Value<'a>>) -> Result<(), Fault> {
        if !self.passes(query)? {
            return Ok(());
        }
        let value = match query.result {
            Some((result, _)) if query.aggregate.is_none() => self.eval(result)?,
            _ => self.whole_row(query),
        };
        rows.push(value);
        Ok(())
    }

    fn whole_row(&mut self, query: &'a Query) -> Value<'a> {
        let local = |this: &Self, slot: u32| this.locals.get(this.base + slot as usize).cloned().unwrap_or(Value::Null);
        if let ([(slot, _)], true) = (&query.sources[..], query.lets.is_empty() || query.aggregate.is_none()) {
            return local(self, *slot);
        }
        let mut fields: Vec<(Text<'a>, Value<'a>)> = query
            .sources
            .iter()
            .zip(&query.names)
            .map(|((slot, _), name)| (Text::Borrowed(name), local(self, *slot)))
            .collect();
        if query.aggregate.is_some() {
            // An aggregate sees the row's lets again.
            fields.extend(query.lets.iter().map(|(slot, _)| (Text::Borrowed(""), local(self, *slot))));
        }
        super::tuple(fields)
    }

    /// Puts a row's values back into their slots for the aggregate's body.
    fn rebind(&mut self, query: &'a Query, item: &Value<'a>) {
        let slots: Vec<u32> = query.sources.iter().map(|(s, _)| *s).chain(query.lets.iter().map(|(s, _)| *s)).collect();
        match (item, slots.as_slice()) {
            (_, [slot]) => self.bind(*slot, item.clone()),
            (Value::Tuple(t), slots) => {
                for (slot, (_, value)) in slots.iter().zip(&t.fields) {
                    self.bind(*slot, value.clone());
                }
            }
            _ => {}
        }
    }

    pub(super) fn sorted(&mut self, items: Vec<Value<'a>>, sort: u32) -> Result<Vec<Value<'a>>, Fault> {
        let sort = &self.program.sorts[sort as usize];
        let mut keyed = Vec::with_capacity(items.len());
        for item in items {
            self.bind(sort.slot, item.clone());
            let keys: Vec<Value<'a>> = sort.keys.iter().map(|(key, _)| self.eval(*key)).collect::<Result<_, _>>()?;
            keyed.push((keys, item));
        }
        keyed.sort_by(|(a, _), (b, _)| {
            for ((x, y), (_, descends)) in a.iter().zip(b).zip(&*sort.keys) {
                let order = sort_order(x, y);
                let order = if *descends { order.reverse() } else { order };
                if order != std::cmp::Ordering::Equal {
                    return order;
                }
            }
            std::cmp::Ordering::Equal
        });
        Ok(keyed.into_iter().map(|(_, item)| item).collect())
    }
}

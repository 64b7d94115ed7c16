//! Following a value back to the resources that made it.

use crate::Fault;
use crate::ops::equal::equal;
use crate::program::{Expr, ExprId, Op1, Query};
use crate::value::Value;

use super::{Evaluator, Gathered, parts};

/// Whether a truth is decided by its first operand, its second, or both.
enum Sides {
    First,
    Second,
    Both,
}

/// Which sides of an `and` (`decider` false) or `or` (`decider` true) made the result.
fn sides(a: Option<bool>, b: Option<bool>, decider: bool) -> Sides {
    if b == Some(decider) {
        Sides::Second
    } else {
        match (a, b) {
            // Unknown: the side that is unknown made it so.
            (None, Some(_)) => Sides::First,
            (Some(_), None) => Sides::Second,
            _ => Sides::Both,
        }
    }
}

impl<'a> Evaluator<'a> {
    pub(super) fn why_definition(&mut self, id: u32, to: &mut Gathered, level: usize) -> Result<(), Fault> {
        let definition = &self.program.definitions[id as usize];
        to.names.push(definition.name.to_string());
        let base = std::mem::replace(&mut self.base, self.locals.len());
        let result = self.why(definition.body, to, level + 1);
        self.locals.truncate(self.base);
        self.base = base;
        to.names.pop();
        result
    }

    /// Gathers what made the value of an expression, with the names in force now.
    pub(super) fn why(&mut self, id: ExprId, to: &mut Gathered, level: usize) -> Result<(), Fault> {
        if !self.follows(level) || (!parts::is_open(self.program, id) && !to.seen.insert(id)) {
            return Ok(());
        }
        let level = level + 1;
        let program = self.program;
        match &program.exprs[id as usize] {
            Expr::Def(at) => self.why_definition(*at, to, level),
            Expr::Local(_) => {
                let value = self.eval(id)?;
                self.resources_of(&value, &mut to.resources);
                Ok(())
            }
            Expr::Property(source, _) => {
                let from = self.eval(*source)?;
                let before = to.resources.len();
                self.resources_of(&from, &mut to.resources);
                if to.resources.len() > before { Ok(()) } else { self.why(*source, to, level) }
            }
            Expr::And(a, b) | Expr::Or(a, b) => {
                let decider = matches!(program.exprs[id as usize], Expr::Or(..));
                self.why_sides((*a, false), *b, decider, to, level)
            }
            Expr::Implies(a, b) => self.why_sides((*a, true), *b, true, to, level),
            Expr::If(condition, then, otherwise) => {
                self.why(*condition, to, level)?;
                let chosen = if self.truth(*condition)? == Some(true) { *then } else { *otherwise };
                self.why(chosen, to, level)
            }
            Expr::TypeSwitch(slot, arms, otherwise) => {
                let chosen = self.arm(*slot, arms, *otherwise);
                self.why(chosen, to, level)
            }
            Expr::Case(comparand, items, otherwise) => {
                let subject = match comparand {
                    Some(id) => Some(self.eval(*id)?),
                    None => None,
                };
                for (when, then) in items {
                    self.why(*when, to, level)?;
                    let fits = match &subject {
                        Some(subject) => equal(subject, &self.eval(*when)?) == Some(true),
                        None => self.truth(*when)? == Some(true),
                    };
                    if fits {
                        return self.why(*then, to, level);
                    }
                }
                self.why(*otherwise, to, level)
            }
            Expr::Coalesce(args) => {
                for arg in args {
                    if !self.eval(*arg)?.is_null() {
                        return self.why(*arg, to, level);
                    }
                }
                args.iter().try_for_each(|arg| self.why(*arg, to, level))
            }
            Expr::Call(function, args) => {
                let values = self.all(args)?;
                for arg in args {
                    self.why(*arg, to, level)?;
                }
                let body = program.functions[*function as usize].body;
                let base = std::mem::replace(&mut self.base, self.locals.len());
                self.locals.extend(values);
                let result = self.why(body, to, level);
                self.locals.truncate(self.base);
                self.base = base;
                result
            }
            Expr::Op1(Op1::First | Op1::Last, list) => {
                // Only the one taken counts, not all it was taken from.
                let value = self.eval(id)?;
                let before = to.resources.len();
                self.resources_of(&value, &mut to.resources);
                if to.resources.len() > before { Ok(()) } else { self.why(*list, to, level) }
            }
            Expr::Retrieve(..) | Expr::Query(_) => self.why_list(id, to, level),
            _ => {
                let mut list = Vec::new();
                parts::each(program, id, &mut |part| list.push(part));
                list.into_iter().try_for_each(|part| self.why(part, to, level))
            }
        }
    }

    /// The sides of an `and` or `or` that made its result; as in evaluating, a first side that decides leaves the second
    /// unasked. The first is taken negated for `implies`.
    fn why_sides(
        &mut self,
        (a, negated): (ExprId, bool),
        b: ExprId,
        decider: bool,
        to: &mut Gathered,
        level: usize,
    ) -> Result<(), Fault> {
        let first = self.truth(a)?.map(|x| x != negated);
        if first == Some(decider) {
            return self.why(a, to, level);
        }
        match sides(first, self.truth(b)?, decider) {
            Sides::Second => self.why(b, to, level),
            Sides::First => self.why(a, to, level),
            Sides::Both => {
                self.why(a, to, level)?;
                self.why(b, to, level)
            }
        }
    }

    /// A list that has items stands on their resources and on what let them in; an empty one on what was not found.
    fn why_list(&mut self, id: ExprId, to: &mut Gathered, level: usize) -> Result<(), Fault> {
        let program = self.program;
        let value = self.eval(id)?;
        let empty = match &value {
            Value::Null => true,
            Value::List(items) => items.iter().all(Value::is_null),
            _ => false,
        };
        if empty {
            let names = to.names.clone();
            let mut found = self.searches(id, &names, level)?;
            to.absent.append(&mut found);
            return Ok(());
        }
        self.resources_of(&value, &mut to.resources);
        match &program.exprs[id as usize] {
            Expr::Query(at) => self.why_rows(&program.queries[*at as usize], to, level),
            _ => Ok(()),
        }
    }

    /// Gathers what the rows of a query that passed rest on.
    fn why_rows(&mut self, query: &'a Query, to: &mut Gathered, level: usize) -> Result<(), Fault> {
        let mut rows = Vec::new();
        self.passing(query, 0, &mut Vec::new(), &mut rows)?;
        for row in rows {
            for ((slot, _), value) in query.sources.iter().zip(&row) {
                self.bind(*slot, value.clone());
                self.resources_of(value, &mut to.resources);
            }
            for (slot, value) in &*query.lets {
                let value = self.eval(*value)?;
                self.bind(*slot, value);
            }
            for (with, slot, source, such_that) in &*query.relations {
                let related = self.eval(*source)?;
                for item in related.items() {
                    self.bind(*slot, item.clone());
                    if *with && self.truth(*such_that)? == Some(true) {
                        self.resources_of(item, &mut to.resources);
                        self.why(*such_that, to, level)?;
                        break;
                    }
                }
            }
            if let Some(condition) = query.condition {
                self.why(condition, to, level)?;
            }
        }
        Ok(())
    }

    /// The source values of every row of a query that passes.
    fn passing(
        &mut self,
        query: &'a Query,
        depth: usize,
        row: &mut Vec<Value<'a>>,
        rows: &mut Vec<Vec<Value<'a>>>,
    ) -> Result<(), Fault> {
        let Some((slot, source)) = query.sources.get(depth) else {
            if self.passes(query)? {
                rows.push(row.clone());
            }
            return Ok(());
        };
        let value = self.eval(*source)?;
        for item in value.items() {
            self.bind(*slot, item.clone());
            row.push(item.clone());
            self.passing(query, depth + 1, row, rows)?;
            row.pop();
        }
        Ok(())
    }
}

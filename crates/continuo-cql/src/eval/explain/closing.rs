//! What would make an expression come out as wanted.

use std::collections::BTreeSet;

use crate::Fault;
use crate::program::{Expr, ExprId, Op1};
use crate::value::Value;

use super::{Closing, Evaluator, Gathered, parts};

impl Evaluator<'_> {
    pub(super) fn close_definition(
        &mut self,
        id: u32,
        wanted: bool,
        names: &mut Vec<String>,
        level: usize,
    ) -> Result<Closing, Fault> {
        let definition = &self.program.definitions[id as usize];
        names.push(definition.name.to_string());
        let base = std::mem::replace(&mut self.base, self.locals.len());
        let result = self.close(definition.body, wanted, names, level + 1);
        self.locals.truncate(self.base);
        self.base = base;
        names.pop();
        result
    }

    fn close(&mut self, id: ExprId, wanted: bool, names: &mut Vec<String>, level: usize) -> Result<Closing, Fault> {
        let (program, level) = (self.program, level + 1);
        let value = self.eval(id)?;
        let holds = match &value {
            Value::Bool(is) => *is,
            Value::Null => false,
            Value::List(items) => items.iter().any(|v| !v.is_null()),
            _ => true,
        };
        // An unknown truth is neither wanted true nor wanted false.
        if holds == wanted && !value.is_null() || !self.follows(level) {
            return Ok(Closing::Nothing);
        }
        Ok(match &program.exprs[id as usize] {
            Expr::Def(at) => return self.close_definition(*at, wanted, names, level),
            Expr::And(a, b) | Expr::Or(a, b) => {
                let both = vec![self.close(*a, wanted, names, level)?, self.close(*b, wanted, names, level)?];
                let every = matches!(program.exprs[id as usize], Expr::And(..)) == wanted;
                if every { Closing::All(both) } else { Closing::Any(both) }
            }
            Expr::Implies(a, b) => {
                let both = vec![self.close(*a, !wanted, names, level)?, self.close(*b, wanted, names, level)?];
                if wanted { Closing::Any(both) } else { Closing::All(both) }
            }
            Expr::Op1(Op1::Not, inner) => return self.close(*inner, !wanted, names, level),
            Expr::Op1(Op1::IsTrue, inner) => return self.close(*inner, wanted, names, level),
            Expr::Op1(Op1::IsFalse, inner) => return self.close(*inner, !wanted, names, level),
            Expr::If(condition, then, otherwise) => {
                let chosen = if self.truth(*condition)? == Some(true) { *then } else { *otherwise };
                return self.close(chosen, wanted, names, level);
            }
            Expr::TypeSwitch(slot, arms, otherwise) => {
                let chosen = self.arm(*slot, arms, *otherwise);
                return self.close(chosen, wanted, names, level);
            }
            Expr::Op1(Op1::IsNull, inner) if !wanted => self.look_for(*inner, id, names, level)?,
            Expr::Op1(Op1::Exists, inner) if wanted => self.look_for(*inner, id, names, level)?,
            Expr::Query(_) | Expr::Retrieve(..) if wanted => self.look_for(id, id, names, level)?,
            Expr::Op1(Op1::Exists | Op1::IsNull, _) | Expr::Query(_) | Expr::Retrieve(..) => {
                self.fixed(id, names, level)?
            }
            _ => {
                let searches = self.searches(id, names, level)?;
                if searches.is_empty() {
                    return self.fixed(id, names, level);
                }
                Closing::Other {
                    definition: names.last().cloned().unwrap_or_default(),
                    resources: self.resting_on(id, level)?,
                    searches,
                }
            }
        })
    }

    /// Something that one of the searches behind a list finds.
    fn look_for(&mut self, list: ExprId, whole: ExprId, names: &[String], level: usize) -> Result<Closing, Fault> {
        let list = self.reads(list);
        let searches = self.searches(list, names, level)?;
        if searches.is_empty() {
            return self.fixed(whole, names, level);
        }
        Ok(Closing::Any(searches.into_iter().map(Closing::Found).collect()))
    }

    fn fixed(&mut self, id: ExprId, names: &[String], level: usize) -> Result<Closing, Fault> {
        let resources = self.resting_on(id, level)?;
        Ok(Closing::Fixed { definition: names.last().cloned().unwrap_or_default(), resources })
    }

    fn resting_on(&mut self, id: ExprId, level: usize) -> Result<Vec<String>, Fault> {
        let mut gathered = Gathered::default();
        self.why(id, &mut gathered, level)?;
        let mut resources: BTreeSet<u32> = gathered.resources;
        if parts::is_open(self.program, id) {
            let value = self.eval(id)?;
            self.resources_of(&value, &mut resources);
        }
        Ok(self.labels(&resources))
    }
}

/// Nested lists of one kind as one list, and what is done already left out.
pub(super) fn simplified(closing: Closing) -> Closing {
    let (list, every) = match closing {
        Closing::Any(list) => (list, false),
        Closing::All(list) => (list, true),
        other => return other,
    };
    let mut flat = Vec::new();
    for item in list.into_iter().map(simplified) {
        match item {
            Closing::Nothing => {}
            Closing::Any(inner) if !every => flat.extend(inner),
            Closing::All(inner) if every => flat.extend(inner),
            other => flat.push(other),
        }
    }
    let mut once: Vec<Closing> = Vec::new();
    for item in flat {
        if !once.contains(&item) {
            once.push(item);
        }
    }
    // Of several ways, those that nobody can go are not ways.
    if !every && once.iter().any(Closing::is_possible) {
        once.retain(Closing::is_possible);
    }
    match once.len() {
        0 => Closing::Nothing,
        1 => once.swap_remove(0),
        _ if every => Closing::All(once),
        _ => Closing::Any(once),
    }
}

//! The searches behind a list, with the stretch of time in which their logic lets something count.

use std::collections::BTreeSet;

use crate::Fault;
use crate::ops::interval::Relation;
use crate::program::{Expr, ExprId, Op1, Op2, Polarity, Program, Query};
use crate::value::{Date, DateTime, Value};

use super::{Evaluator, Search, parts};

/// The stretch of time in which something counts.
#[derive(Clone, Copy, Default)]
struct Window {
    from: Option<DateTime>,
    to: Option<DateTime>,
}

impl Window {
    fn within(self, other: Window) -> Window {
        let pick = |a: Option<DateTime>, b: Option<DateTime>, later: bool| match (a, b) {
            (Some(a), Some(b)) => Some(if (a.utc() > b.utc()) == later { a } else { b }),
            (one, None) | (None, one) => one,
        };
        Window { from: pick(self.from, other.from, true), to: pick(self.to, other.to, false) }
    }
}

impl<'a> Evaluator<'a> {
    /// The searches that an expression's list comes from. `names` are the definitions on the way, innermost last.
    pub(super) fn searches(&mut self, id: ExprId, names: &[String], level: usize) -> Result<Vec<Search>, Fault> {
        let mut found = Vec::new();
        let mut names = names.to_vec();
        self.search(id, Window::default(), &mut names, level, &mut found)?;
        Ok(found)
    }

    fn search(
        &mut self,
        id: ExprId,
        window: Window,
        names: &mut Vec<String>,
        level: usize,
        found: &mut Vec<Search>,
    ) -> Result<(), Fault> {
        if !self.follows(level) {
            return Ok(());
        }
        let (program, level) = (self.program, level + 1);
        match &program.exprs[id as usize] {
            Expr::Def(at) => {
                let definition = &program.definitions[*at as usize];
                names.push(definition.name.to_string());
                let base = std::mem::replace(&mut self.base, self.locals.len());
                let result = self.search(definition.body, window, names, level, found);
                self.locals.truncate(self.base);
                self.base = base;
                names.pop();
                result
            }
            Expr::Call(function, args) => {
                let values = self.all(args)?;
                for arg in args {
                    self.search(*arg, window, names, level, found)?;
                }
                let body = program.functions[*function as usize].body;
                let base = std::mem::replace(&mut self.base, self.locals.len());
                self.locals.extend(values);
                let result = self.search(body, window, names, level, found);
                self.locals.truncate(self.base);
                self.base = base;
                result
            }
            Expr::Retrieve(at, codes) => {
                let search = self.asked(*at, *codes, window, id, names)?;
                if !found.contains(&search) {
                    found.push(search);
                }
                Ok(())
            }
            Expr::Query(at) => {
                let query = &program.queries[*at as usize];
                let mut inner = window;
                if query.condition.is_some() {
                    inner = inner.within(self.window(query)?);
                }
                for (_, source) in &query.sources {
                    self.search(*source, inner, names, level, found)?;
                }
                Ok(())
            }
            Expr::If(condition, then, otherwise) => {
                let chosen = if self.truth(*condition)? == Some(true) { *then } else { *otherwise };
                self.search(chosen, window, names, level, found)
            }
            Expr::TypeSwitch(slot, arms, otherwise) => {
                let chosen = self.arm(*slot, arms, *otherwise);
                self.search(chosen, window, names, level, found)
            }
            // Reading a value does not look for anything; operators pass through to what they read.
            _ => {
                let mut list = Vec::new();
                parts::each(program, id, &mut |part| list.push(part));
                list.into_iter().try_for_each(|part| self.search(part, window, names, level, found))
            }
        }
    }

    /// A retrieve as a search, with what it found although that did not count.
    fn asked(
        &mut self,
        at: u32,
        codes: Option<ExprId>,
        window: Window,
        id: ExprId,
        names: &[String],
    ) -> Result<Search, Fault> {
        let retrieve = &self.program.retrieves[at as usize];
        let mut wanted = Vec::new();
        let mut name = retrieve.set_name.as_deref().map(str::to_owned);
        if let Some(codes) = codes {
            for item in self.eval(codes)?.items() {
                let of = |c: &crate::value::Code<'_>| {
                    let text = |t: &Option<crate::value::Text<'_>>| t.as_deref().unwrap_or_default().to_owned();
                    (text(&c.system), text(&c.code), c.display.as_deref().map(str::to_owned))
                };
                let list: Vec<_> = match item {
                    Value::Code(code) => vec![of(code)],
                    Value::Concept(concept) => concept.codes.iter().map(|c| of(c)).collect(),
                    _ => Vec::new(),
                };
                for (system, code, display) in list {
                    name = name.or(display);
                    wanted.push((system, code));
                }
            }
        }
        let value = self.eval(id)?;
        let mut seen = BTreeSet::new();
        self.resources_of(&value, &mut seen);
        Ok(Search {
            definition: names.last().cloned().unwrap_or_default(),
            type_name: retrieve.type_name.to_string(),
            profile: Some(retrieve.profile.to_string()).filter(|p| !p.is_empty()),
            value_set: retrieve.set_url.as_deref().map(str::to_owned),
            name,
            codes: wanted,
            not_done: retrieve.polarity == Polarity::NotDone,
            from: window.from,
            to: window.to,
            considered: self.labels(&seen),
        })
    }

    /// What a query's condition says about when its rows count: comparisons of the row with something known.
    fn window(&mut self, query: &'a Query) -> Result<Window, Fault> {
        let mut window = Window::default();
        let mut rest: Vec<ExprId> = query.condition.into_iter().collect();
        while let Some(id) = rest.pop() {
            if let Expr::And(a, b) = &self.program.exprs[id as usize] {
                rest.extend([*a, *b]);
            } else {
                window = window.within(self.said_by(id)?);
            }
        }
        Ok(window)
    }

    /// What one condition says. One that calls a function says what the function's body says, of what is known.
    fn said_by(&mut self, id: ExprId) -> Result<Window, Fault> {
        let Expr::Call(function, args) = &self.program.exprs[id as usize] else {
            return self.bounds_of(id, &|program, id| parts::is_open(program, id));
        };
        let row: Vec<u32> = (0u32..)
            .zip(args.iter())
            .filter(|(_, arg)| parts::is_open(self.program, **arg))
            .map(|(slot, _)| slot)
            .collect();
        let mut values = Vec::with_capacity(args.len());
        for arg in args {
            values.push(if parts::is_open(self.program, *arg) { Value::Null } else { self.eval(*arg)? });
        }
        let body = self.program.functions[*function as usize].body;
        let base = std::mem::replace(&mut self.base, self.locals.len());
        self.locals.extend(values);
        let mut window = Window::default();
        let mut rest = vec![body];
        let mut result = Ok(());
        while let Some(id) = rest.pop() {
            if let Expr::And(a, b) = &self.program.exprs[id as usize] {
                rest.extend([*a, *b]);
                continue;
            }
            match self.bounds_of(id, &|program, id| touches(program, id, &row, 0)) {
                Ok(bounds) => window = window.within(bounds),
                Err(fault) => result = Err(fault),
            }
        }
        self.locals.truncate(self.base);
        self.base = base;
        result.map(|()| window)
    }

    fn bounds_of(&mut self, id: ExprId, is_row: &dyn Fn(&Program, ExprId) -> bool) -> Result<Window, Fault> {
        let (kind, a, b) = match &self.program.exprs[id as usize] {
            Expr::Op2(Op2::In | Op2::IncludedIn, a, b, _) => (Relation::Includes, *a, *b),
            Expr::Op2(Op2::Contains | Op2::Includes, a, b, _) => (Relation::Includes, *b, *a),
            Expr::Op2(Op2::Less | Op2::LessOrEqual, a, b, _) => (Relation::SameOrBefore, *a, *b),
            Expr::Op2(Op2::Greater | Op2::GreaterOrEqual, a, b, _) => (Relation::SameOrAfter, *a, *b),
            Expr::Relation(kind, a, b, _) => (*kind, *a, *b),
            _ => return Ok(Window::default()),
        };
        let (open_a, open_b) = (is_row(self.program, a), is_row(self.program, b));
        let (known, kind) = match (open_a, open_b) {
            (true, false) => (b, kind),
            (false, true) => (a, mirrored(kind)),
            _ => return Ok(Window::default()),
        };
        let value = self.eval(known)?;
        let (start, end) = match &value {
            Value::Interval(i) if !i.uncertain => (moment(&i.start(), false), moment(&i.end(), true)),
            point => (moment(point, false), moment(point, true)),
        };
        Ok(match kind {
            Relation::Before | Relation::SameOrBefore => Window { from: None, to: start },
            Relation::After | Relation::SameOrAfter => Window { from: end, to: None },
            Relation::Includes
            | Relation::ProperIncludes
            | Relation::Overlaps
            | Relation::SameAs
            | Relation::Starts
            | Relation::Ends => Window { from: start, to: end },
            Relation::OverlapsBefore => Window { from: None, to: start },
            Relation::OverlapsAfter => Window { from: end, to: None },
            Relation::Meets | Relation::MeetsBefore | Relation::MeetsAfter => Window::default(),
        })
    }

    /// The expression that a list operator reads its items from.
    pub(super) fn reads(&self, id: ExprId) -> ExprId {
        match &self.program.exprs[id as usize] {
            Expr::Op1(Op1::Exists | Op1::First | Op1::Last | Op1::SingletonFrom | Op1::ToList, inner) => {
                self.reads(*inner)
            }
            _ => id,
        }
    }
}

/// Whether an expression reads one of these operands of its function. What is nested too deeply counts as reading them.
fn touches(program: &Program, id: ExprId, slots: &[u32], depth: usize) -> bool {
    if depth > 200 {
        return true;
    }
    if let Expr::Local(slot) = &program.exprs[id as usize] {
        return slots.contains(slot);
    }
    let mut found = false;
    parts::each(program, id, &mut |part| found = found || touches(program, part, slots, depth + 1));
    found
}

fn mirrored(kind: Relation) -> Relation {
    match kind {
        Relation::Before => Relation::After,
        Relation::After => Relation::Before,
        Relation::SameOrBefore => Relation::SameOrAfter,
        Relation::SameOrAfter => Relation::SameOrBefore,
        Relation::OverlapsBefore => Relation::OverlapsAfter,
        Relation::OverlapsAfter => Relation::OverlapsBefore,
        Relation::MeetsBefore => Relation::MeetsAfter,
        Relation::MeetsAfter => Relation::MeetsBefore,
        same => same,
    }
}

/// A date or date-time as its first or last moment; the ends of the calendar are no bound.
fn moment(value: &Value<'_>, last: bool) -> Option<DateTime> {
    let at = match value {
        Value::DateTime(at) => *at,
        Value::Date(Date { day, precision }) => Date { day: *day, precision: *precision }.to_datetime(0),
        _ => return None,
    };
    let local = if last { at.last() } else { at.local };
    let at = DateTime { local, offset: at.offset, precision: crate::value::Precision::Millisecond };
    let year = at.date().civil().0;
    (year > 1 && year < 9999).then_some(at)
}

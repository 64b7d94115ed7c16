//! Evaluation of one patient: lazy, each closed expression at most once, never across patients.

mod apply;
pub mod explain;
mod query;
mod retrieve;
mod terms;
mod types;

use std::cell::RefCell;
use std::rc::Rc;

use crate::Fault;
use crate::ops::{self, Outcome};
use crate::program::{CodeConst, Const, Expr, ExprId, NO_SLOT, Program};
use crate::record::Record;
use crate::terminology::Terminology;
use crate::value::{
    Code, Concept, DateTime, Decimal, Interval, Precision, Quantity, Ratio, Text, Tuple, Value, Vocabulary,
};

/// How far one patient's evaluation may go.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Expressions evaluated.
    pub steps: u64,
    /// Nesting of expressions; each level costs stack, see [`crate::deep_stack`].
    pub depth: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { steps: 20_000_000, depth: 300 }
    }
}

/// What every patient of a run shares: the program, its constants as values, parameters and the clock.
pub struct Session<'p> {
    program: &'p Program,
    terms: &'p Terminology,
    consts: Vec<Value<'p>>,
    /// Value set of each constant that names one.
    sets: Vec<Option<usize>>,
    parameters: Vec<Option<Value<'p>>>,
    now: DateTime,
    limits: Limits,
    index: RefCell<Index>,
}

/// Where each cached expression's value stands; entries of earlier patients are told by their epoch.
#[derive(Default)]
struct Index {
    epoch: u32,
    places: Vec<(u32, u32)>,
    definitions: Vec<u32>,
}

impl<'p> Session<'p> {
    /// Prepares a run. `now` is the request's time, whose offset is the default for values without one.
    pub fn new(program: &'p Program, terms: &'p Terminology, now: DateTime, limits: Limits) -> Session<'p> {
        let consts: Vec<Value<'p>> = program.consts.iter().map(constant).collect();
        let sets = program
            .consts
            .iter()
            .map(|c| match c {
                Const::Vocabulary(true, id, ..) => terms.set_index(id),
                _ => None,
            })
            .collect();
        let index = Index {
            epoch: 0,
            places: vec![(0, 0); program.slot_count as usize],
            definitions: vec![0; program.definitions.len()],
        };
        let parameters = vec![None; program.parameters.len()];
        Session { program, terms, consts, sets, parameters, now, limits, index: RefCell::new(index) }
    }

    /// Gives a parameter its value in every library that declares it.
    pub fn set_parameter(&mut self, name: &str, value: &Value<'p>) {
        for (at, parameter) in self.program.parameters.iter().enumerate() {
            if &*parameter.name == name {
                self.parameters[at] = Some(value.clone());
            }
        }
    }

    /// Starts on a patient.
    pub fn patient<'a>(&'a self, record: &'a Record<'a>) -> Evaluator<'a>
    where
        'p: 'a,
    {
        crate::value::temporal::set_request_offset(self.now.offset);
        let mut index = self.index.take();
        index.epoch += 1;
        Evaluator {
            program: self.program,
            terms: self.terms,
            consts: &self.consts,
            sets: &self.sets,
            parameters: &self.parameters,
            home: &self.index,
            record,
            now: self.now,
            limits: self.limits,
            index,
            values: Vec::with_capacity(64),
            locals: Vec::with_capacity(32),
            base: 0,
            steps: 0,
            depth: 0,
            looked: 0,
        }
    }
}

/// Evaluates definitions for one patient.
pub struct Evaluator<'a> {
    program: &'a Program,
    terms: &'a Terminology,
    consts: &'a [Value<'a>],
    sets: &'a [Option<usize>],
    parameters: &'a [Option<Value<'a>>],
    home: &'a RefCell<Index>,
    record: &'a Record<'a>,
    now: DateTime,
    limits: Limits,
    index: Index,
    values: Vec<Value<'a>>,
    locals: Vec<Value<'a>>,
    base: usize,
    steps: u64,
    depth: u32,
    /// Expressions looked at while explaining.
    looked: u32,
}

impl Drop for Evaluator<'_> {
    fn drop(&mut self) {
        self.home.replace(std::mem::take(&mut self.index));
    }
}

impl<'a> Evaluator<'a> {
    /// The value of a definition.
    pub fn definition(&mut self, id: u32) -> Outcome<'a> {
        if self.program.definitions.len() <= id as usize {
            return Err(Fault::Runtime(format!("there is no definition {id}")));
        }
        self.recover();
        self.define(id)
    }

    /// Calls a function with values.
    pub fn call(&mut self, function: u32, args: Vec<Value<'a>>) -> Outcome<'a> {
        self.recover();
        self.enter(function, args)
    }

    /// Expressions evaluated so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// After a fault, frames and depth are put right.
    fn recover(&mut self) {
        self.locals.clear();
        self.base = 0;
        self.depth = 0;
    }

    fn define(&mut self, id: u32) -> Outcome<'a> {
        let definition = &self.program.definitions[id as usize];
        if self.index.definitions[id as usize] == self.index.epoch {
            return Err(Fault::Cycle(definition.name.to_string()));
        }
        self.index.definitions[id as usize] = self.index.epoch;
        // A definition sees no names of whoever asks for it.
        let base = std::mem::replace(&mut self.base, self.locals.len());
        let result = self.eval(definition.body);
        self.locals.truncate(self.base);
        self.base = base;
        self.index.definitions[id as usize] = 0;
        result
    }

    fn enter(&mut self, id: u32, args: Vec<Value<'a>>) -> Outcome<'a> {
        let function = &self.program.functions[id as usize];
        let base = std::mem::replace(&mut self.base, self.locals.len());
        self.locals.extend(args);
        let result = self.eval(function.body);
        self.locals.truncate(self.base);
        self.base = base;
        result
    }

    fn bind(&mut self, slot: u32, value: Value<'a>) {
        let at = self.base + slot as usize;
        if self.locals.len() <= at {
            self.locals.resize(at + 1, Value::Null);
        }
        self.locals[at] = value;
    }

    /// Evaluates an expression, from the cache where it has a slot.
    fn eval(&mut self, id: ExprId) -> Outcome<'a> {
        let slot = self.program.slots[id as usize];
        if slot != NO_SLOT {
            let (epoch, place) = self.index.places[slot as usize];
            if epoch == self.index.epoch {
                return Ok(self.values[place as usize].clone());
            }
        }
        self.steps += 1;
        if self.steps > self.limits.steps {
            return Err(Fault::Budget);
        }
        if self.depth >= self.limits.depth {
            return Err(Fault::Depth);
        }
        self.depth += 1;
        let result = self.compute(id);
        self.depth -= 1;
        if let (true, Ok(value)) = (slot != NO_SLOT, &result) {
            self.index.places[slot as usize] = (self.index.epoch, self.values.len() as u32);
            self.values.push(value.clone());
        }
        result
    }

    fn truth(&mut self, id: ExprId) -> Result<Option<bool>, Fault> {
        match self.eval(id)? {
            Value::Bool(b) => Ok(Some(b)),
            Value::Null => Ok(None),
            // A FHIR boolean stands for its value.
            Value::Element(e) => Ok(e.node.as_bool()),
            other => Err(Fault::Runtime(format!("expected a Boolean, found a value of type {}", other.type_name()))),
        }
    }

    fn all(&mut self, ids: &[ExprId]) -> Result<Vec<Value<'a>>, Fault> {
        ids.iter().map(|id| self.eval(*id)).collect()
    }

    fn compute(&mut self, id: ExprId) -> Outcome<'a> {
        let program = self.program;
        Ok(match &program.exprs[id as usize] {
            Expr::Null => Value::Null,
            Expr::Const(at) => self.consts[*at as usize].clone(),
            Expr::Local(slot) => self.locals.get(self.base + *slot as usize).cloned().unwrap_or(Value::Null),
            Expr::Def(at) => return self.define(*at),
            Expr::Param(at) => return self.parameter(*at as usize),
            Expr::Call(function, args) => {
                let args = self.all(args)?;
                return self.enter(*function, args);
            }
            Expr::Property(source, step) => {
                let from = self.eval(*source)?;
                self.property(&from, *step)
            }
            Expr::Retrieve(at, codes) => return self.retrieve(*at, *codes),
            Expr::Query(at) => return self.query(*at),
            Expr::If(condition, then, otherwise) => {
                let chosen = if self.truth(*condition)? == Some(true) { *then } else { *otherwise };
                return self.eval(chosen);
            }
            Expr::Case(comparand, items, otherwise) => return self.case(*comparand, items, *otherwise),
            Expr::And(a, b) => {
                let left = self.truth(*a)?;
                if left == Some(false) {
                    return Ok(Value::Bool(false));
                }
                Value::truth(ops::and(left, self.truth(*b)?))
            }
            Expr::Or(a, b) => {
                let left = self.truth(*a)?;
                if left == Some(true) {
                    return Ok(Value::Bool(true));
                }
                Value::truth(ops::or(left, self.truth(*b)?))
            }
            Expr::Xor(a, b) => {
                let (a, b) = (self.truth(*a)?, self.truth(*b)?);
                Value::truth(a.zip(b).map(|(a, b)| a != b))
            }
            Expr::Implies(a, b) => {
                let left = self.truth(*a)?;
                if left == Some(false) {
                    return Ok(Value::Bool(true));
                }
                Value::truth(ops::or(left.map(|l| !l), self.truth(*b)?))
            }
            Expr::Coalesce(args) => return self.coalesce(args),
            Expr::Is(operand, wanted) => {
                let value = self.eval(*operand)?;
                Value::Bool(types::is(&value, &program.types[*wanted as usize]))
            }
            Expr::As(operand, wanted, strict) => {
                let value = self.eval(*operand)?;
                return types::cast(value, &program.types[*wanted as usize], *strict);
            }
            Expr::Convert(operand, wanted, test) => {
                let value = self.eval(*operand)?;
                types::convert(&value, &program.types[*wanted as usize], *test, self.now.offset)
            }
            Expr::List(items) => Value::list(self.all(items)?),
            Expr::Tuple(shape, values) => {
                let values = self.all(values)?;
                types::instance(&program.shapes[*shape as usize], values)
            }
            Expr::Interval(low, high, low_closed, high_closed, point) => {
                let (low, high) = (self.eval(*low)?, self.eval(*high)?);
                let closed = (self.truth(*low_closed)? == Some(true), self.truth(*high_closed)? == Some(true));
                return types::interval(low, high, closed, *point);
            }
            Expr::Helper(helper, operand) => {
                let value = self.eval(*operand)?;
                return helper.apply(&value, self.now.offset);
            }
            Expr::External(external, args) => {
                let args = self.all(args)?;
                return self.external(*external, &args);
            }
            Expr::Op1(op, a) => {
                let value = self.eval(*a)?;
                return self.apply1(*op, value);
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
            Expr::Relation(relation, a, b, precision) => {
                let (a, b) = (self.eval(*a)?, self.eval(*b)?);
                Value::truth(apply::relation(*relation, &a, &b, *precision))
            }
            Expr::Aggregate(kind, source) => {
                let value = self.eval(*source)?;
                return ops::aggregate::aggregate(*kind, &value);
            }
            Expr::Concatenate(args) => ops::text::concatenate(&self.all(args)?),
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
            Expr::InValueSet(code, set, any) => {
                let known = match &program.exprs[*set as usize] {
                    Expr::Const(at) => self.sets[*at as usize],
                    _ => None,
                };
                let code = self.eval(*code)?;
                let set = if known.is_some() { Value::Null } else { self.eval(*set)? };
                return self.in_value_set(&code, &set, known, *any);
            }
            Expr::InCodeSystem(code, system, _) => {
                let (code, system) = (self.eval(*code)?, self.eval(*system)?);
                terms::in_code_system(&code, &system)
            }
            Expr::Message(args) => return self.message(args),
            Expr::ForEach(slot, source, body, filter) => return self.for_each(*slot, *source, *body, *filter),
            Expr::Sort(source, sort) => {
                let value = self.eval(*source)?;
                let Value::List(items) = value else { return Ok(value) };
                Value::list(self.sorted(items.to_vec(), *sort)?)
            }
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
            Value::Element(e) => step.walk(*e, self.now.offset),
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

fn code<'p>(code: &'p CodeConst) -> Rc<Code<'p>> {
    let text = |t: &'p Option<Box<str>>| t.as_deref().map(Text::Borrowed);
    Rc::new(Code {
        code: Some(Text::Borrowed(&code.code)),
        system: text(&code.system),
        version: text(&code.version),
        display: text(&code.display),
    })
}

fn constant(value: &Const) -> Value<'_> {
    let quantity = |value: &Decimal, unit| Quantity { value: *value, unit: Text::Borrowed(unit) };
    match value {
        Const::Bool(b) => Value::Bool(*b),
        Const::Int(i) => Value::Int(*i),
        Const::Long(l) => Value::Long(*l),
        Const::Decimal(d) => Value::Decimal(*d),
        Const::Str(s) => Value::Str(Text::Borrowed(s)),
        Const::Quantity(value, unit) => Value::Quantity(Rc::new(quantity(value, unit))),
        Const::Ratio(n, nu, d, du) => {
            Value::Ratio(Rc::new(Ratio { numerator: quantity(n, nu), denominator: quantity(d, du) }))
        }
        Const::Code(c) => Value::Code(code(c)),
        Const::Concept(codes, display) => Value::Concept(Rc::new(Concept {
            codes: codes.iter().map(code).collect(),
            display: display.as_deref().map(Text::Borrowed),
        })),
        Const::Vocabulary(is_value_set, id, version, name) => Value::Vocabulary(Rc::new(Vocabulary {
            is_value_set: *is_value_set,
            id: Text::Borrowed(id),
            version: version.as_deref().map(Text::Borrowed),
            name: Text::Borrowed(name),
        })),
    }
}

/// A closed interval of date-times, as measurement periods are.
pub fn period<'p>(start: DateTime, end: DateTime) -> Value<'p> {
    Value::Interval(Rc::new(Interval::closed(Value::DateTime(start), Value::DateTime(end))))
}

/// An empty tuple of a class, for tests and callers that build instances.
pub fn tuple<'p>(fields: Vec<(Text<'p>, Value<'p>)>) -> Value<'p> {
    Value::Tuple(Rc::new(Tuple { class: Text::Borrowed(""), fields }))
}

/// The first and last millisecond of a date range, as a measurement period is written `A/B`.
pub fn parse_period(text: &str, offset: i16) -> Option<(DateTime, DateTime)> {
    let (start, end) = text.split_once('/')?;
    let start = DateTime::parse(start, offset)?;
    let end = DateTime::parse(end, offset)?;
    let full = |local, offset| DateTime { local, offset, precision: Precision::Millisecond };
    Some((full(start.local, start.offset), full(end.last(), end.offset)))
}

//! Evaluation of one patient: lazy, each closed expression at most once, never across patients.

mod apply;
mod compute;
pub mod explain;
mod iterate;
mod logic;
mod query;
mod retrieve;
mod terms;
mod types;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use continuo_fhir::{Instant, Zone};

use crate::Fault;
use crate::model::FhirType;
use crate::ops::Outcome;
use crate::program::{CodeConst, Const, Expr, ExprId, NO_SLOT, Program};
use crate::record::Record;
use crate::terminology::{QuickMap, Terminology, ValueSet};
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
    /// Types as they are tested.
    tests: Vec<types::Test<'p>>,
    /// Type in the model and value set of each retrieve.
    sources: Vec<(FhirType, Option<&'p ValueSet>)>,
    /// Code numbers of constant code lists.
    wanted: RefCell<QuickMap<ExprId, Rc<[u32]>>>,
    now: DateTime,
    /// Whose day `date from` takes.
    zone: Option<Zone>,
    limits: Limits,
    index: RefCell<Index>,
    /// Storage that patients take in turn.
    values: Cell<Vec<Value<'static>>>,
    locals: Cell<Vec<Value<'static>>>,
}

/// A definition that is being computed.
const RUNNING: u32 = u32::MAX;

/// Where each cached expression's value stands; entries of earlier patients are told by their epoch.
#[derive(Default)]
struct Index {
    epoch: u32,
    places: Vec<(u32, u32)>,
    /// The same for definitions; one whose value is being computed has no place.
    definitions: Vec<(u32, u32)>,
}

impl<'p> Session<'p> {
    /// Prepares a run. `now` is the request's time, whose offset is the default for values without one.
    pub fn new(program: &'p Program, terms: &'p Terminology, now: DateTime, limits: Limits) -> Session<'p> {
        let consts: Vec<Value<'p>> = program.consts.iter().map(constant).collect();
        let sets = program
            .consts
            .iter()
            .map(|c| match c {
                Const::Vocabulary(true, id, version, _) => terms.set_index_of(id, version.as_deref()),
                _ => None,
            })
            .collect();
        let index = Index {
            epoch: 0,
            places: vec![(0, 0); program.slot_count as usize],
            definitions: vec![(0, 0); program.definitions.len()],
        };
        let parameters = vec![None; program.parameters.len()];
        let source = |r: &'p crate::program::Retrieve| {
            (FhirType::find(&r.type_name).unwrap_or(FhirType::UNKNOWN), r.value_set.and_then(|set| terms.set(set)))
        };
        Session {
            program,
            terms,
            consts,
            sets,
            parameters,
            tests: program.types.iter().map(types::Test::new).collect(),
            sources: program.retrieves.iter().map(source).collect(),
            wanted: RefCell::default(),
            now,
            zone: None,
            limits,
            index: RefCell::new(index),
            values: Cell::default(),
            locals: Cell::default(),
        }
    }

    /// From here on `date from` a moment takes the civil day in this zone, whatever offset the source wrote: a reading sent as
    /// 01:30 UTC was taken on the evening before in New York. Without it the day is that of the offset written, as CQL has it.
    pub fn set_zone(&mut self, zone: Zone) {
        self.zone = Some(zone);
    }

    /// Gives a parameter its value in every library that declares it.
    pub fn set_parameter(&mut self, name: &str, value: &Value<'p>) {
        for (at, parameter) in self.program.parameters.iter().enumerate() {
            if &*parameter.name == name {
                self.parameters[at] = Some(if parameter.of_dates { days(value) } else { value.clone() });
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
            tests: &self.tests,
            sources: &self.sources,
            wanted: &self.wanted,
            home: self,
            record,
            now: self.now,
            limits: self.limits,
            index,
            values: emptied(self.values.take()),
            locals: emptied(self.locals.take()),
            base: 0,
            steps: 0,
            depth: 0,
            looked: 0,
        }
    }
}

/// A list's storage without its values, for values of another lifetime.
fn emptied<'a>(mut list: Vec<Value<'_>>) -> Vec<Value<'a>> {
    list.clear();
    list.into_iter().map(|_| Value::Null).collect()
}

impl Evaluator<'_> {
    /// A moment as `date from` sees it: in the zone of the session, if it has one and the clock is known.
    fn in_zone(&self, value: &Value<'_>) -> Option<DateTime> {
        let (Some(zone), Value::DateTime(at)) = (&self.home.zone, value) else { return None };
        let moment = Instant::from_micros(at.utc().saturating_mul(1000));
        (at.precision >= Precision::Hour).then(|| at.at_offset(zone.offset_minutes(moment)))
    }
}

/// Evaluates definitions for one patient.
pub struct Evaluator<'a> {
    program: &'a Program,
    terms: &'a Terminology,
    consts: &'a [Value<'a>],
    sets: &'a [Option<usize>],
    parameters: &'a [Option<Value<'a>>],
    tests: &'a [types::Test<'a>],
    sources: &'a [(FhirType, Option<&'a ValueSet>)],
    wanted: &'a RefCell<QuickMap<ExprId, Rc<[u32]>>>,
    home: &'a Session<'a>,
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
        self.home.index.replace(std::mem::take(&mut self.index));
        self.home.values.set(emptied(std::mem::take(&mut self.values)));
        self.home.locals.set(emptied(std::mem::take(&mut self.locals)));
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

    /// The patient, null when the record holds none.
    pub(crate) fn person(&self) -> Value<'a> {
        self.record.patient().map_or(Value::Null, |node| Value::Element(crate::model::Element::resource(node)))
    }

    /// Gives the next measure the whole budget: one that runs away costs itself, not those after it.
    pub(crate) fn renew(&mut self) {
        self.steps = 0;
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

    /// The value of a definition, computed at most once per patient.
    fn define(&mut self, id: u32) -> Outcome<'a> {
        let (epoch, place) = self.index.definitions[id as usize];
        if epoch == self.index.epoch && place != RUNNING {
            return Ok(self.values[place as usize].clone());
        }
        let value = self.in_definition(id, Evaluator::eval)?;
        if self.program.is_forgetful {
            return Ok(value);
        }
        self.index.definitions[id as usize] = (self.index.epoch, self.values.len() as u32);
        self.values.push(value.clone());
        Ok(value)
    }

    /// Works on a definition's body: it sees no names of whoever asks for it, and may not ask for itself.
    fn in_definition<T>(
        &mut self,
        id: u32,
        work: impl FnOnce(&mut Self, ExprId) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let definition = &self.program.definitions[id as usize];
        let known = &mut self.index.definitions[id as usize];
        if *known == (self.index.epoch, RUNNING) {
            return Err(Fault::Cycle(definition.name.to_string()));
        }
        *known = (self.index.epoch, RUNNING);
        let base = std::mem::replace(&mut self.base, self.locals.len());
        let result = work(self, definition.body);
        self.locals.truncate(self.base);
        self.base = base;
        self.index.definitions[id as usize] = (0, 0);
        result
    }

    fn enter(&mut self, id: u32, args: impl IntoIterator<Item = Value<'a>>) -> Outcome<'a> {
        let body = self.program.functions[id as usize].body;
        let base = std::mem::replace(&mut self.base, self.locals.len());
        self.locals.extend(args);
        let result = self.eval(body);
        self.locals.truncate(self.base);
        self.base = base;
        result
    }

    /// Calls a function of the program with the values of expressions.
    fn invoke(&mut self, function: u32, args: &[ExprId]) -> Outcome<'a> {
        match args {
            [a] => {
                let a = self.eval(*a)?;
                self.enter(function, [a])
            }
            [a, b] => {
                let (a, b) = (self.eval(*a)?, self.eval(*b)?);
                self.enter(function, [a, b])
            }
            _ => {
                let args = self.all(args)?;
                self.enter(function, args)
            }
        }
    }

    fn bind(&mut self, slot: u32, value: Value<'a>) {
        let at = self.base + slot as usize;
        if self.locals.len() <= at {
            self.locals.resize(at + 1, Value::Null);
        }
        self.locals[at] = value;
    }

    /// The cached value of an expression, if there is one.
    #[inline]
    fn cached(&self, slot: u32) -> Option<&Value<'a>> {
        let (epoch, place) = self.index.places[slot as usize];
        if epoch == self.index.epoch { self.values.get(place as usize) } else { None }
    }

    fn remember(&mut self, slot: u32, value: Value<'a>) {
        self.index.places[slot as usize] = (self.index.epoch, self.values.len() as u32);
        self.values.push(value);
    }

    fn local(&self, slot: u32) -> &Value<'a> {
        self.locals.get(self.base + slot as usize).unwrap_or(&Value::Null)
    }

    /// Evaluates an expression, from the cache where it has a slot.
    #[inline]
    fn eval(&mut self, id: ExprId) -> Outcome<'a> {
        match &self.program.exprs[id as usize] {
            Expr::Local(slot) => Ok(self.local(*slot).clone()),
            Expr::Const(at) => Ok(self.consts[*at as usize].clone()),
            Expr::Def(at) => self.define(*at),
            expr => {
                let slot = self.program.slots[id as usize];
                if slot == NO_SLOT {
                    return self.step(expr);
                }
                if let Some(value) = self.cached(slot) {
                    return Ok(value.clone());
                }
                let value = self.step(expr)?;
                self.remember(slot, value.clone());
                Ok(value)
            }
        }
    }

    /// Computes an expression within the budget.
    fn step(&mut self, expr: &'a Expr) -> Outcome<'a> {
        self.count()?;
        let result = self.compute(expr);
        self.depth -= 1;
        result
    }

    /// Charges what an operator makes beside its step: values that double at each definition meet the budget, not the
    /// machine's memory.
    pub(crate) fn charge(&mut self, work: usize) -> Result<(), Fault> {
        self.steps = self.steps.saturating_add(work as u64);
        if self.steps > self.limits.steps { Err(Fault::Budget) } else { Ok(()) }
    }

    #[inline]
    fn count(&mut self) -> Result<(), Fault> {
        self.steps += 1;
        if self.steps > self.limits.steps {
            return Err(Fault::Budget);
        }
        if self.depth >= self.limits.depth {
            return Err(Fault::Depth);
        }
        self.depth += 1;
        Ok(())
    }

    /// The truth of an expression, without making a value of it where its operator is one of logic.
    fn truth(&mut self, id: ExprId) -> Result<Option<bool>, Fault> {
        let expr = &self.program.exprs[id as usize];
        if !logic::is_logic(expr) {
            return logic::as_truth(&self.eval(id)?);
        }
        let slot = self.program.slots[id as usize];
        if slot != NO_SLOT
            && let Some(value) = self.cached(slot)
        {
            return logic::as_truth(value);
        }
        self.count()?;
        let truth = self.logic(expr);
        self.depth -= 1;
        let truth = truth?;
        if slot != NO_SLOT {
            self.remember(slot, Value::truth(truth));
        }
        Ok(truth)
    }

    fn all(&mut self, ids: &[ExprId]) -> Result<Vec<Value<'a>>, Fault> {
        let mut values = Vec::with_capacity(ids.len());
        for id in ids {
            values.push(self.eval(*id)?);
        }
        Ok(values)
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

/// A period of moments as the days it covers; anything else as it is.
fn days<'p>(value: &Value<'p>) -> Value<'p> {
    let day = |bound: &Value<'p>| match bound {
        Value::DateTime(at) => Value::Date(at.date()),
        other => other.clone(),
    };
    match value {
        Value::Interval(i) if !i.uncertain => Value::Interval(Rc::new(Interval::new(
            day(&i.low),
            day(&i.high),
            i.low_closed,
            i.high_closed,
            crate::value::PointType::Date,
        ))),
        other => other.clone(),
    }
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

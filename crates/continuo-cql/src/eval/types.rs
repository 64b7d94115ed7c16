//! Type tests, casts, conversions, constructors and members of System values.

use std::rc::Rc;

use crate::Fault;
use crate::model::types::guess;
use crate::model::{Element, FhirType};
use crate::ops::compare::order;
use crate::ops::{Outcome, convert as conversions};
use crate::program::Type;
use crate::value::{
    Code, Concept, Date, DateTime, Decimal, Interval, PointType, Quantity, Ratio, Text, Time, Tuple, Value, Vocabulary,
};

/// A type as the evaluator tests it: names looked up once per run.
#[derive(Debug)]
pub(super) enum Test<'p> {
    Any,
    System(&'p str),
    Fhir(&'p str, Option<FhirType>),
    List(Box<Test<'p>>),
    Interval(PointType),
    Choice(Vec<Test<'p>>),
    Tuple(&'p [Box<str>]),
}

impl<'p> Test<'p> {
    pub(super) fn new(wanted: &'p Type) -> Test<'p> {
        match wanted {
            Type::Any => Test::Any,
            Type::System(name) => Test::System(name),
            Type::Fhir(name) => Test::Fhir(name, FhirType::find(name)),
            Type::List(inner) => Test::List(Box::new(Test::new(inner))),
            Type::Interval(inner) => Test::Interval(inner.point()),
            Type::Choice(choices) => Test::Choice(choices.iter().map(Test::new).collect()),
            Type::Tuple(names) => Test::Tuple(names),
        }
    }
}

impl std::fmt::Display for Test<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Test::Any => write!(f, "Any"),
            Test::System(name) | Test::Fhir(name, _) => write!(f, "{name}"),
            Test::List(inner) => write!(f, "List<{inner}>"),
            Test::Interval(point) => write!(f, "Interval<{point:?}>"),
            Test::Choice(choices) => {
                let names: Vec<String> = choices.iter().map(ToString::to_string).collect();
                write!(f, "{}", names.join(" or "))
            }
            Test::Tuple(names) => write!(f, "Tuple with {}", names.join(", ")),
        }
    }
}

/// `value is type`; null is nothing.
pub(super) fn is(value: &Value<'_>, wanted: &Test<'_>) -> bool {
    match (wanted, value) {
        (_, Value::Null) => false,
        (Test::Any, _) => true,
        (Test::Fhir(name, kind), Value::Element(e)) => is_fhir(*e, name, *kind),
        (Test::Choice(choices), _) => choices.iter().any(|choice| is(value, choice)),
        (Test::System(_) | Test::List(_) | Test::Interval(_) | Test::Tuple(_), Value::Element(_)) => false,
        (Test::System(name) | Test::Fhir(name, _), Value::Tuple(t)) => *t.class == **name,
        (Test::System(name), Value::Vocabulary(_)) => *name == "Vocabulary" || value.type_name() == *name,
        (Test::System(_), Value::Interval(i)) if i.uncertain => is(&i.low, wanted),
        (Test::System(name), _) => value.type_name() == *name,
        (Test::List(inner), Value::List(items)) => items.iter().find(|v| !v.is_null()).is_none_or(|v| is(v, inner)),
        (Test::Interval(point), Value::Interval(i)) => {
            !i.uncertain && (i.point == PointType::Any || *point == PointType::Any || i.point == *point)
        }
        (Test::Tuple(names), Value::Tuple(t)) => t.class.is_empty() && names.iter().all(|n| t.get(n).is_some()),
        _ => false,
    }
}

fn is_fhir(element: Element<'_>, name: &str, wanted: Option<FhirType>) -> bool {
    // Most tests meet an element of known type and ask for a data type or for that very resource type.
    if element.kind != FhirType::UNKNOWN && wanted == Some(element.kind) {
        return true;
    }
    if element.is_resource() {
        let kind = element.resource_type().unwrap_or_default();
        return kind == name
            || name == "Resource"
            || (name == "DomainResource" && !matches!(kind, "Bundle" | "Binary" | "Parameters"));
    }
    if matches!(name, "Element" | "BackboneElement") {
        return true;
    }
    let kind = if element.kind == FhirType::UNKNOWN { guess(element.node) } else { element.kind };
    match wanted {
        Some(wanted) => kind.is_a(wanted),
        // Enumerations and backbone elements have type names of their own; only the path tells them.
        None => element.kind == FhirType::UNKNOWN,
    }
}

/// `value as type`: the value, or null (a fault when strict) if it is of another type.
pub(super) fn cast<'a>(value: Value<'a>, wanted: &Test<'_>, strict: bool) -> Outcome<'a> {
    if value.is_null() {
        return Ok(value);
    }
    // The record does not say the type of a plain element; the path did, so the cast is trusted.
    if let (Value::Element(e), Test::Fhir(..)) = (&value, wanted)
        && e.kind == FhirType::UNKNOWN
        && !e.is_resource()
    {
        return Ok(value);
    }
    if is(&value, wanted) {
        return Ok(value);
    }
    if strict {
        return Err(Fault::Runtime(format!("a value of type {} cannot be cast to {wanted}", value.type_name())));
    }
    Ok(Value::Null)
}

/// `convert value to type`, or whether that works.
pub(super) fn convert<'a>(value: &Value<'a>, wanted: &Test<'_>, test: bool, offset: i16) -> Value<'a> {
    if value.is_null() {
        return Value::Null;
    }
    let result = match wanted {
        Test::System(name) => match *name {
            "Boolean" => conversions::to_boolean(value),
            "Integer" => conversions::to_integer(value),
            "Long" => conversions::to_long(value),
            "Decimal" => conversions::to_decimal(value),
            "String" => conversions::to_string(value),
            "Date" => conversions::to_date(value),
            "DateTime" => conversions::to_datetime(value, offset),
            "Time" => conversions::to_time(value),
            "Quantity" => conversions::to_quantity(value),
            "Ratio" => conversions::to_ratio(value),
            "Concept" => conversions::to_concept(value),
            _ if is(value, wanted) => value.clone(),
            _ => Value::Null,
        },
        _ if is(value, wanted) => value.clone(),
        _ => Value::Null,
    };
    if test { Value::Bool(!result.is_null()) } else { result }
}

/// A member of a System value or tuple.
pub(super) fn member<'a>(value: &Value<'a>, name: &str, walk: impl Fn(Element<'a>) -> Value<'a>) -> Value<'a> {
    let text = |t: &Option<Text<'a>>| t.clone().map_or(Value::Null, Value::Str);
    match (value, name) {
        (Value::Element(e), _) => walk(*e),
        (Value::Tuple(t), _) => t.get(name).cloned().unwrap_or(Value::Null),
        (Value::Quantity(q), "value") => Value::Decimal(q.value),
        (Value::Quantity(q), "unit") => Value::Str(q.unit.clone()),
        (Value::Ratio(r), "numerator") => Value::Quantity(Rc::new(r.numerator.clone())),
        (Value::Ratio(r), "denominator") => Value::Quantity(Rc::new(r.denominator.clone())),
        (Value::Code(c), "code") => text(&c.code),
        (Value::Code(c), "system") => text(&c.system),
        (Value::Code(c), "version") => text(&c.version),
        (Value::Code(c), "display") => text(&c.display),
        (Value::Concept(c), "codes") => Value::list(c.codes.iter().map(|c| Value::Code(c.clone())).collect()),
        (Value::Concept(c), "display") => text(&c.display),
        (Value::Interval(i), "low") => i.low.clone(),
        (Value::Interval(i), "high") => i.high.clone(),
        (Value::Interval(i), "lowClosed") => Value::Bool(i.low_closed),
        (Value::Interval(i), "highClosed") => Value::Bool(i.high_closed),
        (Value::Vocabulary(v), "id") => Value::Str(v.id.clone()),
        (Value::Vocabulary(v), "version") => text(&v.version),
        (Value::Vocabulary(v), "name") => Value::Str(v.name.clone()),
        // `value` of what is a System value already: the translator unwraps FHIR primitives.
        (Value::Str(_) | Value::Bool(_) | Value::Int(_) | Value::Decimal(_), "value") => value.clone(),
        (Value::Date(_) | Value::DateTime(_) | Value::Time(_), "value") => value.clone(),
        _ => Value::Null,
    }
}

/// A tuple, or an instance of a System class as the value it means.
pub(super) fn instance<'a>(shape: &'a (Box<str>, Box<[Box<str>]>), values: Vec<Value<'a>>) -> Value<'a> {
    let fields: Vec<(Text<'a>, Value<'a>)> = shape.1.iter().map(|n| Text::Borrowed(n)).zip(values).collect();
    let tuple = Tuple { class: Text::Borrowed(&shape.0), fields };
    let text = |name: &str| match tuple.get(name) {
        Some(Value::Str(s)) => Some(s.clone()),
        Some(Value::Element(e)) => e.text().map(Text::Borrowed),
        _ => None,
    };
    match &*shape.0 {
        "Quantity" => match tuple.get("value").and_then(Value::as_decimal) {
            Some(value) => {
                Value::Quantity(Rc::new(Quantity { value, unit: text("unit").unwrap_or(Text::Borrowed("1")) }))
            }
            None => Value::Tuple(Rc::new(tuple)),
        },
        "Ratio" => match (tuple.get("numerator"), tuple.get("denominator")) {
            (Some(Value::Quantity(n)), Some(Value::Quantity(d))) => {
                Value::Ratio(Rc::new(Ratio { numerator: (**n).clone(), denominator: (**d).clone() }))
            }
            _ => Value::Null,
        },
        "Code" => Value::Code(Rc::new(Code {
            code: text("code"),
            system: text("system"),
            version: text("version"),
            display: text("display"),
        })),
        "Concept" => {
            let codes = tuple.get("codes").map_or(&[][..], Value::items);
            let codes = codes.iter().filter_map(|c| match c {
                Value::Code(code) => Some(code.clone()),
                _ => None,
            });
            Value::Concept(Rc::new(Concept { codes: codes.collect(), display: text("display") }))
        }
        kind @ ("ValueSet" | "CodeSystem") => Value::Vocabulary(Rc::new(Vocabulary {
            is_value_set: kind == "ValueSet",
            id: text("id").unwrap_or(Text::Borrowed("")),
            version: text("version"),
            name: text("name").unwrap_or(Text::Borrowed("")),
        })),
        _ => Value::Tuple(Rc::new(tuple)),
    }
}

/// An interval; bounds in the wrong order are a fault.
pub(super) fn interval<'a>(low: Value<'a>, high: Value<'a>, closed: (bool, bool), point: PointType) -> Outcome<'a> {
    let interval = Interval::new(low, high, closed.0, closed.1, point);
    if !interval.low.is_null() && !interval.high.is_null() {
        let wrong = match order(&interval.low, &interval.high, None) {
            Some(std::cmp::Ordering::Greater) => true,
            Some(std::cmp::Ordering::Equal) => !(closed.0 && closed.1),
            _ => false,
        };
        if wrong {
            return Err(Fault::Runtime(format!(
                "{} is no interval: it ends before it starts",
                Value::Interval(Rc::new(interval))
            )));
        }
    }
    Ok(Value::Interval(Rc::new(interval)))
}

fn number(value: &Value<'_>) -> Option<i32> {
    value.as_i64().and_then(|n| i32::try_from(n).ok())
}

/// `DateTime(year, ..., offset)`.
pub(super) fn datetime<'a>(args: &[Value<'a>], offset: i16) -> Outcome<'a> {
    let mut fields = [None; 7];
    for (field, arg) in fields.iter_mut().zip(args) {
        *field = number(arg);
    }
    let offset = match args.get(7).and_then(Value::as_decimal) {
        Some(hours) => hours.mul(Decimal::from_i64(60)).map_or(offset, |m| m.truncate() as i16),
        None => offset,
    };
    if fields[0].is_none() {
        return Ok(Value::Null);
    }
    match DateTime::new(fields, offset) {
        Some(value) => Ok(Value::DateTime(value)),
        None => Err(Fault::Runtime(format!("DateTime({}) is not on the calendar", list(args)))),
    }
}

/// `Date(year, month, day)`.
pub(super) fn date<'a>(args: &[Value<'a>]) -> Outcome<'a> {
    let part = |at: usize| args.get(at).and_then(number);
    let Some(year) = part(0) else { return Ok(Value::Null) };
    match Date::new(year, part(1).map(|m| m as u32), part(2).map(|d| d as u32)) {
        Some(date) => Ok(Value::Date(date)),
        None => Err(Fault::Runtime(format!("Date({}) is not on the calendar", list(args)))),
    }
}

/// `Time(hour, ...)`.
pub(super) fn time<'a>(args: &[Value<'a>]) -> Outcome<'a> {
    let part = |at: usize| args.get(at).and_then(number);
    if part(0).is_none() {
        return Ok(Value::Null);
    }
    match Time::new([part(0), part(1), part(2), part(3)]) {
        Some(time) => Ok(Value::Time(time)),
        None => Err(Fault::Runtime(format!("Time({}) is no time of day", list(args)))),
    }
}

fn list(args: &[Value<'_>]) -> String {
    args.iter().filter(|a| !a.is_null()).map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

//! FHIRHelpers, natively: FHIR elements to CQL values, as FHIRHelpers 4.4.0 defines them.
//!
//! Every measure calls these many times per patient; walking nodes directly costs a tenth of interpreting the library.

use std::rc::Rc;

use continuo_fhir::Name;
use continuo_fhir::packed::{Kind, Node};

use super::path::{System, primitive};
use super::types::guess;
use super::{Class, Element, FhirType};
use crate::Fault;
use crate::value::{Code, Concept, DateTime, Decimal, Interval, PointType, Quantity, Ratio, Text, Value};

/// The conversions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Helper {
    /// By the element's type.
    ToValue,
    /// Period, Range or Quantity to an interval.
    ToInterval,
    /// Quantity; a comparator is a fault.
    ToQuantity,
    /// Quantity, whatever its comparator.
    ToQuantityIgnoringComparator,
    /// Coding to code.
    ToCode,
    /// CodeableConcept to concept.
    ToConcept,
    /// Ratio.
    ToRatio,
    /// Primitive to a System value.
    Primitive(System),
    /// `{unit}` of a calendar duration.
    ToCalendarUnit,
}

impl Helper {
    /// The native form of a FHIRHelpers function, if it has one.
    pub fn find(name: &str) -> Option<Helper> {
        Some(match name {
            "ToValue" => Helper::ToValue,
            "ToInterval" => Helper::ToInterval,
            "ToQuantity" => Helper::ToQuantity,
            "ToQuantityIgnoringComparator" => Helper::ToQuantityIgnoringComparator,
            "ToCode" => Helper::ToCode,
            "ToConcept" => Helper::ToConcept,
            "ToRatio" => Helper::ToRatio,
            "ToString" => Helper::Primitive(System::Str),
            "ToBoolean" => Helper::Primitive(System::Bool),
            "ToInteger" => Helper::Primitive(System::Int),
            "ToDecimal" => Helper::Primitive(System::Decimal),
            "ToDate" => Helper::Primitive(System::Date),
            "ToDateTime" => Helper::Primitive(System::DateTime),
            "ToTime" => Helper::Primitive(System::Time),
            "ToCalendarUnit" => Helper::ToCalendarUnit,
            _ => return None,
        })
    }

    /// Applies the conversion. System values pass through: the translator may convert twice.
    pub fn apply<'a>(self, value: &Value<'a>, offset: i16) -> Result<Value<'a>, Fault> {
        let element = match value {
            Value::Element(e) => *e,
            Value::Str(s) if self == Helper::ToCalendarUnit => {
                return Ok(match calendar_word(s) {
                    Some(word) => Value::Str(Text::Borrowed(word)),
                    None => value.clone(),
                });
            }
            Value::List(items) if self != Helper::ToInterval => {
                let converted: Result<Vec<_>, _> = items.iter().map(|item| self.apply(item, offset)).collect();
                return converted.map(Value::list);
            }
            Value::Tuple(_) => return Ok(from_instance(self, value)),
            other => return Ok(other.clone()),
        };
        let node = element.node;
        Ok(match self {
            Helper::ToValue => return to_value(element, offset),
            Helper::ToInterval => return to_interval(element, offset),
            Helper::ToQuantity => {
                return Ok(quantity(node, false)?.map_or(Value::Null, |q| Value::Quantity(Rc::new(q))));
            }
            Helper::ToQuantityIgnoringComparator => {
                return Ok(quantity(node, true)?.map_or(Value::Null, |q| Value::Quantity(Rc::new(q))));
            }
            Helper::ToCode => Value::Code(Rc::new(code(node))),
            Helper::ToConcept => concept(node),
            Helper::ToRatio => return ratio(node),
            Helper::Primitive(system) => primitive(node, element.kind, system, offset),
            Helper::ToCalendarUnit => value.clone(),
        })
    }
}

/// An instance of a FHIR primitive built in CQL: its `value`.
fn from_instance<'a>(helper: Helper, value: &Value<'a>) -> Value<'a> {
    match (helper, value) {
        (Helper::Primitive(_) | Helper::ToValue, Value::Tuple(t)) => t.get("value").cloned().unwrap_or(Value::Null),
        _ => value.clone(),
    }
}

fn to_value(element: Element<'_>, offset: i16) -> Result<Value<'_>, Fault> {
    if element.is_resource() {
        return Ok(Value::Element(element));
    }
    let kind = if element.kind == FhirType::UNKNOWN { guess(element.node) } else { element.kind };
    Ok(match kind.class() {
        Class::Concept => concept(element.node),
        Class::Coding => Value::Code(Rc::new(code(element.node))),
        Class::Quantity => quantity(element.node, false)?.map_or(Value::Null, |q| Value::Quantity(Rc::new(q))),
        Class::Period | Class::Range => return to_interval(Element { node: element.node, kind }, offset),
        Class::Ratio => return ratio(element.node),
        // A primitive of which only the extensions are there has no value.
        _ if element.node.kind() == Kind::Object && kind.is_primitive() => Value::Null,
        _ if element.node.kind() == Kind::Object => Value::Element(element),
        _ => primitive(element.node, kind, System::Auto, offset),
    })
}

fn to_interval<'a>(element: Element<'a>, offset: i16) -> Result<Value<'a>, Fault> {
    const START: Name = Name::of("start");
    const END: Name = Name::of("end");
    const LOW: Name = Name::of("low");
    const HIGH: Name = Name::of("high");
    let node = element.node;
    let kind = if element.kind == FhirType::UNKNOWN { guess(node) } else { element.kind };
    match kind.class() {
        Class::Range => {
            let bound = |name| match node.get_name(name) {
                Some(node) => quantity(node, false),
                None => Ok(None),
            };
            let value = |q: Option<Quantity<'a>>| q.map_or(Value::Null, |q| Value::Quantity(Rc::new(q)));
            let (low, high) = (value(bound(LOW)?), value(bound(HIGH)?));
            Ok(interval(low, high, true, true, PointType::Quantity))
        }
        Class::Quantity => quantity_interval(node),
        _ => {
            let bound = |name| {
                node.get_name(name)
                    .and_then(Node::as_str)
                    .and_then(|text| DateTime::parse(text, offset))
                    .map_or(Value::Null, Value::DateTime)
            };
            let (low, high) = (bound(START), bound(END));
            let low_closed = !low.is_null();
            Ok(interval(low, high, low_closed, true, PointType::DateTime))
        }
    }
}

fn interval<'a>(low: Value<'a>, high: Value<'a>, low_closed: bool, high_closed: bool, point: PointType) -> Value<'a> {
    Value::Interval(Rc::new(Interval::new(low, high, low_closed, high_closed, point)))
}

fn quantity_interval(node: Node<'_>) -> Result<Value<'_>, Fault> {
    let value = quantity(node, true)?.map_or(Value::Null, |q| Value::Quantity(Rc::new(q)));
    let point = PointType::Quantity;
    Ok(match node.str("comparator") {
        Some("<") => interval(Value::Null, value, true, false, point),
        Some("<=") => interval(Value::Null, value, true, true, point),
        Some(">=") => interval(value, Value::Null, true, true, point),
        Some(">") => interval(value, Value::Null, false, true, point),
        _ => interval(value.clone(), value, true, true, point),
    })
}

/// A FHIR Quantity; with a comparator the number is only a bound and using it as a value is a fault.
pub fn quantity(node: Node<'_>, ignore_comparator: bool) -> Result<Option<Quantity<'_>>, Fault> {
    const VALUE: Name = Name::of("value");
    const COMPARATOR: Name = Name::of("comparator");
    const SYSTEM: Name = Name::of("system");
    const CODE: Name = Name::of("code");
    const UNIT: Name = Name::of("unit");
    let Some(number) = node.get_name(VALUE).and_then(Node::primitive_text) else { return Ok(None) };
    if !ignore_comparator && node.get_name(COMPARATOR).is_some() {
        return Err(Fault::Runtime("a FHIR Quantity with a comparator cannot be used as a single value".into()));
    }
    let text = |name| node.get_name(name).and_then(Node::as_str);
    let system = text(SYSTEM);
    if !matches!(system, None | Some("http://unitsofmeasure.org" | "http://hl7.org/fhirpath/CodeSystem/calendar-units"))
    {
        return Err(Fault::Runtime(format!(
            "a FHIR Quantity in units of `{}` cannot be used as a CQL Quantity",
            system.unwrap_or_default()
        )));
    }
    let unit = text(CODE).or_else(|| text(UNIT)).unwrap_or("1");
    let Some(value) = Decimal::parse(number, false) else { return Ok(None) };
    Ok(Some(Quantity { value, unit: Text::Borrowed(calendar_word(unit).unwrap_or(unit)) }))
}

/// The calendar word for a UCUM unit of time.
fn calendar_word(unit: &str) -> Option<&'static str> {
    Some(match unit {
        "ms" => "millisecond",
        "s" => "second",
        "min" => "minute",
        "h" => "hour",
        "d" => "day",
        "wk" => "week",
        "mo" => "month",
        "a" => "year",
        _ => return None,
    })
}

fn ratio(node: Node<'_>) -> Result<Value<'_>, Fault> {
    let part = |name| match node.get(name) {
        Some(node) => quantity(node, false),
        None => Ok(None),
    };
    Ok(match (part("numerator")?, part("denominator")?) {
        (Some(numerator), Some(denominator)) => Value::Ratio(Rc::new(Ratio { numerator, denominator })),
        _ => Value::Null,
    })
}

/// A Coding.
pub fn code(node: Node<'_>) -> Code<'_> {
    const CODE: Name = Name::of("code");
    const SYSTEM: Name = Name::of("system");
    const VERSION: Name = Name::of("version");
    const DISPLAY: Name = Name::of("display");
    let text = |name| node.get_name(name).and_then(Node::as_str).map(Text::Borrowed);
    Code { code: text(CODE), system: text(SYSTEM), version: text(VERSION), display: text(DISPLAY) }
}

/// A CodeableConcept; a bare Coding is a concept of one.
pub fn concept(node: Node<'_>) -> Value<'_> {
    const CODING: Name = Name::of("coding");
    const TEXT: Name = Name::of("text");
    let display = node.get_name(TEXT).and_then(Node::as_str).map(Text::Borrowed);
    let codes = match node.get_name(CODING) {
        Some(codings) => codings.items().map(|n| Rc::new(code(n))).collect(),
        None if node.get("code").is_some() => vec![Rc::new(code(node))],
        None => Vec::new(),
    };
    Value::Concept(Rc::new(Concept { codes, display }))
}

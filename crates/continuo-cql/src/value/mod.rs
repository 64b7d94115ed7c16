//! The values CQL computes with.
//!
//! Values borrow from the compiled program and from the patient's packed record (`'a`); what is built while
//! evaluating is shared by count. A value never outlives the patient it came from.

pub mod decimal;
pub mod interval;
pub mod quantity;
pub mod temporal;
pub mod text;

use std::fmt;
use std::rc::Rc;

pub use decimal::Decimal;
pub use interval::{Interval, PointType};
pub use quantity::{Quantity, Ratio};
pub use temporal::{Date, DateTime, Precision, Time};
pub use text::Text;

use crate::model::Element;

/// Any CQL value.
#[derive(Clone)]
pub enum Value<'a> {
    /// Unknown.
    Null,
    /// True or false.
    Bool(bool),
    /// 32-bit whole number.
    Int(i32),
    /// 64-bit whole number.
    Long(i64),
    /// Fixed-point number.
    Decimal(Decimal),
    /// Text.
    Str(Text<'a>),
    /// Date.
    Date(Date),
    /// Date and time.
    DateTime(DateTime),
    /// Time of day.
    Time(Time),
    /// Number with unit.
    Quantity(Rc<Quantity<'a>>),
    /// Two quantities.
    Ratio(Rc<Ratio<'a>>),
    /// Code of a system.
    Code(Rc<Code<'a>>),
    /// Codes that mean the same.
    Concept(Rc<Concept<'a>>),
    /// A value set or code system by name.
    Vocabulary(Rc<Vocabulary<'a>>),
    /// Range of points.
    Interval(Rc<Interval<'a>>),
    /// List.
    List(Rc<Vec<Value<'a>>>),
    /// Named values; an instance of a class keeps its class name.
    Tuple(Rc<Tuple<'a>>),
    /// A FHIR resource or element of the record.
    Element(Element<'a>),
}

thread_local! {
    static EMPTY: Rc<Vec<Value<'static>>> = Rc::new(Vec::new());
}

/// A code, its system, version and words.
#[derive(Clone, Debug, PartialEq)]
pub struct Code<'a> {
    /// Code.
    pub code: Option<Text<'a>>,
    /// System uri.
    pub system: Option<Text<'a>>,
    /// Version of the system.
    pub version: Option<Text<'a>>,
    /// Words.
    pub display: Option<Text<'a>>,
}

/// A concept: codes that mean the same.
#[derive(Clone, Debug)]
pub struct Concept<'a> {
    /// The codes.
    pub codes: Vec<Rc<Code<'a>>>,
    /// Words.
    pub display: Option<Text<'a>>,
}

/// A reference to a value set or code system.
#[derive(Clone, Debug)]
pub struct Vocabulary<'a> {
    /// True for a value set.
    pub is_value_set: bool,
    /// Canonical url or uri.
    pub id: Text<'a>,
    /// Version asked for.
    pub version: Option<Text<'a>>,
    /// Name in the library.
    pub name: Text<'a>,
}

/// Named values in order.
#[derive(Clone)]
pub struct Tuple<'a> {
    /// Class name for an instance, empty for a tuple.
    pub class: Text<'a>,
    /// Elements.
    pub fields: Vec<(Text<'a>, Value<'a>)>,
}

impl<'a> Tuple<'a> {
    /// The named element.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.fields.iter().find(|(n, _)| &**n == name).map(|(_, v)| v)
    }
}

impl<'a> Value<'a> {
    /// A three-valued truth.
    pub fn truth(value: Option<bool>) -> Value<'a> {
        value.map_or(Value::Null, Value::Bool)
    }

    /// A list. Empty ones, which most searches give, share their storage.
    pub fn list(items: Vec<Value<'a>>) -> Value<'a> {
        if items.is_empty() {
            return Value::List(EMPTY.with(Rc::clone));
        }
        Value::List(Rc::new(items))
    }

    /// Owned text.
    pub fn text(text: &str) -> Value<'a> {
        Value::Str(Text::owned(text))
    }

    /// True for null.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// True, false, or neither.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// Whole number within 64 bits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Int(i) => Some(i64::from(*i)),
            Value::Long(l) => Some(*l),
            _ => None,
        }
    }

    /// Any number as a decimal.
    pub fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Value::Int(i) => Some(Decimal::from_i64(i64::from(*i))),
            Value::Long(l) => Some(Decimal::from_i64(*l)),
            Value::Decimal(d) => Some(*d),
            _ => None,
        }
    }

    /// Text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(s) => Some(s),
            _ => None,
        }
    }

    /// Items of a list; nothing for null; a single value is its own item.
    pub fn items(&self) -> &[Value<'a>] {
        match self {
            Value::Null => &[],
            Value::List(list) => list,
            other => std::slice::from_ref(other),
        }
    }

    /// The CQL name of the value's type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "Boolean",
            Value::Int(_) => "Integer",
            Value::Long(_) => "Long",
            Value::Decimal(_) => "Decimal",
            Value::Str(_) => "String",
            Value::Date(_) => "Date",
            Value::DateTime(_) => "DateTime",
            Value::Time(_) => "Time",
            Value::Quantity(_) => "Quantity",
            Value::Ratio(_) => "Ratio",
            Value::Code(_) => "Code",
            Value::Concept(_) => "Concept",
            Value::Vocabulary(v) if v.is_value_set => "ValueSet",
            Value::Vocabulary(_) => "CodeSystem",
            Value::Interval(_) => "Interval",
            Value::List(_) => "List",
            Value::Tuple(_) => "Tuple",
            Value::Element(_) => "Element",
        }
    }
}

impl fmt::Display for Value<'_> {
    /// Writes the value as a CQL literal, for messages, reports and the editor.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => write!(f, "null"),
            Value::Bool(b) => write!(f, "{b}"),
            Value::Int(i) => write!(f, "{i}"),
            Value::Long(l) => write!(f, "{l}L"),
            Value::Decimal(d) => write!(f, "{d}"),
            Value::Str(s) => write!(f, "'{}'", s.replace('\\', "\\\\").replace('\'', "\\'")),
            Value::Date(d) => write!(f, "@{d}"),
            Value::DateTime(d) => write!(f, "@{d}"),
            Value::Time(t) => write!(f, "@T{t}"),
            Value::Quantity(q) => write!(f, "{q}"),
            Value::Ratio(r) => write!(f, "{}:{}", r.numerator, r.denominator),
            Value::Code(c) => write_code(f, c),
            Value::Concept(c) => {
                write!(f, "Concept {{ codes: {{")?;
                for (i, code) in c.codes.iter().enumerate() {
                    write!(f, "{}", if i > 0 { ", " } else { "" })?;
                    write_code(f, code)?;
                }
                write!(f, "}} }}")
            }
            Value::Vocabulary(v) => write!(f, "\"{}\"", v.name),
            Value::Interval(i) => {
                let (open, close) = (if i.low_closed { '[' } else { '(' }, if i.high_closed { ']' } else { ')' });
                write!(f, "Interval{open}{}, {}{close}", i.low, i.high)
            }
            Value::List(list) => {
                write!(f, "{{")?;
                for (i, item) in list.iter().enumerate() {
                    write!(f, "{}{item}", if i > 0 { ", " } else { "" })?;
                }
                write!(f, "}}")
            }
            Value::Tuple(t) => {
                write!(f, "{} {{ ", if t.class.is_empty() { "Tuple" } else { &t.class })?;
                for (i, (name, value)) in t.fields.iter().enumerate() {
                    write!(f, "{}{}: {value}", if i > 0 { ", " } else { "" }, &**name)?;
                }
                write!(f, " }}")
            }
            Value::Element(e) => write!(f, "{}", e.label()),
        }
    }
}

fn write_code(f: &mut fmt::Formatter<'_>, code: &Code<'_>) -> fmt::Result {
    let part = |t: &Option<Text<'_>>| t.as_ref().map_or(String::new(), std::string::ToString::to_string);
    write!(f, "Code {{ code: '{}', system: '{}' }}", part(&code.code), part(&code.system))
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

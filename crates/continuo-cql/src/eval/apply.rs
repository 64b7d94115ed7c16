//! Operators of one and two operands over evaluated values.

use std::rc::Rc;

use crate::Fault;
use crate::ops::compare::{as_interval, less, less_or_equal, order};
use crate::ops::equal::{equal, equivalent};
use crate::ops::interval::{Relation, relate};
use crate::ops::{self, Outcome, convert, interval, interval_set, list, temporal, text, unsupported};
use crate::program::{Op1, Op2};
use crate::value::interval::{predecessor, successor};
use crate::value::{Precision, Text, Tuple, Value};

use super::{Evaluator, types};

/// A relation of points or intervals.
pub(super) fn relation(kind: Relation, a: &Value<'_>, b: &Value<'_>, at: Option<Precision>) -> Option<bool> {
    let point = |v: &Value<'_>| !matches!(v, Value::Interval(i) if !i.uncertain);
    if point(a) && point(b) {
        return match kind {
            Relation::Before => less(a, b, at),
            Relation::After => less(b, a, at),
            Relation::SameOrBefore => less_or_equal(a, b, at),
            Relation::SameOrAfter => less_or_equal(b, a, at),
            Relation::SameAs if a.is_null() || b.is_null() => None,
            Relation::SameAs => order(a, b, at).map(std::cmp::Ordering::is_eq),
            _ => relate(kind, &*as_interval(a)?, &*as_interval(b)?, at),
        };
    }
    relate(kind, &*as_interval(a)?, &*as_interval(b)?, at)
}

impl<'a> Evaluator<'a> {
    pub(super) fn apply1(&mut self, op: Op1, a: Value<'a>) -> Outcome<'a> {
        let offset = self.now.offset;
        Ok(match op {
            Op1::Predecessor | Op1::Successor => {
                if a.is_null() {
                    return Ok(a);
                }
                let next = if op == Op1::Successor { successor(&a) } else { predecessor(&a) };
                match next {
                    Some(value) => value,
                    None => return Err(Fault::Runtime(format!("{op:?} of {a} is out of range"))),
                }
            }
            // Tests are `logic`'s.
            Op1::Not | Op1::IsNull | Op1::IsTrue | Op1::IsFalse | Op1::Exists => Value::Null,
            Op1::Precision => return ops::arithmetic::precision(&a),
            Op1::ToBoolean => convert::to_boolean(&a),
            Op1::ToInteger => convert::to_integer(&a),
            Op1::ToLong => convert::to_long(&a),
            Op1::ToDecimal => convert::to_decimal(&a),
            Op1::ToString => convert::to_string(&a),
            Op1::ToDate => convert::to_date(&a),
            Op1::ToDateTime => convert::to_datetime(&a, offset),
            Op1::ToTime => convert::to_time(&a),
            Op1::ToQuantity => convert::to_quantity(&a),
            Op1::ToRatio => convert::to_ratio(&a),
            Op1::ToConcept => convert::to_concept(&a),
            Op1::ToList => match a {
                Value::Null => Value::list(Vec::new()),
                Value::List(_) => a,
                one => Value::list(vec![one]),
            },
            Op1::ToChars => match a.as_str() {
                Some(s) => Value::list(s.chars().map(|c| Value::text(c.encode_utf8(&mut [0; 4]))).collect()),
                None => Value::Null,
            },
            Op1::Upper => a.as_str().map_or(Value::Null, |s| Value::text(&s.to_uppercase())),
            Op1::Lower => a.as_str().map_or(Value::Null, |s| Value::text(&s.to_lowercase())),
            Op1::Length => match &a {
                Value::Null => Value::Null,
                Value::Str(s) => Value::Int(s.chars().count() as i32),
                Value::List(items) => Value::Int(items.len() as i32),
                other => return Err(unsupported("Length", other)),
            },
            Op1::SingletonFrom => return list::singleton(a.items()),
            Op1::Flatten if a.is_null() => a,
            Op1::Flatten => {
                self.charge(a.items().iter().map(|item| item.items().len()).sum())?;
                Value::list(list::flatten(a.items()))
            }
            Op1::Distinct if a.is_null() => a,
            Op1::Distinct => Value::list(list::distinct(a.items())),
            Op1::First => a.items().first().cloned().unwrap_or(Value::Null),
            Op1::Last => a.items().last().cloned().unwrap_or(Value::Null),
            Op1::Start | Op1::End | Op1::Width | Op1::Size | Op1::PointFrom => return bounds(op, &a),
            Op1::DateFrom => {
                return temporal::date_from(&self.in_zone(&a).map_or(a, Value::DateTime));
            }
            Op1::TimeFrom => return temporal::time_from(&a),
            Op1::TimezoneOffsetFrom => return temporal::offset_from(&a),
            Op1::ExpandValueSet => self.expand_value_set(&a),
            Op1::Children | Op1::Descendents if a.is_null() => a,
            Op1::Children => Value::list(children(&a)),
            Op1::Descendents => {
                let mut all = Vec::new();
                let mut rest = children(&a);
                while let Some(value) = rest.pop() {
                    rest.extend(children(&value));
                    all.push(value);
                    self.steps += 1;
                    if self.steps > self.limits.steps {
                        return Err(Fault::Budget);
                    }
                }
                Value::list(all)
            }
        })
    }

    fn expand_value_set(&self, set: &Value<'a>) -> Value<'a> {
        let Value::Vocabulary(v) = set else { return Value::Null };
        let Some(index) = self.terms.set_index_of(&v.id, v.version.as_deref()) else { return Value::Null };
        let code = |(system, code): (&'a str, &'a str)| {
            Value::Code(Rc::new(crate::value::Code {
                code: Some(Text::Borrowed(code)),
                system: Some(Text::Borrowed(system)),
                version: None,
                display: None,
            }))
        };
        let terms: &'a crate::Terminology = self.terms;
        Value::list(terms.members(index).into_iter().map(code).collect())
    }

    pub(super) fn apply2(op: Op2, a: &Value<'a>, b: &Value<'a>, at: Option<Precision>) -> Outcome<'a> {
        Ok(match op {
            Op2::Union | Op2::Intersect | Op2::Except => return set_operation(op, a, b),
            Op2::Collapse if a.is_null() => Value::Null,
            Op2::Collapse => return interval_set::collapse(a.items(), b),
            Op2::Expand => return interval_set::expand(a, b),
            Op2::DurationBetween => return temporal::duration(a, b, at.unwrap_or(Precision::Day)),
            Op2::DifferenceBetween => return temporal::difference(a, b, at.unwrap_or(Precision::Day)),
            Op2::CalculateAgeAt => return temporal::age_at(a, b, at.unwrap_or(Precision::Year)),
            Op2::DateTimeComponent => return temporal::component(a, at.unwrap_or(Precision::Day)),
            Op2::Indexer => match (a, b.as_i64()) {
                (Value::Str(s), Some(i)) => text::char_at(s, i),
                (Value::List(items), Some(i)) => {
                    usize::try_from(i).ok().and_then(|i| items.get(i)).cloned().unwrap_or(Value::Null)
                }
                _ => Value::Null,
            },
            Op2::StartsWith => strings(a, b, |a, b| a.starts_with(b)),
            Op2::EndsWith => strings(a, b, |a, b| a.ends_with(b)),
            Op2::Matches => return text::matches(a, b),
            Op2::SplitOnMatches => return text::split_on_matches(a, b),
            Op2::Split => text::split(a, b),
            Op2::Combine if b.is_null() => return text::combine(a, &Value::text("")),
            Op2::Combine => return text::combine(a, b),
            Op2::PositionOf => text::position_of(a, b, false),
            Op2::LastPositionOf => text::position_of(a, b, true),
            Op2::IndexOf => match (a, b) {
                (Value::Null, _) | (_, Value::Null) => Value::Null,
                _ => Value::Int(list::index_of(a.items(), b)),
            },
            Op2::ConvertQuantity => convert::convert_quantity(a, b),
            Op2::CanConvertQuantity => convert::can_convert_quantity(a, b),
            Op2::Log => return ops::arithmetic::log(a, b),
            Op2::Round => return ops::arithmetic::round(a, b),
            Op2::LowBoundary => return ops::arithmetic::boundary(a, b, false),
            Op2::HighBoundary => return ops::arithmetic::boundary(a, b, true),
            Op2::Times => times(a, b),
            test => Value::truth(test2(test, a, b, at)),
        })
    }
}

/// The operators that give a truth.
pub(super) fn test2(op: Op2, a: &Value<'_>, b: &Value<'_>, at: Option<Precision>) -> Option<bool> {
    match op {
        Op2::Equal => equal(a, b),
        Op2::NotEqual => equal(a, b).map(|e| !e),
        Op2::Equivalent => Some(equivalent(a, b)),
        Op2::Less => less(a, b, at),
        Op2::LessOrEqual => less_or_equal(a, b, at),
        Op2::Greater => less(b, a, at),
        Op2::GreaterOrEqual => less_or_equal(b, a, at),
        Op2::In => contains(b, a, at),
        Op2::Contains => contains(a, b, at),
        Op2::ProperIn => properly(b, a, at),
        Op2::ProperContains => properly(a, b, at),
        Op2::Includes => includes(a, b, at, false),
        Op2::IncludedIn => includes(b, a, at, false),
        Op2::ProperIncludes => includes(a, b, at, true),
        Op2::ProperIncludedIn => includes(b, a, at, true),
        _ => None,
    }
}

fn strings<'a>(a: &Value<'a>, b: &Value<'a>, test: impl Fn(&str, &str) -> bool) -> Value<'a> {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => Value::Bool(test(a, b)),
        _ => Value::Null,
    }
}

fn bounds<'a>(op: Op1, value: &Value<'a>) -> Outcome<'a> {
    let Value::Interval(i) = value else {
        return if value.is_null() { Ok(Value::Null) } else { Err(unsupported(&format!("{op:?}"), value)) };
    };
    Ok(match op {
        Op1::Start => i.start(),
        Op1::End => i.end(),
        Op1::Width => return interval::width(i),
        Op1::Size => return interval::size(i),
        _ => {
            let (start, end) = (i.start(), i.end());
            match equal(&start, &end) {
                Some(true) => start,
                None if start.is_null() || end.is_null() => Value::Null,
                _ => return Err(Fault::Runtime(format!("point from {value}: it holds more than one point"))),
            }
        }
    })
}

fn contains(container: &Value<'_>, item: &Value<'_>, at: Option<Precision>) -> Option<bool> {
    match container {
        Value::Interval(i) => interval::contains(i, item, at),
        Value::List(items) => match at {
            None => list::contains(items, item),
            // At a precision, list items are compared as points of time.
            Some(_) => {
                let mut result = Some(false);
                for other in items.iter() {
                    result = ops::or(result, order(other, item, at).map(std::cmp::Ordering::is_eq));
                }
                result
            }
        },
        // Nothing is in what is not known; a null item stays unknown.
        Value::Null if !item.is_null() => Some(false),
        _ => None,
    }
}

fn properly(container: &Value<'_>, item: &Value<'_>, at: Option<Precision>) -> Option<bool> {
    match container {
        Value::Interval(i) => interval::properly_contains(i, item, at),
        Value::List(items) => {
            // Something else must be in the list too; a null beside a value may be that value.
            let mut more = Some(false);
            for other in items.iter() {
                let differs = if item.is_null() || other.is_null() {
                    if item.is_null() { Some(!other.is_null()) } else { None }
                } else {
                    equal(other, item).map(|e| !e)
                };
                more = ops::or(more, differs);
            }
            ops::and(contains(container, item, at), more)
        }
        Value::Null if !item.is_null() => Some(false),
        _ => None,
    }
}

fn includes(a: &Value<'_>, b: &Value<'_>, at: Option<Precision>, proper: bool) -> Option<bool> {
    match (a, b) {
        (Value::Interval(x), Value::Interval(y)) => {
            relate(if proper { Relation::ProperIncludes } else { Relation::Includes }, x, y, at)
        }
        (Value::List(x), Value::List(y)) => {
            let all = list::includes(x, y);
            if proper { ops::and(all, Some(list::distinct(x).len() > list::distinct(y).len())) } else { all }
        }
        (Value::Null, Value::List(_) | Value::Interval(_) | Value::Null) => None,
        (Value::Null, _) => Some(false),
        (_, Value::Null) if !matches!(a, Value::List(_)) => None,
        (Value::List(_), Value::Null) if proper => properly(a, b, at),
        (Value::List(_) | Value::Interval(_), point) => {
            if point.is_null() {
                return None;
            }
            if proper { properly(a, point, at) } else { contains(a, point, at) }
        }
        _ => None,
    }
}

fn set_operation<'a>(op: Op2, a: &Value<'a>, b: &Value<'a>) -> Outcome<'a> {
    if let (Value::Interval(x), Value::Interval(y)) = (a, b) {
        return match op {
            Op2::Union => interval_set::union(x, y),
            Op2::Intersect => interval_set::intersect(x, y),
            _ => interval_set::except(x, y),
        };
    }
    if matches!(a, Value::Interval(_)) || matches!(b, Value::Interval(_)) || (a.is_null() && b.is_null()) {
        return Ok(Value::Null);
    }
    Ok(match op {
        Op2::Union => Value::list(list::union(a.items(), b.items())),
        Op2::Intersect if a.is_null() || b.is_null() => Value::Null,
        Op2::Intersect => Value::list(list::intersect(a.items(), b.items())),
        _ if a.is_null() => Value::Null,
        _ => Value::list(list::except(a.items(), b.items())),
    })
}

/// Every pair of tuples of two lists, joined.
fn times<'a>(a: &Value<'a>, b: &Value<'a>) -> Value<'a> {
    let mut result = Vec::new();
    for x in a.items() {
        for y in b.items() {
            if let (Value::Tuple(x), Value::Tuple(y)) = (x, y) {
                let fields = x.fields.iter().chain(&y.fields).cloned().collect();
                result.push(Value::Tuple(Rc::new(Tuple { class: Text::Borrowed(""), fields })));
            }
        }
    }
    Value::list(result)
}

fn children<'a>(value: &Value<'a>) -> Vec<Value<'a>> {
    match value {
        Value::List(items) => items.iter().flat_map(|v| children(v)).collect(),
        Value::Tuple(t) => t.fields.iter().flat_map(|(_, v)| v.items().to_vec()).collect(),
        Value::Element(e) => e
            .node
            .fields()
            .flat_map(|(_, node)| node.items())
            .map(|node| Value::Element(crate::model::Element::new(node)))
            .collect(),
        Value::Interval(i) => vec![i.low.clone(), i.high.clone()],
        Value::Quantity(_) | Value::Code(_) | Value::Concept(_) | Value::Ratio(_) => {
            let names = ["value", "unit", "code", "system", "codes", "display", "numerator", "denominator"];
            names.iter().map(|n| types::member(value, n, |_| Value::Null)).filter(|v| !v.is_null()).collect()
        }
        _ => Vec::new(),
    }
}

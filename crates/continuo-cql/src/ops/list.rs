//! Lists as CQL sees them: sets by equality, nulls the same as each other.

use crate::Fault;
use crate::terminology::QuickMap;
use crate::value::Value;

use super::Outcome;
use super::equal::{equal, same};

/// Keeps the first of equal items.
pub fn distinct<'a>(items: &[Value<'a>]) -> Vec<Value<'a>> {
    let mut result = Vec::with_capacity(items.len());
    add_distinct(&mut result, items);
    result
}

/// All items of both, each once.
pub fn union<'a>(a: &[Value<'a>], b: &[Value<'a>]) -> Vec<Value<'a>> {
    let mut result = Vec::with_capacity(a.len() + b.len());
    add_distinct(&mut result, a);
    add_distinct(&mut result, b);
    result
}

/// Lists this long are looked through by a table.
const LONG: usize = 24;

fn add_distinct<'a>(result: &mut Vec<Value<'a>>, items: &[Value<'a>]) {
    let elements = |list: &[Value<'a>]| list.iter().all(|v| matches!(v, Value::Element(_)));
    if result.len() + items.len() <= LONG || !elements(items) || !elements(result) {
        for item in items {
            if !result.iter().any(|known| same(known, item)) {
                result.push(item.clone());
            }
        }
        return;
    }
    // Equal elements take as many bytes and have the same id: only those are compared, so long lists stay linear.
    let key = |v: &Value<'a>| match v {
        Value::Element(e) => (e.node.span().len(), e.node.str("id").unwrap_or_default()),
        _ => (0, ""),
    };
    let mut seen: QuickMap<(usize, &'a str), Vec<usize>> = QuickMap::default();
    for (at, known) in result.iter().enumerate() {
        seen.entry(key(known)).or_default().push(at);
    }
    for item in items {
        let alike = seen.entry(key(item)).or_default();
        if !alike.iter().any(|at| same(&result[*at], item)) {
            alike.push(result.len());
            result.push(item.clone());
        }
    }
}

/// Items in both.
pub fn intersect<'a>(a: &[Value<'a>], b: &[Value<'a>]) -> Vec<Value<'a>> {
    let common: Vec<Value<'a>> = a.iter().filter(|x| b.iter().any(|y| same(x, y))).cloned().collect();
    distinct(&common)
}

/// Items of the first not in the second.
pub fn except<'a>(a: &[Value<'a>], b: &[Value<'a>]) -> Vec<Value<'a>> {
    let rest: Vec<Value<'a>> = a.iter().filter(|x| !b.iter().any(|y| same(x, y))).cloned().collect();
    distinct(&rest)
}

/// Whether an item is in the list; a null item is looked for as null.
pub fn contains(list: &[Value<'_>], item: &Value<'_>) -> Option<bool> {
    if item.is_null() {
        return Some(list.iter().any(Value::is_null));
    }
    let mut unknown = false;
    for other in list {
        match equal(other, item) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => unknown |= !other.is_null(),
        }
    }
    // An imprecise item may be equal: then nobody knows.
    if unknown { None } else { Some(false) }
}

/// Whether all items of `b` are in `a`.
pub fn includes(a: &[Value<'_>], b: &[Value<'_>]) -> Option<bool> {
    let mut result = Some(true);
    for item in b {
        result = super::and(result, contains(a, item));
        if result == Some(false) {
            break;
        }
    }
    result
}

/// One list of all items of lists.
pub fn flatten<'a>(items: &[Value<'a>]) -> Vec<Value<'a>> {
    let mut result = Vec::new();
    for item in items {
        match item {
            Value::Null => {}
            Value::List(inner) => result.extend_from_slice(inner),
            other => result.push(other.clone()),
        }
    }
    result
}

/// The only item; null for none, a fault for more.
pub fn singleton<'a>(items: &[Value<'a>]) -> Outcome<'a> {
    match items {
        [] => Ok(Value::Null),
        [one] => Ok(one.clone()),
        more => Err(Fault::Runtime(format!("singleton from: the list has {} items", more.len()))),
    }
}

/// The place of an item, -1 when absent.
pub fn index_of(list: &[Value<'_>], item: &Value<'_>) -> i32 {
    list.iter().position(|other| equal(other, item) == Some(true)).map_or(-1, |at| at as i32)
}

/// Items from `start` up to `end`; negative places count from the end.
pub fn slice<'a>(list: &[Value<'a>], start: i64, end: Option<i64>) -> Vec<Value<'a>> {
    let len = list.len() as i64;
    let place = |at: i64| if at < 0 { (len + at).max(0) } else { at.min(len) };
    let (start, end) = (place(start), place(end.unwrap_or(len)));
    list.get(start as usize..end as usize).map_or_else(Vec::new, <[Value<'a>]>::to_vec)
}

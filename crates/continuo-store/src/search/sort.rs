//! Sort keys and the cursor: pages are cut by key, so they stay stable while others write.

use super::plan::Planner;
use super::query::{SortKey, wrong};
use crate::conn::Value;
use crate::error::{Error, Result};
use crate::index::{Flavor, alias, clinical_code, is_identifying, is_patient_param};
use continuo_fhir::ResourceType;
use continuo_fhir::search::{self, ParamKind};

/// One part of the order: an SQL expression and its direction.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) expression: String,
    /// Joined to give the expression its value.
    pub(super) join: String,
    pub(super) descending: bool,
}

/// The key of one `_sort` entry; missing values come last. `date_of_driver` is the date the driving select carries.
pub(super) fn key(
    planner: &mut Planner<'_>,
    type_: ResourceType,
    sort: &SortKey,
    n: usize,
    date_of_driver: Option<&str>,
) -> Result<Key> {
    let descending = sort.descending;
    let row = |expression: &str| Key { expression: expression.to_owned(), join: String::new(), descending };
    match sort.param.as_str() {
        "_id" => return Ok(row("r.id")),
        "_lastUpdated" => return Ok(row("r.updated")),
        other if Some(other) == date_of_driver => return Ok(row("d.date")),
        _ => {}
    }
    let param = search::param(type_, &sort.param)
        .ok_or_else(|| wrong("_sort", &format!("`{}` is not a parameter of {type_}", sort.param)))?;
    if alias(type_, param.code).is_some() {
        return Err(wrong("_sort", &format!("`{}` cannot be sorted by", param.code)));
    }
    let number = planner.param_number(type_, param, Flavor::Plain)?;
    let pick = if descending { "max" } else { "min" };
    let org = planner.org;
    let coded = clinical_code(type_.as_str()) == Some(param.code);
    let (from, value, last) = match param.kind {
        ParamKind::Date => ("idx_date x", "x.low", Value::Int(if descending { i64::MIN } else { i64::MAX })),
        ParamKind::String | ParamKind::Uri => ("idx_text x", "x.value", last_text(descending)),
        ParamKind::Token if is_identifying(param.code) => ("idx_identifier x", "x.value", last_text(descending)),
        ParamKind::Token if coded => ("idx_code x join code c on c.id = x.code", "c.code", last_text(descending)),
        ParamKind::Token => ("idx_token x join code c on c.id = x.value", "c.code", last_text(descending)),
        ParamKind::Number | ParamKind::Quantity => {
            ("idx_number x", "x.low", Value::Real(if descending { f64::MIN } else { f64::MAX }))
        }
        ParamKind::Reference => {
            ("idx_reference x", "x.target", Value::Int(if descending { i64::MIN } else { i64::MAX }))
        }
        ParamKind::Composite | ParamKind::Special => {
            return Err(wrong("_sort", &format!("`{}` cannot be sorted by", param.code)));
        }
    };
    let condition =
        if coded { format!("x.type = {}", planner.type_number(type_)?) } else { format!("x.param = {number}") };
    let last = planner.bind(last);
    // A patient of the covering tables stands in the row itself.
    let own =
        if param.kind == ParamKind::Reference && is_patient_param(param.code) { "nullif(r.patient, 0), " } else { "" };
    Ok(Key {
        expression: format!("coalesce(s{n}.v, {own}{last})"),
        join: format!(
            " left join (select x.rid, {pick}({value}) as v from {from} where x.org = ?{org} and {condition} group by x.rid) s{n} on s{n}.rid = r.rid"
        ),
        descending,
    })
}

fn last_text(descending: bool) -> Value {
    Value::Text(if descending { String::new() } else { "\u{10ffff}".to_owned() })
}

/// ` and (k1, k2, rid) > (..)`, written out since directions differ.
pub(super) fn after(planner: &mut Planner<'_>, keys: &[Key], rid: &str, cursor: &Cursor) -> Result<String> {
    if cursor.keys.len() != keys.len() {
        return Err(wrong(super::query::CURSOR, "does not belong to this search"));
    }
    let rid_mark = planner.bind(Value::Int(cursor.rid));
    let mut sql = format!("{rid} > {rid_mark}");
    for (key, value) in keys.iter().zip(&cursor.keys).rev() {
        let mark = planner.bind(value.clone());
        let expression = &key.expression;
        let sign = if key.descending { "<" } else { ">" };
        sql = format!("({expression} {sign} {mark} or ({expression} = {mark} and {sql}))");
    }
    Ok(format!(" and {sql}"))
}

/// Where a page ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cursor {
    pub(super) total: Option<i64>,
    pub(super) keys: Vec<Value>,
    pub(super) rid: i64,
}

impl Cursor {
    /// As carried in a link: letters, digits, `-`, `.`.
    pub(super) fn encode(&self) -> String {
        let mut parts = vec![self.total.map_or("n".to_owned(), |n| format!("i{n}")), format!("i{}", self.rid)];
        for key in &self.keys {
            parts.push(match key {
                Value::Int(n) => format!("i{n}"),
                Value::Real(n) => format!("r{:x}", n.to_bits()),
                Value::Text(text) => text.bytes().fold("s".to_owned(), |out, b| out + &format!("{b:02x}")),
                Value::Null | Value::Blob(_) => "n".to_owned(),
            });
        }
        parts.join(".")
    }

    pub(super) fn decode(text: &str) -> Result<Self> {
        read(text).ok_or_else(|| wrong(super::query::CURSOR, "is damaged"))
    }
}

fn read(text: &str) -> Option<Cursor> {
    let mut parts = text.split('.').map(part);
    let total = match parts.next()?? {
        Value::Int(n) => Some(n),
        _ => None,
    };
    let Some(Some(Value::Int(rid))) = parts.next() else { return None };
    Some(Cursor { total, rid, keys: parts.collect::<Option<Vec<Value>>>()? })
}

fn part(text: &str) -> Option<Value> {
    let mut chars = text.chars();
    let kind = chars.next()?;
    let rest = chars.as_str();
    match kind {
        'i' => rest.parse().ok().map(Value::Int),
        'r' => u64::from_str_radix(rest, 16).ok().map(|bits| Value::Real(f64::from_bits(bits))),
        's' => {
            let bytes: Option<Vec<u8>> = rest
                .as_bytes()
                .chunks(2)
                .map(|pair| std::str::from_utf8(pair).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok()))
                .collect();
            String::from_utf8(bytes?).ok().map(Value::Text)
        }
        'n' => Some(Value::Null),
        _ => None,
    }
}

/// A cursor's value as the statement takes it back: real columns may come as integers from SQLite.
pub(super) fn kept(value: Value) -> Result<Value> {
    match value {
        Value::Blob(_) | Value::Null => Err(Error::Damaged("a sort key has no value".to_owned())),
        other => Ok(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back() {
        let cursor = Cursor {
            total: Some(12),
            keys: vec![Value::Int(-5), Value::Text("García.".to_owned()), Value::Real(0.5)],
            rid: 9,
        };
        assert_eq!(Cursor::decode(&cursor.encode()).unwrap(), cursor);
        for bad in ["", "i1", "n.x", "n.i1.sz", "n.i1.s\u{e9}"] {
            assert!(Cursor::decode(bad).is_err(), "{bad}");
        }
    }
}

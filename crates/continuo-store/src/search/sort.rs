//! Sort keys and the cursor: pages are cut by key, so they stay stable while others write.

use super::plan::Planner;
use super::query::{SortKey, wrong};
use crate::conn::Value;
use crate::error::{Error, Result};
use crate::index::{Flavor, alias, clinical_code, is_identifying, is_patient_param};
use continuo_fhir::ResourceType;
use continuo_fhir::letters::hex;
use continuo_fhir::search::{self, Param, ParamKind};

/// One part of the order: an SQL expression and its direction.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) expression: String,
    /// Joined to give the expression its value.
    pub(super) join: String,
    pub(super) descending: bool,
}

/// The key of one `_sort` entry; missing values come last. `date_of_driver` is the date the driving select carries, with
/// its end as `d.high`.
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
        other if Some(other) == date_of_driver => {
            let expression = date_carried(planner, type_, other, descending)?;
            return Ok(row(&expression));
        }
        _ => {}
    }
    let ValueOf { from, value, condition, pick, last, is_patient, .. } = value_of(planner, type_, sort)?;
    let org = planner.org;
    let last = planner.bind(last);
    let own = if is_patient { "nullif(r.patient, 0), " } else { "" };
    Ok(Key {
        expression: format!("coalesce(s{n}.v, {own}{last})"),
        join: format!(
            " left join (select x.rid, {pick}({value}) as v from {from} where x.org = ?{org} and {condition} group by x.rid) s{n} on s{n}.rid = r.rid"
        ),
        descending,
    })
}

/// Where the value of a sort key stands in the index.
pub(super) struct ValueOf {
    pub(super) param: &'static Param,
    pub(super) from: &'static str,
    pub(super) value: &'static str,
    pub(super) condition: String,
    /// Which of several values.
    pub(super) pick: &'static str,
    /// Stands for no value.
    pub(super) last: Value,
    /// A patient of the covering tables stands in the resource's row.
    pub(super) is_patient: bool,
}

/// See [`ValueOf`]; of any key but `_id` and `_lastUpdated`.
pub(super) fn value_of(planner: &mut Planner<'_>, type_: ResourceType, sort: &SortKey) -> Result<ValueOf> {
    let descending = sort.descending;
    let param = search::param(type_, &sort.param)
        .ok_or_else(|| wrong("_sort", &format!("`{}` is not a parameter of {type_}", sort.param)))?;
    if alias(type_, param.code).is_some() {
        return Err(wrong("_sort", &format!("`{}` cannot be sorted by", param.code)));
    }
    let number = planner.param_number(type_, param, Flavor::Plain)?;
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
    Ok(ValueOf {
        param,
        from,
        value,
        condition,
        pick: if descending { "max" } else { "min" },
        last,
        is_patient: param.kind == ParamKind::Reference && is_patient_param(param.code),
    })
}

/// The order's value of a date that the driving select carries: the first of a resource, and the least number at both
/// ends where there is none.
fn date_carried(planner: &mut Planner<'_>, type_: ResourceType, code: &str, descending: bool) -> Result<String> {
    let first = if descending {
        "d.date".to_owned()
    } else {
        // Undated: after all others. (One that is open at its beginning has an end.)
        format!("case when d.high = {} then {} else d.date end", i64::MIN, i64::MAX)
    };
    let Some(param) = search::param(type_, code) else { return Ok(first) };
    let number = planner.param_number(type_, param, Flavor::Plain)?;
    if !planner.has_several(number)? {
        return Ok(first);
    }
    let pick = if descending { "max" } else { "min" };
    Ok(format!(
        "coalesce((select {pick}(s.low) from idx_date_several s where s.org = ?{} and s.param = {number} and s.rid = d.rid), {first})",
        planner.org
    ))
}

pub(super) fn last_text(descending: bool) -> Value {
    Value::Text(if descending { String::new() } else { "\u{10ffff}".to_owned() })
}

/// Whether what is alike in all keys stands in falling order of the narrow keys: as the last key goes, so that an index can
/// be read in its own order, forward or backward.
pub(super) fn is_backward(keys: &[Key]) -> bool {
    keys.last().is_some_and(|key| key.descending)
}

/// ` and (k1, k2, rid) > (..)`, written out since directions differ.
pub(super) fn after(planner: &mut Planner<'_>, keys: &[Key], rid: &str, cursor: &Cursor) -> Result<String> {
    if cursor.keys.len() != keys.len() {
        return Err(wrong(super::query::CURSOR, "does not belong to this search"));
    }
    let rid_mark = planner.bind(Value::Int(cursor.rid));
    let sign = if is_backward(keys) { "<" } else { ">" };
    let mut sql = format!("{rid} {sign} {rid_mark}");
    for (key, value) in keys.iter().zip(&cursor.keys).rev() {
        let mark = planner.bind(value.clone());
        let expression = &key.expression;
        let sign = if key.descending { "<" } else { ">" };
        sql = format!("({expression} {sign} {mark} or ({expression} = {mark} and {sql}))");
    }
    Ok(format!(" and {sql}"))
}

/// Begins each cursor: one that an earlier build made in another order is refused instead of losing rows.
const FORM: &str = "2";

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
        let total = self.total.map_or("n".to_owned(), |n| format!("i{n}"));
        let mut parts = vec![FORM.to_owned(), total, format!("i{}", self.rid)];
        for key in &self.keys {
            parts.push(match key {
                Value::Int(n) => format!("i{n}"),
                Value::Real(n) => format!("r{:x}", n.to_bits()),
                Value::Text(text) => format!("s{}", hex(text.as_bytes())),
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
    let (form, rest) = text.split_once('.')?;
    let mut parts = rest.split('.').map(part).filter(|_| form == FORM);
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
        for bad in ["", "2", "2.i1", "2.n.x", "2.n.i1.sz", "2.n.i1.s\u{e9}", "i1.i1", "1.i1.i1"] {
            assert!(Cursor::decode(bad).is_err(), "{bad}");
        }
    }
}

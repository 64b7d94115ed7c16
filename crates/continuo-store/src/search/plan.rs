//! Turns the criteria of a request into conditions: one function a kind of parameter.

mod filter;
mod numbers;
mod ordered;
mod reference;
mod text;
mod token;
mod words;

use super::criterion::{Criterion, Select};
use super::query::{Pair, wrong};
use super::value::split;
use crate::conn::{Conn, Param as Sql, Value};
use crate::error::{Error, Result};
use crate::index::{Alias, Flavor, NO_CODE, alias, clinical_code, is_identifying, is_patient_param, param_name};
use crate::scope::{Scope, bound_list};
use continuo_fhir::search::{self, Param, ParamKind};
use continuo_fhir::{Json, ResourceType, Zone};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Chains and `_has` within one another, at most.
const DEEPEST: usize = 5;
/// Values in one list, at most.
pub(super) const MOST_VALUES: usize = 1_000;
/// What one search may look up before it is planned: value sets, codes one by one, trees of codes.
const MOST_WORK: usize = 10_000;
/// Different words that one search may look for, at most: each reads the whole dictionary.
const MOST_WORDS: usize = 64;
/// Numbers bound one by one, at most; more go as one text.
const MOST_BOUND: usize = 256;
/// What is handled in bulk costs one for this many numbers or bytes.
const NUMBERS_FOR_ONE: usize = 100;
const BYTES_FOR_ONE: usize = 100_000;

const PATIENT: ResourceType = ResourceType::of("Patient");

/// What planning needs: the database for narrow keys, the scope, and the parameters gathered so far.
pub(super) struct Planner<'a> {
    pub(super) conn: &'a mut Conn,
    pub(super) scope: &'a Scope,
    pub(super) zone: Zone,
    pub(super) params: Vec<Value>,
    pub(super) org: usize,
    names: BTreeMap<String, i64>,
    /// Value sets by the name they were asked for.
    pub(super) sets: BTreeMap<String, Rc<BTreeSet<i64>>>,
    /// The code system last read.
    pub(super) system: Option<(String, Rc<Json>)>,
    words: BTreeMap<(String, Holds), Rc<Vec<i64>>>,
    /// Date parameters of which it was asked whether any resource has several.
    several: BTreeMap<i64, bool>,
    /// How many there are of a type, where that is remembered.
    pub(super) has_counts: bool,
    spent: usize,
}

/// How a text of the dictionary holds what is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Holds {
    /// A word begins with it.
    Begins,
    /// It is a word.
    Whole,
    /// It stands anywhere.
    Inside,
}

/// The values of a criterion, of which any may match.
pub(super) fn listed_values(pair: &Pair) -> Result<Vec<&str>> {
    let values = split(&pair.value, ',');
    if values.len() > MOST_VALUES {
        return Err(wrong(&pair.name, &format!("has more than {MOST_VALUES} values")));
    }
    Ok(values)
}

impl<'a> Planner<'a> {
    pub(super) fn new(conn: &'a mut Conn, scope: &'a Scope) -> Result<Self> {
        let zone = crate::tables::org::zone(conn, scope.org)?;
        let zone = zone.as_deref().and_then(Zone::named).unwrap_or_else(Zone::utc);
        Ok(Self {
            conn,
            scope,
            zone,
            params: vec![Value::Int(scope.org.0)],
            org: 1,
            names: BTreeMap::new(),
            sets: BTreeMap::new(),
            system: None,
            words: BTreeMap::new(),
            several: BTreeMap::new(),
            has_counts: false,
            spent: 0,
        })
    }

    /// Counts work; a search that asks for more than one may is refused instead of holding its thread.
    pub(super) fn spend(&mut self, work: usize, parameter: &str) -> Result<()> {
        self.spent = self.spent.saturating_add(work);
        if self.spent > MOST_WORK { Err(too_much(parameter)) } else { Ok(()) }
    }

    pub(super) fn spend_on_numbers(&mut self, numbers: usize, parameter: &str) -> Result<()> {
        self.spend(1 + numbers / NUMBERS_FOR_ONE, parameter)
    }

    pub(super) fn spend_on_bytes(&mut self, bytes: usize, parameter: &str) -> Result<()> {
        self.spend(1 + bytes / BYTES_FOR_ONE, parameter)
    }

    /// `?n` for a value.
    pub(super) fn bind(&mut self, value: Value) -> String {
        self.params.push(value);
        format!("?{}", self.params.len())
    }

    /// A list of numbers for `in (..)`, however long.
    pub(super) fn list(&mut self, numbers: &[i64]) -> String {
        if numbers.len() <= MOST_BOUND {
            return bound_list(numbers, &mut self.params);
        }
        let text: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let mark = self.text(&format!("[{}]", text.join(",")));
        self.conn.dialect().numbers_of(&mark)
    }

    fn text(&mut self, text: &str) -> String {
        self.bind(Value::Text(text.to_owned()))
    }

    /// The number of a name; -1 when the database never saw it, so that nothing matches.
    fn name(&mut self, name: String) -> Result<i64> {
        if let Some(id) = self.names.get(&name) {
            return Ok(*id);
        }
        let found =
            self.conn.query_opt("select id from name where name = ?1", &[Sql::Text(&name)], |row| row.int(0))?;
        let id = found.unwrap_or(-1);
        self.names.insert(name, id);
        Ok(id)
    }

    pub(super) fn type_number(&mut self, type_: ResourceType) -> Result<i64> {
        self.name(type_.as_str().to_owned())
    }

    pub(super) fn param_number(&mut self, type_: ResourceType, param: &Param, flavor: Flavor) -> Result<i64> {
        self.name(param_name(type_, param.code, flavor))
    }

    /// `select x.rid from {table} x where x.org = .. and x.param = .. and {condition}`.
    fn select(&mut self, table: &str, number: i64, condition: &str) -> Select {
        Select::new(format!(
            "select x.rid from {table} x where x.org = ?{} and x.param = {number} and {condition}",
            self.org
        ))
    }

    /// The condition of one `name:modifier=value`.
    pub(super) fn criterion(&mut self, type_: ResourceType, pair: &Pair, depth: usize) -> Result<Criterion> {
        if depth > DEEPEST {
            return Err(wrong(&pair.name, "is chained too deep"));
        }
        if let Some(rest) = pair.name.strip_prefix("_has:") {
            return self.has(type_, rest, pair, depth);
        }
        if let Some((head, tail)) = pair.name.split_once('.') {
            return self.chain(type_, head, tail, pair, depth);
        }
        let (code, modifier) = match pair.name.split_once(':') {
            Some((code, modifier)) => (code, Some(modifier)),
            None => (pair.name.as_str(), None),
        };
        match code {
            "_id" | "_lastUpdated" if modifier == Some("missing") => {
                // Every resource here has them.
                let none = Criterion::Nothing;
                return Ok(if is_missing(pair)? { none } else { Criterion::Not(Box::new(none)) });
            }
            "_id" => return self.ids(pair),
            "_lastUpdated" if modifier.is_some() => return Err(wrong(&pair.name, "takes no modifier but :missing")),
            "_lastUpdated" => return self.last_updated(pair),
            "_filter" | "_list" if modifier.is_some() => return Err(wrong(&pair.name, "takes no modifier")),
            "_filter" => return self.filter(type_, pair, depth),
            "_list" => return self.listed(pair),
            _ => {}
        }
        let param =
            search::param(type_, code).ok_or_else(|| wrong(&pair.name, &format!("is not a parameter of {type_}")))?;
        if modifier == Some("missing") {
            return self.missing(type_, param, pair);
        }
        let mut any = Vec::new();
        for value in listed_values(pair)?.into_iter().filter(|v| !v.is_empty()) {
            any.push(self.value(type_, param, modifier, value, pair, depth)?);
        }
        let any = merge(any);
        Ok(if matches!(modifier, Some("not" | "not-in")) { Criterion::Not(Box::new(any)) } else { any })
    }

    fn value(
        &mut self,
        type_: ResourceType,
        param: &'static Param,
        modifier: Option<&str>,
        value: &str,
        pair: &Pair,
        depth: usize,
    ) -> Result<Criterion> {
        if let Some(alias) = alias(type_, param.code) {
            return self.alias(type_, alias, modifier, value, pair, depth);
        }
        let plain = matches!(modifier, None | Some("not"));
        match param.kind {
            ParamKind::Date | ParamKind::Number | ParamKind::Quantity | ParamKind::Composite if !plain => {
                Err(wrong(&pair.name, "has a modifier that this kind of parameter does not take"))
            }
            ParamKind::Token => self.token(type_, param, modifier, value, pair),
            ParamKind::Reference => self.reference(type_, param, modifier, value, pair),
            ParamKind::Date => self.date(type_, param, value, pair),
            ParamKind::String if matches!(param.code, "_text" | "_content") => {
                self.words(type_, param, modifier, value, pair)
            }
            ParamKind::String => self.string(type_, param, modifier, value, pair),
            ParamKind::Uri => self.uri(type_, param, modifier, value, pair),
            ParamKind::Number => self.number(type_, param, value, pair),
            ParamKind::Quantity => self.quantity(type_, param, value, pair),
            ParamKind::Composite => self.composite(type_, param, value, pair),
            ParamKind::Special if modifier.is_none() => self.near(type_, param, value, pair),
            ParamKind::Special => Err(wrong(&pair.name, "takes no modifier")),
        }
    }

    fn alias(
        &mut self,
        type_: ResourceType,
        alias: Alias,
        modifier: Option<&str>,
        value: &str,
        pair: &Pair,
        depth: usize,
    ) -> Result<Criterion> {
        let one = |this: &mut Self, code: &str, value: &str| {
            let param = search::param(type_, code).ok_or_else(|| wrong(&pair.name, "is not supported"))?;
            this.value(type_, param, modifier, value, pair, depth)
        };
        let parts = split(value, '$');
        let halves = match parts.as_slice() {
            [first, second] => Some((*first, *second)),
            _ => None,
        };
        let two = || halves.ok_or_else(|| wrong(&pair.name, "needs two parts joined by $"));
        match alias {
            Alias::AnyOf(codes) => {
                let any: Result<Vec<Criterion>> = codes.iter().map(|code| one(self, code, value)).collect();
                Ok(merge(any?))
            }
            Alias::Both(first, second) => {
                let (a, b) = two()?;
                Ok(Criterion::All(vec![one(self, first, a)?, one(self, second, b)?]))
            }
            Alias::BothOr(first, second, composite) => {
                let (a, b) = two()?;
                let both = Criterion::All(vec![one(self, first, a)?, one(self, second, b)?]);
                Ok(Criterion::Any(vec![both, one(self, composite, value)?]))
            }
        }
    }

    fn ids(&mut self, pair: &Pair) -> Result<Criterion> {
        let values = listed_values(pair)?;
        let marks: Vec<String> = values.into_iter().map(|id| self.text(id)).collect();
        let not = match pair.name.as_str() {
            "_id" => "",
            "_id:not" => "not ",
            _ => return Err(wrong(&pair.name, "has a modifier that ids do not take")),
        };
        Ok(Criterion::Row(format!("{{row}}.id {not}in ({})", marks.join(", "))))
    }

    fn last_updated(&mut self, pair: &Pair) -> Result<Criterion> {
        let mut any = Vec::new();
        for value in listed_values(pair)? {
            let condition = self.date_condition(value, "{row}.updated", "({row}.updated + 1)", pair)?;
            any.push(Criterion::Row(condition));
        }
        Ok(merge(any))
    }

    fn missing(&mut self, type_: ResourceType, param: &'static Param, pair: &Pair) -> Result<Criterion> {
        let missing = is_missing(pair)?;
        let codes: Vec<&'static Param> = match alias(type_, param.code) {
            Some(Alias::AnyOf(codes)) => codes.iter().filter_map(|code| search::param(type_, code)).collect(),
            Some(_) => return Err(wrong(&pair.name, "is not supported with :missing")),
            None => vec![param],
        };
        let mut any = Vec::new();
        for param in codes {
            any.push(self.present(type_, param)?);
        }
        let any = Criterion::Any(any);
        Ok(if missing { Criterion::Not(Box::new(any)) } else { any })
    }

    fn present(&mut self, type_: ResourceType, param: &'static Param) -> Result<Criterion> {
        let number = self.param_number(type_, param, Flavor::Plain)?;
        if clinical_code(type_.as_str()) == Some(param.code) {
            let type_number = self.type_number(type_)?;
            let sql = format!(
                "select x.rid from idx_code x where x.org = ?{} and x.type = {type_number} and x.code <> {NO_CODE}",
                self.org
            );
            return Ok(Criterion::In(vec![Select::new(sql)]));
        }
        let tables: &[&str] = match param.kind {
            ParamKind::Token if is_identifying(param.code) => &["idx_identifier"],
            ParamKind::Token => &["idx_token"],
            ParamKind::Reference => &["idx_reference", "idx_text"],
            ParamKind::Date => &["idx_date"],
            ParamKind::String | ParamKind::Uri => &["idx_text"],
            ParamKind::Number | ParamKind::Quantity | ParamKind::Special => &["idx_number"],
            ParamKind::Composite => &["idx_composite"],
        };
        let mut any: Vec<Criterion> =
            vec![Criterion::In(tables.iter().map(|table| self.select(table, number, "1 = 1")).collect())];
        if param.kind == ParamKind::Reference {
            let identified = self.param_number(type_, param, Flavor::Identifier)?;
            any.push(Criterion::In(vec![self.select("idx_identifier", identified, "1 = 1")]));
        }
        if param.kind == ParamKind::Reference && is_patient_param(param.code) {
            any.push(Criterion::Row("{row}.patient <> 0".to_owned()));
        }
        Ok(Criterion::Any(any))
    }
}

fn is_missing(pair: &Pair) -> Result<bool> {
    match pair.value.as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(wrong(&pair.name, "is not true or false")),
    }
}

fn too_much(parameter: &str) -> Error {
    wrong(parameter, "asks for too much at once")
}

/// Alternatives of one parameter: selects are put together, so that a list is one look-up list.
fn merge(any: Vec<Criterion>) -> Criterion {
    let mut selects: Vec<Select> = Vec::new();
    let mut rest = Vec::new();
    let alone = any.len() == 1;
    for one in any {
        match one {
            Criterion::In(list) => {
                selects.extend(list.into_iter().map(|select| Select { apart: select.apart && alone, ..select }));
            }
            Criterion::Nothing => {}
            other => rest.push(other),
        }
    }
    if !selects.is_empty() {
        rest.insert(0, Criterion::In(selects));
    }
    match rest.len() {
        0 => Criterion::Nothing,
        1 => rest.remove(0),
        _ => Criterion::Any(rest),
    }
}

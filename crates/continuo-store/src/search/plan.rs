//! Turns the criteria of a request into conditions: one function a kind of parameter.

use super::criterion::{Criterion, Select};
use super::number::literal;
use super::query::{Pair, wrong};
use super::value::{Prefix, Token, prefix, split, token, unescape};
use crate::conn::{Conn, Param as Sql, Value};
use crate::error::Result;
use crate::ids::Rid;
use crate::index::{Alias, Flavor, NO_CODE, alias, clinical_code, clip, is_identifying, is_patient_param, param_name};
use crate::scope::{Scope, int_list};
use continuo_fhir::date::DateTime;
use continuo_fhir::search::{self, Param, ParamKind};
use continuo_fhir::text::{fold, phonetic};
use continuo_fhir::{ResourceType, Zone};
use std::collections::BTreeMap;

/// Chains and `_has` within one another, at most.
const DEEPEST: usize = 5;
/// Values in one list, at most.
const MOST_VALUES: usize = 1_000;

const PATIENT: ResourceType = ResourceType::of("Patient");

/// What planning needs: the database for narrow keys, the scope, and the parameters gathered so far.
pub(super) struct Planner<'a> {
    pub(super) conn: &'a mut Conn,
    pub(super) scope: &'a Scope,
    pub(super) zone: Zone,
    pub(super) params: Vec<Value>,
    pub(super) org: usize,
    names: BTreeMap<String, i64>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(conn: &'a mut Conn, scope: &'a Scope) -> Result<Self> {
        let zone = crate::tables::org::zone(conn, scope.org)?;
        let zone = zone.as_deref().and_then(Zone::named).unwrap_or_else(Zone::utc);
        Ok(Self { conn, scope, zone, params: vec![Value::Int(scope.org.0)], org: 1, names: BTreeMap::new() })
    }

    /// `?n` for a value.
    pub(super) fn bind(&mut self, value: Value) -> String {
        self.params.push(value);
        format!("?{}", self.params.len())
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
            "_id" => return self.ids(pair),
            "_lastUpdated" => return self.last_updated(pair),
            _ => {}
        }
        let param =
            search::param(type_, code).ok_or_else(|| wrong(&pair.name, &format!("is not a parameter of {type_}")))?;
        if modifier == Some("missing") {
            return self.missing(type_, param, pair);
        }
        let values = split(&pair.value, ',');
        if values.len() > MOST_VALUES {
            return Err(wrong(&pair.name, "has too many values"));
        }
        let mut any = Vec::new();
        for value in values.into_iter().filter(|v| !v.is_empty()) {
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
        match param.kind {
            ParamKind::Token => self.token(type_, param, modifier, value, pair),
            ParamKind::Reference => self.reference(type_, param, modifier, value, pair),
            ParamKind::Date => self.date(type_, param, value, pair),
            ParamKind::String => self.string(type_, param, modifier, value, pair),
            ParamKind::Uri => self.uri(type_, param, modifier, value, pair),
            ParamKind::Number => self.number(type_, param, value, pair),
            ParamKind::Quantity => self.quantity(type_, param, value, pair),
            ParamKind::Composite => self.composite(type_, param, value, pair),
            ParamKind::Special => Err(wrong(&pair.name, "is not supported")),
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
        let marks: Vec<String> = split(&pair.value, ',').into_iter().map(|id| self.text(id)).collect();
        let not = match pair.name.as_str() {
            "_id" => "",
            "_id:not" => "not ",
            _ => return Err(wrong(&pair.name, "has a modifier that ids do not take")),
        };
        Ok(Criterion::Row(format!("{{row}}.id {not}in ({})", marks.join(", "))))
    }

    fn last_updated(&mut self, pair: &Pair) -> Result<Criterion> {
        let mut any = Vec::new();
        for value in split(&pair.value, ',') {
            let condition = self.date_condition(value, "{row}.updated", "({row}.updated + 1)", pair)?;
            any.push(Criterion::Row(condition));
        }
        Ok(merge(any))
    }

    // Tokens.

    fn token(
        &mut self,
        type_: ResourceType,
        param: &'static Param,
        modifier: Option<&str>,
        value: &str,
        pair: &Pair,
    ) -> Result<Criterion> {
        match modifier {
            None | Some("not") if is_identifying(param.code) => {
                let number = self.param_number(type_, param, Flavor::Plain)?;
                self.identifier(number, value)
            }
            None | Some("not") => {
                let numbers = self.codes_of(&token(value))?;
                self.coded(type_, param, &numbers)
            }
            Some("text") => {
                let numbers = self.codes_with_words(&unescape(value))?;
                self.coded(type_, param, &numbers)
            }
            Some("in" | "not-in") => {
                let numbers = super::valueset::members(self.conn, self.scope, &unescape(value), &pair.name)?;
                self.coded(type_, param, &numbers)
            }
            Some(other) => Err(wrong(&pair.name, &format!("modifier `:{other}` is not supported for tokens"))),
        }
    }

    /// Resources with one of these code numbers.
    pub(super) fn coded(&mut self, type_: ResourceType, param: &'static Param, numbers: &[i64]) -> Result<Criterion> {
        if numbers.is_empty() {
            return Ok(Criterion::Nothing);
        }
        let list = int_list(numbers);
        if clinical_code(type_.as_str()) == Some(param.code) {
            let type_number = self.type_number(type_)?;
            let select = Select::new(format!(
                "select x.rid from idx_code x where x.org = ?{} and x.type = {type_number} and x.code in ({list})",
                self.org
            ));
            return Ok(Criterion::In(vec![Select { once: numbers.len() == 1, ..select }]));
        }
        let number = self.param_number(type_, param, Flavor::Plain)?;
        let one = numbers.len() == 1;
        let select = self.select("idx_token", number, &format!("x.value in ({list})"));
        Ok(Criterion::In(vec![Select { probes: true, once: one, ..select }]))
    }

    /// The numbers of the codes a token means.
    pub(super) fn codes_of(&mut self, token: &Token) -> Result<Vec<i64>> {
        let (sql, params) = match token {
            Token::Code(code) => (
                "select id from code where code = ?1 and system <> ?2 order by id",
                [clip(code), crate::codes::WORDS.into()],
            ),
            Token::Both(system, code) => {
                ("select id from code where code = ?1 and system = ?2", [clip(code), system.as_str().into()])
            }
            Token::System(system) => (
                "select id from code where system = ?1 and code <> ?2 order by id",
                [system.as_str().into(), "".into()],
            ),
        };
        let [first, second] = &params;
        self.conn.query(sql, &[Sql::Text(first), Sql::Text(second)], |row| row.int(0))
    }

    /// The numbers of codes seen with words that contain these, and of words without a code.
    fn codes_with_words(&mut self, words: &str) -> Result<Vec<i64>> {
        let words = fold(words);
        let position = match self.conn.dialect() {
            crate::conn::Dialect::Sqlite => "instr(c.code, ?2) > 0",
            crate::conn::Dialect::Postgres => "strpos(c.code, ?2) > 0",
        };
        let sql = format!(
            "select w.code from code c join code_words w on w.words = c.id where c.system = ?1 and {position}
             union select c.id from code c where c.system = ?1 and {position}"
        );
        self.conn.query(&sql, &[Sql::Text(crate::codes::WORDS), Sql::Text(&words)], |row| row.int(0))
    }

    /// The number of a namespace: the code table's row without a code.
    fn namespace(&mut self, system: &str) -> Result<Option<i64>> {
        let sql = "select id from code where code = '' and system = ?1";
        self.conn.query_opt(sql, &[Sql::Text(system)], |row| row.int(0))
    }

    fn identifier(&mut self, number: i64, value: &str) -> Result<Criterion> {
        let (condition, exact) = match token(value) {
            Token::Code(value) => (format!("x.value = {}", self.text(&clip(&value))), false),
            Token::Both(system, value) => {
                let system = if system.is_empty() { Some(-1) } else { self.namespace(&system)? };
                let Some(system) = system else { return Ok(Criterion::Nothing) };
                (format!("x.value = {} and x.system = {system}", self.text(&clip(&value))), true)
            }
            Token::System(system) => match self.namespace(&system)? {
                Some(system) => (format!("x.system = {system}"), false),
                None => return Ok(Criterion::Nothing),
            },
        };
        let select = self.select("idx_identifier", number, &condition);
        Ok(Criterion::In(vec![Select { probes: exact, once: exact, ..select }]))
    }

    // References.

    fn reference(
        &mut self,
        type_: ResourceType,
        param: &'static Param,
        modifier: Option<&str>,
        value: &str,
        pair: &Pair,
    ) -> Result<Criterion> {
        let value = unescape(value);
        let wanted = match modifier {
            None | Some("not") => None,
            Some("identifier") => {
                let number = self.param_number(type_, param, Flavor::Identifier)?;
                return self.identifier(number, &value);
            }
            Some(name) => match ResourceType::find(name) {
                Some(wanted) => Some(wanted),
                None => return Err(wrong(&pair.name, &format!("modifier `:{name}` is not supported for references"))),
            },
        };
        let targets = self.targets(param, wanted, &value)?;
        let mut selects = Vec::new();
        if !targets.is_empty() {
            let list: Vec<i64> = targets.iter().map(|r| r.0).collect();
            selects = self.refers_to(type_, param, &int_list(&list), list.len() == 1)?;
        }
        if value.contains(':') {
            let number = self.param_number(type_, param, Flavor::Plain)?;
            let mark = self.text(&clip(&value));
            let select = self.select("idx_text", number, &format!("x.value = {mark}"));
            selects.push(Select { probes: true, once: true, ..select });
        }
        Ok(if selects.is_empty() { Criterion::Nothing } else { Criterion::In(selects) })
    }

    /// Selects of resources whose parameter points to a list of narrow keys (numbers or a select).
    pub(super) fn refers_to(
        &mut self,
        type_: ResourceType,
        param: &Param,
        list: &str,
        one: bool,
    ) -> Result<Vec<Select>> {
        let mut selects = Vec::new();
        if is_patient_param(param.code) && (param.targets.is_empty() || param.targets.contains(&PATIENT)) {
            let type_number = self.type_number(type_)?;
            let select = Select::new(format!(
                "select x.rid from idx_clinical x where x.org = ?{} and x.type = {type_number} and x.patient in ({list})",
                self.org
            ));
            selects.push(select);
        }
        let number = self.param_number(type_, param, Flavor::Plain)?;
        let select = self.select("idx_reference", number, &format!("x.target in ({list})"));
        selects.push(Select { probes: true, once: one, ..select });
        Ok(selects)
    }

    /// The narrow keys a reference value means: `Patient/7`, `7`, or a person's members.
    fn targets(&mut self, param: &Param, wanted: Option<ResourceType>, value: &str) -> Result<Vec<Rid>> {
        let (named, id) = match value.rsplit_once('/') {
            Some((head, id)) => (ResourceType::find(head.rsplit('/').next().unwrap_or("")), id),
            None => (None, value),
        };
        let types: Vec<ResourceType> = match named.or(wanted) {
            Some(type_) => vec![type_],
            None if value.contains('/') => return Ok(Vec::new()),
            None => param.targets.clone(),
        };
        let mut sql =
            "select r.rid, t.name from resource r join name t on t.id = r.type where r.org = ?1 and r.id = ?2"
                .to_owned();
        if !types.is_empty() {
            let mut numbers = Vec::new();
            for type_ in &types {
                numbers.push(self.type_number(*type_)?);
            }
            sql.push_str(&format!(" and r.type in ({})", int_list(&numbers)));
        }
        let found = self
            .conn
            .query(&sql, &[self.scope.org.param(), Sql::Text(id)], |row| Ok((Rid(row.int(0)?), row.text(1)?)))?;
        let mut out = Vec::new();
        for (rid, _) in found {
            out.push(rid);
            // `patient=<person>` answers all its members; a source patient has none and answers itself.
            out.extend(self.conn.query(
                "select patient from person_member where org = ?1 and person = ?2 and until is null order by patient",
                &[self.scope.org.param(), rid.param()],
                |row| row.int(0).map(Rid),
            )?);
        }
        out.sort_unstable();
        out.dedup();
        Ok(out)
    }

    /// The narrow keys a patient value means: `Patient/7`, `7`, a person's members.
    pub(super) fn patient_keys(&mut self, value: &str) -> Result<Vec<i64>> {
        let param = search::param(ResourceType::of("Observation"), "patient");
        let Some(param) = param else { return Ok(Vec::new()) };
        Ok(self.targets(param, None, &unescape(value))?.iter().map(|r| r.0).collect())
    }

    // Chains.

    fn chain(&mut self, type_: ResourceType, head: &str, tail: &str, pair: &Pair, depth: usize) -> Result<Criterion> {
        let (code, wanted) = match head.split_once(':') {
            Some((code, name)) => {
                let wanted = ResourceType::find(name)
                    .ok_or_else(|| wrong(&pair.name, &format!("`{name}` is not a resource type")))?;
                (code, Some(wanted))
            }
            None => (head, None),
        };
        let param = search::param(type_, code)
            .filter(|p| p.kind == ParamKind::Reference)
            .ok_or_else(|| wrong(&pair.name, &format!("`{code}` is not a reference of {type_}")))?;
        let next = tail.split(['.', ':']).next().unwrap_or("");
        let targets: Vec<ResourceType> = match wanted {
            Some(type_) => vec![type_],
            None => param
                .targets
                .iter()
                .copied()
                .filter(|t| matches!(next, "_id" | "_has") || search::param(*t, next).is_some())
                .collect(),
        };
        if targets.is_empty() {
            return Err(wrong(&pair.name, &format!("`{next}` is not a parameter of what `{code}` points to")));
        }
        let mut selects = Vec::new();
        for target in targets {
            let inner = Pair { name: tail.to_owned(), value: pair.value.clone() };
            let inner = self.criterion(target, &inner, depth + 1)?;
            let list = self.matching(target, &[inner], depth + 1)?;
            selects.extend(self.refers_to(type_, param, &list, false)?);
        }
        // Asked as a set: the inner select is the same for every row.
        selects.iter_mut().for_each(|select| select.probes = false);
        Ok(Criterion::In(selects))
    }

    /// `_has:Observation:patient:code=..`: something that matches points here.
    fn has(&mut self, type_: ResourceType, rest: &str, pair: &Pair, depth: usize) -> Result<Criterion> {
        let mut parts = rest.splitn(3, ':');
        let (Some(source), Some(code), Some(tail)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong(&pair.name, "is not _has:Type:reference:parameter"));
        };
        let source = ResourceType::find(source)
            .ok_or_else(|| wrong(&pair.name, &format!("`{source}` is not a resource type")))?;
        let param = search::param(source, code)
            .filter(|p| p.kind == ParamKind::Reference)
            .ok_or_else(|| wrong(&pair.name, &format!("`{code}` is not a reference of {source}")))?;
        let inner = Pair { name: tail.to_owned(), value: pair.value.clone() };
        let inner = self.criterion(source, &inner, depth + 1)?;
        let list = self.matching(source, &[inner], depth + 1)?;
        let number = self.param_number(source, param, Flavor::Plain)?;
        let mut any = vec![Criterion::Row(format!(
            "{{row}}.rid in (select x.target from idx_reference x
             where x.org = ?{} and x.param = {number} and x.rid in ({list}))",
            self.org
        ))];
        if type_ == PATIENT && is_patient_param(param.code) {
            any.push(Criterion::Row(format!(
                "{{row}}.rid in (select m.patient from resource m where m.rid in ({list}))"
            )));
        }
        Ok(Criterion::Any(any))
    }

    /// `select r{depth}.rid from resource ..`: everything of a type in scope that matches.
    pub(super) fn matching(&mut self, type_: ResourceType, criteria: &[Criterion], depth: usize) -> Result<String> {
        let row = format!("r{depth}");
        let type_number = self.type_number(type_)?;
        let seen = self.scope.predicate(&format!("{row}."), &mut self.params);
        let mut sql = format!(
            "select {row}.rid from resource {row} where {row}.org = ?{} and {row}.type = {type_number} and {row}.body is not null{seen}",
            self.org
        );
        for criterion in criteria {
            sql.push_str(" and ");
            sql.push_str(&criterion.sql(&row));
        }
        Ok(sql)
    }

    // Text.

    fn string(
        &mut self,
        type_: ResourceType,
        param: &'static Param,
        modifier: Option<&str>,
        value: &str,
        pair: &Pair,
    ) -> Result<Criterion> {
        let value = unescape(value);
        let plain = self.param_number(type_, param, Flavor::Plain)?;
        let select = match modifier {
            _ if param.code == "phonetic" => {
                let mark = self.text(&phonetic(&value));
                self.select("idx_text", plain, &format!("x.value = {mark}"))
            }
            None => {
                let folded = clip(&fold(&value));
                let (low, high) = (self.text(&folded), self.text(&format!("{folded}\u{10ffff}")));
                self.select("idx_text", plain, &format!("x.value >= {low} and x.value < {high}"))
            }
            Some("exact") => {
                let exact = self.param_number(type_, param, Flavor::Exact)?;
                let mark = self.text(&clip(&value));
                self.select("idx_text", exact, &format!("x.value = {mark}"))
            }
            Some("contains" | "text") => {
                let mark = self.text(&clip(&fold(&value)));
                let found = self.contains("x.value", &mark);
                self.select("idx_text", plain, &found)
            }
            Some(other) => return Err(wrong(&pair.name, &format!("modifier `:{other}` is not supported for text"))),
        };
        Ok(Criterion::In(vec![select]))
    }

    fn contains(&self, column: &str, mark: &str) -> String {
        match self.conn.dialect() {
            crate::conn::Dialect::Sqlite => format!("instr({column}, {mark}) > 0"),
            crate::conn::Dialect::Postgres => format!("strpos({column}, {mark}) > 0"),
        }
    }

    fn uri(
        &mut self,
        type_: ResourceType,
        param: &'static Param,
        modifier: Option<&str>,
        value: &str,
        pair: &Pair,
    ) -> Result<Criterion> {
        let value = clip(&unescape(value));
        let number = self.param_number(type_, param, Flavor::Plain)?;
        let select = match modifier {
            None | Some("not") => {
                let mark = self.text(&value);
                let select = self.select("idx_text", number, &format!("x.value = {mark}"));
                Select { probes: true, once: true, ..select }
            }
            Some("below") => {
                let (low, high) = (self.text(&value), self.text(&format!("{value}\u{10ffff}")));
                self.select("idx_text", number, &format!("x.value >= {low} and x.value < {high}"))
            }
            Some("above" | "contains") => {
                let mark = self.text(&value);
                let found = if modifier == Some("above") {
                    self.contains(&mark, "x.value")
                } else {
                    self.contains("x.value", &mark)
                };
                self.select("idx_text", number, &found)
            }
            Some(other) => return Err(wrong(&pair.name, &format!("modifier `:{other}` is not supported for URIs"))),
        };
        Ok(Criterion::In(vec![select]))
    }

    // Ordered values.

    fn date(&mut self, type_: ResourceType, param: &'static Param, value: &str, pair: &Pair) -> Result<Criterion> {
        let number = self.param_number(type_, param, Flavor::Plain)?;
        let condition = self.date_condition(value, "x.low", "x.high", pair)?;
        Ok(Criterion::In(vec![self.select("idx_date", number, &condition)]))
    }

    /// A date's condition over an interval `[low, high)` (R4 3.1.1.4.7, 3.1.1.5.9).
    pub(super) fn date_condition(&mut self, value: &str, low: &str, high: &str, pair: &Pair) -> Result<String> {
        let (prefix, text) = prefix(value);
        let date = DateTime::parse(text).ok_or_else(|| wrong(&pair.name, &format!("`{text}` is not a date")))?;
        let (from, to) = (date.low(&self.zone).micros(), date.high(&self.zone).micros());
        Ok(match prefix {
            Prefix::Eq => format!("({low} >= {from} and {high} <= {to})"),
            Prefix::Ne => format!("({low} < {from} or {high} > {to})"),
            Prefix::Gt => format!("{high} > {to}"),
            Prefix::Lt => format!("{low} < {from}"),
            Prefix::Ge => format!("({low} >= {from} or {high} > {to})"),
            Prefix::Le => format!("({high} <= {to} or {low} < {from})"),
            Prefix::Sa => format!("{low} >= {to}"),
            Prefix::Eb => format!("{high} <= {from}"),
            Prefix::Ap => {
                // A tenth of the distance to now, at least a day.
                let pad = (self.scope.now.saturating_sub(from).abs() / 10).max(86_400_000_000);
                format!("({high} > {} and {low} < {})", from.saturating_sub(pad), to.saturating_add(pad))
            }
        })
    }

    fn number(&mut self, type_: ResourceType, param: &'static Param, value: &str, pair: &Pair) -> Result<Criterion> {
        let number = self.param_number(type_, param, Flavor::Plain)?;
        let condition = self.number_condition(value, pair)?;
        let select = self.select("idx_number", number, &format!("x.unit = -1 and {condition}"));
        Ok(Criterion::In(vec![select]))
    }

    fn number_condition(&mut self, value: &str, pair: &Pair) -> Result<String> {
        let (prefix, text) = prefix(value);
        let number = literal(text).ok_or_else(|| wrong(&pair.name, &format!("`{text}` is not a number")))?;
        let value = self.bind(Value::Real(number.value));
        Ok(match prefix {
            Prefix::Eq | Prefix::Ne | Prefix::Ap => {
                let tenth = number.value.abs() / 10.0;
                let near = prefix == Prefix::Ap;
                let low = self.bind(Value::Real(if near { number.value - tenth } else { number.low }));
                let high = self.bind(Value::Real(if near { number.value + tenth } else { number.high }));
                match prefix {
                    Prefix::Ne => format!("(x.low < {low} or x.high >= {high})"),
                    Prefix::Ap => format!("(x.high >= {low} and x.low <= {high})"),
                    _ => format!("(x.low >= {low} and x.high < {high})"),
                }
            }
            Prefix::Gt => format!("x.high > {value}"),
            Prefix::Lt => format!("x.low < {value}"),
            Prefix::Ge => format!("x.high >= {value}"),
            Prefix::Le => format!("x.low <= {value}"),
            Prefix::Sa => format!("x.low > {value}"),
            Prefix::Eb => format!("x.high < {value}"),
        })
    }

    fn quantity(&mut self, type_: ResourceType, param: &'static Param, value: &str, pair: &Pair) -> Result<Criterion> {
        let parameter = self.param_number(type_, param, Flavor::Plain)?;
        let (number, units) = self.quantity_parts(value)?;
        let condition = self.number_condition(&number, pair)?;
        let unit = match units {
            None => String::new(),
            Some(units) if units.is_empty() => return Ok(Criterion::Nothing),
            Some(units) => format!("x.unit in ({}) and ", int_list(&units)),
        };
        let select = self.select("idx_number", parameter, &format!("{unit}{condition}"));
        Ok(Criterion::In(vec![select]))
    }

    /// `5.4|http://unitsofmeasure.org|mg`: the number, and the numbers of the unit if one is named.
    fn quantity_parts(&mut self, value: &str) -> Result<(String, Option<Vec<i64>>)> {
        let parts = split(value, '|');
        let number = unescape(parts.first().copied().unwrap_or(""));
        let unit = match parts.as_slice() {
            [_, system, code] if !code.is_empty() => {
                let code = unescape(code);
                let unit = if system.is_empty() { Token::Code(code) } else { Token::Both(unescape(system), code) };
                Some(self.codes_of(&unit)?)
            }
            _ => None,
        };
        Ok((number, unit))
    }

    fn composite(&mut self, type_: ResourceType, param: &'static Param, value: &str, pair: &Pair) -> Result<Criterion> {
        let unsupported = || wrong(&pair.name, "is not supported");
        let parts = split(value, '$');
        let ([first_kind, second_kind], [first, second]) = (param.components.as_slice(), parts.as_slice()) else {
            return Err(wrong(&pair.name, "needs two parts joined by $"));
        };
        let firsts: Vec<i64> = match first_kind {
            ParamKind::Token => self.codes_of(&token(first))?,
            ParamKind::Reference => self.targets(param, None, &unescape(first))?.iter().map(|r| r.0).collect(),
            _ => return Err(unsupported()),
        };
        let condition = match second_kind {
            ParamKind::Token => {
                let numbers = self.codes_of(&token(second))?;
                let marks: Vec<String> = numbers.iter().map(|n| self.text(&n.to_string())).collect();
                format!("x.value in ({})", if marks.is_empty() { "null".to_owned() } else { marks.join(", ") })
            }
            ParamKind::Quantity => {
                let (number, units) = self.quantity_parts(second)?;
                let condition = self.number_condition(&number, pair)?;
                match units {
                    None => condition,
                    Some(units) => {
                        let marks: Vec<String> = units.iter().map(|n| self.text(&n.to_string())).collect();
                        format!(
                            "x.value in ({}) and {condition}",
                            if marks.is_empty() { "null".to_owned() } else { marks.join(", ") }
                        )
                    }
                }
            }
            ParamKind::Number => self.number_condition(second, pair)?,
            ParamKind::Date => self.date_condition(second, "x.low", "x.high", pair)?,
            ParamKind::String => {
                let folded = clip(&fold(&unescape(second)));
                let (low, high) = (self.text(&folded), self.text(&format!("{folded}\u{10ffff}")));
                format!("x.value >= {low} and x.value < {high}")
            }
            ParamKind::Uri => format!("x.value = {}", self.text(&clip(&unescape(second)))),
            _ => return Err(unsupported()),
        };
        let number = self.param_number(type_, param, Flavor::Plain)?;
        let select =
            self.select("idx_composite", number, &format!("x.first in ({}) and {condition}", int_list(&firsts)));
        Ok(Criterion::In(vec![select]))
    }

    fn missing(&mut self, type_: ResourceType, param: &'static Param, pair: &Pair) -> Result<Criterion> {
        let missing = match pair.value.as_str() {
            "true" => true,
            "false" => false,
            _ => return Err(wrong(&pair.name, "is not true or false")),
        };
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
        if param.kind == ParamKind::Reference && is_patient_param(param.code) {
            any.push(Criterion::Row("{row}.patient <> 0".to_owned()));
        }
        Ok(Criterion::Any(any))
    }
}

/// Alternatives of one parameter: selects are put together, so that a list is one look-up list.
fn merge(any: Vec<Criterion>) -> Criterion {
    let mut selects = Vec::new();
    let mut rest = Vec::new();
    for one in any {
        match one {
            Criterion::In(list) => selects.extend(list),
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

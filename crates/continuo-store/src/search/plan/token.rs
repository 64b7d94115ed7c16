//! Tokens: codes, identifiers, value sets, words.

use super::{Holds, Planner};
use crate::codes::stored;
use crate::conn::Param as Sql;
use crate::error::Result;
use crate::index::{Flavor, clinical_code, clip, is_identifying, of_type};
use crate::search::criterion::{Criterion, Select};
use crate::search::hierarchy::Way;
use crate::search::query::{Pair, wrong};
use crate::search::value::{Token, split, token, unescape};
use continuo_fhir::ResourceType;
use continuo_fhir::search::{self, Param};
use continuo_fhir::text::fold;

impl Planner<'_> {
    pub(super) fn token(
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
                let numbers = self.codes_with_word(&fold(&unescape(value)), Holds::Inside, &pair.name)?;
                self.coded(type_, param, &numbers)
            }
            Some("in" | "not-in") => {
                let numbers = self.members(&unescape(value), &pair.name)?;
                self.coded(type_, param, &numbers)
            }
            Some("above" | "below") if !is_identifying(param.code) => {
                let way = if modifier == Some("above") { Way::Above } else { Way::Below };
                let Token::Both(system, code) = token(value) else {
                    return Err(wrong(&pair.name, "needs system|code to say what stands above and below"));
                };
                let numbers = self.code_family(&system, &code, way, &pair.name)?;
                self.coded(type_, param, &numbers)
            }
            Some("of-type") if param.code.ends_with("identifier") => {
                let parts: Vec<String> = split(value, '|').into_iter().map(unescape).collect();
                let [system, code, value] = parts.as_slice() else {
                    return Err(wrong(&pair.name, "is not system|code|value"));
                };
                let number = self.param_number(type_, param, Flavor::OfType)?;
                let mark = self.text(&of_type(system, code, value));
                let select = self.select("idx_text", number, &format!("x.value = {mark}"));
                Ok(Criterion::In(vec![Select { probes: true, once: true, ..select }]))
            }
            Some(other) => Err(wrong(&pair.name, &format!("modifier `:{other}` is not supported here"))),
        }
    }

    /// Resources with one of these code numbers.
    pub(in crate::search) fn coded(
        &mut self,
        type_: ResourceType,
        param: &'static Param,
        numbers: &[i64],
    ) -> Result<Criterion> {
        let numbers = &self.in_use(type_, param, numbers)?;
        if numbers.is_empty() {
            return Ok(Criterion::Nothing);
        }
        let list = self.list(numbers);
        if clinical_code(type_.as_str()) == Some(param.code) {
            let type_number = self.type_number(type_)?;
            let org = self.org;
            let select = Select::new(format!(
                "select x.rid from idx_code x where x.org = ?{org} and x.type = {type_number} and x.code in ({list})"
            ));
            // One row is asked for among its patient's; what is nobody's, among all of the code.
            let probe = format!(
                "({{row}}.patient <> 0 and exists (select 1 from idx_clinical x where x.org = ?{org} \
                 and x.type = {type_number} and x.patient = {{row}}.patient and x.code in ({list}) and x.rid = {{row}}.rid) \
                 or {{row}}.patient = 0 and {{row}}.rid in (select x.rid from idx_code x where x.org = ?{org} \
                 and x.type = {type_number} and x.code in ({list}) and x.patient = 0))"
            );
            return Ok(Criterion::In(vec![Select { once: numbers.len() == 1, probe: Some(probe), ..select }]));
        }
        let number = self.param_number(type_, param, Flavor::Plain)?;
        let one = numbers.len() == 1;
        let select = self.select("idx_token", number, &format!("x.value in ({list})"));
        Ok(Criterion::In(vec![Select { probes: true, once: one, ..select }]))
    }

    /// Those of a few codes that any resource carries in this parameter. A word such as `final` is a code of several systems
    /// and usually one of them is meant: the rows of one code come in order, those of several must be gathered first.
    fn in_use(&mut self, type_: ResourceType, param: &'static Param, numbers: &[i64]) -> Result<Vec<i64>> {
        const FEW: usize = 16;
        if !(2..=FEW).contains(&numbers.len()) {
            return Ok(numbers.to_vec());
        }
        let (org, mut used) = (self.scope.org.0, Vec::new());
        let (sql, kind) = if clinical_code(type_.as_str()) == Some(param.code) {
            let sql = "select rid from idx_code where org = ?1 and type = ?2 and code = ?3 limit 1";
            (sql, self.type_number(type_)?)
        } else {
            let sql = "select rid from idx_token where org = ?1 and param = ?2 and value = ?3 limit 1";
            (sql, self.param_number(type_, param, Flavor::Plain)?)
        };
        for number in numbers {
            let key = [Sql::Int(org), Sql::Int(kind), Sql::Int(*number)];
            if self.conn.query_opt(sql, &key, |row| row.int(0))?.is_some() {
                used.push(*number);
            }
        }
        Ok(used)
    }

    /// Resources of a type whose covering code is one of these.
    pub(in crate::search) fn of_codes(&mut self, type_: ResourceType, numbers: &[i64]) -> Result<Criterion> {
        match clinical_code(type_.as_str()).and_then(|code| search::param(type_, code)) {
            Some(param) => self.coded(type_, param, numbers),
            None => Ok(Criterion::Nothing),
        }
    }

    /// The codes of a parameter, by its name, that are in use.
    pub(in crate::search) fn codes_in_use(
        &mut self,
        type_: ResourceType,
        code: &str,
        numbers: &[i64],
    ) -> Result<Vec<i64>> {
        match search::param(type_, code) {
            Some(param) => self.in_use(type_, param, numbers),
            None => Ok(numbers.to_vec()),
        }
    }

    /// The numbers of the codes a token means.
    pub(in crate::search) fn codes_of(&mut self, token: &Token) -> Result<Vec<i64>> {
        let (sql, params) = match token {
            Token::Code(code) => (
                "select id from code where code = ?1 and system <> ?2 order by id",
                [clip(code), crate::codes::WORDS.into()],
            ),
            Token::Both(system, code) => {
                ("select id from code where code = ?1 and system = ?2", [clip(code), stored(system).as_ref().into()])
            }
            Token::System(system) => (
                "select id from code where system = ?1 and code <> ?2 order by id",
                [stored(system).as_ref().into(), "".into()],
            ),
        };
        let [first, second] = &params;
        self.conn.query(sql, &[Sql::Text(first), Sql::Text(second)], |row| row.int(0))
    }

    /// The number of a namespace: the code table's row without a code.
    pub(super) fn namespace(&mut self, system: &str) -> Result<Option<i64>> {
        let sql = "select id from code where code = '' and system = ?1";
        self.conn.query_opt(sql, &[Sql::Text(&stored(system))], |row| row.int(0))
    }

    pub(super) fn identifier(&mut self, number: i64, value: &str) -> Result<Criterion> {
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
}

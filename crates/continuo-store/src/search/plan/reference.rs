//! References, chains and `_has`.

use super::{DEEPEST, PATIENT, Planner};
use crate::conn::Param as Sql;
use crate::error::Result;
use crate::ids::Rid;
use crate::index::{Flavor, clinical_code, clip, is_patient_param};
use crate::read::type_named;
use crate::scope::{bound_list, int_list};
use crate::search::criterion::{Criterion, ROW_BY_ROW, Select};
use crate::search::hierarchy::{self, Way};
use crate::search::query::{Pair, wrong};
use crate::search::value::{split, token, unescape};
use continuo_fhir::ResourceType;
use continuo_fhir::search::{self, Param, ParamKind};

impl Planner<'_> {
    pub(super) fn reference(
        &mut self,
        type_: ResourceType,
        param: &'static Param,
        modifier: Option<&str>,
        value: &str,
        pair: &Pair,
    ) -> Result<Criterion> {
        let value = unescape(value);
        let way = modifier.and_then(Way::of);
        let wanted = match modifier {
            None | Some("not" | "above" | "below") => None,
            Some("identifier") => {
                let number = self.param_number(type_, param, Flavor::Identifier)?;
                return self.identifier(number, &value);
            }
            Some(name) => match ResourceType::find(name) {
                Some(wanted) => Some(wanted),
                None => return Err(wrong(&pair.name, &format!("modifier `:{name}` is not supported for references"))),
            },
        };
        let named = self.named(param, wanted, &value)?;
        if named.is_empty() && way.is_some() && value.contains(':') {
            // A canonical: what stands above and below it shows in the address.
            return self.uri(type_, param, modifier, &value, pair);
        }
        let targets: Vec<Rid> = match way {
            Some(_) if !hierarchy::has_parts(param) => {
                return Err(wrong(&pair.name, "points to nothing that has parts"));
            }
            Some(way) => self.family(named, way, &pair.name)?,
            None => named.into_iter().map(|(rid, _)| rid).collect(),
        };
        let mut selects = Vec::new();
        if !targets.is_empty() {
            let list: Vec<i64> = targets.iter().map(|r| r.0).collect();
            let one = list.len() == 1;
            let list = bound_list(&list, &mut self.params);
            selects = self.refers_to(type_, param, &list, one, true)?;
        }
        if value.contains(':') {
            let number = self.param_number(type_, param, Flavor::Plain)?;
            let mark = self.text(&clip(&value));
            let select = self.select("idx_text", number, &format!("x.value = {mark}"));
            selects.push(Select { probes: true, once: true, ..select });
        }
        Ok(if selects.is_empty() { Criterion::Nothing } else { Criterion::In(selects) })
    }

    /// Selects of resources whose parameter points to a list of narrow keys (numbers or a select), among which patients
    /// may be.
    pub(in crate::search) fn refers_to(
        &mut self,
        type_: ResourceType,
        param: &Param,
        list: &str,
        one: bool,
        patients: bool,
    ) -> Result<Vec<Select>> {
        let mut selects = Vec::new();
        let number = self.param_number(type_, param, Flavor::Plain)?;
        let of_patient = is_patient_param(param.code) && (param.targets.is_empty() || param.targets.contains(&PATIENT));
        if of_patient && patients {
            let type_number = self.type_number(type_)?;
            let select = Select::new(format!(
                "select x.rid from idx_clinical x where x.org = ?{} and x.type = {type_number} and x.patient in ({list})",
                self.org
            ));
            selects.push(Select { probe: Some(format!("{{row}}.patient in ({list})")), ..select });
        }
        // Of most types nothing but the patient's own column says whose a resource is.
        if selects.is_empty() || self.is_referred_by(number)? {
            let select = self.select("idx_reference", number, &format!("x.target in ({list})"));
            selects.push(Select { probes: true, once: one, ..select });
        }
        Ok(selects)
    }

    /// Whether the table of references has any row of this parameter.
    fn is_referred_by(&mut self, param: i64) -> Result<bool> {
        let sql = "select rid from idx_reference where org = ?1 and param = ?2 limit 1";
        let found = self.conn.query_opt(sql, &[self.scope.org.param(), Sql::Int(param)], |row| row.int(0))?;
        Ok(found.is_some())
    }

    /// The narrow keys a reference value means: `Patient/7`, `7`, or a person's members.
    pub(super) fn targets(&mut self, param: &Param, wanted: Option<ResourceType>, value: &str) -> Result<Vec<Rid>> {
        Ok(self.named(param, wanted, value)?.into_iter().map(|(rid, _)| rid).collect())
    }

    /// The same with their types.
    fn named(&mut self, param: &Param, wanted: Option<ResourceType>, value: &str) -> Result<Vec<(Rid, ResourceType)>> {
        // A whole address is another server's: what is called the same here is something else.
        if value.contains("://") {
            return Ok(Vec::new());
        }
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
        let found = self.conn.query(&sql, &[self.scope.org.param(), Sql::Text(id)], |row| {
            Ok((Rid(row.int(0)?), type_named(row.str(1)?)?))
        })?;
        let mut out = Vec::new();
        for (rid, type_) in found {
            out.push((rid, type_));
            // `patient=<person>` answers all its members; a source patient has none and answers itself.
            out.extend(self.conn.query(
                "select patient from person_member where org = ?1 and person = ?2 and until is null order by patient",
                &[self.scope.org.param(), rid.param()],
                |row| row.int(0).map(|member| (Rid(member), type_)),
            )?);
        }
        out.sort_unstable();
        out.dedup();
        Ok(out)
    }

    /// The narrow keys a patient value means: `Patient/7`, `7`, a person's members.
    pub(in crate::search) fn patient_keys(&mut self, value: &str) -> Result<Vec<i64>> {
        let param = search::param(ResourceType::of("Observation"), "patient");
        let Some(param) = param else { return Ok(Vec::new()) };
        Ok(self.targets(param, None, &unescape(value))?.iter().map(|r| r.0).collect())
    }

    pub(super) fn chain(
        &mut self,
        type_: ResourceType,
        head: &str,
        tail: &str,
        pair: &Pair,
        depth: usize,
    ) -> Result<Criterion> {
        let next = tail.split(['.', ':']).next().unwrap_or("");
        let inner = Pair { name: tail.to_owned(), value: pair.value.clone() };
        self.chain_to(type_, head, next, pair, depth, &mut |this, target| this.criterion(target, &inner, depth + 1))
    }

    /// What points by `head` to something that `inner` is true of; `next` is the parameter that is asked there.
    pub(super) fn chain_to(
        &mut self,
        type_: ResourceType,
        head: &str,
        next: &str,
        pair: &Pair,
        depth: usize,
        inner: &mut dyn FnMut(&mut Self, ResourceType) -> Result<Criterion>,
    ) -> Result<Criterion> {
        if depth > DEEPEST {
            return Err(wrong(&pair.name, "is chained too deep"));
        }
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
        let targets: Vec<ResourceType> = match wanted {
            Some(type_) => vec![type_],
            None => param
                .targets
                .iter()
                .copied()
                .filter(|t| {
                    matches!(next, "_id" | "_lastUpdated" | "_has" | "_filter" | "_list")
                        || search::param(*t, next).is_some()
                })
                .collect(),
        };
        if targets.is_empty() {
            return Err(wrong(&pair.name, &format!("`{next}` is not a parameter of what `{code}` points to")));
        }
        let mut selects = Vec::new();
        for target in targets {
            let inner = inner(self, target)?;
            let list = self.matching(target, &[inner], depth + 1)?;
            selects.extend(self.refers_to(type_, param, &list, false, target == PATIENT)?);
        }
        // Asked as a set: the inner select is the same for every row.
        for select in &mut selects {
            select.probes = false;
        }
        Ok(Criterion::In(selects))
    }

    /// `_has:Observation:patient:code=..`: something that matches points here.
    pub(super) fn has(&mut self, type_: ResourceType, rest: &str, pair: &Pair, depth: usize) -> Result<Criterion> {
        let mut parts = rest.splitn(3, ':');
        let (Some(source), Some(code), Some(tail)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong(&pair.name, "is not _has:Type:reference:parameter"));
        };
        let source = ResourceType::find(source)
            .ok_or_else(|| wrong(&pair.name, &format!("`{source}` is not a resource type")))?;
        let param = search::param(source, code)
            .filter(|p| p.kind == ParamKind::Reference)
            .ok_or_else(|| wrong(&pair.name, &format!("`{code}` is not a reference of {source}")))?;
        if type_ == PATIENT && is_patient_param(param.code) && clinical_code(source.as_str()) == Some(tail) {
            return self.has_code(source, param, &pair.value);
        }
        let inner = Pair { name: tail.to_owned(), value: pair.value.clone() };
        let criterion = self.criterion(source, &inner, depth + 1)?;
        let number = self.param_number(source, param, Flavor::Plain)?;
        let of_patient = type_ == PATIENT && is_patient_param(param.code);
        let mut any = Vec::new();
        if of_patient {
            let list = self.patients_with(source, &criterion, depth + 1)?;
            any.push(Criterion::Row(format!("{{row}}.rid in ({list})")));
        }
        if !of_patient || self.is_referred_by(number)? {
            let list = self.matching(source, &[criterion], depth + 1)?;
            any.push(Criterion::Row(format!(
                "{{row}}.rid in (select x.target from idx_reference x
                 where x.org = ?{} and x.param = {number} and x.rid in ({list}))",
                self.org
            )));
        }
        Ok(Criterion::Any(any))
    }

    /// The patients of everything of a type in scope that matches.
    fn patients_with(&mut self, type_: ResourceType, criterion: &Criterion, depth: usize) -> Result<String> {
        let matching = self.matching(type_, std::slice::from_ref(criterion), depth)?;
        Ok(format!("select m.patient from resource m where m.rid in ({matching})"))
    }

    /// `_has:Condition:patient:code=..` of patients: the covering tables know it.
    fn has_code(&mut self, source: ResourceType, param: &'static Param, value: &str) -> Result<Criterion> {
        let mut codes = Vec::new();
        for value in split(value, ',').into_iter().filter(|value| !value.is_empty()) {
            codes.extend(self.codes_of(&token(value))?);
        }
        if codes.is_empty() {
            return Ok(Criterion::Nothing);
        }
        codes.sort_unstable();
        codes.dedup();
        let (list, org) = (self.list(&codes), self.org);
        let (of_source, of_patient) = (self.type_number(source)?, self.type_number(PATIENT)?);
        let seen = self.scope.predicate_of(source, "y.", &mut self.params);
        let condition = format!("y.org = ?{org} and y.type = {of_source} and y.code in ({list}){seen}");
        // A patient may be referred to and not be there.
        let sql = format!(
            "select x.rid from (select distinct y.patient as rid from idx_code y where {condition}) x \
             where exists (select 1 from idx_clinical c where c.org = ?{org} and c.type = {of_patient} \
             and c.patient = x.rid and c.rid = x.rid)"
        );
        let probe =
            format!("exists (select 1 from idx_clinical y where {condition} and y.patient = {{row}}.rid{ROW_BY_ROW})");
        let own = Select { once: true, probe: Some(probe), ..Select::new(sql) };
        let number = self.param_number(source, param, Flavor::Plain)?;
        if !self.is_referred_by(number)? {
            return Ok(Criterion::In(vec![own]));
        }
        let criterion = self.of_codes(source, &codes)?;
        let list = self.matching(source, &[criterion], 9)?;
        let other = format!(
            "{{row}}.rid in (select x.target from idx_reference x
             where x.org = ?{org} and x.param = {number} and x.rid in ({list}))"
        );
        Ok(Criterion::Any(vec![Criterion::In(vec![own]), Criterion::Row(other)]))
    }

    /// `select r{depth}.rid from resource ..`: everything of a type in scope that matches.
    pub(in crate::search) fn matching(
        &mut self,
        type_: ResourceType,
        criteria: &[Criterion],
        depth: usize,
    ) -> Result<String> {
        let row = format!("r{depth}");
        let type_number = self.type_number(type_)?;
        // One select of the index: no resource needs to be looked up to know what is closed.
        if let [Criterion::In(selects)] = criteria
            && let [one] = selects.as_slice()
            && let Some(open) = self.open(type_number, "x.rid")
        {
            return Ok(format!("{}{open}", one.sql));
        }
        let seen = self.scope.predicate_of(type_, &format!("{row}."), &mut self.params);
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
}

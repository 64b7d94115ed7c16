//! `:in` and `:not-in`: the codes of a value set that is held here, by its URL or id.
//!
//! An expansion counts as it stands. Else the definition is followed: listed codes, whole systems, other value sets,
//! exclusions, and the filters that name a place in a hierarchy of codes (`is-a`, `descendent-of`, `=`, `in`). A filter
//! on any other property is refused by name: a wrong answer would look like a right one.

use super::hierarchy::Way;
use super::plan::Planner;
use super::query::wrong;
use crate::body;
use crate::conn::Param;
use crate::error::Result;
use crate::index::clip;
use continuo_fhir::Json;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Value sets within value sets.
const DEEPEST: usize = 5;
/// Codes looked up by one statement.
const AT_ONCE: usize = 256;

impl Planner<'_> {
    /// The numbers of a value set's codes.
    pub(super) fn members(&mut self, name: &str, parameter: &str) -> Result<Vec<i64>> {
        Ok(self.value_set(name, parameter, 0)?.iter().copied().collect())
    }

    /// A value set is read once for a search: sets that name one another many times would be read without end.
    fn value_set(&mut self, name: &str, parameter: &str, depth: usize) -> Result<Rc<BTreeSet<i64>>> {
        let known = self.sets.get(name).cloned();
        let set = match known {
            Some(set) => set,
            None => Rc::new(self.read_value_set(name, parameter, depth)?),
        };
        self.spend_on_numbers(set.len(), parameter)?;
        self.sets.insert(name.to_owned(), Rc::clone(&set));
        Ok(set)
    }

    fn read_value_set(&mut self, name: &str, parameter: &str, depth: usize) -> Result<BTreeSet<i64>> {
        if depth > DEEPEST {
            return Err(wrong(parameter, &format!("value set `{name}` is made of too many others")));
        }
        let (url, version) = name.split_once('|').unwrap_or((name, ""));
        let id = url.strip_prefix("ValueSet/").unwrap_or("");
        let found = self.conn.query(
            "select r.id, r.body from resource r
             where r.org = ?1 and r.type = (select n.id from name n where n.name = 'ValueSet') and r.body is not null
             and (r.id = ?2 or r.rid in (select x.rid from idx_text x where x.org = ?1
                 and x.param = (select n.id from name n where n.name = 'ValueSet.url') and x.value = ?3))
             order by r.rid desc limit 20",
            &[self.scope.org.param(), Param::Text(id), Param::Text(&clip(url))],
            |row| Ok((row.text(0)?, row.blob(1)?)),
        )?;
        let mut json = None;
        for (id, bytes) in found {
            let bytes: Vec<u8> = bytes;
            self.spend_on_bytes(bytes.len(), parameter)?;
            let one = body::decode("ValueSet", &id, &bytes)?;
            if version.is_empty() || one.str_at("version") == Some(version) {
                json = Some(one);
                break;
            }
        }
        let json = json.ok_or_else(|| wrong(parameter, &format!("value set `{name}` is not here")))?;
        if let Some(list) = json.at("expansion.contains") {
            return self.contained(list.items(), parameter);
        }
        let mut out = BTreeSet::new();
        for include in json.at("compose.include").map(Json::items).unwrap_or_default() {
            out.extend(self.part(include, name, parameter, depth)?);
        }
        for exclude in json.at("compose.exclude").map(Json::items).unwrap_or_default() {
            for number in self.part(exclude, name, parameter, depth)? {
                out.remove(&number);
            }
        }
        Ok(out)
    }

    /// An expansion's codes, those nested in others too; a heading that cannot be chosen is no member.
    fn contained(&mut self, list: &[Json], parameter: &str) -> Result<BTreeSet<i64>> {
        let mut by_system: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut open: Vec<&Json> = list.iter().collect();
        while let Some(one) = open.pop() {
            if one.get("abstract").and_then(Json::as_bool) != Some(true)
                && let Some(code) = one.str_at("code")
            {
                by_system.entry(one.str_at("system").unwrap_or("")).or_default().push(code);
            }
            open.extend(one.get("contains").map(Json::items).unwrap_or_default());
        }
        let mut out = BTreeSet::new();
        for (system, codes) in by_system {
            out.extend(self.numbers_of(system, &codes, parameter)?);
        }
        Ok(out)
    }

    /// What one include or exclude names: its system's part, common with each value set it names.
    fn part(&mut self, part: &Json, name: &str, parameter: &str, depth: usize) -> Result<BTreeSet<i64>> {
        self.spend(1, parameter)?;
        let mut out = match part.str_at("system") {
            Some(system) => Some(self.of_system(system, part, name, parameter)?),
            None => None,
        };
        for other in part.get("valueSet").map(Json::items).unwrap_or_default().iter().filter_map(Json::as_str) {
            let set = self.value_set(other, parameter, depth + 1)?;
            out = Some(match out {
                Some(known) => known.intersection(&set).copied().collect(),
                None => set.as_ref().clone(),
            });
        }
        Ok(out.unwrap_or_default())
    }

    fn of_system(&mut self, system: &str, part: &Json, name: &str, parameter: &str) -> Result<BTreeSet<i64>> {
        let concepts = part.get("concept").map(Json::items).unwrap_or_default();
        let filters = part.get("filter").map(Json::items).unwrap_or_default();
        let mut out = BTreeSet::new();
        if !concepts.is_empty() {
            let codes: Vec<&str> = concepts.iter().filter_map(|concept| concept.str_at("code")).collect();
            out.extend(self.numbers_of(system, &codes, parameter)?);
        } else if filters.is_empty() {
            let sql = "select id from code where system = ?1 and code <> '' order by id";
            let numbers = self.conn.query(sql, &[Param::Text(system)], |row| row.int(0))?;
            self.spend_on_numbers(numbers.len(), parameter)?;
            out.extend(numbers);
        }
        for (at, filter) in filters.iter().enumerate() {
            let set = self.filtered_codes(system, filter, name, parameter)?;
            out = if at == 0 && concepts.is_empty() { set } else { out.intersection(&set).copied().collect() };
        }
        Ok(out)
    }

    fn filtered_codes(&mut self, system: &str, filter: &Json, name: &str, parameter: &str) -> Result<BTreeSet<i64>> {
        let field = |field: &str| filter.str_at(field).unwrap_or("");
        let (property, op, value) = (field("property"), field("op"), field("value"));
        let mut out = BTreeSet::new();
        match (property, op) {
            ("concept" | "code", "is-a" | "descendent-of") => {
                out.extend(self.code_family(system, value, Way::Below, parameter)?);
                if op == "descendent-of" {
                    for own in self.numbers_of(system, &[value], parameter)? {
                        out.remove(&own);
                    }
                }
            }
            ("concept" | "code", "=" | "in") => {
                let codes: Vec<&str> = value.split(',').map(str::trim).collect();
                out.extend(self.numbers_of(system, &codes, parameter)?);
            }
            _ => {
                let text = format!("value set `{name}` chooses codes by `{property} {op}`, which is not supported");
                return Err(wrong(parameter, &text));
            }
        }
        Ok(out)
    }

    /// The numbers of a system's codes that any resource here has.
    pub(super) fn numbers_of(&mut self, system: &str, codes: &[&str], parameter: &str) -> Result<Vec<i64>> {
        let mut out = Vec::new();
        for some in codes.chunks(AT_ONCE) {
            self.spend_on_numbers(some.len(), parameter)?;
            let clipped: Vec<Box<str>> = some.iter().map(|code| clip(code)).collect();
            let mut params = vec![Param::Text(system)];
            params.extend(clipped.iter().map(|code| Param::Text(code)));
            // Filled up, so that there are few different statements.
            params.resize(1 + some.len().next_power_of_two(), Param::Text(""));
            let marks: Vec<String> = (2..=params.len()).map(|n| format!("?{n}")).collect();
            let sql =
                format!("select id from code where system = ?1 and code in ({}) and code <> ''", marks.join(", "));
            out.extend(self.conn.query(&sql, &params, |row| row.int(0))?);
        }
        Ok(out)
    }
}

//! What stands above and below: places within places, and codes within codes.
//!
//! Resources are a hierarchy where a parameter of their type points to the same type as a part of it (R4 3.1.1.4.14);
//! codes are one where a CodeSystem held here says so, by nesting or by the `parent` and `child` properties.

use super::plan::Planner;
use super::query::wrong;
use crate::body;
use crate::conn::{Param as Sql, Value};
use crate::error::Result;
use crate::ids::Rid;
use crate::index::{Flavor, clip};
use crate::scope::bound_list;
use continuo_fhir::search::{self, Param};
use continuo_fhir::{Json, ResourceType};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Steps up or down, at most: a hierarchy that goes in a circle ends.
const DEEPEST: usize = 50;
/// Resources of one answer, at most.
const MOST: usize = 20_000;
/// Codes of one answer, at most.
const MOST_CODES: usize = 500_000;
/// What reading a tree of codes counts, as look-ups.
const TREE: usize = 50;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Above,
    Below,
}

impl Way {
    pub(super) fn of(modifier: &str) -> Option<Self> {
        match modifier {
            "above" => Some(Self::Above),
            "below" => Some(Self::Below),
            _ => None,
        }
    }
}

/// The parameter by which resources of a type are parts of one another.
fn part_of(type_: ResourceType) -> Option<&'static Param> {
    search::params(type_)
        .iter()
        .find(|param| matches!(param.code, "partof" | "part-of") && param.targets.contains(&type_))
}

/// Whether a reference may point to something that has parts: then it takes `:above` and `:below`.
pub(crate) fn has_parts(param: &Param) -> bool {
    param.targets.iter().any(|target| part_of(*target).is_some())
}

impl Planner<'_> {
    /// These resources and all above or below them that are in scope.
    pub(super) fn family(&mut self, from: Vec<(Rid, ResourceType)>, way: Way, parameter: &str) -> Result<Vec<Rid>> {
        let mut all: BTreeSet<Rid> = from.iter().map(|(rid, _)| *rid).collect();
        let mut by_type: BTreeMap<ResourceType, Vec<i64>> = BTreeMap::new();
        for (rid, type_) in from {
            by_type.entry(type_).or_default().push(rid.0);
        }
        let mut any = false;
        for (type_, mut round) in by_type {
            let Some(param) = part_of(type_) else { continue };
            any = true;
            for _ in 0..DEEPEST {
                let found = self.next_of(type_, param, way, &round)?;
                round = found.into_iter().filter(|rid| all.insert(*rid)).map(|rid| rid.0).collect();
                if all.len() > MOST {
                    return Err(wrong(parameter, "has too many parts below it"));
                }
                if round.is_empty() {
                    break;
                }
            }
        }
        if !any && !all.is_empty() {
            return Err(wrong(parameter, "names a type that has no parts"));
        }
        Ok(all.into_iter().collect())
    }

    fn next_of(&mut self, type_: ResourceType, param: &Param, way: Way, round: &[i64]) -> Result<Vec<Rid>> {
        let number = self.param_number(type_, param, Flavor::Plain)?;
        let mut params = vec![Value::Int(self.scope.org.0), Value::Int(number)];
        let list = bound_list(round, &mut params);
        let (found, known) = match way {
            Way::Below => ("x.rid", "x.target"),
            Way::Above => ("x.target", "x.rid"),
        };
        let seen = self.scope.predicate_of_any("r.", &mut params);
        let sql = format!(
            "select {found} from idx_reference x join resource r on r.rid = {found}
             where x.org = ?1 and x.param = ?2 and {known} in ({list}) and r.body is not null{seen} limit {MOST}"
        );
        let params: Vec<Sql<'_>> = params.iter().map(Value::as_param).collect();
        self.conn.query(&sql, &params, |row| row.int(0).map(Rid))
    }

    /// The numbers of a code and of all above or below it; the code system must be held here.
    pub(super) fn code_family(&mut self, system: &str, code: &str, way: Way, parameter: &str) -> Result<Vec<i64>> {
        // Reading the tree is the same work for one code as for all.
        self.spend(TREE, parameter)?;
        let json = self.code_system(system, parameter)?;
        let tree = json.as_deref().map(Tree::read).filter(|tree| !tree.parents.is_empty());
        let Some(tree) = tree else {
            let text = format!("no code system `{system}` that says what stands above and below is here");
            return Err(wrong(parameter, &text));
        };
        let family: Vec<&str> = tree.family(code, way).into_iter().collect();
        if family.len() >= MOST_CODES {
            return Err(wrong(parameter, "has too many codes below it"));
        }
        let mut numbers = self.numbers_of(system, &family, parameter)?;
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }

    fn code_system(&mut self, url: &str, parameter: &str) -> Result<Option<Rc<Json>>> {
        if let Some((known, json)) = &self.system
            && known == url
        {
            return Ok(Some(Rc::clone(json)));
        }
        let found = self.conn.query_opt(
            "select r.id, r.body from resource r
             where r.org = ?1 and r.body is not null and r.rid in (select x.rid from idx_text x where x.org = ?1
                 and x.param = (select n.id from name n where n.name = 'CodeSystem.url') and x.value = ?2)
             order by r.rid desc limit 1",
            &[self.scope.org.param(), Sql::Text(&clip(url))],
            |row| Ok((row.text(0)?, row.blob(1)?)),
        )?;
        let Some((id, bytes)): Option<(String, Vec<u8>)> = found else { return Ok(None) };
        self.spend_on_bytes(bytes.len(), parameter)?;
        let json = Rc::new(body::decode("CodeSystem", &id, &bytes)?);
        self.system = Some((url.to_owned(), Rc::clone(&json)));
        Ok(Some(json))
    }
}

/// Which code stands right under which.
pub(super) struct Tree<'a> {
    /// (child, parent)
    parents: BTreeSet<(&'a str, &'a str)>,
    /// (parent, child)
    children: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Tree<'a> {
    pub(super) fn read(code_system: &'a Json) -> Self {
        let mut tree = Self { parents: BTreeSet::new(), children: BTreeSet::new() };
        let mut open: Vec<(Option<&'a str>, &'a Json)> =
            code_system.get("concept").map(Json::items).unwrap_or_default().iter().map(|c| (None, c)).collect();
        while let Some((parent, concept)) = open.pop() {
            let Some(code) = concept.str_at("code") else { continue };
            if let Some(parent) = parent {
                tree.add(parent, code);
            }
            for property in concept.get("property").map(Json::items).unwrap_or_default() {
                let Some(other) = property.str_at("valueCode").or_else(|| property.str_at("valueString")) else {
                    continue;
                };
                match property.str_at("code") {
                    Some("parent" | "subsumedBy") => tree.add(other, code),
                    Some("child") => tree.add(code, other),
                    _ => {}
                }
            }
            open.extend(concept.get("concept").map(Json::items).unwrap_or_default().iter().map(|c| (Some(code), c)));
        }
        tree
    }

    fn add(&mut self, parent: &'a str, child: &'a str) {
        self.parents.insert((child, parent));
        self.children.insert((parent, child));
    }

    /// A code with all above or below it.
    pub(super) fn family<'b>(&'b self, code: &'b str, way: Way) -> BTreeSet<&'b str> {
        let pairs = if way == Way::Above { &self.parents } else { &self.children };
        let mut all = BTreeSet::from([code]);
        let mut open = vec![code];
        while let Some(at) = open.pop() {
            for (_, next) in pairs.range((at, "")..).take_while(|(from, _)| *from == at) {
                if all.len() < MOST_CODES && all.insert(*next) {
                    open.push(*next);
                }
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_nest_by_place_and_by_property_and_may_go_in_a_circle() {
        let json = Json::parse(
            br#"{"resourceType":"CodeSystem","concept":[{"code":"a","concept":[{"code":"b","concept":[{"code":"c"}]}]},
                {"code":"d","property":[{"code":"parent","valueCode":"b"}]},
                {"code":"x","property":[{"code":"parent","valueCode":"y"}]},{"code":"y","property":[{"code":"parent","valueCode":"x"}]}]}"#,
        )
        .unwrap();
        let tree = Tree::read(&json);
        let family = |code: &'static str, way| tree.family(code, way).into_iter().collect::<Vec<_>>();
        assert_eq!(family("b", Way::Below), ["b", "c", "d"]);
        assert_eq!(family("d", Way::Above), ["a", "b", "d"]);
        assert_eq!(family("x", Way::Below), ["x", "y"]);
        assert_eq!(family("nowhere", Way::Below), ["nowhere"]);
    }
}

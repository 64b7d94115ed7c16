//! Reads a search request: criteria, result parameters, and what was not understood.

use super::filter;
use super::understood::is_understood;
use crate::error::{Error, Result};
use continuo_fhir::ResourceType;
use continuo_fhir::reference::is_id;
use continuo_fhir::search;
use std::collections::BTreeSet;

/// Whether `Bundle.total` is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// Counted under the caller's scope.
    Accurate,
    /// Counted where that is quick: of very many matches nobody waits for the number unless it was asked for.
    Quick,
    /// Not counted.
    None,
}

/// How the rows of a page are found. Whatever it is, the answer is the same; where no order was asked for, walked pages
/// may come in another. Tests compare them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drive {
    /// As few rows as an estimate says are looked at.
    #[default]
    Best,
    /// All that matches is gathered and put in order.
    Gather,
    /// An index is read in order wherever one has the order.
    Walk,
}

/// One `name:modifier=value` of a request, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// `_include` or `_revinclude`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Include {
    /// `None` for a bare `*`: the type searched.
    pub(crate) source: Option<ResourceType>,
    /// `None` for `*`.
    pub(crate) param: Option<String>,
    pub(crate) target: Option<ResourceType>,
    pub(crate) iterate: bool,
}

/// A sort key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SortKey {
    pub(crate) param: String,
    pub(crate) descending: bool,
}

/// A search request on one type.
#[derive(Clone, Debug)]
pub struct Query {
    pub(crate) type_: ResourceType,
    pub(crate) criteria: Vec<Pair>,
    pub(crate) includes: Vec<Include>,
    pub(crate) revincludes: Vec<Include>,
    pub(crate) sort: Vec<SortKey>,
    /// Rows on a page; 0 asks for the total only.
    pub count: i64,
    /// Whether a total is wanted.
    pub total: Total,
    /// Cursor of the page before.
    pub after: Option<String>,
    /// Parameters that were not understood, as written; the answer tells which were used.
    pub ignored: Vec<String>,
    /// Only what belongs to a patient: an export of all patients or of a group.
    pub of_patients: bool,
    /// Result parameters that shape the answer and not the search: `_summary`, `_elements`, `_format`, ...
    pub shaping: Vec<(String, String)>,
    /// How the rows are found.
    pub drive: Drive,
}

/// Rows on a page when the request does not say.
const USUAL_COUNT: i64 = 50;
/// Rows on a page at most.
const MOST_COUNT: i64 = 1_000;
/// Pairs of one search: each criterion is a condition of its own in the SQL.
const MOST_PAIRS: usize = 100;
/// Keys of one order: each is a join of its own in the SQL.
const MOST_SORT: usize = 10;
/// Name of the parameter that carries the cursor in links.
pub(crate) const CURSOR: &str = "_cursor";

impl Query {
    /// Reads the part of an address after `?`.
    pub fn parse(type_: ResourceType, query: &str) -> Result<Self> {
        let pairs = query.split('&').filter(|p| !p.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Self::of_pairs(type_, pairs)
    }

    /// Reads decoded name and value pairs (a form of `_search`).
    pub fn of_pairs(type_: ResourceType, pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self> {
        let mut query = Self {
            type_,
            criteria: Vec::new(),
            includes: Vec::new(),
            revincludes: Vec::new(),
            sort: Vec::new(),
            count: USUAL_COUNT,
            total: Total::Quick,
            after: None,
            ignored: Vec::new(),
            of_patients: false,
            shaping: Vec::new(),
            drive: Drive::Best,
        };
        for (number, (name, value)) in pairs.into_iter().enumerate() {
            if number == MOST_PAIRS {
                let shown: String = name.chars().take(64).collect();
                return Err(wrong(&shown, "a search may have at most 100 parameters"));
            }
            query.add(name, value)?;
        }
        Ok(query)
    }

    /// The type searched.
    pub fn resource_type(&self) -> ResourceType {
        self.type_
    }

    /// Ids of the Patients that the criteria name, through whatever parameter.
    pub fn people(&self) -> BTreeSet<String> {
        let mut out = BTreeSet::new();
        for pair in &self.criteria {
            let last = pair.name.rsplit(['.', ':']).next().unwrap_or_default();
            // `patient=a`, `subject:Patient=a`, `encounter.patient=a`, and `_id=a` of Patient itself.
            let bare = match last {
                "_id" => self.type_.as_str() == "Patient" || pair.name.contains("patient"),
                "patient" | "Patient" => true,
                _ => false,
            };
            // `_has:Observation:patient:code` asks for a code of somebody.
            let bare = bare && !(pair.name.starts_with("_has:") && last != "_id");
            for value in pair.value.split(',') {
                let value = value.split('|').next().unwrap_or_default();
                let id = match value.rsplit_once("Patient/") {
                    Some((_, id)) => id.split('/').next().unwrap_or_default(),
                    None if bare => value,
                    None => continue,
                };
                if is_id(id) {
                    out.insert(id.to_owned());
                }
            }
        }
        out
    }

    /// The other types that chains and `_has` look at: the caller needs to be allowed to read them too.
    pub fn looks_at(&self) -> BTreeSet<ResourceType> {
        let mut out = BTreeSet::new();
        for pair in &self.criteria {
            looks_at(self.type_, &pair.name, &pair.value, 0, &mut out);
        }
        out
    }

    fn add(&mut self, name: String, value: String) -> Result<()> {
        let plain = name.split(':').next().unwrap_or("");
        match plain {
            "_count" => {
                let count = value.parse::<i64>().ok().filter(|n| *n >= 0);
                self.count = count.ok_or_else(|| wrong(&name, "is not a whole number"))?.min(MOST_COUNT);
            }
            "_sort" => {
                self.sort.extend(value.split(',').filter(|k| !k.is_empty()).map(|key| SortKey {
                    param: key.trim_start_matches('-').to_owned(),
                    descending: key.starts_with('-'),
                }));
                if self.sort.len() > MOST_SORT {
                    return Err(wrong(&name, &format!("names more than {MOST_SORT} keys")));
                }
            }
            "_total" => {
                self.total = match value.as_str() {
                    "none" => Total::None,
                    "accurate" | "estimate" => Total::Accurate,
                    _ => return Err(wrong(&name, "is not one of none, estimate, accurate")),
                }
            }
            "_query" => return Err(wrong(&name, "names a query, and none is known here")),
            "_include" => self.includes.push(include(&name, &value)?),
            "_revinclude" if value == "*" => {
                return Err(wrong(&name, "needs a type: Observation:* or Observation:subject"));
            }
            "_revinclude" => self.revincludes.push(include(&name, &value)?),
            // Contained resources are found with what contains them; they are no matches of their own.
            "_contained" if value != "false" => self.ignored.push(name),
            "_containedType" => self.ignored.push(name),
            "_summary" | "_elements" | "_format" | "_pretty" | "_contained" => {
                if name == "_summary" && value == "count" {
                    self.count = 0;
                }
                self.shaping.push((name, value));
            }
            CURSOR => self.after = Some(value),
            _ if value.is_empty() => self.ignored.push(name),
            _ if self.is_known(plain) => self.criteria.push(Pair { name, value }),
            _ => self.ignored.push(name),
        }
        Ok(())
    }

    fn is_known(&self, plain: &str) -> bool {
        let head = plain.split('.').next().unwrap_or("");
        is_understood(self.type_, head)
    }
}

/// Chains deeper than the planner takes are refused there.
const DEEPEST: usize = 10;

/// The value goes along the chain: what a `_filter` at its end looks at stands there, and is judged on the type it is
/// asked of.
fn looks_at(type_: ResourceType, name: &str, value: &str, depth: usize, out: &mut BTreeSet<ResourceType>) {
    if depth > DEEPEST {
        return;
    }
    match name {
        "_list" => {
            out.insert(ResourceType::of("List"));
            return;
        }
        // A filter that cannot be read is refused when the search is planned.
        "_filter" => {
            if let Ok(filter) = filter::parse(value) {
                let mut paths = Vec::new();
                filter.paths(&mut paths);
                for path in paths {
                    looks_at(type_, path, "", depth + 1, out);
                }
            }
            return;
        }
        _ => {}
    }
    if let Some(rest) = name.strip_prefix("_has:") {
        let mut parts = rest.splitn(3, ':');
        if let (Some(source), Some(_), Some(tail)) =
            (parts.next().and_then(ResourceType::find), parts.next(), parts.next())
        {
            out.insert(source);
            looks_at(source, tail, value, depth + 1, out);
        }
        return;
    }
    let Some((head, tail)) = name.split_once('.') else { return };
    let (code, wanted) = match head.split_once(':') {
        Some((code, name)) => (code, ResourceType::find(name)),
        None => (head, None),
    };
    let next = tail.split(['.', ':']).next().unwrap_or("");
    let targets: Vec<ResourceType> = match (wanted, search::param(type_, code)) {
        (Some(wanted), _) => vec![wanted],
        (None, Some(param)) => param
            .targets
            .iter()
            .copied()
            // The same as the planner takes: what it follows and this passes over would be read unasked.
            .filter(|target| {
                matches!(next, "_id" | "_lastUpdated" | "_has" | "_filter" | "_list")
                    || search::param(*target, next).is_some()
            })
            .collect(),
        (None, None) => Vec::new(),
    };
    for target in targets {
        out.insert(target);
        looks_at(target, tail, value, depth + 1, out);
    }
}

fn include(name: &str, value: &str) -> Result<Include> {
    let mut parts = value.split(':');
    let unknown = || wrong(name, "names no resource type");
    let source = parts.next().unwrap_or("");
    if source == "*" {
        return Ok(Include { source: None, param: None, target: None, iterate: is_iterated(name) });
    }
    let source = ResourceType::find(source).ok_or_else(unknown)?;
    let param = parts.next().ok_or_else(|| wrong(name, "names no parameter"))?;
    let target = match parts.next() {
        None | Some("") => None,
        Some(text) => Some(ResourceType::find(text).ok_or_else(unknown)?),
    };
    let param = match param {
        "*" => None,
        _ if search::param(source, param).is_some() => Some(param.to_owned()),
        _ => return Err(wrong(name, &format!("`{param}` is not a search parameter of {source}"))),
    };
    Ok(Include { source: Some(source), param, target, iterate: is_iterated(name) })
}

fn is_iterated(name: &str) -> bool {
    name.ends_with(":iterate") || name.ends_with(":recurse")
}

pub(crate) fn wrong(parameter: &str, message: &str) -> Error {
    Error::Search { parameter: parameter.to_owned(), message: message.to_owned() }
}

/// Percent and plus decoding; what is not valid stays as written.
pub(crate) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escaped = (*byte == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        let value =
            escaped.and_then(|hex| std::str::from_utf8(hex).ok()).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match value {
            Some(value) => {
                out.push(value);
                at += 3;
            }
            None => {
                out.push(if *byte == b'+' { b' ' } else { *byte });
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENT: ResourceType = ResourceType::of("Patient");

    #[test]
    fn a_search_has_at_most_a_hundred_parameters() {
        assert!(Query::parse(PATIENT, &["name=x"; 100].join("&")).is_ok());
        let error = Query::parse(PATIENT, &["name=x"; 101].join("&")).unwrap_err();
        assert!(error.to_string().contains("at most 100"), "{error}");
    }

    #[test]
    fn a_request_is_read() {
        let query =
            Query::parse(PATIENT, "name=Ana+Mar%C3%ADa&_count=5&_sort=-birthdate&nonsense=1&_total=none").unwrap();
        assert_eq!(query.criteria, [Pair { name: "name".to_owned(), value: "Ana María".to_owned() }]);
        assert_eq!((query.count, query.total), (5, Total::None));
        assert_eq!(query.sort, [SortKey { param: "birthdate".to_owned(), descending: true }]);
        assert_eq!(query.ignored, ["nonsense"]);
    }

    #[test]
    fn chains_and_has_say_what_they_look_at() {
        let names = |query: &str| -> Vec<&'static str> {
            Query::parse(PATIENT, query).unwrap().looks_at().into_iter().map(ResourceType::as_str).collect()
        };
        assert_eq!(names("_has:Condition:patient:code=x"), ["Condition"]);
        assert_eq!(names("organization.name=x"), ["Organization"]);
        assert_eq!(names("general-practitioner:Practitioner.name=x"), ["Practitioner"]);
        assert_eq!(names("_has:Observation:patient:_has:AuditEvent:entity:agent=x"), ["AuditEvent", "Observation"]);
        assert_eq!(names("_list=7"), ["List"]);
        assert_eq!(names("organization._list=7"), ["List", "Organization"]);
        assert_eq!(names("organization._filter=name eq x"), ["Organization"]);
        assert_eq!(names("_has:Encounter:patient:diagnosis:Condition._filter=code eq x"), ["Condition", "Encounter"]);
        assert_eq!(
            names("_has:Appointment:patient:based-on._filter=requester:Practitioner.name eq x"),
            ["Appointment", "Practitioner", "ServiceRequest"]
        );
        assert!(names("name=x").is_empty());
    }

    #[test]
    fn broken_escapes_stay() {
        assert_eq!(decode("a%2"), "a%2");
        assert_eq!(decode("%zz%41"), "%zzA");
    }
}

//! What an export is of, as parameters and as the word that stands in its address.

use continuo_care::{Ctx, Query, record};
use continuo_fhir::letters::hex;
use continuo_fhir::reference::{Reference, is_id};
use continuo_fhir::search::patient_compartment;
use continuo_fhir::{Instant, Json, ResourceType};

use super::super::shape::Shape;
use crate::form::{Pairs, encode};
use crate::problem::Problem;

/// Whose resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// All of the organization.
    System,
    /// What belongs to any patient.
    Patients,
    /// What belongs to the members of a Group.
    Group(String),
}

/// What was asked for, carried in the address of the job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Job {
    /// Who asked.
    pub(super) by: String,
    pub(super) at: Instant,
    level: Level,
    types: Vec<ResourceType>,
    pub(super) since: Option<Instant>,
    until: Option<Instant>,
    /// Ids of the Patients that `patient` names; none named: no bound.
    patients: Vec<String>,
    /// Type and query of each `_typeFilter`.
    filters: Vec<(ResourceType, String)>,
    elements: String,
}

/// Parameters of the specification that change nothing here.
const TAKEN: &[&str] =
    &["patient", "_outputFormat", "_type", "_since", "_until", "_typeFilter", "_elements", "_format", "_pretty"];

impl Job {
    pub(super) fn read(given: &Pairs, level: Level, ctx: &Ctx, strict: bool) -> Result<Self, Problem> {
        if let Some(format) = given.get("_outputFormat")
            && !["application/fhir+ndjson", "application/ndjson", "ndjson"].contains(&format)
        {
            return Err(Problem::bad_request("`_outputFormat` must be application/fhir+ndjson").at("_outputFormat"));
        }
        let unknown = given.iter().map(|(name, _)| name).find(|name| !TAKEN.contains(name));
        if let Some(name) = unknown.filter(|_| strict) {
            let shown: String = name.chars().take(64).collect();
            return Err(Problem::bad_request(format!("`{shown}` is not supported in an export")).at(shown));
        }
        let mut patients = Vec::new();
        for text in given.all("patient").flat_map(|list| list.split(',')).filter(|text| !text.is_empty()) {
            let shown: String = text.chars().take(80).collect();
            let wrong = || Problem::bad_request(format!("`{shown}` is not a reference to a Patient")).at("patient");
            match Reference::parse(text).local() {
                Some((type_, id)) if type_.as_str() == "Patient" => patients.push(id.to_owned()),
                _ if is_id(text) => patients.push(text.to_owned()),
                _ => return Err(wrong()),
            }
        }
        if !patients.is_empty() && level == Level::System {
            let text = "`patient` goes with Patient/$export and Group/ID/$export";
            return Err(Problem::bad_request(text).at("patient"));
        }
        let mut types = Vec::new();
        for name in given.all("_type").flat_map(|list| list.split(',')).filter(|name| !name.is_empty()) {
            types.push(type_named(name, "_type")?);
        }
        let moment = |name: &'static str| match given.get(name).filter(|text| !text.is_empty()) {
            None => Ok(None),
            Some(text) => Instant::parse(text).map(Some).ok_or_else(|| {
                Problem::bad_request(format!("`{name}` is not an instant, such as 2026-08-01T00:00:00Z")).at(name)
            }),
        };
        let mut filters = Vec::new();
        for text in given.all("_typeFilter") {
            for (type_, query) in split_filters(text)? {
                let parsed = Query::parse(type_, &query).map_err(record::RecordError::from)?;
                if let Some(name) = parsed.ignored.first() {
                    let shown: String = name.chars().take(64).collect();
                    return Err(
                        Problem::bad_request(format!("`{shown}` is not a parameter of {type_}")).at("_typeFilter")
                    );
                }
                filters.push((type_, query));
            }
        }
        let elements = given.all("_elements").collect::<Vec<_>>().join(",");
        let (since, until) = (moment("_since")?, moment("_until")?);
        Ok(Self {
            by: ctx.actor.reference.clone(),
            at: super::moment(ctx),
            level,
            types,
            since,
            until,
            patients,
            filters,
            elements,
        })
    }

    /// The address below the API's that started it.
    pub(super) fn path(&self) -> String {
        let start = match &self.level {
            Level::System => "/$export".to_owned(),
            Level::Patients => "/Patient/$export".to_owned(),
            Level::Group(id) => format!("/Group/{id}/$export"),
        };
        let names: Vec<&str> = self.types.iter().map(|type_| type_.as_str()).collect();
        let filters: Vec<String> = self.filters.iter().map(|(type_, query)| format!("{type_}?{query}")).collect();
        let pairs = [
            ("patient", self.patients.join(",")),
            ("_type", names.join(",")),
            ("_since", self.since.map(|at| at.to_string()).unwrap_or_default()),
            ("_until", self.until.map(|at| at.to_string()).unwrap_or_default()),
            ("_typeFilter", filters.join(",")),
            ("_elements", self.elements.clone()),
        ];
        let query: Vec<String> = pairs
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        if query.is_empty() { start } else { format!("{start}?{}", query.join("&")) }
    }

    /// The caller's context with no more people than the export is of.
    pub(super) fn within(&self, ctx: &Ctx) -> Result<Ctx, Problem> {
        let members = match &self.level {
            Level::Group(id) => Some(record::group_members(ctx, id)?),
            Level::System | Level::Patients => None,
        };
        if self.patients.is_empty() {
            return Ok(members.map_or_else(|| ctx.clone(), |members| ctx.narrowed_to(members)));
        }
        let mut named = record::named_patients(ctx, &self.patients)?;
        // Of a group, only those who are in it.
        named.retain(|rid| members.as_ref().is_none_or(|members| members.contains(rid)));
        Ok(ctx.narrowed_to(named))
    }

    /// Whether it is of what belongs to nobody, too.
    pub(super) fn is_of_all(&self) -> bool {
        self.level == Level::System
    }

    /// The types there may be files of.
    pub(super) fn types(&self) -> Vec<ResourceType> {
        let all: Vec<ResourceType> =
            if self.types.is_empty() { ResourceType::all().collect() } else { self.types.clone() };
        let of_patients = |type_: &ResourceType| type_.as_str() == "Patient" || !patient_compartment(*type_).is_empty();
        all.into_iter().filter(|type_| self.level == Level::System || of_patients(type_)).collect()
    }

    /// What is in the file of a type: as it stood up to the kick-off, since the time asked for, by each of its filters.
    pub(super) fn queries(&self, type_: ResourceType) -> Result<Vec<Query>, Problem> {
        let mut common = format!("_lastUpdated=le{}", encode(&self.until.unwrap_or(self.at).min(self.at).to_string()));
        if let Some(since) = self.since {
            common.push_str(&format!("&_lastUpdated=ge{}", encode(&since.to_string())));
        }
        let own: Vec<&str> =
            self.filters.iter().filter(|(of, _)| *of == type_).map(|(_, query)| query.as_str()).collect();
        let texts = if own.is_empty() {
            vec![common]
        } else {
            own.into_iter().map(|query| format!("{common}&{query}")).collect()
        };
        let mut out = Vec::new();
        for text in texts {
            let mut query = Query::parse(type_, &text).map_err(record::RecordError::from)?;
            query.of_patients = self.level != Level::System;
            out.push(query);
        }
        Ok(out)
    }

    /// The part of each resource, if not all of it.
    pub(super) fn shape(&self) -> Option<Shape> {
        (!self.elements.is_empty()).then(|| Shape::of_elements(&self.elements))
    }

    pub(super) fn to_word(&self) -> String {
        let (level, id) = match &self.level {
            Level::System => ("s", ""),
            Level::Patients => ("p", ""),
            Level::Group(id) => ("g", id.as_str()),
        };
        let names: Vec<&str> = self.types.iter().map(|type_| type_.as_str()).collect();
        let filters = self.filters.iter().map(|(type_, query)| Json::from(format!("{type_}?{query}")));
        let micros = |at: Option<Instant>| Json::from(at.map(|at| at.micros().to_string()).unwrap_or_default());
        let json = Json::array([
            Json::from(self.by.as_str()),
            micros(Some(self.at)),
            Json::from(level),
            Json::from(id),
            Json::from(names.join(",")),
            micros(self.since),
            micros(self.until),
            Json::array(filters),
            Json::from(self.elements.as_str()),
            Json::from(self.patients.join(",")),
        ]);
        hex(&json.to_bytes())
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        let bytes = continuo_care::accounts::from_hex(word)?;
        let json = Json::parse(&bytes).ok()?;
        let [by, at, level, id, types, since, until, filters, elements, patients] = json.items() else { return None };
        let moment = |json: &Json| json.as_str().and_then(|text| text.parse().ok()).map(Instant::from_micros);
        let level = match level.as_str()? {
            "s" => Level::System,
            "p" => Level::Patients,
            "g" => Level::Group(id.as_str()?.to_owned()),
            _ => return None,
        };
        let filters = filters.items().iter().filter_map(Json::as_str).map(|text| {
            let (name, query) = text.split_once('?')?;
            Some((ResourceType::find(name)?, query.to_owned()))
        });
        Some(Self {
            by: by.as_str()?.to_owned(),
            at: moment(at)?,
            level,
            types: types.as_str()?.split(',').filter_map(ResourceType::find).collect(),
            since: moment(since),
            until: moment(until),
            filters: filters.collect::<Option<Vec<_>>>()?,
            elements: elements.as_str()?.to_owned(),
            patients: patients.as_str()?.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect(),
        })
    }
}

fn type_named(name: &str, parameter: &str) -> Result<ResourceType, Problem> {
    let shown: String = name.chars().take(64).collect();
    ResourceType::find(name)
        .ok_or_else(|| Problem::bad_request(format!("`{shown}` is not a resource type of FHIR R4")).at(parameter))
}

/// `Type?query,Type?query`: a comma parts two only where a type follows, since values hold commas too.
fn split_filters(text: &str) -> Result<Vec<(ResourceType, String)>, Problem> {
    let mut out: Vec<(ResourceType, String)> = Vec::new();
    for part in text.split(',') {
        let head = part.split_once('?').and_then(|(name, query)| Some((ResourceType::find(name)?, query)));
        match (head, out.last_mut()) {
            (Some((type_, query)), _) => out.push((type_, query.to_owned())),
            (None, Some((_, query))) => query.push_str(&format!(",{part}")),
            (None, None) => {
                return Err(Problem::bad_request("`_typeFilter` is a search such as Observation?category=laboratory")
                    .at("_typeFilter"));
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_comes_back_from_its_address() {
        let job = Job {
            by: "Device/1".to_owned(),
            at: Instant::from_micros(5),
            level: Level::Group("g1".to_owned()),
            types: vec![ResourceType::of("Patient"), ResourceType::of("Task")],
            since: Some(Instant::from_micros(3)),
            until: None,
            filters: split_filters("Task?status=a,b,Task?code=x").unwrap(),
            elements: "name".to_owned(),
            patients: vec!["a".to_owned(), "b".to_owned()],
        };
        assert_eq!(job.filters.len(), 2);
        assert_eq!(Job::from_word(&job.to_word()), Some(job));
        for bad in ["zz", "", "5b5d"] {
            assert!(Job::from_word(bad).is_none(), "{bad}");
        }
        assert!(split_filters("status=x").is_err());
    }
}

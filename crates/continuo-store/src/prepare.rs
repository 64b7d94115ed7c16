//! A resource made ready to be written: everything heavy happens here, before the writer thread sees it.

use crate::body;
use crate::codes::StoreCodes;
use crate::error::{Error, Result};
use crate::index::{IndexValue, collect};
use continuo_fhir::facts::build_packed;
use continuo_fhir::reference::is_id;
use continuo_fhir::{Json, ResourceType, Zone, pack};
use std::sync::Arc;

/// What preparing needs to know of the organization.
#[derive(Clone)]
pub struct PrepareContext {
    /// Zone of dates without one.
    pub zone: Zone,
    labels: Arc<[(String, String, u8)]>,
    codes: Arc<StoreCodes>,
}

impl PrepareContext {
    pub(crate) fn new(
        zone: Option<&str>,
        labels: &Arc<[(String, String, u8)]>,
        codes: &Arc<StoreCodes>,
    ) -> Result<Self> {
        let name = zone.unwrap_or("UTC");
        let zone = Zone::named(name).ok_or_else(|| Error::Invalid(format!("time zone `{name}` is not known")))?;
        Ok(Self { zone, labels: Arc::clone(labels), codes: Arc::clone(codes) })
    }

    /// The label bits of a resource's `meta.security`.
    fn labels_of(&self, json: &Json) -> u64 {
        let codings = json.at("meta.security").map(Json::items).unwrap_or_default();
        let mut bits = 0;
        for coding in codings {
            let system = coding.str_at("system").unwrap_or("");
            let code = coding.str_at("code").unwrap_or("");
            let row = self.labels.iter().find(|(s, c, _)| s == system && c == code);
            bits |= row.map_or(0, |(_, _, bit)| 1 << (bit & 63));
        }
        bits
    }
}

/// A resource ready to be put.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub(crate) type_: ResourceType,
    pub(crate) id: String,
    pub(crate) body: Vec<u8>,
    pub(crate) hash: [u8; 32],
    pub(crate) labels: u64,
    pub(crate) facts: Vec<u8>,
    pub(crate) index: Vec<IndexValue>,
}

impl Prepared {
    /// Prepares a tree that has its type and id. References are stored as they stand: resolve them before.
    pub fn new(mut json: Json, context: &PrepareContext) -> Result<Self> {
        let type_ = json
            .resource_type()
            .and_then(ResourceType::find)
            .ok_or_else(|| Error::Invalid("resourceType is missing or not a type of R4".to_owned()))?;
        let id = json.str_at("id").filter(|id| is_id(id)).map(ToOwned::to_owned);
        let id = id.ok_or_else(|| Error::Invalid(format!("{type_} has no valid id")))?;
        body::strip_meta(&mut json);
        let labels = context.labels_of(&json);
        let packed = pack(&json);
        let mut index = collect(type_, &packed, &context.zone, &context.codes)?;
        let facts = build_packed(&packed, &id, &context.zone, context.codes.as_ref());
        let mut facts = facts.ok_or_else(|| Error::Invalid(format!("{type_}/{id} cannot be packed")))?;
        let mut body = body::encode(json);
        // A large Bundle waits as thousands of these for the writer.
        index.shrink_to_fit();
        facts.shrink_to_fit();
        body.shrink_to_fit();
        let hash = body::hash(type_.as_str(), &id, &body);
        Ok(Self { type_, id, body, hash, labels, facts, index })
    }

    /// Prepares bytes as received.
    pub fn parse(bytes: &[u8], context: &PrepareContext) -> Result<Self> {
        let json = Json::parse(bytes).map_err(|e| Error::Invalid(e.to_string()))?;
        Self::new(json, context)
    }

    /// The resource's type.
    pub fn resource_type(&self) -> ResourceType {
        self.type_
    }

    /// Its sensitivity labels, as bits.
    pub fn labels(&self) -> u64 {
        self.labels
    }

    /// The packed tree, as `continuo_fhir::root` reads it.
    pub fn packed(&self) -> &[u8] {
        continuo_fhir::facts::Row::read(&self.facts).map_or(&[], |row| row.packed())
    }

    /// The resource's id.
    pub fn id(&self) -> &str {
        &self.id
    }
}

//! Import: what a source sends becomes resources of the record, or is kept aside with the reason.
//!
//! Ids and references are pure (`continuo_exchange::references`), so a second import of the same files writes nothing
//! new, and one that was killed is finished by the next. The caller opens the files and hands over batches.

use std::collections::BTreeMap;

use continuo_exchange::references::{self, Lead, Origin};
use continuo_exchange::{Batch, Entry, Kept, Place};
use continuo_fhir::Instant;
use continuo_fhir::issue::{Issue, IssueCode};
use continuo_fhir::json::Json;
use continuo_fhir::reference::Reference;
use continuo_store::Error;
use continuo_store::tables::{account, input_kept};

use crate::ctx::Ctx;
use crate::ingest::{Chunk, Refused};

/// Types that other files refer to by identifier or by another bundle's name.
const SHARED: &[&str] = &[
    "CareTeam",
    "Device",
    "HealthcareService",
    "InsurancePlan",
    "Location",
    "Medication",
    "Organization",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "RelatedPerson",
];

/// The system of sign-in names in references from caseload tables.
const SIGN_IN: &str = "urn:continuo:sign-in";

/// Files the batches of one source. Remembers who was named, so that later files may refer to them.
#[derive(Debug)]
pub struct Filing {
    organization: String,
    source: String,
    /// `Type?identifier=system|value` and names of bundle entries, to `Type/id`.
    names: BTreeMap<String, String>,
    /// Shared resources taken in this run: id to when the source last changed it.
    taken: BTreeMap<String, Option<Instant>>,
    /// People taken in this run: where, and a mark of each of their fields.
    told: BTreeMap<String, (Place, Box<[(u64, u64)]>)>,
}

/// A mark of each field of a person's name, and of what it says; what the source's own system keeps about the resource is
/// left out.
fn marks(person: &Json) -> impl Iterator<Item = (&str, u64, u64)> {
    const APART: [&str; 5] = ["resourceType", "id", "meta", "text", "language"];
    // FNV-1a: sameness within one run, not a secret.
    let mark = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
    };
    let told = person.fields().iter().map(|(name, value)| (&**name, value)).filter(|(name, _)| !APART.contains(name));
    told.map(move |(name, value)| (name, mark(name.as_bytes()), mark(&value.to_bytes())))
}

/// A batch ready to be written.
#[derive(Debug, Default)]
pub struct Filed {
    /// What to write, for [`ingest::run`].
    pub chunk: Chunk,
    /// What the batch could not take.
    pub kept: Vec<Kept>,
    /// References that lead nowhere, however often the files are read.
    pub open: Vec<Led>,
    /// References to what the source should send: whether it came is known when all files were read.
    pub leads: Vec<Led>,
}

/// A reference and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Led {
    /// Type and element that hold it: `Observation.subject`.
    pub from: String,
    /// `Patient/..`, or the type alone, or nothing where it is not said.
    pub to: String,
    /// The file and the place in it.
    pub place: Place,
}

impl Filing {
    /// A filing for a source. Staff with a sign-in name are known from the start.
    pub fn new(ctx: &Ctx, source: &str) -> Result<Filing, Error> {
        let staff = ctx.read(|reader| account::accounts_of(reader.conn(), ctx.org))?;
        let names = staff
            .into_iter()
            .map(|one| (format!("Practitioner?identifier={SIGN_IN}|{}", one.login), one.reference))
            .collect();
        let organization = ctx.org.0.to_string();
        let (taken, told) = (BTreeMap::new(), BTreeMap::new());
        Ok(Filing { organization, source: source.to_owned(), names, taken, told })
    }

    /// Gives the resources of a batch their ids and resolves their references.
    ///
    /// Nothing comes back if some reference leads nowhere yet and `last` is false: the batch is to be handed over again
    /// when all files were seen. On the last round it is taken as it is; what a reference says by identifier is kept as
    /// FHIR's logical reference.
    pub fn file(&mut self, mut batch: Batch, last: bool) -> Option<Filed> {
        let origin = Origin { organization: &self.organization, source: &self.source };
        let names = &self.names;
        let filed = references::file(&mut batch, origin, &mut |reference| match reference {
            Reference::Conditional { type_, query } => names.get(&format!("{type_}?{query}")).cloned(),
            Reference::Urn(urn) => names.get(*urn).cloned(),
            _ => None,
        });
        let (mut open, mut leads) = (Vec::new(), Vec::new());
        let mut learned = Vec::new();
        for (entry, filed) in batch.entries.iter().zip(&filed) {
            let led = |lead: &Lead| Led {
                from: format!("{}.{}", entry.type_name(), lead.holder),
                to: lead.to.clone(),
                place: entry.place.clone(),
            };
            open.extend(filed.open.iter().map(led));
            leads.extend(filed.leads.iter().map(led));
            if !SHARED.contains(&entry.type_name()) {
                continue;
            }
            let target = format!("{}/{}", entry.type_name(), filed.id);
            if let Some(url) = entry.full_url.as_ref().filter(|url| url.starts_with("urn:")) {
                learned.push((url.clone(), target.clone()));
            }
            for identifier in entry.resource.get("identifier").map(Json::items).unwrap_or_default() {
                let part = |name: &str| identifier.get(name).and_then(Json::as_str).unwrap_or_default();
                learned.push((
                    format!("{}?identifier={}|{}", entry.type_name(), part("system"), part("value")),
                    target.clone(),
                ));
            }
        }
        self.names.extend(learned);
        if !open.is_empty() && !last {
            return None;
        }
        let mut entries: Vec<Entry> = Vec::with_capacity(batch.entries.len());
        for entry in batch.entries {
            if self.is_newest(&entry.resource) {
                self.remember(&entry);
                entries.push(entry);
            } else {
                batch.kept.extend(self.told_otherwise(&entry));
            }
        }
        let (mut resources, places): (Vec<Json>, Vec<Place>) =
            entries.into_iter().map(|entry| (entry.resource, entry.place)).unzip();
        if !open.is_empty() {
            resources.iter_mut().for_each(references::make_logical);
        }
        Some(Filed { chunk: Chunk { source: self.source.clone(), resources, places }, kept: batch.kept, open, leads })
    }

    /// Remembers what a person was told to be, field by field, and where: a later file may say otherwise.
    fn remember(&mut self, entry: &Entry) {
        if entry.type_name() != "Patient" {
            return;
        }
        let id = entry.resource.get("id").and_then(Json::as_str).unwrap_or_default();
        self.told.insert(
            id.to_owned(),
            (entry.place.clone(), marks(&entry.resource).map(|(_, name, value)| (name, value)).collect()),
        );
    }

    /// A person whom another place of this run told differently: the first counts, and this one waits under Could not
    /// file, where it can be taken in its place. What it says no otherwise, or leaves out, is not told.
    fn told_otherwise(&self, entry: &Entry) -> Option<Kept> {
        let id = entry.resource.get("id").and_then(Json::as_str).filter(|_| entry.type_name() == "Patient")?;
        let (place, before) = self.told.get(id)?;
        let differ: Vec<&str> = marks(&entry.resource)
            .filter(|(_, name, value)| !before.contains(&(*name, *value)))
            .map(|(name, ..)| name)
            .collect();
        if differ.is_empty() {
            return None;
        }
        let fields = differ.join(", ");
        let text = format!(
            "the same person is told differently here ({fields}) than in {place}, which counts ({})",
            entry.place
        );
        let issue = Issue::error(IssueCode::Duplicate, "", text);
        let place = Place::whole(&format!("Patient/{id}"));
        Some(Kept { place, bytes: entry.resource.to_bytes(), issues: vec![issue], mapping: String::new() })
    }

    /// Exports repeat who works where in each person's file, often in an abridged form. The first copy counts unless a
    /// later one says that it is newer; otherwise each import would write the copies over one another again.
    fn is_newest(&mut self, resource: &Json) -> bool {
        let type_name = resource.get("resourceType").and_then(Json::as_str).unwrap_or_default();
        let Some(id) = resource.get("id").and_then(Json::as_str).filter(|_| SHARED.contains(&type_name)) else {
            return true;
        };
        let changed = resource.at("meta.lastUpdated").and_then(Json::as_str).and_then(Instant::parse);
        let name = format!("{type_name}/{id}");
        match self.taken.get(&name) {
            Some(before) if *before >= changed => false,
            _ => {
                self.taken.insert(name, changed);
                true
            }
        }
    }

    /// The name of the source.
    pub fn source(&self) -> &str {
        &self.source
    }
}

/// Keeps aside what could not be taken. Says how much of it was new: the same again is kept once.
pub fn keep(ctx: &Ctx, source: &str, kept: Vec<Kept>) -> Result<usize, Error> {
    if kept.is_empty() {
        return Ok(0);
    }
    let rows = rows(ctx, source, kept);
    let heard = source.to_owned();
    let written = ctx.write("keep input aside", move |tx| {
        let org = tx.org();
        tx.heard(&heard)?;
        let mut new = 0;
        for row in &rows {
            new += usize::from(input_kept::add(tx.conn()?, org, row)?);
        }
        Ok(new)
    })?;
    Ok(written.value)
}

/// What could not be taken, as rows of "Could not file".
pub(crate) fn rows(ctx: &Ctx, source: &str, kept: Vec<Kept>) -> Vec<input_kept::InputKept> {
    let at = ctx.now().micros();
    let row = |one: Kept| input_kept::InputKept {
        id: ctx.ids().next().to_string(),
        at,
        source: source.to_owned(),
        place: one.place.to_string(),
        format: if one.mapping.is_empty() { format_of(&one.place.path) } else { "csv" }.to_owned(),
        reason: one.issues.iter().map(|issue| issue.text.as_str()).collect::<Vec<_>>().join("; "),
        state: input_kept::WAITING,
        settled_by: String::new(),
        settled_at: 0,
        settled_why: String::new(),
        mapping: one.mapping,
        bytes: one.bytes,
    };
    kept.into_iter().map(row).collect()
}

/// The format of a kept input, by the name of its file.
fn format_of(path: &str) -> &'static str {
    let path = path.to_ascii_lowercase();
    match path.rsplit('.').next() {
        Some("csv" | "tsv") => "csv",
        Some("hl7" | "hl7v2" | "er7") => "hl7v2",
        _ => "fhir",
    }
}

/// A resource that the record refused, as something kept aside.
///
/// It waits under the id that it would have here (`kept::retry` goes by that); where it stood is told beside the reason.
pub fn refused(one: Refused) -> Kept {
    let part = |name: &str| one.resource.get(name).and_then(Json::as_str).unwrap_or("?").to_owned();
    let place = Place::whole(&format!("{}/{}", part("resourceType"), part("id")));
    let mut issue = one.issue;
    if let Some(stood) = one.place {
        issue.text = format!("{} ({stood})", issue.text);
    }
    Kept { place, bytes: one.resource.to_bytes(), issues: vec![issue], mapping: String::new() }
}

//! A person's packed facts as the engine reads them: the person's own record first, then linked sources, then what of the
//! organization-wide segment they refer to. No JSON is parsed.

use continuo_cql::Record;
use continuo_fhir::ResourceType;
use continuo_fhir::letters::hex;
use continuo_fhir::packed::Node;
use continuo_fhir::reference::Reference;
use continuo_store::{FactRow, OrgId, Reader, Result, Rid, Scope};
use sha2::{Digest, Sha256};

/// What is known of one person.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The person.
    pub person: Rid,
    /// Their source patients.
    pub members: Vec<Rid>,
    /// Their own rows, those of the person's own record first.
    pub rows: Vec<FactRow>,
    /// Rows of the organization-wide segment that they refer to.
    pub shared: Vec<FactRow>,
}

/// Elements through which measures reach what belongs to nobody: medicines, places, devices, who took part.
const LINKS: [(&str, &[&str]); 12] = [
    ("MedicationRequest", &["medicationReference", "requester"]),
    ("MedicationAdministration", &["medicationReference"]),
    ("MedicationDispense", &["medicationReference"]),
    ("MedicationStatement", &["medicationReference"]),
    ("Encounter", &["location.location", "serviceProvider", "participant.individual"]),
    ("DeviceRequest", &["codeReference"]),
    ("Procedure", &["performer.actor", "location"]),
    ("Observation", &["performer", "device"]),
    ("Immunization", &["performer.actor"]),
    ("ServiceRequest", &["requester"]),
    ("Coverage", &["payor"]),
    ("Claim", &["provider", "facility", "item.location"]),
];

/// Loads a person as far as a scope allows.
pub fn load(reader: &mut Reader<'_>, scope: &Scope, person: Rid) -> Result<Facts> {
    let org: OrgId = scope.org;
    let members = reader.members(org, person)?;
    let mut rows = reader.facts(scope, &members)?;
    rows.sort_by_key(|row| row.patient != person);
    let shared = {
        let mut wanted: Vec<(ResourceType, &str)> = Vec::new();
        for row in &rows {
            if let Ok(node) = continuo_fhir::root(row.packed()) {
                referred(node, &mut wanted);
            }
        }
        wanted.sort_unstable();
        wanted.dedup();
        if wanted.is_empty() { Vec::new() } else { reader.shared_facts_of(scope, &wanted)? }
    };
    Ok(Facts { person, members, rows, shared })
}

fn referred<'a>(node: Node<'a>, wanted: &mut Vec<(ResourceType, &'a str)>) {
    let Some((_, paths)) = LINKS.iter().find(|(type_, _)| node.resource_type() == Some(type_)) else { return };
    for path in *paths {
        for target in crate::followup::person::walk(node, path) {
            let Some(text) = target.str("reference") else { continue };
            if let Some((type_, id)) = Reference::parse(text).local() {
                wanted.push((type_, id));
            }
        }
    }
}

impl Facts {
    /// Whether there is a Patient among them.
    pub fn has_patient(&self) -> bool {
        self.rows
            .iter()
            .any(|row| continuo_fhir::root(row.packed()).ok().and_then(Node::resource_type) == Some("Patient"))
    }

    /// The sensitivity labels on any of the rows.
    pub fn labels(&self) -> u64 {
        self.rows.iter().chain(&self.shared).fold(0, |bits, row| bits | row.labels)
    }

    /// The same person without what carries a label.
    #[must_use]
    pub fn open(&self) -> Facts {
        let open = |rows: &[FactRow]| rows.iter().filter(|row| row.labels == 0).cloned().collect();
        Facts { rows: open(&self.rows), shared: open(&self.shared), person: self.person, members: self.members.clone() }
    }

    /// The record as the engine takes it; rows that cannot be read are left out. Of several source records of the person
    /// only the first is its Patient: a measure's context is one Patient, and with two it has no answer.
    pub fn record(&self) -> Record<'_> {
        let mut record = Record::new();
        let mut has_patient = false;
        for row in self.rows.iter().chain(&self.shared) {
            let Ok(node) = continuo_fhir::root(row.packed()) else { continue };
            if node.resource_type() == Some("Patient") && std::mem::replace(&mut has_patient, true) {
                continue;
            }
            record.push(node, None);
        }
        record
    }

    /// A hash of everything that goes in.
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        for row in self.rows.iter().chain(&self.shared) {
            hash.update(row.rid.0.to_le_bytes());
            hash.update(&row.row);
        }
        hex(&hash.finalize()[..16])
    }
}

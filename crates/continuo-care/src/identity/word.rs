//! A source's word about its own records: `Patient.link` says that one replaces another, or that two are one person; a
//! `Linkage` says the same of a merge message, which names two records and changes neither.
//!
//! A merge in the source's own system is obeyed, whatever comparing says, because the source knows its records; what
//! then contradicts is asked about. Of another source's records a link is only a claim, and somebody decides.

use std::collections::BTreeSet;

use continuo_fhir::reference::Reference;
use continuo_fhir::{Json, ResourceType, root};
use continuo_store::tables::identity;
use continuo_store::{OrgId, Query, Reader, Result, Rid, Scope};

use super::place::other_of;
use super::{kind, state};
use crate::chart::PATIENT;

/// What a source says about one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Word {
    /// Records of the same source that are the same person.
    pub(crate) same: Vec<(Rid, String)>,
    /// Records of other sources that it takes for the same person.
    pub(crate) claimed: Vec<(Rid, String)>,
    /// Records it linked before and no longer does.
    pub(crate) withdrawn: Vec<Rid>,
    /// The name of the source; empty for what was made here.
    pub(crate) source: String,
}

impl Word {
    /// Whether it says nothing.
    pub(crate) fn is_silent(&self) -> bool {
        self.same.is_empty() && self.claimed.is_empty() && self.withdrawn.is_empty()
    }

    /// Who says it, for the record of the decision.
    pub(crate) fn actor(&self) -> String {
        if self.source.is_empty() { "source/here".to_owned() } else { format!("source/{}", self.source) }
    }
}

/// Whether an answer was a source's.
pub(crate) fn is_source(actor: &str) -> bool {
    actor.starts_with("source/")
}

/// What the current version of a record says. `has_linkages` spares the search for them where there are none at all.
pub(crate) fn of(reader: &mut Reader<'_>, org: OrgId, record: Rid, has_linkages: bool) -> Result<Word> {
    let mut word = Word { source: reader.source_of(record)?, ..Word::default() };
    let mut said = links(reader, org, record)?;
    if has_linkages {
        said.extend(linkages(reader, org, record, &word.source)?);
    }
    let mut named = BTreeSet::new();
    for (other, type_) in said {
        named.insert(other);
        let why = match type_.as_str() {
            "replaced-by" => "the source merged the record into the other",
            "replaces" => "the source merged the other record into it",
            MERGED => "the source merged the two records",
            _ => "the source links the two records",
        };
        let list = if reader.source_of(other)? == word.source { &mut word.same } else { &mut word.claimed };
        list.push((other, why.to_owned()));
    }
    for pair in identity::pairs_of(reader.conn(), org, record)? {
        let other = other_of(&pair, record);
        if pair.kind != kind::SOURCE || pair.state != state::LINKED || named.contains(&other) {
            continue;
        }
        let answers = identity::answers(reader.conn(), org, pair.low, pair.high)?;
        let last = answers.iter().rev().find(|answer| !answer.undone);
        let is_still_said = links(reader, org, other)?.iter().any(|(back, _)| *back == record);
        if last.is_some_and(|answer| is_source(&answer.actor)) && !is_still_said {
            word.withdrawn.push(other);
        }
    }
    Ok(word)
}

/// How a merge of a message is told apart from a link of a Patient.
const MERGED: &str = "merged";
/// A statement that resources are about the same thing.
pub(crate) const LINKAGE: ResourceType = ResourceType::of("Linkage");

/// Whether any Linkage is on file.
pub(crate) fn has_linkages(reader: &mut Reader<'_>, org: OrgId) -> Result<bool> {
    let query =
        Query::of_pairs(LINKAGE, [("_count".to_owned(), "1".to_owned()), ("_total".to_owned(), "none".to_owned())])?;
    Ok(!reader.search(&Scope::all(org), &query)?.matches.is_empty())
}

/// The records that active Linkages of the same source name beside this one.
fn linkages(reader: &mut Reader<'_>, org: OrgId, record: Rid, source: &str) -> Result<Vec<(Rid, String)>> {
    let Some((_, id)) = reader.reference(record)? else { return Ok(Vec::new()) };
    let query = Query::of_pairs(LINKAGE, [("item".to_owned(), format!("Patient/{id}"))])?;
    let mut found = Vec::new();
    for stored in reader.search(&Scope::all(org), &query)?.matches {
        let Some(linkage) = stored.bytes.as_deref().and_then(|bytes| Json::parse(bytes).ok()) else { continue };
        let is_own = reader.source_of(stored.rid)? == source;
        if !is_own || linkage.get("active").and_then(Json::as_bool) == Some(false) {
            continue;
        }
        for other in patients_of(reader, org, &linkage)? {
            if other != record && !reader.facts_of(org, &[other])?.is_empty() {
                found.push((other, MERGED.to_owned()));
            }
        }
    }
    Ok(found)
}

/// The Patients a Linkage names.
pub(crate) fn patients_of(reader: &mut Reader<'_>, org: OrgId, linkage: &Json) -> Result<Vec<Rid>> {
    let mut found = Vec::new();
    for item in linkage.get("item").map(Json::items).unwrap_or_default().iter().take(50) {
        let reference = item.str_at("resource.reference").unwrap_or_default();
        let Some((target, id)) = Reference::parse(reference).local() else { continue };
        if target == PATIENT {
            found.extend(reader.rid(org, PATIENT, id)?);
        }
    }
    Ok(found)
}

/// The records that a Patient names as the same person, with the type of the link. `refer` names a record to look into,
/// not a statement that both are one.
fn links(reader: &mut Reader<'_>, org: OrgId, record: Rid) -> Result<Vec<(Rid, String)>> {
    let rows = reader.facts_of(org, &[record])?;
    let Some(node) = rows.first().and_then(|row| root(row.packed()).ok()) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for link in node.list("link").take(50) {
        let type_ = link.str("type").unwrap_or_default();
        let reference = link.str_at("other.reference").unwrap_or_default().to_owned();
        if !matches!(type_, "replaced-by" | "replaces" | "seealso") {
            continue;
        }
        let Some((target, id)) = Reference::parse(&reference).local() else { continue };
        if target != PATIENT {
            continue;
        }
        let Some(other) = reader.rid(org, PATIENT, id)? else { continue };
        if other != record && !reader.facts_of(org, &[other])?.is_empty() {
            found.push((other, type_.to_owned()));
        }
    }
    Ok(found)
}

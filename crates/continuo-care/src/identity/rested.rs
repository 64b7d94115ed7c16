//! What an answer about one record rests on: read on a snapshot beside the writer, asked again inside the commit.

use std::collections::BTreeSet;

use continuo_store::tables::identity::{self, Pair};
use continuo_store::{ChangeSeq, OrgId, Reader, Result, Rid};

use super::word::LINKAGE;
use crate::chart::PATIENT;

/// What was read to place one record, in the form it had.
#[derive(Clone, Debug)]
pub(crate) struct Rested {
    pub(crate) record: Rid,
    /// The person it belonged to, and their records.
    pub(crate) person: Rid,
    pub(crate) members: Vec<Rid>,
    /// The pairs of each of those records.
    pub(crate) pairs: Vec<Vec<Pair>>,
    /// Records alike enough to ask about, and whose they are.
    pub(crate) alike: Vec<(Rid, Rid)>,
    /// Those people and their records.
    pub(crate) people: Vec<(Rid, Vec<Rid>)>,
    /// Every record whose content was compared.
    pub(crate) read: BTreeSet<Rid>,
}

/// What sources sent since a snapshot was taken.
#[derive(Debug)]
pub(crate) struct News {
    patients: BTreeSet<Rid>,
    has_linkages: bool,
}

impl News {
    /// The news after a change number.
    pub(crate) fn after(reader: &mut Reader<'_>, org: OrgId, change: ChangeSeq) -> Result<News> {
        Ok(News {
            patients: reader.changed_after(org, PATIENT, change)?,
            has_linkages: !reader.changed_after(org, LINKAGE, change)?.is_empty(),
        })
    }

    fn concerns(&self, read: &BTreeSet<Rid>) -> bool {
        self.has_linkages
            || if self.patients.len() < read.len() {
                self.patients.iter().any(|rid| read.contains(rid))
            } else {
                read.iter().any(|rid| self.patients.contains(rid))
            }
    }
}

impl Rested {
    pub(crate) fn new(record: Rid, person: Rid, members: Vec<Rid>) -> Rested {
        let mut read: BTreeSet<Rid> = members.iter().copied().collect();
        read.insert(record);
        Rested { record, person, members, pairs: Vec::new(), alike: Vec::new(), people: Vec::new(), read }
    }

    /// Whether all of it still is as it was read.
    pub(crate) fn holds(&self, reader: &mut Reader<'_>, org: OrgId, news: &News) -> Result<bool> {
        if news.concerns(&self.read)
            || reader.person_of(org, self.record)? != self.person
            || reader.members(org, self.person)? != self.members
        {
            return Ok(false);
        }
        for (member, pairs) in self.members.iter().zip(&self.pairs) {
            if identity::pairs_of(reader.conn(), org, *member)? != *pairs {
                return Ok(false);
            }
        }
        if !self.alike.is_empty() {
            let (alike, persons): (Vec<Rid>, Vec<Rid>) = self.alike.iter().copied().unzip();
            if reader.persons_of(org, &alike)? != persons {
                return Ok(false);
            }
        }
        for (person, members) in &self.people {
            if reader.members(org, *person)? != *members {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

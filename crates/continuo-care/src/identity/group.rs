//! Who belongs to whom: joining two people, taking a record out, and bringing what hangs on them along.
//!
//! Only rows of `person_member` are written. A person stands under one of their records, the main one: the first that
//! came among those without a label, so that a closed source never closes the person.

use std::collections::BTreeSet;

use continuo_fhir::ResourceType;
use continuo_store::tables::{assessed, person, suggestion};
use continuo_store::{OrgId, Reader, Result, Rid, WriteTx};

use crate::assess::body::Body;
use crate::work::settle_all;

/// When a joined person is assessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Assess {
    /// In the same commit: somebody looks at it.
    Now,
    /// By the worker, right after: a machine links many, and people wait for the writer.
    Soon,
}

/// Joins the people of two records. Nothing to do where they are one already.
pub(crate) fn join(tx: &mut WriteTx<'_>, a: Rid, b: Rid, why: &str, when: Assess) -> Result<bool> {
    let org = tx.org();
    let (before, members) = {
        let mut reader = tx.reader()?;
        let before = [reader.person_of(org, a)?, reader.person_of(org, b)?];
        let mut members = reader.members(org, before[0])?;
        members.extend(reader.members(org, before[1])?);
        (before, members)
    };
    if before[0] == before[1] {
        return Ok(false);
    }
    put_under_one(tx, &members, why)?;
    give_suggestions(tx, &before)?;
    match when {
        Assess::Now => settle_all(tx, members)?,
        Assess::Soon => {
            let (person, now) = (tx.reader()?.person_of(org, a)?, tx.now());
            assessed::ask(tx.conn()?, org, person, now)?;
        }
    }
    Ok(true)
}

/// Takes a record out of its person: it is a person of its own again, and the others stay together.
pub(crate) fn leave(tx: &mut WriteTx<'_>, record: Rid, why: &str) -> Result<bool> {
    let org = tx.org();
    let (person, rest) = {
        let mut reader = tx.reader()?;
        let person = reader.person_of(org, record)?;
        let mut rest = reader.members(org, person)?;
        rest.retain(|member| *member != record);
        (person, rest)
    };
    if rest.is_empty() {
        return Ok(false);
    }
    set(tx, record, record, why)?;
    put_under_one(tx, &rest, why)?;
    let mut all = rest;
    all.push(record);
    follow(tx, &[person], &all)?;
    Ok(true)
}

/// Puts a person under the main one of their records again: a label came or went, a record was deleted.
pub(crate) fn rekey(tx: &mut WriteTx<'_>, record: Rid) -> Result<()> {
    let org = tx.org();
    let (person, members) = {
        let mut reader = tx.reader()?;
        let person = reader.person_of(org, record)?;
        (person, reader.members(org, person)?)
    };
    put_under_one(tx, &members, "kept under another of the person's records")?;
    follow(tx, &[person], &members)
}

/// Whether a person stands under another record than their main one.
pub(crate) fn is_misplaced(reader: &mut Reader<'_>, org: OrgId, record: Rid) -> Result<bool> {
    let person = reader.person_of(org, record)?;
    let members = reader.members(org, person)?;
    Ok(members.len() > 1 && main_of(reader, org, &members)? != person)
}

/// Writes these memberships as they are; for undo.
pub(crate) fn restore(tx: &mut WriteTx<'_>, places: &[(Rid, Rid)], why: &str) -> Result<()> {
    let org = tx.org();
    let patients: Vec<Rid> = places.iter().map(|(patient, _)| *patient).collect();
    let before = tx.reader()?.persons_of(org, &patients)?;
    for (patient, person) in places {
        set(tx, *patient, *person, why)?;
    }
    follow(tx, &before, &patients)
}

fn put_under_one(tx: &mut WriteTx<'_>, members: &[Rid], why: &str) -> Result<()> {
    let org = tx.org();
    let main = main_of(&mut tx.reader()?, org, members)?;
    for member in members {
        let now = person::memberships(tx.conn()?, org, *member)?.into_iter().find(|one| one.until.is_none());
        if now.as_ref().is_none_or(|now| now.person != main) {
            set(tx, *member, main, why)?;
        }
    }
    Ok(())
}

fn set(tx: &mut WriteTx<'_>, patient: Rid, person: Rid, why: &str) -> Result<()> {
    let (org, commit) = (tx.org(), tx.commit_id());
    // Two changes of one record in the same microsecond still are two stretches.
    let last = person::memberships(tx.conn()?, org, patient)?.last().map_or(i64::MIN, |one| one.since);
    let at = tx.now().max(last.saturating_add(1));
    person::link(tx.conn()?, org, patient, person, at, commit, why)
}

fn main_of(reader: &mut Reader<'_>, org: OrgId, members: &[Rid]) -> Result<Rid> {
    let rows = reader.facts_of(org, members)?;
    let main = rows.iter().min_by_key(|row| (row.labels != 0, row.rid)).map(|row| row.rid);
    Ok(main.or_else(|| members.iter().min().copied()).unwrap_or(Rid(0)))
}

fn follow(tx: &mut WriteTx<'_>, before: &[Rid], patients: &[Rid]) -> Result<()> {
    give_suggestions(tx, before)?;
    settle_all(tx, patients.to_vec())
}

/// Suggestions go to the person whose record they hang on.
fn give_suggestions(tx: &mut WriteTx<'_>, before: &[Rid]) -> Result<()> {
    let org = tx.org();
    for person in before.iter().collect::<BTreeSet<_>>() {
        for row in suggestion::of_patient(tx.conn()?, org, *person)? {
            let Some(home) = home_of(tx, &row)? else { continue };
            if home != *person {
                suggestion::give(tx.conn()?, org, &row.id, &row.key, home)?;
            }
        }
    }
    Ok(())
}

/// The person to whose record the subject of a suggestion belongs now.
fn home_of(tx: &mut WriteTx<'_>, row: &suggestion::Suggestion) -> Result<Option<Rid>> {
    let org = tx.org();
    let Some(body) = Body::read(&row.body) else { return Ok(None) };
    let Some((type_, id)) = body.anchor.split_once('/') else { return Ok(None) };
    let Some(type_) = ResourceType::find(type_) else { return Ok(None) };
    let mut reader = tx.reader()?;
    let Some(rid) = reader.rid(org, type_, id)? else { return Ok(None) };
    let Some(patient) = reader.facts_of(org, &[rid])?.first().map(|fact| fact.patient) else { return Ok(None) };
    if patient.0 == 0 { Ok(None) } else { reader.person_of(org, patient).map(Some) }
}

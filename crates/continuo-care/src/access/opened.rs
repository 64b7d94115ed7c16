//! What is open to whom, for the privacy officer: Consents that opened labels, each to review, and every opening that runs.

use std::collections::BTreeMap;

use continuo_fhir::{Instant, Issue, IssueCode, Json};
use continuo_store::tables::consent_opening::{self, ConsentOpening};
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::tables::{account, person};
use continuo_store::{Error, Reader, Rid, Scope};

use super::labels::LABELS;
use super::openings::CONSENT;
use super::permissions::Permission;
use super::scope::{EVERYBODY, account_audience};
use crate::ctx::Ctx;
use crate::record::{RecordError, audit};

/// Rows of one list.
const MOST: i64 = 500;

/// A Consent that opened labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its row.
    pub row: ConsentOpening,
    /// `Consent/..`; empty when it is gone for good.
    pub consent: String,
    /// Name of whoever wrote it.
    pub by: String,
    /// Whose record, as far as the reader may see who that is.
    pub person: Option<PersonHeader>,
    /// What it opens, in words.
    pub labels: Vec<String>,
}

/// An opening that runs now, by a Consent or in an emergency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// To whom: everybody of the organization, a person's name, or a team.
    pub to: String,
    /// Whose record, as far as the reader may see who that is.
    pub person: Option<PersonHeader>,
    /// What, in words.
    pub labels: Vec<String>,
    /// Until when; none without an end.
    pub until: Option<Instant>,
}

/// Consents that opened labels, newest first. Reading the list is audited.
pub fn consents(ctx: &Ctx, only_open: bool) -> Result<Vec<Listed>, RecordError> {
    ctx.require(Permission::AuditRead)?;
    let listed = ctx.read(|reader| {
        let rows = consent_opening::listed(reader.conn(), ctx.org, only_open, MOST)?;
        listed(reader, ctx, rows)
    })?;
    audit(ctx, "read openings", Rid(0), "")?;
    Ok(listed)
}

fn listed(reader: &mut Reader<'_>, ctx: &Ctx, rows: Vec<ConsentOpening>) -> Result<Vec<Listed>, Error> {
    let people = people(reader, ctx, rows.iter().map(|row| row.patient))?;
    let accounts = account::accounts_of(reader.conn(), ctx.org)?;
    rows.into_iter()
        .map(|row| {
            let by = accounts.iter().find(|one| one.reference == row.actor).map(|one| one.name.clone());
            let consent = reader.reference(row.consent)?;
            Ok(Listed {
                by: by.unwrap_or_else(|| crate::staff::name_of(&[], &row.actor)),
                consent: consent.map(|(type_, id)| format!("{type_}/{id}")).unwrap_or_default(),
                person: people.get(&row.patient).cloned(),
                labels: words(row.labels),
                row,
            })
        })
        .collect::<Result<Vec<_>, Error>>()
}

/// Consents that wait for a second person, of people whom the reader sees, oldest first. Reading the list is audited.
pub fn waiting(ctx: &Ctx) -> Result<Vec<Listed>, RecordError> {
    may_confirm(ctx)?;
    let listed = ctx.read(|reader| waiting_in(reader, ctx))?;
    audit(ctx, "read consents to confirm", Rid(0), "")?;
    Ok(listed)
}

fn waiting_in(reader: &mut Reader<'_>, ctx: &Ctx) -> Result<Vec<Listed>, Error> {
    let rows = consent_opening::waiting(reader.conn(), ctx.org, MOST)?;
    let mut listed = listed(reader, ctx, rows)?;
    listed.retain(|one| one.person.is_some());
    let mut active = Vec::with_capacity(listed.len());
    for one in listed {
        // One that was revoked meanwhile opens nothing, confirmed or not.
        let id = one.consent.strip_prefix("Consent/").unwrap_or_default();
        let stored = reader.find(&Scope::all(ctx.org), CONSENT, id)?.and_then(|stored| stored.bytes);
        let json = stored.and_then(|bytes| Json::parse(&bytes).ok());
        if json.is_some_and(|json| json.str_at("status") == Some("active")) {
            active.push(one);
        }
    }
    Ok(active)
}

/// How many wait; nothing for those who do not confirm.
pub fn waiting_count(ctx: &Ctx) -> continuo_store::Result<Option<u64>> {
    if may_confirm(ctx).is_err() {
        return Ok(None);
    }
    Ok(Some(ctx.read(|reader| waiting_in(reader, ctx))?.len() as u64))
}

/// Whether a consent of this person waits for a second person.
pub fn waits_for(ctx: &Ctx, person: Rid) -> continuo_store::Result<bool> {
    ctx.read(|reader| {
        let rows = consent_opening::waiting(reader.conn(), ctx.org, MOST)?;
        let members = if rows.is_empty() { Vec::new() } else { reader.members(ctx.org, person)? };
        Ok(rows.iter().any(|row| row.patient == person || members.contains(&row.patient)))
    })
}

fn may_confirm(ctx: &Ctx) -> Result<(), RecordError> {
    if ctx.grant.allows(Permission::AuditRead) {
        return Ok(());
    }
    Ok(ctx.require(Permission::ConsentOpen)?)
}

/// Confirms a consent that somebody else wrote: what it opens is open from then on.
pub fn confirm(ctx: &Ctx, id: i64) -> Result<(), RecordError> {
    may_confirm(ctx)?;
    let waiting = waiting(ctx)?;
    let missing = || RecordError::NotFound("a consent that waits".to_owned());
    let row = waiting.into_iter().map(|one| one.row).find(|row| row.id == id).ok_or_else(missing)?;
    if row.actor == ctx.actor.reference || ctx.actor.account == 0 {
        let text = "somebody else than its writer confirms a consent";
        return Err(RecordError::Invalid(vec![Issue::error(IssueCode::BusinessRule, "", text)]));
    }
    let by = ctx.actor.reference.clone();
    let done = ctx.write("confirm consent", move |tx| {
        tx.commit_id();
        let org = tx.org();
        tx.audit("confirm consent", row.patient, "", "");
        let done = consent_opening::confirm(tx.conn()?, org, id, &by)?;
        crate::assess::settle(tx, row.patient)?;
        Ok(done)
    })?;
    if done.value { Ok(()) } else { Err(missing()) }
}

/// Every opening that runs now. Reading the list is audited.
pub fn running(ctx: &Ctx) -> Result<Vec<Running>, RecordError> {
    ctx.require(Permission::AuditRead)?;
    let all = ctx.read(|reader| {
        let rows = person::openings(reader.conn(), ctx.org, ctx.now().micros(), MOST)?;
        let people = people(reader, ctx, rows.iter().map(|(_, patient, ..)| *patient))?;
        let accounts = account::accounts_of(reader.conn(), ctx.org)?;
        let whom = |audience: i64| match accounts.iter().find(|one| account_audience(one.id) == audience) {
            _ if audience == EVERYBODY => "everybody here".to_owned(),
            Some(one) => format!("{}, in an emergency", one.name),
            None => "a team".to_owned(),
        };
        Ok(rows
            .into_iter()
            .map(|(audience, patient, labels, until)| Running {
                to: whom(audience),
                person: people.get(&patient).cloned(),
                labels: words(labels),
                until: (until != i64::MAX).then(|| Instant::from_micros(until)),
            })
            .collect())
    })?;
    audit(ctx, "read openings", Rid(0), "")?;
    Ok(all)
}

/// Somebody whose Patient carries a label: gone for everybody who does not see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// `Patient/..`.
    pub patient: String,
    /// Who it is, as far as the reader may see that.
    pub person: Option<PersonHeader>,
    /// The labels, in words.
    pub labels: Vec<String>,
    /// Who wrote it last.
    pub by: String,
    /// When.
    pub at: Instant,
}

/// People closed by a label of their own, who was closed last first. Reading the list is audited.
pub fn closed_people(ctx: &Ctx) -> Result<Vec<Closed>, RecordError> {
    ctx.require(Permission::AuditRead)?;
    let all = ctx.read(|reader| {
        let rows = consent_opening::labeled(reader.conn(), ctx.org, "Patient", MOST)?;
        let people = people(reader, ctx, rows.iter().map(|(rid, ..)| *rid))?;
        let accounts = account::accounts_of(reader.conn(), ctx.org)?;
        let mut out = Vec::with_capacity(rows.len());
        for (rid, labels, at) in rows {
            let Some((type_, id)) = reader.reference(rid)? else { continue };
            let writer = consent_opening::writer(reader.conn(), ctx.org, rid)?.unwrap_or_default();
            let name = accounts.iter().find(|one| one.reference == writer).map(|one| one.name.clone());
            out.push(Closed {
                patient: format!("{type_}/{id}"),
                person: people.get(&rid).cloned(),
                labels: words(labels),
                by: name.unwrap_or_else(|| crate::staff::name_of(&[], &writer)),
                at: Instant::from_micros(at),
            });
        }
        Ok(out)
    })?;
    audit(ctx, "read closed people", Rid(0), "")?;
    Ok(all)
}

/// How many Consents that opened labels nobody has reviewed; nothing for those who do not review.
pub fn unreviewed(ctx: &Ctx) -> continuo_store::Result<Option<u64>> {
    if !ctx.grant.allows(Permission::AuditRead) {
        return Ok(None);
    }
    let count = ctx.read(|reader| consent_opening::unreviewed(reader.conn(), ctx.org))?;
    Ok(Some(u64::try_from(count).unwrap_or(0)))
}

/// Records what the review of one found, once. Nobody reviews what they wrote.
pub fn review(ctx: &Ctx, id: i64, found: &str) -> Result<(), RecordError> {
    ctx.require(Permission::AuditRead)?;
    let invalid = |code, text: &str| RecordError::Invalid(vec![Issue::error(code, "finding", text)]);
    let found = found.trim().to_owned();
    if found.is_empty() {
        return Err(invalid(IssueCode::Required, "say what you found"));
    }
    let rows = ctx.read(|reader| consent_opening::listed(reader.conn(), ctx.org, true, i64::MAX))?;
    let missing = || RecordError::NotFound("an opening that waits for its review".to_owned());
    let row = rows.into_iter().find(|row| row.id == id).ok_or_else(missing)?;
    let writer = ctx.read(|reader| consent_opening::writer(reader.conn(), ctx.org, row.consent))?;
    if [Some(row.actor.as_str()), writer.as_deref()].contains(&Some(ctx.actor.reference.as_str())) {
        return Err(invalid(IssueCode::BusinessRule, "nobody reviews a consent they wrote"));
    }
    let by = ctx.actor.reference.clone();
    let done = ctx.write("review opening", move |tx| {
        tx.commit_id();
        let (org, at) = (tx.org(), tx.now());
        tx.audit("review opening", row.patient, "", &found);
        consent_opening::review(tx.conn()?, org, id, &by, at, &found)
    })?;
    if done.value { Ok(()) } else { Err(missing()) }
}

fn people(
    reader: &mut Reader<'_>,
    ctx: &Ctx,
    patients: impl Iterator<Item = Rid>,
) -> continuo_store::Result<BTreeMap<Rid, PersonHeader>> {
    let mut found = BTreeMap::new();
    for patient in patients.collect::<std::collections::BTreeSet<_>>() {
        // A Consent belongs to one source record, the header to the person.
        let person = reader.person_of(ctx.org, patient)?;
        if let Some(header) = person_header::of_patients(reader.conn(), &ctx.scope, &[person])?.into_iter().next() {
            found.insert(patient, header);
        }
    }
    Ok(found)
}

/// What the labels mean.
pub(super) fn words(bits: u64) -> Vec<String> {
    if bits.count_ones() as usize > LABELS.len() {
        return vec!["everything closed".to_owned()];
    }
    LABELS.iter().filter(|label| bits & (1 << label.bit) != 0).map(|label| label.meaning.clone()).collect()
}

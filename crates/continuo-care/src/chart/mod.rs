//! What the chart shows of one person: the record as lines, each with its age and where it comes from.
//!
//! Loading is here; everything else is pure over [`Person`]. Words for people and tones are the page's; this says only
//! what stands in the record. Nothing here turns silence into "none".

mod changed;
pub mod entry;
pub mod loops;
pub mod numbers;
pub mod results;
pub mod sections;
pub mod timeline;
pub mod visits;

use std::collections::BTreeMap;

use continuo_fhir::{Instant, ResourceType};
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::tables::{account, looked, work};
use continuo_store::{Reader, Rid, Scope};

use crate::access::Permission;
use crate::assess::{header, person_of, site};
use crate::ctx::Ctx;
use crate::followup::person::Person;
use crate::people;
use crate::record::{RecordError, audit};
use entry::Entry;

pub(crate) const PATIENT: ResourceType = ResourceType::of("Patient");

/// Everything the chart shows.
#[derive(Clone, Debug)]
pub struct Chart {
    /// Who.
    pub header: PersonHeader,
    /// Everything known, by section.
    pub sections: Sections,
    /// Open work, worst first is the page's order.
    pub work: Vec<work::Work>,
    /// When the reader looked before; none the first time.
    pub looked_before: Option<Instant>,
    /// Who else looked within the last hour, with when.
    pub others: Vec<(String, Instant)>,
    /// References of people and places, and their names.
    pub names: Names,
    /// How many sources' records of the person the reader sees.
    pub sources: usize,
    /// When this was read.
    pub read_at: Instant,
}

/// The sections of a person's record.
#[derive(Clone, Debug, Default)]
pub struct Sections {
    /// Whether clinical sections were left out because the reader's role does not open them.
    pub administrative_only: bool,
    /// What came since the reader last looked.
    pub changed: Vec<Entry>,
    /// Active conditions, then others.
    pub problems: Vec<Entry>,
    /// Medicines in use or paused.
    pub medicines: Vec<Entry>,
    /// Allergies and intolerances.
    pub allergies: Vec<Entry>,
    /// Results and vital signs, one per kind.
    pub results: Vec<results::Series>,
    /// Flags that stand.
    pub flags: Vec<Entry>,
    /// Goals and needs.
    pub goals: Vec<Entry>,
    /// Promises made to the person that are open.
    pub promises: Vec<Entry>,
    /// Insurance.
    pub coverage: Vec<Entry>,
    /// Booked, missed and past visits.
    pub visits: Vec<Entry>,
    /// Consents.
    pub consents: Vec<Entry>,
    /// Documents, newest first.
    pub documents: Vec<Entry>,
    /// Referrals, those open first.
    pub referrals: Vec<Entry>,
    /// Tasks that have ended.
    pub finished: Vec<Entry>,
    /// Who takes part in the care.
    pub team: Vec<Entry>,
    /// Phones and addresses with what is allowed on each.
    pub reach: Vec<Entry>,
    /// Calls and attempts, messages, notes; newest first.
    pub contacts: Vec<Entry>,
}

/// Names of people and places by reference.
#[derive(Clone, Debug, Default)]
pub struct Names(BTreeMap<String, String>);

impl Names {
    /// The name, or the reference's own words where nobody has that reference.
    pub fn of<'a>(&'a self, reference: &'a str) -> &'a str {
        self.0.get(reference).map_or(reference, String::as_str)
    }
}

/// The chart of a person on their first page: remembered for "since you last looked".
pub fn open(ctx: &Ctx, patient: &str) -> Result<Chart, RecordError> {
    let chart = load(ctx, patient)?;
    // Nobody waits for a disk to see a chart; the look is recorded right after.
    let (org, actor, rid, now) = (ctx.org, ctx.actor.reference.clone(), chart.header.patient, chart.read_at.micros());
    let sound = people::alike::sound_word(&chart.header);
    people::alike::note(ctx, rid, &sound, now)?;
    ctx.write_later("look at chart", move |tx| looked::look(tx.conn()?, org, &actor, rid, &sound, now).map(|_| ()))?;
    Ok(chart)
}

/// The same for the other pages of a person: audited, but what is new stays new.
pub fn load(ctx: &Ctx, patient: &str) -> Result<Chart, RecordError> {
    ctx.require(Permission::PersonRead)?;
    let now = ctx.now();
    let clinical = ctx.grant.allows(Permission::RecordRead);
    let chart = ctx.read(|reader| read(reader, ctx, patient, clinical, now))?;
    let rid = chart.header.patient;
    audit(ctx, "read chart", rid, &format!("Patient/{patient}"))?;
    Ok(chart)
}

/// The header alone: for the banner of every page about a person.
pub fn banner(ctx: &Ctx, patient: &str) -> Result<(PersonHeader, Names), RecordError> {
    ctx.require(Permission::PersonRead)?;
    Ok(ctx.read(|reader| {
        let header = header_of(reader, ctx, patient)?;
        let names = names(reader, ctx, [header.owner.as_str(), said_by(&header.allergies)].into_iter())?;
        Ok((header, names))
    })?)
}

/// Who said that no allergies are known, where the header says so; empty else.
fn said_by(allergies: &str) -> &str {
    let said = allergies.strip_prefix("No known allergies (").and_then(|text| text.split_once(", "));
    said.map_or("", |(who, _)| who)
}

fn header_of(reader: &mut Reader<'_>, ctx: &Ctx, patient: &str) -> continuo_store::Result<PersonHeader> {
    let stored = reader.get(&ctx.scope, PATIENT, patient)?;
    let rid = reader.person_of(ctx.org, stored.rid)?;
    let rows = facts(reader, &ctx.scope, rid)?;
    let (person, _) = person_of(&rows);
    let calendar = site::calendar(ctx.zone.clone(), ctx.now());
    let header = header::header(&person, rid, ctx.now(), &calendar)
        .ok_or_else(|| continuo_store::Error::NotFound(format!("Patient/{patient}")))?;
    marked(reader, ctx, header)
}

/// With "unsafe", a death and what is forbidden on a number as the whole record says it: a source that this reader does not
/// see may carry the mark.
fn marked(reader: &mut Reader<'_>, ctx: &Ctx, header: PersonHeader) -> continuo_store::Result<PersonHeader> {
    let kept = person_header::of_patients(reader.conn(), &Scope::all(ctx.org), &[header.patient])?;
    let Some(kept) = kept.into_iter().next() else { return Ok(header) };
    let kept_counts = kept.phone == header.phone || header::asks_first(&kept.reach);
    let reach = if kept_counts { kept.reach } else { header.reach };
    let (unsafe_, deceased) = (header.unsafe_ || kept.unsafe_, header.deceased || kept.deceased);
    Ok(PersonHeader { unsafe_, deceased, reach, ..header })
}

/// How many sources know the person, as far as the reader sees: one for a person with one record.
pub fn sources(ctx: &Ctx, patient: &str) -> Result<usize, RecordError> {
    ctx.require(Permission::PersonRead)?;
    Ok(ctx.read(|reader| {
        let stored = reader.get(&ctx.scope, PATIENT, patient)?;
        let rid = reader.person_of(ctx.org, stored.rid)?;
        let members = reader.members(ctx.org, rid)?;
        if members.len() < 2 {
            return Ok(1);
        }
        Ok(sources_in(&reader.facts(&ctx.scope, &members)?))
    })?)
}

fn sources_in(rows: &[continuo_store::FactRow]) -> usize {
    rows.iter().filter(|row| row.rid == row.patient).count()
}

fn facts(reader: &mut Reader<'_>, scope: &Scope, patient: Rid) -> continuo_store::Result<Vec<continuo_store::FactRow>> {
    let person = reader.person_of(scope.org, patient)?;
    let members = reader.members(scope.org, person)?;
    reader.facts(scope, &members)
}

fn read(
    reader: &mut Reader<'_>,
    ctx: &Ctx,
    patient: &str,
    clinical: bool,
    now: Instant,
) -> continuo_store::Result<Chart> {
    let stored = reader.get(&ctx.scope, PATIENT, patient)?;
    // A person stands under one of their records, whichever of them was asked for.
    let rid = reader.person_of(ctx.org, stored.rid)?;
    let members = reader.members(ctx.org, rid)?;
    let rows = reader.facts(&ctx.scope, &members)?;
    let (person, _) = person_of(&rows);
    let calendar = site::calendar(ctx.zone.clone(), now);
    let header = header::header(&person, rid, now, &calendar)
        .ok_or_else(|| continuo_store::Error::NotFound(format!("Patient/{patient}")))?;
    let header = marked(reader, ctx, header)?;
    let before = changed::last_look(reader, ctx, &members, now)?;
    let before = (before > 0).then(|| Instant::from_micros(before));
    let today = calendar.start_of(calendar.day(now)).micros();
    let others = looked::others(reader.conn(), ctx.org, rid, today)?
        .into_iter()
        .filter(|(actor, _)| *actor != ctx.actor.reference)
        .map(|(actor, at)| (actor, Instant::from_micros(at)))
        .collect::<Vec<_>>();
    let mut sections = sections_of(&person, ctx, clinical, now);
    if let Some(before) = before.filter(|_| clinical) {
        sections.changed = changed::since(reader, ctx, &person, &members, before)?;
    }
    let work = work::of_patients(reader.conn(), &ctx.scope, &[rid])?;
    let wanted = sections.references().chain([header.owner.as_str()]).chain(work.iter().map(|w| w.owner.as_str()));
    let wanted: Vec<&str> = wanted.chain(others.iter().map(|(actor, _)| actor.as_str())).collect();
    let names = names(reader, ctx, wanted.into_iter())?;
    Ok(Chart { header, sections, work, looked_before: before, others, names, sources: sources_in(&rows), read_at: now })
}

fn sections_of(person: &Person<'_>, ctx: &Ctx, clinical: bool, now: Instant) -> Sections {
    let zone = &ctx.zone;
    let administrative = Sections {
        administrative_only: !clinical,
        coverage: sections::coverage(person, zone, now),
        visits: visits::visits(person, zone, now),
        team: sections::team(person),
        reach: sections::reach(person),
        ..Sections::default()
    };
    if !clinical {
        return administrative;
    }
    Sections {
        problems: sections::problems(person),
        medicines: sections::medicines(person),
        allergies: sections::allergies(person),
        results: results::results(person, zone, now),
        flags: sections::flags(person),
        goals: sections::goals(person),
        promises: sections::promises(person),
        consents: sections::consents(person),
        documents: sections::documents(person, zone),
        referrals: loops::referrals(person, zone, now),
        finished: loops::finished(person, zone),
        contacts: sections::contacts(person, zone),
        ..administrative
    }
}

impl Sections {
    fn references(&self) -> impl Iterator<Item = &str> {
        [
            &self.changed,
            &self.problems,
            &self.medicines,
            &self.allergies,
            &self.goals,
            &self.promises,
            &self.coverage,
            &self.visits,
            &self.consents,
            &self.documents,
            &self.referrals,
            &self.finished,
            &self.team,
            &self.reach,
            &self.contacts,
        ]
        .into_iter()
        .flatten()
        .flat_map(|entry| [entry.by.as_str(), entry.text.as_str()])
        .filter(|text| text.contains('/'))
    }
}

/// The names behind references: staff by their accounts, others from their resources.
pub fn names<'a>(
    reader: &mut Reader<'_>,
    ctx: &Ctx,
    references: impl Iterator<Item = &'a str>,
) -> continuo_store::Result<Names> {
    let mut references: Vec<&str> = references.collect();
    references.sort_unstable();
    references.dedup();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for some in references.chunks(500) {
        names.extend(account::names_of(reader.conn(), ctx.org, some)?);
    }
    for reference in references {
        if names.contains_key(reference) {
            continue;
        }
        let Some((type_, id)) = reference.split_once('/') else { continue };
        let Some(type_) = ResourceType::find(type_) else { continue };
        let Some(bytes) = reader.find(&ctx.scope, type_, id)?.and_then(|stored| stored.bytes) else { continue };
        if let Some(name) = continuo_fhir::Json::parse(&bytes).ok().and_then(|json| entry::name_of(&json)) {
            names.insert(reference.to_owned(), name);
        }
    }
    Ok(Names(names))
}

//! Entering by hand: from the values of a form to FHIR resources in one commit, which can be undone.
//!
//! A kind is one row of [`KINDS`] and one pure builder. Values arrive as text; dates as FHIR writes them (a year or a
//! month alone is fine), times as `HH:MM`. Unasked stays unasked: an empty field writes nothing.

mod clinical;
pub mod correct;
mod death;
mod draft;
mod enrol;
mod missing;
pub mod papers;
mod person;
mod plausible;
pub(crate) mod referred;
mod replaced;
mod visits;

use std::collections::BTreeMap;

use continuo_fhir::{Date, DateTime, Instant, Json, Zone};
use continuo_store::Prepared;

use crate::access::Permission;
use crate::assess::inherit::inherit;
use crate::assess::settle;
use crate::build::{reference, set_extension};
use crate::ctx::Ctx;
use crate::problem::WorkError;
use crate::record::permission;
use crate::tasks::make::NewTask;
use crate::work::{self, Done, parse, person_rid};

pub use clinical::TEST_NAMES;
pub use draft::draft;
pub use missing::missing;
pub use referred::open_referrals;

/// The values of a form, by field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(BTreeMap<String, Vec<String>>);

impl Values {
    /// Values from (field, value) pairs; a field may repeat.
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Values {
        let mut values = Values::default();
        for (field, value) in pairs {
            values.0.entry(field.to_owned()).or_default().push(value.trim().to_owned());
        }
        values
    }

    /// The value of a field; empty when it was not answered.
    pub fn get(&self, field: &str) -> &str {
        self.0.get(field).and_then(|all| all.first()).map_or("", String::as_str)
    }

    /// Whether a field that takes several answers has this one.
    pub fn has(&self, field: &str, answer: &str) -> bool {
        self.0.get(field).is_some_and(|all| all.iter().any(|one| one == answer))
    }

    /// All answers of a field.
    pub fn all(&self, field: &str) -> &[String] {
        self.0.get(field).map_or(&[], Vec::as_slice)
    }

    /// All answers as (field, value) pairs, by field.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|(field, all)| all.iter().map(move |value| (field.as_str(), value.as_str())))
    }

    /// A field that must be answered.
    pub fn need(&self, field: &'static str, ask: &str) -> Result<&str, WorkError> {
        match self.get(field) {
            "" => Err(WorkError::field(field, ask)),
            value => Ok(value),
        }
    }

    /// A date as precise as it was given; nothing when not answered.
    pub fn date(&self, field: &'static str) -> Result<Option<Date>, WorkError> {
        match self.get(field) {
            "" => Ok(None),
            text => Date::parse(text).map(Some).ok_or_else(|| WorkError::field(field, "this date cannot be read")),
        }
    }

    /// A date that must be answered, to the day.
    pub fn day(&self, field: &'static str) -> Result<Date, WorkError> {
        let date = self.date(field)?.ok_or_else(|| WorkError::field(field, "give a date"))?;
        if date.day().is_none() {
            return Err(WorkError::field(field, "give the day, too"));
        }
        Ok(date)
    }
}

/// What a builder knows besides the form.
pub(crate) struct Maker<'a> {
    /// `Patient/..`.
    pub(crate) person: &'a str,
    /// Who enters it.
    pub(crate) by: &'a str,
    /// Their name.
    pub(crate) by_name: &'a str,
    /// Now.
    pub(crate) now: Instant,
    /// The site's zone.
    pub(crate) zone: &'a Zone,
    /// Ids for what is made, one for each resource.
    pub(crate) ids: &'a mut dyn FnMut() -> String,
}

impl Maker<'_> {
    /// A moment from a day and `HH:MM`.
    pub(crate) fn moment(&self, day: Date, time: &str, field: &'static str) -> Result<Instant, WorkError> {
        let text = format!("{}T{time}:00", crate::build::date_text(day));
        DateTime::parse(&text)
            .map(|at| at.low(self.zone))
            .ok_or_else(|| WorkError::field(field, "give a time, such as 9:20 am"))
    }

    pub(crate) fn now(&self) -> Json {
        crate::build::moment(self.now, self.zone)
    }

    /// A resource of a type with a new id.
    pub(crate) fn resource(&mut self, type_: &str) -> Json {
        let id = (self.ids)();
        crate::build::object([("resourceType", Json::string(type_)), ("id", Json::string(id))])
    }
}

type Build = fn(&Values, &mut Maker<'_>) -> Result<Vec<Json>, WorkError>;

/// What can be entered for a person: name, FHIR type it mainly writes (for the permission), builder.
const KINDS: &[(&str, &str, Build)] = &[
    ("appointment", "Appointment", visits::appointment),
    ("discharge", "Encounter", visits::discharge),
    ("referral", "ServiceRequest", visits::referral),
    ("condition", "Condition", clinical::condition),
    ("medicine", "MedicationStatement", clinical::medicine),
    ("allergy", "AllergyIntolerance", clinical::allergy),
    ("result", "Observation", clinical::result),
    ("contact", "RelatedPerson", papers::contact),
    ("coverage", "Coverage", papers::coverage),
    ("consent", "Consent", papers::consent),
    ("document", "DocumentReference", papers::document),
];

/// Enters something for a person. Returns the references of what was made.
pub fn add(ctx: &Ctx, person: &str, kind: &str, values: &Values) -> Done<Vec<String>> {
    let reference = format!("Patient/{}", person.strip_prefix("Patient/").unwrap_or(person));
    match kind {
        "reminder" | "task" => {
            plausible::check(kind, values, &plausible::Known::of(ctx, &reference)?)?;
            return wrap("Task", task(ctx, &reference, kind, values));
        }
        "note" => {
            let text = values.need("text", "write something")?;
            return wrap("Communication", work::write_note(ctx, &reference, values.get("title"), text));
        }
        "phone" => return reach(ctx, person, values),
        "coordinator" => return enrol::enrol(ctx, &reference, values),
        "death" => {
            plausible::check(kind, values, &plausible::Known::of(ctx, &reference)?)?;
            return death::record(ctx, person, values);
        }
        _ => {}
    }
    let (_, type_, build) = KINDS
        .iter()
        .find(|(name, ..)| *name == kind)
        .ok_or_else(|| WorkError::NotFound(format!("a form for `{kind}`")))?;
    ctx.require(permission::to_write(type_))?;
    let rid = person_rid(ctx, &reference)?;
    plausible::check(kind, values, &plausible::Known::of(ctx, &reference)?)?;
    if kind == "allergy" && values.get("known") == "none" && has_allergy(ctx, rid)? {
        return Err(WorkError::field("known", "an allergy is on file: undo or correct it first if it is wrong"));
    }
    plausible::not_twice(ctx, rid, kind, values)?;
    referred::check(ctx, rid, values)?;
    let made = build_with(ctx, &reference, values, *build)?;
    let references = references(&made);
    let prepared = prepare(ctx, made)?;
    let replaced = if kind == "consent" { replaced::by(ctx, rid, values)? } else { Vec::new() };
    Ok(ctx.write(&format!("add {kind}"), move |tx| {
        for one in &prepared {
            tx.put(one, &continuo_store::PutOptions::default())?;
        }
        for (one, version) in &replaced {
            let expect = continuo_store::Expect::Version(*version);
            tx.put(one, &continuo_store::PutOptions { expect, ..continuo_store::PutOptions::default() })?;
        }
        settle(tx, rid)?;
        Ok(references)
    })?)
}

/// Whether an allergy stands in the chart, so that "none known" would be untrue.
fn has_allergy(ctx: &Ctx, rid: continuo_store::Rid) -> Result<bool, WorkError> {
    let rows = ctx.read(|reader| {
        let person = reader.person_of(ctx.org, rid)?;
        let members = reader.members(ctx.org, person)?;
        reader.facts(&ctx.scope, &members)
    })?;
    let (person, _) = crate::assess::person_of(&rows);
    let current = crate::chart::sections::allergies(&person);
    let none_known = |entry: &crate::chart::entry::Entry| entry.text.to_lowercase().starts_with("no known");
    Ok(current.iter().any(|entry| !none_known(entry)))
}

/// The resource of one kind, for who proposes what a form would write; it is written elsewhere.
pub(crate) fn built(kind: &str, values: &Values, maker: &mut Maker<'_>) -> Result<Json, WorkError> {
    let (.., build) = KINDS
        .iter()
        .find(|(name, ..)| *name == kind)
        .ok_or_else(|| WorkError::NotFound(format!("a form for `{kind}`")))?;
    let made = build(values, maker)?;
    made.into_iter().next().ok_or_else(|| WorkError::NotFound(format!("a form for `{kind}`")))
}

/// Registers a person. Returns the `Patient` id.
pub fn register(ctx: &Ctx, values: &Values) -> Done<String> {
    ctx.require(Permission::PersonWrite)?;
    let mut made = build_with(ctx, "", values, person::register)?;
    // Somebody who reaches only the people given to them must not lose whom they have just entered, for a while.
    if let (false, Some(patient)) = (ctx.grant.reaches_all(), made.first_mut()) {
        let by = reference(&ctx.actor.reference);
        set_extension(patient, crate::shapes::EXT_REGISTERED_BY, Some(("valueReference", by)));
        let at = crate::build::moment(ctx.now(), &ctx.zone);
        set_extension(patient, crate::shapes::EXT_REGISTERED_AT, Some(("valueDateTime", at)));
    }
    let id = made.first().and_then(|patient| patient.str_at("id")).unwrap_or_default().to_owned();
    let prepared = prepare(ctx, made)?;
    Ok(ctx.write("register person", move |tx| {
        let mut rid = None;
        for one in &prepared {
            let put = tx.put(one, &continuo_store::PutOptions::default())?;
            rid = rid.or(Some(put.rid));
        }
        if let Some(rid) = rid {
            settle(tx, rid)?;
        }
        Ok(id)
    })?)
}

/// Changes how a person may be reached: a number or address with its safety answers (safety.md rule 13).
fn reach(ctx: &Ctx, person: &str, values: &Values) -> Done<Vec<String>> {
    const PATIENT: continuo_fhir::ResourceType = continuo_fhir::ResourceType::of("Patient");
    ctx.require(Permission::PersonWrite)?;
    let id = person.strip_prefix("Patient/").unwrap_or(person).to_owned();
    let stored = ctx.read(|r| r.get(&ctx.scope, PATIENT, &id))?;
    let patient = parse(stored.bytes.as_deref())?;
    let changed = person::reach(&patient, values, &ctx.actor.reference, ctx.now(), &ctx.zone)?;
    let version = stored.version;
    let prepared = Prepared::new(changed, &ctx.prepare_context()?)?;
    Ok(ctx.write("change how to reach", move |tx| {
        let expect = continuo_store::Expect::Version(version);
        tx.put(&prepared, &continuo_store::PutOptions { expect, ..continuo_store::PutOptions::default() })?;
        settle(tx, stored.rid)?;
        Ok(vec![format!("Patient/{id}")])
    })?)
}

fn task(ctx: &Ctx, person: &str, kind: &str, values: &Values) -> Done<String> {
    let day = values.day("date")?;
    let what = values.need("what", "say what needs doing")?.to_owned();
    let calendar = crate::assess::site::calendar(ctx.zone.clone(), ctx.now());
    let due = calendar.end_of(day);
    if due < ctx.now() {
        return Err(WorkError::field("date", "this day has passed"));
    }
    let repeats_days = match values.get("repeats").trim() {
        "" => 0,
        typed => typed
            .parse::<i64>()
            .ok()
            .filter(|days| (1..=730).contains(days))
            .ok_or_else(|| WorkError::field("repeats", "a number of days, 1 to 730, or nothing"))?,
    };
    let steps = values.get("steps").lines().map(str::trim).filter(|line| !line.is_empty());
    let new = NewTask {
        kind: if kind == "reminder" { crate::shapes::REMINDER.to_owned() } else { String::new() },
        what,
        person: person.to_owned(),
        owner: values.get("owner").to_owned(),
        due: Some(due),
        due_rule: "set by a person".to_owned(),
        note: values.get("note").to_owned(),
        priority: values.get("priority").to_owned(),
        repeats_days,
        checklist: steps.take(30).map(str::to_owned).collect(),
        ..NewTask::default()
    };
    work::new_task(ctx, new)
}

fn wrap(type_: &str, done: Done<String>) -> Done<Vec<String>> {
    let done = done?;
    Ok(continuo_store::Committed {
        value: vec![format!("{type_}/{}", done.value)],
        commit: done.commit,
        last_change: done.last_change,
    })
}

fn build_with(ctx: &Ctx, person: &str, values: &Values, build: Build) -> Result<Vec<Json>, WorkError> {
    let ids = ctx.ids();
    let mut maker = Maker {
        person,
        by: &ctx.actor.reference,
        by_name: &ctx.actor.name,
        now: ctx.now(),
        zone: &ctx.zone,
        ids: &mut || ids.next().to_string(),
    };
    build(values, &mut maker)
}

fn references(made: &[Json]) -> Vec<String> {
    made.iter().filter_map(|json| Some(format!("{}/{}", json.resource_type()?, json.str_at("id")?))).collect()
}

fn prepare(ctx: &Ctx, mut made: Vec<Json>) -> Result<Vec<Prepared>, WorkError> {
    let context = ctx.prepare_context()?;
    ctx.read(|reader| made.iter_mut().try_for_each(|one| inherit(reader, ctx.org, one)))?;
    for resource in &made {
        crate::access::openings::may_write(ctx, resource)?;
    }
    made.into_iter().map(|json| Prepared::new(json, &context).map_err(WorkError::from)).collect()
}

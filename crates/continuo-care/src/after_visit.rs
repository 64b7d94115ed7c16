//! The after-visit sheet of one visit: from the accepted entries of the record to what `continuo_text::after_visit` says.
//!
//! Written anew each time it is opened. What belongs to the visit is what was written from its first day until a week after
//! its end; a medicine of that time is new, changed or as before by comparing it with what stood before.

mod medicines;

use continuo_fhir::{Date, DateTime, Instant, Zone};
use continuo_store::tables::person_header::PersonHeader;
use continuo_store::tables::setting;
use continuo_text::after_visit::{Day, Given, Said, is_test};
pub use continuo_text::after_visit::{Help, Language, Line, Part, Sheet};

use crate::access::Permission;
use crate::assess::{header, person_of, site};
use crate::chart::PATIENT;
use crate::chart::entry::{date_at, has_code, words_at};
use crate::ctx::Ctx;
use crate::followup::calendar::DAY;
use crate::followup::contact::{is_stay, is_visit};
use crate::followup::person::{Person, Resource};
use crate::record::{RecordError, audit};
use crate::shapes;

/// The setting that holds the clinic's own number for patients.
pub const PHONE: &str = "clinic-phone";
/// Entries written so long after the end still belong to the visit.
const AFTER: i64 = 7 * DAY;
/// Visits offered.
const MOST: usize = 10;

/// The sheet with whose it is.
pub struct AfterVisit {
    /// Who.
    pub header: PersonHeader,
    /// The sheet.
    pub sheet: Sheet,
    /// The visit it is about (`Encounter.id`); empty when the record has none.
    pub visit: String,
    /// Visits it could be about: id, day, what.
    pub choices: Vec<(String, DateTime, String)>,
    /// The clinic's number, if the site set one.
    pub phone: String,
    /// Between 12 and 17 years old: whoever hands the sheet out thinks of who will read it (safety.md 14 and 15).
    pub is_adolescent: bool,
}

/// Writes the sheet of a visit (the newest when `visit` is empty). Reading is audited.
pub fn load(ctx: &Ctx, patient: &str, visit: &str, language: Language) -> Result<AfterVisit, RecordError> {
    ctx.require(Permission::RecordRead)?;
    let now = ctx.now();
    let calendar = site::calendar(ctx.zone.clone(), now);
    let (header, made, rid) = ctx.read(|reader| {
        let stored = reader.get(&ctx.scope, PATIENT, patient)?;
        let person = reader.person_of(ctx.org, stored.rid)?;
        let members = reader.members(ctx.org, person)?;
        let rows = reader.facts(&ctx.scope, &members)?;
        let (person, _) = person_of(&rows);
        let header = header::header(&person, stored.rid, now, &calendar)
            .ok_or_else(|| continuo_store::Error::NotFound(format!("Patient/{patient}")))?;
        let phone = setting::newest(reader.conn(), ctx.org, PHONE)?.map(|row| row.value).unwrap_or_default();
        let visits = visits(&person, &ctx.zone, now);
        let chosen = visits.iter().find(|one| one.id == visit).or(visits.first());
        let window = window(chosen, &ctx.zone, now);
        let stopped = medicines::stopped(reader, &ctx.scope, &person, window.0)?;
        let given = given(&person, chosen, &stopped, &ctx.zone, now);
        let made = (
            given,
            chosen.map(|one| one.id.to_owned()).unwrap_or_default(),
            choices(&visits),
            phone,
            adolescent(&person, ctx.zone.day(now)),
        );
        Ok((header, made, stored.rid))
    })?;
    audit(ctx, "read after-visit sheet", rid, &format!("Patient/{patient}"))?;
    let (given, visit, choices, phone, is_adolescent) = made;
    let sheet = continuo_text::after_visit::write(&given, language);
    Ok(AfterVisit { header, sheet, visit, choices, phone, is_adolescent })
}

/// The clinic's own number for patients; empty where the site set none.
pub fn phone(ctx: &Ctx) -> continuo_store::Result<String> {
    ctx.read(|r| Ok(setting::newest(r.conn(), ctx.org, PHONE)?.map(|row| row.value).unwrap_or_default()))
}

/// "Thursday, August 20, 9:20 in the morning", in the person's language; English where it is not Spanish.
pub fn day_words(at: Instant, zone: &Zone, language: &str) -> String {
    let (date, time) = zone.civil(at);
    let time = Some((time.hour(), time.minute().unwrap_or(0)));
    let day =
        Day { year: i32::from(date.year()), month: date.month().unwrap_or(1), day: date.day().unwrap_or(1), time };
    day.words(if language.starts_with("es") { Language::Spanish } else { Language::English })
}

fn adolescent(person: &Person<'_>, today: Date) -> bool {
    let born = person.patient().and_then(|patient| patient.text("birthDate")).and_then(Date::parse);
    born.is_some_and(|born| (12..18).contains(&born.years_until(today)))
}

fn choices(visits: &[Resource<'_>]) -> Vec<(String, DateTime, String)> {
    let one = |visit: &Resource<'_>| {
        let what = words_at(visit, "type").or_else(|| words_at(visit, "serviceType"));
        Some((visit.id.to_owned(), date_at(visit, &["period.start"])?, what.unwrap_or_else(|| "Visit".to_owned())))
    };
    visits.iter().take(MOST).filter_map(one).collect()
}

/// Visits and stays that have begun, newest first.
fn visits<'a>(person: &Person<'a>, zone: &Zone, now: Instant) -> Vec<Resource<'a>> {
    let begun = |one: &Resource<'_>| date_at(one, &["period.start"]).map(|at| at.low(zone)).filter(|at| *at <= now);
    let mut out: Vec<(Instant, Resource<'a>)> = person
        .of("Encounter")
        .iter()
        .filter(|one| !one.is(&["cancelled", "entered-in-error", "planned"]))
        .filter(|one| is_visit(one) || is_stay(one) || one.text("class.code") == Some("EMER"))
        .filter_map(|one| Some((begun(one)?, *one)))
        .collect();
    out.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.id.cmp(b.1.id)));
    out.into_iter().map(|(_, one)| one).collect()
}

/// The time that belongs to the visit; without one the last week.
fn window(visit: Option<&Resource<'_>>, zone: &Zone, now: Instant) -> (Instant, Instant) {
    let Some(visit) = visit else { return (now.plus_micros(-AFTER), now) };
    let start = date_at(visit, &["period.start"]).map_or(now, |at| at.low(zone));
    let end = date_at(visit, &["period.end"]).map_or(start, |at| at.high(zone));
    let day = zone.day(start).low(zone);
    (day, end.plus_micros(AFTER))
}

fn given(
    person: &Person<'_>,
    visit: Option<&Resource<'_>>,
    stopped: &medicines::Stopped,
    zone: &Zone,
    now: Instant,
) -> Vec<Given> {
    let window = window(visit, zone, now);
    let within = |at: Option<DateTime>| at.is_some_and(|at| (window.0..=window.1).contains(&at.low(zone)));
    let mut out = Vec::new();
    if let Some(visit) = visit {
        let end = date_at(visit, &["period.end"]).or_else(|| date_at(visit, &["period.start"]));
        if let Some(day) = end.map(|at| day(at, zone)) {
            let day = Day { time: None, ..day };
            let said = if is_stay(visit) {
                Said::Stay(visit.text("serviceProvider.display").unwrap_or_default().to_owned(), day)
            } else {
                Said::Visit(visit.text("participant.individual.display").unwrap_or_default().to_owned(), day)
            };
            out.push(of(said, visit));
        }
        if let Some(reason) = words_at(visit, "reasonCode") {
            out.push(of(Said::Reason(reason), visit));
        }
    }
    out.extend(medicines::of(person, stopped, zone, window));
    // What is only proposed or drafted was not ordered.
    let ordered = |one: &&Resource<'_>| one.is(&["active"]) && !matches!(one.text("intent"), Some("proposal" | "plan"));
    for order in person.of("ServiceRequest").iter().filter(ordered) {
        let Some(name) = words_at(order, "code").filter(|_| within(date_at(order, &["authoredOn"]))) else { continue };
        let category = order.words("category").join(" ").to_lowercase();
        let is_test = category.contains("lab") || category.contains("imaging") || is_test(&name);
        let said = match () {
            () if order.has_own("category", shapes::REFERRAL) => Said::Referral(name),
            () if is_test => Said::Test(name),
            () => Said::Order(name),
        };
        out.push(of(said, order));
    }
    let mut ahead: Vec<(DateTime, &Resource<'_>)> = person
        .of("Appointment")
        .iter()
        .filter(|one| one.is(&["booked", "pending"]))
        .filter_map(|one| Some((date_at(one, &["start"]).filter(|at| at.low(zone) >= now)?, one)))
        .collect();
    ahead.sort_by_key(|(at, _)| at.low(zone));
    for (at, one) in ahead {
        let with = words_at(one, "serviceType").or_else(|| one.text("description").map(str::to_owned));
        out.push(of(Said::Appointment(with.unwrap_or_else(|| "Visit".to_owned()), day(at, zone)), one));
    }
    for goal in person.of("Goal").iter().filter(|one| one.text("lifecycleStatus") == Some("active")) {
        let own = goal.references("expressedBy").first().is_some_and(|by| by.starts_with("Patient/"));
        if let Some(words) = words_at(goal, "description").filter(|_| own) {
            out.push(of(Said::Goal(words), goal));
        }
    }
    let active = person.of("Condition").iter().filter(|one| has_code(one, "clinicalStatus", &["active", "recurrence"]));
    out.extend(active.filter_map(|one| Some(of(Said::Condition(words_at(one, "code")?), one))));
    out
}

fn of(said: Said, resource: &Resource<'_>) -> Given {
    Given { said, references: vec![resource.reference()] }
}

fn day(at: DateTime, zone: &Zone) -> Day {
    let date = at.day_in(zone);
    let moment = at.low(zone);
    let minutes = (moment.micros() + i64::from(zone.offset_minutes(moment)) * 60_000_000).rem_euclid(DAY) / 60_000_000;
    let time = at.time().map(|_| ((minutes / 60) as u8, (minutes % 60) as u8));
    Day { year: i32::from(date.year()), month: date.month().unwrap_or(1), day: date.day().unwrap_or(1), time }
}

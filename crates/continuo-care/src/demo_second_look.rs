//! What waits for a second look in the made-up clinic: input that could not be filed, and a consent that its writer may
//! not confirm alone. All of it comes in by the ordinary use cases; nobody in it is real.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use continuo_exchange::Limits;
use continuo_exchange::read::read;
use continuo_exchange::table::{Mapping, Tables};
use continuo_fhir::Json;

use crate::ctx::Ctx;
use crate::demo_words::of_staff;
use crate::entry::{self, Values};
use crate::import::{self, Filing};
use crate::ingest;
use crate::population::{Population, Source};
use crate::problem::WorkError;

/// The sign-up sheet of a health fair, as its spreadsheet names the columns.
const SHEET: &str = "health-fair-sign-up.csv";
const MAPPING: &str = "field,column,format\ntable,people,\nrecord_number,Card,\nfamily,Last name,\ngiven,First name,\n\
birth_date,Born,MM/DD/YYYY\nmobile,Cell,\n";
/// The source of the sheet.
const FAIR: &str = "juniper-county-health-fair";
/// People looked through for one whom the agency knows.
const LOOKED_THROUGH: u32 = 400;

/// Takes both in.
pub fn seed(ctx: &Ctx, population: &Population) -> Result<(), WorkError> {
    if population.settings().patients == 0 {
        return Ok(());
    }
    take(ctx, FAIR, SHEET, &sheet(population))?;
    take(ctx, Source::Hospital.name(), "alder-adt.hl7", &moved_record(ctx))?;
    consent(ctx, population)
}

/// Reads a file as `continuo import` does: what can be taken is filed, the rest is kept aside with the reason.
fn take(ctx: &Ctx, source: &str, name: &str, text: &str) -> Result<(), WorkError> {
    let mut tables = Tables::new().on(ctx.zone.day(ctx.now()));
    if let (Some(mapping), _) = Mapping::read(MAPPING.as_bytes()) {
        tables.add(mapping);
    }
    let mut filing = Filing::new(ctx, source)?;
    let mut batches = Vec::new();
    read(name, &mut text.as_bytes(), &tables, &Limits::default(), &mut |batch| {
        batches.push(batch);
        ControlFlow::Continue(())
    });
    for filed in batches.into_iter().filter_map(|batch| filing.file(batch, true)) {
        import::keep(ctx, source, filed.kept)?;
        if !filed.chunk.resources.is_empty() {
            ingest::run(ctx, std::iter::once(filed.chunk), |_, _| {})?;
        }
    }
    Ok(())
}

/// One row, of somebody the clinic knows: the last digit of the year of birth is missing.
fn sheet(population: &Population) -> String {
    let people = population.settings().patients;
    let mut known = (people / 2..people).filter_map(|number| living(population, number));
    let patient = known.find(|patient| !mobile(patient).is_empty());
    let patient = patient.as_ref();
    let say = |path: &str| patient.and_then(|patient| patient.str_at(path)).unwrap_or_default();
    let mut born = say("birthDate").splitn(3, '-');
    let mut part = || born.next().unwrap_or_default();
    let (year, month, day) = (part(), part(), part());
    let cut = year.get(..3).unwrap_or(year);
    let cell = patient.map(mobile).unwrap_or_default();
    let mut text = "Card,Last name,First name,Born,Cell\n".to_owned();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "F-031,{},{},{month}/{day}/{cut},{cell}", say("name.0.family"), say("name.0.given.0"));
    text
}

/// The clinic's entry of a person, unless they died.
fn living(population: &Population, number: u32) -> Option<Json> {
    let patient = population.person(number).records.into_iter().next()?.resources.into_iter().next()?;
    patient.get("deceasedDateTime").is_none().then_some(patient)
}

fn mobile(patient: &Json) -> String {
    let numbers = patient.get("telecom").map(Json::items).unwrap_or_default();
    let mobile = numbers.iter().find(|one| one.str_at("use") == Some("mobile"));
    mobile.and_then(|one| one.str_at("value")).unwrap_or_default().to_owned()
}

/// A message that moves a part of one record into another: an import never carries that out by itself.
fn moved_record(ctx: &Ctx) -> String {
    let at = crate::build::moment_text(ctx.now(), &ctx.zone);
    let at: String = at.chars().filter(char::is_ascii_digit).take(12).collect();
    format!(
        "MSH|^~\\&|ADT|ALDER|CONTINUO|JUNIPER|{at}||ADT^A43|AR-77120|P|2.5.1\rEVN|A43|{at}\r\
         PID|1||A8810213^^^ALDER||SAMPLE^PAT\rMRG|A8810231^^^ALDER\r"
    )
}

/// A coordinator wrote down that a person agrees to share records of the county's agency. Coordinators do not see those,
/// so somebody else confirms it first.
fn consent(ctx: &Ctx, population: &Population) -> Result<(), WorkError> {
    let people = population.settings().patients;
    let known = |number: &u32| population.person(*number).records.iter().any(|one| one.source == Source::Agency);
    let alive = |number: &u32| living(population, *number).is_some();
    let known = (0..people.min(LOOKED_THROUGH)).find(known);
    let Some(number) = known.or_else(|| (people / 3..people).find(alive)) else { return Ok(()) };
    let today = ctx.zone.day(ctx.now());
    let calendar = ctx.calendar()?;
    let until = crate::build::date_text(calendar.plus_days(today, 365));
    let written = crate::build::date_text(today);
    let values = Values::new([
        ("scope", "part2"),
        ("answer", "permit"),
        ("how", "written"),
        ("date", written.as_str()),
        ("until", until.as_str()),
    ]);
    entry::add(&of_staff(ctx, population, number), &format!("p{number:05}"), "consent", &values)?;
    Ok(())
}

//! Other sources: some people are known to the hospital too, under a name or a birth date that is a little wrong, and
//! some to the county's agency for behavioral health, whose records fall under 42 CFR Part 2.

use continuo_fhir::json::Json;

use super::chart::{Chart, Measured};
use super::codes;
use super::fields::{Fields, coding, concept, text, words};
use super::rng::Rng;
use super::staff;
use super::when::{self, DAY};
use super::who::Who;

/// The system of the hospital's record numbers.
const HOSPITAL_NUMBERS: &str = "urn:continuo:demo:alder-record-number";

/// The system of the agency's record numbers.
const AGENCY_NUMBERS: &str = "urn:continuo:demo:agency-record-number";

/// Share of people the hospital knows under a record of its own.
pub(super) const SHARE: f64 = 0.06;

/// Share of those with a substance use or psychotic disorder whom the agency knows.
pub(super) const AGENCY_SHARE: f64 = 0.6;

/// The agency's record: who the person is, why they come, and their visits, all closed without consent.
pub(super) fn agency(chart: &mut Chart<'_>, code: codes::Code) {
    chart.who.id = format!("a{:05}", chart.who.index);
    let closed = || Fields::new().one("security", coding(codes::PART2)).done();
    let number = Fields::new()
        .with("type", concept(codes::RECORD_NUMBER))
        .text("system", AGENCY_NUMBERS)
        .text("value", &format!("B-{:06}", chart.who.index.wrapping_mul(48_611) % 999_983))
        .done();
    let name = Fields::new().text("family", &chart.who.family).one("given", text(&chart.who.given)).done();
    let meta = Fields::new().one("security", coding(codes::PART2)).one("tag", coding(codes::TEST_DATA)).done();
    let patient = Fields::resource("Patient", &chart.who.id)
        .with("meta", meta)
        .one("identifier", number)
        .with("active", Json::Bool(true))
        .one("name", name)
        .text("gender", if chart.who.woman { "female" } else { "male" })
        .text("birthDate", &when::date(chart.who.birth))
        .refer("managingOrganization", staff::AGENCY);
    chart.out.push(patient.done());
    let first = chart.today - chart.rng.between(300, 1200);
    let id = chart.id();
    let problem = Fields::resource("Condition", &id)
        .with("meta", closed())
        .with("clinicalStatus", Fields::new().one("coding", coding(codes::CONDITION_ACTIVE)).done())
        .with("verificationStatus", Fields::new().one("coding", coding(codes::CONDITION_CONFIRMED)).done())
        .one("category", Fields::new().one("coding", coding(codes::PROBLEM_LIST)).done())
        .with("code", concept(code))
        .refer("subject", &chart.who.reference())
        .text("recordedDate", &when::date(first));
    chart.out.push(problem.done());
    for visit in 0..chart.rng.between(2, 6) {
        let start = chart.office_hour(first + visit * 28);
        let id = chart.id();
        let encounter = Fields::resource("Encounter", &id)
            .with("meta", closed())
            .text("status", "finished")
            .with("class", coding(codes::AMBULATORY))
            .one("type", words("Counseling"))
            .refer("subject", &chart.who.reference())
            .with("period", super::fields::period(Some(chart.at(start)), Some(chart.at(start + 50))))
            .refer("serviceProvider", staff::AGENCY);
        chart.out.push(encounter.done());
    }
}

/// How the hospital's clerk wrote the person down.
fn misspell(who: &Who, rng: &mut Rng) -> Who {
    let mut other = who.clone();
    other.id = format!("h{:05}", who.index);
    other.middle = None;
    match rng.between(0, 6) {
        0 => other.family = swap_letters(&who.family, rng),
        1 => other.given = who.preferred.clone().unwrap_or_else(|| swap_letters(&who.given, rng)),
        2 => {
            let (year, month, day) = when::civil(who.birth);
            other.birth = if day <= 12 { when::day_of(year, day, month) } else { who.birth + 1 };
        }
        3 => {
            let first_of_two = who.family.split(' ').next().unwrap_or(&who.family);
            other.family = who.former.clone().unwrap_or_else(|| first_of_two.to_owned());
        }
        4 => other.mobile = None,
        5 => other.street = who.street.replace(" Rd", " Road").replace(" St", " Street"),
        _ => {
            other.family = super::plain(&who.family);
            other.given = super::plain(&who.given);
        }
    }
    other
}

fn swap_letters(name: &str, rng: &mut Rng) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let at = rng.between(1, (letters.len() as i64 - 2).max(1)) as usize;
    if at + 1 < letters.len() {
        letters.swap(at, at + 1);
    }
    letters.into_iter().collect()
}

/// The hospital's record of the person: who they say it is, one old stay with its results.
pub(super) fn write(chart: &mut Chart<'_>) {
    let who = misspell(&chart.who, &mut chart.rng);
    chart.who = who;
    let home = Fields::new().one("line", text(&chart.who.street)).text("state", super::names::STATE).done();
    let number = Fields::new()
        .with("type", concept(codes::RECORD_NUMBER))
        .text("system", HOSPITAL_NUMBERS)
        .text("value", &format!("A{:07}", chart.who.index.wrapping_mul(7_368_787) % 9_999_991))
        .done();
    let phone = chart
        .who
        .mobile
        .clone()
        .map(|number| Json::array([Fields::new().text("system", "phone").text("value", &number).done()]));
    let name = Fields::new().text("family", &chart.who.family).one("given", text(&chart.who.given)).done();
    let patient = Fields::resource("Patient", &chart.who.id)
        .with("meta", Fields::new().one("tag", coding(codes::TEST_DATA)).done())
        .one("identifier", number)
        .with("active", Json::Bool(true))
        .one("name", name)
        .maybe("telecom", phone)
        .text("gender", if chart.who.woman { "female" } else { "male" })
        .text("birthDate", &when::date(chart.who.birth))
        .one("address", home)
        .refer("managingOrganization", staff::HOSPITAL);
    chart.out.push(patient.done());
    let day = chart.today - chart.rng.between(200, 1400);
    let id = chart.id();
    let encounter =
        chart.encounter(id, codes::EMERGENCY, day * DAY + 700, 300, words("Emergency visit"), "Chest discomfort");
    let tests = [
        (codes::POTASSIUM, 4.1, 1, codes::MMOL_L, (3.5, 5.1)),
        (codes::CREATININE, 0.9, 2, codes::MG_DL, (0.5, 1.3)),
        (codes::HEMOGLOBIN, 13.4, 1, codes::G_DL, (11.5, 17.0)),
    ];
    for (code, value, decimals, unit, range) in tests {
        let value = value + chart.rng.normal(0.0, 0.05);
        let id = chart.id();
        let measured = Measured { code, value, decimals, unit, range: Some(range) };
        chart.observe(id, codes::LABORATORY, day * DAY + 760, Some(&encounter), &measured);
    }
}

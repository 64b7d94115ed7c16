//! Who acts for the person is looked at again: before their right ends, and at the site's ages (safety.md rule 15).

use continuo_fhir::{Date, Node};

use super::super::case::{Case, Draft, evidence};
use super::super::finding::Due;
use super::super::person::Resource;
use crate::shapes;

pub(super) fn run(case: &mut Case<'_, '_>) {
    let born = case.person.patient().and_then(|patient| patient.text("birthDate")).and_then(Date::parse);
    for related in case.person.of("RelatedPerson") {
        let acts = related.node.list("extension").any(|one| one.str("url") == Some(shapes::EXT_PROXY));
        if !acts {
            continue;
        }
        if related.node.get("active").and_then(Node::as_bool) == Some(false) {
            case.clear(format!("Does not act for them any more ({}).", related.reference()));
            continue;
        }
        if !ends_soon(case, related) {
            match born {
                Some(born) => at_an_age(case, related, born),
                None => case.missing("the birth date"),
            }
        }
    }
}

/// Finds a right that ends soon; says whether it has an end that settles the matter.
fn ends_soon(case: &mut Case<'_, '_>, related: &Resource<'_>) -> bool {
    let Some(end) = related.until("period.end", case.zone()) else { return false };
    let calendar = case.calendar();
    let last = calendar.day(end.plus_micros(-1));
    if last < case.today() {
        case.clear(format!("Their right to act ended on {}.", case.date_words(end.plus_micros(-1))));
        return true;
    }
    let opens = calendar.start_of(calendar.plus_days(last, -case.spec.param("before_days")));
    if opens > case.as_of {
        case.look_again(opens);
        return false;
    }
    case.find(Draft {
        anchor: related.reference(),
        what: "Renew or end who acts for this person".to_owned(),
        why: format!("Their right to act ends on {}", case.date_words(calendar.start_of(last))),
        due: Some(Due { at: calendar.end_of(last), rule: "the day it ends".to_owned() }),
        began: opens,
        evidence: vec![evidence(related, "acts for the person")],
        attempts: 0,
        consequence: None,
    });
    true
}

/// Finds a birthday at which nobody has looked since the right was given.
fn at_an_age(case: &mut Case<'_, '_>, related: &Resource<'_>, born: Date) {
    let given = related.when("period.start", case.zone()).map(|at| case.calendar().day(at));
    let mut due = None;
    for name in ["young_age", "adult_age"] {
        let age = case.spec.param(name);
        let Some(birthday) = birthday(born, age) else { continue };
        if birthday > case.today() {
            case.look_again(case.calendar().start_of(birthday));
        } else if given.is_none_or(|given| given < birthday) {
            due = Some((age, birthday));
        }
    }
    let Some((age, birthday)) = due else {
        case.clear(format!(
            "The right to act was given since the ages at which it is reviewed ({}).",
            related.reference()
        ));
        return;
    };
    let days = case.spec.param("days");
    let began = case.calendar().start_of(birthday);
    case.find(Draft {
        anchor: related.reference(),
        what: "Review who acts for this person".to_owned(),
        why: format!("Turned {age} on {}; the right to act is older", case.date_words(began)),
        due: Some(Due { at: case.days_after(began, days), rule: format!("within {days} days of turning {age}") }),
        began,
        evidence: vec![evidence(related, "acts for the person")],
        attempts: 0,
        consequence: None,
    });
}

/// The day somebody comes to an age; who is born on a leap day, on the first of March.
fn birthday(born: Date, age: i64) -> Option<Date> {
    let year = born.year().checked_add(i16::try_from(age).ok()?)?;
    let (month, day) = (born.month()?, born.day()?);
    Date::new(year, month, day).or_else(|| Date::new(year, 3, 1))
}

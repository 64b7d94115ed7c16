//! Contact within two business days after a stay (Medicare TCM). The discharge day is day zero.
//!
//! The contact must be able to address how they are and what they need: a call that reached them, or a visit of that kind. A
//! dialysis session, a blood draw or physical therapy is none; a visit that does not say what it was is named, and stays
//! a question. Where the person went decides who is called.

use super::super::calendar::DAY;
use super::super::case::{Case, Draft, count, evidence};
use super::super::contact::names;
use super::super::disposition::{Disposition, disposition};
use super::super::finding::Due;
use super::super::person::Resource;
use super::super::visit_kind::VisitKind;
use super::visits::{Stay, booked, stays};
use continuo_fhir::Instant;

pub(super) fn run(case: &mut Case<'_, '_>) {
    for stay in stays(case) {
        let (resource, end) = match stay {
            Stay::Ended(resource, end) => (resource, end),
            Stay::Superseded(resource, by) => {
                case.clear(format!("After {} the person was in hospital again ({by}).", resource.reference()));
                continue;
            }
            Stay::Running(resource) => {
                case.clear(format!("The person is in hospital now ({}).", resource.reference()));
                continue;
            }
            Stay::Died(end) => {
                case.clear(format!("The stay that ended {} is written down as a death.", case.date_words(end)));
                continue;
            }
            Stay::NoEnd(resource) => {
                case.missing(format!("the discharge date of {}", resource.reference()));
                continue;
            }
        };
        let went = disposition(&resource);
        if let Some((at, by)) = contact(case, &resource, end, went) {
            let day = case.date_words(at);
            case.clear(format!("Left on {}; contact on {day} ({}).", case.date_words(end), by.reference()));
            case.settle(&resource, &by, format!("contact on {day}"));
            continue;
        }
        let days = case.spec.param("business_days");
        let (what, to, days) = match went {
            Disposition::Facility => ("Call the facility where the person is", " for another facility", days),
            Disposition::Hospice => ("Call the hospice team: who follows now", " for hospice care", days),
            Disposition::AgainstAdvice => ("Call: left the hospital against advice", " against advice", days.min(1)),
            _ => ("Call after discharge", "", days),
        };
        let tries = case.contacts.attempts_since(end);
        let attempts = tries.len() as u32;
        let mut proof = vec![evidence(&resource, "discharge")];
        proof.extend(tries.iter().map(|attempt| evidence(&attempt.resource, "attempt")));
        let maybe = case.contacts.visit_of(&[VisitKind::Unknown, VisitKind::Mental], end).copied();
        let asks = maybe.map_or(String::new(), |visit| {
            proof.push(evidence(&visit.resource, "a visit that may have been it"));
            format!("; a visit on {} may have been it, the record does not say", case.date_words(visit.at))
        });
        let plan = planned(case);
        let plans = plan.map_or(String::new(), |(at, by)| {
            proof.push(evidence(&by, "planned, has not taken place"));
            format!("; one is planned for {}", case.date_words(at))
        });
        let tried = match attempts {
            0 => "nobody has spoken to them about it since".to_owned(),
            n => format!("{}, nobody reached", count(i64::from(n), "attempt")),
        };
        case.find(Draft {
            anchor: resource.reference(),
            what: what.to_owned(),
            why: format!("Left hospital on {}{to}; {tried}{plans}{asks}", case.date_words(end)),
            due: Some(Due {
                at: case.business_days_after(end, days),
                rule: format!("within {days} business days of discharge"),
            }),
            began: end,
            evidence: proof,
            attempts,
            consequence: None,
        });
    }
}

/// What is planned and would be the contact if it takes place; the finding stays until it has.
fn planned<'a>(case: &Case<'_, 'a>) -> Option<(Instant, Resource<'a>)> {
    /// Further ahead nothing is a contact after this stay.
    const AHEAD: i64 = 30 * DAY;
    let dated = case.contacts.planned_contact(case.person, &[VisitKind::General]).map(|one| (one.at, one.resource));
    let booked = booked(case, &[VisitKind::General], case.as_of, case.as_of.plus_micros(AHEAD));
    [dated, booked].into_iter().flatten().min_by_key(|(at, _)| *at)
}

/// A call that reached them, a visit in which status and needs are gone through, or, where a facility cares for them, a call
/// with it about the stay.
fn contact<'a>(
    case: &Case<'_, 'a>,
    stay: &Resource<'a>,
    end: Instant,
    went: Disposition,
) -> Option<(Instant, Resource<'a>)> {
    let call = case.contacts.spoken_after(end).map(|call| (call.at, call.resource));
    let visit = || case.contacts.visit_of(&[VisitKind::General], end).map(|visit| (visit.at, visit.resource));
    let facility = || {
        let calls = case.contacts.dated.iter();
        calls
            .filter(|call| call.at > end && call.with_organization)
            .find(|call| names(case.person, &call.resource, &stay.reference()))
            .map(|call| (call.at, call.resource))
    };
    let cared_for = matches!(went, Disposition::Facility | Disposition::Hospice);
    call.or_else(visit).or_else(|| if cared_for { facility() } else { None })
}

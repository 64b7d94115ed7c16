//! Contact within two business days after a stay (Medicare TCM). The discharge day is day zero.

use super::super::case::{Case, Draft, count, evidence};
use super::super::finding::Due;
use super::visits::{Stay, stays};

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
            Stay::NoEnd(resource) => {
                case.missing(format!("the discharge date of {}", resource.reference()));
                continue;
            }
        };
        if let Some((at, by)) = case.contacts.spoken_since(end) {
            let day = case.date_words(at);
            case.clear(format!("Left on {}; contact on {day} ({}).", case.date_words(end), by.reference()));
            continue;
        }
        let days = case.spec.param("business_days");
        let tries = case.contacts.attempts_since(end);
        let attempts = tries.len() as u32;
        let mut proof = vec![evidence(&resource, "discharge")];
        proof.extend(tries.iter().map(|attempt| evidence(&attempt.resource, "attempt")));
        let tried = match attempts {
            0 => "nobody has spoken to them since".to_owned(),
            n => format!("{}, nobody reached", count(i64::from(n), "attempt")),
        };
        case.find(Draft {
            anchor: resource.reference(),
            what: "Call after discharge".to_owned(),
            why: format!("Left hospital on {}; {tried}", case.date_words(end)),
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

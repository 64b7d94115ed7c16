//! A payer's authorization ends soon and no later one is on file.

use super::super::case::{Case, Draft, evidence};
use super::super::finding::Due;
use super::super::person::Resource;

pub(super) fn run(case: &mut Case<'_, '_>) {
    let zone = case.zone();
    let authorizations: Vec<_> = case
        .person
        .of("ClaimResponse")
        .iter()
        .filter(|claim| claim.text("use") == Some("preauthorization") && claim.is(&["active"]))
        .collect();
    for claim in &authorizations {
        let Some(end) = claim.until("preAuthPeriod.end", zone) else {
            if claim.text("preAuthRef").is_some() {
                case.missing(format!("the end of authorization {}", claim.reference()));
            }
            continue;
        };
        let later = authorizations.iter().find(|other| {
            other.until("preAuthPeriod.end", zone).is_some_and(|other| other > end) && may_be_one_service(claim, other)
        });
        if let Some(later) = later {
            case.clear(format!("A later authorization is on file ({}).", later.reference()));
            continue;
        }
        let opens = case
            .calendar()
            .start_of(case.calendar().plus_days(case.calendar().day(end), -case.spec.param("before_days")));
        if opens > case.as_of {
            case.clear(format!("Authorization to {}.", case.date_words(end)));
            case.look_again(opens);
            continue;
        }
        let act = case.calendar().plus_days(case.calendar().day(end), -case.spec.param("act_days"));
        case.find(Draft {
            anchor: claim.reference(),
            what: "Renew an authorization".to_owned(),
            why: format!("Authorization ends on {}, no later one is on file", case.date_words(end)),
            due: Some(Due {
                at: case.calendar().end_of(act),
                rule: format!("{} days before the authorization ends", case.spec.param("act_days")),
            }),
            began: opens,
            evidence: vec![evidence(claim, "authorization")],
            attempts: 0,
            consequence: None,
        });
    }
}

/// Whether two authorizations may be for the same service: neither says a kind that the other contradicts. One for
/// physical therapy does not renew one for home oxygen.
fn may_be_one_service(one: &Resource<'_>, other: &Resource<'_>) -> bool {
    ["type", "subType", "request.display"].iter().all(|path| match (kind(one, path), kind(other, path)) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
        _ => true,
    })
}

fn kind<'a>(claim: &Resource<'a>, path: &str) -> Option<&'a str> {
    claim.label(path).or_else(|| claim.text(path))
}

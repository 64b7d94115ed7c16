//! Active coverage ends soon and no other coverage reaches past it.

use super::super::case::{Case, Draft, evidence};
use super::super::finding::Due;
use super::super::person::Resource;
use crate::shapes;

pub(super) fn run(case: &mut Case<'_, '_>) {
    let zone = case.zone();
    let active: Vec<_> = case.person.of("Coverage").iter().filter(|coverage| coverage.is(&["active"])).collect();
    for coverage in &active {
        let Some(end) = coverage.until("period.end", zone) else {
            case.clear(format!("Coverage without an end date ({}).", coverage.reference()));
            continue;
        };
        let reaches = active.iter().find(|other| {
            other.id != coverage.id
                && other.until("period.end", zone).is_none_or(|other_end| other_end > end)
                && other.when("period.start", zone).is_none_or(|start| start <= end.plus_micros(1))
        });
        if let Some(other) = reaches {
            case.clear(format!("Other coverage reaches past {} ({}).", case.date_words(end), other.reference()));
            continue;
        }
        let medicaid = is_medicaid(coverage);
        let before = case.spec.param(if medicaid { "medicaid_before_days" } else { "before_days" });
        let opens = case.calendar().start_of(case.calendar().plus_days(case.calendar().day(end), -before));
        if opens > case.as_of {
            case.clear(format!("Coverage to {}.", case.date_words(end)));
            case.look_again(opens);
            continue;
        }
        let name = if medicaid { "Medicaid" } else { "Coverage" };
        let act = case.calendar().plus_days(case.calendar().day(end), -case.spec.param("act_days"));
        case.find(Draft {
            anchor: coverage.reference(),
            what: if medicaid { "Help renew Medicaid".to_owned() } else { "Help renew coverage".to_owned() },
            why: format!("{name} ends on {}, no other coverage reaches past it", case.date_words(end)),
            due: Some(Due {
                at: case.calendar().end_of(act),
                rule: format!("{} days before coverage ends", case.spec.param("act_days")),
            }),
            began: opens,
            evidence: vec![evidence(coverage, "coverage")],
            attempts: 0,
            consequence: None,
        });
    }
}

fn is_medicaid(coverage: &Resource<'_>) -> bool {
    coverage.has_own("type", shapes::MEDICAID)
        || coverage
            .words("type")
            .into_iter()
            .chain(coverage.all("class.name").into_iter().filter_map(continuo_fhir::Node::as_str))
            .chain(coverage.all("payor.display").into_iter().filter_map(continuo_fhir::Node::as_str))
            .any(|words| words.to_ascii_lowercase().contains("medicaid"))
}

//! Home health or home oxygen was ordered and nothing says that it began.

use super::super::case::{Case, Draft, evidence};
use super::super::finding::Due;
use super::super::person::Resource;
use crate::shapes;

pub(super) fn run(case: &mut Case<'_, '_>) {
    let orders = case.person.of("ServiceRequest").iter().chain(case.person.of("DeviceRequest"));
    for order in orders {
        let Some(kind) = kind(order) else { continue };
        if !order.is(&["active", "draft", "on-hold"]) || order.is_void() {
            continue;
        }
        let Some(at) = order.when("authoredOn", case.zone()) else {
            case.missing(format!("when {kind} was ordered ({})", order.reference()));
            continue;
        };
        if let Some(by) = started(case, order, kind, at) {
            case.clear(format!("{kind} has started ({by})."));
            continue;
        }
        let days = case.spec.param("days");
        case.find(Draft {
            anchor: order.reference(),
            what: format!("Get {} started", kind.to_ascii_lowercase()),
            why: format!("{kind} was ordered on {} and nothing says it began", case.date_words(at)),
            due: Some(Due { at: case.days_after(at, days), rule: format!("within {days} days of the order") }),
            began: at,
            evidence: vec![evidence(order, "order")],
            attempts: 0,
            consequence: None,
        });
    }
}

fn kind(order: &Resource<'_>) -> Option<&'static str> {
    const CODE: [&str; 2] = ["code", "codeCodeableConcept"];
    if CODE.iter().any(|path| order.has_own(path, shapes::HOME_HEALTH)) {
        return Some("Home health");
    }
    if CODE.iter().any(|path| order.has_own(path, shapes::HOME_OXYGEN)) {
        return Some("Home oxygen");
    }
    let words = CODE.iter().flat_map(|path| order.words(path)).collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    if words.contains("home health") {
        Some("Home health")
    } else if words.contains("home oxygen") {
        Some("Home oxygen")
    } else {
        None
    }
}

fn started(case: &Case<'_, '_>, order: &Resource<'_>, kind: &str, at: continuo_fhir::Instant) -> Option<String> {
    let reference = order.reference();
    let visit = case.person.of("Encounter").iter().find(|encounter| {
        kind == "Home health"
            && encounter.text("class.code") == Some("HH")
            && !encounter.is(&["planned", "cancelled", "entered-in-error"])
            && encounter.when("period.start", case.zone()).is_some_and(|start| start >= at && start <= case.as_of)
    });
    let named = || {
        ["Procedure", "SupplyDelivery", "DeviceUseStatement", "Task"]
            .iter()
            .flat_map(|type_| case.person.of(type_))
            .find(|proof| {
                proof.points_to(&["basedOn", "focus", "reasonReference"], &reference)
                    && proof.is(&["completed", "in-progress", "active"])
                    // What is on its way has not come, and a task under way is the asking.
                    && (!matches!(proof.type_, "Task" | "SupplyDelivery") || proof.is(&["completed"]))
                    && !case.is_ahead(proof)
            })
    };
    visit.or_else(named).map(Resource::reference)
}

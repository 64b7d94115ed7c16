//! A stay or an emergency visit that the hospital wrote down as a death, while the person's record says nothing of one.

use super::super::case::{Case, Draft, evidence};
use super::super::finding::Due;
use super::super::said_dead;

pub(super) fn run(case: &mut Case<'_, '_>) {
    let Some(said) = said_dead::of(case.person, case.contacts, case.as_of, case.zone()) else {
        case.clear("No stay or emergency visit is written down as a death.");
        return;
    };
    let day = case.date_words(said.at);
    if let Some(by) = said.lives {
        case.settle(&said.encounter, &by, "this shows that they live");
        case.clear(format!("{day} is written down as a death, but they live ({}).", by.reference()));
        return;
    }
    let what = if said.encounter.text("class.code") == Some("EMER") { "emergency visit" } else { "stay" };
    let days = case.spec.param("business_days");
    case.find(Draft {
        anchor: said.encounter.reference(),
        what: "Ask the hospital before anybody calls the home".to_owned(),
        why: format!("The {what} that ended {day} is written down as a death; the record does not say so"),
        due: Some(Due { at: case.business_days_after(said.at, days), rule: super::by_business_day(days) }),
        began: said.at,
        evidence: vec![evidence(&said.encounter, "ended in death, as the hospital wrote")],
        attempts: 0,
        consequence: None,
    });
}

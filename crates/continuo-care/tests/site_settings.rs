//! What a site sets of its own, and what the engine makes of it: days, thresholds, cadences; within safe limits only.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod clinic;

use clinic::{Clinic, instant};
use continuo_care::problem::WorkError;
use continuo_care::site_days::{self, OwnDay, SiteDays};
use continuo_care::worklist::{Filter, Tab, worklist};
use continuo_care::{Ctx, assess, settings, work};
use continuo_fhir::Date;

/// Left hospital on the Friday before Labor Day.
const STAY: [&str; 2] = [
    r#"{"resourceType":"Patient","id":"p","birthDate":"1960-02-12","name":[{"family":"Reyes","given":["Ana"]}]}"#,
    r#"{"resourceType":"Encounter","id":"e","status":"finished","class":{"code":"IMP"},"subject":{"reference":"Patient/p"},"period":{"start":"2026-09-01T10:00:00-04:00","end":"2026-09-04T15:00:00-04:00"}}"#,
];

fn assessed(clinic: &Clinic) {
    assess::worker::catch_up(&clinic.machine()).unwrap();
}

/// When the call after discharge is due, as the day.
fn due(clinic: &Clinic, ctx: &Ctx) -> Option<Date> {
    assessed(clinic);
    let list = worklist(ctx, Tab::Team, &Filter::default()).unwrap();
    let items = list.rows.iter().flat_map(|row| &row.items);
    let call = items.filter(|item| item.rule == "discharge-contact").find_map(|item| item.due)?;
    Some(ctx.zone.day(call))
}

fn day(month: u8, day: u8) -> Date {
    Date::new(2026, month, day).unwrap()
}

#[test]
fn due_times_count_by_the_days_of_the_site_and_are_looked_at_again() {
    let clinic = Clinic::new("2026-09-05T13:00:00Z");
    let (admin, nurse) = (clinic.staff("a", "administrator"), clinic.staff("n", "nurse"));
    clinic.put(&STAY);
    // Monday is Labor Day: Tuesday and Wednesday are the two business days.
    assert_eq!(due(&clinic, &nurse), Some(day(9, 9)));
    let own = vec![(OwnDay::Once(day(9, 8)), "County closure".to_owned())];
    let days = SiteDays { own, ..SiteDays::default() };
    assert!(matches!(site_days::set(&admin, &days, ""), Err(WorkError::Field { field: "reason", .. })));
    assert!(matches!(site_days::set(&nurse, &days, "closed"), Err(WorkError::Denied(_))));
    let done = site_days::set(&admin, &days, "the county closes").unwrap();
    assert_eq!(due(&clinic, &nurse), Some(day(9, 10)), "looked at again");
    let kept = settings::history(&admin, settings::Kept::Days).unwrap();
    assert_eq!((kept.len(), kept[0].reason.as_str()), (1, "the county closes"));
    work::undo(&admin, done.commit.unwrap()).unwrap();
    assert_eq!(due(&clinic, &nurse), Some(day(9, 9)), "undone, and looked at again");
}

#[test]
fn thresholds_of_rules_are_set_within_their_safe_limits() {
    let clinic = Clinic::new("2026-09-05T13:00:00Z");
    let (admin, nurse) = (clinic.staff("a", "administrator"), clinic.staff("n", "nurse"));
    clinic.put(&STAY);
    assert_eq!(due(&clinic, &nurse), Some(day(9, 9)));
    let set = |name: &str, value: i64| {
        settings::set_thresholds(&admin, "discharge-contact", &[(name.to_owned(), value)], "our own promise")
    };
    for (name, wrong) in [("business_days", 3), ("business_days", 0), ("attempts", 1), ("lookback", 3)] {
        assert!(matches!(set(name, wrong), Err(WorkError::Field { .. })), "{name} {wrong}");
    }
    set("business_days", 1).unwrap();
    assert_eq!(due(&clinic, &nurse), Some(day(9, 8)));
    let view = settings::rules(&admin).unwrap().into_iter().find(|one| one.id == "discharge-contact").unwrap();
    assert_eq!((view.history.len(), view.history[0].reason.as_str()), (1, "our own promise"));
    let shown = view.params.iter().find(|one| one.name == "business_days").unwrap();
    assert_eq!((shown.here, shown.shipped, shown.safe), (1, 2, (1, 2)));
    // What bounds each other stays in order.
    let late = [("before_days".to_owned(), 14), ("act_days".to_owned(), 20)];
    assert!(settings::set_thresholds(&admin, "coverage-ending", &late, "soon").is_err());
    assert!(
        settings::set_thresholds(&admin, "self-harm-screen", &[("fallback_minutes".to_owned(), 600)], "slower").is_ok()
    );
    let fixed = settings::rules(&admin).unwrap().into_iter().find(|one| one.id == "self-harm-screen").unwrap();
    assert!(fixed.params.is_empty(), "what is not safe to change has no setting");
}

#[test]
fn each_tier_has_its_cadence() {
    let clinic = Clinic::new("2026-09-05T13:00:00Z");
    let admin = clinic.staff("a", "administrator");
    let coordinator = clinic.staff("c", "care-coordinator");
    clinic.put(&[
        STAY[0],
        r#"{"resourceType":"Flag","id":"f","status":"active","category":[{"coding":[{"system":"urn:continuo:code","code":"tier"}]}],"code":{"coding":[{"system":"urn:continuo:code","code":"tier-medium"}]},"subject":{"reference":"Patient/p"},"period":{"start":"2026-07-01"}}"#,
    ]);
    let asked = || {
        assessed(&clinic);
        let list = worklist(&coordinator, Tab::Team, &Filter::default()).unwrap();
        list.rows.iter().flat_map(|row| &row.items).any(|item| item.rule == "tier-contact")
    };
    assert!(!asked(), "as shipped, the medium tier has no cadence");
    settings::set_thresholds(&admin, "tier-contact", &[("medium_days".to_owned(), 30)], "monthly").unwrap();
    assert!(asked());
    let worse = [("medium_days".to_owned(), 30), ("low_days".to_owned(), 20)];
    assert!(
        settings::set_thresholds(&admin, "tier-contact", &worse, "no").is_err(),
        "the low tier is not seen more often"
    );
    let _ = instant("2026-09-05T13:00:00Z");
}

#[test]
fn a_site_is_not_closed_for_long_by_naming_days_far_ahead_or_over_new_year() {
    let named = |days: Vec<OwnDay>| SiteDays {
        own: days.into_iter().map(|day| (day, "closed".to_owned())).collect(),
        ..SiteDays::default()
    };
    let over_new_year = [(12, 28), (12, 29), (12, 30), (12, 31), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6)];
    let yearly = over_new_year.map(|(month, day)| OwnDay::Yearly(month, day)).to_vec();
    assert!(named(yearly.clone()).fault(2026).is_some(), "nine days in a row, across two years");
    assert!(named(yearly[..2].to_vec()).fault(2026).is_none());
    let in_2029 = (5..=16).map(|day| OwnDay::Once(Date::new(2029, 3, day).unwrap())).collect();
    assert!(named(in_2029).fault(2026).is_some(), "a fortnight three years ahead");
    assert!(named(vec![OwnDay::Once(Date::new(2099, 3, 5).unwrap())]).fault(2026).is_some(), "nobody checks that far");
}

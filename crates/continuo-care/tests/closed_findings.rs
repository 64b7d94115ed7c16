//! Checks run over closed records and alert only whoever may read them (safety.md rule 20).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::Clinic;
use continuo_care::access::{emergency, scope_of, unseen};
use continuo_care::assess::worker;
use continuo_care::followup::finding::Consequence;
use continuo_care::oncall::{self, Shift};
use continuo_care::worklist::{Filter, Item, Tab, worklist};
use continuo_care::{Ctx, suggestions};

const NOW: &str = "2026-08-19T15:00:00Z";
const ADA: &str =
    r#"{"resourceType":"Patient","id":"ada","name":[{"family":"Ada","given":["Bea"]}],"birthDate":"1960-02-12"}"#;
const EPISODE: &str = r#"{"resourceType":"EpisodeOfCare","id":"e","status":"active","patient":{"reference":"Patient/ada"},"careManager":{"reference":"Practitioner/maria"}}"#;

fn clinic(roles: &[(&str, &str)]) -> Clinic {
    let clinic = Clinic::new(NOW);
    clinic.accounts(roles);
    clinic.put(&[ADA, EPISODE]);
    clinic
}

/// Somebody as signed in at this moment: closed labels closed.
fn now(clinic: &Clinic, id: &str, role: &str) -> Ctx {
    let mut ctx = clinic.staff(id, role);
    ctx.scope = scope_of(ctx.org, ctx.actor.account, &[], &ctx.grant, ctx.now());
    ctx
}

/// The same with their own account, whose emergency accesses count.
fn by_account(clinic: &Clinic, id: &str, role: &str) -> Ctx {
    clinic.signed_in(id, role)
}

/// A potassium that wants somebody now, under a label.
fn potassium(clinic: &Clinic, label: &str) {
    potassium_of(clinic, "k", "2026-08-19T08:00:00Z", label);
}

fn potassium_of(clinic: &Clinic, id: &str, at: &str, label: &str) {
    let text = format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","meta":{{"security":[{{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"{label}"}}]}},"category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}}]}}],"code":{{"coding":[{{"system":"http://loinc.org","code":"2823-3"}}],"text":"Potassium"}},"subject":{{"reference":"Patient/ada"}},"effectiveDateTime":"{at}","valueQuantity":{{"value":6.6,"unit":"mmol/L"}}}}"#
    );
    clinic.put(&[&text]);
    worker::catch_up(&clinic.machine()).unwrap();
}

fn seen(ctx: &Ctx) -> Vec<Item> {
    let lists = [Tab::Mine, Tab::Team, Tab::Nobody].map(|tab| worklist(ctx, tab, &Filter::default()).unwrap());
    lists.into_iter().flat_map(|list| list.rows).flat_map(|row| row.items).collect()
}

#[test]
fn a_finding_of_a_closed_record_goes_to_who_may_read_it_and_to_nobody_else() {
    let clinic = clinic(&[("maria", "care-coordinator"), ("nils", "nurse"), ("petra", "privacy-officer")]);
    potassium(&clinic, "HIV");
    let coordinator = now(&clinic, "maria", "care-coordinator");
    assert_eq!(seen(&coordinator), Vec::new());
    assert_eq!(suggestions::of_person(&coordinator, "Patient/ada").unwrap(), Vec::new());
    let nurse = now(&clinic, "nils", "nurse");
    let items = seen(&nurse);
    let one = items.first().unwrap();
    // The rule names a physician, who sees it; a coordinator it would not have reached.
    assert_eq!((one.owner.as_str(), one.what.as_str()), ("role:physician", "Private item: open the chart"));
    assert_eq!(suggestions::of_person(&nurse, "Patient/ada").unwrap().len(), 1);
    // Somebody may see it, so nothing waits unseen.
    assert_eq!(unseen::list(&now(&clinic, "petra", "privacy-officer")).unwrap(), Vec::new());
}

#[test]
fn what_nobody_here_may_read_waits_on_the_privacy_officers_list_until_a_consent() {
    let clinic = clinic(&[("maria", "care-coordinator"), ("nils", "nurse"), ("petra", "privacy-officer")]);
    potassium(&clinic, "42CFRPart2");
    for (id, role) in [("maria", "care-coordinator"), ("nils", "nurse")] {
        assert_eq!(seen(&now(&clinic, id, role)), Vec::new(), "{id}");
        assert!(unseen::list(&now(&clinic, id, role)).is_err(), "{id}");
    }
    let petra = now(&clinic, "petra", "privacy-officer");
    let waits = unseen::list(&petra).unwrap();
    let one = waits.first().unwrap();
    assert_eq!(
        (waits.len(), one.person.as_ref().unwrap().id.as_str(), one.consequence),
        (1, "ada", Consequence::Danger)
    );
    assert_eq!(unseen::count(&petra).unwrap(), Some((1, 1)));

    clinic.put(&[
        r#"{"resourceType":"Consent","id":"c","status":"active","patient":{"reference":"Patient/ada"},"scope":{"text":"privacy"},"category":[{"text":"privacy"}],"provision":{"type":"permit","securityLabel":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"42CFRPart2"}]}}"#,
    ]);
    worker::catch_up(&clinic.machine()).unwrap();
    assert_eq!(unseen::list(&petra).unwrap(), Vec::new());
    for (id, role) in [("maria", "care-coordinator"), ("nils", "nurse")] {
        assert!(!seen(&now(&clinic, id, role)).is_empty(), "{id}");
    }
}

#[test]
fn danger_in_a_record_that_nobody_may_read_pages_whoever_is_on_call_without_a_word_of_it() {
    let clinic =
        clinic(&[("nils", "nurse"), ("dora", "physician"), ("sam", "supervisor"), ("petra", "privacy-officer")]);
    potassium(&clinic, "42CFRPart2");
    let as_now = |id: &str, role: &str| by_account(&clinic, id, role);
    // Nobody is on call: every supervisor hears of it, and no one else.
    let paged = |id: &str, role: &str| unseen::paged(&as_now(id, role)).unwrap();
    assert_eq!(paged("nils", "nurse"), Vec::new());
    let page = paged("sam", "supervisor");
    let one = page.first().unwrap();
    assert_eq!((one.person.as_ref().unwrap().id.as_str(), one.on_call), ("ada", false));
    assert_eq!(paged("petra", "privacy-officer"), Vec::new(), "it stands on the list of what nobody may see");

    let shift = Shift {
        route: "critical-result".into(),
        days: vec![0, 1, 2, 3, 4, 5, 6],
        from: 0,
        to: 24 * 60,
        who: "Practitioner/dora".into(),
        then: "Practitioner/nils".into(),
    };
    oncall::add_shift(&as_now("sam", "supervisor"), shift).unwrap();
    assert!(paged("dora", "physician").first().is_some_and(|one| one.on_call));
    assert_eq!(paged("sam", "supervisor"), Vec::new(), "whoever is on call has it");
    assert_eq!(paged("nils", "nurse"), Vec::new(), "the next, when nobody answers");
    clinic.set(clinic::instant("2026-08-19T16:30:00Z"));
    assert!(paged("nils", "nurse").first().is_some_and(|one| one.on_call));

    // Opened in an emergency, it is read by somebody: the others are left alone, and the list says who.
    let dora = as_now("dora", "physician");
    emergency::open(&dora, "ada", "medical", "found unconscious, no history").unwrap();
    for (id, role) in [("dora", "physician"), ("nils", "nurse"), ("sam", "supervisor")] {
        assert_eq!(paged(id, role), Vec::new(), "{id}");
    }
    assert!(!seen(&as_now("dora", "physician")).is_empty(), "it stands on her list now");
    let listed = unseen::list(&as_now("petra", "privacy-officer")).unwrap();
    assert_eq!(listed.first().unwrap().opened.as_ref().unwrap().0, "dora");
}

#[test]
fn an_emergency_access_silences_only_the_danger_that_it_was_opened_for() {
    let clinic = clinic(&[("dora", "physician"), ("sam", "supervisor"), ("petra", "privacy-officer")]);
    let as_now = |id: &str, role: &str| by_account(&clinic, id, role);
    let paged = || unseen::paged(&as_now("sam", "supervisor")).unwrap();
    // Opened for another reason before anything waited: nobody looks at what came up since.
    emergency::open(&as_now("dora", "physician"), "ada", "medical", "found unconscious, no history").unwrap();
    clinic.set(clinic::instant("2026-08-19T15:30:00Z"));
    potassium(&clinic, "42CFRPart2");
    assert_eq!(paged().len(), 1, "the opening is older than the danger");
    let listed = unseen::list(&as_now("petra", "privacy-officer")).unwrap();
    assert_eq!(listed.first().unwrap().opened, None);
    assert!(!listed.first().unwrap().answered, "nobody is on call");
    clinic.set(clinic::instant("2026-08-19T15:40:00Z"));
    emergency::open(&as_now("dora", "physician"), "ada", "medical", "a critical result is reported").unwrap();
    assert_eq!(paged(), Vec::new(), "opened for it");
    // Another danger of the same person while she is on record for the first.
    clinic.set(clinic::instant("2026-08-19T15:50:00Z"));
    potassium_of(&clinic, "l", "2026-08-19T15:45:00Z", "42CFRPart2");
    let page = paged();
    assert_eq!(page.len(), 1, "one person, paged once, for what nobody looks at");
    assert!(page.first().unwrap().since >= clinic::instant("2026-08-19T15:50:00Z"));
}

#[test]
fn a_task_moves_to_who_may_see_it_when_its_owner_does_not_any_more() {
    let clinic = clinic(&[("maria", "care-coordinator"), ("nils", "nurse")]);
    clinic.put(&[
        r#"{"resourceType":"Task","id":"t","status":"requested","intent":"order","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]},"for":{"reference":"Patient/ada"},"description":"Call her","owner":{"reference":"Practitioner/maria"},"authoredOn":"2026-08-19T08:00:00Z"}"#,
    ]);
    worker::catch_up(&clinic.machine()).unwrap();
    assert_eq!(seen(&now(&clinic, "maria", "care-coordinator")), Vec::new());
    let items = seen(&now(&clinic, "nils", "nurse"));
    assert_eq!(items.first().map(|one| one.owner.as_str()), Some("role:nurse"));
}

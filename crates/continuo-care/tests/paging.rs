//! Danger that nobody begins is told to whoever is on call, then to the next, then to the supervisors: on their pages, and
//! by the site's channel where there is one. "I have it" stops it for a while; nothing that leaves says whose or what.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use std::sync::{Arc, Mutex};

use clinic::{Clinic, instant};
use continuo_care::oncall::{self, Shift, page_to, pager, paging};
use continuo_care::outbound::{Answer, Call, Outbound, OutboundError, Outside, Services};
use continuo_care::tasks::make::NewTask;
use continuo_care::{Ctx, work};
use continuo_fhir::Json;
use continuo_store::outbox::State;

const NOW: &str = "2026-08-19T15:00:00Z";
const ADA: &str = r#"{"resourceType":"Patient","id":"ada","name":[{"family":"Adalovich","given":["Zorah"]}]}"#;

/// A gateway that takes pages, or does not, and keeps what came.
#[derive(Clone, Default)]
struct Gateway {
    fails: Arc<Mutex<Vec<String>>>,
    came: Arc<Mutex<Vec<Call>>>,
}

impl Gateway {
    fn sent(&self) -> Vec<(String, String)> {
        let came = self.came.lock().unwrap();
        let told = came.iter().map(|call| {
            let json = Json::parse(call.body.as_deref().unwrap()).unwrap();
            let text = |name: &str| json.str_at(name).unwrap().to_owned();
            (text("to"), text("text"))
        });
        told.collect()
    }
}

impl Outbound for Gateway {
    fn send(&self, call: &Call) -> Result<Answer, OutboundError> {
        self.came.lock().unwrap().push(call.clone());
        let body = String::from_utf8(call.body.clone().unwrap()).unwrap();
        let fails = self.fails.lock().unwrap().iter().any(|to| body.contains(to));
        if fails { Err(OutboundError::Unreachable) } else { Ok(Answer { body: Vec::new(), attempts: 1 }) }
    }
}

fn clinic() -> (Clinic, Gateway) {
    let file = br#"{"paging":{"kind":"webhook","url":"https://pages.example/send","key_variable":"K"}}"#;
    let services = Services::read(&Json::parse(file).unwrap(), &|_| Ok("secret-key".to_owned())).unwrap();
    let gateway = Gateway::default();
    let clinic = Clinic::with(NOW, Outside { door: Arc::new(gateway.clone()), services });
    clinic.put(&[ADA]);
    let all = [("boss", "supervisor"), ("nurse", "nurse"), ("doctor", "physician"), ("maria", "care-coordinator")];
    clinic.accounts(&all);
    let boss = clinic.staff("boss", "supervisor");
    let shift = Shift {
        route: "safety".into(),
        days: vec![0, 1, 2, 3, 4, 5, 6],
        from: 0,
        to: 24 * 60,
        who: "Practitioner/nurse".into(),
        then: "Practitioner/doctor".into(),
    };
    oncall::add_shift(&boss, shift).unwrap();
    (clinic, gateway)
}

fn told_at(clinic: &Clinic) {
    for (id, role) in
        [("boss", "supervisor"), ("nurse", "nurse"), ("doctor", "physician"), ("maria", "care-coordinator")]
    {
        page_to::set(&clinic.staff(id, role), "", &format!("{id}@pager.example")).unwrap();
    }
}

fn danger(ctx: &Ctx, owner: &str) -> String {
    let new = NewTask {
        kind: "suicide-risk-contact".into(),
        what: "Call about item 9".into(),
        person: "Patient/ada".into(),
        owner: owner.into(),
        ..NewTask::default()
    };
    work::new_task(ctx, new).unwrap().value
}

fn pages(clinic: &Clinic, id: &str, role: &str) -> Vec<paging::Page> {
    paging::mine(&clinic.staff(id, role)).unwrap().unwrap().0
}

fn seen(clinic: &Clinic) -> [usize; 3] {
    [("nurse", "nurse"), ("doctor", "physician"), ("boss", "supervisor")]
        .map(|(id, role)| pages(clinic, id, role).len())
}

fn at(clinic: &Clinic, minute: i64) {
    clinic.set(instant(NOW).plus_seconds(minute * 60));
}

#[test]
fn the_chain_stands_on_pages_and_having_it_stops_it_until_its_minutes_have_passed() {
    let (clinic, _) = clinic();
    let boss = clinic.staff("boss", "supervisor");
    let task = danger(&boss, "role:nurse");
    assert_eq!(seen(&clinic), [1, 0, 0]);
    let page = pages(&clinic, "nurse", "nurse").remove(0);
    assert_eq!((page.on_call, page.then), (true, Some(instant(NOW).plus_seconds(15 * 60))));
    assert_eq!(page.person.map(|person| person.id).as_deref(), Some("ada"));
    at(&clinic, 16);
    assert_eq!(seen(&clinic), [1, 1, 0]);
    at(&clinic, 31);
    assert_eq!(seen(&clinic), [1, 1, 1]);
    assert_eq!(paging::told_now(&clinic.machine()).unwrap().len(), 3);
    assert_eq!(
        paging::mine(&clinic.staff("desk", "front-desk")).unwrap().map(|(pages, _)| pages.len()).unwrap_or(0),
        0
    );

    // Who is told of nothing can say nothing; the doctor says it for all.
    let maria = clinic.staff("maria", "care-coordinator");
    assert!(paging::acknowledge(&maria, std::slice::from_ref(&page.work)).is_err());
    let doctor = clinic.staff("doctor", "physician");
    let had = paging::acknowledge(&doctor, std::slice::from_ref(&page.work)).unwrap();
    assert_eq!(seen(&clinic), [0, 0, 0]);
    work::undo(&doctor, had.commit.unwrap()).unwrap();
    assert_eq!(seen(&clinic), [1, 1, 1], "taken back, it is everybody's again");
    paging::acknowledge(&doctor, std::slice::from_ref(&page.work)).unwrap();
    at(&clinic, 47);
    assert_eq!(seen(&clinic), [1, 1, 1], "nobody began in fifteen minutes");
    work::act(&clinic.staff("nurse", "nurse"), &task, work::Act::Start).unwrap();
    assert_eq!(seen(&clinic), [0, 0, 0]);
}

#[test]
fn what_leaves_names_nobody_and_leaves_once_for_each_turn() {
    let (clinic, gateway) = clinic();
    told_at(&clinic);
    let boss = clinic.staff("boss", "supervisor");
    let round = || while pager::round(&clinic.machine()).unwrap() {};
    round();
    assert_eq!(gateway.sent(), []);
    danger(&boss, "Practitioner/maria");
    round();
    round();
    let sent = gateway.sent();
    assert_eq!(sent.len(), 1, "the owner at once, and once");
    let (to, text) = &sent[0];
    assert_eq!(to, "maria@pager.example");
    assert!(text.contains("since 3:00 pm") && text.contains("others are told at 3:15 pm"), "{text}");
    at(&clinic, 16);
    round();
    at(&clinic, 31);
    round();
    at(&clinic, 46);
    round();
    let to: Vec<String> = gateway.sent().into_iter().map(|(to, _)| to).collect();
    assert_eq!(to, ["maria", "nurse", "doctor", "boss"].map(|who| format!("{who}@pager.example")));
    for call in gateway.came.lock().unwrap().iter() {
        let whole =
            format!("{} {:?} {}", call.url, call.headers, String::from_utf8_lossy(call.body.as_deref().unwrap()));
        for word in ["Adalovich", "Zorah", "Patient", "Task", "Practitioner", "item 9", "suicide", "self-harm"] {
            assert!(!whole.contains(word), "{word} in {whole}");
        }
        assert!(call.headers.iter().any(|(name, value)| *name == "authorization" && value == "Bearer secret-key"));
    }
    // Told again only after somebody had it and did not begin.
    let nurse = clinic.staff("nurse", "nurse");
    let work: Vec<String> = pages(&clinic, "nurse", "nurse").into_iter().map(|page| page.work).collect();
    paging::acknowledge(&nurse, &work).unwrap();
    at(&clinic, 60);
    round();
    assert_eq!(gateway.sent().len(), 4);
    at(&clinic, 62);
    round();
    assert_eq!(gateway.sent().len(), 8);
}

#[test]
fn whoever_cannot_be_reached_is_seen_and_the_next_is_told_at_once() {
    let (clinic, gateway) = clinic();
    told_at(&clinic);
    gateway.fails.lock().unwrap().push("nurse@".to_owned());
    danger(&clinic.staff("boss", "supervisor"), "role:nurse");
    for seconds in [0, 16, 48, 95, 96, 97] {
        clinic.set(instant(NOW).plus_seconds(seconds));
        while pager::round(&clinic.machine()).unwrap() {}
    }
    let to: Vec<String> = gateway.sent().into_iter().map(|(to, _)| to).collect();
    let tries = to.iter().filter(|to| to.starts_with("nurse")).count();
    assert_eq!((tries, to.last().map(String::as_str)), (4, Some("doctor@pager.example")), "{to:?}");
    let names: Vec<String> = gateway.came.lock().unwrap().iter().map(|call| call.headers[1].1.clone()).collect();
    assert_eq!(names.iter().collect::<std::collections::BTreeSet<_>>().len(), 2, "every try of a page has its name");
    let told = pager::told(&clinic.staff("boss", "supervisor")).unwrap();
    let failed: Vec<&pager::Told> = told.iter().filter(|one| one.state == State::Dead).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(
        (failed[0].who.as_str(), failed[0].error.as_str()),
        ("Practitioner/nurse", "the service could not be reached")
    );
}

#[test]
fn what_was_begun_meanwhile_wakes_nobody_and_a_test_reaches_who_asks_for_it() {
    let (clinic, gateway) = clinic();
    told_at(&clinic);
    gateway.fails.lock().unwrap().push("nurse@".to_owned());
    let task = danger(&clinic.staff("boss", "supervisor"), "role:nurse");
    pager::round(&clinic.machine()).unwrap();
    let nurse = clinic.staff("nurse", "nurse");
    work::act(&nurse, &task, work::Act::Start).unwrap();
    gateway.fails.lock().unwrap().clear();
    at(&clinic, 5);
    while pager::round(&clinic.machine()).unwrap() {}
    assert_eq!(gateway.sent().len(), 1, "the try that failed before she began");
    pager::test(&nurse).unwrap();
    while pager::round(&clinic.machine()).unwrap() {}
    let (to, text) = gateway.sent().pop().unwrap();
    assert!(to == "nurse@pager.example" && text.contains("this is a test"), "{text}");
    // Tests take nothing of what danger needs: five an hour each.
    for minute in 6..10 {
        at(&clinic, minute);
        pager::test(&nurse).unwrap();
    }
    assert!(pager::test(&nurse).unwrap_err().to_string().contains("kept free for danger"));
    assert!(pager::test(&clinic.staff("doctor", "physician")).is_ok(), "a colleague's are their own");
    at(&clinic, 70);
    assert!(pager::test(&nurse).is_ok());
    // Without a number there is nothing to try; without a channel nobody can say where they are told.
    page_to::set(&nurse, "", "").unwrap();
    assert!(pager::test(&nurse).is_err());
    let alone = Clinic::new(NOW);
    assert!(page_to::set(&alone.staff("nurse", "nurse"), "", "303-555-0175").is_err());
}

//! A silent feed stands on worklist, chart and papers, and on its page for those who look into it (safety.md rule 17).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::{NOW, TestApp};
use continuo_care::assess::worker;
use continuo_care::feeds;
use continuo_fhir::Instant;

const HOUR: i64 = 3_600_000_000;

fn silent_since_last_week() -> TestApp {
    let test = TestApp::new();
    let since = NOW - 90 * HOUR;
    let hours = (0..21 * 24).rev().map(|back| Instant::from_micros(since - back * HOUR)).collect();
    feeds::heard_at(&test.machine(), "st-mary", hours).unwrap();
    let token = test.token();
    let ana =
        r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12"}"#;
    assert_eq!(test.fhir(&token, "PUT", "/fhir/Patient/ana", ana).status, 201);
    worker::catch_up(&test.machine()).unwrap();
    test
}

#[test]
fn rule_17_a_silent_feed_is_told_where_its_silence_looks_like_nothing_happened() {
    let test = silent_since_last_week();
    let nurse = test.sign_in("nurse");
    let told = "Nothing from St mary since Fri 08/14 2:05 pm; it usually sends at least every hour.";
    let list = test.page(&nurse, "/worklist").body;
    assert!(list.contains(told) && list.contains("Silence is not normal"), "{list}");
    assert!(!list.contains("href=\"/feeds\""), "a nurse is told, others look into it");
    let chart = test.page(&nurse, "/patients/ana").body;
    assert!(chart.contains("Not known since Fri 08/14 2:05 pm from St mary."), "{chart}");
    let paper = test.page(&nurse, "/patients/ana/print").body;
    assert!(paper.contains("Not known since Fri 08/14 2:05 pm from St mary"), "{paper}");
    assert!(test.page(&nurse, "/print/end-of-day").body.contains(told));
    let supervisor = test.sign_in("supervisor");
    assert!(test.page(&supervisor, "/worklist").body.contains("href=\"/feeds\""));
}

#[test]
fn a_feed_is_looked_into_and_watched_as_the_site_says() {
    let test = silent_since_last_week();
    assert_eq!(test.page(&test.sign_in("nurse"), "/feeds").status, 403);
    let supervisor = test.sign_in("supervisor");
    let all = test.page(&supervisor, "/feeds").body;
    assert!(all.contains("Silent, nobody looks into it") && all.contains("/feeds/one?source=st-mary"), "{all}");
    // The program with the token is a source as well.
    assert!(all.contains("/feeds/one?source=test") && all.contains("Too new to wait for"), "{all}");
    let one = test.page(&supervisor, "/feeds/one?source=st-mary").body;
    assert!(one.contains("I am looking into it") && !one.contains("How it is watched"), "{one}");
    assert_eq!(test.form(&supervisor, "/feeds/take", "source=st-mary&note=help+desk+called").status, 303);
    let all = test.page(&supervisor, "/feeds").body;
    assert!(all.contains("Silent, looked into") && all.contains("help desk called"), "{all}");
    assert!(test.page(&supervisor, "/worklist").body.contains("Somebody looks into it."));
    assert_eq!(test.form(&supervisor, "/feeds/give-back", "source=st-mary&back=off+duty").status, 303);
    let all = test.page(&supervisor, "/feeds").body;
    assert!(all.contains("Silent, nobody looks into it") && all.contains("waits for any administrator"), "{all}");
    let bare = test.form(&supervisor, "/feeds/close", "source=st-mary&why=");
    assert!(bare.status == 422 && bare.body.contains("Say why nobody needs to look into it"), "{}", bare.body);
    assert_eq!(test.form(&supervisor, "/feeds/close", "source=st-mary&why=they+move+until+Monday").status, 303);
    let list = test.page(&supervisor, "/worklist").body;
    assert!(!list.contains("Silence is not normal"), "it is known, and shouts no longer");
    assert!(
        test.page(&test.sign_in("nurse"), "/patients/ana").body.contains("Not known since"),
        "it is not known all the same"
    );

    let admin = test.sign_in("administrator");
    let wrong = test.form(&admin, "/feeds/watch", "source=st-mary&watch=every&hours=0&reason=as+agreed&name=");
    assert!(wrong.status == 422 && wrong.body.contains("A whole number of hours from 1 to 336"), "{}", wrong.body);
    let right = "source=st-mary&name=St.+Mary&watch=every&hours=200&quiet=nights&quiet=weekends&reason=as+agreed";
    let saved = test.form(&admin, "/feeds/watch", right);
    assert_eq!(saved.status, 303, "{}", saved.body);
    worker::catch_up(&test.machine()).unwrap();
    let one = test.page(&admin, "/feeds/one?source=st-mary").body;
    for part in
        ["St. Mary", "Sends as usual", "must send at least every 8 days and 8 hours on business days", "value=\"200\""]
    {
        assert!(one.contains(part), "{part} in {one}");
    }
    assert!(!test.page(&admin, "/worklist").body.contains("Silence is not normal"));
}

//! What one source says to keep a person safe holds for all of them, whichever record leads and whoever may read it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use continuo_care::assess::header::of_whole;
use continuo_care::assess::site;
use continuo_care::followup::person::{Person, Resource};
use continuo_fhir::{Instant, Json, Zone, pack, root};
use continuo_store::Rid;
use continuo_store::tables::person_header::PersonHeader;

/// A phone with what was said about it.
fn phone(number: &str, said: &[(&str, bool)]) -> String {
    let flags: Vec<String> =
        said.iter().map(|(name, value)| format!(r#"{{"url":"{name}","valueBoolean":{value}}}"#)).collect();
    let safety = if said.is_empty() {
        String::new()
    } else {
        format!(r#","extension":[{{"url":"urn:continuo:ext:contact-safety","extension":[{}]}}]"#, flags.join(","))
    };
    format!(r#"{{"system":"phone","value":"{number}"{safety}}}"#)
}

fn patient(id: &str, phones: &[String], more: &str) -> Vec<u8> {
    let text = format!(
        r#"{{"resourceType":"Patient","id":"{id}","name":[{{"family":"Reyes"}}],"telecom":[{}]{more}}}"#,
        phones.join(",")
    );
    pack(&Json::parse(text.as_bytes()).unwrap())
}

fn row(packed: &[u8], labels: u64) -> Resource<'_> {
    Resource { labels, ..Resource::of(root(packed).unwrap()).unwrap() }
}

/// The header of somebody with an open leading record and a second one under a label.
fn header(open: &[u8], closed: &[u8]) -> PersonHeader {
    let person = Person::new(vec![row(open, 0), row(closed, 1)]).led_by(Some("lead"));
    let now = Instant::parse("2026-08-19T15:00:00Z").unwrap();
    of_whole(&person, Rid(1), now, &site::calendar(Zone::utc(), now)).unwrap()
}

const NUMBER: &str = "(555) 555-0142";

#[test]
fn a_death_in_a_closed_record_stops_what_goes_out() {
    let lead = patient("lead", &[phone(NUMBER, &[])], "");
    assert!(header(&lead, &patient("other", &[], r#","deceasedBoolean":true"#)).deceased);
    assert!(!header(&lead, &patient("other", &[], "")).deceased);
}

#[test]
fn what_is_forbidden_on_a_number_is_forbidden_whoever_was_told() {
    let lead = patient("lead", &[phone(NUMBER, &[("voicemail", true), ("text", true)])], "");
    let reach = |closed: &[(&str, bool)]| header(&lead, &patient("other", &[phone("555-555-0142", closed)], "")).reach;
    assert_eq!(reach(&[]), "voicemail: yes · texts");
    assert_eq!(reach(&[("voicemail", false)]), "voicemail: no · texts");
    assert_eq!(reach(&[("call", false)]), "no calls · voicemail: yes · texts");
    assert_eq!(reach(&[("unsafe", true)]), "unsafe: do not use");
    assert!(header(&lead, &patient("other", &[phone("555-555-0142", &[("unsafe", true)])], "")).unsafe_);
    // Nobody asked here, somebody was told elsewhere.
    let unasked = patient("lead", &[phone(NUMBER, &[])], "");
    let told = header(&unasked, &patient("other", &[phone(NUMBER, &[("text", false)])], "")).reach;
    assert_eq!(told, "no texts");
}

//! The door against a server of our own on this machine.

mod fake;
mod hostile;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use continuo_care::outbound::settings::Limits;
use continuo_care::outbound::{Call, Closed, Outbound, OutboundError, Purpose};

use super::Door;
use fake::{Fake, Turn};

fn limits() -> Limits {
    Limits {
        hosts: vec!["127.0.0.1".to_owned()],
        seconds: 5,
        retries: 2,
        calls_per_hour: 100,
        tokens_per_hour: 1000,
        plain: false,
    }
}

fn door(limits: Limits) -> Door {
    Door::new(BTreeMap::from([(Purpose::LanguageModel, limits)]))
}

fn call(url: &str) -> Call {
    Call {
        purpose: Purpose::LanguageModel,
        url: url.to_owned(),
        headers: vec![("authorization", "Bearer sk-1".to_owned())],
        body: Some(b"{}".to_vec()),
        largest: 1000,
        tokens: 10,
        repeatable: true,
    }
}

#[test]
fn an_answer_comes_back_with_what_was_sent() {
    let fake = Fake::start(vec![Turn::ok("hello")]);
    let answer = door(limits()).send(&call(&fake.url("/v1/x"))).expect("it answers");
    assert_eq!((answer.body.as_slice(), answer.attempts), (b"hello".as_slice(), 1));
    let heard = fake.heard();
    assert!(heard[0].starts_with("POST /v1/x "), "{}", heard[0]);
    assert!(heard[0].to_lowercase().contains("authorization: bearer sk-1"));
    assert!(heard[0].ends_with("{}"));
}

#[test]
fn a_passing_failure_is_tried_again_and_a_lasting_one_given_up() {
    let fake = Fake::start(vec![Turn::status(500), Turn::status(429), Turn::ok("late")]);
    let answer = door(limits()).send(&call(&fake.url("/"))).expect("the third try answers");
    assert_eq!((answer.body.as_slice(), answer.attempts), (b"late".as_slice(), 3));
    let fake = Fake::start(vec![Turn::status(503); 3]);
    assert_eq!(door(limits()).send(&call(&fake.url("/"))).err(), Some(OutboundError::Status(503)));
    assert_eq!(fake.heard().len(), 3);
    let fake = Fake::start(vec![Turn::status(401), Turn::ok("no")]);
    assert_eq!(door(limits()).send(&call(&fake.url("/"))).err(), Some(OutboundError::Status(401)));
    assert_eq!(fake.heard().len(), 1, "what was refused is not asked again");
}

#[test]
fn what_counts_once_is_sent_once() {
    let fake = Fake::start(vec![Turn::status(500), Turn::ok("no")]);
    let once = Call { repeatable: false, ..call(&fake.url("/")) };
    assert_eq!(door(limits()).send(&once).err(), Some(OutboundError::Status(500)));
    assert_eq!(fake.heard().len(), 1);
}

#[test]
fn only_named_hosts_are_called() {
    let door = door(limits());
    for url in [
        "http://localhost:1/",
        "https://models.example/",
        "http://127.0.0.1.models.example/",
        "http://127.0.0.1@models.example/",
        "file:///etc/passwd",
        "",
    ] {
        assert!(matches!(door.send(&call(url)), Err(OutboundError::HostNotAllowed(_))), "{url}");
    }
    let other = Call { purpose: Purpose::Speech, ..call("http://127.0.0.1:1/") };
    assert_eq!(door.send(&other).err(), Some(OutboundError::NotConfigured("speech")));
    let plain = Limits { hosts: vec!["models.example".to_owned()], ..limits() };
    assert!(
        matches!(self::door(plain).send(&call("http://models.example/")), Err(OutboundError::HostNotAllowed(_))),
        "no words leave without TLS"
    );
}

#[test]
fn a_redirect_is_not_followed() {
    let second = Fake::start(vec![Turn::ok("elsewhere")]);
    let first = Fake::start(vec![Turn::redirect(&second.url("/"))]);
    assert_eq!(door(limits()).send(&call(&first.url("/"))).err(), Some(OutboundError::Status(307)));
    assert!(second.heard().is_empty());
}

#[test]
fn a_slow_service_costs_no_more_than_its_time() {
    let fake = Fake::start(vec![Turn::slow(Duration::from_secs(20))]);
    let started = Instant::now();
    let slow = Limits { seconds: 1, ..limits() };
    assert_eq!(door(slow).send(&call(&fake.url("/"))).err(), Some(OutboundError::TimedOut));
    assert!(started.elapsed() < Duration::from_secs(4));
}

#[test]
fn a_service_that_is_not_there_is_said_to_be_so() {
    let gone = Fake::start(Vec::new()).url("/");
    let once = Limits { retries: 0, ..limits() };
    assert_eq!(door(once).send(&call(&gone)).err(), Some(OutboundError::Unreachable));
}

#[test]
fn too_much_is_not_read_and_not_sent() {
    let fake = Fake::start(vec![Turn::ok(&"x".repeat(5000))]);
    assert_eq!(door(limits()).send(&call(&fake.url("/"))).err(), Some(OutboundError::TooLarge("answer")));
    let huge = Call { body: Some(vec![0; (64 << 20) + 1]), ..call("http://127.0.0.1:1/") };
    assert_eq!(door(limits()).send(&huge).err(), Some(OutboundError::TooLarge("request")));
}

#[test]
fn the_budget_holds_over_attempts() {
    let fake = Fake::start(vec![Turn::status(500), Turn::status(500), Turn::ok("no")]);
    let two = Limits { calls_per_hour: 2, ..limits() };
    assert_eq!(door(two).send(&call(&fake.url("/"))).err(), Some(OutboundError::Budget("calls")));
    assert_eq!(fake.heard().len(), 2);
    let few = Limits { tokens_per_hour: 5, ..limits() };
    assert_eq!(door(few).send(&call(&fake.url("/"))).err(), Some(OutboundError::Budget("tokens")));
    assert_eq!(fake.heard().len(), 2);
}

#[test]
fn with_nothing_configured_nothing_leaves() {
    let fake = Fake::start(vec![Turn::ok("no")]);
    for purpose in Purpose::ALL {
        let call = Call { purpose, ..call(&fake.url("/")) };
        assert_eq!(Closed.send(&call).err(), Some(OutboundError::NotConfigured(purpose.name())));
        let empty = Door::new(BTreeMap::new());
        assert_eq!(empty.send(&call).err(), Some(OutboundError::NotConfigured(purpose.name())));
    }
    let outside = super::outside(None).expect("no file is no fault");
    assert_eq!(outside.services, continuo_care::outbound::Services::default());
    assert!(fake.heard().is_empty());
}

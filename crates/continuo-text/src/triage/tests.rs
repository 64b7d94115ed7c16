//! Behavior of triage on messages written for these tests.

use super::*;

#[test]
fn every_rule_line_and_signal_name_is_understood() {
    assert_eq!(KNOWLEDGE.problems, Vec::<String>::new());
}

#[test]
fn nearly_fainting_over_a_bill_is_a_figure_of_speech_and_fainting_is_not() {
    for text in [
        "I nearly fainted when I saw that bill.",
        "almost passed out when you told me the price",
        "I could faint at these charges",
    ] {
        let read = triage(text, None);
        assert!(read.urgency > Urgency::SameDay, "{text}");
        assert_eq!(read.route, Route::Billing, "{text}");
    }
    for text in [
        "I fainted this morning and the bill from last time is wrong too",
        "I passed out when I saw the blood",
        "I nearly fainted, my vision went black, then I saw that bill",
    ] {
        assert_eq!(triage(text, None).urgency, Urgency::Emergency, "{text}");
    }
}

#[test]
fn an_infant_of_some_weeks_with_a_fever_is_an_emergency_whoever_else_is_named() {
    for text in [
        "an infant of 8 weeks with a temperature of 100.4 F",
        "My 6 week old has 100.8 rectal, her 4 year old brother has a cold",
        "We just got his temperature and it reads 100.8 F. He turned 4 weeks on Monday and is our first.",
        "my infant is eight weeks and has a temp of 38.2 C",
    ] {
        let read = triage(text, None);
        assert_eq!(read.urgency, Urgency::Emergency, "{text}");
        assert!(read.red_flags.iter().any(|f| f.name() == "infant_fever"), "{text}");
    }
    for text in ["My son is 9 years old and had a fever of 101 for 2 weeks", "baby is 7 weeks, no fever"] {
        assert!(!triage(text, None).red_flags.iter().any(|f| f.name() == "infant_fever"), "{text}");
    }
}

use super::*;

fn check(text: &str, phrase: &str) -> Assertion {
    let at = text.find(phrase).expect("the case holds its phrase");
    let tokens = Tokens::new(text);
    Context::new(&tokens).of(Span::new(at, at + phrase.len()))
}

#[test]
fn denial_reaches_through_lists_and_stops_at_but() {
    let text = "She denies fever, chills or night sweats but has had a cough for two weeks.";
    assert!(check(text, "fever").negated);
    assert!(check(text, "night sweats").negated);
    assert!(!check(text, "cough").negated);
}

#[test]
fn a_predicate_after_the_finding_denies_it() {
    assert!(check("Influenza was ruled out.", "Influenza").negated);
    assert!(check("Strep test was negative.", "Strep test").negated);
    assert!(!check("Gram negative rods grew.", "rods").negated);
    assert!(!check("There is swelling, no redness.", "swelling").negated);
}

#[test]
fn the_past_is_told_from_the_present() {
    assert_eq!(
        check("He has a history of gout and asthma and presents with fever.", "asthma").temporality,
        Temporality::Historical
    );
    assert_eq!(
        check("He has a history of gout and asthma and presents with fever.", "fever").temporality,
        Temporality::Recent
    );
    assert_eq!(check("PAST MEDICAL HISTORY: asthma, gout.", "gout").temporality, Temporality::Historical);
    assert_eq!(check("HISTORY OF PRESENT ILLNESS: cough for a week.", "cough").temporality, Temporality::Recent);
}

#[test]
fn advice_is_not_a_finding() {
    assert_eq!(
        check("Call us if you notice bleeding or chest pain.", "chest pain").temporality,
        Temporality::Hypothetical
    );
}

#[test]
fn a_relative_keeps_the_disease() {
    assert!(check("Her mother had breast cancer.", "breast cancer").other_person);
    assert!(check("FAMILY HISTORY: colon cancer.", "colon cancer").other_person);
}

#[test]
fn a_question_is_decided_by_its_answer() {
    assert!(check("Any nausea? No, not at all.", "nausea").negated);
    assert!(!check("No swelling? No, there is, both feet.", "swelling").negated);
    assert!(check("Could this be gout? Maybe, we will see.", "gout").uncertain);
}

#[test]
fn a_yes_to_a_denial_agrees_with_it() {
    for text in [
        "So no fevers? Yeah, none.",
        "No fevers? Right.",
        "And no fevers? Yeah, no.",
        "No fevers at all? That's correct, yeah.",
        "Any fevers? Yeah, no, not at all.",
        "So you haven't had any fevers? Yeah, I haven't.",
    ] {
        assert!(check(text, "fevers").negated, "{text}");
    }
    for text in [
        "No fevers? Yes, there were some.",
        "No fevers? Yeah, I did, at night.",
        "Any fevers? Yes, no doubt.",
        "Any fevers? Yeah, not too bad.",
        "¿No ha tenido fevers? Sí.",
        "Any fevers? Sometimes.",
    ] {
        assert!(!check(text, "fevers").negated, "{text}");
    }
}

#[test]
fn a_no_that_goes_on_about_something_else_stays_a_no() {
    for text in [
        "No chest pain? No, but it is hard to sleep.",
        "No chest pain? No, there is a rash though.",
        "No chest pain? No, I do worry about my weight.",
        "Any chest pain? No, I have been well.",
    ] {
        assert!(check(text, "chest pain").negated, "{text}");
    }
    for text in ["No chest pain? No, there is.", "No chest pain? No, I do have some.", "No chest pain? No, it is back."]
    {
        assert!(!check(text, "chest pain").negated, "{text}");
    }
}

#[test]
fn a_no_answers_only_what_can_be_answered_so() {
    for text in [
        "What can I take for my back pain? No allergies.",
        "How long have you had the back pain? No idea.",
        "Which pill is for the back pain? No, the blue one.",
        "Are you taking anything for your back pain? No.",
        "Is the back pain worse? No.",
        "Does heat help your back pain? No, not really.",
        "Any back pain? No fevers.",
    ] {
        assert!(!check(text, "back pain").negated, "{text}");
    }
    for text in [
        "Any back pain? No pain.",
        "Do you have the back pain now? No.",
        "Has the back pain come back? No.",
        "What about back pain? Nope.",
        "How are you, any back pain? No.",
        "And back pain? No ma'am.",
        "Any back pain? No problems there.",
    ] {
        assert!(check(text, "back pain").negated, "{text}");
    }
}

#[test]
fn coming_or_lying_down_with_something_is_the_patients_own() {
    for text in [
        "I came down with pneumonia last week.",
        "I have to lie down with the pneumonia.",
        "She was down with pneumonia.",
        "I've been down with pneumonia since Monday.",
    ] {
        assert!(!check(text, "pneumonia").other_person, "{text}");
    }
    for text in ["Half her class is down with pneumonia.", "The kids were all down with pneumonia."] {
        assert!(check(text, "pneumonia").other_person, "{text}");
    }
}

#[test]
fn who_tells_is_not_who_has_it() {
    assert!(!check("Her daughter reports frequent falls.", "falls").other_person);
    assert!(!check("His father, who has asthma, says the boy coughs.", "coughs").other_person);
    assert!(check("Two coworkers have influenza.", "influenza").other_person);
}

#[test]
fn doubt_and_denial_reach_over_their_auxiliary() {
    assert!(check("He might have pneumonia.", "pneumonia").uncertain);
    assert!(check("She no longer has heartburn.", "heartburn").negated);
    assert!(check("?DVT, send a dimer.", "DVT").uncertain);
    let open = check("Fracture has not been ruled out.", "Fracture");
    assert!(open.uncertain && !open.negated);
    assert!(!check("The pain is not severe.", "pain").negated);
    assert!(!check("It is not the wrist, it's the elbow pain.", "elbow pain").negated);
}

#[test]
fn signs_in_brackets_deny_and_affirm() {
    let text = "(-) fever, (-) chills, (+) cough";
    assert!(check(text, "chills").negated && !check(text, "cough").negated);
}

#[test]
fn an_accented_yes_is_no_if() {
    assert_eq!(check("Sí, tengo fiebre.", "fiebre").temporality, Temporality::Recent);
    assert_eq!(check("Llame si tiene fiebre.", "fiebre").temporality, Temporality::Hypothetical);
    assert!(check("Ya no tengo tos.", "tos").negated);
}

#[test]
fn spanish_denial() {
    assert!(check("Tengo gripa, sin calentura ni falta de aire.", "falta de aire").negated);
}

#[test]
fn what_has_not_stopped_is_there() {
    for text in [
        "I haven't stopped coughing.",
        "The baby never stops coughing.",
        "He hasn't quit coughing all night.",
        "Without the inhaler I am coughing.",
        "She won't stop coughing.",
    ] {
        assert!(!check(text, "coughing").negated, "{text}");
    }
    for text in ["He went home without coughing.", "I don't think it's coughing.", "She isn't coughing."] {
        assert!(check(text, "coughing").negated, "{text}");
    }
}

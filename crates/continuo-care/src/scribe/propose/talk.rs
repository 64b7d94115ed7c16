//! Conversations as they are talked: answers without the name, doses before it, other people's medicines, promises in a row.

use super::tests::{VISIT, proposals, words};
use super::*;

#[track_caller]
fn has(text: &str, kind: Kind, what: &str) -> Proposal {
    let found = proposals(text);
    let one = found.iter().find(|one| one.kind == kind && one.what == what);
    one.cloned().unwrap_or_else(|| panic!("{what} of {text}: {:#?}", words(&found)))
}

#[track_caller]
fn lacks(text: &str, kind: Kind, what: &str) {
    let found = proposals(text);
    assert!(!found.iter().any(|one| one.kind == kind && one.what.contains(what)), "{text}: {:#?}", words(&found));
}

fn due(one: &Proposal) -> &str {
    one.values.iter().find(|(name, _)| name == "date").map_or("", |(_, date)| date)
}

#[test]
fn how_much_is_read_where_it_is_said() {
    has(
        "Patient: I take Eliquis, five milligrams twice daily.\n",
        Kind::Medicine,
        "apixaban: taking, 5 milligrams twice daily",
    );
    has(
        "Doctor: We'll try rosuvastatin five milligrams, three times a week.\n",
        Kind::Medicine,
        "rosuvastatin: to start, 5 milligrams, 3 times a week",
    );
    has(
        "Nurse: And the carvedilol?\nPatient: Twelve and a half twice a day.\n",
        Kind::Medicine,
        "carvedilol: taking, 12.5 twice a day",
    );
    has(
        "Daughter: She gets acetaminophen now, six fifty three times a day.\n",
        Kind::Medicine,
        "acetaminophen: taking, 650 3 times a day",
    );
    has(
        "Paciente: Me pongo veinte unidades de Lantus en la noche.\n",
        Kind::Medicine,
        "insulin glargine: taking, 20 unidades de Lantus en la noche",
    );
}

#[test]
fn a_dose_that_was_changed_is_not_the_one_that_was_asked() {
    let text =
        "Nurse: Are you taking the furosemide, forty milligrams?\nPatient: They changed that. It's eighty now.\n";
    let one = has(text, Kind::Medicine, "furosemide: taking");
    assert_eq!(one.certainty, Certainty::Check);
}

#[test]
fn what_was_thrown_out_is_not_taken() {
    has(
        "Nurse: What about the diltiazem you had before?\nPatient: The doctor told me to throw that one out, so I did.\n",
        Kind::Medicine,
        "diltiazem: not taking",
    );
    lacks(
        "Nurse: Your wife takes warfarin, I see.\nPatient: We keep them apart. I take Eliquis.\n",
        Kind::Medicine,
        "warfarin",
    );
    lacks(
        "Nurse: Is she allergic to anything?\nDaughter: Penicillin. And not aspirin, that was my dad.\n",
        Kind::Medicine,
        "aspirin",
    );
    lacks("Nurse: Don't take any more sumatriptan today.\nPatient: Okay.\n", Kind::Medicine, "to start");
    let text = "Paciente: La metformina ya no la tomo, me daba diarrea. La dej\u{e9} hace dos semanas.\n";
    has(text, Kind::Medicine, "metformin: not taking since 08/05");
    lacks(text, Kind::Denied, "diarrea");
}

#[test]
fn a_no_denies_what_was_asked_and_no_more() {
    let text = "Nurse: Is it the worst headache of your life?\nPatient: No. It's like my usual migraine.\n";
    lacks(text, Kind::Denied, "headache");
    lacks(text, Kind::Denied, "migraine");
    lacks("Daughter: She didn't hit her head, just a bruise on her elbow.\n", Kind::Denied, "bruise");
    lacks("Patient: Is that the one with the nausea?\nDoctor: It can cause nausea.\n", Kind::Symptom, "nausea");
    has(
        "Nurse: Any swelling in the legs?\nPatient: A little around the socks.\n",
        Kind::Symptom,
        "swelling in the legs",
    );
}

#[test]
fn each_promise_has_its_own_day() {
    assert_eq!(VISIT, "2026-08-19");
    let text = "Nurse: I'll send the application today and call the landlord tomorrow morning.\n";
    assert_eq!(due(&has(text, Kind::Promise, "I'll send the application today")), "2026-08-19");
    assert_eq!(due(&has(text, Kind::Promise, "call the landlord tomorrow morning")), "2026-08-20");
    let text = "Doctor: Come back in three months, and we'll call you with the results by Friday.\n";
    assert_eq!(due(&has(text, Kind::Promise, "we'll call you with the results by Friday")), "2026-08-21");
    let text = "Nurse: I'll have our social worker call you on Monday.\n";
    assert_eq!(due(&has(text, Kind::Promise, "I'll have our social worker call you on Monday")), "2026-08-24");
    let text = "Nurse: I'll be back on Thursday, the twenty-seventh.\n";
    assert_eq!(due(&has(text, Kind::Promise, "I'll be back on Thursday, the twenty-seventh")), "2026-08-27");
    let text = "Enfermera: Yo le hablo el viernes para ver la presi\u{f3}n.\n";
    assert_eq!(due(&has(text, Kind::Promise, "Yo le hablo el viernes para ver la presi\u{f3}n")), "2026-08-21");
    lacks("Nurse: Let me look at the incision.\n", Kind::Promise, "look");
    lacks("Nurse: I can see that it hurts.\n", Kind::Promise, "see");
    lacks("Nurse: I'll be honest with you.\n", Kind::Promise, "honest");
}

#[test]
fn a_reaction_told_is_an_allergy_and_no_complaint() {
    let text = "Patient: I had sulfa once and broke out in hives.\n";
    assert_eq!(has(text, Kind::Allergy, "sulfa: hives").certainty, Certainty::Check);
    let found = proposals(text);
    assert_eq!(found.len(), 1, "{:#?}", words(&found));
}

#[test]
fn needs_are_heard_in_other_words() {
    has("Patient: I don't have a way to get there.\n", Kind::Need, "Transportation");
    has("Patient: They want us out by the thirty-first.\n", Kind::Need, "Housing");
    has("Nurse: Are you behind on the rent?\nPatient: Two months.\n", Kind::Need, "Housing");
    has("Paciente: No nos alcanza para la comida a fin de mes.\n", Kind::Need, "Food");
    has("Paciente: La luz ya la van a cortar.\n", Kind::Need, "Utilities");
    has("Daughter: I can't keep doing this alone.\n", Kind::Need, "Caregiver strain");
}

#[test]
fn a_danger_of_somebody_else_says_so() {
    let found = proposals("Paciente: Mi esposo tiene dolor de pecho.\n");
    assert!(found.iter().all(|one| one.assertion.ends_with("of somebody else")), "{:#?}", words(&found));
    lacks("Patient: My ex used to hit me but that's over.\n", Kind::Danger, "violence");
    lacks("Patient: I quit the trazodone, it made me a zombie.\n", Kind::Danger, "confusion");
}

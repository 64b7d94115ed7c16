//! What is proposed from words, and that each value stands in its quote.

use super::*;
use crate::scribe::source::read;

pub(super) const VISIT: &str = "2026-08-19";

pub(super) fn proposals(text: &str) -> Vec<Proposal> {
    with(text, SourceKind::Call, &Known::default())
}

fn with(text: &str, kind: SourceKind, known: &Known) -> Vec<Proposal> {
    let reading = read(kind, "call.txt", text.as_bytes());
    let found = all(&reading, kind, Date::parse(VISIT).unwrap(), known);
    for one in &found {
        holds(one, &reading);
    }
    found
}

/// The rule of the issue: the span of each item holds its value, always.
#[track_caller]
fn holds(one: &Proposal, reading: &Reading) {
    assert!(!one.quotes.is_empty() && !one.said.is_empty(), "{one:?}");
    for quote in &one.quotes {
        assert_eq!(quote.span.of(&reading.text), quote.text, "{one:?}");
    }
    for said in &one.said {
        let lower = said.to_lowercase();
        assert!(one.quotes.iter().any(|quote| quote.text.to_lowercase().contains(&lower)), "`{said}` of {one:?}");
    }
    // A number that would be written is a number that was said.
    for (name, value) in &one.values {
        if name == "value" {
            let quote = &one.quotes[0].text;
            let written = continuo_text::spoken::in_digits(quote).unwrap_or_else(|| quote.clone());
            for number in value.split('/') {
                assert!(written.replace(',', "").contains(number), "{value} of {one:?}");
            }
        }
    }
}

pub(super) fn words(found: &[Proposal]) -> Vec<(Kind, &str, &str, &str)> {
    found.iter().map(|one| (one.kind, one.what.as_str(), one.assertion.as_str(), one.certainty.phrase())).collect()
}

#[track_caller]
fn check(text: &str, expect: &[(Kind, &str, &str, &str)]) {
    assert_eq!(words(&proposals(text)), expect, "{text}");
}

#[test]
fn the_call_of_the_interface_brief() {
    let text = "[02:14] Patient: I stopped the furosemide Saturday, it makes me go all night.\n\
                [02:31] Nurse: Any swelling?\n\
                [02:33] Patient: Yes, my ankles, both.\n\
                [04:02] Patient: I can't get a ride Thursday.\n\
                [04:10] Nurse: I'll call you Friday about the ride.";
    let found = proposals(text);
    assert_eq!(
        words(&found),
        [
            (Kind::Medicine, "furosemide: not taking since 08/15", "patient reports", "clearly said"),
            (Kind::Symptom, "swelling", "patient reports", "probably"),
            (Kind::Need, "Transportation", "patient reports", "clearly said"),
            (Kind::Promise, "I'll call you Friday about the ride", "said by staff", "clearly said"),
        ]
    );
    assert_eq!(found[0].quotes[0].from, "02:14 Patient");
    assert!(found[0].values.contains(&("since".to_owned(), "2026-08-15".to_owned())));
    let code = continuo_text::lexicon::lexicon().code("furosemide");
    assert_eq!(found[0].coding.is_some(), code.is_some(), "codes come from the lexicon only");
    assert!(found[3].values.contains(&("date".to_owned(), "2026-08-21".to_owned())));
}

#[test]
fn denied_doubted_past_and_somebody_elses_are_said_so() {
    check("Nurse: Any fever or cough?\nPatient: No.\n", &[(Kind::Denied, "fever, cough", "denies", "probably")]);
    let found = proposals("Patient: My mother had breast cancer.\n");
    assert!(found.iter().all(|one| one.kind == Kind::Family || one.kind == Kind::Danger), "{found:?}");
    let found = proposals("Daughter: She has been dizzy, maybe some nausea.\n");
    assert!(found.iter().any(|one| one.assertion.starts_with("daughter reports")), "{found:?}");
    let found = proposals("Patient: It could be a rash, I am not sure.\n");
    assert!(found.iter().all(|one| one.certainty == Certainty::Check), "{found:?}");
}

#[test]
fn what_was_only_asked_or_imagined_is_not_proposed() {
    check("Nurse: Any chest pain?\nPatient: The bus was late.\n", &[]);
    check("Nurse: Call us if you have a fever or vomiting.\n", &[]);
}

#[test]
fn a_known_illness_and_a_known_medicine_are_not_news() {
    let known = Known { problems: ["hypertension"].into(), medicines: ["lisinopril"].into(), ..Known::default() };
    let found = with("Patient: I have high blood pressure. I take lisinopril.\n", SourceKind::Visit, &known);
    assert_eq!(words(&found), []);
}

#[test]
fn medicines_say_what_is_taken_and_how() {
    let found = proposals("Patient: I take metformin 500 mg twice a day.\n");
    assert_eq!(
        words(&found),
        [(Kind::Medicine, "metformin: taking, 500 mg twice a day", "patient reports", "clearly said")]
    );
    let found = with("Doctor: I want you to start amlodipine 5 mg daily.\n", SourceKind::Visit, &Known::default());
    assert!(found.iter().any(|one| one.what.starts_with("amlodipine: to start")), "{found:?}");
    let found = proposals("Patient: I ran out of my insulin two days ago.\n");
    assert!(
        found.iter().any(|one| one.what.starts_with("insulin: ran out") && one.consequence != Consequence::Normal),
        "{found:?}"
    );
    let found = proposals("Patient: I stopped the water pill Saturday.\n");
    assert!(found.iter().any(|one| one.kind == Kind::Medicine && one.certainty == Certainty::Check), "{found:?}");
}

#[test]
fn numbers_measured_have_unit_and_limits() {
    let found = proposals("Patient: My weight was 172.2 pounds this morning and my blood pressure 150 over 90.\n");
    assert_eq!(
        words(&found).iter().map(|one| (one.0, one.1)).collect::<Vec<_>>(),
        [(Kind::Vital, "weight 172.2 lb"), (Kind::Vital, "blood pressure 150/90 mmHg")]
    );
    for none in [
        "Patient: I gained 5 pounds this week.\n",
        "Patient: My weight is up 5 pounds.\n",
        "Patient: I weigh myself 2 times a week.\n",
        "Patient: Oxygen at 2 liters.\n",
        "Patient: The appointment is 8/21/2026.\n",
        "Nurse: Is your weight 172 pounds?\n",
    ] {
        assert!(proposals(none).iter().all(|one| one.kind != Kind::Vital), "{none}");
    }
}

#[test]
fn numbers_spoken_as_words_are_written_in_digits_and_keep_their_words() {
    let found = proposals(
        "Patient: My blood pressure was one forty over ninety and I weigh one eighty two pounds.\n\
         Patient: My temperature was ninety nine point four. My sugar was one fifty.\n",
    );
    let said: Vec<_> = found.iter().map(|one| (one.what.as_str(), one.said[0].as_str())).collect();
    assert_eq!(
        said,
        [
            ("blood pressure 140/90 mmHg", "one forty over ninety"),
            ("weight 182 lb", "weigh one eighty two pounds"),
            ("temperature 99.4 F", "temperature was ninety nine point four"),
            ("glucose 150 mg/dL", "sugar was one fifty"),
        ]
    );
    let found = proposals("Paciente: Mi presi\u{f3}n fue ciento cuarenta sobre noventa.\n");
    assert_eq!(found[0].what, "blood pressure 140/90 mmHg");
    let found = proposals("Patient: I take metformin five hundred twice a day.\n");
    assert_eq!(
        words(&found),
        [(Kind::Medicine, "metformin: taking, 500 twice a day", "patient reports, unit of the dose not said", "check")]
    );
    assert!(found[0].said.contains(&"five hundred twice a day".to_owned()));
    let found = proposals("Patient: I take metformin five hundred milligrams twice a day.\n");
    assert_eq!(found[0].what, "metformin: taking, 500 milligrams twice a day");
    assert_eq!(found[0].certainty, Certainty::ClearlySaid);
    for none in ["Patient: I gained five pounds.\n", "Patient: My weight went up ten pounds.\n", "Nurse: One or two?\n"]
    {
        assert!(proposals(none).iter().all(|one| one.kind != Kind::Vital), "{none}");
    }
}

#[test]
fn allergies_and_that_none_are_known() {
    let found = proposals("Patient: I'm allergic to penicillin, it gives me hives.\n");
    assert!(found.iter().any(|one| one.kind == Kind::Allergy && one.what == "penicillin: hives"), "{found:?}");
    let found = proposals("Nurse: Are you allergic to anything?\nPatient: No.\n");
    assert!(found.iter().any(|one| one.kind == Kind::Allergy && one.what == "none known"), "{found:?}");
    let found = proposals("Patient: I have no allergies.\n");
    assert!(found.iter().any(|one| one.what == "none known"), "{found:?}");
}

#[test]
fn words_of_danger_stand_first() {
    let found =
        proposals("Nurse: How is the ride?\nPatient: Fine. I have had crushing chest pain since this morning.\n");
    assert_eq!(found[0].kind, Kind::Danger);
    assert_eq!(found[0].consequence, Consequence::Danger);
    let found = with("The patient had chest pain in 2019.", SourceKind::Document, &Known::default());
    assert!(found.iter().all(|one| one.kind != Kind::Danger), "{found:?}");
}

#[test]
fn self_harm_asked_and_not_clearly_denied_stands_first() {
    let danger = |text: &str| {
        let found = proposals(text);
        found.into_iter().find(|one| one.kind == Kind::Danger).map(|one| (one.what, one.consequence, one.values.len()))
    };
    for yes in ["Yes.", "Sometimes, at night.", "Several days.", "I do, yes."] {
        let found = danger(&format!("Nurse: Any thoughts that you would be better off dead?\nPatient: {yes}\n"));
        assert_eq!(found, Some(("suicidal ideation".to_owned(), Consequence::Danger, 3)), "{yes}");
    }
    let found = danger("Nurse: Have you thought of hurting yourself?\nPatient: I don't want to talk about that.\n");
    assert_eq!(found.map(|one| one.1), Some(Consequence::High));
    for no in ["No.", "Oh no, never.", "Not at all.", "No, nothing like that."] {
        assert_eq!(danger(&format!("Nurse: Have you thought of hurting yourself?\nPatient: {no}\n")), None, "{no}");
    }
    let found = proposals("Enfermera: \u{bf}Ha pensado en quitarse la vida?\nPaciente: S\u{ed}, a veces.\n");
    assert_eq!(found[0].consequence, Consequence::Danger, "{found:?}");
    let dictated = |text| with(text, SourceKind::Dictation, &Known::default());
    let found = dictated("She says she wants to kill herself and has pills at home.");
    assert!(found.first().is_some_and(|one| one.kind == Kind::Danger), "{found:?}");
    let found = dictated("Denies suicidal ideation. Chest pain last year, worked up.");
    assert!(found.iter().all(|one| one.kind != Kind::Danger), "{found:?}");
}

#[test]
fn a_discharge_letter_is_held_against_our_list() {
    let listed = |concept: &'static str, name: &str, directions: &str| Listed {
        concept,
        name: name.to_owned(),
        directions: directions.to_owned(),
        reference: format!("MedicationRequest/{concept}"),
    };
    let known = Known {
        medicines: ["furosemide", "ibuprofen", "lisinopril", "metformin"].into(),
        list: vec![
            listed("furosemide", "furosemide 40 MG Oral Tablet", "1 tablet daily"),
            listed("ibuprofen", "ibuprofen 400 mg", "three times a day"),
            listed("lisinopril", "lisinopril 10 mg", "once daily"),
            listed("metformin", "metformin 500 mg", "twice a day"),
        ],
        ..Known::default()
    };
    let text = "Mercy Hospital, discharge summary\n\nDiagnosis: heart failure\n\nDischarge medications:\n\
                - Furosemide 80 mg daily\n- Metformin 500 mg twice a day\n\nStart taking:\n- Metoprolol 25 mg twice a day\n\n\
                Stop taking:\n- Ibuprofen\n\nResults pending at discharge:\n- Blood culture of August 18\n\n\
                Follow-up appointments:\n- Cardiology, Dr. Cho, in 7 days\n\nEquipment:\n- Walker\n- None\n\nAllergies: none known\n";
    let found = with(text, SourceKind::Document, &known);
    let said: Vec<&str> = found.iter().map(|one| one.what.as_str()).collect();
    for expected in [
        "furosemide: in the letter, 80 mg daily; our list says 1 tablet daily",
        "metoprolol: started, 25 mg twice a day; not on our list",
        "ibuprofen: stopped; on our list",
        "result pending: Blood culture of August 18",
        "visit: Cardiology, Dr. Cho, in 7 days",
        "arrange: Walker",
    ] {
        assert_eq!(said.iter().filter(|what| **what == expected).count(), 1, "{expected}: {said:#?}");
    }
    assert!(!said.iter().any(|what| what.contains("metformin") || what.contains("None")), "{said:#?}");
    let visit = found.iter().find(|one| one.what.starts_with("visit:")).unwrap();
    assert!(visit.values.contains(&("date".to_owned(), "2026-08-26".to_owned())), "{visit:?}");
    assert_eq!(found.iter().find(|one| one.what.starts_with("ibuprofen")).unwrap().consequence, Consequence::High);
    // What our list has and the letter leaves out is asked about.
    let reading = read(SourceKind::Document, "letter.txt", text.as_bytes());
    let asked = left_out(&reading, SourceKind::Document, Date::parse(VISIT).unwrap(), &known);
    assert_eq!(asked.iter().map(|one| one.concept).collect::<Vec<_>>(), ["lisinopril"]);
    let plain = read(SourceKind::Document, "letter.txt", b"Seen for the knee. Start taking ibuprofen 400 mg.");
    assert!(left_out(&plain, SourceKind::Document, Date::parse(VISIT).unwrap(), &known).is_empty());
}

#[test]
fn orders_referrals_and_coming_back() {
    let text = "Doctor: so for your gout i am going to order a uric acid.\nDoctor: i'll see you back in two weeks.\n";
    let found = with(text, SourceKind::Visit, &Known::default());
    assert!(found.iter().any(|one| one.kind == Kind::Order && one.what.contains("uric acid")), "{found:?}");
    let back = found.iter().find(|one| one.kind == Kind::FollowUp).expect("two weeks");
    assert!(back.values.contains(&("date".to_owned(), "2026-09-02".to_owned())), "{back:?}");
}

#[test]
fn spanish_words_are_found_too() {
    let found = proposals("Paciente: No tengo como llegar a la cita.\nEnfermera: Le voy a llamar el viernes.\n");
    assert!(found.iter().any(|one| one.kind == Kind::Need), "{found:?}");
    assert!(found.iter().any(|one| one.kind == Kind::Promise), "{found:?}");
}

#[test]
fn odd_input_never_panics_and_every_value_stands_in_its_quote() {
    let long = "i take lisinopril 20 mg and my weight is 180 pounds and i will call you friday ".repeat(200);
    let curly = "Nurse: Here\u{2019}s the plan, it\u{2019}s fine: I\u{2019}ll call you Friday\u{2019}s noon.";
    for text in [
        "",
        "::::",
        "\u{0}\u{1}\u{2}",
        &long,
        "Patient: \u{1f600} é ñ weight 5",
        curly,
        "Nurse: İ'll call. I'll call İt tomorrow.",
    ] {
        for (kind, ..) in SourceKind::ALL {
            let _ = with(text, kind, &Known::default());
        }
    }
}

#[test]
fn a_dictated_plan_in_keywords_orders_what_it_names() {
    let text = "Denies chest pain. Echocardiogram last year was normal. Her ankles have been swelling. \
                Plan: stop ibuprofen. Basic metabolic panel and BNP today. Echocardiogram in two weeks. No chest x-ray. \
                Refer to cardiac rehabilitation. Education: salt. Troponin.";
    let found = with(text, SourceKind::Dictation, &Known::default());
    let of = |kind| found.iter().filter(|one| one.kind == kind).map(|one| one.what.clone()).collect::<Vec<_>>();
    let orders = of(Kind::Order).join("; ").to_lowercase();
    assert!(["metabolic panel", "bnp", "echocardiogram"].iter().all(|one| orders.contains(one)), "{found:#?}");
    assert_eq!(of(Kind::Order).len(), 3, "{orders}");
    assert!(of(Kind::Referral).iter().any(|one| one.contains("cardiac rehabilitation")), "{found:#?}");
    assert!(of(Kind::Symptom).contains(&"swelling, ankles".to_owned()), "{found:#?}");
}

#[test]
fn an_allergy_named_in_the_answer_is_one_and_its_old_reaction_no_danger() {
    let found = proposals("Doctor: Any allergies to medicines?\nPatient: Penicillin, I get hives.\n");
    assert!(found.iter().any(|one| one.kind == Kind::Allergy && one.what == "penicillin: hives"), "{found:#?}");
    assert!(found.iter().all(|one| one.kind != Kind::Danger), "{found:#?}");
    let found = proposals("Doctor: Any allergies?\nPatient: No, but I take penicillin before the dentist.\n");
    assert!(found.iter().all(|one| one.what != "penicillin"), "{found:#?}");
}

#[test]
fn what_staff_restart_or_say_to_take_is_to_start() {
    let text = "Doctor: I want you to restart the furosemide at 40 milligrams twice a day for five days.\n\
                Doctor: Take Tylenol 650 milligrams every six hours if you need it.\n";
    let found = with(text, SourceKind::Visit, &Known::default());
    let medicines: Vec<&str> =
        found.iter().filter(|one| one.kind == Kind::Medicine).map(|one| one.what.as_str()).collect();
    assert!(medicines.iter().any(|one| one.starts_with("furosemide: to start")), "{medicines:?}");
    assert!(medicines.iter().any(|one| one.starts_with("acetaminophen: to start")), "{medicines:?}");
}

#[test]
fn an_order_that_is_promised_is_said_once() {
    let text = "Doctor: I think this is a flare of your heart failure.\nPatient: Okay.\n\
                Doctor: We'll get a basic metabolic panel and a BNP today and an echocardiogram in two weeks.\n";
    let found = with(text, SourceKind::Visit, &Known::default());
    assert!(
        found.iter().any(|one| one.kind == Kind::Order) && found.iter().all(|one| one.kind != Kind::Promise),
        "{found:#?}"
    );
}

#[test]
fn a_ride_that_is_needed_is_a_need_and_one_that_is_not_is_none() {
    let needs = |text: &str| proposals(text).iter().filter(|one| one.kind == Kind::Need).count();
    assert_eq!(needs("Patient: Also I need a ride to the heart doctor Thursday."), 1);
    assert_eq!(needs("Paciente: Tambien nesesitamos transporte para la cita."), 1);
    assert_eq!(needs("Patient: I don't need a ride, my son drives."), 0);
}

#[test]
fn a_letter_without_headings_is_read_by_what_it_asks() {
    let text = "Dear Dr. Patel,\nI increased her furosemide to 80 mg daily. She has stopped her metformin because of diarrhea. \
                I would suggest that you check a basic metabolic panel in one week. I have arranged an echocardiogram. \
                She should see me again in four weeks, and I have referred her to cardiac rehabilitation. \
                Her hemoglobin A1c is still pending. Her last creatinine was normal.\n\
                Medications:\nFurosemide 80 mg once daily\nMetoprolol succinate 50 mg once daily\n";
    let found = with(text, SourceKind::Document, &Known::default());
    let has = |kind, words: &str| {
        assert!(
            found.iter().any(|one| one.kind == kind && one.what.to_lowercase().contains(words)),
            "{words}: {found:#?}"
        );
    };
    has(Kind::Medicine, "furosemide: changed");
    has(Kind::Medicine, "metformin: stopped");
    has(Kind::Medicine, "metoprolol: in the letter, 50 mg once daily");
    has(Kind::Order, "metabolic panel");
    has(Kind::Order, "echocardiogram");
    has(Kind::Referral, "cardiac rehabilitation");
    has(Kind::FollowUp, "again in four weeks");
    has(Kind::FollowUp, "result pending: hemoglobin a1c");
    assert!(found.iter().all(|one| !one.what.contains("creatinine")), "{found:#?}");
    assert_eq!(found.iter().filter(|one| one.what.contains("furosemide")).count(), 1, "{found:#?}");
}

#[test]
fn a_spanish_talk_is_proposed_with_the_concept_beside_its_words() {
    let found = proposals(
        "Enfermera: ¿Cómo está?\nPaciente: Dejé de tomar la furosemida el sábado. Tengo los tobillos hinchados.\n\
         Enfermera: ¿Tiene dolor de pecho?\nPaciente: No.\nPaciente: Estoy mareada desde el lunes. Tomo metformina 500 mg dos veces al día.\n",
    );
    let whats: Vec<&str> = found.iter().map(|one| one.what.as_str()).collect();
    for expected in [
        "furosemide: not taking",
        "swelling (\"hinchados, tobillos\")",
        "chest pain (\"dolor de pecho\")",
        "dizziness (\"mareada\")",
        "metformin: taking",
    ] {
        assert!(whats.iter().any(|what| what.starts_with(expected)), "{expected}: {whats:#?}");
    }
}

#[test]
fn a_pain_of_the_chest_is_not_put_elsewhere_and_what_nobody_named_denies_is_no_danger() {
    let one_line = proposals("any chest pain no my ankles are swollen");
    assert!(!one_line.iter().any(|one| one.what.contains("chest pain, ankles")), "{one_line:#?}");
    let unnamed = proposals("How are you?\nFine.\nAny chest pain?\nNo.\n");
    assert!(!unnamed.iter().any(|one| one.kind == Kind::Danger), "{unnamed:#?}");
    let own = proposals("Is my chest pain a heart attack?\nNo.\n");
    assert!(own.iter().any(|one| one.kind == Kind::Danger), "{own:#?}");
    // No question, an answer that agrees, and one that says more.
    for text in [
        "Has crushing chest pain since 6 am\nNo meds taken yet\n",
        "You can't breathe?\nNo, I can't\n",
        "Any chest pain?\nNo, only on the stairs, and it is worse today\n",
    ] {
        let found = proposals(text);
        assert!(found.iter().any(|one| one.kind == Kind::Danger), "{text}: {found:#?}");
    }
}

#[test]
fn what_is_denied_plainly_once_is_denied_plainly() {
    let found = proposals("Nurse: Any chest pain?\nPatient: No, no chest pain.\n");
    assert_eq!((found[0].what.as_str(), found[0].certainty), ("chest pain", Certainty::ClearlySaid));
}

#[test]
fn a_medicine_that_goes_on_is_never_proposed_as_stopped() {
    for text in [
        "Doctor: Don't stop the warfarin.\n",
        "Doctor: I would not hold the warfarin.\n",
        "Doctor: We're not going to stop your warfarin.\n",
        "Patient: I haven't stopped taking the warfarin.\n",
        "Patient: I don't take anything except the warfarin.\n",
        "Patient: I can't go without my warfarin.\n",
        "Patient: No he dejado la warfarina.\n",
        "Doctor: Hold on, the warfarin is at the pharmacy.\n",
        "Patient: I stopped smoking and I take warfarin.\n",
        "Patient: My wife gives me my warfarin.\n",
        "Doctor: Have you stopped the warfarin?\nPatient: No.\n",
        "Doctor: You haven't stopped the warfarin?\nPatient: No.\n",
        "Doctor: Hold the warfarin five days before the surgery.\n",
    ] {
        for kind in [SourceKind::Visit, SourceKind::Call, SourceKind::Dictation] {
            let found = with(text, kind, &Known::default());
            let off = |one: &&Proposal| {
                one.values
                    .iter()
                    .any(|(name, value)| name == "status" && matches!(value.as_str(), "stopped" | "not-taken"))
            };
            assert!(found.iter().find(off).is_none(), "{text} {found:?}");
        }
    }
    for text in [
        "Patient: I stopped the warfarin.\n",
        "Patient: I take everything except the warfarin.\n",
        "Patient: Ya no tomo la warfarina.\n",
        "Doctor: The warfarin?\nPatient: I can't afford it.\n",
        "Doctor: Stop the warfarin today.\n",
        "Doctor: Have you stopped the warfarin?\nPatient: Yes.\n",
    ] {
        let found = with(text, SourceKind::Visit, &Known::default());
        let off = found.iter().any(|one| {
            one.values.iter().any(|(name, value)| name == "status" && matches!(value.as_str(), "stopped" | "not-taken"))
        });
        assert!(off, "{text} {found:?}");
    }
}

#[test]
fn what_agrees_with_a_denial_affirms_nothing() {
    for text in [
        "Nurse: So no fever?\nPatient: Yeah, none.\n",
        "Nurse: So no fever?\nPatient: Right.\n",
        "Nurse: No fever?\nPatient: No, but it is hard to sleep.\n",
        "Nurse: Any fever?\nPatient: Yeah, no.\n",
    ] {
        let found = proposals(text);
        assert!(found.iter().any(|one| one.kind == Kind::Denied && one.what == "fever"), "{text} {found:?}");
        assert!(found.iter().all(|one| one.kind != Kind::Symptom), "{text} {found:?}");
    }
    for text in [
        "Nurse: What do you take for the headache?\nPatient: No allergies.\n",
        "Nurse: Is the headache worse?\nPatient: No.\n",
    ] {
        let found = proposals(text);
        assert!(found.iter().all(|one| one.kind != Kind::Denied), "{text} {found:?}");
    }
    let found = proposals("Nurse: No fever?\nPatient: Yes, at night.\n");
    assert!(found.iter().any(|one| one.kind == Kind::Symptom), "{found:?}");
}

#[test]
fn what_is_read_to_be_watched_for_is_not_measured() {
    for text in [
        "Nurse: For a fever of 100.4 or higher, go to the emergency room.\n",
        "Nurse: Call us if your sugar is over 300.\n",
        "Patient: On the pain scale that's an 8.\n",
        "Patient: I use the Advair 250/50 and the Novolin 70/30.\n",
    ] {
        let found = proposals(text);
        assert!(found.iter().all(|one| one.kind != Kind::Vital), "{text} {found:?}");
    }
    let found = proposals("Nurse: Your pulse ox is 88 percent on room air.\n");
    assert!(found.iter().any(|one| one.what == "oxygen saturation 88 %"), "{found:?}");
    assert!(found.iter().all(|one| !one.what.starts_with("heart rate")), "{found:?}");
}

#[test]
fn a_stop_with_an_end_is_proposed_as_a_pause() {
    let found = with("Doctor: Hold the warfarin five days before the surgery.\n", SourceKind::Visit, &Known::default());
    assert!(found.iter().any(|one| one.what.starts_with("warfarin: to pause")), "{found:?}");
}

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

/// The red flags by name, and the clock.
fn read_flags(text: &str) -> (Urgency, Vec<&'static str>) {
    let found = triage(text, None);
    (found.urgency, found.red_flags.iter().map(|f| f.name()).collect())
}

#[test]
fn an_illness_in_a_name_an_old_deficit_and_a_known_cause_raise_no_emergency() {
    for text in [
        "The stroke clinic moved my visit to May, is parking free there?",
        "Could you fill out the asthma action plan for camp",
        "Left hand has been weak ever since my stroke in 2018, same as always. Which brace do you suggest?",
        "My stools turned dark since I take iron, feeling fine. Is that expected?",
        "our one month old is 98.8 by the temporal thermometer and nurses well",
    ] {
        assert_ne!(triage(text, None).urgency, Urgency::Emergency, "{text}");
    }
}

#[test]
fn danger_is_put_together_from_who_does_what_to_whom() {
    for (text, flag) in [
        ("grandson swallowed some of my metoprolol", "poisoning"),
        ("We lit the heater and now all of us have headaches and the dog is wobbly", "carbon_monoxide"),
        ("33 weeks and the baby has not kicked since yesterday", "pregnancy_warning"),
        ("the oxygen tank is empty and he is at 78", "oxygen_supply"),
        ("she says we are better off without her and she took the shotgun to the barn", "suicidal_ideation"),
        ("there are belt marks on my nephew and he is sent back home tonight", "child_safety"),
    ] {
        let (urgency, flags) = read_flags(text);
        assert_eq!(urgency, Urgency::Emergency, "{text}");
        assert!(flags.contains(&flag), "{text}: {flags:?}");
    }
}

#[test]
fn what_is_told_with_a_date_is_past_and_a_present_sign_keeps_it() {
    for text in [
        "In 2017 I had a heart attack. Which cardiologist took over from Dr. Low?",
        "Thank you for looking after my son when he passed out last year.",
        "Please send the notes from when I had the seizure in 2015 to my lawyer",
        "Gracias por ayudar a mi papá cuando tuvo el infarto el año pasado",
        "He fainted in March at church; they said it was the heat. When is the next physical?",
    ] {
        assert!(triage(text, None).urgency > Urgency::SameDay, "{text}");
    }
    for text in [
        "I had a heart attack in 2019 and the same pain is in my chest",
        "In October he fainted twice, he fainted again an hour ago",
        "chest pain started last month and I can barely walk to the mailbox",
        "I passed out last month. Chest pressure and sweating.",
        "Two months ago he had a stroke, face drooping on the left",
        "had a stent put in last month chest pain and sweating",
        "mi mama se desmayo en octubre y hoy se desmayo otra vez",
        "Last year I had a PE. Cannot catch my breath.",
    ] {
        assert_eq!(triage(text, None).urgency, Urgency::Emergency, "{text}");
    }
}

#[test]
fn words_that_mean_something_else_beside_others_are_no_danger() {
    for text in [
        "The bottle of lisinopril says mornings, the printout says bedtime. Which one?",
        "my daughter's tooth keeps hurting her, do you have a dentist to suggest",
        "have had panic attacks on and off for years, is there a group I could join",
        "Nearly had a heart attack when I opened the letter about your move across town",
        "Need to move Friday's checkup, my truck is in the shop",
    ] {
        assert_ne!(triage(text, None).urgency, Urgency::Emergency, "{text}");
    }
    for text in [
        "my ear hurts and I want to hurt him",
        "she took a whole bottle of gabapentin, the bottle of gabapentin says take 1",
        "I nearly had a heart attack when I read the letter, and my face is drooping",
    ] {
        assert_eq!(triage(text, None).urgency, Urgency::Emergency, "{text}");
    }
}

#[test]
fn a_day_or_two_of_an_essential_medicine_is_for_today_whatever_else_is_asked() {
    for text in [
        "My insurance needs a prior auth for mycophenolate and I have enough for today and tomorrow",
        "outta keppra tomorrow night, appt next week",
        "Solo me alcanza la prednisona para hoy y mañana",
        "solo le queda una pastilla de keppra a mi hermano",
        "Thanks for the great visit. Prior auth for Eliquis is pending, 1 day of pills left",
    ] {
        assert_eq!(triage(text, None).urgency, Urgency::SameDay, "{text}");
    }
}

#[test]
fn general_wording_counts_only_beside_its_topic() {
    for text in [
        "Everything worked out with the pharmacy. Thank you!",
        "I won't be here Thursday, can we do the week after?",
        "This is my last refill on the atenolol, please send a new script",
        "I can't talk now, I'm at work. Call me about the date after five.",
        "By the time you read this I'll be on the plane, so just cancel Friday.",
        "Athlete's foot won't quit. Which cream?",
    ] {
        let (urgency, flags) = read_flags(text);
        assert!(urgency != Urgency::Emergency && flags.is_empty(), "{text}: {urgency:?} {flags:?}");
    }
    for text in [
        "By the time you read this it will be over. I wrote a letter for the kids.",
        "I'm going off the bridge tonight, everything worked out",
        "the cut on my arm won't quit, the towel is soaked with blood",
        "can't talk now, he choked me and he's in the kitchen",
    ] {
        assert_eq!(triage(text, None).urgency, Urgency::Emergency, "{text}");
    }
}

#[test]
fn what_a_bill_is_for_is_over_and_pain_beside_a_bill_is_not() {
    for text in [
        "The bill from the day I had chest pain two years ago went to collections",
        "Statement is for the night you checked my chest last winter, insurance paid it",
    ] {
        assert_ne!(triage(text, None).urgency, Urgency::Emergency, "{text}");
    }
    for text in [
        "About the bill, call me when you can, my chest feels crushed and I'm sweating",
        "Bill for Tuesday's visit is wrong, my chest hurts and my arm is numb",
    ] {
        assert_eq!(triage(text, None).urgency, Urgency::Emergency, "{text}");
    }
}

#[test]
fn what_is_only_imagined_is_no_event_and_doubt_about_an_event_is() {
    for text in [
        "If something happened to me abroad, say I collapsed, how would they see my chart?",
        "If my blood sugar ever drops below 50 what should I do?",
    ] {
        assert_ne!(triage(text, None).urgency, Urgency::Emergency, "{text}");
    }
    for text in ["they say I have a blood clot and I can't breathe", "not sure if I passed out, I woke up on the floor"]
    {
        assert_eq!(triage(text, None).urgency, Urgency::Emergency, "{text}");
    }
}

#[test]
fn what_was_handled_settles_itself_and_nothing_that_is_new() {
    for text in [
        "I had knee surgery last Tuesday and the knee is doing great. This morning I passed out and my chest hurts.",
        "My husband was discharged and he's doing great. I passed out in the kitchen an hour ago.",
        "They fixed my hip, all good. Since last night I have chest pain when I breathe.",
        "I sat on hold for an hour and I am going to jump off the bridge",
        "I am done with the portal and done with living, I want to jump off a bridge",
    ] {
        let found = triage(text, None);
        assert!(found.urgency <= Urgency::SameDay && !found.red_flags.is_empty(), "{text}: {:?}", found.urgency);
    }
    let over = read_flags(
        "Dad had a seizure on Sunday. The ambulance came, they already put him on a new drug and he's doing great. Which of you gets the report?",
    );
    assert_ne!(over.0, Urgency::Emergency, "{over:?}");
}

#[test]
fn a_short_harmless_message_is_no_emergency() {
    for text in [
        "my appetite is odd this week",
        "my dog had a seizure so I missed the appointment",
        "an overdose of family this weekend, reschedule monday please",
        "mis lentes nuevos me hacen sentir raro",
    ] {
        assert_ne!(triage(text, None).urgency, Urgency::Emergency, "{text}");
    }
}

#[test]
fn a_short_message_of_danger_stays_one() {
    for text in [
        "my face feels odd since breakfast and droops",
        "my arm feels dead all of a sudden",
        "chest odd and sweaty since lunch",
        "my son had a seizure so I missed the appointment",
        "he took an overdose this weekend",
        "my dog bit me and it wont stop bleeding",
        "he is like a zombie since noon and won't answer",
        "used to hit me, now he is choking me",
    ] {
        assert_eq!(triage(text, None).urgency, Urgency::Emergency, "{text}");
    }
}

#[test]
fn wording_that_only_makes_pairs_tells_of_nothing_alone() {
    let tells = |text: &str| read(text).1.tell_of_danger();
    assert!(!tells("the door squeaks since this morning"));
    assert!(tells("cannot see out of my left eye since this morning"));
    assert!(tells("my chest hurts") && tells("water broke"));
}

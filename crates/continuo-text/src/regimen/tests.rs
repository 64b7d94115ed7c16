use super::*;

/// `D:` and `P:` lines to "concept standing" in order.
fn check(visit: &str, expect: &[(&str, Standing)]) {
    let said: Vec<Said<'_>> = (0..)
        .zip(visit.lines())
        .map(|(number, line)| {
            let (who, text) = line.split_once(": ").expect("a speaker");
            Said { number, speaker: if who == "D" { Speaker::Doctor } else { Speaker::Patient }, text }
        })
        .collect();
    let found: Vec<(&str, Standing)> = find(&said).into_iter().map(|r| (r.concept, r.standing)).collect();
    assert_eq!(found, expect, "{visit}");
}

#[test]
fn an_answer_decides_what_a_list_only_names() {
    check("D: Let's see, the metformin?\nP: Yep, twice a day.\n", &[("metformin", Standing::Taken)]);
    check("D: Are you still on the aspirin?\nP: No, I quit that in March.\n", &[("aspirin", Standing::Stopped)]);
    check("D: You had tamoxifen on an old list.\nP: No, that was my sister.\n", &[("tamoxifen", Standing::OfOther)]);
    check("D: Are you having any trouble with the lisinopril?\nP: No.\n", &[("lisinopril", Standing::Taken)]);
}

#[test]
fn the_next_breath_takes_it_back() {
    check("P: They had me on simvastatin. I stopped that years ago.\n", &[("simvastatin", Standing::Stopped)]);
    check("P: Melatonin, somebody told me. I bought it but I never took it.\n", &[("melatonin", Standing::Never)]);
    check(
        "P: There's spironolactone, but the heart doctor took me off it.\n",
        &[("spironolactone", Standing::Stopped)],
    );
}

#[test]
fn somebody_elses_medicine_is_not_the_patients() {
    check(
        "P: My wife is on gabapentin and my dad takes warfarin.\n",
        &[("gabapentin", Standing::OfOther), ("warfarin", Standing::OfOther)],
    );
}

#[test]
fn what_is_only_weighed_is_not_begun() {
    check("D: I thought about adding metolazone, but not yet.\n", &[("metolazone", Standing::Considered)]);
    check("D: Bupropion is an option, we could add that later.\n", &[("bupropion", Standing::Considered)]);
    check("P: What about Ozempic?\nD: Let's talk about it next time.\n", &[("semaglutide", Standing::Considered)]);
}

#[test]
fn the_plan_starts_changes_and_stops() {
    let before = "D: How are you?\nP: I take amlodipine every day, and sertraline in the morning.\nD: Let me listen to your heart and your lungs for a moment, please.\n";
    check(
        &format!(
            "{before}D: I want to stop the amlodipine and start losartan, fifty milligrams a day. And go up on the sertraline to one hundred milligrams.\n"
        ),
        &[("amlodipine", Standing::ToStop), ("sertraline", Standing::Changed), ("losartan", Standing::ToStart)],
    );
}

/// What one line of one speaker makes of the one medicine it names.
fn all(lines: &[&str], medicine: &str, expect: Standing) {
    let wrong: Vec<_> = lines
        .iter()
        .filter_map(|line| {
            let found = read(line);
            (found != [(medicine, expect)]).then_some((line, found))
        })
        .collect();
    assert!(wrong.is_empty(), "{expect:?}: {wrong:#?}");
}

fn read(line: &str) -> Vec<(&'static str, Standing)> {
    let (who, text) = line.split_once(": ").expect("a speaker");
    let speaker = if who == "D" { Speaker::Doctor } else { Speaker::Patient };
    find(&[Said { number: 0, speaker, text }]).into_iter().map(|one| (one.concept, one.standing)).collect()
}

fn standing_of(line: &str) -> Standing {
    read(line).first().map_or(Standing::Named, |(_, standing)| *standing)
}

#[test]
fn a_denied_stop_goes_on() {
    all(
        &[
            "D: Don't stop the warfarin.",
            "D: Please do not stop taking the warfarin.",
            "D: We're not going to stop the warfarin.",
            "D: I don't want you to stop your warfarin.",
            "D: I wouldn't hold the warfarin.",
            "D: There's no reason to stop the warfarin.",
            "D: Never skip the warfarin.",
            "D: Under no circumstances stop the warfarin.",
            "D: Don't go without your warfarin.",
            "D: I'm not taking you off the warfarin.",
            "D: Don't come off the warfarin.",
            "D: The warfarin, don't stop that.",
            "D: The warfarin should not be stopped.",
            "D: Don't run out of the warfarin.",
            "D: It's dangerous to stop the warfarin.",
            "D: No deje de tomar la warfarina.",
            "D: No suspenda la warfarina.",
            "D: Hold all your pills except the warfarin.",
            "P: I haven't stopped taking the warfarin.",
            "P: I never stopped the warfarin.",
            "P: I didn't quit the warfarin.",
            "P: I don't want to stop the warfarin.",
            "P: They told me not to stop the warfarin.",
            "P: I can't sleep without the warfarin.",
            "P: I never miss my warfarin.",
            "P: I haven't missed a dose of the warfarin.",
            "P: The warfarin, no, I haven't stopped it.",
            "P: I'm on warfarin. I haven't stopped it.",
            "P: No he dejado de tomar la warfarina.",
            "P: Nunca deje la warfarina.",
        ],
        "warfarin",
        Standing::Taken,
    );
}

#[test]
fn a_stop_stops_whatever_is_denied_beside_it() {
    all(
        &[
            "D: Stop the warfarin.",
            "D: I'd like you to stop the pills that you're taking, the warfarin.",
            "D: No, stop the warfarin.",
            "D: I want you to stop taking the warfarin.",
            "D: It isn't helping, so let's stop the warfarin.",
            "D: Don't worry, we will stop the warfarin.",
            "D: You should not take the warfarin anymore.",
            "D: I'd come off the warfarin.",
            "D: Let's hold off on the warfarin.",
            "D: Let's put the warfarin on hold.",
            "D: The warfarin, let's stop that.",
            "D: Stay away from the warfarin.",
            "D: No more warfarin.",
            "D: Avoid the warfarin.",
            "D: Avoid taking warfarin.",
            "D: Leave the warfarin off.",
            "D: Get rid of the warfarin.",
            "D: Cut out the warfarin.",
            "D: You don't need the warfarin anymore.",
            "D: Why don't we stop the warfarin.",
            "D: Quit taking the warfarin.",
            "D: Take everything except the warfarin.",
            "D: Deje de tomar la warfarina.",
            "D: Suspenda la warfarina.",
        ],
        "warfarin",
        Standing::ToStop,
    );
    all(
        &[
            "P: I stopped the warfarin.",
            "P: I stopped taking the warfarin in March.",
            "P: I don't take the warfarin anymore.",
            "P: I no longer take warfarin.",
            "P: I'm not on the warfarin.",
            "P: The warfarin, I quit that.",
            "P: The warfarin I stopped years ago.",
            "P: They took me off the warfarin.",
            "P: I take everything except the warfarin.",
            "P: I can't afford the warfarin.",
            "P: I ran out of the warfarin.",
            "P: Ya no tomo la warfarina.",
            "P: Deje de tomar la warfarina.",
            "P: Tomo todo menos la warfarina.",
        ],
        "warfarin",
        Standing::Stopped,
    );
    all(
        &["P: I never filled the warfarin.", "P: I never took the warfarin.", "P: I haven't started the warfarin."],
        "warfarin",
        Standing::Never,
    );
}

#[test]
fn hold_on_and_stop_by_stop_no_medicine() {
    for line in [
        "D: Hold on, the metformin is at the pharmacy.",
        "D: Hold still while I look up the metformin.",
        "D: Stop by the pharmacy for the metformin.",
        "D: Get hold of the pharmacy about the metformin.",
        "D: Stop smoking and take the metformin.",
        "D: Hold that thought, the metformin is next.",
    ] {
        assert_ne!(standing_of(line), Standing::ToStop, "{line}");
    }
    for line in [
        "P: I stopped smoking and I take metformin.",
        "P: I take metformin and I quit drinking.",
        "P: I take metformin and my cough stopped.",
        "P: I take metformin but I stopped the aspirin.",
        "P: I take metformin but I don't take aspirin.",
    ] {
        assert_eq!(standing_of(line), Standing::Taken, "{line}");
    }
}

#[test]
fn an_exception_says_the_opposite_of_its_sentence() {
    all(
        &[
            "P: I don't take anything except the metformin.",
            "P: I take nothing but the metformin.",
            "P: I'm not on anything other than metformin.",
            "P: I don't take any pills, just the metformin.",
            "P: I don't take anything apart from metformin.",
            "P: No tomo nada excepto la metformina.",
            "P: No tomo nada, solo la metformina.",
            "P: No tomo nada mas que la metformina.",
            "D: Don't take anything except the metformin.",
            "D: Stop everything but the metformin.",
        ],
        "metformin",
        Standing::Taken,
    );
    all(
        &["P: I take all of them except the metformin.", "P: I take everything but the metformin."],
        "metformin",
        Standing::Stopped,
    );
}

#[test]
fn not_in_some_way_or_on_some_day_is_taken_all_the_same() {
    for line in [
        "P: I don't take the metformin every day.",
        "P: I didn't take my metformin this morning.",
        "P: I haven't taken my metformin today.",
        "P: I don't take the metformin with food.",
        "P: I don't take the metformin like I should.",
        "P: No tome la metformina hoy.",
    ] {
        assert_eq!(standing_of(line), Standing::Taken, "{line}");
    }
    for line in [
        "D: Don't take the metformin on an empty stomach.",
        "D: Don't take more than two metformin a day.",
        "D: Don't take the metformin together with the other one.",
    ] {
        assert_ne!(standing_of(line), Standing::ToStop, "{line}");
    }
}

#[test]
fn a_stop_under_a_condition_or_in_mind_is_none_yet() {
    for line in [
        "D: If your pressure is under a hundred, hold the lisinopril.",
        "D: Hold the lisinopril if your pressure is under a hundred.",
        "D: Stop the lisinopril if you get a cough.",
        "D: We could stop the lisinopril.",
        "D: I might stop the lisinopril at the next visit.",
        "D: Suspenda el lisinopril si vomita.",
        "D: Don't take the lisinopril if you are vomiting.",
    ] {
        assert_eq!(standing_of(line), Standing::Considered, "{line}");
    }
    for line in ["P: I'd like to stop the lisinopril.", "P: I was thinking about stopping the lisinopril."] {
        assert_eq!(standing_of(line), Standing::Taken, "{line}");
    }
}

#[test]
fn who_helps_with_a_medicine_does_not_take_it() {
    for line in [
        "P: My wife gives me my metformin.",
        "P: My daughter puts my metformin in the box.",
        "P: My son reminds me to take my metformin.",
        "P: Mi esposa me da la metformina.",
    ] {
        assert_ne!(standing_of(line), Standing::OfOther, "{line}");
    }
    for line in [
        "P: My wife takes metformin.",
        "P: My mother-in-law is on metformin.",
        "P: The doctor has my dad on metformin.",
        "P: Mi esposa toma metformina.",
    ] {
        assert_eq!(standing_of(line), Standing::OfOther, "{line}");
    }
}

#[test]
fn an_answer_that_it_cannot_be_had_is_no_yes() {
    let answered = |answer: &str, expect: Standing| {
        check(&format!("D: The Eliquis?\nP: {answer}\n"), &[("apixaban", expect)]);
    };
    for answer in [
        "I can't afford it.",
        "I couldn't tolerate it.",
        "The insurance won't cover it.",
        "I ran out of it.",
        "I used to take that.",
        "I was on that for a while.",
        "Not anymore.",
        "It was too expensive.",
        "Yeah, but I can't afford it anymore.",
        "No puedo pagarla.",
        "Ya no la tomo.",
        "I don't take it.",
    ] {
        answered(answer, Standing::Stopped);
    }
    for answer in ["I never filled it.", "I haven't picked it up yet.", "I never took it.", "Nunca la compre."] {
        answered(answer, Standing::Never);
    }
    for answer in [
        "I take it every day.",
        "I haven't stopped it.",
        "Never miss it.",
        "I can't live without it.",
        "Yeah, I've gotten used to it.",
        "I'm still on it.",
        "Sure.",
    ] {
        answered(answer, Standing::Taken);
    }
    answered("I don't remember.", Standing::Named);
}

#[test]
fn a_question_about_stopping_is_answered_the_other_way_round() {
    let answered = |question: &str, answer: &str, expect: Standing| {
        check(&format!("D: {question}\nP: {answer}\n"), &[("lisinopril", expect)]);
    };
    for question in ["Have you stopped the lisinopril?", "Did they stop the lisinopril?", "Are you off the lisinopril?"]
    {
        answered(question, "No.", Standing::Taken);
        answered(question, "Yes.", Standing::Stopped);
        answered(question, "No, I still take it.", Standing::Taken);
    }
    for question in [
        "Do you need refills on the lisinopril?",
        "Any trouble with the lisinopril?",
        "Do you take the lisinopril with food?",
        "Do you take the lisinopril every day?",
        "Did you take the lisinopril this morning?",
    ] {
        answered(question, "No.", Standing::Taken);
        answered(question, "I stopped it.", Standing::Stopped);
    }
    answered("Any trouble with the lisinopril?", "I don't have any.", Standing::Taken);
    answered("The lisinopril?", "I don't.", Standing::Stopped);
    answered("The lisinopril?", "Not every day.", Standing::Taken);
    answered("Did you stop the lisinopril?", "I did.", Standing::Stopped);
    answered("Did you stop the lisinopril?", "I didn't.", Standing::Taken);
    answered("You haven't stopped the lisinopril, have you?", "No.", Standing::Taken);
    answered("You're not taking the lisinopril?", "No.", Standing::Stopped);
    answered("You're not taking the lisinopril?", "Right.", Standing::Stopped);
    answered("Are you taking the lisinopril?", "No.", Standing::Stopped);
    answered("Are you taking the lisinopril?", "Yes.", Standing::Taken);
}

#[test]
fn a_stop_with_an_end_is_a_pause() {
    all(
        &[
            "D: Hold the metformin the morning of the scan.",
            "D: Stop the metformin until the surgery.",
            "D: Hold the metformin for two days.",
            "D: Stop the metformin five days before the procedure.",
            "D: The morning of the surgery, hold the metformin.",
            "D: Suspenda la metformina dos dias antes de la cirugia.",
        ],
        "metformin",
        Standing::ToPause,
    );
    all(
        &["D: Stop the metformin and take the other one for a week.", "D: Stop the metformin today."],
        "metformin",
        Standing::ToStop,
    );
}

#[test]
fn what_was_begun_again_or_never_done_is_taken() {
    all(
        &[
            "P: I stopped the metformin and then restarted it.",
            "P: I stopped the metformin for a week but I'm back on it.",
            "P: I was told to stop the metformin but I didn't.",
            "P: I forgot my metformin this morning.",
            "P: I sometimes skip the metformin.",
            "P: My mom takes metformin and so do I.",
            "P: My husband picks up my metformin for me.",
            "P: Mi hija me da la metformina.",
        ],
        "metformin",
        Standing::Taken,
    );
    all(
        &[
            "P: I've been skipping the metformin.",
            "P: I got the metformin but I'm scared to take it.",
            "P: Se me acabo la metformina.",
            "P: El doctor me quito la metformina.",
        ],
        "metformin",
        Standing::Stopped,
    );
}

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

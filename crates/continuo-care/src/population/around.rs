//! What stands around the visits: coverage, contacts, enrolment, plans and goals, social needs, allergies, appointments,
//! referrals, messages, consents.

use continuo_fhir::json::Json;

use super::chart::Chart;
use super::codes::{self, Code};
use super::fields::{Fields, coding, concept, number, own, period, reference, text, words};
use super::illness::{Health, Illness as I};
use super::life::Problems;
use super::morning::Needs;
use super::staff;
use super::when::{self, DAY};
use super::who::{self, Safety};
use crate::shapes;

/// How closely the person is cared for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tier {
    High,
    Medium,
    Low,
}

/// The tier by how much there is to care for.
pub(super) fn tier(chart: &Chart<'_>, health: &Health, needs: &Needs) -> Tier {
    match health.weight() {
        _ if needs.high_tier => Tier::High,
        3.. if needs.quiet => Tier::Medium,
        7.. => Tier::High,
        5..=6 if chart.who.index.is_multiple_of(3) => Tier::High,
        3..=6 => Tier::Medium,
        _ => Tier::Low,
    }
}

/// Writes everything around the visits.
pub(super) fn write(chart: &mut Chart<'_>, health: &Health, problems: &Problems, needs: &Needs) {
    let tier = tier(chart, health, needs);
    coverage(chart, needs);
    contacts(chart);
    enrolment(chart, health, problems, if chart.who.died.is_some() { Tier::Low } else { tier });
    if chart.who.died.is_some() {
        return;
    }
    allergies(chart);
    social(chart, needs);
    appointments(chart, health, needs);
    referrals(chart, health);
    messages(chart, tier, needs);
    consents(chart, health);
}

fn coverage(chart: &mut Chart<'_>, needs: &Needs) {
    let (payer, name, kind) = match chart.who.age {
        65.. => ("org-medicare", "Medicare", words("Medicare")),
        _ if needs.medicaid || chart.rng.chance(0.34) => {
            ("org-medicaid", "Medicaid", own(shapes::MEDICAID, "Medicaid"))
        }
        _ if chart.rng.chance(0.07) => return,
        _ => ("org-plan", "Harborlight Health Plan", concept(codes::HEALTH_PLAN)),
    };
    let end = match (chart.who.died, needs.coverage_ends_in) {
        (Some(day), _) => day,
        (None, Some(days)) => chart.today + days,
        (None, None) => when::month_end(chart.today + chart.rng.between(130, 480)),
    };
    let start = when::date(chart.today - chart.rng.between(600, 1500));
    let member =
        format!("{}{:07}", name.chars().next().unwrap_or('X'), chart.who.index.wrapping_mul(48_271) % 9_999_991);
    let id = chart.named("coverage");
    let who = chart.who.reference();
    let identifier = Fields::new()
        .with("type", concept(codes::MEMBER_NUMBER))
        .text("system", "urn:continuo:demo:member")
        .text("value", &member);
    let confirmed = Json::array([super::fields::extension("at", "valueDateTime", text(&when::date(chart.today - 40)))]);
    let resource = Fields::resource("Coverage", &id)
        .one("extension", Fields::new().text("url", shapes::EXT_CONFIRMED).with("extension", confirmed).done())
        .one("identifier", identifier.done())
        .text("status", if chart.who.died.is_some() { "cancelled" } else { "active" })
        .with("type", kind)
        .text("subscriberId", &member)
        .refer("beneficiary", &who)
        .with("relationship", concept(codes::SELF))
        .with("period", period(Some(start), Some(when::date(end))))
        .one("payor", Fields::new().text("reference", &format!("Organization/{payer}")).text("display", name).done());
    chart.out.push(resource.done());
}

fn contacts(chart: &mut Chart<'_>) {
    if let Some(relative) = who::related_person(&chart.who) {
        chart.out.push(relative);
    }
    if chart.who.safety == Safety::Unsafe {
        let id = chart.id();
        let flag = Fields::resource("Flag", &id)
            .with("meta", Fields::new().one("security", coding(codes::VIOLENCE_LABEL)).done())
            .text("status", "active")
            .one("category", concept(codes::SAFETY_FLAG))
            .with("code", words("Do not call at home: ask at the visit"))
            .refer("subject", &chart.who.reference());
        chart.out.push(flag.done());
    }
}

fn enrolment(chart: &mut Chart<'_>, health: &Health, problems: &Problems, tier: Tier) {
    let who = chart.who.reference();
    let (code, wording) = match tier {
        Tier::High => (shapes::TIER_HIGH, "High tier"),
        Tier::Medium => (shapes::TIER_MEDIUM, "Medium tier"),
        Tier::Low => (shapes::TIER_LOW, "Low tier"),
    };
    if tier != Tier::Low {
        let id = chart.id();
        let flag = Fields::resource("Flag", &id)
            .text("status", "active")
            .one("category", own(shapes::TIER, "Care management tier"))
            .with("code", own(code, wording))
            .refer("subject", &who)
            .with("period", period(Some(when::date(chart.today - 200)), None));
        chart.out.push(flag.done());
    }
    let programme = match () {
        () if health.since(I::Pregnancy).is_some() => 4,
        () if health.since(I::AtrialFibrillation).is_some() && chart.who.index.is_multiple_of(3) => 3,
        () if health.since(I::Depression).is_some() && chart.rng.chance(0.4) => 2,
        () if health.weight() >= 2 => 1,
        () => 5,
    };
    let start = chart.today - chart.rng.between(60, 900);
    let start = chart.who.died.map_or(start, |day| start.min(day - 30));
    let team = staff::TEAMS.get(chart.population.coordinator(chart.who.index).team).map_or("team-front", |team| team.0);
    let id = chart.named("enrolment");
    let (programme_id, programme_name) = staff::PROGRAMMES.get(programme).copied().unwrap_or(staff::PROGRAMMES[1]);
    let episode = Fields::resource("EpisodeOfCare", &id)
        .text("status", if chart.who.died.is_some() { "finished" } else { "active" })
        .one("type", own(programme_id, programme_name))
        .refer("patient", &who)
        .refer("managingOrganization", staff::CLINIC)
        .with("period", period(Some(when::date(start)), chart.who.died.map(when::date)))
        .refer("careManager", &chart.coordinator())
        .one("team", reference(&format!("CareTeam/{team}")));
    chart.out.push(episode.done());
    if tier == Tier::Low {
        return;
    }
    let member = |role: &str, words: &str, target: &str| {
        Fields::new().one("role", own(role, words)).refer("member", target).done()
    };
    let team_id = chart.named("team");
    let mut members = vec![
        member("care-coordinator", "Care coordinator", &chart.coordinator()),
        member("physician", "Physician", &chart.physician()),
        member("nurse", "Nurse", &chart.nurse()),
    ];
    if chart.who.relative.is_some() {
        members.push(member("caregiver", "Caregiver", &format!("RelatedPerson/{}-kin", chart.who.id)));
    }
    let resource = Fields::resource("CareTeam", &team_id)
        .text("status", "active")
        .text("name", "Care team")
        .refer("subject", &who)
        .with("participant", Json::Array(members))
        .one("managingOrganization", reference(staff::CLINIC));
    chart.out.push(resource.done());
    plan(chart, problems, &team_id, start);
}

const GOALS: &[(I, &str, &str)] = &[
    (I::Diabetes, "Keep A1c under 7.5", "Check blood sugar each morning"),
    (
        I::HeartFailure,
        "Know each morning what I weigh",
        "Weigh each morning, call if up 3 lb in a day or 5 lb in a week",
    ),
    (I::Hypertension, "Blood pressure under 130 at home", "Measure twice a week and write it down"),
    (I::Depression, "Go for a walk with a friend each week", "Talk with the counselor every two weeks"),
    (I::Copd, "Walk to the mailbox without stopping", "Use the inhaler each day and the breathing plan when worse"),
    (I::KidneyDisease, "Stay off dialysis", "Blood test every three months, no ibuprofen or naproxen"),
    (I::Dementia, "Stay at home with my family", "Respite for the caregiver twice a month"),
];

/// What the goals that name a number mean by it: below so much.
const TARGETS: &[(I, Code, f64, usize, Code)] =
    &[(I::Diabetes, codes::A1C, 7.5, 1, codes::PERCENT), (I::Hypertension, codes::SYSTOLIC, 130.0, 0, codes::MM_HG)];

fn plan(chart: &mut Chart<'_>, problems: &Problems, team: &str, start: i64) {
    let who = chart.who.reference();
    let mut goals = Vec::new();
    let mut activities = Vec::new();
    let mut addressed = Vec::new();
    for (illness, goal, activity) in GOALS {
        let Some((_, problem)) = problems.iter().find(|(has, _)| has == illness) else { continue };
        let id = chart.id();
        let target = TARGETS.iter().find(|(has, ..)| has == illness).map(|(_, measure, below, decimals, unit)| {
            let detail = Fields::new()
                .with("value", number(*below, *decimals))
                .text("comparator", "<")
                .text("unit", unit.meaning)
                .text("system", unit.system)
                .text("code", unit.value)
                .done();
            let target = Fields::new().with("measure", concept(*measure)).with("detailQuantity", detail).done();
            Json::Array(vec![target])
        });
        let resource = Fields::resource("Goal", &id)
            .text("lifecycleStatus", "active")
            .with("achievementStatus", Fields::new().one("coding", coding(codes::GOAL_IN_PROGRESS)).done())
            .with("description", words(goal))
            .refer("subject", &who)
            .text("startDate", &when::date(start))
            .refer("expressedBy", &who)
            .one("addresses", reference(problem))
            .maybe("target", target);
        chart.out.push(resource.done());
        goals.push(reference(&format!("Goal/{id}")));
        addressed.push(reference(problem));
        let detail = Fields::new()
            .with("code", words(activity))
            .text("status", "in-progress")
            .text("description", activity)
            .done();
        activities.push(Fields::new().with("detail", detail).done());
    }
    if goals.is_empty() {
        return;
    }
    let id = chart.named("plan");
    let resource = Fields::resource("CarePlan", &id)
        .text("status", "active")
        .text("intent", "plan")
        .text("title", "Plan of care")
        .refer("subject", &who)
        .with("period", period(Some(when::date(start)), None))
        .text("created", &when::date(start))
        .refer("author", &chart.coordinator())
        .one("careTeam", reference(&format!("CareTeam/{team}")))
        .with("addresses", Json::Array(addressed))
        .with("goal", Json::Array(goals))
        .with("activity", Json::Array(activities));
    chart.out.push(resource.done());
}

fn allergies(chart: &mut Chart<'_>) {
    let (code, severe, manifestation) = match chart.rng.between(0, 99) {
        0..=8 => (codes::PENICILLIN, true, "Anaphylaxis"),
        9..=13 => (codes::PENICILLIN, false, "Rash"),
        14..=18 => (codes::SULFA_TRIMETHOPRIM, false, "Rash"),
        19..=20 => (codes::PEANUT_ALLERGY, true, "Swelling of the throat"),
        21..=23 => (codes::NAPROXEN, false, "Stomach bleeding"),
        24..=69 => (codes::NO_KNOWN_ALLERGY, false, ""),
        _ => return,
    };
    let id = chart.id();
    let reaction = (!manifestation.is_empty())
        .then(|| Json::array([Fields::new().one("manifestation", words(manifestation)).done()]));
    let recorded = chart.today - chart.rng.between(30, 2000);
    let criticality = (!manifestation.is_empty()).then(|| text(if severe { "high" } else { "low" }));
    let resource = Fields::resource("AllergyIntolerance", &id)
        .with("clinicalStatus", Fields::new().one("coding", coding(codes::ALLERGY_ACTIVE)).done())
        .with("verificationStatus", Fields::new().one("coding", coding(codes::ALLERGY_CONFIRMED)).done())
        .maybe("criticality", criticality)
        .with("code", concept(code))
        .refer("patient", &chart.who.reference())
        .text("recordedDate", &when::date(recorded))
        .refer("recorder", &chart.nurse())
        .maybe("reaction", reaction);
    chart.out.push(resource.done());
}

fn social(chart: &mut Chart<'_>, needs: &Needs) {
    if chart.who.age < 18 || needs.screened || !chart.rng.chance(0.45) {
        return;
    }
    let day = chart.today - chart.rng.between(100, 700);
    let start = chart.office_hour(day);
    let hungry = chart.rng.chance(0.14);
    let stranded = chart.rng.chance(0.10);
    let id = chart.id();
    let answer = if hungry { codes::AT_RISK } else { codes::ANSWER_NO };
    let observation = chart.answer(id, codes::SURVEY, start, codes::HUNGER_RISK, answer);
    let id = chart.id();
    chart.answer(
        id,
        codes::SURVEY,
        start,
        codes::TRANSPORT_NEED,
        if stranded { codes::TRANSPORT_MEDICAL } else { codes::ANSWER_NO },
    );
    if hungry {
        need(chart, codes::FOOD_INSECURITY, start, "food pantry", &observation);
    }
    if stranded {
        need(chart, codes::TRANSPORT_INSECURITY, start, "rides to visits", &observation);
    }
}

fn need(chart: &mut Chart<'_>, code: codes::Code, start: i64, to: &str, evidence: &str) {
    let who = chart.who.reference();
    let id = chart.id();
    let condition = Fields::resource("Condition", &id)
        .with("clinicalStatus", Fields::new().one("coding", coding(codes::CONDITION_ACTIVE)).done())
        .one("category", Fields::new().one("coding", coding(codes::PROBLEM_LIST)).done())
        .with("code", concept(code))
        .refer("subject", &who)
        .text("recordedDate", &when::date(start.div_euclid(DAY)))
        .one("evidence", Fields::new().one("detail", reference(evidence)).done());
    chart.out.push(condition.done());
    let request = chart.id();
    let request = chart.referral(request, "completed", false, start + 30, to, words(code.meaning));
    let task = chart.id();
    chart.task(
        task,
        own("referral-loop", "Referral"),
        &format!("Referral to {to}"),
        "completed",
        start + 30,
        start + 14 * DAY,
        Some(&request),
    );
}

fn appointments(chart: &mut Chart<'_>, health: &Health, needs: &Needs) {
    let weight = health.weight();
    if chart.rng.chance((0.3 + 0.12 * weight as f64).min(0.9)) {
        let day = chart.today + chart.rng.between(3, 90);
        let start = chart.office_hour(day);
        let id = chart.id();
        chart.appointment(id, "booked", start, words("Office visit"), "Follow-up", None);
    }
    if chart.rng.chance(0.22) {
        let missed = chart.rng.between(30, 380);
        let start = chart.office_hour(chart.today - missed);
        let id = chart.id();
        chart.appointment(id, "noshow", start, words("Office visit"), "Follow-up", None);
        let start = chart.office_hour(chart.today - missed + 12);
        let id = chart.id();
        chart.appointment(id, "fulfilled", start, words("Office visit"), "Follow-up, new date", None);
        let id = chart.id();
        chart.encounter(id, codes::AMBULATORY, start, 25, concept(codes::VISIT), "Follow-up, new date");
    }
    if health.since(I::KidneyFailure).is_some() {
        for week in 0..2 {
            let start = chart.office_hour(chart.today - 3 - week * 7);
            let id = chart.id();
            chart.appointment(id, "fulfilled", start, own(shapes::DIALYSIS, "Dialysis"), "Dialysis", None);
        }
        if needs.quiet {
            return;
        }
        let start = chart.office_hour(chart.today + 2);
        let id = chart.id();
        chart.appointment(id, "booked", start, own(shapes::DIALYSIS, "Dialysis"), "Dialysis", None);
    }
}

fn referrals(chart: &mut Chart<'_>, health: &Health) {
    let kinds: &[(I, &str)] = &[
        (I::HeartFailure, "cardiology"),
        (I::Coronary, "cardiology"),
        (I::KidneyDisease, "nephrology"),
        (I::Diabetes, "eye clinic"),
        (I::Copd, "lung clinic"),
        (I::Arthritis, "physical therapy"),
        (I::Depression, "counseling"),
    ];
    for (illness, to) in kinds {
        if health.since(*illness).is_none() || !chart.rng.chance(0.4) {
            continue;
        }
        let day = chart.today - chart.rng.between(200, 1500);
        let written = chart.office_hour(day);
        let id = chart.id();
        let request = chart.referral(id, "completed", false, written, to, words("Long-lasting condition"));
        let id = chart.id();
        chart.task(
            id,
            own("referral-loop", "Referral"),
            &format!("Referral to {to}"),
            "completed",
            written,
            written + 30 * DAY,
            Some(&request),
        );
        let id = chart.id();
        let report = format!("Seen in {to} (made-up). Findings stable. Continue treatment; next visit in one year.");
        chart.document(
            id,
            codes::CONSULT_NOTE,
            written + 26 * DAY,
            &format!("Report from {to}"),
            &report,
            Some(&request),
        );
    }
}

const ROUTINE: &[(&str, &str)] = &[
    (
        "Could I have a copy of my last lab results for my insurance?",
        "Sent to your portal. Call us if you cannot open them.",
    ),
    ("My new pharmacy is the one on Main St in Milbrook.", "Changed, thank you."),
    ("Can my daughter come along to the next visit?", "Yes, she is welcome."),
    ("Do I need to fast before the blood test on Thursday?", "No need to fast for this test."),
    ("Please move my visit to the afternoon, I work mornings.", "Done: same day, 2:30 pm."),
];

fn messages(chart: &mut Chart<'_>, tier: Tier, needs: &Needs) {
    for _ in 0..chart.rng.between(0, 2) {
        let sent = chart.office_hour_ago(20, 500);
        let (question, answer) = *chart.rng.pick(ROUTINE);
        let id = chart.id();
        let message = chart.message_in(id, sent, question);
        let answered = sent + chart.rng.between(60, 900);
        chart.reply(&message, answered, answer);
    }
    let calls = match tier {
        Tier::High => 6,
        Tier::Medium => 2,
        Tier::Low => 0,
    };
    let since = if needs.quiet { 45 } else { 2 };
    for n in 0..calls {
        let day = chart.today - since - n * 26 - chart.rng.between(0, 4);
        let sent = chart.office_hour(day);
        if chart.rng.chance(0.25) && n > 0 {
            let outcome = *chart.rng.pick(&[shapes::NO_ANSWER, shapes::VOICEMAIL]);
            chart.call_out(sent, outcome, None, "No answer.");
            chart.call_out(sent + 300, shapes::REACHED, None, "Reached on the second try. Doing well.");
        } else {
            chart.call_out(sent, shapes::REACHED, None, "Monthly call. No new problems; goals gone through.");
        }
    }
}

fn consents(chart: &mut Chart<'_>, health: &Health) {
    let part2 = health.since(I::OpioidUse).is_some() || health.since(I::AlcoholUse).is_some();
    if !part2 && !chart.rng.chance(0.3) {
        return;
    }
    if part2 && chart.who.index.is_multiple_of(2) {
        return;
    }
    let id = chart.id();
    let start = when::date(chart.today - chart.rng.between(30, 300));
    let ends = when::date(chart.today + 200);
    let label = part2.then(|| Json::array([coding(codes::PART2)]));
    let clinic = Fields::new().with("role", words("Recipient")).refer("reference", staff::CLINIC).done();
    let provision = Fields::new()
        .text("type", "permit")
        .with("period", period(Some(start.clone()), Some(ends)))
        .one("actor", clinic)
        .maybe("securityLabel", label);
    let resource = Fields::resource("Consent", &id)
        .text("status", "active")
        .with("scope", concept(codes::PRIVACY_SCOPE))
        .one("category", concept(codes::PRIVACY_CONSENT))
        .refer("patient", &chart.who.reference())
        .text("dateTime", &start)
        .one("organization", reference(staff::CLINIC))
        .with("policyRule", concept(codes::OPT_IN))
        .with("provision", provision.done());
    chart.out.push(resource.done());
}

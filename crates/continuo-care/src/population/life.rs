//! Ten years of visits: conditions progress, results move with them, medicines follow the results.
//!
//! The last months are kept tidy on purpose: each abnormal result was told, each missed visit rebooked, each referral
//! answered. What is open on the morning is written by [`super::morning`] and nothing else, so that its size is known.

mod measured;

use super::chart::Chart;
use super::codes::{self, Code};
use super::fields::{Fields, coding, concept, own, text, words};
use super::illness::{Health, Illness as I, code_of};
use super::medicines::Medicines;
use super::when::{self, DAY, Day, Minute};
use crate::shapes;
use measured::{immunization, laboratory, screening, vitals};

/// No stay, emergency visit or open end later than this many days before the morning.
const QUIET: Day = 125;

/// What a body measures, moving from visit to visit.
struct Body {
    weight: f64,
    height: f64,
    systolic: f64,
    a1c: f64,
    egfr: f64,
    ldl: f64,
    phq: f64,
}

/// A condition on the problem list: reference by illness.
pub(super) type Problems = Vec<(I, String)>;

/// Writes the problem list and gives back the references.
pub(super) fn problems(chart: &mut Chart<'_>, health: &Health) -> Problems {
    let mut written = Vec::new();
    for (illness, day) in health.all() {
        let code = code_of(illness, chart.who.woman);
        if illness == I::KidneyDisease && day < chart.today - 1500 {
            condition(chart, codes::CKD3A, day, Some(day + 1200), None);
            let reference = condition(chart, stage(day, chart.today), day + 1200, None, None);
            written.push((illness, reference));
            continue;
        }
        let label = match illness {
            I::OpioidUse | I::AlcoholUse => Some(codes::PART2),
            I::Psychosis | I::Bipolar => Some(codes::PSYCHIATRY_LABEL),
            I::Hiv => Some(codes::HIV_LABEL),
            _ => None,
        };
        let reference = condition(chart, code, day, None, label);
        written.push((illness, reference));
    }
    written
}

fn stage(since: Day, today: Day) -> Code {
    if today - since > 3600 { codes::CKD4 } else { codes::CKD3B }
}

fn condition(chart: &mut Chart<'_>, code: Code, onset: Day, ended: Option<Day>, label: Option<Code>) -> String {
    let id = chart.id();
    let status = if ended.is_some() { codes::CONDITION_RESOLVED } else { codes::CONDITION_ACTIVE };
    let resource = Fields::resource("Condition", &id)
        .maybe("meta", label.map(|label| Fields::new().one("security", coding(label)).done()))
        .with("clinicalStatus", Fields::new().one("coding", coding(status)).done())
        .with("verificationStatus", Fields::new().one("coding", coding(codes::CONDITION_CONFIRMED)).done())
        .one("category", Fields::new().one("coding", coding(codes::PROBLEM_LIST)).done())
        .with("code", concept(code))
        .refer("subject", &chart.who.reference())
        .text("onsetDateTime", &when::date(onset))
        .maybe("abatementDateTime", ended.map(|day| text(&when::date(day))))
        .text("recordedDate", &when::date(onset));
    chart.out.push(resource.done());
    format!("Condition/{id}")
}

/// Writes the visits of ten years with what was measured, and gives back the medicines.
pub(super) fn visits(chart: &mut Chart<'_>, health: &Health, problems: &Problems, quiet: bool) -> Medicines {
    let mut medicines = Medicines::default();
    let first = (chart.today - 3650).max(chart.who.birth + 14);
    let last = chart.today - if quiet { 32 } else { 12 };
    let last = chart.who.died.map_or(last, |day| last.min(day - 5));
    let mut body = body(chart, health);
    let calm = if chart.who.age < 18 { 420.0 } else { 760.0 };
    let step = (calm / (1.0 + 0.38 * health.weight() as f64)).max(150.0);
    let mut day = first + chart.rng.between(0, step as i64);
    let mut seen = first;
    while day <= last {
        let start = chart.office_hour(day);
        visit(chart, health, problems, &mut body, &mut medicines, start, seen);
        seen = day;
        day += (step * (0.7 + 0.6 * chart.rng.unit())) as i64 + 1;
    }
    stays(chart, health);
    medicines
}

fn body(chart: &mut Chart<'_>, health: &Health) -> Body {
    let age = chart.who.age as f64;
    let height = if age < 18.0 {
        (52.0 + age * 6.6).min(172.0) + chart.rng.normal(0.0, 3.0)
    } else if chart.who.woman {
        chart.rng.normal(162.0, 6.0)
    } else {
        chart.rng.normal(176.0, 7.0)
    };
    let bmi: f64 = match () {
        () if age < 18.0 => 15.0 + age * 0.4,
        () if health.since(I::Obesity).is_some() => chart.rng.normal(34.0, 3.0),
        () => chart.rng.normal(25.5, 2.4),
    };
    Body {
        weight: bmi * (height / 100.0).powi(2),
        height,
        systolic: if age < 18.0 { 104.0 } else { 112.0 + (age - 30.0).max(0.0) * 0.25 },
        a1c: 5.3,
        egfr: (118.0 - age * 0.62).clamp(55.0, 110.0),
        ldl: chart.rng.normal(112.0, 14.0),
        phq: 2.0,
    }
}

fn visit(
    chart: &mut Chart<'_>,
    health: &Health,
    problems: &Problems,
    body: &mut Body,
    medicines: &mut Medicines,
    start: Minute,
    seen: Day,
) {
    let day = start.div_euclid(DAY);
    let years = (day - seen) as f64 / 365.25;
    let child = when::years(chart.who.birth, day) < 18;
    let reason = if child {
        "Well child visit"
    } else if health.weight() == 0 {
        "Check-up"
    } else {
        "Follow-up of long-lasting conditions"
    };
    let remote = day > chart.today - 2200 && chart.rng.chance(0.12);
    let class = if remote { codes::VIRTUAL } else { codes::AMBULATORY };
    let id = chart.id();
    let encounter = chart.encounter(id, class, start, 25, concept(codes::VISIT), reason);
    progress(chart, health, body, medicines, day, years);
    treat(chart, health, problems, body, medicines, day);
    if !remote {
        vitals(chart, health, body, &encounter, start);
    }
    laboratory(chart, health, body, medicines, &encounter, start);
    immunization(chart, start);
    screening(chart, health, body, start);
    if chart.rng.chance(0.05) && !child {
        medicines.course(codes::AMOXICILLIN, day, 7);
    }
}

fn progress(chart: &mut Chart<'_>, health: &Health, body: &mut Body, medicines: &Medicines, day: Day, years: f64) {
    let rng = &mut chart.rng;
    body.weight *= 1.0 + rng.normal(0.002, 0.006);
    let steps = |drugs: &[Code]| drugs.iter().filter(|drug| medicines.takes(**drug)).count() as f64;
    let raised = if health.has(I::Hypertension, day) { 26.0 } else { 0.0 };
    let treated = steps(&[
        codes::LISINOPRIL10,
        codes::LOSARTAN,
        codes::AMLODIPINE,
        codes::HYDROCHLOROTHIAZIDE,
        codes::CARVEDILOL,
    ]);
    let wanted = 116.0 + raised - treated * 9.0;
    body.systolic += (wanted - body.systolic) * 0.6 + rng.normal(0.0, 3.0);
    let sugar = match health.since(I::Diabetes) {
        Some(since) if since <= day => 7.6 + (day - since) as f64 / 365.0 * 0.16,
        _ if health.has(I::Prediabetes, day) => 6.0,
        _ => 5.4,
    };
    let sugar = sugar
        - 0.75 * steps(&[codes::METFORMIN, codes::GLIPIZIDE, codes::EMPAGLIFLOZIN])
        - 1.1 * steps(&[codes::GLARGINE]);
    body.a1c = (body.a1c + (sugar - body.a1c) * 0.7 + rng.normal(0.0, 0.18)).clamp(4.8, 11.5);
    if health.has(I::KidneyFailure, day) {
        body.egfr = rng.normal(9.0, 1.0);
    } else if health.has(I::KidneyDisease, day) {
        body.egfr = (body.egfr.min(58.0) - 2.2 * years.max(0.1)).max(17.0);
    } else {
        body.egfr = (body.egfr - 0.6 * years).max(61.0);
    }
    let statin = steps(&[codes::ATORVASTATIN80, codes::SIMVASTATIN]) > 0.0;
    let fat = if health.has(I::HighCholesterol, day) { 158.0 } else { 110.0 };
    body.ldl += (if statin { fat * 0.58 } else { fat } - body.ldl) * 0.7 + rng.normal(0.0, 6.0);
    let mood = match (
        health.has(I::Depression, day),
        steps(&[codes::SERTRALINE50, codes::ESCITALOPRAM, codes::SERTRALINE100]) > 0.0,
    ) {
        (true, false) => 14.0,
        (true, true) => 7.0,
        (false, _) => 2.0,
    };
    body.phq = (body.phq + (mood - body.phq) * 0.6 + rng.normal(0.0, 1.4)).clamp(0.0, 24.0);
}

fn treat(
    chart: &mut Chart<'_>,
    health: &Health,
    problems: &Problems,
    body: &Body,
    medicines: &mut Medicines,
    day: Day,
) {
    let reason = |illness: I| problems.iter().find(|(has, _)| *has == illness).map(|(_, reference)| reference.as_str());
    let mut add = |illness: I, ladder: &[Code]| {
        for code in ladder {
            if medicines.start(*code, day, reason(illness)) {
                return;
            }
        }
    };
    let has = |illness: I| health.has(illness, day);
    if has(I::Hypertension) && body.systolic > 138.0 {
        add(I::Hypertension, &[codes::LISINOPRIL10, codes::AMLODIPINE, codes::HYDROCHLOROTHIAZIDE]);
    }
    if has(I::Diabetes) && body.a1c > 7.2 {
        let first = if body.egfr > 32.0 { codes::METFORMIN } else { codes::GLIPIZIDE };
        add(I::Diabetes, &[first, codes::GLIPIZIDE, codes::EMPAGLIFLOZIN, codes::GLARGINE]);
    }
    if has(I::HighCholesterol) && body.ldl > 130.0 {
        add(I::HighCholesterol, &[codes::SIMVASTATIN]);
    }
    let always: &[(I, &[Code])] = &[
        (I::Coronary, &[codes::ASPIRIN, codes::ATORVASTATIN80]),
        (I::Stroke, &[codes::CLOPIDOGREL]),
        (I::HeartFailure, &[codes::FUROSEMIDE40, codes::CARVEDILOL, codes::SPIRONOLACTONE]),
        (I::Copd, &[codes::ALBUTEROL, codes::FLUTICASONE_SALMETEROL]),
        (I::Asthma, &[codes::ALBUTEROL, codes::FLUTICASONE]),
        (I::Depression, &[codes::SERTRALINE50]),
        (I::Anxiety, &[codes::ESCITALOPRAM]),
        (I::Bipolar, &[codes::LITHIUM]),
        (I::OpioidUse, &[codes::BUPRENORPHINE_NALOXONE]),
        (I::Dementia, &[codes::DONEPEZIL]),
        (I::Osteoporosis, &[codes::ALENDRONATE]),
        (I::Prostate, &[codes::TAMSULOSIN]),
        (I::Arthritis, &[codes::ACETAMINOPHEN]),
        (I::Adhd, &[codes::METHYLPHENIDATE]),
    ];
    for (illness, ladder) in always {
        if has(*illness) {
            let second_drug_for_mood = *illness == I::Anxiety && has(I::Depression);
            if !second_drug_for_mood {
                add(*illness, ladder);
            }
        }
    }
    if has(I::AtrialFibrillation) {
        let drug = if chart.who.index.is_multiple_of(3) { codes::WARFARIN } else { codes::APIXABAN };
        add(I::AtrialFibrillation, &[drug]);
    }
    if medicines.takes(codes::METFORMIN) && body.egfr < 30.0 {
        medicines.stop(codes::METFORMIN, day, "kidney function too low");
    }
    if medicines.takes(codes::SIMVASTATIN) && medicines.takes(codes::ATORVASTATIN80) {
        medicines.stop(codes::SIMVASTATIN, day, "replaced by a stronger statin");
    }
}

/// Hospital stays and emergency visits of earlier years, each with its papers, its call and its visit.
fn stays(chart: &mut Chart<'_>, health: &Health) {
    let reasons: &[(I, f64, &str)] = &[
        (I::HeartFailure, 0.9, "Heart failure"),
        (I::Copd, 0.6, "COPD flare"),
        (I::Coronary, 0.35, "Chest pain"),
        (I::KidneyFailure, 0.9, "Fluid overload"),
        (I::Diabetes, 0.18, "High blood sugar"),
        (I::Asthma, 0.25, "Asthma attack"),
        (I::Stroke, 0.6, "Stroke"),
        (I::Psychosis, 0.8, "Psychiatric admission"),
    ];
    for (illness, share, reason) in reasons {
        let Some(since) = health.since(*illness) else { continue };
        if !chart.rng.chance(*share) {
            continue;
        }
        let from = since.max(chart.today - 3600);
        let latest = latest_stay(chart);
        if from >= latest {
            continue;
        }
        let day = chart.rng.between(from, latest);
        if chart.rng.chance(0.4) {
            emergency_visit(chart, day, reason);
        } else {
            stay(chart, day, reason);
        }
    }
    if chart.rng.chance(0.25) {
        let latest = latest_stay(chart);
        let day = chart.rng.between(chart.today - 3600, latest).max(chart.who.birth + 2);
        let reason = *chart.rng.pick(&["Fall at home", "Fever", "Cut on the hand", "Belly pain", "Back pain"]);
        if day < latest {
            emergency_visit(chart, day, reason);
        }
    }
}

fn latest_stay(chart: &Chart<'_>) -> Day {
    let quiet = chart.today - QUIET;
    chart.who.died.map_or(quiet, |day| quiet.min(day - 30))
}

fn emergency_visit(chart: &mut Chart<'_>, day: Day, reason: &str) {
    let start = day * DAY + chart.rng.between(0, 1200);
    let id = chart.id();
    chart.encounter(id, codes::EMERGENCY, start, 240, words("Emergency visit"), reason);
    let call = chart.office_hour(day + 3);
    chart.call_out(call, shapes::REACHED, None, "Called after the emergency visit. Feels better.");
}

fn stay(chart: &mut Chart<'_>, day: Day, reason: &str) {
    let length = chart.rng.between(2, 7);
    let start = day * DAY + chart.rng.between(300, 1200);
    let id = chart.id();
    let encounter = chart.encounter(id, codes::INPATIENT, start, length * DAY - 180, words("Hospital stay"), reason);
    let home = day + length;
    let papers = chart.id();
    let body = format!(
        "Alder Regional Medical Center (made-up)\nDischarge summary\n\nReason: {reason}\nStay: {length} days\nResults pending: none\nFollow-up: clinic within 7 days\n"
    );
    chart.document(
        papers,
        codes::DISCHARGE_SUMMARY,
        home * DAY + 15 * 60,
        "Discharge summary",
        &body,
        Some(&encounter),
    );
    let call = chart.office_hour(when::weekday(home + 1));
    chart.call_out(
        call,
        shapes::REACHED,
        Some(&encounter),
        "Call after discharge: went through medicines and warning signs.",
    );
    let visit = chart.id();
    let start = chart.office_hour(when::weekday(home + 5));
    chart.encounter(
        visit,
        codes::AMBULATORY,
        start,
        30,
        own(shapes::POST_STAY, "Visit after a stay"),
        "Visit after a hospital stay",
    );
}

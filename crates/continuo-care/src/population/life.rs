//! Ten years of visits: conditions progress, results move with them, medicines follow the results.
//!
//! The last months are kept tidy on purpose: each abnormal result was told, each missed visit rebooked, each referral
//! answered. What is open on the morning is written by [`super::morning`] and nothing else, so that its size is known.

use super::chart::{Chart, Measured};
use super::codes::{self, Code};
use super::fields::{Fields, coding, concept, own, reference, text, words};
use super::illness::{Health, Illness as I, code_of};
use super::medicines::Medicines;
use super::when::{self, DAY, Day, Minute};
use crate::shapes;
use continuo_fhir::json::Json;

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

fn vitals(chart: &mut Chart<'_>, health: &Health, body: &Body, encounter: &str, start: Minute) {
    let day = start.div_euclid(DAY);
    let systolic = (body.systolic + chart.rng.normal(0.0, 5.0)).clamp(86.0, 178.0);
    let diastolic = (systolic * 0.6 + chart.rng.normal(4.0, 3.0)).clamp(50.0, 108.0);
    chart.blood_pressure(start + 5, Some(encounter), systolic, diastolic);
    let swelling = if health.has(I::HeartFailure, day) { 0.8 } else { 0.3 };
    let age_then = when::years(chart.who.birth, day).max(0) as f64;
    let grown =
        if chart.who.age < 18 { ((age_then + 2.0) / (chart.who.age as f64 + 2.0)).clamp(0.15, 1.0) } else { 1.0 };
    let weight = (body.weight * grown + chart.rng.normal(0.0, swelling)).max(3.0);
    let measured = Measured { code: codes::WEIGHT, value: weight, decimals: 1, unit: codes::KG, range: None };
    let id = chart.id();
    chart.observe(id, codes::VITAL_SIGNS, start + 3, Some(encounter), &measured);
    if chart.rng.chance(0.15) {
        let height = body.height * if grown < 1.0 { grown.sqrt() } else { 1.0 };
        let measured =
            Measured { code: codes::HEIGHT, value: height.max(48.0), decimals: 0, unit: codes::CM, range: None };
        let id = chart.id();
        chart.observe(id, codes::VITAL_SIGNS, start + 2, Some(encounter), &measured);
    }
    if health.has(I::Copd, day) || health.has(I::HeartFailure, day) {
        let value = chart.rng.normal(94.0, 1.2).min(99.0);
        let measured = Measured { code: codes::OXYGEN, value, decimals: 0, unit: codes::PERCENT, range: None };
        let id = chart.id();
        chart.observe(id, codes::VITAL_SIGNS, start + 4, Some(encounter), &measured);
    }
}

fn laboratory(
    chart: &mut Chart<'_>,
    health: &Health,
    body: &Body,
    medicines: &Medicines,
    encounter: &str,
    start: Minute,
) {
    let day = start.div_euclid(DAY);
    let age = when::years(chart.who.birth, day);
    let mut results: Vec<(String, bool)> = Vec::new();
    let mut lab = |chart: &mut Chart<'_>, code, value: f64, decimals, unit, range| {
        let measured = Measured { code, value, decimals, unit, range: Some(range) };
        let flagged = measured.flag() != Some(codes::NORMAL);
        let id = chart.id();
        results.push((chart.observe(id, codes::LABORATORY, start + 12, Some(encounter), &measured), flagged));
    };
    let sugar = health.has(I::Diabetes, day) || health.has(I::Prediabetes, day);
    if sugar && chart.rng.chance(0.75) || (age > 40 && chart.rng.chance(0.12)) {
        lab(chart, codes::A1C, body.a1c, 1, codes::PERCENT, (4.0, 5.6));
    }
    let kidneys = health.has(I::KidneyDisease, day) || health.has(I::Diabetes, day) || health.has(I::HeartFailure, day);
    if kidneys && chart.rng.chance(0.6) || (age > 35 && chart.rng.chance(0.25)) {
        let egfr = (body.egfr + chart.rng.normal(0.0, 2.0)).max(5.0);
        let creatinine = (82.0 / egfr.max(8.0)).clamp(0.5, 8.5);
        let potassium = (4.2 + (60.0 - egfr.min(60.0)) * 0.012 + chart.rng.normal(0.0, 0.22)).clamp(3.4, 5.4);
        let sodium = chart.rng.normal(139.5, 1.6).clamp(133.0, 145.0);
        lab(chart, codes::CREATININE, creatinine, 2, codes::MG_DL, (0.5, 1.3));
        lab(chart, codes::EGFR, egfr, 0, codes::EGFR_UNIT, (60.0, 140.0));
        lab(chart, codes::POTASSIUM, potassium, 1, codes::MMOL_L, (3.5, 5.1));
        lab(chart, codes::SODIUM, sodium, 0, codes::MMOL_L, (135.0, 145.0));
    }
    if (health.has(I::HighCholesterol, day) || age > 45) && chart.rng.chance(0.3) {
        lab(chart, codes::LDL, body.ldl, 0, codes::MG_DL, (0.0, 130.0));
        let hdl = chart.rng.normal(50.0, 7.0);
        lab(chart, codes::HDL, hdl, 0, codes::MG_DL, (35.0, 100.0));
    }
    if age > 50 && chart.rng.chance(0.18) {
        let low = if health.has(I::KidneyDisease, day) { 11.4 } else { 13.8 };
        let value = chart.rng.normal(low, 0.7);
        lab(chart, codes::HEMOGLOBIN, value, 1, codes::G_DL, (11.5, 17.0));
    }
    if medicines.takes(codes::WARFARIN) {
        let value = chart.rng.normal(2.5, 0.22).clamp(2.0, 3.0);
        lab(chart, codes::INR, value, 1, codes::INR_UNIT, (2.0, 3.0));
    }
    report(chart, &results, encounter, start);
}

fn report(chart: &mut Chart<'_>, results: &[(String, bool)], encounter: &str, start: Minute) {
    if results.is_empty() {
        return;
    }
    let id = chart.id();
    let flagged = results.iter().any(|(_, flagged)| *flagged);
    let report = Fields::resource("DiagnosticReport", &id)
        .text("status", "final")
        .one("category", Fields::new().one("coding", coding(codes::LAB_SECTION)).done())
        .with("code", if results.len() > 2 { concept(codes::METABOLIC_PANEL) } else { words("Laboratory results") })
        .refer("subject", &chart.who.reference())
        .refer("encounter", encounter)
        .text("effectiveDateTime", &chart.at(start + 12))
        .text("issued", &chart.at(start + 200))
        .with("result", Json::array(results.iter().map(|(target, _)| reference(target))))
        .text("conclusion", if flagged { "Some results outside the range." } else { "All within the range." });
    chart.out.push(report.done());
    let recent = start.div_euclid(DAY) > chart.today - 150;
    if flagged && recent {
        let told = (start + DAY).min(chart.now - 60);
        chart.call_out(
            told,
            shapes::REACHED,
            Some(&format!("DiagnosticReport/{id}")),
            "Went through the results and what we do about them.",
        );
        let task = chart.id();
        chart.task(
            task,
            own("review-result", "Review result"),
            "Look at the results",
            "completed",
            start + 200,
            start + 2 * DAY,
            Some(&format!("DiagnosticReport/{id}")),
        );
    }
}

fn immunization(chart: &mut Chart<'_>, start: Minute) {
    let day = start.div_euclid(DAY);
    let (_, month, _) = when::civil(day);
    let age = when::years(chart.who.birth, day);
    let code = match age {
        _ if (9..=12).contains(&month) && chart.rng.chance(0.55) => codes::FLU_SHOT,
        0..=1 => *chart.rng.pick(&[codes::DTAP, codes::POLIO, codes::MMR, codes::VARICELLA]),
        4..=6 if chart.rng.chance(0.5) => *chart.rng.pick(&[codes::DTAP, codes::MMR]),
        11..=13 if chart.rng.chance(0.6) => *chart.rng.pick(&[codes::TDAP, codes::HPV]),
        50..=64 if chart.rng.chance(0.05) => codes::ZOSTER,
        65.. if chart.rng.chance(0.06) => *chart.rng.pick(&[codes::PNEUMO13, codes::PNEUMO23, codes::ZOSTER]),
        18.. if chart.rng.chance(0.03) => codes::TETANUS,
        _ => return,
    };
    let id = chart.id();
    let resource = Fields::resource("Immunization", &id)
        .text("status", "completed")
        .with("vaccineCode", concept(code))
        .refer("patient", &chart.who.reference())
        .text("occurrenceDateTime", &when::date(day))
        .with("primarySource", Json::Bool(true));
    chart.out.push(resource.done());
}

fn screening(chart: &mut Chart<'_>, health: &Health, body: &Body, start: Minute) {
    let day = start.div_euclid(DAY);
    let age = when::years(chart.who.birth, day);
    if age >= 12 && (health.has(I::Depression, day) || chart.rng.chance(0.25)) && chart.rng.chance(0.6) {
        let measured =
            Measured { code: codes::PHQ9, value: body.phq.round(), decimals: 0, unit: codes::SCORE, range: None };
        let id = chart.id();
        chart.observe(id, codes::SURVEY, start + 8, None, &measured);
        let id = chart.id();
        chart.answer(id, codes::SURVEY, start + 8, codes::PHQ9_ITEM9, codes::NOT_AT_ALL);
    }
    if age >= 18 && chart.rng.chance(0.18) {
        let smoking = match () {
            () if health.has(I::Smoking, day) => codes::DAILY_SMOKER,
            () if chart.who.index.is_multiple_of(4) => codes::FORMER_SMOKER,
            () => codes::NEVER_SMOKED,
        };
        let id = chart.id();
        chart.answer(id, codes::SOCIAL_HISTORY, start + 9, codes::TOBACCO, smoking);
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

//! What is measured at a visit: vital signs, laboratory, questionnaires, and the vaccines given there.

use continuo_fhir::json::Json;

use super::super::chart::{Chart, Measured};
use super::super::codes;
use super::super::fields::{Fields, coding, concept, own, reference, words};
use super::super::illness::{Health, Illness as I};
use super::super::medicines::Medicines;
use super::super::when::{self, DAY, Minute};
use super::Body;
use crate::shapes;

pub(super) fn vitals(chart: &mut Chart<'_>, health: &Health, body: &Body, encounter: &str, start: Minute) {
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

pub(super) fn laboratory(
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

pub(super) fn immunization(chart: &mut Chart<'_>, start: Minute) {
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

pub(super) fn screening(chart: &mut Chart<'_>, health: &Health, body: &Body, start: Minute) {
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

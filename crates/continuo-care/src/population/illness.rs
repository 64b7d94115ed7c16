//! Which long-lasting conditions a person has and since when.
//!
//! Shares by age follow the shape of US adult practice (more with age, clustered: diabetes with obesity and kidney
//! disease, heart failure with coronary disease). They are made up to look right, not taken from a study.

use super::codes::{self, Code};
use super::morning::Needs;
use super::rng::Rng;
use super::when::Day;
use super::who::Who;

/// A long-lasting condition of the generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Illness {
    Hypertension,
    HighCholesterol,
    Obesity,
    Prediabetes,
    Diabetes,
    KidneyDisease,
    KidneyFailure,
    Coronary,
    HeartFailure,
    AtrialFibrillation,
    Stroke,
    Copd,
    Asthma,
    Depression,
    Anxiety,
    Psychosis,
    Bipolar,
    OpioidUse,
    AlcoholUse,
    Smoking,
    Dementia,
    Arthritis,
    BackPain,
    Osteoporosis,
    Prostate,
    Pregnancy,
    Cancer,
    Hiv,
    Adhd,
}

use Illness as I;

/// (condition, code, youngest age, share at 30, at 55, at 80)
const SHARES: &[(Illness, Code, i64, f64, f64, f64)] = &[
    (I::Hypertension, codes::HYPERTENSION, 25, 0.08, 0.45, 0.72),
    (I::HighCholesterol, codes::HYPERLIPIDEMIA, 30, 0.06, 0.36, 0.50),
    (I::Obesity, codes::OBESITY, 16, 0.26, 0.34, 0.20),
    (I::Prediabetes, codes::PREDIABETES, 30, 0.06, 0.18, 0.16),
    (I::Diabetes, codes::DIABETES2, 28, 0.03, 0.18, 0.26),
    (I::KidneyDisease, codes::CKD3A, 45, 0.0, 0.06, 0.28),
    (I::KidneyFailure, codes::KIDNEY_FAILURE, 40, 0.0, 0.008, 0.012),
    (I::Coronary, codes::CORONARY, 45, 0.0, 0.09, 0.26),
    (I::HeartFailure, codes::HEART_FAILURE, 50, 0.0, 0.03, 0.16),
    (I::AtrialFibrillation, codes::ATRIAL_FIBRILLATION, 55, 0.0, 0.03, 0.15),
    (I::Stroke, codes::STROKE, 50, 0.0, 0.02, 0.08),
    (I::Copd, codes::COPD, 45, 0.0, 0.08, 0.14),
    (I::Asthma, codes::ASTHMA, 5, 0.10, 0.08, 0.05),
    (I::Depression, codes::DEPRESSION, 15, 0.16, 0.17, 0.12),
    (I::Anxiety, codes::ANXIETY, 14, 0.14, 0.12, 0.08),
    (I::Psychosis, codes::SCHIZOPHRENIA, 20, 0.012, 0.012, 0.004),
    (I::Bipolar, codes::BIPOLAR, 20, 0.02, 0.015, 0.005),
    (I::OpioidUse, codes::OPIOID_USE, 20, 0.03, 0.025, 0.004),
    (I::AlcoholUse, codes::ALCOHOL_USE, 20, 0.03, 0.04, 0.015),
    (I::Smoking, codes::NICOTINE, 18, 0.16, 0.17, 0.07),
    (I::Dementia, codes::DEMENTIA, 66, 0.0, 0.0, 0.16),
    (I::Arthritis, codes::KNEE_ARTHRITIS, 45, 0.0, 0.16, 0.38),
    (I::BackPain, codes::BACK_PAIN, 25, 0.08, 0.16, 0.16),
    (I::Osteoporosis, codes::OSTEOPOROSIS, 60, 0.0, 0.03, 0.22),
    (I::Prostate, codes::PROSTATE, 55, 0.0, 0.16, 0.38),
    (I::Pregnancy, codes::PREGNANCY_SUPERVISION, 18, 0.07, 0.0, 0.0),
    (I::Cancer, codes::BREAST_CANCER, 42, 0.0, 0.03, 0.06),
    (I::Hiv, codes::HIV, 22, 0.006, 0.008, 0.002),
    (I::Adhd, codes::ADHD, 7, 0.04, 0.01, 0.0),
];

/// What a person has: condition and the day it was found, oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Health(Vec<(Illness, Day)>);

impl Health {
    /// The day a condition was found, if the person has it.
    pub(super) fn since(&self, illness: Illness) -> Option<Day> {
        self.0.iter().find(|(has, _)| *has == illness).map(|(_, day)| *day)
    }

    /// Whether the person has had it by this day.
    pub(super) fn has(&self, illness: Illness, by: Day) -> bool {
        self.since(illness).is_some_and(|day| day <= by)
    }

    /// All conditions, oldest first.
    pub(super) fn all(&self) -> impl Iterator<Item = (Illness, Day)> {
        self.0.iter().copied()
    }

    /// How many conditions need regular visits.
    pub(super) fn weight(&self) -> usize {
        self.0
            .iter()
            .filter(|(illness, _)| {
                !matches!(illness, I::Obesity | I::Prediabetes | I::Smoking | I::BackPain | I::Prostate)
            })
            .count()
    }
}

/// The code of a condition; cancer goes by sex.
pub(super) fn code_of(illness: Illness, woman: bool) -> Code {
    match illness {
        I::Cancer if !woman => codes::COLON_CANCER,
        _ => SHARES.iter().find(|row| row.0 == illness).map_or(codes::HYPERTENSION, |row| row.1),
    }
}

/// Draws the person's conditions; those the morning needs come in any case.
pub(super) fn health(who: &Who, needs: &Needs, today: Day, rng: &mut Rng) -> Health {
    let mut found: Vec<(Illness, Day)> = Vec::new();
    for &(illness, _, youngest, at_30, at_55, at_80) in SHARES {
        let wanted = needs.illnesses.contains(&illness);
        let drawn = rng.unit();
        let back = rng.between(120, 365 * 14);
        let possible = who.age >= youngest && fits(illness, who, &found);
        let share = share(who.age, at_30, at_55, at_80) * boost(illness, &found);
        let falls_ill = possible && drawn < share && !needs.excludes(illness);
        if !wanted && !falls_ill {
            continue;
        }
        let earliest = who.birth + youngest * 365;
        let day = match illness {
            I::Pregnancy => today - back % 150 - 60,
            _ if wanted => (today - back.max(900)).max(earliest),
            _ => (today - back).max(earliest).min(today - 120),
        };
        found.push((illness, day));
    }
    found.sort_by_key(|(illness, day)| (*day, *illness));
    Health(found)
}

fn fits(illness: Illness, who: &Who, found: &[(Illness, Day)]) -> bool {
    let has = |other| found.iter().any(|(known, _)| *known == other);
    match illness {
        I::Diabetes => !has(I::Prediabetes),
        I::KidneyFailure => !has(I::KidneyDisease),
        I::Prostate => !who.woman,
        I::Osteoporosis => who.woman,
        I::Pregnancy => who.woman && (18..=42).contains(&who.age),
        I::Adhd => who.age < 45,
        _ => true,
    }
}

fn boost(illness: Illness, found: &[(Illness, Day)]) -> f64 {
    let has = |other| found.iter().any(|(known, _)| *known == other);
    match illness {
        I::Diabetes if has(I::Obesity) => 1.7,
        I::KidneyDisease if has(I::Diabetes) || has(I::Hypertension) => 1.5,
        I::HeartFailure if has(I::Coronary) => 2.5,
        I::AtrialFibrillation if has(I::HeartFailure) => 2.0,
        I::Copd | I::Coronary if has(I::Smoking) => 1.8,
        I::Anxiety if has(I::Depression) => 2.5,
        _ => 1.0,
    }
}

fn share(age: i64, at_30: f64, at_55: f64, at_80: f64) -> f64 {
    let between =
        |low: f64, high: f64, from: i64, to: i64| low + (high - low) * (age - from) as f64 / (to - from) as f64;
    match age {
        ..=30 => at_30,
        31..=55 => between(at_30, at_55, 30, 55),
        56..=80 => between(at_55, at_80, 55, 80),
        _ => at_80,
    }
}

//! The morning's work: which open ends exist, how many, and whose caseload they fall into.
//!
//! Everything open on the morning comes from the table below, so that each coordinator's list has a known size and tests
//! can ask for each seeded emergency by name. The stories themselves are written by [`super::stories`].

use std::collections::BTreeMap;

use super::illness::Illness as I;
use super::names::Heritage;
use super::rng::Rng;
use super::who::record_number;

/// Something left open on the morning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Story {
    /// Potassium 6.4 reported minutes ago, on two medicines that raise it.
    CriticalPotassium,
    /// A portal message that describes chest pain.
    ChestPainMessage,
    /// PHQ-9 item 9 answered above "not at all" this morning.
    SelfHarmAnswer,
    /// Home from a heart failure stay five days, weight up 5 lb, water pill stopped.
    WeightGain,
    /// INR 6.8 on warfarin reported this morning.
    CriticalInr,
    /// Home from hospital, nobody has called.
    DischargeWithoutContact,
    /// Emergency visit without a visit or call since.
    EmergencyVisit,
    /// Psychiatric stay without a visit since.
    PsychiatricStay,
    /// Urgent or cancer-suspect referral without an appointment.
    UrgentReferral,
    /// Routine referral without any answer.
    ReferralUnanswered,
    /// Seen by the specialist, no report.
    ReferralReport,
    /// A voicemail nobody returned.
    Voicemail,
    /// A missed dialysis, prenatal or anticoagulation visit.
    MissedCriticalVisit,
    /// A missed visit without a new date.
    MissedVisit,
    /// An abnormal result nobody told the person about.
    AbnormalResult,
    /// A result that was pending at discharge.
    ResultPending,
    /// Home health or oxygen ordered and not started.
    ServiceNotStarted,
    /// Medicaid renewal or coverage that ends within weeks.
    CoverageEnding,
    /// An authorization that ends within weeks.
    AuthorizationEnding,
    /// High tier, no contact past the cadence.
    OutOfContact,
    /// A routine message without an answer.
    UnansweredMessage,
    /// A task past its due time.
    OverdueTask,
    /// A promise due today.
    PromiseDue,
    /// A fax without an answer.
    FaxUnanswered,
    /// A positive food screening without a referral.
    FoodInsecurity,
}

use Story as S;

/// The five emergencies with the coordinator whose caseload they fall into.
pub(super) const EMERGENCIES: &[(Story, u32)] = &[
    (S::CriticalPotassium, 0),
    (S::WeightGain, 0),
    (S::ChestPainMessage, 0),
    (S::SelfHarmAnswer, 1),
    (S::CriticalInr, 2),
];

/// How many of each story there are for 1,000 people.
const SHARES: &[(Story, u32)] = &[
    (S::DischargeWithoutContact, 14),
    (S::EmergencyVisit, 6),
    (S::PsychiatricStay, 3),
    (S::UrgentReferral, 6),
    (S::ReferralUnanswered, 10),
    (S::ReferralReport, 6),
    (S::Voicemail, 8),
    (S::MissedCriticalVisit, 6),
    (S::MissedVisit, 12),
    (S::AbnormalResult, 10),
    (S::ResultPending, 3),
    (S::ServiceNotStarted, 4),
    (S::CoverageEnding, 8),
    (S::AuthorizationEnding, 4),
    (S::OutOfContact, 6),
    (S::UnansweredMessage, 10),
    (S::OverdueTask, 12),
    (S::PromiseDue, 8),
    (S::FaxUnanswered, 4),
    (S::FoodInsecurity, 6),
];

/// One open end: what, whose, and the resource that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What is open.
    pub story: Story,
    /// One of the five.
    pub emergency: bool,
    /// Number of the person in the population.
    pub person: u32,
    /// Resource id of the `Patient`.
    pub patient: String,
    /// Record number at the clinic.
    pub record_number: String,
    /// Number of the coordinator in the staff list.
    pub coordinator: u32,
    /// Id of the resource that shows it, as generated.
    pub evidence: String,
}

/// The morning as a list, emergencies first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Morning {
    /// All open ends.
    pub items: Vec<Item>,
}

impl Morning {
    /// The seeded emergencies.
    pub fn emergencies(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.emergency)
    }
}

/// What a person must be for their stories to make sense.
#[derive(Debug, Clone, Default)]
pub(super) struct Needs {
    pub(super) age: Option<(i64, i64)>,
    pub(super) woman: Option<bool>,
    pub(super) name: Option<(&'static str, &'static str, Heritage)>,
    pub(super) illnesses: Vec<I>,
    pub(super) high_tier: bool,
    pub(super) medicaid: bool,
    pub(super) coverage_ends_in: Option<i64>,
    pub(super) screened: bool,
    /// No visit or call in the last weeks that would answer the story.
    pub(super) quiet: bool,
}

impl Needs {
    /// Conditions that would blur the story.
    pub(super) fn excludes(&self, illness: I) -> bool {
        let pregnant = self.illnesses.contains(&I::Pregnancy);
        (pregnant && matches!(illness, I::Dementia | I::Cancer | I::KidneyFailure | I::Copd))
            || (!self.illnesses.is_empty() && illness == I::Pregnancy)
    }
}

/// The name of the resource that shows the story, after the person's id.
pub(super) fn evidence(story: Story) -> &'static str {
    match story {
        S::CriticalPotassium => "potassium",
        S::ChestPainMessage => "chest-pain",
        S::SelfHarmAnswer => "item9",
        S::WeightGain => "weight-today",
        S::CriticalInr => "inr",
        S::DischargeWithoutContact => "stay",
        S::EmergencyVisit => "emergency",
        S::PsychiatricStay => "psychiatric-stay",
        S::UrgentReferral => "urgent-referral",
        S::ReferralUnanswered => "referral",
        S::ReferralReport => "referral-seen",
        S::Voicemail => "voicemail",
        S::MissedCriticalVisit => "missed-critical",
        S::MissedVisit => "missed",
        S::AbnormalResult => "abnormal",
        S::ResultPending => "pending",
        S::ServiceNotStarted => "service",
        S::CoverageEnding => "coverage",
        S::AuthorizationEnding => "authorization",
        S::OutOfContact => "enrolment",
        S::UnansweredMessage => "message",
        S::OverdueTask => "overdue",
        S::PromiseDue => "promise",
        S::FaxUnanswered => "fax",
        S::FoodInsecurity => "hunger",
    }
}

/// What the stories of one person ask of them.
pub(super) fn needs(stories: &[Story], person: u32) -> Needs {
    let mut needs =
        Needs { age: (!stories.is_empty()).then_some((19, 97)), quiet: !stories.is_empty(), ..Needs::default() };
    for story in stories {
        match story {
            S::CriticalPotassium => {
                needs.age = Some((68, 74));
                needs.woman = Some(false);
                needs.name = Some(("Harold", "Lindgren", Heritage::European));
                needs.illnesses = vec![I::KidneyDisease, I::Hypertension, I::HeartFailure];
            }
            S::ChestPainMessage => {
                needs.age = Some((56, 62));
                needs.woman = Some(true);
                needs.name = Some(("Loretta", "Hampton", Heritage::African));
                needs.illnesses = vec![I::Hypertension, I::Diabetes];
            }
            S::SelfHarmAnswer => {
                needs.age = Some((27, 41));
                needs.woman = Some(false);
                needs.name = Some(("Ethan", "Brennan", Heritage::European));
                needs.illnesses = vec![I::Depression];
            }
            S::WeightGain => {
                needs.age = Some((66, 66));
                needs.woman = Some(true);
                needs.name = Some(("Ana", "Reyes", Heritage::Hispanic));
                needs.illnesses = vec![I::HeartFailure, I::Hypertension, I::Diabetes];
            }
            S::CriticalInr => {
                needs.age = Some((71, 80));
                needs.woman = Some(false);
                needs.name = Some(("Sung-min", "Lee", Heritage::Korean));
                needs.illnesses = vec![I::AtrialFibrillation, I::Hypertension];
            }
            S::PsychiatricStay => needs.illnesses.push(I::Psychosis),
            S::MissedCriticalVisit if person.is_multiple_of(2) => {
                needs.age = Some((20, 38));
                needs.woman = Some(true);
                needs.illnesses.push(I::Pregnancy);
            }
            S::MissedCriticalVisit => {
                needs.age = Some((52, 84));
                needs.illnesses.push(I::KidneyFailure);
            }
            S::OutOfContact => {
                needs.high_tier = true;
                needs.illnesses.extend([I::Diabetes, I::Hypertension]);
            }
            S::CoverageEnding => {
                needs.age = Some((24, 62));
                needs.medicaid = true;
                needs.coverage_ends_in = Some(17 + i64::from(person % 23));
            }
            S::FoodInsecurity => needs.screened = true,
            _ => {}
        }
    }
    needs
}

/// Deals the stories out: emergencies to the named coordinators, the rest evenly to all caseloads.
pub(super) fn plan(seed: u64, patients: u32, coordinators: u32) -> (Morning, BTreeMap<u32, Vec<Story>>) {
    let mut dealt: BTreeMap<u32, Vec<Story>> = BTreeMap::new();
    let mut morning = Morning::default();
    if patients == 0 {
        return (morning, dealt);
    }
    let places = (patients / coordinators).max(1);
    let mut used = vec![0u32; coordinators as usize];
    let offset = Rng::new(seed, 0, 91).between(0, i64::from(places) - 1) as u32;
    let total: u32 = SHARES.iter().map(|(_, share)| (share * patients).div_ceil(1000)).sum();
    let stride = spread(places, total / coordinators + 4);
    let mut deal = |story: Story, coordinator: u32, emergency: bool| {
        let slot = used.get_mut(coordinator as usize).map_or(0, |used| {
            *used += 1;
            *used - 1
        });
        let person = (coordinator + coordinators * ((offset + slot * stride) % places)).min(patients - 1);
        dealt.entry(person).or_default().push(story);
        let patient = format!("p{person:05}");
        morning.items.push(Item {
            story,
            emergency,
            person,
            record_number: record_number(person),
            coordinator,
            evidence: format!("{patient}-{}", evidence(story)),
            patient,
        });
    };
    for (story, coordinator) in EMERGENCIES {
        deal(*story, coordinator % coordinators, true);
    }
    let mut next = coordinators / 2;
    for (story, share) in SHARES {
        for _ in 0..(share * patients).div_ceil(1000) {
            deal(*story, next % coordinators, false);
            next += 1;
        }
    }
    (morning, dealt)
}

/// A step that visits `places` without meeting a place twice: prime to it, about `places / wanted`.
fn spread(places: u32, wanted: u32) -> u32 {
    let mut step = (places / wanted.max(1)).max(1);
    while gcd(step, places) != 1 {
        step += 1;
    }
    step
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gets_two_stories_and_no_caseload_more_than_forty() {
        for (patients, coordinators) in [(2000, 12), (500, 3), (10_000, 60)] {
            let (morning, dealt) = plan(1, patients, coordinators);
            assert!(dealt.values().all(|stories| stories.len() == 1));
            for coordinator in 0..coordinators {
                let items = morning.items.iter().filter(|item| item.coordinator == coordinator).count();
                assert!((10..=32).contains(&items), "{items} items of {coordinator}");
            }
            assert_eq!(morning.emergencies().count(), 5);
        }
    }

    #[test]
    fn a_tiny_clinic_still_has_its_emergencies() {
        let (morning, dealt) = plan(1, 40, 1);
        assert_eq!(morning.emergencies().count(), 5);
        assert!(dealt.keys().all(|person| *person < 40));
        assert_eq!(plan(1, 0, 1).0.items.len(), 0);
    }
}

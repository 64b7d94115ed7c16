//! The labels triage answers with, and their published names.

macro_rules! labels {
    ($(#[$doc:meta])* $type:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "the names say it")]
        pub enum $type { $($variant),+ }

        impl $type {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in data files.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The value with this name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.name() == name)
            }
        }
    };
}

labels! {
    /// How soon someone must act; the first is the most urgent.
    Urgency { Emergency = "emergency", SameDay = "same_day", Routine = "routine", Admin = "admin" }
}

labels! {
    /// Who owns the first action.
    Route {
        Nurse = "nurse", Provider = "provider", Pharmacist = "pharmacist", SocialWorker = "social_worker",
        CareCoordinator = "care_coordinator", Scheduler = "scheduler", Billing = "billing",
    }
}

labels! {
    /// What the writer wants.
    Intent {
        Appointment = "appointment", Authorization = "authorization", BehavioralHealth = "behavioral_health", Billing = "billing",
        CaregiverSupport = "caregiver_support", Complaint = "complaint", ConsentPrivacy = "consent_privacy", ContactUpdate = "contact_update",
        DeviceReading = "device_reading", DischargeFollowup = "discharge_followup", Dme = "dme", Financial = "financial", Food = "food",
        FormLetter = "form_letter", Housing = "housing", Interpreter = "interpreter", MedicationQuestion = "medication_question",
        OptOut = "opt_out", Records = "records", Referral = "referral", Refill = "refill", Results = "results", Safety = "safety",
        Symptom = "symptom", Thanks = "thanks", Transport = "transport", Utilities = "utilities",
    }
}

/// The words for a danger, where its name is not yet how people say it.
const DANGERS: [(&str, &str); 13] = [
    ("acute_food_need", "no food now"),
    ("altered_mental_status", "confusion"),
    ("critical_lab", "critical lab result"),
    ("critical_med_gap", "out of a vital medicine"),
    ("dka_signs", "signs of ketoacidosis"),
    ("dvt_signs", "signs of a blood clot in a leg"),
    ("dyspnea", "trouble breathing"),
    ("gi_bleed", "bleeding from the gut"),
    ("hf_decompensation", "heart failure getting worse"),
    ("limb_ischemia", "limb without blood flow"),
    ("med_error", "medicine error"),
    ("post_op_complication", "trouble after surgery"),
    ("syncope", "fainting"),
];

/// A danger by its name, as people say it: "chest pain", "out of a vital medicine".
pub fn danger_words(name: &str) -> String {
    match DANGERS.iter().find(|(one, _)| *one == name) {
        Some((_, words)) => (*words).to_owned(),
        None => name.replace('_', " "),
    }
}

labels! {
    /// A danger that stands in the words.
    RedFlag {
        AcuteFoodNeed = "acute_food_need", AllergicReaction = "allergic_reaction", AlteredMentalStatus = "altered_mental_status",
        Anaphylaxis = "anaphylaxis", Burn = "burn", CarbonMonoxide = "carbon_monoxide", CaudaEquina = "cauda_equina", ChestPain = "chest_pain",
        ChildSafety = "child_safety", Choking = "choking", CriticalLab = "critical_lab", CriticalMedGap = "critical_med_gap",
        Dehydration = "dehydration", DkaSigns = "dka_signs", DomesticViolence = "domestic_violence", DvtSigns = "dvt_signs", Dyspnea = "dyspnea",
        ElderAbuse = "elder_abuse", EyeEmergency = "eye_emergency", FirearmAccess = "firearm_access", FlankPainFever = "flank_pain_fever",
        GiBleed = "gi_bleed", HeadInjury = "head_injury", HeatExposure = "heat_exposure", HfDecompensation = "hf_decompensation",
        HomicidalIdeation = "homicidal_ideation", HypertensiveEmergency = "hypertensive_emergency", InfantFever = "infant_fever",
        LimbIschemia = "limb_ischemia", MedError = "med_error", MissedDialysis = "missed_dialysis", NeutropenicFever = "neutropenic_fever",
        Overdose = "overdose", OxygenSupply = "oxygen_supply", Palpitations = "palpitations", Poisoning = "poisoning",
        PostOpComplication = "post_op_complication", PowerDependentEquipment = "power_dependent_equipment",
        PregnancyWarning = "pregnancy_warning", Psychosis = "psychosis", Seizure = "seizure", SelfHarm = "self_harm",
        SepsisSigns = "sepsis_signs", SevereAbdominalPain = "severe_abdominal_pain", SevereBleeding = "severe_bleeding",
        SevereHeadache = "severe_headache", SevereHypertension = "severe_hypertension", SevereHypoglycemia = "severe_hypoglycemia",
        StrokeSigns = "stroke_signs", SuicidalIdeation = "suicidal_ideation", Syncope = "syncope", TesticularTorsion = "testicular_torsion",
        Unsheltered = "unsheltered", UrinaryRetention = "urinary_retention", VisionLoss = "vision_loss", Withdrawal = "withdrawal",
        WoundInfection = "wound_infection",
    }
}

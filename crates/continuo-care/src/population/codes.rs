//! The published codes that the made-up population uses.
//!
//! Facts with their sources stand in `knowledge/population/codes.csv`; this is the same table as constants, so that a
//! misspelt name does not compile. A test compares both, and another finds each coding of the output in the table.

use crate::shapes::{ACT_CODE, ICD_10, INTERPRETATION, LOINC, SNOMED};
use continuo_fhir::quantity::UCUM;

/// A published code with our own short wording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Code {
    /// Code system.
    pub(crate) system: &'static str,
    /// The code.
    pub(crate) value: &'static str,
    /// Our own short wording, never the system's description.
    pub(crate) meaning: &'static str,
}

macro_rules! codes {
    ($($name:ident = $system:ident $code:literal $meaning:literal;)*) => {
        $(pub(crate) const $name: Code = Code { system: $system, value: $code, meaning: $meaning };)*
        /// Every row, for the test against the table with the sources.
        #[cfg(test)]
        pub(crate) const ALL: &[(&str, Code)] = &[$((stringify!($name), $name)),*];
    };
}

const RXNORM: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";
const CVX: &str = "http://hl7.org/fhir/sid/cvx";
const OBS_CAT: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
const COND_CLIN: &str = "http://terminology.hl7.org/CodeSystem/condition-clinical";
const COND_VER: &str = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
const COND_CAT: &str = "http://terminology.hl7.org/CodeSystem/condition-category";
const ALG_CLIN: &str = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical";
const ALG_VER: &str = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";
const ID_TYPE: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";
const REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
const ORG_TYPE: &str = "http://terminology.hl7.org/CodeSystem/organization-type";
const ROLE: &str = "http://terminology.hl7.org/CodeSystem/v3-RoleCode";
const CONTACT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/v2-0131";
const CONSENT_SCOPE: &str = "http://terminology.hl7.org/CodeSystem/consentscope";
const LANG: &str = "urn:ietf:bcp:47";
const OMB: &str = "urn:oid:2.16.840.1.113883.6.238";
const DIAG_SECTION: &str = "http://terminology.hl7.org/CodeSystem/v2-0074";
const CLAIM_TYPE: &str = "http://terminology.hl7.org/CodeSystem/claim-type";
const DISPO: &str = "http://www.nubc.org/patient-discharge";
const GOAL_ACH: &str = "http://terminology.hl7.org/CodeSystem/goal-achievement";
const FLAG_CAT: &str = "http://terminology.hl7.org/CodeSystem/flag-category";
const MARITAL: &str = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus";
const SUBSCRIBER: &str = "http://terminology.hl7.org/CodeSystem/subscriber-relationship";

codes! {
    POTASSIUM = LOINC "2823-3" "Potassium";
    SODIUM = LOINC "2951-2" "Sodium";
    CREATININE = LOINC "2160-0" "Creatinine";
    EGFR = LOINC "33914-3" "eGFR";
    A1C = LOINC "4548-4" "Hemoglobin A1c";
    INR = LOINC "6301-6" "INR";
    LDL = LOINC "18262-6" "LDL cholesterol";
    HDL = LOINC "2085-9" "HDL cholesterol";
    HEMOGLOBIN = LOINC "718-7" "Hemoglobin";
    WEIGHT = LOINC "29463-7" "Body weight";
    HEIGHT = LOINC "8302-2" "Body height";
    BLOOD_PRESSURE = LOINC "85354-9" "Blood pressure";
    SYSTOLIC = LOINC "8480-6" "Systolic blood pressure";
    DIASTOLIC = LOINC "8462-4" "Diastolic blood pressure";
    OXYGEN = LOINC "59408-5" "Oxygen saturation";
    TOBACCO = LOINC "72166-2" "Tobacco use";
    PHQ9 = LOINC "44261-6" "PHQ-9 total score";
    PHQ9_ITEM9 = LOINC "44260-8" "PHQ-9 item 9";
    HUNGER_RISK = LOINC "88124-3" "Food insecurity risk";
    TRANSPORT_NEED = LOINC "93030-5" "Transport screening";
    AT_RISK = LOINC "LA19952-3" "At risk";
    NOT_AT_ALL = LOINC "LA6568-5" "Not at all";
    SEVERAL_DAYS = LOINC "LA6569-3" "Several days";
    ANSWER_NO = LOINC "LA32-8" "No";
    TRANSPORT_MEDICAL = LOINC "LA30133-5" "Yes, kept from medical care";
    METABOLIC_PANEL = LOINC "51990-0" "Basic metabolic panel";
    DISCHARGE_SUMMARY = LOINC "18842-5" "Discharge summary";
    CONSULT_NOTE = LOINC "11488-4" "Consult note";
    PRIVACY_CONSENT = LOINC "59284-0" "Consent document";
    DIABETES2 = ICD_10 "E11.9" "Type 2 diabetes";
    HYPERTENSION = ICD_10 "I10" "High blood pressure";
    HEART_FAILURE = ICD_10 "I50.22" "Heart failure with reduced pumping, chronic";
    ATRIAL_FIBRILLATION = ICD_10 "I48.91" "Atrial fibrillation";
    CORONARY = ICD_10 "I25.10" "Coronary artery disease";
    STROKE = ICD_10 "I63.9" "Stroke";
    CKD3A = ICD_10 "N18.31" "Chronic kidney disease, stage 3a";
    CKD3B = ICD_10 "N18.32" "Chronic kidney disease, stage 3b";
    CKD4 = ICD_10 "N18.4" "Chronic kidney disease, stage 4";
    KIDNEY_FAILURE = ICD_10 "N18.6" "Kidney failure on dialysis";
    DEPRESSION = ICD_10 "F33.1" "Depression, recurrent, moderate";
    ANXIETY = ICD_10 "F41.1" "Generalized anxiety";
    SCHIZOPHRENIA = ICD_10 "F20.9" "Schizophrenia";
    BIPOLAR = ICD_10 "F31.9" "Bipolar disorder";
    OPIOID_USE = ICD_10 "F11.20" "Opioid use disorder";
    ALCOHOL_USE = ICD_10 "F10.20" "Alcohol use disorder";
    NICOTINE = ICD_10 "F17.210" "Smoker, cigarettes";
    OBESITY = ICD_10 "E66.9" "Obesity";
    DEMENTIA = ICD_10 "F03.90" "Dementia";
    PREGNANCY_SUPERVISION = ICD_10 "Z34.90" "Pregnancy";
    FOOD_INSECURITY = ICD_10 "Z59.41" "Food insecurity";
    TRANSPORT_INSECURITY = ICD_10 "Z59.82" "No reliable transport";
    HIV = ICD_10 "B20" "HIV";
    BREAST_CANCER = ICD_10 "C50.911" "Breast cancer";
    COLON_CANCER = ICD_10 "C18.9" "Colon cancer";
    ASTHMA = ICD_10 "J45.40" "Asthma, moderate persistent";
    ADHD = ICD_10 "F90.2" "ADHD";
    PROSTATE = ICD_10 "N40.1" "Enlarged prostate";
    COPD = SNOMED "185086009" "COPD";
    HYPERLIPIDEMIA = SNOMED "55822004" "High cholesterol";
    KNEE_ARTHRITIS = SNOMED "239873007" "Knee osteoarthritis";
    BACK_PAIN = SNOMED "278860009" "Chronic low back pain";
    OSTEOPOROSIS = SNOMED "64859006" "Osteoporosis";
    PREDIABETES = SNOMED "15777000" "Prediabetes";
    NEVER_SMOKED = SNOMED "266919005" "Never smoked";
    FORMER_SMOKER = SNOMED "8517006" "Former smoker";
    DAILY_SMOKER = SNOMED "449868002" "Smokes every day";
    NO_KNOWN_ALLERGY = SNOMED "716186003" "No known allergies";
    PEANUT_ALLERGY = SNOMED "91935009" "Peanut";
    VISIT = SNOMED "185349003" "Office visit";
    METFORMIN = RXNORM "860975" "metformin 500 mg extended release";
    GLIPIZIDE = RXNORM "310490" "glipizide 5 mg";
    EMPAGLIFLOZIN = RXNORM "1545658" "empagliflozin 10 mg";
    GLARGINE = RXNORM "311041" "insulin glargine 100 units/mL";
    LISPRO = RXNORM "1652639" "insulin lispro 100 units/mL pen";
    LISINOPRIL10 = RXNORM "314076" "lisinopril 10 mg";
    LISINOPRIL20 = RXNORM "314077" "lisinopril 20 mg";
    LOSARTAN = RXNORM "979492" "losartan 50 mg";
    AMLODIPINE = RXNORM "197361" "amlodipine 5 mg";
    HYDROCHLOROTHIAZIDE = RXNORM "310798" "hydrochlorothiazide 25 mg";
    ATORVASTATIN80 = RXNORM "259255" "atorvastatin 80 mg";
    SIMVASTATIN = RXNORM "312961" "simvastatin 20 mg";
    FUROSEMIDE40 = RXNORM "313988" "furosemide 40 mg";
    FUROSEMIDE80 = RXNORM "197732" "furosemide 80 mg";
    CARVEDILOL = RXNORM "200031" "carvedilol 6.25 mg";
    SPIRONOLACTONE = RXNORM "313096" "spironolactone 25 mg";
    WARFARIN = RXNORM "855332" "warfarin 5 mg";
    APIXABAN = RXNORM "1364445" "apixaban 5 mg";
    ALBUTEROL = RXNORM "745679" "albuterol inhaler";
    FLUTICASONE = RXNORM "895994" "fluticasone inhaler";
    FLUTICASONE_SALMETEROL = RXNORM "896209" "fluticasone and salmeterol inhaler";
    SERTRALINE50 = RXNORM "312941" "sertraline 50 mg";
    SERTRALINE100 = RXNORM "312938" "sertraline 100 mg";
    ESCITALOPRAM = RXNORM "349332" "escitalopram 10 mg";
    BUPRENORPHINE_NALOXONE = RXNORM "351267" "buprenorphine and naloxone 8 mg / 2 mg";
    ASPIRIN = RXNORM "243670" "aspirin 81 mg";
    CLOPIDOGREL = RXNORM "309362" "clopidogrel 75 mg";
    DONEPEZIL = RXNORM "997223" "donepezil 10 mg";
    PREDNISONE = RXNORM "312615" "prednisone 20 mg";
    ACETAMINOPHEN = RXNORM "313782" "acetaminophen 325 mg";
    NAPROXEN = RXNORM "849574" "naproxen 220 mg";
    AMOXICILLIN = RXNORM "308182" "amoxicillin 250 mg";
    PENICILLIN = RXNORM "834102" "penicillin V";
    LITHIUM = RXNORM "6448" "lithium";
    TAMSULOSIN = RXNORM "77492" "tamsulosin";
    ALENDRONATE = RXNORM "904419" "alendronate 10 mg";
    METHYLPHENIDATE = RXNORM "1091392" "methylphenidate 20 mg";
    SULFA_TRIMETHOPRIM = RXNORM "198335" "sulfamethoxazole and trimethoprim";
    FLU_SHOT = CVX "140" "Influenza vaccine";
    TETANUS = CVX "113" "Tetanus and diphtheria vaccine";
    TDAP = CVX "115" "Tdap vaccine";
    PNEUMO13 = CVX "133" "Pneumococcal conjugate vaccine";
    PNEUMO23 = CVX "33" "Pneumococcal polysaccharide vaccine";
    ZOSTER = CVX "121" "Shingles vaccine";
    MMR = CVX "03" "Measles, mumps, rubella vaccine";
    DTAP = CVX "20" "DTaP vaccine";
    POLIO = CVX "10" "Polio vaccine";
    VARICELLA = CVX "21" "Chickenpox vaccine";
    HPV = CVX "62" "HPV vaccine";
    MMOL_L = UCUM "mmol/L" "mmol/L";
    MG_DL = UCUM "mg/dL" "mg/dL";
    G_DL = UCUM "g/dL" "g/dL";
    PERCENT = UCUM "%" "%";
    EGFR_UNIT = UCUM "mL/min/{1.73_m2}" "mL/min/1.73 m2";
    INR_UNIT = UCUM "{INR}" "INR";
    KG = UCUM "kg" "kg";
    CM = UCUM "cm" "cm";
    MM_HG = UCUM "mm[Hg]" "mmHg";
    SCORE = UCUM "{score}" "score";
    AMBULATORY = ACT_CODE "AMB" "Ambulatory";
    INPATIENT = ACT_CODE "IMP" "Inpatient";
    EMERGENCY = ACT_CODE "EMER" "Emergency";
    VIRTUAL = ACT_CODE "VR" "Virtual";
    OPT_IN = ACT_CODE "OPTIN" "Opt in";
    HEALTH_PLAN = ACT_CODE "EHCPOL" "Health plan";
    PART2 = ACT_CODE "42CFRPart2" "42 CFR Part 2 record";
    PSYCHIATRY_LABEL = ACT_CODE "PSY" "Psychiatry information";
    HIV_LABEL = ACT_CODE "HIV" "HIV information";
    VIOLENCE_LABEL = ACT_CODE "SDV" "Domestic violence information";
    LABORATORY = OBS_CAT "laboratory" "Laboratory";
    VITAL_SIGNS = OBS_CAT "vital-signs" "Vital signs";
    SURVEY = OBS_CAT "survey" "Survey";
    SOCIAL_HISTORY = OBS_CAT "social-history" "Social history";
    CONDITION_ACTIVE = COND_CLIN "active" "Active";
    CONDITION_RESOLVED = COND_CLIN "resolved" "Resolved";
    CONDITION_CONFIRMED = COND_VER "confirmed" "Confirmed";
    PROBLEM_LIST = COND_CAT "problem-list-item" "Problem list";
    ALLERGY_ACTIVE = ALG_CLIN "active" "Active";
    ALLERGY_CONFIRMED = ALG_VER "confirmed" "Confirmed";
    HIGH = INTERPRETATION "H" "High";
    LOW = INTERPRETATION "L" "Low";
    NORMAL = INTERPRETATION "N" "Normal";
    CRITICAL_HIGH = INTERPRETATION "HH" "Critical high";
    RECORD_NUMBER = ID_TYPE "MR" "Record number";
    MEMBER_NUMBER = ID_TYPE "MB" "Member number";
    TEST_DATA = REASON "HTEST" "Made-up data";
    PROVIDER = ORG_TYPE "prov" "Provider";
    PAYER = ORG_TYPE "pay" "Payer";
    MOTHER = ROLE "MTH" "Mother";
    FATHER = ROLE "FTH" "Father";
    SISTER = ROLE "NSIS" "Sister";
    BROTHER = ROLE "NBRO" "Brother";
    NIECE = ROLE "NIECE" "Niece";
    SIGNIFICANT_OTHER = ROLE "SIGOTHR" "Partner";
    EMERGENCY_CONTACT = CONTACT_ROLE "C" "Emergency contact";
    PRIVACY_SCOPE = CONSENT_SCOPE "patient-privacy" "Privacy consent";
    ENGLISH = LANG "en-US" "English";
    SPANISH = LANG "es" "Spanish";
    CHINESE = LANG "zh" "Chinese";
    PORTUGUESE = LANG "pt" "Portuguese";
    FRENCH = LANG "fr" "French";
    RUSSIAN = LANG "ru-RU" "Russian";
    WHITE = OMB "2106-3" "White";
    BLACK = OMB "2054-5" "Black";
    ASIAN = OMB "2028-9" "Asian";
    NATIVE = OMB "1002-5" "American Indian or Alaska Native";
    OTHER_RACE = OMB "2131-1" "Other race";
    HISPANIC = OMB "2135-2" "Hispanic or Latino";
    NOT_HISPANIC = OMB "2186-5" "Not Hispanic or Latino";
    LAB_SECTION = DIAG_SECTION "LAB" "Laboratory";
    PROFESSIONAL = CLAIM_TYPE "professional" "Professional";
    TO_HOME = DISPO "01" "Home";
    GOAL_IN_PROGRESS = GOAL_ACH "in-progress" "In progress";
    SAFETY_FLAG = FLAG_CAT "safety" "Safety";
    MARRIED = MARITAL "M" "Married";
    NEVER_MARRIED = MARITAL "S" "Never married";
    SELF = SUBSCRIBER "self" "Self";
}

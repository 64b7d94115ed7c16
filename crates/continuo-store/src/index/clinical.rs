//! Which search parameter of a type is its code, and which its date, in the covering tables.

/// The code parameter, where a type has one worth a covering index.
pub(crate) fn clinical_code(type_: &str) -> Option<&'static str> {
    Some(match type_ {
        "AllergyIntolerance"
        | "Condition"
        | "DiagnosticReport"
        | "Medication"
        | "MedicationAdministration"
        | "MedicationDispense"
        | "MedicationRequest"
        | "MedicationStatement"
        | "Observation"
        | "Procedure"
        | "ServiceRequest"
        | "Task" => "code",
        "Immunization" => "vaccine-code",
        "Encounter" | "DocumentReference" | "Coverage" => "type",
        "Appointment" => "service-type",
        "CarePlan" | "CareTeam" | "Communication" | "CommunicationRequest" | "Goal" => "category",
        _ => return None,
    })
}

/// The date parameter that orders a type's covering rows.
pub fn clinical_date(type_: &str) -> Option<&'static str> {
    Some(match type_ {
        "AllergyIntolerance" | "Appointment" | "CarePlan" | "CareTeam" | "Consent" | "DiagnosticReport"
        | "DocumentReference" | "Encounter" | "EpisodeOfCare" | "Flag" | "Immunization" | "List" | "Observation"
        | "Procedure" | "RiskAssessment" => "date",
        "Condition" => "recorded-date",
        "MedicationRequest" => "authoredon",
        "MedicationStatement" => "effective",
        "MedicationAdministration" => "effective-time",
        "MedicationDispense" => "whenhandedover",
        "ServiceRequest" | "QuestionnaireResponse" => "authored",
        "Task" => "authored-on",
        "Communication" => "sent",
        "Goal" => "start-date",
        "Claim" | "ExplanationOfBenefit" => "created",
        _ => return None,
    })
}

/// Stands for "no code" in the covering tables.
pub(crate) const NO_CODE: i64 = -1;

/// Parameters whose patient is the one of the covering table; they write no row of their own for that patient.
pub(crate) fn is_patient_param(code: &str) -> bool {
    matches!(code, "patient" | "subject")
}

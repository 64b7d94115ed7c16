//! Which permission a resource type asks for: administrative ones belong to finding and registering people, all others
//! are clinical.

use crate::access::Permission;

/// Types that front desk and schedulers work with.
const ADMINISTRATIVE: &[&str] = &[
    "Account",
    "Appointment",
    "AppointmentResponse",
    "Coverage",
    "HealthcareService",
    "Location",
    "Organization",
    "Patient",
    "Person",
    "Practitioner",
    "PractitionerRole",
    "RelatedPerson",
    "Schedule",
    "Slot",
];

/// Types that say how the whole clinic is measured, coded, planned and asked: one write changes it for everybody, so it
/// belongs to whoever sets rules, and to programs that were given that.
const DEFINITIONS: &[&str] = &[
    "ActivityDefinition",
    "CapabilityStatement",
    "ChargeItemDefinition",
    "CodeSystem",
    "CompartmentDefinition",
    "ConceptMap",
    "EventDefinition",
    "GraphDefinition",
    "ImplementationGuide",
    "Library",
    "Measure",
    "MessageDefinition",
    "NamingSystem",
    "ObservationDefinition",
    "OperationDefinition",
    "PlanDefinition",
    "Questionnaire",
    "SearchParameter",
    "SpecimenDefinition",
    "StructureDefinition",
    "StructureMap",
    "TerminologyCapabilities",
    "ValueSet",
];

/// What reading this type needs.
pub fn to_read(type_: &str) -> Permission {
    if ADMINISTRATIVE.contains(&type_) { Permission::PersonRead } else { Permission::RecordRead }
}

/// What changing this type needs.
pub fn to_write(type_: &str) -> Permission {
    if ADMINISTRATIVE.contains(&type_) {
        Permission::PersonWrite
    } else if DEFINITIONS.contains(&type_) {
        Permission::AdminPolicy
    } else {
        Permission::RecordWrite
    }
}

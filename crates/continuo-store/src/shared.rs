//! Types of which a row that belongs to no person is the site's own, for everybody to see: who works here, places, what
//! there is to order, and what measures, plans and forms are made of.
//!
//! Every other row without a person may speak of one all the same (a file, a message without a subject, a record under
//! an address of its own), so only whoever reaches everybody sees it.

const SHARED: &[&str] = &[
    "ActivityDefinition",
    "CapabilityStatement",
    "CareTeam",
    "ChargeItemDefinition",
    "CodeSystem",
    "CompartmentDefinition",
    "ConceptMap",
    "Device",
    "DeviceDefinition",
    "Endpoint",
    "EventDefinition",
    "Evidence",
    "EvidenceVariable",
    "ExampleScenario",
    "GraphDefinition",
    "HealthcareService",
    "ImplementationGuide",
    "InsurancePlan",
    "Library",
    "Location",
    "Measure",
    "Medication",
    "MedicationKnowledge",
    "MessageDefinition",
    "NamingSystem",
    "ObservationDefinition",
    "OperationDefinition",
    "Organization",
    "OrganizationAffiliation",
    "PlanDefinition",
    "Practitioner",
    "PractitionerRole",
    "Questionnaire",
    "ResearchDefinition",
    "ResearchElementDefinition",
    "ResearchStudy",
    "Schedule",
    "SearchParameter",
    "Slot",
    "SpecimenDefinition",
    "StructureDefinition",
    "StructureMap",
    "Substance",
    "SubstanceSpecification",
    "TerminologyCapabilities",
    "ValueSet",
];

/// Whether a row of this type that belongs to nobody is for everybody.
pub fn is_shared(type_: &str) -> bool {
    SHARED.binary_search(&type_).is_ok()
}

/// The names as a list for SQL: they are our own, never a caller's words.
pub(crate) fn quoted() -> String {
    format!("'{}'", SHARED.join("', '"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order_and_of_types_of_r4() {
        assert!(SHARED.is_sorted());
        assert!(SHARED.iter().all(|name| continuo_fhir::ResourceType::find(name).is_some()));
        assert!(is_shared("ValueSet") && !is_shared("Binary") && !is_shared("Task"));
    }
}

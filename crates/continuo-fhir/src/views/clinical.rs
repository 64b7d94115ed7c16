//! What is known and was done: problems, results, medicines, visits, documents.

use super::{Period, choice, view};
use crate::coding::Concept;
use crate::date::DateTime;
use crate::name::Name;
use crate::packed::Node;
use crate::quantity::Quantity;

view! {
    /// A result, vital sign or answer.
    ObservationView "Observation" {
        text status "status",
        concepts categories "category",
        concept code "code",
        reference subject "subject",
        reference encounter "encounter",
        date issued "issued",
        references performers "performer",
        concepts interpretations "interpretation",
        concept data_absent_reason "dataAbsentReason",
        nodes reference_ranges "referenceRange",
        nodes components "component",
        nodes notes "note",
        references based_on "basedOn",
    }
}

impl<'a> ObservationView<'a> {
    /// When it was true: a moment, or the start of a period.
    pub fn effective(self) -> Option<DateTime> {
        const NAMES: [(Name, &str); 3] = [
            (Name::of("effectiveDateTime"), "dateTime"),
            (Name::of("effectiveInstant"), "instant"),
            (Name::of("effectivePeriod"), "Period"),
        ];
        moment(self.node, &NAMES)
    }

    /// The value with the name of its type.
    pub fn value(self) -> Option<(&'static str, Node<'a>)> {
        const NAMES: [(Name, &str); 11] = [
            (Name::of("valueQuantity"), "Quantity"),
            (Name::of("valueCodeableConcept"), "CodeableConcept"),
            (Name::of("valueString"), "string"),
            (Name::of("valueInteger"), "integer"),
            (Name::of("valueBoolean"), "boolean"),
            (Name::of("valueDateTime"), "dateTime"),
            (Name::of("valuePeriod"), "Period"),
            (Name::of("valueRange"), "Range"),
            (Name::of("valueRatio"), "Ratio"),
            (Name::of("valueTime"), "time"),
            (Name::of("valueSampledData"), "SampledData"),
        ];
        choice(self.node, &NAMES)
    }

    /// The value if it is a quantity.
    pub fn quantity(self) -> Option<Quantity<'a>> {
        const NAME: Name = Name::of("valueQuantity");
        Quantity::of(self.node.get_name(NAME)?)
    }

    /// The value if it is a concept.
    pub fn concept(self) -> Option<Concept<'a>> {
        const NAME: Name = Name::of("valueCodeableConcept");
        self.node.get_name(NAME).map(Concept::of)
    }
}

view! {
    /// A problem or diagnosis.
    ConditionView "Condition" {
        concept clinical_status "clinicalStatus",
        concept verification_status "verificationStatus",
        concepts categories "category",
        concept severity "severity",
        concept code "code",
        reference subject "subject",
        reference encounter "encounter",
        date recorded "recordedDate",
        reference asserter "asserter",
        nodes notes "note",
    }
}

impl ConditionView<'_> {
    /// When it began, if that was said as a date.
    pub fn onset(self) -> Option<DateTime> {
        const NAMES: [(Name, &str); 2] = [(Name::of("onsetDateTime"), "dateTime"), (Name::of("onsetPeriod"), "Period")];
        moment(self.node, &NAMES)
    }
}

view! {
    /// An allergy, an intolerance, or the statement that there is none.
    AllergyIntoleranceView "AllergyIntolerance" {
        concept clinical_status "clinicalStatus",
        concept verification_status "verificationStatus",
        text type_ "type",
        text criticality "criticality",
        concept code "code",
        reference patient "patient",
        date recorded "recordedDate",
        reference recorder "recorder",
        reference asserter "asserter",
        nodes reactions "reaction",
        nodes notes "note",
    }
}

view! {
    /// A prescription or a medicine reported.
    MedicationRequestView "MedicationRequest" {
        text status "status",
        text intent "intent",
        flag is_do_not_perform "doNotPerform",
        concepts categories "category",
        reference subject "subject",
        reference encounter "encounter",
        date authored "authoredOn",
        reference requester "requester",
        concepts reasons "reasonCode",
        references reason_references "reasonReference",
        nodes dosages "dosageInstruction",
        node dispense_request "dispenseRequest",
        nodes notes "note",
    }
}

impl<'a> MedicationRequestView<'a> {
    /// The medicine, where it is a concept.
    pub fn medication(self) -> Option<Concept<'a>> {
        const NAME: Name = Name::of("medicationCodeableConcept");
        self.node.get_name(NAME).map(Concept::of)
    }
}

view! {
    /// A visit, stay or contact.
    EncounterView "Encounter" {
        nodes identifiers "identifier",
        text status "status",
        coding class "class",
        concepts types "type",
        concept service_type "serviceType",
        reference subject "subject",
        nodes participants "participant",
        references appointments "appointment",
        period period "period",
        concepts reasons "reasonCode",
        nodes diagnoses "diagnosis",
        node hospitalization "hospitalization",
        nodes locations "location",
        reference service_provider "serviceProvider",
        reference part_of "partOf",
    }
}

view! {
    /// A report of results.
    DiagnosticReportView "DiagnosticReport" {
        text status "status",
        concepts categories "category",
        concept code "code",
        reference subject "subject",
        reference encounter "encounter",
        date issued "issued",
        references performers "performer",
        references results "result",
        references based_on "basedOn",
        text conclusion "conclusion",
        nodes forms "presentedForm",
    }
}

impl DiagnosticReportView<'_> {
    /// When it was true: a moment, or the start of a period.
    pub fn effective(self) -> Option<DateTime> {
        const NAMES: [(Name, &str); 2] =
            [(Name::of("effectiveDateTime"), "dateTime"), (Name::of("effectivePeriod"), "Period")];
        moment(self.node, &NAMES)
    }
}

view! {
    /// A document kept elsewhere or attached.
    DocumentReferenceView "DocumentReference" {
        text status "status",
        concept type_ "type",
        concepts categories "category",
        reference subject "subject",
        date at "date",
        references authors "author",
        text description "description",
        nodes contents "content",
        node context "context",
    }
}

view! {
    /// Something done to or for a person.
    ProcedureView "Procedure" {
        text status "status",
        concept category "category",
        concept code "code",
        reference subject "subject",
        reference encounter "encounter",
        nodes performers "performer",
        concepts reasons "reasonCode",
        concept outcome "outcome",
        concepts follow_ups "followUp",
        nodes notes "note",
    }
}

impl ProcedureView<'_> {
    /// When it was done: a moment, or the start of a period.
    pub fn performed(self) -> Option<DateTime> {
        const NAMES: [(Name, &str); 2] =
            [(Name::of("performedDateTime"), "dateTime"), (Name::of("performedPeriod"), "Period")];
        moment(self.node, &NAMES)
    }
}

view! {
    /// A vaccination.
    ImmunizationView "Immunization" {
        text status "status",
        concept vaccine "vaccineCode",
        reference patient "patient",
        date occurrence "occurrenceDateTime",
        text occurrence_words "occurrenceString",
        date recorded "recorded",
        text lot_number "lotNumber",
        nodes protocols "protocolApplied",
    }
}

view! {
    /// A filled-in form.
    QuestionnaireResponseView "QuestionnaireResponse" {
        text status "status",
        text questionnaire "questionnaire",
        reference subject "subject",
        reference encounter "encounter",
        date authored "authored",
        reference author "author",
        reference source "source",
        nodes items "item",
    }
}

/// The moment of a choice between dates and periods: the start of a period, else its end.
fn moment(node: Node<'_>, names: &[(Name, &'static str)]) -> Option<DateTime> {
    match choice(node, names)? {
        ("Period", node) => {
            let period = Period::of(node);
            period.start.or(period.end)
        }
        (_, node) => node.as_str().and_then(DateTime::parse),
    }
}
